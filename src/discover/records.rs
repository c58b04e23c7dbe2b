//! Lists that are data: 大汉's XML, in a page's script or from `dataproxy.jsp`, and JSON.
//!
//! In: the text. Out: items, and how many records there are in all where the data say so. Tolerant: what is not
//! understood is left out.

use jiff::civil::Date;
use jiff::{Timestamp, tz::Offset};
use serde_json::{Map, Value};

use super::items::{Item, beside};
use super::links;
use super::printed::date_in;
use super::script::data;
use super::tree::{Tree, tidy};
use super::urls::{self, Base};
use crate::profile::ListRules;

/// Records of one page that are looked at.
const RECORDS: usize = 5000;
/// Fields of one record that are looked at.
const FIELDS: usize = 200;
/// Arrays of the page's scripts that are looked at.
const ARRAYS: usize = 20;

/// The content of 大汉's records in XML, without the CDATA around it.
pub(super) fn contents<'t>(text: &'t str, element: &'static str) -> impl Iterator<Item = &'t str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(&open)? + open.len();
        let length = rest[start..].find(&close)?;
        let inner = rest[start..start + length].trim();
        rest = &rest[start + length + close.len()..];
        let inner = inner.strip_prefix("<![CDATA[").unwrap_or(inner);
        Some(inner.strip_suffix("]]>").unwrap_or(inner))
    })
    .take(RECORDS)
}

/// Whether a text holds 大汉's records.
pub(super) fn is_datastore(text: &str) -> bool {
    text.contains("<record>") && (text.contains("<datastore") || text.contains("<recordset"))
}

/// The items of 大汉's records.
pub(super) fn from_datastore(text: &str, base: &Base, rules: &ListRules) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for record in contents(text, "record") {
        let tree = Tree::parse(record);
        let blocked = vec![false; tree.nodes().len()];
        let found = links::collect(&tree, base, &blocked, rules);
        let longest = found
            .iter()
            .rev()
            .max_by_key(|link| link.title.chars().count());
        let Some(link) = longest else { continue };
        let root = tree.ancestors(link.node).last().unwrap_or(link.node);
        let date = beside(&tree, root, link).or_else(|| {
            let runs = tree.text_range(link.node);
            super::items::printed(&tree, 0..runs.start, runs.end..runs.end + 60)
        });
        items.push(Item {
            url: link.url.clone(),
            title: link.title.clone(),
            date: date.and_then(super::printed::Printed::day),
        });
    }
    items
}

/// A list in JSON.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub items: Vec<Item>,
    /// How many records there are in all; `None` where it does not say.
    pub total: Option<u32>,
    /// How many records this answer has, items or not.
    pub records: usize,
}

/// Names of fields, best first, in small letters.
const TITLES: [&str; 8] = [
    "title",
    "doctitle",
    "articletitle",
    "infotitle",
    "showtitle",
    "infoname",
    "titlename",
    "name",
];
const URLS: [&str; 14] = [
    "url",
    "docpuburl",
    "puburl",
    "docurl",
    "chnldocurl",
    "link",
    "href",
    "post_url",
    "linkurl",
    "infourl",
    "visiturl",
    "articleurl",
    "pageurl",
    "staticurl",
];
const DATES: [&str; 22] = [
    "date",
    "display_publish_time",
    "first_publish_time",
    "publish_time",
    "publishtime",
    "publishdate",
    "publishedtimestr",
    "publishedtime",
    "pubdate",
    "pubtime",
    "docreltime",
    "docpubtime",
    "releasetime",
    "infodate",
    "showdate",
    "webdate",
    "deploytime",
    "create_time",
    "created_at",
    "createtime",
    "createdate",
    "time",
];
const TOTALS: [&str; 6] = [
    "total",
    "totalcount",
    "total_count",
    "totalrecord",
    "recordcount",
    "count",
];

/// A list and the object it stands in.
type Around<'v> = (&'v Vec<Value>, Option<&'v Map<String, Value>>);

/// Reads JSON, with or without a function's name around it; `None` where it is none or has no list of articles.
pub(super) fn from_json(text: &str, base: &Base) -> Option<Listing> {
    let value = strict(text).or_else(|| data::answer(text))?;
    let mut best: Option<Around<'_>> = None;
    let mut open = vec![(&value, None)];
    while let Some((value, around)) = open.pop() {
        match value {
            Value::Array(list) => {
                let articles = list.iter().filter(|value| is_article(value)).count();
                if articles > 0 && best.is_none_or(|(known, _)| known.len() < list.len()) {
                    best = Some((list, around));
                } else if articles == 0 {
                    open.extend(list.iter().take(RECORDS).map(|value| (value, around)));
                }
            }
            Value::Object(map) => open.extend(map.values().map(|value| (value, Some(map)))),
            _ => {}
        }
    }
    let Some((list, around)) = best else {
        // A list without articles, as behind the last page.
        let map = value.as_object()?;
        map.get("articles")?.as_array()?;
        return Some(Listing {
            total: first(map, &TOTALS).and_then(number),
            ..Listing::default()
        });
    };
    let maps = [around, value.as_object()];
    let total = maps
        .into_iter()
        .flatten()
        .find_map(|map| first(map, &TOTALS).and_then(number));
    let items = list
        .iter()
        .take(RECORDS)
        .filter_map(|value| item(value, base))
        .collect();
    Some(Listing {
        items,
        total,
        records: list.len(),
    })
}

