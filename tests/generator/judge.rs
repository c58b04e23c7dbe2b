//! What a build found against what was planted: for every kind of defect how many were planted, found, missed, and found where
//! none was planted; and whom of the innocent a finding accuses.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::Path;

use rusqlite::Connection;

use super::corpus::{Line, PlantedKind as K, PlantedLine, read_truth};

/// A defect, and how the database tells of it.
struct Check {
    kind: K,
    name: &'static str,
    /// Rows of report, other report (`NULL` for none), whether it is what must be found (or accuses all the same), message, evidence
    /// (`NULL` for none).
    sql: &'static str,
    /// The other report counts too.
    is_pair: bool,
}

/// What is told across years, versions and texts; each code for one kind.
pub const ACROSS: [(K, &str); 15] = [
    (K::CarryOver, "carry_over_break"),
    (K::InForce, "in_force_break"),
    (K::SameNumbers, "same_numbers"),
    (K::Late, "late"),
    (K::SilentChange, "silent_change"),
    (K::Withdrawn, "withdrawn"),
    (K::Rebuilt, "site_rebuilt"),
    (K::Backdated, "backdated"),
    (K::PostDated, "postdated"),
    (K::Narrative, "narrative_mismatch"),
    (K::Copied, "copied_text"),
    (K::Share, "percentage_mismatch"),
    (K::FeeStep, "fee_step"),
    (K::OpenRequests, "open_requests_break"),
    (K::PartAbove, "part_above_whole"),
];

/// How one kind of defect was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What was planted.
    pub kind: K,
    /// By what it is told: a code of findings, or words.
    pub name: &'static str,
    /// Reports it was planted in; of copied text pairs of reports.
    pub planted: usize,
    /// Reports or pairs it was found in.
    pub found: usize,
    /// Planted and not found, each in words with its address.
    pub missed: Vec<String>,
    /// Found and not planted, likewise.
    pub beside: Vec<String>,
    /// Where it was planted in a known year of two: findings that name that year, and those that leave it open.
    pub years: (usize, usize),
    /// Findings that name the other year.
    pub wrong_years: Vec<String>,
}

impl Verdict {
    /// Those planted that were found.
    pub fn hits(&self) -> usize {
        self.planted - self.missed.len()
    }

    /// Whether all were found, nothing beside them, and no wrong year named.
    pub fn is_clean(&self) -> bool {
        self.missed.is_empty() && self.beside.is_empty() && self.wrong_years.is_empty()
    }

    /// Share of those planted that were found.
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub fn recall(&self) -> f64 {
        self.hits() as f64 / self.planted.max(1) as f64
    }

    /// Share of those found that were planted.
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub fn precision(&self) -> f64 {
        self.hits() as f64 / (self.hits() + self.beside.len()).max(1) as f64
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<20} {:>5} planted {:>5} found {:>5} of them planted {:>3} missed {:>3} beside; recall {:.4}, precision {:.4}",
            self.name,
            self.planted,
            self.found,
            self.hits(),
            self.missed.len(),
            self.beside.len(),
            self.recall(),
            self.precision()
        )?;
        let (named, open) = self.years;
        if named + open + self.wrong_years.len() > 0 {
            write!(
                f,
                "; year off: {named} named, {open} left open, {} wrong",
                self.wrong_years.len()
            )?;
        }
        Ok(())
    }
}

/// What was found in a corpus.
#[derive(Debug)]
pub struct Judgement {
    /// By kind; a kind is there more than once where it is told in several ways.
    pub verdicts: Vec<Verdict>,
    /// Findings across years of a code that nothing planted is told by.
    pub others: Vec<String>,
    /// Kinds of innocent things: how many, and those of them that a finding accuses which was not planted there.
    pub innocents: BTreeMap<K, (usize, Vec<String>)>,
}

impl Judgement {
    /// Whether everything planted was found and nothing beside it.
    pub fn is_clean(&self) -> bool {
        self.others.is_empty()
            && self.verdicts.iter().all(Verdict::is_clean)
            && self
                .innocents
                .values()
                .all(|(_, accused)| accused.is_empty())
    }

