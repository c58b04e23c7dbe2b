//! Reports without their cells, and whose they are.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, Row, params_from_iter};

use crate::model::{FormId, Scope};

use super::super::filter::{Copies, suspected_copies};
use super::super::{Filter, QueryError};
use super::{word, wrong_type};

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
#[derive(Debug, Clone, Copy)]
pub(in crate::query) struct Head {
    pub report_id: i64,
    pub(super) version_id: i64,
    /// Into [`Panel::agencies`]; `None` where not found.
    pub agency: Option<u32>,
    pub year: Option<i16>,
    pub scope: Scope,
    /// `report.forms`.
    pub(super) forms: i64,
    /// The form of most of its tables. Not read, and `None`, where the report has cells of every series in the table of one form
    /// alone: then that is the form of its points.
    pub form: Option<FormId>,
}

/// As the words sort: consolidated, own, unknown.
const fn scope_order(scope: Scope) -> u32 {
    match scope {
        Scope::Consolidated => 0,
        Scope::Own => 1,
        Scope::Unknown => 2,
    }
}

/// The reports the filter lets through, and their agencies; both in no order.
pub(super) fn heads(
    connection: &Connection,
    filter: &Filter,
) -> Result<(Vec<Head>, Vec<Agency>), QueryError> {
    // Copies are few: to know them beforehand is less than to ask for each report.
    let copies = match filter.copies {
        Copies::LeftOut => suspected_copies(connection)?,
        Copies::Included | Copies::Only => Vec::new(),
    };
    let (condition, values) = match filter.copies {
        Copies::Included | Copies::Only => filter.condition(),
        Copies::LeftOut => Filter {
            copies: Copies::Included,
            ..filter.clone()
        }
        .condition(),
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT r.version_id, r.id, r.agency_id, r.year, r.scope, r.forms FROM report r
         WHERE r.version_id IS NOT NULL AND {condition}"
    ))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut heads = Vec::new();
    let mut found: Vec<Option<i64>> = Vec::new();
    while let Some(row) = rows.next()? {
        let version_id = row.get(0)?;
        if copies.binary_search(&version_id).is_ok() {
            continue;
        }
        found.push(row.get(2)?);
        heads.push(Head {
            report_id: row.get(1)?,
            version_id,
            agency: None,
            year: row.get(3)?,
            scope: word(row.get_ref(4)?, "scope")?,
            forms: row.get(5)?,
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
    /// Of `agency_key`, perhaps more than the reports are of; in no order.
    agencies: Vec<Agency>,
    /// From `report.agency_id`.
    of: HashMap<i64, u32>,
}

/// Of more reports than this, all agencies are read at once.
pub(super) const FEW: usize = 200;

impl Keys {
    fn read(connection: &Connection, found: &[Option<i64>]) -> Result<Self, QueryError> {
        let sql = "SELECT k.agency_id, k.key, ifnull(k.label, g.name), g.code, g.place FROM agency_key k JOIN agency g ON g.id = k.key";
        let mut keys = Self {
            agencies: Vec::new(),
            of: HashMap::new(),
        };
        let mut places = HashMap::new();
        let mut take = |row: &Row<'_>| -> Result<(), QueryError> {
            let key: i64 = row.get(1)?;
            let place = match places.entry(key) {
                Entry::Occupied(place) => *place.get(),
                Entry::Vacant(place) => {
                    let text = |column| -> Result<Option<Arc<str>>, QueryError> {
                        let text = row.get_ref(column)?.as_str_or_null();
                        Ok(text.map_err(wrong_type)?.map(Arc::from))
                    };
                    let next = u32::try_from(keys.agencies.len()).unwrap_or(u32::MAX);
                    keys.agencies.push(Agency {
                        key,
                        name: text(2)?,
                        code: text(3)?,
                        place: row.get(4)?,
                    });
                    *place.insert(next)
                }
            };
            keys.of.insert(row.get(0)?, place);
            Ok(())
        };
        if found.len() > FEW {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                take(row)?;
            }
            return Ok(keys);
        }
        let wanted: BTreeSet<i64> = found.iter().flatten().copied().collect();
        let mut statement = connection.prepare_cached(&format!("{sql} WHERE k.agency_id = ?"))?;
        for id in wanted {
            let mut rows = statement.query([id])?;
            while let Some(row) = rows.next()? {
                take(row)?;
            }
        }
        Ok(keys)
    }
}

/// The places of `heads` by agency (name, code, place and key; unknown ones first), scope, year and report.
pub(super) fn order(heads: &[Head], agencies: &[Agency]) -> Vec<u32> {
    let mut by_name: Vec<u32> = (0_u32..).take(agencies.len()).collect();
    by_name.sort_unstable_by(|one, other| {
        let of = |at: &u32| {
            let one = &agencies[*at as usize];
            (&one.name, &one.code, &one.place, one.key)
        };
        of(one).cmp(&of(other))
    });
    // 0 is for unknown ones.
    let mut ranks = vec![0_u32; agencies.len()];
    for (rank, at) in (1..).zip(by_name) {
        ranks[at as usize] = rank;
    }
    let mut order: Vec<(u64, i64, u32)> = heads
        .iter()
        .zip(0..)
        .map(|(head, at)| {
            let rank = head.agency.map_or(0, |agency| ranks[agency as usize]);
            // An unknown year is before all others.
            let year = head.year.map_or(0, |year| i32::from(year) + 0x1_0000);
            let in_agency = scope_order(head.scope) << 24 | year.unsigned_abs();
            (
                u64::from(rank) << 32 | u64::from(in_agency),
                head.report_id,
                at,
            )
        })
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(.., at)| at).collect()
}
