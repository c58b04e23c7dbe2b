//! The home directory: what runs write, in one place the user names.
//!
//! In: a directory. Out: the paths of its parts (`nianbao.toml`, `nianbao.db`, `warc/`), its
//! configuration, and the lock that keeps two writers apart. Never reads or writes what is
//! in the database or the archive.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Name of the file that makes a directory a home.
const CONFIG: &str = "nianbao.toml";
/// The configuration `init` writes: every key, commented out, with its default.
const TEMPLATE: &str = "\
# nianbao home. Every key may be left out; unknown keys are refused.
#
# To crawl: uncomment contact, put a profile into selectors/sites/ (`nianbao profile new --file PAGE URL` writes one), look
# at what `nianbao run --dry-run` would ask for, then `nianbao run`. `nianbao status` says how far it is, `nianbao why URL` what
# came of an address, `nianbao schedule` prints a timer for every night.

[home]
# Whom to ask about this archive, written into its WARC files and, when crawling, the User-Agent.
# contact = \"name@example.org\"

[archive]
# A WARC file this long takes no further records, in MB (1 MB = 1,000,000 bytes).
# max_file_size_mb = 1000
# How hard its records are compressed: 1 (fast) to 9 (small). 6 takes twice the time of 1 and saves a twelfth of the room.
# compression = 1

[crawl]
# What the User-Agent begins with; the contact of [home] is added, without which nothing is asked of anybody.
# user_agent = \"nianbao\"
# The least pause after an answer before the same host, domain or address is asked again, in milliseconds.
# delay_ms = 3000
# Sites to crawl, by the names of their profiles; empty: all in selectors/ of this home.
# sites = []
# Items of this many report years back are asked for again each time; others after revisit_days.
# recent_years = 2
# revisit_days = 30
# Of a host, in one going-over: addresses, bytes (in MB), time its answers took, failures in a row.
# max_pages = 5000
# max_mb = 2000
# max_minutes = 360
# max_errors = 10
# Pages of one list; links from a seed.
# max_list_pages = 200
# max_depth = 8
# An answer longer than this is cut, in MB.
# max_body_mb = 64
# A host that wants to be left alone longer than this is left to the next run, in seconds.
# patience_s = 900
# After this pause (in seconds) what failed for a moment is tried again; four times as long after that.
# retry_s = 30
# Hosts that are asked at the same time, at most.
# connections = 256
# What must stay free on the disk, in MB.
# reserve_mb = 500
# A host with a certificate that is not valid: \"record\" (ask it, and say so) or \"require\" (do not).
# certificates = \"record\"
# Private addresses that may be connected to all the same: \"127.0.0.0/8\".
# allow_addresses = []
# Where a host is, whatever its name leads to: \"www.a.example\" = \"127.0.0.1:8080\".
# hosts = {}

[run]
# Told when a run begins and ends, by POST with a JSON text: event, home, and at the end exit and summary.
# webhook = \"https://monitor.example.org/nianbao\"
# A check that expects runs: POST to this address with /start behind it, then with /EXIT (0: all accounted for).
# ping = \"https://check.example.org/ping/0123\"

[provenance]
# Official hosts outside gov.cn: \"www.example.org\", or \"*.example.org\" with all below it.
# official_hosts = []
";

/// Why a home could not be made, found, read or locked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HomeError {
    /// No `nianbao.toml` here or above.
    #[error("no nianbao home in {} or above it; run `nianbao init DIR` to make one, or name one with --home DIR", from.display())]
    NotFound {
        /// Where the search began.
        from: PathBuf,
    },
    /// The directory named has no `nianbao.toml`.
    #[error("{} is no nianbao home (it has no nianbao.toml); run `nianbao init {}` to make it one", path.display(), path.display())]
    NotAHome {
        /// As named.
        path: PathBuf,
    },
    /// `init` was asked to make a home where there is one.
    #[error("{} is a nianbao home already; use it with `--home {}`, or init another directory", path.display(), path.display())]
    Exists {
        /// As named.
        path: PathBuf,
    },
    /// `init` was asked to make a home in a directory that holds one's parts without its configuration.
    #[error("{} exists; init does not take over what it did not make: move it away, or init another directory", path.display())]
    Occupied {
        /// The part that is there.
        path: PathBuf,
    },
    /// The configuration is not TOML or has a key or value that is not known.
    #[error("cannot read {}; correct it, or compare with a fresh one from `nianbao init`", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// Line and reason.
        source: Box<toml::de::Error>,
    },
    /// A number in the configuration is out of range.
    #[error("{}: archive.{key} is {found}, must be {least} to {most}", path.display())]
    Range {
        /// The file.
        path: PathBuf,
        /// The key.
        key: &'static str,
        /// As configured.
        found: u64,
        /// The least it may be.
        least: u64,
        /// The most it may be.
        most: u64,
    },
    /// Another process writes into the home.
    #[error("another nianbao is writing to {}; wait for it, or stop it", path.display())]
    Locked {
        /// The home.
        path: PathBuf,
    },
    /// A file or directory could not be created, read or opened.
    #[error("cannot use {}", path.display())]
    Io {
        /// File or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl HomeError {
    /// Whether room on the disk would mend it.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull)
    }
}

