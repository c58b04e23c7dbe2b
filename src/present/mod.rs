//! Text for people: tables, plots, coverage, forms, findings.
//!
//! In: plain values of `model` and the small structs here. Out: strings, the same for the
//! same input, without colours (so `NO_COLOR` holds). Pure. Page text is hostile and is
//! shown with control and direction characters made visible; what is missing is drawn as
//! the word for how it is missing, never as 0.

mod bars;
mod cell;
mod coverage;
mod diff;
mod findings;
mod form;
mod passage;
mod plot;
mod proposals;
mod schedule;
mod seeds;
mod sign;
mod statistics;
pub mod svg;
mod table;
mod width;

pub use bars::{Bar, Bars};
pub use cell::Cell;
pub use coverage::{Coverage, CoverageMatrix, CoverageRow};
pub use diff::{Mark, marked};
pub use findings::list_findings;
pub use form::{FormRow, FormTable};
pub use passage::side_by_side;
pub use plot::{Plot, Point};
pub use proposals::{list_proposals, note};
pub use schedule::{RunAs, Schedule, clock, duration};
pub use seeds::{SeedsFor, seeds_for};
pub use sign::Sign;
pub use statistics::{BeyondForm, beyond_the_form};
pub use table::{Align, Table};
pub use width::{display_width, shorten, visible};
