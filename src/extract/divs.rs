//! Statutory tables made of other elements than `<table>`.
//!
//! In: a page whose own tables lack a family of the form. Out: the page with grids more, if one of those its
//! elements make up was read; else nothing. The grids are numbered behind the page's tables.

use std::borrow::Cow;

use crate::model::CellStatus;
use crate::normalize::{Label, read_cell};
use crate::parse::{Cell, CellRef, Document, Table, find_grids};

use super::lexicon::{Lexicon, ListForm, Sense};

/// So many of its cells must be words of the forms for a grid to be tried.
const LABELS: usize = 3;
/// Cells looked at in all candidates together.
const CELLS: usize = 20_000;

/// A page with all its candidate grids, to be read.
#[derive(Debug)]
pub struct Trial<'s> {
    /// The page; the grids' numbers are behind its own tables'.
    pub document: Document<'s>,
    candidates: Vec<Table>,
}

/// What is left of a trial.
#[derive(Debug)]
pub enum Kept<'s> {
    /// Every grid was read.
    All,
    /// The page with those that were.
    Some(Box<Document<'s>>),
    /// None was.
    None,
}

impl<'s> Trial<'s> {
    /// The grids among the tables that were `read` (by number); `document` is the page without any.
    pub fn kept(&self, document: &Document<'s>, read: &[u32]) -> Kept<'s> {
        let known = document.tables.len();
        let kept: Vec<usize> = read
            .iter()
            .filter_map(|number| (*number as usize).checked_sub(known))
            .collect();
        if kept.is_empty() {
            return Kept::None;
        }
        if kept.len() == self.candidates.len() {
            return Kept::All;
        }
        let kept = kept.into_iter().map(|at| self.candidates[at].clone());
        Kept::Some(Box::new(with(document, kept)))
    }
}

/// The page with its candidate grids; `None` where it has none.
pub fn find<'s>(document: &Document<'s>) -> Option<Trial<'s>> {
    let mut candidates: Vec<Table> = Vec::new();
    let mut budget = CELLS;
    for mut table in find_grids(document) {
        budget = budget.checked_sub(table.cells.len())?;
        if labels(document, &table) >= LABELS {
            span_groups(document, &mut table);
            candidates.push(table);
        }
    }
    // The larger grid first: what lies in it is not tried again.
    candidates.sort_by_key(|table| std::cmp::Reverse(table.blocks.len()));
    let mut taken = vec![false; document.blocks.len()];
    candidates.retain(|table| {
        let blocks = &mut taken[table.blocks.start as usize..table.blocks.end as usize];
        let free = blocks.iter().all(|taken| !taken);
        if free {
            blocks.fill(true);
        }
        free
    });
    if candidates.is_empty() {
        return None;
    }
    candidates.sort_by_key(|table| table.blocks.start);
    Some(Trial {
        document: with(document, candidates.iter().cloned()),
        candidates,
    })
}

/// How many cells have words of the forms.
fn labels(document: &Document<'_>, table: &Table) -> usize {
    let labels = table.cells.iter().filter(|cell| is_label(document, cell));
    labels.take(LABELS).count()
}

/// Whether a cell holds words of the forms.
fn is_label(document: &Document<'_>, cell: &Cell) -> bool {
    let range = cell.blocks.start as usize..cell.blocks.end as usize;
    let text = match &document.blocks[range] {
        [] => return false,
        [only] => Cow::Borrowed(document.block_text(only)),
        // A label broken over lines.
        [first, .., last] => {
            let (start, end) = (first.text.start as usize, last.text.end as usize);
            Cow::Owned(document.text[start..end].to_owned())
        }
    };
    if text.len() > 240 || read_cell(&text).status != CellStatus::Text {
        return false;
    }
    let lexicon = Lexicon::get();
    let label = Label::new(&text);
    let in_list = |list: &ListForm| list.rows.contains_key(&label.core);
    !lexicon.senses(&label).is_empty() || lexicon.lists.iter().any(in_list)
}

/// Whether a cell is the head of a group of columns.
fn is_group(document: &Document<'_>, cell: &Cell) -> bool {
    let range = cell.blocks.start as usize..cell.blocks.end as usize;
    let [only] = &document.blocks[range] else {
        return false;
    };
    let label = Label::new(document.block_text(only));
    let group = |sense: &Sense| {
        matches!(
            sense,
            Sense::ApplicantGroup | Sense::DisputeGroup(_) | Sense::Litigation
        )
    };
    Lexicon::get().senses(&label).iter().any(group)
}

/// Words with nothing beside them and words under all of that are a group's: it stands over them, as if it spanned
/// their columns. (`法人或其他组织`, four empty cells; under them the five kinds.)
fn span_groups(document: &Document<'_>, table: &mut Table) {
    #[derive(Clone, Copy, PartialEq)]
    enum Holds {
        Nothing,
        Words,
        Else,
    }
    let columns = table.columns as usize;
    let mut holds = vec![Holds::Else; columns * table.rows as usize];
    let slot = |row: u32, column: u32| row as usize * columns + column as usize;
    for cell in &table.cells {
        let first = document.blocks[..cell.blocks.end as usize].get(cell.blocks.start as usize);
        holds[slot(cell.row, cell.column)] = match first.map(|block| document.block_text(block)) {
            None if cell.has_image => Holds::Else,
            None => Holds::Nothing,
            Some(text) if read_cell(text).status == CellStatus::Text => Holds::Words,
            Some(_) => Holds::Else,
        };
    }
    let mut covered = (0, 0..0);
    let (rows, width) = (table.rows, table.columns);
    table.cells.retain_mut(|cell| {
        let at = slot(cell.row, cell.column);
        if covered.0 == cell.row && covered.1.contains(&cell.column) {
            return false;
        }
        if holds[at] == Holds::Words && cell.row + 1 < rows && is_group(document, cell) {
            let end = (cell.column + 1..width)
                .find(|column| {
                    holds[slot(cell.row, *column)] != Holds::Nothing
                        || holds[slot(cell.row + 1, *column)] != Holds::Words
                })
                .unwrap_or(width);
            if holds[slot(cell.row + 1, cell.column)] == Holds::Words {
                cell.colspan = end - cell.column;
                covered = (cell.row, cell.column + 1..end);
            }
        }
        true
    });
}

fn with<'s>(document: &Document<'s>, tables: impl Iterator<Item = Table>) -> Document<'s> {
    let mut document = document.clone();
    for table in tables {
        let number = u32::try_from(document.tables.len()).unwrap_or(u32::MAX);
        if let Some(around) = table.parent {
            document.tables[around.table as usize].cells[around.cell as usize].has_table = true;
        }
        for (cell, place) in (0_u32..).zip(&table.cells) {
            let reference = CellRef {
                table: number,
                cell,
            };
            for block in
                &mut document.blocks[place.blocks.start as usize..place.blocks.end as usize]
            {
                block.cell = Some(reference);
            }
        }
        document.tables.push(table);
    }
    document
}
