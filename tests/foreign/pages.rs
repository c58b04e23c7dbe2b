//! Pages that are cut, refused, or gone again.

use nianbao::query;
use nianbao::store::{Outcome, Store};

use super::nights::page;
use super::warcs::{HTML, Warc, built, dump, home, http, id_of, report_page, write};
use super::{URL, reports};

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
