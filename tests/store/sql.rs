//! SQL of people: it reads, in bounds, and nothing else.

use nianbao::query::{Cut, QueryError, SqlAnswer, SqlLimits, SqlValue, ask};

use crate::random::{capture, sound};
use crate::{Home, home, noon};

fn filled() -> Home {
    let mut home = home();
    let report = sound();
    let mut writer = home.store.writer("0.1.0", noon());
    writer.put(&capture(&report, 10), Ok(&report)).unwrap();
    writer.finish().unwrap();
    home
}

fn limits() -> SqlLimits {
    SqlLimits {
        seconds: 5,
        ..SqlLimits::default()
    }
}

fn asked(home: &Home, sql: &str) -> Result<SqlAnswer, QueryError> {
    ask(&home.path, sql, limits())
}

#[test]
fn missing_empty_and_zero_stay_apart() {
    let home = filled();
    let answer = asked(
        &home,
        "SELECT NULL AS a, '' AS a, 0, x'', 0.5;  -- and no more\n",
    )
    .unwrap();
    assert_eq!(
        answer.rows,
        [vec![
            SqlValue::Null,
            SqlValue::Text(String::new()),
            SqlValue::Integer(0),
            SqlValue::Blob(vec![]),
            SqlValue::Real(0.5)
        ]]
    );
    assert_eq!(answer.columns[..2], ["a", "a"]);
    let sql = "SELECT value, status FROM observation_2021 WHERE cell = 'rules.issued'";
    assert_eq!(
        asked(&home, sql).unwrap().rows,
        [vec![SqlValue::Null, SqlValue::Text("blank".into())]]
    );
}

#[test]
fn what_reads_is_answered() {
    let home = filled();
    for sql in [
        "SELECT count(*) FROM report_list",
        "SELECT text FROM narrative WHERE instr(text, '公开') > 0",
        "SELECT rowid FROM narrative_index WHERE narrative_index MATCH '\"公 开\"'",
        "PRAGMA table_info(narrative)",
        "SELECT name FROM pragma_table_info('observation')",
        "EXPLAIN QUERY PLAN SELECT * FROM observation",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 9) SELECT sum(x) FROM c",
        "VALUES (1), (2)",
        "PRAGMA user_version",
        "SELECT name, sum(pgsize) FROM dbstat GROUP BY name",
    ] {
        let answer = asked(&home, sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert!(!answer.rows.is_empty(), "{sql}");
    }
}

#[test]
fn what_does_more_than_read_is_refused_by_name() {
    let home = filled();
    let before = std::fs::read(&home.path).unwrap();
    for (sql, what) in [
        ("ATTACH 'other.db' AS o", "ATTACH"),
        ("ATTACH ':memory:' AS o", "ATTACH"),
        ("DETACH main", "DETACH"),
        ("DELETE FROM report", "DELETE"),
        ("INSERT INTO meta VALUES ('a', 'b')", "INSERT"),
        ("WITH x AS (SELECT 1) UPDATE report SET year = 1", "UPDATE"),
        (
            "INSERT INTO narrative_index (narrative_index) VALUES ('delete-all')",
            "INSERT",
        ),
        ("CREATE TEMP TABLE t (a)", "INSERT"),
        ("DROP TABLE report", "DELETE"),
        ("CREATE VIRTUAL TABLE v USING fts5(a)", "INSERT"),
        ("PRAGMA query_only = 0", "PRAGMA query_only"),
        ("PRAGMA user_version = 3", "PRAGMA user_version"),
        ("PRAGMA hard_heap_limit = 0", "PRAGMA hard_heap_limit"),
        ("PRAGMA writable_schema = 1", "PRAGMA writable_schema"),
        ("PRAGMA journal_mode = DELETE", "PRAGMA journal_mode"),
        ("SELECT load_extension('x')", "load_extension()"),
        ("SELECT * FROM pragma_journal_mode('delete')", ""),
        ("BEGIN", "a transaction"),
        ("SAVEPOINT a", "a transaction"),
        ("VACUUM INTO 'copy.db'", ""),
        ("ANALYZE", ""),
        ("REINDEX", ""),
    ] {
        let error = asked(&home, sql).expect_err(sql).to_string();
        assert!(
            error.contains(what) && !error.contains('\n'),
            "{sql}: {error}"
        );
    }
    assert_eq!(std::fs::read(&home.path).unwrap(), before);
}

#[test]
fn one_statement_is_one() {
    let home = filled();
    for sql in [
        "",
        "  ",
        "-- nothing",
        "SELECT 1; SELECT 2",
        "SELECT 1; DELETE FROM report",
        "SELECT ?",
        "SELECT :a",
    ] {
        let error = asked(&home, sql).expect_err(sql);
        assert!(
            matches!(
                error,
                QueryError::NotOne { .. } | QueryError::NotAllowed { .. }
            ),
            "{sql}: {error}"
        );
    }
    let error = asked(&home, "SELECT 1,\n  agncy FROM report_list")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("agncy") && error.contains("line 2, column 3") && !error.contains('\n'),
        "{error}"
    );
    asked(&home, "SELECT \0 1").unwrap_err();
}

#[test]
fn rows_time_and_memory_have_an_end() {
    let home = filled();
    let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)";
    let few = SqlLimits {
        rows: 3,
        ..limits()
    };
    let answer = ask(&home.path, &format!("{endless} SELECT x FROM c"), few).unwrap();
    assert_eq!((answer.rows.len(), answer.cut), (3, Some(Cut::Rows)));
    let answer = ask(
        &home.path,
        &format!("{endless} SELECT x FROM c LIMIT 3"),
        few,
    )
    .unwrap();
    assert_eq!((answer.rows.len(), answer.cut), (3, None));
    let small = SqlLimits {
        bytes: 5_000,
        ..limits()
    };
    let answer = ask(
        &home.path,
        &format!("{endless} SELECT hex(zeroblob(500)) FROM c"),
        small,
    )
    .unwrap();
    assert_eq!((answer.rows.len(), answer.cut), (4, Some(Cut::Bytes)));
    let short = SqlLimits {
        seconds: 1,
        ..limits()
    };
    let start = std::time::Instant::now();
    let error = ask(
        &home.path,
        &format!("{endless} SELECT count(*) FROM c"),
        short,
    )
    .unwrap_err();
    assert!(
        matches!(error, QueryError::TimeUp { seconds: 1 }),
        "{error}"
    );
    assert!(start.elapsed().as_secs() < 4);
    for sql in [
        "SELECT zeroblob(100000000)",
        "SELECT hex(zeroblob(30000000))",
        "SELECT printf('%.*c', 100000000, 'x')",
    ] {
        let error = asked(&home, sql).unwrap_err();
        assert!(
            matches!(error, QueryError::TooMuch { .. }),
            "{sql}: {error}"
        );
    }
    let pattern = format!("SELECT 'a' LIKE '{}b'", "%a".repeat(600));
    asked(&home, &pattern).unwrap_err();
    asked(&home, &format!("SELECT {}1", "(".repeat(5_000))).unwrap_err();
}
