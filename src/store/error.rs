//! Why the store could not do what was asked.

use std::path::{Path, PathBuf};

use crate::model::{CellStatus, FormId};

/// Why the store could not do what was asked. Nothing of a failed [`super::Writer::put`] stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file could not be opened as a database.
    #[error("cannot open the database {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// The file is a database, but of something else.
    #[error("{} is a database, but not one of nianbao", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was made by a newer program.
    #[error(
        "{} has schema {found}; this program knows schemas up to {known}: use a newer nianbao",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The file has an older schema and was opened for reading only.
    #[error(
        "{} has schema {found} and needs {known}: open it once for writing to migrate it",
        path.display()
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The one needed.
        known: i64,
    },
    /// `SQLite` refused: disk, lock, or a constraint.
    #[error("database: {source}")]
    Sqlite {
        /// What it says.
        source: rusqlite::Error,
    },
    /// The disk has no room: for what was to be written, or for the index that even reading needs beside the file.
    #[error("the disk is full: make room and try again; what the database has is safe ({source})")]
    Full {
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// An observation has a value and a status other than number, or none and the status number.
    #[error("cell {cell} of form {form}: status {} contradicts its value", status.as_str())]
    StatusContradictsValue {
        /// The form.
        form: FormId,
        /// The cell.
        cell: String,
        /// The status.
        status: CellStatus,
    },
    /// A report has two observations of one cell.
    #[error("cell {cell} of form {form} twice in one report")]
    DuplicateObservation {
        /// The form.
        form: FormId,
        /// The cell.
        cell: String,
    },
    /// A report has more sections than there are numbers for in one version.
    #[error("{found} sections in one report: more than {most}")]
    TooManySections {
        /// How many it has.
        found: usize,
        /// How many it may have.
        most: usize,
    },
    /// The numbers that the index of narratives has for the versions of a year are all given.
    #[error(
        "the index of narratives has no number left for a version of this year: build the database anew"
    )]
    IndexFull,
    /// The report was read from other bytes than the capture's.
    #[error("the report was read from {report}, the capture is {capture}")]
    OtherCapture {
        /// Digest in the report's provenance.
        report: String,
        /// Digest of the capture.
        capture: String,
    },
    /// A word, digest or blob in the database is none this program writes.
    #[error("the database holds {value:?} as {what}")]
    Unknown {
        /// What it should be.
        what: &'static str,
        /// What it is.
        value: String,
    },
    /// A report could not be written as JSON, for its digest.
    #[error("cannot digest a report: {source}")]
    Digest {
        /// Why.
        #[from]
        source: serde_json::Error,
    },
}

impl StoreError {
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

    /// A word that is not of its closed list.
    pub(crate) fn unknown(what: &'static str, value: impl Into<String>) -> Self {
        Self::Unknown {
            what,
            value: value.into(),
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

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        if is_full(&source) {
            Self::Full { source }
        } else {
            Self::Sqlite { source }
        }
    }
}
