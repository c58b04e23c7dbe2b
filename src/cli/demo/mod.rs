//! `nianbao demo`: everything once, on invented reports, without a network: a web server on the loopback is crawled.

mod crawl;
mod pages;
mod publishers;
#[path = "../../../tests/site/mod.rs"]
mod site;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::audit::origin::HostRules;
use crate::crawl::engine::Stopped;
use crate::home::Home;
use crate::model::{Catalog, Code, Observation, Severity};
use crate::pipeline::{BuildError, BuildSummary, STOPPED, Stop};
use crate::present::{Align, Cell, Table, visible};
use crate::query::{self, AgencyFilter, Filter, FindingLine};
use crate::store::Store;

use super::context::{self, Context, Opened};
use super::{Status, audit, build, coverage, diff, output, proof, series};

use crawl::{Crawled, Stage};
use publishers::{ATTACHED, CHANGED, PAUSE, within};

const EXAMPLES: &str = "\
Examples:
  nianbao demo
  nianbao demo another-demo";

/// Marks a directory as one that the demo made and may write to again.
const MARKER: &str = "DEMO.txt";
const MARKER_TEXT: &str = "\
This home was made by `nianbao demo`. Its agencies, hosts and numbers are invented.
It may be deleted at any time; run `nianbao demo` to make it again.
";

/// The series shown, and whose.
const SERIES: &str = "requests_received";
const AGENCY: &str = "云溪市人民政府";

/// Try everything on 17 invented reports, without a network
///
/// Makes a home, crawls three invented publishers on a web server of its own on the loopback, archives, builds, and shows
/// what can be asked. Then a publisher changes a report, and it crawls again. Run again, it changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The home to make [default: nianbao-demo in the working directory]
    dir: Option<PathBuf>,
    /// Keep the web server until Ctrl-C, for `nianbao crawl` and `nianbao run` in the home
    #[arg(long)]
    serve: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    if context.named_home().is_some() {
        bail!("the demo makes a home of its own: `nianbao demo DIR` instead of --home");
    }
    let name = args.dir.clone().unwrap_or_else(|| "nianbao-demo".into());
    let directory = context.cwd.join(&name);
    let mut opened = context::write(home(&directory)?)?;
    pages::write(&directory.join("pages"))?;
    let stage = crawl::stage(&opened.home)?;
    // All was crawled already: nothing is asked for.
    let site = match stage {
        Stage::Done if !args.serve => None,
        _ => Some(publishers::serve()?),
    };
    if let Some(site) = &site {
        opened.home = publishers::configure(&opened.home, site)?;
    }
    let stop = Stop::listen().context("no signals")?;
    output::print(
        "nianbao demo: invented publishers on a web server on this machine; annual reports in all four forms, with\n\
         planted contradictions. Nothing beyond the loopback is asked for anything.\n",
    )?;
    let mut text = String::new();
    heading(&mut text, "1  Three publishers, crawled into the archive");
    if stage == Stage::First {
        let crawled = crawl::run(&opened.home, &stop)?;
        if let Some(status) = broken_off(&text, &crawled)? {
            return Ok(status);
        }
        text.push_str(&told(&opened.home, &name, &crawled)?);
        if let Some(site) = &site {
            text.push('\n');
            text.push_str(&crawl::witnessed(site));
        }
    } else {
        let _ = writeln!(
            text,
            "All was crawled by an earlier run of the demo: {}",
            within(&name, "warc/")
        );
    }
    let mut failures = 0;
    let Some(summary) = built(&mut opened, &stop)? else {
        return Ok(Status::Code(STOPPED));
    };
    failures += summary.failures;
    text.push_str(&story(&opened, &name, &summary)?);
    output::print(&text)?;
    text.clear();

    heading(
        &mut text,
        "7  A report is changed, and all is crawled again",
    );
    if let Some(site) = &site {
        publishers::change(site);
    }
    if let Some(site) = site.as_ref().filter(|_| stage != Stage::Done) {
        crawl::next_second();
        let before = site.requests();
        let crawled = crawl::run(&opened.home, &stop)?;
        let asked = site.requests() - before;
        let _ = writeln!(
            text,
            "Every page is asked for on condition that it is another than ours: 304 says that it is not. {asked} requests.\n"
        );
        if let Some(status) = broken_off(&text, &crawled)? {
            return Ok(status);
        }
        text.push_str(&crawled.describe());
        let Some(summary) = built(&mut opened, &stop)? else {
            return Ok(Status::Code(STOPPED));
        };
        failures += summary.failures;
        let _ = writeln!(text, "\n{}\n", build::describe(&summary));
    }
    text.push_str(&changed(&opened.store)?);
    heading(&mut text, "What to try next");
    write!(
        text,
        "  cd {}\n{}",
        name.display(),
        NEXT.replace("GONE", &publishers::gone_url())
    )?;
    output::print(&text)?;
    // Others may write from here on.
    drop(opened);
    if args.serve {
        output::print("\nThe web server goes on until Ctrl-C.\n")?;
        while !stop.is_asked() {
            thread::sleep(Duration::from_millis(50));
        }
    }
    Ok(if failures == 0 {
        Status::Done
    } else {
        Status::Failures
    })
}

