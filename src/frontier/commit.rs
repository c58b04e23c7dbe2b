//! One transaction for a batch: what is done, what it led to, what the archive holds now.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::model::{ItemKind, Outcome, Role};

use super::{ArchiveEnd, Frontier, FrontierError, Lane, Lease, RobotsRow, digest_of, signed};

/// What becomes of an address after it was dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Settled.
    Done,
    /// Settled for this round, and not well.
    Failed,
    /// Not asked for.
    Skipped,
    /// To be tried again, not before this time.
    Again(Timestamp),
    /// Tried, and ended by us before the answer was: due at once, and the try does not count.
    Unfinished,
    /// Not tried: as it was before it was leased.
    Back,
}

/// Where the record of an exchange lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// When it was asked for.
    pub at: Timestamp,
    /// HTTP status; `None` where no answer came.
    pub status: Option<u16>,
    /// `response`, `revisit` or `metadata`.
    pub record: &'static str,
    /// `WARC-Record-ID` as it stands.
    pub record_id: String,
    /// WARC file.
    pub file: String,
    /// Where the record begins, in bytes of the file.
    pub offset: u64,
    /// Its length in the file, in bytes.
    pub length: u64,
    /// SHA-256 of the payload; `None` where there is none.
    pub sha256: Option<Vec<u8>>,
    /// Its `WARC-Payload-Digest`.
    pub sha1: Option<String>,
    /// Whether all of the answer came.
    pub whole: bool,
    /// Bytes that came over the wire.
    pub wire_bytes: u64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// An address that a page leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Address, canonical.
    pub url: String,
    /// Its host and port.
    pub host: String,
    /// What it is to be fetched for.
    pub role: Role,
    /// Title of the link.
    pub title: Option<String>,
    /// Date beside it in the list.
    pub list_date: Option<Date>,
    /// What the title says it is.
    pub kind: ItemKind,
    /// Year the title names.
    pub year: Option<i32>,
    /// Which rule found it.
    pub rule: String,
    /// Whether it is where a redirect leads.
    pub hop: bool,
    /// Why it is not to be asked for; `None` if it is.
    pub refused: Option<(Outcome, String)>,
}

/// What came of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The lease.
    pub lease: Lease,
    /// What came of it.
    pub outcome: Outcome,
    /// Why, in a line for people.
    pub why: String,
    /// What becomes of the address.
    pub next: Next,
    /// Where its record is; `None` where nothing was asked.
    pub recorded: Option<Recorded>,
    /// `ETag` of the page.
    pub etag: Option<String>,
    /// `Last-Modified` of the page.
    pub last_modified: Option<String>,
    /// What it leads to; `None` if it was not read for that.
    pub found: Option<Vec<Found>>,
    /// The host as it is now; `None` where nothing changed.
    pub lane: Option<Lane>,
    /// The robots.txt it was.
    pub robots: Option<RobotsRow>,
}

/// Bounds of what is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Pages of one list.
    pub list_pages: u32,
    /// List pages in a row that bring no new item.
    pub barren: u32,
    /// Links from a seed.
    pub depth: u32,
    /// Redirects in a row.
    pub hops: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            list_pages: 200,
            barren: 3,
            depth: 8,
            hops: 10,
        }
    }
}

/// How a page compares with the one we had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// The first page of this address.
    New,
    /// Another payload than the last.
    Changed,
    /// The same payload, or the server says so.
    Unchanged,
}

/// What a commit made of a completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The outcome as it stands in the ledger: a redirect may have turned out to be a circle.
    pub outcome: Outcome,
    /// How the page compares; `None` where no page came.
    pub change: Option<Change>,
    /// Hosts that have more to do than before.
    pub hosts: Vec<String>,
    /// Entries not known before.
    pub new_items: u32,
}

impl Frontier {
    /// Writes down a batch and the end of the archive, all or nothing. When it returns, it is on the disk.
    ///
    /// # Errors
    ///
    /// What `SQLite` says; then nothing of the batch is written down.
    pub fn commit(
        &mut self,
        run: &super::Run,
        rules: &Rules,
        batch: &[Completion],
        end: Option<&ArchiveEnd>,
        now: Timestamp,
    ) -> Result<Vec<Committed>, FrontierError> {
        self.wait_for_disk(true)?;
        let transaction = self.connection.transaction()?;
        let mut writer = Batch {
            transaction: &transaction,
            run,
            rules,
            now: now.as_microsecond(),
        };
        let mut committed = Vec::with_capacity(batch.len());
        for completion in batch {
            committed.push(writer.settle(completion)?);
        }
        if let Some(end) = end {
            transaction
                .prepare_cached(
                    "INSERT INTO archive_end VALUES (1, ?, ?)
                     ON CONFLICT DO UPDATE SET file = excluded.file, end = excluded.end",
                )?
                .execute(params![end.file, signed(end.end)])?;
        }
        transaction.commit()?;
        Ok(committed)
    }
}

