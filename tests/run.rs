//! `nianbao run` as a child process, against the test site: what it exits with, tells and leaves.

#[path = "crawl/child.rs"]
mod child;
#[path = "crawl/home.rs"]
mod home;
#[path = "site/mod.rs"]
mod site;

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use child::{Ended, assert_same_rows, nianbao, rows, signal};
use home::{TestHome, consistent};
use nianbao::frontier::Frontier;
use rusqlite::Connection;
use serde_json::{Value, json};
use site::{Behaviour, Column, Host, Platform, Site};

const HOST: &str = "www.yunxi.example";
const LIST: &str = "http://www.yunxi.example/zwgk/nb/";

/// A column of a city's offices, so many with the reports of two years each.
fn start(offices: usize) -> (Site, Vec<String>) {
    let names = ["教育局", "财政局", "民政局", "司法局", "审计局", "商务局"];
    let mut host = Host::new(HOST);
    let mut pages = Vec::new();
    for (number, name) in names.iter().take(offices).enumerate() {
        let path = if number == 0 {
            "/zwgk/nb/".to_owned()
        } else {
            format!("/zwgk/nb{number}/")
        };
        let column = Column::of_agency(
            Platform::Trs,
            &path,
            &format!("云溪市{name}"),
            &[2025, 2024],
        );
        pages.extend(column.items().iter().map(|item| item.path.clone()));
        host = host.column(column);
    }
    (Site::start(vec![host]).unwrap(), pages)
}

fn fresh(site: &Site, offices: usize, delay_ms: u64) -> TestHome {
    let home = TestHome::new(site, delay_ms, "");
    let seeds: Vec<_> = (0..offices)
        .map(|number| match number {
            0 => (LIST.to_owned(), "list"),
            _ => (format!("http://{HOST}/zwgk/nb{number}/"), "list"),
        })
        .collect();
    home.profile("yunxi", HOST, &seeds);
    home
}

fn run(home: &TestHome) -> Ended {
    child::run(&home.path(), &["run", "--json"])
}

fn versions(home: &TestHome) -> i64 {
    let database = Connection::open(home.path().join("nianbao.db")).unwrap();
    let count = database.query_row("SELECT count(*) FROM version", [], |row| row.get(0));
    count.unwrap()
}

/// Records of the kind in the archive.
fn records(home: &TestHome, kind: &str) -> usize {
    let ledger = Frontier::open_read_only(&home.path().join("frontier.db")).unwrap();
    let files = ledger.files().unwrap();
    let all = files.iter().flat_map(|file| ledger.records(file).unwrap());
    all.filter(|row| row.record == kind).count()
}

fn counted(told: &Value) -> [&Value; 5] {
    ["new", "changed", "unchanged", "gone", "failed"].map(|key| &told["crawl"][key])
}

#[test]
fn a_second_run_tells_what_has_changed_since_the_first() {
    let (site, pages) = start(3);
    let home = fresh(&site, 3, 0);
    let first = run(&home);
    assert_eq!(first.code, Some(0), "{first:?}");
    let told = first.json();
    assert_eq!(counted(&told), [6, 0, 0, 0, 0], "{told}");
    assert_eq!(
        (&told["build"]["new"], &told["exit"]),
        (&json!(6), &json!(0))
    );
    assert!(told["audit"].is_array());
    assert_eq!(versions(&home), 6);
    assert!(first.stderr.contains("6 new"), "{}", first.stderr);

    site.edition(HOST, &pages[2], 1);
    let second = run(&home);
    assert_eq!(second.code, Some(0), "{second:?}");
    let told = second.json();
    assert_eq!(counted(&told), [0, 1, 5, 0, 0], "{told}");
    assert_eq!(told["build"]["changed"], 1, "{told}");
    assert_eq!(told["build"]["new"], 0, "{told}");
    assert_eq!(versions(&home), 7, "one changed report is one version");
    assert!(records(&home, "revisit") >= 5, "a 304 is a revisit record");
    let unmodified = site
        .log()
        .iter()
        .filter(|one| one.status == Some(304))
        .count();
    assert!(unmodified >= 5, "{unmodified}");

    site.chrome(HOST, &pages[1], 3);
    let third = run(&home);
    let told = third.json();
    assert_eq!(counted(&told), [0, 1, 5, 0, 0], "{told}");
    assert_eq!(
        told["build"]["changed"], 0,
        "a counter is no change: {told}"
    );
    assert_eq!(versions(&home), 7);

    site.fault(HOST, &pages[0], Some(Behaviour::NotFound));
    let fourth = run(&home);
    let told = fourth.json();
    assert_eq!(counted(&told), [0, 0, 5, 1, 0], "{told}");
    assert_eq!(versions(&home), 7, "what is gone stays");
    consistent(&home.path(), 6);

    // The database of the archive alone is the one built along the way.
    let along = rows(&home.path().join("nianbao.db"));
    anew(&home);
    assert_same_rows(&along, &rows(&home.path().join("nianbao.db")), "built anew");
}