/// What `nianbao.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// About the home as a whole.
    #[serde(default)]
    pub home: HomeConfig,
    /// About the archive.
    #[serde(default)]
    pub archive: ArchiveConfig,
    /// About crawling.
    #[serde(default)]
    pub crawl: CrawlConfig,
    /// About runs.
    #[serde(default)]
    pub run: RunConfig,
    /// About where pages come from.
    #[serde(default)]
    pub provenance: ProvenanceConfig,
}

/// The `[run]` table. What its addresses are is checked where they are used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// Told by POST when a run begins and ends; `None`: nobody is.
    pub webhook: Option<String>,
    /// Told likewise, with `/start` and then the exit code behind the address; `None`: nobody is.
    pub ping: Option<String>,
}

/// The `[home]` table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HomeConfig {
    /// Whom to ask about the archive; `None` leaves it out of the WARC files.
    pub contact: Option<String>,
}

/// The `[provenance]` table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenanceConfig {
    /// Official hosts beside the compiled-in ones; checked where they are used.
    #[serde(default)]
    pub official_hosts: Vec<String>,
}

/// The `[crawl]` table. What it means is checked where it is used.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CrawlConfig {
    /// What the User-Agent begins with.
    pub user_agent: String,
    /// The least pause after an answer, in milliseconds.
    pub delay_ms: u64,
    /// Names of the sites to crawl; empty: all of the home's `selectors/`, none of those that come with the program.
    pub sites: Vec<String>,
    /// Report years back whose items are asked for again each time.
    pub recent_years: u16,
    /// Days after which other items are.
    pub revisit_days: u32,
    /// Addresses asked for of a host.
    pub max_pages: u64,
    /// Bytes received of a host, in MB of a million.
    pub max_mb: u64,
    /// Time that a host's answers took, in minutes.
    pub max_minutes: u64,
    /// Failures in a row after which a host is left alone.
    pub max_errors: u32,
    /// Pages of one list.
    pub max_list_pages: u32,
    /// Links from a seed.
    pub max_depth: u32,
    /// The longest answer, in MB of a million bytes.
    pub max_body_mb: u64,
    /// The longest that a host is waited for, in seconds.
    pub patience_s: u64,
    /// The pause before a second try, in seconds.
    pub retry_s: u64,
    /// Hosts asked at the same time.
    pub connections: u16,
    /// What must stay free on the disk, in MB of a million bytes.
    pub reserve_mb: u64,
    /// What is done about certificates that are not valid.
    pub certificates: CertificateConfig,
    /// Ranges of private addresses that may be connected to.
    pub allow_addresses: Vec<String>,
    /// Host, with or without port, to address with port.
    pub hosts: std::collections::BTreeMap<String, std::net::SocketAddr>,
}

/// What is done about certificates that are not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateConfig {
    /// The host is asked, and the record says what is wrong.
    Record,
    /// The host is not asked.
    Require,
}

impl Default for CrawlConfig {
    fn default() -> Self {
        Self {
            user_agent: "nianbao".into(),
            delay_ms: 3000,
            sites: Vec::new(),
            recent_years: 2,
            revisit_days: 30,
            max_pages: 5000,
            max_mb: 2000,
            max_minutes: 360,
            max_errors: 10,
            max_list_pages: 200,
            max_depth: 8,
            max_body_mb: 64,
            patience_s: 900,
            retry_s: 30,
            connections: 256,
            reserve_mb: 500,
            certificates: CertificateConfig::Record,
            allow_addresses: Vec::new(),
            hosts: std::collections::BTreeMap::new(),
        }
    }
}

/// The `[archive]` table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ArchiveConfig {
    /// A WARC file this long takes no further records, in MB of a million bytes.
    pub max_file_size_mb: u64,
    /// How hard records are compressed, 1 (fast) to 9 (small).
    pub compression: u8,
}

impl Default for ArchiveConfig {
    /// 1 GB, the size the WARC standard recommends (annex C).
    fn default() -> Self {
        Self {
            max_file_size_mb: 1000,
            compression: 1,
        }
    }
}

