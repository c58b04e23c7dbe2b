//! A disk that runs full: exit 16, a valid archive, a ledger that agrees with it, and all of it once room is made.
//!
//! Needs leave to mount a tmpfs (root); where it is not given, the tests print that and end. `NIANBAO_SIZES=all` tries every
//! size of the sweep, not a sample.

#[path = "crawl/child.rs"]
mod child;
#[path = "crawl/home.rs"]
mod home;
#[path = "site/mod.rs"]
mod site;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use child::{assert_same_rows, rows};
use home::consistent;
use nianbao::frontier::Frontier;
use nianbao::home::Home;
use site::{Body, Column, Host, Page, Platform, Site};

const HOST: &str = "www.yunxi.example";
const PAGES: usize = 60;

/// A tmpfs, gone when dropped.
struct Disk(tempfile::TempDir);

impl Disk {
    /// `None` where mounting is not allowed.
    fn new(kb: usize) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={kb}k"), "tmpfs"])
            .arg(directory.path())
            .output();
        mounted
            .is_ok_and(|output| output.status.success())
            .then_some(Self(directory))
    }

    fn resize(&self, kb: usize) {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,size={kb}k")])
            .arg(self.0.path())
            .status();
        assert!(done.unwrap().success());
    }

    fn home(&self) -> PathBuf {
        self.0.path().join("home")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A test that failed may have it open still.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

fn start() -> Site {
    let host = (0..PAGES).fold(Host::new(HOST), |host, number| {
        let agency = format!("云溪市第{number}镇人民政府");
        let column = Column::of_agency(Platform::Trs, "/x/", &agency, &[2025]);
        let Body::Report(report) = column.items()[0].body.clone() else {
            unreachable!()
        };
        // What does not compress: a page must take room.
        let mut state = number as u64 + 1;
        let mut noise = String::new();
        for _ in 0..2000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            write!(noise, "{:x}", state >> 32).unwrap();
        }
        let page = Page::written("text/html; charset=utf-8", move |edition, chrome| {
            let mut page = report.bytes(edition, chrome);
            page.extend_from_slice(format!("<!-- {noise} -->").as_bytes());
            page
        });
        host.page(&format!("/r/{number}.html"), page)
    });
    Site::start(vec![host]).unwrap()
}

fn configure(home: &Path, site: &Site, reserve_mb: u32) {
    let address = site.address_of(HOST);
    let text = format!(
        "[home]\ncontact = \"mailto:test@example.org\"\n[crawl]\ndelay_ms = 0\nallow_addresses = [\"127.0.0.0/8\"]\n\
         reserve_mb = {reserve_mb}\n[crawl.hosts]\n\"{HOST}\" = \"{address}\"\n"
    );
    std::fs::write(home.join("nianbao.toml"), text).unwrap();
}

fn fresh(home: &Path, site: &Site, reserve_mb: u32) -> std::io::Result<()> {
    Home::init(home).map_err(std::io::Error::other)?;
    std::fs::create_dir_all(home.join("selectors/sites"))?;
    configure(home, site, reserve_mb);
    let seeds: Vec<_> = (0..PAGES)
        .map(|page| (format!("http://{HOST}/r/{page}.html"), "report"))
        .collect();
    home::profile(home, "yunxi", HOST, &seeds);
    Ok(())
}

/// Every page once.
fn complete(home: &Path) {
    consistent(home, PAGES);
    let ledger = Frontier::open_read_only(&home.join("frontier.db")).unwrap();
    let mut records: BTreeMap<String, u32> = BTreeMap::new();
    for file in ledger.files().unwrap() {
        for row in ledger.records(&file).unwrap() {
            if !row.url.ends_with("/robots.txt") {
                *records.entry(row.url).or_default() += 1;
            }
        }
    }
    assert_eq!(records.len(), PAGES, "pages lost");
    assert!(records.values().all(|count| *count == 1), "{records:?}");
}

/// The archive alone is valid. A batch that the ledger had no room for is behind its end, and whole.
fn valid(home: &Path, what: &str) {
    let verified = child::run(home, &["archive", "verify"]);
    assert_eq!(verified.code, Some(0), "{what}: {verified:?}");
}

/// The ledger is never ahead of the archive.
fn not_ahead(home: &Path, what: &str) {
    if !home.join("frontier.db").exists() {
        return;
    }
    let Ok(ledger) = Frontier::open_read_only(&home.join("frontier.db")) else {
        // There was not even room to make it one.
        return assert!(!has_records(home), "{what}: an archive without a ledger");
    };
    if let Ok(Some(end)) = ledger.archive_end() {
        let length =
            std::fs::metadata(home.join("warc").join(&end.file)).map_or(0, |file| file.len());
        assert!(
            length >= end.end,
            "{what}: the ledger is ahead of the archive"
        );
    }
}

