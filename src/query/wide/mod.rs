//! The cells of some series in many reports, read from the wide tables.
//!
//! The long views spell out every cell of every report; a panel needs one or two. So: the reports' heads once, each form's columns once,
//! side by side in order of version, and `exception` only for versions that have some. Nothing missing becomes a number on the way.

use std::collections::BTreeSet;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

use crate::model::form::Quantity;
use crate::model::{Catalog, CellStatus, Decimal, FormId, IndicatorId, Unit};
use crate::store::{Both, Store, StoreError, quoted, scale_column, wide_table};

use super::crosswalk::{Series, Sign, Term};
use super::{Filter, QueryError};
use exceptions::{Exception, Exceptions, UnitRead};
use heads::{Agency, FEW, Head, heads};

mod exceptions;
mod heads;

/// What a report has in one cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Read {
    /// `None` where the report says nothing of the cell.
    pub status: Option<CellStatus>,
    /// Where `status` is number.
    pub value: Option<Decimal>,
    /// As published, where it is no number printed plainly; `None` also where the page lacks the cell.
    pub raw: Option<String>,
    pub unit: Option<Unit>,
}

/// The reports of a filter with the cells of some series.
#[derive(Debug)]
pub(super) struct Panel {
    /// In the order of agency (name, code, place and key; unknown ones first), scope, year and report.
    pub heads: Vec<Head>,
    pub agencies: Vec<Agency>,
    /// By form.
    tables: Tables,
}

/// The columns asked for of one form.
#[derive(Debug)]
struct Columns {
    wants: Vec<Want>,
    /// By head: where its cells begin in `cells`.
    starts: Vec<Option<u32>>,
    cells: Vec<Read>,
}

/// A column.
#[derive(Debug)]
struct Want {
    indicator: IndicatorId,
    money: bool,
    unit: Option<Unit>,
    /// The cell, its column, its row, its table in this database.
    ids: [i64; 4],
}

/// The terms of a sum as a report has them.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    /// The form they are of.
    pub form: FormId,
    /// Which of the form's lists they are.
    pub list: usize,
    terms: &'a [Term],
    /// `None` where the report says nothing of any.
    cells: Option<(&'a Columns, &'a [Read])>,
}

impl<'a> Found<'a> {
    /// Each term's cell and sign, and what the report has there.
    pub fn reads(self) -> impl Iterator<Item = (&'static str, Sign, Option<&'a Read>)> {
        self.terms.iter().map(move |term| {
            let read = self.cells;
            let read = read.and_then(|(columns, cells)| columns.pick(*term, cells));
            (cell(*term), term.sign, read)
        })
    }
}

impl Panel {
    /// Reads the cells of `series`. Of `filter`, `form` leaves out the other forms' cells, `cell` has no bearing.
    pub fn read(store: &Store, series: &[&Series], filter: &Filter) -> Result<Self, QueryError> {
        let connection = store.connection();
        let own = store.one_state()?;
        let mut reports = Reports::read(connection, filter)?;
        if own.is_some() && reports.heads.len() >= MANY {
            let (front, back) = reports.by_version.split_at(reports.by_version.len() / 2);
            let both = store.beside(
                |second| {
                    let tables = reports.tables(second, series, filter, back);
                    (tables, reports.sorted())
                },
                || reports.tables(connection, series, filter, front),
            )?;
            match both {
                Both::Done((back, sorted), front) => {
                    let tables = joined(front?, back?);
                    return reports.panel(connection, series, filter, tables, &sorted);
                }
                Both::Alone => {}
                Both::Stale => reports = Reports::read(connection, filter)?,
            }
        }
        let tables = reports.tables(connection, series, filter, &reports.by_version)?;
        let sorted = reports.sorted();
        reports.panel(connection, series, filter, tables, &sorted)
    }

    /// Brings the reports into an order of their places.
    fn arrange(&mut self, order: &[u32]) {
        self.heads = order.iter().map(|at| self.heads[*at as usize]).collect();
        for columns in self.tables.iter_mut().flatten() {
            let starts = order.iter().map(|at| columns.starts[*at as usize]);
            columns.starts = starts.collect();
        }
    }

