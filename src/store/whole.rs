//! Builds of the whole archive: what counts as seen, and how one that was stopped goes on.
//!
//! In: who reads, which files are sound. Out: captures that no sound file holds any more leave their versions. What was put
//! is written down with each put, so a build that is stopped while it goes through the files goes on behind the last that it
//! finished; one stopped later begins again.

use std::collections::HashSet;

use super::archived::State;
use super::checkpoints::{self, Checkpoints};
use super::search;
use super::writer::Writer;
use super::{StoreError, version};

impl Writer<'_> {
    /// How far the files of the archive were read, if `reader` read them all; `None` where another did, or a build of
    /// the whole archive did not come to its end.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn states(&self, reader: &str) -> Result<Option<Vec<State>>, StoreError> {
        self.states_of("reader", reader)
    }

    /// The files that a build of the whole archive by `reader` had read when it was stopped; `None` where none was, or
    /// where it had gone through them all.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn stopped_states(&self, reader: &str) -> Result<Option<Vec<State>>, StoreError> {
        self.states_of("whole", reader)
    }

    fn states_of(&self, key: &str, reader: &str) -> Result<Option<Vec<State>>, StoreError> {
        let same = self
            .connection
            .prepare_cached("SELECT 1 FROM meta WHERE key = ? AND value = ?")?
            .exists([key, reader])?;
        if !same {
            return Ok(None);
        }
        let mut statement = self.connection.prepare_cached(
            "SELECT w.file, s.end, s.mark FROM warc_state s JOIN warc w ON w.id = s.warc_id",
        )?;
        let states = statement.query_map([], |row| {
            Ok(State {
                file: row.get(0)?,
                end: row.get::<_, i64>(1)?.unsigned_abs(),
                mark: row.get(2)?,
            })
        })?;
        Ok(Some(states.collect::<Result<_, _>>()?))
    }

    /// The whole archive is read anew, by `reader`: from here on only what is put counts as seen.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn begin_whole(&mut self, reader: &str) -> Result<(), StoreError> {
        self.all_at_once()?;
        self.seen = Some(HashSet::new());
        self.atomic(|writer| {
            writer.connection.execute_batch(
                "DELETE FROM meta WHERE key = 'reader'; DELETE FROM warc_state; DELETE FROM warc_trouble;
                 DELETE FROM revisit; DELETE FROM address_absence; DELETE FROM seen;",
            )?;
            writer.insert(
                "INSERT INTO meta VALUES ('whole', ?1) ON CONFLICT DO UPDATE SET value = ?1",
                [reader],
            )?;
            Ok(())
        })
    }

    /// A stopped build of the whole archive goes on ([`Self::stopped_states`]): what it put counts as seen.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn go_on_whole(&mut self) -> Result<(), StoreError> {
        self.all_at_once()?;
        let mut statement = self.connection.prepare("SELECT capture_id FROM seen")?;
        let seen = statement.query_map([], |row| row.get(0))?;
        self.seen = Some(seen.collect::<Result<_, _>>()?);
        // Which of them were read differently is not known any more. To follow a page that was not changes nothing.
        let mut statement = self.connection.prepare(
            "SELECT r.id FROM seen s JOIN capture c ON c.id = s.capture_id JOIN capture r ON r.revisit_of = c.id
             WHERE r.address_id IS c.address_id ORDER BY r.id",
        )?;
        let stale = statement.query_map([], |row| row.get(0))?;
        self.stale = stale.collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Much is coming: what is put together on the way would be put together again at the end.
    fn all_at_once(&mut self) -> Result<(), StoreError> {
        self.commit()?;
        search::merge(self.connection, search::Merging::AtTheEnd)?;
        // Pages are written into the file once in a while instead of after every eighth megabyte.
        self.checkpoints = Some(Checkpoints::of(self.path));
        Ok(self
            .connection
            .pragma_update(None, "wal_autocheckpoint", checkpoints::AT_MOST)?)
    }

    /// All files were gone through. What follows looks at all captures together and is not taken up in the middle.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn whole_is_read(&mut self) -> Result<(), StoreError> {
        self.atomic(|writer| writer.execute("DELETE FROM meta WHERE key = 'whole'"))
    }

    /// Notes that a capture was put.
    pub(super) fn note_seen(&mut self, capture_id: i64) -> Result<(), StoreError> {
        if let Some(seen) = &mut self.seen {
            // Also where it is known: a put that failed took its row back.
            seen.insert(capture_id);
            self.connection
                .prepare_cached("INSERT OR IGNORE INTO seen VALUES (?)")?
                .execute([capture_id])?;
        }
        Ok(())
    }

    /// The whole archive was read by `reader`. Captures of sound files that were not seen are in them no more: they leave
    /// their versions. Returns how many. A file is sound that was read to its end, by this build or the one it went on
    /// with, and had no damage, behind which anything may be.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn end_whole(&mut self, reader: &str) -> Result<usize, StoreError> {
        let Some(seen) = self.seen.take() else {
            return Ok(0);
        };
        let mut statement = self.connection.prepare(
            "SELECT c.id FROM capture c JOIN warc_state s ON s.warc_id = c.warc_id
             WHERE NOT EXISTS (SELECT 1 FROM warc_trouble t WHERE t.warc_id = c.warc_id AND t.kind = 'damage')
             ORDER BY c.id",
        )?;
        let captures = statement.query_map([], |row| row.get(0))?;
        let mut gone: Vec<i64> = captures.collect::<Result<_, _>>()?;
        gone.retain(|id| !seen.contains(id));
        drop(seen);
        for id in &gone {
            self.atomic(|writer| {
                version::forget_readings(writer, *id, 0)?;
                for sql in [
                    "DELETE FROM refusal WHERE capture_id = ?",
                    "DELETE FROM paged WHERE capture_id = ?",
                    "UPDATE capture SET warc_id = NULL, warc_offset = NULL, warc_length = NULL, record_key = NULL,
                       payload_key = NULL WHERE id = ?",
                ] {
                    writer.connection.prepare_cached(sql)?.execute([id])?;
                }
                Ok(())
            })?;
        }
        self.atomic(|writer| {
            writer.execute("DELETE FROM seen")?;
            writer.insert(
                "INSERT INTO meta VALUES ('reader', ?1) ON CONFLICT DO UPDATE SET value = ?1",
                [reader],
            )?;
            Ok(())
        })?;
        Ok(gone.len())
    }
}
