//! The archive as one stream: the exchanges of every WARC file, files by name, records as they lie.
//!
//! In: WARC files and where to begin in each. Out: `resource`, `response` and `revisit` records with what the crawl
//! says of them, damage with its place, and how far each file was read; reading goes on behind damage with records
//! that name the file they are in as their own.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::archive::{Kind, Limits, ReadError, Reader, Record, read_at};
use crate::model;

/// Why something in the archive was not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// No record could be read there.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A record found behind damage that does not name the file's `warcinfo`: it may be part of
    /// something that was itself archived.
    #[error("the record at byte {offset}, behind damage, may not be one of this file: not read")]
    Stray {
        /// Its start.
        offset: u64,
    },
    /// As an earlier build told it.
    #[error("{0}")]
    Earlier(String),
}

/// What the crawl says of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    /// What came of it.
    pub outcome: model::exchange::Outcome,
    /// Why it says so; empty where it does not.
    pub why: String,
}

/// One step through the archive.
pub(super) enum Step {
    /// An exchange.
    Record {
        /// Name of its file.
        file: Arc<str>,
        /// What was read.
        record: Box<Record>,
        /// What the crawl says of it.
        note: Option<Note>,
        /// Bytes of the archive up to its end.
        position: u64,
    },
    /// Something could not be read.
    Damage {
        /// Name of the file.
        file: Arc<str>,
        /// Where, in bytes.
        offset: u64,
        /// What.
        damage: Damage,
    },
    /// A file was read to its end.
    End {
        /// Name of the file.
        file: Arc<str>,
        /// The records before this byte were read.
        end: u64,
        /// Digest of its first and last bytes up to there.
        mark: [u8; 32],
    },
}

/// A file of the archive.
#[derive(Debug, Clone)]
pub struct WarcFile {
    /// Its name, as captures are placed by it.
    pub name: Arc<str>,
    /// Where it is.
    pub path: PathBuf,
    /// Its length, in bytes.
    pub size_bytes: u64,
}

/// The WARC files of a directory, by name.
///
/// # Errors
///
/// Where the directory cannot be listed.
pub fn warc_files(directory: &Path) -> io::Result<Vec<WarcFile>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        let Some(name) = name.to_str() else { continue };
        let stem = Path::new(name.strip_suffix(".gz").unwrap_or(name));
        if stem
            .extension()
            .is_some_and(|extension| extension == "warc")
        {
            files.push(WarcFile {
                name: name.into(),
                size_bytes: std::fs::metadata(&path)?.len(),
                path,
            });
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// A file and where to begin in it.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// The file.
    pub file: WarcFile,
    /// The end of a record, or 0.
    pub from: u64,
    /// Whether there is damage before `from`.
    pub behind_damage: bool,
}

/// Bytes at either end that [`mark`] looks at.
const MARK: u64 = 64 << 10;

/// Digest of the first and the last bytes of a file up to `end`: a file that was only appended to has the same.
///
/// # Errors
///
/// Where it cannot be read, or is shorter.
pub(super) fn mark(path: &Path, end: u64) -> io::Result<[u8; 32]> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    hasher.update(end.to_be_bytes());
    for from in [0, end.saturating_sub(MARK)] {
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        let due = MARK.min(end - from);
        file.by_ref().take(due).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < due {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        hasher.update(&bytes);
    }
    Ok(hasher.finalize().into())
}

/// Goes through files, a few records in memory at a time.
pub(super) struct Records {
    files: std::vec::IntoIter<Plan>,
    current: Option<Current>,
    ready: VecDeque<Step>,
    /// Bytes of the files behind us.
    passed: u64,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "five facts of a file, each by itself"
)]
struct Current {
    file: WarcFile,
    reader: Reader<File>,
    /// Id of the `warcinfo` record that begins the file.
    warcinfo: Option<String>,
    /// Whether the file's records name it as theirs.
    names_warcinfo: bool,
    is_compressed: bool,
    begun: bool,
    behind_damage: bool,
    /// End of the last record that could be read.
    end: u64,
    /// Whether the file could not be read, whatever is in it.
    failed: bool,
    /// An exchange whose metadata may follow.
    held: Option<(Box<Record>, Option<Note>)>,
    /// What metadata records said of exchanges that may follow.
    notes: VecDeque<(String, Note)>,
}

impl Records {
    pub(super) fn new(files: Vec<Plan>) -> Self {
        Self {
            files: files.into_iter(),
            current: None,
            ready: VecDeque::new(),
            passed: 0,
        }
    }
}

impl Iterator for Records {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        loop {
            if let Some(step) = self.ready.pop_front() {
                return Some(step);
            }
            let Some(current) = &mut self.current else {
                match Current::open(self.files.next()?) {
                    Ok(opened) => self.current = Some(opened),
                    Err(step) => return Some(*step),
                }
                continue;
            };
            match current.reader.next() {
                None => {
                    self.ready.extend(current.release(self.passed));
                    self.ready.extend(current.finish());
                    self.passed += current.file.size_bytes;
                    self.current = None;
                }
                Some(Ok(record)) => {
                    current.end = record.offset + record.length;
                    current.step(record, self.passed, &mut self.ready);
                }
                Some(Err(error)) => {
                    self.ready.extend(current.release(self.passed));
                    let step = current.damaged(error);
                    self.ready.push_back(step);
                }
            }
        }
    }
}

