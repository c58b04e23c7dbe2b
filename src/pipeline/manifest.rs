//! A list of files to import with what is known of each: `import --manifest FILE.toml`.
//!
//! ```toml
//! [[page]]
//! file = "2019.html"                        # beside the manifest, or absolute
//! url = "http://www.example.gov.cn/a.html"  # where it was published; may be left out
//! content_type = "text/html; charset=gbk"   # as the server declared it; may be left out
//! ```

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::walk::Found;

/// Why a manifest is refused. Nothing is then imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The file could not be read.
    #[error("cannot read {}", path.display())]
    Io {
        /// The manifest.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No TOML, or a key that is none of the three.
    #[error("{} is no manifest", path.display())]
    Syntax {
        /// The manifest.
        path: PathBuf,
        /// Line and reason.
        source: Box<toml::de::Error>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    page: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: PathBuf,
    url: Option<String>,
    content_type: Option<String>,
}

/// Reads a manifest; its files in its order, not looked for yet.
///
/// # Errors
///
/// [`ManifestError`].
pub fn read_manifest(path: &Path) -> Result<Vec<Found>, ManifestError> {
    let text = std::fs::read_to_string(path).map_err(|source| ManifestError::Io {
        path: path.into(),
        source,
    })?;
    let file: File = toml::from_str(&text).map_err(|source| ManifestError::Syntax {
        path: path.into(),
        source: Box::new(source),
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let found = |entry: Entry| Found {
        path: folder.join(entry.file),
        named: true,
        url: entry.url,
        content_type: entry.content_type,
    };
    Ok(file.page.into_iter().map(found).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_read_strictly() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            read_manifest(&path)
        };
        let found = read("[[page]]\nfile = \"a.html\"\nurl = \"http://a/\"\n").unwrap();
        assert_eq!(found[0].path, folder.path().join("a.html"));
        assert_eq!(found[0].url.as_deref(), Some("http://a/"));
        for text in [
            "[[page]]\nurl = \"x\"",
            "[[page]]\nfile = \"a\"\nulr = \"\"",
            "x",
        ] {
            assert!(
                matches!(read(text), Err(ManifestError::Syntax { .. })),
                "{text}"
            );
        }
        let none = read_manifest(Path::new("/nowhere.toml"));
        assert!(matches!(none, Err(ManifestError::Io { .. })));
    }
}
