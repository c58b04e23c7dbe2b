//! Decoded page → [`Document`]. One pass, pure, positions kept.
//!
//! In: a [`Decoded`](crate::decode::Decoded) page or text file. Out: its blocks, tables, containers, links
//! and images in source order. Never guesses what a block or a table means, never recurses, and
//! stops at caps that it reports.

mod assembly;
mod blocks;
mod builder;
mod divs;
mod document;
mod docx;
mod flow;
mod grid;
mod notes;
mod pager;
mod pdf;
mod pieces;
mod plain;
mod reference;
mod scan;
mod tables;
mod tag;
mod tokens;
mod tree;
mod xml;

pub use divs::find_grids;
pub use document::{
    Block, BlockKind, Cell, CellRef, Container, Document, Image, Link, Meta, Table,
};
pub use docx::{DocxError, DocxText, parse_docx};
pub use flow::is_invisible;
pub use pager::Pager;
pub use pdf::{PdfError, PdfPages, parse_pdf};
pub use plain::parse_text;
pub use tokens::{Piece, Text, Token, Tokens, attribute_value, tokens};
pub use tree::parse_html;
pub use xml::xml_reference;

/// What byte ranges of a document count in where that is not the payload itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartBytes {
    /// Which: `word/document.xml`, `page 3`.
    pub name: String,
    /// Its bytes, unpacked.
    pub bytes: Vec<u8>,
}
