//! The statistics tables of the older forms: a label, a unit and values in every row.

use nianbao::model::form::{self, TableForm};

use super::case::Case;
use super::dialect::Dialect;
use super::layout::{has_optional, missing_rows};
use super::rng::Rng;
use super::sheet::{Cell, Row, Sheet};

/// What stands in the columns behind label and unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    /// The cell of the form.
    Year,
    /// The form's cumulative cell.
    FormCumulative,
    /// Greater numbers that are no cell of the form.
    Cumulative,
    /// Other numbers likewise.
    Other,
}

/// The value columns of a dialect with their heads.
fn columns(case: &Case, table: &TableForm) -> Vec<(Column, String)> {
    let year = case.content.year;
    let mut rng = Rng::new(case.seed, "list heads");
    let printed = table.heads.value.first().cloned().unwrap_or_default();
    let sums = [
        "历年累计".to_owned(),
        format!("截至{year}年底累计"),
        "2008年以来累计".to_owned(),
        "累计".to_owned(),
    ];
    let years = [
        printed.clone(),
        format!("{year}年度"),
        format!("{year}年"),
        "本年度数".to_owned(),
        "本年累计".to_owned(),
        format!("{year}年1-12月"),
    ];
    let sum = rng.pick(&sums).clone();
    let this = rng.pick(&years).clone();
    match case.dialect {
        Dialect::ListFujian => vec![(Column::Year, this), (Column::FormCumulative, sum)],
        Dialect::ListCumulative | Dialect::ListTwoUpCumulative => {
            vec![(Column::Year, this), (Column::Cumulative, sum)]
        }
        Dialect::ListMonthly => vec![
            (
                Column::Other,
                (*rng.pick(&["本月", "本月累计", "12月", "四季度"])).to_owned(),
            ),
            (
                Column::Year,
                (*rng.pick(&["本年累计", "全年", "本年度"])).to_owned(),
            ),
        ],
        Dialect::ListYears => {
            let mut both = vec![
                (Column::Other, format!("{}年", year - 1)),
                (Column::Year, format!("{year}年")),
            ];
            if rng.chance(50) {
                both.reverse();
            }
            both
        }
        Dialect::ListHeadlessTwo | Dialect::ListDamagedHeads => {
            let damaged = ["", "数", "情况", "历累", "年累计", "2O累"];
            let mut both = vec![
                (Column::Year, (*rng.pick(&damaged)).to_owned()),
                (Column::Cumulative, (*rng.pick(&damaged)).to_owned()),
            ];
            if rng.chance(50) {
                both.reverse();
            }
            both
        }
        Dialect::ListShortRows => vec![(Column::Year, this), (Column::Cumulative, sum)],
        _ => vec![(Column::Year, printed)],
    }
}

/// The sheets of the appendix.
pub fn sheets(case: &Case, table: &TableForm) -> Vec<Sheet> {
    let missing = missing_rows(case, table);
    let header = header(case, table);
    let width: usize = header.iter().map(|cell| cell.colspan).sum();
    let printed: Vec<&form::Row> = table
        .rows
        .iter()
        .filter(|row| !missing.contains(&row.id))
        .filter(|row| !row.optional || has_optional(case))
        .collect();
    let mut rows: Vec<Row> = printed
        .iter()
        .enumerate()
        .map(|(at, row)| body(case, table, row, at, width))
        .collect();
    if case.dialect == Dialect::ListParentSpan {
        span_parents(&printed, &mut rows);
    }
    if case.dialect == Dialect::ListInserted {
        insert_strangers(case, table, &mut rows, width);
    }
    let header = Row::header(header);
    let cut = Rng::new(case.seed, "page break").below(rows.len() - 4) + 2;
    let mut all = vec![header.clone()];
    match case.dialect {
        Dialect::ListTwoUp | Dialect::ListTwoUpCumulative => {
            all[0].cells.extend(header.cells);
            all.extend(two_up(&rows, width));
            vec![Sheet::new(all)]
        }
        Dialect::RepeatedHeader => {
            all.extend_from_slice(&rows[..cut]);
            all.push(header);
            all.extend_from_slice(&rows[cut..]);
            vec![Sheet::new(all)]
        }
        Dialect::SplitWithHeader | Dialect::SplitWithoutHeader => {
            let mut below = all.clone();
            if case.dialect == Dialect::SplitWithoutHeader {
                below.clear();
            }
            all.extend_from_slice(&rows[..cut]);
            below.extend_from_slice(&rows[cut..]);
            vec![Sheet::new(all), Sheet::new(below)]
        }
        Dialect::ListHeadless | Dialect::ListHeadlessTwo => vec![Sheet::new(rows)],
        // 历年累计 goes on over a page break.
        Dialect::ListFujian if case.seed.is_multiple_of(2) => {
            all.extend_from_slice(&rows[..cut]);
            vec![Sheet::new(all), Sheet::new(rows[cut..].to_vec())]
        }
        _ => {
            all.extend(rows);
            vec![Sheet::new(all)]
        }
    }
}

