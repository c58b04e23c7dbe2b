//! Agencies, or groups of them, side by side: values of a year or of several, and ranks.
//!
//! Counts are added up only where every report that is due is there and says its number; a ratio adds up the counts of the reports that have
//! both before it divides, and says how many it left out. Ranks are shared by equals, and only what counts the same is ranked.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params_from_iter;
use serde::{Serialize, Serializer};

use crate::model::{CellStatus, FormId, Scope};
use crate::store::Store;

use super::crosswalk::{self, Measure, Series};
use super::ratios::{self, Ratio};
use super::series::{self, Point, PointStatus};
use super::{AgencyFilter, Division, Filter, QueryError, division};

mod agencies;
mod copies;
mod ranks;
mod total;

pub use copies::count_copies;
pub use ranks::in_yuan;
pub use total::Total;

use agencies::Known;

/// What is compared: a series, a cell as a series, or a ratio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indicator {
    /// Of the crosswalk, or one cell.
    Series(Box<Series>),
    /// Of `data/ratios.toml`.
    Ratio(&'static Ratio),
}

impl Indicator {
    /// The series, ratio or cell of this id.
    ///
    /// # Errors
    ///
    /// [`QueryError::UnknownCell`].
    pub fn find(id: &str) -> Result<Self, QueryError> {
        if let Some(ratio) = ratios::find(id) {
            return Ok(Self::Ratio(ratio));
        }
        let series = crosswalk::find(id).cloned().or_else(|| series::of_cell(id));
        let series = series.ok_or_else(|| QueryError::UnknownCell { cell: id.into() })?;
        Ok(Self::Series(Box::new(series)))
    }

    /// Its terms; of a ratio the numerator's.
    pub fn series(&self) -> &Series {
        match self {
            Self::Series(series) => series,
            Self::Ratio(ratio) => &ratio.numerator,
        }
    }

    /// Whether it is a percentage.
    pub const fn is_ratio(&self) -> bool {
        matches!(self, Self::Ratio(_))
    }

    /// In Chinese; a cell has its id.
    pub fn label(&self) -> &str {
        let series = self.series();
        if series.label.is_empty() {
            &series.id
        } else {
            &series.label
        }
    }

    /// Its points, one a report.
    ///
    /// # Errors
    ///
    /// [`QueryError::NotComparable`], or if the database cannot be read.
    pub fn points(&self, store: &Store, filter: &Filter) -> Result<Vec<Point>, QueryError> {
        match self {
            Self::Series(one) => series::points(store, one, filter),
            Self::Ratio(ratio) => ratios::ratio_points(store, ratio, filter),
        }
    }
}

/// What a row of a comparison is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// An agency.
    #[default]
    Agency,
    /// All agencies of a division (GB/T 2260).
    Division,
    /// All agencies within a province.
    Province,
    /// All agencies of a level: `national`, `province`, `prefecture`, `county`, `township`.
    Level,
    /// All agencies together.
    All,
}

/// How to compare, and whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// What a row is.
    pub by: By,
    /// Only these agencies; none: all.
    pub agencies: Vec<AgencyFilter>,
    /// Only agencies within this division.
    pub division: Option<Division>,
    /// Only agencies of this level.
    pub level: Option<String>,
    /// Ranks the least first.
    pub ascending: bool,
}

/// Why a value is there or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// As the one report has it; [`CellStatus::Number`] also for a complete sum.
    Point(PointStatus),
    /// No report is known.
    NoReport,
    /// Several reports for one year that say different things.
    Several,
    /// A report or a number that the sum needs is missing.
    Incomplete,
    /// The reports count different things, so they are not added up.
    Break,
    /// No report has both counts of the ratio.
    NoneHasBoth,
    /// Reports that are not, or not known to be, of agencies' own work may hold one another: added up, they would count twice.
    Nested,
    /// Values of several years of something that may stand at a day: whether years may be added up is not known.
    YearsNotAdded,
}

impl Outcome {
    /// A value.
    pub const NUMBER: Self = Self::Point(PointStatus::Cell(CellStatus::Number));

