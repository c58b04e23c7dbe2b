//! Codes of bodies: what they hold beside their check digits.

use crate::normalize::code::{is_credit_code, is_organisation_code};

/// A code whose check digit is right.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(String);

impl Code {
    /// Reads a 统一社会信用代码 (GB 32100-2015, 18 characters) or an organisation code (GB 11714-1997, nine, with or without
    /// the hyphen before the last). `None` where it is neither, or its check digit is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text
            .trim()
            .chars()
            .filter(|c| *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .take(19)
            .collect();
        let sound = match text.len() {
            // Characters 9 to 17 of the longer code are an organisation code with its own check digit.
            18 => is_credit_code(&text) && is_organisation_code(&text[8..17]),
            9 => is_organisation_code(&text),
            _ => false,
        };
        let code = Self(text);
        (sound && !is_placeholder(code.core())).then_some(code)
    }

    /// The nine characters that name the body: the organisation code, also inside the longer one.
    pub fn core(&self) -> &str {
        match self.0.len() {
            18 => &self.0[8..17],
            _ => &self.0,
        }
    }

    /// Division of the authority that registered the body, six digits of GB/T 2260; `None` where the code has none, or the
    /// body was registered centrally.
    pub fn registered_in(&self) -> Option<&str> {
        let digits = self.0.get(2..8).filter(|_| self.0.len() == 18)?;
        let sound = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with("10");
        sound.then_some(digits)
    }
}

/// 00000000-0, 11111111-?, 12345678-?: written where nobody knew the code, with a check digit that is right.
fn is_placeholder(core: &str) -> bool {
    let own = core.get(..8).unwrap_or(core);
    let repeats = own
        .bytes()
        .all(|byte| own.as_bytes().first() == Some(&byte));
    repeats || own == "12345678"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// By the standards' own words, apart from the code under test: the weighted sum with its check is 0 or 1.
    fn organisation(body: &str) -> String {
        const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
        let digits = body.chars().map(|c| c.to_digit(36).unwrap());
        let sum: u32 = digits
            .zip(WEIGHTS)
            .map(|(digit, weight)| digit * weight)
            .sum();
        let check = (0..11)
            .find(|check| (sum + check).is_multiple_of(11))
            .unwrap();
        let check = if check == 10 {
            'X'
        } else {
            char::from_digit(check, 10).unwrap()
        };
        format!("{body}{check}")
    }

    fn credit(division: &str, body: &str) -> String {
        let text = format!("11{division}{}", organisation(body));
        let mut weight = 1;
        let mut sum = 0;
        for byte in text.bytes() {
            sum += ALPHABET.iter().position(|known| *known == byte).unwrap() * weight;
            weight = weight * 3 % 31;
        }
        let check = (0..31).find(|check| (sum + check) % 31 == 0).unwrap();
        format!("{text}{}", ALPHABET[check] as char)
    }

    #[test]
    fn codes_hold_the_body_and_where_it_was_registered() {
        let long = credit("320324", "01430045");
        let code = Code::parse(&long).unwrap();
        assert_eq!(code.registered_in(), Some("320324"));
        let short = organisation("01430045");
        assert_eq!(code.core(), short);
        let hyphened = format!("{}-{}", &short[..8], &short[8..]);
        assert_eq!(Code::parse(&hyphened).unwrap().core(), code.core());
        assert_eq!(Code::parse(&hyphened).unwrap().registered_in(), None);
        let central = Code::parse(&credit("100000", "00001374")).unwrap();
        assert_eq!(central.registered_in(), None);
        for wrong in ["", "1", "CODE1", "123456789", "11320324014300450A", "１１"] {
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_stands_for_no_code_names_nobody() {
        for body in ["00000000", "11111111", "12345678"] {
            let short = organisation(body);
            assert!(is_organisation_code(&short), "{short}");
            assert_eq!(Code::parse(&short), None, "{short}");
            assert_eq!(Code::parse(&credit("320324", body)), None, "{body}");
        }
        assert!(Code::parse(&organisation("00000001")).is_some());
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_always_told(
            division in "[1-9][0-9]{5}", body in "[0-9A-HJ-NPQRTUWXY]{8}", at in 0_usize..18, other in 0_usize..31,
        ) {
            let sound = credit(&division, &body);
            prop_assert!(Code::parse(&sound).is_some(), "{}", sound);
            let mut bytes = sound.clone().into_bytes();
            bytes[at] = ALPHABET[other];
            let changed = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(Code::parse(&changed).is_some(), changed == sound);
        }

        #[test]
        fn two_neighbours_swapped_are_told_in_short_codes(body in "[0-9A-Z]{8}", at in 0_usize..7) {
            let sound = organisation(&body);
            prop_assert!(Code::parse(&sound).is_some());
            let mut bytes = sound.clone().into_bytes();
            bytes.swap(at, at + 1);
            let (one, other) = (bytes[at], bytes[at + 1]);
            let value = |byte: u8| (byte as char).to_digit(36).unwrap();
            let swapped = String::from_utf8(bytes).unwrap();
            // Two characters eleven apart count alike.
            let alike = value(one).abs_diff(value(other)).is_multiple_of(11);
            prop_assert_eq!(Code::parse(&swapped).is_some(), alike, "{}", swapped);
        }

        #[test]
        fn no_text_breaks_it(text in ".{0,40}") {
            let _ = Code::parse(&text);
        }
    }
}
