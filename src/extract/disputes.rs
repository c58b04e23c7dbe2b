//! The disputes table (section 四) on grids: 15 values under a tree of heads, lying or upright, in one table
//! or several.

use crate::model::{CellStatus, Code};
use crate::normalize::Label;

use super::lexicon::{DISPUTE_GROUPS, DISPUTE_LEAVES, Lexicon, Sense};
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

/// The group that a line above a table names: `（一）行政复议`, `1.未经复议直接起诉`.
fn group_above(line: &str) -> Option<u8> {
    if line.chars().count() > 40 || line.contains('。') {
        return None;
    }
    let label = Label::new(line);
    let exact = Lexicon::get()
        .senses(&label)
        .iter()
        .find_map(|sense| match sense {
            Sense::DisputeGroup(group) => Some(*group),
            _ => None,
        });
    exact.or_else(|| {
        let has = |words: &str| label.core.contains(words);
        match (
            has("直接起诉"),
            has("复议后"),
            has("行政诉讼"),
            has("行政复议"),
        ) {
            (true, false, _, _) => Some(1),
            (false, true, _, _) => Some(2),
            (false, false, false, true) => Some(0),
            _ => None,
        }
    })
}

/// Reads the disputes of one table, lying or upright; whether any were read. `above` is the line before it.
pub fn read_table<'d>(view: &TableView<'d>, above: Option<&str>, out: &mut Readings<'d>) -> bool {
    if !view.cells.iter().any(|cell| {
        let senses = cell.senses();
        senses
            .iter()
            .any(|sense| matches!(sense, Sense::DisputeLeaf(0..=3)))
    }) {
        return false;
    }
    // A table of one group's five results may have its name above it.
    let grouped = view.cells.iter().any(|cell| group_of(cell).is_some());
    let above = above.filter(|_| !grouped).and_then(group_above);
    let mut lying = Readings::default();
    let any = read_lying(view, above, &mut lying);
    if any && lying.findings.is_empty() {
        return out.take(lying, any);
    }
    // Not, or not wholly: perhaps the table stands upright.
    let mut upright = Readings::default();
    let turned = read_lying(&view.transposed(), above, &mut upright);
    if turned && (upright.findings.len() < lying.findings.len() || !any) {
        return out.take(upright.turned_back(), turned);
    }
    out.take(lying, any)
}

/// A result. Among other results a bare `其他`, elsewhere a kind of applicant, is `其他结果`.
fn leaf_of(cell: &CellView) -> Option<u8> {
    let by_sense = |sense: &Sense| match sense {
        Sense::DisputeLeaf(leaf) => Some(*leaf),
        _ => None,
    };
    let other = cell.senses().contains(&Sense::Applicant(5)) && cell.label.marks.is_empty();
    cell.senses()
        .iter()
        .find_map(by_sense)
        .or_else(|| other.then_some(2))
}

/// A group, by its own words or those of its last line (`行政诉讼`, line break, `复议后起诉`).
fn group_of(cell: &CellView) -> Option<u8> {
    let by_sense = |sense: &Sense| match sense {
        Sense::DisputeGroup(group) => Some(*group),
        _ => None,
    };
    let own = cell.senses().iter().find_map(by_sense);
    if own.is_some() || !cell.is_wordy() {
        return own;
    }
    let (_, line) = cell.text.rsplit_once('\n')?;
    let senses = Lexicon::get().senses(&Label::new(line));
    senses.iter().find_map(by_sense)
}

fn is_head(cell: &CellView) -> bool {
    leaf_of(cell).is_some()
        || group_of(cell).is_some()
        || cell.senses().contains(&Sense::Litigation)
}

fn read_lying<'d>(view: &TableView<'d>, above: Option<u8>, out: &mut Readings<'d>) -> bool {
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
        let end = (last + 1..view.rows)
            .find(|next| has_leaves(view, *next) || is_head_row(view, *next))
            .unwrap_or(view.rows);
        any |= read_values(view, last + 1..end, (first, last), above, out);
        row = end;
    }
    any
}

/// At least two different results of the first four begin or stand in the row.
fn has_leaves(view: &TableView<'_>, row: u32) -> bool {
    let mut seen = [false; 5];
    for cell in view.own(row) {
        if let Some(leaf) = leaf_of(cell) {
            seen[usize::from(leaf)] = true;
        }
    }
    seen[..4].iter().filter(|seen| **seen).count() >= 2
}

fn is_head_row(view: &TableView<'_>, row: u32) -> bool {
    view.own(row).any(is_head) && view.own(row).all(|cell| cell.value.value.is_none())
}

