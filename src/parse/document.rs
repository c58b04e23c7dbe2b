//! What parsing yields: blocks, tables and containers in source order, each with its archived bytes.
//!
//! A [`Document`] is plain data over the decoded page. Nothing in it was guessed from meaning:
//! which block is a title or which table is statutory is for `extract` to say.

use std::borrow::Cow;
use std::ops::Range;

use super::pager::Pager;
use super::reference::attribute_text;
use crate::model::{ByteRange, Finding};

/// A page as a flat stream of blocks with the tables and containers around them.
#[derive(Debug, Clone, Default)]
pub struct Document<'s> {
    /// The text of all blocks, one after the other. [`Block::text`] points into it.
    pub text: String,
    /// Every run of text between two block boundaries (paragraph, heading, list item, `<br>`, line
    /// of plain text), in source order. Runs without visible text are not listed but counted in
    /// [`Block::empties_before`].
    pub blocks: Vec<Block>,
    /// Block-level elements other than paragraphs and headings. Number 0 is the document itself;
    /// a parent always stands before its children.
    pub containers: Vec<Container<'s>>,
    /// Tables in the order of their start tags; a nested table follows the one around it.
    pub tables: Vec<Table>,
    /// `<meta>` elements with a name, property or http-equiv, in order.
    pub metas: Vec<Meta>,
    /// Text of the first `<title>`, white space collapsed.
    pub title: Option<String>,
    /// `<a href>` and embedded documents (`iframe`, `embed`, `object`), in order.
    pub links: Vec<Link<'s>>,
    /// What a script says of the article's other pages; `None` where none does.
    pub pager: Option<Pager>,
    /// `<img>` outside chrome is for `extract` to judge; here all are listed.
    pub images: Vec<Image>,
    /// Caps reached, spans clamped.
    pub findings: Vec<Finding>,
    /// Pages of it are pictures or damaged: what the rest lacks may stand there.
    pub has_unread_pages: bool,
}

/// What kind of run a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// Text of a paragraph or of no particular element.
    Paragraph,
    /// Text of `<h1>` (1) to `<h6>` (6).
    Heading(u8),
    /// A line of `<pre>` or of a plain-text file.
    Line,
}

/// One run of text.
#[derive(Debug, Clone)]
pub struct Block {
    /// What kind.
    pub kind: BlockKind,
    /// Its text in [`Document::text`]: HTML white space collapsed to single spaces (not in
    /// [`BlockKind::Line`]), no-break and ideographic spaces kept inside; trimmed of all Unicode
    /// space, zero-width characters and BOMs at both ends. Never empty.
    pub text: Range<u32>,
    /// From its first to its last visible character in the archived bytes, markup between included.
    pub bytes: ByteRange,
    /// The innermost container around it.
    pub container: u32,
    /// The innermost cell around it: number of the table, number of the cell within it.
    pub cell: Option<CellRef>,
    /// How many empty paragraphs, lines or list items (visible as an empty line) stand between
    /// this block and the previous one of the same cell, or the start of the cell.
    pub empties_before: u16,
    /// How many of its characters stand inside `<a href>`.
    pub link_chars: u32,
}

/// A cell by the number of its table in [`Document::tables`] and its own in [`Table::cells`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellRef {
    /// Number of the table.
    pub table: u32,
    /// Number of the cell within the table.
    pub cell: u32,
}

/// A block-level element that may hold others.
#[derive(Debug, Clone)]
pub struct Container<'s> {
    /// Lower-case element name; `""` for the document.
    pub tag: &'static str,
    /// `id`, as written.
    pub id: Option<&'s str>,
    /// `class`, as written.
    pub class: Option<&'s str>,
    /// Number of the container around it; 0 for the document itself.
    pub parent: u32,
    /// Its blocks in [`Document::blocks`], those of inner containers included.
    pub blocks: Range<u32>,
    /// What stands between its start and end tag, in the archived bytes; known of blocks and list items,
    /// elsewhere empty.
    pub inner: ByteRange,
}

/// A table of the page.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The cell the table is nested in.
    pub parent: Option<CellRef>,
    /// The container around it.
    pub container: u32,
    /// Its blocks, those of nested tables included; text misplaced between cells belongs to it too
    /// (with [`Block::cell`] that of `parent`).
    pub blocks: Range<u32>,
    /// From its start tag to its end, in the archived bytes.
    pub bytes: ByteRange,
    /// Cells in source order.
    pub cells: Vec<Cell>,
    /// Grid height.
    pub rows: u32,
    /// Grid width.
    pub columns: u32,
}

