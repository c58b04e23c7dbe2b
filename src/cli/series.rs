//! `nianbao series`.

use std::fmt::Write as _;

use anyhow::bail;

use crate::model::{Catalog, CellStatus, FormId, Unit};
use crate::present::{self, Align, Cell, Plot, Table};
use crate::query::crosswalk::{self, Quality, Series};
use crate::query::{self, Filter, Point, PointStatus, QueryError};
use crate::store::Store;

use super::context::Context;
use super::select::{self, Selection};
use super::suggest::{did_you_mean, near};
use super::{Status, output, words};

const EXAMPLES: &str = "\
Examples:
  nianbao series requests_received --agency 云溪市人民政府 --plot
  nianbao series review_total --from 2019 --csv
  nianbao series requests.new@natural_person --scope own --json
  nianbao series --list";

/// Follow one indicator over the years and agencies
///
/// A value is as published, in the unit named. A missing one has a status instead and is never 0.
/// A series says how far it may be drawn through where the form changes: good (yes), fair (with a
/// footnote), weak (with a break: `┊`), `not_comparable` (never: name one --form).
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A series (see --list), or the id of a cell: `requests.new@total`
    #[arg(required_unless_present = "list", value_name = "SERIES")]
    id: Option<String>,
    /// List the series instead
    #[arg(long, conflicts_with_all = ["id", "csv", "plot"])]
    list: bool,
    /// Only values from tables of this form
    #[arg(long, value_parser = words::form())]
    form: Option<FormId>,
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    selection: Selection,
}

/// How the values are printed; a table for people if nothing is said.
#[derive(Debug, clap::Args)]
struct Look {
    /// One JSON object a line, with the cells that each value rests on
    #[arg(long, conflicts_with_all = ["csv", "plot"])]
    json: bool,
    /// Comma-separated, with a head line
    #[arg(long, conflicts_with = "plot")]
    csv: bool,
    /// Also draw each agency's values
    #[arg(long)]
    plot: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let Some(id) = &args.id else {
        list(args.look.json)?;
        return Ok(Status::Done);
    };
    let opened = context.read()?;
    let mut filter = args.selection.filter(&opened.store)?;
    filter.form = args.form;
    let points = points(&opened.store, id, &filter)?;
    if args.look.json {
        output::print_json(&points)?;
    } else if args.look.csv {
        csv(&points)?;
    } else {
        let mut text = heading(id, &points);
        text.push_str(&table(&points, output::terminal_width()));
        if args.look.plot {
            let width = output::terminal_width().map_or(100, usize::from);
            for plot in plots(id, &points) {
                text.push('\n');
                text.push_str(&plot.render(width, 8));
            }
        }
        output::print(&text)?;
    }
    select::say_left_out(&opened.store, &filter)?;
    Ok(Status::Done)
}

/// The points of a series or, where there is none of that id, of a cell.
fn points(store: &Store, id: &str, filter: &Filter) -> anyhow::Result<Vec<Point>> {
    let points = match query::series(store, id, filter) {
        Err(QueryError::UnknownSeries { .. }) => query::cell_series(store, id, filter),
        other => other,
    };
    match points {
        Ok(points) => Ok(points),
        Err(QueryError::UnknownCell { .. }) => {
            let labelled = crosswalk::all()
                .iter()
                .filter(|series| series.label.contains(id))
                .map(|series| series.id.as_str());
            let ids = crosswalk::all().iter().map(|series| series.id.as_str());
            let cells = Catalog::get().indicators.iter();
            let mut meant: Vec<&str> = labelled.take(3).collect();
            meant.extend(near(id, ids.chain(cells.map(|one| one.cell.as_str()))));
            bail!(
                "no series and no cell {id:?}{} (`nianbao series --list` lists the series)",
                did_you_mean(&meant)
            );
        }
        Err(error @ QueryError::NotComparable { .. }) => {
            bail!("{error}; name one with --form")
        }
        Err(error) => Err(error.into()),
    }
}

fn list(json: bool) -> std::io::Result<()> {
    let forms = |series: &Series| {
        let forms: Vec<_> = series.forms.keys().map(|form| form.as_str()).collect();
        forms
    };
    if json {
        return output::print_json(crosswalk::all().iter().map(|series| {
            serde_json::json!({
                "id": series.id,
                "label": series.label,
                "quality": series.quality,
                "forms": forms(series),
                "caveat": series.caveat,
            })
        }));
    }
    let heads = ["series", "指标", "quality", "forms"];
    let mut table = Table::new(heads.map(|head| (head, Align::Left)));
    table.max_width = output::terminal_width();
    for series in crosswalk::all() {
        table.push([
            series.id.as_str(),
            &series.label,
            quality(series.quality),
            &forms(series).join(" "),
        ]);
    }
    output::print(&table.render_plain())
}

const fn quality(quality: Quality) -> &'static str {
    match quality {
        Quality::Good => "good",
        Quality::Fair => "fair",
        Quality::Weak => "weak",
        Quality::NotComparable => "not_comparable",
    }
}

