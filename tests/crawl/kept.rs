//! What was kept, or taken away, as the database has it: nothing lost, and nothing said to be gone that is not.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use nianbao::audit::origin::HostRules;
use nianbao::crawl::engine::CrawlSummary;
use nianbao::decisions::Decisions;
use nianbao::frontier::Frontier;
use nianbao::home::Home;
use nianbao::pipeline::{self, BuildOptions, CrawlRequest, Readings};
use nianbao::store::Store;
use rusqlite::Connection;

use super::home::TestHome;
use super::site::{Answer, Body, Column, Host, Page, Platform, Request, Site, Step, head};

const HOST: &str = "www.a.example";
const HTML: [&str; 1] = ["Content-Type: text/html; charset=utf-8"];

fn report_of(office: &str, edition: u32) -> Vec<u8> {
    let column = Column::of_agency(Platform::Trs, "/x/", office, &[2025]);
    match &column.items()[0].body {
        Body::Report(report) => report.bytes(edition, 0),
        Body::Page(_) => unreachable!(),
    }
}

fn ask(home: &TestHome, paths: &[&str]) -> CrawlSummary {
    let urls = paths.iter();
    home.crawl(&CrawlRequest {
        urls: urls
            .map(|path| format!("http://{HOST}{path}").parse().unwrap())
            .collect(),
        ..CrawlRequest::default()
    })
}

fn built(home: &TestHome) -> Store {
    let opened = Home::open(&home.path()).unwrap();
    let mut store = Store::open(&opened.database()).unwrap();
    let options = BuildOptions {
        jobs: None,
        started_at: Timestamp::now(),
        hosts: HostRules::get(),
        readings: Readings::compiled(),
        decisions: Decisions::none(),
        reread: false,
        stop: None,
    };
    let summary = pipeline::build(&opened.warc(), &mut store, &options, |_| {}).unwrap();
    assert_eq!(summary.failures, 0, "{summary:?}");
    store
}

#[test]
fn what_is_taken_down_is_told_each_time_and_a_firewalls_404_never() {
    const PATHS: [&str; 5] = [
        "/r/first.html",
        "/r/other.html",
        "/r/walled.html",
        "/r/soft-1.html",
        "/r/soft-2.html",
    ];
    let night = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&night);
    let reports = PATHS.map(|path| report_of(&format!("云溪市{}局", &path[3..path.len() - 5]), 0));
    let answers = move |request: &Request| {
        let place = PATHS.iter().position(|path| *path == request.bare_path())?;
        let night = now.load(Ordering::Relaxed);
        let report = Answer::full(200, &HTML, &reports[place]);
        Some(match (place, night) {
            (_, 0) | (0, 2) => report,
            // Both have the same bytes, as a server's page for what is not there has.
            (0 | 1, _) => Answer::html(404, "<title>404</title><p>没有这一页</p>"),
            (2, _) => Answer::html(404, "<title>拦截</title><p>您的访问被阻断。事件编号：7</p>"),
            _ => Answer::html(200, "<title>提示</title><p>您访问的页面不存在</p>"),
        })
    };
    let site = Site::start(vec![Host::new(HOST).route(answers)]).unwrap();
    let home = TestHome::new(&site, 0, "retry_s = 0\n");
    for at in 0..4 {
        night.store(at, Ordering::Relaxed);
        let summary = ask(&home, &PATHS);
        assert_eq!(summary.blocked, u64::from(at > 0), "{summary:?}");
    }
    drop(built(&home));
    let database = Connection::open(home.path().join("nianbao.db")).unwrap();
    let mut statement = database
        .prepare(
            "SELECT url, answer FROM absence UNION ALL SELECT d.url, x.reason FROM refusal x
             JOIN capture c ON c.id = x.capture_id JOIN address d ON d.id = c.address_id",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)));
    let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in rows.unwrap() {
        let (url, answer) = row.unwrap();
        let path = url.replace(&format!("http://{HOST}"), "");
        *told.entry((path, answer)).or_default() += 1;
    }
    let want = [
        ("/r/first.html", "404", 2),
        ("/r/other.html", "404", 3),
        ("/r/soft-1.html", "soft_gone", 3),
        ("/r/soft-2.html", "soft_gone", 3),
    ];
    let want = want.map(|(path, answer, count)| ((path.to_owned(), answer.to_owned()), count));
    assert_eq!(told, BTreeMap::from(want));
}

