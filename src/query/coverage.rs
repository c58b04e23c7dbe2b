//! Which agency's report of which year is there, and what tells.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{Timestamp, civil};
use rusqlite::params_from_iter;
use serde::Serialize;

use super::expected::Expected;
use super::listed::{Entries, Entry, ListedColumn, ListedOutcome, ReadList};
use super::namesakes::excuse;
use super::{AgencyFilter, Copies, Filter, QueryError};
use crate::store::Store;

/// Whether a report is there. Of a year with several reports of an agency the last that applies of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// None is there, and nothing says that there should be one.
    Unknown,
    /// None is there, and something says that there should be one: reports of the years around it, a list, a request.
    Missing,
    /// A list names it; it was not fetched yet, or could not be for another reason than a refusal.
    NotFetched,
    /// A list names it, and its site refuses us.
    Blocked,
    /// It was captured, and no report of the year could be read from it.
    Unreadable,
    /// Nothing but a suspected copy.
    CopyOnly,
    /// A report, but none of its tables was recognised.
    WithoutTables,
    /// A report with statutory tables.
    Found,
    /// A report, and a finding `late` that nobody dismissed.
    Late,
    /// A report that is there no more: a finding `withdrawn` that nobody dismissed.
    Withdrawn,
}

impl Presence {
    /// Every value, in order.
    pub const ALL: [Self; 10] = [
        Self::Unknown,
        Self::Missing,
        Self::NotFetched,
        Self::Blocked,
        Self::Unreadable,
        Self::CopyOnly,
        Self::WithoutTables,
        Self::Found,
        Self::Late,
        Self::Withdrawn,
    ];

    /// The word used in JSON and CSV.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Missing => "missing",
            Self::NotFetched => "not_fetched",
            Self::Blocked => "blocked",
            Self::Unreadable => "unreadable",
            Self::CopyOnly => "copy_only",
            Self::WithoutTables => "without_tables",
            Self::Found => "found",
            Self::Late => "late",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether there is nothing, not even a copy, and something is known about why.
    pub const fn tells_of_absence(self) -> bool {
        matches!(
            self,
            Self::Missing | Self::NotFetched | Self::Blocked | Self::Unreadable
        )
    }

    /// Whether a report of the agency itself is, or was, there.
    pub const fn is_read(self) -> bool {
        matches!(
            self,
            Self::WithoutTables | Self::Found | Self::Late | Self::Withdrawn
        )
    }
}

/// What tells of one agency's report of one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CellEvidence {
    /// A report of the agency, or a suspected copy of one.
    Report {
        /// In this database.
        report_id: i64,
        /// Its scope.
        scope: String,
        /// Address of the capture it was read from; `None`: a file without address.
        url: Option<String>,
        /// Whether it has findings of severity error.
        errors: bool,
        /// Whether nothing but a suspected copy of it is there.
        copy: bool,
    },
    /// A finding about such a report: `nianbao audit show ID`.
    Finding {
        /// The finding's id.
        id: String,
        /// Its code.
        code: String,
        /// Its report, in this database.
        report_id: i64,
    },
    /// A list names it.
    Listed {
        /// The list's first page.
        list: String,
        /// The address it gives.
        url: String,
        /// What came of asking for it: a word of `docs/crawl.md`; `None`: never asked for.
        outcome: Option<String>,
        /// Why, in a line.
        why: Option<String>,
        /// When it was last asked for, UTC.
        at: Option<String>,
    },
    /// The agency has reports of years before and after.
    Between {
        /// The last year before with a report.
        before: i16,
        /// The first year after with one.
        after: i16,
    },
    /// The agency's list was read to its end, well after the last day of the law, and does not have it.
    NotListed {
        /// The list's first page.
        list: String,
        /// When it was read, UTC.
        at: String,
    },
    /// The agency is one of those that were asked for.
    Named,
    /// There is one of another scope than was asked for.
    OtherScope {
        /// In this database.
        report_id: i64,
        /// Its scope.
        scope: String,
    },
    /// A body of the same name on the same site has a report of the year: which of the two published it is not known.
    Namesake {
        /// The other body's label.
        agency: String,
        /// In this database.
        report_id: i64,
        /// Address of the capture it was read from; `None`: a file without address.
        url: Option<String>,
    },
}

/// One agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoverageRow {
    /// The body (`agency_key.key`); `None` of a name that was asked for and is not in the database.
    #[serde(skip)]
    pub key: Option<i64>,
    /// Its name; `None` where only the code is known.
    pub agency: Option<String>,
    /// Its code; `None` where not known.
    pub agency_code: Option<String>,
    /// One entry a year of [`Coverage::years`].
    pub presence: Vec<Presence>,
    /// What tells, one entry a year; empty for [`Presence::Unknown`], unless there is one of another scope or of a namesake.
    pub evidence: Vec<Vec<CellEvidence>>,
}

