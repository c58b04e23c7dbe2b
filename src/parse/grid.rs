//! Cells onto the grid of their table.
//!
//! In: rows and cells in source order, with their span attributes as written. Out: each cell's place
//! (HTML 4.9.12) and the size of the grid. A rowspan ends with the last real row of its row group;
//! `<tfoot>` comes last. Never looks at text, never grows beyond its caps.
//!
//! A colspan beyond what HTML allows does not make the grid wide: such a cell ends where the ordinary
//! ones do.

use super::document::{Cell, Table};
use crate::model::{Code, Finding};

/// Most columns of a table; HTML's own limit for a colspan.
const MAX_COLUMNS: u32 = 1_000;
/// Most rows of a table. The largest statutory table has 60.
const MAX_ROWS: u32 = 20_000;
/// Most cells of a table.
const MAX_CELLS: usize = 200_000;
/// Most slots of a table, so that [`Table::grid`] stays small.
const MAX_SLOTS: u64 = 4_000_000;
/// HTML's limit for a rowspan.
const MAX_ROWSPAN: u32 = 65_534;

/// The span attributes of a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spans {
    colspan: u32,
    /// 0: to the end of the row group.
    rowspan: u32,
    /// The colspan was beyond HTML's limit.
    endless: bool,
    malformed: bool,
}

impl Spans {
    /// From the attributes as written, if present.
    pub(super) fn new(colspan: Option<&str>, rowspan: Option<&str>) -> Self {
        let columns = colspan.map(leading_integer);
        let rows = rowspan.map(leading_integer);
        let endless = matches!(columns, Some(Some(count)) if count > MAX_COLUMNS);
        let malformed = endless
            || matches!(columns, Some(None | Some(0)))
            || rows.is_some_and(|rows| rows.is_none_or(|count| count > MAX_ROWSPAN));
        Self {
            colspan: columns.flatten().unwrap_or(1).clamp(1, MAX_COLUMNS),
            rowspan: rows.flatten().unwrap_or(1).min(MAX_ROWSPAN),
            endless,
            malformed,
        }
    }
}

/// HTML 2.3.4.2, rules for parsing non-negative integers: what follows the digits is ignored.
fn leading_integer(value: &str) -> Option<u32> {
    let value = value.trim_start_matches(['\t', '\n', '\x0c', '\r', ' ']);
    let (negative, digits) = match value.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, value.strip_prefix('+').unwrap_or(value)),
    };
    let end = digits
        .find(|digit: char| !digit.is_ascii_digit())
        .unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    let count = digits[..end].parse().unwrap_or(u32::MAX);
    (!negative || count == 0).then_some(count)
}

/// Rows of one row group and its cells.
#[derive(Debug)]
struct Group {
    rows: (u32, u32),
    cells: (usize, usize),
    foot: bool,
}

/// Places the cells of one table as they come.
#[derive(Debug, Default)]
pub(super) struct Placer {
    /// For every column the row at which it is free again.
    free_from: Vec<u32>,
    rows: u32,
    /// Where the next cell of the row is looked for.
    column: u32,
    columns: u32,
    /// Whether the current row is within the caps.
    row_open: bool,
    groups: Vec<Group>,
    group_rows: u32,
    group_cells: usize,
    group_foot: bool,
    /// Cells whose colspan does not count for the width.
    endless: Vec<usize>,
    clamped: u32,
    unplaced: u32,
}

impl Placer {
    /// Opens a row group.
    pub(super) fn open_group(&mut self, cells: &[Cell], foot: bool) {
        self.free_from.clear();
        self.group_rows = self.rows;
        self.group_cells = cells.len();
        self.group_foot = foot;
    }

    /// Opens a row.
    pub(super) fn open_row(&mut self) {
        self.row_open = self.rows < MAX_ROWS;
        if self.row_open {
            self.rows += 1;
        }
        self.column = 0;
    }

    /// The next cell of the row, placed; `None` beyond the caps.
    pub(super) fn place(&mut self, spans: Spans, count: usize) -> Option<Cell> {
        let placed = self.try_place(spans, count);
        if placed.is_none() {
            self.unplaced += 1;
        }
        placed
    }

    fn try_place(&mut self, spans: Spans, count: usize) -> Option<Cell> {
        if !self.row_open || count >= MAX_CELLS {
            return None;
        }
        let row = self.rows - 1;
        let free = self
            .free_from
            .iter()
            .skip(self.column as usize)
            .take_while(|free| **free > row)
            .count();
        let column = self.column + u32::try_from(free).ok()?;
        let width = if spans.endless { 1 } else { spans.colspan };
        let columns = self.columns.max((column + width).min(MAX_COLUMNS));
        if column >= MAX_COLUMNS || u64::from(columns) * u64::from(self.rows) > MAX_SLOTS {
            self.column = MAX_COLUMNS;
            return None;
        }
        self.columns = columns;
        let end = (column + spans.colspan).min(MAX_COLUMNS);
        if self.free_from.len() < end as usize {
            self.free_from.resize(end as usize, 0);
        }
        let until = match spans.rowspan {
            0 => u32::MAX,
            rows => row.saturating_add(rows),
        };
        for free in &mut self.free_from[column as usize..end as usize] {
            *free = until.max(*free);
        }
        self.column = end;
        if spans.endless {
            self.endless.push(count);
        }
        if spans.malformed || end < column + spans.colspan {
            self.clamped += 1;
        }
        Some(Cell {
            row,
            column,
            rowspan: spans.rowspan,
            colspan: end - column,
            ..Cell::default()
        })
    }

