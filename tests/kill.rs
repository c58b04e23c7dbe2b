//! A crawl killed at random moments: no page is lost, none is archived twice, ledger and archive agree; a run killed so, in
//! crawl and build, leaves the database of an undisturbed one.
//!
//! `NIANBAO_KILLS=1000 cargo test --release --test kill -- --nocapture` is the full count.

#[path = "crawl/child.rs"]
mod child;
#[path = "crawl/home.rs"]
mod home;
#[path = "site/mod.rs"]
mod site;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use child::{assert_same_rows, rows};
use home::{TestHome, consistent};
use nianbao::frontier::Frontier;
use site::{Column, Host, Page, Platform, Site};

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
    let wanted = kills_wanted();
    let site = start();
    let mut kills = 0;
    let mut crawls = 0;
    let mut refetched = 0;
    let mut moments = Moments(0x2545_f491_4f6c_dd1d);
    while kills < wanted {
        let home = fresh(&site);
        site.clear_log();
        let mut killed_here = 0;
        loop {
            let mut child = crawl(&home).spawn().unwrap();
            std::thread::sleep(moments.next(5, 400));
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

fn kills_wanted() -> u32 {
    let kills = std::env::var("NIANBAO_KILLS");
    kills
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(12)
}

/// A generator of our own: the moments differ from kill to kill and not from run to run.
struct Moments(u64);

impl Moments {
    /// From `least` on, over `span` milliseconds.
    fn next(&mut self, least: u64, span: u64) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_micros(1000 * least + self.0 % (1000 * span))
    }
}

/// Offices of each city, with the reports of seven years each.
const OFFICES: [&str; 15] = [
    "教育局",
    "财政局",
    "民政局",
    "司法局",
    "审计局",
    "商务局",
    "统计局",
    "林业局",
    "信访局",
    "水利局",
    "公安局",
    "体育局",
    "气象局",
    "档案局",
    "税务局",
];
const CITIES: [&str; 3] = ["云溪市", "清岭县", "竹坞县"];
const REPORTS: usize = OFFICES.len() * CITIES.len() * 7;

/// Addresses and what they are for.
type Seeds = Vec<(String, &'static str)>;

/// The cities' sites, and the lists of their reports.
fn cities() -> (Site, Vec<(&'static str, Seeds)>) {
    let mut hosts = Vec::new();
    let mut seeds = Vec::new();
    for ((name, city), number) in HOSTS.iter().zip(CITIES).zip(1_u8..) {
        let mut host = Host::new(name).address(number);
        let mut lists = Vec::new();
        for (office, at) in OFFICES.iter().zip(0_u8..) {
            let (agency, path) = (format!("{city}{office}"), format!("/nb{at}/"));
            let years = [2025, 2024, 2023, 2022, 2021, 2020, 2019];
            let column = Column::of_agency(Platform::Trs, &path, &agency, &years);
            lists.push((format!("http://{name}{path}"), "list"));
            host = host.column(column.per_page(3));
        }
        hosts.push(host);
        seeds.push((*name, lists));
    }
    (Site::start(hosts).unwrap(), seeds)
}

#[test]
fn a_run_killed_at_random_moments_leaves_the_database_of_an_undisturbed_one() {
    let wanted = kills_wanted();
    let (site, seeds) = cities();
    let fresh = || {
        let home = TestHome::new(&site, 1, "");
        for (name, lists) in &seeds {
            home.profile(&name.replace('.', "-"), name, lists);
        }
        home
    };
    let undisturbed = fresh();
    let from = Instant::now();
    let whole = child::run(&undisturbed.path(), &["run"]);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let lasts = u64::try_from(from.elapsed().as_millis()).unwrap();
    let database = |home: &TestHome| home.path().join("nianbao.db");
    let expected = rows(&database(&undisturbed));
    let asked = site
        .log()
        .iter()
        .filter(|one| one.path != "/robots.txt")
        .count();
    let mut moments = Moments(0x9e37_79b9_7f4a_7c15);
    let (mut in_crawl, mut in_build, mut runs) = (0, 0, 0);
    while in_crawl + in_build < wanted {
        let home = fresh();
        site.clear_log();
        let mut killed_here = 0;
        loop {
            let crawled = is_crawled(&home);
            // A complete crawl is not begun anew, or everything would be seen once more.
            let verb = if crawled { "build" } else { "run" };
            let mut child = child::nianbao(&home.path(), &[verb]).spawn().unwrap();
            let last = in_crawl + in_build >= wanted || killed_here >= 8;
            if !last {
                std::thread::sleep(moments.next(2, lasts));
                if child.try_wait().unwrap().is_none() {
                    child.kill().unwrap();
                }
            }
            let ended = child::ended(child);
            if let Some(code) = ended.code {
                assert_eq!(code, 0, "{ended:?}");
                break;
            }
            killed_here += 1;
            if is_crawled(&home) {
                in_build += 1;
            } else {
                in_crawl += 1;
            }
        }
        runs += 1;
        consistent(&home.path(), REPORTS);
        let again = site
            .log()
            .iter()
            .filter(|one| one.path != "/robots.txt")
            .count()
            - asked;
        assert!(
            again <= killed_here * HOSTS.len() * 4,
            "{again} asked for again"
        );
        assert_same_rows(
            &rows(&database(&home)),
            &expected,
            "killed and gone on with",
        );
        for name in ["nianbao.db", "nianbao.db-wal", "nianbao.db-shm"] {
            // The last two are there only while it is open.
            let _ = std::fs::remove_file(home.path().join(name));
        }
        let built = child::run(&home.path(), &["build"]);
        assert_eq!(built.code, Some(0), "{built:?}");
        assert_same_rows(&rows(&database(&home)), &expected, "of the archive alone");
        for name in HOSTS {
            site.assert_polite(name, Duration::from_millis(1));
        }
    }
    eprintln!(
        "{in_crawl} kills in the crawl and {in_build} in the build of {runs} runs over {REPORTS} reports: the rows of an undisturbed run"
    );
}

/// Whether the ledger says that the crawl came to its end.
fn is_crawled(home: &TestHome) -> bool {
    let ledger = Frontier::open_read_only(&home.path().join("frontier.db"));
    let last = ledger.ok().and_then(|ledger| ledger.last_run().ok()?);
    last.is_some_and(|run| run.exit == Some(0))
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
