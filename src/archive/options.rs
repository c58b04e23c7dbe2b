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
    /// The series: files are named `PREFIX-YYYYMMDDhhmmss-NNNNN.warc.gz`, and only such are
    /// looked at. Two writers with a prefix each share a directory.
    pub prefix: String,
    /// Whether what lies behind [`Self::known_end`] is cut off and files begun after it are
    /// removed: the ledger counts, not the file. Does nothing without a known end.
    pub cut_to_known: bool,
    /// The most that is cut off so, in bytes; more is [`super::WriteError::LedgerBehind`]. A crash
    /// leaves one batch behind; more behind the ledger's end means that the ledger is an old copy.
    pub max_cut: u64,
    /// Room that must stay free on the disk, in bytes; 0 asks nothing.
    pub reserve_bytes: u64,
    /// Compression: 0 (none) to 9.
    pub level: u32,
    /// Threads that compress the records of one call.
    pub threads: usize,
}

impl Default for Options {
    /// Files of 1 GB, as the WARC standard recommends (annex C).
    fn default() -> Self {
        Self {
            max_file_size: 1_000_000_000,
            limits: Limits::default(),
            contact: None,
            known_end: None,
            prefix: "nianbao".into(),
            cut_to_known: false,
            max_cut: 1 << 30,
            reserve_bytes: 0,
            // Packs as other writers do, in less than half the time.
            level: 1,
            threads: 1,
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
    /// What the ledger does not know was cut off ([`Options::cut_to_known`]).
    Cut {
        /// File name.
        file: String,
        /// Its new length, in bytes; 0 where it was begun after the ledger's end and removed.
        end: u64,
        /// Bytes cut off.
        dropped: u64,
    },
    /// The file the ledger names is not there.
    Missing {
        /// File name.
        file: String,
        /// Length the ledger knows, in bytes.
        known: u64,
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
    /// SHA-1 of the payload as its `WARC-Payload-Digest` has it (`sha1:…`), for a revisit the
    /// one it brings; `None` for kinds without a payload.
    pub payload_sha1: Option<String>,
    /// `WARC-Record-ID`, with its angle brackets.
    pub record_id: String,
    /// When it was captured.
    pub date: Timestamp,
}
