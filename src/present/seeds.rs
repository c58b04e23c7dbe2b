//! Seeds as the files of crawlers that are larger than ours: Heritrix and Browsertrix.
//!
//! In: seed addresses, the operator's contact. Out: one file's text. Pure. What they crawl comes back by `nianbao import`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use url::{Host, Url};

use super::visible;

/// Whose file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedsFor {
    /// Heritrix 3: `seeds.txt`, with the hosts as SURT prefixes.
    Heritrix,
    /// Browsertrix Crawler: a configuration in YAML.
    Browsertrix,
}

impl SeedsFor {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Heritrix, Self::Browsertrix];

    /// Its word on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Heritrix => "heritrix",
            Self::Browsertrix => "browsertrix",
        }
    }

    /// The one a word names; `None` for any other word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// The file for `kind` with all seeds, each once, in their order; `contact` is the operator's mail or page.
///
/// Scope is the seeds' own hosts: reports seldom lie below the column that lists them.
pub fn seeds_for(kind: SeedsFor, seeds: &[Url], contact: &str) -> String {
    let mut known = BTreeSet::new();
    let seeds = seeds
        .iter()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .map(|url| {
            let mut url = url.clone();
            url.set_fragment(None);
            url
        })
        .filter(|url| known.insert(url.as_str().to_owned()));
    // A line of a comment, whatever is in it.
    let contact = visible(contact);
    match kind {
        SeedsFor::Heritrix => heritrix(seeds, &contact),
        SeedsFor::Browsertrix => browsertrix(seeds, &contact),
    }
}

fn heritrix(seeds: impl Iterator<Item = Url>, contact: &str) -> String {
    let mut text = format!(
        "# seeds.txt for Heritrix 3, by nianbao. In crawler-beans.cxml set metadata.operatorContactUrl to your page or\n\
         # address ({contact}), metadata.robotsPolicyName to obey, seedsAsSurtPrefixes to true (the lines with + are\n\
         # SURT prefixes, the scope) and TooManyHopsDecideRule.maxHops to 6. Then: nianbao import WARC-FILES\n"
    );
    let mut prefixes = BTreeSet::new();
    for url in seeds {
        prefixes.extend(surt_prefix(&url));
        text.push_str(url.as_str());
        text.push('\n');
    }
    for prefix in prefixes {
        text.push('+');
        text.push_str(&prefix);
        text.push('\n');
    }
    text
}

/// The SURT prefix of all of a host: `http://(cn,gov,yunxi,www,)/`. Heritrix takes `http` for `https` as well.
fn surt_prefix(url: &Url) -> Option<String> {
    let name = match url.host()? {
        Host::Domain(name) => {
            let mut parts: Vec<&str> = name.trim_end_matches('.').split('.').collect();
            parts.reverse();
            parts.join(",") + ","
        }
        // Numbers are not turned round.
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => format!("[{address}]"),
    };
    let port = url.port().map(|port| format!(":{port}"));
    Some(format!("http://({name}{})/", port.unwrap_or_default()))
}

fn browsertrix(seeds: impl Iterator<Item = Url>, contact: &str) -> String {
    let mut text = format!(
        "# For Browsertrix Crawler, by nianbao:\n\
         #   crawl --config /crawls/nianbao.yaml\n\
         # Then: nianbao import collections/nianbao/nianbao.wacz\n\
         collection: nianbao\n\
         generateWACZ: true\n\
         # One page at a time, three seconds between.\n\
         workers: 1\n\
         pageExtraDelay: 3\n\
         scopeType: host\n\
         depth: 6\n\
         userAgentSuffix: {}\n\
         seeds:\n",
        quoted(&format!("+nianbao ({contact})"))
    );
    let mut none = true;
    for url in seeds {
        none = false;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  - url: {}", quoted(url.as_str()));
    }
    if none {
        text.truncate(text.trim_end().len());
        text.push_str(" []\n");
    }
    text
}

/// A YAML scalar in double quotes. What has no control characters needs no more than these two escapes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeds(list: &[&str]) -> Vec<Url> {
        list.iter().map(|one| Url::parse(one).unwrap()).collect()
    }

    #[test]
    fn heritrix_has_each_seed_and_each_host_once() {
        let seeds = seeds(&[
            "https://www.yunxi.example/zwgk/zfxxgknb/",
            "http://www.yunxi.example/zwgk/zfxxgknb/#top",
            "http://www.yunxi.example/zwgk/zfxxgknb/",
            "http://192.0.2.7:8080/nb/",
            "http://qingling.example./",
            "ftp://qingling.example/",
        ]);
        let text = seeds_for(
            SeedsFor::Heritrix,
            &seeds,
            "mail@yunxi.example\n+http://(cn,",
        );
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            lines,
            [
                "https://www.yunxi.example/zwgk/zfxxgknb/",
                "http://www.yunxi.example/zwgk/zfxxgknb/",
                "http://192.0.2.7:8080/nb/",
                "http://qingling.example./",
                "+http://(192.0.2.7:8080)/",
                "+http://(example,qingling,)/",
                "+http://(example,yunxi,www,)/",
            ]
        );
        assert!(text.contains("mail@yunxi.example"));
    }

    #[test]
    fn browsertrix_is_yaml_whatever_the_contact() {
        let seeds = seeds(&["http://www.yunxi.example/a?b=\"c\"&d=\\"]);
        let text = seeds_for(SeedsFor::Browsertrix, &seeds, "\"x\"\nseeds: []\\");
        assert!(
            text.ends_with("seeds:\n  - url: \"http://www.yunxi.example/a?b=%22c%22&d=\\\\\"\n")
        );
        let suffix = text
            .lines()
            .find(|line| line.starts_with("userAgentSuffix"))
            .unwrap();
        assert!(
            suffix.starts_with("userAgentSuffix: \"+nianbao (\\\"x\\\""),
            "{suffix}"
        );
        assert_eq!(
            text.lines()
                .filter(|line| line.starts_with("seeds:"))
                .count(),
            1
        );
        let none = seeds_for(SeedsFor::Browsertrix, &[], "mail@yunxi.example");
        assert!(none.ends_with("\nseeds: []\n"));
    }

    #[test]
    fn words_lead_back() {
        for kind in SeedsFor::ALL {
            assert_eq!(SeedsFor::named(kind.as_str()), Some(kind));
        }
        assert_eq!(SeedsFor::named("wget"), None);
    }
}
