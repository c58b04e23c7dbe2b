//! WARC and WACZ files of other programs → the archive, as they are.
//!
//! In: a file from a disk, hostile and of any size. Out: its bytes under a name with their digest in the archive's
//! directory, so that record ids stay, revisits find their pages and the evidence is what was handed over; and what is
//! wrong in it, with offsets. Only a file that was compressed as a whole, in which no record can be found by its place,
//! is kept uncompressed. Names inside a WACZ are never used as paths.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::archive::{BadHeader, Kind, Limits, ReadError, Reader, unpacked};

/// What a file of another program is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignKind {
    /// Records, compressed or not; and what holds records in a form that is refused ([`ForeignError::Arc`],
    /// [`ForeignError::Zstd`]).
    Warc,
    /// A ZIP file with WARC files in it.
    Wacz,
}

/// What is said of a file that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Name in the archive.
    pub file: String,
    /// Name of the file, or of the member of a WACZ, that it was.
    pub origin: String,
    /// Its bytes, as they are in the archive.
    pub size_bytes: u64,
    /// Their SHA-256.
    pub sha256: String,
    /// Whether the archive had it.
    pub known: bool,
    /// What was counted and found in it; empty for a known one.
    pub found: Scan,
}

/// What is in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Responses and resources: what pages are read from.
    pub pages: u64,
    /// Revisits.
    pub revisits: u64,
    /// Later parts of records cut in pieces; they are not joined.
    pub continuations: u64,
    /// What could not be read, with its place; the first [`MAX_TOLD`].
    pub damage: Vec<String>,
    /// How many there are in all.
    pub damaged: u64,
    /// Further remarks.
    pub notes: Vec<String>,
}

/// More damage of one file is counted and not told.
pub const MAX_TOLD: usize = 20;

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForeignError {
    /// It could not be read.
    #[error("cannot read it: {0}")]
    Read(#[source] io::Error),
    /// The archive took no more.
    #[error("cannot write to the archive: {0}")]
    Write(#[source] io::Error),
    /// No record could be read in it.
    #[error("no WARC record can be read in it: {0}")]
    Nothing(String),
    /// Records of a version that is not read.
    #[error(
        "a WARC file of version {0:?}; only WARC/1.0 and WARC/1.1 and the drafts 0.17 and 0.18 are read"
    )]
    Version(String),
    /// The format before WARC.
    #[error(
        "an ARC file, which is not read: make a WARC file of it (`warcio recompress FILE NEW.warc.gz`) and import that"
    )]
    Arc,
    /// Records compressed with Zstandard.
    #[error(
        "compressed with zstd, which is not read: unpack it (`zstd -d FILE`) and import the WARC file"
    )]
    Zstd,
    /// It unpacks to more than any WARC does.
    #[error("it unpacks to more than {cap} bytes, {times} times its size: not unpacked")]
    Bomb {
        /// The cap, in bytes.
        cap: u64,
        /// How many times its size that is.
        times: u64,
    },
    /// The ZIP file is damaged or of a kind that is not read.
    #[error("a WACZ file that cannot be read: {0}")]
    Zip(String),
    /// A member's name leads out of the file.
    #[error("a WACZ file with a member named {0:?}, which leads out of it: not read")]
    Outside(String),
    /// There are no WARC files in it.
    #[error("a ZIP file without WARC files in archive/")]
    Empty,
    /// It was taken, and could not be written down where it is from.
    #[error(transparent)]
    Record(#[from] crate::archive::WriteError),
}

impl ForeignError {
    /// Whether it is about this file alone.
    pub const fn is_about_file(&self) -> bool {
        !matches!(self, Self::Write(_) | Self::Record(_))
    }
}

