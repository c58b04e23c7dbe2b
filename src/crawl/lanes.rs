//! Who is asked when: one request at a time and a gap after it, for each registered domain and each address.
//!
//! In: a host, the address it leads to, the policy, what its answers were. Out: turns. A host lies within its registered
//! domain, so a turn of the domain is one of the host; one box often serves a whole county, so the address has turns of
//! its own. A lane that nothing is known of waits its gap from the start of the process: an earlier process may have asked
//! a moment ago.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex as Slot, OwnedMutexGuard};
use tokio::time::{Instant, sleep_until};

use crate::frontier::Lane;
use crate::model::Outcome;

/// How politely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The least gap after an answer. 0 is for tests on the own machine: then only what a server asks for slows us.
    pub delay: Duration,
    /// The most that a `Crawl-delay` is heeded.
    pub crawl_delay_cap: Duration,
    /// The gap is at least this many times what the last answer took.
    pub fetch_factor: u32,
    /// But no longer than this for that reason.
    pub fetch_cap: Duration,
    /// The most the gap is stretched by refusals, as a factor.
    pub slow_cap: u32,
    /// Pages in a row after which a stretched gap is halved.
    pub calm: u32,
    /// Refusals in a row after which a host is parked.
    pub park_after: u32,
    /// For how long, the first time; twice as long each time after.
    pub park: Duration,
    /// The longest it is parked.
    pub park_cap: Duration,
    /// Failures in a row after which a host is left alone.
    pub errors: u32,
    /// For how long.
    pub errors_pause: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            delay: Duration::from_secs(3),
            crawl_delay_cap: Duration::from_mins(1),
            fetch_factor: 2,
            fetch_cap: Duration::from_mins(1),
            slow_cap: 64,
            calm: 10,
            park_after: 5,
            park: Duration::from_hours(6),
            park_cap: Duration::from_hours(48),
            errors: 10,
            errors_pause: Duration::from_hours(1),
        }
    }
}

/// The shortest gap that is stretched where the policy has none.
const STRETCHED: Duration = Duration::from_millis(500);
/// The longest gap, whatever the reasons.
const LONGEST: Duration = Duration::from_mins(10);

impl Policy {
    /// The gap of a host after an answer that took `took`.
    pub fn gap(
        &self,
        site: Option<Duration>,
        crawl_delay: Option<Duration>,
        slow: u32,
        took: Duration,
    ) -> Duration {
        let mut gap = self.delay.max(site.unwrap_or_default());
        if !gap.is_zero() {
            gap = gap.max((took * self.fetch_factor).min(self.fetch_cap));
        }
        gap = gap.max(crawl_delay.unwrap_or_default().min(self.crawl_delay_cap));
        if slow > 1 {
            gap = gap.max(STRETCHED) * slow;
            return gap.min(LONGEST);
        }
        gap
    }

    /// What an answer means for its host. `retry_after`: what the server asks for.
    pub fn after(
        &self,
        lane: &mut Lane,
        outcome: Outcome,
        status: Option<u16>,
        retry_after: Option<Timestamp>,
        now: Timestamp,
    ) {
        let slower = |lane: &mut Lane| {
            lane.slow = lane.slow.saturating_mul(2).min(self.slow_cap);
            lane.calm = 0;
        };
        match outcome {
            Outcome::Ok | Outcome::NotModified => {
                (lane.blocked, lane.errors, lane.parks) = (0, 0, 0);
                lane.calm = lane.calm.saturating_add(1);
                if lane.slow > 1 && lane.calm >= self.calm {
                    lane.slow /= 2;
                    lane.calm = 0;
                }
            }
            Outcome::Redirect | Outcome::Gone | Outcome::SoftGone | Outcome::TooManyRedirects => {
                (lane.blocked, lane.errors) = (0, 0);
            }
            _ if outcome.is_blocking() => {
                lane.errors = 0;
                lane.blocked += 1;
                if outcome == Outcome::Throttled || lane.blocked > 1 {
                    slower(lane);
                }
                lane.calm = 0;
            }
            Outcome::ErrorPage
            | Outcome::Dns
            | Outcome::Connect
            | Outcome::Tls
            | Outcome::Timeout
            | Outcome::Protocol
            | Outcome::AddressRefused => {
                lane.errors += 1;
                lane.calm = 0;
                if status == Some(503) {
                    slower(lane);
                }
            }
            _ => {}
        }
        let mut wait = |until: Timestamp, why: String| {
            if lane.not_before.is_none_or(|known| known < until) {
                lane.not_before = Some(until);
                lane.why = why;
            }
        };
        if let Some(until) = retry_after {
            wait(until, "Retry-After of the server".into());
        }
        if lane.blocked >= self.park_after {
            let factor = 1 << lane.parks.min(16);
            let park = (self.park * factor).min(self.park_cap);
            wait(
                later(now, park),
                format!("{} refusals in a row", lane.blocked),
            );
            lane.parks += 1;
            // One more refusal after the pause parks it again.
            lane.blocked = self.park_after - 1;
        } else if lane.errors >= self.errors {
            wait(
                later(now, self.errors_pause),
                format!("{} failures in a row", lane.errors),
            );
            lane.errors = self.errors - 1;
        }
    }
}

