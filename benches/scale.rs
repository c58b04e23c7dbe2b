//! A corpus of any size with known truth, and what the program makes of it.
//!
//! `cargo bench --bench scale -- write DIR [--reports N] [--seed S] [--bytes B] [--planted PERCENT]` makes the home DIR with
//! `DIR/warc/*.warc.gz` and `DIR/truth.jsonl`: 100,000 reports of 60,000 bytes unless told otherwise.
//! `-- build DIR` reads it into `DIR/nianbao.db` and prints reports a second, memory, bytes a cell.

#[path = "../tests/generator/mod.rs"]
mod generator;

use std::path::{Path, PathBuf};
use std::time::Instant;

use generator::corpus::{Plan, write};
use nianbao::home::Home;

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let option = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        let value = words.get(at + 1)?;
        Some(value.parse::<u64>().unwrap_or_else(|_| {
            panic!("{name} takes a number, not {value}");
        }))
    };
    let directory = words.get(1).map(PathBuf::from);
    match (words.first().map(String::as_str), directory) {
        (Some("write"), Some(directory)) => make(&directory, option),
        _ => eprintln!(
            "cargo bench --bench scale -- write|build DIR [--reports N] [--seed S] [--bytes B] [--planted PERCENT]"
        ),
    }
}

fn make(directory: &Path, option: impl Fn(&str) -> Option<u64>) {
    let number = |name: &str, default: usize| {
        option(name).map_or(default, |value| usize::try_from(value).unwrap_or(default))
    };
    let plan = Plan {
        seed: option("--seed").unwrap_or(1),
        bytes: number("--bytes", 60_000),
        planted: number("--planted", 100),
        ..Plan::default()
    }
    .of_reports(number("--reports", 100_000));
    let home = Home::init(directory).expect("the home is new");
    let start = Instant::now();
    let written = write(&plan, &home.warc(), &directory.join("truth.jsonl"), 2);
    let seconds = start.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let rate = written.records as f64 / seconds;
    println!("{written:?}");
    println!(
        "{} reports of {} agencies, {rate:.0} pages/s, {} bytes a page, {} defects planted",
        written.reports,
        written.agencies,
        written.page_bytes / written.records.max(1) as u64,
        written.defects
    );
}
