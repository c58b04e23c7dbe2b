//! What a writer is told, and what it tells.

use jiff::Timestamp;

use super::reader::Limits;

/// How to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// A file that has grown this long, in bytes, takes no further records.
    pub max_file_size: u64,
    /// Caps for blocks written, and for examining the newest file.
    pub limits: Limits,
    /// Whom to ask about the files, for the warcinfo record; `None` leaves it out.
    pub contact: Option<String>,
    /// Where the ledger says the newest file ends, so that only what follows is examined.
    pub known_end: Option<KnownEnd>,
}

impl Default for Options {
    /// Files of 1 GB, as the WARC standard recommends (annex C).
    fn default() -> Self {
        Self {
            max_file_size: 1_000_000_000,
            limits: Limits::default(),
            contact: None,
            known_end: None,
        }
    }
}

/// The end of a record known to be whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEnd {
    /// File name within the directory.
    pub file: String,
    /// End of the record, in bytes.
    pub end: u64,
}

/// What opening found that someone should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// An unfinished last record, left by a crash, was cut off.
    Truncated {
        /// File name.
        file: String,
        /// Its new length, in bytes.
        end: u64,
        /// Bytes cut off.
        dropped: u64,
    },
    /// The newest file is damaged; it was left as it is, and a new file will be begun.
    Damaged {
        /// File name.
        file: String,
        /// End of the last record before the damage, in bytes.
        offset: u64,
    },
    /// The newest file is shorter than the ledger says: records that were written are gone.
    Shortened {
        /// File name.
        file: String,
        /// Length the ledger knows, in bytes.
        known: u64,
        /// Length now, in bytes.
        found: u64,
    },
}

/// The place of a durable record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// File name within the directory.
    pub file: String,
    /// Where its gzip member begins, in bytes.
    pub offset: u64,
    /// Length of the member, in bytes.
    pub length: u64,
    /// SHA-256 of the payload ([`super::Record::payload`]), lower-case hexadecimal.
    pub sha256: String,
    /// `WARC-Record-ID`, with its angle brackets.
    pub record_id: String,
    /// When it was captured.
    pub date: Timestamp,
}
