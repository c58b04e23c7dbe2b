//! `nianbao archive`.

use clap::Subcommand;
use serde_json::json;

use crate::archive::{Limits, Problem, ProblemKind, verify};
use crate::home::Home;

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
    for name in names(&home)? {
        let path = home.warc().join(&name);
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
                json!({"file": name, "records": found.records, "problems": problems}),
            ])?;
            continue;
        }
        let mut text = format!("{name}: {} records, ", found.records);
        match found.problems.len() {
            0 => text.push_str("all well\n"),
            count => text.push_str(&format!("{count} problems\n")),
        }
        for one in &found.problems {
            let detail = detail(one).map(|detail| format!(": {detail}"));
            text.push_str(&format!(
                "  byte {}: {}{}\n",
                one.offset,
                one.kind.code(),
                detail.unwrap_or_default()
            ));
        }
        output::print(&text)?;
    }
    Ok(status)
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

fn names(home: &Home) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(home.warc())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".warc") || name.ends_with(".warc.gz") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