/// What a file is, if it is one of other programs: by its first bytes, not by its name. `None` for anything else, and
/// for what cannot be read.
pub fn foreign_kind(path: &Path) -> Option<ForeignKind> {
    let mut file = File::open(path).ok()?;
    let mut head = Vec::new();
    Read::by_ref(&mut file)
        .take(4096)
        .read_to_end(&mut head)
        .ok()?;
    let named = path.to_string_lossy().to_ascii_lowercase();
    // Zstandard holds anything; its name says what.
    if head.starts_with(b"WARC/")
        || refused(&head)
            .is_some_and(|why| matches!(why, ForeignError::Arc) || named.ends_with(".warc.zst"))
    {
        return Some(ForeignKind::Warc);
    }
    if head.starts_with(b"\x1f\x8b") {
        let mut first = Vec::new();
        // A damaged first member still says what it is.
        let _ = unpacked(&head[..]).take(5).read_to_end(&mut first);
        return (first == b"WARC/" || named.ends_with(".warc.gz")).then_some(ForeignKind::Warc);
    }
    let name = path.extension()?;
    let is_named = |one: &str| name.eq_ignore_ascii_case(one);
    if is_named("warc") {
        return Some(ForeignKind::Warc);
    }
    if is_named("wacz") {
        return Some(ForeignKind::Wacz);
    }
    if !head.starts_with(b"PK\x03\x04") {
        return None;
    }
    file.seek(SeekFrom::Start(0)).ok()?;
    let zip = ZipArchive::new(BufReader::new(file)).ok()?;
    let is_wacz = zip
        .file_names()
        .any(|name| name.is_ok_and(|name| is_warc_member(&name)));
    is_wacz.then_some(ForeignKind::Wacz)
}

/// Why a file that begins so is refused unread.
fn refused(head: &[u8]) -> Option<ForeignError> {
    // A frame, or one to be skipped, in which dictionaries lie.
    let is_zstd = head.starts_with(b"\x28\xb5\x2f\xfd")
        || matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
    if is_zstd {
        return Some(ForeignError::Zstd);
    }
    let arc = b"filedesc://";
    let mut first = Vec::new();
    if head.starts_with(b"\x1f\x8b") {
        let _ = unpacked(head)
            .take(arc.len() as u64)
            .read_to_end(&mut first);
    }
    (head.starts_with(arc) || first == arc).then_some(ForeignError::Arc)
}

fn is_warc_member(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let bare = [".gz", ".zst"]
        .iter()
        .find_map(|end| lower.strip_suffix(end));
    let bare = bare.unwrap_or(&lower);
    lower.starts_with("archive/") && bare.strip_suffix(".warc").is_some()
}

/// Takes a file into the directory of WARC files. The same bytes again are known.
///
/// # Errors
///
/// [`ForeignError`], in one line. Nothing of the file is then in the archive, but for the members of a WACZ before
/// the one that failed.
pub(super) fn take(
    path: &Path,
    kind: ForeignKind,
    archive: &Path,
) -> Result<Vec<Taken>, ForeignError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match kind {
        ForeignKind::Warc => {
            let file = File::open(path).map_err(ForeignError::Read)?;
            let size = file.metadata().map_err(ForeignError::Read)?.len();
            let taken = take_stream(file, size, &name, archive)?;
            Ok(vec![taken])
        }
        ForeignKind::Wacz => take_wacz(path, &name, archive),
    }
}

fn take_wacz(path: &Path, name: &str, archive: &Path) -> Result<Vec<Taken>, ForeignError> {
    let file = File::open(path).map_err(ForeignError::Read)?;
    let size = file.metadata().map_err(ForeignError::Read)?.len();
    let told = |error: ZipError| match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            ForeignError::Read(error)
        }
        error => ForeignError::Zip(error.to_string()),
    };
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(told)?;
    let mut members = Vec::new();
    for number in 0..zip.len() {
        let member = zip.by_index_raw(number).map_err(told)?;
        let name = member.name().map_err(told)?.into_owned();
        if name.starts_with(['/', '\\']) || name.split(['/', '\\']).any(|part| part == "..") {
            return Err(ForeignError::Outside(name));
        }
        if is_warc_member(&name) && !member.is_dir() {
            if member.encrypted() {
                return Err(ForeignError::Zip("its members are encrypted".into()));
            }
            members.push((number, name));
        }
    }
    if members.is_empty() {
        return Err(ForeignError::Empty);
    }
    members.sort_by(|one, other| one.1.cmp(&other.1));
    let digests = package(&mut zip);
    let mut all = Vec::new();
    for (number, member_name) in members {
        let member = zip.by_index(number).map_err(told)?;
        let origin = format!("{name}/{member_name}");
        let mut taken = take_stream(member, size, &origin, archive)?;
        if let Some(Value::Object(resource)) = digests.get(&member_name)
            && let Some(Value::String(hash)) = resource.get("hash")
            && hash.starts_with("sha256:")
            && !taken.known
            && taken.found.notes.is_empty()
            && !hash.ends_with(&taken.sha256)
        {
            let note = "its digest is not the one in datapackage.json: it was changed or damaged";
            taken.found.damaged += 1;
            taken.found.damage.push(note.into());
        }
        all.push(taken);
    }
    Ok(all)
}

