//! A second connection to a database that is read, for questions about so much that two threads answer sooner.

use std::cell::RefCell;
use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, Transaction};

use super::{DEADLINE_STEPS, FileId, Store, StoreError, file_id};

/// KiB of the file that the second connection keeps in memory.
const CACHE: u32 = 16 << 10;

/// What both sides made of one state of the database; or that there is but one connection, or that the database was changed meanwhile.
#[derive(Debug)]
pub(crate) enum Both<T, U> {
    /// The second connection's answer, the first one's.
    Done(T, U),
    /// To be answered on one connection.
    Alone,
    /// As before, and what was read in this transaction before is of an older state.
    Stale,
}

/// The second connection, where there may be one.
#[derive(Debug)]
pub(super) struct Second {
    /// What the first connection has open.
    file: FileId,
    /// `None`: not opened yet, or in use.
    connection: Option<Connection>,
}

impl Second {
    /// Of a connection that was opened after `path` was `before`; `None` where the name may have got another file since then.
    pub(super) fn of(before: Option<FileId>, path: &Path) -> Option<RefCell<Self>> {
        let file = before.filter(|_| file_id(path) == before)?;
        let connection = None;
        Some(RefCell::new(Self { file, connection }))
    }

    /// The connection; `None` where the name has another file now.
    fn take(&mut self, path: &Path) -> Result<Option<Connection>, StoreError> {
        if let Some(connection) = self.connection.take() {
            return Ok(Some(connection));
        }
        let store = Store::open_read_only(path)?;
        let opened = store.second.as_ref().map(|second| second.borrow().file);
        if opened != Some(self.file) {
            return Ok(None);
        }
        store.set_cache(CACHE)?;
        Ok(Some(store.connection))
    }
}

impl Store {
    /// From now on questions are answered on one connection and thread: for those who open many stores.
    pub fn keep_to_one(&mut self) {
        self.second = None;
    }

    /// From here on all that is read is of one state of the database, and one lock is held; `None` where the caller is in a transaction already.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub(crate) fn one_state(&self) -> Result<Option<Transaction<'_>>, StoreError> {
        if self.connection.is_autocommit() {
            return Ok(Some(self.connection.unchecked_transaction()?));
        }
        Ok(None)
    }

    /// Runs `there` on the second connection, in a thread of its own, and `here` beside it, on the same state of the database as the
    /// transaction that the first one is in. That transaction began without writing, and is another afterwards.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub(crate) fn beside<T: Send, U>(
        &self,
        there: impl FnOnce(&Connection) -> T + Send,
        here: impl FnOnce() -> U,
    ) -> Result<Both<T, U>, StoreError> {
        let Some(second) = &self.second else {
            return Ok(Both::Alone);
        };
        let before = self.data_version()?;
        let Some(mut connection) = second.borrow_mut().take(&self.path)? else {
            return Ok(Both::Alone);
        };
        let deadline = self.deadline;
        let handler = deadline.map(|end| move || Instant::now() >= end);
        connection.progress_handler(DEADLINE_STEPS, handler)?;
        // A transaction sees the state that its first statement finds.
        connection.execute_batch("BEGIN; SELECT 1 FROM sqlite_schema")?;
        self.connection
            .execute_batch("COMMIT; BEGIN; SELECT 1 FROM sqlite_schema")?;
        // The first connection found no change after the second one began, nor has the second one, then.
        if self.data_version()? != before {
            connection.execute_batch("COMMIT")?;
            second.borrow_mut().connection = Some(connection);
            return Ok(Both::Stale);
        }
        let (back, here) = std::thread::scope(|scope| {
            let there = scope.spawn(move || {
                let answer = there(&connection);
                (answer, connection)
            });
            let here = here();
            (there.join(), here)
        });
        let (there, connection) = match back {
            Ok(back) => back,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        connection.execute_batch("COMMIT")?;
        second.borrow_mut().connection = Some(connection);
        Ok(Both::Done(there, here))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(connection: &Connection) -> i64 {
        let count = "SELECT count(*) FROM content_type";
        connection.query_row(count, [], |row| row.get(0)).unwrap()
    }

    fn add(store: &Store, text: &str) {
        let insert = "INSERT INTO content_type (text) VALUES (?)";
        store.connection().execute(insert, [text]).unwrap();
    }

    #[test]
    fn both_see_one_state() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let writer = Store::open(&path).unwrap();
        let store = Store::open_read_only(&path).unwrap();
        let ask = || {
            let asked = store.connection().unchecked_transaction().unwrap();
            let before = count(store.connection());
            (asked, before)
        };
        for added in 0..3 {
            // Without a change in between both answer, and what comes meanwhile is seen by neither.
            let (asked, before) = ask();
            assert_eq!(before, added);
            let both = store.beside(count, || {
                add(&writer, &format!("text/{added}"));
                count(store.connection())
            });
            assert!(matches!(both, Ok(Both::Done(there, here)) if there == added && here == added));
            drop(asked);
        }
        // A change after the question began: its answers so far are old.
        let (asked, before) = ask();
        add(&writer, "text/plain");
        let both = store.beside(count, || ());
        assert!(matches!(both, Ok(Both::Stale)));
        assert_eq!((before, count(store.connection())), (3, 4));
        drop(asked);
    }

    #[test]
    fn another_file_of_the_name_is_not_asked() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        drop(Store::open(&path).unwrap());
        let store = Store::open_read_only(&path).unwrap();
        std::fs::rename(&path, directory.path().join("old.db")).unwrap();
        drop(Store::open(&path).unwrap());
        let asked = store.connection().unchecked_transaction().unwrap();
        assert!(matches!(store.beside(count, || ()), Ok(Both::Alone)));
        drop(asked);
    }
}
