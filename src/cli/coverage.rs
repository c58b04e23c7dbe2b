//! `nianbao coverage`.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::present::{self, CoverageMatrix};
use crate::query::{self, Coverage, Filter, Presence};
use crate::store::Store;

use super::context::Context;
use super::select::{self, Selection};
use super::{Status, output};

const EXAMPLES: &str = "\
Examples:
  nianbao coverage
  nianbao coverage --from 2019 --to 2023 --json
  printf '云溪市教育局\\n云溪市水务局\\n' > agencies.txt
  nianbao coverage --expected agencies.txt --from 2019";

/// Show which agency has a report for which year
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Agencies that must have a row even with nothing there: a file with a name a line
    #[arg(long, value_name = "FILE")]
    expected: Option<PathBuf>,
    /// One JSON object: years, a row an agency, what is in none
    #[arg(long)]
    json: bool,
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
    let coverage = query::coverage(&opened.store, &filter, &expected)?;
    if args.json {
        output::print_json([coverage])?;
    } else {
        let width = output::terminal_width().map_or(120, usize::from);
        output::print(&describe(&opened.store, &filter, &coverage, width)?)?;
    }
    select::say_left_out(&opened.store, &filter)?;
    Ok(Status::Done)
}

/// The matrix, and what is in no row of it.
pub(super) fn describe(
    store: &Store,
    filter: &Filter,
    coverage: &Coverage,
    width: usize,
) -> anyhow::Result<String> {
    let doubtful: HashSet<_> = query::list_reports(store, filter)?
        .into_iter()
        .filter(|line| line.errors > 0)
        .map(|line| (line.agency, line.year))
        .collect();
    let rows = coverage.rows.iter().map(|row| {
        let years = coverage.years.iter().zip(&row.presence);
        let years = years.map(|(year, presence)| match presence {
            Presence::Missing => present::Coverage::Missing,
            Presence::CopyOnly => present::Coverage::CopyOnly,
            Presence::WithoutTables => present::Coverage::WithoutTables,
            Presence::Found if doubtful.contains(&(row.agency.clone(), Some(*year))) => {
                present::Coverage::Doubtful
            }
            Presence::Found => present::Coverage::Read,
        });
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
    for (count, what) in [
        (
            coverage.unplaced,
            "reports without agency or year are in no row: `nianbao audit --code agency_unknown`",
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
