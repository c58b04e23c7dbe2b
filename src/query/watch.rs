//! What rules across versions and texts need, and the findings they made.

use std::collections::HashMap;
use std::fmt::Write as _;

use rusqlite::params_from_iter;
use rusqlite::types::Value;
use rusqlite::{Row, Statement};
use serde::Serialize;

use crate::model::{Scope, WatchCode};
use crate::store::{Store, StoreError};

use super::{Filter, QueryError};

/// A mention of a current version, as its columns are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionRow {
    /// Position among the version's mentions.
    pub position: u32,
    /// The clause.
    pub text: String,
    /// The number: mantissa and decimals.
    pub value: (i64, u8),
    /// As printed.
    pub unit: Option<String>,
    /// About.
    pub approximate: bool,
    /// There was none.
    pub negated: bool,
    /// `count`, `change`, …
    pub kind: String,
    /// `up`, `down`.
    pub direction: Option<String>,
    /// The year it speaks of.
    pub year: Option<i16>,
    /// `year`, `implied`, …
    pub period: String,
    /// Whether a channel is named.
    pub has_channel: bool,
    /// Cells.
    pub about: Option<String>,
    /// Its section and where its paragraph begins.
    pub paragraph: (u32, u32),
}

const MENTION: &str = "m.version_id, m.position, m.text, m.mantissa, m.scale, m.unit, m.approximate, m.negated, m.kind, m.direction,
   m.year, m.period, m.channel IS NOT NULL, m.about, m.section, m.start_byte";

/// Hands the mentions with cells of every current version to `take`, version by version.
///
/// # Errors
///
/// If the database cannot be read.
pub fn mentions(store: &Store, take: impl FnMut(i64, Vec<MentionRow>)) -> Result<(), QueryError> {
    each_mention(store, "m.about IS NOT NULL", take)
}

/// Hands all mentions of every version that has a share among them to `take`, version by version.
///
/// # Errors
///
/// If the database cannot be read.
pub fn mentions_with_shares(
    store: &Store,
    take: impl FnMut(i64, Vec<MentionRow>),
) -> Result<(), QueryError> {
    let condition = "m.version_id IN (SELECT version_id FROM mention WHERE kind = 'percent' AND instr(text, '占') > 0)";
    each_mention(store, condition, take)
}

fn each_mention(
    store: &Store,
    condition: &str,
    mut take: impl FnMut(i64, Vec<MentionRow>),
) -> Result<(), QueryError> {
    let mut statement = store.connection().prepare(&format!(
        "SELECT {MENTION} FROM mention m WHERE {condition} ORDER BY m.version_id, m.position"
    ))?;
    let mut rows = statement.query([])?;
    let mut current: Option<(i64, Vec<MentionRow>)> = None;
    while let Some(row) = rows.next()? {
        let version: i64 = row.get(0)?;
        let mention = MentionRow {
            position: row.get(1)?,
            text: row.get(2)?,
            value: (row.get(3)?, row.get(4)?),
            unit: row.get(5)?,
            approximate: row.get(6)?,
            negated: row.get(7)?,
            kind: row.get(8)?,
            direction: row.get(9)?,
            year: row.get(10)?,
            period: row.get(11)?,
            has_channel: row.get(12)?,
            about: row.get(13)?,
            paragraph: (row.get(14)?, row.get(15)?),
        };
        match &mut current {
            Some((of, mentions)) if *of == version => mentions.push(mention),
            _ => {
                if let Some((of, mentions)) = current.replace((version, vec![mention])) {
                    take(of, mentions);
                }
            }
        }
    }
    if let Some((of, mentions)) = current {
        take(of, mentions);
    }
    Ok(())
}

/// What the text of a version says of fees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeRow {
    /// Whether any of it speaks of fees.
    pub speaks: bool,
    /// The words around the first place of the section on other matters that names the fee for handling information.
    pub words: Option<String>,
}

