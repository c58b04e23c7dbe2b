//! Pieces that several pages have.

use maud::{Markup, html};
use serde::Serialize;

use crate::model::WatchCode;
use crate::query::{Presence, YearCell};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::{AgencyName, ReportName};
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

    /// One sign for what there is; a word stands beside it for those who do not see it.
    fn sign(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        let has = |code: WatchCode| self.cell.watch.iter().any(|found| found == code.as_str());
        match self.cell.presence {
            _ if has(WatchCode::Withdrawn) => ("撤", "withdrawn", "已撤下", "withdrawn"),
            Presence::CopyOnly => ("仿", "copy", "仅见疑似转载", "suspected copy only"),
            _ if has(WatchCode::Late) => ("迟", "late", "晚于期限", "after the deadline"),
            Presence::WithoutTables => ("文", "text", "无统计表", "without tables"),
            Presence::Late => ("迟", "late", "晚于期限", "after the deadline"),
            Presence::Withdrawn => ("撤", "withdrawn", "已撤下", "withdrawn"),
            Presence::Found => ("有", "found", "有报告", "found"),
            Presence::Unknown
            | Presence::Missing
            | Presence::NotFetched
            | Presence::Blocked
            | Presence::Unreadable => ("·", "missing", "未见", "not found"),
        }
    }
}

/// A matrix's cell: the reports of one agency and year.
pub fn year_cell(shell: &Shell<'_>, reports: &[&ReportCell]) -> Markup {
    html! {
        @if reports.is_empty() {
            td.heat.missing { span title=(shell.of("未见报告", "no report known")) { "·" } }
        } @else {
            @let class = reports[0].sign().1;
            td class={ "heat " (class) } {
                @for report in reports {
                    @let (sign, _, zh, en) = report.sign();
                    @let words = format!("{}, {}", shell.of(zh, en), report.cell.scope.name(shell.language));
                    @match shell.href(&report.report.address()) {
                        Some(href) => a href=(href) title=(words) aria-label=(words) { (sign) },
                        None => span title=(words) { (sign) },
                    }
                }
            }
        }
    }
}

/// What the signs of [`year_cell`] mean.
pub fn legend(shell: &Shell<'_>) -> Markup {
    let all = [
        (
            "有",
            "found",
            "有报告及统计表",
            "report with statutory tables",
        ),
        (
            "文",
            "text",
            "有报告，未识别出统计表",
            "report, no statutory table recognised",
        ),
        (
            "迟",
            "late",
            "载明日期晚于法定期限",
            "every date it gives lies after the deadline",
        ),
        ("撤", "withdrawn", "已撤下", "not there any more"),
        (
            "仿",
            "copy",
            "仅见疑似转载",
            "known from a suspected copy alone",
        ),
        (
            "·",
            "missing",
            "未见报告（不等于未发布）",
            "no report known (which does not mean that none was published)",
        ),
    ];
    html! {
        dl.legend {
            @for (sign, class, zh, en) in all {
                div { dt class={ "heat " (class) } { (sign) } dd { (shell.of(zh, en)) } }
            }
        }
    }
}

/// A link to an agency's page.
pub fn agency(shell: &Shell<'_>, id: Option<AgencyName>, label: &str) -> Markup {
    let label = html! { span lang="zh" { (label) } };
    match id {
        Some(id) => shell.link(&id.address(), label),
        None => label,
    }
}

/// Links to the parts of a list. `part` gives the address of a part, from 1.
pub fn pager(
    shell: &Shell<'_>,
    page: usize,
    pages: usize,
    part: impl Fn(usize) -> Address,
) -> Markup {
    // The first, the last and those around this one.
    let mut shown: Vec<usize> = (page.saturating_sub(3)..=page + 3)
        .chain([1, pages])
        .filter(|page| (1..=pages).contains(page))
        .collect();
    shown.sort_unstable();
    shown.dedup();
    html! {
        @if pages > 1 {
            nav.pages aria-label=(shell.of("分页", "Pages")) {
                ul {
                    @for (index, number) in shown.iter().enumerate() {
                        @if index > 0 && shown[index - 1] + 1 < *number { li { "…" } }
                        li {
                            @if *number == page { span aria-current="page" { (number) } }
                            @else { (shell.link(&part(*number), number)) }
                        }
                    }
                }
            }
        }
    }
}

