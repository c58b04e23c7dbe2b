//! All profiles: those compiled in, with a home's over them.
//!
//! In: the profiles' texts. Out: [`Sites`]: which site and which platform a page belongs to. Reads no disk: a home's
//! files are handed over as texts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use url::Url;

use super::texts::Texts;
use super::{Platform, ProfileError, Sign, SiteProfile};

/// The profiles in `selectors/`, path and text, listed by `build.rs`.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/selectors.rs"));

/// The profiles compiled in: path below `selectors/`, and text.
pub fn compiled_files() -> &'static [(&'static str, &'static str)] {
    FILES
}

/// The name of the platform of pages without one of their own.
const GENERIC: &str = "generic";

static COMPILED: LazyLock<Sites> = LazyLock::new(|| {
    let mut all = Sites::default()
        .with_files(FILES.iter().map(|(path, text)| (*path, *text)))
        .unwrap_or_else(|error| panic!("compiled-in profile: {error}"));
    all.added.clear();
    all
});

/// Why the profiles are refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SitesError {
    /// A file is broken.
    #[error("{file}: {source}")]
    Profile {
        /// The file, as handed over.
        file: String,
        /// What is wrong, with line and column.
        source: ProfileError,
    },
    /// A site names a platform that there is none of.
    #[error("{file}: there is no platform {platform:?}; known are {known}")]
    NoPlatform {
        /// The file, as handed over.
        file: String,
        /// As the site names it.
        platform: String,
        /// The platforms there are.
        known: String,
    },
    /// Two files have profiles of one name.
    #[error("{file}: {other} has the name {name:?} already")]
    Twice {
        /// The file, as handed over.
        file: String,
        /// The other.
        other: String,
        /// The name.
        name: String,
    },
}

/// All profiles of platforms and sites. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Sites {
    platforms: BTreeMap<String, Arc<Platform>>,
    by_name: BTreeMap<String, Arc<SiteProfile>>,
    /// Names of the sites that are not compiled in, or not as they are here.
    added: BTreeSet<String>,
    /// Sites by host of their scope, `*.` included.
    hosts: Arc<HashMap<String, Vec<Arc<SiteProfile>>>>,
    /// The texts that tell of any of the platforms.
    texts: Arc<Texts>,
}

