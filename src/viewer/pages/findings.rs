//! The inbox: what does not fit across years, versions and texts, and what people said of it.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde::Serialize;

use super::parts;
use crate::model::{Severity, WatchCode};
use crate::query::{self, WatchFilter, WatchLine, Window};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::{AgencyName, ReportName};
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

/// Findings on a page.
const MOST: usize = 100;

/// A part of the findings.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "names of the JSON")]
pub struct Findings {
    /// What was asked for, by name.
    filter: BTreeMap<String, String>,
    /// Which part, from 1.
    page: usize,
    /// How many parts there are.
    pages: usize,
    /// How many findings there are in all parts.
    total: u64,
    /// Those of this part, the latest years first.
    findings: Vec<Found>,
    #[serde(skip)]
    address: Address,
}

#[derive(Debug, Serialize)]
struct Found {
    /// The report's name in addresses.
    report: Option<ReportName>,
    #[serde(flatten)]
    line: WatchLine,
}

/// The findings that `?code=`, `?severity=`, `?verdict=`, `?agency=` and `?year=` let through, a part of them.
pub fn load(view: &View<'_>, address: &Address) -> Result<Findings, ViewerError> {
    let filter = filter(view, address)?;
    let page = parts::page_number(address, 1)?;
    let window = Window {
        skip: (page - 1) * MOST,
        take: MOST,
    };
    let found = query::watch_part(view.store, &filter, window)?;
    let pages = usize::try_from(found.total).map_or(1, |total| total.div_ceil(MOST).max(1));
    if page > pages {
        return Err(ViewerError::NotFound);
    }
    let findings = found.lines.into_iter().map(|line| {
        let report = view.names.of_report_id(view.store, line.report_id)?;
        Ok(Found { report, line })
    });
    Ok(Findings {
        filter: address.query.iter().cloned().collect(),
        page,
        pages,
        total: found.total,
        findings: findings.collect::<Result<_, ViewerError>>()?,
        address: address.clone(),
    })
}

/// What `?code=`, `?severity=`, `?verdict=`, `?agency=` and `?year=` let through.
///
/// # Errors
///
/// [`ViewerError::Bad`] for a word that is none of theirs.
pub fn filter(view: &View<'_>, address: &Address) -> Result<WatchFilter, ViewerError> {
    let word = |name: &str| address.get(name);
    let unknown = |name: &str| ViewerError::Bad(format!("unknown {name}"));
    let verdict = match word("verdict") {
        Some(verdict @ ("open" | "confirmed" | "dismissed")) => Some(verdict.to_owned()),
        Some("any") | None => None,
        Some(_) => return Err(unknown("verdict")),
    };
    Ok(WatchFilter {
        code: word("code")
            .map(|code| code.parse().map_err(|()| unknown("code")))
            .transpose()?,
        severity: word("severity")
            .map(|word| {
                let found = Severity::ALL.iter().find(|known| known.as_str() == word);
                found.copied().ok_or_else(|| unknown("severity"))
            })
            .transpose()?,
        verdict,
        key: word("agency")
            .map(|name| {
                let name = AgencyName::parse(name).ok_or_else(|| unknown("agency"))?;
                view.names.body(name).ok_or_else(|| unknown("agency"))
            })
            .transpose()?,
        year: word("year")
            .map(|year| year.parse().map_err(|_| unknown("year")))
            .transpose()?,
        report_id: None,
    })
}

/// The address of a finding's page.
pub fn address(id: &str) -> Address {
    Address::of(["finding", id])
}

/// Findings as a list, each with a link to its page.
pub fn list(shell: &Shell<'_>, lines: &[WatchLine]) -> Markup {
    html! {
        @if lines.is_empty() {
            p { (shell.of("无。", "None.")) }
        } @else {
            ul.findings {
                @for line in lines {
                    li {
                        (parts::severity(shell, &line.severity)) " "
                        (line.year) " "
                        (shell.link(&address(&line.id), parts::code_words(shell.language, &line.code)))
                        ": " span lang=(shell.of("zh", "en")) { (shell.of(&line.message_zh, &line.message_en)) }
                        @if line.verdict != "open" { " · " (parts::verdict(shell, &line.verdict)) }
                    }
                }
            }
        }
    }
}

/// Findings as a table for CSV.
pub fn table<'l>(lines: impl IntoIterator<Item = &'l WatchLine>) -> Table {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let rows = lines.into_iter().map(|line| {
        vec![
            line.id.clone(),
            line.code.clone(),
            line.severity.clone(),
            text(&line.agency),
            text(&line.agency_code),
            line.year.to_string(),
            line.scope.as_str().to_owned(),
            line.about.clone(),
            line.message_zh.clone(),
            line.message_en.clone(),
            line.basis_zh.clone(),
            line.verdict.clone(),
            text(&line.verdict_reason),
            text(&line.verdict_by),
            text(&line.verdict_at),
        ]
    });
    let head = [
        "id",
        "code",
        "severity",
        "agency",
        "agency_code",
        "year",
        "scope",
        "about",
        "message_zh",
        "message_en",
        "basis_zh",
        "verdict",
        "verdict_reason",
        "verdict_by",
        "verdict_at",
    ];
    Table::of("findings", &head, rows)
}

