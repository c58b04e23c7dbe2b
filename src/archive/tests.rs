//! The archive as a whole: what is written is read, and damage is told.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn clock() -> FixedClock {
    FixedClock("2026-11-23T00:00:00.123456789Z".parse().unwrap())
}

fn writer(directory: &Path) -> (Writer<FixedClock>, Vec<Notice>) {
    Writer::open(directory, Options::default(), clock()).unwrap()
}

fn page(text: &str) -> Imported<'_> {
    Imported {
        bytes: text.as_bytes(),
        url: Some("http://a.gov.cn/年报/1 2.html"),
        content_type: Some("text/html; charset=utf-8"),
        file_name: Some("2020年报.html"),
        date: None,
    }
}

/// A directory with one file of three imported pages.
fn archive() -> (tempfile::TempDir, PathBuf, Vec<Placed>) {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, notices) = writer(directory.path());
    assert_eq!(notices, []);
    let places: Vec<_> = ["<p>一</p>", "", "<p>三</p>"]
        .iter()
        .map(|text| writer.import(&page(text)).unwrap())
        .collect();
    let path = directory.path().join(&places[0].file);
    (directory, path, places)
}

fn codes(path: &Path) -> Vec<(u64, &'static str)> {
    let found = verify(path, Limits::default()).unwrap();
    let problems = found.problems.iter();
    problems.map(|p| (p.offset, p.kind.code())).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// One gzip member of a record with the fields given.
fn raw(fields: &str, block: &[u8]) -> Vec<u8> {
    let mut record = format!(
        "WARC/1.1\r\n{fields}Content-Length: {}\r\n\r\n",
        block.len()
    )
    .into_bytes();
    record.extend_from_slice(block);
    record.extend_from_slice(b"\r\n\r\n");
    record
}

/// Writes in place: a file system may wait for the disk after a file was emptied first.
fn overwrite(path: &Path, bytes: &[u8]) {
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn what_is_written_is_read_at_its_place() {
    let (_directory, path, places) = archive();
    let file = path.file_name().unwrap().to_str().unwrap();
    assert_eq!(file, "nianbao-20261123000000-00001.warc.gz");
    let records: Vec<_> = Reader::open(&path, Limits::default())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let kinds: Vec<_> = records
        .iter()
        .map(|record| record.kind().as_str())
        .collect();
    let pair = ["resource", "metadata"];
    assert_eq!(kinds[0], "warcinfo");
    assert_eq!(kinds[1..], [pair, pair, pair].concat());
    for record in &records {
        let again = read_at(&path, record.offset, Limits::default()).unwrap();
        assert_eq!(&again, record);
    }
    let end = records.last().map(|record| record.offset + record.length);
    assert_eq!(end, Some(std::fs::metadata(&path).unwrap().len()));

    let first = read_at(&path, places[0].offset, Limits::default()).unwrap();
    assert_eq!(first.length, places[0].length);
    assert_eq!(first.block, "<p>一</p>".as_bytes());
    assert_eq!(sha256_hex(&first.payload().unwrap()), places[0].sha256);
    assert_eq!(
        first.target_uri(),
        Some("http://a.gov.cn/%E5%B9%B4%E6%8A%A5/1%202.html")
    );
    assert_eq!(first.id(), Some(places[0].record_id.as_str()));
    let date: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
    assert_eq!(first.date(), Some(date));
    assert_eq!(first.headers.get("WARC-Warcinfo-ID"), records[0].id());

    let metadata = &records[2];
    assert_eq!(metadata.headers.get("WARC-Refers-To"), first.id());
    let block = std::str::from_utf8(&metadata.block).unwrap();
    assert!(
        block.starts_with("originalFileName: 2020年报.html\r\n"),
        "{block}"
    );
    assert!(block.contains("declaredUrl: http://a.gov.cn/年报/1 2.html\r\n"));
    assert_eq!(codes(&path), []);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (_one, first, _) = archive();
    let (_two, second, _) = archive();
    assert_eq!(
        std::fs::read(first).unwrap(),
        std::fs::read(second).unwrap()
    );
}

#[test]
fn a_file_without_address_is_named_by_its_digest() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, _) = writer(directory.path());
    let placed = writer
        .import(&Imported {
            bytes: b"x",
            ..Imported::default()
        })
        .unwrap();
    let path = directory.path().join(&placed.file);
    let record = read_at(&path, placed.offset, Limits::default()).unwrap();
    assert_eq!(record.target_uri(), Some(&*content_urn(&placed.sha256)));
    assert_eq!(record.headers.get("Content-Type"), None);
}

