//! The rows of statistics lists as printed, as CSV or JSON lines: a line a value of every current version, known to
//! the forms or not, the year's and those added up over years apart.

use std::io::Write;

use rusqlite::params_from_iter;
use serde::Serialize;

use crate::model::Decimal;
use crate::store::Store;

use super::reports::ORDER;
use super::{Filter, QueryError};

/// One line of an export. The names are the columns.
#[derive(Debug, Serialize)]
struct Line<'a> {
    agency: Option<&'a str>,
    agency_code: Option<&'a str>,
    year: Option<i16>,
    scope: &'a str,
    form: &'a str,
    row: usize,
    id: Option<&'a str>,
    group: Option<&'a str>,
    label: &'a str,
    head: Option<&'a str>,
    kind: &'a str,
    column_year: Option<i16>,
    value: Option<Decimal>,
    status: &'a str,
    raw: &'a str,
    unit: Option<&'a str>,
    sha256: &'a str,
    url: Option<&'a str>,
    agency_place: Option<&'a str>,
}

/// The columns, in order.
const COLUMNS: [&str; 19] = [
    "agency",
    "agency_code",
    "year",
    "scope",
    "form",
    "row",
    "id",
    "group",
    "label",
    "head",
    "kind",
    "column_year",
    "value",
    "status",
    "raw",
    "unit",
    "sha256",
    "url",
    "agency_place",
];

/// Writes CSV (RFC 4180, a head line); returns how many lines. Of `filter`, `cell` has no bearing.
///
/// # Errors
///
/// If the database cannot be read or `output` not be written.
pub fn export_rows_csv(
    store: &Store,
    filter: &Filter,
    output: impl Write,
) -> Result<u64, QueryError> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(output);
    writer.write_record(COLUMNS)?;
    let rows = each(store, filter, |line| {
        let number = |year: Option<i16>| year.map(|year| year.to_string()).unwrap_or_default();
        let value = line.value.map(|value| value.to_string());
        writer.write_record([
            line.agency.unwrap_or_default(),
            line.agency_code.unwrap_or_default(),
            &number(line.year),
            line.scope,
            line.form,
            &line.row.to_string(),
            line.id.unwrap_or_default(),
            line.group.unwrap_or_default(),
            line.label,
            line.head.unwrap_or_default(),
            line.kind,
            &number(line.column_year),
            value.as_deref().unwrap_or_default(),
            line.status,
            line.raw,
            line.unit.unwrap_or_default(),
            line.sha256,
            line.url.unwrap_or_default(),
            line.agency_place.unwrap_or_default(),
        ])?;
        Ok(())
    })?;
    writer.flush()?;
    Ok(rows)
}

/// Writes JSON, an object a line, missing values as `null`; returns how many.
///
/// # Errors
///
/// As [`export_rows_csv`].
pub fn export_rows_json(
    store: &Store,
    filter: &Filter,
    output: impl Write,
) -> Result<u64, QueryError> {
    let mut output = std::io::BufWriter::new(output);
    let rows = each(store, filter, |line| {
        serde_json::to_writer(&mut output, line)?;
        Ok(output.write_all(b"\n")?)
    })?;
    output.flush()?;
    Ok(rows)
}

fn each(
    store: &Store,
    filter: &Filter,
    mut write: impl FnMut(&Line<'_>) -> Result<(), QueryError>,
) -> Result<u64, QueryError> {
    let (condition, values) = filter.condition();
    let mut statement = store.connection().prepare(&format!(
        "SELECT a.name, a.code, r.year, r.scope, lower(hex(c.sha256)), d.url, v.id, nullif(a.place, '')
         FROM report r JOIN version v ON v.id = r.version_id JOIN capture c ON c.id = v.capture_id
         LEFT JOIN address d ON d.id = c.address_id LEFT JOIN agency a ON a.id = r.agency_id
         WHERE EXISTS (SELECT 1 FROM statistic_list s WHERE s.version_id = v.id) AND {condition} ORDER BY {ORDER}"
    ))?;
    let mut reports = statement.query(params_from_iter(values))?;
    let reader = store.reader();
    let mut count = 0;
    while let Some(report) = reports.next()? {
        let (name, code): (Option<String>, Option<String>) = (report.get(0)?, report.get(1)?);
        let (year, scope): (Option<i16>, String) = (report.get(2)?, report.get(3)?);
        let (sha256, url): (String, Option<String>) = (report.get(4)?, report.get(5)?);
        let version = report.get(6)?;
        let agency_place: Option<String> = report.get(7)?;
        let observations = reader.observations(version)?;
        let rows = reader.statistics(version, &observations)?;
        for (number, row) in rows.iter().enumerate() {
            if filter.form.is_some_and(|form| form != row.form) {
                continue;
            }
            for cell in &row.cells {
                write(&Line {
                    agency: name.as_deref(),
                    agency_code: code.as_deref(),
                    year,
                    scope: &scope,
                    form: row.form.as_str(),
                    row: number,
                    id: row.id.as_deref(),
                    group: row.group.as_deref(),
                    label: &row.label,
                    head: cell.head.as_deref(),
                    kind: cell.kind.as_str(),
                    column_year: cell.year,
                    value: cell.value,
                    status: cell.status.as_str(),
                    raw: &cell.raw,
                    unit: cell.unit.map(crate::model::Unit::as_str),
                    sha256: &sha256,
                    url: url.as_deref(),
                    agency_place: agency_place.as_deref(),
                })?;
                count += 1;
            }
        }
    }
    Ok(count)
}
