//! Archive → database: offline, repeatable, in the order of the archive.
//!
//! In: WARC files. Out: a reading of every exchange in the store: a report, or why it is none.
//! Payloads are read on all cores, one writer puts them in the archive's order, so the same
//! archive and program give the same rows, and a second build changes nothing. Never touches the
//! network or the archive.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

use jiff::Timestamp;

use crate::audit::origin::HostRules;
use crate::decisions::Decisions;
use crate::model::Report;
use crate::store::{
    CaptureInfo, Marks, Member, Outcome, Pending, Prepared, Refusal, State, Store, StoreError,
    Trouble, TroubleKind, Unsettled, Writer,
};

use super::agencies::settle_agencies;
use super::course::{BuildError, BuildEvent, BuildSummary};
use super::exchange::{Made, capture_of, make};
use super::increment::{Reread, plan, reader_of};
use super::pages::stem;
use super::parallel::{Caught, Load, ordered};
use super::readings::Readings;
use super::records::{Damage, Records, Step, WarcFile, warc_files};
use super::watch::{findings, put_findings, put_verdicts};

/// How to build.
#[derive(Debug, Clone, Copy)]
pub struct BuildOptions<'h> {
    /// Threads that read; `None` for one a core.
    pub jobs: Option<NonZeroUsize>,
    /// The start of the run.
    pub started_at: Timestamp,
    /// Which hosts are official.
    pub hosts: &'h HostRules,
    /// Which profile a page is read with.
    pub readings: &'h Readings,
    /// What people decided.
    pub decisions: &'h Decisions,
    /// Whether the whole archive is read again, also what the same program has read already.
    pub reread: bool,
    /// Ends the build when it is not 0 any more; `None`: nobody does.
    pub stop: Option<&'h AtomicU8>,
}

impl BuildOptions<'_> {
    fn is_stopped(&self) -> bool {
        self.stop
            .is_some_and(|count| count.load(Ordering::Relaxed) > 0)
    }

    fn go_on(&self) -> Result<(), BuildError> {
        if self.is_stopped() {
            return Err(BuildError::Stopped);
        }
        Ok(())
    }
}

