//! A [`Document`] put together from parts whose places are already known: DOCX and PDF.
//!
//! In: runs of text with their ranges, cells with their place in the grid, in reading order. Out: the document
//! with its ranges closed. Never looks at meaning, never grows beyond its caps.

use super::document::{Block, BlockKind, Cell, CellRef, Container, Document, Image, Table};
use super::flow::is_invisible;
use crate::model::{ByteRange, Code, Finding};

/// Most blocks, cells, tables and images together; the largest reports have 5,000.
const MAX_ITEMS: usize = 500_000;
/// Most text, in bytes of UTF-8.
const MAX_TEXT: usize = 64 << 20;

/// The document being put together.
#[derive(Debug)]
pub(super) struct Assembly {
    pub(super) document: Document<'static>,
    items: usize,
    empties: u16,
}

impl Assembly {
    pub(super) fn new() -> Self {
        let mut document = Document::default();
        document.containers.push(Container {
            tag: "",
            id: None,
            class: None,
            parent: 0,
            blocks: 0..0,
            inner: ByteRange::default(),
        });
        Self {
            document,
            items: 0,
            empties: 0,
        }
    }

    /// Whether a cap was reached: the rest is not read.
    pub(super) fn is_full(&self) -> bool {
        self.items >= MAX_ITEMS || self.document.text.len() >= MAX_TEXT
    }

    /// How many blocks there are.
    pub(super) fn blocks(&self) -> u32 {
        count(self.document.blocks.len())
    }

    /// An empty line or paragraph.
    pub(super) fn empty(&mut self) {
        self.empties = self.empties.saturating_add(1);
    }

    /// A run of text; nothing where none of it is visible.
    pub(super) fn block(
        &mut self,
        kind: BlockKind,
        text: &str,
        bytes: ByteRange,
        cell: Option<CellRef>,
    ) {
        let text = text.trim_matches(is_invisible);
        if text.is_empty() || self.is_full() {
            return;
        }
        self.items += 1;
        let start = count(self.document.text.len());
        self.document.text.push_str(text);
        self.document.blocks.push(Block {
            kind,
            text: start..count(self.document.text.len()),
            bytes,
            container: 0,
            cell,
            empties_before: std::mem::take(&mut self.empties),
            link_chars: 0,
        });
    }

    /// Opens a table; its number.
    pub(super) fn open_table(&mut self, parent: Option<CellRef>) -> u32 {
        if let Some(parent) = parent
            && let Some(cell) = self.cell_mut(parent)
        {
            cell.has_table = true;
        }
        self.items += 1;
        self.empties = 0;
        let blocks = self.blocks();
        self.document.tables.push(Table {
            parent,
            blocks: blocks..blocks,
            ..Table::default()
        });
        count(self.document.tables.len() - 1)
    }

    /// Opens a cell at its place in the grid; what follows until [`Self::close_cell`] is its text.
    pub(super) fn open_cell(&mut self, table: u32, cell: &Cell) -> CellRef {
        self.items += 1;
        self.empties = 0;
        let blocks = self.blocks();
        let table_of = &mut self.document.tables[table as usize];
        table_of.rows = table_of.rows.max(cell.row.saturating_add(cell.rowspan));
        table_of.columns = table_of
            .columns
            .max(cell.column.saturating_add(cell.colspan));
        table_of.cells.push(Cell {
            blocks: blocks..blocks,
            ..cell.clone()
        });
        CellRef {
            table,
            cell: count(table_of.cells.len() - 1),
        }
    }

    pub(super) fn close_cell(&mut self, cell: CellRef) {
        self.empties = 0;
        let blocks = self.blocks();
        if let Some(cell) = self.cell_mut(cell) {
            cell.blocks.end = blocks;
        }
    }

    /// Closes a table that stands at `bytes`.
    pub(super) fn close_table(&mut self, table: u32, bytes: ByteRange) {
        self.empties = 0;
        let blocks = self.blocks();
        if let Some(table) = self.document.tables.get_mut(table as usize) {
            table.blocks.end = blocks;
            table.bytes = bytes;
        }
    }

    pub(super) fn cell_mut(&mut self, cell: CellRef) -> Option<&mut Cell> {
        let table = self.document.tables.get_mut(cell.table as usize)?;
        table.cells.get_mut(cell.cell as usize)
    }

    /// A picture.
    pub(super) fn image(&mut self, source: String, cell: Option<CellRef>) {
        if self.is_full() {
            return;
        }
        self.items += 1;
        if let Some(cell) = cell
            && let Some(cell) = self.cell_mut(cell)
        {
            cell.has_image = true;
        }
        let block = self.blocks();
        self.document.images.push(Image {
            source,
            container: 0,
            cell,
            block,
        });
    }

    pub(super) fn find(
        &mut self,
        code: Code,
        place: impl Into<String>,
        message: impl Into<String>,
    ) {
        self.document
            .findings
            .push(Finding::new(code, place, message));
    }

    pub(super) fn finish(mut self) -> Document<'static> {
        if self.is_full() {
            self.find(Code::PageTruncated, "", "the rest was not read");
        }
        let blocks = self.blocks();
        self.document.containers[0].blocks = 0..blocks;
        self.document
    }
}

/// A number of blocks or bytes, within the caps.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
