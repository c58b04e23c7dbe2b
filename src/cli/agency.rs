//! `nianbao agency`: which public bodies are one, and what people decided of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::bail;
use jiff::Timestamp;
use serde_json::json;

use crate::agency::{Divisions, Level};
use crate::decisions::{self, AgencyRef, Decision, Decisions, What};
use crate::pipeline;
use crate::present::{Align, Table};
use crate::query::{self, AgencyLine, AgencyListFilter, AgencyName, AgencyRecord};
use crate::store::Store;

use super::context::{Context, Opened};
use super::suggest::{did_you_mean, near};
use super::{Status, output};

const EXAMPLES: &str = "\
Examples:
  nianbao agency list
  nianbao agency list --level county --json
  nianbao agency show 云溪市教育局
  nianbao agency merge 云溪市教育局 青岭县自然资源局 --reason 'to try it'
  nianbao agency undo last --reason 'it was to try it'
  nianbao agency decisions --json";

/// Show which names are one public body and why, and decide where the program cannot
///
/// Names are joined by code, site, column, or name with division, and by renames that nothing speaks against;
/// docs/agencies.md has the rules. Decisions are lines of decisions.jsonl in the home: they survive a rebuild, and are
/// taken back by another line.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    what: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List the bodies with division, level, years and how many names were joined
    #[command(
        after_help = "Examples:\n  nianbao agency list --name 教育 --json\n  nianbao agency list --csv"
    )]
    List {
        /// Only those of which a name contains this, or of this code [default: all]
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// Only those in this division or below: a name, or a code of GB/T 2260 [default: all, known or not]
        #[arg(long, value_name = "DIVISION")]
        division: Option<String>,
        /// Only those of this level [default: all, known or not]
        #[arg(long, value_name = "LEVEL", value_parser = Level::ALL.map(Level::as_str))]
        level: Option<String>,
        /// One JSON object a line
        #[arg(long, conflicts_with = "csv")]
        json: bool,
        /// CSV with a head line (UTF-8, RFC 4180)
        #[arg(long)]
        csv: bool,
    },
    /// Show a body's names, codes, years, predecessors and successors, and why the names are one
    #[command(after_help = "Examples:\n  nianbao agency show 云溪市教育局 --json")]
    Show {
        /// Name or code
        agency: String,
        /// One JSON object a body
        #[arg(long)]
        json: bool,
    },
    /// Decide that bodies are one; the first gives its name
    #[command(
        after_help = "Examples:\n  nianbao agency merge 云溪市教育局 青岭县自然资源局 --reason 'to try it'\n  nianbao agency undo last --reason 'it was to try it'"
    )]
    Merge {
        /// Two or more, by name, code, or as `agency list` names them
        #[arg(required = true, num_args = 2..)]
        agencies: Vec<String>,
        #[command(flatten)]
        why: Why,
    },
    /// Decide that a name is none of the body it was joined with
    #[command(
        after_help = "Examples:\n  nianbao agency merge 云溪市教育局 青岭县自然资源局 --reason 'to try it'\n  nianbao agency split 青岭县自然资源局 --reason 'another body'"
    )]
    Split {
        /// One of the names `agency show` lists; with its code or place in brackets where several are alike
        agency: String,
        #[command(flatten)]
        why: Why,
    },
    /// Take a decision back; taking back an undo brings it back
    #[command(
        after_help = "Examples:\n  nianbao agency merge 云溪市教育局 青岭县自然资源局 --reason 'to try it'\n  nianbao agency undo last --reason 'by mistake'"
    )]
    Undo {
        /// Id of the decision, or `last` for the latest that holds
        id: String,
        #[command(flatten)]
        why: Why,
    },
    /// List all that was decided, of agencies and of findings
    #[command(after_help = "Examples:\n  nianbao agency decisions --json")]
    Decisions {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Why {
    /// Why; kept with the decision
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who decided [default: not told]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    match &args.what {
        Verb::List {
            name,
            division,
            level,
            json,
            csv,
        } => {
            let opened = context.read()?;
            let filter = AgencyListFilter {
                name: name.clone(),
                divisions: division
                    .as_deref()
                    .map(divisions)
                    .transpose()?
                    .unwrap_or_default(),
                level: level.clone(),
            };
            let lines = query::list_agencies(&opened.store, &filter)?;
            if (*json || *csv) && lines.is_empty() {
                output::say("no agencies");
            }
            if *json {
                output::print_json(lines)?;
            } else if *csv {
                write_csv(&lines)?;
            } else {
                output::print(&list(&lines))?;
            }
            Ok(Status::Done)
        }
        Verb::Show { agency, json } => {
            let opened = context.read()?;
            let records = found(&opened.store, agency)?;
            if *json {
                output::print_json(records)?;
            } else {
                let texts: Vec<String> = records.iter().map(describe).collect();
                output::print(&texts.join("\n"))?;
            }
            Ok(Status::Done)
        }
        Verb::Merge { agencies, why } => merge(context, agencies, why),
        Verb::Split { agency, why } => split(context, agency, why),
        Verb::Undo { id, why } => undo(context, id, why),
        Verb::Decisions { json } => told(context, *json),
    }
}

/// Codes of a division without the zeros at their end.
fn divisions(text: &str) -> anyhow::Result<Vec<String>> {
    let codes = if text.bytes().all(|byte| byte.is_ascii_digit()) || text.starts_with("xpcc") {
        vec![text.to_owned()]
    } else {
        Divisions::get().codes(text)
    };
    if codes.is_empty() {
        bail!(
            "no division {text:?} is known: data/divisions.toml and data/division_history.toml have those that are"
        );
    }
    let short = |code: String| {
        let mut code = code;
        while code.len() > 2 && code.len().is_multiple_of(2) && code.ends_with("00") {
            code.truncate(code.len() - 2);
        }
        code
    };
    Ok(codes.into_iter().map(short).collect())
}

fn years(line: &AgencyLine) -> String {
    match (line.first_year, line.last_year) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) => format!("{first}–{last}"),
        _ => "?".into(),
    }
}

