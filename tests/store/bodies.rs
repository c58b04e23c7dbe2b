//! Bodies under several names: asked for by any of them, exported with keys that every build gives.

use std::collections::{BTreeMap, BTreeSet};

use nianbao::export::{What, write_csv, write_package};
use nianbao::model::{FormId, Report};
use nianbao::query::{AgencyFilter, Filter, Panel, cell_series, list_reports};

use crate::Home;
use crate::query::{filled, plain};

type Row = BTreeMap<String, String>;

fn rows(home: &Home, filter: &Filter, what: What) -> Vec<Row> {
    let mut bytes = Vec::new();
    write_csv(&Panel::new(&home.store, filter), &what.alone(), &mut bytes).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let heads = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        let cells = heads.iter().zip(row.iter());
        cells
            .map(|(head, cell)| (head.to_owned(), cell.to_owned()))
            .collect()
    };
    reader.records().map(|one| row(one.unwrap())).collect()
}

/// A body that was renamed, and one that was not.
fn renamed() -> Vec<Report> {
    vec![
        plain(FormId::F2014, 2016, "云溪县环境保护局", &[]),
        plain(FormId::F2014, 2017, "云溪县环境保护局", &[]),
        plain(FormId::F2019, 2019, "云溪县生态环境局", &[]),
        plain(FormId::F2019, 2019, "云溪县教育局", &[]),
    ]
}

#[test]
fn a_body_is_asked_for_by_any_of_its_names_or_a_part_of_one() {
    let home = filled(&renamed());
    for name in [
        AgencyFilter::Exact("云溪县环境保护局".into()),
        AgencyFilter::Exact("云溪县生态环境局".into()),
        AgencyFilter::Containing("环境保护".into()),
        AgencyFilter::Containing("生态环境".into()),
    ] {
        let filter = Filter {
            agency: Some(name.clone()),
            ..Filter::default()
        };
        let years: Vec<_> = list_reports(&home.store, &filter)
            .unwrap()
            .into_iter()
            .filter_map(|line| line.year)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        assert_eq!(years, [2016, 2017, 2019], "{name:?}");
        let points = cell_series(&home.store, "review.total", &filter).unwrap();
        assert_eq!(points.len(), 3, "{name:?}");
        let keys: BTreeSet<_> = points.iter().map(|point| point.agency_key).collect();
        assert_eq!(keys.len(), 1, "{name:?}");
        let compared = nianbao::query::compare::Question {
            agencies: vec![name.clone()],
            ..Default::default()
        };
        let indicator = nianbao::query::compare::Indicator::find("review.total").unwrap();
        let all = Filter::default();
        let answer =
            nianbao::query::compare::compare(&home.store, &indicator, &all, &compared).unwrap();
        assert_eq!(answer.rows.len(), 1, "{name:?}");
    }
}

#[test]
fn bodies_names_and_links_lead_to_each_other() {
    let home = filled(&renamed());
    let all = Filter::default();
    let bodies = rows(&home, &all, What::Agencies);
    assert_eq!(bodies.len(), 2, "{bodies:?}");
    let body = bodies
        .iter()
        .find(|body| body["label"] == "云溪县生态环境局")
        .unwrap();
    assert_eq!(
        [&body["reports"], &body["first_year"], &body["last_year"]],
        ["3", "2016", "2019"]
    );
    assert_eq!(
        (body["division"].as_str(), body["level"].as_str()),
        ("", "county")
    );
    let names = rows(&home, &all, What::AgencyNames);
    let of_body: Vec<_> = names
        .iter()
        .filter(|name| name["agency_key"] == body["agency_key"])
        .map(|name| (name["name"].as_str(), name["rule"].as_str()))
        .collect();
    assert_eq!(of_body.len(), 2, "{names:?}");
    assert!(of_body.contains(&("云溪县生态环境局", "own")));
    assert!(of_body.contains(&("云溪县环境保护局", "rename")));
    let reports = rows(&home, &all, What::Reports);
    let theirs = reports
        .iter()
        .filter(|report| report["agency_key"] == body["agency_key"]);
    assert_eq!(theirs.count(), 3);
    let keys: BTreeSet<&String> = bodies.iter().map(|body| &body["agency_key"]).collect();
    let links = rows(&home, &all, What::AgencyLinks);
    assert_eq!(links.len(), 1, "{links:?}");
    for link in &links {
        assert!(keys.contains(&link["earlier"]) && keys.contains(&link["later"]));
        assert_eq!(
            (link["kind"].as_str(), link["apart"].as_str()),
            ("renamed_to", "")
        );
    }
    // Of one body only what belongs to it.
    let one = Filter {
        agency: Some(AgencyFilter::Exact("云溪县教育局".into())),
        ..Filter::default()
    };
    assert_eq!(rows(&home, &one, What::Agencies).len(), 1);
    assert_eq!(rows(&home, &one, What::AgencyLinks), []);
}

