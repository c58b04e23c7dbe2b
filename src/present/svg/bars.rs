//! Agencies side by side as bars.

use super::axis::Axis;
use super::{
    Anchor, Canvas, FAINT, Frame, INK, LETTER, LINE, RULE, Tenths, empty, width_of, words,
};
use crate::present::bars::{Bar, Bars};
use crate::present::shorten;

/// Bars, the first on top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarChart {
    /// What stands around it.
    pub frame: Frame,
    /// Its title is not drawn: the frame has one.
    pub bars: Bars,
}

/// Of the longest bar.
const ROOM: Tenths = 4_200;
/// From one bar to the next.
const STEP: Tenths = 240;
/// Names are cut to so many columns of letters.
const NAME: usize = 40;

impl BarChart {
    /// The document.
    pub fn render(&self) -> String {
        let rows = &self.bars.bars;
        if rows.is_empty() {
            return empty(&self.frame);
        }
        let axis = Axis::of(rows.iter().filter_map(|bar| bar.value));
        let names: Vec<String> = rows.iter().map(named).collect();
        let name = names
            .iter()
            .map(|name| width_of(name, LETTER))
            .max()
            .unwrap_or(0)
            + 100;
        let label = rows
            .iter()
            .map(|bar| width_of(&bar.label, 11))
            .max()
            .unwrap_or(0)
            + 100;
        let bottom = LINE + i64::try_from(rows.len()).unwrap_or(0) * STEP;
        let mut canvas = Canvas::of(&self.frame);
        for tick in &axis.ticks {
            let x = name + axis.at(*tick, ROOM);
            let stroke = if *tick == 0 { FAINT } else { RULE };
            canvas.line((x, LINE), (x, bottom), stroke, "");
            canvas.text(
                (x, LINE - 40),
                Anchor::Middle,
                11,
                FAINT,
                &axis.label(*tick),
            );
        }
        let zero = name + axis.at(0, ROOM);
        for ((bar, named), number) in rows.iter().zip(&names).zip(0_i64..) {
            let y = LINE + number * STEP + STEP / 2;
            canvas.text((name - 60, y + 45), Anchor::End, LETTER, INK, named);
            let place = bar.value.and_then(|value| axis.place(value, ROOM));
            let mut end = zero;
            if let Some(place) = place {
                let at = name + place;
                let size = ((at - zero).abs(), STEP * 6 / 10);
                let title = format!("{} {}{}", bar.name, bar.label, self.bars.unit);
                if size.0 > 0 {
                    canvas.rectangle((at.min(zero), y - size.1 / 2), size, &title);
                }
                end = at.max(zero);
            }
            let fill = if place.is_some() { INK } else { FAINT };
            canvas.text((end + 50, y + 40), Anchor::Start, 11, fill, &bar.label);
            let said = [bar.label.clone()];
            canvas.say(&words::sentence(self.frame.language, named, &said));
        }
        canvas.document(&self.frame, (name + ROOM + label, bottom))
    }
}

fn named(bar: &Bar) -> String {
    let rank = bar.rank.map_or_else(|| "–".into(), |rank| rank.to_string());
    format!("{rank}　{}", shorten(&bar.name, NAME))
}
