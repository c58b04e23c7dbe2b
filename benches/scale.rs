//! A corpus of any size with known truth, and what the program makes of it.
//!
//! `cargo bench --bench scale -- write DIR [--reports N] [--seed S] [--bytes B] [--planted PERCENT]` makes the home DIR with
//! `DIR/warc/*.warc.gz` and `DIR/truth.jsonl`: 100,000 reports of 60,000 bytes unless told otherwise.
//! `-- build DIR [--jobs N]` reads it into `DIR/nianbao.db` and prints reports a second, seconds of the processor, memory, and
//! what `-- sizes DIR` prints: bytes a cell by table. `-- again DIR` builds what is built already, `-- watch DIR` makes the findings
//! across years anew, after the rule of carry-over alone. `-- findings DIR` compares what was found with the truth: what was planted, found,
//! missed and found beside, of every kind, and which of the innocent are accused.

#[path = "../tests/generator/mod.rs"]
mod generator;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use generator::corpus::{Line, Plan, read_truth, write};
use generator::judge::judge;
use jiff::Timestamp;
use nianbao::audit::across::{check_chain, columns};
use nianbao::home::Home;
use nianbao::model::WatchCode;
use nianbao::pipeline::{BuildEvent, BuildOptions, build};
use nianbao::store::Store;

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
        (Some("build"), Some(directory)) => {
            for name in ["nianbao.db", "nianbao.db-wal", "nianbao.db-shm"] {
                let _ = std::fs::remove_file(directory.join(name));
            }
            build_it(&directory, option("--jobs"));
            sizes(&directory);
        }
        (Some("again"), Some(directory)) => build_it(&directory, option("--jobs")),
        (Some("watch"), Some(directory)) => watch_it(&directory),
        (Some("sizes"), Some(directory)) => sizes(&directory),
        (Some("findings"), Some(directory)) => findings(&directory),
        _ => eprintln!(
            "cargo bench --bench scale -- write|build|again|watch|sizes|findings DIR [--reports N] [--seed S] [--bytes B] [--planted PERCENT]"
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

/// Seconds of the processor that this process has used, and the most memory it had, in MB.
fn used() -> (f64, u64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |at: usize| {
        let field = behind.split_whitespace().nth(at);
        field
            .and_then(|field| field.parse::<u32>().ok())
            .unwrap_or(0)
    };
    let seconds = f64::from(ticks(11) + ticks(12)) / 100.0;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    (seconds, peak.unwrap_or(0) / 1024)
}

fn build_it(directory: &Path, jobs: Option<u64>) {
    let home = Home::open(directory).expect("a home");
    let start = Instant::now();
    let mut store = Store::open(&home.database()).expect("the database opens");
    let options = BuildOptions {
        decisions: nianbao::decisions::Decisions::none(),
        hosts: nianbao::audit::origin::HostRules::get(),
        readings: nianbao::pipeline::Readings::compiled(),
        jobs: jobs
            .and_then(|jobs| usize::try_from(jobs).ok())
            .and_then(NonZeroUsize::new),
        started_at: Timestamp::UNIX_EPOCH,
        reread: false,
        stop: None,
    };
    let (before, _) = used();
    let summary = build(&home.warc(), &mut store, &options, |event| {
        if let BuildEvent::Damaged { .. } | BuildEvent::Failed { .. } = event {
            println!("{event:?}");
        }
    })
    .expect("builds");
    drop(store);
    let seconds = start.elapsed().as_secs_f64();
    let (after, peak) = used();
    println!("{summary:?}");
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let reports = summary.reports() as f64;
    println!(
        "{:.0} reports/s, {:.0} reports a second of the processor, {seconds:.1} s, {:.1} s of the processor, {peak} MB at most",
        reports / seconds,
        reports / (after - before),
        after - before
    );
}

fn watch_it(directory: &Path) {
    let home = Home::open(directory).expect("a home");
    let mut store = Store::open(&home.database()).expect("the database opens");
    carry_over(&store);
    let (start, (before, _)) = (Instant::now(), used());
    let found = nianbao::pipeline::watch(&mut store).expect("findings");
    let (after, peak) = used();
    println!(
        "{found} findings, {:.1} s, {:.1} s of the processor, {peak} MB at most",
        start.elapsed().as_secs_f64(),
        after - before
    );
}

/// Carry-over breaks over everything, and nothing else: the numbers are read, the years of each agency held against each other.
fn carry_over(store: &Store) {
    let (start, (before, _)) = (Instant::now(), used());
    let chains = nianbao::query::chains(store, columns()).expect("chains");
    let read = start.elapsed().as_secs_f64();
    let found = chains.iter().flat_map(check_chain);
    let breaks = found.filter(|one| one.code == WatchCode::CarryOverBreak);
    let breaks = breaks.count();
    let seconds = start.elapsed().as_secs_f64();
    let (after, peak) = used();
    let reports: usize = chains.iter().map(|chain| chain.reports.len()).sum();
    println!(
        "carry-over alone: {breaks} breaks in {reports} reports of {} agencies and scopes, {seconds:.2} s ({read:.2} s of them reading), {:.2} s of the processor, {peak} MB at most",
        chains.len(),
        after - before
    );
}

/// Whether a table's rows are narrative or its index.
fn is_narrative(table: &str) -> bool {
    table.starts_with("section") || table.starts_with("narrative_")
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn sizes(directory: &Path) {
    let home = Home::open(directory).expect("a home");
    let store = Store::open(&home.database()).expect("the database opens");
    let (mut cells, mut text, mut reports) = (0_u64, 0_u64, 0_u64);
    read_truth(&directory.join("truth.jsonl"), |line| {
        if let Line::Report(report) = line {
            reports += 1;
            cells += report.cells.iter().flatten().count() as u64;
        }
    });
    let connection = store.connection();
    let sum = |sql: &str| -> u64 {
        let sum: Option<i64> = connection
            .query_row(sql, [], |row| row.get(0))
            .expect("sums");
        u64::try_from(sum.unwrap_or(0)).unwrap_or(0)
    };
    text += sum(
        "SELECT sum(length(CAST(text AS BLOB)) + ifnull(length(CAST(heading AS BLOB)), 0)) FROM section",
    );
    let free =
        sum("SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size");
    let mut statement = connection
        .prepare(
            "SELECT coalesce((SELECT tbl_name FROM sqlite_schema s WHERE s.name = d.name), d.name), d.name, sum(pgsize),
               sum(unused) FROM dbstat d GROUP BY d.name ORDER BY 3 DESC",
        )
        .expect("dbstat");
    let rows = statement
        .query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, i64>(3)?,
            ))
        })
        .expect("dbstat");
    let (mut narrative, mut mentions, mut other, mut watch) = (0, 0, 0, 0);
    for (table, name, size, unused) in rows.map(Result::unwrap) {
        let size = u64::try_from(size).unwrap_or(0);
        if is_narrative(&table) {
            narrative += size;
        } else if table == "mention" {
            mentions += size;
        } else if table == "watch" {
            watch += size;
        } else {
            other += size;
        }
        if size * 500 > narrative + mentions + other {
            println!(
                "    {name:<34} {:>8.1} bytes a report {:>6.2} a cell  ({:.0} % unused)",
                size as f64 / reports as f64,
                size as f64 / cells as f64,
                unused as f64 * 100.0 / size as f64
            );
        }
    }
    println!(
        "{reports} reports, {cells} cells; {:.2} bytes a cell without narratives, {:.2} more for findings across years; narratives with their index {:.2} \
         times their text and headings, numbers in them {:.2} more, {} MB free",
        other as f64 / cells as f64,
        watch as f64 / cells as f64,
        narrative as f64 / text.max(1) as f64,
        mentions as f64 / text.max(1) as f64,
        free / 1_000_000
    );
}

/// What was found against what was planted: a line a kind, and the first few that are wrong.
fn findings(directory: &Path) {
    let home = Home::open(directory).expect("a home");
    let store = Store::open_read_only(&home.database()).expect("the database opens");
    let judged = judge(store.connection(), &directory.join("truth.jsonl"));
    let few = |what: &str, lines: &[String]| {
        for line in lines.iter().take(5) {
            println!("    {what}: {line}");
        }
    };
    for verdict in &judged.verdicts {
        println!("{verdict}");
        few("missed", &verdict.missed);
        few("beside", &verdict.beside);
        few("wrong year", &verdict.wrong_years);
    }
    for (kind, (count, accused)) in &judged.innocents {
        println!("innocent {kind:?}: {count}, {} accused", accused.len());
        few("accused", accused);
    }
    println!(
        "{} findings that nothing planted is told by",
        judged.others.len()
    );
    few("beside", &judged.others);
}
