//! Lists on grids (form 2014, the Shanghai list): one value a row beside label and unit, in three columns
//! or laid out two-up, with columns that must not be read (`历年累计`, `本月累计`).

use crate::model::{CellStatus, Code, FormId, Unit};
use crate::normalize::Label;
use crate::normalize::label::fold;
use crate::normalize::numeral;

use super::lexicon::{Lexicon, ListForm};
use super::reading::{Found, Key, Readings, place_of, printed};
use super::view::{CellView, TableView};

/// One block of columns: label, its value, and columns to leave alone.
#[derive(Debug, Clone)]
struct Band {
    label: (u32, u32),
    value: u32,
    left_alone: Vec<u32>,
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
pub fn read_table(view: &TableView, going: &mut Going, out: &mut Readings) -> bool {
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
    let Some(list) = lexicon.lists.iter().max_by_key(|list| known(list)) else {
        return false;
    };
    // A piece of a list cut at a page break may be short.
    let goes_on = going.form == Some(list.table.form);
    let is_headed = |list: &ListForm| {
        let has = |heads: &[String]| {
            view.cells
                .iter()
                .any(|cell| cell.row < HEAD_ROWS && heads.contains(&cell.label.core))
        };
        has(&list.label_heads) && has(&list.value_heads)
    };
    let enough = if goes_on || is_headed(list) { 2 } else { ROWS };
    if known(list) < enough {
        return false;
    }
    let Some((head_row, bands)) = find_bands(view, list, goes_on) else {
        return false;
    };
    going.form = Some(list.table.form);
    for band in &bands {
        for row in head_row.map_or(0, |row| row + 1)..view.rows {
            read_row(view, row, band, list, &mut going.parents, out);
        }
    }
    true
}

/// The row of heads and the bands under it; without heads, bands by what the cells hold.
fn find_bands(
    view: &TableView,
    list: &ListForm,
    goes_on: bool,
) -> Option<(Option<u32>, Vec<Band>)> {
    for row in 0..view.rows.min(HEAD_ROWS) {
        let own: Vec<&CellView> = view.own(row).collect();
        let is_label = |cell: &CellView| list.label_heads.contains(&cell.label.core);
        if !own.iter().any(|cell| cell.is_wordy() && is_label(cell)) {
            continue;
        }
        let mut bands: Vec<Band> = Vec::new();
        let mut open: Option<(u32, u32)> = None;
        for cell in &own {
            if is_label(cell) {
                open = Some((cell.column, cell.end()));
            } else if list.other_heads.contains(&cell.label.core) {
                if let Some(band) = bands.last_mut() {
                    band.left_alone.push(cell.column);
                }
            } else if is_value_head(cell, list)
                && let Some(label) = open.take()
            {
                bands.push(Band {
                    label,
                    value: cell.column,
                    left_alone: Vec::new(),
                });
            }
        }
        if !bands.is_empty() {
            return Some((Some(row), bands));
        }
    }
    bands_without_heads(view, list, goes_on).map(|bands| (None, bands))
}

/// `统计数`, `本年累计`, or the year itself.
fn is_value_head(cell: &CellView, list: &ListForm) -> bool {
    list.value_heads.contains(&cell.label.core) || is_year_head(&cell.label.core)
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

/// Label columns are those in which known labels stand; the value is the last column before the next band,
/// if only one column of the band holds numbers.
fn bands_without_heads(view: &TableView, list: &ListForm, goes_on: bool) -> Option<Vec<Band>> {
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
            label: (*column, column + 1),
            value: *value,
            left_alone: Vec::new(),
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

fn read_row(
    view: &TableView,
    row: u32,
    band: &Band,
    list: &ListForm,
    parents: &mut Parents,
    out: &mut Readings,
) {
    let label = view
        .row(row)
        .filter(|cell| cell.is_wordy() && cell.column < band.value && cell.column >= band.label.0)
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
    let code = code.map(|cell| cell.text.as_str());
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
    out.found.push(Found::cell(key, view.table, cell));
}
