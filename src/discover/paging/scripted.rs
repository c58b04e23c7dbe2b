//! Pagers that exist in scripts only: functions (`goPage(2)`), widgets (`laypage.render({…})`), forms.
//!
//! In: a page and how many entries were found on it. Out: [`Scripted`]: the pages behind it where the scripts say their
//! addresses, else why the list goes on unseen. A page that shows no sign of going on is whole.

use url::Url;

use super::{Sheet, behind, links, widgets};
use crate::discover::links::said as said_by;
use crate::discover::opens;
use crate::discover::script::{Effect, Place, Program};
use crate::discover::tree::{NodeId, Ref, Tree};
use crate::discover::urls;

/// What the scripts say of the pages behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::discover) enum Scripted {
    /// These follow; there may be none.
    Pages(Vec<Url>),
    /// The list goes on, but not to an address: why, a few words.
    Unseen(String),
}

/// Texts of the link to the last page.
const LAST: [&str; 5] = ["尾页", "末页", "最后一页", "最后页", "last"];
/// Texts of the link to the page before.
const PREVIOUS: [&str; 8] = [
    "上一页",
    "上页",
    "前页",
    "前一页",
    "上一頁",
    "prev",
    "previous",
    "pre",
];
/// Texts of what adds more entries to those shown.
const MORE: [&str; 4] = ["加载更多", "点击加载更多", "查看更多数据", "显示更多"];
/// Elements with a click that are looked at.
const CLICKS: usize = 400;
/// What names of functions that turn pages have in them, in small letters.
const NAMES: [&str; 9] = [
    "page",
    "goto",
    "jump",
    "turn",
    "fenye",
    "pager",
    "topn",
    "skip",
    "dopostback",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Next,
    Last,
    More,
    Number(u32),
}

struct Click {
    says: Says,
    script: String,
}

/// The pages behind a page by its scripts; `None` where no script turns pages.
pub(in crate::discover) fn follow(sheet: &Sheet<'_, '_>, entries: usize) -> Option<Scripted> {
    let tree = sheet.tree?;
    let place = Place {
        url: sheet.url,
        tree,
    };
    by_clicks(sheet, tree, place)
        .or_else(|| by_choice(sheet, tree, place))
        .or_else(|| widgets::follow(sheet, tree, place, entries))
        .or_else(|| by_words(sheet, tree))
}

pub(super) const fn by_post() -> &'static str {
    "it goes on by POST: a form of the page is sent, which is not followed"
}

pub(super) const fn by_request() -> &'static str {
    "it goes on by a request of its scripts that is no address alone"
}

fn by_script(script: &str) -> String {
    let shown: String = script
        .chars()
        .filter(|c| !c.is_control())
        .take(60)
        .collect();
    format!("it goes on by a script that gives no address: {shown}")
}

fn by_clicks(sheet: &Sheet<'_, '_>, tree: &Tree<'_>, place: Place<'_, '_>) -> Option<Scripted> {
    let clicks = clicks(tree);
    let next = clicks.iter().find(|click| click.says == Says::Next);
    let last = clicks.iter().find(|click| click.says == Says::Last);
    if let Some(next) = next {
        return Some(by_next(sheet, tree, place, next, last));
    }
    if let Some(more) = clicks.iter().find(|click| click.says == Says::More) {
        return match effect(tree, place, &more.script) {
            Effect::Nothing => None,
            Effect::Posts => Some(Scripted::Unseen(by_post().into())),
            Effect::Asks | Effect::Loads(_) => Some(Scripted::Unseen(by_request().into())),
            Effect::Opens(_) | Effect::Hidden => Some(Scripted::Unseen(by_script(&more.script))),
        };
    }
    by_numbers(sheet, tree, place, &clicks)
}

fn effect(tree: &Tree<'_>, place: Place<'_, '_>, script: &str) -> Effect {
    tree.program().click(place, script, None)
}

/// An address of this host that is another page.
pub(super) fn resolved(sheet: &Sheet<'_, '_>, address: &str) -> Option<Url> {
    let url = urls::resolve(sheet.base, address)?;
    let is_sound = !["undefined", "NaN", "null", "[object"]
        .iter()
        .any(|word| address.contains(word));
    (is_sound && url.host_str() == sheet.url.host_str()).then_some(url)
}