/// Of each current version with a section on other matters what it says of fees.
///
/// # Errors
///
/// If the database cannot be read.
pub fn fees(store: &Store) -> Result<HashMap<i64, FeeRow>, QueryError> {
    let mut statement = store.connection().prepare(
        "SELECT r.version_id, max(instr(s.text, '处理费') > 0 OR instr(s.text, '收费') > 0 OR instr(s.text, '费用') > 0
             OR instr(s.text, '收取') > 0 OR instr(ifnull(s.heading, ''), '费') > 0),
           min(CASE WHEN s.kind = 'other' AND instr(s.text, '信息处理费') > 0
             THEN substr(s.text, max(1, instr(s.text, '信息处理费') - 30), 80) END)
         FROM report r JOIN section s ON s.id BETWEEN r.version_id << 20 AND r.version_id << 20 | 1048575
         WHERE r.year >= 2021 GROUP BY r.version_id HAVING max(s.kind = 'other' AND length(s.text) > 0)",
    )?;
    let rows = statement.query_map([], |row| {
        let fees = FeeRow {
            speaks: row.get(1)?,
            words: row.get(2)?,
        };
        Ok((row.get(0)?, fees))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Of every agency that has a year with the forms of 2019 and later the body that it is: name, code and place of its key.
///
/// # Errors
///
/// If the database cannot be read.
pub fn bodies(store: &Store) -> Result<HashMap<i64, Publisher>, QueryError> {
    let mut statement = store.connection().prepare(
        "SELECT k.agency_id, g.name, g.code, g.place FROM agency_key k JOIN agency g ON g.id = k.key
         WHERE k.agency_id IN (SELECT agency_id FROM report WHERE year >= 2019 AND scope IN ('own', 'consolidated'))",
    )?;
    by_agency(&mut statement)
}

/// An agency as a report names it: the same in every build, whatever it is joined with and told apart from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publisher {
    /// Its name as read; `None` where only the code is known.
    pub name: Option<String>,
    /// Its code as read; `None` where the pages have none.
    pub code: Option<String>,
    /// What tells the name from others; empty where the name does.
    pub place: String,
}

/// Every agency by its row.
///
/// # Errors
///
/// If the database cannot be read.
pub fn publishers(store: &Store) -> Result<HashMap<i64, Publisher>, QueryError> {
    let mut statement = store
        .connection()
        .prepare("SELECT id, name, code, place FROM agency")?;
    by_agency(&mut statement)
}

fn by_agency(statement: &mut Statement<'_>) -> Result<HashMap<i64, Publisher>, QueryError> {
    let rows = statement.query_map([], |row| {
        let publisher = Publisher {
            name: row.get(1)?,
            code: row.get(2)?,
            place: row.get(3)?,
        };
        Ok((row.get(0)?, publisher))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The days that whole, official versions of a report give, and when it was first seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateRow {
    /// The report.
    pub report_id: i64,
    /// Day, source, as printed.
    pub days: Vec<(String, String, String)>,
    /// When a capture first had any version that is no suspected copy, cut off or without a day too; microseconds since 1970.
    pub first_seen_us: i64,
    /// When a capture first had a version that gives one of `days`, microseconds since 1970.
    pub first_dated_us: i64,
}

/// Of every report with a year that is no suspected copy.
///
/// # Errors
///
/// If the database cannot be read.
pub fn dates(store: &Store) -> Result<Vec<DateRow>, QueryError> {
    let mut statement = store.connection().prepare(
        "SELECT v.report_id, min(v.first_seen_us) OVER (PARTITION BY v.report_id), d.day, d.source, d.raw,
           (SELECT min(w.first_seen_us) FROM version w WHERE w.report_id = v.report_id AND w.official <> 'mirror_suspected')
         FROM version v JOIN report r ON r.id = v.report_id JOIN date_evidence d ON d.version_id = v.id
         WHERE r.year IS NOT NULL AND v.whole = 1 AND v.official <> 'mirror_suspected'
         ORDER BY v.report_id, d.day, d.source, d.raw",
    )?;
    let mut rows = statement.query([])?;
    let mut found: Vec<DateRow> = Vec::new();
    while let Some(row) = rows.next()? {
        let report_id: i64 = row.get(0)?;
        let day = (row.get(2)?, row.get(3)?, row.get(4)?);
        match found.last_mut() {
            Some(last) if last.report_id == report_id => last.days.push(day),
            _ => found.push(DateRow {
                report_id,
                days: vec![day],
                first_seen_us: row.get(5)?,
                first_dated_us: row.get(1)?,
            }),
        }
    }
    Ok(found)
}

/// Two contents of a report that one address had, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// The report.
    pub report_id: i64,
    /// The version before.
    pub from: i64,
    /// The version after.
    pub to: i64,
    /// Whether the later one says that something was corrected.
    pub announced: bool,
}

/// Whether the file `w` of the archive has what was imported: when such a page was fetched is not known, the time of its capture
/// is that of the import. Files of other programs keep their own times, and lie under other names (docs/archive.md).
pub(super) const IS_IMPORTED: &str = "ifnull(w.file GLOB 'nianbao-[0-9]*', 0)";

/// Every change of a report that its own address shows, whole and official on both sides, in the order of captures. Imported
/// captures are left out: which content was first is not known of them. Nor is a change what stands beside a page that has two
/// contents of the report at once, a correction under the first edition.
///
/// # Errors
///
/// If the database cannot be read.
pub fn changes(store: &Store) -> Result<Vec<ChangeRow>, QueryError> {
    let mut statement = store.connection().prepare(&format!(
        "WITH several AS (
           SELECT report_id FROM version WHERE whole = 1 AND official <> 'mirror_suspected' GROUP BY report_id HAVING count(*) > 1
         ), seen AS (
           SELECT v.report_id, c.address_id, c.id AS capture_id, c.fetched_at_us, min(v.id) AS version_id,
             count(DISTINCT v.id) AS contents
           FROM several x JOIN version v ON v.report_id = x.report_id
           JOIN reading g ON g.version_id = v.id JOIN capture c ON c.id = g.capture_id LEFT JOIN warc w ON w.id = c.warc_id
           WHERE v.official <> 'mirror_suspected' AND c.address_id IS NOT NULL AND NOT {IS_IMPORTED}
           GROUP BY v.report_id, c.id HAVING max(v.whole) = 1
         ), pair AS (
           SELECT report_id, fetched_at_us, version_id, contents, lag(version_id) OVER same AS before_id,
             lag(contents) OVER same AS before_contents
           FROM seen WINDOW same AS (PARTITION BY report_id, address_id ORDER BY fetched_at_us, capture_id)
         )
         SELECT s.report_id, s.before_id, s.version_id,
           EXISTS (SELECT 1 FROM (VALUES ('更正'), ('勘误'), ('修订'), ('修正'), ('更新')) w
             WHERE EXISTS (SELECT 1 FROM version_title v WHERE v.version_id = s.version_id AND instr(v.title, w.column1))
               AND NOT EXISTS (SELECT 1 FROM version_title v WHERE v.version_id = s.before_id AND instr(v.title, w.column1)))
           OR EXISTS (SELECT 1 FROM (VALUES ('更正'), ('勘误'), ('修订'), ('修正')) w
             WHERE EXISTS (SELECT 1 FROM section t WHERE t.id BETWEEN s.version_id << 20 AND s.version_id << 20 | 1048575 AND instr(t.text, w.column1))
               AND NOT EXISTS (SELECT 1 FROM section t WHERE t.id BETWEEN s.before_id << 20 AND s.before_id << 20 | 1048575 AND instr(t.text, w.column1)))
         FROM pair s WHERE s.before_id IS NOT NULL AND s.before_id <> s.version_id AND s.contents = 1 AND s.before_contents = 1
         GROUP BY s.report_id, s.before_id, s.version_id ORDER BY s.report_id, min(s.fetched_at_us), s.before_id, s.version_id",
    ))?;
    let rows = statement.query_map([], |row| {
        Ok(ChangeRow {
            report_id: row.get(0)?,
            from: row.get(1)?,
            to: row.get(2)?,
            announced: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// An answer that a report's address is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsenceRow {
    /// The report that the address has had.
    pub report_id: i64,
    /// The address.
    pub url: String,
    /// When, microseconds since 1970.
    pub at_us: i64,
    /// `404`, `410`, `soft_gone`.
    pub answer: String,
    /// The archive's file, and the record's place in it.
    pub place: (String, u64),
    /// When the address was first and last seen with the report; `None` where only imported files say that it had it, of which
    /// it is not known when they were fetched.
    pub seen_us: Option<(i64, i64)>,
    /// When it had the report at the latest: the last capture, of an imported file the time of its import.
    pub had_us: i64,
    /// How many addresses have ever had the report; files without an address count as one.
    pub addresses: u32,
    /// Whether a file with the report was imported, which may be older than all captures.
    pub is_imported: bool,
    /// The latest day that any version gives as that of its publication, not in its text.
    pub published: Option<String>,
}

/// Every answer that an address is not there which has had a report, by report and time.
///
/// # Errors
///
/// If the database cannot be read.
pub fn absences(store: &Store) -> Result<Vec<AbsenceRow>, QueryError> {
    let mut statement = store.connection().prepare(&format!(
        "WITH gone AS (
           SELECT address_id, at_us, answer, warc_id, offset FROM address_absence
           UNION ALL
           SELECT c.address_id, c.fetched_at_us, 'soft_gone', c.warc_id, c.warc_offset FROM refusal x
           JOIN capture c ON c.id = x.capture_id JOIN warc w ON w.id = c.warc_id
           WHERE c.address_id IS NOT NULL AND x.reason IN ('soft_gone', 'gone') AND NOT {IS_IMPORTED}
         ), had AS (
           SELECT DISTINCT v.report_id, n.address_id FROM gone n
           JOIN capture c ON c.address_id = n.address_id JOIN reading g ON g.capture_id = c.id JOIN version v ON v.id = g.version_id
           WHERE v.official <> 'mirror_suspected'
         ), times AS (
           SELECT h.report_id, h.address_id,
             min(CASE WHEN c.address_id = h.address_id AND NOT {IS_IMPORTED} THEN c.fetched_at_us END) AS first_us,
             max(CASE WHEN c.address_id = h.address_id AND NOT {IS_IMPORTED} THEN c.fetched_at_us END) AS last_us,
             max(CASE WHEN c.address_id = h.address_id THEN c.fetched_at_us END) AS had_us,
             count(DISTINCT ifnull(c.address_id, 0)) AS addresses, max({IS_IMPORTED}) AS is_imported,
             (SELECT max(e.day) FROM date_evidence e JOIN version w ON w.id = e.version_id
               WHERE w.report_id = h.report_id AND w.official <> 'mirror_suspected' AND e.source <> 'text') AS published
           FROM had h JOIN version v ON v.report_id = h.report_id JOIN reading g ON g.version_id = v.id
           JOIN capture c ON c.id = g.capture_id LEFT JOIN warc w ON w.id = c.warc_id
           WHERE v.official <> 'mirror_suspected' GROUP BY h.report_id, h.address_id
         )
         SELECT t.report_id, d.url, n.at_us, n.answer, f.file, n.offset, t.first_us, t.last_us, t.had_us, t.addresses,
           t.is_imported, t.published
         FROM times t JOIN gone n ON n.address_id = t.address_id JOIN address d ON d.id = t.address_id
         JOIN warc f ON f.id = n.warc_id ORDER BY t.report_id, n.at_us, d.url",
    ))?;
    let rows = statement.query_map([], |row| {
        Ok(AbsenceRow {
            report_id: row.get(0)?,
            url: row.get(1)?,
            at_us: row.get(2)?,
            answer: row.get(3)?,
            place: (row.get(4)?, row.get::<_, i64>(5)?.unsigned_abs()),
            seen_us: row.get::<_, Option<i64>>(6)?.zip(row.get(7)?),
            had_us: row.get(8)?,
            addresses: row.get(9)?,
            is_imported: row.get(10)?,
            published: row.get(11)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A finding across years, versions or texts, with all there is to say of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WatchLine {
    /// The same in every build.
    pub id: String,
    /// What.
    pub code: String,
    /// `info`, `warning`, `error`.
    pub severity: String,
    /// The report, in this database.
    pub report_id: i64,
    /// Whose; `None` where only the code is known.
    pub agency: Option<String>,
    /// The agency's code.
    pub agency_code: Option<String>,
    /// The report's year.
    pub year: i16,
    /// Its scope.
    pub scope: Scope,
    /// The report it is compared with.
    pub other_report_id: Option<i64>,
    /// What of the report.
    pub about: String,
    /// In Chinese.
    pub message_zh: String,
    /// In English.
    pub message_en: String,
    /// The rule in `data/identities.toml`; empty for none.
    pub rule: String,
    /// The law or rule, in Chinese.
    pub basis_zh: String,
    /// In English.
    pub basis_en: String,
    /// Explanations without fault, in Chinese.
    pub innocent_zh: serde_json::Value,
    /// In English.
    pub innocent_en: serde_json::Value,
    /// What it rests on.
    pub evidence: serde_json::Value,
    /// `open`, `confirmed`, `dismissed`.
    pub verdict: String,
    /// Why; `None` while open.
    pub verdict_reason: Option<String>,
    /// Who; `None` where not told.
    pub verdict_by: Option<String>,
    /// When; `None` while open.
    pub verdict_at: Option<String>,
}

/// The findings of the reports that the filter lets through, by agency, year and code. Of `filter`, form and cell have no bearing.
///
/// # Errors
///
/// If the database cannot be read.
pub fn watch(
    store: &Store,
    filter: &Filter,
    code: Option<WatchCode>,
    id: Option<&str>,
) -> Result<Vec<WatchLine>, QueryError> {
    let (condition, mut values) = filter.condition();
    let mut sql = format!(
        "SELECT {COLUMNS} FROM watch_list w JOIN report r ON r.id = w.report_id WHERE {condition}"
    );
    for (column, value) in [("code", code.map(WatchCode::as_str)), ("id", id)] {
        if let Some(value) = value {
            // Writing to a String cannot fail.
            let _ = write!(sql, " AND w.{column} = ?");
            values.push(Value::Text(value.into()));
        }
    }
    sql.push_str(" ORDER BY w.agency, w.agency_code, w.year, w.scope, w.code, w.about, w.id");
    let mut statement = store.connection().prepare(&sql)?;
    lines(statement.query(params_from_iter(values))?)
}

/// The findings of one report, suspected copy or not, by code.
///
/// # Errors
///
/// If the database cannot be read.
pub fn watch_of_report(store: &Store, report_id: i64) -> Result<Vec<WatchLine>, QueryError> {
    let mut statement = store.connection().prepare_cached(&format!(
        "SELECT {COLUMNS} FROM watch_list w WHERE w.report_id = ? ORDER BY w.code, w.about, w.id"
    ))?;
    lines(statement.query([report_id])?)
}

fn lines(mut rows: rusqlite::Rows<'_>) -> Result<Vec<WatchLine>, QueryError> {
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.push(line(row)?);
    }
    Ok(lines)
}

/// The columns of `watch_list` that [`line`] reads.
pub(super) const COLUMNS: &str = "w.id, w.code, w.severity, w.report_id, w.agency, w.agency_code, w.year, w.scope, w.other_report_id, w.about, \
     w.message_zh, w.message_en, w.rule, w.basis_zh, w.basis_en, w.innocent_zh, w.innocent_en, w.evidence, w.verdict, \
     w.verdict_reason, w.verdict_by, w.verdict_at";

/// One row of [`COLUMNS`].
pub(super) fn line(row: &Row<'_>) -> Result<WatchLine, QueryError> {
    let scope: String = row.get(7)?;
    let json = |at: usize| -> Result<serde_json::Value, QueryError> {
        Ok(serde_json::from_str(&row.get::<_, String>(at)?)?)
    };
    Ok(WatchLine {
        id: row.get(0)?,
        code: row.get(1)?,
        severity: row.get(2)?,
        report_id: row.get(3)?,
        agency: row.get(4)?,
        agency_code: row.get(5)?,
        year: row.get(6)?,
        scope: scope.parse().map_err(|()| StoreError::Unknown {
            what: "scope",
            value: scope,
        })?,
        other_report_id: row.get(8)?,
        about: row.get(9)?,
        message_zh: row.get(10)?,
        message_en: row.get(11)?,
        rule: row.get(12)?,
        basis_zh: row.get(13)?,
        basis_en: row.get(14)?,
        innocent_zh: json(15)?,
        innocent_en: json(16)?,
        evidence: json(17)?,
        verdict: row.get(18)?,
        verdict_reason: row.get(19)?,
        verdict_by: row.get(20)?,
        verdict_at: row.get(21)?,
    })
}
