//! Flattened lists: label, unit, values, one a line.

use std::ops::Deref;

use crate::extract::lexicon::{Lexicon, ListForm};
use crate::extract::list::{Class, Parents, choose, classify};
use crate::extract::reading::{Key, Readings};
use crate::model::form::LIST_YEAR;
use crate::model::{
    ByteRange, CellStatus, Code, ColumnKind, Source, StatisticCell, StatisticRow, Unit,
};
use crate::parse::Document;

use super::tokens::Token;
use super::{Slot, found, read_rows};

/// Fewer known rows than this make no list.
const ROWS: usize = 5;
/// Longer texts are no heads.
const HEAD_BYTES: usize = 60;

/// What stands behind a label in every row.
#[derive(Debug, Clone)]
struct Column {
    class: Class,
    head: Option<String>,
}

/// The columns behind the labels, from the heads.
#[derive(Debug, Default)]
struct Columns {
    /// Rows begin with the form's codes.
    coded: bool,
    /// How many columns (of codes) stand before the labels.
    lead: usize,
    /// Those behind; empty where there are no heads.
    behind: Vec<Column>,
    /// The one of the report year.
    chosen: Option<usize>,
}

/// Reads the list that most tokens are labels of. With its column heads every row has as many cells as
/// heads; without them, a known label, perhaps its unit, then one value. Where a row has one value and nothing is
/// printed between its unit and the next row, it is blank. A row that does not fit is left unread, and so is a list of which nothing tells which value is the year's.
pub fn read(
    document: &Document<'_>,
    tokens: &[Token],
    year: &impl Deref<Target = Option<i16>>,
    used: &mut [bool],
    out: &mut Readings<'_>,
) {
    let known = |list: &ListForm| {
        tokens
            .iter()
            .filter(|token| !token.is_value() && list.rows.contains_key(&token.label.core))
            .count()
    };
    let lists = &Lexicon::get().lists;
    let rank = |list: &&ListForm| (known(list), std::cmp::Reverse(list.table.rows.len()));
    let Some(list) = lists.iter().max_by_key(rank) else {
        return;
    };
    if known(list) < ROWS {
        return;
    }
    let year = **year;
    let mut columns = find_heads(tokens, list, year);
    let codes = tokens
        .windows(2)
        .filter(|pair| is_code_of(&pair[0], &pair[1], list));
    columns.coded = codes.count() >= ROWS;
    let untold = if columns.behind.is_empty() {
        has_two_values(tokens, list)
    } else {
        columns.chosen.is_none()
    };
    if untold {
        out.find(
            Code::AmbiguousCells,
            "",
            "flattened list: several values a row, and no heads say which is the year's",
        );
        return;
    }
    let rows = find_rows(document, tokens, list, &columns, used);
    if rows.iter().filter(|row| !row.is_blank).count() < ROWS {
        return;
    }
    // Headings between the rows have no values; they are labels all the same, no text.
    let value_of = |row: &Row| row.label + row.offset;
    let end = value_of(&rows[rows.len() - 1]);
    for at in value_of(&rows[0])..end {
        used[at] |= list.rows.contains_key(&tokens[at].label.core);
    }
    let is_year = |column: &crate::model::form::Column| column.id == LIST_YEAR;
    let column = list.table.columns.iter().position(is_year).unwrap_or(0);
    for row in rows {
        let at = value_of(&row);
        let value = at + 1;
        // The token before the value stands for the label.
        let only = [tokens[at].clone(), tokens[value].clone()];
        let mut flags = [false; 2];
        let keys = |row: usize| {
            Some(vec![Key::List {
                form: list.table.form,
                table: list.number,
                row,
                column,
            }])
        };
        let before = out.found.len();
        if row.is_blank {
            let slot = Slot::Blank(behind(tokens, &row));
            let keys = keys(row.known).into_iter().flatten();
            out.found.extend(keys.map(|key| found(key, &slot)));
        } else {
            read_rows(&only, &[(0, row.known)], &mut flags, keys, out);
        }
        // 元 and 万元 are four digits apart.
        let printed = unit_of(tokens, &columns, &row).and_then(|token| token.text.parse().ok());
        let money = printed.filter(|unit: &Unit| unit.is_money());
        for found in &mut out.found[before..] {
            found.value.unit = found.value.unit.or(money);
        }
        let width = if row.is_blank {
            row.offset
        } else {
            columns.behind.len().max(row.offset + 1)
        };
        used[value..(row.label + 1 + width).min(tokens.len())].fill(true);
        out.statistics
            .push(statistic(tokens, list, &columns, &row, year));
    }
}

/// A known label with values that fit.
struct Row {
    /// Number of the label's token.
    label: usize,
    /// Tokens between the label and the year's value.
    offset: usize,
    /// The row of the form.
    known: usize,
    /// Nothing is printed where its value should be; `offset` counts up to there.
    is_blank: bool,
}

