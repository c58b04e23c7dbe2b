//! The series by way of the long views, cell by cell through maps of words: slow and simple. What the fast way is held against.

use std::collections::{BTreeMap, HashMap};

use nianbao::model::{Catalog, FormId};
use nianbao::query::crosswalk::{self, Series, Sign, Term};
use nianbao::store::Store;

/// A cell: what it is, sign, value, status, raw, unit.
pub type Part = (
    String,
    Sign,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// A point: report, agency, code, year, scope, form, parts.
#[derive(Debug, PartialEq, Eq)]
pub struct Point {
    pub report_id: i64,
    pub agency: Option<String>,
    pub agency_code: Option<String>,
    pub year: Option<i16>,
    pub scope: String,
    pub form: Option<FormId>,
    pub parts: Vec<Part>,
}

type Cell = (Option<String>, String, Option<String>, Option<String>);

/// All cells of all reports, by report and form.
pub type Cells = HashMap<(i64, FormId), BTreeMap<String, Cell>>;

/// Reads the long views.
pub fn cells(store: &Store) -> Cells {
    let mut cells = Cells::new();
    for form in FormId::ALL {
        let sql = format!(
            "SELECT report_id, cell, CAST(value AS TEXT), status, raw, unit FROM observation_{form}"
        );
        let mut statement = store.connection().prepare(&sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cell = (
                row.get(2).unwrap(),
                row.get(3).unwrap(),
                row.get(4).unwrap(),
                row.get(5).unwrap(),
            );
            let report = cells.entry((row.get(0).unwrap(), form)).or_default();
            report.insert(row.get(1).unwrap(), cell);
        }
    }
    cells
}

/// Every report's point of a series, all years and copies.
pub fn series(store: &Store, cells: &Cells, id: &str) -> Vec<Point> {
    let series = crosswalk::find(id).unwrap();
    let mut statement = store
        .connection()
        .prepare(
            "SELECT r.id, ifnull(k.label, g.name), g.code, r.year, r.scope, v.form FROM report r JOIN version v ON v.id = r.version_id
             LEFT JOIN agency_key k ON k.agency_id = r.agency_id LEFT JOIN agency g ON g.id = k.key
             ORDER BY ifnull(k.label, g.name), g.code, g.place, g.id, r.scope, r.year, r.id",
        )
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut points = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let report: i64 = row.get(0).unwrap();
        let form: Option<String> = row.get(5).unwrap();
        let form: Option<FormId> = form.map(|form| form.parse().unwrap());
        let found = found(series, cells, report, form);
        points.push(Point {
            report_id: report,
            agency: row.get(1).unwrap(),
            agency_code: row.get(2).unwrap(),
            year: row.get(3).unwrap(),
            scope: row.get(4).unwrap(),
            form: found.as_ref().map_or(form, |(form, _)| Some(*form)),
            parts: found.map(|(_, parts)| parts).unwrap_or_default(),
        });
    }
    points
}

fn found(
    series: &Series,
    cells: &HashMap<(i64, FormId), BTreeMap<String, Cell>>,
    report: i64,
    own: Option<FormId>,
) -> Option<(FormId, Vec<Part>)> {
    let parts = |terms: &[Term], cells: &BTreeMap<String, Cell>| -> Vec<Part> {
        let part = |term: &Term| {
            let cell = Catalog::get().indicator(term.indicator).cell.clone();
            let (value, status, raw, unit) = match cells.get(&cell).cloned() {
                Some((value, status, raw, unit)) => (value, Some(status), raw, unit),
                None => (None, None, None, None),
            };
            (cell, term.sign, value, status, raw, unit)
        };
        terms.iter().map(part).collect()
    };
    for form in own.into_iter().chain(FormId::ALL) {
        let Some(cells) = cells.get(&(report, form)) else {
            continue;
        };
        for terms in series.terms_of(form) {
            let parts = parts(terms, cells);
            if parts.iter().any(|part| part.3.is_some()) {
                return Some((form, parts));
            }
        }
    }
    let own = own?;
    Some((own, parts(series.forms.get(&own)?, &BTreeMap::new())))
}
