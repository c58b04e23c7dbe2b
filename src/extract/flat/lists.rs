//! Flattened lists: label, unit, value, one a line.

use crate::extract::lexicon::{Lexicon, ListForm};
use crate::extract::list::{Parents, is_year_head};
use crate::extract::reading::{Key, Readings};
use crate::model::Unit;

use super::read_rows;
use super::tokens::Token;

/// Fewer known rows than this make no list.
const ROWS: usize = 5;

/// What stands behind a label in every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Unit,
    Code,
    Value,
    Other,
}

/// Reads the list that most tokens are labels of. With its column heads every row has as many cells as
/// heads; without them, a known label, perhaps its unit, then one value. A row that does not fit is left
/// unread.
pub fn read(tokens: &[Token], used: &mut [bool], out: &mut Readings<'_>) {
    let known = |list: &ListForm| {
        tokens
            .iter()
            .filter(|token| !token.is_value() && list.rows.contains_key(&token.label.core))
            .count()
    };
    let lists = &Lexicon::get().lists;
    let Some(list) = lists.iter().max_by_key(|list| known(list)) else {
        return;
    };
    if known(list) < ROWS {
        return;
    }
    let (lead, columns) = find_heads(tokens, list).unwrap_or_default();
    let mut parents = Parents::default();
    let mut rows: Vec<(usize, usize)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is_value() || !list.rows.contains_key(&token.label.core) {
            continue;
        }
        let cells = &tokens[at + 1..];
        let under = value_of(cells, &columns, lead, list);
        let code = match columns.iter().position(|column| *column == Column::Code) {
            Some(number) => cells.get(number),
            None => at
                .checked_sub(1)
                .filter(|_| lead > 0)
                .map(|before| &tokens[before]),
        };
        let code = code.map(|token| token.text.as_str());
        let Some(row) = parents.resolve(list, &token.label, code) else {
            continue;
        };
        let repeated = rows.iter().any(|(_, known)| *known == row);
        if let Some(offset) = under
            && !repeated
            && list.table.indicator(row, 0).is_some()
        {
            used[at.saturating_sub(lead)..=at + offset].fill(true);
            // The token before the value stands for the label.
            rows.push((at + offset, row));
        }
    }
    if rows.len() < ROWS {
        return;
    }
    // Headings between the rows have no values; they are labels all the same, no text.
    let end = rows[rows.len() - 1].0;
    for at in rows[0].0..end {
        used[at] |= list.rows.contains_key(&tokens[at].label.core);
    }
    let form = list.table.form;
    for (before, row) in rows {
        let only = [tokens[before].clone(), tokens[before + 1].clone()];
        let mut flags = [false; 2];
        let keys = |row: usize| Some(vec![Key::List { form, row }]);
        read_rows(&only, &[(0, row)], &mut flags, keys, out);
        used[before + 1] = true;
        let rest = columns
            .iter()
            .rev()
            .take_while(|column| **column != Column::Value);
        let end = (before + 2 + rest.count()).min(used.len());
        used[before + 2..end].fill(true);
    }
}

/// How many tokens stand between a label and its value; `None` where the row does not fit.
fn value_of(cells: &[Token], columns: &[Column], lead: usize, list: &ListForm) -> Option<usize> {
    if columns.is_empty() {
        let units = usize::from(cells.first().is_some_and(is_unit));
        // Two values: a code, or another year's; which is the year's is not told.
        let one = cells.get(units).is_some_and(Token::is_value)
            && !cells.get(units + 1).is_some_and(Token::is_value);
        return one.then_some(units);
    }
    let row = cells.get(..columns.len())?;
    let fits = row.iter().zip(columns).all(|(cell, column)| match column {
        Column::Unit => is_unit(cell) || cell.is_value(),
        Column::Code => cell.value.value.is_some(),
        Column::Value | Column::Other => cell.may_be_cell() && !is_unit(cell),
    });
    // The next row begins behind it: with a label, or with a code and a label.
    let ends = cells.get(columns.len()).is_none_or(|next| {
        !next.is_value()
            || (lead > 0
                && cells
                    .get(columns.len() + lead)
                    .is_some_and(|label| list.rows.contains_key(&label.label.core)))
    });
    let labels = row
        .iter()
        .any(|cell| list.rows.contains_key(&cell.label.core));
    (fits && ends && !labels)
        .then(|| columns.iter().position(|column| *column == Column::Value))
        .flatten()
}

/// How many columns (of codes) stand before the labels, and the columns behind them, from the heads printed one
/// after the other.
fn find_heads(tokens: &[Token], list: &ListForm) -> Option<(usize, Vec<Column>)> {
    let start = tokens
        .iter()
        .position(|token| list.label_heads.contains(&token.label.core))?;
    let lead = tokens[..start]
        .last()
        .is_some_and(|token| list.code_heads.contains(&token.label.core));
    let columns: Vec<Column> = tokens[start + 1..]
        .iter()
        .map_while(|token| {
            let core = &token.label.core;
            if list.unit_heads.contains(core) {
                Some(Column::Unit)
            } else if list.code_heads.contains(core) {
                Some(Column::Code)
            } else if list.other_heads.contains(core) {
                Some(Column::Other)
            } else if list.value_heads.contains(core) || is_year_head(core) {
                Some(Column::Value)
            } else {
                None
            }
        })
        .collect();
    let values = columns.iter().filter(|column| **column == Column::Value);
    (values.count() == 1).then_some((usize::from(lead), columns))
}

fn is_unit(token: &Token) -> bool {
    token.text.parse::<Unit>().is_ok()
}
