//! A folder that is there whole or not at all, and files with their digests.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::ExportError;

/// Fills a folder under a temporary name beside `path` and gives it its name when it is whole.
pub(super) fn whole<T>(
    path: &Path,
    fill: impl FnOnce(&Path) -> Result<T, ExportError>,
) -> Result<T, ExportError> {
    let taken = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some());
    if taken || path.is_file() {
        return Err(ExportError::Exists { path: path.into() });
    }
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not the name of a folder"))?;
    let mut draft = std::ffi::OsString::from(".");
    draft.push(name);
    draft.push(format!(".{}.part", std::process::id()));
    let draft: PathBuf = path.with_file_name(draft);
    let filled = fs::create_dir(&draft)
        .map_err(ExportError::from)
        .and_then(|()| fill(&draft))
        .and_then(|result| {
            if path.is_dir() {
                fs::remove_dir(path)?;
            }
            fs::rename(&draft, path)?;
            Ok(result)
        });
    if filled.is_err() {
        // The reason it failed is what is told.
        let _ = fs::remove_dir_all(&draft);
    }
    filled
}

/// A file's size and digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) bytes: u64,
    /// SHA-256, hexadecimal.
    pub(super) sha256: String,
}

/// Writes a file to the disk and tells its digest.
pub(super) fn file<T>(
    path: &Path,
    write: impl FnOnce(&mut Digesting) -> Result<T, ExportError>,
) -> Result<(T, Written), ExportError> {
    let mut file = Digesting {
        file: BufWriter::new(File::create_new(path)?),
        digest: Sha256::new(),
        bytes: 0,
    };
    let result = write(&mut file)?;
    file.file.flush()?;
    file.file.get_ref().sync_all()?;
    let written = Written {
        bytes: file.bytes,
        sha256: data_encoding::HEXLOWER.encode(&file.digest.finalize()),
    };
    Ok((result, written))
}

/// A file that keeps the digest of what goes through.
pub(super) struct Digesting {
    file: BufWriter<File>,
    digest: Sha256,
    bytes: u64,
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.digest.update(&bytes[..count]);
        self.bytes += u64::try_from(count).unwrap_or_default();
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A JSON document, indented, with a line's end behind it.
pub(super) fn json(path: &Path, value: &serde_json::Value) -> Result<Written, ExportError> {
    let ((), written) = file(path, |file| {
        serde_json::to_writer_pretty(&mut *file, value)?;
        Ok(file.write_all(b"\n")?)
    })?;
    Ok(written)
}
