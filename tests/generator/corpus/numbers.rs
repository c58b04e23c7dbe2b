//! The numbers of an agency over its years: within a report they add up, between years they carry over.

use std::collections::HashMap;
use std::sync::OnceLock;

use nianbao::model::form::Quantity;
use nianbao::model::{Catalog, Decimal, FormId, Unit};

use super::super::rng::Rng;
use super::super::values::COLUMNS;
use super::drawn::Size;

/// Where each cell of a form stands among its cells, in the catalog's order.
#[derive(Debug)]
pub struct FormIndex {
    /// Cell ids in order.
    pub cells: Vec<String>,
    /// Units in order.
    pub units: Vec<Option<Unit>>,
    /// Kinds of number in order.
    pub quantities: Vec<Quantity>,
    places: HashMap<String, usize>,
    /// Rows of the requests table that add up to （七）总计.
    pub outcomes: Vec<String>,
}

impl FormIndex {
    /// The form's.
    pub fn of(form: FormId) -> &'static Self {
        static ALL: OnceLock<HashMap<FormId, FormIndex>> = OnceLock::new();
        let all = ALL.get_or_init(|| FormId::ALL.map(|form| (form, Self::new(form))).into());
        &all[&form]
    }

    fn new(form: FormId) -> Self {
        let all = || Catalog::get().of_form(form);
        Self {
            cells: all().map(|one| one.cell.clone()).collect(),
            units: all().map(|one| one.unit).collect(),
            quantities: all().map(|one| one.quantity).collect(),
            places: all()
                .enumerate()
                .map(|(place, one)| (one.cell.clone(), place))
                .collect(),
            outcomes: super::super::values::outcome_rows(form),
        }
    }

    /// Where a cell stands.
    pub fn place(&self, cell: &str) -> Option<usize> {
        self.places.get(cell).copied()
    }
}

/// How an agency prints its zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// `0`.
    Plain,
    /// Left blank.
    Blank,
    /// Struck out with a dash.
    Dash,
}

/// The numbers of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    /// Form.
    pub form: FormId,
    /// A value a cell, in the catalog's order.
    pub values: Vec<Decimal>,
}

impl Numbers {
    fn new(form: FormId) -> Self {
        let count = FormIndex::of(form).cells.len();
        Self {
            form,
            values: vec![Decimal::integer(0); count],
        }
    }

    /// A cell's digits; 0 for one that the form does not have.
    pub fn get(&self, cell: &str) -> i64 {
        let place = FormIndex::of(self.form).place(cell);
        place.map_or(0, |place| self.values[place].mantissa())
    }

    /// Puts a number into a cell of the form.
    pub fn set(&mut self, cell: &str, value: i64) {
        self.put(cell, Decimal::integer(value));
    }

    fn put(&mut self, cell: &str, value: Decimal) {
        let place = FormIndex::of(self.form).place(cell);
        debug_assert!(place.is_some(), "{cell}");
        if let Some(place) = place {
            self.values[place] = value;
        }
    }

    /// Adds to a cell.
    pub fn add(&mut self, cell: &str, more: i64) {
        self.set(cell, self.get(cell) + more);
    }
}

/// What goes over from a year to the next.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Requests carried out, a column each.
    pub carried: [i64; 6],
    /// Rules and normative documents in force.
    pub in_force: Option<[i64; 2]>,
    /// Rules and normative documents disclosed at all.
    disclosed: Option<[i64; 2]>,
    /// Pending disputes: reviews, direct lawsuits, lawsuits after a review.
    pending: [i64; 3],
    /// Items by row.
    items: HashMap<&'static str, i64>,
    /// The cumulative column of the Fujian list.
    cumulative: HashMap<String, i64>,
}

/// What a report is of.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// Form.
    pub form: FormId,
    /// The list of Fujian.
    pub fujian: bool,
    /// How busy the agency is.
    pub size: Size,
    /// Nothing moves: what comes in goes out, so that the next year can be the same.
    pub flat: bool,
}

