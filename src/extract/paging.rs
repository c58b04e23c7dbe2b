//! A report over several pages: which page this is, where the others are; and such pages put together.
//!
//! In: a page and the name it is known by. Out: its place among the pages, by its own pager: the call of its publishing
//! system, or links that say they turn pages and lead to the same name with a number. Likeness of names alone is no
//! evidence. Pure.

use std::cell::LazyCell;
use std::ops::Range;

use crate::parse::{Block, Document, Link};
use crate::profile::Profile;

use super::titles::Lines;
use super::{Headed, body, is_link, read_flat, read_grids, title_year, trim_range};

/// More pages than this no report has; lists of articles have.
const PAGES: u32 = 50;

/// Where a page stands among those of its report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// The number of this page, counted as the site does; the smallest is the first.
    pub current: u32,
    /// The others the page leads to, by number: file name, with the query where that tells them apart.
    pub others: Vec<(u32, String)>,
}

impl Paging {
    /// The first page, if this is a later one.
    pub fn first(&self) -> Option<&str> {
        let (number, name) = self.others.first()?;
        (*number < self.current).then_some(name.as_str())
    }

    /// The pages behind this one, in order.
    pub fn behind(&self) -> impl Iterator<Item = &str> {
        let later = self
            .others
            .iter()
            .filter(|(number, _)| *number > self.current);
        later.map(|(_, name)| name.as_str())
    }

    fn of(current: u32, mut others: Vec<(u32, String)>) -> Option<Self> {
        others.retain(|(number, _)| *number != current);
        others.sort();
        others.dedup_by_key(|(number, _)| *number);
        (!others.is_empty()).then_some(Self { current, others })
    }
}

/// The last piece of an address or path, without fragment.
pub fn name_of(address: &str) -> &str {
    let address = address.split('#').next().unwrap_or_default();
    let path = address.split('?').next().unwrap_or_default();
    let start = path.rfind(['/', '\\']).map_or(0, |at| at + 1);
    &address[start..]
}

/// Reads a page's pager. `url` is its address, `file` the name it is kept under; `None` where it has none.
pub fn find(document: &Document<'_>, url: Option<&str>, file: Option<&str>) -> Option<Paging> {
    let url = url.map(name_of);
    by_call(document, url).or_else(|| by_links(document, url.or(file)?))
}

/// Names of lists of articles, whose pager is none of an article's.
const LISTS: [&str; 4] = ["index", "list", "default", "node"];

fn by_call(document: &Document<'_>, url: Option<&str>) -> Option<Paging> {
    let pager = document.pager.as_ref()?;
    let is_list = LISTS.iter().any(|list| pager.name.starts_with(list));
    if is_list || !(2..=PAGES).contains(&pager.total) || pager.current >= pager.total {
        return None;
    }
    let page = |number: u32| match number {
        0 => format!("{}.{}", pager.name, pager.extension),
        _ => format!("{}_{number}.{}", pager.name, pager.extension),
    };
    // Of another article than the one at this address. (A file may have been given any name.)
    if url.is_some_and(|name| (0..pager.total).all(|number| page(number) != name)) {
        return None;
    }
    let others = (0..pager.total).map(|number| (number, page(number)));
    Paging::of(pager.current, others.collect())
}

fn by_links(document: &Document<'_>, name: &str) -> Option<Paging> {
    let turning = document.links.iter().filter(|link| {
        let text = document
            .text
            .get(link.text.start as usize..link.text.end as usize);
        !link.is_embedded && text.is_some_and(turns_pages)
    });
    let targets: Vec<String> = turning.map(Link::target).collect();
    if targets.is_empty() {
        return None;
    }
    let own = Numbered::all(name);
    own.into_iter().find_map(|own| {
        let mut others = Vec::new();
        for target in &targets {
            let target = match target.strip_prefix('?') {
                Some(query) => format!("{}?{query}", name.split('?').next().unwrap_or_default()),
                None => name_of(target).to_owned(),
            };
            let same = Numbered::all(&target)
                .into_iter()
                .find(|other| other.stem == own.stem);
            if let Some(same) = same {
                others.push((same.number, target));
            }
        }
        let paging = Paging::of(own.number, others)?;
        // A number in the name is a page's only if the pager leads to the name without it.
        let (first, _) = paging.others.first()?;
        (own.number == own.least || *first == own.least).then_some(paging)
    })
}

/// A name as one of several.
#[derive(Debug)]
struct Numbered {
    /// The name without its number.
    stem: String,
    number: u32,
    /// The number of the first page.
    least: u32,
}

impl Numbered {
    /// What a name can be: itself a first page, or a later one by its number.
    fn all(name: &str) -> Vec<Self> {
        let mut out = Vec::new();
        if let Some((path, query)) = name.split_once('?') {
            let mut number = 1;
            let rest: Vec<&str> = query
                .split('&')
                .filter(|pair| {
                    let page = pair
                        .split_once('=')
                        .filter(|(key, _)| KEYS.iter().any(|known| key.eq_ignore_ascii_case(known)))
                        .and_then(|(_, value)| value.parse().ok());
                    number = page.unwrap_or(number);
                    page.is_none()
                })
                .collect();
            out.push(Self {
                stem: format!("{path}?{}", rest.join("&")),
                number,
                least: 1,
            });
            return out;
        }
        out.push(Self {
            stem: format!("{name}?"),
            number: 1,
            least: 1,
        });
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        out.push(Self {
            stem: format!("{stem}.{extension}"),
            number: 0,
            least: 0,
        });
        if let Some((base, digits)) = stem.rsplit_once('_')
            && digits.len() <= 2
            && let Ok(number) = digits.parse::<u32>()
            && number > 0
        {
            out.push(Self {
                stem: format!("{base}.{extension}"),
                number,
                least: 0,
            });
        }
        out
    }
}

