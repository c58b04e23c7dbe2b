//! Which agencies there are, what they were called, and why their names are taken for one body.

use std::collections::BTreeMap;

use rusqlite::{Row, params_from_iter, types::Value};
use serde::Serialize;

use super::QueryError;
use crate::store::Store;

/// Which agencies of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgencyListFilter {
    /// Only those of which a name contains this text, or of this code.
    pub name: Option<String>,
    /// Only those of these divisions or below; codes of GB/T 2260 without zeros at their end.
    pub divisions: Vec<String>,
    /// Only those of this level.
    pub level: Option<String>,
}

impl AgencyListFilter {
    /// A condition on `k` (`agency_key`), and its values in order.
    pub(super) fn condition(&self) -> (String, Vec<Value>) {
        let mut terms = vec!["1".to_owned()];
        let mut values: Vec<Value> = Vec::new();
        if let Some(name) = &self.name {
            terms.push(
                "k.key IN (SELECT m.key FROM agency_key m JOIN agency a ON a.id = m.agency_id
               WHERE instr(a.name, ?) > 0 OR a.code = ?)"
                    .into(),
            );
            values.extend([Value::Text(name.clone()), Value::Text(name.clone())]);
        }
        if !self.divisions.is_empty() {
            let each = vec!["substr(k.division, 1, length(?)) = ?"; self.divisions.len()];
            terms.push(format!("({})", each.join(" OR ")));
            for division in &self.divisions {
                values.extend([Value::Text(division.clone()), Value::Text(division.clone())]);
            }
        }
        if let Some(level) = &self.level {
            terms.push("k.level = ?".into());
            values.push(Value::Text(level.clone()));
        }
        (terms.join(" AND "), values)
    }
}

/// One body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgencyLine {
    /// Row of the agency that stands for it, in this database.
    pub key: i64,
    /// Its name, with what tells it from others of the same name.
    pub label: String,
    /// Its code; `None` where not known.
    pub code: Option<String>,
    /// Code of its division; `None` where not known.
    pub division: Option<String>,
    /// `national` … `township`; `None` where not known.
    pub level: Option<String>,
    /// How many names, codes and places were joined in it.
    pub joined: u32,
    /// Reports, suspected copies included.
    pub reports: u32,
    /// The first report year; `None` where none is known.
    pub first_year: Option<i16>,
    /// The last.
    pub last_year: Option<i16>,
}

/// One name, code and place of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgencyName {
    /// Row of the agency, in this database.
    pub agency_id: i64,
    /// As read; `None` where only the code is known.
    pub name: Option<String>,
    /// As read; `None` where the pages have none.
    pub code: Option<String>,
    /// Where its pages stand, if the name does not tell whose they are.
    pub place: Option<String>,
    /// Why it is one with the others.
    pub rule: String,
    /// What that rests on; empty for the one that stands for the whole.
    pub evidence: String,
    /// Years of its reports by scope.
    pub years: BTreeMap<String, Vec<i16>>,
}

/// What came before or after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgencyLinkLine {
    /// `renamed_to`, `merged_into` or `split_into`.
    pub kind: String,
    /// The body before.
    pub earlier: String,
    /// The body after.
    pub later: String,
    /// From when: a day or a year.
    pub since: String,
    /// By when local bodies followed; `None` for at once.
    pub until: Option<String>,
    /// The reform or change.
    pub evidence: String,
    /// Why the two are not one; `None` where they are.
    pub apart: Option<String>,
}

/// A body with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgencyRecord {
    /// The body.
    #[serde(flatten)]
    pub line: AgencyLine,
    /// Its names, the one that stands for it first.
    pub names: Vec<AgencyName>,
    /// Predecessors and successors, joined or not.
    pub links: Vec<AgencyLinkLine>,
}

const LINE: &str =
    "SELECT k.key, k.label, g.code, k.division, k.level, count(DISTINCT k.agency_id), count(r.id),
    min(r.year), max(r.year)
  FROM agency_key k JOIN agency g ON g.id = k.key LEFT JOIN report r ON r.agency_id = k.agency_id";

pub(super) fn line(row: &Row<'_>) -> rusqlite::Result<AgencyLine> {
    Ok(AgencyLine {
        key: row.get(0)?,
        label: row.get(1)?,
        code: row.get(2)?,
        division: row.get(3)?,
        level: row.get(4)?,
        joined: row.get(5)?,
        reports: row.get(6)?,
        first_year: row.get(7)?,
        last_year: row.get(8)?,
    })
}

