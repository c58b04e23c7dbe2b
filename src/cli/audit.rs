//! `nianbao audit`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::{Code, Severity};
use crate::present::{Align, Table, list_proposals, visible};
use crate::query::{self, FindingLine, ProposalLine, RefusalLine};

use super::context::Context;
use super::select::{self, Selection};
use super::words::AnyCode;
use super::{Status, output, watch, words};

const EXAMPLES: &str = "\
Examples:
  nianbao audit
  nianbao audit --agency 云溪市教育局 --severity info
  nianbao audit --code identity_fails --json
  nianbao audit --across
  nianbao audit --code late --year 2022
  nianbao audit --proposals
  nianbao audit --refused";

/// List what is odd about the reports: contradictions, missing parts, what could not be read
///
/// Published numbers are never corrected; a finding says what they are and what they contradict.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
#[expect(clippy::struct_excessive_bools, reason = "switches")]
pub(super) struct Args {
    #[command(subcommand)]
    act: Option<watch::Act>,
    /// Only findings with this code
    #[arg(long, value_parser = words::any_code(), hide_possible_values = true)]
    code: Option<AnyCode>,
    /// Only what is told across years, versions and texts
    #[arg(long, conflicts_with_all = ["proposals", "refused"])]
    across: bool,
    /// Also findings that were dismissed
    #[arg(long)]
    dismissed: bool,
    /// Only findings at least this severe [default: warning; with --code: info]
    #[arg(long, value_parser = words::severity())]
    severity: Option<Severity>,
    /// What would make contradictory numbers agree, instead; never applied
    #[arg(long, conflicts_with_all = ["code", "severity", "refused"])]
    proposals: bool,
    /// Captures that are no report, and why, instead
    #[arg(long, conflicts_with_all = ["agency", "year", "from", "to", "scope", "code", "severity", "include_copies"])]
    refused: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    selection: Selection,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    if let Some(act) = &args.act {
        return watch::act(context, act);
    }
    let opened = context.read()?;
    if args.refused {
        let lines = query::refusals(&opened.store)?;
        if args.json {
            output::print_json(lines)?;
        } else {
            output::print(&refused(&lines))?;
        }
        return Ok(Status::Done);
    }
    let filter = args.selection.filter(&opened.store)?;
    if args.proposals {
        let lines = query::proposals(&opened.store, &filter)?;
        if args.json {
            output::print_json(lines)?;
        } else {
            output::print(&proposed(&lines))?;
        }
        return Ok(Status::Done);
    }
    let least = args.severity.unwrap_or(match args.code {
        Some(_) => Severity::Info,
        None => Severity::Warning,
    });
    let (within, across) = match args.code {
        None => (None, None),
        Some(AnyCode::Within(code)) => (Some(code), None),
        Some(AnyCode::Across(code)) => (None, Some(code)),
    };
    let mut watched = match within {
        None => query::watch(&opened.store, &filter, across, None)?,
        Some(_) => Vec::new(),
    };
    watched.retain(|line| {
        watch::severity(line) >= Some(least) && (args.dismissed || line.verdict != "dismissed")
    });
    let only_across = args.across || across.is_some();
    let mut lines = if only_across {
        Vec::new()
    } else {
        query::findings(&opened.store, &filter, within, None)?
    };
    let hidden = lines.len();
    let is_asked = args.severity.is_some() || args.code.is_some();
    let proposes = |line: &FindingLine| {
        let codes = [Code::RepairProposed, Code::RepairAmbiguous];
        !is_asked && codes.iter().any(|code| code.as_str() == line.code)
    };
    lines.retain(|line| severity(line) >= Some(least) || proposes(line));
    let hidden = hidden - lines.len();
    if args.json {
        if lines.is_empty() && watched.is_empty() {
            output::say("no findings");
        }
        output::print_json(lines)?;
        output::print_json(watched)?;
        select::say_left_out(&opened.store, &filter)?;
        return Ok(Status::Done);
    }
    if !only_across {
        output::print(&describe(&lines))?;
    }
    if within.is_none() {
        output::print(&watch::describe(&watched))?;
    }
    select::say_left_out(&opened.store, &filter)?;
    if hidden > 0 {
        output::say(&format!(
            "{hidden} less severe ones not shown: --severity info"
        ));
    }
    Ok(Status::Done)
}

fn severity(line: &FindingLine) -> Option<Severity> {
    Severity::ALL
        .into_iter()
        .find(|one| one.as_str() == line.severity)
}

/// The findings under their reports, and how many there are of each severity.
pub(super) fn describe(lines: &[FindingLine]) -> String {
    let mut text = String::new();
    for of_report in lines.chunk_by(|one, other| one.report_id == other.report_id) {
        let line = &of_report[0];
        let agency = line.agency.as_deref().unwrap_or("agency not known");
        let year = line
            .year
            .map_or_else(|| "year not known".into(), |year| year.to_string());
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{} {year} ({}), report {}",
            visible(agency),
            line.scope,
            line.report_id
        );
        for line in of_report {
            let _ = writeln!(
                text,
                "  {:<8}{}  {}",
                line.severity,
                line.code,
                visible(&line.message)
            );
            if !line.place.is_empty() {
                let _ = writeln!(text, "          {}", visible(&place(&line.place)));
            }
        }
        text.push('\n');
    }
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for line in lines {
        *counts.entry(severity(line)).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .rev()
        .map(|(severity, count)| format!("{count} {}", severity.map_or("?", Severity::as_str)))
        .collect();
    if counts.is_empty() {
        text.push_str("no findings\n");
    } else {
        let _ = writeln!(text, "findings: {}", counts.join(", "));
    }
    text
}

/// The proposals under their reports.
fn proposed(lines: &[ProposalLine]) -> String {
    let mut text = String::new();
    for of_report in lines.chunk_by(|one, other| one.report_id == other.report_id) {
        let line = &of_report[0];
        let agency = line.agency.as_deref().unwrap_or("agency not known");
        let year = line
            .year
            .map_or_else(|| "year not known".into(), |year| year.to_string());
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{} {year} ({}), report {}",
            visible(agency),
            line.scope,
            line.report_id
        );
        for line in of_report {
            text.push_str(&list_proposals(std::slice::from_ref(&line.proposal)));
        }
        text.push('\n');
    }
    let unique = lines.iter().filter(|line| line.proposal.unique).count();
    let _ = writeln!(
        text,
        "proposals: {}, {unique} of them the only explanation; none is applied",
        lines.len()
    );
    text
}

/// The first of many cells; `--json` has them all.
pub(super) fn place(place: &str) -> String {
    let cells: Vec<&str> = place.split(',').collect();
    match cells.as_slice() {
        [first, .., last] if cells.len() > 4 => {
            format!("{first}, … {} more …, {last}", cells.len() - 2)
        }
        _ => cells.join(", "),
    }
}

fn refused(lines: &[RefusalLine]) -> String {
    if lines.is_empty() {
        return "every capture is a report\n".into();
    }
    let heads = ["fetched", "reason", "address or digest", "detail"];
    let mut table = Table::new(heads.map(|head| (head, Align::Left)));
    table.max_width = output::terminal_width();
    for line in lines {
        table.push([
            line.fetched_at.as_str(),
            &line.reason,
            line.url.as_deref().unwrap_or(&line.sha256),
            &line.detail,
        ]);
    }
    table.render_plain()
}
