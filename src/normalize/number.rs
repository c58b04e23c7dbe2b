//! One cell's text → what it holds.
//!
//! The whole cell must be a number for it to be one; what is not consumed whole is text, kept
//! verbatim. Blank is not zero, and neither is a dash.

use super::label::is_space;
use crate::model::{CellStatus, Decimal, Unit};

/// What a cell's text is. Raw text stays with the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellText {
    /// [`CellStatus::Number`], [`CellStatus::Blank`], [`CellStatus::Mark`] or [`CellStatus::Text`].
    pub status: CellStatus,
    /// The number; present exactly with [`CellStatus::Number`].
    pub value: Option<Decimal>,
    /// The unit printed behind the number, if any. `万` and `亿` in front of a counting unit are
    /// multiplied into the value; `万元` and `亿元` are units of their own.
    pub unit: Option<Unit>,
}

impl CellText {
    const fn of(status: CellStatus) -> Self {
        Self {
            status,
            value: None,
            unit: None,
        }
    }
}

/// Reads one cell.
///
/// Numbers are ASCII or full-width digits with an optional sign, thousands separators (`,` or
/// `，`, complete groups of three), decimals and a unit: `1，234`, `+1036`, `251000元`, `0.5万元`,
/// `1.2万件`. `零` and `〇` alone are 0. A cell of signs only, or `无`, is a mark.
pub fn read_cell(text: &str) -> CellText {
    let mut trimmed = text.trim_matches(is_space);
    if trimmed.is_empty() {
        return CellText::of(CellStatus::Blank);
    }
    if let Some(known) = at_a_glance(trimmed) {
        return known;
    }
    if matches!(trimmed, "无") || trimmed.chars().all(is_sign_or_space) {
        return CellText::of(CellStatus::Mark);
    }
    if matches!(trimmed, "零" | "〇") {
        trimmed = "0";
    }
    match read_number(trimmed) {
        Some((value, unit)) => CellText {
            status: CellStatus::Number,
            value: Some(value),
            unit,
        },
        None => CellText::of(CellStatus::Text),
    }
}

/// The two common cases: ASCII digits only, and words that begin with a Han ideograph.
fn at_a_glance(text: &str) -> Option<CellText> {
    match *text.as_bytes() {
        [b'0'..=b'9', ..] if text.len() <= 18 => {
            let mut value = 0_i64;
            for digit in text.bytes() {
                if !digit.is_ascii_digit() {
                    return None;
                }
                value = value * 10 + i64::from(digit - b'0');
            }
            Some(CellText {
                status: CellStatus::Number,
                value: Some(Decimal::integer(value)),
                unit: None,
            })
        }
        // U+5000 to U+9FFF.
        [0xE5..=0xE9, ..] if !matches!(text, "无" | "零") => Some(CellText::of(CellStatus::Text)),
        _ => None,
    }
}

fn is_sign_or_space(character: char) -> bool {
    // `○` is drawn for zero by some and for "none" by others; `一` is what a dash becomes when typed
    // with an input method, but also the numeral 1: neither is decided here.
    !character.is_alphanumeric() && character != '○'
}

fn half_width(character: char) -> char {
    match character {
        '０'..='９' | '．' | '＋' | '，' => {
            char::from_u32(character as u32 - 0xFEE0).unwrap_or(character)
        }
        '－' | '−' | '﹣' => '-',
        '﹢' => '+',
        other => other,
    }
}

