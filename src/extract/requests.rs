//! The requests table (section 三) on grids: seven columns of applicants, rows of outcomes.

use std::ops::Deref;

use crate::model::Code;
use crate::normalize::Label;

use super::heads::{Head, HeadSet, is_current};
use super::lexicon::{Lexicon, Sense, best};
use super::matrix::{Heads, TableKind};
use super::reading::{Found, Key, Readings, covers_values_below, place_of, printed};
use super::spelling::is_likeness;
use super::view::{CellView, TableView};

/// Which applicants a cell heads.
fn applicant(cell: &CellView<'_>) -> Option<usize> {
    cell.senses().iter().find_map(|sense| match sense {
        // `3.其他` and `（七）总计` are rows.
        Sense::Applicant(column) if cell.label.marks.is_empty() || *column < 5 => {
            Some(usize::from(*column))
        }
        _ => None,
    })
}

/// Surely of the disputes table: `其他` and `总计` are words of both.
fn is_disputed(cell: &CellView<'_>) -> bool {
    let senses = cell.senses();
    senses
        .iter()
        .any(|sense| matches!(sense, Sense::DisputeGroup(_) | Sense::DisputeLeaf(0..=3)))
        && !senses
            .iter()
            .any(|sense| matches!(sense, Sense::Applicant(_) | Sense::RequestRow(_)))
}

/// A row with at least two of the seven applicant heads (or one more, below such a row).
pub fn read_heads<'d>(
    view: &TableView<'d>,
    row: u32,
    own: &[&CellView<'d>],
    heads: &mut Heads,
    out: &mut Readings<'d>,
) -> bool {
    let mut columns: Vec<usize> = own.iter().filter_map(|cell| applicant(cell)).collect();
    columns.sort_unstable();
    columns.dedup();
    let above = row.checked_sub(1).map(|above| (view.table, above));
    let continues = above.is_some() && heads.requests_row == above;
    // `其他` and `总计` head columns of many tables; one of the others must be among them.
    let enough = if continues {
        !columns.is_empty()
    } else {
        columns.len() > 1 && columns[0] < 5
    };
    // A running number may stand in front.
    let numbers = own.iter().skip(1).any(|cell| cell.value.value.is_some());
    if numbers || !enough || own.iter().any(|cell| is_disputed(cell)) {
        return false;
    }
    if !continues {
        heads.requests = HeadSet::default();
    }
    heads.requests_row = Some((view.table, row));
    heads.article20_last = false;
    let mut under_group = Vec::new();
    let mut beside = Vec::new();
    for cell in own {
        let senses = cell.senses();
        if senses.contains(&Sense::ApplicantGroup) || (!continues && covers_types(view, row, cell))
        {
            for head in beside.drain(..) {
                heads.requests.push(head);
            }
            // Taken apart, the group's cell has the name and the cells beside it none.
            let blank = |next: &&&CellView<'_>| next.text.is_empty();
            let beside_it = own.iter().filter(|next| next.column >= cell.end());
            let end = beside_it
                .take_while(blank)
                .last()
                .map_or(cell.end(), |last| last.end());
            heads.requests.open_group(cell, end);
            continue;
        }
        if !cell.is_wordy() {
            continue;
        }
        if SERIAL.contains(&cell.label.core.as_str()) {
            heads.requests.push_aside(cell);
            continue;
        }
        let known = applicant(cell);
        if known.is_none() && !senses.is_empty() {
            continue;
        }
        let meaning = known.or_else(|| guess_applicant(&cell.label, heads));
        let values_left = own
            .iter()
            .any(|other| other.column < cell.column && applicant(other).is_some());
        if known.is_none() && (meaning.is_some() || values_left) {
            let code = if meaning.is_some() {
                Code::LabelVariant
            } else {
                Code::UnknownColumn
            };
            let message = format!("column head {:?}", cell.text);
            out.find(code, place_of(view.table, row), message);
        } else if known.is_none() {
            continue;
        }
        let again = meaning.is_some_and(|m| heads.requests.has(m));
        // A sum of the group, beside the total of all.
        let part = again && meaning == Some(TOTAL) && heads.requests.is_grouped(cell);
        if again && !part {
            continue;
        }
        let meaning = meaning.filter(|_| !part);
        let head = Head::of(cell, meaning);
        if continues && meaning.is_none_or(|m| (1..6).contains(&m)) {
            under_group.push(head);
        } else {
            beside.push(head);
        }
    }
    if !continues {
        reach_down(view, row, own, heads, &mut beside, out);
    }
    for head in beside {
        heads.requests.push(head);
    }
    heads.requests.push_under_group(under_group);
    true
}

