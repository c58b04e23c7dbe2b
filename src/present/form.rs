//! A report as its statutory form: rows × columns as the template prints them. Pure.

use crate::model::form::{Row, TableForm};
use crate::model::{CellStatus, IndicatorId};

use super::cell::Cell;
use super::table::{Align, Table};

/// A row of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRow {
    /// Labels of the groups around it, outermost first.
    pub groups: Vec<String>,
    /// Its label.
    pub label: String,
    /// Its cells; none for a heading.
    pub cells: Vec<String>,
}

/// A table of a form with what a page has in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormTable {
    /// Its printed title.
    pub title: String,
    /// Over the labels; may be empty.
    pub corner: String,
    /// Over the cells.
    pub columns: Vec<String>,
    /// The rows, in printed order; none where the page lacks the table.
    pub rows: Vec<FormRow>,
}

impl FormTable {
    /// The template filled by `cell`, which says what the page has for an indicator. What it
    /// has no answer for is drawn as not on the page; without any answer, no rows are.
    pub fn filled(table: &TableForm, cell: impl Fn(IndicatorId) -> Option<Cell>) -> Self {
        let columns: Vec<String> = if table.columns.is_empty() {
            vec!["数值".into()]
        } else {
            table.columns.iter().map(|c| c.label.clone()).collect()
        };
        let absent = || Cell::missing(CellStatus::TableAbsent, "");
        let present = table.indicators().filter_map(&cell);
        let has_table = present
            .map(|cell| cell.status)
            .any(|status| status != CellStatus::TableAbsent);
        // What only some provinces print is not missing elsewhere.
        let printed = |(number, row): &(usize, &Row)| {
            let mut cells = (0..columns.len()).filter_map(|at| table.indicator(*number, at));
            !row.optional || cells.any(|indicator| cell(indicator).is_some())
        };
        let rows = table.rows.iter().enumerate().filter(printed);
        let rows = rows.map(|(number, row)| {
            let cells = (0..columns.len())
                .filter_map(|column| table.indicator(number, column))
                .map(|indicator| cell(indicator).unwrap_or_else(absent).text())
                .collect();
            FormRow {
                groups: row.path.clone(),
                label: format!("{}{}", row.number, row.label),
                cells,
            }
        });
        Self {
            title: table.title.clone(),
            corner: table.corner.clone().unwrap_or_default(),
            rows: if has_table {
                rows.collect()
            } else {
                Vec::new()
            },
            columns,
        }
    }

    /// Title, then the table: groups as rows of their own where they begin, labels indented
    /// below them.
    pub fn render(&self, max_width: Option<u16>) -> String {
        let numbers = self.columns.iter().map(|c| (c.as_str(), Align::Right));
        let mut table =
            Table::new(std::iter::once((self.corner.as_str(), Align::Left)).chain(numbers));
        table.max_width = max_width;
        let mut open: &[String] = &[];
        for row in &self.rows {
            let shared = open
                .iter()
                .zip(&row.groups)
                .take_while(|(old, new)| old == new)
                .count();
            for (depth, group) in row.groups.iter().enumerate().skip(shared) {
                table.push([indented(depth, group)]);
            }
            open = &row.groups;
            let label = indented(row.groups.len(), &row.label);
            table.push(std::iter::once(label).chain(row.cells.iter().cloned()));
        }
        let mut text = super::width::visible(&self.title);
        if !text.is_empty() {
            text.push('\n');
        }
        if self.rows.is_empty() {
            text.push_str(&Cell::missing(CellStatus::TableAbsent, "").text());
            text.push('\n');
        } else {
            text.push_str(&table.render());
        }
        text
    }
}

/// A full-width space a level: tables trim plain ones.
fn indented(depth: usize, label: &str) -> String {
    format!("{}{label}", "\u{3000}".repeat(depth))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Catalog, Decimal, FormId};

    #[test]
    fn groups_stand_once_and_nothing_missing_is_zero() {
        let row = |groups: &[&str], label: &str, cells: &[&str]| FormRow {
            groups: groups.iter().map(|g| (*g).to_owned()).collect(),
            label: label.into(),
            cells: cells.iter().map(|c| (*c).to_owned()).collect(),
        };
        let table = FormTable {
            title: "三、收到和处理政府信息公开申请情况".into(),
            corner: String::new(),
            columns: vec!["自然人".into(), "总计".into()],
            rows: vec![
                row(&[], "一、本年新收", &["12", "12"]),
                row(&["三、办理结果"], "（一）予以公开", &["（空）", "0"]),
                row(
                    &["三、办理结果", "（三）不予公开"],
                    "1.国家秘密",
                    &["—", "（无此栏）"],
                ),
            ],
        };
        let want = "\
三、收到和处理政府信息公开申请情况
┌──────────────────┬────────┬────────────┐
│                  ┆ 自然人 ┆       总计 │
╞══════════════════╪════════╪════════════╡
│ 一、本年新收     ┆     12 ┆         12 │
│ 三、办理结果     ┆        ┆            │
│ 　（一）予以公开 ┆ （空） ┆          0 │
│ 　（三）不予公开 ┆        ┆            │
│ 　　1.国家秘密   ┆      — ┆ （无此栏） │
└──────────────────┴────────┴────────────┘
";
        assert_eq!(table.render(None), want);
    }

    #[test]
    fn every_table_of_every_form_can_be_filled() {
        let catalog = Catalog::get();
        for id in FormId::ALL {
            for table in &catalog.form(id).tables {
                let full = FormTable::filled(table, |_| Some(Cell::number(Decimal::integer(7))));
                let cells = full.rows.iter().flat_map(|row| &row.cells).count();
                assert_eq!(cells, table.indicators().count(), "{}", table.id);
                assert!(full.render(Some(80)).contains('7'));
                let empty = FormTable::filled(table, |_| None).render(Some(80));
                assert_eq!(empty, format!("{}\n（无此表）\n", table.title));
            }
        }
    }
}
