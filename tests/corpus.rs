//! Real published reports, read by hand beforehand: every cell must come out as gold has it.
//!
//! The pages are not part of this repository. They are looked for in `../shared/corpus` beside it, or where
//! `NIANBAO_CORPUS` says; where there is no such folder, the test says so and passes. HTML,
//! text and PDF count.

#[path = "reading/mod.rs"]
mod reading;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nianbao::model::{Catalog, ColumnKind, Official, Report};
use nianbao::pipeline::{Origin, read};
use nianbao::profile::Profile;
use reading::{fields, find, wrong_value};
use serde_json::Value;

/// Gold files with the page beside them.
fn pages(folder: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let gold = entry.unwrap().path();
        let name = gold.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".gold.json") else {
            continue;
        };
        for ending in ["html", "txt", "pdf"] {
            let page = folder.join(format!("{stem}.{ending}"));
            if page.exists() {
                pages.push((gold.clone(), page));
            }
        }
    }
    pages.sort();
    pages
}

fn problems(report: &Report, gold: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    fields(&mut problems, report, gold);
    let cells = gold["cells"].as_object().unwrap();
    for (cell, want) in cells {
        if let Some(problem) = wrong_value(find(report, cell, None), want) {
            problems.push(format!("{cell} {problem}"));
        }
    }
    let known: BTreeSet<&str> = cells.keys().map(String::as_str).collect();
    for observation in &report.observations {
        let cell = &Catalog::get().indicator(observation.indicator).cell;
        if let Some(value) = observation.value
            && !known.contains(cell.as_str())
        {
            problems.push(format!("{cell} is {value}, and gold does not have it"));
        }
    }
    problems
}

#[test]
fn published_reports_are_read_as_gold_has_them() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let folder = std::env::var_os("NIANBAO_CORPUS").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        println!("skipped: ../shared/corpus is not here");
        return;
    }
    let pages = pages(&folder);
    assert!(!pages.is_empty(), "no gold file with a page beside it");
    let mut failures = Vec::new();
    for (gold, page) in pages {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        let gold: Value = serde_json::from_slice(&std::fs::read(gold).unwrap()).unwrap();
        let bytes = std::fs::read(&page).unwrap();
        match read(&bytes, Origin::default(), Profile::generic()) {
            Err(error) => failures.push(format!("{name}: refused: {error}")),
            Ok(report) => {
                for problem in problems(&report, &gold) {
                    failures.push(format!("{name}: {problem}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Agencies' own pages, whatever address they are met under.
#[test]
fn published_reports_are_not_called_copies() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let folder = std::env::var_os("NIANBAO_CORPUS").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        println!("skipped: ../shared/corpus is not here");
        return;
    }
    for entry in std::fs::read_dir(folder).unwrap() {
        let page = entry.unwrap().path();
        if page.is_dir() {
            continue;
        }
        let bytes = std::fs::read(&page).unwrap();
        for url in [
            None,
            Some("http://www.yunxi.gov.cn/xxgknb/1.html"),
            Some("http://192.0.2.7:8080/xxgknb/1.html"),
            Some("http://www.yunxi.example/xxgknb/1.html"),
        ] {
            let origin = Origin {
                url,
                content_type: None,
            };
            let Ok(report) = read(&bytes, origin, Profile::generic()) else {
                continue;
            };
            let provenance = &report.provenance;
            let official = url.is_some_and(|url| url.contains(".gov.cn/"));
            let want = if official {
                Official::Official
            } else {
                Official::Unknown
            };
            println!("{} {url:?}: {:?}", page.display(), provenance.signals);
            assert_eq!(
                provenance.official,
                want,
                "{} {url:?}: {:?}",
                page.display(),
                provenance.signals
            );
        }
    }
}

/// The statistics table of a page as read by hand: label, unit, the year's value and the sum over years.
fn wrong_rows(report: &Report, expected: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let wanted = expected["statistics"].as_array().unwrap();
    if report.statistics.len() != wanted.len() {
        problems.push(format!(
            "{} rows instead of {}",
            report.statistics.len(),
            wanted.len()
        ));
    }
    for (row, want) in report.statistics.iter().zip(wanted) {
        let values = |kind: ColumnKind| -> Vec<Value> {
            let cells = row.cells.iter().filter(|cell| cell.kind == kind);
            cells
                .map(|cell| {
                    cell.value
                        .and_then(nianbao::model::Decimal::as_integer)
                        .into()
                })
                .collect()
        };
        let years: Vec<_> = row.cells.iter().filter_map(|cell| cell.year).collect();
        let got = serde_json::json!([
            row.label,
            row.unit,
            values(ColumnKind::Year),
            values(ColumnKind::Cumulative),
            years,
        ]);
        let want = serde_json::json!([want[0], want[1], [want[2]], [want[3]], [expected["year"]],]);
        if got != want {
            problems.push(format!("{got} instead of {want}"));
        }
        // What the form has of the row is the same, column by column.
        let Some(id) = &row.id else {
            problems.push(format!("{} is not known", row.label));
            continue;
        };
        for (column, want) in [("year", &want[2][0]), ("cumulative", &want[3][0])] {
            let cell = format!("{id}@{column}");
            let value = find(report, &cell, None).and_then(|one| one.value?.as_integer());
            if Value::from(value) != *want {
                problems.push(format!("{cell} is {value:?} instead of {want}"));
            }
        }
    }
    problems
}

#[test]
fn statistics_lists_are_read_as_expected() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let folder = std::env::var_os("NIANBAO_CORPUS").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        println!("skipped: ../shared/corpus is not here");
        return;
    }
    let mut failures = Vec::new();
    let mut pages = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let expected = entry.unwrap().path();
        let name = expected.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".expected.json") else {
            continue;
        };
        pages += 1;
        let expected: Value = serde_json::from_slice(&std::fs::read(&expected).unwrap()).unwrap();
        let bytes = std::fs::read(folder.join(format!("{stem}.html"))).unwrap();
        match read(&bytes, Origin::default(), Profile::generic()) {
            Err(error) => failures.push(format!("{stem}: refused: {error}")),
            Ok(report) => {
                let problems = wrong_rows(&report, &expected);
                failures.extend(problems.iter().map(|problem| format!("{stem}: {problem}")));
            }
        }
    }
    assert!(pages > 0, "no expected.json");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
