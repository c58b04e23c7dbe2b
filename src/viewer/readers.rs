//! Connections to the database: a few, for reading only, each question with an end.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::store::{FileId, Store, StoreError, file_id};

use super::home::ViewerError;
use super::names::Names;

/// How long a question may wait for a connection.
const WAIT: Duration = Duration::from_secs(10);

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(10);

/// KiB of the file that each connection keeps; the system keeps the rest.
const CACHE: u32 = 8 * 1024;

/// A pool of connections.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Idle>,
    returned: Condvar,
}

#[derive(Debug)]
struct Idle {
    stores: Vec<Opened>,
    /// Connections that may still be opened.
    unopened: usize,
}

#[derive(Debug)]
struct Opened {
    store: Store,
    file: Option<FileId>,
    /// Names of what the database held when `version` was its `data_version`.
    names: Names,
    version: Option<i64>,
}

impl Opened {
    /// Reads the names anew where the database has changed.
    fn refresh(&mut self) -> Result<(), ViewerError> {
        let version = Some(self.store.data_version()?);
        if self.version != version {
            self.names = Names::read(&self.store)?;
            self.version = version;
        }
        Ok(())
    }
}

impl Readers {
    /// At most `most` connections to this file.
    pub fn new(path: &Path, most: usize) -> Self {
        Self {
            path: path.into(),
            idle: Mutex::new(Idle {
                stores: Vec::new(),
                unopened: most.max(1),
            }),
            returned: Condvar::new(),
        }
    }

    /// Calls `question` with a connection of its own, as soon as one is free.
    ///
    /// # Errors
    ///
    /// [`ViewerError::Busy`] where none became free in time; else what the question gives, or that the file cannot be opened.
    pub fn ask<T>(
        &self,
        question: impl FnOnce(&Store, &Names) -> Result<T, ViewerError>,
    ) -> Result<T, ViewerError> {
        let mut lent = self.lend()?;
        let opened = lent.opened()?;
        let deadline = Instant::now() + ANSWER;
        opened.store.set_deadline(Some(deadline))?;
        opened.refresh()?;
        let answer = question(&opened.store, &opened.names);
        // Whatever the database called it: it was stopped.
        answer.map_err(|error| match error {
            ViewerError::Query(_) | ViewerError::Store(_) if Instant::now() >= deadline => {
                ViewerError::TooLong
            }
            error => error,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lend(&self) -> Result<Lent<'_>, ViewerError> {
        let until = Instant::now() + WAIT;
        let mut idle = self.lock();
        loop {
            if let Some(opened) = idle.stores.pop() {
                return Ok(Lent {
                    readers: self,
                    opened: Some(opened),
                });
            }
            if idle.unopened > 0 {
                idle.unopened -= 1;
                return Ok(Lent {
                    readers: self,
                    opened: None,
                });
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ViewerError::Busy);
            }
            idle = self
                .returned
                .wait_timeout(idle, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

/// The right to a connection, given back at its end, whatever happens.
struct Lent<'r> {
    readers: &'r Readers,
    opened: Option<Opened>,
}

impl Lent<'_> {
    /// The connection, to the file that has the name now.
    fn opened(&mut self) -> Result<&mut Opened, StoreError> {
        let file = file_id(&self.readers.path);
        let is_current = |opened: &Opened| opened.file == file;
        let kept = self.opened.take().filter(is_current);
        let opened = if let Some(opened) = kept {
            opened
        } else {
            let mut store = Store::open_read_only(&self.readers.path)?;
            store.keep_to_one();
            store.set_cache(CACHE)?;
            Opened {
                store,
                file,
                names: Names::default(),
                version: None,
            }
        };
        Ok(self.opened.insert(opened))
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut idle = self.readers.lock();
        match self.opened.take() {
            Some(opened) => idle.stores.push(opened),
            None => idle.unopened += 1,
        }
        drop(idle);
        self.readers.returned.notify_one();
    }
}
