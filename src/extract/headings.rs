//! Is this line a section heading, and of what? Rules are data (`data/sections.toml`).

use std::sync::LazyLock;

use serde::Deserialize;

use super::lexicon::{Lexicon, Sense};
use crate::model::SectionKind;
use crate::normalize::label::{fold, is_significant};
use crate::normalize::numeral;
use crate::normalize::{Enumeration, Label};

/// Statutory headings have up to 30 characters.
const HEADING_CHARACTERS: usize = 42;

/// A line that can be a section heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    /// What the section is about; `None` for a numbered line with words of no known section.
    pub kind: Option<SectionKind>,
    /// Its number (`三、` is 3); `None` where it has none.
    pub number: Option<u32>,
    /// The words are exactly a known title.
    pub exact: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    section: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    kind: SectionKind,
    titles: Vec<String>,
    words: Vec<Vec<String>>,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let text = include_str!("../../data/sections.toml");
    let mut file: File = toml::from_str(text)
        .unwrap_or_else(|error| panic!("compiled-in data/sections.toml: {error}"));
    for rule in &mut file.section {
        for title in &mut rule.titles {
            *title = fold(title);
        }
    }
    file.section
});

static LAST_LETTERS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let titles = RULES.iter().flat_map(|rule| &rule.titles);
    let mut letters: Vec<char> = titles.filter_map(|title| title.chars().last()).collect();
    letters.sort_unstable();
    letters.dedup();
    letters
});

/// Reads a line as a heading; `None` for prose, labels of the forms' tables and everything unnumbered that
/// is not exactly a title. `marked` says that the page marks it up as a heading.
pub fn read(text: &str, marked: bool) -> Option<Heading> {
    if text.len() > HEADING_CHARACTERS * 4 || !(marked || may_be(text)) {
        return None;
    }
    read_at(text, marked, Level::Chinese)
}

/// How headings of one depth are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// `一、`, `第一部分`, `一 `: that of the forms.
    Chinese,
    /// `（一）`
    Bracketed,
    /// `1、`, `1.`
    Arabic,
}

impl Level {
    fn number(self, mark: Enumeration) -> Option<u32> {
        match (self, mark) {
            (Self::Chinese, Enumeration::Chinese(number))
            | (Self::Bracketed, Enumeration::Bracketed(number))
            | (Self::Arabic, Enumeration::Arabic(number)) => Some(number),
            _ => None,
        }
    }
}

/// As [`read`], numbered as on this level only.
pub fn read_at(text: &str, marked: bool, level: Level) -> Option<Heading> {
    if text.len() > HEADING_CHARACTERS * 4 {
        return None;
    }
    if text.chars().count() > HEADING_CHARACTERS {
        return None;
    }
    let line = text.trim_end_matches(['：', ':', '。']);
    if line.contains(['。', '；', ';', '，']) && !line.contains("、") {
        return None;
    }
    let label = Label::new(line);
    if label.core.is_empty()
        || Lexicon::get()
            .senses(&label)
            .iter()
            .copied()
            .any(is_table_label)
    {
        return None;
    }
    let number = match label.marks.first() {
        Some(mark) => Some(level.number(*mark)?),
        None => chapter(line),
    };
    let spaced = spaced(line).filter(|_| number.is_none() && level == Level::Chinese);
    let core = if let Some((_, rest)) = spaced {
        fold(rest)
    } else if number.is_some() && label.marks.is_empty() {
        fold(line)
            .chars()
            .skip_while(|c| *c != '部' && *c != '章')
            .skip(1)
            .skip_while(|c| *c == '分')
            .collect()
    } else {
        label.core
    };
    let number = number.or(spaced.map(|(number, _)| number));
    for rule in RULES.iter() {
        if rule.titles.contains(&core) {
            return Some(Heading {
                kind: Some(rule.kind),
                number,
                exact: true,
            });
        }
    }
    if line.contains('。') || (number.is_none() && !marked) {
        return None;
    }
    let kind = RULES
        .iter()
        .find(|rule| {
            rule.words
                .iter()
                .any(|words| words.iter().all(|word| core.contains(word.as_str())))
        })
        .map(|rule| rule.kind);
    if (number.is_none() || spaced.is_some()) && kind.is_none() {
        return None;
    }
    Some(Heading {
        kind,
        number,
        exact: false,
    })
}

/// A heading and its text in one paragraph (`一、总体情况。2021年，…`): the heading, and where the text begins in bytes.
pub fn read_inline(text: &str) -> Option<(Heading, usize)> {
    let open = text.find(is_significant)?;
    let (_, rest) = text[open..].split_once('、')?;
    let start = text.len() - rest.trim_start().len();
    let mark = text[open..start].chars();
    if mark.clone().count() > 6 || !text[open..].starts_with(numeral::is_numeral) {
        return None;
    }
    // A title may hold spaces: every break is tried, the nearest first.
    let breaks = text[start..]
        .char_indices()
        .take(HEADING_CHARACTERS)
        .filter(|(_, c)| matches!(c, '。' | '：' | ':') || c.is_whitespace());
    for (at, character) in breaks {
        let stop = start + at;
        let behind = stop + character.len_utf8();
        let body = behind + text[behind..].len() - text[behind..].trim_start().len();
        if text[body..].is_empty() || text[open..stop].contains(['，', '；']) {
            return None;
        }
        let heading = read_at(&text[open..stop], false, Level::Chinese);
        if let Some(heading) = heading.filter(|found| found.kind.is_some()) {
            return Some((heading, body));
        }
    }
    None
}

