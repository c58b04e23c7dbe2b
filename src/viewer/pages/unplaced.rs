//! Reports of which agency or year is not known: in no list of agencies, and not lost.

use maud::{Markup, html};
use serde::Serialize;

use super::parts;
use crate::query::{self, UnplacedLine, Window};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::ReportName;
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

/// Reports on a page.
const MOST: usize = 100;

/// A part of the list.
#[derive(Debug, Serialize)]
pub struct Unplaced {
    /// Which part, from 1.
    page: usize,
    /// How many parts there are.
    pages: usize,
    /// How many reports there are in all parts.
    total: u64,
    /// Those of this part.
    reports: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    /// Its name in addresses.
    report: ReportName,
    #[serde(flatten)]
    line: UnplacedLine,
}

/// The part that `/unplaced/N` names.
pub fn load(view: &View<'_>, address: &Address) -> Result<Unplaced, ViewerError> {
    let page = parts::page_number(address, 1)?;
    let window = Window {
        skip: (page - 1) * MOST,
        take: MOST,
    };
    let found = query::unplaced_part(view.store, window)?;
    let pages = usize::try_from(found.total).map_or(1, |total| total.div_ceil(MOST).max(1));
    if page > pages {
        return Err(ViewerError::NotFound);
    }
    let reports = found.lines.into_iter().map(|line| Line {
        report: view.names.of_report(&line.place),
        line,
    });
    Ok(Unplaced {
        page,
        pages,
        total: found.total,
        reports: reports.collect(),
    })
}

impl Page for Unplaced {
    fn title(&self, language: Language) -> String {
        language
            .of("机关或年度不详的报告", "Reports of unknown agency or year")
            .into()
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let unknown = of("不详", "not known");
        html! {
            p { (self.total) (of(" 份报告", " reports")) }
            @if !self.reports.is_empty() {
                div.wide role="region" tabindex="0" aria-label=(of("报告", "Reports")) {
                    table {
                        caption { (of("机关或年度不详的报告", "Reports of unknown agency or year")) }
                        thead { tr {
                            th scope="col" { (of("标题", "Title")) }
                            th scope="col" { (of("机关", "Agency")) }
                            th scope="col" { (of("年度", "Year")) }
                            th scope="col" { (of("网址", "Address")) }
                        } }
                        tbody {
                            @for report in &self.reports {
                                @let line = &report.line;
                                tr {
                                    th scope="row" lang="zh" { (shell.link(&report.report.address(), line.title.as_deref().unwrap_or(unknown))) }
                                    td lang="zh" { (line.agency.as_deref().unwrap_or(unknown)) }
                                    td { @match line.year { Some(year) => (year), None => (unknown) } }
                                    td.url { (line.url.as_deref().unwrap_or(unknown)) }
                                }
                            }
                        }
                    }
                }
                (parts::pager(shell, self.page, self.pages, |page| parts::part_of(&Address::default(), "unplaced", page)))
            }
        }
    }

    fn tables(&self) -> Vec<Table> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let rows = self.reports.iter().map(|report| {
            let line = &report.line;
            vec![
                report.report.to_string(),
                text(&line.title),
                text(&line.agency),
                line.year.map(|year| year.to_string()).unwrap_or_default(),
                text(&line.url),
                line.official.clone(),
            ]
        });
        let head = ["report", "title", "agency", "year", "url", "official"];
        vec![Table::of("reports", &head, rows)]
    }
}
