//! The SQL generated from the forms: wide tables, a view a form, and the long view.
//!
//! Plain SQL only: the views work in any `SQLite` that opens the file. A value with decimals is exact
//! text, never a float; a missing one is NULL beside its status, never 0.

use std::fmt::Write as _;

use crate::model::form::{Quantity, Shape};
use crate::model::{Catalog, FormId};

use super::layout::{CellLayout, FormLayout, Layout, literal, quoted, scale_column, wide_table};

/// `CREATE TABLE` of a form's wide table with the columns given.
pub(super) fn wide_table_sql(form: FormId, columns: &[String]) -> String {
    format!(
        "CREATE TABLE {} (
          version_id INTEGER PRIMARY KEY REFERENCES version (id) ON DELETE CASCADE,
          exceptions INTEGER NOT NULL CHECK (exceptions >= 0),
          {}
        ) STRICT",
        wide_table(form),
        columns.join(", ")
    )
}

/// The columns of one cell: name and definition.
pub(super) fn columns(cell: &str, quantity: Quantity) -> Vec<(String, String)> {
    let value = quoted(cell);
    let mut columns = vec![(cell.to_owned(), format!("{value} INTEGER"))];
    if quantity == Quantity::Money {
        let scale = scale_column(cell);
        let name = quoted(&scale);
        let check = format!("{name} BETWEEN 1 AND 18 AND {value} IS NOT NULL");
        columns.push((
            scale,
            format!("{name} INTEGER CHECK ({name} IS NULL OR {check})"),
        ));
    }
    columns
}

/// Every generated view: its name and its definition.
pub(super) fn views(layout: &Layout) -> Vec<(String, String)> {
    let mut views = Vec::new();
    let mut arms = Vec::new();
    let mut contradictions = Vec::new();
    for form in &layout.forms {
        views.push((format!("form_{}", form.form), wide_view(form)));
        let name = format!("observation_{}", form.form);
        views.push((name.clone(), long_view(form)));
        arms.push(format!("SELECT {LONG_COLUMNS} FROM {name}"));
        contradictions.extend(contradiction(form));
    }
    views.push(("contradiction".into(), contradictions.join(" UNION ALL ")));
    views.push(("observation".into(), arms.join(" UNION ALL ")));
    views.push(("statistic".into(), statistic_view(&layout.forms)));
    views
}

const LONG_COLUMNS: &str = "report_id, agency, agency_code, year, scope, official, form, cell, \
    value, status, raw, unit, version_id, indicator_id";

/// One row a value of a statistics list, as printed. What is an observation too is taken from there. Cells are unpacked once a
/// version, and each then finds its row: the other way round they would be unpacked for each row.
fn statistic_view(forms: &[FormLayout]) -> String {
    let own = decimal("x.mantissa", "x.scale");
    let row = "s.position AS row, l.row_id, l.row_group, l.label, l.code, l.unit AS printed_unit";
    let mut sql = format!(
        "SELECT r.id AS report_id, a.name AS agency, a.code AS agency_code, r.year AS report_year, r.scope, \
         v.official, l.form, {row}, x.position, c.head, c.kind, c.year, {own} AS value, x.status, \
         CASE WHEN x.status = 'number' THEN coalesce(x.raw, CAST({own} AS TEXT)) ELSE ifnull(x.raw, '') END AS raw, \
         x.unit, s.version_id \
         FROM report r JOIN version v ON v.id = r.version_id \
         JOIN statistic_cell x ON x.version_id = v.id \
         CROSS JOIN statistic_row s ON s.version_id = x.version_id AND s.position = x.row \
         JOIN statistic_label l ON l.id = s.label_id \
         JOIN statistic_column c ON c.version_id = s.version_id AND c.position = x.column \
         LEFT JOIN agency a ON a.id = r.agency_id"
    );
    let is_list = |form: &&FormLayout| {
        let tables = &Catalog::get().form(form.form).tables;
        tables.iter().any(|table| table.shape == Shape::List)
    };
    for form in forms.iter().filter(is_list) {
        // Writing to a String cannot fail.
        let _ = write!(
            sql,
            " UNION ALL SELECT o.report_id, o.agency, o.agency_code, o.year, o.scope, o.official, l.form, {row}, \
             s.observed, c.head, c.kind, c.year, o.value, o.status, o.raw, o.unit, s.version_id \
             FROM observation_{} o \
             JOIN statistic_row s ON s.version_id = o.version_id AND s.indicator_id = o.indicator_id \
             JOIN statistic_label l ON l.id = s.label_id \
             JOIN statistic_column c ON c.version_id = s.version_id AND c.position = s.observed_column",
            form.form
        );
    }
    sql
}

/// An exact decimal: the integer where `scale` is 0 or NULL, else its digits with a point.
fn decimal(mantissa: &str, scale: &str) -> String {
    let digits = format!("ltrim(CAST({mantissa} AS TEXT), '-')");
    let padded =
        format!("substr('0000000000000000000' || {digits}, -max(length({digits}), {scale} + 1))");
    format!(
        "CASE WHEN ifnull({scale}, 0) = 0 THEN {mantissa} ELSE \
         CASE WHEN {mantissa} < 0 THEN '-' ELSE '' END || \
         substr({padded}, 1, length({padded}) - {scale}) || '.' || substr({padded}, -{scale}) END"
    )
}

