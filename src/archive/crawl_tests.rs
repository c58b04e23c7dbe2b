//! The writer as the crawl uses it: groups, revisits, a ledger that counts.

use std::path::Path;

use super::*;

const PREFIX: &str = "nianbao-crawl";
const NAME: &str = "nianbao-crawl-20261123000000-00001.warc.gz";

fn options() -> Options {
    Options {
        prefix: PREFIX.into(),
        cut_to_known: true,
        ..Options::default()
    }
}

fn open(directory: &Path, options: Options) -> (Writer<FixedClock>, Vec<Notice>) {
    try_open(directory, options).unwrap()
}

fn try_open(
    directory: &Path,
    options: Options,
) -> Result<(Writer<FixedClock>, Vec<Notice>), WriteError> {
    let clock = FixedClock("2026-11-23T00:00:00.123456789Z".parse().unwrap());
    Writer::open(directory, options, clock)
}

fn exchange(path: &str, body: &str) -> Vec<Draft> {
    let uri = format!("http://a.gov.cn{path}");
    let response = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}");
    let address = "127.0.0.1".parse().unwrap();
    vec![
        Draft::response(&uri, response.into_bytes()).address(address),
        Draft::request(&uri, format!("GET {path} HTTP/1.1\r\n\r\n").into_bytes())
            .concurrent_to(0)
            .address(address),
        Draft::metadata(&uri, &[("outcome", "ok")]).refers_to(0),
    ]
}

fn well(directory: &Path) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let found = verify(&path, Limits::default()).unwrap();
        assert!(found.problems.is_empty(), "{path:?}: {:?}", found.problems);
    }
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

#[test]
fn groups_are_written_together_and_read_at_their_places() {
    for threads in [1, 3] {
        let directory = tempfile::tempdir().unwrap();
        let options = Options {
            threads,
            ..options()
        };
        let (mut writer, _) = open(directory.path(), options);
        // Long enough that threads are used.
        let groups: Vec<_> = (0..9)
            .map(|n| exchange(&format!("/{n}"), &format!("{n}<p>").repeat(20_000)))
            .collect();
        let places = writer.write_groups(&groups).unwrap();
        assert_eq!(places.len(), 9);
        let end = places[8][2].offset + places[8][2].length;
        let end = KnownEnd {
            file: NAME.into(),
            end,
        };
        assert_eq!(writer.end(), Some(end.clone()));
        assert_eq!(end.end, length(&directory.path().join(NAME)));
        for (group, places) in groups.iter().zip(&places) {
            let path = directory.path().join(&places[0].file);
            let records: Vec<_> = places
                .iter()
                .map(|place| read_at(&path, place.offset, Limits::default()).unwrap())
                .collect();
            for ((draft, record), place) in group.iter().zip(&records).zip(places) {
                assert_eq!(draft.block, record.block);
                assert_eq!(record.id(), Some(place.record_id.as_str()));
                assert_eq!(record.length, place.length);
                let digest = record.headers.get("WARC-Payload-Digest");
                assert_eq!(digest, place.payload_sha1.as_deref());
            }
            let id = records[0].id();
            assert_eq!(records[1].headers.get("WARC-Concurrent-To"), id);
            assert_eq!(records[2].headers.get("WARC-Refers-To"), id);
            assert_eq!(records[0].headers.get("WARC-IP-Address"), Some("127.0.0.1"));
            let payload = records[0].payload().unwrap();
            assert_eq!(places[0].sha256, sha256_hex(&payload));
            assert_eq!(places[0].payload_sha1, Some(sha1_label(&payload)));
        }
        well(directory.path());
        // Nothing to write is nothing written.
        assert_eq!(writer.write_groups(&[vec![]]).unwrap(), [vec![]]);
        assert_eq!(writer.end(), Some(end));
    }
}

