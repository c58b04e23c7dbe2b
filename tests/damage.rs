//! The ways to damage a WARC file, each made from a sound one, and what `verify` calls it; and damage
//! at random.
//!
//! A case changes the records (uncompressed, so that a digest is only wrong where that is the
//! damage) or the file's bytes. What is found must be exactly what the case says, at its place:
//! a damage that is told as something else, or beside false alarms, fails.

#[path = "damage/random.rs"]
mod random;

use std::io::{Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use nianbao::archive::{
    Draft, FixedClock, Known, Limits, Options, Placed, Profile, Reader, Revisit, Severity,
    Verification, Verifier, Writer, sha1_label,
};

/// Records of the sound archive by their place in it.
const RESPONSE: usize = 1;
const REQUEST: usize = 2;
const METADATA: usize = 3;
const CHUNKED: usize = 4;
const ENCODED: usize = 7;
const REVISIT: usize = 10;
const LAST: usize = 11;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn exchange(path: &str, header: &str, body: &[u8]) -> Vec<Draft> {
    let uri = format!("http://a.example{path}");
    let mut wire = format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n").into_bytes();
    wire.extend_from_slice(body);
    let request = format!("GET {path} HTTP/1.1\r\nHost: a.example\r\n\r\n");
    vec![
        Draft::response(&uri, wire).address([127, 0, 0, 1].into()),
        Draft::request(&uri, request.into_bytes()).concurrent_to(0),
        Draft::metadata(&uri, &[("outcome", "ok")]).refers_to(0),
    ]
}

/// Writes a crawl of three pages and a page that had not changed; returns the places.
fn write(directory: &Path) -> Vec<Placed> {
    let clock = FixedClock("2026-11-23T00:00:00Z".parse().unwrap());
    let (mut writer, _) = Writer::open(directory, Options::default(), clock).unwrap();
    let page = exchange("/", "Content-Length: 10", b"<p>one</p>");
    let chunked = exchange(
        "/chunked",
        "Transfer-Encoding: chunked",
        b"a\r\n<p>two</p>\r\n0\r\n\r\n",
    );
    let body = gzip(b"<p>three</p>");
    let header = format!("Content-Encoding: gzip\r\nContent-Length: {}", body.len());
    let encoded = exchange("/encoded", &header, &body);
    let mut places = writer.write_groups(&[page, chunked, encoded]).unwrap();
    let original = &places[0][0];
    let revisit = Revisit {
        profile: Profile::IdenticalPayload,
        refers_to: original.record_id.clone(),
        refers_to_uri: "http://a.example/".into(),
        refers_to_date: original.date,
        payload_digest: original.payload_sha1.clone(),
    };
    let uri = "http://a.example/again";
    let header = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n".to_vec();
    let again = vec![
        Draft::revisit(uri, header, &revisit),
        Draft::request(uri, b"GET /again HTTP/1.1\r\n\r\n".to_vec()).concurrent_to(0),
    ];
    places.extend(writer.write_groups(&[again]).unwrap());
    places.into_iter().flatten().collect()
}

/// The archive as uncompressed records, to be damaged.
#[derive(Clone)]
struct Records(Vec<Vec<u8>>);

impl Records {
    fn read(path: &Path) -> Self {
        let file = std::fs::read(path).unwrap();
        let records = Reader::open(path, Limits::default()).unwrap();
        Self(
            records
                .map(|record| {
                    let record = record.unwrap();
                    let start = usize::try_from(record.offset).unwrap();
                    let mut text = Vec::new();
                    GzDecoder::new(&file[start..])
                        .read_to_end(&mut text)
                        .unwrap();
                    text
                })
                .collect(),
        )
    }

    /// The file and where each record begins in it.
    fn compressed(&self) -> (Vec<u8>, Vec<usize>) {
        let (mut file, mut starts) = (Vec::new(), Vec::new());
        for record in &self.0 {
            starts.push(file.len());
            file.extend(gzip(record));
        }
        (file, starts)
    }

    fn parts(&self, index: usize) -> (String, Vec<u8>) {
        let record = &self.0[index];
        let end = record.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 2;
        let header = String::from_utf8(record[..end].to_vec()).unwrap();
        (header, record[end + 2..record.len() - 4].to_vec())
    }

    fn put(&mut self, index: usize, header: &str, block: &[u8]) {
        let mut record = header.as_bytes().to_vec();
        record.extend_from_slice(b"\r\n");
        record.extend_from_slice(block);
        record.extend_from_slice(b"\r\n\r\n");
        self.0[index] = record;
    }

    fn value(&self, index: usize, name: &str) -> String {
        let (header, _) = self.parts(index);
        let mut lines = header.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(field, _)| *field == name)
            .unwrap()
            .1
            .to_owned()
    }

    fn remove(&mut self, index: usize, name: &str) {
        let (header, block) = self.parts(index);
        let start = header.find(&format!("\r\n{name}: ")).unwrap() + 2;
        let end = start + header[start..].find("\r\n").unwrap() + 2;
        self.put(index, &[&header[..start], &header[end..]].concat(), &block);
    }

    fn add(&mut self, index: usize, name: &str, value: &str) {
        let (header, block) = self.parts(index);
        self.put(index, &format!("{header}{name}: {value}\r\n"), &block);
    }

    fn set(&mut self, index: usize, name: &str, value: &str) {
        self.remove(index, name);
        self.add(index, name, value);
    }

    /// Another block, with length and block digest to match and no payload digest.
    fn replace(&mut self, index: usize, block: &[u8]) {
        let (header, _) = self.parts(index);
        self.put(index, &header, block);
        self.set(index, "Content-Length", &block.len().to_string());
        self.set(index, "WARC-Block-Digest", &sha1_label(block));
        self.remove(index, "WARC-Payload-Digest");
    }
}

