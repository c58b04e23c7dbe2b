//! `nianbao demo`: everything once, on invented reports, without a network.

mod pages;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::archive::SystemClock;
use crate::audit::origin::HostRules;
use crate::home::Home;
use crate::model::{Catalog, Code, Observation, Severity};
use crate::pipeline::{BuildSummary, ImportOutcome, Importer, read_manifest};
use crate::present::{Align, Cell, Table, visible};
use crate::query::{self, AgencyFilter, Filter, FindingLine};
use crate::store::Store;

use super::context::{self, Context, Opened};
use super::{Status, audit, build, coverage, import, output, proof, series};

const EXAMPLES: &str = "\
Examples:
  nianbao demo
  nianbao demo another-demo";

/// Marks a directory as one that the demo made and may write to again.
const MARKER: &str = "DEMO.txt";
const MARKER_TEXT: &str = "\
This home was made by `nianbao demo`. Its bodies, hosts and numbers are invented.
It may be deleted at any time; run `nianbao demo` to make it again.
";

/// The series shown, and whose.
const SERIES: &str = "requests_received";
const AGENCY: &str = "云溪市人民政府";

/// Try everything on 17 invented reports, without a network
///
/// Makes a home, imports the pages that come with the program, builds, and shows what can be
/// asked. Run again, it changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The home to make [default: nianbao-demo in the working directory]
    dir: Option<PathBuf>,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    if context.named_home().is_some() {
        bail!("the demo makes a home of its own: `nianbao demo DIR` instead of --home");
    }
    let name = args.dir.clone().unwrap_or_else(|| "nianbao-demo".into());
    let directory = context.cwd.join(&name);
    let mut opened = context::write(home(&directory)?)?;
    let (archived, known) = import(&opened, &directory)?;
    let summary = build::build(&mut opened, None, false, HostRules::get(), None)?;
    let text = tell(&opened, &name, (archived, known), &summary)?;
    output::print(&text)?;
    Ok(if summary.failures == 0 {
        Status::Done
    } else {
        Status::Failures
    })
}

/// The demo's home, made if need be; never a directory that the demo did not make.
fn home(directory: &Path) -> anyhow::Result<Home> {
    let marker = directory.join(MARKER);
    if !marker.is_file() {
        let used = fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some());
        if used {
            bail!(
                "{} exists and was not made by the demo: name another directory, `nianbao demo DIR`",
                directory.display()
            );
        }
        fs::create_dir_all(directory)
            .and_then(|()| fs::write(&marker, MARKER_TEXT))
            .with_context(|| format!("cannot make {}", directory.display()))?;
    }
    if directory.join("nianbao.toml").is_file() {
        return Ok(Home::open(directory)?);
    }
    Ok(Home::init(directory)?)
}

/// Writes the pages beside the archive and imports them; how many went in, how many were there.
fn import(opened: &Opened, directory: &Path) -> anyhow::Result<(usize, usize)> {
    let manifest = pages::write(&directory.join("pages"))?;
    let (mut importer, notices) = Importer::open(&opened.home, &opened.store, SystemClock)?;
    for notice in &notices {
        output::say(&format!("nianbao: {}", import::describe(notice)));
    }
    let (mut archived, mut known) = (0, 0);
    for found in read_manifest(&manifest)? {
        match importer.file(&found)? {
            ImportOutcome::Archived => archived += 1,
            ImportOutcome::Known | ImportOutcome::PassedOver => known += 1,
        }
    }
    Ok((archived, known))
}

