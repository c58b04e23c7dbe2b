//! The rows of statistics lists, in and out.
//!
//! Labels are kept once for all reports, and so is what the lists of many reports have in common: which rows, columns and cells
//! ([`List`], found by its digest). A cell that the report has as an observation with the same text and place is only pointed at; of
//! the others a version has values and places.

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::model::{
    Catalog, CellStatus, Decimal, IndicatorId, Observation, Report, Source, StatisticCell,
    StatisticRow, Unit,
};

use super::StoreError;
use super::layout::Layout;
use super::places::{self, Packer};
use super::read::word;
use super::writer::Writer;

/// What a cell shares with the others of its column.
type Column<'r> = (Option<&'r str>, &'static str, Option<i16>);

fn column_of(cell: &StatisticCell) -> Column<'_> {
    (cell.head.as_deref(), cell.kind.as_str(), cell.year)
}

/// A report's rows, taken apart into what many reports have in common and what this one says.
#[derive(Debug)]
pub(super) struct List {
    /// Digest of rows, columns and cells.
    pattern: String,
    columns: Vec<ListColumn>,
    /// Of each row the cell that is an observation, its column, and which observation.
    observed: Vec<Option<(usize, usize, IndicatorId)>>,
    /// The other cells.
    cells: Vec<ListCell>,
    /// Their values as the schema has them; `None` where there are none.
    numbers: Option<String>,
    /// Where they stood, packed.
    places: Option<Vec<u8>>,
}

#[derive(Debug)]
struct ListColumn {
    head: Option<String>,
    kind: &'static str,
    year: Option<i16>,
    /// Whether `year` counts from the report's.
    is_relative: bool,
}

#[derive(Debug)]
struct ListCell {
    row: usize,
    position: usize,
    column: usize,
    unit: Option<Unit>,
}

impl List {
    /// Takes a report's rows apart; `None` where it has none.
    pub(super) fn of(report: &Report, packer: &mut Packer) -> Option<Self> {
        if report.statistics.is_empty() {
            return None;
        }
        let mut list = Self {
            pattern: String::new(),
            columns: Vec::new(),
            observed: Vec::new(),
            cells: Vec::new(),
            numbers: None,
            places: None,
        };
        let mut known: HashMap<Column<'_>, usize> = HashMap::new();
        let mut by_source: HashMap<Source, Vec<&Observation>> = HashMap::new();
        for observation in &report.observations {
            if let Some(source) = observation.source {
                by_source.entry(source).or_default().push(observation);
            }
        }
        let mut pattern = Pattern(Vec::with_capacity(4 << 10));
        let mut numbers = Vec::new();
        let mut sources = Vec::new();
        for (row_number, row) in report.statistics.iter().enumerate() {
            pattern.text(Some(row.form.as_str()));
            for text in [&row.id, &row.group, &row.code, &row.unit] {
                pattern.text(text.as_deref());
            }
            pattern.text(Some(&row.label));
            let observed = observed(row, &by_source);
            let mut found = None;
            for (position, cell) in row.cells.iter().enumerate() {
                let column = *known.entry(column_of(cell)).or_insert_with(|| {
                    list.columns.push(ListColumn::of(cell, report.year));
                    list.columns.len() - 1
                });
                pattern.number(column);
                pattern.text(cell.unit.map(Unit::as_str));
                if let Some((_, id)) = observed.filter(|(at, _)| *at == position) {
                    let indicator = Catalog::get().indicator(id);
                    pattern.text(Some(&indicator.cell));
                    found = Some((position, column, id));
                    continue;
                }
                pattern.text(None);
                list.cells.push(ListCell {
                    row: row_number,
                    position,
                    column,
                    unit: cell.unit,
                });
                numbers.push(entry(cell));
                sources.push(cell.source);
            }
            pattern.number(usize::MAX);
            list.observed.push(found);
        }
        for column in &list.columns {
            pattern.text(column.head.as_deref());
            pattern.text(Some(column.kind));
            pattern.text(column.year.map(|year| year.to_string()).as_deref());
            pattern.number(usize::from(column.is_relative));
        }
        list.pattern = HEXLOWER.encode(&Sha256::digest(&pattern.0)[..16]);
        if !numbers.is_empty() {
            list.numbers = Some(Value::Array(numbers).to_string());
            list.places = packer.pack(sources.into_iter());
        }
        Some(list)
    }
}

