//! Reports that are not there any more: each withdrawn, or a whole site rebuilt, which is told once; never one that stands elsewhere.

use std::collections::{BTreeMap, HashSet};

use jiff::civil;

use super::watch::{MOST_EVIDENCE, WatchError, absence, day};
use crate::audit::across::{Extent, Mass, Standing, Vanished, mass};
use crate::model::{Evidence, WatchCode, Watched};
use crate::query::watch::AbsenceRow;
use crate::query::{self, StandingRow};
use crate::store::Store;

/// A report of which every address answered that it is not there, after it was last there.
struct Gone<'r> {
    vanished: Vanished,
    year: i16,
    scope: &'static str,
    body: Option<i64>,
    host: String,
    /// When a capture last had it, and when its last address was first gone.
    days: (civil::Date, civil::Date),
    /// The answers since.
    rows: Vec<&'r AbsenceRow>,
}

/// Findings about reports that are gone. `rows` are by report and time; `whose` gives year and scope of the reports that can be told of.
pub(super) fn withdrawals(
    store: &Store,
    rows: &[AbsenceRow],
    whose: impl Fn(i64) -> Option<(i16, &'static str)>,
) -> Result<Vec<Watched>, WatchError> {
    let mut gone: Vec<Gone<'_>> = Vec::new();
    for of_report in rows.chunk_by(|one, other| one.report_id == other.report_id) {
        if let Some(mut one) = Gone::of(of_report, &whose) {
            one.body = query::body_of(store, one.vanished.report_id)?;
            gone.push(one);
        }
    }
    let absent: HashSet<i64> = gone.iter().map(|one| one.vanished.report_id).collect();
    let mut left: Vec<Gone<'_>> = Vec::new();
    for one in gone {
        if !stands_elsewhere(store, &one, &absent)? {
            left.push(one);
        }
    }
    let mut found = Vec::new();
    let of_host = |one: &Gone<'_>| Some(one.host.clone());
    let standing = |host: &String| query::standing_on(store, host);
    let none = |_: &String, _: &[Gone<'_>], _| Ok(false);
    let left = masses(left, of_host, standing, none, Extent::Site, &mut found)?;
    let of_body = |one: &Gone<'_>| one.body;
    let standing = |body: &i64| query::standing_of(store, *body);
    let heirs = |body: &i64, gone: &[Gone<'_>], at_us| heirs_went_on(store, *body, gone, at_us);
    let left = masses(left, of_body, standing, heirs, Extent::Body, &mut found)?;
    found.extend(left.iter().map(Gone::alone));
    found.sort_by_key(|watched| watched.report_id);
    Ok(found)
}

/// At most so many times was one site rebuilt.
const REBUILT: usize = 20;

/// Takes out what vanished together, and leaves the rest.
fn masses<'r, K: Ord>(
    gone: Vec<Gone<'r>>,
    group: impl Fn(&Gone<'r>) -> Option<K>,
    standing: impl Fn(&K) -> Result<Vec<StandingRow>, query::QueryError>,
    heirs_went_on: impl Fn(&K, &[Gone<'r>], i64) -> Result<bool, query::QueryError>,
    extent: Extent,
    found: &mut Vec<Watched>,
) -> Result<Vec<Gone<'r>>, WatchError> {
    let mut groups: BTreeMap<Option<K>, Vec<Gone<'r>>> = BTreeMap::new();
    for one in gone {
        groups.entry(group(&one)).or_default().push(one);
    }
    let mut left = Vec::new();
    for (key, mut members) in groups {
        // Two are no mass: the site is not looked at.
        if let Some(key) = key.filter(|_| members.len() > 2) {
            let standing: Vec<Standing> = standing(&key)?
                .into_iter()
                .map(|row| Standing {
                    report_id: row.report_id,
                    first_us: row.first_us,
                    last_us: row.last_us,
                })
                .collect();
            for _ in 0..REBUILT {
                let times: Vec<Vanished> = members.iter().map(|one| one.vanished.clone()).collect();
                let Some(mut mass) = mass(&times, &standing, extent) else {
                    break;
                };
                mass.goes_on = mass.goes_on || heirs_went_on(&key, &members, mass.at_us)?;
                let own: HashSet<i64> = mass.members.iter().copied().collect();
                let is_own = |one: &Gone<'r>| own.contains(&one.vanished.report_id);
                let (together, others) = members.into_iter().partition::<Vec<_>, _>(is_own);
                members = others;
                tell(together, &mass, found);
            }
        }
        left.extend(members);
    }
    Ok(left)
}

/// Whether a body that this one was merged into, or became, has published since: its site was closed with it. One that only its name
/// and host tell of is good enough not to accuse, and for nothing else.
fn heirs_went_on(
    store: &Store,
    body: i64,
    gone: &[Gone<'_>],
    at_us: i64,
) -> Result<bool, query::QueryError> {
    let mut heirs = query::successors_of(store, body)?;
    if let Some(last) = gone.iter().max_by_key(|one| one.year) {
        for name in query::names_of(store, body)? {
            let Some(stem) = stem(&name) else {
                continue;
            };
            let later = query::later_on(store, &last.host, stem, last.year)?;
            let later = later
                .into_iter()
                .filter(|one| grew_out_of(&one.name, &name));
            heirs.extend(later.map(|one| one.body));
        }
    }
    for heir in heirs {
        let standing = query::standing_of(store, heir)?;
        if standing.iter().any(|one| one.first_us >= at_us) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What bodies are called at the end of their names.
const KINDS: [&str; 5] = ["委员会", "办公室", "局", "厅", "委"];

/// A name without the word for the kind of body; `None` where it has none, or is too short to tell anything.
fn stem(name: &str) -> Option<&str> {
    let stem = KINDS.iter().find_map(|kind| name.strip_suffix(kind))?;
    (stem.chars().count() > 4).then_some(stem)
}

/// Whether a name is another with more in it: 城市管理和综合执法局 and 城市管理局, but not 城市管理局第一分局, which is a part.
fn grew_out_of(later: &str, earlier: &str) -> bool {
    let grown = stem(later).zip(stem(earlier));
    grown.is_some_and(|(later, earlier)| later != earlier && later.starts_with(earlier))
        && !later.starts_with(earlier)
}

/// Of a rebuilt site one finding a body, about its last report. Where nothing came after, every report is told of: that they went
/// together does not give one of them back.
fn tell(together: Vec<Gone<'_>>, mass: &Mass, found: &mut Vec<Watched>) {
    let mut bodies: BTreeMap<Option<i64>, Vec<Gone<'_>>> = BTreeMap::new();
    for one in together {
        bodies.entry(one.body).or_default().push(one);
    }
    for (_, mut reports) in bodies {
        reports.sort_by_key(|one| (one.year, one.scope, one.vanished.report_id));
        if mass.goes_on {
            found.extend(rebuilt(&reports));
        } else {
            found.extend(reports.iter().map(Gone::alone));
        }
    }
}

/// The finding that the site with the reports of a body, in order of years, was rebuilt.
fn rebuilt(reports: &[Gone<'_>]) -> Option<Watched> {
    let (first, last) = (reports.first()?, reports.last()?);
    let gone = reports.iter().map(|one| one.days.1).min()?;
    let (host, count) = (&last.host, reports.len());
    let years = if first.year == last.year {
        first.year.to_string()
    } else {
        format!("{}—{}", first.year, last.year)
    };
    let answers = reports.iter().filter_map(|one| one.rows.first());
    Some(Watched {
        code: WatchCode::SiteRebuilt,
        report_id: last.vanished.report_id,
        other_report_id: None,
        about: format!("site {host}"),
        zh: format!(
            "{host}上本机关{count}份报告（{years}年度）的网址自{gone}起均返回“不存在”，此后仍有报告在其他网址公布，疑为网站改版。"
        ),
        en: format!(
            "{count} reports of the agency ({years}) at {host} are answered with \"not there\" since {gone}; reports are published at other addresses since, so the site was probably rebuilt."
        ),
        rule: "",
        evidence: answers
            .take(MOST_EVIDENCE)
            .map(|row| absence(row))
            .collect::<Vec<Evidence>>(),
    })
}

impl<'r> Gone<'r> {
    /// `None` where an address has not answered so, or where it is not known whose the report is.
    fn of(
        rows: &'r [AbsenceRow],
        whose: impl Fn(i64) -> Option<(i16, &'static str)>,
    ) -> Option<Self> {
        // The first such answer of each address; rows are in order of time.
        let mut since: BTreeMap<&str, i64> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.at_us > row.had_us) {
            since.entry(&row.url).or_insert(row.at_us);
        }
        let one = rows.first()?;
        if u32::try_from(since.len()) != Ok(one.addresses) {
            return None;
        }
        let last_seen = rows
            .iter()
            .filter_map(|row| row.seen_us)
            .map(|(_, last)| last);
        let last_seen = last_seen.max()?;
        let gone_us = since.values().copied().max()?;
        let (year, scope) = whose(one.report_id)?;
        let rows: Vec<&AbsenceRow> = rows.iter().filter(|row| row.at_us > row.had_us).collect();
        Some(Self {
            vanished: Vanished {
                report_id: one.report_id,
                had_us: last_seen,
                gone_us,
            },
            year,
            scope,
            body: None,
            host: host(&rows.last()?.url).to_owned(),
            days: (day(last_seen)?, day(gone_us)?),
            rows,
        })
    }

    fn alone(&self) -> Watched {
        let (seen, gone) = self.days;
        Watched {
            code: WatchCode::Withdrawn,
            report_id: self.vanished.report_id,
            other_report_id: None,
            about: "page".into(),
            zh: format!("最后一次见到报告是{seen}，{gone}起其网址返回“不存在”。"),
            en: format!(
                "Last seen on {seen}; its address is answered with \"not there\" since {gone}."
            ),
            rule: "",
            evidence: self
                .rows
                .iter()
                .take(MOST_EVIDENCE)
                .map(|row| absence(row))
                .collect(),
        }
    }
}

/// Host and port of an address.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// Whether a page that is not gone has the same numbers, read under another name, column or scope.
fn stands_elsewhere(
    store: &Store,
    one: &Gone<'_>,
    absent: &HashSet<i64>,
) -> Result<bool, WatchError> {
    let id = one.vanished.report_id;
    let doubles = query::doubles(store, id, &one.host)?;
    let doubles: Vec<i64> = doubles
        .into_iter()
        .filter(|other| !absent.contains(other))
        .collect();
    if doubles.is_empty() {
        return Ok(false);
    }
    let numbers = |id: i64| -> Result<Vec<_>, WatchError> {
        let report = store.reader().report(id)?.map(|stored| stored.report);
        let cells = report.into_iter().flat_map(|report| report.observations);
        let mut numbers: Vec<_> = cells
            .filter_map(|cell| Some((cell.indicator.0, cell.value?)))
            .collect();
        numbers.sort_unstable_by_key(|(indicator, _)| *indicator);
        Ok(numbers)
    };
    let own = numbers(id)?;
    for other in doubles {
        if !own.is_empty() && numbers(other)? == own {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_grows_out_of_another() {
        for (later, earlier, want) in [
            ("云溪县城市管理和综合执法局", "云溪县城市管理局", true),
            ("云溪县文化广电和旅游局", "云溪县文化局", true),
            ("云溪县发展和改革局", "云溪县发展改革委员会", false),
            ("云溪县教育局第一分局", "云溪县教育局", false),
            ("云溪县教育局招生中心", "云溪县教育局", false),
            ("云溪县教育局", "云溪县教育局", false),
            ("青岭县城市管理和综合执法局", "云溪县城市管理局", false),
            // Too short to tell.
            ("教育体育局", "教育局", false),
        ] {
            assert_eq!(grew_out_of(later, earlier), want, "{later}");
        }
    }
}
