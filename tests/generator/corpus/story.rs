//! An agency over the years: what it publishes, when, and what is wrong with it.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use nianbao::model::{FormId, Scope};

use super::super::agency;
use super::super::rng::Rng;
use super::Plan;
use super::agencies::{Body, Kind, Level};
use super::drawn::{Size, form_of};
use super::narrative::{self, Part, Saying, Telling};
use super::numbers::{self, FormIndex, Habit, Numbers, State, Task};
use super::skeleton::Skeletons;
use super::truth::{AgencyLine, Line, PlantedKind as K, PlantedLine, ReportLine};

/// An answer of a page's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capture {
    /// When.
    pub at: Timestamp,
    /// Status of the answer; the page comes with 200 only.
    pub status: u16,
    /// Which of the report's contents it has.
    pub version: usize,
    /// The page around it was changed.
    pub redesigned: bool,
}

/// A content of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Numbers as printed.
    pub numbers: Numbers,
    /// Narrative.
    pub parts: Vec<Part>,
}

/// A report and its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its name in the truth.
    pub id: String,
    /// Report year.
    pub year: i16,
    /// Form.
    pub form: FormId,
    /// Name of the agency in that year.
    pub name: String,
    /// Its code as printed.
    pub code: Option<String>,
    /// Scope.
    pub scope: Scope,
    /// Title.
    pub title: String,
    /// Address.
    pub url: String,
    /// The date on the page.
    pub published: Date,
    /// Layout of the page.
    pub layout: usize,
    /// How zeros are printed.
    pub habit: Habit,
    /// Its contents over time.
    pub versions: Vec<Version>,
    /// The answers of its address, in order.
    pub captures: Vec<Capture>,
}

/// An agency with its reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// The agency.
    pub body: Body,
    /// Its reports, by year.
    pub reports: Vec<Draft>,
    /// What is planted in them.
    pub defects: Vec<PlantedLine>,
    /// What only looks like it.
    pub innocents: Vec<PlantedLine>,
}

/// The layout of a body's page: the site's, and a little the department's and the time's.
fn layout(body: &Body, year: i16) -> usize {
    let desk = match body.kind {
        Kind::Department(number) => number % 3,
        _ => 0,
    };
    body.platform * 5 + desk + usize::from(year.unsigned_abs()) / 6
}

/// The day that the law names; `None` for towns since there is one for departments. A street office is no organ of a level of
/// its own, so that it is open whether the law that bound those of all levels bound it.
fn named_day(body: &Body, year: i16) -> Option<Date> {
    match body.kind {
        Kind::Town if year >= 2019 || body.is_street_office() => None,
        // Under the office's name stands the government's report as well.
        Kind::Government | Kind::Office => Some(date(year + 1, 3, 31)),
        _ if year < 2019 => Some(date(year + 1, 3, 31)),
        _ => Some(date(year + 1, 1, 31)),
    }
}

/// The last day in time: a term that ends on a holiday ends on the first working day behind it.
pub fn deadline(body: &Body, year: i16) -> Option<Date> {
    let named = named_day(body, year)?;
    // The Spring Festivals over 31 January, as the State Council gave the days off.
    let behind = [date(2020, 2, 3), date(2022, 2, 7), date(2025, 2, 5)];
    let festival = behind
        .into_iter()
        .find(|day| named.month() == 1 && day.year() == named.year());
    Some(match (festival, named.weekday()) {
        (Some(day), _) => day,
        (None, Weekday::Saturday) => after(named, 2),
        (None, Weekday::Sunday) => after(named, 1),
        (None, _) => named,
    })
}

fn after(day: Date, days: i64) -> Date {
    day.saturating_add(Span::new().days(days))
}

fn noon(day: Date, rng: &mut Rng) -> Timestamp {
    let second = rng.range(0, 80_000);
    let start = day.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    let start = start.unwrap_or(Timestamp::UNIX_EPOCH);
    Timestamp::from_second(start.as_second() + second).unwrap_or(start)
}

/// The year in which an agency uses its text of the year before again. Sources and copiers of others' texts do not.
fn again_year(plan: &Plan, index: usize) -> Option<i16> {
    let of_its_own = !matches!(index % 5, 1 | 2);
    (is_planted(plan, index) && of_its_own && index % 11 == 6)
        .then(|| 2012 + numbered(index / 11, 12))
}

fn numbered(number: usize, bound: usize) -> i16 {
    i16::try_from(number % bound).unwrap_or(0)
}

fn is_planted(plan: &Plan, index: usize) -> bool {
    Rng::new(plan.seed ^ index as u64, "planted").chance(plan.planted)
}

/// Whose text an agency copies: each is copied by one only.
fn source_of(plan: &Plan, index: usize) -> Option<usize> {
    if index % 5 != 1 || !is_planted(plan, index) {
        return None;
    }
    let sources = plan.agencies.saturating_sub(2).div_ceil(5);
    (sources > 0).then(|| (index / 5 + sources / 3) % sources * 5 + 2)
}

