//! Every writer of exports says the same of every status: a missing value is never 0 and never an empty number.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use nianbao::export::{
    Creator, Dataset, Kind, MAX_ROWS, What, write_csv, write_datasette, write_json, write_package,
    write_parquet, write_xlsx,
};
use nianbao::model::{
    ByteRange, Catalog, CellStatus, Code, Decimal, Finding, FormId, Observation, Report, Section,
    SectionKind, Source, Unit,
};
use nianbao::query::{Copies, Filter, Panel};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;

use crate::random::{capture, digest, sound};
use crate::{Home, home, noon};

/// What stands in a cell, what the long form says of it, and what the wide one says.
struct Case {
    cell: &'static str,
    status: CellStatus,
    value: Option<Decimal>,
    raw: &'static str,
    unit: Option<Unit>,
    wide: &'static str,
}

fn decimal(mantissa: i64, scale: u8) -> Option<Decimal> {
    Decimal::new(mantissa, scale)
}

/// A cell of every status, and numbers of every kind.
fn cases() -> Vec<Case> {
    use CellStatus::{Blank, ColumnAbsent, Mark, Number, RowAbsent, TableAbsent, Text, Unreadable};
    let case = |cell, status, value, raw, wide| Case {
        cell,
        status,
        value,
        raw,
        unit: Some(Unit::Jian),
        wide,
    };
    vec![
        case(
            "requests.new@natural_person",
            Number,
            decimal(0, 0),
            "0",
            "0",
        ),
        case(
            "requests.new@enterprise",
            Number,
            decimal(1_234, 0),
            "1,234",
            "1234",
        ),
        case("requests.new@research", Blank, None, "", "blank"),
        case("requests.new@public_welfare", Mark, None, "—", "mark"),
        case("requests.new@legal_service", Text, None, "约60", "text"),
        case("requests.new@other", Unreadable, None, "", "unreadable"),
        case("requests.new@total", RowAbsent, None, "", "row_absent"),
        case("rules.repealed", ColumnAbsent, None, "", "column_absent"),
        case("review.total", TableAbsent, None, "", "table_absent"),
        case(
            "rules.issued",
            Number,
            decimal(35, 1),
            "3.5",
            "other_number",
        ),
        Case {
            cell: "rules.in_force",
            status: Number,
            value: decimal(7, 0),
            raw: "7条",
            unit: Some(Unit::Tiao),
            wide: "other_number",
        },
        Case {
            cell: "fees.amount",
            status: Number,
            value: decimal(1_250, 2),
            raw: "12.50",
            unit: Some(Unit::WanYuan),
            wide: "12.50",
        },
        case(
            "requests.carried_in@total",
            Number,
            decimal(i64::MAX, 0),
            "9223372036854775807",
            "9223372036854775807",
        ),
    ]
}

/// A report with those cells and no other; which it says nothing of.
fn odd(agency: &str, year: i16) -> Report {
    let mut report = sound();
    let catalog = Catalog::get();
    report.form = Some(FormId::F2021);
    report.year = Some(year);
    report.agency.name = Some(agency.into());
    report.observations = cases()
        .iter()
        .map(|case| Observation {
            indicator: catalog.find(FormId::F2021, case.cell).unwrap(),
            value: case.value,
            status: case.status,
            raw: case.raw.into(),
            unit: case.unit,
            source: (!case.status.is_absent()).then_some(Source {
                table: Some(1),
                row: 2,
                column: 3,
                bytes: ByteRange::new(1_000, 1_004),
            }),
        })
        .collect();
    report.observations.sort_by_key(|one| one.indicator);
    report.sections = vec![Section {
        kind: SectionKind::Overview,
        heading: Some("一、总体情况".into()),
        text: "本机关依法公开\"政府信息\",\n共 3 件。".into(),
        bytes: ByteRange::new(10, 90),
    }];
    report.findings = vec![Finding::new(Code::DateConflict, "", "two days")];
    report.provenance.url = Some(format!("http://www.example.gov.cn/{year}/{}", agency.len()));
    let mut bytes = digest(u8::try_from(year - 2000).unwrap());
    bytes[1] = agency.as_bytes()[2];
    report.provenance.sha256 = data_encoding::HEXLOWER.encode(&bytes);
    report
}

