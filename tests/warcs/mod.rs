//! WARC files as other programs write them, made by hand, and a database as text without its ids.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use data_encoding::{BASE32, HEXLOWER};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use nianbao::home::Home;
use nianbao::pipeline::{BuildEvent, BuildOptions, BuildSummary, build};
use nianbao::store::Store;
use rusqlite::types::Value;
use sha1::{Digest as _, Sha1};

/// One record, not compressed.
pub fn record(version: &str, fields: &[(&str, &str)], block: &[u8]) -> Vec<u8> {
    let mut record = format!("WARC/{version}\r\n").into_bytes();
    for (name, value) in fields {
        record.extend(format!("{name}: {value}\r\n").bytes());
    }
    record.extend(format!("Content-Length: {}\r\n\r\n", block.len()).bytes());
    record.extend_from_slice(block);
    record.extend_from_slice(b"\r\n\r\n");
    record
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn sha1_base32(bytes: &[u8]) -> String {
    format!("sha1:{}", BASE32.encode(&Sha1::digest(bytes)))
}

pub fn sha1_hex(bytes: &[u8]) -> String {
    format!("sha1:{}", HEXLOWER.encode(&Sha1::digest(bytes)))
}

/// An HTTP answer.
pub fn http(head: &str, body: &[u8]) -> Vec<u8> {
    [
        format!("HTTP/1.1 {}\r\n\r\n", head.replace('\n', "\r\n")).as_bytes(),
        body,
    ]
    .concat()
}

pub const HTML: &str = "200 OK\nContent-Type: text/html; charset=utf-8";

/// What a crawler wrote: one group of records a method.
#[derive(Default, Clone)]
pub struct Warc {
    /// The records, each with its kind of group.
    pub records: Vec<Vec<u8>>,
}

impl Warc {
    pub fn new() -> Self {
        let mut warc = Self::default();
        warc.push(&[("WARC-Type", "warcinfo")], 0, b"software: other/1\r\n");
        warc
    }

    fn push(&mut self, fields: &[(&str, &str)], id: u32, block: &[u8]) {
        let id = format!("<urn:uuid:00000000-0000-4000-8000-{id:012}>");
        let mut all = vec![("WARC-Record-ID", id.as_str())];
        all.extend_from_slice(fields);
        if !fields.iter().any(|(name, _)| *name == "WARC-Date") {
            all.push(("WARC-Date", "2026-01-01T00:00:00Z"));
        }
        self.records.push(record("1.0", &all, block));
    }

    /// A response with further fields.
    pub fn response_with(
        &mut self,
        id: u32,
        date: &str,
        url: &str,
        http: &[u8],
        more: &[(&str, &str)],
    ) {
        let mut fields = vec![
            ("WARC-Type", "response"),
            ("WARC-Date", date),
            ("WARC-Target-URI", url),
            ("Content-Type", "application/http; msgtype=response"),
        ];
        fields.extend_from_slice(more);
        self.push(&fields, id, http);
    }

    pub fn response(&mut self, id: u32, date: &str, url: &str, http: &[u8]) {
        let body = http
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap()
            + 4;
        let digest = sha1_base32(&http[body..]);
        self.response_with(id, date, url, http, &[("WARC-Payload-Digest", &digest)]);
    }

    /// A record of any kind.
    pub fn other(
        &mut self,
        id: u32,
        kind: &str,
        date: &str,
        fields: &[(&str, &str)],
        block: &[u8],
    ) {
        let mut all = vec![("WARC-Type", kind), ("WARC-Date", date)];
        all.extend_from_slice(fields);
        self.push(&all, id, block);
    }

    /// Compressed, a member a record.
    pub fn packed(&self) -> Vec<u8> {
        self.records
            .iter()
            .flat_map(|record| gzip(record))
            .collect()
    }

    /// Uncompressed.
    pub fn plain(&self) -> Vec<u8> {
        self.records.concat()
    }
}

pub fn id_of(id: u32) -> String {
    format!("<urn:uuid:00000000-0000-4000-8000-{id:012}>")
}

/// A page of the demo, whose agencies are invented.
pub fn demo_page(name: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/demo")
            .join(name),
    )
    .unwrap()
}

/// A report of the form in force, in UTF-8; `cell` stands in one cell, `text` in its narrative, `chrome` around it.
pub fn report_page(year: i32, cell: &str, text: &str, chrome: &str) -> Vec<u8> {
    let page = String::from_utf8(demo_page("yunxi-2023.html")).unwrap();
    let page = page
        .replace("2024", "NEXT")
        .replace("2023", &year.to_string());
    let page = page.replace("NEXT", &(year + 1).to_string());
    let (before, rest) = page
        .split_once("<td>规章</td>\n  <td><span style=\"font-size: 14px;\">2")
        .unwrap();
    let page = format!("{before}<td>规章</td>\n  <td><span>{cell}{rest}");
    let heading = "<h3>一、总体情况</h3>";
    let (before, rest) = page.split_once(heading).unwrap();
    let page = format!("{before}{heading}<p>{text}</p>{rest}");
    let (before, rest) = page.split_once("<div class=\"info\">").unwrap();
    format!("{before}<div class=\"info\">{chrome}{rest}").into_bytes()
}

