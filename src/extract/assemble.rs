//! Found cells → observations of a form: which form, every cell of it once, what is lacking said.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::model::form::{Shape, TableForm};
use crate::model::{
    Catalog, CellStatus, Code, Finding, FormId, Indicator, IndicatorId, Observation,
};

use super::lexicon::{DISPUTE_GROUPS, DISPUTE_LEAVES, Lexicon};
use super::reading::{Found, Key};
use super::strays::{
    Family, Sizes, drop_older_form, drop_other_years, drop_strays, drop_templates, table_sizes,
};

/// More findings of one kind than this are summed up.
const FINDINGS: usize = 20;

/// What the tables of a page come to.
#[derive(Debug, Default)]
pub struct Assembled {
    /// The form most tables follow.
    pub form: Option<FormId>,
    /// In the forms' order.
    pub observations: Vec<Observation>,
}

static DISPUTES: LazyLock<HashMap<(FormId, u8, u8), IndicatorId>> = LazyLock::new(|| {
    let catalog = Catalog::get();
    let mut ids = HashMap::new();
    for form in [FormId::F2019, FormId::F2021] {
        for (group, prefix) in (0_u8..).zip(DISPUTE_GROUPS) {
            for (leaf, suffix) in (0_u8..).zip(DISPUTE_LEAVES) {
                if let Some(id) = catalog.find(form, &format!("{prefix}.{suffix}")) {
                    ids.insert((form, group, leaf), id);
                }
            }
        }
    }
    ids
});

/// Puts the cells together. `captions` are years named above tables; `year` decides between tables that
/// contradict each other and between forms that print a table alike.
pub fn assemble(
    found: Vec<Found<'_>>,
    captions: &[(u32, i16)],
    year: Option<i16>,
    findings: &mut Vec<Finding>,
) -> Assembled {
    let found = drop_strays(found, year, findings);
    let mut found = drop_other_years(found, captions, year, findings);
    drop_templates(&mut found);
    let article20 = article20_form(&found);
    let requests = requests_form(&found, article20);
    drop_older_form(&mut found, requests, article20, findings);
    let sizes = table_sizes(&found);
    let by_year = year.map_or(FormId::F2021, |year| {
        if year >= 2021 {
            FormId::F2021
        } else {
            FormId::F2019
        }
    });
    let requests = requests.or(article20).unwrap_or(by_year);
    let form = main_form(&found, requests, article20);
    let mut cells = Cells::new(found.len());
    let mut again: BTreeMap<usize, Vec<Found<'_>>> = BTreeMap::new();
    let mut strangers = Vec::new();
    for cell in found {
        let Some(id) = indicator_of(cell.key, requests) else {
            if cell.value.status != CellStatus::Blank {
                strangers.push(cell);
            }
            continue;
        };
        let number = usize::from(id.0);
        match cells.get(number) {
            None => cells.put(number, cell),
            Some(first) if first.raw == cell.raw => {}
            Some(_) => again.entry(number).or_default().push(cell),
        }
    }
    settle(&mut cells, again, &sizes, findings);
    note_strangers(&strangers, requests, findings);
    let observations = observe(cells, form, findings);
    note_forms(&observations, form, year, findings);
    Assembled { form, observations }
}

/// Cells by the number of their indicator. A form has hundreds and all forms together thousands: most have none.
struct Cells<'d> {
    places: Vec<u32>,
    found: Vec<Option<Found<'d>>>,
}

const NONE: u32 = u32::MAX;

impl<'d> Cells<'d> {
    fn new(capacity: usize) -> Self {
        Self {
            places: vec![NONE; Catalog::get().indicators.len()],
            found: Vec::with_capacity(capacity),
        }
    }

    fn has(&self, number: usize) -> bool {
        self.places[number] != NONE
    }

    fn get(&self, number: usize) -> Option<&Found<'d>> {
        self.found.get(self.places[number] as usize)?.as_ref()
    }

    fn put(&mut self, number: usize, cell: Found<'d>) {
        self.places[number] = u32::try_from(self.found.len()).unwrap_or(NONE);
        self.found.push(Some(cell));
    }

    fn take(&mut self, number: usize) -> Option<Found<'d>> {
        let place = std::mem::replace(&mut self.places[number], NONE);
        self.found.get_mut(place as usize)?.take()
    }
}

