//! What is compared, ranked and left out: of the question, and of one definition.

use nianbao::model::{CellStatus, Decimal, FormId, Official, Report, Scope, SectionKind};
use nianbao::query::compare::{
    By, Comparison, Indicator, Outcome, Question, compare, count_copies,
};
use nianbao::query::{Filter, SearchOptions, Words, search, series};
use nianbao::store::Store;

use crate::query::{everything, filled, plain};

fn ask(store: &Store, id: &str, years: (i16, i16)) -> Comparison {
    let filter = Filter {
        from_year: Some(years.0),
        to_year: Some(years.1),
        ..everything()
    };
    let indicator = Indicator::find(id).unwrap();
    compare(store, &indicator, &filter, &Question::default()).unwrap()
}

#[test]
fn years_of_a_cell_are_added_up_only_where_that_is_known_to_be_right() {
    let home = filled(&[
        plain(FormId::F2021, 2021, "甲县局", &[]),
        plain(FormId::F2021, 2022, "甲县局", &[]),
    ]);
    let one = Some(Decimal::integer(1));
    let two = Some(Decimal::integer(2));
    for (cell, value, status) in [
        // Terms of a series, and the parts of a row whose total is one.
        ("requests.new@total", two, Outcome::NUMBER),
        ("outcome.granted@enterprise", two, Outcome::NUMBER),
        ("outcome.denied.internal@total", two, Outcome::NUMBER),
        // What stands at the end of the year.
        ("requests.carried_in@total", one, Outcome::NUMBER),
        ("requests.carried_in@enterprise", one, Outcome::NUMBER),
        ("rules.in_force", one, Outcome::NUMBER),
        // No series says what it is.
        ("requests.carried_out@total", None, Outcome::YearsNotAdded),
        ("requests.carried_out@other", None, Outcome::YearsNotAdded),
    ] {
        let answer = ask(&home.store, cell, (2021, 2022));
        let row = &answer.rows[0];
        assert_eq!(
            (row.total.value, row.total.status),
            (value, status),
            "{cell}"
        );
        assert_eq!(
            (row.rank.is_some(), row.total.known),
            (value.is_some(), None)
        );
        assert!(row.years.iter().all(|year| year.total.value == one));
    }
    // A year has its value whatever it is.
    let answer = ask(&home.store, "requests.carried_out@total", (2022, 2022));
    assert_eq!(answer.rows[0].total.value, one);
    // The list of 2008 to 2013 prints years before in a column: years of it are never added.
    let home = filled(&[
        plain(FormId::F2008, 2010, "甲县局", &[]),
        plain(FormId::F2008, 2011, "甲县局", &[]),
    ]);
    let answer = ask(&home.store, "fj.req@cumulative", (2010, 2011));
    assert_eq!(answer.rows[0].total.status, Outcome::YearsNotAdded);
    let answer = ask(&home.store, "fj.req@year", (2010, 2011));
    assert_eq!(answer.rows[0].total.value, two);
}

#[test]
fn reports_that_hold_one_another_are_not_added_up() {
    let of = |agency: &str, scope| {
        let mut report = plain(FormId::F2021, 2022, agency, &[]);
        report.scope = scope;
        report
    };
    let whole = Scope::Consolidated;
    let home = filled(&[
        of("江苏省人民政府", whole),
        of("南京市人民政府", whole),
        of("徐州市人民政府", whole),
        of("南京市教育局", Scope::Own),
        of("徐州市教育局", Scope::Own),
    ]);
    let told = |id: &str, by: By| {
        let filter = Filter {
            from_year: Some(2022),
            to_year: Some(2022),
            ..everything()
        };
        let question = Question {
            by,
            ..Question::default()
        };
        let indicator = Indicator::find(id).unwrap();
        let answer = compare(&home.store, &indicator, &filter, &question).unwrap();
        let rows = answer.rows.iter().map(|row| {
            let total = &row.total;
            assert_eq!(total.value.is_some(), row.rank.is_some());
            assert!(total.value.is_some() || total.known.is_none() && total.fraction.is_none());
            (row.scope, row.agencies, total.status.as_str(), total.value)
        });
        rows.collect::<Vec<_>>()
    };
    let number = |value| Some(Decimal::integer(value));
    // A province's count holds those of its cities.
    for by in [By::Province, By::All] {
        let want = [
            (whole, 3, "nested", None),
            (Scope::Own, 2, "number", number(2)),
        ];
        assert_eq!(told("requests_received", by), want);
        assert_eq!(told("carry_over_rate", by)[0], want[0]);
    }
    // Cities do not hold one another, and one report holds none.
    let by_level = told("requests_received", By::Level);
    assert!(by_level.contains(&(whole, 2, "number", number(2))));
    assert!(by_level.contains(&(whole, 1, "number", number(1))));
    assert!(
        told("requests_received", By::Division)
            .iter()
            .all(|row| row.2 == "number")
    );
}

#[test]
fn a_rank_goes_by_the_definition_of_what_was_added_up() {
    let blank = ("outcome.total@total", CellStatus::Blank);
    let home = filled(&[
        // Only its report of the form of 2014 has both counts.
        plain(FormId::F2014, 2018, "甲县局", &[]),
        plain(FormId::F2019, 2019, "甲县局", &[blank]),
        plain(FormId::F2019, 2019, "乙县局", &[]),
        plain(FormId::F2019, 2019, "丙县局", &[]),
    ]);
    let answer = ask(&home.store, "denial_rate", (2018, 2019));
    let of = |name: &str| {
        let row = answer
            .rows
            .iter()
            .find(|row| row.name.as_deref() == Some(name));
        let row = row.unwrap();
        (row.total.form, row.rank)
    };
    assert_eq!(of("乙县局"), (Some(FormId::F2019), Some(1)));
    assert_eq!(of("甲县局"), (Some(FormId::F2014), None));
    let first = &answer.rows[0].total;
    assert_eq!(first.form, Some(FormId::F2019));
}

