//! A text as its Chinese characters, each with its place.

use std::ops::Range;

/// Most characters of a text that are looked at; what is behind them makes no finding.
const MOST: usize = 60_000;

/// Stands between two sections, and in no text.
pub(super) const BREAK: char = '\0';

/// The Chinese characters of a narrative, without digits, marks, spaces, Latin letters and the agency's own names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Han {
    signs: Vec<char>,
    /// Section and byte of each sign.
    places: Vec<(u32, u32)>,
}

fn is_han(sign: char) -> bool {
    matches!(sign, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

impl Han {
    /// Of a narrative's sections; `own` are names to be left out ([`names_in`]).
    pub fn of<T: AsRef<str>>(sections: &[T], own: &[String]) -> Self {
        let mut han = Self::default();
        let mut names: Vec<Range<usize>> = Vec::new();
        for (number, section) in (0_u32..).zip(sections) {
            let text = section.as_ref();
            names.clear();
            for name in own {
                let found = text.match_indices(name.as_str());
                names.extend(found.map(|(start, _)| start..start + name.len()));
            }
            names.sort_unstable_by_key(|range| range.start);
            let mut names = names.iter();
            let mut name = names.next();
            if !han.signs.is_empty() {
                han.push(BREAK, (number, 0));
            }
            for (at, sign) in text.char_indices() {
                while name.is_some_and(|name| name.end <= at) {
                    name = names.next();
                }
                let in_name = name.is_some_and(|name| name.contains(&at));
                if !in_name && is_han(sign) {
                    if han.signs.len() >= MOST {
                        return han;
                    }
                    han.push(sign, (number, u32::try_from(at).unwrap_or(u32::MAX)));
                }
            }
        }
        han
    }

    fn push(&mut self, sign: char, place: (u32, u32)) {
        self.signs.push(sign);
        self.places.push(place);
    }

    /// The characters, with a [`BREAK`] between sections.
    pub(super) fn signs(&self) -> &[char] {
        &self.signs
    }

    /// The section that a run of characters begins in, and the bytes of its text from the first to the last of them there.
    pub fn place(&self, run: &Range<usize>) -> (usize, Range<usize>) {
        let (Some(&(section, start)), Some(last)) =
            (self.places.get(run.start), run.end.checked_sub(1))
        else {
            return (0, 0..0);
        };
        let of_section = (run.start..=last).rev().find(|place| {
            self.places
                .get(*place)
                .is_some_and(|(other, _)| *other == section)
        });
        let last = of_section.unwrap_or(run.start);
        let (end, sign) = (self.places[last].1, self.signs[last]);
        (
            section as usize,
            start as usize..end as usize + sign.len_utf8(),
        )
    }
}

/// What a text calls its own agency by: the name, the divisions it begins with, and what is behind them. Pieces of one and two characters
/// are left aside, since they are parts of other words.
pub fn names_in(name: &str) -> Vec<String> {
    const DIVISION: [char; 9] = ['省', '市', '县', '区', '州', '旗', '盟', '镇', '乡'];
    const FEWEST: usize = 3;
    let mut names = vec![name.to_owned()];
    let mut piece = String::new();
    for sign in name.chars() {
        piece.push(sign);
        if DIVISION.contains(&sign) && piece.chars().count() >= FEWEST {
            names.push(std::mem::take(&mut piece));
        }
    }
    names.push(piece);
    names.retain(|name| name.chars().count() >= FEWEST);
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(han: &Han) -> String {
        han.signs.iter().collect()
    }

    #[test]
    fn only_chinese_characters_count_and_keep_their_places() {
        let sections = ["甲 1、乙（2020年）", "", "丙，丁。"];
        let han = Han::of(&sections, &[]);
        assert_eq!(text(&han).replace(BREAK, "|"), "甲乙年||丙丁");
        let (section, bytes) = han.place(&(0..3));
        assert_eq!(
            (section, &sections[section][bytes]),
            (0, "甲 1、乙（2020年")
        );
        let (section, bytes) = han.place(&(5..7));
        assert_eq!((section, &sections[section][bytes]), (2, "丙，丁"));
        assert_eq!(Han::of(&["1, 2"], &[]).place(&(0..0)), (0, 0..0));
    }

    #[test]
    fn own_names_are_left_out() {
        let names = names_in("江海省云溪县教育局");
        assert_eq!(names, ["云溪县", "教育局", "江海省", "江海省云溪县教育局"]);
        let han = Han::of(&["云溪县教育局在江海省云溪县教育局网站公布"], &names);
        assert_eq!(text(&han), "在网站公布");
        // A division's word inside another word cuts nothing.
        assert_eq!(
            names_in("云溪县市场监督管理局"),
            ["云溪县", "云溪县市场监督管理局", "市场监督管理局"]
        );
        assert_eq!(names_in("某局"), Vec::<String>::new());
    }

    #[test]
    fn endless_texts_are_cut_off() {
        let han = Han::of(&["长".repeat(MOST + 5), "短".to_owned()], &[]);
        assert_eq!(han.signs.len(), MOST);
    }
}
