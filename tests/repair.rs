//! Repair proposals: what the code of section 3 finds and what it does not.
//!
//! Tables that agree are drawn, mistakes are made in them, and the proposals are held against what was there.
//! `cargo test --test repair -- --nocapture` prints the rates that `docs/repairs.md` gives.

#[path = "audit/tables.rs"]
#[expect(dead_code, reason = "shared with the audit's tests")]
mod tables;

#[path = "generator/mod.rs"]
mod generator;

use std::collections::BTreeMap;

use generator::{Rng, draw_values};
use nianbao::audit::{Check, Outcome, Strictness, contradictions, repair};
use nianbao::model::{Catalog, Cause, Code, Confidence, Decimal, FormId, IndicatorId, Proposal};
use tables::{PARTS, Page};

/// A page whose sections 3 and 4 agree, as busy or as idle as real ones.
fn drawn(form: FormId, rng: &mut Rng) -> Page {
    let mut page = Page::blank(form);
    if rng.chance(50) {
        let sums = ["requests", "disputes"];
        for (cell, value) in draw_values(form, rng) {
            let indicator = Catalog::get().indicator(page.id(&cell));
            if sums.contains(&indicator.table.as_str()) {
                page.number(&cell, value.mantissa());
            }
        }
    } else {
        // A small office: a few outcomes, hardly anybody but natural persons.
        let outcomes = page.outcomes().len() + 1;
        let most = *rng.pick(&[3, 12, 40, 250]);
        let mut counts = vec![vec![0; outcomes]; PARTS.len()];
        for (part, counts) in counts.iter_mut().enumerate() {
            let (share, most) = if part == 0 {
                (25, most)
            } else {
                (4, most / 4 + 1)
            };
            for count in counts.iter_mut() {
                if rng.chance(share) {
                    *count = rng.range(1, most);
                }
            }
        }
        counts[0][0] += rng.range(0, most);
        page.fill_requests(&counts, rng.range(0, 12));
    }
    page
}

/// The cells of section 3, row by row.
fn section_3(page: &Page) -> Vec<IndicatorId> {
    let of_form = Catalog::get().of_form(page.form);
    of_form
        .filter(|indicator| indicator.table == "requests")
        .map(|indicator| indicator.id)
        .collect()
}

fn name(id: IndicatorId) -> &'static str {
    &Catalog::get().indicator(id).cell
}

fn value(page: &Page, id: IndicatorId) -> i64 {
    let cell = page.cells.iter().find(|cell| cell.indicator == id);
    cell.and_then(|cell| cell.value).unwrap().mantissa()
}

/// Another number as a typist would leave it.
fn slip(value: i64, rng: &mut Rng) -> i64 {
    for _ in 0..20 {
        let mut digits = value.to_string().into_bytes();
        let at = rng.below(digits.len());
        let digit = b'0' + u8::try_from(rng.below(10)).unwrap();
        match rng.below(6) {
            0 if digits.len() > 1 => {
                digits.remove(at);
            }
            1 => digits.insert(at, digit),
            2 => digits[at] = digit,
            3 if at > 0 => digits.swap(at - 1, at),
            4 => digits = rng.range(0, value * 2 + 9).to_string().into_bytes(),
            5 => digits = vec![b'0'],
            _ => continue,
        }
        let wrong = String::from_utf8(digits).unwrap().parse().unwrap();
        if wrong != value {
            return wrong;
        }
    }
    value + 1
}

fn hard_failures(page: &Page) -> Vec<Check> {
    let mut checks = contradictions(&page.cells);
    checks.retain(|check| {
        let fails = check.fails()
            || matches!(check.outcome, Outcome::NotAssessable { irreconcilable, .. } if irreconcilable);
        fails && check.rule.identity.strictness == Strictness::Hard
    });
    checks
}

/// Cell and proposed number of every change.
fn changed(proposal: &Proposal) -> BTreeMap<&'static str, Option<i64>> {
    let changes = proposal.changes.iter();
    changes
        .map(|one| (name(one.indicator), one.proposed.map(Decimal::mantissa)))
        .collect()
}

/// The page as it would be. Only tests do this.
fn applied(page: &Page, proposal: &Proposal) -> Page {
    let mut page = page.clone();
    for change in &proposal.changes {
        let text = change.proposed.map(|value| value.to_string());
        page.print(name(change.indicator), &text.unwrap_or_default());
    }
    page
}