/// Adds heads that reach down from a row above (`备注` over three rows).
fn reach_down<'d>(
    view: &TableView<'d>,
    row: u32,
    own: &[&CellView<'d>],
    heads: &Heads,
    beside: &mut Vec<Head>,
    out: &mut Readings<'d>,
) {
    let known = |cell: &&CellView<'_>| own.iter().any(|own| own.end() <= cell.column);
    for cell in view
        .row(row)
        .filter(|cell| cell.row < row && cell.is_wordy())
    {
        let listed = heads
            .requests
            .heads()
            .iter()
            .any(|head| head.column == cell.column);
        let meaning = applicant(cell).filter(|m| !heads.requests.has(*m) && !listed);
        if meaning.is_some() && known(&cell) {
            beside.push(Head::of(cell, meaning));
            continue;
        }
        if cell.senses().is_empty() && known(&cell) && !listed {
            let message = format!("column head {:?}", cell.text);
            out.find(Code::UnknownColumn, place_of(view.table, row), message);
            beside.push(Head::of(cell, None));
        }
    }
}

/// Heads go on below a row that holds neither a known row's label nor a number.
pub fn go_on(view: &TableView<'_>, row: u32, own: &[&CellView<'_>], heads: &mut Heads) {
    let above = row.checked_sub(1).map(|above| (view.table, above));
    let known = |sense: &Sense| matches!(sense, Sense::RequestRow(_) | Sense::RequestGroup);
    let is_label = |cell: &&CellView<'_>| cell.senses().iter().any(known);
    let number = |cell: &&CellView<'_>| cell.value.value.is_some();
    if above.is_some()
        && heads.requests_row == above
        && heads.requests.heads().len() < TOTAL + 1
        && !own.iter().any(is_label)
        && !own.iter().any(number)
    {
        heads.requests_row = Some((view.table, row));
    }
}

/// Heads of running numbers.
const SERIAL: [&str; 7] = ["序号", "编号", "序", "行次", "行号", "栏次", "代码"];
/// Number of the 总计 column.
const TOTAL: usize = 6;

/// Whether a cell stands over at least three kinds of organisation in the next row: their group, whatever it says.
fn covers_types(view: &TableView<'_>, row: u32, cell: &CellView<'_>) -> bool {
    if cell.width < 3 || cell.value.value.is_some() || applicant(cell).is_some() {
        return false;
    }
    let below = view.own(row + 1).filter(|below| {
        below.column >= cell.column
            && below.end() <= cell.end()
            && applicant(below).is_some_and(|column| (1..6).contains(&column))
    });
    below.count() >= 3
}

/// Periods that divide the columns of the heads above: `本年`, `2020年`. Needs a row of nothing else.
pub fn periods<'v, 'd>(
    own: &[&'v CellView<'d>],
    year: &impl Deref<Target = Option<i16>>,
) -> Option<Vec<(&'v CellView<'d>, Option<bool>)>> {
    // A year divides the columns also where the report's is not known.
    let is_period = |cell: &CellView<'_>| is_current(&cell.label.core, Some(0)).is_some();
    let parts = own.iter().filter(|cell| !cell.text.is_empty());
    if parts.clone().count() < 2 || !parts.clone().all(|cell| is_period(cell)) {
        return None;
    }
    let read = parts.map(|cell| (*cell, is_current(&cell.label.core, **year)));
    Some(read.collect())
}

