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
    /// Compression failed.
    #[error("cannot compress")]
    Compress {
        /// Why.
        source: io::Error,
    },
}
