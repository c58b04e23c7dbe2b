//! What a page says, known because we wrote it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use nianbao::model::{CellStatus, FormId, Scope, SectionKind, Unit};

/// What must be read from one cell of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedCell {
    /// The number; present exactly where the status is [`CellStatus::Number`].
    pub value: Option<String>,
    /// What stands there.
    pub status: CellStatus,
    /// The text as printed, without surrounding space; empty where blank or absent.
    pub raw: String,
    /// The printed unit, else the form's.
    pub unit: Option<Unit>,
}

impl ExpectedCell {
    /// A cell whose row the page left out.
    pub fn row_absent(unit: Option<Unit>) -> Self {
        Self {
            value: None,
            status: CellStatus::RowAbsent,
            raw: String::new(),
            unit,
        }
    }
}

/// A contradiction put into the page on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planted {
    /// A row's 总计 is not the sum of its cells.
    RowSum {
        /// The row.
        row: String,
    },
    /// A column's outcomes do not add up to its （七）总计.
    OutcomeSum {
        /// The column.
        column: String,
    },
    /// 一 + 二 ≠ 三（七） + 四 in a column.
    Flow {
        /// The column.
        column: String,
    },
    /// A total of section four is not the sum of its parts.
    DisputeSum {
        /// The cell of the total.
        cell: String,
    },
    /// The text gives another number of requests than the table.
    Narrative {
        /// The cell of the table.
        cell: String,
        /// The number in the text.
        said: i64,
    },
}

/// Everything a reader must find on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// Title as printed.
    pub title: String,
    /// Who published it.
    pub agency: String,
    /// Report year.
    pub year: i16,
    /// Publication date.
    pub published: Date,
    /// Whose work it covers.
    pub scope: Scope,
    /// The form of its tables.
    pub form: FormId,
    /// Every cell of the form.
    pub cells: BTreeMap<String, ExpectedCell>,
    /// Those of them that the page as printed does not tell: they must be refused.
    pub untold: BTreeSet<String>,
    /// The narrative: sections in order with their paragraphs, headings not included.
    pub sections: Vec<(SectionKind, Vec<String>)>,
    /// Contradictions on the page.
    pub planted: Vec<Planted>,
}
