//! The course of a build: what is told while it goes on, what it came to, why it did not come to its end.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use crate::decisions::DecisionError;
use crate::store::{Outcome, StoreError};

use super::crawl::CrawlFailure;
use super::records::Damage;
use super::watch::WatchError;

/// What happens during a build, as it happens.
#[derive(Debug)]
pub enum BuildEvent<'e> {
    /// The archive has this many bytes.
    Started {
        /// All files together.
        total_bytes: u64,
    },
    /// A capture is done.
    Advanced {
        /// Bytes of the archive up to its end.
        position: u64,
    },
    /// Part of the archive could not be read; the rest goes on.
    Damaged {
        /// The WARC file.
        file: &'e str,
        /// What.
        damage: &'e Damage,
    },
    /// An exchange could not be read or stored for a reason that is not the page's.
    Failed {
        /// The WARC file.
        file: &'e str,
        /// Start of the record, in bytes.
        offset: u64,
        /// Why.
        why: String,
    },
}

/// What a build came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildSummary {
    /// WARC files.
    pub files: usize,
    /// Bytes of them that an earlier build of the same program has read.
    pub known_bytes: u64,
    /// Captures put, by what came of it.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Of those refused, how many for which reason.
    pub refusals: BTreeMap<String, u64>,
    /// Exchanges that are no documents: pictures, redirects, errors, binary data.
    pub passed_over: u64,
    /// Records that say a page was as before, and the archive does not have that page.
    pub unresolved: u64,
    /// Captures that the archive has no more.
    pub gone: usize,
    /// Damaged records, bugs, rows the database would not take.
    pub failures: u64,
}

impl BuildSummary {
    /// Captures with this outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    /// Captures that are reports.
    pub fn reports(&self) -> u64 {
        let all = self.outcomes.iter();
        all.filter(|(outcome, _)| **outcome != Outcome::Refused)
            .map(|(_, count)| count)
            .sum()
    }
}

/// Why a build did not come to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The archive could not be listed.
    #[error("cannot list {}", path.display())]
    List {
        /// Its directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database took no more.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the reports say of each other could not be told.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// The home's profiles cannot be used. Nothing was read.
    #[error(
        "the profiles of the home cannot be used (`nianbao profile check` names everything that is wrong)"
    )]
    Profiles(#[source] Box<CrawlFailure>),
    /// What people decided of agencies cannot be read.
    #[error("cannot read what was decided")]
    Decisions(#[from] DecisionError),
    /// It was asked to stop. What the database has is whole; the next build goes on.
    #[error("stopped by a signal; the next build goes on with it")]
    Stopped,
}

impl BuildError {
    /// Whether room on the disk would mend it.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Store(error) | Self::Watch(WatchError::Store(error)) => error.is_full(),
            Self::Watch(_)
            | Self::List { .. }
            | Self::Profiles(_)
            | Self::Decisions(_)
            | Self::Stopped => false,
        }
    }
}
