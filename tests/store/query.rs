//! Queries: nothing missing becomes a number, nothing is joined that must not be.

use nianbao::decisions::Decisions;
use nianbao::model::{
    Catalog, CellStatus, Code, Decimal, FormId, Observation, Report, Scope, Unit,
};
use nianbao::pipeline::settle_agencies;
use nianbao::query::crosswalk::Quality;
use nianbao::query::ratios;
use nianbao::query::{
    AgencyFilter, Copies, Filter, PointStatus, Presence, QueryError, cell_series, coverage,
    export_csv, export_json, find_reports, findings, list_reports, load_report, refusals, series,
};
use nianbao::store::{Refusal, Store};
use proptest::prelude::*;

use crate::random::{capture, digest, report, sound};
use crate::{Home, home, noon};

/// A report of a form with every cell 1, but for those named.
pub fn plain(form: FormId, year: i16, agency: &str, others: &[(&str, CellStatus)]) -> Report {
    let mut report = sound();
    report.form = Some(form);
    report.year = Some(year);
    report.agency.name = Some(agency.into());
    let cells = Catalog::get().of_form(form).map(|one| {
        let other = others.iter().find(|(cell, _)| *cell == one.cell);
        let status = other.map_or(CellStatus::Number, |(_, status)| *status);
        let value = (status == CellStatus::Number).then(|| Decimal::integer(1));
        let raw = value.map_or("", |_| "1");
        Observation {
            indicator: one.id,
            value,
            status,
            raw: if status == CellStatus::Mark {
                "—"
            } else {
                raw
            }
            .into(),
            unit: one.unit,
            source: None,
        }
    });
    report.observations = cells.collect();
    report.provenance.url = Some(format!("http://www.example.gov.cn/{agency}/{year}"));
    let mut bytes = digest(u8::try_from(year - 2000).unwrap());
    bytes[1] = agency.as_bytes()[2];
    report.provenance.sha256 = data_encoding::HEXLOWER.encode(&bytes);
    report
}

pub fn filled(reports: &[Report]) -> Home {
    let mut home = home();
    let mut writer = home.store.writer("0.1.0", noon());
    for report in reports {
        writer.put(&capture(report, 1), Ok(report)).unwrap();
    }
    writer.finish().unwrap();
    settle_agencies(&mut home.store, &Decisions::default()).unwrap();
    home
}

pub fn everything() -> Filter {
    Filter {
        copies: Copies::Included,
        ..Filter::default()
    }
}

#[test]
fn a_sum_with_a_missing_part_has_no_value() {
    let blank = ("litigation.direct.total", CellStatus::Blank);
    let home = filled(&[
        plain(FormId::F2021, 2021, "甲县局", &[]),
        plain(FormId::F2021, 2022, "甲县局", &[blank]),
        plain(FormId::F2014, 2018, "甲县局", &[]),
    ]);
    let points = series(&home.store, "litigation_total", &everything()).unwrap();
    let values: Vec<_> = points
        .iter()
        .map(|point| (point.year, point.value, point.status))
        .collect();
    let number = PointStatus::Cell(CellStatus::Number);
    let want = [
        (Some(2018), Some(Decimal::integer(1)), number),
        (Some(2021), Some(Decimal::integer(2)), number),
        (Some(2022), None, PointStatus::Incomplete),
    ];
    assert_eq!(values, want);
    assert!(
        points[2]
            .note
            .as_ref()
            .unwrap()
            .contains("litigation.direct.total is blank")
    );
    assert_eq!(points[1].parts.len(), 2);
    // Fair: a footnote where the form changes, no break.
    assert_eq!(
        (points[1].quality, points[1].break_before),
        (Quality::Fair, false)
    );
    assert!(points[1].note.is_some());
    let difference = series(&home.store, "denied_legal", &everything()).unwrap();
    assert_eq!(difference[0].value, Some(Decimal::integer(0)));
}