impl Findings {
    /// The same findings as a press sheet.
    fn press(&self) -> Address {
        let mut there = Address::of(["press"]);
        there.query.clone_from(&self.address.query);
        // The inbox shows all unless told otherwise, the sheet only what was confirmed.
        match there.get("verdict") {
            Some(_) => there,
            None => there.set("verdict", Some("any")),
        }
    }

    fn form(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let asked = |name: &str| self.filter.get(name).map_or("", String::as_str);
        html! {
            form.ask method="get" action=[shell.href(&Address::of(["findings"]))] {
                label for="code" { (of("类别", "Kind")) }
                select id="code" name="code" {
                    option value="" { (of("全部", "all")) }
                    @for code in WatchCode::ALL {
                        option value=(code.as_str()) selected[asked("code") == code.as_str()] {
                            (parts::code_words(shell.language, code.as_str()))
                        }
                    }
                }
                label for="verdict" { (of("核实", "Verdict")) }
                select id="verdict" name="verdict" {
                    option value="" { (of("全部", "all")) }
                    @for (word, zh, en) in [("open", "待核", "open"), ("confirmed", "已确认", "confirmed"), ("dismissed", "已排除", "dismissed")] {
                        option value=(word) selected[asked("verdict") == word] { (of(zh, en)) }
                    }
                }
                label for="severity" { (of("程度", "Severity")) }
                select id="severity" name="severity" {
                    option value="" { (of("全部", "all")) }
                    @for (word, zh, en) in [("error", "错误", "error"), ("warning", "警告", "warning"), ("info", "提示", "info")] {
                        option value=(word) selected[asked("severity") == word] { (of(zh, en)) }
                    }
                }
                label for="year" { (of("年度", "Year")) }
                input id="year" name="year" value=(asked("year")) inputmode="numeric" size="4";
                @if !asked("agency").is_empty() { input type="hidden" name="agency" value=(asked("agency")); }
                button { (of("筛选", "Filter")) }
            }
        }
    }
}

impl Page for Findings {
    fn title(&self, language: Language) -> String {
        language.of("核查发现", "Findings").into()
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            p.quiet { (of(
                "发现不等于违法或造假：每条都列有依据、证据和可能的正常原因，引用前请先核实。",
                "A finding is no proof of fault: each gives its rule, its evidence and innocent explanations. Check before you repeat it.",
            )) }
            @if shell.links.is_served() { (self.form(shell)) }
            p { (self.total) (of(" 条", " findings")) }
            @if !self.findings.is_empty() {
                div.wide role="region" tabindex="0" aria-label=(of("核查发现", "Findings")) {
                    table {
                        caption { (of("核查发现", "Findings")) }
                        thead { tr {
                            th scope="col" { (of("年度", "Year")) }
                            th scope="col" { (of("机关", "Agency")) }
                            th scope="col" { (of("类别", "Kind")) }
                            th scope="col" { (of("程度", "Severity")) }
                            th scope="col" { (of("说明", "What")) }
                            th scope="col" { (of("核实", "Verdict")) }
                        } }
                        tbody {
                            @for found in &self.findings {
                                tr {
                                    td { (found.line.year) }
                                    td lang="zh" {
                                        @let agency = found.line.agency.as_deref().or(found.line.agency_code.as_deref()).unwrap_or("—");
                                        @match found.report {
                                            Some(report) => (shell.link(&report.address(), agency)),
                                            None => (agency),
                                        }
                                    }
                                    th scope="row" { (shell.link(&address(&found.line.id), parts::code_words(shell.language, &found.line.code))) }
                                    td { (parts::severity(shell, &found.line.severity)) }
                                    td { (of(&found.line.message_zh, &found.line.message_en)) }
                                    td { (parts::verdict(shell, &found.line.verdict)) }
                                }
                            }
                        }
                    }
                }
                (parts::pager(shell, self.page, self.pages, |page| parts::part_of(&self.address, "findings", page)))
                @if shell.links.is_served() {
                    p { (shell.link(&self.press(), of("可打印的新闻素材（含依据、证据与出处）", "A press sheet of these, with rules, evidence and sources"))) }
                }
            }
        }
    }

    fn tables(&self) -> Vec<Table> {
        vec![table(self.findings.iter().map(|found| &found.line))]
    }
}
