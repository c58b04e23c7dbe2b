//! The bodies that reports are of, their names and links, and the findings across years, as exports write them: with keys that
//! are the same in every build instead of the database's numbers.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, params_from_iter};
use sha2::{Digest as _, Sha256};

use super::panel::Panel;
use super::watch::{WatchLine, watch};
use super::{Copies, Filter, QueryError};

/// A public body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// 16 hexadecimal digits of the name, code and place that stand for it.
    pub key: String,
    /// Its name, with what tells it from others of the same name.
    pub label: String,
    /// Its name; `None` where only the code is known.
    pub name: Option<String>,
    /// Its code; `None` where not known.
    pub code: Option<String>,
    /// Where its pages stand, if the name does not tell whose they are.
    pub place: Option<String>,
    /// GB/T 2260, six digits, or `xpcc-08`; `None` where not known.
    pub division: Option<String>,
    /// `national` … `township`; `None` where not known.
    pub level: Option<String>,
    /// Reports of it that the filter lets through.
    pub reports: i64,
    /// The first and the last year of these; `None` where none has one.
    pub years: (Option<i16>, Option<i16>),
}

/// A name of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyName {
    /// Key of the body.
    pub agency: String,
    /// Key of this name, code and place.
    pub key: String,
    /// As read; `None` where only the code is known.
    pub name: Option<String>,
    /// As read; `None` where the pages have none.
    pub code: Option<String>,
    /// As of [`Body`].
    pub place: Option<String>,
    /// Why it is one with the others: `own` for the one that stands for the body.
    pub rule: String,
    /// What that rests on; `None` for `own`.
    pub evidence: Option<String>,
}

/// A predecessor and a successor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyLink {
    /// Key of the body before.
    pub earlier: String,
    /// Key of the body after.
    pub later: String,
    /// `renamed_to`, `merged_into`, `split_into`.
    pub kind: String,
    /// Since when, a day or a year.
    pub since: String,
    /// By when local bodies followed; `None`: at once.
    pub until: Option<String>,
    /// What it rests on.
    pub evidence: String,
    /// Why the two are not one; `None`: they are.
    pub apart: Option<String>,
}

/// Bodies with their names and links, each in a fixed order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bodies {
    /// Those that the reports are of, and those that links lead to.
    pub bodies: Vec<Body>,
    /// All names of these.
    pub names: Vec<BodyName>,
    /// Links from or to a body that a report is of.
    pub links: Vec<BodyLink>,
    /// Key of the body of each report, by the report's number in this database.
    pub of_report: HashMap<i64, String>,
}

/// The key of an agency's row.
fn key(name: Option<&str>, code: Option<&str>, place: &str) -> String {
    let mut digest = Sha256::new();
    for part in [name, code, Some(place)] {
        // NUL stands in no name, and an unknown part is another than an empty one.
        digest.update([u8::from(part.is_some())]);
        digest.update(part.unwrap_or_default());
        digest.update([0]);
    }
    data_encoding::HEXLOWER.encode(&digest.finalize()[..8])
}

fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// Links of which one end at least is among those asked for, with both ends' numbers in this database.
fn links(
    connection: &Connection,
    is_asked: impl Fn(i64) -> bool,
) -> Result<Vec<(i64, i64, BodyLink)>, QueryError> {
    let mut links = Vec::new();
    let mut statement = connection.prepare(
        "SELECT e.key, s.key, l.kind, l.since, l.until, l.evidence, l.apart FROM agency_link l
         JOIN agency_key e ON e.agency_id = l.earlier_id JOIN agency_key s ON s.agency_id = l.later_id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (earlier, later): (i64, i64) = (row.get(0)?, row.get(1)?);
        if is_asked(earlier) || is_asked(later) {
            let link = BodyLink {
                earlier: String::new(),
                later: String::new(),
                kind: row.get(2)?,
                since: row.get(3)?,
                until: row.get(4)?,
                evidence: row.get(5)?,
                apart: row.get(6)?,
            };
            links.push((earlier, later, link));
        }
    }
    Ok(links)
}

