//! Profiles at work on the test site: looked at, crawled by, read by; and what the ledger adds to `archive verify`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use nianbao::frontier::Frontier;
use nianbao::home::Home;
use nianbao::pipeline::CrawlRequest;
use serde_json::Value;

use super::home::TestHome;
use super::site::{Answer, Column, Host, Page, Platform, Report, Site};

const HOST: &str = "www.yunxi.example";
const LIST: &str = "http://www.yunxi.example/zwgk/nb/";

/// Exit code, stdout, stderr.
fn nianbao(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn column(count: usize) -> Column {
    Column::reports(Platform::Trs, "/zwgk/nb/", count)
}

fn paths(site: &Site) -> Vec<String> {
    site.log().into_iter().map(|one| one.path).collect()
}

fn ledger(home: &TestHome) -> Frontier {
    Frontier::open_read_only(&home.path().join("frontier.db")).unwrap()
}

fn now(urls: &[&str]) -> CrawlRequest {
    CrawlRequest {
        urls: urls.iter().map(|url| url.parse().unwrap()).collect(),
        ..CrawlRequest::default()
    }
}

#[test]
fn a_profile_is_tried_on_the_page_itself_politely() {
    let host = Host::new(HOST)
        .column(column(7))
        .robots("User-agent: *\nDisallow: /private/\nCrawl-delay: 0.3\n")
        .answers("/moved", Answer::full(302, &["Location: /zwgk/nb/"], b""))
        .answers("/gone", Answer::full(404, &[], b"not here"));
    let site = Site::start(vec![host]).unwrap();
    let home = TestHome::new(&site, 60, "");
    let folder = home.path();
    let (code, out, err) = nianbao(&folder, &["profile", "test", "--json", LIST]);
    assert_eq!(code, 0, "{err}");
    let look: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(look["items"].as_array().unwrap().len(), 7, "{look}");
    assert!(look["from"].as_str().unwrap().starts_with("its site"));
    assert_eq!(paths(&site), ["/robots.txt", "/zwgk/nb/"]);
    site.assert_polite(HOST, Duration::from_millis(298));
    assert!(!folder.join("frontier.db").exists(), "nothing is kept");

    let (code, _, err) = nianbao(&folder, &["profile", "new", "-o", "x.toml", LIST]);
    assert_eq!(code, 0, "{err}");
    let written = std::fs::read_to_string(folder.join("x.toml")).unwrap();
    assert!(written.contains(LIST), "{written}");
    let asked = site.requests();
    assert_eq!(asked, 4);

    // What may not be asked for is not, and what is no page is told by its word.
    for (path, told) in [
        ("private/1.html", "line 2"),
        ("moved", LIST),
        ("gone", "gone"),
    ] {
        let url = format!("http://{HOST}/{path}");
        let (code, out, err) = nianbao(&folder, &["profile", "test", &url]);
        assert_eq!((code, out.as_str()), (3, ""), "{err}");
        assert!(err.contains(told), "{err}");
    }
    assert!(!paths(&site).iter().any(|path| path.contains("private")));

    // Not beside a crawl, not without a contact, not without a home: and it says what to do.
    let asked = site.requests();
    let held = Home::open(&folder).unwrap().lock().unwrap();
    assert_eq!(nianbao(&folder, &["profile", "test", LIST]).0, 5);
    drop(held);
    let (code, _, err) = nianbao(&folder, &["profile", "test", "--archived", LIST]);
    assert!(code == 2 && err.contains("archive"), "{code} {err}");
    let config = std::fs::read_to_string(folder.join("nianbao.toml")).unwrap();
    let config = config.replace("mailto:test@example.org", "");
    std::fs::write(folder.join("nianbao.toml"), config).unwrap();
    for verb in ["test", "new"] {
        let (code, _, err) = nianbao(&folder, &["profile", verb, LIST]);
        assert!(
            code == 4 && err.contains("contact") && err.contains("--file"),
            "{err}"
        );
    }
    let nowhere = tempfile::tempdir().unwrap();
    let (code, _, err) = nianbao(nowhere.path(), &["profile", "new", LIST]);
    assert!(
        code == 2 && err.contains("nianbao init") && err.contains("--file"),
        "{err}"
    );
    assert_eq!(site.requests(), asked);
}

#[test]
fn a_host_that_asks_to_be_left_alone_while_a_profile_is_tried_is_by_the_next_run() {
    let busy = || Answer::full(429, &["Retry-After: 7200"], b"too many requests");
    let site = Site::start(vec![
        Host::new(HOST).column(column(2)).answers("/busy", busy()),
        Host::new("closed.example")
            .address(2)
            .answers("/robots.txt", busy()),
    ])
    .unwrap();
    let address = format!("http://{HOST}/busy");
    let try_it = |home: &TestHome, url: &str| {
        let (code, out, err) = nianbao(&home.path(), &["profile", "test", url]);
        assert_eq!((code, out.as_str()), (3, ""), "{err}");
        err
    };
    let lane = |home: &TestHome, host: &str| ledger(home).lane(host, 0).unwrap();

    // Without a ledger there is nothing to write it into.
    let home = TestHome::new(&site, 0, "");
    assert!(try_it(&home, &address).contains("throttled"));
    assert!(!home.path().join("frontier.db").exists());

    home.profile("yunxi", HOST, &[(LIST.into(), "list")]);
    home.crawl(&CrawlRequest::default());
    let before = lane(&home, HOST);
    assert_eq!(before.not_before, None);
    let (code, _, err) = nianbao(&home.path(), &["profile", "test", LIST]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(lane(&home, HOST), before, "a page that came is no news");

    assert!(try_it(&home, &address).contains("throttled"));
    let moment = jiff::Timestamp::now().as_second();
    let told = lane(&home, HOST);
    let left = told.not_before.unwrap().as_second() - moment;
    assert!((7100..=7200).contains(&left), "{told:?}");
    assert!(told.why.contains("Retry-After"), "{told:?}");
    assert_eq!((told.slow, told.blocked), (2, 1), "{told:?}");
    let asked = site.requests();
    assert!(try_it(&home, LIST).contains("left alone"));
    let summary = home.crawl(&now(&[LIST]));
    assert!(summary.left.contains_key(HOST), "{summary:?}");
    assert_eq!(site.requests(), asked, "nobody was asked");

    // Told by robots.txt: the page is not asked for either, and nothing of robots.txt is taken for known.
    assert!(try_it(&home, "http://closed.example/a.html").contains("left alone"));
    assert_eq!(site.requests(), asked + 1);
    assert!(lane(&home, "closed.example").not_before.is_some());
    assert_eq!(ledger(&home).robots("http://closed.example").unwrap(), None);
}

#[test]
fn pages_are_read_with_their_sites_profile_and_again_when_it_changes() {
    let site = Site::start(vec![Host::new(HOST)]).unwrap();
    let home = TestHome::new(&site, 0, "");
    let folder = home.path();
    let aside = "<div class=\"promo\">本栏目由云溪县融媒体中心协办。</div>";
    for (name, mark) in [("plain", ""), ("marked", "<b id=\"marked\">年报</b>")] {
        let report = Report::new("云溪县民政局", if mark.is_empty() { 2021 } else { 2022 });
        let page = String::from_utf8(report.bytes(0, 0)).unwrap();
        let page = page
            .replace("<h3>二、", &format!("{aside}<h3>二、"))
            .replace("<div class=\"top\">", &format!("{mark}<div class=\"top\">"));
        std::fs::write(folder.join(format!("{name}.html")), page).unwrap();
        for host in [HOST, "www.qingling.example"] {
            let url = format!("http://{host}/{name}.html");
            let file = format!("{name}.html");
            let (code, _, err) = nianbao(&folder, &["import", &file, "--url", &url]);
            assert_eq!(code, 0, "{err}");
        }
    }
    let built = || {
        let (code, _, err) = nianbao(&folder, &["build"]);
        assert_eq!(code, 0, "{err}");
        err
    };
    // The text and profile of a page, by `extract --url`, which reads as `build` does.
    let read = |name: &str, host: &str| {
        let (file, url) = (format!("{name}.html"), format!("http://{host}/{name}.html"));
        let (code, out, err) = nianbao(&folder, &["extract", "--url", &url, &file]);
        assert_eq!(code, 0, "{err}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let profile = report["provenance"]["profile"].as_str().unwrap().to_owned();
        (out.contains("融媒体中心"), profile)
    };
    let profile = |more: &str| {
        let text = format!(
            "name = \"yunxi\"\ntitle = \"云溪县民政局\"\n[[seeds]]\nurl = \"{LIST}\"\nkind = \"list\"\n{more}"
        );
        std::fs::write(folder.join("selectors/sites/yunxi.toml"), text).unwrap();
    };
    built();
    let (there, generic) = read("plain", HOST);
    assert!(there);
    // A profile that says nothing of texts changes nothing, and nothing is read again.
    profile("[expect]\nreports = 2\n");
    assert_eq!(read("plain", HOST), (true, generic.clone()));
    let told = built();
    assert!(
        told.contains("on from where the last build stopped"),
        "{told}"
    );
    // What its layout drops is dropped from pages that show the layout's mark, and from the site's only.
    profile(
        "[[layouts]]\nname = \"marked\"\nguard = \"#marked\"\n[layouts.body]\ndrop = [\".promo\"]\n",
    );
    let told = built();
    assert!(!told.contains("on from where"), "{told}");
    let (there, own) = read("marked", HOST);
    assert!(!there && own != generic);
    for (name, host) in [
        ("plain", HOST),
        ("plain", "www.qingling.example"),
        ("marked", "www.qingling.example"),
    ] {
        assert_eq!(read(name, host), (true, generic.clone()), "{name} {host}");
    }
    // For the whole site.
    profile("[body]\ndrop = [\".promo\"]\n");
    let told = built();
    assert!(told.contains("read differently"), "{told}");
    assert!(!read("plain", HOST).0);
    let again = built();
    assert!(
        again.contains("on from where the last build stopped"),
        "{again}"
    );
}

#[test]
fn a_root_a_sitemap_and_a_report_lead_to_their_pages() {
    let start = || Site::start(vec![Host::new(HOST).column(column(14).attachments())]).unwrap();
    // The front page leads to the column, that to its entries, those to their files.
    let site = start();
    let home = TestHome::new(&site, 0, "");
    let summary = home.crawl(&now(&[&format!("http://{HOST}/")]));
    assert_eq!((summary.new, summary.exit()), (14 * 4, 0), "{summary:?}");
    for ending in [".pdf", ".doc", ".xls"] {
        let files = paths(&site)
            .iter()
            .filter(|path| path.ends_with(ending))
            .count();
        assert_eq!(files, 14, "{ending}");
    }
    home.verify(14 * 4);
    // So does the sitemap, which names pages and no titles.
    let site = start();
    let home = TestHome::new(&site, 0, "");
    let summary = home.crawl(&now(&[&format!("http://{HOST}/sitemap.xml")]));
    assert!(summary.new >= 14 && summary.exit() == 0, "{summary:?}");
    home.verify(14);
}

#[test]
fn a_report_over_several_pages_is_followed_with_its_files() {
    let page = |number: usize, more: &str| {
        Page::html(&format!(
            "<html><head><title>云溪县民政局2023年政府信息公开工作年度报告</title></head><body><div class=\"TRS_Editor\">\
             <h1>云溪县民政局2023年政府信息公开工作年度报告</h1><p>{}</p>{more}</div>\
             <script>createPageHTML(3, {number}, \"t20240110_7\", \"html\");</script></body></html>",
            "一、总体情况。本机关依法公开政府信息。".repeat(30)
        ))
    };
    let file = |kind: &str| Page::new(kind, b"%PDF-1.4 or not".to_vec());
    let host = Host::new(HOST)
        .page(
            "/nb/t20240110_7.html",
            page(
                0,
                "<a href=\"./P1.pdf\">附件</a> <a href=\"./P2.docx;jsessionid=A1\">附表</a>",
            ),
        )
        .page(
            "/nb/t20240110_7_1.html",
            page(1, "<a href=\"/dl/3.doc\">附件2</a>"),
        )
        .page("/nb/t20240110_7_2.html", page(2, "<img src=\"./W1.png\">"))
        .page("/nb/P1.pdf", file("application/pdf"))
        .page("/nb/P2.docx", file("application/octet-stream"))
        .page("/dl/3.doc", file("application/msword"))
        .page("/nb/W1.png", file("image/png"));
    let site = Site::start(vec![host]).unwrap();
    let home = TestHome::new(&site, 0, "");
    let summary = home.crawl(&now(&[&format!("http://{HOST}/nb/t20240110_7.html")]));
    assert_eq!((summary.new, summary.exit()), (7, 0), "{summary:?}");
    let ledger = ledger(&home);
    let role = |path: &str| {
        let url = format!("http://{HOST}{path}");
        ledger
            .explain(&url)
            .unwrap()
            .map(|one| (one.role, one.state))
    };
    let done = |role: &str| Some((role.to_owned(), "done".to_owned()));
    assert_eq!(role("/nb/t20240110_7_2.html"), done("part"));
    for path in ["/nb/P1.pdf", "/nb/P2.docx", "/dl/3.doc", "/nb/W1.png"] {
        assert_eq!(role(path), done("attachment"), "{path}");
    }
}

#[test]
fn entries_of_others_are_told_apart_by_kind() {
    let mut column = Column::of_agency(Platform::Trs, "/zwgk/nb/", "云溪市人民政府", &[2023, 2022]);
    let other = Page::html("<html><body><p>别的报告</p></body></html>");
    for (number, title) in [
        "云溪市民政局2023年政府信息公开工作年度报告",
        "2021年政府网站工作年度报表",
    ]
    .iter()
    .enumerate()
    {
        let path = format!("/zwgk/nb/202401/t20240110_{number}.html");
        column = column.item(title, &path, "2024-01-10", other.clone());
    }
    let site = Site::start(vec![Host::new(HOST).column(column)]).unwrap();
    let home = TestHome::new(&site, 0, "");
    home.profile("yunxi", HOST, &[(LIST.into(), "list")]);
    home.crawl(&CrawlRequest::default());
    let ledger = ledger(&home);
    let kind = |number: usize| {
        let url = format!("http://{HOST}/zwgk/nb/202401/t20240110_{number}.html");
        ledger.explain(&url).unwrap().unwrap().kind
    };
    assert_eq!(kind(0), "other_agency");
    assert_eq!(kind(1), "website_report");
    assert_eq!(ledger.report_years("yunxi").unwrap(), [2022, 2023]);
    assert_eq!(ledger.report_count("yunxi").unwrap(), 2);
}

#[test]
fn fewer_reports_than_expected_and_lists_cut_short_are_told() {
    let site = Site::start(vec![
        Host::new(HOST).column(
            Column::of_agency(
                Platform::Trs,
                "/zwgk/nb/",
                "云溪市人民政府",
                &[2023, 2022, 2021],
            )
            .per_page(1),
        ),
    ])
    .unwrap();
    for (pages, reports, code) in [(200, 3, 0), (200, 4, 3), (1, 2, 0)] {
        let home = TestHome::new(&site, 0, &format!("max_list_pages = {pages}\n"));
        home.profile("yunxi", HOST, &[(LIST.into(), "list")]);
        let file = home.path().join("selectors/sites/yunxi.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{text}\n[expect]\nreports = {reports}\n")).unwrap();
        let (found, _, err) = nianbao(&home.path(), &["crawl"]);
        assert_eq!(found, code, "{err}");
        let fewer = "missing of site yunxi: 3 reports found, at least 4 expected";
        assert_eq!(err.contains(fewer), code == 3, "{err}");
        let cut = "pages of one list are enough; 1 address left out";
        assert_eq!(err.contains(cut), pages == 1, "{err}");
    }
}

#[test]
fn seeds_are_printed_for_other_crawlers_without_a_request() {
    let site = Site::start(vec![Host::new(HOST).column(column(2))]).unwrap();
    let home = TestHome::new(&site, 0, "");
    home.profile("yunxi", HOST, &[(LIST.into(), "list")]);
    let folder = home.path();
    for (kind, want) in [
        (
            "heritrix",
            "\nhttp://www.yunxi.example/zwgk/nb/\n+http://(example,yunxi,www,)/\n",
        ),
        (
            "browsertrix",
            "\nseeds:\n  - url: \"http://www.yunxi.example/zwgk/nb/\"\n",
        ),
    ] {
        let (code, out, err) = nianbao(&folder, &["crawl", "--site", "yunxi", "--seeds-for", kind]);
        assert_eq!(code, 0, "{err}");
        assert!(
            out.ends_with(want) && out.contains("mailto:test@example.org"),
            "{out}"
        );
    }
    assert_eq!(nianbao(&folder, &["crawl", "--seeds-for", "wget"]).0, 2);
    std::fs::write(folder.join("nianbao.toml"), "").unwrap();
    let (code, out, _) = nianbao(&folder, &["crawl", "--seeds-for", "heritrix"]);
    assert_eq!((code, out.as_str()), (4, ""));
    assert_eq!(site.requests(), 0);
    assert!(!folder.join("frontier.db").exists());
}

#[test]
fn verify_checks_the_crawls_files_against_the_ledger() {
    let site = Site::start(vec![Host::new(HOST).column(column(14))]).unwrap();
    let home = TestHome::new(&site, 0, "");
    home.profile("yunxi", HOST, &[(LIST.into(), "list")]);
    let folder = home.path();
    let verify = || nianbao(&folder, &["archive", "verify"]);
    let well = |what: &str| {
        let (code, out, err) = verify();
        assert_eq!(code, 0, "{what}: {out}{err}");
        out + &err
    };
    let crawl = |args: &[&str]| nianbao(&folder, &[&["crawl"], args].concat());
    crawl(&["--limit", "5"]);
    well("after a crawl, before any build");
    // A crash: records are on the disk that the ledger does not tell of. They are built before the crawl goes on.
    let copy = folder.join("frontier.copy");
    std::fs::copy(folder.join("frontier.db"), &copy).unwrap();
    crawl(&[]);
    assert_eq!(nianbao(&folder, &["build"]).0, 0);
    for ending in ["-wal", "-shm"] {
        // They may not be there.
        let _ = std::fs::remove_file(folder.join(format!("frontier.db{ending}")));
    }
    std::fs::rename(&copy, folder.join("frontier.db")).unwrap();
    let told = well("between crash and resume");
    assert!(told.contains("beyond_ledger (note)"), "{told}");
    let (code, _, err) = crawl(&[]);
    assert_eq!(code, 0, "{err}");
    well("after the resume, before the next build");
    assert_eq!(nianbao(&folder, &["build"]).0, 0);
    let told = well("after the next build");
    assert!(!told.contains("nianbao build"), "{told}");

    // A record lost at the end of a file is named, though no build ever read it.
    std::fs::remove_file(folder.join("nianbao.db")).unwrap();
    let ledger = ledger(&home);
    let name = ledger.files().unwrap().pop().unwrap();
    let last = ledger.records(&name).unwrap().pop().unwrap();
    drop(ledger);
    let file = folder.join("warc").join(&name);
    let whole = std::fs::read(&file).unwrap();
    let at = usize::try_from(last.offset).unwrap();
    std::fs::write(&file, &whole[..at]).unwrap();
    let (code, out, _) = verify();
    let want = format!("byte {}: last_record_missing", last.offset);
    assert!(code == 6 && out.contains(&want), "{code} {out}");
    std::fs::remove_file(&file).unwrap();
    let (code, out, _) = verify();
    assert!(code == 6 && out.contains("file_missing"), "{code} {out}");
}

/// CONTRIBUTING.md, "Add a site without Rust", step by step.
#[test]
fn a_site_is_added_as_the_how_to_says() {
    let address = "http://www.yunxi.example/zwgk/xxgknb/";
    let other = Page::html("<html><body><p>别的报告</p></body></html>");
    let column = Column::of_agency(
        Platform::Trs,
        "/zwgk/xxgknb/",
        "云溪县民政局",
        &[2021, 2020, 2019, 2018],
    )
    .item(
        "云溪县老龄办2020年政府信息公开工作年度报告",
        "/zwgk/xxgknb/202101/t20210119_1.html",
        "2021-01-19",
        other.clone(),
    )
    .item(
        "2020年政府网站工作年度报表",
        "/zwgk/xxgknb/202101/t20210115_2.html",
        "2021-01-15",
        other,
    );
    let site = Site::start(vec![Host::new(HOST).column(column)]).unwrap();
    let home = TestHome::new(&site, 0, "");
    let folder = home.path();
    let step = |args: &[&str]| {
        let (code, out, err) = nianbao(&folder, args);
        assert_eq!(code, 0, "{args:?}: {out}{err}");
        out + &err
    };
    let told = step(&["profile", "new", "-o", "yunxi.toml", address]);
    let next = "nianbao profile test --profile yunxi.toml http://www.yunxi.example/zwgk/xxgknb/";
    assert!(told.contains(next), "{told}");
    // Step 2: the title is put in by a person where the page has none.
    let file = folder.join("yunxi.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("title ="))
        .unwrap();
    let text = text.replace(line, "title = \"云溪县民政局\"");
    std::fs::write(&file, &text).unwrap();
    let told = step(&["profile", "test", "--profile", "yunxi.toml", address]);
    for want in [
        "taken for  list: a seed of the profile",
        "6 entries",
        "other_agency",
        "website_report",
    ] {
        assert!(told.contains(want), "{want}: {told}");
    }
    // From a file, as where there is no network.
    let page = String::from_utf8(column_page(&site)).unwrap();
    std::fs::write(folder.join("list.html"), page).unwrap();
    let again = step(&["profile", "test", "--profile", "yunxi.toml", "list.html"]);
    assert!(again.contains("6 entries"), "{again}");
    step(&["profile", "check", "yunxi.toml"]);
    std::fs::rename(&file, folder.join("selectors/sites/yunxi.toml")).unwrap();
    let told = step(&["profile", "show"]);
    assert!(told.contains("云溪县民政局"), "{told}");
    step(&["crawl"]);
    assert_eq!(ledger(&home).report_count("yunxi.example").unwrap(), 4);
    let told = step(&["build"]);
    assert!(told.contains("4 reports"), "{told}");
}

/// The list page as a browser saves it.
fn column_page(site: &Site) -> Vec<u8> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(site.address_of(HOST)).unwrap();
    write!(
        stream,
        "GET /zwgk/xxgknb/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    answer.split_off(end + 4)
}
