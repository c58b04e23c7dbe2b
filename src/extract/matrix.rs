//! Requests and article-20 tables on grids: rows and columns told by their labels.
//!
//! Works row by row over any table, so it does not matter whether the statutory tables stand apart,
//! all in one, or cut at page breaks: a row of column heads sets the heads in force, a row that
//! begins with a known label is read under them.

use std::ops::Deref;

use crate::model::{CellStatus, Code};

use super::article20;
use super::heads::HeadSet;
use super::lexicon::Sense;
use super::reading::{Found, Key, Readings};
use super::requests;
use super::view::{CellView, TableView};

/// The heads in force, carried on from table to table (tables are cut at page breaks).
#[derive(Debug, Default)]
pub struct Heads {
    /// Over the requests table.
    pub requests: HeadSet,
    /// Table and row of the last row of requests heads.
    pub requests_row: Option<(u32, u32)>,
    /// Over the article-20 tables.
    pub article20: HeadSet,
    /// The article-20 heads came last.
    pub article20_last: bool,
}

/// Reads one table, lying or upright (a column for every outcome, a row for every kind of applicant); whether
/// anything was read. `year` tells which of several columns side by side is the report's.
pub fn read_table<'d>(
    view: &TableView<'d>,
    year: &impl Deref<Target = Option<i16>>,
    heads: &mut Heads,
    out: &mut Readings<'d>,
) -> bool {
    if read_lying(view, year, heads, out) {
        return true;
    }
    if !is_upright(view) {
        return false;
    }
    let mut upright = Readings::default();
    let mut own = Heads::default();
    let any = read_lying(&view.transposed(), year, &mut own, &mut upright);
    // One applicant's row short of a cell shifts every cell behind it: nothing is sure then.
    if upright
        .findings
        .iter()
        .any(|finding| finding.code == Code::AmbiguousCells)
    {
        for cell in &mut upright.found {
            cell.value.status = CellStatus::Unreadable;
            cell.value.value = None;
        }
    }
    out.take(upright.turned_back(), any)
}

/// Kinds of applicants stand below each other, outcomes beside each other.
fn is_upright(view: &TableView<'_>) -> bool {
    let mut applicants: Vec<(u32, u8)> = Vec::new();
    let mut outcomes: Vec<(u32, u8)> = Vec::new();
    for cell in &view.cells {
        for sense in cell.senses() {
            match sense {
                Sense::Applicant(number @ 0..=4) => applicants.push((cell.column, *number)),
                Sense::RequestRow(number) => outcomes.push((cell.row, *number)),
                _ => {}
            }
        }
    }
    let most = |mut places: Vec<(u32, u8)>| {
        places.sort_unstable();
        places.dedup();
        places
            .chunk_by(|left, right| left.0 == right.0)
            .map(<[_]>::len)
            .max()
            .unwrap_or(0)
    };
    most(applicants) >= 3 && most(outcomes) >= 3
}

/// Reads the rows of one table; whether any was read.
fn read_lying<'d>(
    view: &TableView<'d>,
    year: &impl Deref<Target = Option<i16>>,
    heads: &mut Heads,
    out: &mut Readings<'d>,
) -> bool {
    let before = out.found.len();
    let kind = TableKind::of(view);
    let mut headed = false;
    let mut begun = false;
    for row in 0..view.rows {
        let own: Vec<&CellView> = view.own(row).collect();
        if own.is_empty() {
            continue;
        }
        if requests::read_heads(view, row, &own, heads, out) {
            headed = true;
            begun = true;
            continue;
        }
        if headed && let Some(parts) = requests::periods(&own, year) {
            if heads.article20_last {
                heads.article20.divide(&parts);
            } else {
                heads.requests.divide(&parts);
            }
            continue;
        }
        if let Some(label) = article20::find_label(&own, heads) {
            article20::read_row(view, row, label, heads, out);
        } else if article20::read_heads(&own, heads) {
            // A table with heads of its own has not those of the table before.
            if !headed
                && heads
                    .requests_row
                    .is_none_or(|(table, _)| table != view.table)
            {
                heads.requests = HeadSet::default();
            }
            headed = true;
        } else if !begun && !headed && is_foreign_head(&own) {
            *heads = Heads::default();
            headed = true;
        } else if !heads.requests.is_empty() && (headed || kind == TableKind::Requests) {
            requests::go_on(view, row, &own, heads);
            requests::read_row(view, row, &heads.requests, kind, out);
        }
        begun |= own.iter().any(|cell| cell.value.value.is_some());
    }
    // Heads of a table that has numbers and no row of the form are not those of the table after it.
    let is_request = |cell: &Found<'_>| matches!(cell.key, Key::Request { .. });
    let own_heads = heads
        .requests_row
        .is_some_and(|(table, _)| table == view.table);
    if begun && own_heads && has_numbers(view) && !out.found[before..].iter().any(is_request) {
        heads.requests = HeadSet::default();
    }
    out.found.len() > before
}

fn has_numbers(view: &TableView<'_>) -> bool {
    view.cells.iter().any(|cell| cell.value.value.is_some())
}

/// A row of heads that no form has: several words beside each other, none of them known, no number.
fn is_foreign_head(own: &[&CellView<'_>]) -> bool {
    let words = own.iter().filter(|cell| cell.is_wordy()).count();
    let known = |cell: &&CellView<'_>| !cell.senses().is_empty();
    let number = |cell: &&CellView<'_>| cell.value.value.is_some();
    words >= 2 && !own.iter().any(known) && !own.iter().any(number)
}

/// What a table's labels say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Rows of the requests table stand in it, at least three or at least half of its labelled rows.
    Requests,
    /// Anything else.
    Other,
}

impl TableKind {
    fn of(view: &TableView<'_>) -> Self {
        let mut known = 0;
        let mut labelled = 0;
        for row in 0..view.rows {
            let mut words = view.own(row).filter(|cell| cell.is_wordy()).peekable();
            if words.peek().is_none() {
                continue;
            }
            labelled += 1;
            let is_row = |sense: &Sense| matches!(sense, Sense::RequestRow(_));
            let ambiguous = |cell: &CellView<'_>| {
                cell.senses()
                    .iter()
                    .any(|sense| matches!(sense, Sense::Applicant(_)))
                    && cell.label.marks.is_empty()
            };
            if words.any(|cell| cell.senses().iter().any(is_row) && !ambiguous(cell)) {
                known += 1;
            }
            if known == 3 {
                return Self::Requests;
            }
        }
        if known > 0 && known * 2 >= labelled {
            Self::Requests
        } else {
            Self::Other
        }
    }
}
