//! Pages of reports over several, and captures to be read again: what is listed with all its members.
//!
//! In: captures by what their addresses have in common, or because their reading shall be made again. Out: [`Member`]s with
//! the places of their bytes.

use rusqlite::{OptionalExtension as _, params};

use super::StoreError;
use super::archived::{Member, PLACE, place, time};
use super::capture::{CaptureInfo, Marks, WarcPlace};
use super::writer::Writer;

impl Writer<'_> {
    /// A page of a report over several: kept, to be put together with the others ([`Self::fresh_groups`]).
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn put_paged(
        &mut self,
        capture: &CaptureInfo,
        marks: &Marks,
        stem: &str,
    ) -> Result<(), StoreError> {
        self.atomic(|writer| {
            let put = writer.put_capture(capture, marks)?;
            if put.taken {
                writer.insert(
                    "INSERT INTO paged VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET stem = ?2, fresh = 1",
                    params![put.id, stem],
                )?;
            }
            Ok(())
        })
    }

    /// A page that was of several and stands alone now is put together no more.
    pub(super) fn alone_again(&self, capture_id: i64) -> Result<(), StoreError> {
        if !self.joining {
            self.connection
                .prepare_cached("DELETE FROM paged WHERE capture_id = ?")?
                .execute([capture_id])?;
        }
        Ok(())
    }

    /// Whether a capture is a page of several.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn paged_stem(&self, capture_id: i64) -> Result<Option<String>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT stem FROM paged WHERE capture_id = ?")?;
        Ok(statement
            .query_row([capture_id], |row| row.get(0))
            .optional()?)
    }

    /// The groups of pages that have a fresh one.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn fresh_groups(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT DISTINCT stem FROM paged WHERE fresh = 1 ORDER BY stem")?;
        let stems = statement.query_map([], |row| row.get(0))?;
        Ok(stems.collect::<Result<_, _>>()?)
    }

    /// All pages of a group, in the order of address and time.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn group(&self, stem: &str) -> Result<Vec<Member>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT c.id, c.sha256, d.url, (SELECT text FROM content_type WHERE id = c.content_type_id), c.truncated, ow.file, o.warc_offset, c.size,
               c.fetched_at_us, cw.file, c.warc_offset, c.warc_length, c.record_key, c.payload_key, c.revisit_of,
               p.fresh
             FROM paged p JOIN capture c ON c.id = p.capture_id JOIN warc cw ON cw.id = c.warc_id
             JOIN capture o ON o.id = ifnull(c.revisit_of, c.id) JOIN warc ow ON ow.id = o.warc_id
             LEFT JOIN address d ON d.id = c.address_id
             WHERE p.stem = ? ORDER BY d.url, c.fetched_at_us, c.sha256",
        )?;
        let mut rows = statement.query([stem])?;
        let mut members = Vec::new();
        while let Some(row) = rows.next()? {
            let page = place(row)?;
            members.push(Member {
                capture: CaptureInfo {
                    sha256: page.sha256,
                    url: page.url.clone(),
                    fetched_at: time(row.get(8)?)?,
                    content_type: page.content_type.clone(),
                    warc: Some(WarcPlace {
                        file: row.get(9)?,
                        offset: row.get::<_, i64>(10)?.unsigned_abs(),
                        length: row.get::<_, Option<i64>>(11)?.map(i64::unsigned_abs),
                    }),
                    size_bytes: page.size_bytes,
                },
                marks: Marks {
                    truncated: page.truncated.clone(),
                    record: row.get(12)?,
                    payload: row.get(13)?,
                    revisit_of: row.get(14)?,
                },
                page,
                fresh: row.get(15)?,
            });
        }
        Ok(members)
    }

    /// A group was put together.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn group_done(&mut self, stem: &str) -> Result<(), StoreError> {
        self.atomic(|writer| {
            writer
                .connection
                .prepare_cached("UPDATE paged SET fresh = 0 WHERE stem = ? AND fresh = 1")?
                .execute([stem])?;
            Ok(())
        })
    }

    /// While pages are put together their captures stay pages of several.
    pub const fn joining(&mut self, joining: bool) {
        self.joining = joining;
    }

    /// Captures whose readings shall be made again, because the capture that spoke for their version has left it.
    /// Pages of several are marked fresh and revisits follow their page; of the others, what is needed to read them.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn due(&mut self) -> Result<Vec<Member>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT capture_id FROM reading
             WHERE digest = x'00000000000000000000000000000000' ORDER BY capture_id",
        )?;
        let ids: Vec<i64> = statement
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let sql = format!("{PLACE} WHERE c.id = ?");
        let mut due = Vec::new();
        for id in ids {
            let paged = self.atomic(|writer| {
                Ok(writer
                    .connection
                    .prepare_cached("UPDATE paged SET fresh = 1 WHERE capture_id = ?")?
                    .execute([id])?)
            })?;
            if paged > 0 {
                continue;
            }
            let mut one = self.connection.prepare_cached(&sql)?;
            let Some(page) = one.query_row([id], place).optional()? else {
                continue;
            };
            let mut rest = self.connection.prepare_cached(
                "SELECT c.fetched_at_us, w.file, c.warc_offset, c.warc_length, c.record_key, c.payload_key,
                   c.revisit_of, o.address_id IS c.address_id
                 FROM capture c LEFT JOIN warc w ON w.id = c.warc_id
                 LEFT JOIN capture o ON o.id = c.revisit_of WHERE c.id = ?",
            )?;
            let mut rows = rest.query([id])?;
            let Some(row) = rows.next()? else { continue };
            let (revisit_of, same): (Option<i64>, bool) = (row.get(6)?, row.get(7)?);
            if revisit_of.is_some() && same {
                self.stale.push(id);
                continue;
            }
            let file: Option<String> = row.get(1)?;
            let Some(file) = file else { continue };
            due.push(Member {
                capture: CaptureInfo {
                    sha256: page.sha256,
                    url: page.url.clone(),
                    fetched_at: time(row.get(0)?)?,
                    content_type: page.content_type.clone(),
                    warc: Some(WarcPlace {
                        file,
                        offset: row.get::<_, i64>(2)?.unsigned_abs(),
                        length: row.get::<_, Option<i64>>(3)?.map(i64::unsigned_abs),
                    }),
                    size_bytes: page.size_bytes,
                },
                marks: Marks {
                    truncated: page.truncated.clone(),
                    record: row.get(4)?,
                    payload: row.get(5)?,
                    revisit_of,
                },
                page,
                fresh: false,
            });
        }
        Ok(due)
    }
}
