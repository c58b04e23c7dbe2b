//! One indicator over all agencies, year by year: how many reports have it, what they add up to, the one in the middle.
//!
//! A sum is given only where nothing is missing of it and nothing would be counted twice, a median only of numbers that count the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::model::{Decimal, FormId, Scope, Unit};
use crate::store::Store;

use super::compare::Indicator;
use super::ratios;
use super::series::{self, Point};
use super::wide::Panel;
use super::{Filter, QueryError};

/// One year of one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Whom the reports are about.
    pub scope: Scope,
    /// The year reported on.
    pub year: i16,
    /// Agencies that have a report.
    pub agencies: u32,
    /// Of them those whose report has the number.
    pub numbers: u32,
    /// Why the others have none: how many of each status.
    pub missing: BTreeMap<&'static str, u32>,
    /// The forms of the numbers.
    pub forms: Vec<FormId>,
    /// The unit that all numbers share; `None` of a ratio (it is in percent), and where they do not.
    pub unit: Option<Unit>,
    /// What the numbers add up to.
    pub sum: SpreadOf,
    /// The number in the middle; of an even count halfway between the two. Of a ratio it is of the percentages as rounded.
    pub median: SpreadOf,
    /// The least number; `None` where there is no median.
    pub least: Option<Decimal>,
    /// The greatest.
    pub greatest: Option<Decimal>,
}

/// A number over agencies, or why it is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpreadOf {
    /// The number.
    Number(Decimal),
    /// No report has it.
    Nothing,
    /// Some reports lack it.
    Incomplete,
    /// The reports count different things, or in different units.
    Break,
    /// Reports that are not, or not known to be, of an agency's own work may hold one another: adding would count twice.
    Nested,
    /// Percentages are not added.
    Ratio,
    /// It is too large.
    TooLarge,
}

impl SpreadOf {
    /// The number, if there is one.
    pub const fn number(self) -> Option<Decimal> {
        match self {
            Self::Number(value) => Some(value),
            _ => None,
        }
    }

    /// The word used in JSON and CSV.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Nothing => "nothing",
            Self::Incomplete => "incomplete",
            Self::Break => "break",
            Self::Nested => "nested",
            Self::Ratio => "ratio",
            Self::TooLarge => "too_large",
        }
    }
}

impl Serialize for SpreadOf {
    /// `value`, null where there is none, and `status`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("SpreadOf", 2)?;
        object.serialize_field("value", &self.number())?;
        object.serialize_field("status", self.as_str())?;
        object.end()
    }
}

/// A year in the making.
#[derive(Debug, Default)]
struct Year {
    agencies: u32,
    numbers: Vec<Decimal>,
    missing: BTreeMap<&'static str, u32>,
    forms: BTreeSet<Option<FormId>>,
    units: BTreeSet<Option<&'static str>>,
    unit: Option<Unit>,
}

/// The years of an indicator, by scope and year. Reports of which agency or year is not known are left out.
///
/// # Errors
///
/// If the database cannot be read.
pub fn spread(
    store: &Store,
    indicator: &Indicator,
    filter: &Filter,
) -> Result<Vec<Spread>, QueryError> {
    let panel = match indicator {
        Indicator::Series(one) => Panel::read(store, &[one], filter)?,
        Indicator::Ratio(ratio) => {
            Panel::read(store, &[&ratio.numerator, &ratio.denominator], filter)?
        }
    };
    let point = |head: usize| match indicator {
        Indicator::Series(one) => series::point(one, &panel, head).0,
        Indicator::Ratio(ratio) => ratios::ratio_point(ratio, &panel, head),
    };
    let mut years: BTreeMap<(u8, i16), (Scope, Year)> = BTreeMap::new();
    // Reports of one agency, scope and year follow one another.
    let mut head = 0;
    while head < panel.heads.len() {
        let of = |at: usize| {
            let head = &panel.heads[at];
            (head.agency, head.scope, head.year)
        };
        let (agency, scope, year) = of(head);
        let first = head;
        head += 1;
        while head < panel.heads.len() && of(head) == (agency, scope, year) {
            head += 1;
        }
        let (Some(_), Some(year)) = (agency, year) else {
            continue;
        };
        let mut points = (first..head).map(point);
        let Some(one) = points.next() else { continue };
        let same = points.all(|other| {
            (other.value, other.unit, other.status) == (one.value, one.unit, one.status)
        });
        let (_, slot) = years
            .entry((order(scope), year))
            .or_insert_with(|| (scope, Year::default()));
        slot.add(&one, same);
    }
    let finished = years
        .into_iter()
        .map(|((_, year), (scope, slot))| slot.finished(indicator, scope, year));
    Ok(finished.collect())
}

/// An agency's own reports first, unknown scopes last.
const fn order(scope: Scope) -> u8 {
    match scope {
        Scope::Own => 0,
        Scope::Consolidated => 1,
        Scope::Unknown => 2,
    }
}

impl Year {
    fn add(&mut self, point: &Point, same: bool) {
        self.agencies += 1;
        if let Some(value) = point.value.filter(|_| same) {
            self.numbers.push(value);
            self.forms.insert(point.form);
            self.units.insert(point.unit.map(Unit::as_str));
            self.unit = point.unit;
        } else {
            let why = if same {
                point.status.as_str()
            } else {
                "several_reports"
            };
            *self.missing.entry(why).or_default() += 1;
        }
    }

