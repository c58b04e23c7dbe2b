//! Parts of long lists, for readers who turn pages: never the whole table at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};
use serde::Serialize;

use super::agencies::{AgencyLine, AgencyListFilter};
use super::coverage::Presence;
use super::places::ReportPlace;
use super::watch::{WatchLine, line as watch_line};
use super::{QueryError, watch};
use crate::model::{Scope, Severity, WatchCode};
use crate::store::{Store, StoreError};

/// Which lines of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Lines left out before them.
    pub skip: usize,
    /// Lines at most.
    pub take: usize,
}

/// Some lines of a list, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lines<T> {
    /// Of the whole list.
    pub total: u64,
    /// Those of the part.
    pub lines: Vec<T>,
}

impl Window {
    fn values(self) -> [Value; 2] {
        let number = |size: usize| Value::Integer(i64::try_from(size).unwrap_or(i64::MAX));
        [number(self.take), number(self.skip)]
    }
}

/// Some of the bodies that a filter lets through, by name.
///
/// # Errors
///
/// If the database cannot be read.
pub fn agencies_part(
    store: &Store,
    filter: &AgencyListFilter,
    part: Window,
) -> Result<Lines<AgencyLine>, QueryError> {
    let (condition, values) = filter.condition();
    let of_bodies = format!("FROM agency_key k WHERE k.agency_id = k.key AND {condition}");
    let total: i64 = store.connection().query_row(
        &format!("SELECT count(*) {of_bodies}"),
        params_from_iter(&values),
        |row| row.get(0),
    )?;
    let sql = format!(
        "WITH part AS (SELECT k.key, k.label {of_bodies} ORDER BY k.label, k.key LIMIT ? OFFSET ?)
         SELECT p.key, p.label, g.code, k.division, k.level, count(DISTINCT k.agency_id), count(r.id), min(r.year), max(r.year)
         FROM part p JOIN agency g ON g.id = p.key JOIN agency_key k ON k.key = p.key LEFT JOIN report r ON r.agency_id = k.agency_id
         GROUP BY p.key ORDER BY p.label, p.key"
    );
    let mut statement = store.connection().prepare_cached(&sql)?;
    let values = values.into_iter().chain(part.values());
    let lines = statement.query_map(params_from_iter(values), super::agencies::line)?;
    Ok(Lines {
        total: total.unsigned_abs(),
        lines: lines.collect::<Result<_, _>>()?,
    })
}

/// A report as a cell of a matrix of agencies and years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct YearCell {
    /// The body (`agency_key.key`).
    #[serde(skip)]
    pub key: i64,
    /// What the report is known by.
    #[serde(skip)]
    pub place: ReportPlace,
    /// The year reported on; `None` where not found.
    pub year: Option<i16>,
    /// Whom it is about.
    pub scope: Scope,
    /// What there is of it.
    pub presence: Presence,
    /// The form of most of its tables; `None` where none was recognised.
    pub form: Option<String>,
    /// Codes of the findings across years, versions and texts that nobody dismissed.
    pub watch: Vec<String>,
    /// Findings of severity error in its own tables.
    pub errors: u32,
}

