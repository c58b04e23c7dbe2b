//! The archive as one stream: the exchanges of every WARC file, files by name, records as they lie.
//!
//! In: the directory of WARC files. Out: `resource` and `response` records, and damage with its
//! place; reading goes on behind damage with records that name the file they are in as their own.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::archive::{Kind, Limits, ReadError, Reader, Record};

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
}

/// One step through the archive.
pub(super) enum Step {
    /// An exchange.
    Record {
        /// Name of its file.
        file: Arc<str>,
        /// What was read.
        record: Record,
        /// Bytes of the archive up to its end.
        position: u64,
    },
    /// Something could not be read.
    Damage {
        /// Name of the file.
        file: Arc<str>,
        /// What.
        damage: Damage,
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

/// Goes through files, one record in memory at a time.
pub(super) struct Records {
    files: std::vec::IntoIter<WarcFile>,
    current: Option<Current>,
    /// Bytes of the files behind us.
    passed: u64,
}

struct Current {
    file: WarcFile,
    reader: Reader<File>,
    /// Id of the `warcinfo` record that begins the file.
    warcinfo: Option<String>,
    begun: bool,
    behind_damage: bool,
}

impl Records {
    pub(super) fn new(files: Vec<WarcFile>) -> Self {
        Self {
            files: files.into_iter(),
            current: None,
            passed: 0,
        }
    }
}

impl Iterator for Records {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        loop {
            let Some(current) = &mut self.current else {
                let file = self.files.next()?;
                match Current::open(file) {
                    Ok(opened) => self.current = Some(opened),
                    Err(step) => return Some(*step),
                }
                continue;
            };
            match current.reader.next() {
                None => {
                    self.passed += current.file.size_bytes;
                    self.current = None;
                }
                Some(Ok(record)) => {
                    if let Some(step) = current.step(record, self.passed) {
                        return Some(step);
                    }
                }
                Some(Err(error)) => return Some(current.damaged(error)),
            }
        }
    }
}

impl Current {
    fn open(file: WarcFile) -> Result<Self, Box<Step>> {
        match Reader::open(&file.path, Limits::default()) {
            Ok(reader) => Ok(Self {
                file,
                reader,
                warcinfo: None,
                begun: false,
                behind_damage: false,
            }),
            Err(error) => Err(Box::new(Step::Damage {
                file: file.name,
                damage: error.into(),
            })),
        }
    }

    /// `None` for a record that is no exchange.
    fn step(&mut self, record: Record, passed: u64) -> Option<Step> {
        if !self.begun && record.kind() == Kind::Warcinfo {
            self.warcinfo = record.id().map(ToOwned::to_owned);
        }
        self.begun = true;
        if !matches!(record.kind(), Kind::Resource | Kind::Response) {
            return None;
        }
        let file = Arc::clone(&self.file.name);
        let owner = record.headers.get("WARC-Warcinfo-ID");
        if self.behind_damage && (owner.is_none() || owner != self.warcinfo.as_deref()) {
            let offset = record.offset;
            let damage = Damage::Stray { offset };
            return Some(Step::Damage { file, damage });
        }
        Some(Step::Record {
            file,
            position: passed + record.offset + record.length,
            record,
        })
    }

    fn damaged(&mut self, error: ReadError) -> Step {
        // Damage ends the reading; one bad record within a sound file does not.
        if self.reader.is_stopped()
            && !error.is_io()
            && let Some(offset) = error.offset()
        {
            // A file that cannot be read any more just ends here: the error at hand says so already.
            self.behind_damage |= matches!(self.reader.resync(offset), Ok(Some(_)));
        }
        Step::Damage {
            file: Arc::clone(&self.file.name),
            damage: error.into(),
        }
    }
}
