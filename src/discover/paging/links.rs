//! Pagers that are links: a parameter that counts, or a link that says it leads to the next page.

use url::Url;

use super::{Sheet, behind};
use crate::discover::css;
use crate::discover::links::said;
use crate::discover::opens;
use crate::discover::tree::{NodeId, Tree};
use crate::discover::urls;
use crate::profile::Paging;

/// Texts of the link to the next page.
const NEXT: [&str; 9] = [
    "下一页",
    "下页",
    "后一页",
    "下一頁",
    "后页",
    "向后",
    "next",
    "next page",
    "下一页 >",
];
/// Signs that say so in a pager only.
const ARROWS: [&str; 6] = [">", "›", "»", "＞", ">>", "→"];
/// Texts of a pager's other links.
const PAGER: [&str; 12] = [
    "首页",
    "第一页",
    "上一页",
    "上页",
    "尾页",
    "末页",
    "最后一页",
    "前一页",
    "1",
    "2",
    "<",
    "‹",
];

/// The page's links with their texts, in order.
pub(super) fn all<'t>(tree: &'t Tree<'_>) -> impl Iterator<Item = (NodeId, String)> + 't {
    let links = (0..tree.nodes().len()).filter(|id| tree.node(*id).name == "a");
    links.map(|id| (id, tree.text(id)))
}

/// Where a link leads.
pub(super) fn target(sheet: &Sheet<'_, '_>, tree: &Tree<'_>, id: NodeId) -> Option<Url> {
    urls::resolve(sheet.base, &tree.node(id).attribute("href")?)
}

/// Where the link to the next page leads, by its address or by the one address in its script.
fn next_target(sheet: &Sheet<'_, '_>, tree: &Tree<'_>, id: NodeId) -> Option<Url> {
    let node = tree.node(id);
    let href = node.attribute("href").unwrap_or_default();
    if let Some(address) = opens::paged(&href, node.attribute("onclick").as_deref()) {
        return urls::resolve(sheet.base, &address);
    }
    target(sheet, tree, id)
}

/// The next page by its link.
pub(super) fn next(sheet: &Sheet<'_, '_>, paging: &Paging) -> Option<Vec<Url>> {
    let tree = sheet.tree?;
    let only = paging.link.as_ref().map(|css| css::matches(tree, css));
    let mut is_pager = false;
    let mut arrows = 0..20;
    for (id, text) in all(tree) {
        if only.as_ref().is_some_and(|only| !only[id]) {
            continue;
        }
        let text = if text.trim().is_empty() {
            said(tree, id)
        } else {
            text
        };
        let bare = text.trim_matches(|c: char| c.is_whitespace() || "[]【】|".contains(c));
        let says = if let Some(words) = &paging.words {
            words.list().iter().any(|word| word.as_str() == bare)
        } else {
            let is_arrow = ARROWS.contains(&bare);
            (!is_arrow || arrows.next().is_some()) && is_next(tree, id, bare)
        };
        is_pager |= says;
        let class = tree.node(id).raw_attribute("class").unwrap_or_default();
        if !says || class.to_ascii_lowercase().contains("disabled") {
            continue;
        }
        if let Some(url) = next_target(sheet, tree, id)
            && url != *sheet.url
            && url.host_str() == sheet.url.host_str()
        {
            return Some(vec![url]);
        }
    }
    if is_pager {
        return Some(Vec::new());
    }
    if only.is_some() || paging.words.is_some() {
        return None;
    }
    numbered(sheet, tree).or_else(|| by_choice(sheet, tree))
}

/// Whether an element with this text leads to the next page.
pub(super) fn is_next(tree: &Tree<'_>, id: NodeId, bare: &str) -> bool {
    let lower = bare.to_lowercase();
    let worded = lower.trim_matches(|c: char| c.is_whitespace() || "<>›»→＞".contains(c));
    NEXT.contains(&worded) || ARROWS.contains(&bare) && in_pager(tree, id)
}

