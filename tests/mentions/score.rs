//! Precision and recall over labelled sentences.

use std::fmt;

use super::label::Case;

/// Right, read and there to be read.
#[derive(Debug, Default, Clone, Copy)]
pub struct Rate {
    right: u32,
    read: u32,
    there: u32,
}

impl Rate {
    pub fn precision(self) -> f64 {
        if self.read == 0 {
            1.0
        } else {
            f64::from(self.right) / f64::from(self.read)
        }
    }

    pub fn recall(self) -> f64 {
        if self.there == 0 {
            1.0
        } else {
            f64::from(self.right) / f64::from(self.there)
        }
    }
}

/// All rates, and the sentences that are not as labelled.
#[derive(Debug, Default)]
pub struct Score {
    /// Value with unit.
    pub value: Rate,
    /// Cells.
    pub about: Rate,
    approximate: Rate,
    year: Rate,
    rest: Rate,
    wrong: Vec<String>,
}

impl Score {
    /// Adds a sentence: mentions are matched in order by value and unit.
    pub fn add(&mut self, case: &Case) {
        self.value.read += u32::try_from(case.got.len()).unwrap();
        self.value.there += u32::try_from(case.want.len()).unwrap();
        self.about.read +=
            u32::try_from(case.got.iter().filter(|one| !one.about.is_empty()).count()).unwrap();
        self.about.there +=
            u32::try_from(case.want.iter().filter(|one| !one.about.is_empty()).count()).unwrap();
        let mut left = case.got.clone();
        for want in &case.want {
            let Some(at) = left.iter().position(|got| got.value == want.value) else {
                continue;
            };
            let got = left.remove(at);
            self.value.right += 1;
            self.about.right += u32::from(!want.about.is_empty() && got.about == want.about);
            for (rate, same) in [
                (&mut self.approximate, got.approximate == want.approximate),
                (&mut self.year, got.year == want.year),
                (&mut self.rest, got.rest == want.rest),
            ] {
                rate.read += 1;
                rate.there += 1;
                rate.right += u32::from(same);
            }
        }
        if case.got != case.want {
            self.wrong.push(format!(
                "{}\n  want {:?}\n  got  {:?}",
                case.sentence, case.want, case.got
            ));
        }
    }

    /// Of the mentions found: how many have the right approximation, year, and the rest.
    pub fn parts(&self) -> [(&'static str, f64); 3] {
        [
            ("approximate", self.approximate.precision()),
            ("year", self.year.precision()),
            ("kind, channel, part, negation", self.rest.precision()),
        ]
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, rate) in [("value and unit", self.value), ("about", self.about)] {
            writeln!(
                f,
                "  {name}: precision {:.4} ({}/{}), recall {:.4} ({}/{})",
                rate.precision(),
                rate.right,
                rate.read,
                rate.recall(),
                rate.right,
                rate.there
            )?;
        }
        for (name, rate) in self.parts() {
            writeln!(f, "  {name}: {rate:.4} of those found")?;
        }
        for wrong in &self.wrong {
            writeln!(f, "{wrong}")?;
        }
        Ok(())
    }
}
