//! Speed of `series`, `compare` and the ratios: 6,000 agencies × 2008–2025 (100,000 reports), or as many agencies as the first argument says.
//!
//! `cargo bench --bench queries -- [AGENCIES] [FILE]`. The reports are written by the store's writer, in an order that has nothing to do with
//! agency or year. A few agencies lack years, a quarter has no code, values are as in small agencies' reports (most cells 0); one report in five
//! strikes empty cells through or leaves them blank, one in fifty lacks a table, one in thirty prints odd numbers. Narratives are left out.
//! FILE keeps the database and is taken as it is where it exists already. Figures are medians over warm runs.

use std::path::{Path, PathBuf};
use std::time::Instant;

use nianbao::model::{
    Agency, Catalog, CellStatus, CharsetEvidence, Decimal, FormId, Observation, Official,
    Provenance, Report, Scope,
};
use nianbao::query::compare::{Indicator, Question, compare};
use nianbao::query::{self, AgencyFilter, Filter};
use nianbao::store::{CaptureInfo, Store, WarcPlace};

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A small generator of even numbers; the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

const FIRST: i16 = 2008;
const YEARS: u64 = 18;

fn form_of(year: i16) -> FormId {
    match year {
        ..=2013 => FormId::F2008,
        2014..=2018 => FormId::F2014,
        2019..=2020 => FormId::F2019,
        _ => FormId::F2021,
    }
}

fn name(agency: u64) -> String {
    format!("某省第{:04}市第{agency}局", agency % 300)
}

fn report(agency: u64, year: i16, dice: &mut Dice) -> Report {
    let form = form_of(year);
    let habit = dice.below(10);
    let lacks_table = dice.below(50) == 0;
    let odd = dice.below(30) == 0;
    // Shanghai's list of 2008, not Fujian's beside it.
    let cells = Catalog::get()
        .of_form(form)
        .filter(|one| !one.cell.starts_with("fj."));
    let observations = cells.map(|one| {
        let absent = lacks_table && one.table == "disputes";
        let value = match dice.below(100) {
            0..80 => 0,
            80..92 => dice.below(10),
            92..98 => dice.below(300),
            _ => dice.below(40_000),
        };
        let value = i64::try_from(value).unwrap();
        let number = value != 0 || habit > 1;
        let (status, raw) = match (absent, number, habit) {
            (true, ..) => (CellStatus::TableAbsent, String::new()),
            (_, true, _) if odd && value > 9 => (CellStatus::Number, format!("{value}件")),
            (_, true, _) => (CellStatus::Number, value.to_string()),
            (.., 0) => (CellStatus::Mark, "—".to_owned()),
            _ => (CellStatus::Blank, String::new()),
        };
        Observation {
            indicator: one.id,
            value: (status == CellStatus::Number).then(|| Decimal::integer(value)),
            status,
            raw,
            unit: one.unit,
            source: None,
        }
    });
    let observations = observations.collect();
    let number = agency * YEARS + u64::try_from(year - FIRST).unwrap();
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.to_le_bytes());
    Report {
        title: Some(format!("{}{year}年政府信息公开工作年度报告", name(agency))),
        agency: Agency {
            name: Some(name(agency)),
            code: (!agency.is_multiple_of(4)).then(|| format!("1133{agency:014}")),
        },
        year: Some(year),
        scope: Scope::Own,
        form: Some(form),
        published: Some(jiff::civil::date(year + 1, 1, 20)),
        dates: vec![],
        sections: vec![],
        observations,
        statistics: vec![],
        mentions: vec![],
        proposals: vec![],
        findings: vec![],
        provenance: Provenance {
            site_id: None,
            sha256: data_encoding::HEXLOWER.encode(&digest),
            url: Some(format!(
                "http://www.city{}.gov.cn/xxgknb/t{number}.html",
                agency % 300
            )),
            charset: "utf-8",
            charset_evidence: CharsetEvidence::Http,
            replacements: 0,
            official: Official::Official,
            signals: vec![],
            parts: vec![],
            profile: "0123456789abcdef".into(),
            program: "0.1.0",
        },
    }
}

fn capture(report: &Report, number: u64) -> CaptureInfo {
    let digest = data_encoding::HEXLOWER
        .decode(report.provenance.sha256.as_bytes())
        .unwrap();
    CaptureInfo {
        sha256: digest.try_into().unwrap(),
        url: report.provenance.url.clone(),
        fetched_at: jiff::Timestamp::from_second(1_700_000_000 + i64::try_from(number).unwrap())
            .unwrap(),
        content_type: Some("text/html".into()),
        warc: Some(WarcPlace {
            file: format!("city-{}.warc.gz", number / 2_000),
            offset: number % 2_000 * 21_000,
            length: Some(20_000),
        }),
        size_bytes: 116_000,
    }
}

