//! Lists: reports, findings, refusals; and one report whole.

use jiff::Timestamp;
use rusqlite::{Row, params_from_iter};
use serde::Serialize;

use crate::model::{Code, Proposal, Scope, Severity};
use crate::store::{Store, StoredReport};

use super::{AgencyFilter, Copies, Filter, QueryError};

/// A report in a list: its current version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportLine {
    /// Its id in this database.
    pub report_id: i64,
    /// Name; `None` where not found.
    pub agency: Option<String>,
    /// Code; `None` where not found.
    pub agency_code: Option<String>,
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
    /// Digest of the leading capture.
    pub sha256: String,
    /// Its address.
    pub url: Option<String>,
    /// When this content was first captured, UTC.
    pub first_seen: String,
    /// When last.
    pub last_seen: String,
    /// How many contents the agency has published.
    pub versions: u32,
    /// Findings of severity error.
    pub errors: u32,
    /// Of severity warning.
    pub warnings: u32,
}

/// One finding of a current version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingLine {
    /// The report.
    pub report_id: i64,
    /// Its agency's name.
    pub agency: Option<String>,
    /// Its year.
    pub year: Option<i16>,
    /// Its scope.
    pub scope: String,
    /// What.
    pub code: String,
    /// How bad.
    pub severity: String,
    /// In words.
    pub message: String,
    /// Where; empty for the whole report.
    #[serde(rename = "where")]
    pub place: String,
}

/// One capture that is no report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusalLine {
    /// Its digest.
    pub sha256: String,
    /// Its address, if known.
    pub url: Option<String>,
    /// When it was fetched, UTC.
    pub fetched_at: String,
    /// Why, one word.
    pub reason: String,
    /// In words.
    pub detail: String,
}

/// The order of every list: agency, code, what tells it from others of the name, year, scope, page; unknown ones
/// first. Nothing of it is a number of the database, so that two builds of one archive give the same.
pub(super) const ORDER: &str = "a.name, a.code, a.place, r.year, r.scope, r.page";

/// The reports that a filter lets through, in a fixed order. `cell` has no bearing.
///
/// # Errors
///
/// If the database cannot be read.
pub fn list_reports(store: &Store, filter: &Filter) -> Result<Vec<ReportLine>, QueryError> {
    let (condition, mut values) = filter.condition();
    let mut sql = format!(
        "SELECT l.* FROM report r JOIN report_list l ON l.report_id = r.id
         LEFT JOIN agency a ON a.id = r.agency_id WHERE {condition}"
    );
    if let Some(form) = filter.form {
        sql.push_str(" AND l.form = ?");
        values.push(form.as_str().to_owned().into());
    }
    let mut statement = store
        .connection()
        .prepare(&format!("{sql} ORDER BY {ORDER}"))?;
    let lines = statement.query_map(params_from_iter(values), |row| {
        Ok(ReportLine {
            report_id: row.get("report_id")?,
            agency: row.get("agency")?,
            agency_code: row.get("agency_code")?,
            year: row.get("year")?,
            scope: row.get("scope")?,
            form: row.get("form")?,
            title: row.get("title")?,
            published: row.get("published")?,
            official: row.get("official")?,
            sha256: row.get("sha256")?,
            url: row.get("url")?,
            first_seen: row.get("first_seen")?,
            last_seen: row.get("last_seen")?,
            versions: row.get("versions")?,
            errors: row.get("errors")?,
            warnings: row.get("warnings")?,
        })
    })?;
    Ok(lines.collect::<Result<_, _>>()?)
}

