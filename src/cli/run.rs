//! `nianbao run`.

use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::audit::origin::HostRules;
use crate::crawl::engine::{CrawlSummary, Stopped};
use crate::crawl::hook;
use crate::home::Home;
use crate::pipeline::{BuildError, BuildSummary, CrawlRequest, STOPPED, Stop, user_agent};
use crate::present::visible;
use crate::query::{self, FindingCount};
use crate::store::{Outcome, StoreError};

use super::context::{self, Context, Opened};
use super::{Status, build, crawl, output};

const EXAMPLES: &str = "\
Exit codes: 0 all planned pages accounted for, 1 unexpected, 2 usage, 3 finished and some pages failed, were refused or are
missing (the summary says which), 4 bad configuration, 5 another run holds the lock, 11 stopped by a signal (resumable),
15 deadline reached, 16 the disk has no more room than is to stay free.

Examples:
  nianbao run
  nianbao run --dry-run
  nianbao run --deadline 5h --json > last-run.json";

/// Crawl what is due, build what is new, say what came of it
///
/// Meant for every night: only what changed is fetched and read. The crawl ends at --deadline; what came is built all
/// the same. Tells the webhook and the ping of nianbao.toml when it begins and ends.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Only this site, by the name of its profile; may be given several times
    #[arg(long, value_name = "NAME")]
    site: Vec<String>,
    /// Fetch and build nothing; print what would be asked for first: address, host, pause, robots.txt's verdict
    #[arg(long)]
    dry_run: bool,
    /// End the crawl after this time, done or not: 90s, 30m, 5h [default: none]
    #[arg(long, value_name = "DURATION", value_parser = crawl::duration)]
    deadline: Option<Duration>,
    /// A line of JSON on stderr for everything that happens
    #[arg(long)]
    log_json: bool,
    /// The summary as JSON on stdout
    #[arg(long)]
    json: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let stop = Stop::listen().context("no signals")?;
    let home = match crawl::configured(context)? {
        Ok(home) => home,
        Err(status) => return Ok(status),
    };
    let request = CrawlRequest {
        sites: args.site.clone(),
        deadline: args.deadline,
        ..CrawlRequest::default()
    };
    if args.dry_run {
        return Ok(match crawl::dry_run(&home, &request, args.json) {
            Ok(()) => Status::Done,
            Err(error) => crawl::failed(&error),
        });
    }
    let usable = Watchers::of(&home).and_then(|watchers| Ok((watchers, build::host_rules(&home)?)));
    let (watchers, hosts) = match usable {
        Ok(usable) => usable,
        Err(error) => {
            output::say(&format!("nianbao: {}", output::explain(error.as_ref())));
            return Ok(Status::Code(4));
        }
    };
    let lock = match crawl::locked(&home) {
        Ok(lock) => lock,
        Err(status) => return Ok(status),
    };
    let started = Timestamp::now();
    watchers.tell(
        "start",
        &json!({ "event": "start", "home": home.directory(), "started": started.to_string() }),
        &stop,
    );
    // From here on whoever was told of a beginning is told of an end.
    let ended = context::locked(home, lock)
        .and_then(|mut opened| stages(&mut opened, &request, &hosts, &stop, args.log_json));
    let (code, mut told) = match &ended {
        Ok(ended) => (ended.code, ended.as_json(started)),
        Err(error) => {
            let code = code_of(error);
            (
                code,
                json!({
                    "started": started.to_string(), "ended": Timestamp::now().to_string(),
                    "exit": code, "error": output::explain(error.as_ref()),
                }),
            )
        }
    };
    told["event"] = "end".into();
    watchers.tell(&code.to_string(), &told, &stop);
    if args.json {
        output::print_json([&told])?;
    }
    match ended {
        Ok(ended) if !args.log_json => output::say(ended.text().trim_end()),
        Ok(_) => {}
        Err(error) => output::say(&format!("nianbao: {}", output::explain(error.as_ref()))),
    }
    Ok(Status::Code(code))
}

/// The exit code of what no stage foresaw.
fn code_of(error: &anyhow::Error) -> u8 {
    let full = error
        .downcast_ref::<StoreError>()
        .is_some_and(StoreError::is_full);
    if full { 16 } else { 1 }
}

/// What a run came to, stage by stage; `None` for stages that it did not get to.
#[derive(Default)]
struct Ended {
    code: u8,
    crawl: Option<CrawlSummary>,
    build: Option<BuildSummary>,
    findings: Vec<FindingCount>,
    /// Why it ended early, for people.
    why: Vec<String>,
}

