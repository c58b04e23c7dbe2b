//! The documents say what the program does: codes, statuses, verbs, commands, dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use nianbao::crawl::advice;
use nianbao::model::{
    Cause, CellStatus, CharsetEvidence, Code, Confidence, DateSource, Fault, FormId, Official,
    Outcome, Scope, SectionKind, Severity, Unit,
};
use nianbao::pipeline::{Origin, read};
use nianbao::profile::Profile;
use nianbao::query::{crosswalk, ratios};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Cells of the rows of all tables, the text in back quotes of the first cell as key.
fn rows(document: &str) -> BTreeMap<String, Vec<String>> {
    document
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<String> = line
                .trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect();
            let key = cells[0].split('`').nth(1).unwrap().to_owned();
            (key, cells)
        })
        .collect()
}

/// The lines of the first block fenced as `sh`, without trailing comments.
fn first_commands(document: &str) -> Vec<String> {
    document
        .lines()
        .skip_while(|line| *line != "```sh")
        .skip(1)
        .take_while(|line| *line != "```")
        .map(|line| line.split("  #").next().unwrap_or(line).to_owned())
        .collect()
}

#[test]
fn findings_are_explained_one_by_one() {
    let document = document("docs/findings.md");
    let severities: BTreeSet<&str> = Severity::ALL.iter().map(|word| word.as_str()).collect();
    let mut rows = rows(&document);
    rows.retain(|key, _| !severities.contains(key.as_str()));
    for code in Code::ALL {
        let Some(row) = rows.remove(code.as_str()) else {
            panic!("docs/findings.md does not have {}", code.as_str());
        };
        assert_eq!(row.len(), 5, "{}", code.as_str());
        assert_eq!(row[1], code.severity().as_str(), "{}", code.as_str());
        assert_eq!(row[2], code.meaning(), "{}", code.as_str());
        assert_eq!(row[3], code.meaning_zh(), "{}", code.as_str());
        assert!(!row[4].is_empty(), "{}", code.as_str());
    }
    assert!(
        rows.is_empty(),
        "docs/findings.md has unknown codes: {rows:?}"
    );
}

#[test]
fn outcomes_are_explained_one_by_one() {
    let mut rows = rows(&document("docs/crawl.md"));
    for outcome in Outcome::ALL {
        let word = outcome.as_str();
        let Some(row) = rows.remove(word) else {
            panic!("docs/crawl.md does not have {word}");
        };
        assert_eq!(row.len(), 4, "{word}");
        assert_eq!(row[1], outcome.meaning(), "{word}");
        assert!(!row[2].is_empty(), "{word}");
        assert_eq!(row[3], advice(*outcome).unwrap_or("nothing"), "{word}");
    }
    assert!(rows.is_empty(), "docs/crawl.md has unknown words: {rows:?}");
}

#[test]
fn series_and_ratios_are_listed_as_the_data_has_them() {
    let document = document("docs/series.md");
    let known: BTreeSet<&str> = document.lines().collect();
    let or_dash = |text: &str| {
        if text.is_empty() {
            "–".to_owned()
        } else {
            text.to_owned()
        }
    };
    let mut wanted = Vec::new();
    for one in crosswalk::all() {
        let measure = serde_json::to_value(one.measure).unwrap();
        let relation = |form| {
            one.relations
                .get(form)
                .map_or("–", |relation| relation.as_str())
        };
        let forms: Vec<&str> = FormId::ALL.iter().map(relation).collect();
        wanted.push(format!(
            "| `{}` | {} | {} | {} | {} | {} |",
            one.id,
            one.label,
            one.quality.as_str(),
            measure.as_str().unwrap(),
            forms.join(" | "),
            or_dash(&one.caveat)
        ));
    }
    for one in ratios::all() {
        wanted.push(format!(
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            one.id,
            one.label,
            one.label_en,
            one.formula,
            one.formula_en,
            one.quality.as_str(),
            or_dash(&one.caveat)
        ));
    }
    for row in &wanted {
        assert!(
            known.contains(row.as_str()),
            "docs/series.md does not have\n{row}"
        );
    }
    let after = document.split("## All series").nth(1).unwrap();
    assert_eq!(
        rows(after).len(),
        wanted.len(),
        "docs/series.md lists what the data does not have"
    );
    for word in [
        "incomplete",
        "no_sum",
        "zero_denominator",
        "not_in_form",
        "no_table",
        "no_report",
        "several_reports",
        "break",
        "none_has_both",
        "nested",
        "years_not_added",
    ] {
        assert!(document.contains(&format!("| `{word}` |")), "{word}");
    }
}

#[test]
fn damage_is_explained_word_by_word() {
    let source = document("src/archive/verify/problem.rs");
    let codes = source.split("pub fn code").nth(1).unwrap();
    let words: BTreeSet<&str> = codes
        .lines()
        .filter_map(|line| line.split_once("=> \"")?.1.split('"').next())
        .collect();
    let document = document("docs/archive.md");
    let rows = rows(document.split("## What `verify` says").nth(1).unwrap());
    let explained: BTreeSet<&str> = rows.keys().map(String::as_str).collect();
    let explained: BTreeSet<&str> = explained
        .into_iter()
        .filter(|word| *word != "word")
        .collect();
    assert!(words.len() > 30);
    assert_eq!(
        explained, words,
        "docs/archive.md (left) and ProblemKind::code"
    );
}

