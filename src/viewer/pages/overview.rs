//! What is in the archive.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use serde::Serialize;

use super::agencies::Agencies;
use super::{agencies, findings, parts, presence};
use crate::model::division;
use crate::query::{self, Holdings, ProvinceYear, RunLine, WatchFilter, WatchLine, Window};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

/// Findings shown.
const MOST_FINDINGS: usize = 10;

/// Shades of the map, without the empty one.
const SHADES: u64 = 5;

/// What is in the archive.
#[derive(Debug, Serialize)]
pub struct Overview {
    /// In numbers.
    holdings: Holdings,
    /// Agencies with a report, by province and year, suspected copies left out.
    coverage: Vec<Province>,
    /// The columns of `coverage`.
    years: Vec<i16>,
    /// All agencies with their reports; `None` where they are too many for one page.
    agencies: Option<Agencies>,
    /// Findings that nobody said anything of yet, the latest years first.
    findings: Vec<WatchLine>,
    /// The last builds that changed the database.
    builds: Vec<RunLine>,
}

/// The agencies of a province.
#[derive(Debug, Serialize)]
struct Province {
    /// First two digits of GB/T 2260, `xpcc`; `None` where the division is not known.
    code: Option<String>,
    /// In Chinese.
    name: &'static str,
    /// Agencies of which any report is known.
    agencies: u64,
    /// Of these, with a report on the year.
    years: BTreeMap<i16, u64>,
}

/// Counts, coverage, findings, runs.
pub fn load(view: &View<'_>) -> Result<Overview, ViewerError> {
    let by_province = query::province_years(view.store)?;
    let (counts, all) = (by_province.years, by_province.agencies);
    let seen: BTreeSet<i16> = counts.iter().map(|count| count.year).collect();
    let years = match (seen.first(), seen.last()) {
        (Some(first), Some(last)) => (*first..=*last).collect(),
        _ => Vec::new(),
    };
    let of = |code: &Option<String>| -> BTreeMap<i16, u64> {
        let own = counts
            .iter()
            .filter(|count: &&ProvinceYear| count.province == *code);
        own.map(|count| (count.year, count.agencies)).collect()
    };
    let coverage = all.into_iter().map(|(code, agencies)| Province {
        name: province_name(code.as_deref()),
        years: of(&code),
        agencies,
        code,
    });
    let filter = WatchFilter {
        verdict: Some("open".into()),
        ..WatchFilter::default()
    };
    let window = Window {
        skip: 0,
        take: MOST_FINDINGS,
    };
    let agencies = agencies::load(view, &Address::of(["agencies"]))?;
    Ok(Overview {
        agencies: Some(agencies).filter(|part| part.pages == 1),
        holdings: query::holdings(view.store)?,
        coverage: coverage.collect(),
        years,
        findings: query::watch_part(view.store, &filter, window)?.lines,
        builds: query::last_runs(view.store, 5)?,
    })
}

