//! WARC and WACZ files of other programs: taken as they are, read as far as they can be.

#[path = "warcs/nights.rs"]
mod nights;
mod warcs;

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use nianbao::archive::{Limits, SystemClock, read_at, sha256_hex};
use nianbao::home::Home;
use nianbao::pipeline::{ForeignKind, Importer, Taken, foreign_kind, page_of};
use nianbao::query;
use nianbao::store::{Outcome, Store};
use nights::{nights, page, revisit};
use proptest::prelude::*;
use warcs::{
    HTML, Warc, built, dump, gzip, home, http, id_of, record, report_page, sha1_base32, sha1_hex,
    write,
};

const URL: &str = "http://www.yunxi.example/2023.html";

fn import(home: &Home, path: &Path) -> Result<Vec<Taken>, String> {
    let store = Store::open(&home.database()).unwrap();
    let (mut importer, _) = Importer::open(home, &store, SystemClock).unwrap();
    let kind = foreign_kind(path).ok_or("no file of another program")?;
    importer
        .foreign(path, kind)
        .map_err(|error| error.to_string())
}

fn reports(database: &Path) -> Vec<(i16, u32, String, String)> {
    let store = Store::open_read_only(database).unwrap();
    let lines = query::list_reports(&store, &query::Filter::default()).unwrap();
    let line = lines.into_iter().map(|line| {
        (
            line.year.unwrap(),
            line.versions,
            line.first_seen,
            line.last_seen,
        )
    });
    line.collect()
}

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

    let old = record("0.18", &[("WARC-Type", "response")], b"x");
    let old = write(folder.path(), "old.warc", &old);
    assert!(import(&home, &old).unwrap_err().contains("WARC/0.18"));
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

fn zip(members: &[(&str, &[u8], bool)]) -> Vec<u8> {
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

/// A revisit of a page: named by its record, by address and date, or by its digest alone.
#[test]
fn a_page_seen_again_is_a_capture_of_its_version_in_whatever_order_the_files_come() {
    type Way<'w> = (&'w str, Vec<(&'w str, &'w str)>, bool);
    let url = "http://www.yunxi.example/2023.html";
    let mut first = Warc::new();
    let answer = http(HTML, &page(2023));
    first.response(1, "2026-01-02T00:00:00Z", url, &answer);
    let digest = sha1_base32(&page(2023));
    let named = id_of(1);
    let ways: [Way<'_>; 5] = [
        ("by record", vec![("WARC-Refers-To", &named)], true),
        (
            "by address and date",
            vec![
                ("WARC-Refers-To-Target-URI", url),
                ("WARC-Refers-To-Date", "2026-01-02T00:00:00Z"),
            ],
            true,
        ),
        ("by digest", vec![("WARC-Payload-Digest", &digest)], true),
        (
            "by a record that is not there",
            vec![("WARC-Refers-To", "<urn:uuid:9>")],
            false,
        ),
        ("by nothing", vec![], false),
    ];
    for (way, fields, found) in ways {
        let mut second = Warc::new();
        revisit(&mut second, 2, "2026-03-04T00:00:00Z", url, &fields);
        for order in [["a", "b"], ["b", "a"]] {
            let (folder, home) = home();
            write(
                &home.warc(),
                &format!("{}.warc.gz", order[0]),
                &first.packed(),
            );
            write(
                &home.warc(),
                &format!("{}.warc.gz", order[1]),
                &second.packed(),
            );
            let (summary, told) = built(&home.warc(), &home.database(), false);
            assert_eq!(told.len(), 0);
            assert_eq!(summary.unresolved, u64::from(!found), "{way}");
            let (_, versions, seen, last) = reports(&home.database()).remove(0);
            assert_eq!((versions, &seen[..10]), (1, "2026-01-02"), "{way}");
            let want = if found { "2026-03-04" } else { "2026-01-02" };
            assert_eq!(&last[..10], want, "{way}");
            // The same in two builds, whichever comes first.
            let split = folder.path().join("split.db");
            let other = tempfile::tempdir().unwrap();
            for name in [order[1], order[0]] {
                let name = format!("{name}.warc.gz");
                std::fs::copy(home.warc().join(&name), other.path().join(&name)).unwrap();
                built(other.path(), &split, false);
            }
            assert_eq!(dump(&split), dump(&home.database()), "{way}");
        }
    }
}