/// The form whose own rows the requests table has; `None` where it has neither's. `（六）其他处理` with numbers of its own is a
/// row of form 2019, and of any form where groups are given whole.
fn requests_form(found: &[Found<'_>], article20: Option<FormId>) -> Option<FormId> {
    let lexicon = Lexicon::get();
    let mut votes = [0_usize; 2];
    let mut rows = 0_u64;
    for cell in found {
        if let Key::Request { row, .. } = cell.key {
            rows |= 1 << row.min(63);
            if let [(form, _, _)] = lexicon.requests[row].places.as_slice() {
                votes[usize::from(*form == FormId::F2021)] += 1;
            }
        }
    }
    let given_whole = rows.count_ones() < 15;
    if votes[1] == 0 && given_whole && article20 == Some(FormId::F2021) {
        return article20;
    }
    match votes {
        [0, 0] => None,
        [old, new] if old > new => Some(FormId::F2019),
        _ => Some(FormId::F2021),
    }
}

fn article20_form(found: &[Found<'_>]) -> Option<FormId> {
    let count = |wanted: FormId| {
        found
            .iter()
            .filter(|cell| matches!(cell.key, Key::Article20 { form, .. } if form == wanted))
            .count()
    };
    let (old, new) = (count(FormId::F2019), count(FormId::F2021));
    match (old, new) {
        (0, 0) => None,
        _ if old > new => Some(FormId::F2019),
        _ => Some(FormId::F2021),
    }
}

fn main_form(found: &[Found<'_>], requests: FormId, article20: Option<FormId>) -> Option<FormId> {
    let has = |wanted: fn(&Key) -> bool| found.iter().any(|cell| wanted(&cell.key));
    if has(|key| matches!(key, Key::Request { .. })) {
        return Some(requests);
    }
    if article20.is_some() {
        return article20;
    }
    if has(|key| matches!(key, Key::Dispute { .. })) {
        return Some(requests);
    }
    found.iter().find_map(|cell| match cell.key {
        Key::List { form, .. } => Some(form),
        _ => None,
    })
}

fn indicator_of(key: Key, requests: FormId) -> Option<IndicatorId> {
    let catalog = Catalog::get();
    let lexicon = Lexicon::get();
    let at = |form: FormId, places: &[(FormId, usize, usize)], column: usize| {
        let (_, table, row) = places.iter().find(|(place, _, _)| *place == form)?;
        catalog.form(form).tables[*table].indicator(*row, column)
    };
    match key {
        Key::Request { row, column } => at(requests, &lexicon.requests[row].places, column),
        Key::Article20 { row, form, column } => at(form, &lexicon.article20[row].places, column),
        Key::Dispute { group, leaf } => DISPUTES.get(&(requests, group, leaf)).copied(),
        Key::List {
            form,
            table,
            row,
            column,
        } => catalog
            .form(form)
            .tables
            .get(table)
            .and_then(|table| table.indicator(row, column)),
    }
}

/// One reading a cell. Where two tables contradict each other, one that has at least twice as many cells of the kind
/// counts; else the cell is unreadable. Items of article 20 have tables of any size.
fn settle<'d>(
    settled: &mut Cells<'d>,
    again: BTreeMap<usize, Vec<Found<'d>>>,
    sizes: &Sizes,
    findings: &mut Vec<Finding>,
) {
    let size = |cell: &Found<'_>| {
        let family = Family::of(&cell.key);
        sizes.get(cell.source.table, family)
    };
    let mut conflicts = 0;
    for (number, others) in again {
        let mut cells: Vec<Found<'d>> = settled.take(number).into_iter().chain(others).collect();
        if Family::of(&cells[0].key) != Family::Article20 {
            cells.sort_by_key(|cell| std::cmp::Reverse(size(cell)));
            if size(&cells[0]) >= 2 * size(&cells[1]) {
                cells.truncate(1);
            }
        }
        if cells.len() > 1 {
            conflicts += 1;
            if conflicts <= FINDINGS {
                findings.push(conflict(number, &cells));
            }
            for cell in &mut cells {
                cell.value.status = CellStatus::Unreadable;
                cell.value.value = None;
            }
        }
        if let Some(cell) = cells.into_iter().next() {
            settled.put(number, cell);
        }
    }
    if conflicts > FINDINGS {
        let message = format!("{conflicts} cells in all stand twice with different values");
        findings.push(Finding::new(Code::DuplicateTable, "", message));
    }
}

fn conflict(indicator: usize, cells: &[Found<'_>]) -> Finding {
    let places: Vec<String> = cells
        .iter()
        .map(|cell| {
            let bytes = cell.source.bytes;
            format!("{:?} at bytes {}..{}", cell.raw, bytes.start, bytes.end)
        })
        .collect();
    let cell = &Catalog::get().indicators[indicator].cell;
    Finding::new(Code::DuplicateRow, cell, places.join(" and "))
}

/// Rows known to the other form only.
fn note_strangers(strangers: &[Found], form: FormId, findings: &mut Vec<Finding>) {
    let mut rows: Vec<(usize, Vec<&str>)> = Vec::new();
    for cell in strangers {
        if let Key::Request { row, .. } = cell.key {
            match rows.iter_mut().find(|(known, _)| *known == row) {
                Some((_, texts)) => texts.push(&cell.raw),
                None => rows.push((row, vec![&cell.raw])),
            }
        }
    }
    for (row, texts) in rows {
        let id = Lexicon::get().requests[row].id;
        let message = format!(
            "not in form {form}; cells as printed: {}",
            texts.join(" | ")
        );
        findings.push(Finding::new(Code::UnknownRow, id, message));
    }
}

/// Every cell of every table that the page has, and of those of the main form that it lacks.
fn observe(
    mut cells: Cells<'_>,
    form: Option<FormId>,
    findings: &mut Vec<Finding>,
) -> Vec<Observation> {
    let catalog = Catalog::get();
    let present = |table: &TableForm, cells: &Cells<'_>| {
        table.indicators().any(|id| cells.has(usize::from(id.0)))
    };
    let present_ids: Vec<&str> = catalog
        .forms
        .iter()
        .flat_map(|form| &form.tables)
        .filter(|table| present(table, &cells))
        .map(|table| table.id.as_str())
        .collect();
    let mut observations = Vec::with_capacity(cells.found.len());
    for table in catalog.forms.iter().flat_map(|form| &form.tables) {
        if present(table, &cells) {
            observe_table(table, &mut cells, &mut observations, findings);
        } else if Some(table.form) == form
            && !present_ids.contains(&table.id.as_str())
            && !is_other_list(table, &present_ids)
        {
            findings.push(Finding::new(Code::TableAbsent, &table.id, &table.title));
            let absent = |id| absent(catalog.indicator(id), CellStatus::TableAbsent);
            observations.extend(table.indicators().map(absent));
        }
    }
    note_texts(&observations, findings);
    observations
}

/// The lists of one form are variants: a page has one of them, and does not lack the others.
fn is_other_list(table: &TableForm, present: &[&str]) -> bool {
    table.shape == Shape::List
        && Catalog::get()
            .form(table.form)
            .tables
            .iter()
            .any(|other| other.shape == Shape::List && present.contains(&other.id.as_str()))
}

fn observe_table(
    table: &TableForm,
    cells: &mut Cells<'_>,
    observations: &mut Vec<Observation>,
    findings: &mut Vec<Finding>,
) {
    let catalog = Catalog::get();
    let width = table.columns.len().max(1);
    let has_column: Vec<bool> = (0..width)
        .map(|column| {
            (0..table.rows.len()).any(|row| {
                table
                    .indicator(row, column)
                    .is_some_and(|id| cells.has(usize::from(id.0)))
            })
        })
        .collect();
    // The lists of 2008 were no national form: provinces took some of the rows. Only where the page clearly
    // follows one are the others lacking.
    let mut all = 0;
    let mut had = 0;
    for (row, printed) in table.rows.iter().enumerate() {
        if printed.optional || table.indicator(row, 0).is_none() {
            continue;
        }
        all += 1;
        had += usize::from(
            (0..width)
                .filter_map(|column| table.indicator(row, column))
                .any(|id| cells.has(usize::from(id.0))),
        );
    }
    let owed = table.form != FormId::F2008 || had * 3 >= all * 2;
    let mut lacking: Vec<&str> = Vec::new();
    for row in 0..table.rows.len() {
        let ids: Vec<IndicatorId> = (0..width)
            .filter_map(|column| table.indicator(row, column))
            .collect();
        let has_row = ids.iter().any(|id| cells.has(usize::from(id.0)));
        let owed = owed && (has_row || !table.rows[row].optional);
        if owed && !has_row && !ids.is_empty() {
            lacking.push(&table.rows[row].label);
        }
        for (column, id) in ids.into_iter().enumerate() {
            match cells.take(usize::from(id.0)) {
                Some(cell) => observations.push(observed(catalog.indicator(id), cell)),
                None if !owed => {}
                None => {
                    let no_column = !table.columns.is_empty() && !has_column[column];
                    let status = if has_row || no_column {
                        CellStatus::ColumnAbsent
                    } else {
                        CellStatus::RowAbsent
                    };
                    observations.push(absent(catalog.indicator(id), status));
                }
            }
        }
    }
    if owed {
        let columns = has_column
            .iter()
            .zip(&table.columns)
            .filter(|(has, _)| !**has);
        lacking.extend(columns.map(|(_, column)| column.label.as_str()));
        if !lacking.is_empty() {
            findings.push(Finding::new(
                Code::RowsAbsent,
                &table.id,
                lacking.join("; "),
            ));
        }
    }
}

fn absent(indicator: &Indicator, status: CellStatus) -> Observation {
    Observation {
        indicator: indicator.id,
        value: None,
        status,
        raw: String::new(),
        unit: indicator.unit,
        source: None,
    }
}

fn observed(indicator: &Indicator, cell: Found<'_>) -> Observation {
    Observation {
        indicator: indicator.id,
        value: cell.value.value,
        status: cell.value.status,
        unit: cell.value.unit.or(indicator.unit),
        raw: cell.raw.into_owned(),
        source: Some(cell.source),
    }
}

fn note_texts(observations: &[Observation], findings: &mut Vec<Finding>) {
    let catalog = Catalog::get();
    let mut texts = 0;
    for observation in observations {
        let indicator = catalog.indicator(observation.indicator);
        if observation.status == CellStatus::Text {
            texts += 1;
            if texts <= FINDINGS {
                let message = format!("{:?}", observation.raw);
                findings.push(Finding::new(Code::NotANumber, &indicator.cell, message));
            }
        }
        if let (Some(form), Some(printed)) = (indicator.unit, observation.unit)
            && form != printed
            && observation.value.is_some()
        {
            let message = format!(
                "{:?}: {} instead of {}",
                observation.raw,
                printed.as_str(),
                form.as_str()
            );
            findings.push(Finding::new(Code::UnitDiffers, &indicator.cell, message));
        }
    }
}

fn note_forms(
    observations: &[Observation],
    form: Option<FormId>,
    year: Option<i16>,
    findings: &mut Vec<Finding>,
) {
    let catalog = Catalog::get();
    let Some(form) = form else {
        findings.push(Finding::new(
            Code::FormUnknown,
            "",
            "no statutory table was recognised",
        ));
        return;
    };
    let mut others: Vec<&str> = observations
        .iter()
        .map(|observation| catalog.indicator(observation.indicator))
        .filter(|indicator| indicator.form != form)
        .map(|indicator| indicator.table.as_str())
        .collect();
    others.dedup();
    if !others.is_empty() {
        let message = format!(
            "the report follows form {form}, but not {}",
            others.join(", ")
        );
        findings.push(Finding::new(Code::MixedForms, others.join(","), message));
    }
    let entry = catalog.form(form);
    if let Some(year) = year
        && (year < entry.first_year || entry.last_year.is_some_and(|last| year > last))
    {
        let message = format!("form {form} in a report on {year}");
        findings.push(Finding::new(Code::FormYearMismatch, "", message));
    }
}
