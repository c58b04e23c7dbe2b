//! One transaction for a batch: what is done, what it led to, what the archive holds now.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::model::{ItemKind, Outcome, Role};

use super::rows::{NewUrl, lane_id, site_id};
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

pub(super) struct Batch<'b> {
    pub(super) transaction: &'b Transaction<'b>,
    pub(super) run: &'b super::Run,
    pub(super) rules: &'b Rules,
    pub(super) now: i64,
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
}

/// What following a page's leads came to.
#[derive(Debug, Default)]
pub(super) struct Follow {
    pub(super) items: u32,
    pub(super) new_items: u32,
    pub(super) barren: u32,
}
