//! The pages that follow a list page.
//!
//! In: a page and the strategies of its profile. Out: the addresses of the pages behind it, in order: all where their
//! number is printed, else the next. Bounded. A strategy that finds no pager of its kind leaves the page to the next one.

mod calls;
mod hanweb;
mod links;
pub(super) mod scripted;
mod vsb;
mod widgets;

use url::Url;

use super::records::Listing;
use super::tree::Tree;
use super::urls::{self, Base};
use crate::profile::{Paging, Strategy};

/// A page whose followers are looked for.
pub(super) struct Sheet<'s, 't> {
    /// Its address.
    pub url: &'s Url,
    /// What references are resolved against.
    pub base: &'s Base,
    /// As decoded.
    pub source: &'s str,
    /// `None` for XML and JSON.
    pub tree: Option<&'s Tree<'t>>,
    /// Where the page is JSON.
    pub listing: Option<&'s Listing>,
}

/// The pages behind a page, and which rule found them; `None` where no strategy finds a pager.
pub(super) fn follow(
    sheet: &Sheet<'_, '_>,
    strategies: &[&Paging],
) -> Option<(Vec<Url>, &'static str)> {
    strategies.iter().find_map(|paging| {
        let (found, rule) = match paging.strategy {
            Strategy::Trs => (calls::trs(sheet), "pager.trs"),
            Strategy::Kaipu => (calls::kaipu(sheet), "pager.kaipu"),
            Strategy::Hanweb => (hanweb::follow(sheet, paging), "pager.hanweb"),
            Strategy::Vsb => (vsb::follow(sheet), "pager.vsb"),
            Strategy::Gkmlpt => (gkmlpt(sheet, paging), "pager.gkmlpt"),
            Strategy::Query => (links::by_query(sheet, paging), "pager.query"),
            Strategy::NextLink => (links::next(sheet, paging), "pager.next"),
            Strategy::None => (Some(Vec::new()), "pager.none"),
        };
        let mut pages = found?;
        pages.retain(|page| page != sheet.url);
        pages.truncate(usize::try_from(paging.pages_at_most).unwrap_or(usize::MAX));
        Some((pages, rule))
    })
}

/// The numbers of the pages behind one; no more than ever are asked for.
fn behind(current: u32, last: u32) -> impl Iterator<Item = u32> {
    let first = current.saturating_add(1);
    first..=last.min(current.saturating_add(crate::profile::PAGES_AT_MOST))
}

/// Guangdong's JSON: a hundred records a page, the sum of them in the answer.
fn gkmlpt(sheet: &Sheet<'_, '_>, paging: &Paging) -> Option<Vec<Url>> {
    let listing = sheet.listing?;
    let current: u32 =
        urls::parameter(sheet.url, "page").map_or(Some(1), |page| page.parse().ok())?;
    // The first page answers to 0 and to 1.
    let current = current.max(1);
    let total = listing.total?;
    let per_page = match (current, u32::try_from(listing.records).ok()) {
        (1, Some(records)) if records > 0 => records,
        _ => paging.records_per_page.unwrap_or(100),
    };
    if listing.records == 0 {
        return Some(Vec::new());
    }
    let page = |number: u32| urls::with_parameter(sheet.url, "page", &number.to_string());
    Some(
        behind(current, total.div_ceil(per_page))
            .map(page)
            .collect(),
    )
}

/// The number at the start of a text, white space before it skipped.
fn leading_number(text: &str) -> Option<u32> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

/// The number assigned to a name in a script: `countPage = 2`, `totalRecord:45`, `"total": '3'`.
pub(super) fn assigned(script: &str, name: &str) -> Option<u32> {
    script.match_indices(name).take(50).find_map(|(at, _)| {
        let before = script[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            return None;
        }
        let rest = script[at + name.len()..]
            .trim_start_matches(['"', '\''])
            .trim_start();
        let rest = rest.strip_prefix([':', '='])?;
        leading_number(rest.trim_start().trim_start_matches(['"', '\'']))
    })
}
