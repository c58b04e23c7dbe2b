//! Rules over the years of one agency and scope.

use super::rules::{CrossRule, CrossRules, columns};
use crate::model::{
    Catalog, Chain, Evidence, FormId, IndicatorId, Off, PanelReport, Scope, WatchCode, Watched,
    Whose,
};

/// The rows of the requests table that flow: the first two come in, the last two go out.
pub(super) const FLOW: [&str; 4] = [
    "requests.new",
    "requests.carried_in",
    "outcome.total",
    "requests.carried_out",
];

/// So many numbers other than 0, so many different ones, and one at least so great: fewer can be the same by chance.
const LEAST_COUNTED: u32 = 6;
const LEAST_DIFFERENT: u32 = 3;
const LEAST_GREATEST: i64 = 5;

/// So many requests, or a tenth of all, may be withdrawn or put together without being closed.
const MOST_WITHDRAWN: i128 = 10;

/// Why a year is held to be off, in English and in Chinese.
type Why = (&'static str, &'static str);

const FLOW_LACKS: Why = (
    "a number of the flow is missing, so the years cannot be told apart",
    "流量数字有缺，无法判断哪一年有误",
);
const LATER_OFF: Why = (
    "the later report does not add up with its own number and does with the earlier one's",
    "后一年报告用自身数字不平，改用前一年的数字则平",
);
const EARLIER_OFF: Why = (
    "the earlier report does not add up with its own number and does with the later one's",
    "前一年报告用自身数字不平，改用后一年的数字则平",
);
const BETWEEN: Why = (
    "both reports add up in themselves, so the difference lies between them",
    "两份报告各自平衡，差异在两者之间",
);
const FLOW_SILENT: Why = (
    "the flow of the years does not tell which one is off",
    "从各年流量看不出哪一年有误",
);
const STOCK_SILENT: Why = (
    "the year after does not tell which one is off",
    "从下一年看不出哪一年有误",
);
const STOCK_BEFORE: Why = (
    "the year after follows from this one, so the difference lies before it",
    "下一年与本年衔接，差异在本年之前",
);
const STOCK_SKIPS: Why = (
    "the year after follows from the year before if this one's stock is passed over",
    "略过本年存量，下一年与上一年衔接",
);

const WHYS: [Why; 8] = [
    FLOW_LACKS,
    LATER_OFF,
    EARLIER_OFF,
    BETWEEN,
    FLOW_SILENT,
    STOCK_SILENT,
    STOCK_BEFORE,
    STOCK_SKIPS,
];

/// A reason of [`Evidence::Chain`] in Chinese; `None` of one that this program does not give.
pub fn why_in_chinese(why: &str) -> Option<&'static str> {
    let known = WHYS.iter().find(|(english, _)| *english == why);
    known.map(|(_, chinese)| *chinese)
}

/// What the years of a chain say of each other, by year. Years that are missing or of which there are two reports say nothing.
/// Nor do reports of which it is not known whom they are about: one may be an office's own, the next a whole area's.
pub fn check_chain(chain: &Chain) -> Vec<Watched> {
    let mut found = Vec::new();
    if chain.scope == Scope::Unknown {
        return found;
    }
    // Stocks of the year before that are off themselves: what follows from them says nothing new.
    let mut off: Vec<(&str, i16)> = Vec::new();
    for (earlier, later) in chain.pairs() {
        let rules = CrossRules::get()
            .all()
            .iter()
            .filter(|rule| earlier.of(rule.earlier).is_some() && later.of(rule.later).is_some());
        let (carry, others): (Vec<_>, Vec<_>) =
            rules.partition(|rule| rule.code == WatchCode::CarryOverBreak);
        found.extend(carried(earlier, later, &carry));
        for rule in others {
            if rule.code == WatchCode::OpenRequestsBreak {
                found.extend(opened(earlier, later, rule));
                continue;
            }
            let Some((left, right)) = rule.sides(columns(), earlier, later) else {
                continue;
            };
            if rule.holds(left, right) || off.contains(&(rule.place.as_str(), earlier.year)) {
                continue;
            }
            let (one, is_off) = broken(chain, earlier, later, rule, (left, right));
            found.push(one);
            if is_off == Off::Later {
                off.push((rule.place.as_str(), later.year));
            }
        }
        found.extend(same(earlier, later));
    }
    found
}

fn value(report: &PanelReport, form: FormId, cell: IndicatorId) -> Option<i64> {
    columns().value(report.of(form)?, cell)
}

pub(super) fn cell(of: Whose, report: &PanelReport, form: FormId, cell: IndicatorId) -> Evidence {
    Evidence::Cell {
        of,
        year: report.year,
        cell: Catalog::get().indicator(cell).cell.clone(),
        value: value(report, form, cell),
    }
}

