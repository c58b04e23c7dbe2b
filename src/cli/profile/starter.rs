//! `nianbao profile new`: a profile to begin with.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use url::Url;

use crate::decode::decode;
use crate::discover::column::{self, Hop, Sections};
use crate::discover::propose::item_selector;
use crate::discover::title::classify;
use crate::model::{ItemKind, Role};
use crate::parse::{Document, parse_html};
use crate::profile::{FileKind, problems};

use super::super::context::Context;
use super::super::{Status, output};
use super::look::{Look, look};
use super::page;
use super::{files, sites};

const EXAMPLES: &str = "\
Without --file the page is fetched: robots.txt, a pause, the page, and nothing else; the page is not kept. That needs a
home with a contact. CONTRIBUTING.md, \"Add a site without Rust\", goes on from here.

Examples:
  nianbao profile new -o yunxi.toml http://www.yunxi.example/xxgknb/
  nianbao profile new --file list.html http://www.yunxi.example/xxgknb/
  nianbao profile new --file list.html -o yunxi.toml http://www.yunxi.example/xxgknb/";

/// Write a profile to begin with, from one page of a site
///
/// Platform, seeds, a proposal for the items and what is expected, as far as the page shows them; each to be looked at.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The column of reports, or the site's front page
    url: Url,
    /// The page as saved from a browser; `-` for stdin [default: fetched from its site]
    #[arg(long, value_name = "PAGE", conflicts_with = "archived")]
    file: Option<PathBuf>,
    /// Take the page from the home's archive, its newest capture
    #[arg(long)]
    archived: bool,
    /// Where to write it; nothing is overwritten [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    if !matches!(args.url.scheme(), "http" | "https") {
        bail!("{}: only http:// and https://", args.url);
    }
    let fetched = match &args.file {
        Some(path) => page::read(&context.cwd.join(path))?,
        None if args.archived => page::archived(context, &args.url)?,
        None => page::fetched(context, &args.url)?,
    };
    let all = sites(&files(context)?)?;
    let look = look(&args.url, &fetched, None, &all);
    let decoded = decode(&fetched.bytes, fetched.content_type.as_deref());
    let document = parse_html(&decoded);
    let text = starter(&args.url, &look, &document);
    if let Some(problem) = problems(&text, FileKind::Site).first() {
        bail!(
            "line {} of what was to be written: {}",
            problem.line,
            problem.message
        );
    }
    match &args.output {
        Some(path) => {
            let mut file = std::fs::File::create_new(context.cwd.join(path))
                .with_context(|| format!("cannot write {}", path.display()))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            output::say(&format!(
                "{} written; next: nianbao profile test --profile {} {}",
                path.display(),
                path.display(),
                args.file
                    .as_ref()
                    .map_or_else(|| args.url.to_string(), |file| file.display().to_string())
            ));
        }
        None => output::print(&text)?,
    }
    Ok(Status::Done)
}

/// The text of a profile for the site that a page is from.
fn starter(url: &Url, look: &Look, document: &Document<'_>) -> String {
    let meta = |name: &str| {
        let found = document.metas.iter().find(|meta| meta.name == name);
        found
            .map(|meta| meta.content.trim())
            .filter(|text| !text.is_empty())
    };
    let mut text = String::from(
        "# Not yet compared with the live site: add `confirmed = \"YYYY-MM-DD\"` when a person has.\n\
         # Every key is explained in docs/profiles.md.\n\n",
    );
    // Writing to a String cannot fail.
    let _ = writeln!(text, "name = {}", quoted(&name_of(url)));
    let host = url.host_str().unwrap_or_default();
    let (title, what) = match meta("sitename") {
        Some(site) => (
            owner(site),
            "by the SiteName tag; as in the titles of its reports",
        ),
        None => (
            host,
            "PUT HERE who publishes, as in the titles of its reports",
        ),
    };
    let _ = writeln!(text, "title = {} # {what}", quoted(title));
    match look.platform() {
        Some(platform) => {
            let _ = writeln!(text, "platform = {} # recognised", quoted(platform));
        }
        None => text
            .push_str("# platform = \"…\" # not recognised: `nianbao profile show` lists them\n"),
    }
    let kind = match look.role() {
        Role::Root => "root",
        Role::Sitemap => "sitemap",
        Role::Item => "report",
        _ => "list",
    };
    let _ = writeln!(
        text,
        "\n[[seeds]]\nurl = {}\nkind = {}",
        quoted(url.as_str()),
        quoted(kind)
    );
    if kind == "list" {
        if let Some(column) = meta("columnname") {
            let _ = writeln!(text, "column = {}", quoted(column));
        }
        text.push_str("# agency = \"…\" # whose reports, where not the publisher's\n");
    }
    if kind == "root" {
        candidates(url, document, &mut text);
    }
    if kind == "list" {
        list(url, look, document, meta("sitename").map(owner), &mut text);
    }
    text
}

