//! What can be wrong with a WARC file where a record should be.

use std::io;
use std::path::PathBuf;

/// Why no record could be read. Offsets are in bytes of the file, of the member or record start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file could not be opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file could not be read; says nothing about its content.
    #[error("cannot read at byte {offset}")]
    Io {
        /// Start of the record.
        offset: u64,
        /// Why.
        source: io::Error,
    },
    /// The file ends inside the record: a crash or a cut copy.
    #[error("the file ends inside the record at byte {offset}")]
    Torn {
        /// Start of the record.
        offset: u64,
    },
    /// Nothing but zero bytes from here to the end of the file: a power loss.
    #[error("only zero bytes from byte {offset} to the end")]
    ZeroTail {
        /// First zero byte.
        offset: u64,
    },
    /// The gzip member does not decode or fails its checksum: flipped or overwritten bytes.
    #[error("the gzip member at byte {offset} is damaged")]
    Damaged {
        /// Start of the member.
        offset: u64,
        /// What the decoder says.
        source: io::Error,
    },
    /// Neither a gzip member nor a WARC record begins here.
    #[error("neither gzip nor WARC at byte {offset}")]
    Garbage {
        /// The place.
        offset: u64,
    },
    /// The header is not one.
    #[error("bad record header at byte {offset}: {reason}")]
    BadHeader {
        /// Start of the record.
        offset: u64,
        /// What is wrong with it.
        reason: BadHeader,
    },
    /// The block is larger than the cap, by its header. Nothing of it was read.
    #[error("the record at byte {offset} declares {declared} bytes, more than the cap of {cap}")]
    TooLarge {
        /// Start of the record.
        offset: u64,
        /// `Content-Length`.
        declared: u64,
        /// The cap, in bytes.
        cap: u64,
    },
    /// The gzip member ends before `Content-Length` bytes.
    #[error("the record at byte {offset} declares {declared} bytes and has {found}")]
    Short {
        /// Start of the record.
        offset: u64,
        /// `Content-Length`.
        declared: u64,
        /// Bytes there.
        found: u64,
    },
    /// More than `Content-Length` bytes stand before the end of the record, or fewer.
    #[error("the record at byte {offset} does not end {declared} bytes behind its header")]
    WrongLength {
        /// Start of the record.
        offset: u64,
        /// `Content-Length`.
        declared: u64,
    },
    /// The two line ends after the block are missing.
    #[error("no end of record after the block of the record at byte {offset}")]
    MissingEnd {
        /// Start of the record.
        offset: u64,
    },
    /// More follows the record inside its gzip member: the whole file was compressed as one.
    #[error("more than one record in the gzip member at byte {offset}")]
    SharedMember {
        /// Start of the member.
        offset: u64,
    },
}

/// What is wrong with a record header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadHeader {
    /// The first line is not `WARC/1.x`, nor that of the drafts 0.17 and 0.18.
    #[error("no version line")]
    Version,
    /// A line without a colon.
    #[error("a line is no field")]
    Field,
    /// Longer than the cap.
    #[error("longer than the cap")]
    TooLong,
    /// Not UTF-8.
    #[error("not UTF-8")]
    Encoding,
    /// `Content-Length` is missing, no number, or there twice.
    #[error("no usable Content-Length")]
    Length,
    /// It ends before its empty line.
    #[error("cut off")]
    CutOff,
}

impl ReadError {
    /// Where in the file; `None` where it could not be opened.
    pub fn offset(&self) -> Option<u64> {
        match *self {
            Self::Open { .. } => None,
            Self::Io { offset, .. }
            | Self::Torn { offset }
            | Self::ZeroTail { offset }
            | Self::Damaged { offset, .. }
            | Self::Garbage { offset }
            | Self::BadHeader { offset, .. }
            | Self::TooLarge { offset, .. }
            | Self::Short { offset, .. }
            | Self::WrongLength { offset, .. }
            | Self::MissingEnd { offset }
            | Self::SharedMember { offset } => Some(offset),
        }
    }

    /// Whether the file itself could not be read, so that nothing is known of its content.
    pub fn is_io(&self) -> bool {
        matches!(self, Self::Open { .. } | Self::Io { .. })
    }
}
