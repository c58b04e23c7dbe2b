//! Site and platform profiles (`selectors/`): where a page keeps its parts, as data.
//!
//! Takes TOML, yields a validated [`Profile`]. Unknown keys and selectors outside the supported
//! grammar are refused with line and column. Holds no algorithm: how the parts are used is for
//! `extract`.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use serde::Deserialize;
use serde::de::Error as _;
use sha2::{Digest, Sha256};

mod css;
mod merged;
mod platform;
mod problems;
mod selector;
mod site;
mod sites;
mod texts;
mod words;

pub use css::{AttributeTest, Combinator, Complex, Compound, Css, CssError, Nth, Operator};
pub use merged::merged;
pub use platform::{
    Attachments, Detect, Evidence, Layout, ListRules, Name, PAGES_AT_MOST, Paging, Platform, Sign,
    Strategy,
};
pub use problems::{FileKind, Problem, problems};
pub use selector::{Selector, SelectorError, SelectorSet};
pub use site::{Expect, Scope, Seed, SeedKind, SiteProfile};
pub use sites::{Sites, SitesError, compiled_files};
pub use texts::{Held, Texts};
pub use words::Words;

/// The source of the generic profile, as compiled in.
pub const GENERIC: &str = include_str!("../../selectors/platforms/generic.toml");

static GENERIC_PROFILE: LazyLock<Profile> = LazyLock::new(|| {
    Profile::parse(GENERIC).unwrap_or_else(|error| panic!("compiled-in generic profile: {error}"))
});

/// How a report's page is read.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Where the report's text stands.
    pub body: Body,
    /// Tell-tale words of lines around the text.
    pub lines: Lines,
    /// First 16 hexadecimal digits of the SHA-256 of its source.
    pub digest: String,
}

/// Containers of a page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Body {
    /// Containers of the article's text.
    pub containers: SelectorSet,
    /// Containers that are never part of it.
    pub drop: SelectorSet,
}

impl Body {
    /// Whether it names no container.
    pub fn is_empty(&self) -> bool {
        self.containers.is_empty() && self.drop.is_empty()
    }
}

/// Words that tell lines apart.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// A short line beginning so, after the last section, ends the body.
    pub end: Words,
    /// A short line with one of these, before the first section, belongs to the byline.
    pub byline: Words,
    /// In front of a publication date, best first.
    pub date: Words,
    /// In front of dates of something else.
    pub not_date: Words,
    /// In front of the publishing body.
    pub source: Words,
    /// In front of the index number.
    pub index: Words,
}

/// Why a profile is refused.
#[derive(Debug, thiserror::Error)]
#[error("profile: {source}")]
pub struct ProfileError {
    /// What the TOML reader says, with line and column.
    #[from]
    source: toml::de::Error,
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] with line and column for broken TOML, unknown keys and unsupported selectors.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let platform = Platform::parse(text)?;
        let Some(lines) = platform.lines else {
            return Err(toml::de::Error::custom("`[lines]` is missing").into());
        };
        Ok(Self {
            name: platform.name.as_str().to_owned(),
            body: platform.body,
            lines,
            digest: HEXLOWER.encode(&Sha256::digest(text.as_bytes())[..8]),
        })
    }

    /// This profile with containers added. The digest tells of them.
    #[must_use]
    pub fn extended(&self, bodies: &[&Body]) -> Self {
        let mut profile = self.clone();
        let mut digest = Sha256::new();
        digest.update(self.digest.as_bytes());
        for body in bodies {
            digest.update(format!("{body:?}").as_bytes());
            profile.body.containers.extend(&body.containers);
            profile.body.drop.extend(&body.drop);
        }
        profile.digest = HEXLOWER.encode(&digest.finalize()[..8]);
        profile
    }

    /// The profile for pages without one of their own; compiled in, checked by a test.
    pub fn generic() -> &'static Self {
        &GENERIC_PROFILE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generic_profile_is_well_formed() {
        let profile = Profile::generic();
        assert_eq!(profile.name, "generic");
        assert_eq!(profile.digest.len(), 16);
    }

    #[test]
    fn unknown_keys_are_refused_with_their_place() {
        let text = GENERIC.replace("name = \"generic\"", "name = \"x\"\ncolour = 1");
        let error = Profile::parse(&text).unwrap_err().to_string();
        assert!(
            error.contains("line") && error.contains("colour"),
            "{error}"
        );
        let text = GENERIC.replace("\"nav\"", "\"div > p\"");
        assert!(Profile::parse(&text).is_err());
    }
}
