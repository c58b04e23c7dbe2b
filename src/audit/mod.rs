//! Arithmetic of a report's cells (勾稽关系).
//!
//! In go a report's observations, out come [`Check`]s: for every identity of the forms whose tables the page
//! has, and every row or column it speaks of, whether it holds, fails or cannot be assessed. [`findings`] turns
//! the ones that contradict themselves into findings. Pure: the only globals are the rules compiled from
//! `data/identities.toml`. Nothing here fills in, corrects or drops a value.
//!
//! Blank is not zero. An identity with a blank cell is never reported as failing; it is reported as
//! [`Code::IdentityBlank`](crate::model::Code::IdentityBlank) only where no count in place of the blanks could
//! make it hold. A reader who wants the other view has [`Outcome::NotAssessable::if_blanks_zero`].
//!
//! [`across`] holds reports of several years, and a report's text and tables, against each other.
//!
//! [`similarity`] finds text that reports of different agencies have in common.
//!
//! [`origin`] judges whether the page is the agency's; its globals are the lists of `data/hosts.toml`, `data/lexicon.toml` and
//! `data/divisions.toml`.

pub mod across;
mod check;
mod evaluate;
mod finding;
mod identities;
pub mod identity;
pub mod origin;
mod place;
pub mod repair;
mod rule;
mod sentence;
pub mod similarity;
mod strangers;
mod sum;
mod validate;

pub use check::{Check, CheckCell, Outcome, Verdict};
pub use evaluate::{check, contradictions};
pub use finding::findings;
pub use identities::{Identities, IdentityError};
pub use identity::{Identity, Kind, Operator, Strictness};
pub use rule::{Part, Rule, Rules, Side, Term};
pub use sentence::in_chinese;
pub use strangers::without_open_sums;
pub use sum::Sum;
