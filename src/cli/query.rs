//! `nianbao query`.

use std::io::{Read as _, Write};
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::present::{Align, Table, shorten};
use crate::query::{self, Cut, QueryError, SqlAnswer, SqlLimits, SqlValue, ViewLine};

use super::context::Context;
use super::{Status, output};

const EXAMPLES: &str = "\
NULL is not known: never add it up as 0. It is printed as NULL (the empty text as ''), null in JSON, NULL in CSV.
Only reading is possible: no ATTACH, no writing, no PRAGMA that sets.

Examples:
  nianbao query --views
  nianbao query --views narrative
  nianbao query \"SELECT agency, value, status FROM observation_2021 WHERE cell = 'rules.issued'\"
  nianbao query \"SELECT year, count(*) AS reports FROM report_list GROUP BY year\" --csv
  echo 'SELECT code, count(*) AS findings FROM finding_list GROUP BY code' | nianbao query - --json";

/// Ask the database in SQL, reading only
///
/// A statement may begin with a comment, but what looks like an option is one that was typed wrong.
fn statement(typed: &str) -> Result<String, String> {
    let is_option =
        typed.len() > 1 && typed.starts_with('-') && !typed.contains(char::is_whitespace);
    if is_option {
        return Err("no such option; `nianbao query --help` lists them".into());
    }
    Ok(typed.into())
}

/// One statement over the views of docs/database.md.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The statement; - reads it from stdin
    // A statement may begin with a comment, `-- which`.
    #[arg(allow_hyphen_values = true, value_parser = statement, required_unless_present_any = ["file", "views"], conflicts_with_all = ["file", "views"])]
    sql: Option<String>,
    /// The statement from a file
    #[arg(long, value_name = "FILE", conflicts_with = "views")]
    file: Option<PathBuf>,
    /// The views with their columns, or those of one
    #[arg(long, value_name = "VIEW", num_args = 0..=1, default_missing_value = "")]
    views: Option<String>,
    /// Seconds until the statement is stopped
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Most rows given
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    rows: u32,
    /// One JSON object a line
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// CSV with a head line (UTF-8, RFC 4180)
    #[arg(long, conflicts_with = "views")]
    csv: bool,
    /// The word for NULL in CSV
    #[arg(long, value_name = "WORD", default_value = "NULL", requires = "csv")]
    null: String,
}

/// Memory that a statement may take, in bytes.
const MEMORY: u64 = 512 << 20;
/// A single step of `SQLite` may outlast the clock; after so much more the program ends without it.
const GRACE: Duration = Duration::from_secs(2);

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    if let Some(view) = &args.views {
        return list_views(context, args, view);
    }
    let sql = match (&args.sql, &args.file) {
        (_, Some(path)) => std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?,
        (Some(sql), None) if sql == "-" => {
            let mut sql = String::new();
            std::io::stdin()
                .read_to_string(&mut sql)
                .context("cannot read stdin")?;
            sql
        }
        (Some(sql), None) => sql.clone(),
        (None, None) => String::new(),
    };
    // Tells in a line what is wrong with the home or its database.
    let path = context.read()?.home.database();
    let limits = SqlLimits {
        seconds: args.seconds,
        rows: usize::try_from(args.rows)?,
        memory: Some(MEMORY),
        ..SqlLimits::default()
    };
    let (send, receive) = mpsc::channel();
    thread::Builder::new().name("sql".into()).spawn(move || {
        // Nobody waits any more once the time is over.
        let _ = send.send(query::ask(&path, &sql, limits));
    })?;
    let answer = match receive.recv_timeout(Duration::from_secs(args.seconds) + GRACE) {
        Ok(answer) => answer?,
        Err(mpsc::RecvTimeoutError::Timeout) => {
            return Err(QueryError::TimeUp {
                seconds: args.seconds,
            }
            .into());
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => bail!("the statement could not be run"),
    };
    if args.json {
        let columns = unlike(&answer.columns);
        output::print_json(answer.rows.iter().map(|row| Row {
            columns: &columns,
            row,
        }))?;
    } else if args.csv {
        let mut out = output::stdout();
        write_csv(&answer, &args.null, &mut out)?;
        out.flush()?;
    } else {
        output::print(&table(&answer).render_plain())?;
    }
    match answer.cut {
        None if args.json || args.csv => {}
        None => output::say(&format!("{} rows", answer.rows.len())),
        Some(Cut::Rows) => {
            output::say(&format!(
                "cut off after {} rows: there are more, --rows allows more",
                answer.rows.len()
            ));
        }
        Some(Cut::Bytes) => {
            output::say(&format!(
                "cut off after {} rows: they are too long, ask for fewer columns",
                answer.rows.len()
            ));
        }
    }
    Ok(Status::Done)
}

