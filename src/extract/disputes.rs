//! The disputes table (section 四) on grids: 15 values under a tree of heads, lying or upright, in one table
//! or several.

use crate::model::{CellStatus, Code};

use super::lexicon::{DISPUTE_GROUPS, Sense};
use super::reading::{Found, Key, Readings, place_of, printed};
use super::view::{CellView, TableView};

/// A column with one of the five results at its head.
#[derive(Debug, Clone, Copy)]
struct Leaf {
    column: u32,
    width: u32,
    result: u8,
    group: Option<u8>,
}

/// Reads the disputes of one table, lying or upright; whether any were read.
pub fn read_table(view: &TableView, out: &mut Readings) -> bool {
    if !view
        .cells
        .iter()
        .any(|cell| leaf_of(cell).is_some_and(|leaf| leaf < 4))
    {
        return false;
    }
    read_lying(view, out) || read_lying(&view.transposed(), out)
}

fn leaf_of(cell: &CellView) -> Option<u8> {
    cell.senses().iter().find_map(|sense| match sense {
        Sense::DisputeLeaf(leaf) => Some(*leaf),
        _ => None,
    })
}

fn group_of(cell: &CellView) -> Option<u8> {
    cell.senses().iter().find_map(|sense| match sense {
        Sense::DisputeGroup(group) => Some(*group),
        _ => None,
    })
}

fn is_head(cell: &CellView) -> bool {
    leaf_of(cell).is_some()
        || group_of(cell).is_some()
        || cell.senses().contains(&Sense::Litigation)
}

fn read_lying(view: &TableView, out: &mut Readings) -> bool {
    let mut any = false;
    let mut row = 0;
    while row < view.rows {
        if !has_leaves(view, row) {
            row += 1;
            continue;
        }
        // The heads: up from here while rows hold heads only, down while rows hold leaves.
        let mut first = row;
        while first > 0 && is_head_row(view, first - 1) {
            first -= 1;
        }
        let mut last = row;
        while last + 1 < view.rows && has_leaves(view, last + 1) {
            last += 1;
        }
        let leaves = settle_groups(view, find_leaves(view, first, last), first, last);
        let end = (last + 1..view.rows)
            .find(|next| has_leaves(view, *next) || is_head_row(view, *next))
            .unwrap_or(view.rows);
        // Empty rows may stand above the values; where all are empty, the first is the blank one.
        let filled = |row: &u32| {
            view.own(*row)
                .any(|cell| cell.value.status != CellStatus::Blank)
        };
        let values = (last + 1..end).filter(filled).chain(last + 1..end);
        if !leaves.is_empty() {
            for row in values {
                if read_values(view, row, &leaves, out) {
                    any = true;
                    break;
                }
            }
        }
        row = end;
    }
    any
}

/// At least two different results of the first four begin or stand in the row.
fn has_leaves(view: &TableView, row: u32) -> bool {
    let mut seen = [false; 5];
    for cell in view.own(row) {
        if let Some(leaf) = leaf_of(cell) {
            seen[usize::from(leaf)] = true;
        }
    }
    seen[..4].iter().filter(|seen| **seen).count() >= 2
}

fn is_head_row(view: &TableView, row: u32) -> bool {
    view.own(row).any(is_head) && view.own(row).all(|cell| cell.value.value.is_none())
}

fn find_leaves(view: &TableView, first: u32, last: u32) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    for column in 0..view.columns {
        let lowest = (first..=last).rev().find_map(|row| {
            let cell = view.at(row, column)?;
            (cell.column == column).then_some(())?;
            leaf_of(cell).map(|leaf| (cell, leaf))
        });
        let Some((cell, leaf)) = lowest else { continue };
        let group = (first..=cell.row)
            .rev()
            .find_map(|row| group_of(view.at(row, column)?));
        leaves.push(Leaf {
            column,
            width: cell.width,
            result: leaf,
            group,
        });
    }
    leaves
}

