//! The verbs of `nianbao profile`, run as people run them.

use std::path::Path;
use std::process::{Command, Output};

use nianbao::profile::{Sites, compiled_files};
use serde_json::Value;

const URL: &str = "http://www.yunxi.example/zwgk/xxgknb/";

/// A column of four reports, one of another body, a website's report, a guide, and links that are no entries.
const LIST: &str = "<!DOCTYPE html><html><head><meta charset=utf-8><title>政府信息公开年报-云溪县民政局</title>\
    <meta name=SiteName content=云溪县民政局网站><meta name=ColumnName content=政府信息公开年报>\
    <meta name=ColumnType content=政府信息公开年报></head><body>\
    <div class=nav><a href=/>首页</a><a href=/zwgk/>政务公开</a><a href=/zwgk/xxgkzn/>政府信息公开指南</a></div>\
    <ul class=list>\
    <li><a href=./202201/t20220120_71.html>云溪县民政局2021年政府信息公开工作年度报告</a><span>2022-01-20</span></li>\
    <li><a href=./202101/t20210121_61.html>云溪县民政局2020年政府信息公开工作年度报告</a><span>2021-01-21</span></li>\
    <li><a href=./202101/t20210119_60.html>云溪县老龄办2020年政府信息公开工作年度报告</a><span>2021-01-19</span></li>\
    <li><a href=./202101/t20210115_59.html>2020年政府网站工作年度报表</a><span>2021-01-15</span></li>\
    <li><a href=./202001/t20200122_51.html title=云溪县民政局2019年政府信息公开工作年度报告>云溪县民政局2019年政府信息公…</a><span>2020-01-22</span></li>\
    <li><a href=./201903/t20190320_41.html>云溪县民政局2018年政府信息公开工作年度报告</a><span>2019-03-20</span></li>\
    </ul><div class=footer><a href=/about.html>关于我们</a><a href=/map.html>网站地图</a></div></body></html>";

fn nianbao(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .current_dir(folder)
        .arg("profile")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list.html"), LIST).unwrap();
    folder
}

#[test]
fn all_profiles_are_listed_and_one_is_shown_with_all_that_holds() {
    let folder = folder();
    let (code, text, _) = nianbao(folder.path(), &["show"]);
    assert_eq!(code, 0);
    assert!(
        text.contains("generic") && text.contains("mohrss"),
        "{text}"
    );
    let (_, json, _) = nianbao(folder.path(), &["show", "--json"]);
    let lines: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let sites: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "site").collect();
    assert!(sites.len() >= 15, "{json}");
    assert!(
        sites
            .iter()
            .all(|site| !site["seeds"].as_array().unwrap().is_empty())
    );
    let (code, text, _) = nianbao(folder.path(), &["show", "mohrss"]);
    assert_eq!(code, 0);
    let table: toml::Table = toml::from_str(&text).unwrap();
    assert_eq!(table["name"].as_str(), Some("mohrss"));
    assert!(
        table.contains_key("body")
            && text.starts_with("# sites/mohrss.toml, over platforms/generic.toml")
    );
    let (code, _, error) = nianbao(folder.path(), &["show", "mohrs"]);
    assert_eq!(code, 2);
    assert!(
        error.contains("did you mean") && error.contains("mohrss"),
        "{error}"
    );
}

#[test]
fn every_profile_shipped_is_marked_until_a_person_confirms_it() {
    assert!(Sites::compiled().sites().count() >= 15);
    for (path, text) in compiled_files()
        .iter()
        .filter(|(path, _)| path.starts_with("sites/"))
    {
        let marked = text.starts_with("# NOT CONFIRMED");
        assert_eq!(marked, !text.contains("\nconfirmed = "), "{path}");
        let name = path.trim_start_matches("sites/").trim_end_matches(".toml");
        assert!(text.contains(&format!("\nname = \"{name}\"\n")), "{path}");
    }
}

#[test]
fn every_problem_is_told_with_line_and_column() {
    let folder = folder();
    let (code, text, error) = nianbao(folder.path(), &["check"]);
    assert_eq!((code, text.as_str()), (0, ""), "{error}");
    let bad = "name = \"yunxi\"\ntitle = \"云溪县民政局\"\nplatform = \"nothing\"\ncolour = 1\n\n[[seeds]]\nurl = \"http://www.yunxi.example/\"\nkind = \"rot\"\n";
    std::fs::write(folder.path().join("bad.toml"), bad).unwrap();
    let (code, text, error) = nianbao(folder.path(), &["check", "bad.toml"]);
    assert_eq!(code, 1);
    assert!(
        text.contains("bad.toml:4:1: ") && text.contains("bad.toml:8:8: "),
        "{text}"
    );
    assert!(error.contains("1 profile, 2 problems"), "{error}");
    let mended = bad.replace("colour = 1\n", "").replace("rot", "root");
    std::fs::write(folder.path().join("bad.toml"), mended).unwrap();
    let (code, json, _) = nianbao(folder.path(), &["check", "--json", "bad.toml"]);
    let line: Value = serde_json::from_str(json.trim()).unwrap();
    assert_eq!((code, &line["line"]), (1, &Value::from(3)), "{json}");
    assert!(
        line["message"]
            .as_str()
            .unwrap()
            .contains("no platform \"nothing\"")
    );
    assert_eq!(nianbao(folder.path(), &["check", "none.toml"]).0, 2);
}

