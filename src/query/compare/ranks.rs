//! Who is first.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::model::{Decimal, FormId, Unit};
use crate::query::crosswalk::Series;

use super::{Outcome, Standing, Total, order};

/// Gives ranks within each scope and sorts the rows by them. Equals share a rank, and the next one counts on behind them (1, 2, 2, 4).
/// A row whose number counts something else than most of the others', by its form or its unit of money, has no rank.
pub(super) fn rank(series: &Series, ascending: bool, rows: &mut [Standing]) {
    for scope in 0..3 {
        let mut ranked: Vec<&mut Standing> = rows
            .iter_mut()
            .filter(|row| order(row.scope) == scope && row.total.value.is_some())
            .collect();
        let kind = usual(series, &ranked);
        ranked.retain_mut(|row| {
            let why = if !kind.is_some_and(|kind| fits(series, &row.total, kind)) {
                "counts something else than most others here: no rank"
            } else if plain(&row.total).is_none() {
                "too large to be compared in yuan: no rank"
            } else {
                return true;
            };
            row.total.note = Some(why.into());
            false
        });
        let by_size = |one: &Standing, other: &Standing| {
            let ordering = size(&one.total, &other.total);
            if ascending {
                ordering
            } else {
                ordering.reverse()
            }
        };
        ranked.sort_by(|one, other| by_size(one, other).then_with(|| by_name(one, other)));
        let mut ranks: Vec<u32> = Vec::with_capacity(ranked.len());
        for (at, row) in ranked.iter().enumerate() {
            let shared = at > 0 && by_size(ranked[at - 1], row) == Ordering::Equal;
            let rank = if shared {
                ranks[at - 1]
            } else {
                u32::try_from(at + 1).unwrap_or(u32::MAX)
            };
            ranks.push(rank);
        }
        for (row, rank) in ranked.iter_mut().zip(ranks) {
            row.rank = Some(rank);
        }
    }
    rows.sort_by(|one, other| {
        let place = |row: &Standing| {
            (
                order(row.scope),
                row.rank.is_none(),
                row.rank,
                row.total.status != Outcome::NUMBER,
            )
        };
        place(one)
            .cmp(&place(other))
            .then_with(|| by_name(one, other))
    });
}

fn by_name(one: &Standing, other: &Standing) -> Ordering {
    (&one.name, &one.code, &one.division).cmp(&(&other.name, &other.code, &other.division))
}

/// What numbers must share to be ranked: whether they are money, and a form of the same definition.
type Kind = (bool, Option<FormId>);

fn fits(series: &Series, total: &Total, kind: Kind) -> bool {
    let breaks = matches!((total.form, kind.1), (Some(one), Some(other)) if series.breaks_between(one, other));
    total.unit.is_some_and(Unit::is_money) == kind.0 && !breaks
}

/// The kind that most rows are of; of several the newest form's.
fn usual(series: &Series, rows: &[&mut Standing]) -> Option<Kind> {
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    for row in rows {
        *kinds
            .entry((row.total.unit.is_some_and(Unit::is_money), row.total.form))
            .or_default() += 1;
    }
    let count = |kind: Kind| {
        let alike = kinds.iter().filter(|((money, form), _)| {
            let breaks = matches!((*form, kind.1), (Some(one), Some(other)) if series.breaks_between(one, other));
            *money == kind.0 && !breaks
        });
        alike.map(|(_, count)| count).sum::<usize>()
    };
    kinds
        .keys()
        .copied()
        .max_by_key(|kind| (count(*kind), *kind))
}

/// Ratios by their fractions, not by what rounding left of them; money in yuan.
fn size(one: &Total, other: &Total) -> Ordering {
    if let (Some(a), Some(b)) = (
        one.fraction.and_then(|f| f.whole()),
        other.fraction.and_then(|f| f.whole()),
    ) && let (Some(left), Some(right)) = (a.0.checked_mul(b.1), b.0.checked_mul(a.1))
    {
        return left.cmp(&right);
    }
    compare(plain(one), plain(other))
}

/// What is compared: money in yuan.
fn plain(total: &Total) -> Option<Decimal> {
    let value = total.value?;
    match total.unit {
        Some(unit) if unit.is_money() => in_yuan(value, unit),
        _ => Some(value),
    }
}

/// An amount of money in yuan, exact; `None` where it is too large, or the unit is none of money.
pub fn in_yuan(value: Decimal, unit: Unit) -> Option<Decimal> {
    match unit {
        Unit::Yuan => Some(value),
        Unit::WanYuan => value.shifted(4),
        Unit::YiYuan => value.shifted(8),
        _ => None,
    }
}

fn compare(one: Option<Decimal>, other: Option<Decimal>) -> Ordering {
    let (Some(one), Some(other)) = (one, other) else {
        return one.is_some().cmp(&other.is_some());
    };
    let scale = one.scale().max(other.scale());
    // 19 digits and 18 more fit into 128 bits.
    one.at_scale(scale).cmp(&other.at_scale(scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_compared_in_yuan_or_not_at_all() {
        let yuan =
            |text: &str, unit| in_yuan(text.parse().unwrap(), unit).map(|one| one.to_string());
        assert_eq!(yuan("500", Unit::WanYuan).as_deref(), Some("5000000"));
        assert_eq!(yuan("0.000001", Unit::WanYuan).as_deref(), Some("0.01"));
        assert_eq!(yuan("1.5", Unit::YiYuan).as_deref(), Some("150000000"));
        assert_eq!(yuan("3.20", Unit::Yuan).as_deref(), Some("3.20"));
        assert_eq!(yuan("9223372036854775807", Unit::WanYuan), None);
        assert_eq!(yuan("3", Unit::Jian), None);
    }

    #[test]
    fn numbers_of_several_scales_are_compared_exactly() {
        let number = |text: &str| text.parse::<Decimal>().ok();
        assert_eq!(compare(number("1.50"), number("1.5")), Ordering::Equal);
        assert_eq!(
            compare(number("-1"), number("0.000000000000000001")),
            Ordering::Less
        );
        assert_eq!(
            compare(
                number("9223372036854775807"),
                number("0.000000000000000001")
            ),
            Ordering::Greater
        );
    }
}
