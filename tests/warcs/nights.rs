//! A month of a crawl, one file a night: pages seen again, copied, cut, over several pages, kept from us.

use super::warcs::{HTML, Warc, http, id_of, report_page, sha1_base32};

pub fn page(year: i32) -> Vec<u8> {
    report_page(year, "2", "本机关依法公开。", "")
}

/// A revisit of a page: named by its record, by address and date, or by its digest alone.
pub fn revisit(warc: &mut Warc, id: u32, date: &str, url: &str, fields: &[(&str, &str)]) {
    let mut all = vec![
        ("WARC-Target-URI", url),
        (
            "WARC-Profile",
            "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
        ),
    ];
    all.extend_from_slice(fields);
    warc.other(id, "revisit", date, &all, &http(HTML, b""));
}

/// A report over two pages, `number` on the second.
pub fn halves(number: &str) -> (Vec<u8>, Vec<u8>) {
    let text = String::from_utf8(report_page(2020, number, "分页公开。", "")).unwrap();
    let at = text.find("<h3>二").unwrap();
    let end = text.find("</div></div>\n<div class=\"share\">").unwrap();
    let pager =
        |current: u32| format!("<script>createPageHTML(2, {current}, \"t1\", \"html\");</script>");
    let first = format!("{}{}{}", &text[..at], pager(0), &text[end..]);
    let start = text.find("<div class=TRS_Editor>").unwrap() + "<div class=TRS_Editor>".len();
    let second = format!(
        "{}{}{}{}",
        &text[..start],
        &text[at..end],
        pager(1),
        &text[end..]
    );
    (first.into_bytes(), second.into_bytes())
}

/// A month of a crawl, one file a night.
pub fn nights() -> Vec<Warc> {
    let one = "http://www.yunxi.gov.cn/a/2023.html";
    let copy = "http://elsewhere.example.com/2023.html";
    let (part, behind) = (
        "http://www.yunxi.gov.cn/b/t1.html",
        "http://www.yunxi.gov.cn/b/t1_1.html",
    );
    let answer = |page: &[u8]| http(HTML, page);
    let seen = |warc: &mut Warc, id: u32, date: &str, url: &str, of: u32| {
        revisit(warc, id, date, url, &[("WARC-Refers-To", &id_of(of))]);
    };
    let mut nights = vec![Warc::new(); 6];
    let (first, second) = halves("2");
    let (_, changed) = halves("9");
    nights[0].response(101, "2026-01-01T00:00:00Z", one, &answer(&page(2023)));
    nights[0].response(102, "2026-01-01T00:00:05Z", part, &answer(&first));
    nights[1].response(
        201,
        "2026-01-02T00:00:00Z",
        copy,
        &answer(&report_page(2023, "5", "另有内容。", "")),
    );
    seen(&mut nights[1], 202, "2026-01-02T00:00:01Z", one, 101);
    nights[1].response(203, "2026-01-02T00:00:05Z", behind, &answer(&second));
    nights[2].response(
        301,
        "2026-01-03T00:00:00Z",
        one,
        &http("403 Forbidden\nContent-Type: text/html", b"no"),
    );
    seen(&mut nights[2], 302, "2026-01-03T00:00:05Z", part, 102);
    nights[2].response(303, "2026-01-03T00:00:06Z", behind, &answer(&changed));
    nights[3].response(
        401,
        "2026-01-04T00:00:00Z",
        one,
        &answer(&report_page(2023, "3", "本机关依法公开。", "")),
    );
    nights[3].response(
        402,
        "2026-01-04T00:00:01Z",
        "http://www.yunxi.gov.cn/news.html",
        &answer("<p>今日开会。</p>".as_bytes()),
    );
    let digest = sha1_base32("<p>今日开会。</p>".as_bytes());
    revisit(
        &mut nights[4],
        501,
        "2026-01-05T00:00:00Z",
        "http://www.yunxi.gov.cn/news.html",
        &[("WARC-Payload-Digest", &digest)],
    );
    seen(&mut nights[4], 502, "2026-01-05T00:00:01Z", one, 401);
    seen(
        &mut nights[4],
        503,
        "2026-01-05T00:00:02Z",
        "http://www.yunxi.gov.cn/c/2023.html",
        101,
    );
    let cut = page(2023);
    nights[5].response_with(
        601,
        "2026-01-06T00:00:00Z",
        one,
        &answer(&cut[..cut.len() / 2]),
        &[("WARC-Truncated", "length")],
    );
    // Known from elsewhere already: the same capture in another file.
    nights[5].response(602, "2026-01-01T00:00:00Z", one, &answer(&page(2023)));
    nights[5].response(603, "2026-01-06T00:00:09Z", part, &answer(&first));
    nights
}
