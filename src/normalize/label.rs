//! Labels folded for comparison.
//!
//! Folding is for comparing only; what is stored stays as printed. Width, brackets, quotation marks,
//! spaces, line breaks and punctuation do not tell labels apart; enumeration marks (`（三）`, `1.`)
//! are taken off and kept beside.

use unicode_normalization::UnicodeNormalization;

use super::numeral;

/// The mark in front of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Enumeration {
    /// `一、`
    Chinese(u32),
    /// `（一）`
    Bracketed(u32),
    /// `1.`, `1、`, `①`
    Arabic(u32),
    /// `（1）`
    BracketedArabic(u32),
    /// `其中：`
    Including,
}

/// A label ready for comparison.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// The marks in front, outermost first (`其中：1.` has two).
    pub marks: Vec<Enumeration>,
    /// The rest, folded. Empty where the text is only a mark or punctuation.
    pub core: String,
}

impl Label {
    /// Folds a label as printed.
    pub fn new(text: &str) -> Self {
        let mut core = fold_width(text);
        let (marks, rest) = strip_marks(&core);
        let taken = core.len() - rest.len();
        core.drain(..taken);
        if !core.chars().all(is_significant) {
            core.retain(is_significant);
        }
        Self { marks, core }
    }

    /// The last mark before the text.
    pub fn mark(&self) -> Option<Enumeration> {
        self.marks.last().copied()
    }
}

/// Text without white space, compatibility forms replaced by plain ones (NFKC), lower-case; punctuation kept.
pub fn fold_width(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let plain = plain_len(rest.as_bytes());
        out.push_str(&rest[..plain]);
        let mut behind = rest[plain..].chars();
        let Some(character) = behind.next() else {
            return out;
        };
        rest = behind.as_str();
        match character {
            '！'..='～' => {
                let half = char::from_u32(character as u32 - 0xFEE0).unwrap_or(character);
                out.push(half.to_ascii_lowercase());
            }
            _ if is_space(character) => {}
            _ if character.is_ascii() => out.push(character.to_ascii_lowercase()),
            _ => out.extend(
                std::iter::once(character)
                    .nfkc()
                    .filter(|c| !is_space(*c))
                    .flat_map(char::to_lowercase),
            ),
        }
    }
}

/// How much of the text's start is folded as it stands: Han ideographs of the basic block, which have no
/// compatibility form, and ASCII but for white space and capitals. Always whole characters.
fn plain_len(text: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match text[at..] {
            // U+4E00 to U+9FFF.
            [0xE4, 0xB8..=0xBF, _, ..] | [0xE5..=0xE9, _, _, ..] => at += 3,
            [b'!'..=b'@' | b'['..=b'~', ..] => at += 1,
            _ => return at,
        }
    }
}

/// Folded text without punctuation: for comparing sentences and labels alike.
pub fn fold(text: &str) -> String {
    let mut folded = fold_width(text);
    folded.retain(is_significant);
    folded
}

/// White space of any kind, zero-width characters and byte order marks included.
pub fn is_space(character: char) -> bool {
    if matches!(character, '\u{4E00}'..='\u{9FFF}' | '!'..='~') {
        return false;
    }
    character.is_whitespace()
        || matches!(
            character,
            '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}'
        )
}

/// Whether a folded character tells labels apart: letters and digits do, punctuation does not.
pub fn is_significant(character: char) -> bool {
    match character {
        // Han ideographs of the basic block: the common case, without a table look-up.
        '\u{4E00}'..='\u{9FFF}' => true,
        _ if character.is_ascii() => character.is_ascii_alphanumeric(),
        _ => character.is_alphanumeric(),
    }
}

fn strip_marks(text: &str) -> (Vec<Enumeration>, &str) {
    let mut marks = Vec::new();
    let mut rest = text;
    while let Some((mark, after)) = take_mark(rest) {
        // A label is never only its mark: `10` in a number column is a number.
        if after.is_empty() || marks.len() == 3 {
            break;
        }
        marks.push(mark);
        rest = after;
    }
    (marks, rest)
}

