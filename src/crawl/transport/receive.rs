//! Reading an answer off a connection, within its limits.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, timeout, timeout_at};

use super::framing::{Framing, Need};
use super::wire::Wire;
use super::{Limits, Truncated};

/// Up to here an answer grows freely; beyond it needs room, so that many hosts at once stay within the memory of few.
pub(super) const LARGE_BYTES: usize = 512 * 1024;

/// Beyond this it needs more room still.
pub(super) const HUGE_BYTES: usize = 8 << 20;

/// What is made room for before each read.
const READ_BYTES: usize = 32 * 1024;

/// How long bytes are waited for behind the announced end of an answer, once there were some.
const SURPLUS_WAIT: Duration = Duration::from_secs(2);

/// How long the end of a connection is waited for that the server said it would close.
const CLOSE_WAIT: Duration = Duration::from_millis(100);

/// Room for answers of two sizes. Who waits for the greater holds the smaller, never the other way, so none waits for ever.
#[derive(Debug, Clone)]
pub(super) struct Rooms {
    large: Arc<Semaphore>,
    huge: Arc<Semaphore>,
}

impl Rooms {
    /// For so many answers of each size.
    pub(super) fn new(large: usize, huge: usize) -> Self {
        Self {
            large: Arc::new(Semaphore::new(large.max(1))),
            huge: Arc::new(Semaphore::new(huge.max(1))),
        }
    }

    /// The room that an answer of this length needs and has not; and up to where it may grow with it.
    fn wanted(&self, got: &Received) -> Option<(&Arc<Semaphore>, usize)> {
        match got.room.len() {
            0 if got.bytes.len() >= LARGE_BYTES => Some((&self.large, HUGE_BYTES)),
            1 if got.bytes.len() >= HUGE_BYTES => Some((&self.huge, usize::MAX)),
            _ => None,
        }
    }
}

/// What came.
#[derive(Debug)]
pub(super) struct Received {
    /// All bytes, from the first of the connection on.
    pub(super) bytes: Vec<u8>,
    /// How they are cut.
    pub(super) framing: Framing,
    /// Why they are not whole.
    pub(super) truncated: Option<Truncated>,
    /// What ended the connection, where that was an error.
    pub(super) failure: Option<io::Error>,
    /// Whether time ran out before the first byte.
    pub(super) silent: bool,
    /// Room held for a large answer.
    pub(super) room: Vec<OwnedSemaphorePermit>,
}

/// Ends of the time allowed.
#[derive(Debug, Clone)]
pub(super) struct Deadlines {
    pub(super) header: Instant,
    pub(super) total: Instant,
    /// [`super::Ask::cut`].
    pub(super) cut: Option<watch::Receiver<bool>>,
}

impl Deadlines {
    /// Ends when no more is wanted; never, where nobody says so.
    async fn cut(&mut self) {
        if let Some(told) = &mut self.cut
            && told.wait_for(|cut| *cut).await.is_ok()
        {
            return;
        }
        std::future::pending::<()>().await;
    }

    /// Why an answer is not whole that did not end in time.
    fn why(&self) -> Truncated {
        match &self.cut {
            Some(told) if *told.borrow() => Truncated::Stopped,
            _ => Truncated::Time,
        }
    }
}

/// Reads one answer. Never fails: what ended it is in [`Received`].
pub(super) async fn receive(
    wire: &mut Wire,
    limits: &Limits,
    mut deadlines: Deadlines,
    rooms: &Rooms,
) -> Received {
    let mut got = Received {
        bytes: Vec::new(),
        framing: Framing::new(),
        truncated: None,
        failure: None,
        silent: false,
        room: Vec::new(),
    };
    loop {
        let need = got.framing.advance(&got.bytes);
        if let Need::Done { end } = need {
            finish(wire, limits, &mut deadlines, &mut got, end, rooms).await;
            return got;
        }
        let cap = cap(&got.framing, limits);
        if got.bytes.len() > cap {
            got.bytes.truncate(cap);
            got.truncated = Some(Truncated::Length);
            return got;
        }
        if let Some((size, reach)) = rooms.wanted(&got) {
            let waited = Instant::now();
            let room = tokio::select! {
                biased;
                () = deadlines.cut() => None,
                room = timeout(limits.total, Arc::clone(size).acquire_owned()) => {
                    room.ok().and_then(Result::ok)
                }
            };
            let Some(room) = room else {
                got.framing
                    .notes
                    .push("no room for a large answer in time".into());
                got.truncated = Some(deadlines.why());
                return got;
            };
            got.room.push(room);
            deadlines.total += waited.elapsed();
            // At once: growing step by step would hold it twice. Pages never written to cost nothing.
            let reach = reach.min(cap + 1);
            got.bytes
                .reserve_exact(reach.saturating_sub(got.bytes.len()));
        }
        let until = if got.framing.body.is_some() || got.framing.is_no_http() {
            deadlines.total
        } else {
            deadlines.total.min(deadlines.header)
        };
        let until = until.min(Instant::now() + limits.idle);
        match read(wire, &mut got, cap, until, &mut deadlines).await {
            Some(Ok(0)) if need == Need::Close => return got,
            Some(Ok(0)) => {
                got.truncated = Some(Truncated::Disconnect);
                return got;
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                end_by_error(&mut got, need, error);
                return got;
            }
            None => {
                got.silent = got.framing.is_unbegun(&got.bytes);
                got.truncated = Some(deadlines.why());
                return got;
            }
        }
    }
}