#[test]
fn a_response_is_digested_without_its_chunks() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, _) = writer(directory.path());
    let block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n4\r\npage\r\n0\r\n\r\n";
    let mut response = Draft::new(Kind::Response, block.to_vec());
    response.target = Some("http://a.gov.cn/".into());
    response.content_type = Some("application/http; msgtype=response".into());
    let mut request = Draft::new(Kind::Request, b"GET / HTTP/1.1\r\n\r\n".to_vec());
    request.target.clone_from(&response.target);
    request.link = Some(Link::ConcurrentTo(0));
    let places = writer.write(&[response, request.clone()]).unwrap();
    assert_eq!(places[0].sha256, sha256_hex(b"page"));
    let path = directory.path().join(&places[0].file);
    let record = read_at(&path, places[0].offset, Limits::default()).unwrap();
    assert_eq!(record.block, block);
    assert_eq!(&record.payload().unwrap()[..], b"page");
    assert_eq!(record.content_type().as_deref(), Some("text/html"));
    assert_eq!(codes(&path), []);

    let alone = writer.write(&[request]);
    assert!(matches!(
        alone,
        Err(WriteError::Link {
            index: 0,
            target: 0
        })
    ));
}

#[test]
fn a_record_cut_at_any_byte_is_cut_off_and_writing_goes_on() {
    let (directory, path, places) = archive();
    let whole = std::fs::read(&path).unwrap();
    let start = usize::try_from(places[2].offset).unwrap();
    let end = start + usize::try_from(places[2].length).unwrap();
    for cut in start..end {
        std::fs::write(&path, &whole[..cut]).unwrap();
        if cut > start {
            assert_eq!(codes(&path), [(places[2].offset, "torn_record")], "{cut}");
        }
        let (mut writer, notices) = writer(directory.path());
        let dropped = (cut - start) as u64;
        let want = Notice::Truncated {
            file: places[2].file.clone(),
            end: places[2].offset,
            dropped,
        };
        assert_eq!(notices, if dropped > 0 { vec![want] } else { vec![] });
        assert_eq!(std::fs::read(&path).unwrap(), whole[..start]);
        if cut % 16 != 0 {
            continue; // every write waits for the disk
        }
        let again = writer.import(&page("<p>三</p>")).unwrap();
        assert_eq!(again, places[2], "cut at {cut}");
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }
}

#[test]
fn a_file_cut_inside_its_first_record_is_begun_again() {
    let (directory, path, places) = archive();
    let whole = std::fs::read(&path).unwrap();
    for cut in [0, 1, 40] {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let (mut writer, _) = writer(directory.path());
        assert_eq!(writer.import(&page("<p>一</p>")).unwrap(), places[0]);
        assert_eq!(codes(&path), []);
    }
}

#[test]
fn zeros_after_a_power_loss_are_cut_off() {
    let (directory, path, places) = archive();
    let whole = std::fs::read(&path).unwrap();
    let last = usize::try_from(places[2].offset).unwrap();
    for (kept, code) in [(whole.len(), "zero_tail"), (last + 60, "damaged_member")] {
        let mut bytes = whole[..kept].to_vec();
        bytes.resize(kept + 5000, 0);
        std::fs::write(&path, &bytes).unwrap();
        let found = codes(&path);
        assert!(found.iter().any(|(_, found)| *found == code), "{found:?}");
        let (_, notices) = writer(directory.path());
        assert!(matches!(notices[..], [Notice::Truncated { .. }]));
        assert_eq!(codes(&path), []);
    }
}

