//! What a report's statistics lists print beyond the cells of the form.

use crate::model::{Catalog, CellStatus, ColumnKind, Report, StatisticCell, StatisticRow};
use crate::present::{Align, Table, visible};

/// Words and numbers in rows unknown to the form, and values of other columns than its own, as a table; empty where there are none.
pub(super) fn beyond_the_form(report: &Report, width: Option<u16>) -> String {
    let mut table = Table::new([
        ("as printed", Align::Left),
        ("unit", Align::Left),
        ("column", Align::Left),
        ("counts", Align::Left),
        ("value", Align::Right),
    ]);
    table.max_width = width;
    for row in &report.statistics {
        for cell in &row.cells {
            let nothing = matches!(cell.status, CellStatus::Blank | CellStatus::Mark);
            if nothing || is_cell_of_form(report, row, cell) {
                continue;
            }
            let label = match &row.group {
                Some(group) => format!("{} / {}", visible(group), visible(&row.label)),
                None => visible(&row.label),
            };
            let counts = match (cell.kind, cell.year) {
                (ColumnKind::Year, Some(year)) => format!("year {year}"),
                (kind, _) => kind.as_str().to_owned(),
            };
            let value = match cell.value {
                Some(value) => value.to_string(),
                None => visible(&cell.raw),
            };
            let unit = cell.unit.map_or("", |unit| unit.as_str());
            let head = visible(cell.head.as_deref().unwrap_or_default());
            table.push([label, unit.to_owned(), head, counts, value]);
        }
    }
    if table.rows.is_empty() {
        return String::new();
    }
    format!(
        "\nrows and columns beyond the form\n{}",
        table.render_plain()
    )
}

/// Whether an observation shows the cell already.
fn is_cell_of_form(report: &Report, row: &StatisticRow, cell: &StatisticCell) -> bool {
    report.observations.iter().any(|one| {
        let indicator = Catalog::get().indicator(one.indicator);
        indicator.form == row.form
            && Some(&indicator.row) == row.id.as_ref()
            && one.source == cell.source
            && one.source.is_some()
    })
}