#[test]
fn a_revisit_says_what_it_is_the_same_as() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, _) = open(directory.path(), options());
    let first = writer.write(&exchange("/年", "page")).unwrap().remove(0);
    let profiles = [Profile::IdenticalPayload, Profile::NotModified];
    for profile in profiles {
        let revisit = Revisit {
            profile,
            refers_to: first.record_id.clone(),
            refers_to_uri: "http://a.gov.cn/年".into(),
            refers_to_date: first.date,
            payload_digest: first.payload_sha1.clone(),
        };
        let header = b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec();
        let draft = Draft::revisit("http://a.gov.cn/年", header.clone(), &revisit);
        let place = writer.write(&[draft]).unwrap().remove(0);
        assert_eq!(place.payload_sha1, first.payload_sha1);
        let path = directory.path().join(&place.file);
        let record = read_at(&path, place.offset, Limits::default()).unwrap();
        let original = read_at(&path, first.offset, Limits::default()).unwrap();
        assert_eq!(record.kind(), Kind::Revisit);
        assert_eq!(record.block, header);
        let field = |name| record.headers.get(name);
        assert_eq!(field("WARC-Profile"), Some(profile.as_str()));
        assert_eq!(field("WARC-Refers-To"), original.id());
        assert_eq!(
            field("WARC-Refers-To-Date"),
            original.headers.get("WARC-Date")
        );
        assert_eq!(field("WARC-Refers-To-Target-URI"), original.target_uri());
        assert_eq!(
            field("WARC-Payload-Digest"),
            original.headers.get("WARC-Payload-Digest")
        );
        let same = profile == Profile::IdenticalPayload;
        assert_eq!(field("WARC-Truncated"), same.then_some("length"));
    }
    let cut = Draft::response("http://a/", b"HTTP/1.1 200 OK\r\n\r\nx".to_vec());
    let cut = cut
        .truncated(Truncation::Disconnect)
        .truncated(Truncation::Time);
    assert_eq!(cut.extra.get("WARC-Truncated"), Some("disconnect"));
}

#[test]
fn what_the_ledger_does_not_know_is_cut_off() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, _) = open(directory.path(), options());
    let begun = writer.ready().unwrap();
    assert_eq!(writer.ready().unwrap(), begun);
    writer.write_groups(&[exchange("/1", "one")]).unwrap();
    let known = writer.end();
    let lost = writer
        .write_groups(&[exchange("/2", "two"), exchange("/3", "three")])
        .unwrap();
    drop(writer);
    let path = directory.path().join(NAME);
    let whole = std::fs::read(&path).unwrap();
    let kept = lost[0][0].offset;
    // Killed anywhere in the batch, or behind it and before it was entered.
    for cut in kept..=whole.len() as u64 {
        std::fs::write(&path, &whole[..usize::try_from(cut).unwrap()]).unwrap();
        let options = Options {
            known_end: known.clone(),
            ..options()
        };
        let (mut writer, notices) = open(directory.path(), options);
        let want = Notice::Cut {
            file: NAME.into(),
            end: kept,
            dropped: cut - kept,
        };
        assert_eq!(notices, if cut > kept { vec![want] } else { vec![] });
        assert_eq!(writer.end(), known);
        if cut % 64 == 0 {
            let again = writer
                .write_groups(&[exchange("/2", "two"), exchange("/3", "three")])
                .unwrap();
            assert_eq!(again, lost);
            assert_eq!(std::fs::read(&path).unwrap(), whole);
        }
    }
    // Before anything was written, the warcinfo record stays.
    std::fs::write(&path, &whole).unwrap();
    let options = Options {
        known_end: Some(begun.clone()),
        ..options()
    };
    let (writer, _) = open(directory.path(), options);
    assert_eq!(writer.end(), Some(begun));
    well(directory.path());
}

