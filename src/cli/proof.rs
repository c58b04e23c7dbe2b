//! One cell with its proof: the bytes it was read from, fetched from the archive again.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use serde_json::json;

use crate::archive::Limits;
use crate::home::Home;
use crate::model::{ByteRange, Catalog, Observation, Provenance, Report, Source, Unit};
use crate::pipeline::{self, Fetched, Proof, ProofError};
use crate::present::{Cell, shorten, visible};
use crate::query::CaptureLine;
use crate::store::StoredReport;

/// Fetches a capture from the archive.
///
/// # Errors
///
/// Where the archive does not have the record, or cannot be read.
pub(super) fn fetch(home: &Home, capture: &CaptureLine) -> Result<Fetched, ProofError> {
    pipeline::fetch_capture(&home.warc(), capture, Limits::default())
}

/// Fetches a capture from the archive and cuts the observation out of it.
///
/// # Errors
///
/// As [`fetch`].
pub(super) fn prove(
    home: &Home,
    capture: &CaptureLine,
    charset: &str,
    observation: &Observation,
) -> Result<Proof, ProofError> {
    let fetched = fetch(home, capture)?;
    let place = observation.source.map(|source| source.bytes);
    Proof::of(&fetched, capture.content_type.as_deref(), charset, place)
}

/// What the form calls the cell.
pub(super) fn label(observation: &Observation) -> String {
    Catalog::get()
        .indicator(observation.indicator)
        .path
        .join(" / ")
}

/// The cell and its proof, for people.
pub(super) fn describe(
    report: &StoredReport,
    observation: &Observation,
    capture: &CaptureLine,
    proof: &Proof,
) -> String {
    let indicator = Catalog::get().indicator(observation.indicator);
    let mut text = format!("{}　{}\n", indicator.cell, label(observation));
    let mut line = |head: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {head:<10}{}", visible(value));
    };
    let unit = observation.unit.map_or("", Unit::as_str);
    let number = observation.value.map(|value| format!("{value} {unit}"));
    let cell = number.unwrap_or_else(|| Cell::from(observation).text());
    line(
        "value",
        &format!("{cell}  ({})", observation.status.as_str()),
    );
    if !observation.status.is_absent() {
        line("printed", &format!("「{}」", observation.raw));
    }
    line(
        "report",
        &format!("{}, form {}", title(&report.report), indicator.form),
    );
    line(
        "page",
        capture.url.as_deref().unwrap_or("(address not known)"),
    );
    let holds = if proof.digest_holds {
        "the archived bytes have this digest"
    } else {
        "THE ARCHIVED BYTES HAVE ANOTHER DIGEST"
    };
    line(
        "captured",
        &format!("{}, {} bytes", capture.fetched_at, capture.size_bytes),
    );
    line("sha256", &format!("{} ({holds})", capture.sha256));
    line("archive", &place(capture));
    let Some(source) = observation.source else {
        return text;
    };
    line("place", &within(source, &report.report.provenance));
    match &proof.bytes {
        Some(bytes) if bytes.is_empty() => line("bytes", "none: the cell is empty"),
        Some(bytes) => line("bytes", &shorten(&spaced_hex(bytes), 60)),
        None => line("bytes", "NOT THERE: THE ARCHIVED PAGE IS SHORTER"),
    }
    let [before, cell, after] = &proof.source;
    line("source", &format!("{before}【{cell}】{after}"));
    text
}

/// Agency, year and scope of a report.
pub(super) fn title(report: &Report) -> String {
    let agency = report.agency.name.as_deref().unwrap_or("agency not known");
    let year = report
        .year
        .map_or_else(|| "year not known".into(), |year| year.to_string());
    format!("{agency} {year} ({})", report.scope.as_str())
}

/// Where a capture lies in the archive.
pub(super) fn place(capture: &CaptureLine) -> String {
    match (&capture.file, capture.offset, capture.length) {
        (Some(file), Some(offset), Some(length)) => {
            format!("warc/{file}, record at byte {offset}, {length} bytes long")
        }
        (Some(file), Some(offset), None) => format!("warc/{file}, record at byte {offset}"),
        _ => "in none".into(),
    }
}

pub(super) fn within(source: Source, provenance: &Provenance) -> String {
    let ByteRange { start, end, .. } = source.bytes;
    let part = provenance.parts.get(usize::from(source.bytes.part));
    // Of a report over several pages the first is the payload itself.
    let bytes = match part.filter(|part| part.sha256 != provenance.sha256) {
        Some(part) => format!("bytes {start}..{end} of {}, unpacked", part.name),
        None => format!("bytes {start}..{end} of the page ({})", provenance.charset),
    };
    match source.table {
        Some(table) => format!(
            "{bytes}; table {table}, row {}, column {}, counted from 0",
            source.row, source.column
        ),
        None => format!("{bytes}; line {} of flattened text", source.row),
    }
}

fn spaced_hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}

/// The same as JSON.
pub(super) fn to_json(
    report: &StoredReport,
    observation: &Observation,
    capture: &CaptureLine,
    proof: &Proof,
) -> serde_json::Value {
    json!({
        "report_id": report.report_id,
        "agency": report.report.agency,
        "year": report.report.year,
        "scope": report.report.scope,
        "label": label(observation),
        "observation": observation,
        "capture": capture,
        "digest_holds": proof.digest_holds,
        "bytes_hex": proof.bytes.as_ref().map(|bytes| HEXLOWER.encode(bytes)),
        "source": proof.source.concat(),
    })
}
