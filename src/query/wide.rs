//! The cells of some series in many reports, read from the wide tables.
//!
//! The long views spell out every cell of every report; a panel needs one or two. So: the reports' heads once, each form's columns once,
//! side by side in order of version, and `exception` only for versions that have some. Nothing missing becomes a number on the way.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{
    CachedStatement, Connection, OptionalExtension as _, Row, params, params_from_iter,
};

use crate::model::form::Quantity;
use crate::model::{Catalog, CellStatus, Decimal, FormId, IndicatorId, Scope, Unit};
use crate::store::{Store, StoreError, quoted, scale_column, wide_table};

use super::crosswalk::{Series, Sign, Term};
use super::{Filter, QueryError};

/// An agency as its reports are grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Agency {
    /// Of `agency`.
    pub key: i64,
    pub name: Option<Arc<str>>,
    pub code: Option<Arc<str>>,
    /// What tells it from others of the name; empty where the name does.
    place: String,
}

/// A report without its cells.
#[derive(Debug)]
pub(super) struct Head {
    pub report_id: i64,
    version_id: i64,
    /// Into [`Panel::agencies`], which are in the order of name, code, place and key; `None` where not found.
    pub agency: Option<u32>,
    pub year: Option<i16>,
    pub scope: Scope,
    /// The form of most of its tables.
    pub form: Option<FormId>,
}

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
    /// In the order of agency (unknown ones first), scope and year.
    pub heads: Vec<Head>,
    pub agencies: Vec<Agency>,
    /// By form.
    tables: [Option<Columns>; FormId::ALL.len()],
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
        let (mut heads, agencies) = heads(connection, filter)?;
        // The wide tables are in this order.
        heads.sort_unstable_by_key(|head| {
            (
                head.agency,
                scope_order(head.scope),
                head.year,
                head.report_id,
            )
        });
        let mut order: Vec<(i64, u32)> =
            heads.iter().map(|head| head.version_id).zip(0..).collect();
        order.sort_unstable();
        let mut tables = [const { None }; FormId::ALL.len()];
        for form in FormId::ALL {
            if filter.form.is_some_and(|only| only != form) {
                continue;
            }
            let terms = series.iter().flat_map(|one| one.terms_of(form).flatten());
            let indicators: BTreeSet<u16> = terms.map(|term| term.indicator.0).collect();
            let wants = wants(connection, form, &indicators)?;
            if !wants.is_empty() {
                tables[form as usize] = Some(Columns::read(connection, form, wants, &order)?);
            }
        }
        Ok(Self {
            heads,
            agencies,
            tables,
        })
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

fn cell(term: Term) -> &'static str {
    &Catalog::get().indicator(term.indicator).cell
}

/// As the words sort: consolidated, own, unknown.
const fn scope_order(scope: Scope) -> u8 {
    match scope {
        Scope::Consolidated => 0,
        Scope::Own => 1,
        Scope::Unknown => 2,
    }
}

/// The reports the filter lets through, in no order, and their agencies.
fn heads(connection: &Connection, filter: &Filter) -> Result<(Vec<Head>, Vec<Agency>), QueryError> {
    let (condition, values) = filter.condition();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT r.id, r.version_id, r.agency_id, r.year, r.scope, v.form
         FROM report r JOIN version v ON v.id = r.version_id WHERE {condition}"
    ))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut heads = Vec::new();
    let mut found: Vec<Option<i64>> = Vec::new();
    while let Some(row) = rows.next()? {
        let form = row.get_ref(5)?.as_str_or_null().map_err(wrong_type)?;
        found.push(row.get(2)?);
        heads.push(Head {
            report_id: row.get(0)?,
            version_id: row.get(1)?,
            agency: None,
            year: row.get(3)?,
            scope: word(row.get_ref(4)?, "scope")?,
            form: form.and_then(|form| form.parse().ok()),
        });
    }
    let keys = Keys::read(connection, &found)?;
    for (head, agency) in heads.iter_mut().zip(found) {
        head.agency = agency.and_then(|id| keys.of.get(&id).copied());
    }
    Ok((heads, keys.agencies))
}

/// The agencies that reports are grouped by.
struct Keys {
    agencies: Vec<Agency>,
    /// From `report.agency_id`.
    of: HashMap<i64, u32>,
}

/// More agencies than this are read all at once.
const FEW: usize = 200;

