//! A cell beside the archived page it was read from.

use crate::viewer::home::{Viewer, ViewerError};

/// What an archived page may do in its frame.
pub fn policy() -> String {
    "default-src 'none'; sandbox; frame-ancestors 'self'".into()
}

/// The archived page with a cell marked, as a file of its own.
pub fn archived(_viewer: &Viewer, _report: &str, _cell: &str) -> Result<String, ViewerError> {
    Err(ViewerError::NotFound)
}
