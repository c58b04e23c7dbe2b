//! Checks of an identity beyond its schema: that every id exists in every form named, and that each kind has
//! the keys it needs and no others. Problems come out in words; [`super::identities`] says of which identity.

use super::identity::{Group, Identity, Kind, Operator, Reach, Reports, Strictness};
use super::place::{Place, places};
use crate::model::form::Shape;
use crate::model::{Catalog, FormId};

/// What a list's value columns are called in rules across years; they are no indicators.
const LIST_COLUMNS: [&str; 2] = ["year", "cumulative"];

fn require(holds: bool, problem: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(problem.into()) }
}

/// Checks one identity against the forms.
///
/// # Errors
///
/// The first problem, in words.
pub(super) fn validate(identity: &Identity, catalog: &Catalog) -> Result<(), String> {
    let Identity { kind, op, .. } = *identity;
    require(!identity.forms.is_empty(), "no forms")?;
    require(
        !identity.en.is_empty() && !identity.zh.is_empty(),
        "no explanation",
    )?;
    require(
        kind.is_narrative() == identity.narrative.is_some(),
        "narrative goes with the narrative kinds",
    )?;
    let across = matches!(kind, Kind::CrossYear | Kind::CrossEra);
    require(
        across != identity.earlier_forms.is_empty(),
        "earlier_forms go with the kinds across years",
    )?;
    require(
        (kind == Kind::Timeliness) != identity.deadlines.is_empty(),
        "deadlines go with timeliness",
    )?;
    require(
        (kind == Kind::Plausibility) == identity.agency_attribute.is_some(),
        "agency_attribute goes with plausibility",
    )?;
    require(
        (op == Operator::OneOf) != identity.candidates.is_empty(),
        "candidates go with one_of",
    )?;
    require(
        (op == Operator::MultipleOf)
            == identity
                .narrative
                .as_ref()
                .is_some_and(|n| n.step.is_some()),
        "step goes with multiple_of",
    )?;
    if kind.is_within_report() {
        within_report(identity)?;
    }
    require(
        identity.exceptions.len() == identity.exceptions_zh.len(),
        "exceptions and exceptions_zh are not one for one",
    )?;
    readable(identity)?;
    ids(identity, catalog)?;
    candidates(identity, catalog)
}

/// What the evaluator relies on.
fn within_report(identity: &Identity) -> Result<(), String> {
    let domain = matches!(identity.op, Operator::NonNegative | Operator::Whole);
    let compared = matches!(identity.op, Operator::Eq | Operator::Le | Operator::Ge);
    require(domain || compared, "op does not go with the kind")?;
    require(
        domain == (identity.kind == Kind::Domain),
        "op does not go with the kind",
    )?;
    require(
        domain == (identity.reach == Reach::EachCell),
        "scope does not go with the op",
    )?;
    require(
        domain == identity.left.is_empty(),
        "left does not go with the op",
    )?;
    require(
        domain == identity.right.is_empty(),
        "right does not go with the op",
    )?;
    require(
        identity.strictness == Strictness::Hard || !identity.exceptions.is_empty(),
        "soft, but no exception says why",
    )?;
    for side in [&identity.left, &identity.right] {
        let greatest = side.iter().filter(|group| !group.max.is_empty()).count();
        require(greatest <= 1, "two max groups on one side")?;
    }
    Ok(())
}

/// Whether the groups name reports that the kind has.
fn readable(identity: &Identity) -> Result<(), String> {
    for group in identity.left.iter().chain(&identity.right) {
        let fits = match group.of {
            Reports::This => identity.kind != Kind::CrossLevel,
            Reports::LastYear => matches!(identity.kind, Kind::CrossYear | Kind::CrossEra),
            Reports::EveryPart | Reports::OnePart | Reports::Consolidated => {
                identity.kind == Kind::CrossLevel
            }
        };
        require(fits, "of does not go with the kind")?;
    }
    let no_ids = matches!(identity.reach, Reach::AllCells | Reach::EachCell);
    let none = identity.left.is_empty() && identity.right.is_empty();
    require(!no_ids || none, "the scope takes no ids")
}

fn ids(identity: &Identity, catalog: &Catalog) -> Result<(), String> {
    for (form, earlier) in identity
        .forms
        .iter()
        .map(|form| (*form, false))
        .chain(identity.earlier_forms.iter().map(|form| (*form, true)))
    {
        for place in places(identity, form, catalog)? {
            for group in identity.left.iter().chain(&identity.right) {
                if (group.of == Reports::LastYear) == earlier {
                    known(identity, group, place, form, catalog)?;
                }
            }
        }
    }
    Ok(())
}

fn known(
    identity: &Identity,
    group: &Group,
    place: Place,
    form: FormId,
    catalog: &Catalog,
) -> Result<(), String> {
    let list = matches!(place, Place::Row(table, _) if table.shape == Shape::List)
        && !identity.kind.is_within_report();
    for id in group.plus.iter().chain(&group.minus).chain(&group.max) {
        let exists = if list {
            LIST_COLUMNS.contains(&id.as_str())
        } else {
            place.cell(catalog, form, id).is_some()
        };
        if !exists {
            let place = place.name(catalog);
            return Err(format!("form {form} has no {id} at {place:?}"));
        }
    }
    Ok(())
}

fn candidates(identity: &Identity, catalog: &Catalog) -> Result<(), String> {
    for (at, candidate) in identity.candidates.iter().enumerate() {
        let id = &candidate.id;
        let twice = identity.candidates[..at]
            .iter()
            .any(|other| other.id == *id);
        require(!twice, "two candidates of one name")?;
        let forms = if candidate.forms.is_empty() {
            &identity.forms
        } else {
            &candidate.forms
        };
        for form in forms {
            require(identity.forms.contains(form), "candidate of a foreign form")?;
            for group in &candidate.terms {
                require(group.of == Reports::This, "candidate of another report")?;
                known(identity, group, Place::Report, *form, catalog)?;
            }
        }
    }
    for form in &identity.forms {
        let derivable = identity
            .candidates
            .iter()
            .any(|candidate| candidate.forms.is_empty() || candidate.forms.contains(form));
        require(
            identity.candidates.is_empty() || derivable,
            "form without a candidate",
        )?;
    }
    Ok(())
}
