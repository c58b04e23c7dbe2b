//! Whether what is marked is what was read.

use super::{Facsimile, Highlight};
use crate::model::{CellStatus, Observation};
use crate::parse::is_invisible;

/// What of a cell is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// Its text, and nothing else.
    Exactly,
    /// A line of flattened text with the cell in it.
    Line,
    /// What could not be read.
    Unreadable,
    /// Nothing: it could not be read, and its place is not known.
    Lost,
    /// A box, for a cell without text.
    Box,
    /// Nothing: the page lacks the cell.
    Absent,
    /// Something else than the cell.
    Otherwise,
}

impl Marked {
    /// What of the cell a facsimile marks.
    pub fn of(observation: &Observation, shown: &Facsimile) -> Self {
        let visible = |text: &str| {
            text.chars()
                .filter(|c| !is_invisible(*c))
                .collect::<String>()
        };
        let raw = visible(&observation.raw);
        match (&shown.highlight, observation.source) {
            (Highlight::Nothing, None) if observation.status.is_absent() => Self::Absent,
            (Highlight::Nothing, None) => Self::Lost,
            // Its text may be put together from several cells.
            (Highlight::Text(_) | Highlight::Blank, Some(_))
                if observation.status == CellStatus::Unreadable =>
            {
                Self::Unreadable
            }
            (Highlight::Blank, Some(_)) if raw.is_empty() => Self::Box,
            (Highlight::Text(text), Some(source)) => {
                let text = visible(text);
                if text == raw {
                    Self::Exactly
                } else if source.table.is_none() && text.contains(&raw) {
                    Self::Line
                } else {
                    Self::Otherwise
                }
            }
            _ => Self::Otherwise,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ByteRange, Catalog, Source};

    #[test]
    fn nothing_marked_is_absent_or_lost_or_wrong() {
        let of = |status, source| Observation {
            indicator: Catalog::get().indicators[0].id,
            value: None,
            status,
            raw: String::new(),
            unit: None,
            source,
        };
        let place = Source {
            table: None,
            row: 0,
            column: 0,
            bytes: ByteRange::default(),
        };
        let shown = Facsimile {
            html: String::new(),
            highlight: Highlight::Nothing,
        };
        let marked = |status, source| Marked::of(&of(status, source), &shown);
        assert_eq!(marked(CellStatus::RowAbsent, None), Marked::Absent);
        assert_eq!(marked(CellStatus::Unreadable, None), Marked::Lost);
        assert_eq!(marked(CellStatus::Blank, Some(place)), Marked::Otherwise);
    }
}
