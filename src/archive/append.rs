//! Appending to one file so that it always ends behind a whole record.
//!
//! In: bytes of whole records. Out: their offset, after they are on the disk. A write that
//! fails is taken back by truncating; a sync that fails ends the use of the file, because
//! what the disk holds is then unknown and asking again would be answered with a lie.

use std::fs::File;
use std::io::{self, Write as _};

/// Why bytes were not appended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// Writing failed (disk full, quota); the file ends where it ended before.
    #[error("cannot write; the file was cut back to {end} bytes")]
    Write {
        /// Length of the file, in bytes.
        end: u64,
        /// Why.
        source: io::Error,
    },
    /// Syncing failed, or cutting back did. The file takes no more records.
    #[error("the disk failed behind byte {end}; the file is closed for writing")]
    Disk {
        /// End of the last record known to be on the disk, in bytes.
        end: u64,
        /// Why.
        source: io::Error,
    },
    /// An earlier failure closed the file.
    #[error("an earlier disk failure closed the file at {end} bytes")]
    Closed {
        /// End of the last record known to be on the disk, in bytes.
        end: u64,
    },
}

/// A file as far as appending needs one; tests put failing ones in its place.
pub(super) trait Storage {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
    fn truncate(&mut self, length: u64) -> io::Result<()>;
}

impl Storage for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// A file and the end of its last record.
#[derive(Debug)]
pub(super) struct Appender<S> {
    storage: S,
    end: u64,
    closed: bool,
}

impl<S: Storage> Appender<S> {
    /// `storage` must be opened for appending and end at `end`.
    pub(super) fn new(storage: S, end: u64) -> Self {
        Self {
            storage,
            end,
            closed: false,
        }
    }

    /// End of the last record, in bytes.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Appends whole records, in as many pieces as they come, and syncs; returns where they begin.
    pub(super) fn append(&mut self, records: &[Vec<u8>]) -> Result<u64, AppendError> {
        let end = self.end;
        if self.closed {
            return Err(AppendError::Closed { end });
        }
        let written = records
            .iter()
            .try_for_each(|piece| self.storage.append(piece));
        if let Err(source) = written {
            return match self.storage.truncate(end) {
                Ok(()) => Err(AppendError::Write { end, source }),
                Err(_) => Err(self.close(source)),
            };
        }
        if let Err(source) = self.storage.sync() {
            // Not a second try, only so that the next reader meets no half record.
            let _ = self.storage.truncate(end);
            return Err(self.close(source));
        }
        self.end += records.iter().map(|piece| piece.len() as u64).sum::<u64>();
        Ok(end)
    }

    fn close(&mut self, source: io::Error) -> AppendError {
        self.closed = true;
        let end = self.end;
        AppendError::Disk { end, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk of `room` bytes that may refuse to sync or truncate.
    #[derive(Default)]
    struct Disk {
        bytes: Vec<u8>,
        room: usize,
        sync_fails: bool,
        truncate_fails: bool,
    }

    impl Storage for Disk {
        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            let free = self.room - self.bytes.len();
            let fits = &bytes[..bytes.len().min(free)];
            self.bytes.extend_from_slice(fits);
            if fits.len() < bytes.len() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            if self.sync_fails {
                return Err(io::Error::other("sync"));
            }
            Ok(())
        }

        fn truncate(&mut self, length: u64) -> io::Result<()> {
            if self.truncate_fails {
                return Err(io::Error::other("truncate"));
            }
            self.bytes.truncate(usize::try_from(length).unwrap());
            Ok(())
        }
    }

    fn appender(room: usize) -> Appender<Disk> {
        let disk = Disk {
            room,
            ..Disk::default()
        };
        Appender::new(disk, 0)
    }

    #[test]
    fn a_full_disk_leaves_whole_records() {
        let mut file = appender(10);
        assert_eq!(file.append(&[b"12345".to_vec()]).unwrap(), 0);
        let error = file
            .append(&[b"123".to_vec(), b"4567".to_vec()])
            .unwrap_err();
        assert!(matches!(error, AppendError::Write { end: 5, .. }));
        assert_eq!(file.storage.bytes, b"12345");
        assert_eq!(file.append(&[b"abcde".to_vec()]).unwrap(), 5);
        assert_eq!(file.end(), 10);
    }

    #[test]
    fn a_failed_sync_or_truncate_closes_the_file() {
        for truncate_fails in [false, true] {
            let mut file = appender(6);
            file.append(&[b"1234".to_vec()]).unwrap();
            file.storage.sync_fails = !truncate_fails;
            file.storage.truncate_fails = truncate_fails;
            let records = if truncate_fails { "long" } else { "x" };
            let error = file.append(&[records.into()]).unwrap_err();
            assert!(matches!(error, AppendError::Disk { end: 4, .. }));
            let error = file.append(&[]).unwrap_err();
            assert!(matches!(error, AppendError::Closed { end: 4 }));
            assert_eq!(file.end(), 4);
        }
    }
}
