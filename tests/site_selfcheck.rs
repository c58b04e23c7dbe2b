//! The test site does what it says. `cargo test --test site_selfcheck -- --ignored serve --nocapture` runs it for people.

mod site;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use site::{Behaviour, Column, Finish, Host, Platform, Site};

/// All that came for a request, and whether the connection ended in an error.
fn ask(site: &Site, host: &str, path: &str, more: &str) -> (Vec<u8>, bool) {
    ask_for(site, host, path, more, Duration::from_secs(20))
}

fn ask_for(site: &Site, host: &str, path: &str, more: &str, patience: Duration) -> (Vec<u8>, bool) {
    let mut stream = TcpStream::connect(site.address_of(host)).unwrap();
    stream.set_read_timeout(Some(patience)).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 65_536];
    let since = Instant::now();
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return (bytes, false),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(_) => return (bytes, true),
        }
        if since.elapsed() > patience || bytes.len() > 40_000_000 {
            return (bytes, false);
        }
    }
}

fn text(site: &Site, host: &str, path: &str) -> String {
    let (bytes, failed) = ask(site, host, path, "");
    assert!(!failed, "{host}{path}");
    String::from_utf8_lossy(&bytes).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[test]
fn columns_of_all_platforms_list_each_entry_once() {
    let hosts = Platform::ALL
        .iter()
        .map(|platform| {
            Host::new(&format!("{platform:?}.example")).column(
                Column::reports(*platform, "/zwgk/zfxxgknb/", 38)
                    .per_page(10)
                    .attachments(),
            )
        })
        .collect();
    let site = Site::start(hosts).unwrap();
    for platform in Platform::ALL {
        let host = format!("{platform:?}.example").to_ascii_lowercase();
        let column = Column::reports(platform, "/zwgk/zfxxgknb/", 38).per_page(10);
        assert_eq!(column.pages(), 4);
        let mut seen = 0;
        let mut path = column.first_page();
        for index in 0..4 {
            let page = text(&site, &host, &path);
            assert_eq!(status(&page), "200", "{path}");
            let shown = &column.items()[index * 10..(index * 10 + 10).min(38)];
            for item in shown {
                assert!(page.contains(&item.title), "{path} lacks {}", item.title);
                assert!(page.contains(&item.date), "{path}");
                seen += 1;
            }
            path = match platform {
                Platform::Trs => format!("/zwgk/zfxxgknb/index_{}.html", index + 1),
                Platform::Kaipu => format!("/zwgk/zfxxgknb/list_{}.shtml", index + 2),
                Platform::GovCn => format!("/zwgk/zfxxgknb/home_{}.htm", index + 1),
                Platform::Vsb => format!("/zwgk/zfxxgknb/{}.htm", 3 - index),
                Platform::Gkmlpt => column
                    .first_page()
                    .replace("page=1", &format!("page={}", index + 2)),
                Platform::Hanweb => page
                    .split("href=\"/module")
                    .nth(1)
                    .and_then(|rest| rest.split('"').next())
                    .map_or_else(String::new, |rest| format!("/module{rest}")),
            };
        }
        assert_eq!(seen, 38);
        for item in column.items() {
            let page = text(&site, &host, &item.path);
            assert_eq!(status(&page), "200", "{}", item.path);
            assert!(page.contains(&format!("<h1>{}</h1>", item.title)));
            let file = page.split("附件：<a href=\"").nth(1).unwrap();
            let file = text(&site, &host, file.split('"').next().unwrap());
            assert!(file.contains("%PDF-1.4"));
        }
        assert!(text(&site, &host, "/").contains("政府信息公开年报"));
        assert!(text(&site, &host, "/sitemap.xml").contains(&column.items()[37].path));
        assert_eq!(status(&text(&site, &host, "/robots.txt")), "404");
    }
}

#[test]
fn reports_are_read_by_the_program_with_sums_that_hold() {
    use nianbao::pipeline::{Origin, read};
    use nianbao::profile::Profile;
    for (agency, year) in [("云溪市教育局", 2020), ("青岭县财政局", 2023)] {
        let mut report = site::Report::new(agency, year);
        for edition in [0, 3] {
            let bytes = report.bytes(edition, 7);
            let found = read(&bytes, Origin::default(), Profile::generic()).unwrap();
            assert_eq!(found.title, Some(report.title()));
            let json = serde_json::to_value(&found).unwrap();
            assert_eq!(json["agency"]["name"], agency);
            assert_eq!(json["year"], year);
            assert_eq!(json["published"], report.published);
            assert_eq!(json["findings"], serde_json::json!([]));
            let new = json["observations"]
                .as_array()
                .unwrap()
                .iter()
                .find(|cell| cell["id"] == "requests.new@total")
                .unwrap();
            assert_eq!(new["value"], report.requests(edition));
        }
        report.filler = "x".into();
        assert_ne!(report.bytes(0, 0), report.bytes(1, 0));
        assert_ne!(report.bytes(0, 0), report.bytes(0, 1));
    }
}

#[test]
fn validators_editions_and_chrome() {
    let column = Column::reports(Platform::Trs, "/nb/", 3).later(1);
    let item = column.items()[1].path.clone();
    let newest = column.items()[0].title.clone();
    let site = Site::start(vec![Host::new("www.a.example").column(column)]).unwrap();
    let first = text(&site, "www.a.example", &item);
    let tag = first
        .lines()
        .find_map(|line| line.strip_prefix("ETag: "))
        .unwrap()
        .to_owned();
    let again = || {
        let (bytes, _) = ask(
            &site,
            "www.a.example",
            &item,
            &format!("If-None-Match: {tag}\r\n"),
        );
        status(&String::from_utf8_lossy(&bytes)).to_owned()
    };
    assert_eq!(again(), "304");
    site.chrome("www.a.example", &item, 1);
    assert_eq!(again(), "200");
    site.chrome("www.a.example", &item, 0);
    site.edition("www.a.example", &item, 1);
    assert_eq!(again(), "200");
    assert!(text(&site, "www.a.example", &item).contains("第1次更正"));
    assert!(!text(&site, "www.a.example", "/nb/index.html").contains(&newest));
    site.edition("www.a.example", "/nb/index.html", 1);
    assert!(text(&site, "www.a.example", "/nb/index.html").contains(&newest));
    site.fault("www.a.example", "", Some(Behaviour::Challenge412));
    assert_eq!(again(), "412");
    site.fault("www.a.example", "", None);
    assert_eq!(again(), "200");
}

#[test]
fn every_behaviour_answers_as_it_says() {
    let site = Site::start(vec![Host::hostile("hostile.example")]).unwrap();
    for behaviour in Behaviour::ALL.iter().copied() {
        let path = behaviour.path();
        let patience = if behaviour.is_endless() { 700 } else { 20_000 };
        let (bytes, failed) = ask_for(
            &site,
            "hostile.example",
            &path,
            "",
            Duration::from_millis(patience),
        );
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4000)]).into_owned();
        let word = behaviour.as_str();
        match behaviour {
            Behaviour::ResetAtOnce | Behaviour::HangAtOnce => {
                assert!(failed && bytes.is_empty(), "{word}");
            }
            Behaviour::ResetInHeader | Behaviour::ResetInBody => {
                assert!(failed && !bytes.is_empty(), "{word}: {start}");
            }
            Behaviour::CloseAtOnce => assert!(!failed && bytes.is_empty(), "{word}"),
            Behaviour::Http09 => assert!(start.starts_with("<!DOCTYPE"), "{word}"),
            Behaviour::NotHttp => assert!(start.starts_with("220 "), "{word}"),
            _ => assert!(start.starts_with("HTTP/"), "{word}: {start}"),
        }
        if word.starts_with(|one: char| one.is_ascii_digit()) {
            assert_eq!(status(&start), &word[..3], "{word}");
        }
        if word.starts_with("redirect") && !word.contains("meta") && !word.contains("script") {
            assert!(start.contains(" 30"), "{word}: {start}");
        }
        if matches!(behaviour, Behaviour::EndlessBody | Behaviour::EndlessHeader) {
            assert!(bytes.len() > 1_000_000, "{word}: {}", bytes.len());
        }
    }
    let log = site.log();
    assert_eq!(log.len(), Behaviour::ALL.len());
    assert!(log.iter().any(|one| one.finish == Finish::Reset));
    let bomb = log.iter().find(|one| one.path.contains("bomb")).unwrap();
    assert!((200_000..320_000).contains(&bomb.bytes), "{}", bomb.bytes);
}

