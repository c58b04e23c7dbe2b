//! Lists that no selector names: groups of like elements with one link each.
//!
//! In: a tree and its links. Out: the items of the page's list. A link's row is the largest element around it without
//! another main link; rows in one parent are a group. The list is the group that looks like one: dates beside its
//! links, addresses of articles, long titles, titles of reports, addresses in the page's folder; and whose heading
//! does not say that it is something else (`最新`, `相关`). Groups like it belong to it. A page without such a
//! group has no items.

use std::collections::HashSet;

use url::Url;

use super::about::About;
use super::columns;
use super::items::{Item, beside, printed};
use super::links::Link;
use super::printed::Printed;
use super::tree::{NodeId, Tree};
use super::urls;
use crate::extract::name::is_body;
use crate::profile::ListRules;

/// Text beside a row's link, in bytes; an element with more is no row but a page.
const BESIDE: usize = 400;
/// An element with more is no heading, in bytes of the page.
const HEADING: usize = 2000;
/// Points from which on a group is a list.
const LIST: i32 = 45;
/// Words of elements' classes and ids that hold no list of the column.
const ASIDE: [&str; 24] = [
    "side",
    "sidebar",
    "sidenav",
    "aside",
    "related",
    "relate",
    "relation",
    "hot",
    "rank",
    "ranking",
    "recommend",
    "friend",
    "friends",
    "links",
    "flink",
    "foot",
    "footer",
    "nav",
    "menu",
    "submenu",
    "crumb",
    "crumbs",
    "breadcrumb",
    "banner",
];
/// Endings of files.
const FILES: [&str; 9] = [
    ".pdf", ".doc", ".docx", ".wps", ".xls", ".xlsx", ".ofd", ".zip", ".rar",
];

struct Row<'l> {
    node: NodeId,
    parent: Option<NodeId>,
    link: &'l Link,
    date: Option<Printed>,
}

struct Group<'l> {
    rows: Vec<Row<'l>>,
    points: i32,
    reports: bool,
    key: u64,
}

/// The items of the page at `url`.
pub(super) fn find(tree: &Tree<'_>, url: &Url, links: &[Link], rules: &ListRules) -> Vec<Item> {
    let mut groups = grouped(tree, rows(tree, links));
    let page = About::of(tree);
    for group in &mut groups {
        measure(tree, url, group, rules, page);
    }
    let Some(best) = groups
        .iter()
        .max_by_key(|group| (group.points, std::cmp::Reverse(group.rows[0].node)))
    else {
        return Vec::new();
    };
    if best.points < LIST {
        return Vec::new();
    }
    let (key, home) = (best.key, folder_of(best));
    let belongs = |group: &Group<'_>| {
        // Beside reports a list of the same look from another folder is of another column.
        let is_near = folder_of(group) == home;
        group.key == key
            && (group.points >= LIST && (is_near || !best.reports) || group.points > 0 && is_near)
            || group.reports && group.points >= LIST
    };
    let mut items: Vec<Item> = Vec::new();
    let mut known = HashSet::new();
    for row in groups
        .iter()
        .filter(|group| belongs(group))
        .flat_map(|group| &group.rows)
    {
        if known.insert(row.link.url.as_str()) {
            items.push(Item {
                url: row.link.url.clone(),
                title: row.link.title.clone(),
                date: row.date.and_then(Printed::day),
            });
        }
    }
    items
}

/// The folder above those that articles are sorted into by month.
fn folder_of<'l>(group: &Group<'l>) -> &'l str {
    let Some(row) = group.rows.first() else {
        return "";
    };
    let link: &'l Link = row.link;
    let folder = urls::folder(&link.url).trim_end_matches('/');
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mut kept = folder;
    while let Some((head, tail)) = kept.rsplit_once('/') {
        if !is_number(tail) {
            break;
        }
        kept = head;
    }
    kept
}

/// Whether an address is that of a list, a column or a site rather than of an article.
fn is_column(url: &Url) -> bool {
    let file = urls::file(url);
    if url
        .query()
        .is_some_and(|query| query.bytes().any(|b| b.is_ascii_digit()))
        && file.contains('.')
    {
        return false;
    }
    let stem = file.split('.').next().unwrap_or_default();
    stem.is_empty()
        || matches!(stem, "index" | "list" | "default" | "main" | "home")
        || !stem.bytes().any(|b| b.is_ascii_digit())
}

/// Whether an address is that of an article or a file.
fn is_article(url: &Url) -> bool {
    let file = urls::file(url).to_ascii_lowercase();
    FILES.iter().any(|ending| file.ends_with(ending)) || !is_column(url)
}

