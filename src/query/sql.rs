//! SQL of people over the documented views: one statement, reading only, in bounded time and memory.
//!
//! The file is opened for reading, an authorizer lets through what reads, and limits end what does not end itself. So a
//! question can be wrong or slow, but cannot change, open or write anything.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode};
use serde::Serialize;

use crate::model::FormId;
use crate::store::Store;

use super::QueryError;

/// How far a question may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqlLimits {
    /// Seconds until it is stopped.
    pub seconds: u64,
    /// Rows that are given; what is more is cut off.
    pub rows: usize,
    /// Bytes of texts and blobs that are given in all; what is more is cut off.
    pub bytes: usize,
    /// Bytes that `SQLite` may take in this process, from now on; `None`: as many as there are.
    pub memory: Option<u64>,
}

impl Default for SqlLimits {
    fn default() -> Self {
        Self {
            seconds: 10,
            rows: 10_000,
            bytes: 128 << 20,
            memory: None,
        }
    }
}

/// A value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum SqlValue {
    /// Nothing is known: not the empty text, and not 0.
    Null,
    /// An integer.
    Integer(i64),
    /// A number that the SQL made; the views have none.
    Real(f64),
    /// Text; bytes that are no UTF-8 are shown as `�`.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlAnswer {
    /// Names of the columns, as the SQL has them; may repeat.
    pub columns: Vec<String>,
    /// A value a column.
    pub rows: Vec<Vec<SqlValue>>,
    /// Why there may be more rows than these; `None`: there are none.
    pub cut: Option<Cut>,
}

/// Why an answer was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// At [`SqlLimits::rows`].
    Rows,
    /// At [`SqlLimits::bytes`].
    Bytes,
}

/// Longest text or blob, in bytes: twice the longest narrative.
const LONGEST: i32 = 32 << 20;
/// Longest SQL, in bytes.
const LONGEST_SQL: i32 = 1 << 20;
/// Longest pattern of LIKE and GLOB, whose time may grow with every `%`.
const LONGEST_PATTERN: i32 = 1_000;
/// Steps of `SQLite`'s machine between two looks at the clock: well under a millisecond.
const STEPS: i32 = 2_000;

/// What to do where something is not there.
const LISTED: &str = "`nianbao query --views` lists what can be asked";

/// Pragmas that read.
const PRAGMAS: [&str; 15] = [
    "application_id",
    "collation_list",
    "compile_options",
    "data_version",
    "database_list",
    "encoding",
    "foreign_key_list",
    "function_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
];

/// Functions that reach beyond the database.
const FUNCTIONS: [&str; 5] = [
    "load_extension",
    "readfile",
    "writefile",
    "edit",
    "fts3_tokenizer",
];

/// Answers one statement over the database at `path`.
///
/// # Errors
///
/// [`QueryError::NotAllowed`], [`QueryError::NotOne`], [`QueryError::TimeUp`], [`QueryError::TooMuch`],
/// [`QueryError::Sql`], or if the database cannot be read.
pub fn ask(path: &Path, sql: &str, limits: SqlLimits) -> Result<SqlAnswer, QueryError> {
    let mut connection = Store::open_read_only(path)?.into_connection();
    connection.flush_prepared_statement_cache();
    let denied: Arc<Mutex<Option<String>>> = Arc::default();
    bound(&mut connection, limits, &denied)?;
    let answer = answer(&connection, sql, limits);
    answer.map_err(|error| {
        let denied = denied.lock().unwrap_or_else(PoisonError::into_inner).take();
        told(error, denied, limits)
    })
}

fn bound(
    connection: &mut Connection,
    limits: SqlLimits,
    denied: &Arc<Mutex<Option<String>>>,
) -> Result<(), QueryError> {
    // What is sorted or put aside stays in memory, which is bounded, and never fills a disk.
    connection.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA query_only = ON")?;
    if let Some(bytes) = limits.memory {
        connection.query_row(&format!("PRAGMA hard_heap_limit = {bytes}"), [], |_| Ok(()))?;
    }
    for (limit, bound) in [
        (Limit::SQLITE_LIMIT_LENGTH, LONGEST),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, LONGEST_SQL),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LONGEST_PATTERN),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        connection.set_limit(limit, bound)?;
    }
    let denied = Arc::clone(denied);
    connection.authorizer(Some(move |context: AuthContext<'_>| {
        let Some(what) = beyond_reading(&context.action) else {
            return Authorization::Allow;
        };
        let mut first = denied.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(what);
        Authorization::Deny
    }))?;
    let end = Instant::now() + Duration::from_secs(limits.seconds);
    connection.progress_handler(STEPS, Some(move || Instant::now() >= end))?;
    Ok(())
}