#[test]
fn half_an_answer_does_not_make_the_next_one_unchanged() {
    let night = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&night);
    let editions = [0, 1].map(|edition| report_of("云溪市水务局", edition));
    let answers = move |request: &Request| {
        if request.bare_path() != "/r/half.html" {
            return None;
        }
        let night = now.load(Ordering::Relaxed);
        let edition = night.min(1);
        let tag = format!("\"edition-{edition}\"");
        let etag = format!("ETag: {tag}");
        if request.header("if-none-match") == Some(&tag) {
            return Some(Answer::full(304, &[&etag], b""));
        }
        let page = &editions[edition];
        if night != 1 {
            return Some(Answer::full(200, &[HTML[0], &etag], page));
        }
        let mut begun = head(200, &[HTML[0], &etag]);
        begun.extend_from_slice(format!("Content-Length: {}\r\n\r\n", page.len()).as_bytes());
        begun.extend_from_slice(&page[..page.len() / 2]);
        Some(Answer::raw(Some(200), vec![Step::Send(begun)]))
    };
    let site = Site::start(vec![Host::new(HOST).route(answers)]).unwrap();
    let home = TestHome::new(&site, 0, "retry_s = 0\n");
    for (at, want) in [[1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]]
        .into_iter()
        .enumerate()
    {
        night.store(at, Ordering::Relaxed);
        let told = ask(&home, &["/r/half.html"]);
        let counted = [told.new, told.changed, told.unchanged, told.failed];
        assert_eq!(counted, want, "night {at}: {told:?}");
    }
    let unmodified = site
        .log()
        .iter()
        .filter(|one| one.status == Some(304))
        .count();
    assert_eq!(unmodified, 1, "of the last night alone");
    drop(built(&home));
    let database = Connection::open(home.path().join("nianbao.db")).unwrap();
    let versions = database.query_row("SELECT count(*) FROM version", [], |row| row.get(0));
    assert_eq!(versions, Ok(2));
}

#[test]
fn rules_that_are_packed_count_and_rules_that_cannot_be_unpacked_forbid_all() {
    let mut rules = String::from("User-agent: *\nDisallow: /r/\n");
    while rules.len() < 1_200_000 {
        rules.push_str("# 说明：本文件由系统生成\n");
    }
    let mut packing = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packing.write_all(rules.as_bytes()).unwrap();
    let packed = packing.finish().unwrap();
    let mut broken = packed.clone();
    for byte in &mut broken[12..40] {
        *byte = !*byte;
    }
    let gzip = ["Content-Type: text/plain", "Content-Encoding: gzip"];
    let charset = ["Content-Type: text/plain", "Content-Encoding: utf-8"];
    let cases = [
        (HOST, Answer::full(200, &gzip, &packed), "robots_disallowed"),
        (
            "www.b.example",
            Answer::full(200, &gzip, &broken),
            "robots_unreachable",
        ),
        ("www.c.example", Answer::full(404, &gzip, &broken), "ok"),
        (
            "www.d.example",
            Answer::full(200, &charset, b"User-agent: *\nDisallow: /r/\n"),
            "robots_disallowed",
        ),
    ];
    for (host, robots, want) in cases {
        let page = Page::html("<html><title>年报</title><p>第一，总体情况。</p></html>");
        let host_of_it = Host::new(host)
            .page("/r/1.html", page)
            .robots_answer(robots);
        let site = Site::start(vec![host_of_it]).unwrap();
        let home = TestHome::new(&site, 0, "retry_s = 0\n");
        let summary = home.crawl(&CrawlRequest {
            urls: vec![format!("http://{host}/r/1.html").parse().unwrap()],
            ..CrawlRequest::default()
        });
        assert_eq!(summary.outcomes.get(want), Some(&1), "{host}: {summary:?}");
        let asked = site.log().iter().any(|one| one.path == "/r/1.html");
        assert_eq!(asked, want == "ok", "{host}");
    }
}

#[test]
fn a_ledger_that_refuses_ends_the_run_as_what_it_is() {
    let site = Site::start(vec![super::with_reports(Host::new(HOST), 1)]).unwrap();
    let home = TestHome::new(&site, 0, "");
    home.profile("a", HOST, &super::seeds(HOST, 1));
    drop(Frontier::open(&home.path().join("frontier.db")).unwrap());
    let ledger = Connection::open(home.path().join("frontier.db")).unwrap();
    ledger
        .execute_batch(
            "CREATE TRIGGER refuse BEFORE UPDATE ON url WHEN NEW.state = 'leased'
             BEGIN SELECT RAISE(ABORT, 'refused for a test'); END",
        )
        .unwrap();
    let opened = Home::open(&home.path()).unwrap();
    // Who asked the ledger may hear that there is no answer before the run hears why.
    for _ in 0..40 {
        let (_stop, told) = tokio::sync::watch::channel(0);
        let ended = pipeline::crawl(
            &opened,
            &CrawlRequest::default(),
            told,
            Arc::new(|_| {}),
            |_| {},
        );
        let error = ended.expect_err("nothing was asked for, and nobody said why");
        assert!(
            format!("{error:?}").contains("refused for a test"),
            "{error:?}"
        );
    }
    ledger.execute_batch("DROP TRIGGER refuse").unwrap();
    let summary = home.crawl(&CrawlRequest::default());
    assert_eq!((summary.new, summary.exit()), (1, 0), "{summary:?}");
}
