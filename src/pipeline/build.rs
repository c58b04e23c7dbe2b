//! Archive → database: offline, repeatable, in the order of the archive.
//!
//! In: WARC files. Out: a reading of every exchange in the store: a report, or why it is none.
//! Payloads are read on all cores, one writer puts them in the archive's order, so the same
//! archive and program give the same rows, and a second build changes nothing. Never touches the
//! network or the archive.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::audit::origin::HostRules;
use crate::extract::paging;
use crate::model::Report;
use crate::profile::Profile;
use crate::store::{CaptureInfo, Outcome, Refusal, Store, StoreError, Writer};

use super::exchange::{Made, Paged, capture_of, make, named};
use super::pages::{self, groups, read_pages_with};
use super::parallel::{Caught, Load, ordered};
use super::records::{Damage, Records, Step, WarcFile, warc_files};

/// How to build.
#[derive(Debug, Clone, Copy)]
pub struct BuildOptions<'h> {
    /// Threads that read; `None` for one a core.
    pub jobs: Option<NonZeroUsize>,
    /// The start of the run.
    pub started_at: Timestamp,
    /// Which hosts are official.
    pub hosts: &'h HostRules,
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
    options: &BuildOptions<'_>,
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
        paged: Vec::new(),
        paged_bytes: 0,
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
            Step::Record { file, record, .. } => Some(make(file, record, profile, options.hosts)),
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
    building.join(options, profile)?;
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
    /// Pages that belong together, kept until all are known.
    paged: Vec<Kept>,
    paged_bytes: usize,
}

/// A page of several, with its place in the archive.
struct Kept {
    file: String,
    offset: u64,
    page: Paged,
}

/// More bytes of such pages are not kept: those beyond are stored each by itself.
const PAGED_BYTES: usize = 256 << 20;

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
        let offset = record.offset;
        match made {
            Ok(None | Some(Made::PassedOver)) => self.summary.passed_over += 1,
            Ok(Some(Made::Undated)) => {
                self.failed(file, offset, "the record has no date".into());
            }
            Ok(Some(Made::Refused(capture, refusal))) => {
                self.put(file, offset, &capture, Err(&refusal))?;
            }
            Ok(Some(Made::Reports(capture, reports))) => {
                self.put(file, offset, &capture, Ok(&reports))?;
            }
            Ok(Some(Made::Paged(page))) if self.paged_bytes < PAGED_BYTES => {
                self.paged_bytes += page.bytes.len();
                self.paged.push(Kept {
                    file: file.to_string(),
                    offset,
                    page: *page,
                });
            }
            Ok(Some(Made::Paged(page))) => {
                let alone = page.alone.as_deref();
                self.put(file, offset, &page.capture, alone)?;
            }
            Err(caught) => {
                if let Some(capture) = capture_of(file, record) {
                    let refusal = Refusal {
                        reason: "panic".into(),
                        detail: caught.message.clone(),
                    };
                    self.put(file, offset, &capture, Err(&refusal))?;
                }
                self.failed(file, offset, caught.to_string());
            }
        }
        (self.observe)(BuildEvent::Advanced { position });
        Ok(())
    }

    fn put(
        &mut self,
        file: &str,
        offset: u64,
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
                self.failed(file, offset, error.to_string());
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn failed(&mut self, file: &str, offset: u64, why: String) {
        self.summary.failures += 1;
        (self.observe)(BuildEvent::Failed { file, offset, why });
    }

    /// Reads the pages that belong together, and stores them in the order of the archive.
    fn join(&mut self, options: &BuildOptions<'_>, profile: &Profile) -> Result<(), StoreError> {
        let paged = std::mem::take(&mut self.paged);
        let urls = paged.iter().map(|kept| kept.page.capture.url.as_deref());
        let mut others: Vec<&[usize]> = vec![&[]; paged.len()];
        let groups = groups(urls.map(Option::unwrap_or_default));
        for group in &groups {
            for number in group {
                others[*number] = group;
            }
        }
        let flow = ordered(
            Load::new(options.jobs),
            0..paged.len(),
            |number| paged[*number].page.bytes.len() as u64,
            |number| read_with_others(&paged, *number, others[*number], profile, options.hosts),
            |number, read| {
                let Kept { file, offset, page } = &paged[number];
                let put = match &read {
                    Ok(read) => self.put(file, *offset, &page.capture, read.as_deref()),
                    Err(caught) => {
                        self.failed(file, *offset, caught.to_string());
                        self.put(file, *offset, &page.capture, page.alone.as_deref())
                    }
                };
                match put {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => ControlFlow::Break(error),
                }
            },
        );
        match flow {
            ControlFlow::Break(error) => Err(error),
            ControlFlow::Continue(()) => Ok(()),
        }
    }
}

/// What a page comes to with the other pages of its report: of each address the capture nearest in time. `group` are
/// those that may be such.
fn read_with_others(
    paged: &[Kept],
    number: usize,
    group: &[usize],
    profile: &Profile,
    hosts: &HostRules,
) -> Result<Vec<Report>, Refusal> {
    let own = &paged[number].page;
    let behind: BTreeSet<&str> = own.paging.behind().collect();
    let mut nearest: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
    for other in group {
        let page = &paged[*other].page;
        if let Some(url) = page.capture.url.as_deref()
            && behind.contains(paging::name_of(url))
        {
            let between =
                own.capture.fetched_at.as_microsecond() - page.capture.fetched_at.as_microsecond();
            let near = (between.unsigned_abs(), *other);
            let known = nearest.entry(url).or_insert(near);
            *known = near.min(*known);
        }
    }
    if own.paging.first().is_some() || nearest.is_empty() {
        return own.alone.clone();
    }
    let mut inputs = vec![own.input()];
    inputs.extend(
        nearest
            .values()
            .map(|(_, other)| paged[*other].page.input()),
    );
    match read_pages_with(&inputs, profile, hosts).into_iter().next() {
        Some(pages::Outcome::Reports(reports)) => named(&own.capture, Ok(reports)),
        Some(pages::Outcome::Unreadable(why)) => named(&own.capture, Err(why)),
        _ => own.alone.clone(),
    }
}
