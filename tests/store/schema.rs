//! The schema keeps its promises against raw SQL, and against other files.

use nianbao::model::{ByteRange, CellStatus, Code, Scope, SectionKind, Severity};
use nianbao::store::{ADDRESS, KeyRow, Outcome, SCHEMA_VERSION, Store, StoreError};
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
        "UPDATE section_heading SET kind = 'chapter'",
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
        accepted("UPDATE section_heading SET kind = ?", kind.as_str());
    }
    for severity in Severity::ALL {
        accepted("UPDATE finding SET severity = ?", severity.as_str());
    }
    for code in Code::ALL {
        accepted("UPDATE finding SET code = ?", code.as_str());
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
    write("UPDATE report SET forms = 4");
    assert_eq!(home.store.verify().unwrap().len(), 1);
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

/// Codes have their meanings in both languages, those that an old file had without the Chinese too.
fn codes_are_explained(store: &Store) {
    let mut codes = store
        .connection()
        .prepare("SELECT code, meaning, meaning_zh FROM finding_code ORDER BY code")
        .unwrap();
    let codes = codes.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]));
    let codes: Vec<[String; 3]> = codes.unwrap().map(Result::unwrap).collect();
    let mut known: Vec<_> = Code::ALL
        .iter()
        .map(|code| [code.as_str(), code.meaning(), code.meaning_zh()].map(String::from))
        .collect();
    known.sort();
    assert_eq!(codes, known);
}

#[test]
fn a_database_of_schema_13_keeps_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;")
        .unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/migrations");
    let mut migrations: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap() < "0014")
        .collect();
    migrations.sort();
    assert_eq!(migrations.len(), 13);
    for migration in migrations {
        old.execute_batch(&std::fs::read_to_string(migration).unwrap())
            .unwrap();
    }
    old.execute_batch(
        "INSERT INTO form VALUES ('2014', 2014, 2018, '');
         INSERT INTO finding_code VALUES ('identity_fails', 'as it was');
         INSERT INTO agency (id, name) VALUES (1, '白鹭市水务局');
         INSERT INTO report VALUES (1, 1, 2016, 'own', '', 1), (2, 1, 2017, 'own', '', 2);
         INSERT INTO address VALUES (1, 'http://www.bailu.gov.cn/t20170120_1.html');
         INSERT INTO capture (id, sha256, address_id, fetched_at_us, size, content_type)
           VALUES (1, zeroblob(32), 1, 1, 1, 'text/html; charset=gbk'), (2, zeroblob(32), 1, 2, 1, NULL);
         INSERT INTO reader VALUES (1, '0.1.0', 'p');
         INSERT INTO version (id, report_id, content_digest, first_seen_us, last_seen_us, capture_id, reader_id, title, official,
             charset, charset_evidence, replacements, signals)
           VALUES (1, 1, zeroblob(16), 1, 1, 1, 1, '白鹭市水务局2016年报告', 'official', 'UTF-8', 'http', 0, '[\"host_official: x\"]'),
                  (2, 2, zeroblob(16), 1, 1, 2, 1, 'a' || char(1), 'official', 'UTF-8', 'http', 0, NULL);
         INSERT INTO section VALUES (1, 1, 0, 'overview', NULL, '全年公开', 3, 7, 0), (2, 1, 1, 'other', '六、其他', '无', 8, 9, 0),
           (3, 2, 0, 'overview', NULL, '公开', 3, 7, 0);
         INSERT INTO dated VALUES (1, 0, '2017-01-20', 'url', NULL), (1, 1, '2017-01-20', 'byline', '2017年1月20日'),
           (1, 2, '2017-01-21', 'meta', NULL);
         INSERT INTO statistic_label VALUES (1, '2014', NULL, NULL, '一、主动公开', NULL, NULL), (2, '2014', NULL, NULL, '二、其他', '2', '件');
         INSERT INTO statistic_layout VALUES (7, '1::: 2:::');
         INSERT INTO statistic_layout_row VALUES (7, 0, 1, NULL, NULL, NULL), (7, 1, 2, NULL, NULL, NULL);
         INSERT INTO statistic_list VALUES (1, 7), (2, 7);
         INSERT INTO statistic_column VALUES (1, 0, '统计数', 'year', 2016), (1, 1, NULL, 'unknown', NULL), (2, 0, '统计数', 'year', 2017);
         INSERT INTO statistic_cell VALUES (1, 0, 0, 0, 'blank', NULL, NULL, NULL, NULL, 0, 1, 2, 10, 11, 0),
           (1, 1, 0, 0, 'number', NULL, 12, 0, '件', 0, 1, 2, 20, 22, 0), (1, 1, 1, 1, 'number', '1，2.5', 125, 1, '件', 0, 1, 2, 30, 33, 0),
           (1, 1, 2, 1, 'mark', '—', NULL, NULL, '件', 0, 1, 2, 30, 33, 0), (2, 1, 0, 0, 'text', '见\"附件\"', NULL, NULL, '件', 0, 1, 2, 9, 9, 0);
         PRAGMA application_id = 0x6e69616e;
         PRAGMA user_version = 13;",
    )
    .unwrap();
    let all = |connection: &Connection| {
        let mut all = Vec::new();
        for sql in [
            "SELECT version_id, position, day, source, raw FROM date_evidence ORDER BY 1, 2",
            "SELECT report_id, position, kind, heading, text, version_id FROM narrative ORDER BY 1, 2",
            "SELECT report_id, title, url FROM report_list ORDER BY 1",
            "SELECT x.version_id, x.row, x.position, l.label, c.head, c.kind, c.year, x.status, x.raw, x.mantissa, x.scale, x.unit
             FROM statistic_cell x JOIN statistic_row s ON s.version_id = x.version_id AND s.position = x.row
             JOIN statistic_label l ON l.id = s.label_id
             JOIN statistic_column c ON c.version_id = x.version_id AND c.position = x.column ORDER BY 1, 2, 3",
        ] {
            let mut statement = connection.prepare(sql).unwrap();
            let width = statement.column_count();
            let rows = statement.query_map([], |row| {
                let values = (0..width).map(|at| row.get::<_, rusqlite::types::Value>(at));
                Ok(format!("{:?}", values.collect::<Result<Vec<_>, _>>()?))
            });
            all.extend(rows.unwrap().map(Result::unwrap));
        }
        all
    };
    let before = all(&old);
    assert_eq!(before.len(), 3 + 3 + 2 + 5);
    drop(old);
    let store = Store::open(&path).unwrap();
    assert_eq!(all(store.connection()), before);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    codes_are_explained(&store);
    let types: Vec<_> = [1, 2]
        .into_iter()
        .map(|version| {
            let capture = nianbao::query::capture_of(&store, version);
            capture.unwrap().unwrap().content_type
        })
        .collect();
    assert_eq!(types, [Some("text/html; charset=gbk".to_owned()), None]);
    let report = store.reader().version(1).unwrap().unwrap().report;
    assert_eq!(report.title.as_deref(), Some("白鹭市水务局2016年报告"));
    assert_eq!(report.provenance.signals, ["host_official: x"]);
    assert_eq!(report.dates[1].raw, "2017年1月20日");
    let raw = report.statistics[1]
        .cells
        .iter()
        .map(|cell| cell.raw.as_str());
    assert_eq!(raw.collect::<Vec<_>>(), ["12", "1，2.5", "—"]);
    let other = store.reader().version(2).unwrap().unwrap().report;
    assert_eq!(other.title.as_deref(), Some("a\u{1}"));
    assert_eq!(other.statistics[1].cells[0].raw, "见\"附件\"");
}

