//! Full text: what is found is what a plain search for a part of the text finds, whatever happened to the database before.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Command;

use nianbao::model::{ByteRange, Official, Report, Section, SectionKind};
use nianbao::query::{Copies, Filter, Found, SearchOptions, Words, search};
use nianbao::store::{Refusal, Store};

use crate::random::{capture, sound};
use crate::{Home, home, noon};

/// A small generator of even numbers; the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn text(&mut self, longest: usize) -> String {
        const LETTERS: [char; 24] = [
            '公', '开', '信', '息', '的', '答', '复', '公', '开', '。', '，', ',', '“', ' ', '\n',
            '\t', 'H', 'h', '5', '1', '２', 'Ａ', '\u{3000}', '\u{200b}',
        ];
        (0..=self.below(longest))
            .map(|_| LETTERS[self.below(LETTERS.len())])
            .collect()
    }
}

fn report(number: u8, version: u8, texts: &[(SectionKind, String)]) -> Report {
    let mut report = sound();
    report.observations.clear();
    report.form = None;
    report.agency.name = Some(format!("第{number}局"));
    report.year = Some(2015 + i16::from(number % 8));
    let mut digest = [version; 32];
    digest[0] = number;
    report.provenance.sha256 = data_encoding::HEXLOWER.encode(&digest);
    report.sections = texts
        .iter()
        .zip(1..)
        .map(|((kind, text), at)| Section {
            kind: *kind,
            heading: Some("标题".into()),
            text: text.clone(),
            bytes: ByteRange::new(at * 100, at * 100 + 50),
        })
        .collect();
    report
}

fn random_report(dice: &mut Dice, number: u8, version: u8, sections: usize) -> Report {
    let texts: Vec<(SectionKind, String)> = (0..sections)
        .map(|_| {
            (
                SectionKind::ALL[dice.below(SectionKind::ALL.len())],
                dice.text(60),
            )
        })
        .collect();
    report(number, version, &texts)
}

/// Folded for a plain search: runs of letters and digits between bars, no spaces.
fn folded(text: &str) -> String {
    let mut out = String::new();
    let mut within = false;
    for character in text.chars() {
        let narrow = match u32::from(character) {
            code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap(),
            _ => character,
        };
        if narrow == '\u{200b}' {
            continue;
        }
        let alphanumeric = narrow.is_ascii_alphanumeric();
        if alphanumeric != within {
            out.push('|');
        }
        within = alphanumeric;
        match narrow {
            '\t' => out.push('\t'),
            _ if narrow.is_whitespace() => {}
            _ => out.push(narrow.to_ascii_lowercase()),
        }
    }
    if within {
        out.push('|');
    }
    out
}

fn all() -> SearchOptions {
    SearchOptions {
        limit: 10_000,
        most: None,
        ..SearchOptions::default()
    }
}

fn found(store: &Store, typed: &str, options: &SearchOptions) -> Found {
    let words = Words::parse(typed).unwrap_or_else(|error| panic!("{typed:?}: {error}"));
    search(store, &words, options).unwrap()
}

/// Version and place of what was found.
fn places(found: &Found) -> BTreeSet<(i64, u32)> {
    let places: BTreeSet<_> = found
        .hits
        .iter()
        .map(|hit| (hit.version_id, hit.position))
        .collect();
    assert_eq!(places.len() as u64, found.sections, "each section once");
    places
}

