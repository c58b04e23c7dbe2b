//! Which publishing system made a page.
//!
//! In: the page and the platforms' evidence. Out: the platform with the most points, if it has enough and no other has
//! as many.

use url::Url;

use super::css;
use super::tree::Tree;
use crate::profile::{Evidence, Held, Platform, Sign, Sites, Texts};

/// The platform a page shows it was made by; `None` where it does not show, or two are as likely.
pub(super) fn detect<'s>(
    source: &str,
    tree: Option<&Tree<'_>>,
    url: &Url,
    sites: &'s Sites,
) -> Option<&'s Platform> {
    let generator = tree.and_then(generator);
    let texts = sites.texts().held(source);
    let page = Shown {
        texts: &texts,
        tree,
        url,
        generator: generator.as_deref(),
    };
    let mut best: Option<(u32, &Platform)> = None;
    let mut tied = false;
    for platform in sites.platforms() {
        let shown = |evidence: &&Evidence| page.shows(evidence);
        let evidence = platform.detect.evidence.iter().filter(shown);
        let points = evidence.fold(0_u32, |sum, one| sum.saturating_add(one.points));
        if points == 0 || points < platform.detect.at_least_points {
            continue;
        }
        match best {
            Some((known, _)) if known > points => {}
            Some((known, _)) if known == points => tied = true,
            _ => {
                best = Some((points, platform));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied).map(|(_, platform)| platform)
}

/// What a page shows of a platform's evidence.
pub(super) fn signs<'p>(
    source: &str,
    tree: Option<&Tree<'_>>,
    url: &Url,
    platform: &'p Platform,
) -> Vec<&'p Evidence> {
    let generator = tree.and_then(generator);
    let texts = Texts::default();
    let page = Shown {
        texts: &texts.held(source),
        tree,
        url,
        generator: generator.as_deref(),
    };
    let shown = |evidence: &&Evidence| page.shows(evidence);
    platform.detect.evidence.iter().filter(shown).collect()
}

/// `<meta name="generator">`, in small letters.
fn generator(tree: &Tree<'_>) -> Option<String> {
    let is_generator = |name: &str| name.eq_ignore_ascii_case("generator");
    tree.nodes()
        .iter()
        .filter(|node| node.name == "meta" && node.raw_attribute("name").is_some_and(is_generator))
        .find_map(|node| node.attribute("content"))
        .map(|content| content.to_lowercase())
}

/// A page as far as it tells of its platform.
struct Shown<'s, 'p> {
    texts: &'s Held<'s>,
    tree: Option<&'s Tree<'p>>,
    url: &'s Url,
    generator: Option<&'s str>,
}

impl Shown<'_, '_> {
    fn shows(&self, evidence: &Evidence) -> bool {
        let (tree, url) = (self.tree, self.url);
        match &evidence.sign {
            Sign::Generator(wanted) => self
                .generator
                .is_some_and(|own| own.contains(wanted.as_str())),
            Sign::Text(wanted) => self.texts.has(wanted),
            Sign::Path(wanted) => match url.query() {
                Some(query) => format!("{}?{query}", url.path()).contains(wanted.as_str()),
                None => url.path().contains(wanted.as_str()),
            },
            Sign::Host(wanted) => url.host_str().is_some_and(|host| {
                host.strip_suffix(wanted.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }),
            Sign::Element(selector) => tree.is_some_and(|tree| css::matches_any(tree, selector)),
        }
    }
}
