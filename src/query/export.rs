//! The long form as CSV or JSON lines: a row a cell of every current version, missing ones included.
//!
//! UTF-8, rows in a fixed order (agency, code, place, year, scope, form, cell as printed), written as they are
//! read: memory does not grow with the export. A missing value is empty beside its status.

use std::io::Write;

use rusqlite::params_from_iter;
use serde::Serialize;

use crate::model::{Catalog, Decimal};
use crate::store::Store;

use super::reports::ORDER;
use super::{Filter, QueryError};

/// One row of an export. The names are the columns.
#[derive(Debug, Serialize)]
struct Line<'a> {
    agency: Option<&'a str>,
    agency_code: Option<&'a str>,
    year: Option<i16>,
    scope: &'a str,
    form: &'a str,
    cell: &'a str,
    value: Option<Decimal>,
    status: &'a str,
    raw: Option<&'a str>,
    unit: Option<&'a str>,
    official: &'a str,
    published: Option<&'a str>,
    sha256: &'a str,
    url: Option<&'a str>,
    agency_place: Option<&'a str>,
}

/// The columns, in order.
const COLUMNS: [&str; 15] = [
    "agency",
    "agency_code",
    "year",
    "scope",
    "form",
    "cell",
    "value",
    "status",
    "raw",
    "unit",
    "official",
    "published",
    "sha256",
    "url",
    "agency_place",
];

/// Writes CSV (RFC 4180, a head line); returns how many rows.
///
/// # Errors
///
/// If the database cannot be read or `output` not be written.
pub fn export_csv(store: &Store, filter: &Filter, output: impl Write) -> Result<u64, QueryError> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(output);
    writer.write_record(COLUMNS)?;
    let rows = each(store, filter, |line| {
        let year = line.year.map(|year| year.to_string());
        let value = line.value.map(|value| value.to_string());
        writer.write_record([
            line.agency.unwrap_or_default(),
            line.agency_code.unwrap_or_default(),
            year.as_deref().unwrap_or_default(),
            line.scope,
            line.form,
            line.cell,
            value.as_deref().unwrap_or_default(),
            line.status,
            line.raw.unwrap_or_default(),
            line.unit.unwrap_or_default(),
            line.official,
            line.published.unwrap_or_default(),
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
/// As [`export_csv`].
pub fn export_json(store: &Store, filter: &Filter, output: impl Write) -> Result<u64, QueryError> {
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
        "SELECT a.name, a.code, r.year, r.scope, v.official, v.published, lower(hex(c.sha256)), d.url, v.id,
           nullif(a.place, '')
         FROM report r JOIN version v ON v.id = r.version_id JOIN capture c ON c.id = v.capture_id
         LEFT JOIN address d ON d.id = c.address_id LEFT JOIN agency a ON a.id = r.agency_id
         WHERE {condition} ORDER BY {ORDER}"
    ))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let catalog = Catalog::get();
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let (name, code): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
        let (year, scope): (Option<i16>, String) = (row.get(2)?, row.get(3)?);
        let (official, published): (String, Option<String>) = (row.get(4)?, row.get(5)?);
        let (sha256, url): (String, Option<String>) = (row.get(6)?, row.get(7)?);
        let agency_place: Option<String> = row.get(9)?;
        for one in store.reader().observations(row.get(8)?)? {
            let indicator = catalog.indicator(one.indicator);
            if filter.form.is_some_and(|form| form != indicator.form)
                || filter
                    .cell
                    .as_ref()
                    .is_some_and(|cell| *cell != indicator.cell)
            {
                continue;
            }
            write(&Line {
                agency: name.as_deref(),
                agency_code: code.as_deref(),
                year,
                scope: &scope,
                form: indicator.form.as_str(),
                cell: &indicator.cell,
                value: one.value,
                status: one.status.as_str(),
                raw: (!one.status.is_absent()).then_some(&one.raw),
                unit: one.unit.map(crate::model::Unit::as_str),
                official: &official,
                published: published.as_deref(),
                sha256: &sha256,
                url: url.as_deref(),
                agency_place: agency_place.as_deref(),
            })?;
            count += 1;
        }
    }
    Ok(count)
}
