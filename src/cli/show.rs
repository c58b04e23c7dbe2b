//! `nianbao show`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::model::form::Shape;
use crate::model::{Catalog, CellStatus, IndicatorId, Observation, Official, Report, Scope};
use crate::present::{Align, Cell, FormTable, Table, list_findings, list_proposals, note, visible};
use crate::query::{self, CaptureLine, Copies, Filter, ReportLine};
use crate::store::{Store, StoredReport};

use super::context::{Context, Opened};
use super::select::{self, CopiesArg};
use super::suggest::{ALL_CELLS, did_you_mean, nearest};
use super::{Status, audit, facsimile, output, proof, statistics, words};

const EXAMPLES: &str = "\
Examples:
  nianbao show 云溪市教育局 2020
  nianbao show 云溪市教育局 2020 --cell requests.new@total
  nianbao show 云溪市教育局 2020 --html requests.new@total -o proof.html
  nianbao show --id 1 --text
  nianbao show --id 1 --json
  nianbao show --list 云溪市";

/// Show one report as its form, with where it comes from and what is odd about it
///
/// With --cell, one cell and its proof: the bytes it was read from, fetched from the archive anew
/// and checked against the digest. With --html, the archived page itself with the cell marked, as an
/// HTML file that is safe to open: no script runs, nothing is fetched.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Name or code of the agency, or a part of the name
    #[arg(required_unless_present_any = ["id", "list"])]
    agency: Option<String>,
    /// Report year
    #[arg(value_parser = words::year(), required_unless_present_any = ["id", "list"])]
    year: Option<i16>,
    /// The report of this id instead
    #[arg(long, conflicts_with_all = ["agency", "year", "list", "scope"])]
    id: Option<i64>,
    /// Of several reports for the year, the one of this scope
    #[arg(long, value_parser = words::scope())]
    scope: Option<Scope>,
    /// Only this cell, with its proof
    #[arg(long, value_name = "CELL", conflicts_with_all = ["text", "list"])]
    cell: Option<String>,
    /// The archived page with this cell marked, as HTML
    #[arg(long, value_name = "CELL", conflicts_with_all = ["cell", "text", "list", "json"])]
    html: Option<String>,
    /// Write the page of --html to a file, which is replaced when it is whole [default: stdout]
    #[arg(short, long, value_name = "FILE", requires = "html")]
    output: Option<PathBuf>,
    /// The text of the sections too
    #[arg(long, conflicts_with_all = ["json", "list"])]
    text: bool,
    /// List the reports there are instead
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    copies: CopiesArg,
    /// The record as stored (a list: one JSON object a line)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let opened = context.read()?;
    if args.list {
        let filter = filter(&opened.store, args)?;
        let lines = query::list_reports(&opened.store, &filter)?;
        if args.json {
            output::print_json(lines)?;
        } else {
            output::print(&listing(&lines, output::terminal_width()))?;
        }
        select::say_left_out(&opened.store, &filter)?;
        return Ok(Status::Done);
    }
    let report = find(&opened.store, args)?;
    let capture = query::capture_of(&opened.store, report.version_id)?
        .context("the version has no capture")?;
    if let Some(cell) = &args.cell {
        return show_cell(&opened, &report, &capture, cell, args.json);
    }
    if let Some(cell) = &args.html {
        return show_page(&opened, &report, &capture, cell, args.output.as_ref());
    }
    if args.json {
        output::print_json([json!({ "stored": report, "capture": capture })])?;
    } else {
        let width = output::terminal_width();
        output::print(&describe(&report, &capture, args.text, width))?;
    }
    Ok(Status::Done)
}

/// Agency, year and scope as asked.
fn filter(store: &Store, args: &Args) -> anyhow::Result<Filter> {
    let agency = match &args.agency {
        None => None,
        Some(name) => Some(select::agency(store, name)?),
    };
    Ok(Filter {
        agency,
        from_year: args.year,
        to_year: args.year,
        scope: args.scope,
        copies: args.copies.copies(),
        ..Filter::default()
    })
}

/// The one report asked for; never one picked from several.
fn find(store: &Store, args: &Args) -> anyhow::Result<StoredReport> {
    let id = match args.id {
        Some(id) => id,
        None => match query::list_reports(store, &filter(store, args)?)?.as_slice() {
            [line] => line.report_id,
            [] => bail!(
                "{} has no such report{}; `nianbao show --list` lists what there is{}",
                args.agency.as_deref().unwrap_or_default(),
                years(store, args)?,
                copies(store, args)?
            ),
            several => bail!(
                "{} reports; choose one with {}:\n{}",
                several.len(),
                select::chosen_by(several),
                listing(several, None)
            ),
        },
    };
    query::load_report(store, id)?
        .with_context(|| format!("no report {id}; `nianbao show --list` lists what there is"))
}

