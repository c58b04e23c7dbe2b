//! One host at a time: its addresses in order, each in its turn.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use url::Url;

use super::gate::Gate;
use super::options::Event;
use super::read::{Examined, examine};
use super::summary::{Left, Stopped};
use super::{Course, Idle, Shared};
use crate::crawl::lanes::later;
use crate::crawl::transport::{Ask, Exchange, FetchError, Transport};
use crate::crawl::writer::{Finished, Work, room};
use crate::frontier::{Completion, Lane, Lease, Next};
use crate::model::{Outcome, Role};

/// How long an address that a name led to is taken for the one it leads to.
const RESOLVED_FOR: Duration = Duration::from_mins(10);
/// How long an exchange that was told to end may take to say what came.
const HANDED_BACK: Duration = Duration::from_millis(500);
/// Addresses taken from the ledger at once: few, so that what is more urgent comes next.
const FEW: usize = 4;
/// But more where they are dealt with in no time.
const MANY: usize = 64;

/// Why a host is not gone on with.
#[derive(Debug)]
pub(super) enum Ended {
    /// The run is being stopped.
    Stopped,
    /// Nothing more can be written.
    Broken,
    /// For a reason of the host.
    Left(Left),
}

/// A host being dealt with.
pub(super) struct Visit<T> {
    pub(super) shared: Arc<Shared<T>>,
    pub(super) host: String,
    pub(super) lane: Lane,
    pub(super) gates: HashMap<String, Gate>,
    pub(super) crawl_delay: Option<Duration>,
    site_delay: Option<Duration>,
    queue: VecDeque<Lease>,
    resolved: Option<(String, Option<IpAddr>, Instant)>,
    course: watch::Receiver<Course>,
    /// An answer being read while the next is asked for.
    behind: Option<(Lease, JoinHandle<Examined>)>,
}

/// Deals with a host until nothing of it is due.
pub(super) async fn visit<T: Transport + 'static>(shared: Arc<Shared<T>>, host: String) -> Idle {
    let lane = match shared.recall(&host) {
        Some(lane) => Some(lane),
        None => shared.ledger.lane(&host).await,
    };
    let Some(lane) = lane else {
        return Idle { host, left: None };
    };
    let course = shared.course.subscribe();
    let mut visit = Visit {
        lane,
        gates: HashMap::new(),
        crawl_delay: None,
        site_delay: None,
        queue: VecDeque::new(),
        resolved: None,
        course,
        behind: None,
        shared,
        host,
    };
    let ended = visit.run().await;
    let caught_up = visit.catch_up().await;
    let left = match (ended, caught_up) {
        (Err(Ended::Left(left)), _) | (_, Err(Ended::Left(left))) => Some(left),
        _ => None,
    };
    visit.give_back();
    visit.shared.remember(&visit.lane);
    Idle {
        host: visit.host,
        left,
    }
}

