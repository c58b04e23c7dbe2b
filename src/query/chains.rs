//! Reports by agency, scope and year, with the numbers that rules across years need.

use std::collections::{HashMap, HashSet};

use crate::model::form::Quantity;
use crate::model::{Catalog, Chain, Columns, FormId, IndicatorId, Numbers, PanelReport};
use crate::store::{Store, StoreError, quoted, wide_table};

use super::QueryError;

/// Cells that count a stock, which stays the same from year to year without fault.
fn is_stock(cell: &str) -> bool {
    const ENDS: [&str; 4] = [
        ".in_force",
        ".items_prior_year",
        ".disclosed_total",
        "@cumulative",
    ];
    ENDS.iter().any(|end| cell.ends_with(end))
        || cell.starts_with("institution.")
        || cell.starts_with("h.staff")
}

/// Every chain of reports that are neither suspected copies nor cut off, by agency and scope. Reports whose agency or year is
/// not known are in none, nor are years of which there are two.
///
/// Reads each wide table once, in its own order.
///
/// # Errors
///
/// If the database cannot be read.
pub fn chains(store: &Store, columns: &Columns) -> Result<Vec<Chain>, QueryError> {
    let mut numbers: HashMap<i64, Vec<Numbers>> = HashMap::new();
    for form in FormId::ALL {
        read_form(store, columns, form, &mut numbers)?;
    }
    let mut statement = store.connection().prepare(
        "SELECT k.key, ifnull(k.label, g.name), g.code, r.scope, r.year, r.id, v.id, r.agency_id, k.level
         FROM report r
         JOIN version v ON v.id = r.version_id
         JOIN agency_key k ON k.agency_id = r.agency_id
         JOIN agency g ON g.id = k.key
         WHERE r.year IS NOT NULL AND v.whole = 1 AND v.official <> 'mirror_suspected'
         ORDER BY 2, g.code, k.key, r.scope, r.year, r.id",
    )?;
    let mut rows = statement.query([])?;
    let mut chains: Vec<Chain> = Vec::new();
    let mut last: Option<(i64, String)> = None;
    let mut twice: HashSet<i16> = HashSet::new();
    while let Some(row) = rows.next()? {
        let (key, scope): (i64, String) = (row.get(0)?, row.get(3)?);
        let (year, version_id): (i16, i64) = (row.get(4)?, row.get(6)?);
        let is_new = last.as_ref() != Some(&(key, scope.clone()));
        if is_new {
            leave_out(chains.last_mut(), &mut twice);
            chains.push(Chain {
                agency: row.get(1)?,
                code: row.get(2)?,
                level: row.get(8)?,
                scope: scope.parse().map_err(|()| StoreError::Unknown {
                    what: "scope",
                    value: scope.clone(),
                })?,
                reports: Vec::new(),
            });
            last = Some((key, scope));
        }
        let Some(chain) = chains.last_mut() else {
            continue;
        };
        if chain
            .reports
            .last()
            .is_some_and(|before| before.year == year)
        {
            twice.insert(year);
        }
        chain.reports.push(PanelReport {
            report_id: row.get(5)?,
            version_id,
            agency_id: row.get(7)?,
            year,
            numbers: numbers.remove(&version_id).unwrap_or_default(),
        });
    }
    leave_out(chains.last_mut(), &mut twice);
    chains.retain(|chain| !chain.reports.is_empty());
    Ok(chains)
}

fn leave_out(chain: Option<&mut Chain>, years: &mut HashSet<i16>) {
    if let Some(chain) = chain {
        chain.reports.retain(|report| !years.contains(&report.year));
    }
    years.clear();
}

/// The current versions' numbers of one form.
fn read_form(
    store: &Store,
    columns: &Columns,
    form: FormId,
    numbers: &mut HashMap<i64, Vec<Numbers>>,
) -> Result<(), QueryError> {
    let table = wide_table(form);
    let known: HashSet<String> = {
        let mut statement = store
            .connection()
            .prepare("SELECT name FROM pragma_table_info(?)")?;
        let names = statement.query_map([&table], |row| row.get(0))?;
        names.collect::<Result<_, _>>()?
    };
    // A cell that this database does not have yet has no number.
    let cells: Vec<(IndicatorId, &str)> = Catalog::get()
        .of_form(form)
        .filter(|one| one.quantity != Quantity::Money && known.contains(&one.cell))
        .map(|one| (one.id, one.cell.as_str()))
        .collect();
    if cells.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = cells
        .iter()
        .map(|(_, cell)| format!("c.{}", quoted(cell)))
        .collect();
    let wanted: Vec<Option<usize>> = cells
        .iter()
        .map(|(id, _)| columns.of(form).binary_search(id).ok())
        .collect();
    let flows: Vec<bool> = cells.iter().map(|(_, cell)| !is_stock(cell)).collect();
    let mut statement = store.connection().prepare(&format!(
        "SELECT c.version_id, {} FROM {table} c JOIN version v ON v.id = c.version_id
         JOIN report r ON r.version_id = v.id WHERE r.year IS NOT NULL",
        names.join(", ")
    ))?;
    let mut rows = statement.query([])?;
    let mut seen: Vec<i64> = Vec::new();
    while let Some(row) = rows.next()? {
        let mut of_form = Numbers {
            form,
            values: vec![None; columns.of(form).len()],
            digest: 0xcbf2_9ce4_8422_2325,
            counted: 0,
            different: 0,
            greatest: 0,
        };
        seen.clear();
        for at in 0..cells.len() {
            let Some(value) = row.get::<_, Option<i64>>(at + 1)? else {
                continue;
            };
            if let Some(place) = wanted[at] {
                of_form.values[place] = Some(value);
            }
            if value != 0 && flows[at] {
                of_form.digest = mixed(of_form.digest, at as u64, value);
                of_form.counted += 1;
                of_form.greatest = of_form.greatest.max(value);
                seen.push(value);
            }
        }
        seen.sort_unstable();
        seen.dedup();
        of_form.different = u32::try_from(seen.len()).unwrap_or(u32::MAX);
        numbers.entry(row.get(0)?).or_default().push(of_form);
    }
    Ok(())
}

/// FNV-1a over cell and value (Fowler, Noll, Vo), sixteen bits at a time: told apart are numbers of offices, not of enemies.
fn mixed(digest: u64, cell: u64, value: i64) -> u64 {
    let words = [cell, value.cast_unsigned()];
    words.iter().fold(digest, |digest, word| {
        (0..4).fold(digest, |digest, part| {
            (digest ^ (word >> (16 * part) & 0xffff)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    })
}