/// Keeps the groups found above each leaf if they tell all leaves apart; else deals the leaves out in runs
/// to the groups in their printed order; else gives up (empty).
fn settle_groups(view: &TableView, leaves: Vec<Leaf>, first: u32, last: u32) -> Vec<Leaf> {
    let distinct = |leaves: &[Leaf]| {
        let mut keys: Vec<_> = leaves
            .iter()
            .map(|leaf| (leaf.group, leaf.result))
            .collect();
        keys.sort_unstable();
        keys.windows(2).all(|pair| pair[0] != pair[1])
    };
    if leaves.iter().all(|leaf| leaf.group.is_some()) && distinct(&leaves) {
        return leaves;
    }
    let mut groups: Vec<(u32, u8)> = Vec::new();
    for row in first..=last {
        for cell in view.own(row) {
            if let Some(group) = group_of(cell)
                && !groups.iter().any(|(_, known)| *known == group)
            {
                groups.push((cell.column, group));
            }
        }
    }
    groups.sort_unstable();
    let mut runs: Vec<Vec<Leaf>> = Vec::new();
    for leaf in leaves {
        match runs.last_mut() {
            Some(run) if run.iter().all(|other| other.result != leaf.result) => run.push(leaf),
            _ => runs.push(vec![leaf]),
        }
    }
    if runs.is_empty() || runs.len() != groups.len() {
        return Vec::new();
    }
    let dealt = runs.into_iter().zip(groups).flat_map(|(run, (_, group))| {
        run.into_iter().map(move |leaf| Leaf {
            group: Some(group),
            ..leaf
        })
    });
    dealt.collect()
}

/// Reads one row under the leaves; false where it is no row of values.
fn read_values(view: &TableView, row: u32, leaves: &[Leaf], out: &mut Readings) -> bool {
    let own: Vec<&CellView> = view.own(row).collect();
    if own.is_empty() {
        return false;
    }
    let under = |leaf: &Leaf| {
        view.at(row, leaf.column)
            .filter(|cell| cell.row == row && cell.column == leaf.column)
    };
    let exactly = |leaf: &Leaf| under(leaf).filter(|cell| cell.width == leaf.width);
    let placed: Vec<&CellView> = if leaves.iter().all(|leaf| exactly(leaf).is_some()) {
        leaves.iter().filter_map(exactly).collect()
    } else {
        // A cell of words in front (`数量`) is the row's name.
        let skip = usize::from(own[0].is_wordy() && own.len() == leaves.len() + 1);
        if own.len() - skip == leaves.len() {
            own[skip..].to_vec()
        } else if leaves.iter().all(|leaf| under(leaf).is_some()) {
            leaves.iter().filter_map(under).collect()
        } else {
            if own.iter().any(|cell| cell.value.value.is_some()) {
                let message = format!(
                    "{} cells under {} heads: {}",
                    own.len(),
                    leaves.len(),
                    printed(own.iter().copied())
                );
                out.find(Code::AmbiguousCells, place_of(view.table, row), message);
                for leaf in leaves {
                    let key = key_of(leaf);
                    let source = Found::cell(key, view.table, own[0]).source;
                    out.found
                        .push(Found::unreadable(key, String::new(), source));
                }
                return true;
            }
            return false;
        }
    };
    // Prose under the heads is no row of values.
    let words = placed
        .iter()
        .filter(|cell| cell.value.status == CellStatus::Text)
        .count();
    if words * 2 > placed.len() {
        return false;
    }
    for (leaf, cell) in leaves.iter().zip(placed) {
        out.found.push(Found::cell(key_of(leaf), view.table, cell));
    }
    true
}

fn key_of(leaf: &Leaf) -> Key {
    debug_assert!(usize::from(leaf.group.unwrap_or_default()) < DISPUTE_GROUPS.len());
    Key::Dispute {
        group: leaf.group.unwrap_or_default(),
        leaf: leaf.result,
    }
}