fn division(code: Option<&str>) -> String {
    let Some(code) = code else {
        return "?".into();
    };
    let name = Divisions::get().name(code);
    name.map_or_else(|| code.to_owned(), |name| format!("{code} {name}"))
}

/// A line a body; empty is not known.
fn write_csv(lines: &[AgencyLine]) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(output::stdout());
    out.write_record([
        "agency",
        "agency_code",
        "division",
        "level",
        "first_year",
        "last_year",
        "reports",
        "names",
    ])?;
    for line in lines {
        let year = |year: Option<i16>| year.map(|year| year.to_string()).unwrap_or_default();
        out.write_record([
            line.label.as_str(),
            line.code.as_deref().unwrap_or_default(),
            line.division.as_deref().unwrap_or_default(),
            line.level.as_deref().unwrap_or_default(),
            &year(line.first_year),
            &year(line.last_year),
            &line.reports.to_string(),
            &line.joined.to_string(),
        ])?;
    }
    out.flush()?;
    Ok(())
}

fn list(lines: &[AgencyLine]) -> String {
    if lines.is_empty() {
        return "no agencies\n".into();
    }
    let mut table = Table::new([
        ("agency", Align::Left),
        ("code", Align::Left),
        ("division", Align::Left),
        ("level", Align::Left),
        ("years", Align::Left),
        ("reports", Align::Right),
        ("names", Align::Right),
    ]);
    table.max_width = output::terminal_width();
    for line in lines {
        table.push([
            line.label.clone(),
            line.code.clone().unwrap_or_else(|| "?".into()),
            division(line.division.as_deref()),
            line.level.clone().unwrap_or_else(|| "?".into()),
            years(line),
            line.reports.to_string(),
            line.joined.to_string(),
        ]);
    }
    table.render_plain()
}

