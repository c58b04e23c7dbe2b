//! Which rows of the index have the words, and how many.
//!
//! Where two common characters rarely follow one another, `SQLite` compares their places in nearly every row: so half of
//! the index is read on a second connection.

use std::collections::HashSet;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use crate::store::search::{Doc, docs_of_years, middle};
use crate::store::{Both, Store};

use super::super::filter::suspected_copies;
use super::super::{Copies, Filter, QueryError};
use super::{Found, SearchOptions, Words, is_of_kind};

/// A version that may be answered with.
#[derive(Debug, Clone, Copy)]
struct Eligible {
    version: i64,
    report: i64,
    agency: Option<i64>,
    /// A suspected copy, which is only counted.
    is_left_out: bool,
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
    /// The version of the last row, and whether it may be answered with.
    last: Option<(i64, Option<Eligible>)>,
    sections: u64,
    exact: bool,
    reports: Reports,
    copies: Reports,
    /// How many hits are to be told apart.
    pub(super) most: usize,
    /// Rows with the agency, those of all years that the first [`Self::most`] are of.
    pub(super) first: Vec<(Doc, Option<i64>)>,
}

/// Rows with the words, whatever they are of.
struct Rows {
    ids: Vec<i64>,
    /// Whether there are no more.
    complete: bool,
}

/// Tokens of a phrase that are compared without taking memory (FTS5 of `SQLite` 3.54).
const SHORT: usize = 4;

/// Most rows that are kept while others are looked at.
const AHEAD: usize = 1 << 16;

const ROWS: &str = "SELECT rowid FROM narrative_index WHERE narrative_index MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid";

/// Goes through the rows that have the words, in their order, until so many are counted as are to be. `is_own`: whether the
/// transaction is the search's own, so that another may take its place.
pub(super) fn gather<'a>(
    store: &'a Store,
    words: &'a Words,
    options: &'a SearchOptions,
    is_own: bool,
) -> Result<Gathered<'a>, QueryError> {
    let years = docs_of_years(options.filter.from_year, options.filter.to_year);
    let middle = if is_own {
        middle(store.connection(), &years)?
    } else {
        None
    };
    if let Some(middle) = middle {
        // For a longer phrase `SQLite` takes memory in every row, and two threads wait for one another's: the second one reads all then,
        // while the first looks up which reports are asked about.
        let middle = if words.longest() > SHORT {
            years.start
        } else {
            middle
        };
        let enough = AtomicBool::new(false);
        let both = store.beside(
            |second| rows(second, words, middle..years.end, &enough),
            || -> Result<_, QueryError> {
                let mut gathered = Gathered::new(store, words, options)?;
                let flow = gathered.read(years.start..middle)?;
                enough.store(flow.is_break(), Ordering::Relaxed);
                Ok((gathered, flow))
            },
        )?;
        if let Both::Done(back, front) = both {
            let (mut gathered, mut flow) = front?;
            let back = back?;
            let mut ids = back.ids.iter();
            while flow.is_continue()
                && let Some(id) = ids.next()
            {
                flow = gathered.take(*id)?;
            }
            if flow.is_continue() && !back.complete {
                let next = back.ids.last().map_or(middle, |last| last + 1);
                let _ = gathered.read(next..years.end)?;
            }
            return Ok(gathered);
        }
    }
    let mut gathered = Gathered::new(store, words, options)?;
    let _ = gathered.read(years)?;
    Ok(gathered)
}

/// The first rows of a part of the index that have the words; fewer where it turns out that nobody needs them.
fn rows(
    connection: &Connection,
    words: &Words,
    part: Range<i64>,
    enough: &AtomicBool,
) -> Result<Rows, QueryError> {
    let mut statement = connection.prepare_cached(ROWS)?;
    let mut rows = statement.query(params![words.expression(), part.start, part.end - 1])?;
    let mut found = Rows {
        ids: Vec::new(),
        complete: false,
    };
    while found.ids.len() < AHEAD && !enough.load(Ordering::Relaxed) {
        let Some(row) = rows.next()? else {
            found.complete = true;
            break;
        };
        found.ids.push(row.get(0)?);
    }
    Ok(found)
}

impl<'a> Gathered<'a> {
    fn new(
        store: &'a Store,
        words: &'a Words,
        options: &'a SearchOptions,
    ) -> Result<Self, QueryError> {
        Ok(Self {
            store,
            words,
            options,
            eligible: eligible(store, options)?,
            last: None,
            sections: 0,
            exact: true,
            reports: Reports::of(options.all_versions),
            copies: Reports::of(options.all_versions),
            most: options.offset.saturating_add(options.limit),
            first: Vec::new(),
        })
    }

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

    /// Goes through a part of the index.
    fn read(&mut self, part: Range<i64>) -> Result<ControlFlow<()>, QueryError> {
        if part.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let mut statement = self.store.connection().prepare_cached(ROWS)?;
        let mut rows =
            statement.query(params![self.words.expression(), part.start, part.end - 1])?;
        while let Some(row) = rows.next()? {
            if self.take(row.get(0)?)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Counts a row; breaks where so many were counted as are to be.
    fn take(&mut self, id: i64) -> Result<ControlFlow<()>, QueryError> {
        let doc = Doc::of(id);
        // The rows of a version follow one another.
        let known = self.last.filter(|(version, _)| *version == doc.version);
        let (_, version) = known.unwrap_or_else(|| {
            let eligible = &self.eligible;
            let at = eligible.binary_search_by_key(&doc.version, |one| one.version);
            (doc.version, at.ok().map(|at| eligible[at]))
        });
        self.last = Some((doc.version, version));
        let Some(version) = version else {
            return Ok(ControlFlow::Continue(()));
        };
        let kinds = &self.options.kinds;
        if !kinds.is_empty() && !is_of_kind(self.store, self.words, doc, kinds)? {
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
                .is_none_or(|(last, _)| last.year_code != doc.year_code);
        if !is_enough {
            self.first.push((doc, version.agency));
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
