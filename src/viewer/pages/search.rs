//! What the reports say: full text, with the passage around what was searched for.

use maud::{Markup, html};
use serde::Serialize;

use crate::model::SectionKind;
use crate::present::visible;
use crate::query::{self, Division, Filter, Hit, QueryError, SearchOptions, Words, WordsError};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::{AgencyName, ReportName};
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

use super::{controls, terms};

/// Hits on a page.
const PAGE: usize = 20;
/// Pages that can be turned to: who reads further asks narrower.
const PAGES: usize = 25;

/// An answer.
#[derive(Debug, Serialize)]
pub struct SearchPage {
    /// What was typed; empty where nothing was asked.
    q: String,
    from: Option<i16>,
    to: Option<i16>,
    division: Option<String>,
    section: Option<SectionKind>,
    /// From 1.
    page: usize,
    pages: usize,
    /// `None` where nothing was asked, or it cannot be.
    found: Option<FoundPage>,
    /// Why it cannot be asked, in Chinese and English.
    problem: Option<[String; 2]>,
    /// Divisions of this database, to choose from.
    #[serde(skip)]
    divisions: Vec<String>,
}

#[derive(Debug, Serialize)]
struct FoundPage {
    /// Sections that have the words; at least so many where `exact` is not set.
    sections: u64,
    reports: u64,
    exact: bool,
    /// Those of this page.
    hits: Vec<HitLine>,
}

#[derive(Debug, Serialize)]
struct HitLine {
    /// The report's name in addresses.
    report: Option<ReportName>,
    /// Its agency's.
    agency_id: Option<AgencyName>,
    #[serde(flatten)]
    hit: Hit,
}

/// What `?q=` and its filters find.
pub fn load(view: &View<'_>, address: &Address) -> Result<SearchPage, ViewerError> {
    let q = address.get("q").unwrap_or_default().trim().to_owned();
    let (from, to) = (
        controls::year_of(address, "from")?,
        controls::year_of(address, "to")?,
    );
    let section = match address.get("section") {
        Some(word) => {
            let kind = word.parse();
            Some(kind.map_err(|()| {
                ViewerError::Bad(format!("section={word}: unknown · 没有这种章节"))
            })?)
        }
        None => None,
    };
    let division = address.get("division").map(str::to_owned);
    if division
        .as_deref()
        .is_some_and(|code| code.parse::<Division>().is_err())
    {
        return Err(ViewerError::Bad("division: no code · 不是区划代码".into()));
    }
    let page = match address.get("page") {
        Some(text) => text
            .parse()
            .ok()
            .filter(|page| (1..=PAGES).contains(page))
            .ok_or(ViewerError::NotFound)?,
        None => 1,
    };
    let mut answer = SearchPage {
        q,
        from,
        to,
        division,
        section,
        page,
        pages: 1,
        found: None,
        problem: None,
        divisions: query::divisions(view.store)?,
    };
    if answer.q.is_empty() {
        return Ok(answer);
    }
    let words = match Words::parse(&answer.q) {
        Ok(words) => words,
        Err(error) => {
            answer.problem = Some([in_chinese(&error), error.to_string()]);
            return Ok(answer);
        }
    };
    let options = SearchOptions {
        filter: Filter {
            from_year: from,
            to_year: to,
            ..Filter::default()
        },
        division: answer
            .division
            .as_deref()
            .and_then(|code| code.parse().ok()),
        kinds: section.into_iter().collect(),
        limit: PAGE,
        offset: (page - 1) * PAGE,
        ..SearchOptions::default()
    };
    let found = match query::search(view.store, &words, &options) {
        Ok(found) => found,
        Err(error @ QueryError::NotIndexed) => {
            let zh = "正文索引由另一版本的程序生成：运行 nianbao build 重建".into();
            answer.problem = Some([zh, error.to_string()]);
            return Ok(answer);
        }
        Err(error) => return Err(error.into()),
    };
    let sections = usize::try_from(found.sections).unwrap_or(usize::MAX);
    answer.pages = sections.div_ceil(PAGE).clamp(1, PAGES);
    if page > answer.pages {
        return Err(ViewerError::NotFound);
    }
    let mut hits = Vec::new();
    for hit in found.hits {
        let place = query::report_place(view.store, hit.report_id)?;
        hits.push(HitLine {
            report: place.as_ref().map(|place| view.names.of_report(place)),
            agency_id: place.and_then(|place| view.names.of_agency(place.agency_id?)),
            hit,
        });
    }
    answer.found = Some(FoundPage {
        sections: found.sections,
        reports: found.reports,
        exact: found.exact,
        hits,
    });
    Ok(answer)
}

