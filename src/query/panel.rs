//! Reports one after the other, in a fixed order, with what belongs to each: the rows that exports are written from.
//!
//! Memory does not grow with the number of reports, but in [`Panel::series`], which answers with a point for each. The order and the keys come from what the reports are, not
//! from the database's numbers, so that two builds of one archive give the same.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params_from_iter};
use sha2::{Digest as _, Sha256};

use crate::model::{ByteRange, Catalog, Decimal, FormId, IndicatorId, Observation, StatisticRow};
use crate::store::{Store, quoted, wide_table};

use super::reports::ORDER;
use super::{Filter, Point, QueryError};

/// A report's current version and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// 16 hexadecimal digits that tell the report by agency (name, code, place), year and scope, or by its page where
    /// one of them is unknown; the same in every build.
    pub key: String,
    /// Name; `None` where not found.
    pub agency: Option<String>,
    /// Code; `None` where not found.
    pub agency_code: Option<String>,
    /// What tells the agency from others of its name (`agency.place`): a site, column or page, or the division that
    /// the name meant that year; `None` where the name does.
    pub agency_place: Option<String>,
    /// The year reported on; `None` where not found.
    pub year: Option<i16>,
    /// `own`, `consolidated` or `unknown`.
    pub scope: String,
    /// The form of most of its tables; `None` where no table was recognised.
    pub form: Option<String>,
    /// As printed.
    pub title: Option<String>,
    /// The chosen publication day, ISO 8601.
    pub published: Option<String>,
    /// `official`, `mirror_suspected` or `unknown`.
    pub official: String,
    /// When this content was first captured, UTC, ISO 8601.
    pub first_seen: String,
    /// When last.
    pub last_seen: String,
    /// 1 where a capture has the whole page, 0 where all were cut off.
    pub whole: bool,
    /// Digest of the leading capture's payload, hexadecimal.
    pub sha256: String,
    /// Its address.
    pub url: Option<String>,
    /// When it was fetched.
    pub fetched_at: String,
    /// As declared.
    pub content_type: Option<String>,
    /// Payload bytes.
    pub size_bytes: i64,
    /// The WARC file that holds it; `None` where it is in no archive.
    pub warc: Option<String>,
    /// Where the record begins in that file, in bytes.
    pub warc_offset: Option<i64>,
    /// The record's compressed bytes; `None` where not known.
    pub warc_length: Option<i64>,
    /// Charset it was decoded with.
    pub charset: String,
    /// Version of the program that read it.
    pub program: String,
    /// Digest of the profile it was read with.
    pub profile: String,
    /// Its number in this database; another in another build.
    pub report_id: i64,
    version_id: i64,
}

/// One part of the narrative as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrative {
    /// What it is about.
    pub kind: String,
    /// As printed; `None` for the preamble.
    pub heading: Option<String>,
    /// Its paragraphs, a line each.
    pub text: String,
    /// Where it stood.
    pub bytes: ByteRange,
}

/// One finding as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingText {
    /// What.
    pub code: String,
    /// How bad.
    pub severity: String,
    /// In words.
    pub message: String,
    /// Where; empty for the whole report.
    pub place: String,
}

/// The reports that a filter lets through.
#[derive(Debug, Clone, Copy)]
pub struct Panel<'a> {
    pub(super) store: &'a Store,
    pub(super) filter: &'a Filter,
}

/// What belongs to one report, read when asked for.
#[derive(Debug, Clone, Copy)]
pub struct Details<'a> {
    store: &'a Store,
    filter: &'a Filter,
    version_id: i64,
}

impl<'a> Panel<'a> {
    /// The reports of `store` that `filter` lets through; its form and cell narrow the observations.
    pub const fn new(store: &'a Store, filter: &'a Filter) -> Self {
        Self { store, filter }
    }

