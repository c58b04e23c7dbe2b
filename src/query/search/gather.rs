//! Which rows of the index have the words, and how many.
//!
//! On one connection: `SQLite` looks for the first row with a phrase behind any bound, so halves of the index by rows are no quicker.

use std::collections::HashSet;
use std::ops::ControlFlow;

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Statement, params, params_from_iter};

use crate::store::Store;
use crate::store::search::{Doc, docs_of_years};

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

/// What was gathered of the rows so far.
pub(super) struct Gathered<'a> {
    store: &'a Store,
    words: &'a Words,
    options: &'a SearchOptions,
    eligible: Vec<Eligible>,
    windows: Windows,
    /// The number of the last row's version, and whether that may be answered with.
    last: Option<(i64, Option<Eligible>)>,
    sections: u64,
    exact: bool,
    reports: Reports,
    copies: Reports,
    /// How many hits are to be told apart.
    pub(super) most: usize,
    /// Rows with version and agency, those of all years that the first [`Self::most`] are of.
    pub(super) first: Vec<Row>,
}

const ROWS: &str = "SELECT rowid FROM narrative_index WHERE narrative_index MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid";

const VERSION: &str = "SELECT version_id FROM narrative_row WHERE id = ?";

/// Goes through the rows that have the words, in their order, until so many are counted as are to be.
pub(super) fn gather<'a>(
    store: &'a Store,
    words: &'a Words,
    options: &'a SearchOptions,
) -> Result<Gathered<'a>, QueryError> {
    let connection = store.connection();
    let eligible = eligible(store, options)?;
    let of_eligible = eligible.iter().map(|one| one.version);
    let windows = Windows::of(connection, words, of_eligible)?;
    let expression = words.expression(|part| windows.asked(part));
    let mut gathered = Gathered {
        store,
        words,
        options,
        eligible,
        windows,
        last: None,
        sections: 0,
        exact: true,
        reports: Reports::of(options.all_versions),
        copies: Reports::of(options.all_versions),
        most: options.offset.saturating_add(options.limit),
        first: Vec::new(),
    };
    let years = docs_of_years(options.filter.from_year, options.filter.to_year);
    let mut version_of = connection.prepare_cached(VERSION)?;
    let mut statement = connection.prepare_cached(ROWS)?;
    let mut rows = statement.query(params![expression, years.start, years.end - 1])?;
    while let Some(row) = rows.next()? {
        if gathered.take(&mut version_of, row.get(0)?)?.is_break() {
            break;
        }
    }
    Ok(gathered)
}

impl Gathered<'_> {
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
    fn take(
        &mut self,
        version_of: &mut Statement<'_>,
        id: i64,
    ) -> Result<ControlFlow<()>, QueryError> {
        let doc = Doc::of(id);
        // The rows of a version follow one another.
        let version = match self.last {
            Some((number, version)) if number == doc.number => version,
            _ => {
                let version: Option<i64> = version_of
                    .query_row([doc.number], |row| row.get(0))
                    .optional()?;
                let eligible = &self.eligible;
                let at = version.and_then(|version| {
                    eligible
                        .binary_search_by_key(&version, |one| one.version)
                        .ok()
                });
                at.map(|at| eligible[at])
            }
        };
        self.last = Some((doc.number, version));
        let Some(version) = version else {
            return Ok(ControlFlow::Continue(()));
        };
        if self.windows.are_wider() && !has_words(self.store, self.words, version.version, doc)? {
            return Ok(ControlFlow::Continue(()));
        }
        let kinds = &self.options.kinds;
        if !kinds.is_empty() && !is_of_kind(self.store, self.words, version.version, doc, kinds)? {
            return Ok(ControlFlow::Continue(()));
        }
        if version.is_left_out {
            self.copies.add(version.report);
            return Ok(ControlFlow::Continue(()));
        }
        if self.options.most == Some(self.sections) {
            self.exact = false;
            return Ok(ControlFlow::Break(()));
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
        Ok(ControlFlow::Continue(()))
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
