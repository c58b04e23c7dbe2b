//! Parquet: whole numbers as INT64, exact numbers as DECIMAL(38, 18), texts in dictionaries, pages deflated.
//!
//! Every stored value fits that decimal without rounding. A cell of a wide table takes two columns: the number, null
//! where there is none, and behind it `CELL#status`. An exact column has `NAME#whole` behind it, an INT64 for
//! programs that are slow with decimals, null where the number is not printed as a whole one.

use std::io::Write;
use std::sync::Arc;

use ::parquet::basic::{
    Compression, GzipLevel, LogicalType, Repetition, TimeUnit, Type as Physical,
};
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type,
};
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::{Type, TypePtr};

use crate::model::{CellStatus, Decimal};
use crate::query::Panel;

use super::ExportError;
use super::rows::rows;
use super::table::{Column, Kind, Sink, Table, Value};

/// A row group ends when it has this many values, or texts of so many bytes: what is held in memory.
const MAX_VALUES: usize = 2_000_000;
/// See [`MAX_VALUES`].
const MAX_BYTES: usize = 32 << 20;
/// Digits of all exact numbers: 19 before the point and 18 behind it are the most that there can be.
const PRECISION: i32 = 38;
/// Digits behind the point.
const SCALE: u8 = Decimal::MAX_SCALE;

/// Writes one table; returns how many rows.
///
/// # Errors
///
/// If the database cannot be read or `output` not be written.
pub fn write_parquet(
    panel: &Panel<'_>,
    table: &Table,
    output: impl Write + Send,
) -> Result<u64, ExportError> {
    let mut sink = Sheet::new(table, output)?;
    let count = rows(table, panel, &mut sink)?;
    sink.group()?;
    sink.writer.close()?;
    Ok(count)
}

/// The values of one column of the row group, and for each row whether it has one.
struct Buffer {
    data: Data,
    present: Vec<i16>,
}

enum Data {
    Yes(Vec<bool>),
    Day(Vec<i32>),
    Whole(Vec<i64>),
    Exact(Vec<FixedLenByteArray>),
    Text(Vec<ByteArray>),
}

struct Sheet<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    kinds: Vec<Kind>,
    buffers: Vec<Buffer>,
    rows: usize,
    bytes: usize,
    max_rows: usize,
}

impl<W: Write + Send> Sheet<W> {
    fn new(table: &Table, output: W) -> Result<Self, ExportError> {
        let (mut fields, mut buffers) = (Vec::new(), Vec::new());
        for column in &table.columns {
            for (field, data) in physical(column)? {
                fields.push(field);
                buffers.push(Buffer {
                    data,
                    present: Vec::new(),
                });
            }
        }
        let labels: serde_json::Map<_, _> = table
            .columns
            .iter()
            .map(|one| {
                let words = serde_json::json!({"zh": one.zh, "en": one.en});
                (one.name.clone(), words)
            })
            .collect();
        let about = |key: &str, value: String| KeyValue::new(key.into(), value);
        let properties = WriterProperties::builder()
            .set_created_by(format!("nianbao {}", env!("CARGO_PKG_VERSION")))
            .set_compression(Compression::GZIP(GzipLevel::try_new(6)?))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_key_value_metadata(Some(vec![
                about("nianbao.table", table.name.clone()),
                about("nianbao.columns", serde_json::to_string(&labels)?),
            ]))
            .build();
        let schema = Type::group_type_builder(&table.name)
            .with_fields(fields)
            .build()?;
        Ok(Self {
            writer: SerializedFileWriter::new(output, Arc::new(schema), Arc::new(properties))?,
            kinds: table.columns.iter().map(|column| column.kind).collect(),
            max_rows: (MAX_VALUES / buffers.len().max(1)).max(1),
            buffers,
            rows: 0,
            bytes: 0,
        })
    }

