//! WARC writing, and reading with verification, beside warcio on the same pages.
//!
//! `NIANBAO_VENV=FOLDER cargo bench --bench warc`, FOLDER a Python environment with warcio in it; without it
//! only ours. `NIANBAO_PAGES` pages [5000] of about `NIANBAO_BYTES` bytes [100000], each with its request.
//! Ours syncs a batch of 32 pages to the disk and digests SHA-256 besides; warcio does neither.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nianbao::archive::{Draft, Limits, Options, SystemClock, Verifier, Writer};

fn number(name: &str, default: usize) -> usize {
    let given = std::env::var(name).ok();
    given
        .and_then(|given| given.parse().ok())
        .unwrap_or(default)
}

/// A page as they are: tags, the same words again, numbers.
fn page(seed: u64, bytes: usize) -> Vec<u8> {
    let words: Vec<&str> =
        "政府 信息 公开 工作 年度 报告 主动 依法 申请 数量 办理 结果 机关 全年 收到 答复 \
        予以 部分 不予 行政 复议 诉讼 问题 改进 情况 其他 需要 事项 平台 建设 监督 保障"
            .split_whitespace()
            .collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % bound as u64).unwrap_or(0)
    };
    let mut page = String::from("<!DOCTYPE html><html><head><meta charset=utf-8></head><body>");
    while page.len() < bytes {
        page.push_str("<tr><td class=\"item\" style=\"text-align:center\">");
        for _ in 0..next(12) + 2 {
            page.push_str(words[next(words.len())]);
        }
        page += "</td><td>";
        page += &next(10_000).to_string();
        page += "</td></tr>\r\n";
    }
    page.into_bytes()
}

fn groups(pages: &[Vec<u8>]) -> Vec<Vec<Draft>> {
    pages
        .iter()
        .enumerate()
        .map(|(n, page)| {
            let uri = format!("http://a.example/{n}.html");
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n",
                page.len()
            );
            let request = format!("GET /{n}.html HTTP/1.1\r\nHost: a.example\r\n\r\n");
            vec![
                Draft::response(&uri, [head.as_bytes(), page].concat()),
                Draft::request(&uri, request.into_bytes()).concurrent_to(0),
            ]
        })
        .collect()
}

fn write(folder: &Path, batches: &[Vec<Vec<Draft>>], level: u32, threads: usize) -> Duration {
    let options = Options {
        level,
        threads,
        ..Options::default()
    };
    let start = Instant::now();
    let (mut writer, _) = Writer::open(folder, options, SystemClock).expect("opens");
    for batch in batches {
        writer.write_groups(batch).expect("writes");
    }
    start.elapsed()
}

fn verify(folder: &Path) -> (Duration, u64) {
    let start = Instant::now();
    let mut verifier = Verifier::new(Limits::default());
    let mut size = 0;
    for entry in std::fs::read_dir(folder).expect("lists") {
        let path = entry.expect("lists").path();
        size += std::fs::metadata(&path).expect("is there").len();
        verifier.file(&path).expect("reads");
    }
    let found = verifier.finish();
    assert!(found.iter().all(|found| found.problems.is_empty()), "sound");
    (start.elapsed(), size)
}

fn main() {
    let (count, bytes) = (
        number("NIANBAO_PAGES", 5000),
        number("NIANBAO_BYTES", 100_000),
    );
    let pages: Vec<_> = (0..count).map(|n| page(n as u64 + 1, bytes)).collect();
    let groups = groups(&pages);
    let batches: Vec<_> = groups.chunks(32).map(<[_]>::to_vec).collect();
    let report = |what: &str, time: Duration, size: u64| {
        let rate = count as u128 * 1_000_000 / time.as_micros().max(1);
        println!("{what:<44} {rate:>6} pages/s   {:>5} MB", size / 1_000_000);
    };
    for (level, threads) in [(6, 1), (6, 2), (3, 1), (1, 1)] {
        let folder = tempfile::tempdir().expect("a folder");
        let time = write(folder.path(), &batches, level, threads);
        let (reading, size) = verify(folder.path());
        report(
            &format!("nianbao writes, level {level}, threads {threads}"),
            time,
            size,
        );
        report("nianbao reads and verifies", reading, size);
    }
    let Some(venv) = std::env::var_os("NIANBAO_VENV") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let given = folder.path().join("pages");
    let mut file = std::fs::File::create(&given).expect("creates");
    for page in &pages {
        let length = u32::try_from(page.len()).expect("small");
        file.write_all(&length.to_le_bytes()).expect("writes");
        file.write_all(page).expect("writes");
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/warc.py");
    let ran = Command::new(Path::new(&venv).join("bin/python"))
        .args([script, given, folder.path().join("a.warc.gz")])
        .status();
    assert!(ran.is_ok_and(|status| status.success()), "warcio runs");
}
