//! `nianbao series`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::bail;

use crate::charts as chart;
use crate::model::{Catalog, FormId, Unit};
use crate::present::svg::LineChart;
use crate::present::{Align, Table};
use crate::query::compare::Indicator;
use crate::query::crosswalk::{self, Series};
use crate::query::ratios::{self, Ratio};
use crate::query::{self, Panels, Point, QueryError};
use crate::store::Store;

use super::context::Context;
use super::select::{self, Selection};
use super::suggest::{did_you_mean, near};
use super::{Status, output, words};

const EXAMPLES: &str = "\
Examples:
  nianbao series requests_received --agency 云溪市人民政府 --plot
  nianbao series disclosure_rate --agency 云溪市人民政府 --svg disclosure.svg
  nianbao series review_total --from 2019 --csv
  nianbao series requests.new@natural_person --scope own --json
  nianbao series --all --agency 云溪市教育局
  nianbao series --list";

/// Follow one indicator over the years and agencies
///
/// A value is as published, in the unit named; a ratio is in percent with two decimals, beside its
/// counts. A missing one has a status instead and is never 0. A series says how far it may be drawn
/// through where the form changes: good (yes), fair (with a footnote), weak (with a break: `║`),
/// `not_comparable` (never: name one --form).
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A series or ratio (see --list), or the id of a cell: `requests.new@total`
    #[arg(required_unless_present_any = ["list", "all"], value_name = "SERIES")]
    id: Option<String>,
    /// List the series and ratios instead
    #[arg(long, conflicts_with_all = ["id", "all", "csv", "plot", "svg"])]
    list: bool,
    /// All series side by side, a column a year: for one agency
    #[arg(long, conflicts_with_all = ["id", "plot", "svg"], requires = "agency")]
    all: bool,
    /// Only values from tables of this form [default: of every form]
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
    /// Also write a picture, a panel an agency (at most 40), all at one scale
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// More panels than this make no picture.
const MAX_PANELS: usize = 40;

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    if args.list {
        list(args.look.json)?;
        return Ok(Status::Done);
    }
    let opened = context.read()?;
    let mut filter = args.selection.filter(&opened.store)?;
    filter.form = args.form;
    let Some(id) = &args.id else {
        all(&query::all_series(&opened.store, &filter)?, &args.look)?;
        select::say_left_out(&opened.store, &filter)?;
        return Ok(Status::Done);
    };
    let indicator = indicator(id)?;
    let points = points(&opened.store, &indicator, &filter)?;
    if args.look.json {
        output::print_json(&points)?;
    } else if args.look.csv {
        csv(&indicator, &points)?;
    } else {
        let mut text = heading(&indicator);
        text.push_str(&table(&indicator, &points, output::terminal_width()));
        if args.look.plot {
            let width = output::terminal_width().map_or(100, usize::from);
            for plot in chart::plots(&indicator, &points) {
                text.push('\n');
                text.push_str(&plot.render(width, 8));
            }
        }
        output::print(&text)?;
    }
    if let Some(path) = &args.look.svg {
        output::save(path, &picture(&indicator, &points)?)?;
    }
    select::say_left_out(&opened.store, &filter)?;
    Ok(Status::Done)
}

fn picture(indicator: &Indicator, points: &[Point]) -> anyhow::Result<String> {
    let plots = chart::plots(indicator, points);
    if plots.len() > MAX_PANELS {
        bail!(
            "{} agencies are too many for one picture (at most {MAX_PANELS}): narrow it with --agency, --scope",
            plots.len()
        );
    }
    let title = match plots.as_slice() {
        [one] => one.title.clone(),
        _ => indicator.label().to_owned(),
    };
    let scopes: BTreeSet<&str> = points
        .iter()
        .map(|point| chart::scope_word(point.scope))
        .collect();
    let scopes: Vec<&str> = scopes.into_iter().collect();
    let units: BTreeSet<&str> = plots
        .iter()
        .map(|plot| plot.unit)
        .filter(|unit| !unit.is_empty())
        .collect();
    let units: Vec<&str> = units.into_iter().collect();
    let subtitle = match units.as_slice() {
        [] => format!("范围：{}", scopes.join("、")),
        units => format!("单位：{}；范围：{}", units.join("、"), scopes.join("、")),
    };
    let mut frame = chart::frame(indicator, title, subtitle);
    frame.notes.extend(chart::drawn(indicator, points).note());
    Ok(LineChart { frame, plots }.render())
}