#[test]
fn damage_in_the_middle_is_kept_and_a_new_file_begun() {
    let (directory, path, places) = archive();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[usize::try_from(places[1].offset).unwrap() + 40] ^= 4;
    std::fs::write(&path, &bytes).unwrap();
    let (mut writer, notices) = writer(directory.path());
    let want = Notice::Damaged {
        file: places[0].file.clone(),
        offset: places[1].offset,
    };
    assert_eq!(notices, [want]);
    let next = writer.import(&page("x")).unwrap();
    assert_eq!(next.file, "nianbao-20261123000000-00002.warc.gz");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    let third = read_at(&path, places[2].offset, Limits::default());
    assert_eq!(third.unwrap().block, "<p>三</p>".as_bytes());
}

#[test]
fn every_flipped_bit_is_found_or_changes_nothing_and_is_never_cut_off() {
    let (directory, path, places) = archive();
    let whole = std::fs::read(&path).unwrap();
    let read = |path: &Path| -> Vec<_> {
        let reader = Reader::open(path, Limits::default()).unwrap();
        reader.map(Result::ok).collect()
    };
    let records = read(&path);
    let start = usize::try_from(places[0].offset).unwrap();
    let end = usize::try_from(places[2].offset).unwrap();
    let mut silent = 0;
    for at in start..end {
        for bit in [1, 16, 128] {
            let mut bytes = whole.clone();
            bytes[at] ^= bit;
            overwrite(&path, &bytes);
            // A gzip header's flags, time, level and system, and the bits that fill up the
            // last byte of its data, are under no checksum and carry nothing.
            if codes(&path).is_empty() {
                assert_eq!(read(&path), records, "byte {at} bit {bit}");
                silent += 1;
                continue;
            }
            let (_, notices) = writer(directory.path());
            let damaged = matches!(notices[..], [Notice::Damaged { .. }]);
            assert!(damaged, "byte {at} bit {bit}: {notices:?}");
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
    }
    assert!(silent < 3 * 4 * 8, "{silent} of the flips went unseen");
}

#[test]
fn known_ends_are_used_and_checked() {
    let (directory, path, places) = archive();
    let length = std::fs::metadata(&path).unwrap().len();
    let open = |end| {
        let options = Options {
            known_end: Some(KnownEnd {
                file: places[0].file.clone(),
                end,
            }),
            ..Options::default()
        };
        Writer::open(directory.path(), options, clock()).unwrap()
    };
    let (writer, notices) = open(places[2].offset);
    assert_eq!(notices, []);
    assert_eq!(writer.end().map(|known| known.end), Some(length));
    drop(writer);
    let (writer, notices) = open(length + 9);
    let want = Notice::Shortened {
        file: places[0].file.clone(),
        known: length + 9,
        found: length,
    };
    assert_eq!(notices, [want]);
    assert_eq!(writer.end().map(|known| known.end), Some(length));
}

#[test]
fn a_full_file_is_followed_by_another() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options {
        max_file_size: 1000,
        ..Options::default()
    };
    let (mut writer, _) = Writer::open(directory.path(), options.clone(), clock()).unwrap();
    for _ in 0..4 {
        writer.import(&page("x")).unwrap();
    }
    drop(writer);
    let (mut writer, _) = Writer::open(directory.path(), options, clock()).unwrap();
    let placed = writer.import(&page("x")).unwrap();
    assert_eq!(placed.file, "nianbao-20261123000000-00005.warc.gz");
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        assert_eq!(codes(&entry.unwrap().path()), []);
    }
}

