//! Reading WARC files, compressed (one member a record) or not.
//!
//! In: a file, hostile. Out: records one at a time, each with its place, or a [`ReadError`]
//! with the place of the damage. Never holds more than one record, never more of it than
//! [`Limits`] allow, and never guesses past damage unless told to ([`Reader::resync`]).

use std::fs::File;
use std::io::{self, BufRead, Read, Seek};
use std::path::Path;

use super::damage::{BadHeader, ReadError};
use super::member::Member;
use super::record::{Headers, Record};
use super::source::Source;
use super::whole::Whole;

/// How much of one record may be held in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest block, in bytes.
    pub max_block: u64,
    /// Largest header, in bytes.
    pub max_header: u64,
    /// How far a block above the cap is decompressed, and thrown away, to find the next
    /// record, in bytes.
    pub max_skip: u64,
}

impl Default for Limits {
    /// 256 MiB, 64 KiB and 4 GiB: the largest reports seen with their attachments are a tenth of the first.
    fn default() -> Self {
        Self {
            max_block: 256 << 20,
            max_header: 64 << 10,
            max_skip: 4 << 30,
        }
    }
}

/// An iterator over the records of a file.
///
/// After an error about one record whose end is known (too large, bad header, wrong length
/// inside an intact gzip member) it goes on with the next record. After damage to the file
/// itself it ends; see [`Self::resync`].
pub struct Reader<R> {
    source: Source<R>,
    whole: Whole,
    limits: Limits,
    stopped: bool,
}

impl Reader<File> {
    /// Opens a file at its beginning.
    ///
    /// # Errors
    ///
    /// [`ReadError::Open`].
    pub fn open(path: &Path, limits: Limits) -> Result<Self, ReadError> {
        File::open(path)
            .and_then(|file| Self::new(file, 0, limits))
            .map_err(|source| ReadError::Open {
                path: path.into(),
                source,
            })
    }
}

/// Reads the record that begins at `offset` of a file.
///
/// # Errors
///
/// [`ReadError`]; [`ReadError::Torn`] where the file ends at or before `offset`.
pub fn read_at(path: &Path, offset: u64, limits: Limits) -> Result<Record, ReadError> {
    let open = |source| ReadError::Open {
        path: path.into(),
        source,
    };
    let file = File::open(path).map_err(open)?;
    let mut reader = Reader::new(file, offset, limits).map_err(open)?;
    reader.next().unwrap_or(Err(ReadError::Torn { offset }))
}

impl<R: Read + Seek> Reader<R> {
    /// Reads `inner` from byte `start` on, which must be the beginning of a record.
    ///
    /// # Errors
    ///
    /// Where `inner` cannot seek there.
    pub fn new(inner: R, start: u64, limits: Limits) -> io::Result<Self> {
        Ok(Self {
            source: Source::new(inner, start)?,
            whole: Whole::new(),
            limits,
            stopped: false,
        })
    }

    /// The end of the last record read: where the next one begins.
    pub fn position(&self) -> u64 {
        self.source.position()
    }

    /// Whether the next record is not compressed.
    pub(super) fn is_plain(&mut self) -> Result<bool, ReadError> {
        let offset = self.source.position();
        let head = self.source.peek::<5>();
        let (head, length) = head.map_err(|source| ReadError::Io { offset, source })?;
        Ok(head[..length] == *b"WARC/")
    }

    /// Whether damage ended the iteration.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Looks behind `offset` for the next place where a record seems to begin, and goes on
    /// from there. `None` where there is none.
    ///
    /// What is found after damage may be a WARC that was itself archived inside a damaged
    /// record. It is good for telling how far damage reaches, not as evidence.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read.
    pub fn resync(&mut self, offset: u64) -> Result<Option<u64>, ReadError> {
        let found = super::scan::next_start(&mut self.source, offset + 1);
        let found = found.map_err(|source| ReadError::Io { offset, source })?;
        if let Some(start) = found {
            self.source
                .seek_to(start)
                .map_err(|source| ReadError::Io { offset, source })?;
            self.stopped = false;
        }
        Ok(found)
    }

    fn read_next(&mut self) -> Result<Option<Record>, ReadError> {
        let offset = self.source.position();
        let io = |source| ReadError::Io { offset, source };
        let (head, length) = self.source.peek::<5>().map_err(io)?;
        let head = &head[..length];
        match head {
            [] => Ok(None),
            [0x1f, 0x8b, ..] => self.read_member(offset).map(Some),
            b"WARC/" => self.read_plain(offset).map(Some),
            [0x1f] => Err(ReadError::Torn { offset }),
            _ if b"WARC/".starts_with(head) => Err(ReadError::Torn { offset }),
            _ if self.only_zeros().map_err(io)? => Err(ReadError::ZeroTail { offset }),
            _ => Err(ReadError::Garbage { offset }),
        }
    }