/// Keys of a query that count pages.
const KEYS: [&str; 5] = ["page", "pageno", "pageindex", "currentpage", "p"];

/// Words of links that turn pages.
const WORDS: [&str; 12] = [
    "下一页",
    "下页",
    "后页",
    "后一页",
    "上一页",
    "上页",
    "前页",
    "前一页",
    "首页",
    "第一页",
    "尾页",
    "末页",
];

fn turns_pages(text: &str) -> bool {
    if text.is_empty() || text.len() > 30 {
        return false;
    }
    let core = text.trim_matches(|c: char| !c.is_alphanumeric());
    let digits = core.trim_start_matches('第').trim_end_matches('页');
    WORDS.contains(&core)
        || (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Hardly more than links that turn pages: `上一页 1 2 下一页`, `共2页`.
fn is_pager(document: &Document<'_>, block: &Block) -> bool {
    let text = document.block_text(block);
    let known = |c: char| {
        !c.is_alphanumeric() || c.is_ascii_digit() || "上下一页首末尾前后共第当前".contains(c)
    };
    (is_link(block) || text.contains('页')) && text.chars().all(known)
}

/// Several pages of one report as one page, in their order; places of the first count in part 0, of the second in
/// part 1. Of the later ones only the report's text is taken, without the title over it.
pub fn join<'s>(pages: &[Document<'s>], profile: &Profile) -> Option<Document<'s>> {
    let (first, later) = pages.split_first()?;
    let (into, body) = body_of(first, profile);
    let mut joined = first.piece(&(0..body.end));
    for (part, page) in (1_u16..).zip(later) {
        let (_, body) = body_of(page, profile);
        joined.append(page, &body, into, part);
    }
    Some(joined)
}

/// The container of a page's report, and its blocks without title, byline and pager.
fn body_of(document: &Document<'_>, profile: &Profile) -> (u32, Range<u32>) {
    let titles = Lines::default();
    let year = LazyCell::new(|| title_year(document, &titles));
    let mut readings = read_grids(document, &year);
    read_flat(document, &year, &mut readings);
    let headed = Headed::of(document, &readings);
    let container = body::find(document, profile, &readings, &headed.sure);
    let items = body::items(
        document,
        profile,
        container,
        &readings,
        &headed.read,
        &headed.sure,
    );
    let blocks = &document.containers[container as usize].blocks;
    let text = trim_range(profile, &items, &titles);
    // Between two lines statutory tables may stand, which are no items.
    let start = text
        .start
        .checked_sub(1)
        .map_or(blocks.start, |above| items[above].block + 1);
    let mut end = items.get(text.end).map_or(blocks.end, |below| below.block);
    while end > start && is_pager(document, &document.blocks[end as usize - 1]) {
        end -= 1;
    }
    (container, start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number of the page, names of the others.
    type Want<'w> = Option<(u32, &'w [&'w str])>;

    fn paging(html: &str, name: Option<&str>) -> Option<(u32, Vec<String>)> {
        let decoded = crate::decode::decode(html.as_bytes(), Some("text/html; charset=utf-8"));
        let document = crate::parse::parse_html(&decoded);
        let found = find(&document, name, None)?;
        let names = found.others.into_iter().map(|(_, name)| name);
        Some((found.current, names.collect()))
    }

    #[test]
    fn pagers_lead_to_the_same_name_with_a_number() {
        let call = "<script>createPageHTML(3, 1, \"t20210131_4711\", \"html\");</script>";
        let links =
            "<a href='a.html'>1</a> <a href='./a_2.html'>[2]</a> <a href='/x/a_3.html'>下一页</a>";
        let query = "<a href='?id=7&page=2'>第2页</a><a href='?id=7&page=3'>下一页</a><a href='?id=8&page=2'>2</a>";
        let cases: [(&str, Option<&str>, Want<'_>); 12] = [
            (
                call,
                None,
                Some((1, &["t20210131_4711.html", "t20210131_4711_2.html"])),
            ),
            (
                call,
                Some("t20210131_4711_1.html"),
                Some((1, &["t20210131_4711.html", "t20210131_4711_2.html"])),
            ),
            (call, Some("t20210131_9999.html"), None),
            (
                "<script>createPageHTML(3, 0, \"index\", \"html\")</script>",
                None,
                None,
            ),
            (
                "<script>createPageHTML(1, 0, \"t20210131_4711\", \"html\")</script>",
                None,
                None,
            ),
            (links, Some("a.html"), Some((0, &["a_2.html", "a_3.html"]))),
            (links, Some("a_2.html"), Some((2, &["a.html", "a_3.html"]))),
            (links, Some("b.html"), None),
            // Other articles, and a list.
            ("<a href='a_2.html'>下一篇</a>", Some("a.html"), None),
            ("<a href='a_13.html'>下一页</a>", Some("a_12.html"), None),
            (
                query,
                Some("show.jsp?id=7"),
                Some((1, &["show.jsp?id=7&page=2", "show.jsp?id=7&page=3"])),
            ),
            // The first page is not linked: nothing says that this is a later one.
            (query, Some("show.jsp?page=2&id=7"), None),
        ];
        for (html, name, want) in cases {
            let want = want.map(|(current, names)| {
                (
                    current,
                    names.iter().map(|name| (*name).to_owned()).collect(),
                )
            });
            assert_eq!(paging(html, name), want, "{html} {name:?}");
        }
    }
}