/// Position beyond which nothing is read.
fn cap(framing: &Framing, limits: &Limits) -> usize {
    let bound = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX / 4);
    match framing.body {
        Some(body) => body.saturating_add(bound(limits.max_body_bytes)),
        None if framing.is_no_http() => bound(limits.max_body_bytes),
        None => bound(limits.max_header_bytes),
    }
}

/// Reads once, one byte beyond `cap` at most; `None` where time ran out, or no more is wanted.
async fn read(
    wire: &mut Wire,
    got: &mut Received,
    cap: usize,
    until: Instant,
    deadlines: &mut Deadlines,
) -> Option<io::Result<usize>> {
    let left = cap + 1 - got.bytes.len();
    if got.bytes.capacity() - got.bytes.len() < READ_BYTES.min(left) {
        let announced = got.framing.announced.zip(got.framing.body);
        let whole =
            announced.and_then(|(size, body)| usize::try_from(size).ok()?.checked_add(body));
        let missing = whole.map_or(0, |whole| whole.saturating_sub(got.bytes.len()));
        got.bytes
            .reserve(missing.clamp(READ_BYTES, LARGE_BYTES).min(left));
    }
    let mut limited = wire.take(left as u64);
    tokio::select! {
        // First, or an answer that always has more to say would never be cut.
        biased;
        () = deadlines.cut() => None,
        read = timeout_at(until, limited.read_buf(&mut got.bytes)) => read.ok(),
    }
}

fn end_by_error(got: &mut Received, need: Need, error: io::Error) {
    // TLS without its closing message: common, and the length is only lost where nothing else tells it.
    if need == Need::Close && error.kind() == io::ErrorKind::UnexpectedEof {
        got.framing
            .notes
            .push("the encrypted connection ended without close_notify".into());
        return;
    }
    got.framing
        .notes
        .push(format!("the connection ended: {error}"));
    got.truncated = Some(Truncated::Disconnect);
    got.failure = Some(error);
}

/// The answer has ended. Bytes behind its announced end are kept with it: a length counted in characters
/// cuts a page that every byte of was sent.
async fn finish(
    wire: &mut Wire,
    limits: &Limits,
    deadlines: &mut Deadlines,
    got: &mut Received,
    end: usize,
    rooms: &Rooms,
) {
    let cap = cap(&got.framing, limits);
    if got.framing.reusable && got.bytes.len() == end && end <= cap {
        return;
    }
    let mut wait = if got.bytes.len() == end {
        CLOSE_WAIT
    } else {
        SURPLUS_WAIT
    };
    got.framing.reusable = false;
    while got.bytes.len() <= cap {
        if let Some((size, _)) = rooms.wanted(got) {
            let Ok(room) = Arc::clone(size).try_acquire_owned() else {
                break;
            };
            got.room.push(room);
        }
        let until = deadlines.total.min(Instant::now() + wait);
        match read(wire, got, cap, until, deadlines).await {
            Some(Ok(count)) if count > 0 => wait = SURPLUS_WAIT,
            _ => break,
        }
    }
    if got.bytes.len() > cap {
        got.bytes.truncate(cap);
        if cap < end {
            got.truncated = Some(Truncated::Length);
        }
    }
    if got.bytes.len() > end {
        let surplus = got.bytes.len() - end;
        got.framing.notes.push(format!(
            "{surplus} bytes behind the announced end of the answer"
        ));
    }
}
