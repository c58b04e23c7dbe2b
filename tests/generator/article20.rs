//! Section two: the items of article 20, in one table or several.

use nianbao::model::form::TableForm;

use super::case::Case;
use super::dialect::Dialect;
use super::layout::{columns, rows};
use super::rng::Rng;
use super::sheet::{Cell, Content, Row, Sheet};

/// The sheets of section two.
pub fn sheets(case: &Case, tables: &[&TableForm]) -> Vec<Sheet> {
    let separate = case.dialect == Dialect::Article20Separate
        // Two tables at a page break: here the break falls between two items.
        || matches!(
            case.dialect,
            Dialect::SplitWithHeader | Dialect::SplitWithoutHeader
        );
    let slots = if separate { 0 } else { slots(case, tables) };
    let parts: Vec<Vec<Row>> = tables
        .iter()
        .map(|table| item(case, table, slots.max(table.columns.len())))
        .collect();
    if !separate {
        return vec![Sheet::new(parts.into_iter().flatten().collect())];
    }
    let captioned = Rng::new(case.seed, "article 20").chance(50);
    parts
        .into_iter()
        .zip(tables)
        .map(|(mut rows, table)| {
            let mut sheet = Sheet::default();
            if captioned && case.dialect == Dialect::Article20Separate {
                rows.remove(0);
                sheet.caption = Some(table.title.clone());
            }
            sheet.rows = rows;
            sheet
        })
        .collect()
}

/// Grid columns beside the labels in the joint table.
fn slots(case: &Case, tables: &[&TableForm]) -> usize {
    let most = tables.iter().map(|table| table.columns.len()).max();
    let spare = usize::from(case.dialect == Dialect::Article20Misaligned);
    most.unwrap_or(1) + spare
}

/// One item: title row, header row, a row for every label; `slots` grid columns beside the labels.
fn item(case: &Case, table: &TableForm, slots: usize) -> Vec<Row> {
    let columns = columns(case, table);
    let (header_widths, body_widths) = widths(case, columns.len(), slots);
    let mut out = vec![Row::header(vec![
        Cell::label(&table.title).span(1, slots + 1),
    ])];
    let mut header = vec![Cell::label("信息内容")];
    for (column, width) in columns.iter().zip(header_widths) {
        header.push(label(column).span(1, width));
    }
    out.push(Row::header(header));
    for row in rows(case, table) {
        let mut cells = vec![Cell::label(&row.label)];
        for (column, width) in columns.iter().zip(&body_widths) {
            cells.push(Cell::value(format!("{}.{}", row.id, column.id)).span(1, *width));
        }
        out.push(Row::body(cells));
    }
    out
}

/// A note about the unit stands on a line of its own, as the notice prints it.
fn label(column: &super::layout::Leaf) -> Cell {
    let label = &column.label;
    match label.find('（') {
        Some(at) => Cell::of(Content::Label(vec![
            label[..at].to_owned(),
            label[at..].to_owned(),
        ])),
        None => Cell::label(label),
    }
}

/// How header and body cells share the slots.
fn widths(case: &Case, columns: usize, slots: usize) -> (Vec<usize>, Vec<usize>) {
    let spare = slots - columns;
    let mut last = vec![1; columns];
    last[columns - 1] += spare;
    if case.dialect != Dialect::Article20Misaligned || columns == 1 {
        return (last.clone(), last);
    }
    let mut first = vec![1; columns];
    first[0] += spare;
    let mut second = vec![1; columns];
    second[1] += spare;
    if Rng::new(case.seed, "misaligned").chance(50) {
        (second, first)
    } else {
        (last, first)
    }
}