/// `now` and a while.
pub fn later(now: Timestamp, while_: Duration) -> Timestamp {
    SignedDuration::try_from(while_)
        .ok()
        .and_then(|while_| now.checked_add(while_).ok())
        .unwrap_or(Timestamp::MAX)
}

/// When a lane was last asked.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    ended: Option<Instant>,
    took: Duration,
}

type Lasts<K> = Mutex<HashMap<K, Arc<Slot<Last>>>>;

/// The lanes of a process.
#[derive(Debug)]
pub struct Lanes {
    started: Instant,
    domains: Lasts<String>,
    addresses: Lasts<IpAddr>,
}

/// The right to ask once. Lanes are free again when it is dropped; the gap counts from [`Turn::end`].
#[derive(Debug)]
pub struct Turn {
    held: Vec<OwnedMutexGuard<Last>>,
}

impl Lanes {
    /// Lanes of a process that starts now.
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            domains: Mutex::default(),
            addresses: Mutex::default(),
        }
    }

    /// Waits for a turn of a host. `gap`: what is to lie between the end of the last answer, which took so long, and now.
    pub async fn turn(
        &self,
        host: &str,
        address: Option<IpAddr>,
        gap: impl Fn(Duration) -> Duration,
    ) -> Turn {
        // Always the domain before the address, so that two never wait for each other.
        let mut held = vec![
            slot(&self.domains, registered_domain(host))
                .lock_owned()
                .await,
        ];
        if let Some(address) = address {
            held.push(slot(&self.addresses, address).lock_owned().await);
        }
        let ready = held
            .iter()
            .map(|last| last.ended.unwrap_or(self.started) + gap(last.took))
            .max();
        if let Some(ready) = ready
            && ready > Instant::now()
        {
            sleep_until(ready).await;
        }
        Turn { held }
    }

    /// Notes that an address was asked without its turn having been taken: the name led elsewhere than before.
    pub async fn note(&self, address: IpAddr, took: Duration) {
        let mut last = slot(&self.addresses, address).lock_owned().await;
        *last = Last {
            ended: Some(Instant::now()),
            took,
        };
    }
}

impl Default for Lanes {
    fn default() -> Self {
        Self::new()
    }
}

impl Turn {
    /// The answer is there, or will not come.
    pub fn end(mut self, took: Duration) {
        let ended = Some(Instant::now());
        for last in &mut self.held {
            **last = Last { ended, took };
        }
        self.held.clear();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // A request cut short was made all the same.
        let ended = Some(Instant::now());
        for last in &mut self.held {
            last.ended = ended;
        }
    }
}

fn slot<K: std::hash::Hash + Eq>(lasts: &Lasts<K>, key: K) -> Arc<Slot<Last>> {
    let mut lasts = lasts.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(lasts.entry(key).or_default())
}

/// Second labels under `.cn` that are nobody's own: kinds of bodies and provinces.
const CN_SECOND: [&str; 42] = [
    "gov", "com", "org", "net", "edu", "ac", "mil", "bj", "sh", "tj", "cq", "he", "sx", "nm", "ln",
    "jl", "hl", "js", "zj", "ah", "fj", "jx", "sd", "ha", "hb", "hn", "gd", "gx", "hi", "sc", "gz",
    "yn", "xz", "sn", "gs", "qh", "nx", "xj", "tw", "hk", "mo", "ws",
];
/// Kinds of bodies that other countries have in that place.
const SECOND: [&str; 9] = ["gov", "com", "org", "net", "edu", "ac", "mil", "co", "gob"];

