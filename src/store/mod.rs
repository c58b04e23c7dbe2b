//! One `SQLite` file: captures, reports in all their versions, what could not be read.
//!
//! Takes reports as `extract` and `audit` leave them; gives them back equal. Knows nothing of pages,
//! and never interprets a value. Two clocks are kept apart: `version` is what an agency published
//! at a time, `reading` is what a run of this program made of a capture.
//!
//! A wide row a report and form is the published truth (measured: 272 bytes against 3,400 of a
//! row a number); exceptions stand beside it; the long form is the view `observation`.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

mod agencies;
mod archived;
mod beside;
mod capture;
mod cells;
mod checkpoints;
mod details;
mod digest;
mod error;
mod grouped;
mod layout;
mod mentions;
mod migrate;
mod places;
mod prepared;
mod proposals;
mod read;
pub mod search;
mod sections;
mod short;
mod statistics;
mod version;
mod views;
mod watch;
mod whole;
mod writer;

pub use agencies::{KeyRow, LinkRow};
pub use archived::{ADDRESS, Member, Pending, Place as ArchivedPlace, State, Trouble, TroubleKind};
pub use capture::{CaptureInfo, Marks, Outcome, Refusal, WarcPlace, key_of, key_of_digest};
pub use error::StoreError;
pub use layout::{quoted, scale_column, wide_table};
pub use migrate::SCHEMA_VERSION;
pub use prepared::Prepared;
pub use read::{Reader, StoredReport};
pub use watch::{Verdict, WatchRow, WatchText};
pub use writer::{Unsettled, Writer};

pub(crate) use beside::Both;
use beside::Second;
use layout::Layout;

/// Steps of `SQLite`'s machine between two looks at the clock: about a tenth of a millisecond.
const DEADLINE_STEPS: std::ffi::c_int = 10_000;

/// `nian` in ASCII: marks the file as ours.
const APPLICATION_ID: i64 = 0x6e69_616e;

/// An open database.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    layout: Layout,
    path: PathBuf,
    deadline: Option<Instant>,
    /// `None`: there shall be none.
    second: Option<RefCell<Second>>,
}