fn stages(
    opened: &mut Opened,
    request: &CrawlRequest,
    hosts: &HostRules,
    stop: &Stop,
    log_json: bool,
) -> anyhow::Result<Ended> {
    let mut ended = Ended::default();
    match crawl::perform(&opened.home, request, stop, log_json) {
        Ok(summary) => {
            ended.code = summary.exit();
            let goes_on = !matches!(summary.stopped, Some(Stopped::Signal | Stopped::DiskFull));
            ended.crawl = Some(summary);
            if !goes_on {
                return Ok(ended);
            }
        }
        Err(error) => {
            ended.code = if error.is_configuration() {
                4
            } else if error.is_full() {
                16
            } else {
                1
            };
            ended.why.push(output::explain(&error));
            // What an earlier run archived can be built all the same, but not without room, nor with broken profiles.
            if matches!(ended.code, 4 | 16) {
                return Ok(ended);
            }
        }
    }
    let since = Timestamp::now();
    match build::build(opened, None, false, hosts, Some(stop.count())) {
        Ok(summary) => {
            if summary.failures > 0 && ended.code == 0 {
                ended.code = 3;
            }
            ended.build = Some(summary);
            ended.findings = query::findings_since(&opened.store, since)?;
        }
        Err(BuildError::Stopped) => {
            ended.code = STOPPED;
            ended.why.push(BuildError::Stopped.to_string());
        }
        Err(error) => {
            ended.code = if error.is_full() { 16 } else { 1 };
            ended.why.push(output::explain(&error));
        }
    }
    Ok(ended)
}

impl Ended {
    fn as_json(&self, started: Timestamp) -> Value {
        json!({
            "started": started.to_string(),
            "ended": Timestamp::now().to_string(),
            "exit": self.code,
            "why": self.why,
            "crawl": self.crawl,
            "build": self.build.as_ref().map(|build| json!({
                "files": build.files,
                "new": build.count(Outcome::New),
                "changed": build.count(Outcome::Changed),
                "truncated": build.count(Outcome::Truncated),
                "copied": build.count(Outcome::Copied),
                "seen_again": build.count(Outcome::SeenAgain),
                "reread": build.count(Outcome::Reread),
                "refused": build.refusals,
                "passed_over": build.passed_over,
                "unresolved": build.unresolved,
                "gone": build.gone,
                "failures": build.failures,
            })),
            "audit": self.findings,
        })
    }

    fn text(&self) -> String {
        let mut lines = Vec::new();
        if let Some(summary) = &self.crawl {
            lines.push(crawl::text(summary));
        }
        if let Some(summary) = &self.build {
            lines.push(build::describe(summary));
        }
        let errors = self.findings.iter().filter(|one| one.severity == "error");
        let errors: Vec<String> = errors
            .map(|one| format!("{} {} in {} reports", one.findings, one.code, one.reports))
            .collect();
        if !errors.is_empty() {
            lines.push(format!(
                "found in what was read: {}; `nianbao audit` shows them",
                errors.join(", ")
            ));
        }
        lines.extend(self.why.iter().map(|why| visible(why)));
        lines.join("\n")
    }
}

/// How long a service is waited for,
const PATIENT: Duration = Duration::from_secs(20);
/// and how long when a signal has asked for an end.
const HURRIED: Duration = Duration::from_secs(1);

/// Who is told of a run.
struct Watchers {
    webhook: Option<Url>,
    ping: Option<Url>,
    agent: String,
}

impl Watchers {
    fn of(home: &Home) -> anyhow::Result<Self> {
        let config = &home.config().run;
        let url = |key: &str, text: &Option<String>| {
            let Some(text) = text else { return Ok(None) };
            let url = Url::parse(text).with_context(|| format!("[run] {key} is no address"))?;
            anyhow::ensure!(
                matches!(url.scheme(), "http" | "https"),
                "[run] {key}: only http:// and https://"
            );
            Ok(Some(url))
        };
        Ok(Self {
            webhook: url("webhook", &config.webhook)?,
            ping: url("ping", &config.ping)?,
            agent: user_agent(home),
        })
    }

    /// Tells both, `word` behind the address of the ping. That nobody hears is a line on stderr and no failure of the run.
    /// Both at once, and for a moment only where a signal has asked for an end.
    fn tell(&self, word: &str, what: &Value, stop: &Stop) {
        let longest = if stop.is_asked() { HURRIED } else { PATIENT };
        let ping = self.ping.clone().map(|mut url| {
            let path = format!("{}/{word}", url.path().trim_end_matches('/'));
            url.set_path(&path);
            url
        });
        let urls: Vec<Url> = [self.webhook.clone(), ping].into_iter().flatten().collect();
        std::thread::scope(|scope| {
            for url in &urls {
                scope.spawn(move || {
                    let body = what.to_string();
                    let told = hook::tell(url, &self.agent, body, longest, stop.told());
                    if let Err(error) = told {
                        let why = output::explain(&error);
                        output::say(&format!(
                            "nianbao: the run goes on, but was not told of: {why}"
                        ));
                    }
                });
            }
        });
    }
}
