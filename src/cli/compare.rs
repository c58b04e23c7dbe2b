//! `nianbao compare`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::bail;
use serde::Serialize;

use crate::charts::{self, MOST_BARS, MOST_LINES, Picture, Subject, bars, of_comparison};
use crate::model::{Decimal, FormId, Scope};
use crate::present::{Align, Table};
use crate::query::compare::{self, By, Comparison, Indicator, Question, Standing, Total};
use crate::query::{Copies, Division, Filter, QueryError};

use super::context::Context;
use super::select::{self, CopiesArg};
use super::{Status, output, series, words};

const EXAMPLES: &str = "\
Examples:
  nianbao compare requests_received --year 2020
  nianbao compare disclosure_rate --from 2019 --to 2021 --plot
  nianbao compare requests_received --scope own --from 2019 --to 2020 --svg slope.svg
  nianbao compare requests_received --agency 云溪市教育局 --agency 云溪市人民政府 --csv
  nianbao compare natural_person_share --by all --json";

/// Compare agencies, or groups of them: values and ranks, of a year or of several
///
/// Ranks are given within a scope (an agency's own reports, and those of a government with all below it, are
/// never ranked together), shared by equals, and only to values that count the same. Agencies without a value are
/// listed with the reason and without a rank. Counts over several years or agencies are added up only where
/// none is missing; what stood at a day (a stock) is the last year's, and a cell that no series knows has no sum. A ratio, in percent, adds up its counts over the
/// reports that have both and divides then; how many were left out stands beside it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A series or ratio (see `nianbao series --list`), or the id of a cell
    #[arg(value_name = "SERIES")]
    id: String,
    /// What is compared
    #[arg(long, value_enum, default_value_t = ByArg::Agency)]
    by: ByArg,
    /// The least first
    #[arg(long)]
    ascending: bool,
    /// Only so many rows of each scope [default: all; in a picture 60]
    #[arg(long, value_name = "ROWS")]
    top: Option<usize>,
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ByArg {
    Agency,
    Division,
    Province,
    Level,
    /// Everything as one row
    All,
}

