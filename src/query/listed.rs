//! Reports that lists name, and whose they are.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use rusqlite::Statement;

use super::QueryError;
use crate::model::Outcome;
use crate::store::{ADDRESS, Store};

/// A report that a list names, as the crawl knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEntry {
    /// Its address.
    pub url: String,
    /// Title of the link; `None` where it has none.
    pub title: Option<String>,
    /// The year that the title names.
    pub year: i32,
    /// What came of asking for it; `None`: never asked for.
    pub word: Option<String>,
    /// Why, in a line.
    pub why: Option<String>,
    /// When it was last asked for.
    pub at: Option<Timestamp>,
}

/// A list with all its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedColumn {
    /// Address of its first page.
    pub url: String,
    /// When it was last read; `None`: never.
    pub read: Option<Timestamp>,
    /// Whether it was read to its end and every entry's title tells what it is.
    pub whole: bool,
    /// Annual reports with a year.
    pub entries: Vec<ListedEntry>,
}

/// What came of asking for a listed report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListedOutcome {
    /// A page came.
    Page,
    /// Its site refuses us.
    Refused,
    /// It is not there.
    Gone,
    /// Neither: not asked for, or it failed.
    NotHad,
}

/// A listed report with its list.
#[derive(Debug)]
pub(super) struct Entry<'l> {
    pub item: &'l ListedEntry,
    pub list: &'l str,
    pub outcome: ListedOutcome,
    /// Whether the database has read what came.
    pub is_read: bool,
}

/// A list that was read to its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadList<'l> {
    pub url: &'l str,
    pub at: Timestamp,
    /// The last year it names.
    pub last: i32,
}

/// Listed reports by agency.
#[derive(Debug, Default)]
pub(super) struct Entries<'l> {
    /// Key of the agency, and the report.
    pub placed: Vec<(i64, Entry<'l>)>,
    /// Those not had of which it is not known whose they are.
    pub unplaced: u64,
    /// Lists read to their end, by the one agency they are of.
    read: BTreeMap<i64, Vec<ReadList<'l>>>,
}

impl<'l> Entries<'l> {
    /// A list is of the agency that all of its reports in the database are of; a title that begins with the name of an agency
    /// says whose that report is.
    pub(super) fn of(store: &Store, lists: &'l [ListedColumn]) -> Result<Self, QueryError> {
        let mut found = Self::default();
        if lists.is_empty() {
            return Ok(found);
        }
        let names = names(store, lists)?;
        let ended = ended(store)?;
        // From the address on: else all readings would be gone through for each.
        let mut read = store.connection().prepare(&format!(
            "SELECT DISTINCT k.key FROM address d CROSS JOIN capture c ON c.address_id = d.id
             CROSS JOIN reading g ON g.capture_id = c.id CROSS JOIN version v ON v.id = g.version_id
             CROSS JOIN report r ON r.id = v.report_id CROSS JOIN agency_key k ON k.agency_id = r.agency_id
             WHERE {ADDRESS} AND v.official <> 'mirror_suspected'"
        ))?;
        let mut is_read = store.connection().prepare(&format!(
            "SELECT 1 FROM address d CROSS JOIN capture c ON c.address_id = d.id CROSS JOIN reading g ON g.capture_id = c.id
             WHERE {ADDRESS}
             UNION ALL SELECT 1 FROM address d CROSS JOIN capture c ON c.address_id = d.id CROSS JOIN refusal x ON x.capture_id = c.id
             WHERE {ADDRESS}"
        ))?;
        for list in lists {
            let mut bodies: BTreeSet<i64> = BTreeSet::new();
            // Of whatever was ever had, though it may be refused today.
            for item in &list.entries {
                bodies.extend(keys(&mut read, &item.url)?);
            }
            let body = bodies.first().copied().filter(|_| bodies.len() == 1);
            if let (Some(body), Some(at), true) = (body, list.read, list.whole)
                && !ended.contains(&body)
            {
                let last = list.entries.iter().map(|item| item.year).max();
                found.read.entry(body).or_default().push(ReadList {
                    url: &list.url,
                    at,
                    last: last.unwrap_or_default(),
                });
            }
            for item in &list.entries {
                let Some(outcome) = outcome(item) else {
                    continue;
                };
                let title = item.title.as_deref().unwrap_or_default();
                let whose = match named(&names, title) {
                    None => body,
                    Some(Whose::One(key)) => Some(key),
                    Some(Whose::Several) => None,
                };
                let entry = Entry {
                    item,
                    list: &list.url,
                    outcome,
                    is_read: outcome == ListedOutcome::Page && is_read.exists([&item.url])?,
                };
                match whose {
                    Some(key) => found.placed.push((key, entry)),
                    None => found.unplaced += u64::from(outcome != ListedOutcome::Page),
                }
            }
        }
        Ok(found)
    }

