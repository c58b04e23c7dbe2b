//! A fetched page → the addresses it leads to, and what each is for.
//!
//! In: a page's bytes with its address, what it was fetched for and the site's profile. Out: [`Discovery`]: the items
//! of a column with full titles and dates as printed, the pages that follow, attachments, where a redirect leads. Pure;
//! never fetches, never follows, and never takes a year from a list's date or an address.

mod about;
pub mod attachments;
mod bodies;
pub mod column;
mod columns;
mod css;
mod groups;
mod items;
mod kinds;
mod links;
mod opens;
mod paging;
mod platform;
mod printed;
pub mod propose;
pub mod reading;
mod records;
mod redirect;
mod script;
mod site;
pub mod sitemap;
pub mod title;
mod tree;
mod unseen;
pub mod urls;

use jiff::civil::Date;
use url::Url;

use crate::decode::{Decoded, Media, decode, media};
use crate::extract::paging as parts;
use crate::model::{ItemKind, Role};
use crate::parse::{Document, parse_html};
use crate::profile::{Layout, ListRules, Paging, Platform, Profile, SiteProfile, Sites, Strategy};

use items::{Found, Item};
use paging::Sheet;
use paging::scripted::Scripted;
use tree::Tree;
use urls::Base;

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
    /// Why a list goes on unseen: by POST, by a script without an address, or its entries are not in the page. `None`
    /// where all of it is in `leads`, or nothing shows that it is not.
    pub cut_short: Option<String>,
    /// What is odd, a line each for people: `list: the item selector finds nothing`.
    pub notes: Vec<String>,
}

/// A page as it came.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Its address, after redirects.
    pub url: &'a Url,
    /// What it was fetched for.
    pub role: Role,
    /// The payload, transfer- and content-decoded.
    pub bytes: &'a [u8],
    /// `Content-Type` as received; `None` where there was none.
    pub content_type: Option<&'a str>,
    /// The title of the link that led here; `None` for seeds.
    pub title_of_link: Option<&'a str>,
}

/// A payload longer than this is no page, in bytes.
const PAGE_BYTES: usize = 20_000_000;

/// What a page leads to.
pub fn discover(page: &Page<'_>, sites: &Sites) -> Discovery {
    let kind = media(page.bytes, page.content_type);
    if !is_looked_at(page) || !matches!(kind, Media::Html | Media::Text) {
        return Discovery::default();
    }
    discover_decoded(page, &decode(page.bytes, page.content_type), sites)
}

/// Whether pages of its role and length lead anywhere.
fn is_looked_at(page: &Page<'_>) -> bool {
    !matches!(page.role, Role::Robots | Role::Attachment) && page.bytes.len() <= PAGE_BYTES
}

/// [`discover`] of a page that is known to be text, and has been read as such.
pub fn discover_decoded(page: &Page<'_>, decoded: &Decoded<'_>, sites: &Sites) -> Discovery {
    let mut discovery = Discovery::default();
    if !is_looked_at(page) {
        return discovery;
    }
    let site = sites.for_url(page.url);
    let source: &str = &decoded.text;
    if page.role == Role::Sitemap {
        let agency = site.map(|site| site.title.as_str());
        let found = sitemap::parse(source, page.url);
        (discovery.leads, discovery.notes) =
            sitemap::leads(&found, is_child(page.url, site), agency);
        return discovery;
    }
    if page.role == Role::List && is_data(source) {
        list(page, sites, site, decoded, None, &mut discovery);
        return discovery;
    }
    let tree = Tree::parse(source);
    let base = Base::new(page.url, tree.base.as_deref(), decoded.charset);
    discovery.redirect = redirect::find(&tree, page.url, &base);
    if page.role == Role::List {
        list(page, sites, site, decoded, Some(&tree), &mut discovery);
        return discovery;
    }
    let found = platform::detect(source, Some(&tree), page.url, sites);
    discovery.platform = found.map(|platform| platform.name.as_str().to_owned());
    let document = parse_html(decoded);
    if page.role == Role::Root {
        root(page, sites, site, decoded, &tree, &document, &mut discovery);
        return discovery;
    }
    let chosen = reading::chosen_of(&tree, site, found, sites);
    let own = chosen.profile();
    let profile = own.as_ref().unwrap_or_else(|| Profile::generic());
    let rules = chosen.attachments(sites);
    if let Some(paging) = parts::find(&document, Some(page.url.as_str()), None) {
        let others = paging
            .behind()
            .filter_map(|name| urls::resolve(&base, name));
        discovery.leads.extend(others.map(|url| Lead {
            url,
            role: Role::Part,
            title: page.title_of_link.map(str::to_owned),
            list_date: None,
            kind: ItemKind::Unknown,
            year: None,
            rule: "part",
        }));
    }
    discovery
        .leads
        .extend(attachments::leads(&attachments::Sheet {
            document: &document,
            tree: &tree,
            base: &base,
            profile,
            rules: &rules,
        }));
    discovery
}

