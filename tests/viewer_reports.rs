//! A report, the proof of its cells and its versions, as the viewer serves them.

mod tongue;
mod warcs;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use data_encoding::HEXLOWER;
use nianbao::home::Home;
use nianbao::viewer::{Serving, Viewer, serve};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tongue::english;
use warcs::{HTML, Warc, built, demo_page, home, http, report_page, write};

const URL: &str = "http://www.yunxi.gov.cn/2023.html";
const NEW: &str = "requests.new@total";

/// A server over a home, stopped at its end.
struct Served {
    folder: tempfile::TempDir,
    home: Home,
    address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn json(&self) -> Value {
        assert_eq!(self.status, 200);
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = lines
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .next();
        found.unwrap_or_default()
    }
}

impl Served {
    /// Of these answers to one address, a day each.
    fn of(answers: &[Vec<u8>]) -> Self {
        let mut warc = Warc::new();
        for (number, answer) in (1..).zip(answers) {
            let day = format!("2026-02-{number:02}T00:00:00Z");
            warc.response(number, &day, URL, answer);
        }
        Self::over(&warc, |_| {})
    }

    /// Of an archive, and what `ready` puts beside it.
    fn over(warc: &Warc, ready: impl FnOnce(&Home)) -> Self {
        let (folder, home) = home();
        write(&home.warc(), "a.warc.gz", &warc.packed());
        built(&home.warc(), &home.database(), false);
        ready(&home);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let viewer = Viewer::new(Home::open(home.directory()).unwrap());
        let serving = Serving {
            address: "127.0.0.1:0".parse().unwrap(),
            hosts: Vec::new(),
            password: None,
        };
        let thread = std::thread::spawn(move || {
            let ready = |address| tell.send(address).unwrap();
            let stopped = async move {
                let _ = stopped.await;
            };
            serve(viewer, serving, ready, stopped).unwrap();
        });
        Self {
            address: told.recv_timeout(Duration::from_secs(30)).unwrap(),
            folder,
            home,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    fn get(&self, path: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        Answer {
            status: head[9..12].parse().unwrap(),
            head,
            body: answer[end + 4..].to_vec(),
        }
    }

    /// The name of its one report in addresses.
    fn name(&self) -> String {
        let database = rusqlite::Connection::open(self.home.database()).unwrap();
        let sql = "SELECT ifnull(a.name, ''), ifnull(a.code, ''), a.place, r.year, r.scope
            FROM report r JOIN agency a ON a.id = r.agency_id";
        let (agency, year, scope): ([String; 3], i16, String) = database
            .query_row(sql, [], |row| {
                let agency = [row.get(0)?, row.get(1)?, row.get(2)?];
                Ok((agency, row.get(3)?, row.get(4)?))
            })
            .unwrap();
        let mut digest = Sha256::new();
        for text in ["agency"]
            .into_iter()
            .chain(agency.iter().map(|text| &**text))
        {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
        let digest = HEXLOWER.encode(&digest.finalize()[..8]);
        format!("{digest}-{year}-{scope}")
    }

    /// The proof of a cell as JSON.
    fn proof(&self, cell: &str) -> Value {
        self.get(&format!("/proof/{}/{cell}.json", self.name()))
            .json()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
        self.thread.take().unwrap().join().unwrap();
        assert!(self.folder.path().exists());
    }
}

/// What stands in the one mark.
fn marked(html: &str) -> &str {
    let (_, behind) = html.split_once("<mark id=\"nianbao-proof\"").unwrap();
    let (_, behind) = behind.split_once('>').unwrap();
    behind.split_once("</mark>").unwrap().0
}

#[test]
fn a_number_is_marked_in_its_page_in_gbk() {
    let page = String::from_utf8(demo_page("bailu-office-2022.html"))
        .unwrap_or_else(|error| encoding_rs::GBK.decode(error.as_bytes()).0.into_owned());
    let gbk = encoding_rs::GBK.encode(&page).0.into_owned();
    assert!(std::str::from_utf8(&gbk).is_err());
    let served = Served::of(&[http("200 OK\nContent-Type: text/html; charset=gbk", &gbk)]);
    let name = served.name();

    let proof = served.proof("requests.new%40total");
    assert_eq!(proof["charset"], "gb18030");
    assert_eq!(proof["archive"]["digest_holds"], true);
    assert_eq!(proof["shown"]["marked"], "cell");
    let raw = proof["observed"]["raw"].as_str().unwrap().to_owned();
    assert!(raw.parse::<u32>().unwrap() > 0);
    let shown = served.get(&format!("/archived/{name}/{NEW}"));
    assert_eq!(marked(shown.text()), raw);
    assert!(!shown.text().contains("autofocus"), "frames may not");

    // The command cuts the same bytes out of the archive without this program.
    let command = proof["commands"][1].as_str().unwrap();
    #[cfg(unix)]
    {
        let mut shell = std::process::Command::new("sh");
        shell
            .args(["-c", command])
            .current_dir(served.home.directory());
        let cut = shell.output().unwrap();
        assert_eq!(String::from_utf8(cut.stdout).unwrap(), raw, "{command}");
    }

    let html = served.get(&format!("/en/proof/{name}/{NEW}"));
    let frame = format!("src=\"/archived/{name}/requests.new%40total#nianbao-proof\"");
    assert!(html.text().contains(&frame));
    assert!(
        html.text()
            .contains("<iframe class=\"archived\" sandbox=\"\"")
    );

    // Other bytes than those that were read are neither shown nor called proof.
    write(&served.home.warc(), "a.warc.gz", b"");
    let gone = served.proof(NEW);
    assert_eq!(gone["archive"]["checked"], "not");
    assert_eq!(gone["shown"]["shown"], "nothing");
    assert_eq!(served.get(&format!("/archived/{name}/{NEW}")).status, 500);
}

#[test]
fn an_archived_page_does_nothing() {
    let chrome = "<script>alert(1)</script><script src=//evil.example/x.js></script>\
        <meta http-equiv=refresh content='0;url=http://evil.example/'><base href=//evil.example/>\
        <a href='javascript:alert(1)' onclick='alert(1)'>x</a><img src=//evil.example/p.gif onerror=alert(1)>\
        <p style=\"text-align:center;background:url(//evil.example/)\">x</p><iframe src=//evil.example></iframe>\
        <form action=//evil.example><input name=a><button>b</button></form><link rel=stylesheet href=//evil.example/x.css>\
        <style>@import url(//evil.example/x.css)</style><svg onload=alert(1)></svg>";
    let page = report_page(2023, "2", "本机关依法公开。", chrome);
    let served = Served::of(&[http(HTML, &page)]);
    let name = served.name();
    let shown = served.get(&format!("/archived/{name}/{NEW}"));
    assert_eq!(shown.status, 200);
    let policy = shown.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(
        policy.ends_with("frame-ancestors 'self'; sandbox"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    let document = scraper::Html::parse_document(shown.text());
    let mut elements = 0;
    for node in document.tree.nodes() {
        let Some(element) = node.value().as_element() else {
            continue;
        };
        elements += 1;
        let no = [
            "script", "img", "iframe", "base", "link", "form", "input", "button", "svg", "object",
            "embed",
        ];
        assert!(!no.contains(&element.name()), "{element:?}");
        for (name, value) in element.attrs() {
            assert!(
                !name.starts_with("on") && name != "src" && name != "style",
                "{element:?}"
            );
            assert!(name != "href" || value.starts_with('#'), "{element:?}");
            assert!(
                name != "http-equiv" || value == "Content-Security-Policy",
                "{element:?}"
            );
        }
    }
    assert!(elements > 100);
    assert_eq!(shown.text().matches("<style>").count(), 1);
    assert!(shown.text().contains("class=\"nb-center\""));

    // The bytes are handed out as a file, never as a page.
    let kept = served.get(&format!("/payload/{name}/page"));
    assert_eq!(kept.body, page);
    assert_eq!(kept.header("content-type"), "application/octet-stream");
    assert!(
        kept.header("content-disposition")
            .starts_with("attachment; ")
    );
    assert_eq!(kept.header("x-content-type-options"), "nosniff");
}

#[test]
fn of_a_cell_that_the_page_lacks_nothing_is_marked() {
    let page = String::from_utf8(report_page(2023, "2", "本机关依法公开。", "")).unwrap();
    let (before, rest) = page.split_once(" <tr>\n  <td>行政强制</td>").unwrap();
    let (_, after) = rest.split_once("</tr>").unwrap();
    let served = Served::of(&[http(HTML, format!("{before}{after}").as_bytes())]);
    let name = served.name();
    let cells = served.get(&format!("/report/{name}.cells.csv"));
    let absent = cells
        .text()
        .lines()
        .find(|line| line.contains("row_absent"));
    let cell = absent.unwrap().split(',').nth(1).unwrap();
    let proof = served.proof(cell);
    assert_eq!(proof["observed"]["status"], "row_absent");
    assert_eq!(proof["observed"]["raw"], Value::Null);
    assert_eq!(proof["shown"]["marked"], "nothing");
    assert_eq!(proof["archive"]["bytes_hex"], Value::Null);
    let shown = served.get(&format!("/archived/{name}/{cell}"));
    assert!(!shown.text().contains("<mark"));
    let html = served.get(&format!("/zh/proof/{name}/{cell}"));
    assert!(html.text().contains("网页上没有这一单元格"));
    assert!(
        html.text()
            .contains(&format!("src=\"/archived/{name}/{cell}\""))
    );
    // In the report it is a word, no number and no empty cell.
    let report = served.get(&format!("/zh/report/{name}"));
    let at = format!("id=\"cell-{cell}\" class=\"number s-row_absent\"");
    let (_, behind) = report.text().split_once(&at).unwrap();
    assert!(behind.split_once("</td>").unwrap().0.contains("（无此行）"));
}

#[test]
fn names_of_cells_are_one_part_of_an_address() {
    let page = std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages/mixed-forms.html"),
    );
    let served = Served::of(&[http(HTML, &page.unwrap())]);
    let name = served.name();
    let cells = served.get(&format!("/report/{name}.cells.csv"));
    let mut other = cells
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("2021,"));
    let cell = other.next().unwrap().split(',').next().unwrap();
    // With its form before it a cell is that form's alone, which tells cells of one id apart.
    let named = |form: &str| format!("{form}%3A{}", cell.replace('@', "%40"));
    assert_eq!(served.proof(&named("2021"))["observed"]["form"], "2021");
    assert_eq!(
        served
            .get(&format!("/proof/{name}/{}.json", named("2014")))
            .status,
        404
    );
    let report = served.get(&format!("/en/report/{name}"));
    let link = format!("/en/proof/{name}/{}\"", cell.replace('@', "%40"));
    assert!(report.text().contains(&link), "{link}");
    for wrong in [
        "no.such",
        "%2e%2e%2fnianbao.db",
        "2021%3A",
        "%3Cscript%3E",
        "%00",
        "9999%3Arequests.new%40total",
    ] {
        for folder in ["zh/proof", "archived", "payload"] {
            let answer = served.get(&format!("/{folder}/{name}/{wrong}"));
            assert_eq!(answer.status, 404, "{folder} {wrong}");
            assert!(!answer.text().contains("<script>"));
        }
    }
    assert_eq!(
        served
            .get("/archived/0000000000000000-2020-own/page")
            .status,
        404
    );
}

#[test]
fn what_does_not_add_up_is_drawn_on_its_cells() {
    let served = Served::of(&[http(HTML, &demo_page("yunxi-education-2020.html"))]);
    let name = served.name();
    let report = served.get(&format!("/report/{name}.json")).json();
    let told = report["contradictions"].as_array().unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["identity"], "T3.FLOW at natural_person");
    assert_eq!(told[0]["sum"], "58 + 1 ≠ 58 + 2");
    let sides: Vec<_> = told[0]["terms"].as_array().unwrap().iter().collect();
    let right = sides.iter().filter(|term| term["is_right"] == true).count();
    assert_eq!((sides.len(), right), (4, 2));
    assert!(told[0]["zh"].as_str().unwrap().contains("第三部分每一列"));
    let html = served.get(&format!("/zh/report/{name}"));
    let text = html.text();
    for cell in [
        "requests.new",
        "requests.carried_in",
        "outcome.total",
        "requests.carried_out",
    ] {
        let drawn = format!(
            "id=\"cell-{cell}@natural_person\" class=\"number s-number fails join-1\" aria-describedby=\"sum-1\""
        );
        assert!(text.contains(&drawn), "{drawn}");
    }
    assert_eq!(text.matches(" fails join-").count(), 8);
    assert_eq!(text.matches("<h1>").count(), 1);
    assert!(text.contains("<li id=\"sum-1\""));
    // In Chinese, with the same numbers, the cells' labels and the difference.
    let chinese = told[0]["sum_zh"].as_str().unwrap();
    assert!(chinese.starts_with("“自然人”一栏：“一、本年新收政府信息公开申请数量”58＋"));
    assert!(chinese.ends_with("；相差1。"), "{chinese}");
    assert!(
        text.matches(chinese).count() >= 2,
        "in the list of sums and of findings"
    );
    assert_eq!(english(text), Vec::<String>::new());
    let in_english = served.get(&format!("/en/report/{name}"));
    assert!(in_english.text().contains("58 + 1 ≠ 58 + 2"));
    assert!(!in_english.text().contains(chinese));
    // Statuses in CSV are words.
    let cells = served.get(&format!("/report/{name}.cells.csv"));
    assert!(
        cells
            .text()
            .starts_with("\u{feff}form,cell,labels,value,unit,status,raw,")
    );
    for table in ["findings", "watch", "mentions", "beyond"] {
        assert_eq!(
            served.get(&format!("/report/{name}.{table}.csv")).status,
            200
        );
    }
    let citation = report["citation"]["bibtex"].as_str().unwrap();
    let digest = report["report"]["provenance"]["sha256"].as_str().unwrap();
    assert!(citation.contains(digest) && citation.contains("warc/a.warc.gz"));
}

#[test]
fn versions_are_held_against_each_other() {
    let page = |cell| http(HTML, &report_page(2023, cell, "本机关依法公开。", ""));
    let served = Served::of(&[page("2"), page("3")]);
    let name = served.name();
    let there = served.get(&format!("/zh/diff/{name}"));
    assert_eq!(there.status, 303);
    assert_eq!(there.header("location"), format!("/zh/diff/{name}/1/2"));
    let asked = served.get(&format!("/zh/diff/{name}?from=2&to=1"));
    assert_eq!(asked.header("location"), format!("/zh/diff/{name}/2/1"));
    let diff = served.get(&format!("/diff/{name}/1/2.json")).json();
    let cells = diff["diff"]["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 1);
    assert_eq!(
        (&cells[0]["from"]["raw"], &cells[0]["to"]["raw"]),
        (&"2".into(), &"3".into())
    );
    assert!(diff["diff"]["from"]["capture"]["sha256"] != diff["diff"]["to"]["capture"]["sha256"]);
    let csv = served.get(&format!("/diff/{name}/1/2.cells.csv"));
    assert!(csv.text().trim_end().ends_with(",2,3,2,3"));
    assert_eq!(served.get(&format!("/en/diff/{name}/1/2")).status, 200);
    for wrong in ["1/3", "0/1", "x/2", "1/2/3"] {
        assert_eq!(
            served.get(&format!("/en/diff/{name}/{wrong}")).status,
            404,
            "{wrong}"
        );
    }
    let report = served.get(&format!("/en/report/{name}"));
    assert!(report.text().contains(&format!("/en/diff/{name}/1/2\"")));
}

#[test]
fn a_pdf_is_proved_and_not_shown() {
    let pdf =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/files/yunxi-2022.pdf"));
    let served = Served::of(&[http("200 OK\nContent-Type: application/pdf", &pdf.unwrap())]);
    let name = served.name();
    let proof = served.proof(NEW);
    assert_eq!(proof["archive"]["digest_holds"], true);
    assert_eq!(proof["shown"]["shown"], "file");
    assert!(proof["archive"]["bytes_hex"].as_str().is_some());
    assert!(
        !proof["commands"][1]
            .as_str()
            .unwrap()
            .contains("head -c 1 ")
    );
    let html = served.get(&format!("/en/proof/{name}/{NEW}"));
    assert!(!html.text().contains("<iframe"));
    assert!(html.text().contains("cannot be shown here"));
    assert_eq!(served.get(&format!("/archived/{name}/{NEW}")).status, 404);
    let kept = served.get(&format!("/payload/{name}/{NEW}"));
    assert!(kept.body.starts_with(b"%PDF"));
    assert!(kept.header("content-disposition").ends_with(".pdf\""));
}

/// A ledger with one list: a year, and what came of asking for it.
fn list_of(home: &Home, years: &[(i16, Option<&str>)]) {
    drop(nianbao::frontier::Frontier::open(&home.frontier()).unwrap());
    let ledger = rusqlite::Connection::open(home.frontier()).unwrap();
    let put = |url: &str,
               role: &str,
               parent: Option<i64>,
               year: Option<i16>,
               outcome: Option<&str>| {
        let state = if outcome.is_some() { "done" } else { "pending" };
        let title = year.map(|year| format!("{year}年政府信息公开工作年度报告"));
        ledger
            .execute(
                "INSERT INTO url (digest, url, lane_id, site_id, role, rank, depth, hops, parent_id, title, kind, year, rule, state,
                   outcome, seen_us, checked_us) VALUES (?, ?, 1, 1, ?, 0, 0, 0, ?, ?, 'report', ?, 'x', ?, ?, 1, 1)",
                rusqlite::params![&Sha256::digest(url)[..16], url, role, parent, title, year, state, outcome],
            )
            .unwrap();
        ledger.last_insert_rowid()
    };
    let list = put(
        "http://www.yunxi.gov.cn/nb/",
        "list",
        None,
        None,
        Some("ok"),
    );
    for (year, outcome) in years {
        let url = format!("http://www.yunxi.gov.cn/{year}.html");
        put(&url, "item", Some(list), Some(*year), *outcome);
    }
}

#[test]
fn a_year_without_a_report_says_why() {
    let mut warc = Warc::new();
    for (number, year) in [(1, 2020), (2, 2024)] {
        let page = report_page(year, "2", "本机关依法公开。", "");
        let url = format!("http://www.yunxi.gov.cn/{year}.html");
        warc.response(number, "2025-02-01T00:00:00Z", &url, &http(HTML, &page));
    }
    let states = |served: &Served, path: &str| -> Vec<(String, String, String)> {
        let page = served.get(path);
        assert_eq!(page.status, 200, "{path}");
        let document = scraper::Html::parse_document(page.text());
        let cells = scraper::Selector::parse("table.matrix tbody tr:last-child td.heat").unwrap();
        let sign = scraper::Selector::parse("span[aria-hidden], a").unwrap();
        let told = document.select(&cells).map(|cell| {
            let class = cell.attr("class").unwrap().trim_start_matches("heat ");
            let sign = cell.select(&sign).next().unwrap();
            let named = sign.attr("aria-label").map(ToOwned::to_owned);
            let hidden = scraper::Selector::parse("span.unseen").unwrap();
            let named = named.or_else(|| Some(cell.select(&hidden).next()?.inner_html()));
            (class.to_owned(), sign.inner_html(), named.unwrap())
        });
        told.collect()
    };
    let classes = |served: &Served, path: &str| -> Vec<String> {
        let all = states(served, path).into_iter();
        all.map(|(class, ..)| class).collect()
    };
    // Nothing but two reports: what lies between them is missing.
    let served = Served::over(&warc, |_| {});
    let want = ["found", "absent", "absent", "absent", "found"];
    assert_eq!(classes(&served, "/zh/agencies"), want);
    // A list tells more.
    let served = Served::over(&warc, |home| {
        list_of(
            home,
            &[
                (2020, Some("ok")),
                (2021, Some("blocked")),
                (2022, None),
                (2023, Some("gone")),
                (2024, Some("ok")),
                (2025, Some("blocked")),
                (4000, Some("blocked")),
            ],
        );
    });
    let want = ["found", "blocked", "pending", "absent", "found", "blocked"];
    for language in ["zh", "en"] {
        assert_eq!(classes(&served, &format!("/{language}/agencies")), want);
        // The overview of a small home has the same matrix.
        assert_eq!(classes(&served, &format!("/{language}")), want);
    }
    let (_, sign, words) = states(&served, "/zh/agencies").remove(1);
    assert_eq!((&*sign, &*words), ("拒", "网站拒绝访问"));
    let (_, sign, words) = states(&served, "/en/agencies").remove(1);
    assert_eq!((&*sign, &*words), ("■", "refused to us"));
    let english = served.get("/en/agencies");
    assert!(english.text().contains("on a list; its site refuses us"));
    let json = served.get("/agencies.json").json();
    let line = &json["agencies"][0];
    let absent = line["absent"].as_array().unwrap();
    let words: Vec<_> = absent
        .iter()
        .map(|one| {
            (
                one["year"].as_i64().unwrap(),
                one["presence"].as_str().unwrap(),
            )
        })
        .collect();
    let told = [
        (2021, "blocked"),
        (2022, "not_fetched"),
        (2023, "missing"),
        (2025, "blocked"),
    ];
    assert_eq!(words, told);
    let listed = &absent[0]["evidence"][0];
    assert_eq!(listed["url"], "http://www.yunxi.gov.cn/2021.html");
    let csv = served.get("/agencies.absent.csv");
    assert!(
        csv.text()
            .contains(",2021,blocked,http://www.yunxi.gov.cn/2021.html")
    );
    // On the agency's own page, too.
    let agency = line["id"].as_str().unwrap();
    let own = classes(&served, &format!("/zh/agency/{agency}"));
    assert_eq!(own, want);
    let csv = served.get(&format!("/agency/{agency}.absent.csv"));
    assert_eq!(csv.text().lines().count(), 5);
}
