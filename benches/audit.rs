//! Time to check one report. Prints nanoseconds a report; run with `cargo bench --bench audit`.

use std::hint::black_box;
use std::time::Instant;

use nianbao::audit::{check, findings};
use nianbao::model::{Catalog, FormId};

#[path = "../tests/audit/tables.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod tables;

const ROUNDS: u32 = 20_000;

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
        let mut found = 0;
        // The first round compiles the rules.
        for timed in [false, true] {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                let checks = check(black_box(&page.cells));
                found = findings(black_box(&checks), Catalog::get()).len();
            }
            if timed {
                let each = start.elapsed() / ROUNDS;
                println!("{name}: {} ns a report, {found} findings", each.as_nanos());
            }
        }
    }
}