/// Draws a year and moves the state on.
pub fn year(task: Task, state: &mut State, rng: &mut Rng) -> Numbers {
    let mut numbers = Numbers::new(task.form);
    match task.form {
        FormId::F2008 if task.fujian => fujian(task, state, rng, &mut numbers),
        FormId::F2008 => list_2008(task, rng, &mut numbers),
        FormId::F2014 => list_2014(task, state, rng, &mut numbers),
        FormId::F2019 | FormId::F2021 => {
            requests(task, state, rng, &mut numbers);
            disputes(task, state, rng, &mut numbers);
            article_20(task, state, rng, &mut numbers);
        }
    }
    numbers
}

/// `whole` in `parts` that add up to it, the first ones greater.
fn split(whole: i64, parts: usize, rng: &mut Rng) -> Vec<i64> {
    let mut left = whole;
    let mut out: Vec<i64> = (1..parts)
        .map(|_| {
            let part = if rng.chance(40) {
                0
            } else {
                rng.range(0, left / 2)
            };
            left -= part;
            part
        })
        .collect();
    out.insert(0, left);
    out
}

fn split_into(numbers: &mut Numbers, whole: i64, cells: &[&str], rng: &mut Rng) {
    for (cell, part) in cells.iter().zip(split(whole, cells.len(), rng)) {
        numbers.set(cell, part);
    }
}

/// Money in a cell: two decimals, seldom.
fn money(size: Size, rng: &mut Rng) -> Decimal {
    if size.0 < 30 || rng.chance(50) {
        return Decimal::integer(0);
    }
    let scale = u8::try_from(rng.below(3)).unwrap_or(0);
    Decimal::new(rng.range(1, 400_000), scale).unwrap_or(Decimal::integer(0))
}

fn requests(task: Task, state: &mut State, rng: &mut Rng, numbers: &mut Numbers) {
    let index = FormIndex::of(task.form);
    let mut totals: HashMap<&str, i64> = HashMap::new();
    for (at, column) in COLUMNS.iter().enumerate() {
        let most = match at {
            0 => task.size.0,
            1 if task.size.0 > 30 => task.size.0 / 5,
            _ if task.size.0 > 100 && rng.chance(40) => task.size.0 / 30,
            _ => 0,
        };
        let carried_in = state.carried[at];
        let mut new = if most == 0 {
            0
        } else {
            rng.range(most / 2, most)
        };
        let mut carried_out = rng.range(0, new / 9);
        if task.flat {
            carried_out = carried_in;
            new = new.max(carried_in);
        }
        state.carried[at] = carried_out;
        let handled = new + carried_in - carried_out;
        let mut left = handled;
        let mut cells = vec![
            ("requests.new", new),
            ("requests.carried_in", carried_in),
            ("outcome.total", handled),
            ("requests.carried_out", carried_out),
        ];
        for (position, row) in index.outcomes.iter().enumerate().rev() {
            let part = match position {
                0 => left,
                1 => rng.range(0, left / 3),
                _ if left > 6 && rng.chance(25) => rng.range(0, left / 4),
                _ => 0,
            };
            left -= part;
            cells.push((row, part));
        }
        for (row, value) in cells {
            *totals.entry(row).or_default() += value;
            if value != 0 {
                numbers.set(&format!("{row}@{column}"), value);
            }
        }
    }
    for (row, value) in totals {
        numbers.set(&format!("{row}@total"), value);
    }
}

fn disputes(task: Task, state: &mut State, rng: &mut Rng, numbers: &mut Numbers) {
    let handled = numbers.get("outcome.total@total");
    let blocks = ["review", "litigation.direct", "litigation.after_review"];
    for (at, block) in blocks.into_iter().enumerate() {
        let pending = state.pending[at];
        let fresh = if handled < 40 {
            0
        } else {
            rng.range(0, handled / 16)
        };
        // One that was pending is decided or still pending.
        let total = if task.flat { pending } else { pending + fresh };
        let left = if task.flat {
            pending
        } else {
            rng.range(0, (total / 5).min(handled / 40))
        };
        state.pending[at] = left;
        let parts = split(total - left, 3, rng);
        for (result, value) in [
            ("upheld", parts[0]),
            ("corrected", parts[1]),
            ("other", parts[2]),
            ("pending", left),
            ("total", total),
        ] {
            numbers.set(&format!("{block}.{result}"), value);
        }
    }
}

