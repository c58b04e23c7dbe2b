//! Narratives of all reports, for finding text that was copied.

use rusqlite::params;

use crate::model::SectionKind;
use crate::store::{Store, StoreError};

use super::QueryError;

/// A report whose text is compared with others'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NarrativeRow {
    /// The report.
    pub report_id: i64,
    /// Its current version.
    pub version_id: i64,
    /// Its agency, however it is called from year to year.
    pub key: i64,
    /// The name of the agency in this report; `None` where only the code is known.
    pub name: Option<String>,
    /// The agency's code; `None` where not known.
    pub code: Option<String>,
    /// The year reported on.
    pub year: i16,
    /// The day of publication, ISO 8601; `None` where not known.
    pub published: Option<String>,
}

/// Every report with agency and year whose current version is whole and no suspected copy, agency by agency.
///
/// # Errors
///
/// If the database cannot be read.
pub fn narratives(store: &Store) -> Result<Vec<NarrativeRow>, QueryError> {
    let mut statement = store.connection().prepare(
        "SELECT r.id, v.id, k.key, a.name, ifnull(a.code, g.code), r.year, v.published FROM report r
         JOIN version v ON v.id = r.version_id
         JOIN agency a ON a.id = r.agency_id
         JOIN agency_key k ON k.agency_id = r.agency_id
         JOIN agency g ON g.id = k.key
         WHERE r.year IS NOT NULL AND v.whole = 1 AND v.official <> 'mirror_suspected'
         ORDER BY k.key, r.year, r.id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(NarrativeRow {
            report_id: row.get(0)?,
            version_id: row.get(1)?,
            key: row.get(2)?,
            name: row.get(3)?,
            code: row.get(4)?,
            year: row.get(5)?,
            published: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Bytes of all narratives, as the database has them.
///
/// # Errors
///
/// If the database cannot be read.
pub fn narrative_bytes(store: &Store) -> Result<u64, QueryError> {
    let sql = "SELECT ifnull(sum(octet_length(text)), 0) FROM section WHERE kind <> 'appendix'";
    let bytes: i64 = store.connection().query_row(sql, [], |row| row.get(0))?;
    Ok(bytes.unsigned_abs())
}

/// Hands the sections' texts of every version to `take`, version by version, appendices left out.
///
/// # Errors
///
/// If the database cannot be read.
pub fn texts(store: &Store, mut take: impl FnMut(i64, Vec<String>)) -> Result<(), QueryError> {
    let mut statement = store
        .connection()
        .prepare("SELECT version_id, text FROM section WHERE kind <> 'appendix' ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut current: Option<(i64, Vec<String>)> = None;
    while let Some(row) = rows.next()? {
        let (version, text): (i64, String) = (row.get(0)?, row.get(1)?);
        match &mut current {
            Some((of, texts)) if *of == version => texts.push(text),
            _ => {
                if let Some((of, texts)) = current.replace((version, vec![text])) {
                    take(of, texts);
                }
            }
        }
    }
    if let Some((of, texts)) = current {
        take(of, texts);
    }
    Ok(())
}

/// A section of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NarrativeSection {
    /// What it is about.
    pub kind: SectionKind,
    /// Its text.
    pub text: String,
    /// Where it stands in the archived bytes.
    pub bytes: (u64, u64),
    /// In which of the report's pages.
    pub part: u32,
}

/// The sections of a version, as [`texts`] hands them.
///
/// # Errors
///
/// If the database cannot be read.
pub fn sections(store: &Store, version_id: i64) -> Result<Vec<NarrativeSection>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT kind, text, start_byte, end_byte, part FROM section
         WHERE id BETWEEN ?1 << 20 AND ?1 << 20 | 1048575 AND kind <> 'appendix' ORDER BY id",
    )?;
    let mut rows = statement.query(params![version_id])?;
    let mut sections = Vec::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get(0)?;
        let byte = |at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
        sections.push(NarrativeSection {
            kind: kind.parse().map_err(|()| StoreError::Unknown {
                what: "section",
                value: kind,
            })?,
            text: row.get(1)?,
            bytes: (byte(2)?, byte(3)?),
            part: row.get(4)?,
        });
    }
    Ok(sections)
}
