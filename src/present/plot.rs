//! One series over the years as a chart of characters. Pure.
//!
//! Bars stand on zero; a series with negative values is drawn as points. A year without a
//! number has a sign in the place of its bar and no bar. Integer arithmetic only.

use std::fmt::Write as _;

use crate::model::{Decimal, FormId};

use super::cell::Cell;
use super::sign::Sign;
use super::width::{centre, display_width, right, trimmed, visible};

/// One year of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Report year.
    pub year: i16,
    /// What its report has.
    pub cell: Cell,
    /// What stands in the place of a number that is missing for another reason than its cell's.
    pub gap: Option<Sign>,
    /// The number as printed with its own unit, where the chart has another; empty: the number of the cell.
    pub label: String,
    /// The form it follows; it is marked where it changes.
    pub form: Option<FormId>,
    /// Whether what is counted changes with the form: nothing is drawn through.
    pub broken: bool,
    /// A footnote; empty for none. Charts of characters have none.
    pub note: String,
}

/// A series to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    /// What is counted, and whose it is.
    pub title: String,
    /// Unit of all its numbers; empty for none.
    pub unit: &'static str,
    /// Its years, in any order; of two points for one year the first is drawn.
    pub points: Vec<Point>,
}

/// Between two years whose forms differ.
const CHANGE: &str = "┊";
/// Between two years that count different things.
const BREAK: &str = "║";
/// Eighths of a line, from none to seven.
const EIGHTHS: [&str; 8] = ["", "▁", "▂", "▃", "▄", "▅", "▆", "▇"];
/// More years than this between first and last are a mistake upstream; the rest is not drawn.
const MAX_YEARS: usize = 200;

/// A year's place in the chart.
struct Column {
    year: i16,
    /// The number, at the common scale, and as printed.
    value: Option<(i128, String)>,
    /// What stands there instead.
    sign: Sign,
    /// The form it changes from and to.
    change: Option<(FormId, FormId)>,
    broken: bool,
}

/// The vertical axis.
struct Axis {
    low: i128,
    high: i128,
    low_label: String,
    high_label: String,
    height: usize,
}

impl Plot {
    /// The chart: title, `height` lines of bars (3 to 40), axis with years, legend. At most
    /// `width` columns wide (but one year at least): years that do not fit follow in further
    /// panels at the same scale.
    pub fn render(&self, width: usize, height: usize) -> String {
        let columns = self.columns();
        let mut text = visible(&self.title);
        if !self.unit.is_empty() {
            let _ = write!(text, "（{}）", self.unit);
        }
        text.push('\n');
        if columns.is_empty() {
            text.push_str("no reports\n");
            return text;
        }
        let axis = Axis::of(&columns, height.clamp(3, 40));
        let labels = columns.iter().map(|column| display_width(column.label()));
        let cell = labels.max().unwrap_or(0).max(4);
        let gutter = display_width(&axis.high_label).max(display_width(&axis.low_label));
        let fitting = (width.saturating_sub(gutter + 2) / (cell + 1)).max(1);
        for (number, panel) in columns.chunks(fitting).enumerate() {
            if number > 0 {
                text.push('\n');
            }
            axis.draw(&mut text, panel, gutter, cell);
        }
        legend(&mut text, &columns);
        trimmed(&text)
    }

    /// One column for every year from the first to the last.
    fn columns(&self) -> Vec<Column> {
        let years = || self.points.iter().map(|point| point.year);
        let (Some(first), Some(last)) = (years().min(), years().max()) else {
            return Vec::new();
        };
        let values = || self.points.iter().filter_map(|point| point.cell.value);
        let scale = values().map(Decimal::scale).max().unwrap_or(0);
        let mut form = None;
        let mut columns = Vec::new();
        for year in (first..=last).take(MAX_YEARS) {
            let point = self.points.iter().find(|point| point.year == year);
            let sign = point.map_or(Some(Sign::NO_REPORT), Point::sign);
            let value = point
                .filter(|_| sign.is_none())
                .and_then(|point| point.cell.value)
                .and_then(|value| Some((value.at_scale(scale)?, value)));
            let value = value.map(|(high, value)| {
                let label = point.map(|point| point.label.clone());
                let label = label.filter(|label| !label.is_empty());
                (high, label.unwrap_or_else(|| value.to_string()))
            });
            let new = point.and_then(|point| point.form);
            let change = match (form, new) {
                (Some(old), Some(new)) if old != new => Some((old, new)),
                _ => None,
            };
            form = new.or(form);
            columns.push(Column {
                year,
                value,
                sign: sign.unwrap_or(Sign::NO_REPORT),
                change,
                broken: point.is_some_and(|point| point.broken),
            });
        }
        columns
    }
}

