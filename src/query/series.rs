//! One indicator, or one series of the crosswalk, over years and agencies.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use serde::{Serialize, Serializer};

use crate::model::{Catalog, CellStatus, Decimal, FormId, Scope, Unit};
use crate::store::Store;

use super::crosswalk::{self, Measure, Quality, Relation, Series, Sign, Term};
use super::ratios::Fraction;
use super::wide::{MANY, Panel, Read};
use super::{Filter, QueryError};

/// Why a point has a value or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PointStatus {
    /// The status of the one cell it is; [`CellStatus::Number`] also for a complete sum.
    Cell(CellStatus),
    /// A part of the sum is missing: there is no value, least of all a smaller one.
    Incomplete,
    /// The parts are in different units or of different forms, or the sum is too large.
    NoSum,
    /// A ratio of nothing: the denominator is 0.
    ZeroDenominator,
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
            Self::ZeroDenominator => "zero_denominator",
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

/// Which count of a ratio a cell belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one above.
    Numerator,
    /// The one below.
    Denominator,
}

/// A cell that a point rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The cell id.
    pub cell: &'static str,
    /// Whether it is added or taken off.
    pub sign: Sign,
    /// Of which count of a ratio; `None` where there is no ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
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
    /// What the agency's reports are grouped by (`agency_key.key`); `None` where the agency was not found: such a
    /// report belongs to no other.
    #[serde(skip)]
    pub agency_key: Option<i64>,
    /// Name; `None` where not found.
    #[serde(serialize_with = "shared")]
    pub agency: Option<Arc<str>>,
    /// Code, where one page of the agency gives it.
    #[serde(serialize_with = "shared")]
    pub agency_code: Option<Arc<str>>,
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
    /// Of the value; of a ratio none, its value is in percent.
    pub unit: Option<Unit>,
    /// The counts of a ratio; `None` where the point is none.
    #[serde(flatten)]
    pub fraction: Option<Fraction>,
    /// How far it may be joined to points of another form.
    pub quality: Quality,
    /// What the form's cells count, held against the series; `None` where there are none, or it is not known.
    pub relation: Option<Relation>,
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
    let series = of_cell(cell).ok_or_else(|| QueryError::UnknownCell { cell: cell.into() })?;
    points(store, &series, filter)
}

/// Every series of the crosswalk at once, in its order: what one agency's reports say over the years.
/// A series that must not be joined across the forms found is refused alone.
///
/// # Errors
///
/// If the database cannot be read.
pub fn all_series(store: &Store, filter: &Filter) -> Result<Vec<Panels>, QueryError> {
    let all: Vec<&Series> = crosswalk::all().iter().collect();
    let panel = Panel::read(store, &all, filter)?;
    Ok(all
        .into_iter()
        .map(|series| Panels {
            series,
            points: finished(series, points_of(&panel, series), filter),
        })
        .collect())
}

/// A series of [`all_series`].
#[derive(Debug)]
pub struct Panels {
    /// Which.
    pub series: &'static Series,
    /// Its points, or [`QueryError::NotComparable`].
    pub points: Result<Vec<Point>, QueryError>,
}

/// A cell as a series; `None` where no form has it.
pub(super) fn of_cell(cell: &str) -> Option<Series> {
    let mut forms = BTreeMap::new();
    for form in FormId::ALL {
        if let Some(indicator) = Catalog::get().find(form, cell) {
            let sign = Sign::Plus;
            forms.insert(form, vec![Term { indicator, sign }]);
        }
    }
    if forms.is_empty() {
        return None;
    }
    let like = crosswalk::all().iter().find(|one| {
        forms
            .iter()
            .all(|(form, terms)| one.forms.get(form) == Some(terms))
    });
    let known = |one: &Series| {
        let caveats = (one.caveat.clone(), one.caveat_zh.clone());
        (one.quality, caveats, one.relations.clone())
    };
    let unknown = || {
        (
            Quality::Weak,
            <(String, String)>::default(),
            BTreeMap::new(),
        )
    };
    let (quality, (caveat, caveat_zh), relations) = like.map_or_else(unknown, known);
    let measure = measure(&forms);
    Some(Series {
        id: cell.into(),
        label: String::new(),
        quality,
        measure,
        caveat,
        caveat_zh,
        forms,
        variants: Vec::new(),
        relations,
    })
}

/// What a cell is about in time: what the series say that it is a term of. The parts of a row in columns are what their
/// total is. Where none says it, or they differ, it is not known: no year of it is added to another.
fn measure(forms: &BTreeMap<FormId, Vec<Term>>) -> Measure {
    let catalog = Catalog::get();
    let cells = forms.iter().flat_map(|(form, terms)| {
        terms.iter().flat_map(move |term| {
            let one = catalog.indicator(term.indicator);
            let total = format!("{}@total", one.row);
            let of_parts =
                one.cell.starts_with(&one.row) && one.cell[one.row.len()..].starts_with('@');
            let total = of_parts.then(|| catalog.find(*form, &total)).flatten();
            [Some(term.indicator), total].into_iter().flatten()
        })
    });
    let cells: BTreeSet<_> = cells.map(|id| id.0).collect();
    let has = |terms: &[Term]| terms.iter().any(|term| cells.contains(&term.indicator.0));
    let mut said = crosswalk::all().iter().filter_map(|one| {
        let variants = one.variants.iter().map(|(_, terms)| terms);
        one.forms
            .values()
            .chain(variants)
            .any(|terms| has(terms))
            .then_some(one.measure)
    });
    match said.next() {
        Some(first) if said.all(|other| other == first) => first,
        _ => Measure::Unknown,
    }
}

