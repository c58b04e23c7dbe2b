//! Why the ledger could not do what was asked.

use std::path::{Path, PathBuf};

/// Why the ledger could not do what was asked. Nothing of a failed commit stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrontierError {
    /// The file could not be opened as a database.
    #[error("cannot open the ledger {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// The file is a database, but of something else.
    #[error("{} is a database, but not a ledger of nianbao", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was made by a newer program.
    #[error("{} has schema {found}; this program knows schemas up to {known}: use a newer nianbao", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The disk has no room: for what was to be committed, or for the index that even reading needs beside the file.
    #[error(
        "the disk is full: make room and try again; what the ledger has told of is safe ({source})"
    )]
    Full {
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// `SQLite` refused: disk, lock, or a constraint.
    #[error("ledger: {source}")]
    Sqlite {
        /// What it says.
        source: rusqlite::Error,
    },
    /// A row holds a word that this program does not know.
    #[error("ledger: {word:?} is no {what}")]
    Word {
        /// What was expected.
        what: &'static str,
        /// What stands there.
        word: String,
    },
}

impl FrontierError {
    /// Whether room on the disk would mend it.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Full { .. } => true,
            Self::Open { source, .. } | Self::Sqlite { source } => is_full(source),
            _ => false,
        }
    }

    /// Of a file that could not be opened.
    pub(super) fn opening(path: &Path, source: rusqlite::Error) -> Self {
        if is_full(&source) {
            return Self::Full { source };
        }
        Self::Open {
            path: path.into(),
            source,
        }
    }
}

/// Whether `SQLite` wants for room. The file beside a log (`-shm`) has an error of its own for that.
fn is_full(source: &rusqlite::Error) -> bool {
    source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
        || source
            .sqlite_error()
            .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

impl From<rusqlite::Error> for FrontierError {
    fn from(source: rusqlite::Error) -> Self {
        if is_full(&source) {
            Self::Full { source }
        } else {
            Self::Sqlite { source }
        }
    }
}