fn fill(path: &Path, agencies: u64) {
    let mut store = Store::open(path).unwrap();
    let started = jiff::Timestamp::from_second(1_800_000_000).unwrap();
    let mut dice = Dice(7);
    let mut writer = store.writer("0.1.0", started);
    let total = agencies * YEARS;
    // A step without a common divisor visits every agency and year once, in no order of either.
    let common = |mut one: u64, mut other: u64| {
        while other > 0 {
            (one, other) = (other, one % other);
        }
        one
    };
    let step = (48_272..100_000).find(|step| common(*step, total) == 1);
    let step = step.unwrap();
    let mut written = 0;
    for number in 0..total {
        let place = number * step % total;
        let year = FIRST + i16::try_from(place % YEARS).unwrap();
        // Of 108,000 about 100,000 are there.
        if dice.below(27) < 2 {
            continue;
        }
        let report = report(place / YEARS, year, &mut dice);
        writer.put(&capture(&report, number), Ok(&report)).unwrap();
        written += 1;
    }
    writer.finish().unwrap();
    store
        .connection()
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    println!("{written} reports of {agencies} agencies");
}

/// Time on a processor so far, where the system tells: other programs' load is no part of it.
fn on_cpu() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace()
        .next()?
        .parse::<f64>()
        .ok()
        .map(|ns| ns / 1e6)
}

/// Milliseconds of the median of eleven runs, after one that warms the caches.
fn timed(what: &str, must: u32, mut work: impl FnMut() -> usize) {
    let count = work();
    let mut times: Vec<(f64, f64)> = (0..11)
        .map(|_| {
            let (start, cpu) = (Instant::now(), on_cpu());
            assert_eq!(work(), count);
            let cpu = on_cpu()
                .zip(cpu)
                .map_or(f64::NAN, |(end, start)| end - start);
            (start.elapsed().as_secs_f64() * 1e3, cpu)
        })
        .collect();
    let mut median = |by: fn(&(f64, f64)) -> f64| {
        times.sort_by(|one, other| by(one).total_cmp(&by(other)));
        by(&times[times.len() / 2])
    };
    let (wall, cpu) = (median(|time| time.0), median(|time| time.1));
    println!("{what:<58} {count:>7} {wall:>8.2} ms, {cpu:>8.2} ms on the processor (must: {must})");
}

fn main() {
    let mut words = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'));
    let agencies = words
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or(6_000);
    let directory = tempfile::tempdir().unwrap();
    let path = words
        .next()
        .map_or_else(|| directory.path().join("bench.db"), PathBuf::from);
    if !path.exists() {
        fill(&path, agencies);
    }
    let store = Store::open_read_only(&path).unwrap();
    let six = Filter {
        from_year: Some(2019),
        to_year: Some(2024),
        ..Filter::default()
    };
    let of = |id: &str, filter: &Filter| query::series(&store, id, filter).unwrap().len();
    for id in ["requests_received", "requests_closed", "litigation_total"] {
        timed(&format!("{id}, all agencies, 2019–2024"), 40, || {
            of(id, &six)
        });
    }
    let change = Filter {
        from_year: Some(2016),
        to_year: Some(2021),
        ..Filter::default()
    };
    timed("requests_received, all agencies, 2016–2021", 40, || {
        of("requests_received", &change)
    });
    let all = Filter::default();
    timed("requests_received, all agencies and years", 200, || {
        of("requests_received", &all)
    });
    let one = Filter {
        agency: Some(AgencyFilter::Exact(name(77))),
        ..Filter::default()
    };
    timed("requests_received of one agency, all years", 10, || {
        of("requests_received", &one)
    });
    timed("all series of one agency, all years", 10, || {
        let all = query::all_series(&store, &one).unwrap();
        all.iter()
            .filter_map(|one| one.points.as_ref().ok())
            .map(Vec::len)
            .sum()
    });
    timed("disclosure_rate, all agencies, 2019–2024", 80, || {
        query::ratios::ratio(&store, "disclosure_rate", &six)
            .unwrap()
            .len()
    });
    let compared = |id: &str, filter: &Filter| {
        let indicator = Indicator::find(id).unwrap();
        compare(&store, &indicator, filter, &Question::default())
            .unwrap()
            .rows
            .len()
    };
    let year = Filter {
        from_year: Some(2022),
        to_year: Some(2022),
        ..Filter::default()
    };
    timed("compare requests_received, all agencies, 2022", 100, || {
        compared("requests_received", &year)
    });
    timed(
        "compare disclosure_rate, all agencies, 2019–2024",
        200,
        || compared("disclosure_rate", &six),
    );
}
