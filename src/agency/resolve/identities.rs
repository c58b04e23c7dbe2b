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

/// Adds to names that several identities have what no other of them has: the code, else the place, else both.
fn label(joined: &Joined<'_>, found: &mut [(usize, Identity)]) {
    let mut same: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, (_, identity)) in found.iter().enumerate() {
        same.entry(identity.label.clone()).or_default().push(at);
    }
    for group in same.into_values().filter(|group| group.len() > 1) {
        // How many identities have it in any of their members: a portal puts its code on the pages of all its bureaus.
        let mut having: HashMap<&str, usize> = HashMap::new();
        for at in &group {
            let members = joined.members(joined.root(found[*at].0)).iter();
            let facts = members.map(|at| joined.nodes[*at].fact);
            let marks: HashSet<&str> = facts
                .flat_map(|fact| [fact.code.as_deref().unwrap_or_default(), &fact.place])
                .collect();
            for mark in marks {
                *having.entry(mark).or_default() += 1;
            }
        }
        let is_own = |mark: &str| !mark.is_empty() && having.get(mark) == Some(&1);
        for at in &group {
            let (key, identity) = &mut found[*at];
            let fact = joined.nodes[*key].fact;
            let era = era(&fact.place);
            let shown = fact.place.strip_prefix("page ").unwrap_or(&fact.place);
            let shown = era.unwrap_or(shown);
            let code = fact.code.as_deref().unwrap_or_default();
            let more = match (is_own(code), is_own(&fact.place)) {
                (_, true) if era.is_some() => shown.to_owned(),
                (true, _) => code.to_owned(),
                (false, true) => shown.to_owned(),
                (false, false) if code.is_empty() || shown.is_empty() => format!("{code}{shown}"),
                (false, false) => format!("{code}, {shown}"),
            };
            if !more.is_empty() {
                identity.label = format!("{} ({more})", identity.label);
            }
        }
    }
}

/// Division and level: of the key's name, else of another's, else of the authority that registered the code.
fn standing(joined: &Joined<'_>, root: usize, key: usize) -> (Option<String>, Option<Level>) {
    let is_copy = joined.is_copy(root);
    let others = joined.members(root).iter().copied();
    let others = others.filter(|at| *at != key && (is_copy || !joined.nodes[*at].fact.is_copy));
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
