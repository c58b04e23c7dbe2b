//! What a report says it charged for handling information, in all.

use super::super::identities::Identities;
use crate::model::{Decimal, Evidence, PanelReport, Unit, WatchCode, Watched};

/// The fee that rule and text speak of.
const FEE: &str = "信息处理费";

/// Words that may stand between the fee and its sum.
const BETWEEN: [&str; 14] = [
    "总金额",
    "金额",
    "总额",
    "总计",
    "共计",
    "合计",
    "总共",
    "人民币",
    "收入",
    "费用",
    "计",
    "共",
    "为",
    "：",
];

/// What may stand between `收取` and the fee.
const BEFORE: [&str; 6] = ["政府", "信息公开", "依申请公开", "公开", "的", "了"];

/// Characters looked at behind the fee.
const REACH: usize = 40;

/// A sum of fees with the clause it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fee {
    /// As published.
    text: String,
    /// In yuan.
    yuan: Decimal,
}

/// Fees come in steps of ten yuan, by piece or by page; a sum that is none does not follow from the tariff.
pub(super) fn check(report: &PanelReport, text: &str) -> Option<Watched> {
    let identity = Identities::get().find("N.FEE_STEP")?;
    let narrative = identity.narrative.as_ref()?;
    let step = narrative.step.filter(|step| *step > 0)?;
    let is_form = identity.forms.iter().any(|form| report.of(*form).is_some());
    if !is_form || report.year < 2021 || narrative.unit != Some(Unit::Yuan) {
        return None;
    }
    let fee = total(text)?;
    let whole = 10_i64
        .checked_pow(fee.yuan.scale().into())?
        .checked_mul(step)?;
    if fee.yuan.mantissa() % whole == 0 {
        return None;
    }
    Some(Watched {
        code: WatchCode::FeeStep,
        report_id: report.report_id,
        other_report_id: None,
        about: "fees".into(),
        zh: format!("正文“{}”，{}元不是{step}元的倍数。", fee.text, fee.yuan),
        en: format!(
            "The text says “{}”; {} yuan is no multiple of {step}.",
            fee.text, fee.yuan
        ),
        rule: &identity.id,
        evidence: vec![Evidence::Mention {
            position: 0,
            text: fee.text,
            value: fee.yuan.to_string(),
        }],
    })
}

/// The sum that is said to have been charged: `收取信息处理费共计400元`, `收取信息处理费3件，合计400元`. `None` where anything else stands
/// between, since then it may be a part, a tariff or a refund.
fn total(text: &str) -> Option<Fee> {
    let at = text.find(FEE)?;
    let start = text[..at].rfind(['。', '；', '\n']).map_or(0, |end| {
        end + text[end..].chars().next().map_or(0, char::len_utf8)
    });
    let mut before = text[start..at].trim_end();
    while let Some(word) = BEFORE.iter().find(|word| before.ends_with(**word)) {
        before = &before[..before.len() - word.len()];
    }
    let charged = before.strip_suffix("收取")?;
    let clause = charged
        .rfind(['，', ','])
        .map_or(charged, |at| &charged[at..]);
    if clause.contains(['未', '不', '没', '无', '免', '应', '退']) {
        return None;
    }
    let rest = &text[at + FEE.len()..];
    let end = rest
        .char_indices()
        .nth(REACH)
        .map_or(rest.len(), |(end, _)| end);
    let rest = &rest[..end];
    let mut left = rest;
    loop {
        left = left.trim_start_matches([' ', '\u{3000}', '，', ',']);
        if let Some(word) = BETWEEN.iter().find(|word| left.starts_with(**word)) {
            left = &left[word.len()..];
            continue;
        }
        let digits = left
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(left.len());
        let number: Decimal = left[..digits].parse().ok()?;
        left = &left[digits..];
        if left.starts_with(['件', '笔', '次']) && number.scale() == 0 {
            left = &left['件'.len_utf8()..];
            continue;
        }
        let (yuan, unit) = if left.starts_with('元') {
            (number, "元")
        } else if left.starts_with("万元") {
            let mantissa = number.mantissa().checked_mul(10_000)?;
            (Decimal::new(mantissa, number.scale())?, "万元")
        } else {
            return None;
        };
        let used = rest.len() - left.len() + unit.len();
        let said = at + FEE.len() + used;
        return Some(Fee {
            text: text[start..said].trim().to_owned(),
            yuan,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sum_that_was_charged_is_read() {
        let of = |text: &str| total(text).map(|fee| fee.yuan.to_string());
        for (text, want) in [
            ("本年度共收取信息处理费2230元。", Some("2230")),
            (
                "（一）情况。依法收取政府信息公开信息处理费3件，共计405元。",
                Some("405"),
            ),
            ("我局收取信息处理费为0.04万元。", Some("400.00")),
            ("收取信息处理费：15.5元", Some("15.5")),
            ("本年度未收取信息处理费。", None),
            ("应收取信息处理费5元", None),
            ("未按规定收取信息处理费5元", None),
            ("收取信息处理费标准为每件105元", None),
            ("收取信息处理费3件", None),
            ("退还信息处理费5元", None),
            ("收取信息处理费，同比减少5元", None),
            ("信息处理费", None),
            ("收取信息处理费99999999999999999999元", None),
        ] {
            assert_eq!(of(text).as_deref(), want, "{text}");
        }
    }
}
