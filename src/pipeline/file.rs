//! A file or stream into memory, never more of it than a page may have.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::read::{MAX_BYTES, Unreadable};

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The system said so.
    #[error("cannot read it: {0}")]
    Io(#[from] io::Error),
    /// A folder, where a file is due.
    #[error("a folder, not a file")]
    Folder,
    /// Larger than any page.
    #[error(transparent)]
    TooLarge(Unreadable),
}

/// The bytes of a file. Of one that is too large, nothing is read.
///
/// # Errors
///
/// [`FileError`].
pub fn read_file(path: &Path) -> Result<Vec<u8>, FileError> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(FileError::Folder);
    }
    if metadata.len() > MAX_BYTES as u64 {
        return Err(too_large(
            usize::try_from(metadata.len()).unwrap_or(usize::MAX),
        ));
    }
    read_stream(file)
}

/// The bytes of a stream to its end; of one that is too large, a byte more than the cap is read.
///
/// # Errors
///
/// [`FileError::Io`], [`FileError::TooLarge`].
pub fn read_stream(stream: impl Read) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    stream.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES {
        return Err(too_large(bytes.len()));
    }
    Ok(bytes)
}

const fn too_large(size_bytes: usize) -> FileError {
    FileError::TooLarge(Unreadable::TooLarge {
        size_bytes,
        cap: MAX_BYTES,
    })
}
