//! Archived bytes, fetched to be looked at: as a page that runs and loads nothing, or as a file to be kept.

use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::archive::Limits;
use crate::decode::{self, Media};
use crate::facsimile::{self, Banner, Facsimile, Setting, facsimile_in};
use crate::home::Home;
use crate::pipeline::{Fetched, ProofError, fetch_capture};
use crate::query::CaptureLine;
use crate::viewer::home::{Viewer, ViewerError};
use crate::viewer::names::ReportName;

use super::{Found, find};

/// The largest payload that is fetched. A page's text is read up to 16 MiB; larger files are PDF with pictures.
const MOST: u64 = 32 << 20;

/// Payloads above this are looked at one after the other, so that a few large ones do not fill the memory together.
const LARGE: u64 = 1 << 20;

static ONE_LARGE: Mutex<()> = Mutex::new(());

/// What an archived page may do in its frame: be shown in our own style, and nothing else.
pub fn policy() -> String {
    format!("{}; frame-ancestors 'self'; sandbox", facsimile::policy())
}

/// A fetched page, and the turn of large ones.
pub(super) struct Kept {
    pub fetched: Fetched,
    _turn: Option<MutexGuard<'static, ()>>,
}

impl Kept {
    /// Fetches the bytes of a capture.
    pub fn fetch(home: &Home, capture: &CaptureLine) -> Result<Self, ProofError> {
        let take = || ONE_LARGE.lock().unwrap_or_else(PoisonError::into_inner);
        let mut turn = (capture.size_bytes > LARGE).then(take);
        let limits = Limits {
            max_block: MOST,
            // No further than the record itself is read.
            max_skip: 0,
            ..Limits::default()
        };
        let fetched = fetch_capture(&home.warc(), capture, limits)?;
        // A small payload may be packed.
        if turn.is_none() && fetched.page.len() as u64 > LARGE {
            turn = Some(take());
        }
        Ok(Self {
            fetched,
            _turn: turn,
        })
    }
}

/// An error with what led to it.
pub(super) fn told(error: &ProofError) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// The page written anew, with the cell marked; or why it cannot be.
pub(super) fn show(
    found: &Found,
    kept: &Kept,
    media: Media,
    title: &str,
) -> Result<Facsimile, String> {
    let banner = Banner {
        title: title.to_owned(),
        ..Banner::default()
    };
    let charset = found.report.provenance.charset;
    facsimile_in(
        Setting::Frame,
        &kept.fetched.page,
        media,
        charset,
        found.place,
        &banner,
    )
    .map_err(|error| error.to_string())
}

/// The archived page with a cell marked, as a file of its own.
///
/// # Errors
///
/// [`ViewerError::NotFound`] for a report or cell that is not there, or a file that cannot be shown so.
pub fn archived(viewer: &Viewer, report: &str, cell: &str) -> Result<String, ViewerError> {
    let id = ReportName::parse(report).ok_or(ViewerError::NotFound)?;
    viewer.ask(|view| {
        let found = find(view, id, cell)?;
        let capture = found.capture.as_ref().ok_or(ViewerError::NotFound)?;
        let kept =
            Kept::fetch(view.home, capture).map_err(|error| ViewerError::Other(told(&error)))?;
        if !kept.fetched.digest_holds {
            let why = "the archived bytes have another digest than those that were read";
            return Err(ViewerError::Other(why.into()));
        }
        let media = decode::media(&kept.fetched.page, capture.content_type.as_deref());
        if !matches!(media, Media::Html | Media::Text) {
            return Err(ViewerError::NotFound);
        }
        let title = capture.url.as_deref().unwrap_or(&capture.sha256);
        let shown = show(&found, &kept, media, title).map_err(ViewerError::Other)?;
        Ok(shown.html)
    })
}

/// Bytes to be kept, never to be shown.
#[derive(Debug)]
pub struct Payload {
    /// As the agency's server sent them.
    pub bytes: Vec<u8>,
    /// A name for the file: digest and ending, ASCII.
    pub name: String,
}

/// The bytes of the page that a cell stands on.
///
/// # Errors
///
/// As [`archived`]; [`ViewerError::Bad`] for a file that is too large for that.
pub fn payload(viewer: &Viewer, report: &str, cell: &str) -> Result<Payload, ViewerError> {
    let id = ReportName::parse(report).ok_or(ViewerError::NotFound)?;
    viewer.ask(|view| {
        let found = find(view, id, cell)?;
        let capture = found.capture.as_ref().ok_or(ViewerError::NotFound)?;
        if capture.size_bytes > MOST {
            let why = "too large to be handed out here: the proof's page says where it lies";
            return Err(ViewerError::Bad(why.into()));
        }
        let kept =
            Kept::fetch(view.home, capture).map_err(|error| ViewerError::Other(told(&error)))?;
        let bytes = kept.fetched.page;
        let ending = match decode::media(&bytes, capture.content_type.as_deref()) {
            Media::Html => "html",
            Media::Text => "txt",
            Media::Pdf => "pdf",
            Media::Zip => "zip",
            Media::Rtf => "rtf",
            Media::Mhtml => "mht",
            Media::Ole | Media::Image | Media::Unknown => "bin",
        };
        let name = format!("{}.{ending}", capture.sha256);
        Ok(Payload { bytes, name })
    })
}
