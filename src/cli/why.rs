//! `nianbao why`.

use std::fmt::Write as _;

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::json;
use url::Url;

use crate::crawl::engine::{Scope as _, host_of};
use crate::crawl::lanes::registered_domain;
use crate::crawl::robots::from_status;
use crate::frontier::Frontier;
use crate::model::Role;
use crate::pipeline::{self, ProfileScope};
use crate::present::visible;

use super::context::Context;
use super::{Status, output};

/// Why an address was fetched or not, and what came of it
///
/// Its site and scope, the rule of robots.txt that decides, how its host is treated now, and every exchange with its place
/// in the archive.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  nianbao why http://www.yunxi.example/zwgk/zfxxgknb/")]
pub(super) struct Args {
    /// The address
    #[arg(value_name = "URL")]
    url: String,
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

#[expect(
    clippy::too_many_lines,
    reason = "one address, told from top to bottom"
)]
pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let home = context.home()?;
    let mut url = Url::parse(&args.url).with_context(|| format!("{}: no address", args.url))?;
    url.set_fragment(None);
    let sites = pipeline::profiles(&home)?;
    let agent = pipeline::user_agent(&home);
    let profile = sites
        .for_url(&url)
        .map(|site| site.name.as_str().to_owned());
    let frontier = Frontier::open_if_any(&home.frontier())?;
    let known = match &frontier {
        Some(frontier) => frontier.explain(url.as_str())?,
        None => None,
    };
    let site = known.as_ref().map(|known| known.site.clone()).or(profile);
    let scope = site.as_ref().map(|site| {
        let role = known.as_ref().and_then(|known| Role::named(&known.role));
        let scope = ProfileScope(sites.clone());
        scope.holds(site, &url, role.unwrap_or(Role::Item), None)
    });
    let origin = url.origin().ascii_serialization();
    let robots = match &frontier {
        Some(frontier) => frontier.robots(&origin)?,
        None => None,
    };
    let decision = robots.as_ref().map(|row| {
        let state = from_status(row.status, &row.body);
        state.verdict(&agent, &url)
    });
    let host = host_of(&url);
    let lane = match &frontier {
        Some(frontier) => {
            let round = frontier.last_run()?.map_or(0, |run| run.round);
            Some(frontier.lane(&host, round)?)
        }
        None => None,
    };
    let verdict = match (&decision, &robots) {
        (Some(decision), Some(row)) => {
            let word = if decision.allowed {
                "allowed"
            } else {
                "forbidden"
            };
            let by = match (&decision.rule, decision.line, &decision.group) {
                (Some(printed), Some(number), Some(group)) => {
                    format!(" by line {number}, {printed:?}, of the group for {group}")
                }
                _ => decision
                    .because
                    .as_ref()
                    .map_or_else(String::new, |because| format!(" ({because})")),
            };
            format!(
                "{word}{by}; fetched {}, good until {}",
                row.fetched, row.expires
            )
        }
        _ => "not asked for yet".to_owned(),
    };
    if args.json {
        output::print_json([json!({
            "url": url.as_str(),
            "site": site,
            "in_scope": scope.as_ref().map(Result::is_ok),
            "robots": { "allowed": decision.as_ref().map(|one| one.allowed), "why": verdict },
            "lane": lane.as_ref().map(|lane| json!({
                "host": lane.host, "domain": registered_domain(&lane.host), "slow": lane.slow,
                "not_before": lane.not_before.map(|at| at.to_string()), "why": lane.why, "refusals_in_a_row": lane.blocked,
                "failures_in_a_row": lane.errors, "pages": lane.pages, "bytes": lane.bytes,
            })),
            "ledger": known,
        })])?;
        return Ok(Status::Done);
    }
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}", visible(url.as_str()));
    let site = site.unwrap_or_else(|| "none; no profile has it in its scope".into());
    let _ = writeln!(text, "site: {}", visible(&site));
    if let Some(scope) = scope {
        let scope = scope.map_or_else(|why| why, |()| "in scope".to_owned());
        let _ = writeln!(text, "scope: {}", visible(&scope));
    }
    let _ = writeln!(text, "robots.txt: {}", visible(&verdict));
    if let Some(lane) = lane {
        let _ = write!(
            text,
            "host: {} (takes turns with {}), {} pages and {} bytes in this round",
            visible(&lane.host),
            visible(&registered_domain(&lane.host)),
            lane.pages,
            lane.bytes
        );
        if lane.slow > 1 {
            let _ = write!(text, ", pause × {}", lane.slow);
        }
        if lane.blocked > 0 || lane.errors > 0 {
            let _ = write!(
                text,
                ", {} refusals and {} failures in a row",
                lane.blocked, lane.errors
            );
        }
        if let Some(until) = lane.not_before.filter(|until| *until > Timestamp::now()) {
            let _ = write!(text, ", left alone until {until}: {}", visible(&lane.why));
        }
        text.push('\n');
    }
    match known {
        None => text.push_str("ledger: not known; no page led to it\n"),
        Some(known) => {
            let _ = writeln!(
                text,
                "ledger: {}, {}, {}{}",
                known.role,
                known.state,
                known.outcome.as_deref().unwrap_or("never asked for"),
                known
                    .why
                    .as_ref()
                    .map_or_else(String::new, |why| format!(": {}", visible(why)))
            );
            match known.parent {
                Some(parent) => {
                    let _ = writeln!(text, "found: on {} by {}", visible(&parent), known.rule);
                }
                None => text.push_str("found: a seed\n"),
            }
            if let Some(title) = known.title {
                let _ = writeln!(text, "title: {}", visible(&title));
            }
            for event in known.history {
                let _ = writeln!(
                    text,
                    "  {} {}: {}; {} in {}, bytes {} to {}",
                    event.at,
                    event.outcome,
                    visible(&event.why),
                    event.record,
                    event.file,
                    event.offset,
                    event.offset + event.length
                );
            }
        }
    }
    output::print(&text)?;
    Ok(Status::Done)
}
