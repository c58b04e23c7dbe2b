//! What became of a rule on one report.
//!
//! Three-valued: it holds, fails, or cannot be assessed because a cell has no number. Types only.

use super::rule::{Part, Rule, Side};
use super::sum::Sum;
use crate::model::{CellStatus, Decimal, IndicatorId};

/// Whether an identity holds for numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It fails.
    Fails {
        /// What the left side comes to.
        left: Sum,
        /// What the right side comes to. For an [`Operator::Whole`](super::Operator::Whole) rule the whole number below, else zero
        /// where nothing stands on the right.
        right: Sum,
    },
}

/// What became of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every cell is a number, and it holds.
    Holds,
    /// Every cell is a number, and it fails.
    Fails {
        /// What the left side comes to.
        left: Sum,
        /// What the right side comes to, as in [`Verdict::Fails`].
        right: Sum,
    },
    /// Some cells have no number.
    NotAssessable {
        /// These.
        missing: Vec<IndicatorId>,
        /// What came out if they were zero; `None` where one of them is not blank or a mark but words,
        /// unreadable or absent, and so may be anything.
        if_blanks_zero: Option<Verdict>,
        /// No numbers in place of the blanks could make it hold, none below zero in a cell that counts.
        irreconcilable: bool,
    },
}

/// One cell of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckCell {
    /// The cell.
    pub indicator: IndicatorId,
    /// On which side of the identity.
    pub side: Side,
    /// How it enters that side.
    pub part: Part,
    /// What stands there; absent where the observations lack the cell.
    pub status: CellStatus,
    /// The number, if it can be compared; `None` also where it is in a unit of money other than the form's.
    pub value: Option<Decimal>,
}

/// One rule on one report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The rule: identity, form and place.
    pub rule: &'static Rule,
    /// Its cells, left side first.
    pub cells: Vec<CheckCell>,
    /// What became of it.
    pub outcome: Outcome,
}

impl Check {
    /// The identity's id.
    pub fn id(&self) -> &'static str {
        &self.rule.identity.id
    }

    /// Whether it failed, all its cells being numbers.
    pub const fn fails(&self) -> bool {
        matches!(self.outcome, Outcome::Fails { .. })
    }

    /// Whether a cell takes part in it.
    pub fn involves(&self, indicator: IndicatorId) -> bool {
        self.cells.iter().any(|cell| cell.indicator == indicator)
    }
}
