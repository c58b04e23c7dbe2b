//! The page a profile is tried on: from a file, or from the home's archive.

use std::path::Path;

use anyhow::{Context as _, bail};
use url::Url;

use crate::pipeline::{read_file, read_stream};
use crate::query::latest_capture;

use super::super::context::Context;
use super::super::proof;

/// A page's bytes, without what the transfer put around them.
#[derive(Debug, Clone)]
pub(super) struct Fetched {
    pub(super) bytes: Vec<u8>,
    /// As declared.
    pub(super) content_type: Option<String>,
    /// Where it is from, for people: a file, the archive with the day.
    pub(super) from: String,
}

/// How a page that was named by its address is had.
pub(super) type Fetch<'f> = &'f dyn Fn(&Url) -> anyhow::Result<Fetched>;

/// The newest capture of an address in the home's archive.
///
/// # Errors
///
/// Where there is no home, or it has none of this address; says what to do instead.
pub(super) fn archived(context: &Context, url: &Url) -> anyhow::Result<Fetched> {
    const INSTEAD: &str =
        "save the page from a browser and name the file: `nianbao profile test --url URL FILE`";
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
