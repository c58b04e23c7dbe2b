//! Suspected copies on the command line: left out, told of, brought back.

use std::path::Path;

use serde_json::Value;

use super::{fixture, run};

fn import(home: &Path, file: &str, url: &str) {
    let file = fixture(file);
    let args = ["import", "--url", url, file.to_str().unwrap()];
    let done = run(home, args);
    assert_eq!(done.code, 0, "{}", done.err);
}

fn build(home: &Path) -> String {
    let built = run(home, ["build"]);
    assert_eq!(built.code, 0, "{}", built.err);
    built.err
}

fn listed(home: &Path, more: &[&str]) -> Vec<Value> {
    let mut args = vec!["show", "--list", "--json"];
    args.extend(more);
    let lines = run(home, args).out;
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn copies_are_left_out_and_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    assert_eq!(run(home, ["init", "."]).code, 0);
    import(
        home,
        "pages/copied-page.html",
        "http://www.copy.example/1.html",
    );
    build(home);
    for args in [
        &["show", "--list"][..],
        &["show", "--list", "--json"],
        &["audit"],
        &["audit", "--json"],
        &["coverage"],
        &["coverage", "--json"],
        &["series", "requests_received"],
        &["series", "requests_received", "--csv"],
        &["export"],
        &["export", "-o", "panel.csv"],
    ] {
        let usual = run(home, args);
        assert_eq!(usual.code, 0, "{args:?} {}", usual.err);
        assert!(
            usual
                .err
                .contains("1 suspected copy left out: --include-copies"),
            "{args:?}: {}",
            usual.err
        );
        assert!(!usual.out.contains("栖霞岭县交通运输局"), "{args:?}");
        let mut args = args.to_vec();
        args.push("--include-copies");
        let all = run(home, &args);
        assert_eq!(all.code, 0, "{args:?} {}", all.err);
        assert!(!all.err.contains("left out"), "{args:?}: {}", all.err);
        if !args.contains(&"-o") {
            assert!(
                all.out.contains("栖霞岭县交通运输局"),
                "{args:?}: {}",
                all.out
            );
        }
    }
    let alone = run(home, ["show", "栖霞岭县交通运输局", "2023"]);
    assert_eq!(alone.code, 2);
    assert!(
        alone
            .err
            .contains("there is a suspected copy: --include-copies"),
        "{}",
        alone.err
    );
    let shown = run(
        home,
        ["show", "栖霞岭县交通运输局", "2023", "--include-copies"],
    );
    assert!(
        shown
            .out
            .contains("mirror_suspected; host_unlisted: www.copy.example"),
        "{}",
        shown.out
    );
    assert_eq!(run(home, ["show", "--id", "1"]).code, 0);

    // The agency's own page, found later: it is the report, and the copy changed nothing.
    import(
        home,
        "pages/missing-end-tags.html",
        "http://www.qixialing.gov.cn/1.html",
    );
    let built = build(home);
    assert!(
        built.contains("1 new") && !built.contains("new versions"),
        "{built}"
    );
    let lines = listed(home, &[]);
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (&lines[0]["official"], &lines[0]["versions"]),
        (&"official".into(), &1.into())
    );
    assert!(!run(home, ["coverage"]).err.contains("suspected"));
}

#[test]
fn a_home_adds_official_hosts() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    assert_eq!(run(home, ["init", "."]).code, 0);
    import(
        home,
        "pages/missing-end-tags.html",
        "http://www.alias.example/1.html",
    );
    build(home);
    assert_eq!(listed(home, &[])[0]["official"], "unknown");
    let configure = |entry: &str| {
        let text = format!("[provenance]\nofficial_hosts = [{entry:?}]\n");
        std::fs::write(home.join("nianbao.toml"), text).unwrap();
    };
    configure("*.alias.example");
    assert!(build(home).contains("1 read differently"));
    assert_eq!(listed(home, &[])[0]["official"], "official");
    assert!(build(home).contains("0 reports"));
    configure("http://www.alias.example/");
    let refused = run(home, ["build"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("official_hosts") && refused.err.contains("is no host"),
        "{}",
        refused.err
    );
}