/// What the series is, and what to know about it.
pub(super) fn heading(id: &str, points: &[Point]) -> String {
    let series = crosswalk::find(id);
    let mut text = match series {
        Some(series) => format!("{id}  {}\n", series.label),
        None => format!("{id}\n"),
    };
    if let Some(point) = points.first() {
        // Writing to a String cannot fail.
        let _ = write!(text, "quality {}", quality(point.quality));
        if let Some(series) = series.filter(|series| !series.caveat.is_empty()) {
            let _ = write!(text, ": {}", series.caveat);
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

/// How a note about a change of form begins; the caveat follows.
const CHANGE: &str = "the form changes here";

/// A line a report.
pub(super) fn table(points: &[Point], max_width: Option<u16>) -> String {
    if points.is_empty() {
        return "no reports\n".into();
    }
    let mut table = Table::new([
        ("机关", Align::Left),
        ("year", Align::Right),
        ("scope", Align::Left),
        ("form", Align::Left),
        ("", Align::Left),
        ("value", Align::Right),
        ("unit", Align::Left),
        ("status", Align::Left),
        ("note", Align::Left),
    ]);
    table.max_width = max_width;
    // The caveat stands in the heading once.
    let note = |point: &Point| {
        let note = note(point);
        let change = note.find(CHANGE).map(|at| at + CHANGE.len());
        change.map_or(note.clone(), |end| note[..end].to_owned())
    };
    let has_notes = points.iter().any(|point| !note(point).is_empty());
    if !has_notes {
        table.heads.pop();
    }
    for point in points {
        let mut row = vec![
            point.agency.as_deref().unwrap_or("?").into(),
            point
                .year
                .map_or_else(|| "?".into(), |year| year.to_string()),
            point.scope.as_str().into(),
            point.form.map(|form| form.to_string()).unwrap_or_default(),
            if point.break_before { "┊" } else { "" }.into(),
            point
                .value
                .map(|value| value.to_string())
                .unwrap_or_default(),
            point.unit.map(Unit::as_str).unwrap_or_default().into(),
            point.status.as_str().into(),
        ];
        row.extend(has_notes.then(|| note(point)));
        table.push(row);
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

fn csv(points: &[Point]) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(output::stdout());
    out.write_record([
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
    ])?;
    for point in points {
        out.write_record([
            point.agency.as_deref().unwrap_or_default(),
            point.agency_code.as_deref().unwrap_or_default(),
            &point.year.map(|year| year.to_string()).unwrap_or_default(),
            point.scope.as_str(),
            point.form.map(FormId::as_str).unwrap_or_default(),
            &point
                .value
                .map(|value| value.to_string())
                .unwrap_or_default(),
            point.unit.map(Unit::as_str).unwrap_or_default(),
            point.status.as_str(),
            quality(point.quality),
            if point.break_before { "true" } else { "false" },
            &note(point),
            &point.report_id.to_string(),
        ])?;
    }
    out.flush()?;
    Ok(())
}

/// One chart for every agency and scope.
pub(super) fn plots(id: &str, points: &[Point]) -> Vec<Plot> {
    let label = crosswalk::find(id).map_or(id, |series| series.label.as_str());
    let same = |one: &Point, other: &Point| {
        one.agency_key.is_some() && (one.agency_key, one.scope) == (other.agency_key, other.scope)
    };
    points
        .chunk_by(same)
        .map(|points| {
            let mut units: Vec<_> = points.iter().filter_map(|point| point.unit).collect();
            units.dedup();
            let agency = points[0].agency.as_deref().unwrap_or("?");
            let mut title = format!("{agency}　{label}");
            if units.len() > 1 {
                // The unit's name changed with the form; the series says whether its meaning did.
                let names: Vec<_> = units.iter().map(|unit| unit.as_str()).collect();
                let _ = write!(title, "（{}）", names.join("→"));
                units.clear();
            }
            Plot {
                title,
                unit: units.first().copied(),
                points: points.iter().filter_map(drawn).collect(),
            }
        })
        .collect()
}

fn drawn(point: &Point) -> Option<present::Point> {
    let missing = |status| Cell::missing(status, "");
    let cell = match (point.status, point.value) {
        (PointStatus::Cell(status), value) => Cell {
            note: String::new(),
            status,
            value,
            raw: String::new(),
        },
        // The first part that is missing says how.
        (PointStatus::Incomplete, _) => {
            let part = point.parts.iter().find(|part| part.value.is_none());
            missing(
                part.and_then(|part| part.status)
                    .unwrap_or(CellStatus::RowAbsent),
            )
        }
        (PointStatus::NoSum | PointStatus::ZeroDenominator, _) => missing(CellStatus::Unreadable),
        (PointStatus::NotInForm | PointStatus::NoTable, _) => missing(CellStatus::TableAbsent),
    };
    Some(present::Point {
        year: point.year?,
        cell,
        form: point.form,
    })
}
