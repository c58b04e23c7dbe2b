//! From a site's pages to its column of annual reports.
//!
//! In: a parsed page and its address. Out: links that lead to the column (政府信息公开年报) or to the page above it
//! (政府信息公开), the most likely first, each with its reasons; and whether the page is the column itself. By link
//! texts, known paths and the meta tags of the website guidelines (国办发〔2017〕47号). Pure; a link without a word or
//! path that speaks for it is never named.

use url::Url;

use crate::model::{ItemKind, Role};
use crate::normalize::label::is_space;
use crate::parse::{Block, BlockKind, Document, Link};

use super::site::{self, is_same_site};
use super::urls::{self, Base};
use super::{Lead, title};

/// Where a candidate leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hop {
    /// To the column of annual reports.
    Column,
    /// To the page on information disclosure that should link it.
    Section,
}

/// A link that may lead to the column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where, without fragment unless the platform's pages differ by it.
    pub url: Url,
    /// The link's text, spaces taken out.
    pub text: String,
    /// Where it leads.
    pub hop: Hop,
    /// The higher the more likely; only for comparison with others of the page.
    pub score: u32,
    /// What speaks for it, a few words each.
    pub reasons: Vec<&'static str>,
}

/// More links are not looked at.
const LINKS: usize = 10_000;
/// So many candidates are named.
const MOST: usize = 8;
/// So many are compared; no page has more.
const KEPT: usize = 200;
/// A link's text is no longer, in characters.
const TEXT: usize = 30;

/// What the column is called.
const COLUMN_NAMES: [&str; 22] = [
    "政府信息公开年报",
    "政府信息公开年度报告",
    "政府信息公开工作年度报告",
    "政府信息公开工作年报",
    "政府信息公开年度工作报告",
    "政府信息公开报告",
    "政府信息年度报告",
    "信息公开年报",
    "信息公开年度报告",
    "信息公开工作年度报告",
    "信息公开工作年报",
    "信息公开年度工作报告",
    "信息公开报告",
    "公开年报",
    "公开年度报告",
    "公开工作年度报告",
    "政务公开年报",
    "政务公开年度报告",
    "政府公开年报",
    "年度信息公开报告",
    "历年政府信息公开年报",
    "历年信息公开年报",
];
/// What it is called where the page around says of what.
const SHORT_NAMES: [&str; 8] = [
    "年报",
    "年度报告",
    "工作年报",
    "工作年度报告",
    "年度工作报告",
    "公开报告",
    "历年年报",
    "往年年报",
];
/// What the page above is called, and how much that says.
const SECTION_NAMES: [(&str, u32); 12] = [
    ("政府信息公开", 60),
    ("政府信息公开专栏", 60),
    ("政府信息公开平台", 55),
    ("政府信息公开专区", 55),
    ("法定主动公开内容", 50),
    ("信息公开", 50),
    ("信息公开专栏", 50),
    ("政务公开", 40),
    ("政务公开专栏", 40),
    ("政府信息公开目录", 35),
    ("信息公开目录", 30),
    ("公开", 20),
];
/// In texts of links to other yearly reports.
const FOREIGN: [&str; 17] = [
    "网站",
    "新媒体",
    "法治",
    "依法行政",
    "决算",
    "预算",
    "统计",
    "企业",
    "大学",
    "高校",
    "学校",
    "公共企事业",
    "财务",
    "环境",
    "执法",
    "解读",
    "指南",
];

/// Links that lead to the column, the most likely first. With `sections`, also those to the page above it, for which
/// there is one hop more. At most eight; none to another site.
pub fn find(document: &Document<'_>, base: &Base, sections: Sections) -> Vec<Candidate> {
    let on_topic = is_on_topic(document, base.page());
    let mut found: Vec<Candidate> = Vec::new();
    for link in document.links.iter().take(LINKS) {
        let Some(candidate) = candidate(document, base, link, on_topic) else {
            continue;
        };
        if candidate.hop == Hop::Section && sections == Sections::Never {
            continue;
        }
        match found.iter().position(|known| known.url == candidate.url) {
            Some(at) if found[at].score >= candidate.score => {}
            Some(at) => found[at] = candidate,
            None if found.len() < KEPT => found.push(candidate),
            None => {}
        }
    }
    // A page with the column at hand needs no way round.
    if sections != Sections::Always && found.iter().any(|one| one.hop == Hop::Column) {
        found.retain(|one| one.hop == Hop::Column);
    }
    found.sort_by_key(|one| (one.hop, std::cmp::Reverse(one.score)));
    found.truncate(MOST);
    found
}

