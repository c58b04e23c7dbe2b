//! How fast the viewer answers many readers, and what memory it takes.
//!
//! `cargo bench --bench viewer -- HOME [READERS [SECONDS]]`: serves HOME (say one written by `--bench scale -- write` and built), lets
//! 16 readers open pages of every kind at random for 20 seconds, each page another one as far as there are others, and prints
//! the median, the 99th percentile and the slowest by kind, and the most memory the server took. In the first column beside it
//! is what the loopback alone takes: a style sheet.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let Some(home) = arguments.first() else {
        println!("cargo bench --bench viewer -- HOME [READERS [SECONDS]]");
        return;
    };
    let number = |at: usize, default: u64| {
        arguments
            .get(at)
            .map_or(default, |text| text.parse().expect("a number"))
    };
    let (readers, seconds) = (number(1, 16), number(2, 20));
    let mut server = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(["serve", "--port", "0", "--home", home])
        .stderr(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let mut line = String::new();
    BufReader::new(server.stderr.take().expect("stderr"))
        .read_line(&mut line)
        .expect("its address");
    let address = line
        .trim_start_matches("http://")
        .split('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let pages = pages(&address);
    println!(
        "{} kinds, {} pages, {readers} readers, {seconds} s",
        pages.len(),
        pages.values().map(Vec::len).sum::<usize>()
    );
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..readers)
            .map(|reader| {
                let (pages, address) = (&pages, &address);
                scope.spawn(move || read(address, pages, reader, end))
            })
            .collect();
        for worker in workers {
            for (kind, took) in worker.join().expect("a reader") {
                times.entry(kind).or_default().push(took);
            }
        }
    });
    println!(
        "{:<12} {:>7} {:>10} {:>10} {:>10}",
        "kind", "pages", "median", "99 %", "slowest"
    );
    for (kind, mut times) in times {
        times.sort_unstable();
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        let ms =
            |time: Duration| format!("{}.{} ms", time.as_millis(), time.as_micros() % 1000 / 100);
        println!(
            "{kind:<12} {:>7} {:>10} {:>10} {:>10}",
            times.len(),
            ms(at(50)),
            ms(at(99)),
            ms(times[times.len() - 1])
        );
    }
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmHWM")) {
        println!("most memory: {}", line.trim_start_matches("VmHWM:").trim());
    }
    let _ = server.kill();
    let _ = server.wait();
}

/// Pages by kind, as the pages before them link to them.
fn pages(address: &str) -> BTreeMap<&'static str, Vec<String>> {
    let mut pages: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    pages.insert("asset", vec!["/assets/style.css".into()]);
    for (kind, path) in [
        ("overview", "/zh"),
        ("codebook", "/zh/codebook"),
        ("status", "/zh/status"),
    ] {
        pages.insert(kind, vec![path.into()]);
    }
    let words = [
        "申请",
        "公开",
        "不予公开",
        "复议",
        "新闻发布",
        "整改",
        "培训",
        "平台",
        "费",
    ];
    let searches = words.iter().flat_map(|word| {
        (2010..2025).map(move |year| format!("/zh/search?q={}&from={year}", encoded(word)))
    });
    pages.insert("search", searches.collect());
    let parts = |list: &str| {
        json(address, &format!("/{list}.json"))["pages"]
            .as_u64()
            .unwrap_or(1)
    };
    let lists = |list: &str| -> Vec<String> {
        (1..=parts(list))
            .map(|part| format!("/zh/{list}/{part}"))
            .collect()
    };
    pages.insert("findings", lists("findings"));
    let agencies = lists("agencies");
    let (mut ids, mut reports) = (Vec::new(), Vec::new());
    for part in (1..=parts("agencies")).step_by(3) {
        let part = json(address, &format!("/agencies/{part}.json"));
        for agency in part["agencies"].as_array().into_iter().flatten() {
            ids.extend(agency["id"].as_str().map(ToOwned::to_owned));
            for report in agency["reports_by_year"].as_array().into_iter().flatten() {
                reports.extend(report["report"].as_str().map(ToOwned::to_owned));
            }
        }
    }
    let compared = ids.windows(3).map(|three| {
        format!(
            "/zh/compare?series=requests_received&agency={}&agency={}&agency={}",
            three[0], three[1], three[2]
        )
    });
    pages.insert("compare", compared.collect());
    pages.insert(
        "agency",
        ids.iter().map(|id| format!("/zh/agency/{id}")).collect(),
    );
    pages.insert(
        "report",
        reports
            .iter()
            .map(|id| format!("/zh/report/{id}"))
            .collect(),
    );
    let proofs = reports.iter().filter(|id| {
        ["-2021-", "-2022-", "-2023-"]
            .iter()
            .any(|year| id.contains(year))
    });
    pages.insert(
        "proof",
        proofs
            .clone()
            .map(|id| format!("/zh/proof/{id}/{}", encoded("requests.new@total")))
            .collect(),
    );
    pages.insert(
        "archived",
        proofs
            .map(|id| format!("/archived/{id}/{}", encoded("requests.new@total")))
            .collect(),
    );
    pages.insert("agencies", agencies);
    pages.retain(|_, all| !all.is_empty());
    pages
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn json(address: &str, path: &str) -> Value {
    let (_, body) = get(address, path);
    serde_json::from_slice(&body).unwrap_or(Value::Null)
}

fn get(address: &str, path: &str) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer");
    let status = std::str::from_utf8(bytes.get(9..12).unwrap_or_default());
    let status = status.ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let at = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map_or(bytes.len(), |at| at + 4);
    (status, bytes.split_off(at))
}

/// What one reader sees until the end.
fn read<'p>(
    address: &str,
    pages: &BTreeMap<&'p str, Vec<String>>,
    reader: u64,
    end: Instant,
) -> Vec<(&'p str, Duration)> {
    // xorshift: every run the same.
    let mut state = 0x9e37_79b9_7f4a_7c15 ^ (reader + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap_or(0)
    };
    let kinds: Vec<_> = pages.iter().collect();
    let mut times = Vec::new();
    while Instant::now() < end {
        let (kind, all) = kinds[random(kinds.len())];
        let path = &all[random(all.len())];
        let started = Instant::now();
        let (status, _) = get(address, path);
        assert_eq!(status, 200, "{path}");
        times.push((*kind, started.elapsed()));
    }
    times
}
