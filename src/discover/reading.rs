//! How a page is to be read: the parts of the profiles that hold for it.
//!
//! In: a page's text and address, the profiles. Out: [`Chosen`]: the site, the platform and the layouts whose containers
//! count. Nothing is looked at that could not make a difference: without a profile that names containers no page is.

use url::Url;

use super::tree::Tree;
use super::{css, platform};
use crate::profile::{Attachments, Body, Layout, Platform, Profile, SiteProfile, Sites};

/// Whose containers hold for a page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chosen<'s> {
    site: Option<&'s SiteProfile>,
    platform: Option<&'s Platform>,
    site_layout: Option<&'s Layout>,
    layout: Option<&'s Layout>,
}

impl<'s> Chosen<'s> {
    /// Names of what was chosen: the same names of the same profiles are read alike.
    pub fn key(&self) -> [Option<&'s str>; 4] {
        [
            self.site.map(|site| site.name.as_str()),
            self.platform.map(|platform| platform.name.as_str()),
            self.site_layout.map(|layout| layout.name.as_str()),
            self.layout.map(|layout| layout.name.as_str()),
        ]
    }

    /// What holds for the files that a page hands out: the site's rules over the platform's over the generic ones.
    pub(super) fn attachments(&self, sites: &Sites) -> Attachments {
        let rules = [
            sites.generic().map(|generic| &generic.attachments),
            self.platform.map(|platform| &platform.attachments),
            self.site.map(|site| &site.attachments),
        ];
        let rules = rules.into_iter().flatten();
        rules.fold(Attachments::default(), |base, own| own.over(&base))
    }

    /// The generic profile with the containers of what was chosen; `None` where none names one.
    pub fn profile(&self) -> Option<Profile> {
        let bodies = [
            self.platform.map(|platform| &platform.body),
            self.layout.map(|layout| &layout.body),
            self.site.map(|site| &site.body),
            self.site_layout.map(|layout| &layout.body),
        ];
        let bodies: Vec<&Body> = bodies
            .into_iter()
            .flatten()
            .filter(|body| !body.is_empty())
            .collect();
        (!bodies.is_empty()).then(|| Profile::generic().extended(&bodies))
    }
}

/// Whose containers hold for a page, given its text.
pub fn chosen<'s>(source: &str, url: &Url, sites: &'s Sites) -> Chosen<'s> {
    let site = sites.for_url(url);
    let mut chosen = Chosen {
        site,
        platform: site.and_then(|site| sites.platform(site.platform.as_deref()?)),
        ..Chosen::default()
    };
    let detects = chosen.platform.is_none() && sites.platforms().any(Platform::names_containers);
    let has_layouts = |layouts: &[Layout]| layouts.iter().any(|one| !one.body.is_empty());
    let guarded = site.is_some_and(|site| has_layouts(&site.layouts))
        || chosen.platform.is_some_and(|one| has_layouts(&one.layouts));
    if !detects && !guarded {
        return chosen;
    }
    let tree = Tree::parse(source);
    if detects {
        chosen.platform = platform::detect(source, Some(&tree), url, sites);
    }
    with_layouts(chosen, &tree)
}

/// The same, where tree and detected platform are at hand.
pub(super) fn chosen_of<'s>(
    tree: &Tree<'_>,
    site: Option<&'s SiteProfile>,
    detected: Option<&'s Platform>,
    sites: &'s Sites,
) -> Chosen<'s> {
    let named = site.and_then(|site| sites.platform(site.platform.as_deref()?));
    let chosen = Chosen {
        site,
        platform: named.or(detected),
        ..Chosen::default()
    };
    with_layouts(chosen, tree)
}

/// With the first layouts that fit.
fn with_layouts<'s>(mut chosen: Chosen<'s>, tree: &Tree<'_>) -> Chosen<'s> {
    let fits = |layout: &&Layout| css::matches_any(tree, &layout.guard);
    chosen.site_layout = chosen.site.and_then(|site| site.layouts.iter().find(fits));
    chosen.layout = chosen
        .platform
        .and_then(|platform| platform.layouts.iter().find(fits));
    chosen
}
