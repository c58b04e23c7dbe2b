//! Which cells without a plain number have something to tell.

use rusqlite::{CachedStatement, Connection, Row};

use crate::model::{CellStatus, Decimal, Unit};

use super::super::QueryError;
use super::{Read, Want, decimal, unknown, word, wrong_type};

/// Questions to `exception`.
pub(super) struct Exceptions<'c> {
    all: CachedStatement<'c>,
    own: CachedStatement<'c>,
    any: CachedStatement<'c>,
    /// The version whose exceptions are `known`.
    version: Option<i64>,
    /// Those that may cover what is asked for, the narrower before the wider, as the index has them.
    known: Vec<Exception>,
    /// What those may be of, in order.
    wanted: Vec<i64>,
}

/// A row of `exception`.
pub(super) struct Exception {
    /// Into [`Want::ids`].
    extent: usize,
    indicator: i64,
    /// `None`: the report says nothing of the cell.
    pub(super) status: Option<CellStatus>,
    pub(super) raw: Option<String>,
    pub(super) value: Option<Decimal>,
    pub(super) unit: UnitRead,
}

/// The unit of an excepted cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnitRead {
    /// The form's.
    Form,
    /// Another; `None` for none.
    Own(Option<Unit>),
}

/// A version with more exceptions is asked cell by cell.
const KNOWN: i64 = 24;

/// The words of `exception.extent`, as [`Want::ids`] has them, and as they sort.
const EXTENTS: [&str; 4] = ["cell", "column", "row", "table"];

impl<'c> Exceptions<'c> {
    pub(super) fn new(connection: &'c Connection, wants: &[Want]) -> Result<Self, QueryError> {
        const COLUMNS: &str = "SELECT extent, indicator_id, status, raw, mantissa, scale, unit FROM exception WHERE version_id = ?1";
        let arm = |(extent, number): (&str, u8)| {
            format!("{COLUMNS} AND extent = '{extent}' AND indicator_id = ?{number}")
        };
        let arms: Vec<String> = EXTENTS.into_iter().zip(2..).map(arm).collect();
        let mut wanted: Vec<i64> = wants.iter().flat_map(|want| want.ids).collect();
        wanted.sort_unstable();
        wanted.dedup();
        Ok(Self {
            all: connection.prepare_cached(&format!("{COLUMNS} ORDER BY extent, indicator_id"))?,
            own: connection.prepare_cached(&arms[0])?,
            // One after the other; the first that covers the cell ends it.
            any: connection.prepare_cached(&format!("{} LIMIT 1", arms.join(" UNION ALL ")))?,
            version: None,
            known: Vec::new(),
            wanted,
        })
    }

    /// Gets the exceptions of a version that may cover what is asked for.
    fn know(&mut self, version: i64) -> Result<(), QueryError> {
        if self.version != Some(version) {
            self.known.clear();
            self.version = None;
            let mut rows = self.all.query([version])?;
            while let Some(row) = rows.next()? {
                if self.wanted.binary_search(&row.get(1)?).is_ok() {
                    self.known.push(Exception::of(row)?);
                }
            }
            self.version = Some(version);
        }
        Ok(())
    }

    /// The text of a number that is not printed plainly. `of` is the version and how many exceptions it has.
    pub(super) fn printed(
        &mut self,
        of: (i64, i64),
        want: &Want,
    ) -> Result<Option<String>, QueryError> {
        let is_own = |one: &Exception| {
            one.extent == 0
                && one.indicator == want.ids[0]
                && one.status == Some(CellStatus::Number)
        };
        if of.1 <= KNOWN {
            self.know(of.0)?;
            let own = self.known.iter().find(|one| is_own(one));
            return Ok(own.and_then(|one| one.raw.clone()));
        }
        let mut rows = self.own.query([of.0, want.ids[0]])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let own = Exception::of(row)?;
        Ok(is_own(&own).then_some(own.raw).flatten())
    }

    /// A cell without a number in the wide table. `of` as for [`Self::printed`].
    pub(super) fn cell(&mut self, of: (i64, i64), want: &Want) -> Result<Read, QueryError> {
        if of.1 <= KNOWN {
            self.know(of.0)?;
            let covers = |one: &&Exception| want.ids[one.extent] == one.indicator;
            return Ok(match self.known.iter().find(covers) {
                Some(one) => want.excepted(one),
                None => want.blank(),
            });
        }
        let [cell, column, row, table] = want.ids;
        let mut rows = self.any.query([of.0, cell, column, row, table])?;
        Ok(match rows.next()? {
            Some(row) => want.excepted(&Exception::of(row)?),
            None => want.blank(),
        })
    }
}

impl Exception {
    fn of(row: &Row<'_>) -> Result<Self, QueryError> {
        let extent = row.get_ref(0)?.as_str().map_err(wrong_type)?;
        let extent = EXTENTS
            .iter()
            .position(|known| *known == extent)
            .ok_or_else(|| unknown("extent", extent.into()))?;
        let status = row.get_ref(2)?;
        let status = match status.as_str().map_err(wrong_type)? {
            "not_part" => None,
            _ => Some(word(status, "status")?),
        };
        let value = match row.get::<_, Option<i64>>(4)? {
            Some(mantissa) => Some(decimal(mantissa, row.get(5)?)?),
            None => None,
        };
        let unit = row.get_ref(6)?.as_str_or_null().map_err(wrong_type)?;
        Ok(Self {
            extent,
            indicator: row.get(1)?,
            status,
            raw: row.get(3)?,
            value,
            unit: unit.map_or(UnitRead::Form, |unit| UnitRead::Own(unit.parse().ok())),
        })
    }
}
