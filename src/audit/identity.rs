//! The schema of `data/identities.toml`: rules on the numbers of reports, as data.
//!
//! Types only; what the keys mean stands at the head of the file. [`super::Identities`] reads it and checks what
//! the types cannot say.

use serde::{Deserialize, Deserializer};

use crate::model::{Decimal, FormId, SectionKind, Unit};

/// What sort of rule it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Cells of a row add up to its total.
    RowSum,
    /// What comes in is what goes out, in a column.
    Flow,
    /// Cells of a column add up to its total.
    ColumnSum,
    /// Cells of a list add up to another one.
    Sum,
    /// One side is no greater than the other.
    Bound,
    /// Two cells count nearly the same.
    Relation,
    /// What values a cell may take.
    Domain,
    /// The report of the year before, same form of table.
    CrossYear,
    /// The report of the year before, another form.
    CrossEra,
    /// Reports of other levels of government, same year.
    CrossLevel,
    /// A number in the text and the table.
    NarrativeVsTable,
    /// Numbers in the text among themselves.
    NarrativeInternal,
    /// A statement the text must make.
    NarrativeFormat,
    /// What values a number in the text may take.
    NarrativeDomain,
    /// A number and what is known of the agency.
    Plausibility,
    /// The day of publication.
    Timeliness,
}

impl Kind {
    /// Whether the cells of one report are all it takes: these are what [`super::check`] evaluates.
    pub const fn is_within_report(self) -> bool {
        matches!(
            self,
            Self::RowSum
                | Self::Flow
                | Self::ColumnSum
                | Self::Sum
                | Self::Bound
                | Self::Relation
                | Self::Domain
        )
    }

    /// Whether it reads the text of the report.
    pub const fn is_narrative(self) -> bool {
        matches!(
            self,
            Self::NarrativeVsTable
                | Self::NarrativeInternal
                | Self::NarrativeFormat
                | Self::NarrativeDomain
        )
    }
}

/// How binding an identity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strictness {
    /// Must hold in a correctly filled report; a failure is an error in the source or in the reading.
    Hard,
    /// Should hold; a failure is worth a look and may be innocent.
    Soft,
}

impl Strictness {
    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
        }
    }
}

/// Where an identity applies, and so what the ids of its groups name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// In every row; the ids are columns.
    EachRow,
    /// In every column; the ids are rows.
    EachColumn,
    /// In every cell of its tables; no ids.
    EachCell,
    /// For each of `rows`, put with a point before every id.
    EachGroup,
    /// Once; the ids are cells.
    Report,
    /// Once, over every cell; no ids.
    AllCells,
}

/// How the left side must stand to the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal.
    Eq,
    /// Left at most right.
    Le,
    /// Left at least right.
    Ge,
    /// Different.
    Ne,
    /// About equal.
    Near,
    /// Not below zero.
    NonNegative,
    /// A whole number.
    Whole,
    /// Equal to one of the candidates.
    OneOf,
    /// Where the text has the words, every cell on the right is zero.
    ImpliesZero,
    /// The text has the words.
    Contains,
    /// A multiple of the narrative's `step`.
    MultipleOf,
    /// Above zero only where the agency has the attribute.
    Plausible,
}

/// Which report a group of cells is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reports {
    /// The one being audited.
    #[default]
    This,
    /// The same agency's and scope's, of the year before.
    LastYear,
    /// Every unit that a consolidated report covers, added up.
    EveryPart,
    /// One such unit.
    OnePart,
    /// The consolidated report.
    Consolidated,
}

/// Some cells of one side: `plus` less `minus`, plus the greatest of `max`, plus `constant`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Which report they are read from.
    #[serde(default)]
    pub of: Reports,
    /// Added.
    #[serde(default)]
    pub plus: Vec<String>,
    /// Subtracted.
    #[serde(default)]
    pub minus: Vec<String>,
    /// Of these the greatest is added.
    #[serde(default)]
    pub max: Vec<String>,
    /// Added.
    #[serde(default)]
    pub constant: i64,
}

