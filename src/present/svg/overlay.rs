//! Several agencies' years in one panel, each line with a letter, so that none is told by its colour alone.

use super::axis::Axis;
use super::{
    Anchor, CHANGE, Canvas, FAINT, Frame, INK, LINE, RULE, Tenths, empty, escaped, pixels,
    width_of, with_unit, words,
};
use crate::present::plot::{Plot, Point};
use crate::present::shorten;
use crate::present::sign::Sign;
use std::fmt::Write as _;

/// Lines in one panel; of more no one is followed.
pub const MOST_OVERLAID: usize = 8;

/// Lines over the years, all in one panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverlayChart {
    /// What stands around it.
    pub frame: Frame,
    /// A line each; those behind [`MOST_OVERLAID`] are not drawn.
    pub plots: Vec<Plot>,
}

const LETTERS: [&str; MOST_OVERLAID] = ["A", "B", "C", "D", "E", "F", "G", "H"];
/// Dark enough on white for text (WCAG 2.2, 1.4.3).
const INKS: [&str; MOST_OVERLAID] = [
    "#1f4e79", "#9c2f12", "#1c6b3a", "#6b3fa0", "#7a5200", "#006d77", "#a3195b", "#3d3d3d",
];
const DASHES: [&str; MOST_OVERLAID] = [
    "", "8 3", "2 3", "10 3 2 3", "5 2", "1 3", "12 4", "6 2 2 2",
];
const WIDTH: Tenths = 6_000;
const HEIGHT: Tenths = 3_400;
/// Labels keep so far from each other.
const APART: Tenths = 170;
const NAME: usize = 26;
/// More years than this between first and last are a mistake upstream; the rest is not drawn.
const MAX_YEARS: usize = 100;

/// Where things stand.
struct Place<'a> {
    years: &'a [i16],
    axis: Axis,
    left: Tenths,
    step: Tenths,
    top: Tenths,
    bottom: Tenths,
}

impl OverlayChart {
    /// The document.
    pub fn render(&self) -> String {
        let plots = &self.plots[..self.plots.len().min(MOST_OVERLAID)];
        let years = || {
            plots
                .iter()
                .flat_map(|plot| plot.points.iter().map(|point| point.year))
        };
        let (Some(first), Some(last)) = (years().min(), years().max()) else {
            return empty(&self.frame);
        };
        let years: Vec<i16> = (first..=last).take(MAX_YEARS).collect();
        let values: Vec<_> = plots
            .iter()
            .flat_map(|plot| plot.points.iter())
            .filter(|point| point.sign().is_none())
            .filter_map(|point| point.cell.value)
            .collect();
        let axis = Axis::of(values.into_iter());
        let labels = axis.ticks.iter().map(|tick| axis.label(*tick));
        let left = labels.map(|label| width_of(&label, 11)).max().unwrap_or(0) + 80;
        let step = WIDTH / i64::try_from(years.len()).unwrap_or(1).max(1);
        let place = Place {
            years: &years,
            axis,
            left,
            step,
            top: 2 * LINE,
            bottom: 2 * LINE + HEIGHT,
        };
        let mut canvas = Canvas::of(&self.frame);
        place.frame(&mut canvas);
        place.changes(&mut canvas, plots);
        let mut ends = Vec::new();
        let mut lane = place.bottom + 2 * LINE;
        for (number, plot) in plots.iter().enumerate() {
            let (end, gaps) = place.plot(&mut canvas, plot, number);
            if let Some(end) = end {
                ends.push((end, number));
            }
            if !gaps.is_empty() {
                lane += LINE;
                let x = place.left - 50;
                canvas.text((x, lane), Anchor::End, 11, INKS[number], LETTERS[number]);
                for (x, sign) in gaps {
                    canvas.sign((x, lane), sign);
                }
            }
        }
        // Names at the right edge, at the height of the line's last point; those without one below all.
        ends.sort_unstable();
        let right = place.left + WIDTH;
        let mut free = place.top;
        let name = |number: usize| {
            format!(
                "{} {}",
                LETTERS[number],
                shorten(&plots[number].title, NAME)
            )
        };
        for (y, number) in &ends {
            let at = (*y).max(free);
            canvas.text(
                (right + 80, at + 40),
                Anchor::Start,
                12,
                INKS[*number],
                &name(*number),
            );
            free = at + APART;
        }
        for number in 0..plots.len() {
            if ends.iter().all(|(_, drawn)| *drawn != number) {
                canvas.text(
                    (right + 80, free + 40),
                    Anchor::Start,
                    12,
                    FAINT,
                    &name(number),
                );
                free += APART;
            }
        }
        let names = (0..plots.len()).map(|number| width_of(&name(number), 12));
        let width = right + 120 + names.max().unwrap_or(0);
        canvas.document(&self.frame, (width, lane.max(free) + LINE / 2))
    }
}

