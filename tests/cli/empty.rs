//! Questions that go nowhere say so, and what to do next: on stderr, where stdout is data.

use std::path::PathBuf;

use super::{run, run_with};

fn demo() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), ["demo"]).code, 0);
    let home = folder.path().join("nianbao-demo");
    (folder, home)
}

#[test]
fn a_cell_that_is_not_there_is_refused_with_the_nearest() {
    let (_folder, home) = demo();
    for (args, says) in [
        (
            &[
                "export",
                "--form",
                "2021",
                "--cell",
                "applications.received",
            ][..],
            &["form of 2021", "--form 2014"][..],
        ),
        (
            &["export", "--form", "2021", "--cell", "requests.nwe@total"],
            &["form of 2021", "requests.new@total"],
        ),
        (
            &["export", "--cell", "nosuch"],
            &["did you mean", "indicator"],
        ),
        (
            &["show", "云溪市教育局", "2020", "--cell", "nosuch"],
            &["did you mean", "indicator"],
        ),
        (
            &["show", "云溪市教育局", "2020", "--html", "review.totl"],
            &["review.total"],
        ),
    ] {
        let run = run(&home, args);
        assert_eq!(
            (run.code, run.out.as_str()),
            (2, ""),
            "{args:?} {}",
            run.err
        );
        for word in says {
            assert!(run.err.contains(word), "{args:?} {}", run.err);
        }
    }
    // What the message names works.
    let cells = run(&home, ["query", "SELECT form, cell, labels FROM indicator"]);
    assert!(cells.code == 0 && cells.out.contains("applications.received"));
    let of_2014 = [
        "export",
        "--form",
        "2014",
        "--cell",
        "applications.received",
    ];
    assert!(run(&home, of_2014).out.lines().count() > 1);
}

#[test]
fn a_statement_may_begin_with_a_comment() {
    let (_folder, home) = demo();
    let sql = "-- how many\nSELECT count(*) AS reports FROM report_list";
    let one = run(&home, ["query", sql, "--csv"]);
    assert_eq!(
        (one.code, one.out.lines().next()),
        (0, Some("reports")),
        "{}",
        one.err
    );
    let read = run_with(&home, &["query", "-", "--csv"], sql.as_bytes());
    assert_eq!((read.code, &read.out), (0, &one.out), "{}", read.err);
    // Nothing but a comment is no statement; flags are flags still.
    let none = run(&home, ["query", "-- comment"]);
    assert_eq!(none.code, 2);
    assert!(
        none.err.contains("give one SELECT statement"),
        "{}",
        none.err
    );
    assert!(run(&home, ["query", "--views"]).out.contains("report_list"));
    assert_eq!(run(&home, ["query", "SELECT 1", "--nosuch"]).code, 2);
}

#[test]
fn an_answer_of_nothing_says_so_beside_the_data() {
    let (_folder, home) = demo();
    for (args, says, lines) in [
        (&["export", "--year", "1990"][..], "no rows", 1),
        (
            &[
                "export", "--what", "watch", "--format", "json", "--year", "1990",
            ],
            "no rows",
            0,
        ),
        (
            &["series", "requests_received", "--year", "1990", "--json"],
            "no reports",
            0,
        ),
        (
            &["series", "requests_received", "--year", "1990", "--csv"],
            "no reports",
            1,
        ),
        (&["audit", "--year", "1990", "--json"], "no findings", 0),
        (&["coverage", "--year", "1990", "--csv"], "no reports", 1),
        (
            &["agency", "list", "--name", "zzz", "--json"],
            "no agencies",
            0,
        ),
        (
            &["agency", "list", "--name", "zzz", "--csv"],
            "no agencies",
            1,
        ),
    ] {
        let run = run(&home, args);
        assert_eq!(
            (run.code, run.out.lines().count()),
            (0, lines),
            "{args:?} {}",
            run.out
        );
        assert!(run.err.contains(says), "{args:?} {}", run.err);
    }
}

#[test]
fn agencies_are_listed_as_csv() {
    let (_folder, home) = demo();
    let listed = run(&home, ["agency", "list", "--csv"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    let mut reader = csv::Reader::from_reader(listed.out.as_bytes());
    let heads = reader.headers().unwrap().clone();
    assert_eq!(&heads[0], "agency");
    let names: Vec<String> = reader
        .records()
        .map(|row| row.unwrap()[0].to_owned())
        .collect();
    assert!(names.iter().any(|name| name == "云溪市教育局"), "{names:?}");
    assert_eq!(run(&home, ["agency", "list", "--csv", "--json"]).code, 2);
}

#[test]
fn what_was_said_of_a_finding_is_told_back() {
    let (_folder, home) = demo();
    let listed = run(&home, ["audit", "--code", "late", "--json"]);
    let line: serde_json::Value = serde_json::from_str(listed.out.lines().next().unwrap()).unwrap();
    let id = line["id"].as_str().unwrap();
    for (verb, says) in [
        ("dismiss", "dismissed: 青岭县自然资源局 2022 late"),
        ("reopen", "open again"),
        ("confirm", "confirmed: 青岭县自然资源局 2022 late"),
    ] {
        let said = run(&home, ["audit", verb, id, "--reason", "asked"]);
        assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
        assert!(
            said.err.contains(says) && said.err.contains(id),
            "{}",
            said.err
        );
    }
}
