//! Agencies that a question expects to be there, as it names them: by any of their names, by code, or by label.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::QueryError;
use crate::store::Store;

/// What names mean.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Expected {
    /// Every body that one of the names may mean, with that name.
    pub all: BTreeMap<i64, String>,
    /// Those that a name means for certain: of several bodies of one name it is not known which is expected.
    pub certain: BTreeSet<i64>,
    /// From which year on another body has followed one of these: then it need not report any more.
    pub followed: HashMap<i64, i16>,
    /// Names that no body has, each once, in their order.
    pub unknown: Vec<String>,
}

impl Expected {
    /// Looks the names up in the whole database, whatever else a question leaves out.
    pub(super) fn of(store: &Store, names: &[String]) -> Result<Self, QueryError> {
        let mut found = Self::default();
        if names.is_empty() {
            return Ok(found);
        }
        let mut labels: HashMap<String, i64> = HashMap::new();
        let mut bodies: HashMap<String, BTreeSet<i64>> = HashMap::new();
        let mut statement = store.connection().prepare(
            "SELECT k.key, k.label, a.name, a.code FROM agency_key k JOIN agency a ON a.id = k.agency_id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let key: i64 = row.get(0)?;
            if let Some(label) = row.get(1)? {
                labels.insert(label, key);
            }
            for at in [2, 3] {
                if let Some(name) = row.get(at)? {
                    bodies.entry(name).or_default().insert(key);
                }
            }
        }
        for name in names {
            let one = labels.get(name).map(|key| BTreeSet::from([*key]));
            match one.or_else(|| bodies.get(name).cloned()) {
                Some(keys) => {
                    if keys.len() == 1 {
                        found.certain.extend(&keys);
                    }
                    for key in keys {
                        found.all.entry(key).or_insert_with(|| name.clone());
                    }
                }
                None if found.unknown.contains(name) => {}
                None => found.unknown.push(name.clone()),
            }
        }
        let mut statement = store.connection().prepare(
            "SELECT k.key, min(CAST(substr(l.since, 1, 4) AS INTEGER)) FROM agency_link l JOIN agency_key k ON k.agency_id = l.earlier_id
             WHERE l.apart IS NOT NULL GROUP BY k.key",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            found.followed.insert(row.get(0)?, row.get(1)?);
        }
        Ok(found)
    }
}
