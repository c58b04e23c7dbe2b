//! Crawling, side by side with scrapy on the same pages of a server on the loopback, and politely over many hosts.
//!
//! ```sh
//! cargo bench --bench crawl                                   # ours alone
//! NIANBAO_SCRAPY=/path/to/scrapy cargo bench --bench crawl    # and scrapy (pip install scrapy)
//! cargo bench --bench crawl -- hosts                          # 200 hosts at 100 ms
//! cargo bench --bench crawl -- serve 600                      # the server alone, for 600 seconds
//! ```
//!
//! Pages a second and processor seconds of each crawler's process, measured by this one; the server's own time is not
//! in them, but it shares the processors. Ours writes every page durably into the archive and indexes it in the ledger;
//! scrapy writes each body into a file. Only the ratio of one run counts.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Pages of the side by side.
const PAGES: usize = 5_000;
/// Bytes of each.
const SIZE: usize = 100_000;
/// Hosts of the polite run, pages of each, and the gap between two requests.
const HOSTS: u8 = 200;
const PAGES_A_HOST: usize = 100;
const GAP: Duration = Duration::from_millis(100);
/// Bytes of the pages of the polite run.
const SMALL: usize = 10_000;

/// A page as publishing systems make them: two fifths surroundings, which are the same on every page but for small
/// numbers, two fifths tables in the markup of office programs, the rest running text.
fn body(number: usize, size: usize) -> String {
    let mut state = number as u64 * 0x9E37_79B9_7F4A_7C15 + 1;
    let mut draw = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) % below
    };
    let title = format!("第{number}号机关2023年政府信息公开工作年度报告");
    let mut text = format!(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title>\n<style>\n"
    );
    let mut rule = 0;
    while text.len() < size * 2 / 5 {
        rule += 1;
        let _ = writeln!(
            text,
            ".nav-{rule} a {{ color: #{:06x}; padding: {}px {}px }}\n<!-- {rule} --><li class=\"nav-{rule}\"><a href=\"/col/col{}/index.html\" target=\"_blank\">栏目{rule}</a></li>",
            rule * 7919 % 0xff_ffff,
            rule % 17,
            rule % 23,
            1000 + rule * 37 % 9000
        );
    }
    let _ = writeln!(
        text,
        "</style></head><body><h1>{title}</h1>\n<table border=\"1\">"
    );
    while text.len() < size * 4 / 5 {
        text.push_str("<tr>");
        for _ in 0..8 {
            let _ = write!(
                text,
                "<td style=\"width:{}px;padding:0 7px;border:1px solid windowtext\"><p class=\"MsoNormal\" style=\"text-align:center\"><span style=\"font-size:14px;font-family:宋体\">{}</span></p></td>",
                40 + draw(60),
                draw(4_000)
            );
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</table>\n<p>");
    while text.len() + 32 < size {
        // The characters in use; runs of them hardly ever repeat.
        let character = char::from_u32(0x4e00 + u32::try_from(draw(2_500)).unwrap_or(0));
        text.push(character.unwrap_or('，'));
        match draw(60) {
            0 => text.push('，'),
            1 => text.push_str("。</p>\n<p>"),
            _ => {}
        }
    }
    text.push_str("</p></body></html>");
    text
}

fn list(pages: usize) -> String {
    let mut text = String::from(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>政府信息公开年报</title></head><body><ul class=\"list\">\n",
    );
    for number in 0..pages {
        let _ = writeln!(
            text,
            "<li><a href=\"/page/{number}.html\" title=\"第{number}号机关2023年政府信息公开工作年度报告\">第{number}号机关2023年政府信息公开工作年度报告</a><span>2024-01-31</span></li>"
        );
    }
    text.push_str("</ul></body></html>");
    text
}

/// What the server hands out: the list at `/`, then the pages.
struct Served {
    list: String,
    pages: Vec<String>,
    requests: AtomicU64,
}

impl Served {
    fn new(pages: usize, size: usize) -> Arc<Self> {
        Arc::new(Self {
            list: list(pages),
            pages: (0..pages).map(|number| body(number, size)).collect(),
            requests: AtomicU64::new(0),
        })
    }

    fn page(&self, path: &str) -> Option<&str> {
        if path == "/" {
            return Some(&self.list);
        }
        let number = path.strip_prefix("/page/")?.strip_suffix(".html")?;
        self.pages
            .get(number.parse::<usize>().ok()?)
            .map(String::as_str)
    }
}

/// A thread a connection; ends with the process.
fn serve(served: &Arc<Served>, address: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind(address).expect("bind on the loopback");
    let bound = listener.local_addr().expect("an address");
    let served = Arc::clone(served);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let served = Arc::clone(&served);
            std::thread::spawn(move || drop(connection(&served, stream)));
        }
    });
    bound
}

