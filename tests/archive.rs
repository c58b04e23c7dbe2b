//! An archive with every kind of record a crawl writes: sound, indexed, looked up, packed.
//!
//! With `NIANBAO_SAMPLE=FOLDER` it is left in that folder, for `tests/others.sh`.

use std::io::{Read as _, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use nianbao::archive::{
    CdxLine, Draft, FixedClock, Imported, Limits, LookupError, Options, Placed, Profile, Revisit,
    Truncation, Verifier, Writer, find, index_archive, index_file, write_wacz,
};

const PAGE: &str = "http://www.bailu.example/gkml/2020.html";
const AGAIN: &str = "http://www.bailu.example/mirror/2020.html";
const ENCODED: &str = "http://www.bailu.example/年报/1 2.html?b=2&a=1";

fn start() -> Timestamp {
    "2026-11-23T01:02:03.5Z".parse().unwrap()
}

fn address() -> IpAddr {
    [127, 0, 0, 1].into()
}

fn after(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn wire(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let mut wire = format!(
        "HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n",
        body.len()
    );
    if fields.contains("chunked") {
        wire = format!("HTTP/1.1 {status}\r\n{fields}\r\n{:x};x=y\r\n", body.len());
    }
    let mut wire = wire.into_bytes();
    wire.extend_from_slice(body);
    if fields.contains("chunked") {
        wire.extend_from_slice(b"\r\n0\r\n\r\n");
    }
    wire
}

fn group(uri: &str, response: Draft, seconds: i64) -> Vec<Draft> {
    let date = after(seconds);
    let request = format!("GET {uri} HTTP/1.1\r\nUser-Agent: test\r\n\r\n").into_bytes();
    vec![
        response.at(date).address(address()),
        Draft::request(uri, request)
            .concurrent_to(0)
            .at(date)
            .address(address()),
        Draft::metadata(uri, &[("outcome", "ok"), ("note", "two\r\nlines")])
            .refers_to(0)
            .at(date),
    ]
}

fn revisit(profile: Profile, of: &Placed, uri: &str) -> Revisit {
    Revisit {
        profile,
        refers_to: of.record_id.clone(),
        refers_to_uri: uri.into(),
        refers_to_date: of.date,
        payload_digest: of.payload_sha1.clone(),
    }
}

/// Writes two files of a crawl and one of an import, and returns them by name.
fn sample(folder: &Path) -> Vec<PathBuf> {
    let crawl = |max_file_size| Options {
        prefix: "nianbao-crawl".into(),
        max_file_size,
        contact: Some("who@bailu.example".into()),
        ..Options::default()
    };
    let (mut writer, _) = Writer::open(folder, crawl(1_000_000), FixedClock(start())).unwrap();
    let html = "Content-Type: text/html; charset=utf-8\r\n";
    let page = "<title>2020年年报</title><p>64</p>".repeat(50);
    let respond =
        |uri: &str, wire: Vec<u8>, seconds| group(uri, Draft::response(uri, wire), seconds);
    let chunked = "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n";
    let encoded = "Content-Type: text/html\r\nContent-Encoding: gzip\r\n";
    let moved = "Location: /gkml/2020.html\r\n";
    let mut groups = vec![
        respond(PAGE, wire("200 OK", html, page.as_bytes()), 0),
        respond(
            "http://www.bailu.example/chunked",
            wire("200 OK", chunked, b"<p>chunks</p>"),
            1,
        ),
        respond(ENCODED, wire("200 OK", encoded, &gzip(b"<p>inside</p>")), 2),
        respond(
            "http://www.bailu.example/old",
            wire("302 Found", moved, b""),
            3,
        ),
        respond(
            "http://www.bailu.example/gone",
            wire("404 Not Found", html, b"<p>404</p>"),
            4,
        ),
        respond(
            "https://127.0.0.2:8443/robots.txt",
            wire("200 OK", "", b"User-agent: *\n"),
            5,
        ),
        respond(
            "http://www.bailu.example/blocked",
            wire("412", html, b"<script></script>"),
            6,
        ),
    ];
    // Cut off by the server, and one that says gzip where there is none.
    let short =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n\r\n<p>".to_vec();
    let short = Draft::response("http://www.bailu.example/short", short);
    groups.push(group(
        "http://www.bailu.example/short",
        short.truncated(Truncation::Disconnect),
        7,
    ));
    let liar = "http://www.bailu.example/liar";
    groups.push(respond(liar, wire("200 OK", encoded, b"<p>plain</p>"), 8));
    let failed = Draft::metadata("http://no.bailu.example/", &[("outcome", "dns")]);
    groups.push(vec![failed.at(after(9))]);
    let places = writer.write_groups(&groups).unwrap();
    let first = places[0][0].clone();
    drop(writer);

    // Another night, another file.
    let (mut writer, _) = Writer::open(folder, crawl(1), FixedClock(after(86_400))).unwrap();
    let header = |status: &str| format!("HTTP/1.1 {status}\r\n{html}\r\n").into_bytes();
    let same = revisit(Profile::IdenticalPayload, &first, PAGE);
    let unchanged = revisit(Profile::NotModified, &first, PAGE);
    let groups = [
        group(
            AGAIN,
            Draft::revisit(AGAIN, header("200 OK"), &same),
            86_400,
        ),
        group(
            PAGE,
            Draft::revisit(PAGE, header("304 Not Modified"), &unchanged),
            86_401,
        ),
    ];
    writer.write_groups(&groups).unwrap();

    let (mut writer, _) = Writer::open(folder, Options::default(), FixedClock(start())).unwrap();
    let imported = Imported {
        bytes: b"<p>imported</p>",
        url: Some("http://www.bailu.example/imported.html"),
        content_type: Some("text/html"),
        file_name: Some("年报.html"),
        date: None,
    };
    writer.import(&imported).unwrap();

    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 3);
    files
}

#[test]
fn a_sample_of_every_record_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let kept = std::env::var_os("NIANBAO_SAMPLE").map(PathBuf::from);
    let folder = kept.as_deref().unwrap_or(folder.path());
    let files = sample(folder);
    let mut verifier = Verifier::new(Limits::default());
    for path in &files {
        verifier.file(path).unwrap();
    }
    let found = verifier.finish();
    assert!(found.iter().all(|found| !found.is_damaged()), "{found:?}");
    let notes = found.iter().flat_map(|found| &found.problems);
    let notes: Vec<_> = notes.map(|note| note.kind.code()).collect();
    assert_eq!(
        notes,
        ["not_encoded"],
        "the server's word, looked at as it came"
    );
}

