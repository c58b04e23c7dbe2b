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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::contradictions;
    use crate::model::{Decimal, Observation, StatisticCell};

    const FORM: FormId = FormId::F2014;

    fn row(id: Option<&str>, value: i64) -> StatisticRow {
        StatisticRow {
            form: FORM,
            id: id.map(str::to_owned),
            group: None,
            label: String::new(),
            code: None,
            unit: None,
            cells: vec![StatisticCell {
                head: None,
                kind: ColumnKind::Year,
                year: None,
                value: Some(Decimal::integer(value)),
                status: CellStatus::Number,
                raw: value.to_string(),
                unit: None,
                source: None,
            }],
        }
    }

    #[test]
    fn a_sum_with_a_row_that_may_be_a_part_is_not_accused() {
        let printed = [
            ("applications.received", 9),
            ("applications.received.in_person", 1),
            ("applications.received.fax", 0),
            ("applications.received.online", 5),
            ("applications.received.letter", 1),
            ("applications.closed", 9),
        ];
        let observations: Vec<Observation> = printed
            .iter()
            .map(|(cell, value)| Observation {
                indicator: Catalog::get().find(FORM, cell).unwrap(),
                value: Some(Decimal::integer(*value)),
                status: CellStatus::Number,
                raw: value.to_string(),
                unit: None,
                source: None,
            })
            .collect();
        let fails = |at: Option<usize>, value: i64| {
            let mut rows: Vec<StatisticRow> = printed
                .iter()
                .map(|(cell, value)| row(Some(cell), *value))
                .collect();
            if let Some(at) = at {
                rows.insert(at, row(None, value));
            }
            let checks = without_open_sums(contradictions(&observations), &rows);
            checks.iter().any(|check| check.id() == "S.RECV")
        };
        assert!(fails(None, 0), "without an unknown row");
        assert!(!fails(Some(5), 2), "behind the last part");
        assert!(!fails(Some(2), 2), "between the parts");
        assert!(fails(Some(5), 0), "a row of zero adds nothing");
        assert!(fails(Some(6), 2), "behind another row");
        assert!(fails(Some(0), 2), "before the sum");
    }
}
