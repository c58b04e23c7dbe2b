//! What the store keeps of the archive beside its pages: how far each file was read and what was wrong in it, pages
//! seen again, pages that belong together. All of it serves builds that read what is new only and come to the same
//! rows as one that reads everything.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use super::capture::{CaptureInfo, Marks, Outcome, Refusal, WarcPlace};
use super::writer::Writer;
use super::{StoreError, version};

/// How far a file of the archive was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The file.
    pub file: String,
    /// The records before this byte were read.
    pub end: u64,
    /// Digest of the file's first and last bytes up to there.
    pub mark: [u8; 32],
}

/// What kind of trouble there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// Part of the file could not be read.
    Damage,
    /// A record could be read and not dealt with.
    Failure,
}

/// Something that went wrong when a file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The file.
    pub file: String,
    /// Where, in bytes of the file.
    pub offset: u64,
    /// Of which kind.
    pub kind: TroubleKind,
    /// In words.
    pub message: String,
}

/// Where the payload of a capture lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The capture.
    pub capture_id: i64,
    /// Its digest.
    pub sha256: [u8; 32],
    /// Its address.
    pub url: Option<String>,
    /// The declared media type.
    pub content_type: Option<String>,
    /// Why it is not whole.
    pub truncated: Option<String>,
    /// The file of the record that has its payload.
    pub file: String,
    /// Start of that record.
    pub offset: u64,
    /// Payload bytes.
    pub size_bytes: u64,
}

/// A revisit record that waits for its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Where it lies.
    pub place: WarcPlace,
    /// The address that was asked for.
    pub url: String,
    /// When.
    pub fetched_at: Timestamp,
    /// Key of the record it names.
    pub refers_to: Option<[u8; 16]>,
    /// The address it names.
    pub refers_url: Option<String>,
    /// The time it names.
    pub refers_at: Option<Timestamp>,
    /// Key of its payload's digest.
    pub payload: Option<[u8; 16]>,
}

/// A page of a report over several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The capture as it is to be put.
    pub capture: CaptureInfo,
    /// What else is known of it.
    pub marks: Marks,
    /// Where its payload lies.
    pub page: Place,
    /// Whether it was not yet put together with the others.
    pub fresh: bool,
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn time(us: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(us).map_err(|_| StoreError::unknown("time", us.to_string()))
}

/// Finds the address `?1` of `address d` by its index, which has only pieces of it.
macro_rules! address {
    () => {
        "substr(d.url, -12) = substr(?1, -12) AND substr(d.url, 9, 12) = substr(?1, 9, 12) AND d.url = ?1"
    };
}

/// The condition that finds the address `?1` of `address d` by its index, which has only pieces of it.
pub const ADDRESS: &str = address!();

pub(super) const PLACE: &str = "SELECT c.id, c.sha256, d.url, (SELECT text FROM content_type WHERE id = c.content_type_id), c.truncated, w.file, o.warc_offset, c.size
    FROM capture c JOIN capture o ON o.id = ifnull(c.revisit_of, c.id) JOIN warc w ON w.id = o.warc_id
    LEFT JOIN address d ON d.id = c.address_id";

pub(super) fn place(row: &Row<'_>) -> rusqlite::Result<Place> {
    Ok(Place {
        capture_id: row.get(0)?,
        sha256: row.get(1)?,
        url: row.get(2)?,
        content_type: row.get(3)?,
        truncated: row.get(4)?,
        file: row.get(5)?,
        offset: row.get::<_, i64>(6)?.unsigned_abs(),
        size_bytes: row.get::<_, i64>(7)?.unsigned_abs(),
    })
}

