//! What values are worth: as truth, as number, as text, joined by a sign.

use super::{LENGTH, Value};

/// `location`, `window.location.href`, `document.location`: what shows another page when it gets a value.
pub(super) fn is_location(path: &[&str]) -> bool {
    let path = match path {
        [rest @ .., "href"] if rest.last() == Some(&"location") => rest,
        _ => path,
    };
    match path {
        ["location"] => true,
        [of, "location"] => matches!(*of, "window" | "self" | "top" | "parent" | "document"),
        ["window", of, "location"] => matches!(*of, "top" | "parent" | "document" | "self"),
        _ => false,
    }
}

pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Truth(truth) => Some(*truth),
        Value::Number(number) => Some(*number != 0),
        Value::Ratio(..) => Some(true),
        Value::Text(text) => Some(!text.is_empty()),
        Value::Fields(_) | Value::Element(_) | Value::Unknown => None,
    }
}

pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Ratio(a, b) => Some(a.div_euclid(*b)),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

pub(super) fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

pub(super) fn joined(sign: &str, left: &Value, right: &Value) -> Value {
    let either = |known: Option<bool>, other: &Value| match known {
        Some(true) => left.clone(),
        Some(false) => other.clone(),
        None => Value::Unknown,
    };
    match sign {
        "||" | "??" => return either(truth(left), right),
        "&&" => return either(truth(left).map(|truth| !truth), right),
        "+" if matches!(left, Value::Text(_)) || matches!(right, Value::Text(_)) => {
            return match (shown(left), shown(right)) {
                (Some(left), Some(right)) if left.len() + right.len() <= LENGTH => {
                    Value::Text(left + &right)
                }
                _ => Value::Unknown,
            };
        }
        "==" | "===" | "!=" | "!==" => {
            let same = match (left, right) {
                (Value::Text(one), Value::Text(other)) => Some(one == other),
                (Value::Truth(one), Value::Truth(other)) => Some(one == other),
                _ => whole(left)
                    .zip(whole(right))
                    .map(|(one, other)| one == other),
            };
            let wanted = sign.starts_with('=');
            return same.map_or(Value::Unknown, |same| Value::Truth(same == wanted));
        }
        _ => {}
    }
    let Some((a, b)) = whole(left).zip(whole(right)) else {
        return Value::Unknown;
    };
    let number = |number: Option<i64>| number.map_or(Value::Unknown, Value::Number);
    match sign {
        "+" => number(a.checked_add(b)),
        "-" => number(a.checked_sub(b)),
        "*" => number(a.checked_mul(b)),
        "%" if b > 0 && a >= 0 => Value::Number(a % b),
        "/" if b > 0 && a % b == 0 => Value::Number(a / b),
        "/" if b > 0 => Value::Ratio(a, b),
        "<" => Value::Truth(a < b),
        ">" => Value::Truth(a > b),
        "<=" => Value::Truth(a <= b),
        ">=" => Value::Truth(a >= b),
        _ => Value::Unknown,
    }
}
