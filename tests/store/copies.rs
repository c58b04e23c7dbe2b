//! Suspected copies: kept, marked, never current beside the agency's own, left out of answers.

use nianbao::model::{Decimal, Official, Report};
use nianbao::query::{
    Copies, Filter, Presence, count_copies, coverage, export_json, findings, list_reports, series,
};
use nianbao::store::Outcome;

use crate::random::{capture, digest, sound};
use crate::{Home, home, noon};

/// The report with `value` as its first number, from bytes of its own.
fn page(seed: u8, official: Official, value: i64) -> Report {
    let mut report = sound();
    report.provenance.sha256 = data_encoding::HEXLOWER.encode(&digest(seed));
    report.provenance.official = official;
    report.provenance.signals = vec!["host_unlisted: www.copy.example".into()];
    report.provenance.url = Some(format!("http://host{seed}.example/1"));
    let mut observations = report.observations.iter_mut();
    let first = observations.find(|one| one.value.is_some()).unwrap();
    first.value = Some(Decimal::integer(value));
    first.raw = value.to_string();
    report
}

fn put(home: &mut Home, report: &Report, second: i64) -> Outcome {
    let mut writer = home.store.writer(report.provenance.program, noon());
    let outcome = writer.put(&capture(report, second), Ok(report)).unwrap();
    writer.finish().unwrap();
    assert_eq!(home.store.verify().unwrap(), Vec::<String>::new());
    outcome
}

fn current(home: &Home) -> (Report, i64, i64) {
    let stored = home.store.reader().report(1).unwrap().unwrap();
    let seen = (stored.first_seen.as_second(), stored.last_seen.as_second());
    (stored.report, seen.0, seen.1)
}

fn included() -> Filter {
    Filter {
        copies: Copies::Included,
        ..Filter::default()
    }
}

use Official::{MirrorSuspected as Copy, Official as Own, Unknown};

#[test]
fn a_copy_never_becomes_current_and_is_no_change() {
    for other in [Own, Unknown] {
        let mut home = home();
        let (first, copy) = (page(1, other, 10), page(2, Copy, 99));
        assert_eq!(put(&mut home, &first, 10), Outcome::New);
        assert_eq!(put(&mut home, &copy, 20), Outcome::Copied);
        assert_eq!(current(&home), (first, 10, 10));
        let lines = list_reports(&home.store, &Filter::default()).unwrap();
        assert_eq!((lines.len(), lines[0].versions), (1, 1));
        assert_eq!(home.store.reader().versions(1).unwrap().len(), 2);
        assert_eq!(count_copies(&home.store, &Filter::default()).unwrap(), 0);
    }
}

#[test]
fn a_copy_of_an_old_content_does_not_bring_it_back() {
    let mut home = home();
    let (old, new) = (page(1, Own, 10), page(2, Own, 20));
    put(&mut home, &old, 10);
    assert_eq!(put(&mut home, &new, 20), Outcome::Changed);
    assert_eq!(put(&mut home, &page(3, Copy, 10), 30), Outcome::SeenAgain);
    assert_eq!(current(&home), (new, 20, 20));
    // A copy of the current content, found earlier and later, does not lengthen its time either.
    assert_eq!(put(&mut home, &page(4, Copy, 20), 5), Outcome::SeenAgain);
    assert_eq!(put(&mut home, &page(5, Copy, 20), 40), Outcome::SeenAgain);
    let (report, first, last) = current(&home);
    assert_eq!((report.provenance.official, first, last), (Own, 20, 20));
}

#[test]
fn the_page_found_after_its_copy_is_the_report() {
    let mut home = home();
    let (copy, own) = (page(1, Copy, 99), page(2, Own, 10));
    assert_eq!(put(&mut home, &copy, 10), Outcome::New);
    assert_eq!(current(&home).0, copy);
    assert_eq!(put(&mut home, &own, 5), Outcome::New);
    assert_eq!(current(&home), (own, 5, 5));
    // The same content: the copy's details make way.
    let mut home = crate::home();
    let (copy, own) = (page(1, Copy, 10), page(2, Own, 10));
    put(&mut home, &copy, 10);
    assert_eq!(put(&mut home, &own, 20), Outcome::SeenAgain);
    assert_eq!(current(&home), (own, 20, 20));
}