    /// Reads the forms of the reports for which they matter.
    fn read_forms(
        &mut self,
        connection: &Connection,
        series: &[&Series],
        filter: &Filter,
        order: &[(i64, u32)],
    ) -> Result<(), QueryError> {
        // Forms in which every series has a sum.
        let common = FormId::ALL.map(|form| {
            let has = |one: &&Series| one.terms_of(form).next().is_some();
            series.iter().all(has)
        });
        let matters = |at: u32| {
            let mut tables = self.tables.iter().zip(common);
            let mut found = tables.by_ref().filter_map(|(columns, common)| {
                let cells = columns.as_ref()?.of(at as usize)?;
                Some(common && cells.iter().all(|cell| cell.status.is_some()))
            });
            found.next() != Some(true) || found.next().is_some()
        };
        let due: Vec<(i64, u32)> = order
            .iter()
            .copied()
            .filter(|(_, at)| matters(*at))
            .collect();
        let form = |row: &Row<'_>, column| -> Result<Option<FormId>, QueryError> {
            let form = row.get_ref(column)?.as_str_or_null().map_err(wrong_type)?;
            Ok(form.and_then(|form| form.parse().ok()))
        };
        if due.len() <= FEW {
            let mut statement =
                connection.prepare_cached("SELECT form FROM version WHERE id = ?")?;
            for (version, at) in due {
                let mut rows = statement.query([version])?;
                if let Some(row) = rows.next()? {
                    self.heads[at as usize].form = form(row, 0)?;
                }
            }
            return Ok(());
        }
        let (condition, values) = filter.condition();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT v.id, v.form FROM report r JOIN version v ON v.id = r.version_id WHERE {condition}"
        ))?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let version: i64 = row.get(0)?;
            if let Ok(place) = due.binary_search_by_key(&version, |(version, _)| *version) {
                self.heads[due[place].1 as usize].form = form(row, 1)?;
            }
        }
        Ok(())
    }

    /// The terms of `series` in the report at `head`; `None` where its forms have none.
    ///
    /// The tables may follow another form than most of the report. Where the report's own form has the indicator
    /// and the report says nothing of it, the terms are there and empty.
    pub fn find<'a>(&'a self, series: &'a Series, head: usize) -> Option<Found<'a>> {
        let own = self.heads[head].form;
        let read = |form: FormId| {
            let columns = self.tables[form as usize].as_ref()?;
            let cells = columns.of(head)?;
            let mut lists = series.terms_of(form).enumerate();
            lists.find_map(|(list, terms)| {
                let any = terms
                    .iter()
                    .any(|term| columns.pick(*term, cells).is_some());
                any.then_some(Found {
                    form,
                    list,
                    terms,
                    cells: Some((columns, cells)),
                })
            })
        };
        let silent = |form: FormId| {
            Some(Found {
                form,
                list: 0,
                terms: series.forms.get(&form)?,
                cells: None,
            })
        };
        let mut forms = own.into_iter().chain(FormId::ALL);
        forms.find_map(read).or_else(|| own.and_then(silent))
    }
}

/// What is asked about, without its cells.
struct Reports {
    /// In no order.
    heads: Vec<Head>,
    /// In no order.
    agencies: Vec<Agency>,
    /// Versions and their places in `heads`, in the order of the wide tables.
    by_version: Vec<(i64, u32)>,
}

/// By form.
type Tables = [Option<Columns>; FormId::ALL.len()];

impl Reports {
    fn read(connection: &Connection, filter: &Filter) -> Result<Self, QueryError> {
        let (heads, agencies) = heads(connection, filter)?;
        let versions = heads.iter().map(|head| head.version_id);
        let mut by_version: Vec<(i64, u32)> = versions.zip(0..).collect();
        by_version.sort_unstable();
        Ok(Self {
            heads,
            agencies,
            by_version,
        })
    }