/// What became of a page with mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Fate {
    /// Everything adds up.
    Undetected,
    /// The only proposal, and what was there.
    Right,
    /// The only proposal, and a part of what was there: the rest stands among blanks and cannot be seen.
    Partly,
    /// Several, what was there among them.
    Ambiguous,
    /// Several, what was there not listed or not among them.
    AmbiguousElsewhere,
    /// Nothing proposed.
    Silent,
    /// The only proposal, and not what was there: one cell.
    WrongOne,
    /// The only proposal, and not what was there: more cells.
    WrongSeveral,
}

fn fate(page: &Page, truth: &BTreeMap<&'static str, Option<i64>>) -> Fate {
    let proposals = repair::proposals(&page.cells);
    for proposal in &proposals {
        assert_eq!(hard_failures(&applied(page, proposal)), [], "{proposal:?}");
    }
    let hit = proposals.iter().any(|one| changed(one) == *truth);
    match proposals.as_slice() {
        [] => Fate::Silent,
        [one] if one.unique && hit => Fate::Right,
        [one]
            if one.unique
                && changed(one)
                    .iter()
                    .all(|(id, to)| truth.get(id) == Some(to)) =>
        {
            Fate::Partly
        }
        [one] if one.unique => {
            if std::env::var_os("NIANBAO_SHOW").is_some() {
                println!("{} {:?} for {truth:?}", one.message, one.identities);
            }
            if one.changes.len() == 1 {
                Fate::WrongOne
            } else {
                Fate::WrongSeveral
            }
        }
        _ if hit => Fate::Ambiguous,
        _ => Fate::AmbiguousElsewhere,
    }
}

/// The fates of `count` pages of form 2021, each spoiled by `spoil`.
fn simulate(
    title: &str,
    count: u32,
    spoil: impl FnMut(&mut Page, &mut Rng) -> Option<()>,
) -> BTreeMap<Fate, u32> {
    simulate_blank(title, count, |_, _| Vec::new(), spoil)
}

/// The same, on pages that leave the cells of `blanks` blank.
fn simulate_blank(
    title: &str,
    count: u32,
    blanks: impl Fn(&Page, &mut Rng) -> Vec<IndicatorId>,
    mut spoil: impl FnMut(&mut Page, &mut Rng) -> Option<()>,
) -> BTreeMap<Fate, u32> {
    let mut fates = BTreeMap::new();
    let mut drawn_pages = 0;
    for seed in 0.. {
        if drawn_pages == count {
            break;
        }
        assert!(
            seed < 200 * u64::from(count),
            "{title}: hardly a page can be spoiled so"
        );
        let mut rng = Rng::new(seed, "repair");
        let page = drawn(FormId::F2021, &mut rng);
        let mut spoiled = page.clone();
        let blanks = blanks(&page, &mut rng);
        if spoil(&mut spoiled, &mut rng).is_none() {
            continue;
        }
        for id in &blanks {
            spoiled.print(name(*id), "");
        }
        let truth: BTreeMap<_, _> = section_3(&page)
            .into_iter()
            .filter(|id| !blanks.contains(id))
            .filter(|id| value(&page, *id) != value(&spoiled, *id))
            .map(|id| (name(id), Some(value(&page, id))))
            .collect();
        if truth.is_empty() {
            continue;
        }
        drawn_pages += 1;
        if hard_failures(&spoiled).is_empty() {
            let may_be = truth.len() > 3 || title.starts_with("neighbours") || !blanks.is_empty();
            assert!(may_be, "{title} {seed}: not detected");
            *fates.entry(Fate::Undetected).or_default() += 1;
            continue;
        }
        *fates.entry(fate(&spoiled, &truth)).or_default() += 1;
    }
    let percent = |(fate, times): (&Fate, &u32)| {
        format!(
            "{fate:?} {:.2} %",
            f64::from(*times) * 100.0 / f64::from(count)
        )
    };
    let line: Vec<String> = fates.iter().map(percent).collect();
    println!("{title}: {count}: {}", line.join(", "));
    fates
}

fn set(page: &mut Page, id: IndicatorId, number: i64) {
    page.number(name(id), number);
}

