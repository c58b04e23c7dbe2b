//! The audit on pages made by hand.

mod properties;
mod tables;

use nianbao::audit::{
    Check, Identities, Outcome, Strictness, Verdict, check, findings, in_chinese,
};
use nianbao::model::{Catalog, Finding, FormId, Severity, Unit};
use tables::Page;

const FLOW: [&str; 4] = [
    "requests.new@total",
    "requests.carried_in@total",
    "outcome.total@total",
    "requests.carried_out@total",
];

fn page(form: FormId, cells: &[(&str, &str)]) -> Page {
    let mut page = Page::blank(form);
    for (cell, text) in cells {
        page.print(cell, text);
    }
    page
}

fn audit(page: &Page) -> Vec<Finding> {
    findings(&check(&page.cells), Catalog::get())
}

fn one<'a>(checks: &'a [Check], id: &str, place: &str) -> &'a Check {
    let mut found = checks
        .iter()
        .filter(|c| c.id() == id && c.rule.place == place);
    let first = found
        .next()
        .unwrap_or_else(|| panic!("no {id} at {place:?}"));
    assert!(found.next().is_none(), "{id} at {place:?} twice");
    first
}

#[test]
fn findings_say_what_contradicts_what() {
    let lines = include_str!("cases.txt").lines();
    let mut lines = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .peekable();
    let mut cases = 0;
    while let Some(case) = lines.next() {
        let (form, cells) = case.split_once(' ').unwrap();
        let cells: Vec<_> = cells
            .split(' ')
            .map(|cell| cell.split_once('=').unwrap())
            .collect();
        let found = audit(&page(form.parse().unwrap(), &cells));
        let got: Vec<_> = found
            .iter()
            .map(|f| format!("  {} {}", f.code.as_str(), f.message))
            .collect();
        let mut want = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("  ")) {
            want.push(line);
        }
        assert_eq!(got, want, "{case}");
        chinese_says_the_same(&page(form.parse().unwrap(), &cells), &found);
        cases += 1;
    }
    assert_eq!(cases, 32);
}

/// The numbers in a text, as they stand.
fn numbers(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|number| number.trim_matches('.'))
        .filter(|number| !number.is_empty())
        .collect()
}

/// A Chinese sentence for each finding, with no number that the English one lacks but sums and the difference.
fn chinese_says_the_same(page: &Page, found: &[Finding]) {
    let checks = check(&page.cells);
    let catalog = Catalog::get();
    let sentences: Vec<String> = checks
        .iter()
        .filter_map(|check| in_chinese(check, catalog))
        .collect();
    assert_eq!(sentences.len(), found.len());
    for (sentence, finding) in sentences.iter().zip(found) {
        assert!(sentence.ends_with('。'), "{sentence}");
        // No English word; labels may name 1 or 3.
        assert!(
            !sentence.contains(|c: char| c.is_ascii_alphabetic()),
            "{sentence}"
        );
        let (_, equation) = finding.message.split_once(": ").unwrap();
        let equation = equation.split(". May").next().unwrap();
        let told = numbers(sentence);
        for number in numbers(equation) {
            assert!(told.contains(&number), "{sentence} lacks {number}");
        }
    }
}

