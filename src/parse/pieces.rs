//! Documents cut and put together again.
//!
//! In: parsed pages. Out: a piece of one, or one that goes on where another ends; the numbers of tables stay, those
//! of blocks and containers are made to fit. Never looks at text.

use std::ops::Range;

use super::builder::count;
use super::document::{CellRef, Document};

impl Document<'_> {
    /// The page as if only these blocks stood on it. Tables outside keep their numbers and lose their cells.
    #[must_use]
    pub fn piece(&self, range: &Range<u32>) -> Self {
        let mut piece = self.clone();
        let shift = |blocks: &mut Range<u32>| {
            let place = |at: u32| at.clamp(range.start, range.end) - range.start;
            *blocks = place(blocks.start)..place(blocks.end);
        };
        piece.blocks = self.blocks[range.start as usize..range.end as usize].to_vec();
        for container in &mut piece.containers {
            shift(&mut container.blocks);
        }
        for table in &mut piece.tables {
            let before = table.blocks.clone();
            shift(&mut table.blocks);
            if table.blocks.is_empty() && !before.is_empty() {
                table.cells.clear();
                (table.rows, table.columns) = (0, 0);
            }
            for cell in &mut table.cells {
                shift(&mut cell.blocks);
            }
        }
        let last = range.end as usize == self.blocks.len();
        let inside = |block: u32| range.contains(&block) || last && block == range.end;
        piece.links.retain(|link| inside(link.block));
        piece.images.retain(|image| inside(image.block));
        for link in &mut piece.links {
            link.block -= range.start;
        }
        for image in &mut piece.images {
            image.block -= range.start;
        }
        piece
    }
}

impl Document<'_> {
    /// Adds these blocks of another page, and the tables among them, behind all others, as if they stood at the end of
    /// the container `into`, which must be the last one with blocks. Their places count in `part`.
    pub fn append(&mut self, other: &Self, range: &Range<u32>, into: u32, part: u16) {
        let containers = count(self.containers.len());
        let tables = count(self.tables.len());
        let text = count(self.text.len()) + 1;
        let base = count(self.blocks.len());
        let place = |at: u32| at.clamp(range.start, range.end) - range.start + base;
        let shift = |blocks: &Range<u32>| place(blocks.start)..place(blocks.end);
        let cell_of = |cell: CellRef| CellRef {
            table: cell.table + tables,
            ..cell
        };
        self.text.push('\n');
        self.text.push_str(&other.text);
        for (number, container) in other.containers.iter().enumerate() {
            let mut container = container.clone();
            container.parent = match number {
                0 => into,
                _ => container.parent + containers,
            };
            container.blocks = shift(&container.blocks);
            container.inner = container.inner.of_part(part);
            self.containers.push(container);
        }
        for block in &other.blocks[range.start as usize..range.end as usize] {
            let mut block = block.clone();
            block.text = block.text.start + text..block.text.end + text;
            block.bytes = block.bytes.of_part(part);
            block.container += containers;
            block.cell = block.cell.map(cell_of);
            self.blocks.push(block);
        }
        for table in &other.tables {
            let mut table = table.clone();
            let empty = table.blocks.is_empty();
            table.blocks = shift(&table.blocks);
            table.parent = table.parent.map(cell_of);
            table.container += containers;
            table.bytes = table.bytes.of_part(part);
            if table.blocks.is_empty() && !empty {
                table.cells.clear();
                (table.rows, table.columns) = (0, 0);
            }
            for cell in &mut table.cells {
                cell.blocks = shift(&cell.blocks);
                cell.inner = cell.inner.of_part(part);
            }
            self.tables.push(table);
        }
        for link in other
            .links
            .iter()
            .filter(|link| range.contains(&link.block))
        {
            let mut link = link.clone();
            link.text = link.text.start + text..link.text.end + text;
            link.container += containers;
            link.block = place(link.block);
            self.links.push(link);
        }
        for image in other
            .images
            .iter()
            .filter(|image| range.contains(&image.block))
        {
            let mut image = image.clone();
            image.container += containers;
            image.cell = image.cell.map(cell_of);
            image.block = place(image.block);
            self.images.push(image);
        }
        self.findings.extend(other.findings.iter().cloned());
        let end = count(self.blocks.len());
        let mut around = into;
        loop {
            self.containers[around as usize].blocks.end = end;
            if around == 0 {
                break;
            }
            around = self.containers[around as usize].parent;
        }
    }
}