#[test]
fn a_page_is_tried_without_and_with_a_profile() {
    let folder = folder();
    let (code, json, error) = nianbao(
        folder.path(),
        &["test", "--url", URL, "--json", "list.html"],
    );
    assert_eq!(code, 0, "{error}");
    let look: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(look["role"], "list", "{json}");
    let items = look["items"].as_array().unwrap();
    let got: Vec<(&str, Option<i64>, &str)> = items
        .iter()
        .map(|item| {
            let url = item["url"].as_str().unwrap();
            (
                item["kind"].as_str().unwrap(),
                item["year"].as_i64(),
                &url[url.len() - 7..],
            )
        })
        .collect();
    let want = [
        ("report", Some(2021), "71.html"),
        ("report", Some(2020), "61.html"),
        // Without a profile the column's body is not known.
        ("report", Some(2020), "60.html"),
        ("website_report", Some(2020), "59.html"),
        ("report", Some(2019), "51.html"),
        ("report", Some(2018), "41.html"),
    ];
    assert_eq!(got, want);
    assert_eq!(items[0]["date"], "2022-01-20");
    assert_eq!(
        items[4]["title"],
        "云溪县民政局2019年政府信息公开工作年度报告"
    );
    // A page whose place is not known, and an address that is in no archive.
    let (code, _, error) = nianbao(folder.path(), &["test", "list.html"]);
    assert!(code == 2 && error.contains("--url"), "{error}");
    let (code, _, error) = nianbao(folder.path(), &["test", URL]);
    assert!(
        code == 2 && error.contains("save the page from a browser"),
        "{error}"
    );
}

#[test]
fn from_an_address_to_a_profile_that_passes() {
    let folder = folder();
    let new = ["new", "--file", "list.html", "-o", "yunxi.toml", URL];
    let (code, _, error) = nianbao(folder.path(), &new);
    assert_eq!(code, 0, "{error}");
    assert!(
        error.contains("profile test --profile yunxi.toml list.html"),
        "{error}"
    );
    let text = std::fs::read_to_string(folder.path().join("yunxi.toml")).unwrap();
    for part in [
        "title = \"云溪县民政局\"",
        "kind = \"list\"",
        "column = \"政府信息公开年报\"",
        "# item = \"ul.list li\"",
        "[expect]\nfirst_year = 2018\nreports = 4",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(nianbao(folder.path(), &new).0, 2, "nothing is overwritten");
    assert_eq!(nianbao(folder.path(), &["check", "yunxi.toml"]).0, 0);
    let try_it = ["test", "--profile", "yunxi.toml", "list.html"];
    // The publisher is known now: the report of another body is told apart.
    std::fs::write(
        folder.path().join("yunxi.toml"),
        text.replace("reports = 4", "reports = 5"),
    )
    .unwrap();
    let (code, shown, _) = nianbao(folder.path(), &try_it);
    assert_eq!(code, 1, "{shown}");
    assert!(
        shown.contains("reports at least 5, found 4: NOT MET") && shown.contains("other_agency"),
        "{shown}"
    );
    std::fs::write(folder.path().join("yunxi.toml"), &text).unwrap();
    let (code, shown, _) = nianbao(folder.path(), &try_it);
    assert_eq!(code, 0, "{shown}");
    assert!(
        shown.contains("first year 2018, found 2018: met"),
        "{shown}"
    );
    assert!(
        shown.contains("not confirmed against the live site"),
        "{shown}"
    );
    let elsewhere = [
        "test",
        "--profile",
        "yunxi.toml",
        "--url",
        "http://www.bailu.example/",
        "list.html",
    ];
    let (code, _, error) = nianbao(folder.path(), &elsewhere);
    assert!(code == 2 && error.contains("not in the scope"), "{error}");
}

#[test]
fn a_front_page_gives_seeds_to_choose_from() {
    let folder = folder();
    let page = "<meta charset=utf-8><title>云溪县民政局</title><a href=/zwgk/xxgknb/>政府信息公开年报</a><a href=/xw/>新闻</a>";
    std::fs::write(folder.path().join("front.html"), page).unwrap();
    let (code, text, error) = nianbao(
        folder.path(),
        &["new", "--file", "front.html", "http://www.yunxi.example/"],
    );
    assert_eq!(code, 0, "{error}");
    assert!(
        text.contains("kind = \"root\"") && text.contains(&format!("# url = \"{URL}\"")),
        "{text}"
    );
    assert!(text.contains("PUT HERE"), "{text}");
}