    /// The filter.
    pub const fn filter(&self) -> &'a Filter {
        self.filter
    }

    /// Hands over each report: of `form` only those that have its tables. By agency, code, place, year, scope and page.
    ///
    /// # Errors
    ///
    /// What `visit` returns, or if the database cannot be read.
    pub fn each<E: From<QueryError>>(
        &self,
        form: Option<FormId>,
        mut visit: impl FnMut(&Head, &Details<'a>) -> Result<(), E>,
    ) -> Result<u64, E> {
        let (mut condition, values) = self.filter.condition();
        if let Some(form) = form {
            condition.push_str(" AND EXISTS (SELECT 1 FROM ");
            condition.push_str(&wide_table(form));
            condition.push_str(" w WHERE w.version_id = v.id)");
        }
        let sql = format!(
            "SELECT a.name, a.code, r.year, r.scope, r.page, v.form,
               (SELECT t.title FROM version_title t WHERE t.version_id = v.id), v.published, v.official,
               strftime('%Y-%m-%dT%H:%M:%SZ', v.first_seen_us / 1000000, 'unixepoch'),
               strftime('%Y-%m-%dT%H:%M:%SZ', v.last_seen_us / 1000000, 'unixepoch'), v.whole,
               lower(hex(c.sha256)), d.url,
               strftime('%Y-%m-%dT%H:%M:%SZ', c.fetched_at_us / 1000000, 'unixepoch'),
               (SELECT text FROM content_type WHERE id = c.content_type_id), c.size, f.file, c.warc_offset, c.warc_length, v.charset, p.program, p.profile, v.id, r.id,
               nullif(a.place, '')
             FROM report r JOIN version v ON v.id = r.version_id JOIN capture c ON c.id = v.capture_id
             JOIN reader p ON p.id = v.reader_id LEFT JOIN warc f ON f.id = c.warc_id
             LEFT JOIN address d ON d.id = c.address_id LEFT JOIN agency a ON a.id = r.agency_id
             WHERE {condition} ORDER BY {ORDER}"
        );
        let connection = self.store.connection();
        let mut statement = connection.prepare(&sql).map_err(QueryError::from)?;
        let mut rows = statement
            .query(params_from_iter(values))
            .map_err(QueryError::from)?;
        let mut count = 0;
        while let Some(row) = rows.next().map_err(QueryError::from)? {
            let head = head(row).map_err(QueryError::from)?;
            let details = Details {
                store: self.store,
                filter: self.filter,
                version_id: head.version_id,
            };
            visit(&head, &details)?;
            count += 1;
        }
        Ok(count)
    }

    /// The forms of which there is a report.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn forms(&self) -> Result<Vec<FormId>, QueryError> {
        let mut forms = Vec::new();
        for form in FormId::ALL {
            if self.filter.form.is_some_and(|only| only != form) {
                continue;
            }
            let (condition, values) = self.filter.condition();
            let found: Option<i64> = self
                .store
                .connection()
                .query_row(
                    &format!(
                        "SELECT 1 FROM {} w JOIN report r ON r.version_id = w.version_id
                         LEFT JOIN agency a ON a.id = r.agency_id WHERE {condition} LIMIT 1",
                        wide_table(form)
                    ),
                    params_from_iter(values),
                    |row| row.get(0),
                )
                .optional()?;
            if found.is_some() {
                forms.push(form);
            }
        }
        Ok(forms)
    }

    /// The points of one series, one a report. Of a series that must not be joined those of each form are apart: no break stands
    /// between them, and whoever writes them gives each form an id of its own ([`super::crosswalk::Series::exported_id`]).
    ///
    /// # Errors
    ///
    /// [`QueryError::UnknownSeries`], or if the database cannot be read.
    pub fn series(&self, id: &str) -> Result<Vec<Point>, QueryError> {
        let series = super::crosswalk::find(id);
        let series = series.ok_or_else(|| QueryError::UnknownSeries { id: id.into() })?;
        super::series::unrefused(self.store, series, self.filter)
    }

    /// A copy of the whole database for programs that only read, at `path`, where nothing may be yet: packed, without
    /// the index of narratives and the times of this program's runs, so that equal contents give equal bytes. The filter has no bearing.
    ///
    /// # Errors
    ///
    /// If the database cannot be read or the copy not be written.
    pub fn copy(&self, path: &Path) -> Result<(), QueryError> {
        let text = |path: &Path| Value::Text(path.to_string_lossy().into_owned());
        // The store's own connection is held to queries; packing a copy counts as writing.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let source = Connection::open_with_flags(self.store.path(), flags)?;
        source.busy_timeout(std::time::Duration::from_secs(5))?;
        let draft = path.with_extension("draft");
        let made = (|| {
            source.execute("VACUUM INTO ?", [text(&draft)])?;
            let copy = Connection::open(&draft)?;
            copy.execute_batch("PRAGMA journal_mode = OFF")?;
            // An older SQLite, as Python often has, cannot open a file with the index of narratives; nor could anybody search it
            // who does not cut words as we do. The triggers that keep it are for writers.
            let triggers: Vec<String> = copy
                .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for trigger in triggers {
                copy.execute_batch(&format!("DROP TRIGGER {}", quoted(&trigger)))?;
            }
            copy.execute_batch(
                "DROP TABLE narrative_index; ALTER TABLE run DROP COLUMN started_at_us;",
            )?;
            // Once more, so that no trace of what was dropped is left in free pages.
            copy.execute("VACUUM INTO ?", [text(path)])?;
            Ok(())
        })();
        // What went wrong before is what is told.
        let _ = std::fs::remove_file(&draft);
        made
    }
}

