//! A table made ready for matching: its grid, and of each cell the text, the folded label and the value.

use std::borrow::Cow;

use crate::model::{ByteRange, CellStatus};
use crate::normalize::{CellText, Label, read_cell};
use crate::parse::{Cell, CellRef, Document};

use super::lexicon::{Lexicon, Sense};
use super::requests::is_second_half;
use super::spelling::tells;

/// Longer texts are prose, never labels: the longest statutory label, the corner note, has 37 characters.
const LABEL_BYTES: usize = 240;

/// A cell as matching sees it.
#[derive(Debug)]
pub struct CellView<'d> {
    /// Number of the cell in its table.
    pub number: u32,
    /// First grid row.
    pub row: u32,
    /// First grid column.
    pub column: u32,
    /// Grid columns covered.
    pub width: u32,
    /// Grid rows covered.
    pub height: u32,
    /// Its own text as published.
    pub text: Cow<'d, str>,
    /// The text folded; empty for prose.
    pub label: Label,
    /// The text read as a value.
    pub value: CellText,
    senses: &'static [Sense],
    /// It holds a picture.
    pub has_image: bool,
    /// Where its text stands.
    pub bytes: ByteRange,
}

impl CellView<'_> {
    /// Words that might be a label: text that is no number.
    pub fn is_wordy(&self) -> bool {
        self.value.status == CellStatus::Text
    }

    /// One past its last grid column.
    pub const fn end(&self) -> u32 {
        self.column + self.width
    }

    /// Takes a misprinted label for a known one.
    pub fn reread(&mut self, core: &str) {
        core.clone_into(&mut self.label.core);
        self.senses = Lexicon::get().senses_of(core);
    }

    /// What it holds. A picture without text is unreadable.
    pub fn content(&self) -> CellText {
        let mut value = self.value;
        if value.status == CellStatus::Blank && self.has_image {
            value.status = CellStatus::Unreadable;
        }
        value
    }

    /// What its label exactly means.
    pub const fn senses(&self) -> &'static [Sense] {
        self.senses
    }
}

/// A table as matching sees it.
#[derive(Debug)]
pub struct TableView<'d> {
    /// Number of the table on the page.
    pub table: u32,
    /// Grid height.
    pub rows: u32,
    /// Grid width.
    pub columns: u32,
    /// Cells in source order.
    pub cells: Vec<CellView<'d>>,
    grid: Grid,
}

/// Which cell covers each slot, and which cells stand in each row: flat, for most tables are small.
#[derive(Debug)]
struct Grid {
    columns: usize,
    /// Cell numbers by row, then column; [`NONE`] where no cell is.
    slots: Vec<u32>,
    /// Cell numbers by row, each once.
    cells: Vec<u32>,
    /// Where each row's cells end in `cells`.
    ends: Vec<usize>,
}

const NONE: u32 = u32::MAX;

impl Grid {
    fn of(rows: u32, columns: u32, cells: &[CellView<'_>]) -> Self {
        let (rows, columns) = (rows as usize, columns as usize);
        let mut slots = vec![NONE; rows * columns];
        for (number, cell) in (0_u32..).zip(cells) {
            let width = cell.column as usize..(cell.end() as usize).min(columns);
            for row in (cell.row as usize..rows).take(cell.height as usize) {
                for slot in &mut slots[row * columns..][width.clone()] {
                    // Where two overlap the earlier one stands.
                    if *slot == NONE {
                        *slot = number;
                    }
                }
            }
        }
        let mut grid = Self {
            columns,
            slots,
            cells: Vec::with_capacity(cells.len() * 2),
            ends: Vec::with_capacity(rows),
        };
        for row in 0..rows {
            let mut last = NONE;
            for slot in &grid.slots[row * columns..][..columns] {
                if *slot != NONE && *slot != last {
                    grid.cells.push(*slot);
                    last = *slot;
                }
            }
            grid.ends.push(grid.cells.len());
        }
        grid
    }

    fn at(&self, row: u32, column: u32) -> Option<u32> {
        let column = column as usize;
        let slot = *self.slots.get(row as usize * self.columns + column)?;
        (slot != NONE && column < self.columns).then_some(slot)
    }

    fn row(&self, row: u32) -> &[u32] {
        let row = row as usize;
        let Some(end) = self.ends.get(row) else {
            return &[];
        };
        let start = row.checked_sub(1).map_or(0, |above| self.ends[above]);
        &self.cells[start..*end]
    }
}

impl<'d> TableView<'d> {
    /// Reads a table of the page; `None` for tables too small to hold data.
    pub fn new(document: &'d Document<'_>, number: u32) -> Option<Self> {
        let table = &document.tables[number as usize];
        if table.cells.len() < 4 {
            return None;
        }
        let lexicon = Lexicon::get();
        let mut cells = Vec::with_capacity(table.cells.len());
        for (index, cell) in (0_u32..).zip(&table.cells) {
            let reference = CellRef {
                table: number,
                cell: index,
            };
            let (text, bytes) = cell_content(document, cell, reference);
            let mut value = read_cell(&text);
            if cell.is_apart && value.status == CellStatus::Number {
                value.status = CellStatus::Unreadable;
                value.value = None;
            }
            let (label, senses) = if value.status == CellStatus::Text && text.len() <= LABEL_BYTES {
                known_label(lexicon, &text)
            } else {
                (Label::default(), &[][..])
            };
            cells.push(CellView {
                number: index,
                row: cell.row,
                column: cell.column,
                width: cell.colspan,
                height: cell.rowspan,
                senses,
                value,
                label,
                text,
                has_image: cell.has_image,
                bytes,
            });
        }
        Some(Self {
            table: number,
            rows: table.rows,
            columns: table.columns,
            grid: Grid::of(table.rows, table.columns, &cells),
            cells,
        })
    }

