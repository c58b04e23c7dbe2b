//! The columns of a list's table: blocks of columns side by side, each with labels, perhaps codes and units, and
//! values.

use super::columns::{self, Class};
use crate::extract::lexicon::ListForm;
use crate::extract::view::{CellView, TableView};
use crate::model::{CellStatus, ColumnKind, Unit};

/// Heads stand within the first rows; a title and a unit line may stand above them.
const HEAD_ROWS: u32 = 6;
/// A block of more columns is no list's.
const VALUES: usize = 24;
/// A list of more pieces in one table is none.
const HEADS: usize = 40;
/// Fewer running numbers than this are no column of codes.
const CODES: usize = 5;

/// A column of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueColumn {
    /// First grid column.
    pub column: u32,
    /// One past its last.
    pub end: u32,
    /// As printed; `None` where there is no head.
    pub head: Option<String>,
    /// What its head says.
    pub class: Class,
    /// What it counts.
    pub kind: ColumnKind,
    /// The year it counts.
    pub year: Option<i16>,
}

/// One block of columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// First and one past the last grid column of labels.
    pub labels: (u32, u32),
    /// The column of units.
    pub unit: Option<u32>,
    /// The column of codes.
    pub code: Option<u32>,
    /// The columns of values and of remarks, from left to right.
    pub values: Vec<ValueColumn>,
    /// Which of them holds the report year's; `None` where it is not told.
    pub chosen: Option<usize>,
    /// Which of them is known to hold the sum over years.
    pub cumulative: Option<usize>,
    /// First and one past the last grid column.
    pub columns: (u32, u32),
    /// Of the last block: whether cells may stand right of it, where no heads are.
    pub is_last: bool,
}

impl Band {
    /// Columns of values, remarks left out.
    pub fn value_columns(&self) -> usize {
        let values = self.values.iter();
        values.filter(|value| value.class.is_value()).count()
    }

    /// Whether the only thing against its values is that they are another year's.
    pub fn is_other_years(&self) -> bool {
        self.chosen.is_none()
            && self
                .values
                .iter()
                .filter(|value| value.class.is_value())
                .all(|value| matches!(value.class, Class::Named(_) | Class::Previous))
    }
}

/// The rows from a row of heads to the next.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Its first row and one past its last.
    pub rows: (u32, u32),
    /// Its columns.
    pub bands: Vec<Band>,
}

/// Whether heads of a label column and of a value column stand in the first rows.
pub fn is_headed(view: &TableView<'_>, list: &ListForm) -> bool {
    let mut label = false;
    let mut value = false;
    for cell in view.cells.iter().filter(|cell| cell.row < HEAD_ROWS) {
        label |= is_label_head(cell, list);
        let class = columns::classify(&cell.text, list);
        value |= matches!(
            class,
            Class::Named(_) | Class::This | Class::Generic | Class::Cumulative
        ) && cell.text.len() <= 60;
    }
    label && value
}

fn is_label_head(cell: &CellView<'_>, list: &ListForm) -> bool {
    cell.is_wordy() && list.label_heads.contains(&cell.label.core)
}

/// What a table's columns are told by beside its cells.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'s> {
    /// The list it follows.
    pub list: &'s ListForm,
    /// The report year.
    pub year: Option<i16>,
    /// What its title says of columns whose heads say nothing.
    pub title: Option<Class>,
    /// The columns of the table before, if it followed the same list.
    pub before: &'s [Band],
}