#[test]
fn a_contradiction_is_told_in_chinese_with_labels_and_the_difference() {
    for (form, cells, want) in [
        (
            FormId::F2021,
            &[
                (FLOW[0], "60"),
                (FLOW[1], "1"),
                (FLOW[2], "60"),
                (FLOW[3], "3"),
            ][..],
            "“总计”一栏：“一、本年新收政府信息公开申请数量”60＋“二、上年结转政府信息公开申请数量”1（合61），\
             应等于“三、本年度办理结果／（七）总计”60＋“四、结转下年度继续办理”3（合63）；相差2。",
        ),
        (
            FormId::F2021,
            &[
                (FLOW[0], "60"),
                (FLOW[1], "0"),
                (FLOW[2], "62"),
                (FLOW[3], ""),
            ][..],
            "“总计”一栏：“一、本年新收政府信息公开申请数量”60＋“二、上年结转政府信息公开申请数量”0，\
             应等于“三、本年度办理结果／（七）总计”62＋“四、结转下年度继续办理”（空白）；无论空白处为何数都不成立。",
        ),
        (
            FormId::F2021,
            &[("rules.issued", "3"), ("rules.in_force", "2")][..],
            "3，应不大于",
        ),
        (
            FormId::F2019,
            &[("fees.items_prior_year", "5"), ("fees.items_change", "-7")][..],
            "-7（合-2），应不小于0；相差2。",
        ),
        (
            FormId::F2021,
            &[
                ("requests.new@enterprise", "-1"),
                ("requests.new@total", ""),
            ][..],
            "-1，计数不应为负数。",
        ),
    ] {
        let page = page(form, cells);
        let told: Vec<String> = check(&page.cells)
            .iter()
            .filter_map(|check| in_chinese(check, Catalog::get()))
            .collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(want), "{}", told[0]);
    }
}

#[test]
fn a_finding_lists_its_cells_and_weighs_as_its_code() {
    let page = page(
        FormId::F2021,
        &[
            (FLOW[0], "60"),
            (FLOW[1], "0"),
            (FLOW[2], "61"),
            (FLOW[3], "0"),
        ],
    );
    let found = audit(&page);
    assert_eq!(found[0].place, FLOW.join(","));
    assert_eq!(found[0].severity, Severity::Error);
}

#[test]
fn blank_totals_on_detail_rows_are_no_violation() {
    // A provincial office, 2019: 总计 filled on the summary rows only.
    let mut page = Page::consistent(FormId::F2019);
    for row in page.outcomes() {
        page.print(&format!("{row}@total"), "");
    }
    let checks = check(&page.cells);
    let row = one(&checks, "T3.ROW", "outcome.granted");
    let Outcome::NotAssessable {
        missing,
        if_blanks_zero,
        irreconcilable,
    } = &row.outcome
    else {
        panic!("{row:?}");
    };
    assert_eq!(*missing, [page.id("outcome.granted@total")]);
    assert!(matches!(if_blanks_zero, Some(Verdict::Fails { .. })) && !irreconcilable);
    assert!(matches!(
        one(&checks, "T3.FLOW", "total").outcome,
        Outcome::Holds
    ));
    assert_eq!(audit(&page), []);
}

#[test]
fn only_blanks_and_marks_may_be_read_as_zero() {
    for (text, want) in [
        ("", Some(Verdict::Holds)),
        ("无", Some(Verdict::Holds)),
        ("若干", None),
    ] {
        let page = page(
            FormId::F2021,
            &[
                (FLOW[0], "60"),
                (FLOW[1], text),
                (FLOW[2], "60"),
                (FLOW[3], "0"),
            ],
        );
        let checks = check(&page.cells);
        let outcome = &one(&checks, "T3.FLOW", "total").outcome;
        let Outcome::NotAssessable { if_blanks_zero, .. } = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(*if_blanks_zero, want, "{text:?}");
    }
}

#[test]
fn full_pages_of_every_form_are_checked_through() {
    for (form, count) in [
        (FormId::F2019, 23 + 14 + 4 + 9),
        (FormId::F2021, 25 + 14 + 4 + 2),
    ] {
        let page = Page::consistent(form);
        let checks = check(&page.cells);
        assert_eq!(checks.len(), count);
        assert!(checks.iter().all(|check| check.outcome == Outcome::Holds));
    }
    for form in FormId::ALL {
        assert_eq!(check(&Page::blank(form).cells), []);
    }
    assert_eq!(check(&[]), []);
}

