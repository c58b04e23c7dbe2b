//! `nianbao extract`: files → JSON lines. Needs no home.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::pipeline::{Load, Origin, ordered, read_all, read_file, read_stream};
use crate::profile::Profile;

use super::{Status, output};

const EXAMPLES: &str = "\
The records follow the schema nianbao.report/1. A file that cannot be read or is no report gets
one line on stderr, the rest goes on, and the exit code is 1.

Examples:
  nianbao extract pages/yunxi-2019.html
  nianbao extract --url http://www.yunxi.example/ --content-type text/html - < pages/yunxi-2019.html
  nianbao extract --jobs 2 pages/yunxi-*.html > reports.jsonl";

/// Read reports from files and print them, a JSON object a line, in the order of the files
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Files with HTML or text; `-` for stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the page was published; for one FILE only [default: not known]
    #[arg(long)]
    url: Option<String>,
    /// The media type its server declared, with charset [default: by the bytes]
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Threads that read [default: one a core]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

pub(super) fn run(args: Args) -> anyhow::Result<Status> {
    if args.url.is_some() && args.files.len() > 1 {
        bail!("--url is the address of one page; give one FILE with it");
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
    let flow = ordered(
        Load::new(args.jobs),
        args.files.into_iter().map(|file| {
            let size_bytes = std::fs::metadata(&file).map_or(0, |metadata| metadata.len());
            (file, size_bytes)
        }),
        |(_, size_bytes)| *size_bytes,
        |(file, _)| record(file, origin),
        |(file, _), result| {
            let result = result.unwrap_or_else(|caught| Err(caught.to_string()));
            let written = match result {
                Ok(line) => out.write_all(&line),
                Err(why) => {
                    status = Status::Failures;
                    output::say(&output::failure(&file, &why));
                    Ok(())
                }
            };
            match written {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => ControlFlow::Break(error),
            }
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

/// A file's reports as lines of JSON, or why there is none.
fn record(file: &Path, origin: Origin<'_>) -> Result<Vec<u8>, String> {
    let bytes = if is_stdin(file) {
        read_stream(std::io::stdin().lock())
    } else {
        read_file(file)
    };
    let bytes = bytes.map_err(|error| error.to_string())?;
    let reports =
        read_all(&bytes, origin, Profile::generic()).map_err(|error| error.to_string())?;
    let mut lines = Vec::new();
    for report in &reports {
        serde_json::to_writer(&mut lines, report).map_err(|error| error.to_string())?;
        lines.push(b'\n');
    }
    Ok(lines)
}
