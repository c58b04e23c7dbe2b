//! What the tags of tables do (HTML 13.2.6.4.9 to 13.2.6.4.15).
//!
//! In: a start or end tag of a table, caption, row group, row or cell. Out: elements opened and closed
//! in the [`Builder`]. The insertion mode is the innermost open element of this kind; columns are
//! only boundaries.

use super::builder::{Builder, OpenTable, count};
use super::document::{CellRef, Table};
use super::grid::{Placer, Spans};
use super::tag::Tag;
use crate::model::ByteRange;

impl Builder<'_> {
    /// The innermost table, caption, row group, row or cell: its number and element.
    pub(super) fn table_context(&mut self) -> (usize, Tag) {
        let context = self.top().context;
        (context, self.frames[context].tag)
    }

    /// `<table>`: directly in another table's structure it ends that table.
    pub(super) fn start_table(&mut self) {
        self.flush();
        while let (context, tag) = self.table_context()
            && (tag == Tag::Table || tag == Tag::Tr || tag.is_row_group())
        {
            let table = self.table_of(context);
            self.close(table);
        }
        // A paragraph that a table ends is no empty line.
        if self.top().tag == Tag::P {
            self.top().filled = true;
        }
        self.close_paragraph();
        let start = self.place(self.token.0);
        let blocks = self.block_count();
        let outer = self.top();
        let (parent, container) = (outer.cell, outer.container);
        if let Some(cell) = parent {
            self.document.tables[cell.table as usize].cells[cell.cell as usize].has_table = true;
        }
        self.tables.push(OpenTable {
            number: self.document.tables.len(),
            placer: Placer::default(),
        });
        self.count_item();
        self.document.tables.push(Table {
            parent,
            container,
            blocks: blocks..blocks,
            bytes: ByteRange::new(start, start),
            ..Table::default()
        });
        self.open(Tag::Table);
    }

    /// The start tag of anything in a table.
    pub(super) fn start_table_part(&mut self, tag: Tag) {
        self.flush();
        loop {
            let (context, mode) = self.table_context();
            match mode {
                Tag::Td | Tag::Th | Tag::Caption => self.close(context),
                Tag::Tr => {
                    self.close(context + 1);
                    if tag.is_cell() {
                        return self.open_cell(tag);
                    }
                    self.close(context);
                }
                Tag::Thead | Tag::Tbody | Tag::Tfoot => {
                    self.close(context + 1);
                    if tag == Tag::Tr {
                        return self.open_row();
                    }
                    if tag.is_cell() {
                        self.open_row();
                    } else {
                        self.close(context);
                    }
                }
                Tag::Table => {
                    self.close(context + 1);
                    match tag {
                        Tag::Col | Tag::Colgroup => return,
                        Tag::Caption => return self.open(tag),
                        Tag::Thead | Tag::Tbody | Tag::Tfoot => return self.open_group(tag),
                        _ => self.open_group(Tag::Tbody),
                    }
                }
                // No table is open.
                _ => return,
            }
        }
    }

    /// The end tag of a table or of anything in one.
    pub(super) fn end_table_part(&mut self, tag: Tag) {
        self.flush();
        let (context, mode) = self.table_context();
        match tag {
            _ if mode == Tag::Root => {}
            Tag::Table => {
                let table = self.table_of(context);
                self.ends_table = true;
                self.close(table);
                self.ends_table = false;
            }
            Tag::Thead | Tag::Tbody | Tag::Tfoot | Tag::Tr => {
                if matches!(mode, Tag::Table | Tag::Caption) {
                    return;
                }
                // From the context outwards, within its table.
                let found = (self.table_of(context)..=context)
                    .rev()
                    .find(|number| self.frames[*number].tag == tag);
                if let Some(found) = found {
                    self.close(found);
                }
            }
            // Only from directly inside.
            Tag::Td | Tag::Th | Tag::Caption if mode == tag => self.close(context),
            _ => {}
        }
    }

    /// The table that an element of its structure belongs to.
    fn table_of(&self, context: usize) -> usize {
        let found = self.frames[..=context]
            .iter()
            .rposition(|frame| frame.tag == Tag::Table);
        found.unwrap_or(context)
    }

    fn open_group(&mut self, tag: Tag) {
        if let Some(open) = self.tables.last_mut() {
            let cells = &self.document.tables[open.number].cells;
            open.placer.open_group(cells, tag == Tag::Tfoot);
        }
        self.open(tag);
    }

    fn open_row(&mut self) {
        if let Some(open) = self.tables.last_mut() {
            open.placer.open_row();
        }
        self.open(Tag::Tr);
    }

    /// Opens a cell and places it. Beyond the caps its text belongs to what is around the table.
    fn open_cell(&mut self, tag: Tag) {
        let names = ["id", "class", "colspan", "rowspan"];
        let [id, class, colspan, rowspan] = self.attributes.pick(self.page, names);
        self.open_with(tag, [id, class]);
        let inside = self.place(self.token.1);
        let blocks = self.block_count();
        let Some(open) = self.tables.last_mut() else {
            return;
        };
        let cells = &mut self.document.tables[open.number].cells;
        let spans = Spans::new(colspan, rowspan);
        let Some(mut cell) = open.placer.place(spans, cells.len()) else {
            return;
        };
        cell.header = tag == Tag::Th;
        cell.blocks = blocks..blocks;
        cell.inner = ByteRange::new(inside, inside);
        let reference = CellRef {
            table: count(open.number),
            cell: count(cells.len()),
        };
        cells.push(cell);
        self.own_cell(reference);
        self.count_item();
    }
}
