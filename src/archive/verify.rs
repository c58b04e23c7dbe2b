//! Checking a WARC file: boundaries, digests, and what its records say of each other.
//!
//! In: a file, hostile. Out: every problem found, with its place; an empty list means that
//! these checks passed and no more. Checks against a ledger belong elsewhere. Memory grows
//! with the number of records (one id each), not with their size.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::damage::ReadError;
use super::digest::matches;
use super::http::HttpResponse;
use super::reader::{Limits, Reader};
use super::record::{Kind, Record};
use super::uri::is_uri;

/// Something wrong with a file.
#[derive(Debug)]
pub struct Problem {
    /// Start of the record concerned, in bytes.
    pub offset: u64,
    /// What.
    pub kind: ProblemKind,
}

/// What can be wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProblemKind {
    /// No record could be read there.
    Unreadable(ReadError),
    /// The first record is no warcinfo.
    NoWarcinfo,
    /// A field every record must have is missing.
    FieldMissing {
        /// Its name.
        name: &'static str,
    },
    /// A field stands twice.
    FieldTwice {
        /// Its name.
        name: &'static str,
    },
    /// `WARC-Date` is no date.
    BadDate,
    /// The kind needs a target and has none.
    TargetMissing,
    /// The target holds raw Chinese, a space, or no scheme.
    BadTarget,
    /// `WARC-Block-Digest` is not the block's.
    BlockDigest,
    /// `WARC-Payload-Digest` is not the payload's.
    PayloadDigest,
    /// A digest in an algorithm or spelling that is not checked here.
    DigestUnknown,
    /// An earlier record has the same id.
    DuplicateId,
    /// `WARC-Concurrent-To` names no record of this file.
    DanglingConcurrentTo,
    /// A metadata record's `WARC-Refers-To` names no record of this file.
    DanglingRefersTo,
    /// A `response` record without a readable HTTP header.
    NoHttpHeader,
    /// The file is named `.gz` and is not compressed.
    NotCompressed,
}

impl ProblemKind {
    /// A word for it, for listings.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(error) => match error {
                ReadError::Open { .. } | ReadError::Io { .. } => "cannot_read",
                ReadError::Torn { .. } => "torn_record",
                ReadError::ZeroTail { .. } => "zero_tail",
                ReadError::Damaged { .. } => "damaged_member",
                ReadError::Garbage { .. } => "garbage",
                ReadError::BadHeader { .. } => "bad_header",
                ReadError::TooLarge { .. } => "record_too_large",
                ReadError::Short { .. } => "block_short",
                ReadError::MissingEnd { .. } => "record_end_missing",
                ReadError::SharedMember { .. } => "shared_member",
            },
            Self::NoWarcinfo => "warcinfo_missing",
            Self::FieldMissing { .. } => "field_missing",
            Self::FieldTwice { .. } => "field_twice",
            Self::BadDate => "bad_date",
            Self::TargetMissing => "target_missing",
            Self::BadTarget => "bad_target",
            Self::BlockDigest => "block_digest",
            Self::PayloadDigest => "payload_digest",
            Self::DigestUnknown => "digest_unknown",
            Self::DuplicateId => "duplicate_id",
            Self::DanglingConcurrentTo => "dangling_concurrent_to",
            Self::DanglingRefersTo => "dangling_refers_to",
            Self::NoHttpHeader => "http_header_missing",
            Self::NotCompressed => "not_compressed",
        }
    }
}

/// What checking a file came to.
#[derive(Debug, Default)]
pub struct Verification {
    /// Records that could be read.
    pub records: u64,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
}

/// Checks a whole file, behind damage too.
///
/// # Errors
///
/// Only where the file cannot be opened or read ([`ReadError::is_io`]); damage is a problem, not an error.
pub fn verify(path: &Path, limits: Limits) -> Result<Verification, ReadError> {
    let mut reader = Reader::open(path, limits)?;
    let mut checker = Checker::default();
    if path.extension().is_some_and(|extension| extension == "gz") && reader.is_plain()? {
        checker.report(0, ProblemKind::NotCompressed);
    }
    loop {
        match reader.next() {
            None => break,
            Some(Ok(record)) => checker.record(&record),
            Some(Err(error)) => {
                let offset = match error.offset() {
                    Some(offset) if !error.is_io() => offset,
                    _ => return Err(error),
                };
                checker.report(offset, ProblemKind::Unreadable(error));
                if reader.is_stopped() && reader.resync(offset)?.is_none() {
                    break;
                }
            }
        }
    }
    Ok(checker.finish())
}

#[derive(Default)]
struct Checker {
    found: Verification,
    ids: HashSet<String>,
    /// Ids referred to that have not come yet, with who refers to them.
    awaited: HashMap<String, Vec<(u64, Reference)>>,
}

