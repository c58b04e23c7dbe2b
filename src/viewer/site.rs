//! The pages as files that can be published anywhere.
//!
//! Beginning with the overview, every page that a page links to is written, in both languages, with its JSON and its
//! tables. So no link leads to nothing. Pages that answer questions are not there, and proofs only as asked for: each is a copy
//! of the archived page.

use std::cell::RefCell;
use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};

use percent_encoding::percent_decode_str;

use super::answer::answer;
use super::assets;
use super::home::{Viewer, ViewerError};
use super::language::Language;
use super::links::{Address, Links, site_file};
use super::page::AnyPage;
use super::pages;
use super::shell::{self, Shell};

/// Which cells have their proof in a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proofs {
    /// None.
    None,
    /// Those that findings rest on.
    #[default]
    Findings,
    /// All: about a hundred copies of each archived page.
    All,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SiteSummary {
    /// Pages, each in two languages.
    pub pages: u64,
    /// Files.
    pub files: u64,
}

/// Threads that make pages.
const THREADS: usize = 4;

/// Writes the pages of a home below `to`.
///
/// # Errors
///
/// [`ViewerError::Bad`] where `to` has files already; else why a page cannot be made or written. What was written stays.
pub fn write_site(viewer: &Viewer, to: &Path, proofs: Proofs) -> Result<SiteSummary, ViewerError> {
    let io = |source| ViewerError::Io {
        what: format!("cannot write {}", to.display()),
        source,
    };
    std::fs::create_dir_all(to).map_err(io)?;
    if std::fs::read_dir(to).map_err(io)?.next().is_some() {
        let why = format!("{} is not empty: name a new folder", to.display());
        return Err(ViewerError::Bad(why));
    }
    let writer = Writer { viewer, to, proofs };
    for asset in assets::ALL {
        writer.put(&format!("assets/{}", asset.name), asset.text.as_bytes())?;
    }
    writer.put("index.html", ENTRANCE.as_bytes())?;
    let work = Work::new(Address::default());
    let files: u64 = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|_| scope.spawn(|| writer.work(&work)))
            .collect();
        let counts = workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or(Ok(0)));
        counts.sum::<Result<u64, ViewerError>>()
    })?;
    Ok(SiteSummary {
        pages: work.pages(),
        files: files + assets::ALL.len() as u64 + 1,
    })
}

/// The root: which language.
const ENTRANCE: &str = "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<meta charset=\"utf-8\">\n\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>年报 nianbao</title>\n\
<link rel=\"stylesheet\" href=\"assets/style.css\">\n<main>\n<h1>年报 nianbao</h1>\n\
<p><a href=\"zh/index.html\">中文</a></p>\n<p lang=\"en\"><a href=\"en/index.html\">English</a></p>\n</main>\n</html>\n";

/// Pages to be written, each once.
struct Work {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    waiting: VecDeque<Address>,
    known: HashSet<Address>,
    busy: usize,
    failed: bool,
}

impl Work {
    fn new(first: Address) -> Self {
        let state = State {
            known: HashSet::from([first.clone()]),
            waiting: VecDeque::from([first]),
            busy: 0,
            failed: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    fn pages(&self) -> u64 {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.known.len() as u64
    }

    /// The next page; `None` when all are written, or one could not be.
    fn next(&self) -> Option<Address> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.failed {
                return None;
            }
            if let Some(address) = state.waiting.pop_front() {
                state.busy += 1;
                return Some(address);
            }
            if state.busy == 0 {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A page is done; it links to these.
    fn done(&self, linked: Vec<Address>, failed: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.busy -= 1;
        state.failed |= failed;
        for address in linked {
            if address.query.is_empty() && state.known.insert(address.clone()) {
                state.waiting.push_back(address);
            }
        }
        drop(state);
        self.changed.notify_all();
    }
}

struct Writer<'w> {
    viewer: &'w Viewer,
    to: &'w Path,
    proofs: Proofs,
}

impl Writer<'_> {
    fn work(&self, work: &Work) -> Result<u64, ViewerError> {
        let mut files = 0;
        while let Some(address) = work.next() {
            let linked = RefCell::new(Vec::new());
            let written = self
                .page(&address, &linked)
                .map_err(|error| ViewerError::Other(format!("{}: {error}", address.path())));
            work.done(linked.into_inner(), written.is_err());
            files += written?;
        }
        Ok(files)
    }

    /// Writes a page in all its forms; how many files.
    fn page(&self, address: &Address, linked: &RefCell<Vec<Address>>) -> Result<u64, ViewerError> {
        let page = self.viewer.ask(|view| answer(view, address))?;
        let page: &dyn AnyPage = page.as_ref();
        let mut files = 0;
        let mut put = |file: Option<String>, bytes: &[u8]| {
            let Some(file) = file else { return Ok(()) };
            files += 1;
            self.put(&file, bytes)
        };
        for language in Language::ALL {
            let shell = Shell {
                language,
                links: self.links(address),
                address,
                token: None,
                linked: Some(linked),
            };
            let file =
                site_file(address, "html").map(|file| format!("{}/{file}", language.as_str()));
            put(file, shell::document(&shell, page).as_bytes())?;
        }
        let json = page
            .json()
            .map_err(|error| ViewerError::Other(error.to_string()))?;
        put(site_file(address, "json"), json.as_bytes())?;
        for table in page.tables() {
            let csv = table
                .csv()
                .map_err(|error| ViewerError::Other(error.to_string()))?;
            put(site_file(address, &format!("{}.csv", table.name)), &csv)?;
        }
        for language in Language::ALL {
            for picture in page.pictures(language) {
                let file = site_file(address, &format!("{}.svg", picture.name))
                    .map(|file| format!("{}/{file}", language.as_str()));
                put(file, picture.svg.as_bytes())?;
            }
        }
        if let [first, report, cell] = address.parts.as_slice()
            && first == "proof"
        {
            let there = Address::of(["archived", report, cell]);
            let html = pages::proof::archived(self.viewer, report, cell)?;
            put(site_file(&there, "html"), html.as_bytes())?;
        }
        Ok(files)
    }

    fn links(&self, address: &Address) -> Links {
        let first = address.parts.first().map(String::as_str);
        Links::Site {
            // The language's folder is one more.
            depth: address.parts.len().max(1),
            proofs: match self.proofs {
                Proofs::None => false,
                Proofs::Findings => matches!(first, Some("finding" | "proof")),
                Proofs::All => true,
            },
        }
    }

    /// Writes a file below the root; its name is percent-encoded in links and decoded on the disk.
    fn put(&self, file: &str, bytes: &[u8]) -> Result<(), ViewerError> {
        let name = percent_decode_str(file).decode_utf8_lossy();
        let mut path = PathBuf::from(self.to);
        // No part of an address holds a separator: it would be encoded, and decode to one here.
        path.extend(file.split('/').map(|part| {
            percent_decode_str(part)
                .decode_utf8_lossy()
                .replace(['/', '\\'], "_")
        }));
        let io = |source| ViewerError::Io {
            what: format!("cannot write {name}"),
            source,
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        std::fs::write(&path, bytes).map_err(io)
    }
}
