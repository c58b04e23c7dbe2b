//! Two years side by side, a line an agency.

use super::axis::Axis;
use super::{Anchor, Canvas, FAINT, Frame, INK, LINE, Tenths, empty, glyph, width_of, words};
use crate::model::Decimal;
use crate::present::shorten;
use crate::present::sign::Sign;

/// An agency's two values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slope {
    /// Whose they are.
    pub name: String,
    /// Of the first and the second year, or why there is none.
    pub values: [Result<Decimal, Sign>; 2],
    /// The numbers as printed with their own units, where the chart has another; `None`: the value in the chart's unit.
    pub labels: [Option<String>; 2],
    /// Whether what is counted changed between them: no line is drawn.
    pub broken: bool,
}

/// A chart of two years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlopeChart {
    /// What stands around it.
    pub frame: Frame,
    /// Which years.
    pub years: [i16; 2],
    /// Unit of all numbers; empty for none.
    pub unit: &'static str,
    /// A line each.
    pub slopes: Vec<Slope>,
}

const HEIGHT: Tenths = 4_200;
const WIDTH: Tenths = 3_000;
/// Labels keep so far from each other.
const APART: Tenths = 150;
const NAME: usize = 28;

impl SlopeChart {
    /// A number as it is written.
    fn words(&self, slope: &Slope, side: usize, value: Decimal) -> String {
        let printed = slope.labels[side].clone();
        printed.unwrap_or_else(|| format!("{value}{}", self.unit))
    }

    /// The document.
    #[expect(clippy::too_many_lines, reason = "one picture, from head to foot")]
    pub fn render(&self) -> String {
        if self.slopes.is_empty() {
            return empty(&self.frame);
        }
        let values = self
            .slopes
            .iter()
            .flat_map(|slope| slope.values.iter().filter_map(|value| value.ok()));
        let axis = Axis::of(values.collect::<Vec<_>>().into_iter());
        let label = |slope: &Slope, side: usize| {
            let value = slope.values[side].map_or_else(
                |sign| glyph(sign, self.frame.language).to_owned(),
                |value| self.words(slope, side, value),
            );
            let name = shorten(&slope.name, NAME);
            if side == 0 {
                format!("{name} {value}")
            } else {
                format!("{value} {name}")
            }
        };
        let widest = |side: usize| {
            let widths = self
                .slopes
                .iter()
                .map(|slope| width_of(&label(slope, side), 11));
            widths.max().unwrap_or(0) + 120
        };
        let (left, top) = (widest(0), 2 * LINE);
        let height = HEIGHT.max(i64::try_from(self.slopes.len()).unwrap_or(0) * APART);
        let sides = [left, left + WIDTH];
        let mut canvas = Canvas::of(&self.frame);
        for (x, year) in sides.iter().zip(self.years) {
            canvas.line((*x, top), (*x, top + height), FAINT, "");
            let year = words::year(canvas.language, year);
            canvas.text((*x, LINE), Anchor::Middle, 13, INK, &year);
        }
        let mut deepest = top + height;
        for (side, x) in sides.into_iter().enumerate() {
            let at = |slope: &Slope| {
                slope.values[side]
                    .ok()
                    .and_then(|value| axis.place(value, height))
            };
            let mut labels: Vec<(Tenths, &Slope)> = self
                .slopes
                .iter()
                .filter_map(|slope| Some((top + height - at(slope)?, slope)))
                .collect();
            labels.sort_by(|one, other| {
                one.0
                    .cmp(&other.0)
                    .then_with(|| one.1.name.cmp(&other.1.name))
            });
            // From the top down, each below the last; those without a number below all.
            let mut free = top;
            let (anchor, offset) = if side == 0 {
                (Anchor::End, -70)
            } else {
                (Anchor::Start, 70)
            };
            for (y, slope) in labels {
                let place = y.max(free);
                canvas.text(
                    (x + offset, place + 40),
                    anchor,
                    11,
                    INK,
                    &label(slope, side),
                );
                free = place + APART;
            }
            free = free.max(top + height + LINE);
            for slope in &self.slopes {
                let Err(sign) = slope.values[side] else {
                    continue;
                };
                canvas.text(
                    (x + offset, free + 40),
                    anchor,
                    11,
                    FAINT,
                    &label(slope, side),
                );
                canvas.explain(sign);
                free += APART;
            }
            deepest = deepest.max(free);
        }
        for slope in &self.slopes {
            let ends = [0, 1].map(|side| {
                let value = slope.values[side].ok()?;
                Some((sides[side], top + height - axis.place(value, height)?))
            });
            if let ([Some(from), Some(to)], false) = (ends, slope.broken) {
                canvas.polyline(&[from, to]);
            }
            for (end, side) in ends.into_iter().zip(0..) {
                if let Some(end) = end {
                    canvas.dot(end, &label(slope, side));
                }
            }
            let language = self.frame.language;
            let said = [0, 1].map(|side| {
                let value = slope.values[side].map_or_else(
                    |sign| sign.meaning(language).to_owned(),
                    |value| self.words(slope, side, value),
                );
                words::in_year(language, self.years[side], &value)
            });
            let mut said = words::sentence(language, &slope.name, &said);
            if slope.broken {
                said.push_str(words::broken(language));
            }
            canvas.say(&said);
        }
        canvas.document(&self.frame, (left + WIDTH + widest(1), deepest))
    }
}
