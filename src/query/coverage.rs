//! Which agency's report of which year is there.

use std::collections::BTreeMap;

use rusqlite::params_from_iter;
use serde::Serialize;

use super::{Copies, Filter, QueryError};
use crate::store::Store;

/// Whether a report is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// No report of the agency for the year.
    Missing,
    /// Nothing but a suspected copy.
    CopyOnly,
    /// A report, but none of its tables was recognised.
    WithoutTables,
    /// A report with statutory tables.
    Found,
}

impl Presence {
    /// The word used in JSON and CSV.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::CopyOnly => "copy_only",
            Self::WithoutTables => "without_tables",
            Self::Found => "found",
        }
    }
}

/// One agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoverageRow {
    /// Its name; `None` where only the code is known.
    pub agency: Option<String>,
    /// Its code; `None` where not known.
    pub agency_code: Option<String>,
    /// One entry a year of [`Coverage::years`].
    pub presence: Vec<Presence>,
}

/// Agencies × years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The columns, ascending and without gaps.
    pub years: Vec<i16>,
    /// Agencies by name and code. Those that only differ in a page without a code are one.
    pub rows: Vec<CoverageRow>,
    /// Reports whose agency or year was not found: in no row.
    pub unplaced: u64,
    /// Captures that are no report; whose they might have been is not known.
    pub refused: u64,
}

/// The matrix of what is there. A year of which there is only a suspected copy says so; an agency known from such copies
/// alone has a row only where the filter includes them, since a copy may alter the name. `expected` names agencies that should have a row even where nothing of
/// them is there; it is not narrowed by the filter. Form and cell have no bearing.
///
/// # Errors
///
/// If the database cannot be read.
pub fn coverage(
    store: &Store,
    filter: &Filter,
    expected: &[String],
) -> Result<Coverage, QueryError> {
    type Key = (Option<String>, Option<String>);
    let with_copies = Filter {
        copies: Copies::Included,
        ..filter.clone()
    };
    let (condition, values) = with_copies.condition();
    let mut statement = store.connection().prepare(&format!(
        "SELECT ifnull(k.label, g.name), g.code, r.year, v.form IS NOT NULL, v.official = 'mirror_suspected' FROM report r
         JOIN version v ON v.id = r.version_id LEFT JOIN agency a ON a.id = r.agency_id
         LEFT JOIN agency_key k ON k.agency_id = r.agency_id LEFT JOIN agency g ON g.id = k.key
         WHERE {condition}"
    ))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut found: BTreeMap<Key, BTreeMap<i16, Presence>> = BTreeMap::new();
    let mut unplaced = 0;
    while let Some(row) = rows.next()? {
        let key: Key = (row.get(0)?, row.get(1)?);
        let is_copy: bool = row.get(4)?;
        if match filter.copies {
            Copies::Only => !is_copy,
            // An agency or year that is not known makes no cell to mark.
            Copies::LeftOut => {
                is_copy && (key == (None, None) || row.get::<_, Option<i16>>(2)?.is_none())
            }
            Copies::Included => false,
        } {
            continue;
        }
        let Some(year) = row.get::<_, Option<i16>>(2)? else {
            unplaced += 1;
            continue;
        };
        if key == (None, None) {
            unplaced += 1;
            continue;
        }
        let presence = if is_copy {
            Presence::CopyOnly
        } else if row.get(3)? {
            Presence::Found
        } else {
            Presence::WithoutTables
        };
        let best = found
            .entry(key)
            .or_default()
            .entry(year)
            .or_insert(presence);
        *best = presence.max(*best);
    }
    if filter.copies == Copies::LeftOut {
        found.retain(|(name, _), years| {
            years
                .values()
                .any(|presence| *presence != Presence::CopyOnly)
                || name.as_ref().is_some_and(|name| expected.contains(name))
        });
    }
    for name in expected {
        if !found.keys().any(|(known, _)| known.as_ref() == Some(name)) {
            found.insert((Some(name.clone()), None), BTreeMap::new());
        }
    }
    let seen = || found.values().flat_map(|years| years.keys().copied());
    let years = match (
        filter.from_year.or(seen().min()),
        filter.to_year.or(seen().max()),
    ) {
        (Some(from), Some(to)) => (from..=to).collect(),
        _ => Vec::new(),
    };
    let rows = found
        .into_iter()
        .map(|((agency, agency_code), of_year)| CoverageRow {
            agency,
            agency_code,
            presence: years
                .iter()
                .map(|year| of_year.get(year).copied().unwrap_or(Presence::Missing))
                .collect(),
        });
    let rows = rows.collect();
    let sql = "SELECT count(*) FROM refusal";
    let refused: i64 = store.connection().query_row(sql, [], |row| row.get(0))?;
    Ok(Coverage {
        years,
        rows,
        unplaced,
        refused: refused.unsigned_abs(),
    })
}