fn filled(reports: &[Report], started: jiff::Timestamp) -> Home {
    let mut home = home();
    let mut writer = home.store.writer("0.1.0", started);
    for report in reports {
        writer.put(&capture(report, 1), Ok(report)).unwrap();
    }
    writer.finish().unwrap();
    home
}

fn everything() -> Filter {
    Filter {
        copies: Copies::Included,
        ..Filter::default()
    }
}

type Row = BTreeMap<String, String>;

/// Rows of a CSV file by the names of its columns.
fn csv_rows(bytes: &[u8]) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(bytes);
    let heads = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            heads
                .iter()
                .map(str::to_owned)
                .zip(row.iter().map(str::to_owned))
                .collect()
        })
        .collect()
}

fn csv(home: &Home, what: What) -> Vec<Row> {
    let mut bytes = Vec::new();
    let filter = everything();
    let rows = write_csv(&Panel::new(&home.store, &filter), &what.alone(), &mut bytes).unwrap();
    let read = csv_rows(&bytes);
    assert_eq!(read.len(), usize::try_from(rows).unwrap());
    read
}

/// Rows of a Parquet file; nulls are left out, decimals as `digits:scale`.
fn parquet_rows(path: &Path) -> Vec<Row> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| {
        row.unwrap()
            .get_column_iter()
            .filter(|(_, field)| **field != Field::Null)
            .map(|(name, field)| {
                let text = match field {
                    Field::Str(text) => text.clone(),
                    Field::Long(number) => number.to_string(),
                    Field::Decimal(number) => {
                        let bytes: [u8; 16] = number.data().try_into().unwrap();
                        assert_eq!((number.precision(), number.scale()), (38, 18));
                        i128::from_be_bytes(bytes).to_string()
                    }
                    other => other.to_string(),
                };
                (name.clone(), text)
            })
            .collect()
    })
    .collect()
}

fn parquet(home: &Home, what: What, filter: &Filter) -> Vec<Row> {
    let path = home.path.with_extension("parquet");
    let file = File::create(&path).unwrap();
    write_parquet(&Panel::new(&home.store, filter), &what.alone(), file).unwrap();
    parquet_rows(&path)
}

#[test]
fn the_long_form_keeps_every_status_apart() {
    let home = filled(&[odd("云溪县民政局", 2023)], noon());
    let csv = csv(&home, What::Long);
    let parquet = parquet(&home, What::Long, &everything());
    let mut lines = Vec::new();
    let filter = everything();
    let panel = Panel::new(&home.store, &filter);
    write_json(&panel, &What::Long.alone(), &mut lines).unwrap();
    let json: Vec<Value> = String::from_utf8(lines)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((csv.len(), parquet.len(), json.len()), (13, 13, 13));
    for case in cases() {
        let row = csv.iter().find(|row| row["cell"] == case.cell).unwrap();
        let value = case
            .value
            .map(|value| value.to_string())
            .unwrap_or_default();
        assert_eq!(row["value"], value, "{}", case.cell);
        assert_eq!(row["status"], case.status.as_str());
        let raw = if case.status.is_absent() {
            ""
        } else {
            case.raw
        };
        assert_eq!(row["raw"], raw);
        assert_eq!(row["unit"], case.unit.unwrap().as_str());
        let start = if case.status.is_absent() { "" } else { "1000" };
        assert_eq!(row["start_byte"], start);

        let row = parquet.iter().find(|row| row["cell"] == case.cell).unwrap();
        let digits = case
            .value
            .map(|value| value.at_scale(18).unwrap().to_string());
        assert_eq!(row.get("value"), digits.as_ref(), "{}", case.cell);
        let whole = case.value.filter(|value| value.scale() == 0);
        let whole = whole.map(|value| value.mantissa().to_string());
        assert_eq!(row.get("value#whole"), whole.as_ref(), "{}", case.cell);
        assert_eq!(row["status"], case.status.as_str());
        assert_eq!(row.contains_key("raw"), !case.status.is_absent());

        let row = json.iter().find(|row| row["cell"] == case.cell).unwrap();
        assert_eq!(row["value"].is_null(), case.value.is_none());
        if let Some(whole) = case.value.filter(|value| value.scale() == 0) {
            assert_eq!(row["value"].as_i64(), Some(whole.mantissa()));
        }
    }
}