/// What there is of suspected copies, where nothing else is.
fn copies(store: &Store, args: &Args) -> anyhow::Result<String> {
    let filter = filter(store, args)?;
    if filter.copies == Copies::Included {
        return Ok(String::new());
    }
    Ok(match query::count_copies(store, &filter)? {
        0 => String::new(),
        1 => "; there is a suspected copy: --include-copies".into(),
        count => format!("; there are {count} suspected copies: --include-copies"),
    })
}

/// The years an agency does have.
fn years(store: &Store, args: &Args) -> anyhow::Result<String> {
    let all = Filter {
        agency: match &args.agency {
            None => None,
            Some(name) => Some(select::agency(store, name)?),
        },
        ..Filter::default()
    };
    let mut years: Vec<String> = query::list_reports(store, &all)?
        .iter()
        .filter_map(|line| line.year)
        .map(|year| year.to_string())
        .collect();
    years.dedup();
    if years.is_empty() {
        return Ok(String::new());
    }
    Ok(format!(" (there are: {})", years.join(", ")))
}

fn listing(lines: &[ReportLine], max_width: Option<u16>) -> String {
    let mut table = Table::new([
        ("id", Align::Right),
        ("机关", Align::Left),
        ("year", Align::Right),
        ("scope", Align::Left),
        ("form", Align::Left),
        ("published", Align::Left),
        ("origin", Align::Left),
        ("errors", Align::Right),
        ("warnings", Align::Right),
    ]);
    table.max_width = max_width;
    for line in lines {
        table.push([
            line.report_id.to_string(),
            line.agency.clone().unwrap_or_else(|| "?".into()),
            line.year
                .map_or_else(|| "?".into(), |year| year.to_string()),
            line.scope.clone(),
            line.form.clone().unwrap_or_default(),
            line.published.clone().unwrap_or_default(),
            origin(&line.official).to_owned(),
            line.errors.to_string(),
            line.warnings.to_string(),
        ]);
    }
    table.render_plain()
}

/// Short words for a list.
fn origin(official: &str) -> &str {
    if official == Official::MirrorSuspected.as_str() {
        "copy?"
    } else {
        official
    }
}

/// The whole report.
fn describe(
    stored: &StoredReport,
    capture: &CaptureLine,
    with_text: bool,
    width: Option<u16>,
) -> String {
    let report = &stored.report;
    let mut text = format!(
        "{}\n\n",
        visible(report.title.as_deref().unwrap_or("(no title)"))
    );
    head(&mut text, stored, capture);
    for table in tables(report) {
        text.push('\n');
        text.push_str(&table.render(width));
    }
    text.push_str(&statistics::beyond_the_form(report, width));
    text.push_str("\nsections\n");
    for section in &report.sections {
        let heading = section
            .heading
            .as_deref()
            .unwrap_or("(before the first heading)");
        let _ = writeln!(
            text,
            "  {}　{}, {} characters",
            visible(heading),
            section.kind.as_str(),
            section.text.chars().count()
        );
        if with_text {
            for line in section.text.lines() {
                let _ = writeln!(text, "    {}", visible(line));
            }
        }
    }
    text.push('\n');
    if !report.proposals.is_empty() {
        text.push_str("proposals, none of them applied\n");
        text.push_str(&list_proposals(&report.proposals));
        text.push('\n');
    }
    let mut findings = report.findings.clone();
    for finding in &mut findings {
        finding.place = audit::place(&finding.place);
    }
    text.push_str(&list_findings(&findings));
    text
}