#[test]
fn weak_series_break_and_incomparable_ones_are_refused() {
    let home = filled(&[
        plain(FormId::F2019, 2020, "甲县局", &[]),
        plain(FormId::F2021, 2021, "甲县局", &[]),
        plain(FormId::F2021, 2022, "甲县局", &[]),
        plain(FormId::F2021, 2022, "乙县局", &[]),
    ]);
    let points = series(&home.store, "norm_stock", &everything()).unwrap();
    let breaks: Vec<_> = points
        .iter()
        .map(|point| (point.year.unwrap(), point.break_before))
        .collect();
    assert_eq!(
        breaks,
        [(2022, false), (2020, false), (2021, true), (2022, false)]
    );
    let error = series(&home.store, "fee_items_vs_amount", &everything()).unwrap_err();
    assert!(
        matches!(error, QueryError::NotComparable { ref forms, .. } if forms.len() == 2),
        "{error}"
    );
    let one_form = Filter {
        form: Some(FormId::F2021),
        ..everything()
    };
    let points = series(&home.store, "fee_items_vs_amount", &one_form).unwrap();
    assert_eq!(points.len(), 3);
    assert!(matches!(
        series(&home.store, "no_such", &everything()),
        Err(QueryError::UnknownSeries { .. })
    ));
    assert!(matches!(
        cell_series(&home.store, "no.such", &everything()),
        Err(QueryError::UnknownCell { .. })
    ));
    let points = cell_series(&home.store, "requests.new@total", &everything()).unwrap();
    assert!(
        points
            .iter()
            .all(|point| point.value == Some(Decimal::integer(1)))
    );
    assert!(points.iter().all(|point| !point.break_before));
}

#[test]
fn a_point_says_why_it_has_no_value() {
    let mut without = plain(FormId::F2021, 2023, "甲县局", &[]);
    without.form = None;
    without.observations.clear();
    let mut silent = plain(FormId::F2021, 2024, "甲县局", &[]);
    let catalog = Catalog::get();
    silent
        .observations
        .retain(|one| catalog.indicator(one.indicator).cell != "review.total");
    let mark = ("review.total", CellStatus::Mark);
    let home = filled(&[
        plain(FormId::F2008, 2010, "甲县局", &[]),
        plain(FormId::F2021, 2022, "甲县局", &[mark]),
        without,
        silent,
    ]);
    let points = cell_series(&home.store, "review.total", &everything()).unwrap();
    let statuses: Vec<_> = points.iter().map(|point| point.status).collect();
    let want = [
        PointStatus::NotInForm,
        PointStatus::Cell(CellStatus::Mark),
        PointStatus::NoTable,
        PointStatus::Incomplete,
    ];
    assert_eq!(statuses, want);
    assert!(points.iter().all(|point| point.value.is_none()));
}

#[test]
fn all_ratios_are_those_asked_for_one_by_one() {
    let blank = ("outcome.total@total", CellStatus::Blank);
    let home = filled(&[
        plain(FormId::F2014, 2018, "甲县局", &[]),
        plain(FormId::F2019, 2020, "甲县局", &[]),
        plain(FormId::F2021, 2021, "甲县局", &[blank]),
    ]);
    let all = ratios::all_ratios(&home.store, &everything()).unwrap();
    assert_eq!(all.len(), ratios::all().len());
    let mut numbers = 0;
    for panel in all {
        let alone = ratios::ratio(&home.store, &panel.series.id, &everything()).unwrap();
        let points = panel.points.unwrap();
        numbers += points.iter().filter(|point| point.value.is_some()).count();
        assert_eq!(points, alone, "{}", panel.series.id);
        // Nothing is divided by a blank.
        if panel.series.id == "disclosure_rate" {
            assert_eq!(points[2].value, None);
            assert!(points[2].fraction.unwrap().denominator.is_none());
        }
    }
    assert!(numbers > 20, "{numbers}");
}

#[test]
fn agencies_with_and_without_a_code_are_one_where_that_is_certain() {
    let mut coded = plain(FormId::F2021, 2022, "甲县局", &[]);
    coded.agency.code = Some("CODE1".into());
    let mut reports = vec![plain(FormId::F2021, 2021, "甲县局", &[]), coded];
    let rows = |reports: &[Report]| {
        let home = filled(reports);
        coverage(&home.store, &everything(), &["丙县局".into()]).unwrap()
    };
    let matrix = rows(&reports);
    assert_eq!(matrix.years, [2021, 2022]);
    assert_eq!(matrix.rows.len(), 2);
    let missing = matrix
        .rows
        .iter()
        .find(|row| row.agency.as_deref() == Some("丙县局"))
        .unwrap();
    assert_eq!(missing.presence, [Presence::Missing; 2]);
    let found = matrix
        .rows
        .iter()
        .find(|row| row.agency.as_deref() == Some("甲县局"))
        .unwrap();
    assert_eq!(found.presence, [Presence::Found; 2]);
    assert_eq!(found.agency_code.as_deref(), Some("CODE1"));
    // Two codes for the name: whose the page without a code is cannot be told.
    let mut other = plain(FormId::F2021, 2023, "甲县局", &[]);
    other.agency.code = Some("CODE2".into());
    reports.push(other);
    assert_eq!(rows(&reports).rows.len(), 4);
}

