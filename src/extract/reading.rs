//! What the table readers hand over: cells with the place they stood in, before their form is settled.

use std::borrow::Cow;

use crate::model::{CellStatus, Code, Finding, FormId, Source, StatisticRow};
use crate::normalize::CellText;

use super::view::{CellView, TableView};

/// Which cell of the forms was found. Where several forms print the same row or table, the page as a
/// whole decides the form, in `assemble`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// Requests table: row in [`Lexicon::requests`](super::lexicon::Lexicon::requests), column in
    /// printed order.
    Request {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
    },
    /// An article-20 table, whose heads decided the form.
    Article20 {
        /// The row in [`Lexicon::article20`](super::lexicon::Lexicon::article20).
        row: usize,
        /// The form.
        form: FormId,
        /// The column of the form's table.
        column: usize,
    },
    /// The disputes table.
    Dispute {
        /// Number in [`DISPUTE_GROUPS`](super::lexicon::DISPUTE_GROUPS).
        group: u8,
        /// Number in [`DISPUTE_LEAVES`](super::lexicon::DISPUTE_LEAVES).
        leaf: u8,
    },
    /// A list.
    List {
        /// The form.
        form: FormId,
        /// The table of the form.
        table: usize,
        /// The row of the table.
        row: usize,
        /// The column of the table; 0 where it has no columns.
        column: usize,
    },
}

/// One cell as found on the page.
#[derive(Debug, Clone)]
pub struct Found<'d> {
    /// Which.
    pub key: Key,
    /// Its text as published.
    pub raw: Cow<'d, str>,
    /// The text read as a value.
    pub value: CellText,
    /// Where it stood.
    pub source: Source,
}

impl<'d> Found<'d> {
    /// A grid cell.
    pub fn cell(key: Key, table: u32, cell: &CellView<'d>) -> Self {
        Self {
            key,
            raw: cell.text.clone(),
            value: cell.content(),
            source: Source {
                table: Some(table),
                row: cell.row,
                column: cell.column,
                bytes: cell.bytes,
            },
        }
    }

    /// A place whose value cannot be told from its neighbours'.
    pub fn unreadable(key: Key, raw: String, source: Source) -> Self {
        Self {
            key,
            raw: Cow::Owned(raw),
            value: CellText {
                status: CellStatus::Unreadable,
                value: None,
                unit: None,
            },
            source,
        }
    }
}

/// Everything the readers found on a page.
#[derive(Debug, Default)]
pub struct Readings<'d> {
    /// Cells.
    pub found: Vec<Found<'d>>,
    /// Tables (numbers) of which something was read: no part of the narrative.
    pub tables: Vec<u32>,
    /// Years named right above a table that was read: number of the table, year.
    pub captions: Vec<(u32, i16)>,
    /// Blocks (numbers) read as flattened cells or labels: no part of the narrative.
    pub blocks: Vec<u32>,
    /// Rows of lists as printed.
    pub statistics: Vec<StatisticRow>,
    /// What is odd.
    pub findings: Vec<Finding>,
}

impl<'d> Readings<'d> {
    /// Takes over what another reader found; gives `any` back.
    pub fn take(&mut self, other: Readings<'d>, any: bool) -> bool {
        self.found.extend(other.found);
        self.statistics.extend(other.statistics);
        self.findings.extend(other.findings);
        any
    }

    /// Notes a cell of a labelled row; unreadable where its number stands for rows below as well.
    pub fn push_cell(
        &mut self,
        key: Key,
        view: &TableView<'d>,
        label: &CellView<'_>,
        cell: &CellView<'d>,
    ) {
        let mut found = Found::cell(key, view.table, cell);
        let end = (cell.row + cell.height).min(view.rows);
        let below = label.row + label.height..end;
        if found.value.value.is_some() && view.has_labels(below) {
            let message = format!("{:?} stands over {} rows", cell.text, cell.height);
            self.find(
                Code::AmbiguousCells,
                place_of(view.table, cell.row),
                message,
            );
            found.value.status = CellStatus::Unreadable;
            found.value.value = None;
        }
        self.found.push(found);
    }

    /// What was read of a table with rows and columns exchanged, at its places on the page.
    #[must_use]
    pub fn turned_back(mut self) -> Self {
        for cell in &mut self.found {
            let source = &mut cell.source;
            std::mem::swap(&mut source.row, &mut source.column);
        }
        self
    }

    /// Notes a finding.
    pub fn find(&mut self, code: Code, place: impl Into<String>, message: impl Into<String>) {
        self.findings.push(Finding::new(code, place, message));
    }
}

/// Whether a label stands over a second row of numbers that has no label of its own.
pub fn covers_values_below(view: &TableView<'_>, label: &CellView<'_>) -> bool {
    (label.row + 1..label.row + label.height).any(|row| {
        view.own(row).any(|cell| cell.value.value.is_some())
            && !view.own(row).any(CellView::is_wordy)
    })
}

/// `table 3, row 7`, counted from 0 as in [`Source`].
pub fn place_of(table: u32, row: u32) -> String {
    format!("table {table}, row {row}")
}

/// The text of cells as printed, for messages.
pub fn printed<'c>(cells: impl IntoIterator<Item = &'c CellView<'c>>) -> String {
    let texts: Vec<_> = cells
        .into_iter()
        .map(|cell| cell.text.replace('\n', " "))
        .collect();
    texts.join(" | ")
}