/// The reports of some bodies, by body, year and scope.
///
/// # Errors
///
/// If the database cannot be read.
pub fn agency_years(store: &Store, keys: &[i64]) -> Result<Vec<YearCell>, QueryError> {
    let mut list = String::from("NULL");
    for key in keys {
        // Writing to a String cannot fail.
        let _ = write!(list, ", {key}");
    }
    let mut statement = store.connection().prepare(&format!(
        "SELECT k.key, r.id, r.agency_id, r.year, r.scope, r.page, v.official = 'mirror_suspected', v.form,
           (SELECT group_concat(DISTINCT w.code) FROM watch w LEFT JOIN verdict d ON d.finding = w.id
            WHERE w.report_id = r.id AND d.word IS NOT 'dismissed'),
           (SELECT count(*) FROM finding f WHERE f.version_id = r.version_id AND f.severity = 'error')
         FROM agency_key k JOIN report r ON r.agency_id = k.agency_id JOIN version v ON v.id = r.version_id
         WHERE k.key IN ({list}) ORDER BY k.key, r.year, r.scope, r.id"
    ))?;
    let mut rows = statement.query([])?;
    let mut cells = Vec::new();
    while let Some(row) = rows.next()? {
        let (is_copy, form): (bool, Option<String>) = (row.get(6)?, row.get(7)?);
        let codes: Option<String> = row.get(8)?;
        let mut codes: Vec<String> = codes
            .iter()
            .flat_map(|codes| codes.split(','))
            .map(ToOwned::to_owned)
            .collect();
        codes.sort_unstable();
        let place = ReportPlace {
            report_id: row.get(1)?,
            agency_id: row.get(2)?,
            year: row.get(3)?,
            scope: scope(row, 4)?,
            page: row.get(5)?,
        };
        cells.push(YearCell {
            key: row.get(0)?,
            year: place.year,
            scope: place.scope,
            place,
            presence: match (is_copy, &form) {
                (true, _) => Presence::CopyOnly,
                (false, Some(_)) => Presence::Found,
                (false, None) => Presence::WithoutTables,
            },
            form,
            watch: codes,
            errors: row.get(9)?,
        });
    }
    Ok(cells)
}

fn scope(row: &Row<'_>, at: usize) -> Result<Scope, QueryError> {
    let word: String = row.get(at)?;
    let scope = word.parse();
    Ok(scope.map_err(|()| StoreError::unknown("scope", word))?)
}

/// What is in a database, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holdings {
    /// Bodies of which there is a report.
    pub agencies: u64,
    /// Reports, suspected copies included.
    pub reports: u64,
    /// Of these, known from suspected copies alone.
    pub copies: u64,
    /// Reports of which agency or year is not known.
    pub unplaced: u64,
    /// Contents of reports.
    pub versions: u64,
    /// Pages and files, each time they were fetched.
    pub captures: u64,
    /// Captures that are no report.
    pub refused: u64,
    /// Reports by year and form; `null` for a year that was not found, `""` for no recognised table.
    pub by_year: Vec<YearCount>,
    /// Findings across years, versions and texts that nobody said anything of yet, by code.
    pub open_findings: BTreeMap<String, u64>,
}

/// Reports of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct YearCount {
    /// The year reported on; `None` where not found.
    pub year: Option<i16>,
    /// Reports by the form of most of their tables; `""` where none was recognised.
    pub forms: BTreeMap<String, u64>,
}

/// Counts what there is.
///
/// # Errors
///
/// If the database cannot be read.
pub fn holdings(store: &Store) -> Result<Holdings, QueryError> {
    let connection = store.connection();
    let count = |sql: &str| -> Result<u64, QueryError> {
        let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    };
    let mut by_year: Vec<YearCount> = Vec::new();
    let mut statement = connection.prepare(
        "SELECT r.year, ifnull(v.form, ''), count(*) FROM report r JOIN version v ON v.id = r.version_id GROUP BY 1, 2 ORDER BY 1, 2",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (year, form, count): (Option<i16>, String, i64) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        if by_year.last().is_none_or(|last| last.year != year) {
            by_year.push(YearCount {
                year,
                forms: BTreeMap::new(),
            });
        }
        if let Some(last) = by_year.last_mut() {
            last.forms.insert(form, count.unsigned_abs());
        }
    }
    let mut open_findings = BTreeMap::new();
    let mut statement = connection.prepare(
        "SELECT w.code, count(*) FROM watch w WHERE NOT EXISTS (SELECT 1 FROM verdict v WHERE v.finding = w.id) GROUP BY w.code",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        open_findings.insert(row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs());
    }
    Ok(Holdings {
        agencies: count(
            "SELECT count(DISTINCT k.key) FROM report r JOIN agency_key k ON k.agency_id = r.agency_id",
        )?,
        reports: count("SELECT count(*) FROM report")?,
        copies: count(
            "SELECT count(*) FROM report r JOIN version v ON v.id = r.version_id WHERE v.official = 'mirror_suspected'",
        )?,
        unplaced: count("SELECT count(*) FROM report WHERE page <> ''")?,
        versions: count("SELECT count(*) FROM version")?,
        captures: count("SELECT count(*) FROM capture")?,
        refused: count("SELECT count(*) FROM refusal")?,
        by_year,
        open_findings,
    })
}

