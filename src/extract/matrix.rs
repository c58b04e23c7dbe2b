//! Requests and article-20 tables on grids: rows and columns told by their labels.
//!
//! Works row by row over any table, so it does not matter whether the statutory tables stand apart,
//! all in one, or cut at page breaks: a row of column heads sets the heads in force, a row that
//! begins with a known label is read under them. Values go to columns by grid position; where the
//! page's spans are wrong, by count; where neither is unique they are refused.

use crate::model::form::TableForm;
use crate::model::{Catalog, Code, FormId};
use crate::normalize::Label;

use super::lexicon::{Lexicon, MatrixRow, Sense, best};
use super::reading::{Found, Key, Readings, place_of, printed};
use super::view::{CellView, TableView};

/// One head of a value column.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Head {
    column: u32,
    width: u32,
    /// Number of the column (requests) or of the head (article 20); `None` for an unknown head.
    meaning: Option<usize>,
    core: String,
}

/// The heads in force, carried on from table to table (tables are cut at page breaks).
#[derive(Debug, Default)]
pub struct Heads {
    requests: Vec<Head>,
    requests_row: Option<(u32, u32)>,
    article20: Vec<Head>,
    article20_last: bool,
}

/// Reads the rows of one table; whether any was read.
pub fn read_table(view: &TableView, heads: &mut Heads, out: &mut Readings) -> bool {
    let before = out.found.len();
    let is_requests = is_requests_table(view);
    for row in 0..view.rows {
        let own: Vec<&CellView> = view.own(row).collect();
        if own.is_empty() || read_request_heads(view, row, &own, heads, out) {
            continue;
        }
        if let Some(label) = find_article20_label(&own, heads) {
            read_article20_row(view, row, label, heads, out);
        } else if !read_article20_heads(&own, heads) && !heads.requests.is_empty() {
            read_request_row(view, row, heads, is_requests, out);
        }
    }
    out.found.len() > before
}

/// A row with at least two of the seven applicant heads (or one more, below such a row).
fn read_request_heads(
    view: &TableView,
    row: u32,
    own: &[&CellView],
    heads: &mut Heads,
    out: &mut Readings,
) -> bool {
    // Heads carry no enumeration mark; `（七）总计` and `3.其他` are rows.
    let applicant = |cell: &CellView| {
        cell.senses().iter().find_map(|sense| match sense {
            Sense::Applicant(column) if cell.label.marks.is_empty() => Some(usize::from(*column)),
            _ => None,
        })
    };
    let mut columns: Vec<usize> = own.iter().filter_map(|cell| applicant(cell)).collect();
    columns.sort_unstable();
    columns.dedup();
    let continues = heads.requests_row == row.checked_sub(1).map(|above| (view.table, above));
    let numbers = own.iter().any(|cell| cell.value.value.is_some());
    // `其他` and `总计` head columns of many tables; one of the first five must be among them.
    let enough = if continues {
        !columns.is_empty()
    } else {
        columns.len() > 1 && columns[0] < 5
    };
    if numbers || !enough {
        return false;
    }
    if own.iter().any(|cell| {
        cell.senses()
            .iter()
            .any(|sense| matches!(sense, Sense::DisputeLeaf(leaf) if *leaf < 4))
    }) {
        return false;
    }
    if !continues {
        heads.requests.clear();
    }
    heads.requests_row = Some((view.table, row));
    heads.article20_last = false;
    for cell in own {
        if !cell.is_wordy() {
            continue;
        }
        let senses = cell.senses();
        if senses
            .iter()
            .any(|s| matches!(s, Sense::ApplicantGroup | Sense::RequestsHead))
        {
            continue;
        }
        let mut meaning = applicant(cell);
        if meaning.is_none() && senses.is_empty() {
            meaning = guess_applicant(&cell.label, heads);
            match meaning {
                Some(_) => out.find(
                    Code::LabelVariant,
                    place_of(view.table, row),
                    format!("column head {:?}", cell.text),
                ),
                None if is_beside_values(cell, heads) => out.find(
                    Code::UnknownColumn,
                    place_of(view.table, row),
                    format!("column head {:?}", cell.text),
                ),
                None => continue,
            }
        } else if meaning.is_none() {
            continue;
        }
        if meaning.is_some_and(|m| heads.requests.iter().any(|h| h.meaning == Some(m))) {
            continue;
        }
        heads.requests.push(Head {
            column: cell.column,
            width: cell.width,
            meaning,
            core: cell.label.core.clone(),
        });
    }
    heads.requests.sort_by_key(|head| head.column);
    true
}