/// Agencies × years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The columns, ascending and without gaps.
    pub years: Vec<i16>,
    /// Agencies by name and code. Those that only differ in a page without a code are one.
    pub rows: Vec<CoverageRow>,
    /// Reports whose agency or year was not found: in no row.
    pub unplaced: u64,
    /// Reports that lists name and that were not had, of which it is not known whose they are: in no row.
    pub listed_unplaced: u64,
    /// Captures that are no report; whose they might have been is not known.
    pub refused: u64,
}

/// As [`coverage_with`], where no list is known.
///
/// # Errors
///
/// If the database cannot be read.
pub fn coverage(
    store: &Store,
    filter: &Filter,
    expected: &[String],
) -> Result<Coverage, QueryError> {
    coverage_with(store, filter, expected, &[])
}

/// What is known of an agency's year.
#[derive(Debug, Default)]
struct Cell {
    presence: Option<Presence>,
    evidence: Vec<CellEvidence>,
}

/// What is known of an agency.
#[derive(Debug, Default)]
struct Known {
    key: Option<i64>,
    name: Option<String>,
    code: Option<String>,
    years: BTreeMap<i16, Cell>,
    /// Years with a report of its own, whatever its scope.
    own: Vec<i16>,
    /// Reports of another scope than asked for.
    other_scope: BTreeMap<i16, CellEvidence>,
    named: bool,
    /// Since when another body has followed it.
    followed: Option<i16>,
}

/// The matrix of what is there. A year of which there is only a suspected copy says so; an agency known from such copies
/// alone has a row only where the filter includes them, since a copy may alter the name. `expected` names agencies, by any of their names, that should have a row even
/// where nothing of them is there; it is not narrowed by the filter. Of a name that several bodies have it is not known which is expected. `lists` are those of the crawl. Form and cell have no bearing.
///
/// Missing is a year between two years of the agency with reports, one that its list, read to the end, does not have three months after the law's last day,
/// one whose listed address is answered with "not there", and any of an agency in `expected`; but none that a namesake on the same site has. Every other year without a report is unknown.
///
/// # Errors
///
/// If the database cannot be read.
pub fn coverage_with(
    store: &Store,
    filter: &Filter,
    expected: &[String],
    lists: &[ListedColumn],
) -> Result<Coverage, QueryError> {
    let in_years = |year: i16| {
        filter.from_year.is_none_or(|from| from <= year)
            && filter.to_year.is_none_or(|to| year <= to)
    };
    let expected = Expected::of(store, expected)?;
    let (mut known, unplaced) = reports(store, filter, in_years, &expected.all)?;
    // What is expected is there or is not, whichever agencies are asked about.
    let others = expected.all.keys().filter(|key| !known.contains_key(key));
    let others: Vec<i64> = others.copied().collect();
    if !others.is_empty() {
        let of_others = Filter {
            agency: Some(AgencyFilter::Bodies(others)),
            ..filter.clone()
        };
        let (found, _) = reports(store, &of_others, in_years, &expected.all)?;
        known.extend(found);
    }
    for (key, name) in &expected.all {
        known.entry(*key).or_insert_with(|| Known {
            key: Some(*key),
            name: Some(name.clone()),
            ..Known::default()
        });
    }
    if filter.copies == Copies::LeftOut {
        known.retain(|key, agency| !agency.own.is_empty() || expected.all.contains_key(key));
    }
    for (key, agency) in &mut known {
        agency.named = expected.certain.contains(key);
        agency.followed = expected.followed.get(key).copied();
        agency.own.sort_unstable();
        agency.own.dedup();
    }
    let entries = Entries::of(store, lists)?;
    for (key, entry) in &entries.placed {
        let year = i16::try_from(entry.item.year).ok();
        let Some(agency) = known.get_mut(key) else {
            continue;
        };
        if let Some(year) = year {
            agency.listed(year, entry);
        }
    }
    let mut rows: Vec<Known> = Vec::new();
    rows.extend(expected.unknown.into_iter().map(|name| Known {
        name: Some(name),
        named: true,
        ..Known::default()
    }));
    for (key, mut agency) in known {
        agency.not_listed(entries.read_to_end(key));
        rows.push(agency);
    }
    rows.sort_by(|one, other| (&one.name, &one.code).cmp(&(&other.name, &other.code)));
    rows.dedup_by(|one, other| {
        one.name == other.name && one.years.is_empty() && other.years.is_empty()
    });
    let seen = || {
        let years = rows.iter().flat_map(|row| row.years.iter());
        years
            .filter(|(year, _)| in_years(**year))
            .map(|(year, _)| *year)
    };
    let years: Vec<i16> = match (
        filter.from_year.or(seen().min()),
        filter.to_year.or(seen().max()),
    ) {
        (Some(from), Some(to)) => (from..=to).collect(),
        _ => Vec::new(),
    };
    let rows = rows.into_iter().map(|agency| agency.row(&years));
    let mut rows: Vec<CoverageRow> = rows.collect();
    excuse(store, &years, &mut rows)?;
    let sql = "SELECT count(*) FROM refusal";
    let refused: i64 = store.connection().query_row(sql, [], |row| row.get(0))?;
    Ok(Coverage {
        years,
        rows,
        unplaced,
        listed_unplaced: entries.unplaced,
        refused: refused.unsigned_abs(),
    })
}