/// Reports of a province and a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvinceYear {
    /// First two digits of GB/T 2260, or `xpcc`; `None` where the division is not known.
    pub province: Option<String>,
    /// The year reported on.
    pub year: i16,
    /// Bodies with a report of that year, suspected copies left out.
    pub agencies: u64,
}

/// Bodies by province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByProvince {
    /// With a report, by province and year.
    pub years: Vec<ProvinceYear>,
    /// In all years together, by province; `None` for those whose division is not known.
    pub agencies: BTreeMap<Option<String>, u64>,
}

/// How many bodies have a report, by province and year; and how many bodies each province has in all years together.
///
/// # Errors
///
/// If the database cannot be read.
pub fn province_years(store: &Store) -> Result<ByProvince, QueryError> {
    const PROVINCE: &str = "CASE WHEN k.division GLOB '[0-9]*' THEN substr(k.division, 1, 2) WHEN k.division IS NOT NULL THEN 'xpcc' END";
    let connection = store.connection();
    let mut statement = connection.prepare(&format!(
        "SELECT {PROVINCE}, r.year, count(DISTINCT k.key) FROM report r JOIN agency_key k ON k.agency_id = r.agency_id
         JOIN version v ON v.id = r.version_id
         WHERE r.year IS NOT NULL AND v.official <> 'mirror_suspected' GROUP BY 1, 2 ORDER BY 1, 2"
    ))?;
    let years = statement.query_map([], |row| {
        Ok(ProvinceYear {
            province: row.get(0)?,
            year: row.get(1)?,
            agencies: row.get::<_, i64>(2)?.unsigned_abs(),
        })
    })?;
    let years = years.collect::<Result<_, _>>()?;
    let mut statement = connection.prepare(&format!(
        "SELECT {PROVINCE}, count(DISTINCT k.key) FROM agency_key k GROUP BY 1"
    ))?;
    let all = statement.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    Ok(ByProvince {
        years,
        agencies: all.collect::<Result<_, _>>()?,
    })
}

/// Which findings across years, versions and texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WatchFilter {
    /// Only of this code.
    pub code: Option<WatchCode>,
    /// Only of this severity.
    pub severity: Option<Severity>,
    /// Only those of which this was said: `open`, `confirmed`, `dismissed`.
    pub verdict: Option<String>,
    /// Only of this body (`agency_key.key`).
    pub key: Option<i64>,
    /// Only of reports on this year.
    pub year: Option<i16>,
    /// Only of this report, in this database.
    pub report_id: Option<i64>,
}

/// Some of the findings that a filter lets through, the latest years first. Suspected copies have none.
///
/// # Errors
///
/// If the database cannot be read.
pub fn watch_part(
    store: &Store,
    filter: &WatchFilter,
    part: Window,
) -> Result<Lines<WatchLine>, QueryError> {
    let mut terms = vec!["1"];
    let mut values: Vec<Value> = Vec::new();
    let mut add = |term, value| {
        terms.push(term);
        values.push(value);
    };
    let text = |text: &str| Value::Text(text.to_owned());
    if let Some(code) = filter.code {
        add("w.code = ?", text(code.as_str()));
    }
    if let Some(severity) = filter.severity {
        add(
            "w.code IN (SELECT code FROM watch_code WHERE severity = ?)",
            text(severity.as_str()),
        );
    }
    if let Some(verdict) = &filter.verdict {
        add(
            "ifnull((SELECT word FROM verdict WHERE finding = w.id), 'open') = ?",
            text(verdict),
        );
    }
    if let Some(key) = filter.key {
        add(
            "r.agency_id IN (SELECT agency_id FROM agency_key WHERE key = ?)",
            Value::Integer(key),
        );
    }
    if let Some(year) = filter.year {
        add("r.year = ?", Value::Integer(year.into()));
    }
    if let Some(report) = filter.report_id {
        add(
            "? IN (w.report_id, w.other_report_id)",
            Value::Integer(report),
        );
    }
    let chosen = format!(
        "FROM watch w JOIN report r ON r.id = w.report_id WHERE {}",
        terms.join(" AND ")
    );
    let total: i64 = store.connection().query_row(
        &format!("SELECT count(*) {chosen}"),
        params_from_iter(&values),
        |row| row.get(0),
    )?;
    let sql = format!(
        "SELECT {} FROM watch_list w
         WHERE w.id IN (SELECT w.id {chosen} ORDER BY r.year DESC, w.rowid LIMIT ? OFFSET ?)
         ORDER BY w.year DESC, w.agency, w.agency_code, w.scope, w.code, w.about, w.id",
        watch::COLUMNS
    );
    let mut statement = store.connection().prepare_cached(&sql)?;
    let values = values.into_iter().chain(part.values());
    let mut rows = statement.query(params_from_iter(values))?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.push(watch_line(row)?);
    }
    Ok(Lines {
        total: total.unsigned_abs(),
        lines,
    })
}

