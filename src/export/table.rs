//! What a table of an export is: its columns with their kinds and meanings, its keys, and a row's values.

use crate::model::{Decimal, FormId};

use super::columns::Place;

/// Which rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A row a report: its current version.
    Reports,
    /// A row a report: the capture it was read from and where that lies.
    Provenance,
    /// A row a cell of a report, missing ones included.
    Long,
    /// A row a report, a column a cell, of one form.
    Wide(FormId),
    /// A row a point of a series.
    Series,
    /// A row a value of a statistics list as printed.
    Statistics,
    /// A row a part of the narrative.
    Narratives,
    /// A row a finding of a current version.
    Findings,
    /// A row a finding across years, versions and texts.
    Watch,
    /// A row a body that reports are of, or that a link of one leads to.
    Agencies,
    /// A row a name of such a body.
    AgencyNames,
    /// A row a predecessor with its successor.
    AgencyLinks,
    /// A row a cell of a form.
    Codebook,
    /// A row a series of the crosswalk.
    SeriesCodebook,
    /// A row a status.
    Statuses,
    /// A row a code of a finding within a report.
    FindingCodes,
}

/// What values a column takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number.
    Whole,
    /// An exact decimal, with as many digits as printed.
    Exact,
    /// Yes or no.
    Yes,
    /// A day, ISO 8601.
    Day,
    /// A moment, UTC, ISO 8601, to the second.
    Time,
    /// A cell of a form: a number, or the word that says why there is none.
    Cell {
        /// Whether it may have decimals.
        money: bool,
    },
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What values it takes.
    pub kind: Kind,
    /// What it says, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Whether every row has it.
    pub required: bool,
}

/// That values of some columns stand in another table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign {
    /// The columns here.
    pub columns: &'static [&'static str],
    /// The other table.
    pub table: &'static str,
    /// Its columns.
    pub theirs: &'static [&'static str],
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Which rows.
    pub what: What,
    /// Its name: of a file, of a sheet.
    pub name: String,
    /// What it holds, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// The columns that tell a row from every other; empty where rows have no key.
    pub key: &'static [&'static str],
    /// References to other tables of the same package.
    pub foreign: Vec<Foreign>,
    pub(super) place: Place,
}

impl Table {
    /// The columns that hold cells of a form.
    pub fn has_cells(&self) -> bool {
        self.columns
            .iter()
            .any(|column| matches!(column.kind, Kind::Cell { .. }))
    }
}

/// A value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// None: empty, null.
    Missing,
    /// Text, a word, a day or a moment.
    Text(&'a str),
    /// A whole number.
    Whole(i64),
    /// An exact decimal.
    Exact(Decimal),
    /// Yes or no.
    Yes(bool),
    /// A cell without a number in the form's unit, and why.
    NoNumber(&'static str),
}

impl<'a> Value<'a> {
    pub(super) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Missing, Self::Text)
    }

    pub(super) fn whole(number: Option<impl Into<i64>>) -> Self {
        number.map_or(Self::Missing, |number| Self::Whole(number.into()))
    }

    pub(super) fn exact(number: Option<Decimal>) -> Self {
        number.map_or(Self::Missing, Self::Exact)
    }
}

/// Takes the rows of one table in order.
pub(super) trait Sink {
    /// One row: a value a column.
    fn row(&mut self, values: &[Value<'_>]) -> Result<(), super::ExportError>;
}