/// The items of an array in a page's script, where most of them have a date or a report's title: menus have neither.
pub(super) fn from_scripts(scripts: &[&str], base: &Base) -> Vec<Item> {
    let arrays = data::arrays(scripts).into_iter().take(ARRAYS);
    let lists = arrays.filter_map(|list| {
        let all = list.iter().take(RECORDS);
        let items: Vec<Item> = all.filter_map(|value| item(value, base)).collect();
        let tells = |item: &&Item| {
            item.date.is_some() || item.title.contains("年报") || item.title.contains("年度报告")
        };
        (items.iter().filter(tells).count() * 2 > items.len()).then_some(items)
    });
    lists.max_by_key(Vec::len).unwrap_or_default()
}

/// JSON, with or without something around it.
fn strict(text: &str) -> Option<Value> {
    let start = text.find(['{', '['])?;
    let end = text.rfind(['}', ']'])?;
    serde_json::from_str(text.get(start..=end)?).ok()
}

/// The longest piece of a page with links that stands in JSON as a string.
pub(super) fn fragment(text: &str) -> Option<String> {
    let mut open = vec![strict(text)?];
    let mut best: Option<String> = None;
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => {
                let longer = best.as_ref().is_none_or(|best| best.len() < text.len());
                if longer && text.contains("<a ") {
                    best = Some(text);
                }
            }
            Value::Array(list) => open.extend(list),
            Value::Object(map) => open.extend(map.into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    best
}

fn first<'v>(map: &'v Map<String, Value>, names: &[&str]) -> Option<&'v Value> {
    fields(map, names).find(|value| !value.is_null() && value.as_str() != Some(""))
}

/// The fields of these names in their order, written in any case.
fn fields<'v>(map: &'v Map<String, Value>, names: &[&str]) -> impl Iterator<Item = &'v Value> {
    let found = names.iter().filter_map(|name| {
        map.get(*name).or_else(|| {
            let mut all = map.iter().take(FIELDS);
            all.find_map(|(own, value)| own.eq_ignore_ascii_case(name).then_some(value))
        })
    });
    found.collect::<Vec<_>>().into_iter()
}

fn number(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => u32::try_from(number.as_u64()?).ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn is_article(value: &Value) -> bool {
    value.as_object().is_some_and(|map| {
        let text = |names| first(map, names).is_some_and(Value::is_string);
        text(&TITLES) && text(&URLS)
    })
}

fn item(value: &Value, base: &Base) -> Option<Item> {
    let map = value.as_object()?;
    let address = first(map, &URLS)?.as_str()?;
    let raw = first(map, &TITLES)?.as_str()?;
    // A template that a script fills.
    if links::is_template(address) || raw.contains("{{") {
        return None;
    }
    let url = urls::resolve(base, address)?;
    // Search answers mark words by tags.
    let tree = Tree::parse(raw);
    let runs = tree.runs();
    let title = if raw.contains('<') {
        tree.text_between(0..runs)
    } else {
        tidy(raw)
    };
    (!title.is_empty()).then(|| Item {
        url,
        title,
        date: fields(map, &DATES).find_map(date),
    })
}

/// A date as text, or as seconds or milliseconds since 1970, which are read as days in China.
fn date(value: &Value) -> Option<Date> {
    let seconds = match value {
        Value::Number(number) => number.as_i64()?,
        Value::String(text) => match text.trim().parse::<i64>() {
            Ok(seconds) if text.trim().len() >= 9 => seconds,
            _ => return date_in(text),
        },
        _ => return None,
    };
    let seconds = if seconds > 100_000_000_000 {
        seconds / 1000
    } else {
        seconds
    };
    if seconds < 600_000_000 {
        return None;
    }
    let moment = Timestamp::from_second(seconds).ok()?;
    Some(Offset::constant(8).to_datetime(moment).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_tolerantly() {
        let base = Base::from(
            &url::Url::parse("http://www.qingling.example/gkmlpt/api/all/12?page=1&sid=7").unwrap(),
        );
        let cases = [
            r#"{"articles":[{"title":"年报<em>一</em>","url":"/a/post_1.html","created_at":1706630400}],"total":201,"classify":{"name":"x"}}"#,
            r#"{"data":{"total":"201","rows":[{"docTitle":"年报一","docPubUrl":"http://www.qingling.example/a/post_1.html","docRelTime":"2024-01-31 00:00:00"}]}}"#,
            r#"back([{"title":"年报一","url":"/a/post_1.html","#,
            r#"back([{"title":"年报一","url":"/a/post_1.html","date":1706630400}]);"#,
        ];
        for (number, text) in cases.iter().enumerate() {
            let found = from_json(text, &base);
            if number == 2 {
                assert!(found.is_none(), "{text}");
                continue;
            }
            let found = found.unwrap_or_else(|| panic!("{text}"));
            let [item] = found.items.as_slice() else {
                panic!("{found:?}");
            };
            assert_eq!(item.title, "年报一");
            assert_eq!(
                item.url.as_str(),
                "http://www.qingling.example/a/post_1.html"
            );
            assert_eq!(item.date.unwrap().to_string(), "2024-01-31");
            assert_eq!(found.total, (number < 2).then_some(201));
        }
        assert!(
            from_json(r#"{"articles":[],"total":0}"#, &base)
                .unwrap()
                .items
                .is_empty()
        );
        assert!(from_json(r#"{"a":1}"#, &base).is_none());
        assert!(from_json("[[[[", &base).is_none());
    }
}
