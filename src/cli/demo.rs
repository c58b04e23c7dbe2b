//! `nianbao demo`.
use super::Status;
use super::context::Context;
use std::path::PathBuf;
/// Make a home with invented reports
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    dir: Option<PathBuf>,
}
pub(super) fn run(_context: &Context, _args: &Args) -> anyhow::Result<Status> {
    Ok(Status::Done)
}
