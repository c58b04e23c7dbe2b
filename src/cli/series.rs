//! `nianbao series`.

mod all;
mod list;
mod rows;

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::bail;

use crate::charts as chart;
use crate::model::{Catalog, FormId, Language};
use crate::present::svg::LineChart;
use crate::query::compare::Indicator;
use crate::query::{self, Point, QueryError, crosswalk, ratios};
use crate::store::Store;

use super::context::Context;
use super::select::{self, Selection};
use super::suggest::{did_you_mean, near};
use super::{Status, output, words};

pub(super) use rows::{heading, table};

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
    /// All series and ratios side by side, a column a year: for one agency
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
        list::list(args.look.json)?;
        return Ok(Status::Done);
    }
    let opened = context.read()?;
    let mut filter = args.selection.filter(&opened.store)?;
    filter.form = args.form;
    let Some(id) = &args.id else {
        let mut panels = query::all_series(&opened.store, &filter)?;
        panels.extend(ratios::all_ratios(&opened.store, &filter)?);
        all::all(&panels, &args.look)?;
        select::say_left_out(&opened.store, &filter)?;
        return Ok(Status::Done);
    };
    let indicator = indicator(id)?;
    let points = points(&opened.store, &indicator, &filter)?;
    if points.is_empty() && (args.look.json || args.look.csv) {
        output::say("no reports");
    }
    if args.look.json {
        output::print_json(&points)?;
    } else if args.look.csv {
        rows::csv(&indicator, &points)?;
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
        .map(|point| point.scope.name(Language::Zh))
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
    let mut frame = chart::frame(chart::Subject::chinese(indicator), title, subtitle);
    frame
        .notes
        .extend(chart::drawn(indicator, points).note(Language::Zh));
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

#[cfg(test)]
mod tests {
    use super::all::short;
    use super::rows::record;
    use super::*;
    use crate::model::{CellStatus, Decimal, Scope, Unit};
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
    fn pictures_speak_chinese() {
        let series = crosswalk::all().iter().map(|one| &one.id);
        let all = series.chain(ratios::all().iter().map(|one| &one.id));
        for id in all {
            let indicator = Indicator::find(id).unwrap();
            let frame = chart::frame(
                chart::Subject::chinese(&indicator),
                String::new(),
                String::new(),
            );
            for note in &frame.notes {
                let words = note.split(|c: char| !c.is_ascii_alphabetic());
                assert!(words.clone().all(|word| word.len() < 3), "{id}: {note}");
            }
            let has = frame.notes.iter().any(|note| note.starts_with("说明："));
            assert_eq!(has, !indicator.series().caveat.is_empty(), "{id}");
        }
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
