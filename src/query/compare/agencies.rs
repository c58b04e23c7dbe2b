//! Which agencies a comparison is about.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};

use crate::model::Scope;
use crate::query::{AgencyFilter, Filter, QueryError};
use crate::store::{Store, StoreError};

use super::Question;

/// An agency and where it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Agency {
    pub name: Option<String>,
    pub code: Option<String>,
    pub division: Option<String>,
    pub level: Option<String>,
}

/// The agencies of a question, with the scopes of their reports.
#[derive(Debug)]
pub(super) struct Known {
    agencies: BTreeMap<i64, Agency>,
    scopes: BTreeSet<(i64, u8)>,
    names: BTreeMap<String, String>,
    /// Agencies left out because their division or level, which was asked for, is not known.
    pub unknown_place: u64,
}

impl Known {
    /// Those that have any report the filter lets through, whatever its year.
    pub fn read(store: &Store, filter: &Filter, question: &Question) -> Result<Self, QueryError> {
        let connection = store.connection();
        let asked = asked(connection, filter, question)?;
        let ever = Filter {
            agency: bodies(filter),
            from_year: None,
            to_year: None,
            ..filter.clone()
        };
        let (condition, values) = ever.condition();
        let columns = ["division", "level"].map(|name| column(connection, name));
        let [division, level] = columns;
        let mut statement = connection.prepare(&format!(
            "SELECT k.key, r.scope, ifnull(k.label, g.name), g.code, {}, {}
             FROM (SELECT DISTINCT r.agency_id, r.scope FROM report r WHERE {condition}) r
             JOIN agency_key k ON k.agency_id = r.agency_id JOIN agency g ON g.id = k.key",
            division?, level?
        ))?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut known = Self {
            agencies: BTreeMap::new(),
            scopes: BTreeSet::new(),
            names: BTreeMap::new(),
            unknown_place: 0,
        };
        let mut unknown = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let key: i64 = row.get(0)?;
            if asked.as_ref().is_some_and(|asked| !asked.contains(&key)) {
                continue;
            }
            let agency = Agency {
                name: row.get(2)?,
                code: row.get(3)?,
                division: row.get(4)?,
                level: row.get(5)?,
            };
            let within = question
                .division
                .as_ref()
                .map(|asked| Some(asked.holds(agency.division.as_deref()?)));
            let level = question
                .level
                .as_deref()
                .map(|level| agency.level.as_deref().map(|own| own == level));
            match (within.unwrap_or(Some(true)), level.unwrap_or(Some(true))) {
                (Some(true), Some(true)) => {}
                (Some(false), _) | (_, Some(false)) => continue,
                _ => {
                    unknown.insert(key);
                    continue;
                }
            }
            let scope: String = row.get(1)?;
            let scope: Scope = scope.parse().map_err(|()| {
                QueryError::Store(StoreError::Unknown {
                    what: "scope",
                    value: scope,
                })
            })?;
            known.scopes.insert((key, super::order(scope)));
            known.agencies.insert(key, agency);
        }
        known.unknown_place = u64::try_from(unknown.len()).unwrap_or(u64::MAX);
        known.names = division_names(connection)?;
        Ok(known)
    }

    pub fn is_member(&self, key: i64) -> bool {
        self.agencies.contains_key(&key)
    }

    /// Every agency with each scope of its reports.
    pub fn members(&self) -> impl Iterator<Item = (i64, Scope)> + '_ {
        let scope = |order: u8| match order {
            0 => Scope::Consolidated,
            1 => Scope::Own,
            _ => Scope::Unknown,
        };
        self.scopes
            .iter()
            .map(move |(key, order)| (*key, scope(*order)))
    }

    pub fn agency(&self, key: i64) -> Agency {
        self.agencies.get(&key).cloned().unwrap_or_default()
    }

    /// Whether one of these may be part of another: all but bodies of one level, each of a division of its own.
    pub fn may_hold_another(&self, keys: impl Iterator<Item = i64>) -> bool {
        let agencies: Vec<Option<&Agency>> = keys.map(|key| self.agencies.get(&key)).collect();
        let Some((first, others)) = agencies.split_first() else {
            return false;
        };
        if others.is_empty() {
            return false;
        }
        let level = first.and_then(|agency| agency.level.as_deref());
        let mut divisions = BTreeSet::new();
        let are_apart = agencies.iter().all(|agency| {
            agency.is_some_and(|agency| {
                let division = agency.division.as_deref();
                level.is_some()
                    && agency.level.as_deref() == level
                    && division.is_some_and(|division| divisions.insert(division))
            })
        });
        !are_apart
    }

    /// Name of a division; its code where the database has no name for it.
    pub fn division_name(&self, code: &str) -> String {
        self.names
            .get(code)
            .cloned()
            .unwrap_or_else(|| code.to_owned())
    }
}

/// The column of `agency_key`, or NULL where this database does not place agencies.
fn column(connection: &Connection, name: &str) -> Result<String, QueryError> {
    let found: Option<i64> = connection
        .query_row(
            "SELECT 1 FROM pragma_table_info('agency_key') WHERE name = ?",
            [name],
            |row| row.get(0),
        )
        .optional()?;
    Ok(if found.is_some() {
        format!("k.{name}")
    } else {
        "NULL".into()
    })
}

/// The names of divisions, where the database has them.
fn division_names(connection: &Connection) -> Result<BTreeMap<String, String>, QueryError> {
    let columns =
        "SELECT count(*) FROM pragma_table_info('division') WHERE name IN ('code', 'name')";
    if connection.query_row(columns, [], |row| row.get::<_, i64>(0))? < 2 {
        return Ok(BTreeMap::new());
    }
    let mut statement =
        connection.prepare("SELECT code, name FROM division WHERE name IS NOT NULL")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The keys of the agencies named; `None` for all.
fn asked(
    connection: &Connection,
    filter: &Filter,
    question: &Question,
) -> Result<Option<BTreeSet<i64>>, QueryError> {
    let named: Vec<&AgencyFilter> = filter.agency.iter().chain(&question.agencies).collect();
    if named.is_empty() {
        return Ok(None);
    }
    let mut keys = BTreeSet::new();
    for agency in named {
        let (condition, value) = match agency {
            AgencyFilter::Bodies(bodies) => {
                keys.extend(bodies);
                continue;
            }
            AgencyFilter::Exact(name) => ("a.name = ?1 OR a.code = ?1 OR k.label = ?1", name),
            AgencyFilter::Containing(part) => ("instr(a.name, ?1) > 0", part),
            AgencyFilter::Body(key) => {
                keys.insert(*key);
                continue;
            }
        };
        let mut statement = connection.prepare(&format!(
            "SELECT k.key FROM agency a JOIN agency_key k ON k.agency_id = a.id WHERE {condition}"
        ))?;
        for key in statement.query_map([Value::Text(value.clone())], |row| row.get(0))? {
            keys.insert(key?);
        }
    }
    Ok(Some(keys))
}

/// The bodies a filter names by their keys, which narrows what is read; names are looked up for whole bodies.
pub(super) fn bodies(filter: &Filter) -> Option<AgencyFilter> {
    let is_bodies =
        |agency: &&AgencyFilter| matches!(agency, AgencyFilter::Body(_) | AgencyFilter::Bodies(_));
    filter.agency.as_ref().filter(is_bodies).cloned()
}
