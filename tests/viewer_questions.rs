//! Compare, search and codebook over HTTP, on the pages of `fixtures/demo`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{LazyLock, mpsc};
use std::time::Duration;

use jiff::Timestamp;
use nianbao::archive::FixedClock;
use nianbao::home::Home;
use nianbao::pipeline::{BuildOptions, Importer, Page, build};
use nianbao::store::Store;
use nianbao::viewer::{Serving, Viewer, serve};
use serde_json::Value;

/// A home of the demo's pages, served until the tests end.
static ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap().keep();
    let home = Home::init(&folder).unwrap();
    let mut store = Store::open(&home.database()).unwrap();
    let clock = FixedClock(Timestamp::from_second(1_700_000_000).unwrap());
    let (mut importer, _) = Importer::open(&home, &store, clock).unwrap();
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    let mut paths: Vec<_> = std::fs::read_dir(pages)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().unwrap() != "toml")
        .collect();
    paths.sort();
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let url = format!("https://a.example/年报/{name}");
        let page = Page {
            bytes: &bytes,
            url: Some(&url),
            content_type: None,
            file_name: Some(name),
        };
        importer.page(&page).unwrap();
    }
    drop(importer);
    let options = BuildOptions {
        hosts: nianbao::audit::origin::HostRules::get(),
        decisions: nianbao::decisions::Decisions::none(),
        readings: nianbao::pipeline::Readings::compiled(),
        jobs: None,
        started_at: Timestamp::from_second(1_700_000_000).unwrap(),
        reread: false,
        stop: None,
    };
    build(&home.warc(), &mut store, &options, |_| {}).unwrap();
    drop(store);
    let (told, ready) = mpsc::channel();
    std::thread::spawn(move || {
        let serving = Serving {
            address: "127.0.0.1:0".parse().unwrap(),
            hosts: Vec::new(),
            password: None,
        };
        let ready = |address: std::net::SocketAddr| told.send(address.to_string()).unwrap();
        serve(Viewer::new(home), serving, ready, std::future::pending()).unwrap();
    });
    ready.recv_timeout(Duration::from_mins(1)).unwrap()
});

struct Answer {
    status: u16,
    head: String,
    body: String,
}

fn get(path: &str) -> Answer {
    let mut stream = TcpStream::connect(ADDRESS.as_str()).unwrap();
    let timeout = Some(Duration::from_mins(1));
    stream.set_read_timeout(timeout).unwrap();
    let host = ADDRESS.as_str();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    }
}

fn html(path: &str) -> String {
    let answer = get(path);
    assert_eq!(
        answer.status, 200,
        "{path}: {} {}",
        answer.head, answer.body
    );
    // What the policy forbids, and what would be doubled.
    assert!(
        !answer.body.contains(" style=") && !answer.body.contains("<script"),
        "{path}"
    );
    assert_eq!(answer.body.matches("<h1").count(), 1, "{path}");
    let mut ids: Vec<&str> = answer
        .body
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{path}: an id stands twice");
    for label in answer
        .body
        .split("<label for=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(ids.contains(&label), "{path}: a label for nothing, {label}");
    }
    answer.body
}

