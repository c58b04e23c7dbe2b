//! Files that their writers made otherwise than most: codings, old versions, formats that are refused, bodies cut off.

use nianbao::archive::{Limits, Reader, Verifier};
use nianbao::pipeline::{ForeignKind, foreign_kind};
use nianbao::query;
use nianbao::store::{Outcome, Store};

use super::nights::{page, revisit};
use super::taking::zip;
use super::warcs::{HTML, Warc, built, dump, gzip, home, http, id_of, record, sha1_base32, write};
use super::{URL, import, reports};

/// Brotli without compressing anything: meta-blocks of up to 65,536 bytes as they are (RFC 7932, 9.2).
fn brotli(bytes: &[u8]) -> Vec<u8> {
    // Window of 2^24 (four bits, 0b1111), then per block: not the last, four digits of length, its length less one,
    // uncompressed; bits from the low end, then bytes.
    let (mut packed, mut held, mut count) = (Vec::new(), 0b1111_u64, 4_u32);
    let put = |held: &mut u64, count: &mut u32, packed: &mut Vec<u8>| {
        while *count > 0 {
            packed.push(held.to_le_bytes()[0]);
            *held >>= 8;
            *count = count.saturating_sub(8);
        }
    };
    for block in bytes.chunks(1 << 16) {
        // ISLAST 0, MNIBBLES 00 (four), MLEN - 1 in 16 bits, ISUNCOMPRESSED 1.
        held |= ((block.len() as u64 - 1) << 3 | 1 << 19) << count;
        count += 20;
        put(&mut held, &mut count, &mut packed);
        packed.extend_from_slice(block);
    }
    // ISLAST 1, ISLASTEMPTY 1.
    held |= 0b11 << count;
    count += 2;
    put(&mut held, &mut count, &mut packed);
    packed
}

#[test]
fn bodies_in_brotli_are_read_and_their_numbers_lead_back() {
    let (folder, home) = home();
    let mut warc = Warc::new();
    let head = format!("{HTML}\nContent-Encoding: br");
    let date = "2026-01-02T00:00:00Z";
    warc.response(1, date, URL, &http(&head, &brotli(&page(2023))));
    // As some crawlers keep them: decoded, under a header that says otherwise, is told as what it is not.
    let liar = "http://www.yunxi.example/2022.html";
    warc.response(2, date, liar, &http(&head, &page(2022)));
    let path = write(folder.path(), "br.warc.gz", &warc.packed());
    import(&home, &path).unwrap();
    let (summary, _) = built(&home.warc(), &home.database(), false);
    assert_eq!(summary.reports(), 1, "{summary:?}");
    assert_eq!(summary.count(Outcome::Refused), 1);
    assert_eq!(reports(&home.database())[0].0, 2023);
}

#[test]
fn records_of_the_drafts_are_read() {
    let draft = |version: &str, packed: bool| {
        let answer = http(HTML, &page(2023));
        let id = id_of(1);
        let digest = sha1_base32(&page(2023));
        let response = record(
            version,
            &[
                ("WARC-Type", "response"),
                ("WARC-Target-URI", URL),
                ("WARC-Date", "2008-04-30T20:48:25Z"),
                ("WARC-Payload-Digest", digest.as_str()),
                ("WARC-IP-Address", "192.0.2.1"),
                ("WARC-Record-ID", &id),
                ("Content-Type", "application/http; msgtype=response"),
            ],
            &answer,
        );
        let info = id_of(0);
        let info = record(
            version,
            &[
                ("WARC-Type", "warcinfo"),
                ("WARC-Date", "2008-04-30T20:48:25Z"),
                ("WARC-Filename", "IAH-1.warc.gz"),
                ("WARC-Record-ID", &info),
                ("Content-Type", "application/warc-fields"),
            ],
            b"software: Heritrix/1.15.0\r\n",
        );
        if packed {
            [gzip(&info), gzip(&response)].concat()
        } else {
            [info, response].concat()
        }
    };
    for version in ["0.17", "0.18"] {
        for packed in [true, false] {
            let (folder, home) = home();
            let bytes = draft(version, packed);
            let path = write(folder.path(), "old.warc", &bytes);
            let taken = import(&home, &path).unwrap();
            assert_eq!((taken[0].found.pages, taken[0].found.damaged), (1, 0));
            let (summary, _) = built(&home.warc(), &home.database(), false);
            assert_eq!(summary.reports(), 1, "{version}");
            // Behind damage too.
            let noise = write(
                folder.path(),
                "n.warc",
                &[b"noise\r\n\r\n", &bytes[..]].concat(),
            );
            let mut reader = Reader::open(&noise, Limits::default()).unwrap();
            assert!(reader.next().unwrap().is_err());
            assert_eq!(reader.resync(0).unwrap(), Some(9));
            assert_eq!(reader.by_ref().flatten().count(), 2);
            let mut verifier = Verifier::new(Limits::default());
            verifier.file(&path).unwrap();
            let found = verifier.finish();
            let damaged = found[0].is_damaged();
            // Named .warc and compressed is no damage, nor is anything else in it.
            assert!(!damaged, "{:?}", found[0].problems);
        }
    }
}

