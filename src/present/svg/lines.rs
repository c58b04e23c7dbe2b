//! A line over the years; several agencies as small panels at one scale.

use super::axis::Axis;
use super::{
    Anchor, CHANGE, Canvas, FAINT, Frame, INK, LINE, MAIN, RULE, Tenths, empty, width_of,
    with_unit, words, wrapped,
};
use crate::present::plot::{Plot, Point};
use crate::present::sign::Sign;

/// Lines over the years, a panel each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineChart {
    /// What stands around it.
    pub frame: Frame,
    /// A panel each, all at one scale.
    pub plots: Vec<Plot>,
}

/// Width of the one panel there is, and of one of several.
const WIDE: Tenths = 7_200;
const NARROW: Tenths = 3_400;
/// Between two panels.
const GAP: Tenths = 400;
/// Height of what is drawn, without texts.
const HEIGHT: Tenths = 2_400;
const LOW: Tenths = 1_300;
/// More years than this between first and last are a mistake upstream; the rest is not drawn.
const MAX_YEARS: usize = 100;

impl LineChart {
    /// The document.
    pub fn render(&self) -> String {
        let years = || {
            self.plots
                .iter()
                .flat_map(|plot| plot.points.iter().map(|point| point.year))
        };
        let (Some(first), Some(last)) = (years().min(), years().max()) else {
            return empty(&self.frame);
        };
        let years: Vec<i16> = (first..=last).take(MAX_YEARS).collect();
        let values = self.plots.iter().flat_map(|plot| plot.points.iter());
        let values = values
            .filter(|point| point.sign().is_none())
            .filter_map(|point| point.cell.value);
        let axis = Axis::of(values.collect::<Vec<_>>().into_iter());
        let (width, height, columns) = match self.plots.len() {
            1 => (WIDE, HEIGHT, 1),
            _ => (NARROW, LOW, 2),
        };
        let mut canvas = Canvas::of(&self.frame);
        let mut y = 0;
        for row in self.plots.chunks(columns) {
            let mut deepest = 0;
            for (plot, column) in row.iter().zip(0_i64..) {
                let panel = Panel {
                    plot,
                    years: &years,
                    axis: &axis,
                    x: column * (width + GAP),
                    y,
                    width,
                    height,
                    titled: plot.title != self.frame.title,
                };
                deepest = deepest.max(panel.draw(&mut canvas));
            }
            y += deepest + GAP / 2;
        }
        let columns = i64::try_from(columns).unwrap_or(1);
        canvas.document(&self.frame, (columns * width + (columns - 1) * GAP, y))
    }
}

struct Panel<'a> {
    plot: &'a Plot,
    years: &'a [i16],
    axis: &'a Axis,
    x: Tenths,
    y: Tenths,
    width: Tenths,
    height: Tenths,
    /// Whether its title is drawn: the frame's is no title of several.
    titled: bool,
}

