//! `nianbao schedule`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::ValueEnum;

use crate::present::{RunAs, Schedule, clock, duration};

use super::context::Context;
use super::{Status, output};

/// Print a systemd service and timer and a cron line that run this home every night
///
/// Nothing is installed. The service may write to the home and nowhere else.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  nianbao schedule\n  nianbao schedule --at 01:15 --deadline 5h --print service"
)]
pub(super) struct Args {
    /// When, by the system's clock
    #[arg(long, value_name = "HH:MM", default_value = "02:30", value_parser = parse_clock)]
    at: (u8, u8),
    /// The run stops by itself after so long and goes on the next night, as 90m, 5h or 1h30m [default: no end]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    deadline: Option<std::time::Duration>,
    /// Whose rights it has [default: the home's owner]
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Let systemd make a user for it; the home must lie in /var/lib
    #[arg(long, conflicts_with = "user")]
    dynamic_user: bool,
    /// Name of the units
    #[arg(long, value_name = "NAME", default_value = "nianbao", value_parser = parse_name)]
    name: String,
    /// Only one of them, ready to be a file [default: all, with what to do with them]
    #[arg(long, value_name = "WHAT")]
    print: Option<What>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Service,
    Timer,
    Cron,
}

fn parse_clock(text: &str) -> Result<(u8, u8), &'static str> {
    clock(text).ok_or("a time of the day is meant, like 02:30")
}

fn parse_duration(text: &str) -> Result<std::time::Duration, &'static str> {
    duration(text).ok_or("a time of a week at most is meant, like 90m, 5h or 1h30m")
}

fn parse_name(text: &str) -> Result<String, &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if text.is_empty() || text.len() > 100 || !text.bytes().all(plain) {
        return Err("letters, digits, - and _ are meant");
    }
    Ok(text.to_owned())
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let home = context.home()?;
    let directory = std::path::absolute(home.directory())
        .with_context(|| format!("{} has no whole path", home.directory().display()))?;
    let program = std::env::current_exe().context("the program does not know where it lies")?;
    let user = user(args, &directory)?;
    let schedule = Schedule {
        name: args.name.clone(),
        program: text(&program)?,
        home: text(&directory)?,
        at: args.at,
        deadline: args.deadline,
        user,
    };
    let printed = match args.print {
        Some(What::Service) => schedule.service(),
        Some(What::Timer) => schedule.timer(),
        Some(What::Cron) => schedule.cron(),
        None => whole(&schedule),
    };
    let mut out = output::stdout();
    out.write_all(printed.as_bytes())?;
    out.flush()?;
    Ok(Status::Done)
}

/// All three, each under what to do with it.
fn whole(schedule: &Schedule) -> String {
    let name = &schedule.name;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "# 1. As /etc/systemd/system/{name}.service (nianbao schedule --print service):\n\n{}\n\
         # 2. As /etc/systemd/system/{name}.timer (nianbao schedule --print timer):\n\n{}\n\
         # 3. Then, as root:\n\
         #    systemd-analyze verify /etc/systemd/system/{name}.service /etc/systemd/system/{name}.timer\n\
         #    systemctl daemon-reload && systemctl enable --now {name}.timer\n\
         #    systemctl list-timers {name}.timer; journalctl -u {name}\n\n\
         # Or, without systemd, in the crontab of the home's owner (crontab -e):\n\n{}",
        schedule.service(),
        schedule.timer(),
        schedule.cron()
    );
    text
}

/// A path as text that fits into a line.
fn text(path: &Path) -> anyhow::Result<String> {
    match path.to_str() {
        Some(text) if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => bail!(
            "{} is no path for a unit file: it is not UTF-8, or has control characters",
            path.display()
        ),
    }
}

fn user(args: &Args, home: &Path) -> anyhow::Result<RunAs> {
    if args.dynamic_user {
        let folder = home
            .parent()
            .filter(|parent| *parent == Path::new("/var/lib"))
            .and_then(|_| home.file_name()?.to_str());
        return match folder.map(parse_name) {
            Some(Ok(folder)) => Ok(RunAs::Dynamic(folder)),
            _ => bail!(
                "--dynamic-user wants a home like /var/lib/nianbao, which systemd then gives to the service; this one is {}",
                home.display()
            ),
        };
    }
    if let Some(name) = &args.user {
        let plain = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
        if name.is_empty() || !name.chars().all(plain) {
            bail!("{name:?} is no name of a user");
        }
        return Ok(RunAs::User(name.clone()));
    }
    let owner = owner(home)?;
    if owner == "0" {
        output::say(
            "nianbao: the home belongs to root; better give it to a user of its own, or name one with --user NAME",
        );
    }
    Ok(RunAs::User(owner))
}

/// The number of the home's owner.
#[cfg(unix)]
fn owner(home: &Path) -> anyhow::Result<String> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata =
        std::fs::metadata(home).with_context(|| format!("cannot look at {}", home.display()))?;
    Ok(metadata.uid().to_string())
}

#[cfg(not(unix))]
fn owner(_home: &Path) -> anyhow::Result<String> {
    bail!("name the user it is to run as with --user NAME")
}