#[test]
fn ten_thousand_single_errors_are_located() {
    let fates = simulate("one cell", 10_000, |page: &mut Page, rng: &mut Rng| {
        let mut cells = section_3(page);
        if rng.chance(60) {
            cells.retain(|id| value(page, *id) != 0);
        }
        if cells.is_empty() {
            return None;
        }
        let cell = *rng.pick(&cells);
        let wrong = slip(value(page, cell), rng);
        set(page, cell, wrong);
        Some(())
    });
    let right = fates.get(&Fate::Right).copied().unwrap_or_default();
    assert!(right >= 9_990, "{fates:?}");
    assert_eq!(fates.get(&Fate::WrongOne), None);
    assert_eq!(fates.get(&Fate::WrongSeveral), None);
}

#[test]
fn three_thousand_double_errors_are_never_repaired_by_one_cell() {
    let kinds = [
        "anywhere",
        "same row",
        "same column",
        "part and row total",
        "part and column total",
        "same difference",
        "counted in the next column",
        "counted in the next row",
    ];
    for (number, kind) in kinds.iter().enumerate() {
        let fates = simulate(
            &format!("two cells, {kind}"),
            500,
            |page: &mut Page, rng: &mut Rng| {
                let cells = section_3(page);
                let at = |row: usize, column: usize| cells[row * 7 + column];
                let row = rng.below(25);
                let column = rng.below(7);
                let other_row = (row + 1 + rng.below(24)) % 25;
                let other_column = (column + 1 + rng.below(6)) % 7;
                let outcome = 2 + rng.below(21);
                let (one, two) = match number {
                    1 => (at(row, column), at(row, other_column)),
                    2 => (at(row, column), at(other_row, column)),
                    3 => (at(row, column % 6), at(row, 6)),
                    4 => (at(outcome, column), at(23, column)),
                    6 => (at(row, column % 6), at(row, (column + 1) % 6)),
                    7 => (at(outcome, column % 6), at(outcome + 1, column % 6)),
                    _ => (at(row, column), at(other_row, other_column)),
                };
                let wrong = if number > 5 {
                    value(page, one) - rng.range(1, 2)
                } else {
                    slip(value(page, one), rng)
                };
                if wrong < 0 {
                    return None;
                }
                let by = wrong - value(page, one);
                set(page, one, wrong);
                let same = value(page, two) + if number > 5 { -by } else { by };
                let wrong = if (number >= 5 || number > 2 && rng.chance(50)) && same >= 0 {
                    same
                } else {
                    slip(value(page, two), rng)
                };
                set(page, two, wrong);
                Some(())
            },
        );
        assert_eq!(fates.get(&Fate::WrongOne), None, "{kind}");
    }
}

/// Row and column of section 3 → its cell.
fn at(page: &Page, row: usize, column: usize) -> IndicatorId {
    section_3(page)[row * 7 + column]
}

fn numbers(page: &Page, row: usize) -> Vec<i64> {
    (0..7)
        .map(|column| value(page, at(page, row, column)))
        .collect()
}

fn write(page: &mut Page, row: usize, numbers: &[i64]) {
    for (column, number) in numbers.iter().enumerate() {
        let cell = at(page, row, column);
        set(page, cell, *number);
    }
}

/// A row in which at least `least` numbers are not 0.
fn busy_row(page: &Page, least: usize, rng: &mut Rng) -> Option<usize> {
    let busy = |row: &usize| numbers(page, *row).iter().filter(|n| **n != 0).count() >= least;
    let rows: Vec<usize> = (0..25).filter(busy).collect();
    (!rows.is_empty()).then(|| *rng.pick(&rows))
}

