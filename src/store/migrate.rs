//! From any older file, or none, to the schema of this program.
//!
//! Numbered SQL files are counted in `PRAGMA user_version`. What depends on the forms is compared by
//! a fingerprint each time a file is opened for writing, and brought up to the catalog.

use std::collections::HashSet;

use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use crate::model::form::Quantity;
use crate::model::{Catalog, Code, FormId, Indicator};

use super::StoreError;
use super::layout::{Layout, forms_of_report, wide_table};
use super::search;
use super::views;

/// The numbered migrations; the first makes schema 1.
const MIGRATIONS: [&str; 19] = [
    include_str!("migrations/0001_base.sql"),
    include_str!("migrations/0002_parts.sql"),
    include_str!("migrations/0003_copies.sql"),
    include_str!("migrations/0004_proposal.sql"),
    include_str!("migrations/0005_statistics.sql"),
    include_str!("migrations/0006_mentions.sql"),
    include_str!("migrations/0007_several_reports.sql"),
    include_str!("migrations/0008_increments.sql"),
    include_str!("migrations/0009_resumed.sql"),
    include_str!("migrations/0010_search.sql"),
    include_str!("migrations/0011_agencies.sql"),
    include_str!("migrations/0012_watch.sql"),
    include_str!("migrations/0013_compact.sql"),
    include_str!("migrations/0014_smaller.sql"),
    include_str!("migrations/0015_quicker.sql"),
    include_str!("migrations/0016_chinese.sql"),
    include_str!("migrations/0017_forms.sql"),
    include_str!("migrations/0018_narratives.sql"),
    include_str!("migrations/0019_absences.sql"),
];

/// Changed whenever the generated SQL changes its shape.
const GENERATOR: &str = "5";

/// The schema of this program.
#[expect(clippy::cast_possible_wrap, reason = "a handful of migrations")]
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

/// Applies what is missing, from schema `found`. Repeated, it changes nothing.
pub(super) fn migrate(connection: &mut Connection, found: i64) -> Result<(), StoreError> {
    if found < SCHEMA_VERSION {
        // A table that others refer to can be replaced only so (<https://sqlite.org/lang_altertable.html#otheralter>).
        connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;")?;
    }
    let migrated = numbered(connection, found);
    connection.execute_batch("PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON;")?;
    migrated?;
    sync_catalog(connection)?;
    search::sync(connection)
}

fn numbered(connection: &mut Connection, found: i64) -> Result<(), StoreError> {
    for (version, sql) in (1..).zip(MIGRATIONS) {
        if version > found {
            let transaction = connection.transaction()?;
            transaction.execute_batch(sql)?;
            transaction.pragma_update(None, "user_version", version)?;
            transaction.commit()?;
        }
    }
    Ok(())
}

