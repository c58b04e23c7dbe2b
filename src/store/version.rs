//! Which version a reading belongs to. Here the two clocks meet, and stay apart.
//!
//! * A capture not read before with new content makes a new version: the agency changed something.
//! * A capture read before, now read differently, is our doing: its version is rewritten in place. Only
//!   where another capture, read by the same program, upholds that version's content does the capture
//!   move to a version of its own (a difference that an older program did not see).
//! * The details of a version are those of one capture, so that places and addresses fit together: official
//!   before mirrored, whole before cut off, a page with its bytes before one seen again, then the earliest. Other captures of the same content only bear witness.
//! * A suspected copy bears no witness: a version's times are those of its other captures, where it has any, so
//!   that a copy of an old content, found later, does not make that content the current one.

use rusqlite::{OptionalExtension as _, params};

use crate::agency;
use crate::model::{Official, Report};

use super::capture::{CaptureInfo, Marks, Outcome};
use super::layout::forms_of;
use super::prepared::Prepared;
use super::writer::Writer;
use super::{StoreError, details};

/// Where a report was read: a capture may hold several.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The capture.
    pub capture_id: i64,
    /// Number of the report in it, from 0.
    pub position: i64,
    /// Whether the capture was there before; a new one has no readings.
    pub known: bool,
}

/// Stores a report read from a capture.
#[expect(clippy::too_many_lines, reason = "one decision, case by case")]
pub(super) fn put_report(
    writer: &mut Writer<'_>,
    place: Place,
    capture: &CaptureInfo,
    marks: &Marks,
    (report, prepared): (&Report, &Prepared),
) -> Result<Outcome, StoreError> {
    let is_truncated = marks.truncated.is_some();
    let Place {
        capture_id,
        position,
        known: is_known,
    } = place;
    let digest = prepared.reading;
    let old = if is_known {
        reading_at(writer, place)?
    } else {
        None
    };
    if old.as_ref().is_some_and(|(_, known)| *known == digest) {
        return Ok(Outcome::Unchanged);
    }
    let old = old.map(|(version, _)| version);
    let run = writer.run()?;
    let reader = writer.id(
        "SELECT id FROM reader WHERE program = ? AND profile = ?",
        "INSERT INTO reader (program, profile) VALUES (?, ?)",
        [
            report.provenance.program,
            report.provenance.profile.as_str(),
        ],
    )?;
    if is_known {
        writer
            .connection
            .prepare_cached("DELETE FROM refusal WHERE capture_id = ?")?
            .execute([capture_id])?;
    }

    let (report_id, new_report) = report_id(writer, capture, position, report)?;
    let content = prepared.content;
    let known: Option<i64> = writer
        .connection
        .prepare_cached("SELECT id FROM version WHERE report_id = ? AND content_digest = ?")?
        .query_row(params![report_id, &content[..]], |row| row.get(0))
        .optional()?;
    let details = details::Head {
        report_id,
        content,
        capture_id,
        fetched_at_us: capture.fetched_at.as_microsecond(),
        reader,
        address: capture.url.clone(),
    };
    let (target, outcome) = match (known, old) {
        (Some(known), _) => {
            if leads(writer, known, capture_id, capture, marks, report)? {
                details::replace(writer, known, &details, report, prepared)?;
            }
            let outcome = if old.is_some() {
                Outcome::Reread
            } else {
                Outcome::SeenAgain
            };
            (known, outcome)
        }
        (None, Some(old)) if !upheld(writer, old, place, report)? => {
            let before = report_of(writer, old)?;
            details::replace(writer, old, &details, report, prepared)?;
            if before != report_id {
                settle_report(writer, before)?;
            }
            (old, Outcome::Reread)
        }
        (None, _) => {
            let outcome = match old {
                Some(_) => Outcome::Reread,
                None if new_report => Outcome::New,
                None if is_copy(report) => Outcome::Copied,
                None if is_truncated && is_published(writer, report_id)? => Outcome::Truncated,
                None if !is_published(writer, report_id)? => Outcome::New,
                None => Outcome::Changed,
            };
            (
                details::insert(writer, &details, report, prepared)?,
                outcome,
            )
        }
    };
    writer.insert(
        "INSERT OR REPLACE INTO reading
           (capture_id, position, version_id, reader_id, run_id, digest, official)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            capture_id,
            position,
            target,
            reader,
            run,
            &digest[..],
            report.provenance.official.as_str()
        ],
    )?;
    if known.is_none() && old.is_none() && !is_truncated {
        // The version is new and has this reading alone: its times stand already.
        if new_report {
            lead(writer, report_id, target, report)?;
        } else {
            settle_report(writer, report_id)?;
        }
        return Ok(outcome);
    }
    settle(writer, target)?;
    if let Some(old) = old.filter(|old| *old != target) {
        orphan(writer, old, capture_id)?;
        settle(writer, old)?;
    }
    Ok(outcome)
}

