//! Which agencies are one: facts of the store and decisions of people through [`crate::agency`], back into the store.
//!
//! Made anew at the end of each build, from all there is: what is built in steps equals what is built at once.

use crate::agency::{Decided, Link, Named, Resolution, resolve};
use crate::decisions::{AgencyRef, Decisions, What};
use crate::store::{KeyRow, LinkRow, Store, StoreError};

/// Finds out which agencies of the store are one and writes it down; whether anything changed.
///
/// # Errors
///
/// [`StoreError`]; then the store is as it was.
pub fn settle_agencies(
    store: &mut Store,
    decisions: &Decisions,
) -> Result<(Resolution, bool), StoreError> {
    let facts = store.agency_facts()?;
    let resolution = resolve(&facts, &decided(decisions));
    let keys: Vec<KeyRow> = resolution
        .identities
        .iter()
        .flat_map(|identity| {
            identity.members.iter().map(|member| KeyRow {
                agency_id: member.id,
                key: identity.key,
                label: identity.label.clone(),
                division: identity.division.clone(),
                level: identity.level.map(crate::agency::Level::as_str),
                rule: member.rule.as_str(),
                evidence: member.evidence.clone(),
            })
        })
        .collect();
    let links: Vec<LinkRow> = resolution.links.iter().map(row_of).collect();
    let changed = store.put_agencies(&keys, &links)?;
    Ok((resolution, changed))
}

/// Ids of decisions in force that name an agency which the store does not have.
///
/// # Errors
///
/// [`StoreError`].
pub fn unmatched(store: &Store, decisions: &Decisions) -> Result<Vec<String>, StoreError> {
    Ok(resolve(&store.agency_facts()?, &decided(decisions)).unmatched)
}

fn row_of(link: &Link) -> LinkRow {
    LinkRow {
        earlier_id: link.earlier,
        later_id: link.later,
        kind: link.kind.as_str(),
        since: link.since.clone(),
        until: link.until.clone(),
        evidence: link.evidence.clone(),
        apart: link.apart.clone(),
    }
}

/// The decisions in force that concern agencies.
fn decided(decisions: &Decisions) -> Vec<Decided> {
    let named = |agency: &AgencyRef| Named {
        name: agency.name.clone(),
        code: agency.code.clone(),
        place: agency.place.clone().unwrap_or_default(),
    };
    let held = decisions.in_force().into_iter();
    held.filter_map(|decision| match &decision.what {
        What::MergeAgencies { agencies } => Some(Decided::Join {
            id: decision.id.clone(),
            agencies: agencies.iter().map(named).collect(),
        }),
        What::SplitAgency { agency } => Some(Decided::Apart {
            id: decision.id.clone(),
            agency: named(agency),
        }),
        What::ConfirmFinding { .. } | What::DismissFinding { .. } | What::Undo { .. } => None,
    })
    .collect()
}
