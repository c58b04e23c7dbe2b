//! Bodies of one name, and what a form changes, are kept apart in exports.

use std::collections::{BTreeMap, BTreeSet};

use nianbao::decisions::Decisions;
use nianbao::export::{Dataset, What, write_csv, write_datasette};
use nianbao::model::{Catalog, FormId, Report};
use nianbao::pipeline::settle_agencies;
use nianbao::query::{Filter, Panel, export_csv, export_json};

use crate::query::{everything, plain};
use crate::random::capture;
use crate::{Home, home, noon};

type Row = BTreeMap<String, String>;

fn filled<'a>(reports: impl IntoIterator<Item = &'a Report>) -> Home {
    let mut home = home();
    let mut writer = home.store.writer("0.1.0", noon());
    for report in reports {
        writer.put(&capture(report, 1), Ok(report)).unwrap();
    }
    writer.finish().unwrap();
    settle_agencies(&mut home.store, &Decisions::default()).unwrap();
    home
}

fn read(bytes: &[u8]) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(bytes);
    let heads = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        let cells = row.iter().map(str::to_owned);
        heads.iter().map(str::to_owned).zip(cells).collect()
    };
    reader.records().map(|one| row(one.unwrap())).collect()
}

fn bytes(home: &Home, what: What) -> Vec<u8> {
    let mut bytes = Vec::new();
    let filter = everything();
    let panel = Panel::new(&home.store, &filter);
    write_csv(&panel, &what.alone(), &mut bytes).unwrap();
    bytes
}

fn rows(home: &Home, what: What) -> Vec<Row> {
    read(&bytes(home, what))
}

/// The report of a body that has only its site to be told by.
fn nameless(site: &str, year: i16) -> Report {
    let mut report = plain(FormId::F2021, year, "教育局", &[]);
    report.provenance.url = Some(format!("http://www.{site}.gov.cn/jyj/{year}/1.html"));
    let digest = report.provenance.sha256.clone();
    report.provenance.sha256 = format!("{:02x}{}", site.as_bytes()[0], &digest[2..]);
    report
}

#[test]
fn two_bodies_of_one_name_are_two_in_every_export() {
    let reports = [
        nameless("yunxi", 2022),
        nameless("bailu", 2022),
        nameless("yunxi", 2023),
        nameless("bailu", 2023),
        plain(FormId::F2021, 2022, "云溪县民政局", &[]),
    ];
    let home = filled(&reports);
    let found = rows(&home, What::Reports);
    assert_eq!(found.len(), 5);
    let keys: BTreeSet<&str> = found.iter().map(|row| row["report"].as_str()).collect();
    assert_eq!(keys.len(), 5, "a key is one report's");
    let whose: BTreeSet<(&str, &str, &str)> = found
        .iter()
        .map(|row| (&*row["agency"], &*row["agency_place"], &*row["year"]))
        .collect();
    assert_eq!(whose.len(), 5, "{whose:?}");
    for row in &found {
        let told = row["agency"] != "教育局";
        assert_eq!(row["agency_place"].is_empty(), told, "{row:?}");
    }
    // A body that its name tells keeps the key it had before places were known.
    let told = found.iter().find(|row| row["agency"] == "云溪县民政局");
    assert_eq!(told.unwrap()["report"], "400fe6caf9588bee");
    for what in [
        What::Provenance,
        What::Wide(FormId::F2021),
        What::Long,
        What::Series,
    ] {
        let keys: BTreeSet<String> = rows(&home, what)
            .into_iter()
            .map(|row| row["report"].clone())
            .collect();
        assert_eq!(keys.len(), 5, "{what:?}");
    }
    // The order is that of the bodies, not of the build.
    let turned = filled(reports.iter().rev());
    let long = |home: &Home| {
        let (mut csv, mut json) = (Vec::new(), Vec::new());
        export_csv(&home.store, &everything(), &mut csv).unwrap();
        export_json(&home.store, &everything(), &mut json).unwrap();
        (csv, json)
    };
    let (one, other) = (long(&home), long(&turned));
    assert!(
        one == other,
        "the long panel depends on the order of the build"
    );
    let places: BTreeSet<String> = read(&one.0)
        .into_iter()
        .map(|row| row["agency_place"].clone())
        .collect();
    assert_eq!(places.len(), 3);
    for what in [
        What::Reports,
        What::Provenance,
        What::Long,
        What::Wide(FormId::F2021),
        What::Series,
        What::Findings,
        What::Narratives,
    ] {
        assert!(
            bytes(&home, what) == bytes(&turned, what),
            "{what:?} depends on the order of the build"
        );
    }
}