/// The indicator of an id, or what may have been meant.
pub(super) fn indicator(id: &str) -> anyhow::Result<Indicator> {
    Indicator::find(id).map_err(|error| {
        let labels = crosswalk::all().iter().map(|series| (&series.label, &series.id));
        let labels = labels.chain(ratios::all().iter().map(|ratio| (&ratio.label, &ratio.id)));
        let labelled = labels.filter(|(label, _)| label.contains(id)).map(|(_, id)| id.as_str());
        let ids = crosswalk::all().iter().map(|series| series.id.as_str());
        let ids = ids.chain(ratios::all().iter().map(|ratio| ratio.id.as_str()));
        let cells = Catalog::get().indicators.iter();
        let mut meant: Vec<&str> = labelled.take(3).collect();
        meant.extend(near(id, ids.chain(cells.map(|one| one.cell.as_str()))));
        match error {
            QueryError::UnknownCell { .. } => anyhow::anyhow!(
                "no series, ratio or cell {id:?}{} (`nianbao series --list` lists the series and ratios)",
                did_you_mean(&meant)
            ),
            other => other.into(),
        }
    })
}

fn points(
    store: &Store,
    indicator: &Indicator,
    filter: &query::Filter,
) -> anyhow::Result<Vec<Point>> {
    match indicator.points(store, filter) {
        Err(error @ QueryError::NotComparable { .. }) => bail!("{error}; name one with --form"),
        other => Ok(other?),
    }
}

fn form_words(series: &Series) -> Vec<&'static str> {
    series.forms.keys().map(|form| form.as_str()).collect()
}

fn list(json: bool) -> std::io::Result<()> {
    if json {
        let relations = |series: &Series| -> serde_json::Map<String, serde_json::Value> {
            let relations = series.relations.iter();
            relations
                .map(|(form, relation)| (form.to_string(), relation.as_str().into()))
                .collect()
        };
        let all = crosswalk::all().iter().map(|series| {
            serde_json::json!({
                "id": series.id,
                "kind": "series",
                "label": series.label,
                "quality": series.quality,
                "measure": series.measure,
                "forms": form_words(series),
                "relations": relations(series),
                "caveat": series.caveat,
            })
        });
        let ratios = ratios::all().iter().map(|ratio: &Ratio| {
            serde_json::json!({
                "id": ratio.id,
                "kind": "ratio",
                "label": ratio.label,
                "label_en": ratio.label_en,
                "formula": ratio.formula,
                "formula_en": ratio.formula_en,
                "quality": ratio.quality,
                "forms": form_words(&ratio.numerator),
                "caveat": ratio.caveat,
            })
        });
        return output::print_json(all.chain(ratios));
    }
    let heads = ["series", "指标", "quality", "forms"];
    let mut table = Table::new(heads.map(|head| (head, Align::Left)));
    table.max_width = output::terminal_width();
    for series in crosswalk::all() {
        table.push([
            series.id.as_str(),
            &series.label,
            series.quality.as_str(),
            &form_words(series).join(" "),
        ]);
    }
    let heads = ["ratio (%)", "指标", "quality", "forms", "算法"];
    let mut derived = Table::new(heads.map(|head| (head, Align::Left)));
    derived.max_width = output::terminal_width();
    for ratio in ratios::all() {
        derived.push([
            ratio.id.as_str(),
            &ratio.label,
            ratio.quality.as_str(),
            &form_words(&ratio.numerator).join(" "),
            &ratio.formula,
        ]);
    }
    output::print(&format!(
        "{}\n{}",
        table.render_plain(),
        derived.render_plain()
    ))
}