fn evidence(earlier: &PanelReport, later: &PanelReport, rule: &CrossRule) -> Vec<Evidence> {
    let of = |term: &super::rules::CrossTerm| {
        if term.earlier {
            cell(Whose::Other, earlier, rule.earlier, term.cell)
        } else {
            cell(Whose::This, later, rule.later, term.cell)
        }
    };
    rule.terms.iter().map(of).collect()
}

/// Requests carried over and carried in: the total first, since applicants may be classed anew; one finding a pair of years.
fn carried(earlier: &PanelReport, later: &PanelReport, rules: &[&CrossRule]) -> Option<Watched> {
    let sides = |rule: &CrossRule| rule.sides(columns(), earlier, later);
    let total = rules.iter().find(|rule| rule.place == "total")?;
    let kinds = || rules.iter().filter(|rule| rule.place != "total");
    let failing: Vec<&&CrossRule> = kinds()
        .filter(|rule| sides(rule).is_some_and(|(left, right)| left != right))
        .collect();
    let years = (earlier.year, later.year);
    let (code, rule, (out, carried_in)) = match sides(total) {
        Some((left, right)) if left != right => (WatchCode::CarryOverBreak, *total, (left, right)),
        Some(both) if !failing.is_empty() => (WatchCode::CarryOverReclassified, *total, both),
        Some(_) => return None,
        // Without totals all the kinds there are must disagree in sum.
        None => {
            let mut sums = (0, 0);
            for rule in kinds() {
                let (left, right) = sides(rule)?;
                sums = (sums.0 + left, sums.1 + right);
            }
            if sums.0 == sums.1 {
                return None;
            }
            (WatchCode::CarryOverBreak, *total, sums)
        }
    };
    let mut all = evidence(earlier, later, rule);
    for rule in &failing {
        all.extend(evidence(earlier, later, rule));
    }
    let (zh, en) = if code == WatchCode::CarryOverBreak {
        let (off, why) = which(earlier, later, rule);
        for (of, report, form) in [
            (Whose::Other, earlier, rule.earlier),
            (Whose::This, later, rule.later),
        ] {
            for row in FLOW {
                let found = Catalog::get().find(form, &format!("{row}@total"));
                all.extend(found.map(|id| cell(of, report, form, id)));
            }
        }
        all.dedup();
        all.push(Evidence::Chain {
            off,
            why: why.to_owned(),
        });
        (
            format!(
                "{}年报告结转下年度{out}件，{}年报告上年结转{carried_in}件。",
                years.0, years.1
            ),
            format!(
                "The report of {} carries over {out}, that of {} carries in {carried_in}; {why}.",
                years.0, years.1
            ),
        )
    } else {
        (
            format!(
                "{}年报告结转下年度与{}年报告上年结转总数均为{out}件，申请人分类不同。",
                years.0, years.1
            ),
            format!(
                "The reports of {} and {} agree on {out} carried over, not on the applicants.",
                years.0, years.1
            ),
        )
    };
    Some(Watched {
        code,
        report_id: later.report_id,
        other_report_id: Some(earlier.report_id),
        about: "requests.carried_in".into(),
        zh,
        en,
        rule: &rule.identity.id,
        evidence: all,
    })
}

/// Which of two years is off: the one whose own flow is broken and would be mended by the other's number.
fn which(earlier: &PanelReport, later: &PanelReport, rule: &CrossRule) -> (Off, &'static str) {
    let flow = |report: &PanelReport, form: FormId| {
        let mut values = [0_i128; 4];
        for (value, row) in values.iter_mut().zip(FLOW) {
            let id = Catalog::get().find(form, &format!("{row}@total"))?;
            *value = self::value(report, form, id)?.into();
        }
        Some(values)
    };
    let (Some(before), Some(after)) = (flow(earlier, rule.earlier), flow(later, rule.later)) else {
        return (Off::Unknown, FLOW_LACKS.0);
    };
    let holds = |[new, carried_in, handled, out]: [i128; 4]| new + carried_in == handled + out;
    let mended_before = holds([before[0], before[1], before[2], after[1]]);
    let mended_after = holds([after[0], before[3], after[2], after[3]]);
    match (holds(before), holds(after)) {
        (true, false) if mended_after => (Off::Later, LATER_OFF.0),
        (false, true) if mended_before => (Off::Earlier, EARLIER_OFF.0),
        (true, true) => (Off::Unknown, BETWEEN.0),
        _ => (Off::Unknown, FLOW_SILENT.0),
    }
}

