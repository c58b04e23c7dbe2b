//! A version is what an agency published: not a page's design, nor its counters, nor a day on which somebody kept us out.

mod warcs;

use std::path::Path;
use std::process::Command;

use nianbao::query;
use nianbao::store::Store;
use warcs::{HTML, Warc, built, home, http, report_page, write};

const URL: &str = "http://www.yunxi.gov.cn/2023.html";

/// How many versions come of these answers, one a day.
fn versions_of(answers: &[Vec<u8>]) -> u32 {
    let (_folder, home) = home();
    let mut warc = Warc::new();
    for (number, answer) in (1..).zip(answers) {
        warc.response(
            number,
            &format!("2026-02-{number:02}T00:00:00Z"),
            URL,
            answer,
        );
    }
    write(&home.warc(), "a.warc.gz", &warc.packed());
    built(&home.warc(), &home.database(), false);
    let store = Store::open_read_only(&home.database()).unwrap();
    let lines = query::list_reports(&store, &query::Filter::default()).unwrap();
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines[0].versions
}

fn page() -> String {
    String::from_utf8(report_page(2023, "2", "本机关依法公开。", "")).unwrap()
}

#[test]
fn only_another_report_is_another_version() {
    let page = page();
    let chrome =
        |html: &str| String::from_utf8(report_page(2023, "2", "本机关依法公开。", html)).unwrap();
    let footer = page.find("<div class=\"footer\">").unwrap();
    let mut foot = page.clone();
    foot.insert_str(
        footer,
        "<div class=\"ad\"><a href=\"/ad\">专题：优化营商环境</a></div>",
    );
    let heading = "<h3>五、存在的主要问题及改进情况</h3>";
    let cases = [
        ("a counter", chrome("<span>浏览次数：4213</span> "), 1),
        (
            "a day of visit",
            chrome("<span>今天是2026年2月2日 星期一</span> "),
            1,
        ),
        (
            "a counter by script",
            chrome("<script>document.write(42)</script>"),
            1,
        ),
        ("a block of advertisements", foot, 1),
        (
            "related pages",
            page.replace("<h4>相关信息</h4>", "<h4>相关链接</h4>"),
            1,
        ),
        (
            "the order of attributes",
            page.replace(
                "<td colspan=\"4\">",
                "<td class=\"x\" colspan=\"4\" id=\"y\">",
            ),
            1,
        ),
        (
            "spaces and lines",
            page.replace("</td>\n  <td>", "</td><td>")
                .replace("本机关依法公开。", " 本机关 依法公开。\n"),
            1,
        ),
        (
            "a paragraph reflowed",
            page.replace("本机关依法公开。", "本机关<br>依法公开。"),
            1,
        ),
        ("a cell", page.replace("<td><span>2", "<td><span>5"), 2),
        (
            "a cell emptied",
            page.replace("<td><span>2</span><span></span></td>", "<td></td>"),
            2,
        ),
        (
            "a blank filled with 0",
            page.replace("<td><span>2</span><span></span></td>", "<td>0</td>"),
            2,
        ),
        (
            "a sentence",
            page.replace("本机关依法公开。", "本机关依法公开。另有一事。"),
            2,
        ),
        (
            "a word",
            page.replace("本机关依法公开。", "本机关依规公开。"),
            2,
        ),
        (
            "a heading",
            page.replace(heading, "<h3>五、主要问题及改进情况</h3>"),
            2,
        ),
        // The day is what the agency says of itself, and a deadline hangs on it.
        (
            "the day of publication",
            page.replace("2024年3月21日", "2024年1月21日")
                .replace("2024-03-21", "2024-01-21"),
            2,
        ),
        (
            "the title",
            page.replace(
                "2023年政府信息公开工作年度报告",
                "2023年度政府信息公开工作年度报告",
            ),
            2,
        ),
    ];
    for (what, changed, want) in cases {
        assert_ne!(changed, page, "{what}: nothing was changed");
        let answers = [http(HTML, page.as_bytes()), http(HTML, changed.as_bytes())];
        assert_eq!(versions_of(&answers), want, "{what}");
    }
}

#[test]
fn a_page_that_is_kept_from_us_for_a_while_has_not_changed() {
    let page = http(HTML, page().as_bytes());
    let captcha = "<html><title>安全验证</title><p>请完成验证后继续访问。</p></html>";
    let mut answers = vec![page.clone()];
    for answer in [
        http("403 Forbidden\nContent-Type: text/html", b"<h1>403</h1>"),
        http(
            "412 Precondition Failed\nContent-Type: text/html",
            b"<script>x()</script>",
        ),
        http("521 Down\nContent-Type: text/html", b"<script>y()</script>"),
        http(HTML, captcha.as_bytes()),
        http(HTML, b""),
    ] {
        answers.push(answer);
        answers.push(page.clone());
    }
    assert_eq!(versions_of(&answers), 1);
}

fn nianbao(home: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(["--home", home.to_str().unwrap()])
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn what_changed_is_shown_cell_by_cell_and_word_by_word() {
    let (_folder, home) = home();
    let page = page();
    let changed = page
        .replace("<td><span>2</span><span></span></td>", "<td></td>")
        .replace("清单更新依赖人工", "清单更新主要依赖3人");
    let mut warc = Warc::new();
    warc.response(1, "2026-02-01T00:00:00Z", URL, &http(HTML, page.as_bytes()));
    warc.response(
        2,
        "2026-02-02T00:00:00Z",
        URL,
        &http(HTML, changed.as_bytes()),
    );
    write(&home.warc(), "a.warc.gz", &warc.packed());
    built(&home.warc(), &home.database(), false);
    let arguments = ["diff", "云溪市人民政府", "2023"];
    let (code, text, said) = nianbao(home.directory(), &arguments);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        text.contains("version 1: seen 2026-02-01") && text.contains("version 2 (current)"),
        "{text}"
    );
    assert!(text.contains("[-2-]{+(blank)+}"), "{text}");
    assert!(text.contains("清单更新{+主要+}依赖{+3+}人[-工-]"), "{text}");
    assert!(
        text.contains("in a.warc.gz, byte ") && !text.contains('\x1b'),
        "{text}"
    );

    let (_, json, _) = nianbao(
        home.directory(),
        &["diff", "--id", "1", "--from", "2", "--to", "1", "--json"],
    );
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["versions"].as_array().unwrap().len(), 2);
    let cells = json["diff"]["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 1, "{cells:?}");
    assert_eq!(
        (&cells[0]["from"]["status"], &cells[0]["from"]["value"]),
        (&"blank".into(), &serde_json::Value::Null)
    );
    assert_eq!(cells[0]["to"]["value"], 2);
    let capture = &json["diff"]["to"]["capture"];
    assert_eq!(capture["file"], "a.warc.gz");
    assert_eq!(capture["sha256"].as_str().unwrap().len(), 64);

    let (code, _, said) = nianbao(home.directory(), &["diff", "--id", "1", "--from", "9"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("no version 9; there are 2"), "{said}");
}