/// The next page of a pager that has numbers only: the page's own is no link or leads here.
fn numbered(sheet: &Sheet<'_, '_>, tree: &Tree<'_>) -> Option<Vec<Url>> {
    let mut last: Option<(u32, NodeId, bool)> = None;
    for (id, text) in all(tree) {
        let Some(number) = page_number(&text) else {
            continue;
        };
        let Some(url) = target(sheet, tree, id) else {
            last = None;
            continue;
        };
        let beside = last.filter(|(_, other, _)| shares_pager(tree, *other, id));
        let follows = match beside {
            // Behind a link to this page.
            Some((before, _, is_here)) if before + 1 == number => is_here,
            // Behind the own number, which is no link; the first page may be the own.
            Some((before, ..)) => {
                before + 2 == number && number_before(tree, id) == Some(before + 1)
            }
            None => number == 2 && number_before(tree, id) == Some(1),
        };
        let is_here = url == *sheet.url;
        if follows
            && !is_here
            && url.host_str() == sheet.url.host_str()
            && urls::folder(&url).starts_with(urls::folder(sheet.url))
        {
            return Some(vec![url]);
        }
        last = Some((number, id, is_here));
    }
    None
}

pub(super) fn page_number(text: &str) -> Option<u32> {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "[]【】第页".contains(c));
    let is_number = !bare.is_empty() && bare.len() <= 3 && bare.bytes().all(|b| b.is_ascii_digit());
    bare.parse().ok().filter(|_| is_number)
}

/// Whether two links stand in one pager: their parents or what these stand in are the same.
fn shares_pager(tree: &Tree<'_>, one: NodeId, other: NodeId) -> bool {
    let above = |id: NodeId| {
        let parent = tree.node(id).parent;
        (parent, parent.and_then(|parent| tree.node(parent).parent))
    };
    let (one, other) = (above(one), above(other));
    one.0 == other.0 || one.1.is_some() && one.1 == other.1
}

/// The number that stands right before a link.
fn number_before(tree: &Tree<'_>, id: NodeId) -> Option<u32> {
    let end = tree.text_range(id).start;
    let mut before = (end.saturating_sub(6)..end).rev();
    let text = before.find_map(|run| {
        let text = tree.text_run(run);
        (!text.trim().is_empty()).then(|| text.trim().to_owned())
    })?;
    page_number(&text)
}

/// The pages that a `<select>` leads to, behind this one.
fn by_choice(sheet: &Sheet<'_, '_>, tree: &Tree<'_>) -> Option<Vec<Url>> {
    let is_pager = |id: &NodeId| {
        let node = tree.node(*id);
        node.name == "select"
            && node
                .raw_attribute("onchange")
                .is_some_and(|script| script.contains("location") || script.contains("open"))
    };
    let selects = (0..tree.nodes().len()).filter(is_pager);
    selects.take(20).find_map(|select| {
        let mut pages: Vec<Url> = Vec::new();
        for id in
            (select + 1..tree.node(select).end).take(2 * crate::profile::PAGES_AT_MOST as usize)
        {
            let node = tree.node(id);
            if node.name != "option" {
                continue;
            }
            let number = page_number(&tree.text(id))?;
            if usize::try_from(number).ok()? != pages.len() + 1 {
                return None;
            }
            let value = node.attribute("value")?;
            // A bare number is for a script.
            if value.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            pages.push(urls::resolve(sheet.base, &value)?);
        }
        let chosen = pages.iter().position(|url| url == sheet.url).unwrap_or(0);
        let own = pages
            .iter()
            .all(|url| url.host_str() == sheet.url.host_str());
        (own && pages.len() > 1).then(|| pages.split_off(chosen + 1))
    })
}

/// Whether other links of a pager stand beside a link.
fn in_pager(tree: &Tree<'_>, id: NodeId) -> bool {
    let around = tree.ancestors(id).take(2).last();
    around.is_some_and(|around| {
        let end = tree.node(around).end;
        (around + 1..end).take(200).any(|other| {
            other != id
                && tree.text_range(other).len() < 4
                && PAGER.contains(&tree.text(other).as_str())
        })
    })
}

