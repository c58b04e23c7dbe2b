//! One archived exchange → a report, or why it is none. Pure.

use std::borrow::Cow;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::archive::{HttpResponse, Kind, Record};
use crate::audit::origin::HostRules;
use crate::decode::{self, Media};
use crate::extract::paging::Paging;
use crate::model::Report;
use crate::profile::Profile;
use crate::store::{CaptureInfo, Refusal, WarcPlace};

use super::pages::Input;
use super::read::{MAX_BYTES, Origin, Unreadable, read_paged};

/// What was made of a record.
pub(super) enum Made {
    /// No document: a picture, a redirect, binary data, a DNS answer.
    PassedOver,
    /// It has no usable date, without which a capture is none.
    Undated,
    /// A document that is no report.
    Refused(CaptureInfo, Refusal),
    /// A report, or several one after the other.
    Reports(CaptureInfo, Vec<Report>),
    /// A page whose pager leads to others: to be read together with them.
    Paged(Box<Paged>),
}

/// A page of several.
pub(super) struct Paged {
    /// Where it came from.
    pub capture: CaptureInfo,
    /// The page.
    pub bytes: Vec<u8>,
    /// What its pager says.
    pub paging: Paging,
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
pub(super) fn capture_of(file: &str, record: &Record) -> Option<CaptureInfo> {
    let date = record.date()?;
    // A response without an HTTP header has no payload; its block is all there is.
    let payload = record.payload().unwrap_or((&record.block).into());
    Some(capture(file, record, &payload, date))
}

fn capture(file: &str, record: &Record, payload: &[u8], fetched_at: Timestamp) -> CaptureInfo {
    let url = record.target_uri();
    CaptureInfo {
        sha256: Sha256::digest(payload).into(),
        url: url
            .filter(|url| !url.starts_with("urn:"))
            .map(ToOwned::to_owned),
        fetched_at,
        content_type: record.content_type(),
        warc: Some(WarcPlace {
            file: file.into(),
            offset: record.offset,
            length: Some(record.length),
        }),
        size_bytes: payload.len() as u64,
    }
}

/// Reads a `resource` or `response` record.
pub(super) fn make(file: &str, record: &Record, profile: &Profile, hosts: &HostRules) -> Made {
    let Ok(payload) = record.payload() else {
        return Made::PassedOver;
    };
    let Some(date) = record.date() else {
        return Made::Undated;
    };
    let capture = |payload: &[u8]| capture(file, record, payload, date);
    let refused = |reason: &str, detail: String| {
        let reason = reason.to_owned();
        Made::Refused(capture(&payload), Refusal { reason, detail })
    };
    let body = match body(record) {
        Ok(body) => body,
        Err(Odd::Redirect) => return Made::PassedOver,
        Err(Odd::Status(status)) => return refused("http_status", format!("HTTP status {status}")),
        Err(Odd::Coding(why)) => return refused("content_coding", why),
    };
    let bytes = body.as_deref().unwrap_or(&payload);
    let content_type = record.content_type();
    let media = decode::media(bytes, content_type.as_deref());
    if !bytes.is_empty() && matches!(media, Media::Image | Media::Unknown) {
        return Made::PassedOver;
    }
    let capture = capture(&payload);
    let origin = Origin {
        url: capture.url.as_deref(),
        content_type: content_type.as_deref(),
    };
    let (read, paged) = read_paged(bytes, origin, profile, hosts);
    let alone = named(&capture, read);
    if let Some(paging) = paged.filter(|_| capture.url.is_some()) {
        let bytes = bytes.to_vec();
        return Made::Paged(Box::new(Paged {
            capture,
            bytes,
            paging,
            alone,
        }));
    }
    match alone {
        Ok(reports) => Made::Reports(capture, reports),
        Err(refusal) => Made::Refused(capture, refusal),
    }
}

/// A capture is named by its payload as archived, also where that is compressed.
pub(super) fn named(
    capture: &CaptureInfo,
    read: Result<Vec<Report>, Unreadable>,
) -> Result<Vec<Report>, Refusal> {
    match read {
        Ok(mut reports) => {
            for report in &mut reports {
                report.provenance.sha256 = HEXLOWER.encode(&capture.sha256);
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
    Redirect,
    Status(u16),
    Coding(String),
}

/// The body behind a content coding; `None` where the payload is the body.
fn body(record: &Record) -> Result<Option<Vec<u8>>, Odd> {
    if record.kind() != Kind::Response {
        return Ok(None);
    }
    // A response that does not split has no payload and does not come here.
    let Ok(response) = HttpResponse::split(&record.block) else {
        return Ok(None);
    };
    match response.status {
        200..=299 => {}
        100..=199 | 300..=399 => return Err(Odd::Redirect),
        status => return Err(Odd::Status(status)),
    }
    if response.header("Content-Encoding").is_none() {
        return Ok(None);
    }
    match response.decoded(MAX_BYTES as u64) {
        Ok(payload) => Ok(Some(payload.bytes.into_owned())),
        Err(error) => Err(Odd::Coding(error.to_string())),
    }
}

/// The bytes of the page in a record, those that byte ranges count in: the payload without a
/// content coding. `None` where there are none to be had.
pub fn page_of(record: &Record) -> Option<Cow<'_, [u8]>> {
    match body(record) {
        Ok(Some(body)) => Some(body.into()),
        Ok(None) => record.payload().ok(),
        Err(_) => None,
    }
}
