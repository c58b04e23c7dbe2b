//! Which year a number speaks of.

use super::tokens::{Kind, Token};
use super::words::Word;
use crate::model::Period;

/// The time a sentence has named so far.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    /// The report year.
    report: Option<i16>,
    /// The year spoken of.
    pub year: Option<i16>,
    /// How it was named.
    pub period: Period,
    /// 截至 was read: what follows is a day, not a year's worth.
    as_of: bool,
    /// A number was read since the time was named.
    spent: bool,
    /// The time right behind 比, 较.
    pub compared: Option<i16>,
}

impl Time {
    /// A sentence that names no time. `foreign`: the one before spoke of another year.
    pub const fn implied(report: Option<i16>, foreign: bool) -> Self {
        Self {
            report,
            year: if foreign { None } else { report },
            period: if foreign {
                Period::Unclear
            } else {
                Period::Implied
            },
            as_of: false,
            spent: false,
            compared: None,
        }
    }

    /// Whether it is the whole report year.
    pub fn is_report_year(self) -> bool {
        matches!(self.period, Period::Year | Period::Implied)
            && self.year.is_some()
            && self.year == self.report
    }

    /// Whether another year than the report's was named.
    pub fn is_foreign(self) -> bool {
        matches!(self.period, Period::Unclear)
            || self.period == Period::Year && self.year != self.report
    }

    /// A number was read.
    pub const fn spend(&mut self) {
        self.spent = true;
        self.compared = None;
    }

    /// A clause ended.
    pub const fn next_clause(&mut self) {
        self.compared = None;
    }

    const fn set(&mut self, year: Option<i16>, period: Period) {
        self.year = year;
        self.period = period;
        self.spent = false;
    }

    /// Reads the token at `at`. `opens`: nothing but time and agency stands before it in its clause.
    pub fn read(&mut self, tokens: &[Token], at: usize, opens: bool) {
        let before = at.checked_sub(1).map(|at| &tokens[at].kind);
        match tokens[at].kind {
            Kind::Year(year) => self.name(Some(year), tokens, at, opens),
            Kind::Word(Word::ThisYear) => self.name(self.report, tokens, at, opens),
            Kind::Word(Word::LastYear) => {
                self.name(self.report.map(|year| year - 1), tokens, at, opens);
            }
            Kind::Word(Word::YearBefore) => {
                self.name(self.report.map(|year| year - 2), tokens, at, opens);
            }
            Kind::Month(1, Some(1)) if whole_year(tokens, at) => {
                let year = match before {
                    Some(Kind::Year(year)) => Some(*year),
                    _ => self.report,
                };
                self.set(year, Period::Year);
            }
            Kind::Month(12, Some(31)) if self.period == Period::Year && !self.as_of => {}
            Kind::Month(..) | Kind::Word(Word::PartYear) => {
                if self.as_of {
                    self.set(None, Period::Unclear);
                } else {
                    self.set(self.year, Period::Part);
                }
            }
            Kind::Word(Word::AsOf) => {
                self.as_of = true;
                self.set(None, Period::Unclear);
            }
            Kind::Word(Word::Span) => self.set(None, Period::Unclear),
            Kind::Word(Word::AllYears) => self.set(None, Period::Cumulative),
            Kind::Word(Word::Cumulative) if self.period != Period::Year || self.spent => {
                self.set(None, Period::Cumulative);
            }
            Kind::Word(Word::Since) => match before {
                Some(Kind::Word(Word::ThisYear)) => self.set(self.report, Period::Year),
                Some(Kind::Year(year)) if Some(*year) == self.report => {
                    self.set(self.report, Period::Year);
                }
                Some(Kind::Month(..)) if self.period == Period::Part => {}
                _ => self.set(None, Period::Cumulative),
            },
            _ => {}
        }
    }

    fn name(&mut self, year: Option<i16>, tokens: &[Token], at: usize, opens: bool) {
        let before = at.checked_sub(1).map(|at| &tokens[at].kind);
        if self.as_of || matches!(before, Some(Kind::Word(Word::CarryTo))) {
            return;
        }
        if matches!(before, Some(Kind::Word(Word::Compare | Word::And))) && year != self.report {
            self.compared = year;
            return;
        }
        let number_next = tokens[at + 1..]
            .iter()
            .find(|token| token.kind != Kind::Word(Word::Filler))
            .is_some_and(|token| matches!(token.kind, Kind::Number(_)));
        let from = matches!(before, Some(Kind::Word(Word::From)));
        if number_next || opens && (!from || year == self.report) {
            self.set(year, Period::Year);
        } else if from || year != self.report {
            // `公开2022年部门决算`: when, or of which year, cannot be told.
            self.set(None, Period::Unclear);
        }
    }
}

/// `1月1日至12月31日` from the token at `at`.
fn whole_year(tokens: &[Token], at: usize) -> bool {
    tokens[at + 1..]
        .iter()
        .take(5)
        .any(|token| token.kind == Kind::Month(12, Some(31)))
}
