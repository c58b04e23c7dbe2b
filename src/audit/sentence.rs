//! A contradiction as a Chinese sentence: the cells under their printed labels, both sides, the difference.
//!
//! Made from the same check as the English message, so that both say the same numbers.

use std::fmt::Write as _;

use super::check::{Check, CheckCell, Outcome};
use super::finding::{LONG, code};
use super::identity::{Operator, Reach};
use super::rule::{Part, Side};
use super::sum::Sum;
use crate::model::form::TableForm;
use crate::model::{Catalog, CellStatus, Indicator};

/// What a check contradicts, in a Chinese sentence; `None` where it contradicts nothing. Innocent explanations
/// ([`Identity::exceptions_zh`](super::Identity::exceptions_zh)) are not part of it.
pub fn in_chinese(check: &Check, catalog: &Catalog) -> Option<String> {
    code(check)?;
    let mut text = place(check, catalog);
    let [left, right] = [Side::Left, Side::Right].map(|side| of_side(check, side, catalog));
    match check.rule.op() {
        Operator::NonNegative => return Some(text + &left + "，计数不应为负数。"),
        Operator::Whole => return Some(text + &left + "，计数应为整数。"),
        _ => {}
    }
    let should = match check.rule.op() {
        Operator::Le => "不大于",
        Operator::Ge => "不小于",
        _ => "等于",
    };
    text.push_str(&left);
    if right.is_empty() {
        let constant = check.rule.constants[Side::Right as usize];
        // Writing to a String cannot fail, here and below.
        let _ = write!(text, "，应{should}{constant}");
    } else {
        let _ = write!(text, "，应{should}{right}");
    }
    match &check.outcome {
        Outcome::Fails { left, right } => {
            let _ = write!(text, "；相差{}", difference(*left, *right));
        }
        _ => text.push_str("；无论空白处为何数都不成立"),
    }
    text.push('。');
    Some(text)
}

fn difference(left: Sum, right: Sum) -> Sum {
    let (mut greater, less) = if left < right {
        (right, left)
    } else {
        (left, right)
    };
    greater.subtract(less);
    greater
}

/// `“总计”栏：`; empty where the identity names its cells itself.
fn place(check: &Check, catalog: &Catalog) -> String {
    let Some(cell) = check.cells.first() else {
        return String::new();
    };
    let indicator = catalog.indicator(cell.indicator);
    match check.rule.identity.reach {
        Reach::EachRow => format!("“{}”一行：", row_label(indicator, catalog)),
        Reach::EachColumn => format!("“{}”一栏：", column_label(indicator, catalog)),
        _ => String::new(),
    }
}

fn table<'c>(indicator: &Indicator, catalog: &'c Catalog) -> Option<&'c TableForm> {
    let tables = &catalog.form(indicator.form).tables;
    tables.iter().find(|table| table.id == indicator.table)
}

/// The printed labels of a cell's row, outermost first.
fn row_label(indicator: &Indicator, catalog: &Catalog) -> String {
    let rows = table(indicator, catalog).map_or(&[][..], |table| &table.rows);
    match rows.iter().find(|row| row.id == indicator.row) {
        Some(row) => row
            .path
            .iter()
            .chain([&row.label])
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("／"),
        None => indicator.path.join("／"),
    }
}

/// The printed labels of a cell's column.
fn column_label(indicator: &Indicator, catalog: &Catalog) -> String {
    let columns = table(indicator, catalog).map_or(&[][..], |table| &table.columns);
    match columns.iter().find(|column| column.id == indicator.column) {
        Some(column) => match &column.group {
            Some(group) => format!("{group}／{}", column.label),
            None => column.label.clone(),
        },
        None => indicator.path.join("／"),
    }
}

/// What tells a cell from the others of its identity.
fn label(check: &Check, cell: &CheckCell, catalog: &Catalog) -> String {
    let indicator = catalog.indicator(cell.indicator);
    match check.rule.identity.reach {
        Reach::EachRow => column_label(indicator, catalog),
        Reach::EachColumn => row_label(indicator, catalog),
        _ => indicator.path.join("／"),
    }
}

/// `“a”60＋“b”1（共61）`; empty where the side has no cells.
fn of_side(check: &Check, side: Side, catalog: &Catalog) -> String {
    let all = || check.cells.iter().filter(move |cell| cell.side == side);
    let (greatest, added): (Vec<&CheckCell>, Vec<&CheckCell>) =
        all().partition(|cell| cell.part == Part::Max);
    if all().next().is_none() {
        return String::new();
    }
    let is_zero = |cell: &CheckCell| cell.value.is_some_and(|value| value.mantissa() == 0);
    let shown = |cell: &CheckCell| format!("“{}”{}", label(check, cell, catalog), value(cell));
    let long = added.len() >= LONG;
    let zeros = added.iter().filter(|cell| is_zero(cell)).count();
    let mut text = String::new();
    let mut parts = 0;
    let mut add = |sign: &str, part: &str| {
        if parts > 0 || sign == "－" {
            text.push_str(sign);
        }
        text.push_str(part);
        parts += 1;
    };
    for cell in added.iter().filter(|cell| !long || !is_zero(cell)) {
        let sign = if cell.part == Part::Minus {
            "－"
        } else {
            "＋"
        };
        add(sign, &shown(cell));
    }
    if long && zeros > 0 {
        add("＋", &format!("其余{zeros}项均为0"));
    }
    if !greatest.is_empty() {
        let values: Vec<_> = greatest.iter().map(|cell| shown(cell)).collect();
        add("＋", &format!("（{}之中最大者）", values.join("、")));
    }
    let constant = check.rule.constants[side as usize];
    if constant != 0 {
        add("＋", &constant.to_string());
    }
    if let Outcome::Fails { left, right } = &check.outcome
        && parts > 1
    {
        let sum = if side == Side::Left { left } else { right };
        let _ = write!(text, "（合{sum}）");
    }
    text
}

/// The number, or what stands there instead.
fn value(cell: &CheckCell) -> String {
    let word = match (cell.value, cell.status) {
        (Some(value), _) => return value.to_string(),
        (None, CellStatus::Number) => "（单位不同）",
        (None, CellStatus::Blank) => "（空白）",
        (None, CellStatus::Mark) => "（符号）",
        (None, CellStatus::Text) => "（文字）",
        (None, CellStatus::Unreadable) => "（不可读）",
        (None, CellStatus::RowAbsent) => "（无此行）",
        (None, CellStatus::ColumnAbsent) => "（无此栏）",
        (None, CellStatus::TableAbsent) => "（无此表）",
    };
    word.into()
}
