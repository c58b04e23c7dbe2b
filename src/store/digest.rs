//! Digests of a report: of what the agency published, and of all that was read.
//!
//! Both are the first 16 bytes of a SHA-256.

use std::io;

use sha2::{Digest as _, Sha256};

use crate::model::{Catalog, Report};

use super::StoreError;

/// A truncated SHA-256.
pub(super) type Digest = [u8; 16];

/// Of the published content: title, publication day, sections, and every observation's status,
/// value, text and unit. Provenance, findings, mentions and places are not part of it.
pub(super) fn content(report: &Report) -> Digest {
    let mut hash = Hash(Sha256::new());
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
    hash.finish()
}

/// Of all that was read, provenance included: the printed record.
pub(super) fn reading(report: &Report) -> Result<Digest, StoreError> {
    // The serializer writes in small pieces; hashing those one by one takes twice as long.
    let mut buffer = io::BufWriter::with_capacity(16 << 10, Hash(Sha256::new()));
    serde_json::to_writer(&mut buffer, report)?;
    let hash = buffer
        .into_inner()
        .map_err(|error| serde_json::Error::io(error.into_error()))?;
    Ok(hash.finish())
}

struct Hash(Sha256);

impl Hash {
    fn number(&mut self, value: u64) {
        self.0.update(value.to_le_bytes());
    }

    /// Length first, so that neighbours cannot run together; absence is its own length.
    fn text(&mut self, text: Option<&str>) {
        self.number(text.map_or(u64::MAX, |text| text.len() as u64));
        self.0.update(text.unwrap_or_default());
    }

    fn finish(self) -> Digest {
        let full: [u8; 32] = self.0.finalize().into();
        let mut short = [0; 16];
        short.copy_from_slice(&full[..16]);
        short
    }
}

impl io::Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
