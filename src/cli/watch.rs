//! Findings across years, versions and texts, for `nianbao audit`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::bail;
use jiff::Timestamp;

use crate::decisions::{self, Decisions, What};
use crate::model::Severity;
use crate::pipeline;
use crate::present::{side_by_side, visible};
use crate::query::{self, Filter, WatchLine};

use super::context::{Context, Opened};
use super::{Status, output};

/// What to do with one finding.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Act {
    /// Show all there is of one finding: evidence, law, innocent explanations
    #[command(
        after_help = "Examples:\n  nianbao audit show 0dc12690f7c7\n  nianbao audit show 0dc12690f7c7 --json"
    )]
    Show(One),
    /// Say that a finding is right; it stays so through every rebuild
    #[command(
        after_help = "Examples:\n  nianbao audit confirm 999b628bbc7e --reason '致电该局确认' --by 王某"
    )]
    Confirm(Said),
    /// Say that a finding has an innocent explanation; it is not listed any more
    #[command(
        after_help = "Examples:\n  nianbao audit dismiss 0dc12690f7c7 --reason '网站迁移日期' --by 王某"
    )]
    Dismiss(Said),
    /// Take back what was said of a finding
    #[command(
        after_help = "Examples:\n  nianbao audit dismiss 0dc12690f7c7 --reason '网站迁移日期'\n  nianbao audit reopen 0dc12690f7c7 --reason '新证据'"
    )]
    Reopen(Said),
}

#[derive(Debug, clap::Args)]
pub(super) struct One {
    /// The finding's id, as `nianbao audit` lists it
    id: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Said {
    /// The finding's id, as `nianbao audit` lists it
    id: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who says so [default: not told]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

pub(super) fn act(context: &Context, act: &Act) -> anyhow::Result<Status> {
    match act {
        Act::Show(one) => {
            let opened = context.read()?;
            let line = find(&opened, &one.id)?;
            if one.json {
                output::print_json([line])?;
            } else {
                output::print(&whole(&line))?;
            }
        }
        Act::Confirm(said) => say(context, said, |finding| What::ConfirmFinding { finding })?,
        Act::Dismiss(said) => say(context, said, |finding| What::DismissFinding { finding })?,
        Act::Reopen(said) => reopen(context, said)?,
    }
    Ok(Status::Done)
}

fn find(opened: &Opened, id: &str) -> anyhow::Result<WatchLine> {
    let all = Filter {
        copies: query::Copies::Included,
        ..Filter::default()
    };
    let found = query::watch(&opened.store, &all, None, Some(id))?;
    let Some(line) = found.into_iter().next() else {
        bail!("no finding {id:?}: `nianbao audit --across` lists them with their ids");
    };
    Ok(line)
}

fn say(context: &Context, said: &Said, what: fn(String) -> What) -> anyhow::Result<()> {
    let mut opened = context.write()?;
    let line = find(&opened, &said.id)?;
    let path = opened.home.decisions();
    let by = said.by.as_deref();
    let what = what(line.id.clone());
    let word = match what {
        What::ConfirmFinding { .. } => "confirmed",
        _ => "dismissed",
    };
    decisions::append(&path, Timestamp::now(), by, &said.reason, what)?;
    refresh(&mut opened)?;
    let agency = line.agency.as_deref().or(line.agency_code.as_deref());
    output::say(&format!(
        "{word}: {} {} {}; `nianbao audit reopen {} --reason TEXT` takes it back",
        visible(agency.unwrap_or("?")),
        line.year,
        line.code,
        line.id
    ));
    Ok(())
}

fn reopen(context: &Context, said: &Said) -> anyhow::Result<()> {
    let mut opened = context.write()?;
    let path = opened.home.decisions();
    let known = Decisions::read(&path)?;
    let Some(decision) = known.of_findings().get(said.id.as_str()).copied() else {
        bail!("nothing was said of a finding {:?}", said.id);
    };
    let undo = What::Undo {
        id: decision.id.clone(),
    };
    let by = said.by.as_deref();
    decisions::append(&path, Timestamp::now(), by, &said.reason, undo)?;
    refresh(&mut opened)?;
    output::say(&format!("open again: finding {}", said.id));
    Ok(())
}

/// Brings what people said into the database; lines that say nothing are told of.
pub(super) fn refresh(opened: &mut Opened) -> anyhow::Result<()> {
    let path = opened.home.decisions();
    let known = Decisions::read(&path)?;
    for bad in known.bad() {
        output::say(&output::failure_at(
            &path.display().to_string(),
            &bad.to_string(),
        ));
    }
    pipeline::put_verdicts(&mut opened.store, &known)?;
    Ok(())
}

pub(super) fn severity(line: &WatchLine) -> Option<Severity> {
    Severity::ALL
        .into_iter()
        .find(|one| one.as_str() == line.severity)
}

/// A line a finding under its report, and how many there are of each code.
pub(super) fn describe(lines: &[WatchLine]) -> String {
    let mut text = String::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for of_report in lines.chunk_by(|one, other| one.report_id == other.report_id) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", whose(&of_report[0]));
        for line in of_report {
            let verdict = match line.verdict.as_str() {
                "open" => String::new(),
                word => format!(" [{word}]"),
            };
            let _ = writeln!(
                text,
                "  {:<8}{}  {}{verdict}",
                line.severity, line.code, line.id
            );
            let _ = writeln!(text, "          {}", visible(&line.message_zh));
            *counts.entry(&line.code).or_default() += 1;
        }
        text.push('\n');
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(code, count)| format!("{count} {code}"))
        .collect();
    if counts.is_empty() {
        text.push_str("no findings across years and texts\n");
    } else {
        let _ = writeln!(
            text,
            "across years and texts: {} (`nianbao audit show ID` has the evidence and the innocent explanations)",
            counts.join(", ")
        );
    }
    text
}

fn whose(line: &WatchLine) -> String {
    let agency = line.agency.as_deref().or(line.agency_code.as_deref());
    format!(
        "{} {} ({}), report {}",
        visible(agency.unwrap_or("agency not known")),
        line.year,
        line.scope.as_str(),
        line.report_id
    )
}

/// All there is of one.
fn whole(line: &WatchLine) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{}\n{}  {}  {}\n",
        whose(line),
        line.severity,
        line.code,
        line.id
    );
    let _ = writeln!(
        text,
        "{}\n{}\n",
        visible(&line.message_zh),
        visible(&line.message_en)
    );
    let _ = writeln!(text, "依据  {}\n      {}", line.basis_zh, line.basis_en);
    if !line.rule.is_empty() {
        let _ = writeln!(text, "rule  {}", line.rule);
    }
    let _ = writeln!(text, "\n可能的正常原因 (innocent explanations)");
    let list = |value: &serde_json::Value| -> Vec<String> {
        let all = value.as_array().into_iter().flatten();
        all.filter_map(|one| one.as_str().map(ToOwned::to_owned))
            .collect()
    };
    for (zh, en) in list(&line.innocent_zh).iter().zip(list(&line.innocent_en)) {
        let _ = writeln!(text, "  - {zh} {en}");
    }
    let _ = writeln!(text, "\n证据 (evidence)");
    if let Some(other) = line.other_report_id {
        let _ = writeln!(
            text,
            "  reports {} and {other}: `nianbao show {}`, `nianbao show {other}`",
            line.report_id, line.report_id
        );
    } else {
        let _ = writeln!(text, "  report {0}: `nianbao show {0}`", line.report_id);
    }
    for piece in line.evidence.as_array().into_iter().flatten() {
        match passage_of(piece, output::terminal_width()) {
            Some(passage) => text.push_str(&passage),
            None => {
                let _ = writeln!(text, "  {}", visible(&piece_of(piece)));
            }
        }
    }
    if let Some(reason) = &line.verdict_reason {
        let by = line.verdict_by.as_deref().unwrap_or("not told by whom");
        let at = line.verdict_at.as_deref().unwrap_or_default();
        let _ = writeln!(text, "\n{}: {} ({by}, {at})", line.verdict, visible(reason));
    }
    text
}

