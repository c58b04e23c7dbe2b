//! What the ledger can tell people: the history of an address, the state of hosts and seeds, the last run.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};
use serde::{Serialize, Serializer};

use super::{Frontier, FrontierError, digest_of, time};

/// An exchange, or that there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// When it was asked for.
    #[serde(serialize_with = "instant")]
    pub at: Timestamp,
    /// What came of it.
    pub outcome: String,
    /// HTTP status; `None` where no answer came.
    pub status: Option<u16>,
    /// Why.
    pub why: String,
    /// Kind of record: `response`, `revisit`, `metadata`.
    pub record: String,
    /// `WARC-Record-ID`.
    pub record_id: String,
    /// WARC file.
    pub file: String,
    /// Where the record begins, in bytes.
    pub offset: i64,
    /// Its length in the file, in bytes.
    pub length: i64,
    /// SHA-256 of the payload, hexadecimal.
    pub sha256: Option<String>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
}

/// All that is known of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The address.
    pub url: String,
    /// Its host and port.
    pub host: String,
    /// Name of its site.
    pub site: String,
    /// What it is for.
    pub role: String,
    /// `pending`, `leased`, `done`, `failed`, `skipped`.
    pub state: String,
    /// What came of it last.
    pub outcome: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// Title of the link.
    pub title: Option<String>,
    /// What the title says it is.
    pub kind: String,
    /// Year the title names.
    pub year: Option<i32>,
    /// Links from the seed.
    pub depth: u32,
    /// Redirects that led here.
    pub hops: u32,
    /// Which rule found it.
    pub rule: String,
    /// Address of the page it was found on; `None` for a seed.
    pub parent: Option<String>,
    /// Not asked for before; `None` for at once.
    #[serde(serialize_with = "maybe")]
    pub not_before: Option<Timestamp>,
    /// Times tried in this round.
    pub attempts: u32,
    /// Its exchanges, the oldest first.
    pub history: Vec<Event>,
}

/// A host, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostState {
    /// Host and port.
    pub host: String,
    /// To be fetched.
    pub pending: i64,
    /// Settled well.
    pub done: i64,
    /// Settled otherwise, refusals left out.
    pub failed: i64,
    /// Refused: blocked, challenge, throttled.
    pub blocked: i64,
    /// Not asked for: robots, scope, budget.
    pub skipped: i64,
    /// Nothing is asked of it before; `None` if it is not parked.
    #[serde(serialize_with = "maybe")]
    pub not_before: Option<Timestamp>,
    /// Why not before.
    pub why: String,
    /// The gap is so many times the policy's.
    pub slow: u32,
}

/// A seed and its yield.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeedState {
    /// Its address.
    pub url: String,
    /// Name of its site.
    pub site: String,
    /// `pending`, `leased`, `done`, `failed`, `skipped`.
    pub state: String,
    /// What came of it last.
    pub outcome: Option<String>,
    /// Entries listed under it in the last round that came to it; `None` if none did.
    pub items: Option<i64>,
    /// The most entries of an earlier round; `None` if there is none.
    pub items_before: Option<i64>,
    /// Addresses under it that are pending.
    pub pending: i64,
}

/// An address in a list for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The address.
    pub url: String,
    /// Name of its site.
    pub site: String,
    /// What it is for.
    pub role: String,
    /// What came of it.
    pub outcome: String,
    /// Why.
    pub why: String,
    /// Title of the link.
    pub title: Option<String>,
}

/// A record as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// Where it begins in its file, in bytes.
    pub offset: u64,
    /// Its length in the file, in bytes.
    pub length: u64,
    /// `WARC-Record-ID`, with its angle brackets.
    pub record_id: String,
    /// SHA-256 of the payload, hexadecimal; of a revisit, of the payload it stands for.
    pub sha256: Option<String>,
    /// `response`, `revisit` or `metadata`.
    pub record: String,
    /// The address asked for.
    pub url: String,
}

/// A list that was not followed to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutList {
    /// Name of its site.
    pub site: String,
    /// Its first page, or the page on which what was left out stands.
    pub list: String,
    /// Which bound was reached.
    pub why: String,
    /// Addresses left out; 0 where they are not known.
    pub count: u32,
}

