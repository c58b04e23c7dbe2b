//! Crawls of the test site: what is archived, how politely, what the ledger says, what a run exits with.

#[path = "../site/mod.rs"]
mod site;

mod home;
mod kept;
mod profiles;

use std::time::Duration;

use home::TestHome;
use nianbao::frontier::Frontier;
use nianbao::pipeline::CrawlRequest;
use site::{Answer, Behaviour, Column, Host, Page, Platform, Site};

fn report(number: usize) -> Page {
    Page::html(&format!(
        "<html><head><title>云溪市政府信息公开工作年度报告{number}</title></head><body><p>{}</p></body></html>",
        "第一，总体情况。本机关依法公开政府信息。".repeat(40 + number)
    ))
}

fn with_reports(mut host: Host, count: usize) -> Host {
    for number in 0..count {
        host = host.page(&format!("/r/{number}.html"), report(number));
    }
    host
}

fn seeds(host: &str, count: usize) -> Vec<(String, &'static str)> {
    (0..count)
        .map(|number| (format!("http://{host}/r/{number}.html"), "report"))
        .collect()
}

#[test]
fn pages_are_archived_once_and_asked_for_politely_also_across_runs() {
    let site = Site::start(vec![
        with_reports(Host::new("www.a.example"), 6),
        with_reports(Host::new("zw.a.example").address(2), 4),
        with_reports(Host::new("b.example").address(2), 4),
    ])
    .unwrap();
    let home = TestHome::new(&site, 80, "");
    for host in ["www.a.example", "zw.a.example", "b.example"] {
        let count = if host.starts_with("www") { 6 } else { 4 };
        home.profile(&host.replace('.', "-"), host, &seeds(host, count));
    }
    let first = home.crawl(&CrawlRequest {
        limit: Some(5),
        ..CrawlRequest::default()
    });
    assert!(first.new <= 5 && first.exit() == 3, "{first:?}");
    let rest = home.crawl(&CrawlRequest::default());
    assert_eq!((first.new + rest.new, rest.exit()), (14, 0), "{rest:?}");
    assert_eq!(site.requests(), 14 + 3, "each once, and three robots.txt");
    for host in ["www.a.example", "zw.a.example", "b.example"] {
        site.assert_polite(host, Duration::from_millis(78));
    }
    site.assert_polite_address(site.address_of("b.example"), Duration::from_millis(78));
    home.verify(14);

    // Nothing is due again but what a seed is; all of it is as it was.
    let summary = home.crawl(&CrawlRequest::default());
    assert_eq!((summary.new, summary.changed), (0, 0), "{summary:?}");
}

#[test]
fn a_column_is_followed_over_its_pages() {
    let site = Site::start(vec![
        Host::new("www.yunxi.example").column(Column::reports(Platform::Trs, "/zwgk/nb/", 45)),
    ])
    .unwrap();
    let home = TestHome::new(&site, 0, "");
    home.profile(
        "yunxi",
        "www.yunxi.example",
        &[("http://www.yunxi.example/zwgk/nb/".into(), "list")],
    );
    let summary = home.crawl(&CrawlRequest::default());
    assert_eq!((summary.new, summary.exit()), (45, 0), "{summary:?}");
    home.verify(45);
    let again = home.crawl(&CrawlRequest::default());
    assert_eq!((again.new, again.changed), (0, 0), "{again:?}");
    assert!(again.lists >= 1, "{again:?}");
}

#[test]
fn a_server_that_asks_for_time_gets_it_also_from_the_next_run() {
    let site = Site::start(vec![with_reports(Host::new("a.example"), 3)]).unwrap();
    let home = TestHome::new(&site, 0, "patience_s = 1\nretry_s = 1\n");
    home.profile("a", "a.example", &seeds("a.example", 3));
    let throttle = Answer::full(429, &["Retry-After: 4"], b"later");
    let site = {
        drop(site);
        Site::start(vec![
            with_reports(Host::new("a.example"), 3).answers("/r/1.html", throttle),
        ])
        .unwrap()
    };
    home.point(&site, 0, "patience_s = 1\nretry_s = 1\n");
    let first = home.crawl(&CrawlRequest::default());
    assert_eq!(first.exit(), 3, "{first:?}");
    assert!(first.left.contains_key("a.example"), "{first:?}");
    let asked = site.requests();
    let second = home.crawl(&CrawlRequest::default());
    assert_eq!(second.exit(), 3);
    assert_eq!(site.requests(), asked, "asked again before Retry-After");
    let log = site.log();
    let throttled = log.iter().find(|one| one.status == Some(429)).unwrap();
    std::thread::sleep(
        Duration::from_millis(4100).saturating_sub(throttled.end.unwrap().elapsed()),
    );
    home.crawl(&CrawlRequest::default());
    assert!(site.requests() > asked);
}

