//! A division that a question is about.

use std::fmt;
use std::str::FromStr;

/// A division of GB/T 2260, or one of the corps in Xinjiang (`xpcc`, `xpcc-08`), with all below it.
///
/// Of digits without the pairs of zeros at their end, which stand for all that is below: 2, 4 or 6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division(String);

/// Why a text is no division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DivisionError {
    /// Neither digits of that number nor a division of the corps.
    #[error(
        "a division is a code of GB/T 2260 (2, 4, 6, 9 or 12 digits: 32, 3201, 320100), xpcc or xpcc-08"
    )]
    NoCode,
    /// A township or village. Agencies are placed by county.
    #[error("divisions are known down to the county: six digits, and zeros behind them")]
    BelowCounty,
}

impl Division {
    /// What the codes of the division and all below it begin with; of the corps, what they are.
    pub fn stem(&self) -> &str {
        &self.0
    }

    /// Whether an agency's division (`agency_key.division`) is this one or below it.
    pub fn holds(&self, division: &str) -> bool {
        // `xpcc` holds `xpcc-08`; `xpcc-08` has nothing below it but itself.
        division.starts_with(&self.0)
    }
}

impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Division {
    type Err = DivisionError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        if let Some(rest) = given.strip_prefix("xpcc") {
            let number = rest.strip_prefix('-').unwrap_or_default();
            let numbered = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
            return if rest.is_empty() || numbered {
                Ok(Self(given.into()))
            } else {
                Err(DivisionError::NoCode)
            };
        }
        let digits = given.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || !matches!(given.len(), 2 | 4 | 6 | 9 | 12) || given.starts_with("00") {
            return Err(DivisionError::NoCode);
        }
        let mut code = given;
        for length in [9, 6, 4, 2] {
            if code.len() > length && code[length..].bytes().all(|byte| byte == b'0') {
                code = &code[..length];
            }
        }
        if code.len() > 6 {
            return Err(DivisionError::BelowCounty);
        }
        Ok(Self(code.into()))
    }
}

/// The province of an agency's division: six digits, or `xpcc`, which is under none.
pub(super) fn province(division: &str) -> Option<String> {
    if division.starts_with("xpcc") {
        return Some("xpcc".into());
    }
    let province = division.get(..2)?;
    let digits = province.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| format!("{province}0000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisions_are_read_or_refused() {
        for (given, want) in [
            ("32", Ok("32")),
            ("320000", Ok("32")),
            ("320100", Ok("3201")),
            ("3201", Ok("3201")),
            ("320102", Ok("320102")),
            ("320102000", Ok("320102")),
            ("320102000000", Ok("320102")),
            ("320000000000", Ok("32")),
            ("xpcc", Ok("xpcc")),
            ("xpcc-08", Ok("xpcc-08")),
            ("320102001", Err(DivisionError::BelowCounty)),
            ("320102001000", Err(DivisionError::BelowCounty)),
            ("", Err(DivisionError::NoCode)),
            ("3", Err(DivisionError::NoCode)),
            ("32*", Err(DivisionError::NoCode)),
            ("abc", Err(DivisionError::NoCode)),
            ("000000", Err(DivisionError::NoCode)),
            ("３２", Err(DivisionError::NoCode)),
            ("xpcc-", Err(DivisionError::NoCode)),
            ("xpcc-8", Err(DivisionError::NoCode)),
            ("xpcc08", Err(DivisionError::NoCode)),
            ("xpcc-0*", Err(DivisionError::NoCode)),
        ] {
            let read = given.parse::<Division>();
            assert_eq!(
                read.as_ref().map(Division::stem),
                want.as_ref().copied(),
                "{given:?}"
            );
        }
    }

    #[test]
    fn divisions_hold_what_is_below_them() {
        for (division, code, want) in [
            ("330106", "330000", true),
            ("330106", "33", true),
            ("330106", "330100", true),
            ("330106", "330106000", true),
            ("330200", "330100", false),
            ("110000", "330000", false),
            ("330000", "330100", false),
            ("xpcc-08", "xpcc", true),
            ("xpcc-08", "xpcc-08", true),
            ("xpcc", "xpcc-08", false),
            ("xpcc-08", "650000", false),
        ] {
            let asked: Division = code.parse().unwrap();
            assert_eq!(asked.holds(division), want, "{division:?} in {code}");
        }
        assert_eq!(province("330106").as_deref(), Some("330000"));
        assert_eq!(province("xpcc-08").as_deref(), Some("xpcc"));
        assert_eq!(province("3"), None);
    }
}
