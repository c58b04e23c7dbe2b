//! Captures: where the bytes of a version lie, and what is known already.

use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;

use crate::store::{ADDRESS, Store, StoreError};

use super::QueryError;

/// Where the bytes of a report lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaptureLine {
    /// Digest of the payload.
    pub sha256: String,
    /// The address it was fetched from; `None` for an import without one.
    pub url: Option<String>,
    /// When it was fetched or imported, UTC, ISO 8601.
    pub fetched_at: String,
    /// The declared media type.
    pub content_type: Option<String>,
    /// Payload bytes.
    pub size_bytes: u64,
    /// The WARC file, relative to the archive; `None` for bytes that are in none.
    pub file: Option<String>,
    /// Where the record starts, in bytes of that file.
    pub offset: Option<u64>,
    /// How many bytes it takes there.
    pub length: Option<u64>,
}

/// The capture that a version was read from, with the record that has its bytes; `None` where there is no such version.
///
/// # Errors
///
/// If the database cannot be read, or holds what this program does not write.
pub fn capture_of(store: &Store, version_id: i64) -> Result<Option<CaptureLine>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT lower(hex(c.sha256)), d.url, c.fetched_at_us, (SELECT text FROM content_type WHERE id = c.content_type_id), c.size, w.file,
           o.warc_offset, o.warc_length
         FROM version v JOIN capture c ON c.id = v.capture_id LEFT JOIN address d ON d.id = c.address_id
         JOIN capture o ON o.id = ifnull(c.revisit_of, c.id) LEFT JOIN warc w ON w.id = o.warc_id WHERE v.id = ?",
    )?;
    line(&mut statement.query([version_id])?)
}

/// The capture that a report's current version was read from; `None` where there is no such report.
///
/// # Errors
///
/// If the database cannot be read, or holds what this program does not write.
pub fn source_of_report(store: &Store, report_id: i64) -> Result<Option<CaptureLine>, QueryError> {
    let mut statement = store
        .connection()
        .prepare_cached("SELECT version_id FROM report WHERE id = ?")?;
    let version: Option<Option<i64>> = statement
        .query_row([report_id], |row| row.get(0))
        .optional()?;
    match version.flatten() {
        Some(version) => capture_of(store, version),
        None => Ok(None),
    }
}

/// The first capture of these bytes (SHA-256, lower-case hexadecimal) from an address that is in the archive; `None` where there is none.
///
/// # Errors
///
/// If the database cannot be read.
pub fn capture_of_digest(
    store: &Store,
    url: &str,
    sha256: &str,
) -> Result<Option<CaptureLine>, QueryError> {
    let mut statement = store.connection().prepare_cached(&format!(
        "SELECT lower(hex(c.sha256)), d.url, c.fetched_at_us, (SELECT text FROM content_type WHERE id = c.content_type_id), c.size, w.file,
           o.warc_offset, o.warc_length
         FROM address d JOIN capture c ON c.address_id = d.id
         JOIN capture o ON o.id = ifnull(c.revisit_of, c.id) JOIN warc w ON w.id = o.warc_id
         WHERE {ADDRESS} AND lower(hex(c.sha256)) = ?2 ORDER BY c.fetched_at_us, c.id LIMIT 1"
    ))?;
    line(&mut statement.query([url, sha256])?)
}

/// The first of these rows.
fn line(rows: &mut rusqlite::Rows<'_>) -> Result<Option<CaptureLine>, QueryError> {
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let time: i64 = row.get(2)?;
    let time = jiff::Timestamp::from_microsecond(time)
        .map_err(|_| StoreError::unknown("time", time.to_string()))?;
    let unsigned = |number: i64| number.unsigned_abs();
    Ok(Some(CaptureLine {
        sha256: row.get(0)?,
        url: row.get(1)?,
        fetched_at: time.to_string(),
        content_type: row.get(3)?,
        size_bytes: unsigned(row.get(4)?),
        file: row.get(5)?,
        offset: row.get::<_, Option<i64>>(6)?.map(unsigned),
        length: row.get::<_, Option<i64>>(7)?.map(unsigned),
    }))
}

/// Whether these bytes from this address are known, at whatever time.
///
/// # Errors
///
/// If the database cannot be read.
pub fn is_captured(
    store: &Store,
    sha256: &[u8; 32],
    url: Option<&str>,
) -> Result<bool, QueryError> {
    let found = match url {
        Some(url) => store
            .connection()
            .prepare_cached(&format!(
                "SELECT 1 FROM address d JOIN capture c ON c.address_id = d.id WHERE {ADDRESS} AND c.sha256 = ?2 LIMIT 1"
            ))?
            .query_row(params![url, &sha256[..]], |_| Ok(())),
        None => store
            .connection()
            .prepare_cached("SELECT 1 FROM capture WHERE address_id IS NULL AND sha256 = ? LIMIT 1")?
            .query_row([&sha256[..]], |_| Ok(())),
    };
    Ok(found.optional()?.is_some())
}

/// For every WARC file the end of its last record that the database knows, in bytes: what lies
/// behind it was not built yet.
///
/// # Errors
///
/// If the database cannot be read.
pub fn archive_ends(store: &Store) -> Result<Vec<(String, u64)>, QueryError> {
    let mut statement = store.connection().prepare(
        "SELECT w.file, ifnull(max(c.warc_offset + c.warc_length), 0) FROM capture c
         JOIN warc w ON w.id = c.warc_id GROUP BY w.file ORDER BY w.file",
    )?;
    let ends = statement.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    Ok(ends.collect::<Result<_, _>>()?)
}

/// Offset, length, SHA-256 of a record.
pub type RecordKnown = (u64, u64, Option<String>);

/// The records of a WARC file that the database has read, in their order: where each begins, how
/// many bytes it takes there, and the SHA-256 of its payload, lower-case hexadecimal; `None` for a revisit, whose
/// payload is in another record.
///
/// # Errors
///
/// If the database cannot be read.
pub fn captures_of_file(store: &Store, file: &str) -> Result<Vec<RecordKnown>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT c.warc_offset, c.warc_length, CASE WHEN c.revisit_of IS NULL THEN lower(hex(c.sha256)) END FROM capture c
         JOIN warc w ON w.id = c.warc_id WHERE w.file = ? ORDER BY c.warc_offset",
    )?;
    let known = statement.query_map([file], |row| {
        let number = |index| row.get::<_, i64>(index).map(i64::unsigned_abs);
        Ok((number(0)?, number(1)?, row.get(2)?))
    })?;
    Ok(known.collect::<Result<_, _>>()?)
}

/// The newest capture of an address; `None` where there is none.
///
/// # Errors
///
/// If the database cannot be read, or holds what this program does not write.
pub fn latest_capture(store: &Store, url: &str) -> Result<Option<CaptureLine>, QueryError> {
    let mut statement = store.connection().prepare_cached(&format!(
        "SELECT lower(hex(c.sha256)), d.url, c.fetched_at_us, (SELECT text FROM content_type WHERE id = c.content_type_id), c.size, w.file,
           o.warc_offset, o.warc_length
         FROM capture c JOIN address d ON d.id = c.address_id JOIN capture o ON o.id = ifnull(c.revisit_of, c.id)
         JOIN warc w ON w.id = o.warc_id WHERE {ADDRESS}
         ORDER BY c.fetched_at_us DESC, (SELECT file FROM warc WHERE id = c.warc_id) DESC, c.warc_offset DESC LIMIT 1",
    ))?;
    line(&mut statement.query([url])?)
}