    /// The word used in JSON and CSV.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Point(status) => status.as_str(),
            Self::NoReport => "no_report",
            Self::Several => "several_reports",
            Self::Incomplete => "incomplete",
            Self::Break => "break",
            Self::NoneHasBoth => "none_has_both",
            Self::Nested => "nested",
            Self::YearsNotAdded => "years_not_added",
        }
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A row: an agency or a group, in one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The agency's body (`agency_key.key` of this database); `None` of groups.
    #[serde(skip)]
    pub key: Option<i64>,
    /// From 1, within its scope, shared by equals; `None` where there is nothing to rank by.
    pub rank: Option<u32>,
    /// Name of the agency or division, or the level; `None` where not known.
    pub name: Option<String>,
    /// The agency's code; `None` of groups and where not known.
    pub code: Option<String>,
    /// GB/T 2260; `None` where not known.
    pub division: Option<String>,
    /// `None` where not known.
    pub level: Option<String>,
    /// Years and agencies compare only within one scope.
    pub scope: Scope,
    /// How many agencies it is.
    pub agencies: u32,
    /// Over all years asked for; what is ranked.
    pub total: Total,
    /// Of each year asked for.
    pub years: Vec<Yearly>,
}

/// A year of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Yearly {
    /// The year reported on.
    pub year: i16,
    /// Whether what is counted changed since the last year before with a form.
    pub break_before: bool,
    /// What there is.
    #[serde(flatten)]
    pub total: Total,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The years asked for, ascending; of a question without years those that reports have.
    pub years: Vec<i16>,
    /// By scope and rank, those without a rank at the end, by name.
    pub rows: Vec<Standing>,
    /// Reports whose agency or year was not found: in no row. Of bodies asked for by key only theirs without a year.
    pub unplaced: u64,
    /// Agencies within the question whose division or level is not known, where it asks for one.
    pub unknown_place: u64,
}

/// A row in the making.
#[derive(Debug, Default)]
struct Group {
    name: Option<String>,
    code: Option<String>,
    division: Option<String>,
    level: Option<String>,
    members: BTreeSet<i64>,
}

/// What a row is known by: agencies by key, groups by name; each in its scope.
type Row = (Option<i64>, String, u8);

