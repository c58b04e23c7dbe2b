//! The archive: captures in WARC 1.1, one gzip member a record.
//!
//! In: bytes as received, with what is known of their origin. Out: [`Placed`], the place of a
//! durable record, and from such a place the same bytes again. Never changes a byte of what
//! it was given, never reports a record before it is on the disk, and never deletes anything
//! but the unfinished last record of a file it is about to append to.

mod append;
mod clock;
mod damage;
mod digest;
mod encode;
mod failure;
mod http;
mod import;
mod options;
mod packed;
mod reader;
mod record;
mod recover;
mod scan;
mod source;
mod uri;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use append::AppendError;
pub use clock::{Clock, FixedClock, SystemClock};
pub use damage::{BadHeader, ReadError};
pub use digest::{sha1_label, sha256_hex};
pub use failure::WriteError;
pub use http::{HttpError, HttpResponse, Payload, PayloadNote};
pub use import::Imported;
pub use options::{KnownEnd, Notice, Options, Placed};
pub use packed::unpacked;
pub use reader::{Limits, Reader, read_at};
pub use record::{Draft, Headers, Kind, Link, Record};
pub use uri::{content_urn, target_uri};
pub use verify::{Problem, ProblemKind, Verification, verify};
pub use writer::Writer;