/// One row a report, one column a cell; NULL where there is no number in the form's unit.
fn wide_view(form: &FormLayout) -> String {
    let mut sql = String::from(
        "SELECT r.id AS report_id, a.name AS agency, a.code AS agency_code, r.year, r.scope, \
         v.published, v.official, c.exceptions",
    );
    for cell in &form.cells {
        let name = &Catalog::get().indicator(cell.id).cell;
        let value = value(cell);
        // Writing to a String cannot fail.
        let _ = write!(sql, ", {value} AS {}", quoted(name));
    }
    let _ = write!(
        sql,
        " FROM {} c JOIN version v ON v.id = c.version_id \
         JOIN report r ON r.id = v.report_id AND r.version_id = v.id \
         LEFT JOIN agency a ON a.id = r.agency_id",
        wide_table(form.form)
    );
    sql
}

/// One row a cell of every current version that has the form. One flat join, so that the planner may
/// start from the report as well as from the cell; and few copies of the long tree, which each
/// statement on the view has to parse.
fn long_view(form: &FormLayout) -> String {
    let mut values: Vec<_> = form
        .cells
        .iter()
        .map(|cell| (cell.database_id, value(cell)))
        .collect();
    values.sort_unstable();
    let wide = tree(&values);
    let name = literal(form.form.as_str());
    // A NULL key ends a search before it begins: most cells need none.
    let join = |alias: &str, extent: &str, key: &str, condition: &str| {
        format!(
            " LEFT JOIN exception {alias} ON {alias}.version_id = CASE WHEN c.exceptions > 0{condition} \
             THEN c.version_id END AND {alias}.extent = '{extent}' AND {alias}.indicator_id = {key}"
        )
    };
    let uncovered = " AND x.status IS NULL";
    let first = |column: &str| {
        format!(
            "CASE WHEN x.status IS NOT NULL THEN x.{column} WHEN k.status IS NOT NULL THEN k.{column} \
             WHEN l.status IS NOT NULL THEN l.{column} ELSE t.{column} END"
        )
    };
    let (status, raw, unit) = (first("status"), first("raw"), first("unit"));
    let own = decimal("x.mantissa", "x.scale");
    format!(
        "SELECT r.id AS report_id, a.name AS agency, a.code AS agency_code, r.year, r.scope, v.official, \
         {name} AS form, i.cell, coalesce({wide}, {own}) AS value, \
         CASE WHEN {wide} IS NOT NULL THEN 'number' ELSE ifnull({status}, 'blank') END AS status, \
         CASE WHEN x.status = 'number' AND x.raw IS NOT NULL THEN x.raw \
           ELSE coalesce(CAST({wide} AS TEXT), CAST({own} AS TEXT), \
             CASE WHEN {status} IN ('row_absent', 'column_absent', 'table_absent') THEN NULL \
               ELSE ifnull({raw}, '') END) END AS raw, \
         nullif(CASE WHEN {wide} IS NOT NULL THEN i.unit ELSE ifnull({unit}, i.unit) END, '') AS unit, \
         c.version_id, i.id AS indicator_id \
         FROM report r JOIN version v ON v.id = r.version_id JOIN {} c ON c.version_id = v.id \
         JOIN indicator i ON i.form = {name} AND i.position >= 0 \
         LEFT JOIN agency a ON a.id = r.agency_id{}{}{}{} \
         WHERE {status} IS NOT 'not_part' OR {wide} IS NOT NULL",
        wide_table(form.form),
        join("x", "cell", "i.id", ""),
        join("k", "column", "i.column_anchor", uncovered),
        join("l", "row", "i.row_anchor", uncovered),
        join("t", "table", "i.table_anchor", uncovered),
    )
}

/// What no CHECK can see, as it lies in two tables: a wide value beside an exception that denies it, and a
/// wrong number of exceptions, with which the views would overlook some.
fn contradiction(form: &FormLayout) -> [String; 2] {
    let table = wide_table(form.form);
    let name = literal(form.form.as_str());
    let mut ids: Vec<_> = form
        .cells
        .iter()
        .map(|cell| (cell.database_id, value(cell)))
        .collect();
    ids.sort_unstable();
    [
        format!(
            "SELECT x.version_id, i.form, i.cell, 'a number and ' || x.status AS problem \
             FROM exception x JOIN indicator i ON i.id = x.indicator_id AND i.form = {name} \
             JOIN {table} c ON c.version_id = x.version_id \
             WHERE x.extent = 'cell' AND (x.status <> 'number' OR x.mantissa IS NOT NULL) \
             AND {} IS NOT NULL",
            tree(&ids)
        ),
        format!(
            "SELECT c.version_id, {name}, '', 'wrong number of exceptions' FROM {table} c \
             WHERE c.exceptions <> (SELECT count(*) FROM exception x JOIN indicator i \
             ON i.id = x.indicator_id WHERE x.version_id = c.version_id AND i.form = {name})"
        ),
    ]
}

/// A cell of the wide table `c`, with its decimals.
fn value(cell: &CellLayout) -> String {
    let name = &Catalog::get().indicator(cell.id).cell;
    let column = format!("c.{}", quoted(name));
    if cell.money {
        decimal(&column, &format!("c.{}", quoted(&scale_column(name))))
    } else {
        column
    }
}

/// A search tree over ids: eight comparisons for 200 cells.
fn tree(values: &[(i64, String)]) -> String {
    match values {
        [] => "NULL".into(),
        [(_, column)] => column.clone(),
        _ => {
            let (low, high) = values.split_at(values.len() / 2);
            format!(
                "CASE WHEN i.id < {} THEN {} ELSE {} END",
                high[0].0,
                tree(low),
                tree(high)
            )
        }
    }
}
