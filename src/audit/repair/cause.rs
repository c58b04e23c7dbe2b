//! What could have led from the right numbers to the printed ones.
//!
//! Names a change that the equations have found already; never makes one likelier than they do.

use super::code::Cell;
use super::sheet::{Change, Sheet};
use crate::model::Cause;

/// Digits that must have moved for a cause of several cells to be believed on their account: a single digit that
/// fits its neighbour's place is a coincidence.
const TELLING_DIGITS: usize = 2;

/// The cause of one wrong cell.
pub(super) fn of_one(sheet: &Sheet<'_>, change: Change) -> Cause {
    let printed = sheet.number(change.cell);
    let of_digits = of_digits(printed, change.value);
    let equations = sheet.part.of[change.cell].iter();
    let is_total = equations
        .filter(|(number, _)| sheet.failing.contains(number))
        .any(|(number, _)| sheet.part.equations[*number].total == Some(change.cell));
    match of_digits {
        Cause::Replaced | Cause::DigitChanged if is_total => Cause::TotalNotUpdated,
        // Of a single digit anything can be said.
        _ if is_total && printed < 10 => Cause::TotalNotUpdated,
        cause => cause,
    }
}

/// The slip of typing between two numbers; [`Cause::Replaced`] where it takes more than one.
pub(super) fn of_digits(printed: i128, right: i128) -> Cause {
    let (wrong, right) = (printed.to_string(), right.to_string());
    let (wrong, right) = (wrong.as_bytes(), right.as_bytes());
    if wrong.len() == right.len() {
        let differ: Vec<usize> = (0..wrong.len())
            .filter(|at| wrong[*at] != right[*at])
            .collect();
        return match *differ {
            [_] => Cause::DigitChanged,
            [one, two]
                if two == one + 1 && wrong[one] == right[two] && wrong[two] == right[one] =>
            {
                Cause::DigitsSwapped
            }
            _ => Cause::Replaced,
        };
    }
    if lacks_one(right, wrong) {
        Cause::DigitDropped
    } else if lacks_one(wrong, right) {
        Cause::DigitAdded
    } else {
        Cause::Replaced
    }
}

/// Whether `short` is `long` without one of its digits.
fn lacks_one(long: &[u8], short: &[u8]) -> bool {
    (0..long.len()).any(|at| [&long[..at], &long[at + 1..]].concat() == short)
}

/// The cause of two wrong cells.
pub(super) fn of_two(sheet: &Sheet<'_>, [one, two]: [Change; 2]) -> Cause {
    let by = |change: Change| change.value - sheet.number(change.cell);
    let together = |total: Change, part: Change| {
        by(total) == by(part)
            && sheet.part.equations.iter().any(|equation| {
                equation.total == Some(total.cell)
                    && equation.terms.iter().any(|(cell, _)| *cell == part.cell)
            })
    };
    if together(one, two) || together(two, one) {
        Cause::AddedIntoTotal
    } else {
        Cause::Several
    }
}

/// The one cause that has put a whole line wrong, and whether enough digits speak for it; `None` where there is
/// none.
pub(super) fn of_line(
    sheet: &Sheet<'_>,
    number: usize,
    printed: &[i128],
    wanted: &[i128],
) -> Option<(Cause, bool)> {
    let is_row = sheet.part.lines[number].is_row;
    let differ: Vec<usize> = (0..printed.len())
        .filter(|at| printed[*at] != wanted[*at])
        .collect();
    let (first, last) = (*differ.first()?, *differ.last()?);
    if let [one, two] = *differ
        && two == one + 1
        && printed[one] == wanted[two]
        && printed[two] == wanted[one]
    {
        let telling = digits(printed[one] - printed[two]);
        return Some((Cause::CellsSwapped, telling >= TELLING_DIGITS));
    }
    if is_row {
        let (part, whole) = (&printed[first..=last], &wanted[first..=last]);
        if let Some(telling) = split(part, whole) {
            return Some((Cause::NumberSplit, telling >= TELLING_DIGITS));
        }
        if let Some(telling) = split(whole, part) {
            return Some((Cause::NumbersMerged, telling >= TELLING_DIGITS));
        }
    }
    if let Some(telling) = shifted(&printed[first..=last], &wanted[first..=last]) {
        let cause = if is_row {
            Cause::RowShifted
        } else {
            Cause::ColumnShifted
        };
        return Some((cause, telling >= TELLING_DIGITS));
    }
    let is_repeated = |other: usize| {
        let Some(line) = sheet.part.lines.get(other) else {
            return false;
        };
        let same = |(cell, number): (&Cell, &i128)| {
            sheet.has_number(*cell) && sheet.number(*cell) == *number
        };
        line.is_row == is_row && line.cells.iter().zip(printed).all(same)
    };
    let repeated = is_repeated(number + 1) || number > 0 && is_repeated(number - 1);
    // A number and its total are the least that says anything.
    if repeated && printed.iter().filter(|number| **number != 0).count() >= 2 {
        let cause = if is_row {
            Cause::RowRepeated
        } else {
            Cause::ColumnRepeated
        };
        return Some((cause, true));
    }
    None
}

