//! A run of the crawl: hosts beside each other, each in its own time, one thread that writes.
//!
//! In: the ledger, the archive, what fetches, what reads an answer. Out: a [`CrawlSummary`]. A task a host takes addresses
//! from the ledger, waits for its turn, asks, has the answer read off the reactor, and hands it to the writing thread;
//! what was written may give other hosts something to do. Nothing is kept of an address that is not being dealt with.

mod gate;
mod host;
mod options;
mod read;
mod summary;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::Instant;

use super::lanes::Lanes;
use super::transport::Transport;
use super::writer::{Keeper, Ledger, Told, WAITING_KB, Work};
use crate::archive::{SystemClock, Writer};
use crate::frontier::{Frontier, FrontierError, Lane, Run};

pub use super::writer::Broken;
pub use options::{Answer, Budget, Event, Expected, Options, Reading, Retry, Scope};
pub use read::host_of;
pub use summary::{Alarm, CrawlSummary, Fewer, Left, Stopped};

/// Reading an answer is bounded work; it takes less than this, also for the largest.
const READING_ENDS: Duration = Duration::from_secs(9);

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrawlError {
    /// The ledger refused.
    #[error(transparent)]
    Ledger(#[from] FrontierError),
    /// Archive or ledger took no more, and not for want of room. What was told of before is safe.
    #[error("the crawl stopped: {source}")]
    Broken {
        /// Why.
        source: Broken,
    },
    /// A part of this program ended unexpectedly.
    #[error("{what} ended unexpectedly")]
    Ended {
        /// Which.
        what: &'static str,
    },
}

impl CrawlError {
    /// Whether room on the disk would mend it.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Ledger(error) => error.is_full(),
            Self::Broken { source } => source.is_full(),
            Self::Ended { .. } => false,
        }
    }
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// Yes.
    On,
    /// Finish what is in flight, since then.
    Finish(Stopped, Instant),
}

/// What tasks of a run share.
pub(super) struct Shared<T> {
    options: Options,
    transport: T,
    ledger: Ledger,
    lanes: Lanes,
    /// Hosts as they are, of this run: the ledger's may be a batch behind.
    known: Mutex<HashMap<String, Lane>>,
    /// Completions that are not on the disk yet.
    open: AtomicUsize,
    asked: AtomicU64,
    connections: Semaphore,
    readers: Semaphore,
    waiting: Arc<Semaphore>,
    course: watch::Sender<Course>,
}

impl<T> Shared<T> {
    fn tell(&self, event: &Event<'_>) {
        (self.options.observe)(event);
    }

    /// Ends the run in good order; the first reason counts.
    fn finish(&self, why: Stopped) {
        self.course.send_if_modified(|course| {
            let first = *course == Course::On;
            if first {
                *course = Course::Finish(why, Instant::now());
            }
            first
        });
    }
}

