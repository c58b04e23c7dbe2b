//! Checkpoints of a long build: what was committed gets from the write-ahead log into the file on a connection and thread of its own,
//! so that nobody waits while the disk is written.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags};

/// Commits between two checkpoints: about 200 MB of log, each of some thousand pages.
const EVERY: u32 = 12;

/// Pages of the log after which a commit makes a checkpoint itself, whatever happens here: half a gigabyte.
pub(super) const AT_MOST: u32 = 65_536;

/// When which connection makes them.
#[derive(Debug)]
pub(super) struct Checkpoints {
    path: PathBuf,
    /// Since the last one.
    commits: u32,
    /// `None`: none was due yet.
    beside: Option<Beside>,
}

/// The thread with the other connection.
#[derive(Debug)]
struct Beside {
    /// `None`: it is to end.
    ask: Option<Sender<()>>,
    done: Receiver<()>,
    thread: Option<JoinHandle<()>>,
    is_asked: bool,
}

impl Checkpoints {
    pub(super) fn of(path: &Path) -> Self {
        Self {
            path: path.into(),
            commits: 0,
            beside: None,
        }
    }

    /// Something was committed on the writer's connection. What the thread has left over, which came while it worked, is
    /// written here: the log begins anew only where all of it is in the file. A checkpoint that fails changes nothing; the next one does its work.
    pub(super) fn committed(&mut self, connection: &Connection) {
        self.commits += 1;
        if self.commits < EVERY {
            return;
        }
        let beside = self
            .beside
            .get_or_insert_with(|| Beside::begin(self.path.clone()));
        if beside.is_working() {
            return;
        }
        let _ = checkpoint(connection);
        self.commits = 0;
    }
}

impl Beside {
    fn begin(path: PathBuf) -> Self {
        let (ask, asked) = channel();
        let (tell, done) = channel();
        let work = move || {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let Ok(connection) = Connection::open_with_flags(path, flags) else {
                return;
            };
            while asked.recv().is_ok() {
                let _ = checkpoint(&connection);
                if tell.send(()).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("checkpoints".into());
        Self {
            ask: Some(ask),
            done,
            thread: thread.spawn(work).ok(),
            is_asked: false,
        }
    }

    /// Asks for a checkpoint, or whether the one that was asked for is still being made. A thread that ended makes none.
    fn is_working(&mut self) -> bool {
        if self.is_asked {
            let is_working = self.done.try_recv() == Err(TryRecvError::Empty);
            self.is_asked = is_working;
            return is_working;
        }
        self.is_asked = self.ask.as_ref().is_some_and(|ask| ask.send(()).is_ok());
        self.is_asked
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Writes into the file what no reader needs in the log; waits for nobody.
fn checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_frames(connection: &Connection) -> (i64, i64) {
        let row = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            Ok((row.get(1)?, row.get(2)?))
        });
        row.unwrap()
    }

    #[test]
    fn the_log_gets_into_the_file_and_begins_anew() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let writer = Connection::open(&path).unwrap();
        writer
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (x BLOB)",
            )
            .unwrap();
        let mut checkpoints = Checkpoints::of(&path);
        let commit = || {
            writer
                .execute("INSERT INTO t VALUES (randomblob(40000))", [])
                .unwrap();
        };
        let size = || {
            let log = path.with_extension("db-wal");
            std::fs::metadata(log).unwrap().len()
        };
        for _ in 0..EVERY {
            commit();
            checkpoints.committed(&writer);
        }
        assert!(checkpoints.beside.as_ref().unwrap().is_asked);
        let first = size();
        // However long the thread takes.
        let mut rounds = 0;
        while checkpoints.commits > 0 {
            commit();
            checkpoints.committed(&writer);
            rounds += 1;
            assert!(rounds < 100_000);
        }
        let long = size();
        commit();
        let (frames, written) = log_frames(&writer);
        assert!(frames < 20 && frames == written, "{frames} {written}");
        assert!(size() <= long.max(first), "the log goes on");
        drop(checkpoints);
        let count: i64 = writer
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, i64::from(EVERY) + rounds + 1);
    }

    #[test]
    fn without_the_thread_the_writer_makes_them() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let writer = Connection::open(&path).unwrap();
        writer
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (x)",
            )
            .unwrap();
        let mut checkpoints = Checkpoints::of(&directory.path().join("nothing.db"));
        let mut begun_anew = 0;
        for _ in 0..10 * EVERY {
            writer.execute("INSERT INTO t VALUES (1)", []).unwrap();
            checkpoints.committed(&writer);
            begun_anew += u32::from(checkpoints.commits == 0);
        }
        assert!(begun_anew > 4, "{begun_anew}");
        assert!(!directory.path().join("nothing.db").exists());
    }
}
