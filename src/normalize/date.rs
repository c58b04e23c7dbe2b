//! Dates in running text.

use std::ops::Range;

use jiff::civil::Date;

use super::numeral;

/// A date found in text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateMatch {
    /// The day.
    pub date: Date,
    /// Where it stands in the text, in bytes.
    pub place: Range<usize>,
}

/// The first date in `text`; see [`find_dates`].
pub fn find_date(text: &str) -> Option<DateMatch> {
    find_dates(text).next()
}

/// Every date in `text`, left to right: `2020-01-31`, `2020/1/31`, `2020.1.31`, `2020年1月31日`,
/// `20年07月06日` (two digits mean 20xx), `二〇二〇年一月三十一日`. A day that does not exist is no date.
pub fn find_dates(text: &str) -> impl Iterator<Item = DateMatch> + '_ {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < characters.len() {
            let follows_digit = at > 0 && is_digit(characters[at - 1].1);
            if !follows_digit
                && is_digit(characters[at].1)
                && let Some((date, next)) = read_at(&characters, at)
            {
                let start = characters[at].0;
                let end = characters.get(next).map_or(text.len(), |(p, _)| *p);
                at = next;
                return Some(DateMatch {
                    date,
                    place: start..end,
                });
            }
            at += 1;
        }
        None
    })
}

/// `20200131` at the start of `text`, no digit behind it.
pub fn read_compact(text: &str) -> Option<DateMatch> {
    let digits = text.get(..8)?;
    let more = text[8..].starts_with(|c: char| c.is_ascii_digit());
    if more || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: i16 = digits[..4].parse().ok()?;
    (1990..2100).contains(&year).then_some(())?;
    let date = Date::new(year, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()?;
    Some(DateMatch { date, place: 0..8 })
}

fn is_digit(character: char) -> bool {
    numeral::digit(character).is_some() && character != 'O' && character != 'Ｏ'
        || character == '十'
}

fn is_gap(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '\u{3000}')
}

/// Reads a numeral at `at`; the value, how many characters it has, and where it ends.
fn number_at(characters: &[(usize, char)], at: usize) -> Option<(u32, usize, usize)> {
    let digits: String = characters[at..]
        .iter()
        .take(6)
        .map(|(_, c)| *c)
        .take_while(|c| is_digit(*c))
        .collect();
    let count = digits.chars().count();
    Some((numeral::read(&digits)?, count, at + count))
}

fn skip_gap(characters: &[(usize, char)], at: usize) -> usize {
    let gap = characters[at.min(characters.len())..]
        .iter()
        .take(3)
        .take_while(|(_, c)| is_gap(*c))
        .count();
    at + gap
}

fn read_at(characters: &[(usize, char)], at: usize) -> Option<(Date, usize)> {
    let (year, year_digits, next) = number_at(characters, at)?;
    let next = skip_gap(characters, next);
    let separator = characters.get(next)?.1;
    let year = match (year_digits, separator) {
        (4, '年' | '-' | '/' | '.' | '－' | '．' | '—' | '–') => year,
        (2, '年') if year < 80 => 2000 + year,
        _ => return None,
    };
    if !(1990..2100).contains(&year) {
        return None;
    }
    let (month, month_digits, next) = number_at(characters, skip_gap(characters, next + 1))?;
    let next = skip_gap(characters, next);
    let second = characters.get(next)?.1;
    let matches = if separator == '年' {
        second == '月'
    } else {
        second == separator
    };
    if !matches || month_digits > 2 {
        return None;
    }
    let (day, day_digits, next) = number_at(characters, skip_gap(characters, next + 1))?;
    if day_digits > 3 {
        return None;
    }
    let mut end = next;
    if separator == '年' {
        let after = skip_gap(characters, next);
        if characters
            .get(after)
            .is_some_and(|(_, c)| matches!(c, '日' | '号'))
        {
            end = after + 1;
        }
    }
    let date = Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    Some((date, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_a_date_only_alone() {
        let cases = [
            ("20220128", Some("2022-01-28")),
            ("20220128 10:00", Some("2022-01-28")),
            ("202201281", None),
            ("20221328", None),
            ("2022012", None),
            ("二〇二二〇一二八", None),
        ];
        for (text, want) in cases {
            let found = read_compact(text).map(|m| m.date.to_string());
            assert_eq!(found.as_deref(), want, "{text:?}");
        }
    }

    #[test]
    fn dates_as_printed() {
        let cases = [
            ("发布日期：2020-01-31", Some("2020-01-31")),
            ("2020/1/31 09:30", Some("2020-01-31")),
            ("2020.1.31", Some("2020-01-31")),
            ("2020—01—31", Some("2020-01-31")),
            ("2008—2021年", None),
            ("2020年1月31日", Some("2020-01-31")),
            ("2020 年 1 月 31 日", Some("2020-01-31")),
            ("２０２０年１月３１日", Some("2020-01-31")),
            ("发布时间:20年07月06日", Some("2020-07-06")),
            ("二〇二〇年一月三十一日", Some("2020-01-31")),
            ("二○二〇年十二月十日", Some("2020-12-10")),
            ("2020年2月30日", None),
            ("2020-13-01", None),
            ("电话 0591-87654321", None),
            ("2019年度", None),
            ("12020-01-31", None),
        ];
        for (text, want) in cases {
            let found = find_date(text).map(|m| m.date.to_string());
            assert_eq!(found.as_deref(), want, "{text:?}");
        }
        let all: Vec<_> = find_dates("2019年1月1日到2019年12月31日")
            .map(|m| m.date.to_string())
            .collect();
        assert_eq!(all, ["2019-01-01", "2019-12-31"]);
    }
}