/// The bodies that a filter lets through, by name.
///
/// # Errors
///
/// If the database cannot be read.
pub fn list_agencies(
    store: &Store,
    filter: &AgencyListFilter,
) -> Result<Vec<AgencyLine>, QueryError> {
    let (condition, values) = filter.condition();
    let sql =
        format!("{LINE} WHERE {condition} GROUP BY k.key ORDER BY k.label, g.code, g.place, k.key");
    let mut statement = store.connection().prepare(&sql)?;
    let lines = statement.query_map(params_from_iter(values), line)?;
    Ok(lines.collect::<Result<_, _>>()?)
}

/// Every body of which a name, code or label is exactly this, with all that is known of it.
///
/// # Errors
///
/// If the database cannot be read.
pub fn show_agencies(store: &Store, name: &str) -> Result<Vec<AgencyRecord>, QueryError> {
    let connection = store.connection();
    let sql = format!(
        "{LINE} WHERE k.key IN (SELECT m.key FROM agency_key m JOIN agency a ON a.id = m.agency_id
           WHERE a.name = ?1 OR a.code = ?1 OR m.label = ?1)
         GROUP BY k.key ORDER BY k.label, g.code, g.place, k.key"
    );
    let mut statement = connection.prepare(&sql)?;
    let lines: Vec<AgencyLine> = statement
        .query_map([name], line)?
        .collect::<Result<_, _>>()?;
    let mut records = Vec::new();
    for line in lines {
        let names = names(store, line.key)?;
        records.push(AgencyRecord {
            links: links(store, line.key)?,
            line,
            names,
        });
    }
    Ok(records)
}

/// The body of a key, with all that is known of it; `None` where there is none.
///
/// # Errors
///
/// If the database cannot be read.
pub fn show_agency(store: &Store, key: i64) -> Result<Option<AgencyRecord>, QueryError> {
    let sql = format!("{LINE} WHERE k.key = ? GROUP BY k.key");
    let mut statement = store.connection().prepare_cached(&sql)?;
    let Some(line) = statement.query_map([key], line)?.next().transpose()? else {
        return Ok(None);
    };
    Ok(Some(AgencyRecord {
        links: links(store, key)?,
        names: names(store, key)?,
        line,
    }))
}

fn names(store: &Store, key: i64) -> Result<Vec<AgencyName>, QueryError> {
    let connection = store.connection();
    let mut statement = connection.prepare_cached(
        "SELECT a.id, a.name, a.code, a.place, k.rule, k.evidence FROM agency_key k JOIN agency a ON a.id = k.agency_id
         WHERE k.key = ? ORDER BY k.rule <> 'own', a.name, a.code, a.place",
    )?;
    let mut names: Vec<AgencyName> = statement
        .query_map([key], |row| {
            let place: String = row.get(3)?;
            Ok(AgencyName {
                agency_id: row.get(0)?,
                name: row.get(1)?,
                code: row.get(2)?,
                place: (!place.is_empty()).then_some(place),
                rule: row.get(4)?,
                evidence: row.get(5)?,
                years: BTreeMap::new(),
            })
        })?
        .collect::<Result<_, _>>()?;
    let mut of_agency = connection.prepare_cached(
        "SELECT DISTINCT scope, year FROM report WHERE agency_id = ? AND year IS NOT NULL ORDER BY scope, year",
    )?;
    for name in &mut names {
        let mut rows = of_agency.query([name.agency_id])?;
        while let Some(row) = rows.next()? {
            name.years.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
    }
    Ok(names)
}

fn links(store: &Store, key: i64) -> Result<Vec<AgencyLinkLine>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT l.kind, ifnull(a.name, a.code), ifnull(b.name, b.code), l.since, l.until, l.evidence, l.apart
         FROM agency_link l JOIN agency a ON a.id = l.earlier_id JOIN agency b ON b.id = l.later_id
         WHERE l.earlier_id IN (SELECT agency_id FROM agency_key WHERE key = ?1)
            OR l.later_id IN (SELECT agency_id FROM agency_key WHERE key = ?1)
         ORDER BY l.since, l.kind, 2, 3",
    )?;
    let links = statement.query_map([key], |row| {
        Ok(AgencyLinkLine {
            kind: row.get(0)?,
            earlier: row.get(1)?,
            later: row.get(2)?,
            since: row.get(3)?,
            until: row.get(4)?,
            evidence: row.get(5)?,
            apart: row.get(6)?,
        })
    })?;
    Ok(links.collect::<Result<_, _>>()?)
}

/// The label of a body (`agency_key.key`); `None` where there is none.
///
/// # Errors
///
/// If the database cannot be read.
pub fn agency_label(store: &Store, key: i64) -> Result<Option<String>, QueryError> {
    let mut statement = store
        .connection()
        .prepare_cached("SELECT label FROM agency_key WHERE agency_id = ?")?;
    let mut rows = statement.query([key])?;
    Ok(match rows.next()? {
        Some(row) => row.get(0)?,
        None => None,
    })
}
