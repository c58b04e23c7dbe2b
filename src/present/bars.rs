//! Agencies side by side as bars of characters. Pure.
//!
//! Bars stand on zero; what has no number has its reason and no bar. Integer arithmetic only.

use std::fmt::Write as _;

use crate::model::Decimal;

use super::width::{display_width, left, right, shorten, trimmed, visible};

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Its place; `None` where it has none.
    pub rank: Option<u32>,
    /// Whose it is.
    pub name: String,
    /// The number, at any scale.
    pub value: Option<Decimal>,
    /// As it is written behind the bar: the number, or why there is none.
    pub label: String,
}

/// Bars under a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// What is compared.
    pub title: String,
    /// Unit of all numbers; empty for none.
    pub unit: &'static str,
    /// In the order they are drawn.
    pub bars: Vec<Bar>,
}

/// Names are cut to this many columns.
const NAME: usize = 32;

impl Bars {
    /// The chart, at most `width` columns wide, but 20 for the longest bar at least. Negative numbers have their bar
    /// in another shade.
    pub fn render(&self, width: usize) -> String {
        let mut text = visible(&self.title);
        if !self.unit.is_empty() {
            let _ = write!(text, "（{}）", self.unit);
        }
        text.push('\n');
        if self.bars.is_empty() {
            text.push_str("no reports\n");
            return text;
        }
        let scale = self
            .bars
            .iter()
            .filter_map(|bar| bar.value)
            .map(Decimal::scale)
            .max()
            .unwrap_or(0);
        let at_scale = |bar: &Bar| bar.value.and_then(|value| value.at_scale(scale));
        let greatest = self
            .bars
            .iter()
            .filter_map(at_scale)
            .map(i128::unsigned_abs)
            .max()
            .unwrap_or(0);
        let names: Vec<String> = self
            .bars
            .iter()
            .map(|bar| shorten(&visible(&bar.name), NAME))
            .collect();
        let name = names
            .iter()
            .map(|name| display_width(name))
            .max()
            .unwrap_or(0);
        let label = self
            .bars
            .iter()
            .map(|bar| display_width(&bar.label))
            .max()
            .unwrap_or(0);
        let rank = |bar: &Bar| bar.rank.map_or_else(|| "–".into(), |rank| rank.to_string());
        let ranks = self
            .bars
            .iter()
            .map(|bar| display_width(&rank(bar)))
            .max()
            .unwrap_or(1);
        let room = width
            .saturating_sub(ranks + name + label + 4)
            .clamp(20, 200);
        for (bar, name_text) in self.bars.iter().zip(&names) {
            let _ = write!(
                text,
                "{} {} ",
                right(&rank(bar), ranks),
                left(name_text, name)
            );
            let value = at_scale(bar);
            text.push_str(if value.is_some() { "│" } else { " " });
            if let Some(value) = value {
                let eighths = part(value.unsigned_abs(), greatest, room);
                let (full, rest) = (eighths / 8, eighths % 8);
                let block = if value < 0 { "▒" } else { "█" };
                text.push_str(&block.repeat(full));
                text.push_str(["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][rest]);
                text.push(' ');
            }
            text.push_str(&visible(&bar.label));
            text.push('\n');
        }
        trimmed(&text)
    }
}

/// Eighths of a column, at least one for what is not 0.
fn part(mut value: u128, mut greatest: u128, room: usize) -> usize {
    if value == 0 || greatest == 0 {
        return 0;
    }
    let full = room as u128 * 8;
    while greatest > u128::MAX / full {
        value /= 10;
        greatest /= 10;
    }
    usize::try_from(value * full / greatest).unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_bars_and_reasons() {
        let bar = |rank, name: &str, value: Option<i64>, label: &str| Bar {
            rank,
            name: name.into(),
            value: value.map(Decimal::integer),
            label: label.into(),
        };
        let bars = Bars {
            title: "本年新收　2022".into(),
            unit: "件",
            bars: vec![
                bar(Some(1), "甲市人民政府", Some(40), "40"),
                bar(Some(2), "乙县", Some(20), "20"),
                bar(Some(3), "丙县", Some(0), "0"),
                bar(None, "丁县\x1b[2J", None, "blank"),
            ],
        };
        let want = "\
本年新收　2022（件）
1 甲市人民政府 │████████████████████ 40
2 乙县         │██████████ 20
3 丙县         │ 0
– 丁县�[2J      blank
";
        assert_eq!(bars.render(0), want.replace("\\\n", ""));
    }
}
