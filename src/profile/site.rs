//! What is known of one publisher's site: `selectors/sites/*.toml` and those of a home.
//!
//! In: TOML. Out: [`SiteProfile`]: where to begin, what belongs to it, how politely, what is otherwise than its
//! platform has it, and what is expected of it. `docs/profiles.md` explains every key.

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::model::Role;

use super::platform::names_containers;
use super::{Attachments, Body, Layout, ListRules, Name, Paging, ProfileError};

/// The longest pause between two requests that a profile may ask for, in milliseconds.
const DELAY_AT_MOST: u32 = 600_000;

/// A publisher's site, or one publisher's part of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawSite")]
pub struct SiteProfile {
    /// Its name: small letters, digits, `-`, `_` and `.`.
    pub name: Name,
    /// Who publishes: the agency's name as it stands in its titles.
    pub title: String,
    /// The name of its platform; `None` leaves it to detection.
    pub platform: Option<String>,
    /// The day on which a person last compared the profile with the live site; `None`: never.
    pub confirmed: Option<Date>,
    /// For who reads the file.
    pub notes: Option<String>,
    /// The pause between two requests, in milliseconds; `None` leaves it to the configuration. Never shortens it.
    pub delay_ms: Option<u32>,
    /// Where to begin.
    pub seeds: Vec<Seed>,
    /// What belongs to the site.
    pub scope: Scope,
    /// What its lists have otherwise than its platform's.
    pub list: ListRules,
    /// What it pages by; empty: as its platform.
    pub paging: Vec<Paging>,
    /// Other shapes of its pages, before its platform's.
    pub layouts: Vec<Layout>,
    /// Files that its pages hand out.
    pub attachments: Attachments,
    /// Where a report's text stands; added to the generic profile's and the platform's.
    pub body: Body,
    /// What is expected of it, to notice a seed that runs dry.
    pub expect: Expect,
}

/// An address to begin at.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawSeed")]
pub struct Seed {
    /// Where, without fragment.
    pub url: Url,
    /// What is there.
    pub kind: SeedKind,
    /// The column's name, as the site has it.
    pub column: Option<String>,
    /// Whose reports the column holds, where not those of the site's publisher.
    pub agency: Option<String>,
}

/// What a seed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeedKind {
    /// The column that lists the reports.
    List,
    /// The front page or another from which the column is to be found.
    Root,
    /// A sitemap.
    Sitemap,
    /// One report.
    Report,
}

impl SeedKind {
    /// What the seed is fetched for.
    pub const fn role(self) -> Role {
        match self {
            Self::List => Role::List,
            Self::Root => Role::Root,
            Self::Sitemap => Role::Sitemap,
            Self::Report => Role::Item,
        }
    }

    /// The word in profiles.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Root => "root",
            Self::Sitemap => "sitemap",
            Self::Report => "report",
        }
    }
}

/// Which addresses belong to a site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Hosts (`www.a.example`, with `:8080` where the port is not the scheme's) or `*.a.example` with all below it.
    /// Empty: the seeds' hosts.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// What paths begin with (`/zwgk/`). Empty: any.
    #[serde(default)]
    pub paths: Vec<String>,
}

impl Scope {
    /// Whether an address is within: host and path.
    pub fn holds(&self, url: &Url) -> bool {
        self.holds_host(url) && self.path_length(url).is_some()
    }

    /// Whether an address' host is within.
    pub fn holds_host(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else {
            return false;
        };
        let with_port = url.port().map(|port| format!("{host}:{port}"));
        let own = with_port.as_deref().unwrap_or(host);
        self.hosts
            .iter()
            .any(|known| match known.strip_prefix("*.") {
                Some(parent) => own
                    .strip_suffix(parent)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
                None => known == own,
            })
    }

    /// Whether an address may be within both, going by the hosts. Errs on the side of yes.
    pub fn may_share(&self, other: &Self) -> bool {
        let bare = |host: &'_ str| host.strip_prefix("*.").unwrap_or(host).to_owned();
        let below = |host: &str, parent: &str| {
            host.strip_suffix(parent)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.hosts.iter().any(|one| {
            let one = bare(one);
            other.hosts.iter().any(|other| {
                let other = bare(other);
                below(&one, &other) || below(&other, &one)
            })
        })
    }

    /// The length of the longest path that the address' begins with; 0 where any path belongs; `None` where it does not.
    pub(super) fn path_length(&self, url: &Url) -> Option<usize> {
        if self.paths.is_empty() {
            return Some(0);
        }
        let path = url.path();
        let begins = |known: &&String| path.starts_with(known.as_str());
        self.paths.iter().filter(begins).map(String::len).max()
    }
}

/// What is expected of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The first year reported on.
    #[serde(default, deserialize_with = "year")]
    pub first_year: Option<i32>,
    /// How many reports there are at least.
    pub reports: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSeed {
    url: String,
    kind: SeedKind,
    column: Option<String>,
    agency: Option<String>,
}

impl TryFrom<RawSeed> for Seed {
    type Error = String;