impl Sites {
    /// The profiles compiled in; checked by a test.
    pub fn compiled() -> &'static Self {
        &COMPILED
    }

    /// These profiles with others over them: a profile replaces one of the same name. Files whose path has
    /// `platforms/` in it are platforms, all others sites.
    ///
    /// # Errors
    ///
    /// [`SitesError`] for a file that is no profile, a platform that does not exist, a name twice among the files.
    pub fn with_files<P: AsRef<str>, T: AsRef<str>>(
        &self,
        files: impl IntoIterator<Item = (P, T)>,
    ) -> Result<Self, SitesError> {
        let mut all = self.clone();
        let mut names: BTreeMap<(bool, String), String> = BTreeMap::new();
        let mut wanted = Vec::new();
        for (path, text) in files {
            let (path, text) = (path.as_ref(), text.as_ref());
            let broken = |source| SitesError::Profile {
                file: path.to_owned(),
                source,
            };
            let is_platform = path.starts_with("platforms/") || path.contains("/platforms/");
            let name = if is_platform {
                let platform = Platform::parse(text).map_err(broken)?;
                let name = platform.name.as_str().to_owned();
                all.platforms.insert(name.clone(), Arc::new(platform));
                name
            } else {
                let site = SiteProfile::parse(text).map_err(broken)?;
                let name = site.name.as_str().to_owned();
                if let Some(platform) = &site.platform {
                    wanted.push((path.to_owned(), platform.clone()));
                }
                all.by_name.insert(name.clone(), Arc::new(site));
                all.added.insert(name.clone());
                name
            };
            if let Some(other) = names.insert((is_platform, name.clone()), path.to_owned()) {
                return Err(SitesError::Twice {
                    file: path.to_owned(),
                    other,
                    name,
                });
            }
        }
        for (file, platform) in wanted {
            if !all.platforms.contains_key(&platform) {
                let known: Vec<&str> = all.platforms.keys().map(String::as_str).collect();
                return Err(SitesError::NoPlatform {
                    file,
                    platform,
                    known: known.join(", "),
                });
            }
        }
        let mut hosts: HashMap<String, Vec<Arc<SiteProfile>>> = HashMap::new();
        for site in all.by_name.values() {
            for host in &site.scope.hosts {
                hosts
                    .entry(host.clone())
                    .or_default()
                    .push(Arc::clone(site));
            }
        }
        all.hosts = Arc::new(hosts);
        let evidence = all.platforms().flat_map(|one| &one.detect.evidence);
        let texts = evidence.filter_map(|one| match &one.sign {
            Sign::Text(text) => Some(text.as_str()),
            _ => None,
        });
        all.texts = Arc::new(Texts::of(texts));
        Ok(all)
    }

    /// The texts that tell of any of the platforms, to be looked for all at once.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The site an address belongs to: of those whose scope holds it the one with the longest path; `None` where
    /// there is none.
    pub fn for_url(&self, url: &Url) -> Option<&SiteProfile> {
        let host = url.host_str()?;
        let with_port = url.port().map(|port| format!("{host}:{port}"));
        let own = with_port.as_deref().unwrap_or(host);
        let exact = self.hosts.get(own).into_iter().flatten();
        let mut best: Option<(usize, &Arc<SiteProfile>)> = None;
        let mut consider = |site| {
            let length = SiteProfile::path_length(site, url);
            if let Some(length) = length
                && best.is_none_or(|(known, _)| known < length)
            {
                best = Some((length, site));
            }
        };
        exact.for_each(&mut consider);
        // `*.a.example` means `a.example` too.
        let mut parent = Some(own);
        while let Some(name) = parent {
            let wild = self.hosts.get(&format!("*.{name}"));
            wild.into_iter().flatten().for_each(&mut consider);
            parent = name.split_once('.').map(|(_, rest)| rest);
        }
        best.map(|(_, site)| site.as_ref())
    }

    /// The site of this name.
    pub fn site(&self, name: &str) -> Option<&SiteProfile> {
        self.by_name.get(name).map(AsRef::as_ref)
    }

    /// The sites of the home at hand, by name: those that somebody put there to be crawled, not those that come with
    /// the program.
    pub fn added(&self) -> impl Iterator<Item = &SiteProfile> {
        self.added.iter().filter_map(|name| self.site(name))
    }

    /// All sites, by name.
    pub fn sites(&self) -> impl Iterator<Item = &SiteProfile> {
        self.by_name.values().map(AsRef::as_ref)
    }

    /// The platform of this name.
    pub fn platform(&self, name: &str) -> Option<&Platform> {
        self.platforms.get(name).map(AsRef::as_ref)
    }

    /// All platforms, by name; the generic one among them.
    pub fn platforms(&self) -> impl Iterator<Item = &Platform> {
        self.platforms.values().map(AsRef::as_ref)
    }

    /// What holds for pages without a platform of their own; `None` only where no profile was loaded.
    pub fn generic(&self) -> Option<&Platform> {
        self.platform(GENERIC)
    }
}