    /// The same table with rows and columns exchanged, for tables printed upright.
    pub fn transposed(&self) -> Self {
        let turn = |cell: &CellView<'d>| CellView {
            number: cell.number,
            row: cell.column,
            column: cell.row,
            width: cell.height,
            height: cell.width,
            text: cell.text.clone(),
            label: cell.label.clone(),
            value: cell.value,
            senses: cell.senses,
            has_image: cell.has_image,
            bytes: cell.bytes,
        };
        let cells: Vec<CellView<'d>> = self.cells.iter().map(turn).collect();
        Self {
            table: self.table,
            rows: self.columns,
            columns: self.rows,
            grid: Grid::of(self.columns, self.rows, &cells),
            cells,
        }
    }

    /// Whether a label of a statutory row begins in one of these rows.
    pub fn has_labels(&self, mut rows: std::ops::Range<u32>) -> bool {
        let lexicon = Lexicon::get();
        let names = |sense: &Sense| matches!(sense, Sense::RequestRow(_) | Sense::Article20Row(_));
        let is_label = |cell: &CellView<'_>| {
            cell.senses.iter().any(names)
                || (cell.is_wordy()
                    && (Lexicon::guess_row(&lexicon.requests, &cell.label).is_some()
                        || Lexicon::guess_row(&lexicon.article20, &cell.label).is_some()))
        };
        rows.any(|row| row < self.rows && self.own(row).any(is_label) && !is_second_half(self, row))
    }

    /// Whether the total of the requests table stands in it with its mark, `（七）总计`.
    pub fn has_marked_total(&self) -> bool {
        let total = Sense::RequestRow(u8::try_from(Lexicon::get().total_row).unwrap_or(u8::MAX));
        self.cells
            .iter()
            .any(|cell| !cell.label.marks.is_empty() && cell.senses.contains(&total))
    }

    /// The cell that covers a slot.
    pub fn at(&self, row: u32, column: u32) -> Option<&CellView<'d>> {
        self.cells.get(self.grid.at(row, column)? as usize)
    }

    /// The cells of a row from left to right, those that reach into it from above included.
    pub fn row(&self, row: u32) -> impl DoubleEndedIterator<Item = &CellView<'d>> {
        self.grid
            .row(row)
            .iter()
            .filter_map(|number| self.cells.get(*number as usize))
    }

    /// The cells that begin in a row.
    pub fn own(&self, row: u32) -> impl DoubleEndedIterator<Item = &CellView<'d>> {
        self.row(row).filter(move |cell| cell.row == row)
    }
}

/// The label and what it exactly means; without the brackets at its end, if only so it is one of the forms and they say nothing that tells
/// (`结果维持（件）`, `商业企业（含个体）`, but not `行政许可（上年）`).
fn known_label(lexicon: &'static Lexicon, text: &str) -> (Label, &'static [Sense]) {
    let label = Label::new(text);
    let senses = lexicon.senses(&label);
    if label.core.is_empty() || !senses.is_empty() {
        return (label, senses);
    }
    let trimmed = text.trim_end();
    let Some(open) = trimmed
        .rfind(['（', '('])
        .filter(|_| trimmed.ends_with(['）', ')']))
    else {
        return (label, senses);
    };
    let short = Label::new(&trimmed[..open]);
    let meant = lexicon.senses(&short);
    if tells(&trimmed[open..]) || meant.is_empty() {
        return (label, senses);
    }
    (short, meant)
}

/// A cell's own text and its place; where it has none but a table inside holds a single run of text, that.
fn cell_content<'d>(
    document: &'d Document<'_>,
    cell: &Cell,
    reference: CellRef,
) -> (Cow<'d, str>, ByteRange) {
    let text = document.cell_text(reference);
    if text.is_empty() && cell.has_table {
        let range = cell.blocks.start as usize..cell.blocks.end as usize;
        if let [only] = &document.blocks[range] {
            return (Cow::Borrowed(document.block_text(only)), only.bytes);
        }
    }
    (text, document.cell_bytes(reference))
}
