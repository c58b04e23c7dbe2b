//! The ledger of a crawl, `frontier.db`: what is to be fetched, what was, when, and where it lies in the archive.
//!
//! In: seeds, what pages lead to, what came of each exchange and where its record is. Out: the next addresses of a host,
//! the history of each, the place up to which the archive counts. Only committed rows count: an address is done when its
//! record is on the disk, and both are told in one transaction. Holds nothing of an address in memory, never opens a
//! socket, never reads a page. A file of its own beside the database: that can be built again from the archive, this cannot.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest as _, Sha256};

mod columns;
mod commit;
mod error;
mod lease;
mod report;
mod rows;
mod run;

#[cfg(test)]
mod tests;

pub use columns::{ListColumn, ListedItem};
pub use commit::{Change, Committed, Completion, Found, Next, Recorded, Rules};
pub use error::FrontierError;
pub use lease::{Lane, Lease, PageRecord, RobotsRow};
pub use report::{CutList, Event, Explained, HostState, LastRun, Listed, RecordRow, SeedState};
pub use run::{Due, Run, Seed};

/// The numbered migrations; the first makes schema 1.
const MIGRATIONS: [&str; 2] = [
    include_str!("migrations/0001_base.sql"),
    include_str!("migrations/0002_lists.sql"),
];
/// `nifr` in ASCII: marks the file as a ledger of ours.
const APPLICATION_ID: i64 = 0x6e69_6672;

/// An open ledger.
#[derive(Debug)]
pub struct Frontier {
    connection: Connection,
    path: PathBuf,
    /// Whether commits wait for the disk.
    full: bool,
}

/// The archive counts up to here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveEnd {
    /// Name of the WARC file.
    pub file: String,
    /// End of its last record that is told of here, in bytes.
    pub end: u64,
}

impl Frontier {
    /// Opens a ledger for writing; makes or migrates it as needed.
    ///
    /// # Errors
    ///
    /// [`FrontierError::Open`], [`FrontierError::Foreign`], [`FrontierError::Newer`], or what `SQLite` says.
    pub fn open(path: &Path) -> Result<Self, FrontierError> {
        let opening = |source| FrontierError::opening(path, source);
        let mut connection = Connection::open(path).map_err(opening)?;
        let found = check(&connection, path)?;
        // FULL: a commit is on the disk when it returns. A ledger behind its archive is cut to; one before it is a lie.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA temp_store = FILE;
             PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;",
        )?;
        if found == 0 {
            connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        }
        for (version, sql) in (1_i64..).zip(MIGRATIONS) {
            if version > found {
                let transaction = connection.transaction()?;
                transaction.execute_batch(sql)?;
                transaction.pragma_update(None, "user_version", version)?;
                transaction.commit()?;
            }
        }
        // Which sites a run is about: none until one begins.
        connection.execute_batch("CREATE TEMP TABLE selected (site_id INTEGER PRIMARY KEY);")?;
        Ok(Self::ready(connection, path))
    }

    /// Opens a ledger for reading, if one has come to be: `None` where there is no file, or one that a crawl was kept
    /// from beginning (a full disk, a kill).
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn open_if_any(path: &Path) -> Result<Option<Self>, FrontierError> {
        if !path.exists() {
            return Ok(None);
        }
        let ledger = Self::open_read_only(path)?;
        let version: i64 = ledger
            .connection
            .pragma_query_value(None, "user_version", |row| row.get(0))?;
        Ok((version > 0).then_some(ledger))
    }

    /// Opens a ledger for reading, beside a crawl if one runs. Writes nothing.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn open_read_only(path: &Path) -> Result<Self, FrontierError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opening = |source| FrontierError::opening(path, source);
        let connection = Connection::open_with_flags(path, flags).map_err(opening)?;
        check(&connection, path)?;
        Ok(Self::ready(connection, path))
    }

    fn ready(connection: Connection, path: &Path) -> Self {
        connection.set_prepared_statement_cache_capacity(64);
        Self {
            connection,
            path: path.into(),
            full: true,
        }
    }

    /// Whether the next transaction waits for the disk. A lease need not: lost, it is only due again, and the next commit
    /// that waits takes it along.
    fn wait_for_disk(&mut self, full: bool) -> Result<(), FrontierError> {
        if self.full != full {
            let level = if full { "FULL" } else { "NORMAL" };
            self.connection.pragma_update(None, "synchronous", level)?;
            self.full = full;
        }
        Ok(())
    }

    /// Copies the ledger into a new file, to try something on it.
    ///
    /// # Errors
    ///
    /// What `SQLite` says; if the file is there, for one.
    pub fn copy_to(&self, path: &Path) -> Result<(), FrontierError> {
        let path = path.to_string_lossy();
        self.connection.execute("VACUUM INTO ?", [&*path])?;
        Ok(())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The place up to which the archive counts; `None` before the first record.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn archive_end(&self) -> Result<Option<ArchiveEnd>, FrontierError> {
        use rusqlite::OptionalExtension as _;
        let found = self
            .connection
            .prepare_cached("SELECT file, end FROM archive_end")?
            .query_row([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))
            .optional()?;
        Ok(found.map(|(file, end)| ArchiveEnd {
            file,
            end: end.unsigned_abs(),
        }))
    }
}

fn check(connection: &Connection, path: &Path) -> Result<i64, FrontierError> {
    connection.busy_timeout(Duration::from_secs(5))?;
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let opening = |source| FrontierError::opening(path, source);
    let found = pragma("user_version").map_err(opening)?;
    let empty = !connection
        .prepare("SELECT 1 FROM sqlite_schema")?
        .exists([])?;
    if !empty && pragma("application_id")? != APPLICATION_ID {
        return Err(FrontierError::Foreign { path: path.into() });
    }
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(FrontierError::Newer {
            path: path.into(),
            found,
            known,
        });
    }
    Ok(found)
}

/// The key of an address.
fn digest_of(url: &str) -> [u8; 16] {
    let whole = Sha256::digest(url.as_bytes());
    let mut half = [0; 16];
    half.copy_from_slice(&whole[..16]);
    half
}

/// A number of the ledger as the time it is.
fn time(us: i64) -> Timestamp {
    Timestamp::from_microsecond(us).unwrap_or(Timestamp::MAX)
}

/// A count that a ledger keeps as a signed number.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
