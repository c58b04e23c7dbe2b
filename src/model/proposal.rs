//! Proposals: the smallest change that would make contradictory numbers agree.
//!
//! Types only. A proposal is shown beside the numbers and never applied to them.

use std::str::FromStr;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::report::words;
use super::{Catalog, Decimal, IndicatorId, Source};

words! {
    /// What would have led from the proposed numbers to the printed ones.
    Cause {
        /// A digit is missing: 15 for 125.
        DigitDropped = "digit_dropped",
        /// A digit too many: 1225 for 125.
        DigitAdded = "digit_added",
        /// One digit is another one: 135 for 125.
        DigitChanged = "digit_changed",
        /// Two neighbouring digits stand the other way round: 152 for 125.
        DigitsSwapped = "digits_swapped",
        /// Another number altogether.
        Replaced = "replaced",
        /// A total is not what its parts add up to, and nothing else is wrong.
        TotalNotUpdated = "total_not_updated",
        /// A wrong number was added into the total beside it.
        AddedIntoTotal = "added_into_total",
        /// Two neighbouring cells stand the other way round.
        CellsSwapped = "cells_swapped",
        /// Numbers of a row stand one cell too far left or right.
        RowShifted = "row_shifted",
        /// Numbers of a column stand one cell too far up or down.
        ColumnShifted = "column_shifted",
        /// A row holds the numbers of the row next to it.
        RowRepeated = "row_repeated",
        /// A column holds the numbers of the column next to it.
        ColumnRepeated = "column_repeated",
        /// Two rows stand in each other's place.
        RowsSwapped = "rows_swapped",
        /// The digits of one number stand in two cells: `1` and `2` for 12.
        NumberSplit = "number_split",
        /// Two numbers stand in one cell: 12 for `1` and `2`.
        NumbersMerged = "numbers_merged",
        /// Several cells, each wrong for itself.
        Several = "several",
    }
}

words! {
    /// Whose mistake a contradiction is, by the bytes, which are read again.
    Fault {
        /// The archived bytes print the numbers as they were read.
        Page = "page",
        /// They do not: this program read them wrongly.
        Reading = "reading",
        /// Could not be checked: no bytes, or they can be read in more than one way.
        Unknown = "unknown",
    }
}

words! {
    /// How far to trust a proposal.
    Confidence {
        /// The only explanation, with one everyday cause.
        High = "high",
        /// The only explanation; one cause, and not an everyday one.
        Medium = "medium",
        /// One of several explanations, or of several mistakes at once.
        Low = "low",
    }
}

/// One cell of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProposedChange {
    /// Which cell.
    pub indicator: IndicatorId,
    /// The published number; `None` where the cell is blank or a mark.
    pub printed: Option<Decimal>,
    /// What would agree, in the unit of `printed`; `None` where the cell would have no number, or where
    /// the identities do not settle which.
    pub proposed: Option<Decimal>,
    /// Where the cell stands; `None` where the observation has no place.
    pub source: Option<Source>,
}

impl Serialize for ProposedChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let indicator = Catalog::get().indicator(self.indicator);
        let mut object = serializer.serialize_struct("ProposedChange", 5)?;
        object.serialize_field("id", &indicator.cell)?;
        object.serialize_field("form", &indicator.form)?;
        object.serialize_field("printed", &self.printed)?;
        object.serialize_field("proposed", &self.proposed)?;
        object.serialize_field("source", &self.source)?;
        object.end()
    }
}

/// A change of a few cells after which every hard identity of them holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Proposal {
    /// What would have happened.
    pub cause: Cause,
    /// Whose mistake it would be.
    pub fault: Fault,
    /// How far to trust it.
    pub confidence: Confidence,
    /// Whether it is the only smallest explanation. Several equal ones stand one after another, with the same
    /// `identities`.
    pub unique: bool,
    /// The cells, in the form's order.
    pub changes: Vec<ProposedChange>,
    /// The hard identities that fail now and would hold: id, and ` at ` with row or column.
    pub identities: Vec<String>,
    /// How many equal explanations there are, this one counted; of many, only the first are listed.
    pub alternatives: u32,
    /// In a sentence.
    pub message: String,
}