#[test]
fn a_host_that_refuses_is_parked_and_its_pages_are_no_change() {
    let site = Site::start(vec![with_reports(Host::new("a.example"), 12)]).unwrap();
    let home = TestHome::new(&site, 0, "");
    home.profile("a", "a.example", &seeds("a.example", 12));
    let first = home.crawl(&CrawlRequest::default());
    assert_eq!((first.new, first.exit()), (12, 0), "{first:?}");
    site.clear_log();
    site.fault("a.example", "", Some(Behaviour::Challenge412));
    let again = home.crawl(&CrawlRequest {
        urls: urls("a.example", 12),
        ..CrawlRequest::default()
    });
    assert_eq!(again.exit(), 3, "{again:?}");
    assert_eq!((again.changed, again.gone), (0, 0), "{again:?}");
    assert_eq!(again.challenge, 5, "parked after five: {again:?}");
    assert_eq!(site.requests(), 5);
    assert!(again.left["a.example"].until.is_some());
    let before = site.requests();
    let third = home.crawl(&CrawlRequest::default());
    assert_eq!(third.exit(), 3);
    assert_eq!(site.requests(), before, "parked across runs");
    home.verify(1);
}

fn urls(host: &str, count: usize) -> Vec<url::Url> {
    let seeds = seeds(host, count);
    seeds.iter().map(|(url, _)| url.parse().unwrap()).collect()
}

#[test]
fn robots_txt_is_heeded_and_redirects_end() {
    let moved = |to: &str| Answer::full(302, &[&format!("Location: {to}")], b"");
    let site = Site::start(vec![
        with_reports(Host::new("a.example"), 2)
            .robots("User-agent: *\nDisallow: /private/\nCrawl-delay: 0.2\n")
            .answers("/x/1", moved("/x/2"))
            .answers("/x/2", moved("/x/3"))
            .answers("/x/3", moved("/x/1"))
            .answers("/y", moved("/r/0.html"))
            .answers("/z", moved("http://other.example/")),
    ])
    .unwrap();
    let home = TestHome::new(&site, 0, "");
    let mut all = seeds("a.example", 2);
    for path in ["private/1.html", "x/1", "y", "z"] {
        all.push((format!("http://a.example/{path}"), "report"));
    }
    home.profile("a", "a.example", &all);
    let summary = home.crawl(&CrawlRequest::default());
    assert_eq!(summary.robots_disallowed, 1, "{summary:?}");
    assert_eq!(
        summary.outcomes.get("too_many_redirects"),
        Some(&1),
        "{summary:?}"
    );
    assert_eq!(summary.new, 2, "{summary:?}");
    assert!(
        site.log()
            .iter()
            .all(|one| !one.path.starts_with("/private"))
    );
    site.assert_polite("a.example", Duration::from_millis(198));
    let ledger = Frontier::open_read_only(&home.path().join("frontier.db")).unwrap();
    let told = ledger.explain("http://other.example/").unwrap().unwrap();
    assert_eq!(told.outcome.as_deref(), Some("out_of_scope"));
    let told = ledger
        .explain("http://a.example/private/1.html")
        .unwrap()
        .unwrap();
    assert!(told.why.unwrap().contains("line 2"));
    home.verify(2);
}

#[test]
fn every_hostile_answer_ends_in_a_row_and_a_record() {
    let site = Site::start(vec![Host::hostile("hostile.example")]).unwrap();
    let home = TestHome::new(
        &site,
        0,
        "retry_s = 0\nmax_errors = 1000\nmax_body_mb = 2\npatience_s = 1\n",
    );
    home.profile(
        "hostile",
        "hostile.example",
        &[("http://hostile.example/hostile/".into(), "list")],
    );
    let summary = home.crawl(&CrawlRequest {
        deadline: Some(Duration::from_secs(25)),
        ..CrawlRequest::default()
    });
    assert!(summary.asked > 1, "{summary:?}");
    assert_ne!(summary.exit(), 0);
    home.verify(0);
}