fn describe(record: &AgencyRecord) -> String {
    let line = &record.line;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}", line.label);
    let code = line.code.as_deref().unwrap_or("?");
    let level = line.level.as_deref().unwrap_or("?");
    let place = division(line.division.as_deref());
    let _ = writeln!(
        text,
        "code {code}, division {place}, level {level}, years {}\n",
        years(line)
    );
    let mut table = Table::new([
        ("name", Align::Left),
        ("years", Align::Left),
        ("joined by", Align::Left),
        ("evidence", Align::Left),
    ]);
    table.max_width = output::terminal_width();
    for name in &record.names {
        let years = name.years.iter().map(|(scope, years)| {
            let years: Vec<String> = years.iter().map(ToString::to_string).collect();
            format!("{scope} {}", years.join(" "))
        });
        let years: Vec<String> = years.collect();
        let years = if years.is_empty() {
            "?".into()
        } else {
            years.join("; ")
        };
        let rule = match name.rule.as_str() {
            "own" => "—",
            rule => rule,
        };
        table.push([
            reference(name).to_string(),
            years,
            rule.into(),
            name.evidence.clone(),
        ]);
    }
    text.push_str(&table.render_plain());
    for link in &record.links {
        let kind = link.kind.replace('_', " ");
        let until = link.until.as_ref().map(|until| format!(" to {until}"));
        let until = until.unwrap_or_default();
        let why = link
            .apart
            .as_ref()
            .map_or_else(|| "joined".to_owned(), |why| format!("not joined: {why}"));
        let _ = writeln!(
            text,
            "\n{} {kind} {} ({}{until}; {}): {why}",
            link.earlier, link.later, link.since, link.evidence
        );
    }
    text
}

fn reference(name: &AgencyName) -> AgencyRef {
    AgencyRef {
        name: name.name.clone(),
        code: name.code.clone(),
        place: name.place.clone(),
    }
}

/// The bodies of a name, label or code; at least one.
fn found(store: &Store, name: &str) -> anyhow::Result<Vec<AgencyRecord>> {
    let records = query::show_agencies(store, name)?;
    if !records.is_empty() {
        return Ok(records);
    }
    // 教育局 (a.gov.cn/jyj), as `agency show` names one of several.
    let bare = name.split(" (").next().unwrap_or(name);
    let mut records = query::show_agencies(store, bare)?;
    records.retain(|record| {
        let mut names = record.names.iter();
        names.any(|one| reference(one).to_string() == name)
    });
    if records.is_empty() {
        let names = query::agency_names(store)?;
        let near = near(name, names.iter().map(String::as_str));
        bail!(
            "no agency {name:?}{} (`nianbao agency list` lists all)",
            did_you_mean(&near)
        );
    }
    Ok(records)
}

/// The only body of that name.
fn only(store: &Store, name: &str) -> anyhow::Result<AgencyRecord> {
    let mut records = found(store, name)?;
    if records.len() > 1 {
        let several: Vec<String> = records
            .iter()
            .filter_map(|record| record.names.first())
            .map(|one| format!("  '{}'", reference(one)))
            .collect();
        bail!(
            "{name:?} is the name of several; say which:\n{}",
            several.join("\n")
        );
    }
    Ok(records.swap_remove(0))
}

fn merge(context: &Context, agencies: &[String], why: &Why) -> anyhow::Result<Status> {
    let mut opened = context.write()?;
    let mut keys: BTreeSet<i64> = BTreeSet::new();
    let mut references = Vec::new();
    for name in agencies {
        let record = only(&opened.store, name)?;
        let own = record
            .names
            .iter()
            .find(|one| one.agency_id == record.line.key);
        if let Some(own) = own
            && keys.insert(record.line.key)
        {
            references.push(reference(own));
        }
    }
    if references.len() < 2 {
        bail!(
            "these are one agency already: `nianbao agency show {}` says why",
            agencies[0]
        );
    }
    decide(
        &mut opened,
        why,
        What::MergeAgencies {
            agencies: references,
        },
    )
}

fn split(context: &Context, name: &str, why: &Why) -> anyhow::Result<Status> {
    let mut opened = context.write()?;
    let records = found(&opened.store, name)?;
    let names = records.iter().flat_map(|record| &record.names);
    let exact: Vec<&AgencyName> = names
        .clone()
        .filter(|one| reference(one).to_string() == name)
        .collect();
    let matching: Vec<&AgencyName> = if exact.is_empty() {
        let fits = |one: &&AgencyName| {
            one.name.as_deref() == Some(name) || one.code.as_deref() == Some(name)
        };
        names.filter(fits).collect()
    } else {
        exact
    };
    let one = match matching.as_slice() {
        [one] => *one,
        several => {
            let several: Vec<String> = several
                .iter()
                .map(|one| format!("  '{}'", reference(one)))
                .collect();
            bail!(
                "{name:?} stands for several; say which:\n{}",
                several.join("\n")
            );
        }
    };
    let holds = |record: &&AgencyRecord| record.names.iter().any(|known| known == one);
    if records
        .iter()
        .find(holds)
        .is_some_and(|record| record.names.len() < 2)
    {
        bail!("{name:?} is joined with no other");
    }
    let agency = reference(one);
    decide(&mut opened, why, What::SplitAgency { agency })
}