    fn only_zeros(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.source.fill_buf()?;
            if bytes.is_empty() {
                return Ok(true);
            }
            if bytes.iter().any(|byte| *byte != 0) {
                return Ok(false);
            }
            let length = bytes.len();
            self.source.consume(length);
        }
    }

    /// One gzip member. The reader goes on behind it where the member itself is sound, even
    /// if the record in it is not.
    fn read_member(&mut self, offset: u64) -> Result<Record, ReadError> {
        if let Some(record) = self.read_whole(offset) {
            return Ok(record);
        }
        self.stopped = true;
        let limits = self.limits;
        let mut member = Member::new(&mut self.source);
        let result = read_record(&mut member, limits).and_then(|parts| {
            // Reading past the end is what makes the decoder check its checksum.
            match member.fill_buf() {
                Ok([]) => Ok(parts),
                Ok(_) => Err(Fault::SharedMember),
                Err(error) => Err(Fault::Io(error)),
            }
        });
        let fault = match result {
            Ok(parts) => {
                self.stopped = false;
                return Ok(parts.placed(offset, self.source.position() - offset));
            }
            Err(Fault::Io(error)) => return Err(self.stream_error(offset, error)),
            Err(fault) => fault,
        };
        // A damaged member shows as any fault at first: its checksum, at the end, decides.
        let mut rest = member.take(limits.max_skip);
        match io::copy(&mut rest, &mut io::sink()) {
            Ok(count) => self.stopped = count == limits.max_skip,
            Err(error) => return Err(self.stream_error(offset, error)),
        }
        Err(fault.at(offset, limits))
    }

    /// A member that is of a usual size and holds one record, both sound; `None` for all others, of which nothing is consumed.
    fn read_whole(&mut self, offset: u64) -> Option<Record> {
        let (mut content, length) = self.whole.unpack(&mut self.source)?;
        let parts = read_record(&mut content, self.limits).ok()?;
        if !content.is_empty() {
            return None;
        }
        self.source.consume(length);
        Some(parts.placed(offset, length as u64))
    }

    fn stream_error(&self, offset: u64, source: io::Error) -> ReadError {
        if self.source.failed() {
            ReadError::Io { offset, source }
        } else if source.kind() == io::ErrorKind::UnexpectedEof {
            ReadError::Torn { offset }
        } else {
            ReadError::Damaged { offset, source }
        }
    }

    /// One uncompressed record. Behind a bad one only its declared length leads on.
    fn read_plain(&mut self, offset: u64) -> Result<Record, ReadError> {
        self.stopped = true;
        let limits = self.limits;
        match read_record(&mut self.source, limits) {
            Ok(parts) => {
                self.stopped = false;
                Ok(parts.placed(offset, self.source.position() - offset))
            }
            Err(Fault::Io(source)) => Err(ReadError::Io { offset, source }),
            Err(Fault::TooLarge { declared }) => {
                let end = self.source.position().checked_add(declared);
                let end = end.and_then(|end| end.checked_add(4));
                if let Some(end) = end.filter(|end| i64::try_from(*end).is_ok()) {
                    self.source
                        .seek_to(end)
                        .map_err(|source| ReadError::Io { offset, source })?;
                    self.stopped = false;
                }
                Err(Fault::TooLarge { declared }.at(offset, limits))
            }
            Err(Fault::Short { .. } | Fault::BadHeader(BadHeader::CutOff)) => {
                Err(ReadError::Torn { offset })
            }
            Err(Fault::MissingEnd { at_end: true }) => Err(ReadError::Torn { offset }),
            Err(fault) => Err(fault.at(offset, limits)),
        }
    }
}

impl<R: Read + Seek> Iterator for Reader<R> {
    type Item = Result<Record, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.stopped {
            return None;
        }
        let result = self.read_next().transpose();
        if matches!(
            result,
            None | Some(Err(ReadError::Torn { .. }
                | ReadError::ZeroTail { .. }
                | ReadError::Garbage { .. }
                | ReadError::Io { .. }))
        ) {
            self.stopped = true;
        }
        result
    }
}

/// A record before its place is known.
struct Parts {
    version: String,
    headers: Headers,
    block: Vec<u8>,
}

impl Parts {
    fn placed(self, offset: u64, length: u64) -> Record {
        Record {
            offset,
            length,
            version: self.version,
            headers: self.headers,
            block: self.block,
        }
    }
}

/// [`ReadError`] before its place is known.
enum Fault {
    Io(io::Error),
    BadHeader(BadHeader),
    TooLarge { declared: u64 },
    Short { declared: u64, found: u64 },
    WrongLength { declared: u64 },
    MissingEnd { at_end: bool },
    SharedMember,
}

