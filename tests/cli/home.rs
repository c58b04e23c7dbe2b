//! Verbs on a home: import, build, questions.

use std::path::Path;

use serde_json::Value;

use super::{demo_page, fixture, run};

fn home() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), ["init", "."]);
    assert_eq!(made.code, 0, "{}", made.err);
    folder
}

fn demo() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), ["demo"]).code, 0);
    let home = folder.path().join("nianbao-demo");
    (folder, home)
}

fn import(home: &Path, files: &[&Path]) -> super::Run {
    let mut args = vec!["import".as_ref()];
    args.extend(files.iter().map(|file| file.as_os_str()));
    run(home, args)
}

#[test]
fn what_cannot_start_is_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    for args in [
        &["build"][..],
        &["coverage"],
        &["--home", "nowhere", "audit"],
    ] {
        let run = run(folder.path(), args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        assert!(run.err.contains("nianbao init"), "{}", run.err);
    }
    let home = home();
    let again = run(home.path(), ["init", "."]);
    assert_eq!(again.code, 2);
    let unbuilt = run(home.path(), ["coverage"]);
    assert_eq!(unbuilt.code, 2);
    assert!(unbuilt.err.contains("nianbao build"), "{}", unbuilt.err);
}

#[test]
fn a_folder_is_imported_once_and_built_once() {
    let home = home();
    let home = home.path();
    let first = import(home, &[&fixture("demo")]);
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(
        first.err.contains("17 imported, 1 passed over"),
        "{}",
        first.err
    );
    // Before a build the archive says what is there, behind it the database.
    for _ in 0..2 {
        let again = import(home, &[&fixture("demo")]);
        assert!(
            again.err.contains("0 imported, 17 already archived"),
            "{}",
            again.err
        );
        assert_eq!(run(home, ["build"]).code, 0);
    }
    let built = run(home, ["build"]);
    assert!(built.err.contains("0 reports"), "{}", built.err);
    let built = run(home, ["build", "--all"]);
    assert!(
        built.err.contains("17 reports (17 unchanged)"),
        "{}",
        built.err
    );
    let verified = run(home, ["archive", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.out);
}

#[test]
fn what_is_no_page_is_told_and_the_rest_goes_on() {
    let home = home();
    let home = home.path();
    std::fs::write(home.join("a.doc"), b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").unwrap();
    let (word, page) = (home.join("a.doc"), demo_page("yunxi-2019.html"));
    let done = import(home, &[&word, &home.join("missing"), &page]);
    assert_eq!(done.code, 1);
    assert!(
        done.err
            .contains("a.doc: not readable as a page: a DOC, WPS or XLS file"),
        "{}",
        done.err
    );
    assert!(done.err.contains("1 imported, 2 failed"), "{}", done.err);
    let two = run(home, ["import", "--url", "http://a/", "x", "y"]);
    assert_eq!(two.code, 2);
    // A look-alike is archived and refused with its reason, and that is no failure.
    std::fs::write(home.join("news.html"), "<html><p>今日开会。</p></html>").unwrap();
    assert_eq!(import(home, &[&home.join("news.html")]).code, 0);
    let built = run(home, ["build"]);
    assert_eq!(built.code, 0);
    assert!(built.err.contains("1 are no reports"), "{}", built.err);
    let refused = run(home, ["audit", "--refused", "--json"]);
    assert_eq!(refused.out.lines().count(), 1, "{}", refused.out);
}

#[test]
fn a_damaged_archive_is_told_and_the_rest_is_built() {
    let home = home();
    let home = home.path();
    assert_eq!(import(home, &[&fixture("demo")]).code, 0);
    assert_eq!(run(home, ["build"]).code, 0);
    let file = std::fs::read_dir(home.join("warc"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&file, bytes).unwrap();
    std::fs::remove_file(home.join("nianbao.db")).unwrap();
    let built = run(home, ["build"]);
    assert_eq!(built.code, 1, "{}", built.err);
    assert!(
        built.err.contains("16 reports (16 new), 1 failures"),
        "{}",
        built.err
    );
    assert_eq!(built.err.lines().count(), 2, "{}", built.err);
    assert_eq!(run(home, ["archive", "verify"]).code, 6);
}

#[test]
fn a_cell_is_proved_from_the_archive_or_not_at_all() {
    let (_folder, home) = demo();
    let args = [
        "show",
        "云溪市教育局",
        "2020",
        "--cell",
        "requests.carried_out@total",
        "--json",
    ];
    let shown = run(&home, args);
    assert_eq!(shown.code, 0, "{}", shown.err);
    let proof: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(proof["digest_holds"], true);
    assert_eq!(proof["bytes_hex"], "32");
    assert_eq!(proof["observation"]["value"], 2);
    let near = run(
        &home,
        [
            "show",
            "云溪市教育局",
            "2020",
            "--cell",
            "requests.new@totl",
        ],
    );
    assert_eq!(near.code, 2);
    assert!(near.err.contains("requests.new@total"), "{}", near.err);
    for entry in std::fs::read_dir(home.join("warc")).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let gone = run(&home, args);
    assert_eq!((gone.code, gone.out.as_str()), (1, ""));
}

#[test]
fn questions_name_what_they_do_not_know() {
    let (_folder, home) = demo();
    for (args, hint) in [
        (&["series", "request_recieved"][..], "requests_received"),
        (&["audit", "--agency", "云溪市教育厅"], "云溪市教育局"),
        (&["show", "云溪市教育局", "2009"], "2019, 2020, 2021"),
        (&["show", "云溪市", "2021"], "--id"),
        (&["show", "--id", "999"], "--list"),
        (
            &["export", "--cell", "requests.new@totall"],
            "requests.new@total",
        ),
        (&["coverage", "--agency", "无此机关"], "nianbao agency list"),
        (&["agency", "show", "无此机关"], "nianbao agency list"),
        (&["query", "SELECT * FROM report_lst"], "query --views"),
        // The wrong way round, where nothing would be found.
        (
            &[
                "series",
                "requests_received",
                "--from",
                "2022",
                "--to",
                "2019",
            ],
            "--from 2022 is after --to 2019",
        ),
        (
            &["export", "--from", "2022", "--to", "2019"],
            "--from 2022 is after --to 2019",
        ),
    ] {
        let run = run(&home, args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        assert!(run.err.contains(hint), "{args:?}: {}", run.err);
    }
}

#[test]
fn listings_are_json_lines() {
    let (_folder, home) = demo();
    for args in [
        &["audit", "--json"][..],
        &["coverage", "--json"],
        &["show", "--list", "--json"],
        &["show", "--id", "1", "--json"],
        &["series", "requests_received", "--json"],
        &["series", "--list", "--json"],
        &["export", "--format", "json", "--cell", "requests.new@total"],
        &["archive", "verify", "--json"],
    ] {
        let run = run(&home, args);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{args:?}");
        assert!(!run.out.is_empty(), "{args:?}");
        for line in run.out.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert!(value.is_object(), "{args:?}: {line}");
        }
    }
}

#[test]
fn all_series_of_an_agency_come_with_its_ratios() {
    let (_folder, home) = demo();
    let name = "云溪市教育局";
    let run = run(&home, ["series", "--all", "--agency", name, "--csv"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let mut lines = csv::Reader::from_reader(run.out.as_bytes());
    let heads = lines.headers().unwrap().clone();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let mut ratios = 0;
    for line in lines.records() {
        let line = line.unwrap();
        let is_ratio = &line[at("unit")] == "%";
        ratios += usize::from(is_ratio && !line[at("value")].is_empty());
        if !is_ratio {
            assert_eq!(&line[at("numerator")], "", "{line:?}");
        } else if !line[at("value")].is_empty() {
            assert!(!line[at("denominator")].is_empty(), "{line:?}");
        }
    }
    assert!(ratios > 3, "{}", run.out);
}

#[test]
fn coverage_is_a_line_an_agency_and_year() {
    let (_folder, home) = demo();
    let run = run(&home, ["coverage", "--csv"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let mut lines = csv::Reader::from_reader(run.out.as_bytes());
    let heads = lines.headers().unwrap().clone();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let (mut found, mut namesakes) = (0, 0);
    for line in lines.records() {
        let line = line.unwrap();
        match &line[at("presence")] {
            // The demo has 白鹭区人民政府办公室 in two columns of one site.
            "unknown" => {
                let evidence = &line[at("evidence")];
                namesakes += usize::from(evidence.contains("namesake:"));
                assert!(
                    evidence.is_empty() || evidence.contains("namesake:"),
                    "{line:?}"
                );
            }
            word => {
                found += usize::from(word == "found");
                assert!(!line[at("evidence")].is_empty(), "{line:?}");
            }
        }
    }
    assert!(found > 2 && namesakes > 0, "{}", run.out);
}

#[test]
fn an_export_is_a_whole_file_and_equal_to_stdout() {
    let (_folder, home) = demo();
    let stdout = run(&home, ["export"]).out;
    let file = run(&home, ["export", "-o", "panel.csv"]);
    assert_eq!((file.code, file.out.as_str()), (0, ""));
    assert_eq!(
        std::fs::read_to_string(home.join("panel.csv")).unwrap(),
        stdout
    );
    let columns = stdout.lines().next().unwrap();
    assert!(
        run(&home, ["export", "--help"])
            .out
            .replace(['\n', ' '], "")
            .contains(columns)
    );
}
