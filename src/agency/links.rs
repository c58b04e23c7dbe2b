//! Predecessors and successors: divisions renamed, bodies reformed.
//!
//! A rename joins two bodies only where their division has one of either, their years follow one another, and no other reform
//! leads to the later one. Everything else is a link that is shown, with the reason why it does not join: bodies of a district whose
//! city is not told, too, where they stand on one host.

use std::collections::{BTreeMap, BTreeSet};

use super::division::Divisions;
use super::name::Path;
use super::reform::{Reform, ReformKind, Reforms};
use super::resolve::{Joined, Link, LinkKind, Rule};

/// A link between nodes.
pub(super) struct Found {
    earlier: usize,
    later: usize,
    kind: LinkKind,
    since: String,
    until: Option<String>,
    evidence: String,
    apart: Option<String>,
}

impl Found {
    pub(super) fn named(self, joined: &Joined<'_>) -> Link {
        Link {
            earlier: joined.nodes[self.earlier].fact.id,
            later: joined.nodes[self.later].fact.id,
            kind: self.kind,
            since: self.since,
            until: self.until,
            evidence: self.evidence,
            apart: self.apart,
        }
    }
}

/// Path → body → nodes, of names that their division tells from all others.
type Bodies = BTreeMap<String, BTreeMap<String, Vec<usize>>>;

fn bodies(joined: &Joined<'_>, free: &[usize]) -> Bodies {
    let mut bodies = Bodies::new();
    for at in free {
        let node = &joined.nodes[*at];
        if let Some(whole) = node.whole() {
            let of_path = bodies.entry(whole.to_owned()).or_default();
            of_path.entry(node.body().to_owned()).or_default().push(*at);
        }
    }
    bodies
}

/// The same of names whose division is told from all others by their host alone: district and host → body → nodes.
fn bodies_of_hosts(joined: &Joined<'_>, free: &[usize]) -> Bodies {
    let mut bodies = Bodies::new();
    for at in free {
        let node = &joined.nodes[*at];
        if let Some(Path::Site(part)) = &node.path {
            let place = format!("{part} @ {}", node.fact.place);
            let of_place = bodies.entry(place).or_default();
            of_place
                .entry(node.body().to_owned())
                .or_default()
                .push(*at);
        }
    }
    bodies
}

/// Bodies of divisions that were renamed or went into others.
pub(super) fn by_division(joined: &mut Joined<'_>, free: &[usize]) -> Vec<Found> {
    let data = Divisions::get();
    let bodies = bodies(joined, free);
    let mut links = Vec::new();
    let changes = data
        .renamed
        .iter()
        .map(|change| (change, LinkKind::RenamedTo));
    let merged = data
        .merged
        .iter()
        .map(|change| (change, LinkKind::MergedInto));
    for (change, kind) in changes.chain(merged) {
        let (Some(before), Some(after)) = (bodies.get(&change.from), bodies.get(&change.to)) else {
            continue;
        };
        for (body, earlier) in before {
            let Some(later) = after.get(body) else {
                continue;
            };
            let (earlier, later) = (joined.roots(earlier), joined.roots(later));
            let apart = match (kind, earlier.as_slice(), later.as_slice()) {
                (LinkKind::RenamedTo, [one], [other]) => {
                    follows(joined, *one, *other, change.year - 1, change.year)
                }
                (LinkKind::RenamedTo, ..) => Some(SEVERAL.into()),
                _ => Some("the division went into another: the series breaks".into()),
            };
            let name = |key: &str| {
                key.split_once(' ')
                    .map_or(key.to_owned(), |(_, name)| name.into())
            };
            let became = match kind {
                LinkKind::RenamedTo => "became",
                _ => "went into",
            };
            let (from, to) = (name(&change.from), name(&change.to));
            let evidence = format!("division: {from} {became} {to} in {}", change.year);
            for one in &earlier {
                for other in &later {
                    if one != other {
                        links.push(Found {
                            earlier: joined.best(*one),
                            later: joined.best(*other),
                            kind,
                            since: change.year.to_string(),
                            until: None,
                            evidence: evidence.clone(),
                            apart: apart.clone(),
                        });
                    }
                }
            }
            if let (None, [one], [other]) = (&apart, earlier.as_slice(), later.as_slice()) {
                let (one, other) = (joined.best(*one), joined.best(*other));
                joined.join(other, one, Rule::Division, &evidence);
            }
        }
    }
    links
}

