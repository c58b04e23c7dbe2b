//! `nianbao build`.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicU8;

use anyhow::Context as _;
use jiff::Timestamp;

use crate::audit::origin::HostRules;
use crate::decisions::Decisions;
use crate::home::Home;
use crate::pipeline::{self, BuildError, BuildEvent, BuildOptions, BuildSummary, Readings};
use crate::profile::Sites;
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
    /// Read all of it again, also what this program has read already
    #[arg(long)]
    all: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let mut opened = context.write()?;
    let hosts = host_rules(&opened.home)?;
    match build(&mut opened, args.jobs, args.all, &hosts, None) {
        Ok(summary) => {
            output::say(&describe(&summary));
            Ok(if summary.failures == 0 {
                Status::Done
            } else {
                Status::Failures
            })
        }
        Err(
            error @ (BuildError::List { .. } | BuildError::Profiles(_) | BuildError::Decisions(_)),
        ) => Err(error.into()),
        Err(error) => {
            let why = output::explain(&error);
            output::say(&format!(
                "nianbao: {why}; the build stopped, run it again when that is mended"
            ));
            Ok(Status::Failures)
        }
    }
}

/// Which hosts are official, those of the configuration included.
pub(super) fn host_rules(home: &Home) -> anyhow::Result<HostRules> {
    let added = &home.config().provenance.official_hosts;
    HostRules::with(added).with_context(|| {
        let config = home.directory().join("nianbao.toml");
        format!("{}: provenance.official_hosts", config.display())
    })
}

/// Builds, with a bar and a line for each failure.
pub(super) fn build(
    opened: &mut Opened,
    jobs: Option<NonZeroUsize>,
    reread: bool,
    hosts: &HostRules,
    stop: Option<&AtomicU8>,
) -> Result<BuildSummary, BuildError> {
    let progress = Progress::bytes("building");
    let sites =
        pipeline::profiles(&opened.home).map_err(|error| BuildError::Profiles(Box::new(error)))?;
    // Before hours of reading: a file that cannot be read ends the build.
    let decisions = Decisions::read(&opened.home.decisions())?;
    let readings = Readings::new(Sites::clone(&sites));
    let options = BuildOptions {
        readings: &readings,
        jobs,
        started_at: Timestamp::now(),
        hosts,
        decisions: &decisions,
        reread,
        stop,
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
    let mut summary = result?;
    for bad in decisions.bad() {
        output::say(&output::failure(&opened.home.decisions(), &bad.to_string()));
        summary.failures += 1;
    }
    Ok(summary)
}

/// The summary in a line.
pub(super) fn describe(summary: &BuildSummary) -> String {
    let outcomes = [
        (Outcome::New, "new"),
        (Outcome::Changed, "new versions of known ones"),
        (Outcome::Copied, "suspected copies beside them"),
        (Outcome::Truncated, "cut off, beside whole ones"),
        (Outcome::SeenAgain, "seen again"),
        (Outcome::Reread, "read differently"),
        (Outcome::Unchanged, "unchanged"),
    ];
    let outcomes = outcomes.map(|(outcome, word)| (summary.count(outcome), word));
    let refusals = summary.refusals.iter();
    let refusals = refusals.map(|(reason, count)| (*count, reason.as_str()));
    let parts = [
        (summary.reports(), "reports", among(outcomes)),
        (
            summary.count(Outcome::Refused),
            "are no reports",
            among(refusals),
        ),
        (summary.passed_over, "are no documents", String::new()),
        (
            summary.unresolved,
            "say that a page was as before, which is not in the archive",
            String::new(),
        ),
        (
            summary.gone as u64,
            "are not in the archive any more",
            String::new(),
        ),
        (summary.failures, "failures", String::new()),
    ];
    let parts = parts.into_iter().enumerate();
    let parts: Vec<String> = parts
        .filter(|(place, (count, ..))| *place == 0 || *count > 0)
        .map(|(_, (count, what, among))| format!("{count} {what}{among}"))
        .collect();
    let files = summary.files;
    let noun = if files == 1 { "file" } else { "files" };
    let from = match summary.known_bytes {
        0 => "",
        _ => " on from where the last build stopped",
    };
    format!("{files} WARC {noun} read{from}: {}", parts.join(", "))
}

/// The counts above zero, in brackets; nothing where there are none.
fn among<'w>(counts: impl IntoIterator<Item = (u64, &'w str)>) -> String {
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if counts.is_empty() {
        return String::new();
    }
    format!(" ({})", counts.join(", "))
}