impl Current {
    fn open(plan: Plan) -> Result<Self, Box<Step>> {
        let Plan {
            file,
            from,
            behind_damage,
        } = plan;
        let failed = |error: ReadError| {
            Box::new(Step::Damage {
                file: Arc::clone(&file.name),
                offset: 0,
                damage: error.into(),
            })
        };
        let open = |source| ReadError::Open {
            path: file.path.clone(),
            source,
        };
        let reader = File::open(&file.path)
            .and_then(|inner| Reader::new(inner, from, Limits::default()))
            .map_err(|source| failed(open(source)))?;
        let mut first = [0; 2];
        let is_compressed = File::open(&file.path)
            .and_then(|mut inner| inner.read_exact(&mut first))
            .is_ok_and(|()| first == [0x1f, 0x8b]);
        let mut current = Self {
            file,
            reader,
            warcinfo: None,
            names_warcinfo: false,
            is_compressed,
            begun: from > 0,
            behind_damage,
            end: from,
            failed: false,
            held: None,
            notes: VecDeque::new(),
        };
        if from > 0
            && let Ok(first) = read_at(&current.file.path, 0, Limits::default())
        {
            current.begins_with(&first);
            // Whether its records name it, the second one tells.
            let second = read_at(&current.file.path, first.length, Limits::default());
            current.names_warcinfo = second.is_ok_and(|second| names_warcinfo(&second));
        }
        Ok(current)
    }

    fn begins_with(&mut self, record: &Record) {
        if record.kind() == Kind::Warcinfo {
            self.warcinfo = record.id().map(ToOwned::to_owned);
        }
    }

    fn step(&mut self, record: Record, passed: u64, ready: &mut VecDeque<Step>) {
        if !self.begun {
            self.begins_with(&record);
        }
        self.begun = true;
        if !self.behind_damage {
            self.names_warcinfo |= names_warcinfo(&record);
        }
        match record.kind() {
            Kind::Metadata => return self.note(&record),
            Kind::Resource | Kind::Response | Kind::Revisit => {}
            _ => return,
        }
        ready.extend(self.release(passed));
        let owner = record.headers.get("WARC-Warcinfo-ID");
        let named = owner.is_some() && owner == self.warcinfo.as_deref();
        // Some writers never name the file. A gzip member in a gzip file is then enough; text that looks like a record is
        // not.
        let anonymous = self.is_compressed && !self.names_warcinfo && owner.is_none();
        if self.behind_damage && !named && !anonymous {
            let offset = record.offset;
            ready.push_back(Step::Damage {
                file: Arc::clone(&self.file.name),
                offset,
                damage: Damage::Stray { offset },
            });
            return;
        }
        let id = record.id().unwrap_or_default();
        let note = self.notes.iter().find(|(about, _)| about == id);
        let note = note.map(|(_, note)| note.clone());
        self.held = Some((Box::new(record), note));
    }

    /// What a metadata record says of the exchange before or behind it.
    fn note(&mut self, record: &Record) {
        let Some(note) = note_of(record) else { return };
        let about = record.headers.all("WARC-Concurrent-To");
        let about: Vec<&str> = about.chain(record.headers.get("WARC-Refers-To")).collect();
        if let Some((held, known)) = &mut self.held
            && held.id().is_some_and(|id| about.contains(&id))
        {
            *known = Some(note);
            return;
        }
        for id in about {
            if self.notes.len() == 4 {
                self.notes.pop_front();
            }
            self.notes.push_back((id.to_owned(), note.clone()));
        }
    }

    fn release(&mut self, passed: u64) -> Option<Step> {
        let (record, note) = self.held.take()?;
        Some(Step::Record {
            file: Arc::clone(&self.file.name),
            position: passed + record.offset + record.length,
            record,
            note,
        })
    }

    /// How far the file was read; `None` where it shall be tried again.
    fn finish(&self) -> Option<Step> {
        let mark = mark(&self.file.path, self.end).ok()?;
        (!self.failed).then(|| Step::End {
            file: Arc::clone(&self.file.name),
            end: self.end,
            mark,
        })
    }

    fn damaged(&mut self, error: ReadError) -> Step {
        let offset = error.offset().unwrap_or(0);
        self.failed |= error.is_io();
        // Damage ends the reading; one bad record within a sound file does not.
        if self.reader.is_stopped() {
            if !error.is_io() {
                // A file that cannot be read any more just ends here: the error at hand says so already.
                self.behind_damage |= matches!(self.reader.resync(offset), Ok(Some(_)));
            }
        } else {
            self.end = self.reader.position();
        }
        Step::Damage {
            file: Arc::clone(&self.file.name),
            offset,
            damage: error.into(),
        }
    }
}

fn names_warcinfo(record: &Record) -> bool {
    record.kind() != Kind::Warcinfo && record.headers.get("WARC-Warcinfo-ID").is_some()
}

/// The outcome that the crawl wrote down, from `application/warc-fields`.
fn note_of(record: &Record) -> Option<Note> {
    let text = std::str::from_utf8(&record.block).ok()?;
    let field = |name: &str| {
        text.lines().find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field
                .trim()
                .eq_ignore_ascii_case(name)
                .then(|| value.trim())
        })
    };
    Some(Note {
        outcome: model::exchange::Outcome::named(field("outcome")?)?,
        why: field("why").unwrap_or_default().to_owned(),
    })
}
