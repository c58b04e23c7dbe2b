//! `nianbao profile check`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Serialize;

use crate::present::visible;
use crate::profile::{FileKind, Platform, Problem, SiteProfile, problems};

use super::super::context::Context;
use super::super::{Status, output};
use super::{File, files, is_platform};

const EXAMPLES: &str = "\
Each problem is a line `FILE:LINE:COLUMN: what is wrong` on stdout; exit code 1 if there is one.

Examples:
  nianbao profile check
  nianbao profile check selectors/sites/yunxi.toml";

/// Check profiles: unknown keys, selectors, addresses, names; every problem with line and column
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Files to check; in a folder `platforms`, they are platforms [default: all profiles, the home's included]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Told<'l> {
    file: &'l str,
    /// From 1; 0 for the file as a whole.
    line: usize,
    column: usize,
    message: &'l str,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let known = files(context)?;
    let given = args
        .files
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(context.cwd.join(path))
                .with_context(|| format!("cannot read {}", path.display()))?;
            Ok(File {
                path: path.to_string_lossy().into_owned(),
                text,
                is_own: true,
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let checked = if given.is_empty() { &known } else { &given };
    let platforms: Vec<String> = known
        .iter()
        .chain(&given)
        .filter(|file| file.is_platform())
        .filter_map(|file| Some(Platform::parse(&file.text).ok()?.name.as_str().to_owned()))
        .collect();
    let mut found: Vec<(&File, Problem)> = Vec::new();
    let mut names: Vec<(bool, bool, String, &str)> = Vec::new();
    for file in checked {
        let kind = if is_platform(&file.path) {
            FileKind::Platform
        } else {
            FileKind::Site
        };
        found.extend(
            problems(&file.text, kind)
                .into_iter()
                .map(|one| (file, one)),
        );
        let name = match kind {
            FileKind::Platform => Platform::parse(&file.text).ok().map(|one| one.name),
            FileKind::Site => match SiteProfile::parse(&file.text) {
                Ok(site) => {
                    let platform = site.platform.as_deref();
                    if let Some(name) =
                        platform.filter(|name| !platforms.iter().any(|one| one == name))
                    {
                        let message = format!(
                            "there is no platform {name:?}; known are {}",
                            platforms.join(", ")
                        );
                        found.push((file, at_key(&file.text, "platform", message)));
                    }
                    Some(site.name)
                }
                Err(_) => None,
            },
        };
        let Some(name) = name else {
            continue;
        };
        let twice = names.iter().find(|(is_own, is_platform, other, _)| {
            *is_own == file.is_own && *is_platform == file.is_platform() && other == name.as_str()
        });
        if let Some((_, _, _, other)) = twice {
            let message = format!("{other} has the name {:?} already", name.as_str());
            found.push((file, at_key(&file.text, "name", message)));
        }
        names.push((
            file.is_own,
            file.is_platform(),
            name.as_str().to_owned(),
            &file.path,
        ));
    }
    print(&found, args.json)?;
    let count =
        |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    output::say(&format!(
        "{}, {}",
        count(checked.len(), "profile"),
        count(found.len(), "problem")
    ));
    Ok(if found.is_empty() {
        Status::Done
    } else {
        Status::Failures
    })
}

/// Prints the problems, a line each.
fn print(found: &[(&File, Problem)], json: bool) -> std::io::Result<()> {
    if json {
        return output::print_json(found.iter().map(|(file, one)| Told {
            file: &file.path,
            line: one.line,
            column: one.column,
            message: &one.message,
        }));
    }
    let mut lines = String::new();
    for (file, one) in found {
        let place = match one.line {
            0 => String::new(),
            line => format!("{line}:{}:", one.column),
        };
        let (path, message) = (visible(&file.path), visible(&one.message));
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "{path}:{place} {message}");
    }
    output::print(&lines)
}

/// A problem with the value of a key at the top of a file.
fn at_key(text: &str, key: &str, message: String) -> Problem {
    let line = text.lines().position(|line| {
        line.strip_prefix(key)
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    });
    Problem {
        line: line.map_or(0, |line| line + 1),
        column: usize::from(line.is_some()),
        message,
    }
}
