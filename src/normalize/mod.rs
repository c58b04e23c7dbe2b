//! Grammars of printed text: labels, numbers, numerals, dates.
//!
//! Each takes a piece of text as published and says what it is; none knows a table or a page. They
//! stand before `extract` in the flow, because what a label or a number is decides how a table is read.

pub mod code;
pub mod date;
pub mod label;
mod measure;
pub mod number;
pub mod numeral;
pub mod quantity;

pub use date::{DateMatch, find_date, find_dates};
pub use label::{Enumeration, Label};
pub use number::{CellText, read_cell};
