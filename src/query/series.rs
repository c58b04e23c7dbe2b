//! One indicator, or one series of the crosswalk, over years and agencies.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::params_from_iter;
use rusqlite::types::Value;
use serde::{Serialize, Serializer};

use crate::model::{Catalog, CellStatus, Decimal, FormId, Scope, Unit};
use crate::store::{Store, StoreError};

use super::crosswalk::{self, Quality, Series, Sign, Term};
use super::{Filter, QueryError};

/// Why a point has a value or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PointStatus {
    /// The status of the one cell it is; [`CellStatus::Number`] also for a complete sum.
    Cell(CellStatus),
    /// A part of the sum is missing: there is no value, least of all a smaller one.
    Incomplete,
    /// The parts are in different units, or the sum is too large.
    NoSum,
    /// The report's form does not have the indicator.
    NotInForm,
    /// The report has no statutory table that was recognised.
    NoTable,
}

impl PointStatus {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cell(status) => status.as_str(),
            Self::Incomplete => "incomplete",
            Self::NoSum => "no_sum",
            Self::NotInForm => "not_in_form",
            Self::NoTable => "no_table",
        }
    }
}

impl Serialize for PointStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A cell that a point rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The cell id.
    pub cell: String,
    /// Whether it is added or taken off.
    pub sign: Sign,
    /// Its value; `None` unless `status` is number.
    pub value: Option<Decimal>,
    /// What stands there; `None` where the report says nothing of the cell.
    pub status: Option<CellStatus>,
    /// As published; `None` where the page lacks the cell.
    pub raw: Option<String>,
    /// Of the value as printed.
    pub unit: Option<Unit>,
}

/// One report's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// The report.
    pub report_id: i64,
    /// Name; `None` where not found.
    pub agency: Option<String>,
    /// Code, where one page of the agency gives it.
    pub agency_code: Option<String>,
    /// The year reported on; `None` where not found.
    pub year: Option<i16>,
    /// Years compare only within one scope.
    pub scope: Scope,
    /// The form the parts are of; `None` where there is none.
    pub form: Option<FormId>,
    /// The value; `None` has its reason in `status`.
    pub value: Option<Decimal>,
    /// Why there is a value or none.
    pub status: PointStatus,
    /// Of the value.
    pub unit: Option<Unit>,
    /// How far it may be joined to points of another form.
    pub quality: Quality,
    /// Whether a line through the points must break before this one: the form differs from the point
    /// before of the same agency and scope, and the series is weak there.
    pub break_before: bool,
    /// What to know: the caveat where the form changes, and what hinders a value.
    pub note: Option<String>,
    /// What it was made of.
    pub parts: Vec<Part>,
}

/// A series of the crosswalk, a point a report, by agency, scope and year. Of `filter`, `form` keeps
/// only points of that form, `cell` has no bearing.
///
/// # Errors
///
/// [`QueryError::UnknownSeries`]; [`QueryError::NotComparable`] where it would join forms that it must not.
pub fn series(store: &Store, id: &str, filter: &Filter) -> Result<Vec<Point>, QueryError> {
    let series = crosswalk::find(id).ok_or_else(|| QueryError::UnknownSeries { id: id.into() })?;
    points(store, series, filter)
}

/// One cell as a series: the same id in every form that has it. Ids that forms share may differ in
/// meaning, so the quality is that of a crosswalk series made of just these cells, and else weak.
///
/// # Errors
///
/// [`QueryError::UnknownCell`]; [`QueryError::NotComparable`].
pub fn cell_series(store: &Store, cell: &str, filter: &Filter) -> Result<Vec<Point>, QueryError> {
    let mut forms = BTreeMap::new();
    for form in FormId::ALL {
        if let Some(indicator) = Catalog::get().find(form, cell) {
            let sign = Sign::Plus;
            forms.insert(form, vec![Term { indicator, sign }]);
        }
    }
    if forms.is_empty() {
        return Err(QueryError::UnknownCell { cell: cell.into() });
    }
    let like = crosswalk::all().iter().find(|one| {
        forms
            .iter()
            .all(|(form, terms)| one.forms.get(form) == Some(terms))
    });
    let known = |one: &Series| (one.quality, one.caveat.clone());
    let (quality, caveat) = like.map_or_else(|| (Quality::Weak, String::new()), known);
    let series = Series {
        id: cell.into(),
        label: String::new(),
        quality,
        caveat,
        forms,
        variants: Vec::new(),
    };
    points(store, &series, filter)
}