impl Fault {
    fn at(self, offset: u64, limits: Limits) -> ReadError {
        match self {
            Self::Io(source) => ReadError::Io { offset, source },
            Self::BadHeader(reason) => ReadError::BadHeader { offset, reason },
            Self::TooLarge { declared } => ReadError::TooLarge {
                offset,
                declared,
                cap: limits.max_block,
            },
            Self::Short { declared, found } => ReadError::Short {
                offset,
                declared,
                found,
            },
            Self::WrongLength { declared } => ReadError::WrongLength { offset, declared },
            Self::MissingEnd { .. } => ReadError::MissingEnd { offset },
            Self::SharedMember => ReadError::SharedMember { offset },
        }
    }
}

/// Declared lengths up to here, the longest that a crawl writes, get their room at once.
const TRUSTED: u64 = 80 << 20;

/// One record: version line, fields, empty line, block, two line ends.
fn read_record(source: &mut impl BufRead, limits: Limits) -> Result<Parts, Fault> {
    let (version, headers) = read_header(source, limits.max_header)?;
    let declared = content_length(&headers).ok_or(Fault::BadHeader(BadHeader::Length))?;
    if declared > limits.max_block {
        return Err(Fault::TooLarge { declared });
    }
    // Room that is never written to costs no memory, and growing would hold a large block twice.
    let mut block = Vec::with_capacity(usize::try_from(declared.min(TRUSTED)).unwrap_or(0));
    let found = read_block(source, declared, &mut block).map_err(Fault::Io)? as u64;
    if found < declared {
        return Err(Fault::Short { declared, found });
    }
    let mut end = Vec::with_capacity(4);
    source.take(4).read_to_end(&mut end).map_err(Fault::Io)?;
    if end != b"\r\n\r\n" {
        let at_end = b"\r\n\r\n".starts_with(&end);
        // Where the end is there, but elsewhere, the length is wrong; the digest tells a block
        // that took in its own end from one that has none.
        let digest = headers.get("WARC-Block-Digest");
        let whole = digest.and_then(|label| super::digest::matches(label, [&block[..]]));
        if !at_end || (block.ends_with(b"\r\n") && whole == Some(false)) {
            return Err(Fault::WrongLength { declared });
        }
        return Err(Fault::MissingEnd { at_end });
    }
    Ok(Parts {
        version,
        headers,
        block,
    })
}

/// Bytes of a block that are asked for at once: its room is filled with zeros before.
const STEP: u64 = 1 << 20;

/// Reads up to `declared` bytes in as few pieces as they come in.
fn read_block(source: &mut impl Read, declared: u64, block: &mut Vec<u8>) -> io::Result<usize> {
    let mut found = 0;
    while (found as u64) < declared {
        if found == block.len() {
            let room = declared.min(found as u64 + STEP);
            block.resize(usize::try_from(room).map_err(io::Error::other)?, 0);
        }
        match source.read(&mut block[found..])? {
            0 => break,
            count => found += count,
        }
    }
    block.truncate(found);
    Ok(found)
}

/// The one `Content-Length`.
fn content_length(headers: &Headers) -> Option<u64> {
    let mut lengths = headers.all("Content-Length");
    let length = lengths.next()?.parse().ok()?;
    lengths.next().is_none().then_some(length)
}

fn read_header(source: &mut impl BufRead, cap: u64) -> Result<(String, Headers), Fault> {
    let mut left = cap;
    let version = read_line(source, &mut left)?;
    if !is_read(&version) {
        return Err(Fault::BadHeader(BadHeader::Version));
    }
    let mut headers = Headers::default();
    loop {
        let line = read_line(source, &mut left)?;
        if line.is_empty() {
            return Ok((version, headers));
        }
        let field = if line.starts_with([' ', '\t']) {
            headers.fold(line.trim())
        } else {
            line.split_once(':')
                .map(|(name, value)| headers.push(name.trim_end(), value.trim()))
        };
        field.ok_or(Fault::BadHeader(BadHeader::Field))?;
    }
}

/// The standard, and the two drafts that wrote records as it does (Heritrix 1); earlier ones had another header.
fn is_read(version: &str) -> bool {
    version.starts_with("WARC/1.") || matches!(version, "WARC/0.17" | "WARC/0.18")
}

fn read_line(source: &mut impl BufRead, left: &mut u64) -> Result<String, Fault> {
    let mut line = Vec::new();
    let count = source
        .take(*left)
        .read_until(b'\n', &mut line)
        .map_err(Fault::Io)? as u64;
    *left -= count;
    if line.pop() != Some(b'\n') {
        let reason = if *left == 0 {
            BadHeader::TooLong
        } else {
            BadHeader::CutOff
        };
        return Err(Fault::BadHeader(reason));
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map_err(|_| Fault::BadHeader(BadHeader::Encoding))
}
