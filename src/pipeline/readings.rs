//! Which profile a page is read with.
//!
//! In: all profiles, a page with its address. Out: the generic profile, or that with the containers of the page's site,
//! platform and layouts; and a digest of whatever in the profiles decides this, so that a database knows by which it
//! was read. Reads no disk.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::decode::{self, Media};
use crate::discover;
use crate::profile::{Platform, Profile, SiteProfile, Sites};

use super::read::{MAX_BYTES, Origin};

static COMPILED: LazyLock<Readings> = LazyLock::new(|| Readings::new(Sites::compiled().clone()));
static GENERIC: LazyLock<Arc<Profile>> = LazyLock::new(|| Arc::new(Profile::generic().clone()));

/// Site, platform, layout of the site, layout of the platform.
type Key = [Option<String>; 4];

/// The profiles by which pages are read. Of one page always the same.
#[derive(Debug)]
pub struct Readings {
    sites: Sites,
    /// Of what is more than the generic profile; `None` where no profile names a container.
    digest: Option<String>,
    /// Profiles put together so far. There are no more than sites times layouts.
    known: RwLock<HashMap<Key, Arc<Profile>>>,
}

impl Readings {
    /// By these profiles.
    pub fn new(sites: Sites) -> Self {
        Self {
            digest: digest(&sites),
            sites,
            known: RwLock::default(),
        }
    }

    /// By the profiles compiled in.
    pub fn compiled() -> &'static Self {
        &COMPILED
    }

    /// What decides how pages are read: the generic profile and, where profiles name containers, all that tells for
    /// which pages they do.
    pub fn digest(&self) -> String {
        let generic = &Profile::generic().digest;
        match &self.digest {
            Some(digest) => format!("{generic}+{digest}"),
            None => generic.clone(),
        }
    }

    /// The profile of a page.
    pub fn of(&self, bytes: &[u8], origin: Origin<'_>) -> Arc<Profile> {
        self.own(bytes, origin)
            .unwrap_or_else(|| Arc::clone(&GENERIC))
    }

    fn own(&self, bytes: &[u8], origin: Origin<'_>) -> Option<Arc<Profile>> {
        self.digest.as_ref()?;
        let url = Url::parse(origin.url?).ok()?;
        let media = decode::media(bytes, origin.content_type);
        let is_page = matches!(media, Media::Html | Media::Text) && bytes.len() <= MAX_BYTES;
        let text = if is_page {
            decode::decode(bytes, origin.content_type).text
        } else {
            Cow::Borrowed("")
        };
        let chosen = discover::reading::chosen(&text, &url, &self.sites);
        let key = chosen.key().map(|name| name.map(str::to_owned));
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(profile) = known.get(&key) {
            return Some(Arc::clone(profile));
        }
        drop(known);
        let profile = chosen
            .profile()
            .map_or_else(|| Arc::clone(&GENERIC), Arc::new);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(known.entry(key).or_insert(profile)))
    }
}

/// Of everything that decides which containers hold for which page; `None` where no profile names one. Seeds, lists and
/// expectations are not part of it: they change nothing of what is read.
fn digest(sites: &Sites) -> Option<String> {
    // The generic containers have a digest of their own.
    let generic = sites.generic().map(|platform| platform.name.clone());
    let platforms: Vec<&Platform> = sites
        .platforms()
        .filter(|platform| Some(&platform.name) != generic.as_ref())
        .collect();
    let detected = platforms.iter().any(|one| one.names_containers());
    let own: Vec<&SiteProfile> = sites
        .sites()
        .filter(|site| site.names_containers())
        .collect();
    if own.is_empty() && !detected {
        return None;
    }
    let mut hash = Sha256::new();
    let mut part = |text: String| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    if detected {
        for one in &platforms {
            part(format!(
                "{:?}",
                (&one.name, &one.detect, &one.body, bodies(&one.layouts))
            ));
        }
    }
    for site in sites.sites() {
        if site.names_containers() {
            part(format!("{:?}", (&site.body, bodies(&site.layouts))));
        }
        // Which of two sites a page belongs to decides too.
        if detected || own.iter().any(|one| one.scope.may_share(&site.scope)) {
            part(format!("{:?}", (&site.name, &site.scope, &site.platform)));
        }
    }
    Some(HEXLOWER.encode(&hash.finalize()[..8]))
}

fn bodies(layouts: &[crate::profile::Layout]) -> Vec<impl std::fmt::Debug + '_> {
    layouts
        .iter()
        .map(|layout| (&layout.name, &layout.guard, &layout.body))
        .collect()
}