#[test]
fn a_digest_that_lies_leads_nowhere() {
    let (_folder, home) = home();
    let mut warc = Warc::new();
    let other = sha1_base32(&page(2022));
    warc.response_with(
        1,
        "2026-01-02T00:00:00Z",
        URL,
        &http(HTML, &page(2023)),
        &[("WARC-Payload-Digest", &other)],
    );
    revisit(
        &mut warc,
        2,
        "2026-03-04T00:00:00Z",
        URL,
        &[("WARC-Payload-Digest", &other)],
    );
    write(&home.warc(), "a.warc.gz", &warc.packed());
    let (summary, _) = built(&home.warc(), &home.database(), false);
    assert_eq!(summary.unresolved, 1);
    assert_eq!(&reports(&home.database())[0].3[..10], "2026-01-02");
}

#[test]
fn the_same_page_at_another_address_is_read_for_that_address() {
    let (_folder, home) = home();
    let mut warc = Warc::new();
    warc.response(
        1,
        "2026-01-02T00:00:00Z",
        "http://casino.example.com/x.html",
        &http(HTML, &page(2023)),
    );
    let named = id_of(1);
    revisit(
        &mut warc,
        2,
        "2026-01-03T00:00:00Z",
        "http://www.yunxi.gov.cn/x.html",
        &[("WARC-Refers-To", &named)],
    );
    write(&home.warc(), "a.warc.gz", &warc.packed());
    built(&home.warc(), &home.database(), false);
    let store = Store::open_read_only(&home.database()).unwrap();
    let stored = query::load_report(&store, 1).unwrap().unwrap();
    assert_eq!(
        stored.report.provenance.url.as_deref(),
        Some("http://www.yunxi.gov.cn/x.html")
    );
    assert_eq!(stored.captures, 2);
    // Its bytes are in the other record, and that is where a proof leads.
    let capture = query::capture_of(&store, stored.version_id)
        .unwrap()
        .unwrap();
    let record = read_at(
        &home.warc().join(capture.file.unwrap()),
        capture.offset.unwrap(),
        Limits::default(),
    );
    assert_eq!(
        sha256_hex(&record.unwrap().payload().unwrap()),
        capture.sha256
    );
}

#[test]
fn a_page_cut_off_invents_nothing_and_stands_behind_a_whole_one() {
    let whole = page(2023);
    let text = String::from_utf8(whole.clone()).unwrap();
    let table = text.find("行政许可").unwrap();
    let digit = text[table..].find("px;\">4").unwrap() + table + 6;
    let (_folder, home) = home();
    let mut warc = Warc::new();
    let cut = &whole[..digit];
    warc.response_with(
        1,
        "2026-01-02T00:00:00Z",
        URL,
        &http(HTML, cut),
        &[("WARC-Truncated", "time")],
    );
    write(&home.warc(), "a.warc.gz", &warc.packed());
    built(&home.warc(), &home.database(), false);
    {
        let store = Store::open_read_only(&home.database()).unwrap();
        let stored = query::load_report(&store, 1).unwrap().unwrap();
        let codes: Vec<&str> = stored
            .report
            .findings
            .iter()
            .map(|one| one.code.as_str())
            .collect();
        assert!(
            codes.contains(&"capture_truncated") && !codes.contains(&"table_absent"),
            "{codes:?}"
        );
        for one in &stored.report.observations {
            assert!(!one.status.is_absent(), "{one:?}");
            assert!(
                one.raw != "4" || one.value.is_none(),
                "a cut number is no number"
            );
        }
    }
    // Later a whole one, and a cut one again, with no word of it but the length.
    let mut more = Warc::new();
    more.response(2, "2026-01-03T00:00:00Z", URL, &http(HTML, &whole));
    let head = format!("{HTML}\nContent-Length: {}", whole.len());
    more.response(
        3,
        "2026-01-04T00:00:00Z",
        URL,
        &http(&head, &whole[..digit]),
    );
    write(&home.warc(), "b.warc.gz", &more.packed());
    let (summary, _) = built(&home.warc(), &home.database(), false);
    assert_eq!(
        (summary.count(Outcome::New), summary.count(Outcome::Changed)),
        (1, 0),
        "{summary:?}"
    );
    let (_, versions, first, _) = reports(&home.database()).remove(0);
    assert_eq!((versions, &first[..10]), (1, "2026-01-03"));
}