#[derive(Clone, Copy)]
enum Reference {
    ConcurrentTo,
    RefersTo,
}

/// Fields that may stand once (all but `WARC-Concurrent-To`, which may repeat).
const ONCE: [&str; 10] = [
    "WARC-Type",
    "WARC-Record-ID",
    "WARC-Date",
    "WARC-Target-URI",
    "WARC-Warcinfo-ID",
    "WARC-Refers-To",
    "WARC-Block-Digest",
    "WARC-Payload-Digest",
    "WARC-Filename",
    "Content-Type",
];

impl Checker {
    fn report(&mut self, offset: u64, kind: ProblemKind) {
        self.found.problems.push(Problem { offset, kind });
    }

    fn record(&mut self, record: &Record) {
        let offset = record.offset;
        if offset == 0 && record.kind() != Kind::Warcinfo {
            self.report(offset, ProblemKind::NoWarcinfo);
        }
        self.found.records += 1;
        self.fields(record);
        self.references(record);
        self.digests(record);
    }

    fn fields(&mut self, record: &Record) {
        let offset = record.offset;
        for name in ["WARC-Type", "WARC-Record-ID", "WARC-Date"] {
            if record.headers.get(name).is_none() {
                self.report(offset, ProblemKind::FieldMissing { name });
            }
        }
        for name in ONCE {
            if record.headers.all(name).count() > 1 {
                self.report(offset, ProblemKind::FieldTwice { name });
            }
        }
        if record.headers.get("WARC-Date").is_some() && record.date().is_none() {
            self.report(offset, ProblemKind::BadDate);
        }
        let needs_target = !matches!(record.kind(), Kind::Warcinfo | Kind::Metadata | Kind::Other);
        match record.target_uri() {
            None if needs_target => self.report(offset, ProblemKind::TargetMissing),
            Some(uri) if !is_uri(uri) => self.report(offset, ProblemKind::BadTarget),
            _ => {}
        }
    }

    fn references(&mut self, record: &Record) {
        let offset = record.offset;
        if let Some(id) = record.id() {
            self.awaited.remove(id);
            if !self.ids.insert(id.to_owned()) {
                self.report(offset, ProblemKind::DuplicateId);
            }
        }
        let concurrent = record.headers.all("WARC-Concurrent-To");
        let refers = record
            .headers
            .all("WARC-Refers-To")
            .filter(|_| record.kind() == Kind::Metadata);
        for (id, reference) in concurrent
            .map(|id| (id, Reference::ConcurrentTo))
            .chain(refers.map(|id| (id, Reference::RefersTo)))
        {
            if !self.ids.contains(id) {
                let waiting = self.awaited.entry(id.to_owned()).or_default();
                waiting.push((offset, reference));
            }
        }
    }

    fn digests(&mut self, record: &Record) {
        let offset = record.offset;
        if let Some(label) = record.headers.get("WARC-Block-Digest") {
            match matches(label, &record.block) {
                Some(true) => {}
                Some(false) => self.report(offset, ProblemKind::BlockDigest),
                None => self.report(offset, ProblemKind::DigestUnknown),
            }
        }
        if record.kind() == Kind::Response && HttpResponse::split(&record.block).is_err() {
            self.report(offset, ProblemKind::NoHttpHeader);
        } else if let Some(label) = record.headers.get("WARC-Payload-Digest") {
            match payload_matches(record, label) {
                Some(true) => {}
                Some(false) => self.report(offset, ProblemKind::PayloadDigest),
                None => self.report(offset, ProblemKind::DigestUnknown),
            }
        }
    }

    fn finish(mut self) -> Verification {
        for (offset, reference) in std::mem::take(&mut self.awaited).into_values().flatten() {
            let kind = match reference {
                Reference::ConcurrentTo => ProblemKind::DanglingConcurrentTo,
                Reference::RefersTo => ProblemKind::DanglingRefersTo,
            };
            self.report(offset, kind);
        }
        self.found.problems.sort_by_key(|problem| problem.offset);
        self.found
    }
}

/// Whether the payload digest is right; `None` where it cannot be told. A revisit's is about
/// another record's payload and passes.
fn payload_matches(record: &Record, label: &str) -> Option<bool> {
    match record.kind() {
        Kind::Response => {
            let response = HttpResponse::split(&record.block).ok()?;
            let decoded = matches(label, &response.transfer_decoded().bytes)?;
            // Older writers took the digest before removing the chunks: accepted.
            Some(decoded || matches(label, response.body)?)
        }
        Kind::Resource | Kind::Conversion => matches(label, &record.block),
        _ => Some(true),
    }
}