fn known(place: &Placed) -> Known {
    Known {
        offset: place.offset,
        length: place.length,
        record_id: Some(place.record_id.clone()),
        sha256: Some(place.sha256.clone()),
    }
}

fn verify(path: &Path, known: Vec<Known>, end: Option<u64>) -> Verification {
    let mut verifier = Verifier::new(Limits::default());
    verifier.file_against(path, known, end).unwrap();
    verifier.finish().pop().unwrap()
}

fn told(found: &Verification) -> Vec<(&'static str, u64)> {
    let problems = found.problems.iter();
    let mut told: Vec<_> = problems.map(|p| (p.kind.code(), p.offset)).collect();
    told.sort_unstable();
    told
}

type Damage = fn(&mut Records);

/// Damage to a record, what it is called, and on which record.
const TO_RECORDS: [(&str, &str, usize, Damage); 20] = [
    (
        "payload altered inside valid gzip",
        "block_digest",
        RESPONSE,
        |all| {
            let at = all.0[RESPONSE].len() - 8;
            all.0[RESPONSE][at] ^= 1;
        },
    ),
    (
        "wrong record length, too small",
        "wrong_length",
        RESPONSE,
        |all| {
            all.set(RESPONSE, "Content-Length", "20");
        },
    ),
    (
        "wrong record length, too large",
        "wrong_length",
        METADATA,
        |all| {
            all.set(METADATA, "Content-Length", "2000");
        },
    ),
    (
        "missing end of record",
        "record_end_missing",
        METADATA,
        |all| {
            let end = all.0[METADATA].len() - 4;
            all.0[METADATA].truncate(end);
        },
    ),
    (
        "revisit without profile",
        "revisit_without_profile",
        REVISIT,
        |all| {
            all.remove(REVISIT, "WARC-Profile");
        },
    ),
    (
        "revisit without refers-to",
        "revisit_without_refers_to",
        REVISIT,
        |all| {
            all.remove(REVISIT, "WARC-Refers-To");
        },
    ),
    ("dangling refers-to", "dangling_refers_to", REVISIT, |all| {
        all.set(REVISIT, "WARC-Refers-To", "<urn:uuid:0>");
    }),
    ("duplicate id", "duplicate_id", CHUNKED + 2, |all| {
        let id = all.value(METADATA, "WARC-Record-ID");
        all.set(CHUNKED + 2, "WARC-Record-ID", &id);
    }),
    (
        "dangling Concurrent-To",
        "dangling_concurrent_to",
        REQUEST,
        |all| {
            all.set(REQUEST, "WARC-Concurrent-To", "<urn:uuid:0>");
        },
    ),
    (
        "response without target",
        "target_missing",
        RESPONSE,
        |all| {
            all.remove(RESPONSE, "WARC-Target-URI");
        },
    ),
    ("bad date", "bad_date", METADATA, |all| {
        all.set(METADATA, "WARC-Date", "2026-11-23 00:00:00");
    }),
    (
        "body short without Truncated",
        "body_short",
        RESPONSE,
        |all| {
            all.replace(
                RESPONSE,
                b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<p>one</",
            );
        },
    ),
    ("no request record", "request_missing", RESPONSE, |all| {
        all.0.remove(REQUEST);
    }),
    (
        "chunked kept on a decoded body",
        "not_chunked",
        CHUNKED,
        |all| {
            all.replace(
                CHUNKED,
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<p>two</p>",
            );
        },
    ),
    (
        "gzip kept on a decoded body",
        "not_encoded",
        ENCODED,
        |all| {
            all.replace(
                ENCODED,
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n<p>three</p>",
            );
        },
    ),
    (
        "a field where it is forbidden",
        "field_forbidden",
        REQUEST,
        |all| {
            all.add(REQUEST, "WARC-Filename", "x.warc.gz");
        },
    ),
    ("a type of no standard", "type_unknown", METADATA, |all| {
        all.set(METADATA, "WARC-Type", "metadatum");
    }),
    (
        "dangling Warcinfo-ID",
        "dangling_warcinfo_id",
        CHUNKED,
        |all| {
            all.set(CHUNKED, "WARC-Warcinfo-ID", "<urn:uuid:0>");
        },
    ),
    (
        "a name that is no token",
        "bad_field_name",
        REQUEST,
        |all| {
            all.add(REQUEST, "WARC (Note)", "x");
        },
    ),
    ("a field twice", "field_twice", METADATA, |all| {
        all.add(METADATA, "warc-date", "2026-11-23T00:00:00Z");
    }),
];

