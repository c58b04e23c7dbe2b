//! The records of a crawl, ready to be written. Pure.
//!
//! In: what went over the wire, byte for byte. Out: drafts with the fields that WARC 1.1 asks of
//! each kind. Addresses are encoded as [`target_uri`] does; a fragment is the caller's to remove.

use std::fmt::Write as _;
use std::net::IpAddr;

use jiff::Timestamp;

use super::encode::warc_date;
use super::http::{HttpResponse, PayloadNote};
use super::import::one_line;
use super::record::{Draft, Kind, Link};
use super::uri::target_uri;

/// Why a block is not all that was to be had (`WARC-Truncated`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truncation {
    /// Longer than we take.
    Length,
    /// Took longer than we wait.
    Time,
    /// The connection ended first.
    Disconnect,
    /// For another reason.
    Unspecified,
}

impl Truncation {
    /// The word in the header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Time => "time",
            Self::Disconnect => "disconnect",
            Self::Unspecified => "unspecified",
        }
    }
}

/// In what a revisit is the same as the earlier record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// It came again, with the same payload.
    IdenticalPayload,
    /// The server said so (304).
    NotModified,
}

impl Profile {
    /// The URI in `WARC-Profile`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdenticalPayload => {
                "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
            }
            Self::NotModified => "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
        }
    }
}

/// The earlier record that a revisit stands for. It must be on the disk already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revisit {
    /// In what it is the same.
    pub profile: Profile,
    /// The earlier record's `WARC-Record-ID`, with its angle brackets.
    pub refers_to: String,
    /// Its address, as it was asked for.
    pub refers_to_uri: String,
    /// Its date, as [`super::Placed::date`] has it; written in seconds as the record's own was.
    pub refers_to_date: Timestamp,
    /// Its `WARC-Payload-Digest`, as [`super::Placed::payload_sha1`] has it; `None` where it had none.
    pub payload_digest: Option<String>,
}

/// What a body plainly is that its header says is encoded; `None` where the header is right.
fn identified(wire: &[u8]) -> Option<&'static str> {
    let http = HttpResponse::split(wire).ok()?;
    if !http.says_chunked() && http.header("Content-Encoding").is_none() {
        return None;
    }
    let mut pieces = http.pieces();
    let mut beginning = Vec::new();
    while beginning.len() < 256
        && let Some(piece) = pieces.next()
    {
        beginning.extend_from_slice(&piece[..piece.len().min(256)]);
    }
    let is_plain = pieces.note == Some(PayloadNote::NotChunked);
    if !is_plain && http.is_as_encoded(&beginning) {
        return None;
    }
    let is_html = beginning.trim_ascii_start().starts_with(b"<");
    Some(if is_html {
        "text/html"
    } else {
        "application/octet-stream"
    })
}

impl Draft {
    /// A request as sent, header and body. Link it to its response with [`Self::concurrent_to`].
    pub fn request(uri: &str, bytes: Vec<u8>) -> Self {
        Self::http(Kind::Request, uri, "request", bytes)
    }

    /// A response as received: status line, header, body with its chunks and codings.
    ///
    /// Where the server says chunked or gzip and the body is neither, the payload is said to have
    /// been identified (`WARC-Identified-Payload-Type`): it came so, and nobody decoded it.
    pub fn response(uri: &str, wire: Vec<u8>) -> Self {
        let identified = identified(&wire);
        let mut draft = Self::http(Kind::Response, uri, "response", wire);
        if let Some(media) = identified {
            draft.extra.push("WARC-Identified-Payload-Type", media);
        }
        draft
    }

    /// A response whose payload an earlier record has; `header` is the response's header as
    /// received, with its empty line and no body.
    pub fn revisit(uri: &str, header: Vec<u8>, revisit: &Revisit) -> Self {
        let mut draft = Self::http(Kind::Revisit, uri, "response", header);
        draft.extra.push("WARC-Profile", revisit.profile.as_str());
        draft
            .extra
            .push("WARC-Refers-To", revisit.refers_to.as_str());
        draft.extra.push(
            "WARC-Refers-To-Target-URI",
            target_uri(&revisit.refers_to_uri),
        );
        draft
            .extra
            .push("WARC-Refers-To-Date", warc_date(revisit.refers_to_date));
        if let Some(digest) = &revisit.payload_digest {
            draft.extra.push("WARC-Payload-Digest", digest.as_str());
        }
        // The standard asks for it wherever a body is left out because it is known (6.7.2).
        if revisit.profile == Profile::IdenticalPayload {
            draft = draft.truncated(Truncation::Length);
        }
        draft
    }

    /// What is known of a fetch or of another record: name and value, a line each.
    pub fn metadata(uri: &str, fields: &[(&str, &str)]) -> Self {
        let mut block = String::new();
        for (name, value) in fields {
            // Writing to a String cannot fail.
            let _ = write!(block, "{}: {}\r\n", one_line(name), one_line(value));
        }
        let mut draft = Self::new(Kind::Metadata, block.into_bytes());
        draft.target = Some(target_uri(uri));
        draft.content_type = Some("application/warc-fields".into());
        draft
    }

    fn http(kind: Kind, uri: &str, message: &str, block: Vec<u8>) -> Self {
        let mut draft = Self::new(kind, block);
        draft.target = Some(target_uri(uri));
        draft.content_type = Some(format!("application/http; msgtype={message}"));
        draft
    }

    /// Captured then; without it the writer's present counts.
    #[must_use]
    pub fn at(mut self, date: Timestamp) -> Self {
        self.date = Some(date);
        self
    }

    /// Made in the same act as record `index` of the group.
    #[must_use]
    pub fn concurrent_to(mut self, index: usize) -> Self {
        self.link = Some(Link::ConcurrentTo(index));
        self
    }

    /// Says something about record `index` of the group.
    #[must_use]
    pub fn refers_to(mut self, index: usize) -> Self {
        self.link = Some(Link::RefersTo(index));
        self
    }

    /// The address connected to.
    #[must_use]
    pub fn address(mut self, address: IpAddr) -> Self {
        self.extra.push("WARC-IP-Address", address.to_string());
        self
    }

    /// The block is not all that was to be had. The first reason counts.
    #[must_use]
    pub fn truncated(mut self, reason: Truncation) -> Self {
        if self.extra.get("WARC-Truncated").is_none() {
            self.extra.push("WARC-Truncated", reason.as_str());
        }
        self
    }
}
