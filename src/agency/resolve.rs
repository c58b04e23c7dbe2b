//! Facts of agencies to identities.
//!
//! In: every name, code and place that reports were published under, with the years. Out: which of them are one body, by which
//! rule and on what evidence; what came before and after. The order of the facts has no bearing.
//!
//! A rule joins only where nothing speaks against it: another code, another division, years that overlap, a third body that
//! might be meant. What people decided comes last and counts most.

mod identities;
mod rules;
mod short;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::code::Code;
use super::division::Level;
use super::links;
use super::name::{Name, Path};
use super::place::{era, site_of};

/// What is known of one agency row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgencyFact {
    /// Whatever the caller knows it by; unique.
    pub id: i64,
    /// Name as read; `None` where only the code is known.
    pub name: Option<String>,
    /// Code as read; `None` where the pages have none.
    pub code: Option<String>,
    /// [`super::discriminator`]; empty where the name tells.
    pub place: String,
    /// `SiteIDCode` of its pages.
    pub sites: BTreeSet<String>,
    /// Where its pages stand ([`super::column_of`]): a host, or host and column.
    pub pages: BTreeSet<String>,
    /// Year and scope of its reports.
    pub years: BTreeSet<(i16, String)>,
    /// Known from suspected copies alone: joined by name, and evidence of nothing else.
    pub is_copy: bool,
}

/// An agency as a decision names it: equal in all three.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Named {
    /// Its name.
    pub name: Option<String>,
    /// Its code.
    pub code: Option<String>,
    /// Its place; empty for none.
    pub place: String,
}

/// What people decided, in the order they did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// These are one; the first gives its name.
    Join {
        /// Id of the decision.
        id: String,
        /// Which.
        agencies: Vec<Named>,
    },
    /// This one stands alone.
    Apart {
        /// Id of the decision.
        id: String,
        /// Which.
        agency: Named,
    },
}

/// Why an agency belongs to its identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// It is the one the others were joined to, or alone.
    Own,
    /// Same name, same division.
    Name,
    /// Same name on the same site, of a district whose city is not told by one or both.
    Host,
    /// Same name in the same column of a site.
    Column,
    /// Same name on a site of the same `SiteIDCode`.
    Site,
    /// Same code, and names that fit.
    Code,
    /// Its division was renamed.
    Division,
    /// It was renamed by a reform.
    Rename,
    /// A person decided so.
    Decision,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 9] = [
        Self::Own,
        Self::Name,
        Self::Host,
        Self::Column,
        Self::Site,
        Self::Code,
        Self::Division,
        Self::Rename,
        Self::Decision,
    ];

    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Name => "name",
            Self::Host => "host",
            Self::Column => "column",
            Self::Site => "site",
            Self::Code => "code",
            Self::Division => "division",
            Self::Rename => "rename",
            Self::Decision => "decision",
        }
    }
}

/// One agency of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Id of its fact.
    pub id: i64,
    /// Why it is here.
    pub rule: Rule,
    /// On what that rests, in words; empty for [`Rule::Own`].
    pub evidence: String,
}

/// One body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The fact that stands for it, one of the members.
    pub key: i64,
    /// Its agencies, the key among them, by id.
    pub members: Vec<Member>,
    /// Code of its division; `None` where not known.
    pub division: Option<String>,
    /// How high it stands; `None` where not known.
    pub level: Option<Level>,
    /// Its name, with code or place added where another identity has the same.
    pub label: String,
}

/// What became of one body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LinkKind {
    /// The earlier one goes on as the later one.
    RenamedTo,
    /// The earlier one, or functions of it, went into the later one.
    MergedInto,
    /// The later one has a part of the earlier one's functions.
    SplitInto,
}

impl LinkKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::RenamedTo, Self::MergedInto, Self::SplitInto];

    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RenamedTo => "renamed_to",
            Self::MergedInto => "merged_into",
            Self::SplitInto => "split_into",
        }
    }
}

/// From an earlier body to a later one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Fact of the earlier one.
    pub earlier: i64,
    /// Fact of the later one.
    pub later: i64,
    /// What became of it.
    pub kind: LinkKind,
    /// From when, ISO 8601: the day of the plan, or a year.
    pub since: String,
    /// Until when local bodies followed; `None` where that is one day.
    pub until: Option<String>,
    /// The reform and its basis.
    pub evidence: String,
    /// Why the two were not joined; `None` where they were.
    pub apart: Option<String>,
}

/// Everything that was found out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resolution {
    /// By key.
    pub identities: Vec<Identity>,
    /// In order.
    pub links: Vec<Link>,
    /// Ids of decisions that name an agency which is not there.
    pub unmatched: Vec<String>,
}

/// One fact, taken apart.
pub(super) struct Node<'f> {
    pub fact: &'f AgencyFact,
    pub name: Option<Name>,
    pub path: Option<Path>,
    /// What to compare with: path with what tells it apart, and body with its level word.
    pub group: Option<(String, String)>,
    pub code: Option<Code>,
    /// What of the code names the body, or all of it where its check digit is wrong.
    pub core: Option<String>,
}