fn connection(served: &Served, mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
        let mut close = false;
        loop {
            let mut field = String::new();
            if reader.read_line(&mut field)? == 0 || field.trim().is_empty() {
                break;
            }
            close |= field.trim().eq_ignore_ascii_case("connection: close");
        }
        served.requests.fetch_add(1, Ordering::Relaxed);
        let (status, page) = served
            .page(&path)
            .map_or(("404 Not Found", ""), |page| ("200 OK", page));
        let header = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
            page.len()
        );
        let mut answer = header.into_bytes();
        answer.extend_from_slice(page.as_bytes());
        stream.write_all(&answer)?;
        if close {
            return Ok(());
        }
    }
}

/// Seconds of processor that waited-for children of this process have used (proc(5), stat, fields 16 and 17).
fn children_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(13)? + ticks(14)?) / 100.0)
}

fn timed(name: &str, pages: usize, mut command: Command) -> f64 {
    let before = children_seconds();
    let started = Instant::now();
    let status = command.stdout(Stdio::null()).status().expect("it starts");
    let wall = started.elapsed().as_secs_f64();
    let cpu = children_seconds()
        .zip(before)
        .map(|(after, before)| after - before);
    let rate = f64::from(u32::try_from(pages).unwrap_or(u32::MAX)) / wall;
    println!(
        "{name:<28} {rate:>8.0} pages/s   {wall:>7.2} s   {:>7.2} s of processor   ({status})",
        cpu.unwrap_or(f64::NAN)
    );
    rate
}

/// A home of its own for the binary; gone when dropped.
struct Work(PathBuf);