#[test]
fn findings_across_years_are_exported_with_what_was_said_of_them() {
    let home = filled(&renamed());
    let connection = home.store.connection();
    for sql in [
        "INSERT INTO watch_code VALUES ('late', 'warning', '晚', 'late', '法', 'law', '[\"迁移\"]', '[\"moved\"]')",
        "INSERT INTO watch SELECT 'aaaa', 'late', r.id, o.id, 'published', '晚3天', 'three days', 'D.DEADLINE',
           '[{\"kind\":\"date\",\"day\":\"2020-02-04\"}]' FROM report r, report o WHERE r.year = 2019 AND o.year = 2017
             AND r.agency_id IN (SELECT id FROM agency WHERE name = '云溪县生态环境局')",
        "INSERT INTO verdict VALUES ('aaaa', 'confirmed', '已核实', NULL, '2024-01-01')",
    ] {
        connection.execute(sql, ()).unwrap();
    }
    let all = Filter::default();
    let found = rows(&home, &all, What::Watch);
    assert_eq!(found.len(), 1);
    let one = &found[0];
    let reports = rows(&home, &all, What::Reports);
    let key = |year: &str| {
        let report = reports
            .iter()
            .find(|report| report["year"] == year && report["agency"] != "云溪县教育局");
        report.unwrap()["report"].clone()
    };
    assert_eq!(
        (&one["report"], &one["other_report"]),
        (&key("2019"), &key("2017"))
    );
    for (column, want) in [
        ("finding", "aaaa"),
        ("code", "late"),
        ("severity", "warning"),
        ("message_zh", "晚3天"),
        ("rule", "D.DEADLINE"),
        ("basis_en", "law"),
        ("innocent_zh", "[\"迁移\"]"),
        ("verdict", "confirmed"),
        ("verdict_reason", "已核实"),
        ("agency", "云溪县生态环境局"),
    ] {
        assert_eq!(one[column], want, "{column}");
    }
    assert!(one["evidence"].contains("2020-02-04"));
}

/// Two bureaus of one name on two sites are two bodies with reports of their own.
#[test]
fn reports_of_bodies_of_one_name_have_keys_of_their_own() {
    let report = |host: &str, seed: char| {
        let mut report = plain(FormId::F2021, 2022, "教育局", &[]);
        report.provenance.url = Some(format!("http://{host}/zwgk/jyj/202301/t1.html"));
        report
            .provenance
            .sha256
            .replace_range(4..5, &seed.to_string());
        report
    };
    let reports = [
        report("www.yunxi.gov.cn", '1'),
        report("www.bailu.gov.cn", '2'),
    ];
    let home = filled(&reports);
    let all = Filter::default();
    let keys: BTreeSet<String> = rows(&home, &all, What::Reports)
        .into_iter()
        .map(|row| row["report"].clone())
        .collect();
    assert_eq!(keys.len(), 2);
    let bodies = rows(&home, &all, What::Agencies);
    assert_eq!(bodies.len(), 2);
    assert!(bodies.iter().all(|body| !body["place"].is_empty()));
}

#[test]
fn two_builds_give_the_same_tables_of_bodies() {
    let mut turned = renamed();
    turned.reverse();
    let all = Filter::default();
    let (one, two) = (filled(&renamed()), filled(&turned));
    for what in [
        What::Agencies,
        What::AgencyNames,
        What::AgencyLinks,
        What::Reports,
    ] {
        assert_eq!(rows(&one, &all, what), rows(&two, &all, what), "{what:?}");
    }
    let folder = one.path.with_file_name("package");
    let panel = Panel::new(&one.store, &all);
    let dataset = nianbao::export::Dataset::default();
    let files = write_package(&panel, &dataset, &folder).unwrap();
    let count = |name: &str| files.iter().find(|(file, _)| file == name).unwrap().1;
    assert_eq!(
        [
            count("agencies.csv"),
            count("agency_names.csv"),
            count("agency_links.csv"),
            count("watch.csv")
        ],
        [2, 3, 1, 0]
    );
}
