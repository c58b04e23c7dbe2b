//! The schema keeps its promises against raw SQL, and against other files.

use nianbao::model::{ByteRange, CellStatus, Code, DateSource, Scope, SectionKind, Severity};
use nianbao::store::{Outcome, SCHEMA_VERSION, Store, StoreError};
use rusqlite::Connection;

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

#[test]
fn contradictions_are_refused() {
    let home = filled();
    let refused = [
        // A blank, a mark or an absence with a value.
        "INSERT INTO exception VALUES (1, 'cell', 300, 'blank', NULL, 5, 0, NULL)",
        "INSERT INTO exception VALUES (1, 'cell', 300, 'mark', '—', 0, 0, NULL)",
        "INSERT INTO exception VALUES (1, 'table', 300, 'table_absent', NULL, 0, 0, NULL)",
        // A number for a whole table; one without value or text; a value without decimals.
        "INSERT INTO exception VALUES (1, 'table', 300, 'number', '5', 5, 0, '元')",
        "INSERT INTO exception VALUES (1, 'cell', 300, 'number', NULL, NULL, NULL, '元')",
        "INSERT INTO exception VALUES (1, 'cell', 300, 'number', NULL, 5, NULL, '元')",
        // Words outside the closed lists.
        "INSERT INTO exception VALUES (1, 'cell', 300, 'empty', NULL, NULL, NULL, NULL)",
        "INSERT INTO exception VALUES (1, 'page', 300, 'blank', NULL, NULL, NULL, NULL)",
        "UPDATE report SET scope = 'both'",
        "UPDATE section SET kind = 'chapter'",
        "UPDATE finding SET severity = 'fatal'",
        "UPDATE finding SET code = 'no_such_code'",
        "UPDATE version SET official = 'yes'",
        "UPDATE version SET published = '2023/1/20'",
        // No floats, no words, no decimals without a value.
        "UPDATE cells_2021 SET \"requests.new@total\" = 1.5",
        "UPDATE cells_2021 SET \"requests.new@total\" = '—'",
        "UPDATE cells_2021 SET \"fees.amount\" = NULL, \"fees.amount#scale\" = 2",
        "UPDATE cells_2021 SET \"fees.amount#scale\" = 19",
        // A report without agency is a page's.
        "UPDATE report SET agency_id = NULL",
        "UPDATE capture SET sha256 = x'00'",
        "DELETE FROM capture",
    ];
    for sql in refused {
        let error = home.store.connection().execute(sql, []).expect_err(sql);
        assert!(
            matches!(
                error.sqlite_error_code(),
                Some(rusqlite::ErrorCode::ConstraintViolation)
            ),
            "{sql}: {error}"
        );
    }
}

#[test]
fn closed_lists_in_sql_are_those_of_the_model() {
    let home = filled();
    let accepted = |sql: &str, word: &str| {
        let changed = home.store.connection().execute(sql, [word]);
        assert!(changed.is_ok(), "{sql} {word}: {changed:?}");
    };
    for scope in Scope::ALL {
        accepted("UPDATE report SET scope = ?", scope.as_str());
    }
    for kind in SectionKind::ALL {
        accepted("UPDATE section SET kind = ?", kind.as_str());
    }
    for severity in Severity::ALL {
        accepted("UPDATE finding SET severity = ?", severity.as_str());
    }
    for code in Code::ALL {
        accepted("UPDATE finding SET code = ?", code.as_str());
    }
    for source in DateSource::ALL {
        let sql = "INSERT OR REPLACE INTO dated VALUES (1, 1, '2020-01-01', ?, '')";
        accepted(sql, source.as_str());
    }
    for status in &CellStatus::ALL[1..] {
        let sql =
            "INSERT OR REPLACE INTO exception VALUES (1, 'cell', 300, ?, NULL, NULL, NULL, NULL)";
        accepted(sql, status.as_str());
    }
}

