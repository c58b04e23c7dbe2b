//! Evaluates the rules on one report's observations.
//!
//! In go observations, out come checks; no value is changed and nothing is looked up by name.

use super::check::{Check, CheckCell, Outcome, Verdict};
use super::identity::Operator;
use super::rule::{Part, Rule, Rules, Side, Term};
use super::sum::Sum;
use crate::model::{Catalog, CellStatus, Decimal, FormId, IndicatorId, Observation, Unit};

/// Evaluates every rule of every form whose tables the observations have, in the order of [`Rules::of`].
///
/// Left out are rules without a single number, rules across tables of which one is absent, and rules on the
/// domain of a cell ([`Kind::Domain`](super::Kind::Domain)) that hold or have no number. Of two observations of
/// one cell the first counts.
pub fn check(observations: &[Observation]) -> Vec<Check> {
    evaluate(observations, |_, _| true)
}

/// The checks that [`findings`](super::findings) may report: those that fail, and those that no numbers in place
/// of the blanks could make hold.
pub fn contradictions(observations: &[Observation]) -> Vec<Check> {
    evaluate(observations, |fails, irreconcilable| {
        fails || irreconcilable
    })
}

/// The checks that are wanted, by whether they fail and whether they are irreconcilable.
fn evaluate(observations: &[Observation], wanted: fn(bool, bool) -> bool) -> Vec<Check> {
    let rules = Rules::get();
    let catalog = Catalog::get();
    let mut sheet = Sheet::new(rules, catalog);
    for observation in observations {
        sheet.enter(rules, catalog, observation);
    }
    let mut checks = Vec::new();
    for form in FormId::ALL {
        if sheet.forms[form as usize] {
            checks.reserve(if wanted(false, false) { 96 } else { 0 });
            checks.extend(
                rules
                    .of(form)
                    .iter()
                    .filter_map(|rule| sheet.evaluate(rule, wanted)),
            );
        }
    }
    checks
}

/// The observations of a report by cell number.
struct Sheet {
    cells: Vec<Slot>,
    /// By number of the table: whether the page has it.
    tables: Vec<bool>,
    /// By form: whether it has a number.
    forms: [bool; FormId::ALL.len()],
}

#[derive(Clone, Copy)]
struct Slot {
    status: CellStatus,
    value: Option<Decimal>,
    seen: bool,
}

impl Slot {
    /// Whether the cell may be read as zero: it is empty or struck through.
    const fn is_blank(self) -> bool {
        matches!(self.status, CellStatus::Blank | CellStatus::Mark)
    }
}

impl Sheet {
    fn new(rules: &Rules, catalog: &Catalog) -> Self {
        let unseen = Slot {
            status: CellStatus::TableAbsent,
            value: None,
            seen: false,
        };
        Self {
            cells: vec![unseen; catalog.indicators.len()],
            tables: vec![false; rules.tables],
            forms: [false; FormId::ALL.len()],
        }
    }

    fn enter(&mut self, rules: &Rules, catalog: &Catalog, observation: &Observation) {
        let number = usize::from(observation.indicator.0);
        let Some(slot) = self.cells.get_mut(number) else {
            return;
        };
        if slot.seen {
            return;
        }
        let indicator = catalog.indicator(observation.indicator);
        *slot = Slot {
            status: observation.status,
            value: comparable(observation, indicator.unit),
            seen: true,
        };
        if observation.status != CellStatus::TableAbsent {
            self.tables[usize::from(rules.table_of[number])] = true;
        }
        self.forms[indicator.form as usize] |= observation.value.is_some();
    }

    fn slot(&self, indicator: IndicatorId) -> Slot {
        self.cells[usize::from(indicator.0)]
    }

