//! The fixtures read whole: cells, identity of the report, and the contradictions planted in them.

#[path = "reading/mod.rs"]
mod reading;

use std::path::Path;

use nianbao::model::{Catalog, Code, FormId, Report};
use nianbao::pipeline::{Origin, read};
use nianbao::profile::Profile;
use reading::{field, fields, find, wrong_value};
use serde_json::Value;

/// Contradictions within one report: file, identity and place at the start of the finding's message. What else
/// is planted in the demo (`fixtures/demo/manifest.toml`) takes two reports or a narrative to see.
const PLANTED: [(&str, &str); 9] = [
    ("yunxi-education-2020.html", "T3.FLOW at natural_person:"),
    ("yunxi-education-2020.html", "T3.FLOW at total:"),
    ("qingling-land-2021.html", "T3.ROW at outcome.granted:"),
    ("qingling-land-2021.html", "T3.RES.2021 at total:"),
    // Numbers chosen for how they are written (`1，036`, `8件`), not to add up.
    ("odd-cells.html", "T3.ROW at requests.new:"),
    ("odd-cells.html", "T3.ROW at outcome.total:"),
    ("odd-cells.html", "T3.ROW at requests.carried_out:"),
    ("odd-cells.html", "T3.FLOW at total:"),
    ("odd-cells.html", "T3.RES.2019 at total:"),
];

fn fixture(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn demo_pages() -> Vec<toml::Table> {
    let manifest = String::from_utf8(fixture("demo/manifest.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let pages = manifest["page"].as_array().unwrap();
    pages
        .iter()
        .map(|page| page.as_table().unwrap().clone())
        .collect()
}

fn contradictions(report: &Report) -> Vec<&str> {
    report
        .findings
        .iter()
        .filter(|finding| matches!(finding.code, Code::IdentityFails | Code::DomainFails))
        .map(|finding| finding.message.as_str())
        .collect()
}

#[test]
fn demo_pages_say_who_when_and_on_which_form() {
    let mut problems = Vec::new();
    for page in demo_pages() {
        let text = |key: &str| page[key].as_str().unwrap();
        let file = text("file");
        let bytes = fixture(&format!("demo/{file}"));
        let origin = Origin {
            url: Some(text("url")),
            content_type: Some(text("content_type")),
        };
        let report = match read(&bytes, origin, Profile::generic()) {
            Ok(report) => report,
            Err(error) => {
                problems.push(format!("{file}: refused: {error}"));
                continue;
            }
        };
        let want = serde_json::to_value(&page).unwrap();
        let mut wrong = Vec::new();
        fields(&mut wrong, &report, &want);
        field(&mut wrong, &want, "scope", Some(report.scope.as_str()));
        if report.title.is_none() {
            wrong.push("has no title".into());
        }
        problems.extend(wrong.iter().map(|problem| format!("{file}: {problem}")));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn demo_pages_contradict_themselves_where_planted_and_nowhere_else() {
    let mut problems = Vec::new();
    for page in demo_pages() {
        let file = page["file"].as_str().unwrap();
        let bytes = fixture(&format!("demo/{file}"));
        let content_type = page["content_type"].as_str();
        let origin = Origin {
            url: None,
            content_type,
        };
        let report = read(&bytes, origin, Profile::generic()).unwrap();
        let found = contradictions(&report);
        let planted: Vec<&str> = PLANTED
            .iter()
            .filter(|(name, _)| *name == file)
            .map(|(_, start)| *start)
            .collect();
        for start in &planted {
            if !found.iter().any(|message| message.starts_with(start)) {
                problems.push(format!("{file}: {start} was not found"));
            }
        }
        for message in found {
            if !planted.iter().any(|start| message.starts_with(start)) {
                problems.push(format!("{file}: not planted: {message}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn odd_pages_are_read_as_expected_cell_by_cell() {
    let expected: Value = serde_json::from_slice(&fixture("pages/expected.json")).unwrap();
    let mut problems = Vec::new();
    for want in expected["pages"].as_array().unwrap() {
        let file = want["file"].as_str().unwrap();
        let bytes = fixture(&format!("pages/{file}"));
        let report = match read(&bytes, Origin::default(), Profile::generic()) {
            Ok(report) => report,
            Err(error) => {
                problems.push(format!("{file}: refused: {error}"));
                continue;
            }
        };
        let mut wrong = Vec::new();
        fields(&mut wrong, &report, want);
        let cells = want["cells"].as_object().unwrap();
        for (cell, want) in cells {
            let form = want["form"]
                .as_str()
                .map(|word| word.parse::<FormId>().unwrap());
            let observation = find(&report, cell, form);
            if let Some(problem) = wrong_value(observation, &want["value"]) {
                wrong.push(format!("{cell} {problem}"));
            }
            let Some(observation) = observation else {
                continue;
            };
            if want["status"] != observation.status.as_str() || want["raw"] != *observation.raw {
                let (status, raw) = (observation.status.as_str(), &observation.raw);
                wrong.push(format!("{cell} is {status} {raw:?}, want {want}"));
            }
        }
        for observation in &report.observations {
            let cell = &Catalog::get().indicator(observation.indicator).cell;
            if !observation.status.is_absent() && !cells.contains_key(cell) {
                wrong.push(format!("{cell} is not on the page, and was read"));
            }
        }
        for message in contradictions(&report) {
            let planted = PLANTED
                .iter()
                .any(|(name, start)| *name == file && message.starts_with(start));
            if !planted {
                wrong.push(format!("not planted: {message}"));
            }
        }
        problems.extend(wrong.iter().map(|problem| format!("{file}: {problem}")));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Headings printed inside a statutory table are labels of its rows, not sections of the report.
#[test]
fn demo_pages_have_each_section_once() {
    let mut problems = Vec::new();
    for page in demo_pages() {
        let file = page["file"].as_str().unwrap();
        let bytes = fixture(&format!("demo/{file}"));
        let origin = Origin {
            url: None,
            content_type: page["content_type"].as_str(),
        };
        let report = read(&bytes, origin, Profile::generic()).unwrap();
        for section in &report.sections {
            if section.text.is_empty() {
                problems.push(format!("{file}: {:?} has no text", section.heading));
            }
        }
        for finding in &report.findings {
            if matches!(finding.code, Code::SectionTwice | Code::SectionMissing) {
                let (code, place) = (finding.code.as_str(), &finding.place);
                problems.push(format!("{file}: {code} {place:?}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
