//! Plain text → [`Document`], a block a line.
//!
//! In: a decoded text. Out: its lines as blocks; no tables, no containers but the document. Tabs stay;
//! what columns they make is for `extract` to say.

use super::builder::{Builder, capped};
use super::document::{BlockKind, Document};
use super::flow::{Reading, Space, Stop};
use crate::decode::Decoded;
use crate::model::Code;

/// Reads a plain-text file. Blank lines are counted in [`Block::empties_before`](super::Block::empties_before).
pub fn parse_text<'s>(decoded: &'s Decoded<'_>) -> Document<'s> {
    let text = &*decoded.text;
    let page = capped(text);
    let mut builder = Builder::new(page, decoded.cursor());
    let mut at = 0;
    while at < page.len() && builder.within_budget() {
        let flow = &mut builder.flow;
        let (next, stop) = flow.read(page, at, page.len(), Reading::Raw, Space::Keep);
        match stop {
            Stop::Piece => builder.flush_as(BlockKind::Line),
            Stop::Line => builder.end_line(Some(BlockKind::Line)),
        }
        at = next;
    }
    if at < text.len() {
        let message = "the rest of the text was not read";
        builder.find_once(Code::PageTruncated, message);
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    #[test]
    fn lines_become_blocks() {
        let page = "\u{feff}年报\r\n\r\n \t \n\t项目\t数量\r件\n\n";
        let decoded = decode(page.as_bytes(), None);
        let document = parse_text(&decoded);
        let found: Vec<_> = document
            .blocks
            .iter()
            .map(|block| {
                let bytes = block.bytes.slice(page.as_bytes()).unwrap();
                assert_eq!(document.block_text(block).as_bytes(), bytes);
                assert_eq!(block.kind, BlockKind::Line);
                (document.block_text(block), block.empties_before)
            })
            .collect();
        assert_eq!(found, [("年报", 0), ("项目\t数量", 2), ("件", 0)]);
        assert!(document.findings.is_empty());
    }
}
