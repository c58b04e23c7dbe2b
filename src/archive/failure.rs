//! Why records were not written.

use std::io;
use std::path::PathBuf;

use super::append::AppendError;
use super::damage::ReadError;

/// Why records were not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The directory or a file in it could not be listed, created or opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// Directory or file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process appends to the file.
    #[error("{} is being written by another process", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file to append to could not be read through.
    #[error("cannot examine {}", path.display())]
    Examine {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// The disk did not take the records.
    #[error("cannot append to {}", path.display())]
    Append {
        /// The file.
        path: PathBuf,
        /// Why.
        source: AppendError,
    },
    /// The target is no URI; see [`super::target_uri`].
    #[error("no URI: {uri:?}")]
    Target {
        /// As given; empty where missing.
        uri: String,
    },
    /// A header field has a line end or another control character in it.
    #[error("not a header field: {name:?}: {value:?}")]
    Field {
        /// Name of the field.
        name: String,
        /// Its value.
        value: String,
    },
    /// The block is larger than readers accept.
    #[error("a block of {length} bytes exceeds the cap of {cap}")]
    TooLarge {
        /// Length of the block, in bytes.
        length: u64,
        /// The cap, in bytes.
        cap: u64,
    },
    /// A draft's link names no earlier record of its group.
    #[error("record {index} of the group links to record {target}, which is not an earlier one")]
    Link {
        /// The draft's number in the group.
        index: usize,
        /// The number it names.
        target: usize,
    },
    /// Writing would leave less room on the disk than is to stay free. Nothing was written.
    #[error(
        "{available} bytes are free on the disk; {needed} more would leave less than {reserve}"
    )]
    Reserve {
        /// Free now, in bytes.
        available: u64,
        /// To be written, in bytes.
        needed: u64,
        /// To stay free, in bytes.
        reserve: u64,
    },
    /// How much room is left on the disk could not be told.
    #[error("cannot tell how much room is left for {}", path.display())]
    Space {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The archive holds much more than the ledger knows: it is an old copy, or another's.
    /// Nothing was cut off.
    #[error("{} goes on for {beyond} bytes behind what the ledger knows: the ledger is older than the archive", path.display())]
    LedgerBehind {
        /// The file.
        path: PathBuf,
        /// Bytes that the ledger does not know.
        beyond: u64,
    },
    /// Compression failed.
    #[error("cannot compress")]
    Compress {
        /// Why.
        source: io::Error,
    },
}

impl WriteError {
    /// Whether it is for want of room, so that making room and trying again helps.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Reserve { .. } => true,
            Self::Append { source, .. } => match source {
                AppendError::Write { source, .. } | AppendError::Disk { source, .. } => {
                    is_full(source)
                }
                AppendError::Closed { .. } => false,
            },
            Self::Open { source, .. } => is_full(source),
            _ => false,
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}