/// Draws an agency of the corpus.
pub fn story(plan: &Plan, index: usize, skeletons: &Skeletons) -> Story {
    let body = Body::at(plan.seed, index);
    let mut told = Teller {
        plan,
        rng: Rng::new(plan.seed ^ (index as u64) << 16, "story"),
        planted: is_planted(plan, index),
        story: Story {
            body,
            reports: Vec::new(),
            defects: Vec::new(),
            innocents: Vec::new(),
        },
        skeletons,
        sayings: Vec::new(),
    };
    told.reports();
    if told.planted {
        told.narratives_planted();
        told.told_planted();
    }
    told.narrate();
    if told.planted {
        told.web();
    }
    told.known_innocent();
    told.story
}

struct Teller<'p> {
    plan: &'p Plan,
    rng: Rng,
    planted: bool,
    story: Story,
    skeletons: &'p Skeletons,
    /// Report year and what its requests paragraph says, where not the table's.
    sayings: Vec<(i16, Saying)>,
}

/// What is wrong with an agency's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    RowSum,
    OutcomeSum,
    Flow,
    DisputeSum,
    ListSum,
    CarryBoth,
    CarryTypo,
    StockTypo,
    StockShift,
    SameNumbers,
}

impl Teller<'_> {
    fn index(&self) -> usize {
        self.story.body.index
    }

    fn id(&self, year: i16) -> String {
        format!("{}-{year}", self.index())
    }

    fn years(&self) -> Vec<i16> {
        Self::years_of(self.plan, &self.story.body)
    }

    /// The years that a body reports on.
    fn years_of(plan: &Plan, body: &Body) -> Vec<i16> {
        let (first, last) = plan.years;
        let index = body.index;
        let gap = (is_planted(plan, index) && index % 11 == 2 && !index.is_multiple_of(3))
            .then_some(2022);
        (first..=last)
            .filter(|year| body.exists(*year) && Some(*year) != gap)
            .collect()
    }

    /// One of the years from `first` to `last` that has reports `before` and `behind` it.
    fn choose(&mut self, first: i16, last: i16, before: i16, behind: i16) -> Option<i16> {
        let years = self.years();
        let fit: Vec<i16> = years
            .iter()
            .copied()
            .filter(|year| (first..=last).contains(year))
            .filter(|year| ((year - before)..=(year + behind)).all(|near| years.contains(&near)))
            .collect();
        (!fit.is_empty()).then(|| *self.rng.pick(&fit))
    }

    /// What is wrong with the numbers, and of which year.
    fn wrong(&mut self) -> Option<(Wrong, i16)> {
        let index = self.index();
        if !self.planted || !index.is_multiple_of(3) {
            return None;
        }
        let busy = self.story.body.size >= 60;
        let documents = self.story.body.size > 3;
        let wrong = match (index / 3) % 10 {
            1 => Wrong::OutcomeSum,
            2 => Wrong::Flow,
            3 if busy => Wrong::DisputeSum,
            4 => Wrong::ListSum,
            5 => Wrong::CarryBoth,
            6 => Wrong::CarryTypo,
            7 if documents => Wrong::StockTypo,
            8 if documents => Wrong::StockShift,
            9 if busy => Wrong::SameNumbers,
            _ => Wrong::RowSum,
        };
        let year = match wrong {
            Wrong::ListSum => self.choose(2014, 2018, 0, 0),
            Wrong::CarryBoth | Wrong::CarryTypo => self.choose(2020, 2099, 1, 0),
            Wrong::StockTypo => self.choose(2022, 2099, 1, 1),
            Wrong::StockShift | Wrong::SameNumbers => self.choose(2022, 2099, 1, 0),
            _ => self.choose(2019, 2099, 0, 0),
        };
        // Where the province printed rows of its own, the sums of the list are not assessed.
        if let (Wrong::ListSum, Some(at)) = (wrong, year)
            && layout(&self.story.body, at) % 12 == 6
        {
            let year = self.choose(2019, 2099, 0, 0);
            return year.map(|year| (Wrong::RowSum, year));
        }
        year.map(|year| (wrong, year))
    }

    fn reports(&mut self) {
        let wrong = self.wrong();
        let body = self.story.body.clone();
        let mut state = State::default();
        let mut last: Option<Numbers> = None;
        let years = self.years();
        let mut rng = Rng::new(self.plan.seed ^ (body.index as u64) << 20, "numbers");
        // The years without a report have numbers too.
        for year in self.plan.years.0..=self.plan.years.1 {
            if !body.exists(year) {
                continue;
            }
            let form = form_of(year);
            let of = |what: Wrong, at: i16| wrong == Some((what, at));
            let more = self.rng.range(2, 19);
            if of(Wrong::CarryBoth, year) {
                let should = state.carried[0];
                state.carried[0] += more;
                self.carry_defect(year, None, (should + more, should), "consistent");
            }
            if of(Wrong::StockShift, year)
                && let Some(stock) = &mut state.in_force
            {
                stock[1] += more;
                let mut line = self.defect(K::InForce, year).note("shift");
                line.cells = vec!["normative_documents.in_force".into()];
                line.other = Some(self.id(year - 1));
                self.story.defects.push(line);
            }
            let task = Task {
                form,
                fujian: body.fujian,
                size: Size(body.size),
                flat: of(Wrong::SameNumbers, year + 1),
            };
            let mut drawn = match &last {
                Some(last) if of(Wrong::SameNumbers, year) => {
                    let line = self.defect(K::SameNumbers, year).other(&self.id(year - 1));
                    self.story.defects.push(line);
                    last.clone()
                }
                _ => numbers::year(task, &mut state, &mut rng),
            };
            self.across_levels(year, &mut drawn);
            let before = drawn.clone();
            if let Some((what, at)) = wrong
                && at == year
            {
                self.misprint(what, year, more, &mut drawn, years.contains(&(year + 1)));
            }
            last = Some(before);
            if years.contains(&year) {
                self.report(year, body.scope(), drawn);
            }
        }
        let has_own = body.kind == Kind::Government
            && matches!(body.level, Level::County | Level::Prefecture)
            && self.planted;
        if has_own {
            let mut state = State::default();
            for year in 2021..=self.plan.years.1 {
                let task = Task {
                    form: FormId::F2021,
                    fujian: false,
                    size: Size(body.size / 9),
                    flat: false,
                };
                let drawn = numbers::year(task, &mut state, &mut rng);
                if years.contains(&year) {
                    self.report(year, Scope::Own, drawn);
                    let line = PlantedLine::new(
                        K::OwnBesideConsolidated,
                        &format!("{}-own", self.id(year)),
                    );
                    self.story.innocents.push(line.other(&self.id(year)));
                }
            }
        }
        self.story
            .reports
            .sort_by_key(|draft| (draft.year, draft.scope == Scope::Own));
    }

    /// Requests that are lost between forms, or are more than those of the whole government.
    fn across_levels(&mut self, year: i16, numbers: &mut Numbers) {
        let index = self.index();
        if !self.planted || index.is_multiple_of(3) {
            return;
        }
        let years = self.years();
        let body = &self.story.body;
        // A body founded anew is another one, which may have left them to a third. That it is the same under another name is known by
        // its code alone. A zero carried in that is left blank is no number to hold against them.
        let is_known = body.name(2018) == body.name(2019)
            || body.printed_code(2018).is_some() && body.printed_code(2019).is_some();
        let carries_on = years.contains(&2019)
            && is_known
            && body.organisation_code(2018) == body.organisation_code(2019)
            && self.habit() == Habit::Plain;
        if year == 2018 && index % 19 == 12 && carries_on {
            let more = 11 + numbers.get("applications.received") / 2;
            for cell in ["applications.received", "applications.received.in_person"] {
                numbers.add(cell, more);
            }
            let line = self.defect(K::OpenRequests, 2019).other(&self.id(2018));
            let cells = ["requests.carried_in@total".to_owned()];
            self.story.defects.push(line.cells(&cells));
        }
        // Education, finance and the like: nobody leads them but their government.
        let is_led = matches!(
            self.story.body.kind,
            Kind::Department(0 | 3 | 5 | 7 | 9 | 10 | 11 | 12)
        );
        let government = Body::at(self.plan.seed, self.story.body.government());
        let theirs = Self::years_of(self.plan, &government);
        if is_led && year == 2023 && index % 16 == 11 && theirs.contains(&year) {
            for row in ["requests.new", "outcome.granted", "outcome.total"] {
                for column in ["natural_person", "total"] {
                    numbers.add(&format!("{row}@{column}"), 1_000_000);
                }
            }
            let report = format!("{}-{year}", government.index);
            let line = PlantedLine::new(K::PartAbove, &report).other(&self.id(year));
            self.story.defects.push(line);
        }
    }

    fn defect(&self, kind: K, year: i16) -> PlantedLine {
        PlantedLine::new(kind, &self.id(year))
    }

    fn carry_defect(&mut self, year: i16, off: Option<i16>, numbers: (i64, i64), note: &str) {
        let mut line = self.defect(K::CarryOver, year).note(note);
        line.other = Some(self.id(year - 1));
        line.cells = ["natural_person", "total"]
            .map(|column| format!("requests.carried_in@{column}"))
            .into();
        line.off = off;
        (line.said, line.should) = (Some(numbers.0), Some(numbers.1));
        self.story.defects.push(line);
    }

    /// Breaks the printed numbers of a report.
    fn misprint(&mut self, what: Wrong, year: i16, more: i64, numbers: &mut Numbers, next: bool) {
        let column = *self.rng.pick(&super::super::values::COLUMNS);
        let both =
            |row: &str, column: &str| vec![format!("{row}@{column}"), format!("{row}@total")];
        let (cells, note) = match what {
            Wrong::RowSum => {
                let row = *self.rng.pick(&["requests.new", "outcome.granted"]);
                (vec![format!("{row}@total")], "row")
            }
            Wrong::OutcomeSum => (both("outcome.granted", column), "outcomes"),
            Wrong::Flow => (both("requests.carried_out", "natural_person"), "flow"),
            Wrong::DisputeSum => (vec!["review.total".into()], "disputes"),
            Wrong::ListSum => (vec!["applications.received.in_person".into()], "list"),
            Wrong::CarryTypo => (both("requests.carried_in", "natural_person"), "flow"),
            Wrong::StockTypo => {
                let cell = "normative_documents.in_force";
                let should = numbers.get(cell);
                numbers.add(cell, more);
                let mut line = self.defect(K::InForce, year).note("misprint");
                line.cells = vec![cell.into()];
                line.off = Some(year);
                line.other = Some(self.id(year - 1));
                (line.said, line.should) = (Some(should + more), Some(should));
                self.story.defects.push(line);
                // The next year goes on from the right number. It does not follow from the misprint, and nothing is wrong with it.
                let line = PlantedLine::new(K::AfterMisprint, &self.id(year + 1));
                self.story.innocents.push(line.other(&self.id(year)));
                return;
            }
            Wrong::CarryBoth | Wrong::StockShift | Wrong::SameNumbers => return,
        };
        let should = numbers.get(&cells[0]);
        for cell in &cells {
            numbers.add(cell, more);
        }
        let mut line = self.defect(K::Arithmetic, year).cells(&cells).note(note);
        (line.said, line.should) = (Some(should + more), Some(should));
        self.story.defects.push(line);
        let numbers = (should + more, should);
        match what {
            Wrong::CarryTypo => self.carry_defect(year, Some(year), numbers, "misprint"),
            Wrong::Flow if next => {
                let numbers = (numbers.1, numbers.0);
                self.carry_defect(year + 1, Some(year), numbers, "misprint of the year before");
            }
            _ => {}
        }
    }

    fn report(&mut self, year: i16, scope: Scope, numbers: Numbers) {
        let body = &self.story.body;
        let form = form_of(year);
        let name = body.name(year);
        let own_of_government = body.kind == Kind::Government && scope == Scope::Own;
        let mut title = agency::title(&name, year, &mut self.rng);
        let mut id = format!("{}-{year}", body.index);
        if own_of_government {
            title = format!("{name}{year}年政府信息公开工作年度报告（本机关）");
            id += "-own";
        }
        let habit = self.habit();
        let layout = layout(body, year);
        let template = self.skeletons.get(form, body.fujian, year, layout).template;
        let last = named_day(body, year).unwrap_or(date(year + 1, 1, 31));
        let first = date(year + 1, 1, 4);
        let room = i64::from(last.day_of_year() - first.day_of_year()) - 1;
        let published = after(first, self.rng.range(0, room.max(1)));
        let number = (body.index as u64 * 40 + u64::from((year - 2000).unsigned_abs())) * 2
            + u64::from(own_of_government);
        let url = agency::url(&body.agency(year), published, template, 10_000 + number);
        let (body_code, days) = (body.printed_code(year), self.rng.range(1, 25));
        let at = noon(after(published, days), &mut self.rng);
        self.story.reports.push(Draft {
            id,
            year,
            form,
            name,
            code: body_code,
            scope,
            title,
            url,
            published,
            layout,
            habit,
            versions: vec![Version {
                numbers,
                parts: Vec::new(),
            }],
            captures: vec![Capture {
                at,
                status: 200,
                version: 0,
                redesigned: false,
            }],
        });
    }

    /// How it prints zeros.
    fn habit(&self) -> Habit {
        match self.index() % 13 {
            _ if self.index().is_multiple_of(3) || !self.planted => Habit::Plain,
            0 => Habit::Blank,
            1 => Habit::Dash,
            _ => Habit::Plain,
        }
    }

    /// The place of a year's report.
    fn at(&self, year: i16) -> Option<usize> {
        let own = self.story.body.scope();
        self.story
            .reports
            .iter()
            .position(|draft| draft.year == year && draft.scope == own)
    }

    fn numbers(&self, place: usize) -> &Numbers {
        let versions = &self.story.reports[place].versions;
        &versions[versions.len() - 1].numbers
    }

    /// Shares and fees in the text, right and wrong.
    fn told_planted(&mut self) {
        let index = self.index();
        let (share, wrong) = match index % 19 {
            8 => (true, true),
            9 => (true, false),
            4 => (false, true),
            5 => (false, false),
            _ => return,
        };
        let fit: Vec<usize> = (0..self.story.reports.len())
            .filter(|place| {
                let draft = &self.story.reports[*place];
                let numbers = &draft.versions[0].numbers;
                let lines = self.story.defects.iter().chain(&self.story.innocents);
                let (granted, handled) = (
                    numbers.get("outcome.granted@total"),
                    numbers.get("outcome.total@total"),
                );
                draft.year >= 2021
                    && draft.scope == self.story.body.scope()
                    && draft.habit == Habit::Plain
                    && (!share || granted > 0 && handled > granted)
                    && !self.sayings.iter().any(|(year, _)| *year == draft.year)
                    && !lines.into_iter().any(|line| line.report == draft.id)
            })
            .collect();
        if fit.is_empty() {
            return;
        }
        let place = *self.rng.pick(&fit);
        let numbers = self.numbers(place);
        let (granted, handled) = (
            numbers.get("outcome.granted@total"),
            numbers.get("outcome.total@total"),
        );
        let right = (granted * 100_000 / handled.max(1) + 5) / 10;
        let draft = &self.story.reports[place];
        let (id, year) = (draft.id.clone(), draft.year);
        let off = self.rng.range(1, 9);
        let (saying, kind) = match (share, wrong) {
            // More than all of them.
            (true, true) => (Saying::Share(10_000 + off * 317), K::Share),
            (true, false) => (Saying::Share(right), K::ShareRight),
            (false, true) => (Saying::Fee(400 + off), K::FeeStep),
            (false, false) => (Saying::Fee(400 + off * 10), K::FeeTariff),
        };
        self.sayings.push((year, saying));
        let line = PlantedLine::new(kind, &id);
        if wrong {
            self.story.defects.push(line);
        } else {
            self.story.innocents.push(line);
        }
    }

    /// Numbers in the text that are not the table's.
    fn narratives_planted(&mut self) {
        let index = self.index();
        let wrong = index % 5 == 3 && (index / 5).is_multiple_of(2);
        let other = index.is_multiple_of(11) && !wrong;
        if !wrong && !other {
            return;
        }
        let fit: Vec<usize> = (0..self.story.reports.len())
            .filter(|place| {
                let draft = &self.story.reports[*place];
                let numbers = &draft.versions[0].numbers;
                let carried = numbers.get("requests.carried_in@total");
                draft.year >= 2019
                    && draft.scope == self.story.body.scope()
                    && numbers.get("requests.new@total") > 0
                    && (wrong || carried > 0)
                    // With a blank among the numbers nobody can say that none of them gives what the text says.
                    && draft.habit == Habit::Plain
                    // A text that agrees with a misprint is another matter.
                    && !self.story.defects.iter().any(|line| line.report == draft.id)
            })
            .collect();
        if fit.is_empty() {
            return;
        }
        let place = *self.rng.pick(&fit);
        let numbers = self.numbers(place).clone();
        let draft = &self.story.reports[place];
        let (id, year) = (draft.id.clone(), draft.year);
        let new = numbers.get("requests.new@total");
        if wrong {
            let most = new + numbers.get("requests.carried_in@total");
            let said = most + self.rng.range(3, 40);
            self.sayings.push((year, Saying::Wrong(said)));
            let mut line = PlantedLine::new(K::Narrative, &id);
            line.cells = vec!["requests.new@total".into()];
            (line.said, line.should) = (Some(said), Some(new));
            self.story.defects.push(line);
        } else {
            self.sayings.push((year, Saying::WithCarried));
            let line = PlantedLine::new(K::OtherDefinition, &id).note("new and carried in");
            self.story.innocents.push(line);
        }
    }

    fn telling<'t>(&self, body: &'t Body, draft: &'t Draft, numbers: &'t Numbers) -> Telling<'t> {
        let own_of_government = body.kind == Kind::Government && draft.scope == Scope::Own;
        let saying = self
            .sayings
            .iter()
            .find(|(year, _)| *year == draft.year && !own_of_government)
            .map_or(Saying::Table, |(_, saying)| *saying);
        let again =
            again_year(self.plan, body.index) == Some(draft.year) && body.exists(draft.year - 1);
        Telling {
            body,
            name: &draft.name,
            year: draft.year,
            scope: draft.scope,
            numbers,
            saying,
            again: again && draft.year > self.plan.years.0,
            short: self.plan.bytes < 20_000,
        }
    }

    fn narrate(&mut self) {
        let body = self.story.body.clone();
        let source =
            source_of(self.plan, body.index).map(|source| Body::at(self.plan.seed, source));
        let copied: Vec<i16> = {
            let years = self.years();
            let many = 1 + self.rng.below(3);
            let fit: Vec<i16> = years
                .into_iter()
                .filter(|year| source.as_ref().is_some_and(|source| source.exists(*year)))
                .collect();
            (0..many)
                .filter(|_| !fit.is_empty())
                .map(|_| *self.rng.pick(&fit))
                .collect()
        };
        for place in 0..self.story.reports.len() {
            let draft = &self.story.reports[place];
            let telling = self.telling(&body, draft, &draft.versions[0].numbers);
            let (again, year, id) = (telling.again, draft.year, draft.id.clone());
            let mut parts = narrative::tell(self.plan.seed, &telling);
            if again {
                let line = PlantedLine::new(K::OwnTextAgain, &id).other(&self.id(year - 1));
                self.story.innocents.push(line);
            }
            if let Some(source) = &source
                && copied.contains(&year)
                && !id.ends_with("own")
            {
                let line = self.copy(source, place, &mut parts);
                self.story.defects.push(line);
            }
            self.story.reports[place].versions[0].parts = parts;
        }
    }

    /// Puts another agency's prose in the place of the report's own.
    fn copy(&mut self, source: &Body, place: usize, parts: &mut [Part]) -> PlantedLine {
        let draft = &self.story.reports[place];
        let (year, id) = (draft.year, draft.id.clone());
        let name = source.name(year);
        let theirs = narrative::tell(
            self.plan.seed,
            &Telling {
                body: source,
                name: &name,
                year,
                scope: source.scope(),
                numbers: &draft.versions[0].numbers,
                saying: Saying::Table,
                again: false,
                short: self.plan.bytes < 20_000,
            },
        );
        let whole = self.rng.chance(50);
        let own = self.story.body.clone();
        let mut taken = 0;
        for (part, their) in parts.iter_mut().zip(theirs) {
            let large = part.kind == nianbao::model::SectionKind::Overview;
            if !whole && !large {
                continue;
            }
            part.prose = their
                .prose
                .iter()
                .map(|text| edited(text, &source.place, &own.place, &mut self.rng))
                .collect();
            taken += part
                .prose
                .iter()
                .map(|text| text.chars().count())
                .sum::<usize>();
        }
        let all = narrative::characters(parts).max(1);
        let mut line = PlantedLine::new(K::Copied, &id)
            .other(&format!("{}-{year}", source.index))
            .note(if whole { "whole" } else { "passages" });
        line.share = Some(taken * 100 / all);
        line
    }

    /// What can be seen only over time.
    fn web(&mut self) {
        let index = self.index();
        match index % 7 {
            1 => self.late(),
            2 => self.silent_change(),
            3 => self.withdrawal(),
            4 => self.backdating(),
            _ => {}
        }
        match index % 11 {
            1 if !index.is_multiple_of(3) && index % 7 != 2 => self.corrected(),
            3 => self.seen_again(K::Redesigned),
            4 if index % 7 != 3 => self.seen_again(K::Outage),
            5 if index % 7 != 1 => self.last_day(),
            7 => self.seen_again(K::SeenAgain),
            // Nothing else happens on these sites.
            9 | 10 if matches!(index % 7, 0 | 5 | 6) => self.rebuild(),
            _ => {}
        }
    }

    /// A report of the agency's usual scope that has nothing planted and one capture.
    fn untouched(&mut self, first: i16) -> Option<usize> {
        let scope = self.story.body.scope();
        let touched = |draft: &Draft| {
            let lines = self.story.defects.iter().chain(&self.story.innocents);
            lines
                .into_iter()
                .any(|line| line.report == draft.id || line.other.as_ref() == Some(&draft.id))
        };
        let fit: Vec<usize> = (0..self.story.reports.len())
            .filter(|place| {
                let draft = &self.story.reports[*place];
                draft.year >= first
                    && draft.scope == scope
                    && draft.captures.len() == 1
                    && !touched(draft)
            })
            .collect();
        (!fit.is_empty()).then(|| *self.rng.pick(&fit))
    }

    /// Publishes a report on another day; first seen soon after.
    fn publish(&mut self, place: usize, day: Date) {
        let days = self.rng.range(1, 20);
        let at = noon(after(day, days), &mut self.rng);
        let body = &self.story.body;
        let draft = &mut self.story.reports[place];
        let template = self
            .skeletons
            .get(draft.form, body.fujian, draft.year, draft.layout)
            .template;
        let number = (body.index as u64 * 40 + u64::from((draft.year - 2000).unsigned_abs())) * 2;
        draft.published = day;
        draft.url = agency::url(&body.agency(draft.year), day, template, 10_000 + number);
        draft.captures[0].at = at;
    }

    fn late(&mut self) {
        let Some(place) = self.untouched(2008) else {
            return;
        };
        let draft = &self.story.reports[place];
        let Some(last) = deadline(&self.story.body, draft.year) else {
            return;
        };
        let id = draft.id.clone();
        let day = after(last, self.rng.range(1, 150));
        self.publish(place, day);
        let line = PlantedLine::new(K::Late, &id).note(format!("{day} after {last}"));
        self.story.defects.push(line);
    }

    fn last_day(&mut self) {
        let Some(place) = self.untouched(2008) else {
            return;
        };
        let draft = &self.story.reports[place];
        let Some(last) = deadline(&self.story.body, draft.year) else {
            return;
        };
        let id = draft.id.clone();
        self.publish(place, last);
        let line = PlantedLine::new(K::LastDay, &id).note(last.to_string());
        self.story.innocents.push(line);
    }

    fn later(&mut self, place: usize, from: i64, to: i64) -> Timestamp {
        let days = self.rng.range(from, to);
        let captures = &self.story.reports[place].captures;
        let last = captures.last().map_or(Timestamp::UNIX_EPOCH, |one| one.at);
        Timestamp::from_second(last.as_second() + days * 86_400).unwrap_or(last)
    }

    /// The report as it was before: `change` makes of its numbers the ones first published.
    fn changed(&mut self, place: usize, change: impl FnOnce(&mut Numbers)) {
        let body = self.story.body.clone();
        let draft = &self.story.reports[place];
        let mut first = draft.versions[0].clone();
        change(&mut first.numbers);
        let telling = self.telling(&body, draft, &first.numbers);
        let mut parts = narrative::tell(self.plan.seed, &telling);
        for (part, now) in parts.iter_mut().zip(&first.parts) {
            part.prose.clone_from(&now.prose);
        }
        first.parts = parts;
        let at = self.later(place, 20, 300);
        let draft = &mut self.story.reports[place];
        draft.versions.insert(0, first);
        draft.captures.push(Capture {
            at,
            status: 200,
            version: 1,
            redesigned: false,
        });
    }

    fn silent_change(&mut self) {
        let Some(place) = self.untouched(2019) else {
            return;
        };
        let more = self.rng.range(2, 30);
        let cells: Vec<String> = if self.rng.chance(50) {
            vec!["licensing.decisions".into()]
        } else {
            ["requests.new", "outcome.granted", "outcome.total"]
                .iter()
                .flat_map(|row| ["natural_person", "total"].map(|column| format!("{row}@{column}")))
                .collect()
        };
        self.changed(place, |numbers| {
            for cell in &cells {
                numbers.add(cell, more);
            }
        });
        let draft = &self.story.reports[place];
        let line = PlantedLine::new(K::SilentChange, &draft.id).cells(&cells);
        self.story.defects.push(line);
    }

    /// The first version carried out other numbers than the next year carried in; the second agrees.
    fn corrected(&mut self) {
        let Some(place) = self.untouched(2019) else {
            return;
        };
        let year = self.story.reports[place].year;
        let numbers = self.numbers(place);
        let more = numbers.get("outcome.granted@natural_person").min(5);
        if more == 0 || self.at(year + 1).is_none() {
            return;
        }
        let mut cells = Vec::new();
        let mut changes = Vec::new();
        for (row, by) in [
            ("requests.carried_out", more),
            ("outcome.granted", -more),
            ("outcome.total", -more),
        ] {
            for column in ["natural_person", "total"] {
                cells.push(format!("{row}@{column}"));
                changes.push((format!("{row}@{column}"), by));
            }
        }
        self.changed(place, |numbers| {
            for (cell, by) in &changes {
                numbers.add(cell, *by);
            }
        });
        let id = self.story.reports[place].id.clone();
        let line = PlantedLine::new(K::SilentChange, &id).cells(&cells);
        self.story.defects.push(line.note("a correction"));
        let line = PlantedLine::new(K::Corrected, &self.id(year + 1)).other(&id);
        self.story.innocents.push(line.note("carry-over"));
    }

    fn answer(&mut self, place: usize, at: Timestamp, status: u16, redesigned: bool) {
        self.story.reports[place].captures.push(Capture {
            at,
            status,
            version: 0,
            redesigned,
        });
    }

    fn withdrawal(&mut self) {
        let Some(place) = self.untouched(2008) else {
            return;
        };
        let status = *self.rng.pick(&[404, 410]);
        for _ in 0..=self.rng.below(2) {
            let at = self.later(place, 60, 400);
            self.answer(place, at, status, false);
        }
        let line = PlantedLine::new(K::Withdrawn, &self.story.reports[place].id);
        self.story.defects.push(line.note(status.to_string()));
    }

    /// The site is built anew: what was there is gone, what came later stands at other addresses.
    fn rebuild(&mut self) {
        let scope = self.story.body.scope();
        let reports = &self.story.reports;
        let day = reports.get(reports.len() / 2).map(|one| one.published);
        let Some(day) = day.filter(|_| reports.iter().all(|one| one.scope == scope)) else {
            return;
        };
        let since = noon(after(day, 100), &mut self.rng);
        let is_old = |one: &Draft| one.captures.iter().all(|capture| capture.at < since);
        let old: Vec<usize> = (0..reports.len())
            .filter(|place| is_old(&reports[*place]))
            .collect();
        let has_new = reports.iter().any(|one| one.captures[0].at > since);
        let is_plain = reports.iter().all(|one| one.captures.len() == 1);
        if old.len() < 3 || !has_new || !is_plain {
            return;
        }
        let last = self.story.reports.len();
        for place in 0..last {
            if old.contains(&place) {
                let days = self.rng.range(1, 40);
                let at = noon(after(day, 100 + days), &mut self.rng);
                self.answer(place, at, 404, false);
                continue;
            }
            let draft = &mut self.story.reports[place];
            if let Some((host, path)) = draft.url.split_once(".cn/") {
                draft.url = format!("{host}.cn/xwz/{path}");
            }
        }
        let told = old
            .iter()
            .max_by_key(|place| self.story.reports[**place].year);
        for place in 0..last {
            let line = PlantedLine::new(K::Rebuilt, &self.story.reports[place].id);
            if Some(&place) == told {
                self.story.defects.push(line.note(since.to_string()));
            } else {
                self.story.innocents.push(line);
            }
        }
    }

    fn backdating(&mut self) {
        let Some(place) = self.untouched(2012) else {
            return;
        };
        let draft = &mut self.story.reports[place];
        let claimed = draft.published;
        let id = draft.id.clone();
        if self.index().is_multiple_of(2) {
            // Nothing was there weeks after the day it claims.
            let missing = noon(after(claimed, 30), &mut self.rng);
            let seen = noon(after(claimed, 75), &mut self.rng);
            let draft = &mut self.story.reports[place];
            draft.captures[0].at = seen;
            draft.captures.insert(
                0,
                Capture {
                    at: missing,
                    status: 404,
                    version: 0,
                    redesigned: false,
                },
            );
            let line = PlantedLine::new(K::Backdated, &id);
            self.story
                .defects
                .push(line.note(format!("claims {claimed}, missing {missing}")));
        } else {
            let seen = noon(after(claimed, -20), &mut self.rng);
            self.story.reports[place].captures[0].at = seen;
            let line = PlantedLine::new(K::PostDated, &id);
            self.story
                .defects
                .push(line.note(format!("claims {claimed}, seen {seen}")));
        }
    }

    fn seen_again(&mut self, kind: K) {
        let Some(place) = self.untouched(2008) else {
            return;
        };
        if kind == K::Outage {
            let at = self.later(place, 20, 200);
            self.answer(place, at, 404, false);
        }
        let at = self.later(place, 20, 200);
        self.answer(place, at, 200, kind == K::Redesigned);
        let line = PlantedLine::new(kind, &self.story.reports[place].id);
        self.story.innocents.push(line);
    }

    /// What is innocent by the agency's kind and history.
    fn known_innocent(&mut self) {
        let body = self.story.body.clone();
        let mut lines = Vec::new();
        let first = |year: i16| {
            let mut all = self.story.reports.iter();
            all.find(move |draft| draft.year >= year)
                .map(|draft| draft.id.clone())
        };
        if body.is_reformed()
            && let Some(id) = first(body.reform)
        {
            lines.push(PlantedLine::new(K::Renamed, &id).note(body.reform.to_string()));
        }
        if body.twin
            && let Some(id) = first(0)
        {
            lines.push(PlantedLine::new(K::SameName, &id));
        }
        if let Some(one) = self.story.reports.iter().find(|one| one.year >= 2019) {
            if one.habit != Habit::Plain {
                lines.push(PlantedLine::new(K::BlankZeros, &one.id));
            }
            if body.size == 0 {
                lines.push(PlantedLine::new(K::Quiet, &one.id));
            }
        }
        let years = self.years();
        for pair in years.windows(2) {
            if pair[1] - pair[0] > 1 {
                lines.push(
                    PlantedLine::new(K::MissingYear, &self.id(pair[1])).other(&self.id(pair[0])),
                );
            }
        }
        self.story.innocents.extend(lines);
        if body.kind == Kind::Town && self.planted {
            let late: Vec<usize> = (0..self.story.reports.len())
                .filter(|place| {
                    let draft = &self.story.reports[*place];
                    (draft.year >= 2019 || body.is_street_office())
                        && draft.year % 3 == 0
                        && draft.captures.len() == 1
                })
                .filter(|place| {
                    let id = &self.story.reports[*place].id;
                    let mut all = self.story.defects.iter().chain(&self.story.innocents);
                    !all.any(|line| line.report == *id)
                })
                .collect();
            for place in late {
                let year = self.story.reports[place].year;
                let month = if year >= 2019 { 2 } else { 5 };
                let day = date(year + 1, month, 20);
                self.publish(place, day);
                let id = self.story.reports[place].id.clone();
                let line = PlantedLine::new(K::Township, &id).note(day.to_string());
                self.story.innocents.push(line);
            }
        }
    }
}

