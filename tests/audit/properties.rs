//! What holds for every table.

use proptest::prelude::*;
use proptest::sample::Index;

use nianbao::audit::{Check, check, findings};
use nianbao::model::{Catalog, Code, Decimal, FormId, Observation, Severity};

use crate::tables::Page;

/// A page of form 2019 or 2021 whose section 3 adds up; the other tables are blank.
fn pages() -> impl Strategy<Value = Page> {
    let count = prop_oneof![3 => Just(0_i64), 2 => 0_i64..20, 1 => 0_i64..2_000_000];
    let forms = prop_oneof![Just(FormId::F2019), Just(FormId::F2021)];
    let table = forms.prop_flat_map(move |form| {
        let rows = Page::blank(form).outcomes().len() + 1;
        let column = prop::collection::vec(count.clone(), rows);
        (Just(form), prop::collection::vec(column, 6), 0_i64..=100)
    });
    table.prop_map(|(form, counts, carried_in)| {
        let mut page = Page::blank(form);
        page.fill_requests(&counts, carried_in);
        page
    })
}

fn numbers(page: &Page) -> Vec<usize> {
    let cells = page.cells.iter().enumerate();
    cells
        .filter(|(_, cell)| cell.value.is_some())
        .map(|(at, _)| at)
        .collect()
}

fn write(cell: &mut Observation, value: i64) {
    cell.raw = value.to_string();
    cell.value = Some(Decimal::integer(value));
    cell.status = nianbao::model::CellStatus::Number;
}

fn erase(cell: &mut Observation, mark: bool) {
    use nianbao::model::CellStatus::{Blank, Mark};
    cell.raw = if mark { "—".into() } else { String::new() };
    cell.value = None;
    cell.status = if mark { Mark } else { Blank };
}

fn errors(checks: &[Check]) -> Vec<nianbao::model::Finding> {
    findings(checks, Catalog::get())
}

proptest! {
    #[test]
    fn consistent_tables_give_no_finding(page in pages()) {
        let checks = check(&page.cells);
        prop_assert!(checks.len() > 20);
        prop_assert!(checks.iter().all(|check| !check.fails()));
        prop_assert_eq!(errors(&checks), vec![]);
    }

    #[test]
    fn a_changed_number_fails_where_it_stands(
        mut page in pages(), at in any::<Index>(), value in any::<i64>(),
    ) {
        let at = *at.get(&numbers(&page));
        let cell = &mut page.cells[at];
        prop_assume!(cell.value != Some(Decimal::integer(value)));
        write(cell, value);
        let changed = cell.indicator;
        let checks = check(&page.cells);
        prop_assert!(checks.iter().any(|check| check.fails() && check.involves(changed)));
        prop_assert!(checks.iter().all(|check| !check.fails() || check.involves(changed)));
        let findings = errors(&checks);
        let name = &Catalog::get().indicator(changed).cell;
        prop_assert!(findings.iter().any(|finding| finding.severity == Severity::Error));
        for finding in &findings {
            prop_assert!(finding.place.split(',').any(|cell| cell == name), "{finding:?}");
        }
    }

    #[test]
    fn blanks_in_a_consistent_table_accuse_nobody(
        mut page in pages(), erased in prop::collection::vec((any::<Index>(), any::<bool>()), 1..60),
    ) {
        let cells = numbers(&page);
        for (at, mark) in erased {
            erase(&mut page.cells[*at.get(&cells)], mark);
        }
        prop_assert_eq!(errors(&check(&page.cells)), vec![]);
    }

    #[test]
    fn blanks_beside_a_wrong_number_accuse_only_with_it(
        mut page in pages(), at in any::<Index>(), value in 0_i64..3_000_000,
        erased in prop::collection::vec((any::<Index>(), any::<bool>()), 1..60),
    ) {
        let cells = numbers(&page);
        let wrong = *at.get(&cells);
        write(&mut page.cells[wrong], value);
        for (at, mark) in erased {
            let at = *at.get(&cells);
            if at != wrong {
                erase(&mut page.cells[at], mark);
            }
        }
        let name = &Catalog::get().indicator(page.cells[wrong].indicator).cell;
        let checks = check(&page.cells);
        for finding in errors(&checks) {
            prop_assert!(finding.place.split(',').any(|cell| cell == name), "{finding:?}");
            let blank = finding.message.contains("blank") || finding.message.contains("mark");
            prop_assert_eq!(blank, finding.code == Code::IdentityBlank, "{:?}", finding);
        }
    }

    #[test]
    fn no_numbers_break_it(values in prop::collection::vec((any::<i64>(), 0_u8..=18), 200)) {
        for form in FormId::ALL {
            let mut page = Page::blank(form);
            for (cell, (mantissa, scale)) in page.cells.iter_mut().zip(&values) {
                write(cell, 0);
                cell.value = Decimal::new(*mantissa, *scale);
            }
            let checks = check(&page.cells);
            prop_assert_eq!(errors(&checks), errors(&check(&page.cells)));
        }
    }
}
