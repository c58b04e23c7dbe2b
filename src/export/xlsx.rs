//! XLSX: a sheet a table, two head lines (names, Chinese labels) that stay in sight.
//!
//! Excel keeps 15 digits of a number and 32,767 characters of a text: longer numbers are written as text, longer
//! texts are cut, with a mark, and both are counted. Rows that a sheet cannot hold go on in a second one.

use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet};

use crate::model::Decimal;
use crate::query::Panel;

use super::ExportError;
use super::rows::rows;
use super::table::{Column, Sink, Table, Value};

/// Rows of a sheet, heads included: Excel's own limit.
pub const MAX_ROWS: u32 = 1_048_576;
/// Characters of a cell: Excel's own limit.
const MAX_TEXT: usize = 32_767;
/// A number of more digits would be rounded.
const EXACT_BELOW: u64 = 1_000_000_000_000_000;
/// The head lines of a sheet.
const HEADS: u32 = 2;

/// What became of a workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// Rows of data.
    pub rows: u64,
    /// Tables that took more than one sheet, with the number of sheets.
    pub split: Vec<(String, u32)>,
    /// Texts that were cut.
    pub cut: u64,
    /// Numbers that stand as text, for Excel would have rounded them.
    pub as_text: u64,
}

/// Writes a workbook with a sheet a table. Sheets are kept in temporary files in `folder` until they are packed. A
/// sheet has at most `max_rows` rows: [`MAX_ROWS`], or fewer.
///
/// # Errors
///
/// If the database cannot be read or a file not be written.
pub fn write_xlsx(
    panel: &Panel<'_>,
    tables: &[Table],
    output: impl Write + Send,
    folder: &Path,
    max_rows: u32,
) -> Result<Book, ExportError> {
    let mut workbook = Workbook::new();
    workbook.set_tempdir(folder)?;
    // The earliest time a ZIP file can tell, as in its own entries: an export has no clock.
    let never = ExcelDateTime::from_ymd(1980, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&never));
    let mut book = Book::default();
    for table in tables {
        let mut sheet = Sheet {
            workbook: &mut workbook,
            columns: &table.columns,
            name: &table.name,
            max_rows: max_rows.clamp(HEADS + 1, MAX_ROWS),
            open: None,
            number: 0,
            row: 0,
            book: &mut book,
        };
        sheet.begin()?;
        let count = rows(table, panel, &mut sheet)?;
        let sheets = sheet.end();
        book.rows += count;
        if sheets > 1 {
            book.split.push((table.name.clone(), sheets));
        }
    }
    workbook.save_to_writer(output)?;
    Ok(book)
}

struct Sheet<'a> {
    workbook: &'a mut Workbook,
    columns: &'a [Column],
    name: &'a str,
    max_rows: u32,
    open: Option<Worksheet>,
    /// Sheets of the table so far.
    number: u32,
    /// The next row.
    row: u32,
    book: &'a mut Book,
}

impl Sheet<'_> {
    fn begin(&mut self) -> Result<(), ExportError> {
        self.end();
        self.number += 1;
        let mut sheet = self.workbook.new_worksheet_with_constant_memory()?;
        sheet.set_name(match self.number {
            1 => self.name.to_owned(),
            number => format!("{} ({number})", self.name),
        })?;
        // A sheet that says whose each row is keeps that in sight.
        let names: Vec<&str> = self.columns.iter().map(|one| one.name.as_str()).collect();
        let beside = if names.get(..4) == Some(&["report", "agency", "agency_code", "year"]) {
            4
        } else {
            1
        };
        sheet.set_freeze_panes(HEADS, beside)?;
        for (number, column) in (0..).zip(self.columns) {
            sheet.write_string(0, number, column.name.as_str())?;
        }
        for (number, column) in (0..).zip(self.columns) {
            sheet.write_string(1, number, column.zh.as_str())?;
        }
        self.row = HEADS;
        self.open = Some(sheet);
        Ok(())
    }

    fn end(&mut self) -> u32 {
        if let Some(sheet) = self.open.take() {
            self.workbook.push_worksheet(sheet);
        }
        self.number
    }
}

impl Sink for Sheet<'_> {
    fn row(&mut self, values: &[Value<'_>]) -> Result<(), ExportError> {
        if self.row >= self.max_rows {
            self.begin()?;
        }
        let Some(sheet) = &mut self.open else {
            return Ok(());
        };
        for (column, value) in (0..).zip(values) {
            let number = match value {
                Value::Missing | Value::Text("") => continue,
                Value::Text(text) => {
                    let (text, cut) = cut(text);
                    self.book.cut += u64::from(cut);
                    sheet.write_string(self.row, column, text)?;
                    continue;
                }
                Value::NoNumber(word) => {
                    sheet.write_string(self.row, column, *word)?;
                    continue;
                }
                Value::Yes(yes) => {
                    sheet.write_boolean(self.row, column, *yes)?;
                    continue;
                }
                Value::Whole(number) => Decimal::integer(*number),
                Value::Exact(number) => *number,
            };
            let digits = number.to_string();
            match digits.parse::<f64>() {
                Ok(float) if number.mantissa().unsigned_abs() < EXACT_BELOW => {
                    sheet.write_number(self.row, column, float)?;
                }
                _ => {
                    self.book.as_text += 1;
                    sheet.write_string(self.row, column, digits)?;
                }
            }
        }
        self.row += 1;
        Ok(())
    }
}

/// What a cell can hold of a text, and whether something was left out. Excel counts in UTF-16.
fn cut(text: &str) -> (String, bool) {
    if text.len() <= MAX_TEXT || text.encode_utf16().count() <= MAX_TEXT {
        return (text.to_owned(), false);
    }
    let mark = "…[cut]";
    let mut room = MAX_TEXT - mark.encode_utf16().count();
    let mut short = String::new();
    for c in text.chars() {
        let Some(left) = room.checked_sub(c.len_utf16()) else {
            break;
        };
        room = left;
        short.push(c);
    }
    short.push_str(mark);
    (short, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_excel_ends() {
        let long = "年".repeat(40_000);
        let (short, was_cut) = cut(&long);
        assert!(was_cut && short.ends_with("…[cut]"));
        assert_eq!(short.encode_utf16().count(), MAX_TEXT);
        let fits = "年".repeat(MAX_TEXT);
        assert_eq!(cut(&fits), (fits.clone(), false));
    }
}
