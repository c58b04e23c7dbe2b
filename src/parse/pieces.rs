//! Documents cut and put together again.
//!
//! In: parsed pages. Out: a piece of one, or one that goes on where another ends; the numbers of tables stay, those
//! of blocks and containers are made to fit. Never looks at text.

use std::ops::Range;

use super::document::Document;

impl<'s> Document<'s> {
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
