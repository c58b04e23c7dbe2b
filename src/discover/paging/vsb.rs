//! 博达: static pages numbered downwards, or a parameter.
//!
//! Of 24 pages the first is `nb.htm`, the second `nb/23.htm`, the last `nb/1.htm`: names shift when a page is added.
//! Else `?PAGENUM=2` with `totalpage=24`, or `?a9t=24&a9p=2&a9c=15`.

use url::Url;

use super::links::{all, target};
use super::{Sheet, behind};
use crate::discover::urls;

const NEXT: [&str; 4] = ["下页", "下一页", "下一頁", "下一页>"];
const LAST: [&str; 4] = ["尾页", "末页", "最后一页", "最后页"];

pub(super) fn follow(sheet: &Sheet<'_, '_>) -> Option<Vec<Url>> {
    let tree = sheet.tree?;
    let (mut next, mut last) = (None, None);
    for (id, text) in all(tree) {
        let text = text.trim();
        if next.is_none() && NEXT.contains(&text) {
            next = target(sheet, tree, id);
        } else if last.is_none() && LAST.contains(&text) {
            last = target(sheet, tree, id);
        }
        if let Some(url) = target(sheet, tree, id)
            && let Some(pages) = by_parameter(sheet, &url)
        {
            return Some(pages);
        }
    }
    downwards(sheet.url, &next?, last.as_ref())
}

/// The number that is all of a file's name, and the ending.
fn numbered(url: &Url) -> Option<(u32, &str)> {
    let (stem, ending) = urls::file(url).split_once('.')?;
    let is_number = !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        .then(|| stem.parse().ok())?
        .map(|number| (number, ending))
}

fn downwards(own: &Url, next: &Url, last: Option<&Url>) -> Option<Vec<Url>> {
    let (number, ending) = numbered(next)?;
    let folder = urls::folder(next);
    let to_first = last.and_then(numbered).is_some_and(|(last, _)| last == 1);
    let from_above = numbered(own)
        .filter(|_| urls::folder(own) == folder)
        .is_some_and(|(own, _)| own == number.saturating_add(1));
    // Upwards the next page would be the second, or the one above this one's number.
    let upwards = numbered(own).is_some_and(|(own, _)| own < number);
    if number == 0 || upwards || !(to_first || from_above) {
        return None;
    }
    let lowest = number.saturating_sub(crate::profile::PAGES_AT_MOST).max(1);
    let page = |number: u32| urls::resolve(&next.into(), &format!("{folder}{number}.{ending}"));
    Some((lowest..=number).rev().filter_map(page).collect())
}

fn by_parameter(sheet: &Sheet<'_, '_>, link: &Url) -> Option<Vec<Url>> {
    let (page, total) = names(link)?;
    let number = |url: &Url, name: &str| urls::parameter(url, name)?.parse::<u32>().ok();
    number(link, &page)?;
    let current = number(sheet.url, &page).unwrap_or(1);
    let printed = number(link, &total).or_else(|| number(sheet.url, &total));
    let tree = sheet.tree?;
    let highest = || {
        let targets = all(tree).filter_map(|(id, _)| target(sheet, tree, id));
        targets.filter_map(|url| number(&url, &page)).max()
    };
    let last = printed.or_else(highest)?;
    let address = |number: u32| urls::with_parameter(link, &page, &number.to_string());
    Some(behind(current, last).map(address).collect())
}

/// The parameters of an address that hold the page and the number of pages.
fn names(url: &Url) -> Option<(String, String)> {
    url.query()?.split('&').find_map(|part| {
        let name = part.split('=').next()?;
        if name.eq_ignore_ascii_case("PAGENUM") {
            return Some((name.to_owned(), "totalpage".to_owned()));
        }
        let digits = name.strip_prefix('a')?.strip_suffix('p')?;
        let is_id = digits.len() > 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then(|| (name.to_owned(), format!("a{digits}t")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::tree::Tree;
    use crate::discover::urls::Base;

    fn pages(url: &str, source: &str) -> Option<String> {
        let url = Url::parse("http://a.example").unwrap().join(url).unwrap();
        let tree = Tree::parse(source);
        let sheet = Sheet {
            url: &url,
            base: &Base::from(&url),
            source,
            tree: Some(&tree),
            listing: None,
        };
        let found = follow(&sheet)?;
        let found: Vec<_> = found
            .iter()
            .map(|url| url.as_str().replace("http://a.example", ""))
            .collect();
        Some(found.join(" "))
    }

    #[test]
    fn pages_count_downwards() {
        let pager =
            |next: &str, last: &str| format!("<a href={next}>下页</a><a href={last}>尾页</a>");
        let cases = [
            (
                "/zw/nb.htm",
                pager("nb/3.htm", "nb/1.htm"),
                Some("/zw/nb/3.htm /zw/nb/2.htm /zw/nb/1.htm"),
            ),
            (
                "/zw/nb/3.htm",
                pager("2.htm", "1.htm"),
                Some("/zw/nb/2.htm /zw/nb/1.htm"),
            ),
            (
                "/zw/nb.htm",
                pager("nb/1.htm", "nb/1.htm"),
                Some("/zw/nb/1.htm"),
            ),
            (
                "/zw/nb/3.htm",
                "<a href=2.htm>下页</a>".into(),
                Some("/zw/nb/2.htm /zw/nb/1.htm"),
            ),
            ("/zw/1.htm", pager("2.htm", "24.htm"), None),
            ("/zw/nb.htm", pager("nb/2.htm", "nb/24.htm"), None),
            ("/zw/nb.htm", pager("list_2.htm", "list_9.htm"), None),
        ];
        for (url, source, want) in cases {
            assert_eq!(pages(url, &source).as_deref(), want, "{url} {source}");
        }
    }

    #[test]
    fn pages_by_parameter() {
        let source = "<a href='list.jsp?totalpage=3&PAGENUM=2&wbtreeid=9'>下页</a>";
        let want =
            "/list.jsp?totalpage=3&PAGENUM=2&wbtreeid=9 /list.jsp?totalpage=3&PAGENUM=3&wbtreeid=9";
        assert_eq!(pages("/list.jsp?wbtreeid=9", source).as_deref(), Some(want));
        let source = "<a href='?a149525t=2&a149525p=2&a149525c=10&b=1'>下页</a>";
        let want = "/nb.htm?a149525t=2&a149525p=2&a149525c=10&b=1";
        assert_eq!(pages("/nb.htm", source).as_deref(), Some(want));
        assert_eq!(
            pages("/nb.htm?a149525p=2&a149525t=2", source).as_deref(),
            Some("")
        );
        let source = "<a href='?PAGENUM=2'>2</a><a href='?PAGENUM=3'>3</a>";
        assert_eq!(
            pages("/l.jsp", source).as_deref(),
            Some("/l.jsp?PAGENUM=2 /l.jsp?PAGENUM=3")
        );
    }
}
