//! Where a file that is to be appended to really ends.
//!
//! In: a file as a crash may have left it. Out: the end of its last whole record and what
//! lies behind. Changes nothing.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::damage::ReadError;
use super::reader::{Limits, Reader};

/// What lies behind the last whole record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing.
    Clean,
    /// The beginning of a record, or zero bytes: never reported as written.
    Unfinished,
    /// Something else. Not to be cut off, not to be appended to.
    Damaged,
}

/// The end of the last whole record at or behind `from` (the start of a record), and what follows it.
pub(super) fn examine(path: &Path, from: u64, limits: Limits) -> Result<(u64, Tail), ReadError> {
    let open = |source| ReadError::Open {
        path: path.into(),
        source,
    };
    let file = File::open(path).map_err(open)?;
    let mut reader = Reader::new(file, from, limits).map_err(open)?;
    let mut end = from;
    let error = loop {
        match reader.next() {
            None => return Ok((end, Tail::Clean)),
            Some(Err(error)) if reader.is_stopped() => break error,
            // A bad record in an intact member is whole all the same.
            Some(_) => {}
        }
        end = reader.position();
    };
    if error.is_io() {
        return Err(error);
    }
    let unfinished = matches!(error, ReadError::Torn { .. } | ReadError::ZeroTail { .. })
        || ends_in_zeros(path).map_err(open)?;
    // A flipped bit may also look like a torn record; then others follow it.
    if unfinished && reader.resync(end)?.is_none() {
        return Ok((end, Tail::Unfinished));
    }
    Ok((end, Tail::Damaged))
}

/// Whether the last eight bytes are zero, which no gzip member with content ends in.
fn ends_in_zeros(path: &Path) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() < 8 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-8))?;
    let mut last = [1; 8];
    file.read_exact(&mut last)?;
    Ok(last == [0; 8])
}
