//! Where runs of text become blocks.
//!
//! In: block boundaries, line ends, the open link. Out: [`Block`]s with their place, the empty lines before
//! them and how much of them is linked. Never opens or closes an element.

use std::mem::take;

use super::builder::{Builder, count};
use super::document::{Block, BlockKind};
use super::flow::is_invisible;
use super::tag::Class;
use crate::model::ByteRange;

impl Builder<'_> {
    /// Ends the run of text at a block boundary.
    pub(super) fn flush(&mut self) {
        let kind = self.top().kind;
        self.flush_as(kind);
    }

    /// Ends the run of text as a block of this kind.
    pub(super) fn flush_as(&mut self, kind: BlockKind) {
        if self.flow.is_visible() {
            self.count_link_text();
            self.mark_filled();
            let start = self.place(self.flow.first);
            let end = self.place(self.flow.last);
            let frame = self.top();
            let (container, cell) = (frame.container, frame.cell);
            self.count_item();
            self.document.blocks.push(Block {
                kind,
                text: count(self.flow.start)..count(self.flow.end),
                bytes: ByteRange::new(start, end),
                container,
                cell,
                empties_before: take(&mut self.empties),
                link_chars: take(&mut self.link_chars),
            });
        }
        self.line_filled = false;
        self.flow.next_run();
        if let Some(link) = &mut self.link {
            link.from = self.flow.start;
        }
    }

    /// A line ends (`<br>`, line break of `<pre>`); an empty one shows.
    pub(super) fn end_line(&mut self, kind: Option<BlockKind>) {
        let empty = !self.flow.is_visible() && !self.line_filled;
        match kind {
            Some(kind) => self.flush_as(kind),
            None => self.flush(),
        }
        if empty {
            self.empties = self.empties.saturating_add(1);
        }
        self.mark_filled();
    }

    /// The innermost block shows something.
    pub(super) fn mark_filled(&mut self) {
        for frame in self.frames.iter_mut().rev() {
            frame.filled = true;
            if frame.tag.class() != Class::Barrier {
                break;
            }
        }
    }

    /// Notes what the current run has of the open link.
    pub(super) fn count_link_text(&mut self) {
        let Some(link) = &mut self.link else {
            return;
        };
        let from = link.from.max(self.flow.start);
        let until = self.flow.end;
        let Some(text) = self.flow.text.get(from..until) else {
            return;
        };
        let text = text.trim_start_matches(is_invisible);
        if text.is_empty() {
            return;
        }
        self.link_chars += count(text.chars().count());
        if let Some(known) = self.document.links.get_mut(link.number) {
            known.text = if link.has_text {
                0..0
            } else {
                count(until - text.len())..count(until)
            };
        }
        link.has_text = true;
        link.from = until;
    }
}