fn digits(number: i128) -> usize {
    match number.unsigned_abs() {
        0 => 0,
        number => number.ilog10() as usize + 1,
    }
}

/// Whether the printed numbers are the wanted ones one place further, in either direction: how many digits moved.
/// What fell out on one side was nothing, or came in at the other; or nothing came in. A number that came to stand
/// where the same one stood has not moved.
fn shifted(printed: &[i128], wanted: &[i128]) -> Option<usize> {
    let last = printed.len() - 1;
    let telling = |moved: &[i128], before: &[i128]| {
        let pairs = moved.iter().zip(before);
        let moved = pairs.filter(|(moved, before)| moved != before);
        moved.map(|(moved, _)| digits(*moved)).sum()
    };
    let fits = |lost: i128, new: i128| lost == 0 || new == 0 || lost == new;
    if printed[..last] == wanted[1..] && fits(wanted[0], printed[last]) {
        return Some(telling(&printed[..last], &wanted[..last]));
    }
    if printed[1..] == wanted[..last] && fits(wanted[last], printed[0]) {
        return Some(telling(&printed[1..], &wanted[1..]));
    }
    None
}

/// Whether the first of `parts` are the digits of the first of `wholes`, and the rest either stands as it was, or
/// one place further: how many digits say so.
fn split(parts: &[i128], wholes: &[i128]) -> Option<usize> {
    let ([head, tail, rest @ ..], [whole, behind @ ..]) = (parts, wholes) else {
        return None;
    };
    let telling = digits(*whole);
    if telling < 2 || *head <= 0 || *tail < 0 {
        return None;
    }
    let text = whole.to_string();
    let rest_of = text.strip_prefix(&head.to_string())?;
    if rest_of.is_empty() || rest_of.parse() != Ok(*tail) {
        return None;
    }
    // The second half took the place of a 0, or pushed everything on and the last number out.
    let overwrote = behind[0] == 0 && rest == &behind[1..];
    let pushed = rest == &behind[..behind.len() - 1];
    let moved = behind.iter().map(|number| digits(*number)).sum::<usize>();
    (overwrote || pushed).then_some(if pushed { telling + moved } else { telling })
}

/// What a row with a blank at `blank` may have been: the cell that would have no number, the numbers, the cause.
pub(super) fn around_a_blank(
    printed: &[i128],
    blank: usize,
    unit: i128,
) -> Vec<(Option<usize>, Vec<i128>, Cause)> {
    let mut found = Vec::new();
    for at in (0..printed.len()).filter(|at| *at != blank) {
        let mut wanted = printed.to_vec();
        let moved = wanted.remove(blank);
        wanted.insert(at, moved);
        // Blanks that only change places with zeros explain nothing.
        if wanted != printed {
            found.push((Some(at), wanted, Cause::RowShifted));
        }
    }
    for at in 0..blank {
        let mut power = unit * 10;
        while power <= printed[at] {
            let (head, tail) = (printed[at] / power * unit, printed[at] % power);
            let mut wanted = printed.to_vec();
            wanted.remove(blank);
            wanted[at] = head;
            wanted.insert(at + 1, tail);
            found.push((None, wanted, Cause::NumbersMerged));
            power *= 10;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_typing_are_named() {
        for (printed, right, want) in [
            (15, 125, Cause::DigitDropped),
            (5, 105, Cause::Replaced),
            (5, 15, Cause::DigitDropped),
            (1, 100, Cause::Replaced),
            (10, 100, Cause::DigitDropped),
            (6, 1006, Cause::Replaced),
            (6, 106, Cause::Replaced),
            (1225, 125, Cause::DigitAdded),
            (135, 125, Cause::DigitChanged),
            (0, 7, Cause::DigitChanged),
            (152, 125, Cause::DigitsSwapped),
            (521, 125, Cause::Replaced),
            (0, 125, Cause::Replaced),
        ] {
            assert_eq!(of_digits(printed, right), want, "{printed} for {right}");
        }
    }

    #[test]
    fn what_moved_is_counted_in_digits() {
        assert_eq!(shifted(&[12, 3, 0], &[0, 12, 3]), Some(3));
        assert_eq!(shifted(&[0, 12, 3], &[12, 3, 0]), Some(3));
        assert_eq!(shifted(&[0, 5, 0], &[5, 0, 5]), Some(1));
        assert_eq!(shifted(&[4, 12, 3], &[12, 3, 7]), None);
        assert_eq!(split(&[1, 2, 5], &[12, 0, 5]), Some(2));
        assert_eq!(split(&[1, 2, 5], &[12, 5, 9]), Some(4));
        assert_eq!(split(&[1, 5, 5], &[105, 0, 5]), Some(3));
        assert_eq!(split(&[1, 2, 5], &[12, 4, 5]), None);
        let around = around_a_blank(&[12, 3, 0], 2, 1);
        assert!(around.contains(&(Some(0), vec![0, 12, 3], Cause::RowShifted)));
        assert!(around.contains(&(None, vec![1, 2, 3], Cause::NumbersMerged)));
    }
}
