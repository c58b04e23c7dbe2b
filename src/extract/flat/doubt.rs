//! Rows of flattened text that have as many values as heads and may still be shifted: a cell was lost and a page
//! number, a running number or the next line's came in its place.

use crate::extract::lexicon::{DISPUTE_LEAVES, Lexicon, Sense};
use crate::extract::reading::Key;
use crate::model::Decimal;

use super::tokens::Token;
use super::{Run, sense};

/// Whether the first values of the rows count on by one: a column of running numbers, whose head was not known.
pub fn is_numbered(runs: &[(usize, Vec<Key>, Run<'_>)]) -> bool {
    let firsts: Vec<Option<i64>> = runs
        .iter()
        .map(|(_, _, run)| run.values.first()?.value.value?.as_integer())
        .collect();
    let steps = firsts
        .windows(2)
        .filter(|pair| matches!(pair, [Some(one), Some(next)] if one + 1 == *next))
        .count();
    steps >= 4 && steps * 2 > firsts.len()
}

pub fn begins_blank(run: &Run<'_>) -> bool {
    run.values
        .first()
        .is_some_and(|value| value.text.is_empty())
}

/// Whether some row has more cells than heads: empty ones stand for merged labels.
pub fn is_padded(runs: &[(usize, Vec<Key>, Run<'_>)]) -> bool {
    runs.iter().any(|(_, keys, run)| {
        let next = run.next.is_some_and(|next| {
            next.cell && run.values.last().is_some_and(|last| last.line == next.line)
        });
        run.values.len() > keys.len() || (run.values.len() == keys.len() && next)
    })
}

/// How many sums of a row of numbers hold and fail: the seven of a row of requests, the three fives of disputes. `None`
/// for other rows, and where a cell is no number.
fn sums(numbers: &[i64]) -> Option<(usize, usize)> {
    let width = match numbers.len() {
        7 => 7,
        15 => DISPUTE_LEAVES.len(),
        _ => return None,
    };
    let holds = |part: &&[i64]| {
        part.split_last().is_some_and(|(total, parts)| {
            parts.iter().map(|part| i128::from(*part)).sum::<i128>() == i128::from(*total)
        })
    };
    let good = numbers.chunks(width).filter(holds).count();
    Some((good, numbers.len() / width - good))
}

fn numbers_of(row: &[Token]) -> Option<Vec<i64>> {
    row.iter()
        .map(|token| token.value.value?.as_integer())
        .collect()
}

/// A whole row whose sums do not hold. Where other rows lost cells, this one may have been filled up.
pub fn is_off(row: &[Token]) -> bool {
    numbers_of(row)
        .as_deref()
        .and_then(sums)
        .is_some_and(|(_, bad)| bad > 0)
}

/// Whether more sums of a row hold if it lost a cell and its last value is not its own.
pub fn fits_shifted(row: &[Token]) -> bool {
    let one_line = row.windows(2).all(|pair| pair[0].line == pair[1].line);
    let numbers: Vec<i64> = row
        .iter()
        .map(|token| token.value.value.and_then(Decimal::as_integer).unwrap_or(0))
        .collect();
    let Some((good, bad)) = sums(&numbers).filter(|_| !one_line) else {
        return false;
    };
    bad > 0
        && (0..numbers.len()).any(|lost| {
            let mut shifted = numbers.clone();
            shifted.pop();
            shifted.insert(lost, 0);
            sums(&shifted).is_some_and(|(held, _)| held > good)
        })
}

/// Numbers that stand alone in the running text: a page break may have put one into a row, and the row may
/// have lost a blank, so that the count comes out right and the values stand one off.
#[derive(Debug, Default)]
pub struct PageNumbers {
    seen: Vec<i64>,
}

impl PageNumbers {
    /// Whole numbers between lines that are no cells.
    pub fn of(tokens: &[Token]) -> Self {
        let is_text = |token: &Token| !token.may_be_cell() && token.senses.is_empty();
        let seen = tokens
            .windows(3)
            .filter(|three| is_text(&three[0]) && is_text(&three[2]) && !three[1].cell)
            .filter_map(|three| three[1].value.value?.as_integer())
            .collect();
        Self { seen }
    }

    /// Whether there are any.
    pub fn any(&self) -> bool {
        !self.seen.is_empty()
    }

    /// Whether one of a row's values may be a page number: in a row with a total it explains why the row does
    /// not add up; in any other it is the next after one seen.
    pub fn may_fill(&self, row: &[Token]) -> bool {
        // Cells of one line have no page break between them.
        if row.iter().all(|token| token.cell) {
            return false;
        }
        let numbers: Vec<i64> = row
            .iter()
            .filter_map(|token| token.value.value?.as_integer())
            .collect();
        let near = |number: &i64| self.seen.iter().any(|seen| (seen - number).abs() == 1);
        if let ([parts @ .., total], 7) = (numbers.as_slice(), row.len()) {
            let sum: i128 = parts.iter().map(|part| i128::from(*part)).sum();
            let over = sum - i128::from(*total);
            if parts.len() == 6 {
                let stray = parts.iter().any(|part| i128::from(*part) == over);
                // Or the last is the page's number and the one before it the total.
                let last = parts
                    .last()
                    .is_some_and(|before| sum == 2 * i128::from(*before));
                return over != 0 && (stray || last || numbers.iter().any(near));
            }
        }
        let groups = row.len() == 3 * DISPUTE_LEAVES.len() && numbers.len() == row.len();
        let whole = |group: &[i64]| match group {
            [parts @ .., total] => {
                parts.iter().map(|part| i128::from(*part)).sum::<i128>() == i128::from(*total)
            }
            [] => false,
        };
        if groups && numbers.chunks(DISPUTE_LEAVES.len()).all(whole) {
            return false;
        }
        numbers.iter().any(near)
    }
}

/// Whether most rows of the requests table stand more than once, with values.
pub fn stand_twice(tokens: &[Token]) -> bool {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for pair in tokens.windows(2) {
        let row = sense(&pair[0], |sense| match sense {
            Sense::RequestRow(row) => Some(usize::from(*row)),
            _ => None,
        });
        let Some(row) = row.filter(|_| pair[1].is_value()) else {
            continue;
        };
        if Lexicon::get().requests[row].needs_group {
            continue;
        }
        match counts.iter_mut().find(|(known, _)| *known == row) {
            Some((_, count)) => *count += 1,
            None => counts.push((row, 1)),
        }
    }
    let twice = counts.iter().filter(|(_, count)| *count > 1).count();
    twice >= 3 && twice * 2 > counts.len()
}
