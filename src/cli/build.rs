//! `nianbao build`.

use std::num::NonZeroUsize;

use jiff::Timestamp;

use crate::pipeline::{self, BuildError, BuildEvent, BuildOptions, BuildSummary};
use crate::store::Outcome;

use super::context::{Context, Opened};
use super::progress::Progress;
use super::{Status, output};

const EXAMPLES: &str = "\
Examples:
  nianbao build
  nianbao build --jobs 2";

/// Read the whole archive into the database
///
/// Offline and repeatable: the same archive and program give the same rows, and a second build
/// changes nothing. Damaged records are told of and the rest goes on. What is no report is kept
/// with the reason: see `nianbao audit --refused`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Threads that read [default: one a core]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let mut opened = context.write()?;
    match build(&mut opened, args.jobs) {
        Ok(summary) => {
            output::say(&describe(&summary));
            Ok(if summary.failures == 0 {
                Status::Done
            } else {
                Status::Failures
            })
        }
        Err(error @ BuildError::List { .. }) => Err(error.into()),
        Err(error) => {
            let why = output::explain(&error);
            output::say(&format!(
                "nianbao: {why}; the build stopped, run it again when that is mended"
            ));
            Ok(Status::Failures)
        }
    }
}

/// Builds, with a bar and a line for each failure.
pub(super) fn build(
    opened: &mut Opened,
    jobs: Option<NonZeroUsize>,
) -> Result<BuildSummary, BuildError> {
    let progress = Progress::bytes("building");
    let options = BuildOptions {
        jobs,
        started_at: Timestamp::now(),
    };
    let observe = |event: BuildEvent<'_>| match event {
        BuildEvent::Started { total_bytes } => progress.total(total_bytes),
        BuildEvent::Advanced { position } => progress.at(position),
        BuildEvent::Damaged { file, damage } => {
            progress.say(&output::failure_at(file, &output::explain(damage)));
        }
        BuildEvent::Failed { file, offset, why } => {
            progress.say(&output::failure_at(&format!("{file}, byte {offset}"), &why));
        }
    };
    let result = pipeline::build(&opened.home.warc(), &mut opened.store, &options, observe);
    progress.done();
    result
}

/// The summary in a line.
pub(super) fn describe(summary: &BuildSummary) -> String {
    let mut parts = vec![format!("{} reports", summary.reports())];
    for (outcome, word) in [
        (Outcome::New, "new"),
        (Outcome::Changed, "new versions of known ones"),
        (Outcome::SeenAgain, "seen again"),
        (Outcome::Reread, "read differently"),
        (Outcome::Unchanged, "unchanged"),
    ] {
        let count = summary.count(outcome);
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let refused = summary.count(Outcome::Refused);
    if refused > 0 {
        let reasons: Vec<_> = summary
            .refusals
            .iter()
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        parts.push(format!("{refused} are no reports ({})", reasons.join(", ")));
    }
    if summary.passed_over > 0 {
        parts.push(format!("{} are no documents", summary.passed_over));
    }
    if summary.failures > 0 {
        parts.push(format!("{} failures", summary.failures));
    }
    let files = summary.files;
    let noun = if files == 1 {
        "WARC file"
    } else {
        "WARC files"
    };
    format!("{files} {noun}: {}", parts.join(", "))
}