/// Cuts the table at its rows of heads. Without any it goes on with `before`, where that fits, else by what the
/// columns hold; empty where that does not tell.
pub fn segments(view: &TableView<'_>, setting: Setting<'_>) -> Vec<Segment> {
    let Setting { list, before, .. } = setting;
    let mut heads: Vec<u32> = view
        .cells
        .iter()
        .filter(|cell| is_label_head(cell, list))
        .map(|cell| cell.row)
        .collect();
    heads.dedup();
    heads.truncate(HEADS);
    let mut segments: Vec<Segment> = Vec::new();
    let mut first = 0;
    for row in heads {
        // Later heads only repeat; a row of the body may be called like one.
        if segments.is_empty() && row >= HEAD_ROWS {
            break;
        }
        let Some((body, bands)) = under_heads(view, row, setting) else {
            continue;
        };
        match segments.last_mut() {
            Some(last) => last.rows.1 = row,
            None => first = row,
        }
        segments.push(Segment {
            rows: (body, view.rows),
            bands,
        });
    }
    if !segments.is_empty() {
        // A piece of the list above the first heads goes on from the table before.
        if first > 0 && fits(view, before, list, first) {
            let rows = (0, first);
            let bands = before.to_vec();
            segments.insert(0, Segment { rows, bands });
        }
        return segments;
    }
    let bands = if fits(view, before, list, view.rows) {
        before.to_vec()
    } else {
        by_content(view, setting)
    };
    let rows = (0, view.rows);
    if bands.is_empty() {
        return Vec::new();
    }
    vec![Segment { rows, bands }]
}

/// Whether the columns of the table before are this one's: as many, and known labels in each label column.
fn fits(view: &TableView<'_>, before: &[Band], list: &ListForm, end: u32) -> bool {
    let width = before.iter().map(|band| band.columns.1).max();
    let has_labels = |band: &Band| {
        view.cells.iter().any(|cell| {
            cell.row < end
                && (band.labels.0..band.labels.1).contains(&cell.column)
                && is_known(cell, list)
        })
    };
    width == Some(view.columns) && before.first().is_some_and(has_labels)
}

fn is_known(cell: &CellView<'_>, list: &ListForm) -> bool {
    cell.is_wordy() && list.rows.contains_key(&cell.label.core)
}

/// The first row of the body and the columns under the heads of a row; `None` where no values stand beside them.
fn under_heads(view: &TableView<'_>, row: u32, setting: Setting<'_>) -> Option<(u32, Vec<Band>)> {
    let list = setting.list;
    let labels: Vec<&CellView> = view
        .own(row)
        .filter(|cell| is_label_head(cell, list))
        .collect();
    let body = row + labels.iter().map(|cell| cell.height).max()?;
    let classes: Vec<(Class, Option<String>)> = (0..view.columns)
        .map(|x| class_of_column(view, x, (row, body), list))
        .collect();
    let class = |x: u32| classes[x as usize].0;
    let has_head = |x: &u32| (row..body).any(|row| view.at(row, *x).is_some());
    let extent = (0..view.columns)
        .rev()
        .find(has_head)
        .map_or(view.columns, |x| x + 1);
    let mut bands: Vec<Band> = Vec::new();
    let mut start = 0;
    let mut region = None;
    for (number, label) in labels.iter().enumerate() {
        // Two heads of labels side by side (`项目`, `指标名称`) are one block.
        let first = region.unwrap_or(if number == 0 {
            (0..label.column)
                .rev()
                .take_while(|x| !matches!(class(*x), Class::Code | Class::Unit))
                .last()
                .unwrap_or(label.column)
        } else {
            label.column
        });
        let mut end = labels.get(number + 1).map_or(extent, |next| next.column);
        if end == label.end() && number + 1 < labels.len() {
            region = Some(first);
            continue;
        }
        region = None;
        // Codes right before the next labels are theirs.
        while number + 1 < labels.len() && end > label.end() && class(end - 1) == Class::Code {
            end -= 1;
        }
        let outside = (start..first).chain(label.end()..end);
        bands.push(band(
            view,
            (first, label.end()),
            outside,
            &classes,
            body,
            setting,
        ));
        if let Some(band) = bands.last_mut() {
            band.columns = (start, end);
            band.is_last = end == extent;
        }
        start = end;
    }
    bands.retain(|band| (1..=VALUES).contains(&band.values.len()));
    (!bands.is_empty()).then_some((body, bands))
}

