//! Answers kept until something changes: many readers ask for the same few pages.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use axum::body::Bytes;

use crate::home::Home;

/// Bytes kept at most; with more, all are let go.
const MOST: usize = 16 << 20;

/// An answer longer than this is not kept.
const LONGEST: usize = 1 << 20;

/// An answer that may be given again.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// Its media type.
    pub media_type: &'static str,
    /// Its text.
    pub body: Bytes,
}

/// What the home's files looked like: another look, other answers.
type Stamp = Vec<Option<(SystemTime, u64)>>;

/// Answers by what was asked.
#[derive(Debug)]
pub(super) struct Cache {
    files: Vec<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    stamp: Stamp,
    kept: HashMap<String, Kept>,
    bytes: usize,
}

impl Cache {
    /// For the answers of a home.
    pub fn new(home: &Home) -> Self {
        let beside = |path: PathBuf| {
            let mut wal = path.clone().into_os_string();
            wal.push("-wal");
            [path, wal.into()]
        };
        let files = [beside(home.database()), beside(home.frontier())];
        let files = files.into_iter().flatten().chain([home.decisions()]);
        Self {
            files: files.collect(),
            state: Mutex::default(),
        }
    }

    /// The answer, if nothing has changed since it was made; and what to hand to [`Cache::put`] with a new one.
    pub fn get(&self, asked: &str) -> (Option<Kept>, Stamp) {
        // Before the question: an answer made from what came later is not kept for what came before.
        let stamp: Stamp = self.files.iter().map(|file| look(file)).collect();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.stamp != stamp {
            *state = State {
                stamp: stamp.clone(),
                ..State::default()
            };
        }
        (state.kept.get(asked).cloned(), stamp)
    }

    /// Keeps an answer that was made after `stamp`.
    pub fn put(&self, asked: String, stamp: &Stamp, answer: Kept) {
        let size = answer.body.len() + asked.len();
        if size > LONGEST {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.stamp != *stamp {
            return;
        }
        if state.bytes + size > MOST {
            state.kept.clear();
            state.bytes = 0;
        }
        state.bytes += size;
        state.kept.insert(asked, answer);
    }
}

fn look(file: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_until_a_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::init(folder.path()).unwrap();
        let cache = Cache::new(&home);
        let kept = Kept {
            media_type: "text/html",
            body: Bytes::from_static(b"x"),
        };
        let (none, stamp) = cache.get("/zh");
        assert!(none.is_none());
        cache.put("/zh".into(), &stamp, kept.clone());
        assert!(cache.get("/zh").0.is_some());
        assert!(cache.get("/en").0.is_none());
        std::fs::write(home.decisions(), "{}\n").unwrap();
        let (none, later) = cache.get("/zh");
        assert!(none.is_none());
        // Made from what was before.
        cache.put("/zh".into(), &stamp, kept.clone());
        assert!(cache.get("/zh").0.is_none());
        let long = Kept {
            body: Bytes::from(vec![0; LONGEST]),
            ..kept
        };
        cache.put("/zh".into(), &later, long);
        assert!(cache.get("/zh").0.is_none());
    }
}
