//! Numbers that agree with each other, for every cell of a form.

use std::collections::BTreeMap;

use nianbao::model::form::{Quantity, Shape};
use nianbao::model::{Catalog, Decimal, FormId};

use super::rng::Rng;
use super::truth::Planted;

/// Values by cell id.
pub type Values = BTreeMap<String, Decimal>;

/// Columns of the requests table but the total.
pub const COLUMNS: [&str; 6] = [
    "natural_person",
    "enterprise",
    "research",
    "public_welfare",
    "legal_service",
    "other",
];

/// Parents in the lists whose children add up to them, innermost first.
const SUMS: [&str; 13] = [
    "applications.answer.denied",
    "applications.received",
    "applications.closed",
    "applications.answered",
    "review.total",
    "litigation.total",
    "institution.staff",
    "h.ans.denied",
    "h.req",
    "h.ans",
    "h.fee.pub",
    "h.fee.req",
    "h.fee",
];

/// How busy an agency is: the greatest number of requests of natural persons.
#[derive(Debug, Clone, Copy)]
pub struct Size(pub i64);

/// Draws a value for every cell of `form`.
pub fn draw(form: FormId, rng: &mut Rng) -> Values {
    let size = Size(*rng.pick(&[0, 4, 60, 60, 700, 4000, 26000]));
    let mut values = Values::new();
    for table in &Catalog::get().form(form).tables {
        match (table.shape, table.id.as_str()) {
            (Shape::Matrix, "requests") => requests(form, size, rng, &mut values),
            (Shape::Cells, _) => disputes(size, rng, &mut values),
            _ => {}
        }
    }
    for indicator in Catalog::get().of_form(form) {
        if values.contains_key(&indicator.cell) {
            continue;
        }
        let value = match indicator.quantity {
            Quantity::Count => Decimal::integer(count(size.0.max(30) * 3, rng)),
            Quantity::Change => Decimal::integer(rng.range(-fewer(&values, &indicator.row), 9)),
            Quantity::Money => money(&indicator.cell, rng),
        };
        values.insert(indicator.cell.clone(), value);
    }
    sum_lists(form, &mut values);
    keep_parts_below_wholes(&mut values);
    values
}

/// How many items a list can lose: no more than it had, nine at most.
fn fewer(values: &Values, row: &str) -> i64 {
    let before = values.get(&format!("{row}.items_prior_year"));
    before.map_or(0, |before| before.mantissa().min(9))
}

/// Zero often, small mostly, large sometimes.
fn count(most: i64, rng: &mut Rng) -> i64 {
    match rng.below(10) {
        0..=2 => 0,
        3..=7 => rng.range(0, (most / 12).max(1)),
        _ => rng.range(0, most),
    }
}

fn money(cell: &str, rng: &mut Rng) -> Decimal {
    // Fees in 元 add up in `sum_lists`, so they stay whole.
    if cell.starts_with("h.fee") {
        return Decimal::integer(rng.range(0, 900));
    }
    let scale = u8::try_from(rng.below(5)).unwrap_or(0);
    if rng.chance(30) {
        return Decimal::integer(0);
    }
    Decimal::new(rng.range(1, 999_999), scale).unwrap_or(Decimal::integer(0))
}

fn requests(form: FormId, size: Size, rng: &mut Rng, values: &mut Values) {
    let outcomes = outcome_rows(form);
    let mut totals: BTreeMap<String, i64> = BTreeMap::new();
    for column in COLUMNS {
        let most = if column == "natural_person" {
            size.0
        } else {
            size.0 / 9
        };
        let new = if most == 0 {
            0
        } else {
            rng.range(most / 3, most)
        };
        let carried_in = rng.range(0, new / 9);
        let carried_out = rng.range(0, new / 9);
        let mut left = new + carried_in - carried_out;
        let mut cells = vec![
            ("requests.new".to_owned(), new),
            ("requests.carried_in".to_owned(), carried_in),
            ("outcome.total".to_owned(), left),
            ("requests.carried_out".to_owned(), carried_out),
        ];
        for (position, row) in outcomes.iter().enumerate() {
            let last = position + 1 == outcomes.len();
            let share = match position {
                _ if last => left,
                0 => left / 2,
                _ if rng.chance(45) => 0,
                _ => rng.range(0, left / 4),
            };
            left -= share;
            cells.push((row.clone(), share));
        }
        for (row, value) in cells {
            *totals.entry(row.clone()).or_default() += value;
            values.insert(format!("{row}@{column}"), Decimal::integer(value));
        }
    }
    for (row, value) in totals {
        values.insert(format!("{row}@total"), Decimal::integer(value));
    }
}

