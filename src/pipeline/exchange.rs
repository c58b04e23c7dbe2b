//! One archived exchange → a report, or why it is none. Pure.

use std::borrow::Cow;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::archive::{HttpError, HttpResponse, Kind, PayloadNote, Record};
use crate::audit::origin::HostRules;
use crate::decode::{self, Media};
use crate::extract::paging::{self, Paging};
use crate::model::{Outcome, Report};
use crate::store::{CaptureInfo, Marks, Pending, Refusal, WarcPlace, key_of, key_of_digest};

use super::cut;
use super::pages::Input;
use super::read::{MAX_DECODED, MAX_TEXT, Origin, Unreadable, read_paged};
use super::readings::Readings;
use super::records::Note;

/// What was made of a record.
pub(super) enum Made {
    /// No document: a picture, a redirect, an error, binary data, a DNS answer.
    PassedOver,
    /// The address is not there (404, 410).
    Absent {
        /// The address.
        url: String,
        /// When.
        at: Timestamp,
        /// The status.
        answer: &'static str,
    },
    /// It has no usable date, without which a capture is none.
    Undated,
    /// A document that is no report.
    Refused(CaptureInfo, Marks, Refusal),
    /// A report, or several one after the other.
    Reports(CaptureInfo, Marks, Vec<Report>),
    /// A page whose pager leads to others: to be read together with them.
    Paged(Box<Paged>),
    /// A page that was seen again; its bytes are in another record.
    Revisit(Box<Pending>),
}

/// A page of several.
#[derive(Clone)]
pub(super) struct Paged {
    /// Where it came from.
    pub capture: CaptureInfo,
    /// What else is known of it.
    pub marks: Marks,
    /// The page.
    pub bytes: Vec<u8>,
    /// What its pager says; `None` for one that has none.
    pub paging: Option<Paging>,
    /// What it comes to without the others.
    pub alone: Result<Vec<Report>, Refusal>,
}

impl Paged {
    /// The page for reading.
    pub fn input(&self) -> Input<'_> {
        Input {
            bytes: &self.bytes,
            origin: Origin {
                url: self.capture.url.as_deref(),
                content_type: self.capture.content_type.as_deref(),
            },
            file: None,
        }
    }
}

/// The capture a record is, of its payload as archived; `None` without a usable date.
pub(super) fn capture_of(file: &str, record: &Record) -> Option<(CaptureInfo, Marks)> {
    let date = record.date()?;
    Some((capture(file, record, date), marks(record)))
}

fn capture(file: &str, record: &Record, fetched_at: Timestamp) -> CaptureInfo {
    let url = record.target_uri();
    let (size_bytes, sha256) = digested(record);
    CaptureInfo {
        sha256,
        url: url
            .filter(|url| !url.starts_with("urn:"))
            .map(ToOwned::to_owned),
        fetched_at,
        content_type: record.content_type(),
        warc: Some(place(file, record)),
        size_bytes,
    }
}

/// Length and SHA-256 of a record's payload, without holding it twice. A response without an HTTP header has none; its
/// block is all there is.
fn digested(record: &Record) -> (u64, [u8; 32]) {
    let response = match record.kind() {
        Kind::Response => HttpResponse::split(&record.block).ok(),
        _ => None,
    };
    let Some(response) = response else {
        let digest = Sha256::digest(&record.block);
        return (record.block.len() as u64, digest.into());
    };
    let (mut length, mut digest) = (0, Sha256::new());
    for piece in response.pieces() {
        digest.update(piece);
        length += piece.len() as u64;
    }
    (length, digest.finalize().into())
}

fn place(file: &str, record: &Record) -> WarcPlace {
    WarcPlace {
        file: file.into(),
        offset: record.offset,
        length: Some(record.length),
    }
}

fn marks(record: &Record) -> Marks {
    Marks {
        truncated: truncated(record),
        record: record.id().map(key_of),
        payload: record.headers.get("WARC-Payload-Digest").map(key_of_digest),
        revisit_of: None,
    }
}

/// Why a payload is not whole, one word; `None` where nothing says that it is not.
fn truncated(record: &Record) -> Option<String> {
    if let Some(reason) = record.headers.get("WARC-Truncated") {
        let word: String = reason
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .take(32)
            .collect();
        return Some(if word.is_empty() {
            "unspecified".into()
        } else {
            word.to_ascii_lowercase()
        });
    }
    if record.headers.get("WARC-Segment-Number").is_some() {
        return Some("segment".into());
    }
    if record.kind() != Kind::Response {
        return None;
    }
    let response = HttpResponse::split(&record.block).ok()?;
    let mut pieces = response.pieces();
    pieces.by_ref().for_each(drop);
    // A body that was decoded has another length than its header says.
    let length = response.header("Content-Length");
    let length = length.and_then(|length| length.trim().parse::<u64>().ok());
    let as_sent = !response.says_chunked() && response.header("Content-Encoding").is_none();
    let short = as_sent && length.is_some_and(|length| length > response.body.len() as u64);
    (short || pieces.note == Some(PayloadNote::ChunksCut)).then(|| "disconnect".into())
}

