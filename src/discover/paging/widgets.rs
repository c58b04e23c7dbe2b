//! Pagers that a widget draws: laypage, kkpager, pagination and others, with how many pages there are and what a click does.
//!
//! In: a page's scripts. Out: the pages behind it where the options say their addresses.

use super::scripted::{Scripted, by_request, resolved};
use super::{Sheet, behind};
use crate::discover::script::{Answer, Effect, Place, Value, Widget};
use crate::discover::tree::Tree;

/// Functions that draw pagers.
const WIDGETS: [&str; 16] = [
    "render",
    "laypage",
    "generPageHtml",
    "pagination",
    "createPage",
    "jqPaginator",
    "twbsPagination",
    "bootstrapPaginator",
    "Paging",
    "paging",
    "pager",
    "Pager",
    "sPage",
    "Page",
    "myPagination",
    "whjPaging",
];
/// Options with the number of pages.
const PAGES: [&str; 7] = [
    "pages",
    "pagecount",
    "totalpages",
    "totalpage",
    "pagetotal",
    "countpage",
    "totalpagenum",
];
/// Options with the number of records.
const RECORDS: [&str; 10] = [
    "count",
    "total",
    "totalrecords",
    "totalrecord",
    "totalcount",
    "recordcount",
    "totaldata",
    "totalsize",
    "totalnum",
    "items",
];
/// Options with the number of records of a page.
const PER_PAGE: [&str; 7] = [
    "limit",
    "pagesize",
    "perpage",
    "itemsperpage",
    "showdata",
    "itemsonpage",
    "pagerows",
];
/// Options with the number of this page.
const CURRENT: [&str; 9] = [
    "curr",
    "pno",
    "current",
    "currentpage",
    "pagenumber",
    "pageno",
    "pageindex",
    "startpage",
    "page",
];
/// Options with what a click does, or the address of a page.
const CALLS: [&str; 16] = [
    "jump",
    "callback",
    "backfn",
    "onselectpage",
    "onpagechange",
    "onpageclick",
    "click",
    "getlink",
    "pageurl",
    "changepage",
    "backfun",
    "onchangepage",
    "onpageclicked",
    "onchange",
    "fn",
    "href",
];

/// The pages behind a page by its widget; `None` where it has none, or the widget does not say how many pages there are.
pub(super) fn follow(
    sheet: &Sheet<'_, '_>,
    tree: &Tree<'_>,
    place: Place<'_, '_>,
    entries: usize,
) -> Option<Scripted> {
    if !tree
        .scripts
        .iter()
        .any(|script| WIDGETS.iter().any(|name| script.contains(name)))
    {
        return None;
    }
    let program = tree.program();
    program.widgets(&WIDGETS).iter().find_map(|widget| {
        let number = |names: &[&str]| {
            let found = program.number_of(place, widget, names)?;
            u32::try_from(found).ok()
        };
        let per_page = number(&PER_PAGE).filter(|number| *number > 0);
        // kkpager calls the pages total.
        let is_kk = widget.name == "generPageHtml";
        let records = if is_kk {
            number(&["totalrecords"])
        } else {
            number(&RECORDS).or_else(|| widget.first.and_then(|first| u32::try_from(first).ok()))
        };
        let by_records = || {
            let usual = (widget.name == "render").then_some(10);
            Some(records?.div_ceil(per_page.or(usual)?))
        };
        let counted = if is_kk {
            number(&["total"])
        } else {
            number(&PAGES)
        };
        let pages = counted.or_else(by_records)?;
        if pages < 2 || records.is_some_and(|records| entries > 0 && records as usize <= entries) {
            return Some(Scripted::Pages(Vec::new()));
        }
        let from_zero = widget.first.is_some();
        let found = addresses(sheet, place, widget, pages, from_zero);
        let current = number(&CURRENT).map(|number| number + u32::from(from_zero));
        Some(match found {
            Ok(all) => {
                let own = all.iter().position(|url| url.as_ref() == Some(sheet.url));
                let own = own.map(|place| u32::try_from(place).unwrap_or(0) + 1);
                let current = own.or(current).unwrap_or(1).max(1);
                let behind = all.into_iter().skip(current as usize).flatten();
                Scripted::Pages(behind.collect())
            }
            Err(_) if current.is_some_and(|current| current >= pages) => {
                Scripted::Pages(Vec::new())
            }
            Err(Effect::Asks | Effect::Posts) => Scripted::Unseen(by_request().into()),
            Err(_) => Scripted::Unseen(format!(
                "its pager counts {pages} pages and gives no address"
            )),
        })
    })
}

