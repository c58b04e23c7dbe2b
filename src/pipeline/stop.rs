//! Being asked to stop: the first signal asks what runs to finish, the second to drop it, the third ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

/// The exit code of a run that a signal stopped (`docs/crawl.md`).
pub const STOPPED: u8 = 11;

/// What is being written when the second signal comes is written in this time, or left to be cut off by the next run.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Hears SIGINT and SIGTERM from when it is made until the process ends.
#[derive(Debug, Clone)]
pub struct Stop {
    count: Arc<AtomicU8>,
    told: watch::Receiver<u8>,
}

impl Stop {
    /// Begins to listen. From then on a first signal ends nothing by itself: ask [`Self::count`] or [`Self::told`].
    /// The second leaves two seconds, for a record that is being written; then, or with the third, the process ends with
    /// [`STOPPED`]: all that is written is written so that this loses nothing told of.
    ///
    /// # Errors
    ///
    /// If the system gives no thread or no signals.
    pub fn listen() -> std::io::Result<Self> {
        let (tell, told) = watch::channel(0);
        let count = Arc::new(AtomicU8::new(0));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let mut signals = {
            let _inside = runtime.enter();
            Signals::new()?
        };
        let counted = Arc::clone(&count);
        thread::Builder::new()
            .name("signals".into())
            .spawn(move || {
                runtime.block_on(async {
                    for number in 1_u8.. {
                        signals.next().await;
                        counted.store(number, Ordering::Relaxed);
                        // Nobody may be listening any more.
                        let _ = tell.send(number);
                        if number > 1 {
                            tokio::select! {
                                () = tokio::time::sleep(LAST_WORDS) => {}
                                () = signals.next() => {}
                            }
                            std::process::exit(i32::from(STOPPED));
                        }
                    }
                });
            })?;
        Ok(Self { count, told })
    }

    /// How often it was asked for.
    pub fn count(&self) -> &AtomicU8 {
        &self.count
    }

    /// Whether it was asked for.
    pub fn is_asked(&self) -> bool {
        self.count.load(Ordering::Relaxed) > 0
    }

    /// The same for who waits.
    pub fn told(&self) -> watch::Receiver<u8> {
        self.told.clone()
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // Without a signal there is nothing to tell.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