/// What must never be joined has one unit under one id, and its codebook names no other form.
fn one_quantity_an_id(home: &Home, found: &[Row]) {
    let mut units: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    let refused = found
        .iter()
        .filter(|row| row["quality"] == "not_comparable");
    for row in refused {
        let unit = (row["form"].as_str(), row["unit"].as_str());
        units.entry(&row["series"]).or_default().insert(unit);
    }
    assert!(units.values().all(|units| units.len() == 1), "{units:?}");
    let books = rows(home, What::SeriesCodebook);
    let ids: BTreeSet<&str> = books.iter().map(|row| row["series"].as_str()).collect();
    assert!(found.iter().all(|row| ids.contains(row["series"].as_str())));
    assert!(!ids.contains("fee_items_vs_amount") && !ids.contains("request_fee"));
    let amount = books
        .iter()
        .find(|row| row["series"] == "fee_items_vs_amount_2021");
    let amount = amount.unwrap();
    assert_eq!(amount["forms"], "2021: fees.amount");
    assert!(amount["caveat"].contains("fee_items_vs_amount_2019"));
    // A cell of the codebook leads to the series that is there.
    for row in rows(home, What::Codebook) {
        assert!(
            row["series"].split_whitespace().all(|id| ids.contains(id)),
            "{row:?}"
        );
    }
}

#[test]
fn a_series_that_must_not_be_joined_breaks_in_the_export() {
    let catalog = Catalog::get();
    // A page with the tables of one form and the fees of another.
    let mut mixed = plain(FormId::F2021, 2022, "云溪县民政局", &[]);
    let old = plain(FormId::F2019, 2022, "云溪县民政局", &[]);
    let fees = old
        .observations
        .into_iter()
        .filter(|one| catalog.indicator(one.indicator).row == "fees");
    mixed.observations.extend(fees);
    mixed.observations.sort_by_key(|one| one.indicator);
    let reports = [
        plain(FormId::F2019, 2020, "云溪县民政局", &[]),
        plain(FormId::F2021, 2021, "云溪县民政局", &[]),
        mixed,
        plain(FormId::F2021, 2021, "白鹭市财政局", &[]),
    ];
    let home = filled(&reports);
    let found = rows(&home, What::Series);
    let mut keys = BTreeSet::new();
    for row in &found {
        let key = (row["series"].clone(), row["report"].clone());
        assert!(keys.insert(key), "two rows of one key: {row:?}");
    }
    let fees: Vec<(&str, &str, &str, &str, &str)> = found
        .iter()
        .filter(|row| row["series"].starts_with("fee_items_vs_amount"))
        .map(|row| {
            (
                &*row["series"],
                &*row["agency"],
                &*row["year"],
                &*row["form"],
                &*row["break_before"],
            )
        })
        .collect();
    assert_eq!(
        fees,
        [
            (
                "fee_items_vs_amount_2019",
                "云溪县民政局",
                "2020",
                "2019",
                "false"
            ),
            (
                "fee_items_vs_amount_2021",
                "云溪县民政局",
                "2021",
                "2021",
                "false"
            ),
            (
                "fee_items_vs_amount_2021",
                "云溪县民政局",
                "2022",
                "2021",
                "false"
            ),
            (
                "fee_items_vs_amount_2021",
                "白鹭市财政局",
                "2021",
                "2021",
                "false"
            ),
        ]
    );
    one_quantity_an_id(&home, &found);
    // One form alone has no break.
    let filter = Filter {
        form: Some(FormId::F2021),
        ..everything()
    };
    let panel = Panel::new(&home.store, &filter);
    let points = panel.series("fee_items_vs_amount").unwrap();
    assert!(
        points
            .iter()
            .all(|point| !point.break_before && point.form == filter.form)
    );
    assert_eq!(points.len(), 3);
}

#[test]
fn the_copy_for_datasette_says_of_every_table_what_it_is_or_hides_it() {
    let home = filled(&[plain(FormId::F2021, 2022, "云溪县民政局", &[])]);
    let filter = everything();
    let folder = home.path.with_file_name("datasette");
    write_datasette(
        &Panel::new(&home.store, &filter),
        &Dataset::default(),
        &folder,
    )
    .unwrap();
    let text = std::fs::read_to_string(folder.join("metadata.json")).unwrap();
    let metadata: serde_json::Value = serde_json::from_str(&text).unwrap();
    let tables = &metadata["databases"]["nianbao"]["tables"];
    let copy = nianbao::store::Store::open_read_only(&folder.join("nianbao.db")).unwrap();
    let mut statement = copy
        .connection()
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'",
        )
        .unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    let untold = names.map(Result::unwrap).filter(|name: &String| {
        let about = &tables[name];
        let text = about["description"].as_str().unwrap_or_default();
        text.is_empty() != (about["hidden"] == true)
    });
    assert_eq!(untold.collect::<Vec<_>>(), Vec::<String>::new());
}
