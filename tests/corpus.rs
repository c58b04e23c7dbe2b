//! Real published reports, read by hand beforehand: every cell must come out as gold has it.
//!
//! The pages are not part of this repository. They are looked for in `../shared/corpus` beside it, or where
//! `NIANBAO_CORPUS` says; where there is no such folder, the test says so and passes. HTML,
//! text and PDF count.

#[path = "reading/mod.rs"]
mod reading;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nianbao::model::{Catalog, Report};
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