#[test]
fn every_capture_has_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let files = sample(folder.path());
    let lines: Vec<CdxLine> = files
        .iter()
        .flat_map(|path| index_file(path, Limits::default()).unwrap())
        .map(Result::unwrap)
        .collect();
    assert_eq!(lines.len(), 12);
    let line = |url: &str, mime: &str| {
        let mut found = lines.iter().filter(|line| line.url == url);
        found
            .find(|line| line.mime.as_deref() == Some(mime))
            .unwrap()
    };
    let page = line(PAGE, "text/html");
    assert_eq!(page.key, "example,bailu)/gkml/2020.html");
    assert_eq!(
        (page.status, page.timestamp.as_str()),
        (Some(200), "20261123010203")
    );
    let unchanged = line(PAGE, "warc/revisit");
    assert_eq!(
        (unchanged.status, &unchanged.digest),
        (Some(304), &page.digest)
    );
    assert_eq!(line(AGAIN, "warc/revisit").status, Some(200));
    let imported = line("http://www.bailu.example/imported.html", "text/html");
    assert_eq!(imported.status, None);

    let scratch = folder.path().join("index");
    let mut sorter = index_archive(&files, &scratch, Limits::default(), |_, error| {
        panic!("{error}")
    })
    .unwrap();
    let mut told = Vec::new();
    sorter
        .each(|line| {
            told.push(line.to_owned());
            Ok(())
        })
        .unwrap();
    let mut want: Vec<_> = lines.iter().map(CdxLine::to_line).collect();
    want.sort();
    assert_eq!(told, want);
}

