//! The hard equations of the forms as a code: which cell stands in which equation, with which sign.
//!
//! Compiled once from the rules. Cells that share no equation, not even through others, are told apart: each
//! [`Part`] is repaired by itself.

use std::sync::LazyLock;

use crate::audit::identity::{Operator, Strictness};
use crate::audit::rule::{Part as Enters, Rule, Rules, Side};
use crate::model::form::{Quantity, Shape, TableForm};
use crate::model::{Catalog, FormId, IndicatorId};

/// A cell within its part.
pub(super) type Cell = usize;

/// An equation: signed cells and a constant come to zero.
#[derive(Debug)]
pub(super) struct Equation {
    /// The rule it comes from.
    pub(super) rule: &'static Rule,
    /// Cells and how they enter: 1 or −1.
    pub(super) terms: Vec<(Cell, i128)>,
    /// What is added to them.
    pub(super) constant: i128,
    /// The cell that stands alone on its side against several: a total.
    pub(super) total: Option<Cell>,
}

/// A row or column of a matrix.
#[derive(Debug)]
pub(super) struct Line {
    /// Its cells, in printed order.
    pub(super) cells: Vec<Cell>,
    /// Whether it is a row.
    pub(super) is_row: bool,
}

/// Cells bound together by equations.
#[derive(Debug)]
pub(super) struct Part {
    /// The cells, in the form's order.
    pub(super) cells: Vec<IndicatorId>,
    /// By cell: whether it must be whole.
    pub(super) whole: Vec<bool>,
    /// The equations, in the order of the rules.
    pub(super) equations: Vec<Equation>,
    /// By cell: its equations and how it enters them.
    pub(super) of: Vec<Vec<(usize, i128)>>,
    /// Rows, then columns, each in printed order; none outside a matrix.
    pub(super) lines: Vec<Line>,
}

static PARTS: LazyLock<Vec<Part>> = LazyLock::new(|| {
    let forms = FormId::ALL.into_iter();
    forms
        .flat_map(|form| compile(form, Rules::get(), Catalog::get()))
        .collect()
});

/// The parts of all forms, oldest form first.
pub(super) fn parts() -> &'static [Part] {
    &PARTS
}

/// Sums are what can be solved: bounds leave a value open, and no hard one shares a cell with a sum.
fn is_equation(rule: &Rule) -> bool {
    rule.strictness() == Strictness::Hard
        && rule.op() == Operator::Eq
        && rule.terms.iter().all(|term| term.part != Enters::Max)
}

