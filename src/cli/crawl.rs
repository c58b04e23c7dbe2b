//! `nianbao crawl`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use url::Url;

use crate::crawl::engine::{Alarm, CrawlSummary, Event, Stopped};
use crate::crawl::robots::from_status;
use crate::frontier::Frontier;
use crate::home::{Home, HomeError, HomeLock};
use crate::pipeline::{self, CrawlFailure, CrawlRequest, Stop};
use crate::present::{SeedsFor, seeds_for, visible};

use super::context::Context;
use super::import::describe;
use super::{Status, output};

const EXAMPLES: &str = "\
Exit codes: 0 all planned pages accounted for, 1 unexpected, 2 usage, 3 finished and some pages failed, were refused or are
missing (the summary says which), 4 bad configuration, 5 another run holds the lock, 11 stopped by a signal (resumable),
15 deadline reached, 16 the disk has no more room than is to stay free.

Examples:
  nianbao crawl --dry-run
  nianbao crawl --site yunxi --deadline 2h
  nianbao crawl --seeds-for browsertrix > nianbao.yaml
  nianbao crawl http://www.yunxi.example/zwgk/zfxxgknb/";

/// Fetch what is due, politely, into the archive
///
/// Begins with the seeds of the profiles in the home's selectors/ (or of `sites` in nianbao.toml), one request at a time to a host, with a pause after
/// each. What an interrupted run left is gone on with. Needs `contact` in nianbao.toml.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Addresses to fetch now, with what is due of their sites
    #[arg(value_name = "URL")]
    urls: Vec<String>,
    /// Only this site, by the name of its profile; may be given several times
    #[arg(long, value_name = "NAME")]
    site: Vec<String>,
    /// Fetch nothing; print the addresses that would be asked for first, by host, with pause and robots.txt's verdict
    #[arg(long)]
    dry_run: bool,
    /// Fetch nothing; print the seeds of the chosen sites as a file for another crawler, whose WARC `import` reads
    #[arg(long, value_name = "CRAWLER", value_parser = crawler(), conflicts_with_all = ["dry_run", "deadline", "limit", "log_json", "json"])]
    seeds_for: Option<SeedsFor>,
    /// End after this time, done or not: 90s, 30m, 2h [default: none]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    deadline: Option<Duration>,
    /// Ask for so many addresses at the most [default: none]
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// A line of JSON on stderr for everything that happens
    #[arg(long)]
    log_json: bool,
    /// The summary as JSON on stdout
    #[arg(long)]
    json: bool,
}

