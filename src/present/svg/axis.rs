//! An axis of numbers with round ticks. Integer arithmetic only.

use crate::model::Decimal;

use super::Tenths;

/// From the least to the greatest tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Axis {
    low: i128,
    high: i128,
    scale: u8,
    /// Ascending.
    pub ticks: Vec<i128>,
}

/// Ticks are at most so many steps.
const STEPS: i128 = 5;

impl Axis {
    /// An axis that has 0 and all of `values`.
    pub fn of(values: impl Iterator<Item = Decimal> + Clone) -> Self {
        let scale = values.clone().map(Decimal::scale).max().unwrap_or(0);
        let numbers = values.filter_map(|value| value.at_scale(scale));
        let (low, high) = numbers.fold((0, 0), |(low, high), value: i128| {
            (low.min(value), high.max(value))
        });
        // A whole number counts things: no tick between two of them.
        let range = (high - low).max(10_i128.pow(u32::from(scale)));
        let mut step = 1;
        'found: loop {
            for factor in [1, 2, 5] {
                if step * factor * STEPS >= range {
                    step *= factor;
                    break 'found;
                }
            }
            step *= 10;
        }
        let first = low.div_euclid(step);
        let last = (high + step - 1).div_euclid(step).max(first + 1);
        let ticks: Vec<i128> = (first..=last).map(|at| at * step).collect();
        Self {
            low: first * step,
            high: last * step,
            scale,
            ticks,
        }
    }

    /// How far from the low end, of `length`.
    pub fn at(&self, value: i128, length: Tenths) -> Tenths {
        let (mut part, mut range) = (value - self.low, self.high - self.low);
        while range > i128::from(u64::MAX) {
            part /= 10;
            range /= 10;
        }
        i64::try_from(part * i128::from(length) / range.max(1)).unwrap_or(0)
    }

    /// As [`Self::at`], of a value of the axis.
    pub fn place(&self, value: Decimal, length: Tenths) -> Option<Tenths> {
        Some(self.at(value.at_scale(self.scale)?, length))
    }

    /// A tick as it is written: without zeros at its end.
    pub fn label(&self, tick: i128) -> String {
        let (mut tick, mut scale) = (tick, self.scale);
        while scale > 0 && tick % 10 == 0 {
            tick /= 10;
            scale -= 1;
        }
        let value = i64::try_from(tick)
            .ok()
            .and_then(|tick| Decimal::new(tick, scale));
        value.map_or_else(String::new, |value| value.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_everything() {
        let labels = |values: &[&str]| {
            let values: Vec<Decimal> = values.iter().map(|value| value.parse().unwrap()).collect();
            let axis = Axis::of(values.iter().copied());
            for value in values {
                let at = axis.place(value, 1_000).unwrap();
                assert!((0..=1_000).contains(&at), "{value} at {at}");
            }
            axis.ticks
                .iter()
                .map(|tick| axis.label(*tick))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(labels(&[]), "0 1");
        assert_eq!(labels(&["0"]), "0 1");
        assert_eq!(labels(&["3"]), "0 1 2 3");
        assert_eq!(labels(&["37"]), "0 10 20 30 40");
        assert_eq!(labels(&["66.67", "100.00"]), "0 20 40 60 80 100");
        assert_eq!(labels(&["0.12"]), "0 0.2");
        assert_eq!(labels(&["-5", "10"]), "-5 0 5 10");
        assert_eq!(labels(&["-7"]), "-8 -6 -4 -2 0");
        assert!(labels(&["9223372036854775807", "0.000000000000000001"]).starts_with('0'));
    }
}
