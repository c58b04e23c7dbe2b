//! `nianbao status`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::frontier::Frontier;
use crate::model::Outcome;
use crate::present::visible;

use super::context::Context;
use super::{Status, output};

/// Addresses printed of a kind.
const SHOWN: u32 = 200;

/// What the crawl has done and has still to do, by host and by seed
///
/// Reads the ledger only; a crawl may be running. Pages behind a browser check are listed at the end: fetch them with a
/// browser-based crawler and `nianbao import` its WARC.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  nianbao status\n  nianbao status --json")]
pub(super) struct Args {
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let home = context.home()?;
    let Some(frontier) = Frontier::open_if_any(&home.frontier())? else {
        anyhow::bail!("nothing was crawled yet: `nianbao crawl --dry-run`, then `nianbao crawl`");
    };
    let hosts = frontier.host_states()?;
    let seeds = frontier.seed_states()?;
    let last = frontier.last_run()?;
    let browser = frontier.listed(Outcome::Challenge.as_str(), SHOWN)?;
    if args.json {
        let summary = last.as_ref().and_then(|run| run.summary.as_deref());
        let summary: Option<Value> = summary.and_then(|text| serde_json::from_str(text).ok());
        output::print_json([json!({
            "last_run": last.as_ref().map(|run| json!({
                "id": run.id, "round": run.round, "started": run.started.to_string(),
                "ended": run.ended.map(|at| at.to_string()), "exit": run.exit, "summary": summary,
            })),
            "hosts": hosts, "seeds": seeds, "needs_browser": browser,
        })])?;
        return Ok(Status::Done);
    }
    let mut text = String::new();
    // Writing to a String cannot fail.
    if let Some(run) = last {
        let ended = match (run.ended, run.exit) {
            (Some(at), Some(exit)) => format!("ended {at}, exit code {exit}"),
            _ => "has not ended: it is running, or was killed".to_owned(),
        };
        let _ = writeln!(text, "last run: began {}, {ended}", run.started);
    }
    let _ = writeln!(
        text,
        "\nhosts: pending, done, failed, refused, not asked for"
    );
    for host in hosts {
        let mut line = format!(
            "  {}: {} {} {} {} {}",
            visible(&host.host),
            host.pending,
            host.done,
            host.failed,
            host.blocked,
            host.skipped
        );
        if let Some(until) = host.not_before {
            let _ = write!(line, ", left alone until {until} ({})", visible(&host.why));
        }
        if host.slow > 1 {
            let _ = write!(line, ", pause × {}", host.slow);
        }
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "\nseeds: entries listed, pending below");
    for seed in seeds {
        let items = seed
            .items
            .map_or_else(|| "not read yet".to_owned(), |items| items.to_string());
        let dry = if seed.items == Some(0) && seed.items_before > Some(0) {
            ", LISTS NOTHING ANY MORE"
        } else {
            ""
        };
        let outcome = seed.outcome.unwrap_or(seed.state);
        let _ = writeln!(
            text,
            "  {}: {items}, {} ({outcome}{dry})",
            visible(&seed.url),
            seed.pending
        );
    }
    if !browser.is_empty() {
        let _ = writeln!(text, "\nneed a browser:");
        for one in browser {
            let _ = writeln!(text, "  {} ({})", visible(&one.url), visible(&one.why));
        }
    }
    output::print(&text)?;
    Ok(Status::Done)
}
