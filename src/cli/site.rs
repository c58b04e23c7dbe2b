//! `nianbao site`.

use std::path::PathBuf;

use crate::viewer::{self, Viewer};

use super::context::{self, Context};
use super::{Status, output};

/// Write the pages of `serve` as a static site
///
/// The site can be published anywhere, or opened from a folder. What answers questions (search, compare) is not part of it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  nianbao site public/")]
pub(super) struct Args {
    /// The folder to write to; made if it is not there, must be empty if it is
    #[arg(value_name = "DIR")]
    to: PathBuf,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let home = context.home()?;
    drop(context::read(context.home()?)?);
    let written = viewer::write_site(&Viewer::new(home), &args.to)?;
    output::say(&format!(
        "{}: {} files; open index.html",
        args.to.display(),
        written.files
    ));
    Ok(Status::Done)
}
