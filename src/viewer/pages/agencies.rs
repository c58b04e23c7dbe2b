//! All agencies, by name.

use maud::{Markup, html};
use serde::Serialize;

use crate::query::{self, AgencyLine, AgencyListFilter};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::AgencyName;
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

/// Agencies on a page.
const MOST: usize = 200;

/// A part of the list of agencies.
#[derive(Debug, Serialize)]
pub struct Agencies {
    /// What the names have to contain; empty for all.
    q: String,
    /// Which part, from 1.
    page: usize,
    /// How many parts there are.
    pages: usize,
    /// How many agencies there are in all parts.
    total: usize,
    /// Those of this part.
    agencies: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    /// Its name in addresses; `None` where this database has none for it.
    id: Option<AgencyName>,
    #[serde(flatten)]
    line: AgencyLine,
}

/// The part of the list that `?q=` and `?page=` (or `/agencies/N`) name.
pub fn load(view: &View<'_>, address: &Address) -> Result<Agencies, ViewerError> {
    let q = address.get("q").unwrap_or_default().trim().to_owned();
    let filter = AgencyListFilter {
        name: (!q.is_empty()).then(|| q.clone()),
        ..AgencyListFilter::default()
    };
    let all = query::list_agencies(view.store, &filter)?;
    let page = match address.parts.get(1) {
        Some(part) => part
            .parse()
            .ok()
            .filter(|page| *page > 0)
            .ok_or(ViewerError::NotFound)?,
        None => 1,
    };
    let (total, pages) = (all.len(), all.len().div_ceil(MOST).max(1));
    if page > pages {
        return Err(ViewerError::NotFound);
    }
    let lines = all.into_iter().skip((page - 1) * MOST).take(MOST);
    let agencies = lines
        .map(|line| Line {
            id: view.names.of_agency(line.key),
            line,
        })
        .collect();
    Ok(Agencies {
        q,
        page,
        pages,
        total,
        agencies,
    })
}

impl Page for Agencies {
    fn title(&self, language: Language) -> String {
        language.of("机关", "Agencies").into()
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            @if shell.links.is_served() {
                form method="get" role="search" {
                    label for="q" { (of("名称或代码", "Name or code")) }
                    input id="q" type="search" name="q" value=(self.q);
                    button { (of("查找", "Find")) }
                }
            }
            p { (self.total) (of(" 个机关", " agencies")) }
            table {
                thead { tr {
                    th scope="col" { (of("机关", "Agency")) }
                    th scope="col" { (of("代码", "Code")) }
                    th scope="col" { (of("区划", "Division")) }
                    th scope="col" { (of("年份", "Years")) }
                    th scope="col" .number { (of("报告", "Reports")) }
                } }
                tbody {
                    @for agency in &self.agencies {
                        tr {
                            th scope="row" { (named(shell, agency.id, &agency.line.label)) }
                            td { (agency.line.code.as_deref().unwrap_or("")) }
                            td { (agency.line.division.as_deref().unwrap_or("")) }
                            td { (years(agency.line.first_year, agency.line.last_year)) }
                            td.number { (agency.line.reports) }
                        }
                    }
                }
            }
            @if self.pages > 1 {
                nav.pages aria-label=(of("分页", "Pages")) { ul {
                    @for page in 1..=self.pages {
                        @let there = part(page, &self.q);
                        li { @if page == self.page { span aria-current="page" { (page) } } @else { (shell.link(&there, page)) } }
                    }
                } }
            }
        }
    }

    fn tables(&self) -> Vec<Table> {
        let rows = self.agencies.iter().map(|agency| {
            let line = &agency.line;
            vec![
                agency.id.map(|id| id.to_string()).unwrap_or_default(),
                line.label.clone(),
                line.code.clone().unwrap_or_default(),
                line.division.clone().unwrap_or_default(),
                line.level.clone().unwrap_or_default(),
                line.first_year
                    .map(|year| year.to_string())
                    .unwrap_or_default(),
                line.last_year
                    .map(|year| year.to_string())
                    .unwrap_or_default(),
                line.reports.to_string(),
            ]
        });
        let head = [
            "id",
            "label",
            "code",
            "division",
            "level",
            "first_year",
            "last_year",
            "reports",
        ];
        vec![Table::of("agencies", &head, rows)]
    }
}

fn part(page: usize, q: &str) -> Address {
    let address = match page {
        1 => Address::of(["agencies"]),
        page => Address::of(["agencies", &page.to_string()]),
    };
    address.set("q", Some(q).filter(|q| !q.is_empty()))
}

/// A link to an agency's page.
pub fn named(shell: &Shell<'_>, id: Option<AgencyName>, label: &str) -> Markup {
    match id {
        Some(id) => shell.link(&id.address(), label),
        None => html! { (label) },
    }
}

/// `2019–2023`; empty where no year is known.
fn years(first: Option<i16>, last: Option<i16>) -> String {
    match (first, last) {
        (Some(first), Some(last)) if first != last => format!("{first}–{last}"),
        (Some(year), _) | (_, Some(year)) => year.to_string(),
        (None, None) => String::new(),
    }
}
