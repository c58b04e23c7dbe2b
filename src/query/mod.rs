//! Questions to the store: lists, panels across years, exports.
//!
//! Takes a [`crate::store::Store`], best opened for reading only; returns plain values. Writes nothing. A
//! missing value stays missing: it has a status and is neither 0 nor a smaller sum.

mod absent;
mod agencies;
mod bodies;
mod browse;
mod captures;
mod chains;
pub mod compare;
pub mod copies;
mod coverage;
pub mod crosswalk;
mod diff;
mod division;
mod expected;
mod export;
mod filter;
mod listed;
mod namesakes;
mod panel;
mod places;
pub mod ratios;
mod reports;
mod rows;
mod search;
mod series;
mod spread;
mod sql;
mod standing;
pub mod watch;
mod wide;

pub use absent::{AbsentYear, Traces, absent_years, traces};
pub use agencies::{
    AgencyLine, AgencyLinkLine, AgencyListFilter, AgencyName, AgencyRecord, agency_label,
    list_agencies, show_agencies, show_agency,
};
pub use bodies::{Bodies, Body, BodyLink, BodyName};
pub use browse::{
    ByProvince, Holdings, Lines, ProvinceYear, RunLine, UnplacedLine, WatchFilter, Window,
    YearCell, YearCount, agencies_part, agency_years, holdings, last_runs, province_years,
    unplaced_part, watch_one, watch_part,
};
pub use captures::{
    CaptureLine, RecordKnown, archive_ends, capture_of, capture_of_digest, captures_of_file,
    is_captured, latest_capture, source_of_report,
};
pub use chains::chains;
pub use coverage::{CellEvidence, Coverage, CoverageRow, Presence, coverage, coverage_with};
pub use diff::{
    CellChange, CellSide, Change, Diff, FieldChange, Piece, RowChange, SectionChange, VersionLine,
    diff, version_before, versions,
};
pub use division::{Division, DivisionError};
pub use export::{export_csv, export_json};
pub use filter::{AgencyFilter, Copies, Filter};
pub use listed::{ListedColumn, ListedEntry};
pub use panel::{
    Details, FindingText, Head, Narrative, Panel, exported_series_of, in_wide, series_of,
};
pub use places::{
    AgencyIdentity, ReportPlace, agency_identities, divisions, placed_report, places_of_bodies,
    report_place, unplaced_reports,
};
pub use reports::{
    FindingCount, FindingLine, ProposalLine, RefusalLine, ReportLine, agency_names, count_copies,
    find_reports, findings, findings_since, list_reports, load_report, proposals, refusals,
};
pub use rows::{export_rows_csv, export_rows_json};
pub use search::{Found, Hit, MOST_COUNTED, SearchOptions, Words, WordsError, search};
pub use series::{Panels, Part, Point, PointStatus, Side, all_series, cell_series, series};
pub use spread::{Spread, SpreadOf, spread};
pub use sql::{Cut, SqlAnswer, SqlLimits, SqlValue, ViewLine, ask, views};
pub use standing::{
    LaterRow, StandingRow, body_of, doubles, later_on, names_of, standing_of, standing_on,
    successors_of,
};
pub use watch::{WatchLine, watch, watch_of_report};

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
    /// The index of narratives was made by another program.
    #[error("the index of narratives is of another version: `nianbao build` makes it anew")]
    NotIndexed,
    /// The database says of no agency which division it is of.
    #[error("this database does not know the divisions of agencies")]
    NoDivisions,
    /// The SQL asks for more than an answer.
    #[error("only questions are answered: {what} is not allowed")]
    NotAllowed {
        /// What it would do.
        what: String,
    },
    /// The SQL is no statement, or several.
    #[error("give one SELECT statement: {why}")]
    NotOne {
        /// What there is instead.
        why: &'static str,
    },
    /// The SQL took too long. Nothing of it is given.
    #[error(
        "stopped after {seconds} s without an answer: narrow the question, or allow more with --seconds"
    )]
    TimeUp {
        /// The limit.
        seconds: u64,
    },
    /// The SQL took too much memory, or has a value that is too long. Nothing of it is given.
    #[error("stopped: it needs more memory than is allowed, {what}")]
    TooMuch {
        /// Which bound it met.
        what: &'static str,
    },
    /// The SQL is wrong.
    #[error("{message}")]
    Sql {
        /// What `SQLite` says, with the place in the SQL where it says one.
        message: String,
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