/// What a statement would do beyond reading; `None` where it only reads.
fn beyond_reading(action: &AuthAction<'_>) -> Option<String> {
    match action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => None,
        AuthAction::Function { function_name } => {
            let name = function_name.to_ascii_lowercase();
            FUNCTIONS
                .contains(&name.as_str())
                .then(|| format!("{name}()"))
        }
        AuthAction::Pragma {
            pragma_name,
            pragma_value,
        } => {
            let name = pragma_name.to_ascii_lowercase();
            let settable = ["application_id", "data_version", "encoding", "user_version"];
            let sets = pragma_value.is_some() && settable.contains(&name.as_str());
            (sets || !PRAGMAS.contains(&name.as_str())).then(|| format!("PRAGMA {name}"))
        }
        AuthAction::Attach { .. } => Some("ATTACH".into()),
        AuthAction::Detach { .. } => Some("DETACH".into()),
        AuthAction::Insert { .. } => Some("INSERT".into()),
        AuthAction::Update { .. } => Some("UPDATE".into()),
        AuthAction::Delete { .. } => Some("DELETE".into()),
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => {
            Some("a transaction".into())
        }
        _ => Some("to change the database".into()),
    }
}

fn answer(connection: &Connection, sql: &str, limits: SqlLimits) -> Result<SqlAnswer, QueryError> {
    if sql.trim().is_empty() {
        return Err(QueryError::NotOne {
            why: "there is none",
        });
    }
    let mut statement = connection.prepare(sql)?;
    if statement.parameter_count() > 0 {
        return Err(QueryError::NotOne {
            why: "it has a parameter, and nothing is given for it",
        });
    }
    if statement.column_count() == 0 {
        return Err(QueryError::NotOne {
            why: "this asks for nothing",
        });
    }
    if !statement.readonly() {
        return Err(QueryError::NotAllowed {
            what: "writing".into(),
        });
    }
    let columns: Vec<String> = statement.column_names().map(Into::into).collect();
    let mut answer = SqlAnswer {
        columns,
        rows: Vec::new(),
        cut: None,
    };
    let mut bytes = 0;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if answer.rows.len() == limits.rows {
            answer.cut = Some(Cut::Rows);
            break;
        }
        let mut values = Vec::with_capacity(answer.columns.len());
        for index in 0..answer.columns.len() {
            let value = match row.get_ref(index)? {
                ValueRef::Null => SqlValue::Null,
                ValueRef::Integer(integer) => SqlValue::Integer(integer),
                ValueRef::Real(real) => SqlValue::Real(real),
                ValueRef::Text(text) => SqlValue::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Blob(blob) => SqlValue::Blob(blob.into()),
            };
            bytes += match &value {
                SqlValue::Text(text) => text.len(),
                SqlValue::Blob(blob) => blob.len(),
                _ => 0,
            } + size_of::<SqlValue>();
            values.push(value);
        }
        if bytes > limits.bytes {
            answer.cut = Some(Cut::Bytes);
            break;
        }
        answer.rows.push(values);
    }
    Ok(answer)
}