/// The leaves of rows `first..=last` with the group above each, if grid positions are consistent: one leaf a
/// column, side by side, no result twice in a group.
fn find_leaves(
    view: &TableView<'_>,
    first: u32,
    last: u32,
    above: Option<u8>,
) -> Option<Vec<Leaf>> {
    let mut leaves: Vec<Leaf> = Vec::new();
    let mut cells = 0;
    for row in first..=last {
        for cell in view.own(row) {
            let Some(result) = leaf_of(cell) else {
                continue;
            };
            // Where spans were taken apart, a head stands once in each row it spanned.
            let again = leaves.iter().position(|leaf| {
                leaf.column == cell.column && leaf.width == cell.width && leaf.result == result
            });
            if let Some(again) = again {
                leaves.remove(again);
            } else {
                cells += 1;
            }
            let group = (first..row)
                .rev()
                .find_map(|row| group_of(view.at(row, cell.column)?))
                .or(above);
            leaves.push(Leaf {
                column: cell.column,
                width: cell.width,
                result,
                group,
            });
        }
    }
    leaves.sort_by_key(|leaf| leaf.column);
    let disjoint = leaves
        .windows(2)
        .all(|pair| pair[0].column + pair[0].width <= pair[1].column);
    let mut keys: Vec<_> = leaves
        .iter()
        .map(|leaf| (leaf.group, leaf.result))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let grouped = leaves.iter().all(|leaf| leaf.group.is_some());
    // A group has all its results, or the heads are not what they seem.
    let whole = keys.len() % DISPUTE_LEAVES.len() == 0 || cells < DISPUTE_LEAVES.len();
    (disjoint && grouped && keys.len() == cells && whole).then_some(leaves)
}

/// The leaves in reading order dealt out in runs of all five results to the groups in their order; `None`
/// where they do not come out even.
fn deal_leaves(view: &TableView<'_>, first: u32, last: u32) -> Option<Vec<Leaf>> {
    let mut groups: Vec<(u32, u8)> = Vec::new();
    let mut leaves: Vec<Leaf> = Vec::new();
    for row in first..=last {
        for cell in view.own(row) {
            if let Some(group) = group_of(cell)
                && !groups.iter().any(|(_, known)| *known == group)
            {
                groups.push((cell.column, group));
            }
            if let Some(result) = leaf_of(cell) {
                leaves.push(Leaf {
                    column: cell.column,
                    width: cell.width,
                    result,
                    group: None,
                });
            }
        }
    }
    groups.sort_unstable();
    let per_group = DISPUTE_LEAVES.len();
    if groups.is_empty() || leaves.len() != groups.len() * per_group {
        return None;
    }
    for (run, (_, group)) in leaves.chunks_mut(per_group).zip(groups) {
        let mut results: Vec<u8> = run.iter().map(|leaf| leaf.result).collect();
        results.sort_unstable();
        if !results.iter().copied().eq(0..5) {
            return None;
        }
        for leaf in run {
            leaf.group = Some(group);
        }
    }
    Some(leaves)
}

/// The value cells of a row, one a leaf.
enum Row<'v, 'd> {
    Values(Vec<(Leaf, &'v CellView<'d>)>),
    /// Numbers that do not fit the heads.
    Misfit(Vec<&'v CellView<'d>>),
    /// Empty, or words.
    Nothing,
}

fn place<'v, 'd>(
    view: &'v TableView<'d>,
    row: u32,
    first: u32,
    last: u32,
    above: Option<u8>,
) -> Row<'v, 'd> {
    let own: Vec<&CellView<'d>> = view.own(row).collect();
    if own.is_empty() || own.iter().all(|cell| cell.is_wordy()) {
        return Row::Nothing;
    }
    if let Some(cells) = place_by_row_group(view, &own, first, last) {
        return Row::Values(cells);
    }
    let consistent = find_leaves(view, first, last, above);
    if let Some(leaves) = &consistent {
        let under = |leaf: &Leaf| {
            view.at(row, leaf.column)
                .filter(|cell| cell.row == row && cell.column == leaf.column)
        };
        let over = own.iter().any(|cell| {
            cell.value.value.is_some() && !leaves.iter().any(|leaf| leaf.column == cell.column)
        });
        let cells: Option<Vec<_>> = leaves
            .iter()
            .map(|leaf| Some((*leaf, under(leaf)?)))
            .collect();
        if let Some(cells) = cells
            && !over
        {
            return Row::Values(cells);
        }
    }
    let Some(leaves) = deal_leaves(view, first, last).or(consistent) else {
        return Row::Misfit(own);
    };
    // A cell of words in front (`数量`) is the row's name.
    let skip = usize::from(own[0].is_wordy() && own.len() == leaves.len() + 1);
    // A name in front and a cell too few: which is lacking is not told.
    let named = own[0].is_wordy() && skip == 0;
    if own.len() - skip == leaves.len() && !named {
        let cells = own[skip..].iter().copied();
        return Row::Values(leaves.into_iter().zip(cells).collect());
    }
    if own.iter().any(|cell| cell.value.value.is_some()) {
        return Row::Misfit(own);
    }
    Row::Nothing
}

