//! The links of a list page, as candidates for items.
//!
//! In: a tree. Out: [`Link`]s with full titles. Links in navigation and feet, in templates that a script fills, to
//! anchors and scripts, without words or with words of navigation (`首页`) are none.

use std::borrow::Cow;

use url::Url;

use super::css;
use super::opens;
use super::printed::{Printed, date_only};
use super::script::{Effect, Place};
use super::tree::{NodeId, Ref, Tree, tidy};
use super::urls::{self, Base};
use crate::normalize::find_dates;
use crate::profile::ListRules;

/// A link that may be an item.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub node: NodeId,
    pub url: Url,
    /// Full, tidied.
    pub title: String,
    /// The date within the link, where it is told from the title.
    pub date: Option<Printed>,
}

/// Attributes that make an element a template: a script repeats it.
const REPEATS: [&str; 7] = [
    "ms-repeat",
    "ms-for",
    ":for",
    "v-for",
    "ng-repeat",
    "data-ng-repeat",
    "wx:for",
];

/// Ways to write what a script is to fill in.
const HOLES: [&str; 6] = ["{{", "${", "<%", "[[", "#{", "' +"];

/// A link around more is none to an item, in bytes of the page.
const CONTENT: usize = 8000;

/// What cut titles end with.
const CUTS: [&str; 4] = ["...", "…", "．．．", "。。。"];

/// Signs in front of titles that are no part of them.
const BULLETS: &[char] = &[
    '·', '•', '●', '■', '◆', '▪', '►', '▶', '◇', '□', '○', '※', '∙', '・',
];

/// Elements that no item is in: the profile's `ignore`, templates, and all within.
pub(super) fn blocked(tree: &Tree<'_>, rules: &ListRules) -> Vec<bool> {
    let mut flags = match &rules.ignore {
        Some(ignore) => css::matches(tree, ignore),
        None => vec![false; tree.nodes().len()],
    };
    for (id, node) in tree.nodes().iter().enumerate() {
        flags[id] |= is_repeated(&node)
            || matches!(&*node.name, "nav" | "footer" | "select" | "head")
            || node.parent.is_some_and(|parent| flags[parent]);
    }
    flags
}

/// Whether a script repeats an element.
pub(super) fn is_repeated(node: &Ref<'_, '_>) -> bool {
    node.attributes().iter().any(|(name, _)| {
        REPEATS
            .iter()
            .any(|repeat| name.eq_ignore_ascii_case(repeat))
    })
}

/// The links of a page that may be items, in order. `base` is what references are resolved against.
pub(super) fn collect(
    tree: &Tree<'_>,
    base: &Base,
    blocked: &[bool],
    rules: &ListRules,
) -> Vec<Link> {
    let nodes = tree.nodes();
    let mut links: Vec<Link> = Vec::new();
    // A row of a table with nothing but `查看` for a link has its title in a cell.
    let mut seen = None;
    for id in (0..nodes.len()).filter(|id| !blocked[*id]) {
        if tree.node(id).name != "a" && !opens_alone(tree, id) {
            continue;
        }
        if let Some(link) = link(tree, id, base, rules) {
            links.push(link);
            continue;
        }
        let Some(row) = row_of_action(tree, id) else {
            continue;
        };
        let has_link = links
            .last()
            .is_some_and(|link| tree.contains(row, link.node));
        if seen != Some(row)
            && !has_link
            && let Some(url) = target(tree, id, base)
            && let Some(title) = title_of_row(tree, row)
        {
            links.push(Link {
                node: id,
                url,
                title,
                date: None,
            });
        }
        seen = Some(row);
    }
    links
}

/// Whether an entry without links opens a page by a click on it.
fn opens_alone(tree: &Tree<'_>, id: NodeId) -> bool {
    let node = tree.node(id);
    matches!(
        &*node.name,
        "li" | "tr" | "div" | "p" | "td" | "dd" | "span"
    ) && node.raw_attribute("onclick").is_some()
        && tree.span(id) <= CONTENT
        && !(id + 1..node.end).any(|id| tree.node(id).name == "a")
}

/// Words of links that open what the row around them names.
const ACTIONS: [&str; 12] = [
    "查看",
    "查看详情",
    "查看全文",
    "点击查看",
    "详情",
    "详细",
    "全文",
    "阅读",
    "阅读全文",
    "下载",
    "附件下载",
    "预览",
];