/// How it is printed; a table for people if nothing is said.
#[derive(Debug, clap::Args)]
struct Look {
    /// One JSON object a line
    #[arg(long, conflicts_with_all = ["csv", "plot"])]
    json: bool,
    /// Comma-separated, with a head line
    #[arg(long, conflicts_with = "plot")]
    csv: bool,
    /// Also draw bars
    #[arg(long)]
    plot: bool,
    /// Also write a picture: bars of a year, slopes between two years, else a panel a row
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// Which reports.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Which reports [default: all of the newest report year]")]
struct Which {
    /// Only agencies of this name or code, or whose names contain it; several times for several
    #[arg(long, value_name = "NAME")]
    agency: Vec<String>,
    /// Only this report year
    #[arg(long, value_name = "YEAR", value_parser = words::year(), conflicts_with_all = ["from", "to"])]
    year: Option<i16>,
    /// No report year before this one
    #[arg(long, value_name = "YEAR", value_parser = words::year())]
    from: Option<i16>,
    /// No report year after this one
    #[arg(long, value_name = "YEAR", value_parser = words::year())]
    to: Option<i16>,
    /// Only reports about the agency's own work, or those of a government with all below it
    #[arg(long, value_parser = words::scope())]
    scope: Option<Scope>,
    /// Only agencies of this division and those below it: its code (GB/T 2260), as 32, 3201 or 320100; xpcc, xpcc-08
    #[arg(long, value_name = "CODE")]
    division: Option<Division>,
    /// Only agencies of this level
    #[arg(long, value_parser = ["national", "province", "prefecture", "county", "township"])]
    level: Option<String>,
    /// Only values from tables of this form [default: of every form]
    #[arg(long, value_parser = words::form())]
    form: Option<FormId>,
    #[command(flatten)]
    copies: CopiesArg,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let indicator = series::indicator(&args.id)?;
    let store = context.read()?.store;
    let which = &args.which;
    select::in_order(which.from, which.to)?;
    let mut filter = Filter {
        scope: which.scope,
        form: which.form,
        copies: which.copies.copies(),
        ..Filter::default()
    };
    let newest = if which.year.or(which.from).or(which.to).is_none() {
        compare::newest_year(&store, &filter)?
    } else {
        None
    };
    filter.from_year = which.year.or(which.from).or(newest);
    filter.to_year = which.year.or(which.to).or(newest);
    let agencies = which.agency.iter().map(|name| select::agency(&store, name));
    let question = Question {
        by: match args.by {
            ByArg::Agency => By::Agency,
            ByArg::Division => By::Division,
            ByArg::Province => By::Province,
            ByArg::Level => By::Level,
            ByArg::All => By::All,
        },
        agencies: agencies.collect::<Result<_, _>>()?,
        division: which.division.clone(),
        level: which.level.clone(),
        ascending: args.ascending,
    };
    let mut answer = match compare::compare(&store, &indicator, &filter, &question) {
        Err(error @ QueryError::NotComparable { .. }) => bail!("{error}; name one with --form"),
        other => other?,
    };
    let cut = cut(&mut answer.rows, args.top.unwrap_or(usize::MAX));
    if args.look.json {
        let line = |row| Line {
            indicator: &args.id,
            row,
        };
        output::print_json(answer.rows.iter().map(line))?;
    } else if args.look.csv {
        csv(&indicator, &answer)?;
    } else {
        let mut text = series::heading(&indicator);
        text.push_str(&table(&indicator, &answer, output::terminal_width()));
        if args.look.plot {
            let width = output::terminal_width().map_or(100, usize::from);
            for rows in answer.rows.chunk_by(|one, other| one.scope == other.scope) {
                text.push('\n');
                text.push_str(
                    &bars(Subject::chinese(&indicator), rows, &answer.years).render(width),
                );
            }
        }
        output::print(&text)?;
    }
    if cut > 0 {
        output::say(&format!("{cut} more rows: --top"));
    }
    if answer.unplaced > 0 {
        output::say(&format!(
            "{} reports of an unknown agency or year left out",
            answer.unplaced
        ));
    }
    if answer.unknown_place > 0 {
        let by = matches!(args.by, ByArg::Division | ByArg::Province | ByArg::Level);
        let what = if by {
            "in the row without a name"
        } else {
            "left out"
        };
        output::say(&format!(
            "{} agencies whose division or level is not known: {what}",
            answer.unknown_place
        ));
    }
    if let Some(path) = &args.look.svg {
        output::save(path, &picture(&indicator, &mut answer)?)?;
    }
    if filter.copies == Copies::LeftOut {
        select::say_copies(compare::count_copies(&store, &filter, &question)?, true);
    }
    Ok(Status::Done)
}

/// Leaves the first rows of each scope; returns how many went.
fn cut(rows: &mut Vec<Standing>, most: usize) -> usize {
    let all = rows.len();
    let mut scope = None;
    let mut count = 0;
    rows.retain(|row| {
        if scope != Some(row.scope) {
            scope = Some(row.scope);
            count = 0;
        }
        count += 1;
        count <= most
    });
    all - rows.len()
}

/// A row as JSON.
#[derive(Serialize)]
struct Line<'a> {
    indicator: &'a str,
    #[serde(flatten)]
    row: &'a Standing,
}

fn name(row: &Standing) -> &str {
    row.name.as_deref().or(row.code.as_deref()).unwrap_or("?")
}

/// The number, or the word for what is there instead.
fn word(total: &Total) -> String {
    total.value.map_or_else(
        || format!("({})", total.status.as_str()),
        |value| value.to_string(),
    )
}

fn number(value: Option<Decimal>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn note(row: &Standing) -> String {
    let total = &row.total;
    let mut notes = Vec::new();
    if let Some(known) = total.known {
        notes.push(format!(
            "{known} in {} of {}",
            total.reports,
            total.reports + total.left_out
        ));
    } else if total.left_out > 0 && total.reports > 0 {
        notes.push(format!(
            "{} of {} left out",
            total.left_out,
            total.reports + total.left_out
        ));
    }
    notes.extend(total.note.clone());
    notes.join("; ")
}

fn unit(indicator: &Indicator, total: &Total) -> &'static str {
    match total.value {
        Some(_) => charts::unit(indicator, total.unit),
        None => "",
    }
}