/// The addresses of all pages, from the first, where they differ from each other.
fn addresses(
    sheet: &Sheet<'_, '_>,
    place: Place<'_, '_>,
    widget: &Widget<'_>,
    pages: u32,
    from_zero: bool,
) -> Result<Vec<Option<url::Url>>, Effect> {
    let mut found = Vec::new();
    let mut others = 0;
    for page in behind(0, pages) {
        let number = page - u32::from(from_zero);
        let url = address(place, widget, number, page).map(|address| resolved(sheet, &address))?;
        if url.is_none() || page > 1 && found.last() == Some(&url) {
            others += 1;
        }
        if others > 1 {
            return Err(Effect::Hidden);
        }
        found.push(url);
    }
    // The first page's may be unlike the others'; a later one without an address makes all doubtful.
    if found.iter().skip(1).any(Option::is_none) || found.len() > 1 && found[0] == found[1] {
        return Err(Effect::Hidden);
    }
    Ok(found)
}

/// The address of one page. `number` is what the widget counts, `page` counts from 1.
fn address(
    place: Place<'_, '_>,
    widget: &Widget<'_>,
    number: u32,
    page: u32,
) -> Result<String, Effect> {
    let program = place.tree.program();
    let text = |name: &str| program.text_of(place, widget, name);
    let put = |template: String, hole: &str| {
        template
            .contains(hole)
            .then(|| template.replace(hole, &number.to_string()))
    };
    let template = text("linkto")
        .and_then(|template| put(template, "__id__"))
        .or_else(|| {
            text("href").and_then(|template| {
                put(template, "{{number}}").or_else(|| put(text("href")?, "{{page}}"))
            })
        })
        .or_else(|| {
            Some(format!(
                "{}{page}{}",
                text("hreftextprefix")?,
                text("hreftextsuffix").unwrap_or_default()
            ))
        });
    if let Some(address) = template {
        return Ok(address);
    }
    let mut effect = Effect::Nothing;
    for name in CALLS {
        let Some(Answer {
            effect: own,
            returned,
        }) = program.callback(place, widget, name, values(widget, name, number))
        else {
            continue;
        };
        match (own, returned) {
            (Effect::Opens(address) | Effect::Loads(address), _) => return Ok(address),
            (Effect::Nothing, Some(address)) if matches!(name, "getlink" | "pageurl" | "href") => {
                return Ok(address);
            }
            (own, _) if effect == Effect::Nothing => effect = own,
            _ => {}
        }
    }
    // kkpager's own way: `index.html`, `index_2.html`.
    if widget.name == "generPageHtml"
        && effect == Effect::Nothing
        && let (Some(former), Some(latter)) = (text("hrefformer"), text("hreflatter"))
    {
        return Ok(if page == 1 {
            former + &latter
        } else {
            format!("{former}_{page}{latter}")
        });
    }
    Err(effect)
}

/// What a widget hands to its function.
fn values(widget: &Widget<'_>, name: &str, number: u32) -> Vec<Value> {
    let number = Value::Number(number.into());
    match (widget.name, name) {
        ("render" | "laypage", _) => vec![
            Value::Fields(vec![("curr".into(), number)]),
            Value::Truth(false),
        ],
        ("jqPaginator", _) => vec![number, Value::Text("change".into())],
        ("twbsPagination", _) | ("bootstrapPaginator", "pageurl") => vec![Value::Unknown, number],
        ("bootstrapPaginator", _) => vec![Value::Unknown, Value::Unknown, Value::Unknown, number],
        _ => vec![number],
    }
}