/// A page from which the column is to be found. It may be the column itself, or list its reports beside other things.
fn root(
    page: &Page<'_>,
    sites: &Sites,
    site: Option<&SiteProfile>,
    decoded: &Decoded<'_>,
    tree: &Tree<'_>,
    document: &Document<'_>,
    discovery: &mut Discovery,
) {
    let shown = column::recognise(document, page.url);
    let is_front = page.title_of_link.is_none() && shown.is_empty();
    let base = Base::new(page.url, tree.base.as_deref(), decoded.charset);
    let columns = column::leads(document, &base, is_front);
    if !shown.is_empty() {
        list(page, sites, site, decoded, Some(tree), discovery);
        let note = shown[0].meaning();
        discovery
            .notes
            .push(format!("root: taken for the column itself: {note}"));
    }
    if !shown.iter().any(|one| one.names_column()) {
        discovery.leads.retain(|lead| {
            let of_reports = [
                ItemKind::Report,
                ItemKind::OtherAgency,
                ItemKind::Statistics,
            ];
            lead.role == Role::Item && of_reports.contains(&lead.kind)
        });
    }
    let (by_script, hidden) = unseen::columns(tree, &base);
    let has_column = |leads: &[Lead]| leads.iter().any(|lead| lead.role == Role::List);
    if let Some(why) = hidden
        && shown.is_empty()
        && !has_column(&columns)
        && by_script.is_empty()
    {
        cut_short(discovery, "root", why);
    }
    for lead in columns.into_iter().chain(by_script) {
        if discovery.leads.iter().all(|known| known.url != lead.url) {
            discovery.leads.push(lead);
        }
    }
}

/// Says of a page that what it leads to is not all known.
fn cut_short(discovery: &mut Discovery, what: &str, why: String) {
    discovery.notes.push(format!("{what}: cut short: {why}"));
    discovery.cut_short = Some(why);
}

/// Whether a sitemap was reached by way of an index: it is no seed and has no customary name.
fn is_child(url: &Url, site: Option<&SiteProfile>) -> bool {
    let is_seed = site.is_some_and(|site| site.seeds.iter().any(|seed| seed.url == *url));
    !is_seed
        && !matches!(
            urls::file(url),
            "sitemap.xml" | "sitemap_index.xml" | "sitemapindex.xml" | "sitemap.txt"
        )
}

/// Whether a list is XML or JSON rather than a page.
fn is_data(source: &str) -> bool {
    let start = source.trim_start_matches('\u{feff}').trim_start();
    start.starts_with('{')
        || start.starts_with('[')
        || start.starts_with("<datastore")
        || start.starts_with("<?xml") && records::is_datastore(start)
        || !start.starts_with('<')
            && start
                .find(['(', '='])
                .is_some_and(|at| at < 60 && start[at + 1..].trim_start().starts_with(['{', '[']))
}

/// The rules that hold for a list, and what it pages by.
struct Rules<'r> {
    list: ListRules,
    paging: Vec<&'r Paging>,
}

/// The site's rules over the platform's over the generic ones, with the first layout that fits.
fn rules<'r>(
    sites: &'r Sites,
    site: Option<&'r SiteProfile>,
    platform: Option<&'r Platform>,
    tree: Option<&Tree<'_>>,
) -> Rules<'r> {
    let fits = |layout: &&Layout| tree.is_some_and(|tree| css::matches_any(tree, &layout.guard));
    let site_layout = site.and_then(|site| site.layouts.iter().find(fits));
    let layout = platform.and_then(|platform| platform.layouts.iter().find(fits));
    let generic = sites.generic();
    let lists = [
        site_layout.map(|layout| &layout.list),
        site.map(|site| &site.list),
        layout.map(|layout| &layout.list),
        platform.map(|platform| &platform.list),
        generic.map(|generic| &generic.list),
    ];
    let list = lists
        .into_iter()
        .flatten()
        .rev()
        .fold(ListRules::default(), |base, own| own.over(&base));
    let pagings = [
        site_layout.map(|layout| &layout.paging),
        site.map(|site| &site.paging),
        layout.map(|layout| &layout.paging),
        platform.map(|platform| &platform.paging),
    ];
    // What a site says replaces the rest; a platform's strategies come before the generic ones.
    let own = pagings
        .into_iter()
        .flatten()
        .find(|paging| !paging.is_empty());
    let is_site = site_layout.is_some_and(|layout| !layout.paging.is_empty())
        || site.is_some_and(|site| !site.paging.is_empty());
    let rest = generic.filter(|_| !is_site).map(|generic| &generic.paging);
    let paging = own.into_iter().chain(rest).flatten().collect();
    Rules { list, paging }
}

