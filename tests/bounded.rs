//! Everything hostile that the test site can do, against the built program: each ends in a record or a row, in bounded time
//! and memory. By default 15 seconds of it; `NIANBAO_HOSTILE=all` lets the slow ones have their time.

#[path = "crawl/child.rs"]
#[allow(
    dead_code,
    reason = "it waits for the child itself, to watch its memory"
)]
mod child;
#[path = "crawl/home.rs"]
mod home;
#[path = "site/mod.rs"]
mod site;

use std::time::{Duration, Instant};

use child::nianbao;
use home::{TestHome, consistent};
use nianbao::frontier::Frontier;
use site::{Behaviour, Host, Site};

/// What the hostile may cost.
const MOST_KB: u64 = 300_000;

/// The most memory a child had, in kB; `None` where the system does not tell.
fn peak_kb(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Runs the program; its exit code, and the most memory it had, in kB.
fn watched(home: &TestHome, arguments: &[&str]) -> (Option<i32>, u64) {
    let from = Instant::now();
    let mut child = nianbao(&home.path(), arguments)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    loop {
        peak = peak.max(peak_kb(child.id()).unwrap_or(0));
        if std::env::var("NIANBAO_WATCH").is_ok() {
            eprintln!("{:.1?} {peak}", from.elapsed());
        }
        if let Some(status) = child.try_wait().unwrap() {
            return (status.code(), peak);
        }
        if from.elapsed() > Duration::from_mins(15) {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// All of them, or those of `NIANBAO_ONLY`, by word.
fn wanted() -> impl Iterator<Item = &'static Behaviour> {
    let only = std::env::var("NIANBAO_ONLY").ok();
    Behaviour::ALL.iter().filter(move |one| {
        only.as_ref()
            .is_none_or(|only| only.split(',').any(|word| word == one.as_str()))
    })
}

#[test]
fn every_hostile_answer_ends_in_a_row_in_bounded_time_and_memory() {
    // A host for each, so that none waits for another.
    let name = |behaviour: Behaviour| format!("{}.h{}.example", "www", behaviour as usize);
    let hosts = Behaviour::ALL
        .iter()
        .zip(0_u8..)
        .map(|(behaviour, number)| {
            // As many addresses as there are, so that they do not take turns either.
            Host::hostile(&name(*behaviour)).address(number + 1)
        });
    let traps = Host::hostile("traps.example").address(200);
    let site = Site::start(hosts.chain([traps]).collect()).unwrap();
    let home = TestHome::new(
        &site,
        0,
        "retry_s = 0\npatience_s = 5\nmax_list_pages = 10\nmax_pages = 60\n",
    );
    let mut urls = Vec::new();
    for behaviour in wanted() {
        let host = name(*behaviour);
        let url = format!("http://{host}{}", behaviour.path());
        home.profile(
            &format!("h{}", *behaviour as usize),
            &host,
            &[(url.clone(), "report")],
        );
        urls.push((behaviour, url));
    }
    // And a directory of all of them, and of the traps.
    if urls.len() == Behaviour::ALL.len() {
        let directory = "http://traps.example/hostile/".to_owned();
        home.profile("traps", "traps.example", &[(directory, "list")]);
    }
    let from = Instant::now();
    // The slow ones have their time only if asked for.
    let all = std::env::var("NIANBAO_HOSTILE").is_ok_and(|wanted| wanted == "all");
    let arguments: &[&str] = if all {
        &["crawl"]
    } else {
        &["crawl", "--deadline", "15s"]
    };
    let (code, crawling) = watched(&home, arguments);
    let took = from.elapsed();
    assert!(
        matches!(code, Some(3 | 15)) || urls.len() < Behaviour::ALL.len(),
        "{code:?}"
    );
    assert!(
        took < Duration::from_mins(if all { 14 } else { 2 }),
        "{took:?}"
    );
    let (built, building) = watched(&home, &["build"]);
    assert_eq!(built, Some(0));
    eprintln!("crawling {crawling} kB, building {building} kB");
    assert!(
        crawling.max(building) < MOST_KB,
        "crawling {crawling} kB, building {building} kB"
    );
    consistent(&home.path(), 0);
    let ledger = Frontier::open_read_only(&home.path().join("frontier.db")).unwrap();
    let mut without = Vec::new();
    for (behaviour, url) in urls {
        let told = ledger.explain(&url).unwrap().unwrap();
        // The slow ones may still have been on their way when the time was over.
        if told.outcome.is_none() && !(behaviour.is_endless() && code == Some(15)) {
            without.push((behaviour, told.state));
        }
    }
    assert!(without.is_empty(), "no outcome: {without:?}");
    eprintln!("{} behaviours: {took:.0?}", Behaviour::ALL.len());
}
