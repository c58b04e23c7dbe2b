//! Sums that rows unknown to the form may be a part of.
//!
//! Provinces inserted rows. A row between a sum's parts, or right behind the last, may be one more part: then the sum
//! cannot be assessed, and no failure of it may be reported.

use std::collections::HashMap;

use super::check::Check;
use super::rule::Part;
use crate::model::{Catalog, CellStatus, ColumnKind, FormId, StatisticRow};

/// The checks without those of sums that a row in `statistics` may have a part in.
pub fn without_open_sums(mut checks: Vec<Check>, statistics: &[StatisticRow]) -> Vec<Check> {
    if checks.is_empty() || statistics.is_empty() {
        return checks;
    }
    let sheet = Sheet::of(statistics);
    if sheet.strangers.iter().any(|stranger| *stranger) {
        checks.retain(|check| !is_open(check, &sheet));
    }
    checks
}

/// The rows of a report by form and id, and which are of no form or of some provinces only.
struct Sheet<'s> {
    places: HashMap<(FormId, &'s str), usize>,
    strangers: Vec<bool>,
    known: Vec<bool>,
}

impl<'s> Sheet<'s> {
    fn of(statistics: &'s [StatisticRow]) -> Self {
        let mut sheet = Self {
            places: HashMap::new(),
            strangers: Vec::new(),
            known: Vec::new(),
        };
        for (at, row) in statistics.iter().enumerate() {
            let common = row.id.as_ref().is_some_and(|id| {
                sheet.places.entry((row.form, id)).or_insert(at);
                !is_optional(row.form, id)
            });
            sheet.known.push(common);
            sheet.strangers.push(!common && counts(row));
        }
        sheet
    }
}

fn is_optional(form: FormId, id: &str) -> bool {
    let tables = Catalog::get().form(form).tables.iter();
    tables
        .flat_map(|table| &table.rows)
        .any(|row| row.optional && row.id == id)
}

/// Whether the year's count may be other than zero.
fn counts(row: &StatisticRow) -> bool {
    row.cells.iter().any(|cell| {
        let of_year = matches!(cell.kind, ColumnKind::Year | ColumnKind::Unknown);
        let nothing = match cell.value {
            Some(value) => value.mantissa() == 0,
            None => matches!(cell.status, CellStatus::Blank | CellStatus::Mark),
        };
        of_year && !nothing
    })
}

fn is_open(check: &Check, sheet: &Sheet<'_>) -> bool {
    let added = check.cells.iter().filter(|cell| cell.part == Part::Plus);
    if added.count() < 3 {
        return false;
    }
    let rows: Vec<(FormId, &str)> = check
        .cells
        .iter()
        .map(|cell| {
            let indicator = Catalog::get().indicator(cell.indicator);
            (indicator.form, indicator.row.as_str())
        })
        .collect();
    let places = rows.iter().filter_map(|row| sheet.places.get(row).copied());
    let (Some(first), Some(last)) = (places.clone().min(), places.max()) else {
        return false;
    };
    let behind = sheet.known[last + 1..]
        .iter()
        .take_while(|known| !**known)
        .count();
    (first..=last + behind).any(|at| {
        let own = rows.iter().any(|row| sheet.places.get(row) == Some(&at));
        sheet.strangers[at] && !own
    })
}
