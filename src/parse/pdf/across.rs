//! A table that runs over several pages, as one.
//!
//! In: what of it stands on each page. Out: one table with common columns. Rows and labels that a page break
//! cut are put together where the upper half leaves no room and the lower begins like no label of its own.

use super::sheet::{PageCell, PageTable};

/// Borders that are closer are the same.
const SAME: f32 = 4.5;
/// Facing pages may have their text this far apart sideways.
const SHIFT: f32 = 40.0;

/// Adds the next page's part to a table, if it is one: the same width, and the borders of one part among those of
/// the other. Gives it back where it is another table.
pub(super) fn append(table: &mut PageTable, mut next: PageTable) -> Option<PageTable> {
    let shift = table.x0 - next.x0;
    let widths = (table.x1 - table.x0) - (next.x1 - next.x0);
    if shift.abs() > SHIFT || widths.abs() > SAME {
        return Some(next);
    }
    let (own, others) = (borders(table), borders(&next));
    let within = |some: &[f32], all: &[f32], shift: f32| {
        some.iter()
            .all(|one| all.iter().any(|other| (one + shift - other).abs() <= SAME))
    };
    if !within(&others, &own, shift) && !within(&own, &others, -shift) {
        return Some(next);
    }
    for cell in &mut next.cells {
        cell.x0 += shift;
        cell.x1 += shift;
        cell.row += table.rows;
    }
    let joint = table.rows;
    table.rows += next.rows;
    table.is_broken |= next.is_broken;
    table.cells.append(&mut next.cells);
    mend(table, joint);
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

/// Puts together what the page break above row `joint` cut.
fn mend(table: &mut PageTable, joint: usize) {
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
            None => alone = true,
        }
    }
    let one_row = |cell: &PageCell| cell.rows == 1;
    let row_is_cut = !alone
        && pairs.iter().any(|(above, below)| {
            let (above, below) = (&table.cells[*above], &table.cells[*below]);
            one_row(below) && one_row(above) && runs_on(above, below)
        })
        && pairs.iter().all(|(above, below)| {
            let (above, below) = (&table.cells[*above], &table.cells[*below]);
            above.paragraphs.is_empty() || below.paragraphs.is_empty() || runs_on(above, below)
        });
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
        for cell in table.cells.iter_mut().filter(|cell| cell.row > joint) {
            cell.row -= 1;
        }
    }
    table
        .cells
        .sort_by(|one, other| one.row.cmp(&other.row).then(one.x0.total_cmp(&other.x0)));
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
