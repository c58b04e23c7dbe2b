//! Writing a version and all that hangs on it.

use rusqlite::params;

use crate::model::{Catalog, CellStatus, FormId, Observation, Report};

use super::StoreError;
use super::cells::{self, WideRow};
use super::digest::Digest;
use super::layout::FormLayout;
use super::mentions;
use super::prepared::Prepared;
use super::proposals;
use super::sections;
use super::short;
use super::statistics;
use super::writer::Writer;

/// What a version is, beside the report's content.
pub(super) struct Head {
    pub(super) report_id: i64,
    pub(super) content: Digest,
    /// The capture its details are from.
    pub(super) capture_id: i64,
    pub(super) fetched_at_us: i64,
    pub(super) reader: i64,
    /// The capture's address.
    pub(super) address: Option<String>,
}

/// A new version with its details; its id.
pub(super) fn insert(
    writer: &mut Writer<'_>,
    head: &Head,
    report: &Report,
    prepared: &Prepared,
) -> Result<i64, StoreError> {
    let version = put_head(
        writer,
        "INSERT INTO version (id, report_id, content_digest, first_seen_us, last_seen_us, capture_id,
           reader_id, title, form, published, official, charset, charset_evidence, replacements, signals, parts, site_id, dates)
         VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        None,
        head,
        report,
    )?;
    put_details(writer, version, report, prepared)?;
    Ok(version)
}

/// Other details for a version that stays. Its times are left to be settled.
pub(super) fn replace(
    writer: &mut Writer<'_>,
    version: i64,
    head: &Head,
    report: &Report,
    prepared: &Prepared,
) -> Result<(), StoreError> {
    writer.due.leaves(writer.connection, version)?;
    for table in [
        "mention",
        "finding",
        "proposal_change",
        "proposal",
        "place",
        "exception",
        "statistic_list",
    ] {
        let sql = format!("DELETE FROM {table} WHERE version_id = ?");
        writer.connection.prepare_cached(&sql)?.execute([version])?;
    }
    sections::delete(writer.connection, version)?;
    for form in &writer.layout.forms {
        writer
            .connection
            .prepare_cached(&form.delete)?
            .execute([version])?;
    }
    put_head(
        writer,
        "UPDATE version SET report_id = ?2, content_digest = ?3, first_seen_us = min(first_seen_us, ?4),
           last_seen_us = max(last_seen_us, ?4), capture_id = ?5, reader_id = ?6, title = ?7, form = ?8,
           published = ?9, official = ?10, charset = ?11, charset_evidence = ?12, replacements = ?13,
           signals = ?14, parts = ?15, site_id = ?16, dates = ?17
         WHERE id = ?1",
        Some(version),
        head,
        report,
    )?;
    put_details(writer, version, report, prepared)
}

fn put_head(
    writer: &Writer<'_>,
    sql: &str,
    id: Option<i64>,
    head: &Head,
    report: &Report,
) -> Result<i64, StoreError> {
    let provenance = &report.provenance;
    let address = head.address.as_deref();
    let signals = short::signals(&provenance.signals, address)?;
    let name = report.agency.name.as_deref();
    let title = report.title.as_deref();
    let title = title.map(|title| short::title(title, name, report.year));
    let dates = short::dates(&report.dates, address)?;
    let parts = match provenance.parts.as_slice() {
        [] => None,
        parts => Some(serde_json::to_string(parts)?),
    };
    writer.connection.prepare_cached(sql)?.execute(params![
        id,
        head.report_id,
        &head.content[..],
        head.fetched_at_us,
        head.capture_id,
        head.reader,
        title,
        report.form.map(crate::model::FormId::as_str),
        report.published.map(|day| day.to_string()),
        provenance.official.as_str(),
        provenance.charset,
        provenance.charset_evidence.as_str(),
        provenance.replacements,
        signals,
        parts,
        provenance.site_id,
        dates,
    ])?;
    Ok(writer.connection.last_insert_rowid())
}

fn put_details(
    writer: &mut Writer<'_>,
    version: i64,
    report: &Report,
    prepared: &Prepared,
) -> Result<(), StoreError> {
    let connection = writer.connection;
    sections::insert(connection, &mut writer.headings, version, &report.sections)?;
    let year = report.year.map(i64::from);
    writer
        .due
        .comes(connection, version, year, &prepared.tokens)?;
    mentions::insert(connection, version, &report.mentions)?;
    let mut finding = connection.prepare_cached("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?)")?;
    for (position, one) in (0_i64..).zip(&report.findings) {
        let (code, severity) = (one.code.as_str(), one.severity.as_str());
        finding.execute(params![
            version,
            position,
            code,
            severity,
            one.message,
            one.place
        ])?;
    }
    proposals::insert(connection, writer.layout, version, &report.proposals)?;
    put_cells(writer, version, report, prepared)?;
    match &prepared.list {
        Some(list) => statistics::put(writer, version, &report.statistics, list),
        None => Ok(()),
    }
}

fn put_cells(
    writer: &Writer<'_>,
    version: i64,
    report: &Report,
    prepared: &Prepared,
) -> Result<(), StoreError> {
    if let Some(packed) = &prepared.places {
        writer.insert("INSERT INTO place VALUES (?, ?)", params![version, packed])?;
    }
    let catalog = Catalog::get();
    let observations = prepared
        .order
        .iter()
        .map(|number| &report.observations[*number]);
    let observations: Vec<(FormId, &Observation)> = observations
        .map(|one| (catalog.indicator(one.indicator).form, one))
        .collect();
    for form in &writer.layout.forms {
        let mut placed = vec![None; form.cells.len()];
        let mut any = false;
        for (_, observation) in observations.iter().filter(|(of, _)| *of == form.form) {
            if let Some(position) = form.position(observation.indicator) {
                placed[position] = Some(*observation);
                any = true;
            }
        }
        if any {
            put_wide(writer, version, form, &cells::encode(form, &placed)?)?;
        }
    }
    Ok(())
}

fn put_wide(
    writer: &Writer<'_>,
    version: i64,
    form: &FormLayout,
    row: &WideRow,
) -> Result<(), StoreError> {
    let mut statement = writer.connection.prepare_cached(&form.insert)?;
    statement.raw_bind_parameter(1, version)?;
    statement.raw_bind_parameter(2, i64::try_from(row.exceptions.len()).unwrap_or(i64::MAX))?;
    let mut parameter = 3;
    for (cell, value) in form.cells.iter().zip(&row.values) {
        statement.raw_bind_parameter(parameter, value.map(crate::model::Decimal::mantissa))?;
        parameter += 1;
        if cell.money {
            let scale = value
                .map(crate::model::Decimal::scale)
                .filter(|scale| *scale > 0);
            statement.raw_bind_parameter(parameter, scale)?;
            parameter += 1;
        }
    }
    statement.raw_execute()?;
    let mut statement = writer
        .connection
        .prepare_cached("INSERT INTO exception VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?;
    for exception in &row.exceptions {
        let status = exception.status.map_or(NOT_PART, CellStatus::as_str);
        statement.execute(params![
            version,
            exception.extent.as_str(),
            exception.indicator,
            status,
            exception.raw,
            exception.value.map(crate::model::Decimal::mantissa),
            exception.value.map(crate::model::Decimal::scale),
            exception.unit.as_sql(),
        ])?;
    }
    Ok(())
}

/// The status word of cells that the report says nothing of.
pub(super) const NOT_PART: &str = "not_part";
