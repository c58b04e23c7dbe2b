//! Charts of what `query` answers: points of a series or rows of a comparison as what `present` draws.
//!
//! Plain values in, drawings out. A missing value becomes a sign, never a number; nothing is computed here.

mod compare;

use std::fmt::Write as _;

use crate::model::{CellStatus, Decimal, Language, Unit};
use crate::present::svg::Frame;
use crate::present::{Cell, Plot, Point as Place, Sign};
use crate::query::compare::{Indicator, Outcome, Yearly, in_yuan};
use crate::query::crosswalk::Quality;
use crate::query::ratios;
use crate::query::{Point, PointStatus};

pub use compare::{
    MOST_BARS, MOST_LINES, Picture, bars, drawn as drawn_of, of_comparison, years_of,
};

/// What is drawn, what it is called, and the language of the words around it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// What is drawn.
    pub indicator: &'s Indicator,
    /// Its name in that language.
    pub label: &'s str,
    /// Names of agencies, which are Chinese, stay so.
    pub language: Language,
}

impl<'s> Subject<'s> {
    /// In Chinese.
    pub fn chinese(indicator: &'s Indicator) -> Self {
        Self {
            indicator,
            label: indicator.label(),
            language: Language::Zh,
        }
    }

    /// The unit of what a chart draws, as it stands behind a number.
    pub fn unit(self, of: Option<Unit>) -> &'static str {
        in_words(unit(self.indicator, of), self.language)
    }
}

/// A unit as it stands behind a number; in English empty where it only says how things counted are called in Chinese.
pub fn behind(unit: Option<Unit>, language: Language) -> &'static str {
    in_words(unit.map_or("", Unit::as_str), language)
}

/// As [`behind`], of the Chinese word.
fn in_words(unit: &'static str, language: Language) -> &'static str {
    match (language, unit.parse()) {
        (Language::Zh, _) | (_, Err(())) => unit,
        (Language::En, Ok(Unit::Yuan)) => " yuan",
        (Language::En, Ok(Unit::WanYuan)) => " × 10,000 yuan",
        (Language::En, Ok(Unit::YiYuan)) => " × 100,000,000 yuan",
        (Language::En, Ok(_)) => "",
    }
}

/// A unit as it stands alone.
fn alone(unit: &'static str, language: Language) -> &'static str {
    match (language, unit.parse::<Unit>()) {
        (Language::En, Ok(unit)) => unit.english(),
        _ => unit,
    }
}

/// The unit of what a chart draws.
pub fn unit(indicator: &Indicator, unit: Option<Unit>) -> &'static str {
    if indicator.is_ratio() {
        "%"
    } else {
        unit.map_or("", Unit::as_str)
    }
}

/// In which unit numbers are drawn that may have been printed in several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// As they are: all are in this unit, or in percent, or what differs is only how things counted are called (then
    /// empty).
    AsPrinted(&'static str),
    /// Money in yuan, whatever it was printed in; what is no money is not drawn.
    Yuan,
}

impl Drawn {
    /// For numbers of these units.
    pub fn of(indicator: &Indicator, units: impl Iterator<Item = Unit>) -> Self {
        if indicator.is_ratio() {
            return Self::AsPrinted("%");
        }
        let mut found: Vec<Unit> = Vec::new();
        for unit in units {
            if !found.contains(&unit) {
                found.push(unit);
            }
        }
        match found.as_slice() {
            [unit] => Self::AsPrinted(unit.as_str()),
            found if found.iter().any(|unit| unit.is_money()) => Self::Yuan,
            _ => Self::AsPrinted(""),
        }
    }

    /// Of the axis; empty for none.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::AsPrinted(unit) => unit,
            Self::Yuan => Unit::Yuan.as_str(),
        }
    }

    /// The unit that all numbers are printed in; empty where they are not.
    pub const fn common(self) -> &'static str {
        match self {
            Self::AsPrinted(unit) => unit,
            Self::Yuan => "",
        }
    }

    /// What is drawn; `None` of what cannot be compared with the others.
    pub fn value(self, value: Decimal, unit: Option<Unit>) -> Option<Decimal> {
        match self {
            Self::AsPrinted(_) => Some(value),
            Self::Yuan => in_yuan(value, unit?),
        }
    }

    /// The number as printed with its own unit; `None` where the chart's unit is that of all.
    pub fn label(self, value: Decimal, unit: Option<Unit>, language: Language) -> Option<String> {
        let unit = behind(unit, language);
        self.common().is_empty().then(|| format!("{value}{unit}"))
    }

    /// What is said at the foot.
    pub fn note(self, language: Language) -> Option<String> {
        let text = language.of(
            "金额单位不一：按元绘制，数值旁为原单位。",
            "Amounts are printed in different units: drawn in yuan, each number with its own unit.",
        );
        (self == Self::Yuan).then(|| text.into())
    }
}