/// The whole story.
fn tell(
    opened: &Opened,
    name: &Path,
    (archived, known): (usize, usize),
    summary: &BuildSummary,
) -> anyhow::Result<String> {
    let store = &opened.store;
    let width = output::terminal_width().map_or(120, usize::from);
    let shown = name.display();
    let all = Filter::default();
    let coverage = query::coverage(store, &all, &[])?;
    let mut text = String::from(
        "nianbao demo: annual reports of invented bodies, in all four forms, with planted\n\
         contradictions. No network is used.\n",
    );
    heading(
        &mut text,
        "1  Pages into the archive, the archive into the database",
    );
    let there = if archived == 0 {
        " (all were there)"
    } else {
        ""
    };
    write!(
        text,
        "{archived} of {} pages archived as they are{there}: {shown}/warc/\n\
         {}: {shown}/nianbao.db\n",
        archived + known,
        build::describe(summary),
    )?;
    heading(&mut text, "2  Who has a report for which year");
    text.push_str(&coverage::describe(store, &all, &coverage, width)?);
    heading(&mut text, "3  One indicator through four forms");
    text.push_str(&one_series(store, width)?);
    heading(&mut text, "4  What contradicts itself");
    text.push_str(
        "Numbers are kept as published, never corrected; a finding says what they contradict.\n\n",
    );
    let mut findings = query::findings(store, &all, None, None)?;
    findings.retain(|finding| finding.severity == Severity::Error.as_str());
    text.push_str(&audit::describe(&findings));
    if let Some(finding) = simplest(&findings) {
        heading(&mut text, "5  One of them, with its proof");
        text.push_str(&proved(opened, finding)?);
    }
    heading(&mut text, "What to try next");
    write!(
        text,
        "  cd {shown}\n\
         \x20 nianbao show 云溪市教育局 2020                        the report as its form\n\
         \x20 nianbao show 云溪市教育局 2020 --cell review.total    any cell with its proof\n\
         \x20 nianbao series --list                                 what can be followed through the years\n\
         \x20 nianbao series review_total --agency 云溪市人民政府\n\
         \x20 nianbao export -o panel.csv                           everything as one tidy table\n\
         \x20 nianbao extract pages/yunxi-2019.html                 one page as JSON, without a home\n\
         \x20 nianbao archive verify                                check the archive's digests\n\
         The pages themselves are in {shown}/pages/. To start with your own: `nianbao init DIR`.\n",
    )?;
    Ok(text)
}

fn heading(text: &mut String, heading: &str) {
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "\n{heading}\n{}\n",
        "─".repeat(heading.chars().count())
    );
}

fn one_series(store: &Store, width: usize) -> anyhow::Result<String> {
    let filter = Filter {
        agency: Some(AgencyFilter::Exact(AGENCY.into())),
        ..Filter::default()
    };
    let points = query::series(store, SERIES, &filter)?;
    let mut text = series::heading(SERIES, &points);
    text.push_str(&series::table(&points, None));
    for plot in series::plots(SERIES, &points) {
        text.push('\n');
        text.push_str(&plot.render(width, 6));
    }
    Ok(text)
}

/// The failing identity with the fewest cells: the easiest to follow.
fn simplest(findings: &[FindingLine]) -> Option<&FindingLine> {
    let identities = findings
        .iter()
        .filter(|finding| finding.code == Code::IdentityFails.as_str());
    // Of equals the total is the better one.
    identities.min_by_key(|finding| (cells(finding).count(), !finding.place.contains("@total")))
}

fn cells(finding: &FindingLine) -> impl Iterator<Item = &str> {
    finding.place.split(',').filter(|cell| !cell.is_empty())
}

/// The cells of a finding, and the last of them fetched from the archive.
fn proved(opened: &Opened, finding: &FindingLine) -> anyhow::Result<String> {
    let store = &opened.store;
    let stored = query::load_report(store, finding.report_id)?.context("the report is gone")?;
    let capture = query::capture_of(store, stored.version_id)?.context("the capture is gone")?;
    let mut text = format!(
        "{}: {}\n\n",
        visible(&proof::title(&stored.report)),
        visible(&finding.message)
    );
    let observations: Vec<&Observation> = cells(finding)
        .filter_map(|cell| stored.report.observation(cell))
        .collect();
    text.push_str(&operands(&observations));
    if let Some(last) = observations.last() {
        let charset = stored.report.provenance.charset;
        let proof = proof::prove(&opened.home, &capture, charset, last)?;
        text.push_str("\nThe last of them, fetched from the archive again:\n\n");
        text.push_str(&proof::describe(&stored, last, &capture, &proof));
    }
    Ok(text)
}

fn operands(observations: &[&Observation]) -> String {
    let mut table = Table::new([
        ("cell", Align::Left),
        ("指标", Align::Left),
        ("value", Align::Right),
        ("bytes of the page", Align::Left),
    ]);
    for observation in observations {
        let indicator = Catalog::get().indicator(observation.indicator);
        let bytes = observation.source.map(|source| source.bytes);
        table.push([
            indicator.cell.clone(),
            indicator.path.join(" / "),
            Cell::from(*observation).text(),
            bytes
                .map(|range| format!("{}..{}", range.start, range.end))
                .unwrap_or_default(),
        ]);
    }
    table.render_plain()
}