/// The part of a host's name that one body registers, by a rule of thumb: the last two labels, three where the second is a
/// kind of body or a Chinese province. Grouping too much is only more polite. An address is its own domain.
pub fn registered_domain(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if name.starts_with('[') || name.parse::<IpAddr>().is_ok() {
        return name;
    }
    let labels: Vec<&str> = name.split('.').collect();
    let second = labels.len().checked_sub(2).map_or("", |at| labels[at]);
    let known = match labels.last() {
        Some(&"cn") => CN_SECOND.contains(&second),
        Some(last) => last.len() == 2 && SECOND.contains(&second),
        None => false,
    };
    let keep = labels.len().min(if known { 3 } else { 2 });
    labels[labels.len() - keep..].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_body_registers_one_domain() {
        for (host, domain) in [
            ("www.yunxi.gov.cn", "yunxi.gov.cn"),
            ("zwgk.jyj.yunxi.gov.cn:8080", "yunxi.gov.cn"),
            ("yunxi.gov.cn", "yunxi.gov.cn"),
            ("gov.cn", "gov.cn"),
            ("www.gov.cn", "www.gov.cn"),
            ("a.bj.cn", "a.bj.cn"),
            ("www.yunxi.cn", "yunxi.cn"),
            ("www.a.example", "a.example"),
            ("a.b.co.uk", "b.co.uk"),
            ("59.1.2.3:81", "59.1.2.3"),
            ("[::1]:80", "[::1]"),
            ("localhost", "localhost"),
            ("WWW.A.Example.", "a.example"),
        ] {
            assert_eq!(registered_domain(host), domain, "{host}");
        }
    }

    #[test]
    fn the_gap_is_the_longest_reason_and_stretched_by_refusals() {
        let policy = Policy::default();
        let second = Duration::from_secs(1);
        assert_eq!(policy.gap(None, None, 1, second), 3 * second);
        assert_eq!(policy.gap(Some(5 * second), None, 1, second), 5 * second);
        assert_eq!(policy.gap(None, Some(10 * second), 1, second), 10 * second);
        assert_eq!(policy.gap(None, Some(900 * second), 1, second), 60 * second);
        assert_eq!(policy.gap(None, None, 1, 20 * second), 40 * second);
        assert_eq!(policy.gap(None, None, 1, 200 * second), 60 * second);
        assert_eq!(policy.gap(None, None, 4, second), 12 * second);
        assert_eq!(policy.gap(None, None, 64, 60 * second), LONGEST);
        let none = Policy {
            delay: Duration::ZERO,
            ..policy
        };
        assert_eq!(none.gap(None, None, 1, second), Duration::ZERO);
        assert_eq!(none.gap(None, None, 2, second), second);
    }

    #[test]
    fn refusals_slow_and_park_and_pages_mend() {
        let policy = Policy::default();
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let mut lane = Lane::new("a");
        policy.after(&mut lane, Outcome::Blocked, Some(403), None, now);
        assert_eq!((lane.slow, lane.blocked), (1, 1), "one is no burst");
        policy.after(&mut lane, Outcome::Blocked, Some(403), None, now);
        assert_eq!(lane.slow, 2);
        policy.after(
            &mut lane,
            Outcome::Throttled,
            Some(429),
            Some(later(now, Duration::from_mins(2))),
            now,
        );
        assert_eq!(lane.slow, 4);
        assert_eq!(lane.not_before, Some(later(now, Duration::from_mins(2))));
        for _ in 0..9 {
            policy.after(&mut lane, Outcome::Ok, Some(200), None, now);
        }
        policy.after(&mut lane, Outcome::Gone, Some(404), None, now);
        assert_eq!((lane.slow, lane.blocked), (4, 0), "no page, no speeding up");
        policy.after(&mut lane, Outcome::Ok, Some(200), None, now);
        assert_eq!(lane.slow, 2);
        for _ in 0..5 {
            policy.after(&mut lane, Outcome::Challenge, Some(412), None, now);
        }
        assert_eq!(lane.not_before, Some(later(now, policy.park)));
        policy.after(
            &mut lane,
            Outcome::Challenge,
            Some(412),
            None,
            later(now, policy.park),
        );
        assert_eq!(lane.not_before, Some(later(now, policy.park * 3)));
        let mut lane = Lane::new("a");
        policy.after(&mut lane, Outcome::ErrorPage, Some(503), None, now);
        assert_eq!(lane.slow, 2);
        for _ in 0..9 {
            policy.after(&mut lane, Outcome::Connect, None, None, now);
        }
        assert_eq!(lane.not_before, Some(later(now, policy.errors_pause)));
    }

    #[tokio::test]
    async fn hosts_of_one_domain_or_one_address_take_turns() {
        let lanes = Arc::new(Lanes::new());
        let start = Instant::now();
        let gap = |_| Duration::from_millis(60);
        let mut tasks = Vec::new();
        for (host, address) in [
            ("www.a.example", 1),
            ("zw.a.example", 2),
            ("b.example", 2),
            ("c.example", 3),
        ] {
            let lanes = Arc::clone(&lanes);
            let address = Some(IpAddr::from([127, 0, 0, address]));
            tasks.push(tokio::spawn(async move {
                let mut times = Vec::new();
                for _ in 0..3 {
                    let turn = lanes.turn(host, address, gap).await;
                    let from = start.elapsed();
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    times.push((from, start.elapsed()));
                    turn.end(Duration::ZERO);
                }
                times
            }));
        }
        let mut times = Vec::new();
        for task in tasks {
            times.push(task.await.unwrap());
        }
        for pair in [[0, 1], [1, 2], [0, 0], [3, 3]] {
            let mut all: Vec<_> = times[pair[0]].iter().chain(&times[pair[1]]).collect();
            all.sort();
            all.dedup();
            assert!(all[0].0 >= gap(Duration::ZERO), "the first waits too");
            let apart = all
                .windows(2)
                .all(|pair| pair[1].0 >= pair[0].1 + gap(Duration::ZERO));
            assert!(apart, "{pair:?}: {times:?}");
        }
    }
}