/// Columns of a wide view that are shown where many are listed.
const SHOWN: usize = 24;

fn list_views(context: &Context, args: &Args, view: &str) -> anyhow::Result<Status> {
    let opened = context.read()?;
    let mut lines = query::views(&opened.store)?;
    if !view.is_empty() {
        lines.retain(|line| line.view == view);
        if lines.is_empty() {
            bail!("no documented view {view:?}: `nianbao query --views` lists them");
        }
    }
    if args.json {
        output::print_json(lines)?;
        return Ok(Status::Done);
    }
    let mut table = Table::new(["view", "one row is", "columns"].map(|head| (head, Align::Left)));
    table.max_width = output::terminal_width();
    for line in &lines {
        table.push([
            line.view.clone(),
            line.row.clone(),
            columns(line, !view.is_empty()),
        ]);
    }
    output::print(&table.render_plain())?;
    Ok(Status::Done)
}

fn columns(line: &ViewLine, all: bool) -> String {
    let shown = if all {
        line.columns.len()
    } else {
        SHOWN.min(line.columns.len())
    };
    let mut text = line.columns[..shown].join(", ");
    if shown < line.columns.len() {
        let more = line.columns.len() - shown;
        text = format!("{text}, … {more} more: --views {}", line.view);
    }
    text
}

/// Names that differ, as keys of an object must: a repeated one gets its number.
fn unlike(columns: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for column in columns {
        let mut name = column.clone();
        let mut number = 2;
        while names.contains(&name) {
            name = format!("{column}:{number}");
            number += 1;
        }
        names.push(name);
    }
    names
}

struct Row<'a> {
    columns: &'a [String],
    row: &'a [SqlValue],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.row.len()))?;
        for (column, value) in self.columns.iter().zip(self.row) {
            match value {
                SqlValue::Null => map.serialize_entry(column, &()),
                SqlValue::Integer(integer) => map.serialize_entry(column, integer),
                // JSON has no infinity, and null would say that nothing is known.
                SqlValue::Real(real) if !real.is_finite() => {
                    map.serialize_entry(column, &real.to_string())
                }
                SqlValue::Real(real) => map.serialize_entry(column, real),
                SqlValue::Text(text) => map.serialize_entry(column, text),
                SqlValue::Blob(blob) => map.serialize_entry(column, &hex(blob)),
            }?;
        }
        map.end()
    }
}

/// A blob as SQL has it.
fn hex(blob: &[u8]) -> String {
    format!("x'{}'", data_encoding::HEXLOWER.encode(blob))
}

/// A value as text; `None` for NULL.
fn plain(value: &SqlValue) -> Option<String> {
    match value {
        SqlValue::Null => None,
        SqlValue::Integer(integer) => Some(integer.to_string()),
        SqlValue::Real(real) => Some(format!("{real:?}")),
        SqlValue::Text(text) => Some(text.clone()),
        SqlValue::Blob(blob) => Some(hex(blob)),
    }
}

/// Columns of the terminal that one value takes at most.
const WIDEST: usize = 400;

