//! Flattened tables that lost a cell and gained a page number: the count comes out right, the places do not. And lists
//! that print nothing for an empty cell.

#[path = "generator/mod.rs"]
mod generator;

use generator::{Case, Charset, Declared, Dialect, Numbers, Rng};
use nianbao::model::{Catalog, CellStatus, FormId};
use nianbao::pipeline::{Origin, read};
use nianbao::profile::Profile;

/// Paragraphs as `(start of <p, text, end of </p>)`.
fn paragraphs(page: &str) -> Vec<(usize, &str, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = page[at..].find("<p") {
        let start = at + open;
        let Some(inside) = page[start..].find('>').map(|to| start + to + 1) else {
            break;
        };
        let Some(end) = page[inside..].find("</p>").map(|to| inside + to) else {
            break;
        };
        found.push((start, &page[inside..end], end + 4));
        at = end + 4;
    }
    found
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[test]
fn a_page_number_never_fills_a_lost_cell() {
    let catalog = Catalog::get();
    let (mut right, mut missing) = (0, 0);
    for seed in 0..600 {
        let mut rng = Rng::new(seed, "lost cell");
        let form = *rng.pick(&[FormId::F2021, FormId::F2019]);
        let mut case = Case::of(seed % 40, form, Dialect::FlatParagraphs)
            .encoded(Charset::Utf8, Declared::Right);
        case.numbers = Numbers::Plain;
        let truth = case.truth();
        let page = String::from_utf8(case.render()).unwrap();
        let all = paragraphs(&page);
        let runs: Vec<std::ops::Range<usize>> = runs(&all);
        let run = rng.pick(&runs).clone();
        let lost = run.start + rng.below(run.len());
        let before = run.start + rng.below(run.len() + 1);
        // Earlier pages' numbers stand between paragraphs of the text.
        let number = rng.range(2, 12);
        if all[lost].1 == number.to_string() {
            continue;
        }
        let Some(text) =
            (1..all.len()).find(|at| all[at - 1].1.len() > 90 && all[*at].1.len() > 90)
        else {
            continue;
        };
        let mut printed = String::new();
        let mut from = 0;
        for (index, (start, _, end)) in all.iter().enumerate() {
            printed.push_str(&page[from..*start]);
            if index == before {
                printed.extend(["<p>", &number.to_string(), "</p>"]);
            }
            if index == text {
                printed.extend(["<p>", &(number - 1).to_string(), "</p>"]);
            }
            if index != lost {
                printed.push_str(&page[*start..*end]);
            }
            from = *end;
        }
        printed.push_str(&page[from..]);
        let Ok(report) = read(printed.as_bytes(), Origin::default(), Profile::generic()) else {
            continue;
        };
        let mut changed = Vec::new();
        for observation in &report.observations {
            let cell = &catalog.indicator(observation.indicator).cell;
            let want = truth.cells.get(cell).and_then(|cell| cell.value.clone());
            let Some(got) = observation.value.map(|value| value.to_string()) else {
                missing += 1;
                continue;
            };
            right += 1;
            if Some(&got) != want.as_ref() {
                changed.push(format!("{cell}: {got} instead of {want:?}"));
            }
        }
        let row: Vec<&str> = run.clone().map(|at| all[at].1).collect();
        assert!(
            changed.is_empty(),
            "seed {seed}: {row:?} without number {}, with {number} before {}: {changed:?}",
            lost - run.start,
            before - run.start
        );
    }
    println!("{right} right, {missing} unread");
    assert!(right > 7 * missing, "{right} right, {missing} unread");
}

/// Neighbouring paragraphs of numbers only, at least two.
fn runs(all: &[(usize, &str, usize)]) -> Vec<std::ops::Range<usize>> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < all.len() {
        let length = all[at..]
            .iter()
            .take_while(|(_, text, _)| is_number(text))
            .count();
        if length > 1 {
            runs.push(at..at + length);
        }
        at += length.max(1);
    }
    runs
}

/// A flattened list that prints nothing for an empty cell: the row is there and blank, unless a picture stands in it.
#[test]
fn a_row_without_a_value_is_blank_and_a_picture_is_none() {
    let catalog = Catalog::get();
    let mut blank = 0;
    for seed in 0..12 {
        let mut case = Case::of(seed, FormId::F2014, Dialect::FlatBlanksLost)
            .encoded(Charset::Utf8, Declared::Right);
        case.raw.clear();
        let id = "applications.received";
        let row = catalog
            .form(FormId::F2014)
            .tables
            .iter()
            .flat_map(|table| &table.rows)
            .find(|row| row.id == id)
            .unwrap();
        let page = String::from_utf8(case.with_raw(id, "").render()).unwrap();
        let status = |page: &str| {
            let report = read(page.as_bytes(), Origin::default(), Profile::generic()).unwrap();
            let mut all = report.observations.iter();
            let one = all.find(|one| catalog.indicator(one.indicator).cell == id);
            let one = one.unwrap();
            assert_eq!(one.value, None);
            one.status
        };
        assert_eq!(status(&page), CellStatus::Blank, "seed {seed}");
        let unit = row.unit.unwrap().as_str();
        let printed = format!("<p>{}{}</p>\n<p>{unit}</p>\n", row.number, row.label);
        assert_eq!(page.matches(&printed).count(), 1, "seed {seed}");
        let pictured = page.replace(
            &printed,
            &format!("{printed}<p><img src=\"number.png\"></p>\n"),
        );
        assert_ne!(status(&pictured), CellStatus::Blank, "seed {seed}");
        blank += 1;
    }
    assert_eq!(blank, 12);
}