struct Head {
    report_id: i64,
    agency: Option<String>,
    agency_code: Option<String>,
    year: Option<i16>,
    scope: Scope,
    form: Option<FormId>,
}

type Cells = HashMap<(i64, FormId), HashMap<String, Part>>;

fn points(store: &Store, series: &Series, filter: &Filter) -> Result<Vec<Point>, QueryError> {
    let cells = cells(store, series, filter)?;
    let mut points: Vec<Point> = Vec::new();
    for head in heads(store, filter)? {
        let point = point(series, &cells, head);
        if filter.form.is_none() || point.form == filter.form {
            points.push(point);
        }
    }
    let with_cells = points.iter().filter(|point| !point.parts.is_empty());
    let forms: BTreeSet<FormId> = with_cells.filter_map(|point| point.form).collect();
    if series.quality == Quality::NotComparable && forms.len() > 1 {
        return Err(QueryError::NotComparable {
            id: series.id.clone(),
            caveat: series.caveat.clone(),
            forms: forms.into_iter().collect(),
        });
    }
    mark_breaks(series, &mut points);
    Ok(points)
}

/// Marks where a line must break, and where a footnote is due.
fn mark_breaks(series: &Series, points: &mut [Point]) {
    let mut last: Option<(Option<String>, Option<String>, Scope, FormId)> = None;
    for point in points {
        let Some(form) = point.form.filter(|_| !point.parts.is_empty()) else {
            continue;
        };
        let key = (
            point.agency.clone(),
            point.agency_code.clone(),
            point.scope,
            form,
        );
        let changed = last.as_ref().is_some_and(|last| {
            (&last.0, &last.1, last.2) == (&key.0, &key.1, key.2) && last.3 != form
        });
        if changed && series.quality != Quality::Good {
            point.break_before = series.quality == Quality::Weak;
            let note = format!("the form changes here: {}", series.caveat);
            point.note = Some(match point.note.take() {
                Some(before) => format!("{before}; {note}"),
                None => note,
            });
        }
        last = Some(key);
    }
}

fn point(series: &Series, cells: &Cells, head: Head) -> Point {
    // The tables may follow another form than most of the report. Where the report's own form has the
    // indicator and the report says nothing of it, the parts are there without status.
    let nothing = HashMap::new();
    let read = |form: FormId| {
        let values = cells.get(&(head.report_id, form))?;
        let has = |terms: &&Vec<Term>| {
            terms.iter().any(|term| {
                let cell = &Catalog::get().indicator(term.indicator).cell;
                values.contains_key(cell)
            })
        };
        let main = series.forms.get(&form)?;
        let mut variants = series.variants.iter().filter(|(of, _)| *of == form);
        let variant = variants.find_map(|(_, terms)| Some(terms).filter(has));
        let terms = Some(main).filter(has).or(variant).unwrap_or(main);
        Some((form, terms, values))
    };
    let silent = |form: FormId| Some((form, series.forms.get(&form)?, &nothing));
    let mut own = head.form.into_iter().chain(FormId::ALL);
    let found = own.find_map(read).or_else(|| head.form.and_then(silent));
    let mut point = Point {
        report_id: head.report_id,
        agency: head.agency,
        agency_code: head.agency_code,
        year: head.year,
        scope: head.scope,
        form: head.form,
        value: None,
        status: if head.form.is_some() {
            PointStatus::NotInForm
        } else {
            PointStatus::NoTable
        },
        unit: None,
        quality: series.quality,
        break_before: false,
        note: None,
        parts: Vec::new(),
    };
    let Some((form, terms, values)) = found else {
        return point;
    };
    point.form = Some(form);
    for term in terms {
        let cell = &Catalog::get().indicator(term.indicator).cell;
        let absent = || Part {
            cell: cell.clone(),
            sign: term.sign,
            value: None,
            status: None,
            raw: None,
            unit: None,
        };
        let mut part = values.get(cell).cloned().unwrap_or_else(absent);
        part.sign = term.sign;
        point.parts.push(part);
    }
    sum(&mut point);
    point
}

