//! Draws annual-report pages with a known truth.
//!
//! A [`Case`] fixes everything about a page: the form and its values, the narrative, how tables
//! and numbers are written, the page around them, the bytes. [`Case::render`] writes the page,
//! [`Case::truth`] says what a reader must find in it. The same seed gives the same bytes.
//! All agencies, hosts and sentences are invented.
//!
//! Test targets and benches include it by path:
//! `#[path = "generator/mod.rs"] mod generator;`

#![allow(
    dead_code,
    unused_imports,
    reason = "every target that includes the generator uses a part of it"
)]
#![expect(
    clippy::format_push_string,
    reason = "markup reads better as one literal, and pages are small"
)]

mod agency;
mod article20;
mod case;
mod chrome;
pub mod corpus;
mod dialect;
mod disputes;
mod divided;
pub mod judge;
mod layout;
mod list;
mod markup;
mod non_report;
mod numbers;
mod page;
mod prose;
mod requests;
mod rng;
mod several;
mod sheet;
mod template;
mod truth;
mod untold;
mod values;

pub use agency::Agency;
pub use case::{Case, Content};
pub use dialect::{Charset, Declared, Dialect, Headings, Numbers, Template};
pub use non_report::{NonReport, non_report};
pub use numbers::expect as expect_cell;
pub use prose::Section;
pub use rng::Rng;
pub use several::{Behind, Turning, paged, pair, several};
pub use truth::{ExpectedCell, Planted, Truth};
pub use values::draw as draw_values;