/// The number of a part in an address `/LIST` or `/LIST/N`.
///
/// # Errors
///
/// [`ViewerError::NotFound`] for what is no number above 0.
pub fn page_number(address: &Address, at: usize) -> Result<usize, ViewerError> {
    match address.parts.get(at) {
        Some(part) => part
            .parse()
            .ok()
            .filter(|page| (1..=1_000_000).contains(page))
            .ok_or(ViewerError::NotFound),
        None => Ok(1),
    }
}

/// The address of a part of a list, with what was asked of the list.
pub fn part_of(address: &Address, list: &str, page: usize) -> Address {
    let mut there = Address::of([list]);
    if page > 1 {
        there.parts.push(page.to_string());
    }
    there.query.clone_from(&address.query);
    there
}

/// A severity as a word with a class.
pub fn severity(shell: &Shell<'_>, severity: &str) -> Markup {
    let (class, zh, en) = match severity {
        "error" => ("bad", "错误", "error"),
        "warning" => ("warn", "警告", "warning"),
        _ => ("quiet", "提示", "info"),
    };
    html! { span class=(class) { (shell.of(zh, en)) } }
}

/// What a person said of a finding, as a word with a class.
pub fn verdict(shell: &Shell<'_>, verdict: &str) -> Markup {
    let (class, zh, en) = match verdict {
        "confirmed" => ("bad", "已确认", "confirmed"),
        "dismissed" => ("quiet", "已排除", "dismissed"),
        _ => ("", "待核", "open"),
    };
    html! { span class=(class) { (shell.of(zh, en)) } }
}

/// A code of a finding in a few words; the whole sentence stands in `data/watch.toml`.
pub fn code_words(language: Language, code: &str) -> &'static str {
    let Ok(code) = code.parse::<WatchCode>() else {
        return "";
    };
    let (zh, en) = match code {
        WatchCode::CarryOverBreak => ("结转数不衔接", "carried over ≠ carried in"),
        WatchCode::CarryOverReclassified => ("结转分类有变", "carried over, other classes"),
        WatchCode::InForceBreak => ("现行有效件数不衔接", "documents in force do not follow"),
        WatchCode::DisclosedStockBreak => ("公开总数不衔接", "documents disclosed do not follow"),
        WatchCode::ItemsBreak => ("项目数不衔接", "items do not follow"),
        WatchCode::PendingVanished => ("未审结案件消失", "pending cases vanish"),
        WatchCode::CumulativeBreak => ("累计数不衔接", "cumulative counts do not follow"),
        WatchCode::SameNumbers => ("数据与上年相同", "last year's numbers again"),
        WatchCode::NarrativeMismatch => ("正文与表不符", "text and table differ"),
        WatchCode::PercentageMismatch => ("百分比不符", "percentage does not follow"),
        WatchCode::FeeStatementMissing => ("未说明收费情况", "nothing said of fees"),
        WatchCode::Late => ("晚于期限", "after the deadline"),
        WatchCode::Backdated => ("日期早于上网", "dated before it was there"),
        WatchCode::Postdated => ("日期晚于抓取", "dated after its capture"),
        WatchCode::SilentChange => ("数字变动未说明", "numbers changed without a word"),
        WatchCode::Withdrawn => ("已撤下", "withdrawn"),
        WatchCode::PartAboveWhole => ("部门数大于政府汇总数", "a department above its government"),
        WatchCode::OpenRequestsBreak => ("未办结申请不衔接", "open requests do not follow"),
        WatchCode::FeeStep => ("收费与收费标准不符", "fee does not follow its steps"),
        WatchCode::CopiedText => ("文字雷同", "copied text"),
    };
    language.of(zh, en)
}

impl ReportCell {
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
