//! One page fetched for a person to look at: robots.txt, a pause, the page. Nothing else.
//!
//! In: a home, an address. Out: [`Looked`], the page without what the transfer put around it; or why there is none. As
//! polite as a crawl: the same agent, pauses, addresses and robots.txt, and never to a host that the ledger says is to
//! be left alone. A host that refuses or asks to be left alone is written into the ledger, if there is one, so that the next run
//! heeds it; the answers themselves are not kept, nor robots.txt: a run acts on one that it has archived. The caller holds
//! the home's lock, so that no crawl asks at the same time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use url::Url;

use crate::archive::HttpResponse;
use crate::crawl::engine::host_of;
use crate::crawl::lanes::Policy;
use crate::crawl::robots::{MOST_REDIRECTS, RobotsState, from_status};
use crate::crawl::{
    Ask, Exchange, FetchError, Http, Limits, Transport as _, Verdict, classify_exchange,
};
use crate::decode::{self, Media};
use crate::frontier::{Frontier, FrontierError, Lane};
use crate::home::Home;
use crate::model::Outcome;

use super::crawl::{CrawlFailure, agent, contact, policy, profiles, transport};
use super::read::MAX_BYTES;

/// A page as it came.
#[derive(Debug, Clone)]
pub struct Looked {
    /// Without chunks and content coding.
    pub bytes: Vec<u8>,
    /// `Content-Type` as received; `None` where there was none.
    pub content_type: Option<String>,
    /// When it was asked for.
    pub at: Timestamp,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LookError {
    /// The home's configuration does not do, or the network cannot be set up.
    #[error(transparent)]
    Setup(#[from] CrawlFailure),
    /// The ledger says that the host is to be left alone.
    #[error("{host} is to be left alone until {until}: {why}")]
    LeftAlone {
        /// Host and port.
        host: String,
        /// Until when.
        until: Timestamp,
        /// Why.
        why: String,
    },
    /// The host wants to be left alone, and the next run will not know.
    #[error("{host} is to be left alone ({why}), and the ledger did not take it")]
    Forgotten {
        /// Host and port.
        host: String,
        /// Why, and until when.
        why: String,
        /// Why not.
        source: Box<FrontierError>,
    },
    /// Forbidden, or nobody knows whether it is.
    #[error("{url} is not asked for: {why}")]
    Robots {
        /// The address.
        url: String,
        /// The line, or why there is none.
        why: String,
    },
    /// No answer came.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The page sends its reader elsewhere.
    #[error("{url} sends its reader to {target}: name that address")]
    Redirect {
        /// The address.
        url: String,
        /// Where to.
        target: String,
    },
    /// What came is no page.
    #[error("{url}: {} ({why}). {advice}", outcome.as_str())]
    NoPage {
        /// The address.
        url: String,
        /// What came of it.
        outcome: Outcome,
        /// The evidence.
        why: String,
        /// What to do; empty where nothing is known.
        advice: String,
    },
}

/// Fetches one page. `wait` hears of each pause before it begins.
///
/// # Errors
///
/// [`LookError`]; then nothing more was asked of the host than robots.txt, or the one page.
pub fn look_at(home: &Home, url: &Url, wait: impl Fn(Duration)) -> Result<Looked, LookError> {
    contact(home)?;
    let sites = profiles(home)?;
    let site = sites.for_url(url).and_then(|site| site.delay_ms);
    let mut asking = Asking {
        http: transport(home)?,
        limits: Limits {
            max_body_bytes: home.config().crawl.max_body_mb.saturating_mul(1_000_000),
            ..Limits::default()
        },
        gap: policy(home).gap(
            site.map(|delay| Duration::from_millis(delay.into())),
            None,
            1,
            Duration::ZERO,
        ),
        wait: &wait,
        policy: policy(home),
        ledger: ledger(home)?,
        lanes: BTreeMap::new(),
    };
    let slow = asking.lane(url)?.slow;
    asking.may_ask(url)?;
    asking.gap = asking.gap.max(asking.gap * slow);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CrawlFailure::from)?;
    let looked = runtime.block_on(async {
        let robots = match had(asking.ledger.as_ref(), url)? {
            Some(robots) => robots,
            None => asking.robots(url).await?,
        };
        // It may have been told so just now.
        asking.may_ask(url)?;
        let agent = agent(home);
        let verdict = robots.verdict(&agent, url);
        if !verdict.allowed {
            return Err(LookError::Robots {
                url: url.to_string(),
                why: verdict.why(),
            });
        }
        let policy = policy(home);
        let asked = robots.crawl_delay(&agent).unwrap_or_default();
        asking.gap = asking.gap.max(asked.min(policy.crawl_delay_cap));
        let exchange = asking.ask(url).await?;
        let (page, verdict) = page(url, &exchange);
        asking.heard(url, exchange.status, &verdict)?;
        page
    });
    // A name lookup cannot be cut short; nobody waits for it.
    runtime.shutdown_background();
    asking.keep(home)?;
    looked
}

/// The ledger, if there is one.
fn ledger(home: &Home) -> Result<Option<Frontier>, CrawlFailure> {
    Ok(Frontier::open_if_any(&home.frontier())?)
}

/// The robots.txt that a crawl has had, where it still holds.
fn had(ledger: Option<&Frontier>, url: &Url) -> Result<Option<RobotsState>, LookError> {
    let Some(ledger) = ledger else {
        return Ok(None);
    };
    let origin = url.origin().ascii_serialization();
    let row = ledger.robots(&origin).map_err(CrawlFailure::from)?;
    Ok(row
        .filter(|row| row.expires > Timestamp::now())
        .map(|row| from_status(row.status, &row.body)))
}

struct Asking<'a> {
    http: Http,
    limits: Limits,
    gap: Duration,
    wait: &'a dyn Fn(Duration),
    policy: Policy,
    ledger: Option<Frontier>,
    /// Hosts asked, as the ledger has them and as they are now.
    lanes: BTreeMap<String, (Lane, Lane)>,
}

