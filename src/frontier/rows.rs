//! Rows of the ledger, as a commit and the beginning of a run write them.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::model::{ItemKind, Outcome, Role};

use super::commit::{Batch, Change, Completion, Follow, Found, Next, Recorded};
use super::{FrontierError, Lane, Lease, RobotsRow, digest_of, signed};

impl Batch<'_> {
    pub(super) fn exchange(
        &self,
        lease: &Lease,
        recorded: &Recorded,
        outcome: Outcome,
        why: &str,
    ) -> Result<i64, FrontierError> {
        let file = file_id(self.transaction, &recorded.file)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO exchange (url_id, run_id, at_us, outcome, status, why, record, record_id, file_id, offset,
                   length, sha256, sha1, wire_bytes, took_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                lease.id,
                self.run.id,
                recorded.at.as_microsecond(),
                outcome.as_str(),
                recorded.status,
                why,
                recorded.record,
                recorded.record_id,
                file,
                signed(recorded.offset),
                signed(recorded.length),
                recorded.sha256,
                recorded.sha1,
                signed(recorded.wire_bytes),
                signed(recorded.took_ms),
            ])?;
        let id = self.transaction.last_insert_rowid();
        // No later record refers to half an answer, but to a page cut at a limit, which is all that is ever had of it.
        if (recorded.whole || outcome == Outcome::Ok)
            && let (Some(sha256), "response") = (&recorded.sha256, recorded.record)
        {
            self.transaction
                .prepare_cached("INSERT INTO payload VALUES (?, ?) ON CONFLICT DO NOTHING")?
                .execute(params![sha256, id])?;
        }
        Ok(id)
    }

    pub(super) fn yielded(
        &self,
        done: &Completion,
        change: Option<Change>,
        items: u32,
    ) -> Result<(), FrontierError> {
        let lease = &done.lease;
        let items = match (lease.role, change) {
            (_, None) | (Role::Robots | Role::Part | Role::Attachment, _) => return Ok(()),
            (Role::Item, Some(_)) if lease.seed != lease.id => return Ok(()),
            (Role::Item, Some(_)) => 1,
            (_, Some(_)) if done.found.is_none() => lease.items.unwrap_or(0),
            (_, Some(_)) => items,
        };
        self.transaction
            .prepare_cached(
                "INSERT INTO yield VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET items = items + excluded.items",
            )?
            .execute(params![lease.seed, self.run.round, items])?;
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "what a row is made of")]
    pub(super) fn url(
        &self,
        done: &Completion,
        outcome: Outcome,
        why: &str,
        next: Next,
        exchange: Option<i64>,
        page: bool,
        follow: &Follow,
    ) -> Result<(), FrontierError> {
        let (state, not_before, tried) = match next {
            Next::Done => ("done", 0, 1),
            Next::Failed => ("failed", 0, 1),
            Next::Skipped => ("skipped", 0, 0),
            Next::Again(at) => ("pending", at.as_microsecond(), 1),
            Next::Unfinished => ("pending", 0, 0),
            Next::Back => {
                self.transaction
                    .prepare_cached("UPDATE url SET state = 'pending' WHERE id = ?")?
                    .execute([done.lease.id])?;
                return Ok(());
            }
        };
        let brought = page && outcome == Outcome::Ok;
        // Validators are the page's: those of half an answer or of an error would have the server say "unchanged" of
        // what we never had.
        self.transaction
            .prepare_cached(
                "UPDATE url SET state = ?2, outcome = ?3, why = ?4, not_before_us = ?5, attempts = attempts + ?6,
                   round = CASE WHEN ?2 = 'pending' THEN round ELSE ?7 END,
                   last_exchange_id = coalesce(?8, last_exchange_id),
                   page_exchange_id = CASE WHEN ?9 THEN coalesce(?8, page_exchange_id) ELSE page_exchange_id END,
                   etag = CASE WHEN ?9 THEN ?10 WHEN ?12 THEN coalesce(?10, etag) ELSE etag END,
                   last_modified = CASE WHEN ?9 THEN ?11 WHEN ?12 THEN coalesce(?11, last_modified)
                     ELSE last_modified END,
                   checked_us = CASE WHEN ?12 THEN ?13 ELSE checked_us END,
                   items = coalesce(?14, items), barren = ?15
                 WHERE id = ?1",
            )?
            .execute(params![
                done.lease.id,
                state,
                outcome.as_str(),
                why,
                not_before,
                tried,
                self.run.round,
                exchange,
                brought,
                done.etag,
                done.last_modified,
                page,
                self.now,
                done.found.as_ref().map(|_| follow.items),
                if done.found.is_some() { follow.barren } else { done.lease.barren },
            ])?;
        Ok(())
    }

    pub(super) fn lane(&self, lane: &Lane) -> Result<(), FrontierError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO lane (host, slow, calm, blocked, errors, parks, not_before_us, why, round, pages, bytes, spent_ms)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (host) DO UPDATE SET slow = excluded.slow,
                   calm = excluded.calm, blocked = excluded.blocked, errors = excluded.errors, parks = excluded.parks,
                   not_before_us = excluded.not_before_us, why = excluded.why, round = excluded.round,
                   pages = excluded.pages, bytes = excluded.bytes, spent_ms = excluded.spent_ms",
            )?
            .execute(params![
                lane.host,
                lane.slow,
                lane.calm,
                lane.blocked,
                lane.errors,
                lane.parks,
                lane.not_before.map_or(0, Timestamp::as_microsecond),
                lane.why,
                self.run.round,
                signed(lane.pages),
                signed(lane.bytes),
                signed(lane.spent_ms),
            ])?;
        Ok(())
    }

    pub(super) fn robots(&self, robots: &RobotsRow) -> Result<(), FrontierError> {
        use sha2::Digest as _;
        self.transaction
            .prepare_cached("INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?, ?)")?
            .execute(params![
                robots.origin,
                robots.status,
                robots.body,
                sha2::Sha256::digest(&robots.body).as_slice(),
                robots.fetched.as_microsecond(),
                robots.expires.as_microsecond(),
            ])?;
        Ok(())
    }
}

