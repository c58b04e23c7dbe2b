//! Whose a host is: `data/hosts.toml` and what a home adds to it.

use std::sync::LazyLock;

use serde::Deserialize;
use url::Host;

/// What is known of a named host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Registered to public bodies only.
    Official,
    /// On the list.
    Allowed,
    /// A university or school.
    Education,
    /// A public archive.
    Archive,
    /// An official name inside another.
    Imitates,
    /// In no list.
    Unlisted,
}

/// Why an entry of an allow-list is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{entry:?} is no host; write it as in addresses (`www.example.org`), or `*.example.org` with all below it"
)]
pub struct HostError {
    /// As written.
    pub entry: String,
}

/// A host, or one with all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: String,
    below: bool,
}

impl Entry {
    /// `www.x.cn`, or `*.x.cn` for x.cn and all below it.
    fn parse(text: &str) -> Result<Self, HostError> {
        let bare = text.trim();
        let (name, below) = match bare.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (bare, false),
        };
        match domain(name) {
            // One label with all below it would let in a whole top-level domain.
            Some(name) if name.contains('.') && !name.contains('*') => Ok(Self { name, below }),
            _ => Err(HostError { entry: text.into() }),
        }
    }

    fn holds(&self, host: &str) -> bool {
        host == self.name || self.below && lies_below(host, &self.name)
    }
}

/// The lists.
#[derive(Debug, Clone)]
pub struct HostRules {
    official: Vec<String>,
    education: Vec<String>,
    archive: Vec<String>,
    allowed: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    official: Suffixes,
    education: Suffixes,
    archive: Suffixes,
    allowed: Vec<Allowed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suffixes {
    suffixes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Allowed {
    host: String,
    #[expect(
        dead_code,
        reason = "for whoever reads the file; required, so that no entry lacks it"
    )]
    of: String,
}

static RULES: LazyLock<HostRules> = LazyLock::new(|| {
    HostRules::parse(include_str!("../../../data/hosts.toml"))
        .unwrap_or_else(|error| panic!("compiled-in data/hosts.toml: {error}"))
});

impl HostRules {
    /// The compiled-in lists.
    pub fn get() -> &'static Self {
        &RULES
    }

    /// The compiled-in lists with more official hosts: `www.example.org`, or `*.example.org` with all below it.
    ///
    /// # Errors
    ///
    /// The first entry that is no host.
    pub fn with<S: AsRef<str>>(more: &[S]) -> Result<Self, HostError> {
        let mut rules = Self::get().clone();
        for entry in more {
            rules.allowed.push(Entry::parse(entry.as_ref())?);
        }
        Ok(rules)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let suffixes = |list: Suffixes| -> Result<Vec<String>, String> {
            let names = list.suffixes.iter();
            names
                .map(|name| domain(name).ok_or_else(|| format!("{name:?} is no host")))
                .collect()
        };
        let entries = file.allowed.iter().map(|entry| Entry::parse(&entry.host));
        Ok(Self {
            official: suffixes(file.official)?,
            education: suffixes(file.education)?,
            archive: suffixes(file.archive)?,
            allowed: entries
                .collect::<Result<_, _>>()
                .map_err(|error| error.to_string())?,
        })
    }

    /// What is known of a host, as [`domain`] gives it.
    pub(super) fn class(&self, host: &str) -> Class {
        let under = |list: &[String]| {
            list.iter()
                .any(|suffix| host == suffix || lies_below(host, suffix))
        };
        if under(&self.official) {
            Class::Official
        } else if self.allowed.iter().any(|entry| entry.holds(host)) {
            Class::Allowed
        } else if under(&self.archive) {
            Class::Archive
        } else if imitates(host) {
            Class::Imitates
        } else if under(&self.education) {
            Class::Education
        } else {
            Class::Unlisted
        }
    }
}

/// Whether the labels `gov` and `cn` stand side by side with others behind them.
fn imitates(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    labels
        .windows(3)
        .any(|run| run[0] == "gov" && run[1] == "cn")
}

fn lies_below(host: &str, suffix: &str) -> bool {
    host.strip_suffix(suffix)
        .is_some_and(|before| before.ends_with('.') && before.len() > 1)
}

/// A name as hosts are compared: lower case, punycode, full-width dots as dots, no dot at the end. `None` for
/// what is no name: IP addresses, empty labels, characters that no host has.
pub(super) fn domain(text: &str) -> Option<String> {
    match Host::parse(text).ok()? {
        Host::Domain(name) => plain(&name),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

/// Without the dot at the end; `None` where a label is empty.
pub(super) fn plain(name: &str) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let sound = !name.is_empty() && name.split('.').all(|label| !label.is_empty());
    sound.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_and_no_hosts_are_refused() {
        let text = include_str!("../../../data/hosts.toml");
        assert!(HostRules::parse(&text.replace("of = ", "off = ")).is_err());
        assert!(HostRules::parse(&text.replace("\"edu.cn\"", "\"edu .cn\"")).is_err());
        for wrong in [
            "",
            "*",
            "*.cn",
            "cn",
            "http://a.cn/",
            "a b.cn",
            "10.1.2.3",
            "*.*.cn",
        ] {
            assert!(HostRules::with(&[wrong]).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn added_hosts_hold_as_written() {
        let rules = HostRules::with(&["www.Example.org", "*.例子.cn"]).unwrap();
        let class = |host: &str| rules.class(&domain(host).unwrap());
        assert_eq!(class("www.example.org"), Class::Allowed);
        assert_eq!(class("example.org"), Class::Unlisted);
        assert_eq!(class("a.www.example.org"), Class::Unlisted);
        assert_eq!(class("a.b.例子.cn"), Class::Allowed);
        assert_eq!(class("例子.cn"), Class::Allowed);
        assert_eq!(class("新例子.cn"), Class::Unlisted);
    }
}
