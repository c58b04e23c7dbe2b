//! Facts of agencies to identities.
//!
//! In: every name, code and place that reports were published under, with the years. Out: which of them are one body, by which
//! rule and on what evidence; what came before and after. The order of the facts has no bearing.
//!
//! A rule joins only where nothing speaks against it: another code, another division, years that overlap, a third body that
//! might be meant. What people decided comes last and counts most.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::code::Code;
use super::division::{Divisions, Level};
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
    /// Same name on the same site, of a district whose city is not told.
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
        let same = |at: &&usize| {
            nodes[**at].body() == nodes[latest].body()
                && nodes[**at].name.is_some() == nodes[latest].name.is_some()
                && nodes[**at].whole() == nodes[latest].whole()
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
                (fact.is_copy, fact.code.is_none(), short, early, order(fact))
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
    by_name(&mut joined, &free);
    by_site(&mut joined, &free);
    by_code(&mut joined, &free);
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
    let identities = identities(&joined, &decided);
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

/// Same name, same division (or site, or column): joined unless codes or outer divisions differ.
fn by_name(joined: &mut Joined<'_>, free: &[usize]) {
    let mut groups: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for at in free {
        if let Some(group) = &joined.nodes[*at].group {
            groups.entry(group.clone()).or_default().push(*at);
        }
    }
    for ((place, body), group) in groups {
        if group.len() < 2 {
            continue;
        }
        let rule = match joined.nodes[group[0]].path {
            Some(Path::Site(_)) => Rule::Host,
            Some(Path::Column(_)) => Rule::Column,
            _ => Rule::Name,
        };
        let evidence = match rule {
            Rule::Name => {
                let place = place.trim_start_matches("? ");
                format!("{body} of {place}")
            }
            _ => format!("{body}: {place}"),
        };
        let evidence = evidence.as_str();
        // What copies say speaks of themselves alone.
        let mut witnesses = group.clone();
        witnesses.retain(|at| !joined.nodes[*at].fact.is_copy);
        if witnesses.is_empty() {
            witnesses.clone_from(&group);
        }
        let outers: BTreeSet<&str> = outermost(joined, &witnesses, 2);
        let inner: BTreeSet<&str> = outermost(joined, &witnesses, 4);
        let one_place = outers.len() <= 1 && inner.len() <= 1;
        let cores: BTreeSet<&str> = witnesses
            .iter()
            .filter_map(|at| joined.nodes[*at].core.as_deref())
            .collect();
        if one_place && cores.len() <= 1 {
            let is_other = |known: &BTreeSet<&str>, own: BTreeSet<&str>| {
                !known.is_empty() && !own.is_subset(known)
            };
            let mut one = group.clone();
            one.retain(|at| {
                let own = joined.nodes[*at].core.as_deref();
                !is_other(&cores, own.into_iter().collect())
                    && !is_other(&outers, outermost(joined, &[*at], 2))
                    && !is_other(&inner, outermost(joined, &[*at], 4))
            });
            for other in &one[1..] {
                joined.join(one[0], *other, rule, evidence);
            }
            continue;
        }
        // Whose the pages without a code are cannot be told; those of one code are one.
        let mut by_core: BTreeMap<(String, Vec<String>), usize> = BTreeMap::new();
        for at in &group {
            let node = &joined.nodes[*at];
            let Some(core) = node.core.clone() else {
                continue;
            };
            let outer = if one_place {
                Vec::new()
            } else {
                let name = node.name.as_ref();
                name.map(|name| name.outers().map(str::to_owned).collect())
                    .unwrap_or_default()
            };
            match by_core.entry((core, outer)) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(*at);
                }
                std::collections::btree_map::Entry::Occupied(entry) => {
                    let first = *entry.get();
                    joined.join(first, *at, rule, evidence);
                }
            }
        }
    }
}

/// The provinces (2 digits) or prefectures (4) that names of a group stand in.
fn outermost<'j>(joined: &'j Joined<'_>, group: &[usize], digits: usize) -> BTreeSet<&'j str> {
    let names = group
        .iter()
        .filter_map(|at| joined.nodes[*at].name.as_ref());
    names
        .flat_map(Name::outers)
        .filter(|code| digits == 2 || !code.ends_with("0000"))
        .filter_map(|code| code.get(..digits))
        .collect()
}

