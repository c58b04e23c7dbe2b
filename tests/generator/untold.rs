//! Cells that are on the page or were meant to be, and of which the page does not say what stands in them.
//!
//! The measure: the same page could have been printed of other values, so that not even a careful person could place
//! the number with certainty. What its neighbours, heads and spans tell is told, whether or not a program reads it. The
//! narrative is no evidence: it is what the tables are checked against.

use std::collections::BTreeSet;

use nianbao::model::{CellStatus, SectionKind};

use super::case::Case;
use super::dialect::Dialect;
use super::layout::sheets;
use super::numbers::expect;
use super::sheet::{Content, Row, Sheet};

/// The cells of the form that this page leaves untold.
pub fn untold(case: &Case) -> BTreeSet<String> {
    let sheets = || SectionKind::ALL.iter().flat_map(|kind| sheets(case, *kind));
    match case.dialect {
        // The year's column and the other change places from page to page, and the heads are drawn alike for both.
        Dialect::ListHeadlessTwo | Dialect::ListDamagedHeads => sheets()
            .flat_map(|sheet| sheet.rows)
            .flat_map(|row| ids(&row))
            .collect(),
        Dialect::FlatBlanksLost => sheets()
            .flat_map(|sheet| sheet.rows)
            .map(|row| ids(&row))
            .filter(|row| lost_some(case, row))
            .flatten()
            .collect(),
        Dialect::ListShortRows => short_rows(case, sheets().collect()),
        _ => BTreeSet::new(),
    }
}

fn ids(row: &Row) -> Vec<String> {
    let cells = row.cells.iter();
    cells
        .filter_map(|cell| match &cell.content {
            Content::Value(id) => Some(id.clone()),
            _ => None,
        })
        .collect()
}

/// Where nothing is printed for an empty cell: a row with all its values is told, and so is a row without any; of
/// another nothing says which of its cells are the empty ones.
fn lost_some(case: &Case, row: &[String]) -> bool {
    let blank = row.iter().filter(|id| case.printed(id).is_empty()).count();
    (1..row.len()).contains(&blank)
}

/// A row that lost its unit still has a number for each column, in their order: told. With a blank or a mark among
/// them it could be another cell that was lost. In a row that lost the year's number the other one stands under its head.
fn short_rows(case: &Case, sheets: Vec<Sheet>) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = case.cells().into_keys().collect();
    for sheet in sheets {
        let width = sheet.width();
        for row in &sheet.rows {
            let printed: usize = row.cells.iter().map(|cell| cell.colspan).sum();
            for id in ids(row) {
                let number = expect(&case.printed(&id), None).status == CellStatus::Number;
                if printed == width || number {
                    all.remove(&id);
                }
            }
        }
    }
    all
}
