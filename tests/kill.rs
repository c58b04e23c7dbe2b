//! A crawl killed at random moments: no page is lost, none is archived twice, ledger and archive agree.
//!
//! `NIANBAO_KILLS=1000 cargo test --release --test kill -- --nocapture` is the full count.

#[path = "crawl/home.rs"]
mod home;
#[path = "site/mod.rs"]
mod site;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use home::{TestHome, consistent};
use nianbao::frontier::Frontier;
use site::{Host, Page, Site};

const PAGES: usize = 300;
const HOSTS: [&str; 3] = ["www.a.example", "www.b.example", "www.c.example"];
/// The gap, in milliseconds: so that a crawl takes long enough to be killed within.
const GAP: u64 = 3;

fn start() -> Site {
    let hosts = HOSTS.iter().zip(1_u8..).map(|(name, number)| {
        (0..PAGES / HOSTS.len()).fold(Host::new(name).address(number), |host, page| {
            let text = format!(
                "<html><head><title>{name} {page}</title></head><body><p>{}</p></body></html>",
                "本机关依法公开政府信息。".repeat(60 + page)
            );
            host.page(&format!("/r/{page}.html"), Page::html(&text))
        })
    });
    Site::start(hosts.collect()).unwrap()
}

fn fresh(site: &Site) -> TestHome {
    let home = TestHome::new(site, GAP, "");
    for name in HOSTS {
        let pages = 0..PAGES / HOSTS.len();
        let seeds: Vec<_> = pages
            .map(|page| (format!("http://{name}/r/{page}.html"), "report"))
            .collect();
        home.profile(&name.replace('.', "-"), name, &seeds);
    }
    home
}

fn crawl(home: &TestHome) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
    command.arg("--home").arg(home.path()).arg("crawl");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// Every page once, none besides.
fn complete(home: &TestHome) {
    consistent(&home.path(), PAGES);
    let ledger = Frontier::open_read_only(&home.path().join("frontier.db")).unwrap();
    let mut records: BTreeMap<String, u32> = BTreeMap::new();
    for file in ledger.files().unwrap() {
        for row in ledger.records(&file).unwrap() {
            if !row.url.ends_with("/robots.txt") {
                assert_eq!(row.record, "response", "{}", row.url);
                *records.entry(row.url).or_default() += 1;
            }
        }
    }
    assert_eq!(records.len(), PAGES, "pages lost");
    let twice: Vec<_> = records.iter().filter(|(_, count)| **count != 1).collect();
    assert!(twice.is_empty(), "archived twice: {twice:?}");
}

#[test]
fn a_crawl_killed_at_random_moments_loses_nothing() {
    let wanted: u32 = std::env::var("NIANBAO_KILLS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(12);
    let site = start();
    let mut kills = 0;
    let mut crawls = 0;
    let mut refetched = 0;
    // A generator of our own: the moments differ from kill to kill and not from run to run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    while kills < wanted {
        let home = fresh(&site);
        site.clear_log();
        let mut killed_here = 0;
        loop {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let mut child = crawl(&home).spawn().unwrap();
            let moment = Duration::from_millis(5 + state % 400);
            std::thread::sleep(moment);
            let over = child.try_wait().unwrap().is_some();
            let last = over || kills >= wanted || killed_here >= 12;
            if !last {
                child.kill().unwrap();
                kills += 1;
                killed_here += 1;
            }
            let output = child.wait_with_output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            if last {
                assert_eq!(output.status.code(), Some(0), "{told}");
                break;
            }
            assert!(!told.contains("panicked"), "{told}");
        }
        complete(&home);
        crawls += 1;
        for name in HOSTS {
            site.assert_polite(name, Duration::from_millis(GAP));
        }
        let pages = site
            .log()
            .iter()
            .filter(|one| one.path != "/robots.txt")
            .count();
        let again = pages - PAGES;
        // In flight when killed: an answer a host, and what waited for the disk.
        assert!(
            again <= killed_here * HOSTS.len() * 4,
            "{again} asked for again after {killed_here} kills"
        );
        refetched += again;
    }
    eprintln!(
        "{kills} kills in {crawls} crawls of {PAGES} pages: 0 lost, 0 twice, {refetched} asked for again"
    );
}

#[test]
fn a_signal_ends_a_crawl_soon_and_in_good_order() {
    let site = start();
    for wait in [30, 150, 400] {
        let home = fresh(&site);
        let child = crawl(&home).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        let asked = Instant::now();
        let sent = Command::new("kill")
            .arg("-TERM")
            .arg(child.id().to_string())
            .status();
        assert!(sent.unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(10));
        let code = output.status.code();
        // Killed before it listened for signals, it had done nothing yet.
        assert!(
            code == Some(11) || code.is_none() && wait < 100,
            "{output:?}"
        );
        let output = crawl(&home).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        complete(&home);
    }
}

#[test]
fn two_crawls_of_one_home_exclude_each_other() {
    let site = start();
    let home = fresh(&site);
    let mut first = crawl(&home).spawn().unwrap();
    while site.requests() == 0 {
        assert!(first.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(2));
    }
    let second = crawl(&home).output().unwrap();
    assert_eq!(second.status.code(), Some(5), "{second:?}");
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(0));
    complete(&home);
}

#[test]
fn nobody_is_asked_without_a_contact() {
    let site = start();
    let home = fresh(&site);
    let path = home.path().join("nianbao.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace("contact = \"mailto:test@example.org\"", ""),
    )
    .unwrap();
    let output = crawl(&home).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    assert_eq!(site.requests(), 0);
}
