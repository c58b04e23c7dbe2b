//! Points of a series or a comparison as what charts are made of.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

use crate::model::{CellStatus, Scope, Unit};
use crate::present::svg::Frame;
use crate::present::{Cell, Plot, Point as Drawn, Sign};
use crate::query::compare::{Indicator, Outcome, Yearly};
use crate::query::crosswalk::Quality;
use crate::query::ratios;
use crate::query::{Point, PointStatus};

use super::output;

/// The unit of what a chart draws.
pub(super) fn unit(indicator: &Indicator, unit: Option<Unit>) -> &'static str {
    if indicator.is_ratio() {
        "%"
    } else {
        unit.map_or("", Unit::as_str)
    }
}

/// One chart for every agency and scope.
pub(super) fn plots(indicator: &Indicator, points: &[Point]) -> Vec<Plot> {
    let same = |one: &Point, other: &Point| {
        one.agency_key.is_some() && (one.agency_key, one.scope) == (other.agency_key, other.scope)
    };
    points
        .chunk_by(same)
        .map(|points| plot(indicator, points))
        .collect()
}

fn plot(indicator: &Indicator, points: &[Point]) -> Plot {
    let mut units: Vec<_> = points.iter().filter_map(|point| point.unit).collect();
    units.dedup();
    let agency = points[0].agency.as_deref().unwrap_or("?");
    let mut title = format!("{agency}　{}", indicator.label());
    if units.len() > 1 {
        // The unit's name changed with the form; the series says whether its meaning did.
        let names: Vec<_> = units.iter().map(|unit| unit.as_str()).collect();
        // Writing to a String cannot fail.
        let _ = write!(title, "（{}）", names.join("→"));
        units.clear();
    }
    let mut drawn: Vec<Drawn> = Vec::new();
    for point in points {
        let Some(one) = of_point(point) else {
            continue;
        };
        match drawn.iter_mut().find(|other| other.year == one.year) {
            // Two reports for a year must say the same.
            Some(other) if other.cell != one.cell || other.gap != one.gap => {
                other.cell = Cell::missing(CellStatus::Unreadable, "");
                other.gap = Some(Sign::SEVERAL);
            }
            Some(_) => {}
            None => drawn.push(one),
        }
    }
    Plot {
        title,
        unit: unit(indicator, units.first().copied()),
        points: drawn,
    }
}

/// A point of a chart; `None` where its year is not known.
fn of_point(point: &Point) -> Option<Drawn> {
    let cell = match (point.status, point.value) {
        (PointStatus::Cell(CellStatus::Number), Some(value)) => Cell::number(value),
        (PointStatus::Cell(CellStatus::Number), None) => Cell::missing(CellStatus::Unreadable, ""),
        (PointStatus::Cell(status), _) => Cell::missing(status, ""),
        _ => Cell::missing(CellStatus::Unreadable, ""),
    };
    // A number that the form's change makes something else to compare with has a footnote.
    let footnote = !point.break_before && point.note.is_some() && point.value.is_some();
    Some(Drawn {
        year: point.year?,
        gap: gap(point.status, point.parts.len()),
        cell,
        form: point.form,
        broken: point.break_before,
        note: footnote
            .then(|| point.note.clone())
            .flatten()
            .unwrap_or_default(),
    })
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
pub(super) fn sign(outcome: Outcome) -> Option<Sign> {
    match outcome {
        Outcome::NUMBER => None,
        Outcome::Point(PointStatus::Cell(status)) => Cell::missing(status, "").sign(),
        Outcome::Point(status) => gap(status, 2),
        Outcome::NoReport => Some(Sign::NO_REPORT),
        Outcome::Several => Some(Sign::SEVERAL),
        Outcome::Incomplete | Outcome::NoneHasBoth => Some(Sign::INCOMPLETE),
        Outcome::Break => Some(Sign::NO_SUM),
    }
}

/// The years of a row of a comparison.
pub(super) fn of_years(years: &[Yearly]) -> Vec<Drawn> {
    let mut last = None;
    let drawn = years.iter().map(|year| {
        let gap = sign(year.total.status);
        let cell = match (year.total.value, gap) {
            (Some(value), None) => Cell::number(value),
            _ => Cell::missing(CellStatus::Unreadable, ""),
        };
        let form = year.total.form;
        let changed = last.is_some_and(|last| form.is_some_and(|form| form != last));
        last = form.or(last);
        let footnote = changed && year.total.quality == Quality::Fair;
        let note = if footnote {
            "表式变更".into()
        } else {
            String::new()
        };
        Drawn {
            year: year.year,
            cell,
            gap,
            form,
            broken: year.break_before,
            note,
        }
    });
    drawn.collect()
}

/// In Chinese.
pub(super) const fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Own => "本机关",
        Scope::Consolidated => "全区域汇总",
        Scope::Unknown => "范围不明",
    }
}

/// What stands around a chart.
pub(super) fn frame(indicator: &Indicator, title: String, subtitle: String) -> Frame {
    let series = indicator.series();
    let quality = match series.quality {
        Quality::Good => "各年表式口径一致，可以连线比较",
        Quality::Fair => "各年表式口径基本一致，表式变更处有注（*）",
        Quality::Weak => "口径随表式变化，断线（断）前后不可比较",
        Quality::NotComparable => "不同表式含义不同，不可连接",
    };
    let mut notes = vec![format!("可比性：{quality}。")];
    if let Indicator::Ratio(ratio) = indicator {
        notes.push(format!(
            "算法：{}，百分数保留{}位小数，四舍五入。",
            ratio.formula,
            ratios::PERCENT_SCALE
        ));
    }
    if !series.caveat_zh.is_empty() {
        notes.push(format!("说明：{}。", series.caveat_zh));
    }
    notes.push("数据来源：各机关政府信息公开工作年度报告。缺失值不作零处理，也不推算。".into());
    let description = format!("{}（{}）", indicator.label(), series.id);
    Frame {
        title,
        subtitle,
        notes,
        description,
    }
}

/// Writes a picture, whole or not at all.
pub(super) fn save(path: &Path, picture: &str) -> anyhow::Result<()> {
    output::replace(path, |file| Ok(file.write_all(picture.as_bytes())?))
        .with_context(|| format!("cannot write {}", path.display()))?;
    output::say(&format!("wrote {}", path.display()));
    Ok(())
}
