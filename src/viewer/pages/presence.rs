//! Which agency has a report on which year, as a matrix shows it: a sign for each state, its words beside it.

use std::collections::{BTreeSet, HashMap};

use maud::{Markup, html};
use serde::Serialize;

use crate::frontier::Frontier;
use crate::model::WatchCode;
use crate::pipeline;
use crate::query::{self, AbsentYear, CellEvidence, ListedColumn, Presence, YearCell};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::names::ReportName;
use crate::viewer::page::Table;
use crate::viewer::shell::Shell;

/// A report in a matrix of agencies and years.
#[derive(Debug, Serialize)]
pub struct ReportCell {
    /// Its name in addresses.
    pub report: ReportName,
    /// What there is.
    #[serde(flatten)]
    pub cell: YearCell,
}

impl ReportCell {
    /// With its name.
    pub fn of(view: &View<'_>, cell: YearCell) -> Self {
        Self {
            report: view.names.of_report(&cell.place),
            cell,
        }
    }

    /// What its sign tells: of several things the one a reader must know first.
    fn presence(&self) -> Presence {
        let has = |code: WatchCode| self.cell.watch.iter().any(|found| found == code.as_str());
        match self.cell.presence {
            _ if has(WatchCode::Withdrawn) => Presence::Withdrawn,
            Presence::CopyOnly => Presence::CopyOnly,
            _ if has(WatchCode::Late) => Presence::Late,
            presence => presence,
        }
    }

    /// For CSV: report, year, scope, presence, form, codes of findings.
    pub fn row(&self) -> Vec<String> {
        let cell = &self.cell;
        vec![
            self.report.to_string(),
            cell.year.map(|year| year.to_string()).unwrap_or_default(),
            cell.scope.as_str().into(),
            cell.presence.as_str().into(),
            cell.form.clone().unwrap_or_default(),
            cell.watch.join(" "),
        ]
    }
}

