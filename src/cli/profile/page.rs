//! The page a profile is tried on: from a file, from its site, or from the home's archive.

use std::path::Path;

use anyhow::{Context as _, bail};
use url::Url;

use crate::home::HomeError;
use crate::pipeline::{look_at, read_file, read_stream};
use crate::query::latest_capture;

use super::super::context::Context;
use super::super::{output, proof};

/// A page's bytes, without what the transfer put around them.
#[derive(Debug, Clone)]
pub(super) struct Fetched {
    pub(super) bytes: Vec<u8>,
    /// As declared.
    pub(super) content_type: Option<String>,
    /// Where it is from, for people: a file, the archive with the day.
    pub(super) from: String,
}

/// What to do without the network.
const INSTEAD: &str = "or save the page from a browser and name the file (`nianbao profile test --url URL FILE`, `nianbao profile new --file FILE URL`)";

/// An address fetched from its site: robots.txt, a pause, the page. The page is not kept.
///
/// # Errors
///
/// Without a home or its contact, where a crawl is going on, and where no page came; says what to do instead.
pub(super) fn fetched(context: &Context, url: &Url) -> anyhow::Result<Fetched> {
    let home = match context.home() {
        Err(error) if matches!(error.downcast_ref(), Some(HomeError::NotFound { .. })) => {
            return Err(error.context(format!(
                "{url}: to fetch it, a home is needed (`nianbao init`, then `contact` in its nianbao.toml); {INSTEAD}"
            )));
        }
        other => other?,
    };
    let _lock = home.lock()?;
    let looked = look_at(&home, url, |pause| {
        output::say(&format!(
            "waiting {:.1} s, as a crawl would",
            pause.as_secs_f64()
        ));
    });
    let looked = looked.with_context(|| format!("{url}: not fetched; {INSTEAD}"))?;
    Ok(Fetched {
        bytes: looked.bytes,
        content_type: looked.content_type,
        from: format!("its site, {}", looked.at),
    })
}

/// The newest capture of an address in the home's archive.
///
/// # Errors
///
/// Where there is no home, or it has none of this address; says what to do instead.
pub(super) fn archived(context: &Context, url: &Url) -> anyhow::Result<Fetched> {
    let Ok(opened) = context.read() else {
        bail!("{url}: there is no archive here to take it from; {INSTEAD}");
    };
    let Some(capture) = latest_capture(&opened.store, url.as_str())? else {
        bail!(
            "{url}: the archive of {} has no capture of it; {INSTEAD}",
            opened.home.directory().display()
        );
    };
    let fetched = proof::fetch(&opened.home, &capture)?;
    Ok(Fetched {
        bytes: fetched.page,
        content_type: capture.content_type,
        from: format!("the archive, captured {}", capture.fetched_at),
    })
}

/// A page in a file; `-` for stdin.
pub(super) fn read(path: &Path) -> anyhow::Result<Fetched> {
    let bytes = if path.as_os_str() == "-" {
        read_stream(std::io::stdin().lock())
    } else {
        read_file(path)
    };
    Ok(Fetched {
        bytes: bytes.with_context(|| format!("cannot read {}", path.display()))?,
        content_type: None,
        from: path.display().to_string(),
    })
}