/// Links that may lead to the column, as seeds to choose from.
fn candidates(url: &Url, document: &Document<'_>, text: &mut String) {
    let found = column::find(document, &url.into(), Sections::Otherwise);
    if found.is_empty() {
        text.push_str("\n# No link to the column was found: look for 政府信息公开年报 and add it as a seed of kind \"list\".\n");
    }
    for one in found.iter().take(3) {
        let kind = match one.hop {
            Hop::Column => "list",
            Hop::Section => "root",
        };
        let _ = writeln!(
            text,
            "\n# {}: {}\n# [[seeds]]\n# url = {}\n# kind = {}",
            one.text.replace(char::is_control, ""),
            one.reasons.join(", "),
            quoted(one.url.as_str()),
            quoted(kind)
        );
    }
}

/// Rules of the list and what is expected of it.
fn list(url: &Url, look: &Look, document: &Document<'_>, agency: Option<&str>, text: &mut String) {
    // The look knew no agency yet; the profile will.
    let is_own = |title: &str| classify(title, agency).0 == ItemKind::Report;
    let reports: Vec<(Option<i32>, &str)> = look
        .reports()
        .filter(|(_, _, title)| is_own(title))
        .map(|(year, url, _)| (year, url))
        .collect();
    let items: Vec<Url> = reports
        .iter()
        .filter_map(|(_, url)| Url::parse(url).ok())
        .collect();
    text.push_str(
        "\n# Only where `profile test` misses entries or shows what is none.\n# [list]\n",
    );
    match item_selector(document, url, &items) {
        Some(selector) => {
            let _ = writeln!(text, "# item = {}", quoted(&selector));
        }
        None => text.push_str("# item = \"ul.list li\"\n"),
    }
    let first = reports.iter().filter_map(|(year, _)| *year).min();
    let mark = if look.goes_on() || reports.is_empty() {
        "# "
    } else {
        ""
    };
    text.push_str("\n# A seed that brings less is an alarm.\n");
    if look.goes_on() {
        text.push_str("# Only of this page; others follow.\n");
    }
    let _ = writeln!(text, "{mark}[expect]");
    if let Some(first) = first {
        let _ = writeln!(text, "{mark}first_year = {first}");
    }
    let _ = writeln!(text, "{mark}reports = {}", reports.len());
}

/// A name from the host: `yunxi` of `www.yunxi.gov.cn`.
fn name_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("site").to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let host = host.strip_suffix(".gov.cn").unwrap_or(host);
    let mut name: String = host
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' || c == '.' {
                c
            } else {
                '-'
            }
        })
        .collect();
    if let Some(port) = url.port() {
        let _ = write!(name, "-{port}");
    }
    name.trim_matches(['-', '.']).to_owned()
}

/// 云溪县人民政府 of 云溪县人民政府门户网站.
fn owner(name: &str) -> &str {
    [
        "门户网站",
        "政府门户网",
        "政务网",
        "官方网站",
        "网站",
        "门户网",
        "官网",
    ]
    .iter()
    .fold(name, |name, end| name.strip_suffix(end).unwrap_or(name))
}

/// A string in TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
