//! The numerals of automatic lists, which the text does not hold.
//!
//! In: `numbering.xml`, and the paragraphs that are in lists, in order. Out: what Word prints before each: `一、`,
//! `（二）`, `3.`. A list in a way of counting that is not known here prints nothing.

use std::collections::{HashMap, HashSet};

use super::xml::{Event, Events};

/// Levels of a list.
const LEVELS: usize = 9;
/// Most lists.
const MAX_LISTS: usize = 20_000;

#[derive(Debug, Clone, Default)]
struct Level {
    start: u32,
    /// `numFmt`.
    format: String,
    /// `lvlText`: `%1、`.
    text: String,
}

/// The lists of a document, and how far each has counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    kinds: HashMap<u32, Vec<Level>>,
    /// List → kind, and levels that begin elsewhere.
    lists: HashMap<u32, (u32, Vec<(usize, u32)>)>,
    /// By kind: lists of one kind count on.
    counts: HashMap<u32, [Option<u32>; LEVELS]>,
    begun: HashSet<u32>,
}

impl Numbering {
    pub(super) fn read(member: &[u8]) -> Self {
        let mut all = Self::default();
        let mut events = Events::new(member);
        let (mut kind, mut list): (Option<u32>, Option<u32>) = (None, None);
        let mut level = 0_usize;
        while let Ok(Some(event)) = events.next() {
            let element = match event {
                Event::Open(element) => element,
                Event::Close(name, _) => {
                    match name.as_str() {
                        "abstractNum" => kind = None,
                        "num" => list = None,
                        _ => {}
                    }
                    continue;
                }
                Event::Text { .. } => continue,
            };
            let number = |name: &str| element.attribute(name).and_then(|text| text.parse().ok());
            match element.name.as_str() {
                "abstractNum" if all.kinds.len() < MAX_LISTS => {
                    kind = number("abstractNumId");
                    if let Some(kind) = kind {
                        all.kinds.insert(kind, vec![Level::default(); LEVELS]);
                    }
                }
                "num" if all.lists.len() < MAX_LISTS => {
                    list = number("numId");
                    if let Some(list) = list {
                        all.lists.insert(list, (u32::MAX, Vec::new()));
                    }
                }
                "abstractNumId" => {
                    if let (Some(list), Some(kind)) = (list, number("val")) {
                        all.lists.entry(list).or_default().0 = kind;
                    }
                }
                "lvl" | "lvlOverride" => {
                    level = number("ilvl").map_or(0, |level: u32| level as usize);
                }
                "startOverride" => {
                    if let (Some(list), Some(start)) = (list, number("val")) {
                        all.lists.entry(list).or_default().1.push((level, start));
                    }
                }
                "start" | "numFmt" | "lvlText" => {
                    let levels = kind.and_then(|kind| all.kinds.get_mut(&kind));
                    if let Some(slot) = levels.and_then(|levels| levels.get_mut(level)) {
                        match element.name.as_str() {
                            "start" => slot.start = number("val").unwrap_or(0),
                            "numFmt" => slot.format = element.value().unwrap_or_default(),
                            _ => slot.text = element.value().unwrap_or_default(),
                        }
                    }
                }
                _ => {}
            }
        }
        all
    }

    /// What stands before the next paragraph of a list; `None` where nothing does, or it is not known.
    pub(super) fn next(&mut self, list: u32, level: usize) -> Option<String> {
        let (kind, starts) = self.lists.get(&list)?;
        let levels = self.kinds.get(kind)?;
        let own = levels.get(level)?;
        let counts = self.counts.entry(*kind).or_default();
        if self.begun.insert(list) {
            for (level, start) in starts {
                if let Some(count) = counts.get_mut(*level) {
                    *count = start.checked_sub(1);
                }
            }
        }
        counts[level] = Some(counts[level].map_or(own.start, |count| count.saturating_add(1)));
        for deeper in &mut counts[level + 1..] {
            *deeper = None;
        }
        if own.text.is_empty() || own.format == "bullet" {
            return None;
        }
        let mut text = String::new();
        let mut rest = own.text.chars().peekable();
        while let Some(character) = rest.next() {
            let place = rest.peek().and_then(|digit| digit.to_digit(10));
            match place {
                Some(place @ 1..=9) if character == '%' => {
                    rest.next();
                    let place = place as usize - 1;
                    let count = counts[place].unwrap_or(levels[place].start);
                    text.push_str(&print(count, &levels[place].format)?);
                }
                _ => text.push(character),
            }
        }
        Some(text)
    }
}

/// A number as a list prints it.
fn print(count: u32, format: &str) -> Option<String> {
    let circled = |from: char| char::from_u32(u32::from(from) + count - 1).map(String::from);
    match format {
        "decimal" | "decimalHalfWidth" => Some(count.to_string()),
        "decimalZero" => Some(format!("{count:02}")),
        "decimalFullWidth" | "decimalFullWidth2" => {
            let wide = |c: char| char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c);
            Some(count.to_string().chars().map(wide).collect())
        }
        "chineseCounting"
        | "chineseCountingThousand"
        | "japaneseCounting"
        | "ideographDigital"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand" => chinese(count),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if (1..=20).contains(&count) => {
            circled('①')
        }
        "upperLetter" if (1..=26).contains(&count) => circled('A'),
        "lowerLetter" if (1..=26).contains(&count) => circled('a'),
        "none" => Some(String::new()),
        _ => None,
    }
}

/// 一 to 九十九.
fn chinese(count: u32) -> Option<String> {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (count / 10, count % 10);
    let ten = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        2..=9 => format!("{}十", DIGITS[tens as usize]),
        _ => return None,
    };
    (count > 0).then(|| ten + DIGITS[ones as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_count_as_word_does() {
        let member = r#"<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
            <w:abstractNum w:abstractNumId="4">
              <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
              <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
            </w:abstractNum>
            <w:num w:numId="1"><w:abstractNumId w:val="4"/></w:num>
            <w:num w:numId="2"><w:abstractNumId w:val="4"/>
              <w:lvlOverride w:ilvl="0"><w:startOverride w:val="6"/></w:lvlOverride></w:num></w:numbering>"#;
        let mut numbering = Numbering::read(member.as_bytes());
        let mut next = |list, level| numbering.next(list, level).unwrap_or_default();
        assert_eq!(next(1, 0), "一、");
        assert_eq!(next(1, 1), "一.1");
        assert_eq!(next(1, 1), "一.2");
        assert_eq!(next(1, 0), "二、");
        assert_eq!(next(1, 1), "二.1");
        assert_eq!(next(2, 0), "六、");
        assert_eq!(next(2, 0), "七、");
        assert_eq!(next(9, 0), "");
    }

    #[test]
    fn numerals_are_printed() {
        let cases = [
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (35, "三十五"),
        ];
        for (count, want) in cases {
            assert_eq!(print(count, "japaneseCounting").as_deref(), Some(want));
        }
        assert_eq!(print(3, "decimalEnclosedCircle").as_deref(), Some("③"));
        assert_eq!(print(12, "decimalFullWidth").as_deref(), Some("１２"));
        assert_eq!(print(3, "hebrew1"), None);
    }
}
