//! A report's text against its tables, and against those of the year before.

use std::collections::BTreeMap;

use super::super::identities::Identities;
use super::super::identity::{Candidate, Identity, Kind};
use super::rules::columns;
use super::shares::TextShare;
use super::{fees, shares};
use crate::model::{
    Catalog, Decimal, Direction, Evidence, MentionKind, Numbers, PanelReport, Period, WatchCode,
    Watched,
};

/// A number in the text, as rules need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextMention {
    /// Its position among the report's mentions.
    pub position: u32,
    /// The clause.
    pub text: String,
    /// The number.
    pub value: Decimal,
    /// Its unit, as printed; `None`: none.
    pub unit: Option<String>,
    /// About, near, over.
    pub approximate: bool,
    /// The sentence says that there was none.
    pub negated: bool,
    /// What sort of number.
    pub kind: MentionKind,
    /// Of a change.
    pub direction: Option<Direction>,
    /// What time it speaks of.
    pub period: Period,
    /// The year it speaks of.
    pub year: Option<i16>,
    /// Whether one channel is named with it.
    pub has_channel: bool,
    /// The cells that count the same, joined by `+`.
    pub about: Option<String>,
}

/// What the text of a report says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextFacts {
    /// Numbers.
    pub mentions: Vec<TextMention>,
    /// Whether there is a section on other matters with text in it.
    pub has_other: bool,
    /// Whether any section speaks of fees.
    pub has_fees: bool,
    /// The words around the first place of the section on other matters that speaks of fees for handling information.
    pub fees: Option<String>,
    /// Counts with the percentage said of them.
    pub shares: Vec<TextShare>,
    /// Every number of a text that has such shares.
    pub numbers: Vec<TextMention>,
}

/// What the text of `report` says against its tables and, of changes, against those of `before`, the year before.
pub fn check_text(
    report: &PanelReport,
    before: Option<&PanelReport>,
    text: &TextFacts,
) -> Vec<Watched> {
    let mut found = against_tables(report, text);
    for mention in &text.mentions {
        found.extend(before.and_then(|before| change(report, before, mention)));
    }
    for share in &text.shares {
        found.extend(shares::check(report, share, &text.numbers));
    }
    found.extend(
        text.fees
            .as_deref()
            .and_then(|words| fees::check(report, words)),
    );
    // Required since the form of 2021.
    let is_due = report.of(crate::model::FormId::F2021).is_some() && report.year >= 2021;
    if is_due && text.has_other && !text.has_fees {
        found.push(Watched {
            code: WatchCode::FeeStatementMissing,
            report_id: report.report_id,
            other_report_id: None,
            about: "fees".into(),
            zh: "第六部分未提及信息处理费。".into(),
            en: "Section 6 does not speak of information processing fees.".into(),
            rule: "N.FEE6",
            evidence: Vec::new(),
        });
    }
    found
}

/// The rule that a mention of these cells comes under. In which section it stands has no bearing, since what it counts is certain.
fn rule(about: &str) -> Option<&'static Identity> {
    let cells: Vec<&str> = about.split('+').collect();
    Identities::get().all.iter().find(|identity| {
        let has = |one: &Candidate| {
            let plus = || one.terms.iter().flat_map(|group| &group.plus);
            let minus = one.terms.iter().any(|group| !group.minus.is_empty());
            !minus && plus().count() == cells.len() && plus().all(|id| cells.contains(&id.as_str()))
        };
        identity.kind == Kind::NarrativeVsTable && identity.candidates.iter().any(has)
    })
}

/// What each derivation of a rule gives in this form; `None` where one has a cell without a number.
fn derivations<'i>(identity: &'i Identity, numbers: &Numbers) -> Option<Vec<(&'i str, i64)>> {
    let mut derived = Vec::new();
    for candidate in &identity.candidates {
        if !candidate.forms.is_empty() && !candidate.forms.contains(&numbers.form) {
            continue;
        }
        let mut sum = 0_i64;
        for group in &candidate.terms {
            for (ids, sign) in [(&group.plus, 1), (&group.minus, -1)] {
                for id in ids {
                    let cell = Catalog::get().find(numbers.form, id)?;
                    sum = sum.checked_add(sign * columns().value(numbers, cell)?)?;
                }
            }
        }
        derived.push((candidate.id.as_str(), sum));
    }
    (!derived.is_empty()).then_some(derived)
}

