//! Which changes of a sheet settle all its equations.
//!
//! Decoding of syndromes: an equation that fails says by how much its wrong cells are off, so that few values
//! have to be tried. Bounded by the form: the largest part has 175 cells and 39 equations.

use super::cause;
use super::code::{Cell, Line};
use super::sheet::{Change, Sheet, Slot};
use crate::model::Cause;

/// The cost of one cause that little speaks for: that of two mistakes, so that two wrong cells are not passed over
/// for it, nor it for them.
const WEAK: usize = 2;

/// Changes that settle everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Explanation {
    /// By cell.
    pub(super) changes: Vec<Change>,
    pub(super) cause: Cause,
    /// How many mistakes it takes to be made.
    pub(super) cost: usize,
    /// Cells that would have no number: what `changes` says of them is a 0 to reckon with.
    pub(super) emptied: Vec<Cell>,
    /// Whether the equations settle the values; if not, the places only.
    pub(super) is_valued: bool,
}

impl Explanation {
    pub(super) fn new(mut changes: Vec<Change>, cause: Cause, cost: usize) -> Self {
        changes.sort_unstable();
        Self {
            changes,
            cause,
            cost,
            emptied: Vec::new(),
            is_valued: true,
        }
    }
}

/// The explanations that take the fewest mistakes; all of equal cost, the likeliest first by the order they are
/// tried in. Empty where three or more cells are wrong each for itself.
pub(super) fn cheapest(sheet: &Sheet<'_>) -> Vec<Explanation> {
    let mut found = singles(sheet);
    found.extend(along_lines(sheet));
    found.extend(refilled(sheet));
    found.extend(swapped_rows(sheet));
    if found.iter().all(|one| one.cost > 1) {
        found.extend(pairs(sheet));
    }
    let least = found.iter().map(|one| one.cost).min().unwrap_or_default();
    found.retain(|one| one.cost == least);
    // Of two names for the same change the earlier one is the simpler.
    let mut kept: Vec<Explanation> = Vec::new();
    for one in found {
        if kept.iter().all(|other| other.changes != one.changes) {
            kept.push(one);
        }
    }
    // That a row was shifted and its blank is left is the lesser half of its numbers standing there again.
    let is_half = |one: &Explanation, other: &Explanation| {
        let mut more = other
            .changes
            .iter()
            .filter(|change| !one.changes.contains(change));
        one.changes.len() < other.changes.len()
            && one
                .changes
                .iter()
                .all(|change| other.changes.contains(change))
            && more.all(|change| sheet.slots[change.cell] == Slot::Blank)
    };
    let halves: Vec<bool> = kept
        .iter()
        .map(|one| kept.iter().any(|other| is_half(one, other)))
        .collect();
    let mut halves = halves.into_iter();
    kept.retain(|_| !halves.next().unwrap_or_default());
    kept
}

/// Whether two other cells could look like this single one. Not where every equation has all its numbers: then
/// mistakes of one cell and of two are told apart. Blanks take that away.
pub(super) fn has_rival(sheet: &Sheet<'_>, one: &Explanation) -> bool {
    let [change] = *one.changes else {
        return false;
    };
    sheet.has_gaps()
        && pairs(sheet)
            .iter()
            .any(|pair| !pair.changes.contains(&change))
}

/// The change of a cell that makes an equation hold.
fn mend(sheet: &Sheet<'_>, cell: Cell, sign: i128, sum: i128) -> Option<Change> {
    let value = sheet.number(cell) - sign * sum;
    let change = Change { cell, value };
    (sheet.has_number(cell) && sheet.is_possible(change)).then_some(change)
}

/// One wrong cell.
fn singles(sheet: &Sheet<'_>) -> Vec<Explanation> {
    let Some(first) = sheet.failing.first() else {
        return places(sheet);
    };
    let sum = sheet.sum(*first).unwrap_or_default();
    let terms = sheet.part.equations[*first].terms.iter();
    terms
        .filter_map(|(cell, sign)| mend(sheet, *cell, *sign, sum))
        .filter(|change| sheet.is_settled_by(&[*change]))
        .map(|change| Explanation::new(vec![change], cause::of_one(sheet, change), 1))
        .collect()
}

