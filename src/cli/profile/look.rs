//! `nianbao profile test`: what would be found on a page.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use serde::Serialize;
use url::Url;

use crate::decode::decode;
use crate::discover::column::{self, Evidence};
use crate::discover::propose::platform_signs;
use crate::discover::{Discovery, Lead, Page, discover};
use crate::model::{ItemKind, Role};
use crate::parse::parse_html;
use crate::pipeline::{Origin, Readings, read};
use crate::present::{Align, Table, visible};
use crate::profile::{SiteProfile, Sites};

use super::super::context::Context;
use super::super::{Status, output};
use super::page::{self, Fetched};
use super::{files, sites};

const EXAMPLES: &str = "\
A page named by its address is fetched: robots.txt, a pause, the page, and nothing else. It is not kept, but a host that
asks to be left alone is, by the next crawl too. That needs a home with a contact. Exit code 1 where nothing is found or an expectation of the profile is not met; 3 where no page
came, 4 without a contact, 5 while a crawl is going on.

Examples:
  nianbao profile test http://www.yunxi.example/xxgknb/
  nianbao profile test --archived http://www.yunxi.example/xxgknb/
  nianbao profile test --url http://www.yunxi.example/xxgknb/ list.html
  nianbao profile test --profile yunxi.toml list.html
  nianbao profile test --as item --url http://www.yunxi.example/2019.html pages/yunxi-2019.html --json";

/// Try the profiles on a page: what would be found there, and why
///
/// Prints the platform, the entries with kind, year, date and rule, the pages that follow, attachments, a redirect, and
/// whether the profile's expectations are met. What is no entry is not printed: it would not be fetched.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The page: its address, a file, `-` for stdin
    #[arg(value_name = "URL-or-FILE")]
    page: String,
    /// The site's profile by name, or a file with it [default: the one the address belongs to]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Where the file's page was published [default: the profile's first seed]
    #[arg(long)]
    url: Option<Url>,
    /// Take the page from the home's archive, its newest capture, instead of fetching it
    #[arg(long)]
    archived: bool,
    /// What the page is: list, root, sitemap, item [default: by the profile's seeds, else by the page]
    #[arg(long = "as", value_name = "ROLE", value_parser = role())]
    role: Option<Role>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

fn role() -> impl clap::builder::TypedValueParser<Value = Role> {
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(["list", "root", "sitemap", "item"])
        .map(|word| Role::named(&word).unwrap_or(Role::List))
}