/// A cell with its place in the grid after the WHATWG table model.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts about a cell"
)]
pub struct Cell {
    /// First grid row, from 0.
    pub row: u32,
    /// First grid column, from 0.
    pub column: u32,
    /// Rows covered, at least 1, ended at the last real row of its row group.
    pub rowspan: u32,
    /// Columns covered, at least 1.
    pub colspan: u32,
    /// `<th>` instead of `<td>`.
    pub header: bool,
    /// Its blocks, those of nested tables included.
    pub blocks: Range<u32>,
    /// What stands between its start and end tag, in the archived bytes.
    pub inner: ByteRange,
    /// It holds an `<img>`, an `<input>` or a script: something shown that is no text.
    pub has_image: bool,
    /// Text of it is raised, lowered, struck out or hidden: digits beside each other need not be one number.
    pub is_apart: bool,
    /// It holds a table.
    pub has_table: bool,
}

/// A `<meta>` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// `name`, else `property`, else `http-equiv`, lower-case.
    pub name: String,
    /// `content`, character references resolved, trimmed.
    pub content: String,
}

/// A reference to another document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link<'s> {
    /// `href`, `src` or `data` as written; [`Link::target`] reads it.
    pub raw_target: &'s str,
    /// Text of the link in [`Document::text`] if it lies within one block, else empty.
    pub text: Range<u32>,
    /// `title` attribute as written, if any; [`Link::title`] reads it.
    pub raw_title: Option<&'s str>,
    /// The container around it.
    pub container: u32,
    /// How many blocks stand before it.
    pub block: u32,
    /// Shown in the page (`iframe`, `embed`, `object`), not linked from it.
    pub is_embedded: bool,
}

impl Link<'_> {
    /// The target, character references resolved, trimmed.
    pub fn target(&self) -> String {
        attribute_text(self.raw_target).trim().to_owned()
    }

    /// The title, character references resolved.
    pub fn title(&self) -> Option<String> {
        self.raw_title
            .map(|title| attribute_text(title).into_owned())
    }
}

/// An `<img>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// `src`, trimmed; `data:` URLs are cut to 64 bytes.
    pub source: String,
    /// The container around it.
    pub container: u32,
    /// The cell around it.
    pub cell: Option<CellRef>,
    /// How many blocks stand before it.
    pub block: u32,
}

impl Document<'_> {
    /// The text of a block.
    pub fn block_text(&self, block: &Block) -> &str {
        &self.text[block.text.start as usize..block.text.end as usize]
    }

    /// The blocks of a container, inner ones included.
    pub fn blocks_of(&self, container: u32) -> &[Block] {
        let range = &self.containers[container as usize].blocks;
        &self.blocks[range.start as usize..range.end as usize]
    }

    /// A cell's own text: its blocks without those of nested tables, a line each.
    pub fn cell_text(&self, cell: CellRef) -> Cow<'_, str> {
        let mut blocks = self.cell_blocks(cell);
        let Some(first) = blocks.next() else {
            return Cow::Borrowed("");
        };
        let mut text = Cow::Borrowed(self.block_text(first));
        for block in blocks {
            let text = text.to_mut();
            text.push('\n');
            text.push_str(self.block_text(block));
        }
        text
    }

    /// A cell's place: from the first to the last visible character of its own text, or its whole inside
    /// where it has none.
    pub fn cell_bytes(&self, cell: CellRef) -> ByteRange {
        let mut blocks = self.cell_blocks(cell);
        match blocks.next() {
            Some(first) => blocks.fold(first.bytes, |all, block| all.cover(block.bytes)),
            None => self.tables[cell.table as usize].cells[cell.cell as usize].inner,
        }
    }

    /// A cell's own blocks, those of nested tables left out.
    pub fn cell_blocks(&self, cell: CellRef) -> impl Iterator<Item = &Block> {
        let range = &self.tables[cell.table as usize].cells[cell.cell as usize].blocks;
        self.blocks[range.start as usize..range.end as usize]
            .iter()
            .filter(move |block| block.cell == Some(cell))
    }
}

impl Table {
    /// The grid, row by row: which cell covers each slot. Where two overlap the earlier one stands.
    pub fn grid(&self) -> Vec<Vec<Option<u32>>> {
        let mut grid = vec![vec![None; self.columns as usize]; self.rows as usize];
        for (number, cell) in self.cells.iter().enumerate() {
            for row in grid
                .iter_mut()
                .skip(cell.row as usize)
                .take(cell.rowspan as usize)
            {
                for slot in row
                    .iter_mut()
                    .skip(cell.column as usize)
                    .take(cell.colspan as usize)
                {
                    if slot.is_none() {
                        *slot = u32::try_from(number).ok();
                    }
                }
            }
        }
        grid
    }
}