#[expect(clippy::ref_option, reason = "serde asks for it so")]
fn shared<S: Serializer>(name: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    name.as_deref().serialize(serializer)
}

pub(super) fn points(
    store: &Store,
    series: &Series,
    filter: &Filter,
) -> Result<Vec<Point>, QueryError> {
    let panel = Panel::read(store, &[series], filter)?;
    finished(series, points_of(&panel, series), filter)
}

/// The points of a series, of a series that must not be joined too: its forms are apart, so no breaks stand between them. For
/// exports, which draw nothing.
pub(super) fn unrefused(
    store: &Store,
    series: &Series,
    filter: &Filter,
) -> Result<Vec<Point>, QueryError> {
    let panel = Panel::read(store, &[series], filter)?;
    let mut points = points_of(&panel, series);
    narrow(&mut points, filter);
    if series.forms_apart().is_empty() {
        mark_breaks(series, &mut points);
    }
    Ok(points)
}

/// Leaves the points of the form asked for.
fn narrow(points: &mut Vec<Point>, filter: &Filter) {
    if filter.form.is_some() {
        points.retain(|point| point.form == filter.form);
    }
}

/// The points of a series, one a head of the panel.
fn points_of(panel: &Panel, series: &Series) -> Vec<Point> {
    each_head(panel, |head| point(series, panel, head).0)
}

/// What is made of each head of the panel, in their order; of many on two threads.
pub(super) fn each_head(panel: &Panel, make: impl Fn(usize) -> Point + Sync) -> Vec<Point> {
    let count = panel.heads.len();
    let of = |heads: Range<usize>| heads.map(&make).collect::<Vec<Point>>();
    if count < MANY {
        return of(0..count);
    }
    let half = count / 2;
    thread::scope(|scope| {
        let behind = scope.spawn(|| of(half..count));
        let mut points = Vec::with_capacity(count);
        points.extend((0..half).map(&make));
        match behind.join() {
            Ok(behind) => points.extend(behind),
            Err(panic) => resume_unwind(panic),
        }
        points
    })
}

/// The points of the form asked for, with breaks; refuses what must not be joined.
pub(super) fn finished(
    series: &Series,
    mut points: Vec<Point>,
    filter: &Filter,
) -> Result<Vec<Point>, QueryError> {
    narrow(&mut points, filter);
    refuse(series, &points)?;
    mark_breaks(series, &mut points);
    Ok(points)
}

/// Refuses to join forms that mean different things.
fn refuse(series: &Series, points: &[Point]) -> Result<(), QueryError> {
    if series.quality != Quality::NotComparable {
        return Ok(());
    }
    let with_cells = points.iter().filter(|point| !point.parts.is_empty());
    let forms: BTreeSet<FormId> = with_cells.filter_map(|point| point.form).collect();
    if forms.len() < 2 {
        return Ok(());
    }
    Err(QueryError::NotComparable {
        id: series.id.clone(),
        caveat: series.caveat.clone(),
        forms: forms.into_iter().collect(),
    })
}

/// Marks where a line must break, and where a footnote is due.
fn mark_breaks(series: &Series, points: &mut [Point]) {
    if series.quality == Quality::Good {
        return;
    }
    let mut last: Option<(i64, Scope, FormId)> = None;
    for point in points {
        // A report of an unknown year comes before none.
        let (Some(form), Some(agency), Some(_)) = (
            point.form.filter(|_| !point.parts.is_empty()),
            point.agency_key,
            point.year,
        ) else {
            continue;
        };
        let before = last.filter(|last| (last.0, last.1) == (agency, point.scope));
        if let Some((.., before)) = before.filter(|last| last.2 != form) {
            point.break_before = series.breaks_between(before, form);
            let note = format!("the form changes here: {}", series.caveat);
            point.note = Some(match point.note.take() {
                Some(before) => format!("{before}; {note}"),
                None => note,
            });
        }
        last = Some((agency, point.scope, form));
    }
}

/// The point of one head, and which of its form's lists it is from.
pub(super) fn point(series: &Series, panel: &Panel, at: usize) -> (Point, Option<usize>) {
    let head = &panel.heads[at];
    let agency = head.agency.map(|at| &panel.agencies[at as usize]);
    let mut point = Point {
        report_id: head.report_id,
        agency_key: agency.map(|agency| agency.key),
        agency: agency.and_then(|agency| agency.name.clone()),
        agency_code: agency.and_then(|agency| agency.code.clone()),
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
        fraction: None,
        quality: series.quality,
        relation: None,
        break_before: false,
        note: None,
        parts: Vec::new(),
    };
    let Some(found) = panel.find(series, at) else {
        return (point, None);
    };
    point.form = Some(found.form);
    point.relation = series.relations.get(&found.form).copied();
    let parts = found.reads();
    point.parts = parts
        .map(|(cell, sign, read)| part(cell, sign, read))
        .collect();
    sum(&mut point);
    (point, Some(found.list))
}

fn part(cell: &'static str, sign: Sign, read: Option<&Read>) -> Part {
    let raw = |read: &Read| read.raw.clone().or_else(|| Some(read.value?.to_string()));
    Part {
        cell,
        sign,
        side: None,
        value: read.and_then(|read| read.value),
        status: read.and_then(|read| read.status),
        raw: read.and_then(raw),
        unit: read.and_then(|read| read.unit),
    }
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
