//! Which agencies are one, from the archive to the command line: decisions survive a rebuild, same names stay apart.

use std::path::Path;
use std::process::Command;

use nianbao::store::Store;
use serde_json::Value;

struct Home(tempfile::TempDir);

struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.done(&["init", "."]);
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, args: &[&str]) -> Ended {
        let ended = Command::new(env!("CARGO_BIN_EXE_nianbao"))
            .current_dir(self.path())
            .args(args)
            .output()
            .unwrap();
        Ended {
            code: ended.status.code().unwrap(),
            out: String::from_utf8(ended.stdout).unwrap(),
            err: String::from_utf8(ended.stderr).unwrap(),
        }
    }

    fn done(&self, args: &[&str]) -> Ended {
        let ended = self.run(args);
        assert_eq!(ended.code, 0, "{args:?}\n{}", ended.err);
        ended
    }

    /// Puts the report of an agency into the archive.
    fn import(&self, agency: &str, year: u16, url: &str) {
        let file = self.path().join("page.html");
        std::fs::write(&file, page(agency, year, "")).unwrap();
        self.done(&["import", "page.html", "--url", url]);
    }

    fn json(&self, args: &[&str]) -> Vec<Value> {
        let out = self.done(args).out;
        out.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Label, names joined, years of each body.
    fn list(&self) -> Vec<String> {
        let lines = self.json(&["agency", "list", "--json"]);
        lines
            .iter()
            .map(|line| {
                let text = |key: &str| line[key].to_string().replace('"', "");
                format!(
                    "{} {} {}-{}",
                    text("label"),
                    text("joined"),
                    text("first_year"),
                    text("last_year")
                )
            })
            .collect()
    }

    /// The tables of agencies, with names for numbers.
    fn tables(&self) -> Vec<String> {
        let store = Store::open_read_only(&self.path().join("nianbao.db")).unwrap();
        let named = "ifnull(#.name, '') || ifnull(#.code, '') || #.place";
        let key = format!(
            "SELECT {} || '>' || {} || k.label || ifnull(k.division, '?') || ifnull(k.level, '?') || k.rule || k.evidence
             FROM agency_key k JOIN agency a ON a.id = k.agency_id JOIN agency b ON b.id = k.key",
            named.replace('#', "a"),
            named.replace('#', "b")
        );
        let link = format!(
            "SELECT {} || '>' || {} || kind || since || ifnull(until, '') || evidence || ifnull(apart, '')
             FROM agency_link l JOIN agency a ON a.id = l.earlier_id JOIN agency b ON b.id = l.later_id",
            named.replace('#', "a"),
            named.replace('#', "b")
        );
        let mut rows: Vec<String> = Vec::new();
        for sql in [key, link] {
            let mut statement = store.connection().prepare(&sql).unwrap();
            let found = statement.query_map([], |row| row.get(0)).unwrap();
            rows.extend(found.map(Result::unwrap));
        }
        rows.sort();
        rows
    }
}

fn page(agency: &str, year: u16, meta: &str) -> String {
    let title = format!("{agency}{year}年政府信息公开工作年度报告");
    let text = format!(
        "<p>{year}年，本机关认真贯彻《中华人民共和国政府信息公开条例》，依法、及时、准确公开政府信息，主动回应社会关切，\
         不断提高政府信息公开工作的质量和水平，切实保障人民群众的知情权、参与权和监督权。</p>"
    );
    let headings = [
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ];
    let sections: Vec<String> = headings
        .iter()
        .map(|heading| format!("<h3>{heading}</h3>{text}"))
        .collect();
    let sections = sections.concat();
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\">{meta}<title>{title}</title></head>\
         <body><div class=\"article\"><h1>{title}</h1>{sections}</div></body></html>"
    )
}