/// The row of a table that a link of [`ACTIONS`] stands in; a row holds little.
fn row_of_action(tree: &Tree<'_>, id: NodeId) -> Option<NodeId> {
    let mut text = tree.text(id);
    if text.trim().is_empty() {
        let images = (id + 1..tree.node(id).end).take(3);
        let mut images = images;
        let alt = images.find_map(|id| tree.node(id).attribute("alt"));
        text = alt.unwrap_or_default().into_owned();
    }
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "[]【】（）()>》".contains(c));
    if !ACTIONS.contains(&bare) {
        return None;
    }
    let row = tree
        .ancestors(id)
        .take(6)
        .find(|id| tree.node(*id).name == "tr")?;
    (tree.span(row) <= CONTENT / 2).then_some(row)
}

/// The longest text of a row's cells, if it reads like a title.
fn title_of_row(tree: &Tree<'_>, row: NodeId) -> Option<String> {
    let cells = (row + 1..tree.node(row).end)
        .filter(|id| tree.node(*id).parent == Some(row) && tree.node(*id).name == "td");
    let texts = cells.map(|id| tree.text(id));
    let longest = texts
        .filter(|text| date_only(text).is_none())
        .max_by_key(|text| text.chars().count())?;
    let letters = longest.chars().filter(|c| c.is_alphabetic()).count();
    (letters >= 6 && longest.chars().count() <= 120).then_some(longest)
}

/// A link element as a candidate; `None` where it is none.
pub(super) fn link(tree: &Tree<'_>, id: NodeId, base: &Base, rules: &ListRules) -> Option<Link> {
    if tree.span(id) > CONTENT {
        return None;
    }
    let url = target(tree, id, base)?;
    let (title, date) = title(tree, id, rules);
    let wordless = !title.chars().any(char::is_alphabetic);
    let is_hole = HOLES[..3].iter().any(|hole| title.contains(hole));
    if wordless || is_hole || title.chars().count() < 2 || is_navigation(&title, rules) {
        return None;
    }
    Some(Link {
        node: id,
        url,
        title,
        date,
    })
}

/// Where a link leads, by its address or by a script that opens one; `None` for templates and other scripts.
fn target(tree: &Tree<'_>, id: NodeId, base: &Base) -> Option<Url> {
    let node = tree.node(id);
    let (href, onclick) = (node.attribute("href"), node.attribute("onclick"));
    let opened = opens::opened(href.as_deref(), onclick.as_deref());
    let address = opened
        .or_else(|| by_function(tree, id, base))
        .or_else(|| href.map(std::borrow::Cow::into_owned))?;
    if is_template(&address) {
        return None;
    }
    urls::resolve(base, &address)
}

/// What an element says: its text, else its title or its picture's.
pub(super) fn said(tree: &Tree<'_>, id: NodeId) -> String {
    let text = tree.text(id);
    if !text.trim().is_empty() {
        return text;
    }
    let node = tree.node(id);
    let within = (id + 1..node.end)
        .take(4)
        .find_map(|id| tree.node(id).attribute("alt"));
    let said = node
        .attribute("title")
        .or(within)
        .or_else(|| node.attribute("alt"));
    said.map_or(text, Cow::into_owned)
}

/// Whether an address has holes that a script fills.
pub(super) fn is_template(address: &str) -> bool {
    HOLES.iter().any(|hole| address.contains(hole))
}

/// The address that a link opens by a function of the page.
pub(super) fn by_function(tree: &Tree<'_>, id: NodeId, base: &Base) -> Option<String> {
    let click = opens::click(tree.node(id))?;
    let place = Place {
        url: base.page(),
        tree,
    };
    if tree.scripts.is_empty() || !tree.program().knows(&click) {
        return None;
    }
    match tree.program().click(place, &click, None) {
        Effect::Opens(address) => Some(address),
        _ => None,
    }
}

/// Whether a link's whole text is one of navigation; arrows and brackets around it do not count.
fn is_navigation(title: &str, rules: &ListRules) -> bool {
    let bare = title.trim_matches(|c: char| {
        c.is_whitespace() || "<>《》〈〉«»‹›|[]【】（）()→←+＋:：·".contains(c)
    });
    bare.is_empty()
        || rules
            .not_titles
            .iter()
            .any(|word| word.eq_ignore_ascii_case(bare))
}

/// A link's full title and the date that stands in it.
fn title(tree: &Tree<'_>, id: NodeId, rules: &ListRules) -> (String, Option<Printed>) {
    let (shown, date) = shown(tree, id);
    let node = tree.node(id);
    let named = rules.title_attribute.as_deref();
    if let Some(own) = named.and_then(|name| node.attribute(name)) {
        let own = unlabelled(&own);
        if !own.is_empty() {
            return (own, date);
        }
    }
    let own = node
        .attribute("title")
        .map(|text| unlabelled(&text))
        .filter(|text| !text.is_empty());
    let title = pick(shown, own.as_deref());
    if !title.is_empty() && !is_cut(&title) {
        return (title, date);
    }
    // The full title may stand at an element within or around.
    let within = (id + 1..node.end).flat_map(|id| {
        let inner = tree.node(id);
        [inner.attribute("title"), inner.attribute("alt")]
    });
    let around = node
        .parent
        .and_then(|parent| tree.node(parent).attribute("title"));
    let mut others = within
        .chain([around])
        .flatten()
        .map(|text| unlabelled(&text));
    let found = others.find(|other| continues(&title, other));
    (found.unwrap_or(title), date)
}

