//! Rows of a comparison as bars, slopes and lines.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::model::{Decimal, Unit};
use crate::present::svg::{BarChart, LineChart, OverlayChart, Slope, SlopeChart};
use crate::present::{Bar, Bars, Plot, Sign};
use crate::query::compare::{Indicator, Standing, Total};

/// Rows of bars.
pub const MOST_BARS: usize = 60;
/// Lines between two years, and panels.
pub const MOST_LINES: usize = 40;

/// What is drawn of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// A bar a row.
    Bars,
    /// From the first to the second of two years.
    Slope,
    /// A panel a row, all at one scale.
    Panels,
    /// All rows in one panel.
    Line,
}

impl Picture {
    /// What suits so many years.
    pub const fn of_years(years: usize) -> Self {
        match years {
            0 | 1 => Self::Bars,
            2 => Self::Slope,
            _ => Self::Panels,
        }
    }
}

fn name(row: &Standing) -> &str {
    row.name.as_deref().or(row.code.as_deref()).unwrap_or("?")
}

fn unit(indicator: &Indicator, total: &Total) -> &'static str {
    match total.value {
        Some(_) => super::unit(indicator, total.unit),
        None => "",
    }
}

fn number(value: Option<Decimal>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The unit that all values share; empty where they do not.
pub fn common_unit(indicator: &Indicator, rows: &[Standing]) -> &'static str {
    if indicator.is_ratio() {
        return "%";
    }
    let totals = rows
        .iter()
        .flat_map(|row| row.years.iter().map(|year| &year.total).chain([&row.total]));
    let units: BTreeSet<&str> = totals
        .filter_map(|total| total.unit)
        .map(Unit::as_str)
        .collect();
    match units.len() {
        1 => units.first().copied().unwrap_or_default(),
        _ => "",
    }
}

/// Bars of rows of one scope.
pub fn bars(indicator: &Indicator, rows: &[Standing], years: &[i16]) -> Bars {
    let common = common_unit(indicator, rows);
    let bar = |row: &Standing| {
        let total = &row.total;
        let mut label = total.value.map_or_else(
            || {
                super::sign(total.status).map_or_else(String::new, |sign| {
                    format!("{} {}", sign.sign, sign.chinese)
                })
            },
            |value| {
                format!(
                    "{value}{}",
                    if common.is_empty() {
                        unit(indicator, total)
                    } else {
                        ""
                    }
                )
            },
        );
        if let (Some(fraction), Some(_)) = (total.fraction, total.value) {
            // Writing to a String cannot fail.
            let _ = write!(
                label,
                "（{}/{}）",
                number(fraction.numerator),
                number(fraction.denominator)
            );
        }
        Bar {
            // A bar of another unit or definition would be compared with the others.
            value: total.value.filter(|_| row.rank.is_some()),
            rank: row.rank,
            name: name(row).to_owned(),
            label,
        }
    };
    let scope = rows
        .first()
        .map(|row| super::scope_word(row.scope))
        .unwrap_or_default();
    Bars {
        title: format!("{}　{}　{scope}", indicator.label(), years_of(years)),
        unit: common,
        bars: rows.iter().map(bar).collect(),
    }
}

/// `2020年`, `2019—2022年`; empty for none.
pub fn years_of(years: &[i16]) -> String {
    match years {
        [] => String::new(),
        [year] => format!("{year}年"),
        [first, .., last] => format!("{first}—{last}年"),
    }
}

/// A picture of rows of one scope, `left_out` more of which are not drawn.
pub fn of_comparison(
    indicator: &Indicator,
    rows: &[Standing],
    years: &[i16],
    left_out: usize,
    picture: Picture,
) -> String {
    let common = common_unit(indicator, rows);
    let title = format!("{}　{}", indicator.label(), years_of(years));
    let scopes: BTreeSet<&str> = rows
        .iter()
        .map(|row| super::scope_word(row.scope))
        .collect();
    let scopes: Vec<&str> = scopes.into_iter().collect();
    let mut subtitle = format!("范围：{}", scopes.join("、"));
    if !common.is_empty() {
        subtitle = format!("单位：{common}；{subtitle}");
    }
    let mut frame = super::frame(indicator, title, subtitle);
    if left_out > 0 {
        frame
            .notes
            .push(format!("仅列前{}行，另有{left_out}行未列。", rows.len()));
    }
    if rows.iter().any(|row| row.rank.is_none()) {
        frame.notes.push("“–”：无可排名的数值，不参与排名。".into());
    }
    let plots = || {
        rows.iter().map(|row| Plot {
            title: match row.rank {
                Some(rank) => format!("{rank}　{}", name(row)),
                None => format!("–　{}", name(row)),
            },
            unit: common,
            points: super::of_years(&row.years),
        })
    };
    match (picture, years) {
        (Picture::Slope, [first, .., last]) => SlopeChart {
            frame,
            years: [*first, *last],
            unit: common,
            slopes: rows.iter().map(slope).collect(),
        }
        .render(),
        (Picture::Panels, _) => LineChart {
            frame,
            plots: plots().collect(),
        }
        .render(),
        (Picture::Line, _) => OverlayChart {
            frame,
            plots: plots().collect(),
        }
        .render(),
        (Picture::Bars | Picture::Slope, _) => BarChart {
            frame,
            bars: bars(indicator, rows, years),
        }
        .render(),
    }
}

/// From the first to the last year; what lies between is not asked, but a change of what is counted is.
fn slope(row: &Standing) -> Slope {
    let end = |total: Option<&Total>| {
        let sign = total.map_or(Some(Sign::NO_REPORT), |total| super::sign(total.status));
        match (total.and_then(|total| total.value), sign) {
            (Some(number), None) => Ok(number),
            (_, sign) => Err(sign.unwrap_or(Sign::UNREADABLE)),
        }
    };
    let total = |year: Option<&crate::query::compare::Yearly>| end(year.map(|year| &year.total));
    Slope {
        name: name(row).to_owned(),
        values: [total(row.years.first()), total(row.years.last())],
        broken: row.years.iter().skip(1).any(|year| year.break_before),
    }
}

#[cfg(test)]
mod tests {
    use crate::query::PointStatus;
    use crate::query::compare::Outcome;

    #[test]
    fn every_reason_has_a_sign() {
        for outcome in [
            Outcome::NoReport,
            Outcome::Several,
            Outcome::Incomplete,
            Outcome::Break,
            Outcome::NoneHasBoth,
            Outcome::Point(PointStatus::Incomplete),
            Outcome::Point(PointStatus::NoSum),
            Outcome::Point(PointStatus::ZeroDenominator),
            Outcome::Point(PointStatus::NotInForm),
            Outcome::Point(PointStatus::NoTable),
        ] {
            assert!(crate::charts::sign(outcome).is_some(), "{outcome:?}");
        }
        assert!(crate::charts::sign(Outcome::NUMBER).is_none());
    }
}