fn guess_applicant(label: &Label, heads: &Heads) -> Option<usize> {
    let known = &Lexicon::get().applicants;
    let free: Vec<(usize, &String)> = known
        .iter()
        .enumerate()
        .filter(|(number, _)| !heads.requests.has(*number))
        .collect();
    let spellings = free.iter().map(|(_, core)| std::slice::from_ref(*core));
    best(spellings, &label.core)
        .filter(|index| is_likeness(&label.core, free[*index].1))
        .map(|index| free[index].0)
}

/// Reads one row under the heads in force.
pub fn read_row<'d>(
    view: &TableView<'d>,
    row: u32,
    heads: &HeadSet,
    kind: TableKind,
    out: &mut Readings<'d>,
) {
    let place = || place_of(view.table, row);
    if view.row(row).any(is_disputed) || is_second_half(view, row) {
        return;
    }
    let Some((label, index, exact)) = find_label(view, row, heads, kind) else {
        let own: Vec<&CellView> = view.own(row).collect();
        let numbers = own.iter().filter(|cell| cell.value.value.is_some()).count();
        let words = own.iter().any(|cell| cell.is_wordy());
        if numbers >= 3 && words && kind == TableKind::Requests {
            out.find(Code::UnknownRow, place(), printed(own));
        }
        return;
    };
    let values = match heads.place(view, row, label) {
        Ok(values) => values,
        Err(own) if own.iter().all(|cell| cell.text.is_empty()) => return, // a heading row
        Err(own) => {
            let raw = printed(own.iter().copied());
            let message = format!(
                "row {:?}: {} cells under {} heads that do not fit them: {raw}",
                label.text,
                own.len(),
                heads.heads().len()
            );
            out.find(Code::AmbiguousCells, place(), message);
            let source = |key| Found::cell(key, view.table, own[0]).source;
            for column in heads.heads().iter().filter_map(|head| head.meaning) {
                let key = Key::Request { row: index, column };
                out.found
                    .push(Found::unreadable(key, raw.clone(), source(key)));
            }
            return;
        }
    };
    if !exact {
        let id = Lexicon::get().requests[index].id;
        out.find(
            Code::LabelVariant,
            place(),
            format!("{:?} read as {id}", label.text),
        );
    }
    if covers_values_below(view, label) {
        let message = format!("row {:?}: one label over two rows of values", label.text);
        out.find(Code::AmbiguousCells, place(), message);
        for (head, cell) in values {
            if let Some(column) = heads.heads()[head].meaning {
                let key = Key::Request { row: index, column };
                let source = Found::cell(key, view.table, cell).source;
                out.found
                    .push(Found::unreadable(key, cell.text.to_string(), source));
            }
        }
        return;
    }
    for (head, cell) in values {
        if let Some(column) = heads.heads()[head].meaning {
            let key = Key::Request { row: index, column };
            out.push_cell(key, view, label, cell);
        }
    }
}

