//! Which rows of the index have the words, and how many.
//!
//! On one connection, but where the rarest tokens of long words are asked for, of which it is known that they are not too rare to be found
//! in halves: `SQLite` looks for the first row with a phrase behind any bound.

use std::collections::HashSet;
use std::ops::ControlFlow;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Statement, params, params_from_iter};

use crate::store::search::{Doc, docs_of_years};
use crate::store::{Both, Store};

use super::super::filter::suspected_copies;
use super::super::{Copies, Filter, QueryError};
use super::windows::Windows;
use super::{Found, SearchOptions, Words, has_words, is_of_kind};

/// A version that may be answered with.
#[derive(Debug, Clone, Copy)]
struct Eligible {
    version: i64,
    report: i64,
    agency: Option<i64>,
    /// A suspected copy, which is only counted.
    is_left_out: bool,
}

/// A row of the index that may be answered with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) doc: Doc,
    pub(super) version: i64,
    pub(super) agency: Option<i64>,
}

/// Counts reports as the rows of the index come by.
#[derive(Debug, Default)]
struct Reports {
    count: u64,
    last: Option<i64>,
    /// Where a report may have several versions, which do not follow one another.
    seen: Option<HashSet<i64>>,
}

impl Reports {
    fn of(all_versions: bool) -> Self {
        Self {
            seen: all_versions.then(HashSet::new),
            ..Self::default()
        }
    }

    fn add(&mut self, report: i64) {
        // The rows of a version follow one another.
        if self.last.replace(report) == Some(report) {
            return;
        }
        let is_new = self.seen.as_mut().is_none_or(|seen| seen.insert(report));
        self.count += u64::from(is_new);
    }
}

/// What is asked, and which versions may be answered with.
struct Asked<'a> {
    words: &'a Words,
    options: &'a SearchOptions,
    /// By id.
    eligible: Vec<Eligible>,
    windows: Windows,
}

/// What was found, without the hits.
pub(super) struct Gathered {
    sections: u64,
    exact: bool,
    reports: Reports,
    copies: Reports,
    /// Counting ends with so many sections.
    end: Option<u64>,
    /// How many hits are to be told apart.
    pub(super) most: usize,
    /// Rows with version and agency, those of all years that the first [`Self::most`] are of.
    pub(super) first: Vec<Row>,
}

const ROWS: &str = "SELECT rowid FROM narrative_index WHERE narrative_index MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid";

const VERSION: &str = "SELECT version_id FROM narrative_row WHERE id = ?";

/// The version in the middle of those whose rows lie within these.
const MIDDLE: &str = "SELECT id FROM narrative_row WHERE id BETWEEN ?1 >> 4 AND ?2 >> 4 ORDER BY id
  LIMIT 1 OFFSET (SELECT count(*) / 2 FROM narrative_row WHERE id BETWEEN ?1 >> 4 AND ?2 >> 4)";

/// Goes through the rows that have the words, in their order, until so many are counted as are to be. `may_share`: whether a second
/// connection may be asked, which ends the transaction that this one is in and begins another of the same state.
///
/// `None`: the database was changed meanwhile, and this is to be begun again, on one connection.
pub(super) fn gather(
    store: &Store,
    words: &Words,
    options: &SearchOptions,
    may_share: bool,
) -> Result<Option<Gathered>, QueryError> {
    let connection = store.connection();
    let eligible = eligible(store, options)?;
    let of_eligible = eligible.iter().map(|one| one.version);
    let asked = Asked {
        words,
        options,
        windows: Windows::of(connection, words, of_eligible)?,
        eligible,
    };
    let mut gathered = Gathered {
        sections: 0,
        exact: true,
        reports: Reports::of(options.all_versions),
        copies: Reports::of(options.all_versions),
        end: options.most,
        most: options.offset.saturating_add(options.limit),
        first: Vec::new(),
    };
    let years = docs_of_years(options.filter.from_year, options.filter.to_year);
    let all = [years.start, years.end - 1];
    if may_share && asked.windows.are_wider() {
        let middle = connection.query_row(MIDDLE, all, |row| row.get::<_, i64>(0));
        if let Some(middle) = middle.optional()? {
            let middle = middle << 4;
            let back = |second: &Connection| asked.all(second, [middle, all[1]]);
            let front = || asked.all(connection, [all[0], middle - 1]);
            match store.beside(back, front)? {
                Both::Done(back, front) => {
                    let rows = front?.into_iter().chain(back?);
                    for (doc, version) in rows {
                        if gathered.take(doc, version).is_break() {
                            break;
                        }
                    }
                    return Ok(Some(gathered));
                }
                Both::Alone => {}
                Both::Stale => return Ok(None),
            }
        }
    }
    asked.each(connection, all, |doc, version| gathered.take(doc, version))?;
    Ok(Some(gathered))
}