impl<'f> Node<'f> {
    fn new(fact: &'f AgencyFact) -> Self {
        let name = fact
            .name
            .as_deref()
            .map(|name| Name::parse(name, era(&fact.place)));
        let path = name.as_ref().map(Name::path);
        let group = name.as_ref().zip(path.as_ref()).map(|(name, path)| {
            let place = match path {
                Path::Whole(whole) => whole.clone(),
                Path::Site(part) => format!("{part} @ {}", site_of(&fact.place)),
                Path::Column(part) => format!("{part} @ {}", fact.place),
            };
            let word = name.level_word.map(String::from).unwrap_or_default();
            (place, format!("{word}{}", name.body))
        });
        let sound = fact.code.as_deref().and_then(Code::parse);
        let core = match (&sound, &fact.code) {
            (Some(sound), _) => Some(sound.core().to_owned()),
            (None, code) => code.clone(),
        };
        Self {
            fact,
            name,
            path,
            group,
            code: sound,
            core,
        }
    }

    pub(super) fn body(&self) -> &str {
        self.name.as_ref().map_or("", |name| &name.body)
    }

    pub(super) fn whole(&self) -> Option<&str> {
        match self.path.as_ref()? {
            Path::Whole(whole) => Some(whole),
            _ => None,
        }
    }
}

/// Who belongs together so far.
pub(super) struct Joined<'f> {
    pub nodes: Vec<Node<'f>>,
    parent: Vec<usize>,
    /// Members of each root.
    members: Vec<Vec<usize>>,
    /// Which nodes were joined, and why.
    edges: Vec<(usize, usize, Rule, String)>,
}

impl<'f> Joined<'f> {
    fn new(nodes: Vec<Node<'f>>) -> Self {
        let count = nodes.len();
        Self {
            nodes,
            parent: (0..count).collect(),
            members: (0..count).map(|at| vec![at]).collect(),
            edges: Vec::new(),
        }
    }

    pub(super) fn root(&self, at: usize) -> usize {
        self.parent[at]
    }

    pub(super) fn members(&self, root: usize) -> &[usize] {
        &self.members[root]
    }

    /// Joins the clusters of two nodes.
    pub(super) fn join(&mut self, one: usize, other: usize, rule: Rule, evidence: &str) {
        let (first, second) = (self.root(one), self.root(other));
        if first == second {
            return;
        }
        self.edges.push((one, other, rule, evidence.to_owned()));
        // The smaller moves, so that all joins together stay linear but for a logarithm.
        let (into, from) = if self.members[first].len() < self.members[second].len() {
            (second, first)
        } else {
            (first, second)
        };
        let moved = std::mem::take(&mut self.members[from]);
        for at in &moved {
            self.parent[*at] = into;
        }
        self.members[into].extend(moved);
    }

    pub(super) fn years(&self, root: usize) -> BTreeSet<&(i16, String)> {
        let nodes = self.members[root].iter().map(|at| self.nodes[*at].fact);
        nodes.flat_map(|fact| &fact.years).collect()
    }

    pub(super) fn first_year(&self, root: usize) -> Option<i16> {
        self.years(root).first().map(|(year, _)| *year)
    }

    pub(super) fn last_year(&self, root: usize) -> Option<i16> {
        self.years(root).last().map(|(year, _)| *year)
    }

    /// Whether nothing but suspected copies is known of it.
    pub(super) fn is_copy(&self, root: usize) -> bool {
        self.members[root]
            .iter()
            .all(|at| self.nodes[*at].fact.is_copy)
    }

    /// Codes of a cluster, those of copies left out.
    fn cores(&self, root: usize) -> BTreeSet<&str> {
        let nodes = self.members[root].iter().map(|at| &self.nodes[*at]);
        nodes
            .filter(|node| !node.fact.is_copy)
            .filter_map(|node| node.core.as_deref())
            .collect()
    }

    /// Whether two of these clusters have a report of one year and scope. A scope that is not known may be any.
    fn meet(&self, roots: &[usize]) -> bool {
        let unknown = "unknown";
        let mut seen: HashMap<i16, BTreeSet<&str>> = HashMap::new();
        for root in roots {
            let years = self.years(*root);
            let meets = years.iter().any(|(year, scope)| {
                seen.get(year).is_some_and(|scopes| {
                    scope == unknown || scopes.contains(unknown) || scopes.contains(scope.as_str())
                })
            });
            if meets {
                return true;
            }
            for (year, scope) in years {
                seen.entry(*year).or_default().insert(scope);
            }
        }
        false
    }

    /// Roots of these nodes, each once, copies left out.
    pub(super) fn roots(&self, nodes: &[usize]) -> Vec<usize> {
        let roots: BTreeSet<usize> = nodes.iter().map(|at| self.root(*at)).collect();
        roots
            .into_iter()
            .filter(|root| !self.is_copy(*root))
            .collect()
    }