/// An error in words for who asked.
fn told(error: QueryError, denied: Option<String>, limits: SqlLimits) -> QueryError {
    let QueryError::Sqlite(source) = error else {
        return error;
    };
    if let Some(what) = denied {
        return QueryError::NotAllowed { what };
    }
    match source.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => QueryError::TimeUp {
            seconds: limits.seconds,
        },
        Some(ErrorCode::OutOfMemory) => QueryError::TooMuch {
            what: "while it sorts or puts aside what it found",
        },
        Some(ErrorCode::TooBig) => QueryError::TooMuch {
            what: "a text or blob of more than 32 MiB",
        },
        Some(ErrorCode::ReadOnly) => QueryError::NotAllowed {
            what: "writing".into(),
        },
        _ => match source {
            rusqlite::Error::MultipleStatement => QueryError::NotOne {
                why: "there are several",
            },
            rusqlite::Error::SqlInputError {
                msg, offset, sql, ..
            } => {
                let before = usize::try_from(offset)
                    .ok()
                    .and_then(|offset| sql.get(..offset));
                let place = before.map_or_else(String::new, |before| {
                    let line = before.matches('\n').count() + 1;
                    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
                    format!(" (line {line}, column {column})")
                });
                QueryError::Sql {
                    message: format!("{msg}{place}; {LISTED}"),
                }
            }
            rusqlite::Error::SqliteFailure(_, Some(message)) => QueryError::Sql {
                message: if message.starts_with("no such table") {
                    format!("{message}; {LISTED}")
                } else {
                    message
                },
            },
            other => QueryError::Sqlite(other),
        },
    }
}

/// A documented view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ViewLine {
    /// Its name.
    pub view: String,
    /// What one row is.
    pub row: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
}

/// The views that `docs/database.md` tells of, as this database has them.
///
/// # Errors
///
/// If the database cannot be read.
pub fn views(store: &Store) -> Result<Vec<ViewLine>, QueryError> {
    let connection = store.connection();
    let mut names =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")?;
    let mut columns = connection.prepare("SELECT name FROM pragma_table_info(?)")?;
    let mut views = Vec::new();
    for name in names.query_map([], |row| row.get::<_, String>(0))? {
        let view = name?;
        let Some(row) = row_of(&view) else { continue };
        let columns = columns
            .query_map([&view], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        views.push(ViewLine { view, row, columns });
    }
    Ok(views)
}

/// What a row of a view is; `None` for a view that is not documented.
fn row_of(view: &str) -> Option<String> {
    let of_form = |name: &str| name.parse::<FormId>().is_ok();
    if let Some(form) = view.strip_prefix("form_").filter(|name| of_form(name)) {
        return Some(format!(
            "a report with the form of {form}, a column a cell; NULL: no number in the form's unit"
        ));
    }
    if let Some(form) = view
        .strip_prefix("observation_")
        .filter(|name| of_form(name))
    {
        return Some(format!("a cell of a report with the form of {form}"));
    }
    let (_, row) = VIEWS.iter().find(|(name, _)| *name == view)?;
    Some((*row).into())
}

/// Views that are not of one form.
const VIEWS: [(&str, &str); 18] = [
    ("absence", "an answer that an address is not there"),
    ("agency_key", "an agency, and the one to group it by"),
    ("contradiction", "something that cannot be; none"),
    (
        "date_evidence",
        "a day that a version gives, and what it was read from",
    ),
    ("finding_list", "a finding of a current version"),
    (
        "mention_list",
        "a number in the narrative of a current version",
    ),
    ("narrative", "a section of a current version, with its text"),
    ("observation", "a cell of a report, of any form"),
    ("proposal_list", "a cell that a proposal would change"),
    ("refusal_list", "a capture that is no report, and why"),
    (
        "report_list",
        "a report with its current version and capture",
    ),
    ("section", "a section of any version, with its text"),
    ("statistic", "a value of a statistics list as printed"),
    (
        "statistic_cell",
        "a value of a version's list that is no observation",
    ),
    ("statistic_column", "a column of a version's lists"),
    ("statistic_row", "a row of a version's list, in short"),
    ("version_title", "a version, with its title"),
    (
        "watch_list",
        "a finding across years, versions and texts, with law, evidence and verdict",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_is_described() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.db")).unwrap();
        let described: Vec<String> = views(&store)
            .unwrap()
            .into_iter()
            .map(|line| line.view)
            .collect();
        let mut names = store
            .connection()
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")
            .unwrap();
        let names: Vec<String> = names
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(described, names, "say in VIEWS what a row of a new view is");
        let lines = views(&store).unwrap();
        assert!(lines.iter().all(|line| line.columns.len() > 1), "{lines:?}");
    }
}