    /// The lists of an agency that were read to their end, each with the time it was read.
    pub(super) fn read_to_end(&self, key: i64) -> &[ReadList<'l>] {
        self.read.get(&key).map_or(&[], Vec::as_slice)
    }
}

/// `None` for a page that only leads elsewhere: where that is, is asked for on its own.
fn outcome(item: &ListedEntry) -> Option<ListedOutcome> {
    let outcome = item.word.as_deref().and_then(Outcome::named);
    Some(match outcome {
        Some(Outcome::Redirect) => return None,
        Some(one) if one.is_page() => ListedOutcome::Page,
        Some(one) if one.is_blocking() => ListedOutcome::Refused,
        Some(one) if one.is_gone() => ListedOutcome::Gone,
        _ => ListedOutcome::NotHad,
    })
}

fn keys(read: &mut Statement<'_>, url: &str) -> Result<Vec<i64>, QueryError> {
    let rows = read.query_map([url], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Which body has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Key of the only one.
    One(i64),
    /// There are several.
    Several,
}

impl Whose {
    /// Of the least and the greatest key.
    const fn of(least: i64, greatest: i64) -> Self {
        if least == greatest {
            Self::One(least)
        } else {
            Self::Several
        }
    }
}

/// So many names are looked up one by one; more are read with all the others.
const FEW_NAMES: usize = 4_000;

/// Names of agencies: all, or those that titles of these lists may begin with.
fn names(store: &Store, lists: &[ListedColumn]) -> Result<HashMap<String, Whose>, QueryError> {
    let titles = || {
        let entries = lists.iter().flat_map(|list| &list.entries);
        entries.filter_map(|entry| entry.title.as_deref())
    };
    let mut starts: HashSet<&str> = HashSet::new();
    for title in titles() {
        starts.extend(starts_of(title));
        if starts.len() > FEW_NAMES {
            return all_names(store);
        }
    }
    let mut statement = store.connection().prepare_cached(
        "SELECT min(k.key), max(k.key) FROM agency a JOIN agency_key k ON k.agency_id = a.id WHERE a.name = ?",
    )?;
    let mut names = HashMap::new();
    for start in starts {
        let (least, greatest): (Option<i64>, Option<i64>) =
            statement.query_row([start], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if let (Some(least), Some(greatest)) = (least, greatest) {
            names.insert(start.to_owned(), Whose::of(least, greatest));
        }
    }
    Ok(names)
}

/// Names of all agencies.
fn all_names(store: &Store) -> Result<HashMap<String, Whose>, QueryError> {
    let mut statement = store.connection().prepare(
        "SELECT a.name, min(k.key), max(k.key) FROM agency a JOIN agency_key k ON k.agency_id = a.id
         WHERE a.name IS NOT NULL GROUP BY a.name",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, Whose::of(row.get(1)?, row.get(2)?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Agencies that others followed: their lists say nothing of later years.
fn ended(store: &Store) -> Result<HashSet<i64>, QueryError> {
    let mut statement = store.connection().prepare(
        "SELECT DISTINCT k.key FROM agency_link l CROSS JOIN agency_key k ON k.agency_id = l.earlier_id",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The agency whose name a title begins with, the longest.
fn named(names: &HashMap<String, Whose>, title: &str) -> Option<Whose> {
    starts_of(title)
        .filter_map(|start| names.get(start).copied())
        .last()
}

/// Beginnings of a title that may be a name, the shortest first.
fn starts_of(title: &str) -> impl Iterator<Item = &str> {
    const LONGEST: usize = 60;
    let ends = |(at, _): (usize, char)| {
        let (name, rest) = title.split_at(at);
        let rest = rest.trim_start();
        let follows = |start: &&str| rest.starts_with(*start);
        let ends = rest.starts_with(|c: char| c.is_ascii_digit())
            || ["二〇", "二○", "关于", "政府信息", "信息公开"]
                .iter()
                .any(follows);
        ends.then(|| name.trim())
    };
    title.char_indices().take(LONGEST).skip(1).filter_map(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_whom_it_begins_with() {
        let names = HashMap::from([
            ("云溪市教育局".to_owned(), Whose::One(1)),
            ("教育局".to_owned(), Whose::Several),
        ]);
        assert_eq!(
            named(&names, "云溪市教育局2023年政府信息公开工作年度报告"),
            Some(Whose::One(1))
        );
        assert_eq!(
            named(
                &names,
                "云溪市教育局招生办公室2023年政府信息公开工作年度报告"
            ),
            None
        );
        assert_eq!(named(&names, "教育局2023年年度报告"), Some(Whose::Several));
        assert_eq!(named(&names, "2023年年度报告"), None);
    }
}