/// Whether the pages above the column are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sections {
    /// No hop is left for them.
    Never,
    /// Where nothing leads to the column at once.
    Otherwise,
    /// In any case.
    Always,
}

/// The addresses to go on with from a page that was fetched to find the column from. `is_front` says that it was not
/// itself reached by way of another: from there two hops are allowed, else one.
pub fn leads(document: &Document<'_>, base: &Base, is_front: bool) -> Vec<Lead> {
    let sections = if is_front {
        Sections::Otherwise
    } else {
        Sections::Never
    };
    find(document, base, sections)
        .into_iter()
        .map(|one| Lead {
            role: match one.hop {
                Hop::Column => Role::List,
                Hop::Section => Role::Root,
            },
            url: one.url,
            title: Some(one.text),
            list_date: None,
            kind: ItemKind::Unknown,
            year: None,
            rule: match one.hop {
                Hop::Column => "column.link",
                Hop::Section => "column.section",
            },
        })
        .collect()
}

fn candidate(
    document: &Document<'_>,
    base: &Base,
    link: &Link<'_>,
    on_topic: bool,
) -> Option<Candidate> {
    if link.is_embedded {
        return None;
    }
    let text = text_of(document, link);
    let target = urls::resolve(base, &link.target())?;
    let page = base.page();
    if target == *page || !is_same_site(page, &target) || site::is_file(&target) {
        return None;
    }
    let path = path_word(&target);
    let mut reasons = Vec::new();
    let mut score = 0;
    let mut hop = None;
    let foreign = FOREIGN.iter().any(|word| text.contains(word));
    if text.chars().count() <= TEXT && !text.is_empty() && !foreign && !names_year(&text) {
        let plain = bare(&text);
        if COLUMN_NAMES.contains(&plain) {
            hop = Some(Hop::Column);
            score += 100;
            reasons.push("link text names the column");
        } else if SHORT_NAMES.contains(&plain) && (on_topic || path.is_some()) {
            hop = Some(Hop::Column);
            score += 60;
            reasons
                .push("link text says yearly report, on a page or path of information disclosure");
        } else if let Some((_, points)) = SECTION_NAMES.iter().find(|(name, _)| *name == plain) {
            hop = Some(Hop::Section);
            score += points;
            reasons.push("link text names information disclosure");
        }
    }
    if let Some(word) = path
        && !foreign
        && !names_year(&text)
        && hop != Some(Hop::Section)
        && !site::is_article(&target)
    {
        // A path alone, with a text of another thing, is an archive page or a neighbour.
        if hop.is_some() || text.is_empty() || text.contains("年报") || text.contains("年度报告")
        {
            hop = Some(Hop::Column);
            score += if word == Path::Named { 40 } else { 20 };
            reasons.push("path of such columns");
        }
    }
    let hop = hop?;
    if site::is_article(&target) {
        // 开普 and 博达 give columns other names; an article of that title is a page with the reports' links at best.
        score = score.saturating_sub(50);
        reasons.push("but the address is an article's");
    }
    if hop == Hop::Section && section_path(&target) {
        score += 10;
        reasons.push("path of information disclosure");
    }
    if below(page, &target) {
        score += 5;
        reasons.push("below this page");
    }
    (score > 0).then_some(Candidate {
        url: target,
        text,
        hop,
        score,
        reasons,
    })
}