#[test]
fn what_the_crawl_found_blocked_is_no_page() {
    let (_folder, home) = home();
    let mut warc = Warc::new();
    let date = "2026-01-02T00:00:00Z";
    for (id, outcome) in [(1, "ok"), (3, "blocked"), (5, "soft_gone")] {
        let url = format!("http://www.yunxi.example/{id}.html");
        warc.response(
            id,
            date,
            &url,
            &http(HTML, &page(2017 + i32::try_from(id).unwrap())),
        );
        let about = id_of(id);
        let block = format!("outcome: {outcome}\r\nwhy: a page of the firewall\r\n");
        let fields = [
            ("WARC-Concurrent-To", about.as_str()),
            ("Content-Type", "application/warc-fields"),
        ];
        warc.other(id + 1, "metadata", date, &fields, block.as_bytes());
    }
    write(&home.warc(), "a.warc.gz", &warc.packed());
    let (summary, _) = built(&home.warc(), &home.database(), false);
    assert_eq!((summary.reports(), summary.count(Outcome::Refused)), (1, 2));
    assert_eq!(summary.refusals.get("blocked"), Some(&1));
    assert_eq!(summary.refusals.get("soft_gone"), Some(&1));
}

/// A record of the archive that is cut back, as a crawl does after a crash, leaves the database too.
#[test]
fn what_the_archive_has_no_more_leaves_the_database() {
    let (folder, home) = home();
    let mut warc = Warc::new();
    warc.response(1, "2026-01-02T00:00:00Z", URL, &http(HTML, &page(2023)));
    let kept = warc.packed();
    warc.response(
        2,
        "2026-01-03T00:00:00Z",
        URL,
        &http(HTML, &report_page(2023, "7", "另行补充。", "")),
    );
    let path = write(&home.warc(), "a.warc.gz", &warc.packed());
    built(&home.warc(), &home.database(), false);
    assert_eq!(reports(&home.database())[0].1, 2);
    write(&home.warc(), "a.warc.gz", &kept);
    let (summary, _) = built(&home.warc(), &home.database(), false);
    assert_eq!((summary.known_bytes, summary.gone), (0, 1));
    assert_eq!(reports(&home.database())[0].1, 1);
    let fresh = folder.path().join("fresh.db");
    built(path.parent().unwrap(), &fresh, false);
    assert_eq!(dump(&fresh), dump(&home.database()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// However the archive grew, and whichever file came when, the rows are those of one build of it all.
    #[test]
    fn builds_along_the_way_come_to_the_same_as_one_build(
        order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(),
        parts in prop::collection::vec(1..4_usize, 6),
        gaps in prop::collection::vec(any::<bool>(), 24),
    ) {
        let nights = nights();
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("warc");
        std::fs::create_dir(&archive).unwrap();
        let along = folder.path().join("along.db");
        let mut gaps = gaps.into_iter();
        for number in order {
            let records = &nights[number].records;
            let step = records.len().div_ceil(parts[number]).max(1);
            let mut bytes = Vec::new();
            for some in records.chunks(step) {
                bytes.extend(some.iter().flat_map(|record| gzip(record)));
                write(&archive, &format!("night-{number}.warc.gz"), &bytes);
                if gaps.next().unwrap_or(true) {
                    built(&archive, &along, false);
                }
            }
        }
        built(&archive, &along, false);
        let before = dump(&along);
        let fresh = folder.path().join("fresh.db");
        let (summary, _) = built(&archive, &fresh, false);
        prop_assert_eq!(summary.failures, 0);
        let whole = dump(&fresh);
        for (one, other) in before.iter().zip(&whole) {
            prop_assert_eq!(one, other);
        }
        prop_assert_eq!(before.len(), whole.len());
        // And reading all of it again changes nothing.
        built(&archive, &along, true);
        prop_assert_eq!(dump(&along), whole);
    }
}

#[test]
fn the_months_reports_are_what_was_published() {
    let folder = tempfile::tempdir().unwrap();
    for (number, night) in nights().iter().enumerate() {
        write(
            folder.path(),
            &format!("night-{number}.warc.gz"),
            &night.packed(),
        );
    }
    let database = folder.path().join("d.db");
    let (summary, told) = built(folder.path(), &database, false);
    assert_eq!((summary.unresolved, told.len()), (0, 0), "{told:?}");
    let lines: Vec<_> = reports(&database)
        .into_iter()
        .map(|(year, versions, first, last)| {
            (
                year,
                versions,
                first[..10].to_owned(),
                last[..10].to_owned(),
            )
        })
        .collect();
    let line = |year, versions, first: &str, last: &str| {
        (year, versions, first.to_owned(), last.to_owned())
    };
    assert_eq!(
        lines,
        [
            line(2020, 2, "2026-01-03", "2026-01-06"),
            // The third is from a host of which nothing is known.
            line(2023, 3, "2026-01-01", "2026-01-05"),
        ]
    );
}