pub(super) fn whole(value: Decimal) -> Option<i64> {
    (value.scale() == 0).then(|| value.mantissa())
}

/// Whether a count is one of pieces of information: one request may ask for many, and the tables count requests. It contradicts
/// nothing; where it agrees it speaks for the others as any count does.
fn is_in_pieces(mention: &TextMention) -> bool {
    mention.unit.as_deref() == Some("条")
}

/// Counts in the text. One that agrees speaks for the others of its rule: they count something else.
fn against_tables(report: &PanelReport, text: &TextFacts) -> Vec<Watched> {
    type OfRule<'m> = (&'static Identity, Vec<(&'m TextMention, i64)>);
    let mut by_rule: BTreeMap<&'static str, OfRule<'_>> = BTreeMap::new();
    for mention in &text.mentions {
        let is_year = match mention.period {
            Period::Implied => mention.year.is_none_or(|year| year == report.year),
            Period::Year => mention.year == Some(report.year),
            _ => false,
        };
        let counts = mention.kind == MentionKind::Count
            && !mention.approximate
            && !mention.has_channel
            && is_year;
        let Some(value) = whole(mention.value).filter(|_| counts) else {
            continue;
        };
        let found = mention.about.as_deref().map(rule);
        if let Some(identity) = found.flatten() {
            let (_, mentions) = by_rule
                .entry(identity.id.as_str())
                .or_insert_with(|| (identity, Vec::new()));
            mentions.push((mention, value));
        }
    }
    let mut found = Vec::new();
    for (identity, mentions) in by_rule.into_values() {
        let numbers = report
            .numbers
            .iter()
            .find(|numbers| identity.forms.contains(&numbers.form));
        let Some(derived) = numbers.and_then(|numbers| derivations(identity, numbers)) else {
            continue;
        };
        let agrees = |value: i64| derived.iter().any(|(_, derived)| *derived == value);
        if mentions.iter().any(|(_, value)| agrees(*value)) {
            continue;
        }
        let mut requests = mentions.iter().filter(|(one, _)| !is_in_pieces(one));
        let Some((mention, value)) = requests.next() else {
            continue;
        };
        let mut evidence: Vec<_> = mentions
            .iter()
            .map(|(mention, value)| said(mention, &value.to_string()))
            .collect();
        evidence.extend(derived.iter().map(|(id, value)| Evidence::Derivation {
            id: (*id).to_owned(),
            value: *value,
        }));
        let mut values: Vec<i64> = derived.iter().map(|(_, value)| *value).collect();
        values.sort_unstable();
        values.dedup();
        let values: Vec<_> = values.iter().map(ToString::to_string).collect();
        found.push(Watched {
            code: WatchCode::NarrativeMismatch,
            report_id: report.report_id,
            other_report_id: None,
            about: identity.id.clone(),
            zh: format!(
                "正文“{}”为{value}，统计表各口径为{}。",
                mention.text,
                values.join("、")
            ),
            en: format!(
                "The text says {value} (“{}”); the tables give {}.",
                mention.text,
                values.join(", ")
            ),
            rule: &identity.id,
            evidence,
        });
    }
    found
}

pub(super) fn said(mention: &TextMention, value: &str) -> Evidence {
    Evidence::Mention {
        position: mention.position,
        text: mention.text.clone(),
        value: value.to_owned(),
    }
}

/// A change in per cent against the counts of both years.
fn change(report: &PanelReport, before: &PanelReport, mention: &TextMention) -> Option<Watched> {
    let is_percent = mention
        .unit
        .as_deref()
        .is_some_and(|unit| unit == "%" || unit == "％");
    let is_year = mention.year.is_none_or(|year| year == report.year)
        && matches!(mention.period, Period::Implied | Period::Year);
    if mention.kind != MentionKind::Change || !is_percent || mention.approximate || !is_year {
        return None;
    }
    let about = mention.about.as_deref()?;
    let identity = rule(about)?;
    let of = |report: &PanelReport| {
        let numbers = report
            .numbers
            .iter()
            .find(|numbers| identity.forms.contains(&numbers.form))?;
        derivations(identity, numbers)
    };
    let (now, then) = (of(report)?, of(before)?);
    let sign = match mention.direction? {
        Direction::Up => 1,
        Direction::Down => -1,
    };
    // |100 (now − then) / then − value| at most 0.05 or one unit of the last digit, whichever is more: a number cut off
    // instead of rounded agrees too.
    let unit = 10_i128.checked_pow(mention.value.scale().into())?;
    let value = sign * i128::from(mention.value.mantissa());
    let agrees = |now: i64, then: i64| {
        let (now, then) = (i128::from(now), i128::from(then));
        let off = 100 * (now - then) * unit - value * then;
        off.abs() * 100 <= then * (5 * unit).max(100)
    };
    let pairs: Vec<(&str, i64, i64)> = now
        .iter()
        .filter_map(|(id, now)| {
            let (_, then) = then.iter().find(|(other, _)| other == id)?;
            Some((*id, *now, *then))
        })
        .collect();
    // What was nothing cannot have grown by a share.
    if pairs
        .iter()
        .any(|(_, now, then)| *then <= 0 || agrees(*now, *then))
    {
        return None;
    }
    let (_, counted, last) = *pairs.first()?;
    let mut evidence = vec![said(mention, &mention.value.to_string())];
    for (id, now, then) in &pairs {
        evidence.push(Evidence::Derivation {
            id: format!("{id}[{}]", before.year),
            value: *then,
        });
        evidence.push(Evidence::Derivation {
            id: format!("{id}[{}]", report.year),
            value: *now,
        });
    }
    Some(Watched {
        code: WatchCode::PercentageMismatch,
        report_id: report.report_id,
        other_report_id: Some(before.report_id),
        about: format!("{}#{}", identity.id, mention.position),
        zh: format!("正文“{}”，两年统计数为{last}与{counted}。", mention.text),
        en: format!(
            "The text says “{}”; the tables of the two years give {last} and {counted}.",
            mention.text
        ),
        rule: "N.PCT",
        evidence,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FormId;

    /// A report of the form of 2021 in which every cell says so many.
    fn report(number: i64) -> PanelReport {
        let form = FormId::F2021;
        PanelReport {
            report_id: 1,
            version_id: 1,
            agency_id: 1,
            year: 2022,
            numbers: vec![Numbers {
                form,
                values: vec![Some(number); columns().of(form).len()],
                digest: 0,
                counted: 0,
                different: 0,
                greatest: 0,
            }],
        }
    }

    fn granted(counts: &[(i64, &str)]) -> TextFacts {
        let mention = |(value, unit): &(i64, &str)| TextMention {
            position: 0,
            text: format!("予以公开{value}{unit}"),
            value: Decimal::new(*value, 0).unwrap(),
            unit: Some((*unit).to_owned()),
            approximate: false,
            negated: false,
            kind: MentionKind::Count,
            direction: None,
            period: Period::Implied,
            year: None,
            has_channel: false,
            about: Some("outcome.granted@total".into()),
        };
        TextFacts {
            mentions: counts.iter().map(mention).collect(),
            ..TextFacts::default()
        }
    }

    #[test]
    fn pieces_of_information_are_no_requests() {
        let told = |counts: &[(i64, &str)]| check_text(&report(3), None, &granted(counts)).len();
        assert_eq!(told(&[(3, "件")]), 0);
        assert_eq!(told(&[(11, "件")]), 1);
        assert_eq!(told(&[(11, "条")]), 0);
        assert_eq!(told(&[(11, "条"), (5, "件")]), 1);
        // One that agrees speaks for the others, whatever it counts.
        assert_eq!(told(&[(3, "条"), (5, "件")]), 0);
    }
}