impl Writer<'_> {
    /// What went wrong when the files were read, in their order.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn troubles(&self) -> Result<Vec<Trouble>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT w.file, t.offset, t.kind, t.message FROM warc_trouble t JOIN warc w ON w.id = t.warc_id
             ORDER BY w.file, t.offset, t.kind, t.message",
        )?;
        let troubles = statement.query_map([], |row| {
            let kind: String = row.get(2)?;
            Ok(Trouble {
                file: row.get(0)?,
                offset: row.get::<_, i64>(1)?.unsigned_abs(),
                kind: if kind == "damage" {
                    TroubleKind::Damage
                } else {
                    TroubleKind::Failure
                },
                message: row.get(3)?,
            })
        })?;
        Ok(troubles.collect::<Result<_, _>>()?)
    }

    /// Writes down that a file was read up to a byte.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn put_state(&mut self, state: &State) -> Result<(), StoreError> {
        self.atomic(|writer| {
            let warc = writer.warc(&state.file)?;
            writer
                .connection
                .prepare_cached(
                    "INSERT INTO warc_state VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET end = ?2, mark = ?3
                     WHERE end <> ?2 OR mark <> ?3",
                )?
                .execute(params![warc, signed(state.end), state.mark])?;
            Ok(())
        })
    }

    /// Writes down what went wrong in a file.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn put_trouble(&mut self, trouble: &Trouble) -> Result<(), StoreError> {
        let kind = match trouble.kind {
            TroubleKind::Damage => "damage",
            TroubleKind::Failure => "failure",
        };
        self.atomic(|writer| {
            let warc = writer.warc(&trouble.file)?;
            writer.insert(
                "INSERT OR REPLACE INTO warc_trouble VALUES (?, ?, ?, ?)",
                params![warc, signed(trouble.offset), kind, trouble.message],
            )?;
            Ok(())
        })
    }

    /// Forgets what went wrong in a file from a byte on: it is read again.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn forget_troubles(&mut self, file: &str, from: u64) -> Result<(), StoreError> {
        self.atomic(|writer| {
            writer
                .connection
                .prepare_cached(
                    "DELETE FROM warc_trouble WHERE offset >= ?2 AND warc_id = (SELECT id FROM warc WHERE file = ?1)",
                )?
                .execute(params![file, signed(from)])?;
            Ok(())
        })
    }

    /// Drops captures that lie nowhere and that nothing speaks of any more.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn drop_orphans(&mut self) -> Result<(), StoreError> {
        self.atomic(|writer| {
            Ok(writer.connection.execute_batch(
                "DELETE FROM capture AS c WHERE warc_id IS NULL
                   AND NOT EXISTS (SELECT 1 FROM version v WHERE v.capture_id = c.id)
                   AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.capture_id = c.id)
                   AND NOT EXISTS (SELECT 1 FROM refusal r WHERE r.capture_id = c.id)
                   AND NOT EXISTS (SELECT 1 FROM capture r WHERE r.revisit_of = c.id);
                 DELETE FROM address AS d WHERE NOT EXISTS (SELECT 1 FROM capture c WHERE c.address_id = d.id)
                   AND NOT EXISTS (SELECT 1 FROM address_absence a WHERE a.address_id = d.id);",
            )?)
        })
    }

    /// Keeps a revisit record until its page is known.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn put_pending(&mut self, pending: &Pending) -> Result<(), StoreError> {
        self.atomic(|writer| {
            let warc = writer.warc(&pending.place.file)?;
            writer.insert(
                "INSERT OR REPLACE INTO revisit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    warc,
                    signed(pending.place.offset),
                    signed(pending.place.length.unwrap_or(0)),
                    pending.url,
                    pending.fetched_at.as_microsecond(),
                    pending.refers_to,
                    pending.refers_url,
                    pending.refers_at.map(Timestamp::as_microsecond),
                    pending.payload,
                ],
            )?;
            Ok(())
        })
    }

    /// The revisit records that wait, `count` of them behind `after` (file and offset), in the archive's order.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn pending(
        &self,
        after: Option<(&str, u64)>,
        count: u32,
    ) -> Result<Vec<Pending>, StoreError> {
        let (file, offset) = after.unwrap_or(("", 0));
        let mut statement = self.connection.prepare_cached(
            "SELECT w.file, r.offset, r.length, r.url, r.fetched_at_us, r.refers_to, r.refers_url, r.refers_us,
               r.payload
             FROM warc w JOIN revisit r ON r.warc_id = w.id
             WHERE w.file > ?1 OR (w.file = ?1 AND r.offset > ?2) ORDER BY w.file, r.offset LIMIT ?3",
        )?;
        let mut rows = statement.query(params![file, signed(offset), count])?;
        let mut pending = Vec::new();
        while let Some(row) = rows.next()? {
            pending.push(Pending {
                place: WarcPlace {
                    file: row.get(0)?,
                    offset: row.get::<_, i64>(1)?.unsigned_abs(),
                    length: Some(row.get::<_, i64>(2)?.unsigned_abs()),
                },
                url: row.get(3)?,
                fetched_at: time(row.get(4)?)?,
                refers_to: row.get(5)?,
                refers_url: row.get(6)?,
                refers_at: row.get::<_, Option<i64>>(7)?.map(time).transpose()?,
                payload: row.get(8)?,
            });
        }
        Ok(pending)
    }

    /// A revisit record whose page was found for good.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn forget_pending(&mut self, place: &WarcPlace) -> Result<(), StoreError> {
        self.atomic(|writer| {
            writer
                .connection
                .prepare_cached(
                    "DELETE FROM revisit WHERE offset = ?2 AND warc_id = (SELECT id FROM warc WHERE file = ?1)",
                )?
                .execute(params![place.file, signed(place.offset)])?;
            Ok(())
        })
    }

    /// The capture that a revisit record names, by record id or by address and time; the capture whose record has the
    /// payload, where that is one seen again itself.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn named_by(&self, pending: &Pending) -> Result<Option<Place>, StoreError> {
        let original = format!(
            "{PLACE} WHERE c.id = (SELECT ifnull(revisit_of, id) FROM capture WHERE id = ?)"
        );
        let mut original = self.connection.prepare_cached(&original)?;
        if let Some(key) = pending.refers_to {
            let named: Option<i64> = self
                .connection
                .prepare_cached("SELECT min(id) FROM capture
                     WHERE record_key IS NOT NULL AND substr(record_key, 1, 5) = substr(?1, 1, 5) AND record_key = ?1",
                )?
                .query_row([key], |row| row.get(0))?;
            if let Some(id) = named {
                return Ok(original.query_row([id], place).optional()?);
            }
        }
        let Some(at) = pending.refers_at else {
            return Ok(None);
        };
        let url = pending.refers_url.as_deref().unwrap_or(&pending.url);
        // Several within one second are told apart by their digest or not at all.
        let mut statement = self.connection.prepare_cached(concat!(
            "SELECT c.id, c.sha256 FROM capture c JOIN address d ON d.id = c.address_id
             JOIN capture o ON o.id = ifnull(c.revisit_of, c.id)
             WHERE ",
            address!(),
            " AND c.fetched_at_us = ?2
               AND (?3 IS NULL OR o.payload_key IS NULL OR o.payload_key = ?3) LIMIT 2",
        ))?;
        let found: Vec<(i64, Vec<u8>)> = statement
            .query_map(params![url, at.as_microsecond(), pending.payload], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<Result<_, _>>()?;
        match found.as_slice() {
            [(id, _)] => Ok(original.query_row([id], place).optional()?),
            _ => Ok(None),
        }
    }

    /// Captures whose records give the payload digest of a revisit: those of the same address first, then the earliest.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn with_payload(&self, pending: &Pending) -> Result<Vec<Place>, StoreError> {
        let Some(key) = pending.payload else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "{PLACE} WHERE c.payload_key IS NOT NULL AND substr(c.payload_key, 1, 5) = substr(?1, 1, 5)
               AND c.payload_key = ?1 AND c.revisit_of IS NULL
             ORDER BY d.url IS NOT ?2, c.fetched_at_us, d.url, w.file, o.warc_offset LIMIT 8"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let places = statement.query_map(params![key, pending.url], place)?;
        Ok(places.collect::<Result<_, _>>()?)
    }

    /// A page seen again at its own address: a capture with the readings of the one that has the bytes.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn put_revisit(
        &mut self,
        capture: &CaptureInfo,
        marks: &Marks,
        original: i64,
    ) -> Result<Outcome, StoreError> {
        self.atomic(|writer| {
            let put = writer.put_capture(capture, marks)?;
            if !put.taken || put.id == original {
                return Ok(Outcome::Unchanged);
            }
            writer.copy(original, put.id)
        })
    }

    fn copy(&mut self, from: i64, to: i64) -> Result<Outcome, StoreError> {
        let refusal: Option<(String, String)> = self
            .connection
            .prepare_cached("SELECT reason, detail FROM refusal WHERE capture_id = ?")?
            .query_row([from], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match refusal {
            Some((reason, detail)) => self.put_refusal(to, &Refusal { reason, detail }),
            None => version::copy_readings(self, from, to),
        }
    }

    /// Revisits at the same address follow what was made of their page.
    pub(super) fn mark_revisits(&mut self, capture_id: i64) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT r.id FROM capture r JOIN capture c ON c.id = r.revisit_of
             WHERE r.revisit_of = ? AND r.address_id IS c.address_id",
        )?;
        for id in statement.query_map([capture_id], |row| row.get(0))? {
            self.stale.push(id?);
        }
        Ok(())
    }

    /// Brings the revisits of pages that were read differently up to them.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn follow(&mut self) -> Result<(), StoreError> {
        for id in std::mem::take(&mut self.stale) {
            self.atomic(|writer| {
                let original: Option<i64> = writer
                    .connection
                    .prepare_cached(
                        "SELECT revisit_of FROM capture WHERE id = ?1 AND revisit_of IS NOT NULL
                           AND NOT EXISTS (SELECT 1 FROM paged WHERE capture_id = ?1)",
                    )?
                    .query_row([id], |row| row.get(0))
                    .optional()?;
                if let Some(original) = original {
                    writer.copy(original, id)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}
