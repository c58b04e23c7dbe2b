//! Stored reports back as they were put.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::Serialize;

use crate::model::{
    Agency, ByteRange, Code, DateEvidence, Decimal, Finding, Observation, Proposal, Provenance,
    Report, Section, Severity, StatisticRow,
};

use super::cells::{self, Exception, Extent, UnitNote, WideRow};
use super::details::NOT_PART;
use super::layout::{FormLayout, Layout};
use super::{StoreError, mentions, places, proposals, short, statistics};

/// A version of a report as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredReport {
    /// The report's id in this database.
    pub report_id: i64,
    /// The version's.
    pub version_id: i64,
    /// Whether it is the report's current version.
    pub current: bool,
    /// When a capture first had this content.
    #[serde(serialize_with = "as_text")]
    pub first_seen: Timestamp,
    /// When one last had it.
    #[serde(serialize_with = "as_text")]
    pub last_seen: Timestamp,
    /// How many captures have it.
    pub captures: u32,
    /// The report, read from the version's leading capture.
    pub report: Report,
}

fn as_text<S: serde::Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

/// Reads versions of reports.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    connection: &'a Connection,
    layout: &'a Layout,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(connection: &'a Connection, layout: &'a Layout) -> Self {
        Self { connection, layout }
    }

    /// The current version of a report; `None` where there is no report of that id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unknown`] if the database holds what this program does not write.
    pub fn report(&self, report_id: i64) -> Result<Option<StoredReport>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT version_id FROM report WHERE id = ?")?;
        let version = statement
            .query_row([report_id], |row| row.get(0))
            .optional()?;
        match version {
            Some(version) => self.version(version),
            None => Ok(None),
        }
    }

    /// The versions of a report, first seen first.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn versions(&self, report_id: i64) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id FROM version WHERE report_id = ? ORDER BY first_seen_us, last_seen_us, id",
        )?;
        let ids = statement.query_map([report_id], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// One version; `None` where there is none of that id.
    ///
    /// # Errors
    ///
    /// As [`Self::report`].
    pub fn version(&self, version_id: i64) -> Result<Option<StoredReport>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT r.id AS report_id, r.version_id = v.id AS current, v.first_seen_us, v.last_seen_us,
               (SELECT count(*) FROM reading WHERE version_id = v.id) AS captures,
               v.title AS short_title, a.name, a.code, r.year, r.scope, v.form, v.published, c.sha256, d.url,
               v.charset, v.charset_evidence, v.replacements, v.official, v.signals, v.parts, p.profile, p.program, v.site_id
             FROM version v JOIN report r ON r.id = v.report_id JOIN capture c ON c.id = v.capture_id
             JOIN reader p ON p.id = v.reader_id LEFT JOIN agency a ON a.id = r.agency_id
             LEFT JOIN address d ON d.id = c.address_id WHERE v.id = ?",
        )?;
        let mut rows = statement.query([version_id])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let signals: Option<String> = row.get("signals")?;
        let url: Option<String> = row.get("url")?;
        let (name, year): (Option<String>, Option<i16>) = (row.get("name")?, row.get("year")?);
        let title: Option<String> = row.get("short_title")?;
        let parts: Option<String> = row.get("parts")?;
        let sha256: Vec<u8> = row.get("sha256")?;
        let form: Option<String> = row.get("form")?;
        let observations = self.observations(version_id)?;
        let proposals = proposals::read(self.connection, self.layout, version_id, &observations)?;
        let statistics = self.statistics(version_id, &observations)?;
        let signals = short::full_signals(signals.as_deref(), url.as_deref())?;
        let report = Report {
            title: title.map(|title| short::full_title(&title, name.as_deref(), year)),
            agency: Agency {
                name,
                code: row.get("code")?,
            },
            year,
            scope: word(row, "scope")?,
            form: match form {
                Some(form) => Some(
                    form.parse()
                        .map_err(|()| StoreError::unknown("form", form))?,
                ),
                None => None,
            },
            published: match row.get::<_, Option<String>>("published")? {
                Some(day) => Some(parse_day(&day)?),
                None => None,
            },
            dates: self.dates(version_id)?,
            sections: self.sections(version_id)?,
            observations,
            statistics,
            mentions: mentions::read(self.connection, version_id)?,
            findings: self.findings(version_id)?,
            proposals,
            provenance: Provenance {
                sha256: data_encoding::HEXLOWER.encode(&sha256),
                url,
                charset: intern(row.get("charset")?),
                charset_evidence: word(row, "charset_evidence")?,
                replacements: row.get("replacements")?,
                official: word(row, "official")?,
                signals,
                parts: match parts {
                    Some(parts) => serde_json::from_str(&parts)?,
                    None => Vec::new(),
                },
                profile: row.get("profile")?,
                program: intern(row.get("program")?),
                site_id: row.get("site_id")?,
            },
        };
        Ok(Some(StoredReport {
            report_id: row.get("report_id")?,
            version_id,
            current: row.get("current")?,
            first_seen: time(row.get("first_seen_us")?)?,
            last_seen: time(row.get("last_seen_us")?)?,
            captures: row.get("captures")?,
            report,
        }))
    }

    /// The observations of a version, with their places, in the catalog's order.
    ///
    /// # Errors
    ///
    /// As [`Self::report`].
    pub fn observations(&self, version_id: i64) -> Result<Vec<Observation>, StoreError> {
        let mut exceptions = self.exceptions(version_id)?;
        let mut observations = Vec::new();
        for form in &self.layout.forms {
            let mut statement = self.connection.prepare_cached(&form.select)?;
            let mut rows = statement.query([version_id])?;
            let Some(row) = rows.next()? else { continue };
            let values = values(form, row)?;
            // An anchor is an id of its own group, so its form is the form of the group.
            let own = |exception: &Exception| {
                let id = exception.indicator;
                form.cells.iter().any(|cell| cell.database_id == id)
            };
            let (own, others) = exceptions.into_iter().partition(own);
            exceptions = others;
            let row = WideRow {
                values,
                exceptions: own,
            };
            observations.extend(cells::decode(form, row));
        }
        let mut statement = self
            .connection
            .prepare_cached("SELECT packed FROM place WHERE version_id = ?")?;
        let packed: Option<Vec<u8>> = statement
            .query_row([version_id], |row| row.get(0))
            .optional()?;
        if let Some(packed) = packed {
            let sources = places::unpack(&packed, observations.len())?;
            for (observation, source) in observations.iter_mut().zip(sources) {
                observation.source = source;
            }
        }
        Ok(observations)
    }

    /// The proposals for a version, in their order.
    ///
    /// # Errors
    ///
    /// As [`Self::report`].
    pub fn proposals(&self, version_id: i64) -> Result<Vec<Proposal>, StoreError> {
        let observations = self.observations(version_id)?;
        proposals::read(self.connection, self.layout, version_id, &observations)
    }

    /// The statistics rows of a version, as printed; `observations` are its own.
    ///
    /// # Errors
    ///
    /// As [`Self::report`].
    pub fn statistics(
        &self,
        version_id: i64,
        observations: &[Observation],
    ) -> Result<Vec<StatisticRow>, StoreError> {
        statistics::read(self.connection, self.layout, version_id, observations)
    }

    fn exceptions(&self, version_id: i64) -> Result<Vec<Exception>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT extent, indicator_id, status, raw, mantissa, scale, unit FROM exception
             WHERE version_id = ?",
        )?;
        let mut rows = statement.query([version_id])?;
        let mut exceptions = Vec::new();
        while let Some(row) = rows.next()? {
            let extent: String = row.get(0)?;
            let status: String = row.get(2)?;
            let unit: Option<String> = row.get(6)?;
            exceptions.push(Exception {
                extent: Extent::parse(&extent)
                    .ok_or_else(|| StoreError::unknown("extent", extent))?,
                indicator: row.get(1)?,
                status: match status.as_str() {
                    NOT_PART => None,
                    word => Some(
                        word.parse()
                            .map_err(|()| StoreError::unknown("status", word))?,
                    ),
                },
                raw: row.get(3)?,
                value: match row.get::<_, Option<i64>>(4)? {
                    Some(mantissa) => Some(decimal(mantissa, row.get(5)?)?),
                    None => None,
                },
                unit: UnitNote::parse(unit.as_deref())
                    .ok_or_else(|| StoreError::unknown("unit", unit.unwrap_or_default()))?,
            });
        }
        Ok(exceptions)
    }

    fn sections(&self, version_id: i64) -> Result<Vec<Section>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT kind, heading, text, start_byte, end_byte, part FROM section
             WHERE id BETWEEN ?1 << 20 AND ?1 << 20 | 1048575 ORDER BY id",
        )?;
        let mut rows = statement.query([version_id])?;
        let mut sections = Vec::new();
        while let Some(row) = rows.next()? {
            sections.push(Section {
                kind: word(row, "kind")?,
                heading: row.get(1)?,
                text: row.get(2)?,
                bytes: ByteRange::new(row.get(3)?, row.get(4)?).of_part(row.get(5)?),
            });
        }
        Ok(sections)
    }

    fn dates(&self, version_id: i64) -> Result<Vec<DateEvidence>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT day, source, raw FROM date_evidence WHERE version_id = ? ORDER BY position",
        )?;
        let mut rows = statement.query([version_id])?;
        let mut dates = Vec::new();
        while let Some(row) = rows.next()? {
            dates.push(DateEvidence {
                value: parse_day(&row.get::<_, String>(0)?)?,
                source: word(row, "source")?,
                raw: row.get(2)?,
            });
        }
        Ok(dates)
    }

    fn findings(&self, version_id: i64) -> Result<Vec<Finding>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT code, severity, message, place FROM finding WHERE version_id = ? ORDER BY position",
        )?;
        let mut rows = statement.query([version_id])?;
        let mut findings = Vec::new();
        while let Some(row) = rows.next()? {
            let (code, severity): (String, String) = (row.get(0)?, row.get(1)?);
            let known = |one: &&Code| one.as_str() == code;
            findings.push(Finding {
                code: *Code::ALL
                    .iter()
                    .find(known)
                    .ok_or_else(|| StoreError::unknown("finding code", code.as_str()))?,
                severity: Severity::ALL
                    .into_iter()
                    .find(|one| one.as_str() == severity)
                    .ok_or_else(|| StoreError::unknown("severity", severity))?,
                message: row.get(2)?,
                place: row.get(3)?,
            });
        }
        Ok(findings)
    }
}