#[test]
fn lists_follow_their_filters() {
    let mut second = plain(FormId::F2019, 2020, "乙县教育局", &[]);
    second.scope = Scope::Consolidated;
    let mut home = filled(&[plain(FormId::F2021, 2022, "甲县财政局", &[]), second]);
    let mut refused = capture(&sound(), 5);
    refused.sha256 = digest(200);
    let refusal = Refusal {
        reason: "no_report".into(),
        detail: "x".into(),
    };
    let mut writer = home.store.writer("0.1.0", noon());
    writer.put(&refused, Err(&refusal)).unwrap();
    writer.finish().unwrap();
    let store = Store::open_read_only(&home.path).unwrap();
    let count = |filter: Filter| list_reports(&store, &filter).unwrap().len();
    let agency = |filter| Filter {
        agency: Some(filter),
        ..everything()
    };
    assert_eq!(count(everything()), 2);
    assert_eq!(count(agency(AgencyFilter::Containing("县".into()))), 2);
    assert_eq!(count(agency(AgencyFilter::Containing("财政".into()))), 1);
    assert_eq!(count(agency(AgencyFilter::Exact("甲县".into()))), 0);
    assert_eq!(
        count(Filter {
            from_year: Some(2021),
            ..everything()
        }),
        1
    );
    assert_eq!(
        count(Filter {
            to_year: Some(2021),
            ..everything()
        }),
        1
    );
    assert_eq!(
        count(Filter {
            scope: Some(Scope::Consolidated),
            ..everything()
        }),
        1
    );
    assert_eq!(
        count(Filter {
            form: Some(FormId::F2021),
            ..everything()
        }),
        1
    );
    let lines = findings(&store, &everything(), Some(Code::DateUnknown), None).unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(refusals(&store).unwrap().len(), 1);
    assert_eq!(coverage(&store, &everything(), &[]).unwrap().refused, 1);
    let line = &list_reports(&store, &everything()).unwrap()[0];
    let stored = load_report(&store, line.report_id).unwrap().unwrap();
    assert_eq!(stored.report.agency.name, line.agency);
    assert!(load_report(&store, 99).unwrap().is_none());
    let found = find_reports(&store, "甲县财政局", 2022, Some(Scope::Own)).unwrap();
    assert_eq!(found.len(), 1);
    assert!(
        find_reports(&store, "甲县财政局", 2021, None)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn another_unit_is_not_mixed_into_the_forms() {
    let mut odd = plain(FormId::F2021, 2022, "甲县局", &[]);
    let fee = Catalog::get().find(FormId::F2021, "fees.amount").unwrap();
    let one = odd
        .observations
        .iter_mut()
        .find(|one| one.indicator == fee)
        .unwrap();
    one.value = Some(Decimal::integer(251_000));
    one.raw = "251000元".into();
    one.unit = Some(Unit::Yuan);
    let home = filled(&[odd]);
    let wide = "SELECT \"fees.amount\" FROM form_2021";
    let value: Option<i64> = home
        .store
        .connection()
        .query_row(wide, [], |row| row.get(0))
        .unwrap();
    assert_eq!(value, None);
    let points = cell_series(&home.store, "fees.amount", &everything()).unwrap();
    assert_eq!(
        (points[0].value, points[0].unit),
        (Some(Decimal::integer(251_000)), Some(Unit::Yuan))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn exports_keep_every_cell_and_invent_none(report in report()) {
        let home = filled(std::slice::from_ref(&report));
        let mut output = Vec::new();
        let rows = export_csv(&home.store, &everything(), &mut output).unwrap();
        prop_assert_eq!(usize::try_from(rows).unwrap(), report.observations.len());
        let mut reader = csv::Reader::from_reader(output.as_slice());
        let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(lines.len(), report.observations.len());
        for (line, one) in lines.iter().zip(&report.observations) {
            let value = one.value.map(|value| value.to_string()).unwrap_or_default();
            let raw = if one.status.is_absent() { "" } else { &one.raw };
            prop_assert_eq!(&line[5], &Catalog::get().indicator(one.indicator).cell);
            prop_assert_eq!((&line[6], &line[7], &line[8]), (value.as_str(), one.status.as_str(), raw));
        }
        let mut output = Vec::new();
        export_json(&home.store, &everything(), &mut output).unwrap();
        let text = String::from_utf8(output).unwrap();
        for (line, one) in text.lines().zip(&report.observations) {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            prop_assert_eq!(line["value"].is_null(), one.value.is_none());
            prop_assert_eq!(line["status"].as_str(), Some(one.status.as_str()));
        }
        prop_assert_eq!(text.lines().count(), report.observations.len());
    }
}