/// What in the text an identity speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Narrative {
    /// Alternatives, each of words that stand in one sentence in this order.
    #[serde(default)]
    pub words: Vec<Vec<String>>,
    /// The sections to look in; empty for all.
    #[serde(default)]
    pub sections: Vec<SectionKind>,
    /// The unit of the number meant.
    pub unit: Option<Unit>,
    /// For [`Operator::MultipleOf`].
    pub step: Option<i64>,
    /// For [`Operator::Near`], in percentage points.
    #[serde(default, deserialize_with = "decimal")]
    pub tolerance: Option<Decimal>,
    /// A number cut off instead of rounded is near enough.
    #[serde(default)]
    pub truncation: bool,
    /// What of the report the number must equal.
    pub equals: Option<ReportField>,
}

/// A part of the report that is no cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportField {
    /// The year reported on.
    ReportYear,
}

/// One way a number in the text may follow from the table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Its name within the identity, recorded where it matches.
    pub id: String,
    /// The forms that have its cells; empty for all of the identity's.
    #[serde(default, deserialize_with = "forms")]
    pub forms: Vec<FormId>,
    /// The derivation.
    pub terms: Vec<Group>,
}

/// Whom a deadline binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Everybody.
    Any,
    /// Departments: reports on their own work.
    Department,
    /// Governments: consolidated reports.
    Government,
}

/// The day of the following year by which a report is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// Whom it binds.
    pub agency: Bound,
    /// First report year.
    pub first_year: i16,
    /// Last report year; `None` while in force.
    pub last_year: Option<i16>,
    /// Month, from 1.
    pub month: i8,
    /// Day of the month.
    pub day: i8,
}

/// What is known of an agency beyond its report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgencyAttribute {
    /// It may impose penalties.
    EnforcementPower,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Stable id: `T3.ROW`.
    pub id: String,
    /// What sort of rule it is.
    pub kind: Kind,
    /// How binding it is.
    #[serde(rename = "severity")]
    pub strictness: Strictness,
    /// The forms it belongs to.
    #[serde(deserialize_with = "forms")]
    pub forms: Vec<FormId>,
    /// The forms of the year before, for [`Reports::LastYear`].
    #[serde(default, deserialize_with = "forms")]
    pub earlier_forms: Vec<FormId>,
    /// Where it applies.
    #[serde(rename = "scope")]
    pub reach: Reach,
    /// The tables whose rows, columns or cells are meant.
    #[serde(default)]
    pub tables: Vec<String>,
    /// The rows meant; empty for all of the tables.
    #[serde(default)]
    pub rows: Vec<String>,
    /// The left side.
    #[serde(default)]
    pub left: Vec<Group>,
    /// How it must stand to the right one.
    pub op: Operator,
    /// The right side.
    #[serde(default)]
    pub right: Vec<Group>,
    /// What in the text it speaks of.
    pub narrative: Option<Narrative>,
    /// How the number in the text may follow from the table.
    #[serde(default, rename = "candidate")]
    pub candidates: Vec<Candidate>,
    /// When reports are due.
    #[serde(default)]
    pub deadlines: Vec<Deadline>,
    /// What the agency must have.
    pub agency_attribute: Option<AgencyAttribute>,
    /// Reasons, known facts.
    pub note: Option<String>,
    /// Innocent explanations of a failure.
    #[serde(default)]
    pub exceptions: Vec<String>,
    /// The same in Chinese, one for one.
    #[serde(default)]
    pub exceptions_zh: Vec<String>,
    /// The rule in an English sentence.
    pub en: String,
    /// The rule in a Chinese sentence.
    pub zh: String,
}

fn forms<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<FormId>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    let form = |word: &String| {
        word.parse()
            .map_err(|()| serde::de::Error::custom(format!("unknown form {word:?}")))
    };
    words.iter().map(form).collect()
}

fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}