fn in_chinese(error: &WordsError) -> String {
    match error {
        WordsError::Empty => "请输入要检索的词".into(),
        WordsError::OpenPhrase { rest } => format!("引号未闭合：{rest}"),
        WordsError::NoToken { part } => format!("{part:?} 中没有可检索的内容"),
        WordsError::Sign { part } => format!("{part} 是符号而不是词：要检索符号，请加引号"),
        WordsError::Foreign { sign, .. } => format!("这里不使用 {sign}"),
        WordsError::LonelyOr => "OR 两边都要有词".into(),
        WordsError::OnlyWithout { part } => format!("-{part} 只说了不要什么：还要说明要什么"),
        WordsError::TooLong => "词太多或太长".into(),
    }
}

impl SearchPage {
    fn here(&self, page: usize) -> Address {
        let year = |year: Option<i16>| year.map(|year| year.to_string());
        Address::of(["search"])
            .with("q", &self.q)
            .set("from", year(self.from).as_deref())
            .set("to", year(self.to).as_deref())
            .set("division", self.division.as_deref())
            .set("section", self.section.map(SectionKind::as_str))
            .set("page", (page > 1).then(|| page.to_string()).as_deref())
    }

    fn form(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let mut kinds = vec![controls::choice("", of("全部", "all"))];
        kinds.extend(SectionKind::ALL.iter().map(|kind| {
            let (zh, en) = terms::section(*kind);
            controls::choice(kind.as_str(), of(zh, en))
        }));
        let divisions = controls::divisions(&self.divisions, of("全部", "all"));
        html! {
            form.filters method="get" role="search" {
                p.field.long {
                    label for="q" { (of("检索词", "Words")) }
                    input id="q" type="search" name="q" value=(self.q) aria-describedby="q-help";
                }
                (controls::year("from", of("起始年度", "From year"), self.from))
                (controls::year("to", of("截止年度", "To year"), self.to))
                @if divisions.len() > 1 {
                    (controls::select("division", "division", of("区划", "Division"), &divisions, self.division.as_deref().unwrap_or("")))
                }
                (controls::select("section", "section", of("章节", "Section"), &kinds, self.section.map_or("", SectionKind::as_str)))
                p.field { button { (of("检索", "Search")) } }
                p.help #q-help {
                    (of(
                        "空格隔开的词须同时出现；OR 表示其一；-词 表示排除；加引号连同标点检索。",
                        "Words must all stand in one section; OR for one of them, -word for what must not, quotation marks for a phrase with its signs.",
                    ))
                }
            }
        }
    }

    fn count(shell: &Shell<'_>, found: &FoundPage) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let most = if found.exact {
            ""
        } else {
            of("至少 ", "at least ")
        };
        html! {
            p role="status" {
                @if found.sections == 0 {
                    (of("没有找到。", "Nothing was found."))
                } @else {
                    (most) (found.sections) (of(" 个章节，", " sections of "))
                    (most) (found.reports) (of(" 份报告", " reports"))
                }
            }
        }
    }

    fn pager(&self, shell: &Shell<'_>) -> Markup {
        html! {
            @if self.pages > 1 {
                nav.pages aria-label=(shell.of("分页", "Pages")) { ul {
                    @for page in 1..=self.pages {
                        li { @if page == self.page { span aria-current="page" { (page) } } @else { (shell.link(&self.here(page), page)) } }
                    }
                } }
            }
        }
    }
}

