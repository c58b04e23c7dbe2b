//! Archive → database: repeatable, whatever the threads.

use std::num::NonZeroUsize;
use std::path::Path;

use jiff::Timestamp;
use nianbao::archive::{Draft, FixedClock, Kind, Limits, Options, Writer, read_at, sha256_hex};
use nianbao::home::Home;
use nianbao::pipeline::{
    BuildEvent, BuildOptions, BuildSummary, ImportOutcome, Importer, Page, build, page_of,
};
use nianbao::query;
use nianbao::store::{Outcome, Store};
use rusqlite::types::Value;

fn clock() -> FixedClock {
    FixedClock(Timestamp::from_second(1_700_000_000).unwrap())
}

/// A home with every demo page, and pages that are no reports.
fn home(folder: &Path) -> Home {
    let home = Home::init(folder).unwrap();
    let store = Store::open(&home.database()).unwrap();
    let (mut importer, notices) = Importer::open(&home, &store, clock()).unwrap();
    assert!(notices.is_empty());
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    let mut paths: Vec<_> = std::fs::read_dir(pages)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().unwrap() != "toml")
        .collect();
    paths.sort();
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let url = format!("https://a.example/年报/{name}");
        let page = Page {
            bytes: &bytes,
            url: Some(&url),
            content_type: None,
            file_name: Some(name),
        };
        assert_eq!(importer.page(&page).unwrap(), ImportOutcome::Archived);
        assert_eq!(importer.page(&page).unwrap(), ImportOutcome::Known);
        let elsewhere = Page { url: None, ..page };
        assert_eq!(importer.page(&elsewhere).unwrap(), ImportOutcome::Archived);
    }
    let page = Page {
        bytes: "<html><p>今日开会。</p></html>".as_bytes(),
        url: None,
        content_type: None,
        file_name: None,
    };
    importer.page(&page).unwrap();
    home
}

fn built(home: &Home, database: &Path, jobs: usize) -> BuildSummary {
    built_with(home, database, jobs, false)
}

fn built_with(home: &Home, database: &Path, jobs: usize, reread: bool) -> BuildSummary {
    let mut store = Store::open(database).unwrap();
    let options = BuildOptions {
        decisions: nianbao::decisions::Decisions::none(),
        hosts: nianbao::audit::origin::HostRules::get(),
        readings: nianbao::pipeline::Readings::compiled(),
        jobs: NonZeroUsize::new(jobs),
        started_at: Timestamp::now(),
        reread,
        stop: None,
    };
    build(&home.warc(), &mut store, &options, |event| {
        assert!(matches!(
            event,
            BuildEvent::Started { .. } | BuildEvent::Advanced { .. }
        ));
    })
    .unwrap()
}

/// Every row of every table, but for the times of runs.
fn dump(database: &Path) -> Vec<String> {
    let store = Store::open_read_only(database).unwrap();
    let connection = store.connection();
    let mut names = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'narrative_index*' ORDER BY name")
        .unwrap();
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut rows = Vec::new();
    for name in names {
        let columns = if name == "run" { "id, program" } else { "*" };
        let mut all = connection
            .prepare(&format!("SELECT {columns} FROM \"{name}\""))
            .unwrap();
        let count = all.column_count();
        let mut found = all.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values: Vec<Value> = (0..count).map(|column| row.get(column).unwrap()).collect();
            rows.push(format!("{name}: {values:?}"));
        }
    }
    rows
}

#[test]
fn a_second_build_changes_nothing_and_a_fresh_one_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(&folder.path().join("home"));
    let first = built(&home, &home.database(), 4);
    assert_eq!(first.reports(), 34);
    // The copies without an address are further captures of the same reports, but for a district's, whose name does not tell
    // which city it is in.
    assert_eq!(
        (first.count(Outcome::New), first.count(Outcome::SeenAgain)),
        (19, 15)
    );
    assert_eq!((first.count(Outcome::Refused), first.failures), (1, 0));
    let before = dump(&home.database());
    assert!(before.len() > 1000);

    // Nothing is new: nothing is read. Asked to, the program reads it all again, and finds the same.
    let second = built(&home, &home.database(), 3);
    assert!(second.known_bytes > 0 && second.outcomes.is_empty());
    assert_eq!(dump(&home.database()), before);
    let again = built_with(&home, &home.database(), 3, true);
    assert_eq!(
        (
            again.count(Outcome::Unchanged),
            again.count(Outcome::Refused)
        ),
        (34, 1)
    );
    assert_eq!(dump(&home.database()), before);

    let fresh = folder.path().join("fresh.db");
    built(&home, &fresh, 1);
    assert_eq!(dump(&fresh), before);
}

#[test]
fn an_http_exchange_is_read_through_its_codings() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::init(&folder.path().join("home")).unwrap();
    let page = std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/bailu-office-2020.html"),
    )
    .unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &page).unwrap();
    let response = |head: &str, body: &[u8]| {
        let block = [format!("HTTP/1.1 {head}\r\n\r\n").as_bytes(), body].concat();
        let mut draft = Draft::new(Kind::Response, block);
        draft.target = Some("https://www.bailu.example/a.htm".into());
        draft.content_type = Some("application/http;msgtype=response".into());
        draft
    };
    let html = "Content-Type: text/html; charset=GBK";
    let zipped = format!("200 OK\r\n{html}\r\nContent-Encoding: gzip");
    let drafts = [
        response(&zipped, &gzip.finish().unwrap()),
        response("301 Moved\r\nLocation: /b", b""),
        response(&format!("404 Not Found\r\n{html}"), b"<html>no</html>"),
        response("200 OK\r\nContent-Type: image/png", b"\x89PNG\r\n\x1a\n"),
    ];
    let (mut writer, _) = Writer::open(&home.warc(), Options::default(), clock()).unwrap();
    writer.write(&drafts).unwrap();
    let summary = built(&home, &home.database(), 2);
    assert_eq!(
        (
            summary.count(Outcome::New),
            summary.passed_over,
            summary.failures
        ),
        (1, 3, 0)
    );
    assert_eq!(summary.count(Outcome::Refused), 0);

    // Places count in the page, the digest is of what was archived.
    let store = Store::open_read_only(&home.database()).unwrap();
    let stored = query::load_report(&store, 1).unwrap().unwrap();
    let capture = query::capture_of(&store, stored.version_id)
        .unwrap()
        .unwrap();
    let path = home.warc().join(capture.file.unwrap());
    let record = read_at(&path, capture.offset.unwrap(), Limits::default()).unwrap();
    assert_eq!(sha256_hex(&record.payload().unwrap()), capture.sha256);
    let cell = stored
        .report
        .observation("requests.new@natural_person")
        .unwrap();
    let bytes = cell.source.unwrap().bytes;
    let found = bytes.slice(&page_of(&record).unwrap()).unwrap().to_vec();
    assert_eq!(found, cell.raw.as_bytes());
    assert!(!found.is_empty());
}
