//! Tables for the terminal. Pure.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width, presets,
};

use super::width::{display_width, trimmed, visible};

/// Which side of a column its cells keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Words.
    #[default]
    Left,
    /// Numbers.
    Right,
}

/// A table. Cells are shown on as many lines as `max_width` makes necessary, but a number is
/// never cut in two: the table is rather wider.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Heads of the columns with their sides.
    pub heads: Vec<(String, Align)>,
    /// Rows of cells; missing cells at the end of a row stay empty.
    pub rows: Vec<Vec<String>>,
    /// Columns of the terminal; `None` for as wide as it comes (a pipe, a file).
    pub max_width: Option<u16>,
}

impl Table {
    /// A table of these heads.
    pub fn new<'a>(heads: impl IntoIterator<Item = (&'a str, Align)>) -> Self {
        Self {
            heads: heads
                .into_iter()
                .map(|(head, align)| (head.to_owned(), align))
                .collect(),
            ..Self::default()
        }
    }

    /// Adds a row.
    pub fn push(&mut self, row: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(row.into_iter().map(Into::into).collect());
    }

    /// Ruled, with frame.
    pub fn render(&self) -> String {
        self.drawn(presets::UTF8_FULL_CONDENSED)
    }

    /// Without lines but the one under the heads: listings.
    pub fn render_plain(&self) -> String {
        let rule = LineStyle::none().fill('─').junction('─');
        let text = self.drawn(TableStyle::new().header_separator(rule));
        // Every cell has a space before it; at the margin it is one too many.
        let lines = text
            .lines()
            .map(|line| line.strip_prefix([' ', '─']).unwrap_or(line));
        lines.flat_map(|line| [line, "\n"]).collect()
    }

    /// Width of the widest number in a column's rows.
    fn widest_number(&self, column: usize) -> Option<usize> {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let numbers = cells.filter(|cell| {
            let digits = cell.strip_prefix('-').unwrap_or(cell);
            digits.starts_with(|first: char| first.is_ascii_digit()) && !cell.contains(' ')
        });
        numbers.map(|cell| display_width(cell)).max()
    }

    fn drawn(&self, style: TableStyle) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(style);
        if let Some(width) = self.max_width {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width);
        }
        table.set_header(self.heads.iter().map(|(head, _)| visible(head)));
        for row in &self.rows {
            table.add_row(row.iter().map(|cell| visible(cell)));
        }
        for (index, (_, align)) in self.heads.iter().enumerate() {
            let Some(column) = table.column_mut(index) else {
                continue;
            };
            if *align == Align::Right {
                column.set_cell_alignment(CellAlignment::Right);
            }
            // Two more for the spaces around it.
            let width = self.widest_number(index).map(|width| width + 2);
            if let Some(Ok(width)) = width.map(u16::try_from) {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
            }
        }
        trimmed(&table.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new([("机关", Align::Left), ("新收", Align::Right)]);
        table.push(["某某市人民政府", "120"]);
        table.push(["某县\x1b[31m", "（空）"]);
        table
    }

    #[test]
    fn chinese_cells_line_up() {
        let want = "\
┌────────────────┬────────┐
│ 机关           ┆   新收 │
╞════════════════╪════════╡
│ 某某市人民政府 ┆    120 │
│ 某县�[31m      ┆ （空） │
└────────────────┴────────┘
";
        assert_eq!(table().render(), want);
    }

    #[test]
    fn listings_have_one_line() {
        let want = "\
机关               新收
────────────────────────
某某市人民政府      120
某县�[31m        （空）
";
        assert_eq!(table().render_plain(), want);
    }

    #[test]
    fn words_wrap_and_numbers_do_not() {
        let mut table = Table::new([("机关", Align::Left), ("新收申请", Align::Right)]);
        table.push(["某某市人民政府", "1234567"]);
        table.max_width = Some(20);
        let want = "\
┌────────┬─────────┐
│ 机关   ┆  新收申 │
│        ┆      请 │
╞════════╪═════════╡
│ 某某市 ┆ 1234567 │
│ 人民政 ┆         │
│ 府     ┆         │
└────────┴─────────┘
";
        assert_eq!(table.render(), want);
    }
}