#[test]
fn files_begun_after_the_ledgers_end_are_removed_and_their_number_used_again() {
    let directory = tempfile::tempdir().unwrap();
    let small = Options {
        max_file_size: 1000,
        ..options()
    };
    let (mut writer, _) = open(directory.path(), small.clone());
    writer.write_groups(&[exchange("/1", "one")]).unwrap();
    let known = writer.end();
    let lost = writer.write_groups(&[exchange("/2", "two")]).unwrap();
    assert_eq!(lost[0][0].file, NAME.replace("00001", "00002"));
    drop(writer);
    // Files of another series are another's.
    let other = directory
        .path()
        .join("nianbao-20261123000000-00009.warc.gz");
    std::fs::write(&other, "x").unwrap();
    let options = Options {
        known_end: known,
        ..small
    };
    let (mut writer, notices) = open(directory.path(), options);
    assert!(matches!(&notices[..], [Notice::Cut { end: 0, .. }]));
    assert!(!directory.path().join(&lost[0][0].file).exists());
    assert!(other.exists());
    let again = writer.write_groups(&[exchange("/2", "two")]).unwrap();
    assert_eq!(again, lost);
    std::fs::remove_file(other).unwrap();
    well(directory.path());
}

#[test]
fn a_ledger_older_than_the_archive_destroys_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, _) = open(directory.path(), options());
    let begun = writer.ready().unwrap();
    writer.write_groups(&[exchange("/1", "one")]).unwrap();
    let end = writer.end().unwrap();
    drop(writer);
    let options = Options {
        known_end: Some(begun.clone()),
        max_cut: end.end - begun.end - 1,
        ..options()
    };
    let error = try_open(directory.path(), options).unwrap_err();
    assert!(matches!(error, WriteError::LedgerBehind { .. }));
    assert_eq!(length(&directory.path().join(NAME)), end.end);
    // A ledger that knows nothing cuts nothing off either.
    let (writer, notices) = open(directory.path(), self::options());
    assert_eq!(notices, []);
    assert_eq!(writer.end(), Some(end));
}

#[test]
fn a_file_shorter_than_the_ledger_says_or_gone_is_not_written_over() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, _) = open(directory.path(), options());
    let end = writer.ready().unwrap().end;
    drop(writer);
    let options = Options {
        known_end: Some(KnownEnd {
            file: NAME.into(),
            end: end + 1,
        }),
        ..options()
    };
    let (mut writer, notices) = open(directory.path(), options.clone());
    assert!(matches!(notices[..], [Notice::Shortened { .. }]));
    let next = writer.ready().unwrap().file;
    assert_eq!(next, NAME.replace("00001", "00002"));
    drop(writer);
    std::fs::remove_file(directory.path().join(next)).unwrap();
    std::fs::remove_file(directory.path().join(NAME)).unwrap();
    let (mut writer, notices) = open(directory.path(), options);
    assert!(matches!(notices[..], [Notice::Missing { .. }]));
    assert_eq!(writer.ready().unwrap().file, NAME.replace("00001", "00002"));
}

#[test]
fn the_reserve_stops_before_a_record() {
    let directory = tempfile::tempdir().unwrap();
    let stingy = Options {
        reserve_bytes: u64::MAX,
        ..options()
    };
    let (mut writer, _) = open(directory.path(), stingy.clone());
    let error = writer.write(&exchange("/1", "x")).unwrap_err();
    assert!(matches!(error, WriteError::Reserve { .. }) && error.is_full());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    let (mut writer, _) = open(directory.path(), options());
    let end = writer.ready().unwrap();
    drop(writer);
    let (mut writer, _) = open(directory.path(), stingy);
    let error = writer.write(&exchange("/1", "x")).unwrap_err();
    assert!(matches!(error, WriteError::Reserve { .. }));
    assert_eq!(writer.end(), Some(end));
    well(directory.path());
}

#[test]
fn a_bad_group_is_told_before_anything_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, _) = open(directory.path(), options());
    let forward = vec![Draft::request("http://a/", Vec::new()).concurrent_to(0)];
    let mut field = vec![Draft::request("http://a/", Vec::new())];
    field[0].extra.push("X", "a\r\nb");
    let target = vec![Draft::request("no scheme", Vec::new())];
    for bad in [forward, field, target] {
        assert!(writer.check(&bad).is_err());
        let batch = [exchange("/1", "x"), bad];
        assert!(writer.check(&batch[0]).is_ok());
        writer.write_groups(&batch).unwrap_err();
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}
