//! One agency: its names, its years side by side, its findings.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use super::presence::{self, ReportCell};
use super::terms;
use crate::charts;
use crate::model::{CellStatus, Decimal, Scope, Unit};
use crate::query::{
    self, AbsentYear, AgencyFilter, AgencyRecord, Copies, Filter, Point, PointStatus, WatchFilter,
    WatchLine, Window,
};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::{AgencyName, ReportName};
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;
use crate::viewer::spark;

/// Findings on the page; the inbox has the rest.
const MOST_FINDINGS: usize = 50;

/// An agency.
#[derive(Debug, Serialize)]
pub struct Agency {
    /// Its name in addresses.
    id: AgencyName,
    #[serde(flatten)]
    record: AgencyRecord,
    /// Its reports by year and scope, suspected copies included.
    reports_by_year: Vec<ReportCell>,
    /// Years without a report of which something is known, ascending.
    absent: Vec<AbsentYear>,
    /// Its series by scope: those of which at least one report has a cell.
    series: Vec<SeriesRow>,
    /// Findings across years, versions and texts, the latest years first.
    findings: Vec<WatchLine>,
    /// How many there are, beyond those given.
    findings_total: u64,
}

/// A series of one scope.
#[derive(Debug, Serialize)]
struct SeriesRow {
    /// Id in `data/series.toml`.
    series: &'static str,
    /// Its name, in Chinese.
    label: &'static str,
    /// Years compare only within one scope.
    scope: Scope,
    /// By year, ascending.
    points: Vec<YearPoint>,
}

/// A series' value in one year.
#[derive(Debug, Serialize)]
pub struct YearPoint {
    /// The year reported on.
    pub year: i16,
    /// The report; `None` where this database has no name for it.
    pub report: Option<ReportName>,
    /// The value; `None` has its reason in `status`.
    pub value: Option<Decimal>,
    /// Why there is a value or none.
    pub status: PointStatus,
    /// Of the value.
    pub unit: Option<Unit>,
    /// Whether a line must break before this point.
    pub break_before: bool,
    /// The cell it is, where it is one.
    pub cell: Option<&'static str>,
    /// As published, where it is one cell.
    pub raw: Option<String>,
}

/// The agency that a name belongs to.
pub fn load(view: &View<'_>, name: AgencyName) -> Result<Agency, ViewerError> {
    let key = view.names.body(name).ok_or(ViewerError::NotFound)?;
    let record = query::show_agency(view.store, key)?.ok_or(ViewerError::NotFound)?;
    let cells = query::agency_years(view.store, &[key])?;
    let reports_by_year: Vec<ReportCell> = cells
        .into_iter()
        .map(|cell| ReportCell::of(view, cell))
        .collect();
    let names: BTreeMap<i64, ReportName> = reports_by_year
        .iter()
        .map(|report| (report.cell.place.report_id, report.report))
        .collect();
    let filter = Filter {
        agency: Some(AgencyFilter::Body(key)),
        copies: Copies::LeftOut,
        ..Filter::default()
    };
    let mut series = Vec::new();
    for panels in query::all_series(view.store, &filter)? {
        // A series that must not be joined across the forms found is not shown here; its own page tells why.
        let Ok(points) = panels.points else { continue };
        series.extend(rows(
            &panels.series.id,
            &panels.series.label,
            points,
            &names,
        ));
    }
    let filter = WatchFilter {
        key: Some(key),
        ..WatchFilter::default()
    };
    let window = Window {
        skip: 0,
        take: MOST_FINDINGS,
    };
    let findings = query::watch_part(view.store, &filter, window)?;
    Ok(Agency {
        id: view.names.of_agency(key).unwrap_or(name),
        record,
        reports_by_year,
        absent: presence::absent(view, &[key])?
            .remove(&key)
            .unwrap_or_default(),
        series,
        findings: findings.lines,
        findings_total: findings.total,
    })
}