/// Adds up the parts, or says why not.
fn sum(point: &mut Point) {
    if let [part] = point.parts.as_slice()
        && part.sign == Sign::Plus
    {
        point.value = part.value;
        point.unit = part.unit;
        point.status = part
            .status
            .map_or(PointStatus::Incomplete, PointStatus::Cell);
        return;
    }
    let missing: Vec<_> = point
        .parts
        .iter()
        .filter(|part| part.value.is_none())
        .collect();
    if !missing.is_empty() {
        let word = |part: &&Part| {
            let status = part.status.map_or("not_reported", CellStatus::as_str);
            format!("{} is {status}", part.cell)
        };
        let words: Vec<_> = missing.iter().map(word).collect();
        point.note = Some(words.join(", "));
        point.status = PointStatus::Incomplete;
        return;
    }
    let unit = point.parts.first().and_then(|part| part.unit);
    point.status = PointStatus::NoSum;
    if point.parts.iter().any(|part| part.unit != unit) {
        point.note = Some("the parts are in different units".into());
        return;
    }
    let values = || {
        point
            .parts
            .iter()
            .filter_map(|part| Some((part.sign, part.value?)))
    };
    let scale = values().map(|(_, value)| value.scale()).max().unwrap_or(0);
    let total = values().try_fold(0_i128, |total, (sign, value)| {
        let value = value.at_scale(scale)?;
        match sign {
            Sign::Plus => total.checked_add(value),
            Sign::Minus => total.checked_sub(value),
        }
    });
    let total = total.and_then(|total| Decimal::new(i64::try_from(total).ok()?, scale));
    if let Some(total) = total {
        point.value = Some(total);
        point.unit = unit;
        point.status = PointStatus::Cell(CellStatus::Number);
    } else {
        point.note = Some("the sum is too large".into());
    }
}

fn heads(store: &Store, filter: &Filter) -> Result<Vec<Head>, QueryError> {
    let (condition, values) = filter.condition();
    let mut statement = store.connection().prepare(&format!(
        "SELECT r.id, ifnull(k.label, g.name), g.code, r.year, r.scope, v.form FROM report r
         JOIN version v ON v.id = r.version_id LEFT JOIN agency a ON a.id = r.agency_id
         LEFT JOIN agency_key k ON k.agency_id = r.agency_id LEFT JOIN agency g ON g.id = k.key
         WHERE {condition} ORDER BY 2, g.code, r.scope, r.year, r.id"
    ))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut heads = Vec::new();
    while let Some(row) = rows.next()? {
        let scope: String = row.get(4)?;
        let form: Option<String> = row.get(5)?;
        heads.push(Head {
            report_id: row.get(0)?,
            agency: row.get(1)?,
            agency_code: row.get(2)?,
            year: row.get(3)?,
            scope: scope.parse().map_err(|()| unknown("scope", scope))?,
            form: form.and_then(|form| form.parse().ok()),
        });
    }
    Ok(heads)
}

/// The cells of the series in every report the filter lets through.
fn cells(store: &Store, series: &Series, filter: &Filter) -> Result<Cells, QueryError> {
    let mut cells: Cells = HashMap::new();
    let variants = series.variants.iter().map(|(form, terms)| (form, terms));
    for (form, terms) in series.forms.iter().chain(variants) {
        if filter.form.is_some_and(|only| only != *form) {
            continue;
        }
        let names: Vec<_> = terms
            .iter()
            .map(|term| Catalog::get().indicator(term.indicator).cell.as_str())
            .collect();
        let marks = vec!["?"; names.len()].join(", ");
        let mut sql = format!(
            "SELECT report_id, cell, CAST(value AS TEXT), status, raw, unit
             FROM observation_{form} WHERE cell IN ({marks})"
        );
        let mut values: Vec<Value> = names
            .iter()
            .map(|name| Value::Text((*name).into()))
            .collect();
        let (condition, more) = filter.condition();
        if !more.is_empty() {
            sql.push_str(" AND report_id IN (SELECT r.id FROM report r WHERE ");
            sql.push_str(&condition);
            sql.push(')');
            values.extend(more);
        }
        let mut statement = store.connection().prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let cell: String = row.get(1)?;
            let (value, status): (Option<String>, String) = (row.get(2)?, row.get(3)?);
            let unit: Option<String> = row.get(5)?;
            let part = Part {
                cell: cell.clone(),
                sign: Sign::Plus,
                value: match value {
                    Some(value) => Some(value.parse().map_err(|_| unknown("value", value))?),
                    None => None,
                },
                status: Some(status.parse().map_err(|()| unknown("status", status))?),
                raw: row.get(4)?,
                unit: unit.and_then(|unit| unit.parse().ok()),
            };
            cells
                .entry((row.get(0)?, *form))
                .or_default()
                .insert(cell, part);
        }
    }
    Ok(cells)
}

fn unknown(what: &'static str, value: String) -> QueryError {
    QueryError::Store(StoreError::Unknown { what, value })
}