/// The title as shown or as `title=` has it: that where it goes on where the other is cut.
fn pick(shown: String, own: Option<&str>) -> String {
    match own {
        Some(own) if continues(&shown, own) => own.to_owned(),
        _ => shown,
    }
}

fn is_cut(title: &str) -> bool {
    CUTS.iter().any(|cut| title.ends_with(cut)) || title.ends_with("..")
}

/// Whether `full` begins as `shown` does up to its cut; white space does not count.
fn continues(shown: &str, full: &str) -> bool {
    if full.is_empty() || is_cut(full) {
        return false;
    }
    let stem = shown.trim_end_matches(['.', '…', '．', '。', ' ']);
    let stem = if is_cut(shown) { stem } else { shown };
    let mut long = full.chars().filter(|c| !c.is_whitespace());
    let begins = stem
        .chars()
        .filter(|c| !c.is_whitespace())
        .all(|c| long.next() == Some(c));
    begins && (stem.is_empty() || is_cut(shown) || full.chars().count() >= shown.chars().count())
}

/// `title="标题：…&#10;发布时间：…"` → the title.
fn unlabelled(attribute: &str) -> String {
    let label = |line: &str| {
        let line = line.trim();
        let rest = line
            .strip_prefix("标题")
            .or_else(|| line.strip_prefix("文章标题"))?;
        let rest = rest.trim_start();
        rest.strip_prefix(['：', ':']).map(tidy)
    };
    let lines = || {
        attribute
            .split(['\r', '\n'])
            .filter(|line| !line.is_empty())
    };
    if let Some(title) = lines().find_map(label) {
        return title;
    }
    let further = |line: &&str| {
        ["发布", "时间", "日期", "作者", "来源", "点击"]
            .iter()
            .any(|word| line.trim().starts_with(word))
    };
    if lines().skip(1).any(|line| further(&line)) {
        return tidy(lines().next().unwrap_or_default());
    }
    tidy(attribute)
}

/// The text of a link without the date that stands in it, and that date.
fn shown(tree: &Tree<'_>, id: NodeId) -> (String, Option<Printed>) {
    let node = tree.node(id);
    let (mut date, mut heading, mut blocks) = (None, None, Vec::new());
    let mut without: Vec<std::ops::Range<usize>> = Vec::new();
    let mut inner = id + 1;
    while inner < node.end {
        let element = tree.node(inner);
        let text = tree.text(inner);
        // A serial number of its own in front.
        let is_serial = text.len() <= 3
            && !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && stands_alone(tree, id, inner);
        if is_serial {
            without.push(tree.text_range(inner));
            inner = element.end;
            continue;
        }
        if let Some(found) = date_only(&tree.text_spaced(inner)) {
            date = Some(better(date, found));
            without.push(tree.text_range(inner));
            inner = element.end;
            continue;
        }
        let name = &*element.name;
        if matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6") && heading.is_none() {
            heading = Some(text);
        } else if matches!(name, "div" | "p" | "dt" | "dd") && !text.is_empty() {
            let is_leaf = !(inner + 1..element.end)
                .any(|id| matches!(&*tree.node(id).name, "div" | "p" | "dt" | "dd"));
            if is_leaf {
                blocks.push(text);
            }
        }
        inner += 1;
    }
    if let Some(heading) = heading.filter(|heading| !heading.is_empty()) {
        return (unmarked(&heading).to_owned(), date);
    }
    if blocks.len() > 1 {
        return (unmarked(&blocks[0]).to_owned(), date);
    }
    let mut raw = String::new();
    for run in tree.text_range(id) {
        if !without.iter().any(|range| range.contains(&run)) {
            raw.push_str(&tree.text_run(run));
        }
    }
    let text = tidy(&raw);
    let (title, beside) = split_date(unmarked(&text));
    (title.to_owned(), date.or(beside))
}

