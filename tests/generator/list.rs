//! The statistics tables of the older forms: a label, a unit and a value in every row.

use nianbao::model::form::{self, TableForm};

use super::case::Case;
use super::dialect::Dialect;
use super::layout::missing_rows;
use super::rng::Rng;
use super::sheet::{Cell, Row, Sheet};

/// The sheets of the appendix.
pub fn sheets(case: &Case, table: &TableForm) -> Vec<Sheet> {
    let missing = missing_rows(case, table);
    let header = header(case, table);
    let width = header.iter().map(|cell| cell.colspan).sum();
    let rows: Vec<Row> = table
        .rows
        .iter()
        .filter(|row| !missing.contains(&row.id))
        .enumerate()
        .map(|(at, row)| body(case, row, at, width))
        .collect();
    let header = Row::header(header);
    let cut = Rng::new(case.seed, "page break").below(rows.len() - 4) + 2;
    let mut all = vec![header.clone()];
    match case.dialect {
        Dialect::ListTwoUp => {
            all[0].cells.extend(header.cells);
            all.extend(two_up(&rows, width));
            vec![Sheet::new(all)]
        }
        Dialect::RepeatedHeader => {
            all.extend_from_slice(&rows[..cut]);
            all.push(header);
            all.extend_from_slice(&rows[cut..]);
            vec![Sheet::new(all)]
        }
        Dialect::SplitWithHeader | Dialect::SplitWithoutHeader => {
            let mut below = all.clone();
            if case.dialect == Dialect::SplitWithoutHeader {
                below.clear();
            }
            all.extend_from_slice(&rows[..cut]);
            below.extend_from_slice(&rows[cut..]);
            vec![Sheet::new(all), Sheet::new(below)]
        }
        _ => {
            all.extend(rows);
            vec![Sheet::new(all)]
        }
    }
}

fn header(case: &Case, table: &TableForm) -> Vec<Cell> {
    let mut cells = Vec::new();
    let heads = &table.heads;
    let head = |heads: &[String]| Cell::label(heads.first().cloned().unwrap_or_default());
    if case.dialect == Dialect::SerialColumn && heads.code.is_empty() {
        cells.push(Cell::label("序号"));
    }
    if !heads.code.is_empty() {
        cells.push(head(&heads.code));
    }
    cells.push(head(&heads.label));
    cells.push(head(&heads.unit));
    cells.push(head(&heads.value));
    permute(case, &mut cells);
    if case.dialect == Dialect::ListCumulative {
        cells.push(Cell::label("历年累计"));
    }
    if case.dialect == Dialect::RemarksColumn {
        cells.push(Cell::label("备注"));
    }
    cells
}

fn body(case: &Case, row: &form::Row, at: usize, width: usize) -> Row {
    let label = format!("{}{}", row.number, row.label);
    let Some(unit) = row.unit else {
        return heading(case, label, at, width);
    };
    let mut cells = Vec::new();
    if let Some(code) = &row.code {
        cells.push(Cell::foreign(code));
    } else if case.dialect == Dialect::SerialColumn {
        cells.push(Cell::foreign((at + 1).to_string()));
    }
    cells.push(Cell::label(label));
    cells.push(Cell::label(unit.as_str()));
    cells.push(Cell::value(&row.id));
    permute(case, &mut cells);
    if case.dialect == Dialect::ListCumulative {
        let earlier = Rng::new(case.seed, &row.id).range(0, 20_000);
        cells.push(Cell::foreign(earlier.to_string()));
    }
    if case.dialect == Dialect::RemarksColumn {
        cells.push(Cell::empty());
    }
    Row::body(cells)
}

/// The value before its unit.
fn permute(case: &Case, cells: &mut [Cell]) {
    if case.dialect == Dialect::ColumnsPermuted {
        let last = cells.len() - 1;
        cells.swap(last - 1, last);
    }
}

/// A row that only names the rows under it: over the whole width, or with signs or nothing in its
/// cells.
fn heading(case: &Case, label: String, at: usize, width: usize) -> Row {
    let serial = case.dialect == Dialect::SerialColumn;
    let style = Rng::new(case.seed, "heading rows").below(3);
    let mut cells = Vec::new();
    if serial {
        cells.push(Cell::foreign((at + 1).to_string()));
    }
    if style == 0 && case.dialect != Dialect::ListTwoUp {
        cells.push(Cell::label(label).span(1, width - usize::from(serial)));
        return Row::body(cells);
    }
    cells.push(Cell::label(label));
    while cells.len() < width {
        cells.push(if style == 1 {
            Cell::foreign("——")
        } else {
            Cell::empty()
        });
    }
    Row::body(cells)
}

/// The second half of the rows beside the first.
fn two_up(rows: &[Row], width: usize) -> Vec<Row> {
    let half = rows.len().div_ceil(2);
    let (left, right) = rows.split_at(half);
    left.iter()
        .enumerate()
        .map(|(at, row)| {
            let mut cells = row.cells.clone();
            match right.get(at) {
                Some(row) => cells.extend(row.cells.iter().cloned()),
                None => cells.extend(std::iter::repeat_n(Cell::empty(), width)),
            }
            Row::body(cells)
        })
        .collect()
}