#[test]
fn the_wide_form_says_why_there_is_no_number() {
    let home = filled(&[odd("云溪县民政局", 2023)], noon());
    let csv = csv(&home, What::Wide(FormId::F2021));
    let parquet = parquet(&home, What::Wide(FormId::F2021), &everything());
    assert_eq!((csv.len(), parquet.len()), (1, 1));
    let cases = cases();
    for one in Catalog::get().of_form(FormId::F2021) {
        let case = cases.iter().find(|case| case.cell == one.cell);
        let wide = case.map_or("not_part", |case| case.wide);
        assert_eq!(csv[0][&one.cell], wide, "{}", one.cell);
        let number: Option<Decimal> = wide.parse().ok();
        let money = one.cell == "fees.amount";
        let digits = number.map(|number| {
            number
                .at_scale(if money { 18 } else { 0 })
                .unwrap()
                .to_string()
        });
        assert_eq!(parquet[0].get(&one.cell), digits.as_ref(), "{}", one.cell);
        let word = if number.is_some() { "number" } else { wide };
        assert_eq!(parquet[0][&format!("{}#status", one.cell)], word);
    }
}

#[test]
fn a_cell_that_a_question_leaves_out_is_not_one_that_the_report_lacks() {
    let home = filled(&[odd("云溪县民政局", 2023)], noon());
    let filter = Filter {
        cell: Some("requests.new@total".into()),
        ..everything()
    };
    let rows = parquet(&home, What::Wide(FormId::F2021), &filter);
    assert_eq!(rows[0]["requests.new@natural_person#status"], "number");
}

/// The XML of a member of a workbook.
fn member(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    let mut file = archive.by_name(name).unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

/// What stands in a cell of a sheet, by kind: `n` a number, `s` a text.
fn sheet_cell(xml: &str, reference: &str) -> Option<(char, String)> {
    let at = xml.find(&format!("<c r=\"{reference}\""))?;
    let cell = &xml[at..];
    let cell = &cell[..cell.find("</c>")?];
    let text = |open: &str, close: &str| {
        let from = cell.find(open)? + open.len();
        Some(cell[from..from + cell[from..].find(close)?].to_owned())
    };
    if cell.contains("t=\"inlineStr\"") {
        let from = cell.find("<t")?;
        let from = from + cell[from..].find('>')? + 1;
        return Some((
            's',
            cell[from..from + cell[from..].find("</t>")?].to_owned(),
        ));
    }
    Some(('n', text("<v>", "</v>")?))
}

/// `A`, `B` … `AA`.
fn letters(mut number: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'A' + u8::try_from(number % 26).unwrap()));
        number /= 26;
        if number == 0 {
            return name;
        }
        number -= 1;
    }
}

#[test]
fn a_workbook_has_words_where_there_is_no_number() {
    let home = filled(&[odd("云溪县民政局", 2023)], noon());
    let filter = everything();
    let panel = Panel::new(&home.store, &filter);
    let table = What::Wide(FormId::F2021).alone();
    let folder = home.path.parent().unwrap();
    let mut bytes = Vec::new();
    let tables = [table.clone(), What::Codebook.alone()];
    let book = write_xlsx(&panel, &tables, &mut bytes, folder, MAX_ROWS).unwrap();
    // Excel would round the longest number.
    assert_eq!((book.as_text, book.cut, book.split.len()), (1, 0, 0));
    let xml = member(&bytes, "xl/worksheets/sheet1.xml");
    assert!(xml.contains("ySplit=\"2\"") && xml.contains("state=\"frozen\""));
    for (number, column) in table.columns.iter().enumerate() {
        let Kind::Cell { .. } = column.kind else {
            continue;
        };
        let reference = format!("{}3", letters(number));
        let (kind, text) = sheet_cell(&xml, &reference).unwrap();
        let case = cases().into_iter().find(|case| case.cell == column.name);
        let wide = case.as_ref().map_or("not_part", |case| case.wide);
        let want = match wide {
            "12.50" => ('n', "12.5"),
            "0" | "1234" => ('n', wide),
            _ => ('s', wide),
        };
        assert_eq!((kind, text.as_str()), want, "{}", column.name);
    }
    let core = member(&bytes, "docProps/core.xml");
    assert!(core.contains("1980-01-01T00:00:00Z"), "{core}");
}

