//! The article-20 tables (section 二) on grids. Each row's heads decide which form's table it is.

use crate::model::{Code, FormId};

use super::heads::{Head, HeadSet};
use super::lexicon::{Lexicon, MatrixRow, Sense, best};
use super::matrix::Heads;
use super::reading::{Found, Key, Readings, place_of, printed};
use super::spelling::is_likeness;
use super::view::{CellView, TableView};

/// The label of a row under article-20 heads: the cell, the number of the row in the lexicon, whether the words
/// were exact.
pub type RowLabel<'v, 'd> = (&'v CellView<'d>, usize, bool);

/// Finds the label: exact; or, in a row of numbers where article-20 heads came last, by likeness.
pub fn find_label<'v, 'd>(own: &[&'v CellView<'d>], heads: &Heads) -> Option<RowLabel<'v, 'd>> {
    if heads.article20.is_empty() {
        return None;
    }
    let exact = own.iter().find_map(|cell| {
        cell.senses().iter().find_map(|sense| match sense {
            Sense::Article20Row(row) => Some((*cell, usize::from(*row), true)),
            _ => None,
        })
    });
    if exact.is_some() || !heads.article20_last {
        return exact;
    }
    let values = own.iter().any(|cell| cell.value.value.is_some());
    let label = own
        .iter()
        .find(|cell| cell.is_wordy() && cell.senses().is_empty())?;
    if !values {
        return None;
    }
    let (index, _) = Lexicon::guess_row(&Lexicon::get().article20, &label.label)?;
    Some((label, index, false))
}

/// A row of heads: `信息内容` and words beside it, or a head of some form.
pub fn read_heads(own: &[&CellView<'_>], heads: &mut Heads) -> bool {
    if own.iter().skip(1).any(|cell| cell.value.value.is_some()) {
        return false;
    }
    let is = |cell: &CellView<'_>, wanted: Sense| cell.senses().contains(&wanted);
    let announced = own.iter().any(|cell| is(cell, Sense::Article20Head)) && own.len() > 1;
    let known = own.iter().any(|cell| is(cell, Sense::Article20Column));
    if !(announced || known) {
        return false;
    }
    let mut found = HeadSet::default();
    let words = own
        .iter()
        .filter(|cell| cell.is_wordy() && !is(cell, Sense::Article20Head))
        .filter(|cell| !SERIAL.contains(&cell.label.core.as_str()));
    for (number, cell) in words.enumerate() {
        found.push(Head::of(cell, Some(number)));
    }
    if found.is_empty() {
        return false;
    }
    heads.article20 = found;
    heads.article20_last = true;
    true
}

/// Heads of running numbers.
const SERIAL: [&str; 3] = ["序号", "编号", "序"];

/// Reads one row.
pub fn read_row<'d>(
    view: &TableView<'d>,
    row: u32,
    (label, index, exact): RowLabel<'_, 'd>,
    heads: &Heads,
    out: &mut Readings<'d>,
) {
    let meaning = &Lexicon::get().article20[index];
    let place = || place_of(view.table, row);
    let set = &heads.article20;
    let Some((form, columns)) = choose_form(meaning, set.heads()) else {
        let row = printed(view.own(row));
        let message = format!(
            "row {:?}: no known column heads above it: {row}",
            label.text
        );
        out.find(Code::UnknownColumn, place(), message);
        return;
    };
    // A head that means nothing and stands over the label is the label's, misprinted; counted as one of a value
    // it would shift the row.
    let over_label = columns
        .iter()
        .zip(set.heads())
        .take_while(|(column, head)| column.is_none() && head.column < label.end())
        .count();
    let (set, columns) = (set.without_first(over_label), &columns[over_label..]);
    let values = match set.place(view, row, label) {
        Ok(values) => values,
        Err(cells) if cells.iter().all(|cell| cell.text.is_empty()) => return,
        Err(cells) => {
            let raw = printed(cells.iter().copied());
            let message = format!(
                "row {:?}: {} cells under {} heads that do not fit them: {raw}",
                label.text,
                cells.len(),
                set.heads().len()
            );
            out.find(Code::AmbiguousCells, place(), message);
            for column in columns.iter().flatten() {
                let key = Key::Article20 {
                    row: index,
                    form,
                    column: *column,
                };
                let source = Found::cell(key, view.table, cells[0]).source;
                out.found.push(Found::unreadable(key, raw.clone(), source));
            }
            return;
        }
    };
    if !exact {
        let message = format!("{:?} read as {}", label.text, meaning.id);
        out.find(Code::LabelVariant, place(), message);
    }
    for (head, cell) in values {
        if let Some(Some(column)) = columns.get(head) {
            let key = Key::Article20 {
                row: index,
                form,
                column: *column,
            };
            out.push_cell(key, view, label, cell);
            if let Some(found) = out.found.last_mut() {
                found.value.unit = found.value.unit.or(set.heads()[head].unit);
            }
        }
    }
}