impl Bodies {
    /// Puts everything into its fixed order.
    fn sort(&mut self) {
        let order = |body: &Body| (body.label.clone(), body.code.clone(), body.key.clone());
        self.bodies.sort_by_cached_key(order);
        let order = |name: &BodyName| (name.agency.clone(), name.key.clone());
        self.names.sort_by_cached_key(order);
        let order = |link: &BodyLink| {
            let ends = (link.earlier.clone(), link.later.clone());
            (ends, link.kind.clone(), link.evidence.clone())
        };
        self.links.sort_by_cached_key(order);
        self.links.dedup();
    }
}

impl Panel<'_> {
    /// The bodies of the reports that the filter lets through.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn bodies(&self) -> Result<Bodies, QueryError> {
        let connection = self.store.connection();
        let (condition, values) = self.filter.condition();
        let mut found = Bodies::default();
        // By the number of the body in this database: reports, first and last year.
        let mut counts: HashMap<i64, (i64, Option<i16>, Option<i16>)> = HashMap::new();
        let mut of_report: Vec<(i64, i64)> = Vec::new();
        let mut statement = connection.prepare(&format!(
            "SELECT r.id, k.key, r.year FROM report r JOIN version v ON v.id = r.version_id LEFT JOIN agency a ON a.id = r.agency_id
             JOIN agency_key k ON k.agency_id = r.agency_id WHERE {condition}"
        ))?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let (body, year): (i64, Option<i16>) = (row.get(1)?, row.get(2)?);
            of_report.push((row.get(0)?, body));
            let (count, first, last) = counts.entry(body).or_default();
            *count += 1;
            *last = (*last).max(year);
            *first = match (*first, year) {
                (Some(first), Some(year)) => Some(first.min(year)),
                (first, year) => first.or(year),
            };
        }
        let links = links(connection, |body| counts.contains_key(&body))?;
        let mut wanted: HashSet<i64> = counts.keys().copied().collect();
        wanted.extend(links.iter().flat_map(|(one, other, _)| [*one, *other]));
        let mut keys: HashMap<i64, String> = HashMap::new();
        let mut names: Vec<(i64, BodyName)> = Vec::new();
        let mut statement = connection.prepare(
            "SELECT a.id, k.key, a.name, a.code, a.place, k.rule, k.evidence, k.label, k.division, k.level
             FROM agency_key k JOIN agency a ON a.id = k.agency_id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, body): (i64, i64) = (row.get(0)?, row.get(1)?);
            if !wanted.contains(&body) {
                continue;
            }
            let (name, code): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
            let place: String = row.get(4)?;
            let own = key(name.as_deref(), code.as_deref(), &place);
            if id == body {
                keys.insert(id, own.clone());
                let (reports, first, last) = counts.get(&id).copied().unwrap_or_default();
                found.bodies.push(Body {
                    key: own.clone(),
                    label: row.get(7)?,
                    name: name.clone(),
                    code: code.clone(),
                    place: filled(place.clone()),
                    division: row.get(8)?,
                    level: row.get(9)?,
                    reports,
                    years: (first, last),
                });
            }
            let name = BodyName {
                agency: String::new(),
                key: own,
                name,
                code,
                place: filled(place),
                rule: row.get(5)?,
                evidence: filled(row.get(6)?),
            };
            names.push((body, name));
        }
        let of = |id: i64| keys.get(&id).cloned();
        found.names = names
            .into_iter()
            .filter_map(|(body, name)| {
                let agency = of(body)?;
                Some(BodyName { agency, ..name })
            })
            .collect();
        found.links = links
            .into_iter()
            .filter_map(|(one, other, link)| {
                let (earlier, later) = (of(one)?, of(other)?);
                Some(BodyLink {
                    earlier,
                    later,
                    ..link
                })
            })
            .collect();
        found.of_report = of_report
            .into_iter()
            .filter_map(|(report, body)| Some((report, of(body)?)))
            .collect();
        found.sort();
        Ok(found)
    }

    /// The findings across years, versions and texts of the reports that the filter lets through, in a fixed order.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn watch(&self) -> Result<Vec<WatchLine>, QueryError> {
        watch(self.store, self.filter, None, None)
    }

    /// The key of every report of the database, by its number in it.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn all_keys(&self) -> Result<HashMap<i64, String>, QueryError> {
        let all = Filter {
            copies: Copies::Included,
            ..Filter::default()
        };
        let mut keys = HashMap::new();
        Panel::new(self.store, &all).each(None, |head, _| {
            keys.insert(head.report_id, head.key.clone());
            Ok::<_, QueryError>(())
        })?;
        Ok(keys)
    }
}
