//! Where reports stood and until when, for what is gone.

use rusqlite::Statement;

use super::QueryError;
use super::watch::IS_IMPORTED;
use crate::store::Store;

/// A report at an address, as captures had it; imported files are left out, of which it is not known when they were fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRow {
    /// The report.
    pub report_id: i64,
    /// When a capture first had it there, microseconds since 1970.
    pub first_us: i64,
    /// When one last had it.
    pub last_us: i64,
}

const SELECT: &str = "SELECT v.report_id, min(c.fetched_at_us), max(c.fetched_at_us)";
const CAPTURED: &str = "JOIN reading g ON g.capture_id = c.id JOIN version v ON v.id = g.version_id
   LEFT JOIN warc w ON w.id = c.warc_id WHERE v.official <> 'mirror_suspected'";

/// All reports that addresses of a host have had, an address a row; `host` as it stands in addresses, with its port.
///
/// # Errors
///
/// If the database cannot be read.
pub fn standing_on(store: &Store, host: &str) -> Result<Vec<StandingRow>, QueryError> {
    // `0` is the character behind `/`.
    let mut statement = store.connection().prepare_cached(&format!(
        "{SELECT} FROM address d CROSS JOIN capture c ON c.address_id = d.id {CAPTURED} AND NOT {IS_IMPORTED}
           AND (d.url >= 'http://' || ?1 || '/' AND d.url < 'http://' || ?1 || '0'
             OR d.url >= 'https://' || ?1 || '/' AND d.url < 'https://' || ?1 || '0')
         GROUP BY v.report_id, d.id ORDER BY v.report_id, d.url"
    ))?;
    standing(&mut statement, host)
}

/// All that addresses anywhere have had of one body (`agency_key.key`).
///
/// # Errors
///
/// If the database cannot be read.
pub fn standing_of(store: &Store, body: i64) -> Result<Vec<StandingRow>, QueryError> {
    let mut statement = store.connection().prepare_cached(&format!(
        "{SELECT} FROM agency_key k CROSS JOIN report r ON r.agency_id = k.agency_id CROSS JOIN version x ON x.report_id = r.id
         CROSS JOIN reading y ON y.version_id = x.id CROSS JOIN capture c ON c.id = y.capture_id JOIN address d ON d.id = c.address_id
         {CAPTURED} AND v.id = x.id AND NOT {IS_IMPORTED} AND k.key = ?1
         GROUP BY v.report_id, d.id ORDER BY v.report_id, d.url"
    ))?;
    standing(&mut statement, body)
}

fn standing(
    statement: &mut Statement<'_>,
    of: impl rusqlite::ToSql,
) -> Result<Vec<StandingRow>, QueryError> {
    let rows = statement.query_map([of], |row| {
        Ok(StandingRow {
            report_id: row.get(0)?,
            first_us: row.get(1)?,
            last_us: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The body (`agency_key.key`) of a report; `None` where its agency was not found.
///
/// # Errors
///
/// If the database cannot be read.
pub fn body_of(store: &Store, report_id: i64) -> Result<Option<i64>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT k.key FROM report r JOIN agency_key k ON k.agency_id = r.agency_id WHERE r.id = ?",
    )?;
    let mut rows = statement.query([report_id])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

/// The bodies that a body became, was merged into or split into.
///
/// # Errors
///
/// If the database cannot be read.
pub fn successors_of(store: &Store, body: i64) -> Result<Vec<i64>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT DISTINCT m.key FROM agency_key k JOIN agency_link l ON l.earlier_id = k.agency_id
         JOIN agency_key m ON m.agency_id = l.later_id WHERE k.key = ?1 AND m.key <> ?1 ORDER BY m.key",
    )?;
    let rows = statement.query_map([body], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A body that reports on years after those of another may have, and stood on the same host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterRow {
    /// The body (`agency_key.key`).
    pub body: i64,
    /// One of its names.
    pub name: String,
}

/// Bodies whose names begin with `stem`, that have reports on `host`, and none on a year up to `last_year`.
///
/// # Errors
///
/// If the database cannot be read.
pub fn later_on(
    store: &Store,
    host: &str,
    stem: &str,
    last_year: i16,
) -> Result<Vec<LaterRow>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT DISTINCT k.key, a.name FROM agency a CROSS JOIN agency_key k ON k.agency_id = a.id
         WHERE ifnull(a.name, '') >= ?2 AND ifnull(a.name, '') < ?2 || char(0x10ffff)
           AND NOT EXISTS (SELECT 1 FROM agency_key m JOIN report s ON s.agency_id = m.agency_id
             WHERE m.key = k.key AND (s.year IS NULL OR s.year <= ?3))
           AND EXISTS (SELECT 1 FROM report r JOIN version v ON v.report_id = r.id JOIN capture c ON c.id = v.capture_id
             JOIN address d ON d.id = c.address_id WHERE r.agency_id = a.id AND v.official <> 'mirror_suspected'
             AND (d.url >= 'http://' || ?1 || '/' AND d.url < 'http://' || ?1 || '0'
               OR d.url >= 'https://' || ?1 || '/' AND d.url < 'https://' || ?1 || '0'))
         ORDER BY 1, 2",
    )?;
    let rows = statement.query_map(rusqlite::params![host, stem, last_year], |row| {
        Ok(LaterRow {
            body: row.get(0)?,
            name: row.get(1)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The names of a body (`agency_key.key`), in order.
///
/// # Errors
///
/// If the database cannot be read.
pub fn names_of(store: &Store, body: i64) -> Result<Vec<String>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT DISTINCT a.name FROM agency_key k JOIN agency a ON a.id = k.agency_id
         WHERE k.key = ? AND a.name IS NOT NULL ORDER BY 1",
    )?;
    let rows = statement.query_map([body], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Reports that may be this one under another name, column, scope or without its year: of the same body, or of the same name on the
/// same host, of the same year or none; suspected copies and those without tables left out.
///
/// # Errors
///
/// If the database cannot be read.
pub fn doubles(store: &Store, report_id: i64, host: &str) -> Result<Vec<i64>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT DISTINCT s.id FROM report r JOIN agency a ON a.id = r.agency_id JOIN agency_key k ON k.agency_id = a.id
         JOIN agency b ON b.id IN (SELECT x.id FROM agency x WHERE x.name = a.name UNION SELECT agency_id FROM agency_key WHERE key = k.key)
         JOIN agency_key m ON m.agency_id = b.id
         JOIN report s ON s.agency_id = b.id AND s.id <> r.id AND (s.year = r.year OR s.year IS NULL)
         JOIN version v ON v.id = s.version_id JOIN version w ON w.id = r.version_id JOIN capture c ON c.id = v.capture_id
         LEFT JOIN address d ON d.id = c.address_id
         WHERE r.id = ?1 AND v.official <> 'mirror_suspected' AND v.form = w.form
           AND (m.key = k.key OR d.url >= 'http://' || ?2 || '/' AND d.url < 'http://' || ?2 || '0'
             OR d.url >= 'https://' || ?2 || '/' AND d.url < 'https://' || ?2 || '0')
         ORDER BY s.id LIMIT 20",
    )?;
    let rows = statement.query_map(rusqlite::params![report_id, host], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