#[test]
fn traps_go_on() {
    let site = Site::start(vec![Host::hostile("hostile.example")]).unwrap();
    for trap in [
        "/traps/paging/index_41.html",
        "/traps/next.html?page=9",
        "/traps/calendar/2099/12/",
        "/traps/session/list.html;jsessionid=0A",
        "/traps/filter/list.html?year=1",
        "/traps/deeper/deeper/deeper/",
    ] {
        let page = text(&site, "hostile.example", trap);
        assert_eq!(status(&page), "200", "{trap}");
        assert!(page.contains("<a "), "{trap}");
    }
    assert!(
        text(&site, "hostile.example", "/traps/paging/index_41.html").contains("index_42.html")
    );
}

#[test]
fn the_log_knows_gaps_and_overlaps() {
    let site = Site::start(vec![
        Host::new("a.example"),
        Host::new("b.example").address(2),
    ])
    .unwrap();
    assert_ne!(site.address_of("a.example"), site.address_of("b.example"));
    text(&site, "a.example", "/");
    std::thread::sleep(Duration::from_millis(60));
    text(&site, "a.example", "/sitemap.xml");
    text(&site, "b.example", "/");
    site.assert_polite("a.example", Duration::from_millis(60));
    site.assert_polite("b.example", Duration::from_mins(1));
    site.assert_polite_address(site.address_of("a.example"), Duration::from_millis(60));
    assert_eq!(
        site.impolite("a.example", Duration::from_millis(500)).len(),
        1
    );
    site.clear_log();
    site.fault("a.example", "", Some(Behaviour::HangAtOnce));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| ask_for(&site, "a.example", "/", "", Duration::from_millis(300)));
        }
    });
    // The server learns a little later that the client went away.
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(site.impolite("a.example", Duration::ZERO).len(), 1);
    assert!(site.log().iter().all(|one| one.finish == Finish::Left));
}