#[test]
fn the_record_is_described_word_by_word() {
    let document = document("docs/record.md");
    let words = CellStatus::ALL
        .iter()
        .map(|word| word.as_str())
        .chain(SectionKind::ALL.iter().map(|word| word.as_str()))
        .chain(Scope::ALL.iter().map(|word| word.as_str()))
        .chain(DateSource::ALL.iter().map(|word| word.as_str()))
        .chain(CharsetEvidence::ALL.iter().map(|word| word.as_str()))
        .chain(Official::ALL.iter().map(|word| word.as_str()))
        .chain(FormId::ALL.iter().map(|word| word.as_str()))
        .chain(Severity::ALL.iter().map(|word| word.as_str()))
        .chain(Unit::ALL.iter().map(|word| word.as_str()))
        .chain(Cause::ALL.iter().map(|word| word.as_str()))
        .chain(Fault::ALL.iter().map(|word| word.as_str()))
        .chain(Confidence::ALL.iter().map(|word| word.as_str()));
    for word in words {
        assert!(
            document.contains(&format!("`{word}`")),
            "docs/record.md does not have {word}"
        );
    }
}

#[test]
fn every_key_of_a_record_is_described() {
    let document = document("docs/record.md");
    let page = std::fs::read(root().join("fixtures/demo/yunxi-education-2020.html")).unwrap();
    let report = read(&page, Origin::default(), Profile::generic()).unwrap();
    let mut keys = BTreeSet::new();
    collect_keys(&serde_json::to_value(&report).unwrap(), &mut keys);
    assert!(keys.len() > 30, "{keys:?}");
    for key in keys {
        assert!(
            document.contains(&format!("`{key}`")),
            "docs/record.md does not have {key}"
        );
    }
}

fn collect_keys(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                keys.insert(key.clone());
                collect_keys(value, keys);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect_keys(value, keys)),
        _ => {}
    }
}

#[test]
fn the_readme_lists_statuses_and_verbs() {
    let readme = document("README.md");
    for status in CellStatus::ALL {
        let word = format!("`{}`", status.as_str());
        assert!(readme.contains(&word), "README.md does not have {word}");
    }
    let help = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let offered: BTreeSet<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .collect();
    if offered.is_empty() {
        println!("skipped: the binary has no commands yet");
        return;
    }
    let start = readme.find("### Commands").unwrap();
    let end = readme[start..].find("### The record").unwrap();
    let rows = rows(&readme[start..start + end]);
    let listed: BTreeSet<&str> = rows
        .keys()
        .filter_map(|key| key.split_whitespace().next())
        .collect();
    assert_eq!(listed, offered, "README.md, commands (left) and --help");
}

#[test]
fn ci_runs_what_the_readme_begins_with() {
    let commands = first_commands(&document("README.md"));
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert_eq!(commands[0], "cargo run --release -- demo");
    assert!(commands[1].starts_with("cargo test"), "{commands:?}");
    let ci = document(".ci/run");
    assert!(ci.contains("README.md"), "it takes them from there");
    let own = ci
        .lines()
        .filter(|line| line.starts_with("cargo test") || line.starts_with("cargo run"))
        .count();
    assert_eq!(own, 0, ".ci/run has a command of its own");
}

#[test]
fn dependencies_are_listed_with_reason_and_licence() {
    let manifest: toml::Table = document("Cargo.toml").parse().unwrap();
    let architecture = rows(&document("ARCHITECTURE.md"));
    for table in ["dependencies", "dev-dependencies"] {
        for name in manifest[table].as_table().unwrap().keys() {
            let Some(row) = architecture.get(name) else {
                panic!("ARCHITECTURE.md does not list {name}");
            };
            assert_eq!(row.len(), 3, "{name}");
            assert!(row.iter().all(|cell| !cell.is_empty()), "{name}");
        }
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    for path in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/record.md",
        "docs/findings.md",
        "docs/database.md",
        "docs/search.md",
        "docs/query.md",
        "docs/origin.md",
        "docs/crawl.md",
        "docs/archive.md",
        "docs/series.md",
        "fixtures/README.md",
    ] {
        let folder = root().join(path).parent().unwrap().to_owned();
        for target in document(path).split("](").skip(1) {
            let target = target.split(')').next().unwrap();
            let file = target.split('#').next().unwrap();
            if !target.starts_with("http") && !file.is_empty() {
                assert!(folder.join(file).exists(), "{path}: {target}");
            }
        }
    }
}

#[test]
fn no_file_names_a_machine_or_a_registry_host() {
    // Put together here, so that this file does not name them either.
    let words: Vec<String> = [
        ["/wo", "rk/"],
        ["/tmp", "/wt"],
        ["/ro", "ot/"],
        ["/ho", "me/"],
        ["index.crat", "es.io"],
        ["static.crat", "es.io"],
        ["registry/s", "rc"],
    ]
    .iter()
    .map(|parts| parts.concat())
    .collect();
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root())
        .output();
    let Some(listed) = listed.ok().filter(|listed| listed.status.success()) else {
        println!("skipped: not a git repository");
        return;
    };
    let mut wrong = Vec::new();
    for path in listed.stdout.split(|byte| *byte == 0) {
        let path = String::from_utf8_lossy(path);
        let Ok(text) = std::fs::read_to_string(root().join(path.as_ref())) else {
            continue;
        };
        for word in &words {
            // `https://www.example.cn/home/…` is an address, not a path.
            let named = text.match_indices(word.as_str()).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                !word.starts_with('/') || !before.is_some_and(|c| c.is_alphanumeric() || c == '.')
            });
            if named {
                wrong.push(format!("{path}: {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_lock_file_names_the_public_registry_only() {
    let lock: toml::Table = document("Cargo.lock").parse().unwrap();
    for package in lock["package"].as_array().unwrap() {
        if let Some(source) = package.get("source") {
            let source = source.as_str().unwrap();
            let public = "registry+https://github.com/rust-lang/crates.io-index";
            assert_eq!(source, public, "{}", package["name"]);
        }
    }
}
