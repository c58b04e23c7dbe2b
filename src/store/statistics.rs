//! The rows of statistics lists, in and out.
//!
//! Labels are kept once for all reports, heads once a version. A cell that the report has as an observation with the
//! same text and place is only pointed at.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::model::{
    ByteRange, Catalog, CellStatus, IndicatorId, Observation, Report, Source, StatisticCell,
    StatisticRow,
};

use super::StoreError;
use super::layout::Layout;
use super::read::{decimal, word};
use super::writer::Writer;

/// What a cell shares with the others of its column.
type Column<'r> = (Option<&'r str>, &'static str, Option<i16>);

fn column_of(cell: &StatisticCell) -> Column<'_> {
    (cell.head.as_deref(), cell.kind.as_str(), cell.year)
}

/// Writes a report's rows.
pub(super) fn put(
    writer: &mut Writer<'_>,
    version: i64,
    report: &Report,
) -> Result<(), StoreError> {
    if report.statistics.is_empty() {
        return Ok(());
    }
    let columns = put_columns(writer, version, &report.statistics)?;
    let mut rows: Vec<LayoutRow> = Vec::with_capacity(report.statistics.len());
    let mut cell_statement = writer.connection.prepare_cached(
        "INSERT INTO statistic_cell VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for (position, row) in (0_i64..).zip(&report.statistics) {
        let label = writer.id(
            "SELECT id FROM statistic_label WHERE form = ?1 AND label = ?4 AND ifnull(row_id, '') = ifnull(?2, '')
               AND ifnull(row_group, '') = ifnull(?3, '') AND ifnull(code, '') = ifnull(?5, '')
               AND ifnull(unit, '') = ifnull(?6, '')",
            "INSERT INTO statistic_label (form, row_id, row_group, label, code, unit)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                row.form.as_str(),
                row.id,
                row.group,
                row.label,
                row.code,
                row.unit
            ],
        )?;
        let observed = observed(row, &report.observations);
        let indicator = observed.and_then(|(_, id)| database_id(writer.layout, id));
        let at = observed.map(|(at, _)| at).filter(|_| indicator.is_some());
        let number = |cell: &StatisticCell| {
            let column = column_of(cell);
            columns.get(&column).copied()
        };
        rows.push(LayoutRow {
            label,
            observed: at.and_then(|at| i64::try_from(at).ok()),
            column: at.and_then(|at| number(&row.cells[at])),
            indicator,
        });
        for (order, cell) in row.cells.iter().enumerate() {
            if at == Some(order) {
                continue;
            }
            let plain = cell.value.map(|value| value.to_string());
            let raw = (plain.unwrap_or_default() != cell.raw).then_some(&cell.raw);
            let source = cell.source;
            cell_statement.execute(params![
                version,
                position,
                i64::try_from(order).unwrap_or(i64::MAX),
                number(cell),
                cell.status.as_str(),
                raw,
                cell.value.map(crate::model::Decimal::mantissa),
                cell.value.map(crate::model::Decimal::scale),
                cell.unit.map(crate::model::Unit::as_str),
                source.and_then(|source| source.table),
                source.map(|source| source.row),
                source.map(|source| source.column),
                source.map(|source| source.bytes.start),
                source.map(|source| source.bytes.end),
                source.map_or(0, |source| source.bytes.part),
            ])?;
        }
    }
    let layout = layout_id(writer, &rows)?;
    writer.insert(
        "INSERT INTO statistic_list VALUES (?, ?)",
        [version, layout],
    )?;
    Ok(())
}

/// What the rows of many reports have in common.
struct LayoutRow {
    label: i64,
    observed: Option<i64>,
    column: Option<i64>,
    indicator: Option<i64>,
}

/// The id of the rows without their values.
fn layout_id(writer: &Writer<'_>, rows: &[LayoutRow]) -> Result<i64, StoreError> {
    let mut pattern = String::with_capacity(rows.len() * 12);
    for (position, row) in rows.iter().enumerate() {
        if position > 0 {
            pattern.push(' ');
        }
        let _ = write!(pattern, "{}", row.label);
        for number in [row.observed, row.column, row.indicator] {
            pattern.push(':');
            if let Some(number) = number {
                // Writing to a String cannot fail.
                let _ = write!(pattern, "{number}");
            }
        }
    }
    let known = writer
        .connection
        .prepare_cached("SELECT id FROM statistic_layout WHERE pattern = ?")?
        .query_row([&pattern], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let id = writer.insert(
        "INSERT INTO statistic_layout (pattern) VALUES (?)",
        [&pattern],
    )?;
    let mut statement = writer
        .connection
        .prepare_cached("INSERT INTO statistic_layout_row VALUES (?, ?, ?, ?, ?, ?)")?;
    for (position, row) in (0_i64..).zip(rows) {
        statement.execute(params![
            id,
            position,
            row.label,
            row.observed,
            row.column,
            row.indicator
        ])?;
    }
    Ok(id)
}

fn put_columns<'r>(
    writer: &Writer<'_>,
    version: i64,
    rows: &'r [StatisticRow],
) -> Result<HashMap<Column<'r>, i64>, StoreError> {
    let mut columns: HashMap<Column<'r>, i64> = HashMap::new();
    let mut statement = writer
        .connection
        .prepare_cached("INSERT INTO statistic_column VALUES (?, ?, ?, ?, ?)")?;
    for cell in rows.iter().flat_map(|row| &row.cells) {
        let column = column_of(cell);
        let position = i64::try_from(columns.len()).unwrap_or(i64::MAX);
        if let Entry::Vacant(entry) = columns.entry(column) {
            entry.insert(position);
            let (head, kind, year) = column;
            statement.execute(params![version, position, head, kind, year])?;
        }
    }
    Ok(columns)
}