impl Column {
    /// The number, or the sign in its place.
    fn label(&self) -> &str {
        self.value
            .as_ref()
            .map_or(self.sign.sign, |(_, label)| label.as_str())
    }

    /// What stands before it: the break or a space.
    fn edge(&self) -> &'static str {
        self.change().unwrap_or(" ")
    }

    fn change(&self) -> Option<&'static str> {
        match (self.broken, self.change) {
            (true, _) => Some(BREAK),
            (false, Some(_)) => Some(CHANGE),
            (false, None) => None,
        }
    }
}

impl Point {
    /// What stands in its place; `None` for a number.
    pub fn sign(&self) -> Option<Sign> {
        self.gap.or_else(|| self.cell.sign())
    }
}

impl Axis {
    /// From zero, or the least value below it, to the greatest.
    fn of(columns: &[Column], height: usize) -> Self {
        let mut axis = Self {
            low: 0,
            high: 0,
            low_label: "0".into(),
            high_label: "0".into(),
            height,
        };
        for (value, label) in columns.iter().filter_map(|column| column.value.as_ref()) {
            if *value < axis.low {
                axis.low = *value;
                axis.low_label.clone_from(label);
            }
            if *value > axis.high {
                axis.high = *value;
                axis.high_label.clone_from(label);
            }
        }
        axis
    }

    /// How high `value` stands, in eighths of a line; at least one above the lowest.
    fn eighths(&self, value: i128) -> usize {
        let full = self.height as i128 * 8;
        let (mut part, mut range) = (value - self.low, self.high - self.low);
        if part <= 0 || range <= 0 {
            return 0;
        }
        // Far above any count; keeps the product within range.
        while range > i128::MAX / full {
            part /= 10;
            range /= 10;
        }
        usize::try_from(part * full / range).unwrap_or(0).max(1)
    }

    fn draw(&self, text: &mut String, columns: &[Column], gutter: usize, cell: usize) {
        let points = self.low < 0;
        // One line more than the bars: the greatest value's label stands above its bar.
        for line in (0..=self.height).rev() {
            let label = match line {
                0 => self.low_label.as_str(),
                _ if line + 1 == self.height && self.high > self.low => self.high_label.as_str(),
                _ => "",
            };
            let tick = if label.is_empty() { "│" } else { "┤" };
            let _ = write!(text, "{} {tick}", right(label, gutter));
            for column in columns {
                let drawn = if points {
                    self.point(column, line)
                } else {
                    self.bar(column, line)
                };
                text.push_str(column.edge());
                text.push_str(&centre(&drawn, cell));
            }
            text.push('\n');
        }
        let _ = write!(text, "{} └", " ".repeat(gutter));
        for column in columns {
            let edge = column.change().unwrap_or("─");
            let _ = write!(text, "{edge}{}", "─".repeat(cell));
        }
        let _ = write!(text, "\n{}", " ".repeat(gutter + 2));
        for column in columns {
            let _ = write!(text, " {}", centre(&column.year.to_string(), cell));
        }
        text.push('\n');
    }

    /// A column's part of a line of bars, counted from the bottom.
    fn bar(&self, column: &Column, line: usize) -> String {
        let eighths = column.value.as_ref().map_or(0, |(v, _)| self.eighths(*v));
        let (full, rest) = (eighths / 8, eighths % 8);
        let top = full + usize::from(rest > 0);
        if line == top {
            column.label().to_owned()
        } else if line < full {
            "██".to_owned()
        } else if line < top {
            EIGHTHS[rest].repeat(2)
        } else {
            String::new()
        }
    }

    /// A column's part of a line of points: the point, its label above.
    fn point(&self, column: &Column, line: usize) -> String {
        let Some((value, label)) = &column.value else {
            let sign = if line == 0 { column.sign.sign } else { "" };
            return sign.to_owned();
        };
        let at = (self.eighths(*value) / 8).min(self.height - 1);
        if line == at {
            "●".to_owned()
        } else if line == at + 1 {
            label.clone()
        } else {
            String::new()
        }
    }
}