#[test]
fn a_capture_is_found_by_address_and_time_and_behind_revisits() {
    let folder = tempfile::tempdir().unwrap();
    let files = sample(folder.path());
    let find = |url: &str, at: Option<Timestamp>| find(&files, url, at, Limits::default());
    let payload = |url: &str, at, decoded| {
        let capture = find(url, at).unwrap();
        String::from_utf8(capture.payload(decoded, 1 << 20).unwrap()).unwrap()
    };
    let page = "<title>2020年年报</title><p>64</p>".repeat(50);
    // The last is a 304, the one nearest to the first night the page itself.
    let last = find(PAGE, None).unwrap();
    assert_eq!((last.status(), last.original.is_some()), (Some(304), true));
    let first = find(PAGE, Some(start())).unwrap();
    assert_eq!(
        (first.status(), first.original.is_some()),
        (Some(200), false)
    );
    for url in [PAGE, AGAIN, "https://bailu.example/GKML/2020.html"] {
        assert_eq!(payload(url, None, false), page, "{url}");
    }
    assert_eq!(
        payload("http://www.bailu.example/chunked", None, false),
        "<p>chunks</p>"
    );
    assert_eq!(payload(ENCODED, None, true), "<p>inside</p>");
    let as_received = find(ENCODED, None)
        .unwrap()
        .payload(false, 1 << 20)
        .unwrap();
    assert_eq!(as_received, gzip(b"<p>inside</p>"));
    let unknown = find("http://www.bailu.example/none", None);
    assert!(matches!(unknown, Err(LookupError::Unknown { .. })));
    // Without the first file the second's revisits lead nowhere, and say so.
    let second = vec![files[0].clone(), files[2].clone()];
    let dangling = nianbao::archive::find(&second, AGAIN, None, Limits::default());
    assert!(matches!(dangling, Err(LookupError::Dangling { .. })));
}

#[test]
fn a_package_is_the_same_each_time_and_holds_the_files_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let warc = folder.path().join("warc");
    std::fs::create_dir(&warc).unwrap();
    let files = sample(&warc);
    let scratch = folder.path().join("scratch");
    let pack = || {
        let out = std::io::Cursor::new(Vec::new());
        write_wacz(out, &files, "Bailu", &scratch, Limits::default()).unwrap()
    };
    let (package, packed) = pack();
    assert_eq!((packed.files, packed.lines, packed.unreadable), (3, 12, 0));
    assert_eq!(package.get_ref(), pack().0.get_ref());
    let mut zip = zip::ZipArchive::new(package).unwrap();
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        let mut entry = zip.by_name(name).unwrap();
        let stored = entry.compression() == zip::CompressionMethod::Stored;
        entry.read_to_end(&mut bytes).unwrap();
        (bytes, stored)
    };
    for path in &files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let (bytes, stored) = read(&format!("archive/{name}"));
        assert!(stored);
        assert_eq!(bytes, std::fs::read(path).unwrap());
    }
    let description: serde_json::Value =
        serde_json::from_slice(&read("datapackage.json").0).unwrap();
    assert_eq!(description["wacz_version"], "1.1.1");
    for resource in description["resources"].as_array().unwrap() {
        let (bytes, _) = read(resource["path"].as_str().unwrap());
        let hash = format!("sha256:{}", nianbao::archive::sha256_hex(&bytes));
        assert_eq!(resource["hash"], hash);
        assert_eq!(resource["bytes"], bytes.len());
    }
    let pages = String::from_utf8(read("pages/pages.jsonl").0).unwrap();
    assert_eq!(pages.lines().count() as u64, packed.pages + 1);
    assert!(pages.contains("imported.html") && !pages.contains("/gone"));
}

#[test]
fn of_captures_within_one_second_the_one_further_on_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bodies: [&str; 2]| {
        let options = Options {
            prefix: name.into(),
            ..Options::default()
        };
        let (mut writer, _) = Writer::open(folder.path(), options, FixedClock(start())).unwrap();
        let groups = bodies.map(|body| {
            let wire = wire("200 OK", "Content-Type: text/html\r\n", body.as_bytes());
            group(PAGE, Draft::response(PAGE, wire), 0)
        });
        let places = writer.write_groups(&groups).unwrap();
        folder.path().join(&places[0][0].file)
    };
    let (a, b) = (write("a", ["one", "two"]), write("b", ["three", "four"]));
    let found = |files: &[&PathBuf], at: Option<Timestamp>| {
        let files: Vec<_> = files.iter().map(|file| (*file).clone()).collect();
        let capture = find(&files, PAGE, at, Limits::default()).unwrap();
        String::from_utf8(capture.payload(true, 1 << 20).unwrap()).unwrap()
    };
    for at in [None, Some(start()), Some(after(-60)), Some(after(60))] {
        assert_eq!(found(&[&a], at), "two");
        assert_eq!(found(&[&a, &b], at), "four");
        assert_eq!(found(&[&b, &a], at), "four", "whatever comes first");
    }
}