fn put(home: &mut Home, reports: &[Report], second: i64) {
    let mut writer = home.store.writer("0.1.0", noon());
    for report in reports {
        writer.put(&capture(report, second), Ok(report)).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(home.store.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn found_is_what_a_plain_search_finds() {
    let mut dice = Dice(3);
    let mut home = home();
    let reports: Vec<Report> = (0..60)
        .map(|number| random_report(&mut dice, number, 0, 5))
        .collect();
    put(&mut home, &reports, 10);
    let mut texts: Vec<(i64, u32, String)> = Vec::new();
    {
        let mut sections = home
            .store
            .connection()
            .prepare("SELECT version_id, position, text FROM section")
            .unwrap();
        let rows = sections
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap();
        texts.extend(rows.map(Result::unwrap));
    }
    assert_eq!(texts.len(), 300);
    let mut hits = 0;
    let mut misses = 0;
    for number in 0..3_000 {
        // A part of a text, or of none.
        let query = if number % 3 == 0 {
            dice.text(5)
        } else {
            let text: Vec<char> = texts[dice.below(texts.len())].2.chars().collect();
            let from = dice.below(text.len());
            let to = (from + 1 + dice.below(8)).min(text.len());
            text[from..to].iter().collect()
        };
        let (words, query) = match Words::parse(&format!("\"{query}\"")) {
            Ok(words) => (words, query),
            // Spaces alone, or a quotation mark within.
            Err(_) => continue,
        };
        if query.contains(['“', '"']) {
            continue;
        }
        let plain = folded(&query);
        let want: BTreeSet<(i64, u32)> = texts
            .iter()
            .filter(|(.., text)| folded(text).contains(&plain))
            .map(|(version, position, _)| (*version, *position))
            .collect();
        let got = search(&home.store, &words, &all()).unwrap();
        assert!(got.exact);
        assert_eq!(places(&got), want, "{query:?}");
        for hit in &got.hits {
            assert!(!hit.marks.is_empty(), "{query:?}: {hit:?}");
            let text = &texts
                .iter()
                .find(|(version, position, _)| {
                    (*version, *position) == (hit.version_id, hit.position)
                })
                .unwrap()
                .2;
            let marked: String = text
                .chars()
                .skip(hit.snippet_start + hit.marks[0][0])
                .take(hit.marks[0][1] - hit.marks[0][0])
                .collect();
            let whole = hit.marks[0][1] < hit.snippet.chars().count();
            assert!(
                !whole || folded(&marked).starts_with(&plain),
                "{query:?} marked {marked:?}"
            );
        }
        if want.is_empty() {
            misses += 1;
        } else {
            hits += 1;
        }
    }
    assert!(hits > 1_000 && misses > 100, "{hits} {misses}");
}

#[test]
fn words_are_joined_as_typed() {
    let mut dice = Dice(5);
    let mut home = home();
    let reports: Vec<Report> = (0..40)
        .map(|number| random_report(&mut dice, number, 0, 4))
        .collect();
    put(&mut home, &reports, 10);
    let one = |typed: &str| places(&found(&home.store, typed, &all()));
    let (open, answer, the) = (one("公开"), one("答复"), one("的"));
    assert!(open.len() > 20 && answer.len() > 5 && the.len() > 20);
    assert_eq!(one("公开 答复"), &open & &answer);
    assert_eq!(one("公开 OR 答复"), &open | &answer);
    assert_eq!(one("公开 -的"), &open - &the);
    assert_eq!(
        one("公开 -的 OR 答复 的"),
        &(&open - &the) | &(&answer & &the)
    );
    assert_eq!(one("公开 AND 答复 -\"的\""), &(&open & &answer) - &the);
}

#[test]
fn a_question_is_narrowed_and_cut_off_with_notice() {
    let mut home = home();
    let text = |text: &str| {
        vec![
            (SectionKind::Overview, "全年公开。".to_owned()),
            (SectionKind::Problems, text.to_owned()),
        ]
    };
    let mut reports: Vec<Report> = (0..30)
        .map(|number| report(number, 0, &text("公开不够")))
        .collect();
    reports[3].provenance.official = Official::MirrorSuspected;
    reports[4].year = None;
    put(&mut home, &reports, 10);
    let asked = |options: &SearchOptions| found(&home.store, "公开", options);
    let whole = asked(&all());
    assert_eq!((whole.sections, whole.reports, whole.exact), (58, 29, true));
    let years: Vec<_> = whole
        .hits
        .iter()
        .map(|hit| hit.year.map_or(i16::MAX, |year| 3000 - year))
        .collect();
    assert!(years.is_sorted(), "newest first, unknown last: {years:?}");
    let first = asked(&SearchOptions { limit: 3, ..all() });
    assert_eq!(first.hits, whole.hits[..3]);
    assert_eq!(first.sections, 58);
    let counted = asked(&SearchOptions {
        most: Some(10),
        ..all()
    });
    assert_eq!(
        (counted.sections, counted.exact, counted.hits.len()),
        (10, false, 10)
    );
    assert!(
        asked(&SearchOptions {
            most: Some(58),
            ..all()
        })
        .exact
    );
    let kinds = asked(&SearchOptions {
        kinds: vec![SectionKind::Problems],
        ..all()
    });
    assert_eq!((kinds.sections, kinds.reports), (29, 29));
    let filter = Filter {
        from_year: Some(2016),
        to_year: Some(2017),
        ..Filter::default()
    };
    let span = asked(&SearchOptions { filter, ..all() });
    assert_eq!(span.reports, 8);
    assert!(
        span.hits
            .iter()
            .all(|hit| matches!(hit.year, Some(2016 | 2017)))
    );
    let filter = Filter {
        copies: Copies::Included,
        ..Filter::default()
    };
    assert_eq!(asked(&SearchOptions { filter, ..all() }).reports, 30);
    let filter = Filter {
        copies: Copies::Only,
        ..Filter::default()
    };
    assert_eq!(asked(&SearchOptions { filter, ..all() }).reports, 1);
    let hit = &whole.hits[0];
    assert_eq!(
        (
            hit.section.as_str(),
            hit.start_byte,
            hit.end_byte,
            hit.current
        ),
        ("overview", 100, 150, true)
    );
    assert_eq!(
        (hit.snippet.as_str(), hit.marks.as_slice()),
        ("全年公开。", &[[2, 4]][..])
    );
}

#[test]
fn what_was_replaced_is_found_only_if_asked_for() {
    let mut home = home();
    let before = report(1, 0, &[(SectionKind::Overview, "未按期答复".into())]);
    let after = report(1, 1, &[(SectionKind::Overview, "按期办结".into())]);
    put(&mut home, std::slice::from_ref(&before), 10);
    put(&mut home, &[after], 20);
    let ever = SearchOptions {
        all_versions: true,
        ..all()
    };
    assert_eq!(found(&home.store, "答复", &all()).sections, 0);
    let old = found(&home.store, "答复", &ever);
    assert_eq!((old.sections, old.hits[0].current), (1, false));
    // Both contents are of one report.
    let both = found(&home.store, "按期", &ever);
    assert_eq!((both.sections, both.reports), (2, 1));
    assert!(found(&home.store, "办结", &ever).hits[0].current);
    let refusal = Refusal {
        reason: "no_report".into(),
        detail: "x".into(),
    };
    let mut writer = home.store.writer("0.1.1", noon());
    writer.put(&capture(&before, 10), Err(&refusal)).unwrap();
    writer.finish().unwrap();
    assert_eq!(found(&home.store, "答复", &ever).sections, 0);
}

/// Every token of the index.
fn tokens(store: &Store) -> Vec<(String, i64, i64)> {
    let connection = store.connection();
    connection
        .execute_batch("CREATE VIRTUAL TABLE IF NOT EXISTS temp.tokens USING fts5vocab(main, narrative_index, instance)")
        .unwrap();
    let mut tokens = connection
        .prepare(
            "SELECT t.term, n.version_id << 4 | (t.doc & 15) AS section, t.offset FROM temp.tokens t
             JOIN narrative_row n ON n.id = t.doc >> 4 ORDER BY 1, 2, 3",
        )
        .unwrap();
    let rows = tokens
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn an_index_kept_up_equals_one_made_anew() {
    let mut dice = Dice(11);
    let mut home = home();
    let refusal = Refusal {
        reason: "no_report".into(),
        detail: "x".into(),
    };
    let programs = ["0.1.0", "0.1.1", "0.1.2"];
    for round in 0..25_usize {
        let program = programs[round / 10];
        let mut writer = home.store.writer(program, noon());
        for _ in 0..=dice.below(12) {
            let (number, version) = (
                u8::try_from(dice.below(9)).unwrap(),
                u8::try_from(dice.below(4)).unwrap(),
            );
            let many = if dice.below(6) == 0 { 60 } else { 4 };
            let mut report = random_report(&mut dice, number, version, many);
            report.provenance.program = program;
            // A year read differently moves all rows of the version.
            if dice.below(4) == 0 {
                report.year = [None, Some(2011), Some(2030)][dice.below(3)];
            }
            let captured = capture(&report, 100 + i64::from(version));
            let reading = if dice.below(8) == 0 {
                Err(&refusal)
            } else {
                Ok(&report)
            };
            writer.put(&captured, reading).unwrap();
            // Given up after its sections were written, or known and left as it is.
            if dice.below(10) == 0 {
                let mut twice = random_report(&mut dice, number, 9, 3);
                twice.observations = [sound(), sound()]
                    .map(|mut one| one.observations.remove(0))
                    .into();
                writer.put(&capture(&twice, 900), Ok(&twice)).unwrap_err();
            }
        }
        // A writer that ends without a word takes its last group with it.
        if dice.below(5) == 0 {
            drop(writer);
        } else {
            writer.finish().unwrap();
        }
        assert_eq!(
            home.store.verify().unwrap(),
            Vec::<String>::new(),
            "round {round}"
        );
        let kept_up = tokens(&home.store);
        home.store
            .connection()
            .execute(
                "UPDATE meta SET value = 'other' WHERE key = 'narrative_index'",
                [],
            )
            .unwrap();
        drop(std::mem::replace(
            &mut home.store,
            Store::open(&home.path).unwrap(),
        ));
        assert_eq!(tokens(&home.store), kept_up, "round {round}");
    }
    assert!(tokens(&home.store).len() > 500);
}

/// Of so many reports the index is asked for the rarest tokens of long words, and the rest is looked for in the text.
#[test]
fn long_words_are_found_whole_among_many() {
    const REPORTS: u32 = 4_200;
    let mut dice = Dice(11);
    let mut home = home();
    let mut texts_of: Vec<Vec<String>> = Vec::new();
    let mut writer = home.store.writer("0.1.0", noon());
    for number in 0..REPORTS {
        // Some reports have sections that share a row of the index.
        let sections = if number % 50 == 0 { 18 } else { 3 };
        let texts: Vec<(SectionKind, String)> = (0..sections)
            .map(|_| match dice.below(40) {
                0 => dice.text(20),
                1 => "依法答复公开信息".into(),
                2 => "公，开的答复公".into(),
                3 => "息公答复的".into(),
                _ => "信息公开的答复，公开信息".into(),
            })
            .map(|text| (SectionKind::Overview, text))
            .collect();
        let mut report = report(1, 0, &texts);
        report.agency.name = Some(format!("第{}局", number / 8));
        report.year = Some(2015 + i16::try_from(number % 8).unwrap());
        report.provenance.sha256 = format!("{number:064x}");
        writer.put(&capture(&report, 10), Ok(&report)).unwrap();
        let folded = texts.iter().map(|(_, text)| folded(text));
        texts_of.push(folded.collect());
    }
    writer.finish().unwrap();
    let store = Store::open_read_only(&home.path).unwrap();
    // Rows of the index: from the 16th section on a report's are one.
    let rows = |typed: [String; 2], years: std::ops::RangeInclusive<u32>| {
        let of_report = texts_of
            .iter()
            .zip(0..)
            .filter(|(_, number)| years.contains(&(2015 + number % 8)));
        let rows = of_report.flat_map(|(texts, _)| {
            let (own, shared) = texts.split_at(texts.len().min(15));
            let own = own.iter().map(std::slice::from_ref);
            own.chain((!shared.is_empty()).then_some(shared))
        });
        let has = |row: &&[String]| {
            typed[0]
                .split(' ')
                .all(|word| row.iter().any(|text| text.contains(word)))
                && (typed[1].is_empty() || !row.iter().any(|text| text.contains(&typed[1])))
        };
        rows.filter(has).count() as u64
    };
    let mut found_any = [0; 2];
    for with in [
        "息公答复",
        "开的答复公",
        "信息公开的",
        "的答复，公开",
        "公开信 依法答复",
        "答复的公开",
    ] {
        for without in ["", "答复公", "的"] {
            for (from, to) in [(2015, 2022), (2017, 2019)] {
                let filter = Filter {
                    from_year: Some(from),
                    to_year: Some(to),
                    ..Filter::default()
                };
                let options = SearchOptions {
                    filter,
                    limit: 3,
                    ..all()
                };
                let mut typed = format!("\"{}\"", with.replace(' ', "\" \""));
                if !without.is_empty() {
                    let _ = write!(typed, " -{without}");
                }
                let found = found(&store, &typed, &options);
                let years = u32::try_from(from).unwrap()..=u32::try_from(to).unwrap();
                let parts = with.split(' ').map(folded).collect::<Vec<_>>();
                let want = rows([parts.join(" "), without.to_owned()], years);
                assert_eq!(
                    (found.sections, found.exact),
                    (want, true),
                    "{typed} {from}"
                );
                assert!(found.hits.iter().all(|hit| !hit.marks.is_empty()));
                found_any[usize::from(want > 0)] += 1;
            }
        }
    }
    assert!(found_any.iter().all(|count| *count > 3), "{found_any:?}");
}

#[test]
fn a_damaged_index_is_told_and_an_older_one_not_asked() {
    let mut home = home();
    put(
        &mut home,
        &[report(1, 0, &[(SectionKind::Overview, "公开".into())])],
        10,
    );
    let write = |sql: &str| home.store.connection().execute(sql, []).unwrap();
    write("UPDATE section_text SET id = id + 1");
    assert_eq!(home.store.verify().unwrap().len(), 2);
    write("UPDATE meta SET value = '0' WHERE key = 'narrative_index'");
    let words = Words::parse("公开").unwrap();
    assert!(
        search(&home.store, &words, &all())
            .unwrap_err()
            .to_string()
            .contains("nianbao build")
    );
}

#[test]
fn a_run_puts_together_what_another_left_in_pieces() {
    let pieces = |home: &Home| -> i64 {
        let sql = "SELECT count(DISTINCT id >> 37) FROM narrative_index_data WHERE id >= 1 << 37";
        let connection = home.store.connection();
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let mut home = home();
    let mut writer = home.store.writer("0.1.0", noon());
    writer.begin_whole("reader").unwrap();
    for number in 1..8 {
        let report = report(number, 0, &[(SectionKind::Overview, "公开".into())]);
        writer
            .put(&capture(&report, i64::from(number)), Ok(&report))
            .unwrap();
        writer.commit().unwrap();
    }
    // As if it had been killed right behind the last row.
    let _ = writer.finish_rows().unwrap();
    assert_eq!(pieces(&home), 7);
    home.store.writer("0.1.0", noon()).finish().unwrap();
    assert_eq!(pieces(&home), 1);
    assert_eq!(home.store.verify().unwrap(), Vec::<String>::new());
}

/// The schemas before the index, as programs of that time made them.
const BEFORE_THE_INDEX: [&str; 9] = [
    include_str!("../../src/store/migrations/0001_base.sql"),
    include_str!("../../src/store/migrations/0002_parts.sql"),
    include_str!("../../src/store/migrations/0003_copies.sql"),
    include_str!("../../src/store/migrations/0004_proposal.sql"),
    include_str!("../../src/store/migrations/0005_statistics.sql"),
    include_str!("../../src/store/migrations/0006_mentions.sql"),
    include_str!("../../src/store/migrations/0007_several_reports.sql"),
    include_str!("../../src/store/migrations/0008_increments.sql"),
    include_str!("../../src/store/migrations/0009_resumed.sql"),
];

#[test]
fn an_older_database_gets_its_index_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let ours = |connection: &rusqlite::Connection| -> i64 {
        let pragma = connection.pragma_query_value(None, "application_id", |row| row.get(0));
        pragma.unwrap()
    };
    let application = ours(
        Store::open(&folder.path().join("new.db"))
            .unwrap()
            .connection(),
    );
    {
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection
            .execute_batch("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;")
            .unwrap();
        for sql in BEFORE_THE_INDEX {
            connection.execute_batch(sql).unwrap();
        }
        connection
            .execute_batch(&format!(
                "PRAGMA application_id = {application}; PRAGMA user_version = 9;
                 INSERT INTO agency VALUES (1, '某局', NULL);
                 INSERT INTO report VALUES (1, 1, 2020, 'own', '', NULL);
                 INSERT INTO capture (id, sha256, fetched_at_us, size) VALUES (1, zeroblob(32), 0, 1);
                 INSERT INTO reader VALUES (1, 'x', 'y');
                 INSERT INTO version (id, report_id, content_digest, first_seen_us, last_seen_us, capture_id, reader_id,
                   official, charset, charset_evidence, replacements)
                 VALUES (1, 1, zeroblob(16), 0, 0, 1, 1, 'official', 'utf-8', 'http', 0);
                 UPDATE report SET version_id = 1;
                 INSERT INTO section VALUES (1, 1, 0, 'overview', NULL, '全年公开信息', 0, 9, 0);"
            ))
            .unwrap();
        let index = "SELECT 1 FROM sqlite_schema WHERE name LIKE 'narrative%'";
        assert!(!connection.prepare(index).unwrap().exists([]).unwrap());
    }
    let store = Store::open(&path).unwrap();
    assert_eq!(found(&store, "公开信息", &all()).sections, 1);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn documented_commands_work_in_a_demo_home() {
    let folder = tempfile::tempdir().unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_nianbao"));
    let demo = Command::new(program)
        .arg("demo")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        demo.status.success(),
        "{}",
        String::from_utf8_lossy(&demo.stderr)
    );
    let home = folder.path().join("nianbao-demo");
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let run = |command: &str| {
        let output = Command::new("sh")
            .args(["-c", command])
            .env("PATH", &path)
            .current_dir(&home)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let mut commands = Vec::new();
    for document in ["docs/search.md", "docs/query.md"] {
        let text = std::fs::read_to_string(
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(document),
        )
        .unwrap();
        let blocks = text
            .split("```sh\n")
            .skip(1)
            .map(|rest| rest.split("```").next().unwrap().to_owned());
        commands.extend(
            blocks.flat_map(|block| block.lines().map(ToOwned::to_owned).collect::<Vec<_>>()),
        );
    }
    for verb in ["search", "query"] {
        let (_, help, _) = run(&format!("nianbao {verb} --help"));
        let examples = help.split("Examples:").nth(1).unwrap();
        commands.extend(
            examples
                .lines()
                .map(|line| line.trim().to_owned())
                .filter(|line| !line.is_empty()),
        );
    }
    assert!(commands.len() > 15, "{commands:?}");
    for command in &commands {
        let (code, out, said) = run(command);
        assert_eq!(code, Some(0), "{command}\n{said}");
        assert!(
            !out.contains("nothing found") && out.lines().count() > 0,
            "{command}\n{out}{said}"
        );
        assert!(!out.contains('\x1b'), "{command}");
    }
    let (_, json, _) = run("nianbao search 公开 --json --limit 2");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["hits"].as_array().unwrap().len(), 2);
    assert!(json["exact"].as_bool().unwrap() && json["sections"].as_u64().unwrap() > 2);
    let (code, out, said) = run("nianbao search '公开 OR'");
    assert_eq!(
        (code, out.as_str(), said.lines().count()),
        (Some(2), "", 1),
        "{said}"
    );
    let (code, _, said) = run("nianbao search 公开 --division 32");
    assert!(code == Some(0) || said.contains("divisions"), "{said}");
    let bomb = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT hex(randomblob(1000000)) AS h FROM c ORDER BY h";
    let (code, out, said) = run(&format!("nianbao query \"{bomb}\""));
    assert!(
        code == Some(2) && out.is_empty() && said.contains("memory"),
        "{code:?} {said}"
    );
    let slow =
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
    let (code, _, said) = run(&format!("nianbao query --seconds 1 \"{slow}\""));
    assert!(code == Some(2) && said.contains("1 s"), "{code:?} {said}");
}
