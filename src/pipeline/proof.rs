//! The proof of a place: its bytes, fetched from the archive again. Reads the archive; writes nothing.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::archive::{HttpError, Kind, Limits, ReadError, read_at};
use crate::decode;
use crate::model::ByteRange;
use crate::query::CaptureLine;

use super::{page_of, part_bytes};

/// How many bytes around the cell are shown, at most, on either side.
const AROUND: usize = 60;

/// Why a place cannot be proved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// No record is known to have the bytes.
    #[error("the capture is in no WARC file")]
    NoRecord,
    /// The archive cannot be read there.
    #[error("cannot prove it: {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// The record is no answer.
    #[error("the record has no payload")]
    Payload {
        /// Why.
        #[from]
        source: HttpError,
    },
    /// The record's payload cannot be unpacked.
    #[error("the record has no page")]
    NoPage,
    /// The place is in another page of the report.
    #[error(
        "the cell does not stand in this capture but in part {part} of the report (`provenance.parts` says which)"
    )]
    Part {
        /// Which.
        part: u16,
    },
}

/// The bytes of a page, fetched from the archive.
#[derive(Debug)]
pub struct Fetched {
    /// Those that byte ranges count in.
    pub page: Vec<u8>,
    /// Whether the archived payload has the digest the database knows it by.
    pub digest_holds: bool,
    /// Where the page stands in the record as it lies in the archive; `None` where the record has it in a coding.
    pub place: Option<RecordPlace>,
}

/// Where a page stands in its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordPlace {
    /// Bytes of the content block before it: those of the HTTP header.
    pub before: usize,
}

/// Fetches a capture from the archive in the folder `warc`.
///
/// # Errors
///
/// Where the archive does not have the record, or cannot be read.
pub fn fetch_capture(
    warc: &Path,
    capture: &CaptureLine,
    limits: Limits,
) -> Result<Fetched, ProofError> {
    let (Some(file), Some(offset)) = (&capture.file, capture.offset) else {
        return Err(ProofError::NoRecord);
    };
    let path = warc.join(file);
    let record =
        read_at(&path, offset, limits).map_err(|source| ProofError::Read { path, source })?;
    let digest = Sha256::digest(&record.payload()?);
    let page = page_of(&record).ok_or(ProofError::NoPage)?.into_owned();
    let before = record.block.len().checked_sub(page.len());
    let before = before.filter(|before| {
        let is_known = matches!(record.kind(), Kind::Response | Kind::Resource);
        is_known && record.block[*before..] == *page
    });
    Ok(Fetched {
        page,
        digest_holds: HEXLOWER.encode(&digest) == capture.sha256,
        place: before.map(|before| RecordPlace { before }),
    })
}

/// What the archive has of a cell.
#[derive(Debug)]
pub struct Proof {
    /// Whether the archived payload has the digest the database knows it by.
    pub digest_holds: bool,
    /// The bytes of the cell; `None` where the page lacks it, or is shorter now.
    pub bytes: Option<Vec<u8>>,
    /// Source before the cell, of it, and behind it, decoded.
    pub source: [String; 3],
}

impl Proof {
    /// Cuts a place out of a page: a PDF or DOCX is unpacked for it.
    ///
    /// # Errors
    ///
    /// [`ProofError::Part`].
    pub fn of(
        fetched: &Fetched,
        content_type: Option<&str>,
        charset: &str,
        place: Option<ByteRange>,
    ) -> Result<Self, ProofError> {
        // What the range counts in: the page, or what it is unpacked to.
        let part = place.map_or(0, |range| range.part);
        let page = match part_bytes(&fetched.page, content_type, part) {
            Some(page) => page,
            None if part > 0 => return Err(ProofError::Part { part }),
            None => Vec::new(),
        };
        Ok(Self {
            digest_holds: fetched.digest_holds,
            bytes: place.and_then(|range| Some(range.slice(&page)?.to_vec())),
            source: place
                .map(|range| around(&page, range, charset))
                .unwrap_or_default(),
        })
    }

    /// Whether it proves anything of a cell that has a place, or has none.
    pub fn holds(&self, has_place: bool) -> bool {
        self.digest_holds && self.bytes.is_some() == has_place
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
