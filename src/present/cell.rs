//! One cell of a form as people see it. Pure.

use crate::model::{CellStatus, Decimal, Observation};

use super::sign::Sign;
use super::width::visible;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What kind of thing.
    pub status: CellStatus,
    /// The number, where it is one.
    pub value: Option<Decimal>,
    /// As printed.
    pub raw: String,
    /// Shown behind it; empty for nothing.
    pub note: String,
}

impl From<&Observation> for Cell {
    fn from(observation: &Observation) -> Self {
        Self {
            status: observation.status,
            value: observation.value,
            raw: observation.raw.clone(),
            note: String::new(),
        }
    }
}

impl Cell {
    /// A number.
    pub fn number(value: Decimal) -> Self {
        Self {
            status: CellStatus::Number,
            value: Some(value),
            raw: value.to_string(),
            note: String::new(),
        }
    }

    /// A cell without a number.
    pub fn missing(status: CellStatus, raw: impl Into<String>) -> Self {
        Self {
            status,
            value: None,
            raw: raw.into(),
            note: String::new(),
        }
    }

    /// The number, what is printed instead of one, or the word for its absence; then the note.
    pub fn text(&self) -> String {
        let mut text = self.bare();
        text.push_str(&visible(&self.note));
        text
    }

    fn bare(&self) -> String {
        match (self.status, self.value) {
            (CellStatus::Number, Some(value)) => value.to_string(),
            (CellStatus::Mark | CellStatus::Text, _) => visible(&self.raw),
            (CellStatus::Blank, _) => "（空）".into(),
            // A number without a value breaks the contract; still no 0 comes of it.
            (CellStatus::Unreadable | CellStatus::Number, _) => "（不可读）".into(),
            (CellStatus::RowAbsent, _) => "（无此行）".into(),
            (CellStatus::ColumnAbsent, _) => "（无此栏）".into(),
            (CellStatus::TableAbsent, _) => "（无此表）".into(),
        }
    }

    /// What stands in a plot in its place; `None` for a number.
    pub fn sign(&self) -> Option<Sign> {
        match (self.status, self.value) {
            (CellStatus::Number, Some(_)) => None,
            (CellStatus::Blank, _) => Some(Sign::BLANK),
            (CellStatus::Mark, _) => Some(Sign::MARK),
            (CellStatus::Text, _) => Some(Sign::TEXT),
            (CellStatus::Unreadable | CellStatus::Number, _) => Some(Sign::UNREADABLE),
            (CellStatus::RowAbsent | CellStatus::ColumnAbsent | CellStatus::TableAbsent, _) => {
                Some(Sign::ABSENT)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_missing_looks_like_a_number() {
        for status in CellStatus::ALL {
            for raw in ["", "—"] {
                let cell = Cell::missing(status, raw);
                assert!(!cell.text().contains(|c: char| c.is_ascii_digit()));
                assert!(cell.sign().is_some());
            }
        }
        assert_eq!(Cell::number(Decimal::integer(0)).text(), "0");
        assert_eq!(Cell::missing(CellStatus::Text, "3790余").text(), "3790余");
        assert_eq!(Cell::missing(CellStatus::Blank, "").text(), "（空）");
    }
}
