//! Flattened lists: label, unit, value, one a line.

use crate::extract::lexicon::{Lexicon, ListForm};
use crate::extract::list::Parents;
use crate::extract::reading::{Key, Readings};
use crate::model::Unit;

use super::read_rows;
use super::tokens::Token;

/// Fewer known rows than this make no list.
const ROWS: usize = 5;

/// Reads the list that most tokens are labels of: a known label, perhaps its unit, then one value. Rows whose
/// value was left blank stay unread, for nothing tells a blank from a lost one.
pub fn read(tokens: &[Token], used: &mut [bool], out: &mut Readings) {
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
    // A second value column (`历年累计`) makes rows of two values: which is the year's is not told here.
    let mut parents = Parents::default();
    let mut rows: Vec<(usize, usize)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is_value() || !list.rows.contains_key(&token.label.core) {
            continue;
        }
        let Some(row) = parents.resolve(list, &token.label) else {
            continue;
        };
        let unit = tokens.get(at + 1).is_some_and(is_unit);
        let before = at + usize::from(unit);
        let valued = tokens.get(before + 1).is_some_and(Token::is_value);
        let repeated = rows.iter().any(|(_, known)| *known == row);
        if valued && !repeated && list.table.indicator(row, 0).is_some() {
            used[at] = true;
            rows.push((before, row));
        }
    }
    if rows.len() < ROWS {
        return;
    }
    let form = list.table.form;
    let keys = |row: usize| Some(vec![Key::List { form, row }]);
    read_rows(tokens, &rows, used, keys, out);
}

fn is_unit(token: &Token) -> bool {
    token.text.parse::<Unit>().is_ok()
}
