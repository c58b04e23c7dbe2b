//! The command line: verbs, and what people see of them.
//!
//! stdout is data, stderr is for people. Exit codes: 0 done, 1 done with failures (each told in
//! a line on stderr), 2 could not start: usage, no home, nothing of that name.

mod agency;
mod archive;
mod audit;
mod build;
mod compare;
mod context;
mod coverage;
mod crawl;
mod demo;
mod diff;
mod export;
mod extract;
mod facsimile;
mod import;
mod init;
mod known;
mod output;
mod profile;
mod progress;
mod proof;
mod query;
mod run;
mod schedule;
mod search;
mod select;
mod series;
mod serve;
mod show;
mod site;
mod statistics;
mod status;
mod suggest;
mod watch;
mod why;
mod words;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use context::Context;

/// Whether all that was asked was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Done,
    Failures,
    /// The archive is damaged.
    Damaged,
    /// A run of the crawl: one of the codes of `docs/crawl.md`.
    Code(u8),
}

const ABOUT: &str = "Archives and reads the annual reports on government information disclosure \
(政府信息公开工作年度报告) of Chinese public bodies, and answers questions across years and agencies.";

const EXAMPLES: &str = "\
Exit codes: 0 done, 1 done with failures, 2 could not start, 6 the archive is damaged.

Examples (all examples work in a demo home: `nianbao demo`, `cd nianbao-demo`):
  nianbao demo
  nianbao show 云溪市教育局 2020
  nianbao extract pages/yunxi-2019.html | head -c 300";

#[derive(Debug, Parser)]
#[command(name = "nianbao", version, about = ABOUT, after_help = EXAMPLES)]
#[command(disable_help_subcommand = true, arg_required_else_help = true)]
struct Cli {
    /// The home directory [default: the nearest at or above the working directory]
    #[arg(long, global = true, value_name = "DIR")]
    home: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Init(init::Args),
    Demo(demo::Args),
    Import(import::Args),
    Crawl(crawl::Args),
    Status(status::Args),
    Why(why::Args),
    Run(run::Args),
    Build(build::Args),
    Extract(extract::Args),
    Show(show::Args),
    Diff(diff::Args),
    Series(series::Args),
    Search(search::Args),
    Query(query::Args),
    Compare(compare::Args),
    Audit(audit::Args),
    Coverage(coverage::Args),
    Export(export::Args),
    Agency(agency::Args),
    Serve(serve::Args),
    Site(site::Args),
    Archive(archive::Args),
    Schedule(schedule::Args),
    Profile(profile::Args),
    Completions(CompletionArgs),
}

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  nianbao completions bash > nianbao.bash\n  nianbao completions zsh > _nianbao"
)]
struct CompletionArgs {
    /// Which shell
    shell: clap_complete::Shell,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let result = run(Cli::parse_from(search::exclusions(std::env::args_os())));
    // Who reads our output has seen enough: that is no failure.
    if output::is_closed() {
        return ExitCode::SUCCESS;
    }
    match result {
        Ok(Status::Done) => ExitCode::SUCCESS,
        Ok(Status::Failures) => ExitCode::from(1),
        Ok(Status::Damaged) => ExitCode::from(6),
        Ok(Status::Code(code)) => ExitCode::from(code),
        Err(error) => {
            output::say(&format!("nianbao: {}", output::explain(error.as_ref())));
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Status> {
    let context = Context::new(cli.home)?;
    match cli.verb {
        Verb::Init(args) => init::run(&context, &args),
        Verb::Demo(args) => demo::run(&context, &args),
        Verb::Import(args) => import::run(&context, &args),
        Verb::Crawl(args) => crawl::run(&context, &args),
        Verb::Status(args) => status::run(&context, &args),
        Verb::Why(args) => why::run(&context, &args),
        Verb::Run(args) => run::run(&context, &args),
        Verb::Build(args) => build::run(&context, &args),
        Verb::Extract(args) => extract::run(&context, args),
        Verb::Show(args) => show::run(&context, &args),
        Verb::Diff(args) => diff::run(&context, &args),
        Verb::Series(args) => series::run(&context, &args),
        Verb::Search(args) => search::run(&context, &args),
        Verb::Query(args) => query::run(&context, &args),
        Verb::Compare(args) => compare::run(&context, &args),
        Verb::Audit(args) => audit::run(&context, &args),
        Verb::Coverage(args) => coverage::run(&context, &args),
        Verb::Export(args) => export::run(&context, &args),
        Verb::Agency(args) => agency::run(&context, &args),
        Verb::Serve(args) => serve::run(&context, &args),
        Verb::Site(args) => site::run(&context, &args),
        Verb::Archive(args) => archive::run(&context, &args),
        Verb::Schedule(args) => schedule::run(&context, &args),
        Verb::Profile(args) => profile::run(&context, &args),
        Verb::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "nianbao", &mut script);
            let mut out = output::stdout();
            out.write_all(&script)?;
            out.flush()?;
            Ok(Status::Done)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        Cli::command().debug_assert();
    }
}