/// A row to be.
pub(super) struct NewUrl<'n> {
    pub found: &'n Found,
    pub lane: i64,
    pub site: i64,
    pub depth: u32,
    pub hops: u32,
    pub parent: Option<i64>,
    pub seed: Option<i64>,
    pub column: Option<i64>,
    pub page: u32,
    pub barren: u32,
    pub refused: Option<&'n (Outcome, String)>,
}

impl Found {
    /// An address that no page led to.
    pub(super) fn by_hand(url: &str, host: &str, role: Role, found_by: &str) -> Self {
        Self {
            url: url.to_owned(),
            host: host.to_owned(),
            role,
            title: None,
            list_date: None,
            kind: ItemKind::Unknown,
            year: None,
            rule: found_by.to_owned(),
            hop: false,
            refused: None,
        }
    }
}

impl<'n> NewUrl<'n> {
    /// The row of an address that no page led to.
    pub(super) fn root(found: &'n Found, lane: i64, site: i64) -> Self {
        Self {
            found,
            lane,
            site,
            depth: 0,
            hops: 0,
            parent: None,
            seed: None,
            column: None,
            page: 0,
            barren: 0,
            refused: None,
        }
    }

    /// Its row's number; `None` if the address is known.
    pub(super) fn insert(
        &self,
        transaction: &Transaction<'_>,
        now: i64,
        round: i64,
    ) -> Result<Option<i64>, FrontierError> {
        let found = self.found;
        let changed = transaction
            .prepare_cached(
                "INSERT INTO url (digest, url, lane_id, site_id, role, rank, depth, hops, parent_id, seed_id, column_id,
                   page, barren, title, list_date, kind, year, rule, state, outcome, why, round, seen_us)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                digest_of(&found.url),
                found.url,
                self.lane,
                self.site,
                found.role.as_str(),
                rank(found.role),
                self.depth,
                self.hops,
                self.parent,
                self.seed,
                self.column,
                self.page,
                self.barren,
                found.title,
                found.list_date.map(|date| date.to_string()),
                found.kind.as_str(),
                found.year,
                found.rule,
                if self.refused.is_some() { "skipped" } else { "pending" },
                self.refused.map(|(outcome, _)| outcome.as_str()),
                self.refused.map(|(_, why)| why),
                if self.refused.is_some() { round } else { 0 },
                now,
            ])?;
        Ok((changed > 0).then(|| transaction.last_insert_rowid()))
    }
}

/// What leads further comes first: so the whole column is known early.
const fn rank(role: Role) -> u8 {
    match role {
        Role::Robots | Role::Root => 0,
        Role::Sitemap => 1,
        Role::List => 2,
        Role::Item => 3,
        Role::Part => 4,
        Role::Attachment => 5,
    }
}

pub(super) fn lane_id(transaction: &Transaction<'_>, host: &str) -> Result<i64, FrontierError> {
    intern(
        transaction,
        "SELECT id FROM lane WHERE host = ?",
        "INSERT INTO lane (host) VALUES (?)",
        host,
    )
}

pub(super) fn site_id(transaction: &Transaction<'_>, name: &str) -> Result<i64, FrontierError> {
    intern(
        transaction,
        "SELECT id FROM site WHERE name = ?",
        "INSERT INTO site (name) VALUES (?)",
        name,
    )
}

fn file_id(transaction: &Transaction<'_>, name: &str) -> Result<i64, FrontierError> {
    intern(
        transaction,
        "SELECT id FROM file WHERE name = ?",
        "INSERT INTO file (name) VALUES (?)",
        name,
    )
}

fn intern(
    transaction: &Transaction<'_>,
    select: &str,
    insert: &str,
    name: &str,
) -> Result<i64, FrontierError> {
    let found = transaction
        .prepare_cached(select)?
        .query_row([name], |row| row.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    transaction.prepare_cached(insert)?.execute([name])?;
    Ok(transaction.last_insert_rowid())
}
