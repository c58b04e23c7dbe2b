//! What a run is told, and what it tells while it runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use url::Url;

use crate::crawl::classify::RetryAfter;
use crate::crawl::lanes::Policy;
use crate::crawl::transport::{Exchange, Limits};
use crate::discover::Lead;
use crate::frontier::Rules;
use crate::model::{Outcome, Role};

/// How a run goes.
#[derive(Clone)]
pub struct Options {
    /// Politeness.
    pub policy: Policy,
    /// Bounds of what is followed.
    pub rules: Rules,
    /// Bounds of a host.
    pub budget: Budget,
    /// Bounds of an exchange.
    pub limits: Limits,
    /// When what failed for a moment is tried again.
    pub retry: Retry,
    /// The name that robots.txt knows us by.
    pub agent: String,
    /// When the run ends, done or not.
    pub deadline: Option<Instant>,
    /// Addresses asked for at the most, robots.txt left out.
    pub limit: Option<u64>,
    /// A host that is to be left alone for longer than this is left to the next run.
    pub patience: Duration,
    /// How long what is in flight may take when the run is stopped.
    pub grace: Duration,
    /// Connections at the same time, of all hosts.
    pub connections: usize,
    /// Answers read at the same time.
    pub readers: usize,
    /// Reads an answer; pure, called off the reactor.
    pub reader: Arc<dyn Fn(&Answer<'_>) -> Reading + Send + Sync>,
    /// What belongs to a site.
    pub scope: Arc<dyn Scope>,
    /// What sites are expected to have, by name.
    pub expected: BTreeMap<String, Expected>,
    /// Hears what happens.
    pub observe: Arc<dyn Fn(&Event<'_>) + Send + Sync>,
}

/// What a site is expected to have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// Years reported on.
    pub years: Vec<i32>,
    /// Reports there are at least; `None` where nobody says.
    pub reports: Option<u32>,
}

/// What belongs to a site, and how politely it is to be asked.
pub trait Scope: Send + Sync {
    /// Whether an address may be asked for; else why not. `hop`: a redirect from an address of the site leads to it.
    ///
    /// # Errors
    ///
    /// A line for people.
    fn holds(&self, site: &str, url: &Url, role: Role, hop: Option<&Url>) -> Result<(), String>;

    /// The pause that the site's profile asks for.
    fn delay(&self, site: &str) -> Option<Duration>;
}

/// Bounds of a host in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Addresses asked for.
    pub pages: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Time its answers took.
    pub time: Duration,
    /// Characters of an address.
    pub url_length: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            pages: 5000,
            bytes: 2_000_000_000,
            time: Duration::from_hours(6),
            url_length: 2000,
        }
    }
}

/// When what failed for a moment is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often, all in all.
    pub attempts: u32,
    /// After the first failure; four times as long after each further one.
    pub pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 3,
            pause: Duration::from_secs(30),
        }
    }
}

/// An answer to be read.
#[derive(Debug)]
pub struct Answer<'a> {
    /// What was asked for.
    pub url: &'a Url,
    /// Name of its site.
    pub site: &'a str,
    /// What for.
    pub role: Role,
    /// Title of the link that led to it.
    pub title: Option<&'a str>,
    /// The answer as received.
    pub exchange: &'a Exchange,
}

/// What an answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What came of asking.
    pub outcome: Outcome,
    /// Why, in a line for people.
    pub why: String,
    /// Where it sends its reader, by status, meta refresh or script.
    pub redirect: Option<Url>,
    /// How long the server wants to be left alone.
    pub retry_after: Option<RetryAfter>,
    /// What it leads to; `None` where it was not read for that.
    pub leads: Option<Vec<Lead>>,
    /// What is odd.
    pub notes: Vec<String>,
}

/// Something happened.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// An address was dealt with, and that is on the disk.
    Settled {
        /// Address.
        url: &'a str,
        /// Its host.
        host: &'a str,
        /// What for.
        role: Role,
        /// What came of it.
        outcome: Outcome,
        /// Why.
        why: &'a str,
        /// HTTP status.
        status: Option<u16>,
        /// Bytes received; 0 where nothing was asked.
        bytes: u64,
        /// How long it took, in milliseconds.
        took_ms: u64,
        /// Entries not known before.
        new_items: u32,
    },
    /// A host is left alone.
    Waiting {
        /// Host.
        host: &'a str,
        /// Until when; `None`: for this run.
        until: Option<Timestamp>,
        /// Why.
        why: &'a str,
    },
    /// Something people should know.
    Note {
        /// Host.
        host: &'a str,
        /// What.
        text: &'a str,
    },
}
