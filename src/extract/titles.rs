//! Which line of the page is the report's title.
//!
//! Takes the blocks before the first section, the article meta tag and the window title; yields every line that
//! reads as a title, the most telling first. Pure.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use crate::normalize::label::is_space;
use crate::parse::{Block, BlockKind, Document};
use crate::profile::Profile;

use super::title::{self, Standing, Title, TitleKind};
use super::{body, name, year};

/// A line that reads as a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// As printed.
    pub text: String,
    /// What it says.
    pub kind: TitleKind,
    /// The page marks it as a title: meta tag, heading, window.
    marked: bool,
    /// The higher the more telling.
    score: i32,
}

/// A title broken over lines has no more of them.
const LINES: usize = 4;
/// A line of such a title is short.
const LINE_CHARACTERS: usize = 40;

/// What the lines of one page say, each read once: a page prints its title several times, and it is asked for again
/// wherever the report's year or its place is.
#[derive(Debug, Default)]
pub struct Lines {
    /// Those that may be titles, the first of them.
    known: RefCell<Vec<(Box<str>, TitleKind)>>,
}

/// So many lines are remembered; a page has a dozen.
const KNOWN: usize = 64;

impl Lines {
    /// As [`title::read`].
    pub fn read(&self, text: &str) -> TitleKind {
        if !title::may_be(text) {
            return TitleKind::Other;
        }
        let before = |known: &&(Box<str>, TitleKind)| *known.0 == *text;
        if let Some((_, kind)) = self.known.borrow().iter().find(before) {
            return kind.clone();
        }
        let kind = title::read(text);
        let mut known = self.known.borrow_mut();
        if known.len() < KNOWN {
            known.push((text.into(), kind.clone()));
        }
        kind
    }

    /// Whether a line is no title at all.
    fn is_other(&self, text: &str) -> bool {
        !title::may_be(text) || self.read(text) == TitleKind::Other
    }
}

/// Every line that reads as a title, the most telling first.
pub fn find(
    document: &Document<'_>,
    profile: &Profile,
    first_heading: Option<u32>,
    read: &Lines,
) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut add = |text: &str, marked: bool, score: i32| {
        let kind = read.read(text);
        if kind != TitleKind::Other {
            found.push(Candidate {
                text: text.trim_matches(is_space).to_owned(),
                kind,
                marked,
                score,
            });
        }
    };
    for meta in document
        .metas
        .iter()
        .filter(|meta| meta.name == "articletitle")
    {
        add(&meta.content, true, 3);
    }
    if let Some(window) = &document.title {
        for part in window_parts(window, read) {
            add(part, true, 1);
        }
    }
    let told = found.clone();
    let end = first_heading.map_or(document.blocks.len().min(80), |block| block as usize);
    let before = &document.blocks[..end.min(document.blocks.len())];
    let lines = lines(document, before, read);
    let above: Vec<bool> = lines
        .iter()
        .map(|(_, _, at, _)| above_byline(document, profile, before, *at.end(), read))
        .collect();
    let last = lines.len().saturating_sub(1);
    let bylined = above.contains(&true);
    for (number, (text, kind, _, heading)) in lines.into_iter().enumerate() {
        let near = above[number] || !bylined && number == last;
        // A line somewhere above says nothing of this page unless it names a report.
        if matches!(kind, TitleKind::LookAlike(_)) && !near && heading.is_none() {
            continue;
        }
        let mut score = match heading {
            Some(1) => 2,
            Some(_) => 1,
            None => 0,
        };
        score += match (above[number], near) {
            (true, _) => 3,
            (_, true) => 1,
            _ => 0,
        };
        score += if told
            .iter()
            .any(|other| agree(&other.text, &other.kind, &text, &kind))
        {
            4
        } else {
            0
        };
        found.push(Candidate {
            text: text.trim_matches(is_space).to_owned(),
            kind,
            marked: heading.is_some(),
            score,
        });
    }
    for candidate in &mut found {
        if let TitleKind::Report(title) = &candidate.kind {
            candidate.score +=
                2 * i32::from(title.agency.is_some()) + 2 * i32::from(title.year.is_some());
            candidate.score -= if title.standing == Standing::Weak {
                4
            } else {
                0
            };
        }
    }
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.score));
    found
}

/// The window title's parts: site, column and title stand in any order.
fn window_parts<'w>(window: &'w str, read: &Lines) -> Vec<&'w str> {
    let mut parts = Vec::new();
    for part in window
        .split(['_', '|', '-', '—', '–', '>'])
        .flat_map(|part| part.split("::"))
    {
        let full = |piece: &&str| {
            matches!(read.read(piece), TitleKind::Report(title)
                if title.agency.is_some() && title.year.is_some())
        };
        let pieces: Vec<&str> = part.split(is_space).filter(full).collect();
        if pieces.is_empty() {
            parts.push(part);
        } else {
            parts.extend(pieces);
        }
    }
    parts
}