fn article_20(task: Task, state: &mut State, rng: &mut Rng, numbers: &mut Numbers) {
    let size = task.size.0;
    let rows = [("rules", size > 1_000), ("normative_documents", size > 3)];
    for (at, (row, has)) in rows.into_iter().enumerate() {
        let most = if has { 4 + size.min(200) / 12 } else { 0 };
        let issued = rng.range(0, most);
        if task.form == FormId::F2019 {
            let before = state.disclosed.unwrap_or([most * 3, most * 9])[at];
            let newly = rng.range(0, issued);
            let all = before + newly;
            numbers.set(&format!("{row}.issued"), issued);
            numbers.set(&format!("{row}.newly_disclosed"), newly);
            numbers.set(&format!("{row}.disclosed_total"), all);
            state.disclosed.get_or_insert([most * 3, most * 9])[at] = all;
        } else {
            let before = state.in_force.unwrap_or([most * 2, most * 8])[at];
            let repealed = rng.range(0, (before / 9).min(most));
            let issued = if task.flat { repealed } else { issued };
            let now = before + issued - repealed;
            numbers.set(&format!("{row}.issued"), issued);
            numbers.set(&format!("{row}.repealed"), repealed);
            numbers.set(&format!("{row}.in_force"), now);
            state.in_force.get_or_insert([most * 2, most * 8])[at] = now;
        }
    }
    let decisions = |rng: &mut Rng, often: usize| {
        if size < 3 || !rng.chance(often) {
            0
        } else {
            rng.range(1, size * 9)
        }
    };
    let busy = [
        ("licensing", 80),
        ("external_services", 30),
        ("penalties", 70),
        ("coercion", 25),
        ("fees", 0),
    ];
    for (row, often) in busy {
        if task.form == FormId::F2019 {
            let before = *state
                .items
                .entry(row)
                .or_insert_with(|| if size < 3 { 0 } else { rng.range(0, 60) });
            let change = rng.range(-before.min(6), if before == 0 { 0 } else { 6 });
            state.items.insert(row, before + change);
            numbers.set(&format!("{row}.items_prior_year"), before);
            numbers.set(&format!("{row}.items_change"), change);
            if row == "fees" {
                continue;
            }
        } else if matches!(row, "external_services" | "fees") {
            continue;
        }
        let many = decisions(rng, often);
        numbers.set(&format!("{row}.decisions"), many);
    }
    if task.form == FormId::F2019 {
        let projects = if size < 3 { 0 } else { rng.range(0, 40) };
        numbers.set("procurement.projects", projects);
        if projects > 0 {
            numbers.put("procurement.amount", money(task.size, rng));
        }
    } else {
        numbers.put("fees.amount", money(task.size, rng));
    }
}

