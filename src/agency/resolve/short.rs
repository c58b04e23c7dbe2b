//! A district's bureau under its short name, 鼓楼区财政局, and under its long one, 南京市鼓楼区财政局.
//!
//! Several cities have a district of this name, so the name alone joins nothing. What does: both names on the site of one city, and
//! there in one column, or with codes that say whose the site is. Sites that may carry several cities' districts, and a second body
//! that might be meant, leave them apart.

use std::collections::{BTreeMap, BTreeSet};

use super::super::division::Level;
use super::super::name::{Name, Part, PartKind, Path};
use super::super::place::{is_of_one_government, site_of};
use super::{Joined, Node, Rule};

/// District with what is below it, then the body.
type Tail = (String, String);

/// What is known of a site, or of the sites of one `SiteIDCode`.
#[derive(Default)]
struct Site {
    /// Cities that stand in names on it: the first digits of their codes, or their names where those are not known.
    cities: BTreeSet<String>,
    /// Cities of divisions in codes on its pages, by their first digits.
    told: BTreeSet<String>,
    /// A province's or central body publishes here: it is not one city's.
    is_higher: bool,
}

/// A site, by its name or code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Host(String),
    Code(String),
}

/// Which long name a short one is, and why.
struct Match {
    short: usize,
    long: usize,
    rule: Rule,
    evidence: String,
}

/// Joins short names to the long ones that are shown to be the same body's.
pub(super) fn by_city(joined: &mut Joined<'_>, free: &[usize]) {
    // Short ones and long ones of each tail.
    let mut tails: BTreeMap<Tail, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for at in free {
        let node = &joined.nodes[*at];
        if let Some((tail, is_long)) = tail(node).filter(|_| !node.fact.is_copy) {
            let (shorts, longs) = tails.entry(tail).or_default();
            if is_long { longs } else { shorts }.push(*at);
        }
    }
    tails.retain(|_, (shorts, longs)| !shorts.is_empty() && !longs.is_empty());
    if tails.is_empty() {
        return;
    }
    let sites = sites(joined);
    for ((_, body), (shorts, longs)) in &tails {
        let mut by_key: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for at in longs {
            for key in keys(&joined.nodes[*at]) {
                by_key.entry(key).or_default().push(*at);
            }
        }
        let is_long: BTreeSet<usize> = joined.roots(longs).into_iter().collect();
        // Short names' clusters, each with its nodes of this tail.
        let mut clusters: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in shorts {
            clusters.entry(joined.root(*at)).or_default().push(*at);
        }
        let mut found: BTreeMap<usize, Vec<Match>> = BTreeMap::new();
        for (root, nodes) in &clusters {
            if let Some(one) = long_of(joined, &sites, &by_key, nodes, body)
                && !is_long.contains(root)
            {
                found.entry(joined.root(one.long)).or_default().push(one);
            }
        }
        for (long, matches) in found {
            let mut all: Vec<usize> = matches.iter().map(|one| joined.root(one.short)).collect();
            all.push(long);
            let cores: BTreeSet<&str> = all.iter().flat_map(|root| joined.cores(*root)).collect();
            // Two reports of a year, or two codes: which of the names is another body's is not known.
            if cores.len() > 1 || joined.meet(&all) {
                continue;
            }
            for one in matches {
                joined.join(one.long, one.short, one.rule, &one.evidence);
            }
        }
    }
}