impl Place<'_> {
    fn x(&self, at: usize) -> Tenths {
        self.left + i64::try_from(at).unwrap_or(0) * self.step + self.step / 2
    }

    fn frame(&self, canvas: &mut Canvas) {
        for tick in &self.axis.ticks {
            let y = self.bottom - self.axis.at(*tick, HEIGHT);
            let stroke = if *tick == 0 { FAINT } else { RULE };
            canvas.line((self.left, y), (self.left + WIDTH, y), stroke, "");
            let label = self.axis.label(*tick);
            canvas.text((self.left - 50, y + 40), Anchor::End, 11, FAINT, &label);
        }
        let every = usize::try_from(width_of("2000 ", 11) / self.step.max(1) + 1).unwrap_or(1);
        for (at, year) in self.years.iter().enumerate().step_by(every) {
            let place = (self.x(at), self.bottom + LINE + LINE / 4);
            canvas.text(place, Anchor::Middle, 11, INK, &year.to_string());
        }
    }

    /// Rules where what is counted changes, with the letters of the lines that are broken there.
    fn changes(&self, canvas: &mut Canvas, plots: &[Plot]) {
        for (at, year) in self.years.iter().enumerate() {
            let is_broken = |plot: &&Plot| {
                let mut points = plot.points.iter();
                points.any(|point| point.year == *year && point.broken)
            };
            let broken = plots
                .iter()
                .zip(LETTERS)
                .filter(|(plot, _)| is_broken(plot));
            let letters: String = broken.map(|(_, letter)| letter).collect();
            if letters.is_empty() {
                continue;
            }
            let x = self.x(at) - self.step / 2;
            for side in [-15, 15] {
                let ends = [(x + side, self.top), (x + side, self.bottom + LINE / 2)];
                canvas.line(ends[0], ends[1], CHANGE, " stroke-width=\"1.5\"");
            }
            let words = words::break_mark(canvas.language, &letters);
            canvas.text((x, self.top - 40), Anchor::Middle, 11, CHANGE, &words);
        }
    }

    /// Draws a line; the height of its last point, and where it has gaps.
    fn plot(
        &self,
        canvas: &mut Canvas,
        plot: &Plot,
        number: usize,
    ) -> (Option<Tenths>, Vec<(Tenths, Sign)>) {
        let mut run: Vec<(Tenths, Tenths)> = Vec::new();
        let (mut gaps, mut said, mut end) = (Vec::new(), Vec::new(), None);
        let mut dots = Vec::new();
        for (at, year) in self.years.iter().enumerate() {
            let point = plot.points.iter().find(|point| point.year == *year);
            if point.is_some_and(|point| point.broken) {
                stroke(canvas, &run, number);
                run.clear();
                said.push(words::break_from(canvas.language, *year));
            }
            let sign = point.map_or(Some(Sign::NO_REPORT), Point::sign);
            let height = point.and_then(|point| self.axis.place(point.cell.value?, HEIGHT));
            let (Some(point), None, Some(height)) = (point, sign, height) else {
                // A gap: nothing is drawn through it.
                stroke(canvas, &run, number);
                run.clear();
                let sign = sign.unwrap_or(Sign::UNREADABLE);
                gaps.push((self.x(at), sign));
                said.push(words::missing(canvas.language, *year, sign));
                continue;
            };
            let here = (self.x(at), self.bottom - height);
            let star = if point.note.is_empty() { "" } else { "*" };
            let value = format!("{}{star}", with_unit(&point.cell.text(), plot));
            said.push(words::in_year(canvas.language, *year, &value));
            let dot = words::dot(canvas.language, *year, &value);
            dots.push((here, format!("{} {dot}", plot.title)));
            run.push(here);
            end = Some(here.1);
        }
        stroke(canvas, &run, number);
        for (here, title) in dots {
            marker(canvas, here, number, &title);
        }
        let whose = format!("{} {}", LETTERS[number], plot.title);
        canvas.say(&words::sentence(canvas.language, &whose, &said));
        (end, gaps)
    }
}