/// The rows of the requests table that add up to （七）总计.
pub fn outcome_rows(form: FormId) -> Vec<String> {
    let tables = &Catalog::get().form(form).tables;
    let rows = tables.iter().filter(|table| table.id == "requests");
    rows.flat_map(|table| table.rows.iter())
        .filter(|row| row.id.starts_with("outcome.") && row.id != "outcome.total")
        .map(|row| row.id.clone())
        .collect()
}

fn disputes(size: Size, rng: &mut Rng, values: &mut Values) {
    for block in ["review", "litigation.direct", "litigation.after_review"] {
        let mut total = 0;
        for result in ["upheld", "corrected", "other", "pending"] {
            let value = if size.0 == 0 {
                0
            } else {
                count(size.0 / 20, rng)
            };
            total += value;
            values.insert(format!("{block}.{result}"), Decimal::integer(value));
        }
        values.insert(format!("{block}.total"), Decimal::integer(total));
    }
}

fn sum_lists(form: FormId, values: &mut Values) {
    for table in &Catalog::get().form(form).tables {
        if table.shape != Shape::List {
            continue;
        }
        for parent in SUMS {
            let children = table.rows.iter();
            let children: Vec<_> = children
                .filter(|row| row.parent.as_deref() == Some(parent) && row.unit.is_some())
                .collect();
            if children.is_empty() {
                continue;
            }
            let sum = children
                .iter()
                .filter_map(|row| values.get(&row.id).and_then(|value| value.as_integer()))
                .sum();
            values.insert(parent.to_owned(), Decimal::integer(sum));
        }
    }
}

/// "Of which": a part is never more than the whole.
fn keep_parts_below_wholes(values: &mut Values) {
    for (part, whole) in [
        ("rules.newly_disclosed", "rules.issued"),
        ("rules.newly_disclosed", "rules.disclosed_total"),
        ("rules.issued", "rules.in_force"),
        (
            "normative_documents.newly_disclosed",
            "normative_documents.issued",
        ),
        (
            "normative_documents.newly_disclosed",
            "normative_documents.disclosed_total",
        ),
        ("normative_documents.issued", "normative_documents.in_force"),
        ("disclosure.norm_disclosed", "disclosure.total"),
        ("response.presser_lead", "response.presser"),
        ("response.interview_lead", "response.interview"),
        ("h.pub.norm_new", "h.pub.docs"),
        ("h.pub.docs", "h.pub"),
        ("h.pub.fulltext", "h.pub"),
    ] {
        if let (Some(part), Some(whole_value)) = (values.get(part), values.get(whole)) {
            let most = part.mantissa().max(whole_value.mantissa());
            values.insert(whole.to_owned(), Decimal::integer(most));
        }
    }
}

/// Breaks one identity of the printed values. Forms without that table keep them.
pub fn plant(values: &mut Values, planted: &Planted) {
    let cells: Vec<String> = match planted {
        Planted::RowSum { row } => vec![format!("{row}@total")],
        // The row's total moves with the cell, so that the row still adds up.
        Planted::OutcomeSum { column } => with_total("outcome.granted", column),
        Planted::Flow { column } => with_total("requests.carried_out", column),
        Planted::DisputeSum { cell } => vec![cell.clone()],
        Planted::Narrative { .. } => vec![],
    };
    for cell in cells {
        if let Some(value) = values.get_mut(&cell) {
            *value = Decimal::integer(value.mantissa() + 1);
        }
    }
}

fn with_total(row: &str, column: &str) -> Vec<String> {
    let mut cells = vec![format!("{row}@total")];
    if column != "total" {
        cells.push(format!("{row}@{column}"));
    }
    cells
}
