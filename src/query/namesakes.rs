//! Years that are told missing where a body of the same name on the same site has them: nobody knows then which of the two
//! published the report, and nobody is accused.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::QueryError;
use super::coverage::{CellEvidence, CoverageRow, Presence};
use crate::store::Store;

/// An agency as reports name it.
#[derive(Debug)]
struct Named {
    id: i64,
    key: i64,
    label: String,
    name: String,
    code: Option<String>,
    /// Whether the name does not tell whose it is: 教育局, 城关镇人民政府.
    is_placed: bool,
}

/// A report of a namesake.
#[derive(Debug)]
struct Seen {
    year: i16,
    report_id: i64,
    url: Option<String>,
}

/// All agencies that have a name, and how each name is found.
#[derive(Debug, Default)]
struct Names {
    all: Vec<Named>,
    of_name: HashMap<String, Vec<usize>>,
    /// Agencies by the ends of their names that are names themselves, of bodies that are asked about.
    of_tail: HashMap<String, Vec<usize>>,
}

/// Makes unknown what is missing where a namesake has the year; the namesake is named in the evidence.
///
/// A namesake has the same name, or one of the two names is the end of the other and does not tell whose it is (教育局 beside
/// 云溪县教育局). It counts where it stands on a host of the body; on any host where the one name tells the body wholly. It does not
/// where both print a code and the codes differ: then it is known whose the report is.
///
/// # Errors
///
/// If the database cannot be read.
pub(super) fn excuse(
    store: &Store,
    years: &[i16],
    rows: &mut [CoverageRow],
) -> Result<(), QueryError> {
    let is_accused = |row: &CoverageRow| row.presence.contains(&Presence::Missing);
    let accused: HashSet<i64> = rows
        .iter()
        .filter(|row| is_accused(row))
        .filter_map(|row| row.key)
        .collect();
    if accused.is_empty() {
        return Ok(());
    }
    let names = Names::of(store, &accused)?;
    let mut own: HashMap<i64, Vec<usize>> = HashMap::new();
    for (at, one) in names.all.iter().enumerate() {
        if accused.contains(&one.key) {
            own.entry(one.key).or_default().push(at);
        }
    }
    let mut reports: HashMap<i64, Vec<Seen>> = HashMap::new();
    for row in rows.iter_mut().filter(|row| is_accused(row)) {
        let Some(own) = row.key.and_then(|key| own.get(&key)) else {
            continue;
        };
        let namesakes = names.namesakes(own);
        if namesakes.is_empty() {
            continue;
        }
        let mut hosts: HashSet<String> = HashSet::new();
        for at in own {
            let own = seen(store, names.all[*at].id, &mut reports)?;
            hosts.extend(own.iter().filter_map(|seen| host(seen.url.as_deref()?)));
        }
        // The first of each year that is missing.
        let mut found: BTreeMap<i16, CellEvidence> = BTreeMap::new();
        for (at, is_told) in namesakes {
            let other = &names.all[at];
            for seen in seen(store, other.id, &mut reports)? {
                let is_here = || {
                    let host = seen.url.as_deref().and_then(host);
                    host.is_some_and(|host| hosts.contains(&host))
                };
                if is_told || is_here() {
                    found
                        .entry(seen.year)
                        .or_insert_with(|| CellEvidence::Namesake {
                            agency: other.label.clone(),
                            report_id: seen.report_id,
                            url: seen.url.clone(),
                        });
                }
            }
        }
        for (at, year) in years.iter().enumerate() {
            if row.presence[at] == Presence::Missing
                && let Some(namesake) = found.remove(year)
            {
                row.presence[at] = Presence::Unknown;
                row.evidence[at].push(namesake);
            }
        }
    }
    Ok(())
}

impl Names {
    fn of(store: &Store, accused: &HashSet<i64>) -> Result<Self, QueryError> {
        let mut found = Self::default();
        let mut statement = store.connection().prepare(
            "SELECT a.id, k.key, k.label, a.name, a.code, a.place FROM agency a JOIN agency_key k ON k.agency_id = a.id
             WHERE a.name IS NOT NULL ORDER BY a.id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let place: String = row.get(5)?;
            found.all.push(Named {
                id: row.get(0)?,
                key: row.get(1)?,
                label: row.get(2)?,
                name: row.get(3)?,
                code: row.get(4)?,
                // Of a name that has meant two divisions the year tells which.
                is_placed: !place.is_empty() && !place.starts_with("era "),
            });
        }
        let short: HashSet<&str> = found
            .all
            .iter()
            .filter(|named| named.is_placed && accused.contains(&named.key))
            .map(|named| named.name.as_str())
            .collect();
        for (at, named) in found.all.iter().enumerate() {
            let of_name = found.of_name.entry(named.name.clone()).or_default();
            of_name.push(at);
            if short.is_empty() {
                continue;
            }
            for tail in tails(&named.name).filter(|tail| short.contains(tail)) {
                found.of_tail.entry(tail.to_owned()).or_default().push(at);
            }
        }
        Ok(found)
    }

