//! Runs and rounds: what is due.
//!
//! A round is one going-over of everything that is due; a run is one process at it. A round that a run left unfinished
//! (killed, stopped, deadline, disk) is gone on with by the next run, so nothing settled in it is asked for twice.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, params};

use crate::model::Role;

use super::commit::Found;
use super::lease::Lease;
use super::rows::{NewUrl, lane_id, site_id};
use super::{Frontier, FrontierError, digest_of, time};

/// An address that a run begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// Address, canonical.
    pub url: String,
    /// Its host and port.
    pub host: String,
    /// Name of the site.
    pub site: String,
    /// What it is for.
    pub role: Role,
    /// Whether it is to be fetched now, due or not.
    pub now: bool,
}

/// When known addresses are due again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Items of this report year and later are due each round.
    pub recent_year: i32,
    /// Others are due this long after they were last known to be as we have them.
    pub revisit: SignedDuration,
    /// A round that began longer ago is not gone on with.
    pub round: SignedDuration,
}

/// A run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// The round it works at.
    pub round: i64,
    /// Whether an earlier run left the round unfinished.
    pub resumed: bool,
    /// When the round began.
    pub round_began: Timestamp,
}

/// A robots.txt is asked for when its host is, not by its row.
const RECLAIM: &str = "UPDATE url SET state = CASE role WHEN 'robots' THEN 'done' ELSE 'pending' END WHERE state = 'leased'";

impl Frontier {
    /// Begins a run: takes back what a killed one had leased, adds the seeds, and makes what is due pending. Only
    /// `sites` are worked at; `None` for all.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn begin(
        &mut self,
        seeds: &[Seed],
        sites: Option<&[String]>,
        due: &Due,
        now: Timestamp,
    ) -> Result<Run, FrontierError> {
        let us = now.as_microsecond();
        self.connection.execute("DELETE FROM selected", [])?;
        self.wait_for_disk(true)?;
        let transaction = self.connection.transaction()?;
        transaction.execute(RECLAIM, [])?;
        let last: Option<(i64, i64, bool)> = transaction
            .query_row(
                "SELECT round, (SELECT min(started_us) FROM run r WHERE r.round = run.round), complete
                 FROM run ORDER BY id DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let oldest = now.checked_sub(due.round).unwrap_or(Timestamp::MIN);
        let (round, resumed, began) = match last {
            Some((round, began, false)) if time(began) >= oldest => (round, true, time(began)),
            Some((round, ..)) => (round + 1, false, now),
            None => (1, false, now),
        };
        transaction.execute(
            "INSERT INTO run (round, started_us) VALUES (?, ?)",
            params![round, us],
        )?;
        let id = transaction.last_insert_rowid();
        for seed in seeds {
            let site = site_id(&transaction, &seed.site)?;
            let lane = lane_id(&transaction, &seed.host)?;
            let found = Found::by_hand(&seed.url, &seed.host, seed.role, "seed");
            NewUrl::root(&found, lane, site).insert(&transaction, us, round)?;
            if seed.now {
                transaction
                    .prepare_cached(
                        "UPDATE url SET state = 'pending', attempts = 0, not_before_us = 0
                         WHERE digest = ? AND state IN ('done', 'failed', 'skipped') AND NOT (? AND round = ?)",
                    )?
                    .execute(params![digest_of(&seed.url), resumed, round])?;
            }
        }
        match sites {
            None => {
                transaction.execute("INSERT INTO selected SELECT id FROM site", [])?;
            }
            Some(names) => {
                for name in names {
                    let site = site_id(&transaction, name)?;
                    transaction.execute("INSERT OR IGNORE INTO selected VALUES (?)", [site])?;
                }
            }
        }
        let revisit = now.checked_sub(due.revisit).unwrap_or(Timestamp::MIN);
        transaction.execute(
            "UPDATE url SET state = 'pending', attempts = 0, not_before_us = 0
             WHERE state IN ('done', 'failed', 'skipped') AND round < ?1 AND role <> 'robots'
               AND site_id IN (SELECT site_id FROM selected)
               AND CASE
                 WHEN state = 'skipped' THEN outcome IN ('robots_disallowed', 'robots_unreachable')
                 WHEN role IN ('root', 'sitemap') OR (role = 'list' AND page = 0) THEN 1
                 WHEN state = 'failed' THEN 1
                 WHEN role = 'item' AND year >= ?2 THEN 1
                 ELSE max(coalesce(checked_us, 0), coalesce((SELECT at_us FROM exchange e WHERE e.id = last_exchange_id), 0)) <= ?3
               END",
            params![round, due.recent_year, revisit.as_microsecond()],
        )?;
        transaction.commit()?;
        Ok(Run {
            id,
            round,
            resumed,
            round_began: began,
        })
    }

    /// Hosts with something pending in the sites worked at.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn hosts(&self) -> Result<Vec<String>, FrontierError> {
        let mut statement = self.connection.prepare(
            "SELECT host FROM lane l WHERE EXISTS (SELECT 1 FROM selected s JOIN url u ON u.site_id = s.site_id
               WHERE u.lane_id = l.id AND u.state = 'pending') ORDER BY host",
        )?;
        let hosts = statement.query_map([], |row| row.get(0))?;
        Ok(hosts.collect::<Result<_, _>>()?)
    }

    /// Takes the robots.txt of an origin to be fetched, for a site.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn lease_robots(
        &mut self,
        url: &str,
        host: &str,
        site: &str,
        now: Timestamp,
    ) -> Result<Lease, FrontierError> {
        self.wait_for_disk(false)?;
        let transaction = self.connection.transaction()?;
        let found = Found::by_hand(url, host, Role::Robots, "robots");
        let (lane, site) = (lane_id(&transaction, host)?, site_id(&transaction, site)?);
        NewUrl::root(&found, lane, site).insert(&transaction, now.as_microsecond(), 0)?;
        let id: i64 = transaction.query_row(
            "UPDATE url SET state = 'leased' WHERE digest = ? RETURNING id",
            [digest_of(url)],
            |row| row.get(0),
        )?;
        let lease = super::lease::read(&transaction, id)?;
        transaction.commit()?;
        Ok(lease)
    }

    /// Ends a run. `complete`: nothing of its round is left to do.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn end(
        &mut self,
        run: &Run,
        exit: u8,
        complete: bool,
        summary: &str,
        now: Timestamp,
    ) -> Result<(), FrontierError> {
        self.wait_for_disk(true)?;
        let transaction = self.connection.transaction()?;
        transaction.execute(RECLAIM, [])?;
        transaction.execute(
            "UPDATE run SET ended_us = ?, exit = ?, complete = ?, summary = ? WHERE id = ?",
            params![now.as_microsecond(), exit, complete, summary, run.id],
        )?;
        transaction.commit()?;
        Ok(())
    }
}