/// Runs until nothing that is due can be asked for, or it is stopped. `stop`: 1 asks it to finish what is in flight,
/// 2 to drop that too; what is waiting to be written is written in either case.
///
/// # Errors
///
/// [`CrawlError`]; what was told of as done is on the disk all the same.
pub async fn crawl<T: Transport + 'static>(
    options: Options,
    run: Run,
    frontier: Frontier,
    archive: Writer<SystemClock>,
    transport: T,
    stop: watch::Receiver<u8>,
) -> Result<CrawlSummary, CrawlError> {
    let hosts = frontier.hosts()?;
    let (work, queue) = std::sync::mpsc::channel::<Work>();
    let (told, mut heard) = mpsc::unbounded_channel();
    let keeper = Keeper {
        frontier,
        archive,
        run,
        rules: options.rules,
        told,
    };
    let thread = std::thread::Builder::new()
        .name("writer".into())
        .spawn(move || keeper.work(&queue))
        .map_err(|_| CrawlError::Ended {
            what: "the writing thread",
        })?;
    let deadline = options.deadline;
    let shared = Arc::new(Shared {
        lanes: Lanes::new(),
        known: Mutex::default(),
        open: AtomicUsize::new(0),
        asked: AtomicU64::new(0),
        connections: Semaphore::new(options.connections.max(1)),
        readers: Semaphore::new(options.readers.max(1)),
        waiting: Arc::new(Semaphore::new(WAITING_KB)),
        course: watch::Sender::new(Course::On),
        ledger: Ledger(work),
        transport,
        options,
    });
    let mut crew = Crew {
        shared: Arc::clone(&shared),
        running: HashSet::new(),
        again: HashSet::new(),
        tasks: tokio::task::JoinSet::new(),
        summary: CrawlSummary::default(),
        broken: None,
    };
    for host in hosts {
        crew.start(host);
    }
    crew.watch(&mut heard, stop, deadline).await?;
    let Crew {
        mut summary,
        mut broken,
        tasks,
        shared: handle,
        ..
    } = crew;
    drop((tasks, handle));
    let course = *shared.course.borrow();
    // An answer may still be being read for a task that is gone.
    let patience = Instant::now() + READING_ENDS;
    while Arc::strong_count(&shared) > 1 && Instant::now() < patience {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // The last handle to the queue goes with it, so the thread ends.
    let Some(shared) = Arc::into_inner(shared) else {
        return Err(CrawlError::Ended {
            what: "a task of the crawl",
        });
    };
    let options = shared.options;
    drop(shared.ledger);
    let joined = tokio::task::spawn_blocking(move || thread.join()).await;
    let Ok(Ok((mut frontier, _))) = joined else {
        return Err(CrawlError::Ended {
            what: "the writing thread",
        });
    };
    if let Course::Finish(why, _) = course {
        summary.stopped = Some(why);
    }
    // Tasks that got no answer end, and may all have ended before we heard why there was none.
    while let Ok(told) = heard.try_recv() {
        if let Told::Broken(why) = told {
            broken.get_or_insert(why);
        }
    }
    if let Some(source) = broken {
        if !source.is_full() {
            return Err(CrawlError::Broken { source });
        }
        summary.stopped = Some(Stopped::DiskFull);
        summary.notes.push(source.to_string());
    }
    summary.asked = shared.asked.load(Ordering::Relaxed);
    summary.close(&frontier, &run, &options.expected)?;
    let text = serde_json::to_string(&summary).unwrap_or_default();
    let ended = frontier.end(
        &run,
        summary.exit(),
        summary.stopped.is_none(),
        &text,
        Timestamp::now(),
    );
    match ended {
        // There was no room for the last word; the round is unfinished, which is what it would have said.
        Err(error) if error.is_full() => summary.stopped = Some(Stopped::DiskFull),
        other => other?,
    }
    Ok(summary)
}

/// Why a host's task ended.
#[derive(Debug)]
pub(super) struct Idle {
    host: String,
    /// What is left to do and why; `None`: nothing, as far as it knew.
    left: Option<Left>,
}

/// Who works, and what came of it.
struct Crew<T> {
    shared: Arc<Shared<T>>,
    running: HashSet<String>,
    /// Hosts that got something to do while their task ran.
    again: HashSet<String>,
    tasks: tokio::task::JoinSet<Idle>,
    summary: CrawlSummary,
    broken: Option<Broken>,
}

impl<T: Transport + 'static> Crew<T> {
    fn start(&mut self, host: String) {
        if !self.running.insert(host.clone()) {
            self.again.insert(host);
            return;
        }
        self.tasks
            .spawn(host::visit(Arc::clone(&self.shared), host));
    }

    async fn watch(
        &mut self,
        heard: &mut mpsc::UnboundedReceiver<Told>,
        mut stop: watch::Receiver<u8>,
        deadline: Option<Instant>,
    ) -> Result<(), CrawlError> {
        let mut asked = 0;
        let deadline = async {
            match deadline {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(deadline);
        let mut due = false;
        while !self.running.is_empty() || self.shared.open.load(Ordering::SeqCst) > 0 {
            tokio::select! {
                biased;
                changed = stop.wait_for(|stop| *stop > asked), if asked < 2 => {
                    let Ok(times) = changed.map(|times| *times) else {
                        asked = 2;
                        continue;
                    };
                    asked = times;
                    self.shared.finish(Stopped::Signal);
                    if times > 1 {
                        self.tasks.shutdown().await;
                        return Ok(());
                    }
                }
                () = &mut deadline, if !due => {
                    due = true;
                    self.shared.finish(Stopped::Deadline);
                }
                told = heard.recv() => match told {
                    Some(Told::Done(settled)) => {
                        for one in settled {
                            self.shared.open.fetch_sub(1, Ordering::SeqCst);
                            self.summary.count(&one, &self.shared);
                            for host in one.committed.hosts {
                                self.start(host);
                            }
                        }
                    }
                    Some(Told::Broken(broken)) => {
                        self.broken = Some(broken);
                        self.shared.finish(Stopped::DiskFull);
                        // Nothing more is written; who waits for that waits in vain.
                        self.tasks.shutdown().await;
                        return Ok(());
                    }
                    None => return Err(CrawlError::Ended { what: "the writing thread" }),
                },
                Some(ended) = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    let Ok(idle) = ended else {
                        return Err(CrawlError::Ended { what: "a task of the crawl" });
                    };
                    self.running.remove(&idle.host);
                    let on = *self.shared.course.borrow() == Course::On;
                    if self.again.remove(&idle.host) && on {
                        self.start(idle.host);
                    } else if let Some(left) = idle.left {
                        self.summary.left.insert(idle.host, left);
                    }
                }
            }
        }
        Ok(())
    }
}

impl<T> Shared<T> {
    fn recall(&self, host: &str) -> Option<Lane> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(host).cloned()
    }

    fn remember(&self, lane: &Lane) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(lane.host.clone(), lane.clone());
    }
}
