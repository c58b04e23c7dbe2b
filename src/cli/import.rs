//! `nianbao import`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::archive::{Notice, SystemClock};
use crate::pipeline::{Found, ImportOutcome, Importer, find_pages, read_manifest};

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
  nianbao import --manifest pages/manifest.toml";

/// Put pages from your disk into the archive, as they are
///
/// HTML and text, by content. Of a folder, everything in it and below is taken (hidden files and
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
