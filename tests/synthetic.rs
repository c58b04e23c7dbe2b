//! A small synthetic corpus: what was written is what a build reads, and the planted contradictions are found, and
//! nothing beside them.

#[path = "generator/mod.rs"]
mod generator;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use generator::corpus::PlantedKind as K;
use generator::corpus::{FormIndex, Line, Plan, ReportLine, read_truth, write};
use generator::expect_cell;
use generator::judge::{self, judge};
use jiff::Timestamp;
use nianbao::home::Home;
use nianbao::model::{Catalog, FormId};
use nianbao::pipeline::{BuildEvent, BuildOptions, BuildSummary, build};
use nianbao::store::{Outcome, Store};

/// A corpus with what a build made of it.
struct Corpus {
    _folder: tempfile::TempDir,
    truth: PathBuf,
    store: Store,
    summary: BuildSummary,
    reports: BTreeMap<String, ReportLine>,
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
        truth: truth.clone(),
        store,
        summary,
        reports: BTreeMap::new(),
    };
    read_truth(&truth, |line| {
        if let Line::Report(report) = line {
            corpus.reports.insert(report.report.clone(), *report);
        }
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

    judged(&corpus);
    faults_are_seen(&corpus);
}

/// Exactly what was planted is found: in reports, across years, versions and texts; and nobody innocent is accused.
fn judged(corpus: &Corpus) {
    let judged = judge(corpus.store.connection(), &corpus.truth);
    for verdict in &judged.verdicts {
        eprintln!("{verdict}");
        let least = match verdict.kind {
            K::Copied => 8,
            K::Arithmetic => 4,
            _ => 1,
        };
        assert!(verdict.planted >= least, "{verdict}");
    }
    assert!(judged.innocents.values().any(|(count, _)| *count > 0));
    let faults = judged.faults();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(judged.is_clean());
    // Only a page with other content makes a version.
    let changed = judged
        .verdicts
        .iter()
        .find(|one| one.kind == K::SilentChange);
    let changed = u64::try_from(changed.unwrap().found).unwrap();
    assert_eq!(corpus.summary.count(Outcome::Changed), changed);
    assert!(corpus.summary.count(Outcome::SeenAgain) > 0);
}

/// What is missed, found beside and told of the wrong year is seen as that, or the figures say nothing.
fn faults_are_seen(corpus: &Corpus) {
    let connection = corpus.store.connection();
    let run = |sql: &str| connection.execute_batch(sql).unwrap();
    let counted = |name: &str| {
        let judged = judge(connection, &corpus.truth);
        assert!(!judged.is_clean());
        let mut of_name = judged.verdicts.iter().filter(|one| one.name == name);
        let found = of_name.next().unwrap();
        let wrong = found.wrong_years.len();
        ([found.missed.len(), found.beside.len(), wrong], judged)
    };
    run("SAVEPOINT one");
    for (_, code) in judge::ACROSS {
        run(&format!(
            "UPDATE watch SET report_id = (SELECT max(id) FROM report WHERE id NOT IN (SELECT report_id FROM watch))
             WHERE id = (SELECT min(id) FROM watch WHERE code = '{code}')"
        ));
        assert_eq!(counted(code).0, [1, 1, 0], "{code}");
        run("ROLLBACK TO one");
    }
    run(
        "UPDATE watch SET evidence = replace(replace(replace(evidence, '\"earlier\"', '\"?\"'), '\"later\"', '\"earlier\"'),
           '\"?\"', '\"later\"')",
    );
    assert!(counted("in_force_break").0[2] + counted("carry_over_break").0[2] > 0);
    run("ROLLBACK TO one");
    run("UPDATE finding SET code = 'identity_soft' WHERE code = 'identity_fails'");
    let ([missed, beside, _], _) = counted("identities");
    assert!(missed >= 4 && beside == 0, "{missed} {beside}");
    run("ROLLBACK TO one");
    let innocent = innocent(&corpus.truth);
    run(&format!(
        "UPDATE watch SET report_id = (SELECT report_id FROM report_list WHERE url = '{innocent}')
         WHERE id = (SELECT min(id) FROM watch WHERE code = 'late')"
    ));
    let ([missed, beside, _], judged) = counted("late");
    assert_eq!([missed, beside], [1, 1]);
    assert!(
        judged
            .innocents
            .values()
            .any(|(_, accused)| accused.len() == 1)
    );
    run("ROLLBACK TO one");
    assert!(judge(connection, &corpus.truth).is_clean());
}

/// The address of a report with something innocent in it and nothing else.
fn innocent(truth: &Path) -> String {
    let (mut urls, mut guilty, mut innocent) = (BTreeMap::new(), Vec::new(), Vec::new());
    read_truth(truth, |line| match line {
        Line::Corpus(_) | Line::Agency(_) => {}
        Line::Report(report) => {
            urls.insert(report.report, report.url);
        }
        Line::Defect(line) => guilty.push(line.report),
        Line::Innocent(line) => innocent.push(line.report),
    });
    let one = innocent.iter().find(|report| !guilty.contains(report));
    urls.remove(one.unwrap()).unwrap()
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
        K::Rebuilt,
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
        K::AfterMisprint,
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