/// The finding of an id; `None` where there is none.
///
/// # Errors
///
/// If the database cannot be read.
pub fn watch_one(store: &Store, id: &str) -> Result<Option<WatchLine>, QueryError> {
    let sql = format!("SELECT {} FROM watch_list w WHERE w.id = ?", watch::COLUMNS);
    let mut statement = store.connection().prepare_cached(&sql)?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(watch_line).transpose()
}

/// A run that changed the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunLine {
    /// When it began, UTC.
    pub started: String,
    /// The program that read.
    pub program: String,
}

/// The last runs that changed something, the latest first.
///
/// # Errors
///
/// If the database cannot be read.
pub fn last_runs(store: &Store, most: usize) -> Result<Vec<RunLine>, QueryError> {
    let mut statement = store
        .connection()
        .prepare("SELECT started_at_us, program FROM run ORDER BY id DESC LIMIT ?")?;
    let mut rows = statement.query([i64::try_from(most).unwrap_or(i64::MAX)])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let at: i64 = row.get(0)?;
        let at = jiff::Timestamp::from_microsecond(at)
            .map_err(|_| StoreError::unknown("time", at.to_string()))?;
        lines.push(RunLine {
            started: at.to_string(),
            program: row.get(1)?,
        });
    }
    Ok(lines)
}

/// A report of which agency or year is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnplacedLine {
    /// What it is known by.
    #[serde(skip)]
    pub place: ReportPlace,
    /// Its agency; `None` where not found.
    pub agency: Option<String>,
    /// The year reported on; `None` where not found.
    pub year: Option<i16>,
    /// As printed.
    pub title: Option<String>,
    /// Address of the page; `None` for an import without one.
    pub url: Option<String>,
    /// `official`, `mirror_suspected` or `unknown`.
    pub official: String,
}

/// Some of the reports of which agency or year is not known, as they came in.
///
/// # Errors
///
/// If the database cannot be read.
pub fn unplaced_part(store: &Store, part: Window) -> Result<Lines<UnplacedLine>, QueryError> {
    let connection = store.connection();
    let sql = "SELECT count(*) FROM report WHERE page <> ''";
    let total: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(
        "SELECT r.id, r.agency_id, r.year, r.scope, r.page, ifnull(k.label, a.name), (SELECT title FROM version_title WHERE version_id = v.id), d.url, v.official
         FROM (SELECT id FROM report WHERE page <> '' ORDER BY id LIMIT ? OFFSET ?) p JOIN report r ON r.id = p.id
         JOIN version v ON v.id = r.version_id JOIN capture c ON c.id = v.capture_id LEFT JOIN address d ON d.id = c.address_id
         LEFT JOIN agency a ON a.id = r.agency_id LEFT JOIN agency_key k ON k.agency_id = r.agency_id ORDER BY r.id",
    )?;
    let mut rows = statement.query(part.values())?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let place = ReportPlace {
            report_id: row.get(0)?,
            agency_id: row.get(1)?,
            year: row.get(2)?,
            scope: scope(row, 3)?,
            page: row.get(4)?,
        };
        lines.push(UnplacedLine {
            year: place.year,
            place,
            agency: row.get(5)?,
            title: row.get(6)?,
            url: row.get(7)?,
            official: row.get(8)?,
        });
    }
    Ok(Lines {
        total: total.unsigned_abs(),
        lines,
    })
}
