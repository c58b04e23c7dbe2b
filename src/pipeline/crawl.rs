//! A crawl put together from a home: configuration, profiles, ledger, archive, network.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;

use crate::archive::{self, KnownEnd, Notice, SystemClock, WriteError, Writer};
use crate::crawl::engine::{
    self, Budget, CrawlError, CrawlSummary, Event, Expected, Options, Retry, Scope, host_of,
};
use crate::crawl::lanes::{Policy, registered_domain};
use crate::crawl::transport::SetupError;
use crate::crawl::{AddressPolicy, Certificates, CidrError, Http, HttpOptions, Limits};
use crate::frontier::{Due, Frontier, FrontierError, Rules, Seed};
use crate::home::{CertificateConfig, Home};
use crate::model::Role;
use crate::profile::{SiteProfile, Sites, SitesError};

use super::answer::read_answer;

/// Names of the crawl's own files in the archive begin so: no other writer touches them.
pub const SERIES: &str = "nianbao-crawl";

/// What is wanted of a crawl.
#[derive(Debug, Clone, Default)]
pub struct CrawlRequest {
    /// Names of sites; empty: those of the configuration, else all of the home's `selectors/`.
    pub sites: Vec<String>,
    /// Addresses to be fetched now, with their sites.
    pub urls: Vec<Url>,
    /// How long it may take.
    pub deadline: Option<Duration>,
    /// Addresses asked for at the most.
    pub limit: Option<u64>,
}

