//! One value of several reports.

use serde::Serialize;

use crate::model::{Decimal, FormId, Unit};
use crate::query::crosswalk::Quality;
use crate::query::ratios::Fraction;
use crate::query::series::{Point, PointStatus};

use super::{Indicator, Outcome};

/// A value, or why there is none, and how many reports it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Total {
    /// Of a ratio in percent; `None` has its reason in `status`.
    pub value: Option<Decimal>,
    /// Why there is a value or none.
    pub status: Outcome,
    /// Of the value; `None` of a ratio, or where not known.
    pub unit: Option<Unit>,
    /// The counts of a ratio, added up over the reports that have both.
    #[serde(flatten)]
    pub fraction: Option<Fraction>,
    /// Reports that the value is made of.
    pub reports: u32,
    /// Reports due that it is not made of: not known, or without the number.
    pub left_out: u32,
    /// What the reports that have the number add up to, where others lack it: no value of anything. `None` of ratios.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<Decimal>,
    /// The newest form of the reports that the value is made of; of all, where it is made of none.
    pub form: Option<FormId>,
    /// How far it may be joined.
    pub quality: Quality,
    /// What hinders a value, where one report says it.
    pub note: Option<String>,
}

impl Total {
    /// Of the reports due, one slot an agency and year; several in one slot must say the same.
    pub(super) fn of(indicator: &Indicator, slots: &[Option<&[&Point]>]) -> Self {
        let series = indicator.series();
        let mut total = Self {
            value: None,
            status: Outcome::NoReport,
            unit: None,
            fraction: None,
            reports: 0,
            left_out: 0,
            known: None,
            form: None,
            quality: series.quality,
            note: None,
        };
        let mut points: Vec<&Point> = Vec::new();
        let mut several = false;
        for slot in slots {
            match slot {
                None | Some([]) => {}
                Some([point, others @ ..]) => {
                    let same = others.iter().all(|other| {
                        (other.value, other.unit, other.status, other.fraction)
                            == (point.value, point.unit, point.status, point.fraction)
                    });
                    several |= !same;
                    if same {
                        points.push(point);
                    }
                }
            }
        }
        let due = u32::try_from(slots.len()).unwrap_or(u32::MAX);
        let with_cells = points.iter().filter(|point| !point.parts.is_empty());
        total.form = with_cells.filter_map(|point| point.form).max();
        let used: Vec<&Point> = points
            .iter()
            .copied()
            .filter(|point| point.value.is_some() || point.is_countable())
            .collect();
        // What a value counts is told by what it is made of.
        total.form = used
            .iter()
            .filter_map(|point| point.form)
            .max()
            .or(total.form);
        total.reports = u32::try_from(used.len()).unwrap_or(u32::MAX);
        total.left_out = due.saturating_sub(total.reports);
        if let ([one], [_]) = (points.as_slice(), slots) {
            total.value = one.value;
            total.unit = one.unit;
            total.fraction = one.fraction;
            total.status = Outcome::Point(one.status);
            total.note.clone_from(&one.note);
            return total;
        }
        if several && slots.len() == 1 {
            total.status = Outcome::Several;
            return total;
        }
        let forms = || used.iter().filter_map(|point| point.form);
        let broken = forms().any(|one| {
            forms()
                .take(1)
                .any(|other| series.breaks_between(one, other))
        });
        if indicator.is_ratio() {
            total.ratio(&used, broken, several);
        } else {
            total.count(&used, broken);
        }
        if points.is_empty() && !several {
            total.status = Outcome::NoReport;
        }
        total
    }

    /// Adds up before it divides.
    fn ratio(&mut self, used: &[&Point], broken: bool, several: bool) {
        let above: Vec<_> = used
            .iter()
            .filter_map(|point| Some((point.fraction?.numerator?, None)))
            .collect();
        let below: Vec<_> = used
            .iter()
            .filter_map(|point| Some((point.fraction?.denominator?, None)))
            .collect();
        self.status = if used.is_empty() && several {
            Outcome::Several
        } else if used.is_empty() {
            Outcome::NoneHasBoth
        } else if broken {
            Outcome::Break
        } else {
            let (numerator, denominator) = (sum(&above), sum(&below));
            let fraction = Fraction {
                numerator,
                denominator,
            };
            self.fraction = Some(fraction);
            self.value = fraction.percent();
            match self.value {
                Some(_) => Outcome::NUMBER,
                None if fraction.is_of_nothing() => Outcome::Point(PointStatus::ZeroDenominator),
                None => Outcome::Point(PointStatus::NoSum),
            }
        };
    }

    /// Without a value: what is counted may stand at a day, and years of that are never added up.
    pub(super) fn not_added(self) -> Self {
        if matches!(self.status, Outcome::NoReport | Outcome::Several) {
            return self;
        }
        Self {
            value: None,
            unit: None,
            known: None,
            status: Outcome::YearsNotAdded,
            ..self
        }
    }

    /// Without a value: of reports that may hold one another neither counts nor the parts of a ratio are added up.
    pub(super) fn nested(self) -> Self {
        Self {
            value: None,
            unit: None,
            fraction: None,
            known: None,
            note: None,
            status: Outcome::Nested,
            ..self
        }
    }

    /// Adds up what is all there.
    fn count(&mut self, used: &[&Point], broken: bool) {
        let values: Vec<_> = used
            .iter()
            .filter_map(|point| Some((point.value?, point.unit)))
            .collect();
        let added = (!broken).then(|| sum(&values)).flatten();
        self.status = if broken {
            Outcome::Break
        } else if self.left_out > 0 {
            self.known = added;
            Outcome::Incomplete
        } else if added.is_none() {
            Outcome::Point(PointStatus::NoSum)
        } else {
            self.value = added;
            self.unit = used.last().and_then(|point| point.unit);
            Outcome::NUMBER
        };
    }
}

impl Point {
    /// Whether a ratio's counts can be added to others'; a denominator of 0 can.
    fn is_countable(&self) -> bool {
        self.status == PointStatus::ZeroDenominator
    }
}

/// The exact sum of values; `None` of none, where it is too large, and where money is in several units.
fn sum(values: &[(Decimal, Option<Unit>)]) -> Option<Decimal> {
    let money = |unit: &Option<Unit>| unit.filter(|unit| unit.is_money());
    let first = money(&values.first()?.1);
    if values.iter().any(|(_, unit)| money(unit) != first) {
        return None;
    }
    let scale = values.iter().map(|(value, _)| value.scale()).max()?;
    let total = values.iter().try_fold(0_i128, |total, (value, _)| {
        total.checked_add(value.at_scale(scale)?)
    })?;
    Decimal::new(i64::try_from(total).ok()?, scale)
}