impl Details<'_> {
    /// The observations of the form and cell that the filter names, else all, in the catalog's order.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn observations(&self) -> Result<Vec<Observation>, QueryError> {
        let mut found = self.all_observations()?;
        let catalog = Catalog::get();
        found.retain(|one| {
            let indicator = catalog.indicator(one.indicator);
            let form = self.filter.form.is_none_or(|form| form == indicator.form);
            let cell = self.filter.cell.as_ref();
            form && cell.is_none_or(|cell| *cell == indicator.cell)
        });
        Ok(found)
    }

    /// Every observation, whatever the filter says, in the catalog's order: a cell that a question leaves out must
    /// not pass for one that the report lacks.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn all_observations(&self) -> Result<Vec<Observation>, QueryError> {
        Ok(self.store.reader().observations(self.version_id)?)
    }

    /// The rows of statistics lists as printed.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn statistics(&self) -> Result<Vec<StatisticRow>, QueryError> {
        let reader = self.store.reader();
        let observations = reader.observations(self.version_id)?;
        let mut rows = reader.statistics(self.version_id, &observations)?;
        rows.retain(|row| self.filter.form.is_none_or(|form| form == row.form));
        Ok(rows)
    }

    /// The parts of the narrative, in their order.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn narratives(&self) -> Result<Vec<Narrative>, QueryError> {
        let mut statement = self.store.connection().prepare_cached(
            "SELECT kind, heading, text, start_byte, end_byte, part FROM section
             WHERE id BETWEEN ?1 << 20 AND ?1 << 20 | 1048575 ORDER BY id",
        )?;
        let rows = statement.query_map([self.version_id], |row| {
            Ok(Narrative {
                kind: row.get(0)?,
                heading: row.get(1)?,
                text: row.get(2)?,
                bytes: ByteRange::new(row.get(3)?, row.get(4)?).of_part(row.get(5)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The findings, in their order.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn findings(&self) -> Result<Vec<FindingText>, QueryError> {
        let mut statement = self.store.connection().prepare_cached(
            "SELECT code, severity, message, place FROM finding WHERE version_id = ? ORDER BY position",
        )?;
        let rows = statement.query_map([self.version_id], |row| {
            Ok(FindingText {
                code: row.get(0)?,
                severity: row.get(1)?,
                message: row.get(2)?,
                place: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// The value an observation has in a wide table: a number in the form's unit, whole where the form counts.
/// Others keep it to the long form, as the database does.
pub fn in_wide(one: &Observation) -> Option<Decimal> {
    let indicator = Catalog::get().indicator(one.indicator);
    let money = indicator.quantity == crate::model::form::Quantity::Money;
    one.value
        .filter(|value| one.unit == indicator.unit && (money || value.scale() == 0))
}

/// The ids under which exports have the series that a cell of a form is a part of.
pub fn exported_series_of(indicator: IndicatorId, form: FormId) -> Vec<String> {
    let ids = series_of(indicator).into_iter();
    let series = ids.filter_map(super::crosswalk::find);
    series.map(|series| series.exported_id(form)).collect()
}

/// The ids of the crosswalk's series that a cell is a part of.
pub fn series_of(indicator: IndicatorId) -> Vec<&'static str> {
    let has =
        |terms: &[super::crosswalk::Term]| terms.iter().any(|term| term.indicator == indicator);
    super::crosswalk::all()
        .iter()
        .filter(|one| {
            one.forms.values().any(|terms| has(terms))
                || one.variants.iter().any(|(_, terms)| has(terms))
        })
        .map(|one| one.id.as_str())
        .collect()
}

fn head(row: &rusqlite::Row<'_>) -> Result<Head, rusqlite::Error> {
    let (agency, agency_code): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
    let (year, scope): (Option<i16>, String) = (row.get(2)?, row.get(3)?);
    let page: String = row.get(4)?;
    let agency_place: Option<String> = row.get(25)?;
    let mut digest = Sha256::new();
    let year_text = year.map(|year| year.to_string());
    let mut add = |part: Option<&str>| {
        // NUL stands in no name, and an unknown part is another than an empty one.
        digest.update([u8::from(part.is_some())]);
        digest.update(part.unwrap_or_default());
        digest.update([0]);
    };
    add(agency.as_deref());
    add(agency_code.as_deref());
    add(year_text.as_deref());
    add(Some(&scope));
    add(Some(&page));
    // Last, and only where there is one: most agencies have none, and their keys are those of older exports.
    if agency_place.is_some() {
        add(agency_place.as_deref());
    }
    let key = data_encoding::HEXLOWER.encode(&digest.finalize()[..8]);
    Ok(Head {
        key,
        agency,
        agency_code,
        agency_place,
        year,
        scope,
        form: row.get(5)?,
        title: row.get(6)?,
        published: row.get(7)?,
        official: row.get(8)?,
        first_seen: row.get(9)?,
        last_seen: row.get(10)?,
        whole: row.get(11)?,
        sha256: row.get(12)?,
        url: row.get(13)?,
        fetched_at: row.get(14)?,
        content_type: row.get(15)?,
        size_bytes: row.get(16)?,
        warc: row.get(17)?,
        warc_offset: row.get(18)?,
        warc_length: row.get(19)?,
        charset: row.get(20)?,
        program: row.get(21)?,
        profile: row.get(22)?,
        version_id: row.get(23)?,
        report_id: row.get(24)?,
    })
}
