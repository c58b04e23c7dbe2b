//! Dates as lists print them.
//!
//! In: a piece of text beside an item. Out: whether it is a date and nothing else, and which. A date without its year
//! (`01-31`) tells of a list, but gives no date: a year is never taken from an address or from today.

use jiff::civil::Date;

use crate::normalize::{DateMatch, find_date, find_dates};

/// Text longer than this is no date, in characters.
const LENGTH: usize = 48;

/// Words in front of a date of publication.
const PUBLISHED: [&str; 8] = [
    "发布日期",
    "发布时间",
    "公开日期",
    "公开时间",
    "发文日期",
    "公布日期",
    "发布于",
    "发布",
];
/// Other words that may stand beside a date.
const LABELS: [&str; 8] = [
    "生成日期",
    "成文日期",
    "更新时间",
    "更新日期",
    "时间",
    "日期",
    "星期",
    "来源",
];

/// What a text that is a date says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Printed {
    /// A day.
    Day(Date),
    /// A month and a day, or a year and a month.
    Part,
}

impl Printed {
    /// The day, where it is a whole one.
    pub const fn day(self) -> Option<Date> {
        match self {
            Self::Day(date) => Some(date),
            Self::Part => None,
        }
    }
}

/// The date that the text is: brackets, a label and a time of day beside it do not count. `None` for other text.
pub(super) fn date_only(text: &str) -> Option<Printed> {
    let text = text.trim();
    if text.is_empty()
        || text.len() > LENGTH * 3
        || !text.bytes().any(|b| b.is_ascii_digit() || b >= 0x80)
    {
        return None;
    }
    let bare = unlabelled(text);
    if let Some(DateMatch { date, place }) = find_date(bare) {
        let around = [&bare[..place.start], &bare[place.end..]];
        return around
            .iter()
            .all(|rest| is_noise(rest))
            .then_some(Printed::Day(date));
    }
    by_groups(bare)
}

/// The date of publication in a text that has one among other words: the one labelled so, else the last.
pub(super) fn date_in(text: &str) -> Option<Date> {
    let mut last = None;
    for DateMatch { date, place } in find_dates(text).take(8) {
        let before = text[..place.start].trim_end_matches([' ', ':', '：', '\u{a0}', '\u{3000}']);
        if PUBLISHED.iter().any(|label| before.ends_with(label)) {
            return Some(date);
        }
        last = Some(date);
    }
    last
}

fn unlabelled(text: &str) -> &str {
    let brackets = |c: char| c.is_whitespace() || "[]()（）【】〔〕《》「」|·:：,，、".contains(c);
    let mut bare = text.trim_matches(brackets);
    for label in PUBLISHED.iter().chain(&LABELS) {
        if let Some(rest) = bare.strip_prefix(label) {
            bare = rest.trim_matches(brackets);
            break;
        }
    }
    bare
}

/// Times of day, weekdays and signs.
fn is_noise(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_ascii_digit()
            || c.is_whitespace()
            || "[]()（）【】〔〕:：-/|.,，TZ+时分秒上下午星期周一二三四五六日天\u{a0}".contains(c)
    })
}

/// `31 2024-01`, `2024-01 31`, `01-31 2024`, `01-31`, `1月31日`, `2024-01`.
fn by_groups(text: &str) -> Option<Printed> {
    let signs = |c: char| c.is_whitespace() || "-/.年月日\u{a0}－".contains(c);
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let (year, rest) = text.split_at(4);
        let date = Date::new(
            year.parse().ok()?,
            rest[..2].parse().ok()?,
            rest[2..].parse().ok()?,
        );
        let date = date.ok().filter(|date| (1990..2100).contains(&date.year()));
        return date.map(Printed::Day);
    }
    if let Some(day) = short_year(text) {
        return Some(Printed::Day(day));
    }
    if !text.chars().all(|c| c.is_ascii_digit() || signs(c)) {
        return None;
    }
    let groups: Vec<&str> = text.split(signs).filter(|part| !part.is_empty()).collect();
    let short = |group: &&str| group.len() <= 2;
    let day = |year: &str, month: &str, day: &str| {
        let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        date.ok()
            .filter(|date| (1990..2100).contains(&date.year()))
            .map(Printed::Day)
    };
    match groups.as_slice() {
        [y, m, d] | [d, y, m] | [m, d, y] if y.len() == 4 && short(m) && short(d) => day(y, m, d),
        [m, d] if short(m) && short(d) => day("2000", m, d).map(|_| Printed::Part),
        [y, m] if y.len() == 4 && short(m) => day(y, m, "1").map(|_| Printed::Part),
        _ => None,
    }
}

/// `24-01-31`, a time of day behind it or not: all three of two digits, so that no serial number gets into it.
fn short_year(text: &str) -> Option<Date> {
    let (day, rest) = text.split_at_checked(8)?;
    let time = rest.trim_start();
    let is_time = rest.is_empty()
        || time.len() < rest.len()
            && time.contains(':')
            && time
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b':');
    let bytes = day.as_bytes();
    let sign = bytes[2];
    let number = |at: usize| {
        let pair = day.get(at..at + 2)?;
        let digits = pair.bytes().all(|byte| byte.is_ascii_digit());
        pair.parse::<i16>().ok().filter(|_| digits)
    };
    let (year, month, day) = (number(0)?, number(3)?, number(6)?);
    let is_date = is_time && matches!(sign, b'-' | b'/' | b'.') && bytes[5] == sign;
    if !is_date || !(8..40).contains(&year) {
        return None;
    }
    Date::new(
        2000 + year,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_lists_print_them() {
        let cases = [
            ("2024-01-31", "2024-01-31"),
            ("[2024-01-31]", "2024-01-31"),
            ("（2024/1/31）", "2024-01-31"),
            ("发布时间：2024-01-31 10:20:30", "2024-01-31"),
            ("2024年1月31日", "2024-01-31"),
            ("31 2024-01", "2024-01-31"),
            ("31 2024年01月", "2024-01-31"),
            ("2024.01 31", "2024-01-31"),
            ("01-31 2024", "2024-01-31"),
            ("24-01-31", "2024-01-31"),
            ("24/01/31 17:05", "2024-01-31"),
            ("20240131", "2024-01-31"),
            ("20241331", "none"),
            ("12 01-31", "none"),
            ("50-01-31", "none"),
            ("01-31", "part"),
            ("[1月31日]", "part"),
            ("2024-01", "part"),
            ("13-31", "none"),
            ("2024", "none"),
            ("2024年度报告", "none"),
            ("关于2024年1月31日停水的公告", "none"),
            ("13812345678", "none"),
            ("", "none"),
        ];
        for (text, want) in cases {
            let found = match date_only(text) {
                Some(Printed::Day(date)) => date.to_string(),
                Some(Printed::Part) => "part".into(),
                None => "none".into(),
            };
            assert_eq!(found, want, "{text:?}");
        }
        let published = date_in("成文日期：2024-01-02 发布日期：2024-01-31 有效期：2025-01-01");
        assert_eq!(published.unwrap().to_string(), "2024-01-31");
    }
}
