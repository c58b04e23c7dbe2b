//! Table Schema (Data Package v2) of a table.

use serde_json::{Map, Value, json};

use super::codebook::STATUSES;
use super::table::{Column, Kind, Table};

/// The schema of a CSV file with this table.
pub(super) fn schema(table: &Table) -> Value {
    let mut schema = Map::new();
    schema.insert(
        "$schema".into(),
        json!("https://datapackage.org/profiles/2.0/tableschema.json"),
    );
    let key = |column: &Column| table.key == [column.name.as_str()];
    let fields: Vec<Value> = table
        .columns
        .iter()
        .map(|column| field(column, key(column)))
        .collect();
    schema.insert("fields".into(), json!(fields));
    if !table.key.is_empty() {
        schema.insert("primaryKey".into(), json!(table.key));
    }
    let foreign: Vec<Value> = table
        .foreign
        .iter()
        .map(|key| {
            json!({
                "fields": key.columns,
                "reference": {"resource": key.table, "fields": key.theirs},
            })
        })
        .collect();
    if !foreign.is_empty() {
        schema.insert("foreignKeys".into(), json!(foreign));
    }
    let mut missing =
        vec![json!({"value": "", "label": "不详或不适用 / not known or not applicable"})];
    if table.has_cells() {
        missing.extend(
            STATUSES
                .iter()
                .filter(|one| one.word != "number")
                .map(|one| json!({"value": one.word, "label": format!("{} / {}", one.zh, one.en)})),
        );
    }
    schema.insert("missingValues".into(), Value::Array(missing));
    Value::Object(schema)
}

fn field(column: &Column, unique: bool) -> Value {
    let mut field = Map::new();
    field.insert("name".into(), json!(column.name));
    field.insert("title".into(), json!(column.zh));
    field.insert("description".into(), json!(column.en));
    let mut constraints = Map::new();
    let kind = match column.kind {
        Kind::Text => "string",
        Kind::Word(words) => {
            constraints.insert("enum".into(), json!(words));
            "string"
        }
        Kind::Whole | Kind::Cell { money: false } => "integer",
        Kind::Exact | Kind::Cell { money: true } => "number",
        Kind::Yes => "boolean",
        Kind::Day => "date",
        Kind::Time => "datetime",
    };
    field.insert("type".into(), json!(kind));
    if column.required {
        constraints.insert("required".into(), json!(true));
    }
    if unique {
        constraints.insert("unique".into(), json!(true));
    }
    if !constraints.is_empty() {
        field.insert("constraints".into(), Value::Object(constraints));
    }
    Value::Object(field)
}
