//! 大汉: groups of records from `dataproxy.jsp`.
//!
//! A page holds the first group in its script; `<nextgroup>` names the next. Where the script prints the sum of records,
//! all further groups are asked for by `startrecord` and `endrecord`, with the parameters of that link.

use url::Url;

use super::{Sheet, assigned};
use crate::discover::records::{contents, is_datastore};
use crate::discover::tree::Tree;
use crate::discover::urls;
use crate::profile::{PAGES_AT_MOST, Paging};

/// Records of a page where nothing says how many.
const PER_PAGE: u32 = 15;
/// Pages of a group.
const PAGES: u32 = 3;

pub(super) fn follow(sheet: &Sheet<'_, '_>, paging: &Paging) -> Option<Vec<Url>> {
    let scripts = sheet
        .tree
        .map(|tree| tree.scripts.as_slice())
        .unwrap_or_default();
    let data = if is_datastore(sheet.source) && sheet.tree.is_none() {
        sheet.source
    } else {
        scripts.iter().find(|script| is_datastore(script))?
    };
    let records = u32::try_from(contents(data, "record").count()).ok()?;
    let total = [data].iter().chain(scripts).find_map(|script| {
        assigned(script, "totalRecord")
            .or_else(|| contents(script, "totalrecord").next()?.trim().parse().ok())
    });
    let per_page = scripts
        .iter()
        .find_map(|script| assigned(script, "perPage"));
    let per_page = paging
        .records_per_page
        .or(per_page)
        .filter(|n| *n > 0)
        .unwrap_or(PER_PAGE);
    let next = contents(data, "nextgroup").find_map(|link| target(sheet, link));

    let number = |name| urls::parameter(sheet.url, name)?.parse::<u32>().ok();
    if let (Some(start), Some(end)) = (number("startrecord"), number("endrecord")) {
        let span = end.saturating_sub(start).saturating_add(1);
        let more = records >= span && total.is_none_or(|total| total > end);
        let next = group(sheet.url, end.saturating_add(1), span, per_page);
        return Some(if more && records > 0 {
            vec![next]
        } else {
            Vec::new()
        });
    }
    let (Some(next), Some(total)) = (&next, total) else {
        return Some(next.into_iter().collect());
    };
    let span = records.max(per_page.saturating_mul(PAGES)).max(1);
    let mut starts = Vec::new();
    let mut start = records.saturating_add(1);
    while start <= total && starts.len() < PAGES_AT_MOST as usize {
        starts.push(start);
        start = start.saturating_add(span);
    }
    Some(
        starts
            .into_iter()
            .map(|start| group(next, start, span, per_page))
            .collect(),
    )
}

/// The address of a group: that of another with its records.
fn group(template: &Url, start: u32, span: u32, per_page: u32) -> Url {
    let end = start.saturating_add(span).saturating_sub(1);
    let mut url = template.clone();
    let query = url.query().unwrap_or_default();
    let kept: Vec<&str> = query
        .split('&')
        .filter(|part| !part.starts_with("page=") && !part.is_empty())
        .collect();
    let kept = kept.join("&");
    url.set_query(Some(&kept));
    let url = urls::with_parameter(&url, "startrecord", &start.to_string());
    let url = urls::with_parameter(&url, "endrecord", &end.to_string());
    urls::with_parameter(&url, "perpage", &per_page.to_string())
}

fn target(sheet: &Sheet<'_, '_>, link: &str) -> Option<Url> {
    let tree = Tree::parse(link);
    let href = tree
        .nodes()
        .iter()
        .find_map(|node| node.attribute("href"))?;
    urls::resolve(sheet.base, &href)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::urls::Base;
    use crate::profile::Strategy;

    fn groups(url: &str, source: &str) -> Vec<String> {
        let url = Url::parse(url).unwrap();
        let tree = source.starts_with("<html").then(|| Tree::parse(source));
        let sheet = Sheet {
            url: &url,
            base: &Base::from(&url),
            source,
            tree: tree.as_ref(),
            listing: None,
        };
        let found = follow(&sheet, &Paging::plain(Strategy::Hanweb)).unwrap();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn groups_follow_by_link_or_by_number() {
        let data = |records: usize| {
            format!(
                "<datastore><nextgroup><![CDATA[<a href=\"/d.jsp?page=1&unitid=7&path=/\"></a>]]></nextgroup><recordset>{}</recordset></datastore>",
                "<record><![CDATA[<li>x</li>]]></record>".repeat(records)
            )
        };
        let page = |total: usize| {
            format!(
                "<html><script type=text/xml>{}</script><script>$('#7').jpage({{perPage:2, totalRecord:{total}}})</script>",
                data(6)
            )
        };
        let host = "http://a.example/col/col5/index.html";
        let want = ["http://a.example/d.jsp?page=1&unitid=7&path=/"];
        assert_eq!(groups("http://a.example/d.jsp", &data(6)), want);
        let want = [
            "http://a.example/d.jsp?unitid=7&path=/&startrecord=7&endrecord=12&perpage=2",
            "http://a.example/d.jsp?unitid=7&path=/&startrecord=13&endrecord=18&perpage=2",
        ];
        assert_eq!(groups(host, &page(14)), want);
        assert!(groups(host, &page(6)).is_empty());
        assert_eq!(
            groups(&want[0].replace("perpage=2", "perpage=15"), &data(6))[0],
            want[1].replace("perpage=2", "perpage=15")
        );
        assert!(groups(want[0], &data(5)).is_empty());
    }
}