impl Work {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("nianbao-bench-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn nianbao(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
    command.arg("--home").arg(home);
    command
}

/// A home that crawls these lists.
fn home(work: &Work, delay_ms: u128, lists: &[SocketAddr]) -> PathBuf {
    let home = work.0.join("home");
    let init = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .arg("init")
        .arg(&home)
        .stderr(Stdio::null())
        .status()
        .expect("it starts");
    assert!(init.success());
    let config = format!(
        "[home]\ncontact = \"mailto:bench@example.org\"\n[crawl]\ndelay_ms = {delay_ms}\nmax_pages = 100000\nmax_mb = 100000\n\
         allow_addresses = [\"127.0.0.0/8\"]\n"
    );
    std::fs::write(home.join("nianbao.toml"), config).expect("written");
    let sites = home.join("selectors/sites");
    std::fs::create_dir_all(&sites).expect("a folder");
    for (number, address) in lists.iter().enumerate() {
        let profile = format!(
            "name = \"bench{number}\"\ntitle = \"云溪市人民政府\"\n\n[scope]\nhosts = [\"{address}\"]\n\n\
             [[seeds]]\nurl = \"http://{address}/\"\nkind = \"list\"\n"
        );
        std::fs::write(sites.join(format!("bench{number}.toml")), profile).expect("written");
    }
    home
}

/// How many pages the crawl says are new.
fn crawl(home: &Path) -> u64 {
    let output = nianbao(home)
        .args(["crawl", "--json"])
        .stderr(Stdio::null())
        .output()
        .expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let at = text.find("\"new\":").map_or(text.len(), |at| at + 6);
    let digits: String = text[at..]
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap_or(0)
}

const SPIDER: &str = r#"
import os, scrapy
OUT = os.environ["BENCH_OUT"]
class Bench(scrapy.Spider):
    name = "bench"
    start_urls = [os.environ["BENCH_URL"]]
    custom_settings = dict(LOG_LEVEL="ERROR", DOWNLOAD_DELAY=0, CONCURRENT_REQUESTS=16, CONCURRENT_REQUESTS_PER_DOMAIN=16,
        ROBOTSTXT_OBEY=True, TELNETCONSOLE_ENABLED=False, COOKIES_ENABLED=False, RETRY_ENABLED=False)
    def parse(self, response):
        for link in response.css("ul.list a::attr(href)"):
            yield response.follow(link, self.page)
    def page(self, response):
        with open(os.path.join(OUT, response.url.rsplit("/", 1)[1]), "wb") as f:
            f.write(response.body)
"#;

fn side_by_side() {
    println!("{PAGES} pages of {SIZE} bytes from one host on the loopback, delay 0");
    let served = Served::new(PAGES, SIZE);
    let address = serve(&served, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let work = Work::new("side");
    let home = home(&work, 0, &[address]);
    let mut command = nianbao(&home);
    command.arg("crawl").stderr(Stdio::inherit());
    let ours = timed("nianbao crawl", PAGES, command);
    println!("  {} requests", served.requests.swap(0, Ordering::Relaxed));
    let Some(scrapy) = std::env::var_os("NIANBAO_SCRAPY") else {
        println!("skipped: scrapy (set NIANBAO_SCRAPY to its path)");
        return;
    };
    let out = work.0.join("scrapy");
    std::fs::create_dir_all(&out).expect("a folder");
    let spider = work.0.join("spider.py");
    std::fs::write(&spider, SPIDER).expect("written");
    let mut command = Command::new(scrapy);
    command
        .arg("runspider")
        .arg(&spider)
        .env("BENCH_OUT", &out)
        .env("BENCH_URL", format!("http://{address}/"));
    let theirs = timed("scrapy runspider", PAGES, command);
    let files = std::fs::read_dir(&out).map_or(0, Iterator::count);
    println!(
        "  {} requests, {files} files\nratio: {:.2}",
        served.requests.load(Ordering::Relaxed),
        ours / theirs
    );
}

fn hosts() {
    println!(
        "{HOSTS} hosts, {PAGES_A_HOST} pages each, {} ms between two requests to one",
        GAP.as_millis()
    );
    let served = Served::new(PAGES_A_HOST, SMALL);
    let addresses: Vec<SocketAddr> = (1..=HOSTS)
        .map(|number| {
            let ip = IpAddr::V4(Ipv4Addr::new(127, 0, 77, number));
            serve(&served, SocketAddr::from((ip, 0)))
        })
        .collect();
    let work = Work::new("hosts");
    let home = home(&work, GAP.as_millis(), &addresses);
    let started = Instant::now();
    let pages = crawl(&home);
    let wall = started.elapsed();
    // A host: the first gap (a run does not know what a run before it did), robots.txt, the list, its pages.
    let requests = u32::try_from(PAGES_A_HOST + 2).unwrap_or(u32::MAX);
    let ideal = GAP * requests;
    println!(
        "{pages} pages in {:.2} s; the schedule alone takes {:.2} s: {:.1} %",
        wall.as_secs_f64(),
        ideal.as_secs_f64(),
        100.0 * ideal.as_secs_f64() / wall.as_secs_f64()
    );
}

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    match words.first().map(String::as_str) {
        None => side_by_side(),
        Some("hosts") => hosts(),
        Some("serve") => {
            let served = Served::new(PAGES, SIZE);
            let address = serve(&served, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
            println!("http://{address}/");
            let seconds = words
                .get(1)
                .and_then(|word| word.parse().ok())
                .unwrap_or(600);
            std::thread::sleep(Duration::from_secs(seconds));
        }
        Some(other) => println!("unknown: {other}; nothing, hosts, or serve SECONDS"),
    }
}
