//! Points of one indicator as a table and as CSV.

use std::fmt::Write as _;

use crate::model::{FormId, Unit};
use crate::present::{Align, Table};
use crate::query::Point;
use crate::query::compare::Indicator;
use crate::query::crosswalk;

use super::super::output;

/// What the series is, and what to know about it.
pub(in super::super) fn heading(indicator: &Indicator) -> String {
    let series = indicator.series();
    let mut text = format!("{}  {}\n", series.id, series.label);
    text.truncate(text.trim_end().len());
    // Writing to a String cannot fail.
    let _ = write!(text, "\nquality {}", series.quality.as_str());
    if !series.caveat.is_empty() {
        let _ = write!(text, ": {}", series.caveat);
    }
    if let Indicator::Ratio(ratio) = indicator {
        let _ = write!(
            text,
            "\npercent: {}\n         {}",
            ratio.formula, ratio.formula_en
        );
    }
    text.push_str("\n\n");
    text
}

/// How a note about a change of form begins; the caveat follows.
const CHANGE: &str = "the form changes here";

/// A line a report.
pub(in super::super) fn table(
    indicator: &Indicator,
    points: &[Point],
    max_width: Option<u16>,
) -> String {
    if points.is_empty() {
        return "no reports\n".into();
    }
    // The caveat stands in the heading once.
    let note = |point: &Point| {
        let note = note(point);
        let change = note.find(CHANGE).map(|at| at + CHANGE.len());
        change.map_or(note.clone(), |end| note[..end].to_owned())
    };
    let counts = indicator.is_ratio();
    let relations = points
        .iter()
        .any(|point| point.relation.is_some_and(|relation| !relation.is_same()));
    let notes = points.iter().any(|point| !note(point).is_empty());
    let heads = [
        (true, "机关", Align::Left),
        (true, "year", Align::Right),
        (true, "scope", Align::Left),
        (true, "form", Align::Left),
        (relations, "relation", Align::Left),
        (true, "", Align::Left),
        (counts, "numerator", Align::Right),
        (counts, "denominator", Align::Right),
        (true, "value", Align::Right),
        (true, "unit", Align::Left),
        (true, "status", Align::Left),
        (notes, "note", Align::Left),
    ];
    let mut table = Table::new(
        heads
            .iter()
            .filter(|(shown, ..)| *shown)
            .map(|(_, head, align)| (*head, *align)),
    );
    table.max_width = max_width;
    let number = |value: Option<crate::model::Decimal>| {
        value.map(|value| value.to_string()).unwrap_or_default()
    };
    for point in points {
        let row = [
            point.agency.as_deref().unwrap_or("?").into(),
            point
                .year
                .map_or_else(|| "?".into(), |year| year.to_string()),
            point.scope.as_str().into(),
            point.form.map(|form| form.to_string()).unwrap_or_default(),
            point
                .relation
                .map(crosswalk::Relation::as_str)
                .unwrap_or_default()
                .into(),
            if point.break_before { "║" } else { "" }.into(),
            number(point.fraction.and_then(|fraction| fraction.numerator)),
            number(point.fraction.and_then(|fraction| fraction.denominator)),
            number(point.value),
            if counts {
                "%"
            } else {
                point.unit.map_or("", Unit::as_str)
            }
            .into(),
            point.status.as_str().into(),
            note(point),
        ];
        let shown = row
            .into_iter()
            .zip(&heads)
            .filter(|(_, (shown, ..))| *shown);
        table.push(shown.map(|(cell, _)| cell).collect::<Vec<String>>());
    }
    table.render_plain()
}

/// What to know about a point; what is printed in place of a number is part of it.
fn note(point: &Point) -> String {
    let mut notes = Vec::new();
    if let [part] = point.parts.as_slice()
        && part.value.is_none()
        && let Some(raw) = part.raw.as_ref().filter(|raw| !raw.is_empty())
    {
        notes.push(format!("printed {raw:?}"));
    }
    notes.extend(point.note.clone());
    notes.join("; ")
}

/// The columns of CSV; of a ratio numerator and denominator come behind them.
pub(super) const COLUMNS: [&str; 13] = [
    "agency",
    "agency_code",
    "year",
    "scope",
    "form",
    "value",
    "unit",
    "status",
    "quality",
    "break_before",
    "note",
    "report_id",
    "relation",
];

/// Behind these, where ratios are among the points.
pub(super) const COUNTS: [&str; 2] = ["numerator", "denominator"];

/// The counts of a ratio; empty where there are none.
pub(super) fn counts(point: &Point) -> [String; 2] {
    let fraction = point.fraction;
    [
        fraction.and_then(|fraction| fraction.numerator),
        fraction.and_then(|fraction| fraction.denominator),
    ]
    .map(|count| count.map(|count| count.to_string()).unwrap_or_default())
}

pub(super) fn record(point: &Point) -> Vec<String> {
    let unit = if point.fraction.is_some() {
        "%"
    } else {
        point.unit.map_or("", Unit::as_str)
    };
    vec![
        point.agency.as_deref().unwrap_or_default().into(),
        point.agency_code.as_deref().unwrap_or_default().into(),
        point.year.map(|year| year.to_string()).unwrap_or_default(),
        point.scope.as_str().into(),
        point.form.map(FormId::as_str).unwrap_or_default().into(),
        point
            .value
            .map(|value| value.to_string())
            .unwrap_or_default(),
        unit.into(),
        point.status.as_str().into(),
        point.quality.as_str().into(),
        if point.break_before { "true" } else { "false" }.into(),
        note(point),
        point.report_id.to_string(),
        point
            .relation
            .map(crosswalk::Relation::as_str)
            .unwrap_or_default()
            .into(),
    ]
}

/// The points as CSV.
pub(super) fn csv(indicator: &Indicator, points: &[Point]) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(output::stdout());
    let more: &[&str] = if indicator.is_ratio() { &COUNTS } else { &[] };
    out.write_record(COLUMNS.iter().chain(more))?;
    for point in points {
        let mut record = record(point);
        if point.fraction.is_some() {
            record.extend(counts(point));
        }
        out.write_record(record)?;
    }
    out.flush()?;
    Ok(())
}
