//! References of XML, which are fewer than HTML's.
//!
//! In: a reference's name. Out: its character.

/// The character that a reference of XML stands for, given what is between `&` and `;`: one of the five names, or a number;
/// `None` for others.
pub fn xml_reference(reference: &str) -> Option<char> {
    match reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = reference.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
