//! Sums of exact decimals that cannot overflow.

use std::fmt;

use crate::model::Decimal;

/// An exact sum: `whole + parts / 10^18`, with `parts` below 10^18 and never negative, so that the
/// derived order is the order of the values. Decimals have at most 18 places and 63 bits; a form has
/// far fewer cells than the 2^64 that would overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Sum {
    whole: i128,
    parts: u64,
}

const UNIT: u64 = 10_u64.pow(Decimal::MAX_SCALE as u32);

impl Sum {
    /// Zero.
    pub const ZERO: Self = Self { whole: 0, parts: 0 };

    pub(super) fn add(&mut self, other: Self) {
        self.whole += other.whole;
        self.parts += other.parts;
        if self.parts >= UNIT {
            self.whole += 1;
            self.parts -= UNIT;
        }
    }

    pub(super) fn subtract(&mut self, other: Self) {
        self.whole -= other.whole;
        if self.parts < other.parts {
            self.whole -= 1;
            self.parts += UNIT;
        }
        self.parts -= other.parts;
    }

    /// The greatest whole number not above it.
    pub(super) const fn floor(self) -> Self {
        Self {
            whole: self.whole,
            parts: 0,
        }
    }
}

impl From<Decimal> for Sum {
    fn from(value: Decimal) -> Self {
        let mantissa = value.mantissa();
        if value.scale() == 0 {
            return Self::from(mantissa);
        }
        let unit = 10_i64.pow(u32::from(value.scale()));
        let places = Decimal::MAX_SCALE - value.scale();
        Self {
            whole: i128::from(mantissa.div_euclid(unit)),
            parts: mantissa.rem_euclid(unit).unsigned_abs() * 10_u64.pow(u32::from(places)),
        }
    }
}

impl From<i64> for Sum {
    fn from(value: i64) -> Self {
        Self {
            whole: i128::from(value),
            parts: 0,
        }
    }
}

impl fmt::Display for Sum {
    /// Without trailing zeros behind the point.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.parts == 0 {
            return write!(f, "{}", self.whole);
        }
        let (sign, whole, parts) = if self.whole < 0 {
            ("-", (self.whole + 1).unsigned_abs(), UNIT - self.parts)
        } else {
            ("", self.whole.unsigned_abs(), self.parts)
        };
        let digits = format!("{parts:018}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(text: &str) -> Sum {
        Sum::from(text.parse::<Decimal>().unwrap())
    }

    #[test]
    fn sums_are_exact_and_print() {
        for (terms, want) in [
            (vec!["0.1", "0.2"], "0.3"),
            (vec!["-0.05"], "-0.05"),
            (vec!["-1.5", "0.25"], "-1.25"),
            (vec!["12.50", "7.5"], "20"),
            (vec!["-2", "0.000000000000000001"], "-1.999999999999999999"),
            (vec!["999999999999999999"; 30], "29999999999999999970"),
        ] {
            let mut total = Sum::ZERO;
            for term in &terms {
                total.add(sum(term));
            }
            assert_eq!(total.to_string(), want, "{terms:?}");
            for term in &terms {
                total.subtract(sum(term));
            }
            assert_eq!(total, Sum::ZERO, "{terms:?}");
        }
        assert!(sum("-0.5") < Sum::ZERO && sum("-1.5") < sum("-0.5"));
        assert_eq!(sum("3.0"), sum("3"));
    }

    proptest! {
        #[test]
        fn sums_agree_with_scaled_integers(
            values in prop::collection::vec((any::<i32>(), 0_u8..=18), 0..30),
        ) {
            let mut total = Sum::ZERO;
            let mut scaled = 0_i128;
            for (mantissa, scale) in values {
                let value = Decimal::new(i64::from(mantissa), scale).unwrap();
                total.add(Sum::from(value));
                scaled += value.at_scale(18).unwrap();
            }
            prop_assert_eq!(total.whole * i128::from(UNIT) + i128::from(total.parts), scaled);
        }
    }
}
