//! Every call that writes, once the last one before a kill; and calls that the disk refuses.
//!
//! `strace` kills the program as it enters the n-th write, sync, truncation, renaming or removal, for n = 1, 2, … until it is
//! never reached; then the program goes on and all must be there once. strace counts by thread, so the crawl is also
//! taken up behind 1, 2, … pages, which moves the writing thread's calls past those of the opening. By default a sample;
//! `NIANBAO_BOUNDARIES=all cargo test --test boundaries -- --nocapture` tries every one.

#[path = "crawl/child.rs"]
mod child;
#[path = "crawl/home.rs"]
mod home;
#[path = "site/mod.rs"]
mod site;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use child::{Ended, assert_same_rows, rows};
use home::{TestHome, consistent};
use nianbao::frontier::Frontier;
use site::{Column, Host, Platform, Site};

const HOST: &str = "www.yunxi.example";
/// Reports and the lists that lead to them.
const REPORTS: usize = 21;
const PAGES: usize = REPORTS + 3 * 3;
/// Calls behind which something else is on the disk than before.
const CALLS: [&str; 6] = [
    "write",
    "pwrite64",
    "fdatasync",
    "fsync",
    "ftruncate",
    "unlink",
];

fn all() -> bool {
    std::env::var("NIANBAO_BOUNDARIES").is_ok_and(|wanted| wanted == "all")
}