#[test]
fn every_sum_of_the_older_forms_is_found_out() {
    for form in [FormId::F2008, FormId::F2014] {
        let mut page = Page::blank(form);
        let cells: Vec<_> = Catalog::get()
            .of_form(form)
            .map(|i| i.cell.clone())
            .collect();
        for cell in &cells {
            page.number(cell, 1);
        }
        let failing: Vec<_> = check(&page.cells)
            .into_iter()
            .filter(Check::fails)
            .map(|c| c.id())
            .collect();
        let sums = Identities::get().all.iter().filter(|identity| {
            identity.forms.contains(&form) && identity.kind == nianbao::audit::Kind::Sum
        });
        assert_eq!(
            failing,
            sums.map(|identity| identity.id.as_str())
                .collect::<Vec<_>>()
        );
    }
}

#[test]
fn forms_are_checked_table_by_table() {
    // Requests in form 2021, disputes left over from form 2019.
    let mut requests = Page::consistent(FormId::F2021).without("disputes");
    requests.number(FLOW[0], 1);
    let mut disputes = Page::consistent(FormId::F2019).without("requests");
    disputes.number("review.total", 99);
    requests.cells.extend(disputes.cells);
    let checks = check(&requests.cells);
    let failing: Vec<_> = checks
        .iter()
        .filter(|c| c.fails())
        .map(|c| (c.rule.form, c.id()))
        .collect();
    let want = [
        (FormId::F2019, "T4.review"),
        (FormId::F2021, "T3.ROW"),
        (FormId::F2021, "T3.FLOW"),
    ];
    assert_eq!(failing, want);
    assert!(checks.iter().all(|check| check.id() != "T4.T3.BOUND"));
}

#[test]
fn amounts_in_another_unit_are_not_added() {
    let mut page = page(
        FormId::F2008,
        &[
            ("h.fee", "0.5"),
            ("h.fee.pub", "4000"),
            ("h.fee.req", "1000"),
        ],
    );
    assert_eq!(audit(&page).len(), 1);
    page.unit("h.fee", Unit::WanYuan);
    assert_eq!(audit(&page), []);
    let checks = check(&page.cells);
    let outcome = &one(&checks, "H.FEE", "").outcome;
    assert!(
        matches!(
            outcome,
            Outcome::NotAssessable {
                if_blanks_zero: None,
                ..
            }
        ),
        "{outcome:?}"
    );
    // Words for things counted do not matter.
    page.unit("h.fee", Unit::Yuan);
    page.print("h.fee", "5000");
    page.unit("h.req", Unit::Jian);
    assert_eq!(audit(&page), []);
}

#[test]
fn a_rows_absence_is_not_a_blank() {
    let mut page = Page::consistent(FormId::F2021);
    let cell = page.at("outcome.granted@total");
    cell.status = nianbao::model::CellStatus::RowAbsent;
    cell.value = None;
    let checks = check(&page.cells);
    let outcome = &one(&checks, "T3.RES.2021", "total").outcome;
    assert!(
        matches!(
            outcome,
            Outcome::NotAssessable {
                if_blanks_zero: None,
                ..
            }
        ),
        "{outcome:?}"
    );
}

#[test]
fn one_wrong_cell_shows_in_its_row_and_its_column() {
    let mut page = Page::consistent(FormId::F2021);
    page.number("outcome.granted@natural_person", 1000);
    let checks = check(&page.cells);
    let failing: Vec<_> = checks
        .iter()
        .filter(|c| c.fails())
        .map(|c| (c.id(), c.rule.place.as_str()))
        .collect();
    assert_eq!(
        failing,
        [
            ("T3.ROW", "outcome.granted"),
            ("T3.RES.2021", "natural_person")
        ]
    );
}

#[test]
fn people_get_a_sentence_for_every_identity() {
    for identity in &Identities::get().all {
        assert!(
            identity.en.ends_with('.') && identity.zh.ends_with('。'),
            "{}",
            identity.id
        );
        let soft = identity.strictness == Strictness::Soft && identity.kind.is_within_report();
        assert!(!soft || !identity.exceptions.is_empty(), "{}", identity.id);
    }
}
