use super::*;
use crate::model::Unit;
use crate::query::compare::{Outcome, Yearly};
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

fn answer(years: &[i16], rows: Vec<Standing>) -> Comparison {
    Comparison {
        years: years.to_vec(),
        rows,
        unplaced: 0,
        unknown_place: 0,
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
    let drawn = bars(&indicator, &rows(), &[2019]);
    let values: Vec<_> = drawn.bars.iter().map(|bar| bar.value.unwrap()).collect();
    assert_eq!(values, [5_000_000, 3_000_000].map(Decimal::integer));
    let labels: Vec<_> = drawn.bars.iter().map(|bar| bar.label.as_str()).collect();
    assert_eq!(labels, ["500万元", "3000000元"]);
    assert_eq!(drawn.unit, "");
    let picture_of = |years: &[i16], rows| picture(&indicator, &mut answer(years, rows)).unwrap();
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
    let text = table(
        &indicator,
        &answer(&[2019, 2020, 2021], vec![standing(1, "甲局", &three)]),
        None,
    );
    assert!(text.contains("500万元") && text.contains("1亿元"), "{text}");
}

#[test]
fn every_reason_has_a_sign() {
    use crate::query::PointStatus;
    for outcome in [
        Outcome::NoReport,
        Outcome::Several,
        Outcome::Incomplete,
        Outcome::Break,
        Outcome::NoneHasBoth,
        Outcome::YearsNotAdded,
        Outcome::Point(PointStatus::Incomplete),
        Outcome::Point(PointStatus::NoSum),
        Outcome::Point(PointStatus::ZeroDenominator),
        Outcome::Point(PointStatus::NotInForm),
        Outcome::Point(PointStatus::NoTable),
    ] {
        assert!(chart::sign(outcome).is_some(), "{outcome:?}");
    }
    assert!(chart::sign(Outcome::NUMBER).is_none());
}
