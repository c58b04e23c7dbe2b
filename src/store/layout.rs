//! How the cells of each form lie in this database: ids, groups, and the SQL of the wide tables.

use std::collections::HashMap;
use std::fmt::Write as _;

use rusqlite::Connection;

use crate::model::form::Quantity;
use crate::model::{Catalog, FormId, IndicatorId, Report};

use super::StoreError;

/// One cell of a form. The anchors name its groups (see `exception` in the schema).
#[derive(Debug, Clone)]
pub(super) struct CellLayout {
    pub(super) id: IndicatorId,
    pub(super) database_id: i64,
    pub(super) table: i64,
    pub(super) row: i64,
    pub(super) column: i64,
    /// Whether a second column holds the decimals.
    pub(super) money: bool,
}

/// The wide table of one form.
#[derive(Debug)]
pub(super) struct FormLayout {
    pub(super) form: FormId,
    /// In the catalog's order.
    pub(super) cells: Vec<CellLayout>,
    /// Parameters: version, number of exceptions, then each cell, money with its decimals behind.
    pub(super) insert: String,
    /// The same columns of one version, without the version.
    pub(super) select: String,
    pub(super) delete: String,
}

/// Every form's wide table.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) forms: Vec<FormLayout>,
    /// Brings `forms` of one report up to its current version.
    pub(super) settle_forms: String,
}

impl Layout {
    /// Reads the ids this database gave to the catalog's indicators. Indicators that it lacks (it was
    /// made by an older program and opened for reading) are left out.
    pub(super) fn read(connection: &Connection) -> Result<Self, StoreError> {
        let catalog = Catalog::get();
        let mut statement = connection.prepare(
            "SELECT form, cell, id, table_anchor, row_anchor, column_anchor FROM indicator
             WHERE position >= 0",
        )?;
        let mut rows = statement.query([])?;
        let mut found = HashMap::new();
        while let Some(row) = rows.next()? {
            let form: String = row.get(0)?;
            let cell: String = row.get(1)?;
            let Some(id) = form.parse().ok().and_then(|form| catalog.find(form, &cell)) else {
                continue;
            };
            let layout = CellLayout {
                id,
                database_id: row.get(2)?,
                table: row.get(3)?,
                row: row.get(4)?,
                column: row.get(5)?,
                money: catalog.indicator(id).quantity == Quantity::Money,
            };
            found.insert(id, layout);
        }
        let forms = FormId::ALL.map(|form| {
            let cells = catalog
                .of_form(form)
                .filter_map(|one| found.remove(&one.id));
            FormLayout::new(form, cells.collect())
        });
        Ok(Self {
            forms: forms.into(),
            settle_forms: format!(
                "UPDATE report SET forms = {} WHERE id = ?",
                forms_of_report()
            ),
        })
    }
}

/// `report.forms` of a report as it is written.
pub(super) fn forms_of(report: &Report) -> u8 {
    let catalog = Catalog::get();
    let observations = report.observations.iter();
    observations.fold(0, |forms, one| {
        forms | catalog.indicator(one.indicator).form.bit()
    })
}

impl FormLayout {
    fn new(form: FormId, cells: Vec<CellLayout>) -> Self {
        let table = wide_table(form);
        let mut columns = String::from("exceptions");
        let mut marks = String::from("?, ?");
        for cell in &cells {
            let name = &Catalog::get().indicator(cell.id).cell;
            // Writing to a String cannot fail.
            let _ = write!(columns, ", {}", quoted(name));
            marks.push_str(", ?");
            if cell.money {
                let _ = write!(columns, ", {}", quoted(&scale_column(name)));
                marks.push_str(", ?");
            }
        }
        Self {
            form,
            insert: format!("INSERT INTO {table} (version_id, {columns}) VALUES ({marks})"),
            select: format!("SELECT {columns} FROM {table} WHERE version_id = ?"),
            delete: format!("DELETE FROM {table} WHERE version_id = ?"),
            cells,
        }
    }

    /// The position of an indicator among the cells.
    pub(super) fn position(&self, id: IndicatorId) -> Option<usize> {
        self.cells.binary_search_by_key(&id, |cell| cell.id).ok()
    }
}

/// The wide table of a form.
pub fn wide_table(form: FormId) -> String {
    format!("cells_{form}")
}

/// An expression of `report.forms` by what the wide tables have of `report.version_id`.
pub(super) fn forms_of_report() -> String {
    let terms = FormId::ALL.map(|form| {
        let (table, bit) = (wide_table(form), form.bit());
        format!("{bit} * EXISTS (SELECT 1 FROM {table} w WHERE w.version_id = report.version_id)")
    });
    terms.join(" + ")
}

/// The column of a money cell's decimals.
pub fn scale_column(cell: &str) -> String {
    format!("{cell}#scale")
}

/// A name as an SQL identifier.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as an SQL literal.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