/// The long name that the nodes of a short one's cluster share a site with, if it is one and nothing speaks against it.
fn long_of(
    joined: &Joined<'_>,
    sites: &BTreeMap<Key, Site>,
    by_key: &BTreeMap<Key, Vec<usize>>,
    shorts: &[usize],
    body: &str,
) -> Option<Match> {
    let mut shared: BTreeMap<Key, usize> = BTreeMap::new();
    let mut longs: BTreeSet<usize> = BTreeSet::new();
    for short in shorts {
        for key in keys(&joined.nodes[*short]) {
            if let Some(of_key) = by_key.get(&key) {
                longs.extend(of_key.iter().map(|at| joined.root(*at)));
                shared.entry(key).or_insert(*short);
            }
            if longs.len() > 1 {
                return None;
            }
        }
    }
    let long = *longs.first()?;
    let city = shared
        .keys()
        .flat_map(|key| &by_key[key])
        .find_map(|at| city_of(joined.nodes[*at].name.as_ref()?))?;
    // Whatever codes and names of either say of the province or city must be of the long one's.
    let members = joined.members(long).iter().chain(shorts);
    let is_of_city = members.clone().all(|at| {
        let node = &joined.nodes[*at];
        let mut outers = node.name.iter().flat_map(Name::outers);
        told(node).all(|code| city.has(&code)) && outers.all(|code| city.has(&code[..4]))
    });
    let is_clear = |key: &Key| {
        let site = &sites[key];
        !site.is_higher
            && site.cities.len() == 1
            && site.told.len() <= 1
            && site.told.iter().all(|code| city.has(code))
    };
    if !is_of_city || !shared.keys().all(is_clear) {
        return None;
    }
    shared.iter().find_map(|(key, short)| {
        let of_key = &by_key[key];
        let (rule, on) = match key {
            Key::Code(code) => (Rule::Site, format!("sites of SiteIDCode {code}")),
            Key::Host(host) => {
                let column = columns(joined, shorts, host);
                let column = column
                    .intersection(&columns(joined, of_key, host))
                    .next()
                    .copied();
                let is_told = city.is_known() && !sites[key].told.is_empty();
                (
                    Rule::Host,
                    column
                        .or_else(|| is_told.then_some(host.as_str()))?
                        .to_owned(),
                )
            }
        };
        let node = &joined.nodes[of_key[0]];
        let place = node.whole()?.trim_start_matches("? ");
        let evidence = format!("{body} of {place}, with and without its city: {on}");
        Some(Match {
            short: *short,
            long: of_key[0],
            rule,
            evidence,
        })
    })
}

/// The city of a long name.
enum City {
    /// First digits of its code: four, of a municipality two.
    Known(String),
    /// First digits of its province, or none.
    Unknown(String),
}

impl City {
    fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// Whether a division whose code begins so can be in it.
    fn has(&self, code: &str) -> bool {
        let (Self::Known(digits) | Self::Unknown(digits)) = self;
        let province = code.ends_with("00");
        code.starts_with(digits) || province && digits.starts_with(&code[..2])
    }
}

/// The city before the district, if one stands there.
fn city_of(name: &Name) -> Option<City> {
    let city = name.parts.get(district(name)?.checked_sub(1)?)?;
    if !is_city(city) {
        return None;
    }
    let digits = name.outers().last().unwrap_or_default();
    Some(match &city.code {
        Some(code) => City::Known(city_digits(code)),
        None => City::Unknown(digits.get(..2).unwrap_or_default().into()),
    })
}

/// Where the district stands among the parts.
fn district(name: &Name) -> Option<usize> {
    name.parts.iter().position(|part| {
        matches!(part.kind, PartKind::District | PartKind::County) && part.name.ends_with('区')
    })
}

/// Whether districts below it all have different names.
fn is_city(part: &Part) -> bool {
    match part.kind {
        PartKind::Prefecture | PartKind::City => true,
        PartKind::Province => part.code.as_deref().is_some_and(is_municipality),
        _ => false,
    }
}

fn is_municipality(code: &str) -> bool {
    matches!(code.get(..2), Some("11" | "12" | "31" | "50"))
}

fn city_digits(code: &str) -> String {
    let digits = if is_municipality(code) { 2 } else { 4 };
    code.get(..digits).unwrap_or(code).to_owned()
}

