//! Reports without their cells, and whose they are.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, Row, params_from_iter};

use crate::model::{FormId, Scope};

use super::super::{Filter, QueryError};
use super::word;

/// An agency as its reports are grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::query) struct Agency {
    /// Of `agency`.
    pub key: i64,
    pub name: Option<Arc<str>>,
    pub code: Option<Arc<str>>,
    /// What tells it from others of the name; empty where the name does.
    place: String,
}

/// A report without its cells.
#[derive(Debug)]
pub(in crate::query) struct Head {
    pub report_id: i64,
    pub(super) version_id: i64,
    /// Into [`Panel::agencies`], which are in the order of name, code, place and key; `None` where not found.
    pub agency: Option<u32>,
    pub year: Option<i16>,
    pub scope: Scope,
    /// The form of most of its tables. Not read, and `None`, where the report has cells of every series in the table of one form
    /// alone: then that is the form of its points.
    pub form: Option<FormId>,
}

impl Head {
    /// By agency, unknown ones first, scope, year and report.
    pub(super) fn order(&self) -> (u128, i64) {
        let agency = self.agency.map_or(0, |agency| u128::from(agency) + 1);
        // An unknown year is before all others.
        let year = self.year.map_or(0, |year| i32::from(year) + 0x1_0000);
        let year = u128::from(year.unsigned_abs());
        let scope = u128::from(scope_order(self.scope));
        (agency << 64 | scope << 32 | year, self.report_id)
    }
}

/// As the words sort: consolidated, own, unknown.
const fn scope_order(scope: Scope) -> u8 {
    match scope {
        Scope::Consolidated => 0,
        Scope::Own => 1,
        Scope::Unknown => 2,
    }
}

/// The reports the filter lets through, in no order, and their agencies.
pub(super) fn heads(
    connection: &Connection,
    filter: &Filter,
) -> Result<(Vec<Head>, Vec<Agency>), QueryError> {
    let (condition, values) = filter.condition();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT r.id, r.version_id, r.agency_id, r.year, r.scope FROM report r
         WHERE r.version_id IS NOT NULL AND {condition}"
    ))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut heads = Vec::new();
    let mut found: Vec<Option<i64>> = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(row.get(2)?);
        heads.push(Head {
            report_id: row.get(0)?,
            version_id: row.get(1)?,
            agency: None,
            year: row.get(3)?,
            scope: word(row.get_ref(4)?, "scope")?,
            form: None,
        });
    }
    let keys = Keys::read(connection, &found)?;
    for (head, agency) in heads.iter_mut().zip(found) {
        head.agency = agency.and_then(|id| keys.of.get(&id).copied());
    }
    Ok((heads, keys.agencies))
}

/// The agencies that reports are grouped by.
struct Keys {
    agencies: Vec<Agency>,
    /// From `report.agency_id`.
    of: HashMap<i64, u32>,
}

/// More agencies than this are read all at once.
pub(super) const FEW: usize = 200;

impl Keys {
    fn read(connection: &Connection, found: &[Option<i64>]) -> Result<Self, QueryError> {
        let mut wanted: Vec<i64> = found.iter().flatten().copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let sql = "SELECT k.agency_id, k.key, ifnull(k.label, g.name), g.code, g.place FROM agency_key k JOIN agency g ON g.id = k.key";
        let mut agencies = HashMap::new();
        let mut keys = Vec::new();
        let mut take = |row: &Row<'_>| -> Result<(), QueryError> {
            let key: i64 = row.get(1)?;
            keys.push((row.get::<_, i64>(0)?, key));
            if let std::collections::hash_map::Entry::Vacant(entry) = agencies.entry(key) {
                let (name, code): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
                entry.insert(Agency {
                    key,
                    name: name.map(Arc::from),
                    code: code.map(Arc::from),
                    place: row.get(4)?,
                });
            }
            Ok(())
        };
        if wanted.len() > FEW {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if wanted.binary_search(&row.get(0)?).is_ok() {
                    take(row)?;
                }
            }
        } else {
            let mut statement =
                connection.prepare_cached(&format!("{sql} WHERE k.agency_id = ?"))?;
            for id in wanted {
                let mut rows = statement.query([id])?;
                while let Some(row) = rows.next()? {
                    take(row)?;
                }
            }
        }
        let mut agencies: Vec<Agency> = agencies.into_values().collect();
        agencies.sort_unstable_by(|one, other| {
            (&one.name, &one.code, &one.place, one.key).cmp(&(
                &other.name,
                &other.code,
                &other.place,
                other.key,
            ))
        });
        let places: HashMap<i64, u32> = agencies.iter().map(|agency| agency.key).zip(0..).collect();
        let of = keys
            .into_iter()
            .filter_map(|(id, key)| Some((id, *places.get(&key)?)));
        Ok(Self {
            of: of.collect(),
            agencies,
        })
    }
}
