//! Section three: the requests table.

use nianbao::model::form::TableForm;

use super::case::Case;
use super::dialect::Dialect;
use super::layout::{Leaf, columns, rows, runs};
use super::rng::Rng;
use super::sheet::{Cell, Content, Row, Sheet};

/// Columns the row labels take in the grid.
fn label_width(dialect: Dialect) -> usize {
    match dialect {
        Dialect::GroupHeadingRows => 1,
        Dialect::GroupInLabel => 2,
        _ => 3,
    }
}

/// The sheets of section three.
pub fn sheets(case: &Case, table: &TableForm) -> Vec<Sheet> {
    let columns = columns(case, table);
    let leaves = rows(case, table);
    let header = header(case, table, &columns);
    let cut = Rng::new(case.seed, "page break").below(leaves.len() - 4) + 2;
    let (above, below) = leaves.split_at(cut);
    match case.dialect {
        Dialect::RepeatedHeader => {
            let mut all = header.clone();
            all.extend(body(case, above, &columns, 0));
            all.extend(header);
            all.extend(body(case, below, &columns, cut));
            vec![Sheet::new(all)]
        }
        Dialect::SplitWithHeader | Dialect::SplitWithoutHeader => {
            let mut first = header.clone();
            first.extend(body(case, above, &columns, 0));
            let mut second = Vec::new();
            if case.dialect == Dialect::SplitWithHeader {
                second.extend(header);
            }
            second.extend(body(case, below, &columns, cut));
            vec![Sheet::new(first), Sheet::new(second)]
        }
        _ => {
            let mut all = header;
            all.extend(body(case, &leaves, &columns, 0));
            vec![Sheet::new(all)]
        }
    }
}

fn header(case: &Case, table: &TableForm, columns: &[Leaf]) -> Vec<Row> {
    let corner = table.corner.clone().unwrap_or_default();
    let mut first = vec![Cell::label(corner).span(3, label_width(case.dialect))];
    if case.dialect == Dialect::SerialColumn {
        first.insert(0, Cell::label("序号").span(3, 1));
    }
    first.push(Cell::label("申请人情况").span(1, columns.len()));
    if case.dialect == Dialect::RemarksColumn {
        first.push(Cell::label("备注").span(3, 1));
    }
    let (mut second, mut third) = (Vec::new(), Vec::new());
    let unspanned = case.dialect == Dialect::HeaderUnspanned;
    let groups = runs(columns, 0);
    for (column, run) in columns.iter().zip(groups) {
        match column.path.first() {
            Some(group) => {
                if run > 0 {
                    second.push(Cell::label(group).span(1, run));
                }
                third.push(Cell::label(&column.label));
            }
            None if unspanned => {
                second.push(Cell::label(&column.label));
                third.push(Cell::empty());
            }
            None => second.push(Cell::label(&column.label).span(2, 1)),
        }
    }
    [first, second, third].map(Row::header).into()
}

fn body(case: &Case, leaves: &[Leaf], columns: &[Leaf], serial: usize) -> Vec<Row> {
    let outer = runs(leaves, 0);
    let inner = runs(leaves, 1);
    let mut remarks = Rng::new(case.seed, "remarks");
    let mut out = Vec::new();
    for (at, leaf) in leaves.iter().enumerate() {
        let mut cells = Vec::new();
        if case.dialect == Dialect::SerialColumn {
            cells.push(Cell::foreign((serial + at + 1).to_string()));
        }
        if case.dialect == Dialect::GroupHeadingRows {
            for (depth, run) in [(0, outer[at]), (1, inner[at])] {
                if let (Some(group), 1..) = (leaf.path.get(depth), run) {
                    let whole = Cell::label(group).span(1, columns.len() + 1);
                    out.push(Row::body(vec![whole]));
                }
            }
        }
        cells.extend(labels(case.dialect, leaf, outer[at], inner[at]));
        for column in columns {
            cells.push(Cell::value(format!("{}@{}", leaf.id, column.id)));
        }
        if case.dialect == Dialect::RemarksColumn {
            let remark = match remarks.below(8) {
                0 => Cell::foreign("含延期答复"),
                1 => Cell::foreign("2"),
                _ => Cell::empty(),
            };
            cells.push(remark);
        }
        out.push(Row::body(cells));
    }
    misspan(case, &mut out);
    match case.dialect {
        Dialect::GroupHalved => halve(case, &mut out),
        Dialect::LabelTwoRows => break_label(case, &mut out),
        _ => {}
    }
    out
}