    fn evaluate(&self, rule: &'static Rule, wanted: fn(bool, bool) -> bool) -> Option<Check> {
        if matches!(rule.op(), Operator::NonNegative | Operator::Whole) {
            return self.domain(rule);
        }
        let present = |table: &u16| self.tables[usize::from(*table)];
        let any_number = |term: &Term| self.slot(term.indicator).value.is_some();
        if !rule.tables.iter().all(present) || !rule.terms.iter().any(any_number) {
            return None;
        }
        let mut sides = rule.constants.map(Sum::from);
        let mut greatest = [None; 2];
        let mut open = Open::default();
        let mut missing = false;
        let mut all_blank = true;
        for term in &rule.terms {
            let slot = self.slot(term.indicator);
            if slot.value.is_none() {
                missing = true;
                all_blank &= slot.is_blank();
                open.fill(term.side, term.part);
                if term.signed {
                    open = Open::BOTH;
                }
            }
            let value = slot.value.map_or(Sum::ZERO, Sum::from);
            let side = term.side as usize;
            match term.part {
                Part::Plus => sides[side].add(value),
                Part::Minus => sides[side].subtract(value),
                Part::Max => greatest[side] = greatest[side].max(Some(value)),
            }
        }
        for (side, greatest) in sides.iter_mut().zip(greatest) {
            side.add(greatest.unwrap_or_default());
        }
        let verdict = compare(rule.op(), sides);
        let irreconcilable = missing && all_blank && open.cannot_mend(verdict);
        if !wanted(!missing && verdict != Verdict::Holds, irreconcilable) {
            return None;
        }
        let outcome = match verdict {
            Verdict::Holds if !missing => Outcome::Holds,
            Verdict::Fails { left, right } if !missing => Outcome::Fails { left, right },
            _ => {
                let indicators = rule.terms.iter().map(|term| term.indicator);
                Outcome::NotAssessable {
                    missing: indicators
                        .filter(|indicator| self.slot(*indicator).value.is_none())
                        .collect(),
                    if_blanks_zero: all_blank.then_some(verdict),
                    irreconcilable,
                }
            }
        };
        Some(self.record(rule, outcome))
    }

    fn domain(&self, rule: &'static Rule) -> Option<Check> {
        let value = self.slot(rule.terms.first()?.indicator).value?;
        let left = Sum::from(value);
        let (holds, right) = if rule.op() == Operator::Whole {
            (value.as_integer().is_some(), left.floor())
        } else {
            (value.mantissa() >= 0, Sum::ZERO)
        };
        (!holds).then(|| self.record(rule, Outcome::Fails { left, right }))
    }

    fn record(&self, rule: &'static Rule, outcome: Outcome) -> Check {
        let cells = rule.terms.iter().map(|term| {
            let Slot { status, value, .. } = self.slot(term.indicator);
            CheckCell {
                indicator: term.indicator,
                side: term.side,
                part: term.part,
                status,
                value,
            }
        });
        Check {
            rule,
            cells: cells.collect(),
            outcome,
        }
    }
}

/// The number, unless it is money in another unit than the form's (or money where the form counts things):
/// converted amounts are rounded, and a rounded sum proves nothing.
pub(super) fn comparable(observation: &Observation, form: Option<Unit>) -> Option<Decimal> {
    let money = |unit: Option<Unit>| unit.filter(|unit| unit.is_money());
    let same = observation.unit.is_none() || money(observation.unit) == money(form);
    observation.value.filter(|_| same)
}

fn compare(op: Operator, [left, right]: [Sum; 2]) -> Verdict {
    let holds = match op {
        Operator::Le => left <= right,
        Operator::Ge => left >= right,
        _ => left == right,
    };
    if holds {
        Verdict::Holds
    } else {
        Verdict::Fails { left, right }
    }
}

/// Which way the numbers missing could move the left side against the right.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    up: bool,
    down: bool,
}

impl Open {
    const BOTH: Self = Self {
        up: true,
        down: true,
    };

    fn fill(&mut self, side: Side, part: Part) {
        if (side == Side::Left) == (part == Part::Minus) {
            self.down = true;
        } else {
            self.up = true;
        }
    }

    fn cannot_mend(self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Holds => false,
            Verdict::Fails { left, right } if left > right => !self.down,
            Verdict::Fails { .. } => !self.up,
        }
    }
}
