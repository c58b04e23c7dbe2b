//! Digests of a report: of what the agency published, and of all that was read.
//!
//! Both are the first 16 bytes of a SHA-256.

use sha2::{Digest as _, Sha256};

use crate::model::{Catalog, Report};

use super::StoreError;

/// A truncated SHA-256.
pub(super) type Digest = [u8; 16];

/// Of the published content: title, publication day, sections, every observation's status,
/// value, text and unit, and the lists' rows as printed. Provenance, findings, mentions and places are not part of it.
pub(super) fn content(report: &Report) -> Digest {
    let mut hash = Text(Vec::new());
    hash.text(report.title.as_deref());
    hash.text(report.published.map(|day| day.to_string()).as_deref());
    hash.number(report.sections.len() as u64);
    for section in &report.sections {
        hash.text(Some(section.kind.as_str()));
        hash.text(section.heading.as_deref());
        hash.text(Some(&section.text));
    }
    let catalog = Catalog::get();
    let mut observations: Vec<_> = report.observations.iter().collect();
    observations.sort_unstable_by_key(|observation| observation.indicator);
    for observation in observations {
        let indicator = catalog.indicator(observation.indicator);
        hash.text(Some(indicator.form.as_str()));
        hash.text(Some(&indicator.cell));
        hash.text(Some(observation.status.as_str()));
        if let Some(value) = observation.value {
            hash.number(value.mantissa().cast_unsigned());
            hash.number(u64::from(value.scale()));
        }
        hash.text(Some(&observation.raw));
        hash.text(observation.unit.map(crate::model::Unit::as_str));
    }
    for row in &report.statistics {
        hash.text(row.id.as_deref());
        hash.text(row.group.as_deref());
        hash.text(Some(&row.label));
        hash.text(row.code.as_deref());
        hash.text(row.unit.as_deref());
        for cell in &row.cells {
            hash.text(cell.head.as_deref());
            hash.text(Some(cell.status.as_str()));
            hash.text(Some(&cell.raw));
        }
    }
    shorten(&hash.0)
}

/// Of all that was read, provenance included: the printed record.
pub(super) fn reading(report: &Report) -> Result<Digest, StoreError> {
    Ok(shorten(&serde_json::to_vec(report)?))
}

fn shorten(bytes: &[u8]) -> Digest {
    let full: [u8; 32] = Sha256::digest(bytes).into();
    let mut short = [0; 16];
    short.copy_from_slice(&full[..16]);
    short
}

/// What is digested, in one piece: hashing a thousand small ones takes several times as long.
struct Text(Vec<u8>);

impl Text {
    fn number(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    /// Length first, so that neighbours cannot run together; absence is its own length.
    fn text(&mut self, text: Option<&str>) {
        self.number(text.map_or(u64::MAX, |text| text.len() as u64));
        self.0
            .extend_from_slice(text.unwrap_or_default().as_bytes());
    }
}
