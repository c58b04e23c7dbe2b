//! The rows of a list under their heads: label, code, unit and every value, each as printed.

use super::bands::{Band, ValueColumn};
use super::columns::Class;
use super::parents::Parents;
use super::typo;
use crate::extract::heads::unit_in;
use crate::extract::lexicon::ListForm;
use crate::extract::reading::{Found, Key, Readings, place_of, printed};
use crate::extract::view::{CellView, TableView};
use crate::model::form::{LIST_CUMULATIVE, LIST_YEAR};
use crate::model::{CellStatus, Code, ColumnKind, Source, StatisticCell, StatisticRow, Unit};

/// A row as found on the page.
struct Line<'v, 'd> {
    row: u32,
    label: &'v CellView<'d>,
    group: Option<&'v CellView<'d>>,
    code: Option<&'v CellView<'d>>,
    unit: Option<&'v CellView<'d>>,
    /// Values with their columns.
    cells: Vec<(usize, &'v CellView<'d>)>,
    /// Why nothing tells which value is which.
    shifted: bool,
    /// The form's row.
    known: Option<usize>,
    /// Known by likeness only.
    guessed: bool,
}

/// What all rows of a table share.
pub struct Context<'c> {
    /// The list.
    pub list: &'c ListForm,
    /// The unit of money printed above the table.
    pub money: Option<Unit>,
}

/// Reads the rows `from..to` under one band.
pub fn read<'d>(
    view: &TableView<'d>,
    (from, to): (u32, u32),
    band: &Band,
    context: &Context<'_>,
    parents: &mut Parents,
    out: &mut Readings<'d>,
) {
    let mut lines: Vec<Line<'_, 'd>> = (from..to)
        .filter_map(|row| line(view, row, band, context.list))
        .collect();
    let mut above = None;
    for line in &mut lines {
        if let Some(group) = line.group
            && above != Some(group.number)
        {
            // The group is the parent of its rows, whether or not it has values of its own.
            above = Some(group.number);
            if parents.resolve(context.list, &group.label, None).is_none() {
                parents.stranger(context.list, &group.label);
            }
        }
        let code = line.code.map(|cell| cell.text.as_ref());
        line.known = parents.resolve(context.list, &line.label.label, code);
        if line.known.is_none() {
            parents.stranger(context.list, &line.label.label);
        }
    }
    guess(&mut lines, context.list);
    for line in &lines {
        write(view, line, band, context, out);
    }
}

/// The row as it stands; `None` where it has no label.
fn line<'v, 'd>(
    view: &'v TableView<'d>,
    row: u32,
    band: &Band,
    list: &ListForm,
) -> Option<Line<'v, 'd>> {
    let in_labels = |cell: &&CellView<'_>| {
        cell.is_wordy()
            && (band.labels.0..band.labels.1).contains(&cell.column)
            && cell.text.parse::<Unit>().is_err()
    };
    let words: Vec<&CellView<'d>> = view.row(row).filter(in_labels).collect();
    let at = words.iter().rposition(|cell| cell.row == row)?;
    let label = words[at];
    if list.label_heads.contains(&label.label.core) && label.row < 6 && !has_number(view, row) {
        return None;
    }
    let group = words[..at].last().copied();
    let slot = |x: u32| view.at(row, x).filter(|cell| cell.number != label.number);
    let mut shifted = false;
    let mut cells: Vec<(usize, &CellView<'d>)> = Vec::new();
    let mut lacking = false;
    for (number, column) in band.values.iter().enumerate() {
        match slot(column.column) {
            Some(cell) => {
                shifted |= !stands_under(cell, column, band);
                if cells
                    .last()
                    .is_none_or(|(_, last)| last.number != cell.number)
                {
                    cells.push((number, cell));
                }
            }
            None => lacking |= !covers(label, column.column),
        }
    }
    // A cell too few or too many pushes the values aside.
    let several = band.value_columns() > 1;
    let beyond = |cell: &CellView<'_>| cell.column >= band.columns.1 && !cell.text.is_empty();
    shifted |= band.is_last && view.own(row).any(beyond);
    shifted |= several && !cells.is_empty() && lacking;
    let unit = band
        .unit
        .and_then(slot)
        .filter(|cell| cell.number != label.number);
    shifted |= unit.is_some_and(|cell| cell.value.status == CellStatus::Number);
    // One label over several rows of values: which is its own?
    shifted |= label.height > 1
        && (row + 1..row + label.height).any(|below| {
            view.own(below)
                .any(|cell| cell.column >= label.end() && cell.value.value.is_some())
                && !view.own(below).any(|cell| in_labels(&cell))
        });
    let code = band
        .code
        .and_then(slot)
        .filter(|cell| !cell.text.is_empty());
    Some(Line {
        row,
        label,
        group,
        code,
        unit,
        cells,
        shifted,
        known: None,
        guessed: false,
    })
}

fn has_number(view: &TableView<'_>, row: u32) -> bool {
    view.own(row).any(|cell| cell.value.value.is_some())
}

fn covers(label: &CellView<'_>, x: u32) -> bool {
    (label.column..label.end()).contains(&x)
}

/// Whether a cell stands under its head alone, in its own row, and can be a value.
fn stands_under(cell: &CellView<'_>, column: &ValueColumn, band: &Band) -> bool {
    let blank = cell.value.status == CellStatus::Blank;
    if blank || matches!(column.class, Class::Note) {
        return true;
    }
    let alone = cell.column >= column.column
        && band
            .values
            .iter()
            .all(|other| other == column || !(cell.column..cell.end()).contains(&other.column))
        && band
            .unit
            .is_none_or(|unit| !(cell.column..cell.end()).contains(&unit));
    alone && cell.height == 1 && cell.text.trim().parse::<Unit>().is_err()
}