/// What the report is and where it comes from.
fn head(text: &mut String, stored: &StoredReport, capture: &CaptureLine) {
    let report = &stored.report;
    // Writing to a String cannot fail.
    let mut line = |head: &str, value: &str| {
        let _ = writeln!(text, "  {head:<10}{}", visible(value));
    };
    let code = report.agency.code.as_ref().map(|code| format!(" ({code})"));
    let name = report.agency.name.as_deref().unwrap_or("(not found)");
    line("agency", &format!("{name}{}", code.unwrap_or_default()));
    let year = report
        .year
        .map_or_else(|| "(not found)".into(), |year| year.to_string());
    let form = report.form.map_or("none", |form| form.as_str());
    line(
        "year",
        &format!("{year}, scope {}, form {form}", report.scope.as_str()),
    );
    let day = report
        .published
        .map_or_else(|| "(not found)".into(), |day| day.to_string());
    let dates: Vec<String> = report
        .dates
        .iter()
        .map(|date| format!("{} {}「{}」", date.value, date.source.as_str(), date.raw))
        .collect();
    line(
        "published",
        &format!("{day}; on the page: {}", dates.join(", ")),
    );
    line(
        "page",
        capture.url.as_deref().unwrap_or("(address not known)"),
    );
    line(
        "captured",
        &format!("{}, {} bytes", capture.fetched_at, capture.size_bytes),
    );
    let provenance = &report.provenance;
    let origin = provenance.official.as_str();
    line(
        "origin",
        &[&[origin.to_owned()], provenance.signals.as_slice()]
            .concat()
            .join("; "),
    );
    line("sha256", &capture.sha256);
    line("archive", &proof::place(capture));
    line(
        "read",
        &format!(
            "as {} ({}), by nianbao {}, profile {}",
            provenance.charset,
            provenance.charset_evidence.as_str(),
            provenance.program,
            provenance.profile
        ),
    );
    line(
        "stored",
        &format!(
            "report {}, in this form seen from {} to {}, {} capture(s)",
            stored.report_id, stored.first_seen, stored.last_seen, stored.captures
        ),
    );
}

/// The tables of every form that the page has something of.
fn tables(report: &Report) -> Vec<FormTable> {
    let catalog = Catalog::get();
    let cell = |id: IndicatorId| {
        let found = report.observations.iter().find(|one| one.indicator == id);
        found.map(|found| Cell {
            note: note(&report.proposals, id),
            ..Cell::from(found)
        })
    };
    let has = |id: IndicatorId| cell(id).is_some_and(|cell| cell.status != CellStatus::TableAbsent);
    let mut tables = Vec::new();
    for form in &catalog.forms {
        for table in &form.tables {
            // Of its own form also what is missing; of another only what is there. Lists are variants of each other.
            let owed = report.form == Some(form.id) && table.shape != Shape::List;
            if owed || table.indicators().any(has) {
                tables.push(FormTable::filled(table, cell));
            }
        }
    }
    tables
}

fn show_cell(
    opened: &Opened,
    report: &StoredReport,
    capture: &CaptureLine,
    cell: &str,
    json: bool,
) -> anyhow::Result<Status> {
    let observation = observation(&report.report, cell)?;
    let charset = report.report.provenance.charset;
    let proof = match proof::prove(&opened.home, capture, charset, observation) {
        Ok(proof) => proof,
        Err(error) => {
            output::say(&output::failure_at(cell, &output::explain(&error)));
            return Ok(Status::Failures);
        }
    };
    if json {
        output::print_json([proof::to_json(report, observation, capture, &proof)])?;
    } else {
        output::print(&proof::describe(report, observation, capture, &proof))?;
    }
    Ok(if proof.holds(observation.source.is_some()) {
        Status::Done
    } else {
        Status::Failures
    })
}

/// The page of a report with a cell marked; nothing where the archive has other bytes than were read.
fn show_page(
    opened: &Opened,
    report: &StoredReport,
    capture: &CaptureLine,
    cell: &str,
    to: Option<&PathBuf>,
) -> anyhow::Result<Status> {
    let observation = observation(&report.report, cell)?;
    let why = match proof::fetch(&opened.home, capture) {
        Ok(fetched) if fetched.digest_holds => {
            let found = facsimile::Found::Archive(capture);
            return facsimile::write(&report.report, observation, &fetched.page, found, to);
        }
        Ok(_) => "the archived bytes have another digest than those that were read".into(),
        Err(error) => output::explain(&error),
    };
    output::say(&output::failure_at(cell, &why));
    Ok(Status::Failures)
}

pub(super) fn observation<'r>(report: &'r Report, cell: &str) -> anyhow::Result<&'r Observation> {
    report.observation(cell).with_context(|| {
        let catalog = Catalog::get();
        let observed = report.observations.iter();
        let cells = observed.map(|one| catalog.indicator(one.indicator).cell.as_str());
        let near = nearest(cell, cells);
        format!(
            "the report has no cell {cell:?}{} ({ALL_CELLS})",
            did_you_mean(&near)
        )
    })
}
