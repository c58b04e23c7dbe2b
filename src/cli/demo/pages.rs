//! The pages of the demo, compiled in: `fixtures/demo/`. Every agency and number is invented.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

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

/// Of the list, what serving and importing need. What is planted in a page is for tests.
#[derive(Deserialize)]
struct List {
    page: Vec<Entry>,
}

/// A page: where it stands, whose it is, of which year.
#[derive(Deserialize)]
pub(super) struct Entry {
    pub file: String,
    pub url: String,
    pub content_type: String,
    pub agency: String,
    pub year: i32,
    pub published: String,
}

impl Entry {
    /// Its title in a list.
    pub(super) fn title(&self) -> String {
        format!("{}{}年政府信息公开工作年度报告", self.agency, self.year)
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> &'static [u8] {
        let page = PAGES.iter().find(|(name, _)| *name == self.file);
        page.map_or(&[], |(_, bytes)| bytes)
    }
}

/// All pages.
pub(super) fn all() -> Result<Vec<Entry>, toml::de::Error> {
    let list: List = toml::from_str(LIST)?;
    Ok(list.page)
}

/// Writes the pages and their manifest into a folder, over what is there of the same names.
pub(super) fn write(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, bytes) in PAGES {
        replace(&folder.join(name), bytes)?;
    }
    replace(&folder.join("manifest.toml"), manifest()?.as_bytes())?;
    Ok(())
}

/// Leaves a file alone that has these bytes already.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    fs::write(path, bytes)
}

/// The manifest as `import --manifest` takes it.
fn manifest() -> Result<String, toml::de::Error> {
    let mut text =
        String::from("# Where the pages of the demo stand, for `nianbao import --manifest`.\n");
    for page in all()? {
        let Entry {
            file,
            url,
            content_type,
            ..
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
        let list = all().unwrap();
        let listed: Vec<_> = list.iter().map(|page| page.file.as_str()).collect();
        let compiled: Vec<_> = PAGES.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, compiled);
        let size: usize = PAGES.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(size < 1_000_000);
    }
}