/// How a state is shown: by a sign of its own in each language, by a class for its colour, in a few words, and explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    signs: [&'static str; 2],
    class: &'static str,
    words: [&'static str; 2],
    explained: [&'static str; 2],
}

/// One of a Chinese and an English text.
fn either(language: Language, [zh, en]: [&'static str; 2]) -> &'static str {
    language.of(zh, en)
}

const fn mark(presence: Presence) -> Mark {
    let (signs, class, words, explained) = match presence {
        Presence::Found => (
            ["有", "●"],
            "found",
            ["有报告", "found"],
            ["有报告及统计表", "report with statutory tables"],
        ),
        Presence::WithoutTables => (
            ["文", "○"],
            "text",
            ["无统计表", "without tables"],
            [
                "有报告，未识别出统计表",
                "report, no statutory table recognised",
            ],
        ),
        Presence::Late => (
            ["迟", "▲"],
            "late",
            ["晚于期限", "after the deadline"],
            [
                "载明日期晚于法定期限",
                "every date it gives lies after the deadline",
            ],
        ),
        Presence::Withdrawn => (
            ["撤", "▼"],
            "withdrawn",
            ["已撤下", "withdrawn"],
            ["已撤下", "not there any more"],
        ),
        Presence::CopyOnly => (
            ["仿", "◇"],
            "copy",
            ["仅见疑似转载", "suspected copy only"],
            ["仅见疑似转载", "known from a suspected copy alone"],
        ),
        Presence::Unreadable => (
            ["×", "×"],
            "unreadable",
            ["已抓取，未能读出", "captured, not readable"],
            [
                "列表载有，已抓取，但未能读出该年度报告",
                "on a list and captured, but no report of the year could be read from it",
            ],
        ),
        Presence::Blocked => (
            ["拒", "■"],
            "blocked",
            ["网站拒绝访问", "refused to us"],
            [
                "列表载有，网站拒绝本程序访问",
                "on a list; its site refuses us",
            ],
        ),
        Presence::NotFetched => (
            ["待", "?"],
            "pending",
            ["尚未取得", "not fetched"],
            [
                "列表载有，尚未抓取或因其他原因未取得",
                "on a list; not fetched yet, or could not be for another reason",
            ],
        ),
        Presence::Missing => (
            ["缺", "–"],
            "absent",
            ["应有而未见", "missing"],
            [
                "应有而未见：前后年度有报告、列表未载或所载地址已不存在（不等于未发布）",
                "missing: there are reports of the years around it, its list does not have it, or the listed address is gone (which does not mean that none was published)",
            ],
        ),
        Presence::Unknown => (
            ["·", "·"],
            "missing",
            ["未见报告", "no report known"],
            [
                "未见报告，也无迹象表明应有（不等于未发布）",
                "no report known, and nothing says that there should be one (which does not mean that none was published)",
            ],
        ),
    };
    Mark {
        signs,
        class,
        words,
        explained,
    }
}

/// The states in the order of the legend.
const ORDER: [Presence; Presence::ALL.len()] = [
    Presence::Found,
    Presence::WithoutTables,
    Presence::Late,
    Presence::Withdrawn,
    Presence::CopyOnly,
    Presence::Unreadable,
    Presence::Blocked,
    Presence::NotFetched,
    Presence::Missing,
    Presence::Unknown,
];

/// A matrix's cell: the reports of one agency and year; where there is none, what is known of that.
pub fn year_cell(
    shell: &Shell<'_>,
    reports: &[&ReportCell],
    absent: Option<&AbsentYear>,
) -> Markup {
    let language = shell.language;
    let Some(first) = reports.first() else {
        return absent_cell(shell, absent);
    };
    let class = mark(first.presence()).class;
    html! {
        td class={ "heat " (class) } {
            @for report in reports {
                @let mark = mark(report.presence());
                @let sign = either(language, mark.signs);
                @let words = format!("{}, {}", either(language, mark.words), report.cell.scope.name(language));
                @match shell.href(&report.report.address()) {
                    Some(href) => a href=(href) title=(words) aria-label=(words) { (sign) },
                    None => span title=(words) { span aria-hidden="true" { (sign) } span.unseen { (words) } },
                }
            }
        }
    }
}

fn absent_cell(shell: &Shell<'_>, absent: Option<&AbsentYear>) -> Markup {
    let language = shell.language;
    let mark = mark(absent.map_or(Presence::Unknown, |absent| absent.presence));
    let words = either(language, mark.words);
    // The address that a list gives, where one does.
    let url = absent.and_then(|absent| {
        absent.evidence.iter().find_map(|one| match one {
            CellEvidence::Listed { url, .. } => Some(url.as_str()),
            _ => None,
        })
    });
    let namesake = absent.and_then(|absent| {
        absent.evidence.iter().find_map(|one| match one {
            CellEvidence::Namesake { agency, .. } => Some(agency.as_str()),
            _ => None,
        })
    });
    let title = match (namesake, url) {
        (Some(other), _) => match language {
            Language::Zh => {
                format!("{words}：同一网站同名机关（{other}）有该年度报告，不能确定由谁发布")
            }
            Language::En => format!(
                "{words}: a body of the same name on this site ({other}) has one of this year; which of the two published it is not known"
            ),
        },
        (None, Some(url)) => format!("{words}{}{url}", language.of("：", ": ")),
        (None, None) => words.to_owned(),
    };
    html! {
        td class={ "heat " (mark.class) } {
            span title=(title) { span aria-hidden="true" { (either(language, mark.signs)) } span.unseen { (words) } }
        }
    }
}

/// What the signs of [`year_cell`] mean.
pub fn legend(shell: &Shell<'_>) -> Markup {
    html! {
        dl.legend {
            @for mark in ORDER.map(mark) {
                div {
                    dt class={ "heat " (mark.class) } { (either(shell.language, mark.signs)) }
                    dd { (either(shell.language, mark.explained)) }
                }
            }
        }
    }
}

/// Report years beyond these are a mistake of a list.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

/// Of some agencies the years without a report and what is known of them. Only the lists that tell of these agencies are read.
pub fn absent(view: &View<'_>, keys: &[i64]) -> Result<HashMap<i64, Vec<AbsentYear>>, ViewerError> {
    let lists: Vec<ListedColumn> = match Frontier::open_if_any(&view.home.frontier())? {
        None => Vec::new(),
        Some(frontier) => {
            let traces = query::traces(view.store, keys)?;
            let columns = frontier.columns_of(&traces.urls, &traces.names)?;
            columns.into_iter().map(pipeline::listed).collect()
        }
    };
    let mut absent = query::absent_years(view.store, keys, &lists)?;
    for years in absent.values_mut() {
        years.retain(|absent| YEARS.contains(&absent.year));
    }
    Ok(absent)
}

/// The years of reports and of what is absent, ascending, without gaps.
pub fn years<'y>(
    reports: impl Iterator<Item = &'y ReportCell>,
    absent: impl Iterator<Item = &'y AbsentYear>,
) -> Vec<i16> {
    let seen: BTreeSet<i16> = reports
        .filter_map(|report| report.cell.year)
        .chain(absent.map(|absent| absent.year))
        .collect();
    match (seen.first(), seen.last()) {
        (Some(first), Some(last)) => (*first..=*last).collect(),
        _ => Vec::new(),
    }
}

/// Years without a report as a table for CSV: who, year, presence, addresses that lists give.
pub fn table<'a>(absent: impl Iterator<Item = (Vec<String>, &'a AbsentYear)>) -> Table {
    let rows = absent.map(|(mut row, absent)| {
        let listed = absent.evidence.iter().filter_map(|one| match one {
            CellEvidence::Listed { url, .. } => Some(url.as_str()),
            _ => None,
        });
        let listed: Vec<&str> = listed.collect();
        row.extend([
            absent.year.to_string(),
            absent.presence.as_str().to_owned(),
            listed.join(" "),
        ]);
        row
    });
    Table::of(
        "absent",
        &["agency", "label", "year", "presence", "addresses"],
        rows,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_sign_and_words_of_its_own() {
        let marks = Presence::ALL.map(mark);
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        for (at, one) in marks.iter().enumerate() {
            for other in &marks[..at] {
                for language in [0, 1] {
                    assert_ne!(one.signs[language], other.signs[language]);
                    assert_ne!(one.words[language], other.words[language]);
                    assert_ne!(one.explained[language], other.explained[language]);
                }
                assert_ne!(one.class, other.class);
            }
            assert!(one.words[0].contains(is_han) && one.explained[0].contains(is_han));
            assert!(one.words[1].is_ascii() && one.explained[1].is_ascii());
            assert!(!one.signs[1].contains(is_han));
        }
        let mut order = ORDER;
        order.sort_unstable();
        assert_eq!(order, Presence::ALL);
    }
}