fn has_strace() -> bool {
    let found = Command::new("strace")
        .args(["-f", "-o", "/dev/null", "-e", "trace=none", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        eprintln!("skipped: no strace, or no leave to trace");
    }
    found
}

fn start() -> Site {
    let mut host = Host::new(HOST);
    for office in ["教育局", "财政局", "民政局"] {
        let years = [2025, 2024, 2023, 2022, 2021, 2020, 2019];
        let path = format!("/{}/", host.columns().len());
        let column = Column::of_agency(Platform::Trs, &path, &format!("云溪市{office}"), &years);
        host = host.column(column.per_page(3));
    }
    Site::start(vec![host]).unwrap()
}

fn fresh(site: &Site) -> TestHome {
    let home = TestHome::new(site, 0, "");
    let seeds: Vec<_> = (0..3)
        .map(|number| (format!("http://{HOST}/{number}/"), "list"))
        .collect();
    home.profile("yunxi", HOST, &seeds);
    home
}

/// Runs the program under strace with an injection; what it wrote and synced goes to `log`.
fn injected(home: &Path, arguments: &[&str], inject: &str, log: &Path) -> Ended {
    let mut command = Command::new("strace");
    command
        .args(["-f", "-y", "-qq", "-o"])
        .arg(log)
        .args([
            "-e",
            &format!("trace={}", CALLS.join(",")),
            "-e",
            &format!("inject={inject}"),
        ])
        .arg(env!("CARGO_BIN_EXE_nianbao"))
        .arg("--home")
        .arg(home)
        .args(arguments);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    child::ended(command.spawn().unwrap())
}

/// Every page once.
fn complete(home: &Path, what: &str) {
    consistent(home, PAGES);
    let ledger = Frontier::open_read_only(&home.join("frontier.db")).unwrap();
    let mut records: BTreeMap<String, u32> = BTreeMap::new();
    for file in ledger.files().unwrap() {
        for row in ledger.records(&file).unwrap() {
            if !row.url.ends_with("/robots.txt") {
                *records.entry(row.url).or_default() += 1;
            }
        }
    }
    assert_eq!(records.len(), PAGES, "{what}: pages lost");
    assert!(
        records.values().all(|count| *count == 1),
        "{what}: {records:?}"
    );
}

fn crawled(home: &Path) -> bool {
    let ledger = Frontier::open_read_only(&home.join("frontier.db"));
    let last = ledger.ok().and_then(|ledger| ledger.last_run().ok()?);
    last.is_some_and(|run| run.exit == Some(0))
}

#[test]
fn a_kill_before_any_write_of_a_crawl_loses_nothing() {
    if !has_strace() {
        return;
    }
    let site = start();
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut kills = BTreeMap::new();
    for behind in [0, 1, 2, 5] {
        for call in CALLS {
            let mut number = 1;
            loop {
                let home = fresh(&site);
                if behind > 0 {
                    let limit = behind.to_string();
                    child::run(&home.path(), &["crawl", "--limit", &limit]);
                }
                site.clear_log();
                let what = format!("{call} {number} behind {behind} pages");
                let inject = format!("{call}:signal=SIGKILL:when={number}");
                let ended = injected(&home.path(), &["crawl"], &inject, log.path());
                if ended.code == Some(0) {
                    break;
                }
                assert_eq!(ended.code, None, "{what}: {ended:?}");
                *kills.entry(call).or_insert(0) += 1;
                if !crawled(&home.path()) {
                    let rest = child::run(&home.path(), &["crawl"]);
                    assert_eq!(rest.code, Some(0), "{what}: {rest:?}");
                }
                complete(&home.path(), &what);
                let asked = site
                    .log()
                    .iter()
                    .filter(|one| one.path != "/robots.txt")
                    .count();
                // What waited for the disk is asked for again; at a delay of 0 that is a batch.
                assert!(asked <= 2 * PAGES, "{what}: {asked}");
                number += if all() { 1 } else { 1 + number * 2 };
            }
            if !all() && behind > 0 {
                break;
            }
        }
    }
    eprintln!("kills before calls of a crawl of {PAGES} pages: {kills:?}; 0 lost, 0 twice");
}

#[test]
fn a_kill_before_any_write_of_a_build_leaves_the_rows_of_a_whole_one() {
    if !has_strace() {
        return;
    }
    let site = start();
    let home = fresh(&site);
    let crawled = child::run(&home.path(), &["run"]);
    assert_eq!(crawled.code, Some(0), "{crawled:?}");
    let database = home.path().join("nianbao.db");
    let expected = rows(&database);
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut kills = BTreeMap::new();
    for call in CALLS {
        let mut number = 1;
        loop {
            for name in ["nianbao.db", "nianbao.db-wal", "nianbao.db-shm"] {
                // The last two are there only while it is open.
                let _ = std::fs::remove_file(home.path().join(name));
            }
            let inject = format!("{call}:signal=SIGKILL:when={number}");
            let ended = injected(&home.path(), &["build"], &inject, log.path());
            if ended.code == Some(0) {
                break;
            }
            assert_eq!(ended.code, None, "{ended:?}");
            *kills.entry(call).or_insert(0) += 1;
            let rest = child::run(&home.path(), &["build"]);
            assert_eq!(rest.code, Some(0), "{call} {number}: {rest:?}");
            assert_same_rows(&rows(&database), &expected, &format!("{call} {number}"));
            number += if all() { 1 } else { 1 + number };
        }
    }
    eprintln!("kills before calls of a build of {REPORTS} reports: {kills:?}; the same rows");
}

#[test]
fn a_call_that_the_disk_refuses_ends_the_run_and_is_not_repeated() {
    if !has_strace() {
        return;
    }
    let site = start();
    let log = tempfile::NamedTempFile::new().unwrap();
    let undisturbed = fresh(&site);
    assert_eq!(child::run(&undisturbed.path(), &["run"]).code, Some(0));
    let expected = rows(&undisturbed.path().join("nianbao.db"));
    let mut refused = BTreeMap::new();
    for (call, error) in [
        ("fdatasync", "EIO"),
        ("fdatasync", "ENOSPC"),
        ("pwrite64", "ENOSPC"),
        ("pwrite64", "EIO"),
        ("ftruncate", "EIO"),
        ("fsync", "EIO"),
    ] {
        let mut number = 1;
        loop {
            let home = fresh(&site);
            let what = format!("{error} of {call} {number}");
            let inject = format!("{call}:error={error}:when={number}");
            let ended = injected(&home.path(), &["run"], &inject, log.path());
            let calls = std::fs::read_to_string(log.path()).unwrap();
            let Some(hit) = calls.lines().position(|line| line.contains("(INJECTED)")) else {
                assert_eq!(ended.code, Some(0), "{what}: {ended:?}");
                break;
            };
            // 0 where what failed was no more than tidying up.
            assert!(matches!(ended.code, Some(0 | 1 | 16)), "{what}: {ended:?}");
            *refused
                .entry(format!("{call} {error} → {}", ended.code.unwrap()))
                .or_insert(0) += 1;
            let lines: Vec<&str> = calls.lines().collect();
            let file = |line: &str| {
                let (_, rest) = line.split_once('<')?;
                Some(rest.split_once('>')?.0.to_owned())
            };
            let path = file(lines[hit]).unwrap_or_default();
            if path.ends_with(".warc.gz") && call.ends_with("sync") {
                let again = lines[hit + 1..].iter().filter(|line| {
                    let syncs = line.contains(" fdatasync(")
                        || line.contains(" fsync(")
                        || line.contains(" write(");
                    syncs && file(line).as_ref() == Some(&path)
                });
                // Begun anew by the same process it would be another file.
                assert_eq!(again.count(), 0, "{what}: {calls}");
                assert_ne!(ended.code, Some(0), "{what}: {ended:?}");
            }
            let verified = child::run(&home.path(), &["archive", "verify"]);
            assert_eq!(verified.code, Some(0), "{what}: {verified:?}");
            if crawled(&home.path()) {
                let rest = child::run(&home.path(), &["build"]);
                assert_eq!(rest.code, Some(0), "{what}: {rest:?}");
            } else {
                let rest = child::run(&home.path(), &["run"]);
                assert_eq!(rest.code, Some(0), "{what}: {rest:?}");
            }
            complete(&home.path(), &what);
            assert_same_rows(&rows(&home.path().join("nianbao.db")), &expected, &what);
            number += if all() { 1 } else { 1 + number * 2 };
        }
    }
    eprintln!("calls refused: {refused:?}; 0 lost, 0 twice");
}
