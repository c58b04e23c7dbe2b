//! One cell with its proof: the bytes it was read from, fetched from the archive again.

use std::fmt::Write as _;

use anyhow::Context as _;
use data_encoding::HEXLOWER;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::archive::{Limits, read_at};
use crate::decode;
use crate::home::Home;
use crate::model::{ByteRange, Catalog, Observation, Provenance, Report, Source, Unit};
use crate::pipeline::{page_of, part_bytes};
use crate::present::{Cell, shorten, visible};
use crate::query::CaptureLine;
use crate::store::StoredReport;

/// How many bytes around the cell are shown, at most, on either side.
const AROUND: usize = 60;

/// What the archive has of a cell.
#[derive(Debug)]
pub(super) struct Proof {
    /// Whether the archived payload has the digest the database knows it by.
    digest_holds: bool,
    /// The bytes of the cell; `None` where the page lacks it, or is shorter now.
    bytes: Option<Vec<u8>>,
    /// Source before the cell, of it, and behind it, decoded.
    source: [String; 3],
}

/// The bytes of a page, fetched from the archive.
#[derive(Debug)]
pub(super) struct Fetched {
    /// Those that byte ranges count in.
    pub(super) page: Vec<u8>,
    /// Whether the archived payload has the digest the database knows it by.
    pub(super) digest_holds: bool,
}

/// Fetches a capture from the archive.
///
/// # Errors
///
/// Where the archive does not have the record, or cannot be read.
pub(super) fn fetch(home: &Home, capture: &CaptureLine) -> anyhow::Result<Fetched> {
    let (Some(file), Some(offset)) = (&capture.file, capture.offset) else {
        anyhow::bail!("the capture is in no WARC file");
    };
    let path = home.warc().join(file);
    let record = read_at(&path, offset, Limits::default())
        .with_context(|| format!("cannot prove it: {}", path.display()))?;
    let payload = record.payload().context("the record has no payload")?;
    let digest = HEXLOWER.encode(&Sha256::digest(&payload));
    let page = page_of(&record).context("the record has no page")?;
    Ok(Fetched {
        page: page.into_owned(),
        digest_holds: digest == capture.sha256,
    })
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
) -> anyhow::Result<Proof> {
    let Fetched { page, digest_holds } = fetch(home, capture)?;
    let range = observation.source.map(|source| source.bytes);
    // What the range counts in: the page, or what it is unpacked to.
    let part = range.map_or(0, |range| range.part);
    let page = match part_bytes(&page, capture.content_type.as_deref(), part) {
        Some(page) => page,
        None if part > 0 => anyhow::bail!(
            "the cell does not stand in this capture but in part {part} of the report (`provenance.parts` says which)"
        ),
        None => Vec::new(),
    };
    Ok(Proof {
        digest_holds,
        bytes: range.and_then(|range| Some(range.slice(&page)?.to_vec())),
        source: range
            .map(|range| around(&page, range, charset))
            .unwrap_or_default(),
    })
}

impl Proof {
    /// Whether it proves anything.
    pub(super) fn holds(&self, observation: &Observation) -> bool {
        self.digest_holds && self.bytes.is_some() == observation.source.is_some()
    }
}

/// The source around a range: from a tag before it to the end of one behind it.
fn around(page: &[u8], range: ByteRange, charset: &str) -> [String; 3] {
    let (start, end) = (range.start as usize, range.end as usize);
    let (Some(before), Some(cell), Some(after)) = (
        page.get(start.saturating_sub(AROUND)..start),
        page.get(start..end),
        page.get(end..page.len().min(end + AROUND)),
    ) else {
        return Default::default();
    };
    // `<` and `>` are no part of another character in any charset of these pages.
    let before = memchr::memrchr(b'<', before).map_or(&before[..0], |at| &before[at..]);
    let after = memchr::memchr(b'>', after).map_or(&after[..0], |at| &after[..=at]);
    let content_type = format!("text/plain; charset={charset}");
    [before, cell, after].map(|bytes| decode::decode(bytes, Some(&content_type)).text.into_owned())
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
