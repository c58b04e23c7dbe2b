//! For whoever writes a profile: what speaks for a platform, and a proposal of where a list keeps its items.
//!
//! In: a page and what was found on it. Out: lines for people, a selector. Never used without a person's look.

use std::collections::{BTreeMap, HashSet};

use url::Url;

use crate::decode::decode;
use crate::parse::{Container, Document};
use crate::profile::{Platform, Sign};

use super::tree::Tree;
use super::{Page, platform, urls};

/// Containers above a link that are looked at.
const DEPTH: usize = 40;
/// Links that are looked at.
const LINKS: usize = 10_000;

/// What a page shows of a platform's evidence, with its points: `10: the path holds "/gkmlpt/"`.
pub fn platform_signs(page: &Page<'_>, platform: &Platform) -> Vec<String> {
    let decoded = decode(page.bytes, page.content_type);
    let tree = Tree::parse(&decoded.text);
    let signs = platform::signs(&decoded.text, Some(&tree), page.url, platform);
    let line = |what: &str, text: &str| format!("{what} {text:?}");
    signs
        .into_iter()
        .map(|one| {
            let sign = match &one.sign {
                Sign::Generator(text) => line("the generator tag holds", text),
                Sign::Text(text) => line("the source holds", text),
                Sign::Path(text) => line("the path holds", text),
                Sign::Host(text) => line("the host is or lies below", text),
                Sign::Element(_) => "an element of its own".to_owned(),
            };
            format!("{}: {sign}", one.points)
        })
        .collect()
}

/// `ul.list li`: the innermost named element that holds nine of ten items, and the element around each; `None` where
/// no named element does.
pub fn item_selector(document: &Document<'_>, page: &Url, items: &[Url]) -> Option<String> {
    let base = urls::Base::from(page);
    let wanted: HashSet<&str> = items.iter().map(Url::as_str).collect();
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    let mut tags: BTreeMap<&str, usize> = BTreeMap::new();
    let mut total = 0;
    for link in document.links.iter().take(LINKS) {
        let target = urls::resolve(&base, &link.target());
        if !target.is_some_and(|url| wanted.contains(url.as_str())) {
            continue;
        }
        total += 1;
        let chain: Vec<u32> = ancestors(document, link.container).collect();
        let around = chain
            .iter()
            .map(|at| document.containers[*at as usize].tag)
            .find(|tag| ["li", "tr", "dd", "dl"].contains(tag));
        *tags.entry(around.unwrap_or("a")).or_default() += 1;
        for at in chain {
            *counts.entry(at).or_default() += 1;
        }
    }
    if total < 2 {
        return None;
    }
    let item = tags.into_iter().max_by_key(|(_, count)| *count)?.0;
    // A container stands behind the one around it: the last is the innermost.
    let (list, _) = counts.into_iter().rev().find(|(at, count)| {
        count * 10 >= total * 9 && name(&document.containers[*at as usize]).is_some()
    })?;
    let list = name(&document.containers[list as usize])?;
    Some(format!("{list} {item}"))
}

fn ancestors<'d>(document: &'d Document<'_>, container: u32) -> impl Iterator<Item = u32> + 'd {
    let up = |at: &u32| {
        let parent = document.containers.get(*at as usize)?.parent;
        (parent != *at && *at != 0).then_some(parent)
    };
    std::iter::successors(Some(container), up)
        .filter(|at| *at != 0)
        .take(DEPTH)
}

/// `ul#list`, `div.list`; `None` without a name that can be written in a selector.
fn name(container: &Container<'_>) -> Option<String> {
    let plain = |name: &&str| {
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(legal)
    };
    if let Some(id) = container.id.map(str::trim).filter(plain) {
        return Some(format!("{}#{id}", container.tag));
    }
    let class = container.class?.split_ascii_whitespace().find(plain)?;
    Some(format!("{}.{class}", container.tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use crate::parse::parse_html;

    #[test]
    fn the_innermost_named_list_is_proposed() {
        let page = Url::parse("http://www.yunxi.example/xxgknb/").unwrap();
        let list = "<li><a href=1.html>一</a></li><li><a href=2.html>二</a></li>";
        let cases = [
            (
                format!("<div id=main><ul class='list a'>{list}</ul></div>"),
                Some("ul.list li"),
            ),
            (
                format!("<div id=main><div class='1x'><ul>{list}</ul></div></div>"),
                Some("div#main li"),
            ),
            (format!("<ul>{list}</ul>"), None),
            (
                "<div class=l><a href=1.html>一</a><a href=2.html>二</a></div>".to_owned(),
                Some("div.l a"),
            ),
        ];
        for (html, want) in cases {
            let decoded = decode(html.as_bytes(), Some("text/html; charset=utf-8"));
            let items = ["1.html", "2.html"].map(|name| page.join(name).unwrap());
            let got = item_selector(&parse_html(&decoded), &page, &items);
            assert_eq!(got.as_deref(), want, "{html}");
        }
    }
}