/// The last run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastRun {
    /// Its number.
    pub id: i64,
    /// Its round.
    pub round: i64,
    /// When it began.
    #[serde(serialize_with = "instant")]
    pub started: Timestamp,
    /// When it ended; `None`: running, or killed.
    #[serde(serialize_with = "maybe")]
    pub ended: Option<Timestamp>,
    /// Exit code.
    pub exit: Option<u8>,
    /// Its summary, JSON.
    pub summary: Option<String>,
}

/// RFC 3339, UTC.
fn instant<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

#[expect(
    clippy::ref_option,
    reason = "serde calls it with a reference to the field"
)]
fn maybe<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}

impl Frontier {
    /// All that is known of an address; `None` if it is not known.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn explain(&self, url: &str) -> Result<Option<Explained>, FrontierError> {
        let found = self
            .connection
            .prepare(
                "SELECT u.url, l.host, s.name, u.role, u.state, u.outcome, u.why, u.title, u.kind, u.year, u.depth, u.hops,
                   u.rule, p.url, u.not_before_us, u.attempts, u.id
                 FROM url u JOIN lane l ON l.id = u.lane_id JOIN site s ON s.id = u.site_id
                 LEFT JOIN url p ON p.id = u.parent_id WHERE u.digest = ?",
            )?
            .query_row([digest_of(url)], |row| {
                let not_before: i64 = row.get(14)?;
                let explained = Explained {
                    url: row.get(0)?,
                    host: row.get(1)?,
                    site: row.get(2)?,
                    role: row.get(3)?,
                    state: row.get(4)?,
                    outcome: row.get(5)?,
                    why: row.get(6)?,
                    title: row.get(7)?,
                    kind: row.get(8)?,
                    year: row.get(9)?,
                    depth: row.get(10)?,
                    hops: row.get(11)?,
                    rule: row.get(12)?,
                    parent: row.get(13)?,
                    not_before: (not_before > 0).then(|| time(not_before)),
                    attempts: row.get(15)?,
                    history: Vec::new(),
                };
                Ok((explained, row.get::<_, i64>(16)?))
            })
            .optional()?;
        let Some((mut explained, id)) = found else {
            return Ok(None);
        };
        let mut events = self.connection.prepare(
            "SELECT e.at_us, e.outcome, e.status, e.why, e.record, e.record_id, f.name, e.offset, e.length, e.sha256, e.took_ms
             FROM exchange e JOIN file f ON f.id = e.file_id WHERE e.url_id = ? ORDER BY e.id",
        )?;
        let rows = events.query_map([id], |row| {
            let sha256: Option<Vec<u8>> = row.get(9)?;
            Ok(Event {
                at: time(row.get(0)?),
                outcome: row.get(1)?,
                status: row.get(2)?,
                why: row.get(3)?,
                record: row.get(4)?,
                record_id: row.get(5)?,
                file: row.get(6)?,
                offset: row.get(7)?,
                length: row.get(8)?,
                sha256: sha256.map(|bytes| data_encoding::HEXLOWER.encode(&bytes)),
                took_ms: row.get(10)?,
            })
        })?;
        explained.history = rows.collect::<Result<_, _>>()?;
        Ok(Some(explained))
    }

    /// Every host, with its counts.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn host_states(&self) -> Result<Vec<HostState>, FrontierError> {
        let mut statement = self.connection.prepare(
            "SELECT l.host, coalesce(sum(u.state IN ('pending', 'leased')), 0), coalesce(sum(u.state = 'done'), 0),
               coalesce(sum(u.state = 'failed' AND u.outcome NOT IN ('blocked', 'challenge', 'throttled')), 0),
               coalesce(sum(u.state = 'failed' AND u.outcome IN ('blocked', 'challenge', 'throttled')), 0),
               coalesce(sum(u.state = 'skipped'), 0), l.not_before_us, l.why, l.slow
             FROM lane l LEFT JOIN url u ON u.lane_id = l.id GROUP BY l.id ORDER BY l.host",
        )?;
        let rows = statement.query_map([], |row| {
            let not_before: i64 = row.get(6)?;
            Ok(HostState {
                host: row.get(0)?,
                pending: row.get(1)?,
                done: row.get(2)?,
                failed: row.get(3)?,
                blocked: row.get(4)?,
                skipped: row.get(5)?,
                not_before: (not_before > 0).then(|| time(not_before)),
                why: row.get(7)?,
                slow: row.get(8)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every seed, with its yield.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn seed_states(&self) -> Result<Vec<SeedState>, FrontierError> {
        let mut statement = self.connection.prepare(
            "WITH open AS (SELECT seed_id, count(*) AS pending FROM url WHERE state IN ('pending', 'leased') GROUP BY seed_id)
             SELECT u.url, s.name, u.state, u.outcome,
               (SELECT items FROM yield y WHERE y.seed_id = u.id ORDER BY round DESC LIMIT 1),
               (SELECT max(items) FROM yield y WHERE y.seed_id = u.id
                  AND round < (SELECT max(round) FROM yield z WHERE z.seed_id = u.id)),
               coalesce(o.pending, 0) + (u.state IN ('pending', 'leased'))
             FROM url u JOIN site s ON s.id = u.site_id LEFT JOIN open o ON o.seed_id = u.id
             WHERE u.rule = 'seed' ORDER BY s.name, u.url",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(SeedState {
                url: row.get(0)?,
                site: row.get(1)?,
                state: row.get(2)?,
                outcome: row.get(3)?,
                items: row.get(4)?,
                items_before: row.get(5)?,
                pending: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Seeds whose yield fell to nothing in a round: address, site, what it was.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn dried_up(&self, round: i64) -> Result<Vec<(String, String, i64)>, FrontierError> {
        let mut statement = self.connection.prepare(
            "SELECT u.url, s.name, (SELECT items FROM yield b WHERE b.seed_id = y.seed_id AND b.round < y.round AND b.items > 0
               ORDER BY b.round DESC LIMIT 1) AS before
             FROM yield y JOIN url u ON u.id = y.seed_id JOIN site s ON s.id = u.site_id
             WHERE y.round = ? AND y.items = 0 AND before IS NOT NULL ORDER BY u.url",
        )?;
        let rows =
            statement.query_map([round], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Addresses of which an outcome is the last, at most `limit`.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn listed(&self, outcome: &str, limit: u32) -> Result<Vec<Listed>, FrontierError> {
        let mut statement = self.connection.prepare(
            "SELECT u.url, s.name, u.role, u.outcome, coalesce(u.why, ''), u.title FROM url u JOIN site s ON s.id = u.site_id
             WHERE u.outcome = ? ORDER BY u.id LIMIT ?",
        )?;
        let rows = statement.query_map(params![outcome, limit], |row| {
            Ok(Listed {
                url: row.get(0)?,
                site: row.get(1)?,
                role: row.get(2)?,
                outcome: row.get(3)?,
                why: row.get(4)?,
                title: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Pending addresses of the sites worked at, host by host, at most `limit` of each: what a run would ask for first.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn planned(&self, host: &str, limit: u32) -> Result<Vec<Listed>, FrontierError> {
        let mut statement = self.connection.prepare(
            "SELECT u.url, s.name, u.role, 'pending', coalesce(u.why, ''), u.title FROM lane l JOIN url u ON u.lane_id = l.id
             JOIN site s ON s.id = u.site_id
             WHERE l.host = ? AND u.state = 'pending' AND u.site_id IN (SELECT site_id FROM selected)
             ORDER BY u.not_before_us, u.rank, u.id LIMIT ?",
        )?;
        let rows = statement.query_map(params![host, limit], |row| {
            Ok(Listed {
                url: row.get(0)?,
                site: row.get(1)?,
                role: row.get(2)?,
                outcome: row.get(3)?,
                why: row.get(4)?,
                title: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many addresses of the sites worked at are pending.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn pending(&self) -> Result<u64, FrontierError> {
        let count: i64 = self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM url WHERE state IN ('pending', 'leased') AND role <> 'robots'
                   AND site_id IN (SELECT site_id FROM selected)",
            )?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Years of which a site has an annual report's page, each once, in order.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn report_years(&self, site: &str) -> Result<Vec<i32>, FrontierError> {
        let mut statement = self.connection.prepare(
            "SELECT DISTINCT u.year FROM url u JOIN site s ON s.id = u.site_id
             WHERE s.name = ? AND u.role = 'item' AND u.kind = 'report' AND u.year IS NOT NULL
               AND u.page_exchange_id IS NOT NULL ORDER BY u.year",
        )?;
        let rows = statement.query_map([site], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many annual reports of a site have a page.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn report_count(&self, site: &str) -> Result<u32, FrontierError> {
        Ok(self
            .connection
            .prepare(
                "SELECT count(*) FROM url u JOIN site s ON s.id = u.site_id
                 WHERE s.name = ? AND u.role = 'item' AND u.kind = 'report' AND u.page_exchange_id IS NOT NULL",
            )?
            .query_row([site], |row| row.get(0))?)
    }

    /// Lists of the sites worked at that were not followed to their end, and pages that lay too deep: at most 50.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn cut_lists(&self) -> Result<Vec<CutList>, FrontierError> {
        let mut statement = self.connection.prepare(
            "SELECT s.name, coalesce(c.url, p.url, u.url) AS list, coalesce(u.why, ''), count(*) FROM url u
             JOIN site s ON s.id = u.site_id LEFT JOIN url c ON c.id = u.column_id LEFT JOIN url p ON p.id = u.parent_id
             WHERE u.state = 'skipped' AND u.outcome = 'budget_spent' AND u.site_id IN (SELECT site_id FROM selected)
               AND (u.role = 'list' OR u.why LIKE '% links from the seed')
             GROUP BY s.name, list, u.why
             UNION ALL
             SELECT s.name, u.url, substr(e.why, instr(e.why, 'list cut short: ') + 16), 0 FROM url u JOIN site s ON s.id = u.site_id
             JOIN exchange e ON e.id = u.page_exchange_id
             WHERE u.role IN ('list', 'root') AND u.outcome IN ('ok', 'not_modified') AND e.why LIKE '%list cut short: %'
               AND u.site_id IN (SELECT site_id FROM selected)
             ORDER BY 1, 2, 3 LIMIT 50",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(CutList {
                site: row.get(0)?,
                list: row.get(1)?,
                why: row.get(2)?,
                count: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Files that records lie in, in the order they were begun.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn files(&self) -> Result<Vec<String>, FrontierError> {
        let mut statement = self
            .connection
            .prepare("SELECT name FROM file ORDER BY id")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Records that lie in a file, in the order they lie there. Of an exchange's records only the one that it is told by.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn records(&self, file: &str) -> Result<Vec<RecordRow>, FrontierError> {
        let mut statement = self.connection.prepare(
            "SELECT e.offset, e.length, e.record_id, e.sha256, e.record, u.url FROM file f JOIN exchange e ON e.file_id = f.id
             JOIN url u ON u.id = e.url_id WHERE f.name = ? ORDER BY e.offset",
        )?;
        let rows = statement.query_map([file], |row| {
            let sha256: Option<Vec<u8>> = row.get(3)?;
            Ok(RecordRow {
                offset: row.get::<_, i64>(0)?.unsigned_abs(),
                length: row.get::<_, i64>(1)?.unsigned_abs(),
                record_id: row.get(2)?,
                sha256: sha256.map(|bytes| data_encoding::HEXLOWER.encode(&bytes)),
                record: row.get(4)?,
                url: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The last run; `None` before the first.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn last_run(&self) -> Result<Option<LastRun>, FrontierError> {
        Ok(self
            .connection
            .prepare("SELECT id, round, started_us, ended_us, exit, summary FROM run ORDER BY id DESC LIMIT 1")?
            .query_row([], |row| {
                let ended: Option<i64> = row.get(3)?;
                Ok(LastRun {
                    id: row.get(0)?,
                    round: row.get(1)?,
                    started: time(row.get(2)?),
                    ended: ended.map(time),
                    exit: row.get(4)?,
                    summary: row.get(5)?,
                })
            })
            .optional()?)
    }
}