/// Whether the address is one that pages have; of a `resource`, other programs keep logs, screenshots and texts too.
fn is_page_address(record: &Record) -> bool {
    let Some(url) = record.target_uri() else {
        return true;
    };
    let scheme = url.split(':').next().unwrap_or_default();
    if scheme.eq_ignore_ascii_case("urn") {
        return url.starts_with("urn:sha256:");
    }
    let known = ["http", "https", "ftp", "file"];
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let is_robots = path.matches('/').count() == 3 && path.ends_with("/robots.txt");
    known.iter().any(|one| scheme.eq_ignore_ascii_case(one)) && !is_robots
}

/// Reads a `resource` or `response` record, or takes down a `revisit`.
pub(super) fn make(
    file: &str,
    record: &Record,
    note: Option<&Note>,
    readings: &Readings,
    hosts: &HostRules,
) -> Made {
    if !is_page_address(record) {
        return Made::PassedOver;
    }
    if record.kind() == Kind::Revisit {
        return revisit(file, record, note);
    }
    let body = match body(record) {
        Err(Odd::Status) => return absent(record, note).unwrap_or(Made::PassedOver),
        other => other,
    };
    let Some(date) = record.date() else {
        return Made::Undated;
    };
    let refused = |reason: &str, detail: String| {
        let reason = reason.to_owned();
        Made::Refused(
            capture(file, record, date),
            marks(record),
            Refusal { reason, detail },
        )
    };
    if let Some(note) = note.filter(|note| !note.outcome.is_page()) {
        // The page of a firewall is no page of the agency's, whatever status it came with.
        let meaning = note.outcome.meaning();
        let detail = match note.why.as_str() {
            "" => meaning.to_owned(),
            why => format!("{meaning} {why}"),
        };
        return refused(note.outcome.as_str(), detail);
    }
    let bytes = match &body {
        Ok(body) => body,
        Err(Odd::Coding(why)) => return refused("content_coding", why.clone()),
        Err(Odd::TooLarge(size)) => {
            let error = Unreadable::TooLarge {
                size_bytes: usize::try_from(*size).unwrap_or(usize::MAX),
                cap: MAX_TEXT,
            };
            return refused(error.reason(), error.to_string());
        }
        Err(Odd::Status) => return Made::PassedOver,
    };
    let content_type = record.content_type();
    let media = decode::media(bytes, content_type.as_deref());
    if !bytes.is_empty() && matches!(media, Media::Image | Media::Unknown) {
        return Made::PassedOver;
    }
    make_as(
        capture(file, record, date),
        marks(record),
        bytes,
        readings,
        hosts,
    )
}

/// Reads the bytes of a page as what a capture has, whichever record they are from.
pub(super) fn make_as(
    capture: CaptureInfo,
    marks: Marks,
    bytes: &[u8],
    readings: &Readings,
    hosts: &HostRules,
) -> Made {
    let origin = Origin {
        url: capture.url.as_deref(),
        content_type: capture.content_type.as_deref(),
    };
    let profile = readings.of(bytes, origin);
    let sha256 = HEXLOWER.encode(&capture.sha256);
    let (read, paging) = read_paged(bytes, origin, &profile, hosts, Some(sha256));
    let alone = named(&capture, marks.truncated.as_deref(), bytes, read);
    let url = capture.url.as_deref().unwrap_or_default();
    let is_part = match &alone {
        Ok(_) => true,
        // Lists of articles have pagers too.
        Err(refusal) => refusal.reason == "continuation" || !is_list_name(paging::name_of(url)),
    };
    if paging.is_some() && is_part && !url.is_empty() {
        return Made::Paged(Box::new(Paged {
            capture,
            marks,
            bytes: bytes.to_vec(),
            paging,
            alone,
        }));
    }
    match alone {
        Ok(reports) => Made::Reports(capture, marks, reports),
        Err(refusal) => Made::Refused(capture, marks, refusal),
    }
}

/// An answer that the address is not there, as the crawl judged it where it did: firewalls say 404 too. `None` for any
/// other.
fn absent(record: &Record, note: Option<&Note>) -> Option<Made> {
    let soft = record.kind() == Kind::Revisit;
    let answer = match note.map(|note| note.outcome) {
        // The first such page is a capture with this refusal; what has the same bytes is told of here.
        Some(Outcome::SoftGone) if soft => "soft_gone",
        None | Some(Outcome::Gone) => match HttpResponse::split(&record.block).ok()?.status {
            404 => "404",
            410 => "410",
            _ => return None,
        },
        Some(_) => return None,
    };
    Some(Made::Absent {
        url: record.target_uri()?.to_owned(),
        at: record.date()?,
        answer,
    })
}

