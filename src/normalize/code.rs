//! Codes of bodies, told from other numbers by their check digits.

/// The 统一社会信用代码 or old organisation code in an index number, if its check digit is right.
///
/// 18 characters by GB 32100 (modulus 31), or nine by GB 11714 (modulus 11, often with a hyphen before the
/// check digit), which the longer code holds in characters 9 to 17.
pub fn find_code(text: &str) -> Option<String> {
    let characters: Vec<char> = text.to_uppercase().chars().collect();
    let mut runs: Vec<String> = vec![String::new()];
    for (at, character) in characters.iter().enumerate() {
        let hyphen_in_code = *character == '-'
            && characters
                .get(at + 1)
                .is_some_and(char::is_ascii_alphanumeric)
            && runs.last().is_some_and(|run| run.len() == 8)
            && characters
                .get(at + 2)
                .is_none_or(|c| !c.is_ascii_alphanumeric());
        if character.is_ascii_alphanumeric() {
            if let Some(run) = runs.last_mut() {
                run.push(*character);
            }
        } else if !hyphen_in_code {
            runs.push(String::new());
        }
    }
    for run in &runs {
        for start in 0..run.len().saturating_sub(17) {
            // Index numbers run on behind the code without a break.
            if start == 0 && is_credit_code(&run[..18]) {
                return Some(run[..18].to_owned());
            }
        }
        if run.len() == 9 && is_organisation_code(run) {
            return Some(run.clone());
        }
    }
    None
}

/// Whether 18 characters are a 统一社会信用代码 (GB 32100-2015).
pub fn is_credit_code(code: &str) -> bool {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut sum = 0;
    let mut weight = 1;
    if code.len() != 18 {
        return false;
    }
    for byte in code.bytes().take(17) {
        let Some(value) = ALPHABET.iter().position(|known| *known == byte) else {
            return false;
        };
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET[(31 - sum % 31) % 31] == code.as_bytes()[17]
}

/// Whether nine characters are an organisation code (GB 11714-1997).
pub fn is_organisation_code(code: &str) -> bool {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    if code.len() != 9 {
        return false;
    }
    let mut sum = 0;
    for (character, weight) in code.chars().zip(WEIGHTS) {
        let Some(value) = character.to_digit(36) else {
            return false;
        };
        sum += value * weight;
    }
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('?'),
    };
    code.ends_with(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_tell_codes_from_numbers() {
        // Examples of the two standards' own arithmetic: 11100000MB0000001 and D2143569.
        let credit = (0..31)
            .map(|n| {
                let alphabet = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
                format!("11100000MB0000001{}", alphabet[n] as char)
            })
            .filter(|code| is_credit_code(code))
            .collect::<Vec<_>>();
        assert_eq!(credit.len(), 1);
        assert!(is_organisation_code("D2143569X"));
        assert!(!is_organisation_code("D21435690"));
        assert_eq!(
            find_code("索引号：D2143569-X").as_deref(),
            Some("D2143569X")
        );
        let text = format!("{}/2020-00001", credit[0]);
        assert_eq!(find_code(&text).as_deref(), Some(credit[0].as_str()));
        assert_eq!(find_code("2020-00001"), None);
        assert_eq!(find_code("123456789"), None);
    }
}