/// Which cell of the row an observation says as well, to the letter, and which.
fn observed(row: &StatisticRow, observations: &[Observation]) -> Option<(usize, IndicatorId)> {
    let id = row.id.as_ref()?;
    row.cells.iter().enumerate().find_map(|(at, cell)| {
        // Without a place nothing tells it from another cell with the same text.
        cell.source?;
        let same = |one: &&Observation| {
            one.source == cell.source
                && one.status == cell.status
                && one.value == cell.value
                && one.raw == cell.raw
                && one.unit == cell.unit
        };
        let found = observations.iter().find(same)?;
        let indicator = Catalog::get().indicator(found.indicator);
        let fits = indicator.form == row.form && indicator.row == *id;
        fits.then_some((at, found.indicator))
    })
}

fn database_id(layout: &Layout, id: IndicatorId) -> Option<i64> {
    layout.forms.iter().find_map(|form| {
        let position = form.position(id)?;
        Some(form.cells[position].database_id)
    })
}

/// The rows of a version. `observations` are the version's.
pub(super) fn read(
    connection: &Connection,
    layout: &Layout,
    version: i64,
    observations: &[Observation],
) -> Result<Vec<StatisticRow>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT l.form, l.row_id, l.row_group, l.label, l.code, l.unit, s.observed, s.indicator_id,
           c.head, c.kind, c.year
         FROM statistic_row s JOIN statistic_label l ON l.id = s.label_id
         LEFT JOIN statistic_column c ON c.version_id = s.version_id AND c.position = s.observed_column
         WHERE s.version_id = ? ORDER BY s.position",
    )?;
    let mut rows = statement.query([version])?;
    let mut all: Vec<StatisticRow> = Vec::new();
    let mut pending: Vec<Option<(usize, StatisticCell)>> = Vec::new();
    while let Some(row) = rows.next()? {
        let observed: Option<u32> = row.get("observed")?;
        pending.push(match observed {
            None => None,
            Some(at) => {
                let number: i64 = row.get("indicator_id")?;
                let is_it = |one: &&Observation| database_id(layout, one.indicator) == Some(number);
                match observations.iter().find(is_it) {
                    // The form has lost the cell; the next build reads the page anew.
                    None => None,
                    Some(one) => Some((
                        at as usize,
                        StatisticCell {
                            head: row.get("head")?,
                            kind: word(row, "kind")?,
                            year: row.get("year")?,
                            value: one.value,
                            status: one.status,
                            raw: one.raw.clone(),
                            unit: one.unit,
                            source: one.source,
                        },
                    )),
                }
            }
        });
        all.push(StatisticRow {
            form: word(row, "form")?,
            id: row.get("row_id")?,
            group: row.get("row_group")?,
            label: row.get("label")?,
            code: row.get("code")?,
            unit: row.get("unit")?,
            cells: Vec::new(),
        });
    }
    if all.is_empty() {
        return Ok(all);
    }
    read_cells(connection, version, &mut all)?;
    for (row, cell) in all.iter_mut().zip(pending) {
        if let Some((at, cell)) = cell {
            row.cells.insert(at.min(row.cells.len()), cell);
        }
    }
    Ok(all)
}

fn read_cells(
    connection: &Connection,
    version: i64,
    rows: &mut [StatisticRow],
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT x.row, x.status, x.raw, x.mantissa, x.scale, x.unit, x.table_number, x.grid_row, x.grid_column,
           x.start_byte, x.end_byte, x.part, c.head, c.kind, c.year
         FROM statistic_cell x
         JOIN statistic_column c ON c.version_id = x.version_id AND c.position = x.column
         WHERE x.version_id = ? ORDER BY x.row, x.position",
    )?;
    let mut found = statement.query([version])?;
    while let Some(cell) = found.next()? {
        let number: u32 = cell.get("row")?;
        let Some(row) = rows.get_mut(number as usize) else {
            return Err(StoreError::unknown("statistic row", number.to_string()));
        };
        let value = match cell.get::<_, Option<i64>>("mantissa")? {
            Some(mantissa) => Some(decimal(mantissa, cell.get("scale")?)?),
            None => None,
        };
        let raw: Option<String> = cell.get("raw")?;
        let plain = || value.map(|value| value.to_string()).unwrap_or_default();
        let status: CellStatus = word(cell, "status")?;
        let unit: Option<String> = cell.get("unit")?;
        let source = match cell.get::<_, Option<u32>>("grid_row")? {
            None => None,
            Some(grid_row) => Some(Source {
                table: cell.get("table_number")?,
                row: grid_row,
                column: cell.get("grid_column")?,
                bytes: ByteRange::new(cell.get("start_byte")?, cell.get("end_byte")?)
                    .of_part(cell.get("part")?),
            }),
        };
        row.cells.push(StatisticCell {
            head: cell.get("head")?,
            kind: word(cell, "kind")?,
            year: cell.get("year")?,
            value,
            status,
            raw: raw.unwrap_or_else(plain),
            unit: match unit {
                Some(unit) => Some(
                    unit.parse()
                        .map_err(|()| StoreError::unknown("unit", unit))?,
                ),
                None => None,
            },
            source,
        });
    }
    Ok(())
}
