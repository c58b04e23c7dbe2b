//! The publishers of the demo: what the test site serves for them, and the profiles that lead a crawl to it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use crate::home::Home;

use super::pages::{self, Entry, replace};
use super::site::{Answer, Column, Host, Page, Platform, Site};

/// The pause after an answer. A machine talks to itself here; on other people's servers the default holds.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

/// The profiles: name and text.
pub(super) const PROFILES: [(&str, &str); 3] = [
    ("yunxi", include_str!("sites/yunxi.toml")),
    ("qingling", include_str!("sites/qingling.toml")),
    ("bailu", include_str!("sites/bailu.toml")),
];

pub(super) const YUNXI: &str = "www.yunxi.example";
pub(super) const QINGLING: &str = "www.qingling.example";
pub(super) const BAILU: &str = "www.bailu.example";

/// What robots.txt of [`QINGLING`] forbids.
pub(super) const FORBIDDEN: &str = "/neibu/";
const ROBOTS: &str = "User-agent: *\nDisallow: /neibu/\n";

/// The report that is changed: whose, of which year, where it stands.
pub(super) const CHANGED: (&str, i16) = ("白鹭区人民政府办公室", 2020);
const CHANGED_PATH: &str = "/xxgknb/2021-01/29/content_45020.htm";

/// The report with something to download.
pub(super) const ATTACHED: &str = "http://www.qingling.example/info/1043/46024.htm";
const ATTACHMENT: &str = "/info/1043/46024.pdf";

/// An answer of the days before columns moved; and where a report was before it was taken away.
const MOVED: (&str, &[u8]) = ("/zfxxgknb.html", b"/xxgknb/home.htm");
const GONE: &str = "/xxgknb/2022-01/28/content_45021.htm";

/// What a column holds beside reports.
const GUIDE: &str = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>云溪市政府信息公开指南</title></head>\n\
<body><h1>云溪市政府信息公开指南</h1><p>　　本指南说明公开的范围、方式和申请的办法。</p></body></html>\n";

/// The columns: host, platform, folder, entries a page, pages of the demo.
const COLUMNS: [(&str, Platform, &str, usize, &[&str]); 7] = [
    (
        YUNXI,
        Platform::Trs,
        "/zwgk/zfxxgknb/",
        4,
        &[
            "yunxi-2023.html",
            "yunxi-2022.html",
            "yunxi-2021.html",
            "yunxi-2020.html",
            "yunxi-2019.html",
            "yunxi-education-2019.txt",
        ],
    ),
    (
        YUNXI,
        Platform::Hanweb,
        "/col/col1207/",
        1,
        &["yunxi-2018.html", "yunxi-2017.html"],
    ),
    (
        YUNXI,
        Platform::Vsb,
        "/zwgk/lnnb/",
        1,
        &["yunxi-2012.html", "yunxi-2008.html"],
    ),
    (
        YUNXI,
        Platform::Kaipu,
        "/zfxxgk/ndbg/",
        15,
        &["yunxi-education-2021.html", "yunxi-education-2020.html"],
    ),
    (
        QINGLING,
        Platform::GovCn,
        "/xxgknb/",
        3,
        &[
            "qingling-liuhe-2024.html",
            "qingling-land-2022.html",
            "qingling-land-2021.html",
        ],
    ),
    (
        BAILU,
        Platform::GovCn,
        "/xxgknb/",
        15,
        &["bailu-office-2020.html"],
    ),
    (
        BAILU,
        Platform::Trs,
        "/zwgk/zfxxgknb/",
        15,
        &["bailu-office-2022.html"],
    ),
];

/// The publishers' hosts with their pages, listening.
pub(super) fn serve() -> anyhow::Result<Site> {
    let pages = pages::all()?;
    let mut hosts = [YUNXI, QINGLING, BAILU].map(|name| Some(Host::new(name)));
    for (place, name) in [YUNXI, QINGLING, BAILU].iter().enumerate() {
        let columns = COLUMNS.iter().filter(|(host, ..)| host == name);
        for (_, platform, folder, per_page, files) in columns {
            let column = column(name, *platform, folder, files, &pages).per_page(*per_page);
            hosts[place] = hosts[place].take().map(|host| host.column(column));
        }
    }
    let [yunxi, qingling, bailu] = hosts.map(|host| host.unwrap_or_else(|| Host::new("")));
    // An address each: hosts that share one are asked one after the other.
    let qingling = qingling
        .address(2)
        .robots(ROBOTS)
        .page(ATTACHMENT, Page::new("application/pdf", pdf()));
    let bailu = bailu
        .address(3)
        .answers(MOVED.0, Answer::redirect(302, MOVED.1))
        .answers(
            GONE,
            Answer::html(
                404,
                "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>",
            ),
        );
    Site::start(vec![yunxi, qingling, bailu])
        .context("the demo's web server cannot listen on 127.0.0.1")
}

