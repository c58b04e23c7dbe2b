//! What database and ledger know of the archive's records, for `archive verify`.
//!
//! Of the crawl's files the ledger decides: what lies behind its end is not part of the archive yet, and the next crawl
//! cuts it off. A build may have read it before that, so the database's word counts there only where the ledger agrees.

use std::collections::BTreeSet;

use crate::archive::{self, Known, Severity, Verification};
use crate::frontier::{ArchiveEnd, Frontier};
use crate::home::Home;
use crate::pipeline::{SERIES, WarcFile};
use crate::query;
use crate::store::Store;

use super::output;

/// What is known of a home's archive.
#[derive(Debug)]
pub(super) struct Ledgers {
    store: Option<Store>,
    frontier: Option<Frontier>,
    /// Files that the ledger has records in.
    files: BTreeSet<String>,
    end: Option<ArchiveEnd>,
    /// Whether what lies behind the ledger's end is no more than a crash leaves.
    is_recent: bool,
    /// Captures of the database that the crawl has cut off since, or will.
    pub stale: u64,
}

impl Ledgers {
    /// Of a home with these files; what cannot be opened is told of and left out.
    pub(super) fn of(home: &Home, there: &[WarcFile]) -> anyhow::Result<Self> {
        let mut known = Self {
            store: database(home),
            frontier: ledger(home),
            files: BTreeSet::new(),
            end: None,
            is_recent: true,
            stale: 0,
        };
        if let Some(frontier) = &known.frontier {
            known.files.extend(frontier.files()?);
            known.end = frontier.archive_end()?;
        }
        let behind = there.iter().filter_map(|file| {
            let end = known.end_of(&file.name)?;
            Some(file.size_bytes.saturating_sub(end))
        });
        known.is_recent = behind.sum::<u64>() <= archive::Options::default().max_cut;
        Ok(known)
    }

    /// Whether the ledger decides over a file.
    fn decides(&self, name: &str) -> bool {
        self.frontier.is_some() && (self.files.contains(name) || name.starts_with(SERIES))
    }

    /// Behind what the ledger knows nothing of a file; `None` where that is not said.
    fn end_of(&self, name: &str) -> Option<u64> {
        if !self.decides(name) {
            return None;
        }
        match &self.end {
            Some(end) if end.file == name => Some(end.end),
            _ => (!self.files.contains(name)).then_some(0),
        }
    }

    /// Records of a file in their order, and the end behind which nothing is known.
    pub(super) fn known(&mut self, name: &str) -> anyhow::Result<(Vec<Known>, Option<u64>)> {
        let mut known: Vec<Known> = Vec::new();
        if let Some(store) = &self.store {
            let captures = query::captures_of_file(store, name)?;
            known.extend(captures.into_iter().map(|(offset, length, sha256)| Known {
                offset,
                length,
                record_id: None,
                sha256,
            }));
        }
        if !self.decides(name) {
            return Ok((known, None));
        }
        let rows = match &self.frontier {
            Some(frontier) => frontier.records(name)?,
            None => Vec::new(),
        };
        let is_known = |capture: &Known| {
            let found = rows.binary_search_by_key(&capture.offset, |row| row.offset);
            found.is_ok_and(|at| rows[at].length == capture.length)
        };
        self.stale += known.iter().filter(|capture| !is_known(capture)).count() as u64;
        let rows = rows.into_iter().map(|row| Known {
            offset: row.offset,
            length: row.length,
            record_id: Some(row.record_id),
            // A revisit has not the payload that the ledger knows of it.
            sha256: row.sha256.filter(|_| row.record == "response"),
        });
        Ok((rows.collect(), self.end_of(name)))
    }

    /// Files that are known and not there, with the end of their last record.
    pub(super) fn missing(&self, there: &BTreeSet<&str>) -> anyhow::Result<Vec<(String, u64)>> {
        let mut missing = Vec::new();
        if let Some(frontier) = &self.frontier {
            for name in self
                .files
                .iter()
                .filter(|name| !there.contains(name.as_str()))
            {
                let last = frontier.records(name)?.pop();
                missing.push((name.clone(), last.map_or(0, |row| row.offset + row.length)));
            }
        }
        if let Some(store) = &self.store {
            let ends = query::archive_ends(store)?.into_iter();
            missing.extend(
                ends.filter(|(name, _)| !there.contains(name.as_str()) && !self.decides(name)),
            );
        }
        Ok(missing)
    }

    /// Makes notes of what a crash has left behind the ledger's end.
    pub(super) fn settle(&self, name: &str, found: &mut Verification) {
        let Some(end) = self.end_of(name).filter(|_| self.is_recent) else {
            return;
        };
        for problem in &mut found.problems {
            if problem.offset >= end {
                problem.severity = Severity::Note;
            }
        }
    }
}

/// The database as a ledger of what was read; `None` where nothing was yet.
fn database(home: &Home) -> Option<Store> {
    let path = home.database();
    if std::fs::metadata(&path).map_or(0, |file| file.len()) == 0 {
        return None;
    }
    match Store::open_read_only(&path) {
        Ok(store) => Some(store),
        Err(error) => {
            left_out(&path, &error);
            None
        }
    }
}

/// The crawl's ledger; `None` where there was no crawl.
fn ledger(home: &Home) -> Option<Frontier> {
    let path = home.frontier();
    match Frontier::open_if_any(&path) {
        Ok(frontier) => frontier,
        Err(error) => {
            left_out(&path, &error);
            None
        }
    }
}

fn left_out(path: &std::path::Path, error: &dyn std::error::Error) {
    output::say(&format!(
        "nianbao: not checked against {}: {}",
        path.display(),
        output::explain(error)
    ));
}