/// The text of a link, else its title, without spaces.
fn text_of(document: &Document<'_>, link: &Link<'_>) -> String {
    let shown = document
        .text
        .get(link.text.start as usize..link.text.end as usize)
        .unwrap_or_default();
    let plain =
        |text: &str| -> String { text.chars().filter(|c| !is_space(*c)).take(80).collect() };
    let shown = plain(shown);
    // A title tells more than a cut text, or where a picture is the link.
    match link.title().map(|title| plain(&title)) {
        Some(title) if shown.is_empty() || shown.ends_with('…') || shown.ends_with("...") => {
            title
        }
        _ => shown,
    }
}

/// Without marks around and words that say only whose or that it is a list.
fn bare(text: &str) -> &str {
    let mut text = text.trim_matches(|c: char| !c.is_alphanumeric());
    for word in ["本级", "本机关", "县", "市", "区", "省"] {
        text = text.strip_prefix(word).unwrap_or(text);
    }
    for word in ["专栏", "列表", "栏目", "公示", "查询"] {
        text = text
            .strip_suffix(word)
            .filter(|rest| rest.ends_with("年报") || rest.ends_with("报告"))
            .unwrap_or(text);
    }
    text
}

/// A title of one report: an entry, not the column.
fn names_year(text: &str) -> bool {
    text.contains("年") && matches!(title::classify(text, None), (_, Some(_)))
}

/// Whether a page is about information disclosure: by its meta tags, its window title, its path.
fn is_on_topic(document: &Document<'_>, url: &Url) -> bool {
    let named = |text: &str| text.contains("信息公开") || text.contains("政务公开");
    section_path(url)
        || document.title.as_deref().is_some_and(named)
        || document.metas.iter().any(|meta| {
            matches!(meta.name.as_str(), "columnname" | "columntype") && named(&meta.content)
        })
}

/// What shows that a page is the column of annual reports itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The `ColumnType` or `ColumnName` meta tag.
    Meta,
    /// A heading or the end of the way shown to the page.
    Heading,
    /// The window's title.
    Window,
    /// At least three links whose texts are titles of such reports.
    Reports,
    /// Its path; never alone.
    Path,
}

impl Evidence {
    /// Whether the page calls itself the column, and does not just list reports.
    pub const fn names_column(self) -> bool {
        matches!(self, Self::Meta | Self::Heading | Self::Window)
    }

    /// A few words for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Meta => "its ColumnType or ColumnName meta tag names the column",
            Self::Heading => "a heading or the way shown to the page names the column",
            Self::Window => "the window's title names the column",
            Self::Reports => "at least three links are titles of such reports",
            Self::Path => "its path is that of such columns",
        }
    }
}

/// Links that make a list of reports.
const REPORTS: usize = 3;

/// What shows that a page is the column itself, the most telling first; empty where nothing does, and for an article
/// of the column, which carries the same tags.
pub fn recognise(document: &Document<'_>, url: &Url) -> Vec<Evidence> {
    let metas = |names: [&'static str; 2]| {
        document
            .metas
            .iter()
            .filter(move |meta| names.contains(&meta.name.as_str()))
            .map(|meta| meta.content.as_str())
    };
    if metas(["articletitle"; 2]).any(|title| !title.is_empty()) || site::is_article(url) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if metas(["columntype", "columnname"]).any(is_column_name) {
        found.push(Evidence::Meta);
    }
    if document
        .blocks
        .iter()
        .any(|block| heads_column(document, block))
    {
        found.push(Evidence::Heading);
    }
    let window = document.title.as_deref().unwrap_or_default();
    if window
        .split(['_', '|', '-', '—', '–', '>', '·'])
        .any(is_column_name)
    {
        found.push(Evidence::Window);
    }
    if reports(document) >= REPORTS {
        found.push(Evidence::Reports);
    }
    if !found.is_empty() && path_word(url).is_some() {
        found.push(Evidence::Path);
    }
    found
}

pub(super) fn is_column_name(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| !is_space(*c)).take(80).collect();
    COLUMN_NAMES.contains(&bare(&plain))
}