fn sync_catalog(connection: &mut Connection) -> Result<(), StoreError> {
    let fingerprint = fingerprint();
    let known = connection
        .prepare("SELECT 1 FROM meta WHERE key = 'catalog' AND value = ?")?
        .exists([&fingerprint])?;
    if known {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    let catalog = Catalog::get();
    let cells_before = cells(&transaction)?;
    transaction.execute("UPDATE indicator SET position = -1", [])?;
    for code in Code::ALL {
        transaction.execute(
            "INSERT INTO finding_code (code, meaning, meaning_zh) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET meaning = excluded.meaning, meaning_zh = excluded.meaning_zh",
            [code.as_str(), code.meaning(), code.meaning_zh()],
        )?;
    }
    for form in &catalog.forms {
        transaction.execute(
            "INSERT INTO form VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET first_year = excluded.first_year,
             last_year = excluded.last_year, basis = excluded.basis",
            params![form.id.as_str(), form.first_year, form.last_year, form.basis],
        )?;
        let added = add_columns(&transaction, form.id)?;
        for (position, indicator) in (0_i64..).zip(catalog.of_form(form.id)) {
            add_indicator(&transaction, position, indicator)?;
        }
        for cell in added {
            leave_out(&transaction, form.id, &cell)?;
        }
    }
    transaction.execute_batch(
        "UPDATE indicator AS i SET
           table_anchor = (SELECT min(id) FROM indicator j WHERE j.form = i.form AND j.table_id = i.table_id),
           row_anchor = (SELECT min(id) FROM indicator j WHERE j.form = i.form
             AND j.table_id = i.table_id AND j.row_id = i.row_id),
           column_anchor = (SELECT min(id) FROM indicator j WHERE j.form = i.form
             AND j.table_id = i.table_id AND j.column_id = i.column_id)",
    )?;
    if !cells_before.is_empty() && cells_before != cells(&transaction)? {
        // Places count on the order of the cells. The next build brings them again.
        transaction.execute_batch(
            "DELETE FROM place; UPDATE reading SET digest = x'00000000000000000000000000000000'",
        )?;
    }
    transaction.execute(
        &format!("UPDATE report SET forms = {}", forms_of_report()),
        [],
    )?;
    let views = views::views(&Layout::read(&transaction)?);
    for (name, _) in views.iter().rev() {
        transaction.execute_batch(&format!("DROP VIEW IF EXISTS {name}"))?;
    }
    for (name, sql) in &views {
        transaction.execute_batch(&format!("CREATE VIEW {name} AS {sql}"))?;
    }
    transaction.execute(
        "INSERT INTO meta VALUES ('catalog', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        [&fingerprint],
    )?;
    transaction.commit()?;
    Ok(())
}

/// The cells this database knows, in their order.
fn cells(connection: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = connection
        .prepare("SELECT form, cell FROM indicator WHERE position >= 0 ORDER BY form, position")?;
    let cells = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(cells.collect::<Result<_, _>>()?)
}

/// Reports read before a cell was known say nothing of it: it must not pass as blank.
fn leave_out(connection: &Connection, form: FormId, cell: &str) -> Result<(), StoreError> {
    let table = wide_table(form);
    connection.execute(
        &format!(
            "INSERT INTO exception (version_id, extent, indicator_id, status)
             SELECT c.version_id, 'cell', i.id, 'not_part' FROM {table} c, indicator i
             WHERE i.form = ? AND i.cell = ?"
        ),
        [form.as_str(), cell],
    )?;
    connection.execute(
        &format!("UPDATE {table} SET exceptions = exceptions + 1"),
        [],
    )?;
    Ok(())
}

fn add_indicator(
    connection: &Connection,
    position: i64,
    indicator: &Indicator,
) -> Result<(), StoreError> {
    let quantity = quantity_word(indicator.quantity);
    connection
        .prepare_cached(
            "INSERT INTO indicator (form, cell, position, table_id, row_id, column_id, labels, unit, quantity,
               table_anchor, row_anchor, column_anchor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)
             ON CONFLICT DO UPDATE SET position = excluded.position, table_id = excluded.table_id,
               row_id = excluded.row_id, column_id = excluded.column_id, labels = excluded.labels,
               unit = excluded.unit, quantity = excluded.quantity",
        )?
        .execute(params![
            indicator.form.as_str(),
            indicator.cell,
            position,
            indicator.table,
            indicator.row,
            indicator.column,
            indicator.path.join(" / "),
            indicator.unit.map(crate::model::Unit::as_str),
            quantity,
        ])?;
    Ok(())
}

/// Makes the wide table of a form, or adds the columns it lacks; the cells added to a table that was
/// there. Columns of cells that the form has lost stay, and are not written any more.
fn add_columns(connection: &Connection, form: FormId) -> Result<Vec<String>, StoreError> {
    let table = wide_table(form);
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?)")?;
    let names = statement.query_map([&table], |row| row.get::<_, String>(0))?;
    let present = names.collect::<Result<HashSet<_>, _>>()?;
    let mut missing = Vec::new();
    let mut added = Vec::new();
    for indicator in Catalog::get().of_form(form) {
        for (name, definition) in views::columns(&indicator.cell, indicator.quantity) {
            if !present.contains(&name) {
                missing.push(definition);
                if name == indicator.cell {
                    added.push(name);
                }
            }
        }
    }
    if present.is_empty() {
        connection.execute_batch(&views::wide_table_sql(form, &missing))?;
        return Ok(Vec::new());
    }
    for definition in missing {
        connection.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {definition}"))?;
    }
    Ok(added)
}

/// The word for a quantity in `indicator`.
const fn quantity_word(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Count => "count",
        Quantity::Change => "change",
        Quantity::Money => "money",
    }
}

/// Of everything that [`sync_catalog`] writes.
fn fingerprint() -> String {
    let mut hash = Sha256::new();
    hash.update(GENERATOR);
    for code in Code::ALL {
        hash.update(format!(
            "{}\n{}\n{}\n",
            code.as_str(),
            code.meaning(),
            code.meaning_zh()
        ));
    }
    let catalog = Catalog::get();
    for id in FormId::ALL {
        let form = catalog.form(id);
        hash.update(format!(
            "{id} {} {:?} {}\n",
            form.first_year, form.last_year, form.basis
        ));
        for indicator in catalog.of_form(id) {
            hash.update(format!("{indicator:?}\n"));
        }
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}
