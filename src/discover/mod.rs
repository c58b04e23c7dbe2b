//! A fetched page → the addresses it leads to, and what each is for.
//!
//! In: a page's bytes with its address, what it was fetched for and the site's profile. Out: [`Discovery`]: the items
//! of a column with full titles and dates as printed, the pages that follow, attachments, where a redirect leads. Pure;
//! never fetches, never follows, and never takes a year from a list's date or an address.

pub mod attachments;
mod bodies;
pub mod column;
mod site;
pub mod sitemap;
pub mod title;

use jiff::civil::Date;
use url::Url;

use crate::model::{ItemKind, Role};

/// An address that a page leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// Where, canonical: resolved, without fragment and session ids.
    pub url: Url,
    /// What it is to be fetched for.
    pub role: Role,
    /// Full title (of `title=` where the shown one is cut); `None` where the link has none.
    pub title: Option<String>,
    /// The date beside the item in the list; `None` where none is printed. Never the report's year.
    pub list_date: Option<Date>,
    /// What the title says it is.
    pub kind: ItemKind,
    /// The year reported on, as the title names it; `None` where it names none.
    pub year: Option<i32>,
    /// Which rule found it: `list.item`, `pager.trs`, `sitemap`, `attachment`, ….
    pub rule: &'static str,
}

/// What a page leads to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Discovery {
    /// Addresses in the order of the page, each once.
    pub leads: Vec<Lead>,
    /// Where the page sends its reader without a click: meta refresh or a simple script; `None` where it does not.
    pub redirect: Option<Url>,
    /// The platform the page shows it was made by, its profile's name; `None` where it does not show.
    pub platform: Option<String>,
    /// What is odd, a line each for people: `list: the item selector finds nothing`.
    pub notes: Vec<String>,
}