    fn finished(mut self, indicator: &Indicator, scope: Scope, year: i16) -> Spread {
        let series = indicator.series();
        let forms: Vec<FormId> = self.forms.iter().copied().flatten().collect();
        let breaks = forms.iter().any(|one| {
            forms
                .iter()
                .any(|other| series.breaks_between(*one, *other))
        });
        // 件 and 条 are two words for the same things; yuan and ten thousand yuan are not.
        let is_money = |unit: &str| unit.parse::<Unit>().is_ok_and(Unit::is_money);
        let mixed = self.units.len() > 1 && self.units.iter().flatten().any(|unit| is_money(unit));
        let scale = self
            .numbers
            .iter()
            .map(|value| value.scale())
            .max()
            .unwrap_or(0);
        self.numbers.sort_by_key(|value| value.at_scale(scale));
        let count = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let median = if self.numbers.is_empty() {
            SpreadOf::Nothing
        } else if breaks || mixed {
            SpreadOf::Break
        } else {
            median(&self.numbers).map_or(SpreadOf::TooLarge, SpreadOf::Number)
        };
        let sum = if indicator.is_ratio() {
            SpreadOf::Ratio
        } else if self.numbers.is_empty() {
            SpreadOf::Nothing
        } else if scope != Scope::Own {
            SpreadOf::Nested
        } else if breaks || mixed {
            SpreadOf::Break
        } else if count < self.agencies {
            SpreadOf::Incomplete
        } else {
            sum(&self.numbers, scale).map_or(SpreadOf::TooLarge, SpreadOf::Number)
        };
        let has_median = median.number().is_some();
        Spread {
            scope,
            year,
            agencies: self.agencies,
            numbers: count,
            missing: self.missing,
            forms,
            unit: self.unit.filter(|_| self.units.len() == 1),
            sum,
            median,
            least: self.numbers.first().copied().filter(|_| has_median),
            greatest: self.numbers.last().copied().filter(|_| has_median),
        }
    }
}

fn sum(numbers: &[Decimal], scale: u8) -> Option<Decimal> {
    let total = numbers.iter().try_fold(0_i128, |total, value| {
        total.checked_add(value.at_scale(scale)?)
    })?;
    Decimal::new(i64::try_from(total).ok()?, scale)
}

/// Of sorted numbers.
fn median(numbers: &[Decimal]) -> Option<Decimal> {
    let middle = numbers.len() / 2;
    let upper = *numbers.get(middle)?;
    if numbers.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *numbers.get(middle.checked_sub(1)?)?;
    let scale = lower.scale().max(upper.scale());
    let both = lower.at_scale(scale)?.checked_add(upper.at_scale(scale)?)?;
    if both % 2 == 0 {
        return Decimal::new(i64::try_from(both / 2).ok()?, scale);
    }
    // A half is five tenths.
    Decimal::new(
        i64::try_from(both.checked_mul(5)?).ok()?,
        scale.checked_add(1)?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_exact() {
        let of = |numbers: &[&str]| {
            let numbers: Vec<Decimal> = numbers.iter().map(|text| text.parse().unwrap()).collect();
            median(&numbers).map(|value| value.to_string())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["3"]).as_deref(), Some("3"));
        assert_eq!(of(&["1", "2", "9"]).as_deref(), Some("2"));
        assert_eq!(of(&["1", "2"]).as_deref(), Some("1.5"));
        assert_eq!(of(&["2", "4"]).as_deref(), Some("3"));
        assert_eq!(of(&["-1", "0"]).as_deref(), Some("-0.5"));
        assert_eq!(of(&["33.33", "66.67"]).as_deref(), Some("50.00"));
        assert_eq!(of(&["0.1", "0.25"]).as_deref(), Some("0.175"));
    }

    #[test]
    fn what_is_missing_is_in_no_sum() {
        let indicator = Indicator::find("requests_received").unwrap();
        let year = |numbers: &[i64], agencies| Year {
            agencies,
            numbers: numbers.iter().map(|one| Decimal::integer(*one)).collect(),
            ..Year::default()
        };
        let own = year(&[4, 1, 0], 3).finished(&indicator, Scope::Own, 2022);
        assert_eq!(own.sum, SpreadOf::Number(Decimal::integer(5)));
        assert_eq!(own.median, SpreadOf::Number(Decimal::integer(1)));
        let lacking = year(&[4, 1], 3).finished(&indicator, Scope::Own, 2022);
        assert_eq!(lacking.sum, SpreadOf::Incomplete);
        assert_eq!(lacking.median.number().unwrap().to_string(), "2.5");
        let nested = year(&[4, 1], 2).finished(&indicator, Scope::Consolidated, 2022);
        assert_eq!(nested.sum, SpreadOf::Nested);
        let none = year(&[], 2).finished(&indicator, Scope::Own, 2022);
        assert_eq!(
            (none.sum, none.median),
            (SpreadOf::Nothing, SpreadOf::Nothing)
        );
        let ratio = Indicator::find("disclosure_rate").unwrap();
        let percent = year(&[50], 1).finished(&ratio, Scope::Own, 2022);
        assert_eq!(percent.sum, SpreadOf::Ratio);
    }

    #[test]
    fn what_counts_different_things_has_neither() {
        let indicator = Indicator::find("norm_stock").unwrap();
        let year = Year {
            agencies: 2,
            numbers: vec![Decimal::integer(1), Decimal::integer(2)],
            forms: [Some(FormId::F2019), Some(FormId::F2021)].into(),
            ..Year::default()
        };
        let year = year.finished(&indicator, Scope::Own, 2021);
        assert_eq!((year.sum, year.median), (SpreadOf::Break, SpreadOf::Break));
        assert_eq!(year.least, None);
        let fees = Year {
            agencies: 2,
            numbers: vec![Decimal::integer(1), Decimal::integer(2)],
            units: [Some("元"), Some("万元")].into(),
            ..Year::default()
        };
        let indicator = Indicator::find("requests_received").unwrap();
        let fees = fees.finished(&indicator, Scope::Own, 2021);
        assert_eq!((fees.sum, fees.unit), (SpreadOf::Break, None));
    }
}