#[test]
fn rows_that_a_sheet_cannot_hold_go_on_in_another() {
    let reports: Vec<Report> = (2021..2026).map(|year| odd("云溪县民政局", year)).collect();
    let home = filled(&reports, noon());
    let filter = everything();
    let panel = Panel::new(&home.store, &filter);
    let folder = home.path.parent().unwrap();
    let mut bytes = Vec::new();
    let tables = [What::Reports.alone()];
    let book = write_xlsx(&panel, &tables, &mut bytes, folder, 4).unwrap();
    assert_eq!(
        (book.rows, book.split),
        (5, vec![("reports".to_owned(), 3)])
    );
    let names = member(&bytes, "xl/workbook.xml");
    for name in ["\"reports\"", "\"reports (2)\"", "\"reports (3)\""] {
        assert!(names.contains(name), "{name}");
    }
    let last = member(&bytes, "xl/worksheets/sheet3.xml");
    let year = sheet_cell(&last, "D3").unwrap();
    assert_eq!(year, ('n', "2025".to_owned()));
    // Its temporary files are gone.
    assert!(std::fs::read_dir(folder).unwrap().all(|entry| {
        entry
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with("test.db")
    }));
}

fn said() -> Dataset {
    Dataset {
        title: Some("年报数据".into()),
        doi: Some("10.5072/example".into()),
        license: Some("CC0-1.0".into()),
        creators: vec![Creator {
            name: "Wang, Ming".into(),
            ..Creator::default()
        }],
        ..Dataset::default()
    }
}

#[test]
fn a_package_describes_every_file_of_it() {
    let reports = [odd("云溪县民政局", 2022), odd("白鹭市财政局", 2023)];
    let home = filled(&reports, noon());
    let filter = everything();
    let panel = Panel::new(&home.store, &filter);
    let folder = home.path.with_file_name("package");
    write_package(&panel, &said(), &folder).unwrap();
    let again = write_package(&panel, &said(), &folder);
    assert!(again.is_err(), "a folder that is there is not replaced");
    let text = std::fs::read_to_string(folder.join("datapackage.json")).unwrap();
    let package: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(package["id"], "https://doi.org/10.5072/example");
    assert!(package["created"].is_null(), "an export has no clock");
    let resources = package["resources"].as_array().unwrap();
    let mut files = 2;
    for resource in resources {
        let path = folder.join(resource["path"].as_str().unwrap());
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(resource["bytes"], bytes.len());
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let names: Vec<&str> = fields
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), names);
        for key in resource["schema"]["foreignKeys"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let other = key["reference"]["resource"].as_str().unwrap();
            assert!(resources.iter().any(|one| one["name"] == other), "{other}");
        }
        files += 1;
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), files);
    let wide = resources
        .iter()
        .find(|one| one["name"] == "form_2021")
        .unwrap();
    let missing = wide["schema"]["missingValues"].as_array().unwrap();
    for word in CellStatus::ALL.iter().skip(1) {
        assert!(missing.iter().any(|one| one["value"] == word.as_str()));
    }
    assert!(
        missing
            .iter()
            .all(|one| one["value"] != "number" && one["value"] != "0")
    );
    let provenance = csv_rows(&std::fs::read(folder.join("provenance.csv")).unwrap());
    assert_eq!(provenance[0]["sha256"], reports[0].provenance.sha256);
    let observations = csv_rows(&std::fs::read(folder.join("observations.csv")).unwrap());
    assert_eq!(observations.len(), 26);
    assert_eq!(observations[0]["end_byte"], "1004");
    let codes = csv_rows(&std::fs::read(folder.join("finding_codes.csv")).unwrap());
    assert_eq!(codes.len(), Code::ALL.len());
    assert!(codes.iter().zip(Code::ALL).all(|(row, code)| {
        row["code"] == code.as_str()
            && row["label_zh"] == code.meaning_zh()
            && row["label_en"] == code.meaning()
    }));
    let cite = std::fs::read_to_string(folder.join("datacite.json")).unwrap();
    let cite: Value = serde_json::from_str(&cite).unwrap();
    assert_eq!(cite["doi"], "10.5072/example");
    assert!(cite["publisher"].is_null(), "what is not said is left out");
}