/// One chart for every agency and scope, in Chinese.
pub fn plots(indicator: &Indicator, points: &[Point]) -> Vec<Plot> {
    let same = |one: &Point, other: &Point| {
        one.agency_key.is_some() && (one.agency_key, one.scope) == (other.agency_key, other.scope)
    };
    let drawn = drawn(indicator, points);
    points
        .chunk_by(same)
        .map(|points| plot(indicator, points, drawn))
        .collect()
}

/// In which unit these are drawn, all at one scale.
pub fn drawn(indicator: &Indicator, points: &[Point]) -> Drawn {
    let numbers = points.iter().filter(|point| point.value.is_some());
    Drawn::of(indicator, numbers.filter_map(|point| point.unit))
}

fn plot(indicator: &Indicator, points: &[Point], drawn: Drawn) -> Plot {
    let mut units: Vec<_> = points.iter().filter_map(|point| point.unit).collect();
    units.dedup();
    let agency = points[0].agency.as_deref().unwrap_or("?");
    let mut title = format!("{agency}　{}", indicator.label());
    if units.len() > 1 && drawn != Drawn::Yuan {
        // The unit's name changed with the form; the series says whether its meaning did.
        let names: Vec<_> = units.iter().map(|unit| unit.as_str()).collect();
        // Writing to a String cannot fail.
        let _ = write!(title, "（{}）", names.join("→"));
        units.clear();
    }
    let mut places: Vec<Place> = Vec::new();
    for point in points {
        let Some(one) = of_point(point, drawn) else {
            continue;
        };
        match places.iter_mut().find(|other| other.year == one.year) {
            // Two reports for a year must say the same.
            Some(other) if other.cell != one.cell || other.gap != one.gap => {
                other.cell = Cell::missing(CellStatus::Unreadable, "");
                other.gap = Some(Sign::SEVERAL);
            }
            Some(_) => {}
            None => places.push(one),
        }
    }
    Plot {
        title,
        unit: match drawn {
            Drawn::Yuan => drawn.unit(),
            Drawn::AsPrinted(_) => unit(indicator, units.first().copied()),
        },
        points: places,
    }
}

/// A point of a chart; `None` where its year is not known.
fn of_point(point: &Point, drawn: Drawn) -> Option<Place> {
    let (cell, gap) = match (point.status, point.value) {
        (PointStatus::Cell(CellStatus::Number), Some(value)) => {
            drawn_number(value, point.unit, drawn)
        }
        (PointStatus::Cell(CellStatus::Number), None) => missing(CellStatus::Unreadable, None),
        (PointStatus::Cell(status), _) => missing(status, None),
        (status, _) => missing(CellStatus::Unreadable, gap(status, point.parts.len())),
    };
    // A number that the form's change makes something else to compare with has a footnote.
    let footnote = !point.break_before && point.note.is_some() && point.value.is_some();
    Some(Place {
        year: point.year?,
        gap,
        cell,
        label: label(point.value, point.unit, drawn, Language::Zh),
        form: point.form,
        broken: point.break_before,
        note: footnote
            .then(|| point.note.clone())
            .flatten()
            .unwrap_or_default(),
    })
}

/// A number as it is drawn, or that it cannot be.
fn drawn_number(value: Decimal, unit: Option<Unit>, drawn: Drawn) -> (Cell, Option<Sign>) {
    drawn.value(value, unit).map_or_else(
        || missing(CellStatus::Unreadable, Some(Sign::NOT_DRAWN)),
        |value| (Cell::number(value), None),
    )
}

fn missing(status: CellStatus, gap: Option<Sign>) -> (Cell, Option<Sign>) {
    (Cell::missing(status, ""), gap)
}

/// What stands at a number that is drawn in another unit than it was printed in; else empty: the number itself.
fn label(value: Option<Decimal>, unit: Option<Unit>, drawn: Drawn, language: Language) -> String {
    let printed = value.filter(|_| drawn == Drawn::Yuan);
    printed
        .and_then(|value| drawn.label(value, unit, language))
        .unwrap_or_default()
}