const SEVERAL: &str = "which of several is meant cannot be told";
const NO_CITY: &str = "names of a district on one host that do not tell its city";

/// Why two clusters cannot be one after the other; `None` where they can.
fn follows(
    joined: &Joined<'_>,
    earlier: usize,
    later: usize,
    last_year: i16,
    first_year: i16,
) -> Option<String> {
    let (Some(end), Some(start)) = (joined.last_year(earlier), joined.first_year(later)) else {
        return Some("the years of one of them are not known".into());
    };
    if end >= start {
        return Some(format!("their years overlap: {end} and {start}"));
    }
    if end > last_year {
        return Some(format!("the earlier one still reports on {end}"));
    }
    if start < first_year {
        return Some(format!("the later one already reports on {start}"));
    }
    None
}

/// Bodies that reforms renamed, merged or split.
pub(super) fn by_reform(joined: &mut Joined<'_>, free: &[usize]) -> Vec<Found> {
    let bodies = bodies(joined, free);
    let reforms = Reforms::get();
    let mut links = Vec::new();
    for (path, of_path) in &bodies {
        if of_path.len() < 2 {
            continue;
        }
        let is_national = path == "cn";
        for reform in reforms.all.iter().filter(|one| one.national == is_national) {
            reformed(joined, reforms, reform, of_path, None, &mut links);
        }
    }
    for of_place in bodies_of_hosts(joined, free).values() {
        if of_place.len() < 2 {
            continue;
        }
        for reform in reforms.all.iter().filter(|one| !one.national) {
            reformed(joined, reforms, reform, of_place, Some(NO_CITY), &mut links);
        }
    }
    links
}

/// What a reform made of these bodies; `doubt`: why a rename does not join them.
fn reformed(
    joined: &mut Joined<'_>,
    reforms: &Reforms,
    reform: &Reform,
    of_path: &BTreeMap<String, Vec<usize>>,
    doubt: Option<&str>,
    links: &mut Vec<Found>,
) {
    let kind = match reform.kind {
        ReformKind::Rename => LinkKind::RenamedTo,
        ReformKind::Merger => LinkKind::MergedInto,
        ReformKind::Split => LinkKind::SplitInto,
        ReformKind::New | ReformKind::Abolished => return,
    };
    let of = |joined: &Joined<'_>, names: &[String]| {
        let nodes = names.iter().filter_map(|name| of_path.get(name));
        let nodes: Vec<usize> = nodes.flatten().copied().collect();
        joined.roots(&nodes)
    };
    let (earlier, later) = (of(joined, &reform.from), of(joined, &reform.to));
    if earlier.is_empty() || later.is_empty() {
        return;
    }
    // Another reform may lead to the same body: then it is more than the renamed one.
    let others: BTreeSet<usize> = reforms
        .all
        .iter()
        .filter(|other| {
            other.id != reform.id && other.to.iter().any(|name| reform.to.contains(name))
        })
        .flat_map(|other| of(joined, &other.from))
        .collect();
    let apart = match (kind, earlier.as_slice(), later.as_slice()) {
        (LinkKind::RenamedTo, [one], [other]) if one == other => return,
        (LinkKind::RenamedTo, [one], [other])
            if others.is_subset(&BTreeSet::from([*one, *other])) =>
        {
            let years = [reform.last_year(), reform.first_year()];
            follows(joined, *one, *other, years[0], years[1]).or(doubt.map(str::to_owned))
        }
        (LinkKind::RenamedTo, ..) => Some(SEVERAL.into()),
        (LinkKind::MergedInto, ..) => Some("a merger: the series breaks".into()),
        (LinkKind::SplitInto, ..) => Some("a split: the series breaks".into()),
    };
    let evidence = format!("reform {}: {}", reform.id, reform.basis);
    for one in &earlier {
        for other in &later {
            let starts_before = joined.first_year(*one) <= joined.last_year(*other);
            if one != other && starts_before {
                links.push(Found {
                    earlier: joined.best(*one),
                    later: joined.best(*other),
                    kind,
                    since: reform.decree.clone(),
                    until: Some(reform.deadline.clone()),
                    evidence: evidence.clone(),
                    apart: apart.clone(),
                });
            }
        }
    }
    if let (None, [one], [other]) = (&apart, earlier.as_slice(), later.as_slice()) {
        let (one, other) = (joined.best(*one), joined.best(*other));
        joined.join(other, one, Rule::Rename, &evidence);
    }
}