impl Panel<'_> {
    /// Draws it; how high it is.
    fn draw(&self, canvas: &mut Canvas) -> Tenths {
        let mut y = self.y + LINE;
        let title = if self.titled {
            self.plot.title.as_str()
        } else {
            ""
        };
        for line in wrapped(title, 13, self.width) {
            canvas.text((self.x, y), Anchor::Start, 13, INK, &line);
            y += LINE;
        }
        // Room for the greatest value's label.
        let top = y + LINE / 2;
        let bottom = top + self.height;
        let labels = self.axis.ticks.iter().map(|tick| self.axis.label(*tick));
        let gutter = labels.map(|label| width_of(&label, 11)).max().unwrap_or(0) + 80;
        let (left, right) = (self.x + gutter, self.x + self.width);
        for tick in &self.axis.ticks {
            let at = bottom - self.axis.at(*tick, self.height);
            let stroke = if *tick == 0 { FAINT } else { RULE };
            canvas.line((left, at), (right, at), stroke, "");
            canvas.text(
                (left - 50, at + 40),
                Anchor::End,
                11,
                FAINT,
                &self.axis.label(*tick),
            );
        }
        self.plot_years(canvas, (left, right), (top, bottom));
        bottom + 2 * LINE + LINE / 2 - self.y
    }

    fn plot_years(
        &self,
        canvas: &mut Canvas,
        (left, right): (Tenths, Tenths),
        (top, bottom): (Tenths, Tenths),
    ) {
        let count = i64::try_from(self.years.len()).unwrap_or(1).max(1);
        let step = (right - left) / count;
        // As many labels as there is room for.
        let every = usize::try_from((width_of("2000 ", 11) / step.max(1)) + 1).unwrap_or(1);
        let numbers = step >= 420;
        let mut run: Vec<(Tenths, Tenths)> = Vec::new();
        let mut form = None;
        let mut said = Vec::new();
        for ((year, number), at) in self.years.iter().zip(0_i64..).zip(0_usize..) {
            let x = left + number * step + step / 2;
            let point = self.plot.points.iter().find(|point| point.year == *year);
            if at % every == 0 {
                canvas.text(
                    (x, bottom + 2 * LINE),
                    Anchor::Middle,
                    11,
                    INK,
                    &year.to_string(),
                );
            }
            let new = point.and_then(|point| point.form);
            let change = form.filter(|old| new.is_some_and(|new| new != *old));
            let broken = point.is_some_and(|point| point.broken);
            if change.is_some() || broken {
                let edge = left + number * step;
                let forms = match (change, new) {
                    (Some(old), Some(new)) => format!("{old}→{new}"),
                    _ => String::new(),
                };
                change_mark(canvas, edge, (top, bottom), broken, &forms);
                if broken {
                    said.push(words::break_from(canvas.language, *year));
                }
            }
            form = new.or(form);
            if broken {
                canvas.polyline(&run);
                run.clear();
            }
            let sign = point.map_or(Some(Sign::NO_REPORT), Point::sign);
            let place = point.and_then(|point| self.axis.place(point.cell.value?, self.height));
            let (Some(point), None, Some(place)) = (point, sign, place) else {
                // A gap: nothing is drawn through it.
                canvas.polyline(&run);
                run.clear();
                let sign = sign.unwrap_or(Sign::UNREADABLE);
                canvas.sign((x, bottom + LINE), sign);
                said.push(words::missing(canvas.language, *year, sign));
                continue;
            };
            run.push((x, bottom - place));
            let (value, mut label) = if point.label.is_empty() {
                let text = point.cell.text();
                (with_unit(&text, self.plot), text)
            } else {
                (point.label.clone(), point.label.clone())
            };
            if !point.note.is_empty() {
                label.push('*');
            }
            let dot = words::dot(canvas.language, *year, &value);
            canvas.dot((x, bottom - place), &dot);
            if numbers || !point.note.is_empty() {
                let label = if numbers { label } else { "*".into() };
                canvas.text((x, bottom - place - 80), Anchor::Middle, 11, INK, &label);
            }
            said.push(words::in_year(canvas.language, *year, &value));
        }
        canvas.polyline(&run);
        canvas.say(&words::sentence(canvas.language, &self.plot.title, &said));
    }
}

/// A rule between two years: dotted where only the form changes, double where the line is broken.
fn change_mark(
    canvas: &mut Canvas,
    x: Tenths,
    (top, bottom): (Tenths, Tenths),
    broken: bool,
    forms: &str,
) {
    if broken {
        for side in [-15, 15] {
            canvas.line(
                (x + side, top),
                (x + side, bottom + LINE),
                CHANGE,
                " stroke-width=\"1.5\"",
            );
        }
        let words = words::break_mark(canvas.language, forms);
        canvas.text((x, top - 30), Anchor::Middle, 10, CHANGE, &words);
    } else {
        canvas.line((x, top), (x, bottom), MAIN, " stroke-dasharray=\"2 4\"");
        canvas.text((x, top - 30), Anchor::Middle, 10, FAINT, forms);
    }
}
