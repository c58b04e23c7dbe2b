//! `nianbao archive`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use crate::archive::{
    Limits, Problem, ProblemKind, Severity, Verification, Verifier, find, index_archive, write_wacz,
};
use crate::pipeline::warc_files;

use super::context::Context;
use super::known::Ledgers;
use super::{Status, output};

/// Check the archive, index it, take something out of it, pack it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  nianbao archive verify\n  nianbao archive verify --json\n  nianbao archive index -o index.cdxj\n  nianbao archive extract https://www.yunxi.example/info/1043/42008.htm -o page.html\n  nianbao archive wacz -o reports.wacz"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: ArchiveVerb,
}

#[derive(Debug, Subcommand)]
enum ArchiveVerb {
    /// Check every WARC file: record boundaries, digests, what records say of each other
    ///
    /// Reads all of it and changes nothing. In a home the records that the crawl's ledger
    /// and the database know are looked for at their places too. The exit code is 6 where something is damaged; notes
    /// alone, for what other programs leave out, are no damage. docs/archive.md explains every word.
    Verify {
        /// WARC files, or folders of them, of any archive [default: the home's]
        files: Vec<PathBuf>,
        /// One JSON object a file and line
        #[arg(long)]
        json: bool,
    },
    /// Print the index: a line for each capture, sorted by address (CDXJ)
    Index {
        /// WARC files, or folders of them, of any archive [default: the home's]
        files: Vec<PathBuf>,
        /// Write to a file instead of stdout
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Print the payload of a capture, as it was received without its chunks
    ///
    /// A capture that says "as before" gives the payload of the one it refers to. What was taken is told on stderr.
    Extract {
        /// The address
        url: String,
        /// The capture nearest to that time: 2026-03-01, 2026-03-01T08:00:00Z or 20260301080000 [default: the last]
        #[arg(long, value_name = "TIME", value_parser = time)]
        at: Option<Timestamp>,
        /// Undo gzip and deflate of the HTTP answer
        #[arg(long)]
        decoded: bool,
        /// Write to a file instead of stdout
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Pack the archive with its index and its pages into one file that browsers of archives open (WACZ)
    Wacz {
        /// WARC files, or folders of them, of any archive [default: the home's]
        files: Vec<PathBuf>,
        /// The file to write
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// What it is called
        #[arg(long, default_value = "nianbao")]
        title: String,
    },
}

fn time(text: &str) -> Result<Timestamp, String> {
    let is_digits = text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = if is_digits {
        let (date, clock) = text.split_at(8);
        let (day, clock) = (&date[6..], clock);
        format!(
            "{}-{}-{day}T{}:{}:{}Z",
            &date[..4],
            &date[4..6],
            &clock[..2],
            &clock[2..4],
            &clock[4..]
        )
    } else if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    text.parse().map_err(|error: jiff::Error| error.to_string())
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    match &args.what {
        ArchiveVerb::Verify { files, json } => verify(context, files, *json),
        ArchiveVerb::Index { files, output } => index(context, files, output.as_deref()),
        ArchiveVerb::Extract {
            url,
            at,
            decoded,
            output,
        } => extract(context, url, *at, *decoded, output.as_deref()),
        ArchiveVerb::Wacz {
            files,
            output,
            title,
        } => wacz(context, files, output, title),
    }
}

/// A file's name among the others, and where it is.
type Named = (String, PathBuf);

/// The files named, folders as what is in them; the home's where none is.
fn files(context: &Context, given: &[PathBuf]) -> anyhow::Result<Vec<Named>> {
    let list = |folder: &Path| {
        let files = warc_files(folder);
        files.with_context(|| format!("cannot list {}", folder.display()))
    };
    let mut found = Vec::new();
    if given.is_empty() {
        let home = context.home()?;
        let files = list(&home.warc())?;
        found.extend(
            files
                .into_iter()
                .map(|file| (file.name.to_string(), file.path)),
        );
    }
    for path in given {
        if path.is_dir() {
            let files = list(path)?;
            found.extend(
                files
                    .into_iter()
                    .map(|file| (file.name.to_string(), file.path)),
            );
        } else {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            found.push((name.into_owned(), path.clone()));
        }
    }
    Ok(found)
}

fn verify(context: &Context, given: &[PathBuf], json: bool) -> anyhow::Result<Status> {
    let files = files(context, given)?;
    let mut ledgers = match given {
        [] => {
            let home = context.home()?;
            Some(Ledgers::of(&home, &warc_files(&home.warc())?)?)
        }
        _ => None,
    };
    let mut verifier = Verifier::new(Limits::default());
    let mut status = Status::Done;
    let mut names = Vec::new();
    for (name, path) in &files {
        let (known, end) = match &mut ledgers {
            Some(ledgers) => ledgers.known(name)?,
            None => (Vec::new(), None),
        };
        names.push(name.clone());
        if let Err(error) = verifier.file_against(path, known, end) {
            output::say(&output::failure(path, &output::explain(&error)));
            status = Status::Failures;
        }
    }
    if let Some(ledgers) = &ledgers {
        let there: BTreeSet<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        for (name, end) in ledgers.missing(&there)? {
            verifier.missing_file(end);
            names.push(name);
        }
    }
    for (name, mut found) in names.iter().zip(verifier.finish()) {
        if let Some(ledgers) = &ledgers {
            ledgers.settle(name, &mut found);
        }
        if found.is_damaged() {
            status = Status::Damaged;
        }
        if json {
            output::print_json([as_json(name, &found)])?;
        } else {
            output::print(&describe(name, &found))?;
        }
    }
    if let Some(stale) = ledgers
        .map(|ledgers| ledgers.stale)
        .filter(|stale| *stale > 0)
    {
        output::say(&format!(
            "{stale} captures of the database are not in the crawl's ledger: it was built between a crash and the crawl that went on, `nianbao build` puts it right"
        ));
    }
    Ok(status)
}

fn as_json(name: &str, found: &Verification) -> serde_json::Value {
    let list = |severity| -> Vec<_> {
        let problems = found.problems.iter().filter(|one| one.severity == severity);
        problems
            .map(
                |one| json!({"offset": one.offset, "code": one.kind.code(), "detail": detail(one)}),
            )
            .collect()
    };
    json!({
        "file": name,
        "records": found.records,
        "problems": list(Severity::Damage),
        "notes": list(Severity::Note),
        "more": found.more,
    })
}

fn describe(name: &str, found: &Verification) -> String {
    let notes = found.problems.iter();
    let notes = notes.filter(|one| one.severity == Severity::Note).count();
    let verdict = match found.problems.len() - notes {
        0 => "all well".to_owned(),
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    };
    let mut text = format!("{name}: {} records, {verdict}", found.records);
    // Writing to a String cannot fail.
    let _ = match (notes, found.more) {
        (0, 0) => Ok(()),
        (notes, 0) => write!(text, ", {notes} notes"),
        (notes, more) => write!(text, ", {notes} notes, {more} more"),
    };
    text.push('\n');
    for one in &found.problems {
        let _ = write!(text, "  byte {}: {}", one.offset, one.kind.code());
        if let Some(detail) = detail(one) {
            let _ = write!(text, ": {detail}");
        }
        if one.severity == Severity::Note {
            text.push_str(" (note)");
        }
        text.push('\n');
    }
    text
}

fn detail(problem: &Problem) -> Option<String> {
    match &problem.kind {
        ProblemKind::Unreadable(error) => Some(output::explain(error)),
        ProblemKind::FieldMissing { name }
        | ProblemKind::FieldTwice { name }
        | ProblemKind::FieldForbidden { name } => Some((*name).into()),
        ProblemKind::BadFieldName { name: word } | ProblemKind::UnknownType { word } => {
            Some(word.clone())
        }
        _ => None,
    }
}

fn paths(files: Vec<Named>) -> Vec<PathBuf> {
    files.into_iter().map(|(_, path)| path).collect()
}

fn index(context: &Context, given: &[PathBuf], target: Option<&Path>) -> anyhow::Result<Status> {
    let files = paths(files(context, given)?);
    let mut status = Status::Done;
    // Lines that do not fit into memory are put aside where there is room for the index.
    let scratch = target.map_or_else(|| std::env::temp_dir().join("nianbao-index"), Into::into);
    let mut sorter = index_archive(&files, &scratch, Limits::default(), |path, error| {
        output::say(&output::failure(path, &output::explain(&error)));
        status = Status::Failures;
    })?;
    if let Some(path) = target {
        output::replace(path, |file| {
            Ok(sorter.each(|line| writeln!(file, "{line}"))?)
        })?;
    } else {
        let mut out = output::stdout();
        sorter.each(|line| writeln!(out, "{line}"))?;
        out.flush()?;
    }
    Ok(status)
}

fn extract(
    context: &Context,
    url: &str,
    at: Option<Timestamp>,
    decoded: bool,
    target: Option<&Path>,
) -> anyhow::Result<Status> {
    let limits = Limits::default();
    let files = paths(files(context, &[])?);
    let capture = find(&files, url, at, limits)?;
    let payload = capture.payload(decoded, limits.max_block)?;
    let (holder, record) = capture.holder();
    let mut line = format!(
        "{} of {}",
        capture.record.kind().as_str(),
        capture.record.headers.get("WARC-Date").unwrap_or_default(),
    );
    if let Some(status) = capture.status() {
        // Writing to a String cannot fail.
        let _ = write!(line, ", status {status}");
    }
    let name = holder.file_name().unwrap_or_default().to_string_lossy();
    let _ = write!(
        line,
        "; {} bytes from {name}, byte {}",
        payload.len(),
        record.offset
    );
    if let Some(path) = target {
        output::replace(path, |file| Ok(file.write_all(&payload)?))?;
    } else {
        let mut out = output::stdout();
        out.write_all(&payload)?;
        out.flush()?;
    }
    output::say(&line);
    Ok(Status::Done)
}

fn wacz(
    context: &Context,
    given: &[PathBuf],
    target: &Path,
    title: &str,
) -> anyhow::Result<Status> {
    // A file that is being written to would not be what its digest says.
    let _lock = match given {
        [] => Some(context.home()?.lock()?),
        _ => None,
    };
    let files = files(context, given)?;
    let names: BTreeSet<_> = files.iter().map(|(name, _)| name).collect();
    if names.len() < files.len() {
        bail!("two of the files have the same name");
    }
    let files = paths(files);
    let packed = output::replace(target, |file| {
        let (_, packed) = write_wacz(file, &files, title, target, Limits::default())?;
        Ok(packed)
    })?;
    let mut line = format!(
        "{}: {} WARC files, {} captures, {} pages",
        target.display(),
        packed.files,
        packed.lines,
        packed.pages
    );
    if packed.unreadable == 0 {
        output::say(&line);
        return Ok(Status::Done);
    }
    let _ = write!(
        line,
        "; {} records could not be read: `nianbao archive verify` tells why",
        packed.unreadable
    );
    output::say(&line);
    Ok(Status::Failures)
}
