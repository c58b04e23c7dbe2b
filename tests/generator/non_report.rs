//! Pages that look like reports and are none.

/// Kinds of look-alikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NonReport {
    /// To be widened.
    NotFound,
}

/// A page of that kind.
pub fn non_report(_kind: NonReport, _seed: u64) -> Vec<u8> {
    b"<html><body>404</body></html>".to_vec()
}