fn class_of_column(
    view: &TableView<'_>,
    x: u32,
    (from, to): (u32, u32),
    list: &ListForm,
) -> (Class, Option<String>) {
    let mut cells: Vec<&CellView> = (from..to).filter_map(|row| view.at(row, x)).collect();
    cells.dedup_by_key(|cell| cell.number);
    let classes: Vec<Class> = cells
        .iter()
        .map(|cell| columns::classify(&cell.text, list))
        .collect();
    let texts: Vec<String> = cells
        .iter()
        .filter(|cell| !cell.text.is_empty())
        .map(|cell| cell.text.replace('\n', " "))
        .collect();
    let head = (!texts.is_empty()).then(|| texts.join(" "));
    (columns::joined(&classes), head)
}

fn band(
    view: &TableView<'_>,
    labels: (u32, u32),
    outside: impl Iterator<Item = u32>,
    classes: &[(Class, Option<String>)],
    body: u32,
    setting: Setting<'_>,
) -> Band {
    let mut band = Band {
        labels,
        unit: None,
        code: None,
        values: Vec::new(),
        chosen: None,
        cumulative: None,
        columns: (0, 0),
        is_last: false,
    };
    // An empty column may be the year's, left blank, where no head says otherwise.
    let mut empty = 0;
    for x in outside {
        let (class, head) = &classes[x as usize];
        match class {
            Class::Unit => band.unit = band.unit.or(Some(x)),
            Class::Code => band.code = band.code.or(Some(x)),
            _ if *class == Class::Blank && is_spacer(view, x, body) => empty += 1,
            _ if continues(view, band.values.last(), x, head.as_deref(), body) => {
                if let Some(last) = band.values.last_mut() {
                    last.end = x + 1;
                }
            }
            _ => band.values.push(ValueColumn {
                column: x,
                end: x + 1,
                head: head.clone(),
                class: *class,
                kind: ColumnKind::Unknown,
                year: None,
            }),
        }
    }
    settle(&mut band, empty, setting);
    band
}

/// Says of each column what it counts. `empty` columns without head and cells are left out.
fn settle(band: &mut Band, empty: usize, setting: Setting<'_>) {
    let year = setting.year;
    if let Some(title) = setting.title {
        for value in &mut band.values {
            let says_year = matches!(title, Class::Named(_)) && value.class == Class::This;
            if says_year || matches!(value.class, Class::Generic | Class::Other | Class::Blank) {
                value.class = title;
            }
        }
    }
    let values = band.values.iter().map(|value| value.class);
    let classes: Vec<Class> = values
        .chain(std::iter::repeat_n(Class::Blank, empty))
        .collect();
    band.chosen = columns::choose(&classes, year);
    let has_year = band.chosen.is_some();
    for (at, value) in band.values.iter_mut().enumerate() {
        let chosen = band.chosen == Some(at);
        (value.kind, value.year) = value.class.kind(chosen, has_year, year);
    }
    let mut sums =
        (0..band.values.len()).filter(|at| band.values[*at].kind == ColumnKind::Cumulative);
    band.cumulative = match (sums.next(), sums.next()) {
        (Some(only), None) if has_year => Some(only),
        _ => None,
    };
}

/// A column with nothing in it.
fn is_spacer(view: &TableView<'_>, x: u32, body: u32) -> bool {
    (body..view.rows).all(|row| {
        view.at(row, x)
            .is_none_or(|cell| cell.text.is_empty() || cell.width > 1)
    })
}

/// Whether a grid column is only the rest of the one before: one head over both, and in every row one cell.
fn continues(
    view: &TableView<'_>,
    last: Option<&ValueColumn>,
    x: u32,
    head: Option<&str>,
    body: u32,
) -> bool {
    last.is_some_and(|last| {
        last.end == x
            && last.head.as_deref() == head
            && head.is_some()
            && (body..view.rows).all(|row| {
                let number = |x: u32| view.at(row, x).map(|cell| cell.number);
                number(x - 1) == number(x)
            })
    })
}

