//! Sheets as `<div>`, `<ul>` and `<dl>`: tables without a `<table>`.

use super::case::Case;
use super::dialect::Dialect;
use super::markup::inner;
use super::sheet::{Cell, Sheet};

/// A sheet in the elements of the case's dialect.
pub fn element(case: &Case, sheet: &Sheet) -> String {
    match case.dialect {
        Dialect::DivClasses => classes(case, sheet),
        Dialect::ListRows => rows(case, sheet),
        Dialect::DefinitionList => definitions(case, sheet),
        _ => styles(case, sheet),
    }
}

/// The cells of every row, empty ones where a span covers the slot.
fn filled(sheet: &Sheet) -> Vec<Vec<Cell>> {
    let mut covered: Vec<Vec<bool>> = vec![Vec::new(); sheet.rows.len()];
    let mut out = Vec::new();
    for (y, row) in sheet.rows.iter().enumerate() {
        let mut line: Vec<Option<Cell>> = Vec::new();
        let mut x = 0;
        for cell in &row.cells {
            while covered[y].get(x).is_some_and(|covered| *covered) {
                x += 1;
            }
            for under in covered.iter_mut().skip(y).take(cell.rowspan) {
                under.resize(under.len().max(x + cell.colspan), false);
                under[x..x + cell.colspan].fill(true);
            }
            line.resize(line.len().max(x + 1), None);
            line[x] = Some(cell.clone());
            x += cell.colspan;
        }
        line.resize(covered[y].len().max(line.len()), None);
        let cells = line.into_iter();
        out.push(cells.map(|cell| cell.unwrap_or_else(Cell::empty)).collect());
    }
    out
}

fn styles(case: &Case, sheet: &Sheet) -> String {
    let mut out = String::from("<div style=\"display:table;border-collapse:collapse\">");
    for row in filled(sheet) {
        out += "<div style=\"display:table-row\">";
        for cell in row {
            out += &format!(
                "<div style=\"display:table-cell;\n border:1px solid #000\">{}</div>",
                inner(case, &cell)
            );
        }
        out += "</div>\n";
    }
    out + "</div>\n"
}

fn classes(case: &Case, sheet: &Sheet) -> String {
    let mut out = String::from("<div class=\"table\">\n<div class=\"tbody\">\n");
    for row in &sheet.rows {
        out += "<div class=\"tr\">\n";
        for cell in &row.cells {
            out += &format!("<div class=\"td\">{}</div>\n", inner(case, cell));
        }
        out += "</div>\n";
    }
    out + "</div>\n</div>\n"
}

fn rows(case: &Case, sheet: &Sheet) -> String {
    let mut out = String::from("<ul class=\"tb\">\n");
    for row in filled(sheet) {
        out += "<li>";
        for cell in row {
            out += &format!("<div>{}</div>", inner(case, &cell));
        }
        out += "</li>\n";
    }
    out + "</ul>\n"
}

fn definitions(case: &Case, sheet: &Sheet) -> String {
    let mut out = String::from("<dl>\n");
    for row in filled(sheet) {
        for (number, cell) in row.iter().enumerate() {
            let name = if number == 0 { "dt" } else { "dd" };
            out += &format!("<{name}>{}</{name}>", inner(case, cell));
        }
        out += "\n";
    }
    out + "</dl>\n"
}