fn table(answer: &SqlAnswer) -> Table {
    let is_number = |value: &SqlValue| matches!(value, SqlValue::Integer(_) | SqlValue::Real(_));
    let heads = answer.columns.iter().enumerate().map(|(index, name)| {
        let column = || {
            answer
                .rows
                .iter()
                .filter_map(|row| row.get(index))
                .filter(|value| **value != SqlValue::Null)
        };
        let numbers = column().next().is_some() && column().all(is_number);
        (
            name.as_str(),
            if numbers { Align::Right } else { Align::Left },
        )
    });
    let mut table = Table::new(heads);
    table.max_width = output::terminal_width();
    for row in &answer.rows {
        table.push(row.iter().map(|value| match plain(value) {
            None => "NULL".to_owned(),
            // Else nothing would tell them from a blank and from NULL.
            Some(text)
                if matches!(value, SqlValue::Text(_))
                    && (text.trim().is_empty() || text == "NULL") =>
            {
                format!("'{text}'")
            }
            Some(text) => shorten(&text, WIDEST),
        }));
    }
    table
}

/// NULL bare, and any text that could be taken for it in quotation marks, as the empty one is.
fn write_csv(answer: &SqlAnswer, null: &str, out: &mut impl Write) -> std::io::Result<()> {
    let field = |text: &str, quoted: bool| {
        if quoted || text.is_empty() || text == null || text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let heads: Vec<String> = answer
        .columns
        .iter()
        .map(|name| field(name, false))
        .collect();
    writeln!(out, "{}", heads.join(","))?;
    for row in &answer.rows {
        let fields = row.iter().map(|value| match plain(value) {
            None => null.to_owned(),
            Some(text) => field(&text, false),
        });
        let fields: Vec<String> = fields.collect();
        writeln!(out, "{}", fields.join(","))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> SqlAnswer {
        let text = |text: &str| SqlValue::Text(text.into());
        SqlAnswer {
            columns: vec!["a".into(), "a".into(), "b".into()],
            rows: vec![
                vec![SqlValue::Null, text(""), SqlValue::Integer(0)],
                vec![text("NULL"), text("x,\"y\""), SqlValue::Null],
                vec![SqlValue::Blob(vec![0, 255]), text("2"), SqlValue::Real(0.5)],
                vec![
                    SqlValue::Null,
                    SqlValue::Null,
                    SqlValue::Real(f64::INFINITY),
                ],
            ],
            cut: None,
        }
    }

    #[test]
    fn null_is_neither_empty_nor_zero_in_any_output() {
        let mut csv = Vec::new();
        write_csv(&answer(), "NULL", &mut csv).unwrap();
        assert_eq!(
            String::from_utf8(csv).unwrap(),
            "a,a,b\nNULL,\"\",0\n\"NULL\",\"x,\"\"y\"\"\",NULL\nx'00ff',2,0.5\nNULL,NULL,inf\n"
        );
        let columns = unlike(&answer().columns);
        let rows: Vec<String> = answer()
            .rows
            .iter()
            .map(|row| {
                serde_json::to_string(&Row {
                    columns: &columns,
                    row,
                })
                .unwrap()
            })
            .collect();
        assert_eq!(rows[0], r#"{"a":null,"a:2":"","b":0}"#);
        assert_eq!(rows[1], r#"{"a":"NULL","a:2":"x,\"y\"","b":null}"#);
        assert_eq!(rows[2], r#"{"a":"x'00ff'","a:2":"2","b":0.5}"#);
        assert_eq!(rows[3], r#"{"a":null,"a:2":null,"b":"inf"}"#);
        let mut table = table(&answer());
        table.max_width = None;
        let text = table.render_plain();
        assert!(
            text.contains("NULL")
                && text.contains("''")
                && text.contains("'NULL'")
                && text.contains(" 0\n"),
            "{text}"
        );
    }
}
