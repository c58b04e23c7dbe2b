//! What the pipeline hands to the store beside the report: where the bytes lie, and refusals.

use jiff::Timestamp;

/// One archived exchange as the store needs it.
///
/// Identity is digest, address and time: the same three again are the same capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureInfo {
    /// SHA-256 of the payload.
    pub sha256: [u8; 32],
    /// The address it was fetched from; `None` for an import without one.
    pub url: Option<String>,
    /// When it was fetched. Kept to the microsecond.
    pub fetched_at: Timestamp,
    /// The declared media type; `None` where none was declared.
    pub content_type: Option<String>,
    /// Where it lies in the archive; `None` for bytes that are in none.
    pub warc: Option<WarcPlace>,
    /// Payload bytes.
    pub size_bytes: u64,
}

/// A record of a WARC file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarcPlace {
    /// The file, relative to the archive.
    pub file: String,
    /// Where the record starts, in bytes of the file as it lies there.
    pub offset: u64,
    /// How many bytes it takes there; `None` where not known.
    pub length: Option<u64>,
}

/// Why a capture is no report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// One word: `not_html`, `no_report`. Never empty.
    pub reason: String,
    /// In words, with the values concerned.
    pub detail: String,
}

/// What a [`super::Writer::put`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// A report the store did not know.
    New,
    /// A new version: the agency published something else than before.
    Changed,
    /// A suspected copy with a content of its own, beside what the agency published.
    Copied,
    /// The content of a known version, in another capture.
    SeenAgain,
    /// A known capture, read differently: by another program or profile. No new version of its own.
    Reread,
    /// Nothing to do: the same capture, read the same.
    Unchanged,
    /// The capture is no report; written down, or already so.
    Refused,
}
