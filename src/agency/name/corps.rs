//! The corps in Xinjiang: divisions and regiments by number.

use super::super::division::Divisions;
use super::towns::town;
use super::{Part, PartKind};

/// The corps and its divisions at the start.
pub(super) fn corps(name: &str) -> Option<(Vec<Part>, &str)> {
    let data = Divisions::get();
    let mut parts = Vec::new();
    let mut rest = name;
    if let Some(inner) = rest.strip_prefix(data.corps_name.as_str()) {
        rest = inner;
    } else if let Some(inner) = rest.strip_prefix("兵团")
        && (inner.starts_with('第') || corps_division(inner).is_some())
    {
        rest = inner;
    }
    let is_named = rest.len() < name.len();
    if is_named {
        parts.push(Part {
            name: data.corps_name.clone(),
            kind: PartKind::Corps,
            code: Some("xpcc".into()),
        });
    }
    let Some((number, end)) = corps_division(rest) else {
        return is_named.then_some((parts, rest));
    };
    let behind = &rest[end..];
    let known = data.corps.iter().find(|division| division.number == number);
    let city = known.and_then(|division| division.city.as_deref());
    // 第八师石河子市, 第八师(石河子市): the division is the city.
    let after = city.and_then(|city| {
        let inner = behind
            .strip_prefix('(')
            .unwrap_or(behind)
            .strip_prefix(city)?;
        Some(inner.strip_prefix(')').unwrap_or(inner))
    });
    let is_ordinal = rest.starts_with('第') || rest.starts_with('农') || rest.starts_with('建');
    // 八师 alone may be of anything.
    if known.is_none() || !is_named && !is_ordinal && after.is_none() {
        return is_named.then_some((parts, rest));
    }
    parts.push(Part {
        name: format!("第{number}师"),
        kind: PartKind::CorpsDivision,
        code: Some(format!("xpcc-{number:02}")),
    });
    rest = after.unwrap_or(behind);
    if let Some((number, end)) = numeral(rest)
        && let Some(behind) = rest[end..].strip_prefix('团')
    {
        parts.push(Part {
            name: format!("{number}团"),
            kind: PartKind::Regiment,
            code: None,
        });
        rest = behind.strip_prefix('场').unwrap_or(behind);
    } else if let Some(end) = town(rest, true) {
        parts.push(Part {
            name: rest[..end].to_owned(),
            kind: PartKind::Town,
            code: None,
        });
        rest = &rest[end..];
    }
    Some((parts, rest))
}

/// 第八师, 第8师, 八师, 农八师, 建工师: its number, and where it ends.
fn corps_division(text: &str) -> Option<(u8, usize)> {
    if text.starts_with("建工师") {
        return Some((11, "建工师".len()));
    }
    let bare = text.strip_prefix(['第', '农']).unwrap_or(text);
    let (number, end) = numeral(bare)?;
    bare[end..].strip_prefix('师')?;
    let end = text.len() - bare.len() + end + '师'.len_utf8();
    let number = u8::try_from(number)
        .ok()
        .filter(|number| (1..=14).contains(number))?;
    // 一师一优课 and the like begin so too; a division is followed by its name, not by another numeral.
    Some((number, end))
}

/// 一四三, 十四, 143: a number, and where it ends.
fn numeral(text: &str) -> Option<(u16, usize)> {
    let digits = "〇一二三四五六七八九";
    let mut value: u16 = 0;
    let mut end = 0;
    for (at, c) in text.char_indices().take(4) {
        let digit = c.to_digit(10).or_else(|| {
            let place = digits.chars().position(|digit| digit == c)?;
            u32::try_from(place).ok()
        });
        match (digit, c) {
            (Some(digit), _) => {
                let ends_ten = text[..at].ends_with('十');
                let base = if ends_ten {
                    value
                } else {
                    value.checked_mul(10)?
                };
                value = base.checked_add(u16::try_from(digit).ok()?)?;
            }
            (None, '十') => value = value.max(1).checked_mul(10)?,
            _ => break,
        }
        end = at + c.len_utf8();
    }
    (end > 0 && value > 0).then_some((value, end))
}
