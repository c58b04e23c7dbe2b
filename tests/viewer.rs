//! The viewer over HTTP, without a browser: who is let in, what is sent, what the twins say; and the static site.

mod tongue;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(home: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nianbao"))
            .args(["serve", "--port", "0", "--home"])
            .arg(home)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim_start_matches("http://")
            .split('/')
            .next()
            .unwrap();
        let address = address.to_owned();
        Self { child, address }
    }

    fn ask(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(request.as_bytes()).unwrap();
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

    fn get(&self, path: &str, more: &str) -> Answer {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{more}\r\n",
            self.address
        ))
    }

    fn post(&self, path: &str, form: &str, more: &str) -> Answer {
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n{more}\r\n{form}",
            self.address,
            form.len()
        ))
    }

    fn json(&self, path: &str) -> Value {
        let answer = self.get(path, "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// A demo home that all tests of this file read; those that decide something copy it.
fn home() -> &'static Path {
    static HOME: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, home) = HOME.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let done = Command::new(env!("CARGO_BIN_EXE_nianbao"))
            .arg("demo")
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        let home = folder.path().join("nianbao-demo");
        (folder, home)
    });
    home
}

#[test]
fn strangers_are_not_answered() {
    let served = Served::start(home());
    for (host, want) in [
        (served.address.as_str(), 200),
        ("evil.example", 421),
        ("127.0.0.1", 421),
    ] {
        let answer = served.ask(&format!(
            "GET /zh HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        ));
        assert_eq!(answer.status, want, "{host}");
        assert_eq!(answer.body.contains("nianbao"), want == 200);
    }
    let answer = served.get("/zh", "");
    for word in [
        "content-security-policy: default-src 'none'; style-src 'self'; script-src 'self';",
        "x-content-type-options: nosniff",
        "frame-ancestors 'none'",
    ] {
        assert!(answer.head.contains(word), "{word}: {}", answer.head);
    }
    assert!(!answer.head.contains("unsafe"));
    assert_eq!(
        served
            .ask(&format!(
                "PUT /zh HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
                served.address
            ))
            .status,
        405
    );
}

#[test]
fn beyond_the_loopback_a_password_is_needed() {
    let refused = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(["serve", "--port", "0", "--address", "0.0.0.0", "--home"])
        .arg(home())
        .env_remove("NIANBAO_PASSWORD")
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("NIANBAO_PASSWORD"), "{said}");
}

#[test]
fn the_language_is_that_of_the_path_else_of_the_browser() {
    let served = Served::start(home());
    let to = |accept: &str| {
        let answer = served.get("/agencies?q=x", &format!("Accept-Language: {accept}\r\n"));
        assert_eq!(answer.status, 307);
        let at = answer.head.find("location: ").unwrap() + 10;
        answer.head[at..].lines().next().unwrap().to_owned()
    };
    assert_eq!(to("en-GB,en;q=0.8"), "/en/agencies?q=x");
    assert_eq!(to("fr"), "/zh/agencies?q=x");
    assert!(
        served
            .get("/en/agencies", "Accept-Language: zh\r\n")
            .body
            .contains("lang=\"en\"")
    );
}

#[test]
fn a_page_and_its_twins_say_the_same() {
    let served = Served::start(home());
    let json = served.json("/agencies.json");
    let same = served.get("/zh/agencies", "Accept: application/json\r\n");
    assert_eq!(serde_json::from_str::<Value>(&same.body).unwrap(), json);
    let html = served.get("/zh/agencies", "").body;
    let csv = served.get("/agencies.agencies.csv", "").body;
    for agency in json["agencies"].as_array().unwrap() {
        let label = agency["label"].as_str().unwrap();
        assert!(html.contains(label) && csv.contains(label), "{label}");
        let id = agency["id"].as_str().unwrap();
        let one = served.json(&format!("/agency/{id}.json"));
        assert_eq!(one["label"], agency["label"]);
        // A number in the page for each number in the JSON, and a word for each that is missing.
        let page = served.get(&format!("/zh/agency/{id}"), "").body;
        for row in one["series"].as_array().unwrap() {
            for point in row["points"].as_array().unwrap() {
                match &point["value"] {
                    Value::Null => assert_ne!(point["status"], "number", "{point}"),
                    value => assert!(page.contains(&value.to_string()), "{row}"),
                }
            }
        }
    }
    assert_eq!(served.get("/zh/agencies/7", "").status, 404);
    assert_eq!(served.get("/zh/agency/0000000000000000", "").status, 404);
    assert_eq!(served.get("/zh/findings?code=<script>", "").status, 400);
    assert!(
        !served
            .get("/zh/agencies?q=<script>alert(1)</script>", "")
            .body
            .contains("<script>")
    );
}

#[test]
fn only_our_own_pages_decide() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("home");
    copy_folder(home(), &copy);
    let served = Served::start(&copy);
    let findings = served.json("/findings.json");
    let id = findings["findings"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/zh/finding/{id}");
    let page = served.get(&path, "").body;
    let at = page.find("name=\"token\" value=\"").unwrap() + 20;
    let token = &page[at..at + 64];
    let said = |form: &str, more: &str| served.post(&path, form, more).status;
    assert_eq!(said("verdict=dismiss&reason=x", ""), 403);
    assert_eq!(
        said(
            &format!("verdict=dismiss&reason=x&token={}", "0".repeat(64)),
            ""
        ),
        403
    );
    let form = format!("verdict=dismiss&reason=x&token={token}");
    assert_eq!(said(&form, "Origin: http://evil.example\r\n"), 403);
    assert_eq!(said(&form, "Sec-Fetch-Site: cross-site\r\n"), 403);
    assert_eq!(
        said(&format!("verdict=dismiss&reason=+&token={token}"), ""),
        400
    );
    assert_eq!(said(&format!("verdict=0&reason=x&token={token}"), ""), 400);
    assert_eq!(
        served.json(&format!("/finding/{id}.json"))["verdict"],
        "open"
    );
    assert!(!copy.join("decisions.jsonl").exists());
    assert_eq!(
        said(&form, &format!("Origin: http://{}\r\n", served.address)),
        303
    );
    assert_eq!(
        served.json(&format!("/finding/{id}.json"))["verdict"],
        "dismissed"
    );
    assert_eq!(
        said(&format!("verdict=reopen&reason=y&token={token}"), ""),
        303
    );
    assert_eq!(
        served.json(&format!("/finding/{id}.json"))["verdict"],
        "open"
    );
    assert_eq!(served.post("/zh/finding/none", &form, "").status, 404);
    assert_eq!(served.post("/zh/agencies", &form, "").status, 404);
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &there);
        } else {
            std::fs::copy(&path, &there).unwrap();
        }
    }
}