/// Takes one enumeration mark off the front of width-folded text.
pub fn take_mark(text: &str) -> Option<(Enumeration, &str)> {
    // Of the words that begin no mark, most begin with a Han ideograph.
    if let Some(first @ '\u{4E00}'..='\u{9FFF}') = text.chars().next()
        && first != '其'
        && !numeral::is_numeral(first)
    {
        return None;
    }
    if let Some(rest) = text.strip_prefix("其中") {
        let rest = rest.strip_prefix([':', ',', '、', ';']).unwrap_or(rest);
        return Some((Enumeration::Including, rest));
    }
    if let Some(inner) = text.strip_prefix(['(', '〔', '[', '【']) {
        let end = inner.find([')', '〕', ']', '】'])?;
        let number = numeral::read(&inner[..end])?;
        let close = inner[end..].chars().next().map_or(0, char::len_utf8);
        let rest = inner[end + close..].trim_start_matches(['、', '.', ',', ':']);
        let arabic = inner.starts_with(|c: char| c.is_ascii_digit());
        return Some((
            if arabic {
                Enumeration::BracketedArabic(number)
            } else {
                Enumeration::Bracketed(number)
            },
            rest,
        ));
    }
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if (1..=2).contains(&digits) {
        let number = numeral::read(&text[..digits])?;
        let rest = &text[digits..];
        if let Some(after) = rest.strip_prefix(['.', '、', ')', ',', ':', '·']) {
            // `0.5万元` is a number, not item 0.
            if after.starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            return Some((
                Enumeration::Arabic(number),
                after.trim_start_matches(['.', '、']),
            ));
        }
        // `1属于国家秘密`, but not `12月`, `8件`.
        let next = rest.chars().next()?;
        let counts = "年月日号个件条项次人元万亿篇宗起期份处场类部余%级季第";
        if next.is_alphabetic() && !counts.contains(next) && rest.chars().count() > 2 {
            return Some((Enumeration::Arabic(number), rest));
        }
        return None;
    }
    let numerals: usize = text
        .chars()
        .take_while(|c| numeral::is_numeral(*c))
        .map(char::len_utf8)
        .sum();
    if numerals > 0 {
        let number = numeral::read(&text[..numerals])?;
        let after = text[numerals..].strip_prefix(['、', '.', ',', ':', ';'])?;
        return Some((Enumeration::Chinese(number), after));
    }
    None
}

/// How alike two folded texts are: shared pairs of neighbouring characters (Dice), 0 to 1000.
pub fn similarity(left: &str, right: &str) -> u32 {
    let pairs = |text: &str| -> Vec<(char, char)> {
        let padded: Vec<char> = std::iter::once('\u{2}')
            .chain(text.chars())
            .chain(std::iter::once('\u{3}'))
            .collect();
        let mut pairs: Vec<_> = padded.windows(2).map(|pair| (pair[0], pair[1])).collect();
        pairs.sort_unstable();
        pairs
    };
    let (left, right) = (pairs(left), pairs(right));
    let (mut shared, mut i, mut j) = (0_usize, 0, 0);
    while i < left.len() && j < right.len() {
        match left[i].cmp(&right[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    u32::try_from(2000 * shared / (left.len() + right.len())).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_differ_by_words_only() {
        let same = [
            [
                "（一）予以公开",
                "(一) 予以公开",
                "㈠予以公开",
                "一、予以公开",
            ],
            [
                "3.危及“三安全一稳定”",
                "3．危及\"三安全一稳定\"",
                "３、危及三安全一稳定",
                "危及 三安全\u{3000}一稳定",
            ],
            ["本年增/减", "本年增／减", "本年 增\n减", "本年增、减"],
        ];
        for group in same {
            let want = Label::new(group[0]).core;
            assert!(!want.is_empty());
            for text in group {
                assert_eq!(Label::new(text).core, want, "{text:?}");
            }
        }
        assert_ne!(Label::new("予以公开").core, Label::new("不予公开").core);
    }

    #[test]
    fn marks_are_kept_beside_the_words() {
        use Enumeration::{Arabic, Bracketed, Chinese, Including};
        let cases = [
            ("一、本年新收", vec![Chinese(1)], "本年新收"),
            ("（七）总计", vec![Bracketed(7)], "总计"),
            ("1.属于国家秘密", vec![Arabic(1)], "属于国家秘密"),
            ("1属于国家秘密", vec![Arabic(1)], "属于国家秘密"),
            (
                "其中：1、政府网站公开数",
                vec![Including, Arabic(1)],
                "政府网站公开数",
            ),
            ("三安全一稳定", vec![], "三安全一稳定"),
            ("2015年度", vec![], "2015年度"),
            ("8件", vec![], "8件"),
            ("0.5万元", vec![], "05万元"),
            ("10", vec![], "10"),
            ("十二、附表", vec![Chinese(12)], "附表"),
        ];
        for (text, marks, core) in cases {
            let label = Label::new(text);
            assert_eq!(
                (label.marks, label.core.as_str()),
                (marks, core),
                "{text:?}"
            );
        }
    }

    #[test]
    fn similarity_tolerates_one_wrong_character() {
        let typo = similarity(
            &fold("其他法律行政止公开"),
            &fold("其他法律行政法规禁止公开"),
        );
        assert!(typo > 600, "{typo}");
        assert_eq!(similarity("总计", "总计"), 1000);
        assert!(similarity("予以公开", "不予公开") < 700);
    }
}