/// Whether a title is that of a report.
fn is_report(title: &str) -> bool {
    let named = ["年报", "年度报告", "工作报告", "报告"]
        .iter()
        .any(|word| title.contains(word));
    let year = title.contains("20")
        || title.contains("二〇")
        || title.contains("二○")
        || title.contains("二0");
    named && year && (title.contains("公开") || title.contains("年报") || title.contains("年度"))
}

/// How the address of an item lies to that of its list.
#[derive(PartialEq)]
enum Relation {
    In,
    Out,
    Unknown,
}

/// The number behind a mark (`art_12377_9` behind `art_`).
fn number_behind<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    let rest = &text[text.find(mark)? + mark.len()..];
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    (end > 0).then_some(&rest[..end])
}

fn relation(page: &Url, item: &Url) -> Relation {
    let folder = urls::folder(page);
    if let Some(column) = number_behind(item.path(), "/art_") {
        let own =
            number_behind(page.path(), "/col/col").or_else(|| urls::parameter(page, "columnid"));
        return match own {
            Some(own) if own == column => Relation::In,
            Some(_) => Relation::Out,
            None => Relation::Unknown,
        };
    }
    let same = item.host_str() == page.host_str();
    if same && folder != "/" && item.path().starts_with(folder) {
        return Relation::In;
    }
    let file = urls::file(item);
    let is_dated = file.starts_with('t')
        && file
            .get(1..9)
            .is_some_and(|day| day.bytes().all(|b| b.is_ascii_digit()))
        && file.get(9..10) == Some("_");
    if is_dated && folder != "/" {
        return Relation::Out;
    }
    Relation::Unknown
}

/// Every link's row.
fn rows<'l>(tree: &Tree<'_>, links: &'l [Link]) -> Vec<Row<'l>> {
    // Links to one address behind each other (picture and title) are one.
    let mut runs = Vec::with_capacity(links.len());
    for (number, link) in links.iter().enumerate() {
        let run = match number.checked_sub(1) {
            Some(last) if links[last].url == link.url => runs[last],
            Some(last) => runs[last] + 1,
            None => 0_usize,
        };
        runs.push(run);
    }
    let lengths = text_lengths(tree);
    let mut rows: Vec<Row<'l>> = Vec::new();
    for (number, link) in links.iter().enumerate() {
        if is_minor(link) && has_neighbour(tree, links, number) {
            continue;
        }
        let mut node = link.node;
        let own = length(tree, &lengths, node);
        for parent in tree.ancestors(link.node) {
            let element = tree.node(parent);
            if matches!(
                &*element.name,
                "body" | "html" | "main" | "table" | "tbody" | "form"
            ) && node != link.node
                || length(tree, &lengths, parent) - own > BESIDE
                || !is_alone(tree, links, &runs, number, parent)
            {
                break;
            }
            node = parent;
        }
        let same = rows
            .last()
            .is_some_and(|row| tree.contains(row.node, link.node) || row.node == node);
        if same {
            // Of links to one address that with the longer title.
            if let Some(row) = rows.last_mut()
                && row.link.title.len() < link.title.len()
            {
                row.link = link;
            }
            continue;
        }
        rows.push(Row {
            node,
            parent: tree.node(node).parent,
            link,
            date: None,
        });
    }
    settle_cells(tree, &mut rows);
    for row in &mut rows {
        row.date = beside(tree, row.node, row.link);
    }
    rows
}

/// Items side by side in cells: all rows of the table are one list, and the last item, alone in its row, is one of them.
fn settle_cells(tree: &Tree<'_>, rows: &mut [Row<'_>]) {
    let above = |id: NodeId| {
        tree.node(id)
            .parent
            .and_then(|parent| tree.node(parent).parent)
    };
    let is_cell = |id: NodeId| matches!(&*tree.node(id).name, "td" | "th");
    let bodies: HashSet<NodeId> = rows
        .iter()
        .filter(|row| is_cell(row.node))
        .filter_map(|row| above(row.node))
        .collect();
    for row in rows {
        if tree.node(row.node).name == "tr"
            && row.parent.is_some_and(|parent| bodies.contains(&parent))
            && let Some(cell) = tree.ancestors(row.link.node).find(|id| is_cell(*id))
        {
            row.node = cell;
        }
        if is_cell(row.node) {
            row.parent = above(row.node);
        }
    }
}

/// A short link to a column, or one in brackets: `[公告]`, `[下载]`.
fn is_minor(link: &Link) -> bool {
    let title = link.title.as_str();
    let bracketed = ['[', '【', '(', '（'].iter().any(|c| title.starts_with(*c))
        && [']', '】', ')', '）'].iter().any(|c| title.ends_with(*c));
    bracketed || title.chars().count() <= 8 && is_column(&link.url)
}