/// Why a crawl could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrawlFailure {
    /// Nobody to ask about what we do.
    #[error("{}: [home] contact is not set: whoever runs a site must know whom to ask; set it to a mail address or a page", config.display())]
    NoContact {
        /// The configuration.
        config: std::path::PathBuf,
    },
    /// No site of that name.
    #[error("no site is called {name}; `nianbao profile show` lists those there are")]
    NoSite {
        /// As asked for.
        name: String,
    },
    /// Nothing to begin with.
    #[error(
        "there is no site to crawl: put a profile into the home's selectors/ (`nianbao profile new URL` writes one), name a known one with --site or `sites` in nianbao.toml (`nianbao profile show` lists them), or name an address"
    )]
    NoSeeds,
    /// A value of the configuration is none.
    #[error("[crawl] {key} = {value} is out of range")]
    Range {
        /// Key.
        key: &'static str,
        /// Value.
        value: u64,
    },
    /// `allow_addresses` has something else in it.
    #[error("[crawl] allow_addresses")]
    Addresses(#[from] CidrError),
    /// A profile is none.
    #[error(transparent)]
    Sites(#[from] SitesError),
    /// The home's profiles cannot be read.
    #[error(transparent)]
    Home(#[from] crate::home::HomeError),
    /// The network cannot be set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The ledger refused.
    #[error(transparent)]
    Ledger(#[from] FrontierError),
    /// The archive cannot be written.
    #[error(transparent)]
    Archive(#[from] WriteError),
    /// The run broke off.
    #[error(transparent)]
    Crawl(#[from] CrawlError),
    /// The system gives no threads or signals.
    #[error("cannot start")]
    System(#[from] std::io::Error),
}

impl CrawlFailure {
    /// Whether the configuration is at fault.
    pub fn is_configuration(&self) -> bool {
        matches!(
            self,
            Self::NoContact { .. }
                | Self::NoSite { .. }
                | Self::NoSeeds
                | Self::Range { .. }
                | Self::Addresses(_)
                | Self::Sites(_)
                | Self::Home(_)
        )
    }

    /// Whether room on the disk would mend it.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Archive(error) => error.is_full(),
            Self::Ledger(error) => error.is_full(),
            Self::Crawl(error) => error.is_full(),
            _ => false,
        }
    }
}

/// A crawl that can begin.
#[derive(Debug)]
pub struct Plan {
    /// The profiles.
    pub sites: Arc<Sites>,
    /// What it begins with.
    pub seeds: Vec<Seed>,
    /// Names of the sites worked at.
    pub names: Vec<String>,
    /// When known addresses are due again.
    pub due: Due,
    /// Politeness.
    pub policy: Policy,
    /// What robots.txt knows us by.
    pub agent: String,
}

/// All profiles of a home.
///
/// # Errors
///
/// A file that is no profile.
pub fn profiles(home: &Home) -> Result<Arc<Sites>, CrawlFailure> {
    Ok(Arc::new(Sites::compiled().with_files(home.selectors()?)?))
}

/// What would be done.
///
/// # Errors
///
/// What is wrong with the configuration.
pub fn plan(home: &Home, request: &CrawlRequest, now: Timestamp) -> Result<Plan, CrawlFailure> {
    let config = &home.config().crawl;
    contact(home)?;
    for (key, value, most) in [
        ("delay_ms", config.delay_ms, 3_600_000),
        ("max_body_mb", config.max_body_mb, 1000),
        ("patience_s", config.patience_s, 7 * 86_400),
        ("retry_s", config.retry_s, 86_400),
    ] {
        if value > most {
            return Err(CrawlFailure::Range { key, value });
        }
    }
    let sites = profiles(home)?;
    let mut chosen: BTreeMap<String, &SiteProfile> = BTreeMap::new();
    let wanted = if request.sites.is_empty() && request.urls.is_empty() {
        &config.sites
    } else {
        &request.sites
    };
    if wanted.is_empty() && request.urls.is_empty() {
        chosen.extend(
            sites
                .added()
                .map(|site| (site.name.as_str().to_owned(), site)),
        );
    }
    for name in wanted {
        let site = sites.site(name);
        let site = site.ok_or_else(|| CrawlFailure::NoSite {
            name: String::clone(name),
        })?;
        chosen.insert(String::clone(name), site);
    }
    let mut seeds: Vec<Seed> = Vec::new();
    for (name, site) in &chosen {
        seeds.extend(site.seeds.iter().map(|seed| Seed {
            url: seed.url.to_string(),
            host: host_of(&seed.url),
            site: name.clone(),
            role: seed.kind.role(),
            now: false,
        }));
    }
    let mut names: BTreeSet<String> = chosen.into_keys().collect();
    for url in &request.urls {
        let mut url = url.clone();
        url.set_fragment(None);
        let site = sites
            .for_url(&url)
            .map_or_else(|| by_hand(&url), |site| site.name.as_str().to_owned());
        names.insert(site.clone());
        seeds.push(Seed {
            host: host_of(&url),
            role: role_of(&url),
            url: url.into(),
            site,
            now: true,
        });
    }
    if seeds.is_empty() {
        return Err(CrawlFailure::NoSeeds);
    }
    let year = i32::from(now.to_zoned(TimeZone::UTC).year());
    Ok(Plan {
        seeds,
        names: names.into_iter().collect(),
        due: Due {
            recent_year: year - i32::from(config.recent_years),
            revisit: SignedDuration::from_hours(24 * i64::from(config.revisit_days)),
            round: SignedDuration::from_hours(20),
        },
        policy: policy(home),
        agent: agent(home),
        sites,
    })
}

/// Crawls. `stop`: 1 asks it to finish what is in flight, 2 to end at once; the other end is kept by who asks.
///
/// # Errors
///
/// [`CrawlFailure`]; what was told of as done is on the disk all the same.
pub fn crawl(
    home: &Home,
    request: &CrawlRequest,
    stop: watch::Receiver<u8>,
    observe: Arc<dyn Fn(&Event<'_>) + Send + Sync>,
    mut notice: impl FnMut(&Notice),
) -> Result<CrawlSummary, CrawlFailure> {
    let now = Timestamp::now();
    let plan = plan(home, request, now)?;
    let config = &home.config().crawl;
    let transport = transport(home)?;
    let mut frontier = Frontier::open(&home.frontier())?;
    let (writer, notices) = Writer::open(
        &home.warc(),
        archive::Options {
            max_file_size: home.max_file_size(),
            level: home.compression(),
            contact: home.config().home.contact.clone(),
            known_end: frontier.archive_end()?.map(|end| KnownEnd {
                file: end.file,
                end: end.end,
            }),
            prefix: SERIES.into(),
            cut_to_known: true,
            reserve_bytes: config.reserve_mb.saturating_mul(1_000_000),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            ..archive::Options::default()
        },
        SystemClock,
    )?;
    notices.iter().for_each(&mut notice);
    let run = frontier.begin(&plan.seeds, Some(&plan.names), &plan.due, now)?;
    let expected = expected(&plan, now);
    let sites = Arc::clone(&plan.sites);
    let options = Options {
        policy: plan.policy,
        rules: Rules {
            list_pages: config.max_list_pages,
            depth: config.max_depth,
            ..Rules::default()
        },
        budget: Budget {
            pages: config.max_pages,
            bytes: config.max_mb.saturating_mul(1_000_000),
            time: Duration::from_secs(config.max_minutes.saturating_mul(60)),
            ..Budget::default()
        },
        limits: Limits {
            max_body_bytes: config.max_body_mb * 1_000_000,
            ..Limits::default()
        },
        retry: Retry {
            pause: Duration::from_secs(config.retry_s),
            ..Retry::default()
        },
        agent: plan.agent.clone(),
        deadline: request.deadline.map(|deadline| Instant::now() + deadline),
        limit: request.limit,
        patience: Duration::from_secs(config.patience_s),
        grace: Duration::from_secs(8),
        connections: usize::from(config.connections),
        readers: std::thread::available_parallelism().map_or(2, usize::from),
        reader: Arc::new(move |answer| read_answer(&sites, answer)),
        scope: Arc::new(ProfileScope(Arc::clone(&plan.sites))),
        expected,
        observe,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let crawling = engine::crawl(options, run, frontier, writer, transport, stop);
    let summary = runtime.block_on(crawling)?;
    // A name lookup cannot be cut short; nobody waits for it.
    runtime.shutdown_timeout(Duration::from_millis(100));
    Ok(summary)
}

/// Whom a site's operator can ask about what we do.
pub(super) fn contact(home: &Home) -> Result<&str, CrawlFailure> {
    let contact = home.config().home.contact.as_deref().unwrap_or_default();
    if contact.trim().is_empty() {
        return Err(CrawlFailure::NoContact {
            config: home.directory().join("nianbao.toml"),
        });
    }
    Ok(contact)
}

/// Politeness as configured.
pub(super) fn policy(home: &Home) -> Policy {
    let config = &home.config().crawl;
    Policy {
        delay: Duration::from_millis(config.delay_ms),
        errors: config.max_errors.max(1),
        ..Policy::default()
    }
}

/// What robots.txt knows us by.
pub(super) fn agent(home: &Home) -> String {
    let agent = home.config().crawl.user_agent.split(['/', ' ']).next();
    agent.unwrap_or_default().to_owned()
}

/// The network as configured.
pub(super) fn transport(home: &Home) -> Result<Http, CrawlFailure> {
    let config = &home.config().crawl;
    Ok(Http::new(HttpOptions {
        user_agent: user_agent(home),
        policy: AddressPolicy::allowing(&config.allow_addresses)?,
        overrides: config.hosts.clone(),
        certificates: match config.certificates {
            CertificateConfig::Record => Certificates::Record,
            CertificateConfig::Require => Certificates::Require,
        },
        ..HttpOptions::default()
    })?)
}

/// Who asks: program, version, whom to write to.
pub fn user_agent(home: &Home) -> String {
    let agent = &home.config().crawl.user_agent;
    let contact = home.config().home.contact.as_deref().unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    if agent.contains('/') {
        format!("{agent} (+{contact})")
    } else {
        format!("{agent}/{version} (+{contact})")
    }
}

/// The site of an address that no profile knows.
fn by_hand(url: &Url) -> String {
    format!("({})", host_of(url))
}

/// What an address named by hand seems to be.
fn role_of(url: &Url) -> Role {
    let path = url.path();
    let name = path.rsplit('/').next().unwrap_or_default();
    if name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("xml"))
    {
        Role::Sitemap
    } else if path == "/" {
        Role::Root
    } else if name.is_empty() || name.starts_with("index") || name.starts_with("list") {
        Role::List
    } else {
        Role::Item
    }
}

/// What sites are expected to have by now: a report of a year is due at the end of March after it.
fn expected(plan: &Plan, now: Timestamp) -> BTreeMap<String, Expected> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let last = i32::from(today.year()) - if today.month() > 3 { 1 } else { 2 };
    let sites = plan.names.iter().filter_map(|name| plan.sites.site(name));
    sites
        .map(|site| {
            let first = site.expect.first_year;
            let expected = Expected {
                years: first.map_or_else(Vec::new, |first| (first..=last).collect()),
                reports: site.expect.reports,
            };
            (site.name.as_str().to_owned(), expected)
        })
        .collect()
}

/// What belongs to a site, by its profile.
#[derive(Debug)]
pub struct ProfileScope(pub Arc<Sites>);

impl Scope for ProfileScope {
    fn holds(&self, site: &str, url: &Url, role: Role, hop: Option<&Url>) -> Result<(), String> {
        let domain = |url: &Url| url.host_str().map(registered_domain);
        // A site moves within its domain, and hands out files from other hosts of it.
        if let Some(from) = hop
            && domain(from) == domain(url)
        {
            return Ok(());
        }
        let Some(profile) = self.0.site(site) else {
            let own = site.trim_matches(['(', ')']);
            return if domain(url) == Some(registered_domain(own)) {
                Ok(())
            } else {
                Err(format!("not within the domain of {own}"))
            };
        };
        let lent = matches!(role, Role::Attachment | Role::Part);
        let near = || {
            let hosts = profile.scope.hosts.iter();
            let mut domains = hosts.map(|host| registered_domain(host.trim_start_matches("*.")));
            domains.any(|own| Some(own) == domain(url))
        };
        if profile.scope.holds(url) || lent && near() {
            return Ok(());
        }
        Err(format!("not in the scope of site {site}"))
    }

    fn delay(&self, site: &str) -> Option<Duration> {
        let delay = self.0.site(site)?.delay_ms?;
        Some(Duration::from_millis(delay.into()))
    }
}
