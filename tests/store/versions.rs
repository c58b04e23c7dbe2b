//! Versions and runs are two clocks; what is repeated changes nothing.

use nianbao::model::{Decimal, Official, Report, Scope};
use nianbao::store::{CaptureInfo, Outcome, Refusal, Store};

use crate::random::{capture, digest, sound};
use crate::{Home, home, noon};

fn put(home: &mut Home, capture: &CaptureInfo, reading: Result<&Report, &Refusal>) -> Outcome {
    let program = reading.map_or("0.1.0", |report| report.provenance.program);
    let mut writer = home.store.writer(program, noon());
    let outcome = writer.put(capture, reading).unwrap();
    writer.finish().unwrap();
    assert_eq!(home.store.verify().unwrap(), Vec::<String>::new());
    outcome
}

fn count(store: &Store, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    store
        .connection()
        .query_row(&sql, [], |row| row.get(0))
        .unwrap()
}

/// The report with another number of new requests, from other bytes.
fn changed(report: &Report, seed: u8) -> Report {
    let mut changed = report.clone();
    changed.provenance.sha256 = data_encoding::HEXLOWER.encode(&digest(seed));
    set_first(&mut changed, 99);
    changed
}

fn set_first(report: &mut Report, value: i64) {
    let one = report
        .observations
        .iter_mut()
        .find(|one| one.value.is_some())
        .unwrap();
    one.value = Some(Decimal::integer(value));
    one.raw = value.to_string();
}

fn same_content(report: &Report, seed: u8) -> Report {
    let mut same = report.clone();
    same.provenance.sha256 = data_encoding::HEXLOWER.encode(&digest(seed));
    same
}

#[test]
fn a_repeated_build_changes_no_row() {
    let mut home = home();
    let (first, second) = (sound(), changed(&sound(), 1));
    let refusal = Refusal {
        reason: "no_report".into(),
        detail: "a notice about the reports".into(),
    };
    let mut third = capture(&first, 30);
    third.sha256 = digest(3);
    let build = |home: &mut Home| {
        let before = home.store.connection().total_changes();
        let outcomes = [
            put(home, &capture(&first, 10), Ok(&first)),
            put(home, &capture(&second, 20), Ok(&second)),
            put(home, &third, Err(&refusal)),
        ];
        (outcomes, home.store.connection().total_changes() - before)
    };
    let (outcomes, changes) = build(&mut home);
    assert_eq!(outcomes, [Outcome::New, Outcome::Changed, Outcome::Refused]);
    assert!(changes > 0);
    let (outcomes, changes) = build(&mut home);
    assert_eq!(
        outcomes,
        [Outcome::Unchanged, Outcome::Unchanged, Outcome::Refused]
    );
    assert_eq!(changes, 0);
    assert_eq!(count(&home.store, "run"), 3);
    assert_eq!(count(&home.store, "refusal_list"), 1);
}

#[test]
fn another_content_is_another_version() {
    let mut home = home();
    let (first, second) = (sound(), changed(&sound(), 1));
    put(&mut home, &capture(&first, 10), Ok(&first));
    assert_eq!(
        put(&mut home, &capture(&second, 20), Ok(&second)),
        Outcome::Changed
    );
    // The first content comes back: no third version.
    assert_eq!(
        put(&mut home, &capture(&first, 30), Ok(&first)),
        Outcome::SeenAgain
    );
    let reader = home.store.reader();
    let versions = reader.versions(1).unwrap();
    assert_eq!(versions.len(), 2);
    let stored = reader.report(1).unwrap().unwrap();
    assert_eq!((stored.captures, &stored.report), (2, &first));
    assert_eq!(stored.first_seen.as_second(), 10);
    assert_eq!(stored.last_seen.as_second(), 30);
}

