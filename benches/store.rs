//! Size and speed of the store: 20,000 synthetic reports of form 2021, or as many as the first argument says.
//!
//! `cargo bench --bench store`. Values as in small agencies' reports: most cells 0; one report in five
//! strikes empty cells through or leaves them blank, one in fifty lacks a table, one in thirty prints odd
//! numbers. Two findings a report. At the end each kind of export, with its size and the most memory it took.
//! Narratives are left out: they outweigh the numbers and are stored as they are.

use std::time::Instant;

use nianbao::export::{self, Dataset, What};
use nianbao::model::{
    Agency, ByteRange, Catalog, CellStatus, CharsetEvidence, Code, Decimal, Finding, FormId,
    Observation, Official, Provenance, Report, Scope, Source,
};
use nianbao::query::{Filter, Panel};
use nianbao::store::{CaptureInfo, Store, WarcPlace};

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

#[expect(clippy::too_many_lines, reason = "one report, from head to foot")]
fn report(number: u64, dice: &mut Dice) -> Report {
    let habit = dice.below(10);
    let lacks_table = dice.below(50) == 0;
    let odd = dice.below(30) == 0;
    let mut at = 40_000 + u32::try_from(dice.below(5_000)).unwrap();
    let mut last_row = String::new();
    let mut row = 0;
    let mut column = 0;
    let observations = Catalog::get().of_form(FormId::F2021).map(|one| {
        if one.row != last_row && one.table != "disputes" {
            last_row.clone_from(&one.row);
            row += 1;
            column = 2;
            at += 380 + u32::try_from(dice.below(40)).unwrap();
        }
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
        at += 90 + u32::try_from(dice.below(5) / 4 * 6).unwrap();
        let bytes = ByteRange::new(at, at + u32::try_from(raw.len()).unwrap());
        at = bytes.end;
        let source = Source {
            table: Some(2),
            row,
            column,
            bytes,
        };
        column += 1;
        let value = (status == CellStatus::Number).then_some(value);
        Observation {
            indicator: one.id,
            value: value.map(|value| {
                if one.cell == "fees.amount" && value > 0 {
                    Decimal::new(value, 2).unwrap()
                } else {
                    Decimal::integer(value)
                }
            }),
            status,
            raw,
            unit: one.unit,
            source: (!absent).then_some(source),
        }
    });
    let mut observations: Vec<_> = observations.collect();
    for one in &mut observations {
        if let Some(value) = one.value.filter(|value| value.scale() > 0) {
            one.raw = value.to_string();
        }
    }
    let mut digest = [0; 32];
    for byte in &mut digest {
        *byte = u8::try_from(dice.below(256)).unwrap();
    }
    let agency = number / 4;
    Report {
        title: Some(format!("某省某市第{agency}局政府信息公开工作年度报告")),
        agency: Agency {
            name: Some(format!("某省某市第{agency}局")),
            code: None,
        },
        year: Some(2021 + i16::try_from(number % 4).unwrap()),
        scope: Scope::Own,
        form: Some(FormId::F2021),
        published: Some(jiff::civil::date(
            2022 + i16::try_from(number % 4).unwrap(),
            1,
            20,
        )),
        dates: vec![],
        sections: vec![],
        observations,
        statistics: vec![],
        mentions: vec![],
        proposals: vec![],
        findings: vec![
            Finding::new(Code::DateConflict, "", "byline 2022-01-20, meta 2022-03-02"),
            Finding::new(Code::SectionMissing, "other", "no heading for section 6"),
        ],
        provenance: Provenance {
            sha256: data_encoding::HEXLOWER.encode(&digest),
            url: Some(format!(
                "http://www.city{}.gov.cn/zfxxgk/zfxxgknb/t2022_{number}.html",
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
            site_id: None,
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

fn timed<T>(what: &str, mut work: impl FnMut() -> T) -> T {
    let mut best = f64::MAX;
    let mut result = None;
    for _ in 0..5 {
        let start = Instant::now();
        result = Some(work());
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{what:<58} {:>9.3} ms (best of 5)", best * 1e3);
    result.unwrap()
}

fn main() {
    let reports = std::env::args()
        .find_map(|word| word.parse().ok())
        .unwrap_or(20_000_u64);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bench.db");
    let mut store = Store::open(&path).unwrap();
    let started = jiff::Timestamp::from_second(1_800_000_000).unwrap();
    for round in ["first build", "repeated build"] {
        let mut dice = Dice(7);
        let mut seconds = 0.0;
        let mut writer = store.writer("0.1.0", started);
        for number in 0..reports {
            let report = report(number, &mut dice);
            let capture = capture(&report, number);
            let start = Instant::now();
            writer.put(&capture, Ok(&report)).unwrap();
            seconds += start.elapsed().as_secs_f64();
        }
        writer.finish().unwrap();
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let rate = reports as f64 / seconds;
        println!("{round:<58} {rate:>9.0} reports/s");
    }
    let connection = store.connection();
    connection
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    let bytes = std::fs::metadata(&path).unwrap().len();
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let cell = bytes as f64 / (reports * 200) as f64;
    println!(
        "{:<58} {cell:>9.2} bytes ({} a report)",
        "a cell on disk, all tables and indexes",
        bytes / reports
    );
    let mut sizes = connection
        .prepare("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 14");
    if let Ok(statement) = &mut sizes {
        let rows = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
            })
            .unwrap();
        for (name, size) in rows.map(Result::unwrap) {
            println!(
                "    {name:<40} {:>6} bytes a report",
                size / i64::try_from(reports).unwrap()
            );
        }
    }
    let one = |sql: &str| {
        let mut statement = connection.prepare(sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut count = 0;
        while rows.next().unwrap().is_some() {
            count += 1;
        }
        count
    };
    timed(
        "one indicator, all agencies and years (observation)",
        || {
            one(
                "SELECT agency, year, value, status FROM observation WHERE cell = 'requests.new@total'",
            )
        },
    );
    timed("one indicator, all agencies and years (form_2021)", || {
        one("SELECT agency, year, \"requests.new@total\" FROM form_2021")
    });
    timed("all years of one agency (form_2021)", || {
        one("SELECT * FROM form_2021 WHERE agency = '某省某市第77局'")
    });
    timed("all of one report (observation_2021)", || {
        one("SELECT * FROM observation_2021 WHERE report_id = 77")
    });
    timed("all of one report (observation)", || {
        one("SELECT * FROM observation WHERE report_id = 77")
    });
    timed("series requests_received, all agencies and years", || {
        let filter = nianbao::query::Filter::default();
        nianbao::query::series(&store, "requests_received", &filter)
            .unwrap()
            .len()
    });
    timed(
        "all of one report (reader, with places and sections)",
        || {
            store
                .reader()
                .report(77)
                .unwrap()
                .unwrap()
                .report
                .observations
                .len()
        },
    );
    exports(&store, directory.path());
}

/// The most memory this process has held since it was last asked, in MB; 0 where the system does not say.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let peak = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    // Linux: begin anew.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    peak.unwrap_or(0) / 1_000
}

fn exports(store: &Store, folder: &std::path::Path) {
    let filter = Filter::default();
    let panel = Panel::new(store, &filter);
    let say = |what: &str, work: &dyn Fn(&std::path::Path)| {
        peak_mb();
        let before = peak_mb();
        let path = folder.join("export");
        let start = Instant::now();
        work(&path);
        let seconds = start.elapsed().as_secs_f64();
        let size = |path: &std::path::Path| std::fs::metadata(path).unwrap().len();
        let bytes: u64 = if path.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            entries.map(|entry| size(&entry.unwrap().path())).sum()
        } else {
            size(&path)
        };
        let peak = peak_mb();
        println!(
            "export {what:<40} {seconds:>7.2} s {:>9} kB, {peak} MB at most ({before} before)",
            bytes / 1_000
        );
        if path.is_dir() {
            std::fs::remove_dir_all(&path).unwrap();
        } else {
            std::fs::remove_file(&path).unwrap();
        }
    };
    let create = |path: &std::path::Path| std::fs::File::create(path).unwrap();
    let (long, wide) = (What::Long.alone(), What::Wide(FormId::F2021).alone());
    let (series, reports) = (What::Series.alone(), What::Reports.alone());
    say("csv long", &|path| {
        nianbao::query::export_csv(store, &filter, create(path)).unwrap();
    });
    say("csv wide", &|path| {
        export::write_csv(&panel, &wide, create(path)).unwrap();
    });
    say("parquet long", &|path| {
        export::write_parquet(&panel, &long, create(path)).unwrap();
    });
    say("parquet wide", &|path| {
        export::write_parquet(&panel, &wide, create(path)).unwrap();
    });
    say("parquet series", &|path| {
        export::write_parquet(&panel, &series, create(path)).unwrap();
    });
    say("xlsx", &|path| {
        let tables = [wide.clone(), reports.clone()];
        export::write_xlsx(&panel, &tables, create(path), folder, export::MAX_ROWS).unwrap();
    });
    say("datapackage", &|path| {
        export::write_package(&panel, &Dataset::default(), path).unwrap();
    });
    say("datasette", &|path| {
        export::write_datasette(&panel, &Dataset::default(), path).unwrap();
    });
}
