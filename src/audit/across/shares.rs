//! Shares in the text, recomputed.

use super::super::identities::Identities;
use super::narrative::{TextMention, said, whole};
use super::rules::columns;
use crate::model::{Catalog, Evidence, MentionKind, PanelReport, Period, WatchCode, Watched};

/// A count and the percentage said of it right behind: `予以公开35件，占办结总数的4.34%`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextShare {
    /// The count, with its cells.
    pub part: TextMention,
    /// The percentage.
    pub percent: TextMention,
}

/// Words between `占` and the number that name all requests, received or handled; a share of anything else is not assessed.
const OF_ALL: [&str; 28] = [
    "政府信息公开",
    "信息公开",
    "本年度",
    "本年",
    "全年",
    "全部",
    "所有",
    "收到",
    "受理",
    "新收",
    "办结",
    "答复",
    "处理",
    "申请",
    "总数",
    "总量",
    "总件",
    "数量",
    "件数",
    "数",
    "量",
    "总",
    "件",
    "比",
    "的",
    "约",
    "为",
    "达",
];

/// Words of which the percentage may be several counts' or another time's.
const UNCLEAR: [&str; 12] = [
    "分别", "各占", "均", "合计", "共占", "以上", "两", "依次", "、", "去年", "上年", "同期",
];

/// A share against the count it is of: a finding where it is of none of the counts that it can be of.
pub(super) fn check(
    report: &PanelReport,
    share: &TextShare,
    others: &[TextMention],
) -> Option<Watched> {
    let identity = Identities::get().find("N.PCT")?;
    let TextShare { part, percent } = share;
    let is_year = |mention: &TextMention| {
        mention.year.is_none_or(|year| year == report.year)
            && matches!(mention.period, Period::Implied | Period::Year)
    };
    let is_clear = part.kind == MentionKind::Count
        && percent.kind == MentionKind::Percent
        && !(part.approximate || percent.approximate || part.negated || part.has_channel)
        && is_year(part)
        && is_year(percent)
        && UNCLEAR
            .iter()
            .all(|word| !part.text.contains(word) && !percent.text.contains(word))
        && is_of_all(percent);
    if !is_clear {
        return None;
    }
    let numbers = report
        .numbers
        .iter()
        .find(|numbers| identity.forms.contains(&numbers.form))?;
    let value = |cell: &str| {
        let id = Catalog::get().find(numbers.form, cell)?;
        columns().value(numbers, id)
    };
    let count = whole(part.value)?;
    // The count must be what the table says: else that is another matter.
    let mut printed = 0_i64;
    for cell in part.about.as_deref()?.split('+') {
        printed = printed.checked_add(value(cell)?)?;
    }
    if printed != count {
        return None;
    }
    let new = value("requests.new@total")?;
    let carried = value("requests.carried_in@total")?;
    let handled = value("outcome.total@total")?;
    let named = [
        ("requests.new@total", new),
        (
            "requests.new@total+requests.carried_in@total",
            new.checked_add(carried)?,
        ),
        ("outcome.total@total", handled),
    ];
    // Whatever else the text counts in the same unit may be meant.
    let told = others
        .iter()
        .filter(|one| one.kind == MentionKind::Count && one.unit == part.unit)
        .filter_map(|one| whole(one.value));
    let unit = 10_i128.checked_pow(percent.value.scale().into())?;
    let stated = i128::from(percent.value.mantissa());
    // |100 count / all − percentage| at most 0.05 or one unit of the last digit, whichever is more: a number cut off agrees.
    let agrees = |all: i64| {
        let all = i128::from(all);
        let off = 100 * i128::from(count) * unit - stated * all;
        all > 0 && off.abs() * 100 <= all * (5 * unit).max(100)
    };
    let mut bases = named.iter().map(|(_, value)| *value).chain(told);
    if named.iter().all(|(_, value)| *value <= 0) || bases.any(agrees) {
        return None;
    }
    let mut evidence = vec![
        said(part, &part.value.to_string()),
        said(percent, &percent.value.to_string()),
    ];
    evidence.extend(named.iter().map(|(id, value)| Evidence::Derivation {
        id: (*id).to_owned(),
        value: *value,
    }));
    Some(Watched {
        code: WatchCode::PercentageMismatch,
        report_id: report.report_id,
        other_report_id: None,
        about: format!("N.PCT#{}", percent.position),
        zh: format!(
            "正文“{}”，而{count}件占新收{new}件、办结{handled}件的比例均不是{}%。",
            percent.text, percent.value
        ),
        en: format!(
            "The text says “{}”; {count} is {} % neither of {new} received nor of {handled} handled.",
            percent.text, percent.value
        ),
        rule: &identity.id,
        evidence,
    })
}

/// Whether the percentage is said to be one of all requests.
fn is_of_all(percent: &TextMention) -> bool {
    let Some((_, behind)) = percent.text.rsplit_once('占') else {
        return false;
    };
    let end = behind
        .find(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c))
        .unwrap_or(behind.len());
    let mut words = behind[..end].trim();
    while let Some(word) = OF_ALL.iter().find(|word| words.starts_with(**word)) {
        words = words[word.len()..].trim_start();
    }
    words.is_empty() && end < behind.len()
}