const NEXT: &str = "\
\x20 nianbao show 云溪市教育局 2020                        the report as its form
\x20 nianbao show 云溪市教育局 2020 --cell review.total    any cell with its proof
\x20 nianbao series --list                                 what can be followed through the years
\x20 nianbao series review_total --agency 云溪市人民政府
\x20 nianbao diff 白鹭区人民政府办公室 2020                 what was changed after publication
\x20 nianbao export -o panel.csv                           everything as one tidy table
\x20 nianbao extract pages/yunxi-2019.html                 one page as JSON, without a home
\x20 nianbao status                                        what the crawl has done, by host and seed
\x20 nianbao why GONE
\x20                                                       why an address was asked for, and what came of it
\x20 nianbao run --dry-run                                 what a crawl would ask for now, and how often
\x20 nianbao archive verify                                check the archive's digests
The web server ends with the demo (`nianbao demo --serve` keeps it); its pages are in pages/, its profiles in
selectors/sites/. To start with your own:
`nianbao init DIR`, contact in nianbao.toml, a profile in selectors/sites/ (`nianbao profile new --file PAGE URL`), `nianbao run`.
";

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

/// Builds; `None` if it was asked to stop.
fn built(opened: &mut Opened, stop: &Stop) -> anyhow::Result<Option<BuildSummary>> {
    match build::build(opened, None, false, HostRules::get(), Some(stop.count())) {
        Ok(summary) => Ok(Some(summary)),
        Err(BuildError::Stopped) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The first crawl.
fn told(home: &Home, name: &Path, crawled: &Crawled) -> anyhow::Result<String> {
    let mut text = format!(
        "profiles: {}\npause after each answer: {} ms, for a server on the same machine; 3 s where nothing is configured\n\n{}",
        within(name, "selectors/sites/"),
        PAUSE.as_millis(),
        crawled.describe()
    );
    text.push_str("\nHow a file came in (`nianbao why` tells it of any address):\n");
    text.push_str(&crawl::way_to(home, ATTACHED)?);
    Ok(text)
}

/// A crawl that was stopped: what is known so far is told, and the demo ends.
fn broken_off(text: &str, crawled: &Crawled) -> anyhow::Result<Option<Status>> {
    if !matches!(
        crawled.summary.stopped,
        Some(Stopped::Signal | Stopped::DiskFull)
    ) {
        return Ok(None);
    }
    output::print(&format!("{text}{}", crawled.describe()))?;
    Ok(Some(Status::Code(crawled.summary.exit())))
}

/// What can be asked of the database.
fn story(opened: &Opened, name: &Path, summary: &BuildSummary) -> anyhow::Result<String> {
    let store = &opened.store;
    let width = output::terminal_width().map_or(120, usize::from);
    let all = Filter::default();
    let lists = coverage::lists(&opened.home)?;
    let coverage = query::coverage_with(store, &all, &[], &lists)?;
    let mut text = String::new();
    heading(&mut text, "2  The archive into the database");
    writeln!(
        text,
        "{}: {}",
        build::describe(summary),
        within(name, "nianbao.db")
    )?;
    heading(&mut text, "3  Who has a report for which year");
    text.push_str(&coverage::describe(&coverage, width)?);
    heading(&mut text, "4  One indicator through four forms");
    text.push_str(&one_series(store, width)?);
    heading(&mut text, "5  What contradicts itself");
    text.push_str(
        "Numbers are kept as published, never corrected; a finding says what they contradict.\n\n",
    );
    let mut findings = query::findings(store, &all, None, None)?;
    findings.retain(|finding| finding.severity == Severity::Error.as_str());
    text.push_str(&audit::describe(&findings));
    if let Some(finding) = simplest(&findings) {
        heading(&mut text, "6  One of them, with its proof");
        text.push_str(&proved(opened, finding)?);
    }
    Ok(text)
}

/// The report that was changed, both versions beside each other.
fn changed(store: &Store) -> anyhow::Result<String> {
    let (agency, year) = CHANGED;
    let filter = Filter {
        agency: Some(AgencyFilter::Exact(agency.into())),
        from_year: Some(year),
        to_year: Some(year),
        ..Filter::default()
    };
    let reports = query::list_reports(store, &filter)?;
    let report = reports
        .first()
        .context("the report that was changed is not in the database")?;
    let versions = query::versions(store, report.report_id)?;
    let mut text = format!("{agency} {year}:\n");
    for version in &versions {
        let _ = writeln!(
            text,
            "version {}: seen {} to {}",
            version.number, version.first_seen, version.last_seen
        );
    }
    if let [.., from, to] = versions.as_slice()
        && let Some(difference) = query::diff(store, from, to)?
    {
        text.push_str(&diff::describe(&difference, false));
    }
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
    let indicator = series::indicator(SERIES)?;
    let points = indicator.points(store, &filter)?;
    let mut text = series::heading(&indicator);
    text.push_str(&series::table(&indicator, &points, None));
    for plot in crate::charts::plots(&indicator, &points) {
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
