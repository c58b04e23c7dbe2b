//! Copied text in the narratives of a synthetic corpus: time, memory, recall and precision on the planted pairs.
//!
//! `cargo bench --bench copies [-- REPORTS [SEED]]`: 100,000 reports unless told otherwise. Agencies, reports and sections are put into a
//! database of their own without pages, as the pages would be read: the texts are what counts here.

#[path = "../tests/generator/mod.rs"]
mod generator;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

use generator::corpus::{Draft, Plan, PlantedKind, Skeletons, story};
use nianbao::pipeline::copies;
use nianbao::store::Store;
use rusqlite::{Connection, params};

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A copy and its source, the lower report id first.
type Pair = (i64, i64);

#[derive(Default)]
struct Filled {
    reports: HashMap<String, i64>,
    agencies: HashMap<(String, String), i64>,
    planted: BTreeMap<Pair, String>,
    characters: usize,
    /// Copies of reports that are not in the corpus.
    without_source: usize,
}

fn main() {
    let words: Vec<usize> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    let plan = Plan {
        seed: words.get(1).map_or(1, |seed| *seed as u64),
        bytes: 20_000,
        ..Plan::default()
    }
    .of_reports(words.first().copied().unwrap_or(100_000));
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("nianbao.db")).expect("a database");
    let start = Instant::now();
    let filled = fill(store.connection(), &plan);
    println!(
        "{} reports of {} agencies, {} characters a text, {} copies planted and {} more of reports that are not there; made in {:.0?}",
        filled.reports.len(),
        plan.agencies,
        filled.characters / filled.reports.len().max(1),
        filled.planted.len(),
        filled.without_source,
        start.elapsed()
    );
    let before = memory("VmRSS");
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let start = Instant::now();
    let found = copies(&store, &[]).expect("copies");
    let taken = start.elapsed();
    let pairs: BTreeSet<Pair> = found
        .iter()
        .filter_map(|one| Some(pair(one.report_id, one.other_report_id?)))
        .collect();
    let hits = filled
        .planted
        .keys()
        .filter(|pair| pairs.contains(pair))
        .count();
    for (pair, line) in filled
        .planted
        .iter()
        .filter(|(pair, _)| !pairs.contains(pair))
        .take(10)
    {
        println!("missed: {pair:?} {line}");
    }
    let beside = found.iter().filter(|one| {
        let pair = one.other_report_id.map(|other| pair(one.report_id, other));
        pair.is_none_or(|pair| !filled.planted.contains_key(&pair))
    });
    for one in beside.take(10) {
        let sql = "SELECT agency || ' ' || ifnull(agency_code, '') || ' ' || year FROM report_list WHERE report_id = ?";
        let whose: String = store
            .connection()
            .query_row(sql, [one.report_id], |row| row.get(0))
            .unwrap_or_default();
        println!("beside: {whose}: {}", one.en);
    }
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let share = |of: usize| hits as f64 / of.max(1) as f64;
    println!(
        "{taken:.1?}; memory {} MB before, {} MB at most; {} found, recall {:.4}, precision {:.4}",
        before,
        memory("VmHWM"),
        found.len(),
        share(filled.planted.len()),
        share(found.len())
    );
}

fn pair(one: i64, other: i64) -> Pair {
    (one.min(other), one.max(other))
}

fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(what));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    number.unwrap_or(0) / 1024
}

fn fill(connection: &Connection, plan: &Plan) -> Filled {
    let skeletons = Skeletons::new(plan.seed, plan.bytes);
    let mut filled = Filled::default();
    connection
        .execute_batch(
            "BEGIN; INSERT INTO run VALUES (1, 'bench', 0); INSERT INTO reader VALUES (1, 'bench', 'generic');",
        )
        .expect("rows");
    let mut copied: Vec<(String, String, String)> = Vec::new();
    for index in 0..plan.agencies {
        let told = story(plan, index, &skeletons);
        for draft in &told.reports {
            put(connection, draft, &mut filled);
        }
        for line in told.defects {
            if let (PlantedKind::Copied, Some(other)) = (line.kind, line.other) {
                let note = format!("{} {:?} %", line.note, line.share);
                copied.push((line.report, other, note));
            }
        }
    }
    connection.execute_batch("COMMIT").expect("rows");
    for (report, other, note) in copied {
        let id = |name: &String| filled.reports.get(name).copied();
        // A year that the source has no report of: nothing to find it by.
        let (Some(one), Some(two)) = (id(&report), id(&other)) else {
            filled.without_source += 1;
            continue;
        };
        filled
            .planted
            .insert(pair(one, two), format!("{report} {other} {note}"));
    }
    filled
}

fn put(connection: &Connection, draft: &Draft, filled: &mut Filled) {
    let id = i64::try_from(filled.reports.len()).expect("few") + 1;
    filled.reports.insert(draft.id.clone(), id);
    let code = draft.code.as_deref().unwrap_or_default().replace('-', "");
    let next = i64::try_from(filled.agencies.len()).expect("few") + 1;
    let agency = *filled
        .agencies
        .entry((draft.name.clone(), code.clone()))
        .or_insert_with(|| {
            let sql = "INSERT INTO agency (id, name, code) VALUES (?, ?, nullif(?, ''))";
            connection
                .execute(sql, params![next, draft.name, code])
                .expect("a row");
            next
        });
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        let mut statement = connection.prepare_cached(sql).expect("a statement");
        statement.execute(values).expect("a row");
    };
    let mut digest = [0_u8; 32];
    digest[..8].copy_from_slice(&id.to_le_bytes());
    run(
        "INSERT INTO capture (id, sha256, fetched_at_us, size) VALUES (?, ?, ?, 0)",
        &[&id, &digest.as_slice(), &id],
    );
    run(
        "INSERT INTO report (id, agency_id, year, scope, version_id) VALUES (?, ?, ?, ?, ?)",
        &[&id, &agency, &draft.year, &draft.scope.as_str(), &id],
    );
    run(
        "INSERT INTO version (id, report_id, content_digest, first_seen_us, last_seen_us, capture_id, reader_id, published, official,
           charset, charset_evidence, replacements)
         VALUES (?, ?, ?, 0, 0, ?, 1, ?, 'official', 'utf-8', 'meta', 0)",
        &[&id, &id, &&digest[..16], &id, &draft.published.to_string()],
    );
    let version = &draft.versions[draft.versions.len() - 1];
    for (position, part) in (0_i64..).zip(&version.parts) {
        let text: Vec<&str> = part
            .facts
            .iter()
            .chain(&part.prose)
            .map(String::as_str)
            .collect();
        let text = text.join("\n");
        filled.characters += text.chars().count();
        let kind = part.kind.as_str();
        run(
            "INSERT OR IGNORE INTO section_heading (heading, kind) VALUES ('', ?)",
            &[&kind],
        );
        run(
            "INSERT INTO section_text (id, heading_id, text, start_byte, end_byte)
             SELECT ?1 << 20 | ?2, id, ?4, 0, 0 FROM section_heading WHERE heading = '' AND kind = ?3",
            &[&id, &position, &kind, &text],
        );
    }
}