/// Which form's table the heads above a row are those of, and which column each head is. By exact words
/// first, then by likeness; the form with more heads matched wins, if all or at least half of its columns are
/// there.
fn choose_form(row: &MatrixRow, heads: &[Head]) -> Option<(FormId, Vec<Option<usize>>)> {
    // Where every head is a column's and no column is lacking, no form does better.
    let all = |(_, spellings): &(_, &Vec<Vec<String>>)| {
        heads.len() >= spellings.len() && heads.iter().all(|head| exact(spellings, head).is_some())
    };
    if let Some(((form, _, _), spellings)) = row.places.iter().zip(&row.heads).find(all)
        && !heads.is_empty()
    {
        let columns = heads.iter().map(|head| exact(spellings, head)).collect();
        return Some((*form, columns));
    }
    let mut chosen: Option<(u32, FormId, Vec<Option<usize>>)> = None;
    for ((form, _, _), spellings) in row.places.iter().zip(&row.heads) {
        let (score, columns) = match_heads(spellings, heads);
        let matched = columns.iter().flatten().count();
        if matched > 0
            && matched * 2 >= spellings.len()
            && chosen.as_ref().is_none_or(|(best, _, _)| score > *best)
        {
            chosen = Some((score, *form, columns));
        }
    }
    chosen.map(|(_, form, columns)| (form, columns))
}

/// The column that a head exactly is.
fn exact(spellings: &[Vec<String>], head: &Head) -> Option<usize> {
    let mut columns = spellings.iter();
    columns.position(|cores| cores.contains(&head.core))
}

/// How well heads match the columns of a table (folded spellings of each), and which column each head is.
fn match_heads(spellings: &[Vec<String>], heads: &[Head]) -> (u32, Vec<Option<usize>>) {
    let mut columns: Vec<Option<usize>> = vec![None; heads.len()];
    let mut score: u32 = 0;
    for (head, slot) in heads.iter().zip(&mut columns) {
        *slot = exact(spellings, head);
        score += if slot.is_some() { 100 } else { 0 };
    }
    for (number, head) in heads.iter().enumerate() {
        if columns[number].is_some() {
            continue;
        }
        let free: Vec<usize> = (0..spellings.len())
            .filter(|column| !columns.contains(&Some(*column)))
            .collect();
        if free.is_empty() {
            continue;
        }
        let guess = best(
            free.iter().map(|column| spellings[*column].as_slice()),
            &head.core,
        );
        let like = guess.map(|index| free[index]).filter(|column| {
            spellings[*column]
                .iter()
                .any(|core| is_likeness(&head.core, core))
        });
        columns[number] = like;
        score += if like.is_some() { 60 } else { 0 };
    }
    // A form that leaves heads over or lacks some is less likely to be the one.
    let unmatched = columns.iter().filter(|column| column.is_none()).count();
    let lacking = spellings.len() - (heads.len() - unmatched).min(spellings.len());
    let penalty = u32::try_from(unmatched + lacking)
        .unwrap_or(u32::MAX)
        .saturating_mul(10);
    (score.saturating_sub(penalty), columns)
}
