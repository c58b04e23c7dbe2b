//! What a cell of a form holds on a page.

use std::str::FromStr;

use serde::{Serialize, Serializer};

/// What stands in a cell of a form. Closed; the store holds the same words under a CHECK.
/// Only [`Self::Number`] has a value, and always has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CellStatus {
    /// A number is printed, 0 included.
    Number,
    /// The cell is there and empty.
    Blank,
    /// A printed sign that is no number: `—`, `/`, `无`.
    Mark,
    /// Words, or a number with words (`3790余`).
    Text,
    /// Something is there that cannot be read: a picture, damage, values that cannot be told apart.
    Unreadable,
    /// The form has the row, the page does not.
    RowAbsent,
    /// The form has the column, the page does not.
    ColumnAbsent,
    /// The form has the table, the page does not.
    TableAbsent,
}

impl CellStatus {
    /// Every status, in the order of the store's codes.
    pub const ALL: [Self; 8] = [
        Self::Number,
        Self::Blank,
        Self::Mark,
        Self::Text,
        Self::Unreadable,
        Self::RowAbsent,
        Self::ColumnAbsent,
        Self::TableAbsent,
    ];

    /// The word used in JSON, SQL and documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Blank => "blank",
            Self::Mark => "mark",
            Self::Text => "text",
            Self::Unreadable => "unreadable",
            Self::RowAbsent => "row_absent",
            Self::ColumnAbsent => "column_absent",
            Self::TableAbsent => "table_absent",
        }
    }

    /// Whether the page lacks the cell altogether.
    pub const fn is_absent(self) -> bool {
        matches!(
            self,
            Self::RowAbsent | Self::ColumnAbsent | Self::TableAbsent
        )
    }
}

impl FromStr for CellStatus {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == word)
            .ok_or(())
    }
}

impl Serialize for CellStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
