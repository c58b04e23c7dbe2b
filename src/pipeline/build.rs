//! Archive → database: offline, repeatable, in the order of the archive.
//!
//! In: WARC files. Out: a reading of every exchange in the store: a report, or why it is none.
//! Payloads are read on all cores, one writer puts them in the archive's order, so the same
//! archive and program give the same rows, and a second build changes nothing. Never touches the
//! network or the archive.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::archive::Record;
use crate::model::Report;
use crate::profile::Profile;
use crate::store::{CaptureInfo, Outcome, Refusal, Store, StoreError, Writer};

use super::exchange::{Made, capture_of, make};
use super::parallel::{Caught, Load, ordered};
use super::records::{Damage, Records, Step, WarcFile, warc_files};

/// How to build.
#[derive(Debug, Clone, Copy)]
pub struct BuildOptions {
    /// Threads that read; `None` for one a core.
    pub jobs: Option<NonZeroUsize>,
    /// The start of the run.
    pub started_at: Timestamp,
}

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
    /// Captures put, by what came of it.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Of those refused, how many for which reason.
    pub refusals: BTreeMap<String, u64>,
    /// Exchanges that are no documents: pictures, redirects, binary data.
    pub passed_over: u64,
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
}

/// Reads the whole archive into the store.
///
/// # Errors
///
/// [`BuildError`]. Everything else is counted in the summary and told to `observe`.
pub fn build(
    archive: &Path,
    store: &mut Store,
    options: &BuildOptions,
    mut observe: impl FnMut(BuildEvent<'_>),
) -> Result<BuildSummary, BuildError> {
    let files = warc_files(archive).map_err(|source| BuildError::List {
        path: archive.into(),
        source,
    })?;
    let total_bytes = files.iter().map(|file: &WarcFile| file.size_bytes).sum();
    observe(BuildEvent::Started { total_bytes });
    let mut building = Building {
        summary: BuildSummary {
            files: files.len(),
            ..BuildSummary::default()
        },
        writer: store.writer(env!("CARGO_PKG_VERSION"), options.started_at),
        observe,
    };
    let profile = Profile::generic();
    let flow = ordered(
        Load::new(options.jobs),
        Records::new(files),
        |step| match step {
            Step::Record { record, .. } => record.block.len() as u64,
            Step::Damage { .. } => 0,
        },
        |step| match step {
            Step::Record { file, record, .. } => Some(make(file, record, profile)),
            Step::Damage { .. } => None,
        },
        |step, made| match building.step(&step, made) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        },
    );
    if let ControlFlow::Break(error) = flow {
        return Err(error.into());
    }
    let Building {
        summary, writer, ..
    } = building;
    writer.finish()?;
    Ok(summary)
}

struct Building<'s, F> {
    summary: BuildSummary,
    writer: Writer<'s>,
    observe: F,
}

impl<F: FnMut(BuildEvent<'_>)> Building<'_, F> {
    fn step(&mut self, step: &Step, made: Result<Option<Made>, Caught>) -> Result<(), StoreError> {
        let (file, record, position) = match step {
            Step::Damage { file, damage } => {
                self.summary.failures += 1;
                (self.observe)(BuildEvent::Damaged { file, damage });
                return Ok(());
            }
            Step::Record {
                file,
                record,
                position,
            } => (file, record, *position),
        };
        match made {
            Ok(None | Some(Made::PassedOver)) => self.summary.passed_over += 1,
            Ok(Some(Made::Undated)) => {
                self.failed(file, record, "the record has no date".into());
            }
            Ok(Some(Made::Refused(capture, refusal))) => {
                self.put(file, record, &capture, Err(&refusal))?;
            }
            Ok(Some(Made::Reports(capture, reports))) => {
                self.put(file, record, &capture, Ok(&reports))?;
            }
            Err(caught) => {
                if let Some(capture) = capture_of(file, record) {
                    let refusal = Refusal {
                        reason: "panic".into(),
                        detail: caught.message.clone(),
                    };
                    self.put(file, record, &capture, Err(&refusal))?;
                }
                self.failed(file, record, caught.to_string());
            }
        }
        (self.observe)(BuildEvent::Advanced { position });
        Ok(())
    }

    fn put(
        &mut self,
        file: &str,
        record: &Record,
        capture: &CaptureInfo,
        reading: Result<&[Report], &Refusal>,
    ) -> Result<(), StoreError> {
        match self.writer.put_all(capture, reading) {
            Ok(outcomes) => {
                for outcome in outcomes {
                    *self.summary.outcomes.entry(outcome).or_default() += 1;
                }
                if let Err(refusal) = reading {
                    let count = self.summary.refusals.entry(refusal.reason.clone());
                    *count.or_default() += 1;
                }
                Ok(())
            }
            // About this report alone; the writer can go on.
            Err(
                error @ (StoreError::StatusContradictsValue { .. }
                | StoreError::DuplicateObservation { .. }
                | StoreError::OtherCapture { .. }
                | StoreError::Digest { .. }),
            ) => {
                self.failed(file, record, error.to_string());
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn failed(&mut self, file: &str, record: &Record, why: String) {
        self.summary.failures += 1;
        (self.observe)(BuildEvent::Failed {
            file,
            offset: record.offset,
            why,
        });
    }
}
