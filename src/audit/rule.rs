//! Identities compiled against the forms: lists of cell numbers, no names left to look up.

use std::sync::LazyLock;

use super::identities::Identities;
use super::identity::{Group, Identity, Operator, Strictness};
use super::place::{Place, places};
use crate::model::form::Quantity;
use crate::model::{Catalog, FormId, IndicatorId};

/// A side of an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Before the operator.
    Left,
    /// Behind it.
    Right,
}

/// How a cell enters its side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Added.
    Plus,
    /// Subtracted.
    Minus,
    /// The greatest of these is added.
    Max,
}

/// One cell of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The cell.
    pub indicator: IndicatorId,
    /// On which side.
    pub side: Side,
    /// How it enters it.
    pub part: Part,
    /// Whether the cell may hold a number below zero (本年增/减).
    pub signed: bool,
}

/// One identity at one place of one form.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The identity.
    pub identity: &'static Identity,
    /// The form.
    pub form: FormId,
    /// Row, column or cell id; empty where the identity names its cells itself.
    pub place: String,
    /// Its cells, left side first, in the identity's order.
    pub terms: Vec<Term>,
    pub(super) constants: [i64; 2],
    /// Positions of its tables among all; few.
    pub(super) tables: Vec<u16>,
}

impl Rule {
    /// How the left side must stand to the right.
    pub const fn op(&self) -> Operator {
        self.identity.op
    }

    /// How binding it is.
    pub const fn strictness(&self) -> Strictness {
        self.identity.strictness
    }
}

/// Every rule that one report can answer.
#[derive(Debug)]
pub struct Rules {
    by_form: [Vec<Rule>; FormId::ALL.len()],
    /// The table of each indicator, counted over all forms.
    pub(super) table_of: Vec<u16>,
    pub(super) tables: usize,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::compile(Identities::get(), Catalog::get()));

impl Rules {
    /// The compiled-in rules. Compiled at the first call.
    pub fn get() -> &'static Self {
        &RULES
    }

    /// The rules of a form: by identity in the order of the file, then by row or column in the form's order.
    pub fn of(&self, form: FormId) -> &[Rule] {
        &self.by_form[form as usize]
    }

    fn compile(identities: &'static Identities, catalog: &Catalog) -> Self {
        let mut table_of = vec![0; catalog.indicators.len()];
        let tables = catalog.forms.iter().flat_map(|form| &form.tables);
        let mut count = 0;
        for (number, table) in (0..).zip(tables) {
            for indicator in table.indicators() {
                table_of[usize::from(indicator.0)] = number;
            }
            count += 1;
        }
        let compile_form = |form| {
            let of_form = identities.all.iter().filter(|identity| {
                identity.kind.is_within_report() && identity.forms.contains(&form)
            });
            of_form
                .flat_map(|identity| {
                    // `Identities::parse` has refused identities without places.
                    let places = places(identity, form, catalog).unwrap_or_default();
                    places
                        .into_iter()
                        .map(|place| compile(identity, form, place, catalog))
                        .collect::<Vec<_>>()
                })
                .map(|mut rule| {
                    for term in &rule.terms {
                        rule.tables.push(table_of[usize::from(term.indicator.0)]);
                    }
                    rule.tables.sort_unstable();
                    rule.tables.dedup();
                    rule
                })
                .collect()
        };
        Self {
            by_form: FormId::ALL.map(compile_form),
            table_of,
            tables: count,
        }
    }
}

fn compile(identity: &'static Identity, form: FormId, place: Place, catalog: &Catalog) -> Rule {
    let mut rule = Rule {
        identity,
        form,
        place: place.name(catalog),
        terms: Vec::new(),
        constants: [0; 2],
        tables: Vec::new(),
    };
    let term = |indicator, side, part| Term {
        indicator,
        side,
        part,
        signed: catalog.indicator(indicator).quantity == Quantity::Change,
    };
    if let Place::Cell(indicator) = place {
        rule.terms.push(term(indicator, Side::Left, Part::Plus));
    }
    for (side, groups) in [(Side::Left, &identity.left), (Side::Right, &identity.right)] {
        for group in groups {
            let Group {
                plus, minus, max, ..
            } = group;
            rule.constants[side as usize] += group.constant;
            for (part, ids) in [(Part::Plus, plus), (Part::Minus, minus), (Part::Max, max)] {
                // `Identities::parse` has refused ids that the form lacks.
                let cells = ids.iter().filter_map(|id| place.cell(catalog, form, id));
                rule.terms.extend(cells.map(|cell| term(cell, side, part)));
            }
        }
    }
    rule
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_their_known_numbers() {
        let rules = Rules::get();
        // 2021: 25 rows, 2 × 7 columns, 2 × 175 cells, 3 + 1 scalars, 2 rows of article 20.
        // 2019: 23 rows, 2 × 7 columns, 2 × 161 cells, 3 + 1 scalars, 2 × 2 + 5 rows of article 20.
        let counts = FormId::ALL.map(|form| rules.of(form).len());
        assert_eq!(
            counts,
            [7, 14, 23 + 14 + 322 + 4 + 9, 25 + 14 + 350 + 4 + 2]
        );
    }

    #[test]
    fn every_id_of_every_rule_is_compiled() {
        for form in FormId::ALL {
            for rule in Rules::get().of(form) {
                let ids = rule.identity.left.iter().chain(&rule.identity.right);
                let named: usize = ids
                    .map(|g| g.plus.len() + g.minus.len() + g.max.len())
                    .sum();
                assert_eq!(
                    rule.terms.len(),
                    named.max(1),
                    "{} {}",
                    rule.identity.id,
                    rule.place
                );
                assert!(
                    rule.terms
                        .iter()
                        .all(|term| { Catalog::get().indicator(term.indicator).form == form })
                );
            }
        }
    }
}
