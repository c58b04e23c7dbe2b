//! Text that stands in reports of different agencies.
//!
//! In go narratives, out come pairs of reports with the passages they have in common, word for word but for small changes. Pure.
//!
//! 1. [`Han`]: of a text only the Chinese characters count. Digits, marks, spaces and the agency's own names are left out: they are
//!    what a copier replaces.
//! 2. [`Sketches`]: every run of [`SHINGLE`] characters is hashed, and the hashes that are multiples of [`Sketches::rate`] are
//!    kept (fractional `MinHash`). Unlike a `MinHash` of fixed size it estimates how much of a text stands in a longer one, so
//!    a copied section is found in a report that is otherwise its own.
//! 3. [`Matches`]: hashes that few agencies have lead to candidates; hashes that many have are common wording. Counted are agencies and
//!    never reports: an agency that says the same every year makes nothing common, and nobody a copier.
//! 4. [`compare`]: the candidates' texts side by side, common wording taken out.

mod align;
mod candidates;
mod han;
mod sketch;

pub use align::{Bar, Overlap, Passage, compare};
pub use candidates::{Candidate, Known, Matches};
pub use han::{Han, names_in};
pub use sketch::{SHINGLE, Sketches};