/// All series of the reports: a row a series and scope, a column a year.
fn all(all: &[Panels], look: &Look) -> anyhow::Result<()> {
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
        out.write_record(["series"].iter().chain(&COLUMNS))?;
        for one in all {
            for point in one.points.iter().flatten() {
                out.write_record(std::iter::once(one.series.id.clone()).chain(record(point)))?;
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

/// A point in a word: `║ 12`, `(blank)`.
fn short(point: &Point) -> String {
    let value = point.value.map_or_else(
        || format!("({})", point.status.as_str()),
        |value| value.to_string(),
    );
    if point.break_before {
        format!("║ {value}")
    } else {
        value
    }
}

/// What the series is, and what to know about it.
pub(super) fn heading(indicator: &Indicator) -> String {
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
pub(super) fn table(indicator: &Indicator, points: &[Point], max_width: Option<u16>) -> String {
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
const COLUMNS: [&str; 13] = [
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

fn record(point: &Point) -> Vec<String> {
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

fn csv(indicator: &Indicator, points: &[Point]) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(output::stdout());
    let counts: &[&str] = if indicator.is_ratio() {
        &["numerator", "denominator"]
    } else {
        &[]
    };
    out.write_record(COLUMNS.iter().chain(counts))?;
    for point in points {
        let mut record = record(point);
        if let Some(fraction) = point.fraction {
            let counts = [fraction.numerator, fraction.denominator];
            record.extend(
                counts.map(|count| count.map(|count| count.to_string()).unwrap_or_default()),
            );
        }
        out.write_record(record)?;
    }
    out.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CellStatus, Decimal, Scope};
    use crate::query::PointStatus;
    use crate::query::crosswalk::Quality;

    fn point(status: PointStatus, value: Option<Decimal>) -> Point {
        Point {
            report_id: 1,
            agency_key: Some(1),
            agency: Some("某局".into()),
            agency_code: None,
            year: Some(2022),
            scope: Scope::Own,
            form: Some(FormId::F2021),
            value,
            status,
            unit: None,
            fraction: None,
            quality: Quality::Weak,
            relation: None,
            break_before: false,
            note: None,
            parts: Vec::new(),
        }
    }

    #[test]
    fn nothing_missing_is_printed_as_a_number() {
        let indicator = Indicator::find("norm_stock").unwrap();
        let cells = CellStatus::ALL
            .into_iter()
            .filter(|status| *status != CellStatus::Number);
        let others = [
            PointStatus::Incomplete,
            PointStatus::NoSum,
            PointStatus::ZeroDenominator,
            PointStatus::NotInForm,
            PointStatus::NoTable,
        ];
        for status in cells.map(PointStatus::Cell).chain(others) {
            let point = point(status, None);
            let record = record(&point);
            assert_eq!(
                (record[5].as_str(), record[7].as_str()),
                ("", status.as_str())
            );
            assert_eq!(short(&point), format!("({})", status.as_str()));
            let table = table(&indicator, std::slice::from_ref(&point), None);
            let line = table.lines().last().unwrap();
            let numbers = line
                .split_whitespace()
                .filter(|word| word.parse::<f64>().is_ok());
            assert_eq!(numbers.collect::<Vec<_>>(), ["2022", "2021"], "{line}");
            let json = serde_json::to_value(&point).unwrap();
            assert!(json["value"].is_null() && json["status"] == status.as_str());
            let plot = chart::plots(&indicator, std::slice::from_ref(&point)).remove(0);
            assert!(plot.points[0].sign().is_some());
            let drawn = plot.render(80, 4);
            assert!(!drawn.contains('█') && !drawn.contains('▁'), "{drawn}");
            let picture = picture(&indicator, &[point]).unwrap();
            assert!(!picture.contains("<circle"), "{status:?}");
        }
        let zero = point(
            PointStatus::Cell(CellStatus::Number),
            Some(Decimal::integer(0)),
        );
        assert_eq!(record(&zero)[5], "0");
        assert!(picture(&indicator, &[zero]).unwrap().contains("<circle"));
    }

    #[test]
    fn money_of_several_units_is_drawn_at_one_scale() {
        let indicator = Indicator::find("procurement_amount").unwrap();
        let number = PointStatus::Cell(CellStatus::Number);
        let of = |agency: i64, value: i64, unit| {
            let mut point = point(number, Some(Decimal::integer(value)));
            point.agency_key = Some(agency);
            point.unit = Some(unit);
            point
        };
        let points = [of(1, 500, Unit::WanYuan), of(2, 3_000_000, Unit::Yuan)];
        let plots = chart::plots(&indicator, &points);
        let drawn: Vec<_> = plots
            .iter()
            .map(|plot| {
                let point = &plot.points[0];
                (plot.unit, point.cell.value, point.label.as_str())
            })
            .collect();
        let value = |value| Some(Decimal::integer(value));
        assert_eq!(
            drawn,
            [
                ("元", value(5_000_000), "500万元"),
                ("元", value(3_000_000), "3000000元")
            ]
        );
        assert!(plots[0].render(80, 4).contains("500万元"));
        let picture = picture(&indicator, &points).unwrap();
        assert!(picture.contains("单位：元；") && picture.contains("500万元"));
        // Things counted in several words stay as they are.
        let points = [of(1, 5, Unit::Jian), of(2, 3, Unit::Tiao)];
        let plots = chart::plots(&indicator, &points);
        assert_eq!((plots[0].unit, plots[1].unit), ("件", "条"));
        assert_eq!(plots[0].points[0].label, "");
    }

    #[test]
    fn breaks_are_in_table_export_plot_and_picture() {
        let indicator = Indicator::find("norm_stock").unwrap();
        let number = PointStatus::Cell(CellStatus::Number);
        let mut points = [
            point(number, Some(Decimal::integer(3))),
            point(number, Some(Decimal::integer(5))),
        ];
        points[0].year = Some(2020);
        points[0].form = Some(FormId::F2019);
        points[1].year = Some(2021);
        points[1].break_before = true;
        assert!(table(&indicator, &points, None).contains('║'));
        assert_eq!(record(&points[1])[9], "true");
        assert_eq!(short(&points[1]), "║ 5");
        let plot = chart::plots(&indicator, &points).remove(0);
        assert!(
            plot.render(80, 4)
                .contains("║ form 2019 → 2021 from 2021: not comparable across")
        );
        let picture = picture(&indicator, &points).unwrap();
        assert!(picture.contains("断 2019→2021") && !picture.contains("<polyline"));
        // Two reports for a year that differ are no number.
        points[1].year = Some(2020);
        let plot = chart::plots(&indicator, &points).remove(0);
        assert_eq!(plot.points.len(), 1);
        assert_eq!(plot.points[0].sign(), Some(crate::present::Sign::SEVERAL));
    }
}