fn header(case: &Case, table: &TableForm) -> Vec<Cell> {
    let mut cells = Vec::new();
    let heads = &table.heads;
    let head = |heads: &[String]| Cell::label(heads.first().cloned().unwrap_or_default());
    if has_serial(case, table) {
        cells.push(Cell::label("序号"));
    }
    if has_codes(table) {
        cells.push(head(&heads.code));
    }
    let mut label = head(&heads.label);
    if case.dialect == Dialect::ListParentSpan {
        label.colspan = 2;
    }
    cells.push(label);
    cells.push(head(&heads.unit));
    let columns = columns(case, table);
    cells.extend(columns.into_iter().map(|(_, head)| Cell::label(head)));
    permute(case, &mut cells);
    if case.dialect == Dialect::RemarksColumn {
        cells.push(Cell::label("备注"));
    }
    cells
}

fn has_codes(table: &TableForm) -> bool {
    table.rows.iter().any(|row| row.code.is_some())
}

fn has_serial(case: &Case, table: &TableForm) -> bool {
    case.dialect == Dialect::SerialColumn && !has_codes(table)
}

fn body(case: &Case, table: &TableForm, row: &form::Row, at: usize, width: usize) -> Row {
    let mut label = format!("{}{}", row.number, row.label);
    if case.dialect == Dialect::ListTypos {
        label = with_typo(case, row, label);
    }
    let Some(unit) = row.unit else {
        return heading(case, table, label, at, width);
    };
    let mut cells = Vec::new();
    if has_codes(table) {
        let code = row.code.as_ref();
        cells.push(code.map_or_else(Cell::empty, Cell::foreign));
    } else if has_serial(case, table) {
        cells.push(Cell::foreign((at + 1).to_string()));
    }
    cells.push(Cell::label(label));
    if case.dialect == Dialect::ListParentSpan {
        cells.last_mut().unwrap().colspan = 2;
    }
    cells.push(Cell::label(unit.as_str()));
    let mut rng = Rng::new(case.seed, &row.id);
    for (column, _) in columns(case, table) {
        cells.push(match column {
            Column::Year if table.columns.is_empty() => Cell::value(&row.id),
            Column::Year => Cell::value(format!("{}@year", row.id)),
            Column::FormCumulative => Cell::value(format!("{}@cumulative", row.id)),
            Column::Cumulative => Cell::foreign(rng.range(30_000, 90_000).to_string()),
            Column::Other => Cell::foreign(rng.range(0, 20_000).to_string()),
        });
    }
    permute(case, &mut cells);
    if case.dialect == Dialect::RemarksColumn {
        cells.push(Cell::empty());
    }
    // The unit or the year's value lost with its cell.
    if case.dialect == Dialect::ListShortRows && rng.chance(20) {
        let last = cells.len() - 1;
        cells.remove(if rng.chance(50) { last - 1 } else { last - 2 });
    }
    Row::body(cells)
}

/// The value before its unit.
fn permute(case: &Case, cells: &mut [Cell]) {
    if case.dialect == Dialect::ColumnsPermuted {
        let last = cells.len() - 1;
        cells.swap(last - 1, last);
    }
}