fn by_next(
    sheet: &Sheet<'_, '_>,
    tree: &Tree<'_>,
    place: Place<'_, '_>,
    next: &Click,
    last: Option<&Click>,
) -> Scripted {
    let whole = || Scripted::Pages(Vec::new());
    let numbers = Program::numbers(&next.script);
    let printed = printed(tree);
    if let [(_, number)] = numbers.as_slice() {
        // Behind the last page such links lead to it, or to the first.
        let is_behind = printed.is_some_and(|(_, pages)| *number > i64::from(pages));
        if (*number < 2 || is_behind) && !next.script.contains("PostBack") {
            return whole();
        }
    }
    if printed.is_some_and(|(current, pages)| current.unwrap_or(1) >= pages) {
        return whole();
    }
    match effect(tree, place, &next.script) {
        Effect::Opens(address) | Effect::Loads(address) => {
            let Some(first) = resolved(sheet, &address) else {
                return Scripted::Unseen(by_script(&next.script));
            };
            if first == *sheet.url {
                return whole();
            }
            let turned = |at: usize, number: i64| match tree.program().click_with(
                place,
                &next.script,
                at,
                number,
            ) {
                Effect::Opens(address) | Effect::Loads(address) => resolved(sheet, &address),
                _ => None,
            };
            let counts = |(at, number): &(usize, i64)| {
                turned(*at, number.saturating_add(1)).is_some_and(|url| url != first)
            };
            if !numbers.is_empty() && !numbers.iter().any(counts) {
                // The same page for every number.
                return Scripted::Unseen(by_script(&next.script));
            }
            let apart = last.and_then(|last| Program::apart(&next.script, &last.script));
            let mut pages = vec![first];
            if let Some((at, number, end)) = apart
                && let (Ok(number), Ok(end)) = (u32::try_from(number), u32::try_from(end))
            {
                pages.extend(behind(number, end).filter_map(|number| turned(at, number.into())));
            }
            Scripted::Pages(pages)
        }
        Effect::Posts => Scripted::Unseen(by_post().into()),
        Effect::Asks => Scripted::Unseen(by_request().into()),
        Effect::Hidden => Scripted::Unseen(by_script(&next.script)),
        Effect::Nothing => whole(),
    }
}

/// A pager of numbers that are clicks, without a link to the next page.
fn by_numbers(
    sheet: &Sheet<'_, '_>,
    tree: &Tree<'_>,
    place: Place<'_, '_>,
    clicks: &[Click],
) -> Option<Scripted> {
    let turns = |script: &str| {
        let end = script.find('(')?;
        let name = script[..end].trim().to_ascii_lowercase();
        (name == "go" || NAMES.iter().any(|word| name.contains(word))).then_some(())
    };
    let mut numbers: Vec<(u32, &str)> = clicks
        .iter()
        .filter_map(|click| match click.says {
            Says::Number(number) => turns(&click.script).map(|()| (number, click.script.as_str())),
            _ => None,
        })
        .collect();
    numbers.dedup();
    let highest = numbers.iter().map(|(number, _)| *number).max()?;
    let address = |script: &str| match effect(tree, place, script) {
        Effect::Opens(address) | Effect::Loads(address) => resolved(sheet, &address),
        _ => None,
    };
    let own = numbers
        .iter()
        .find(|(_, script)| address(script).is_some_and(|url| url == *sheet.url))
        .map(|(number, _)| *number);
    // The page's own number is no link.
    let missing = (1..highest).find(|number| numbers.iter().all(|(other, _)| other != number));
    let current = own.or(missing).or_else(|| {
        printed(tree).and_then(|(current, _)| current.or_else(|| first(sheet, tree)))
    })?;
    let mut pages = Vec::new();
    let (mut posts, mut asks, mut hidden) = (false, false, None);
    for (_, script) in numbers.iter().filter(|(number, _)| *number > current) {
        match effect(tree, place, script) {
            Effect::Opens(address) | Effect::Loads(address) => match resolved(sheet, &address) {
                Some(url) if !pages.contains(&url) => pages.push(url),
                _ => hidden = Some(*script),
            },
            Effect::Posts => posts = true,
            Effect::Asks => asks = true,
            Effect::Hidden => hidden = Some(*script),
            Effect::Nothing => {}
        }
    }
    if !pages.is_empty() {
        return Some(Scripted::Pages(pages));
    }
    if posts {
        return Some(Scripted::Unseen(by_post().into()));
    }
    if asks {
        return Some(Scripted::Unseen(by_request().into()));
    }
    hidden.map(|script| Scripted::Unseen(by_script(script)))
}

