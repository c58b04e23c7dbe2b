//! Across years and texts: what several reports of an agency, or a report's text and its tables, say of each other.
//!
//! In go chains of years ([`crate::model::Chain`]), mentions, dates; out come [`crate::model::Watched`] findings, each with its evidence. Pure. What is not
//! printed is never assumed: a rule with a missing number is not assessed, and no blank counts as 0. The rules are those of
//! `data/identities.toml`; what a finding means, on what law it rests and how it may be innocent stands in `data/watch.toml`.

mod chain;
mod dates;
mod fees;
mod levels;
mod narrative;
mod rules;
mod shares;
mod texts;
mod vanished;

pub use chain::{check_chain, why_in_chinese};
pub use dates::{Dated, Day, late, postdated};
pub use levels::{check_levels, is_department};
pub use narrative::{TextFacts, TextMention, check_text};
pub use rules::{CrossRules, columns};
pub use shares::TextShare;
pub use texts::{Text, Texts};
pub use vanished::{Extent, Mass, Standing, Vanished, mass};
