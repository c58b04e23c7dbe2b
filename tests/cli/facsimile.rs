//! `--html CELL`: the page with a cell marked.

use super::{demo_page, fixture, run, run_with};

/// The one marked text.
fn marked(html: &str) -> &str {
    let (_, behind) = html.split_once("<mark id=\"nianbao-proof\"").unwrap();
    let (_, behind) = behind.split_once('>').unwrap();
    behind.split_once("</mark>").unwrap().0
}

#[test]
fn a_cell_is_shown_in_its_archived_page() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), ["demo"]).code, 0);
    let home = folder.path().join("nianbao-demo");
    let report = ["show", "云溪市教育局", "2020", "--html"];
    let ask = |more: &[&str]| run(&home, report.iter().chain(more));
    let shown = ask(&["requests.new@total"]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    assert_eq!(marked(&shown.out), "62");
    for fact in [
        "<td>云溪市教育局 2020 (own)</td>",
        "<td>62 件 (number)</td>",
        "<td>http://www.yunxi.example/",
        "<td>ff3734caf9355c45d02b66619f2999528de9e1dc00b1188fed7446facaedac43</td>",
        "<td>warc/nianbao-",
        "<td>UTF-8 (",
        "<td>bytes 5477..5479 of the page (UTF-8); table 1,",
    ] {
        assert!(shown.out.contains(fact), "{fact}");
    }
    let written = ask(&["requests.new@total", "-o", "a b.html"]);
    assert_eq!((written.code, written.out.as_str()), (0, ""));
    assert!(
        written.err.ends_with("/a%20b.html#nianbao-proof\n"),
        "{}",
        written.err
    );
    let file = std::fs::read_to_string(home.join("a b.html")).unwrap();
    assert_eq!(file, shown.out);
    assert_eq!(ask(&["requests.new"]).code, 2);
    assert_eq!(ask(&["requests.new@total", "--json"]).code, 2);
    let missing = ["show", "云溪市教育局", "2020", "-o", "x.html"];
    assert_eq!(run(&home, missing).code, 2);

    // Other bytes than those that were read prove nothing.
    let warc = std::fs::read_dir(home.join("warc")).unwrap().next();
    std::fs::write(warc.unwrap().unwrap().path(), b"").unwrap();
    let gone = ask(&["requests.new@total"]);
    assert_eq!((gone.code, gone.out.as_str()), (1, ""));
    assert_eq!(gone.err.lines().count(), 1, "{}", gone.err);
}

#[test]
fn a_cell_is_shown_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let page = demo_page("bailu-office-2020.html");
    let page = page.to_str().unwrap();
    let gbk = "text/html; charset=gbk";
    let args = ["extract", "--content-type", gbk, "--html"];
    let ask = |more: &[&str]| run(folder.path(), args.iter().chain(more));
    let blank = ask(&["outcome.granted@total", page]);
    assert_eq!((blank.code, blank.err.as_str()), (0, ""));
    assert_eq!(marked(&blank.out), "");
    assert!(blank.out.contains("<td>gb18030 (http)"));
    assert!(blank.out.contains("白鹭区"));
    let bytes = std::fs::read(page).unwrap();
    let stdin = run_with(
        folder.path(),
        &["extract", "--html", "requests.new@total", "-"],
        &bytes,
    );
    assert_eq!(stdin.code, 0, "{}", stdin.err);
    assert_eq!(ask(&["requests.new@total", page, page]).code, 2);
    let absent = fixture("pages/mixed-forms.html");
    let absent = absent.to_str().unwrap();
    let shown = run(folder.path(), ["extract", "--html", "no.such@cell", absent]);
    assert_eq!(shown.code, 2);
    let pdf = folder.path().join("a.pdf");
    std::fs::write(&pdf, b"%PDF-1.7\n").unwrap();
    let refused = ask(&["requests.new@total", pdf.to_str().unwrap()]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert_eq!(refused.err.lines().count(), 1, "{}", refused.err);
}
