//! Spelling numbers as pages do, and what a spelling means.

use nianbao::model::{CellStatus, Decimal, Unit};

use super::dialect::Numbers;
use super::truth::ExpectedCell;

/// Signs that stand for no number.
pub const MARKS: [&str; 5] = ["—", "/", "-", "——", "无"];

/// `value` as printed; `unit` is what the form counts the cell in.
pub fn spell(value: Decimal, unit: Option<Unit>, numbers: Numbers) -> String {
    let plain = value.to_string();
    match numbers {
        Numbers::Plain
        | Numbers::NoBreakPadding
        | Numbers::IdeographicPadding
        | Numbers::SplitSpans => plain,
        Numbers::FullWidth => plain.chars().map(full_width).collect(),
        Numbers::Thousands => group(&plain, ','),
        Numbers::WideThousands => group(&plain, '，'),
        Numbers::UnitInCell => unit.map_or(plain.clone(), |unit| plain + unit.as_str()),
    }
}

fn full_width(sign: char) -> char {
    match sign {
        '0'..='9' => char::from_u32(u32::from(sign) - 0x30 + 0xff10).unwrap_or(sign),
        '.' => '．',
        '-' => '－',
        other => other,
    }
}

fn group(plain: &str, separator: char) -> String {
    let (sign, digits) = plain
        .strip_prefix('-')
        .map_or(("", plain), |digits| ("-", digits));
    let (whole, fraction) = digits
        .find('.')
        .map_or((digits, ""), |point| digits.split_at(point));
    let mut out = String::from(sign);
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            out.push(separator);
        }
        out.push(digit);
    }
    out + fraction
}

/// What a reader must make of `raw` in a cell counted in `unit`. Knows the spellings the generator
/// writes, not every spelling there is.
pub fn expect(raw: &str, unit: Option<Unit>) -> ExpectedCell {
    let raw = raw.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}' || c == '\u{3000}');
    let cell = |status, value: Option<Decimal>, unit| ExpectedCell {
        value: value.map(|value| value.to_string()),
        status,
        raw: raw.to_owned(),
        unit,
    };
    if raw.is_empty() {
        return cell(CellStatus::Blank, None, unit);
    }
    if MARKS.contains(&raw) {
        return cell(CellStatus::Mark, None, unit);
    }
    let folded: String = raw.chars().map(half_width).collect();
    // `万元` before `元`: the longest unit that fits.
    let mut units = Unit::ALL.to_vec();
    units.sort_by_key(|unit| std::cmp::Reverse(unit.as_str().len()));
    let printed = units
        .into_iter()
        .find(|unit| folded.ends_with(unit.as_str()));
    let digits = printed.map_or(folded.as_str(), |unit| {
        folded.trim_end_matches(unit.as_str())
    });
    let digits = digits.strip_prefix('+').unwrap_or(digits).trim();
    match ungroup(digits).and_then(|digits| digits.parse().ok()) {
        Some(value) => cell(CellStatus::Number, Some(value), printed.or(unit)),
        None => cell(CellStatus::Text, None, unit),
    }
}

fn half_width(sign: char) -> char {
    match sign {
        '０'..='９' => char::from_u32(u32::from(sign) - 0xff10 + 0x30).unwrap_or(sign),
        '．' => '.',
        '－' => '-',
        '＋' => '+',
        '，' => ',',
        other => other,
    }
}

/// The digits without separators; `None` where a group has not three digits.
fn ungroup(digits: &str) -> Option<String> {
    let whole = digits.split('.').next().unwrap_or(digits);
    let mut groups = whole.split(',');
    groups.next();
    if groups.any(|group| group.len() != 3) {
        return None;
    }
    Some(digits.replace(',', ""))
}
