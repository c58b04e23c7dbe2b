//! Numbers in running text with the unit they carry.
//!
//! Takes a piece of folded text (half-width digits, no spaces but between digits; see
//! `extract::mentions`) and a position; says what number begins there. Knows no sentence: whether a
//! number counts anything is for the caller. What is not one clear number is [`Lexed::Other`] with its extent, so
//! that the caller skips it whole: ranges, ordinals, versions, phone numbers, `几十`, `三五`.

use std::ops::Range;

use super::measure::{finish, suffix};
use super::numeral;
use crate::model::Decimal;

/// What stands at a position that begins with a digit or a numeral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lexed {
    /// A number.
    Number(Quantity),
    /// A year of four digits with 年 behind it (`2023年`, `2023年度`).
    Year {
        /// 1990 to 2099.
        year: i16,
        /// One past 年 or 年度.
        end: usize,
    },
    /// A month, with or without a day (`3月15日`, `9月份`).
    Month {
        /// 1 to 12.
        month: u32,
        /// The day behind it, if any.
        day: Option<u32>,
        /// One past the date.
        end: usize,
    },
    /// Digits that are no single number.
    Other {
        /// One past them.
        end: usize,
    },
}

/// A number as printed.
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// From the first digit to the end of the unit or of the word of approximation behind it.
    pub place: Range<usize>,
    /// Exact. 万 and 亿 before a counting unit are multiplied out; of money and of nothing they are not, see `unit`.
    pub value: Decimal,
    /// As printed: `件`, `万元`, `%`, `个百分点`; `None` where none follows.
    pub unit: Option<&'static str>,
    /// `约`, `近`, `余`, `以上` and the like.
    pub approximate: bool,
    /// Written in Chinese numerals.
    pub chinese: bool,
    /// A single Chinese numeral (`两次`), which is often no count at all.
    pub single: bool,
    /// 万 or 亿 was multiplied out.
    pub multiplied: bool,
}

/// Whether a number may begin with this character.
pub const fn begins(character: char) -> bool {
    matches!(
        character,
        '0'..='9'
            | '一'
            | '二'
            | '两'
            | '三'
            | '四'
            | '五'
            | '六'
            | '七'
            | '八'
            | '九'
            | '十'
            | '百'
            | '千'
            | '万'
            | '零'
            | '〇'
            | '几'
            | '数'
            | '亿'
    )
}

/// What stands at `start`, where `begins` holds for the character; `None` where it is an ordinary word.
pub fn lex(text: &str, start: usize) -> Option<Lexed> {
    let first = text[start..].chars().next()?;
    if first.is_ascii_digit() {
        return Some(arabic(text, start));
    }
    chinese(text, start)
}

fn arabic(text: &str, start: usize) -> Lexed {
    let bytes = text.as_bytes();
    let mut end = start;
    let mut groups = 0_u32; // separators passed
    let mut whole = 0_usize; // digits of the current group
    let mut sound = true;
    let mut digits = String::new();
    loop {
        match bytes.get(end) {
            Some(digit) if digit.is_ascii_digit() => {
                whole += 1;
                if digits.len() < 24 {
                    digits.push(char::from(*digit));
                }
                end += 1;
            }
            Some(b',' | 0xEF) if separator(text, end).is_some() => {
                let width = separator(text, end).unwrap_or(1);
                let next = text.as_bytes()[end + width..]
                    .iter()
                    .take(4)
                    .take_while(|byte| byte.is_ascii_digit())
                    .count();
                if next == 0 {
                    break;
                }
                sound &= next == 3 && (whole == 3 || (groups == 0 && whole < 3));
                groups += 1;
                whole = 0;
                end += width;
            }
            _ => break,
        }
    }
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        digits.push('.');
        end += 1;
        while let Some(digit) = bytes.get(end).filter(|byte| byte.is_ascii_digit()) {
            if digits.len() < 48 {
                digits.push(char::from(*digit));
            }
            end += 1;
        }
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            sound = false;
        }
    }
    // `1.2.3`, `2023-01-02`, `0591-12345678`, `1/2`, `12:30`, `A4`, `5G`, `10-20`: one piece, and no number.
    if let Some(last) = joined(text, start, end) {
        return Lexed::Other { end: last };
    }
    if groups == 0
        && let Some(dated) = date(text, start, end)
    {
        return dated;
    }
    let plain = text[..start].chars().next_back();
    if plain == Some('第') || !sound || groups == 0 && is_hotline(text, start, end) {
        return Lexed::Other { end };
    }
    let Ok(value) = digits.parse::<Decimal>() else {
        return Lexed::Other { end };
    };
    suffix(text, start, end, value, Kind::Arabic)
}

