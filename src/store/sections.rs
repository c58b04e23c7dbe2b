//! Writing the sections of a version. Headings, of which there are few, are kept once.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::model::{Section, SectionKind};

use super::StoreError;

/// Headings that are remembered; beyond, the memory begins anew.
const REMEMBERED: usize = 1 << 14;

/// The numbers of headings that were met, so that not every section asks for its own.
#[derive(Debug, Default)]
pub(super) struct Headings {
    known: HashMap<(SectionKind, Option<String>), i64>,
}

impl Headings {
    /// The transaction was given up, and with it what was new in it.
    pub(super) fn clear(&mut self) {
        self.known.clear();
    }

    fn id(&mut self, connection: &Connection, section: &Section) -> Result<i64, StoreError> {
        // The key is made even where it is known: it is short, and most sections have one.
        let key = (section.kind, section.heading.clone());
        if let Some(id) = self.known.get(&key) {
            return Ok(*id);
        }
        let kind = section.kind.as_str();
        let known = connection
            .prepare_cached("SELECT id FROM section_heading WHERE heading IS ? AND kind = ?")?
            .query_row(params![section.heading, kind], |row| row.get(0))
            .optional()?;
        let id = match known {
            Some(id) => id,
            None => connection
                .prepare_cached("INSERT INTO section_heading (heading, kind) VALUES (?, ?)")?
                .insert(params![section.heading, kind])?,
        };
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(key, id);
        Ok(id)
    }
}

/// Writes the sections of a version that has none.
pub(super) fn insert(
    connection: &Connection,
    headings: &mut Headings,
    version: i64,
    sections: &[Section],
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO section_text (id, heading_id, text, start_byte, end_byte, part)
         VALUES (?1 << 20 | ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (position, one) in (0_i64..).zip(sections) {
        let heading = headings.id(connection, one)?;
        let bytes = one.bytes;
        statement.execute(params![
            version,
            position,
            heading,
            one.text,
            bytes.start,
            bytes.end,
            bytes.part
        ])?;
    }
    Ok(())
}

/// Takes the sections of a version away.
pub(super) fn delete(connection: &Connection, version: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "DELETE FROM section_text WHERE id BETWEEN ?1 << 20 AND ?1 << 20 | 1048575",
        )?
        .execute([version])?;
    Ok(())
}
