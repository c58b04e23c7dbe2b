//! Proposals in and out. They stand beside the cells and touch none of them.

use rusqlite::{Connection, params};

use crate::model::{Decimal, IndicatorId, Observation, Proposal, ProposedChange};

use super::StoreError;
use super::layout::Layout;
use super::read::{decimal, word};

/// Writes the proposals of a version.
///
/// # Errors
///
/// [`StoreError::Unknown`] for a cell that this database does not know.
pub(super) fn insert(
    connection: &Connection,
    layout: &Layout,
    version: i64,
    proposals: &[Proposal],
) -> Result<(), StoreError> {
    if proposals.is_empty() {
        return Ok(());
    }
    let mut head =
        connection.prepare_cached("INSERT INTO proposal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    let mut detail =
        connection.prepare_cached("INSERT INTO proposal_change VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?;
    for (position, one) in (0_i64..).zip(proposals) {
        head.execute(params![
            version,
            position,
            one.cause.as_str(),
            one.fault.as_str(),
            one.confidence.as_str(),
            one.unique,
            one.alternatives,
            serde_json::to_string(&one.identities)?,
            one.message,
        ])?;
        for (number, change) in (0_i64..).zip(&one.changes) {
            detail.execute(params![
                version,
                position,
                number,
                database_id(layout, change.indicator)?,
                change.printed.map(Decimal::mantissa),
                change.printed.map(Decimal::scale),
                change.proposed.map(Decimal::mantissa),
                change.proposed.map(Decimal::scale),
            ])?;
        }
    }
    Ok(())
}

fn database_id(layout: &Layout, id: IndicatorId) -> Result<i64, StoreError> {
    let mut forms = layout.forms.iter();
    let found = forms.find_map(|form| Some(form.cells[form.position(id)?].database_id));
    found.ok_or_else(|| StoreError::unknown("indicator", id.0.to_string()))
}

/// The proposals of a version; the places of their cells are those of the observations.
///
/// # Errors
///
/// [`StoreError::Unknown`] if the database holds what this program does not write.
pub(super) fn read(
    connection: &Connection,
    layout: &Layout,
    version: i64,
    observations: &[Observation],
) -> Result<Vec<Proposal>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT cause, fault, confidence, is_unique, alternatives, identities, message FROM proposal
         WHERE version_id = ? ORDER BY position",
    )?;
    let mut rows = statement.query([version])?;
    let mut proposals = Vec::new();
    while let Some(row) = rows.next()? {
        let identities: String = row.get("identities")?;
        proposals.push(Proposal {
            cause: word(row, "cause")?,
            fault: word(row, "fault")?,
            confidence: word(row, "confidence")?,
            unique: row.get("is_unique")?,
            changes: Vec::new(),
            identities: serde_json::from_str(&identities)?,
            alternatives: row.get("alternatives")?,
            message: row.get("message")?,
        });
    }
    if proposals.is_empty() {
        return Ok(proposals);
    }
    let mut statement = connection.prepare_cached(
        "SELECT position, indicator_id, printed_mantissa, printed_scale, proposed_mantissa, proposed_scale
         FROM proposal_change WHERE version_id = ? ORDER BY position, number",
    )?;
    let mut rows = statement.query([version])?;
    let cells = || layout.forms.iter().flat_map(|form| &form.cells);
    while let Some(row) = rows.next()? {
        let (position, database_id): (u32, i64) = (row.get(0)?, row.get(1)?);
        let unknown = || StoreError::unknown("indicator", database_id.to_string());
        let cell = cells().find(|cell| cell.database_id == database_id);
        let indicator = cell.ok_or_else(unknown)?.id;
        let number = |mantissa: Option<i64>, scale: Option<u8>| match mantissa.zip(scale) {
            Some((mantissa, scale)) => decimal(mantissa, scale).map(Some),
            None => Ok(None),
        };
        let mut places = observations.iter();
        let observation = places.find(|one| one.indicator == indicator);
        let change = ProposedChange {
            indicator,
            printed: number(row.get(2)?, row.get(3)?)?,
            proposed: number(row.get(4)?, row.get(5)?)?,
            source: observation.and_then(|one| one.source),
        };
        let proposal = proposals.get_mut(position as usize).ok_or_else(unknown)?;
        proposal.changes.push(change);
    }
    Ok(proposals)
}
