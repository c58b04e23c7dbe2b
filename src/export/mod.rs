//! Writers of exports: CSV, JSON lines, Parquet, XLSX, a Data Package, a copy for Datasette.
//!
//! Rows of [`crate::query::Panel`] in; files out, row by row: memory does not grow with the reports,
//! but for the series, which keep a key of each and one series at a time. Knows no SQL and
//! no clock: equal data give equal bytes. A missing value is empty or null beside its status, or the word of its
//! status where it stands alone in a cell; never 0, never an empty text where a number is meant.

mod bodies;
mod codebook;
mod columns;
mod dataset;
mod datasette;
mod folder;
mod package;
mod parquet;
mod rows;
mod schema;
mod table;
mod text;
mod xlsx;

pub use codebook::{STATUSES, StatusWord, label_en, unit_en};
pub use dataset::{Creator, Dataset};
pub use datasette::write_datasette;
pub use package::write_package;
pub use parquet::write_parquet;
pub use table::{Column, Kind, Table, Value, What};
pub use text::{write_csv, write_json};
pub use xlsx::{Book, MAX_ROWS, write_xlsx};

use std::path::PathBuf;

use crate::query::QueryError;

/// Why an export was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The database did not answer.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// A file could not be written.
    #[error("cannot write the export: {0}")]
    Write(#[from] std::io::Error),
    /// A file could not be written.
    #[error("cannot write CSV: {0}")]
    Csv(#[from] csv::Error),
    /// A file could not be written.
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A file could not be written.
    #[error("cannot write Parquet: {0}")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    /// A file could not be written.
    #[error("cannot write XLSX: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// There is something already, which is not for us to remove.
    #[error("{} is there already and not empty: remove it, or name another folder", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// A value that its column cannot hold: a fault of this program.
    #[error("a value does not fit its column")]
    Misfit,
    /// A day or time that is none: the database holds what this program does not write.
    #[error("no day or time: {text:?}")]
    NoTime {
        /// As stored.
        text: String,
    },
}
