//! Decoded page → [`Document`]. One pass, pure, positions kept.
//!
//! In: a [`Decoded`](crate::decode::Decoded) page or text file. Out: its blocks, tables, containers, links
//! and images in source order. Never guesses what a block or a table means, never recurses, and
//! stops at caps that it reports.

mod blocks;
mod builder;
mod divs;
mod document;
mod flow;
mod grid;
mod notes;
mod pager;
mod pieces;
mod plain;
mod reference;
mod scan;
mod tables;
mod tag;
mod tokens;
mod tree;

pub use divs::find_grids;
pub use document::{
    Block, BlockKind, Cell, CellRef, Container, Document, Image, Link, Meta, Table,
};
pub use flow::is_invisible;
pub use pager::Pager;
pub use plain::parse_text;
pub use tokens::{Text, Token, Tokens, attribute_value, tokens};
pub use tree::parse_html;