/// The points of a series, a row a scope; none where no report has a cell of it.
fn rows(
    series: &'static str,
    label: &'static str,
    points: Vec<Point>,
    names: &BTreeMap<i64, ReportName>,
) -> Vec<SeriesRow> {
    let mut by_scope: BTreeMap<Scope, Vec<YearPoint>> = BTreeMap::new();
    for point in points {
        let Some(year) = point.year else { continue };
        let (cell, raw) = match point.parts.as_slice() {
            [part] => (Some(part.cell), part.raw.clone()),
            _ => (None, None),
        };
        by_scope.entry(point.scope).or_default().push(YearPoint {
            year,
            report: names.get(&point.report_id).copied(),
            value: point.value,
            status: point.status,
            unit: point.unit,
            break_before: point.break_before,
            cell,
            raw,
        });
    }
    by_scope
        .into_iter()
        .filter(|(_, points)| points.iter().any(YearPoint::is_on_page))
        .map(|(scope, points)| SeriesRow {
            series,
            label,
            scope,
            points,
        })
        .collect()
}

impl YearPoint {
    /// Whether the report has something there, be it a blank.
    fn is_on_page(&self) -> bool {
        match self.status {
            PointStatus::Cell(status) => !status.is_absent(),
            PointStatus::Incomplete | PointStatus::NoSum | PointStatus::ZeroDenominator => true,
            PointStatus::NotInForm | PointStatus::NoTable => false,
        }
    }

    /// The number, or the word for its absence.
    pub fn text(&self, language: Language) -> String {
        if let (PointStatus::Cell(CellStatus::Number), Some(value)) = (self.status, self.value) {
            let unit = charts::behind(self.unit, language);
            return format!("{value}{unit}");
        }
        let word = match self.status {
            PointStatus::Cell(CellStatus::Blank) => ("（空）", "(blank)"),
            PointStatus::Cell(CellStatus::Mark | CellStatus::Text) => {
                return self.raw.clone().unwrap_or_else(|| "—".into());
            }
            PointStatus::Cell(CellStatus::Number | CellStatus::Unreadable) => {
                ("（不可读）", "(unreadable)")
            }
            PointStatus::Cell(_) => ("（页面无此项）", "(not on the page)"),
            PointStatus::Incomplete => ("（缺项）", "(a part is missing)"),
            PointStatus::NoSum => ("（不能合计）", "(no sum)"),
            PointStatus::ZeroDenominator => ("（分母为零）", "(denominator 0)"),
            PointStatus::NotInForm => ("（该表式无此项）", "(not in that form)"),
            PointStatus::NoTable => ("（无统计表）", "(no table)"),
        };
        language.of(word.0, word.1).into()
    }

    /// The number of a point that has one.
    fn number(&self) -> Option<Decimal> {
        let is_number = self.status == PointStatus::Cell(CellStatus::Number);
        self.value.filter(|_| is_number)
    }
}

impl SeriesRow {
    /// The series as a small line: a place a year, gaps where there is no number.
    fn spark(&self) -> String {
        let marks: Vec<spark::Mark> = self
            .points
            .iter()
            .map(|point| spark::Mark {
                year: point.year,
                value: point.number(),
                break_before: point.break_before,
            })
            .collect();
        spark::render(&marks)
    }

    fn in_year(&self, year: i16) -> impl Iterator<Item = &YearPoint> {
        self.points.iter().filter(move |point| point.year == year)
    }
}

impl Agency {
    /// Those of the matrix.
    fn years(&self) -> Vec<i16> {
        presence::years(self.reports_by_year.iter(), self.absent.iter())
    }

    fn absent_in(&self, year: i16) -> Option<&AbsentYear> {
        self.absent.iter().find(|absent| absent.year == year)
    }

    fn has_report(&self, year: i16) -> bool {
        let mut reports = self.reports_by_year.iter();
        reports.any(|report| report.cell.year == Some(year))
    }

    /// Those of reports.
    fn years_read(&self) -> Vec<i16> {
        presence::years(self.reports_by_year.iter(), std::iter::empty())
    }

