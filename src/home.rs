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

[home]
# Whom to ask about this archive, written into its WARC files and, when crawling, the User-Agent.
# contact = \"name@example.org\"

[archive]
# A WARC file this long takes no further records, in MB (1 MB = 1,000,000 bytes).
# max_file_size_mb = 1000

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
    #[error("{}: archive.max_file_size_mb is {found}, must be 1 to 1000000", path.display())]
    FileSize {
        /// The file.
        path: PathBuf,
        /// As configured, in MB.
        found: u64,
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
    /// About where pages come from.
    #[serde(default)]
    pub provenance: ProvenanceConfig,
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

/// The `[archive]` table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveConfig {
    /// A WARC file this long takes no further records, in MB of a million bytes.
    #[serde(default = "default_file_size_mb")]
    pub max_file_size_mb: u64,
}

impl Default for ArchiveConfig {
    fn default() -> Self {
        Self {
            max_file_size_mb: default_file_size_mb(),
        }
    }
}

/// 1 GB, the size the WARC standard recommends (annex C).
const fn default_file_size_mb() -> u64 {
    1000
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
    /// [`HomeError::NotAHome`], [`HomeError::Config`], [`HomeError::FileSize`], [`HomeError::Io`].
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
        let found = config.archive.max_file_size_mb;
        if !(1..=1_000_000).contains(&found) {
            return Err(HomeError::FileSize { path, found });
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
        assert!(matches!(error, Err(HomeError::FileSize { found: 0, .. })));
    }

    #[test]
    fn the_template_names_every_key_with_its_default() {
        let uncommented = TEMPLATE
            .replace("# contact", "contact")
            .replace("# max_file", "max_file")
            .replace("# official_hosts", "official_hosts");
        let config: Config = toml::from_str(&uncommented).unwrap();
        assert!(config.home.contact.is_some());
        assert_eq!(config.archive, ArchiveConfig::default());
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
