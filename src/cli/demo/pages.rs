//! The pages of the demo, compiled in: `fixtures/demo/`. Every body and number is invented.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

const LIST: &str = include_str!("../../../fixtures/demo/manifest.toml");

macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        /// Name and bytes of every page.
        const PAGES: &[(&str, &[u8])] = &[
            $(($name, include_bytes!(concat!("../../../fixtures/demo/", $name)))),*
        ];
    };
}

pages!(
    "yunxi-2008.html",
    "yunxi-2012.html",
    "yunxi-2017.html",
    "yunxi-2018.html",
    "yunxi-2019.html",
    "yunxi-2020.html",
    "yunxi-2021.html",
    "yunxi-2022.html",
    "yunxi-2023.html",
    "yunxi-education-2019.txt",
    "yunxi-education-2020.html",
    "yunxi-education-2021.html",
    "qingling-land-2021.html",
    "qingling-land-2022.html",
    "bailu-office-2020.html",
    "bailu-office-2022.html",
    "qingling-liuhe-2024.html",
);

/// Of the list, what an import needs. What is planted in a page is for tests.
#[derive(Deserialize)]
struct List {
    page: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    url: String,
    content_type: String,
}

/// Writes the pages and their manifest into a folder, over what is there of the same names;
/// the manifest's path.
pub(super) fn write(folder: &Path) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    for (name, bytes) in PAGES {
        replace(&folder.join(name), bytes)?;
    }
    let path = folder.join("manifest.toml");
    replace(&path, manifest()?.as_bytes())?;
    Ok(path)
}

/// Leaves a file alone that has these bytes already.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    fs::write(path, bytes)
}

/// The manifest as `import --manifest` takes it.
fn manifest() -> Result<String, toml::de::Error> {
    let list: List = toml::from_str(LIST)?;
    let mut text =
        String::from("# Where the pages of the demo stand, for `nianbao import --manifest`.\n");
    for page in list.page {
        let Entry {
            file,
            url,
            content_type,
        } = page;
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "\n[[page]]\nfile = {file:?}\nurl = {url:?}\ncontent_type = {content_type:?}"
        );
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_of_the_list_is_compiled_in() {
        let list: List = toml::from_str(LIST).unwrap();
        let listed: Vec<_> = list.page.iter().map(|page| page.file.as_str()).collect();
        let compiled: Vec<_> = PAGES.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, compiled);
        let size: usize = PAGES.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(size < 1_000_000);
    }
}
