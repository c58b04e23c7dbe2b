//! Decode and parse against `scraper` (html5ever) on 200 pages of about 100 kB, in one run.
//!
//! `cargo bench --bench parse`

#[expect(
    dead_code,
    reason = "odd and mutated pages are for tests/differential.rs"
)]
#[path = "../tests/pages/mod.rs"]
mod pages;

use std::hint::black_box;
use std::time::{Duration, Instant};

use nianbao::decode::decode;
use nianbao::parse::parse_html;

/// How often each is measured; the best counts.
const ROUNDS: usize = 9;

fn main() {
    let pages: Vec<String> = (0..200)
        .map(|seed| pages::word_page(seed, 100_000))
        .collect();
    let utf_8: Vec<Vec<u8>> = pages.iter().map(|page| page.clone().into_bytes()).collect();
    let gb: Vec<Vec<u8>> = pages
        .iter()
        .map(|page| page.replace("charset=utf-8", "charset=gb2312"))
        .map(|page| encoding_rs::GB18030.encode(&page).0.into_owned())
        .collect();
    let size = |pages: &[Vec<u8>]| pages.iter().map(Vec::len).sum::<usize>();

    let decoding = best(ROUNDS, || {
        utf_8.iter().map(|page| decode(page, None).text.len()).sum()
    });
    report("decode, UTF-8", size(&utf_8), utf_8.len(), decoding);
    let decoding = best(ROUNDS, || {
        gb.iter().map(|page| decode(page, None).text.len()).sum()
    });
    report("decode, gb18030", size(&gb), gb.len(), decoding);

    let ours = |pages: &[Vec<u8>]| {
        best(ROUNDS, || {
            pages
                .iter()
                .map(|page| parse_html(&decode(page, None)).blocks.len())
                .sum()
        })
    };
    let ours_utf_8 = ours(&utf_8);
    report(
        "decode + parse, UTF-8",
        size(&utf_8),
        utf_8.len(),
        ours_utf_8,
    );
    let ours_gb = ours(&gb);
    report("decode + parse, gb18030", size(&gb), gb.len(), ours_gb);

    let scraper = best(2, || {
        pages
            .iter()
            .map(|page| scraper::Html::parse_document(page).tree.nodes().len())
            .sum()
    });
    report(
        "scraper parse, no decode",
        size(&utf_8),
        pages.len(),
        scraper,
    );
    println!(
        "ratio to scraper: {:.1} (UTF-8), {:.1} (gb18030)",
        scraper.as_secs_f64() / ours_utf_8.as_secs_f64(),
        scraper.as_secs_f64() / ours_gb.as_secs_f64(),
    );
}

fn best(rounds: usize, mut work: impl FnMut() -> usize) -> Duration {
    let round = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    };
    (0..rounds).map(round).min().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "a figure to read")]
fn report(name: &str, bytes: usize, pages: usize, time: Duration) {
    let seconds = time.as_secs_f64();
    println!(
        "{name:<26} {:>8.0} MB/s {:>8.0} pages/s",
        bytes as f64 / seconds / 1e6,
        pages as f64 / seconds,
    );
}
