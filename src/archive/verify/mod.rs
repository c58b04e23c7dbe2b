//! Checking WARC files: boundaries, digests, what their records say of each other, and what a
//! ledger says of them.
//!
//! In: files, hostile, and what a ledger knows. Out: every problem found, with its place; an empty
//! list means that these checks passed and no more. Memory grows with the number of records (16
//! bytes each, twice for responses), not with their size. Changes nothing.

mod links;
mod problem;
mod record;

use std::path::Path;

use super::ahead;
use super::damage::ReadError;
use super::digest::matches;
use super::http::HttpResponse;
use super::reader::{Limits, Reader};
use super::record::{Kind, Record};
use links::Links;

pub use problem::{Problem, ProblemKind, Severity};

/// Problems of one file that are kept; more are counted.
const MAX_PROBLEMS: usize = 10_000;

/// What checking a file came to.
#[derive(Debug, Default)]
pub struct Verification {
    /// Records that could be read.
    pub records: u64,
    /// What is wrong, in the order of the file; the first 10,000.
    pub problems: Vec<Problem>,
    /// Problems beyond those.
    pub more: u64,
    /// How many of those are damage.
    pub more_damage: u64,
}

impl Verification {
    /// Whether anything is lost, altered or against the standard.
    pub fn is_damaged(&self) -> bool {
        let is_damage = |problem: &Problem| problem.severity == Severity::Damage;
        self.more_damage > 0 || self.problems.iter().any(is_damage)
    }

    fn report(&mut self, offset: u64, kind: ProblemKind, severity: Severity) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem {
                offset,
                kind,
                severity,
            });
        } else {
            self.more += 1;
            self.more_damage += u64::from(severity == Severity::Damage);
        }
    }
}

/// A record as a ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Where it begins, in bytes.
    pub offset: u64,
    /// How many bytes of the file it takes.
    pub length: u64,
    /// `WARC-Record-ID`, with its angle brackets; `None` where the ledger does not have it.
    pub record_id: Option<String>,
    /// SHA-256 of the payload, lower-case hexadecimal; `None` where the ledger does not have it.
    pub sha256: Option<String>,
}

/// Checks the files of an archive, one after the other, and then what they say of each other.
#[derive(Debug)]
pub struct Verifier {
    limits: Limits,
    links: Links,
    files: Vec<Verification>,
}

impl Verifier {
    /// Knows nothing yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            links: Links::default(),
            files: Vec::new(),
        }
    }

    /// Checks a whole file, behind damage too.
    ///
    /// # Errors
    ///
    /// Only where the file cannot be opened or read ([`ReadError::is_io`]); damage is a problem,
    /// not an error. The file counts in [`Self::finish`] all the same.
    pub fn file(&mut self, path: &Path) -> Result<(), ReadError> {
        self.file_against(path, [], None)
    }

    /// As [`Self::file`], and against a ledger: each of `known`, in the order of their offsets,
    /// must be there; behind `end`, where the ledger has one, must be nothing.
    ///
    /// # Errors
    ///
    /// As [`Self::file`].
    pub fn file_against(
        &mut self,
        path: &Path,
        known: impl IntoIterator<Item = Known>,
        end: Option<u64>,
    ) -> Result<(), ReadError> {
        let number = self.files.len();
        let mut found = Verification::default();
        let mut ledger = Ledger {
            known: known.into_iter(),
            next: None,
            end,
        };
        ledger.next = ledger.known.next();
        let result = self.read(number, path, &mut found, &mut ledger);
        self.links
            .end_file(&mut |offset, kind, severity| found.report(offset, kind, severity));
        self.files.push(found);
        result
    }

    /// Takes note of a file that the ledger knows and that is not there: `end` is the end of its
    /// last record, in bytes.
    pub fn missing_file(&mut self, end: u64) {
        let mut found = Verification::default();
        found.report(end, ProblemKind::FileMissing, Severity::Damage);
        self.files.push(found);
    }

    /// What was found, a file each in the order they were given.
    pub fn finish(mut self) -> Vec<Verification> {
        let files = &mut self.files;
        self.links.end(&mut |file, offset, kind, severity| {
            if let Some(found) = files.get_mut(file) {
                found.report(offset, kind, severity);
            }
        });
        for found in files {
            found.problems.sort_by_key(|problem| problem.offset);
        }
        self.files
    }

    fn read(
        &mut self,
        number: usize,
        path: &Path,
        found: &mut Verification,
        ledger: &mut Ledger<impl Iterator<Item = Known>>,
    ) -> Result<(), ReadError> {
        let mut reader = Reader::open(path, self.limits)?;
        if path.extension().is_some_and(|extension| extension == "gz") && reader.is_plain()? {
            found.report(0, ProblemKind::NotCompressed, Severity::Damage);
        }
        ahead::each(reader, |one| match one {
            Ok(record) => {
                ledger.record(&record, found);
                self.record(number, &record, found);
            }
            Err(error) => {
                let offset = error.offset().unwrap_or_default();
                found.report(offset, ProblemKind::Unreadable(error), Severity::Damage);
                ledger.passed(offset, found);
            }
        })?;
        ledger.finish(found);
        Ok(())
    }

    fn record(&mut self, number: usize, record: &Record, found: &mut Verification) {
        let offset = record.offset;
        if offset == 0 && record.kind() != Kind::Warcinfo {
            found.report(offset, ProblemKind::NoWarcinfo, Severity::Note);
        }
        found.records += 1;
        let mut report = |kind, severity| found.report(offset, kind, severity);
        record::check(record, &mut report);
        self.links.record(number, record, &mut report);
    }
}