    fn try_from(raw: RawSeed) -> Result<Self, String> {
        let mut url = Url::parse(&raw.url).map_err(|error| format!("{:?}: {error}", raw.url))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(format!("{:?}: only http:// and https://", raw.url));
        }
        url.set_fragment(None);
        Ok(Self {
            url,
            kind: raw.kind,
            column: raw.column,
            agency: raw.agency,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSite {
    name: Name,
    title: String,
    platform: Option<String>,
    #[serde(default, deserialize_with = "day")]
    confirmed: Option<Date>,
    notes: Option<String>,
    #[serde(default, deserialize_with = "delay")]
    delay_ms: Option<u32>,
    seeds: Vec<Seed>,
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    list: ListRules,
    #[serde(default)]
    paging: Vec<Paging>,
    #[serde(default)]
    layouts: Vec<Layout>,
    #[serde(default)]
    attachments: Attachments,
    #[serde(default)]
    body: Body,
    #[serde(default)]
    expect: Expect,
}

impl TryFrom<RawSite> for SiteProfile {
    type Error = String;

    fn try_from(raw: RawSite) -> Result<Self, String> {
        if raw.title.trim().is_empty() {
            return Err("`title` is empty".into());
        }
        if raw.seeds.is_empty() {
            return Err("`seeds` is empty: there is nowhere to begin".into());
        }
        let mut scope = raw.scope;
        if scope.hosts.is_empty() {
            scope.hosts = raw
                .seeds
                .iter()
                .filter_map(|seed| host(&seed.url))
                .collect();
            scope.hosts.dedup();
        }
        for host in &mut scope.hosts {
            let name = host.strip_prefix("*.").unwrap_or(host);
            if name.is_empty() || name.contains(['/', '*', ' ', '@']) {
                return Err(format!("`scope.hosts`: {host:?} is no host"));
            }
            *host = host.to_lowercase();
        }
        if let Some(path) = scope.paths.iter().find(|path| !path.starts_with('/')) {
            return Err(format!("`scope.paths`: {path:?} does not begin with `/`"));
        }
        if let Some(seed) = raw.seeds.iter().find(|seed| !scope.holds(&seed.url)) {
            return Err(format!("seed {} is not in `scope`", seed.url));
        }
        Ok(Self {
            name: raw.name,
            title: raw.title,
            platform: raw.platform,
            confirmed: raw.confirmed,
            notes: raw.notes,
            delay_ms: raw.delay_ms,
            seeds: raw.seeds,
            scope,
            list: raw.list,
            paging: raw.paging,
            layouts: raw.layouts,
            attachments: raw.attachments,
            body: raw.body,
            expect: raw.expect,
        })
    }
}

/// A day as `2026-11-23`, in quotation marks.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.parse() {
        Ok(date) => Ok(Some(date)),
        Err(_) => Err(D::Error::custom(format!("{text:?} is no day"))),
    }
}

fn delay<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    match u32::deserialize(deserializer)? {
        delay @ ..=DELAY_AT_MOST => Ok(Some(delay)),
        _ => Err(D::Error::custom(format!("more than {DELAY_AT_MOST} ms"))),
    }
}

fn year<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    match i32::deserialize(deserializer)? {
        year @ 2003..2100 => Ok(Some(year)),
        year => Err(D::Error::custom(format!("{year} is no year reported on"))),
    }
}

/// The host of an address with its port, as [`Scope`] has it.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

impl SiteProfile {
    /// Reads a site's profile.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] with line and column for broken TOML, unknown keys and what does not go together.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        Ok(toml::from_str(text)?)
    }

    /// The seed whose column an address belongs to: the one with the longest folder that the address is in; `None`
    /// where it is in none.
    pub fn seed_of(&self, url: &Url) -> Option<&Seed> {
        let folder = |seed: &Seed| {
            let path = seed.url.path();
            let folder = &path[..path.rfind('/').map_or(0, |at| at + 1)];
            let same = seed.url.host_str() == url.host_str()
                && seed.url.port_or_known_default() == url.port_or_known_default();
            (same && url.path().starts_with(folder)).then_some(folder.len())
        };
        let found = self
            .seeds
            .iter()
            .filter_map(|seed| Some((folder(seed)?, seed)));
        // The first of several with folders alike.
        found
            .rev()
            .max_by_key(|(length, _)| *length)
            .map(|(_, seed)| seed)
    }

    /// Whether it names containers of a report's text, for all its pages or those of a layout.
    pub fn names_containers(&self) -> bool {
        names_containers(&self.body, &self.layouts)
    }

    /// Whose reports are expected at an address: the seed's agency, else the site's publisher.
    pub fn agency_of(&self, url: &Url) -> &str {
        let agency = self.seed_of(url).and_then(|seed| seed.agency.as_deref());
        agency.unwrap_or(&self.title)
    }
}