/// Makes a version the current one of its new report.
fn lead(writer: &Writer<'_>, id: i64, version: i64, report: &Report) -> Result<(), StoreError> {
    let forms = forms_of(report);
    writer
        .connection
        .prepare_cached("UPDATE report SET version_id = ?, forms = ? WHERE id = ?")?
        .execute(params![version, forms, id])?;
    Ok(())
}

/// Gives a capture the readings of another: the same page, seen again at the same address.
pub(super) fn copy_readings(
    writer: &mut Writer<'_>,
    from: i64,
    to: i64,
) -> Result<Outcome, StoreError> {
    let connection = writer.connection;
    let readings: Vec<(i64, i64, i64, Vec<u8>, String)> = connection
        .prepare_cached(
            "SELECT position, version_id, reader_id, digest, official FROM reading WHERE capture_id = ? ORDER BY position",
        )?
        .query_map([from], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })?
        .collect::<Result<_, _>>()?;
    let mut outcome = Outcome::Unchanged;
    for (position, version, reader, digest, official) in &readings {
        let place = Place {
            capture_id: to,
            position: *position,
            known: true,
        };
        let old = reading_at(writer, place)?;
        if old
            .as_ref()
            .is_some_and(|(known, same)| known == version && same == digest)
        {
            continue;
        }
        let run = writer.run()?;
        writer.insert(
            "INSERT OR REPLACE INTO reading
               (capture_id, position, version_id, reader_id, run_id, digest, official)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
            params![to, position, version, reader, run, digest, official],
        )?;
        connection
            .prepare_cached("DELETE FROM refusal WHERE capture_id = ?")?
            .execute([to])?;
        settle(writer, *version)?;
        outcome = if old.is_some() {
            Outcome::Reread
        } else {
            Outcome::SeenAgain
        };
        if let Some((old, _)) = old.filter(|(old, _)| old != version) {
            orphan(writer, old, to)?;
            settle(writer, old)?;
        }
    }
    let count = i64::try_from(readings.len()).unwrap_or(i64::MAX);
    forget_readings(writer, to, count)?;
    Ok(outcome)
}

