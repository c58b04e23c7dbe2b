//! What names a report or an agency in every database made from the same archive.

use rusqlite::{OptionalExtension as _, Row, params};

use super::QueryError;
use crate::model::Scope;
use crate::store::{Store, StoreError};

/// What an agency row is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyIdentity {
    /// Its row in this database.
    pub agency_id: i64,
    /// The row of the body it belongs to.
    pub key: i64,
    /// Name; `None` where only the code is known.
    pub name: Option<String>,
    /// Code; `None` where not found.
    pub code: Option<String>,
    /// Where its pages stand, if the name does not tell; else empty.
    pub place: String,
}

/// What a report is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPlace {
    /// Its row in this database.
    pub report_id: i64,
    /// Its agency's row; `None` where not found.
    pub agency_id: Option<i64>,
    /// The year reported on; `None` where not found.
    pub year: Option<i16>,
    /// Whom it is about.
    pub scope: Scope,
    /// Address or digest of its page where agency or year is not known; else empty.
    pub page: String,
}

/// Every agency row.
///
/// # Errors
///
/// If the database cannot be read.
pub fn agency_identities(store: &Store) -> Result<Vec<AgencyIdentity>, QueryError> {
    let mut statement = store.connection().prepare(
        "SELECT a.id, ifnull(k.key, a.id), a.name, a.code, a.place FROM agency a
         LEFT JOIN agency_key k ON k.agency_id = a.id ORDER BY a.id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(AgencyIdentity {
            agency_id: row.get(0)?,
            key: row.get(1)?,
            name: row.get(2)?,
            code: row.get(3)?,
            place: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const PLACE: &str = "SELECT id, agency_id, year, scope, page FROM report";

fn place(row: &Row<'_>) -> Result<ReportPlace, QueryError> {
    let scope: String = row.get(3)?;
    Ok(ReportPlace {
        report_id: row.get(0)?,
        agency_id: row.get(1)?,
        year: row.get(2)?,
        scope: scope
            .parse()
            .map_err(|()| StoreError::unknown("scope", scope))?,
        page: row.get(4)?,
    })
}

/// What a report of this database is known by; `None` where there is none of that id.
///
/// # Errors
///
/// If the database cannot be read.
pub fn report_place(store: &Store, report_id: i64) -> Result<Option<ReportPlace>, QueryError> {
    let mut statement = store
        .connection()
        .prepare_cached(&format!("{PLACE} WHERE id = ?"))?;
    let mut rows = statement.query([report_id])?;
    rows.next()?.map(place).transpose()
}

/// Every report of which agency or year is not known.
///
/// # Errors
///
/// If the database cannot be read.
pub fn unplaced_reports(store: &Store) -> Result<Vec<ReportPlace>, QueryError> {
    let mut statement = store
        .connection()
        .prepare(&format!("{PLACE} WHERE page <> '' ORDER BY id"))?;
    let mut rows = statement.query([])?;
    let mut places = Vec::new();
    while let Some(row) = rows.next()? {
        places.push(place(row)?);
    }
    Ok(places)
}

/// The report of an agency row, a year and a scope; `None` where there is none.
///
/// # Errors
///
/// If the database cannot be read.
pub fn placed_report(
    store: &Store,
    agency_id: i64,
    year: i16,
    scope: Scope,
) -> Result<Option<i64>, QueryError> {
    let found = store
        .connection()
        .prepare_cached(
            "SELECT id FROM report WHERE agency_id = ? AND year = ? AND scope = ? AND page = ''",
        )?
        .query_row(params![agency_id, year, scope.as_str()], |row| row.get(0));
    Ok(found.optional()?)
}

/// The reports of some bodies (`agency_key.key`), each with its body, between two years.
///
/// # Errors
///
/// If the database cannot be read.
pub fn places_of_bodies(
    store: &Store,
    keys: &[i64],
    years: (i16, i16),
) -> Result<Vec<(i64, ReportPlace)>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT r.id, r.agency_id, r.year, r.scope, r.page FROM agency_key k JOIN report r ON r.agency_id = k.agency_id
         WHERE k.key = ? AND r.year BETWEEN ? AND ? ORDER BY r.id",
    )?;
    let mut places = Vec::new();
    for key in keys {
        let mut rows = statement.query(params![key, years.0, years.1])?;
        while let Some(row) = rows.next()? {
            places.push((*key, place(row)?));
        }
    }
    Ok(places)
}

/// The divisions that agencies of this database are placed in, each province and prefecture above them included, by code.
///
/// # Errors
///
/// If the database cannot be read.
pub fn divisions(store: &Store) -> Result<Vec<String>, QueryError> {
    let mut statement = store
        .connection()
        .prepare_cached("SELECT DISTINCT division FROM agency_key WHERE division IS NOT NULL")?;
    let mut codes = std::collections::BTreeSet::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let code: String = row.get(0)?;
        if code.len() >= 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            codes.insert(format!("{}0000", &code[..2]));
            codes.insert(format!("{}00", &code[..4]));
        } else {
            codes.insert(code);
        }
    }
    Ok(codes.into_iter().collect())
}