/// Whether the archive has more than the record that begins it.
fn has_records(home: &Path) -> bool {
    let files = std::fs::read_dir(home.join("warc")).unwrap();
    let mut lengths = files.map(|file| file.unwrap().metadata().unwrap().len());
    lengths.any(|length| length > 1000)
}

fn expected(site: &Site) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let home = directory.path().join("home");
    fresh(&home, site, 0).unwrap();
    let whole = child::run(&home, &["run"]);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    rows(&home.join("nianbao.db"))
}

#[test]
fn a_full_disk_stops_a_run_and_room_lets_it_go_on() {
    if Disk::new(64).is_none() {
        eprintln!("skipped: no leave to mount a tmpfs");
        return;
    }
    let site = start();
    let expected = expected(&site);
    let all = std::env::var("NIANBAO_SIZES").is_ok_and(|sizes| sizes == "all");
    let step = if all { 16 } else { 320 };
    let (mut full, mut tried) = (0, 0);
    for kb in (120..6000).step_by(step) {
        let disk = Disk::new(kb).unwrap();
        let home = disk.home();
        if fresh(&home, &site, 0).is_err() {
            continue;
        }
        tried += 1;
        let what = format!("{kb} kB");
        let first = child::run(&home, &["run", "--json"]);
        assert!(matches!(first.code, Some(0 | 16)), "{what}: {first:?}");
        valid(&home, &what);
        if first.code == Some(0) {
            // Even to read the ledger takes some room.
            disk.resize(64_000);
            complete(&home);
            break;
        }
        full += 1;
        // As full as before, it says so again and harms nothing.
        let again = child::run(&home, &["run", "--json"]);
        assert!(matches!(again.code, Some(0 | 16)), "{what}: {again:?}");
        valid(&home, &what);
        disk.resize(64_000);
        not_ahead(&home, &what);
        let rest = child::run(&home, &["run", "--json"]);
        assert_eq!(rest.code, Some(0), "{what}: {rest:?}");
        complete(&home);
        assert_same_rows(&rows(&home.join("nianbao.db")), &expected, &what);
    }
    assert!(full > 0, "no size was too small");
    eprintln!("{tried} sizes, {full} too small: exit 16, 0 lost, 0 twice");
}

/// Takes all the room there is.
fn fill(disk: &Disk) -> PathBuf {
    let path = disk.0.path().join("filler");
    let mut file = std::fs::File::create(&path).unwrap();
    // In ever smaller pieces, so that nothing is left.
    for size in [1 << 20, 4096, 1] {
        while std::io::Write::write_all(&mut file, &vec![b'x'; size]).is_ok() {}
    }
    path
}

#[test]
fn whoever_asks_on_a_full_disk_is_told_so_in_a_line() {
    let Some(disk) = Disk::new(64_000) else {
        eprintln!("skipped: no leave to mount a tmpfs");
        return;
    };
    let site = start();
    let home = disk.home();
    fresh(&home, &site, 0).unwrap();
    let whole = child::run(&home, &["run"]);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let filler = fill(&disk);
    let url = format!("http://{HOST}/r/0.html");
    for (arguments, code) in [
        (vec!["status"], 2),
        (vec!["why", &url], 2),
        (vec!["crawl", "--dry-run"], 16),
        (vec!["crawl"], 16),
        (vec!["run"], 16),
    ] {
        let told = child::run(&home, &arguments);
        assert_eq!(told.code, Some(code), "{arguments:?}: {told:?}");
        let lines: Vec<_> = told.stderr.lines().collect();
        let [line] = lines[..] else {
            panic!("{arguments:?}: {told:?}");
        };
        assert!(
            line.contains("the disk is full") && line.contains("make room"),
            "{arguments:?}: {line}"
        );
    }
    std::fs::remove_file(filler).unwrap();
    let status = child::run(&home, &["status"]);
    assert_eq!(status.code, Some(0), "{status:?}");
    consistent(&home, PAGES);
    assert_eq!(child::run(&home, &["run"]).code, Some(0));
}

#[test]
fn what_is_to_stay_free_stays_free() {
    let Some(disk) = Disk::new(12_000) else {
        eprintln!("skipped: no leave to mount a tmpfs");
        return;
    };
    let site = start();
    let home = disk.home();
    fresh(&home, &site, 11).unwrap();
    let first = child::run(&home, &["run", "--json"]);
    assert_eq!(first.code, Some(16), "{first:?}");
    assert_eq!(first.json()["crawl"]["stopped"], "disk_full", "{first:?}");
    valid(&home, "reserve");
    consistent(&home, 0);
    disk.resize(64_000);
    let rest = child::run(&home, &["run"]);
    assert_eq!(rest.code, Some(0), "{rest:?}");
    complete(&home);
    assert_same_rows(&rows(&home.join("nianbao.db")), &expected(&site), "reserve");
}
