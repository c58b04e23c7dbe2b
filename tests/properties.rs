//! What must hold of reading a page, whatever the page: over generated pages of known truth.

#[path = "generator/mod.rs"]
mod generator;

use std::collections::BTreeMap;

use generator::{Case, Charset, Declared, Dialect, NonReport, Rng, non_report};
use nianbao::model::{Catalog, CellStatus, FormId, Report};
use nianbao::pipeline::{Origin, read};
use nianbao::profile::Profile;

fn read_bytes(bytes: &[u8], url: Option<&str>, content_type: Option<&str>) -> Report {
    let origin = Origin { url, content_type };
    read(bytes, origin, Profile::generic()).expect("a report")
}

fn read_case(case: &Case) -> Report {
    let content_type = case.content_type();
    read_bytes(&case.render(), Some(&case.url()), Some(&content_type))
}

/// Cell → status, value, raw text.
fn cells(report: &Report) -> BTreeMap<String, (CellStatus, Option<String>, String)> {
    let catalog = Catalog::get();
    report
        .observations
        .iter()
        .map(|o| {
            let cell = catalog.indicator(o.indicator).cell.clone();
            (
                cell,
                (o.status, o.value.map(|v| v.to_string()), o.raw.clone()),
            )
        })
        .collect()
}

/// Everything but where it stood and how its charset was found.
fn said(report: &Report) -> impl PartialEq + std::fmt::Debug + use<> {
    let sections: Vec<_> = report
        .sections
        .iter()
        .map(|s| (s.kind, s.heading.clone(), s.text.clone()))
        .collect();
    let dates: Vec<_> = report.dates.iter().map(|d| (d.value, d.source)).collect();
    (
        (
            report.title.clone(),
            report.agency.clone(),
            report.year,
            report.scope,
        ),
        (report.form, report.published, dates),
        sections,
        cells(report),
    )
}

fn dialects(form: FormId) -> impl Iterator<Item = Dialect> {
    Dialect::ALL.iter().copied().filter(move |d| d.fits(form))
}

#[test]
fn one_changed_cell_changes_one_observation() {
    let spellings = [
        ("", CellStatus::Blank, None),
        ("/", CellStatus::Mark, None),
        ("—", CellStatus::Mark, None),
        ("１２３４", CellStatus::Number, Some("1234")),
        ("1,234", CellStatus::Number, Some("1234")),
        ("3790余", CellStatus::Text, None),
    ];
    for form in FormId::ALL {
        for dialect in dialects(form).filter(|dialect| !dialect.is_flat()) {
            let case = Case::plain(7, form, dialect);
            let before = cells(&read_case(&case));
            let mut rng = Rng::new(11, "cell");
            let present: Vec<&String> = before
                .iter()
                .filter(|(_, (status, ..))| {
                    !status.is_absent() && *status != CellStatus::Unreadable
                })
                .map(|(cell, _)| cell)
                .collect();
            // Nothing in the table tells which column is the year's.
            if matches!(
                dialect,
                Dialect::ListHeadlessTwo | Dialect::ListDamagedHeads
            ) {
                assert!(present.is_empty(), "{form} {dialect:?}");
                continue;
            }
            for (raw, status, value) in spellings {
                let cell = *rng.pick(&present);
                let after = cells(&read_case(&case.with_raw(cell, raw)));
                let want = (status, value.map(str::to_owned), raw.to_owned());
                for (other, was) in &before {
                    let wanted = if other == cell { &want } else { was };
                    assert_eq!(
                        &after[other], wanted,
                        "{form} {dialect:?}: {other} after {cell} = {raw:?}"
                    );
                }
                assert_eq!(after.len(), before.len(), "{form} {dialect:?}");
            }
        }
    }
}

/// Puts markup around everything in the page's body.
fn wrap(page: &str, open: &str, close: &str) -> String {
    let start = page
        .find("<body")
        .map_or(0, |at| at + page[at..].find('>').unwrap() + 1);
    let end = page.rfind("</body>").unwrap_or(page.len());
    format!(
        "{}{open}{}{close}{}",
        &page[..start],
        &page[start..end],
        &page[end..]
    )
}

