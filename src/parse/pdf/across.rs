//! A table that runs over several pages, as one.
//!
//! In: what of it stands on each page. Out: one table with common columns. Rows and labels that a page break
//! cut are put together where the upper half leaves no room and the lower begins like no label of its own.

use super::sheet::{PageCell, PageTable};
use crate::model::ByteRange;

/// Borders that are closer are the same.
const SAME: f32 = 4.5;
/// Facing pages may have their text this far apart sideways.
const SHIFT: f32 = 40.0;

/// Adds the next page's part to a table, if it is one: the same width, and the borders of one part among those of
/// the other, or nearly so. Gives it back where it is another table.
pub(super) fn append(table: &mut PageTable, mut next: PageTable) -> Option<PageTable> {
    let shift = table.x0 - next.x0;
    let widths = (table.x1 - table.x0) - (next.x1 - next.x0);
    // A side that no rule closes on one of the pages: the columns at the other side must be the same.
    let same_side = shift.abs() <= SAME || (table.x1 - next.x1).abs() <= SAME;
    let is_whole = shift.abs() <= SHIFT && widths.abs() <= SAME;
    if !is_whole && !same_side {
        return Some(next);
    }
    let shift = if is_whole { shift } else { 0.0 };
    let (own, others) = (borders(table), borders(&next));
    let shared = |some: &[f32], all: &[f32], shift: f32| {
        let is_in = |one: &&f32| {
            all.iter()
                .any(|other| (**one + shift - other).abs() <= SAME)
        };
        some.iter().filter(is_in).count()
    };
    let (of_next, of_own) = (shared(&others, &own, shift), shared(&own, &others, -shift));
    // Labels may be parted otherwise on the next page; most of the columns stay.
    let most = |count: usize| count >= 5 && count * 10 >= 7 * own.len().min(others.len());
    let subset = of_next == others.len() || of_own == own.len();
    let fits = if is_whole {
        subset || most(of_next)
    } else {
        subset && most(of_next)
    };
    if !fits {
        return Some(next);
    }
    for cell in &mut next.cells {
        cell.x0 += shift;
        cell.x1 += shift;
        cell.row += table.rows;
    }
    let joint = table.rows;
    table.rows += next.rows;
    // A group's label, whose column has no rules at all on the next page, goes on there.
    for cell in &mut table.cells {
        let beside = cell.x1 <= next.x0 + shift + SAME || cell.x0 >= next.x1 + shift - SAME;
        if beside && cell.row + cell.rows == joint && cell.rows > 1 {
            cell.rows += next.rows;
        }
    }
    table.x0 = table.x0.min(next.x0 + shift);
    table.x1 = table.x1.max(next.x1 + shift);
    table.is_broken |= next.is_broken;
    table.cells.append(&mut next.cells);
    let is_open = table.is_open.1 && next.is_open.0;
    table.is_open.1 = next.is_open.1;
    mend(table, joint, is_open);
    None
}

/// The column borders of a table, each once.
pub(super) fn borders(table: &PageTable) -> Vec<f32> {
    let mut borders: Vec<f32> = table
        .cells
        .iter()
        .flat_map(|cell| [cell.x0, cell.x1])
        .collect();
    borders.sort_by(f32::total_cmp);
    borders.dedup_by(|next, last| *next - *last <= SAME);
    borders
}

/// The number of the border at a place.
pub(super) fn border_at(borders: &[f32], place: f32) -> usize {
    let near = |one: &&f32| (**one - place).abs();
    borders
        .iter()
        .enumerate()
        .min_by(|(_, one), (_, other)| near(one).total_cmp(&near(other)))
        .map_or(0, |(number, _)| number)
}