/// The items of a list page, wherever they stand: in its markup, in data, in its scripts.
fn entries(
    page: &Page<'_>,
    source: &str,
    tree: Option<&Tree<'_>>,
    listing: Option<&records::Listing>,
    base: &Base,
    rules: &ListRules,
) -> Found {
    match (tree, listing) {
        (_, Some(listing)) => Found {
            items: listing.items.clone(),
            ..Found::default()
        },
        (None, None) => {
            let items = records::from_datastore(source, base, rules);
            match records::fragment(source).filter(|_| items.is_empty()) {
                Some(fragment) => items::find(&Tree::parse(&fragment), page.url, base, rules),
                None => Found {
                    items,
                    ..Found::default()
                },
            }
        }
        (Some(tree), None) => {
            let data = tree
                .scripts
                .iter()
                .filter(|script| records::is_datastore(script));
            let items: Vec<Item> = data
                .flat_map(|data| records::from_datastore(data, base, rules))
                .collect();
            if items.is_empty() {
                let mut found = items::find(tree, page.url, base, rules);
                if found.items.is_empty() {
                    found.items = records::from_scripts(&tree.scripts, base);
                }
                found
            } else {
                Found {
                    items,
                    ..Found::default()
                }
            }
        }
    }
}

/// A list page's items and the pages behind it. Without a tree the list is data.
fn list(
    page: &Page<'_>,
    sites: &Sites,
    site: Option<&SiteProfile>,
    decoded: &Decoded<'_>,
    tree: Option<&Tree<'_>>,
    discovery: &mut Discovery,
) {
    let source: &str = &decoded.text;
    let found = platform::detect(source, tree, page.url, sites);
    discovery.platform = found.map(|platform| platform.name.as_str().to_owned());
    let named = site.and_then(|site| sites.platform(site.platform.as_deref()?));
    let rules = rules(sites, site, named.or(found), tree);
    let href = tree.and_then(|tree| tree.base.as_deref());
    let base = Base::new(page.url, href, decoded.charset);

    let listing = if tree.is_none() {
        records::from_json(source, &base)
    } else {
        None
    };
    let found = entries(page, source, tree, listing.as_ref(), &base, &rules.list);
    discovery.notes = found.notes;
    let agency = site.map(|site| site.agency_of(page.url));
    let mut cut = tree.and_then(|tree| unseen::entries(tree, &base, &found.items));
    let mut known = std::collections::HashSet::new();
    for item in found.items {
        if item.url == *page.url || !known.insert(item.url.clone()) {
            continue;
        }
        let (kind, year) = title::classify(&item.title, agency);
        discovery.leads.push(Lead {
            url: item.url,
            role: Role::Item,
            title: Some(item.title),
            list_date: item.date,
            kind,
            year,
            rule: "list.item",
        });
    }
    let items = discovery.leads.len();
    let mut add = |url: Url, title: Option<String>, rule| {
        if url != *page.url && known.insert(url.clone()) {
            discovery.leads.push(Lead {
                url,
                role: Role::List,
                title,
                list_date: None,
                kind: ItemKind::Unknown,
                year: None,
                rule,
            });
        }
    };
    let sheet = Sheet {
        url: page.url,
        base: &base,
        source,
        tree,
        listing: listing.as_ref(),
    };
    let (pages, rule, unseen) = followed(&sheet, &rules.paging, items);
    cut = cut.or(unseen);
    for url in pages {
        add(url, None, rule);
    }
    for (url, title) in found.years {
        add(url, Some(title), "list.year");
    }
    if let Some(tree) = tree {
        if items == 0 {
            for url in frames(tree, page.url, &base) {
                add(url, None, "list.frame");
            }
        }
        if let Some(url) = gkmlpt_data(tree, page.url) {
            add(url, None, "list.gkmlpt");
        }
        if let Some(note) = unseen::more_by_script(tree, items) {
            for (url, title) in unseen::other_entrances(tree, page.url, &base) {
                add(url, Some(title), "list.entrance");
            }
            discovery.notes.push(note);
            cut = cut.or_else(|| Some("the other records are loaded by its script".into()));
        }
        if items == 0 && discovery.leads.is_empty() && cut.is_none() {
            let shell = unseen::shell(tree, page.url, &base);
            cut = shell.why;
            let leads = shell.lists.into_iter().map(|url| Lead {
                url,
                role: Role::List,
                title: None,
                list_date: None,
                kind: ItemKind::Unknown,
                year: None,
                rule: "list.data",
            });
            discovery.leads.extend(leads);
        }
    }
    if items == 0 {
        discovery.notes.push("list: no items".into());
    }
    if let Some(why) = cut {
        cut_short(discovery, "list", why);
    }
}

