//! What cells, units and statuses are called in Chinese and English.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::{Indicator, Unit};

/// English words by the ids of rows and columns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    columns: BTreeMap<String, String>,
    rows: BTreeMap<String, String>,
}

static LABELS: LazyLock<Labels> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/labels_en.toml"))
        .unwrap_or_else(|error| panic!("compiled-in data/labels_en.toml: {error}"))
});

/// A word that stands where a number is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusWord {
    /// The word.
    pub word: &'static str,
    /// What it means, in Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// Whether only wide tables have it.
    pub wide_only: bool,
}

const fn status(word: &'static str, zh: &'static str, en: &'static str) -> StatusWord {
    StatusWord {
        word,
        zh,
        en,
        wide_only: false,
    }
}

/// In a wide table: there is a number, but not one the column can hold.
pub(super) const OTHER_NUMBER: &str = "other_number";
/// In a wide table: the report says nothing of the cell.
pub(super) const NOT_PART: &str = "not_part";

/// Every word, numbers first.
pub const STATUSES: [StatusWord; 10] = [
    status(
        "number",
        "印有数字，包括 0",
        "A number is printed, 0 included",
    ),
    status(
        "blank",
        "单元格存在但为空",
        "The cell is there and empty; not 0",
    ),
    status(
        "mark",
        "印有符号而非数字，如“—”“/”“无”",
        "A sign that is no number is printed: —, /, 无; not 0",
    ),
    status(
        "text",
        "印有文字，或数字与文字相混",
        "Words, or a number with words, are printed",
    ),
    status(
        "unreadable",
        "有内容但无法识读",
        "Something is there that cannot be read",
    ),
    status(
        "row_absent",
        "版式有此行而网页没有",
        "The form has the row, the page does not",
    ),
    status(
        "column_absent",
        "版式有此列而网页没有",
        "The form has the column, the page does not",
    ),
    status(
        "table_absent",
        "版式有此表而网页没有",
        "The form has the table, the page does not",
    ),
    StatusWord {
        word: OTHER_NUMBER,
        zh: "有数字，但单位与版式不同，或应为整数而带小数；见长表",
        en: "A number in another unit than the form's, or with decimals where the form counts whole things: see the long table",
        wide_only: true,
    },
    StatusWord {
        word: NOT_PART,
        zh: "该报告未涉及此项",
        en: "The report says nothing of the cell",
        wide_only: true,
    },
];

/// The same, as words alone.
pub(super) const STATUS_WORDS: &[&str] = &[
    "number",
    "blank",
    "mark",
    "text",
    "unreadable",
    "row_absent",
    "column_absent",
    "table_absent",
    OTHER_NUMBER,
    NOT_PART,
];

/// The printed labels that lead to a cell, outermost first.
pub(super) fn label_zh(one: &Indicator) -> String {
    one.path.join(" / ")
}

/// What a cell says, in English: the row's words, and the column's behind a dash. A translation of ours.
pub fn label_en(one: &Indicator) -> String {
    let row = LABELS.rows.get(&one.row).unwrap_or(&one.row);
    if one.column.is_empty() {
        return row.clone();
    }
    let column = LABELS.columns.get(&one.column).unwrap_or(&one.column);
    format!("{row} – {column}")
}

/// A unit in English.
pub const fn unit_en(unit: Unit) -> &'static str {
    unit.english()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Catalog, CellStatus};
    use std::collections::BTreeSet;

    #[test]
    fn every_cell_has_an_english_label_and_no_label_is_of_nothing() {
        let (mut rows, mut columns) = (BTreeSet::new(), BTreeSet::new());
        for one in &Catalog::get().indicators {
            rows.insert(one.row.clone());
            if !one.column.is_empty() {
                columns.insert(one.column.clone());
            }
        }
        let keys = |map: &BTreeMap<String, String>| map.keys().cloned().collect::<BTreeSet<_>>();
        let lacks: Vec<_> = rows
            .symmetric_difference(&keys(&LABELS.rows))
            .cloned()
            .collect();
        assert!(lacks.is_empty(), "rows: {lacks:?}");
        let lacks: Vec<_> = columns
            .symmetric_difference(&keys(&LABELS.columns))
            .cloned()
            .collect();
        assert!(lacks.is_empty(), "columns: {lacks:?}");
    }

    #[test]
    fn every_status_is_told_of() {
        let words: Vec<&str> = STATUSES.iter().map(|one| one.word).collect();
        assert_eq!(words, STATUS_WORDS);
        let known: Vec<&str> = CellStatus::ALL.iter().map(|one| one.as_str()).collect();
        let of_cells: Vec<&str> = STATUSES
            .iter()
            .filter(|one| !one.wide_only)
            .map(|one| one.word)
            .collect();
        assert_eq!(of_cells, known);
    }
}