/// Whether the payload has that SHA-256. It is not held a second time for it.
fn has_payload(record: &Record, sha256: &str) -> bool {
    let label = format!("sha256:{sha256}");
    let found = match record.kind() {
        Kind::Response => HttpResponse::split(&record.block)
            .ok()
            .and_then(|http| matches(&label, http.pieces())),
        _ => matches(&label, [&record.block[..]]),
    };
    found == Some(true)
}

/// Checks a whole file by itself.
///
/// # Errors
///
/// As [`Verifier::file`].
pub fn verify(path: &Path, limits: Limits) -> Result<Verification, ReadError> {
    let mut verifier = Verifier::new(limits);
    verifier.file(path)?;
    Ok(verifier.finish().pop().unwrap_or_default())
}

/// A ledger's records of one file, gone through beside the file's own.
struct Ledger<I> {
    known: I,
    next: Option<Known>,
    end: Option<u64>,
}

impl<I: Iterator<Item = Known>> Ledger<I> {
    fn record(&mut self, record: &Record, found: &mut Verification) {
        let offset = record.offset;
        self.passed(offset, found);
        if self.end.is_some_and(|end| offset >= end) {
            found.report(offset, ProblemKind::BeyondLedger, Severity::Damage);
        }
        if let Some(known) = self.next.take_if(|known| known.offset == offset) {
            self.next = self.known.next();
            let is_id = known.record_id.is_none_or(|id| record.id() == Some(&*id));
            // A revisit has its payload elsewhere.
            let own = known.sha256.filter(|_| record.kind() != Kind::Revisit);
            let is_payload = own.is_none_or(|sha256| has_payload(record, &sha256));
            if !is_id || !is_payload || known.length != record.length {
                found.report(offset, ProblemKind::KnownDiffers, Severity::Damage);
            }
        }
    }

    /// The file has nothing readable before `offset` any more.
    fn passed(&mut self, offset: u64, found: &mut Verification) {
        while let Some(known) = self.next.take_if(|known| known.offset < offset) {
            found.report(known.offset, ProblemKind::KnownMissing, Severity::Damage);
            self.next = self.known.next();
        }
    }

    fn finish(&mut self, found: &mut Verification) {
        while let Some(known) = self.next.take() {
            found.report(known.offset, ProblemKind::LastMissing, Severity::Damage);
            self.next = self.known.next();
        }
    }
}
