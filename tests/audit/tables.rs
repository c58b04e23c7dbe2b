//! Observations made by hand: pages that print what a test says.

use nianbao::model::{
    ByteRange, Catalog, CellStatus, FormId, IndicatorId, Observation, Source, Unit,
};

/// The six kinds of applicant.
pub const PARTS: [&str; 6] = [
    "natural_person",
    "enterprise",
    "research",
    "public_welfare",
    "legal_service",
    "other",
];

/// The cells of one form's tables.
#[derive(Debug, Clone)]
pub struct Page {
    pub form: FormId,
    pub cells: Vec<Observation>,
}

impl Page {
    /// Every cell there and blank.
    pub fn blank(form: FormId) -> Self {
        let cells = Catalog::get().of_form(form).map(|indicator| Observation {
            indicator: indicator.id,
            value: None,
            status: CellStatus::Blank,
            raw: String::new(),
            unit: indicator.unit,
            source: Some(Source {
                table: Some(0),
                row: 0,
                column: 0,
                bytes: ByteRange::default(),
            }),
        });
        let cells = cells.collect();
        Self { form, cells }
    }

    /// The number of a cell.
    pub fn id(&self, cell: &str) -> IndicatorId {
        let found = Catalog::get().find(self.form, cell);
        found.unwrap_or_else(|| panic!("no {cell} in form {}", self.form))
    }

    /// What stands in a cell.
    pub fn at(&mut self, cell: &str) -> &mut Observation {
        let id = self.id(cell);
        let cells = &mut self.cells;
        cells.iter_mut().find(|o| o.indicator == id).unwrap()
    }

    /// Prints `text` in a cell: a number, nothing, a mark, or words.
    pub fn print(&mut self, cell: &str, text: &str) {
        print(self.at(cell), text);
    }

    /// Prints a number in a cell.
    pub fn number(&mut self, cell: &str, number: i64) {
        self.print(cell, &number.to_string());
    }

    /// Changes the unit printed in a cell.
    pub fn unit(&mut self, cell: &str, unit: Unit) {
        self.at(cell).unit = Some(unit);
    }

    /// Takes a table away.
    pub fn without(mut self, table: &str) -> Self {
        for cell in &mut self.cells {
            if Catalog::get().indicator(cell.indicator).table == table {
                cell.status = CellStatus::TableAbsent;
                cell.value = None;
                cell.source = None;
            }
        }
        self
    }

    /// The rows of section 3 that count outcomes, without their total.
    pub fn outcomes(&self) -> Vec<String> {
        let table = Catalog::get()
            .form(self.form)
            .tables
            .iter()
            .find(|t| t.id == "requests");
        let rows = table.unwrap().rows.iter().map(|row| row.id.clone());
        rows.filter(|row| row.starts_with("outcome.") && row != "outcome.total")
            .collect()
    }

    /// Fills section 3 so that everything adds up: `counts` gives, by kind of applicant, one number for each
    /// outcome and one for the requests carried over; `carried_in` percent of all were carried in.
    pub fn fill_requests(&mut self, counts: &[Vec<i64>], carried_in: i64) {
        let outcomes = self.outcomes();
        let mut totals = vec![0; outcomes.len() + 4];
        let mut names = outcomes.clone();
        names.extend(["requests.carried_out", "outcome.total"].map(String::from));
        names.extend(["requests.carried_in", "requests.new"].map(String::from));
        for (part, counts) in PARTS.iter().zip(counts) {
            assert_eq!(counts.len(), outcomes.len() + 1);
            let mut column = counts.clone();
            let handled: i64 = counts[..outcomes.len()].iter().sum();
            let all = handled + counts[outcomes.len()];
            let older = all * carried_in / 100;
            column.extend([handled, older, all - older]);
            for ((name, count), total) in names.iter().zip(column).zip(&mut totals) {
                self.number(&format!("{name}@{part}"), count);
                *total += count;
            }
        }
        for (name, total) in names.iter().zip(totals) {
            self.number(&format!("{name}@total"), total);
        }
    }

    /// A page with something in every table, everything in order.
    pub fn consistent(form: FormId) -> Self {
        let mut page = Self::blank(form);
        let outcomes = page.outcomes().len() + 1;
        let counts: Vec<Vec<i64>> = (0_i64..6)
            .map(|part| {
                (0_i64..)
                    .take(outcomes)
                    .map(|row| (row * 7 + part * 5) % 11)
                    .collect()
            })
            .collect();
        page.fill_requests(&counts, 10);
        for case in ["review", "litigation.direct", "litigation.after_review"] {
            for (cell, count) in [
                ("upheld", 3),
                ("corrected", 1),
                ("other", 0),
                ("pending", 2),
            ] {
                page.number(&format!("{case}.{cell}"), count);
            }
            page.number(&format!("{case}.total"), 6);
        }
        for cell in &mut page.cells {
            let indicator = Catalog::get().indicator(cell.indicator);
            if indicator.table.starts_with("article20") {
                print(cell, "4");
            }
        }
        page
    }
}

fn print(cell: &mut Observation, text: &str) {
    text.clone_into(&mut cell.raw);
    cell.value = text.parse().ok();
    cell.status = match text {
        "" => CellStatus::Blank,
        "—" | "/" | "无" => CellStatus::Mark,
        _ if cell.value.is_some() => CellStatus::Number,
        _ => CellStatus::Text,
    };
}