/// `一 总体情况`.
fn spaced(line: &str) -> Option<(u32, &str)> {
    let line = line.trim_start();
    let end = line.find(char::is_whitespace)?;
    let numeral = &line[..end];
    let short = numeral.chars().count() <= 3 && numeral.chars().all(numeral::is_numeral);
    Some((
        numeral::read(numeral).filter(|_| short)?,
        line[end..].trim_start(),
    ))
}

/// A cheap look before the real one: numbered lines begin with a numeral or `第`, titles end with few letters.
fn may_be(text: &str) -> bool {
    let significant = |c: &char| is_significant(*c);
    let first = text.chars().find(significant);
    let last = text.chars().rev().find(significant);
    first.is_some_and(|c| c == '第' || numeral::is_numeral(c))
        || last.is_some_and(|c| LAST_LETTERS.contains(&c))
}

/// `第一部分 概述`, `第三章 …`.
fn chapter(line: &str) -> Option<u32> {
    let rest = line.trim_start().strip_prefix('第')?;
    let end = rest.find(['部', '章'])?;
    numeral::read(rest[..end].trim())
}

/// Rows of the tables begin with marks too (`一、本年新收政府信息公开申请数量`).
fn is_table_label(sense: Sense) -> bool {
    matches!(sense, Sense::RequestRow(_) | Sense::RequestGroup)
}

#[cfg(test)]
mod tests {
    use super::*;
    use SectionKind::{ActiveDisclosure, Disputes, Other, Overview, Problems, Requests};

    #[test]
    fn headings_of_every_form_are_known() {
        let cases = [
            ("一、总体情况", Some((Overview, Some(1)))),
            (
                "二、主动公开政府信息情况 ",
                Some((ActiveDisclosure, Some(2))),
            ),
            (
                "三、收到和处理政府信息公开申请情况",
                Some((Requests, Some(3))),
            ),
            (
                "三、行政机关收到和处理政府信息公开申请的情况",
                Some((Requests, Some(3))),
            ),
            (
                "四、政府信息公开行政复议、行政诉讼情况",
                Some((Disputes, Some(4))),
            ),
            (
                "五、政府信息公开工作存在的主要问题及改进情况：",
                Some((Problems, Some(5))),
            ),
            ("六、其他需要报告的事项", Some((Other, Some(6)))),
            ("总体情况", Some((Overview, None))),
            ("一 总体情况", Some((Overview, Some(1)))),
            (
                "二　主动公开政府信息的情况",
                Some((ActiveDisclosure, Some(2))),
            ),
            ("二 〇 二 一 年", None),
            ("第一部分 概述", Some((Overview, Some(1)))),
            ("四、政府信息公开的收费及减免情况", Some((Other, Some(4)))),
            ("七、附表", Some((SectionKind::Appendix, Some(7)))),
            ("一、本年新收政府信息公开申请数量", None),
            ("四、结转下年度继续办理", None),
            ("（一）主动公开方面", None),
            ("1.主动公开情况", None),
            ("2019年，全市主动公开政府信息3万条。", None),
            ("三、本年度办理结果", None),
        ];
        for (text, want) in cases {
            let got = read(text, false).and_then(|h| h.kind.map(|kind| (kind, h.number)));
            assert_eq!(got, want, "{text:?}");
        }
    }

    #[test]
    fn headings_at_the_start_of_a_paragraph_are_cut_off() {
        let cases = [
            (
                "一、总体情况。2021年，我局认真落实。",
                Some((Overview, "2021年，我局认真落实。")),
            ),
            (
                "二、主动公开情况　全年公开3条。",
                Some((ActiveDisclosure, "全年公开3条。")),
            ),
            (
                "一、总体情况：  我局认真落实。",
                Some((Overview, "我局认真落实。")),
            ),
            ("一、总体情况。", None),
            ("一、2021年，我局主动公开信息3条。", None),
            ("2021年，我局认真落实。一、总体情况。", None),
        ];
        for (text, want) in cases {
            let got =
                read_inline(text).and_then(|(heading, at)| Some((heading.kind?, &text[at..])));
            assert_eq!(got, want, "{text:?}");
        }
        let lower = |text, level| read_at(text, false, level).and_then(|found| found.number);
        assert_eq!(lower("（一）概述", Level::Bracketed), Some(1));
        assert_eq!(lower("2. 主动公开情况", Level::Arabic), Some(2));
        assert_eq!(lower("2. 主动公开情况", Level::Bracketed), None);
    }
}
