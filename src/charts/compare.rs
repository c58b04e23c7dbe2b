//! Rows of a comparison as bars, slopes and lines.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::model::{Decimal, Language};
use crate::present::svg::{BarChart, LineChart, OverlayChart, Slope, SlopeChart};
use crate::present::{Bar, Bars, Plot, Sign};
use crate::query::compare::{Indicator, Standing, Yearly};

use super::{Drawn, Subject};

/// Rows of bars.
pub const MOST_BARS: usize = 60;
/// Lines between two years, and panels.
pub const MOST_LINES: usize = 40;

/// What is drawn of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// A bar a row.
    Bars,
    /// From the first to the second of two years.
    Slope,
    /// A panel a row, all at one scale.
    Panels,
    /// All rows in one panel.
    Line,
}

impl Picture {
    /// What suits so many years.
    pub const fn of_years(years: usize) -> Self {
        match years {
            0 | 1 => Self::Bars,
            2 => Self::Slope,
            _ => Self::Panels,
        }
    }
}

fn name(row: &Standing) -> &str {
    row.name.as_deref().or(row.code.as_deref()).unwrap_or("?")
}

fn number(value: Option<Decimal>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// In which unit these are drawn.
pub fn drawn(indicator: &Indicator, rows: &[Standing]) -> Drawn {
    let totals = rows
        .iter()
        .flat_map(|row| row.years.iter().map(|year| &year.total).chain([&row.total]));
    let units = totals.filter(|total| total.value.is_some());
    Drawn::of(indicator, units.filter_map(|total| total.unit))
}

/// Bars of rows of one scope.
pub fn bars(subject: Subject<'_>, rows: &[Standing], years: &[i16]) -> Bars {
    let language = subject.language;
    let drawn = drawn(subject.indicator, rows);
    let bar = |row: &Standing| {
        let total = &row.total;
        let mut label = total.value.map_or_else(
            || {
                super::sign(total.status).map_or_else(String::new, |sign| {
                    let glyph = language.of(sign.sign, sign.letter);
                    format!("{glyph} {}", sign.meaning(language))
                })
            },
            |value| {
                drawn
                    .label(value, total.unit, language)
                    .unwrap_or_else(|| value.to_string())
            },
        );
        if let (Some(fraction), Some(_)) = (total.fraction, total.value) {
            // Writing to a String cannot fail.
            let (above, below) = (number(fraction.numerator), number(fraction.denominator));
            let _ = match language {
                Language::Zh => write!(label, "（{above}/{below}）"),
                Language::En => write!(label, " ({above}/{below})"),
            };
        }
        Bar {
            // A bar of another unit or definition would be compared with the others.
            value: total
                .value
                .filter(|_| row.rank.is_some())
                .and_then(|value| drawn.value(value, total.unit)),
            rank: row.rank,
            name: name(row).to_owned(),
            label,
        }
    };
    let scope = rows
        .first()
        .map(|row| row.scope.name(language))
        .unwrap_or_default();
    Bars {
        title: format!("{}　{}　{scope}", subject.label, years_of(years, language)),
        // Where units differ, each label has its own.
        unit: super::in_words(drawn.common(), language),
        bars: rows.iter().map(bar).collect(),
    }
}

/// `2020年`, `2019—2022年`; in English `2020`, `2019–2022`; empty for none.
pub fn years_of(years: &[i16], language: Language) -> String {
    match (years, language) {
        ([], _) => String::new(),
        ([year], Language::Zh) => format!("{year}年"),
        ([year], Language::En) => year.to_string(),
        ([first, .., last], Language::Zh) => format!("{first}—{last}年"),
        ([first, .., last], Language::En) => format!("{first}–{last}"),
    }
}

/// A picture of rows of one scope, `left_out` more of which are not drawn.
pub fn of_comparison(
    subject: Subject<'_>,
    rows: &[Standing],
    years: &[i16],
    left_out: usize,
    picture: Picture,
) -> String {
    let language = subject.language;
    let drawn = drawn(subject.indicator, rows);
    let unit = super::in_words(drawn.unit(), language);
    let title = format!("{}　{}", subject.label, years_of(years, language));
    let scopes: BTreeSet<&str> = rows.iter().map(|row| row.scope.name(language)).collect();
    let scopes: Vec<&str> = scopes.into_iter().collect();
    let mut subtitle = match language {
        Language::Zh => format!("范围：{}", scopes.join("、")),
        Language::En => format!("Scope: {}", scopes.join(", ")),
    };
    if !drawn.unit().is_empty() {
        let unit = super::alone(drawn.unit(), language);
        subtitle = match language {
            Language::Zh => format!("单位：{unit}；{subtitle}"),
            Language::En => format!("Unit: {unit}; {subtitle}"),
        };
    }
    let mut frame = super::frame(subject, title, subtitle);
    frame.notes.extend(drawn.note(language));
    if left_out > 0 {
        frame.notes.push(match language {
            Language::Zh => format!("仅列前{}行，另有{left_out}行未列。", rows.len()),
            Language::En => format!(
                "The first {} rows; {left_out} more are not drawn.",
                rows.len()
            ),
        });
    }
    if rows.iter().any(|row| row.rank.is_none()) {
        let unranked = language.of(
            "“–”：无可排名的数值，不参与排名。",
            "–: no number that can be ranked.",
        );
        frame.notes.push(unranked.into());
    }
    let plots = || {
        rows.iter().map(|row| Plot {
            title: match row.rank {
                Some(rank) => format!("{rank}　{}", name(row)),
                None => format!("–　{}", name(row)),
            },
            unit,
            points: super::of_years(&row.years, drawn, language),
        })
    };
    match (picture, years) {
        (Picture::Slope, [first, .., last]) => SlopeChart {
            frame,
            years: [*first, *last],
            unit,
            slopes: rows.iter().map(|row| slope(row, drawn, language)).collect(),
        }
        .render(),
        (Picture::Panels, _) => LineChart {
            frame,
            plots: plots().collect(),
        }
        .render(),
        (Picture::Line, _) => OverlayChart {
            frame,
            plots: plots().collect(),
        }
        .render(),
        (Picture::Bars | Picture::Slope, _) => BarChart {
            frame,
            bars: bars(subject, rows, years),
        }
        .render(),
    }
}

/// From the first to the last year; what lies between is not asked, but a change of what is counted is.
fn slope(row: &Standing, drawn: Drawn, language: Language) -> Slope {
    let ends = [row.years.first(), row.years.last()];
    let end = |year: Option<&Yearly>| {
        let Some(total) = year.map(|year| &year.total) else {
            return Err(Sign::NO_REPORT);
        };
        match (total.value, super::sign(total.status)) {
            (Some(number), None) => drawn.value(number, total.unit).ok_or(Sign::NOT_DRAWN),
            (_, sign) => Err(sign.unwrap_or(Sign::UNREADABLE)),
        }
    };
    let label = |year: Option<&Yearly>| {
        let total = &year?.total;
        drawn.label(total.value?, total.unit, language)
    };
    Slope {
        name: name(row).to_owned(),
        values: ends.map(end),
        labels: ends.map(label),
        broken: row.years.iter().skip(1).any(|year| year.break_before),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FormId, Scope, Unit};
    use crate::query::PointStatus;
    use crate::query::compare::{Outcome, Total};
    use crate::query::crosswalk::Quality;

    fn total(value: i64, unit: Unit) -> Total {
        Total {
            value: Some(Decimal::integer(value)),
            status: Outcome::NUMBER,
            unit: Some(unit),
            fraction: None,
            reports: 1,
            left_out: 0,
            known: None,
            form: Some(FormId::F2019),
            quality: Quality::Weak,
            note: None,
        }
    }

    fn standing(rank: u32, name: &str, years: &[(i64, Unit)]) -> Standing {
        let years = years
            .iter()
            .zip(2019..)
            .map(|((value, unit), year)| Yearly {
                year,
                break_before: false,
                total: total(*value, *unit),
            });
        let years: Vec<Yearly> = years.collect();
        Standing {
            key: None,
            rank: Some(rank),
            name: Some(name.into()),
            code: None,
            division: None,
            level: None,
            scope: Scope::Own,
            agencies: 1,
            total: years[years.len() - 1].total.clone(),
            years,
        }
    }

    /// Where the dots of a picture are, from the top.
    fn heights(picture: &str) -> Vec<&str> {
        let dots = picture.split("<circle").skip(1);
        dots.map(|dot| {
            dot.split("cy=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
        })
        .collect()
    }

    #[test]
    fn money_of_several_units_is_drawn_in_yuan_and_labelled_as_printed() {
        use Unit::{WanYuan, YiYuan, Yuan};
        let indicator = Indicator::find("procurement_amount").unwrap();
        let rows = || {
            vec![
                standing(1, "甲局", &[(500, WanYuan)]),
                standing(2, "乙局", &[(3_000_000, Yuan)]),
            ]
        };
        let subject = Subject::chinese(&indicator);
        let drawn = bars(subject, &rows(), &[2019]);
        let values: Vec<_> = drawn.bars.iter().map(|bar| bar.value.unwrap()).collect();
        assert_eq!(values, [5_000_000, 3_000_000].map(Decimal::integer));
        let labels: Vec<_> = drawn.bars.iter().map(|bar| bar.label.as_str()).collect();
        assert_eq!(labels, ["500万元", "3000000元"]);
        assert_eq!(drawn.unit, "");
        let picture_of = |years: &[i16], rows: Vec<Standing>| {
            of_comparison(subject, &rows, years, 0, Picture::of_years(years.len()))
        };
        let bars = picture_of(&[2019], rows());
        assert!(bars.contains("单位：元") && bars.contains("金额单位不一"));
        // One unit stays what it is.
        let same = vec![standing(1, "甲局", &[(500, WanYuan)])];
        assert!(picture_of(&[2019], same).contains("单位：万元"));

        // Two years, and more: 500万元 is as much as 5000000元, 1亿元 more than either.
        let two = vec![
            standing(1, "甲局", &[(500, WanYuan), (5_000_000, Yuan)]),
            standing(2, "乙局", &[(5_000_000, Yuan), (1, YiYuan)]),
        ];
        let slopes = picture_of(&[2019, 2020], two);
        let at = heights(&slopes);
        assert_eq!(at.len(), 4);
        assert!(at[0] == at[1] && at[1] == at[2] && at[2] != at[3], "{at:?}");
        assert!(slopes.contains("500万元") && slopes.contains("1亿元"));
        let three = [(500, WanYuan), (5_000_000, Yuan), (1, YiYuan)];
        let panels = picture_of(&[2019, 2020, 2021], vec![standing(1, "甲局", &three)]);
        let at = heights(&panels);
        assert!(at.len() == 3 && at[0] == at[1] && at[1] != at[2], "{at:?}");
        assert!(panels.contains("2019年500万元") && panels.contains("2021年1亿元"));

        // What is no money, or too much, is a gap that says so.
        let odd = [(3, Unit::Jian), (i64::MAX, WanYuan), (2, Yuan)];
        let panels = picture_of(&[2019, 2020, 2021], vec![standing(1, "甲局", &odd)]);
        assert_eq!(heights(&panels).len(), 1);
        assert!(panels.contains("2019年单位不同或数值过大"));
    }

    #[test]
    fn pictures_in_english_have_chinese_names_alone() {
        use Unit::{Jian, WanYuan, Yuan};
        let is_han = |c: char| ('\u{3000}'..='\u{9fff}').contains(&c) && c != '　';
        let gap = |mut row: Standing| {
            row.years[0].total.value = None;
            row.years[0].total.status = Outcome::NoReport;
            row.years[1].break_before = true;
            row.rank = None;
            row.total = row.years[0].total.clone();
            row
        };
        for (id, units) in [
            ("procurement_amount", [WanYuan, Yuan]),
            ("requests_received", [Jian, Jian]),
            ("disclosure_rate", [Jian, Jian]),
        ] {
            let indicator = Indicator::find(id).unwrap();
            let english = Subject {
                indicator: &indicator,
                label: "some label",
                language: Language::En,
            };
            let years = [(500, units[0]), (7, units[1]), (9, units[0])];
            let rows = [
                standing(1, "甲局", &years),
                gap(standing(2, "乙局", &years)),
            ];
            for picture in [
                Picture::Bars,
                Picture::Slope,
                Picture::Panels,
                Picture::Line,
            ] {
                let drawn = of_comparison(english, &rows, &[2019, 2020, 2021], 3, picture);
                let rest = drawn.replace("甲局", "").replace("乙局", "");
                let head = rest.find("<title").unwrap();
                // What to know of a series quotes units of the forms.
                let quoted = &indicator.series().caveat;
                let ours = |c: &char| is_han(*c) && !quoted.contains(*c);
                let left: String = rest[head..].chars().filter(ours).collect();
                assert_eq!(left, "", "{id} {picture:?}: {drawn}");
                assert!(drawn.contains("xml:lang=\"en\"") && drawn.contains("some label"));
                assert!(drawn.contains("no report") && drawn.contains("3 more are not drawn"));
                let chinese = Subject::chinese(&indicator);
                let drawn = of_comparison(chinese, &rows, &[2019, 2020, 2021], 3, picture);
                assert!(drawn.contains("未见报告") && !drawn.contains("no report"));
                assert!(drawn.contains("xml:lang=\"zh-CN\"") && drawn.contains(indicator.label()));
                if matches!(picture, Picture::Panels | Picture::Line) {
                    assert!(drawn.contains(">断 "));
                }
            }
        }
    }

    #[test]
    fn every_reason_has_a_sign() {
        for outcome in [
            Outcome::NoReport,
            Outcome::Several,
            Outcome::Incomplete,
            Outcome::Break,
            Outcome::NoneHasBoth,
            Outcome::Nested,
            Outcome::YearsNotAdded,
            Outcome::Point(PointStatus::Incomplete),
            Outcome::Point(PointStatus::NoSum),
            Outcome::Point(PointStatus::ZeroDenominator),
            Outcome::Point(PointStatus::NotInForm),
            Outcome::Point(PointStatus::NoTable),
        ] {
            assert!(crate::charts::sign(outcome).is_some(), "{outcome:?}");
        }
        assert!(crate::charts::sign(Outcome::NUMBER).is_none());
    }
}
