//! What was joined as identities: the name that stands for the whole, members with their evidence, division and level.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use super::super::division::{Divisions, Level};
use super::super::name::Name;
use super::super::place::era;
use super::{Identity, Joined, Member, Rule, Standing};

pub(super) fn identities(joined: &Joined<'_>, decided: &Standing) -> Vec<Identity> {
    let mut chosen: HashMap<usize, usize> = HashMap::new();
    // The latest decision names the whole.
    for (_, members) in &decided.joins {
        chosen.insert(joined.root(members[0]), members[0]);
    }
    let mut edges: Vec<Vec<(usize, usize)>> = vec![Vec::new(); joined.nodes.len()];
    for (number, (one, other, ..)) in joined.edges.iter().enumerate() {
        edges[*one].push((*other, number));
        edges[*other].push((*one, number));
    }
    let mut found: Vec<(usize, Identity)> = Vec::new();
    for root in 0..joined.nodes.len() {
        if joined.members(root).is_empty() || joined.root(root) != root {
            continue;
        }
        let key = chosen
            .get(&root)
            .copied()
            .unwrap_or_else(|| joined.best(root));
        let members = members(joined, &edges, key);
        let (division, level) = standing(joined, root, key);
        let fact = joined.nodes[key].fact;
        let label = fact.name.clone().or_else(|| fact.code.clone());
        found.push((
            key,
            Identity {
                key: fact.id,
                members,
                division,
                level,
                label: label.unwrap_or_default(),
            },
        ));
    }
    label(joined, &mut found);
    let mut identities: Vec<Identity> = found.into_iter().map(|(_, identity)| identity).collect();
    identities.sort_by_key(|identity| identity.key);
    identities
}

/// The members of the key's identity, each with the join that leads from it towards the key.
fn members(joined: &Joined<'_>, edges: &[Vec<(usize, usize)>], key: usize) -> Vec<Member> {
    let member = |at: usize, rule, evidence| Member {
        id: joined.nodes[at].fact.id,
        rule,
        evidence,
    };
    let mut found = vec![member(key, Rule::Own, String::new())];
    let mut seen = HashSet::from([key]);
    let mut queue = VecDeque::from([key]);
    while let Some(at) = queue.pop_front() {
        for (next, number) in &edges[at] {
            if seen.insert(*next) {
                let (_, _, rule, evidence) = &joined.edges[*number];
                found.push(member(*next, *rule, evidence.clone()));
                queue.push_back(*next);
            }
        }
    }
    found.sort_by_key(|member| member.id);
    found
}

/// Adds code or place to names that several identities have.
fn label(joined: &Joined<'_>, found: &mut [(usize, Identity)]) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (_, identity) in found.iter() {
        *counts.entry(identity.label.clone()).or_default() += 1;
    }
    for (key, identity) in found.iter_mut() {
        let fact = joined.nodes[*key].fact;
        if counts[&identity.label] < 2 {
            continue;
        }
        let era = era(&fact.place).map(ToOwned::to_owned);
        let place = fact.place.strip_prefix("page ").unwrap_or(&fact.place);
        let place = (!place.is_empty()).then(|| place.to_owned());
        if let Some(more) = era.or_else(|| fact.code.clone()).or(place) {
            identity.label = format!("{} ({more})", identity.label);
        }
    }
}

/// Division and level: of the key's name, else of another's, else of the authority that registered the code.
fn standing(joined: &Joined<'_>, root: usize, key: usize) -> (Option<String>, Option<Level>) {
    let others = joined.members(root).iter().copied().filter(|at| *at != key);
    let members: Vec<usize> = std::iter::once(key).chain(others).collect();
    let names = || {
        members
            .iter()
            .filter_map(|at| joined.nodes[*at].name.as_ref())
    };
    let division = names().find_map(Name::division).map(ToOwned::to_owned);
    let level = names().find_map(Name::level);
    if division.is_some() && level.is_some() {
        return (division, level);
    }
    let registered: BTreeSet<&str> = members
        .iter()
        .filter_map(|at| joined.nodes[*at].code.as_ref()?.registered_in())
        .collect();
    let registered: Vec<&str> = registered.into_iter().collect();
    let [code] = registered.as_slice() else {
        return (division, level);
    };
    let found = Level::of_code(code);
    // The name must not say otherwise: another level, another province or prefecture.
    let outer = names().flat_map(Name::outers).all(|outer| {
        let digits = if outer.ends_with("0000") { 2 } else { 4 };
        code[..digits] == outer[..digits]
    });
    let is_named = names().any(|name| !name.parts.is_empty() || name.is_national);
    let fits = match level {
        Some(level) => found == Some(level),
        // A city or district that the data does not know is county-level, or the code is another body's.
        None => !is_named || found == Some(Level::County),
    };
    if !outer
        || !fits
        || Divisions::get()
            .name(&format!("{}0000", &code[..2]))
            .is_none()
    {
        return (division, level);
    }
    (
        division.or_else(|| Some((*code).to_owned())),
        level.or(found),
    )
}
