//! A small synthetic corpus: what was written is what a build reads, and the planted contradictions are found, and
//! nothing beside them.

#[path = "generator/mod.rs"]
mod generator;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use generator::corpus::PlantedKind as K;
use generator::corpus::{
    FormIndex, Line, Plan, PlantedKind, PlantedLine, ReportLine, read_truth, write,
};
use generator::expect_cell;
use jiff::Timestamp;
use nianbao::home::Home;
use nianbao::model::{Catalog, Code, FormId};
use nianbao::pipeline::{BuildEvent, BuildOptions, BuildSummary, build};
use nianbao::store::{Outcome, Store};

/// A corpus with what a build made of it.
struct Corpus {
    _folder: tempfile::TempDir,
    store: Store,
    summary: BuildSummary,
    reports: BTreeMap<String, ReportLine>,
    defects: Vec<PlantedLine>,
    innocents: Vec<PlantedLine>,
}

const PLAN: Plan = Plan {
    seed: 7,
    agencies: 34,
    years: (2008, 2025),
    // Texts of full length.
    bytes: 20_000,
    planted: 100,
};

fn corpus(plan: &Plan) -> Corpus {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::init(folder.path()).unwrap();
    let truth = folder.path().join("truth.jsonl");
    write(plan, &home.warc(), &truth, 2);
    let mut store = Store::open(&home.database()).unwrap();
    let options = BuildOptions {
        decisions: nianbao::decisions::Decisions::none(),
        hosts: nianbao::audit::origin::HostRules::get(),
        readings: nianbao::pipeline::Readings::compiled(),
        jobs: None,
        started_at: Timestamp::UNIX_EPOCH,
        reread: false,
        stop: None,
    };
    let summary = build(&home.warc(), &mut store, &options, |event| {
        assert!(matches!(
            event,
            BuildEvent::Started { .. } | BuildEvent::Advanced { .. }
        ));
    })
    .unwrap();
    let mut corpus = Corpus {
        _folder: folder,
        store,
        summary,
        reports: BTreeMap::new(),
        defects: Vec::new(),
        innocents: Vec::new(),
    };
    read_truth(&truth, |line| match line {
        Line::Corpus(_) | Line::Agency(_) => {}
        Line::Report(report) => {
            corpus.reports.insert(report.report.clone(), *report);
        }
        Line::Defect(line) => corpus.defects.push(line),
        Line::Innocent(line) => corpus.innocents.push(line),
    });
    corpus
}

/// Report ids of the database by the address of the page.
fn by_address(store: &Store) -> BTreeMap<String, i64> {
    let sql = "SELECT url, report_id FROM report_list";
    let mut statement = store.connection().prepare(sql).unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn what_was_written_is_what_is_read() {
    let corpus = corpus(&PLAN);
    let ids = by_address(&corpus.store);
    assert_eq!(ids.len(), corpus.reports.len(), "{:?}", corpus.summary);
    let mut numbers = 0;
    for truth in corpus.reports.values() {
        let id = ids[&truth.url];
        let stored = corpus.store.reader().report(id).unwrap().unwrap().report;
        let what = format!("{} {}", truth.report, truth.url);
        assert_eq!(stored.agency.name.as_ref(), Some(&truth.name), "{what}");
        assert_eq!(stored.agency.code, truth.code, "{what}");
        assert_eq!(stored.year, Some(truth.year), "{what}");
        assert_eq!(stored.scope.as_str(), truth.scope, "{what}");
        let published = stored.published.map(|day| day.to_string());
        assert_eq!(published.as_ref(), Some(&truth.published), "{what}");
        let form: FormId = truth.form.parse().unwrap();
        assert_eq!(stored.form, Some(form), "{what}");
        let index = FormIndex::of(form);
        let read: BTreeMap<&str, _> = stored
            .observations
            .iter()
            .map(|one| {
                let indicator = Catalog::get().indicator(one.indicator);
                (indicator.cell.as_str(), one)
            })
            .collect();
        for (place, cell) in index.cells.iter().enumerate() {
            let Some(printed) = &truth.cells[place] else {
                continue;
            };
            let want = expect_cell(printed, index.units[place]);
            let got = read[cell.as_str()];
            let value = got.value.map(|value| value.to_string());
            assert_eq!(
                (got.status, &value, &got.raw, got.unit),
                (want.status, &want.value, &want.raw, want.unit),
                "{cell} of {what}"
            );
            numbers += usize::from(value.is_some());
        }
    }
    assert!(numbers > 40_000, "{numbers}");

    across(&corpus, &ids);
    contradictions(&corpus, &ids);
    changes(&corpus, &ids);
}

/// The report that a finding is about: of a text and its copy the one published later.
fn accused<'c>(corpus: &'c Corpus, line: &PlantedLine) -> &'c ReportLine {
    let report = &corpus.reports[&line.report];
    match &line.other {
        Some(other) if line.kind == PlantedKind::Copied => {
            let Some(other) = corpus.reports.get(other) else {
                return report;
            };
            let order = |one: &ReportLine| (one.published.clone(), one.name.clone());
            std::cmp::max_by_key(report, other, |one| order(one))
        }
        _ => report,
    }
}

