//! A fetched page → the addresses it leads to, and what each is for.
//!
//! In: a page's bytes with its address, what it was fetched for and the site's profile. Out: [`Discovery`]: the items
//! of a column with full titles and dates as printed, the pages that follow, attachments, where a redirect leads. Pure;
//! never fetches, never follows, and never takes a year from a list's date or an address.

pub mod attachments;
mod bodies;
pub mod column;
pub mod propose;
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

/// A fetched page.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Where it was fetched from.
    pub url: &'a Url,
    /// What it was fetched for.
    pub role: Role,
    /// The payload, transfer- and content-decoded.
    pub bytes: &'a [u8],
    /// As declared.
    pub content_type: Option<&'a str>,
    /// The title of the link that led here.
    pub title_of_link: Option<&'a str>,
}

/// PROVISIONAL.
pub fn discover(page: &Page<'_>, sites: &crate::profile::Sites) -> Discovery {
    let decoded = crate::decode::decode(page.bytes, page.content_type);
    let site = sites.for_url(page.url);
    let agency = site.map(|site| site.agency_of(page.url));
    let mut found = Discovery::default();
    if page.role == Role::Sitemap {
        (found.leads, found.notes) =
            sitemap::leads(&sitemap::parse(&decoded.text, page.url), false, agency);
        return found;
    }
    let document = crate::parse::parse_html(&decoded);
    match page.role {
        Role::Root => {
            found.leads = column::leads(&document, page.url, page.title_of_link.is_none())
        }
        Role::List => {
            for link in &document.links {
                let text = document
                    .text
                    .get(link.text.start as usize..link.text.end as usize)
                    .unwrap_or_default();
                let (kind, year) = title::classify(text, agency);
                if let (true, Some(url)) = (year.is_some(), site::resolve(page.url, &link.target()))
                {
                    found.leads.push(Lead {
                        url,
                        role: Role::Item,
                        title: Some(text.to_owned()),
                        list_date: None,
                        kind,
                        year,
                        rule: "list.item",
                    });
                }
            }
        }
        _ => {
            found.leads =
                attachments::leads(&document, page.url, crate::profile::Profile::generic())
        }
    }
    found
}