/// A home that exists and whose configuration was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    directory: PathBuf,
    config: Config,
}

/// Keeps other writers out of a home until it is dropped. The system lets go of it when the
/// process ends, however it ends.
#[derive(Debug)]
pub struct HomeLock {
    _file: File,
}

impl Home {
    /// Makes `directory` (created if need be; other files in it are left alone) a home.
    ///
    /// # Errors
    ///
    /// [`HomeError::Exists`], [`HomeError::Occupied`], [`HomeError::Io`]. Nothing that was
    /// there is changed.
    pub fn init(directory: &Path) -> Result<Self, HomeError> {
        let config = directory.join(CONFIG);
        if config.exists() {
            return Err(HomeError::Exists {
                path: directory.into(),
            });
        }
        let home = Self {
            directory: directory.into(),
            config: Config::default(),
        };
        for path in [home.database(), home.warc()] {
            if path.exists() {
                return Err(HomeError::Occupied { path });
            }
        }
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| HomeError::Io { path, source }
        };
        let warc = home.warc();
        std::fs::create_dir_all(&warc).map_err(io(&warc))?;
        let database = home.database();
        // Empty: SQLite takes an empty file for a new database.
        File::create_new(&database).map_err(io(&database))?;
        // The configuration comes last: only then is it a home.
        let mut file = File::create_new(&config).map_err(io(&config))?;
        file.write_all(TEMPLATE.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(io(&config))?;
        Ok(home)
    }

    /// The home named by `explicit`, else the nearest one at or above `cwd`.
    ///
    /// # Errors
    ///
    /// [`HomeError::NotAHome`], [`HomeError::NotFound`], and as for [`Self::open`].
    pub fn find(explicit: Option<&Path>, cwd: &Path) -> Result<Self, HomeError> {
        if let Some(named) = explicit {
            return Self::open(&cwd.join(named));
        }
        cwd.ancestors()
            .find(|directory| directory.join(CONFIG).is_file())
            .map_or_else(|| Err(HomeError::NotFound { from: cwd.into() }), Self::open)
    }