/// Groups as rows: a row that names its group, with a value for each of the five results above.
fn place_by_row_group<'v, 'd>(
    view: &'v TableView<'d>,
    own: &[&'v CellView<'d>],
    first: u32,
    last: u32,
) -> Option<Vec<(Leaf, &'v CellView<'d>)>> {
    let (at, group) = own
        .iter()
        .enumerate()
        .rev()
        .find_map(|(at, cell)| Some((at, group_of(cell)?)))?;
    let heads: Vec<&CellView<'d>> = (first..=last)
        .flat_map(|row| view.own(row))
        .filter(|cell| leaf_of(cell).is_some())
        .collect();
    let grouped = (first..=last)
        .flat_map(|row| view.own(row))
        .any(|cell| group_of(cell).is_some());
    let mut results: Vec<u8> = heads.iter().filter_map(|cell| leaf_of(cell)).collect();
    results.sort_unstable();
    let values = &own[at + 1..];
    if grouped || !results.iter().copied().eq(0..5) || values.len() != results.len() {
        return None;
    }
    let cells = heads.iter().zip(values).map(|(head, value)| {
        let leaf = Leaf {
            column: head.column,
            width: head.width,
            result: leaf_of(head).unwrap_or_default(),
            group: Some(group),
        };
        (leaf, *value)
    });
    Some(cells.collect())
}

/// Whether a row names its group in front of its values.
fn is_group_row(view: &TableView<'_>, row: u32) -> bool {
    view.own(row).any(|cell| group_of(cell).is_some())
        && view.own(row).any(|cell| cell.value.value.is_some())
}

/// Reads the rows of values under heads in rows `first..=last`: the one that is filled, or named a total; all
/// of them where that is not told (they then contradict each other).
fn read_values<'d>(
    view: &TableView<'d>,
    rows: std::ops::Range<u32>,
    (first, last): (u32, u32),
    above: Option<u8>,
    out: &mut Readings<'d>,
) -> bool {
    let mut filled = Vec::new();
    let mut empty = None;
    for row in rows {
        match place(view, row, first, last, above) {
            Row::Nothing => {}
            Row::Misfit(own) => {
                let message = format!(
                    "{} cells under heads that do not fit them: {}",
                    own.len(),
                    printed(own.iter().copied())
                );
                out.find(Code::AmbiguousCells, place_of(view.table, row), message);
                let groups = (first..=last)
                    .flat_map(|row| view.own(row))
                    .filter_map(group_of);
                for group in groups {
                    for leaf in (0_u8..).take(DISPUTE_LEAVES.len()) {
                        let key = Key::Dispute { group, leaf };
                        let source = Found::cell(key, view.table, own[0]).source;
                        out.found
                            .push(Found::unreadable(key, String::new(), source));
                    }
                }
                return true;
            }
            Row::Values(cells) => {
                let blank = |status| status == CellStatus::Blank;
                if cells.iter().all(|(_, cell)| blank(cell.value.status)) {
                    empty = empty.or(Some(cells));
                } else {
                    filled.push((row, cells));
                }
            }
        }
    }
    if filled.iter().any(|(row, _)| is_group_row(view, *row)) {
        filled.retain(|(row, _)| is_group_row(view, *row));
    }
    let totals: Vec<usize> = (0..filled.len())
        .filter(|number| {
            let first = view.own(filled[*number].0).next();
            first.is_some_and(|cell| TOTALS.contains(&cell.label.core.as_str()))
        })
        .collect();
    if let [total] = totals.as_slice()
        && filled.len() > 2
    {
        filled = vec![filled.swap_remove(*total)];
    }
    if filled.is_empty() {
        filled.extend(empty.map(|cells| (0, cells)));
    }
    for (leaf, cell) in filled.iter().flat_map(|(_, cells)| cells) {
        out.found.push(Found::cell(key_of(leaf), view.table, cell));
    }
    !filled.is_empty()
}

/// Names of a row that sums up those above it.
const TOTALS: [&str; 4] = ["合计", "总计", "总数", "合计数"];

fn key_of(leaf: &Leaf) -> Key {
    debug_assert!(usize::from(leaf.group.unwrap_or_default()) < DISPUTE_GROUPS.len());
    Key::Dispute {
        group: leaf.group.unwrap_or_default(),
        leaf: leaf.result,
    }
}
