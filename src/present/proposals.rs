//! Proposals as a list, and as notes beside the cells of a form. Pure.

use std::fmt::Write as _;

use crate::model::{Fault, IndicatorId, Proposal};

use super::width::visible;

/// The proposals, two lines each: how far to trust them and the cause; what would change.
pub fn list_proposals(proposals: &[Proposal]) -> String {
    let mut text = String::new();
    for proposal in proposals {
        let standing = if proposal.unique {
            "the only explanation".to_owned()
        } else {
            format!("one of {}", proposal.alternatives)
        };
        let fault = match proposal.fault {
            Fault::Page => "the page prints it so",
            Fault::Reading => "read wrongly: the page does not print it so",
            Fault::Unknown => "not known whether the page prints it so",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "  {}, {standing}, confidence {}; {fault}\n    {}",
            proposal.cause.as_str(),
            proposal.confidence.as_str(),
            visible(&proposal.message)
        );
    }
    text
}

/// What stands beside a printed cell: the number proposed, or that the cell is one of several in doubt; empty
/// where nothing is proposed for it.
pub fn note(proposals: &[Proposal], cell: IndicatorId) -> String {
    let of_cell = proposals.iter().filter_map(|proposal| {
        let mut changes = proposal.changes.iter();
        Some((proposal, changes.find(|change| change.indicator == cell)?))
    });
    match of_cell.into_iter().next() {
        None => String::new(),
        Some((proposal, change)) if proposal.unique => {
            let proposed = change.proposed.map(|value| value.to_string());
            format!("〔建议：{}〕", proposed.as_deref().unwrap_or("空"))
        }
        Some(_) => "〔存疑〕".into(),
    }
}