    /// Everything wrong, in words.
    pub fn faults(&self) -> Vec<String> {
        let mut all = Vec::new();
        for verdict in &self.verdicts {
            for (what, lines) in [
                ("missed", &verdict.missed),
                ("beside", &verdict.beside),
                ("wrong year", &verdict.wrong_years),
            ] {
                let lines = lines.iter();
                all.extend(lines.map(|line| format!("{} {what}: {line}", verdict.name)));
            }
        }
        all.extend(self.others.iter().map(|line| format!("beside: {line}")));
        for (kind, (_, accused)) in &self.innocents {
            let lines = accused.iter();
            all.extend(lines.map(|line| format!("{kind:?} accused: {line}")));
        }
        all
    }
}

/// A report of the truth.
struct Named {
    url: String,
    name: String,
    published: String,
    year: i16,
}

/// A report, and the other one where the kind is of pairs.
type Place = (i64, Option<i64>);

struct Found {
    must: bool,
    message: String,
    evidence: Option<String>,
}

struct Truth {
    reports: HashMap<String, Named>,
    /// The truth's name of a report by its address.
    of_url: HashMap<String, String>,
    defects: Vec<PlantedLine>,
    innocents: Vec<PlantedLine>,
}

impl Truth {
    fn read(path: &Path) -> Self {
        let mut truth = Self {
            reports: HashMap::new(),
            of_url: HashMap::new(),
            defects: Vec::new(),
            innocents: Vec::new(),
        };
        read_truth(path, |line| match line {
            Line::Corpus(_) | Line::Agency(_) => {}
            Line::Report(report) => {
                truth
                    .of_url
                    .insert(report.url.clone(), report.report.clone());
                let named = Named {
                    url: report.url,
                    name: report.name,
                    published: report.published,
                    year: report.year,
                };
                truth.reports.insert(report.report, named);
            }
            Line::Defect(line) => truth.defects.push(line),
            Line::Innocent(line) => truth.innocents.push(line),
        });
        truth
    }

    /// The report that a finding is about, and the other one: of a text and its copy the one published later is the copy.
    fn accused<'l>(&self, line: &'l PlantedLine) -> (&'l str, Option<&'l str>) {
        let (one, other) = (line.report.as_str(), line.other.as_deref());
        let Some(other) = other.filter(|_| line.kind == K::Copied) else {
            return (one, other);
        };
        let order = |id: &str| {
            let report = &self.reports[id];
            (report.published.clone(), report.name.clone())
        };
        if order(other) >= order(one) {
            (other, Some(one))
        } else {
            (one, Some(other))
        }
    }
}

/// Compares the findings of a database with the truth file of the corpus it was built from.
///
/// # Panics
///
/// If the database has no report at an address of the truth, or cannot be read.
pub fn judge(connection: &Connection, truth: &Path) -> Judgement {
    let truth = Truth::read(truth);
    let mut ids: HashMap<String, i64> = HashMap::new();
    let mut urls: HashMap<i64, String> = HashMap::new();
    each(
        connection,
        "SELECT report_id, url FROM report_list",
        |row| {
            let (id, url): (i64, String) = (row.get_unwrap(0), row.get_unwrap(1));
            ids.insert(url.clone(), id);
            urls.insert(id, url);
        },
    );
    let mut judged = Judgement {
        verdicts: Vec::new(),
        others: Vec::new(),
        innocents: BTreeMap::new(),
    };
    // Reports that anything accuses without cause.
    let mut accused: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for check in checks() {
        let found = found(connection, &check);
        let verdict = verdict(&truth, &check, &found, (&ids, &urls), &mut accused);
        judged.verdicts.push(verdict);
    }
    let known: BTreeSet<&str> = ACROSS.iter().map(|(_, code)| *code).collect();
    each(
        connection,
        "SELECT report_id, code, message_en FROM watch",
        |row| {
            let (id, code): (i64, String) = (row.get_unwrap(0), row.get_unwrap(1));
            if !known.contains(code.as_str()) {
                let message: String = row.get_unwrap(2);
                let line = format!("{code} {} {message}", urls[&id]);
                accused.entry(id).or_default().push(line.clone());
                judged.others.push(line);
            }
        },
    );
    for line in &truth.innocents {
        let of_kind = judged.innocents.entry(line.kind).or_default();
        of_kind.0 += 1;
        let id = ids[&truth.reports[&line.report].url];
        of_kind
            .1
            .extend(accused.get(&id).into_iter().flatten().cloned());
    }
    judged
}