/// A heading that names the column, or the way to the page that ends in its name.
fn heads_column(document: &Document<'_>, block: &Block) -> bool {
    let text = document.block_text(block);
    if text.len() > 300 {
        return false;
    }
    if matches!(block.kind, BlockKind::Heading(_)) && block.link_chars == 0 {
        return is_column_name(text);
    }
    let is_way = ["当前位置", "您的位置", "所在位置", "现在的位置", "首页"]
        .iter()
        .any(|word| text.contains(word));
    is_way
        && text
            .trim_end_matches(|c: char| !c.is_alphanumeric())
            .rsplit(['>', '＞', '»', '›', '/', '|', '-', ' ', '\u{a0}', '→'])
            .next()
            .is_some_and(is_column_name)
}

/// Links whose texts are different titles of reports.
fn reports(document: &Document<'_>) -> usize {
    let mut titles: Vec<String> = document
        .links
        .iter()
        .take(LINKS)
        .map(|link| text_of(document, link))
        .filter(|text| text.contains('报') && text.contains("公开"))
        .filter(|text| {
            let (kind, year) = title::classify(text, None);
            kind == ItemKind::Report && year.is_some()
        })
        .collect();
    titles.sort_unstable();
    titles.dedup();
    titles.len()
}

/// How much a path says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// `/xxgknb/`.
    Named,
    /// `/zwgk/nb/`.
    Short,
}

/// Segments of columns of annual reports: the first letters of their names.
const NAMED: [&str; 19] = [
    "xxgknb",
    "xxgkndbg",
    "xxgkgznb",
    "xxgkgzndbg",
    "xxgkndgzbg",
    "xxgkbg",
    "zfxxgknb",
    "zfxxgkndbg",
    "zfxxgkgznb",
    "zfxxgkgzndbg",
    "gknb",
    "gkndbg",
    "xxgkzfnb",
    "zwgknb",
    "zwgkndbg",
    "zfxxnb",
    "annualreport",
    "zfxxgkbg",
    "zfxxgkndgzbg",
];
/// Segments that say it only below one of information disclosure.
const SHORT: [&str; 7] = ["nb", "ndbg", "gznb", "gzndbg", "ndgzbg", "nianbao", "lnnb"];
/// Segments of information disclosure.
const SECTIONS: [&str; 10] = [
    "xxgk", "zfxxgk", "zwgk", "gkmlpt", "zfxxgkzl", "xxgkzl", "xxgkml", "zfxxgkml", "openness",
    "gk",
];

/// The path's segments without numbers behind them, in small letters.
fn segments(url: &Url) -> Vec<String> {
    url.path()
        .split('/')
        .take(20)
        .map(|segment| {
            let name = segment.split('.').next().unwrap_or_default();
            name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-'))
                .to_ascii_lowercase()
        })
        .filter(|segment| !segment.is_empty())
        .collect()
}

/// What a path says of the column; `None` where it says nothing.
pub(super) fn path_word(url: &Url) -> Option<Path> {
    let segments = segments(url);
    // The last segments count: `/xxgknb/2019/`, `/xxgknb/index.html`.
    let first = segments.len().saturating_sub(3);
    if segments[first..]
        .iter()
        .any(|one| NAMED.contains(&one.as_str()))
    {
        return Some(Path::Named);
    }
    let short = segments[first..]
        .iter()
        .rposition(|one| SHORT.contains(&one.as_str()))?;
    segments[..first + short]
        .iter()
        .any(|one| SECTIONS.contains(&one.as_str()))
        .then_some(Path::Short)
}

/// Whether a path is one of information disclosure.
fn section_path(url: &Url) -> bool {
    segments(url)
        .iter()
        .any(|one| SECTIONS.contains(&one.as_str()) || NAMED.contains(&one.as_str()))
}

/// Whether `target` lies in the folder of `page` or below.
fn below(page: &Url, target: &Url) -> bool {
    let folder = page.path().rfind('/').map_or("/", |at| &page.path()[..=at]);
    page.host() == target.host() && folder != "/" && target.path().starts_with(folder)
}