/// A text with other names and small changes here and there.
fn edited(text: &str, theirs: &str, own: &str, rng: &mut Rng) -> String {
    let text = text.replace(theirs, own);
    let mut out = String::with_capacity(text.len() + 16);
    for sign in text.chars() {
        match sign {
            '，' if rng.chance(4) => out.push_str("，并"),
            '把' if rng.chance(20) => out.push('将'),
            '0'..='9' if rng.chance(6) => out.push('8'),
            '、' if rng.chance(8) => out.push('和'),
            _ => out.push(sign),
        }
    }
    out
}

impl Story {
    /// Its lines in the truth; `captures_of` and cells come from the pages.
    pub fn lines(&self, skeletons: &Skeletons) -> Vec<Line> {
        let body = &self.body;
        let mut lines = vec![Line::Agency(self.agency_line())];
        for draft in &self.reports {
            let skeleton = skeletons.get(draft.form, body.fujian, draft.year, draft.layout);
            let version = &draft.versions[draft.versions.len() - 1];
            let cells = version
                .numbers
                .values
                .iter()
                .enumerate()
                .map(|(place, value)| {
                    skeleton.printed[place].then(|| skeleton.print(place, *value, draft.habit))
                })
                .collect();
            let pages = || draft.captures.iter().filter(|one| one.status == 200);
            let time =
                |one: Option<&Capture>| one.map(|one| one.at.to_string()).unwrap_or_default();
            lines.push(Line::Report(Box::new(ReportLine {
                report: draft.id.clone(),
                agency: body.index,
                name: draft.name.clone(),
                code: draft.code.as_ref().map(|code| code.replace('-', "")),
                year: draft.year,
                scope: draft.scope.as_str().to_owned(),
                form: draft.form.as_str().to_owned(),
                url: draft.url.clone(),
                published: draft.published.to_string(),
                first_seen: time(pages().next()),
                last_seen: time(pages().next_back()),
                captures: draft.captures.len(),
                cells,
                characters: narrative::characters(&version.parts),
            })));
        }
        lines.extend(self.defects.iter().cloned().map(Line::Defect));
        lines.extend(self.innocents.iter().cloned().map(Line::Innocent));
        lines
    }

    fn agency_line(&self) -> AgencyLine {
        let body = &self.body;
        let mut names: Vec<(i16, String)> = Vec::new();
        let mut codes: Vec<(i16, String)> = Vec::new();
        for draft in &self.reports {
            if names.last().is_none_or(|(_, name)| *name != draft.name) {
                names.push((draft.year, draft.name.clone()));
            }
            let code = body.credit_code(draft.year);
            if codes.last().is_none_or(|(_, last)| *last != code) {
                codes.push((draft.year, code));
            }
        }
        AgencyLine {
            agency: body.index,
            kind: match body.kind {
                Kind::Government => "government",
                Kind::Office => "office",
                Kind::Department(_) => "department",
                Kind::Town => "town",
            }
            .to_owned(),
            level: body.level.as_str().to_owned(),
            division: body.division.clone(),
            place: body.place.clone(),
            host: body.host.clone(),
            names,
            codes,
        }
    }
}

/// Cells of the form, for the checks of others.
pub fn cells(form: FormId) -> &'static [String] {
    &FormIndex::of(form).cells
}