fn stroke(canvas: &mut Canvas, run: &[(Tenths, Tenths)], number: usize) {
    if run.len() < 2 {
        return;
    }
    let points = run
        .iter()
        .map(|(x, y)| format!("{},{}", pixels(*x), pixels(*y)));
    let points: Vec<_> = points.collect();
    let dash = match DASHES[number] {
        "" => String::new(),
        dash => format!(" stroke-dasharray=\"{dash}\""),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(
        canvas.body,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{dash}/>",
        points.join(" "),
        INKS[number]
    );
}

/// A point: a ring with the line's letter.
fn marker(canvas: &mut Canvas, at: (Tenths, Tenths), number: usize, title: &str) {
    let _ = writeln!(
        canvas.body,
        "<circle cx=\"{}\" cy=\"{}\" r=\"6\" fill=\"#ffffff\" stroke=\"{}\" stroke-width=\"1.5\"><title>{}</title></circle>",
        pixels(at.0),
        pixels(at.1),
        INKS[number],
        escaped(title)
    );
    canvas.text(
        (at.0, at.1 + 30),
        Anchor::Middle,
        8,
        INKS[number],
        LETTERS[number],
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CellStatus, Language};
    use crate::present::Cell;

    fn plot(title: &str, values: &[(i16, &str, bool)]) -> Plot {
        let point = |(year, text, broken): &(i16, &str, bool)| Point {
            year: *year,
            cell: match *text {
                "" => Cell::missing(CellStatus::Blank, ""),
                number => Cell::number(number.parse().unwrap()),
            },
            gap: None,
            label: String::new(),
            form: None,
            broken: *broken,
            note: String::new(),
        };
        Plot {
            title: title.into(),
            unit: "件",
            points: values.iter().map(point).collect(),
        }
    }

    #[test]
    fn gaps_and_breaks_are_not_drawn_through() {
        let chart = |plots| OverlayChart {
            frame: Frame::default(),
            plots,
        };
        let whole = plot(
            "甲",
            &[(2020, "1", false), (2021, "0", false), (2022, "3", false)],
        );
        let gap = plot(
            "乙",
            &[(2020, "1", false), (2021, "", false), (2022, "3", false)],
        );
        let broken = plot("丙<", &[(2020, "1", false), (2021, "2", true)]);
        let drawn = chart(vec![whole.clone(), gap]).render();
        assert_eq!(drawn.matches("<polyline").count(), 1);
        assert_eq!(drawn.matches("<circle").count(), 5);
        assert!(drawn.contains(">空</text>") && drawn.contains("空 空白"));
        let drawn = chart(vec![broken]).render();
        assert!(!drawn.contains("<polyline") && drawn.contains("断 A"));
        assert!(drawn.contains("丙&lt;") && !drawn.contains("丙<"));
        // No more than there are letters.
        let drawn = chart(vec![whole; 30]).render();
        assert_eq!(drawn.matches("<polyline").count(), MOST_OVERLAID);
        assert!(chart(Vec::new()).render().contains("没有报告"));
        assert!(!drawn.contains("style="));
        assert_eq!(
            crate::present::svg::glyph(Sign::NO_REPORT, Language::Zh),
            "未"
        );
    }
}