impl Keys {
    fn read(connection: &Connection, found: &[Option<i64>]) -> Result<Self, QueryError> {
        let mut wanted: Vec<i64> = found.iter().flatten().copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let sql = "SELECT k.agency_id, k.key, ifnull(k.label, g.name), g.code, g.place FROM agency_key k JOIN agency g ON g.id = k.key";
        let mut agencies = HashMap::new();
        let mut keys = Vec::new();
        let mut take = |row: &Row<'_>| -> Result<(), QueryError> {
            let key: i64 = row.get(1)?;
            keys.push((row.get::<_, i64>(0)?, key));
            if let std::collections::hash_map::Entry::Vacant(entry) = agencies.entry(key) {
                let (name, code): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
                entry.insert(Agency {
                    key,
                    name: name.map(Arc::from),
                    code: code.map(Arc::from),
                    place: row.get(4)?,
                });
            }
            Ok(())
        };
        if wanted.len() > FEW {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if wanted.binary_search(&row.get(0)?).is_ok() {
                    take(row)?;
                }
            }
        } else {
            let mut statement =
                connection.prepare_cached(&format!("{sql} WHERE k.agency_id = ?"))?;
            for id in wanted {
                let mut rows = statement.query([id])?;
                while let Some(row) = rows.next()? {
                    take(row)?;
                }
            }
        }
        let mut agencies: Vec<Agency> = agencies.into_values().collect();
        agencies.sort_unstable_by(|one, other| {
            (&one.name, &one.code, &one.place, one.key).cmp(&(
                &other.name,
                &other.code,
                &other.place,
                other.key,
            ))
        });
        let places: HashMap<i64, u32> = agencies.iter().map(|agency| agency.key).zip(0..).collect();
        let of = keys
            .into_iter()
            .filter_map(|(id, key)| Some((id, *places.get(&key)?)));
        Ok(Self {
            of: of.collect(),
            agencies,
        })
    }
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

/// Where fewer than one version in so many is asked for, each is looked up; else the table is read through.
const SPARSE: i64 = 16;

impl Columns {
    fn read(
        connection: &Connection,
        form: FormId,
        wants: Vec<Want>,
        order: &[(i64, u32)],
    ) -> Result<Self, QueryError> {
        let mut columns = Self {
            starts: vec![None; order.len()],
            cells: Vec::new(),
            wants,
        };
        let (Some((first, _)), Some((last, _))) = (order.first(), order.last()) else {
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
        if i64::try_from(order.len()).unwrap_or(i64::MAX) < (last - first) / SPARSE {
            let mut statement =
                connection.prepare_cached(&format!("{sql} FROM {table} WHERE version_id = ?"))?;
            for (version, at) in order {
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
        let mut left = order.iter().copied().peekable();
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
            unit: exception.unit.unwrap_or(self.unit),
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

/// Questions to `exception`.
struct Exceptions<'c> {
    all: CachedStatement<'c>,
    own: CachedStatement<'c>,
    any: CachedStatement<'c>,
    /// The version whose exceptions are `known`; 0: none is.
    version: i64,
    /// Those that may cover what is asked for, the narrower before the wider, as the index has them.
    known: Vec<Exception>,
    /// What those may be of, in order.
    wanted: Vec<i64>,
}

/// A row of `exception`.
struct Exception {
    /// Into [`Want::ids`].
    extent: usize,
    indicator: i64,
    /// `None`: the report says nothing of the cell.
    status: Option<CellStatus>,
    raw: Option<String>,
    value: Option<Decimal>,
    /// `None`: the form's.
    unit: Option<Option<Unit>>,
}

/// A version with more exceptions is asked cell by cell.
const KNOWN: i64 = 24;

/// The words of `exception.extent`, as [`Want::ids`] has them, and as they sort.
const EXTENTS: [&str; 4] = ["cell", "column", "row", "table"];

impl<'c> Exceptions<'c> {
    fn new(connection: &'c Connection, wants: &[Want]) -> Result<Self, QueryError> {
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
            version: 0,
            known: Vec::new(),
            wanted,
        })
    }

    /// Gets all exceptions of a version.
    fn know(&mut self, version: i64) -> Result<(), QueryError> {
        if self.version != version {
            self.known.clear();
            self.version = 0;
            let mut rows = self.all.query([version])?;
            while let Some(row) = rows.next()? {
                if self.wanted.binary_search(&row.get(1)?).is_ok() {
                    self.known.push(Exception::of(row)?);
                }
            }
            self.version = version;
        }
        Ok(())
    }

    /// The text of a number that is not printed plainly. `of` is the version and how many exceptions it has.
    fn printed(&mut self, of: (i64, i64), want: &Want) -> Result<Option<String>, QueryError> {
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
    fn cell(&mut self, of: (i64, i64), want: &Want) -> Result<Read, QueryError> {
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
            unit: unit.map(|unit| unit.parse().ok()),
        })
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