/// A choice of pages by number that calls a function: `<select onchange="goPage(this.value)">`.
fn by_choice(sheet: &Sheet<'_, '_>, tree: &Tree<'_>, place: Place<'_, '_>) -> Option<Scripted> {
    let selects = (0..tree.nodes().len())
        .filter(|id| tree.node(*id).name == "select")
        .take(20);
    for select in selects {
        let Some(script) = tree.node(select).attribute("onchange") else {
            continue;
        };
        let options: Vec<NodeId> = (select + 1..tree.node(select).end)
            .filter(|id| tree.node(*id).name == "option")
            .take(crate::profile::PAGES_AT_MOST as usize)
            .collect();
        let is_pager = options.len() > 1
            && options.iter().enumerate().all(|(place, id)| {
                links::page_number(&tree.text(*id))
                    .is_some_and(|number| number as usize == place + 1)
            });
        if !is_pager || script.len() > 600 {
            continue;
        }
        let mut pages = Vec::new();
        let mut effects = Vec::new();
        for id in &options {
            let value = tree.node(*id).attribute("value").unwrap_or_default();
            let effect = tree.program().click(place, &script, Some(&value));
            if let Effect::Opens(address) | Effect::Loads(address) = &effect
                && let Some(url) = resolved(sheet, address)
                && !pages.contains(&url)
            {
                pages.push(url);
            } else {
                effects.push(effect);
            }
        }
        if pages.len() == options.len() {
            let own = pages.iter().position(|url| url == sheet.url).unwrap_or(0);
            return Some(Scripted::Pages(pages.split_off(own + 1)));
        }
        let note = match effects.first()? {
            Effect::Posts => by_post().to_owned(),
            Effect::Asks => by_request().to_owned(),
            _ => by_script(&script),
        };
        return Some(Scripted::Unseen(note));
    }
    None
}

/// A count of pages in words, where nothing else tells of them: `共3页`.
fn by_words(sheet: &Sheet<'_, '_>, tree: &Tree<'_>) -> Option<Scripted> {
    let (current, pages) = printed(tree)?;
    let current = current.or_else(|| first(sheet, tree))?;
    (current < pages).then(|| {
        Scripted::Unseen(format!(
            "its pager counts {pages} pages and gives no address"
        ))
    })
}

/// 1 for a page from which nothing leads back: where it does, a page that prints no number of its own may be the last.
fn first(sheet: &Sheet<'_, '_>, tree: &Tree<'_>) -> Option<u32> {
    let leads_back = |(id, node): (NodeId, Ref<'_, '_>)| {
        if !matches!(
            &*node.name,
            "a" | "button" | "input" | "span" | "li" | "em" | "div"
        ) || tree.span(id) > 200
        {
            return false;
        }
        let text = match &*node.name {
            "input" => node.attribute("value").unwrap_or_default().into_owned(),
            _ => said_by(tree, id),
        };
        let bare = text.trim_matches(|c: char| c.is_whitespace() || "[]【】|<>‹«←＜".contains(c));
        if !PREVIOUS.iter().any(|word| word.eq_ignore_ascii_case(bare)) || is_off(node) {
            return false;
        }
        if let Some(script) = opens::click(node) {
            let numbers = Program::numbers(&script);
            let place = Place {
                url: sheet.url,
                tree,
            };
            return match effect(tree, place, &script) {
                Effect::Opens(address) | Effect::Loads(address) => {
                    resolved(sheet, &address).is_some_and(|url| url != *sheet.url)
                }
                Effect::Nothing => false,
                // On the first page such clicks lead to it, or to page 0.
                _ => matches!(numbers.as_slice(), [.., (_, number)] if *number > 1),
            };
        }
        let address = node.attribute("href").unwrap_or_default();
        let is_address = !address.is_empty() && !address.starts_with('#');
        is_address && resolved(sheet, &address).is_some_and(|url| url != *sheet.url)
    };
    let mut nodes = tree.nodes().iter().enumerate();
    (!nodes.any(leads_back)).then_some(1)
}

/// Whether an element is switched off.
fn is_off(node: Ref<'_, '_>) -> bool {
    let class = node.raw_attribute("class").unwrap_or_default();
    node.raw_attribute("disabled").is_some() || class.to_ascii_lowercase().contains("disabled")
}