    /// Agencies of other bodies that may be meant where the names of one body stand, each with whether the name alone tells the body.
    fn namesakes(&self, own: &[usize]) -> Vec<(usize, bool)> {
        let codes: HashSet<&str> = own
            .iter()
            .filter_map(|at| self.all[*at].code.as_deref())
            .collect();
        let mut found: BTreeMap<usize, bool> = BTreeMap::new();
        for at in own {
            let one = &self.all[*at];
            let same = self.of_name.get(&one.name).into_iter().flatten();
            for other in same {
                let is_told = !one.is_placed && !self.all[*other].is_placed;
                *found.entry(*other).or_default() |= is_told;
            }
            if one.is_placed {
                for longer in self.of_tail.get(&one.name).into_iter().flatten() {
                    found.entry(*longer).or_default();
                }
            }
            for tail in tails(&one.name) {
                let shorter = self.of_name.get(tail).into_iter().flatten();
                for shorter in shorter.filter(|at| self.all[**at].is_placed) {
                    found.entry(*shorter).or_default();
                }
            }
        }
        let key = own.first().map(|at| self.all[*at].key);
        let is_other = |at: &usize| {
            let named = &self.all[*at];
            let is_known_apart = |code: &str| !codes.is_empty() && !codes.contains(code);
            Some(named.key) != key && !named.code.as_deref().is_some_and(is_known_apart)
        };
        let found = found.into_iter();
        found.filter(|(at, _)| is_other(at)).collect()
    }
}

/// The ends of a name that may be names, the longest first: of three characters and more, without the whole.
fn tails(name: &str) -> impl Iterator<Item = &str> {
    const SHORTEST: usize = 3;
    let ends = name.char_indices().skip(1).map(|(at, _)| &name[at..]);
    ends.filter(|tail| tail.chars().nth(SHORTEST - 1).is_some())
}

/// The reports that an agency's row has, suspected copies left out.
fn seen<'r>(
    store: &Store,
    agency: i64,
    known: &'r mut HashMap<i64, Vec<Seen>>,
) -> Result<&'r [Seen], QueryError> {
    if let Entry::Vacant(place) = known.entry(agency) {
        let mut statement = store.connection().prepare_cached(
            "SELECT r.year, r.id, d.url FROM report r JOIN version v ON v.id = r.version_id JOIN capture c ON c.id = v.capture_id
             LEFT JOIN address d ON d.id = c.address_id
             WHERE r.agency_id = ? AND r.year IS NOT NULL AND v.official <> 'mirror_suspected' ORDER BY r.year, r.id",
        )?;
        let rows = statement.query_map([agency], |row| {
            Ok(Seen {
                year: row.get(0)?,
                report_id: row.get(1)?,
                url: row.get(2)?,
            })
        })?;
        place.insert(rows.collect::<Result<_, _>>()?);
    }
    Ok(known.get(&agency).map_or(&[], Vec::as_slice))
}

/// The host of an address, with or without `www` the same.
pub(super) fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or(host);
    let host = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
    let bare = host.strip_prefix("www.").unwrap_or(&host);
    (!bare.is_empty()).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_a_name_are_names_of_three_characters_and_more() {
        let ends: Vec<&str> = tails("甲县教育局").collect();
        assert_eq!(ends, ["县教育局", "教育局"]);
        assert_eq!(tails("教育局").count(), 0);
    }

    #[test]
    fn a_host_is_the_same_whatever_stands_around_it() {
        for url in [
            "http://www.yunxi.gov.cn/a",
            "https://YUNXI.gov.cn:8443?x",
            "http://a@yunxi.gov.cn",
        ] {
            assert_eq!(host(url).as_deref(), Some("yunxi.gov.cn"), "{url}");
        }
        assert_eq!(host("yunxi.gov.cn"), None);
        assert_eq!(host("http:///x"), None);
    }
}
