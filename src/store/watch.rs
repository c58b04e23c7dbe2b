//! Findings across years and texts, what people said of them, and answers that a page is not there.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use crate::model::{Scope, WatchCode, Watched};

use super::{Store, StoreError, Writer};

/// A finding on its way into the database, with whom it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchRow {
    /// The finding.
    pub watched: Watched,
    /// The name of the agency that the report itself was published under; `None` where only the code is known.
    pub agency: Option<String>,
    /// That agency's code; `None` where the pages have none.
    pub code: Option<String>,
    /// Its place; empty where the name tells.
    pub place: String,
    /// The scope.
    pub scope: Scope,
    /// The report's year.
    pub year: i16,
}

impl WatchRow {
    /// Twelve hexadecimal digits: of what the finding is and whom it is about, not of its numbers, so that it keeps what people
    /// said of it when the reading gets better. Whom it is about is the report's own agency, not the body that it is joined in
    /// nor its label: both change as the archive grows and people decide.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        let year = self.year.to_string();
        for part in [
            self.watched.code.as_str(),
            self.agency.as_deref().unwrap_or_default(),
            self.code.as_deref().unwrap_or_default(),
            &self.place,
            self.scope.as_str(),
            &year,
            &self.watched.about,
        ] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        HEXLOWER.encode(&hash.finalize()[..6])
    }
}

/// What a code means, for people who open the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchText<'t> {
    /// The code.
    pub code: WatchCode,
    /// What it means: Chinese, English.
    pub meaning: [&'t str; 2],
    /// The law or rule.
    pub basis: [&'t str; 2],
    /// Innocent explanations.
    pub innocent: [&'t [String]; 2],
}

/// What a person said of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The finding's id.
    pub finding: String,
    /// Whether it is right; else it is innocent.
    pub confirmed: bool,
    /// Why.
    pub reason: String,
    /// Who; `None`: not told.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Puts these findings in the place of all there are, and the sentences of the codes. Whether anything changed; the same
    /// findings leave the file as it is.
    ///
    /// # Errors
    ///
    /// What `SQLite` says. All or nothing.
    pub fn replace_watch(
        &mut self,
        texts: &[WatchText<'_>],
        rows: &[WatchRow],
    ) -> Result<bool, StoreError> {
        let mut rows: Vec<(String, &WatchRow)> = rows.iter().map(|row| (row.id(), row)).collect();
        rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        rows.dedup_by(|(one, _), (other, _)| one == other);
        let transaction = self.connection.transaction()?;
        let mut changed = 0;
        for text in texts {
            let list = |words: &[String]| json(words);
            changed += transaction
                .prepare_cached(
                    "INSERT INTO watch_code VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT DO UPDATE SET severity = ?2, zh = ?3, en = ?4, basis_zh = ?5, basis_en = ?6, innocent_zh = ?7,
                       innocent_en = ?8
                     WHERE (severity, zh, en, basis_zh, basis_en, innocent_zh, innocent_en) IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    text.code.as_str(),
                    text.code.severity().as_str(),
                    text.meaning[0],
                    text.meaning[1],
                    text.basis[0],
                    text.basis[1],
                    list(text.innocent[0])?,
                    list(text.innocent[1])?,
                ])?;
        }
        transaction.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS watch_now (id TEXT PRIMARY KEY) WITHOUT ROWID; DELETE FROM watch_now;",
        )?;
        {
            let mut keep = transaction.prepare_cached("INSERT INTO watch_now VALUES (?)")?;
            let mut put = transaction.prepare_cached(
                "INSERT INTO watch VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT DO UPDATE SET report_id = ?3, other_report_id = ?4, message_zh = ?6, message_en = ?7, rule = ?8,
                   evidence = ?9
                 WHERE (report_id, other_report_id, message_zh, message_en, rule, evidence) IS NOT (?3, ?4, ?6, ?7, ?8, ?9)",
            )?;
            for (id, row) in &rows {
                let watched = &row.watched;
                keep.execute([id])?;
                changed += put.execute(params![
                    id,
                    watched.code.as_str(),
                    watched.report_id,
                    watched.other_report_id,
                    watched.about,
                    watched.zh,
                    watched.en,
                    watched.rule,
                    json(&watched.evidence)?,
                ])?;
            }
        }
        changed += transaction.execute(
            "DELETE FROM watch WHERE id NOT IN (SELECT id FROM watch_now)",
            [],
        )?;
        transaction.execute("DELETE FROM watch_now", [])?;
        transaction.commit()?;
        Ok(changed > 0)
    }

    /// Puts what people said in the place of all there is.
    ///
    /// # Errors
    ///
    /// What `SQLite` says. All or nothing.
    pub fn replace_verdicts(&mut self, verdicts: &[Verdict]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM verdict", [])?;
        for verdict in verdicts {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?)")?
                .execute(params![
                    verdict.finding,
                    if verdict.confirmed {
                        "confirmed"
                    } else {
                        "dismissed"
                    },
                    verdict.reason,
                    verdict.by,
                    verdict.at.to_string(),
                ])?;
        }
        transaction.commit()?;
        Ok(())
    }
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)).into())
}

impl Store {
    /// By which program and data the findings that are there were made, if nothing was put since.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn watched_by(&self) -> Result<Option<String>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT value FROM meta WHERE key = 'watched'")?;
        Ok(statement.query_row([], |row| row.get(0)).optional()?)
    }

    /// The findings that are there were made by this program and data, of all there is.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn set_watched_by(&mut self, reader: &str) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO meta VALUES ('watched', ?1) ON CONFLICT DO UPDATE SET value = ?1 WHERE value <> ?1",
            [reader],
        )?;
        Ok(())
    }

    /// Rows written so far, since the file was opened.
    pub fn changes(&self) -> u64 {
        self.connection.total_changes()
    }
}

impl Writer<'_> {
    /// Something is about to be put: the findings are to be made anew ([`Store::watched_by`]).
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn forget_watched(&mut self) -> Result<(), StoreError> {
        self.atomic(|writer| writer.execute("DELETE FROM meta WHERE key = 'watched'"))
    }

    /// An answer that a page is not there.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn put_absence(
        &mut self,
        url: &str,
        at: Timestamp,
        answer: &str,
        (file, offset): (&str, u64),
    ) -> Result<(), StoreError> {
        self.atomic(|writer| {
            let address = writer.address(Some(url))?;
            let warc = writer.warc(file)?;
            writer.insert(
                "INSERT OR REPLACE INTO address_absence (address_id, at_us, answer, warc_id, offset) VALUES (?, ?, ?, ?, ?)",
                params![
                    address,
                    at.as_microsecond(),
                    answer,
                    warc,
                    i64::try_from(offset).unwrap_or(i64::MAX)
                ],
            )?;
            Ok(())
        })
    }
}
