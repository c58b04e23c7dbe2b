//! Document → the report in it, or why it is none.

mod body;
mod dates;
mod disputes;
mod flat;
mod headings;
pub mod lexicon;
mod list;
mod matrix;
mod reading;
mod sections;
mod title;
mod view;