#[test]
fn a_sound_archive_gives_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let places = write(directory.path());
    let path = directory.path().join(&places[0].file);
    let end = places.last().map(|last| last.offset + last.length);
    let found = verify(&path, places.iter().map(known).collect(), end);
    assert_eq!(told(&found), []);
    assert_eq!(found.records, 12);
    // Nor does it once it was taken apart and put together as the cases are.
    let (file, _) = Records::read(&path).compressed();
    std::fs::write(&path, file).unwrap();
    assert_eq!(told(&verify(&path, vec![], None)), []);
}

#[test]
fn damage_to_records_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let places = write(directory.path());
    let path = directory.path().join(&places[0].file);
    let sound = Records::read(&path);
    for (class, code, index, damage) in TO_RECORDS {
        let mut records = sound.clone();
        damage(&mut records);
        let (file, starts) = records.compressed();
        std::fs::write(&path, file).unwrap();
        let found = verify(&path, vec![], None);
        let mut want = vec![(code, starts[index] as u64)];
        match class {
            "payload altered inside valid gzip" => {
                want.push(("payload_digest", starts[index] as u64));
            }
            // The record itself could not be read, so what refers to it dangles.
            "wrong record length, too small" => {
                want.push(("dangling_concurrent_to", starts[REQUEST] as u64));
                want.push(("dangling_refers_to", starts[METADATA] as u64));
                want.push(("dangling_refers_to", starts[REVISIT] as u64));
            }
            _ => {}
        }
        want.sort_unstable();
        assert_eq!(told(&found), want, "{class}");
        assert!(found.is_damaged(), "{class}");
    }
}

#[test]
fn targets_that_are_no_uris_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let places = write(directory.path());
    let path = directory.path().join(&places[0].file);
    let sound = Records::read(&path);
    for target in ["http://a.example/年报", "http://a.example/a b"] {
        let mut records = sound.clone();
        records.set(METADATA, "WARC-Target-URI", target);
        let (file, starts) = records.compressed();
        std::fs::write(&path, file).unwrap();
        let found = verify(&path, vec![], None);
        assert_eq!(told(&found), [("bad_target", starts[METADATA] as u64)]);
    }
}

/// What was done to the file, its bytes, and what is to be told of it.
type Case = (&'static str, Vec<u8>, Vec<(&'static str, u64)>);

#[test]
fn damage_to_the_file_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let places = write(directory.path());
    let path = directory.path().join(&places[0].file);
    let records = Records::read(&path);
    let (file, starts) = records.compressed();
    let last = starts[LAST];
    let at = |index: usize| starts[index] as u64;
    // The request is gone with the last record, so the revisit has none.
    let unasked = ("request_missing", at(REVISIT));
    let plain: Vec<u8> = records.0.concat();
    let mut flipped = file.clone();
    flipped[starts[METADATA] + 30] ^= 8;
    let garbage = [
        &file[..starts[METADATA]],
        b"<html>garbage",
        &file[starts[METADATA]..],
    ];
    let zeros = [&file[..], &[0; 4096]].concat();
    let cases: Vec<Case> = vec![
        (
            "truncated last member",
            file[..last + 40].to_vec(),
            vec![unasked, ("torn_record", at(LAST))],
        ),
        ("bit flip", flipped, vec![("damaged_member", at(METADATA))]),
        ("whole-file gzip", gzip(&plain), vec![("shared_member", 0)]),
        (
            "zero tail after power loss",
            zeros,
            vec![("zero_tail", file.len() as u64)],
        ),
        (
            "garbage between members",
            garbage.concat(),
            vec![("garbage", at(METADATA))],
        ),
        (
            "an uncompressed file named .gz",
            plain,
            vec![("not_compressed", 0)],
        ),
    ];
    for (class, bytes, want) in cases {
        std::fs::write(&path, bytes).unwrap();
        let found = verify(&path, vec![], None);
        assert_eq!(told(&found), want, "{class}");
        assert!(found.is_damaged(), "{class}");
    }
}