impl Store {
    /// Opens a database for writing; makes or migrates it as needed. One writer at a time: another
    /// waits five seconds for its turn.
    ///
    /// # Errors
    ///
    /// [`StoreError::Open`], [`StoreError::Foreign`], [`StoreError::Newer`], or what `SQLite` says.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let opening = |source| StoreError::opening(path, source);
        let mut connection = Connection::open(path).map_err(opening)?;
        let found = check(&connection, path)?;
        // WAL: readers go on while a build writes. NORMAL: a power cut may lose the last
        // transactions, never the file; a build repeats them.
        if found == 0 {
            // Half as much of them stays empty, with texts of half a page. A file that is there keeps its size.
            connection.pragma_update(None, "page_size", 8192)?;
        }
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;",
        )?;
        if found == 0 {
            connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        }
        migrate::migrate(&mut connection, found)?;
        Self::ready(connection, path)
    }

    /// Opens a database for reading. Writes nothing, not even a missing file.
    ///
    /// # Errors
    ///
    /// As [`Self::open`], and [`StoreError::Older`] where a migration is due.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opening = |source| StoreError::opening(path, source);
        let before = file_id(path);
        let connection = Connection::open_with_flags(path, flags).map_err(opening)?;
        let found = check(&connection, path)?;
        if found < SCHEMA_VERSION {
            return Err(StoreError::Older {
                path: path.into(),
                found,
                known: SCHEMA_VERSION,
            });
        }
        connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -65536;")?;
        let mut store = Self::ready(connection, path)?;
        store.second = Second::of(before, path);
        Ok(store)
    }

    fn ready(connection: Connection, path: &Path) -> Result<Self, StoreError> {
        // Else a statement is compiled anew whenever a parameter changes that an index with a condition might be about:
        // a quarter of the time of a build.
        connection.set_db_config(
            rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG,
            true,
        )?;
        connection.set_prepared_statement_cache_capacity(128);
        let layout = Layout::read(&connection)?;
        Ok(Self {
            connection,
            layout,
            path: path.into(),
            deadline: None,
            second: None,
        })
    }

    /// Starts a run: `program` is the version that reads, `started_at` its start. The run is written
    /// down with its first change, so that a repeated build changes nothing.
    pub fn writer(&mut self, program: &str, started_at: Timestamp) -> Writer<'_> {
        Writer::new(
            &self.connection,
            &self.path,
            &self.layout,
            program,
            started_at,
        )
    }

    /// What [`Writer::finish_rows`] left to be done.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn settle_index(&mut self, unsettled: Unsettled) -> Result<(), StoreError> {
        writer::settle_index(&self.connection, unsettled)
    }

    /// Reads stored reports.
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(&self.connection, &self.layout)
    }

    /// The connection, for `query`; its SQL must not write.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// How many KiB of the file are kept in memory for this connection.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn set_cache(&self, kib: u32) -> Result<(), StoreError> {
        let pragma = format!("PRAGMA cache_size = -{kib}");
        Ok(self.connection.execute_batch(&pragma)?)
    }

    /// Questions that are not answered by then end with an error; `None` lets them take their time.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn set_deadline(&mut self, deadline: Option<Instant>) -> Result<(), StoreError> {
        self.deadline = deadline;
        let handler = deadline.map(|end| move || Instant::now() >= end);
        Ok(self.connection.progress_handler(DEADLINE_STEPS, handler)?)
    }

    /// A number that changes whenever another connection has changed the database. Numbers of two connections say nothing of each other.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        let version = self
            .connection
            .query_row("PRAGMA data_version", [], |row| row.get(0));
        Ok(version?)
    }

    /// The connection alone, for questions with limits of their own.
    pub fn into_connection(self) -> Connection {
        self.connection
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with the file, in words; empty where all is well. Reads all of it.
    ///
    /// # Errors
    ///
    /// If the check cannot run.
    pub fn verify(&self) -> Result<Vec<String>, StoreError> {
        let mut problems = Vec::new();
        let mut check = self.connection.prepare("PRAGMA integrity_check")?;
        for line in check.query_map([], |row| row.get::<_, String>(0))? {
            problems.push(line?);
        }
        problems.retain(|line| line != "ok");
        let mut check = self.connection.prepare("PRAGMA foreign_key_check")?;
        for line in check.query_map([], |row| {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            Ok(format!(
                "a row of {table} names a row of {parent} that is not there"
            ))
        })? {
            problems.push(line?);
        }
        let mut check = self
            .connection
            .prepare("SELECT version_id, form, cell, problem FROM contradiction")?;
        for line in check.query_map([], |row| {
            let (version, form, cell): (i64, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            let problem: String = row.get(3)?;
            Ok(format!(
                "version {version}, form {form}, cell {cell}: {problem}"
            ))
        })? {
            problems.push(line?);
        }
        let mut check = self.connection.prepare(&format!(
            "SELECT id FROM report WHERE forms <> {}",
            layout::forms_of_report()
        ))?;
        for line in check.query_map([], |row| {
            let report: i64 = row.get(0)?;
            Ok(format!(
                "report {report}: its forms are not those of its cells"
            ))
        })? {
            problems.push(line?);
        }
        problems.extend(search::problems(&self.connection)?);
        Ok(problems)
    }
}

/// Tells a file from the next of its name; `None` where there is none.
pub type FileId = (u64, u64);

/// Which file has the name.
#[cfg(unix)]
pub fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// Which file has the name.
#[cfg(not(unix))]
pub fn file_id(_path: &Path) -> Option<FileId> {
    // An open file cannot be replaced there.
    Some((0, 0))
}

/// The schema of the file: 0 for an empty one.
fn check(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let opening = |source| StoreError::opening(path, source);
    let found = pragma("user_version").map_err(opening)?;
    let empty = !connection
        .prepare("SELECT 1 FROM sqlite_schema")?
        .exists([])?;
    if !empty && pragma("application_id")? != APPLICATION_ID {
        return Err(StoreError::Foreign { path: path.into() });
    }
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer {
            path: path.into(),
            found,
            known: SCHEMA_VERSION,
        });
    }
    Ok(found)
}
