//! Files and folders → the files in them, in a fixed order.

use std::io;
use std::path::{Path, PathBuf};

/// A file to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it was named itself, and not just found in a folder.
    pub named: bool,
    /// Where it was published.
    pub url: Option<String>,
    /// Media type as declared.
    pub content_type: Option<String>,
}

/// The files that `path` names: itself, or, of a folder, every file in it and below, by name
/// (bytes of the name), folders in their place among the files. Hidden files and folders
/// and links to folders are passed over. A folder that cannot be listed goes to `failed`.
pub fn find_pages(path: &Path, failed: &mut dyn FnMut(&Path, io::Error)) -> Vec<Found> {
    let mut found = Vec::new();
    if path.is_dir() {
        list(path, &mut found, failed);
    } else {
        found.push(of(path.into(), true));
    }
    found
}

fn of(path: PathBuf, named: bool) -> Found {
    Found {
        path,
        named,
        url: None,
        content_type: None,
    }
}

fn list(folder: &Path, found: &mut Vec<Found>, failed: &mut dyn FnMut(&Path, io::Error)) {
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return failed(folder, error),
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => list(&path, found, failed),
            Ok(kind) if kind.is_file() => found.push(of(path, false)),
            Ok(kind) if kind.is_symlink() && path.is_file() => found.push(of(path, false)),
            Ok(_) => {}
            Err(error) => failed(&path, error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_a_fixed_order() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        std::fs::create_dir_all(root.join("b/.git")).unwrap();
        for name in [
            "c.html",
            "a.html",
            "b/z.html",
            "b/a.txt",
            ".x.html",
            "b/.git/q.html",
        ] {
            std::fs::write(root.join(name), "x").unwrap();
        }
        let mut none = |path: &Path, _| panic!("{path:?}");
        let found = find_pages(root, &mut none);
        let names: Vec<_> = found
            .iter()
            .map(|found| found.path.strip_prefix(root).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["a.html", "b/a.txt", "b/z.html", "c.html"]);
        assert!(found.iter().all(|found| !found.named));
        // One that does not exist is found out when it is read.
        assert!(find_pages(&root.join("no"), &mut none)[0].named);
    }
}