fn compile(form: FormId, rules: &'static Rules, catalog: &Catalog) -> Vec<Part> {
    let mut groups: Vec<(Vec<IndicatorId>, Vec<&'static Rule>)> = Vec::new();
    for rule in rules.of(form).iter().filter(|rule| is_equation(rule)) {
        let mut cells: Vec<IndicatorId> = rule.terms.iter().map(|term| term.indicator).collect();
        let mut members = vec![rule];
        // A rule joins all groups that it shares a cell with.
        groups.retain_mut(|(others, theirs)| {
            let shared = others.iter().any(|cell| cells.contains(cell));
            if shared {
                cells.append(others);
                members.append(theirs);
            }
            !shared
        });
        cells.sort_unstable();
        cells.dedup();
        groups.push((cells, members));
    }
    groups
        .into_iter()
        .map(|(cells, members)| part(form, cells, &members, rules, catalog))
        .collect()
}

fn part(
    form: FormId,
    cells: Vec<IndicatorId>,
    members: &[&'static Rule],
    rules: &'static Rules,
    catalog: &Catalog,
) -> Part {
    let place = |indicator: IndicatorId| cells.binary_search(&indicator).ok();
    // In the order of the rules, whatever order the groups were joined in.
    let is_member = |rule: &&'static Rule| members.iter().any(|one| std::ptr::eq(*one, *rule));
    let equations: Vec<Equation> = rules
        .of(form)
        .iter()
        .filter(is_member)
        .map(|rule| equation(rule, &place))
        .collect();
    let mut of = vec![Vec::new(); cells.len()];
    for (number, equation) in equations.iter().enumerate() {
        for (cell, sign) in &equation.terms {
            of[*cell].push((number, *sign));
        }
    }
    let tables = catalog.form(form).tables.iter();
    let matrices = tables.filter(|table| table.shape == Shape::Matrix);
    let lines = matrices.flat_map(|table| lines(table, &place)).collect();
    Part {
        whole: cells
            .iter()
            .map(|cell| catalog.indicator(*cell).quantity != Quantity::Money)
            .collect(),
        equations,
        of,
        lines,
        cells,
    }
}

fn equation(rule: &'static Rule, place: &impl Fn(IndicatorId) -> Option<Cell>) -> Equation {
    let sign = |side: Side, enters: Enters| {
        if (side == Side::Left) == (enters == Enters::Plus) {
            1
        } else {
            -1
        }
    };
    let on = |side: Side| rule.terms.iter().filter(move |term| term.side == side);
    let alone = |side: Side, other: Side| {
        let single = on(side).count() == 1 && on(other).count() > 1;
        on(side).next().filter(|_| single)
    };
    let total = alone(Side::Right, Side::Left).or_else(|| alone(Side::Left, Side::Right));
    let terms = rule.terms.iter();
    Equation {
        rule,
        terms: terms
            .filter_map(|term| Some((place(term.indicator)?, sign(term.side, term.part))))
            .collect(),
        constant: i128::from(rule.constants[0]) - i128::from(rule.constants[1]),
        total: total.and_then(|term| place(term.indicator)),
    }
}

/// The rows and columns of a table whose cells are all in the part.
fn lines(table: &TableForm, place: &impl Fn(IndicatorId) -> Option<Cell>) -> Vec<Line> {
    let (height, width) = (table.rows.len(), table.columns.len());
    let at = |row, column| table.indicator(row, column).and_then(place);
    let rows = (0..height).map(|row| (true, (0..width).map(|column| at(row, column)).collect()));
    let columns =
        (0..width).map(|column| (false, (0..height).map(|row| at(row, column)).collect()));
    rows.chain(columns)
        .filter_map(|(is_row, cells): (bool, Option<Vec<Cell>>)| {
            cells.map(|cells| Line { cells, is_row })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn the_forms_are_the_codes_they_are_said_to_be() {
        let mut sizes = BTreeMap::new();
        for part in parts() {
            let form = part.equations[0].rule.form.as_str();
            let size = (part.cells.len(), part.equations.len());
            sizes.entry(form).or_insert_with(Vec::new).push(size);
        }
        for sizes in sizes.values_mut() {
            sizes.sort_unstable();
        }
        assert_eq!(sizes["2021"], [(5, 1), (5, 1), (5, 1), (175, 39)]);
        assert_eq!(sizes["2019"], [(5, 1), (5, 1), (5, 1), (161, 37)]);
        assert_eq!(sizes["2014"].last(), Some(&(9, 1)));
        let largest = parts().iter().max_by_key(|part| part.cells.len());
        assert_eq!(largest.map(|part| part.lines.len()), Some(25 + 7));
    }

    /// No hard bound could be broken by a repair: none shares a cell with an equation.
    #[test]
    fn no_hard_bound_shares_a_cell_with_an_equation() {
        for form in FormId::ALL {
            for rule in Rules::get().of(form) {
                let bound = rule.strictness() == Strictness::Hard
                    && matches!(rule.op(), Operator::Le | Operator::Ge);
                for term in rule.terms.iter().filter(|_| bound) {
                    assert!(
                        parts()
                            .iter()
                            .all(|part| !part.cells.contains(&term.indicator))
                    );
                }
            }
        }
    }

    /// What the search for two wrong cells rests on: of any two cells, none enters the same equations as the other
    /// with other signs. And what the decoding of one rests on, in section 3 only: no two cells enter the same.
    #[test]
    fn cells_are_told_apart_by_their_equations() {
        for part in parts() {
            let equations = |cell: &Vec<(usize, i128)>| -> Vec<usize> {
                cell.iter().map(|(equation, _)| *equation).collect()
            };
            for (at, one) in part.of.iter().enumerate() {
                for other in &part.of[at + 1..] {
                    if equations(one) == equations(other) {
                        let product: Vec<i128> =
                            one.iter().zip(other).map(|(a, b)| a.1 * b.1).collect();
                        assert!(product.windows(2).all(|pair| pair[0] == pair[1]));
                        assert!(part.lines.is_empty(), "two cells of section 3 are alike");
                    }
                }
            }
        }
    }

    /// The fewest cells in which two consistent tables of section 3 differ: four, the corners of a rectangle. By
    /// exhaustion of the rest: no three cells can be off without an equation to show it.
    #[test]
    fn the_code_of_section_3_has_distance_four() {
        for part in parts().iter().filter(|part| !part.lines.is_empty()) {
            // Every equation that is touched must be touched twice. In a row and its total stand one equation, so
            // each row that is touched is touched in two cells; so is each column, by one equation or the other.
            let rows = part.lines.iter().filter(|line| line.is_row);
            let width = 7;
            for row in rows {
                let mut own = part
                    .equations
                    .iter()
                    .filter(|equation| equation.terms.len() == width);
                assert!(own.any(|equation| {
                    row.cells
                        .iter()
                        .all(|cell| equation.terms.iter().any(|(term, _)| term == cell))
                }));
                for cell in &row.cells {
                    let across = part.of[*cell].iter().filter(|(equation, _)| {
                        let inside = |(term, _): &&(Cell, i128)| row.cells.contains(term);
                        part.equations[*equation]
                            .terms
                            .iter()
                            .filter(inside)
                            .count()
                            == 1
                    });
                    assert!(across.count() >= 1);
                }
            }
            // And a rectangle does it: two outcomes, two kinds of applicant.
            let (one, two) = (&part.lines[3].cells, &part.lines[4].cells);
            for equation in &part.equations {
                let by = |cell: Cell| {
                    let entry = equation.terms.iter().find(|(term, _)| *term == cell);
                    entry.map_or(0, |(_, sign)| *sign)
                };
                assert_eq!(by(one[0]) - by(one[1]) - by(two[0]) + by(two[1]), 0);
            }
        }
    }
}