#[test]
fn another_program_is_another_run_and_no_version() {
    let mut home = home();
    let first = sound();
    let again = same_content(&first, 1);
    put(&mut home, &capture(&first, 10), Ok(&first));
    assert_eq!(
        put(&mut home, &capture(&again, 20), Ok(&again)),
        Outcome::SeenAgain
    );
    // A parser fix: both captures now read 5, by a new program.
    let fix = |report: &Report| {
        let mut fixed = report.clone();
        fixed.provenance.program = "0.2.0";
        set_first(&mut fixed, 5);
        fixed
    };
    let (first, again) = (fix(&first), fix(&again));
    assert_eq!(
        put(&mut home, &capture(&first, 10), Ok(&first)),
        Outcome::Reread
    );
    assert_eq!(
        put(&mut home, &capture(&again, 20), Ok(&again)),
        Outcome::Reread
    );
    assert_eq!(home.store.reader().versions(1).unwrap(), [1]);
    let stored = home.store.reader().report(1).unwrap().unwrap();
    assert_eq!((stored.captures, &stored.report), (2, &first));
    assert_eq!(count(&home.store, "run"), 4);

    // A fix that sees a difference between the two, in either order, parts them.
    let mut parted = again.clone();
    parted.provenance.program = "0.3.0";
    set_first(&mut parted, 6);
    let mut upheld = first.clone();
    upheld.provenance.program = "0.3.0";
    assert_eq!(
        put(&mut home, &capture(&parted, 20), Ok(&parted)),
        Outcome::Reread
    );
    assert_eq!(
        put(&mut home, &capture(&upheld, 10), Ok(&upheld)),
        Outcome::Reread
    );
    assert_eq!(count(&home.store, "version"), 2);
    let stored = home.store.reader().report(1).unwrap().unwrap();
    assert_eq!(stored.report, parted);
}

#[test]
fn a_corrected_identity_moves_the_report() {
    let mut home = home();
    let mut report = sound();
    report.agency.name = None;
    report.year = None;
    assert_eq!(
        put(&mut home, &capture(&report, 10), Ok(&report)),
        Outcome::New
    );
    let mut fixed = sound();
    fixed.provenance.program = "0.2.0";
    fixed.scope = Scope::Consolidated;
    assert_eq!(
        put(&mut home, &capture(&fixed, 10), Ok(&fixed)),
        Outcome::Reread
    );
    assert_eq!(count(&home.store, "report"), 1);
    assert_eq!(count(&home.store, "version"), 1);
    let stored = home.store.connection().query_row(
        "SELECT agency, year, scope FROM report_list",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    );
    let (agency, year, scope): (String, i16, String) = stored.unwrap();
    assert_eq!(
        (agency.as_str(), year, scope.as_str()),
        ("某某县局", 2022, "consolidated")
    );
    // And a reading withdrawn takes all of it along.
    let refusal = Refusal {
        reason: "no_report".into(),
        detail: String::new(),
    };
    assert_eq!(
        put(&mut home, &capture(&fixed, 10), Err(&refusal)),
        Outcome::Refused
    );
    for table in [
        "report",
        "version",
        "agency",
        "cells_2021",
        "section",
        "place",
        "reading",
    ] {
        assert_eq!(count(&home.store, table), 0, "{table}");
    }
    assert_eq!(
        put(&mut home, &capture(&fixed, 10), Ok(&fixed)),
        Outcome::New
    );
    assert_eq!(count(&home.store, "refusal"), 0);
}

#[test]
fn a_mirror_never_stands_before_the_agency() {
    let mut home = home();
    let mut mirror = changed(&sound(), 1);
    mirror.provenance.official = Official::MirrorSuspected;
    mirror.provenance.url = Some("http://mirror.example.com/".into());
    let official = sound();
    put(&mut home, &capture(&mirror, 90), Ok(&mirror));
    put(&mut home, &capture(&official, 10), Ok(&official));
    let stored = home.store.reader().report(1).unwrap().unwrap();
    assert_eq!(stored.report, official);
    // The same content on both: the agency's capture leads, whichever came first.
    let mut copy = same_content(&official, 2);
    copy.provenance.official = Official::MirrorSuspected;
    assert_eq!(
        put(&mut home, &capture(&copy, 5), Ok(&copy)),
        Outcome::SeenAgain
    );
    let stored = home.store.reader().report(1).unwrap().unwrap();
    assert_eq!((stored.captures, stored.report), (2, official));
}

