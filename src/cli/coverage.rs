//! `nianbao coverage`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::frontier::Frontier;
use crate::home::Home;
use crate::pipeline::listed;
use crate::present::{self, CoverageMatrix, visible};
use crate::query::{self, CellEvidence, Coverage, ListedColumn, Presence};

use super::context::Context;
use super::select::{self, Selection};
use super::{Status, output};

const EXAMPLES: &str = "\
Examples:
  nianbao coverage
  nianbao coverage --from 2019 --to 2023 --json
  nianbao coverage --csv >coverage.csv
  printf '云溪市教育局\\n云溪市水务局\\n' > agencies.txt
  nianbao coverage --expected agencies.txt --from 2019";

/// Years told of below the matrix.
const TOLD: usize = 40;

/// Show which agency has a report for which year: found, missing, late, withdrawn, refused to us, a copy only
///
/// Each cell names what it rests on: reports, findings (`nianbao audit show ID`), addresses on lists and what they were
/// answered with. A year is missing only where something says that it should be there: reports of years before and after,
/// the agency's list read to its end, or --expected; never where a body of the same name on its site has that year. docs/watch.md
/// has the words.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Agencies that must have a row even with nothing there: a file with a name a line
    #[arg(long, value_name = "FILE")]
    expected: Option<PathBuf>,
    /// One JSON object: years, a row an agency, what is in none
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// A line an agency and year
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    selection: Selection,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let expected = match &args.expected {
        None => String::new(),
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?,
    };
    let expected: Vec<String> = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    let opened = context.read()?;
    let filter = args.selection.filter(&opened.store)?;
    let lists = lists(&opened.home)?;
    let coverage = query::coverage_with(&opened.store, &filter, &expected, &lists)?;
    if coverage.rows.is_empty() && (args.json || args.csv) {
        output::say("no reports");
    }
    if args.json {
        output::print_json([coverage])?;
    } else if args.csv {
        write_csv(&coverage)?;
    } else {
        let width = output::terminal_width().map_or(120, usize::from);
        output::print(&describe(&coverage, width)?)?;
    }
    select::say_left_out(&opened.store, &filter)?;
    Ok(Status::Done)
}

/// The lists that the crawl has read, if there was one.
pub(super) fn lists(home: &Home) -> anyhow::Result<Vec<ListedColumn>> {
    let Some(frontier) = Frontier::open_if_any(&home.frontier())? else {
        return Ok(Vec::new());
    };
    Ok(frontier.columns()?.into_iter().map(listed).collect())
}

/// The matrix, what its cells rest on, and what is in no row of it.
pub(super) fn describe(coverage: &Coverage, width: usize) -> anyhow::Result<String> {
    let rows = coverage.rows.iter().map(|row| {
        let cells = row.presence.iter().zip(&row.evidence);
        let years = cells.map(|(presence, evidence)| shown(*presence, evidence));
        let name = row.agency.clone().or_else(|| row.agency_code.clone());
        present::CoverageRow {
            agency: name.unwrap_or_else(|| "?".into()),
            years: years.collect(),
        }
    });
    let matrix = CoverageMatrix {
        rows: rows.collect(),
        years: coverage.years.clone(),
    };
    let mut text = matrix.render(width);
    if text.is_empty() {
        text.push_str("no reports\n");
    }
    tell(&mut text, coverage)?;
    for (count, what) in [
        (
            coverage.unplaced,
            "reports without agency or year are in no row: `nianbao audit --code agency_unknown`",
        ),
        (
            coverage.listed_unplaced,
            "listed reports were not had, and whose they are is not known: `nianbao status`",
        ),
        (
            coverage.refused,
            "captures are no report: `nianbao audit --refused`",
        ),
    ] {
        if count > 0 {
            writeln!(text, "{count} {what}")?;
        }
    }
    Ok(text)
}

fn shown(presence: Presence, evidence: &[CellEvidence]) -> present::Coverage {
    let doubtful = || {
        let errors = |one: &CellEvidence| matches!(one, CellEvidence::Report { errors: true, .. });
        evidence.iter().any(errors)
    };
    match presence {
        Presence::Unknown => present::Coverage::NotExpected,
        Presence::Missing => present::Coverage::Missing,
        Presence::NotFetched => present::Coverage::NotFetched,
        Presence::Blocked => present::Coverage::Blocked,
        Presence::Unreadable => present::Coverage::Unreadable,
        Presence::CopyOnly => present::Coverage::CopyOnly,
        Presence::WithoutTables => present::Coverage::WithoutTables,
        Presence::Found if doubtful() => present::Coverage::Doubtful,
        Presence::Found => present::Coverage::Read,
        Presence::Late => present::Coverage::Late,
        Presence::Withdrawn => present::Coverage::Withdrawn,
    }
}