/// A passage that both reports have, side by side.
fn passage_of(piece: &serde_json::Value, width: Option<u16>) -> Option<String> {
    if piece.get("kind")? != "passage" {
        return None;
    }
    let side = |name: &str| -> Option<(String, &str)> {
        let side = piece.get(name)?;
        let bytes = side.get("section_bytes")?;
        let place = format!(
            "{name} report, {} (bytes {}-{})",
            side.get("section")?.as_str()?,
            bytes.get(0)?,
            bytes.get(1)?
        );
        Some((place, side.get("text")?.as_str()?))
    };
    let (this, other) = (side("this")?, side("other")?);
    let sides = [(this.0.as_str(), this.1), (other.0.as_str(), other.1)];
    Some(format!(
        "\n  {} characters\n{}",
        piece.get("characters")?,
        side_by_side(sides, usize::from(width.unwrap_or(100)))
    ))
}

/// A piece of evidence in a line.
fn piece_of(piece: &serde_json::Value) -> String {
    let field = |name: &str| match piece.get(name) {
        None | Some(serde_json::Value::Null) => "no number".to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    match piece.get("kind").and_then(serde_json::Value::as_str) {
        Some("cell") => format!("{}  {} = {}", field("year"), field("cell"), field("value")),
        Some("mention") => format!("text  “{}”: {}", field("text"), field("value")),
        Some("derivation") => format!("tables  {} = {}", field("id"), field("value")),
        Some("date") => format!("{}  {} ({})", field("day"), field("raw"), field("source")),
        Some("version") => format!(
            "version seen {} to {}, capture {}",
            field("first_seen"),
            field("last_seen"),
            field("sha256")
        ),
        Some("changed") => format!("{}  {} → {}", field("cell"), field("from"), field("to")),
        Some("absence") => format!(
            "{}  {} {} ({}, byte {})",
            field("at"),
            field("answer"),
            field("url"),
            field("file"),
            field("offset")
        ),
        Some("chain") => format!("off: {}; {}", field("off"), field("why")),
        Some("overlap") => format!(
            "{} of {} characters, common wording left out: {} %",
            field("characters"),
            field("own"),
            field("percent")
        ),
        _ => piece.to_string(),
    }
}