/// Agency, year, address.
const PAGES: [(&str, u16, &str); 11] = [
    (
        "云溪县环境保护局",
        2016,
        "http://www.yunxi.gov.cn/hbj/2017/a.html",
    ),
    (
        "云溪县环保局",
        2017,
        "http://www.yunxi.gov.cn/hbj/2018/a.html",
    ),
    (
        "云溪县生态环境局",
        2019,
        "http://www.yunxi.gov.cn/hbj/2020/a.html",
    ),
    (
        "青岭县环境保护局",
        2017,
        "http://www.qingling.gov.cn/hbj/2018/a.html",
    ),
    (
        "云溪县工商行政管理局",
        2017,
        "http://www.yunxi.gov.cn/gsj/2018/a.html",
    ),
    (
        "云溪县市场监督管理局",
        2019,
        "http://www.yunxi.gov.cn/scj/2020/a.html",
    ),
    (
        "白鹭区教育局",
        2019,
        "http://www.bailu.gov.cn/jyj/2020/a.html",
    ),
    (
        "白鹭区教育局",
        2020,
        "http://jyj.bailu.gov.cn/nb/2021/a.html",
    ),
    (
        "白鹭区教育局",
        2020,
        "http://www.other.gov.cn/jyj/2021/a.html",
    ),
    (
        "云溪县教育局",
        2019,
        "http://www.yunxi.gov.cn/jyj/2020/a.html",
    ),
    (
        "云溪县教育体育局",
        2020,
        "http://www.yunxi.gov.cn/jtj/2021/a.html",
    ),
];

const JOINED: [&str; 8] = [
    "云溪县市场监督管理局 1 2019-2019",
    "云溪县工商行政管理局 1 2017-2017",
    "云溪县教育体育局 1 2020-2020",
    "云溪县教育局 1 2019-2019",
    "云溪县生态环境局 3 2016-2019",
    "白鹭区教育局 (jyj.bailu.gov.cn) 2 2019-2020",
    "白鹭区教育局 (www.other.gov.cn) 1 2020-2020",
    "青岭县环境保护局 1 2017-2017",
];

fn filled() -> Home {
    let home = Home::new();
    for (agency, year, url) in PAGES {
        home.import(agency, year, url);
    }
    home.done(&["build"]);
    home
}

