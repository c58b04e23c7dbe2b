//! A home for a crawl of the test site.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nianbao::archive::{Known, Limits, Verifier};
use nianbao::crawl::engine::CrawlSummary;
use nianbao::frontier::Frontier;
use nianbao::home::Home;
use nianbao::pipeline::{self, CrawlRequest};

use super::site::Site;

pub struct TestHome {
    directory: tempfile::TempDir,
}

#[allow(dead_code, reason = "each target that includes it uses a part of it")]
impl TestHome {
    /// A home whose hosts are those of the site. `more`: further lines of `[crawl]`.
    pub fn new(site: &Site, delay_ms: u64, more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().join("home");
        Home::init(&home).unwrap();
        std::fs::create_dir_all(home.join("selectors/sites")).unwrap();
        let made = Self { directory };
        made.point(site, delay_ms, more);
        made
    }

    /// Points the home at a site.
    pub fn point(&self, site: &Site, delay_ms: u64, more: &str) {
        let mut text = format!(
            "[home]\ncontact = \"mailto:test@example.org\"\n[crawl]\ndelay_ms = {delay_ms}\n\
             allow_addresses = [\"127.0.0.0/8\"]\nreserve_mb = 0\n{more}[crawl.hosts]\n"
        );
        for (host, address) in site.overrides() {
            writeln!(text, "\"{host}\" = \"{address}\"").unwrap();
        }
        std::fs::write(self.path().join("nianbao.toml"), text).unwrap();
    }

    pub fn path(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Writes a profile with seeds; only the profiles of the home are crawled.
    pub fn profile(&self, name: &str, host: &str, seeds: &[(String, &str)]) {
        profile(&self.path(), name, host, seeds);
    }

    /// Crawls in this process.
    pub fn crawl(&self, request: &CrawlRequest) -> CrawlSummary {
        let home = Home::open(&self.path()).unwrap();
        let _lock = home.lock().unwrap();
        let (_stop, told) = tokio::sync::watch::channel(0);
        pipeline::crawl(&home, request, told, Arc::new(|_| {}), |_| {}).unwrap()
    }

    /// Checks the archive, alone and against the ledger; the ledger names at least so many pages.
    pub fn verify(&self, pages: usize) {
        consistent(&self.path(), pages);
    }
}

/// Writes a profile into a home.
pub fn profile(home: &Path, name: &str, host: &str, seeds: &[(String, &str)]) {
    let mut text =
        format!("name = \"{name}\"\ntitle = \"云溪市人民政府\"\n\n[scope]\nhosts = [\"{host}\"]\n");
    for (url, kind) in seeds {
        write!(text, "\n[[seeds]]\nurl = \"{url}\"\nkind = \"{kind}\"\n").unwrap();
    }
    std::fs::write(home.join(format!("selectors/sites/{name}.toml")), text).unwrap();
}

/// Every record the ledger names is there, whole, under its number; nothing is behind what it names. The ledger has at
/// least so many addresses that are done.
pub fn consistent(home: &Path, pages: usize) {
    let ledger = Frontier::open_read_only(&home.join("frontier.db")).unwrap();
    let end = ledger.archive_end().unwrap();
    let mut verifier = Verifier::new(Limits::default());
    for file in ledger.files().unwrap() {
        let known = ledger.records(&file).unwrap().into_iter().map(|row| Known {
            offset: row.offset,
            length: row.length,
            record_id: Some(row.record_id),
            // A revisit has not the payload that the ledger knows of it.
            sha256: row.sha256.filter(|_| row.record == "response"),
        });
        let end = end
            .as_ref()
            .filter(|end| end.file == file)
            .map(|end| end.end);
        let path = home.join("warc").join(&file);
        verifier.file_against(&path, known, end).unwrap();
    }
    for found in verifier.finish() {
        assert!(!found.is_damaged(), "{:?}", found.problems);
    }
    let done: i64 = ledger
        .host_states()
        .unwrap()
        .iter()
        .map(|host| host.done)
        .sum();
    assert!(usize::try_from(done).unwrap() >= pages, "{done} of {pages}");
}
