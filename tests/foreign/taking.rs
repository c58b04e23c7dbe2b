//! What is taken, under what name, and what is refused.

use std::io::Write as _;
use std::process::Command;

use nianbao::archive::{Limits, read_at, sha256_hex};
use nianbao::pipeline::{ForeignKind, foreign_kind, page_of};
use nianbao::query;
use nianbao::store::{Outcome, Store};

use super::nights::page;
use super::warcs::{HTML, Warc, built, gzip, home, http, record, sha1_hex, write};
use super::{URL, import, reports};

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one file with one record of each kind"
)]
fn what_a_crawl_of_another_program_holds_is_read_and_the_file_stays_as_it_is() {
    let (folder, home) = home();
    let mut warc = Warc::new();
    let request = http("GET / HTTP/1.1", b"");
    let date = "2026-01-02T03:04:05Z";
    warc.other(1, "request", date, &[("WARC-Target-URI", URL)], &request);
    // As wget writes it: the address in angle brackets, the digest of the body as it was sent, in hexadecimal.
    let mut chunked = Vec::new();
    for chunk in page(2023).chunks(5000) {
        chunked.extend(format!("{:x}\r\n", chunk.len()).bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let head = format!("{HTML}\nTransfer-Encoding: chunked");
    warc.response_with(
        2,
        date,
        &format!("<{URL}>"),
        &http(&head, &chunked),
        &[("WARC-Payload-Digest", &sha1_hex(&chunked))],
    );
    let zipped = format!("{HTML}\nContent-Encoding: gzip");
    let packed = http(&zipped, &gzip(&page(2022)));
    warc.response(3, date, "http://www.yunxi.example/2022.html", &packed);
    // What is no page, whatever it says.
    for (id, status) in (10..).zip([
        "206 Partial",
        "301 Moved",
        "304 Not Modified",
        "400 Bad",
        "403 Forbidden",
        "404 Gone",
        "412 Precondition",
        "429 Slow",
        "500 Error",
        "503 Busy",
        "521 Down",
    ]) {
        let head = format!("{status}\nContent-Type: text/html");
        warc.response(
            id,
            date,
            &format!("http://www.yunxi.example/{id}.html"),
            &http(&head, &page(2019)),
        );
    }
    let text = [
        ("Content-Type", "text/plain"),
        ("WARC-Target-URI", "urn:text:http://www.yunxi.example/"),
    ];
    warc.other(30, "resource", date, &text, &page(2018));
    warc.other(
        31,
        "conversion",
        date,
        &[("WARC-Target-URI", URL), ("Content-Type", "text/html")],
        &page(2017),
    );
    warc.other(
        32,
        "metadata",
        date,
        &[("WARC-Target-URI", URL)],
        b"via: x\r\n",
    );
    let bytes = warc.packed();
    let path = write(folder.path(), "other.warc.gz", &bytes);

    let taken = import(&home, &path).unwrap();
    assert_eq!(
        (taken.len(), taken[0].known, taken[0].found.damaged),
        (1, false, 0)
    );
    assert_eq!(
        std::fs::read(home.warc().join(&taken[0].file)).unwrap(),
        bytes
    );
    assert!(taken[0].file.contains(&sha256_hex(&bytes)[..32]));
    // Under another name it is the same file.
    let again = write(folder.path(), "again.warc.gz", &bytes);
    assert!(import(&home, &again).unwrap()[0].known);

    let (summary, told) = built(&home.warc(), &home.database(), false);
    assert_eq!(told, Vec::<String>::new());
    assert_eq!((summary.count(Outcome::New), summary.reports()), (2, 2));
    assert_eq!(summary.count(Outcome::Refused), 0, "{summary:?}");
    let years: Vec<i16> = reports(&home.database())
        .iter()
        .map(|line| line.0)
        .collect();
    assert_eq!(years, [2022, 2023]);
    // A number leads back into the file as it was handed over.
    let store = Store::open_read_only(&home.database()).unwrap();
    let stored = query::find_reports(&store, "云溪市人民政府", 2023, None).unwrap();
    let capture = query::capture_of(&store, stored[0].version_id)
        .unwrap()
        .unwrap();
    assert_eq!(capture.url.as_deref(), Some(URL));
    let record = read_at(
        &home.warc().join(capture.file.unwrap()),
        capture.offset.unwrap(),
        Limits::default(),
    )
    .unwrap();
    let cell = stored[0].report.observation("article20_1.rules@made");
    let cell = cell.or_else(|| {
        stored[0]
            .report
            .observations
            .iter()
            .find(|one| one.value.is_some())
    });
    let cell = cell.unwrap();
    let found = cell.source.unwrap().bytes;
    let payload = page_of(&record).unwrap();
    assert!(String::from_utf8_lossy(found.slice(&payload).unwrap()).contains(&cell.raw));
}

#[test]
fn files_are_told_by_their_bytes_and_odd_packings_are_read() {
    let (folder, home) = home();
    let mut warc = Warc::new();
    warc.response(1, "2026-01-02T00:00:00Z", URL, &http(HTML, &page(2023)));
    let plain = write(folder.path(), "named-wrongly.warc.gz", &warc.plain());
    assert_eq!(foreign_kind(&plain), Some(ForeignKind::Warc));
    let taken = import(&home, &plain).unwrap();
    assert!(taken[0].file.strip_suffix(".warc").is_some());
    // Compressed as a whole: the records are kept where they have places.
    let whole = write(folder.path(), "whole.warc.gz", &gzip(&warc.plain()));
    let taken = import(&home, &whole).unwrap();
    assert!(taken[0].known, "{taken:?}");
    let (summary, told) = built(&home.warc(), &home.database(), false);
    assert_eq!((summary.reports(), told.len()), (1, 0));

    let old = record("0.16", &[("WARC-Type", "response")], b"x");
    let old = write(folder.path(), "old.warc", &old);
    assert!(import(&home, &old).unwrap_err().contains("WARC/0.16"));
    for (name, bytes) in [
        ("empty.warc", &b""[..]),
        ("noise.warc.gz", &b"\x1f\x8b\x08\x00noise"[..]),
    ] {
        let path = write(folder.path(), name, bytes);
        let why = import(&home, &path).unwrap_err();
        assert!(!why.contains('\n') && !why.is_empty(), "{why}");
    }
    let page = write(folder.path(), "page.html", b"<html>");
    assert_eq!(foreign_kind(&page), None);
    let files = std::fs::read_dir(home.warc()).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing of a refused file stays: {names:?}");
}

pub fn zip(members: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes, stored) in members {
        let method = if *stored {
            zip::CompressionMethod::Stored
        } else {
            zip::CompressionMethod::Deflated
        };
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn collections_are_opened_and_hostile_ones_refused_in_a_line() {
    let (folder, home) = home();
    let mut one = Warc::new();
    one.response(1, "2026-01-02T00:00:00Z", URL, &http(HTML, &page(2023)));
    let mut two = Warc::new();
    two.response(
        2,
        "2026-01-02T00:00:00Z",
        "http://www.yunxi.example/2022.html",
        &http(HTML, &page(2022)),
    );
    let (one, two) = (one.packed(), two.packed());
    let package = format!(
        r#"{{"resources":[{{"path":"archive/a.warc.gz","hash":"sha256:{}"}},{{"path":"archive/b.warc.gz","hash":"sha256:00"}}]}}"#,
        sha256_hex(&one)
    );
    let wacz = zip(&[
        ("datapackage.json", package.as_bytes(), false),
        ("archive/a.warc.gz", &one, true),
        ("archive/b.warc.gz", &two, false),
        ("pages/pages.jsonl", b"{}", false),
    ]);
    let path = write(folder.path(), "c.wacz", &wacz);
    let taken = import(&home, &path).unwrap();
    assert_eq!(taken.len(), 2);
    assert_eq!((taken[0].found.damaged, taken[1].found.damaged), (0, 1));
    assert!(taken[1].found.damage[0].contains("datapackage.json"));
    let (summary, _) = built(&home.warc(), &home.database(), false);
    assert_eq!(summary.reports(), 2);
    let alone = write(folder.path(), "a.warc.gz", &one);
    assert!(import(&home, &alone).unwrap()[0].known);

    let bomb = zip(&[("archive/a.warc", &vec![b'a'; 90 << 20], false)]);
    let slip = zip(&[("archive/../../a.warc.gz", &one, true)]);
    let none = zip(&[("archive/readme.txt", b"x", true)]);
    for (name, bytes, why) in [
        ("bomb", &bomb[..], "unpacks to more than"),
        ("slip", &slip, "leads out"),
        ("none", &none, "without WARC files"),
        ("cut", &wacz[..wacz.len() - 30], "cannot be read"),
        ("noise", b"PK\x03\x04noise", "cannot be read"),
    ] {
        let path = write(folder.path(), &format!("{name}.wacz"), bytes);
        let told = import(&home, &path).unwrap_err();
        assert!(told.contains(why) && !told.contains('\n'), "{name}: {told}");
    }
    assert!(!folder.path().join("a.warc.gz.part").exists());
    let files = std::fs::read_dir(home.warc()).unwrap();
    assert_eq!(
        files.count(),
        3,
        "two members and the record of where they are from"
    );
}

#[test]
fn of_a_damaged_file_what_can_be_read_goes_in_and_the_damage_is_told_each_time() {
    let (folder, home) = home();
    let mut warc = Warc::new();
    for (id, year) in (1..).zip(2019..2024) {
        let url = format!("http://www.yunxi.example/{year}.html");
        warc.response(id, "2026-01-02T00:00:00Z", &url, &http(HTML, &page(year)));
    }
    let mut bytes = warc.packed();
    let offset: usize = warc.records[..3]
        .iter()
        .map(|record| gzip(record).len())
        .sum();
    bytes[offset + 2000] ^= 0x40;
    bytes.truncate(bytes.len() - 100);
    let path = write(folder.path(), "damaged.warc.gz", &bytes);
    let taken = import(&home, &path).unwrap();
    assert_eq!(taken[0].found.damaged, 2, "{:?}", taken[0].found);
    assert!(taken[0].found.damage[0].contains(&format!("byte {offset}")));
    for reread in [false, false, true] {
        let (summary, told) = built(&home.warc(), &home.database(), reread);
        assert_eq!((summary.failures, told.len()), (2, 2), "{told:?}");
        assert!(told[0].contains(&format!("byte {offset}")), "{told:?}");
    }
    let years: Vec<i16> = reports(&home.database())
        .iter()
        .map(|line| line.0)
        .collect();
    assert_eq!(years, [2019, 2020, 2022]);

    let output = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(["--home", home.directory().to_str().unwrap(), "import"])
        .arg(write(
            folder.path(),
            "two.warc.gz",
            &bytes[..bytes.len() - 7],
        ))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("byte {offset}")), "{said}");
}