    fn head(&self, shell: &Shell<'_>) -> Markup {
        let line = &self.record.line;
        let of = |zh, en| shell.of(zh, en);
        let unknown = of("不详", "not known");
        html! {
            dl.brief {
                div { dt { (of("代码", "Code")) } dd { (line.code.as_deref().unwrap_or(unknown)) } }
                div { dt { (of("区划", "Division")) } dd { (line.division.as_deref().unwrap_or(unknown)) } }
                div { dt { (of("层级", "Level")) } dd { (line.level.as_deref().and_then(|level| terms::level(level, shell.language)).unwrap_or(unknown)) } }
                div { dt { (of("报告", "Reports")) } dd { (line.reports) } }
            }
            @if self.record.names.len() > 1 {
                details {
                    summary { (of("曾用名与并入的名称", "Names joined in it")) " (" (self.record.names.len()) ")" }
                    ul {
                        @for name in &self.record.names {
                            li {
                                span lang="zh" { (name.name.as_deref().or(name.code.as_deref()).unwrap_or(unknown)) }
                                @if let Some(place) = &name.place { " · " (place) }
                                " — " (name.rule)
                                @if !name.evidence.is_empty() { ": " span lang="zh" { (name.evidence) } }
                            }
                        }
                    }
                }
            }
            @if !self.record.links.is_empty() {
                h2 { (of("沿革", "Before and after")) }
                ul {
                    @for link in &self.record.links {
                        li {
                            span lang="zh" { (link.earlier) " → " (link.later) }
                            " (" (link.kind) ", " (link.since) ") "
                            span.quiet lang="zh" { (link.evidence) }
                        }
                    }
                }
            }
        }
    }

    fn matrix(&self, shell: &Shell<'_>) -> Markup {
        let years = self.years();
        let scopes: BTreeSet<Scope> = self
            .reports_by_year
            .iter()
            .map(|report| report.cell.scope)
            .collect();
        html! {
            h2 { (shell.of("历年报告", "Reports")) }
            div.wide role="region" tabindex="0" aria-label=(shell.of("历年报告", "Reports by year")) {
                table.matrix {
                    caption { (shell.of("各年度报告", "Reports by year")) }
                    thead { tr {
                        th scope="col" { (shell.of("范围", "Scope")) }
                        @for year in &years { th scope="col" { (year) } }
                    } }
                    tbody {
                        @for scope in &scopes {
                            tr {
                                th scope="row" .whose { (scope.name(shell.language)) }
                                @for year in &years {
                                    @let found: Vec<&ReportCell> = self.reports_by_year.iter()
                                        .filter(|report| report.cell.scope == *scope && report.cell.year == Some(*year)).collect();
                                    @match self.absent_in(*year) {
                                        Some(_) if scopes.len() > 1 => (not_here(shell.of("见下行", "see below"))),
                                        absent => (presence::year_cell(shell, &found, absent)),
                                    }
                                }
                            }
                        }
                        // Of a year without any report nothing is known by scope.
                        @if !self.absent.is_empty() && scopes.len() > 1 {
                            tr {
                                th scope="row" { (shell.of("无报告的年份", "Years without a report")) }
                                @for year in &years {
                                    @if self.has_report(*year) { (not_here(shell.of("有报告", "there is a report"))) }
                                    @else { (presence::year_cell(shell, &[], self.absent_in(*year))) }
                                }
                            }
                        }
                    }
                }
            }
            (presence::legend(shell))
        }
    }