/// Whether a file's name is one that columns have.
fn is_list_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.is_empty()
        || ["index", "list", "default", "node"]
            .iter()
            .any(|list| name.starts_with(list))
}

/// What a revisit record says: that a page was as it was.
fn revisit(file: &str, record: &Record, note: Option<&Note>) -> Made {
    let Some(url) = record.target_uri() else {
        return Made::PassedOver;
    };
    if let Some(absent) = absent(record, note) {
        return absent;
    }
    if note.is_some_and(|note| !note.outcome.is_page()) {
        return Made::PassedOver;
    }
    // The header of the answer, where there is one: the page is in no answer of another kind.
    if let Ok(response) = HttpResponse::split(&record.block) {
        if !matches!(response.status, 200 | 203 | 304) {
            return Made::PassedOver;
        }
        let kind = response.header("Content-Type").unwrap_or_default();
        let kind = kind.trim().to_ascii_lowercase();
        let others = [
            "image/",
            "video/",
            "audio/",
            "font/",
            "text/css",
            "text/javascript",
            "application/javascript",
        ];
        if response.status != 304 && others.iter().any(|other| kind.starts_with(other)) {
            return Made::PassedOver;
        }
    }
    let Some(fetched_at) = record.date() else {
        return Made::Undated;
    };
    let bare = |uri: &str| {
        let inner = uri.strip_prefix('<').and_then(|uri| uri.strip_suffix('>'));
        inner.unwrap_or(uri).to_owned()
    };
    let field = |name: &str| record.headers.get(name);
    Made::Revisit(Box::new(Pending {
        place: place(file, record),
        url: url.to_owned(),
        fetched_at,
        refers_to: field("WARC-Refers-To").map(key_of),
        refers_url: field("WARC-Refers-To-Target-URI").map(bare),
        refers_at: field("WARC-Refers-To-Date").and_then(|date| date.parse().ok()),
        payload: field("WARC-Payload-Digest").map(key_of_digest),
    }))
}

/// A capture is named by its payload as archived, also where that is compressed. Of one that was cut off, what is not
/// there is not absent.
pub(super) fn named(
    capture: &CaptureInfo,
    truncated: Option<&str>,
    bytes: &[u8],
    read: Result<Vec<Report>, Unreadable>,
) -> Result<Vec<Report>, Refusal> {
    match read {
        Ok(mut reports) => {
            for report in &mut reports {
                report.provenance.sha256 = HEXLOWER.encode(&capture.sha256);
                if let Some(reason) = truncated {
                    cut::mark(report, bytes, reason);
                }
            }
            Ok(reports)
        }
        Err(error) => Err(Refusal {
            reason: error.reason().into(),
            detail: error.to_string(),
        }),
    }
}

/// Why a response is not read.
enum Odd {
    Status,
    /// Text of so many bytes.
    TooLarge(u64),
    Coding(String),
}

/// The body, without chunks and content codings.
fn body(record: &Record) -> Result<Cow<'_, [u8]>, Odd> {
    if record.kind() != Kind::Response {
        return Ok(Cow::Borrowed(&record.block));
    }
    // A response that does not split has no payload.
    let response = HttpResponse::split(&record.block).map_err(|_| Odd::Status)?;
    // Redirects, errors, refusals and parts of a page are no page.
    if !matches!(response.status, 200 | 203) {
        return Err(Odd::Status);
    }
    let is_plain = response.header("Content-Encoding").is_none();
    if is_plain && (response.body.len() <= MAX_TEXT || !response.says_chunked()) {
        return Ok(response.transfer_decoded().bytes);
    }
    let coding = |error: HttpError| Odd::Coding(error.to_string());
    let cap = MAX_DECODED.max(if is_plain { response.body.len() } else { 0 }) as u64;
    let beginning = match truncated(record) {
        Some(_) => response.cut(MAX_TEXT, cap).map_err(coding)?,
        None => response.beginning(MAX_TEXT, cap).map_err(coding)?,
    };
    if beginning.bytes.len() as u64 == beginning.length {
        return Ok(beginning.bytes.into());
    }
    // Text of that size is refused unread, so that it need not be held.
    let content_type = response.header("Content-Type");
    match decode::media(&beginning.bytes, content_type.as_deref()) {
        Media::Html | Media::Text => Err(Odd::TooLarge(beginning.length)),
        _ => {
            drop(beginning);
            let payload = response.decoded(cap).map_err(coding)?;
            Ok(payload.bytes)
        }
    }
}

/// The bytes of the page in a record, those that byte ranges count in: the payload without a
/// content coding. `None` where there are none to be had.
pub fn page_of(record: &Record) -> Option<Cow<'_, [u8]>> {
    body(record).ok()
}