fn guess_applicant(label: &Label, heads: &Heads) -> Option<usize> {
    let known = &Lexicon::get().applicants;
    let free: Vec<(usize, &String)> = known
        .iter()
        .enumerate()
        .filter(|(number, _)| !heads.requests.iter().any(|h| h.meaning == Some(*number)))
        .collect();
    let spellings = free.iter().map(|(_, core)| std::slice::from_ref(*core));
    best(spellings, &label.core).map(|index| free[index].0)
}

/// An unknown head is a value column's only where it stands right of a known one.
fn is_beside_values(cell: &CellView, heads: &Heads) -> bool {
    heads
        .requests
        .iter()
        .any(|head| head.meaning.is_some() && head.column < cell.column)
}

/// The label of an article-20 row: exact; or, in a row of numbers under article-20 heads, by likeness.
fn find_article20_label<'v>(
    own: &[&'v CellView],
    heads: &Heads,
) -> Option<(&'v CellView, usize, bool)> {
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

/// A row of heads of an article-20 table: `信息内容` and words beside it, one of them a head of some form
/// (or like one).
fn read_article20_heads(own: &[&CellView], heads: &mut Heads) -> bool {
    if own.iter().any(|cell| cell.value.value.is_some()) {
        return false;
    }
    let is = |cell: &CellView, wanted: Sense| cell.senses().contains(&wanted);
    let announced = own.iter().any(|cell| is(cell, Sense::Article20Head)) && own.len() > 1;
    let known = own.iter().any(|cell| is(cell, Sense::Article20Column));
    if !(announced || known) {
        return false;
    }
    let found: Vec<Head> = own
        .iter()
        .filter(|cell| cell.is_wordy() && !is(cell, Sense::Article20Head))
        .enumerate()
        .map(|(number, cell)| Head {
            column: cell.column,
            width: cell.width,
            meaning: Some(number),
            core: cell.label.core.clone(),
        })
        .collect();
    if found.is_empty() {
        return false;
    }
    heads.article20 = found;
    heads.article20_last = true;
    true
}

fn read_article20_row(
    view: &TableView,
    row: u32,
    (label, index, exact): (&CellView, usize, bool),
    heads: &Heads,
    out: &mut Readings,
) {
    let lexicon = Lexicon::get();
    let meaning = &lexicon.article20[index];
    let place = place_of(view.table, row);
    let Some((form, columns)) = choose_form(meaning, &heads.article20) else {
        out.find(
            Code::UnknownColumn,
            place,
            format!(
                "row {:?}: no known column heads above it; cells as printed: {}",
                label.text,
                printed(view.own(row))
            ),
        );
        return;
    };
    let values = match place_values(view, row, label, &heads.article20) {
        Ok(values) => values,
        Err(cells) if cells.is_empty() => return,
        Err(cells) => {
            let raw = printed(cells.iter().copied());
            out.find(
                Code::AmbiguousCells,
                place,
                format!(
                    "row {:?}: {} cells under {} heads: {raw}",
                    label.text,
                    cells.len(),
                    heads.article20.len()
                ),
            );
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
        out.find(Code::LabelVariant, place, message);
    }
    for (head, cell) in values {
        if let (Some(Some(column)), Some(cell)) = (columns.get(head), cell) {
            let key = Key::Article20 {
                row: index,
                form,
                column: *column,
            };
            out.found.push(Found::cell(key, view.table, cell));
        }
    }
}

/// Which form's table the heads above a row are those of, and which column each head is. By exact words
/// first, then by likeness; the form with more heads matched wins, and none with fewer than half.
fn choose_form(row: &MatrixRow, heads: &[Head]) -> Option<(FormId, Vec<Option<usize>>)> {
    let catalog = Catalog::get();
    let mut chosen: Option<(u32, FormId, Vec<Option<usize>>)> = None;
    for (form, table, _) in &row.places {
        let table = &catalog.form(*form).tables[*table];
        let (score, columns) = match_heads(table, heads);
        if columns.iter().flatten().next().is_some()
            && chosen.as_ref().is_none_or(|(best, _, _)| score > *best)
        {
            chosen = Some((score, *form, columns));
        }
    }
    chosen.map(|(_, form, columns)| (form, columns))
}

fn match_heads(table: &TableForm, heads: &[Head]) -> (u32, Vec<Option<usize>>) {
    let spellings: Vec<Vec<String>> = table
        .columns
        .iter()
        .map(|column| {
            std::iter::once(&column.label)
                .chain(&column.aliases)
                .map(|text| Label::new(text).core)
                .collect()
        })
        .collect();
    let mut columns: Vec<Option<usize>> = vec![None; heads.len()];
    let mut score: u32 = 0;
    for (head, slot) in heads.iter().zip(&mut columns) {
        *slot = spellings
            .iter()
            .position(|cores| cores.contains(&head.core));
        score += if slot.is_some() { 100 } else { 0 };
    }
    for (number, head) in heads.iter().enumerate() {
        if columns[number].is_some() {
            continue;
        }
        let free: Vec<usize> = (0..spellings.len())
            .filter(|column| !columns.contains(&Some(*column)))
            .collect();
        let guess = best(
            free.iter().map(|column| spellings[*column].as_slice()),
            &head.core,
        );
        columns[number] = guess.map(|index| free[index]);
        score += if guess.is_some() { 60 } else { 0 };
    }
    // A form that leaves heads over or lacks some is less likely to be the one.
    let unmatched = columns.iter().filter(|column| column.is_none()).count();
    let lacking = spellings.len() - (heads.len() - unmatched).min(spellings.len());
    let penalty = u32::try_from(unmatched + lacking)
        .unwrap_or(u32::MAX)
        .saturating_mul(10);
    (score.saturating_sub(penalty), columns)
}

fn read_request_row(
    view: &TableView,
    row: u32,
    heads: &Heads,
    is_requests: bool,
    out: &mut Readings,
) {
    let cells: Vec<&CellView> = view.row(row).collect();
    let place = place_of(view.table, row);
    let disputed =
        |sense: &Sense| matches!(sense, Sense::DisputeGroup(_) | Sense::DisputeLeaf(0..=3));
    if cells.iter().any(|cell| cell.senses().iter().any(disputed)) {
        return;
    }
    let Some((label, index, exact)) = find_request_label(&cells, row, is_requests) else {
        let own: Vec<&CellView> = view.own(row).collect();
        let numbers = own.iter().filter(|cell| cell.value.value.is_some()).count();
        let words = own.iter().any(|cell| cell.is_wordy());
        if numbers >= 3 && words && is_requests {
            out.find(Code::UnknownRow, place, printed(own));
        }
        return;
    };
    let values = match place_values(view, row, label, &heads.requests) {
        Ok(values) => values,
        Err(own) if own.is_empty() => return, // a heading row
        Err(own) => {
            let raw = printed(own.iter().copied());
            out.find(
                Code::AmbiguousCells,
                place,
                format!(
                    "row {:?}: {} cells under {} heads: {raw}",
                    label.text,
                    own.len(),
                    heads.requests.len()
                ),
            );
            for head in heads.requests.iter().filter_map(|head| head.meaning) {
                let key = Key::Request {
                    row: index,
                    column: head,
                };
                let source = Found::cell(key, view.table, own[0]).source;
                out.found.push(Found::unreadable(key, raw.clone(), source));
            }
            return;
        }
    };
    if !exact {
        out.find(
            Code::LabelVariant,
            place,
            format!(
                "{:?} read as {}",
                label.text,
                Lexicon::get().requests[index].id
            ),
        );
    }
    for (head, cell) in values {
        if let (Some(column), Some(cell)) = (heads.requests[head].meaning, cell) {
            let key = Key::Request { row: index, column };
            out.found.push(Found::cell(key, view.table, cell));
        }
    }
}

/// At least three rows of the table begin with a known label of the requests table.
fn is_requests_table(view: &TableView) -> bool {
    let known = view.cells.iter().filter(|cell| {
        cell.senses()
            .iter()
            .any(|sense| matches!(sense, Sense::RequestRow(_)))
    });
    known.take(3).count() == 3
}

/// The label of a row: the rightmost cell that names a row of the form, exactly or (then only one that begins
/// in this row) by likeness. With its row number and whether the words were exact.
fn find_request_label<'v>(
    cells: &[&'v CellView],
    row: u32,
    is_requests: bool,
) -> Option<(&'v CellView, usize, bool)> {
    let lexicon = Lexicon::get();
    let named = |senses: &[Sense]| {
        senses.iter().find_map(|sense| match sense {
            Sense::RequestRow(index) => Some(usize::from(*index)),
            _ => None,
        })
    };
    // `总计` and `其他` end rows of many tables; alone they need their mark, or a table full of other rows.
    let sure = |cell: &CellView, index: usize| {
        is_requests || !lexicon.requests[index].needs_group || !cell.label.marks.is_empty()
    };
    let exact = cells
        .iter()
        .rev()
        .filter(|cell| cell.row == row)
        .find_map(|cell| {
            let index = named(cell.senses())?;
            sure(cell, index).then_some((*cell, index))
        });
    if let Some((cell, index)) = exact {
        return Some((cell, index, true));
    }
    for cell in cells
        .iter()
        .rev()
        .filter(|cell| cell.row == row && cell.is_wordy())
    {
        // `（三）不予公开 1.属于国家秘密` in one cell: the last line, or what follows the last mark.
        for tail in tails(&cell.text) {
            if let Some(index) = named(lexicon.senses(&Label::new(tail))) {
                return Some((cell, index, true));
            }
        }
        let senses = cell.senses();
        if senses
            .iter()
            .any(|sense| matches!(sense, Sense::RequestGroup))
        {
            continue;
        }
        if let Some((index, _)) = Lexicon::guess_row(&lexicon.requests, &cell.label) {
            return Some((cell, index, false));
        }
    }
    None
}

/// What stands behind the last line break, and behind the last enumeration mark.
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

type Placed<'v> = Vec<(usize, Option<&'v CellView>)>;

/// Gives each head (by number) the cell under it, or the row's value cells where that cannot be told.
///
/// By grid position where every head has a cell of its own exactly below it; else in order where the
/// row has as many cells right of its label as there are heads; else by grid position where that is
/// unique (a short row).
fn place_values<'v>(
    view: &'v TableView,
    row: u32,
    label: &CellView,
    heads: &[Head],
) -> Result<Placed<'v>, Vec<&'v CellView>> {
    let under = |head: &Head| {
        view.at(row, head.column).filter(|cell| {
            cell.row == row && cell.number != label.number && cell.column == head.column
        })
    };
    let exactly = |head: &Head| under(head).filter(|cell| cell.width == head.width);
    if heads.iter().all(|head| exactly(head).is_some()) {
        return Ok(heads.iter().map(exactly).enumerate().collect());
    }
    let own: Vec<&CellView> = view
        .own(row)
        .filter(|cell| cell.column >= label.end())
        .collect();
    if own.len() == heads.len() {
        let mut order: Vec<usize> = (0..heads.len()).collect();
        order.sort_by_key(|head| heads[*head].column);
        return Ok(order.into_iter().zip(own.into_iter().map(Some)).collect());
    }
    if heads.iter().all(|head| under(head).is_some()) {
        return Ok(heads.iter().map(under).enumerate().collect());
    }
    let aligned = own.iter().all(|cell| {
        heads
            .iter()
            .any(|head| head.column == cell.column && head.width == cell.width)
    });
    if !own.is_empty() && own.len() < heads.len() && aligned && short_at_the_end(&own, heads) {
        return Ok(heads.iter().map(exactly).enumerate().collect());
    }
    Err(own)
}

/// The row only stops early: its cells stand under the first heads.
fn short_at_the_end(own: &[&CellView], heads: &[Head]) -> bool {
    let mut columns: Vec<u32> = heads.iter().map(|head| head.column).collect();
    columns.sort_unstable();
    own.iter()
        .zip(&columns)
        .all(|(cell, column)| cell.column == *column)
}