/// Whether a main link stands in the same small element as a minor one.
fn has_neighbour(tree: &Tree<'_>, links: &[Link], number: usize) -> bool {
    let link = &links[number];
    tree.ancestors(link.node).take(3).any(|id| {
        let is_row = matches!(&*tree.node(id).name, "li" | "tr" | "p" | "dd" | "dt" | "td");
        is_row && {
            let near = links[number.saturating_sub(2)..].iter().take(5);
            near.into_iter()
                .any(|other| tree.contains(id, other.node) && !is_minor(other))
        }
    })
}

/// Whether an element has no other main link.
fn is_alone(tree: &Tree<'_>, links: &[Link], runs: &[usize], number: usize, id: NodeId) -> bool {
    let end = tree.node(id).end;
    let start = links[..=number].partition_point(|link| link.node < id);
    let stop = number + links[number..].partition_point(|link| link.node < end);
    if runs[start] == runs[number] && runs[stop - 1] == runs[number] {
        return true;
    }
    let is_row = matches!(
        &*tree.node(id).name,
        "li" | "tr" | "dl" | "dd" | "dt" | "p" | "div" | "td"
    );
    is_row
        && stop - start <= 5
        && !is_minor(&links[number])
        && (start..stop).all(|other| runs[other] == runs[number] || is_minor(&links[other]))
}

/// Bytes of text before every run, white space at its ends left out.
fn text_lengths(tree: &Tree<'_>) -> Vec<usize> {
    let runs = tree.runs();
    let mut sums = Vec::with_capacity(runs + 1);
    let mut sum = 0;
    sums.push(0);
    for run in 0..runs {
        sum += tree.text_run(run).trim().len();
        sums.push(sum);
    }
    sums
}

fn length(tree: &Tree<'_>, sums: &[usize], id: NodeId) -> usize {
    let runs = tree.text_range(id);
    sums[runs.end] - sums[runs.start]
}

/// Rows of one parent and of one kind, with the dates that stand between rows.
fn grouped<'l>(tree: &Tree<'_>, rows: Vec<Row<'l>>) -> Vec<Group<'l>> {
    let mut groups: Vec<Group<'l>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for row in rows {
        let key = (row.parent, tree.node(row.node).name.clone());
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Group {
                rows: Vec::new(),
                points: 0,
                reports: false,
                key: path_key(tree, row.node),
            });
            groups.len() - 1
        });
        groups[place].rows.push(row);
    }
    for group in &mut groups {
        if let Some(cell) = columns::published(tree, group.rows[0].node) {
            for row in &mut group.rows {
                row.date = columns::date(tree, row.node, cell).or(row.date);
            }
        }
        if group.rows.iter().all(|row| row.date.is_none()) {
            date_gaps(tree, &mut group.rows);
        }
    }
    groups
}

/// Dates that stand between the rows: behind each, or before each.
fn date_gaps(tree: &Tree<'_>, rows: &mut [Row<'_>]) {
    let Some(parent) = rows.first().and_then(|row| row.parent) else {
        return;
    };
    let all = tree.text_range(parent);
    let spans: Vec<_> = rows.iter().map(|row| tree.text_range(row.node)).collect();
    // Other links between rows make it no gap of a list.
    let linked = |number: usize| {
        let start = number
            .checked_sub(1)
            .map_or(parent + 1, |last| tree.node(rows[last].node).end);
        let end = rows
            .get(number)
            .map_or(tree.node(parent).end, |row| row.node);
        (start..end).take(200).any(|id| tree.node(id).name == "a")
    };
    let gap = |number: usize| {
        let start = number
            .checked_sub(1)
            .map_or(all.start, |last| spans[last].end);
        let end = spans.get(number).map_or(all.end, |next| next.start);
        start..end.max(start)
    };
    // Gaps hold little, or they are no part of a list.
    let dated = |number: usize| {
        let runs = gap(number);
        if runs.len() > 24 || linked(number) {
            None
        } else {
            printed(tree, runs, 0..0)
        }
    };
    let count = rows.len();
    let found: Vec<_> = (0..=count).map(dated).collect();
    let behind = found[1..].iter().flatten().count();
    let before = found[..count].iter().flatten().count();
    let shift = usize::from(behind >= before);
    for (number, row) in rows.iter_mut().enumerate() {
        row.date = found[number + shift];
    }
}

