//! Pieces that several pages have.

use maud::{Markup, html};

use crate::model::WatchCode;
use crate::viewer::home::ViewerError;
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::AgencyName;
use crate::viewer::shell::Shell;

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
        WatchCode::SiteRebuilt => ("疑为网站改版", "site probably rebuilt"),
        WatchCode::PartAboveWhole => ("部门数大于政府汇总数", "a department above its government"),
        WatchCode::OpenRequestsBreak => ("未办结申请不衔接", "open requests do not follow"),
        WatchCode::FeeStep => ("收费与收费标准不符", "fee does not follow its steps"),
        WatchCode::CopiedText => ("文字雷同", "copied text"),
    };
    language.of(zh, en)
}