/// What `datapackage.json` says of each member, by path; empty where there is none that can be read.
fn package(zip: &mut ZipArchive<BufReader<File>>) -> serde_json::Map<String, Value> {
    let mut text = Vec::new();
    let read = zip.by_name("datapackage.json").ok().and_then(|member| {
        let mut capped = member.take(16 << 20);
        capped.read_to_end(&mut text).ok()
    });
    let mut found = serde_json::Map::new();
    if read.is_none() {
        return found;
    }
    let package: Value = serde_json::from_slice(&text).unwrap_or_default();
    let resources = package.get("resources").and_then(Value::as_array);
    for resource in resources.into_iter().flatten() {
        if let Some(path) = resource.get("path").and_then(Value::as_str) {
            found.insert(path.into(), resource.clone());
        }
    }
    found
}

/// No WARC compresses so well: text comes to a tenth or so.
const TIMES: u64 = 200;

/// A file that is deleted unless it was kept.
struct Draft {
    path: PathBuf,
    kept: bool,
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // What failed is told; a draft left behind is no WARC file to anybody.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn take_stream(
    mut source: impl Read,
    size: u64,
    origin: &str,
    archive: &Path,
) -> Result<Taken, ForeignError> {
    let mut head = Vec::new();
    // What cannot be read shows again below.
    let _ = source.by_ref().take(4096).read_to_end(&mut head);
    if let Some(why) = refused(&head) {
        return Err(why);
    }
    let mut source = io::Cursor::new(head).chain(source);
    let cap = size.saturating_mul(TIMES).saturating_add(64 << 20);
    let mut draft = Draft {
        path: archive.join(format!(".foreign-{}.part", std::process::id())),
        kept: false,
    };
    let (mut sha256, mut size_bytes, broken) = copy(&mut source, &draft.path, cap)?;
    let mut notes = Vec::new();
    if let Some(error) = broken {
        notes.push(format!(
            "the file it came from is damaged behind byte {size_bytes}: {error}"
        ));
    }
    let mut scanned = scan(&draft.path, archive, &sha256)?;
    if scanned.is_shared {
        // Compressed as a whole: no record has a place of its own.
        let plain = Draft {
            path: archive.join(format!(".foreign-{}.plain.part", std::process::id())),
            kept: false,
        };
        let packed = File::open(&draft.path).map_err(ForeignError::Read)?;
        let cap = size_bytes.saturating_mul(TIMES).saturating_add(64 << 20);
        let (digest, length, broken) = copy(unpacked(BufReader::new(packed)), &plain.path, cap)?;
        if let Some(error) = broken {
            notes.push(format!("it does not unpack behind byte {length}: {error}"));
        }
        notes.push("it was compressed as a whole and is kept uncompressed".into());
        (sha256, size_bytes) = (digest, length);
        draft = plain;
        scanned = scan(&draft.path, archive, &sha256)?;
    }
    let ending = if scanned.is_packed { "warc.gz" } else { "warc" };
    let file = format!("foreign-{}.{ending}", &sha256[..32]);
    let known = scanned.known;
    let mut found = scanned.found;
    if !known {
        if found.pages + found.revisits == 0 && found.damaged > 0 {
            return Err(scanned.first.unwrap_or_else(|| {
                ForeignError::Nothing(found.damage.first().cloned().unwrap_or_default())
            }));
        }
        found.damaged += notes
            .iter()
            .filter(|note| note.contains("behind byte"))
            .count() as u64;
        found.notes = notes;
        fs::rename(&draft.path, archive.join(&file)).map_err(ForeignError::Write)?;
        draft.kept = true;
        sync(archive).map_err(ForeignError::Write)?;
    }
    Ok(Taken {
        file,
        origin: origin.into(),
        size_bytes,
        sha256,
        known,
        found,
    })
}

