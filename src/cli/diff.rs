//! `nianbao diff`.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::model::Scope;
use crate::present::{Mark, marked, visible};
use crate::query::{self, CellSide, Change, Copies, Diff, Filter, VersionLine};
use crate::store::Store;

use super::context::Context;
use super::{Status, output, select, words};

const EXAMPLES: &str = "\
Examples:
  nianbao diff 白鹭区人民政府办公室 2020
  nianbao diff 白鹭区人民政府办公室 2020 --from 1 --to 2
  nianbao diff --id 1 --json";

/// Show what an agency changed in a report after it was published
///
/// Lists the versions with the times they were first and last seen, then what differs between two of them: title, day
/// and form, every cell (a blank, a mark, a missing row and 0 are different things), rows of lists, and the text. A new
/// version is another content, never another design, counter or date of visit. Without --from and --to, the current
/// version beside the one before it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Name or code of the agency, or a part of the name
    #[arg(required_unless_present = "id")]
    agency: Option<String>,
    /// Report year
    #[arg(value_parser = words::year(), required_unless_present = "id")]
    year: Option<i16>,
    /// The report of this id instead
    #[arg(long, conflicts_with_all = ["agency", "year", "scope"])]
    id: Option<i64>,
    /// Of several reports for the year, the one of this scope
    #[arg(long, value_parser = words::scope())]
    scope: Option<Scope>,
    /// Number of the older version, as listed
    #[arg(long, value_name = "VERSION")]
    from: Option<usize>,
    /// Number of the newer one
    #[arg(long, value_name = "VERSION")]
    to: Option<usize>,
    /// One JSON object: the versions and what differs
    #[arg(long)]
    json: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let opened = context.read()?;
    let id = report(&opened.store, args)?;
    let versions = query::versions(&opened.store, id)?;
    let diff = match pair(&versions, args)? {
        Some((from, to)) => query::diff(&opened.store, from, to)?,
        None => None,
    };
    if args.json {
        output::print_json([json!({ "report_id": id, "versions": versions, "diff": diff })])?;
        return Ok(Status::Done);
    }
    let colours = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut text = list(&versions);
    match &diff {
        Some(diff) => text.push_str(&describe(diff, colours)),
        None => text.push_str("One version: nothing to compare.\n"),
    }
    output::print(&text)?;
    Ok(Status::Done)
}

/// The one report asked for; never one picked from several.
fn report(store: &Store, args: &Args) -> anyhow::Result<i64> {
    if let Some(id) = args.id {
        query::load_report(store, id)?.with_context(|| {
            format!("no report {id}; `nianbao show --list` lists what there is")
        })?;
        return Ok(id);
    }
    let agency = args.agency.as_deref().unwrap_or_default();
    let filter = Filter {
        agency: Some(select::agency(store, agency)?),
        from_year: args.year,
        to_year: args.year,
        scope: args.scope,
        copies: Copies::Included,
        ..Filter::default()
    };
    match query::list_reports(store, &filter)?.as_slice() {
        [line] => Ok(line.report_id),
        [] => bail!("{agency} has no such report; `nianbao show --list` lists what there is"),
        several => {
            let lines: Vec<String> = several
                .iter()
                .map(|line| {
                    let title = visible(line.title.as_deref().unwrap_or_default());
                    format!("  --id {}  {}  {title}", line.report_id, line.scope)
                })
                .collect();
            bail!(
                "{} reports; choose one with {}:\n{}",
                several.len(),
                select::chosen_by(several),
                lines.join("\n")
            )
        }
    }
}

/// The two to compare: those asked for, else the current one and the one seen before it.
fn pair<'v>(
    versions: &'v [VersionLine],
    args: &Args,
) -> anyhow::Result<Option<(&'v VersionLine, &'v VersionLine)>> {
    let get = |number: usize| {
        let found = versions.iter().find(|version| version.number == number);
        found.with_context(|| format!("no version {number}; there are {}", versions.len()))
    };
    let to = match args.to {
        Some(number) => get(number)?,
        None => match versions.iter().find(|version| version.current) {
            Some(current) => current,
            None => return Ok(None),
        },
    };
    if let Some(number) = args.from {
        return Ok(Some((get(number)?, to)));
    }
    let from = query::version_before(versions, to);
    Ok(from.map(|from| (from, to)))
}

fn list(versions: &[VersionLine]) -> String {
    let mut text = String::new();
    for version in versions {
        let mut notes = Vec::new();
        if version.current {
            notes.push("current");
        }
        if version.official == "mirror_suspected" {
            notes.push("suspected copy");
        }
        if !version.whole {
            notes.push("cut off");
        }
        let notes = match notes.as_slice() {
            [] => String::new(),
            notes => format!(" ({})", notes.join(", ")),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "version {}{notes}: seen {} to {}, captures: {}",
            version.number, version.first_seen, version.last_seen, version.captures
        );
        if let Some(capture) = &version.capture {
            let place = match (&capture.file, capture.offset) {
                (Some(file), Some(offset)) => format!("{file}, byte {offset}"),
                _ => "not in the archive".into(),
            };
            let url = visible(capture.url.as_deref().unwrap_or("no address"));
            let _ = writeln!(text, "  {url}\n  sha256 {} in {place}", capture.sha256);
        }
    }
    text
}

/// What differs, for people.
pub(super) fn describe(diff: &Diff, colours: bool) -> String {
    let mut text = format!(
        "\nversion {} → version {}\n",
        diff.from.number, diff.to.number
    );
    let change =
        |from: &str, to: &str| marked(&[(Mark::Removed, from), (Mark::Added, to)], colours);
    for field in &diff.fields {
        let word = |side: &Option<String>| side.clone().unwrap_or_else(|| "(none)".into());
        let shown = change(&word(&field.from), &word(&field.to));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}: {shown}", field.field);
    }
    for cell in &diff.cells {
        let shown = change(&side(cell.from.as_ref()), &side(cell.to.as_ref()));
        let _ = writeln!(
            text,
            "{} {} ({}): {shown}",
            cell.form,
            cell.cell,
            cell.labels.join(" / ")
        );
    }
    for row in &diff.rows {
        let cells = |side: &Option<Vec<String>>| match side {
            None => "(no row)".to_owned(),
            Some(cells) => cells.join(" | "),
        };
        let shown = change(&cells(&row.from), &cells(&row.to));
        let _ = writeln!(text, "row {}: {shown}", visible(&row.label));
    }
    for section in &diff.sections {
        let pieces: Vec<(Mark, &str)> = section
            .pieces
            .iter()
            .map(|piece| {
                let mark = match piece.change {
                    Change::Same => Mark::Same,
                    Change::Removed => Mark::Removed,
                    Change::Added => Mark::Added,
                };
                (mark, piece.text.as_str())
            })
            .collect();
        let _ = writeln!(
            text,
            "section {}:\n{}",
            section.kind,
            marked(&pieces, colours)
        );
    }
    if diff.fields.is_empty()
        && diff.cells.is_empty()
        && diff.rows.is_empty()
        && diff.sections.is_empty()
    {
        text.push_str("no difference\n");
    }
    text
}

/// What stands in a cell, in a word or as printed.
fn side(side: Option<&CellSide>) -> String {
    match side {
        None => "(not of the report)".into(),
        Some(side) if side.raw.is_empty() => format!("({})", side.status.as_str()),
        Some(side) if side.value.is_none() => format!("{} ({})", side.raw, side.status.as_str()),
        Some(side) => side.raw.clone(),
    }
}
