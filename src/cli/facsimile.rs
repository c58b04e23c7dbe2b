//! An archived page with one cell marked, written to a file or stdout.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::decode;
use crate::facsimile::{Banner, FRAGMENT, FacsimileError, Marked, facsimile};
use crate::model::{Catalog, Observation, Report, Unit};
use crate::pipeline::media_name;
use crate::present::{Cell, visible};
use crate::query::CaptureLine;

use super::{Status, output, proof};

/// Where the bytes of a page come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'a> {
    /// The archive.
    Archive(&'a CaptureLine),
    /// A file or stdin, with the media type it was said to have.
    File {
        path: &'a Path,
        content_type: Option<&'a str>,
    },
}

/// Writes the page of a report with one of its cells marked.
///
/// # Errors
///
/// Where the file cannot be written. A page that cannot be shown is told and gives [`Status::Failures`].
pub(super) fn write(
    report: &Report,
    observation: &Observation,
    page: &[u8],
    found: Found<'_>,
    to: Option<&PathBuf>,
) -> anyhow::Result<Status> {
    let cell = &Catalog::get().indicator(observation.indicator).cell;
    let content_type = match found {
        Found::Archive(capture) => capture.content_type.as_deref(),
        Found::File { content_type, .. } => content_type,
    };
    let media = decode::media(page, content_type);
    let place = observation.source.map(|source| source.bytes);
    let banner = banner(report, observation, found);
    let charset = report.provenance.charset;
    let shown = match facsimile(page, media, charset, place, &banner) {
        Ok(shown) => shown,
        Err(error) => {
            let why = match error {
                FacsimileError::Media { media } => format!(
                    "this is {}, which cannot be shown as a page: open the file itself, and see --cell for the proof",
                    media_name(media)
                ),
                error => error.to_string(),
            };
            output::say(&output::failure_at(cell, &why));
            return Ok(Status::Failures);
        }
    };
    let Some(path) = to else {
        let mut out = output::stdout();
        out.write_all(shown.html.as_bytes())?;
        out.flush()?;
        return Ok(told(cell, Marked::of(observation, &shown)));
    };
    output::replace(path, |file| Ok(file.write_all(shown.html.as_bytes())?))
        .with_context(|| format!("cannot write {}", path.display()))?;
    let marked = Marked::of(observation, &shown);
    output::say(&said(cell, marked, path));
    Ok(told(cell, marked))
}

/// Tells what is not as it should be.
fn told(cell: &str, marked: Marked) -> Status {
    if marked != Marked::Otherwise {
        return Status::Done;
    }
    let why = "what is marked is not what was read: see --cell for the bytes";
    output::say(&output::failure_at(cell, why));
    Status::Failures
}

fn said(cell: &str, marked: Marked, path: &Path) -> String {
    let url = file_url(path);
    match marked {
        Marked::Exactly => format!("{cell} is marked: {url}#{FRAGMENT}"),
        Marked::Line => format!("the line {cell} stands in is marked: {url}#{FRAGMENT}"),
        Marked::Unreadable => {
            format!("{cell} could not be read, its place is marked: {url}#{FRAGMENT}")
        }
        Marked::Box => format!("{cell} has no text, a box marks it: {url}#{FRAGMENT}"),
        Marked::Lost => format!("{cell} could not be read, nothing is marked: {url}"),
        Marked::Absent => format!("{cell} is not on the page, nothing is marked: {url}"),
        Marked::Otherwise => format!("written: {url}"),
    }
}

/// The address of a file on this machine.
fn file_url(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut url = "file://".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                url.push(char::from(*byte));
            }
            byte => {
                // Writing to a String cannot fail.
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    url
}

fn banner(report: &Report, observation: &Observation, found: Found<'_>) -> Banner {
    let indicator = Catalog::get().indicator(observation.indicator);
    let unit = observation.unit.map_or("", Unit::as_str);
    let value = match observation.value {
        Some(value) => format!("{value} {unit}").trim_end().to_owned(),
        None => Cell::from(observation).text(),
    };
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: &str| facts.push((name.to_owned(), visible(value)));
    let about = proof::title(report);
    fact("report", &about);
    fact("title", report.title.as_deref().unwrap_or("(not found)"));
    fact(
        "cell",
        &format!(
            "{}　{} (form {})",
            indicator.cell,
            proof::label(observation),
            indicator.form
        ),
    );
    fact(
        "value",
        &format!("{value} ({})", observation.status.as_str()),
    );
    if !observation.status.is_absent() {
        fact("printed", &format!("「{}」", observation.raw));
    }
    match found {
        Found::Archive(capture) => {
            fact(
                "page",
                capture.url.as_deref().unwrap_or("(address not known)"),
            );
            fact(
                "captured",
                &format!("{}, {} bytes", capture.fetched_at, capture.size_bytes),
            );
            fact("archive", &proof::place(capture));
        }
        Found::File { path, .. } => {
            let url = report.provenance.url.as_deref();
            fact("page", url.unwrap_or("(address not known)"));
            fact("file", &path.to_string_lossy());
        }
    }
    let provenance = &report.provenance;
    fact("sha256", &provenance.sha256);
    fact(
        "charset",
        &format!(
            "{} ({}), {} characters replaced",
            provenance.charset,
            provenance.charset_evidence.as_str(),
            provenance.replacements
        ),
    );
    fact(
        "place",
        &observation
            .source
            .map_or_else(|| "none".into(), |source| proof::within(source, provenance)),
    );
    fact(
        "read by",
        &format!(
            "nianbao {}, profile {}",
            provenance.program, provenance.profile
        ),
    );
    Banner {
        title: visible(&format!("{about}: {} = {value}", proof::label(observation))),
        facts,
        warning: warning(observation).map(str::to_owned),
    }
}

/// What must not be overlooked of a cell that has no place.
fn warning(observation: &Observation) -> Option<&'static str> {
    if observation.status.is_absent() {
        return Some("The page does not have this cell. 网页上没有这一单元格。");
    }
    let lost = "This cell could not be read, and where on the page it stands is not known. 该单元格无法读取，位置不明。";
    observation.source.is_none().then_some(lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CellStatus;

    #[test]
    fn a_cell_that_could_not_be_read_is_not_called_missing() {
        let of = |status, source| Observation {
            indicator: Catalog::get().indicators[0].id,
            value: None,
            status,
            raw: String::new(),
            unit: None,
            source,
        };
        let said = |status, source| warning(&of(status, source)).unwrap_or_default();
        assert!(said(CellStatus::RowAbsent, None).contains("does not have"));
        assert!(said(CellStatus::Unreadable, None).contains("could not be read"));
        let place = crate::model::Source {
            table: None,
            row: 0,
            column: 0,
            bytes: crate::model::ByteRange::default(),
        };
        assert_eq!(said(CellStatus::Unreadable, Some(place)), "");
    }

    #[test]
    fn addresses_of_files_are_plain_ascii() {
        assert_eq!(
            file_url(Path::new("/tmp/a b/年报#1.html")),
            "file:///tmp/a%20b/%E5%B9%B4%E6%8A%A5%231.html"
        );
    }
}
