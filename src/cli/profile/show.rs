//! `nianbao profile show`.

use anyhow::bail;
use serde::Serialize;

use crate::present::{Align, Table};
use crate::profile::{Platform, SiteProfile, merged};

use super::super::context::Context;
use super::super::suggest::{did_you_mean, near};
use super::super::{Status, output};
use super::{File, files, sites};

const EXAMPLES: &str = "\
A profile that nobody compared with the live site has no day under `confirmed`.

Examples:
  nianbao profile show
  nianbao profile show --json
  nianbao profile show generic";

/// List the profiles, or print one with all that holds for it
///
/// With a NAME: what holds in the end, the site's own file over its platform's over the generic one (TOML).
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A site or a platform
    name: Option<String>,
    /// JSON instead: one object a profile, or the one named
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Line {
    kind: &'static str,
    name: String,
    title: Option<String>,
    /// The platform of a site; `None` where it is left to detection.
    platform: Option<String>,
    seeds: Vec<Seed>,
    /// The day a person last compared it with the live site; `None`: never.
    confirmed: Option<String>,
    /// `compiled`, or the file of the home.
    from: String,
}

#[derive(Debug, Serialize)]
struct Seed {
    url: String,
    kind: &'static str,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let files = files(context)?;
    // Refuses broken ones.
    sites(&files)?;
    let lines = lines(&files);
    if let Some(name) = &args.name {
        one(name, &files, &lines, args.json)?;
    } else if args.json {
        output::print_json(&lines)?;
    } else {
        output::print(&table(&lines))?;
    }
    Ok(Status::Done)
}

/// A line a profile, platforms first, each by name; a home's in the place of that of its name.
fn lines(files: &[File]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for file in files {
        let from = if file.is_own {
            format!("selectors/{}", file.path)
        } else {
            "compiled".to_owned()
        };
        let line = if file.is_platform() {
            Platform::parse(&file.text).ok().map(|one| Line {
                kind: "platform",
                name: one.name.as_str().to_owned(),
                title: one.title,
                platform: None,
                seeds: Vec::new(),
                confirmed: None,
                from,
            })
        } else {
            SiteProfile::parse(&file.text).ok().map(|one| Line {
                kind: "site",
                name: one.name.as_str().to_owned(),
                title: Some(one.title),
                platform: one.platform,
                seeds: one
                    .seeds
                    .iter()
                    .map(|seed| Seed {
                        url: seed.url.to_string(),
                        kind: seed.kind.as_str(),
                    })
                    .collect(),
                confirmed: one.confirmed.map(|day| day.to_string()),
                from,
            })
        };
        let Some(line) = line else {
            continue;
        };
        lines.retain(|known| (known.kind, &known.name) != (line.kind, &line.name));
        lines.push(line);
    }
    lines.sort_by(|one, other| (one.kind, &one.name).cmp(&(other.kind, &other.name)));
    lines
}

fn table(lines: &[Line]) -> String {
    let heads = [
        "kind",
        "name",
        "title",
        "platform",
        "seeds",
        "confirmed",
        "from",
    ];
    let aligned = |head| {
        (
            head,
            if head == "seeds" {
                Align::Right
            } else {
                Align::Left
            },
        )
    };
    let mut table = Table::new(heads.map(aligned));
    table.max_width = output::terminal_width();
    for line in lines {
        let is_site = line.kind == "site";
        let only = |text: String| if is_site { text } else { String::new() };
        table.push([
            line.kind.to_owned(),
            line.name.clone(),
            line.title.clone().unwrap_or_default(),
            only(
                line.platform
                    .clone()
                    .unwrap_or_else(|| "detected".to_owned()),
            ),
            only(line.seeds.len().to_string()),
            only(line.confirmed.clone().unwrap_or_else(|| "no".to_owned())),
            line.from.clone(),
        ]);
    }
    table.render_plain()
}

/// Prints what holds for one profile.
fn one(name: &str, files: &[File], lines: &[Line], json: bool) -> anyhow::Result<()> {
    // A site before a platform of its name.
    let Some(line) = lines.iter().rev().find(|line| line.name == name) else {
        let names = lines.iter().map(|line| line.name.as_str());
        bail!(
            "no profile {name:?}{} (`nianbao profile show` lists them)",
            did_you_mean(&near(name, names))
        );
    };
    let platform = if line.kind == "platform" {
        Some(line.name.as_str())
    } else {
        line.platform.as_deref()
    };
    let mut layers: Vec<&File> = Vec::new();
    for name in ["generic"]
        .into_iter()
        .chain(platform.filter(|name| *name != "generic"))
    {
        layers.extend(of_name(files, name, true));
    }
    if line.kind == "site" {
        layers.extend(of_name(files, name, false));
    }
    let table = merged(layers.iter().map(|file| file.text.as_str()));
    if json {
        output::print_json([&table])?;
        return Ok(());
    }
    let from: Vec<String> = layers
        .iter()
        .rev()
        .map(|file| {
            let own = if file.is_own { " of the home" } else { "" };
            format!("{}{own}", file.path)
        })
        .collect();
    let text = toml::to_string(&table)?;
    output::print(&format!("# {}\n{text}", from.join(", over ")))?;
    Ok(())
}

/// The file of this name that counts: the last.
fn of_name<'f>(files: &'f [File], name: &str, is_platform: bool) -> Option<&'f File> {
    files.iter().rev().find(|file| {
        file.is_platform() == is_platform
            && if is_platform {
                Platform::parse(&file.text).is_ok_and(|one| one.name.as_str() == name)
            } else {
                SiteProfile::parse(&file.text).is_ok_and(|one| one.name.as_str() == name)
            }
    })
}