/// The cells any of which could be the wrong one, where only equations with blanks fail: these say no more than
/// on which side the value lies.
fn places(sheet: &Sheet<'_>) -> Vec<Explanation> {
    let Some(first) = sheet.stuck.first() else {
        return Vec::new();
    };
    let sum = sheet.known_sum(*first);
    let terms = sheet.part.equations[*first].terms.iter();
    let just_enough = terms.filter_map(|(cell, sign)| mend(sheet, *cell, *sign, sum));
    just_enough
        .filter(|change| sheet.is_settled_by(&[*change]))
        .map(|change| Explanation {
            is_valued: false,
            ..Explanation::new(vec![change], Cause::Replaced, 1)
        })
        .collect()
}

/// Two wrong cells. Of any two one stands in an equation that the other is not in (no two cells of a form enter
/// the same equations in different ways), and that equation tells its value; the other is then a single one.
fn pairs(sheet: &Sheet<'_>) -> Vec<Explanation> {
    let most = sheet.part.of.iter().map(Vec::len).max().unwrap_or_default();
    if sheet.failing.len() > 2 * most {
        return Vec::new();
    }
    let mut found: Vec<[Change; 2]> = Vec::new();
    for equation in &sheet.failing {
        let sum = sheet.sum(*equation).unwrap_or_default();
        for (cell, sign) in &sheet.part.equations[*equation].terms {
            let Some(one) = mend(sheet, *cell, *sign, sum) else {
                continue;
            };
            let Some(next) = sheet.still_failing(one) else {
                continue;
            };
            let by = one.value - sheet.number(*cell);
            let entry = sheet.part.of[*cell].iter().find(|(at, _)| *at == next);
            let sum = sheet.sum(next).unwrap_or_default() + entry.map_or(0, |(_, sign)| sign * by);
            for (other, sign) in &sheet.part.equations[next].terms {
                if other == cell {
                    continue;
                }
                let Some(two) = mend(sheet, *other, *sign, sum) else {
                    continue;
                };
                if sheet.is_settled_by(&[one, two]) {
                    found.push(if one < two { [one, two] } else { [two, one] });
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .map(|pair| Explanation::new(pair.into(), cause::of_two(sheet, pair), 2))
        .collect()
}

/// A row or column of which several cells are wrong in a way that has one cause. What each should be follows from
/// the equations across the line.
fn along_lines(sheet: &Sheet<'_>) -> Vec<Explanation> {
    let mut found = Vec::new();
    for (number, line) in sheet.part.lines.iter().enumerate() {
        let Some(wanted) = wanted(sheet, line) else {
            continue;
        };
        let printed: Vec<i128> = line.cells.iter().map(|cell| sheet.number(*cell)).collect();
        if printed.iter().zip(&wanted).filter(|(a, b)| a != b).count() < 2 {
            continue;
        }
        let Some((cause, is_sure)) = cause::of_line(sheet, number, &printed, &wanted) else {
            continue;
        };
        let cells = line.cells.iter().zip(&printed).zip(&wanted);
        let changes: Vec<Change> = cells
            .filter(|((_, printed), wanted)| printed != wanted)
            .map(|((cell, _), wanted)| Change {
                cell: *cell,
                value: *wanted,
            })
            .collect();
        if sheet.is_settled_by(&changes) {
            let cost = if is_sure { 1 } else { WEAK };
            found.push(Explanation::new(changes, cause, cost));
        }
    }
    found
}

/// What the cells of a line would have to be for all other lines to come out even; `None` where that is not
/// settled, or something fails that the line has no part in.
fn wanted(sheet: &Sheet<'_>, line: &Line) -> Option<Vec<i128>> {
    let part = sheet.part;
    // An equation across the line has one of its cells; one along it has several.
    let inside = |equation: usize| {
        let terms = part.equations[equation].terms.iter();
        terms.filter(|(cell, _)| line.cells.contains(cell)).count()
    };
    if sheet.failing.iter().any(|equation| inside(*equation) == 0) {
        return None;
    }
    let mut wanted = Vec::with_capacity(line.cells.len());
    let mut open = None;
    let mut along = None;
    for (at, cell) in line.cells.iter().enumerate() {
        let mut by = None;
        for (equation, sign) in &part.of[*cell] {
            if inside(*equation) > 1 {
                along = Some(*equation);
                continue;
            }
            let Some(sum) = sheet.sum(*equation) else {
                continue;
            };
            let mends = -sign * sum;
            if by.is_some_and(|by| by != mends) {
                return None;
            }
            by = Some(mends);
        }
        match (by, sheet.slots[*cell]) {
            (Some(by), _) => wanted.push(sheet.number(*cell) + by),
            // The line's own equation tells one.
            (None, Slot::Number(number)) if open.is_none() => {
                open = Some((at, *cell));
                wanted.push(number);
            }
            (None, Slot::Blank) => wanted.push(0),
            (None, _) => return None,
        }
    }
    if let Some((at, cell)) = open {
        let along = along?;
        let changes = line.cells.iter().zip(&wanted);
        let moved = |(cell, value): (&Cell, &i128)| {
            let entry = part.of[*cell].iter().find(|(number, _)| *number == along);
            entry.map_or(0, |(_, sign)| sign * (value - sheet.number(*cell)))
        };
        let sum = sheet.sum(along)? + changes.map(moved).sum::<i128>();
        let (_, sign) = part.of[cell].iter().find(|(number, _)| *number == along)?;
        wanted[at] -= sign * sum;
    }
    Some(wanted)
}

/// Rows with one blank that would come out right if their numbers stood one cell further, or if one number were
/// two: what a lost cell leaves behind.
fn refilled(sheet: &Sheet<'_>) -> Vec<Explanation> {
    let mut found = Vec::new();
    for line in sheet.part.lines.iter().filter(|line| line.is_row) {
        let blanks = |cell: &&Cell| sheet.slots[**cell] == Slot::Blank;
        let is_known = |cell: &Cell| sheet.slots[*cell] != Slot::Unknown;
        if line.cells.iter().filter(blanks).count() != 1 || !line.cells.iter().all(is_known) {
            continue;
        }
        let printed: Vec<i128> = line.cells.iter().map(|cell| sheet.number(*cell)).collect();
        let blank = line.cells.iter().position(|cell| !sheet.has_number(*cell));
        let Some(blank) = blank else { continue };
        for (at, wanted, cause) in cause::around_a_blank(&printed, blank, sheet.unit) {
            let mut emptied = Vec::new();
            let mut changes = Vec::new();
            for (number, cell) in line.cells.iter().enumerate() {
                // Whether a 0 or nothing was lost beside a 0 makes no difference.
                if number == blank || wanted[number] != printed[number] {
                    if Some(number) == at {
                        emptied.push(*cell);
                    }
                    let value = wanted[number];
                    changes.push(Change { cell: *cell, value });
                }
            }
            let moved = printed.iter().filter(|number| **number != 0);
            if moved.count() >= 2 && sheet.is_settled_by(&changes) {
                let explanation = Explanation::new(changes, cause, 1);
                found.push(Explanation {
                    emptied,
                    ..explanation
                });
            }
        }
    }
    found
}

/// Two rows in each other's place.
fn swapped_rows(sheet: &Sheet<'_>) -> Vec<Explanation> {
    let Some(first) = sheet.failing.first() else {
        return Vec::new();
    };
    let sum = sheet.sum(*first).unwrap_or_default();
    let enters = |line: &Line| {
        let mut terms = sheet.part.equations[*first].terms.iter();
        terms.find_map(|(cell, sign)| Some((line.cells.iter().position(|c| c == cell)?, *sign)))
    };
    let rows = sheet.part.lines.iter().filter(|line| line.is_row);
    // Rows out of place add up themselves: the first equation that fails runs across them.
    let rows: Vec<_> = rows.map(|line| (line, enters(line))).collect();
    let mut found = Vec::new();
    for (number, (one, enters)) in rows.iter().enumerate() {
        for (two, other_enters) in &rows[number + 1..] {
            let Some((at, _)) = enters.or(*other_enters) else {
                continue;
            };
            let sign = |entry: Option<(usize, i128)>| entry.map_or(0, |(_, sign)| sign);
            let by = sheet.number(two.cells[at]) - sheet.number(one.cells[at]);
            if (sign(*enters) - sign(*other_enters)) * by != -sum {
                continue;
            }
            let pairs = one.cells.iter().zip(&two.cells);
            if !pairs
                .clone()
                .all(|(a, b)| sheet.has_number(*a) && sheet.has_number(*b))
            {
                continue;
            }
            let differ = pairs.filter(|(a, b)| sheet.number(**a) != sheet.number(**b));
            let changes: Vec<Change> = differ
                .flat_map(|(a, b)| [(*a, *b), (*b, *a)])
                .map(|(cell, from)| Change {
                    cell,
                    value: sheet.number(from),
                })
                .collect();
            if sheet.is_settled_by(&changes) {
                // A row of two different numbers and their total is the least that says anything.
                let cost = if changes.len() >= 6 { 1 } else { WEAK };
                found.push(Explanation::new(changes, Cause::RowsSwapped, cost));
            }
        }
    }
    found
}
