//! Many items over all cores, results in the order of the items.
//!
//! In: an iterator and a pure function. Out: a call for every item, in order, on the calling
//! thread. Memory is bounded by [`Load`]: whoever reads ahead of the caller waits. A panic in
//! the function is that item's result and stops nothing.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::thread;

/// How much may be between the iterator and the caller at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Threads that work.
    pub jobs: NonZeroUsize,
    /// Bytes of items, by their weight. One item may exceed it, alone.
    pub max_bytes: u64,
}

impl Load {
    /// As many threads as cores (or `jobs`), 24 MiB: no two of the largest pages at once.
    pub fn new(jobs: Option<NonZeroUsize>) -> Self {
        let jobs = jobs.or_else(|| thread::available_parallelism().ok());
        Self {
            jobs: jobs.unwrap_or(NonZeroUsize::MIN),
            max_bytes: 24 << 20,
        }
    }

    /// Items per thread that may wait, small ones too: while the writer commits a group, nobody shall wait for it.
    const PER_JOB: usize = 256;
}

/// A panic that was caught.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a bug in nianbao: {message}")]
pub struct Caught {
    /// What it said, and where in the source.
    pub message: String,
}

/// Calls `work` for every item on several threads, then `take` for every item in order, on
/// this thread. `weigh` is an item's size in bytes. `take` may end it early.
pub fn ordered<T: Send, R: Send, B>(
    load: Load,
    items: impl Iterator<Item = T> + Send,
    weigh: impl Fn(&T) -> u64 + Sync,
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(T, Result<R, Caught>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    catch_quietly();
    let gate = Gate::new(load);
    let (to_workers, waiting_items) = sync_channel::<Batch<T>>(load.jobs.get());
    let waiting_items = Arc::new(Mutex::new(waiting_items));
    let (done, results) = channel();
    let (gate, weigh, work) = (&gate, &weigh, &work);
    thread::scope(|scope| {
        // However this ends, nobody may go on waiting for the gate.
        let _closing = Closing(gate);
        scope.spawn(move || {
            let mut items = items.enumerate();
            let (mut batch, mut bytes) = (Vec::new(), 0);
            let send = |batch: &mut Batch<T>| {
                batch.is_empty() || to_workers.send(std::mem::take(batch)).is_ok()
            };
            // The next item is not even made while a heavy one is under way. What is held here goes on before this waits:
            // it would wait for itself.
            while gate.has_room(|| send(&mut batch))
                && let Some(numbered) = items.next()
            {
                let weight = weigh(&numbered.1);
                if !gate.enter(weight, || send(&mut batch)) {
                    return;
                }
                bytes = if batch.is_empty() {
                    weight
                } else {
                    bytes + weight
                };
                batch.push(numbered);
                if (batch.len() >= BATCH || bytes >= BATCH_BYTES) && !send(&mut batch) {
                    return;
                }
            }
            send(&mut batch);
        });
        for _ in 0..load.jobs.get() {
            let (waiting_items, done) = (Arc::clone(&waiting_items), done.clone());
            scope.spawn(move || {
                while let Some(batch) = next(&waiting_items) {
                    for (number, item) in batch {
                        let result = caught(|| work(&item));
                        if done.send((number, item, result)).is_err() {
                            return;
                        }
                    }
                }
            });
        }
        drop((done, waiting_items));
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (number, item, result) in results {
            early.insert(number, (item, result));
            while let Some((item, result)) = early.remove(&due) {
                due += 1;
                let weight = weigh(&item);
                take(item, result)?;
                // Not before: until now its bytes were held.
                gate.leave(weight);
            }
        }
        ControlFlow::Continue(())
    })
}

/// Items on their way to a thread, numbered.
type Batch<T> = Vec<(usize, T)>;

/// Small items go to a thread together, so many or of so many bytes: waking it costs as much as reading a small page.
const BATCH: usize = 8;

/// See [`BATCH`].
const BATCH_BYTES: u64 = 256 << 10;

fn next<T>(items: &Mutex<Receiver<T>>) -> Option<T> {
    items
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .recv()
        .ok()
}

thread_local! {
    /// Whether a panic of this thread is caught, so that its message is not to be printed.
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    /// Where the last caught panic happened.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Panics that are caught here keep their place in the source and print nothing.
fn catch_quietly() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if CATCHING.get() {
                PLACE.set(info.location().map(ToString::to_string));
            } else {
                before(info);
            }
        }));
    });
}

