//! The items of a list page.
//!
//! In: a tree and the rules for its lists. Out: [`Item`]s. With an item selector, the elements it names; else, or where
//! it finds nothing, the groups of the page ([`super::groups`]).

use jiff::civil::Date;
use url::Url;

use super::css;
use super::groups;
use super::links::{self, Link};
use super::printed::{Printed, date_in, date_only};
use super::tree::{NodeId, Tree};
use super::urls::Base;
use crate::profile::{Css, ListRules};

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub url: Url,
    /// Full.
    pub title: String,
    /// As printed beside it.
    pub date: Option<Date>,
}

/// What was found on a page.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// In the order of the page.
    pub items: Vec<Item>,
    /// Links to lists of one year each: address and words.
    pub years: Vec<(Url, String)>,
    /// What is odd.
    pub notes: Vec<String>,
}

/// The items of a page. `url` is the page's address, `base` what its references are resolved against.
pub(super) fn find(tree: &Tree<'_>, url: &Url, base: &Base, rules: &ListRules) -> Found {
    let mut found = Found::default();
    let mut blocked = links::blocked(tree, rules);
    let within = rules.container.as_ref().map(|css| inside(tree, css));
    if let Some(within) = &within {
        if within.iter().any(|flag| *flag) {
            for (blocked, within) in blocked.iter_mut().zip(within) {
                *blocked |= !within;
            }
        } else {
            found
                .notes
                .push("list: the container selector finds nothing".into());
        }
    }
    let mut all = links::collect(tree, base, &blocked, rules);
    all.retain(|link| link.url != *url);
    if let Some(item) = &rules.item {
        found.items = selected(tree, item, &blocked, &all, rules);
        if !found.items.is_empty() {
            return found;
        }
        found
            .notes
            .push("list: the item selector finds nothing".into());
    }
    found.items = groups::find(tree, url, &all, rules);
    found.years = years(url, &all, &found.items);
    found
}

/// For every element whether it is one that matches, or lies in one.
fn inside(tree: &Tree<'_>, css: &Css) -> Vec<bool> {
    let mut flags = css::matches(tree, css);
    for (id, node) in tree.nodes().iter().enumerate() {
        flags[id] |= node.parent.is_some_and(|parent| flags[parent]);
    }
    flags
}

fn selected(
    tree: &Tree<'_>,
    item: &Css,
    blocked: &[bool],
    all: &[Link],
    rules: &ListRules,
) -> Vec<Item> {
    let chosen = css::select(tree, item);
    let only = rules.link.as_ref().map(|css| css::matches(tree, css));
    let titles = rules.title.as_ref().map(|css| css::select(tree, css));
    let dates = rules.date.as_ref().map(|css| css::select(tree, css));
    let mut items: Vec<Item> = Vec::new();
    for (number, id) in chosen.iter().enumerate() {
        // The innermost of items within items.
        let holds_next = chosen
            .get(number + 1)
            .is_some_and(|next| tree.contains(*id, *next));
        if blocked[*id] || holds_next {
            continue;
        }
        let main = main_link(tree, *id, all, only.as_deref());
        let Some(main) = main else { continue };
        let title = titles
            .as_ref()
            .and_then(|titles| first_within(tree, *id, titles));
        let title = match title {
            Some(element) => {
                let attribute = rules.title_attribute.as_deref();
                let named = attribute.and_then(|name| tree.node(element).attribute(name));
                named.map_or_else(|| tree.text(element), |text| super::tree::tidy(&text))
            }
            None => main.title.clone(),
        };
        let date = match dates
            .as_ref()
            .and_then(|dates| first_within(tree, *id, dates))
        {
            Some(element) => {
                let text = tree.text(element);
                date_only(&text)
                    .and_then(Printed::day)
                    .or_else(|| date_in(&text))
            }
            None => beside(tree, *id, main).and_then(Printed::day),
        };
        if title.is_empty() || items.iter().rev().take(3).any(|item| item.url == main.url) {
            continue;
        }
        items.push(Item {
            url: main.url.clone(),
            title,
            date,
        });
    }
    items
}

/// The link within an element with the longest title.
fn main_link<'l>(
    tree: &Tree<'_>,
    id: NodeId,
    all: &'l [Link],
    only: Option<&[bool]>,
) -> Option<&'l Link> {
    let start = all.partition_point(|link| link.node < id);
    let mut within = all[start..]
        .iter()
        .take_while(|link| tree.contains(id, link.node));
    match only {
        Some(only) => within.find(|link| only[link.node]),
        None => within.reduce(|best, link| {
            let longer = link.title.chars().count() > best.title.chars().count();
            if longer { link } else { best }
        }),
    }
}

