//! Findings from checks: only contradictions, each with its equation spelled out.

use std::fmt::Write;

use super::check::{Check, CheckCell, Outcome};
use super::identity::{Operator, Strictness};
use super::rule::{Part, Side};
use crate::model::{Catalog, CellStatus, Code, Finding};

/// From this many terms on, the zeros of a side are counted instead of written.
pub(super) const LONG: usize = 8;

/// What is contradictory, in the order of the checks. A wrong cell shows in every identity it takes part in:
/// all of them are kept, since together they tell which cell it is.
///
/// Hard identities that fail are [`Code::IdentityFails`], rules on a cell's domain [`Code::DomainFails`], soft
/// ones [`Code::SoftIdentityFails`]. Where blanks stand in the way, only a hard identity that no count in their
/// place could mend is reported, as [`Code::IdentityBlank`]. The place lists every cell involved.
pub fn findings(checks: &[Check], catalog: &Catalog) -> Vec<Finding> {
    checks
        .iter()
        .filter_map(|check| finding(check, catalog))
        .collect()
}

/// What a check is a finding of; `None` where it contradicts nothing.
pub(super) fn code(check: &Check) -> Option<Code> {
    let hard = check.rule.strictness() == Strictness::Hard;
    match &check.outcome {
        Outcome::Fails { .. } if is_domain(check) => Some(Code::DomainFails),
        Outcome::Fails { .. } if hard => Some(Code::IdentityFails),
        Outcome::Fails { .. } => Some(Code::SoftIdentityFails),
        Outcome::NotAssessable {
            irreconcilable: true,
            ..
        } if hard => Some(Code::IdentityBlank),
        _ => None,
    }
}

fn is_domain(check: &Check) -> bool {
    matches!(check.rule.op(), Operator::NonNegative | Operator::Whole)
}

fn finding(check: &Check, catalog: &Catalog) -> Option<Finding> {
    let identity = check.rule.identity;
    let domain = is_domain(check);
    let code = code(check)?;
    let mut message = identity.id.clone();
    if !check.rule.place.is_empty() {
        message.push_str(" at ");
        message.push_str(&check.rule.place);
    }
    message.push_str(": ");
    side(&mut message, check, Side::Left);
    message.push_str(match identity.op {
        Operator::NonNegative => " is below zero",
        Operator::Whole => " is not whole",
        Operator::Le => " > ",
        Operator::Ge => " < ",
        _ => " ≠ ",
    });
    if !domain {
        side(&mut message, check, Side::Right);
    }
    if code == Code::IdentityBlank {
        message.push_str(", whatever the blank cells count");
    }
    if code == Code::SoftIdentityFails {
        message.push_str(". May be innocent: ");
        message.push_str(&identity.exceptions.join(" "));
    }
    Some(Finding::new(code, place(check, catalog), message))
}

fn place(check: &Check, catalog: &Catalog) -> String {
    let ids: Vec<_> = check
        .cells
        .iter()
        .map(|cell| catalog.indicator(cell.indicator).cell.as_str())
        .collect();
    ids.join(",")
}

/// Writes one side with its values: `60 + 0`, `3 + 2 + 19×0 (5)`, `max(1, blank)`.
fn side(message: &mut String, check: &Check, side: Side) {
    let all = || check.cells.iter().filter(move |cell| cell.side == side);
    let (greatest, added): (Vec<_>, Vec<_>) = all().partition(|cell| cell.part == Part::Max);
    let is_zero = |cell: &CheckCell| cell.value.is_some_and(|value| value.mantissa() == 0);
    let long = added.len() >= LONG;
    let zeros = added.iter().filter(|cell| is_zero(cell)).count();
    let start = message.len();
    for cell in added.iter().filter(|cell| !long || !is_zero(cell)) {
        let first = message.len() == start;
        message.push_str(match (cell.part == Part::Minus, first) {
            (true, true) => "−",
            (true, false) => " − ",
            (false, true) => "",
            (false, false) => " + ",
        });
        message.push_str(&value(cell));
    }
    let mut add = |text: &str| {
        if message.len() > start {
            message.push_str(" + ");
        }
        message.push_str(text);
    };
    if long && zeros > 0 {
        add(&format!("{zeros}×0"));
    }
    if !greatest.is_empty() {
        let values: Vec<_> = greatest.iter().map(value).collect();
        add(&format!("max({})", values.join(", ")));
    }
    let constant = check.rule.constants[side as usize];
    if constant != 0 || all().next().is_none() {
        add(&constant.to_string());
    }
    if let Outcome::Fails { left, right } = &check.outcome
        && added.len() > 2
    {
        let sum = if side == Side::Left { left } else { right };
        // Writing to a String cannot fail.
        let _ = write!(message, " ({sum})");
    }
}

fn value(cell: &CheckCell) -> String {
    match cell.value {
        Some(value) => value.to_string(),
        None if cell.status == CellStatus::Number => "other unit".into(),
        None => cell.status.as_str().into(),
    }
}
