//! What would make contradictory numbers agree.
//!
//! The hard sums of a form are an error-correcting code. In section 3 of form 2021 (175 cells, 39 equations of rank
//! 37) two consistent tables differ in four cells at least: one wrong cell is always found and told from any other,
//! and two wrong cells never look like one. `docs/repairs.md` has the theory and what was measured.
//!
//! In go a report's observations, out come [`Proposal`]s: for every group of equations that fail, the change that
//! takes the fewest mistakes and after which all of them hold; all such changes where there are several. Never
//! applies one, never calls one the only one that is not, and fills no blank but where a row's numbers were pushed
//! into it. Pure; costs nothing where nothing fails.

mod cause;
mod code;
mod search;
mod sheet;

use std::fmt::Write as _;

use crate::model::{
    Catalog, Cause, Code, Confidence, Decimal, Fault, Finding, Observation, Proposal,
    ProposedChange,
};
use search::Explanation;
use sheet::Sheet;

/// How many of several equal explanations are listed.
pub const LISTED: usize = 8;

/// The proposals for a report's cells, by form and group of equations. [`Fault`] is left unknown: that takes the
/// bytes. Of two observations of one cell the first counts.
pub fn proposals(observations: &[Observation]) -> Vec<Proposal> {
    let mut by_indicator = vec![None; Catalog::get().indicators.len()];
    for observation in observations {
        if let Some(place @ None) = by_indicator.get_mut(usize::from(observation.indicator.0)) {
            *place = Some(observation);
        }
    }
    let sheets = code::parts().iter();
    sheets
        .filter_map(|part| Sheet::read(part, &by_indicator))
        .flat_map(|sheet| propose(&sheet))
        .collect()
}

fn propose(sheet: &Sheet<'_>) -> Vec<Proposal> {
    let found = search::cheapest(sheet);
    let unique = matches!(&*found, [one] if is_confirmed(sheet, one));
    let identities = identities(sheet);
    let alternatives = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let listed = found.iter().take(LISTED);
    listed
        .map(|one| {
            let mut proposal = Proposal {
                cause: one.cause,
                fault: Fault::Unknown,
                confidence: confidence(one, unique),
                unique,
                changes: changes(sheet, one),
                identities: identities.clone(),
                alternatives,
                message: String::new(),
            };
            proposal.message = message(&proposal);
            proposal
        })
        .collect()
}

/// Whether more equations fail than there are values to choose, so that they bear each other out. What an equation
/// with blanks says is too little to choose by.
fn is_confirmed(sheet: &Sheet<'_>, one: &Explanation) -> bool {
    let values = match one.cause {
        Cause::Several | Cause::AddedIntoTotal => 2,
        _ => 1,
    };
    let is_open = one.changes.len() <= 2 && !sheet.stuck.is_empty();
    one.is_valued && !is_open && sheet.failing.len() > values && !search::has_rival(sheet, one)
}

fn confidence(one: &Explanation, unique: bool) -> Confidence {
    match one.cause {
        _ if !unique => Confidence::Low,
        Cause::Several => Confidence::Low,
        Cause::Replaced | Cause::AddedIntoTotal => Confidence::Medium,
        _ => Confidence::High,
    }
}

fn changes(sheet: &Sheet<'_>, one: &Explanation) -> Vec<ProposedChange> {
    let change = |change: &sheet::Change| {
        let observation = sheet.observations[change.cell];
        let printed = observation.and_then(|one| one.value);
        let has_number = one.is_valued && !one.emptied.contains(&change.cell);
        let decimal = has_number.then(|| sheet.decimal(change.value, printed));
        ProposedChange {
            indicator: sheet.part.cells[change.cell],
            printed,
            proposed: decimal.flatten(),
            source: observation.and_then(|one| one.source),
        }
    };
    one.changes.iter().map(change).collect()
}