/// The tail of a district's body, and whether its city stands before it.
fn tail(node: &Node<'_>) -> Option<(Tail, bool)> {
    let name = node.name.as_ref()?;
    let at = district(name)?;
    let is_long = match node.path.as_ref()? {
        Path::Whole(_) => city_of(name).is_some(),
        Path::Site(_) => false,
        Path::Column(_) => return None,
    };
    let is_whole = matches!(node.path, Some(Path::Whole(_)));
    let parts: Vec<&str> = name.parts[at..]
        .iter()
        .map(|part| part.name.as_str())
        .collect();
    (is_long || !is_whole).then(|| ((parts.join("/"), name.body.clone()), is_long))
}

/// Cities of the divisions in a node's codes, by their first digits; provinces' registers say nothing.
fn told<'n>(node: &'n Node<'_>) -> impl Iterator<Item = String> + use<'n> {
    let registered = node.code.as_ref().and_then(|code| code.registered_in());
    let sites = node.fact.sites.iter().filter_map(|site| site.get(..6));
    let sites = sites.filter(|code| !code.starts_with("bm"));
    registered
        .into_iter()
        .chain(sites)
        .filter(|code| is_municipality(code) || Level::of_code(code) != Some(Level::Province))
        .map(city_digits)
}

/// The sites that can show whose a name's pages are: one government's, below gov.cn, or of a city's or county's `SiteIDCode`.
fn keys(node: &Node<'_>) -> BTreeSet<Key> {
    let hosts = node.fact.pages.iter().filter_map(|page| {
        let host = page.split('/').next().unwrap_or(page);
        is_of_one_government(host).then(|| Key::Host(site_of(host).to_owned()))
    });
    let codes = node.fact.sites.iter().filter(|site| !is_higher_site(site));
    hosts
        .chain(codes.map(|site| Key::Code(site.clone())))
        .collect()
}

/// Whether a `SiteIDCode` is a province's or a ministry's.
fn is_higher_site(site: &str) -> bool {
    let division = site.get(..6).unwrap_or_default();
    !is_municipality(division)
        && !matches!(
            Level::of_code(division),
            Some(Level::Prefecture | Level::County)
        )
}

/// Columns on a site that the pages of these nodes stand in.
fn columns<'j>(joined: &'j Joined<'_>, nodes: &[usize], site: &str) -> BTreeSet<&'j str> {
    let pages = nodes.iter().flat_map(|at| &joined.nodes[*at].fact.pages);
    pages
        .filter(|page| {
            page.split_once('/')
                .is_some_and(|(host, _)| site_of(host) == site)
        })
        .map(String::as_str)
        .collect()
}

/// What names and codes tell of each site.
fn sites(joined: &Joined<'_>) -> BTreeMap<Key, Site> {
    let mut sites: BTreeMap<Key, Site> = BTreeMap::new();
    for node in joined.nodes.iter().filter(|node| !node.fact.is_copy) {
        let city = node.name.as_ref().and_then(city_in);
        let is_higher = node.name.as_ref().is_some_and(is_higher)
            || node.fact.sites.iter().any(|site| is_higher_site(site));
        for key in keys(node) {
            let site = sites.entry(key).or_default();
            site.cities.extend(city.clone());
            site.told.extend(told(node));
            site.is_higher |= is_higher;
        }
    }
    sites
}

/// The city that a name tells. A city in no list is one only before a district: alone it may be a county's.
fn city_in(name: &Name) -> Option<String> {
    let coded = name.parts.iter().rev().find_map(|part| {
        let code = part.code.as_deref()?;
        let is_below = Level::of_code(code) != Some(Level::Province);
        (is_below || is_municipality(code)).then(|| city_digits(code))
    });
    coded.or_else(|| {
        let city = &name.parts[district(name)?.checked_sub(1)?];
        (city.kind == PartKind::City).then(|| city.name.clone())
    })
}

/// Whether the body stands above cities.
fn is_higher(name: &Name) -> bool {
    let is_province = name.parts.last().is_some_and(|part| match part.kind {
        PartKind::Province => !part.code.as_deref().is_some_and(is_municipality),
        PartKind::Corps => true,
        _ => false,
    });
    name.is_national || is_province
}
