//! What is told across years, versions and texts: the closed list, and a finding of it.

use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::report::words;
use super::{CellStatus, SectionKind, Severity};

words! {
    /// What is told across years, versions and texts (`docs/watch.md`; the sentences stand in `data/watch.toml`).
    WatchCode {
        /// Requests carried over are not those carried in.
        CarryOverBreak = "carry_over_break",
        /// Their total agrees, the kinds of applicants do not.
        CarryOverReclassified = "carry_over_reclassified",
        /// Documents in force do not follow from last year's.
        InForceBreak = "in_force_break",
        /// More documents disclosed than last year's and the new ones.
        DisclosedStockBreak = "disclosed_stock_break",
        /// Last year's items are told differently by this year's report.
        ItemsBreak = "items_break",
        /// Pending cases are counted no more.
        PendingVanished = "pending_vanished",
        /// The cumulative column does not follow from last year's.
        CumulativeBreak = "cumulative_break",
        /// All numbers are last year's.
        SameNumbers = "same_numbers",
        /// A number in the text follows from the tables by no known derivation.
        NarrativeMismatch = "narrative_mismatch",
        /// A percentage does not follow from the numbers it compares.
        PercentageMismatch = "percentage_mismatch",
        /// Section 6 says nothing of fees.
        FeeStatementMissing = "fee_statement_missing",
        /// Every date lies after the legal deadline.
        Late = "late",
        /// The address was not there after the claimed day of publication.
        Backdated = "backdated",
        /// The page was archived before the day it says it was published.
        Postdated = "postdated",
        /// Numbers were changed after publication without a word.
        SilentChange = "silent_change",
        /// The report is not there any more.
        Withdrawn = "withdrawn",
        /// All reports of a site vanished at once, and it goes on elsewhere.
        SiteRebuilt = "site_rebuilt",
        /// Large parts of the text stand in another report.
        CopiedText = "copied_text",
        /// More requests of 2018 were left open than 2019 carries in.
        OpenRequestsBreak = "open_requests_break",
        /// A department counts more requests than its government's consolidated report.
        PartAboveWhole = "part_above_whole",
        /// A sum of fees that the tariff cannot give.
        FeeStep = "fee_step",
    }
}

/// Which of two reports is off, as far as the chain of years tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// The earlier one: its own numbers agree with the later one's, not with its own.
    Earlier,
    /// The later one.
    Later,
    /// The chain does not tell.
    Unknown,
}

/// Which report a piece of evidence is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The one that the finding is about.
    This,
    /// The one it is compared with.
    Other,
}

/// A piece of evidence. Whoever shows it finds the bytes by report and cell; no ids of a database stand in it, so that it is the
/// same in every build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// A cell of a report.
    Cell {
        /// Whose.
        of: Whose,
        /// The report's year.
        year: i16,
        /// The cell.
        cell: String,
        /// Its number; `None` where it has none.
        value: Option<i64>,
    },
    /// A number in the text.
    Mention {
        /// Its position among the report's mentions.
        position: u32,
        /// The clause.
        text: String,
        /// The number, as printed.
        value: String,
    },
    /// A derivation that was tried and does not give the number.
    Derivation {
        /// Its name in the rule.
        id: String,
        /// What it gives.
        value: i64,
    },
    /// A day that a report gives.
    Date {
        /// The day, ISO 8601.
        day: String,
        /// `byline`, `meta`, `url`, `text`.
        source: String,
        /// As printed.
        raw: String,
    },
    /// A version of the report.
    Version {
        /// When a capture first had it, UTC.
        first_seen: String,
        /// When one last had it.
        last_seen: String,
        /// SHA-256 of the capture it was read from.
        sha256: String,
    },
    /// A cell that another version has otherwise.
    Changed {
        /// The cell.
        cell: String,
        /// Status and number before.
        from: (CellStatus, Option<i64>),
        /// And after.
        to: (CellStatus, Option<i64>),
    },
    /// An answer that the address is not there.
    Absence {
        /// The address.
        url: String,
        /// When, UTC.
        at: String,
        /// What was answered: `404`, `410`, `soft_gone`.
        answer: String,
        /// The archive's file.
        file: String,
        /// The record's place in it, in bytes.
        offset: u64,
    },
    /// Which of two years is off.
    Chain {
        /// Which.
        off: Off,
        /// Why, in a sentence.
        why: String,
    },
    /// How much of the text stands in the other report too. Counted are Chinese characters without common wording.
    Overlap {
        /// Those that are the same.
        characters: usize,
        /// All of this report.
        own: usize,
        /// Their share, in whole per cent.
        percent: usize,
    },
    /// A passage that both reports have.
    Passage {
        /// Chinese characters that are the same, without common wording.
        characters: usize,
        /// As this report has it.
        this: Excerpt,
        /// As the other one has it.
        other: Excerpt,
    },
}

/// Words of a report, with their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// What the section is about.
    pub section: SectionKind,
    /// The words; of a long passage the beginning.
    pub text: String,
    /// Where they begin in the section's text, in bytes of UTF-8.
    pub offset: usize,
    /// Where the section stands in the archived bytes: first byte, and the one behind the last.
    pub section_bytes: (u64, u64),
    /// In which of the report's pages; 0 for the first.
    pub part: u32,
}

/// A finding across years, versions or texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// What.
    pub code: WatchCode,
    /// The report it is about: of two years the later one.
    pub report_id: i64,
    /// The report it is compared with; `None` where there is none.
    pub other_report_id: Option<i64>,
    /// What of the report it is about (cells, a row), the same for the same finding in every build.
    pub about: String,
    /// In Chinese, with the numbers.
    pub zh: String,
    /// In English, with the numbers.
    pub en: String,
    /// The rule in `data/identities.toml`; empty where none stands there.
    pub rule: &'static str,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}

impl WatchCode {
    /// How severe it is; the same for every finding of the code.
    pub const fn severity(self) -> Severity {
        match self {
            Self::CarryOverBreak => Severity::Error,
            Self::CarryOverReclassified
            | Self::PercentageMismatch
            | Self::FeeStatementMissing
            | Self::OpenRequestsBreak
            | Self::PartAboveWhole
            | Self::SiteRebuilt
            | Self::FeeStep => Severity::Info,
            _ => Severity::Warning,
        }
    }
}