fn crawler() -> impl clap::builder::TypedValueParser<Value = SeedsFor> {
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(SeedsFor::ALL.map(SeedsFor::as_str))
        .map(|word| SeedsFor::named(&word).unwrap_or(SeedsFor::Heritrix))
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let signed: SignedDuration = text
        .parse()
        .map_err(|error: jiff::Error| error.to_string())?;
    let duration = Duration::try_from(signed).map_err(|error| error.to_string())?;
    if duration.is_zero() {
        return Err("no time at all".into());
    }
    Ok(duration)
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let stop = Stop::listen().context("no signals")?;
    let home = match configured(context)? {
        Ok(home) => home,
        Err(status) => return Ok(status),
    };
    let urls = args.urls.iter().map(|text| {
        let url = Url::parse(text).with_context(|| format!("{text}: no address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            anyhow::bail!("{text}: only http:// and https://");
        }
        Ok(url)
    });
    let request = CrawlRequest {
        sites: args.site.clone(),
        urls: urls.collect::<Result<_, _>>()?,
        deadline: args.deadline,
        limit: args.limit,
    };
    if let Some(kind) = args.seeds_for {
        return match pipeline::plan(&home, &request, Timestamp::now()) {
            Ok(plan) => {
                let seeds = plan
                    .seeds
                    .iter()
                    .filter_map(|seed| Url::parse(&seed.url).ok());
                let seeds: Vec<Url> = seeds.collect();
                let contact = home.config().home.contact.as_deref().unwrap_or_default();
                output::print(&seeds_for(kind, &seeds, contact))?;
                Ok(Status::Done)
            }
            Err(error) => Ok(failed(&error)),
        };
    }
    if args.dry_run {
        return Ok(match dry_run(&home, &request, args.json) {
            Ok(()) => Status::Done,
            Err(error) => failed(&error),
        });
    }
    let _lock = match locked(&home) {
        Ok(lock) => lock,
        Err(status) => return Ok(status),
    };
    match perform(&home, &request, &stop, args.log_json) {
        Ok(summary) => {
            if args.json {
                output::print_json([&summary])?;
            }
            if !args.log_json {
                output::say(text(&summary).trim_end());
            }
            Ok(Status::Code(summary.exit()))
        }
        Err(error) => Ok(failed(&error)),
    }
}

/// The home, or how a run without a usable configuration ends.
pub(super) fn configured(context: &Context) -> anyhow::Result<Result<Home, Status>> {
    context.home().map(Ok).or_else(|error| {
        let wrong = matches!(
            error.downcast_ref::<HomeError>(),
            Some(HomeError::Config { .. } | HomeError::Range { .. })
        );
        if !wrong {
            return Err(error);
        }
        output::say(&format!("nianbao: {}", output::explain(error.as_ref())));
        Ok(Err(Status::Code(4)))
    })
}

/// The lock, or how a run beside another ends.
pub(super) fn locked(home: &Home) -> Result<HomeLock, Status> {
    match home.lock() {
        Err(error @ HomeError::Locked { .. }) => {
            output::say(&format!("nianbao: {error}"));
            Err(Status::Code(5))
        }
        Err(error) => {
            output::say(&format!("nianbao: {}", output::explain(&error)));
            let code = if error.is_full() { 16 } else { 1 };
            Err(Status::Code(code))
        }
        Ok(lock) => Ok(lock),
    }
}

/// Crawls, with bars or a log. The home must be locked.
pub(super) fn perform(
    home: &Home,
    request: &CrawlRequest,
    stop: &Stop,
    log_json: bool,
) -> Result<CrawlSummary, CrawlFailure> {
    let screen = Arc::new(Screen::new(log_json));
    let observe = {
        let screen = Arc::clone(&screen);
        Arc::new(move |event: &Event<'_>| screen.hear(event))
    };
    let notice = |notice: &crate::archive::Notice| {
        output::say(&format!("nianbao: {}", describe(notice)));
    };
    let result = pipeline::crawl(home, request, stop.told(), observe, notice);
    screen.done();
    result
}

pub(super) fn failed(error: &CrawlFailure) -> Status {
    output::say(&format!("nianbao: {}", output::explain(error)));
    if error.is_configuration() {
        Status::Code(4)
    } else if error.is_full() {
        Status::Code(16)
    } else {
        Status::Code(1)
    }
}

/// What a run would begin with, tried on a copy of the ledger.
pub(super) fn dry_run(
    home: &Home,
    request: &CrawlRequest,
    as_json: bool,
) -> Result<(), CrawlFailure> {
    let now = Timestamp::now();
    let plan = pipeline::plan(home, request, now)?;
    let copy = home
        .directory()
        .join(format!(".frontier-dry-{}.db", std::process::id()));
    let remove = |path: &Path| {
        for ending in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            // It may not have come to be.
            let _ = std::fs::remove_file(name);
        }
    };
    let print = || -> Result<(), CrawlFailure> {
        if let Some(frontier) = Frontier::open_if_any(&home.frontier())? {
            frontier.copy_to(&copy)?;
        }
        let mut frontier = Frontier::open(&copy)?;
        let run = frontier.begin(&plan.seeds, Some(&plan.names), &plan.due, now)?;
        for host in frontier.hosts()? {
            let lane = frontier.lane(&host, run.round)?;
            for one in frontier.planned(&host, 50)? {
                let url = Url::parse(&one.url).ok();
                let origin = url.as_ref().map(|url| url.origin().ascii_serialization());
                let row = match &origin {
                    Some(origin) => frontier.robots(origin)?,
                    None => None,
                };
                let state = row.map(|row| from_status(row.status, &row.body));
                let verdict = state.as_ref().zip(url.as_ref());
                let verdict = verdict.map(|(state, url)| state.verdict(&plan.agent, url).allowed);
                let asked = state
                    .as_ref()
                    .and_then(|state| state.crawl_delay(&plan.agent));
                let site = plan.sites.site(&one.site).and_then(|site| site.delay_ms);
                let site = site.map(|delay| Duration::from_millis(delay.into()));
                let gap = plan.policy.gap(site, asked, lane.slow, Duration::ZERO);
                let word = match verdict {
                    Some(true) => "allowed",
                    Some(false) => "forbidden",
                    None => "not asked yet",
                };
                let written = if as_json {
                    output::print_json([json!({
                        "host": host, "url": one.url, "site": one.site, "role": one.role,
                        "delay_ms": gap.as_millis(), "robots": word,
                        "not_before": lane.not_before.map(|at| at.to_string()),
                    })])
                } else {
                    output::print(&format!(
                        "{} {} every {}, robots.txt: {word}\n",
                        one.role,
                        visible(&one.url),
                        pause(gap)
                    ))
                };
                if written.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    };
    let printed = print();
    remove(&copy);
    printed
}

/// A pause for people.
pub(super) fn pause(pause: Duration) -> String {
    if pause < Duration::from_secs(1) {
        format!("{} ms", pause.as_millis())
    } else {
        format!("{:.1} s", pause.as_secs_f64())
    }
}

/// The summary for people.
pub(super) fn text(summary: &CrawlSummary) -> String {
    let mut lines = Vec::new();
    let counts: Vec<String> = [
        (summary.new, "new"),
        (summary.changed, "changed"),
        (summary.unchanged, "unchanged"),
        (summary.gone, "gone"),
        (summary.blocked, "blocked"),
        (summary.challenge, "behind a browser check"),
        (summary.failed, "failed"),
        (summary.robots_disallowed, "forbidden by robots.txt"),
        (summary.lists, "lists and front pages"),
        (summary.pending, "still to be asked for"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    let counts = if counts.is_empty() {
        "nothing was due".to_owned()
    } else {
        counts.join(", ")
    };
    lines.push(format!("{} asked for: {counts}", summary.asked));
    for (host, left) in &summary.left {
        let until = left
            .until
            .as_ref()
            .map_or_else(String::new, |until| format!(", until {until}"));
        lines.push(format!(
            "{}: left to the next run: {}{until}",
            visible(host),
            visible(&left.why)
        ));
    }
    for alarm in &summary.alarms {
        let Alarm::SeedDriedUp { seed, site, before } = alarm;
        lines.push(format!(
            "alarm: {} (site {site}) lists nothing any more; it listed {before}",
            visible(seed)
        ));
    }
    for (site, years) in &summary.missing {
        let years: Vec<String> = years.iter().map(ToString::to_string).collect();
        lines.push(format!(
            "missing of site {site}: the reports of {}",
            years.join(", ")
        ));
    }
    for (site, fewer) in &summary.missing_reports {
        lines.push(format!(
            "missing of site {site}: {} reports found, at least {} expected",
            fewer.found, fewer.expected
        ));
    }
    for note in &summary.notes {
        lines.push(visible(note));
    }
    if let Some(stopped) = summary.stopped {
        lines.push(
            match stopped {
                Stopped::Signal => "stopped by a signal; the next run goes on with it",
                Stopped::Deadline => "the time was over; the next run goes on with it",
                Stopped::DiskFull => {
                    "the disk has no more room than is to stay free; make room, the next run goes on with it"
                }
                Stopped::Limit => "as many addresses were asked for as wanted",
            }
            .to_owned(),
        );
    }
    lines.join("\n")
}

/// Lines of hosts that are shown at once.
const SHOWN: usize = 8;

/// What is shown while it runs: bars on a terminal, or lines of JSON, or nothing.
struct Screen {
    log_json: bool,
    bars: MultiProgress,
    all: ProgressBar,
    hosts: Mutex<Hosts>,
}

#[derive(Default)]
struct Hosts {
    bars: BTreeMap<String, (ProgressBar, u64)>,
    bytes: u64,
    refused: u64,
}

impl Screen {
    fn new(log_json: bool) -> Self {
        let bars = MultiProgress::with_draw_target(if log_json {
            ProgressDrawTarget::hidden()
        } else {
            // Hidden by itself where stderr is no terminal.
            ProgressDrawTarget::stderr()
        });
        let all = bars.add(ProgressBar::no_length());
        if let Ok(style) =
            ProgressStyle::with_template("{elapsed_precise} {pos} pages, {per_sec} {msg}")
        {
            all.set_style(style);
        }
        Self {
            log_json,
            bars,
            all,
            hosts: Mutex::default(),
        }
    }

    fn hear(&self, event: &Event<'_>) {
        if self.log_json {
            Self::log(event);
            return;
        }
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Settled {
                url,
                host,
                outcome,
                bytes,
                ..
            } => {
                self.all.inc(1);
                hosts.bytes += bytes;
                hosts.refused += u64::from(outcome.is_blocking());
                let amount = indicatif::DecimalBytes(hosts.bytes);
                self.all
                    .set_message(format!("{amount}, {} refused", hosts.refused));
                if hosts.bars.len() < SHOWN && !hosts.bars.contains_key(*host) {
                    let bar = self.bars.add(ProgressBar::no_length());
                    if let Ok(style) = ProgressStyle::with_template("  {prefix} {pos} {wide_msg}") {
                        bar.set_style(style);
                    }
                    bar.set_prefix(visible(host));
                    hosts.bars.insert((*host).to_owned(), (bar, 0));
                }
                if let Some((bar, count)) = hosts.bars.get_mut(*host) {
                    *count += 1;
                    bar.set_position(*count);
                    bar.set_message(format!("{} {}", outcome.as_str(), visible(url)));
                }
            }
            Event::Waiting { host, until, why } => {
                if let Some((bar, _)) = hosts.bars.get(*host) {
                    let until = until.map_or_else(String::new, |until| format!(" until {until}"));
                    bar.set_message(format!("left alone{until}: {}", visible(why)));
                }
            }
            Event::Note { host, text } => {
                self.bars.suspend(|| {
                    output::say(&format!("nianbao: {}: {}", visible(host), visible(text)));
                });
            }
        }
    }

    fn log(event: &Event<'_>) {
        let at = Timestamp::now().to_string();
        let line = match event {
            Event::Settled {
                url,
                host,
                role,
                outcome,
                why,
                status,
                bytes,
                took_ms,
                new_items,
            } => json!({
                "at": at, "event": "settled", "url": url, "host": host, "role": role, "outcome": outcome, "why": why,
                "status": status, "bytes": bytes, "took_ms": took_ms, "new_items": new_items,
            }),
            Event::Waiting { host, until, why } => json!({
                "at": at, "event": "waiting", "host": host, "until": until.map(|until| until.to_string()), "why": why,
            }),
            Event::Note { host, text } => {
                json!({ "at": at, "event": "note", "host": host, "text": text })
            }
        };
        output::say(&line.to_string());
    }

    fn done(&self) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        for (bar, _) in std::mem::take(&mut hosts.bars).into_values() {
            bar.finish_and_clear();
        }
        self.all.finish_and_clear();
    }
}