/// Unknown labels one character away from the one known row that fits between their neighbours.
fn guess(lines: &mut [Line<'_, '_>], list: &ListForm) {
    if lines.iter().all(|line| line.known.is_some()) {
        return;
    }
    let mut taken = vec![false; list.table.rows.len()];
    // The nearest known row below each line.
    let mut after = vec![None; lines.len()];
    let mut below = None;
    for (at, line) in lines.iter().enumerate().rev() {
        after[at] = below;
        if let Some(row) = line.known {
            below = Some(row);
            taken[row] = true;
        }
    }
    let mut before = None;
    for (line, after) in lines.iter_mut().zip(after) {
        if line.known.is_none()
            && !line.cells.is_empty()
            && let Some(row) = typo::nearest(list, &line.label.label.core)
        {
            let between = before.is_none_or(|before| before < row)
                && after.is_none_or(|after| row < after)
                && (before.is_some() || after.is_some());
            if between && !taken[row] {
                line.known = Some(row);
                line.guessed = true;
                taken[row] = true;
            }
        }
        before = line.known.or(before);
    }
}

fn write<'d>(
    view: &TableView<'d>,
    line: &Line<'_, 'd>,
    band: &Band,
    context: &Context<'_>,
    out: &mut Readings<'d>,
) {
    let table = &context.list.table;
    let place = || place_of(view.table, line.row);
    let says = |status: CellStatus| !matches!(status, CellStatus::Blank);
    let counted = line
        .cells
        .iter()
        .any(|(number, cell)| band.values[*number].class.is_value() && says(cell.value.status));
    if line.known.is_none() && counted {
        let cells = line.cells.iter().map(|(_, cell)| *cell);
        let texts = std::iter::once(line.label).chain(line.unit).chain(cells);
        out.find(Code::UnknownRow, place(), printed(texts));
    }
    if let (true, Some(row)) = (line.guessed, line.known) {
        let message = format!("{:?} read as {:?}", line.label.text, table.rows[row].label);
        out.find(Code::LabelVariant, place(), message);
    }
    let numbers = line.cells.iter().any(|(_, cell)| says(cell.value.status));
    let shifted = line.shifted && numbers;
    if shifted {
        out.find(Code::AmbiguousCells, place(), printed(view.own(line.row)));
    }
    let unit = row_unit(line, context);
    let form_unit = line.known.and_then(|row| table.rows[row].unit);
    let mut cells = Vec::with_capacity(line.cells.len());
    for (number, cell) in &line.cells {
        let column = &band.values[*number];
        if !column.class.is_value() && !says(cell.value.status) {
            continue;
        }
        let chosen = band.chosen == Some(*number);
        let meant = match () {
            () if chosen => Some(LIST_YEAR),
            () if band.cumulative == Some(*number) => Some(LIST_CUMULATIVE),
            () => None,
        };
        let source = Source {
            table: Some(view.table),
            row: cell.row,
            column: cell.column,
            bytes: cell.bytes,
        };
        let key = line
            .known
            .zip(meant)
            .and_then(|(row, meant)| key(context.list, row, meant));
        let mut value = cell.value;
        value.unit = value.unit.or(unit.filter(|unit| unit.is_money()));
        if let Some(key) = key {
            let mut found = if shifted {
                Found::unreadable(key, cell.text.clone().into_owned(), source)
            } else {
                Found::cell(key, view.table, cell)
            };
            found.value.unit = value.unit;
            out.found.push(found);
        }
        let kept = cell.content();
        cells.push(StatisticCell {
            head: column.head.clone().filter(|_| !shifted),
            kind: if shifted {
                ColumnKind::Unknown
            } else {
                column.kind
            },
            year: column.year.filter(|_| !shifted),
            value: kept.value,
            status: kept.status,
            raw: cell.text.clone().into_owned(),
            unit: value.unit.or(unit).or(form_unit),
            source: Some(source),
        });
    }
    let text = |cell: Option<&CellView<'_>>| {
        cell.map(|cell| cell.text.clone().into_owned())
            .filter(|text| !text.is_empty())
    };
    out.statistics.push(StatisticRow {
        form: table.form,
        id: line.known.map(|row| table.rows[row].id.clone()),
        group: text(line.group),
        label: line.label.text.clone().into_owned(),
        code: text(line.code),
        unit: text(line.unit),
        cells,
    });
}

/// The cell of the form: of a list with one column the year's, else the column that is meant.
fn key(list: &ListForm, row: usize, meant: &str) -> Option<Key> {
    let columns = &list.table.columns;
    let column = match columns.iter().position(|column| column.id == meant) {
        Some(column) => column,
        None if columns.is_empty() && meant == LIST_YEAR => 0,
        None => return None,
    };
    list.table.indicator(row, column)?;
    Some(Key::List {
        form: list.table.form,
        table: list.number,
        row,
        column,
    })
}

/// The unit printed beside a row, in its label, or above the table. Counting units say little (条, 件, 次 go
/// together), but 元 and 万元 are four digits apart.
fn row_unit(line: &Line<'_, '_>, context: &Context<'_>) -> Option<Unit> {
    let beside = line.unit.and_then(|cell| {
        cell.text
            .trim_matches(['（', '）', '(', ')', ' ', '\u{3000}'])
            .parse()
            .ok()
    });
    let money = || {
        let row = line.known?;
        let unit = context.list.table.rows[row].unit?;
        context.money.filter(|_| unit.is_money())
    };
    beside
        .or_else(|| unit_in(&line.label.text).filter(|unit| unit.is_money()))
        .or_else(money)
}
