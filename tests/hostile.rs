//! Hostile input: bounded, said plainly, and a report in the middle of it still read.

#[path = "generator/mod.rs"]
mod generator;

use generator::{Case, Dialect};
use nianbao::model::{Code, FormId};
use nianbao::pipeline::{Origin, Unreadable, read};
use nianbao::profile::Profile;

fn read_page(bytes: &[u8]) -> Result<nianbao::model::Report, Unreadable> {
    read(bytes, Origin::default(), Profile::generic())
}

fn report_with(before: &str, after: &str) -> Vec<u8> {
    let case = Case::plain(1, FormId::F2021, Dialect::AsPrinted);
    let page = String::from_utf8(case.render()).unwrap();
    let start = page.find("<body").unwrap();
    let start = start + page[start..].find('>').unwrap() + 1;
    let end = page.rfind("</body>").unwrap();
    format!(
        "{}{before}{}{after}{}",
        &page[..start],
        &page[start..end],
        &page[end..]
    )
    .into_bytes()
}

fn numbers(report: &nianbao::model::Report) -> usize {
    report
        .observations
        .iter()
        .filter(|o| o.value.is_some())
        .count()
}

#[test]
fn what_is_no_page_is_refused_in_one_line() {
    let nothing = vec![0; 100_000];
    let cases: [(&[u8], &str); 5] = [
        (b"", "empty"),
        (&nothing, "media"),
        (b"%PDF-1.7\n", "damaged"),
        (b"PK\x03\x04rest", "damaged"),
        (b"<html><body></body></html>", "empty"),
    ];
    for (bytes, reason) in cases {
        let error = read_page(bytes).unwrap_err();
        assert_eq!(error.reason(), reason, "{error}");
        assert_eq!(error.to_string().lines().count(), 1);
    }
}

#[test]
fn enormous_spans_are_clamped() {
    let case = Case::plain(1, FormId::F2021, Dialect::AsPrinted);
    let page = String::from_utf8(case.render()).unwrap();
    let wide = page.replacen("colspan=\"7\"", "colspan=\"100000000\"", 1);
    assert_ne!(wide, page);
    let report = read_page(wide.as_bytes()).unwrap();
    assert_eq!(
        numbers(&report),
        numbers(&read_page(page.as_bytes()).unwrap())
    );
    assert!(report.findings.iter().any(|f| f.code == Code::SpanClamped));
    let tall = report_with(
        "<table><tr><td rowspan=100000000 colspan=100000000>x<td>y</table>",
        "",
    );
    assert_eq!(numbers(&read_page(&tall).unwrap()), 200);
}

#[test]
fn nesting_without_end_is_bounded() {
    for (open, count) in [
        ("<table><tr><td>", 50_000),
        ("<div>", 200_000),
        ("<b><i>", 200_000),
    ] {
        let page = report_with("", &open.repeat(count));
        assert_eq!(numbers(&read_page(&page).unwrap()), 200, "{open}");
        let around = report_with(&open.repeat(count), "");
        // Deeper than the cap the report may be lost, but nothing is invented.
        if let Ok(report) = read_page(&around) {
            assert!(numbers(&report) <= 200);
        }
    }
}

#[test]
fn many_cells_and_long_lines_are_bounded() {
    let rows = "<tr><td>规章</td><td>1</td><td>2</td><td>3</td></tr>".repeat(50_000);
    let page = report_with("", &format!("<table>{rows}</table>"));
    assert!(numbers(&read_page(&page).unwrap()) <= 200);
    let line = "一、总体情况".repeat(500_000);
    let page = report_with("", &format!("<p>{line}</p>"));
    assert_eq!(numbers(&read_page(&page).unwrap()), 200);
    let page = report_with(&"<p>一、总体情况</p>".repeat(50_000), "");
    assert_eq!(numbers(&read_page(&page).unwrap()), 200);
}

/// Cut anywhere, a page never yields a number that the whole page has not.
#[test]
fn truncated_pages_invent_nothing() {
    let case = Case::plain(4, FormId::F2021, Dialect::WordPaste);
    let page = case.render();
    let whole = read_page(&page).unwrap();
    for cut in (0..page.len()).step_by(page.len() / 60) {
        let Ok(report) = read_page(&page[..cut]) else {
            continue;
        };
        for observation in report.observations.iter().filter(|o| o.value.is_some()) {
            let same = whole
                .observations
                .iter()
                .find(|o| o.indicator == observation.indicator);
            let whole_raw = same.map(|o| o.raw.as_str()).unwrap_or_default();
            // A number cut in the middle is as printed up there; anything else is the same.
            assert!(
                whole_raw.starts_with(&observation.raw),
                "cut at {cut}: {observation:?}"
            );
        }
    }
}