/// The pages behind a list page, which rule found them, and why the list goes on unseen.
fn followed(
    sheet: &Sheet<'_, '_>,
    strategies: &[&Paging],
    items: usize,
) -> (Vec<Url>, &'static str, Option<String>) {
    let (pages, rule) = paging::follow(sheet, strategies).unwrap_or_default();
    let is_plain =
        |paging: &&Paging| paging.strategy == Strategy::NextLink && paging.words.is_none();
    if pages.is_empty() && rule == "pager.hanweb" {
        let total = unseen::total(sheet.tree).filter(|total| *total > items);
        let why = total.map(|total| format!("{items} of {total} entries are in the page"));
        return (pages, rule, why);
    }
    let is_open = pages.is_empty() && matches!(rule, "" | "pager.next");
    if !is_open || !strategies.iter().any(is_plain) {
        return (pages, rule, None);
    }
    match paging::scripted::follow(sheet, items) {
        Some(Scripted::Pages(pages)) => (pages, "pager.script", None),
        Some(Scripted::Unseen(why)) => (Vec::new(), rule, Some(why)),
        None => (pages, rule, None),
    }
}

/// What a page without items shows in frames, of its own host.
fn frames(tree: &Tree<'_>, url: &Url, base: &Base) -> Vec<Url> {
    let nodes = tree.nodes().iter();
    let frames = nodes.filter(|node| matches!(&*node.name, "frame" | "iframe"));
    let sources = frames.filter_map(|node| node.attribute("src"));
    sources
        .filter_map(|source| urls::resolve(base, &source))
        .filter(|found| found.host_str() == url.host_str())
        .take(4)
        .collect()
}

/// The data behind a page of Guangdong's platform: the column is in the page's fragment, the site's number in a script.
fn gkmlpt_data(tree: &Tree<'_>, url: &Url) -> Option<Url> {
    let column = url.fragment()?;
    let (root, _) = url.path().split_once("/gkmlpt/")?;
    let number = tree.scripts.iter().find_map(|script| {
        let at = script.find("SID:")?;
        let rest = script[at + 4..]
            .trim_start()
            .trim_start_matches(['"', '\'']);
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        (end > 0).then(|| rest[..end].to_owned())
    })?;
    urls::resolve(
        &url.into(),
        &format!("{root}/gkmlpt/api/all/{column}?page=1&sid={number}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form_wherever_they_stand() {
        let url = Url::parse("http://www.yunxi.example/zwgk/nb/t20240110_7.html").unwrap();
        let found = |role, text: &str, charset: &str| -> Vec<String> {
            // References mean the same in every charset.
            let reference = |c: char| {
                if c.is_ascii() {
                    c.to_string()
                } else {
                    format!("&#{};", u32::from(c))
                }
            };
            let text: String = text.chars().map(reference).collect();
            let content_type = format!("text/html; charset={charset}");
            let page = Page {
                url: &url,
                role,
                bytes: text.as_bytes(),
                content_type: Some(&content_type),
                title_of_link: None,
            };
            let leads = discover(&page, Sites::compiled()).leads;
            leads.into_iter().map(|lead| lead.url.to_string()).collect()
        };
        let host = "http://www.yunxi.example";
        let link = "<a href='/xxgknb/;jsessionid=A1?q=年报&PHPSESSID=7#x'>政府信息公开年报</a>";
        assert_eq!(
            found(Role::Root, link, "gbk"),
            [format!("{host}/xxgknb/?q=%C4%EA%B1%A8")]
        );
        assert_eq!(
            found(Role::Root, link, "utf-8"),
            [format!("{host}/xxgknb/?q=%E5%B9%B4%E6%8A%A5")]
        );
        let map =
            "<urlset><url><loc>http://www.yunxi.example/xxgknb/;jsessionid=A1</loc></url></urlset>";
        assert_eq!(
            found(Role::Sitemap, map, "utf-8"),
            [format!("{host}/xxgknb/")]
        );
        let file = "<base href='/files/'><a href='down.jsp;jsessionid=A1?name=年.pdf'>附件</a>";
        assert_eq!(
            found(Role::Item, file, "gbk"),
            [format!("{host}/files/down.jsp?name=%C4%EA.pdf")]
        );
    }
}