#[test]
fn a_report_of_an_unknown_year_makes_no_break() {
    let mut undated = plain(FormId::F2021, 2022, "甲县局", &[]);
    undated.year = None;
    let home = filled(&[
        undated,
        plain(FormId::F2019, 2019, "甲县局", &[]),
        plain(FormId::F2019, 2020, "甲县局", &[]),
        plain(FormId::F2021, 2021, "甲县局", &[]),
    ]);
    let points = series(&home.store, "norm_stock", &everything()).unwrap();
    let breaks: Vec<_> = points
        .iter()
        .map(|point| (point.year, point.break_before, point.note.is_some()))
        .collect();
    assert_eq!(
        breaks,
        [
            (None, false, false),
            (Some(2019), false, false),
            (Some(2020), false, false),
            (Some(2021), true, true),
        ]
    );
}

#[test]
fn reports_that_disagree_are_not_reports_that_lack_a_count() {
    let with_code = |year| {
        let mut report = plain(FormId::F2021, year, "甲县局", &[]);
        report.agency.code = Some("CODE1".into());
        let digest = report.provenance.sha256.clone();
        report.provenance.sha256 = format!("ff{}", &digest[2..]);
        report.provenance.url = Some(format!("http://www.example.gov.cn/b/{year}"));
        let cell = nianbao::model::Catalog::get().find(FormId::F2021, "outcome.total@total");
        let mut cells = report.observations.iter_mut();
        let one = cells.find(|one| Some(one.indicator) == cell).unwrap();
        (one.value, one.raw) = (Some(Decimal::integer(7)), "7".into());
        report
    };
    let blank = ("outcome.total@total", CellStatus::Blank);
    let home = filled(&[
        plain(FormId::F2021, 2021, "甲县局", &[]),
        plain(FormId::F2021, 2022, "甲县局", &[]),
        with_code(2021),
        with_code(2022),
        plain(FormId::F2021, 2021, "乙县局", &[blank]),
        plain(FormId::F2021, 2022, "乙县局", &[blank]),
    ]);
    let answer = ask(&home.store, "full_disclosure_rate", (2021, 2022));
    let of = |name: &str| {
        let row = answer
            .rows
            .iter()
            .find(|row| row.name.as_deref() == Some(name));
        row.unwrap().total.status
    };
    assert_eq!(of("甲县局"), Outcome::Several);
    assert_eq!(of("乙县局"), Outcome::NoneHasBoth);
}

/// A copy of a report of an agency, on a foreign host.
fn copied(year: i16, agency: &str, text: &str) -> Report {
    let mut report = told(year, agency, text);
    report.provenance.official = Official::MirrorSuspected;
    report.provenance.signals = vec!["host_unlisted: www.copy.example".into()];
    report
}

fn told(year: i16, agency: &str, text: &str) -> Report {
    let mut report = plain(FormId::F2021, year, agency, &[]);
    for section in &mut report.sections {
        section.kind = SectionKind::Overview;
        section.text = text.into();
    }
    report
}

#[test]
fn copies_are_counted_where_the_question_would_have_had_them() {
    let home = filled(&[
        told(2022, "甲县局", "主动公开"),
        copied(2022, "乙县局", "主动公开"),
        copied(2021, "乙县局", "依法答复"),
        copied(2022, "丙县局", "依法答复"),
    ]);
    let store = &home.store;
    let filter = |years: Option<(i16, i16)>| Filter {
        from_year: years.map(|years| years.0),
        to_year: years.map(|years| years.1),
        ..Filter::default()
    };
    let of = |name: &str| Question {
        agencies: vec![nianbao::query::AgencyFilter::Exact(name.into())],
        ..Question::default()
    };
    let count = |years, question: &Question| count_copies(store, &filter(years), question).unwrap();
    let all = Question::default();
    assert_eq!(count(None, &all), 3);
    assert_eq!(count(Some((2022, 2022)), &all), 2);
    assert_eq!(count(Some((2022, 2022)), &of("乙县局")), 1);
    assert_eq!(count(None, &of("乙县局")), 2);
    assert_eq!(count(None, &of("甲县局")), 0);
    let nowhere = Question {
        level: Some("township".into()),
        ..Question::default()
    };
    assert_eq!(count(None, &nowhere), 0);

    let found = |words: &str, options: &SearchOptions| {
        let found = search(store, &Words::parse(words).unwrap(), options).unwrap();
        (found.reports, found.copies_left_out)
    };
    let options = SearchOptions::default();
    assert_eq!(found("公开", &options), (1, 1));
    assert_eq!(found("答复", &options), (0, 2));
    assert_eq!(found("诉讼", &options), (0, 0));
    let ever = SearchOptions {
        all_versions: true,
        ..SearchOptions::default()
    };
    assert_eq!(found("答复", &ever), (0, 2));
    let other_kind = SearchOptions {
        kinds: vec![SectionKind::Problems],
        ..SearchOptions::default()
    };
    assert_eq!(found("答复", &other_kind), (0, 0));
    let included = SearchOptions {
        filter: everything(),
        ..SearchOptions::default()
    };
    assert_eq!(found("答复", &included), (2, 0));
}
