//! The shared vocabulary: values every stage may hold, and the reference data compiled in.
//!
//! Nothing here reads a file, a clock or a socket. The one global is the immutable
//! [`form::Catalog`] parsed from `data/forms/`.

pub mod decimal;
pub mod division;
pub mod exchange;
pub mod finding;
pub mod form;
pub mod language;
pub mod mention;
pub mod panel;
pub mod proposal;
pub mod report;
pub mod span;
pub mod statistic;
pub mod status;
pub mod unit;
pub mod watch;

pub use decimal::Decimal;
pub use exchange::{ItemKind, Outcome, Role};
pub use finding::{Code, Finding, Severity};
pub use form::{Catalog, FormId, Indicator, IndicatorId};
pub use language::Language;
pub use mention::{Channel, Direction, Mention, MentionKind, Period};
pub use panel::{Chain, Columns, Numbers, PanelReport};
pub use proposal::{Cause, Confidence, Fault, Proposal, ProposedChange};
pub use report::{
    Agency, CharsetEvidence, DateEvidence, DateSource, Observation, Official, Part, Provenance,
    Report, Scope, Section, SectionKind, Source,
};
pub use span::ByteRange;
pub use statistic::{ColumnKind, StatisticCell, StatisticRow};
pub use status::CellStatus;
pub use unit::Unit;
pub use watch::{Evidence, Excerpt, Off, WatchCode, Watched, Whose};
