//! Writing records into a directory of WARC files.
//!
//! In: drafts. Out: [`Placed`], once the records are on the disk. One writer a directory:
//! the file in use is locked. Never touches a file but the newest, and that only to cut off
//! a record a crash left unfinished, or what the ledger it follows does not know.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;

use super::append::{AppendError, Appender};
use super::clock::Clock;
use super::digest::record_id;
use super::encode::{self, Digests, Encoder, Identity};
use super::failure::WriteError;
use super::files::{cut, lock, open_locked, reserve, serial_of, series, sync_directory};
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
    /// One a thread.
    encoders: Vec<Encoder>,
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
        let encoders = (0..options.threads.max(1))
            .map(|_| Encoder::new(options.level))
            .collect();
        let mut writer = Self {
            directory: directory.into(),
            options,
            clock,
            serial: 0,
            current: None,
            encoders,
        };
        let mut notices = Vec::new();
        let mut files = series(directory, &writer.options.prefix)?;
        let known = writer.options.known_end.clone();
        if let Some(known) = known.as_ref().filter(|_| writer.options.cut_to_known) {
            cut(directory, &mut files, known, &writer.options, &mut notices)?;
            // A number that the ledger has used is not used again, though the file is gone.
            writer.serial = serial_of(&known.file, &writer.options.prefix).unwrap_or(0);
        }
        if let Some((serial, name)) = files.pop() {
            let known = known.filter(|_| writer.options.cut_to_known);
            writer.serial = writer.serial.max(serial);
            // Where the ledger's own file is gone, an older one is none of its concern.
            if known.is_none_or(|known| known.file == name) {
                writer.current = writer.resume(&name, &mut notices)?;
            }
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

    /// Begins a file unless one is open that takes records, and returns its end.
    ///
    /// A ledger that enters this end before the first record is written can tell a batch that
    /// a crash kept it from entering from an archive it knows nothing about.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub fn ready(&mut self) -> Result<KnownEnd, WriteError> {
        let current = self.take()?;
        let end = KnownEnd {
            file: current.name.clone(),
            end: current.appender.end(),
        };
        self.current = Some(current);
        Ok(end)
    }

    /// Writes a group of records side by side, all or none, and returns their places once
    /// they are on the disk.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing of the group is then in the file. After
    /// [`AppendError::Disk`] the file is left alone and the next group begins another.
    pub fn write(&mut self, drafts: &[Draft]) -> Result<Vec<Placed>, WriteError> {
        self.put(&[drafts])
            .map(|places| places.into_iter().flatten().collect())
    }

    /// Writes many groups with one append and one sync, all or none, and returns their places,
    /// group by group, once they are on the disk. All go into one file, which may exceed
    /// [`Options::max_file_size`] by them.
    ///
    /// # Errors
    ///
    /// As [`Self::write`]. [`Self::check`] tells beforehand which group is at fault.
    pub fn write_groups(&mut self, groups: &[Vec<Draft>]) -> Result<Vec<Vec<Placed>>, WriteError> {
        let groups: Vec<_> = groups.iter().map(Vec::as_slice).collect();
        self.put(&groups)
    }

    /// Whether a group can be written, as far as that is up to the group.
    ///
    /// # Errors
    ///
    /// [`WriteError::TooLarge`], [`WriteError::Target`], [`WriteError::Field`], [`WriteError::Link`].
    pub fn check(&self, group: &[Draft]) -> Result<(), WriteError> {
        let cap = self.options.limits.max_block;
        for (index, draft) in group.iter().enumerate() {
            let length = draft.block.len() as u64;
            if length > cap {
                return Err(WriteError::TooLarge { length, cap });
            }
            if let Some(Link::ConcurrentTo(target) | Link::RefersTo(target)) = draft.link
                && target >= index
            {
                return Err(WriteError::Link { index, target });
            }
            encode::check(draft)?;
        }
        Ok(())
    }

    fn put(&mut self, groups: &[&[Draft]]) -> Result<Vec<Vec<Placed>>, WriteError> {
        for group in groups {
            self.check(group)?;
        }
        if groups.iter().all(|group| group.is_empty()) {
            return Ok(groups.iter().map(|_| Vec::new()).collect());
        }
        let now = self.clock.now();
        let mut current = self.take()?;
        let result = current.write(
            groups,
            now,
            &self.directory,
            self.options.reserve_bytes,
            &mut self.encoders,
        );
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

    /// The file that takes the next records.
    fn take(&mut self) -> Result<Current, WriteError> {
        match self.current.take() {
            Some(current) if current.appender.end() < self.options.max_file_size => Ok(current),
            _ => self.begin(),
        }
    }

    /// Begins the next file.
    fn begin(&mut self) -> Result<Current, WriteError> {
        // The warcinfo record takes a few hundred bytes.
        reserve(&self.directory, 4096, self.options.reserve_bytes)?;
        let serial = self.serial + 1;
        let time = self.clock.now().strftime("%Y%m%d%H%M%S");
        let name = format!("{}-{time}-{serial:05}.warc.gz", self.options.prefix);
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
        } else {
            self.serial = serial;
        }
        begun
    }

    /// Writes the warcinfo record into an empty file.
    fn describe(&mut self, name: String, file: File) -> Result<Current, WriteError> {
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
        let (now, group) = (self.clock.now(), [draft]);
        let placed = current.write(&[&group], now, &self.directory, 0, &mut self.encoders)?;
        current.warcinfo = placed
            .into_iter()
            .flatten()
            .map(|placed| placed.record_id)
            .collect();
        Ok(current)
    }

    /// Makes the newest file ready for appending; `None` where a new one must be begun.
    fn resume(
        &mut self,
        name: &str,
        notices: &mut Vec<Notice>,
    ) -> Result<Option<Current>, WriteError> {
        let path = self.directory.join(name);
        let open = |source| WriteError::Open {
            path: path.clone(),
            source,
        };
        let (file, length) = open_locked(&path)?;
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
            if self.options.cut_to_known {
                // New records must not stand where the ledger has others.
                return Ok(None);
            }
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

/// A record on its way into the file.
struct Job<'a> {
    draft: &'a Draft,
    /// Its group's first record among all.
    first: usize,
    digests: Option<Digests>,
    id: String,
    member: Vec<u8>,
    failure: Option<WriteError>,
}

