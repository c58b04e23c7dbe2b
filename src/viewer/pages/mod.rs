//! One module a page: what it says, and how it is shown.

pub(super) mod agencies;
pub(super) mod agency;
pub(super) mod codebook;
pub(super) mod compare;
mod controls;
pub(super) mod diff;
pub(super) mod finding;
pub(super) mod findings;
pub(super) mod form;
pub(super) mod overview;
mod parts;
pub(super) mod presence;
pub(super) mod press;
pub(super) mod proof;
pub(super) mod report;
pub(super) mod search;
pub(super) mod series;
pub(super) mod status;
mod terms;
pub(super) mod unplaced;

use super::home::{Viewer, ViewerError};
use super::links::Address;

/// Does what a form asks for; gives the page that shows it.
///
/// # Errors
///
/// [`ViewerError::NotFound`] for an address without a form; else why it was not done.
pub(super) fn decide<'f>(
    viewer: &Viewer,
    address: &Address,
    field: &dyn Fn(&str) -> Option<&'f str>,
) -> Result<Address, ViewerError> {
    let parts: Vec<&str> = address.parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["finding", id] => finding::decide(viewer, id, field),
        _ => Err(ViewerError::NotFound),
    }
}