#[test]
fn names_are_joined_with_their_division_and_decisions_survive_a_rebuild() {
    let home = filled();
    let found = home.list();
    assert_eq!(found.len(), JOINED.len(), "{found:#?}");
    for line in JOINED {
        assert!(
            found.iter().any(|found| found == line),
            "{line}\n{found:#?}"
        );
    }
    let shown = home.done(&["agency", "show", "云溪县环保局"]).out;
    for part in [
        "云溪县生态环境局",
        "rename",
        "reform 2018-environment",
        "joined",
        "level county",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    let shown = home.done(&["agency", "show", "云溪县工商行政管理局"]).out;
    assert!(
        shown.contains("merged into") && shown.contains("not joined: a merger"),
        "{shown}"
    );
    // All names of a body answer for it.
    let rows = home
        .done(&["coverage", "--agency", "云溪县环境保护局", "--json"])
        .out;
    assert!(
        rows.contains("云溪县生态环境局") && rows.contains("[2016,2017,2018,2019]"),
        "{rows}"
    );

    // Two years of one body under two names: a person knows.
    let merge = [
        "agency",
        "merge",
        "云溪县教育体育局",
        "云溪县教育局",
        "--reason",
        "云编〔2020〕1号",
        "--by",
        "li",
    ];
    home.done(&merge);
    let merged = home.list();
    assert!(
        merged.contains(&"云溪县教育体育局 2 2019-2020".to_owned()),
        "{merged:?}"
    );
    let again = home.run(&merge);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("one agency already"), "{}", again.err);
    home.done(&["agency", "split", "云溪县环保局", "--reason", "另一机构"]);
    let decided = home.list();
    assert!(
        decided.contains(&"云溪县环保局 1 2017-2017".to_owned()),
        "{decided:?}"
    );
    let tables = home.tables();

    // The database is made anew from the archive; what was decided holds.
    for file in ["nianbao.db", "nianbao.db-wal", "nianbao.db-shm"] {
        let _ = std::fs::remove_file(home.path().join(file));
    }
    std::fs::write(home.path().join("nianbao.db"), "").unwrap();
    home.done(&["build"]);
    assert_eq!(home.list(), decided);
    assert_eq!(home.tables(), tables);
    home.done(&["build", "--all"]);
    assert_eq!(home.tables(), tables);

    let told = home.json(&["agency", "decisions", "--json"]);
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["by"], "li");
    assert_eq!(told[1]["state"], "holds");
    home.done(&["agency", "undo", "last", "--reason", "by mistake"]);
    assert_eq!(home.list(), merged);
    home.done(&[
        "agency",
        "undo",
        told[0]["id"].as_str().unwrap(),
        "--reason",
        "by mistake",
    ]);
    assert_eq!(home.list(), found);
    let told = home.json(&["agency", "decisions", "--json"]);
    let states: Vec<&str> = told
        .iter()
        .map(|one| one["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["undone", "undone", "undo", "undo"]);

    // A line that is none is told of, and the rest holds.
    let path = home.path().join("decisions.jsonl");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("{\"id\": \"x\"\n");
    std::fs::write(&path, text).unwrap();
    let built = home.run(&["build"]);
    assert_eq!(built.code, 1);
    assert!(
        built.err.contains("decisions.jsonl: line 5"),
        "{}",
        built.err
    );
    assert_eq!(home.list(), found);
}

#[test]
fn what_is_built_in_steps_equals_what_is_built_at_once() {
    let whole = filled();
    let stepwise = Home::new();
    for (number, (agency, year, url)) in PAGES.iter().rev().enumerate() {
        stepwise.import(agency, *year, url);
        if number % 3 == 0 {
            stepwise.done(&["build"]);
        }
    }
    stepwise.done(&["build"]);
    assert_eq!(stepwise.list(), whole.list());
    assert_eq!(stepwise.tables(), whole.tables());
    // A build of nothing new writes nothing.
    let before = std::fs::read(stepwise.path().join("nianbao.db")).unwrap();
    stepwise.done(&["build"]);
    assert_eq!(
        std::fs::read(stepwise.path().join("nianbao.db")).unwrap(),
        before
    );
}

#[test]
fn names_without_division_are_joined_by_site_or_column_only() {
    let home = Home::new();
    let meta = "<meta name=\"SiteIDCode\" content=\"3209990001\">";
    let pages = [
        ("教育局", 2019, "http://www.a.gov.cn/jyj/2020/a.html", ""),
        ("教育局", 2020, "http://www.a.gov.cn/jyj/2021/a.html", ""),
        ("教育局", 2020, "http://www.b.gov.cn/jyj/2021/a.html", ""),
        ("民政局", 2019, "http://www.c.gov.cn/mzj/2020/a.html", meta),
        ("民政局", 2020, "http://www.c.gov.cn/mz/2021/a.html", meta),
    ];
    for (agency, year, url, meta) in pages {
        let file = home.path().join("page.html");
        std::fs::write(&file, page(agency, year, meta)).unwrap();
        home.done(&["import", "page.html", "--url", url]);
    }
    home.done(&["build"]);
    let found = home.list();
    assert_eq!(
        found,
        [
            "教育局 (www.a.gov.cn/jyj) 1 2019-2020",
            "教育局 (www.b.gov.cn/jyj) 1 2020-2020",
            "民政局 2 2019-2020",
        ]
    );
    let several = home.run(&["agency", "merge", "教育局", "民政局", "--reason", "x"]);
    assert_eq!(several.code, 2);
    assert!(
        several.err.contains("say which") && several.err.contains("'教育局 (www.b.gov.cn/jyj)'"),
        "{}",
        several.err
    );
    let exact = ["教育局 (www.a.gov.cn/jyj)", "教育局 (www.b.gov.cn/jyj)"];
    home.done(&[
        "agency",
        "merge",
        exact[0],
        exact[1],
        "--reason",
        "same bureau",
    ]);
    assert!(
        home.list().contains(&"教育局 2 2019-2020".to_owned()),
        "{:?}",
        home.list()
    );
    // Neither coverage nor a series takes bureaus of one name for one.
    home.done(&["agency", "undo", "last", "--reason", "no"]);
    let rows = home.json(&["coverage", "--json"]);
    assert_eq!(rows[0]["rows"].as_array().unwrap().len(), 3, "{rows:?}");
}

#[test]
fn what_is_decided_of_agencies_and_findings_shows_at_once() {
    let home = Home::new();
    let meta = "<meta name=\"PubDate\" content=\"2021-05-06\">";
    for (agency, url) in [
        ("云溪县教育局", "http://www.yunxi.gov.cn/jyj/2021/a.html"),
        (
            "云溪县教育体育局",
            "http://www.yunxi.gov.cn/jtj/2021/a.html",
        ),
    ] {
        let file = home.path().join("page.html");
        std::fs::write(&file, page(agency, 2020, meta)).unwrap();
        home.done(&["import", "page.html", "--url", url]);
    }
    home.done(&["build"]);
    let late = || {
        let lines = home.json(&["audit", "--code", "late", "--json"]);
        lines
            .iter()
            .map(|line| line["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let both = late();
    assert_eq!(both.len(), 2);
    // One body with two reports of a year: which is meant is not known, so nothing is said of either.
    let merge = ["agency", "merge", "云溪县教育体育局", "云溪县教育局"];
    home.done(&[&merge[..], &["--reason", "one bureau"]].concat());
    assert_eq!(late(), Vec::<String>::new());
    home.done(&["agency", "undo", "last", "--reason", "it was not"]);
    assert_eq!(late(), both);
    home.done(&["audit", "dismiss", &both[0], "--reason", "moved"]);
    assert_eq!(late(), both[1..]);
    home.done(&["agency", "undo", "last", "--reason", "it was not moved"]);
    assert_eq!(late(), both);
}

#[test]
fn a_districts_bureau_goes_on_under_its_long_name() {
    let pages = [
        (
            "鼓楼区财政局",
            2019,
            "http://www.glq.gov.cn/zwgk/czj/2020/a.html",
        ),
        (
            "南京市鼓楼区财政局",
            2020,
            "http://www.glq.gov.cn/zwgk/czj/2021/a.html",
        ),
        (
            "鼓楼区财政局",
            2021,
            "http://www.xzgl.gov.cn/zwgk/czj/2022/a.html",
        ),
        (
            "鼓楼区民政局",
            2019,
            "http://www.js.gov.cn/gl/mzj/2020/a.html",
        ),
        (
            "徐州市鼓楼区民政局",
            2020,
            "http://www.js.gov.cn/gl/mzj/2021/a.html",
        ),
    ];
    let at_once = Home::new();
    for (agency, year, url) in pages {
        at_once.import(agency, year, url);
    }
    at_once.done(&["build"]);
    assert_eq!(
        at_once.list(),
        [
            "南京市鼓楼区财政局 2 2019-2020",
            "徐州市鼓楼区民政局 1 2020-2020",
            "鼓楼区民政局 1 2019-2019",
            "鼓楼区财政局 1 2021-2021",
        ]
    );
    let stepwise = Home::new();
    for (agency, year, url) in pages.into_iter().rev() {
        stepwise.import(agency, year, url);
        stepwise.done(&["build"]);
    }
    assert_eq!(stepwise.tables(), at_once.tables());
    // A second city's district of the name on the site: then which is meant is not known any more.
    let url = "http://www.glq.gov.cn/zwgk/x/2021/a.html";
    for home in [&at_once, &stepwise] {
        home.import("徐州市鼓楼区财政局", 2020, url);
        home.done(&["build"]);
        assert!(
            home.list()
                .contains(&"南京市鼓楼区财政局 1 2020-2020".to_owned()),
            "{:?}",
            home.list()
        );
    }
    assert_eq!(stepwise.tables(), at_once.tables());
}
