//! The observations of one form ↔ one wide row and its exceptions.
//!
//! A number in the form's unit goes into the wide row, everything else is NULL there. NULL means a
//! blank cell unless an exception says otherwise; an exception for a table, row or column speaks of
//! its NULL cells, so that a table the page lacks costs one row and not 175.

use std::collections::HashMap;

use crate::model::{Catalog, CellStatus, Decimal, Observation, Unit};

use super::StoreError;
use super::layout::{CellLayout, FormLayout};

/// What an exception speaks of. The narrower one holds; the words sort in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Extent {
    Cell,
    Column,
    Row,
    Table,
}

impl Extent {
    const ALL: [Self; 4] = [Self::Cell, Self::Column, Self::Row, Self::Table];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Cell => "cell",
            Self::Column => "column",
            Self::Row => "row",
            Self::Table => "table",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|extent| extent.as_str() == word)
    }

    const fn anchor(self, cell: &CellLayout) -> i64 {
        match self {
            Self::Cell => cell.database_id,
            Self::Column => cell.column,
            Self::Row => cell.row,
            Self::Table => cell.table,
        }
    }
}

/// The unit of an observation against the form's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnitNote {
    /// The form's, which may be none.
    Form,
    /// None, though the form has one.
    None,
    /// Another.
    Other(Unit),
}

impl UnitNote {
    fn of(observation: &Observation) -> Self {
        match observation.unit {
            unit if unit == Catalog::get().indicator(observation.indicator).unit => Self::Form,
            None => Self::None,
            Some(unit) => Self::Other(unit),
        }
    }

    /// The column's text: NULL, empty, or the unit.
    pub(super) const fn as_sql(self) -> Option<&'static str> {
        match self {
            Self::Form => None,
            Self::None => Some(""),
            Self::Other(unit) => Some(unit.as_str()),
        }
    }

    pub(super) fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None => Some(Self::Form),
            Some("") => Some(Self::None),
            Some(unit) => unit.parse().ok().map(Self::Other),
        }
    }
}

/// A row of `exception`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Exception {
    pub(super) extent: Extent,
    /// The cell or the anchor, as the database numbers it.
    pub(super) indicator: i64,
    /// `None`: the report says nothing of the cell.
    pub(super) status: Option<CellStatus>,
    /// `None`: empty, or a number's plain printing.
    pub(super) raw: Option<String>,
    /// A number that the wide row cannot hold.
    pub(super) value: Option<Decimal>,
    pub(super) unit: UnitNote,
}

/// One form's part of a report.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WideRow {
    /// A value a cell, in the layout's order; NULL is `None`.
    pub(super) values: Vec<Option<Decimal>>,
    pub(super) exceptions: Vec<Exception>,
}

/// What stands in a cell without a number.
#[derive(Clone, Copy, PartialEq)]
struct Fact<'a> {
    status: Option<CellStatus>,
    raw: &'a str,
    unit: UnitNote,
}

const BLANK: Fact<'_> = Fact {
    status: Some(CellStatus::Blank),
    raw: "",
    unit: UnitNote::Form,
};

/// The observations of one form, a place a cell of the layout, as a wide row.
///
/// # Errors
///
/// [`StoreError::StatusContradictsValue`].
pub(super) fn encode(
    form: &FormLayout,
    observations: &[Option<&Observation>],
) -> Result<WideRow, StoreError> {
    let mut row = WideRow {
        values: vec![None; form.cells.len()],
        exceptions: Vec::new(),
    };
    let mut facts = vec![None; form.cells.len()];
    for (position, (cell, observation)) in form.cells.iter().zip(observations).enumerate() {
        let Some(observation) = observation else {
            facts[position] = Some(Fact {
                status: None,
                ..BLANK
            });
            continue;
        };
        let unit = UnitNote::of(observation);
        match (observation.status, observation.value) {
            (CellStatus::Number, Some(value)) => {
                let fits = unit == UnitNote::Form && (cell.money || value.scale() == 0);
                let plain = value.is_plainly(&observation.raw);
                if fits {
                    row.values[position] = Some(value);
                }
                if !fits || !plain {
                    row.exceptions.push(Exception {
                        extent: Extent::Cell,
                        indicator: cell.database_id,
                        status: Some(CellStatus::Number),
                        raw: (!plain).then(|| observation.raw.clone()),
                        value: (!fits).then_some(value),
                        unit,
                    });
                }
            }
            (CellStatus::Number, None) | (_, Some(_)) => {
                return Err(StoreError::StatusContradictsValue {
                    form: form.form,
                    cell: Catalog::get().indicator(cell.id).cell.clone(),
                    status: observation.status,
                });
            }
            (status, None) => {
                let (status, raw) = (Some(status), observation.raw.as_str());
                facts[position] = Some(Fact { status, raw, unit });
            }
        }
    }
    let mut rest = &form.cells[..];
    let mut start = 0;
    while let Some(first) = rest.first() {
        let size = rest
            .iter()
            .take_while(|cell| cell.table == first.table)
            .count();
        let (table, others) = rest.split_at(size);
        group(table, &facts[start..start + size], &mut row.exceptions);
        rest = others;
        start += size;
    }
    Ok(row)
}