/// A thousands separator at `at`: its width.
fn separator(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    if rest.starts_with(',') {
        Some(1)
    } else if rest.starts_with('，') {
        Some('，'.len_utf8())
    } else {
        None
    }
}

/// Numbers of hotlines, which count nothing.
fn is_hotline(text: &str, start: usize, end: usize) -> bool {
    matches!(
        &text[start..end],
        "12345" | "12315" | "12348" | "12388" | "12333" | "12319" | "12369" | "12309" | "12318"
    )
}

/// Where digits are stuck to letters or to other digits: the end of the whole piece.
fn joined(text: &str, start: usize, end: usize) -> Option<usize> {
    let before = text[..start].chars().next_back();
    let mut bad = before.is_some_and(|character| {
        character.is_ascii_alphanumeric()
            || matches!(
                character,
                '-' | '.'
                    | '/'
                    | '_'
                    | '〔'
                    | '['
                    | '［'
                    | '【'
                    | '+'
                    | '~'
                    | '－'
                    | '～'
                    | '∶'
                    | ' '
                    | ':'
                    | '@'
                    | '#'
                    | '№'
            )
    });
    if matches!(before, Some(' ' | '.' | '-')) {
        // A list mark or a dash before a number is nothing; only digits and letters in front join.
        let earlier = text[..start].chars().rev().nth(1);
        bad = earlier.is_some_and(|character| character.is_ascii_alphanumeric());
    }
    let mut at = end;
    let mut letters = false;
    for character in text[end..].chars() {
        let stuck = character.is_ascii_alphanumeric()
            || matches!(
                character,
                '-' | '/' | '_' | '~' | '－' | '—' | '～' | '∶' | '+' | '.' | ' ' | ':'
            ) && text[at + character.len_utf8()..]
                .starts_with(|next: char| next.is_ascii_alphanumeric())
            || matches!(character, '〕' | ']' | '］' | '】');
        if !stuck {
            break;
        }
        letters = true;
        at += character.len_utf8();
    }
    if letters {
        // The rest of a range: `10-20件`.
        return Some(at);
    }
    for word in ["至", "到", "或"] {
        if let Some(rest) = text[end..].strip_prefix(word)
            && rest.starts_with(|character: char| character.is_ascii_digit())
        {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            return Some(end + word.len() + digits);
        }
    }
    bad.then_some(end)
}

/// `2023年`, `3月15日` at the digits `start..end`.
fn date(text: &str, start: usize, end: usize) -> Option<Lexed> {
    let digits = &text[start..end];
    let rest = &text[end..];
    if let Some(behind) = rest.strip_prefix('年') {
        // `3.2023年`: a list mark in front.
        let digits = digits.rsplit('.').next()?;
        let year = numeral::read_year(digits);
        let more = if behind.starts_with('度') {
            '度'.len_utf8()
        } else {
            0
        };
        let end = end + '年'.len_utf8() + more;
        return Some(year.map_or(Lexed::Other { end }, |year| Lexed::Year { year, end }));
    }
    let behind = rest.strip_prefix('月')?;
    let month = digits
        .parse()
        .ok()
        .filter(|month| (1..=12).contains(month))?;
    let mut end = end + '月'.len_utf8();
    let count = behind.bytes().take_while(u8::is_ascii_digit).count();
    let day = behind[..count].parse().ok();
    let after = &behind[count..];
    if (1..=2).contains(&count) && (after.starts_with('日') || after.starts_with('号')) {
        end += count + '日'.len_utf8();
        return Some(Lexed::Month { month, day, end });
    }
    if behind.starts_with('份') {
        end += '份'.len_utf8();
    }
    Some(Lexed::Month {
        month,
        day: None,
        end,
    })
}

/// How a number is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Arabic,
    Chinese { single: bool },
}

