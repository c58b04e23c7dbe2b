//! Finding an address' capture in an archive, and its payload behind revisits.
//!
//! In: files, an address, a time. Out: the record, and where it only says "as before" the
//! record it refers to. Reads the files through, for the archive needs no index to be whole.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::damage::ReadError;
use super::http::{HttpError, HttpResponse};
use super::reader::{Limits, Reader, read_at};
use super::record::{Kind, Record};
use super::surt::surt;
use super::uri::target_uri;

/// Why no payload was found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LookupError {
    /// A file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No capture has that address.
    #[error("the archive has no capture of {address}")]
    Unknown {
        /// As asked for.
        address: String,
    },
    /// The capture refers to a record that is not in the archive.
    #[error(
        "the capture of {date} is a revisit, and the record it refers to is not in the archive"
    )]
    Dangling {
        /// When it was captured, as its record has it.
        date: String,
    },
    /// The capture's HTTP message could not be read.
    #[error("the capture's payload cannot be read")]
    Http(#[from] HttpError),
}

/// A capture that was found.
#[derive(Debug)]
pub struct Capture {
    /// The file it is in.
    pub file: PathBuf,
    /// The record: a response, a resource or a revisit.
    pub record: Record,
    /// For a revisit the record that has its payload, with its file.
    pub original: Option<(PathBuf, Record)>,
}

/// The place of a record that may be the one.
struct Candidate {
    file: usize,
    offset: u64,
    /// Smaller is better: not by another spelling, near in time; the last one without a time, else the early one.
    rank: (bool, u128, i128),
}

impl Candidate {
    /// Dates are whole seconds: of two captures within one, the one that lies further on is the later one, in whatever
    /// order the files are given.
    fn is_better(&self, other: &Self, files: &[PathBuf]) -> bool {
        let place = |one: &Self| (files[one.file].file_name(), &files[one.file], one.offset);
        match self.rank.cmp(&other.rank) {
            Ordering::Equal => place(self) > place(other),
            order => order == Ordering::Less,
        }
    }
}

/// Finds the capture of an address nearest to a time, the last one without a time. A capture of
/// exactly that address counts before one that has the same key ([`surt`]); of two with one date, the one further on.
///
/// # Errors
///
/// [`LookupError`]. Damage is passed over as far as reading goes on behind it.
pub fn find(
    files: &[PathBuf],
    address: &str,
    at: Option<Timestamp>,
    limits: Limits,
) -> Result<Capture, LookupError> {
    let (uri, key) = (target_uri(address), surt(address));
    let mut best: Option<Candidate> = None;
    each(files, limits, |file, record| {
        let is_capture = matches!(
            record.kind(),
            Kind::Response | Kind::Resource | Kind::Revisit
        );
        let Some(target) = record.target_uri().filter(|_| is_capture) else {
            return false;
        };
        let is_exact = target == uri;
        if !is_exact && surt(target) != key {
            return false;
        }
        let time = record.date().map_or(0, Timestamp::as_nanosecond);
        let rank = match at {
            Some(at) => (!is_exact, at.as_nanosecond().abs_diff(time), time),
            None => (!is_exact, 0, -time),
        };
        let found = Candidate {
            file,
            offset: record.offset,
            rank,
        };
        if best
            .as_ref()
            .is_none_or(|best| found.is_better(best, files))
        {
            best = Some(found);
        }
        false
    })?;
    let best = best.ok_or_else(|| LookupError::Unknown {
        address: address.to_owned(),
    })?;
    let record = read_at(&files[best.file], best.offset, limits)?;
    let original = match record.kind() {
        Kind::Revisit => Some(original(files, &record, limits)?),
        _ => None,
    };
    Ok(Capture {
        file: files[best.file].clone(),
        record,
        original,
    })
}

/// The record a revisit refers to: by its id, else by address and date.
fn original(
    files: &[PathBuf],
    revisit: &Record,
    limits: Limits,
) -> Result<(PathBuf, Record), LookupError> {
    let field = |name| revisit.headers.get(name);
    let id = field("WARC-Refers-To");
    let moment = field("WARC-Refers-To-Target-URI")
        .map(|uri| uri.trim_start_matches('<').trim_end_matches('>'))
        .zip(field("WARC-Refers-To-Date"));
    let mut found = None;
    each(files, limits, |file, record| {
        let has_payload = matches!(record.kind(), Kind::Response | Kind::Resource);
        let is_named = match id {
            Some(id) => record.id() == Some(id),
            None => {
                moment.is_some()
                    && record.target_uri().zip(record.headers.get("WARC-Date")) == moment
            }
        };
        if has_payload && is_named {
            found = Some((file, record.offset));
        }
        found.is_some()
    })?;
    let (file, offset) = found.ok_or_else(|| LookupError::Dangling {
        date: field("WARC-Date").unwrap_or("unknown").to_owned(),
    })?;
    Ok((files[file].clone(), read_at(&files[file], offset, limits)?))
}

/// Goes through all records until `each` says so.
fn each(
    files: &[PathBuf],
    limits: Limits,
    mut each: impl FnMut(usize, &Record) -> bool,
) -> Result<(), ReadError> {
    for (number, path) in files.iter().enumerate() {
        for record in Reader::open(path, limits)? {
            match record {
                Ok(record) if each(number, &record) => return Ok(()),
                Err(error) if error.is_io() => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

impl Capture {
    /// The record that has the payload.
    pub fn holder(&self) -> (&Path, &Record) {
        match &self.original {
            Some((file, record)) => (file, record),
            None => (&self.file, &self.record),
        }
    }

    /// HTTP status of the capture itself; `None` for what is no HTTP response.
    pub fn status(&self) -> Option<u16> {
        match self.record.kind() {
            Kind::Resource => None,
            _ => HttpResponse::split(&self.record.block)
                .ok()
                .map(|http| http.status),
        }
    }

    /// The payload without its chunks, and, if asked, without its content codings (at most
    /// `cap` bytes).
    ///
    /// # Errors
    ///
    /// [`LookupError::Http`].
    pub fn payload(&self, decoded: bool, cap: u64) -> Result<Vec<u8>, LookupError> {
        let (_, record) = self.holder();
        if record.kind() == Kind::Response && decoded {
            let http = HttpResponse::split(&record.block)?;
            return Ok(http.decoded(cap)?.bytes.into_owned());
        }
        Ok(record.payload()?.into_owned())
    }
}
