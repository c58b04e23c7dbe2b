//! Lists and columns that scripts hide.
//!
//! In: a page on which no entries were found, or a front page. Out: the address of the data where a script asks for it by
//! that alone, columns that a click opens, and else what is not seen, in words for people: never silence.

use url::Url;

use super::items::Item;
use super::links;
use super::opens;
use super::paging::assigned;
use super::script::{Effect, Place};
use super::tree::{NodeId, Tree};
use super::urls::{self, Base};
use super::{Lead, column, site, title};
use crate::model::{ItemKind, Role};

/// Words in addresses that hand out lists, in small letters.
const LISTS: [&str; 14] = [
    "list", "info", "article", "news", "data", "page", "column", "query", "content", "catalog",
    "doc", "record", "nb", "gk",
];
/// Words in addresses that hand out something else.
const OTHERS: [&str; 19] = [
    "count", "hit", "click", "visit", "/log", "stat", "tongji", "weather", "login", "user",
    "captcha", "token", "menu", "nav", "comment", "survey", "share", "weixin", "search",
];
/// Words of addresses that change something or count a reader, whole: `updateViews`, `add_like`. Asking for such a one is
/// not reading.
const CHANGES: [&str; 33] = [
    "add",
    "append",
    "create",
    "insert",
    "save",
    "update",
    "edit",
    "modify",
    "set",
    "put",
    "write",
    "del",
    "delete",
    "remove",
    "clear",
    "submit",
    "send",
    "upload",
    "apply",
    "vote",
    "praise",
    "like",
    "likes",
    "digg",
    "zan",
    "favor",
    "favorite",
    "subscribe",
    "view",
    "views",
    "viewed",
    "pv",
    "uv",
];
/// Beginnings of words run together that do so: `updatehits`.
const CHANGING: [&str; 14] = [
    "update", "insert", "delete", "remove", "modify", "save", "submit", "vote", "praise",
    "addview", "addread", "addlike", "addnum", "pageview",
];
/// Data of one page that is asked for.
const MOST: usize = 2;
/// A page with less text is nothing but a frame for scripts, in runs.
const BARE: usize = 12;
/// Entries that are looked at.
const CLICKS: usize = 500;

/// What a page without entries has instead.
#[derive(Debug, Default)]
pub(super) struct Shell {
    /// Where its scripts get the list from, where an address is all it takes.
    pub lists: Vec<Url>,
    /// Why no entries were found; `None` where the page shows no sign of a list.
    pub why: Option<String>,
}

/// Looks for the list of a page without entries.
pub(super) fn shell(tree: &Tree<'_>, url: &Url, base: &Base) -> Shell {
    let mut found = Shell::default();
    let is_template = is_template(tree);
    let is_empty = |script: &&str| assigned(script, "totalRecord") == Some(0);
    if tree.scripts.iter().any(is_empty) && !is_template {
        return found;
    }
    let mut asked = None;
    for request in tree.program().requests() {
        let Some(address) = &request.address else {
            if is_template {
                asked.get_or_insert_default();
            }
            continue;
        };
        let lower = address.to_ascii_lowercase();
        let changes = changes(address);
        // What may be the list that is looked for is told of, though it is not asked for.
        let may_list = ["list", "query", "data", "page"];
        let may_list = may_list.iter().any(|word| lower.contains(word));
        if OTHERS.iter().any(|word| lower.contains(word)) || changes && !may_list {
            continue;
        }
        let target = urls::resolve(base, address).filter(|target| {
            target.host_str() == url.host_str() && target != url && !links::is_template(address)
        });
        let is_list = LISTS.iter().any(|word| lower.contains(word));
        match target.filter(|_| request.is_get && !changes && is_list) {
            Some(target) if !found.lists.contains(&target) && found.lists.len() < MOST => {
                found.lists.push(target);
            }
            Some(_) => {}
            None => {
                let way = if request.is_get { "" } else { " by POST" };
                let shown: String = address
                    .chars()
                    .filter(|c| !c.is_control())
                    .take(120)
                    .collect();
                asked = Some(format!("{way} at {shown}"));
            }
        }
    }
    if !found.lists.is_empty() {
        return found;
    }
    let is_bare = || {
        let has_script = tree
            .nodes()
            .iter()
            .any(|node| node.name == "script" && node.raw_attribute("src").is_some());
        let is_mount = |node: super::tree::Ref<'_, '_>| {
            node.name == "div"
                && matches!(
                    node.raw_attribute("id"),
                    Some("app" | "root" | "main-app" | "__nuxt")
                )
        };
        has_script && tree.runs() < BARE && tree.nodes().iter().any(is_mount)
    };
    if asked.is_some() || is_template || is_bare() {
        found.why = Some(format!(
            "its entries are not in the page, a script asks for them{}: give a profile with the address of the data, or import what a browser saw",
            asked.unwrap_or_default()
        ));
    }
    found
}