    /// The columns of `series` in each form's table, for those of `versions` that have cells there.
    fn tables(
        &self,
        connection: &Connection,
        series: &[&Series],
        filter: &Filter,
        versions: &[(i64, u32)],
    ) -> Result<Tables, QueryError> {
        let mut tables = [const { None }; FormId::ALL.len()];
        for form in FormId::ALL {
            if filter.form.is_some_and(|only| only != form) {
                continue;
            }
            let has =
                |(_, at): &&(i64, u32)| self.heads[*at as usize].forms & i64::from(form.bit()) != 0;
            let versions: Vec<(i64, u32)> = versions.iter().filter(has).copied().collect();
            let terms = series.iter().flat_map(|one| one.terms_of(form).flatten());
            let indicators: BTreeSet<u16> = terms.map(|term| term.indicator.0).collect();
            let wants = wants(connection, form, &indicators)?;
            if !wants.is_empty() && !versions.is_empty() {
                let heads = self.heads.len();
                let columns = Columns::read(connection, form, wants, &versions, heads)?;
                tables[form as usize] = Some(columns);
            }
        }
        Ok(tables)
    }

    /// Places of the heads in the order of a panel.
    fn sorted(&self) -> Vec<u32> {
        heads::order(&self.heads, &self.agencies)
    }

    fn panel(
        self,
        connection: &Connection,
        series: &[&Series],
        filter: &Filter,
        tables: Tables,
        sorted: &[u32],
    ) -> Result<Panel, QueryError> {
        let mut panel = Panel {
            heads: self.heads,
            agencies: self.agencies,
            tables,
        };
        panel.read_forms(connection, series, filter, &self.by_version)?;
        panel.arrange(sorted);
        Ok(panel)
    }
}

/// The tables of two halves of the reports.
fn joined(front: Tables, back: Tables) -> Tables {
    let mut back = back.into_iter();
    front.map(|front| match (front, back.next().flatten()) {
        (Some(mut front), Some(back)) => {
            let before = u32::try_from(front.cells.len()).unwrap_or(u32::MAX);
            for (start, later) in front.starts.iter_mut().zip(back.starts) {
                *start = start.or(later.map(|later| before.saturating_add(later)));
            }
            front.cells.extend(back.cells);
            Some(front)
        }
        (front, back) => front.or(back),
    })
}

fn cell(term: Term) -> &'static str {
    &Catalog::get().indicator(term.indicator).cell
}

/// What is to be read of a form. A cell that this database does not know (it was made by an older program) is left out.
fn wants(
    connection: &Connection,
    form: FormId,
    indicators: &BTreeSet<u16>,
) -> Result<Vec<Want>, QueryError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, column_anchor, row_anchor, table_anchor FROM indicator WHERE form = ? AND cell = ? AND position >= 0",
    )?;
    let mut wants = Vec::new();
    for id in indicators {
        let one = Catalog::get().indicator(IndicatorId(*id));
        let ids = statement
            .query_row(params![form.as_str(), one.cell], |row| {
                Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
            })
            .optional()?;
        wants.extend(ids.map(|ids| Want {
            indicator: one.id,
            money: one.quantity == Quantity::Money,
            unit: one.unit,
            ids,
        }));
    }
    Ok(wants)
}

/// Of as many reports each half is read, and made into points, in a thread of its own.
pub(super) const MANY: usize = 4096;

/// Where fewer than one version in so many is asked for, each is looked up; else the table is read through.
const SPARSE: i64 = 16;