/// Reads into the store what the archive has and the store has not, or all of it ([`BuildOptions::reread`], another
/// program, an archive that was not only added to). Either way the rows are the same.
///
/// # Errors
///
/// [`BuildError`]. Everything else is counted in the summary and told to `observe`.
pub fn build(
    archive: &Path,
    store: &mut Store,
    options: &BuildOptions<'_>,
    observe: impl FnMut(BuildEvent<'_>),
) -> Result<BuildSummary, BuildError> {
    let reader = reader_of(options.readings, options.hosts);
    let is_watched = store.watched_by()?.as_ref() == Some(&reader);
    let before = store.changes();
    let (summary, unsettled) = read_archive(archive, store, options, &reader, observe)?;
    settle_agencies(store, options.decisions)?;
    options.go_on()?;
    // Of the same rows the same findings come.
    if !is_watched || store.changes() != before {
        // They are found in the rows, while the index of narratives is put together.
        let beside = Store::open_read_only(store.path())?;
        let found = thread::scope(|scope| {
            let settling = scope.spawn(|| store.settle_index(unsettled));
            let found = findings(&beside);
            match settling.join() {
                Ok(settled) => settled?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
            Ok::<_, BuildError>(found?)
        })?;
        put_findings(store, &found)?;
        store.set_watched_by(&reader)?;
    } else {
        store.settle_index(unsettled)?;
    }
    put_verdicts(store, options.decisions)?;
    Ok(summary)
}

/// Reads what is to be read.
fn read_archive(
    archive: &Path,
    store: &mut Store,
    options: &BuildOptions<'_>,
    reader: &str,
    mut observe: impl FnMut(BuildEvent<'_>),
) -> Result<(BuildSummary, Unsettled), BuildError> {
    let files = warc_files(archive).map_err(|source| BuildError::List {
        path: archive.into(),
        source,
    })?;
    let total_bytes: u64 = files.iter().map(|file: &WarcFile| file.size_bytes).sum();
    let mut writer = store.writer(env!("CARGO_PKG_VERSION"), options.started_at);
    let plans = plan(&files, &writer, reader, options.reread)?;
    if plans.whole || !plans.files.is_empty() {
        writer.forget_watched()?;
    }
    observe(BuildEvent::Started {
        total_bytes: total_bytes.saturating_sub(plans.known_bytes),
    });
    if plans.resumed {
        writer.go_on_whole()?;
    } else if plans.whole {
        writer.begin_whole(reader)?;
    }
    let mut building = Building {
        summary: BuildSummary {
            files: files.len(),
            known_bytes: plans.known_bytes,
            ..BuildSummary::default()
        },
        writer,
        observe,
    };
    for trouble in plans.troubles {
        building.tell_again(trouble);
    }
    for plan in &plans.files {
        building
            .writer
            .forget_troubles(&plan.file.name, plan.from)?;
    }
    let flow = ordered(
        Load::new(options.jobs),
        Records::new(plans.files),
        |step| match step {
            Step::Record { record, .. } => record.block.len() as u64,
            Step::Damage { .. } | Step::End { .. } => 0,
        },
        |step| match step {
            Step::Record {
                file, record, note, ..
            } => Some(Ready::of(make(
                file,
                record,
                note.as_ref(),
                options.readings,
                options.hosts,
            ))),
            Step::Damage { .. } | Step::End { .. } => None,
        },
        |step, made| match building.step(step, made) {
            Ok(()) if options.is_stopped() => ControlFlow::Break(BuildError::Stopped),
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error.into()),
        },
    );
    if let ControlFlow::Break(error) = flow {
        if matches!(error, BuildError::Stopped) {
            // What was put need not be put again.
            building.writer.commit()?;
        }
        return Err(error);
    }
    let reread = Reread {
        archive,
        readings: options.readings,
        hosts: options.hosts,
    };
    if plans.whole {
        building.writer.whole_is_read()?;
    }
    building.settle(options, &reread)?;
    options.go_on()?;
    if plans.whole {
        building.summary.gone = building.writer.end_whole(reader)?;
    }
    // A capture that leads a version and leaves it has the others read again, which may move them in turn.
    for _ in 0..ROUNDS {
        options.go_on()?;
        if !building.again(options, &reread)? {
            break;
        }
    }
    building.writer.drop_orphans()?;
    let Building {
        summary, writer, ..
    } = building;
    Ok((summary, writer.finish_rows()?))
}

/// How often captures are read again for the sake of others.
const ROUNDS: usize = 8;

/// Revisit records taken up at once.
const REVISITS: u32 = 256;

/// What was made of a record, as far as it goes without the database.
struct Ready {
    made: Made,
    prepared: Result<Vec<Prepared>, StoreError>,
}

impl Ready {
    fn of(made: Made) -> Self {
        let reports: &[Report] = match &made {
            Made::Reports(_, _, reports) => reports,
            _ => &[],
        };
        Self {
            prepared: reports.iter().map(Prepared::of).collect(),
            made,
        }
    }
}

struct Building<'s, F> {
    summary: BuildSummary,
    writer: Writer<'s>,
    observe: F,
}

impl<F: FnMut(BuildEvent<'_>)> Building<'_, F> {
    fn step(&mut self, step: Step, made: Result<Option<Ready>, Caught>) -> Result<(), StoreError> {
        let (file, record, position) = match step {
            Step::Damage {
                file,
                offset,
                damage,
            } => {
                self.summary.failures += 1;
                (self.observe)(BuildEvent::Damaged {
                    file: &file,
                    damage: &damage,
                });
                return self.writer.put_trouble(&Trouble {
                    file: file.to_string(),
                    offset,
                    kind: TroubleKind::Damage,
                    message: explain(&damage),
                });
            }
            Step::End { file, end, mark } => {
                return self.writer.put_state(&State {
                    file: file.to_string(),
                    end,
                    mark,
                });
            }
            Step::Record {
                file,
                record,
                position,
                ..
            } => (file, record, position),
        };
        let offset = record.offset;
        match made {
            Ok(ready) => self.take(&file, offset, ready)?,
            Err(caught) => {
                if let Some((capture, marks)) = capture_of(&file, &record) {
                    let refusal = Refusal {
                        reason: "panic".into(),
                        detail: caught.message.clone(),
                    };
                    self.put(&file, offset, &capture, &marks, Err(&refusal))?;
                }
                self.failed(&file, offset, caught.to_string())?;
            }
        }
        (self.observe)(BuildEvent::Advanced { position });
        Ok(())
    }

    fn take(&mut self, file: &str, offset: u64, ready: Option<Ready>) -> Result<(), StoreError> {
        let (made, prepared) = match ready {
            None => (None, Ok(Vec::new())),
            Some(ready) => (Some(ready.made), ready.prepared),
        };
        match made {
            None | Some(Made::PassedOver) => {
                self.summary.passed_over += 1;
                Ok(())
            }
            Some(Made::Absent { url, at, answer }) => {
                self.summary.passed_over += 1;
                self.writer.put_absence(&url, at, answer, (file, offset))
            }
            Some(Made::Undated) => self.failed(file, offset, "the record has no date".into()),
            Some(Made::Refused(capture, marks, refusal)) => {
                self.put(file, offset, &capture, &marks, Err(&refusal))
            }
            Some(Made::Reports(capture, marks, reports)) => {
                let outcomes = prepared.and_then(|prepared| {
                    let reading = Ok((&reports[..], &prepared[..]));
                    self.writer.put_prepared(&capture, &marks, reading)
                });
                self.was_put(file, offset, outcomes, None)
            }
            Some(Made::Paged(page)) => {
                let stem = stem(page.capture.url.as_deref().unwrap_or_default());
                self.writer.put_paged(&page.capture, &page.marks, &stem)
            }
            Some(Made::Revisit(pending)) => self.writer.put_pending(&pending),
        }
    }

    fn put(
        &mut self,
        file: &str,
        offset: u64,
        capture: &CaptureInfo,
        marks: &Marks,
        reading: Result<&[Report], &Refusal>,
    ) -> Result<(), StoreError> {
        let outcomes = self.writer.put_marked(capture, marks, reading);
        self.was_put(file, offset, outcomes, reading.err())
    }

    /// Counts what came of a put.
    fn was_put(
        &mut self,
        file: &str,
        offset: u64,
        outcomes: Result<Vec<Outcome>, StoreError>,
        refusal: Option<&Refusal>,
    ) -> Result<(), StoreError> {
        match outcomes {
            Ok(outcomes) => {
                for outcome in outcomes {
                    self.count(outcome);
                }
                if let Some(refusal) = refusal {
                    let count = self.summary.refusals.entry(refusal.reason.clone());
                    *count.or_default() += 1;
                }
                Ok(())
            }
            // About this report alone; the writer can go on.
            Err(
                error @ (StoreError::StatusContradictsValue { .. }
                | StoreError::DuplicateObservation { .. }
                | StoreError::TooManySections { .. }
                | StoreError::OtherCapture { .. }
                | StoreError::Digest { .. }),
            ) => self.failed(file, offset, error.to_string()),
            Err(error) => Err(error),
        }
    }

    fn count(&mut self, outcome: Outcome) {
        *self.summary.outcomes.entry(outcome).or_default() += 1;
    }

    fn failed(&mut self, file: &str, offset: u64, why: String) -> Result<(), StoreError> {
        self.summary.failures += 1;
        self.writer.put_trouble(&Trouble {
            file: file.into(),
            offset,
            kind: TroubleKind::Failure,
            message: why.clone(),
        })?;
        (self.observe)(BuildEvent::Failed { file, offset, why });
        Ok(())
    }

    /// What an earlier build found stands as long as the archive does.
    fn tell_again(&mut self, trouble: Trouble) {
        self.summary.failures += 1;
        let file = trouble.file.as_str();
        match trouble.kind {
            TroubleKind::Damage => (self.observe)(BuildEvent::Damaged {
                file,
                damage: &Damage::Earlier(trouble.message),
            }),
            TroubleKind::Failure => (self.observe)(BuildEvent::Failed {
                file,
                offset: trouble.offset,
                why: trouble.message,
            }),
        }
    }

    /// What needs more than one record: pages seen again, then pages of several.
    fn settle(
        &mut self,
        options: &BuildOptions<'_>,
        reread: &Reread<'_>,
    ) -> Result<(), BuildError> {
        let mut unresolved = 0;
        let mut after: Option<(String, u64)> = None;
        loop {
            let from = after
                .as_ref()
                .map(|(file, offset)| (file.as_str(), *offset));
            let pending = self.writer.pending(from, REVISITS)?;
            let Some(last) = pending.last() else { break };
            after = Some((last.place.file.clone(), last.place.offset));
            for one in &pending {
                options.go_on()?;
                if !self.revisit(one, reread)? {
                    unresolved += 1;
                }
            }
        }
        self.summary.unresolved = unresolved;
        self.join(options, reread)?;
        Ok(self.writer.follow()?)
    }

    /// Finds the page of a revisit record; `false` where the archive does not have it.
    fn revisit(&mut self, pending: &Pending, reread: &Reread<'_>) -> Result<bool, StoreError> {
        let named = self.writer.named_by(pending)?;
        let is_named = named.is_some();
        let page = match named {
            Some(page) => page,
            // The digest is all there is: then it has to be true.
            None => match self
                .writer
                .with_payload(pending)?
                .into_iter()
                .find(|place| reread.has_payload(place, pending))
            {
                Some(page) => page,
                None => return Ok(false),
            },
        };
        let capture = CaptureInfo {
            sha256: page.sha256,
            url: Some(pending.url.clone()),
            fetched_at: pending.fetched_at,
            content_type: page.content_type.clone(),
            warc: Some(pending.place.clone()),
            size_bytes: page.size_bytes,
        };
        let marks = Marks {
            truncated: page.truncated.clone(),
            revisit_of: Some(page.capture_id),
            ..Marks::default()
        };
        let (file, offset) = (pending.place.file.as_str(), pending.place.offset);
        if page.url.as_deref() != Some(&pending.url) {
            let made = reread.make(&page, &capture, &marks);
            self.take(file, offset, made.map(Ready::of))?;
        } else if let Some(stem) = self.writer.paged_stem(page.capture_id)? {
            self.writer.put_paged(&capture, &marks, &stem)?;
        } else {
            let outcome = self.writer.put_revisit(&capture, &marks, page.capture_id)?;
            self.count(outcome);
        }
        if is_named {
            self.writer.forget_pending(&pending.place)?;
        }
        Ok(true)
    }

    /// Puts the pages of reports over several together, group by group.
    fn join(&mut self, options: &BuildOptions<'_>, reread: &Reread<'_>) -> Result<(), BuildError> {
        let stems = self.writer.fresh_groups()?;
        if stems.is_empty() {
            return Ok(());
        }
        self.writer.joining(true);
        for some in stems.chunks(GROUPS) {
            let groups: Vec<(&String, Vec<Member>)> = some
                .iter()
                .map(|stem| Ok((stem, self.writer.group(stem)?)))
                .collect::<Result<_, StoreError>>()?;
            let flow = ordered(
                Load::new(options.jobs),
                groups.iter(),
                |(_, members)| members.iter().map(|member| member.page.size_bytes).sum(),
                |(_, members)| reread.group(members),
                |(stem, members), puts| match self.joined(stem, members, puts) {
                    Ok(()) if options.is_stopped() => ControlFlow::Break(BuildError::Stopped),
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => ControlFlow::Break(error.into()),
                },
            );
            if let ControlFlow::Break(error) = flow {
                return Err(error);
            }
        }
        self.writer.joining(false);
        Ok(())
    }

    fn joined(
        &mut self,
        stem: &str,
        members: &[Member],
        puts: Result<Vec<super::increment::Put>, Caught>,
    ) -> Result<(), StoreError> {
        let place = |capture: &CaptureInfo| {
            let place = capture.warc.as_ref();
            place.map_or_else(Default::default, |place| (place.file.clone(), place.offset))
        };
        match puts {
            Ok(puts) => {
                for put in puts {
                    let (file, offset) = place(&put.capture);
                    self.put(
                        &file,
                        offset,
                        &put.capture,
                        &put.marks,
                        put.reading.as_deref(),
                    )?;
                }
            }
            Err(caught) => {
                if let Some(member) = members.iter().find(|member| member.fresh) {
                    let (file, offset) = place(&member.capture);
                    self.failed(&file, offset, caught.to_string())?;
                }
            }
        }
        self.writer.group_done(stem)
    }

    /// Reads again what others have left; whether there was anything.
    fn again(
        &mut self,
        options: &BuildOptions<'_>,
        reread: &Reread<'_>,
    ) -> Result<bool, BuildError> {
        let due = self.writer.due()?;
        let any = !due.is_empty() || !self.writer.fresh_groups()?.is_empty();
        // They were counted when they were first put.
        let counted = self.summary.clone();
        for member in due {
            options.go_on()?;
            let made = reread.make(&member.page, &member.capture, &member.marks);
            let Some(made) = made else { continue };
            let place = member.capture.warc.as_ref();
            let (file, offset) = place.map_or((String::new(), 0), |place| {
                (place.file.clone(), place.offset)
            });
            self.take(&file, offset, Some(Ready::of(made)))?;
        }
        self.join(options, reread)?;
        self.writer.follow()?;
        self.summary = BuildSummary {
            failures: self.summary.failures,
            ..counted
        };
        Ok(any)
    }
}

/// Groups of pages whose members are listed at once.
const GROUPS: usize = 256;

/// An error with its causes, in a line.
fn explain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
