//! Time to check one report. Prints nanoseconds a report; run with `cargo bench --bench audit`.

use std::hint::black_box;
use std::time::Instant;

use nianbao::audit::{check, findings, repair};
use nianbao::model::{Catalog, FormId};

#[path = "../tests/audit/tables.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod tables;

/// Reports in a batch; the fastest of the batches counts, since other work on the machine only slows.
const REPORTS: u32 = 1_000;
const BATCHES: u32 = 100;

fn main() {
    let full = tables::Page::consistent(FormId::F2021);
    let mut wrong = full.clone();
    wrong.number("outcome.granted@natural_person", 1000);
    let mut blank = full.clone();
    for row in blank.outcomes() {
        blank.print(&format!("{row}@total"), "");
    }
    for (name, page) in [
        ("consistent", full),
        ("one wrong cell", wrong),
        ("blank totals", blank),
    ] {
        let batch = |_| {
            let start = Instant::now();
            for _ in 0..REPORTS {
                let checks = check(black_box(&page.cells));
                black_box(findings(&checks, Catalog::get()));
            }
            start.elapsed() / REPORTS
        };
        let best = (0..BATCHES).map(batch).min().unwrap_or_default();
        println!("{name}: {} ns a report", best.as_nanos());
    }
    repairs();
}

/// Proposals, for pages of which some cells are wrong; these are looked for only where something fails.
fn repairs() {
    let full = tables::Page::consistent(FormId::F2021);
    let mut one = full.clone();
    one.number("outcome.granted@natural_person", 1000);
    let mut two = one.clone();
    two.number("outcome.partial@enterprise", 70);
    let mut alike = full.clone();
    alike.number("outcome.granted@natural_person", 9);
    alike.number("outcome.granted@total", 34);
    let mut many = full.clone();
    for (number, row) in (40..).zip(many.outcomes()) {
        many.number(&format!("{row}@research"), number);
    }
    for (name, page) in [
        ("nothing wrong", full),
        ("one wrong cell", one),
        ("two wrong cells", two),
        ("two of many", alike),
        ("a wrong column", many),
    ] {
        let batch = |_| {
            let start = Instant::now();
            for _ in 0..REPORTS {
                black_box(repair::proposals(black_box(&page.cells)));
            }
            start.elapsed() / REPORTS
        };
        let best = (0..BATCHES / 10).map(batch).min().unwrap_or_default();
        println!("repair, {name}: {} ns a report", best.as_nanos());
    }
}