/// Compares. Of `filter`, `agency` is joined to the question's agencies; `cell` has no bearing.
///
/// # Errors
///
/// [`QueryError::NotComparable`], or if the database cannot be read.
#[expect(
    clippy::too_many_lines,
    reason = "one answer: members, groups, rows, ranks"
)]
pub fn compare(
    store: &Store,
    indicator: &Indicator,
    filter: &Filter,
    question: &Question,
) -> Result<Comparison, QueryError> {
    let known = Known::read(store, filter, question)?;
    let everyone = Filter {
        agency: agencies::bodies(filter),
        ..filter.clone()
    };
    let points = indicator.points(store, &everyone)?;
    let mut unplaced = 0;
    let mut placed: BTreeMap<(i64, u8, i16), Vec<&Point>> = BTreeMap::new();
    for point in &points {
        let (Some(key), Some(year)) = (point.agency_key, point.year) else {
            unplaced += 1;
            continue;
        };
        if known.is_member(key) {
            placed
                .entry((key, order(point.scope), year))
                .or_default()
                .push(point);
        }
    }
    let years = years(filter, placed.keys().map(|(.., year)| *year));
    let mut groups: BTreeMap<Row, (Scope, Group)> = BTreeMap::new();
    let mut unknown_place = BTreeSet::new();
    for (key, scope) in known.members() {
        let agency = known.agency(key);
        let (row, name) = match question.by {
            By::Agency => (
                (Some(key), agency.name.clone().unwrap_or_default()),
                agency.name.clone(),
            ),
            By::Division => named(agency.division.clone()),
            By::Province => named(agency.division.as_deref().and_then(division::province)),
            By::Level => named(agency.level.clone()),
            By::All => named(Some("全部".into())),
        };
        if name.is_none() && question.by != By::Agency {
            unknown_place.insert(key);
        }
        let (_, group) = groups
            .entry((row.0, row.1, order(scope)))
            .or_insert_with(|| (scope, Group::default()));
        match question.by {
            By::Agency => {
                group.code.clone_from(&agency.code);
                group.division.clone_from(&agency.division);
                group.level.clone_from(&agency.level);
            }
            By::Division | By::Province => group.division.clone_from(&name),
            By::Level => group.level.clone_from(&name),
            By::All => {}
        }
        group.name = match question.by {
            By::Division | By::Province => name.as_deref().map(|code| known.division_name(code)),
            _ => name,
        };
        group.members.insert(key);
    }
    let series = indicator.series();
    let rows = groups.into_iter().map(|((key, ..), (scope, group))| {
        let of_year = |year: i16| {
            let slots = group.members.iter().map(|key| placed.get(&(*key, order(scope), year)).map(Vec::as_slice));
            slots.collect::<Vec<_>>()
        };
        let mut last: Option<FormId> = None;
        let yearly = years.iter().map(|year| {
            let slots = of_year(*year);
            let there = group.members.iter().zip(&slots).filter(|(_, slot)| slot.is_some_and(|points| !points.is_empty()));
            let total = Total::of(indicator, &slots);
            let total = if scope != Scope::Own && known.may_hold_another(there.map(|(key, _)| *key)) { total.nested() } else { total };
            let form = total.form;
            let break_before = matches!((last, form), (Some(last), Some(form)) if series.breaks_between(last, form));
            last = form.or(last);
            Yearly { year: *year, break_before, total }
        });
        let yearly: Vec<Yearly> = yearly.collect();
        let total = match (yearly.as_slice(), series.measure) {
            ([one], _) => one.total.clone(),
            // What stood at a day: the last of the years.
            ([.., last], Measure::Stock) if !indicator.is_ratio() => last.total.clone(),
            _ => {
                let slots: Vec<_> = years.iter().flat_map(|year| of_year(*year)).collect();
                let total = Total::of(indicator, &slots);
                let is_nested = yearly.iter().any(|year| year.total.status == Outcome::Nested);
                let total = if is_nested { total.nested() } else { total };
                if series.measure == Measure::Unknown { total.not_added() } else { total }
            }
        };
        Standing {
            key,
            rank: None,
            name: group.name,
            code: group.code,
            division: group.division,
            level: group.level,
            scope,
            agencies: u32::try_from(group.members.len()).unwrap_or(u32::MAX),
            total,
            years: yearly,
        }
    });
    let mut rows: Vec<Standing> = rows.collect();
    ranks::rank(series, question.ascending, &mut rows);
    Ok(Comparison {
        years,
        rows,
        unplaced,
        unknown_place: u64::try_from(unknown_place.len()).unwrap_or(u64::MAX) + known.unknown_place,
    })
}

/// The newest year that reports are about.
///
/// # Errors
///
/// If the database cannot be read.
pub fn newest_year(store: &Store, filter: &Filter) -> Result<Option<i16>, QueryError> {
    let (condition, values) = filter.condition();
    let sql = format!("SELECT max(r.year) FROM report r WHERE {condition}");
    Ok(store
        .connection()
        .query_row(&sql, params_from_iter(values), |row| row.get(0))?)
}

/// Consolidated reports first, unknown scopes last.
const fn order(scope: Scope) -> u8 {
    match scope {
        Scope::Consolidated => 0,
        Scope::Own => 1,
        Scope::Unknown => 2,
    }
}

fn named(name: Option<String>) -> ((Option<i64>, String), Option<String>) {
    ((None, name.clone().unwrap_or_default()), name)
}

/// More years than this are a mistake upstream.
const MAX_YEARS: usize = 100;

/// From the first to the last, without gaps, so that a year without any report is seen.
fn years(filter: &Filter, found: impl Iterator<Item = i16>) -> Vec<i16> {
    let found: BTreeSet<i16> = found.collect();
    let first = filter.from_year.or_else(|| found.first().copied());
    let last = filter.to_year.or_else(|| found.last().copied());
    let (Some(first), Some(last)) = (first, last) else {
        return first.or(last).into_iter().collect();
    };
    let all = first..=last;
    if all.clone().count() > MAX_YEARS {
        return found.into_iter().collect();
    }
    all.collect()
}