#[test]
fn mistakes_of_many_cells_with_one_cause() {
    type Spoil = fn(&mut Page, &mut Rng) -> Option<()>;
    let kinds: [(&str, Spoil); 7] = [
        ("neighbours in a row swapped", |page, rng| {
            let row = busy_row(page, 2, rng)?;
            let mut row_numbers = numbers(page, row);
            let column = rng.below(6);
            row_numbers.swap(column, column + 1);
            write(page, row, &row_numbers);
            Some(())
        }),
        ("neighbours in a column swapped", |page, rng| {
            let (row, column) = (rng.below(24), rng.below(7));
            let (one, two) = (at(page, row, column), at(page, row + 1, column));
            let numbers = (value(page, one), value(page, two));
            set(page, one, numbers.1);
            set(page, two, numbers.0);
            Some(())
        }),
        ("row shifted left over a lost 0", |page, rng| {
            let row = busy_row(page, 2, rng)?;
            let mut row_numbers = numbers(page, row);
            let lost = row_numbers.iter().position(|number| *number == 0)?;
            row_numbers.remove(lost);
            row_numbers.push(0);
            write(page, row, &row_numbers);
            Some(())
        }),
        ("row shifted right by a 0 too many", |page, rng| {
            let row = busy_row(page, 2, rng)?;
            let mut row_numbers = numbers(page, row);
            row_numbers.insert(rng.below(6), 0);
            row_numbers.pop();
            write(page, row, &row_numbers);
            Some(())
        }),
        ("row above repeated", |page, rng| {
            let row = 1 + rng.below(24);
            let above = numbers(page, row - 1);
            write(page, row, &above);
            Some(())
        }),
        ("number split, the rest pushed on", |page, rng| {
            let row = busy_row(page, 2, rng)?;
            let mut row_numbers = numbers(page, row);
            let long = row_numbers[..6].iter().position(|number| *number > 9)?;
            let number = row_numbers[long];
            row_numbers[long] = number / 10;
            row_numbers.insert(long + 1, number % 10);
            row_numbers.pop();
            write(page, row, &row_numbers);
            Some(())
        }),
        ("two rows swapped", |page, rng| {
            let (one, two) = (*rng.pick(&[0, 1, 24]), 2 + rng.below(22));
            let rows = (numbers(page, one), numbers(page, two));
            write(page, one, &rows.1);
            write(page, two, &rows.0);
            Some(())
        }),
    ];
    for (kind, spoil) in kinds {
        let fates = simulate(kind, 400, spoil);
        let wrong = |fate| fates.get(&fate).copied().unwrap_or_default();
        assert!(
            wrong(Fate::WrongOne) + wrong(Fate::WrongSeveral) <= 4,
            "{kind}: {fates:?}"
        );
        assert!(fates.contains_key(&Fate::Right), "{kind}: {fates:?}");
    }
}

#[test]
fn three_errors_are_seldom_taken_for_fewer() {
    let fates = simulate("three cells", 2_000, |page: &mut Page, rng: &mut Rng| {
        for _ in 0..3 {
            let cell = *rng.pick(&section_3(page));
            let wrong = slip(value(page, cell), rng);
            set(page, cell, wrong);
        }
        Some(())
    });
    let wrong = |fate| fates.get(&fate).copied().unwrap_or_default();
    assert!(
        wrong(Fate::WrongOne) + wrong(Fate::WrongSeveral) <= 4,
        "{fates:?}"
    );
}

/// Without all numbers the code is weaker: fewer mistakes are detected, and more cells are alike.
#[test]
fn blanks_make_it_silent_and_not_wrong() {
    type Blanks = fn(&Page, &mut Rng) -> Vec<IndicatorId>;
    let habits: [(&str, Blanks); 4] = [
        ("totals of the outcomes blank", |page, _| {
            (2..23).map(|row| at(page, row, 6)).collect()
        }),
        ("zeros blank", |page, _| {
            let mut cells = section_3(page);
            cells.retain(|id| value(page, *id) == 0);
            cells
        }),
        ("ten cells blank", |page, rng| {
            let cells = section_3(page);
            (0..10).map(|_| *rng.pick(&cells)).collect()
        }),
        ("a column blank", |page, rng| {
            let column = rng.below(6);
            (0..25).map(|row| at(page, row, column)).collect()
        }),
    ];
    for (habit, blanks) in habits {
        for cells in 1..=2 {
            let title = format!("{habit}, {cells} wrong");
            let fates = simulate_blank(&title, 1_000, blanks, |page: &mut Page, rng: &mut Rng| {
                for _ in 0..cells {
                    let cell = *rng.pick(&section_3(page));
                    let wrong = slip(value(page, cell), rng);
                    set(page, cell, wrong);
                }
                Some(())
            });
            assert_eq!(fates.get(&Fate::WrongOne), None, "{title}");
            assert_eq!(fates.get(&Fate::WrongSeveral), None, "{title}");
        }
    }
}

fn causes(page: &Page) -> Vec<(Cause, bool, Confidence, Vec<String>)> {
    let told = |one: Proposal| {
        let changes = one.changes.iter().map(|change| {
            let number =
                |value: Option<Decimal>| value.map_or("-".into(), |value| value.to_string());
            let (from, to) = (number(change.printed), number(change.proposed));
            format!("{} {from} {to}", name(change.indicator))
        });
        (one.cause, one.unique, one.confidence, changes.collect())
    };
    repair::proposals(&page.cells)
        .into_iter()
        .map(told)
        .collect()
}