/// The exceptions of one table: its commonest fact for all, then rows and columns that differ as a
/// whole, then cells.
fn group(table: &[CellLayout], facts: &[Option<Fact<'_>>], exceptions: &mut Vec<Exception>) {
    let mut push = |extent: Extent, cell: &CellLayout, fact: Fact<'_>| {
        exceptions.push(Exception {
            extent,
            indicator: extent.anchor(cell),
            status: fact.status,
            raw: (!fact.raw.is_empty()).then(|| fact.raw.to_owned()),
            value: None,
            unit: fact.unit,
        });
    };
    let count = |fact: Fact<'_>| {
        facts
            .iter()
            .flatten()
            .filter(|other| **other == fact)
            .count()
    };
    let mut common = (BLANK, count(BLANK).max(1));
    for fact in facts.iter().flatten().copied() {
        if fact != common.0 && count(fact) > common.1 {
            common = (fact, count(fact));
        }
    }
    let common = common.0;
    if common != BLANK {
        push(Extent::Table, &table[0], common);
    }
    let mut done: Vec<bool> = facts
        .iter()
        .map(|fact| fact.is_none_or(|fact| fact == common))
        .collect();
    for extent in [Extent::Row, Extent::Column] {
        for position in 0..table.len() {
            let Some(fact) = facts[position].filter(|_| !done[position]) else {
                continue;
            };
            let anchor = extent.anchor(&table[position]);
            let members =
                || (0..table.len()).filter(|other| extent.anchor(&table[*other]) == anchor);
            let whole = members().all(|other| facts[other].is_none_or(|other| other == fact));
            if whole && members().filter(|other| !done[*other]).count() > 1 {
                push(extent, &table[position], fact);
                members().for_each(|other| done[other] = true);
            }
        }
    }
    for (position, fact) in facts.iter().enumerate() {
        if let Some(fact) = fact.filter(|_| !done[position]) {
            push(Extent::Cell, &table[position], fact);
        }
    }
}

/// The observations of a wide row, in the layout's order and without their places.
pub(super) fn decode(form: &FormLayout, row: WideRow) -> Vec<Observation> {
    let exceptions: HashMap<_, _> = row
        .exceptions
        .into_iter()
        .map(|exception| ((exception.extent, exception.indicator), exception))
        .collect();
    let mut observations = Vec::with_capacity(form.cells.len());
    for (cell, value) in form.cells.iter().zip(row.values) {
        let find = |extent: Extent| exceptions.get(&(extent, extent.anchor(cell)));
        let exception = match value {
            Some(_) => find(Extent::Cell),
            None => Extent::ALL.into_iter().find_map(find),
        };
        let status = match (exception, value) {
            (_, Some(_)) => Some(CellStatus::Number),
            (Some(exception), None) => exception.status,
            (None, None) => Some(CellStatus::Blank),
        };
        let Some(status) = status else { continue };
        let value = value.or_else(|| exception.and_then(|exception| exception.value));
        let plain = || value.map(|value| value.to_string()).unwrap_or_default();
        let unit = exception.map_or(UnitNote::Form, |exception| exception.unit);
        observations.push(Observation {
            indicator: cell.id,
            value,
            status,
            raw: exception
                .and_then(|exception| exception.raw.clone())
                .unwrap_or_else(plain),
            unit: match unit {
                UnitNote::Form => Catalog::get().indicator(cell.id).unit,
                UnitNote::None => None,
                UnitNote::Other(unit) => Some(unit),
            },
            source: None,
        });
    }
    observations
}