#[test]
fn an_unfinished_request_is_told() {
    let site = Site::start(vec![Host::new("a.example")]).unwrap();
    site.fault("a.example", "", Some(Behaviour::SlowBody));
    let mut stream = TcpStream::connect(site.addr).unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a.example:80\r\n\r\n")
        .unwrap();
    stream.read_exact(&mut [0; 8]).unwrap();
    assert_eq!(site.log()[0].finish, Finish::Open);
    drop(stream);
    let since = Instant::now();
    while site.log()[0].finish == Finish::Open {
        assert!(since.elapsed() < Duration::from_secs(5));
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(site.log()[0].finish, Finish::Left);
}

/// Serves for people: `NIANBAO_SERVE_MINUTES` (10 without), then stops.
#[test]
#[ignore = "for people: runs for minutes and prints its address"]
fn serve() {
    let minutes = std::env::var("NIANBAO_SERVE_MINUTES")
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(10_u64)
        .min(120);
    let mut hosts = vec![Host::hostile("hostile.example")];
    for (number, platform) in Platform::ALL.iter().enumerate() {
        let column = Column::reports(*platform, "/zwgk/zfxxgknb/", 300)
            .page_bytes(90_000)
            .mixed();
        let column = if number % 2 == 0 {
            column
        } else {
            column.gbk()
        };
        hosts.push(Host::new(&format!("www.{platform:?}.example")).column(column));
    }
    let names: Vec<String> = hosts.iter().map(|host| host.name.clone()).collect();
    let site = Site::start(hosts).unwrap();
    println!("for {minutes} minutes:");
    for name in names {
        println!(
            "curl --connect-to {name}:80:{} http://{name}/",
            site.address_of(&name)
        );
    }
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(minutes * 60) {
        std::thread::sleep(Duration::from_millis(500));
    }
    println!("{} requests", site.requests());
}