#[test]
fn a_second_writer_is_refused() {
    let (directory, _, _) = archive();
    let (_first, _) = writer(directory.path());
    let second = Writer::open(directory.path(), Options::default(), clock());
    assert!(matches!(second, Err(WriteError::InUse { .. })));
}

#[test]
fn drafts_that_would_break_a_header_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, _) = writer(directory.path());
    let mut imported = page("x");
    imported.content_type = Some("text/html\r\nX-Y: z");
    let error = writer.import(&imported).unwrap_err();
    assert!(matches!(error, WriteError::Field { .. }));
    let mut draft = Draft::new(Kind::Resource, Vec::new());
    draft.target = Some("http://a.gov.cn/年报".into());
    let error = writer.write(&[draft]).unwrap_err();
    assert!(matches!(error, WriteError::Target { .. }));
    let placed = writer.import(&page("x")).unwrap();
    assert_eq!(codes(&directory.path().join(placed.file)), []);
}

#[test]
fn wrong_digests_and_references_are_found() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.warc.gz");
    let common = "WARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Target-URI: http://a/\r\n";
    let digest = sha1_label(b"page");
    let cases = [
        ("WARC-Block-Digest: ", "block_digest"),
        ("WARC-Payload-Digest: ", "payload_digest"),
    ];
    for (name, code) in cases {
        for (block, want) in [("page", vec![]), ("pagx", vec![(0, code)])] {
            let fields = format!(
                "WARC-Type: resource\r\nWARC-Record-ID: <a:b>\r\n{common}{name}{digest}\r\n"
            );
            std::fs::write(&path, gzip(&raw(&fields, block.as_bytes()))).unwrap();
            let mut found = codes(&path);
            found.retain(|(_, code)| *code != "warcinfo_missing");
            assert_eq!(found, want);
        }
    }
    let fields = "WARC-Type: metadata\r\nWARC-Record-ID: <a:b>\r\nWARC-Date: yesterday\r\nwarc-date: x\r\nWARC-Target-URI: http://a/年\r\nWARC-Refers-To: <a:c>\r\nWARC-Block-Digest: md5:0\r\n";
    let member = gzip(&raw(fields, b""));
    std::fs::write(&path, [&member[..], &member].concat()).unwrap();
    let mut found: Vec<_> = codes(&path).into_iter().map(|(_, code)| code).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(
        found,
        [
            "bad_date",
            "bad_target",
            "dangling_refers_to",
            "digest_unknown",
            "duplicate_id",
            "field_twice",
            "warcinfo_missing"
        ]
    );
}

#[test]
fn each_damage_is_named_and_reading_goes_on_where_it_can() {
    let good = raw(
        "WARC-Type: warcinfo\r\nWARC-Record-ID: <a:b>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n",
        b"x",
    );
    let member = gzip(&good);
    let mut long = good.clone();
    long.extend_from_slice(&good);
    let header = |length: &str| format!("WARC/1.1\r\nWARC-Type: x\r\n{length}\r\n").into_bytes();
    let huge = format!("WARC/1.1\r\nX: {}", "y".repeat(70_000));
    let cases: Vec<(Vec<u8>, &str, usize)> = vec![
        (gzip(&long), "shared_member", 1),
        (gzip(b"WARC/1.1\r\nno colon\r\n\r\n"), "bad_header", 1),
        (gzip(&header("")), "bad_header", 1),
        (
            gzip(&header("Content-Length: 1\r\ncontent-length: 2\r\n")),
            "bad_header",
            1,
        ),
        (gzip(huge.as_bytes()), "bad_header", 1),
        (gzip(b"hello"), "bad_header", 1),
        (gzip(&header("Content-Length: 9\r\n")), "wrong_length", 1),
        (gzip(&good[..good.len() - 1]), "record_end_missing", 1),
        (
            gzip(&header("Content-Length: 99999999999\r\n")),
            "record_too_large",
            1,
        ),
        (b"<html>garbage".to_vec(), "garbage", 0),
    ];
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.warc.gz");
    for (damage, code, read_on) in cases {
        let bytes = [&member[..], &damage, &member].concat();
        std::fs::write(&path, bytes).unwrap();
        let found = codes(&path);
        assert!(
            found.contains(&(member.len() as u64, code)),
            "{code}: {found:?}"
        );
        let results: Vec<_> = Reader::open(&path, Limits::default()).unwrap().collect();
        assert_eq!(
            results.iter().skip(2).filter(|r| r.is_ok()).count(),
            read_on,
            "{code}"
        );
    }
}

