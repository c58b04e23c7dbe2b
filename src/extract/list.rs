//! Lists on grids (form 2014, the Shanghai list): one value a row beside label and unit, in three columns
//! or laid out two-up, with columns that must not be read (`历年累计`, `本月累计`).

use std::ops::Deref;

use crate::model::{CellStatus, Code, FormId, Unit};
use crate::normalize::Label;
use crate::normalize::label::fold;
use crate::normalize::numeral;

use super::heads::unit_in;
use super::lexicon::{Lexicon, ListForm};
use super::reading::{Found, Key, Readings, place_of, printed};
use super::view::{CellView, TableView};

/// One block of columns: label, its value, and columns to leave alone.
#[derive(Debug, Clone)]
struct Band {
    label: u32,
    unit: Option<u32>,
    value: u32,
}

/// Fewer known rows than this make no list, unless heads say so.
const ROWS: usize = 5;
/// Heads stand within the first rows; a title and a unit line may stand above them.
const HEAD_ROWS: u32 = 6;

/// A list going on from table to table.
#[derive(Debug, Default)]
pub struct Going {
    form: Option<FormId>,
    parents: Parents,
}

/// Reads one table as the list it is most like; whether any row was read.
pub fn read_table<'d>(
    view: &TableView<'d>,
    year: &impl Deref<Target = Option<i16>>,
    going: &mut Going,
    out: &mut Readings<'d>,
) -> bool {
    let lexicon = Lexicon::get();
    let known = |list: &ListForm| {
        let mut rows: Vec<&str> = view
            .cells
            .iter()
            .filter(|cell| cell.is_wordy() && list.rows.contains_key(&cell.label.core))
            .map(|cell| cell.label.core.as_str())
            .collect();
        rows.sort_unstable();
        rows.dedup();
        rows.len()
    };
    let Some((count, list)) = lexicon
        .lists
        .iter()
        .map(|list| (known(list), list))
        .max_by_key(|(count, _)| *count)
    else {
        return false;
    };
    // A piece of a list cut at a page break may be short.
    let goes_on = going.form == Some(list.table.form);
    if count < 2 || (count < ROWS && !goes_on && !is_headed(view, list)) {
        return false;
    }
    let Some((head_row, bands)) = find_bands(view, list, **year, goes_on) else {
        out.find(
            Code::AmbiguousCells,
            format!("table {}", view.table),
            "several columns of values, and the heads do not say which is the year's",
        );
        // Nothing of it may be read as running text either.
        return true;
    };
    going.form = Some(list.table.form);
    for band in &bands {
        for row in head_row.map_or(0, |row| row + 1)..view.rows {
            read_row(view, row, band, list, &mut going.parents, out);
        }
    }
    true
}

/// Heads of a label column and of a value column stand in the first rows.
fn is_headed(view: &TableView<'_>, list: &ListForm) -> bool {
    let has = |heads: &[String]| {
        view.cells
            .iter()
            .any(|cell| cell.row < HEAD_ROWS && heads.contains(&cell.label.core))
    };
    has(&list.label_heads) && has(&list.value_heads)
}

/// The row of heads and the bands under it; without heads, bands by what the cells hold. `None` where it
/// is not told which column is the year's.
fn find_bands(
    view: &TableView<'_>,
    list: &ListForm,
    year: Option<i16>,
    goes_on: bool,
) -> Option<(Option<u32>, Vec<Band>)> {
    for row in 0..view.rows.min(HEAD_ROWS) {
        let own: Vec<&CellView> = view.own(row).collect();
        let is_label = |cell: &CellView| list.label_heads.contains(&cell.label.core);
        let labels: Vec<usize> = (0..own.len())
            .filter(|at| own[*at].is_wordy() && is_label(own[*at]))
            .collect();
        if labels.is_empty() {
            continue;
        }
        let mut bands = Vec::new();
        for (number, at) in labels.iter().enumerate() {
            let end = labels.get(number + 1).copied().unwrap_or(own.len());
            let beside = &own[at + 1..end];
            let unit = beside
                .iter()
                .find(|cell| list.unit_heads.contains(&cell.label.core));
            bands.push(Band {
                label: own[*at].column,
                unit: unit.map(|cell| cell.column),
                value: value_column(view, row, beside, list, year)?,
            });
        }
        return Some((Some(row), bands));
    }
    bands_without_heads(view, list, goes_on).map(|bands| (None, bands))
}

