//! The demo's crawls: done, and told.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::Timestamp;

use crate::crawl::engine::{CrawlSummary, Event};
use crate::frontier::Frontier;
use crate::home::Home;
use crate::model::{Outcome, Role};
use crate::pipeline::{self, CrawlRequest, Stop};
use crate::present::{Align, Table, visible};

use super::super::{crawl, import, output};
use super::publishers::{self, FORBIDDEN, PAUSE, PROFILES};
use super::site::Site;

/// How far the demo's crawls are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing was crawled, or not to its end.
    First,
    /// All was crawled once.
    Second,
    /// And again, after a report was changed.
    Done,
}

/// What the ledger says of it.
pub(super) fn stage(home: &Home) -> anyhow::Result<Stage> {
    let Some(frontier) = Frontier::open_if_any(&home.frontier())? else {
        return Ok(Stage::First);
    };
    // One that was stopped is gone on with.
    let last = frontier.last_run()?;
    let ended = last.is_some_and(|run| matches!(run.exit, Some(0 | 3)));
    let known = frontier.explain(&publishers::changed_url())?;
    let mut seen: Vec<_> = known
        .map_or_else(Vec::new, |known| known.history)
        .into_iter()
        .filter(|event| event.record == "response")
        .filter_map(|event| event.sha256)
        .collect();
    seen.sort();
    seen.dedup();
    Ok(match (seen.len(), ended) {
        (0, _) | (1, false) => Stage::First,
        (1, true) | (_, false) => Stage::Second,
        (_, true) => Stage::Done,
    })
}

/// An address that was dealt with.
struct Settled {
    url: String,
    host: String,
    role: Role,
    outcome: Outcome,
    why: String,
}

/// A crawl that is over.
pub(super) struct Crawled {
    pub summary: CrawlSummary,
    settled: Vec<Settled>,
    took_ms: u128,
}

/// Crawls what is due.
pub(super) fn run(home: &Home, stop: &Stop) -> anyhow::Result<Crawled> {
    let settled: Arc<Mutex<Vec<Settled>>> = Arc::default();
    let observe = {
        let settled = Arc::clone(&settled);
        Arc::new(move |event: &Event<'_>| {
            if let Event::Settled {
                url,
                host,
                role,
                outcome,
                why,
                ..
            } = event
            {
                let mut settled = settled.lock().unwrap_or_else(PoisonError::into_inner);
                settled.push(Settled {
                    url: (*url).to_owned(),
                    host: (*host).to_owned(),
                    role: *role,
                    outcome: *outcome,
                    why: (*why).to_owned(),
                });
            }
        })
    };
    let request = CrawlRequest {
        sites: PROFILES.map(|(name, _)| name.to_owned()).to_vec(),
        ..CrawlRequest::default()
    };
    let begun = Instant::now();
    let summary = pipeline::crawl(home, &request, stop.told(), observe, |notice| {
        output::say(&format!("nianbao: {}", import::describe(notice)));
    })?;
    let took_ms = begun.elapsed().as_millis();
    let mut settled = settled.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Crawled {
        summary,
        settled: std::mem::take(&mut settled),
        took_ms,
    })
}

/// Waits for the clock's next second. Dates in the archive are to the second: two versions of a page that came in the
/// same one could not be told to follow each other.
pub(super) fn next_second() {
    let into = Timestamp::now().subsec_nanosecond();
    let left = 1_000_000_000_u64.saturating_sub(u64::from(into.unsigned_abs()));
    thread::sleep(Duration::from_nanos(left));
}

/// The columns of the table of what came.
const KINDS: [(&str, &[Role]); 3] = [
    ("lists", &[Role::Root, Role::List, Role::Sitemap]),
    ("reports", &[Role::Item, Role::Part]),
    ("files", &[Role::Attachment]),
];

impl Crawled {
    /// What was asked for and what came, by host; what did not come, one by one.
    pub(super) fn describe(&self) -> String {
        let mut hosts: Vec<&str> = self.settled.iter().map(|one| one.host.as_str()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        let mut table = Table::new([
            ("host", Align::Left),
            ("lists", Align::Right),
            ("reports", Align::Right),
            ("files", Align::Right),
            ("of these unchanged (304)", Align::Right),
        ]);
        let mut others = Vec::new();
        for host in hosts {
            let here = || self.settled.iter().filter(|one| one.host == host);
            let count = |roles: &[Role]| {
                let came = here().filter(|one| one.outcome.is_page() && roles.contains(&one.role));
                came.count().to_string()
            };
            let mut row = vec![host.to_owned()];
            row.extend(KINDS.iter().map(|(_, roles)| count(roles)));
            let unchanged = here().filter(|one| one.outcome == Outcome::NotModified);
            row.push(unchanged.count().to_string());
            table.push(row);
            others.extend(here().filter(|one| !one.outcome.is_page() && one.role != Role::Robots));
        }
        let mut text = table.render_plain();
        for one in others {
            let _ = write!(
                text,
                "\n{}: {}\n  {}",
                one.outcome.as_str(),
                visible(&one.url),
                visible(&one.why)
            );
        }
        // The time last: it is the one thing that differs from run to run.
        let _ = write!(
            text,
            "\n\n{}\nin {}.{} s\n",
            crawl::text(&self.summary),
            self.took_ms / 1000,
            self.took_ms % 1000 / 100
        );
        text
    }
}

/// What the server has to say of it.
pub(super) fn witnessed(site: &Site) -> String {
    let log = site.log();
    let forbidden = log
        .iter()
        .filter(|served| served.path.starts_with(FORBIDDEN))
        .count();
    let hosts = site.overrides();
    let impolite: Vec<String> = hosts
        .keys()
        .flat_map(|host| site.impolite(host, PAUSE))
        .collect();
    let mut text = format!("The server's own log: {} requests, ", log.len());
    let _ = match forbidden {
        0 => write!(text, "none below {FORBIDDEN}, which robots.txt forbids; "),
        count => write!(
            text,
            "{count} BELOW {FORBIDDEN}, WHICH ROBOTS.TXT FORBIDS; "
        ),
    };
    if impolite.is_empty() {
        let _ = writeln!(
            text,
            "never two at once to a host,\nnever less than {} ms after an answer.",
            PAUSE.as_millis()
        );
    } else {
        let _ = writeln!(text, "NOT POLITE:\n{}", impolite.join("\n"));
    }
    text
}

/// How an address was found, from the seed on, and where its answer lies.
pub(super) fn way_to(home: &Home, url: &str) -> anyhow::Result<String> {
    let frontier = Frontier::open_read_only(&home.frontier())?;
    let mut text = String::new();
    let mut next = Some(url.to_owned());
    // A way is as long as links may be deep, and a redirect or two.
    for _ in 0..32 {
        let Some(known) = next.take().map(|url| frontier.explain(&url)).transpose()? else {
            break;
        };
        let known = known.context("the ledger lacks an address")?;
        let _ = write!(
            text,
            "{} {}: {}",
            known.role,
            visible(&known.url),
            known.outcome.as_deref().unwrap_or("not asked for")
        );
        if let Some(event) = known.history.last() {
            let _ = write!(text, ", {}, byte {}", event.file, event.offset);
        }
        text.push('\n');
        match &known.parent {
            Some(_) => {
                let _ = write!(text, "  found by {} on\n  ", known.rule);
            }
            None => text.push_str("  a seed of its profile\n"),
        }
        next = known.parent;
    }
    Ok(text)
}