/// Exactly what was planted across years, versions and texts is found.
fn across(corpus: &Corpus, ids: &BTreeMap<String, i64>) {
    let sql = "SELECT report_id, code, message_en FROM watch";
    let mut statement = corpus.store.connection().prepare(sql).unwrap();
    let mut found: BTreeMap<String, BTreeMap<i64, String>> = BTreeMap::new();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (id, code): (i64, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let of_code = found.entry(code).or_default();
        of_code.insert(id, row.get(2).unwrap());
    }
    let mut wrong = Vec::new();
    for (kind, code) in [
        (PlantedKind::CarryOver, "carry_over_break"),
        (PlantedKind::InForce, "in_force_break"),
        (PlantedKind::SameNumbers, "same_numbers"),
        (PlantedKind::Late, "late"),
        (PlantedKind::SilentChange, "silent_change"),
        (PlantedKind::Withdrawn, "withdrawn"),
        (PlantedKind::Backdated, "backdated"),
        (PlantedKind::PostDated, "postdated"),
        (PlantedKind::Narrative, "narrative_mismatch"),
        (PlantedKind::Copied, "copied_text"),
        (PlantedKind::Share, "percentage_mismatch"),
        (PlantedKind::FeeStep, "fee_step"),
        (PlantedKind::OpenRequests, "open_requests_break"),
        (PlantedKind::PartAbove, "part_above_whole"),
    ] {
        let planted = corpus.defects.iter().filter(|line| line.kind == kind);
        // What was copied from a year that its source has no report of cannot be found.
        let planted = planted.filter(|line| {
            let other = line.other.as_ref();
            kind != PlantedKind::Copied || other.is_some_and(|id| corpus.reports.contains_key(id))
        });
        let planted: BTreeMap<i64, &PlantedLine> = planted
            .map(|line| (ids[&accused(corpus, line).url], line))
            .collect();
        assert!(kind != PlantedKind::Copied || planted.len() >= 8);
        assert!(!planted.is_empty(), "{code}");
        let got = found.remove(code).unwrap_or_default();
        eprintln!("{code}: {} planted, {} found", planted.len(), got.len());
        for (id, line) in &planted {
            if !got.contains_key(id) {
                wrong.push(format!(
                    "{code} missed: {line:?} {}",
                    corpus.reports[&line.report].name
                ));
            }
        }
        for (id, message) in &got {
            if !planted.contains_key(id) {
                let report = corpus
                    .reports
                    .values()
                    .find(|one| ids[&one.url] == *id)
                    .unwrap();
                let near = corpus.defects.iter().chain(&corpus.innocents);
                let near: Vec<_> = near.filter(|line| line.report == report.report).collect();
                wrong.push(format!(
                    "{code} beside: {} {} {message} {near:?}",
                    report.report, report.name
                ));
            }
        }
    }
    wrong.extend(
        found
            .iter()
            .map(|(code, of)| format!("{code} beside: {of:?}")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Exactly the reports with planted contradictions contradict themselves.
fn contradictions(corpus: &Corpus, ids: &BTreeMap<String, i64>) {
    let sql =
        "SELECT report_id, code, place, message FROM finding_list WHERE code LIKE 'identity%'";
    let mut statement = corpus.store.connection().prepare(sql).unwrap();
    let mut found: BTreeMap<i64, Vec<(String, String)>> = BTreeMap::new();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (id, code): (i64, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let place: String = row.get(2).unwrap();
        let message: String = row.get(3).unwrap();
        found
            .entry(id)
            .or_default()
            .push((code, format!("{place}: {message}")));
    }
    let mut planted = BTreeSet::new();
    for line in &corpus.defects {
        if line.kind != PlantedKind::Arithmetic {
            continue;
        }
        let id = ids[&corpus.reports[&line.report].url];
        planted.insert(id);
        let found = found.get(&id).unwrap_or_else(|| panic!("{line:?}"));
        assert!(
            found
                .iter()
                .any(|(code, _)| code == Code::IdentityFails.as_str()),
            "{line:?} {found:?}"
        );
    }
    let beside: Vec<_> = found
        .iter()
        .filter(|(id, _)| !planted.contains(id))
        .map(|(id, found)| {
            let truth = corpus.reports.values().find(|one| ids[&one.url] == *id);
            (truth.map(|one| &one.report), found)
        })
        .collect();
    assert!(beside.is_empty(), "{} {beside:#?}", beside.len());
    assert!(planted.len() >= 4, "{}", planted.len());
}

/// Only a page with other content makes a version.
fn changes(corpus: &Corpus, ids: &BTreeMap<String, i64>) {
    let sql = "SELECT report_id FROM report_list WHERE versions > 1";
    let mut statement = corpus.store.connection().prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, i64>(0)).unwrap();
    let found: BTreeSet<i64> = rows.map(Result::unwrap).collect();
    let planted: BTreeSet<i64> = corpus
        .defects
        .iter()
        .filter(|line| line.kind == PlantedKind::SilentChange)
        .map(|line| ids[&corpus.reports[&line.report].url])
        .collect();
    assert_eq!(found, planted);
    assert!(!planted.is_empty());
    let changed = u64::try_from(planted.len()).unwrap();
    assert_eq!(corpus.summary.count(Outcome::Changed), changed);
    assert!(corpus.summary.count(Outcome::SeenAgain) > 0);
}

/// Every kind of defect and of innocent thing is in a corpus of some hundred agencies.
#[test]
fn everything_is_planted() {
    let plan = Plan {
        agencies: 400,
        ..PLAN
    };
    let skeletons = generator::corpus::Skeletons::new(plan.seed, plan.bytes);
    let mut kinds = BTreeMap::new();
    for index in 0..plan.agencies {
        let story = generator::corpus::story(&plan, index, &skeletons);
        for line in story.defects.iter().chain(&story.innocents) {
            *kinds.entry(line.kind).or_insert(0) += 1;
        }
    }
    for kind in [
        K::Arithmetic,
        K::CarryOver,
        K::InForce,
        K::SameNumbers,
        K::Late,
        K::SilentChange,
        K::Withdrawn,
        K::Backdated,
        K::PostDated,
        K::Copied,
        K::Narrative,
        K::OtherDefinition,
        K::Corrected,
        K::MissingYear,
        K::BlankZeros,
        K::OwnBesideConsolidated,
        K::Renamed,
        K::SameName,
        K::Redesigned,
        K::Outage,
        K::LastDay,
        K::Township,
        K::OwnTextAgain,
        K::Quiet,
        K::SeenAgain,
        K::Share,
        K::ShareRight,
        K::FeeStep,
        K::FeeTariff,
        K::OpenRequests,
        K::PartAbove,
    ] {
        assert!(kinds.contains_key(&kind), "{kind:?} {kinds:?}");
    }
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    let plan = Plan {
        agencies: 3,
        ..PLAN
    };
    let files = |threads: usize| {
        let folder = tempfile::tempdir().unwrap();
        write(&plan, folder.path(), &folder.path().join("truth"), threads);
        let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path: std::path::PathBuf| {
                let name = Path::file_name(&path).unwrap().to_string_lossy();
                (name.into_owned(), std::fs::read(&path).unwrap())
            })
            .collect();
        files.sort();
        files
    };
    let one = files(1);
    assert_eq!(one.len(), 2);
    assert!(one == files(2));
}