fn values(form: &FormLayout, row: &Row<'_>) -> Result<Vec<Option<Decimal>>, StoreError> {
    let mut values = Vec::with_capacity(form.cells.len());
    let mut column = 1; // after the number of exceptions
    for cell in &form.cells {
        let mantissa: Option<i64> = row.get(column)?;
        column += 1;
        let mut scale = 0;
        if cell.money {
            scale = row.get::<_, Option<u8>>(column)?.unwrap_or(0);
            column += 1;
        }
        values.push(match mantissa {
            Some(mantissa) => Some(decimal(mantissa, scale)?),
            None => None,
        });
    }
    Ok(values)
}

pub(super) fn decimal(mantissa: i64, scale: u8) -> Result<Decimal, StoreError> {
    Decimal::new(mantissa, scale).ok_or_else(|| StoreError::unknown("scale", scale.to_string()))
}

fn parse_day(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::unknown("day", text))
}

fn time(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds)
        .map_err(|_| StoreError::unknown("time", microseconds.to_string()))
}

/// A column with a word of a closed list.
pub(super) fn word<T: std::str::FromStr>(
    row: &Row<'_>,
    column: &'static str,
) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| StoreError::unknown(column, text))
}

/// The same text for the life of the program: there are as many as charsets and program versions.
fn intern(text: String) -> &'static str {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(same) = known.get(text.as_str()) {
        return same;
    }
    let text: &'static str = Box::leak(text.into_boxed_str());
    known.insert(text);
    text
}