/// Where the value of a blank row should be.
fn behind(tokens: &[Token], row: &Row) -> ByteRange {
    let next = tokens[row.label + row.offset + 1].bytes;
    tokens[row.label + row.offset].bytes.until(next)
}

fn find_rows(
    document: &Document<'_>,
    tokens: &[Token],
    list: &ListForm,
    columns: &Columns,
    used: &mut [bool],
) -> Vec<Row> {
    let mut parents = Parents::default();
    let mut rows: Vec<Row> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is_value() || !list.rows.contains_key(&token.label.core) {
            continue;
        }
        let cells = &tokens[at + 1..];
        let under = value_of(cells, columns, list);
        let is_blank = under.is_none() && is_bare(document, &tokens[at..], columns, list);
        let under = under.or(is_blank.then_some(1));
        let of_code = |column: &Column| column.class == Class::Code;
        let code = match columns.behind.iter().position(of_code) {
            Some(number) => cells.get(number),
            None => at
                .checked_sub(1)
                .filter(|_| columns.lead > 0)
                .map(|before| &tokens[before]),
        };
        let code = code.map(|token| token.text.as_str());
        let Some(known) = parents.resolve(list, &token.label, code) else {
            continue;
        };
        let repeated = rows.iter().any(|row| row.known == known);
        if let Some(offset) = under
            && !repeated
            && list.table.indicator(known, 0).is_some()
        {
            used[at.saturating_sub(columns.lead)..=at + offset].fill(true);
            rows.push(Row {
                label: at,
                offset,
                known,
                is_blank,
            });
        }
    }
    rows
}

/// Whether a row of one value (its tokens come first) has its unit and behind that the next row, and no picture stands
/// where the value should be.
fn is_bare(document: &Document<'_>, row: &[Token], columns: &Columns, list: &ListForm) -> bool {
    let one = match columns.behind.as_slice() {
        [] => true,
        [unit, value] => unit.class == Class::Unit && value.class.is_value(),
        _ => false,
    };
    let [_, unit, next @ ..] = row else {
        return false;
    };
    let begins_row = match next {
        [code, label, ..] if columns.coded || columns.lead > 0 => is_code_of(code, label, list),
        [label, ..] => list.rows.contains_key(&label.label.core),
        [] => false,
    };
    if !(one && is_unit(unit) && begins_row) {
        return false;
    }
    let Some(end) = unit.blocks.last().map(|block| block + 1) else {
        return false;
    };
    let start = next[0].line;
    let mut images = document.images.iter();
    let pictured = images.any(|image| (end..=start).contains(&image.block));
    // What lies between in a table of its own is not among the tokens.
    start <= end && !pictured
}

/// The unit printed behind a row's label.
fn unit_of<'t>(tokens: &'t [Token], columns: &Columns, row: &Row) -> Option<&'t Token> {
    let cells = &tokens[row.label + 1..];
    let mut classes = columns.behind.iter();
    let at = match classes.position(|column| column.class == Class::Unit) {
        Some(at) => at,
        None if columns.behind.is_empty() && row.offset > 0 => 0,
        None => return None,
    };
    cells.get(at).filter(|token| is_unit(token))
}

/// The row as printed.
fn statistic(
    tokens: &[Token],
    list: &ListForm,
    columns: &Columns,
    row: &Row,
    year: Option<i16>,
) -> StatisticRow {
    let known = &list.table.rows[row.known];
    let cells = &tokens[row.label + 1..];
    let unit = unit_of(tokens, columns, row);
    let money = unit.and_then(|token| token.text.parse().ok());
    let money = money.filter(|unit: &Unit| unit.is_money());
    let cell = |at: usize, column: &Column| {
        let token = &cells[at];
        if row.is_blank {
            let (kind, year) = column.class.kind(true, true, year);
            return StatisticCell {
                head: column.head.clone(),
                kind,
                year: year.filter(|_| kind == ColumnKind::Year),
                value: None,
                status: CellStatus::Blank,
                raw: String::new(),
                unit: money.or(known.unit),
                source: Some(Source {
                    table: None,
                    row: tokens[row.label].line,
                    column: 0,
                    bytes: behind(tokens, row),
                }),
            };
        }
        let chosen = at == row.offset;
        let (kind, year) = column.class.kind(chosen, true, year);
        StatisticCell {
            head: column.head.clone(),
            kind,
            year: year.filter(|_| kind == ColumnKind::Year),
            value: token.value.value,
            status: token.value.status,
            raw: token.text.clone(),
            unit: token.value.unit.or(money).or(known.unit),
            source: Some(Source {
                table: None,
                row: token.line,
                column: 0,
                bytes: token.bytes,
            }),
        }
    };
    let printed = if columns.behind.is_empty() {
        let column = Column {
            class: Class::Blank,
            head: None,
        };
        vec![cell(row.offset, &column)]
    } else {
        let values = columns.behind.iter().enumerate();
        values
            .filter(|(_, column)| column.class.is_value())
            .map(|(at, column)| cell(at, column))
            .collect()
    };
    StatisticRow {
        form: list.table.form,
        id: Some(known.id.clone()),
        group: None,
        label: tokens[row.label].text.clone(),
        code: None,
        unit: unit.map(|token| token.text.clone()),
        cells: printed,
    }
}