/// The column of the year's values among the heads beside a label head: the one that names the report year;
/// else the only one with a known head; else the only one that holds numbers.
fn value_column(
    view: &TableView<'_>,
    head_row: u32,
    beside: &[&CellView<'_>],
    list: &ListForm,
    year: Option<i16>,
) -> Option<u32> {
    let years: Vec<(Option<i16>, u32)> = beside
        .iter()
        .filter(|cell| is_year_head(&cell.label.core))
        .map(|cell| (year_of_head(&cell.label.core), cell.column))
        .collect();
    let mut named = years
        .iter()
        .filter(|(named, _)| named.is_some() && *named == year);
    if let (Some((_, column)), None) = (named.next(), named.next()) {
        return Some(*column);
    }
    let mut known = beside
        .iter()
        .filter(|cell| list.value_heads.contains(&cell.label.core));
    if let (Some(cell), None) = (known.next(), known.next()) {
        return Some(cell.column);
    }
    if let ([(_, column)], None) = (years.as_slice(), year) {
        return Some(*column);
    }
    if !years.is_empty() {
        return None;
    }
    let mut numeric = beside.iter().filter(|head| {
        let other = list.unit_heads.contains(&head.label.core)
            || list.code_heads.contains(&head.label.core)
            || list.other_heads.contains(&head.label.core);
        !other
            && view.cells.iter().any(|cell| {
                cell.row > head_row && cell.column == head.column && cell.value.value.is_some()
            })
    });
    match (numeric.next(), numeric.next()) {
        (Some(cell), None) => Some(cell.column),
        _ => None,
    }
}

/// A folded head that is a year: `2015年度`.
pub fn is_year_head(core: &str) -> bool {
    core.char_indices().nth(4).is_some_and(|(at, _)| {
        numeral::read_year(&core[..at]).is_some()
            && matches!(
                &core[at..],
                "年" | "年度" | "年数" | "年统计数" | "年度统计数"
            )
    })
}

fn year_of_head(core: &str) -> Option<i16> {
    let (at, _) = core.char_indices().nth(4)?;
    numeral::read_year(&core[..at])
}

/// Label columns are those in which known labels stand; the value is the last column before the next band,
/// if only one column of the band holds numbers.
fn bands_without_heads(view: &TableView<'_>, list: &ListForm, goes_on: bool) -> Option<Vec<Band>> {
    let mut labels: Vec<(u32, usize)> = Vec::new();
    for cell in &view.cells {
        if cell.is_wordy() && list.rows.contains_key(&cell.label.core) {
            match labels.iter_mut().find(|(column, _)| *column == cell.column) {
                Some((_, count)) => *count += 1,
                None => labels.push((cell.column, 1)),
            }
        }
    }
    labels.retain(|(_, count)| *count >= if goes_on { 2 } else { 3 });
    labels.sort_unstable();
    let mut bands = Vec::new();
    for (number, (column, _)) in labels.iter().enumerate() {
        let end = labels.get(number + 1).map_or(view.columns, |next| next.0);
        let numeric: Vec<u32> = (column + 1..end)
            .filter(|x| {
                view.cells
                    .iter()
                    .any(|cell| cell.column == *x && cell.value.value.is_some())
            })
            .collect();
        let [value] = numeric.as_slice() else {
            return None;
        };
        bands.push(Band {
            label: *column,
            unit: None,
            value: *value,
        });
    }
    (!bands.is_empty()).then_some(bands)
}

/// The headings above the current row, for labels that stand in several places.
#[derive(Debug, Default)]
pub struct Parents {
    last: Option<usize>,
}

impl Parents {
    /// The row a label means here: the only one, else the one with the printed row code, else the one whose
    /// nearest common ancestor with the row above is nearest; `None` where that is not unique.
    pub fn resolve(&mut self, list: &ListForm, label: &Label, code: Option<&str>) -> Option<usize> {
        let candidates = list.rows.get(&label.core)?;
        let coded = |row: &&usize| code.is_some() && list.table.rows[**row].code.as_deref() == code;
        let row = match candidates.as_slice() {
            [only] => *only,
            several => match several.iter().find(coded) {
                Some(row) => *row,
                None => self.nearest(list, several)?,
            },
        };
        self.last = Some(row);
        Some(row)
    }

    fn nearest(&self, list: &ListForm, candidates: &[usize]) -> Option<usize> {
        let above: Vec<usize> = ancestors(list, self.last?).collect();
        let distance = |row: usize| {
            ancestors(list, row)
                .skip(1)
                .find_map(|ancestor| above.iter().position(|other| *other == ancestor))
        };
        let mut near: Vec<(usize, usize)> = candidates
            .iter()
            .filter_map(|row| Some((distance(*row)?, *row)))
            .collect();
        near.sort_unstable();
        match near.as_slice() {
            [(_, row)] => Some(*row),
            [(first, row), (second, _), ..] if first < second => Some(*row),
            _ => None,
        }
    }
}

fn ancestors(list: &ListForm, row: usize) -> impl Iterator<Item = usize> + Clone + '_ {
    std::iter::successors(Some(row), |row| {
        let parent = list.table.rows[*row].parent.as_ref()?;
        list.table.rows.iter().position(|other| other.id == *parent)
    })
}