/// The number of the page, where it is told, and of all pages, as printed: `共3页`, `第1页/共3页`, `1/3页`; `None` where
/// they are not.
fn printed(tree: &Tree<'_>) -> Option<(Option<u32>, u32)> {
    // Runs around the sign of pages only.
    let runs = tree.runs();
    for run in 0..runs {
        if !tree.text_run(run).contains('页') {
            continue;
        }
        let around: String = (run.saturating_sub(6)..(run + 7).min(runs))
            .flat_map(|run| tree.text_run(run).chars().take(60).collect::<Vec<_>>())
            .filter(|c| !c.is_whitespace())
            .collect();
        if let Some(found) = counted(&around) {
            return Some(found);
        }
    }
    None
}

fn counted(text: &str) -> Option<(Option<u32>, u32)> {
    let digits = |text: &str| -> Option<(u32, usize)> {
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        (end > 0 && end < 5).then(|| Some((text[..end].parse().ok()?, end)))?
    };
    let behind = |mark: &str, text: &str| {
        text.match_indices(mark).take(8).find_map(|(at, _)| {
            let rest = &text[at + mark.len()..];
            let (number, end) = digits(rest)?;
            rest[end..].starts_with('页').then_some(number)
        })
    };
    let current = behind("第", text).or_else(|| behind("当前", text));
    if let Some(pages) = behind("共", text) {
        return Some((current, pages));
    }
    let at = text.find('/')?;
    let before = text[..at].trim_end_matches('页');
    let start = before.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| {
        at + before[at..].chars().next().map_or(1, char::len_utf8)
    });
    let (current, end) = digits(&before[start..])?;
    let (pages, behind) = digits(&text[at + 1..])?;
    let is_pager = start + end == before.len() && text[at + 1 + behind..].starts_with('页');
    (is_pager && current <= pages).then_some((Some(current), pages))
}

/// The clicks that turn pages, in the order of the page.
fn clicks(tree: &Tree<'_>) -> Vec<Click> {
    let mut found = Vec::new();
    for (id, node) in tree.nodes().iter().enumerate() {
        if !matches!(
            &*node.name,
            "a" | "button" | "input" | "span" | "li" | "em" | "div" | "td" | "b" | "i" | "p"
        ) {
            continue;
        }
        let is_input = node.name == "input";
        let sends = (is_input || node.name == "button")
            && node.raw_attribute("type").is_some_and(|kind| {
                kind.eq_ignore_ascii_case("submit") || kind.eq_ignore_ascii_case("image")
            });
        let click = opens::click(node);
        if click.is_none() && !sends {
            continue;
        }
        if is_off(node) || tree.span(id) > 200 {
            continue;
        }
        let text = if is_input {
            node.attribute("value").unwrap_or_default().into_owned()
        } else {
            said_by(tree, id)
        };
        let Some(says) = said(tree, id, &text) else {
            continue;
        };
        let script = match click {
            Some(script) => script.into_owned(),
            None if posts(tree, id) => "__doPostBack()".to_owned(),
            None => continue,
        };
        found.push(Click { says, script });
        if found.len() == CLICKS {
            break;
        }
    }
    found
}

fn said(tree: &Tree<'_>, id: NodeId, text: &str) -> Option<Says> {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "[]【】|".contains(c));
    if let Some(number) = links::page_number(bare) {
        return Some(Says::Number(number));
    }
    if links::is_next(tree, id, bare) {
        return Some(Says::Next);
    }
    let worded = bare.trim_matches(|c: char| c.is_whitespace() || "<>›»→＞".contains(c));
    if LAST.iter().any(|word| word.eq_ignore_ascii_case(worded)) {
        return Some(Says::Last);
    }
    MORE.contains(&worded).then_some(Says::More)
}

/// Whether a button stands in a form that posts.
fn posts(tree: &Tree<'_>, id: NodeId) -> bool {
    tree.ancestors(id)
        .find(|id| tree.node(*id).name == "form")
        .is_some_and(|form| {
            tree.node(form)
                .raw_attribute("method")
                .is_some_and(|way| way.eq_ignore_ascii_case("post"))
        })
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn pages_are_counted_in_words() {
        let cases = [
            ("共3页", Some((None, 3))),
            ("第2页/共3页首页", Some((Some(2), 3))),
            ("共45条记录共3页当前第3页", Some((Some(3), 3))),
            ("页次：1/3页", Some((Some(1), 3))),
            ("第1/3页", Some((Some(1), 3))),
            ("2023/1/31首页", None),
            ("共45条", None),
            ("首页", None),
        ];
        for (text, want) in cases {
            assert_eq!(counted(text), want, "{text}");
        }
    }
}
