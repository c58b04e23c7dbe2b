//! The store and its queries, through their public doors.

mod apart;
mod bodies;
mod compared;
mod copies;
mod coverage;
mod exports;
mod panel;
mod query;
mod random;
mod roundtrip;
mod schema;
mod search;
mod slow_series;
mod sql;
mod versions;
mod watch;

use std::path::PathBuf;

use nianbao::store::Store;

/// A database in a directory that goes with it.
pub(crate) struct Home {
    /// Open for writing.
    pub store: Store,
    /// Its file.
    pub path: PathBuf,
    _directory: tempfile::TempDir,
}

/// An empty database.
pub(crate) fn home() -> Home {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    Home {
        store: Store::open(&path).unwrap(),
        path,
        _directory: directory,
    }
}

/// The time runs start at.
pub(crate) fn noon() -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_700_000_000).unwrap()
}
