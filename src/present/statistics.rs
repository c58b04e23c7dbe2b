//! What a report's statistics lists print beyond the cells of the form. Pure.

use std::collections::HashSet;

use serde::Serialize;

use crate::model::{Catalog, ColumnKind, Report, StatisticCell, StatisticRow};

use super::Cell;

/// A value of a row that the form does not know, or of another column than the form's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BeyondForm<'r> {
    /// The row.
    #[serde(skip)]
    pub row: &'r StatisticRow,
    /// Its value.
    #[serde(flatten)]
    pub cell: &'r StatisticCell,
}

impl BeyondForm<'_> {
    /// The row's label as printed, its group before it.
    pub fn label(&self) -> String {
        match &self.row.group {
            Some(group) => format!("{group} / {}", self.row.label),
            None => self.row.label.clone(),
        }
    }

    /// What its column counts: `year 2016`, or the kind.
    pub fn counts(&self) -> String {
        match (self.cell.kind, self.cell.year) {
            (ColumnKind::Year, Some(year)) => format!("year {year}"),
            (kind, _) => kind.as_str().to_owned(),
        }
    }

    /// What stands there.
    pub fn shown(&self) -> Cell {
        Cell {
            status: self.cell.status,
            value: self.cell.value,
            raw: self.cell.raw.clone(),
            note: String::new(),
        }
    }
}

/// The values of a report's lists that no cell of its form shows, in printed order.
pub fn beyond_the_form(report: &Report) -> Vec<BeyondForm<'_>> {
    let catalog = Catalog::get();
    let shown: HashSet<_> = report
        .observations
        .iter()
        .filter_map(|one| {
            let indicator = catalog.indicator(one.indicator);
            Some((indicator.form, indicator.row.as_str(), one.source?))
        })
        .collect();
    let is_shown = |row: &StatisticRow, cell: &StatisticCell| match (&row.id, cell.source) {
        (Some(id), Some(source)) => shown.contains(&(row.form, id.as_str(), source)),
        _ => false,
    };
    let rows = report.statistics.iter();
    let cells = rows.flat_map(|row| row.cells.iter().map(move |cell| (row, cell)));
    cells
        .filter(|(row, cell)| !is_shown(row, cell))
        .map(|(row, cell)| BeyondForm { row, cell })
        .collect()
}