#[test]
fn the_ledger_knows_what_is_missing_or_too_much() {
    let directory = tempfile::tempdir().unwrap();
    let places = write(directory.path());
    let path = directory.path().join(&places[0].file);
    let file = std::fs::read(&path).unwrap();
    let ledger: Vec<_> = places.iter().map(known).collect();
    let last = ledger.last().unwrap().clone();
    let end = Some(last.offset + last.length);

    // Whole records missing at the end: alone the file is sound but for the lost request.
    let cut = usize::try_from(last.offset).unwrap();
    std::fs::write(&path, &file[..cut]).unwrap();
    let found = told(&verify(&path, ledger.clone(), end));
    assert!(
        found.contains(&("last_record_missing", last.offset)),
        "{found:?}"
    );
    let group = usize::try_from(places[REVISIT - 1].offset).unwrap();
    std::fs::write(&path, &file[..group]).unwrap();
    assert_eq!(told(&verify(&path, vec![], None)), []);
    let found = told(&verify(&path, ledger.clone(), end));
    let codes: Vec<_> = found.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["last_record_missing"; 2]);

    // A record in the middle that is gone: everything behind it has moved.
    let from = usize::try_from(places[0].offset).unwrap();
    let to = usize::try_from(places[1].offset).unwrap();
    std::fs::write(&path, [&file[..from], &file[to..]].concat()).unwrap();
    let found = told(&verify(&path, ledger.clone(), end));
    assert!(
        found.contains(&("known_record_differs", places[0].offset)),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|(code, _)| *code == "known_record_missing")
    );

    // More than the ledger knows.
    std::fs::write(&path, &file).unwrap();
    let first = ledger[..3].to_vec();
    let found = told(&verify(
        &path,
        first.clone(),
        Some(first[2].offset + first[2].length),
    ));
    let want: Vec<_> = places[3..]
        .iter()
        .map(|p| ("beyond_ledger", p.offset))
        .collect();
    assert_eq!(found, want);

    // Another record, or another payload, in a known one's place.
    for (id, sha256) in [(Some("<urn:x>"), None), (None, Some("00"))] {
        let other = Known {
            record_id: id.map(Into::into),
            sha256: sha256.map(Into::into),
            ..ledger[0].clone()
        };
        let found = told(&verify(&path, vec![other], None));
        assert_eq!(found, [("known_record_differs", places[0].offset)]);
    }
}

#[test]
fn references_hold_across_files() {
    let directory = tempfile::tempdir().unwrap();
    let places = write(directory.path());
    let path = directory.path().join(&places[0].file);
    let records = Records::read(&path);
    let one = directory.path().join("a.warc.gz");
    let two = directory.path().join("b.warc.gz");
    std::fs::write(&one, Records(records.0[..REVISIT].to_vec()).compressed().0).unwrap();
    std::fs::write(&two, Records(records.0[REVISIT..].to_vec()).compressed().0).unwrap();
    for order in [[&one, &two], [&two, &one]] {
        let mut verifier = Verifier::new(Limits::default());
        for path in order {
            verifier.file(path).unwrap();
        }
        let found = verifier.finish();
        assert!(found.iter().all(|found| !found.is_damaged()), "{found:?}");
    }
    assert_eq!(
        told(&verify(&two, vec![], None)),
        [
            ("dangling_refers_to", 0),
            ("dangling_warcinfo_id", 0),
            ("warcinfo_missing", 0)
        ]
    );
    let mut verifier = Verifier::new(Limits::default());
    verifier.file(&one).unwrap();
    verifier.file(&one).unwrap();
    let found = verifier.finish();
    assert!(!found[0].is_damaged());
    assert_eq!(found[1].problems.len(), REVISIT);
}

#[test]
fn what_other_writers_leave_out_is_a_note() {
    let directory = tempfile::tempdir().unwrap();
    let places = write(directory.path());
    let path = directory.path().join(&places[0].file);
    let mut records = Records::read(&path);
    // No requests at all, revisits by address and date, no warcinfo of ours.
    records.remove(REVISIT, "WARC-Refers-To");
    // And a type of theirs.
    records.set(METADATA, "WARC-Type", "screenshot");
    let kept = [RESPONSE, METADATA, CHUNKED, ENCODED, REVISIT];
    let kept = Records(kept.map(|index| records.0[index].clone()).to_vec());
    std::fs::write(&path, kept.compressed().0).unwrap();
    let found = verify(&path, vec![], None);
    let codes: Vec<_> = told(&found).into_iter().map(|(code, _)| code).collect();
    let mut want = vec!["dangling_warcinfo_id"];
    want.extend(["request_missing"; 4]);
    want.extend([
        "revisit_without_refers_to",
        "type_unknown",
        "warcinfo_missing",
    ]);
    assert_eq!(codes, want);
    assert!(found.problems.iter().all(|p| p.severity == Severity::Note));
    assert!(!found.is_damaged());
}
