//! The next addresses of a host, and what is kept of the host itself.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::model::{ItemKind, Role};

use super::{Frontier, FrontierError, signed, time};

/// An address taken to be fetched. Given back with [`super::Completion`]; a killed process gives all back at the next start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Row.
    pub id: i64,
    /// Address, canonical.
    pub url: String,
    /// Host and port, as in the address.
    pub host: String,
    /// Name of the site it belongs to.
    pub site: String,
    /// What it is for.
    pub role: Role,
    /// Links from the seed.
    pub depth: u32,
    /// Redirects that led here.
    pub hops: u32,
    /// The seed it comes from: itself for a seed.
    pub seed: i64,
    /// First page of the list it is a page of; `None` outside lists.
    pub column: Option<i64>,
    /// Page of the list, from 0.
    pub page: u32,
    /// List pages in a row before it that brought no new item.
    pub barren: u32,
    /// Entries it had when last read; `None` if never.
    pub items: Option<u32>,
    /// Title of the link that led here.
    pub title: Option<String>,
    /// What the title says it is.
    pub kind: ItemKind,
    /// Year the title names.
    pub year: Option<i32>,
    /// Times it was tried in this round.
    pub attempts: u32,
    /// The round it was last settled in; 0 if never.
    pub round: i64,
    /// `ETag` of the last page.
    pub etag: Option<String>,
    /// `Last-Modified` of the last page.
    pub last_modified: Option<String>,
    /// The last full record of the page; `None` if there was never one.
    pub last_page: Option<PageRecord>,
    /// Whether the last answer said that the page is gone.
    pub was_gone: bool,
}

/// A durable record whose payload a later one may refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRecord {
    /// `WARC-Record-ID`, as it stands.
    pub record_id: String,
    /// Its target, an address.
    pub uri: String,
    /// Its date.
    pub at: Timestamp,
    /// SHA-256 of the payload.
    pub sha256: Vec<u8>,
    /// Its `WARC-Payload-Digest`; `None` where it had none.
    pub sha1: Option<String>,
}

/// What is kept of a host between runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Host and port.
    pub host: String,
    /// The gap is so many times the policy's; 1 for a host that never complained.
    pub slow: u32,
    /// Pages that came since the last refusal.
    pub calm: u32,
    /// Refusals in a row.
    pub blocked: u32,
    /// Failures in a row.
    pub errors: u32,
    /// How often in a row it was parked.
    pub parks: u32,
    /// Nothing is asked of it before this time; `None` for at once.
    pub not_before: Option<Timestamp>,
    /// Why not before.
    pub why: String,
    /// Pages asked for in this round.
    pub pages: u64,
    /// Bytes that came in this round.
    pub bytes: u64,
    /// Time its answers took in this round, in milliseconds.
    pub spent_ms: u64,
}

impl Lane {
    /// A host that nothing is known of.
    pub fn new(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            slow: 1,
            calm: 0,
            blocked: 0,
            errors: 0,
            parks: 0,
            not_before: None,
            why: String::new(),
            pages: 0,
            bytes: 0,
            spent_ms: 0,
        }
    }
}

/// A robots.txt as last had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsRow {
    /// Scheme, host and port.
    pub origin: String,
    /// HTTP status; `None` where no answer came.
    pub status: Option<u16>,
    /// The file, up to the cap.
    pub body: Vec<u8>,
    /// When it came.
    pub fetched: Timestamp,
    /// Until when it holds.
    pub expires: Timestamp,
}

const LEASED: &str = "
SELECT u.id, u.url, l.host, s.name, u.role, u.depth, u.hops, coalesce(u.seed_id, u.id), u.column_id, u.page, u.barren,
  u.items, u.title, u.kind, u.year, u.attempts, u.round, u.etag, u.last_modified, u.outcome,
  e.record_id, p.url, e.at_us, e.sha256, e.sha1