/// Findings `late` and `withdrawn` that nobody dismissed, by report.
fn open_findings(
    store: &Store,
    filter: &Filter,
) -> Result<HashMap<i64, Vec<(String, String)>>, QueryError> {
    let few = match &filter.agency {
        Some(AgencyFilter::Bodies(keys)) => format!(
            "AND w.report_id IN (SELECT r.id FROM agency_key k JOIN report r ON r.agency_id = k.agency_id WHERE k.key IN ({}))",
            keys.iter()
                .map(i64::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        ),
        _ => String::new(),
    };
    // Of a few agencies by report, of all by code: the plus keeps an index from being used.
    let code = if few.is_empty() { "w.code" } else { "+w.code" };
    let mut statement = store.connection().prepare(&format!(
        "SELECT w.report_id, w.id, w.code FROM watch w LEFT JOIN verdict v ON v.finding = w.id
         WHERE {code} IN ('late', 'withdrawn') {few} AND v.word IS NOT 'dismissed' ORDER BY w.report_id, w.code, w.id"
    ))?;
    let mut rows = statement.query([])?;
    let mut found: HashMap<i64, Vec<(String, String)>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let of_report = found.entry(row.get(0)?).or_default();
        of_report.push((row.get(1)?, row.get(2)?));
    }
    Ok(found)
}

/// Every agency that a report which the filter lets through is of, with its reports of all years; those of `keep` also where none
/// is of the years and scope that are asked for.
fn reports(
    store: &Store,
    filter: &Filter,
    in_years: impl Fn(i16) -> bool,
    keep: &BTreeMap<i64, String>,
) -> Result<(BTreeMap<i64, Known>, u64), QueryError> {
    // Years and scopes that are not asked for tell whether a year lies between others.
    let wide = Filter {
        copies: Copies::Included,
        from_year: None,
        to_year: None,
        scope: None,
        ..filter.clone()
    };
    let (condition, values) = wide.condition();
    let mut findings = open_findings(store, filter)?;
    let mut statement = store.connection().prepare(&format!(
        "SELECT k.key, ifnull(k.label, g.name), g.code, r.year, r.scope, r.id, v.form IS NOT NULL, v.official = 'mirror_suspected', d.url,
           EXISTS (SELECT 1 FROM finding f WHERE f.version_id = v.id AND f.severity = 'error')
         FROM report r JOIN version v ON v.id = r.version_id JOIN capture c ON c.id = v.capture_id
         LEFT JOIN address d ON d.id = c.address_id LEFT JOIN agency a ON a.id = r.agency_id
         LEFT JOIN agency_key k ON k.agency_id = r.agency_id LEFT JOIN agency g ON g.id = k.key
         WHERE {condition} ORDER BY k.key, r.year, r.scope, r.id"
    ))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut known: BTreeMap<i64, Known> = BTreeMap::new();
    let mut asked: HashSet<i64> = HashSet::new();
    let mut unplaced = 0;
    let narrowed = filter.from_year.is_some() || filter.to_year.is_some();
    while let Some(row) = rows.next()? {
        let (key, year): (Option<i64>, Option<i16>) = (row.get(0)?, row.get(3)?);
        let scope: String = row.get(4)?;
        let is_scope = filter.scope.is_none_or(|one| one.as_str() == scope);
        let copy: bool = row.get(7)?;
        let is_meant = match filter.copies {
            Copies::Only => copy,
            // An agency or year that is not known makes no cell to mark.
            Copies::LeftOut => !copy || key.is_some() && year.is_some(),
            Copies::Included => true,
        };
        if !is_meant {
            continue;
        }
        let (Some(key), Some(year)) = (key, year) else {
            let is_asked = year.map_or(!narrowed, &in_years);
            unplaced += u64::from(is_asked && is_scope);
            continue;
        };
        let agency = known.entry(key).or_default();
        agency.key = Some(key);
        agency.name = row.get(1)?;
        agency.code = row.get(2)?;
        if !copy {
            agency.own.push(year);
        }
        let report_id: i64 = row.get(5)?;
        if !is_scope {
            if !copy {
                let other = CellEvidence::OtherScope { report_id, scope };
                agency.other_scope.entry(year).or_insert(other);
            }
            continue;
        }
        if in_years(year) {
            asked.insert(key);
        }
        let mut presence = match (copy, row.get(6)?) {
            (true, _) => Presence::CopyOnly,
            (false, true) => Presence::Found,
            (false, false) => Presence::WithoutTables,
        };
        let cell = agency.years.entry(year).or_default();
        cell.evidence.push(CellEvidence::Report {
            report_id,
            scope,
            url: row.get(8)?,
            errors: row.get(9)?,
            copy,
        });
        for (id, code) in findings.remove(&report_id).unwrap_or_default() {
            if !copy {
                let told = match code.as_str() {
                    "late" => Presence::Late,
                    _ => Presence::Withdrawn,
                };
                presence = presence.max(told);
                cell.evidence.push(CellEvidence::Finding {
                    id,
                    code,
                    report_id,
                });
            }
        }
        cell.presence = cell.presence.max(Some(presence));
    }
    known.retain(|key, _| asked.contains(key) || keep.contains_key(key));
    Ok((known, unplaced))
}

