//! Writing: one capture at a time, each atomic, many in one transaction.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::model::Report;

use super::capture::{CaptureInfo, Outcome, Refusal};
use super::layout::Layout;
use super::places::Packer;
use super::{StoreError, version};

/// Puts in one transaction: a commit costs about a millisecond, a put a tenth of it.
const GROUP: u32 = 256;

/// Writes one run's readings. Puts are committed in groups; [`Self::finish`] commits the rest, and
/// dropping a writer without it gives up the last group, which a repeated build puts again.
pub struct Writer<'a> {
    pub(super) connection: &'a Connection,
    pub(super) layout: &'a Layout,
    pub(super) packer: Packer,
    pub(super) program: String,
    started_at: Timestamp,
    run: Option<i64>,
    pending: u32,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        layout: &'a Layout,
        program: &str,
        started_at: Timestamp,
    ) -> Self {
        Self {
            connection,
            layout,
            packer: Packer::new(),
            program: program.into(),
            started_at,
            run: None,
            pending: 0,
        }
    }

    /// Stores what was made of a capture: a report, or why it is none. Repeated with the same, it
    /// changes nothing. The order of the puts matters to ids only.
    ///
    /// The report's observations are kept in the catalog's order; of its provenance the digest must be
    /// the capture's, and the address is taken from the capture.
    ///
    /// # Errors
    ///
    /// [`StoreError::OtherCapture`], [`StoreError::StatusContradictsValue`],
    /// [`StoreError::DuplicateObservation`], or what `SQLite` says. Nothing of this put stays then;
    /// the writer can go on.
    pub fn put(
        &mut self,
        capture: &CaptureInfo,
        reading: Result<&Report, &Refusal>,
    ) -> Result<Outcome, StoreError> {
        let outcomes = self.put_all(capture, reading.map(std::slice::from_ref))?;
        Ok(outcomes.first().copied().unwrap_or(Outcome::Refused))
    }

    /// [`Self::put`] of a capture that may hold several reports, in their order: an outcome each. A capture
    /// with none has one outcome, [`Outcome::Refused`].
    ///
    /// # Errors
    ///
    /// As [`Self::put`].
    pub fn put_all(
        &mut self,
        capture: &CaptureInfo,
        reading: Result<&[Report], &Refusal>,
    ) -> Result<Vec<Outcome>, StoreError> {
        if self.pending == 0 {
            self.execute("BEGIN IMMEDIATE")?;
        }
        self.pending += 1;
        self.execute("SAVEPOINT put")?;
        let outcome = self
            .put_capture(capture)
            .and_then(|capture_id| match reading {
                Ok(reports) => self.put_reports(capture_id, capture, reports),
                Err(refusal) => Ok(vec![self.put_refusal(capture_id, refusal)?]),
            });
        if outcome.is_err() {
            self.execute("ROLLBACK TO put")?;
            // The run may have been first written down in this very put.
            if let Some(run) = self.run
                && !self
                    .connection
                    .prepare_cached("SELECT 1 FROM run WHERE id = ?")?
                    .exists([run])?
            {
                self.run = None;
            }
        }
        self.execute("RELEASE put")?;
        if self.pending >= GROUP {
            self.commit()?;
        }
        outcome
    }

    /// Commits what was put so far.
    ///
    /// # Errors
    ///
    /// What `SQLite` says; the disk may be full.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        if self.pending > 0 {
            self.execute("COMMIT")?;
            self.pending = 0;
        }
        Ok(())
    }

    /// Commits the rest and ends the run.
    ///
    /// # Errors
    ///
    /// As [`Self::commit`].
    pub fn finish(mut self) -> Result<(), StoreError> {
        self.commit()
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// This run's id; written down on first use.
    pub(super) fn run(&mut self) -> Result<i64, StoreError> {
        if let Some(run) = self.run {
            return Ok(run);
        }
        let run = self.insert(
            "INSERT INTO run (program, started_at_us) VALUES (?, ?)",
            params![self.program, self.started_at.as_microsecond()],
        )?;
        self.run = Some(run);
        Ok(run)
    }

    pub(super) fn insert(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<i64, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.insert(values)?)
    }

    /// The id that `select` finds, or that of the row `insert` makes, from the same values.
    pub(super) fn id(
        &self,
        select: &str,
        insert: &str,
        values: impl rusqlite::Params + Copy,
    ) -> Result<i64, StoreError> {
        let mut statement = self.connection.prepare_cached(select)?;
        match statement.query_row(values, |row| row.get(0)).optional()? {
            Some(id) => Ok(id),
            None => self.insert(insert, values),
        }
    }

    fn put_capture(&self, capture: &CaptureInfo) -> Result<i64, StoreError> {
        let address = match &capture.url {
            None => None,
            Some(url) => Some(self.id(
                "SELECT id FROM address WHERE url = ?",
                "INSERT INTO address (url) VALUES (?)",
                [url],
            )?),
        };
        let warc = match &capture.warc {
            None => None,
            Some(place) => Some(self.id(
                "SELECT id FROM warc WHERE file = ?",
                "INSERT INTO warc (file) VALUES (?)",
                [&place.file],
            )?),
        };
        let id = self.id(
            "SELECT id FROM capture WHERE sha256 = ?1 AND fetched_at_us = ?2
               AND ifnull(address_id, 0) = ifnull(?3, 0)",
            "INSERT INTO capture (sha256, fetched_at_us, address_id, size) VALUES (?1, ?2, ?3, 0)",
            params![
                &capture.sha256[..],
                capture.fetched_at.as_microsecond(),
                address
            ],
        )?;
        // An archive may be packed anew: the same capture then lies elsewhere.
        let place = capture.warc.as_ref();
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.connection
            .prepare_cached(
                "UPDATE capture SET content_type = ?2, size = ?3, warc_id = ?4, warc_offset = ?5,
                   warc_length = ?6
                 WHERE id = ?1 AND (content_type IS NOT ?2 OR size <> ?3 OR warc_id IS NOT ?4
                   OR warc_offset IS NOT ?5 OR warc_length IS NOT ?6)",
            )?
            .execute(params![
                id,
                capture.content_type,
                signed(capture.size_bytes),
                warc,
                place.map(|place| signed(place.offset)),
                place.and_then(|place| place.length).map(signed),
            ])?;
        Ok(id)
    }

    fn put_reports(
        &mut self,
        capture_id: i64,
        capture: &CaptureInfo,
        reports: &[Report],
    ) -> Result<Vec<Outcome>, StoreError> {
        let mut outcomes = Vec::with_capacity(reports.len());
        for (position, report) in (0..).zip(reports) {
            let place = version::Place {
                capture_id,
                position,
            };
            outcomes.push(version::put_report(self, place, capture, report)?);
        }
        let count = i64::try_from(reports.len()).unwrap_or(i64::MAX);
        version::forget_readings(self, capture_id, count)?;
        Ok(outcomes)
    }

    fn put_refusal(&mut self, capture: i64, refusal: &Refusal) -> Result<Outcome, StoreError> {
        let same = self
            .connection
            .prepare_cached(
                "SELECT 1 FROM refusal WHERE capture_id = ? AND reason = ? AND detail = ?",
            )?
            .exists(params![capture, refusal.reason, refusal.detail])?;
        if !same {
            version::forget_readings(self, capture, 0)?;
            let run = self.run()?;
            self.insert(
                "INSERT OR REPLACE INTO refusal (capture_id, run_id, reason, detail) VALUES (?, ?, ?, ?)",
                params![capture, run, refusal.reason, refusal.detail],
            )?;
        }
        Ok(Outcome::Refused)
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        if self.pending > 0 {
            // Nothing can be done about a failure here; closing the connection rolls back as well.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}
