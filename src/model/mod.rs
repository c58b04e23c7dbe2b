//! The shared vocabulary: values every stage may hold, and the reference data compiled in.
//!
//! Nothing here reads a file, a clock or a socket. The one global is the immutable
//! [`form::Catalog`] parsed from `data/forms/`.

pub mod decimal;
pub mod finding;
pub mod form;
pub mod report;
pub mod span;
pub mod status;
pub mod unit;

pub use decimal::Decimal;
pub use finding::{Code, Finding, Severity};
pub use form::{Catalog, FormId, Indicator, IndicatorId};
pub use report::{
    Agency, CharsetEvidence, DateEvidence, DateSource, Mention, Observation, Official, Part,
    Provenance, Report, Scope, Section, SectionKind, Source,
};
pub use span::ByteRange;
pub use status::CellStatus;
pub use unit::Unit;
