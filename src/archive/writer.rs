//! Writing records into a directory of WARC files.
//!
//! In: drafts. Out: [`Placed`], once the records are on the disk. One writer a directory:
//! the file in use is locked. Never touches a file but the newest, and that only to cut off
//! a record a crash left unfinished.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::append::{AppendError, Appender};
use super::clock::Clock;
use super::digest::{record_id, sha256_hex};
use super::encode::{Identity, member};
use super::failure::WriteError;
use super::http::HttpResponse;
use super::import::{Imported, one_line};
use super::options::{KnownEnd, Notice, Options, Placed};
use super::reader::read_at;
use super::record::{Draft, Kind, Link};
use super::recover::{Tail, examine};

/// A file open for appending.
#[derive(Debug)]
struct Current {
    name: String,
    appender: Appender<File>,
    warcinfo: String,
}

/// Appends records to the newest file of a directory, and begins files as needed.
#[derive(Debug)]
pub struct Writer<C> {
    directory: PathBuf,
    options: Options,
    clock: C,
    serial: u32,
    current: Option<Current>,
}

impl<C: Clock> Writer<C> {
    /// Opens a directory, and repairs and continues its newest file unless that is full. A
    /// new file is begun with the first record only.
    ///
    /// # Errors
    ///
    /// [`WriteError::Open`], [`WriteError::InUse`], [`WriteError::Examine`].
    pub fn open(
        directory: &Path,
        options: Options,
        clock: C,
    ) -> Result<(Self, Vec<Notice>), WriteError> {
        let mut writer = Self {
            directory: directory.into(),
            options,
            clock,
            serial: 0,
            current: None,
        };
        let mut notices = Vec::new();
        if let Some((serial, name)) = newest(directory)? {
            writer.serial = serial;
            writer.current = writer.resume(&name, &mut notices)?;
        }
        Ok((writer, notices))
    }

    /// File in use and the end of its last record, for the ledger; `None` before the first record.
    pub fn end(&self) -> Option<KnownEnd> {
        self.current.as_ref().map(|current| KnownEnd {
            file: current.name.clone(),
            end: current.appender.end(),
        })
    }

    /// Archives a file. See [`Self::write`].
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub fn import(&mut self, imported: &Imported<'_>) -> Result<Placed, WriteError> {
        let mut placed = self.write(&imported.drafts())?;
        Ok(placed.swap_remove(0))
    }

    /// Writes a group of records side by side, all or none, and returns their places once
    /// they are on the disk.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing of the group is then in the file. After
    /// [`AppendError::Disk`] the file is left alone and the next group begins another.
    pub fn write(&mut self, drafts: &[Draft]) -> Result<Vec<Placed>, WriteError> {
        let cap = self.options.limits.max_block;
        for draft in drafts {
            let length = draft.block.len() as u64;
            if length > cap {
                return Err(WriteError::TooLarge { length, cap });
            }
        }
        let now = self.clock.now();
        let mut current = match self.current.take() {
            Some(current) if current.appender.end() < self.options.max_file_size => current,
            _ => self.begin()?,
        };
        let result = current.write(drafts, now, &self.directory);
        let usable = !matches!(
            result,
            Err(WriteError::Append {
                source: AppendError::Disk { .. } | AppendError::Closed { .. },
                ..
            })
        );
        self.current = usable.then_some(current);
        result
    }

    /// Begins the next file.
    fn begin(&mut self) -> Result<Current, WriteError> {
        self.serial += 1;
        let time = self.clock.now().strftime("%Y%m%d%H%M%S");
        let name = format!("nianbao-{time}-{:05}.warc.gz", self.serial);
        let path = self.directory.join(&name);
        let open = |source| WriteError::Open {
            path: path.clone(),
            source,
        };
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(&path)
            .map_err(open)?;
        lock(&file, &path)?;
        let begun = self.describe(name, file).and_then(|current| {
            sync_directory(&self.directory).map_err(open)?;
            Ok(current)
        });
        if begun.is_err() {
            // Empty by now; one left behind would be taken up at the next opening.
            let _ = std::fs::remove_file(&path);
        }
        begun
    }

    /// Writes the warcinfo record into an empty file.
    fn describe(&self, name: String, file: File) -> Result<Current, WriteError> {
        let mut block = format!(
            "software: nianbao/{}\r\nformat: WARC File Format 1.1\r\n",
            env!("CARGO_PKG_VERSION")
        );
        if let Some(contact) = &self.options.contact {
            block.push_str("operator: ");
            block.push_str(&one_line(contact));
            block.push_str("\r\n");
        }
        let mut draft = Draft::new(Kind::Warcinfo, block.into_bytes());
        draft.content_type = Some("application/warc-fields".into());
        draft.extra.push("WARC-Filename", name.as_str());
        let mut current = Current {
            name,
            appender: Appender::new(file, 0),
            warcinfo: String::new(),
        };
        let placed = current.write(&[draft], self.clock.now(), &self.directory)?;
        current.warcinfo = placed.into_iter().map(|placed| placed.record_id).collect();
        Ok(current)
    }