#[expect(clippy::too_many_lines, reason = "one list, row by row")]
fn list_2014(task: Task, state: &mut State, rng: &mut Rng, numbers: &mut Numbers) {
    let size = task.size.0;
    let website = 20 + rng.range(size, size * 6 + 200);
    let other = rng.range(0, website / 8);
    let norms = rng.range(0, 3 + size.min(100) / 10);
    numbers.set("disclosure.ch.website", website);
    numbers.set("disclosure.ch.other", other);
    for cell in [
        "disclosure.ch.gazette",
        "disclosure.ch.weibo",
        "disclosure.ch.wechat",
    ] {
        let most = if rng.chance(50) { 0 } else { website / 3 };
        numbers.set(cell, rng.range(0, most));
    }
    numbers.set("disclosure.total", website + other);
    numbers.set("disclosure.norm_issued", norms);
    numbers.set(
        "disclosure.norm_disclosed",
        rng.range(0, norms.min(website)),
    );
    for (whole, part) in [
        ("response.presser", Some("response.presser_lead")),
        ("response.interview", Some("response.interview_lead")),
        ("response.articles", None),
        ("response.social", None),
        ("response.other", None),
        ("response.hot", None),
    ] {
        let many = if rng.chance(40) {
            0
        } else {
            rng.range(0, 4 + size / 6)
        };
        numbers.set(whole, many);
        if let Some(part) = part {
            numbers.set(part, rng.range(0, many));
        }
    }
    let received = if size == 0 {
        0
    } else {
        rng.range(size / 3, size)
    };
    let open = if rng.chance(70) {
        0
    } else {
        rng.range(0, received / 12)
    };
    // What is open at the end of 2018 is carried into 2019.
    state.carried = [open, 0, 0, 0, 0, 0];
    let closed = received - open;
    numbers.set("applications.received", received);
    split_into(
        numbers,
        received,
        &[
            "applications.received.online",
            "applications.received.in_person",
            "applications.received.letter",
            "applications.received.fax",
        ],
        rng,
    );
    numbers.set("applications.closed", closed);
    split_into(
        numbers,
        closed,
        &[
            "applications.closed.on_time",
            "applications.closed.extended",
        ],
        rng,
    );
    numbers.set("applications.answered", closed);
    split_into(
        numbers,
        closed,
        &[
            "applications.answer.granted",
            "applications.answer.already_public",
            "applications.answer.partial",
            "applications.answer.denied",
            "applications.answer.not_this_organ",
            "applications.answer.not_exist",
            "applications.answer.amend",
            "applications.answer.redirect",
        ],
        rng,
    );
    let denied = numbers.get("applications.answer.denied");
    split_into(
        numbers,
        denied,
        &[
            "applications.answer.denied.other_law",
            "applications.answer.denied.trade_secret",
            "applications.answer.denied.privacy",
            "applications.answer.denied.security",
            "applications.answer.denied.not_gov_info",
            "applications.answer.denied.state_secret",
        ],
        rng,
    );
    for block in ["review", "litigation"] {
        let total = rng.range(0, closed / 16);
        numbers.set(&format!("{block}.total"), total);
        let cells = ["upheld", "corrected", "other"].map(|result| format!("{block}.{result}"));
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        split_into(numbers, total, &cells, rng);
    }
    numbers.set("complaint.total", rng.range(0, closed / 30));
    numbers.put("fee.request", Decimal::integer(0));
    let (full, part) = (rng.range(0, 3), rng.range(1, 9));
    numbers.set("institution.units", rng.range(0, 1 + size / 400));
    numbers.set("institution.reading_points", rng.range(0, 2 + size / 200));
    numbers.set("institution.staff", full + part);
    numbers.set("institution.staff.fulltime", full);
    numbers.set("institution.staff.parttime", part);
    numbers.put("institution.budget", money(task.size, rng));
    numbers.set("training.meetings", rng.range(0, 6));
    let classes = rng.range(0, 4);
    numbers.set("training.classes", classes);
    numbers.set("training.persons", classes * rng.range(8, 90));
}