/// Lines among these that are titles of reports and stand by themselves: number of the first block, what it says.
pub fn reports_in(document: &Document<'_>, blocks: &[Block], read: &Lines) -> Vec<(usize, Title)> {
    let lines = lines(document, blocks, read).into_iter();
    lines
        .filter_map(|(_, kind, at, _)| match kind {
            TitleKind::Report(title) => Some((*at.start(), title)),
            _ => None,
        })
        .collect()
}

/// A line that reads as a title: text, what it says, its blocks, level of the heading.
type Line = (String, TitleKind, RangeInclusive<usize>, Option<u8>);

/// Lines that read as titles, those broken over several lines put together.
fn lines(document: &Document<'_>, before: &[Block], read: &Lines) -> Vec<Line> {
    // A linked line is the title of another page.
    let own = |block: &Block| block.link_chars == 0 && block.text.len() <= 400;
    let level = |block: &Block| match block.kind {
        BlockKind::Heading(level) => Some(level),
        _ => None,
    };
    let has = |block: &Block, letter: char| document.block_text(block).contains(letter);
    let mut lines = Vec::new();
    let mut at = 0;
    while at < before.len() {
        let block = &before[at];
        if !own(block) {
            at += 1;
            continue;
        }
        let group = || {
            let near = before[at..].iter().take(LINES);
            near.take_while(|next| own(next) && level(next) == level(block))
        };
        let alone = read.read(document.block_text(block));
        // Whatever a title is broken into, 公 and 开 stand in one of its lines.
        let may_be = alone == TitleKind::Other
            && is_piece(document.block_text(block))
            && ['公', '开']
                .iter()
                .all(|letter| group().any(|line| has(line, *letter)));
        let text_of = |block| document.block_text(block);
        let broken = || broken(&group().map(text_of).collect::<Vec<_>>(), read);
        let count = may_be.then(broken).flatten().unwrap_or(1);
        if count > 1 || alone != TitleKind::Other {
            let text: String = group().take(count).map(text_of).collect();
            let kind = if count == 1 { alone } else { read.read(&text) };
            if kind != TitleKind::Other {
                lines.push((text, kind, at..=at + count - 1, level(block)));
            }
        }
        at += count;
    }
    lines
}

/// Whether a line may be a piece of a title.
fn is_piece(line: &str) -> bool {
    line.len() <= LINE_CHARACTERS * 4
        && line.chars().count() <= LINE_CHARACTERS
        && !line.contains(['。', '，', '；', '：', ':', '>'])
}

/// How many of these lines make up one title; the first is none by itself.
fn broken(lines: &[&str], read: &Lines) -> Option<usize> {
    let first = lines.first().filter(|first| is_piece(first))?;
    let opens = begins_a_title(first);
    for count in 2..=lines.len() {
        let last = lines[count - 1];
        if !is_piece(last) {
            return None;
        }
        match read.read(last) {
            // 青岭县教育局 / 2021年政府信息公开年报: the name belongs to a title without one.
            TitleKind::Report(title) if title.agency.is_some() || !opens => return None,
            TitleKind::LookAlike(_) => return None,
            _ => {}
        }
        let TitleKind::Report(title) = read.read(&lines[..count].concat()) else {
            continue;
        };
        // A title may go on: 政府信息公开报告 never does, 关于…的 / 报告 does.
        if count == 2 || opens && title.agency.is_some() {
            return Some(count);
        }
    }
    None
}

/// A body's name, or one with a year.
fn begins_a_title(line: &str) -> bool {
    let plain: String = line.chars().filter(|c| !is_space(*c)).collect();
    if name::is_body(&plain) {
        return true;
    }
    let years = year::find_all(&plain);
    let Some(found) = years.first() else {
        return false;
    };
    let rest = format!(
        "{}{}",
        &plain[..found.place.start],
        &plain[found.place.end..]
    );
    rest.is_empty() || name::is_body(&rest)
}

/// Whether the byline stands right below, no other title between.
fn above_byline(
    document: &Document<'_>,
    profile: &Profile,
    before: &[Block],
    at: usize,
    read: &Lines,
) -> bool {
    before[at + 1..]
        .iter()
        .take(2)
        .map(|block| document.block_text(block))
        .take_while(|text| read.is_other(text))
        .any(|text| body::is_byline(profile, text))
}

/// Whether two lines are the same title, printed twice.
fn agree(left: &str, left_kind: &TitleKind, right: &str, right_kind: &TitleKind) -> bool {
    let plain = |text: &str| -> String { text.chars().filter(|c| !is_space(*c)).collect() };
    match (left_kind, right_kind) {
        (TitleKind::Report(left), TitleKind::Report(right)) => {
            plain(&left.text) == plain(&right.text)
                || left.agency.is_some() && (&left.agency, left.year) == (&right.agency, right.year)
        }
        (TitleKind::LookAlike(_), TitleKind::LookAlike(_)) => {
            let (left, right) = (plain(left), plain(right));
            left.contains(&right) || right.contains(&left)
        }
        _ => false,
    }
}