/// All further pages by the parameter that counts them.
pub(super) fn by_query(sheet: &Sheet<'_, '_>, paging: &Paging) -> Option<Vec<Url>> {
    let name = paging.parameter.as_deref()?;
    let first = paging.first_page;
    let number = |url: &Url| urls::parameter(url, name)?.parse::<u32>().ok();
    let current = number(sheet.url).unwrap_or(first);
    let mut last = paging
        .pages
        .map(|pages| first.saturating_add(pages).saturating_sub(1));
    let mut template = number(sheet.url).is_some().then(|| sheet.url.clone());
    if let Some(tree) = sheet.tree {
        let only = paging.link.as_ref().map(|css| css::matches(tree, css));
        for id in (0..tree.nodes().len()).filter(|id| tree.node(*id).name == "a") {
            if only.as_ref().is_some_and(|only| !only[id]) {
                continue;
            }
            let Some(url) = target(sheet, tree, id) else {
                continue;
            };
            if url.path() == sheet.url.path()
                && url.host_str() == sheet.url.host_str()
                && let Some(found) = number(&url)
            {
                last = last.max(Some(found));
                template.get_or_insert(url);
            }
        }
    }
    if let (Some(records), Some(listing)) = (paging.records_per_page, sheet.listing)
        && let Some(total) = listing.total
    {
        let pages = total.div_ceil(records);
        last = last.max(Some(first.saturating_add(pages).saturating_sub(1)));
    }
    let last = last?;
    let template = template.unwrap_or_else(|| sheet.url.clone());
    let page = |number: u32| urls::with_parameter(&template, name, &number.to_string());
    Some(behind(current, last).map(page).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::urls::Base;
    use crate::profile::Strategy;

    fn pages(source: &str, paging: &Paging) -> Option<Vec<String>> {
        let url = Url::parse("http://a.example/nb/list.html").unwrap();
        let tree = Tree::parse(source);
        let sheet = Sheet {
            url: &url,
            base: &Base::from(&url),
            source,
            tree: Some(&tree),
            listing: None,
        };
        let found = super::super::follow(&sheet, &[paging])?.0;
        Some(
            found
                .iter()
                .map(|url| url.as_str().replace("http://a.example", ""))
                .collect(),
        )
    }

    #[test]
    fn the_next_page_by_its_link() {
        let cases: [(&str, Option<&[&str]>); 8] = [
            ("<a href=list_2.html>下一页</a>", Some(&["/nb/list_2.html"])),
            (
                "<a href=list_2.html>下一页 &gt;</a>",
                Some(&["/nb/list_2.html"]),
            ),
            ("<a href='javascript:;'>下一页</a>", Some(&[])),
            ("<a href=x.html class='disabled'>下页</a>", Some(&[])),
            (
                "<p><a href=list_1.html>1</a><a href=list_2.html>&gt;</a></p>",
                Some(&["/nb/list_2.html"]),
            ),
            ("<p><a href=/>首 页</a><a href=/nb/>&gt;</a></p>", None),
            ("<a href=x.html>下一篇</a>", None),
            ("<a href=list.html>下一页</a>", Some(&[])),
        ];
        for (source, want) in cases {
            let found = pages(source, &Paging::plain(Strategy::NextLink));
            assert_eq!(
                found
                    .as_deref()
                    .map(|f| f.iter().map(String::as_str).collect::<Vec<_>>())
                    .as_deref(),
                want,
                "{source}"
            );
        }
    }

    #[test]
    fn pages_by_parameter() {
        let mut paging = Paging::plain(Strategy::Query);
        paging.parameter = Some("page".into());
        let source = "<a href='?id=3&page=2'>2</a><a href='?id=3&page=4'>尾页</a><a href='/other?page=90'>x</a>";
        let want = [
            "/nb/list.html?id=3&page=2",
            "/nb/list.html?id=3&page=3",
            "/nb/list.html?id=3&page=4",
        ];
        assert_eq!(pages(source, &paging).unwrap(), want);
        assert_eq!(pages("<a href=x>2</a>", &paging), None);
        paging.pages = Some(3);
        paging.first_page = 0;
        let want = ["/nb/list.html?page=1", "/nb/list.html?page=2"];
        assert_eq!(pages("", &paging).unwrap(), want);
    }
}