/// Names without division on sites of one `SiteIDCode`, where no year has two.
fn by_site(joined: &mut Joined<'_>, free: &[usize]) {
    let mut groups: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for at in free {
        let node = &joined.nodes[*at];
        if let (Some(Path::Column(part)), Some((_, body))) = (&node.path, &node.group) {
            for site in &node.fact.sites {
                let group = groups.entry((site.clone(), format!("{part}{body}")));
                group.or_default().push(*at);
            }
        }
    }
    for ((site, body), group) in groups {
        let roots = joined.roots(&group);
        let cores: BTreeSet<&str> = roots.iter().flat_map(|root| joined.cores(*root)).collect();
        if roots.len() < 2 || cores.len() > 1 || joined.meet(&roots) {
            continue;
        }
        let evidence = format!("{body} on sites of SiteIDCode {site}");
        for other in &roots[1..] {
            joined.join(roots[0], *other, Rule::Site, &evidence);
        }
    }
}

/// Same code: joined where the names fit and no year and scope has two reports. A government's portal puts its own code on pages
/// of all its bureaus.
fn by_code(joined: &mut Joined<'_>, free: &[usize]) {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for at in free {
        let node = &joined.nodes[*at];
        if let Some(code) = node.code.as_ref().filter(|_| !node.fact.is_copy) {
            groups.entry(code.core().to_owned()).or_default().push(*at);
        }
    }
    for (core, group) in groups {
        let roots = joined.roots(&group);
        if roots.len() < 2 || joined.meet(&roots) {
            continue;
        }
        let evidence = format!("code {core}");
        let named: Vec<usize> = roots
            .iter()
            .copied()
            .filter(|root| {
                let mut members = joined.members(*root).iter();
                members.any(|at| joined.nodes[*at].name.is_some())
            })
            .collect();
        let fits = match named.as_slice() {
            [] | [_] => true,
            _ => names_fit(joined, &group, &named),
        };
        if fits {
            for other in &roots[1..] {
                joined.join(roots[0], *other, Rule::Code, &evidence);
            }
        }
    }
}

/// Whether clusters that share a code can be one body by their names.
fn names_fit(joined: &Joined<'_>, group: &[usize], roots: &[usize]) -> bool {
    let nodes = || group.iter().map(|at| &joined.nodes[*at]);
    let bodies: BTreeSet<&str> = nodes()
        .filter(|node| node.name.is_some())
        .map(Node::body)
        .collect();
    let places: BTreeSet<&str> = nodes().filter_map(Node::whole).collect();
    let innermost: BTreeSet<&str> = nodes()
        .filter_map(|node| Some(node.name.as_ref()?.parts.last()?.name.as_str()))
        .collect();
    // 市教育局 and 云溪县教育局 with the portal's code.
    let levels: BTreeSet<char> = nodes()
        .filter_map(|node| level_word(node.name.as_ref()?))
        .collect();
    if places.len() > 1 || innermost.len() > 1 || levels.len() > 1 {
        return false;
    }
    let bodies: Vec<&str> = bodies.into_iter().collect();
    match bodies.as_slice() {
        [_] => true,
        // One body under two names, one after the other: only of one division, and with a word in common.
        [one, other] => {
            let [first, second] = roots else {
                return false;
            };
            let all_whole = nodes()
                .filter(|node| node.name.is_some())
                .all(|node| node.whole().is_some());
            let span = |root| Some((joined.first_year(root)?, joined.last_year(root)?));
            let (Some(first), Some(second)) = (span(*first), span(*second)) else {
                return false;
            };
            let follow = first.1 < second.0 || second.1 < first.0;
            all_whole && follow && share_a_word(one, other)
        }
        _ => false,
    }
}

/// The word for a body's level: 市 of 市教育局 and of 云溪市教育局; `None` where the name has none.
fn level_word(name: &Name) -> Option<char> {
    let division = || name.parts.last()?.name.chars().next_back();
    let word = name.level_word.or_else(division)?;
    matches!(word, '省' | '市' | '县' | '区' | '旗' | '州' | '盟').then_some(word)
}

/// 教育局 and 教育和体育局: two characters in a row that are not those of every body.
fn share_a_word(one: &str, other: &str) -> bool {
    let generic = [
        "人民",
        "民政府",
        "政府",
        "办公",
        "公室",
        "委员",
        "员会",
        "管理",
        "理局",
        "监督",
        "督管",
        "行政",
        "服务",
        "务局",
        "事务",
        "中心",
        "和局",
        "理委",
        "理办",
    ];
    if one.contains("政府") || other.contains("政府") {
        return false;
    }
    let characters: Vec<char> = one.chars().collect();
    characters.windows(2).any(|pair| {
        let pair: String = pair.iter().collect();
        !generic.contains(&pair.as_str())
            && !pair.ends_with(['局', '厅', '委'])
            && other.contains(&pair)
    })
}

fn identities(joined: &Joined<'_>, decided: &Standing) -> Vec<Identity> {
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

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
