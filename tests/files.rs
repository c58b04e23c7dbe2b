//! PDF and DOCX: the same records as from pages, and nothing that harms.

use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write};
use std::path::Path;

use nianbao::model::{CellStatus, Code, Fault, Report};
use nianbao::pipeline::{Origin, Unreadable, part_bytes, read};
use nianbao::profile::Profile;
use serde_json::Value;

fn fixture(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn report(path: &str) -> Report {
    let origin = Origin {
        // Known from its header only.
        content_type: path
            .contains("bailu-office-2020.html")
            .then_some("text/html; charset=gbk"),
        ..Origin::default()
    };
    read(&fixture(path), origin, Profile::generic())
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The demo's pages, printed: every cell as on the page itself.
#[test]
fn printed_pages_are_read_as_the_pages() {
    for (file, page) in [
        ("files/yunxi-2022.pdf", "demo/yunxi-2022.html"),
        ("files/yunxi-2017.pdf", "demo/yunxi-2017.html"),
        (
            "files/bailu-office-2020.docx",
            "demo/bailu-office-2020.html",
        ),
    ] {
        let (printed, page) = (report(file), report(page));
        assert_eq!(
            printed.observations.len(),
            page.observations.len(),
            "{file}"
        );
        for (one, other) in printed.observations.iter().zip(&page.observations) {
            let fact =
                |of: &nianbao::model::Observation| (of.indicator, of.value, of.status, of.unit);
            assert_eq!(
                fact(one),
                fact(other),
                "{file} {:?} {:?}",
                one.raw,
                other.raw
            );
        }
        assert_eq!(
            (printed.year, printed.form),
            (page.year, page.form),
            "{file}"
        );
        assert_eq!(printed.agency.name, page.agency.name, "{file}");
        assert_eq!(printed.title, page.title, "{file}");
        let kinds = |of: &Report| of.sections.iter().map(|one| one.kind).collect::<Vec<_>>();
        assert_eq!(kinds(&printed), kinds(&page), "{file}");
    }
}

#[test]
fn fixtures_are_read_as_listed() {
    let expected: Value = serde_json::from_slice(&fixture("files/expected.json")).unwrap();
    for (file, want) in expected.as_object().unwrap() {
        let report = report(&format!("files/{file}"));
        assert_eq!(report.title.as_deref(), want["title"].as_str(), "{file}");
        assert_eq!(
            report.agency.name.as_deref(),
            want["agency"].as_str(),
            "{file}"
        );
        for (cell, raw) in want["cells"].as_object().unwrap() {
            let found = report
                .observation(cell)
                .unwrap_or_else(|| panic!("{file} {cell}"));
            assert_eq!(Some(found.raw.as_str()), raw.as_str(), "{file} {cell}");
            let status = match found.raw.as_str() {
                "" => CellStatus::Blank,
                "—" => CellStatus::Mark,
                _ => CellStatus::Number,
            };
            assert_eq!(found.status, status, "{file} {cell}");
        }
        let texts: Vec<&str> = report
            .sections
            .iter()
            .map(|one| one.text.as_str())
            .collect();
        let texts = texts.join("\n");
        for text in want["texts"].as_array().unwrap() {
            assert!(
                texts.contains(text.as_str().unwrap()),
                "{file} {text} in {texts}"
            );
        }
        for text in want["no_texts"].as_array().unwrap() {
            assert!(
                !texts.contains(text.as_str().unwrap()),
                "{file} {text} in {texts}"
            );
        }
        let headings: Vec<Value> = report
            .sections
            .iter()
            .map(|one| one.heading.clone().into())
            .collect();
        assert_eq!(Value::Array(headings), want["headings"], "{file}");
    }
}

/// The range of a cell, cut out of its part, is what the cell says.
#[test]
fn ranges_count_in_their_parts() {
    let bytes = fixture("files/bailu-office-2020.docx");
    let report = read(&bytes, Origin::default(), Profile::generic()).unwrap();
    assert_eq!(report.provenance.parts[0].name, "word/document.xml");
    let mut seen = 0;
    for one in &report.observations {
        let Some(source) = one.source else { continue };
        let part = part_bytes(&bytes, None, source.bytes.part).unwrap();
        let cut = std::str::from_utf8(source.bytes.slice(&part).unwrap()).unwrap();
        if one.status == CellStatus::Number {
            let text: String = cut
                .split('<')
                .map(|piece| piece.split('>').next_back().unwrap())
                .collect();
            assert_eq!(text, one.raw);
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen}");

    let bytes = fixture("files/yunxi-2022.pdf");
    let report = read(&bytes, Origin::default(), Profile::generic()).unwrap();
    let mut parts = std::collections::BTreeSet::new();
    for one in &report.observations {
        let Some(source) = one.source else { continue };
        let part = part_bytes(&bytes, None, source.bytes.part).unwrap();
        let cut = source.bytes.slice(&part).unwrap();
        if one.status == CellStatus::Number {
            // GBK in hexadecimal: digits are ASCII.
            let digits = data_encoding::HEXLOWER.decode(cut).unwrap();
            assert_eq!(String::from_utf8(digits).unwrap(), one.raw);
            parts.insert(source.bytes.part);
        }
    }
    assert!(parts.len() >= 2, "tables run over pages: {parts:?}");
    assert!(part_bytes(&bytes, None, 999).is_none());
}

#[test]
fn what_has_no_text_is_refused_with_a_reason() {
    let refused = |bytes: &[u8], kind: Option<&str>| -> Unreadable {
        let origin = Origin {
            content_type: kind,
            ..Origin::default()
        };
        read(bytes, origin, Profile::generic()).unwrap_err()
    };
    assert_eq!(
        refused(&fixture("files/scan.pdf"), None).reason(),
        "unreadable"
    );
    assert_eq!(refused(b"%PDF-1.7\nnothing", None).reason(), "damaged");
    assert_eq!(refused(b"PK\x03\x04nothing", None).reason(), "damaged");
    assert_eq!(
        refused(b"{\\rtf1 x}", Some("application/msword")).reason(),
        "media"
    );
    let ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    assert!(
        refused(ole, None)
            .to_string()
            .contains("save it as DOCX or PDF")
    );
}

/// A page, whatever its name and header say it is.
#[test]
fn kinds_are_told_by_bytes() {
    let origin = Origin {
        content_type: Some("application/msword"),
        ..Origin::default()
    };
    for file in [
        "files/tracked.docx",
        "files/archive-office.pdf",
        "demo/yunxi-2022.html",
    ] {
        let report = read(&fixture(file), origin, Profile::generic());
        assert!(report.is_ok(), "{file}: {:?}", report.err());
    }
}

/// Damage ends in a report or an error, never in a panic or a hang; a damaged file never makes numbers
/// that the sound one does not have.
#[test]
fn damaged_files_are_read_or_refused() {
    let mut outcomes = [0, 0];
    for file in [
        "files/yunxi-2022.pdf",
        "files/tracked.docx",
        "files/scan.pdf",
    ] {
        let sound = fixture(file);
        let mut state = 1_u64;
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        for round in 0..90 {
            let mut bytes = sound.clone();
            if round % 3 == 0 {
                bytes.truncate(next(sound.len()));
            } else {
                for _ in 0..=round / 10 {
                    let at = next(bytes.len());
                    bytes[at] ^= 1 << next(8);
                }
            }
            let read = read(&bytes, Origin::default(), Profile::generic());
            outcomes[usize::from(read.is_ok())] += 1;
        }
    }
    assert!(outcomes[0] > 50 && outcomes[1] > 5, "{outcomes:?}");
}

fn pdf(content: &str, pages: usize) -> Vec<u8> {
    let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", page + 5)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!(
            "<< /Type /Pages /Count {pages} /Kids [ {} ] >>",
            kids.join(" ")
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
    ];
    for _ in 0..pages {
        objects.push(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>"
                .to_owned(),
        );
    }
    let mut file = b"%PDF-1.4\n".to_vec();
    for (number, object) in objects.iter().enumerate() {
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).bytes());
    }
    file.extend(b"trailer\n<< /Root 1 0 R >>\n%%EOF\n");
    file
}