FROM url u JOIN lane l ON l.id = u.lane_id JOIN site s ON s.id = u.site_id
LEFT JOIN exchange g ON g.id = u.page_exchange_id LEFT JOIN payload y ON y.sha256 = g.sha256
LEFT JOIN exchange e ON e.id = y.exchange_id LEFT JOIN url p ON p.id = e.url_id
WHERE u.id = ?";

impl Frontier {
    /// Takes up to `count` addresses of a host that may be asked for now, the most urgent first.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn lease(
        &mut self,
        host: &str,
        now: Timestamp,
        count: usize,
    ) -> Result<Vec<Lease>, FrontierError> {
        self.wait_for_disk(false)?;
        let transaction = self.connection.transaction()?;
        let leases = {
            let lane: Option<i64> = transaction
                .prepare_cached("SELECT id FROM lane WHERE host = ?")?
                .query_row([host], |row| row.get(0))
                .optional()?;
            let mut select = transaction.prepare_cached(
                "SELECT id FROM url WHERE state = 'pending' AND lane_id = ? AND site_id = ? AND not_before_us <= ?
                 ORDER BY not_before_us, rank, id LIMIT ?",
            )?;
            let mut sites = transaction.prepare_cached("SELECT site_id FROM selected")?;
            let sites: Vec<i64> = sites
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut ids: Vec<i64> = Vec::new();
            for site in sites {
                let left = signed((count - ids.len()) as u64);
                let rows = select
                    .query_map(params![lane, site, now.as_microsecond(), left], |row| {
                        row.get(0)
                    })?;
                ids.extend(rows.collect::<Result<Vec<i64>, _>>()?);
                if ids.len() >= count {
                    break;
                }
            }
            let mut take =
                transaction.prepare_cached("UPDATE url SET state = 'leased' WHERE id = ?")?;
            let mut read = transaction.prepare_cached(LEASED)?;
            let mut leases = Vec::with_capacity(ids.len());
            for id in ids {
                take.execute([id])?;
                leases.push(read.query_row([id], |row| Ok(leased(row)))??);
            }
            leases
        };
        transaction.commit()?;
        Ok(leases)
    }

    /// When the next address of a host may be asked for, of those that wait; `None` where none waits.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn next_at(&self, host: &str) -> Result<Option<Timestamp>, FrontierError> {
        let earliest: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT min((SELECT u.not_before_us FROM url u WHERE u.state = 'pending' AND u.lane_id = l.id
                   AND u.site_id = s.site_id ORDER BY u.not_before_us LIMIT 1))
                 FROM lane l, selected s WHERE l.host = ?",
            )?
            .query_row([host], |row| row.get(0))?;
        Ok(earliest.map(time))
    }

    /// What is kept of a host; of an unknown one, a fresh start. Counts of an earlier round are 0.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn lane(&self, host: &str, round: i64) -> Result<Lane, FrontierError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT slow, calm, blocked, errors, parks, not_before_us, why, round, pages, bytes, spent_ms
             FROM lane WHERE host = ?",
        )?;
        let found = statement
            .query_row([host], |row| {
                let same = row.get::<_, i64>(7)? == round;
                let count = |place: usize| -> rusqlite::Result<u64> {
                    Ok(if same {
                        row.get::<_, i64>(place)?.unsigned_abs()
                    } else {
                        0
                    })
                };
                let not_before: i64 = row.get(5)?;
                Ok(Lane {
                    host: host.to_owned(),
                    slow: row.get(0)?,
                    calm: row.get(1)?,
                    blocked: row.get(2)?,
                    errors: if same { row.get(3)? } else { 0 },
                    parks: row.get(4)?,
                    not_before: (not_before > 0).then(|| time(not_before)),
                    why: row.get(6)?,
                    pages: count(8)?,
                    bytes: count(9)?,
                    spent_ms: count(10)?,
                })
            })
            .optional()?;
        Ok(found.unwrap_or_else(|| Lane::new(host)))
    }

    /// Keeps a host's refusals for the runs to come, of a request that was no run's: pause, refusals in a row, until when it
    /// is to be left alone. What a round counts stays as it is. The host need not be known. When it returns, it is on the disk.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn keep_off(&mut self, lane: &Lane) -> Result<(), FrontierError> {
        self.wait_for_disk(true)?;
        self.connection.execute(
            "INSERT INTO lane (host, slow, calm, blocked, parks, not_before_us, why) VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (host) DO UPDATE SET slow = excluded.slow, calm = excluded.calm, blocked = excluded.blocked,
               parks = excluded.parks, not_before_us = excluded.not_before_us, why = excluded.why",
            params![
                lane.host,
                lane.slow,
                lane.calm,
                lane.blocked,
                lane.parks,
                lane.not_before.map_or(0, Timestamp::as_microsecond),
                lane.why,
            ],
        )?;
        Ok(())
    }

    /// The robots.txt of an origin as last had; `None` if never.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn robots(&self, origin: &str) -> Result<Option<RobotsRow>, FrontierError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT status, body, fetched_us, expires_us FROM robots WHERE origin = ?",
        )?;
        Ok(statement
            .query_row([origin], |row| {
                Ok(RobotsRow {
                    origin: origin.to_owned(),
                    status: row.get(0)?,
                    body: row.get(1)?,
                    fetched: time(row.get(2)?),
                    expires: time(row.get(3)?),
                })
            })
            .optional()?)
    }

    /// The durable record that has a payload; `None` where none has.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn payload(&self, sha256: &[u8]) -> Result<Option<PageRecord>, FrontierError> {
        // By itself first: few pages are known, and beside the partial indexes of `url` every new value is a new plan.
        let exchange: Option<i64> = self
            .connection
            .prepare_cached("SELECT exchange_id FROM payload WHERE sha256 = ?")?
            .query_row([sha256], |row| row.get(0))
            .optional()?;
        let Some(exchange) = exchange else {
            return Ok(None);
        };
        let mut statement = self.connection.prepare_cached(
            "SELECT e.record_id, u.url, e.at_us, e.sha1 FROM exchange e JOIN url u ON u.id = e.url_id WHERE e.id = ?",
        )?;
        Ok(statement
            .query_row([exchange], |row| {
                Ok(PageRecord {
                    record_id: row.get(0)?,
                    uri: row.get(1)?,
                    at: time(row.get(2)?),
                    sha256: sha256.to_vec(),
                    sha1: row.get(3)?,
                })
            })
            .optional()?)
    }
}

