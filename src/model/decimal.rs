//! An exact decimal: an integer and the number of its digits behind the point.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// An exact number as printed: `mantissa / 10^scale`. Trailing zeros are kept (`12.50` is
/// `1250` at scale 2), so a value prints back as it was read. No floats anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

/// Why a text is no [`Decimal`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number of at most 18 digits: {text:?}")]
pub struct DecimalError {
    /// The text as given.
    pub text: String,
}

impl Decimal {
    /// The greatest number of digits behind the point.
    pub const MAX_SCALE: u8 = 18;

    /// `mantissa / 10^scale`; `None` where `scale` is above [`Self::MAX_SCALE`].
    pub const fn new(mantissa: i64, scale: u8) -> Option<Self> {
        if scale > Self::MAX_SCALE {
            return None;
        }
        Some(Self { mantissa, scale })
    }

    /// An integer.
    pub const fn integer(value: i64) -> Self {
        Self {
            mantissa: value,
            scale: 0,
        }
    }

    /// The digits without the point.
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// How many of the digits stand behind the point.
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// The value if it is whole as printed or after dropping zeros (`3.0` is 3), else `None`.
    pub fn as_integer(self) -> Option<i64> {
        let unit = 10_i64.checked_pow(u32::from(self.scale))?;
        (self.mantissa % unit == 0).then(|| self.mantissa / unit)
    }

    /// `self × 10^power`, exact; `None` where it does not fit.
    pub fn shifted(self, power: u8) -> Option<Self> {
        if power <= self.scale {
            return Self::new(self.mantissa, self.scale - power);
        }
        let factor = 10_i64.checked_pow(u32::from(power - self.scale))?;
        Self::new(self.mantissa.checked_mul(factor)?, 0)
    }

    /// The mantissa at `scale`, for comparing and adding; `None` where it does not fit.
    pub fn at_scale(self, scale: u8) -> Option<i128> {
        let up = scale.checked_sub(self.scale)?;
        i128::from(self.mantissa).checked_mul(10_i128.checked_pow(u32::from(up))?)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.mantissa);
        }
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs();
        let unit = 10_u64.pow(u32::from(self.scale));
        let width = usize::from(self.scale);
        write!(f, "{sign}{}.{:0width$}", digits / unit, digits % unit)
    }
}

/// What is left to be printed of a text, if all before was.
struct Left<'t>(Option<&'t str>);

impl fmt::Write for Left<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.0 = self.0.and_then(|left| left.strip_prefix(piece));
        self.0.map(|_| ()).ok_or(fmt::Error)
    }
}

impl Decimal {
    /// Whether this is how it is printed plainly ([`fmt::Display`]).
    pub fn is_plainly(self, text: &str) -> bool {
        let mut left = Left(Some(text));
        fmt::Write::write_fmt(&mut left, format_args!("{self}")).is_ok() && left.0 == Some("")
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads `-?digits(.digits)?` in ASCII; nothing else. Page spellings belong to
    /// `normalize::number`.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let error = || DecimalError { text: text.into() };
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || (digits.contains('.') && fraction.is_empty())
            || !all_digits(whole)
            || !all_digits(fraction)
        {
            return Err(error());
        }
        let mut mantissa: i64 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            mantissa = mantissa
                .checked_mul(10)
                .and_then(|value| value.checked_add(i64::from(digit - b'0')))
                .ok_or_else(error)?;
        }
        let scale = u8::try_from(fraction.len()).map_err(|_| error())?;
        let signed = if negative { -mantissa } else { mantissa };
        Self::new(signed, scale).ok_or_else(error)
    }
}

impl Serialize for Decimal {
    /// A JSON number with the digits as printed.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.scale == 0 {
            return serializer.serialize_i64(self.mantissa);
        }
        let number = serde_json::value::RawValue::from_string(self.to_string())
            .map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_plain_or_not() {
        let of = |mantissa, scale| Decimal::new(mantissa, scale).unwrap();
        for (value, plain, others) in [
            (of(12, 0), "12", ["012", "12.0", "1", "123", "", "１２"]),
            (of(0, 0), "0", ["", "00", "-0", "0.0", "○", "一"]),
            (
                of(-105, 2),
                "-1.05",
                ["1.05", "-1.5", "-1.050", "-1", "-1.", "−1.05"],
            ),
        ] {
            assert!(value.is_plainly(plain) && value.to_string() == plain);
            assert!(others.iter().all(|other| !value.is_plainly(other)));
        }
    }

    #[test]
    fn decimals_print_as_read() {
        for text in ["0", "12", "-5", "4166.241619", "12.50", "-0.05", "0.0"] {
            let value: Decimal = text.parse().unwrap();
            assert_eq!(value.to_string(), text);
            assert_eq!(serde_json::to_string(&value).unwrap(), text);
        }
        for text in ["", "-", "1.", ".5", "1,2", "１", "99999999999999999999"] {
            assert!(text.parse::<Decimal>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn shifting_is_exact() {
        let value: Decimal = "1.25".parse().unwrap();
        assert_eq!(value.shifted(4).unwrap().to_string(), "12500");
        assert_eq!(value.shifted(1).unwrap().to_string(), "12.5");
        assert_eq!("3.0".parse::<Decimal>().unwrap().as_integer(), Some(3));
        assert_eq!("3.5".parse::<Decimal>().unwrap().as_integer(), None);
    }
}