fn caught<R>(work: impl FnOnce() -> R) -> Result<R, Caught> {
    CATCHING.set(true);
    // What `work` borrows is shared and only read.
    let result = catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(false);
    result.map_err(|payload| Caught {
        message: match PLACE.take() {
            Some(place) => format!("{} ({place})", said(payload.as_ref())),
            None => said(payload.as_ref()),
        },
    })
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".into())
}

/// Bytes under way above which no further item is made: the next one may be the largest.
const FEW: u64 = 8 << 20;

/// What is under way.
#[derive(Default)]
struct UnderWay {
    items: usize,
    bytes: u64,
    closed: bool,
    /// Whether somebody waits for less.
    awaited: bool,
}

struct Gate {
    under_way: Mutex<UnderWay>,
    changed: Condvar,
    max_items: usize,
    max_bytes: u64,
}

impl Gate {
    fn new(load: Load) -> Self {
        Self {
            under_way: Mutex::default(),
            changed: Condvar::new(),
            max_items: load.jobs.get().saturating_mul(Load::PER_JOB),
            max_bytes: load.max_bytes,
        }
    }

    fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until few bytes are under way; `false` where nobody wants anything any more. `before` is called before it waits and
    /// says whether that is worth it.
    fn has_room(&self, before: impl FnOnce() -> bool) -> bool {
        let full = |now: &UnderWay| now.bytes >= self.max_bytes.min(FEW);
        self.wait(full, before).is_some()
    }

    /// Waits until an item of this weight fits; else as [`Self::has_room`].
    fn enter(&self, bytes: u64, before: impl FnOnce() -> bool) -> bool {
        let full = |now: &UnderWay| {
            let heavy = now.bytes.saturating_add(bytes) > self.max_bytes;
            now.items > 0 && (heavy || now.items >= self.max_items)
        };
        let Some(mut now) = self.wait(full, before) else {
            return false;
        };
        now.items += 1;
        now.bytes = now.bytes.saturating_add(bytes);
        true
    }

    fn wait(
        &self,
        full: impl Fn(&UnderWay) -> bool,
        before: impl FnOnce() -> bool,
    ) -> Option<MutexGuard<'_, UnderWay>> {
        let mut now = self.lock();
        if !now.closed && full(&now) {
            drop(now);
            if !before() {
                return None;
            }
            now = self.lock();
            while !now.closed && full(&now) {
                now.awaited = true;
                now = self
                    .changed
                    .wait(now)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            now.awaited = false;
        }
        (!now.closed).then_some(now)
    }

    fn leave(&self, bytes: u64) {
        let mut now = self.lock();
        now.items = now.items.saturating_sub(1);
        now.bytes = now.bytes.saturating_sub(bytes);
        if now.awaited {
            self.changed.notify_one();
        }
    }
}

struct Closing<'g>(&'g Gate);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(jobs: usize, max_bytes: u64) -> Load {
        Load {
            jobs: NonZeroUsize::new(jobs).unwrap(),
            max_bytes,
        }
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for (jobs, max_bytes) in [(1, 1), (4, 1), (4, 1 << 20)] {
            let mut seen = Vec::new();
            let flow: ControlFlow<()> = ordered(
                load(jobs, max_bytes),
                0..500_u64,
                |item| *item,
                |item| {
                    if item % 7 == 0 {
                        thread::yield_now();
                    }
                    item * 2
                },
                |item, result| {
                    seen.push((item, result.unwrap()));
                    ControlFlow::Continue(())
                },
            );
            assert!(flow.is_continue());
            let want: Vec<_> = (0..500).map(|item| (item, item * 2)).collect();
            assert_eq!(seen, want);
        }
    }

    #[test]
    fn a_panic_is_one_items_result() {
        let mut failed = Vec::new();
        let flow: ControlFlow<()> = ordered(
            load(2, 100),
            0..20_u64,
            |_| 1,
            |item| assert!(*item != 7, "seven"),
            |item, result| {
                if let Err(caught) = result {
                    assert!(caught.message.contains("seven"), "{caught}");
                    assert!(caught.message.contains("parallel.rs"), "{caught}");
                    failed.push(item);
                }
                ControlFlow::Continue(())
            },
        );
        assert!(flow.is_continue());
        assert_eq!(failed, [7]);
    }

    #[test]
    fn the_caller_may_end_it() {
        let flow = ordered(
            load(3, 10),
            0_u64..,
            |_| 1,
            |item| *item,
            |item, _| {
                if item == 40 {
                    ControlFlow::Break(item)
                } else {
                    ControlFlow::Continue(())
                }
            },
        );
        assert_eq!(flow, ControlFlow::Break(40));
    }
}