impl Known {
    /// What a list says of a year.
    fn listed(&mut self, year: i16, entry: &Entry<'_>) {
        if self.other_scope.contains_key(&year) {
            return;
        }
        let cell = self.years.entry(year).or_default();
        if cell.presence.is_some_and(Presence::is_read) {
            return;
        }
        let told = match entry.outcome {
            ListedOutcome::Page if entry.is_read => Presence::Unreadable,
            ListedOutcome::Page | ListedOutcome::NotHad => Presence::NotFetched,
            ListedOutcome::Refused => Presence::Blocked,
            ListedOutcome::Gone => Presence::Missing,
        };
        let at = entry.item.at.map(utc);
        cell.evidence.push(CellEvidence::Listed {
            list: entry.list.to_owned(),
            url: entry.item.url.clone(),
            outcome: entry.item.word.clone(),
            why: entry.item.why.clone(),
            at,
        });
        cell.presence = cell.presence.max(Some(told));
    }

    /// Years that the agency's list, read to its end, should have and has not.
    fn not_listed(&mut self, lists: &[ReadList<'_>]) {
        let Some(last) = self.own.last().copied() else {
            return;
        };
        // One that names no report of the last year we know is not where the agency publishes now.
        for list in lists.iter().filter(|list| list.last >= last.into()) {
            // Three months after governments are due.
            for year in last.saturating_add(1)..=LAST_YEAR {
                let due = year
                    .checked_add(1)
                    .and_then(|next| civil::Date::new(next, 7, 1).ok());
                let read = list.at.to_zoned(jiff::tz::TimeZone::UTC).date();
                if due.is_none_or(|due| read < due) {
                    break;
                }
                let cell = self.years.entry(year).or_default();
                if cell.presence.is_none() && !self.other_scope.contains_key(&year) {
                    cell.presence = Some(Presence::Missing);
                    cell.evidence.push(CellEvidence::NotListed {
                        list: list.url.to_owned(),
                        at: utc(list.at),
                    });
                }
            }
        }
    }

    fn row(mut self, years: &[i16]) -> CoverageRow {
        let mut row = CoverageRow {
            key: self.key,
            agency: self.name.take(),
            agency_code: self.code.take(),
            presence: Vec::with_capacity(years.len()),
            evidence: Vec::with_capacity(years.len()),
        };
        for year in years {
            let cell = self.years.remove(year).unwrap_or_default();
            let (presence, evidence) = match cell.presence {
                Some(presence) => (presence, cell.evidence),
                None => self.absent(*year),
            };
            row.presence.push(presence);
            row.evidence.push(evidence);
        }
        row
    }

    /// A year without anything.
    fn absent(&mut self, year: i16) -> (Presence, Vec<CellEvidence>) {
        if let Some(other) = self.other_scope.remove(&year) {
            return (Presence::Unknown, vec![other]);
        }
        // After its last report, a body that was merged or split is not there to report.
        let is_over = self.followed.is_some_and(|since| since <= year)
            && self.own.last().is_none_or(|last| *last < year);
        if self.named && !is_over {
            return (Presence::Missing, vec![CellEvidence::Named]);
        }
        let place = self.own.partition_point(|one| *one < year);
        let before = place.checked_sub(1).and_then(|at| self.own.get(at));
        match (before, self.own.get(place)) {
            (Some(before), Some(after)) => {
                let between = CellEvidence::Between {
                    before: *before,
                    after: *after,
                };
                (Presence::Missing, vec![between])
            }
            _ => (Presence::Unknown, Vec::new()),
        }
    }
}

/// No list was read after a later one.
const LAST_YEAR: i16 = 2999;

fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
