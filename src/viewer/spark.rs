//! A small line beside a row of numbers: what the table says, at a glance. Years without a number are gaps.

use std::fmt::Write as _;

use crate::model::Decimal;

/// One year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// The year.
    pub year: i16,
    /// Its number; `None` draws nothing.
    pub value: Option<Decimal>,
    /// Whether nothing may be drawn from the year before to this one.
    pub break_before: bool,
}

/// Between two years, and from least to greatest.
const STEP: i128 = 8;
const HEIGHT: i128 = 20;
const EDGE: i128 = 3;
/// More years than this are a mistake upstream.
const MOST_YEARS: i128 = 60;

/// The picture: hidden from screen readers, which have the table.
pub(super) fn render(marks: &[Mark]) -> String {
    let numbers: Vec<(i128, i128, bool)> = placed(marks);
    let years = || marks.iter().map(|mark| i128::from(mark.year));
    let (Some(first), Some(last)) = (years().min(), years().max()) else {
        return String::new();
    };
    let width = (last - first).min(MOST_YEARS) * STEP + 2 * EDGE;
    let height = HEIGHT + 2 * EDGE;
    let mut svg = format!(
        "<svg class=\"spark\" aria-hidden=\"true\" focusable=\"false\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">"
    );
    let mut before: Option<(i128, i128)> = None;
    // Writing to a String cannot fail.
    for (year, y, is_apart) in numbers {
        let x = (year - first) * STEP + EDGE;
        if x > width {
            break;
        }
        if let Some((x0, y0)) = before
            && !is_apart
            && x - x0 == STEP
        {
            let _ = write!(
                svg,
                "<path d=\"M{x0} {y0}L{x} {y}\" fill=\"none\" stroke=\"currentColor\"/>"
            );
        }
        let _ = write!(
            svg,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"1.8\" fill=\"currentColor\"/>"
        );
        before = Some((x, y));
    }
    svg.push_str("</svg>");
    svg
}

/// Year, height from the top, and whether it stands apart from the year before; those without a number left out.
fn placed(marks: &[Mark]) -> Vec<(i128, i128, bool)> {
    let scale = marks
        .iter()
        .filter_map(|mark| mark.value)
        .map(Decimal::scale)
        .max()
        .unwrap_or(0);
    let mut sized: Vec<(i128, i128, bool)> = Vec::new();
    let mut is_apart = false;
    for mark in marks {
        is_apart |= mark.break_before;
        if let Some(value) = mark.value.and_then(|value| value.at_scale(scale)) {
            sized.push((mark.year.into(), value, is_apart));
            is_apart = false;
        }
    }
    let least = sized.iter().map(|mark| mark.1).min().unwrap_or(0).min(0);
    let span = sized.iter().map(|mark| mark.1).max().unwrap_or(0).max(0) - least;
    for mark in &mut sized {
        // A long number is shortened first: a pixel more or less.
        let (above, span) = if span > i128::MAX / 64 {
            ((mark.1 - least) >> 8, span >> 8)
        } else {
            (mark.1 - least, span)
        };
        mark.1 = EDGE + HEIGHT - if span == 0 { 0 } else { above * HEIGHT / span };
    }
    sized
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(year: i16, value: Option<i64>, break_before: bool) -> Mark {
        Mark {
            year,
            value: value.map(Decimal::integer),
            break_before,
        }
    }

    #[test]
    fn a_year_without_a_number_is_a_gap_and_never_a_zero() {
        let with_gap = render(&[
            mark(2019, Some(10), false),
            mark(2020, None, false),
            mark(2021, Some(10), false),
        ]);
        assert_eq!(with_gap.matches("<circle").count(), 2);
        assert_eq!(with_gap.matches("<path").count(), 0);
        // At the height of 10, not of 0.
        assert!(!with_gap.contains("cy=\"23\""), "{with_gap}");
        let zero = render(&[mark(2019, Some(10), false), mark(2020, Some(0), false)]);
        assert!(
            zero.contains("cy=\"23\"") && zero.contains("<path"),
            "{zero}"
        );
    }

    #[test]
    fn nothing_is_drawn_through_a_break() {
        let svg = render(&[mark(2018, Some(1), false), mark(2019, Some(2), true)]);
        assert_eq!(svg.matches("<path").count(), 0);
        assert_eq!(render(&[]), "");
    }

    #[test]
    fn extreme_numbers_are_drawn_too() {
        let svg = render(&[
            mark(2018, Some(i64::MAX), false),
            mark(2019, Some(i64::MIN), false),
            mark(32_000, Some(1), false),
        ]);
        assert_eq!(svg.matches("<circle").count(), 2);
    }
}
