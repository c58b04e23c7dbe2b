//! CSV and JSON lines.

use std::io::Write;

use crate::query::Panel;

use super::ExportError;
use super::rows::rows;
use super::table::{Sink, Table, Value};

/// Writes CSV (RFC 4180: a head line, lines end with CR LF, UTF-8); returns how many rows. A cell of a wide table
/// without a number holds the word of its status; other missing values are empty.
///
/// # Errors
///
/// If the database cannot be read or `output` not be written.
pub fn write_csv(panel: &Panel<'_>, table: &Table, output: impl Write) -> Result<u64, ExportError> {
    let mut sink = Csv {
        writer: csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(output),
        number: String::new(),
    };
    let names = table.columns.iter().map(|column| &column.name);
    sink.writer.write_record(names)?;
    let count = rows(table, panel, &mut sink)?;
    sink.writer.flush()?;
    Ok(count)
}

struct Csv<W: Write> {
    writer: csv::Writer<W>,
    /// A number's digits; kept for its room.
    number: String,
}

impl<W: Write> Sink for Csv<W> {
    fn row(&mut self, values: &[Value<'_>]) -> Result<(), ExportError> {
        use std::fmt::Write as _;
        for value in values {
            self.number.clear();
            // Writing to a String cannot fail.
            let _ = match value {
                Value::Whole(number) => write!(self.number, "{number}"),
                Value::Exact(number) => write!(self.number, "{number}"),
                _ => Ok(()),
            };
            self.writer.write_field(match value {
                Value::Missing => "",
                Value::Text(text) => text,
                Value::Yes(true) => "true",
                Value::Yes(false) => "false",
                Value::NoNumber(word) => word,
                Value::Whole(_) | Value::Exact(_) => &self.number,
            })?;
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }
}

/// Writes JSON, an object a line; returns how many. Missing values are `null`, but a cell of a wide table without a
/// number is the word of its status.
///
/// # Errors
///
/// As [`write_csv`].
pub fn write_json(
    panel: &Panel<'_>,
    table: &Table,
    output: impl Write,
) -> Result<u64, ExportError> {
    let mut output = std::io::BufWriter::new(output);
    let count = rows(
        table,
        panel,
        &mut Lines {
            table,
            output: &mut output,
        },
    )?;
    output.flush()?;
    Ok(count)
}

struct Lines<'a, W: Write> {
    table: &'a Table,
    output: &'a mut W,
}

impl<W: Write> Sink for Lines<'_, W> {
    fn row(&mut self, values: &[Value<'_>]) -> Result<(), ExportError> {
        let output = &mut *self.output;
        let mut before = b'{';
        for (column, value) in self.table.columns.iter().zip(values) {
            output.write_all(&[before])?;
            before = b',';
            serde_json::to_writer(&mut *output, &column.name)?;
            output.write_all(b":")?;
            match value {
                Value::Missing => output.write_all(b"null")?,
                Value::Text(text) => serde_json::to_writer(&mut *output, text)?,
                Value::NoNumber(word) => serde_json::to_writer(&mut *output, word)?,
                Value::Yes(yes) => write!(output, "{yes}")?,
                Value::Whole(number) => write!(output, "{number}")?,
                Value::Exact(number) => write!(output, "{number}")?,
            }
        }
        Ok(output.write_all(b"}\n")?)
    }
}
