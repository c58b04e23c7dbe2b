//! robots.txt: had once a day an origin, archived as all else, asked before anything of the origin is.

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::host::{Ended, Visit};
use super::options::Event;
use crate::crawl::lanes::later;
use crate::crawl::robots::{MOST_REDIRECTS, RobotsState, VALID, from_status};
use crate::crawl::transport::Transport;
use crate::crawl::writer::Finished;
use crate::frontier::{Completion, Lease, Next, RobotsRow};
use crate::model::Outcome;

/// How long "could not be had" is relied on.
const UNHAD: Duration = Duration::from_mins(30);

/// What the robots.txt of an origin says.
#[derive(Debug)]
pub(super) struct Gate {
    pub state: RobotsState,
    pub expires: Timestamp,
}

impl Gate {
    fn of(row: &RobotsRow) -> Self {
        Self {
            state: from_status(row.status, &row.body),
            expires: row.expires,
        }
    }
}

impl<T: Transport + 'static> Visit<T> {
    /// Has the robots.txt of an origin at hand.
    pub(super) async fn gate(&mut self, url: &Url, site: &str) -> Result<(), Ended> {
        let origin = url.origin().ascii_serialization();
        let now = Timestamp::now();
        if self
            .gates
            .get(&origin)
            .is_some_and(|gate| gate.expires > now)
        {
            return Ok(());
        }
        let row = self
            .shared
            .ledger
            .robots(&origin)
            .await
            .ok_or(Ended::Broken)?;
        let gate = match row.filter(|row| row.expires > now) {
            Some(row) => Gate::of(&row),
            None => self.fetch_robots(url, &origin, site).await?,
        };
        let asked = gate.state.crawl_delay(&self.shared.options.agent);
        let cap = self.shared.options.policy.crawl_delay_cap;
        if let Some(asked) = asked.filter(|asked| *asked > cap) {
            self.shared.tell(&Event::Note {
                host: &self.host,
                text: &format!(
                    "robots.txt asks for a delay of {} s; {} s are kept",
                    asked.as_secs(),
                    cap.as_secs()
                ),
            });
        }
        self.crawl_delay = self.crawl_delay.max(asked);
        self.gates.insert(origin, gate);
        Ok(())
    }

    async fn fetch_robots(&mut self, url: &Url, origin: &str, site: &str) -> Result<Gate, Ended> {
        let retry = self.shared.options.retry;
        let mut pause = retry.pause;
        let mut attempt = 1;
        loop {
            let row = self.try_robots(url, origin, site).await?;
            let unhad = matches!(
                from_status(row.status, &row.body),
                RobotsState::NothingAllowed(_)
            );
            if !unhad || attempt >= retry.attempts {
                return Ok(Gate::of(&row));
            }
            self.sleep(later(Timestamp::now(), pause)).await?;
            // The server may have asked for more.
            self.may_go_on().await?;
            pause *= 4;
            attempt += 1;
        }
    }

    async fn try_robots(
        &mut self,
        url: &Url,
        origin: &str,
        site: &str,
    ) -> Result<RobotsRow, Ended> {
        let mut target = url.clone();
        target.set_path("/robots.txt");
        target.set_query(None);
        let mut redirects = 0;
        loop {
            let host = super::read::host_of(&target);
            let lease = self
                .shared
                .ledger
                .lease_robots(target.as_str(), &host, site)
                .await;
            let lease: Lease = lease.ok_or(Ended::Broken)?;
            let result = self.ask(&target, &lease).await?;
            let examined = self.examine(&lease, &target, result).await?;
            let cut = examined.cut;
            let next = match (&examined.redirect, examined.outcome) {
                (Some(next), Outcome::Redirect) if redirects < MOST_REDIRECTS => Some(next.clone()),
                _ => None,
            };
            let fetched = Timestamp::now();
            // Rules that cannot be read are not had: taken for none, they would allow all.
            let status = examined.wire.status;
            let status = status.filter(|status| *status >= 300 || examined.body.is_some());
            let body = examined.body.unwrap_or_default();
            let state = from_status(status, &body);
            let unhad = matches!(state, RobotsState::NothingAllowed(_));
            let row = RobotsRow {
                origin: origin.to_owned(),
                status,
                body,
                fetched,
                expires: later(fetched, if unhad { UNHAD } else { VALID }),
            };
            if !cut {
                let options = &self.shared.options;
                options.policy.after(
                    &mut self.lane,
                    examined.outcome,
                    examined.wire.status,
                    examined.retry_after,
                    fetched,
                );
            }
            self.lane.bytes += examined.wire.response.len() as u64;
            // Half of a file of rules is no rules.
            let last = next.is_none() && !cut;
            let (durable, written) = tokio::sync::oneshot::channel();
            self.send(Finished {
                completion: Completion {
                    lease,
                    outcome: examined.outcome,
                    why: examined.why,
                    next: Next::Done,
                    recorded: None,
                    etag: None,
                    last_modified: None,
                    found: None,
                    lane: Some(self.lane.clone()),
                    robots: last.then(|| row.clone()),
                },
                wire: Some(examined.wire),
                permit: None,
                durable: Some(durable),
            });
            // Its delay is to hold for the next process too, before anything else is asked.
            written.await.map_err(|_| Ended::Broken)?;
            if cut {
                return Err(Ended::Stopped);
            }
            match next {
                Some(next) => target = next,
                None => return Ok(row),
            }
            redirects += 1;
        }
    }
}