/// Whether an element is the first with text in a link and what follows does not go on with it (`<b>20</b>23年`).
fn stands_alone(tree: &Tree<'_>, link: NodeId, id: NodeId) -> bool {
    let (own, all) = (tree.text_range(id), tree.text_range(link));
    let is_blank = |run: usize| tree.text_run(run).trim().is_empty();
    let is_first = (all.start..own.start).all(is_blank);
    let next = (own.end..all.end).find(|run| !is_blank(*run));
    let goes_on = |c: char| c.is_numeric() || "年月日届次号期个家件条大".contains(c);
    is_first && next.is_some_and(|run| !tree.text_run(run).trim().starts_with(goes_on))
}

/// A whole date rather than a part of one.
pub(super) fn better(known: Option<Printed>, found: Printed) -> Printed {
    match known {
        Some(known @ Printed::Day(_)) => known,
        _ => found,
    }
}

fn unmarked(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || BULLETS.contains(&c))
}

/// A title with a date before or behind it, set off by brackets or a space: both apart.
fn split_date(text: &str) -> (&str, Option<Printed>) {
    let brackets: &[char] = &['[', '(', '（', '【', '〔'];
    if let Some(at) = text.rfind(|c: char| c.is_whitespace() || brackets.contains(&c)) {
        let (title, tail) = text.split_at(at);
        if !title.trim().is_empty()
            && let Some(date) = date_only(tail)
        {
            return (title.trim(), Some(date));
        }
    }
    if let Some(found) = find_dates(text).next() {
        let before = &text[..found.place.start];
        let behind = &text[found.place.end..];
        let rest = behind.trim_start_matches([']', ')', '）', '】', '〕']);
        let set_off = rest.len() < behind.len() || rest.starts_with(char::is_whitespace);
        if before.trim_matches(brackets).trim().is_empty() && set_off && !rest.trim().is_empty() {
            return (rest.trim(), Some(Printed::Day(found.date)));
        }
    }
    (text, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_full_and_without_dates() {
        let full = "青岭市人民政府2023年政府信息公开工作年度报告";
        let cases = [
            (format!("<a href=x>{full}</a>"), true, "none"),
            (
                format!("<a href=x title='{full}'>青岭市人民政府2023年政府…</a>"),
                true,
                "none",
            ),
            (
                format!("<a href=x title='{full}'>青岭市人民政府2023年...</a>"),
                true,
                "none",
            ),
            (
                format!("<a href=x title='点击查看'>{full}</a>"),
                true,
                "none",
            ),
            (
                format!("<a href=x title='{full}'><img src=y></a>"),
                true,
                "none",
            ),
            (
                format!("<a href=x title='标题：{full}\n发布时间：2024-01-31'>青岭市…</a>"),
                true,
                "none",
            ),
            (
                format!("<a href=x><span>{full}</span><em>2024-01-31</em></a>"),
                true,
                "2024-01-31",
            ),
            (
                format!("<a href=x>·{full} [2024-01-31]</a>"),
                true,
                "2024-01-31",
            ),
            (
                format!("<a href=x>[2024-01-31] {full}</a>"),
                true,
                "2024-01-31",
            ),
            (
                format!("<a href=x><div>{full}</div><div>摘要摘要</div><div>31</div></a>"),
                true,
                "none",
            ),
            (
                format!("<a href=x><h4>{full}</h4><p>摘要</p><i>01-31</i></a>"),
                true,
                "part",
            ),
            (
                format!("<li title='{full}'><a href=x>青岭市人民政府2023…</a>"),
                true,
                "none",
            ),
            (
                format!("<a href=x><span title='{full}'>青岭市人民政府2023...</span></a>"),
                true,
                "none",
            ),
            ("<a href=x>2024-01-31</a>".into(), false, ""),
            ("<a href=x>[更多&gt;&gt;]</a>".into(), false, ""),
            ("<a href=x>{{el.title}}</a>".into(), false, ""),
            ("<a href='${url}'>标题标题</a>".into(), false, ""),
            ("<a href='javascript:;'>标题标题</a>".into(), false, ""),
            ("<li v-for='x'><a href=x>标题标题</a>".into(), false, ""),
        ];
        let base = Base::from(&Url::parse("http://www.qingling.example/").unwrap());
        let rules = ListRules {
            not_titles: vec!["更多".into()],
            ..ListRules::default()
        };
        for (page, is_link, date) in cases {
            let tree = Tree::parse(&page);
            let found = collect(&tree, &base, &blocked(&tree, &rules), &rules);
            assert_eq!(found.len(), usize::from(is_link), "{page}");
            if let Some(link) = found.first() {
                assert_eq!(link.title, full, "{page}");
                let printed = match link.date {
                    Some(Printed::Day(date)) => date.to_string(),
                    Some(Printed::Part) => "part".into(),
                    None => "none".into(),
                };
                assert_eq!(printed, date, "{page}");
            }
        }
    }
}