fn json(path: &str) -> Value {
    let answer = get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// Where a page sends to.
fn location(path: &str) -> String {
    let answer = get(path);
    assert_eq!(answer.status, 303, "{path}: {}", answer.body);
    let line = answer
        .head
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    line.unwrap().to_owned()
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Labels of all agencies with their names in addresses, those with most years first.
fn agencies() -> Vec<(String, String)> {
    let all = json("/compare.json?series=requests_received&from=2008&to=2025");
    let rows = all["answers"][0]["rows"].as_array().unwrap();
    let mut found: Vec<(usize, String, String)> = rows
        .iter()
        .map(|row| {
            let numbers = row["years"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|year| !year["value"].is_null());
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            (numbers.count(), text("name"), text("agency"))
        })
        .collect();
    found.sort();
    found.reverse();
    found.dedup_by(|one, other| one.2 == other.2);
    found.into_iter().map(|(_, name, id)| (name, id)).collect()
}

#[test]
fn agencies_are_picked_without_script_and_the_address_holds_all() {
    let all = agencies();
    assert!(all.len() > 3);
    // A search for one adds it, and what was not asked goes from the address.
    let there = location(&format!(
        "/zh/compare?series=requests_received&series=&division=&from=2019&to=&scope=&rows=&find={}",
        encoded(&all[0].0)
    ));
    assert_eq!(
        there,
        format!(
            "/zh/compare?series=requests_received&agency={}&from=2019",
            all[0].1
        )
    );
    let page = html(&there);
    assert!(page.contains("checked") && page.contains(&all[0].0));
    // Of several one chooses.
    let several = format!(
        "/en/compare?series=requests_received&find={}",
        encoded("政府")
    );
    let page = html(&several);
    assert!(page.contains("Several agencies were found"), "{page}");
    assert!(html("/en/compare?find=zzz").contains("No agency was found"));
    // One that this archive does not have is told of.
    assert!(html("/en/compare?agency=0123456789abcdef").contains("(not in this archive)"));
    for wrong in [
        "agency=x",
        "from=abc",
        "from=2022&to=2019",
        "scope=all",
        "rows=0",
        "chart=pie",
        "division=abc",
    ] {
        assert_eq!(get(&format!("/zh/compare?{wrong}")).status, 400, "{wrong}");
    }
}

#[test]
fn the_table_the_json_and_the_csv_say_the_same() {
    let all = agencies();
    let question = format!(
        "series=requests_received&series=disclosure_rate&agency={}&agency={}",
        all[0].1, all[1].1
    );
    let page = html(&format!("/zh/compare?{question}"));
    let twin = json(&format!("/compare.json?{question}"));
    let answers = twin["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 2);
    for answer in answers {
        let id = answer["id"].as_str().unwrap();
        let csv = get(&format!("/compare.{id}.csv?{question}")).body;
        let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
        let head = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        let rows_of_json = answer["rows"].as_array().unwrap();
        assert_eq!(rows.len(), rows_of_json.len());
        for (row, json) in rows.iter().zip(rows_of_json) {
            let cell = |name: &str| &row[head.iter().position(|column| column == name).unwrap()];
            for year in json["years"].as_array().unwrap() {
                let value = cell(&format!("value_{}", year["year"]));
                match &year["value"] {
                    // What is missing is a word, never 0 and never nothing.
                    Value::Null => assert_eq!(value, year["status"].as_str().unwrap()),
                    number => {
                        // JSON readers drop zeros at the end.
                        assert_eq!(value.parse::<f64>().ok(), number.as_f64());
                        assert!(page.contains(&format!(">{value}<")), "{value}");
                    }
                }
                if id == "disclosure_rate" && !year["value"].is_null() {
                    let (above, below) = (&year["numerator"], &year["denominator"]);
                    assert!(
                        page.contains(&format!("({above}/{below})")),
                        "{above}/{below}"
                    );
                }
            }
        }
        // Every number leads to its report.
        let reports = answer["rows"][0]["reports"].as_object().unwrap();
        assert!(!reports.is_empty());
        for report in reports.values() {
            let href = format!("href=\"/zh/report/{}\"", report.as_str().unwrap());
            assert!(page.contains(&href), "{href}");
        }
    }
}

#[test]
fn charts_are_drawn_inline_and_as_files_with_gaps() {
    let all = agencies();
    let picked = all
        .iter()
        .take(3)
        .fold(String::new(), |all, (_, id)| all + "&agency=" + id);
    for (chart, name) in [
        ("panels", "panels"),
        ("line", "line"),
        ("slope", "slope"),
        ("bars", "bars"),
    ] {
        let question = format!("series=requests_received{picked}&from=2018&to=2024&chart={chart}");
        let page = html(&format!("/zh/compare?{question}"));
        assert!(page.contains("<svg ") && !page.contains("<?xml"), "{chart}");
        let file = get(&format!("/compare.{name}.svg?{question}"));
        assert_eq!(file.status, 200, "{chart}");
        assert!(file.head.contains("image/svg+xml") && file.body.starts_with("<?xml"));
        assert!(!file.body.contains("style="));
        let numbers = json(&format!("/compare.json?{question}"));
        let rows = numbers["answers"][0]["rows"].as_array().unwrap();
        let gap = rows
            .iter()
            .flat_map(|row| row["years"].as_array().unwrap())
            .any(|year| year["value"].is_null());
        let told = if chart == "bars" {
            "缺项，不予合计"
        } else {
            "无数值："
        };
        assert!(gap && file.body.contains(told), "{chart}");
        // For readers of English in English but for the agencies' names, in the page and as a file.
        let page = html(&format!("/en/compare?{question}"));
        let (_, drawn) = page.split_once("<svg ").unwrap();
        let (drawn, _) = drawn.split_once("</svg>").unwrap();
        assert!(
            page.contains(&format!("\"/en/compare.{name}.svg?")),
            "{chart}"
        );
        let file = get(&format!("/en/compare.{name}.svg?{question}"));
        for picture in [drawn, file.body.as_str()] {
            let mut left = picture.to_owned();
            for row in rows {
                let name = row["name"].as_str().unwrap();
                left = left.replace(name, "");
            }
            assert_ne!(left, picture, "{chart}: names stay");
            // Fonts have names of their own; what to know quotes units of the forms.
            let (_, text) = left.split_once("<title").unwrap();
            let is_han = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c);
            let han: String = text
                .chars()
                .filter(is_han)
                .filter(|c| !"条件".contains(*c))
                .collect();
            assert_eq!(han, "", "{chart}: {text}");
            assert!(text.contains("requests received") && text.contains("Comparability: "));
        }
    }
    // One year: bars, and the number leads to the report.
    let page = html(&format!(
        "/en/compare?series=requests_received{picked}&from=2020&to=2020"
    ));
    assert!(page.contains("\"/en/compare.bars.svg?"));
    assert_eq!(
        get("/compare.line.svg?series=requests_received&chart=bars").status,
        404
    );
}

#[test]
fn what_cannot_be_compared_is_refused_with_its_reason() {
    let page = html("/en/compare?series=no_such_series");
    assert!(page.contains("Not compared") && page.contains("no series, ratio or cell of this id"));
    // The demo has forms of 2019 and 2021, in which this series means different things.
    let id = nianbao::query::crosswalk::all()
        .iter()
        .find(|one| {
            one.quality == nianbao::query::crosswalk::Quality::NotComparable && one.forms.len() > 1
        })
        .map(|one| one.id.clone());
    if let Some(id) = id {
        let answer = json(&format!("/compare.json?series={id}&from=2008&to=2025"));
        let answer = &answer["answers"][0];
        if answer["refused"].is_array() {
            assert!(answer["rows"].as_array().unwrap().is_empty());
            let page = html(&format!("/zh/compare?series={id}&from=2008&to=2025"));
            assert!(page.contains("不予比较") && page.contains("form="));
            assert!(!page.contains("<svg"));
        }
    }
}

#[test]
fn search_marks_words_and_leads_to_sections() {
    let page = html(&format!("/zh/search?q={}", encoded("公开")));
    assert!(page.contains("<mark>公开</mark>"));
    let twin = json(&format!("/search.json?q={}", encoded("公开")));
    let hits = twin["found"]["hits"].as_array().unwrap();
    assert_eq!(hits.len(), 20);
    for hit in hits {
        let href = format!(
            "/zh/report/{}#section-{}",
            hit["report"].as_str().unwrap(),
            hit["position"]
        );
        assert!(page.contains(&href), "{href}");
    }
    // The second page goes on where the first ended.
    let second = json(&format!("/search.json?q={}&page=2", encoded("公开")));
    let places = |page: &Value| -> Vec<String> {
        let hits = page["found"]["hits"].as_array().unwrap().iter();
        hits.map(|hit| format!("{} {}", hit["sha256"], hit["start_byte"]))
            .collect()
    };
    assert!(
        places(&second)
            .iter()
            .all(|place| !places(&twin).contains(place))
    );
    assert_eq!(second["found"]["sections"], twin["found"]["sections"]);
    assert!(page.contains("&amp;page=2\""));
    assert_eq!(get("/zh/search?q=%E5%85%AC%E5%BC%80&page=25").status, 404);
    // Filters.
    let narrow = json(&format!(
        "/search.json?q={}&section=problems&from=2020&to=2020",
        encoded("公开")
    ));
    for hit in narrow["found"]["hits"].as_array().unwrap() {
        assert_eq!(
            (&hit["section"], &hit["year"]),
            (&"problems".into(), &2020.into())
        );
    }
    // What was typed is shown as text.
    let page = html(&format!(
        "/zh/search?q={}",
        encoded("\"<script>alert(1)</script>\"")
    ));
    assert!(page.contains("&lt;script&gt;") && page.contains("没有找到"));
    for (typed, told) in [("\"公开", "引号未闭合"), ("-公开", "还要说明要什么")] {
        assert!(
            html(&format!("/zh/search?q={}", encoded(typed))).contains(told),
            "{typed}"
        );
    }
    assert!(html("/en/search?q=").contains("<label for=\"q\""));
    assert_eq!(get("/zh/search?q=a&section=none").status, 400);
}

#[test]
fn the_codebook_leads_to_every_form_and_series() {
    for language in ["zh", "en"] {
        let page = html(&format!("/{language}/codebook"));
        for form in ["2008", "2014", "2019", "2021"] {
            assert!(
                page.contains(&format!("href=\"/{language}/form/{form}\"")),
                "{form}"
            );
            let blank = html(&format!("/{language}/form/{form}"));
            let csv = get(&format!("/form/{form}.cells.csv")).body;
            let cells = nianbao::model::Catalog::get()
                .indicators
                .iter()
                .filter(|one| one.form.as_str() == form);
            for cell in cells {
                assert!(
                    blank.contains(&format!("<code>{}</code>", cell.cell)),
                    "{}",
                    cell.cell
                );
                assert!(csv.contains(&cell.cell), "{}", cell.cell);
            }
        }
        for (label, csv) in [
            ("series", "requests_received"),
            ("ratios", "disclosure_rate"),
            ("statuses", "row_absent"),
        ] {
            assert!(page.contains(csv));
            assert!(get(&format!("/codebook.{label}.csv")).body.contains(csv));
        }
    }
    assert_eq!(get("/zh/form/2020").status, 404);
    assert_eq!(get("/zh/series/nothing").status, 404);
}

#[test]
fn a_series_says_what_it_is_and_sums_only_what_is_whole() {
    let page = html("/en/series/norm_stock");
    assert!(page.contains("a break: not to be compared across"));
    assert!(page.contains("normative_documents.in_force"));
    let twin = json("/series/norm_stock.json");
    for year in twin["years"].as_array().unwrap() {
        let whole = year["agencies"] == year["numbers"];
        let sum = &year["sum"];
        let number = !sum["value"].is_null();
        assert_eq!(number, sum["status"] == "number");
        assert!(!number || (whole && year["scope"] == "own"), "{year}");
        if year["numbers"] == 0 {
            assert_eq!(
                (&sum["status"], &year["median"]["status"]),
                (&"nothing".into(), &"nothing".into())
            );
        }
    }
    assert!(
        get("/series/norm_stock.medians.svg")
            .body
            .contains("断 2019→2021")
    );
    let english = get("/en/series/norm_stock.medians.svg").body;
    assert!(
        english.contains("break 2019→2021") && english.contains("norm stock: median of agencies")
    );
    assert!(!english.contains("断") && !english.contains("中位数"));
    assert!(page.contains("norm stock: median of agencies"));
    assert!(html("/zh/series/norm_stock").contains("各机关中位数"));
    // A ratio is not added; a cell has a page of its own.
    let ratio = json("/series/disclosure_rate.json");
    assert!(
        ratio["years"]
            .as_array()
            .unwrap()
            .iter()
            .all(|year| year["sum"]["status"] == "ratio")
    );
    assert_eq!(json("/series/requests.new@total.json")["kind"], "cell");
    assert!(html("/zh/series/requests.new@total").contains("requests.new@total"));
}
