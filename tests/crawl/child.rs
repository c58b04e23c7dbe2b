//! The program as a child process, under a time limit, and the rows of the database that a run is to leave.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

/// Longer than anything may take that a test waits for.
const LONGEST: Duration = Duration::from_mins(3);

/// The program on a home.
pub fn nianbao(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
    command.arg("--home").arg(home).args(arguments);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub fn run(home: &Path, arguments: &[&str]) -> Ended {
    ended(nianbao(home, arguments).spawn().unwrap())
}

/// How a child ended.
#[derive(Debug)]
#[allow(dead_code, reason = "each target that includes it uses a part of it")]
pub struct Ended {
    /// `None`: a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

#[allow(dead_code, reason = "each target that includes it uses a part of it")]
impl Ended {
    /// Its stdout as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Waits for a child; one that hangs is killed and the test fails.
pub fn ended(mut child: Child) -> Ended {
    let from = Instant::now();
    // Read beside the wait, or a full pipe would hold the child up.
    let readers = [
        child.stdout.take().map(|pipe| reading(Box::new(pipe))),
        child.stderr.take().map(|pipe| reading(Box::new(pipe))),
    ];
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if from.elapsed() > LONGEST {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let took = from.elapsed();
    let [stdout, stderr] = readers.map(|one| one.map_or(String::new(), |one| one.join().unwrap()));
    assert!(!stderr.contains("panicked"), "{stderr}");
    Ended {
        code: status.code(),
        stdout,
        stderr,
        took,
    }
}

fn reading(mut pipe: Box<dyn std::io::Read + Send>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Sends a signal by its name.
#[allow(dead_code, reason = "each target that includes it uses a part of it")]
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(child.id().to_string())
        .output();
    sent.unwrap();
}

/// Tables that say when and where, not what.
const PLACES: [&str; 5] = [
    "run",
    "warc",
    "warc_state",
    "warc_trouble",
    "sqlite_sequence",
];
/// Columns that do.
const CLOCKS: [&str; 6] = [
    "id",
    "warc_id",
    "warc_offset",
    "warc_length",
    "record_key",
    "run_id",
];

const AGENCY: &str = "SELECT id, format('%s|%s|%s', name, code, place) FROM agency";

/// Every row of the database but for clocks, the numbers of rows, and places in the archive: rows are named by what they
/// are about. Sorted.
#[allow(dead_code, reason = "each target that includes it uses a part of it")]
pub fn rows(database: &Path) -> Vec<String> {
    let connection =
        Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut names = Names::default();
    for (column, sql) in [
        ("address_id", "SELECT id, url FROM address"),
        ("agency_id", AGENCY),
        ("key", AGENCY),
        ("earlier_id", AGENCY),
        ("later_id", AGENCY),
        (
            "capture_id",
            "SELECT c.id, format('%s of %s', hex(sha256), url) FROM capture c LEFT JOIN address a ON a.id = address_id",
        ),
        ("reader_id", "SELECT id, program || profile FROM reader"),
        (
            "label_id",
            "SELECT id, format('%s|%s|%s|%s|%s|%s', form, row_id, row_group, label, code, unit) FROM statistic_label",
        ),
        (
            "report_id",
            "SELECT r.id, format('%s|%s|%s|%s|%s', name, code, year, scope, page) FROM report r LEFT JOIN agency a ON a.id = agency_id",
        ),
        (
            "version_id",
            "SELECT v.id, format('%s|%s|%s|%s|%s of %s', name, code, year, scope, page, hex(content_digest)) FROM version v JOIN report r ON r.id = report_id LEFT JOIN agency a ON a.id = agency_id",
        ),
    ] {
        names.read(&connection, column, sql);
    }
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'narrative_index*'")
        .unwrap();
    let tables = tables.query_map([], |row| row.get(0)).unwrap();
    let tables: Vec<String> = tables.collect::<Result<_, _>>().unwrap();
    let mut rows = Vec::new();
    for table in tables {
        if PLACES.contains(&table.as_str()) {
            continue;
        }
        let mut all = connection
            .prepare(&format!("SELECT * FROM \"{table}\""))
            .unwrap();
        let columns: Vec<String> = all.column_names().map(Into::into).collect();
        let mut found = all.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let mut line = table.clone();
            for (number, column) in columns.iter().enumerate() {
                let stable = table == "indicator" && column == "id";
                if !stable && (CLOCKS.contains(&column.as_str()) || column.ends_with("_us")) {
                    continue;
                }
                let value: Value = row.get(number).unwrap();
                line.push_str(&names.told(column, &value));
            }
            rows.push(line);
        }
    }
    rows.sort();
    rows
}

/// Column → number of the row → what it is about.
#[derive(Default)]
struct Names(BTreeMap<&'static str, BTreeMap<i64, String>>);

impl Names {
    fn read(&mut self, connection: &Connection, column: &'static str, sql: &str) {
        let mut all = connection.prepare(sql).unwrap();
        let all = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        let all = all.unwrap().collect::<Result<_, _>>().unwrap();
        self.0.insert(column, all);
    }

    fn told(&self, column: &str, value: &Value) -> String {
        let about = match column {
            "revisit_of" => "capture_id",
            "other_report_id" => "report_id",
            other => other,
        };
        match (self.0.get(about), value) {
            (Some(names), Value::Integer(id)) => format!(" {column}={}", names[id]),
            _ => format!(" {column}={value:?}"),
        }
    }
}

/// Fails with the first rows that only one of two has.
#[allow(dead_code, reason = "each target that includes it uses a part of it")]
pub fn assert_same_rows(left: &[String], right: &[String], what: &str) {
    let only = |one: &[String], other: &[String]| {
        let rows = one.iter().filter(|row| other.binary_search(row).is_err());
        let rows: Vec<String> = rows.take(4).cloned().collect();
        rows
    };
    assert!(
        left == right,
        "{what}: {} rows and {}; only left: {:#?}; only right: {:#?}",
        left.len(),
        right.len(),
        only(left, right),
        only(right, left)
    );
}