/// The lease of a row.
pub(super) fn read(connection: &rusqlite::Connection, id: i64) -> Result<Lease, FrontierError> {
    connection
        .prepare_cached(LEASED)?
        .query_row([id], |row| Ok(leased(row)))?
}

fn leased(row: &Row<'_>) -> Result<Lease, FrontierError> {
    let role: String = row.get(4)?;
    let kind: String = row.get(13)?;
    let outcome: Option<String> = row.get(19)?;
    let record: Option<String> = row.get(20)?;
    let last_page = match record {
        Some(record_id) => Some(PageRecord {
            record_id,
            uri: row.get(21)?,
            at: time(row.get(22)?),
            sha256: row.get(23)?,
            sha1: row.get(24)?,
        }),
        None => None,
    };
    let was_gone = outcome
        .as_deref()
        .and_then(crate::model::Outcome::named)
        .is_some_and(crate::model::Outcome::is_gone);
    Ok(Lease {
        id: row.get(0)?,
        url: row.get(1)?,
        host: row.get(2)?,
        site: row.get(3)?,
        role: Role::named(&role).ok_or(FrontierError::Word {
            what: "role",
            word: role,
        })?,
        depth: row.get(5)?,
        hops: row.get(6)?,
        seed: row.get(7)?,
        column: row.get(8)?,
        page: row.get(9)?,
        barren: row.get(10)?,
        items: row.get(11)?,
        title: row.get(12)?,
        kind: ItemKind::named(&kind).ok_or(FrontierError::Word {
            what: "kind of item",
            word: kind,
        })?,
        year: row.get(14)?,
        attempts: row.get(15)?,
        round: row.get(16)?,
        etag: row.get(17)?,
        last_modified: row.get(18)?,
        last_page,
        was_gone,
    })
}