/// How many reports that a filter would let through are known from suspected copies alone, and so are left out of
/// its answers. Form and cell have no bearing.
///
/// # Errors
///
/// If the database cannot be read.
pub fn count_copies(store: &Store, filter: &Filter) -> Result<u64, QueryError> {
    let filter = Filter {
        copies: Copies::Only,
        ..filter.clone()
    };
    let (condition, values) = filter.condition();
    let sql = format!("SELECT count(*) FROM report r WHERE {condition}");
    let count: i64 = store
        .connection()
        .query_row(&sql, params_from_iter(values), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The names of all agencies that have a report, in order.
///
/// # Errors
///
/// If the database cannot be read.
pub fn agency_names(store: &Store) -> Result<Vec<String>, QueryError> {
    let mut statement = store.connection().prepare(
        "SELECT DISTINCT name FROM agency a WHERE name IS NOT NULL
           AND EXISTS (SELECT 1 FROM report r WHERE r.agency_id = a.id) ORDER BY name",
    )?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// The current version of a report, whole; `None` where there is no report of that id.
///
/// # Errors
///
/// If the database cannot be read.
pub fn load_report(store: &Store, report_id: i64) -> Result<Option<StoredReport>, QueryError> {
    Ok(store.reader().report(report_id)?)
}

/// The current versions of an agency's reports for a year, by name or code; no suspected copies. Several where
/// scopes differ or agencies share the name; never one picked from them.
///
/// # Errors
///
/// If the database cannot be read.
pub fn find_reports(
    store: &Store,
    agency: &str,
    year: i16,
    scope: Option<Scope>,
) -> Result<Vec<StoredReport>, QueryError> {
    let filter = Filter {
        agency: Some(AgencyFilter::Exact(agency.into())),
        from_year: Some(year),
        to_year: Some(year),
        scope,
        ..Filter::default()
    };
    let mut reports = Vec::new();
    for line in list_reports(store, &filter)? {
        reports.extend(load_report(store, line.report_id)?);
    }
    Ok(reports)
}

/// The findings of current versions, by report and then as found. `code` and `severity` narrow them.
/// Of `filter`, form and cell have no bearing.
///
/// # Errors
///
/// If the database cannot be read.
pub fn findings(
    store: &Store,
    filter: &Filter,
    code: Option<Code>,
    severity: Option<Severity>,
) -> Result<Vec<FindingLine>, QueryError> {
    let (condition, mut values) = filter.condition();
    let mut sql = format!(
        "SELECT r.id, a.name, r.year, r.scope, f.code, f.severity, f.message, f.place
         FROM report r JOIN finding f ON f.version_id = r.version_id
         LEFT JOIN agency a ON a.id = r.agency_id WHERE {condition}"
    );
    if let Some(code) = code {
        sql.push_str(" AND f.code = ?");
        values.push(code.as_str().to_owned().into());
    }
    if let Some(severity) = severity {
        sql.push_str(" AND f.severity = ?");
        values.push(severity.as_str().to_owned().into());
    }
    let mut statement = store
        .connection()
        .prepare(&format!("{sql} ORDER BY {ORDER}, f.position"))?;
    let lines = statement.query_map(params_from_iter(values), |row| {
        Ok(FindingLine {
            report_id: row.get(0)?,
            agency: row.get(1)?,
            year: row.get(2)?,
            scope: row.get(3)?,
            code: row.get(4)?,
            severity: row.get(5)?,
            message: row.get(6)?,
            place: row.get(7)?,
        })
    })?;
    Ok(lines.collect::<Result<_, _>>()?)
}

/// A proposal for a current version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProposalLine {
    /// The report.
    pub report_id: i64,
    /// Its agency's name.
    pub agency: Option<String>,
    /// Its year.
    pub year: Option<i16>,
    /// Its scope.
    pub scope: String,
    /// What would make its numbers agree.
    #[serde(flatten)]
    pub proposal: Proposal,
}

/// The proposals for current versions, by report and in their order. Of `filter`, form and cell have no bearing.
///
/// # Errors
///
/// If the database cannot be read.
pub fn proposals(store: &Store, filter: &Filter) -> Result<Vec<ProposalLine>, QueryError> {
    let (condition, values) = filter.condition();
    let mut statement = store.connection().prepare(&format!(
        "SELECT r.id, a.name, r.year, r.scope, r.version_id FROM report r
         LEFT JOIN agency a ON a.id = r.agency_id
         WHERE EXISTS (SELECT 1 FROM proposal p WHERE p.version_id = r.version_id) AND {condition}
         ORDER BY {ORDER}"
    ))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let reader = store.reader();
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        for proposal in reader.proposals(row.get(4)?)? {
            lines.push(ProposalLine {
                report_id: row.get(0)?,
                agency: row.get(1)?,
                year: row.get(2)?,
                scope: row.get(3)?,
                proposal,
            });
        }
    }
    Ok(lines)
}

/// Every capture that is no report, by time and digest.
///
/// # Errors
///
/// If the database cannot be read.
pub fn refusals(store: &Store) -> Result<Vec<RefusalLine>, QueryError> {
    let mut statement = store.connection().prepare(
        "SELECT sha256, url, fetched_at, reason, detail FROM refusal_list
         ORDER BY fetched_at, sha256, url",
    )?;
    let line = |row: &Row<'_>| {
        Ok(RefusalLine {
            sha256: row.get(0)?,
            url: row.get(1)?,
            fetched_at: row.get(2)?,
            reason: row.get(3)?,
            detail: row.get(4)?,
        })
    };
    let lines = statement.query_map([], line)?;
    Ok(lines.collect::<Result<_, _>>()?)
}

/// How often a code was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingCount {
    /// The code.
    pub code: String,
    /// Its severity.
    pub severity: String,
    /// Findings.
    pub findings: u64,
    /// Reports that have one.
    pub reports: u64,
}

/// What the reports have that were read or read differently by runs that began at `since` or later, errors first.
/// Versions that are no report's current one do not count.
///
/// # Errors
///
/// If the database cannot be read.
pub fn findings_since(store: &Store, since: Timestamp) -> Result<Vec<FindingCount>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT f.code, f.severity, count(*), count(DISTINCT r.id) FROM report r
         JOIN finding f ON f.version_id = r.version_id
         WHERE EXISTS (SELECT 1 FROM reading g JOIN run u ON u.id = g.run_id
           WHERE g.version_id = r.version_id AND u.started_at_us >= ?)
         GROUP BY f.code, f.severity
         ORDER BY CASE f.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, count(*) DESC, f.code",
    )?;
    let counts = statement.query_map([since.as_microsecond()], |row| {
        Ok(FindingCount {
            code: row.get(0)?,
            severity: row.get(1)?,
            findings: row.get::<_, i64>(2)?.unsigned_abs(),
            reports: row.get::<_, i64>(3)?.unsigned_abs(),
        })
    })?;
    Ok(counts.collect::<Result<_, _>>()?)
}