#[test]
fn another_verdict_on_the_same_capture_is_written_down() {
    let mut home = home();
    let mut page = page(1, Own, 10);
    put(&mut home, &page, 10);
    for official in [Copy, Unknown, Copy, Own] {
        page.provenance.official = official;
        assert_eq!(put(&mut home, &page, 10), Outcome::Reread);
        assert_eq!(current(&home).0.provenance.official, official);
        assert_eq!(home.store.reader().versions(1).unwrap(), [1]);
    }
    assert_eq!(put(&mut home, &page, 10), Outcome::Unchanged);
}

#[test]
fn reports_known_from_copies_alone_are_left_out_unless_asked_for() {
    let mut home = home();
    put(&mut home, &page(1, Own, 10), 10);
    let mut copy = page(2, Copy, 99);
    copy.year = Some(2021);
    put(&mut home, &copy, 10);
    let mut altered = page(3, Copy, 99);
    altered.agency.name = Some("某某娱乐".into());
    put(&mut home, &altered, 10);
    let store = &home.store;
    let count = |filter: &Filter| {
        let mut export = Vec::new();
        let cells = export_json(store, filter, &mut export).unwrap();
        (
            list_reports(store, filter).unwrap().len(),
            findings(store, filter, None, None).unwrap().len(),
            series(store, "requests_received", filter).unwrap().len(),
            cells,
        )
    };
    let usual = count(&Filter::default());
    let all = count(&included());
    assert_eq!((usual.0, usual.1, usual.2), (1, 1, 1));
    assert_eq!((all.0, all.1, all.2), (3, 3, 3));
    assert_eq!(all.3, 3 * usual.3);
    assert_eq!(count_copies(store, &Filter::default()).unwrap(), 2);
    let of_year = Filter {
        from_year: Some(2022),
        ..Filter::default()
    };
    assert_eq!(count_copies(store, &of_year).unwrap(), 1);

    let cells = |filter: &Filter, expected: &[String]| {
        let coverage = coverage(store, filter, expected).unwrap();
        let rows = coverage.rows.into_iter();
        rows.map(|row| (row.agency.unwrap(), row.presence))
            .collect::<Vec<_>>()
    };
    let own = || {
        (
            "某某县局".to_owned(),
            vec![Presence::CopyOnly, Presence::Found],
        )
    };
    let other = |absent| ("某某娱乐".to_owned(), vec![absent, Presence::CopyOnly]);
    assert_eq!(cells(&Filter::default(), &[]), [own()]);
    assert_eq!(
        cells(&Filter::default(), &["某某娱乐".into()]),
        [own(), other(Presence::Missing)]
    );
    assert_eq!(cells(&included(), &[]), [own(), other(Presence::Unknown)]);
}

#[test]
fn a_database_of_the_first_schema_is_brought_up() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("old.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection
        .execute_batch(include_str!("../../src/store/migrations/0001_base.sql"))
        .unwrap();
    connection
        .execute_batch(
            "PRAGMA application_id = 0x6e69616e; PRAGMA user_version = 1;
             INSERT INTO run VALUES (1, '0', 0); INSERT INTO reader VALUES (1, '0', '');
             INSERT INTO agency VALUES (1, '某某局', NULL);
             INSERT INTO report VALUES (1, 1, 2020, 'own', '', 1);
             INSERT INTO capture VALUES (1, zeroblob(32), NULL, 0, NULL, 0, NULL, NULL, NULL);
             INSERT INTO version VALUES (1, 1, zeroblob(16), 0, 0, 1, 1, NULL, NULL, NULL, 'official', 'utf-8', 'http', 0, NULL);
             INSERT INTO reading VALUES (1, 1, 1, 1, zeroblob(16));",
        )
        .unwrap();
    drop(connection);
    let store = nianbao::store::Store::open(&path).unwrap();
    let official: String = store
        .connection()
        .query_row("SELECT official FROM reading", [], |row| row.get(0))
        .unwrap();
    assert_eq!(official, "official");
    assert_eq!(list_reports(&store, &Filter::default()).unwrap().len(), 1);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}