/// Digest and length of a copy that is on the disk, and what broke off the reading.
type Copied = (String, u64, Option<io::Error>);

fn copy(mut source: impl Read, path: &Path, cap: u64) -> Result<Copied, ForeignError> {
    let mut target = File::create(path).map_err(ForeignError::Write)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    let mut length = 0_u64;
    let mut broken = None;
    loop {
        let count = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // What came before it can be read.
            Err(error) if length > 0 => {
                broken = Some(error);
                break;
            }
            Err(error) => return Err(ForeignError::Read(error)),
        };
        length += count as u64;
        if length > cap {
            return Err(ForeignError::Bomb { cap, times: TIMES });
        }
        hasher.update(&buffer[..count]);
        target
            .write_all(&buffer[..count])
            .map_err(ForeignError::Write)?;
    }
    target.sync_all().map_err(ForeignError::Write)?;
    Ok((HEXLOWER.encode(&hasher.finalize()), length, broken))
}

struct Scanned {
    found: Scan,
    is_packed: bool,
    /// Whether its first gzip member holds more than a record.
    is_shared: bool,
    known: bool,
    /// Why nothing could be read, where that has a name.
    first: Option<ForeignError>,
}

/// Goes through a copy, a record in memory at a time.
fn scan(path: &Path, archive: &Path, sha256: &str) -> Result<Scanned, ForeignError> {
    let mut head = [0; 16];
    let mut file = BufReader::new(File::open(path).map_err(ForeignError::Read)?);
    let length = {
        let bytes = file.fill_buf().map_err(ForeignError::Read)?;
        let length = bytes.len().min(head.len());
        head[..length].copy_from_slice(&bytes[..length]);
        length
    };
    let is_packed = head.starts_with(b"\x1f\x8b");
    let ending = if is_packed { "warc.gz" } else { "warc" };
    let name = format!("foreign-{}.{ending}", &sha256[..32]);
    let mut scanned = Scanned {
        found: Scan::default(),
        is_packed,
        is_shared: false,
        known: archive.join(name).exists(),
        first: None,
    };
    if scanned.known {
        return Ok(scanned);
    }
    if length == 0 {
        return Err(ForeignError::Nothing("it is empty".into()));
    }
    let mut reader = Reader::open(path, Limits::default())
        .map_err(|error| ForeignError::Nothing(error.to_string()))?;
    let mut any = false;
    while let Some(record) = reader.next() {
        let error = match record {
            Ok(record) => {
                any = true;
                let found = &mut scanned.found;
                match record.kind() {
                    Kind::Response | Kind::Resource => found.pages += 1,
                    Kind::Revisit => found.revisits += 1,
                    Kind::Continuation => found.continuations += 1,
                    _ => {}
                }
                continue;
            }
            Err(error) => error,
        };
        if !any && matches!(error, ReadError::SharedMember { .. }) {
            scanned.is_shared = true;
            return Ok(scanned);
        }
        if !any
            && matches!(
                error,
                ReadError::BadHeader {
                    reason: BadHeader::Version,
                    ..
                }
            )
        {
            let text = String::from_utf8_lossy(&version_line(path, is_packed)).into_owned();
            scanned.first.get_or_insert(ForeignError::Version(text));
        }
        scanned.found.damaged += 1;
        if scanned.found.damage.len() < MAX_TOLD {
            scanned.found.damage.push(error.to_string());
        }
        if error.is_io() {
            return Err(ForeignError::Nothing(error.to_string()));
        }
        if reader.is_stopped()
            && let Some(offset) = error.offset()
            && !matches!(reader.resync(offset), Ok(Some(_)))
        {
            break;
        }
    }
    if any {
        scanned.first = None;
    }
    Ok(scanned)
}

fn version_line(path: &Path, is_packed: bool) -> Vec<u8> {
    let mut line = Vec::new();
    if let Ok(file) = File::open(path) {
        let _ = if is_packed {
            unpacked(BufReader::new(file))
                .take(9)
                .read_to_end(&mut line)
        } else {
            file.take(9).read_to_end(&mut line)
        };
    }
    line.truncate(line.trim_ascii_end().len());
    line
}

/// A new file's name is durable only once its directory is.
#[cfg(unix)]
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