    /// The home in exactly this directory.
    ///
    /// # Errors
    ///
    /// [`HomeError::NotAHome`], [`HomeError::Config`], [`HomeError::Range`], [`HomeError::Io`].
    pub fn open(directory: &Path) -> Result<Self, HomeError> {
        let path = directory.join(CONFIG);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(HomeError::NotAHome {
                    path: directory.into(),
                });
            }
            Err(source) => return Err(HomeError::Io { path, source }),
        };
        let config: Config = match toml::from_str(&text) {
            Ok(config) => config,
            Err(source) => {
                return Err(HomeError::Config {
                    path,
                    source: Box::new(source),
                });
            }
        };
        let archive = &config.archive;
        let ranges = [
            ("max_file_size_mb", archive.max_file_size_mb, 1, 1_000_000),
            ("compression", u64::from(archive.compression), 1, 9),
        ];
        for (key, found, least, most) in ranges {
            if !(least..=most).contains(&found) {
                return Err(HomeError::Range {
                    path,
                    key,
                    found,
                    least,
                    most,
                });
            }
        }
        Ok(Self {
            directory: directory.into(),
            config,
        })
    }

    /// The directory itself.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What its `nianbao.toml` says.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.directory.join("nianbao.db")
    }

    /// The ledger of the crawl.
    pub fn frontier(&self) -> PathBuf {
        self.directory.join("frontier.db")
    }

    /// What people decided of agencies and findings.
    pub fn decisions(&self) -> PathBuf {
        self.directory.join("decisions.jsonl")
    }

    /// The directory of WARC files.
    pub fn warc(&self) -> PathBuf {
        self.directory.join("warc")
    }

    /// The profiles of the home: every `.toml` below `selectors/`, one folder deep, by path below `selectors/`, with its
    /// text. None where there is no such folder.
    ///
    /// # Errors
    ///
    /// [`HomeError::Io`] for a file that cannot be read or is no UTF-8.
    pub fn selectors(&self) -> Result<Vec<(String, String)>, HomeError> {
        let root = self.directory.join("selectors");
        let mut files = Vec::new();
        for folder in ["", "platforms", "sites"] {
            let path = root.join(folder);
            if !path.is_dir() {
                continue;
            }
            let error = |source| HomeError::Io {
                path: path.clone(),
                source,
            };
            for entry in fs::read_dir(&path).map_err(error)? {
                let file = entry.map_err(error)?.path();
                if file.extension().is_none_or(|ending| ending != "toml") {
                    continue;
                }
                let text = fs::read_to_string(&file).map_err(|source| HomeError::Io {
                    path: file.clone(),
                    source,
                })?;
                let name = file.strip_prefix(&root).unwrap_or(&file);
                files.push((name.display().to_string(), text));
            }
        }
        files.sort();
        Ok(files)
    }

    /// A WARC file's size limit, in bytes.
    pub fn max_file_size(&self) -> u64 {
        self.config.archive.max_file_size_mb * 1_000_000
    }

    /// How hard its records are compressed.
    pub fn compression(&self) -> u32 {
        self.config.archive.compression.into()
    }

    /// Takes the home for writing. Readers need no lock.
    ///
    /// # Errors
    ///
    /// [`HomeError::Locked`] at once, without waiting; [`HomeError::Io`].
    pub fn lock(&self) -> Result<HomeLock, HomeError> {
        let path = self.directory.join("nianbao.lock");
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|source| HomeError::Io {
                path: path.clone(),
                source,
            })?;
        match file.try_lock() {
            Ok(()) => Ok(HomeLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(HomeError::Locked {
                path: self.directory.clone(),
            }),
            Err(TryLockError::Error(source)) => Err(HomeError::Io { path, source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_made_once_and_found_from_below() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("new/home");
        let home = Home::init(&directory).unwrap();
        assert!(home.warc().is_dir() && home.database().is_file());
        assert_eq!(home.max_file_size(), 1_000_000_000);
        assert_eq!(Home::open(&directory).unwrap(), home);
        assert!(matches!(
            Home::init(&directory),
            Err(HomeError::Exists { .. })
        ));

        assert_eq!(Home::find(None, &home.warc()).unwrap(), home);
        let named = Home::find(Some(Path::new("new/home")), parent.path());
        assert_eq!(named.unwrap(), home);
        let none = Home::find(None, parent.path()).unwrap_err();
        assert!(none.to_string().contains("nianbao init DIR"), "{none}");
        let wrong = Home::find(Some(Path::new("new")), parent.path());
        assert!(matches!(wrong, Err(HomeError::NotAHome { .. })));
    }

    #[test]
    fn init_does_not_take_over_foreign_files() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("nianbao.db"), "mine").unwrap();
        let error = Home::init(directory.path()).unwrap_err();
        assert!(matches!(error, HomeError::Occupied { .. }));
        let kept = std::fs::read(directory.path().join("nianbao.db")).unwrap();
        assert_eq!(kept, b"mine");
    }

    #[test]
    fn the_configuration_is_read_strictly() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(CONFIG);
        let open = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Home::open(directory.path())
        };
        let text = "[provenance]\nofficial_hosts = [\"a.org\"]";
        assert_eq!(
            open(text).unwrap().config().provenance.official_hosts,
            ["a.org"]
        );
        let home = open("[home]\ncontact = \"a@b\"\n[archive]\nmax_file_size_mb = 5\n").unwrap();
        assert_eq!(home.config().home.contact.as_deref(), Some("a@b"));
        assert_eq!(home.max_file_size(), 5_000_000);
        assert_eq!(open("").unwrap().config(), &Config::default());
        for text in [
            "[home]\nkontact = 1",
            "[x]",
            "[archive]\nmax_file_size_mb = -1",
            "a",
        ] {
            assert!(
                matches!(open(text), Err(HomeError::Config { .. })),
                "{text}"
            );
        }
        let error = open("[archive]\nmax_file_size_mb = 0");
        assert!(matches!(error, Err(HomeError::Range { found: 0, .. })));
    }

    #[test]
    fn the_template_names_every_key_with_its_default() {
        let uncommented = TEMPLATE
            .lines()
            .map(|line| match line.split_once(" = ") {
                Some((key, _)) if !key.trim_start_matches("# ").contains([' ', ':']) => {
                    line.trim_start_matches("# ")
                }
                _ => line,
            })
            .collect::<Vec<_>>()
            .join("\n");
        let config: Config = toml::from_str(&uncommented).unwrap();
        assert!(config.home.contact.is_some());
        assert_eq!(config.archive, ArchiveConfig::default());
        assert_eq!(config.crawl, CrawlConfig::default());
        assert_eq!(uncommented.matches("\nmax_").count(), 8, "{uncommented}");
        assert_eq!(
            toml::from_str::<Config>(TEMPLATE).unwrap(),
            Config::default()
        );
    }

    #[test]
    fn two_writers_exclude_each_other() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::init(&directory.path().join("h")).unwrap();
        let lock = home.lock().unwrap();
        assert!(matches!(home.lock(), Err(HomeError::Locked { .. })));
        drop(lock);
        home.lock().unwrap();
    }
}
