//! Lists (form 2014, the provincial statistics of 2008): a label, perhaps its unit, and values in every row.
//!
//! The tables come in three columns, four with codes, or two-up, with one value or with several: the year's, the
//! month's, other years', the sum over years (`历年累计`). Every row is kept as printed; where a head says which
//! column is the report year's, the rows that a form knows become its cells too.

mod bands;
mod columns;
mod parents;
mod rows;
mod typo;

use std::ops::Deref;

use crate::model::{ByteRange, Code, Source, StatisticCell, StatisticRow, Unit};

use super::heads::unit_in;
use super::lexicon::{Lexicon, ListForm};
use super::reading::{Found, Key, Readings};
use super::view::TableView;
use bands::Band;
pub use columns::{Class, choose, classify};
pub use parents::Parents;
pub use rows::Context;

/// Fewer known rows than this make no list, unless heads say so.
const ROWS: usize = 5;

/// A table with rows of a list.
#[derive(Debug)]
pub struct Candidate<'d> {
    view: TableView<'d>,
    /// Known rows by number of the list in the lexicon.
    counts: Vec<usize>,
    /// The unit of money printed above it.
    money: Option<Unit>,
    /// What its title says of its columns.
    title: Option<Class>,
}

impl<'d> Candidate<'d> {
    /// The table, if it has labels of a list; `above` is the line before it.
    pub fn of(view: TableView<'d>, above: Option<&str>) -> Option<Self> {
        let lists = &Lexicon::get().lists;
        let counts: Vec<usize> = lists.iter().map(|list| known(&view, list)).collect();
        if counts.iter().all(|count| *count < 2) {
            return None;
        }
        let above = above.filter(|text| text.len() <= 180);
        let first = view.cells.iter().take_while(|cell| cell.row < 3);
        let wide = first.filter(|cell| cell.width > 1 && cell.width == view.columns);
        let titles: Vec<&str> = above
            .into_iter()
            .chain(
                wide.map(|cell| cell.text.as_ref())
                    .filter(|text| text.len() <= 180),
            )
            .collect();
        let money = titles.iter().find_map(|text| unit_above(text));
        let title = titles.iter().rev().find_map(|text| columns::of_title(text));
        Some(Self {
            view,
            counts,
            money,
            title,
        })
    }
}

/// `单位：万元` at the end of a line.
fn unit_above(text: &str) -> Option<Unit> {
    text.contains("单位")
        .then(|| unit_in(text))
        .flatten()
        .filter(|unit| unit.is_money())
}

/// How many rows of the list have their label in the table.
fn known(view: &TableView<'_>, list: &ListForm) -> usize {
    let mut rows: Vec<usize> = view
        .cells
        .iter()
        .filter(|cell| cell.is_wordy())
        .filter_map(|cell| list.rows.get(&cell.label.core)?.first().copied())
        .collect();
    rows.sort_unstable();
    rows.dedup();
    rows.len()
}

/// Reads the tables of a page that have rows of lists; the numbers of those that are lists. Which of the lists a table
/// follows, the labels decide: the one with most of them in the table, else on the page, else the shorter list.
pub fn read_tables<'d>(
    candidates: &[Candidate<'d>],
    year: &impl Deref<Target = Option<i16>>,
    out: &mut Readings<'d>,
) -> Vec<u32> {
    let lists = &Lexicon::get().lists;
    let on_page = |list: usize| -> usize {
        candidates
            .iter()
            .map(|candidate| candidate.counts[list])
            .sum()
    };
    let page: Vec<usize> = (0..lists.len()).map(on_page).collect();
    let mut going: Option<(usize, Vec<Band>)> = None;
    let mut parents = Parents::default();
    let mut read = Vec::new();
    let mut refused: Vec<Found<'d>> = Vec::new();
    for candidate in candidates {
        let view = &candidate.view;
        let rank = |list: &usize| {
            let length = lists[*list].table.rows.len();
            (
                candidate.counts[*list],
                page[*list],
                std::cmp::Reverse(length),
            )
        };
        let Some(number) = (0..lists.len()).max_by_key(rank) else {
            continue;
        };
        let list = &lists[number];
        // A piece of a list cut at a page break may be short.
        let before = going.as_ref().filter(|(last, _)| *last == number);
        let count = candidate.counts[number];
        if count < 2 || (count < ROWS && before.is_none() && !bands::is_headed(view, list)) {
            continue;
        }
        let before = before.map_or(&[][..], |(_, bands)| bands.as_slice());
        let setting = bands::Setting {
            list,
            year: **year,
            title: candidate.title,
            before,
        };
        let segments = bands::segments(view, setting);
        if segments.is_empty() {
            out.find(
                Code::AmbiguousCells,
                format!("table {}", view.table),
                "several columns of values, and no heads say which is the year's",
            );
            continue;
        }
        let context = Context {
            list,
            money: candidate.money,
        };
        let first = out.statistics.len();
        parents.begin();
        for segment in &segments {
            for band in &segment.bands {
                rows::read(view, segment.rows, band, &context, &mut parents, out);
            }
        }
        // What was not kept stays text.
        if out.statistics.len() > first {
            read.push(view.table);
        }
        let bands = segments.iter().flat_map(|segment| &segment.bands);
        if bands.clone().any(|band| band.chosen.is_none()) {
            let heads: Vec<&str> = bands
                .clone()
                .filter(|band| band.chosen.is_none())
                .flat_map(|band| &band.values)
                .map(|value| value.head.as_deref().unwrap_or("(no head)"))
                .collect();
            let message = format!(
                "no head says which column is the report year's: {}",
                heads.join(" | ")
            );
            out.find(
                Code::AmbiguousCells,
                format!("table {}", view.table),
                message,
            );
            if !bands.clone().all(Band::is_other_years) {
                refused.extend(unreadable(list, &out.statistics[first..]));
            }
        }
        if let Some(last) = segments.into_iter().next_back() {
            going = Some((number, last.bands));
        }
    }
    // Where no table of the page could be read, the cells are there all the same.
    if !out
        .found
        .iter()
        .any(|cell| matches!(cell.key, Key::List { .. }))
    {
        out.found.extend(refused);
    }
    read
}

/// The form's cells in rows of which nothing tells the year's value.
fn unreadable<'d>(list: &ListForm, rows: &[StatisticRow]) -> Vec<Found<'d>> {
    let cell = |row: &StatisticRow| {
        let id = row.id.as_ref()?;
        let number = list.table.rows.iter().position(|known| known.id == *id)?;
        list.table.indicator(number, 0)?;
        let first = row.cells.first()?.source?;
        // Cells side by side are one place in the page.
        let beside = |(number, cell): &(usize, &StatisticCell)| {
            let column = cell.source.map(|source| u64::from(source.column));
            column == Some(u64::from(first.column) + *number as u64)
        };
        let cells = || row.cells.iter().enumerate().take_while(beside);
        let texts: Vec<&str> = cells().map(|(_, cell)| cell.raw.as_str()).collect();
        let bytes = cells()
            .filter_map(|(_, cell)| cell.source)
            .map(|source| source.bytes)
            .reduce(ByteRange::cover)?;
        let key = Key::List {
            form: list.table.form,
            table: list.number,
            row: number,
            column: 0,
        };
        let source = Source { bytes, ..first };
        Some(Found::unreadable(key, texts.join(" "), source))
    };
    rows.iter().filter_map(cell).collect()
}