    /// Writes what is held as a row group.
    fn group(&mut self) -> Result<(), ExportError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for buffer in &mut self.buffers {
            let Some(mut column) = group.next_column()? else {
                break;
            };
            let present = Some(buffer.present.as_slice());
            match &mut buffer.data {
                Data::Yes(values) => {
                    column
                        .typed::<BoolType>()
                        .write_batch(values, present, None)?;
                    values.clear();
                }
                Data::Day(values) => {
                    column
                        .typed::<Int32Type>()
                        .write_batch(values, present, None)?;
                    values.clear();
                }
                Data::Whole(values) => {
                    column
                        .typed::<Int64Type>()
                        .write_batch(values, present, None)?;
                    values.clear();
                }
                Data::Exact(values) => {
                    column
                        .typed::<FixedLenByteArrayType>()
                        .write_batch(values, present, None)?;
                    values.clear();
                }
                Data::Text(values) => {
                    column
                        .typed::<ByteArrayType>()
                        .write_batch(values, present, None)?;
                    values.clear();
                }
            }
            buffer.present.clear();
            column.close()?;
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

/// The columns of the file that a column takes.
fn physical(column: &Column) -> Result<Vec<(TypePtr, Data)>, ExportError> {
    let field = |name: &str, physical: Physical, logical: Option<LogicalType>, data: Data| {
        let mut builder = Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        if physical == Physical::FIXED_LEN_BYTE_ARRAY {
            builder = builder
                .with_length(16)
                .with_precision(PRECISION)
                .with_scale(SCALE.into());
        }
        Ok::<_, ExportError>((Arc::new(builder.build()?), data))
    };
    let name = &column.name;
    let text = |name: &str| {
        let logical = Some(LogicalType::String);
        field(name, Physical::BYTE_ARRAY, logical, Data::Text(Vec::new()))
    };
    let whole = |name: &str| field(name, Physical::INT64, None, Data::Whole(Vec::new()));
    let exact = |name: &str| {
        let logical = Some(LogicalType::decimal(SCALE.into(), PRECISION));
        field(
            name,
            Physical::FIXED_LEN_BYTE_ARRAY,
            logical,
            Data::Exact(Vec::new()),
        )
    };
    Ok(match column.kind {
        Kind::Text | Kind::Word(_) => vec![text(name)?],
        Kind::Whole => vec![whole(name)?],
        Kind::Exact => vec![exact(name)?, whole(&format!("{name}#whole"))?],
        Kind::Yes => vec![field(name, Physical::BOOLEAN, None, Data::Yes(Vec::new()))?],
        Kind::Day => {
            let logical = Some(LogicalType::Date);
            vec![field(
                name,
                Physical::INT32,
                logical,
                Data::Day(Vec::new()),
            )?]
        }
        Kind::Time => {
            let logical = Some(LogicalType::timestamp(true, TimeUnit::MICROS));
            vec![field(
                name,
                Physical::INT64,
                logical,
                Data::Whole(Vec::new()),
            )?]
        }
        Kind::Cell { money } => {
            let number = if money { exact(name)? } else { whole(name)? };
            vec![number, text(&format!("{name}#status"))?]
        }
    })
}

impl Buffer {
    /// Takes a value; `None` is null. Returns the bytes of a text.
    fn put(&mut self, value: Option<Value<'_>>) -> Result<usize, ExportError> {
        let mut bytes = 0;
        let fits = match (&mut self.data, value) {
            (_, None | Some(Value::Missing | Value::NoNumber(_))) => false,
            (Data::Yes(values), Some(Value::Yes(yes))) => {
                values.push(yes);
                true
            }
            (Data::Day(values), Some(Value::Text(text))) => {
                values.push(day(text)?);
                true
            }
            (Data::Whole(values), Some(Value::Whole(number))) => {
                values.push(number);
                true
            }
            (Data::Whole(values), Some(Value::Text(text))) => {
                values.push(moment(text)?);
                true
            }
            (Data::Whole(values), Some(Value::Exact(number))) => {
                let whole = number.scale() == 0;
                if whole {
                    values.push(number.mantissa());
                }
                whole
            }
            (Data::Exact(values), Some(Value::Exact(number))) => {
                let digits = number.at_scale(SCALE).ok_or(ExportError::Misfit)?;
                values.push(digits.to_be_bytes().to_vec().into());
                true
            }
            (Data::Text(values), Some(Value::Text(text))) => {
                // Rows of one report repeat much: its texts are kept once.
                let same = values.last().filter(|last| last.data() == text.as_bytes());
                let next = same.cloned();
                values.push(next.unwrap_or_else(|| {
                    bytes = text.len();
                    text.into()
                }));
                true
            }
            // A null would pass for a missing value.
            _ => return Err(ExportError::Misfit),
        };
        self.present.push(i16::from(fits));
        Ok(bytes)
    }
}

impl<W: Write + Send> Sink for Sheet<W> {
    fn row(&mut self, values: &[Value<'_>]) -> Result<(), ExportError> {
        let mut buffers = self.buffers.iter_mut();
        let mut put = |value: Option<Value<'_>>| match buffers.next() {
            Some(buffer) => buffer.put(value),
            None => Ok(0),
        };
        for (kind, value) in self.kinds.iter().zip(values) {
            self.bytes += put(Some(*value))?;
            match (kind, value) {
                (Kind::Exact, _) => self.bytes += put(Some(*value))?,
                (Kind::Cell { .. }, Value::NoNumber(word)) => {
                    put(Some(Value::Text(word)))?;
                }
                (Kind::Cell { .. }, _) => {
                    put(Some(Value::Text(CellStatus::Number.as_str())))?;
                }
                _ => {}
            }
        }
        self.rows += 1;
        if self.rows >= self.max_rows || self.bytes >= MAX_BYTES {
            self.group()?;
        }
        Ok(())
    }
}

fn day(text: &str) -> Result<i32, ExportError> {
    let epoch = jiff::civil::date(1970, 1, 1);
    let day: jiff::civil::Date = text.parse().map_err(|_| no_time(text))?;
    let days = epoch.until(day).map_err(|_| no_time(text))?;
    Ok(days.get_days())
}

fn moment(text: &str) -> Result<i64, ExportError> {
    let time: jiff::Timestamp = text.parse().map_err(|_| no_time(text))?;
    Ok(time.as_microsecond())
}

fn no_time(text: &str) -> ExportError {
    ExportError::NoTime { text: text.into() }
}