struct Batch<'b> {
    transaction: &'b Transaction<'b>,
    run: &'b super::Run,
    rules: &'b Rules,
    now: i64,
}

impl Batch<'_> {
    fn settle(&mut self, done: &Completion) -> Result<Committed, FrontierError> {
        let mut outcome = done.outcome;
        let mut why = done.why.clone();
        let mut next = done.next;
        let mut hosts = Vec::new();
        let mut follow = Follow::default();
        if let Some(found) = &done.found {
            if let Some(hop) = found.iter().find(|found| found.hop)
                && let Some(reason) = self.circle(&done.lease, &hop.url)?
            {
                outcome = Outcome::TooManyRedirects;
                why = reason;
                next = Next::Failed;
            } else {
                follow = self.follow(&done.lease, found, &mut hosts)?;
            }
        }
        let exchange = match &done.recorded {
            Some(recorded) => Some(self.exchange(&done.lease, recorded, outcome, &why)?),
            None => None,
        };
        let sha256 = done
            .recorded
            .as_ref()
            .and_then(|recorded| recorded.sha256.as_ref());
        let known = done.lease.last_page.as_ref();
        let change = match outcome {
            Outcome::NotModified => Some(Change::Unchanged),
            Outcome::Ok => Some(match known {
                None => Change::New,
                Some(known) if Some(&known.sha256) == sha256 => Change::Unchanged,
                Some(_) => Change::Changed,
            }),
            _ => None,
        };
        self.yielded(done, change, follow.items)?;
        self.url(
            done,
            outcome,
            &why,
            next,
            exchange,
            change.is_some(),
            &follow,
        )?;
        if let Some(lane) = &done.lane {
            self.lane(lane)?;
        }
        if let Some(robots) = &done.robots {
            self.robots(robots)?;
        }
        if matches!(next, Next::Again(_)) {
            hosts.push(done.lease.host.clone());
        }
        hosts.sort_unstable();
        hosts.dedup();
        Ok(Committed {
            outcome,
            change,
            hosts,
            new_items: follow.new_items,
        })
    }

    /// Why a redirect is not followed; `None` if it may be.
    fn circle(&self, lease: &Lease, target: &str) -> Result<Option<String>, FrontierError> {
        if target == lease.url {
            return Ok(Some("redirects to itself".into()));
        }
        if lease.hops >= self.rules.hops {
            return Ok(Some(format!(
                "more than {} redirects in a row",
                self.rules.hops
            )));
        }
        let mut up = self.transaction.prepare_cached(
            "SELECT p.id, p.url, p.hops FROM url u JOIN url p ON p.id = u.parent_id WHERE u.id = ?",
        )?;
        let (mut id, mut hops) = (lease.id, lease.hops);
        while hops > 0 {
            let parent = up
                .query_row([id], |row| {
                    Ok((
                        row.get::<_, i64>(0)?,
                        row.get::<_, String>(1)?,
                        row.get::<_, u32>(2)?,
                    ))
                })
                .optional()?;
            let Some((parent, url, above)) = parent else {
                break;
            };
            if url == target {
                return Ok(Some(format!("redirects in a circle, back to {target}")));
            }
            if above >= hops {
                break;
            }
            (id, hops) = (parent, above);
        }
        Ok(None)
    }

    fn follow(
        &mut self,
        lease: &Lease,
        found: &[Found],
        hosts: &mut Vec<String>,
    ) -> Result<Follow, FrontierError> {
        let mut follow = Follow {
            barren: lease.barren,
            ..Follow::default()
        };
        let is_list = lease.role == Role::List;
        // The items first: whether they are new decides if the list is followed further.
        for one in found
            .iter()
            .filter(|one| !(is_list && one.role == Role::List))
        {
            let new = self.add(lease, one, lease.barren, hosts)?;
            if one.role == Role::Item && !one.hop {
                follow.items += 1;
                follow.new_items += u32::from(new);
            }
        }
        if !is_list {
            return Ok(follow);
        }
        let hop = found.iter().any(|one| one.hop);
        if !hop {
            follow.barren = if follow.new_items > 0 {
                0
            } else {
                lease.barren + 1
            };
        }
        let column = lease.column.unwrap_or(lease.id);
        for one in found.iter().filter(|one| one.role == Role::List) {
            let mut one = one.clone();
            if one.refused.is_none() && !one.hop {
                let pages: u32 = self
                    .transaction
                    .prepare_cached("SELECT count(*) FROM url WHERE column_id = ? AND role = 'list' AND state <> 'skipped'")?
                    .query_row([column], |row| row.get(0))?;
                if pages >= self.rules.list_pages {
                    one.refused = Some((
                        Outcome::BudgetSpent,
                        format!("{} pages of one list are enough", self.rules.list_pages),
                    ));
                } else if follow.barren >= self.rules.barren {
                    one.refused = Some((
                        Outcome::BudgetSpent,
                        format!(
                            "{} pages of the list in a row had no new entry",
                            follow.barren
                        ),
                    ));
                }
            }
            let new = self.add(lease, &one, follow.barren, hosts)?;
            if !new && follow.new_items > 0 && one.refused.is_none() && self.revive(&one.url)? {
                hosts.push(one.host.clone());
            }
        }
        Ok(follow)
    }

    /// Brings a page of a list back that was settled in an earlier round; the list has grown.
    fn revive(&self, url: &str) -> Result<bool, FrontierError> {
        let changed = self
            .transaction
            .prepare_cached(
                "UPDATE url SET state = 'pending', attempts = 0, not_before_us = 0
                 WHERE digest = ? AND role = 'list' AND state IN ('done', 'failed') AND round < ?",
            )?
            .execute(params![digest_of(url), self.run.round])?;
        Ok(changed > 0)
    }

    /// Adds an address; whether it was not known before.
    fn add(
        &self,
        lease: &Lease,
        one: &Found,
        barren: u32,
        hosts: &mut Vec<String>,
    ) -> Result<bool, FrontierError> {
        let follows = one.hop || (lease.role == Role::List && one.role == Role::List);
        let depth = lease.depth + u32::from(!follows);
        let mut refused = one.refused.clone();
        if refused.is_none() && depth > self.rules.depth {
            refused = Some((
                Outcome::BudgetSpent,
                format!("more than {} links from the seed", self.rules.depth),
            ));
        }
        let row = NewUrl {
            found: one,
            lane: lane_id(self.transaction, &one.host)?,
            site: site_id(self.transaction, &lease.site)?,
            depth,
            hops: if one.hop { lease.hops + 1 } else { 0 },
            parent: Some(lease.id),
            seed: Some(lease.seed),
            column: follows
                .then(|| lease.column.unwrap_or(lease.id))
                .filter(|_| one.role == Role::List),
            page: if one.hop {
                lease.page
            } else {
                lease.page + u32::from(follows)
            },
            barren,
            refused: refused.as_ref(),
        };
        let inserted = row.insert(self.transaction, self.now, self.run.round)?;
        if inserted.is_some() {
            if refused.is_none() {
                hosts.push(one.host.clone());
            }
            return Ok(true);
        }
        // Known, but not asked for by an earlier rule.
        let revived = refused.is_none()
            && self
                .transaction
                .prepare_cached(
                    "UPDATE url SET state = 'pending', outcome = NULL, why = NULL, attempts = 0
                     WHERE digest = ? AND state = 'skipped' AND outcome = 'out_of_scope'",
                )?
                .execute([digest_of(&one.url)])?
                > 0;
        if revived {
            hosts.push(one.host.clone());
        }
        if one.title.is_some() {
            self.transaction
                .prepare_cached(
                    "UPDATE url SET title = ?2, kind = ?3, year = coalesce(?4, year),
                       list_date = coalesce(?5, list_date)
                     WHERE digest = ?1 AND role = 'item' AND ?6 = 'item' AND title IS NOT ?2",
                )?
                .execute(params![
                    digest_of(&one.url),
                    one.title,
                    one.kind.as_str(),
                    one.year,
                    one.list_date.map(|date| date.to_string()),
                    one.role.as_str(),
                ])?;
        }
        Ok(false)
    }

    fn exchange(
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

    fn yielded(
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
    fn url(
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
        self.transaction
            .prepare_cached(
                "UPDATE url SET state = ?2, outcome = ?3, why = ?4, not_before_us = ?5, attempts = attempts + ?6,
                   round = CASE WHEN ?2 = 'pending' THEN round ELSE ?7 END,
                   last_exchange_id = coalesce(?8, last_exchange_id),
                   page_exchange_id = CASE WHEN ?9 THEN coalesce(?8, page_exchange_id) ELSE page_exchange_id END,
                   etag = CASE WHEN ?9 THEN ?10 ELSE coalesce(?10, etag) END,
                   last_modified = CASE WHEN ?9 THEN ?11 ELSE coalesce(?11, last_modified) END,
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

    fn lane(&self, lane: &Lane) -> Result<(), FrontierError> {
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

    fn robots(&self, robots: &RobotsRow) -> Result<(), FrontierError> {
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

/// What following a page's leads came to.
#[derive(Debug, Default)]
struct Follow {
    items: u32,
    new_items: u32,
    barren: u32,
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

impl NewUrl<'_> {
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