/// The version a place was read as, and the digest of that reading.
fn reading_at(writer: &Writer<'_>, place: Place) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    Ok(writer
        .connection
        .prepare_cached(
            "SELECT version_id, digest FROM reading WHERE capture_id = ? AND position = ?",
        )?
        .query_row([place.capture_id, place.position], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
}

/// What a capture holds no more, from a position on, leaves its versions.
pub(super) fn forget_readings(
    writer: &mut Writer<'_>,
    capture_id: i64,
    from: i64,
) -> Result<(), StoreError> {
    let versions: Vec<i64> = writer
        .connection
        .prepare_cached(
            "DELETE FROM reading WHERE capture_id = ? AND position >= ? RETURNING version_id",
        )?
        .query_map([capture_id, from], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for version in versions {
        orphan(writer, version, capture_id)?;
        settle(writer, version)?;
    }
    Ok(())
}

/// The report a page is of, and whether it is new. Where agency or year is unknown, the page is its
/// own identity, so that nothing is mixed with what it may not belong to.
fn report_id(
    writer: &Writer<'_>,
    capture: &CaptureInfo,
    position: i64,
    report: &Report,
) -> Result<(i64, bool), StoreError> {
    let name = report
        .agency
        .name
        .as_deref()
        .filter(|name| !name.is_empty());
    let code = report
        .agency
        .code
        .as_deref()
        .filter(|code| !code.is_empty());
    let page = || {
        let page = capture.url.clone();
        page.unwrap_or_else(|| format!("sha256:{}", report.provenance.sha256))
    };
    let url = capture.url.as_deref();
    // A name that many bodies have is told apart by where its pages stand.
    let place = name.map_or_else(String::new, |name| {
        agency::discriminator(name, report.year, url, &page())
    });
    let agency = match (name, code) {
        (None, None) => None,
        _ => Some(writer.id(
            "SELECT id FROM agency WHERE ifnull(name, '') = ifnull(?1, '') AND ifnull(code, '') = ifnull(?2, '')
               AND place = ?3",
            "INSERT INTO agency (name, code, place) VALUES (?1, ?2, ?3)",
            params![name, code, place],
        )?),
    };
    let page = match position {
        _ if agency.is_some() && report.year.is_some() => String::new(),
        0 => page(),
        _ => format!("{} report {}", page(), position + 1),
    };
    let identity = params![agency, report.year, report.scope.as_str(), page];
    let known: Option<i64> = writer
        .connection
        .prepare_cached(
            "SELECT id FROM report WHERE agency_id IS ?1 AND year IS ?2 AND scope = ?3 AND page = ?4",
        )?
        .query_row(identity, |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok((known, false));
    }
    let insert = "INSERT INTO report (agency_id, year, scope, page) VALUES (?, ?, ?, ?)";
    Ok((writer.insert(insert, identity)?, true))
}

fn report_of(writer: &Writer<'_>, version: i64) -> Result<i64, StoreError> {
    let mut statement = writer
        .connection
        .prepare_cached("SELECT report_id FROM version WHERE id = ?")?;
    Ok(statement.query_row([version], |row| row.get(0))?)
}

/// Verdict, whether it is cut off, whether it is a revisit, time, digest, program and id of the capture that
/// leads a version.
type Leader = (String, bool, bool, i64, Vec<u8>, Option<String>, i64);

/// Whether this capture's details should stand for the version: they already do, or those that do
/// are gone, by another program, or rank behind.
fn leads(
    writer: &Writer<'_>,
    version: i64,
    capture_id: i64,
    capture: &CaptureInfo,
    marks: &Marks,
    report: &Report,
) -> Result<bool, StoreError> {
    let mut statement = writer.connection.prepare_cached(
        "SELECT v.official, c.truncated IS NOT NULL, c.revisit_of IS NOT NULL, c.fetched_at_us, c.sha256,
           p.program, v.capture_id
         FROM version v JOIN capture c ON c.id = v.capture_id
         LEFT JOIN reading r ON r.capture_id = v.capture_id AND r.version_id = v.id
         LEFT JOIN reader p ON p.id = r.reader_id
         WHERE v.id = ?",
    )?;
    let (official, truncated, revisit, fetched_at, sha256, program, leader): Leader = statement
        .query_row([version], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
            ))
        })?;
    let official: Official = official
        .parse()
        .map_err(|()| StoreError::unknown("official", official))?;
    let own = (
        report.provenance.official,
        capture.fetched_at.as_microsecond(),
        &capture.sha256[..],
    );
    // `Official` orders official, mirror suspected, unknown: nothing known is better than suspected.
    let rank = |official| match official {
        Official::Official => 0,
        Official::Unknown => 1,
        Official::MirrorSuspected => 2,
    };
    let cut = marks.truncated.is_some();
    let again = marks.revisit_of.is_some();
    let behind = (rank(own.0), cut, again, own.1, own.2)
        <= (rank(official), truncated, revisit, fetched_at, &sha256);
    let is_leader = leader == capture_id;
    if is_leader && !behind {
        // It ranks lower than it did: another capture of the version may come before it now.
        orphan(writer, version, capture_id)?;
    }
    Ok(behind || is_leader || program.as_deref() != Some(report.provenance.program))
}

/// A page that is not the agency's.
fn is_copy(report: &Report) -> bool {
    report.provenance.official == Official::MirrorSuspected
}

