//! Paths, so far as they are ruling lines.
//!
//! In: path operators, already in page coordinates. Out: rules: strokes along an axis, thin filled areas, and
//! frames (one rectangle in another).

use super::ink::{Area, Rule, THIN};

/// Most points of a path that is looked at: a rule has few, a drawing many.
const MAX_POINTS: usize = 100_000;
/// How far from an axis a line may end.
const SLOPE: f32 = 0.6;

/// The path being built.
#[derive(Debug, Default)]
pub(super) struct Path {
    runs: Vec<Run>,
    points: usize,
}

#[derive(Debug, Default)]
struct Run {
    points: Vec<(f32, f32)>,
    curved: bool,
}

impl Path {
    pub(super) fn clear(&mut self) {
        self.runs.clear();
        self.points = 0;
    }

    fn push(&mut self, point: (f32, f32)) {
        self.points += 1;
        if self.points > MAX_POINTS || !(point.0.is_finite() && point.1.is_finite()) {
            return;
        }
        if let Some(run) = self.runs.last_mut() {
            run.points.push(point);
        }
    }

    pub(super) fn move_to(&mut self, point: (f32, f32)) {
        if self.points <= MAX_POINTS {
            self.runs.push(Run::default());
        }
        self.push(point);
    }

    pub(super) fn line_to(&mut self, point: (f32, f32)) {
        self.push(point);
    }

    pub(super) fn curve_to(&mut self, point: (f32, f32)) {
        if let Some(run) = self.runs.last_mut() {
            run.curved = true;
        }
        self.push(point);
    }

    pub(super) fn close(&mut self) {
        let first = self.runs.last().and_then(|run| run.points.first().copied());
        if let Some(first) = first {
            self.push(first);
        }
    }

    pub(super) fn rectangle(&mut self, corners: [(f32, f32); 4]) {
        self.move_to(corners[0]);
        for corner in &corners[1..] {
            self.push(*corner);
        }
        self.close();
    }

    /// The rules that stroking draws.
    pub(super) fn strokes(&self, rules: &mut Vec<Rule>) {
        for run in self.runs.iter().filter(|run| !run.curved) {
            for pair in run.points.windows(2) {
                let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
                let (width, height) = ((x1 - x0).abs(), (y1 - y0).abs());
                let area = Area {
                    x0: x0.min(x1),
                    y0: y0.min(y1),
                    x1: x0.max(x1),
                    y1: y0.max(y1),
                };
                if width.min(height) <= SLOPE && width.max(height) > 0.0 {
                    rules.extend(rule_of(&area));
                }
            }
        }
    }

    /// The rules that filling draws.
    pub(super) fn fills(&self, rules: &mut Vec<Rule>) {
        let straight = |run: &&Run| !run.curved && run.points.len() >= 3;
        let areas: Vec<Area> = self.runs.iter().filter(straight).map(area).collect();
        for area in &areas {
            rules.extend(rule_of(area));
        }
        if let [first, second] = areas.as_slice() {
            let gaps = [
                first.x0 - second.x0,
                first.y0 - second.y0,
                second.x1 - first.x1,
                second.y1 - first.y1,
            ];
            let framed = |inside: f32| {
                gaps.iter()
                    .all(|gap| (0.0..=THIN).contains(&(gap * inside)))
            };
            let large = |area: &Area| (area.x1 - area.x0).min(area.y1 - area.y0) > THIN;
            if (framed(1.0) || framed(-1.0)) && large(first) && large(second) {
                frame(first, second, rules);
            }
        }
    }
}

/// The four sides between two rectangles.
fn frame(first: &Area, second: &Area, rules: &mut Vec<Rule>) {
    let side = |one: f32, other: f32| f32::midpoint(one, other);
    let (x0, x1) = (side(first.x0, second.x0), side(first.x1, second.x1));
    let (y0, y1) = (side(first.y0, second.y0), side(first.y1, second.y1));
    for at in [y0, y1] {
        rules.push(Rule {
            horizontal: true,
            at,
            from: x0,
            to: x1,
        });
    }
    for at in [x0, x1] {
        rules.push(Rule {
            horizontal: false,
            at,
            from: y0,
            to: y1,
        });
    }
}

fn area(run: &Run) -> Area {
    let mut area = Area {
        x0: f32::MAX,
        y0: f32::MAX,
        x1: f32::MIN,
        y1: f32::MIN,
    };
    for (x, y) in &run.points {
        area.x0 = area.x0.min(*x);
        area.x1 = area.x1.max(*x);
        area.y0 = area.y0.min(*y);
        area.y1 = area.y1.max(*y);
    }
    area
}

/// A thin area as a rule.
pub(super) fn rule_of(area: &Area) -> Option<Rule> {
    let (width, height) = (area.x1 - area.x0, area.y1 - area.y0);
    if !(width.is_finite() && height.is_finite()) || width.min(height) > THIN {
        return None;
    }
    let rule = if width >= height {
        Rule {
            horizontal: true,
            at: f32::midpoint(area.y0, area.y1),
            from: area.x0,
            to: area.x1,
        }
    } else {
        Rule {
            horizontal: false,
            at: f32::midpoint(area.x0, area.x1),
            from: area.y0,
            to: area.y1,
        }
    };
    Some(rule)
}
