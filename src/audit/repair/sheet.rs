//! A part's cells as one report has them, and what its equations make of them.

use super::code::{Cell, Part};
use crate::audit::evaluate::comparable;
use crate::model::{Catalog, CellStatus, Decimal, Observation};

/// Beyond this no count of a report lies; what is greater is left alone, and sums of such cannot overflow.
const MOST: i128 = 1_000_000_000_000_000_000_000_000;

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// A number, at the sheet's scale.
    Number(i128),
    /// Nothing, or a mark.
    Blank,
    /// Words, a picture, another unit, or not on the page: anything may be meant.
    Unknown,
}

/// A cell's new value, at the sheet's scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Change {
    pub(super) cell: Cell,
    pub(super) value: i128,
}

/// What an equation comes to.
#[derive(Debug, Clone, Copy, Default)]
struct Balance {
    /// The sum of what has a number.
    sum: i128,
    /// How many blanks could raise it, and lower it.
    up: u32,
    down: u32,
    /// Whether a cell may hold anything.
    unknown: bool,
}

impl Balance {
    /// Whether it is settled that the equation does not hold.
    const fn fails(self) -> bool {
        !self.unknown && (self.sum > 0 && self.down == 0 || self.sum < 0 && self.up == 0)
    }

    /// Whether every cell has a number.
    const fn is_complete(self) -> bool {
        !self.unknown && self.up == 0 && self.down == 0
    }
}

/// The cells of a part on one report.
#[derive(Debug)]
pub(super) struct Sheet<'r> {
    pub(super) part: &'static Part,
    /// By cell, where the report has it.
    pub(super) observations: Vec<Option<&'r Observation>>,
    pub(super) slots: Vec<Slot>,
    balances: Vec<Balance>,
    /// Equations that fail and have all their numbers.
    pub(super) failing: Vec<usize>,
    /// Equations that fail whatever their blanks count.
    pub(super) stuck: Vec<usize>,
    /// Cells that are negative, or not whole where they count things.
    odd: Vec<Cell>,
    scale: u8,
    /// One, at the scale.
    pub(super) unit: i128,
}

