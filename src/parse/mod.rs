//! Decoded page → [`Document`]. One pass, pure, positions kept.

mod document;

pub use document::{
    Block, BlockKind, Cell, CellRef, Container, Document, Image, Link, Meta, Table,
};
