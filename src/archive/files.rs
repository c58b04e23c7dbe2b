//! The files of a series: their names, their locks, and what the ledger does not know of them.
//!
//! In: a directory. Out: files by number. Cuts off only what lies behind the ledger's last end,
//! and of that no more than [`Options::max_cut`].

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use super::failure::WriteError;
use super::options::{KnownEnd, Notice, Options};

/// Number and name of the series' files, in their order.
pub(super) fn series(directory: &Path, prefix: &str) -> Result<Vec<(u32, String)>, WriteError> {
    let open = |source| WriteError::Open {
        path: directory.into(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(open)? {
        let name = entry.map_err(open)?.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Some(serial) = serial_of(name, prefix) {
            files.push((serial, name.to_owned()));
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// The number in a file's name; `None` where it is of no or another series.
pub(super) fn serial_of(name: &str, prefix: &str) -> Option<u32> {
    let stem = name.strip_prefix(prefix)?.strip_prefix('-')?;
    let (time, serial) = stem.strip_suffix(".warc.gz")?.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (time.len() == 14 && digits(time) && digits(serial)).then_some(())?;
    serial.parse().ok()
}

/// Cuts the file that the ledger names to its end there, and removes those begun after it,
/// which held nothing but a batch that was never entered. `files` is left with those that stay.
pub(super) fn cut(
    directory: &Path,
    files: &mut Vec<(u32, String)>,
    known: &KnownEnd,
    options: &Options,
    notices: &mut Vec<Notice>,
) -> Result<(), WriteError> {
    let Some(serial) = serial_of(&known.file, &options.prefix) else {
        return Ok(());
    };
    let mut later = Vec::new();
    let mut beyond = 0;
    for (_, name) in files
        .iter()
        .filter(|file| **file > (serial, known.file.clone()))
    {
        let path = directory.join(name);
        let (file, length) = open_locked(&path)?;
        beyond += length;
        later.push((name.clone(), path, file, length));
    }
    let path = directory.join(&known.file);
    let last = if path.exists() {
        let (file, length) = open_locked(&path)?;
        beyond += length.saturating_sub(known.end);
        Some((file, length))
    } else {
        notices.push(Notice::Missing {
            file: known.file.clone(),
            known: known.end,
        });
        None
    };
    if beyond > options.max_cut {
        return Err(WriteError::LedgerBehind { path, beyond });
    }
    // From the end, so that another crash leaves a series without a gap.
    for (name, path, _file, dropped) in later.into_iter().rev() {
        std::fs::remove_file(&path).map_err(|source| WriteError::Open { path, source })?;
        files.retain(|(_, other)| *other != name);
        notices.push(Notice::Cut {
            file: name,
            end: 0,
            dropped,
        });
    }
    if let Some((file, length)) = last
        && length > known.end
    {
        let open = |source| WriteError::Open {
            path: path.clone(),
            source,
        };
        file.set_len(known.end).map_err(open)?;
        file.sync_all().map_err(open)?;
        notices.push(Notice::Cut {
            file: known.file.clone(),
            end: known.end,
            dropped: length - known.end,
        });
    }
    sync_directory(directory).map_err(|source| WriteError::Open {
        path: directory.into(),
        source,
    })
}

/// A file opened for appending that no other process appends to, and its length in bytes.
pub(super) fn open_locked(path: &Path) -> Result<(File, u64), WriteError> {
    let open = |source| WriteError::Open {
        path: path.into(),
        source,
    };
    let file = OpenOptions::new().append(true).open(path).map_err(open)?;
    lock(&file, path)?;
    let length = file.metadata().map_err(open)?.len();
    Ok((file, length))
}

pub(super) fn lock(file: &File, path: &Path) -> Result<(), WriteError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(std::fs::TryLockError::WouldBlock) => Err(WriteError::InUse { path: path.into() }),
        Err(std::fs::TryLockError::Error(source)) => Err(WriteError::Open {
            path: path.into(),
            source,
        }),
    }
}

/// Fails where writing `needed` bytes would leave less than the reserve.
pub(super) fn reserve(directory: &Path, needed: u64, reserve: u64) -> Result<(), WriteError> {
    if reserve == 0 {
        return Ok(());
    }
    let available = fs4::available_space(directory).map_err(|source| WriteError::Space {
        path: directory.into(),
        source,
    })?;
    if available.saturating_sub(needed) < reserve {
        return Err(WriteError::Reserve {
            available,
            needed,
            reserve,
        });
    }
    Ok(())
}

/// A new file's name is durable only once its directory is.
#[cfg(unix)]
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
