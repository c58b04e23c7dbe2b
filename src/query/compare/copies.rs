//! What a comparison leaves out.

use rusqlite::params_from_iter;

use crate::query::{Copies, Filter, QueryError};
use crate::store::Store;

use super::Question;
use super::agencies::Known;

/// How many reports known from suspected copies alone the question would have had in its rows, if it asked for them:
/// of its agencies, division, level, years and scope.
///
/// # Errors
///
/// If the database cannot be read.
pub fn count_copies(
    store: &Store,
    filter: &Filter,
    question: &Question,
) -> Result<u64, QueryError> {
    let copies = Filter {
        copies: Copies::Only,
        ..filter.clone()
    };
    let known = Known::read(store, &copies, question)?;
    let (condition, values) = Filter {
        agency: None,
        ..copies
    }
    .condition();
    let mut statement = store.connection().prepare(&format!(
        "SELECT k.key FROM report r JOIN agency_key k ON k.agency_id = r.agency_id
         WHERE r.year IS NOT NULL AND {condition}"
    ))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += u64::from(known.is_member(row.get(0)?));
    }
    Ok(count)
}