/// The label of a row: the last cell of words in front of the values that begins in this row, if it names a row
/// of the form, exactly or by likeness. With its row number and whether the words were exact.
///
/// A cell that spans several rows is a group's unless nothing stands beside it.
fn find_label<'v, 'd>(
    view: &'v TableView<'d>,
    row: u32,
    heads: &HeadSet,
    kind: TableKind,
) -> Option<(&'v CellView<'d>, usize, bool)> {
    let lexicon = Lexicon::get();
    let named = |senses: &[Sense]| {
        senses.iter().find_map(|sense| match sense {
            Sense::RequestRow(index) => Some(usize::from(*index)),
            _ => None,
        })
    };
    // `总计` and `其他` end rows of many tables; alone they need their mark, or a table full of other rows.
    let sure = |cell: &CellView<'_>, index: usize| {
        kind == TableKind::Requests
            || !lexicon.requests[index].needs_group
            || !cell.label.marks.is_empty()
    };
    // Where the form's own total has its mark, another is a part of it.
    let marked = |cell: &CellView<'_>, index: usize| {
        index != lexicon.total_row || !cell.label.marks.is_empty() || !view.has_marked_total()
    };
    let sure = |cell: &CellView<'_>, index: usize| sure(cell, index) && marked(cell, index);
    let exact = |cell: &CellView<'_>| {
        named(cell.senses())
            .or_else(|| tails(&cell.text).find_map(|tail| named(lexicon.senses(&Label::new(tail)))))
            .filter(|index| sure(cell, *index))
    };
    let mut words: Vec<&CellView<'d>> = view.own(row).filter(|cell| cell.is_wordy()).collect();
    let is_row = |cell: &CellView<'_>| {
        named(cell.senses()).is_some()
            || Lexicon::guess_row(&lexicon.requests, &cell.label).is_some()
    };
    while words.len() > 1 && words[0].height > 1 && words[1..].iter().any(|cell| is_row(cell)) {
        words.remove(0);
    }
    let values = heads
        .heads()
        .iter()
        .map(|head| head.column)
        .min()
        .unwrap_or(0);
    // In front of the values by position; where spans are wrong, the last exact one.
    let front = words.iter().rev().find(|cell| cell.end() <= values);
    if let Some(cell) = front {
        if let Some(index) = exact(cell) {
            return Some((cell, index, true));
        }
        if let Some(index) = second_half(view, cell)
            .and_then(|text| named(lexicon.senses(&Label::new(&format!("{}{text}", cell.text)))))
        {
            return Some((cell, index, true));
        }
        if kind == TableKind::Requests
            && !cell.senses().contains(&Sense::RequestGroup)
            && let Some((index, _)) = Lexicon::guess_row(&lexicon.requests, &cell.label)
        {
            return Some((cell, index, false));
        }
    }
    let exact_word = words
        .iter()
        .rev()
        .find_map(|cell| exact(cell).map(|index| (*cell, index)));
    if let Some((cell, index)) = exact_word {
        return Some((cell, index, true));
    }
    if kind != TableKind::Requests {
        return None;
    }
    words.iter().rev().find_map(|cell| {
        if cell.senses().contains(&Sense::RequestGroup) || cell.height > 1 {
            return None;
        }
        let (index, _) = Lexicon::guess_row(&lexicon.requests, &cell.label)?;
        Some((*cell, index, false))
    })
}

/// What stands under a label in the same column, if its row has no values of its own: the rest of the label.
fn second_half<'v>(view: &'v TableView<'_>, label: &CellView<'_>) -> Option<&'v str> {
    let below = label.row + label.height;
    let cell = view
        .at(below, label.column)
        .filter(|cell| cell.row == below)?;
    let alone = view
        .own(below)
        .all(|other| other.number == cell.number || other.text.is_empty());
    (alone && cell.is_wordy() && cell.senses().is_empty()).then_some(cell.text.as_ref())
}

/// Whether a row only holds the second half of the label above it.
pub fn is_second_half(view: &TableView<'_>, row: u32) -> bool {
    let Some(above) = row.checked_sub(1) else {
        return false;
    };
    view.own(above).filter(|cell| cell.is_wordy()).any(|cell| {
        second_half(view, cell).is_some_and(|text| {
            let whole = Label::new(&format!("{}{text}", cell.text));
            let senses = Lexicon::get().senses(&whole);
            senses
                .iter()
                .any(|sense| matches!(sense, Sense::RequestRow(_)))
        })
    })
}

/// What stands behind the last line break, and behind the last enumeration mark: `（三）不予公开
/// 1.属于国家秘密` in one cell.
fn tails(text: &str) -> impl Iterator<Item = &str> {
    let line = text
        .rsplit('\n')
        .next()
        .filter(|line| line.len() < text.len());
    let mark = text
        .char_indices()
        .filter(|(position, character)| {
            *position > 0
                && (matches!(character, '（' | '(')
                    || (character.is_numeric()
                        && text[..*position]
                            .chars()
                            .next_back()
                            .is_some_and(|c| !c.is_numeric())))
        })
        .map(|(position, _)| &text[position..])
        .next_back();
    line.into_iter().chain(mark)
}