impl Columns {
    fn read(
        connection: &Connection,
        form: FormId,
        wants: Vec<Want>,
        versions: &[(i64, u32)],
        heads: usize,
    ) -> Result<Self, QueryError> {
        let mut columns = Self {
            starts: vec![None; heads],
            cells: Vec::with_capacity(versions.len() * wants.len()),
            wants,
        };
        let (Some((first, _)), Some((last, _))) = (versions.first(), versions.last()) else {
            return Ok(columns);
        };
        let mut sql = String::from("SELECT version_id, exceptions");
        for want in &columns.wants {
            let cell = &Catalog::get().indicator(want.indicator).cell;
            sql.push_str(", ");
            sql.push_str(&quoted(cell));
            if want.money {
                sql.push_str(", ");
                sql.push_str(&quoted(&scale_column(cell)));
            }
        }
        let mut exceptions = Exceptions::new(connection, &columns.wants)?;
        let table = wide_table(form);
        if i64::try_from(versions.len()).unwrap_or(i64::MAX) < (last - first) / SPARSE {
            let mut statement =
                connection.prepare_cached(&format!("{sql} FROM {table} WHERE version_id = ?"))?;
            for (version, at) in versions {
                let mut rows = statement.query([version])?;
                if let Some(row) = rows.next()? {
                    columns.take(*at, *version, row, &mut exceptions)?;
                }
            }
            return Ok(columns);
        }
        let mut statement = connection.prepare_cached(&format!(
            "{sql} FROM {table} WHERE version_id BETWEEN ? AND ? ORDER BY version_id"
        ))?;
        let mut rows = statement.query([first, last])?;
        let mut left = versions.iter().copied().peekable();
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            while left.next_if(|(version, _)| *version < id).is_some() {}
            if let Some((_, at)) = left.next_if(|(version, _)| *version == id) {
                columns.take(at, id, row, &mut exceptions)?;
            }
        }
        Ok(columns)
    }

    /// Takes the cells of one row.
    fn take(
        &mut self,
        head: u32,
        version: i64,
        row: &Row<'_>,
        asked: &mut Exceptions<'_>,
    ) -> Result<(), QueryError> {
        self.starts[head as usize] = u32::try_from(self.cells.len()).ok();
        let exceptions: i64 = row.get(1)?;
        let mut at = 2;
        for want in &self.wants {
            let mantissa: Option<i64> = row.get(at)?;
            at += 1;
            let mut scale = None;
            if want.money {
                scale = row.get(at)?;
                at += 1;
            }
            let value = match mantissa {
                Some(mantissa) => Some(decimal(mantissa, scale.unwrap_or(0))?),
                None => None,
            };
            let cell = match (value, exceptions) {
                (Some(value), 0) => want.number(value),
                (None, 0) => want.blank(),
                (Some(value), _) => {
                    let mut cell = want.number(value);
                    cell.raw = asked.printed((version, exceptions), want)?;
                    cell
                }
                (None, _) => asked.cell((version, exceptions), want)?,
            };
            self.cells.push(cell);
        }
        Ok(())
    }

    /// The cells of a report, in the order of `wants`.
    fn of(&self, head: usize) -> Option<&[Read]> {
        let start = self.starts[head]? as usize;
        self.cells.get(start..start + self.wants.len())
    }

    /// What one of these cells has; `None` where the report says nothing of it.
    fn pick<'a>(&self, term: Term, cells: &'a [Read]) -> Option<&'a Read> {
        let at = self
            .wants
            .binary_search_by_key(&term.indicator.0, |want| want.indicator.0);
        cells.get(at.ok()?).filter(|read| read.status.is_some())
    }
}

impl Want {
    fn number(&self, value: Decimal) -> Read {
        Read {
            status: Some(CellStatus::Number),
            value: Some(value),
            raw: None,
            unit: self.unit,
        }
    }

    fn excepted(&self, exception: &Exception) -> Read {
        let Some(status) = exception.status else {
            return Read::default();
        };
        let raw = match exception.value {
            Some(_) => exception.raw.clone(),
            None if status.is_absent() => None,
            None => Some(exception.raw.clone().unwrap_or_default()),
        };
        Read {
            status: Some(status),
            value: exception.value,
            raw,
            unit: match exception.unit {
                UnitRead::Form => self.unit,
                UnitRead::Own(unit) => unit,
            },
        }
    }

    fn blank(&self) -> Read {
        Read {
            status: Some(CellStatus::Blank),
            value: None,
            raw: Some(String::new()),
            unit: self.unit,
        }
    }
}

fn decimal(mantissa: i64, scale: u8) -> Result<Decimal, QueryError> {
    Decimal::new(mantissa, scale).ok_or_else(|| unknown("scale", scale.to_string()))
}

fn word<T: std::str::FromStr>(value: ValueRef<'_>, what: &'static str) -> Result<T, QueryError> {
    let word = value.as_str().map_err(wrong_type)?;
    word.parse().map_err(|_| unknown(what, word.into()))
}

fn wrong_type(error: rusqlite::types::FromSqlError) -> QueryError {
    QueryError::Sqlite(error.into())
}

fn unknown(what: &'static str, value: String) -> QueryError {
    QueryError::Store(StoreError::Unknown { what, value })
}