#[test]
fn formats_that_are_not_read_are_refused_with_what_to_do() {
    let (folder, home) = home();
    let arc = b"filedesc://IAH-1.arc 0.0.0.0 20080430204825 text/plain 77\n1 1 InternetArchive\n";
    let packed = gzip(arc);
    let old = record("0.9", &[("WARC-Type", "response")], b"x");
    let zstd = b"\x28\xb5\x2f\xfd\x24\x05\x29\x00\x00hello";
    let dictionary = b"\x5d\x2a\x4d\x18\x04\x00\x00\x00dict\x28\xb5\x2f\xfd";
    for (name, bytes, says) in [
        ("a.arc", &arc[..], "warcio recompress"),
        ("a.arc.gz", &packed, "warcio recompress"),
        ("named-wrongly.warc.gz", &packed, "warcio recompress"),
        ("a.warc.zst", zstd, "zstd -d"),
        ("b.warc.zst", dictionary, "zstd -d"),
        ("old.warc", &old, "WARC/0.9"),
    ] {
        let path = write(folder.path(), name, bytes);
        assert_eq!(foreign_kind(&path), Some(ForeignKind::Warc), "{name}");
        let why = import(&home, &path).unwrap_err();
        assert!(why.contains(says) && !why.contains('\n'), "{name}: {why}");
    }
    let inside = zip(&[("archive/data.warc.zst", zstd, true)]);
    let path = write(folder.path(), "z.wacz", &inside);
    assert!(import(&home, &path).unwrap_err().contains("zstd -d"));
    assert_eq!(std::fs::read_dir(home.warc()).unwrap().count(), 0);
    // Zstandard of something else is no business of an archive.
    let other = write(folder.path(), "page.html.zst", zstd);
    assert_eq!(foreign_kind(&other), None);
}

/// A page packed and cut in the middle: what came is read as a cut page where the record says that it was cut.
#[test]
fn a_packed_body_cut_off_is_a_cut_page_or_none() {
    let packed = gzip(&page(2023));
    let cut = &packed[..packed.len() * 3 / 4];
    let head = format!("{HTML}\nContent-Encoding: gzip");
    let date = "2026-01-02T00:00:00Z";
    let whole = {
        let (_folder, home) = home();
        let mut warc = Warc::new();
        warc.response(1, date, URL, &http(&head, &packed));
        write(&home.warc(), "a.warc.gz", &warc.packed());
        built(&home.warc(), &home.database(), false);
        let store = Store::open_read_only(&home.database()).unwrap();
        query::load_report(&store, 1).unwrap().unwrap().report
    };
    let (_folder, home) = home();
    let mut warc = Warc::new();
    let answer = http(&head, cut);
    warc.response_with(1, date, URL, &answer, &[("WARC-Truncated", "length")]);
    write(&home.warc(), "a.warc.gz", &warc.packed());
    let (summary, _) = built(&home.warc(), &home.database(), false);
    assert_eq!(summary.reports(), 1, "{summary:?}");
    {
        let store = Store::open_read_only(&home.database()).unwrap();
        let report = query::load_report(&store, 1).unwrap().unwrap().report;
        let codes = report.findings.iter().map(|one| one.code.as_str());
        assert!(codes.into_iter().any(|code| code == "capture_truncated"));
        for one in &report.observations {
            assert!(!one.status.is_absent(), "{one:?}");
            let mut cells = whole.observations.iter();
            let same = cells.find(|cell| cell.indicator == one.indicator).unwrap();
            assert!(one.value.is_none() || one.value == same.value, "{one:?}");
        }
    }
    // Nothing says that it was cut: the bytes are no gzip, and that is told.
    let (_folder, home) = super::warcs::home();
    let mut warc = Warc::new();
    warc.response(1, date, URL, &answer);
    write(&home.warc(), "a.warc.gz", &warc.packed());
    let (summary, _) = built(&home.warc(), &home.database(), false);
    assert_eq!((summary.reports(), summary.count(Outcome::Refused)), (0, 1));
}

/// The original in one file, the revisit in another, imported before or after it, as files or inside a WACZ, with
/// wget's angle brackets around every address.
#[test]
fn revisits_find_originals_that_are_imported_before_or_after() {
    let bracketed = format!("<{URL}>");
    let mut first = Warc::new();
    first.response(
        1,
        "2026-01-02T00:00:00Z",
        &bracketed,
        &http(HTML, &page(2023)),
    );
    let mut second = Warc::new();
    let fields = [
        ("WARC-Refers-To-Target-URI", bracketed.as_str()),
        ("WARC-Refers-To-Date", "2026-01-02T00:00:00Z"),
    ];
    revisit(&mut second, 2, "2026-03-04T00:00:00Z", &bracketed, &fields);
    let wacz = zip(&[("archive/data.warc.gz", &second.packed(), true)]);
    let mut dumps = Vec::new();
    for files in [
        [
            ("one.warc.gz", first.packed()),
            ("two.warc.gz", second.packed()),
        ],
        [
            ("two.warc.gz", second.packed()),
            ("one.warc.gz", first.packed()),
        ],
        [("two.wacz", wacz.clone()), ("one.warc.gz", first.packed())],
    ] {
        let (folder, home) = home();
        for (name, bytes) in files {
            import(&home, &write(folder.path(), name, &bytes)).unwrap();
            built(&home.warc(), &home.database(), false);
        }
        let found = reports(&home.database());
        assert_eq!(found.len(), 1);
        let (year, versions, first, last) = &found[0];
        assert_eq!((*year, *versions), (2023, 1));
        assert_eq!((&first[..10], &last[..10]), ("2026-01-02", "2026-03-04"));
        let fresh = folder.path().join("fresh.db");
        built(&home.warc(), &fresh, false);
        assert_eq!(dump(&home.database()), dump(&fresh));
        dumps.push(found);
    }
    assert!(dumps.windows(2).all(|two| two[0] == two[1]));
}