    /// Makes the newest file ready for appending; `None` where a new one must be begun.
    fn resume(&self, name: &str, notices: &mut Vec<Notice>) -> Result<Option<Current>, WriteError> {
        let path = self.directory.join(name);
        let open = |source| WriteError::Open {
            path: path.clone(),
            source,
        };
        let file = OpenOptions::new().append(true).open(&path).map_err(open)?;
        lock(&file, &path)?;
        let length = file.metadata().map_err(open)?.len();
        let known = self
            .options
            .known_end
            .as_ref()
            .filter(|known| known.file == name);
        let mut from = known.map_or(0, |known| known.end);
        if from > length {
            notices.push(Notice::Shortened {
                file: name.into(),
                known: from,
                found: length,
            });
            from = 0;
        }
        let (end, tail) =
            examine(&path, from, self.options.limits).map_err(|source| WriteError::Examine {
                path: path.clone(),
                source,
            })?;
        match tail {
            Tail::Clean => {}
            Tail::Unfinished => {
                file.set_len(end).map_err(open)?;
                file.sync_all().map_err(open)?;
                notices.push(Notice::Truncated {
                    file: name.into(),
                    end,
                    dropped: length - end,
                });
            }
            Tail::Damaged => {
                notices.push(Notice::Damaged {
                    file: name.into(),
                    offset: end,
                });
                return Ok(None);
            }
        }
        if end == 0 {
            return self.describe(name.into(), file).map(Some);
        }
        let first = read_at(&path, 0, self.options.limits).ok();
        let warcinfo = first
            .filter(|record| record.kind() == Kind::Warcinfo)
            .and_then(|record| record.id().map(ToOwned::to_owned));
        // A file of ours that does not begin with its warcinfo is not one to add to.
        Ok(warcinfo.map(|warcinfo| Current {
            name: name.into(),
            appender: Appender::new(file, end),
            warcinfo,
        }))
    }
}

impl Current {
    fn write(
        &mut self,
        drafts: &[Draft],
        now: Timestamp,
        directory: &Path,
    ) -> Result<Vec<Placed>, WriteError> {
        let mut bytes = Vec::new();
        let mut places: Vec<Placed> = Vec::with_capacity(drafts.len());
        for (index, draft) in drafts.iter().enumerate() {
            let offset = self.appender.end() + bytes.len() as u64;
            let linked = match draft.link {
                None => None,
                Some(Link::ConcurrentTo(target) | Link::RefersTo(target)) => {
                    let place = places.get(target);
                    Some(place.ok_or(WriteError::Link { index, target })?)
                }
            };
            let date = draft.date.unwrap_or(now);
            let id = record_id(&self.name, offset, now, &draft.block);
            let identity = Identity {
                id: &id,
                date,
                warcinfo: Some(self.warcinfo.as_str()).filter(|id| !id.is_empty()),
                linked: linked.map(|place| place.record_id.as_str()),
            };
            let member = member(draft, &identity)?;
            places.push(Placed {
                file: self.name.clone(),
                offset,
                length: member.len() as u64,
                sha256: payload_sha256(draft),
                record_id: id,
                date,
            });
            bytes.extend_from_slice(&member);
        }
        self.appender
            .append(&bytes)
            .map_err(|source| WriteError::Append {
                path: directory.join(&self.name),
                source,
            })?;
        Ok(places)
    }
}

fn payload_sha256(draft: &Draft) -> String {
    if draft.kind == Kind::Response
        && let Ok(response) = HttpResponse::split(&draft.block)
    {
        return sha256_hex(&response.transfer_decoded().bytes);
    }
    sha256_hex(&draft.block)
}

/// Serial and name of the newest of our files.
fn newest(directory: &Path) -> Result<Option<(u32, String)>, WriteError> {
    let open = |source| WriteError::Open {
        path: directory.into(),
        source,
    };
    let mut newest = None;
    for entry in std::fs::read_dir(directory).map_err(open)? {
        let name = entry.map_err(open)?.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Some(serial) = serial_of(name) {
            newest = newest.max(Some((serial, name.to_owned())));
        }
    }
    Ok(newest)
}

fn serial_of(name: &str) -> Option<u32> {
    let stem = name.strip_prefix("nianbao-")?.strip_suffix(".warc.gz")?;
    let (time, serial) = stem.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (time.len() == 14 && digits(time) && digits(serial)).then_some(())?;
    serial.parse().ok()
}

fn lock(file: &File, path: &Path) -> Result<(), WriteError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(std::fs::TryLockError::WouldBlock) => Err(WriteError::InUse { path: path.into() }),
        Err(std::fs::TryLockError::Error(source)) => Err(WriteError::Open {
            path: path.into(),
            source,
        }),
    }
}

/// A new file's name is durable only once its directory is.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