fn table(indicator: &Indicator, answer: &Comparison, max_width: Option<u16>) -> String {
    if answer.rows.is_empty() {
        return "no reports\n".into();
    }
    let span = answer.years.len() > 1;
    let counts = indicator.is_ratio();
    let drawn = charts::drawn_of(indicator, &answer.rows);
    let notes = answer.rows.iter().any(|row| !note(row).is_empty());
    let years: Vec<String> = answer.years.iter().map(i16::to_string).collect();
    let whole = match years.as_slice() {
        [year] => year.clone(),
        [first, .., last] => format!("{first}–{last}"),
        [] => "value".into(),
    };
    let mut heads = vec![
        ("rank", Align::Right),
        ("机关", Align::Left),
        ("scope", Align::Left),
    ];
    if span {
        heads.extend(years.iter().map(|year| (year.as_str(), Align::Right)));
    }
    if counts {
        heads.extend([("numerator", Align::Right), ("denominator", Align::Right)]);
    }
    heads.extend([(whole.as_str(), Align::Right), ("unit", Align::Left)]);
    if notes {
        heads.push(("note", Align::Left));
    }
    let mut table = Table::new(heads);
    table.max_width = max_width;
    for row in &answer.rows {
        let mut cells = vec![
            row.rank.map_or_else(|| "–".into(), |rank| rank.to_string()),
            name(row).to_owned(),
            row.scope.as_str().to_owned(),
        ];
        if span {
            cells.extend(row.years.iter().map(|year| {
                let mut word = word(&year.total);
                if drawn.common().is_empty() {
                    word.push_str(unit(indicator, &year.total));
                }
                if year.break_before {
                    format!("║ {word}")
                } else {
                    word
                }
            }));
        }
        if counts {
            let fraction = row.total.fraction;
            cells.push(number(fraction.and_then(|fraction| fraction.numerator)));
            cells.push(number(fraction.and_then(|fraction| fraction.denominator)));
        }
        cells.push(word(&row.total));
        cells.push(unit(indicator, &row.total).into());
        if notes {
            cells.push(note(row));
        }
        table.push(cells);
    }
    table.render_plain()
}

/// The columns of CSV before those of each year.
const COLUMNS: [&str; 19] = [
    "rank",
    "name",
    "code",
    "division",
    "level",
    "scope",
    "agencies",
    "from",
    "to",
    "value",
    "unit",
    "status",
    "numerator",
    "denominator",
    "reports",
    "left_out",
    "known",
    "quality",
    "note",
];

fn csv(indicator: &Indicator, answer: &Comparison) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(output::stdout());
    let mut heads: Vec<String> = COLUMNS.iter().map(|&head| head.to_owned()).collect();
    for year in &answer.years {
        let columns = ["value", "status", "break_before", "unit"];
        heads.extend(columns.map(|what| format!("{what}_{year}")));
    }
    out.write_record(&heads)?;
    let year = |year: Option<&i16>| year.map(i16::to_string).unwrap_or_default();
    for row in &answer.rows {
        let total = &row.total;
        let mut cells = vec![
            row.rank.map(|rank| rank.to_string()).unwrap_or_default(),
            row.name.clone().unwrap_or_default(),
            row.code.clone().unwrap_or_default(),
            row.division.clone().unwrap_or_default(),
            row.level.clone().unwrap_or_default(),
            row.scope.as_str().into(),
            row.agencies.to_string(),
            year(answer.years.first()),
            year(answer.years.last()),
            number(total.value),
            unit(indicator, total).into(),
            total.status.as_str().into(),
            number(total.fraction.and_then(|fraction| fraction.numerator)),
            number(total.fraction.and_then(|fraction| fraction.denominator)),
            total.reports.to_string(),
            total.left_out.to_string(),
            number(total.known),
            total.quality.as_str().into(),
            total.note.clone().unwrap_or_default(),
        ];
        for one in &row.years {
            let broken = if one.break_before { "true" } else { "false" };
            cells.extend([
                number(one.total.value),
                one.total.status.as_str().into(),
                broken.into(),
                unit(indicator, &one.total).into(),
            ]);
        }
        out.write_record(&cells)?;
    }
    out.flush()?;
    Ok(())
}

fn picture(indicator: &Indicator, answer: &mut Comparison) -> anyhow::Result<String> {
    let scopes: BTreeSet<&str> = answer.rows.iter().map(|row| row.scope.as_str()).collect();
    if scopes.len() > 1 {
        bail!("a picture is of one scope: name it with --scope");
    }
    let picture = Picture::of_years(answer.years.len());
    let most = if picture == Picture::Bars {
        MOST_BARS
    } else {
        MOST_LINES
    };
    let cut = cut(&mut answer.rows, most);
    let (rows, years) = (&answer.rows, &answer.years);
    Ok(of_comparison(
        Subject::chinese(indicator),
        rows,
        years,
        cut,
        picture,
    ))
}
