//! A table made ready for matching: its grid, and of each cell the text, the folded label and the value.

use crate::model::{ByteRange, CellStatus};
use crate::normalize::{CellText, Label, read_cell};
use crate::parse::{CellRef, Document};

use super::lexicon::{Lexicon, Sense};

/// Longer texts are prose, never labels: the longest statutory label, the corner note, has 37 characters.
const LABEL_BYTES: usize = 240;

/// A cell as matching sees it.
#[derive(Debug)]
pub struct CellView {
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
    pub text: String,
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

impl CellView {
    /// Words that might be a label: text that is no number.
    pub fn is_wordy(&self) -> bool {
        self.value.status == CellStatus::Text
    }

    /// One past its last grid column.
    pub const fn end(&self) -> u32 {
        self.column + self.width
    }

    /// What its label exactly means.
    pub const fn senses(&self) -> &'static [Sense] {
        self.senses
    }
}

/// A table as matching sees it.
#[derive(Debug)]
pub struct TableView {
    /// Number of the table on the page.
    pub table: u32,
    /// Grid height.
    pub rows: u32,
    /// Grid width.
    pub columns: u32,
    /// Cells in source order.
    pub cells: Vec<CellView>,
    slots: Vec<Vec<Option<u32>>>,
    rows_of_cells: Vec<Vec<u32>>,
}

impl TableView {
    /// Reads a table of the page; `None` for tables too small to hold data.
    pub fn new(document: &Document<'_>, number: u32) -> Option<Self> {
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
            let text = document.cell_text(reference);
            let value = read_cell(&text);
            let label = if value.status == CellStatus::Text && text.len() <= LABEL_BYTES {
                Label::new(&text)
            } else {
                Label::default()
            };
            cells.push(CellView {
                number: index,
                row: cell.row,
                column: cell.column,
                width: cell.colspan,
                height: cell.rowspan,
                senses: if value.status == CellStatus::Text {
                    lexicon.senses(&label)
                } else {
                    &[]
                },
                value,
                label,
                text,
                has_image: cell.has_image,
                bytes: document.cell_bytes(reference),
            });
        }
        let slots = table.grid();
        Some(Self {
            table: number,
            rows: table.rows,
            columns: table.columns,
            cells,
            rows_of_cells: rows_of_cells(&slots),
            slots,
        })
    }

    /// The same table with rows and columns exchanged, for tables printed upright.
    pub fn transposed(&self) -> Self {
        let mut slots = vec![vec![None; self.rows as usize]; self.columns as usize];
        for (y, row) in self.slots.iter().enumerate() {
            for (x, slot) in row.iter().enumerate() {
                slots[x][y] = *slot;
            }
        }
        let cells = self.cells.iter().map(|cell| CellView {
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
        });
        Self {
            table: self.table,
            rows: self.columns,
            columns: self.rows,
            cells: cells.collect(),
            rows_of_cells: rows_of_cells(&slots),
            slots,
        }
    }

    /// The cell that covers a slot.
    pub fn at(&self, row: u32, column: u32) -> Option<&CellView> {
        let slot = (*self.slots.get(row as usize)?.get(column as usize)?)?;
        self.cells.get(slot as usize)
    }

    /// The cells of a row from left to right, those that reach into it from above included.
    pub fn row(&self, row: u32) -> impl DoubleEndedIterator<Item = &CellView> {
        self.rows_of_cells
            .get(row as usize)
            .into_iter()
            .flatten()
            .filter_map(|number| self.cells.get(*number as usize))
    }

    /// The cells that begin in a row.
    pub fn own(&self, row: u32) -> impl DoubleEndedIterator<Item = &CellView> {
        self.row(row).filter(move |cell| cell.row == row)
    }
}

fn rows_of_cells(slots: &[Vec<Option<u32>>]) -> Vec<Vec<u32>> {
    let distinct = |row: &Vec<Option<u32>>| {
        let mut cells: Vec<u32> = row.iter().flatten().copied().collect();
        cells.dedup();
        cells
    };
    slots.iter().map(distinct).collect()
}