fn undo(context: &Context, id: &str, why: &Why) -> anyhow::Result<Status> {
    let mut opened = context.write()?;
    let id = match id {
        "last" => {
            let read = Decisions::read(&opened.home.decisions())?;
            let Some(last) = read.in_force().last().map(|last| last.id.clone()) else {
                bail!("nothing is decided that could be taken back");
            };
            last
        }
        id => id.to_owned(),
    };
    decide(&mut opened, why, What::Undo { id })
}

/// Writes a decision down and does as it says.
fn decide(opened: &mut Opened, why: &Why, what: What) -> anyhow::Result<Status> {
    let path = opened.home.decisions();
    let decision = decisions::append(
        &path,
        Timestamp::now(),
        why.by.as_deref(),
        &why.reason,
        what,
    )?;
    let read = Decisions::read(&path)?;
    let (_, changed) = pipeline::settle_agencies(&mut opened.store, &read)?;
    // Findings compare years of one body: they are made anew with the bodies. What is taken back may be about a finding.
    if changed {
        pipeline::watch(&mut opened.store)?;
    }
    pipeline::put_verdicts(&mut opened.store, &read)?;
    output::say(&format!(
        "decision {}: {}; `nianbao agency undo {}` takes it back",
        decision.id,
        words(&decision),
        decision.id
    ));
    Ok(say_bad(opened, &read))
}

fn say_bad(opened: &Opened, read: &Decisions) -> Status {
    for bad in read.bad() {
        output::say(&output::failure(&opened.home.decisions(), &bad.to_string()));
    }
    if read.bad().is_empty() {
        Status::Done
    } else {
        Status::Failures
    }
}

fn words(decision: &Decision) -> String {
    match &decision.what {
        What::MergeAgencies { agencies } => {
            let names: Vec<String> = agencies.iter().map(ToString::to_string).collect();
            format!("{} are one", names.join(", "))
        }
        What::SplitAgency { agency } => format!("{agency} stands alone"),
        What::ConfirmFinding { finding } => format!("finding {finding} is right"),
        What::DismissFinding { finding } => format!("finding {finding} is dismissed"),
        What::Undo { id } => format!("{id} does not hold any more"),
    }
}

fn told(context: &Context, json: bool) -> anyhow::Result<Status> {
    let opened = context.read()?;
    let read = Decisions::read(&opened.home.decisions())?;
    let held: BTreeSet<&str> = read
        .in_force()
        .into_iter()
        .map(|decision| decision.id.as_str())
        .collect();
    let unmatched = pipeline::unmatched(&opened.store, &read)?;
    let state = |decision: &Decision| match &decision.what {
        What::Undo { .. } => "undo",
        _ if !held.contains(decision.id.as_str()) => "undone",
        _ if unmatched.contains(&decision.id) => "an agency of it is not in the database",
        _ => "holds",
    };
    if json {
        output::print_json(read.all().iter().map(|decision| {
            json!({
                "id": decision.id,
                "at": decision.at.to_string(),
                "by": decision.by,
                "reason": decision.reason,
                "what": decision.what,
                "state": state(decision),
            })
        }))?;
    } else {
        let mut table = Table::new([
            ("id", Align::Left),
            ("at", Align::Left),
            ("what", Align::Left),
            ("reason", Align::Left),
            ("by", Align::Left),
            ("state", Align::Left),
        ]);
        table.max_width = output::terminal_width();
        for decision in read.all() {
            table.push([
                decision.id.clone(),
                decision.at.to_string(),
                words(decision),
                decision.reason.clone(),
                decision.by.clone().unwrap_or_default(),
                state(decision).to_owned(),
            ]);
        }
        let text = if read.all().is_empty() {
            "nothing was decided\n".into()
        } else {
            table.render_plain()
        };
        output::print(&text)?;
    }
    Ok(say_bad(&opened, &read))
}