    /// Closes the row group: its cells end with its last row.
    pub(super) fn close_group(&mut self, cells: &mut [Cell]) {
        self.row_open = false;
        for cell in &mut cells[self.group_cells..] {
            let left = self.rows - cell.row;
            if cell.rowspan == 0 {
                cell.rowspan = left;
            } else if cell.rowspan > left {
                cell.rowspan = left;
                self.clamped += 1;
            }
        }
        if self.rows > self.group_rows {
            self.groups.push(Group {
                rows: (self.group_rows, self.rows),
                cells: (self.group_cells, cells.len()),
                foot: self.group_foot,
            });
        }
        self.group_rows = self.rows;
        self.group_cells = cells.len();
    }

    /// Ends the table: grid size, foot rows last, spans cut to the grid.
    pub(super) fn finish(self, table: &mut Table, number: usize, findings: &mut Vec<Finding>) {
        table.rows = self.rows;
        table.columns = self.columns;
        for &number in &self.endless {
            if let Some(cell) = table.cells.get_mut(number) {
                cell.colspan = cell.colspan.min(self.columns - cell.column);
            }
        }
        if self.groups.iter().any(|group| group.foot) {
            let mut row = 0;
            for foot in [false, true] {
                for group in self.groups.iter().filter(|group| group.foot == foot) {
                    for cell in &mut table.cells[group.cells.0..group.cells.1] {
                        cell.row = cell.row - group.rows.0 + row;
                    }
                    row += group.rows.1 - group.rows.0;
                }
            }
        }
        let mut report = |code, count, what: &str| {
            if count > 0 {
                let place = format!("table {number}");
                findings.push(Finding::new(code, place, format!("{count} {what}")));
            }
        };
        report(Code::SpanClamped, self.clamped, "cells");
        report(Code::TableTooLarge, self.unplaced, "cells were not placed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_as_browsers_do() {
        let cases = [
            ("2", Some(2)),
            ("2x", Some(2)),
            (" +2", Some(2)),
            ("007", Some(7)),
            ("-0", Some(0)),
            ("-1", None),
            ("", None),
            ("x2", None),
            ("２", None),
            ("99999999999999", Some(u32::MAX)),
        ];
        for (value, want) in cases {
            assert_eq!(leading_integer(value), want, "{value:?}");
        }
    }

    /// Rows of `colspan×rowspan` words; `|` ends a row group, `f|` makes it a foot.
    fn place(rows: &[&[(&str, &str)]]) -> (Table, Vec<Finding>) {
        let mut placer = Placer::default();
        let mut table = Table::default();
        placer.open_group(&table.cells, false);
        for row in rows {
            placer.open_row();
            for (colspan, rowspan) in *row {
                let spans = Spans::new(Some(colspan), Some(rowspan));
                table.cells.extend(placer.place(spans, table.cells.len()));
            }
        }
        placer.close_group(&mut table.cells);
        let mut findings = Vec::new();
        placer.finish(&mut table, 0, &mut findings);
        (table, findings)
    }

    fn places(table: &Table) -> Vec<(u32, u32, u32, u32)> {
        let place = |cell: &Cell| (cell.row, cell.column, cell.rowspan, cell.colspan);
        table.cells.iter().map(place).collect()
    }

    #[test]
    fn cells_flow_around_rowspans() {
        let (table, findings) = place(&[&[("1", "2"), ("2", "1")], &[("1", "1"), ("1", "1")]]);
        let want = [(0, 0, 2, 1), (0, 1, 1, 2), (1, 1, 1, 1), (1, 2, 1, 1)];
        assert_eq!(places(&table), want);
        assert_eq!((table.rows, table.columns), (2, 3));
        assert_eq!(findings, []);
    }

    #[test]
    fn spans_are_clamped_and_found() {
        let (table, findings) = place(&[&[("1", "9"), ("0", "x")], &[("1", "1")]]);
        assert_eq!(places(&table), [(0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1)]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].message, "2 cells");
        // Rowspan 0 is to the end, no fault.
        let (table, findings) = place(&[&[("1", "0")], &[("1", "1")]]);
        assert_eq!(places(&table), [(0, 0, 2, 1), (1, 1, 1, 1)]);
        assert_eq!(findings, []);
    }

    #[test]
    fn an_endless_colspan_does_not_widen_the_table() {
        let (table, findings) = place(&[&[("100000000", "1")], &[("1", "1"), ("2", "1")]]);
        assert_eq!(places(&table), [(0, 0, 1, 3), (1, 0, 1, 1), (1, 1, 1, 2)]);
        assert_eq!(table.columns, 3);
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn large_tables_stop_at_the_caps() {
        let row: &[(&str, &str)] = &[("1000", "1"), ("1", "1")];
        let rows = vec![row; 5_000];
        let (table, findings) = place(&rows);
        assert_eq!(table.cells.len(), 4_000);
        assert_eq!(
            findings.last().map(|finding| finding.code),
            Some(Code::TableTooLarge)
        );
        assert!(table.columns * 4_000 <= 4_000_000);
    }
}