/// Without heads: a known row with two values behind it, of which one may be a code, another year's, or a sum over
/// years. Where one row has two, a row with one may lack either.
fn has_two_values(tokens: &[Token], list: &ListForm) -> bool {
    (0..tokens.len()).any(|at| {
        let token = &tokens[at];
        if token.is_value() || !list.rows.contains_key(&token.label.core) {
            return false;
        }
        let cells = &tokens[at + 1..];
        let units = usize::from(cells.first().is_some_and(is_unit));
        cells.len() > units + 1 && cells[units..units + 2].iter().all(Token::is_value)
    })
}

/// How many tokens stand between a label and its value; `None` where the row does not fit.
fn value_of(cells: &[Token], columns: &Columns, list: &ListForm) -> Option<usize> {
    let Columns { lead, behind, .. } = columns;
    if behind.is_empty() {
        let units = usize::from(cells.first().is_some_and(is_unit));
        let value = cells.get(units).filter(|cell| cell.is_value())?;
        // A lost blank leaves the next row's code in its place.
        let is_code = columns.coded
            && cells
                .get(units + 1)
                .is_some_and(|next| is_code_of(value, next, list));
        return (!is_code).then_some(units);
    }
    let row = cells.get(..behind.len())?;
    let fits = row
        .iter()
        .zip(behind)
        .all(|(cell, column)| match column.class {
            Class::Unit => is_unit(cell) || cell.is_value(),
            Class::Code => cell.value.value.is_some(),
            _ => cell.may_be_cell() && !is_unit(cell),
        });
    // The next row begins behind it: with a label, or with a code and a label.
    let is_label = |token: &Token| list.rows.contains_key(&token.label.core);
    let ends = cells.get(behind.len()).is_none_or(|next| {
        // Where codes stand in front, the last cell may be the next row's, in the place of a lost blank.
        let lent = *lead > 0 && row.last().is_some_and(|last| is_code_of(last, next, list));
        (!next.is_value() && !lent)
            || (*lead > 0
                && cells
                    .get(behind.len() + lead)
                    .is_some_and(|label| list.rows.contains_key(&label.label.core)))
    });
    let labels = row
        .iter()
        .any(|cell| list.rows.contains_key(&cell.label.core));
    // Words stand for a value between rows only: behind the last one the page goes on.
    let wordy = row.iter().any(|cell| !cell.is_value() && !is_unit(cell));
    let goes_on = cells[behind.len()..].iter().take(lead + 1).any(is_label);
    (fits && ends && !labels && (goes_on || !wordy))
        .then_some(columns.chosen)
        .flatten()
}

/// Whether a number is the printed code of the row that the label behind it names.
fn is_code_of(number: &Token, label: &Token, list: &ListForm) -> bool {
    let Some(rows) = list.rows.get(&label.label.core) else {
        return false;
    };
    let code = number.text.trim_start_matches('0');
    rows.iter().any(|row| {
        let printed = list.table.rows[*row].code.as_deref();
        printed.is_some_and(|printed| printed.trim_start_matches('0') == code)
    })
}

/// The columns, from the heads printed one after the other.
fn find_heads(tokens: &[Token], list: &ListForm, year: Option<i16>) -> Columns {
    let Some(start) = tokens
        .iter()
        .position(|token| list.label_heads.contains(&token.label.core))
    else {
        return Columns::default();
    };
    let lead = tokens[..start]
        .last()
        .is_some_and(|token| classify(&token.text, list) == Class::Code);
    let behind: Vec<Column> = tokens[start + 1..]
        .iter()
        .map_while(|token| {
            if token.text.len() > HEAD_BYTES || list.rows.contains_key(&token.label.core) {
                return None;
            }
            let class = classify(&token.text, list);
            let head = Some(token.text.clone());
            (!matches!(class, Class::Other | Class::Blank)).then_some(Column { class, head })
        })
        .collect();
    if !behind.iter().any(|column| column.class.is_value()) {
        return Columns::default();
    }
    let classes: Vec<Class> = behind.iter().map(|column| column.class).collect();
    Columns {
        coded: false,
        lead: usize::from(lead),
        chosen: choose(&classes, year),
        behind,
    }
}

fn is_unit(token: &Token) -> bool {
    token.text.parse::<Unit>().is_ok()
}