impl Overview {
    fn map(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            p.quiet { (of("每格：该年度有报告的机关数；深浅为占该地已知机关的比例。没有报告入库不等于未发布。",
                "Each cell: agencies with a report on that year; the shade is their share of those known there. No report here does not mean that none was published.")) }
            div.wide role="region" tabindex="0" aria-label=(of("覆盖情况", "Coverage")) {
                table.matrix {
                    caption { (of("各地各年度有报告的机关数", "Agencies with a report, by province and year")) }
                    thead { tr {
                        th scope="col" { (of("地区", "Province")) }
                        th scope="col" .number { (of("机关", "Agencies")) }
                        @for year in &self.years { th scope="col" { (year) } }
                    } }
                    tbody {
                        @for province in &self.coverage {
                            tr {
                                th scope="row" { (province.link(shell)) }
                                td.number { (province.agencies) }
                                @for year in &self.years {
                                    @match province.years.get(year) {
                                        Some(count) => td class={ "heat shade" (shade(*count, province.agencies)) } { (count) },
                                        None => td.heat.missing { "·" },
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn by_year(&self, shell: &Shell<'_>) -> Markup {
        let forms: BTreeSet<&str> = self
            .holdings
            .by_year
            .iter()
            .flat_map(|year| year.forms.keys().map(String::as_str))
            .collect();
        let of = |zh, en| shell.of(zh, en);
        html! {
            h2 { (of("各年度报告与表式", "Reports by year and form")) }
            div.wide role="region" tabindex="0" aria-label=(of("各年度报告与表式", "Reports by year and form")) {
                table {
                    caption { (of("报告份数", "Number of reports")) }
                    thead { tr {
                        th scope="col" { (of("年度", "Year")) }
                        @for form in &forms {
                            th scope="col" .number {
                                @if form.is_empty() { (of("无统计表", "no table")) }
                                @else { (shell.link(&Address::of(["form", form]), html! { (form) (of(" 年表式", " form")) })) }
                            }
                        }
                    } }
                    tbody {
                        @for year in &self.holdings.by_year {
                            tr {
                                th scope="row" { @match year.year { Some(year) => (year), None => (of("不详", "not known")) } }
                                @for form in &forms {
                                    @match year.forms.get(*form) {
                                        Some(count) => td.number { (count) },
                                        None => td.number.missing { "·" },
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Province {
    /// Its name; what is none in the reader's language.
    fn shown(&self, shell: &Shell<'_>) -> Markup {
        let english = match self.code.as_deref() {
            Some("00") => "national",
            None => "division not known",
            Some(_) => return html! { span lang="zh" { (self.name) } },
        };
        html! { (shell.of(self.name, english)) }
    }

    fn link(&self, shell: &Shell<'_>) -> Markup {
        match &self.code {
            Some(code) if shell.links.is_served() => {
                let there = Address::of(["agencies"]).with("division", code.as_str());
                shell.link(&there, self.shown(shell))
            }
            _ => self.shown(shell),
        }
    }
}

/// 1 for the least, [`SHADES`] for all.
fn shade(count: u64, all: u64) -> u64 {
    (count * SHADES).div_ceil(all.max(1)).clamp(1, SHADES)
}

/// What a province's code in [`query::province_years`] stands for.
fn province_name(code: Option<&str>) -> &'static str {
    match code {
        Some("00") => "国家",
        Some("xpcc") => "新疆生产建设兵团",
        Some(code) => {
            let known = division::provinces().iter().find(|one| one.code == code);
            known.map_or("其他", |one| one.name.as_str())
        }
        None => "区划不详",
    }
}

impl Page for Overview {
    fn title(&self, language: Language) -> String {
        language
            .of(
                "政府信息公开工作年度报告",
                "Annual reports on government information disclosure",
            )
            .into()
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let holdings = &self.holdings;
        let counts = [
            (holdings.agencies, "机关", "agencies", Some("agencies")),
            (holdings.reports, "报告", "reports", Some("agencies")),
            (holdings.versions, "版本", "versions", None),
            (holdings.captures, "抓取", "captures", Some("status")),
            (
                holdings.refused,
                "非报告页",
                "pages that are no report",
                None,
            ),
            (
                holdings.unplaced,
                "机关或年度不详",
                "of unknown agency or year",
                None,
            ),
            (holdings.copies, "疑似转载", "suspected copies", None),
        ];
        html! {
            ul.counts {
                @for (count, zh, en, there) in counts {
                    li {
                        strong { (count) } " "
                        @match there { Some(there) => (shell.link(&Address::of([there]), of(zh, en))), None => (of(zh, en)) }
                    }
                }
            }
            h2 { (of("覆盖情况", "Coverage")) }
            @match &self.agencies {
                Some(agencies) => {
                    (agencies.matrix(shell))
                    (presence::legend(shell))
                }
                None => (self.map(shell)),
            }
            (self.by_year(shell))
            h2 { (of("待核的发现", "Findings to look at")) }
            @if !holdings.open_findings.is_empty() {
                ul.counts {
                    @for (code, count) in &holdings.open_findings {
                        li { strong { (count) } " " (shell.link(&Address::of(["findings"]).with("code", code.as_str()).with("verdict", "open"), parts::code_words(shell.language, code))) }
                    }
                }
            }
            (findings::list(shell, &self.findings))
            h2 { (of("最近的入库", "Last builds")) }
            ul { @for run in &self.builds { li { (run.started) " · " (run.program) } } }
        }
    }

    fn tables(&self) -> Vec<Table> {
        let rows = self.coverage.iter().flat_map(|province| {
            province.years.iter().map(|(year, count)| {
                vec![
                    province.code.clone().unwrap_or_default(),
                    province.name.to_owned(),
                    year.to_string(),
                    count.to_string(),
                    province.agencies.to_string(),
                ]
            })
        });
        let head = [
            "province",
            "name",
            "year",
            "agencies_with_report",
            "agencies",
        ];
        vec![Table::of("coverage", &head, rows)]
    }
}