impl ListColumn {
    fn of(cell: &StatisticCell, year: Option<i16>) -> Self {
        let relative = cell
            .year
            .zip(year)
            .and_then(|(own, of)| own.checked_sub(of));
        Self {
            head: cell.head.clone(),
            kind: cell.kind.as_str(),
            year: relative.or(cell.year),
            is_relative: relative.is_some(),
        }
    }
}

/// What a digest is taken of; lengths first, so that neighbours cannot run together.
struct Pattern(Vec<u8>);

impl Pattern {
    fn number(&mut self, number: usize) {
        self.0.extend((number as u64).to_le_bytes());
    }

    fn text(&mut self, text: Option<&str>) {
        self.number(text.map_or(usize::MAX, str::len));
        self.0
            .extend_from_slice(text.unwrap_or_default().as_bytes());
    }
}

/// A cell's value as `numbers` has it.
fn entry(cell: &StatisticCell) -> Value {
    let plain = cell.value.map(|value| value.to_string());
    let raw = (plain.unwrap_or_default() != cell.raw).then_some(&cell.raw);
    match (cell.status, cell.value, raw) {
        (CellStatus::Number, Some(value), None) if value.scale() == 0 => value.mantissa().into(),
        (CellStatus::Blank, None, None) => Value::Null,
        (CellStatus::Mark, None, Some(raw)) => raw.as_str().into(),
        (status, value, raw) => serde_json::json!([
            status.as_str(),
            raw,
            value.map(Decimal::mantissa),
            value.map(Decimal::scale)
        ]),
    }
}

/// Writes a report's rows.
pub(super) fn put(
    writer: &Writer<'_>,
    version: i64,
    rows: &[StatisticRow],
    list: &List,
) -> Result<(), StoreError> {
    let known = writer
        .connection
        .prepare_cached("SELECT id FROM statistic_layout WHERE pattern = ?")?
        .query_row([&list.pattern], |row| row.get(0))
        .optional()?;
    let layout = match known {
        Some(known) => known,
        None => put_layout(writer, rows, list)?,
    };
    writer.insert(
        "INSERT INTO statistic_list VALUES (?, ?, ?, ?)",
        params![version, layout, list.numbers, list.places],
    )?;
    Ok(())
}

/// Writes what the rows of many reports have in common; its id.
fn put_layout(writer: &Writer<'_>, rows: &[StatisticRow], list: &List) -> Result<i64, StoreError> {
    let signed = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let id = writer.insert(
        "INSERT INTO statistic_layout (pattern) VALUES (?)",
        [&list.pattern],
    )?;
    for (position, column) in list.columns.iter().enumerate() {
        writer.insert(
            "INSERT INTO statistic_layout_column VALUES (?, ?, ?, ?, ?, ?)",
            params![
                id,
                signed(position),
                column.head,
                column.kind,
                column.year,
                column.is_relative
            ],
        )?;
    }
    for (position, (row, observed)) in rows.iter().zip(&list.observed).enumerate() {
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
        let indicator = observed.and_then(|(.., id)| database_id(writer.layout, id));
        let observed = observed.filter(|_| indicator.is_some());
        writer.insert(
            "INSERT INTO statistic_layout_row VALUES (?, ?, ?, ?, ?, ?)",
            params![
                id,
                signed(position),
                label,
                observed.map(|(at, ..)| signed(at)),
                observed.map(|(_, column, _)| signed(column)),
                indicator
            ],
        )?;
    }
    for (number, cell) in list.cells.iter().enumerate() {
        writer.insert(
            "INSERT INTO statistic_layout_cell VALUES (?, ?, ?, ?, ?, ?)",
            params![
                id,
                signed(number),
                signed(cell.row),
                signed(cell.position),
                signed(cell.column),
                cell.unit.map(Unit::as_str)
            ],
        )?;
    }
    Ok(id)
}

