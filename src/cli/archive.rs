//! `nianbao archive`.

use std::fmt::Write as _;

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;

use crate::archive::{Limits, Problem, ProblemKind, Verification, verify};
use crate::pipeline::{WarcFile, warc_files};

use super::context::Context;
use super::{Status, output};

/// Check the archive
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  nianbao archive verify\n  nianbao archive verify --json")]
pub(super) struct Args {
    #[command(subcommand)]
    what: ArchiveVerb,
}

#[derive(Debug, Subcommand)]
enum ArchiveVerb {
    /// Check every WARC file: record boundaries, digests, what records say of each other
    ///
    /// Reads all of it and changes nothing. The exit code is 1 where something is wrong.
    Verify {
        /// One JSON object a file and line
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let home = context.home()?;
    let ArchiveVerb::Verify { json } = args.what;
    let mut status = Status::Done;
    let files = warc_files(&home.warc())
        .with_context(|| format!("cannot list {}", home.warc().display()))?;
    for WarcFile { name, path, .. } in files {
        let found = match verify(&path, Limits::default()) {
            Ok(found) => found,
            Err(error) => {
                output::say(&output::failure(&path, &output::explain(&error)));
                status = Status::Failures;
                continue;
            }
        };
        if !found.problems.is_empty() {
            status = Status::Failures;
        }
        if json {
            let problems: Vec<_> = found
                .problems
                .iter()
                .map(|one| json!({"offset": one.offset, "code": one.kind.code(), "detail": detail(one)}))
                .collect();
            output::print_json([
                json!({"file": &*name, "records": found.records, "problems": problems}),
            ])?;
            continue;
        }
        output::print(&describe(&name, &found))?;
    }
    Ok(status)
}

fn describe(name: &str, found: &Verification) -> String {
    let verdict = match found.problems.len() {
        0 => "all well".to_owned(),
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    };
    let mut text = format!("{name}: {} records, {verdict}\n", found.records);
    for one in &found.problems {
        // Writing to a String cannot fail.
        let _ = write!(text, "  byte {}: {}", one.offset, one.kind.code());
        if let Some(detail) = detail(one) {
            let _ = write!(text, ": {detail}");
        }
        text.push('\n');
    }
    text
}

fn detail(problem: &Problem) -> Option<String> {
    match &problem.kind {
        ProblemKind::Unreadable(error) => Some(output::explain(error)),
        ProblemKind::FieldMissing { name } | ProblemKind::FieldTwice { name } => {
            Some((*name).into())
        }
        _ => None,
    }
}