/// The most telling report title, completed by others of the same report.
pub fn main(candidates: &[Candidate]) -> Title {
    let reports = || {
        candidates
            .iter()
            .filter_map(|candidate| match &candidate.kind {
                TitleKind::Report(title) => Some((candidate, title)),
                _ => None,
            })
    };
    let Some((_, first)) = reports().next() else {
        return Title::default();
    };
    let mut main = first.clone();
    let others = || {
        reports().skip(1).filter(|(candidate, other)| {
            let years = main_agrees(first.year, other.year);
            years && (candidate.marked || other.year.is_some())
        })
    };
    if main
        .agency
        .as_deref()
        .is_none_or(|agency| !name::is_body(agency))
    {
        let mut names = others()
            .filter_map(|(_, other)| other.agency.clone())
            .filter(|agency| name::is_body(agency));
        let found = names.next();
        // Two names on the page: neither is known to be this report's.
        let only = found.filter(|found| names.all(|other| other == *found));
        main.agency = only.or(main.agency);
    }
    for (candidate, other) in others() {
        let same = match (&main.agency, &other.agency) {
            (Some(left), Some(right)) => {
                left.contains(right.as_str()) || right.contains(left.as_str())
            }
            (_, None) => candidate.marked,
            (None, Some(_)) => true,
        };
        if same {
            main.year = main.year.or(other.year);
            main.scope = main.scope.or(other.scope);
        }
    }
    main
}

fn main_agrees(left: Option<i16>, right: Option<i16>) -> bool {
    left.is_none() || right.is_none() || left == right
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Vec<Candidate> {
        let decoded = crate::decode::decode(html.as_bytes(), Some("text/html; charset=utf-8"));
        let document = crate::parse::parse_html(&decoded);
        find(&document, Profile::generic(), None, &Lines::default())
    }

    const OWN: &str =
        "<div>云溪县民政局2012年政府信息公开年度报告</div><div>发布时间：2013-03-28</div>";

    #[test]
    fn the_articles_own_title_wins() {
        let want = (
            "云溪县民政局2012年政府信息公开年度报告",
            Some("云溪县民政局"),
            Some(2012),
        );
        let side = [2009, 2010, 2011]
            .map(|year| format!("<li>云溪县水利局{year}年政府信息公开年度报告</li>"))
            .concat();
        let cases = [
            OWN.to_owned(),
            format!("<ul>{side}</ul>{OWN}"),
            format!("<h3>财政预算</h3><h3>政策解读</h3>{OWN}"),
            format!("<h2>2015年政府信息公开年报</h2>{OWN}"),
            format!("<h1>云溪县政府信息公开年度报告</h1>{OWN}"),
            format!("<p>当前位置：首页 &gt; 政府信息公开年报</p>{OWN}"),
            format!("<p>您的位置：首页 &gt; 工作总结 &gt; 正文</p>{OWN}"),
            "<title>云溪县民政局2012年政府信息公开年度报告 政府信息公开年报 云溪县</title><p>x</p>"
                .to_owned(),
            "<title>云溪县人民政府::云溪县民政局2012年政府信息公开年度报告</title><p>x</p>"
                .to_owned(),
            "<p>云溪县民政局</p><p>2012年政府信息公开年度报告</p>".to_owned(),
            "<p>云溪县民政局2012年</p><p>政府信息公开</p><p>年度报告</p>".to_owned(),
            "<h1>云溪县民政局2012年<br>政府信息公开年度报告</h1>".to_owned(),
        ];
        for html in cases {
            let title = main(&page(&html));
            let got = (title.text.as_str(), title.agency.as_deref(), title.year);
            assert_eq!(got, want, "{html}");
        }
    }

    #[test]
    fn another_documents_title_wins_where_it_is_the_pages() {
        for html in [
            "<title>云溪县民政局2020年部门决算</title><h1>云溪县民政局2020年部门决算</h1><p>x</p>\
             <p>附：云溪县民政局2020年政府信息公开年度报告</p><p>y</p>",
            "<h1>关于做好2021年政府信息公开工作年度报告编制发布工作的通知</h1><p>发布时间：2022-01-01</p>",
        ] {
            let found = page(html);
            assert!(
                matches!(found[0].kind, TitleKind::LookAlike(_)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn years_come_from_titles_of_the_same_agency() {
        let html = "<ul><li>云溪县水利局2010年政府信息公开年度报告</li></ul>\
                    <div>云溪县民政局政府信息公开年度报告</div><div>发布时间：2013-03-28</div>";
        let title = main(&page(html));
        assert_eq!(
            (title.agency.as_deref(), title.year),
            (Some("云溪县民政局"), None)
        );
    }
}
