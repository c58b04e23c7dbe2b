//! `nianbao extract`: files → JSON lines. Needs no home; one's profiles count for a page whose address is given.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::model::Report;
use crate::pipeline::{
    Input, Load, Origin, Outcome, Readings, groups, ordered, read, read_file, read_pages,
    read_stream,
};

use super::context::Context;
use super::{Status, facsimile, output, profile, show};

const EXAMPLES: &str = "\
The records follow the schema nianbao.report/1. A file that cannot be read or is no report gets
one line on stderr, the rest goes on, and the exit code is 1. Files that a page's own pager leads to
(`report_2.html`) are read with that page.

Examples:
  nianbao extract pages/yunxi-2019.html
  nianbao extract --url http://www.yunxi.example/ --content-type text/html - < pages/yunxi-2019.html
  nianbao extract --jobs 2 pages/yunxi-*.html > reports.jsonl
  nianbao extract --html requests.new@total -o proof.html pages/yunxi-2019.html";

/// Read reports from files and print them, a JSON object a line, in the order of the files
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Files with HTML or text; `-` for stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the page was published; for one FILE only. It is read with its site's profile [default: not known]
    #[arg(long)]
    url: Option<String>,
    /// The media type its server declared, with charset [default: by the bytes]
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Threads that read [default: one a core]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Instead of the record, the page with this cell marked, as HTML that is safe to open; for one FILE only
    #[arg(long, value_name = "CELL", conflicts_with = "jobs")]
    html: Option<String>,
    /// Write the page of --html to a file, which is replaced when it is whole [default: stdout]
    #[arg(short, long, value_name = "FILE", requires = "html")]
    output: Option<PathBuf>,
}

pub(super) fn run(context: &Context, args: Args) -> anyhow::Result<Status> {
    if args.url.is_some() && args.files.len() > 1 {
        bail!("--url is the address of one page; give one FILE with it");
    }
    // Without an address no profile of a site can count.
    let own = match args.url {
        Some(_) => Some(Readings::new(profile::all(context)?)),
        None => None,
    };
    let readings = own.as_ref().unwrap_or_else(|| Readings::compiled());
    if let Some(cell) = &args.html {
        let [file] = args.files.as_slice() else {
            bail!("--html shows one page; give one FILE with it");
        };
        return page(file, cell, &args, readings);
    }
    if args.files.iter().filter(|file| is_stdin(file)).count() > 1 {
        bail!("stdin (`-`) can be read once only");
    }
    let origin = Origin {
        url: args.url.as_deref(),
        content_type: args.content_type.as_deref(),
    };
    let mut out = output::stdout();
    let mut status = Status::Done;
    let names: Vec<String> = args
        .files
        .iter()
        .map(|file| file.to_string_lossy().into_owned())
        .collect();
    let groups = groups(names.iter().map(String::as_str));
    let files = args.files;
    let flow = ordered(
        Load::new(args.jobs),
        groups.into_iter().map(|group| {
            let files: Vec<PathBuf> = group.iter().map(|at| files[*at].clone()).collect();
            let size =
                |file: &PathBuf| std::fs::metadata(file).map_or(0, |metadata| metadata.len());
            let size_bytes: u64 = files.iter().map(size).sum();
            (files, size_bytes)
        }),
        |(_, size_bytes)| *size_bytes,
        |(files, _)| records(files, origin, readings),
        |(files, _), results| {
            let results = results.unwrap_or_else(|caught| {
                let why = caught.to_string();
                files.iter().map(|_| Err(why.clone())).collect()
            });
            for (file, result) in files.iter().zip(results) {
                let written = match result {
                    Ok(lines) => out.write_all(&lines),
                    Err(why) => {
                        status = Status::Failures;
                        output::say(&output::failure(file, &why));
                        Ok(())
                    }
                };
                if let Err(error) = written {
                    return ControlFlow::Break(error);
                }
            }
            ControlFlow::Continue(())
        },
    );
    if let ControlFlow::Break(error) = flow {
        return Err(error.into());
    }
    out.flush()?;
    Ok(status)
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, String> {
    let bytes = if is_stdin(file) {
        read_stream(std::io::stdin().lock())
    } else {
        read_file(file)
    };
    bytes.map_err(|error| error.to_string())
}

/// Writes a file's page with a cell marked.
fn page(file: &Path, cell: &str, args: &Args, readings: &Readings) -> anyhow::Result<Status> {
    let origin = Origin {
        url: args.url.as_deref(),
        content_type: args.content_type.as_deref(),
    };
    let found = bytes_of(file).and_then(|bytes| {
        let report = read(&bytes, origin, &readings.of(&bytes, origin))
            .map_err(|error| error.to_string())?;
        Ok((bytes, report))
    });
    let (bytes, report) = match found {
        Ok(found) => found,
        Err(why) => {
            output::say(&output::failure(file, &why));
            return Ok(Status::Failures);
        }
    };
    let observation = show::observation(&report, cell)?;
    let found = facsimile::Found::File {
        path: file,
        content_type: origin.content_type,
    };
    facsimile::write(&report, observation, &bytes, found, args.output.as_ref())
}

/// The reports of files that may be pages of one report, as lines of JSON, or why there are none. A file read with
/// another has no lines of its own.
fn records(
    files: &[PathBuf],
    origin: Origin<'_>,
    readings: &Readings,
) -> Vec<Result<Vec<u8>, String>> {
    let pages: Vec<Result<Vec<u8>, String>> = files.iter().map(|file| bytes_of(file)).collect();
    let names: Vec<String> = files
        .iter()
        .map(|file| {
            file.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into()
        })
        .collect();
    let inputs: Vec<Input<'_>> = pages
        .iter()
        .zip(&names)
        .filter_map(|(page, name)| {
            Some(Input {
                bytes: page.as_deref().ok()?,
                origin,
                file: Some(name),
            })
        })
        .collect();
    // Pages of one report are read as the first of them.
    let first = inputs.first().map_or(&[][..], |input| input.bytes);
    let mut outcomes = read_pages(&inputs, &readings.of(first, origin)).into_iter();
    pages
        .iter()
        .map(|page| {
            page.as_ref().map_err(Clone::clone)?;
            match outcomes.next() {
                Some(Outcome::Reports(reports)) => lines(&reports),
                Some(Outcome::Unreadable(why)) => Err(why.to_string()),
                Some(Outcome::Joined(_)) | None => Ok(Vec::new()),
            }
        })
        .collect()
}

fn lines(reports: &[Report]) -> Result<Vec<u8>, String> {
    let mut lines = Vec::new();
    for report in reports {
        serde_json::to_writer(&mut lines, report).map_err(|error| error.to_string())?;
        lines.push(b'\n');
    }
    Ok(lines)
}
