//! Questions to the store: lists, panels across years, exports.
//!
//! Takes a [`crate::store::Store`], best opened for reading only; returns plain values. Writes nothing. A
//! missing value stays missing: it has a status and is neither 0 nor a smaller sum.

mod captures;
pub mod copies;
mod coverage;
pub mod crosswalk;
mod diff;
mod export;
mod filter;
mod panel;
mod reports;
mod rows;
mod series;
pub mod watch;

pub use captures::{
    CaptureLine, RecordKnown, archive_ends, capture_of, captures_of_file, is_captured,
    latest_capture,
};
pub use coverage::{Coverage, CoverageRow, Presence, coverage};
pub use diff::{
    CellChange, CellSide, Change, Diff, FieldChange, Piece, RowChange, SectionChange, VersionLine,
    diff, versions,
};
pub use export::{export_csv, export_json};
pub use filter::{AgencyFilter, Copies, Filter};
pub use panel::chains;
pub use reports::{
    FindingCount, FindingLine, ProposalLine, RefusalLine, ReportLine, agency_names, count_copies,
    find_reports, findings, findings_since, list_reports, load_report, proposals, refusals,
};
pub use rows::{export_rows_csv, export_rows_json};
pub use series::{Part, Point, PointStatus, cell_series, series};
pub use watch::{WatchLine, watch};

use crate::model::FormId;
use crate::store::StoreError;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database could not be read.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// No series of this id in `data/series.toml`.
    #[error("no series {id:?}")]
    UnknownSeries {
        /// As asked.
        id: String,
    },
    /// No form has such a cell.
    #[error("no form has a cell {cell:?}")]
    UnknownCell {
        /// As asked.
        cell: String,
    },
    /// The series means different things in different forms; ask for one form.
    #[error("series {id} cannot be joined across forms {}: {caveat}", words(forms))]
    NotComparable {
        /// The series.
        id: String,
        /// Why.
        caveat: String,
        /// The forms that the answer would have joined.
        forms: Vec<FormId>,
    },
    /// An export could not be written.
    #[error("cannot write the export: {0}")]
    Csv(#[from] csv::Error),
    /// An export could not be written.
    #[error("cannot write the export: {0}")]
    Json(#[from] serde_json::Error),
    /// An export could not be written.
    #[error("cannot write the export: {0}")]
    Write(#[from] std::io::Error),
}

fn words(forms: &[FormId]) -> String {
    let words: Vec<_> = forms.iter().map(|form| form.as_str()).collect();
    words.join(", ")
}