/// Whether asking for an address does more than read, by the words of its path and its query.
fn changes(address: &str) -> bool {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in address.chars().take(2000) {
        let begins = c.is_ascii_uppercase() && !before.is_ascii_uppercase();
        if !c.is_ascii_alphabetic() || !before.is_ascii_alphabetic() || begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && c.is_ascii_alphabetic()
        {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.iter().any(|word| {
        CHANGES.contains(&word.as_str()) || CHANGING.iter().any(|start| word.starts_with(start))
    })
}

/// Whether a page has a template for entries: an element that a script repeats, with a link in it.
fn is_template(tree: &Tree<'_>) -> bool {
    let repeats = |id: &NodeId| links::is_repeated(&tree.node(*id));
    let mut found = (0..tree.nodes().len()).filter(repeats);
    found.any(|id| {
        (id..tree.node(id).end)
            .take(60)
            .any(|id| tree.node(id).name == "a")
    }) || tree.scripts.iter().any(|script| {
        let script = script.trim_start();
        (script.starts_with('<') || script.starts_with("{{"))
            && script.contains("<a ")
            && script.contains("{{")
    })
}

/// Why entries of a page were not found: titles of reports that a script opens without an address.
pub(super) fn entries(tree: &Tree<'_>, base: &Base, items: &[Item]) -> Option<String> {
    let mut hidden = 0;
    for (id, node) in tree.nodes().iter().enumerate().take(20_000) {
        if !matches!(&*node.name, "a" | "li" | "tr" | "td" | "span" | "div" | "p")
            || hidden == CLICKS
        {
            continue;
        }
        let Some(script) = opens::click(node) else {
            continue;
        };
        if tree.span(id) > 600
            || opens::opened(node.attribute("href").as_deref(), Some(&script)).is_some()
        {
            continue;
        }
        let text = node
            .attribute("title")
            .map_or_else(|| tree.text(id), std::borrow::Cow::into_owned);
        let (kind, year) = title::classify(&text, None);
        let is_known = items.iter().any(|item| item.title == text);
        if kind == ItemKind::Report
            && year.is_some()
            && !is_known
            && links::by_function(tree, id, base).is_none()
        {
            hidden += 1;
        }
    }
    (hidden > 0).then(|| format!("{hidden} entries are opened by a script that gives no address"))
}

/// Columns of annual reports that a click opens, and those of which the address is not in the page.
pub(super) fn columns(tree: &Tree<'_>, base: &Base) -> (Vec<Lead>, Option<String>) {
    let (mut leads, mut hidden): (Vec<Lead>, _) = (Vec::new(), None);
    let place = Place {
        url: base.page(),
        tree,
    };
    for (id, node) in tree.nodes().iter().enumerate() {
        if !matches!(
            &*node.name,
            "a" | "area" | "li" | "td" | "span" | "div" | "p" | "button" | "img"
        ) {
            continue;
        }
        let Some(script) = opens::click(node) else {
            continue;
        };
        if tree.span(id) > 300 || leads.len() == 8 {
            continue;
        }
        let text = links::said(tree, id);
        if !column::is_column_name(&text) {
            continue;
        }
        let opened =
            opens::opened(node.attribute("href").as_deref(), Some(&script)).or_else(|| match tree
                .program()
                .click(place, &script, None)
            {
                Effect::Opens(address) => Some(address),
                _ => None,
            });
        let Some(url) = opened.and_then(|address| urls::resolve(base, &address)) else {
            hidden.get_or_insert_with(|| {
                format!("{text} is opened by a script that gives no address")
            });
            continue;
        };
        let is_sound =
            site::is_same_site(base.page(), &url) && url != *base.page() && !site::is_file(&url);
        if is_sound && leads.iter().all(|lead| lead.url != url) {
            leads.push(Lead {
                url,
                role: Role::List,
                title: Some(text),
                list_date: None,
                kind: ItemKind::Unknown,
                year: None,
                rule: "column.script",
            });
        }
    }
    (leads, hidden)
}

/// How many records the page's scripts say there are in all.
pub(super) fn total(tree: Option<&Tree<'_>>) -> Option<usize> {
    let mut scripts = tree?.scripts.iter();
    let found = scripts.find_map(|script| assigned(script, "totalRecord"))?;
    usize::try_from(found).ok()
}

/// A note where a script says that there are more records than the page has.
pub(super) fn more_by_script(tree: &Tree<'_>, items: usize) -> Option<String> {
    let total = tree.scripts.iter().find_map(|script| {
        let at = script.find("recordCount")? + "recordCount".len();
        let rest = script[at..]
            .trim_start()
            .strip_prefix([':', '='])?
            .trim_start();
        let rest = rest.trim_start_matches(['"', '\'']);
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..end].parse::<usize>().ok()
    })?;
    (total > items && items > 0)
        .then(|| format!("list: {total} records by its script, {items} in the page; the others are loaded by script"))
}

/// Links to other pages of this column: of its name, in its folder.
pub(super) fn other_entrances(tree: &Tree<'_>, url: &Url, base: &Base) -> Vec<(Url, String)> {
    let is_name = |name: &str| name.eq_ignore_ascii_case("ColumnName");
    let metas = tree.nodes().iter().filter(|node| node.name == "meta");
    let mut names = metas.filter(|node| node.raw_attribute("name").is_some_and(is_name));
    let Some(name) = names.find_map(|node| node.attribute("content")) else {
        return Vec::new();
    };
    let joined = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    };
    let name = joined(&name);
    let anchors = (0..tree.nodes().len()).filter(|id| tree.node(*id).name == "a");
    anchors
        .filter(|id| !name.is_empty() && joined(&tree.text(*id)) == name)
        .filter_map(|id| urls::resolve(base, &tree.node(id).attribute("href")?))
        .filter(|found| {
            found.host_str() == url.host_str() && urls::folder(found) == urls::folder(url)
        })
        .map(|found| (found, name.clone()))
        .take(4)
        .collect()
}