fn chinese(text: &str, start: usize) -> Option<Lexed> {
    if let Some(share) = text[start..].strip_prefix("百分之") {
        return Some(percent(text, start, share));
    }
    let length: usize = text[start..]
        .chars()
        .take_while(|character| begins(*character) || matches!(character, '廿' | '卅'))
        .take(16)
        .map(char::len_utf8)
        .sum();
    let end = start + length;
    let word = &text[start..end];
    if text[end..].starts_with('年') && word.chars().count() == 4 {
        let year = numeral::read_year(word);
        let more = if text[end..].starts_with("年度") {
            "年度".len()
        } else {
            '年'.len_utf8()
        };
        let end = end + more;
        return Some(year.map_or(Lexed::Other { end }, |year| Lexed::Year { year, end }));
    }
    let before = text[..start].chars().next_back();
    let places = word.contains(['十', '百', '千', '万']);
    let single = word.chars().count() == 1 && !places;
    // 零件 are parts of machines.
    let zero = single && word.starts_with(['零', '〇']);
    let several = word.contains(['几', '数', '亿']);
    let ordinal = matches!(before, Some('第' | '之' | '初' | '星' | '周' | '其'));
    if several || ordinal || zero || before.is_some_and(|character| character.is_ascii_digit()) {
        return (word.chars().count() > 1 || ordinal).then_some(Lexed::Other { end });
    }
    let Some(value) = chinese_value(word) else {
        return Some(Lexed::Other { end });
    };
    let value = Decimal::integer(value);
    match suffix(text, start, end, value, Kind::Chinese { single }) {
        Lexed::Number(quantity) if quantity.unit.is_none() => None,
        other => Some(other),
    }
}

/// `百分之十二`, `百分之12.5` at `start`; `share` is what stands behind 之.
fn percent(text: &str, start: usize, share: &str) -> Lexed {
    let arabic = share
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(share.len());
    let chinese: usize = share
        .chars()
        .take_while(|character| begins(*character))
        .take(8)
        .map(char::len_utf8)
        .sum();
    let length = arabic.max(chinese);
    let end = start + "百分之".len() + length;
    let value = if arabic > 0 {
        share[..arabic].parse().ok()
    } else {
        chinese_value(&share[..chinese]).map(Decimal::integer)
    };
    match value {
        // `百分之九十五点三` is not read.
        Some(value) if !text[end..].starts_with('点') => finish(
            text,
            start,
            end,
            value,
            Some("%"),
            false,
            Kind::Arabic,
            false,
        ),
        _ => Lexed::Other { end },
    }
}

/// `二十三`, `一百零五`, `三万`, `一万二千`; `None` for rows of digits and for `一百二`, which is 120 to some.
fn chinese_value(word: &str) -> Option<i64> {
    let part = |text: &str| -> Option<i64> {
        let count = text.chars().count();
        let places = text.contains(['十', '百', '千']);
        if count > 1 && !places {
            return None;
        }
        let mut characters = text.chars().rev();
        let (last, before) = (characters.next()?, characters.next());
        if numeral::digit(last).is_some_and(|digit| digit > 0)
            && matches!(before, Some('百' | '千'))
        {
            return None;
        }
        numeral::read(text).map(i64::from)
    };
    match word.split_once('万') {
        None => part(word),
        Some((high, low)) => {
            let high = if high.is_empty() { 1 } else { part(high)? };
            // `三万二` is 32,000 to most and 30,002 to none: only a full second part is read.
            let low = match low {
                "" => 0,
                low if low.contains('千') || low.starts_with('零') => {
                    part(low.trim_start_matches('零'))?
                }
                _ => return None,
            };
            Some(high * 10_000 + low)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<String> {
        let start = text.char_indices().find(|(_, c)| begins(*c))?.0;
        match lex(text, start)? {
            Lexed::Number(q) => Some(format!(
                "{}{}{}",
                q.value,
                q.unit.unwrap_or("-"),
                if q.approximate { "~" } else { "" }
            )),
            _ => None,
        }
    }

    #[test]
    fn reads_numbers_of_running_text() {
        let cases = [
            ("12件", Some("12件")),
            ("1,234件", Some("1234件")),
            ("1，234件", Some("1234件")),
            ("3，答复4", Some("3-")),
            ("3790余条", Some("3790条~")),
            ("3.2万余条", Some("32000条~")),
            ("3.25万条", Some("32500条")),
            ("2.5亿元", Some("2.5亿元")),
            ("300余万元", Some("300万元~")),
            ("20多万次", Some("200000次~")),
            ("2000万", Some("20000000-")),
            ("近300次", Some("300次~")),
            ("节约300元", Some("300元")),
            ("12.50%", Some("12.50%")),
            ("百分之十二", Some("12%")),
            ("二十三件", Some("23件")),
            ("百余件", Some("100件~")),
            ("上千条", Some("1000条~")),
            ("三万条", Some("30000条")),
            ("100件左右", Some("100件~")),
            ("5个百分点", Some("5个百分点")),
            ("5个工作日", None),
            ("几十件", None),
            ("十几件", None),
            ("三五件", None),
            ("一百二件", None),
            ("10-20件", None),
            ("10至20件", None),
            ("第3期", None),
            ("5G", None),
            ("1.2.3", None),
            ("12,34件", None),
            ("99999999999999999999件", None),
        ];
        for (text, want) in cases {
            assert_eq!(number(text).as_deref(), want, "{text}");
        }
    }
}