/// The sign of what is missing for another reason than its one cell's.
fn gap(status: PointStatus, parts: usize) -> Option<Sign> {
    match status {
        PointStatus::Cell(_) => None,
        PointStatus::Incomplete if parts < 2 => Some(Sign::ABSENT),
        PointStatus::Incomplete => Some(Sign::INCOMPLETE),
        PointStatus::NoSum => Some(Sign::NO_SUM),
        PointStatus::ZeroDenominator => Some(Sign::OF_NOTHING),
        PointStatus::NotInForm => Some(Sign::NOT_IN_FORM),
        PointStatus::NoTable => Some(Sign::NO_TABLE),
    }
}

/// The sign of an outcome; `None` of a number.
pub fn sign(outcome: Outcome) -> Option<Sign> {
    match outcome {
        Outcome::NUMBER => None,
        Outcome::Point(PointStatus::Cell(status)) => Cell::missing(status, "").sign(),
        Outcome::Point(status) => gap(status, 2),
        Outcome::NoReport => Some(Sign::NO_REPORT),
        Outcome::Several => Some(Sign::SEVERAL),
        Outcome::Incomplete | Outcome::NoneHasBoth => Some(Sign::INCOMPLETE),
        Outcome::Break => Some(Sign::NO_SUM),
        Outcome::Nested => Some(Sign::NESTED),
        Outcome::YearsNotAdded => Some(Sign::NOT_ADDED),
    }
}

/// The years of a row of a comparison.
pub fn of_years(years: &[Yearly], drawn: Drawn, language: Language) -> Vec<Place> {
    let mut last = None;
    let places = years.iter().map(|year| {
        let total = &year.total;
        let (cell, gap) = match (total.value, sign(total.status)) {
            (Some(value), None) => drawn_number(value, total.unit, drawn),
            (_, gap) => missing(CellStatus::Unreadable, gap),
        };
        let form = year.total.form;
        let changed = last.is_some_and(|last| form.is_some_and(|form| form != last));
        last = form.or(last);
        let footnote = changed && year.total.quality == Quality::Fair;
        let note = if footnote {
            language.of("表式变更", "the form changes").into()
        } else {
            String::new()
        };
        Place {
            year: year.year,
            cell,
            gap,
            label: label(total.value, total.unit, drawn, language),
            form,
            broken: year.break_before,
            note,
        }
    });
    places.collect()
}

/// What stands around a chart.
pub fn frame(subject: Subject<'_>, title: String, subtitle: String) -> Frame {
    let Subject {
        indicator,
        label,
        language,
    } = subject;
    let series = indicator.series();
    let quality = match series.quality {
        Quality::Good => language.of(
            "各年表式口径一致，可以连线比较",
            "the same in all forms, years may be joined",
        ),
        Quality::Fair => language.of(
            "各年表式口径基本一致，表式变更处有注（*）",
            "nearly the same in all forms, marked (*) where the form changes",
        ),
        Quality::Weak => language.of(
            "口径随表式变化，断线（断）前后不可比较",
            "changes with the form, not to be compared across a break in the line",
        ),
        Quality::NotComparable => language.of(
            "不同表式含义不同，不可连接",
            "other things in other forms, never to be joined",
        ),
    };
    let mut notes = vec![match language {
        Language::Zh => format!("可比性：{quality}。"),
        Language::En => format!("Comparability: {quality}."),
    }];
    if let Indicator::Ratio(ratio) = indicator {
        let scale = ratios::PERCENT_SCALE;
        notes.push(match language {
            Language::Zh => {
                format!(
                    "算法：{}，百分数保留{scale}位小数，四舍五入。",
                    ratio.formula
                )
            }
            Language::En => format!(
                "Formula: {}, in percent, rounded to {scale} decimals.",
                ratio.formula_en
            ),
        });
    }
    match language {
        Language::Zh if !series.caveat_zh.is_empty() => {
            notes.push(format!("说明：{}。", series.caveat_zh));
        }
        Language::En if !series.caveat.is_empty() => {
            notes.push(format!(
                "What to know: {}.",
                series.caveat.trim_end_matches('.')
            ));
        }
        _ => {}
    }
    let source = language.of(
        "数据来源：各机关政府信息公开工作年度报告。缺失值不作零处理，也不推算。",
        "Source: the agencies' annual reports on information disclosure. What is missing is neither 0 nor estimated.",
    );
    notes.push(source.into());
    let description = match language {
        Language::Zh => format!("{label}（{}）", series.id),
        Language::En => format!("{label} ({})", series.id),
    };
    Frame {
        language,
        title,
        subtitle,
        notes,
        description,
    }
}