fn checks() -> Vec<Check> {
    let mut checks = vec![
        Check {
            kind: K::Arithmetic,
            name: "identities",
            sql: "SELECT report_id, NULL, code = 'identity_fails', code || ' ' || place || ': ' || message, NULL
                  FROM finding_list WHERE code LIKE 'identity%'",
            is_pair: false,
        },
        Check {
            kind: K::SilentChange,
            name: "several versions",
            sql: "SELECT report_id, NULL, 1, versions || ' versions', NULL FROM report_list WHERE versions > 1",
            is_pair: false,
        },
    ];
    checks.extend(ACROSS.map(|(kind, code)| Check {
        kind,
        name: code,
        sql: "SELECT report_id, other_report_id, 1, message_en, evidence FROM watch WHERE code = ?",
        is_pair: kind == K::Copied,
    }));
    checks
}

fn each(connection: &Connection, sql: &str, mut take: impl FnMut(&rusqlite::Row<'_>)) {
    let mut statement = connection.prepare(sql).expect("a query");
    let mut rows = statement.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        take(row);
    }
}

fn found(connection: &Connection, check: &Check) -> BTreeMap<Place, Found> {
    let mut all: BTreeMap<Place, Found> = BTreeMap::new();
    let sql = check.sql.replace('?', &format!("'{}'", check.name));
    each(connection, &sql, |row| {
        let other: Option<i64> = row.get_unwrap(1);
        let place = (row.get_unwrap(0), other.filter(|_| check.is_pair));
        let must: bool = row.get_unwrap(2);
        let one = all.entry(place).or_insert_with(|| Found {
            must: false,
            message: row.get_unwrap(3),
            evidence: row.get_unwrap(4),
        });
        one.must |= must;
    });
    all
}

fn verdict(
    truth: &Truth,
    check: &Check,
    found: &BTreeMap<Place, Found>,
    (ids, urls): (&HashMap<String, i64>, &HashMap<i64, String>),
    accused: &mut BTreeMap<i64, Vec<String>>,
) -> Verdict {
    let id = |report: &str| ids[&truth.reports[report].url];
    let lines = truth.defects.iter().filter(|line| line.kind == check.kind);
    // What was copied from a year that its source has no report of cannot be found.
    let lines = lines.filter(|line| {
        let other = line.other.as_ref();
        line.kind != K::Copied || other.is_some_and(|other| truth.reports.contains_key(other))
    });
    let planted: BTreeMap<Place, &PlantedLine> = lines
        .map(|line| {
            let (one, other) = truth.accused(line);
            let other = other.filter(|_| check.is_pair).map(id);
            ((id(one), other), line)
        })
        .collect();
    let mut verdict = Verdict {
        kind: check.kind,
        name: check.name,
        planted: planted.len(),
        found: found.len(),
        missed: Vec::new(),
        beside: Vec::new(),
        years: (0, 0),
        wrong_years: Vec::new(),
    };
    for (place, line) in &planted {
        let url = &urls[&place.0];
        let Some(one) = found.get(place).filter(|one| one.must) else {
            let name = &truth.reports[&line.report].name;
            verdict.missed.push(format!("{url} {name} {line:?}"));
            continue;
        };
        let (Some(off), Some(evidence)) = (line.off, &one.evidence) else {
            continue;
        };
        match year_off(evidence, truth.reports[&line.report].year) {
            Some(year) if year == off => verdict.years.0 += 1,
            None => verdict.years.1 += 1,
            Some(year) => {
                let wrong = format!("{url} {year} said, {off} planted: {}", one.message);
                verdict.wrong_years.push(wrong);
            }
        }
    }
    for (place, one) in found {
        if planted.contains_key(place) {
            continue;
        }
        let url = &urls[&place.0];
        let mut line = format!("{url} {}", one.message);
        if let Some(report) = truth.of_url.get(url) {
            let near = truth.defects.iter().chain(&truth.innocents);
            let near: Vec<_> = near.filter(|line| line.report == *report).collect();
            line = format!("{line} {near:?}");
        }
        let kinds = accused.entry(place.0).or_default();
        kinds.push(format!("{} {line}", check.name));
        verdict.beside.push(line);
    }
    verdict
}

/// The year that a finding of a report on `year` holds to be off; `None` where it does not tell.
fn year_off(evidence: &str, year: i16) -> Option<i16> {
    let evidence: serde_json::Value = serde_json::from_str(evidence).expect("evidence is JSON");
    let mut all = evidence.as_array().expect("a list").iter();
    let off = all.find_map(|one| one.get("off"))?.as_str()?;
    match off {
        "earlier" => Some(year - 1),
        "later" => Some(year),
        _ => None,
    }
}