/// Puts together what the page break above row `joint` cut; where no rule is drawn there, it cut a row.
fn mend(table: &mut PageTable, joint: usize, is_open: bool) {
    // Cells that end at the break, with the one of the same width that begins there.
    let mut pairs = Vec::new();
    let mut alone = false;
    for (number, below) in table.cells.iter().enumerate() {
        if below.row != joint {
            continue;
        }
        let same = |above: &PageCell| {
            above.row + above.rows == joint
                && (above.x0 - below.x0).abs() <= SAME
                && (above.x1 - below.x1).abs() <= SAME
        };
        match table.cells.iter().position(same) {
            Some(above) => pairs.push((above, number)),
            // A column whose rules are missing on one of the pages has no other half.
            None => {
                alone |= table.cells.iter().any(|above| {
                    above.row + above.rows == joint
                        && above.x0 < below.x1 - SAME
                        && above.x1 > below.x0 + SAME
                });
            }
        }
    }
    let one_row = |cell: &PageCell| cell.rows == 1;
    let may_run_on = |above: &PageCell, below: &PageCell| {
        is_open && !above.paragraphs.is_empty() && !below.paragraphs.is_empty()
            || runs_on(above, below)
    };
    let row_is_cut = !alone
        && (is_open
            || pairs.iter().any(|(above, below)| {
                let (above, below) = (&table.cells[*above], &table.cells[*below]);
                one_row(below) && one_row(above) && runs_on(above, below)
            }))
        && pairs.iter().all(|(above, below)| {
            let (above, below) = (&table.cells[*above], &table.cells[*below]);
            above.paragraphs.is_empty() || below.paragraphs.is_empty() || may_run_on(above, below)
        });
    if !row_is_cut {
        doubt(table, joint);
    }
    let mut gone = Vec::new();
    for (above, below) in &pairs {
        let (upper, lower) = (&table.cells[*above], &table.cells[*below]);
        let group = upper.rows > 1 || lower.rows > 1;
        let bare = lower.paragraphs.is_empty() || upper.paragraphs.is_empty() && lower.rows > 1;
        let joined = row_is_cut
            || group && bare && upper.rows > 1
            || group && bare && lower.paragraphs.is_empty() && lower.rows > 1
            || upper.rows > 1 && lower.rows > 1 && !is_numbered(lower);
        if joined {
            gone.push((*above, *below));
        }
    }
    for (above, below) in &gone {
        let lower = std::mem::take(&mut table.cells[*below]);
        let cut = usize::from(row_is_cut);
        let upper = &mut table.cells[*above];
        upper.rows += lower.rows - cut;
        upper.has_picture |= lower.has_picture;
        upper.is_full = lower.is_full;
        let mut rest = lower.paragraphs.into_iter();
        if let Some((text, bytes)) = upper.paragraphs.last_mut()
            && let Some((more, place)) = rest.next()
        {
            let digit = |character: Option<char>| character.is_some_and(char::is_numeric);
            if digit(text.chars().next_back()) && digit(more.chars().next()) {
                // One number or two: nothing tells.
                text.push('\n');
            }
            text.push_str(&more);
            *bytes = bytes.cover(place);
        }
        upper.paragraphs.extend(rest);
    }
    let taken: Vec<usize> = gone.into_iter().map(|(_, below)| below).collect();
    let mut number = 0;
    table.cells.retain(|_| {
        number += 1;
        !taken.contains(&(number - 1))
    });
    if row_is_cut {
        table.rows -= 1;
        for cell in table.cells.iter_mut().filter(|cell| cell.row >= joint) {
            cell.row -= 1;
        }
    }
    table
        .cells
        .sort_by(|one, other| one.row.cmp(&other.row).then(one.x0.total_cmp(&other.x0)));
}

/// Where one of the two rows at a page break has numbers and the other words alone, they may be halves of one row:
/// then its blank cells say nothing.
fn doubt(table: &mut PageTable, joint: usize) {
    let (above, below) = (is_bare(table, joint - 1), is_bare(table, joint));
    if above != below {
        table.doubtful.push(if above { joint - 1 } else { joint });
    }
}

/// Two tables at a page break that were not put together: the same doubt.
pub(super) fn doubt_between(above: &mut PageTable, below: &mut PageTable) {
    let last = above.rows.saturating_sub(1);
    if is_bare(above, last) != is_bare(below, 0) {
        if is_bare(below, 0) {
            below.doubtful.push(0);
        } else {
            above.doubtful.push(last);
        }
    }
}

/// Whether a row has words, blank cells and nothing else.
fn is_bare(table: &PageTable, row: usize) -> bool {
    let is_value = |cell: &&PageCell| {
        let wordy = |(text, _): &(String, ByteRange)| text.contains(char::is_alphabetic);
        !cell.paragraphs.is_empty() && !cell.paragraphs.iter().any(wordy)
    };
    let own = || {
        table
            .cells
            .iter()
            .filter(|cell| cell.row == row && cell.rows == 1)
    };
    let blank = own().any(|cell| cell.paragraphs.is_empty());
    let words = own().any(|cell| !cell.paragraphs.is_empty());
    blank && words && !own().any(|cell| is_value(&cell))
}

/// Whether the text of the lower cell is the rest of the upper one's.
fn runs_on(above: &PageCell, below: &PageCell) -> bool {
    above.is_full
        && !above.paragraphs.is_empty()
        && !below.paragraphs.is_empty()
        && !is_numbered(below)
}

/// Whether a cell's text begins like a label of its own: `（一）`, `三、`, `2.`, or is a number.
fn is_numbered(cell: &PageCell) -> bool {
    let Some((text, _)) = cell.paragraphs.first() else {
        return false;
    };
    let text = text.trim_start();
    if text.starts_with(['（', '(', '第']) || text.starts_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    let digits = text
        .find(|c: char| !"一二三四五六七八九十".contains(c))
        .unwrap_or(0);
    digits > 0 && text[digits..].starts_with(['、', '.', '．'])
}