pub fn home() -> (tempfile::TempDir, Home) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::init(&folder.path().join("home")).unwrap();
    Store::open(&home.database()).unwrap();
    (folder, home)
}

/// Builds, and returns what was told of damage and failures.
pub fn built(warc: &Path, database: &Path, reread: bool) -> (BuildSummary, Vec<String>) {
    let mut store = Store::open(database).unwrap();
    let options = BuildOptions {
        decisions: nianbao::decisions::Decisions::none(),
        hosts: nianbao::audit::origin::HostRules::get(),
        readings: nianbao::pipeline::Readings::compiled(),
        jobs: std::num::NonZeroUsize::new(2),
        started_at: Timestamp::now(),
        reread,
        stop: None,
    };
    let mut told = Vec::new();
    let summary = build(warc, &mut store, &options, |event| match event {
        BuildEvent::Damaged { file, damage } => told.push(format!("{file}: {damage}")),
        BuildEvent::Failed { file, offset, why } => told.push(format!("{file}: {offset}: {why}")),
        _ => {}
    })
    .unwrap();
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    (summary, told)
}

pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Every row of every table but runs, with what ids stand for in their place, sorted.
pub fn dump(database: &Path) -> Vec<String> {
    let store = Store::open_read_only(database).unwrap();
    let connection = store.connection();
    let capture =
        "(SELECT hex(c.sha256) || ' ' || c.fetched_at_us || ' ' || ifnull(d.url, '') FROM capture c
        LEFT JOIN address d ON d.id = c.address_id WHERE c.id = #)";
    let report = "(SELECT ifnull(a.name, '') || ' ' || ifnull(a.code, '') || ' ' || ifnull(r.year, '') || r.scope || r.page
        FROM report r LEFT JOIN agency a ON a.id = r.agency_id WHERE r.id = #)";
    let version = format!(
        "(SELECT hex(v.content_digest) || {} FROM version v WHERE v.id = #)",
        report.replace('#', "v.report_id")
    );
    let reader = "(SELECT program || profile FROM reader WHERE id = #)";
    let warc = "(SELECT file FROM warc WHERE id = #)";
    let address = "(SELECT url FROM address WHERE id = #)";
    let label = "(SELECT label || ifnull(row_id, '') || ifnull(row_group, '') || ifnull(code, '') || ifnull(unit, '')
        FROM statistic_label WHERE id = #)";
    let agency = "(SELECT ifnull(name, '') || ifnull(code, '') || place FROM agency WHERE id = #)";
    let keys: [(&str, &str); 13] = [
        ("key", agency),
        ("earlier_id", agency),
        ("later_id", agency),
        ("capture_id", capture),
        ("revisit_of", capture),
        ("report_id", report),
        ("other_report_id", report),
        ("version_id", &version),
        ("reader_id", reader),
        ("warc_id", warc),
        ("address_id", address),
        ("label_id", label),
        ("agency_id", agency),
    ];
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'narrative_index*' ORDER BY name")
        .unwrap();
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut rows = Vec::new();
    for table in tables {
        // Runs are clocks; labels are never deleted, and those in use are dumped with their rows.
        if ["run", "reader", "statistic_label", "meta"].contains(&table.as_str()) {
            continue;
        }
        let mut columns = connection
            .prepare("SELECT name FROM pragma_table_info(?)")
            .unwrap();
        let columns: Vec<String> = columns
            .query_map([&table], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let wanted = columns
            .iter()
            .filter(|column| *column != "run_id" && (*column != "id" || table == "indicator"));
        let wanted: Vec<String> = wanted
            .map(|column| {
                let own = format!("t.\"{column}\"");
                let key = keys.iter().find(|(name, _)| name == column);
                key.map_or(own.clone(), |(_, sql)| sql.replace('#', &own))
            })
            .collect();
        let sql = format!("SELECT {} FROM \"{table}\" t", wanted.join(", "));
        let mut all = connection.prepare(&sql).unwrap();
        let mut found = all.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values: Vec<Value> = (0..wanted.len())
                .map(|column| row.get(column).unwrap())
                .collect();
            rows.push(format!("{table}: {values:?}"));
        }
    }
    rows.sort();
    rows
}
