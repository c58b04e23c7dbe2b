//! What a page is: one value, shown as HTML, JSON and CSV.

use maud::Markup;
use serde::Serialize;

use super::language::Language;
use super::links::Address;
use super::shell::Shell;

/// A value that is a page. Its JSON is what `Serialize` writes, the same in both languages.
pub trait Page: Serialize {
    /// What stands in the tab and above the page.
    fn title(&self, language: Language) -> String;

    /// What stands below the title.
    fn body(&self, shell: &Shell<'_>) -> Markup;

    /// Its tables, for CSV, in the order of the page.
    fn tables(&self) -> Vec<Table> {
        Vec::new()
    }

    /// Its pictures, each a whole SVG file.
    fn pictures(&self, _language: Language) -> Vec<Picture> {
        Vec::new()
    }

    /// Where the page is, if it was asked for by another name.
    fn address(&self) -> Option<Address> {
        None
    }
}

/// A table as it is written to CSV: every cell a text, a missing value the word of its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Part of the file's name: ASCII letters, digits, `_`.
    pub name: String,
    /// The columns' names, as in the JSON.
    pub head: Vec<String>,
    /// Rows as long as the head.
    pub rows: Vec<Vec<String>>,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Part of the file's name: ASCII letters, digits, `_`.
    pub name: String,
    /// The SVG file's text.
    pub svg: String,
}

/// A [`Page`] of any kind.
pub trait AnyPage: Send {
    /// See [`Page::title`].
    fn title(&self, language: Language) -> String;
    /// See [`Page::body`].
    fn body(&self, shell: &Shell<'_>) -> Markup;
    /// See [`Page::tables`].
    fn tables(&self) -> Vec<Table>;
    /// See [`Page::pictures`].
    fn pictures(&self, language: Language) -> Vec<Picture>;
    /// See [`Page::address`].
    fn address(&self) -> Option<Address>;
    /// The page as JSON, indented, with a line end.
    ///
    /// # Errors
    ///
    /// Where a map has keys that are no text: a fault of the program.
    fn json(&self) -> serde_json::Result<String>;
}

impl<T: Page + Send> AnyPage for T {
    fn title(&self, language: Language) -> String {
        Page::title(self, language)
    }
    fn body(&self, shell: &Shell<'_>) -> Markup {
        Page::body(self, shell)
    }
    fn tables(&self) -> Vec<Table> {
        Page::tables(self)
    }
    fn pictures(&self, language: Language) -> Vec<Picture> {
        Page::pictures(self, language)
    }
    fn address(&self) -> Option<Address> {
        Page::address(self)
    }
    fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

impl Table {
    /// A table of these columns.
    pub fn of(name: &str, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        Self {
            name: name.into(),
            head: head.iter().map(|&column| column.to_owned()).collect(),
            rows: rows.into_iter().collect(),
        }
    }

    /// The file's text: UTF-8 with a byte order mark, as spreadsheets want it, RFC 4180.
    ///
    /// # Errors
    ///
    /// Where a row is not as long as the head: a fault of the program.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut out = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer("\u{feff}".as_bytes().to_vec());
        out.write_record(&self.head)?;
        for row in &self.rows {
            out.write_record(row)?;
        }
        out.into_inner().map_err(|error| error.into_error().into())
    }
}