    fn numbers(&self, shell: &Shell<'_>) -> Markup {
        let years = self.years_read();
        let of = |zh, en| shell.of(zh, en);
        html! {
            h2 { (of("历年数据", "Numbers by year")) }
            @if self.series.is_empty() {
                p { (of("没有可比的数据。", "There are no numbers that can be put side by side.")) }
            } @else {
                p.quiet { (of("粗竖线：此处换表式，前后口径不同，不可连读。", "A thick line: the form changes there and counts something else; do not read across it.")) }
                div.wide role="region" tabindex="0" aria-label=(of("历年数据", "Numbers by year")) {
                    table.series {
                        caption { (of("各指标历年数值（网页原载数或其完整合计）", "Series by year: printed numbers, or complete sums of them")) }
                        thead { tr {
                            th scope="col" { (of("指标", "Series")) }
                            th scope="col" { (of("范围", "Scope")) }
                            th scope="col" { (of("走势", "Line")) }
                            @for year in &years { th scope="col" .number { (year) } }
                        } }
                        tbody {
                            @for row in &self.series {
                                tr {
                                    th scope="row" { (shell.link(&Address::of(["series", row.series]), shell.of(row.label, &terms::words_of(row.series)))) }
                                    td.whose { (row.scope.name(shell.language)) }
                                    td { (PreEscaped(row.spark())) }
                                    @for year in &years { (Self::point(shell, row, *year)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn point(shell: &Shell<'_>, row: &SeriesRow, year: i16) -> Markup {
        let points: Vec<&YearPoint> = row.in_year(year).collect();
        let breaks = points.iter().any(|point| point.break_before);
        html! {
            @if points.is_empty() {
                td.number.missing title=(shell.of("未见报告", "no report known")) { "·" }
            } @else {
                td.number.breaks[breaks].missing[points.iter().all(|point| point.number().is_none())] {
                    @for point in &points {
                        @let text = point.text(shell.language);
                        @match (point.report, point.cell) {
                            (Some(report), Some(cell)) => (shell.link(&report.proof(cell), &text)),
                            (Some(report), None) => (shell.link(&report.address(), &text)),
                            (None, _) => (text),
                        }
                        " "
                    }
                }
            }
        }
    }
}

/// A cell of another row's matter.
fn not_here(words: &str) -> Markup {
    html! { td.quiet { span aria-hidden="true" { "—" } span.unseen { (words) } } }
}

impl Page for Agency {
    fn title(&self, _language: Language) -> String {
        self.record.line.label.clone()
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        html! {
            (self.head(shell))
            (self.matrix(shell))
            (self.numbers(shell))
            h2 { (shell.of("核查发现", "Findings")) " (" (self.findings_total) ")" }
            (super::findings::list(shell, &self.findings))
            @if self.findings_total > self.findings.len() as u64 {
                @let all = Address::of(["findings"]).with("agency", self.id.to_string());
                p { (shell.link(&all, shell.of("全部", "all of them"))) }
            }
        }
    }

    fn tables(&self) -> Vec<Table> {
        let reports = self.reports_by_year.iter().map(ReportCell::row);
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let numbers = self.series.iter().flat_map(|row| {
            row.points.iter().map(move |point| {
                vec![
                    row.series.to_owned(),
                    row.label.to_owned(),
                    row.scope.as_str().to_owned(),
                    point.year.to_string(),
                    point
                        .number()
                        .map(|value| value.to_string())
                        .unwrap_or_default(),
                    point.status.as_str().to_owned(),
                    point.unit.map_or("", Unit::as_str).to_owned(),
                    point.break_before.to_string(),
                    point.cell.unwrap_or_default().to_owned(),
                    text(&point.raw),
                ]
            })
        });
        let absent = self.absent.iter().map(|absent| {
            let who = vec![self.id.to_string(), self.record.line.label.clone()];
            (who, absent)
        });
        vec![
            Table::of(
                "reports",
                &["report", "year", "scope", "presence", "form", "findings"],
                reports,
            ),
            Table::of(
                "series",
                &[
                    "series",
                    "label",
                    "scope",
                    "year",
                    "value",
                    "status",
                    "unit",
                    "break_before",
                    "cell",
                    "raw",
                ],
                numbers,
            ),
            super::findings::table(&self.findings),
            presence::table(absent),
        ]
    }

    fn address(&self) -> Option<Address> {
        Some(self.id.address())
    }
}