/// Names and classes of a row and of what it stands in.
fn path_key(tree: &Tree<'_>, id: NodeId) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};

    let mut hasher = DefaultHasher::new();
    tree.node(id).name.hash(&mut hasher);
    for ancestor in tree.ancestors(id).take(6) {
        let node = tree.node(ancestor);
        node.name.hash(&mut hasher);
        node.raw_attribute("class")
            .unwrap_or_default()
            .trim()
            .hash(&mut hasher);
    }
    hasher.finish()
}

/// Gives a group its points; negative for what is no list.
fn measure(tree: &Tree<'_>, url: &Url, group: &mut Group<'_>, rules: &ListRules, page: About) {
    let About {
        is_empty,
        of_reports,
    } = page;
    let rows = &group.rows;
    let count = rows.len();
    let share =
        |test: &dyn Fn(&Row<'_>) -> bool| rows.iter().filter(|row| test(row)).count() * 2 >= count;
    let dated = share(&|row| row.date.is_some());
    let whole = share(&|row| matches!(row.date, Some(Printed::Day(_))));
    let articles = share(&|row| is_article(&row.link.url));
    let reports = share(&|row| {
        is_report(&row.link.title) && (is_article(&row.link.url) || row.date.is_some())
    });
    let foreign = share(&|row| row.link.url.host_str() != url.host_str());
    let relation_is = |wanted: Relation| {
        share(&|row| relation(url, &row.link.url) == wanted && is_article(&row.link.url))
    };
    let within = relation_is(Relation::In);
    let without = relation_is(Relation::Out);
    let letters: usize = rows.iter().map(|row| row.link.title.chars().count()).sum();
    let letters = i32::try_from(letters / count).unwrap_or(0);
    let year_titles = share(&|row| row.link.title.starts_with("20")) && articles;
    let eligible = reports
        || dated && letters >= 5
        || articles && letters >= 8 && count > 1
        || year_titles && within;
    let bodies = count > 1 && articles && share(&|row| is_body(&row.link.title));
    // The nearest heading that tells decides.
    let told = headings(tree, group).into_iter().find_map(|text| {
        let has = |word: &str| text.contains(word);
        if has("年报") || has("年度报告") {
            return Some(true);
        }
        rules
            .not_headings
            .iter()
            .any(|word| has(word))
            .then_some(false)
    });
    let is_own = told == Some(true);
    let is_other = told == Some(false);
    // In a column of reports departments' names and bare years are those of their reports.
    let eligible = eligible
        || articles && letters >= 8 && (within || is_own)
        || year_titles && is_own
        || bodies && (is_own || of_reports);
    group.reports = reports;
    if !eligible
        || is_other
        || is_empty && !within && !reports
        || without && !reports && !(bodies && of_reports)
    {
        group.points = -1;
        return;
    }
    let yes = |flag: bool, points: i32| if flag { points } else { 0 };
    group.points = yes(reports, 60)
        + yes(dated, 25)
        + yes(whole, 15)
        + yes(articles, 20)
        + yes(within, 25)
        + yes(year_titles, 20)
        + yes(is_own, 25)
        + yes(bodies && of_reports, 20)
        + i32::try_from(count.min(15)).unwrap_or(0)
        + letters.min(25)
        - yes(foreign, 40)
        - yes(is_aside(tree, group), 60);
}

fn is_aside(tree: &Tree<'_>, group: &Group<'_>) -> bool {
    let Some(row) = group.rows.first() else {
        return false;
    };
    tree.ancestors(row.link.node).any(|id| {
        let node = tree.node(id);
        if node.name == "aside" {
            return true;
        }
        ["class", "id"]
            .iter()
            .filter_map(|name| node.raw_attribute(name))
            .any(|names| {
                names
                    .split(|c: char| !c.is_ascii_alphanumeric())
                    .any(|word| ASIDE.iter().any(|aside| word.eq_ignore_ascii_case(aside)))
            })
    })
}

/// Short texts right above a group: its headings.
fn headings(tree: &Tree<'_>, group: &Group<'_>) -> Vec<String> {
    let Some(row) = group.rows.first() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut node = Some(row.link.node);
    for _ in 0..7 {
        let Some(id) = node else { break };
        let mut before = tree.node(id).previous;
        for _ in 0..2 {
            let Some(previous) = before else { break };
            if group.rows.iter().any(|row| row.node == previous) {
                break;
            }
            if tree.span(previous) > HEADING {
                return found;
            }
            let text = tree.text(previous);
            let length = text.chars().count();
            if length > 24 {
                // Something else stands above; what is above that heads something else.
                return found;
            }
            if length > 1 && !matches!(&*tree.node(previous).name, "script" | "style") {
                found.push(text);
            }
            before = tree.node(previous).previous;
        }
        if found.len() >= 2 {
            break;
        }
        node = tree.node(id).parent;
    }
    found
}