/// The signs that were used, each with its meaning.
fn legend(text: &mut String, columns: &[Column]) {
    let mut entries: Vec<String> = Vec::new();
    for column in columns {
        let sign = column.sign;
        let sign = (column.value.is_none()).then(|| format!("{} {}", sign.sign, sign.english));
        let forms = |(old, new)| format!("form {old} → {new} from {}", column.year);
        let change = match (column.broken, column.change) {
            (true, change) => {
                let forms = change.map_or_else(|| format!("from {}", column.year), forms);
                Some(format!("{BREAK} {forms}: not comparable across"))
            }
            (false, change) => change.map(|change| format!("{CHANGE} {}", forms(change))),
        };
        for entry in sign.into_iter().chain(change) {
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
    }
    for entry in entries {
        let _ = writeln!(text, "{entry}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CellStatus;

    fn plot(cells: &[(i16, &str, Option<FormId>)]) -> Plot {
        let point = |(year, text, form): &(i16, &str, Option<FormId>)| Point {
            year: *year,
            cell: match *text {
                "" => Cell::missing(CellStatus::Blank, ""),
                "—" => Cell::missing(CellStatus::Mark, "—"),
                "无" => Cell::missing(CellStatus::RowAbsent, ""),
                number => Cell::number(number.parse().unwrap()),
            },
            gap: None,
            label: String::new(),
            form: *form,
            broken: false,
            note: String::new(),
        };
        Plot {
            title: "某某市 本年新收".into(),
            unit: "件",
            points: cells.iter().map(point).collect(),
        }
    }

    const OLD: Option<FormId> = Some(FormId::F2014);
    const NEW: Option<FormId> = Some(FormId::F2019);

    #[test]
    fn bars_gaps_signs_and_breaks() {
        let plot = plot(&[
            (2016, "120", OLD),
            (2017, "", OLD),
            (2019, "0", NEW),
            (2020, "1530", NEW),
            (2021, "—", NEW),
        ]);
        let want = "\
某某市 本年新收（件）
     │               ┊     1530
1530 ┤               ┊      ██
     │               ┊      ██
     │ 120           ┊      ██
   0 ┤  ▂▂   空   ·  ┊ 0    ██   —
     └───────────────┊──────────────
       2016 2017 2018 2019 2020 2021
空 blank
· no report
┊ form 2014 → 2019 from 2019
— a mark, no number
";
        assert_eq!(plot.render(80, 4), want);
        let narrow = "\
某某市 本年新收（件）
     │
1530 ┤
     │
     │ 120
   0 ┤  ▂▂   空   ·
     └───────────────
       2016 2017 2018

     │┊     1530
1530 ┤┊      ██
     │┊      ██
     │┊      ██
   0 ┤┊ 0    ██   —
     └┊──────────────
       2019 2020 2021
空 blank
· no report
┊ form 2014 → 2019 from 2019
— a mark, no number
";
        assert_eq!(plot.render(24, 4), narrow);
    }

    #[test]
    fn breaks_and_other_gaps_are_told_from_blank_cells() {
        let mut plot = plot(&[
            (2018, "5", OLD),
            (2019, "", NEW),
            (2020, "2", NEW),
            (2021, "", NEW),
        ]);
        plot.points[1].broken = true;
        plot.points[1].gap = Some(Sign::INCOMPLETE);
        plot.points[3].gap = Some(Sign::OF_NOTHING);
        let want = "\
某某市 本年新收（件）
  │  5  ║
5 ┤  ██ ║      2
  │  ██ ║      ▄▄
0 ┤  ██ ║ 缺   ██   ∅
  └─────║──────────────
    2018 2019 2020 2021
║ form 2014 → 2019 from 2019: not comparable across
缺 a part is missing, so no sum
∅ the denominator is 0
";
        assert_eq!(plot.render(80, 3).lines().next(), want.lines().next());
        let text = plot.render(80, 3);
        for line in want.lines().skip(6) {
            assert!(text.lines().any(|one| one == line), "{line} in {text}");
        }
    }

    #[test]
    fn negative_values_are_points() {
        let plot = plot(&[
            (2019, "-5", None),
            (2020, "10", None),
            (2021, "无", None),
            (2022, "0", None),
        ]);
        let want = "\
某某市 本年新收（件）
   │       10
10 ┤       ●
   │                 0
   │  -5             ●
-5 ┤  ●         无
   └────────────────────
     2019 2020 2021 2022
无 not on the page
";
        assert_eq!(plot.render(80, 4), want);
    }

    #[test]
    fn extremes_do_not_break_it() {
        let empty = "某某市 本年新收（件）\nno reports\n";
        assert_eq!(plot(&[]).render(80, 8), empty);
        let zero = "\
某某市 本年新收（件）
  │
  │
  │
0 ┤  0
  └─────
    2019
";
        assert_eq!(plot(&[(2019, "0", None)]).render(80, 3), zero);
        let greatest = i64::MAX.to_string();
        let least = "0.000000000000000001";
        let text = plot(&[(-32768, &greatest, None), (32767, least, None)]).render(0, 99);
        assert!(text.contains(&greatest));
        let text = plot(&[(2019, &greatest, None), (2020, least, None)]).render(0, 0);
        assert!(text.contains("▁▁"), "{text}");
    }
}