fn read_number(text: &str) -> Option<(Decimal, Option<Unit>)> {
    let mut rest = text;
    let mut negative = false;
    if let Some(sign) = rest.chars().next().map(half_width)
        && matches!(sign, '+' | '-')
    {
        negative = sign == '-';
        rest = rest[rest.chars().next().map_or(0, char::len_utf8)..].trim_start_matches(is_space);
    }
    let end = rest
        .char_indices()
        .find(|(_, c)| !matches!(half_width(*c), '0'..='9' | '.' | ','))
        .map_or(rest.len(), |(position, _)| position);
    let value = if let Some(value) = plain_integer(&rest[..end]) {
        Decimal::integer(if negative { -value } else { value })
    } else {
        let digits: String = rest[..end].chars().map(half_width).collect();
        let mut plain = ungroup(&digits)?;
        if negative {
            plain.insert(0, '-');
        }
        plain.parse().ok()?
    };
    let suffix = rest[end..].trim_matches(is_space);
    if suffix.is_empty() {
        return Some((value, None));
    }
    if let Ok(unit) = suffix.parse::<Unit>() {
        return Some((value, Some(unit)));
    }
    let (power, counted) = match suffix.chars().next()? {
        '万' => (4, suffix.trim_start_matches('万')),
        '亿' => (8, suffix.trim_start_matches('亿')),
        _ => return None,
    };
    let unit: Unit = counted.trim_start_matches(is_space).parse().ok()?;
    if unit.is_money() {
        return None;
    }
    Some((value.shifted(power)?, Some(unit)))
}

/// Up to 18 digits of either width and nothing else.
fn plain_integer(digits: &str) -> Option<i64> {
    let mut value = 0_i64;
    let mut count = 0;
    for character in digits.chars() {
        let digit = half_width(character).to_digit(10)?;
        value = value.checked_mul(10)?.checked_add(i64::from(digit))?;
        count += 1;
    }
    (1..=18).contains(&count).then_some(value)
}

/// Takes thousands separators out; `None` where they do not separate complete groups of three, or
/// where the number has no digit in front of the point.
fn ungroup(digits: &str) -> Option<String> {
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    if whole.is_empty() || fraction.is_some_and(|f| f.is_empty() || f.contains([',', '.'])) {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    if first.is_empty() || (grouped && first.len() > 3) || groups.any(|group| group.len() != 3) {
        return None;
    }
    let mut plain: String = whole.chars().filter(|c| *c != ',').collect();
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use CellStatus::{Blank, Mark, Number, Text};

    #[test]
    fn cells_read_as_printed() {
        let cases = [
            ("0", Number, "0", None),
            ("１２", Number, "12", None),
            ("\u{3000}7\u{a0}", Number, "7", None),
            ("1,234", Number, "1234", None),
            ("1，234，567", Number, "1234567", None),
            ("+1036", Number, "1036", None),
            ("-5", Number, "-5", None),
            ("－5", Number, "-5", None),
            ("59237.2449", Number, "59237.2449", None),
            ("12.50", Number, "12.50", None),
            ("251000元", Number, "251000", Some(Unit::Yuan)),
            ("0.5万元", Number, "0.5", Some(Unit::WanYuan)),
            ("8 件", Number, "8", Some(Unit::Jian)),
            ("1.2万件", Number, "12000", Some(Unit::Jian)),
            ("3万人次", Number, "30000", Some(Unit::RenCi)),
            ("〇", Number, "0", None),
            ("零", Number, "0", None),
            ("", Blank, "", None),
            ("\u{3000}\u{a0}\n\u{200b}", Blank, "", None),
            ("—", Mark, "", None),
            ("——", Mark, "", None),
            ("/", Mark, "", None),
            ("／", Mark, "", None),
            ("-", Mark, "", None),
            ("无", Mark, "", None),
            ("3790余", Text, "", None),
            ("约60", Text, "", None),
            ("增2减1", Text, "", None),
            ("12,34", Text, "", None),
            ("1234,567", Text, "", None),
            ("1 234", Text, "", None),
            ("12\n34", Text, "", None),
            ("1.2.3", Text, "", None),
            ("12.", Text, "", None),
            ("12%", Text, "", None),
            ("1.2万", Text, "", None),
            ("详见附件", Text, "", None),
            ("一", Text, "", None),
            ("○", Text, "", None),
            ("99999999999999999999", Text, "", None),
        ];
        for (text, status, value, unit) in cases {
            let read = read_cell(text);
            assert_eq!(read.status, status, "{text:?}");
            assert_eq!(
                read.value.map(|v| v.to_string()).unwrap_or_default(),
                value,
                "{text:?}"
            );
            assert_eq!(read.unit, unit, "{text:?}");
        }
    }
}