/// A row that only names the rows under it: over the whole width, or with signs or nothing in its
/// cells.
fn heading(case: &Case, table: &TableForm, label: String, at: usize, width: usize) -> Row {
    let serial = has_serial(case, table);
    let style = Rng::new(case.seed, "heading rows").below(3);
    let two_up = matches!(
        case.dialect,
        Dialect::ListTwoUp | Dialect::ListTwoUpCumulative
    );
    let mut cells = Vec::new();
    if serial {
        cells.push(Cell::foreign((at + 1).to_string()));
    }
    if style == 0 && !two_up {
        cells.push(Cell::label(label).span(1, width - usize::from(serial)));
        return Row::body(cells);
    }
    let wide = if case.dialect == Dialect::ListParentSpan {
        2
    } else {
        1
    };
    cells.push(Cell::label(label).span(1, wide));
    while cells.iter().map(|cell| cell.colspan).sum::<usize>() < width {
        cells.push(if style == 1 {
            Cell::foreign("——")
        } else {
            Cell::empty()
        });
    }
    Row::body(cells)
}

/// The second half of the rows beside the first.
fn two_up(rows: &[Row], width: usize) -> Vec<Row> {
    let half = rows.len().div_ceil(2);
    let (left, right) = rows.split_at(half);
    left.iter()
        .enumerate()
        .map(|(at, row)| {
            let mut cells = row.cells.clone();
            match right.get(at) {
                Some(row) => cells.extend(row.cells.iter().cloned()),
                None => cells.extend(std::iter::repeat_n(Cell::empty(), width)),
            }
            Row::body(cells)
        })
        .collect()
}

/// Rows whose parent stands right above them get it as a cell over them all; where it has a value of its own, it
/// is a row `合计` under it no more, but keeps its line.
fn span_parents(printed: &[&form::Row], rows: &mut [Row]) {
    let mut at = 0;
    while at < printed.len() {
        let parent = printed[at].id.as_str();
        let children = printed[at + 1..]
            .iter()
            .take_while(|row| row.parent.as_deref() == Some(parent) && row.unit.is_some())
            .count();
        if children < 2 {
            at += 1;
            continue;
        }
        let group = format!("{}{}", printed[at].number, printed[at].label);
        for (number, row) in rows[at + 1..=at + children].iter_mut().enumerate() {
            let place = row.cells.iter().position(|cell| cell.colspan == 2).unwrap();
            row.cells[place].colspan = 1;
            if number == 0 {
                row.cells
                    .insert(place, Cell::label(group.clone()).span(children, 1));
            }
        }
        at += children + 1;
    }
}

/// Rows of the province's own.
const STRANGERS: [&str; 8] = [
    "其中：公开人事任免信息数",
    "政府信息公开网站日均点击数",
    "九、其他工作情况",
    "（五）制定政府信息公开配套制度数",
    "6.其他渠道办理数",
    "10.部门间转办件数",
    "七、行政申诉数量",
    "（四）尚未审结数",
];

fn insert_strangers(case: &Case, table: &TableForm, rows: &mut Vec<Row>, width: usize) {
    let mut rng = Rng::new(case.seed, "strangers");
    for _ in 0..4 {
        let label = *rng.pick(&STRANGERS);
        let at = rng.below(rows.len());
        let mut cells = vec![Cell::label(label), Cell::label("件")];
        if has_codes(table) {
            cells.insert(0, Cell::foreign(""));
        }
        while cells.len() < width {
            cells.push(Cell::foreign(rng.range(1, 900).to_string()));
        }
        rows.insert(at, Row::body(cells));
    }
}

/// One character of a long label changed, lost or added.
fn with_typo(case: &Case, row: &form::Row, label: String) -> String {
    let mut rng = Rng::new(case.seed, &format!("typo {}", row.id));
    let characters: Vec<char> = label.chars().collect();
    if row.unit.is_none() || characters.len() < 9 || !rng.chance(20) {
        return label;
    }
    let at = rng.below(characters.len() - 5) + 4;
    let mut changed = characters.clone();
    match rng.below(3) {
        0 => changed[at] = '敎',
        1 => {
            changed.remove(at);
        }
        _ => changed.insert(at, '的'),
    }
    changed.into_iter().collect()
}