#[test]
fn slips_get_their_names() {
    let right = Page::consistent(FormId::F2021);
    let cell = "requests.new@natural_person";
    let number = value(&right, right.id(cell));
    assert!(number > 21, "{number}");
    for (cell, printed, cause, confidence) in [
        (cell, number / 10, Cause::DigitDropped, Confidence::High),
        (cell, number * 10 + 7, Cause::DigitAdded, Confidence::High),
        (cell, 7777, Cause::Replaced, Confidence::Medium),
        (
            "requests.new@total",
            1,
            Cause::TotalNotUpdated,
            Confidence::High,
        ),
    ] {
        let mut page = right.clone();
        page.number(cell, printed);
        let was = value(&right, right.id(cell));
        let change = format!("{cell} {printed} {was}");
        assert_eq!(causes(&page), [(cause, true, confidence, vec![change])]);
    }
    assert_eq!(causes(&right), []);
}

#[test]
fn a_sum_of_its_own_is_located_to_its_cells() {
    for form in [FormId::F2019, FormId::F2021] {
        let mut page = Page::consistent(form);
        page.number("review.total", 9);
        let proposals = repair::proposals(&page.cells);
        assert_eq!(proposals.len(), 5, "{proposals:#?}");
        for proposal in &proposals {
            assert!(!proposal.unique && proposal.alternatives == 5);
            assert_eq!(proposal.confidence, Confidence::Low);
            assert_eq!(proposal.identities, ["T4.review"]);
        }
        let findings = repair::findings(&proposals);
        let [finding] = findings.as_slice() else {
            panic!("{findings:#?}");
        };
        assert_eq!(finding.code, Code::RepairAmbiguous);
        assert_eq!(finding.place.split(',').count(), 5);
        // 9 less than nothing is left: the total and no part could be meant.
        page.number("review.total", 0);
        page.number("review.upheld", 6);
        assert!(repair::proposals(&page.cells).iter().all(|proposal| {
            proposal
                .changes
                .iter()
                .all(|change| change.proposed.unwrap().mantissa() >= 0)
        }));
    }
}

#[test]
fn lists_say_where_to_look() {
    let mut page = Page::blank(FormId::F2014);
    for (cell, number) in [
        ("applications.closed", 40),
        ("applications.closed.on_time", 35),
        ("applications.closed.extended", 4),
    ] {
        page.number(cell, number);
    }
    let found = causes(&page);
    let changes: Vec<&str> = found.iter().map(|one| one.3[0].as_str()).collect();
    assert_eq!(
        changes,
        [
            "applications.closed.on_time 35 36",
            "applications.closed.extended 4 5",
            "applications.closed 40 39",
        ]
    );
    assert!(found.iter().all(|one| !one.1));
    // A blank settles nothing, and is not filled.
    page.print("applications.closed.extended", "");
    assert_eq!(causes(&page), []);
    page.number("applications.closed.on_time", 41);
    let found = causes(&page);
    assert_eq!(found.len(), 2);
    assert!(
        found.iter().all(|one| !one.1 && one.3[0].ends_with(" -")),
        "{found:?}"
    );
}

#[test]
fn a_lost_cell_is_told_by_the_blank_at_the_end() {
    let mut page = Page::consistent(FormId::F2021);
    let row = numbers(&page, 4);
    assert_eq!(row.len(), 7);
    // The third cell is lost: the rest moves left, the last is blank.
    set_row(&mut page, 4, &[row[0], 0, 0, row[3], row[4], row[5]]);
    let mut page = rebalanced(page);
    let right = numbers(&page, 4);
    let lost: Vec<i64> = right[..2].iter().chain(&right[3..]).copied().collect();
    write(&mut page, 4, &lost);
    let blank = name(at(&page, 4, 6));
    page.print(blank, "");
    let found = causes(&page);
    let [(Cause::RowShifted, true, Confidence::High, changes)] = found.as_slice() else {
        panic!("{found:#?}");
    };
    assert!(
        changes.contains(&format!("{blank} - {}", right[6])),
        "{changes:?}"
    );
}

/// Writes the parts of a row; totals are left to [`rebalanced`].
fn set_row(page: &mut Page, row: usize, parts: &[i64]) {
    for (column, number) in parts.iter().enumerate() {
        let cell = at(page, row, column);
        set(page, cell, *number);
    }
}

