//! The ledger with a million addresses: how fast it takes them, hands them out and settles them, in how much memory.
//!
//! `cargo bench --bench frontier` (`NIANBAO_URLS=1000000` by default, over 200 hosts). Memory is the greatest the process
//! ever had (`VmHWM` of proc(5)), so it holds for all before it.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use nianbao::frontier::{Completion, Due, Found, Frontier, Lease, Next, Recorded, Rules, Seed};
use nianbao::model::{ItemKind, Outcome, Role};

/// Hosts that the addresses lie on.
const HOSTS: usize = 200;
/// Addresses settled afterwards.
const SETTLED: usize = 50_000;
/// Addresses in one transaction, as a crawl of many hosts has them.
const BATCH: usize = 128;

fn host(number: usize) -> String {
    format!("www{number}.a.example")
}

fn memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kb.unwrap_or(0) / 1000
}

fn rate(count: usize, seconds: f64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / seconds
}

fn found(number: usize) -> Found {
    let host = host(number % HOSTS);
    Found {
        url: format!("http://{host}/zwgk/zfxxgknb/202301/t20230131_{number}.html"),
        host,
        role: Role::Item,
        title: Some(format!("第{number}号机关2022年政府信息公开工作年度报告")),
        list_date: None,
        kind: ItemKind::Report,
        year: Some(2022),
        rule: "list.item".into(),
        hop: false,
        refused: None,
    }
}

fn done(lease: &Lease, number: usize, at: Timestamp, leads: Option<Vec<Found>>) -> Completion {
    let mut sha256 = vec![0; 32];
    sha256[..8].copy_from_slice(&(number as u64).to_le_bytes());
    Completion {
        lease: lease.clone(),
        outcome: Outcome::Ok,
        why: "200".into(),
        next: Next::Done,
        recorded: Some(Recorded {
            at,
            status: Some(200),
            record: "response",
            record_id: format!("<urn:uuid:{number:032x}>"),
            file: "nianbao-crawl-20260101000000-00001.warc.gz".into(),
            offset: 10_000 * number as u64,
            length: 10_000,
            sha256: Some(sha256),
            sha1: Some("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ".into()),
            whole: true,
            wire_bytes: 100_000,
            took_ms: 20,
        }),
        etag: None,
        last_modified: None,
        found: leads,
        lane: None,
        robots: None,
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let urls = std::env::var("NIANBAO_URLS").map_or(1_000_000, |n| n.parse().unwrap_or(1_000_000));
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("frontier.db");
    let mut frontier = Frontier::open(&path)?;
    let now = Timestamp::from_second(1_700_000_000)?;
    let seeds: Vec<Seed> = (0..HOSTS)
        .map(|number| Seed {
            url: format!("http://{}/", host(number)),
            host: host(number),
            site: "bench".into(),
            role: Role::List,
            now: true,
        })
        .collect();
    let due = Due {
        recent_year: 2023,
        revisit: SignedDuration::from_hours(720),
        round: SignedDuration::from_hours(20),
    };
    let run = frontier.begin(&seeds, None, &due, now)?;
    let rules = Rules::default();
    println!("before: {} MB", memory_mb());

    let started = Instant::now();
    let per_list = urls / HOSTS;
    for number in 0..HOSTS {
        let Some(lease) = frontier.lease(&host(number), now, 1)?.pop() else {
            continue;
        };
        let leads = (0..per_list).map(|item| found(item * HOSTS + number));
        let completion = done(&lease, number, now, Some(leads.collect()));
        frontier.commit(&run, &rules, &[completion], None, now)?;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{} addresses pending after {seconds:.1} s ({:.0} a second); {} MB",
        frontier.pending()?,
        rate(urls, seconds),
        memory_mb()
    );

    let started = Instant::now();
    let mut settled = 0;
    while settled < SETTLED {
        let mut batch = Vec::with_capacity(BATCH);
        for step in 0..BATCH {
            let host = host((settled + step) % HOSTS);
            let Some(lease) = frontier.lease(&host, now, 1)?.pop() else {
                continue;
            };
            batch.push(done(&lease, HOSTS + settled + step, now, None));
        }
        if batch.is_empty() {
            break;
        }
        settled += batch.len();
        frontier.commit(&run, &rules, &batch, None, now)?;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{settled} of them leased and settled in {seconds:.1} s ({:.0} a second); {} MB",
        rate(settled, seconds),
        memory_mb()
    );
    drop(frontier);

    let started = Instant::now();
    let mut frontier = Frontier::open(&path)?;
    frontier.begin(&[], None, &due, now)?;
    let hosts = frontier.hosts()?.len();
    println!(
        "opened again: {hosts} hosts with something to do in {:.2} s; {} MB; the file has {} MB",
        started.elapsed().as_secs_f64(),
        memory_mb(),
        std::fs::metadata(&path)?.len() / 1_000_000
    );
    Ok(())
}
