//! Cells that are not this report's, though their labels are: other tables with familiar words, other years' tables,
//! blank copies of the form.

use crate::model::{CellStatus, Code, Finding, FormId};

use super::reading::{Found, Key};

/// Fewer rows of the requests table than this are some other table's.
const REQUEST_ROWS: usize = 3;
/// Fewer of its columns likewise.
const REQUEST_COLUMNS: usize = 4;
/// Half a form: enough to overrule the report year.
const HALF: usize = 100;

/// Leaves out what only looks like a statutory table: a few rows with familiar labels, and pieces of later forms
/// in reports on years before them.
pub fn drop_strays<'d>(
    mut found: Vec<Found<'d>>,
    year: Option<i16>,
    findings: &mut Vec<Finding>,
) -> Vec<Found<'d>> {
    // Rows and columns are far fewer than 64.
    let mut masks = [0_u64; 3];
    for cell in &found {
        let mut note = |mask: usize, number: usize| masks[mask] |= 1 << number.min(63);
        match cell.key {
            Key::Request { row, column } => {
                note(0, row);
                note(1, column);
            }
            Key::Article20 { row, .. } => note(2, row),
            Key::Dispute { .. } | Key::List { .. } => {}
        }
    }
    let [rows, columns, items] = masks.map(|mask| mask.count_ones() as usize);
    let is_list = |cell: &Found<'_>| matches!(cell.key, Key::List { .. });
    let modern = found.iter().filter(|cell| !is_list(cell)).count();
    let too_early = year.is_some_and(|year| year < 2019) && modern < HALF;
    let requests =
        !too_early && (rows >= REQUEST_ROWS || items >= REQUEST_ROWS) && columns >= REQUEST_COLUMNS;
    let article20 = !too_early && (items >= 2 || rows >= 10);
    let before = found.len();
    found.retain(|cell| match cell.key {
        Key::Request { .. } => requests,
        Key::Article20 { .. } => article20,
        Key::Dispute { .. } => !too_early,
        Key::List { .. } => true,
    });
    if found.len() < before {
        let message = format!(
            "{} cells under labels of forms 2019 and 2021: {rows} rows of requests, {items} of article 20",
            before - found.len()
        );
        findings.push(Finding::new(Code::StrayTable, "", message));
    }
    found
}

/// Which kind of table a cell is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    Requests,
    Article20,
    Disputes,
    List,
}

impl Family {
    const ALL: [Self; 4] = [Self::Requests, Self::Article20, Self::Disputes, Self::List];

    /// The kind of a cell.
    pub fn of(key: &Key) -> Self {
        match key {
            Key::Request { .. } => Self::Requests,
            Key::Article20 { .. } => Self::Article20,
            Key::Dispute { .. } => Self::Disputes,
            Key::List { .. } => Self::List,
        }
    }
}

/// A number for each table and kind of cell. There are few of them.
#[derive(Debug, Default)]
pub struct Sizes(Vec<(Option<u32>, Family, usize)>);

impl Sizes {
    /// The number; 0 where there is none.
    pub fn get(&self, table: Option<u32>, family: Family) -> usize {
        let is = |(at, of, _): &&(Option<u32>, Family, usize)| *at == table && *of == family;
        self.0
            .iter()
            .rev()
            .find(is)
            .map_or(0, |(_, _, count)| *count)
    }

    fn add(&mut self, table: Option<u32>, family: Family, more: usize) {
        let is = |(at, of, _): &&mut (Option<u32>, Family, usize)| *at == table && *of == family;
        match self.0.iter_mut().rev().find(is) {
            Some((_, _, count)) => *count += more,
            None => self.0.push((table, family, more)),
        }
    }
}

pub fn table_sizes(found: &[Found<'_>]) -> Sizes {
    let mut sizes = Sizes::default();
    for cell in found {
        sizes.add(cell.source.table, Family::of(&cell.key), 1);
    }
    sizes
}

/// Leaves out tables captioned with another year than the report's, if others of their kind are not. Where all are, they
/// stay, with a finding: the caption may be left from last year's page.
pub fn drop_other_years<'d>(
    mut found: Vec<Found<'d>>,
    captions: &[(u32, i16)],
    year: Option<i16>,
    findings: &mut Vec<Finding>,
) -> Vec<Found<'d>> {
    let Some(year) = year else {
        return found;
    };
    if captions.iter().all(|(_, named)| *named == year) {
        return found;
    }
    let other = |cell: &Found<'_>| {
        let table = cell.source.table?;
        let (_, named) = captions.iter().find(|(number, _)| *number == table)?;
        (*named != year).then_some((table, *named))
    };
    let is_modern = |cell: &Found<'_>| Family::of(&cell.key) != Family::List;
    let own_modern = found
        .iter()
        .any(|cell| is_modern(cell) && other(cell).is_none());
    for family in Family::ALL {
        let of = |cell: &&Found<'_>| Family::of(&cell.key) == family;
        let Some((table, named)) = found.iter().filter(of).find_map(other) else {
            continue;
        };
        let own = found.iter().filter(of).any(|cell| other(cell).is_none());
        let place = format!("table {table}");
        if own || (family == Family::List && own_modern) {
            let message = format!("captioned {named}, in a report on {year}: not read");
            findings.push(Finding::new(Code::StrayTable, place, message));
            found.retain(|cell| Family::of(&cell.key) != family || other(cell).is_none());
        } else {
            let message =
                format!("the only table of its kind is captioned {named}, the report is on {year}");
            findings.push(Finding::new(Code::YearConflict, place, message));
        }
    }
    found
}

/// A table without a single number yields to another of its kind that has some: a blank copy of the form.
pub fn drop_templates(found: &mut Vec<Found<'_>>) {
    let mut filled = Sizes::default();
    for cell in found.iter() {
        let more = usize::from(cell.value.status != CellStatus::Blank);
        filled.add(cell.source.table, Family::of(&cell.key), more);
    }
    if filled.0.iter().all(|(_, _, count)| *count > 0) {
        return;
    }
    let any = |family: Family| {
        filled
            .0
            .iter()
            .any(|(_, of, count)| *of == family && *count > 0)
    };
    // Items of article 20 stand in tables of their own, each with other rows.
    found.retain(|cell| {
        let family = Family::of(&cell.key);
        family == Family::Article20 || !any(family) || filled.get(cell.source.table, family) > 0
    });
}

/// Last year's article 20 in the older form beside this year's whole one is not this report's.
pub fn drop_older_form(
    found: &mut Vec<Found<'_>>,
    requests: Option<FormId>,
    article20: Option<FormId>,
    findings: &mut Vec<Finding>,
) {
    if requests.or(article20) != Some(FormId::F2021) {
        return;
    }
    let count = |wanted: FormId| {
        found
            .iter()
            .filter(|cell| matches!(cell.key, Key::Article20 { form, .. } if form == wanted))
            .count()
    };
    let old = count(FormId::F2019);
    if old == 0 || count(FormId::F2021) < ARTICLE20_CELLS {
        return;
    }
    let message = format!(
        "{old} cells of article 20 in the form of 2019 beside the whole one of 2021: not read"
    );
    findings.push(Finding::new(Code::StrayTable, "", message));
    found.retain(|cell| {
        !matches!(
            cell.key,
            Key::Article20 {
                form: FormId::F2019,
                ..
            }
        )
    });
}

/// Article 20 of form 2021 but for two cells.
const ARTICLE20_CELLS: usize = 8;
