//! Where in a form an identity applies, and which cell an id means there.

use super::identity::{Identity, Reach};
use crate::model::form::{Shape, TableForm};
use crate::model::{Catalog, FormId, IndicatorId};

/// One place of a form that an identity speaks of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// A row; ids are columns.
    Row(&'a TableForm, usize),
    /// A column; ids are rows.
    Column(&'a TableForm, usize),
    /// A cell; no ids.
    Cell(IndicatorId),
    /// A group of cells; ids are what follows its name and a point.
    Group(&'a str),
    /// The whole report; ids are cells.
    Report,
}

impl Place<'_> {
    /// The row's, column's, cell's or group's id; empty for the report.
    pub(super) fn name(self, catalog: &Catalog) -> String {
        match self {
            Self::Row(table, row) => table.rows[row].id.clone(),
            Self::Column(table, column) => table.columns[column].id.clone(),
            Self::Cell(indicator) => catalog.indicator(indicator).cell.clone(),
            Self::Group(name) => name.to_owned(),
            Self::Report => String::new(),
        }
    }

    /// The cell that `id` means here; `None` where the form has none.
    pub(super) fn cell(self, catalog: &Catalog, form: FormId, id: &str) -> Option<IndicatorId> {
        match self {
            Self::Row(table, row) => {
                let column = table.columns.iter().position(|column| column.id == id)?;
                table.indicator(row, column)
            }
            Self::Column(table, column) => {
                let row = table.rows.iter().position(|row| row.id == id)?;
                table.indicator(row, column)
            }
            Self::Cell(_) => None,
            Self::Group(name) => catalog.find(form, &format!("{name}.{id}")),
            Self::Report => catalog.find(form, id),
        }
    }
}

/// The places of `form` that an identity speaks of, in the form's order.
///
/// # Errors
///
/// In words: a table or row that the form lacks, or keys that do not go with the scope.
pub(super) fn places<'a>(
    identity: &'a Identity,
    form: FormId,
    catalog: &'a Catalog,
) -> Result<Vec<Place<'a>>, String> {
    let mut tables = Vec::new();
    for id in &identity.tables {
        let found = catalog.form(form).tables.iter().find(|t| t.id == *id);
        tables.push(found.ok_or_else(|| format!("form {form} has no table {id}"))?);
    }
    let of_tables = matches!(
        identity.reach,
        Reach::EachRow | Reach::EachColumn | Reach::EachCell | Reach::EachGroup
    );
    if of_tables == tables.is_empty() {
        return Err("tables do not go with the scope".into());
    }
    let takes_rows = matches!(identity.reach, Reach::EachRow | Reach::EachGroup);
    if !takes_rows && !identity.rows.is_empty() {
        return Err("rows do not go with the scope".into());
    }
    let found = match identity.reach {
        Reach::EachRow => rows(identity, &tables)?,
        Reach::EachColumn => tables
            .iter()
            .flat_map(|table| (0..table.columns.len()).map(|at| Place::Column(table, at)))
            .collect(),
        Reach::EachCell => tables
            .iter()
            .flat_map(|table| table.indicators().map(Place::Cell))
            .collect(),
        Reach::EachGroup => identity.rows.iter().map(|id| Place::Group(id)).collect(),
        Reach::Report | Reach::AllCells => vec![Place::Report],
    };
    if found.is_empty() {
        return Err(format!("applies nowhere in form {form}"));
    }
    Ok(found)
}

fn rows<'a>(identity: &Identity, tables: &[&'a TableForm]) -> Result<Vec<Place<'a>>, String> {
    let mut found = Vec::new();
    let mut matched = 0;
    for table in tables {
        for (at, row) in table.rows.iter().enumerate() {
            if identity.rows.contains(&row.id) {
                matched += 1;
            } else if !identity.rows.is_empty() {
                continue;
            }
            let heading = table.shape == Shape::List && row.unit.is_none();
            if !heading {
                found.push(Place::Row(table, at));
            }
        }
    }
    if matched != identity.rows.len() {
        return Err(format!(
            "{matched} of the {} rows named are in the tables",
            identity.rows.len()
        ));
    }
    Ok(found)
}