impl HitLine {
    fn show(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let hit = &self.hit;
        let name = hit.agency.as_deref().or(hit.agency_code.as_deref());
        let year = match hit.year {
            Some(year) => format!("{year}{}", of("年度", "")),
            None => of("年度不明", "year not known").to_owned(),
        };
        let scope = hit
            .scope
            .parse()
            .map(|scope: crate::model::Scope| scope.name(shell.language));
        let kind: Option<SectionKind> = hit.section.parse().ok();
        let kind = kind
            .map(terms::section)
            .map_or(hit.section.as_str(), |(zh, en)| of(zh, en));
        html! {
            article.hit {
                h3 {
                    @match (self.agency_id, name) {
                        (Some(id), Some(name)) => { (shell.link(&id.address(), html! { span lang="zh" { (visible(name)) } })) }
                        (_, Some(name)) => { span lang="zh" { (visible(name)) } }
                        (_, None) => { (of("机关不明", "agency not known")) }
                    }
                    " " (year)
                }
                p {
                    (section_link(shell, self.report, hit.position, &html! {
                        (kind) @if let Some(heading) = &hit.heading { "　" span lang="zh" { (visible(heading)) } }
                    }))
                    " " span.quiet { "(" (scope.unwrap_or(&hit.scope)) ")" }
                }
                p.snippet lang="zh" { (snippet(hit)) }
                p.quiet.place {
                    (of("字节 ", "bytes ")) (hit.start_byte) "–" (hit.end_byte)
                    @if hit.part > 0 { (of("，第", ", part ")) (hit.part) (of("部分", "")) }
                    " · sha256 " code { (hit.sha256.get(..16).unwrap_or(&hit.sha256)) "…" }
                    @if hit.places > 1 { " · " (hit.places) (of(" 处", " places")) }
                }
            }
        }
    }
}

/// A link to a section of a report.
fn section_link(
    shell: &Shell<'_>,
    report: Option<ReportName>,
    position: u32,
    text: &Markup,
) -> Markup {
    let href = report.and_then(|report| shell.href(&report.address()));
    html! {
        @match href {
            Some(href) => { a href={ (href) "#section-" (position) } { (text) } }
            None => { (text) }
        }
    }
}

/// The passage, what was searched for marked.
fn snippet(hit: &Hit) -> Markup {
    let mut pieces: Vec<(bool, String)> = Vec::new();
    for (at, character) in hit.snippet.chars().enumerate() {
        let is_marked = hit
            .marks
            .iter()
            .any(|[from, to]| (*from..*to).contains(&at));
        match pieces.last_mut() {
            Some((marked, piece)) if *marked == is_marked => piece.push(character),
            _ => pieces.push((is_marked, character.to_string())),
        }
    }
    html! {
        @if hit.snippet_start > 0 { "…" }
        @for (is_marked, piece) in &pieces {
            @if *is_marked { mark { (visible(piece)) } } @else { (visible(piece)) }
        }
        "…"
    }
}

impl Page for SearchPage {
    fn title(&self, language: Language) -> String {
        let title = language.of("检索", "Search");
        if self.q.is_empty() {
            title.into()
        } else {
            format!("{title}{}{}", language.of("：", ": "), visible(&self.q))
        }
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        html! {
            (self.form(shell))
            @if let Some([zh, en]) = &self.problem {
                p.bad role="alert" { (shell.of(zh, en)) }
            }
            @if let Some(found) = &self.found {
                h2 { (shell.of("结果", "Found")) }
                (Self::count(shell, found))
                @for hit in &found.hits { (hit.show(shell)) }
                (self.pager(shell))
            }
        }
    }

    fn tables(&self) -> Vec<Table> {
        let Some(found) = &self.found else {
            return Vec::new();
        };
        let rows = found.hits.iter().map(|line| {
            let hit = &line.hit;
            let unknown = || "unknown".to_owned();
            vec![
                line.report
                    .map_or_else(unknown, |report| report.to_string()),
                line.agency_id
                    .map_or_else(unknown, |agency| agency.to_string()),
                hit.agency.clone().unwrap_or_else(unknown),
                hit.year.map_or_else(unknown, |year| year.to_string()),
                hit.scope.clone(),
                hit.section.clone(),
                hit.position.to_string(),
                hit.heading.clone().unwrap_or_default(),
                hit.snippet.clone(),
                hit.places.to_string(),
                hit.url.clone().unwrap_or_else(unknown),
                hit.sha256.clone(),
                hit.start_byte.to_string(),
                hit.end_byte.to_string(),
                hit.part.to_string(),
            ]
        });
        let head = [
            "report",
            "agency_id",
            "agency",
            "year",
            "scope",
            "section",
            "position",
            "heading",
            "snippet",
            "places",
            "url",
            "sha256",
            "start_byte",
            "end_byte",
            "part",
        ];
        vec![Table::of("hits", &head, rows)]
    }
}