/// Any other rule across years.
fn broken(
    chain: &Chain,
    earlier: &PanelReport,
    later: &PanelReport,
    rule: &CrossRule,
    (left, right): (i128, i128),
) -> (Watched, Off) {
    let mut evidence = evidence(earlier, later, rule);
    let mut which = Off::Unknown;
    if rule.code == WatchCode::InForceBreak
        && let Some(next) = chain.year(later.year + 1)
    {
        let (off, why) = stock(earlier, later, next, rule);
        evidence.push(Evidence::Chain {
            off,
            why: why.to_owned(),
        });
        which = off;
    }
    let last = rule
        .terms
        .last()
        .map(|term| Catalog::get().indicator(term.cell));
    let labels = last.map_or_else(String::new, |cell| cell.path.join("·"));
    let watched = Watched {
        code: rule.code,
        report_id: later.report_id,
        other_report_id: Some(earlier.report_id),
        about: rule.place.clone(),
        zh: format!(
            "{}（{labels}，{}—{}年：{left}与{right}）",
            rule.identity.zh.trim_end_matches('。'),
            earlier.year,
            later.year
        ),
        en: format!(
            "{} ({}, {}–{}: {left} and {right})",
            rule.identity.en.trim_end_matches('.'),
            rule.place,
            earlier.year,
            later.year
        ),
        rule: &rule.identity.id,
        evidence,
    };
    (watched, which)
}

/// Whether the year in the middle is off: leaving its stock out, the years before and after agree.
fn stock(
    earlier: &PanelReport,
    later: &PanelReport,
    next: &PanelReport,
    rule: &CrossRule,
) -> (Off, &'static str) {
    let unknown = (Off::Unknown, STOCK_SILENT.0);
    if next.of(rule.later).is_none() {
        return unknown;
    }
    let (first, second) = (
        rule.sides(columns(), earlier, later),
        rule.sides(columns(), later, next),
    );
    let (Some((_, stock)), Some((second_left, second_right))) = (first, second) else {
        return unknown;
    };
    let Some((first_left, _)) = first else {
        return unknown;
    };
    if second_left == second_right {
        return (Off::Earlier, STOCK_BEFORE.0);
    }
    // Last year's stock and the changes of both years.
    if first_left + (second_left - stock) == second_right {
        return (Off::Later, STOCK_SKIPS.0);
    }
    unknown
}

/// Requests of 2018 that were not closed, against those carried into 2019. Closed ones include older ones, so more may have been
/// open than the difference, never fewer: only the other way round something is off, and only where it is much.
fn opened(earlier: &PanelReport, later: &PanelReport, rule: &CrossRule) -> Option<Watched> {
    let (open, carried_in) = rule.sides(columns(), earlier, later)?;
    let received = rule.terms.first().and_then(|term| {
        let numbers = earlier.of(rule.earlier)?;
        columns().value(numbers, term.cell)
    })?;
    let lost = open - carried_in;
    if lost <= MOST_WITHDRAWN.max(i128::from(received) / 10) {
        return None;
    }
    Some(Watched {
        code: WatchCode::OpenRequestsBreak,
        report_id: later.report_id,
        other_report_id: Some(earlier.report_id),
        about: "requests.carried_in".into(),
        zh: format!(
            "{}年收到而未办结{open}件，{}年报告上年结转{carried_in}件。",
            earlier.year, later.year
        ),
        en: format!(
            "{open} requests of {} were received and not closed; the report of {} carries in {carried_in}.",
            earlier.year, later.year
        ),
        rule: &rule.identity.id,
        evidence: evidence(earlier, later, rule),
    })
}

/// The same numbers as the year before, all of them.
fn same(earlier: &PanelReport, later: &PanelReport) -> Option<Watched> {
    let numbers = later.numbers.iter().find_map(|numbers| {
        let before = earlier.of(numbers.form)?;
        let is_same = before.digest == numbers.digest && before.counted == numbers.counted;
        let is_telling = numbers.counted >= LEAST_COUNTED
            && numbers.different >= LEAST_DIFFERENT
            && numbers.greatest >= LEAST_GREATEST;
        (is_same && is_telling).then_some(numbers)
    })?;
    let count = numbers.counted;
    Some(Watched {
        code: WatchCode::SameNumbers,
        report_id: later.report_id,
        other_report_id: Some(earlier.report_id),
        about: numbers.form.as_str().into(),
        zh: format!(
            "{}年报告的{count}个非零数字与{}年报告完全相同。",
            later.year, earlier.year
        ),
        en: format!(
            "All {count} numbers of the report of {} other than 0 are those of {}.",
            later.year, earlier.year
        ),
        rule: "X.DUP",
        evidence: Vec::new(),
    })
}
