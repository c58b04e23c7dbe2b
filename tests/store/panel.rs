//! Series, ratios and comparisons: as fast as may be, but the same as the slow way; and nothing missing becomes a number.

use nianbao::model::{CellStatus, Decimal, FormId, Report, Scope, Unit};
use nianbao::query::compare::{By, Comparison, Indicator, Outcome, Question, compare};
use nianbao::query::crosswalk::{self, Relation};
use nianbao::query::{
    AgencyFilter, Copies, Filter, Point, PointStatus, QueryError, all_series, ratios, series,
};
use nianbao::store::Store;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::query::{everything, filled, plain};
use crate::random::{digest, report};
use crate::slow_series;

const NUMBER: PointStatus = PointStatus::Cell(CellStatus::Number);

/// A point without what it is worth.
fn bare(point: &Point) -> slow_series::Point {
    let text = |unit: Option<Unit>| unit.map(|unit| unit.as_str().to_owned());
    let parts = point.parts.iter().map(|part| {
        let value = part.value.map(|value| value.to_string());
        let status = part.status.map(|status| status.as_str().to_owned());
        (
            part.cell.to_owned(),
            part.sign,
            value,
            status,
            part.raw.clone(),
            text(part.unit),
        )
    });
    slow_series::Point {
        report_id: point.report_id,
        agency: point.agency.as_deref().map(str::to_owned),
        agency_code: point.agency_code.as_deref().map(str::to_owned),
        year: point.year,
        scope: point.scope.as_str().into(),
        form: point.form,
        parts: parts.collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_fast_way_and_the_slow_way_are_one(reports in proptest::collection::vec(report(), 1..12)) {
        let home = filled(&reports);
        let cells = slow_series::cells(&home.store);
        for one in crosswalk::all().iter().filter(|one| one.quality != crosswalk::Quality::NotComparable) {
            let fast: Vec<_> = series(&home.store, &one.id, &everything()).unwrap().iter().map(bare).collect();
            prop_assert_eq!(&fast, &slow_series::series(&home.store, &cells, &one.id), "{}", &one.id);
        }
        // All at once is each by itself.
        for all in all_series(&home.store, &everything()).unwrap() {
            match (all.points, series(&home.store, &all.series.id, &everything())) {
                (Ok(all), Ok(one)) => prop_assert_eq!(all, one),
                (Err(_), Err(QueryError::NotComparable { .. })) => {}
                (all, one) => prop_assert!(false, "{:?} {:?}", all, one),
            }
        }
    }
}

#[test]
fn many_reports_are_read_through_and_few_are_looked_up() {
    let mut reports = Vec::new();
    for agency in ["甲局", "乙局", "丙局", "丁局"] {
        for year in 2009..=2024 {
            let form = match year {
                ..=2013 => FormId::F2008,
                2014..=2018 => FormId::F2014,
                2019..=2020 => FormId::F2019,
                _ => FormId::F2021,
            };
            let mark = [("review.total", CellStatus::Mark)];
            reports.push(plain(
                form,
                year,
                agency,
                if year % 3 == 0 { &mark } else { &[] },
            ));
        }
    }
    let home = filled(&reports);
    let all = series(&home.store, "review_total", &everything()).unwrap();
    assert_eq!(all.len(), 64);
    for year in [2009, 2015, 2020, 2024] {
        let one = Filter {
            agency: Some(AgencyFilter::Exact("丙局".into())),
            from_year: Some(year),
            to_year: Some(year),
            ..everything()
        };
        let few = series(&home.store, "review_total", &one).unwrap();
        let same = all
            .iter()
            .find(|point| point.agency.as_deref() == Some("丙局") && point.year == Some(year));
        assert_eq!(few.len(), 1);
        assert_eq!(
            (few[0].value, &few[0].parts),
            (same.unwrap().value, &same.unwrap().parts)
        );
    }
}

#[test]
fn so_many_reports_that_two_threads_read_them_are_the_same() {
    let mut runner = TestRunner::deterministic();
    let odd: Vec<Report> = (0..48)
        .map(|_| report().new_tree(&mut runner).unwrap().current())
        .collect();
    // As many reports as are read in halves; most of few cells, so that they are soon written.
    let reports: Vec<Report> = (0_u32..4_600)
        .map(|number| {
            let mut report = odd[number as usize % odd.len()].clone();
            if !number.is_multiple_of(23) {
                report.observations.truncate(6);
            }
            report.agency.name = Some(format!("第{}局", number / 18));
            report.year = Some(i16::try_from(2008 + number % 18).unwrap());
            report.sections.clear();
            report.mentions.clear();
            report.proposals.clear();
            report.statistics.clear();
            report.findings.clear();
            let mut digest = digest(1);
            digest[1..5].copy_from_slice(&number.to_le_bytes());
            report.provenance.sha256 = data_encoding::HEXLOWER.encode(&digest);
            report.provenance.url = Some(format!("http://a.gov.cn/{number}.html"));
            report
        })
        .collect();
    let home = filled(&reports);
    assert_eq!(home.store.verify().unwrap(), Vec::<String>::new());
    let both = Store::open_read_only(&home.path).unwrap();
    let mut alone = Store::open_read_only(&home.path).unwrap();
    alone.keep_to_one();
    let fees = Filter {
        form: Some(FormId::F2014),
        ..everything()
    };
    let asked = [
        ("requests_received", everything()),
        ("litigation_total", everything()),
        ("request_fee", fees),
    ];
    for (id, filter) in asked {
        let two = series(&both, id, &filter).unwrap();
        assert!(two.len() > 100, "{id}: {}", two.len());
        assert_eq!(two, series(&alone, id, &filter).unwrap(), "{id}");
    }
}

#[test]
fn breaks_stand_where_the_definition_changes_and_not_where_only_the_form_does() {
    let home = filled(&[
        plain(FormId::F2014, 2018, "甲局", &[]),
        plain(FormId::F2019, 2020, "甲局", &[]),
        plain(FormId::F2021, 2021, "甲局", &[]),
    ]);
    let breaks = |id: &str| {
        let points = series(&home.store, id, &everything()).unwrap();
        points
            .iter()
            .map(|point| point.break_before)
            .collect::<Vec<_>>()
    };
    // The refusals were classed anew in 2019; what stands in force replaced what is published in 2021.
    assert_eq!(breaks("denied_all_2019def"), [false, true, false]);
    assert_eq!(breaks("norm_stock"), [false, false, true]);
    assert_eq!(breaks("requests_received"), [false; 3]);
    let points = series(&home.store, "denied_all_2019def", &everything()).unwrap();
    let relations: Vec<_> = points.iter().map(|point| point.relation).collect();
    assert_eq!(
        relations,
        [
            Some(Relation::Differs),
            Some(Relation::Sum),
            Some(Relation::Sum)
        ]
    );
}

/// A report whose cells are 0 but for those named.
fn counts(year: i16, agency: &str, cells: &[(&str, i64)]) -> Report {
    let mut report = plain(FormId::F2021, year, agency, &[]);
    for one in &mut report.observations {
        let name = &nianbao::model::Catalog::get().indicator(one.indicator).cell;
        let value = cells
            .iter()
            .find(|(cell, _)| cell == name)
            .map_or(0, |(_, value)| *value);
        one.value = Some(Decimal::integer(value));
        one.raw = value.to_string();
    }
    report
}

/// A cell without a number in a report.
fn without(mut report: Report, cell: &str, status: CellStatus) -> Report {
    let id = nianbao::model::Catalog::get()
        .find(FormId::F2021, cell)
        .unwrap();
    let one = report
        .observations
        .iter_mut()
        .find(|one| one.indicator == id)
        .unwrap();
    one.value = None;
    one.status = status;
    one.raw = if status == CellStatus::Mark {
        "—".into()
    } else {
        String::new()
    };
    report
}

const GRANTED: &str = "outcome.granted@total";
const CLOSED: &str = "outcome.total@total";

#[test]
fn a_ratio_has_a_value_only_where_both_counts_are() {
    let mut reports = vec![
        counts(
            2021,
            "甲局",
            &[(GRANTED, 1), ("outcome.partial@total", 1), (CLOSED, 3)],
        ),
        counts(2022, "甲局", &[]),
        plain(FormId::F2008, 2010, "甲局", &[]),
    ];
    for (status, year) in CellStatus::ALL
        .into_iter()
        .filter(|status| *status != CellStatus::Number)
        .zip(2023..)
    {
        reports.push(without(
            counts(year, "甲局", &[(CLOSED, 5)]),
            GRANTED,
            status,
        ));
    }
    let home = filled(&reports);
    let points = ratios::ratio(&home.store, "disclosure_rate", &everything()).unwrap();
    let of = |year| {
        points
            .iter()
            .find(|point| point.year == Some(year))
            .unwrap()
    };
    assert_eq!(of(2021).value.unwrap().to_string(), "66.67");
    let fraction = of(2021).fraction.unwrap();
    assert_eq!(
        (fraction.numerator, fraction.denominator),
        (Some(Decimal::integer(2)), Some(Decimal::integer(3)))
    );
    assert_eq!(
        (of(2022).value, of(2022).status),
        (None, PointStatus::ZeroDenominator)
    );
    for year in 2023..2030 {
        assert_eq!(
            (of(year).value, of(year).status),
            (None, PointStatus::Incomplete),
            "{year}"
        );
        assert_eq!(of(year).fraction.unwrap().numerator, None);
        assert!(
            of(year)
                .note
                .as_ref()
                .unwrap()
                .starts_with("numerator: outcome.granted@total is ")
        );
    }
    let json = serde_json::to_value(of(2021)).unwrap();
    assert_eq!(json["value"].to_string(), "66.67");
    assert_eq!(
        (
            json["numerator"].to_string(),
            json["denominator"].to_string()
        ),
        ("2".into(), "3".into())
    );
    let json = serde_json::to_value(of(2023)).unwrap();
    assert!(json["value"].is_null() && json["numerator"].is_null());
    // The form of 2008 has no row for requests that could not be met.
    let points = ratios::ratio(&home.store, "unable_rate", &everything()).unwrap();
    let old = points
        .iter()
        .find(|point| point.year == Some(2010))
        .unwrap();
    assert_eq!((old.value, old.status), (None, PointStatus::NotInForm));
}

fn ask(store: &Store, id: &str, years: (i16, i16), question: &Question) -> Comparison {
    let filter = Filter {
        from_year: Some(years.0),
        to_year: Some(years.1),
        copies: Copies::Included,
        ..Filter::default()
    };
    compare(store, &Indicator::find(id).unwrap(), &filter, question).unwrap()
}

fn ranks(answer: &Comparison) -> Vec<(Option<u32>, &str, Option<String>, &'static str)> {
    let rows = answer.rows.iter();
    rows.map(|row| {
        let value = row.total.value.map(|value| value.to_string());
        (
            row.rank,
            row.name.as_deref().unwrap_or("?"),
            value,
            row.total.status.as_str(),
        )
    })
    .collect()
}

#[test]
fn equals_share_a_rank_and_what_is_missing_has_none() {
    let new = "requests.new@total";
    let mut other_scope = counts(2022, "己局", &[(new, 99)]);
    other_scope.scope = Scope::Consolidated;
    let home = filled(&[
        counts(2022, "甲局", &[(new, 7)]),
        counts(2022, "乙局", &[(new, 7)]),
        counts(2022, "丙局", &[(new, 9)]),
        counts(2022, "丁局", &[(new, 0)]),
        without(counts(2022, "戊局", &[]), new, CellStatus::Blank),
        without(counts(2022, "庚局", &[]), new, CellStatus::Mark),
        counts(2021, "辛局", &[(new, 3)]),
        other_scope,
    ]);
    let answer = ask(
        &home.store,
        "requests_received",
        (2022, 2022),
        &Question::default(),
    );
    let text = |value: &str| Some(value.to_owned());
    assert_eq!(
        ranks(&answer),
        [
            (Some(1), "己局", text("99"), "number"),
            (Some(1), "丙局", text("9"), "number"),
            (Some(2), "乙局", text("7"), "number"),
            (Some(2), "甲局", text("7"), "number"),
            (Some(4), "丁局", text("0"), "number"),
            (None, "庚局", None, "mark"),
            (None, "戊局", None, "blank"),
            (None, "辛局", None, "no_report"),
        ]
    );
    let ascending = Question {
        ascending: true,
        ..Question::default()
    };
    let answer = ask(&home.store, "requests_received", (2022, 2022), &ascending);
    assert_eq!(
        ranks(&answer)[1..5]
            .iter()
            .map(|row| row.0)
            .collect::<Vec<_>>(),
        [Some(1), Some(2), Some(2), Some(4)]
    );
    let some = Question {
        agencies: vec![
            AgencyFilter::Exact("甲局".into()),
            AgencyFilter::Containing("丁".into()),
        ],
        ..Question::default()
    };
    let answer = ask(&home.store, "requests_received", (2022, 2022), &some);
    assert_eq!(answer.rows.len(), 2);
    let json = serde_json::to_value(
        &ask(
            &home.store,
            "requests_received",
            (2022, 2022),
            &Question::default(),
        )
        .rows[5],
    )
    .unwrap();
    assert!(
        json["total"]["value"].is_null()
            && json["rank"].is_null()
            && json["years"][0]["value"].is_null()
    );
}

#[test]
fn counts_are_added_up_only_where_none_is_missing() {
    let new = "requests.new@total";
    let stock = "normative_documents.in_force";
    let home = filled(&[
        counts(2021, "甲局", &[(new, 1), (stock, 10)]),
        counts(2022, "甲局", &[(new, 2), (stock, 12)]),
        counts(2021, "乙局", &[(new, 5)]),
        counts(2021, "丙局", &[(new, 5)]),
        without(counts(2022, "丙局", &[]), new, CellStatus::Blank),
    ]);
    let answer = ask(
        &home.store,
        "requests_received",
        (2021, 2022),
        &Question::default(),
    );
    let rows = ranks(&answer);
    assert_eq!(rows[0], (Some(1), "甲局", Some("3".into()), "number"));
    assert!(
        rows[1..]
            .iter()
            .all(|row| row.0.is_none() && row.2.is_none() && row.3 == "incomplete"),
        "{rows:?}"
    );
    let other = answer
        .rows
        .iter()
        .find(|row| row.name.as_deref() == Some("丙局"))
        .unwrap();
    assert_eq!(
        (other.total.known, other.total.reports, other.total.left_out),
        (Some(Decimal::integer(5)), 1, 1)
    );
    let everything = ask(
        &home.store,
        "requests_received",
        (2021, 2021),
        &Question {
            by: By::All,
            ..Question::default()
        },
    );
    assert_eq!(
        (everything.rows[0].total.value, everything.rows[0].agencies),
        (Some(Decimal::integer(11)), 3)
    );
    // What stands in force at the end of a year is not added up.
    let answer = ask(
        &home.store,
        "norm_stock",
        (2021, 2022),
        &Question::default(),
    );
    let first = answer
        .rows
        .iter()
        .find(|row| row.name.as_deref() == Some("甲局"))
        .unwrap();
    assert_eq!(first.total.value, Some(Decimal::integer(12)));
}

#[test]
fn ratios_are_added_up_before_they_are_divided() {
    let home = filled(&[
        counts(2021, "甲局", &[(GRANTED, 1), (CLOSED, 1)]),
        counts(2022, "甲局", &[(GRANTED, 0), (CLOSED, 9)]),
        counts(2021, "乙局", &[(GRANTED, 1), (CLOSED, 2)]),
        without(
            counts(2022, "乙局", &[(GRANTED, 100)]),
            CLOSED,
            CellStatus::Blank,
        ),
        counts(2021, "丙局", &[]),
        counts(2022, "丙局", &[(GRANTED, 1), (CLOSED, 3)]),
    ]);
    let answer = ask(
        &home.store,
        "full_disclosure_rate",
        (2021, 2022),
        &Question::default(),
    );
    let of = |name: &str| {
        &answer
            .rows
            .iter()
            .find(|row| row.name.as_deref() == Some(name))
            .unwrap()
            .total
    };
    // Not the mean of 100 and 0.
    assert_eq!(of("甲局").value.unwrap().to_string(), "10.00");
    assert_eq!((of("甲局").reports, of("甲局").left_out), (2, 0));
    // The hundred of the report without a total is no part of it.
    assert_eq!(of("乙局").value.unwrap().to_string(), "50.00");
    assert_eq!((of("乙局").reports, of("乙局").left_out), (1, 1));
    // A denominator of 0 is a count like others.
    assert_eq!(of("丙局").value.unwrap().to_string(), "33.33");
    assert_eq!((of("丙局").reports, of("丙局").left_out), (2, 0));
    let all = ask(
        &home.store,
        "full_disclosure_rate",
        (2021, 2022),
        &Question {
            by: By::All,
            ..Question::default()
        },
    );
    assert_eq!(all.rows[0].total.value.unwrap().to_string(), "20.00");
    assert_eq!(all.rows[0].total.left_out, 1);
    // Divisions are not known here: one row without a name, and nobody is in it silently.
    let by = ask(
        &home.store,
        "full_disclosure_rate",
        (2021, 2021),
        &Question {
            by: By::Level,
            ..Question::default()
        },
    );
    assert_eq!((by.rows.len(), by.unknown_place), (1, 3));
    let within = Question {
        division: Some("330000".parse().unwrap()),
        ..Question::default()
    };
    let none = ask(&home.store, "full_disclosure_rate", (2021, 2021), &within);
    assert_eq!((none.rows.len(), none.unknown_place), (0, 3));
}

#[test]
fn what_counts_something_else_is_neither_added_nor_ranked() {
    let home = filled(&[
        plain(FormId::F2019, 2020, "甲局", &[]),
        plain(FormId::F2021, 2021, "甲局", &[]),
        plain(FormId::F2014, 2020, "乙局", &[]),
        plain(FormId::F2019, 2020, "丙局", &[]),
    ]);
    let denied = ask(
        &home.store,
        "denied_all_2019def",
        (2020, 2020),
        &Question::default(),
    );
    let ranked: Vec<_> = denied
        .rows
        .iter()
        .map(|row| (row.name.as_deref().unwrap(), row.rank))
        .collect();
    assert_eq!(
        ranked,
        [("丙局", Some(1)), ("甲局", Some(1)), ("乙局", None)]
    );
    assert!(denied.rows[2].total.note.is_some());
    let other = ask(
        &home.store,
        "denial_rate",
        (2020, 2020),
        &Question {
            by: By::All,
            ..Question::default()
        },
    );
    assert_eq!(other.rows[0].total.status, Outcome::Break);
    let error = compare(
        &home.store,
        &Indicator::find("fee_items_vs_amount").unwrap(),
        &everything(),
        &Question::default(),
    );
    assert!(matches!(error, Err(QueryError::NotComparable { .. })));
    assert!(matches!(
        Indicator::find("no_such"),
        Err(QueryError::UnknownCell { .. })
    ));
    assert_eq!(NUMBER.as_str(), "number");
}