/// What the years that are not simply there rest on.
fn tell(text: &mut String, coverage: &Coverage) -> anyhow::Result<()> {
    let mut left = 0;
    let mut told = 0;
    let mut counts: BTreeMap<Presence, usize> = BTreeMap::new();
    for row in &coverage.rows {
        let cells = row.presence.iter().zip(&row.evidence);
        for ((presence, evidence), year) in cells.zip(&coverage.years) {
            *counts.entry(*presence).or_default() += 1;
            let of_namesake = |one: &CellEvidence| matches!(one, CellEvidence::Namesake { .. });
            let is_plain = match presence {
                Presence::Found | Presence::WithoutTables => true,
                Presence::Unknown => !evidence.iter().any(of_namesake),
                _ => false,
            };
            if is_plain {
                continue;
            }
            if told == TOLD {
                left += 1;
                continue;
            }
            if told == 0 {
                text.push('\n');
            }
            told += 1;
            let name = row.agency.as_deref().or(row.agency_code.as_deref());
            let why: Vec<String> = evidence.iter().filter_map(piece).collect();
            writeln!(
                text,
                "{} {year} {}: {}",
                visible(name.unwrap_or("?")),
                presence.as_str(),
                why.join("; ")
            )?;
        }
    }
    if left > 0 {
        writeln!(text, "and {left} more: --csv or --json has them all")?;
    }
    let counts: Vec<String> = Presence::ALL
        .iter()
        .filter_map(|one| Some(format!("{} {}", counts.get(one)?, one.as_str())))
        .collect();
    if !counts.is_empty() {
        writeln!(text, "{}", counts.join(", "))?;
    }
    Ok(())
}

/// A piece of evidence in some words; `None` for a report, which says nothing beside it.
fn piece(evidence: &CellEvidence) -> Option<String> {
    Some(match evidence {
        CellEvidence::Report {
            copy: true, url, ..
        } => format!(
            "a suspected copy at {}",
            visible(url.as_deref().unwrap_or("a file"))
        ),
        CellEvidence::Report { .. } => return None,
        CellEvidence::Finding { id, code, .. } => {
            format!("finding {code} {id}, `nianbao audit show {id}`")
        }
        CellEvidence::Listed {
            list,
            url,
            outcome,
            at,
            ..
        } => {
            let outcome = outcome.as_deref().unwrap_or("not asked for yet");
            let at = at.as_ref().map_or_else(String::new, |at| format!(" {at}"));
            format!(
                "{}: {outcome}{at}, listed on {}",
                visible(url),
                visible(list)
            )
        }
        CellEvidence::Between { before, after } => {
            format!("there are reports of {before} and {after}")
        }
        CellEvidence::NotListed { list, at } => {
            format!("not on its list {}, read to the end {at}", visible(list))
        }
        CellEvidence::Named => "asked for with --expected".into(),
        CellEvidence::OtherScope { report_id, scope } => {
            format!("report {report_id} is of another scope, {scope}")
        }
        CellEvidence::Namesake {
            agency,
            report_id,
            url,
        } => format!(
            "a body of the same name, {}, has report {report_id} of it at {}: which of the two published it is not known",
            visible(agency),
            visible(url.as_deref().unwrap_or("a file"))
        ),
    })
}

/// The columns of the CSV.
const COLUMNS: [&str; 12] = [
    "agency",
    "agency_code",
    "year",
    "presence",
    "reports",
    "scopes",
    "addresses",
    "findings",
    "list",
    "outcome",
    "asked_at",
    "evidence",
];

/// A line an agency and year; what there is several of stands in one column, apart by a space.
fn write_csv(coverage: &Coverage) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(output::stdout());
    out.write_record(COLUMNS)?;
    for row in &coverage.rows {
        let cells = row.presence.iter().zip(&row.evidence);
        for ((presence, evidence), year) in cells.zip(&coverage.years) {
            let mut columns: [Vec<String>; 8] = Default::default();
            for one in evidence {
                let [
                    reports,
                    scopes,
                    addresses,
                    findings,
                    lists,
                    outcomes,
                    times,
                    kinds,
                ] = &mut columns;
                let kind = match one {
                    CellEvidence::Report {
                        report_id,
                        scope,
                        url,
                        copy,
                        ..
                    } => {
                        reports.push(report_id.to_string());
                        scopes.push(scope.clone());
                        addresses.extend(url.clone());
                        if *copy { "copy" } else { "report" }.to_owned()
                    }
                    CellEvidence::Finding { id, code, .. } => {
                        findings.push(format!("{code}:{id}"));
                        "finding".to_owned()
                    }
                    CellEvidence::Listed {
                        list,
                        url,
                        outcome,
                        at,
                        ..
                    } => {
                        addresses.push(url.clone());
                        lists.push(list.clone());
                        outcomes.extend(outcome.clone());
                        times.extend(at.clone());
                        "listed".to_owned()
                    }
                    CellEvidence::Between { before, after } => format!("between:{before}-{after}"),
                    CellEvidence::NotListed { list, at } => {
                        lists.push(list.clone());
                        times.push(at.clone());
                        "not_listed".to_owned()
                    }
                    CellEvidence::Named => "named".to_owned(),
                    CellEvidence::OtherScope { report_id, scope } => {
                        format!("other_scope:{report_id}:{scope}")
                    }
                    CellEvidence::Namesake { report_id, url, .. } => {
                        addresses.extend(url.clone());
                        format!("namesake:{report_id}")
                    }
                };
                kinds.push(kind);
            }
            let columns = columns.map(|column| column.join(" "));
            let year = year.to_string();
            let head = [
                row.agency.as_deref().unwrap_or_default(),
                row.agency_code.as_deref().unwrap_or_default(),
                &year,
                presence.as_str(),
            ];
            out.write_record(head.into_iter().chain(columns.iter().map(String::as_str)))?;
        }
    }
    out.flush()?;
    Ok(())
}