/// Builds the database from the archive alone.
fn anew(home: &TestHome) {
    for name in ["nianbao.db", "nianbao.db-wal", "nianbao.db-shm"] {
        // The last two are there only while it is open.
        let _ = std::fs::remove_file(home.path().join(name));
    }
    let built = child::run(&home.path(), &["build"]);
    assert_eq!(built.code, Some(0), "{built:?}");
}

#[test]
fn a_page_kept_from_us_for_a_while_is_told_of_once_and_has_not_changed() {
    let (site, pages) = start(2);
    let home = fresh(&site, 2, 0);
    assert_eq!(run(&home).code, Some(0));
    for fault in [
        Behaviour::Forbidden,
        Behaviour::Challenge412,
        Behaviour::Challenge521,
        Behaviour::Captcha,
        Behaviour::Waf,
    ] {
        site.fault(HOST, &pages[0], Some(fault));
        let away = run(&home);
        let told = away.json();
        assert_eq!(away.code, Some(3), "{fault:?}: {told}");
        let refused = told["crawl"]["blocked"].as_u64().unwrap()
            + told["crawl"]["challenge"].as_u64().unwrap();
        assert_eq!(refused, 1, "{fault:?}: {told}");
        assert_eq!(counted(&told), [0, 0, 3, 0, 0], "{fault:?}: {told}");
        assert_eq!(told["build"]["changed"], 0, "{fault:?}: {told}");
        assert_eq!(told["build"]["new"], 0, "{fault:?}: {told}");
        site.fault(HOST, &pages[0], None);
        let back = run(&home);
        let told = back.json();
        assert_eq!(back.code, Some(0), "{fault:?}: {told}");
        assert_eq!(counted(&told), [0, 0, 4, 0, 0], "{fault:?}: {told}");
        assert_eq!(versions(&home), 4, "{fault:?}");
    }
    consistent(&home.path(), 4);
    let along = rows(&home.path().join("nianbao.db"));
    anew(&home);
    assert_same_rows(&along, &rows(&home.path().join("nianbao.db")), "built anew");
}

/// Path and body of each request.
type Heard = Arc<Mutex<Vec<(String, String)>>>;

/// A service that is told of runs; what it heard, path and body. `answers`: or it only listens.
fn service(answers: bool) -> (SocketAddr, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&heard);
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            if !answers {
                held.push(stream);
                continue;
            }
            let mut text = String::new();
            let mut bytes = [0; 4096];
            let body = loop {
                let Ok(count) = stream.read(&mut bytes) else {
                    return;
                };
                text.push_str(&String::from_utf8_lossy(&bytes[..count]));
                let Some((fields, body)) = text.split_once("\r\n\r\n") else {
                    assert_ne!(count, 0, "{text}");
                    continue;
                };
                let length = fields.to_ascii_lowercase();
                let length = length.split_once("content-length: ").unwrap().1;
                let length: usize = length.lines().next().unwrap().parse().unwrap();
                if body.len() >= length {
                    break body.to_owned();
                }
            };
            let path = text.split(' ').nth(1).unwrap().to_owned();
            told.lock().unwrap().push((path, body));
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    (address, heard)
}

fn watched(home: &TestHome, service: SocketAddr) {
    let path = home.path().join("nianbao.toml");
    let mut text = std::fs::read_to_string(&path).unwrap();
    write!(
        text,
        "\n[run]\nwebhook = \"http://{service}/hook\"\nping = \"http://{service}/ping/\"\n"
    )
    .unwrap();
    std::fs::write(&path, text).unwrap();
}

