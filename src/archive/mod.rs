//! The archive: captures in WARC 1.1, one gzip member a record.
//!
//! In: bytes as received, with what is known of their origin. Out: [`Placed`], the place of a
//! durable record, and from such a place the same bytes again. Never changes a byte of what
//! it was given, never reports a record before it is on the disk, and never deletes anything
//! but the unfinished last record of a file it is about to append to, and, of a series that
//! follows a ledger, what was never entered there.

mod ahead;
mod append;
mod cdxj;
mod clock;
mod damage;
mod digest;
mod draft;
mod encode;
mod failure;
mod files;
mod http;
mod import;
mod lookup;
mod member;
mod options;
mod packed;
mod reader;
mod record;
mod recover;
mod scan;
mod source;
mod surt;
mod uri;
mod verify;
mod wacz;
mod whole;
mod writer;

#[cfg(test)]
mod crawl_tests;
#[cfg(test)]
mod tests;

pub use append::AppendError;
pub use cdxj::{CdxLine, Sorter, index_file};
pub use clock::{Clock, FixedClock, SystemClock};
pub use damage::{BadHeader, ReadError};
pub use digest::{Digested, sha1_label, sha256_hex};
pub use draft::{Profile, Revisit, Truncation};
pub use failure::WriteError;
pub use http::{Beginning, HttpError, HttpResponse, Payload, PayloadNote, Pieces};
pub use import::Imported;
pub use lookup::{Capture, LookupError, find};
pub use options::{KnownEnd, Notice, Options, Placed};
pub use packed::unpacked;
pub use reader::{Limits, Reader, read_at};
pub use record::{Draft, Headers, Kind, Link, PayloadDigests, Record};
pub use surt::surt;
pub use uri::{content_urn, target_uri};
pub use verify::{Known, Problem, ProblemKind, Severity, Verification, Verifier, verify};
pub use wacz::{Packed, WaczError, index_archive, write_wacz};
pub use writer::Writer;