#[test]
fn of_captures_of_one_second_the_one_further_on_in_the_archive_is_the_report_now() {
    let (one, other) = (sound(), changed(&sound(), 1));
    let at = |report: &Report, file: &str, offset: u64| {
        let mut capture = capture(report, 10);
        let place = capture.warc.as_mut().unwrap();
        (place.file, place.offset) = (file.into(), offset);
        capture
    };
    // Further on in the file, in a later file, and a number with more digits; whichever is put first.
    for [earlier, later] in [
        [("a.warc.gz", 12), ("a.warc.gz", 500)],
        [("a.warc.gz", 500), ("b.warc.gz", 12)],
        [("a.warc.gz", 900), ("a.warc.gz", 1000)],
    ] {
        for (first, second) in [(&one, &other), (&other, &one)] {
            for later_first in [false, true] {
                let mut home = home();
                let mut captures = [
                    (first, at(first, earlier.0, earlier.1)),
                    (second, at(second, later.0, later.1)),
                ];
                if later_first {
                    captures.reverse();
                }
                for (report, capture) in &captures {
                    put(&mut home, capture, Ok(report));
                }
                let stored = home.store.reader().report(1).unwrap().unwrap();
                assert_eq!(&stored.report, second, "{earlier:?} {later:?}");
            }
        }
    }
}

#[test]
fn a_failed_put_leaves_nothing_and_the_writer_goes_on() {
    let mut home = home();
    let good = sound();
    let mut bad = changed(&good, 1);
    bad.observations.push(bad.observations[3].clone());
    let mut writer = home.store.writer("0.1.0", noon());
    assert!(writer.put(&capture(&bad, 1), Ok(&bad)).is_err());
    assert_eq!(
        writer.put(&capture(&good, 2), Ok(&good)).unwrap(),
        Outcome::New
    );
    let mut bad = changed(&good, 2);
    bad.observations[3].value = None;
    assert!(writer.put(&capture(&bad, 3), Ok(&bad)).is_err());
    let mut wrong = capture(&good, 4);
    wrong.sha256 = digest(9);
    assert!(writer.put(&wrong, Ok(&good)).is_err());
    // More sections than a version has numbers for: they would be another's.
    let mut long = changed(&good, 5);
    long.sections.truncate(1);
    let mut empty = long.sections[0].clone();
    (empty.heading, empty.text) = (None, String::new());
    long.sections.resize(1 << 20, empty.clone());
    long.sections.push(empty);
    let error = writer.put(&capture(&long, 5), Ok(&long)).unwrap_err();
    assert!(error.to_string().contains("1048577 sections"), "{error}");
    writer.finish().unwrap();
    assert_eq!(count(&home.store, "capture"), 1);
    assert_eq!(count(&home.store, "run"), 1);
    assert_eq!(home.store.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_capture_holds_as_many_reports_as_were_read_in_it() {
    let mut home = home();
    let first = sound();
    let mut second = first.clone();
    second.year = first.year.map(|year| year - 1);
    set_first(&mut second, 98);
    let page = capture(&first, 10);
    let put = |home: &mut Home, reports: &[&Report]| {
        let mut writer = home.store.writer("0.1.0", noon());
        let reports: Vec<Report> = reports.iter().map(|report| (*report).clone()).collect();
        let outcomes = writer.put_all(&page, Ok(&reports)).unwrap();
        writer.finish().unwrap();
        assert_eq!(home.store.verify().unwrap(), Vec::<String>::new());
        outcomes
    };
    let years = |home: &Home| -> String {
        let sql = "SELECT group_concat(year) FROM (SELECT year FROM report_list ORDER BY year)";
        let row = home.store.connection().query_row(sql, [], |row| row.get(0));
        row.unwrap()
    };
    assert_eq!(put(&mut home, &[&first]), [Outcome::New]);
    assert_eq!(
        put(&mut home, &[&first, &second]),
        [Outcome::Unchanged, Outcome::New]
    );
    assert_eq!(put(&mut home, &[&first, &second]), [Outcome::Unchanged; 2]);
    let both = years(&home);
    assert_eq!(count(&home.store, "reading"), 2);
    // In another order they are the same reports.
    put(&mut home, &[&second, &first]);
    assert_eq!((years(&home), count(&home.store, "version")), (both, 2));
    // What is not in the capture any more goes.
    put(&mut home, &[&first]);
    assert_eq!(count(&home.store, "reading"), 1);
    assert_eq!(count(&home.store, "report"), 1);
    let refusal = Refusal {
        reason: "no_report".into(),
        detail: "nothing".into(),
    };
    put(&mut home, &[&first, &second]);
    let mut writer = home.store.writer("0.1.0", noon());
    assert_eq!(
        writer.put_all(&page, Err(&refusal)).unwrap(),
        [Outcome::Refused]
    );
    writer.finish().unwrap();
    assert_eq!(
        count(&home.store, "reading") + count(&home.store, "version"),
        0
    );
}
