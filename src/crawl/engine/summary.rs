//! What a run came to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Shared;
use super::options::{Event, Expected};
use crate::crawl::writer::Settled;
use crate::frontier::{Change, Frontier, FrontierError, Next, Run};
use crate::model::{Outcome, Role};

/// Why a run ended before all was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// A signal.
    Signal,
    /// Its time was over.
    Deadline,
    /// The disk has no more room than is to stay free.
    DiskFull,
    /// As many addresses were asked for as wanted.
    Limit,
}

/// A host that is left to the next run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    /// What it is called.
    pub outcome: Outcome,
    /// Why.
    pub why: String,
    /// Until when it is left alone; `None`: until the next run.
    pub until: Option<String>,
}

/// Something that somebody should look into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "alarm", rename_all = "snake_case")]
pub enum Alarm {
    /// A seed under which entries were listed before, and none now.
    SeedDriedUp {
        /// The seed.
        seed: String,
        /// Its site.
        site: String,
        /// Entries the last time there were any.
        before: i64,
    },
}

/// Fewer reports than expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Fewer {
    /// At least so many are expected.
    pub expected: u32,
    /// Reports with a page, this run's and earlier ones'.
    pub found: u32,
}

/// What a run came to. Counts are of addresses settled in this run; pages are items, their parts and attachments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CrawlSummary {
    /// Addresses asked for, robots.txt left out.
    pub asked: u64,
    /// Pages of addresses that had none before.
    pub new: u64,
    /// Pages with another payload than the last.
    pub changed: u64,
    /// Pages as they were, or that the server says are.
    pub unchanged: u64,
    /// Lists, front pages and sitemaps that came.
    pub lists: u64,
    /// Pages that are gone.
    pub gone: u64,
    /// Refused, throttled for good in this run included.
    pub blocked: u64,
    /// Behind a check for browsers.
    pub challenge: u64,
    /// Failed otherwise.
    pub failed: u64,
    /// Not asked for because robots.txt forbids it.
    pub robots_disallowed: u64,
    /// Every outcome, counted; an address tried twice counts twice.
    pub outcomes: BTreeMap<String, u64>,
    /// Report years that a site is expected to have and that were not found.
    pub missing: BTreeMap<String, Vec<i32>>,
    /// Sites of which fewer reports were found than expected.
    pub missing_reports: BTreeMap<String, Fewer>,
    /// Hosts left to the next run.
    pub left: BTreeMap<String, Left>,
    /// Addresses that are still to be asked for.
    pub pending: u64,
    /// What somebody should look into.
    pub alarms: Vec<Alarm>,
    /// Why it ended early; `None`: it did not.
    pub stopped: Option<Stopped>,
    /// For people.
    pub notes: Vec<String>,
}

impl CrawlSummary {
    /// Counts an address that is told of on the disk.
    pub(super) fn count<T>(&mut self, settled: &Settled, shared: &Shared<T>) {
        let completion = &settled.completion;
        if completion.next == Next::Back {
            return;
        }
        let outcome = settled.committed.outcome;
        let recorded = completion.recorded.as_ref();
        let lease = &completion.lease;
        shared.tell(&Event::Settled {
            url: &lease.url,
            host: &lease.host,
            role: lease.role,
            outcome,
            why: &completion.why,
            status: recorded.and_then(|recorded| recorded.status),
            bytes: recorded.map_or(0, |recorded| recorded.wire_bytes),
            took_ms: recorded.map_or(0, |recorded| recorded.took_ms),
            new_items: settled.committed.new_items,
        });
        if lease.role == Role::Robots {
            return;
        }
        *self.outcomes.entry(outcome.as_str().into()).or_default() += 1;
        if matches!(completion.next, Next::Again(_) | Next::Unfinished) {
            return;
        }
        let content = matches!(lease.role, Role::Item | Role::Part | Role::Attachment);
        match (settled.committed.change, outcome) {
            (Some(_), _) if !content => self.lists += 1,
            (Some(Change::New), _) => self.new += 1,
            (Some(Change::Changed), _) => self.changed += 1,
            (Some(Change::Unchanged), _) => self.unchanged += 1,
            (None, Outcome::Redirect | Outcome::OutOfScope) => {}
            (None, Outcome::Gone | Outcome::SoftGone) => self.gone += 1,
            (None, Outcome::Blocked | Outcome::Throttled) => self.blocked += 1,
            (None, Outcome::Challenge) => self.challenge += 1,
            (None, Outcome::RobotsDisallowed) => self.robots_disallowed += 1,
            (None, _) => self.failed += 1,
        }
    }

    /// What only the ledger knows.
    pub(super) fn close(
        &mut self,
        frontier: &Frontier,
        run: &Run,
        expected: &BTreeMap<String, Expected>,
    ) -> Result<(), FrontierError> {
        self.pending = frontier.pending()?;
        for (seed, site, before) in frontier.dried_up(run.round)? {
            self.alarms.push(Alarm::SeedDriedUp { seed, site, before });
        }
        for (site, Expected { years, reports }) in expected {
            if let Some(expected) = *reports {
                let found = frontier.report_count(site)?;
                if found < expected {
                    let fewer = Fewer { expected, found };
                    self.missing_reports.insert(site.clone(), fewer);
                }
            }
            let found = frontier.report_years(site)?;
            let missing: Vec<i32> = years
                .iter()
                .copied()
                .filter(|year| !found.contains(year))
                .collect();
            if !missing.is_empty() {
                self.missing.insert(site.clone(), missing);
            }
        }
        for cut in frontier.cut_lists()? {
            let left_out = match cut.count {
                0 => "what is left out is not known".to_owned(),
                1 => "1 address left out".to_owned(),
                count => format!("{count} addresses left out"),
            };
            self.notes.push(format!(
                "cut short: {} (site {}): {}; {left_out}",
                cut.list, cut.site, cut.why
            ));
        }
        Ok(())
    }

    /// The exit code: 0 only where nothing was missed.
    pub fn exit(&self) -> u8 {
        match self.stopped {
            Some(Stopped::Signal) => 11,
            Some(Stopped::Deadline) => 15,
            Some(Stopped::DiskFull) => 16,
            Some(Stopped::Limit) | None => {
                let missed = self.blocked + self.challenge + self.failed + self.pending > 0
                    || !self.left.is_empty()
                    || !self.alarms.is_empty()
                    || !self.missing.is_empty()
                    || !self.missing_reports.is_empty();
                if missed { 3 } else { 0 }
            }
        }
    }
}
