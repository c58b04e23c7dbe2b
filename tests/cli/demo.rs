//! `nianbao demo` end to end.

use std::path::Path;

use super::run;

fn tree(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // SQLite's own bookkeeping.
        if path.to_str().unwrap().ends_with("-shm") || path.to_str().unwrap().ends_with("-wal") {
            continue;
        }
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
    files.sort();
    files
}

#[test]
fn the_demo_shows_everything_and_changes_nothing_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = run(folder.path(), ["demo"]);
    assert_eq!(first.code, 0, "{}", first.err);
    for expected in [
        "Nothing beyond the loopback",
        "pause after each answer: 20 ms",
        "3 s where nothing is configured",
        "gone: http://www.bailu.example/xxgknb/2022-01/28/content_45021.htm\n  status 404",
        "robots_disallowed: http://www.qingling.example/neibu/",
        "redirect: http://www.bailu.example/zfxxgknb.html",
        "found by column.link on\n  root http://www.qingling.example/: ok",
        "none below /neibu/, which robots.txt forbids; never two at once to a host",
        "17 reports (17 new)",
        "云溪市人民政府",
        "●",
        "┊ form 2014 → 2019 from 2019",
        // Planted: 62 + 1 ≠ 62 + 2, and a row that is one more than its total.
        "云溪市教育局 2020",
        "62 + 1 ≠ 62 + 2",
        "青岭县自然资源局 2021",
        "(19) ≠ 18",
        "(44) ≠ 45",
        "the archived bytes have this digest",
        "<td>【2】</td>",
        // The second crawl.
        "17 reports (1 new versions of known ones, 16 seen again)",
        "disclosed_total (规范性文件 / 对外公开总数量): [-64-]{+63+}",
        "nianbao show 云溪市教育局 2020",
    ] {
        assert!(first.out.contains(expected), "{expected}\n{}", first.out);
    }
    // What would make the planted contradictions agree is shown and not applied.
    let home = ["--home", "nianbao-demo"];
    let ask = |words: &[&str]| run(folder.path(), [&home[..], words].concat());
    let proposals = ask(&["audit", "--proposals"]);
    let proposed = "outcome.granted@total 18 → 19";
    assert!(proposals.out.contains(proposed), "{}", proposals.out);
    let lines = ask(&["audit", "--proposals", "--json"]).out;
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let unique = lines.iter().find(|line| line["unique"] == true).unwrap();
    assert_eq!(unique["cause"], "total_not_updated");
    assert_eq!(unique["fault"], "page");
    assert_eq!(unique["changes"][0]["proposed"], 19);
    assert_eq!(unique["changes"][0]["printed"], 18);
    assert!(ask(&["audit"]).out.contains("repair_proposed"));
    let shown = ask(&["show", "青岭县自然资源局", "2021"]).out;
    assert!(
        shown.contains("18〔建议：19〕") && shown.contains(proposed),
        "{shown}"
    );
    let cell = [
        "show",
        "青岭县自然资源局",
        "2021",
        "--cell",
        "outcome.granted@total",
        "--json",
    ];
    let cell: serde_json::Value = serde_json::from_str(&ask(&cell).out).unwrap();
    assert_eq!(cell["observation"]["value"], 18);
    // The verbs of the crawl have something to say, and no server to say it to.
    let why = ask(&[
        "why",
        "http://www.qingling.example/neibu/2024-01/12/content_46023.htm",
    ])
    .out;
    assert!(why.contains("forbidden by line 2"), "{why}");
    assert!(why.contains("robots_disallowed"), "{why}");
    let why = ask(&["why", "http://www.qingling.example/info/1043/46024.pdf"]).out;
    assert!(why.contains("ledger: attachment, done, ok"), "{why}");
    let status = ask(&["status"]).out;
    assert!(status.contains("www.yunxi.example: 0 21 0 0 0"), "{status}");
    let dry = ask(&["crawl", "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert!(
        dry.out.contains("every 20 ms, robots.txt: allowed"),
        "{}",
        dry.out
    );
    let verified = ask(&["archive", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.out);
    let versions = ask(&["diff", "白鹭区人民政府办公室", "2020"]).out;
    assert!(versions.contains("version 2 (current)"), "{versions}");
    let before = tree(folder.path());
    let second = run(folder.path(), ["demo"]);
    assert_eq!(second.code, 0, "{}", second.err);
    assert!(
        second.out.contains("All was crawled by an earlier run")
            && second.out.contains("[-64-]{+63+}"),
        "{}",
        second.out
    );
    assert!(
        tree(folder.path()) == before,
        "the second run changed a file"
    );
}

#[test]
fn the_demo_writes_only_where_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("nianbao-demo");
    std::fs::create_dir(&mine).unwrap();
    std::fs::write(mine.join("letter.txt"), "mine").unwrap();
    let refused = run(folder.path(), ["demo"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("nianbao demo DIR"), "{}", refused.err);
    assert_eq!(std::fs::read_dir(&mine).unwrap().count(), 1);
    let other = run(folder.path(), ["demo", "a/b"]);
    assert_eq!(other.code, 0, "{}", other.err);
    assert!(folder.path().join("a/b/nianbao.db").is_file());
}
