//! Dates in the columns of a table with a head.
//!
//! In: a row of a table. Out: which of its cells has the day of publication, where the head names that beside other days.

use super::printed::{Printed, date_only};
use super::tree::{NodeId, Tree};

/// Heads of the column with the day of publication.
const PUBLISHED: [&str; 6] = [
    "发布日期",
    "发布时间",
    "公开日期",
    "公开时间",
    "公布日期",
    "上网日期",
];
/// A head stands no further from its row, in elements.
const REACH: usize = 4000;

/// The cell of the day of publication by the head above a row; `None` where there is no head, or it names no such day.
pub(super) fn published(tree: &Tree<'_>, row: NodeId) -> Option<usize> {
    if tree.node(row).name != "tr" {
        return None;
    }
    let table = tree
        .ancestors(row)
        .find(|id| tree.node(*id).name == "table")?;
    let start = table.max(row.saturating_sub(REACH)) + 1;
    let head = (start..row).rev().find(|id| tree.node(*id).name == "tr")?;
    let found = cells(tree, head).position(|cell| {
        let text: String = tree.text(cell).split_whitespace().collect();
        PUBLISHED.contains(&text.as_str())
    })?;
    (cells(tree, head).count() == cells(tree, row).count()).then_some(found)
}

/// The date in a cell of a row.
pub(super) fn date(tree: &Tree<'_>, row: NodeId, cell: usize) -> Option<Printed> {
    date_only(&tree.text(cells(tree, row).nth(cell)?))
}

fn cells<'t>(tree: &'t Tree<'_>, row: NodeId) -> impl Iterator<Item = NodeId> + 't {
    (row + 1..tree.node(row).end).filter(move |id| {
        tree.node(*id).parent == Some(row) && matches!(&*tree.node(*id).name, "td" | "th")
    })
}
