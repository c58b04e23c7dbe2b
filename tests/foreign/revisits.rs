//! Pages seen again, whose bytes lie in another record.

use nianbao::archive::{Limits, read_at, sha256_hex};
use nianbao::query;
use nianbao::store::Store;

use super::nights::{page, revisit};
use super::warcs::{HTML, Warc, built, dump, home, http, id_of, sha1_base32, write};
use super::{URL, reports};

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