impl Current {
    fn write(
        &mut self,
        groups: &[&[Draft]],
        now: Timestamp,
        directory: &Path,
        reserve_bytes: u64,
        encoders: &mut [Encoder],
    ) -> Result<Vec<Vec<Placed>>, WriteError> {
        let mut jobs = Vec::new();
        for group in groups {
            let first = jobs.len();
            jobs.extend(group.iter().map(|draft| Job {
                draft,
                first,
                digests: None,
                id: String::new(),
                member: Vec::new(),
                failure: None,
            }));
        }
        let undigested = |job: &Job<'_>| match &job.draft.payload {
            Some(known) if known.block.is_some() => 0,
            _ => job.draft.block.len(),
        };
        each(&mut jobs, encoders, undigested, |job, _| {
            job.digests = Some(Digests::of(job.draft));
        });
        let start = self.appender.end();
        for (number, job) in jobs.iter_mut().enumerate() {
            let digest = job.digests.as_ref().map_or("", |digests| &digests.block);
            job.id = record_id(&self.name, (start, number), now, digest);
        }
        let ids: Vec<_> = jobs.iter().map(|job| job.id.clone()).collect();
        let warcinfo = Some(self.warcinfo.as_str()).filter(|id| !id.is_empty());
        let size = |job: &Job<'_>| job.draft.block.len();
        each(&mut jobs, encoders, size, |job, encoder| {
            let linked = match job.draft.link {
                None => None,
                Some(Link::ConcurrentTo(target) | Link::RefersTo(target)) => {
                    ids.get(job.first + target).map(String::as_str)
                }
            };
            let identity = Identity {
                id: &job.id,
                date: job.draft.date.unwrap_or(now),
                warcinfo,
                linked,
            };
            let Some(digests) = &job.digests else { return };
            match encoder.member(job.draft, digests, &identity) {
                Ok(member) => job.member = member,
                Err(error) => job.failure = Some(error),
            }
        });
        let length: usize = jobs.iter().map(|job| job.member.len()).sum();
        let mut pieces = vec![Vec::with_capacity(length.min(WORTH_JOINING))];
        let mut offset = start;
        let mut places = Vec::with_capacity(jobs.len());
        for job in jobs {
            if let Some(error) = job.failure {
                return Err(error);
            }
            let (payload_sha1, sha256) = job
                .digests
                .map(|digests| (digests.payload, digests.sha256))
                .unwrap_or_default();
            let given = job.draft.extra.get("WARC-Payload-Digest");
            places.push(Placed {
                file: self.name.clone(),
                offset,
                length: job.member.len() as u64,
                sha256,
                payload_sha1: payload_sha1.or_else(|| given.map(Into::into)),
                record_id: job.id,
                date: job.draft.date.unwrap_or(now),
            });
            offset += job.member.len() as u64;
            match pieces.last_mut() {
                Some(last) if last.len() + job.member.len() <= WORTH_JOINING => {
                    last.extend_from_slice(&job.member);
                }
                _ => pieces.push(job.member),
            }
        }
        reserve(directory, length as u64, reserve_bytes)?;
        self.appender
            .append(&pieces)
            .map_err(|source| WriteError::Append {
                path: directory.join(&self.name),
                source,
            })?;
        let mut places = places.into_iter();
        Ok(groups
            .iter()
            .map(|group| places.by_ref().take(group.len()).collect())
            .collect())
    }
}

/// Bytes that are copied to be written at once; larger records are written as they are.
const WORTH_JOINING: usize = 8 << 20;

/// Bytes of blocks below which a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 256 * 1024;

/// Does `work` on every job, on as many threads as there are encoders; `bytes` says how much of it there is.
fn each<'a>(
    jobs: &mut [Job<'a>],
    encoders: &mut [Encoder],
    bytes: impl Fn(&Job<'a>) -> usize,
    work: impl Fn(&mut Job<'a>, &mut Encoder) + Sync,
) {
    let total: usize = jobs.iter().map(bytes).sum();
    let Some((own, others)) = encoders.split_first_mut() else {
        return;
    };
    if others.is_empty() || jobs.len() == 1 || total < WORTH_A_THREAD {
        for job in jobs {
            work(job, own);
        }
        return;
    }
    let next = AtomicUsize::new(0);
    let jobs: Vec<_> = jobs.iter_mut().map(|job| Mutex::new(Some(job))).collect();
    let take_turns = |encoder: &mut Encoder| {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let job = job.lock().ok().and_then(|mut job| job.take());
            if let Some(job) = job {
                work(job, encoder);
            }
        }
    };
    std::thread::scope(|scope| {
        for encoder in others {
            scope.spawn(|| take_turns(encoder));
        }
        take_turns(own);
    });
}
