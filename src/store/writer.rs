//! Writing: one capture at a time, each atomic, many in one transaction.

use std::collections::HashSet;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::model::Report;

use super::archived::ADDRESS;
use super::capture::{CaptureInfo, Marks, Outcome, Refusal};
use super::checkpoints::Checkpoints;
use super::layout::Layout;
use super::prepared::Prepared;
use super::search::{self, Due};
use super::sections::Headings;
use super::{StoreError, version};

/// Puts in one transaction: of an index each writes to another page, and a commit writes all those pages.
const GROUP: u32 = 1024;

/// Puts after which the index of narratives is brought up to them.
const INDEXED: u32 = 256;

/// Writes one run's readings. Puts are committed in groups; [`Self::finish`] commits the rest, and
/// dropping a writer without it gives up the last group, which a repeated build puts again.
pub struct Writer<'a> {
    pub(super) connection: &'a Connection,
    pub(super) path: &'a Path,
    pub(super) layout: &'a Layout,
    pub(super) program: String,
    started_at: Timestamp,
    run: Option<i64>,
    pending: u32,
    /// Where the whole archive is read anew: the captures that were put. Places of others are of no account.
    pub(super) seen: Option<HashSet<i64>>,
    /// Revisits of captures that were read differently.
    pub(super) stale: Vec<i64>,
    /// Whether pages of several are being put together.
    pub(super) joining: bool,
    /// What the index of narratives does not have yet.
    pub(super) due: Due,
    pub(super) headings: Headings,
    /// Where much is coming.
    pub(super) checkpoints: Option<Checkpoints>,
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
        path: &'a Path,
        layout: &'a Layout,
        program: &str,
        started_at: Timestamp,
    ) -> Self {
        Self {
            connection,
            path,
            layout,
            program: program.into(),
            started_at,
            run: None,
            pending: 0,
            seen: None,
            stale: Vec::new(),
            joining: false,
            due: Due::default(),
            headings: Headings::default(),
            checkpoints: None,
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
    /// [`StoreError::DuplicateObservation`], [`StoreError::TooManySections`]: nothing of this put is written then, and the writer can go on. Or what `SQLite`
    /// says: then everything since the last commit is given up, as by dropping the writer.
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
        self.put_marked(capture, &Marks::default(), reading)
    }

    /// [`Self::put_all`] of a capture of which more is known. One that the archive holds at an earlier place as well is
    /// left to that place.
    ///
    /// # Errors
    ///
    /// As [`Self::put`].
    pub fn put_marked(
        &mut self,
        capture: &CaptureInfo,
        marks: &Marks,
        reading: Result<&[Report], &Refusal>,
    ) -> Result<Vec<Outcome>, StoreError> {
        match reading {
            Err(refusal) => self.put_prepared(capture, marks, Err(refusal)),
            Ok(reports) => {
                let prepared: Vec<Prepared> =
                    reports.iter().map(Prepared::of).collect::<Result<_, _>>()?;
                self.put_prepared(capture, marks, Ok((reports, &prepared)))
            }
        }
    }

    /// [`Self::put_marked`] of reports that were made ready elsewhere, one [`Prepared`] a report.
    ///
    /// # Errors
    ///
    /// As [`Self::put`].
    pub fn put_prepared(
        &mut self,
        capture: &CaptureInfo,
        marks: &Marks,
        reading: Result<(&[Report], &[Prepared]), &Refusal>,
    ) -> Result<Vec<Outcome>, StoreError> {
        if let Ok((reports, _)) = reading {
            let sha256 = data_encoding::HEXLOWER.encode(&capture.sha256);
            if let Some(other) = reports.iter().find(|one| one.provenance.sha256 != sha256) {
                return Err(StoreError::OtherCapture {
                    report: other.provenance.sha256.clone(),
                    capture: sha256,
                });
            }
        }
        self.atomic(|writer| {
            let put = writer.put_capture(capture, marks)?;
            if !put.taken {
                return Ok(vec![Outcome::Unchanged]);
            }
            let outcomes = match reading {
                Ok((reports, prepared)) => {
                    writer.put_reports(put, capture, marks, reports, prepared)?
                }
                Err(refusal) => vec![writer.put_refusal(put.id, refusal)?],
            };
            if put.known {
                writer.alone_again(put.id)?;
            }
            Ok(outcomes)
        })
    }

    /// Writes of one put; committed in groups, with the group or not at all. A savepoint a put would copy every page that
    /// it touches.
    pub(super) fn atomic<T>(
        &mut self,
        put: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.pending == 0 {
            self.execute("BEGIN IMMEDIATE")?;
        }
        self.pending += 1;
        let outcome = put(self);
        if outcome.is_err() {
            // `SQLite` takes the transaction back itself where the disk fails; what it would say of that must not hide why.
            if !self.connection.is_autocommit() {
                self.execute("ROLLBACK")?;
            }
            self.pending = 0;
            self.run = None;
            self.due.clear();
            self.headings.clear();
            return outcome;
        }
        if self.pending >= GROUP {
            self.commit()?;
        } else if self.pending.is_multiple_of(INDEXED) || self.due.is_large() {
            self.due.bring_in(self.connection)?;
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
            self.due.bring_in(self.connection)?;
            self.execute("COMMIT")?;
            self.pending = 0;
            if let Some(checkpoints) = &mut self.checkpoints {
                checkpoints.committed(self.connection);
            }
        }
        Ok(())
    }

    /// Commits the rest and ends the run.
    ///
    /// # Errors
    ///
    /// As [`Self::commit`].
    pub fn finish(self) -> Result<(), StoreError> {
        let connection = self.connection;
        let unsettled = self.finish_rows()?;
        settle_index(connection, unsettled)
    }

    /// [`Self::finish`] without the last work on the index of narratives, which is sound without it, and slow:
    /// [`super::Store::settle_index`] does it, while others may read.
    ///
    /// # Errors
    ///
    /// As [`Self::commit`].
    pub fn finish_rows(mut self) -> Result<Unsettled, StoreError> {
        self.commit()?;
        Ok(Unsettled {
            rows: self.due.indexed,
        })
    }

    pub(super) fn execute(&self, sql: &str) -> Result<(), StoreError> {
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

    /// The id of an address; `None` for none.
    pub(super) fn address(&self, url: Option<&str>) -> Result<Option<i64>, StoreError> {
        match url {
            None => Ok(None),
            Some(url) => Ok(Some(self.id(
                &format!("SELECT d.id FROM address d WHERE {ADDRESS}"),
                "INSERT INTO address (url) VALUES (?)",
                [url],
            )?)),
        }
    }

    /// The id of what a server called its answer; `None` for nothing.
    fn content_type(&self, text: Option<&str>) -> Result<Option<i64>, StoreError> {
        let id = |text| {
            self.id(
                "SELECT id FROM content_type WHERE text = ?",
                "INSERT INTO content_type (text) VALUES (?)",
                [text],
            )
        };
        text.map(id).transpose()
    }

    /// The id of a file of the archive.
    pub(super) fn warc(&self, file: &str) -> Result<i64, StoreError> {
        self.id(
            "SELECT id FROM warc WHERE file = ?",
            "INSERT INTO warc (file) VALUES (?)",
            [file],
        )
    }

    pub(super) fn put_capture(
        &mut self,
        capture: &CaptureInfo,
        marks: &Marks,
    ) -> Result<PutCapture, StoreError> {
        let address = self.address(capture.url.as_deref())?;
        let warc = match &capture.warc {
            None => None,
            Some(place) => Some(self.warc(&place.file)?),
        };
        let content_type = self.content_type(capture.content_type.as_deref())?;
        let identity = params![
            &capture.sha256[..],
            capture.fetched_at.as_microsecond(),
            address
        ];
        // Each has an index of its own.
        let select = match address {
            Some(_) => {
                "SELECT c.id, c.revisit_of IS NOT NULL, w.file, c.warc_offset FROM capture c
                 LEFT JOIN warc w ON w.id = c.warc_id
                 WHERE c.address_id = ?3 AND c.fetched_at_us = ?2 AND substr(c.sha256, 1, 8) = substr(?1, 1, 8)
                   AND c.sha256 = ?1"
            }
            None => {
                "SELECT c.id, c.revisit_of IS NOT NULL, w.file, c.warc_offset FROM capture c
                 LEFT JOIN warc w ON w.id = c.warc_id
                 WHERE c.address_id IS NULL AND c.sha256 = ?1 AND c.fetched_at_us = ?2 AND ?3 IS NULL"
            }
        };
        let known: Option<(i64, bool, Option<String>, Option<i64>)> = self
            .connection
            .prepare_cached(select)?
            .query_row(identity, |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        let place = capture.warc.as_ref();
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let revisit_of = |id: i64| marks.revisit_of.filter(|original| *original != id);
        let Some((id, is_revisit, file, offset)) = known else {
            // Whole at once: a row that grows afterwards splits its page.
            let id = self.insert(
                "INSERT INTO capture (sha256, fetched_at_us, address_id, content_type_id, size, warc_id, warc_offset,
                   warc_length, truncated, record_key, payload_key, revisit_of)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    &capture.sha256[..],
                    capture.fetched_at.as_microsecond(),
                    address,
                    content_type,
                    signed(capture.size_bytes),
                    warc,
                    place.map(|place| signed(place.offset)),
                    place.and_then(|place| place.length).map(signed),
                    marks.truncated,
                    marks.record,
                    marks.payload,
                    marks.revisit_of,
                ],
            )?;
            self.note_seen(id)?;
            return Ok(PutCapture {
                id,
                known: false,
                taken: true,
            });
        };
        // Of several records of one capture the first counts, whatever the order they are put in.
        let stands = self.seen.as_ref().is_none_or(|seen| seen.contains(&id));
        let new = place.map(|place| (place.file.as_str(), signed(place.offset)));
        let old = file.as_deref().zip(offset);
        let behind = (is_revisit, old) < (marks.revisit_of.is_some(), new) && old.is_some();
        if stands && behind {
            return Ok(PutCapture {
                id,
                known: true,
                taken: false,
            });
        }
        self.note_seen(id)?;
        // An archive may be packed anew: the same capture then lies elsewhere.
        self.connection
            .prepare_cached(
                "UPDATE capture SET content_type_id = ?2, size = ?3, warc_id = ?4, warc_offset = ?5,
                   warc_length = ?6, truncated = ?7, record_key = ?8, payload_key = ?9, revisit_of = ?10
                 WHERE id = ?1 AND (content_type_id IS NOT ?2 OR size <> ?3 OR warc_id IS NOT ?4
                   OR warc_offset IS NOT ?5 OR warc_length IS NOT ?6 OR truncated IS NOT ?7
                   OR record_key IS NOT ?8 OR payload_key IS NOT ?9 OR revisit_of IS NOT ?10)",
            )?
            .execute(params![
                id,
                content_type,
                signed(capture.size_bytes),
                warc,
                place.map(|place| signed(place.offset)),
                place.and_then(|place| place.length).map(signed),
                marks.truncated,
                marks.record,
                marks.payload,
                revisit_of(id),
            ])?;
        Ok(PutCapture {
            id,
            known: true,
            taken: true,
        })
    }

    fn put_reports(
        &mut self,
        put: PutCapture,
        capture: &CaptureInfo,
        marks: &Marks,
        reports: &[Report],
        prepared: &[Prepared],
    ) -> Result<Vec<Outcome>, StoreError> {
        let mut outcomes = Vec::with_capacity(reports.len());
        for (position, (report, prepared)) in (0..).zip(reports.iter().zip(prepared)) {
            let place = version::Place {
                capture_id: put.id,
                position,
                known: put.known,
            };
            outcomes.push(version::put_report(
                self,
                place,
                capture,
                marks,
                (report, prepared),
            )?);
        }
        if put.known {
            let count = i64::try_from(reports.len()).unwrap_or(i64::MAX);
            version::forget_readings(self, put.id, count)?;
            if outcomes
                .iter()
                .any(|outcome| *outcome != Outcome::Unchanged)
            {
                self.mark_revisits(put.id)?;
            }
        }
        Ok(outcomes)
    }

    pub(super) fn put_refusal(
        &mut self,
        capture: i64,
        refusal: &Refusal,
    ) -> Result<Outcome, StoreError> {
        let same = self
            .connection
            .prepare_cached(
                "SELECT 1 FROM refusal WHERE capture_id = ? AND reason = ? AND detail = ?",
            )?
            .exists(params![capture, refusal.reason, refusal.detail])?;
        if !same {
            version::forget_readings(self, capture, 0)?;
            self.mark_revisits(capture)?;
            let run = self.run()?;
            self.insert(
                "INSERT OR REPLACE INTO refusal (capture_id, run_id, reason, detail) VALUES (?, ?, ?, ?)",
                params![capture, run, refusal.reason, refusal.detail],
            )?;
        }
        Ok(Outcome::Refused)
    }
}

/// What a writer has left to be done for the index of narratives.
#[derive(Debug, Clone, Copy)]
#[must_use = "the index is slower until it is settled"]
pub struct Unsettled {
    rows: u64,
}

/// Puts the index together where much is new in it, and says that from now on that is done on the way.
pub(super) fn settle_index(
    connection: &Connection,
    unsettled: Unsettled,
) -> Result<(), StoreError> {
    search::settle(connection, unsettled.rows)?;
    search::merge(connection, search::Merging::OnTheWay)?;
    Ok(connection.pragma_update(None, "wal_autocheckpoint", 1000)?)
}

/// What putting a capture came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct PutCapture {
    pub(super) id: i64,
    /// Whether it was there.
    pub(super) known: bool,
    /// Whether the record at hand is the one that counts; else an earlier one of the same capture does.
    pub(super) taken: bool,
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        if self.pending > 0 {
            // Nothing can be done about a failure here; closing the connection rolls back as well.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}