#[expect(clippy::too_many_lines, reason = "one list, row by row")]
fn list_2008(task: Task, rng: &mut Rng, numbers: &mut Numbers) {
    let size = task.size.0;
    let all = 30 + rng.range(size, size * 5 + 400);
    let docs = rng.range(0, all / 2);
    numbers.set("h.pub", all);
    numbers.set("h.pub.fulltext", rng.range(all / 2, all));
    numbers.set("h.pub.docs", docs);
    numbers.set("h.pub.norm_new", rng.range(0, docs / 9));
    for (cell, most) in [
        ("h.service", 300),
        ("h.visits", 40_000),
        ("h.reception", 900),
        ("h.consult_web", 200),
        ("h.consult_tel", 700),
        ("h.index_on_request", 60),
    ] {
        numbers.set(cell, rng.range(0, most));
    }
    let received = if size == 0 {
        0
    } else {
        rng.range(size / 4, size)
    };
    numbers.set("h.req", received);
    split_into(
        numbers,
        received,
        &[
            "h.req.online",
            "h.req.in_person",
            "h.req.letter",
            "h.req.email",
            "h.req.fax",
            "h.req.other",
        ],
        rng,
    );
    let answered = received - rng.range(0, received / 20);
    numbers.set("h.ans", answered);
    split_into(
        numbers,
        answered,
        &[
            "h.ans.granted",
            "h.ans.partial",
            "h.ans.denied",
            "h.ans.not_exist",
            "h.ans.not_this_organ",
            "h.ans.unclear",
            "h.ans.not_gov_info",
            "h.ans.repeat",
        ],
        rng,
    );
    let denied = numbers.get("h.ans.denied");
    split_into(
        numbers,
        denied,
        &[
            "h.ans.denied.other_law",
            "h.ans.denied.trade_secret",
            "h.ans.denied.privacy",
            "h.ans.denied.process",
            "h.ans.denied.security",
            "h.ans.denied.state_secret",
        ],
        rng,
    );
    numbers.set("h.review", rng.range(0, answered / 20));
    numbers.set("h.lit", rng.range(0, answered / 30));
    let fee = if rng.chance(70) { 0 } else { rng.range(0, 900) };
    let paid = rng.range(0, fee);
    numbers.set("h.fee", fee);
    numbers.set("h.fee.pub", fee - paid);
    numbers.set("h.fee.req", paid);
    split_into(
        numbers,
        fee - paid,
        &[
            "h.fee.pub.paper",
            "h.fee.pub.mail",
            "h.fee.pub.disc",
            "h.fee.pub.floppy",
        ],
        rng,
    );
    split_into(
        numbers,
        paid,
        &[
            "h.fee.req.search",
            "h.fee.req.paper",
            "h.fee.req.mail",
            "h.fee.req.disc",
            "h.fee.req.floppy",
        ],
        rng,
    );
    let (full, part) = (rng.range(0, 3), rng.range(1, 9));
    numbers.set("h.staff", full + part);
    numbers.set("h.staff.fulltime", full);
    numbers.set("h.staff.parttime", part);
    numbers.put("h.budget", money(task.size, rng));
    numbers.put("h.spend", money(task.size, rng));
}

fn fujian(task: Task, state: &mut State, rng: &mut Rng, numbers: &mut Numbers) {
    let size = task.size.0;
    let mut this: Vec<(String, i64)> = Vec::new();
    let mut list = |whole: &str, value: i64, parts: &[&str], rng: &mut Rng| {
        this.push((whole.to_owned(), value));
        for (part, value) in parts.iter().zip(split(value, parts.len(), rng)) {
            this.push((format!("{whole}.{part}"), value));
        }
    };
    let all = 30 + rng.range(size, size * 5 + 300);
    list("fj.pub", all, &["website", "gazette"], rng);
    let received = if size == 0 {
        0
    } else {
        rng.range(size / 4, size)
    };
    let ways = ["online", "in_person", "letter", "email", "fax", "other"];
    list("fj.req", received, &ways, rng);
    let answered = received - rng.range(0, received / 20);
    list("fj.ans", answered, &["granted", "partial", "denied"], rng);
    for (cell, share) in [("fj.review", 20), ("fj.lit", 30), ("fj.appeal", 90)] {
        this.push((cell.to_owned(), rng.range(0, answered / share)));
    }
    for (cell, value) in this {
        let sum = state.cumulative.entry(cell.clone()).or_default();
        *sum += value;
        numbers.set(&format!("{cell}@year"), value);
        numbers.set(&format!("{cell}@cumulative"), *sum);
    }
}
