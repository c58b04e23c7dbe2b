//! `nianbao extract`: the outside contract (DESIGN, 4).

use std::path::Path;

use serde_json::Value;

use super::{demo_page, run, run_with};

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_report_is_one_line_of_the_schema() {
    let page = demo_page("yunxi-education-2020.html");
    let run = run(Path::new("."), ["extract".as_ref(), page.as_os_str()]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let reports = lines(&run.out);
    let [report] = reports.as_slice() else {
        panic!("{}", run.out)
    };
    let want = [
        "agency",
        "dates",
        "findings",
        "form",
        "mentions",
        "observations",
        "proposals",
        "provenance",
        "published",
        "schema",
        "scope",
        "sections",
        "statistics",
        "title",
        "year",
    ];
    assert_eq!(keys(report), want);
    assert_eq!(report["schema"], "nianbao.report/1");
    assert_eq!(report["agency"]["name"], "云溪市教育局");
    assert_eq!(keys(&report["agency"]), ["code", "name"]);
    assert_eq!(report["year"], 2020);
    assert_eq!(report["form"], "2019");
    assert_eq!(report["published"], "2021-01-22");
    assert_eq!(keys(&report["dates"][0]), ["raw", "source", "value"]);
    for key in ["heading", "kind", "text"] {
        assert!(report["sections"][1].get(key).is_some(), "{key}");
    }
    let cells = report["observations"].as_array().unwrap();
    let cell = cells
        .iter()
        .find(|cell| cell["id"] == "requests.new@total")
        .unwrap();
    assert_eq!(
        (&cell["value"], &cell["status"], &cell["raw"], &cell["unit"]),
        (&62.into(), &"number".into(), &"62".into(), &"件".into())
    );
    assert_eq!(
        keys(&cell["source"]),
        ["bytes", "column", "part", "row", "table"]
    );
    assert_eq!(cell["source"]["part"], 0);
    let range: Vec<usize> = serde_json::from_value(cell["source"]["bytes"].clone()).unwrap();
    assert_eq!(&std::fs::read(page).unwrap()[range[0]..range[1]], b"62");
    assert_eq!(
        keys(&report["findings"][0]),
        ["code", "message", "severity", "where"]
    );
    for key in [
        "sha256",
        "url",
        "charset",
        "charset_evidence",
        "official",
        "signals",
        "parts",
    ] {
        assert!(report["provenance"].get(key).is_some(), "{key}");
    }
}

#[test]
fn stdin_takes_url_and_type() {
    let page = std::fs::read(demo_page("bailu-office-2020.html")).unwrap();
    let args = [
        "extract",
        "--url",
        "https://www.bailu.example/a.htm",
        "--content-type",
        "text/html; charset=GBK",
        "-",
    ];
    let run = run_with(Path::new("."), &args, &page);
    assert_eq!(run.code, 0, "{}", run.err);
    let provenance = &lines(&run.out)[0]["provenance"];
    assert_eq!(provenance["charset"], "gb18030");
    assert_eq!(provenance["charset_evidence"], "http");
    assert_eq!(provenance["url"], "https://www.bailu.example/a.htm");
}

#[test]
fn a_batch_goes_on_behind_what_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    write("empty.html", b"");
    write("zeros.html", &[0; 5000]);
    write("picture.html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    write("report.pdf", b"%PDF-1.7\n");
    write(
        "news.html",
        "<html><title>通知</title><p>今日开会。</p></html>".as_bytes(),
    );
    // What people often file beside reports: the guide to requesting information.
    write("guide.html", "<html><title>某市政府信息公开指南</title><h1>某市政府信息公开指南</h1><p>为了更好地提供政府信息公开服务，编制本指南。</p></html>".as_bytes());
    std::fs::create_dir(folder.join("folder")).unwrap();
    std::fs::copy(demo_page("yunxi-2019.html"), folder.join("first.html")).unwrap();
    std::fs::copy(demo_page("yunxi-2021.html"), folder.join("last.html")).unwrap();
    let bad = [
        "empty.html",
        "zeros.html",
        "picture.html",
        "report.pdf",
        "news.html",
        "guide.html",
        "folder",
        "missing.html",
    ];
    let mut args = vec!["extract", "first.html"];
    args.extend(bad);
    args.push("last.html");
    let run = run(folder, args);
    assert_eq!(run.code, 1);
    let years: Vec<_> = lines(&run.out)
        .iter()
        .map(|report| report["year"].clone())
        .collect();
    assert_eq!(years, [2019, 2021]);
    let errors: Vec<_> = run.err.lines().collect();
    assert_eq!(errors.len(), bad.len(), "{}", run.err);
    for (line, file) in errors.iter().zip(bad) {
        assert!(line.starts_with(&format!("nianbao: {file}: ")), "{line}");
    }
    assert!(errors[3].contains("PDF file"), "{}", errors[3]);
}

#[test]
fn output_keeps_the_order_of_the_files_whatever_the_threads() {
    let names = [
        "yunxi-2017.html",
        "yunxi-education-2019.txt",
        "yunxi-2008.html",
        "yunxi-2023.html",
    ];
    let pages: Vec<_> = names
        .iter()
        .cycle()
        .take(40)
        .map(|name| demo_page(name))
        .collect();
    let with = |jobs: &str| {
        let mut args: Vec<_> = ["extract", "--jobs", jobs].map(Into::into).to_vec();
        args.extend(pages.iter().map(|page| page.as_os_str().to_owned()));
        run(Path::new("."), args).out
    };
    let one = with("1");
    assert_eq!(one.lines().count(), 40);
    assert_eq!(one, with("4"));
}

#[test]
fn a_file_above_the_cap_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = std::fs::File::create(folder.path().join("huge.html")).unwrap();
    file.set_len(10_000_000_000).unwrap(); // sparse: takes no disk
    let run = run(folder.path(), ["extract", "huge.html"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(
        run.err.contains("10000000000 bytes: more than the cap"),
        "{}",
        run.err
    );
}

#[test]
fn wrong_usage_is_exit_2() {
    for args in [
        vec!["extract"],
        vec!["extract", "--colour", "a.html"],
        vec!["extract", "--url", "http://a/", "a.html", "b.html"],
        vec!["extract", "-", "-"],
        vec!["extract", "--jobs", "0", "a.html"],
        vec!["nosuchverb"],
        vec![],
    ] {
        let run = run(Path::new("."), &args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        assert!(!run.err.is_empty(), "{args:?}");
    }
}
