//! Rows of `mention`.

use rusqlite::{Connection, params};

use crate::model::{ByteRange, Mention};

use super::StoreError;
use super::read::{decimal, word};

/// Writes the mentions of a version.
pub(super) fn insert(
    connection: &Connection,
    version: i64,
    mentions: &[Mention],
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO mention (version_id, position, text, mantissa, scale, unit, approximate, negated, kind,
           direction, year, period, channel, part_of, about, section, start_byte, end_byte, part)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for (position, one) in (0_i64..).zip(mentions) {
        statement.execute(params![
            version,
            position,
            one.text,
            one.value.mantissa(),
            one.value.scale(),
            one.unit,
            one.approximate,
            one.negated,
            one.kind.as_str(),
            one.direction.map(crate::model::Direction::as_str),
            one.year,
            one.period.as_str(),
            one.channel.map(crate::model::Channel::as_str),
            one.part_of,
            one.about,
            one.section,
            one.bytes.start,
            one.bytes.end,
            one.bytes.part,
        ])?;
    }
    Ok(())
}

/// The mentions of a version, in order.
pub(super) fn read(connection: &Connection, version_id: i64) -> Result<Vec<Mention>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT text, mantissa, scale, unit, approximate, negated, kind, direction, year, period, channel,
           part_of, about, section, start_byte, end_byte, part
         FROM mention WHERE version_id = ? ORDER BY position",
    )?;
    let mut rows = statement.query([version_id])?;
    let mut mentions = Vec::new();
    while let Some(row) = rows.next()? {
        mentions.push(Mention {
            text: row.get("text")?,
            value: decimal(row.get("mantissa")?, row.get("scale")?)?,
            unit: row.get("unit")?,
            approximate: row.get("approximate")?,
            negated: row.get("negated")?,
            kind: word(row, "kind")?,
            direction: match row.get::<_, Option<String>>("direction")? {
                Some(_) => Some(word(row, "direction")?),
                None => None,
            },
            year: row.get("year")?,
            period: word(row, "period")?,
            channel: match row.get::<_, Option<String>>("channel")? {
                Some(_) => Some(word(row, "channel")?),
                None => None,
            },
            part_of: row.get("part_of")?,
            about: row.get("about")?,
            section: row.get("section")?,
            bytes: ByteRange::new(row.get("start_byte")?, row.get("end_byte")?)
                .of_part(row.get("part")?),
        });
    }
    Ok(mentions)
}