fn column(host: &str, platform: Platform, folder: &str, files: &[&str], pages: &[Entry]) -> Column {
    let mut column = Column::empty(platform, folder);
    for file in files {
        let Some(entry) = pages.iter().find(|entry| entry.file == *file) else {
            continue;
        };
        let path = entry.url.trim_start_matches("http://");
        let path = &path[path.find('/').unwrap_or(path.len())..];
        column = column.item(&entry.title(), path, &entry.published, page(entry, path));
    }
    let nothing = Page::html("");
    match (host, platform) {
        // A column holds other things than reports.
        (YUNXI, Platform::Trs) => column.item(
            "云溪市政府信息公开指南",
            "/zwgk/zfxxgkzn/202001/t20200102_41000.html",
            "2020-01-02",
            Page::html(GUIDE),
        ),
        (QINGLING, _) => column.item(
            "青岭县柳河乡人民政府2023年政府信息公开工作年度报告",
            "/neibu/2024-01/12/content_46023.htm",
            "2024-01-12",
            nothing,
        ),
        (BAILU, Platform::GovCn) => column
            .item(
                "白鹭区人民政府办公室2021年政府信息公开工作年度报告",
                GONE,
                "2022-01-28",
                nothing,
            )
            .gbk(),
        (BAILU, _) => column.gbk(),
        _ => column,
    }
}

/// A page as it is; of the report that is changed, the second edition says 63 where the first says 64.
fn page(entry: &Entry, path: &str) -> Page {
    let bytes = entry.bytes();
    if path != CHANGED_PATH {
        return Page::new(&entry.content_type, bytes);
    }
    Page::written(&entry.content_type, move |edition, _| {
        let mut changed = bytes.to_vec();
        if edition > 0 {
            for (old, new) in [(&b"64\xBC\xFE"[..], &b"63\xBC\xFE"[..]), (b">64<", b">63<")] {
                let at = bytes.windows(old.len()).position(|window| window == old);
                if let Some(at) = at {
                    changed[at..at + old.len()].copy_from_slice(new);
                }
            }
        }
        changed
    })
}

/// Lets the publisher change the report.
pub(super) fn change(site: &Site) {
    site.edition(BAILU, CHANGED_PATH, 1);
}

/// The address of the report that is changed.
pub(super) fn changed_url() -> String {
    format!("http://{BAILU}{CHANGED_PATH}")
}

/// Where the report was that is gone.
pub(super) fn gone_url() -> String {
    format!("http://{BAILU}{GONE}")
}

/// A document with one empty page.
fn pdf() -> &'static [u8] {
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\ntrailer\n<< /Root 1 0 R /Size 4 >>\n%%EOF\n"
}

/// Writes profiles and configuration of the home; the home as it is then.
pub(super) fn configure(home: &Home, site: &Site) -> anyhow::Result<Home> {
    let folder = home.directory().join("selectors/sites");
    fs::create_dir_all(&folder)?;
    let mut text = format!(
        "# Written by `nianbao demo`. Names and addresses are invented; its web server listens only while the demo runs.\n\n\
         [home]\ncontact = \"mailto:demo@nianbao.example\"\n\n\
         [crawl]\n# {} is for a server on the same machine; without this line it is 3000.\ndelay_ms = {}\n\
         # All entries are asked for again each time, not only those of the last two years.\nrecent_years = 100\n\
         allow_addresses = [\"127.0.0.0/8\"]\nreserve_mb = 50\n\n[crawl.hosts]\n",
        PAUSE.as_millis(),
        PAUSE.as_millis(),
    );
    for (name, profile) in PROFILES {
        replace(&folder.join(format!("{name}.toml")), profile.as_bytes())?;
    }
    for (host, address) in site.overrides() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{host:?} = \"{address}\"");
    }
    replace(&home.directory().join("nianbao.toml"), text.as_bytes())?;
    Ok(Home::open(home.directory())?)
}

/// A path as people are told of it.
pub(super) fn within(name: &Path, path: &str) -> String {
    name.join(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Sites;

    #[test]
    fn every_page_stands_in_one_column_of_its_host() {
        let pages = pages::all().unwrap();
        for entry in &pages {
            let host = entry.url.split('/').nth(2).unwrap();
            let holding = COLUMNS
                .iter()
                .filter(|(_, _, _, _, files)| files.contains(&entry.file.as_str()));
            let hosts: Vec<&str> = holding.map(|(host, ..)| *host).collect();
            assert_eq!(hosts, [host], "{}", entry.file);
        }
        let files: usize = COLUMNS.iter().map(|(_, _, _, _, files)| files.len()).sum();
        assert_eq!(files, pages.len());
    }

    #[test]
    fn profiles_are_well_formed() {
        let sites = Sites::compiled().with_files(PROFILES).unwrap();
        for (name, _) in PROFILES {
            assert!(sites.site(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_second_edition_says_otherwise() {
        let pages = pages::all().unwrap();
        let url = changed_url();
        let entry = pages.iter().find(|entry| entry.url == url).unwrap();
        let page = page(entry, CHANGED_PATH);
        let (first, second) = (page.bytes(0, 0), page.bytes(1, 0));
        assert_eq!(first, entry.bytes());
        let differing = first
            .iter()
            .zip(&second)
            .filter(|(one, other)| one != other);
        assert_eq!((first.len(), differing.count()), (second.len(), 2));
    }
}