#[test]
fn wrapping_changes_nothing() {
    for form in FormId::ALL {
        for dialect in dialects(form).filter(|dialect| *dialect != Dialect::FlatText) {
            let case = Case::plain(3, form, dialect);
            let page = String::from_utf8(case.render()).unwrap();
            let read = |page: &str| read_bytes(page.as_bytes(), Some(&case.url()), None);
            let plain = said(&read(&page));
            let form_around = wrap(&page, "<form action=/search method=post>", "</form>");
            assert_eq!(
                said(&read(&form_around)),
                plain,
                "{form} {dialect:?} in a form"
            );
            let row = "<table width=1000 align=center><tr><td>";
            for layers in [1, 2, 5] {
                let (open, close) = (row.repeat(layers), "</td></tr></table>".repeat(layers));
                let wrapped = wrap(&page, &open, &close);
                assert_eq!(
                    said(&read(&wrapped)),
                    plain,
                    "{form} {dialect:?} in {layers} tables"
                );
            }
        }
    }
}

#[test]
fn order_of_rows_and_columns_changes_nothing() {
    for form in [FormId::F2019, FormId::F2021] {
        for seed in 0..20 {
            let printed = cells(&read_case(&Case::plain(seed, form, Dialect::AsPrinted)));
            for dialect in [
                Dialect::RowsPermuted,
                Dialect::ColumnsPermuted,
                Dialect::TotalFirst,
            ] {
                let permuted = cells(&read_case(&Case::plain(seed, form, dialect)));
                assert_eq!(permuted, printed, "{form} {dialect:?} seed {seed}");
            }
        }
    }
}

#[test]
fn charset_changes_nothing() {
    for form in FormId::ALL {
        for dialect in dialects(form) {
            let case = Case::plain(5, form, dialect);
            let plain = said(&read_case(&case));
            for charset in Charset::ALL {
                for declared in Declared::ALL {
                    let other = read_case(&case.encoded(*charset, *declared));
                    assert_eq!(
                        said(&other),
                        plain,
                        "{form} {dialect:?} {charset:?} {declared:?}"
                    );
                    assert_eq!(other.provenance.replacements, 0);
                }
            }
        }
    }
}

/// Proof: the archived bytes at a cell's range, read again on their own, give its raw text.
#[test]
fn byte_ranges_lead_back_to_the_text() {
    let squeeze = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    };
    for seed in 0..150 {
        let case = Case::draw(seed);
        let bytes = case.render();
        let report = read_case(&case);
        let label = report.provenance.charset;
        for observation in &report.observations {
            let Some(source) = observation.source else {
                continue;
            };
            let slice = source.bytes.slice(&bytes).expect("inside the page");
            let mut page = format!("<meta charset={label}><p>").into_bytes();
            page.extend_from_slice(slice);
            let decoded =
                nianbao::decode::decode(&page, Some(&format!("text/html; charset={label}")));
            let again = nianbao::parse::parse_html(&decoded).text;
            let cell = &Catalog::get().indicator(observation.indicator).cell;
            let (again, raw) = (squeeze(&again), squeeze(&observation.raw));
            // Of a row on one line each cell may have the line's place; of a refused row every cell has the row's.
            if case.dialect == Dialect::FlatRows || observation.status == CellStatus::Unreadable {
                assert!(again.contains(&raw), "seed {seed} {cell}");
            } else {
                assert_eq!(again, raw, "seed {seed} {cell}");
            }
        }
    }
}

/// The sections in order are the whole narrative, each paragraph once.
#[test]
fn sections_lose_nothing_and_repeat_nothing() {
    let squeeze = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    };
    for seed in 0..200 {
        let case = Case::draw(seed);
        let report = read_case(&case);
        let whole: Vec<String> = report.sections.iter().map(|s| squeeze(&s.text)).collect();
        let whole = whole.join("\n");
        for (_, paragraphs) in case.truth().sections {
            for paragraph in paragraphs {
                let times = whole.matches(&squeeze(&paragraph)).count();
                assert_eq!(times, 1, "seed {seed}: {paragraph}");
            }
        }
    }
}

#[test]
fn other_documents_are_refused() {
    for kind in NonReport::ALL {
        for seed in 0..12 {
            let page = non_report(*kind, seed);
            let result = read(page.as_ref(), Origin::default(), Profile::generic());
            assert!(
                result.is_err(),
                "{kind:?} seed {seed}: {:?}",
                result.map(|r| r.title)
            );
        }
    }
}
