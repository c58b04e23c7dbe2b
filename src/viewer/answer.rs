//! From an address to the page that is there.

use super::home::{View, ViewerError};
use super::links::Address;
use super::names::{AgencyName, ReportName};
use super::page::AnyPage;
use super::pages;

/// The page of an address.
///
/// # Errors
///
/// [`ViewerError::NotFound`] for an address of nothing; else why the page cannot be made.
pub(super) fn answer(view: &View<'_>, address: &Address) -> Result<Box<dyn AnyPage>, ViewerError> {
    let parts: Vec<&str> = address.parts.iter().map(String::as_str).collect();
    let agency = |text| AgencyName::parse(text).ok_or(ViewerError::NotFound);
    let report = |text| ReportName::parse(text).ok_or(ViewerError::NotFound);
    Ok(match parts.as_slice() {
        [] | ["overview"] => Box::new(pages::overview::load(view)?),
        ["agencies"] | ["agencies", _] => Box::new(pages::agencies::load(view, address)?),
        ["agency", name] => Box::new(pages::agency::load(view, agency(name)?)?),
        ["findings"] | ["findings", _] => Box::new(pages::findings::load(view, address)?),
        ["press"] => Box::new(pages::press::load(view, address)?),
        ["unplaced"] | ["unplaced", _] => Box::new(pages::unplaced::load(view, address)?),
        ["finding", id] => Box::new(pages::finding::load(view, id)?),
        ["status"] => Box::new(pages::status::load(view)?),
        ["report", name] => Box::new(pages::report::load(view, report(name)?)?),
        ["proof", name, cell] => Box::new(pages::proof::load(view, report(name)?, cell)?),
        ["diff", name] | ["diff", name, _, _] => {
            Box::new(pages::diff::load(view, report(name)?, address)?)
        }
        ["compare"] => Box::new(pages::compare::load(view, address)?),
        ["search"] => Box::new(pages::search::load(view, address)?),
        ["codebook"] => Box::new(pages::codebook::load()),
        ["form", id] => Box::new(pages::form::load(id)?),
        ["series", id] => Box::new(pages::series::load(view, id)?),
        _ => return Err(ViewerError::NotFound),
    })
}