impl<'r> Sheet<'r> {
    /// `None` where every equation holds or may hold, or numbers are too large to be counts.
    pub(super) fn read(
        part: &'static Part,
        observations: &[Option<&'r Observation>],
    ) -> Option<Self> {
        let catalog = Catalog::get();
        let found = |cell: &crate::model::IndicatorId| observations[usize::from(cell.0)];
        let observations: Vec<_> = part.cells.iter().map(found).collect();
        let value = |observation: &Observation| {
            comparable(observation, catalog.indicator(observation.indicator).unit)
        };
        let numbers = observations.iter().flatten().filter_map(|one| value(one));
        let scale = numbers.map(Decimal::scale).max()?;
        let unit = 10_i128.checked_pow(u32::from(scale))?;
        let mut slots = Vec::with_capacity(observations.len());
        for observation in &observations {
            let number = observation.and_then(value);
            slots.push(match (number, observation.map(|one| one.status)) {
                (Some(number), _) => {
                    let number = number.at_scale(scale)?;
                    if number.abs() > MOST {
                        return None;
                    }
                    Slot::Number(number)
                }
                (None, Some(CellStatus::Blank | CellStatus::Mark)) => Slot::Blank,
                _ => Slot::Unknown,
            });
        }
        let balances = part.equations.iter().map(|equation| {
            let mut balance = Balance {
                sum: equation.constant * unit,
                ..Balance::default()
            };
            for (cell, sign) in &equation.terms {
                match slots[*cell] {
                    Slot::Number(number) => balance.sum += sign * number,
                    Slot::Blank if *sign > 0 => balance.up += 1,
                    Slot::Blank => balance.down += 1,
                    Slot::Unknown => balance.unknown = true,
                }
            }
            balance
        });
        let balances: Vec<Balance> = balances.collect();
        let some_number = |number: &usize| {
            let mut terms = part.equations[*number].terms.iter();
            terms.any(|(cell, _)| matches!(slots[*cell], Slot::Number(_)))
        };
        let fails = |number: &usize| balances[*number].fails() && some_number(number);
        let (failing, stuck): (Vec<usize>, Vec<usize>) = (0..balances.len())
            .filter(fails)
            .partition(|number| balances[*number].is_complete());
        if failing.is_empty() && stuck.is_empty() {
            return None;
        }
        let odd = slots.iter().enumerate().filter(|(cell, slot)| {
            matches!(slot, Slot::Number(number)
                if *number < 0 || part.whole[*cell] && number % unit != 0)
        });
        Some(Self {
            odd: odd.map(|(cell, _)| cell).collect(),
            part,
            observations,
            slots,
            balances,
            failing,
            stuck,
            scale,
            unit,
        })
    }

    /// The number of a cell; a blank counts as nothing.
    pub(super) fn number(&self, cell: Cell) -> i128 {
        match self.slots[cell] {
            Slot::Number(number) => number,
            Slot::Blank | Slot::Unknown => 0,
        }
    }

    /// Whether the cell has a number.
    pub(super) fn has_number(&self, cell: Cell) -> bool {
        matches!(self.slots[cell], Slot::Number(_))
    }

    /// What an equation with all its numbers comes to; `None` where one is missing.
    pub(super) fn sum(&self, equation: usize) -> Option<i128> {
        let balance = self.balances[equation];
        balance.is_complete().then_some(balance.sum)
    }

    /// Whether an equation lacks a number.
    pub(super) fn has_gaps(&self) -> bool {
        !self.balances.iter().all(|balance| balance.is_complete())
    }

    /// What the numbers of an equation come to, blanks left out.
    pub(super) fn known_sum(&self, equation: usize) -> i128 {
        self.balances[equation].sum
    }

    /// Whether a value may stand in a cell.
    pub(super) fn is_possible(&self, change: Change) -> bool {
        let whole = !self.part.whole[change.cell] || change.value % self.unit == 0;
        (0..=MOST).contains(&change.value) && whole && self.slots[change.cell] != Slot::Unknown
    }

    /// The first complete equation that still fails after a change; `None` where none does.
    pub(super) fn still_failing(&self, change: Change) -> Option<usize> {
        let by = change.value - self.number(change.cell);
        let of = &self.part.of[change.cell];
        let after = |equation: usize| {
            let entry = of.iter().find(|(number, _)| *number == equation);
            self.sum(equation).unwrap_or_default() + entry.map_or(0, |(_, sign)| sign * by)
        };
        let mut broken = of.iter().map(|(number, _)| *number);
        let failing = self.failing.iter().copied();
        failing
            .chain(broken.by_ref())
            .find(|equation| self.sum(*equation).is_some() && after(*equation) != 0)
    }

    /// Whether every equation of the part holds, or may hold, after the changes, and no odd value is left.
    pub(super) fn is_settled_by(&self, changes: &[Change]) -> bool {
        let is_mended = |cell: &Cell| changes.iter().any(|change| change.cell == *cell);
        if !changes.iter().all(|change| self.is_possible(*change))
            || !self.odd.iter().all(is_mended)
        {
            return false;
        }
        let mut balances = self.balances.clone();
        for change in changes {
            let by = change.value - self.number(change.cell);
            let filled = u32::from(self.slots[change.cell] == Slot::Blank);
            for (equation, sign) in &self.part.of[change.cell] {
                let balance = &mut balances[*equation];
                balance.sum += sign * by;
                if *sign > 0 {
                    balance.up -= filled;
                } else {
                    balance.down -= filled;
                }
            }
        }
        !balances.iter().any(|balance| balance.fails())
    }

    /// A number at the sheet's scale, with as many decimals as `like` has where that is enough.
    pub(super) fn decimal(&self, value: i128, like: Option<Decimal>) -> Option<Decimal> {
        let mut scale = self.scale;
        let mut value = value;
        while scale > like.map_or(0, Decimal::scale) && value % 10 == 0 {
            value /= 10;
            scale -= 1;
        }
        Decimal::new(i64::try_from(value).ok()?, scale)
    }
}
