//! `nianbao init`.

use std::path::PathBuf;

use crate::home::Home;

use super::context::Context;
use super::{Status, output};

/// Make a home: the directory for the archive, the database and the configuration
///
/// Other files in the directory are left alone. Nothing is overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  nianbao init archive-of-yunxi")]
pub(super) struct Args {
    /// The directory; made if need be
    dir: PathBuf,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let home = Home::init(&context.cwd.join(&args.dir))?;
    output::say(&format!(
        "{0} is a home now; put pages into it with `nianbao --home {1} import FILE…`, or set contact in {0}/nianbao.toml, \
         put a profile into {0}/selectors/sites/ (`nianbao profile new --file PAGE URL`) and `nianbao --home {1} run`",
        home.directory().display(),
        args.dir.display()
    ));
    Ok(Status::Done)
}