impl SiteProfile {
    fn path_length(site: &Arc<Self>, url: &Url) -> Option<usize> {
        site.scope.path_length(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = r#"
name = "qingling"
title = "青岭市人民政府"
platform = "generic"
delay_ms = 5000
confirmed = "2026-11-23"

[[seeds]]
url = "http://www.qingling.example/zwgk/nb/index.html#a"
kind = "list"
agency = "青岭市财政局"

[[seeds]]
url = "http://www.qingling.example/"
kind = "root"

[list]
item = "ul.list > li"
date = ["span", ".date"]

[[paging]]
strategy = "query"
parameter = "p"

[expect]
first_year = 2008
"#;

    fn with(text: &str) -> Result<Sites, SitesError> {
        Sites::compiled().with_files([("sites/qingling.toml", text)])
    }

    #[test]
    fn compiled_profiles_are_well_formed() {
        assert!(Sites::compiled().generic().is_some());
    }

    #[test]
    fn a_site_is_read() {
        let sites = with(SITE).unwrap();
        let site = sites.site("qingling").unwrap();
        assert_eq!(site.scope.hosts, ["www.qingling.example"]);
        assert_eq!(
            site.seeds[0].url.as_str(),
            "http://www.qingling.example/zwgk/nb/index.html"
        );
        assert_eq!(site.confirmed.unwrap().to_string(), "2026-11-23");
        let agency = |url: &str| site.agency_of(&Url::parse(url).unwrap());
        assert_eq!(
            agency("http://www.qingling.example/zwgk/nb/2.html"),
            "青岭市财政局"
        );
        assert_eq!(agency("http://www.qingling.example/x/"), "青岭市人民政府");
    }

    #[test]
    fn what_is_wrong_is_refused_with_line_and_column() {
        // What is changed, and how far above the change the place is.
        let cases = [
            ("delay_ms", "delay_s", 0),
            ("first_year", "year", 0),
            ("kind = \"list\"", "kind = \"lists\"", 0),
            ("http://www.qingling.example/zwgk", "ftp://a/", 1),
            ("item = \"ul.list > li\"", "item = \"ul.list ~ li\"", 0),
            ("[\"span\", \".date\"]", "[\"span\", \"..date\"]", 0),
            ("strategy = \"query\"", "strategy = \"quick\"", 0),
            ("strategy = \"query\"", "strategy = \"trs\"", 1),
            ("delay_ms = 5000", "delay_ms = 5000000", 0),
            ("confirmed = \"2026", "confirmed = \"26", 0),
            ("first_year = 2008", "first_year = 1908", 0),
        ];
        for (old, new, above) in cases {
            let text = SITE.replacen(old, new, 1);
            let line = text.lines().position(|line| line.contains(new)).unwrap() + 1 - above;
            let error = with(&text).unwrap_err();
            let SitesError::Profile { file, source } = &error else {
                panic!("{error}");
            };
            assert_eq!(file, "sites/qingling.toml");
            let place = format!("line {line}, column ");
            assert!(
                source.to_string().contains(&place),
                "{place}: {new}: {error}"
            );
        }
        let error = with(&SITE.replace("\"generic\"", "\"nothing\"")).unwrap_err();
        assert!(matches!(error, SitesError::NoPlatform { .. }), "{error}");
        let twice = [("a.toml", SITE), ("b.toml", SITE)];
        let error = Sites::compiled().with_files(twice).unwrap_err();
        assert!(matches!(error, SitesError::Twice { .. }), "{error}");
    }

    #[test]
    fn the_narrowest_scope_counts() {
        let scoped = |name: &str, scope: &str| {
            let text = SITE.replace("\"qingling\"", &format!("\"{name}\""));
            let (head, tail) = text.split_once("[list]").unwrap();
            format!("{head}[scope]\n{scope}\n[list]{tail}")
        };
        let files = [
            ("a.toml", scoped("wide", "hosts = [\"*.qingling.example\"]")),
            (
                "b.toml",
                scoped(
                    "narrow",
                    "hosts = [\"www.qingling.example\", \"a.example:8080\"]\npaths = [\"/zwgk/\", \"/\"]",
                ),
            ),
        ];
        let sites = Sites::default()
            .with_files([("platforms/generic.toml", super::super::GENERIC)])
            .unwrap()
            .with_files(files)
            .unwrap();
        let name = |url: &str| {
            let site = sites.for_url(&Url::parse(url).unwrap());
            site.map(|site| site.name.as_str().to_owned())
        };
        let cases = [
            ("http://www.qingling.example/zwgk/x", Some("narrow")),
            ("https://WWW.qingling.example/other", Some("narrow")),
            ("http://qingling.example/", Some("wide")),
            ("http://a.b.qingling.example/", Some("wide")),
            ("http://aqingling.example/", None),
            ("http://a.example:8080/", Some("narrow")),
            ("http://a.example/", None),
        ];
        for (url, want) in cases {
            assert_eq!(name(url).as_deref(), want, "{url}");
        }
    }
}