#[test]
fn a_value_beside_its_denial_is_found() {
    let home = filled();
    let write = |sql: &str| home.store.connection().execute(sql, []).unwrap();
    assert_eq!(home.store.verify().unwrap(), Vec::<String>::new());
    let blank = "SELECT 1, 'cell', id, 'blank', NULL, NULL, NULL, NULL FROM indicator
        WHERE form = '2021' AND cell = 'review.total'";
    write(&format!("INSERT INTO exception {blank}"));
    assert_eq!(home.store.verify().unwrap().len(), 2);
    write("UPDATE cells_2021 SET exceptions = 1");
    assert_eq!(home.store.verify().unwrap().len(), 1);
    write("UPDATE cells_2021 SET \"review.total\" = NULL");
    assert_eq!(home.store.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn opening_again_changes_nothing() {
    let home = filled();
    let dump = |store: &Store| {
        let mut statement = store
            .connection()
            .prepare("SELECT type || name || sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
            .unwrap();
        let rows = statement
            .query_map([], |row| row.get::<_, String>(0))
            .unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>()
    };
    let again = Store::open(&home.path).unwrap();
    assert_eq!(again.connection().total_changes(), 0);
    assert_eq!(dump(&again), dump(&home.store));
    let reading = Store::open_read_only(&home.path).unwrap();
    assert_eq!(reading.reader().report(1).unwrap().unwrap().report, sound());
    assert!(
        reading
            .connection()
            .execute("DELETE FROM finding", [])
            .is_err()
    );
}

#[test]
fn a_catalog_that_grew_adds_columns_and_keeps_rows() {
    let home = filled();
    // As if made by a program that did not know this cell.
    home.store
        .connection()
        .execute_batch(
            "DROP VIEW statistic; DROP VIEW contradiction; DROP VIEW observation; DROP VIEW observation_2021; DROP VIEW form_2021;
             ALTER TABLE cells_2021 DROP COLUMN \"requests.new@total\";
             DELETE FROM indicator WHERE form = '2021' AND cell = 'requests.new@total';
             UPDATE meta SET value = 'older' WHERE key = 'catalog';",
        )
        .unwrap();
    let path = home.path.clone();
    let store = Store::open(&path).unwrap();
    let report = store.reader().report(1).unwrap().unwrap().report;
    // The old reading says nothing of the new cell; that is no blank.
    assert!(report.observation("requests.new@total").is_none());
    let value = |cell: &str| report.observation(cell).unwrap().value;
    assert_eq!(
        value("review.total"),
        sound().observation("review.total").unwrap().value
    );
    let mut store = store;
    let mut writer = store.writer("0.1.0", noon());
    let outcome = writer.put(&capture(&sound(), 10), Ok(&sound())).unwrap();
    writer.finish().unwrap();
    assert_eq!(outcome, Outcome::Reread);
    assert_eq!(store.reader().report(1).unwrap().unwrap().report, sound());
}

#[test]
fn other_files_are_refused() {
    let home = home();
    let sql = format!("PRAGMA user_version = {}", SCHEMA_VERSION + 1);
    home.store.connection().execute_batch(&sql).unwrap();
    let newer = |result| matches!(result, Err(StoreError::Newer { found, .. }) if found == SCHEMA_VERSION + 1);
    assert!(newer(Store::open(&home.path)));
    assert!(newer(Store::open_read_only(&home.path)));

    let directory = tempfile::tempdir().unwrap();
    let other = directory.path().join("other.db");
    Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    assert!(matches!(
        Store::open(&other),
        Err(StoreError::Foreign { .. })
    ));
    let missing = directory.path().join("missing.db");
    assert!(matches!(
        Store::open_read_only(&missing),
        Err(StoreError::Open { .. })
    ));
    let words = directory.path().join("words.db");
    std::fs::write(
        &words,
        "not a database, but long enough to have a header".repeat(9),
    )
    .unwrap();
    assert!(matches!(Store::open(&words), Err(StoreError::Open { .. })));
}

#[test]
fn a_database_of_schema_1_gains_parts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../src/store/migrations/0001_base.sql"))
        .unwrap();
    old.execute_batch(
        "INSERT INTO form VALUES ('2021', 2021, NULL, '');
         INSERT INTO report VALUES (1, NULL, NULL, 'own', 'p', 1);
         INSERT INTO capture VALUES (1, zeroblob(32), NULL, 1, NULL, 1, NULL, NULL, NULL);
         INSERT INTO reader VALUES (1, '0.1.0', 'p');
         INSERT INTO version VALUES (1, 1, zeroblob(16), 1, 1, 1, 1, NULL, NULL, NULL, 'unknown', 'UTF-8',
           'bom', 0, NULL);
         INSERT INTO section VALUES (1, 1, 0, 'other', NULL, 'text', 3, 7);
         PRAGMA application_id = 0x6e69616e;
         PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(old);
    let store = Store::open(&path).unwrap();
    let report = store.reader().version(1).unwrap().unwrap().report;
    assert_eq!(report.provenance.parts, []);
    assert_eq!(report.sections[0].bytes, ByteRange::new(3, 7));
}
