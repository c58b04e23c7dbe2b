//! Which identities a report's numbers contradict, and between which cells. Nothing is added up here: the findings say it.

use std::collections::HashMap;

use serde::Serialize;

use crate::audit::{self, Operator, Part, Rule, Rules, Side};
use crate::model::{Catalog, Code, Finding, FormId, IndicatorId, Observation, Report};
use crate::present::Cell;

use super::{by_indicator, cell_name};

/// An identity that does not hold.
#[derive(Debug, Serialize)]
pub struct Contradiction {
    /// On this page, from 1.
    pub number: usize,
    /// What was found.
    pub code: Code,
    /// The identity in `data/identities.toml`, and where in the form; as the finding says it.
    pub identity: String,
    /// The rule in a sentence; empty where this program does not know it any more.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The numbers: `60 + 0 ≠ 61 + 0`.
    pub sum: String,
    /// The same in a Chinese sentence, with the cells' labels and the difference; `None` where this program would not find it
    /// in these words any more.
    pub sum_zh: Option<String>,
    /// The cells, left side first.
    pub terms: Vec<TermView>,
    /// Explanations without fault.
    pub exceptions: Vec<String>,
    /// The same in Chinese.
    pub exceptions_zh: Vec<String>,
    #[serde(skip)]
    pub operator: &'static str,
}

/// A cell of an identity.
#[derive(Debug, Serialize)]
pub struct TermView {
    /// Its name in addresses.
    pub cell: String,
    /// Its printed labels.
    pub labels: Vec<String>,
    /// What stands there.
    pub text: String,
    /// Whether it stands behind the operator.
    pub is_right: bool,
    /// How it enters its side: `+`, `−`, `max`.
    pub sign: &'static str,
    #[serde(skip)]
    pub indicator: Option<IndicatorId>,
}

/// The contradictions that the findings tell, in their order.
pub fn of(report: &Report) -> Vec<Contradiction> {
    let told = report.findings.iter().filter(|finding| {
        matches!(
            finding.code,
            Code::IdentityFails | Code::IdentityBlank | Code::SoftIdentityFails | Code::DomainFails
        )
    });
    let shown = by_indicator(report);
    let mut told = told.peekable();
    let chinese = match told.peek() {
        Some(_) => in_chinese(report),
        None => HashMap::new(),
    };
    (1..)
        .zip(told)
        .map(|(number, finding)| one(number, finding, report, &shown, &chinese))
        .collect()
}

/// Chinese sentences by what the findings say. The numbers are checked again as they were when the report was read, and a sentence
/// stands only beside the very same English one: nothing is told that the finding does not tell.
fn in_chinese(report: &Report) -> HashMap<String, String> {
    let catalog = Catalog::get();
    let checks = audit::contradictions(&report.observations);
    let sentences = checks.iter().filter_map(|check| {
        let found = audit::findings(std::slice::from_ref(check), catalog).pop()?;
        Some((found.message, audit::in_chinese(check, catalog)?))
    });
    sentences.collect()
}

impl Contradiction {
    /// Whether it is what a finding tells.
    pub fn is_of(&self, finding: &Finding) -> bool {
        let rest = finding.message.strip_prefix(self.identity.as_str());
        let rest = rest.map(|rest| rest.strip_prefix(": ").unwrap_or(rest));
        self.code == finding.code && rest == Some(self.sum.as_str())
    }

    /// The identity's id.
    pub fn id(&self) -> &str {
        let id = self.identity.split_once(" at ");
        id.map_or(self.identity.as_str(), |(id, _)| id)
    }
}

fn one(
    number: usize,
    finding: &Finding,
    report: &Report,
    shown: &HashMap<IndicatorId, &Observation>,
    chinese: &HashMap<String, String>,
) -> Contradiction {
    let (identity, sum) = finding
        .message
        .split_once(": ")
        .unwrap_or(("", &finding.message));
    let (id, place) = identity.split_once(" at ").unwrap_or((identity, ""));
    let cells: Vec<&str> = finding.place.split(',').collect();
    let rule = rule(id, place, &cells, report, shown);
    let view = |indicator: IndicatorId, side: Side, part: Part| TermView {
        cell: cell_name(report, indicator),
        labels: Catalog::get().indicator(indicator).path.clone(),
        text: match shown.get(&indicator) {
            Some(observation) => Cell::from(*observation).text(),
            None => "（无此栏）".into(),
        },
        is_right: side == Side::Right,
        sign: match part {
            Part::Plus => "+",
            Part::Minus => "−",
            Part::Max => "max",
        },
        indicator: Some(indicator),
    };
    let terms = match rule {
        Some(rule) => {
            let terms = rule.terms.iter();
            terms
                .map(|term| view(term.indicator, term.side, term.part))
                .collect()
        }
        // A rule of another program: the cells are known, their sides are not.
        None => cells
            .iter()
            .filter_map(|cell| report.observation(cell))
            .map(|one| view(one.indicator, Side::Left, Part::Plus))
            .collect(),
    };
    let sentence = |text: fn(&Rule) -> &str| rule.map(text).unwrap_or_default().to_owned();
    Contradiction {
        number,
        code: finding.code,
        identity: identity.to_owned(),
        zh: sentence(|rule| &rule.identity.zh),
        en: sentence(|rule| &rule.identity.en),
        sum: sum.to_owned(),
        sum_zh: chinese.get(&finding.message).cloned(),
        terms,
        exceptions: rule.map_or_else(Vec::new, |rule| rule.identity.exceptions.clone()),
        exceptions_zh: rule.map_or_else(Vec::new, |rule| rule.identity.exceptions_zh.clone()),
        operator: match rule.map(Rule::op) {
            Some(Operator::Le) => "≤",
            Some(Operator::Ge) => "≥",
            Some(Operator::NonNegative | Operator::Whole) => "",
            _ => "=",
        },
    }
}

/// The rule of an id and a place whose cells are those of the finding: of the report's form before others.
fn rule(
    id: &str,
    place: &str,
    cells: &[&str],
    report: &Report,
    shown: &HashMap<IndicatorId, &Observation>,
) -> Option<&'static Rule> {
    let others = FormId::ALL
        .into_iter()
        .filter(|form| Some(*form) != report.form);
    let rules = report
        .form
        .into_iter()
        .chain(others)
        .flat_map(|form| Rules::get().of(form));
    rules
        .filter(|rule| rule.identity.id == id && rule.place == place)
        .find(|rule| {
            let is_shown = rule
                .terms
                .iter()
                .any(|term| shown.contains_key(&term.indicator));
            let own = rule.terms.iter().map(|term| {
                let indicator = Catalog::get().indicator(term.indicator);
                indicator.cell.as_str()
            });
            is_shown && own.eq(cells.iter().copied())
        })
}
