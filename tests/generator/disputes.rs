//! Section four: one row of values under a tree of labels, and its other shapes.

use nianbao::model::form::TableForm;

use super::case::Case;
use super::dialect::Dialect;
use super::layout::{Leaf, rows, runs};
use super::sheet::{Cell, Row, Sheet};

/// The sheets of section four.
pub fn sheets(case: &Case, table: &TableForm) -> Vec<Sheet> {
    let leaves = rows(case, table);
    match case.dialect {
        Dialect::DisputesVertical => vec![vertical(&leaves)],
        Dialect::DisputesThreeTables => three(&leaves),
        _ => vec![horizontal(&leaves)],
    }
}

fn values(leaves: &[Leaf]) -> Row {
    let cells = leaves.iter().map(|leaf| Cell::value(&leaf.id));
    Row::body(cells.collect())
}

fn horizontal(leaves: &[Leaf]) -> Sheet {
    let (mut first, mut second, mut third) = (Vec::new(), Vec::new(), Vec::new());
    let (outer, inner) = (runs(leaves, 0), runs(leaves, 1));
    for (at, leaf) in leaves.iter().enumerate() {
        if outer[at] > 0 {
            first.push(Cell::label(&leaf.path[0]).span(1, outer[at]));
        }
        match leaf.path.get(1) {
            Some(group) => {
                if inner[at] > 0 {
                    second.push(Cell::label(group).span(1, inner[at]));
                }
                third.push(Cell::label(&leaf.label));
            }
            None => second.push(Cell::label(&leaf.label).span(2, 1)),
        }
    }
    let mut rows: Vec<Row> = [first, second, third].map(Row::header).into();
    rows.push(values(leaves));
    Sheet::new(rows)
}

fn vertical(leaves: &[Leaf]) -> Sheet {
    let (outer, inner) = (runs(leaves, 0), runs(leaves, 1));
    let mut rows = vec![Row::header(vec![
        Cell::label("类别").span(1, 2),
        Cell::label("结果"),
        Cell::label("件数"),
    ])];
    for (at, leaf) in leaves.iter().enumerate() {
        let mut cells = Vec::new();
        let alone = leaf.path.len() == 1;
        if outer[at] > 0 {
            let colspan = if alone { 2 } else { 1 };
            cells.push(Cell::label(&leaf.path[0]).span(outer[at], colspan));
        }
        if let (Some(group), 1..) = (leaf.path.get(1), inner[at]) {
            cells.push(Cell::label(group).span(inner[at], 1));
        }
        cells.push(Cell::label(&leaf.label));
        cells.push(Cell::value(&leaf.id));
        rows.push(Row::body(cells));
    }
    Sheet::new(rows)
}

fn three(leaves: &[Leaf]) -> Vec<Sheet> {
    let mut blocks: Vec<Vec<Leaf>> = Vec::new();
    for leaf in leaves {
        match blocks.last_mut() {
            Some(block) if block[0].path == leaf.path => block.push(leaf.clone()),
            _ => blocks.push(vec![leaf.clone()]),
        }
    }
    let sheet = |block: Vec<Leaf>| {
        let width = block.len();
        let mut rows: Vec<Row> = block[0]
            .path
            .iter()
            .map(|group| Row::header(vec![Cell::label(group).span(1, width)]))
            .collect();
        let labels = block.iter().map(|leaf| Cell::label(&leaf.label));
        rows.push(Row::header(labels.collect()));
        rows.push(values(&block));
        Sheet::new(rows)
    };
    blocks.into_iter().map(sheet).collect()
}
