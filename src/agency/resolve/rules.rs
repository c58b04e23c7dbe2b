//! The rules that join by name, site and code, each unless something speaks against it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::name::{Name, Path};
use super::{Joined, Node, Rule};

/// Same name, same division (or site, or column): joined unless codes or outer divisions differ.
pub(super) fn by_name(joined: &mut Joined<'_>, free: &[usize]) {
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

/// No body has so many names and places: who has so many codes of sites has them to be joined with everybody, and each join looks at
/// all of both.
const MANY: usize = 500;

/// Names without division on sites of one `SiteIDCode`, where no year has two.
pub(super) fn by_site(joined: &mut Joined<'_>, free: &[usize]) {
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
        let count: usize = roots.iter().map(|root| joined.members(*root).len()).sum();
        if roots.len() < 2 || count > MANY {
            continue;
        }
        let cores: BTreeSet<&str> = roots.iter().flat_map(|root| joined.cores(*root)).collect();
        if cores.len() > 1 || joined.meet(&roots) {
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
pub(super) fn by_code(joined: &mut Joined<'_>, free: &[usize]) {
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