#[test]
fn the_static_site_has_no_broken_link_and_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("public");
    let written = |to: &Path| {
        Command::new(env!("CARGO_BIN_EXE_nianbao"))
            .args(["site", "--home"])
            .arg(home())
            .arg(to)
            .output()
            .unwrap()
    };
    let done = written(&root);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    // Nothing is written into a folder that has something.
    assert_eq!(written(&root).status.code(), Some(2));
    let mut files = Vec::new();
    collect(&root, &mut files);
    let (mut pages, mut links, mut broken) = (0, 0, Vec::new());
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "html"))
    {
        pages += 1;
        let text = std::fs::read_to_string(file).unwrap();
        for link in scraped(&text) {
            if link.starts_with('#') || link.starts_with("http") {
                continue;
            }
            links += 1;
            let path = link.split(['#', '?']).next().unwrap();
            let path = percent_encoding::percent_decode_str(path)
                .decode_utf8()
                .unwrap();
            let there = file.parent().unwrap().join(path.as_ref());
            if !there.is_file() {
                broken.push(format!("{} → {link}", file.display()));
            }
        }
    }
    assert!(pages > 40 && links > 400, "{pages} pages, {links} links");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let served = Served::start(home());
    let mut same = 0;
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "json"))
    {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap();
        let live = served.get(&format!("/{path}"), "");
        assert_eq!(live.status, 200, "{path}");
        assert_eq!(std::fs::read_to_string(file).unwrap(), live.body, "{path}");
        same += 1;
    }
    assert!(same > 20, "{same}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// Where a page links to and what it loads.
fn scraped(text: &str) -> BTreeSet<String> {
    let document = scraper::Html::parse_document(text);
    let all = scraper::Selector::parse("[href], [src]").unwrap();
    document
        .select(&all)
        .filter_map(|element| element.attr("href").or_else(|| element.attr("src")))
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn the_description_says_what_the_pages_have() {
    let served = Served::start(home());
    let description = served.json("/openapi.json");
    assert_eq!(description["openapi"], "3.1.0");
    let agencies = served.json("/agencies.json");
    let reports: Vec<&str> = agencies["agencies"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|agency| agency["reports_by_year"].as_array().unwrap())
        .map(|report| report["report"].as_str().unwrap())
        .collect();
    let two = |report: &&&str| served.get(&format!("/diff/{report}/1/2.json"), "").status == 200;
    let changed = reports.iter().find(two).expect("a report in two versions");
    let agency = agencies["agencies"][0]["id"].as_str().unwrap();
    let finding = served.json("/findings.json")["findings"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let report = served.json(&format!("/report/{changed}.json"));
    let cell = report["report"]["observations"][0]["cell"]
        .as_str()
        .unwrap_or("page")
        .to_owned();
    let paths = description["paths"].as_object().unwrap();
    let mut seen = 0;
    for (path, item) in paths {
        let path = [
            ("{part}", "1"),
            ("{agency}", agency),
            ("{report}", changed),
            ("{cell}", &cell.replace('@', "%40")),
            ("{finding}", &finding),
            ("{form}", "2021"),
            ("{series}", "requests_received"),
            ("{from}", "1"),
            ("{to}", "2"),
        ]
        .iter()
        .fold(path.clone(), |path, (name, value)| {
            path.replace(name, value)
        });
        assert!(!path.contains('{'), "{path}: a parameter nobody knows");
        let query = match path.as_str() {
            "/search.json" | "/search.hits.csv" => "?q=%E7%94%B3%E8%AF%B7",
            "/compare.json" => "?series=requests_received",
            _ => "",
        };
        let answer = served.get(&format!("{path}{query}"), "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        seen += 1;
        if answer.head.contains("content-type: text/csv") {
            assert!(answer.body.starts_with('\u{feff}'), "{path}");
            continue;
        }
        let schema = &item["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        let said: BTreeSet<&str> = schema["required"]
            .as_array()
            .unwrap()
            .iter()
            .map(|member| member.as_str().unwrap())
            .collect();
        let page: Value = serde_json::from_str(&answer.body).unwrap();
        let there: BTreeSet<&str> = page
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(there, said, "{path}");
        // Compare names its tables by what is asked.
        if path != "/compare.json" {
            let stem = path.trim_end_matches(".json").replace("/overview", "");
            let html = served.get(&format!("/zh{stem}{query}"), "").body;
            let id = item["get"]["operationId"].as_str().unwrap();
            assert_eq!(linked_tables(&html), described_tables(paths, id), "{path}");
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn chinese_pages_speak_chinese() {
    let served = Served::start(home());
    let mut paths: Vec<String> = [
        "",
        "/agencies",
        "/findings",
        "/press?verdict=any",
        "/status",
        "/codebook",
        "/compare",
        "/search",
        "/form/2008",
        "/form/2014",
        "/form/2021",
        "/series/norm_stock",
        "/series/disclosure_rate",
    ]
    .map(ToOwned::to_owned)
    .to_vec();
    for agency in served.json("/agencies.json")["agencies"]
        .as_array()
        .unwrap()
    {
        paths.push(format!("/agency/{}", agency["id"].as_str().unwrap()));
        for report in agency["reports_by_year"].as_array().unwrap() {
            paths.push(format!("/report/{}", report["report"].as_str().unwrap()));
        }
    }
    for finding in served.json("/findings.json")["findings"]
        .as_array()
        .unwrap()
    {
        paths.push(format!("/finding/{}", finding["id"].as_str().unwrap()));
    }
    assert!(paths.len() > 30, "{paths:?}");
    for path in paths {
        let page = served.get(&format!("/zh{path}"), "");
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(tongue::english(&page.body), Vec::<String>::new(), "{path}");
    }
}

/// Names of the tables that a page links to.
fn linked_tables(html: &str) -> BTreeSet<String> {
    let links = scraped(html).into_iter();
    let names = links.filter_map(|link| {
        let stem = link.split('?').next()?.strip_suffix(".csv")?.to_owned();
        Some(stem.rsplit_once('.')?.1.to_owned())
    });
    names.collect()
}

/// Names of the tables that a page has by the description.
fn described_tables(paths: &serde_json::Map<String, Value>, page: &str) -> BTreeSet<String> {
    let ids = paths
        .values()
        .filter_map(|item| item["get"]["operationId"].as_str());
    let tables = ids.filter_map(|id| {
        let (of, table) = id.strip_suffix("_csv")?.rsplit_once('_')?;
        (of == page).then(|| table.to_owned())
    });
    tables.collect()
}