/// What is found on a page.
#[derive(Debug, Serialize)]
pub(super) struct Look {
    url: String,
    from: String,
    role: Role,
    /// Why it is taken for that.
    role_because: Vec<&'static str>,
    site: Option<SiteLine>,
    platform: Option<String>,
    /// What the page shows of the platform's evidence, with its points.
    platform_because: Vec<String>,
    redirect: Option<String>,
    /// What the page reads as, where it is an entry.
    reads_as: Option<String>,
    items: Vec<Line>,
    /// Pages that follow, columns, sitemaps.
    pages: Vec<Line>,
    attachments: Vec<Line>,
    expected: Vec<Expected>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct SiteLine {
    name: String,
    title: String,
    /// The agency whose reports are expected at this address.
    agency: String,
    confirmed: Option<String>,
}

#[derive(Debug, Serialize)]
struct Line {
    role: Role,
    kind: ItemKind,
    year: Option<i32>,
    date: Option<String>,
    title: Option<String>,
    url: String,
    rule: &'static str,
}

/// An expectation of the profile.
#[derive(Debug, Serialize)]
struct Expected {
    what: &'static str,
    wanted: i64,
    found: Option<i64>,
    /// `None` where pages that follow may tell otherwise.
    is_met: Option<bool>,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let mut all = sites(&files(context)?)?;
    let named = match &args.profile {
        Some(name) => Some(profile_named(context, name, &mut all)?),
        None => None,
    };
    let address = ["http://", "https://"]
        .iter()
        .any(|scheme| args.page.starts_with(scheme));
    let (url, fetched) = if address {
        if args.url.is_some() {
            bail!("--url is the address of a file's page; this page is named by its address");
        }
        let url = Url::parse(&args.page).with_context(|| args.page.clone())?;
        let fetched = if args.archived {
            page::archived(context, &url)?
        } else {
            page::fetched(context, &url)?
        };
        (url, fetched)
    } else {
        if args.archived {
            bail!("--archived takes a page by its address; this one is a file");
        }
        let seed = named
            .as_deref()
            .and_then(|name| all.site(name))
            .and_then(|site| site.seeds.first())
            .map(|seed| seed.url.clone());
        let Some(url) = args.url.clone().or(seed) else {
            bail!("where was the page published? Its links need it: --url URL, or --profile NAME");
        };
        (
            url,
            page::read(&context.cwd.join(PathBuf::from(&args.page)))?,
        )
    };
    if let Some(name) = &named {
        let site = all.for_url(&url).map(|site| site.name.as_str());
        if site != Some(name) {
            bail!(
                "{url} is not in the scope of the profile {name:?}{}",
                site.map(|other| format!(", but of {other:?}"))
                    .unwrap_or_default()
            );
        }
    }
    let look = look(&url, &fetched, args.role, &all);
    let is_done = look.is_done();
    if args.json {
        output::print_json([&look])?;
    } else {
        output::print(&describe(&look))?;
    }
    Ok(if is_done {
        Status::Done
    } else {
        Status::Failures
    })
}

/// The name of the site's profile that an argument names; one in a file is added to the others.
fn profile_named(context: &Context, name: &str, all: &mut Sites) -> anyhow::Result<String> {
    let path = context.cwd.join(name);
    if !path.is_file() {
        if all.site(name).is_none() {
            bail!(
                "no site's profile {name:?}, and no such file (`nianbao profile show` lists them)"
            );
        }
        return Ok(name.to_owned());
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
    let site = SiteProfile::parse(&text).with_context(|| {
        format!("{name}: `nianbao profile check {name}` names everything that is wrong")
    })?;
    *all = all.with_files([(name, &text)])?;
    Ok(site.name.as_str().to_owned())
}

/// What is found on a page.
pub(super) fn look(url: &Url, fetched: &Fetched, role: Option<Role>, sites: &Sites) -> Look {
    let site = sites.for_url(url);
    let (role, role_because) = match role {
        Some(role) => (role, Vec::new()),
        None => role_of(url, fetched, sites),
    };
    let page = Page {
        url,
        role,
        bytes: &fetched.bytes,
        content_type: fetched.content_type.as_deref(),
        title_of_link: None,
    };
    let Discovery {
        leads,
        redirect,
        platform,
        cut_short: _,
        notes,
    } = discover(&page, sites);
    let shown = platform.as_deref().and_then(|name| sites.platform(name));
    let mut look = Look {
        url: url.to_string(),
        from: fetched.from.clone(),
        role,
        role_because,
        site: site.map(|site| SiteLine {
            name: site.name.as_str().to_owned(),
            title: site.title.clone(),
            agency: site.agency_of(url).to_owned(),
            confirmed: site.confirmed.map(|day| day.to_string()),
        }),
        platform_because: shown
            .map(|one| platform_signs(&page, one))
            .unwrap_or_default(),
        platform,
        redirect: redirect.map(Into::into),
        reads_as: (role == Role::Item).then(|| reads_as(url, fetched, sites)),
        items: Vec::new(),
        pages: Vec::new(),
        attachments: Vec::new(),
        expected: Vec::new(),
        notes,
    };
    for lead in leads {
        let into = match lead.role {
            Role::Item => &mut look.items,
            Role::Attachment => &mut look.attachments,
            _ => &mut look.pages,
        };
        into.push(lead.into());
    }
    if let Some(site) = site.filter(|_| role == Role::List) {
        look.expected = expected(site, &look);
    }
    look
}

impl From<Lead> for Line {
    fn from(lead: Lead) -> Self {
        Self {
            role: lead.role,
            kind: lead.kind,
            year: lead.year,
            date: lead.list_date.map(|day| day.to_string()),
            title: lead.title,
            url: lead.url.into(),
            rule: lead.rule,
        }
    }
}

impl Look {
    /// Whether anything was found and no expectation is known to be missed.
    fn is_done(&self) -> bool {
        let found = match self.role {
            Role::List => !self.items.is_empty(),
            Role::Root | Role::Sitemap => !self.pages.is_empty() || !self.items.is_empty(),
            _ => true,
        };
        found && self.expected.iter().all(|one| one.is_met != Some(false))
    }

    /// The entries that are reports of the column's own body: year, address, title.
    pub(super) fn reports(&self) -> impl Iterator<Item = (Option<i32>, &str, &str)> {
        self.items
            .iter()
            .filter(|item| item.kind == ItemKind::Report)
            .map(|item| {
                let title = item.title.as_deref().unwrap_or_default();
                (item.year, item.url.as_str(), title)
            })
    }

    /// Whether the column goes on on other pages.
    pub(super) fn goes_on(&self) -> bool {
        self.role == Role::List && !self.pages.is_empty()
    }

    /// What the page was taken for.
    pub(super) fn role(&self) -> Role {
        self.role
    }

    /// The platform the page shows it was made by.
    pub(super) fn platform(&self) -> Option<&str> {
        self.platform.as_deref()
    }
}

/// What a page is: by the seeds, else by itself.
fn role_of(url: &Url, fetched: &Fetched, sites: &Sites) -> (Role, Vec<&'static str>) {
    let site = sites.for_url(url);
    let seed = site.and_then(|site| site.seeds.iter().find(|seed| seed.url == *url));
    if let Some(seed) = seed {
        return (seed.kind.role(), vec!["a seed of the profile"]);
    }
    let decoded = decode(&fetched.bytes, fetched.content_type.as_deref());
    let head: String = decoded.text.chars().take(2_000).collect();
    if head.contains("<urlset") || head.contains("<sitemapindex") {
        return (Role::Sitemap, vec!["it is a sitemap"]);
    }
    let document = parse_html(&decoded);
    let shown = column::recognise(&document, url);
    if !shown.is_empty() {
        return (
            Role::List,
            shown.into_iter().map(Evidence::meaning).collect(),
        );
    }
    if url.path().len() > 1 {
        let origin = Origin {
            url: Some(url.as_str()),
            content_type: fetched.content_type.as_deref(),
        };
        let readings = Readings::new(sites.clone());
        if read(&fetched.bytes, origin, &readings.of(&fetched.bytes, origin)).is_ok() {
            return (Role::Item, vec!["it reads as a report"]);
        }
    }
    let leads = column::leads(&document, &url.into(), true);
    if leads.iter().any(|lead| lead.rule == "column.link") || url.path().len() <= 1 {
        return (Role::Root, vec!["it links the column and is none itself"]);
    }
    (Role::List, vec!["nothing speaks for anything else"])
}

/// What an entry's page reads as.
fn reads_as(url: &Url, fetched: &Fetched, sites: &Sites) -> String {
    let origin = Origin {
        url: Some(url.as_str()),
        content_type: fetched.content_type.as_deref(),
    };
    let readings = Readings::new(sites.clone());
    match read(&fetched.bytes, origin, &readings.of(&fetched.bytes, origin)) {
        Ok(report) => {
            let year = report
                .year
                .map_or_else(|| "year not known".to_owned(), |year| year.to_string());
            let agency = report.agency.name.as_deref().unwrap_or("agency not known");
            format!(
                "a report: {agency}, {year}, {} cells",
                report.observations.len()
            )
        }
        Err(why) => format!("no report: {why}"),
    }
}

/// How a list compares with what is expected of its site.
fn expected(site: &SiteProfile, look: &Look) -> Vec<Expected> {
    let mut years: Vec<i32> = look.reports().filter_map(|(year, ..)| year).collect();
    years.sort_unstable();
    let goes_on = look.goes_on();
    let judged = |met: bool| {
        if met {
            Some(true)
        } else if goes_on {
            None
        } else {
            Some(false)
        }
    };
    let mut all = Vec::new();
    if let Some(wanted) = site.expect.first_year {
        let found = years.first().copied();
        all.push(Expected {
            what: "first year",
            wanted: i64::from(wanted),
            found: found.map(i64::from),
            is_met: judged(found.is_some_and(|found| found <= wanted)),
        });
    }
    if let Some(wanted) = site.expect.reports {
        let found = i64::try_from(look.reports().count()).unwrap_or(i64::MAX);
        all.push(Expected {
            what: "reports at least",
            wanted: i64::from(wanted),
            found: Some(found),
            is_met: judged(found >= i64::from(wanted)),
        });
    }
    all
}

/// The look, for people.
fn describe(look: &Look) -> String {
    let mut text = String::new();
    let mut line = |head: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{head:<11}{}", visible(value));
    };
    line("page", &format!("{} (from {})", look.url, look.from));
    let because = match look.role_because.as_slice() {
        [] => String::new(),
        all => format!(": {}", all.join("; ")),
    };
    line("taken for", &format!("{}{because}", look.role.as_str()));
    match &look.site {
        Some(site) => {
            let confirmed = match &site.confirmed {
                Some(day) => format!("confirmed {day}"),
                None => "not confirmed against the live site".to_owned(),
            };
            line(
                "profile",
                &format!("{} {} ({confirmed})", site.name, site.title),
            );
            if site.agency != site.title {
                line("agency", &site.agency);
            }
        }
        None => line("profile", "none of its own"),
    }
    match &look.platform {
        Some(name) => line(
            "platform",
            &format!("{name} ({})", look.platform_because.join("; ")),
        ),
        None => line("platform", "not recognised: the generic rules"),
    }
    if let Some(target) = &look.redirect {
        line("redirect", target);
    }
    if let Some(what) = &look.reads_as {
        line("reads as", what);
    }
    for note in &look.notes {
        line("note", note);
    }
    for one in &look.expected {
        let found = one
            .found
            .map_or_else(|| "none".to_owned(), |found| found.to_string());
        let met = match one.is_met {
            Some(true) => "met",
            Some(false) => "NOT MET",
            None => "not known: pages follow",
        };
        line(
            "expected",
            &format!("{} {}, found {found}: {met}", one.what, one.wanted),
        );
    }
    for (what, lines) in [
        ("entries", &look.items),
        ("pages to go on with", &look.pages),
        ("attachments", &look.attachments),
    ] {
        if lines.is_empty() {
            if what == "entries" && look.role == Role::List {
                text.push_str("\nno entries\n");
            }
            continue;
        }
        let _ = write!(
            text,
            "\n{} {what}\n{}",
            lines.len(),
            table(lines, what == "entries")
        );
    }
    text
}

fn table(lines: &[Line], are_items: bool) -> String {
    let heads: &[&str] = if are_items {
        &["kind", "year", "date", "title", "rule", "address"]
    } else {
        &["as", "title", "rule", "address"]
    };
    let mut table = Table::new(heads.iter().map(|head| (*head, Align::Left)));
    table.max_width = output::terminal_width();
    for line in lines {
        let title = visible(line.title.as_deref().unwrap_or("—"));
        let address = visible(&line.url);
        if are_items {
            table.push([
                line.kind.as_str().to_owned(),
                line.year
                    .map_or_else(|| "—".to_owned(), |year| year.to_string()),
                line.date.clone().unwrap_or_else(|| "—".to_owned()),
                title,
                line.rule.to_owned(),
                address,
            ]);
        } else {
            table.push([
                line.role.as_str().to_owned(),
                title,
                line.rule.to_owned(),
                address,
            ]);
        }
    }
    table.render_plain()
}