#[test]
fn a_bomb_costs_no_memory() {
    // 64 MiB of zeros in a block that declares them, and in one that does not.
    let limits = Limits {
        max_block: 1 << 20,
        ..Limits::default()
    };
    let zeros = vec![0; 64 << 20];
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.warc.gz");
    let honest = gzip(&raw("WARC-Type: resource\r\n", &zeros));
    let mut lie = b"WARC/1.1\r\nContent-Length: 10\r\n\r\n".to_vec();
    lie.extend_from_slice(&zeros);
    let follower = gzip(&raw("WARC-Type: resource\r\n", b"x"));
    std::fs::write(&path, [honest, gzip(&lie), follower].concat()).unwrap();
    let results: Vec<_> = Reader::open(&path, limits).unwrap().collect();
    assert!(
        matches!(results[0], Err(ReadError::TooLarge { declared, .. }) if declared == 64 << 20)
    );
    assert!(matches!(
        results[1],
        Err(ReadError::WrongLength { declared: 10, .. })
    ));
    assert_eq!(results[2].as_ref().unwrap().block, b"x");
    let stingy = Limits {
        max_skip: 1 << 20,
        ..limits
    };
    assert_eq!(Reader::open(&path, stingy).unwrap().count(), 1);
}

#[test]
fn uncompressed_files_are_read_and_named() {
    let record = raw(
        "WARC-Type: warcinfo\r\nWARC-Record-ID: <a:b>\r\nX: a\r\n b\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n",
        b"x",
    );
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.warc");
    std::fs::write(&path, [&record[..], &record].concat()).unwrap();
    let records: Vec<_> = Reader::open(&path, Limits::default())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(records[1].offset, record.len() as u64);
    assert_eq!(records[1].headers.get("x"), Some("a b"));
    assert_eq!(codes(&path), [(record.len() as u64, "duplicate_id")]);
    for cut in 1..record.len() {
        std::fs::write(&path, &record[..cut]).unwrap();
        let error = Reader::open(&path, Limits::default()).unwrap().next();
        assert!(
            matches!(error, Some(Err(ReadError::Torn { offset: 0 }))),
            "{cut}"
        );
    }
    let path = directory.path().join("a.warc.gz");
    std::fs::write(&path, &record).unwrap();
    assert_eq!(codes(&path), [(0, "not_compressed")]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_bytes_come_back(blocks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..2000), 1..5)) {
        let directory = tempfile::tempdir().unwrap();
        let (mut writer, _) = writer(directory.path());
        for block in &blocks {
            let placed = writer.import(&Imported { bytes: block, ..Imported::default() }).unwrap();
            let path = directory.path().join(&placed.file);
            prop_assert_eq!(&read_at(&path, placed.offset, Limits::default()).unwrap().block, block);
        }
    }

    #[test]
    fn no_input_panics_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300), plain in any::<bool>()) {
        let mut input = if plain { b"WARC/1.1\r\n".to_vec() } else { Vec::new() };
        input.extend(bytes);
        for input in [gzip(&input), input] {
            let mut reader = Reader::new(std::io::Cursor::new(input), 0, Limits::default()).unwrap();
            while let Some(result) = reader.next() {
                if let Err(error) = result {
                    let _ = reader.resync(error.offset().unwrap());
                }
            }
        }
    }
}
