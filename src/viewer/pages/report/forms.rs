//! The tables of a report's forms with what stands in their cells.

use std::collections::HashMap;

use crate::model::form::{Shape, TableForm};
use crate::model::{Catalog, CellStatus, FormId, IndicatorId, Observation, Report, Unit};
use crate::present::{Cell, note};

use super::contradictions::Contradiction;
use super::{by_indicator, cell_name};

/// A table.
#[derive(Debug)]
pub struct FormView {
    /// The form.
    pub form: FormId,
    /// The table's id within the form.
    pub id: String,
    /// Its printed title.
    pub title: String,
    /// Over the labels; may be empty.
    pub corner: String,
    /// Over the cells: label, and the label above it and its neighbours.
    pub heads: Vec<(String, Option<String>)>,
    /// Whether units stand in a column of their own.
    pub has_units: bool,
    /// Its rows; none where the page lacks the table.
    pub rows: Vec<RowView>,
}

/// A row.
#[derive(Debug)]
pub struct RowView {
    /// Labels of the groups around it, outermost first.
    pub groups: Vec<String>,
    /// Its label.
    pub label: String,
    /// Its unit, where the table has a column for them.
    pub unit: String,
    /// Its cells; none for a heading.
    pub cells: Vec<CellView>,
}

/// A cell.
#[derive(Debug)]
pub struct CellView {
    /// Its name in addresses; `None` where the report says nothing of it.
    pub name: Option<String>,
    /// What stands there, or the word for why nothing does.
    pub text: String,
    /// What kind of thing.
    pub status: CellStatus,
    /// What is proposed; empty for nothing.
    pub note: String,
    /// Numbers of the contradictions that it takes part in.
    pub joins: Vec<usize>,
}

/// The tables of every form that the page has something of: of its own form also what is missing.
pub fn of(report: &Report, contradictions: &[Contradiction]) -> Vec<FormView> {
    let shown = by_indicator(report);
    let mut joins: HashMap<IndicatorId, Vec<usize>> = HashMap::new();
    for contradiction in contradictions {
        for indicator in contradiction.terms.iter().filter_map(|term| term.indicator) {
            let numbers = joins.entry(indicator).or_default();
            if numbers.last() != Some(&contradiction.number) {
                numbers.push(contradiction.number);
            }
        }
    }
    let is_there = |id: IndicatorId| {
        let found = shown.get(&id);
        found.is_some_and(|one| one.status != CellStatus::TableAbsent)
    };
    let tables = Catalog::get().forms.iter().flat_map(|form| &form.tables);
    tables
        .filter(|table| {
            let owed = report.form == Some(table.form) && table.shape != Shape::List;
            owed || table.indicators().any(is_there)
        })
        .map(|table| {
            let cell = |id: IndicatorId| CellView {
                joins: joins.get(&id).cloned().unwrap_or_default(),
                ..view(report, id, shown.get(&id).copied())
            };
            let unit = |id: IndicatorId| shown.get(&id).and_then(|one| one.unit);
            let known = |id: IndicatorId| shown.contains_key(&id);
            let is_absent = !table.indicators().any(is_there);
            filled(table, is_absent, &cell, &unit, &known)
        })
        .collect()
}

fn view(report: &Report, id: IndicatorId, observation: Option<&Observation>) -> CellView {
    let cell = match observation {
        Some(observation) => Cell::from(observation),
        None => Cell::missing(CellStatus::TableAbsent, ""),
    };
    CellView {
        name: observation.map(|_| cell_name(report, id)),
        text: cell.text(),
        status: cell.status,
        note: note(&report.proposals, id),
        joins: Vec::new(),
    }
}

fn filled(
    table: &TableForm,
    is_absent: bool,
    cell: &dyn Fn(IndicatorId) -> CellView,
    unit: &dyn Fn(IndicatorId) -> Option<Unit>,
    known: &dyn Fn(IndicatorId) -> bool,
) -> FormView {
    let heads: Vec<_> = if table.columns.is_empty() {
        vec![("数值".to_owned(), None)]
    } else {
        let columns = table.columns.iter();
        columns
            .map(|column| (column.label.clone(), column.group.clone()))
            .collect()
    };
    let has_units = table.shape != Shape::Matrix;
    let mut rows = Vec::new();
    for (number, row) in table.rows.iter().enumerate() {
        let ids: Vec<IndicatorId> = (0..heads.len())
            .filter_map(|column| table.indicator(number, column))
            .collect();
        // What only some provinces print is not missing elsewhere.
        if is_absent || (row.optional && !ids.iter().any(|id| known(*id))) {
            continue;
        }
        let units = ids.iter().filter_map(|id| unit(*id));
        let unit = units.map(Unit::as_str).next();
        rows.push(RowView {
            groups: row.path.clone(),
            label: format!("{}{}", row.number, row.label),
            unit: unit.unwrap_or_default().to_owned(),
            cells: ids.into_iter().map(cell).collect(),
        });
    }
    FormView {
        form: table.form,
        id: table.id.clone(),
        title: table.title.clone(),
        corner: table.corner.clone().unwrap_or_default(),
        heads,
        has_units,
        rows,
    }
}
