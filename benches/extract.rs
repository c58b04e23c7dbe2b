//! Pages a second from bytes to report, on one core and on two, beside `scraper::Html::parse_document` alone on
//! the same pages in the same run.
//!
//! `cargo bench --bench extract` (`NIANBAO_PAGES=1000` by default; each about 100 kB, all forms, dialects and
//! charsets as the test generator draws them). Prints ratios; never fails on time.

#[path = "../tests/generator/mod.rs"]
mod generator;

use std::hint::black_box;
use std::time::{Duration, Instant};

use generator::Case;
use nianbao::decode::decode;
use nianbao::parse::parse_html;
use nianbao::pipeline::{Origin, read};
use nianbao::profile::Profile;
use scraper::Html;

/// The program's allocator, for both sides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Repetitions; the fastest counts, for these machines are shared.
const ROUNDS: usize = 3;

fn main() {
    let count = std::env::var("NIANBAO_PAGES").map_or(1000, |n| n.parse().unwrap_or(1000));
    let pages: Vec<Vec<u8>> = (0_u64..)
        .map(|seed| {
            let mut case = Case::draw(seed);
            case.size_bytes = 100_000;
            case
        })
        .filter(|case| !case.dialect.is_flat())
        .take(count)
        .map(|case| case.render())
        .collect();
    let bytes: usize = pages.iter().map(Vec::len).sum();
    let texts: Vec<String> = pages
        .iter()
        .map(|page| decode(page, None).text.into_owned())
        .collect();
    println!(
        "{} pages, {} kB each",
        pages.len(),
        bytes / pages.len() / 1000
    );

    let oracle = best(|| {
        for text in &texts {
            black_box(Html::parse_document(text));
        }
    });
    show("scraper: parse alone", &pages, bytes, oracle, oracle);
    let parsed = best(|| {
        for page in &pages {
            black_box(parse_html(&decode(page, None)).blocks.len());
        }
    });
    show("decode + parse", &pages, bytes, parsed, oracle);
    let one = best(|| {
        for page in &pages {
            let _ = black_box(read(page, Origin::default(), Profile::generic()));
        }
    });
    show("extract, one core", &pages, bytes, one, oracle);
    let printed = best(|| {
        for page in &pages {
            if let Ok(report) = read(page, Origin::default(), Profile::generic()) {
                black_box(serde_json::to_string(&report).map_or(0, |json| json.len()));
            }
        }
    });
    show(
        "extract and print, one core",
        &pages,
        bytes,
        printed,
        oracle,
    );
    let two = best(|| {
        std::thread::scope(|scope| {
            let (left, right) = pages.split_at(pages.len() / 2);
            for half in [left, right] {
                scope.spawn(move || {
                    for page in half {
                        let _ = black_box(read(page, Origin::default(), Profile::generic()));
                    }
                });
            }
        });
    });
    show("extract, two cores", &pages, bytes, two, oracle);
}

fn best(mut work: impl FnMut()) -> Duration {
    (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn show(name: &str, pages: &[Vec<u8>], bytes: usize, time: Duration, oracle: Duration) {
    let seconds = time.as_secs_f64();
    println!(
        "{name:28} {:7.0} pages/s {:6.0} MB/s {:5.2} x",
        pages.len() as f64 / seconds,
        bytes as f64 / seconds / 1e6,
        oracle.as_secs_f64() / seconds
    );
}