/// All files below a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Every kind of export of a database, each as bytes.
fn exports(home: &Home, with_database: bool) -> BTreeMap<String, Vec<u8>> {
    let filter = everything();
    let panel = Panel::new(&home.store, &filter);
    let folder = home.path.parent().unwrap();
    let mut all = BTreeMap::new();
    let tables = [What::Wide(FormId::F2021).alone(), What::Reports.alone()];
    let mut bytes = Vec::new();
    write_xlsx(&panel, &tables, &mut bytes, folder, MAX_ROWS).unwrap();
    all.insert("xlsx".into(), bytes);
    for what in [
        What::Long,
        What::Wide(FormId::F2021),
        What::Series,
        What::Findings,
        What::Narratives,
        What::Reports,
        What::Provenance,
        What::Watch,
        What::Agencies,
        What::AgencyNames,
        What::AgencyLinks,
    ] {
        let mut bytes = Vec::new();
        write_parquet(&panel, &what.alone(), &mut bytes).unwrap();
        all.insert(format!("parquet {what:?}"), bytes);
    }
    write_package(&panel, &said(), &folder.join("package")).unwrap();
    all.extend(files(&folder.join("package")));
    if with_database {
        write_datasette(&panel, &said(), &folder.join("datasette")).unwrap();
        all.extend(files(&folder.join("datasette")));
    }
    all
}

#[test]
fn two_builds_give_the_same_bytes() {
    let reports = [
        odd("云溪县民政局", 2022),
        odd("白鹭市财政局", 2023),
        odd("云溪县民政局", 2023),
    ];
    let first = filled(&reports, noon());
    let later = noon() + jiff::SignedDuration::from_hours(1_000);
    let again = filled(&reports, later);
    let (one, two) = (exports(&first, true), exports(&again, true));
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        two.keys().collect::<Vec<_>>()
    );
    assert!(one.contains_key("nianbao.db"));
    for (name, bytes) in &one {
        assert!(bytes == &two[name], "{name} differs");
    }
    // Numbers that a database gives in another order are in no export but the database itself.
    let mut turned = reports.clone();
    turned.reverse();
    let turned = exports(&filled(&turned, later), false);
    for (name, bytes) in &turned {
        assert!(
            bytes == &one[name],
            "{name} depends on the order of the build"
        );
    }
}

#[test]
fn the_copy_for_datasette_is_a_sound_database_with_its_views() {
    let home = filled(&[odd("云溪县民政局", 2023)], noon());
    let filter = everything();
    let panel = Panel::new(&home.store, &filter);
    let folder = home.path.with_file_name("datasette");
    write_datasette(&panel, &said(), &folder).unwrap();
    assert_eq!(files(&folder).len(), 2);
    let copy = nianbao::store::Store::open_read_only(&folder.join("nianbao.db")).unwrap();
    let sound: String = copy
        .connection()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
    let mut check = copy
        .connection()
        .prepare("PRAGMA foreign_key_check")
        .unwrap();
    assert!(check.query([]).unwrap().next().unwrap().is_none());
    let text = std::fs::read_to_string(folder.join("metadata.json")).unwrap();
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let tables = &metadata["databases"]["nianbao"]["tables"];
    let mut statement = copy
        .connection()
        .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
        .unwrap();
    let names: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    // SQLite before 3.43 could not open the copy with it.
    assert!(!names.iter().any(|name| name.starts_with("narrative_index")));
    for (table, about) in tables.as_object().unwrap() {
        assert!(names.contains(table), "{table} is described and not there");
        let statement = copy
            .connection()
            .prepare(&format!("SELECT * FROM \"{table}\""))
            .unwrap();
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        for column in about["columns"].as_object().into_iter().flatten() {
            assert!(columns.contains(column.0), "{table} has no {}", column.0);
        }
        if let Some(label) = about["label_column"].as_str() {
            assert!(columns.iter().any(|name| name == label), "{table}: {label}");
        }
    }
    let mut statement = copy
        .connection()
        .prepare("SELECT value, status FROM observation WHERE cell = 'requests.new@research'")
        .unwrap();
    let blank: (Option<i64>, String) = statement
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(blank, (None, "blank".to_owned()));
}
