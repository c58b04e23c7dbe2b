//! `nianbao profile`: the profiles that say where sites keep their reports.

mod check;
mod look;
mod page;
mod show;
mod starter;

use anyhow::Context as _;

use crate::home::HomeError;
use crate::pipeline::LookError;
use crate::profile::{Sites, compiled_files};

use super::context::Context;
use super::{Status, output};

const EXAMPLES: &str = "\
Examples:
  nianbao profile show
  nianbao profile show generic
  nianbao profile check
  nianbao profile test --url http://www.yunxi.example/xxgknb/ list.html
  nianbao profile new --file list.html http://www.yunxi.example/xxgknb/";

/// Look at, check, try and begin profiles of sites and platforms
///
/// A profile says where a site keeps its reports: TOML, no Rust. Those compiled in are in `selectors/`; a home may have
/// its own in `selectors/`, which stand before them. Nothing is fetched but the page that is named.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Check(check::Args),
    Show(show::Args),
    Test(look::Args),
    New(starter::Args),
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    match &args.what {
        What::Check(args) => check::run(context, args),
        What::Show(args) => show::run(context, args),
        What::Test(args) => ended(look::run(context, args)),
        What::New(args) => ended(starter::run(context, args)),
    }
}

/// Exit codes of what may fetch, as those of a crawl.
fn ended(result: anyhow::Result<Status>) -> anyhow::Result<Status> {
    let Err(error) = result else {
        return result;
    };
    let code = match (error.downcast_ref(), error.downcast_ref()) {
        (Some(LookError::Setup(failure)), _) if failure.is_configuration() => 4,
        (Some(LookError::Setup(failure)), _) if failure.is_full() => 16,
        (Some(LookError::Setup(_)), _) => 1,
        (Some(_), _) => 3,
        (_, Some(HomeError::Locked { .. })) => 5,
        _ => return Err(error),
    };
    output::say(&format!("nianbao: {}", output::explain(error.as_ref())));
    Ok(Status::Code(code))
}

/// A profile's file: where it is from, its path below `selectors/`, its text.
#[derive(Debug, Clone)]
struct File {
    path: String,
    text: String,
    /// It is a home's.
    is_own: bool,
}

impl File {
    fn is_platform(&self) -> bool {
        is_platform(&self.path)
    }
}

/// Whether a file's path is that of a platform's profile.
fn is_platform(path: &str) -> bool {
    path.replace('\\', "/")
        .rsplit('/')
        .nth(1)
        .is_some_and(|folder| folder == "platforms")
}

/// All files, compiled in and of the home, if there is one.
fn files(context: &Context) -> anyhow::Result<Vec<File>> {
    let mut files: Vec<File> = compiled_files()
        .iter()
        .map(|(path, text)| File {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
            is_own: false,
        })
        .collect();
    let home = match context.home() {
        Ok(home) => home,
        Err(error) => {
            let none = context.named_home().is_none()
                && matches!(
                    error.downcast_ref::<HomeError>(),
                    Some(HomeError::NotFound { .. })
                );
            return if none { Ok(files) } else { Err(error) };
        }
    };
    files.extend(home.selectors()?.into_iter().map(|(path, text)| File {
        path,
        text,
        is_own: true,
    }));
    Ok(files)
}

/// All profiles: those compiled in, and of the home, if there is one.
pub(super) fn all(context: &Context) -> anyhow::Result<Sites> {
    sites(&files(context)?)
}

/// The profiles of all files; those of the home stand before those compiled in.
fn sites(files: &[File]) -> anyhow::Result<Sites> {
    let own = files.iter().filter(|file| file.is_own);
    let own = own.map(|file| (file.path.as_str(), file.text.as_str()));
    Sites::compiled().with_files(own).context(
        "a profile of the home is broken (`nianbao profile check` names everything that is)",
    )
}