    /// The fact that stands for a cluster: of the latest name the one with a code, in full, first in order.
    pub(super) fn best(&self, root: usize) -> usize {
        let nodes = &self.nodes;
        let last = |at: &usize| nodes[*at].fact.years.last().map(|(year, _)| *year);
        let members = &self.members[root];
        let latest = members.iter().copied().max_by_key(|at| {
            let fact = nodes[*at].fact;
            (
                fact.name.is_some(),
                !fact.is_copy,
                last(at),
                std::cmp::Reverse(order(fact)),
            )
        });
        let latest = latest.unwrap_or(root);
        let inner = |at: usize| nodes[at].name.as_ref()?.parts.last().map(|part| &part.name);
        let same = |at: &&usize| {
            // The long name of a district stands for the short one, too.
            let is_long = nodes[latest].whole().is_none()
                && inner(latest).is_some()
                && inner(**at) == inner(latest);
            nodes[**at].body() == nodes[latest].body()
                && nodes[**at].name.is_some() == nodes[latest].name.is_some()
                && (nodes[**at].whole() == nodes[latest].whole() || is_long)
        };
        members
            .iter()
            .filter(same)
            .copied()
            .min_by_key(|at| {
                let fact = nodes[*at].fact;
                let length = fact.name.as_ref().map_or(0, |name| name.chars().count());
                let early = std::cmp::Reverse(last(at));
                let short = std::cmp::Reverse(length);
                let is_vague = nodes[*at].whole().is_none();
                (
                    fact.is_copy,
                    is_vague,
                    fact.code.is_none(),
                    short,
                    early,
                    order(fact),
                )
            })
            .unwrap_or(latest)
    }
}

fn order(fact: &AgencyFact) -> (&Option<String>, &Option<String>, &str) {
    (&fact.name, &fact.code, &fact.place)
}

/// Finds out which facts are of one body.
pub fn resolve(facts: &[AgencyFact], decisions: &[Decided]) -> Resolution {
    let mut sorted: Vec<&AgencyFact> = facts.iter().collect();
    sorted.sort_by(|one, other| order(one).cmp(&order(other)).then(one.id.cmp(&other.id)));
    let decided = Standing::of(&sorted, decisions);
    let mut joined = Joined::new(sorted.iter().map(|fact| Node::new(fact)).collect());
    let free: Vec<usize> = (0..joined.nodes.len())
        .filter(|at| !decided.apart.contains(at))
        .collect();
    rules::by_name(&mut joined, &free);
    rules::by_site(&mut joined, &free);
    rules::by_code(&mut joined, &free);
    short::by_city(&mut joined, &free);
    let mut links = links::by_division(&mut joined, &free);
    links.extend(links::by_reform(&mut joined, &free));
    for (id, members) in &decided.joins {
        for other in members.iter().skip(1) {
            joined.join(
                members[0],
                *other,
                Rule::Decision,
                &format!("decision {id}"),
            );
        }
    }
    let identities = identities::identities(&joined, &decided);
    let mut links: Vec<Link> = links.into_iter().map(|link| link.named(&joined)).collect();
    links.sort();
    // Agencies that stand in two divisions, one renamed to the other, are met twice.
    links.dedup_by(|one, other| {
        (one.earlier, one.later, one.kind, &one.evidence)
            == (other.earlier, other.later, other.kind, &other.evidence)
    });
    Resolution {
        identities,
        links,
        unmatched: decided.unmatched,
    }
}

/// What of the decisions concerns which nodes.
struct Standing {
    apart: HashSet<usize>,
    /// Id of the decision, its nodes in its order.
    joins: Vec<(String, Vec<usize>)>,
    unmatched: Vec<String>,
}

impl Standing {
    fn of(facts: &[&AgencyFact], decisions: &[Decided]) -> Self {
        let mut standing = Self {
            apart: HashSet::new(),
            joins: Vec::new(),
            unmatched: Vec::new(),
        };
        if decisions.is_empty() {
            return standing;
        }
        let mut nodes: HashMap<(Option<&str>, Option<&str>, &str), usize> = HashMap::new();
        for (at, fact) in facts.iter().enumerate() {
            let key = (
                fact.name.as_deref(),
                fact.code.as_deref(),
                fact.place.as_str(),
            );
            nodes.insert(key, at);
        }
        let find = |named: &Named| {
            let key = (
                named.name.as_deref(),
                named.code.as_deref(),
                named.place.as_str(),
            );
            nodes.get(&key).copied()
        };
        for decision in decisions {
            match decision {
                Decided::Join { id, agencies } => {
                    let found: Vec<usize> = agencies.iter().filter_map(find).collect();
                    if found.len() < agencies.len() {
                        standing.unmatched.push(id.clone());
                    }
                    standing.joins.push((id.clone(), found));
                }
                Decided::Apart { id, agency } => match find(agency) {
                    None => standing.unmatched.push(id.clone()),
                    Some(at) => {
                        standing.apart.insert(at);
                        for (_, members) in &mut standing.joins {
                            members.retain(|member| *member != at);
                        }
                    }
                },
            }
        }
        standing.joins.retain(|(_, members)| members.len() > 1);
        standing
    }
}

#[cfg(test)]
mod tests;