/// The page with every total of section 3 added up anew, and what came in fitted to it.
fn rebalanced(mut page: Page) -> Page {
    let outcomes = page.outcomes().len();
    let counts: Vec<Vec<i64>> = (0..6)
        .map(|column| {
            let rows = (2..2 + outcomes).chain([24]);
            rows.map(|row| value(&page, at(&page, row, column)))
                .collect()
        })
        .collect();
    page.fill_requests(&counts, 10);
    page
}

#[test]
fn hostile_numbers_cost_nothing_and_break_nothing() {
    let cells: Vec<String> = Catalog::get()
        .of_form(FormId::F2021)
        .map(|indicator| indicator.cell.clone())
        .collect();
    let mut page = Page::blank(FormId::F2021);
    for (number, cell) in cells.iter().enumerate() {
        let sign = if number % 3 == 0 { "-" } else { "" };
        page.print(
            cell,
            &format!("{sign}{}", i64::MAX - i64::try_from(number).unwrap()),
        );
    }
    assert_eq!(causes(&page), []);
    for (number, cell) in cells.iter().enumerate() {
        page.print(cell, &format!("{number}.000000000000000001"));
    }
    assert_eq!(causes(&page), []);
    let mut page = Page::consistent(FormId::F2021);
    page.number("outcome.granted@other", -3);
    for (_, _, _, changes) in causes(&page) {
        assert!(
            changes
                .iter()
                .any(|change| change.starts_with("outcome.granted@other -3"))
        );
    }
}

#[test]
fn a_planted_contradiction_is_judged_by_its_bytes_and_left_as_it_is() {
    let read = |page: &str| {
        let bytes = page.as_bytes();
        nianbao::pipeline::read(
            bytes,
            nianbao::pipeline::Origin::default(),
            nianbao::profile::Profile::generic(),
        )
        .unwrap()
    };
    let row = |label: &str, cells: &[i64]| {
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| format!("<td>{cell}</td>"))
            .collect();
        format!("<tr><td>{label}</td>{}</tr>\n", cells.concat())
    };
    let catalog = Catalog::get();
    let form = catalog.form(FormId::F2021);
    let table = form
        .tables
        .iter()
        .find(|table| table.id == "requests")
        .unwrap();
    let right = Page::consistent(FormId::F2021);
    let render = |spoil: &dyn Fn(usize, &mut Vec<i64>)| {
        let mut text = String::from(
            "<meta charset=utf-8><title>某某局2022年政府信息公开工作年度报告</title><h1>某某局2022年政府信息公开工作年度报告</h1>\
             <p>一、总体情况</p><p>本局依法公开政府信息。</p><p>三、收到和处理政府信息公开申请情况</p><table>",
        );
        let heads: Vec<String> = table
            .columns
            .iter()
            .map(|one| format!("<td>{}</td>", one.label))
            .collect();
        text.push_str("<tr><td></td>");
        text.push_str(&heads.concat());
        text.push_str("</tr>\n");
        for (number, one) in table.rows.iter().enumerate() {
            let mut cells = numbers(&right, number);
            spoil(number, &mut cells);
            text.push_str(&row(&one.label, &cells));
        }
        text + "</table><p>五、存在的主要问题及改进情况</p><p>无。</p>"
    };
    let sound = read(&render(&|_, _| {}));
    assert_eq!(sound.proposals, [], "{:#?}", sound.findings);
    let page = render(&|row, cells| {
        if row == 0 {
            cells[1] += 100;
        }
    });
    let report = read(&page);
    let [proposal] = report.proposals.as_slice() else {
        panic!("{:#?}", report.proposals);
    };
    let change = &proposal.changes[0];
    let cell = "requests.new@enterprise";
    assert_eq!(name(change.indicator), cell);
    assert!(proposal.unique && proposal.fault == nianbao::model::Fault::Page);
    assert!(
        report
            .findings
            .iter()
            .any(|one| one.code == Code::RepairProposed && one.place == cell)
    );
    // The number stays what the page prints; the rest is as on the sound page.
    assert_eq!(report.observation(cell).unwrap().value, change.printed);
    assert_ne!(change.printed, change.proposed);
    assert_eq!(sound.observation(cell).unwrap().value, change.proposed);
    let others = |report: &nianbao::model::Report| -> Vec<_> {
        let observations = report.observations.iter();
        let others = observations.filter(|one| one.indicator != change.indicator);
        others
            .map(|one| (one.indicator, one.value, one.status))
            .collect()
    };
    assert_eq!(others(&report), others(&sound));
}