fn read_row<'d>(
    view: &TableView<'d>,
    row: u32,
    band: &Band,
    list: &ListForm,
    parents: &mut Parents,
    out: &mut Readings<'d>,
) {
    let label = view
        .row(row)
        .filter(|cell| cell.is_wordy() && cell.column < band.value && cell.column >= band.label)
        .filter(|cell| cell.text.parse::<Unit>().is_err())
        .rfind(|cell| cell.row == row);
    let Some(label) = label else { return };
    let value = view
        .at(row, band.value)
        .filter(|cell| cell.row == row && cell.number != label.number && cell.height == 1);
    let code = view.own(row).find(|cell| {
        cell.column > label.column
            && cell.column < band.value
            && cell.text.len() == 2
            && cell.value.value.is_some()
    });
    let code = code.map(|cell| cell.text.as_ref());
    let Some(number) = parents.resolve(list, &label.label, code) else {
        if value.is_some_and(|cell| cell.value.status != CellStatus::Blank)
            && !list.label_heads.contains(&fold(&label.text))
        {
            out.find(
                Code::UnknownRow,
                place_of(view.table, row),
                printed(view.own(row)),
            );
        }
        return;
    };
    let (Some(cell), Some(_)) = (value, list.table.indicator(number, 0)) else {
        return;
    };
    let key = Key::List {
        form: list.table.form,
        row: number,
    };
    let mut found = Found::cell(key, view.table, cell);
    found.value.unit = found
        .value
        .unit
        .or_else(|| printed_money(view, row, band, label));
    out.found.push(found);
}

/// The unit of money printed beside a row or in its label. Counting units say little (条, 件, 次 go together),
/// but 元 and 万元 are four digits apart.
fn printed_money(
    view: &TableView<'_>,
    row: u32,
    band: &Band,
    label: &CellView<'_>,
) -> Option<Unit> {
    let beside = view
        .row(row)
        .filter(|cell| cell.column > label.column && cell.column < band.value)
        .chain(band.unit.and_then(|column| view.at(row, column)))
        .find_map(|cell| cell.text.trim().parse::<Unit>().ok());
    beside
        .or_else(|| unit_in(&label.text))
        .filter(|unit| unit.is_money())
}
