//! What a report's statistics lists print beyond the cells of the form.

use crate::model::{CellStatus, Report};
use crate::present::{self, Align, Table, visible};

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
    for beyond in present::beyond_the_form(report) {
        let cell = beyond.cell;
        if matches!(cell.status, CellStatus::Blank | CellStatus::Mark) {
            continue;
        }
        let value = match cell.value {
            Some(value) => value.to_string(),
            None => visible(&cell.raw),
        };
        let unit = cell.unit.map_or("", |unit| unit.as_str());
        let head = visible(cell.head.as_deref().unwrap_or_default());
        let label = visible(&beyond.label());
        table.push([label, unit.to_owned(), head, beyond.counts(), value]);
    }
    if table.rows.is_empty() {
        return String::new();
    }
    format!(
        "\nrows and columns beyond the form\n{}",
        table.render_plain()
    )
}
