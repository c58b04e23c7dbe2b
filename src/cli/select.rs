//! Which reports a question is about, as arguments.

use anyhow::bail;

use crate::model::Scope;
use crate::query::{self, AgencyFilter, Copies, Filter};
use crate::store::Store;

use super::suggest::{did_you_mean, near};
use super::{output, words};

/// The arguments that narrow a question.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Which reports [default: all]")]
pub(super) struct Selection {
    /// Only bodies of this name or code, under all their names; where there is none, those of which a name contains it
    #[arg(long, value_name = "NAME")]
    pub agency: Option<String>,
    /// Only this report year
    #[arg(long, value_name = "YEAR", value_parser = words::year(), conflicts_with_all = ["from", "to"])]
    pub year: Option<i16>,
    /// No report year before this one
    #[arg(long, value_name = "YEAR", value_parser = words::year())]
    pub from: Option<i16>,
    /// No report year after this one
    #[arg(long, value_name = "YEAR", value_parser = words::year())]
    pub to: Option<i16>,
    /// Only reports about the agency's own work, or those of a government with all below it
    #[arg(long, value_parser = words::scope())]
    pub scope: Option<Scope>,
    #[command(flatten)]
    pub copies: CopiesArg,
}

/// Whether suspected copies are part of an answer.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct CopiesArg {
    /// Also reports known only from suspected copies on foreign hosts
    #[arg(long)]
    include_copies: bool,
}

impl Selection {
    /// The filter for it.
    ///
    /// # Errors
    ///
    /// Where the database has no agency of this name, or cannot be read.
    pub(super) fn filter(&self, store: &Store) -> anyhow::Result<Filter> {
        in_order(self.from, self.to)?;
        let agency = match &self.agency {
            None => None,
            Some(name) => Some(agency(store, name)?),
        };
        Ok(Filter {
            agency,
            from_year: self.year.or(self.from),
            to_year: self.year.or(self.to),
            scope: self.scope,
            copies: self.copies.copies(),
            ..Filter::default()
        })
    }
}

impl CopiesArg {
    /// As a filter has it.
    pub(super) const fn copies(self) -> Copies {
        if self.include_copies {
            Copies::Included
        } else {
            Copies::LeftOut
        }
    }
}

/// Tells people how many suspected copies an answer leaves out.
pub(super) fn say_left_out(store: &Store, filter: &Filter) -> anyhow::Result<()> {
    if filter.copies != Copies::LeftOut {
        return Ok(());
    }
    say_copies(query::count_copies(store, filter)?, true);
    Ok(())
}

/// As [`say_left_out`], of so many; at least so many if they are not `exact`.
pub(super) fn say_copies(count: u64, exact: bool) {
    if count > 0 {
        let noun = if count == 1 { "copy" } else { "copies" };
        let least = if exact { "" } else { "at least " };
        output::say(&format!(
            "{least}{count} suspected {noun} left out: --include-copies"
        ));
    }
}

/// The agencies that `name` names: by name or code, else by a part of the name.
pub(super) fn agency(store: &Store, name: &str) -> anyhow::Result<AgencyFilter> {
    for agency in [
        AgencyFilter::Exact(name.into()),
        AgencyFilter::Containing(name.into()),
    ] {
        let filter = Filter {
            agency: Some(agency.clone()),
            copies: Copies::Included,
            ..Filter::default()
        };
        if !query::list_reports(store, &filter)?.is_empty() {
            return Ok(agency);
        }
    }
    let names = query::agency_names(store)?;
    let near = near(name, names.iter().map(String::as_str));
    bail!(
        "no report of an agency {name:?}{} (`nianbao agency list` lists all)",
        did_you_mean(&near)
    );
}

/// Years the wrong way round would quietly find nothing.
pub(super) fn in_order(from: Option<i16>, to: Option<i16>) -> anyhow::Result<()> {
    match (from, to) {
        (Some(from), Some(to)) if from > to => {
            bail!("--from {from} is after --to {to}")
        }
        _ => Ok(()),
    }
}

/// By which arguments one of several reports is chosen: a scope only where it tells them apart.
pub(super) fn chosen_by(lines: &[query::ReportLine]) -> &'static str {
    if lines.windows(2).any(|pair| pair[0].scope != pair[1].scope) {
        "--scope or --id"
    } else {
        "--id"
    }
}
