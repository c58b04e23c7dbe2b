//! `nianbao import`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::archive::{Notice, SystemClock};
use crate::pipeline::{
    ForeignKind, Found, ImportOutcome, Importer, MAX_TOLD, Taken, find_pages, foreign_kind,
    read_manifest,
};

use super::context::Context;
use super::progress::Progress;
use super::{Status, output};

const EXAMPLES: &str = "\
A manifest names files, relative to itself, with what is known of each:
  [[page]]
  file = \"2019.html\"
  url = \"http://www.example.gov.cn/2019.html\"     # may be left out
  content_type = \"text/html; charset=gbk\"         # may be left out

Examples:
  nianbao import pages/yunxi-2019.html --url http://www.yunxi.example/2019.html
  nianbao import pages
  nianbao import crawl.warc.gz collection.wacz
  nianbao import --manifest pages/manifest.toml";

/// Put pages from your disk into the archive, as they are
///
/// HTML, text, PDF and DOCX, by content; WARC and WACZ files of other programs go in as they are. Of a folder, everything in it and below is taken (hidden files and
/// what is no page are left out). A page that the archive has (same bytes, same URL) is not put in
/// twice. The date of a capture is the time of the import. Run `nianbao build` to read what is new.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Files and folders
    #[arg(required_unless_present = "manifest", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the file was published; for one FILE only [default: not known]
    #[arg(long)]
    url: Option<String>,
    /// The media type its server declared, with charset [default: not known]
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// A list of files with their URLs, in TOML
    #[arg(long, value_name = "FILE.toml", conflicts_with_all = ["url", "content_type"])]
    manifest: Option<PathBuf>,
}

/// What an import came to.
#[derive(Debug, Default)]
struct Counts {
    archived: usize,
    known: usize,
    passed_over: usize,
    failures: usize,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    if args.url.is_some() && (args.files.len() != 1 || args.files.iter().any(|file| file.is_dir()))
    {
        anyhow::bail!("--url is the address of one file; for several, write a --manifest");
    }
    let mut counts = Counts::default();
    let found = collect(args, &mut counts)?;
    let opened = context.write()?;
    let (mut importer, notices) = Importer::open(&opened.home, &opened.store, SystemClock)?;
    for notice in &notices {
        output::say(&format!("nianbao: {}", describe(notice)));
    }
    let progress = Progress::count("importing", found.len());
    for (position, file) in found.iter().enumerate() {
        if let Some(kind) = foreign_kind(&file.path) {
            let goes_on = foreign(&mut importer, file, kind, &progress, &mut counts);
            progress.at(position as u64 + 1);
            if goes_on {
                continue;
            }
            break;
        }
        match importer.file(file) {
            Ok(ImportOutcome::Archived) => counts.archived += 1,
            Ok(ImportOutcome::Known) => counts.known += 1,
            Ok(ImportOutcome::PassedOver) => counts.passed_over += 1,
            Err(error) => {
                counts.failures += 1;
                progress.say(&output::failure(&file.path, &output::explain(&error)));
                if !error.is_about_file() {
                    progress.say("nianbao: the import stops here; what was imported is safe");
                    break;
                }
            }
        }
        progress.at(position as u64 + 1);
    }
    progress.done();
    report(&counts);
    Ok(if counts.failures == 0 {
        Status::Done
    } else {
        Status::Failures
    })
}

/// Takes a WARC or WACZ file; whether the next may fare better.
fn foreign(
    importer: &mut Importer<'_, SystemClock>,
    file: &Found,
    kind: ForeignKind,
    progress: &Progress,
    counts: &mut Counts,
) -> bool {
    if file.url.is_some() || file.content_type.is_some() {
        counts.failures += 1;
        let why =
            "its records have addresses and types of their own: leave out --url and --content-type";
        progress.say(&output::failure(&file.path, why));
        return true;
    }
    match importer.foreign(&file.path, kind) {
        Ok(taken) => {
            for one in &taken {
                if one.known {
                    counts.known += 1;
                } else {
                    counts.archived += 1;
                }
                say_taken(one, progress);
                counts.failures += usize::from(one.found.damaged > 0);
            }
            true
        }
        Err(error) => {
            counts.failures += 1;
            progress.say(&output::failure(&file.path, &output::explain(&error)));
            if !error.is_about_file() {
                progress.say("nianbao: the import stops here; what was imported is safe");
            }
            error.is_about_file()
        }
    }
}

/// What is in a file that was taken, and what is wrong with it.
fn say_taken(taken: &Taken, progress: &Progress) {
    if taken.known {
        return;
    }
    let found = &taken.found;
    let mut line = format!(
        "{} → {}: {} pages and files, {} seen again",
        crate::present::visible(&taken.origin),
        taken.file,
        found.pages,
        found.revisits
    );
    if found.continuations > 0 {
        // Writing to a String cannot fail.
        let _ = write!(
            line,
            ", {} later parts of records in pieces, which are not joined",
            found.continuations
        );
    }
    progress.say(&line);
    for note in found.notes.iter().chain(&found.damage) {
        progress.say(&output::failure_at(&taken.origin, note));
    }
    let more = found.damaged.saturating_sub(MAX_TOLD as u64);
    if more > 0 {
        progress.say(&output::failure_at(
            &taken.origin,
            &format!("and {more} more places that cannot be read: `nianbao archive verify`"),
        ));
    }
}

fn collect(args: &Args, counts: &mut Counts) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    if let Some(manifest) = &args.manifest {
        found = read_manifest(manifest).context("nothing was imported")?;
    }
    let mut failed = |path: &Path, error: std::io::Error| {
        counts.failures += 1;
        output::say(&output::failure(path, &error.to_string()));
    };
    for path in &args.files {
        for mut file in find_pages(path, &mut failed) {
            file.url.clone_from(&args.url);
            file.content_type.clone_from(&args.content_type);
            found.push(file);
        }
    }
    Ok(found)
}

fn report(counts: &Counts) {
    let mut line = format!("{} imported", counts.archived);
    for (count, what) in [
        (counts.known, "already archived"),
        (counts.passed_over, "passed over (no pages)"),
        (counts.failures, "failed"),
    ] {
        if count > 0 {
            // Writing to a String cannot fail.
            let _ = write!(line, ", {count} {what}");
        }
    }
    if counts.archived > 0 {
        line.push_str("; `nianbao build` reads them");
    }
    output::say(&line);
}

/// What the archive says when it is opened.
pub(super) fn describe(notice: &Notice) -> String {
    match notice {
        Notice::Truncated {
            file, end, dropped, ..
        } => format!(
            "{file}: an unfinished last record ({dropped} bytes, left by a crash) was cut off at byte {end}"
        ),
        Notice::Damaged { file, offset } => {
            format!("{file}: damaged behind byte {offset}; left as it is, a new file is begun")
        }
        Notice::Shortened { file, known, found } => {
            format!("{file}: {found} bytes long, was {known}: records are gone")
        }
        Notice::Cut {
            file,
            end: 0,
            dropped,
        } => {
            format!("{file}: {dropped} bytes that were never entered were removed")
        }
        Notice::Cut { file, end, dropped } => {
            format!("{file}: {dropped} bytes that were never entered were cut off at byte {end}")
        }
        Notice::Missing { file, known } => {
            format!("{file}: gone, with its {known} bytes; a new file is begun")
        }
    }
}
