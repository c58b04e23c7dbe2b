//! `nianbao site`.

use std::path::PathBuf;

use crate::viewer::{self, Proofs, Viewer};

use super::context::{self, Context};
use super::{Status, output};

/// Write the pages of `serve` as a static site
///
/// The site can be published anywhere, or opened from a folder. What answers questions (search, compare) is not part of it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  nianbao site public/\n  nianbao site public-all/ --proofs all"
)]
pub(super) struct Args {
    /// The folder to write to; made if it is not there, must be empty if it is
    #[arg(value_name = "DIR")]
    to: PathBuf,
    /// Which cells have their proof beside them: each is a copy of the archived page with the cell marked
    #[arg(long, value_name = "WHICH", default_value = "findings")]
    proofs: Which,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Which {
    /// None
    None,
    /// Those that findings rest on
    Findings,
    /// All: about a hundred copies of each archived page
    All,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let home = context.home()?;
    drop(context::read(context.home()?)?);
    let proofs = match args.proofs {
        Which::None => Proofs::None,
        Which::Findings => Proofs::Findings,
        Which::All => Proofs::All,
    };
    let written = viewer::write_site(&Viewer::new(home), &args.to, proofs)?;
    output::say(&format!(
        "{}: {} pages in {} files; open index.html",
        args.to.display(),
        written.pages,
        written.files
    ));
    Ok(Status::Done)
}
