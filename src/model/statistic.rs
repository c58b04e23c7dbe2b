//! Statistics lists as printed: every row, every value column, known to the forms or not.
//!
//! The observations hold what the catalog can name. Provinces added rows and columns of their own; here nothing
//! printed is lost, and the year's numbers stay apart from those added up over years.

use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::report::words;
use super::{CellStatus, Decimal, FormId, Source, Unit};

words! {
    /// What a value column of a list counts, by its head.
    ColumnKind {
        /// A year: `2015年度`, `本年累计`, `统计数`.
        Year = "year",
        /// All years up to now: `历年累计`, `截至2012年底累计`.
        Cumulative = "cumulative",
        /// A month or a quarter: `本月`, `12月`, `四季度`.
        Month = "month",
        /// The head does not say, or there is none; a remark.
        Unknown = "unknown",
    }
}

/// One row of a statistics list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct StatisticRow {
    /// The form whose list the table follows.
    pub form: FormId,
    /// The id of the form's row; `None` where the form does not know the label.
    pub id: Option<String>,
    /// The label of the cell beside the row's label that covers several rows; `None` where there is none.
    pub group: Option<String>,
    /// The label as printed, enumeration marks included.
    pub label: String,
    /// The printed code or running number; `None` where the row has none.
    pub code: Option<String>,
    /// What stands in the unit's cell as printed; `None` where it is empty or there is none.
    pub unit: Option<String>,
    /// The row's values from left to right; empty for a heading.
    pub cells: Vec<StatisticCell>,
}

/// One value of a [`StatisticRow`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct StatisticCell {
    /// The column's head as printed, one under another joined by a space; `None` where there is none.
    pub head: Option<String>,
    /// What the column counts.
    pub kind: ColumnKind,
    /// The year of a [`ColumnKind::Year`] column: the one its head names, the report year where the head means that;
    /// `None` where neither is known.
    pub year: Option<i16>,
    /// The number; present exactly where `status` is [`CellStatus::Number`].
    pub value: Option<Decimal>,
    /// What stands there; never an absence.
    pub status: CellStatus,
    /// The cell's text as published, without surrounding space; empty where blank.
    pub raw: String,
    /// The printed unit (in the cell, the label or the unit's cell), else that of the form's row; `None` where nothing says.
    pub unit: Option<Unit>,
    /// Where it stood; `None` where that is not known any more.
    pub source: Option<Source>,
}
