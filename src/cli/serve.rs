//! `nianbao serve`.

use std::net::{IpAddr, SocketAddr};

use anyhow::Context as _;

use crate::viewer::{self, Password, Serving, Viewer};

use super::context::{self, Context};
use super::{Status, output};

/// Look at the data and at the proof in a browser
///
/// Serves the database and the archive of the home as web pages, in Chinese and English, to this machine alone. A run may go on
/// meanwhile. Ctrl-C ends it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  nianbao serve\n  nianbao serve --port 0\n  nianbao serve --host reports.example.org"
)]
pub(super) struct Args {
    /// Where to listen; beyond this machine, `NIANBAO_PASSWORD` must hold the password that readers give (any user name)
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    address: IpAddr,
    /// The port; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 8620)]
    port: u16,
    /// A further name readers may use in the address, say behind a proxy; may be repeated
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    let home = context.home()?;
    // What keeps the database from being read is said now, not on the first page.
    drop(context::read(context.home()?)?);
    let password = std::env::var("NIANBAO_PASSWORD").ok();
    let serving = Serving {
        address: SocketAddr::new(args.address, args.port),
        hosts: args.hosts.clone(),
        password: password.as_deref().and_then(Password::new),
    };
    let ready = |address: SocketAddr| {
        output::say(&format!("http://{address}/ (Ctrl-C ends it)"));
    };
    viewer::serve(Viewer::new(home), serving, ready, stopped()).context("cannot serve")?;
    Ok(Status::Done)
}

/// Ready when the process is asked to stop.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