/// The equations that fail, or cannot hold.
fn identities(sheet: &Sheet<'_>) -> Vec<String> {
    let mut failing: Vec<usize> = sheet.failing.iter().chain(&sheet.stuck).copied().collect();
    failing.sort_unstable();
    let rules = failing.iter().map(|at| sheet.part.equations[*at].rule);
    rules
        .map(|rule| {
            let mut name = rule.identity.id.clone();
            if !rule.place.is_empty() {
                name.push_str(" at ");
                name.push_str(&rule.place);
            }
            name
        })
        .collect()
}

/// The cause in words.
const fn in_words(cause: Cause) -> &'static str {
    match cause {
        Cause::DigitDropped => "a digit dropped",
        Cause::DigitAdded => "a digit too many",
        Cause::DigitChanged => "a digit changed",
        Cause::DigitsSwapped => "two digits swapped",
        Cause::Replaced => "another number",
        Cause::TotalNotUpdated => "a total that its parts do not add up to",
        Cause::AddedIntoTotal => "a wrong number added into its total",
        Cause::CellsSwapped => "two cells swapped",
        Cause::RowShifted => "a row shifted by one cell",
        Cause::ColumnShifted => "a column shifted by one cell",
        Cause::RowRepeated => "the row beside it repeated",
        Cause::ColumnRepeated => "the column beside it repeated",
        Cause::RowsSwapped => "two rows swapped",
        Cause::NumberSplit => "a number split into two cells",
        Cause::NumbersMerged => "two numbers in one cell",
        Cause::Several => "two wrong numbers",
    }
}

fn message(proposal: &Proposal) -> String {
    let catalog = Catalog::get();
    let number = |value: Option<Decimal>, none: &str| {
        value.map_or_else(|| none.to_owned(), |value| value.to_string())
    };
    let is_placed_only = proposal.changes.iter().all(|one| one.proposed.is_none());
    let changes = proposal.changes.iter().map(|change| {
        let cell = &catalog.indicator(change.indicator).cell;
        let printed = number(change.printed, "blank");
        let proposed = number(change.proposed, if is_placed_only { "?" } else { "blank" });
        format!("{cell} {printed} → {proposed}")
    });
    let changes: Vec<String> = changes.collect();
    let mut text = changes.join(", ");
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        ": {} identities that fail would hold; {}",
        proposal.identities.len(),
        in_words(proposal.cause)
    );
    if is_placed_only {
        text.push_str("; which number would agree is not settled");
    }
    if proposal.alternatives > 1 {
        let others = proposal.alternatives - 1;
        let _ = write!(text, "; {others} other changes would do as well");
    } else if !proposal.unique {
        text.push_str("; nothing else confirms it");
    }
    text
}

/// A finding for every proposal that is the only one, and one for each set of several.
pub fn findings(proposals: &[Proposal]) -> Vec<Finding> {
    let catalog = Catalog::get();
    let sets = proposals
        .chunk_by(|one, other| !one.unique && !other.unique && one.identities == other.identities);
    sets.filter_map(|set| {
        let first = set.first()?;
        let mut cells: Vec<_> = set
            .iter()
            .flat_map(|proposal| proposal.changes.iter().map(|change| change.indicator))
            .collect();
        cells.sort_unstable();
        cells.dedup();
        let cells: Vec<&str> = cells
            .iter()
            .map(|cell| catalog.indicator(*cell).cell.as_str())
            .collect();
        let (code, text) = if first.unique {
            let fault = match first.fault {
                Fault::Page => "the page prints it so",
                Fault::Reading => "the page does not print it so: read wrongly",
                Fault::Unknown => "whether the page prints it so is not known",
            };
            let text = format!("{}; {fault}. Not applied", first.message);
            (Code::RepairProposed, text)
        } else {
            let text = format!(
                "{} changes would each make {} agree; none is chosen. For one: {}",
                first.alternatives,
                first.identities.join(", "),
                first.message
            );
            (Code::RepairAmbiguous, text)
        };
        Some(Finding::new(code, cells.join(","), text))
    })
    .collect()
}