fn first_within(tree: &Tree<'_>, id: NodeId, sorted: &[NodeId]) -> Option<NodeId> {
    let at = sorted.partition_point(|other| *other < id);
    sorted
        .get(at)
        .copied()
        .filter(|other| tree.contains(id, *other))
}

/// The date in an element beside its link, or within the link.
pub(super) fn beside(tree: &Tree<'_>, id: NodeId, link: &Link) -> Option<Printed> {
    let own = tree.text_range(link.node);
    let runs = tree.text_range(id);
    let around = printed(
        tree,
        runs.start..own.start.max(runs.start),
        own.end.min(runs.end)..runs.end,
    );
    match (around, link.date) {
        (Some(day @ Printed::Day(_)), _) | (Some(day), None) => Some(day),
        (_, date) => date,
    }
}

/// Text beside an item that is longer than this has its date in words, if any, in bytes.
const SHORT: usize = 400;

/// The date in the texts before and behind a link.
pub(super) fn printed(
    tree: &Tree<'_>,
    before: std::ops::Range<usize>,
    behind: std::ops::Range<usize>,
) -> Option<Printed> {
    let mut best = None;
    let mut short = String::new();
    // Pieces of one date in elements of their own: a day, and its year and month.
    let mut pieces = String::new();
    for run in before.chain(behind).take(60) {
        let text = tree.text_run(run);
        if text.trim().is_empty() {
            continue;
        }
        if let Some(found) = date_only(&text) {
            best = Some(links::better(best, found));
        }
        if text.trim().len() <= 12 && text.bytes().any(|byte| byte.is_ascii_digit()) {
            pieces.push(' ');
            pieces.push_str(text.trim());
            if let Some(found) = date_only(&pieces) {
                best = Some(links::better(best, found));
            }
        } else {
            pieces.clear();
        }
        if short.len() < SHORT {
            short.push(' ');
            short.push_str(text.trim());
        }
    }
    if short.len() < SHORT {
        // A label may stand in an element of its own, a day apart from its month.
        if let Some(date) = date_in(&short) {
            return Some(Printed::Day(date));
        }
        if let Some(found @ Printed::Day(_)) = date_only(&short) {
            return Some(found);
        }
    }
    best
}

/// Whether a path is that of a folder's own page.
fn is_index(path: &str) -> bool {
    let file = &path[path.rfind('/').map_or(0, |at| at + 1)..];
    file.is_empty() || file.starts_with("index.")
}

/// Lists of one year each; there are no more since 2008.
const YEARS: usize = 40;

/// Links to lists of one year each (`2023年` → `./2023/`), in the page's folder.
fn years(url: &Url, all: &[Link], items: &[Item]) -> Vec<(Url, String)> {
    let folder = super::urls::folder(url);
    // Years beside each other (`../2022/`, `/col/col12/`): only where there are several, and never all of a site.
    let above = folder
        .trim_end_matches('/')
        .rfind('/')
        .map_or("/", |at| &folder[..=at]);
    let is_year = |title: &str| {
        let rest = title
            .trim_end_matches("度")
            .trim_end_matches('年')
            .trim_end_matches("年度");
        rest.len() == 4 && rest.starts_with("20") && rest.bytes().all(|b| b.is_ascii_digit())
    };
    let years: Vec<&Link> = all.iter().filter(|link| is_year(&link.title)).collect();
    let depth = |path: &str| path.matches('/').count();
    let mut found: Vec<(Url, String)> = Vec::new();
    for &link in &years {
        let path = link.url.path();
        let beside = years.len() > 1
            && above != "/"
            && path.starts_with(above)
            && depth(path) == depth(url.path());
        let is_self =
            path == folder || path.starts_with(folder) && is_index(path) && is_index(url.path());
        let own = link.url.host_str() == url.host_str()
            && !(is_self && link.url.query() == url.query() && depth(path) == depth(folder))
            && (beside || path.starts_with(folder));
        let is_list = matches!(
            super::urls::file(&link.url),
            "" | "index.html" | "index.htm" | "index.shtml"
        );
        let known = || {
            found.iter().any(|(url, _)| *url == link.url)
                || items.iter().any(|item| item.url == link.url)
        };
        if own && is_list && !known() {
            found.push((link.url.clone(), link.title.clone()));
        }
        if found.len() == YEARS {
            break;
        }
    }
    found
}