impl<T: Transport + 'static> Visit<T> {
    async fn run(&mut self) -> Result<(), Ended> {
        loop {
            self.may_go_on().await?;
            if self.queue.is_empty() && !self.refill().await? {
                return Ok(());
            }
            let Some(lease) = self.queue.pop_front() else {
                continue;
            };
            if let Err(ended) = self.deal(&lease).await {
                self.back(lease);
                return Err(ended);
            }
        }
    }

    /// Waits where the host is to be left alone for a while; ends where for longer, or where its budget is spent.
    pub(super) async fn may_go_on(&mut self) -> Result<(), Ended> {
        self.check()?;
        let budget = &self.shared.options.budget;
        let spent = if self.lane.pages >= budget.pages {
            Some(format!("{} pages", self.lane.pages))
        } else if self.lane.bytes >= budget.bytes {
            Some(format!("{} bytes", self.lane.bytes))
        } else if u128::from(self.lane.spent_ms) >= budget.time.as_millis() {
            Some(format!("{} s of answers", self.lane.spent_ms / 1000))
        } else {
            None
        };
        if let Some(spent) = spent {
            return Err(Ended::Left(Left {
                outcome: Outcome::BudgetSpent,
                why: format!("the budget is spent: {spent}"),
                until: None,
            }));
        }
        let Some(until) = self.lane.not_before else {
            return Ok(());
        };
        if until > Timestamp::now() {
            // An answer still being read may lengthen it.
            self.catch_up().await?;
            self.wait(until, Outcome::Throttled).await?;
        }
        self.lane.not_before = None;
        self.lane.why = String::new();
        Ok(())
    }

    /// Waits until a time, or leaves the host to the next run.
    async fn wait(&mut self, until: Timestamp, outcome: Outcome) -> Result<(), Ended> {
        let why = self.lane.why.clone();
        let patience = later(Timestamp::now(), self.shared.options.patience);
        let too_long = until > patience;
        self.shared.tell(&Event::Waiting {
            host: &self.host,
            until: Some(until),
            why: &why,
        });
        if too_long {
            return Err(Ended::Left(Left {
                outcome,
                why,
                until: Some(until.to_string()),
            }));
        }
        self.sleep(until).await
    }

    /// Sleeps until a time of the calendar, unless the run is stopped.
    pub(super) async fn sleep(&mut self, until: Timestamp) -> Result<(), Ended> {
        let left = until.duration_since(Timestamp::now());
        let left = Duration::try_from(left).unwrap_or_default();
        tokio::select! {
            () = tokio::time::sleep(left) => Ok(()),
            _ = self.course.wait_for(|course| *course != Course::On) => Err(Ended::Stopped),
        }
    }

    fn check(&self) -> Result<(), Ended> {
        if *self.course.borrow() == Course::On {
            Ok(())
        } else {
            Err(Ended::Stopped)
        }
    }

    /// Takes more addresses; `false` where none is due.
    async fn refill(&mut self) -> Result<bool, Ended> {
        loop {
            let quick = self.gap(Duration::ZERO).is_zero();
            let count = if quick { MANY } else { FEW };
            let taken = self.shared.ledger.lease(&self.host, count).await;
            let (leases, next) = taken.ok_or(Ended::Broken)?;
            if !leases.is_empty() {
                self.queue.extend(leases);
                return Ok(true);
            }
            let Some(next) = next else { return Ok(false) };
            self.catch_up().await?;
            if next > later(Timestamp::now(), self.shared.options.patience) {
                return Err(Ended::Left(Left {
                    outcome: Outcome::Throttled,
                    why: "to be tried again later".into(),
                    until: Some(next.to_string()),
                }));
            }
            self.sleep(next).await?;
        }
    }

    async fn deal(&mut self, lease: &Lease) -> Result<(), Ended> {
        if lease.role == Role::Robots {
            // Asked for when its host is, never by its row.
            self.settle(lease.clone(), Outcome::Ok, "robots.txt".into(), Next::Done);
            return Ok(());
        }
        let Ok(url) = Url::parse(&lease.url) else {
            self.settle(
                lease.clone(),
                Outcome::OutOfScope,
                "no address".into(),
                Next::Skipped,
            );
            return Ok(());
        };
        self.site_delay = self.shared.options.scope.delay(&lease.site);
        self.gate(&url, &lease.site).await?;
        let origin = url.origin().ascii_serialization();
        if let Some(gate) = self.gates.get(&origin) {
            let decision = gate.state.verdict(&self.shared.options.agent, &url);
            if !decision.allowed {
                let (outcome, why) = refusal(&decision);
                self.settle(lease.clone(), outcome, why, Next::Skipped);
                return Ok(());
            }
        }
        self.may_go_on().await?;
        if let Some(limit) = self.shared.options.limit
            && self.shared.asked.fetch_add(1, Ordering::Relaxed) >= limit
        {
            self.shared.asked.fetch_sub(1, Ordering::Relaxed);
            self.shared.finish(Stopped::Limit);
            return Err(Ended::Stopped);
        } else if self.shared.options.limit.is_none() {
            self.shared.asked.fetch_add(1, Ordering::Relaxed);
        }
        let result = self.ask(&url, lease).await?;
        // Read while the next is asked for only where the status already says that nothing is amiss, and where the next
        // cannot wait for room that this one holds.
        let well = matches!(&result, Ok(exchange) if exchange.status == Some(200) && exchange.room.is_none());
        self.catch_up().await?;
        let reading = self.start_reading(lease, &url, result);
        self.behind = Some((lease.clone(), reading));
        if !(well && self.gap(Duration::ZERO).is_zero()) {
            self.catch_up().await?;
        }
        Ok(())
    }

    /// Asks, in the host's turn. Every request goes through here.
    pub(super) async fn ask(
        &mut self,
        url: &Url,
        lease: &Lease,
    ) -> Result<Result<Exchange, FetchError>, Ended> {
        let shared = Arc::clone(&self.shared);
        let address = self.address(url).await;
        let (crawl_delay, site_delay, slow) = (self.crawl_delay, self.site_delay, self.lane.slow);
        let policy = shared.options.policy;
        let gap = |took| policy.gap(site_delay, crawl_delay, slow, took);
        let mut course = self.course.clone();
        let host = super::read::host_of(url);
        let turn = tokio::select! {
            turn = shared.lanes.turn(&host, address, gap) => turn,
            _ = course.wait_for(|course| *course != Course::On) => return Err(Ended::Stopped),
        };
        let Ok(_connection) = shared.connections.acquire().await else {
            return Err(Ended::Broken);
        };
        // A stopped run begins nothing.
        self.check()?;
        let mut ask = Ask::new(url);
        ask.limits = shared.options.limits;
        if lease.last_page.is_some() && lease.role != Role::Robots {
            let conditions = [
                ("If-None-Match", &lease.etag),
                ("If-Modified-Since", &lease.last_modified),
            ];
            for (name, value) in conditions {
                if let Some(value) = value {
                    ask.headers.push((name.to_owned(), value.clone()));
                }
            }
        }
        let (tell, cut) = watch::channel(false);
        ask.cut = Some(cut);
        let over = async {
            let since = match course.wait_for(|course| *course != Course::On).await {
                Ok(course) => match *course {
                    Course::Finish(_, since) => since,
                    Course::On => Instant::now(),
                },
                Err(_) => Instant::now(),
            };
            sleep_until(since + shared.options.grace).await;
        };
        let started = Instant::now();
        let fetching = shared.transport.fetch(&ask);
        tokio::pin!(fetching);
        let result = tokio::select! {
            result = &mut fetching => result,
            () = over => {
                // What has come is kept; where nothing has, nothing was asked as far as the ledger goes.
                let _ = tell.send(true);
                match timeout(HANDED_BACK, fetching).await {
                    Ok(result @ (Ok(_) | Err(FetchError::Protocol { .. }))) => result,
                    Ok(Err(_)) | Err(_) => return Err(Ended::Stopped),
                }
            }
        };
        let took = started.elapsed();
        turn.end(took);
        let reached = match &result {
            Ok(exchange) => Some(exchange.address.ip()),
            Err(error) => error.address().map(|address| address.ip()),
        };
        if let Some(reached) = reached.filter(|reached| Some(*reached) != address) {
            shared.lanes.note(reached, took).await;
        }
        self.lane.pages += u64::from(lease.role != Role::Robots);
        self.lane.spent_ms += u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        Ok(result)
    }

    /// The address that a host leads to, for the lane; `None` where the transport will say.
    async fn address(&mut self, url: &Url) -> Option<IpAddr> {
        let origin = url.origin().ascii_serialization();
        if let Some((known, address, at)) = &self.resolved
            && *known == origin
            && at.elapsed() < RESOLVED_FOR
        {
            return *address;
        }
        let address = self
            .shared
            .transport
            .resolve(url, &self.shared.options.limits)
            .await;
        self.resolved = Some((origin, address, Instant::now()));
        address
    }

    /// The gap after an answer that took `took`.
    fn gap(&self, took: Duration) -> Duration {
        let policy = &self.shared.options.policy;
        policy.gap(self.site_delay, self.crawl_delay, self.lane.slow, took)
    }

    fn start_reading(
        &self,
        lease: &Lease,
        url: &Url,
        result: Result<Exchange, FetchError>,
    ) -> JoinHandle<Examined> {
        let (shared, lease, url) = (Arc::clone(&self.shared), lease.clone(), url.clone());
        tokio::spawn(async move {
            let _reader = shared.readers.acquire().await;
            let options = shared.options.clone();
            let lent = (lease.clone(), url.clone());
            let read =
                tokio::task::spawn_blocking(move || examine(&options, &lent.0, &lent.1, result));
            match read.await {
                Ok(examined) => examined,
                // The reader panicked. A page must not end a run; nothing is known of it.
                Err(_) => Examined::unread(),
            }
        })
    }

    /// Reads an answer now.
    pub(super) async fn examine(
        &mut self,
        lease: &Lease,
        url: &Url,
        result: Result<Exchange, FetchError>,
    ) -> Result<Examined, Ended> {
        let reading = self.start_reading(lease, url, result);
        reading.await.map_err(|_| Ended::Broken)
    }

    /// Deals with the answer that is being read, if one is.
    async fn catch_up(&mut self) -> Result<(), Ended> {
        let Some((lease, reading)) = self.behind.take() else {
            return Ok(());
        };
        let examined = reading.await.map_err(|_| Ended::Broken)?;
        let now = Timestamp::now();
        if !examined.cut {
            let options = &self.shared.options;
            options.policy.after(
                &mut self.lane,
                examined.outcome,
                examined.wire.status,
                examined.retry_after,
                now,
            );
        }
        self.lane.bytes += examined.wire.response.len() as u64;
        let next = self.next(&lease, &examined, now);
        let bytes = examined.wire.response.len();
        let permit = room(&self.shared.waiting, bytes).await;
        self.shared.remember(&self.lane);
        self.send(Finished {
            completion: Completion {
                lease,
                outcome: examined.outcome,
                why: examined.why,
                next,
                recorded: None,
                etag: examined.etag,
                last_modified: examined.last_modified,
                found: examined.found,
                lane: Some(self.lane.clone()),
                robots: None,
            },
            wire: Some(examined.wire),
            permit,
            durable: None,
        });
        Ok(())
    }

    /// What becomes of an address.
    fn next(&self, lease: &Lease, examined: &Examined, now: Timestamp) -> Next {
        if examined.cut {
            return Next::Unfinished;
        }
        let retry = &self.shared.options.retry;
        let failed_for_a_moment = match examined.outcome {
            Outcome::Ok
            | Outcome::NotModified
            | Outcome::Redirect
            | Outcome::Gone
            | Outcome::SoftGone => return Next::Done,
            Outcome::Throttled
            | Outcome::Dns
            | Outcome::Connect
            | Outcome::Timeout
            | Outcome::Protocol => true,
            Outcome::ErrorPage => examined.wire.status.is_none_or(|status| status >= 500),
            _ => false,
        };
        if !failed_for_a_moment || lease.attempts + 1 >= retry.attempts {
            return Next::Failed;
        }
        let pause = retry.pause * 4_u32.saturating_pow(lease.attempts);
        let at = later(now, pause);
        Next::Again(examined.retry_after.map_or(at, |asked| asked.max(at)))
    }

    /// An address that nothing was asked of.
    fn settle(&self, lease: Lease, outcome: Outcome, why: String, next: Next) {
        self.send(Finished {
            completion: Completion {
                lease,
                outcome,
                why,
                next,
                recorded: None,
                etag: None,
                last_modified: None,
                found: None,
                lane: None,
                robots: None,
            },
            wire: None,
            permit: None,
            durable: None,
        });
    }

    fn back(&self, lease: Lease) {
        self.settle(lease, Outcome::Ok, String::new(), Next::Back);
    }

    fn give_back(&mut self) {
        for lease in std::mem::take(&mut self.queue) {
            self.back(lease);
        }
    }

    pub(super) fn send(&self, finished: Finished) {
        self.shared.open.fetch_add(1, Ordering::SeqCst);
        self.shared.ledger.send(Work::Finished(Box::new(finished)));
    }
}

/// What a verdict of robots.txt is called.
fn refusal(decision: &crate::crawl::robots::Decision) -> (Outcome, String) {
    let outcome = match decision.rule {
        Some(_) => Outcome::RobotsDisallowed,
        None => Outcome::RobotsUnreachable,
    };
    (outcome, decision.why())
}