/// Whether a report has a whole version that is no copy.
fn is_published(writer: &Writer<'_>, report: i64) -> Result<bool, StoreError> {
    Ok(writer
        .connection
        .prepare_cached(
            "SELECT 1 FROM version WHERE report_id = ? AND official <> 'mirror_suspected' AND whole = 1",
        )?
        .exists([report])?)
}

/// Whether another capture, or another report of this one, read by this program has the content of the version.
fn upheld(
    writer: &Writer<'_>,
    version: i64,
    place: Place,
    report: &Report,
) -> Result<bool, StoreError> {
    Ok(writer
        .connection
        .prepare_cached(
            "SELECT 1 FROM reading r JOIN reader p ON p.id = r.reader_id
             WHERE r.version_id = ? AND (r.capture_id <> ? OR r.position <> ?) AND p.program = ?",
        )?
        .exists(params![
            version,
            place.capture_id,
            place.position,
            report.provenance.program
        ])?)
}

/// The version's details came from a capture that has left it: the next reading of another of its
/// captures shall bring them again, so none of them may pass as unchanged.
fn orphan(writer: &Writer<'_>, version: i64, capture_id: i64) -> Result<(), StoreError> {
    writer
        .connection
        .prepare_cached(
            "UPDATE reading SET digest = x'00000000000000000000000000000000' WHERE version_id = ?1
               AND (SELECT capture_id FROM version WHERE id = ?1) = ?2",
        )?
        .execute([version, capture_id])?;
    Ok(())
}

/// Brings a version's times and its report's current version up to its readings; drops both where
/// nothing is left.
fn settle(writer: &mut Writer<'_>, version: i64) -> Result<(), StoreError> {
    let report = report_of(writer, version)?;
    let left = writer
        .connection
        .prepare_cached(
            "UPDATE version SET first_seen_us = t.first, last_seen_us = t.last, whole = t.whole
             FROM (SELECT max(c.truncated IS NULL) AS whole, ifnull(min(c.fetched_at_us) FILTER (WHERE r.official <> 'mirror_suspected'),
                 min(c.fetched_at_us)) AS first,
                 ifnull(max(c.fetched_at_us) FILTER (WHERE r.official <> 'mirror_suspected'),
                 max(c.fetched_at_us)) AS last FROM reading r
               JOIN capture c ON c.id = r.capture_id WHERE r.version_id = ?1) t
             WHERE id = ?1 AND t.first IS NOT NULL",
        )?
        .execute([version])?;
    if left == 0 {
        writer.due.goes(writer.connection, version)?;
        writer
            .connection
            .prepare_cached("DELETE FROM version WHERE id = ?")?
            .execute([version])?;
    }
    settle_report(writer, report)
}

fn settle_report(writer: &Writer<'_>, report: i64) -> Result<(), StoreError> {
    writer
        .connection
        .prepare_cached(
            // Of captures of one second the later is the one further on in the archive.
            "UPDATE report SET version_id = (SELECT id FROM version v WHERE report_id = ?1
               ORDER BY CASE official WHEN 'official' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END,
                 whole DESC, last_seen_us DESC,
                 CASE WHEN EXISTS (SELECT 1 FROM version o WHERE o.report_id = ?1 AND o.id <> v.id AND o.last_seen_us = v.last_seen_us)
                   THEN (SELECT max(format('%s %020d', w.file, c.warc_offset)) FROM reading r JOIN capture c ON c.id = r.capture_id
                     JOIN warc w ON w.id = c.warc_id WHERE r.version_id = v.id AND c.fetched_at_us = v.last_seen_us) END DESC,
                 first_seen_us DESC, content_digest LIMIT 1)
             WHERE id = ?1",
        )?
        .execute([report])?;
    writer
        .connection
        .prepare_cached(&writer.layout.settle_forms)?
        .execute([report])?;
    let agency: Option<Option<i64>> = writer
        .connection
        .prepare_cached(
            "DELETE FROM report WHERE id = ? AND version_id IS NULL RETURNING agency_id",
        )?
        .query_row([report], |row| row.get(0))
        .optional()?;
    if let Some(Some(agency)) = agency {
        writer
            .connection
            .prepare_cached(
                "DELETE FROM agency WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM report WHERE agency_id = ?1)",
            )?
            .execute([agency])?;
    }
    Ok(())
}
