//! Years of a few bodies that have no report, and what tells of them.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::coverage::{CellEvidence, Presence, coverage_with};
use super::listed::ListedColumn;
use super::{AgencyFilter, Copies, Filter, QueryError};
use crate::store::Store;

/// A year of a body that has no report of its own here, and of which something is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AbsentYear {
    /// The year reported on.
    pub year: i16,
    /// What is known, never that there is a report; [`Presence::Unknown`] only where a namesake has the year.
    pub presence: Presence,
    /// What tells.
    pub evidence: Vec<CellEvidence>,
}

/// What the lists that tell of some bodies can be found by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traces {
    /// Addresses that their reports were read from.
    pub urls: Vec<String>,
    /// Their names.
    pub names: Vec<String>,
}

/// Addresses and names of some bodies.
///
/// # Errors
///
/// If the database cannot be read.
pub fn traces(store: &Store, keys: &[i64]) -> Result<Traces, QueryError> {
    let list = list(keys);
    let texts = |sql: &str| -> Result<Vec<String>, QueryError> {
        let mut statement = store.connection().prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    Ok(Traces {
        urls: texts(&format!(
            "SELECT DISTINCT d.url FROM agency_key k JOIN report r ON r.agency_id = k.agency_id JOIN version v ON v.id = r.version_id
             JOIN capture c ON c.id = v.capture_id JOIN address d ON d.id = c.address_id
             WHERE k.key IN ({list}) AND v.official <> 'mirror_suspected'"
        ))?,
        names: texts(&format!(
            "SELECT DISTINCT a.name FROM agency_key k JOIN agency a ON a.id = k.agency_id
             WHERE k.key IN ({list}) AND a.name IS NOT NULL"
        ))?,
    })
}

fn list(keys: &[i64]) -> String {
    let mut list = String::from("NULL");
    for key in keys {
        // Writing to a String cannot fail.
        let _ = write!(list, ", {key}");
    }
    list
}

/// Years without a report by body, as [`coverage_with`] tells them; a body of which suspected copies alone are known has none.
/// `lists` are those that name reports of these bodies.
///
/// # Errors
///
/// If the database cannot be read.
pub fn absent_years(
    store: &Store,
    keys: &[i64],
    lists: &[ListedColumn],
) -> Result<HashMap<i64, Vec<AbsentYear>>, QueryError> {
    let filter = Filter {
        agency: Some(AgencyFilter::Bodies(keys.to_vec())),
        copies: Copies::LeftOut,
        ..Filter::default()
    };
    let coverage = coverage_with(store, &filter, &[], lists)?;
    let mut absent: HashMap<i64, Vec<AbsentYear>> = HashMap::new();
    for row in coverage.rows {
        let Some(key) = row.key else { continue };
        let cells = row.presence.into_iter().zip(row.evidence);
        for ((presence, evidence), year) in cells.zip(&coverage.years) {
            let of_namesake = |one: &CellEvidence| matches!(one, CellEvidence::Namesake { .. });
            if presence.tells_of_absence() || evidence.iter().any(of_namesake) {
                absent.entry(key).or_default().push(AbsentYear {
                    year: *year,
                    presence,
                    evidence,
                });
            }
        }
    }
    Ok(absent)
}