#[test]
fn bombs_are_refused_in_a_line() {
    let many = "BT /F1 9 Tf (1234567890123456789012345678901234567890) Tj ET\n".repeat(12_000);
    let lines = (0..3_000).map(|at| format!("{at} 0 m {at} 800 l S 0 {at} m 800 {at} l S\n"));
    let grid = lines.collect::<Vec<_>>().concat();
    let cases = [
        (pdf("BT ET", 500), "too_large"),
        (pdf(&many, 1), "too_large"),
        (pdf(&"q ".repeat(200_000), 1), "damaged"),
        (pdf(&grid, 1), "damaged"),
        (pdf(&"[".repeat(1_000_000), 1), "damaged"),
        (pdf(&"<<".repeat(1_000_000), 1), "damaged"),
    ];
    for (number, (file, reason)) in cases.iter().enumerate() {
        let error = read(file, Origin::default(), Profile::generic()).unwrap_err();
        let fits =
            error.reason() == *reason || *reason == "damaged" && error.reason() != "too_large";
        assert!(fits, "{number}: {error}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn columns_without_rules_are_told() {
    let mut content = String::from("BT /F1 12 Tf\n");
    for row in 0..8 {
        for column in 0..5 {
            let (x, y) = (60 + column * 90, 700 - row * 20);
            writeln!(content, "1 0 0 1 {x} {y} Tm ({row}{column}) Tj").unwrap();
        }
    }
    let file = pdf(&(content + "ET"), 1);
    let pages = nianbao::parse::parse_pdf(&file).unwrap();
    assert!(pages.document.tables.is_empty());
    let codes: Vec<Code> = pages.document.findings.iter().map(|one| one.code).collect();
    assert_eq!(codes, [Code::TableUnruled]);
}

/// The archive with something in its main document replaced where it stands last.
fn altered(docx: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..archive.len() {
        let mut member = archive.by_index(number).unwrap();
        let name = member.name().unwrap().into_owned();
        let mut content = Vec::new();
        member.read_to_end(&mut content).unwrap();
        if name == "word/document.xml" {
            let mut text = String::from_utf8(content).unwrap();
            let at = text.rfind(from).unwrap();
            text.replace_range(at..at + from.len(), to);
            content = text.into_bytes();
        }
        let options = zip::write::SimpleFileOptions::default();
        written.start_file(name, options).unwrap();
        written.write_all(&content).unwrap();
    }
    written.finish().unwrap().into_inner()
}

/// The payload does not show the cells, so nothing tells a wrong page from a wrong reading.
#[test]
fn whose_fault_a_contradiction_is_stays_unknown() {
    let docx = fixture("files/bailu-office-2020.docx");
    let docx = altered(&docx, "<w:t>59</w:t>", "<w:t>95</w:t>");
    let report = read(&docx, Origin::default(), Profile::generic()).unwrap();
    let faults: Vec<Fault> = report.proposals.iter().map(|one| one.fault).collect();
    assert!(!faults.is_empty());
    assert!(faults.iter().all(|fault| *fault == Fault::Unknown));
}