#[test]
fn an_address_is_found_by_its_index() {
    let home = filled();
    let sql = format!("EXPLAIN QUERY PLAN SELECT d.id FROM address d WHERE {ADDRESS}");
    let mut statement = home.store.connection().prepare(&sql).unwrap();
    let plan = statement.query_row(["http://www.yunxi.gov.cn/nb/2020.html"], |row| {
        row.get::<_, String>(3)
    });
    let plan = plan.unwrap();
    assert!(plan.contains("USING INDEX address_url"), "{plan}");
}

#[test]
fn words_are_checked_one_by_one() {
    let home = filled();
    let connection = home.store.connection();
    for table in [
        "report",
        "version",
        "reading",
        "section_heading",
        "mention",
        "finding",
        "exception",
        "address_absence",
        "agency_key",
    ] {
        let sql: String = connection
            .query_row(
                "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?",
                [table],
                |row| row.get(0),
            )
            .unwrap();
        // Of a list of three or more a table is made for each row that is inserted.
        let longest = sql
            .split(" IN (")
            .skip(1)
            .map(|list| list.split(')').next().unwrap().split(',').count())
            .max();
        assert!(longest.is_none_or(|words| words <= 2), "{sql}");
    }
    for (table, column) in [
        ("report", "scope"),
        ("version", "official"),
        ("reading", "official"),
        ("section_heading", "kind"),
    ] {
        let sql = format!("UPDATE {table} SET {column} = 'odd'");
        let error = connection.execute(&sql, []).unwrap_err().to_string();
        assert!(error.contains("CHECK constraint failed"), "{error}");
    }
    let mention = |kind: &str, channel: Option<&str>| {
        connection.execute(
            "INSERT INTO mention (version_id, position, text, mantissa, scale, approximate, negated, kind, period, channel,
               section, start_byte, end_byte, part)
             SELECT min(id), 77, '', 1, 0, 0, 0, ?, 'year', ?, 0, 0, 0, 0 FROM version",
            rusqlite::params![kind, channel],
        )
    };
    assert!(mention("odd", None).is_err());
    assert!(mention("count", Some("odd")).is_err());
    assert!(mention("count", Some("fax")).is_ok());
}

#[test]
fn findings_across_years_are_due_again_when_something_changes() {
    let mut home = filled();
    assert_eq!(home.store.watched_by().unwrap(), None);
    home.store.set_watched_by("reader").unwrap();
    assert_eq!(home.store.watched_by().unwrap().as_deref(), Some("reader"));
    let mut writer = home.store.writer("0.1.0", noon());
    writer.forget_watched().unwrap();
    writer.finish().unwrap();
    assert_eq!(home.store.watched_by().unwrap(), None);
    // Also where people only say which agencies are one.
    let key = |label: &str| KeyRow {
        agency_id: 1,
        key: 1,
        label: label.into(),
        division: None,
        level: None,
        rule: "own",
        evidence: String::new(),
    };
    assert!(home.store.put_agencies(&[key("甲")], &[]).unwrap());
    home.store.set_watched_by("reader").unwrap();
    assert!(!home.store.put_agencies(&[key("甲")], &[]).unwrap());
    assert!(home.store.watched_by().unwrap().is_some());
    assert!(home.store.put_agencies(&[key("乙")], &[]).unwrap());
    assert_eq!(home.store.watched_by().unwrap(), None);
}