impl Asking<'_> {
    /// What is known of an address's host.
    fn lane(&mut self, url: &Url) -> Result<&mut Lane, CrawlFailure> {
        match self.lanes.entry(host_of(url)) {
            Entry::Occupied(known) => Ok(&mut known.into_mut().1),
            Entry::Vacant(free) => {
                let lane = match &self.ledger {
                    Some(ledger) => ledger.lane(free.key(), 0)?,
                    None => Lane::new(free.key()),
                };
                Ok(&mut free.insert((lane.clone(), lane)).1)
            }
        }
    }

    /// Whether a host may be asked now.
    fn may_ask(&mut self, url: &Url) -> Result<(), LookError> {
        let lane = self.lane(url)?;
        match lane.not_before {
            Some(until) if until > Timestamp::now() => Err(LookError::LeftAlone {
                host: lane.host.clone(),
                until,
                why: lane.why.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// What an answer means for its host.
    fn heard(
        &mut self,
        url: &Url,
        status: Option<u16>,
        verdict: &Verdict,
    ) -> Result<(), CrawlFailure> {
        let now = Timestamp::now();
        let until = verdict.retry_after.map(|wait| wait.not_before(now).0);
        let policy = self.policy;
        policy.after(self.lane(url)?, verdict.outcome, status, until, now);
        Ok(())
    }

    /// Writes down which hosts are to be asked less than before, or later. One page looked at is no reason to ask more.
    fn keep(self, home: &Home) -> Result<(), LookError> {
        if self.ledger.is_none() {
            return Ok(());
        }
        drop(self.ledger);
        let refused = self.lanes.into_values().filter(|(before, now)| {
            now.not_before > before.not_before
                || now.slow > before.slow
                || now.blocked > before.blocked
        });
        for (_, lane) in refused {
            let written =
                Frontier::open(&home.frontier()).and_then(|mut ledger| ledger.keep_off(&lane));
            written.map_err(|source| LookError::Forgotten {
                host: lane.host,
                why: match lane.not_before {
                    Some(until) => format!("{}, until {until}", lane.why),
                    None => format!("{} refusals in a row", lane.blocked),
                },
                source: Box::new(source),
            })?;
        }
        Ok(())
    }

    /// One request, after a pause: who calls this may have asked a moment ago.
    async fn ask(&mut self, url: &Url) -> Result<Exchange, FetchError> {
        if !self.gap.is_zero() {
            (self.wait)(self.gap);
            tokio::time::sleep(self.gap).await;
        }
        let begun = Instant::now();
        let ask = Ask {
            limits: self.limits,
            ..Ask::new(url)
        };
        let answer = self.http.fetch(&ask).await;
        if !self.gap.is_zero() {
            self.gap = self
                .gap
                .max((begun.elapsed() * 2).min(Duration::from_mins(1)));
        }
        answer
    }

    async fn robots(&mut self, url: &Url) -> Result<RobotsState, LookError> {
        let mut target = url.clone();
        target.set_path("/robots.txt");
        target.set_query(None);
        target.set_fragment(None);
        for _ in 0..=MOST_REDIRECTS {
            self.may_ask(&target)?;
            let Ok(exchange) = self.ask(&target).await else {
                return Ok(from_status(None, b""));
            };
            let verdict = classify_exchange(&target, &exchange, None);
            self.heard(&target, exchange.status, &verdict)?;
            if let Some(next) = verdict.redirect {
                target = next;
                continue;
            }
            let response = HttpResponse::split(&exchange.response).ok();
            let body = response.and_then(|response| response.decoded(1 << 20).ok());
            let body = body.map(|body| body.bytes.into_owned());
            return Ok(from_status(exchange.status, &body.unwrap_or_default()));
        }
        Ok(from_status(Some(302), b""))
    }
}

/// The page in an answer, and what the answer is.
fn page(url: &Url, exchange: &Exchange) -> (Result<Looked, LookError>, Verdict) {
    let response = HttpResponse::split(&exchange.response).ok();
    let content_type = response
        .as_ref()
        .and_then(|response| response.header("Content-Type"))
        .map(std::borrow::Cow::into_owned);
    let decoded = response.map(|response| {
        let body = response.decoded(MAX_BYTES as u64);
        body.map(|body| body.bytes.into_owned())
    });
    let (bytes, broken) = match decoded {
        Some(Ok(bytes)) => (bytes, None),
        Some(Err(error)) => (Vec::new(), Some(error.to_string())),
        None => (Vec::new(), None),
    };
    let media = decode::media(&bytes, content_type.as_deref());
    let is_text = !bytes.is_empty() && matches!(media, Media::Html | Media::Text);
    let text = is_text.then(|| decode::decode(&bytes, content_type.as_deref()));
    let verdict = classify_exchange(url, exchange, text.as_ref().map(|text| &*text.text));
    drop(text);
    let looked = if let Some(target) = &verdict.redirect {
        Err(LookError::Redirect {
            url: url.to_string(),
            target: target.to_string(),
        })
    } else if verdict.outcome != Outcome::Ok || broken.is_some() {
        Err(LookError::NoPage {
            url: url.to_string(),
            outcome: verdict.outcome,
            why: broken.unwrap_or_else(|| verdict.why.clone()),
            advice: verdict.advice.unwrap_or_default().to_owned(),
        })
    } else {
        Ok(Looked {
            bytes,
            content_type,
            at: exchange.started_at,
        })
    };
    (looked, verdict)
}
