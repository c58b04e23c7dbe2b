//! All agencies by name, with the years of their reports.

use maud::{Markup, html};
use serde::Serialize;

use super::parts;
use super::presence::{self, ReportCell};
use crate::query::{self, AbsentYear, AgencyLine, AgencyListFilter, Window};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::AgencyName;
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

/// Agencies on a page.
const MOST: usize = 100;

/// A part of the list of agencies.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "names of the JSON")]
pub struct Agencies {
    /// What the names have to contain; empty for all.
    q: String,
    /// Division they have to be of, digits of GB/T 2260; empty for all.
    division: String,
    /// Which part, from 1.
    page: usize,
    /// How many parts there are.
    pub pages: usize,
    /// How many agencies there are in all parts.
    total: u64,
    /// The years of their reports, ascending, without gaps.
    years: Vec<i16>,
    /// Those of this part.
    agencies: Vec<Line>,
    #[serde(skip)]
    address: Address,
}

#[derive(Debug, Serialize)]
struct Line {
    /// Its name in addresses.
    id: Option<AgencyName>,
    #[serde(flatten)]
    known: AgencyLine,
    /// Its reports by year and scope, suspected copies included; a year without one has no entry.
    reports_by_year: Vec<ReportCell>,
    /// Years without a report of which something is known, ascending; of every other year without one nothing is.
    absent: Vec<AbsentYear>,
}

/// The part of the list that `/agencies/N`, `?q=` and `?division=` name.
pub fn load(view: &View<'_>, address: &Address) -> Result<Agencies, ViewerError> {
    let trimmed = |name| address.get(name).unwrap_or_default().trim().to_owned();
    let (q, division) = (trimmed("q"), trimmed("division"));
    let filter = AgencyListFilter {
        name: (!q.is_empty()).then(|| q.clone()),
        divisions: Some(division.clone())
            .filter(|code| !code.is_empty())
            .into_iter()
            .collect(),
        level: address.get("level").map(ToOwned::to_owned),
    };
    let page = parts::page_number(address, 1)?;
    let window = Window {
        skip: (page - 1) * MOST,
        take: MOST,
    };
    let found = query::agencies_part(view.store, &filter, window)?;
    let pages = usize::try_from(found.total).map_or(1, |total| total.div_ceil(MOST).max(1));
    if page > pages {
        return Err(ViewerError::NotFound);
    }
    let keys: Vec<i64> = found.lines.iter().map(|line| line.key).collect();
    let mut cells = query::agency_years(view.store, &keys)?;
    let mut absent = presence::absent(view, &keys)?;
    let mut agencies: Vec<Line> = Vec::with_capacity(found.lines.len());
    for line in found.lines {
        let (own, rest): (Vec<_>, Vec<_>) =
            cells.into_iter().partition(|cell| cell.key == line.key);
        cells = rest;
        agencies.push(Line {
            id: view.names.of_agency(line.key),
            absent: absent.remove(&line.key).unwrap_or_default(),
            known: line,
            reports_by_year: own
                .into_iter()
                .map(|cell| ReportCell::of(view, cell))
                .collect(),
        });
    }
    let years = presence::years(
        agencies.iter().flat_map(|line| &line.reports_by_year),
        agencies.iter().flat_map(|line| &line.absent),
    );
    Ok(Agencies {
        q,
        division,
        page,
        pages,
        total: found.total,
        years,
        agencies,
        address: address.clone(),
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
                form.ask method="get" action=[shell.href(&Address::of(["agencies"]))] role="search" {
                    label for="q" { (of("名称或代码", "Name or code")) }
                    input id="q" type="search" name="q" value=(self.q);
                    label for="division" { (of("行政区划代码", "Division code")) }
                    input id="division" name="division" value=(self.division) inputmode="numeric" size="8";
                    button { (of("查找", "Find")) }
                }
            }
            p { (self.total) (of(" 个机关", " agencies")) }
            @if !self.agencies.is_empty() {
                (self.matrix(shell))
                (parts::pager(shell, self.page, self.pages, |page| parts::part_of(&self.address, "agencies", page)))
                (presence::legend(shell))
            }
        }
    }

    fn tables(&self) -> Vec<Table> {
        let agencies = self.agencies.iter().map(|agency| {
            let line = &agency.known;
            let year = |year: Option<i16>| year.map(|year| year.to_string()).unwrap_or_default();
            vec![
                agency.id.map(|id| id.to_string()).unwrap_or_default(),
                line.label.clone(),
                line.code.clone().unwrap_or_default(),
                line.division.clone().unwrap_or_default(),
                line.level.clone().unwrap_or_default(),
                year(line.first_year),
                year(line.last_year),
                line.reports.to_string(),
            ]
        });
        let reports = self.agencies.iter().flat_map(|agency| {
            agency.reports_by_year.iter().map(|report| {
                let mut row = vec![
                    agency.id.map(|id| id.to_string()).unwrap_or_default(),
                    agency.known.label.clone(),
                ];
                row.extend(report.row());
                row
            })
        });
        let absent = self.agencies.iter().flat_map(|agency| {
            agency.absent.iter().map(|absent| {
                let id = agency.id.map(|id| id.to_string()).unwrap_or_default();
                (vec![id, agency.known.label.clone()], absent)
            })
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
        vec![
            Table::of("agencies", &head, agencies),
            Table::of(
                "reports",
                &[
                    "agency", "label", "report", "year", "scope", "presence", "form", "findings",
                ],
                reports,
            ),
            presence::table(absent),
        ]
    }
}

impl Agencies {
    /// Agencies and years.
    pub fn matrix(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            div.wide role="region" tabindex="0" aria-label=(of("机关与年份", "Agencies and years")) {
                table.matrix {
                    caption { (of("各机关各年度报告", "Reports by agency and year")) }
                    thead { tr {
                        th scope="col" { (of("机关", "Agency")) }
                        th scope="col" { (of("区划", "Division")) }
                        @for year in &self.years { th scope="col" { (year) } }
                    } }
                    tbody {
                        @for agency in &self.agencies {
                            tr {
                                th scope="row" { (parts::agency(shell, agency.id, &agency.known.label)) }
                                td { (agency.known.division.as_deref().unwrap_or("—")) }
                                @for year in &self.years {
                                    @let of_year = agency.of_year(*year);
                                    (presence::year_cell(shell, &of_year, agency.absent_in(*year)))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Line {
    fn absent_in(&self, year: i16) -> Option<&AbsentYear> {
        self.absent.iter().find(|absent| absent.year == year)
    }

    fn of_year(&self, year: i16) -> Vec<&ReportCell> {
        let reports = self.reports_by_year.iter();
        reports
            .filter(|report| report.cell.year == Some(year))
            .collect()
    }
}