#[test]
fn services_are_told_when_a_run_begins_and_ends_also_where_it_fails() {
    let (site, _) = start(1);
    let home = fresh(&site, 1, 0);
    let (address, heard) = service(true);
    watched(&home, address);
    assert_eq!(run(&home).code, Some(0));
    let told = std::mem::take(&mut *heard.lock().unwrap());
    let mut paths: Vec<_> = told.iter().map(|(path, _)| path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/hook", "/hook", "/ping/0", "/ping/start"]);
    let bodies = told.iter().filter(|(path, _)| path == "/hook");
    let bodies: Vec<Value> = bodies
        .map(|(_, body)| serde_json::from_str(body).unwrap())
        .collect();
    assert_eq!(bodies[0]["event"], "start");
    assert_eq!(
        (&bodies[1]["event"], &bodies[1]["exit"]),
        (&json!("end"), &json!(0))
    );
    assert_eq!(bodies[1]["crawl"]["new"], 2);

    // A database of something else: the run fails, and who heard of its beginning hears of its end.
    let database = home.path().join("nianbao.db");
    let kept = std::fs::read(&database).unwrap();
    std::fs::write(
        &database,
        b"this is no database, and never was one, by any means",
    )
    .unwrap();
    let failed = run(&home);
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert_eq!(failed.json()["exit"], 1, "told on stdout too");
    let told = std::mem::take(&mut *heard.lock().unwrap());
    let paths: Vec<_> = told.iter().map(|(path, _)| path.as_str()).collect();
    assert!(paths.contains(&"/ping/1"), "{told:?}");
    let end: Value = serde_json::from_str(&told.last().unwrap().1).unwrap();
    assert_eq!(end["event"], "end");
    assert!(
        end["error"].as_str().is_some_and(|why| !why.is_empty()),
        "{end}"
    );
    std::fs::write(&database, kept).unwrap();
    assert_eq!(run(&home).code, Some(0));

    // Nobody there: the run goes on.
    let home = fresh(&site, 1, 0);
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    watched(&home, free);
    let alone = run(&home);
    assert_eq!(alone.code, Some(0), "{alone:?}");
    assert!(alone.stderr.contains("was not told of"), "{alone:?}");
}

#[test]
fn a_service_that_never_answers_does_not_hold_up_a_signal() {
    let (site, _) = start(1);
    let home = fresh(&site, 1, 0);
    let (address, _) = service(false);
    watched(&home, address);
    let child = nianbao(&home.path(), &["run", "--json"]).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let asked = Instant::now();
    signal(&child, "TERM");
    let ended = child::ended(child);
    assert_eq!(ended.code, Some(11), "{ended:?}");
    assert!(asked.elapsed() < Duration::from_secs(10), "{ended:?}");
}

#[test]
fn a_signal_in_any_phase_ends_a_run_soon_and_the_next_completes_it() {
    let (site, _) = start(6);
    let undisturbed = fresh(&site, 6, 0);
    let whole = run(&undisturbed);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let expected = rows(&undisturbed.path().join("nianbao.db"));
    let mut stopped = 0;
    for part in 1..=8 {
        let home = fresh(&site, 6, 10);
        let child = nianbao(&home.path(), &["run", "--json"]).spawn().unwrap();
        let wait = if part < 6 { part * 120 } else { part * 40 };
        std::thread::sleep(Duration::from_millis(wait));
        let asked = Instant::now();
        signal(&child, if part % 2 == 0 { "TERM" } else { "INT" });
        let ended = child::ended(child);
        assert!(asked.elapsed() < Duration::from_secs(10), "{ended:?}");
        assert!(matches!(ended.code, Some(0 | 11)), "{ended:?}");
        if ended.code == Some(11) {
            stopped += 1;
            assert_eq!(ended.json()["exit"], 11);
        }
        consistent(&home.path(), 0);
        // Where the crawl was complete another run would begin another round, and see everything again.
        let next = if ended.json()["crawl"]["stopped"].is_null() {
            child::run(&home.path(), &["build"])
        } else {
            run(&home)
        };
        assert_eq!(next.code, Some(0), "{next:?}");
        assert_same_rows(
            &rows(&home.path().join("nianbao.db")),
            &expected,
            "after a signal",
        );
    }
    assert!(stopped >= 3, "{stopped} of 8 were early enough");
}

/// What the ledger says of an address: state, outcome, tries that count.
fn told_of(home: &TestHome, url: &str) -> (String, Option<String>, i64) {
    let ledger = Connection::open(home.path().join("frontier.db")).unwrap();
    let row = ledger.query_row(
        "SELECT state, outcome, attempts FROM url WHERE url = ?",
        [url],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    );
    row.unwrap()
}

/// All that the archive holds, unpacked.
fn archived(home: &TestHome) -> String {
    let mut files: Vec<_> = std::fs::read_dir(home.path().join("warc"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let packed = std::fs::File::open(file).unwrap();
        flate2::read::MultiGzDecoder::new(packed)
            .read_to_end(&mut all)
            .unwrap();
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// Address, why it is not whole, and why it is no report, of every capture that is not whole.
fn cut_captures(home: &TestHome) -> Vec<(String, String, Option<String>)> {
    let database = Connection::open(home.path().join("nianbao.db")).unwrap();
    let mut statement = database
        .prepare(
            "SELECT d.url, c.truncated, x.reason FROM capture c JOIN address d ON d.id = c.address_id
             LEFT JOIN refusal x ON x.capture_id = c.id WHERE c.truncated IS NOT NULL",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn what_came_of_an_answer_that_the_end_of_a_run_cuts_is_kept_and_asked_for_again() {
    let column = Column::of_agency(Platform::Trs, "/x/", "云溪市水务局", &[2025]);
    let site::Body::Report(report) = column.items()[0].body.clone() else {
        unreachable!()
    };
    let slow = Arc::new(AtomicBool::new(true));
    let is_slow = Arc::clone(&slow);
    let half = move |request: &site::Request| {
        if request.bare_path() != "/r/half.html" {
            return None;
        }
        let page = report.bytes(0, 0);
        let html = ["Content-Type: text/html; charset=utf-8"];
        if !is_slow.load(Ordering::Relaxed) {
            return Some(site::Answer::full(200, &html, &page));
        }
        let mut begun = site::head(200, &html);
        begun.extend_from_slice(format!("Content-Length: {}\r\n\r\n", page.len()).as_bytes());
        begun.extend_from_slice(&page[..page.len() / 2]);
        let wait = site::Step::Wait(Duration::from_mins(2));
        Some(site::Answer::raw(
            Some(200),
            vec![site::Step::Send(begun), wait],
        ))
    };
    let silent = "www.silent.example";
    let dripping = "www.dripping.example";
    let site = Site::start(vec![
        Host::new(HOST).route(half),
        Host::new(silent).address(2),
        Host::new(dripping).address(3),
    ])
    .unwrap();
    let urls = [HOST, silent, dripping].map(|host| format!("http://{host}/r/half.html"));
    for stopped_by in ["TERM", "deadline"] {
        slow.store(true, Ordering::Relaxed);
        site.fault(silent, "/r/half.html", Some(Behaviour::HangAtOnce));
        site.fault(dripping, "/robots.txt", Some(Behaviour::SlowBody));
        site.clear_log();
        let home = TestHome::new(&site, 0, "");
        for (name, url) in ["yunxi", "silent", "dripping"].iter().zip(&urls) {
            let host = url.split('/').nth(2).unwrap();
            home.profile(name, host, &[(url.clone(), "report")]);
        }
        let more: &[&str] = if stopped_by == "TERM" {
            &["run", "--json"]
        } else {
            &["run", "--json", "--deadline", "2s"]
        };
        let child = nianbao(&home.path(), more).spawn().unwrap();
        std::thread::sleep(Duration::from_secs(2));
        let asked = Instant::now();
        if stopped_by == "TERM" {
            signal(&child, "TERM");
        }
        let ended = child::ended(child);
        assert!(asked.elapsed() < Duration::from_secs(10), "{ended:?}");
        let code = if stopped_by == "TERM" { 11 } else { 15 };
        assert_eq!(ended.code, Some(code), "{ended:?}");
        let told = ended.json();
        assert_eq!(counted(&told), [0, 0, 0, 0, 0], "{told}");
        assert_eq!(told["crawl"]["pending"], 3, "{told}");

        let cut = ("pending".to_owned(), Some("timeout".to_owned()), 0);
        assert_eq!(told_of(&home, &urls[0]), cut);
        // Of these nothing came, or nothing was asked: a robots.txt in half allows nothing and forbids nothing.
        for url in &urls[1..] {
            assert_eq!(told_of(&home, url), ("pending".to_owned(), None, 0));
        }
        let archive = archived(&home);
        assert_eq!(
            archive.matches("WARC-Truncated: time\r\n").count(),
            2,
            "the page and the robots.txt"
        );
        assert!(archive.contains("the run was ended before the answer"));
        assert!(archive.contains("云溪市水务局2025年"), "its bytes are kept");
        consistent(&home.path(), 0);
        let verified = child::run(&home.path(), &["archive", "verify"]);
        assert_eq!(verified.code, Some(0), "{verified:?}");

        slow.store(false, Ordering::Relaxed);
        site.fault(silent, "/r/half.html", None);
        site.fault(dripping, "/robots.txt", None);
        let next = run(&home);
        assert_eq!(next.code, Some(0), "{next:?}");
        let told = next.json();
        assert_eq!(counted(&told), [1, 0, 0, 2, 0], "{told}");
        assert_eq!(told_of(&home, &urls[0]).0, "done");
        assert_eq!(versions(&home), 1, "half a report is no version beside it");
        let half = (
            urls[0].clone(),
            "time".to_owned(),
            Some("timeout".to_owned()),
        );
        assert_eq!(
            cut_captures(&home),
            [half],
            "half a page is a refusal beside the whole one"
        );
        let whole = child::run(&home.path(), &["audit", "--json"]);
        assert!(!whole.stdout.contains("capture_truncated"), "{whole:?}");
    }
}

/// Many pages of an archive to be built, so that the build takes a while.
fn large(site: &Site, pages: usize) -> TestHome {
    let home = TestHome::new(site, 0, "");
    let seeds: Vec<_> = (0..pages)
        .map(|page| (format!("http://{HOST}/r/{page}.html"), "report"))
        .collect();
    home.profile("yunxi", HOST, &seeds);
    home
}

fn many(pages: usize) -> Site {
    let host = (0..pages).fold(Host::new(HOST), |host, number| {
        let column = Column::of_agency(
            Platform::Trs,
            "/x/",
            &format!("云溪市第{number}镇人民政府"),
            &[2025],
        );
        let site::Body::Report(report) = column.items()[0].body.clone() else {
            unreachable!()
        };
        let page = site::Page::written("text/html; charset=utf-8", move |edition, chrome| {
            report.bytes(edition, chrome)
        });
        host.page(&format!("/r/{number}.html"), page)
    });
    Site::start(vec![host]).unwrap()
}

#[test]
fn a_signal_during_the_build_ends_it_soon_and_the_next_run_completes_it() {
    const PAGES: usize = 250;
    let site = many(PAGES);
    let home = large(&site, PAGES);
    let crawled = child::run(&home.path(), &["crawl"]);
    assert_eq!(crawled.code, Some(0), "{crawled:?}");
    let mut stopped = 0;
    for _ in 0..4 {
        for name in ["nianbao.db", "nianbao.db-wal", "nianbao.db-shm"] {
            let _ = std::fs::remove_file(home.path().join(name));
        }
        let mut child = nianbao(&home.path(), &["run", "--json"]).spawn().unwrap();
        // The build has begun when its log has rows.
        let log = home.path().join("nianbao.db-wal");
        let grown = || std::fs::metadata(&log).map_or(0, |log| log.len()) > 400_000;
        while !grown() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let asked = Instant::now();
        signal(&child, "TERM");
        let ended = child::ended(child);
        assert!(asked.elapsed() < Duration::from_secs(10), "{ended:?}");
        assert!(matches!(ended.code, Some(0 | 11)), "{ended:?}");
        stopped += u32::from(ended.code == Some(11));
        let next = run(&home);
        assert_eq!(next.code, Some(0), "{next:?}");
        assert_eq!(versions(&home), i64::try_from(PAGES).unwrap());
    }
    assert!(stopped > 0, "never early enough");
    let along = rows(&home.path().join("nianbao.db"));
    anew(&home);
    assert_same_rows(&along, &rows(&home.path().join("nianbao.db")), "built anew");
}

#[test]
fn a_second_signal_drops_what_is_in_flight_and_leaves_a_valid_archive() {
    let site = Site::start(vec![
        Host::new(HOST),
        Host::new("www.slow.example").address(2),
    ])
    .unwrap();
    let site = {
        drop(site);
        let mut hosts = vec![Host::new("www.slow.example").address(2)];
        hosts.push((0..200).fold(Host::new(HOST), |host, number| {
            let text = format!(
                "<title>{number}</title>{}",
                "政府信息公开。".repeat(3000 + number)
            );
            host.page(&format!("/r/{number}.html"), site::Page::html(&text))
        }));
        Site::start(hosts).unwrap()
    };
    site.fault("www.slow.example", "", Some(Behaviour::HangAtOnce));
    for wait in [150, 250, 350, 500] {
        let home = TestHome::new(&site, 1, "");
        let seeds: Vec<_> = (0..200)
            .map(|page| (format!("http://{HOST}/r/{page}.html"), "report"))
            .collect();
        home.profile("yunxi", HOST, &seeds);
        let slow = ("http://www.slow.example/a.html".to_owned(), "report");
        home.profile("slow", "www.slow.example", &[slow]);
        let child = nianbao(&home.path(), &["run"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        signal(&child, "TERM");
        std::thread::sleep(Duration::from_millis(20));
        let asked = Instant::now();
        signal(&child, "TERM");
        let ended = child::ended(child);
        assert_eq!(ended.code, Some(11), "{ended:?}");
        assert!(asked.elapsed() < Duration::from_secs(5), "{ended:?}");
        if home.path().join("frontier.db").exists() {
            consistent(&home.path(), 0);
            let verified = child::run(&home.path(), &["archive", "verify"]);
            assert_eq!(verified.code, Some(0), "{verified:?}");
        }
    }
}

#[test]
fn a_run_whose_time_is_over_exits_15_and_one_beside_another_5() {
    let (site, _) = start(6);
    let home = fresh(&site, 6, 200);
    let first = nianbao(&home.path(), &["run", "--json", "--deadline", "2s"])
        .spawn()
        .unwrap();
    while site.requests() == 0 {
        std::thread::sleep(Duration::from_millis(2));
    }
    let beside = run(&home);
    assert_eq!(beside.code, Some(5), "{beside:?}");
    let build = child::run(&home.path(), &["build"]);
    assert_ne!(build.code, Some(0), "{build:?}");
    let first = child::ended(first);
    assert_eq!(first.code, Some(15), "{first:?}");
    let told = first.json();
    assert_eq!(told["crawl"]["stopped"], "deadline", "{told}");
    assert!(told["build"].is_object(), "what came is built: {told}");
    home.point(&site, 0, "");
    assert_eq!(run(&home).code, Some(0));
    assert_eq!(versions(&home), 12);
}

/// Makes a configuration a bad one.
type Breaks = fn(&str) -> String;

#[test]
fn a_bad_configuration_is_4_and_nobody_is_asked() {
    let (site, _) = start(1);
    let cases: [(&str, Breaks); 7] = [
        ("no contact", |text| {
            text.replace("contact = \"mailto:test@example.org\"", "")
        }),
        ("an unknown key", |text| {
            text.replace("[crawl]", "[crawl]\nspeed = 3")
        }),
        ("no TOML", |text| format!("{text}\n[[[")),
        ("a value out of range", |text| {
            text.replace("delay_ms = 0", "delay_ms = 99999999")
        }),
        ("a webhook that is no address", |text| {
            format!("{text}\n[run]\nwebhook = \"ftp://a/\"\n")
        }),
        ("no range of addresses", |text| {
            text.replace("127.0.0.0/8", "127.0.0.0/80")
        }),
        ("no host", |text| {
            format!("{text}\n[provenance]\nofficial_hosts = [\"http://a b/\"]\n")
        }),
    ];
    for (what, break_it) in cases {
        let home = fresh(&site, 1, 0);
        let path = home.path().join("nianbao.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let broken = break_it(&text);
        assert_ne!(text, broken);
        std::fs::write(&path, broken).unwrap();
        let ended = run(&home);
        assert_eq!(ended.code, Some(4), "{what}: {ended:?}");
        assert!(!ended.stderr.is_empty(), "{what}: {ended:?}");
    }
    let home = fresh(&site, 1, 0);
    std::fs::write(home.path().join("selectors/sites/yunxi.toml"), "name = 3\n").unwrap();
    let ended = run(&home);
    assert_eq!(ended.code, Some(4), "a profile that is none: {ended:?}");
    let home = fresh(&site, 1, 0);
    let ended = child::run(&home.path(), &["run", "--site", "nowhere"]);
    assert_eq!(ended.code, Some(4), "no such site: {ended:?}");
    assert_eq!(site.requests(), 0);
}

#[test]
fn what_would_be_done_was_done_and_why_is_told() {
    let robots = "User-agent: *\nDisallow: /zwgk/nb/closed/\n";
    let site = Site::start(vec![
        Host::new(HOST)
            .column(Column::of_agency(
                Platform::Trs,
                "/zwgk/nb/",
                "云溪市统计局",
                &[2025, 2024],
            ))
            .robots(robots),
    ])
    .unwrap();
    let home = TestHome::new(&site, 0, "");
    let closed = format!("{LIST}closed/a.html");
    home.profile(
        "yunxi",
        HOST,
        &[(LIST.into(), "list"), (closed.clone(), "report")],
    );
    let plan = |json| {
        let arguments: &[&str] = if json {
            &["crawl", "--dry-run", "--json"]
        } else {
            &["crawl", "--dry-run"]
        };
        child::run(&home.path(), arguments)
    };
    let before = plan(false);
    assert_eq!(before.code, Some(0));
    assert!(
        before.stdout.contains(LIST) && before.stdout.contains("not asked yet"),
        "{before:?}"
    );
    let status = child::run(&home.path(), &["status"]);
    assert_eq!(status.code, Some(2), "nothing was crawled yet: {status:?}");
    assert_eq!(site.requests(), 0);
    assert!(!home.path().join("frontier.db").exists());
    let ended = run(&home);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.json()["crawl"]["robots_disallowed"], 1);
    assert!(site.log().iter().all(|one| !one.path.contains("closed")));

    let after = plan(true);
    let lines: Vec<Value> = after
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let verdict =
        |url: &str| lines.iter().find(|line| line["url"] == url).unwrap()["robots"].clone();
    assert_eq!(
        (verdict(LIST), verdict(&closed)),
        (json!("allowed"), json!("forbidden"))
    );
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().collect();
    assert!(left.iter().all(|one| {
        !one.as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("dry")
    }));

    let why = child::run(&home.path(), &["why", &closed]);
    assert_eq!(why.code, Some(0));
    for part in [
        "forbidden by line 2",
        "Disallow: /zwgk/nb/closed/",
        "robots_disallowed",
        "in scope",
        "a seed",
    ] {
        assert!(why.stdout.contains(part), "{part}: {}", why.stdout);
    }
    let told = child::run(&home.path(), &["why", &closed, "--json"]).json();
    assert_eq!(told["robots"]["allowed"], false, "{told}");
    assert_eq!(told["ledger"]["outcome"], "robots_disallowed", "{told}");
    let told = child::run(&home.path(), &["why", LIST, "--json"]).json();
    assert_eq!(told["robots"]["allowed"], true, "{told}");
    assert_eq!(told["ledger"]["history"][0]["outcome"], "ok", "{told}");
    assert_eq!(told["ledger"]["history"][0]["record"], "response", "{told}");
    let text = child::run(&home.path(), &["why", LIST]).stdout;
    assert!(text.contains("response in nianbao-crawl-"), "{text}");
    let text = child::run(&home.path(), &["why", "http://unknown.example/"]).stdout;
    assert!(text.contains("not known"), "{text}");

    let told = child::run(&home.path(), &["status", "--json"]).json();
    assert_eq!(told["last_run"]["exit"], 0, "{told}");
    assert_eq!(told["hosts"][0]["host"], HOST, "{told}");
    assert_eq!(told["hosts"][0]["pending"], 0, "{told}");
    let text = child::run(&home.path(), &["status"]).stdout;
    assert!(text.contains(HOST), "{text}");
}