/// Gives one group's cell twice, each with half of the rows.
fn halve(case: &Case, rows: &mut [Row]) {
    let groups: Vec<(usize, usize)> = rows
        .iter()
        .enumerate()
        .flat_map(|(at, row)| (0..row.cells.len()).map(move |cell| (at, cell)))
        .filter(|(at, cell)| rows[*at].cells[*cell].rowspan > 1)
        .collect();
    let (at, number) = *Rng::new(case.seed, "halved").pick(&groups);
    let cell = &mut rows[at].cells[number];
    let (above, below) = (cell.rowspan / 2, cell.rowspan - cell.rowspan / 2);
    cell.rowspan = above;
    let mut again = cell.clone();
    again.rowspan = below;
    let row = &mut rows[at + above].cells;
    row.insert(0, again);
}

/// Breaks one row's label over two rows.
fn break_label(case: &Case, rows: &mut Vec<Row>) {
    let at = Rng::new(case.seed, "broken label").below(rows.len());
    for (above, row) in rows[..at].iter_mut().enumerate() {
        for cell in &mut row.cells {
            if above + cell.rowspan > at {
                cell.rowspan += 1;
            }
        }
    }
    let row = &mut rows[at].cells;
    let last = |cell: &Cell| matches!(cell.content, Content::Label(_));
    let label = row.iter().rposition(last).unwrap_or(0);
    for (number, cell) in row.iter_mut().enumerate() {
        cell.rowspan += usize::from(number != label);
    }
    let mut rest = row[label].clone();
    if let (Content::Label(upper), Content::Label(lower)) =
        (&mut row[label].content, &mut rest.content)
    {
        let text: Vec<char> = upper.concat().chars().collect();
        let (above, below) = text.split_at(text.len() / 2);
        *upper = vec![above.iter().collect()];
        *lower = vec![below.iter().collect()];
    }
    rows.insert(at + 1, Row::body(vec![rest]));
}

/// The label cells of a row. `outer` and `inner` say how many rows its groups still have, 0 where
/// the group's cell stands above.
fn labels(dialect: Dialect, leaf: &Leaf, outer: usize, inner: usize) -> Vec<Cell> {
    let depth = leaf.path.len();
    match dialect {
        Dialect::GroupHeadingRows => return vec![Cell::label(&leaf.label)],
        Dialect::GroupInLabel if depth > 0 => {
            let mut cells = Vec::new();
            if outer > 0 {
                cells.push(Cell::label(&leaf.path[0]).span(outer, 1));
            }
            let mut lines = leaf.path[1..].to_vec();
            lines.push(leaf.label.clone());
            cells.push(Cell::of(Content::Label(lines)));
            return cells;
        }
        Dialect::GroupOnce | Dialect::GroupRepeated if depth > 0 => {
            let mut cells = Vec::new();
            for (group, run) in leaf.path.iter().zip([outer, inner]) {
                let shown = run > 0 || dialect == Dialect::GroupRepeated;
                cells.push(if shown {
                    Cell::label(group)
                } else {
                    Cell::empty()
                });
            }
            cells.push(Cell::label(&leaf.label).span(1, 3 - depth));
            return cells;
        }
        _ => {}
    }
    let mut cells = Vec::new();
    for (group, run) in leaf.path.iter().zip([outer, inner]) {
        if run > 0 {
            cells.push(Cell::label(group).span(run, 1));
        }
    }
    cells.push(Cell::label(&leaf.label).span(1, label_width(dialect) - depth));
    cells
}

/// Makes one group's rowspan wrong by one.
fn misspan(case: &Case, rows: &mut [Row]) {
    if !case.dialect.is_damaged() {
        return;
    }
    let mut spans: Vec<&mut usize> = rows
        .iter_mut()
        .flat_map(|row| &mut row.cells)
        .filter(|cell| cell.rowspan > 1)
        .map(|cell| &mut cell.rowspan)
        .collect();
    let pick = Rng::new(case.seed, "misspan").below(spans.len());
    if let Some(span) = spans.get_mut(pick) {
        if case.dialect == Dialect::RowspanTooLong {
            **span += 1;
        } else {
            **span -= 1;
        }
    }
}
