//! The SQL generated from the forms: wide tables, a view a form, and the long view.
//!
//! Plain SQL only: the views work in any `SQLite` that opens the file. A value with decimals is exact
//! text, never a float; a missing one is NULL beside its status, never 0.

use std::fmt::Write as _;

use crate::model::form::Quantity;
use crate::model::{Catalog, FormId};

use super::layout::{FormLayout, Layout, literal, quoted, scale_column, wide_table};

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
    for form in &layout.forms {
        views.push((format!("form_{}", form.form), wide_view(form)));
        let name = format!("observation_{}", form.form);
        views.push((name.clone(), long_view(form)));
        arms.push(format!("SELECT {LONG_COLUMNS} FROM {name}"));
    }
    views.push(("observation".into(), arms.join(" UNION ALL ")));
    views
}

const LONG_COLUMNS: &str = "report_id, agency, agency_code, year, scope, official, form, cell, \
    value, status, raw, unit, version_id, indicator_id, mantissa, scale";

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
        let column = format!("c.{}", quoted(name));
        let value = if cell.money {
            decimal(&column, &format!("c.{}", quoted(&scale_column(name))))
        } else {
            column
        };
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

/// One row a cell of every current version that has the form.
fn long_view(form: &FormLayout) -> String {
    let catalog = Catalog::get();
    let mut values = Vec::new();
    let mut scales = Vec::new();
    for cell in &form.cells {
        let name = &catalog.indicator(cell.id).cell;
        values.push((cell.database_id, format!("c.{}", quoted(name))));
        if cell.money {
            let column = quoted(&scale_column(name));
            scales.push((cell.database_id, format!("c.{column}")));
        }
    }
    values.sort_unstable();
    scales.sort_unstable();
    let mut scale = String::from("CASE i.id");
    for (id, column) in &scales {
        let _ = write!(scale, " WHEN {id} THEN {column}");
    }
    scale.push_str(" END");
    if scales.is_empty() {
        scale = "NULL".into();
    }
    let wide = tree(&values);
    let table = wide_table(form.form);
    let name = literal(form.form.as_str());
    // A NULL key ends a search before it begins: most cells need none.
    let join = |alias: &str, extent: &str, key: &str, condition: &str| {
        format!(
            " LEFT JOIN exception {alias} ON {alias}.version_id = CASE WHEN c.exceptions > 0{condition} \
             THEN c.version_id END AND {alias}.extent = '{extent}' AND {alias}.indicator_id = {key}"
        )
    };
    let uncovered = format!(" AND {wide} IS NULL AND x.status IS NULL");
    let inner = format!(
        "SELECT c.version_id, i.id AS indicator_id, i.cell, i.unit AS form_unit, {wide} AS wide, \
         {scale} AS wide_scale, x.mantissa AS own_mantissa, x.scale AS own_scale, \
         CASE WHEN {wide} IS NOT NULL THEN 'number' \
           ELSE coalesce(x.status, k.status, l.status, t.status, 'blank') END AS status, \
         CASE WHEN x.status IS NOT NULL THEN x.raw WHEN k.status IS NOT NULL THEN k.raw \
           WHEN l.status IS NOT NULL THEN l.raw ELSE t.raw END AS own_raw, \
         CASE WHEN x.status IS NOT NULL THEN x.unit WHEN k.status IS NOT NULL THEN k.unit \
           WHEN l.status IS NOT NULL THEN l.unit ELSE t.unit END AS own_unit \
         FROM {table} c CROSS JOIN indicator i{}{}{}{} WHERE i.form = {name} AND i.position >= 0",
        join("x", "cell", "i.id", ""),
        join("k", "column", "i.column_anchor", &uncovered),
        join("l", "row", "i.row_anchor", &uncovered),
        join("t", "table", "i.table_anchor", &uncovered),
    );
    let mantissa = "coalesce(o.wide, o.own_mantissa)";
    let scale =
        "CASE WHEN o.wide IS NULL THEN ifnull(o.own_scale, 0) ELSE ifnull(o.wide_scale, 0) END";
    let value = decimal("p.mantissa", "p.scale");
    format!(
        "SELECT r.id AS report_id, a.name AS agency, a.code AS agency_code, r.year, r.scope, \
         v.official, {name} AS form, p.cell, {value} AS value, p.status, \
         CASE WHEN p.status IN ('row_absent', 'column_absent', 'table_absent') THEN NULL \
           WHEN p.status = 'number' THEN coalesce(p.own_raw, CAST({value} AS TEXT)) \
           ELSE ifnull(p.own_raw, '') END AS raw, \
         nullif(ifnull(p.own_unit, p.form_unit), '') AS unit, \
         p.version_id, p.indicator_id, p.mantissa, p.scale \
         FROM (SELECT o.*, {mantissa} AS mantissa, \
           CASE WHEN {mantissa} IS NULL THEN NULL ELSE {scale} END AS scale FROM ({inner}) o) p \
         JOIN version v ON v.id = p.version_id \
         JOIN report r ON r.id = v.report_id AND r.version_id = v.id \
         LEFT JOIN agency a ON a.id = r.agency_id \
         WHERE p.status <> 'not_part'"
    )
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