impl Asked<'_> {
    /// Hands over the rows within these two that have the words, in order, with their versions.
    fn each(
        &self,
        connection: &Connection,
        [from, to]: [i64; 2],
        mut take: impl FnMut(Doc, Eligible) -> ControlFlow<()>,
    ) -> Result<(), QueryError> {
        let expression = self.words.expression(|part| self.windows.asked(part));
        let mut version_of = connection.prepare_cached(VERSION)?;
        let mut statement = connection.prepare_cached(ROWS)?;
        let mut rows = statement.query(params![expression, from, to])?;
        // The number of the last row's version, and whether that may be answered with: the rows of a version follow one another.
        let mut last: Option<(i64, Option<Eligible>)> = None;
        while let Some(row) = rows.next()? {
            let doc = Doc::of(row.get(0)?);
            let version = match last {
                Some((number, version)) if number == doc.number => version,
                _ => self.eligible(&mut version_of, doc.number)?,
            };
            last = Some((doc.number, version));
            let Some(version) = version else {
                continue;
            };
            let id = version.version;
            if self.windows.are_wider() && !has_words(connection, self.words, id, doc)? {
                continue;
            }
            let kinds = &self.options.kinds;
            if !kinds.is_empty() && !is_of_kind(connection, self.words, id, doc, kinds)? {
                continue;
            }
            if take(doc, version).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// All that [`Self::each`] hands over: where the index is asked for what is rare.
    fn all(
        &self,
        connection: &Connection,
        docs: [i64; 2],
    ) -> Result<Vec<(Doc, Eligible)>, QueryError> {
        let mut all = Vec::new();
        self.each(connection, docs, |doc, version| {
            all.push((doc, version));
            ControlFlow::Continue(())
        })?;
        Ok(all)
    }

    /// The version that the index knows by this number, where it may be answered with.
    fn eligible(
        &self,
        version_of: &mut Statement<'_>,
        number: i64,
    ) -> Result<Option<Eligible>, QueryError> {
        let version = version_of.query_row([number], |row| row.get::<_, i64>(0));
        let at = version.optional()?.and_then(|version| {
            let eligible = &self.eligible;
            let found = eligible.binary_search_by_key(&version, |one| one.version);
            found.ok()
        });
        Ok(at.map(|at| self.eligible[at]))
    }
}

impl Gathered {
    /// What was found, without the hits.
    pub(super) fn found(&self) -> Found {
        Found {
            sections: self.sections,
            reports: self.reports.count,
            exact: self.exact,
            copies_left_out: self.copies.count,
            hits: Vec::new(),
        }
    }

    /// Counts a row; breaks where so many were counted as are to be.
    fn take(&mut self, doc: Doc, version: Eligible) -> ControlFlow<()> {
        if version.is_left_out {
            self.copies.add(version.report);
            return ControlFlow::Continue(());
        }
        if self.end == Some(self.sections) {
            self.exact = false;
            return ControlFlow::Break(());
        }
        self.sections += 1;
        self.reports.add(version.report);
        let is_enough = self.first.len() >= self.most
            && self
                .first
                .last()
                .is_none_or(|last| last.doc.year_code() != doc.year_code());
        if !is_enough {
            self.first.push(Row {
                doc,
                version: version.version,
                agency: version.agency,
            });
        }
        ControlFlow::Continue(())
    }
}

/// The versions that may be answered with, and copies that are left out, by id.
fn eligible(store: &Store, options: &SearchOptions) -> Result<Vec<Eligible>, QueryError> {
    let connection = store.connection();
    let filter = Filter {
        copies: Copies::Included,
        ..options.filter.clone()
    };
    let (mut condition, mut values) = filter.condition();
    if let Some(division) = &options.division {
        let known = connection
            .prepare("SELECT 1 FROM pragma_table_info('agency_key') WHERE name = 'division'")?
            .exists([])?;
        if !known {
            return Err(QueryError::NoDivisions);
        }
        condition.push_str(
            " AND r.agency_id IN (SELECT agency_id FROM agency_key WHERE division GLOB ? || '*')",
        );
        values.push(Value::Text(division.stem().to_owned()));
    }
    // A report's agency by its index; the copies, which are few, from a small index of their own.
    let copies = match options.filter.copies {
        Copies::Included => Vec::new(),
        Copies::LeftOut | Copies::Only => suspected_copies(connection)?,
    };
    let from = if options.all_versions {
        "v.id, r.id, r.agency_id FROM version v JOIN report r ON r.id = v.report_id"
    } else {
        "r.version_id, r.id, r.agency_id FROM report r"
    };
    let sql = format!("SELECT {from} WHERE {condition}");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut eligible = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(version) = row.get(0)? else {
            continue;
        };
        let is_copy = copies.binary_search(&version).is_ok();
        if options.filter.copies == Copies::Only && !is_copy {
            continue;
        }
        eligible.push(Eligible {
            version,
            report: row.get(1)?,
            agency: row.get(2)?,
            is_left_out: is_copy && options.filter.copies == Copies::LeftOut,
        });
    }
    eligible.sort_unstable_by_key(|one| one.version);
    Ok(eligible)
}
