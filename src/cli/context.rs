//! Where a verb works: the home, opened for reading or writing.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::home::{Home, HomeLock};
use crate::store::{Store, StoreError};

/// What every verb is told.
#[derive(Debug)]
pub(super) struct Context {
    home: Option<PathBuf>,
    /// The working directory.
    pub cwd: PathBuf,
}

/// A home whose database is open.
#[derive(Debug)]
pub(super) struct Opened {
    pub home: Home,
    pub store: Store,
    /// Held where the database was opened for writing.
    _lock: Option<HomeLock>,
}

impl Context {
    pub(super) fn new(home: Option<PathBuf>) -> anyhow::Result<Self> {
        let cwd = std::env::current_dir().context("there is no working directory")?;
        Ok(Self { home, cwd })
    }

    /// The home named with `--home`.
    pub(super) fn named_home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The home named, else the nearest.
    pub(super) fn home(&self) -> anyhow::Result<Home> {
        Ok(Home::find(self.home.as_deref(), &self.cwd)?)
    }

    /// The home with its database, to be read.
    pub(super) fn read(&self) -> anyhow::Result<Opened> {
        read(self.home()?)
    }

    /// The home with its database, to be written; other writers are kept out.
    pub(super) fn write(&self) -> anyhow::Result<Opened> {
        write(self.home()?)
    }
}

pub(super) fn read(home: Home) -> anyhow::Result<Opened> {
    let path = home.database();
    if is_empty(&path) {
        bail!(
            "{} has no reports yet: `nianbao import FILE…`, then `nianbao build`",
            home.directory().display()
        );
    }
    let store = match Store::open_read_only(&path) {
        Err(error @ StoreError::Older { .. }) => bail!("{error}: `nianbao build` does"),
        other => other?,
    };
    Ok(Opened {
        home,
        store,
        _lock: None,
    })
}

pub(super) fn write(home: Home) -> anyhow::Result<Opened> {
    let lock = home.lock()?;
    locked(home, lock)
}

/// A home that is locked already.
pub(super) fn locked(home: Home, lock: HomeLock) -> anyhow::Result<Opened> {
    let store = Store::open(&home.database())?;
    Ok(Opened {
        home,
        store,
        _lock: Some(lock),
    })
}

/// A database that nothing was ever written to, or none at all.
fn is_empty(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.len() == 0)
}
