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

/// The terms of a sum as a report has them, each with its cell's name.
pub(super) type Found<'a> = Vec<(&'static str, Sign, Option<&'a Read>)>;

impl Panel {
    /// Reads the cells of `series`. Of `filter`, `form` leaves out the other forms' cells, `cell` has no bearing.
    pub fn read(store: &Store, series: &[&Series], filter: &Filter) -> Result<Self, QueryError> {
        let connection = store.connection();
        let (mut heads, agencies) = heads(connection, filter)?;
        // The wide tables are in this order.
        let mut order: Vec<u32> = (0..u32::try_from(heads.len()).unwrap_or(u32::MAX)).collect();
        heads.sort_unstable_by_key(|head| {
            (
                head.agency,
                scope_order(head.scope),
                head.year,
                head.report_id,
            )
        });
        order.sort_unstable_by_key(|at| heads[*at as usize].version_id);
        let mut tables = [const { None }; FormId::ALL.len()];
        for form in FormId::ALL {
            if filter.form.is_some_and(|only| only != form) {
                continue;
            }
            let terms = series.iter().flat_map(|one| one.terms_of(form).flatten());
            let indicators: BTreeSet<u16> = terms.map(|term| term.indicator.0).collect();
            let wants = wants(connection, form, &indicators)?;
            if !wants.is_empty() {
                tables[form as usize] =
                    Some(Columns::read(connection, form, wants, &heads, &order)?);
            }
        }
        Ok(Self {
            heads,
            agencies,
            tables,
        })
    }

    /// The terms of `series` in the report at `head`, the form they are of and which of its lists; `None` where its
    /// forms have none.
    ///
    /// The tables may follow another form than most of the report. Where the report's own form has the indicator
    /// and the report says nothing of it, the terms are there and empty.
    pub fn find(&self, series: &Series, head: usize) -> Option<(FormId, usize, Found<'_>)> {
        let own = self.heads[head].form;
        let read = |form: FormId| {
            let columns = self.tables[form as usize].as_ref()?;
            let cells = columns.of(head)?;
            series.terms_of(form).enumerate().find_map(|(list, terms)| {
                let found = columns.pick(terms, cells);
                let any = found.iter().any(|(.., read)| read.is_some());
                any.then_some((form, list, found))
            })
        };
        let silent = |form: FormId| {
            let terms = series.forms.get(&form)?;
            Some((
                form,
                0,
                terms
                    .iter()
                    .map(|term| (cell(*term), term.sign, None))
                    .collect(),
            ))
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
        heads: &[Head],
        order: &[u32],
    ) -> Result<Self, QueryError> {
        let mut columns = Self {
            starts: vec![None; heads.len()],
            cells: Vec::new(),
            wants,
        };
        let (Some(first), Some(last)) = (order.first(), order.last()) else {
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
        let mut exceptions = Exceptions::new(connection)?;
        let table = wide_table(form);
        let version = |at: u32| heads[at as usize].version_id;
        let (first, last) = (version(*first), version(*last));
        if i64::try_from(order.len()).unwrap_or(i64::MAX) < (last - first) / SPARSE {
            let mut statement =
                connection.prepare_cached(&format!("{sql} FROM {table} WHERE version_id = ?"))?;
            for at in order {
                let mut rows = statement.query([version(*at)])?;
                if let Some(row) = rows.next()? {
                    columns.take(*at, version(*at), row, &mut exceptions)?;
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
            while left.next_if(|at| version(*at) < id).is_some() {}
            if let Some(at) = left.next_if(|at| version(*at) == id) {
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
                    cell.raw = asked.printed(version, want.ids[0])?;
                    cell
                }
                (None, _) => asked.cell(version, want)?,
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

    fn pick<'a>(&self, terms: &[Term], cells: &'a [Read]) -> Found<'a> {
        let read = |term: &Term| {
            let at = self
                .wants
                .binary_search_by_key(&term.indicator.0, |want| want.indicator.0);
            let read = at.ok().map(|at| &cells[at]);
            (
                cell(*term),
                term.sign,
                read.filter(|read| read.status.is_some()),
            )
        };
        terms.iter().map(read).collect()
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
    own: CachedStatement<'c>,
    any: CachedStatement<'c>,
}

impl<'c> Exceptions<'c> {
    fn new(connection: &'c Connection) -> Result<Self, QueryError> {
        let arm = |extent: &str, number: u8| {
            format!(
                "SELECT status, raw, mantissa, scale, unit FROM exception
                 WHERE version_id = ?1 AND extent = '{extent}' AND indicator_id = ?{number}"
            )
        };
        let arms = [
            arm("cell", 2),
            arm("column", 3),
            arm("row", 4),
            arm("table", 5),
        ];
        Ok(Self {
            own: connection.prepare_cached(&arms[0])?,
            // One after the other; the first that covers the cell ends it.
            any: connection.prepare_cached(&format!("{} LIMIT 1", arms.join(" UNION ALL ")))?,
        })
    }

    /// The text of a number that is not printed plainly.
    fn printed(&mut self, version: i64, cell: i64) -> Result<Option<String>, QueryError> {
        let mut rows = self.own.query([version, cell])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let is_number =
            row.get_ref(0)?.as_str().map_err(wrong_type)? == CellStatus::Number.as_str();
        Ok(if is_number { row.get(1)? } else { None })
    }

    /// A cell without a number in the wide table.
    fn cell(&mut self, version: i64, want: &Want) -> Result<Read, QueryError> {
        let [cell, column, row, table] = want.ids;
        let mut rows = self.any.query([version, cell, column, row, table])?;
        let Some(row) = rows.next()? else {
            return Ok(want.blank());
        };
        if row.get_ref(0)?.as_str().map_err(wrong_type)? == "not_part" {
            return Ok(Read::default());
        }
        let status: CellStatus = word(row.get_ref(0)?, "status")?;
        let unit = match row.get_ref(4)?.as_str_or_null().map_err(wrong_type)? {
            None => want.unit,
            Some(unit) => unit.parse().ok(),
        };
        let raw: Option<String> = row.get(1)?;
        let (value, raw) = match row.get::<_, Option<i64>>(2)? {
            Some(mantissa) => (Some(decimal(mantissa, row.get(3)?)?), raw),
            None if status.is_absent() => (None, None),
            None => (None, Some(raw.unwrap_or_default())),
        };
        Ok(Read {
            status: Some(status),
            value,
            raw,
            unit,
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