/// What the cells of a column hold, where no head says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Label,
    Unit,
    Code,
    Value,
    Blank,
}

fn content_of(view: &TableView<'_>, x: u32) -> Content {
    let (mut units, mut numbers, mut words) = (0_usize, 0_usize, 0_usize);
    let mut run = 0_usize;
    let mut broken = false;
    let mut last = None;
    for row in 0..view.rows {
        let Some(cell) = view.at(row, x).filter(|cell| cell.row == row) else {
            continue;
        };
        match cell.value.status {
            CellStatus::Number => {
                numbers += 1;
                let value = cell.value.value.and_then(crate::model::Decimal::as_integer);
                if last.is_none() || (value.is_some() && value == last.map(|last: i64| last + 1)) {
                    run += 1;
                } else {
                    broken = true;
                }
                last = value;
            }
            CellStatus::Text if cell.text.trim().parse::<Unit>().is_ok() => units += 1,
            CellStatus::Text => words += 1,
            _ => {}
        }
    }
    match (units, numbers, words) {
        (0, 0, 0) => Content::Blank,
        _ if run >= CODES && !broken && words + units == 0 => Content::Code,
        _ if units > numbers && units >= words => Content::Unit,
        _ if words > numbers => Content::Label,
        _ => Content::Value,
    }
}

/// Label columns are those in which known labels stand. Beside them there may be units and codes that count on; then
/// exactly one column must be left, or nothing tells which is the year's.
fn by_content(view: &TableView<'_>, setting: Setting<'_>) -> Vec<Band> {
    let Setting { list, before, .. } = setting;
    let mut labels: Vec<(u32, usize)> = Vec::new();
    for cell in view.cells.iter().filter(|cell| is_known(cell, list)) {
        match labels.iter_mut().find(|(column, _)| *column == cell.column) {
            Some((_, count)) => *count += 1,
            None => labels.push((cell.column, 1)),
        }
    }
    labels.retain(|(_, count)| *count >= if before.is_empty() { 3 } else { 2 });
    labels.sort_unstable();
    let contents: Vec<Content> = (0..view.columns).map(|x| content_of(view, x)).collect();
    let content = |x: u32| contents[x as usize];
    let mut bands: Vec<Band> = Vec::new();
    let mut start = 0;
    for (number, (column, _)) in labels.iter().enumerate() {
        let mut end = labels.get(number + 1).map_or(view.columns, |next| next.0);
        while number + 1 < labels.len() && end > column + 1 && content(end - 1) == Content::Code {
            end -= 1;
        }
        let mut region = (*column, *column + 1);
        while region.1 < end && content(region.1) == Content::Label {
            region.1 += 1;
        }
        while region.0 > start && content(region.0 - 1) == Content::Label {
            region.0 -= 1;
        }
        // Two label columns side by side are one block: the group and its rows.
        if region.1 == end && number + 1 < labels.len() {
            continue;
        }
        let mut band = Band {
            labels: region,
            unit: None,
            code: None,
            values: Vec::new(),
            chosen: None,
            cumulative: None,
            columns: (start, end),
            is_last: end == view.columns,
        };
        for x in (start..region.0).chain(region.1..end) {
            match content(x) {
                Content::Unit => band.unit = band.unit.or(Some(x)),
                Content::Code if band.code.is_none() => band.code = Some(x),
                _ => band.values.push(ValueColumn {
                    column: x,
                    end: x + 1,
                    head: None,
                    class: Class::Blank,
                    kind: ColumnKind::Unknown,
                    year: None,
                }),
            }
        }
        settle(&mut band, 0, setting);
        bands.push(band);
        start = end;
    }
    bands.retain(|band| (1..=VALUES).contains(&band.values.len()));
    bands
}