/// Which cell of the row an observation says as well, to the letter, and which.
fn observed(
    row: &StatisticRow,
    by_source: &HashMap<Source, Vec<&Observation>>,
) -> Option<(usize, IndicatorId)> {
    let id = row.id.as_ref()?;
    row.cells.iter().enumerate().find_map(|(at, cell)| {
        // Without a place nothing tells it from another cell with the same text.
        let there = by_source.get(&cell.source?)?;
        let same = |one: &&&Observation| {
            one.status == cell.status
                && one.value == cell.value
                && one.raw == cell.raw
                && one.unit == cell.unit
        };
        let found = there.iter().find(same)?;
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
    // Not the view `statistic_column`: on this side of a LEFT JOIN it would be made for all reports.
    let mut statement = connection.prepare_cached(
        "SELECT l.form, l.row_id, l.row_group, l.label, l.code, l.unit, s.observed, s.indicator_id,
           c.head, c.kind, CASE WHEN c.is_relative THEN r.year + c.year ELSE c.year END AS year
         FROM statistic_list t JOIN statistic_layout_row s ON s.layout_id = t.layout_id
         JOIN statistic_label l ON l.id = s.label_id
         JOIN version v ON v.id = t.version_id JOIN report r ON r.id = v.report_id
         LEFT JOIN statistic_layout_column c ON c.layout_id = t.layout_id AND c.position = s.observed_column
         WHERE t.version_id = ? ORDER BY s.position",
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

/// A value as `numbers` has it: status, number, and the text where the number does not print it.
type Entry = (CellStatus, Option<Decimal>, Option<String>);

/// What [`entry`] wrote.
fn value_of(entry: &Value) -> Option<Entry> {
    Some(match entry {
        Value::Number(number) => (
            CellStatus::Number,
            Some(Decimal::integer(number.as_i64()?)),
            None,
        ),
        Value::Null => (CellStatus::Blank, None, None),
        Value::String(raw) => (CellStatus::Mark, None, Some(raw.clone())),
        Value::Array(parts) => {
            let [status, raw, mantissa, scale] = &parts[..] else {
                return None;
            };
            let value = match mantissa.as_i64() {
                None => None,
                Some(mantissa) => {
                    let scale = u8::try_from(scale.as_u64()?).ok()?;
                    Some(Decimal::new(mantissa, scale)?)
                }
            };
            let raw = raw.as_str().map(ToOwned::to_owned);
            (status.as_str()?.parse().ok()?, value, raw)
        }
        _ => return None,
    })
}

fn read_cells(
    connection: &Connection,
    version: i64,
    rows: &mut [StatisticRow],
) -> Result<(), StoreError> {
    let values: Option<(i64, Option<String>, Option<Vec<u8>>)> = connection
        .prepare_cached(
            "SELECT layout_id, numbers, places FROM statistic_list WHERE version_id = ?",
        )?
        .query_row([version], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((layout, Some(numbers), packed)) = values else {
        return Ok(());
    };
    let values: Vec<Value> = serde_json::from_str(&numbers)?;
    let sources = match packed {
        None => vec![None; values.len()],
        Some(packed) => places::unpack(&packed, values.len())?,
    };
    let mut statement = connection.prepare_cached(
        "SELECT x.number, x.row, x.unit, c.head, c.kind, c.year
         FROM statistic_layout_cell x
         JOIN statistic_column c ON c.version_id = ?2 AND c.position = x.column
         WHERE x.layout_id = ?1 ORDER BY x.number",
    )?;
    let mut found = statement.query([layout, version])?;
    while let Some(cell) = found.next()? {
        let at: usize = cell.get::<_, u32>("number")? as usize;
        let number: u32 = cell.get("row")?;
        let (Some(row), Some(value)) = (rows.get_mut(number as usize), values.get(at)) else {
            return Err(StoreError::unknown("statistic row", number.to_string()));
        };
        let (status, value, raw) = value_of(value)
            .ok_or_else(|| StoreError::unknown("statistic value", value.to_string()))?;
        let plain = || value.map(|value| value.to_string()).unwrap_or_default();
        let unit: Option<String> = cell.get("unit")?;
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
            source: sources.get(at).copied().flatten(),
        });
    }
    Ok(())
}
