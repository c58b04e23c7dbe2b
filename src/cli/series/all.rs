//! All series and ratios of an agency side by side.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Unit;
use crate::present::{Align, Table};
use crate::query::{Panels, Point};

use super::super::output;
use super::Look;
use super::rows::{COLUMNS, COUNTS, counts, record};

/// All series and ratios of the reports: a row a series and scope, a column a year.
pub(super) fn all(all: &[Panels], look: &Look) -> anyhow::Result<()> {
    if look.json {
        let lines = all
            .iter()
            .filter_map(|one| Some((one.series, one.points.as_ref().ok()?)));
        let lines = lines.flat_map(|(series, points)| {
            points.iter().map(move |point| Of {
                series: &series.id,
                point,
            })
        });
        output::print_json(lines)?;
    } else if look.csv {
        let mut out = csv::Writer::from_writer(output::stdout());
        out.write_record(["series"].iter().chain(&COLUMNS).chain(&COUNTS))?;
        for one in all {
            for point in one.points.iter().flatten() {
                let id = std::iter::once(one.series.id.clone());
                out.write_record(id.chain(record(point)).chain(counts(point)))?;
            }
        }
        out.flush()?;
    } else {
        output::print(&wide(all))?;
    }
    for one in all {
        if let Err(error) = &one.points {
            output::say(&format!("left out: {error}; name one with --form"));
        }
    }
    Ok(())
}

/// A point with its series.
#[derive(serde::Serialize)]
struct Of<'a> {
    series: &'a str,
    #[serde(flatten)]
    point: &'a Point,
}

fn wide(all: &[Panels]) -> String {
    let points = || {
        all.iter()
            .filter_map(|one| one.points.as_ref().ok())
            .flatten()
    };
    let years: BTreeSet<i16> = points().filter_map(|point| point.year).collect();
    if years.is_empty() {
        return "no reports\n".into();
    }
    let labels: Vec<String> = years.iter().map(i16::to_string).collect();
    let heads = [
        ("机关", Align::Left),
        ("scope", Align::Left),
        ("series", Align::Left),
        ("指标", Align::Left),
    ];
    let mut table = Table::new(
        heads
            .into_iter()
            .chain(labels.iter().map(|year| (year.as_str(), Align::Right))),
    );
    table.max_width = output::terminal_width();
    for one in all {
        let Ok(points) = &one.points else {
            continue;
        };
        let mut rows: BTreeMap<_, Vec<&Point>> = BTreeMap::new();
        for point in points {
            rows.entry((point.agency.clone(), point.agency_key, point.scope.as_str()))
                .or_default()
                .push(point);
        }
        for ((agency, _, scope), points) in rows {
            if points.iter().all(|point| point.parts.is_empty()) {
                continue;
            }
            let mut row = vec![
                agency.as_deref().unwrap_or("?").to_owned(),
                scope.into(),
                one.series.id.clone(),
                one.series.label.clone(),
            ];
            let numbers = || points.iter().filter(|point| point.value.is_some());
            let unit = numbers().next().and_then(|point| point.unit);
            let differ = numbers().any(|point| point.unit != unit);
            row.extend(years.iter().map(|year| {
                let texts = points
                    .iter()
                    .filter(|point| point.year == Some(*year))
                    .map(|point| {
                        let own = point.unit.filter(|_| differ && point.value.is_some());
                        format!("{}{}", short(point), own.map_or("", Unit::as_str))
                    });
                texts.collect::<Vec<_>>().join(" | ")
            }));
            table.push(row);
        }
    }
    table.render_plain()
}

/// A point in a word: `║ 12`, `60.00%`, `(blank)`.
pub(super) fn short(point: &Point) -> String {
    let value = point.value.map_or_else(
        || format!("({})", point.status.as_str()),
        |value| {
            let percent = if point.fraction.is_some() { "%" } else { "" };
            format!("{value}{percent}")
        },
    );
    if point.break_before {
        format!("║ {value}")
    } else {
        value
    }
}
