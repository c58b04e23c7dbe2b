//! WACZ 1.1.1: an archive's WARC files with their index and list of pages, in one ZIP that can be
//! read in place.
//!
//! In: WARC files. Out: the package, written in one go. The files lie in it as they are, not
//! compressed again, so that a record is found at its offset. The same files give the same bytes.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::cdxj::{CdxLine, Sorter, index_file};
use super::damage::ReadError;
use super::digest::sha256_hex;
use super::reader::Limits;

/// Lines of the index that are compressed together.
const BLOCK: usize = 3000;

/// Why no package was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WaczError {
    /// A WARC file could not be opened or read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A WARC file could not be copied, or the package not written.
    #[error("cannot write the package")]
    Write(#[from] io::Error),
    /// The ZIP could not be written.
    #[error("cannot write the package")]
    Zip(#[from] zip::result::ZipError),
}

/// What went into a package.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Packed {
    /// WARC files.
    pub files: u64,
    /// Lines of the index.
    pub lines: u64,
    /// Pages listed: HTML that was answered with 200, or imported.
    pub pages: u64,
    /// Records that could not be read, and are in no index.
    pub unreadable: u64,
}

/// A file of the package.
struct Resource {
    path: String,
    hash: String,
    bytes: u64,
}

/// Writes a package of `files`. `scratch` is where lines are put aside while they are sorted:
/// files beside it, with names made from its own, which go away again.
///
/// # Errors
///
/// [`WaczError`].
pub fn write_wacz<W: Write + Seek>(
    out: W,
    files: &[PathBuf],
    title: &str,
    scratch: &Path,
    limits: Limits,
) -> Result<(W, Packed), WaczError> {
    let mut package = Package {
        zip: ZipWriter::new(out),
        resources: Vec::new(),
    };
    let mut packed = Packed::default();
    let mut sorter = Sorter::new(scratch);
    let mut newest = None;
    for path in files {
        packed.files += 1;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        package.copy(path, format!("archive/{name}"))?;
        for line in index_file(path, limits)? {
            match line {
                Ok(line) => {
                    newest = newest.max(Some(line.timestamp.clone()));
                    sorter.push(line.to_line())?;
                }
                Err(error) if error.is_io() => return Err(error.into()),
                Err(_) => packed.unreadable += 1,
            }
        }
    }
    let blocks = package.index(&mut sorter, &mut packed)?;
    package.whole("indexes/index.idx", blocks.as_bytes())?;
    packed.pages = package.pages(&mut sorter)?;
    package.describe(title, newest.as_deref())?;
    Ok((package.zip.finish()?, packed))
}

struct Package<W: Write + Seek> {
    zip: ZipWriter<W>,
    resources: Vec<Resource>,
}

impl<W: Write + Seek> Package<W> {
    fn begin(
        &mut self,
        path: &str,
        method: CompressionMethod,
        is_large: bool,
    ) -> Result<(), WaczError> {
        // The epoch of ZIP: the time of packing says nothing about what is packed.
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(is_large);
        Ok(self.zip.start_file(path, options)?)
    }

    fn entered(&mut self, path: impl Into<String>, hasher: Sha256, bytes: u64) {
        let hash = data_encoding::HEXLOWER.encode(&hasher.finalize());
        self.resources.push(Resource {
            path: path.into(),
            hash: format!("sha256:{hash}"),
            bytes,
        });
    }

    fn copy(&mut self, path: &Path, name: String) -> Result<(), WaczError> {
        let mut file = File::open(path)?;
        let is_large = file.metadata()?.len() >= u64::from(u32::MAX);
        self.begin(&name, CompressionMethod::Stored, is_large)?;
        let (mut hasher, mut bytes) = (Sha256::new(), 0);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            hasher.update(&buffer[..count]);
            bytes += count as u64;
            self.zip.write_all(&buffer[..count])?;
        }
        self.entered(name, hasher, bytes);
        Ok(())
    }

    fn whole(&mut self, name: &str, content: &[u8]) -> Result<(), WaczError> {
        self.begin(name, CompressionMethod::Deflated, false)?;
        self.zip.write_all(content)?;
        let mut hasher = Sha256::new();
        hasher.update(content);
        self.entered(name, hasher, content.len() as u64);
        Ok(())
    }

    /// The index, compressed in blocks; returns the list of blocks.
    fn index(&mut self, sorter: &mut Sorter, packed: &mut Packed) -> Result<String, WaczError> {
        let name = "indexes/index.cdx.gz";
        self.begin(name, CompressionMethod::Stored, true)?;
        let mut blocks = String::from(
            "!meta 0 {\"format\": \"cdxj-gzip-1.0\", \"filename\": \"index.cdx.gz\"}\n",
        );
        let (mut hasher, mut bytes) = (Sha256::new(), 0_u64);
        let (mut block, mut first, mut count) = (gzip(), String::new(), 0);
        let zip = &mut self.zip;
        let mut flush = |block: &mut GzEncoder<Vec<u8>>, first: &str| -> io::Result<()> {
            let member = std::mem::replace(block, gzip()).finish()?;
            let entry = format!(
                "{first} {{\"offset\": {bytes}, \"length\": {}, \"digest\": \"sha256:{}\", \"filename\": \"index.cdx.gz\"}}",
                member.len(),
                sha256_hex(&member),
            );
            // Writing to a String cannot fail.
            let _ = writeln!(blocks, "{entry}");
            hasher.update(&member);
            bytes += member.len() as u64;
            zip.write_all(&member)
        };
        sorter.each(|line| {
            if count == BLOCK {
                flush(&mut block, &first)?;
                count = 0;
            }
            if count == 0 {
                first = line.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" ");
            }
            count += 1;
            packed.lines += 1;
            block.write_all(line.as_bytes())?;
            block.write_all(b"\n")
        })?;
        if count > 0 {
            flush(&mut block, &first)?;
        }
        self.entered(name, hasher, bytes);
        Ok(blocks)
    }

    /// The pages a reader may begin with, in the order of the index; returns how many.
    fn pages(&mut self, sorter: &mut Sorter) -> Result<u64, WaczError> {
        let name = "pages/pages.jsonl";
        self.begin(name, CompressionMethod::Deflated, true)?;
        let (mut hasher, mut bytes, mut count) = (Sha256::new(), 0, 0);
        let zip = &mut self.zip;
        let mut put = |value: &serde_json::Value| {
            let line = format!("{value}\n");
            hasher.update(line.as_bytes());
            bytes += line.len() as u64;
            zip.write_all(line.as_bytes())
        };
        put(&json!({"format": "json-pages-1.0", "id": "pages", "title": "All pages"}))?;
        sorter.each(|line| {
            let Some(page) = page(line) else {
                return Ok(());
            };
            count += 1;
            put(&page)
        })?;
        self.entered(name, hasher, bytes);
        Ok(count)
    }

    fn describe(&mut self, title: &str, newest: Option<&str>) -> Result<(), WaczError> {
        let resources: Vec<_> = self
            .resources
            .iter()
            .map(|one| {
                let name = one.path.rsplit('/').next().unwrap_or(&one.path);
                json!({"name": name, "path": one.path, "hash": one.hash, "bytes": one.bytes})
            })
            .collect();
        let description = json!({
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": title,
            "software": concat!("nianbao/", env!("CARGO_PKG_VERSION")),
            "created": newest.and_then(moment).unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
            "resources": resources,
        });
        let description = serde_json::to_vec_pretty(&description).map_err(io::Error::other)?;
        self.begin("datapackage.json", CompressionMethod::Deflated, false)?;
        self.zip.write_all(&description)?;
        let digest = json!({
            "path": "datapackage.json",
            "hash": format!("sha256:{}", sha256_hex(&description)),
        });
        self.begin(
            "datapackage-digest.json",
            CompressionMethod::Deflated,
            false,
        )?;
        self.zip.write_all(digest.to_string().as_bytes())?;
        Ok(())
    }
}

fn gzip() -> GzEncoder<Vec<u8>> {
    GzEncoder::new(Vec::new(), Compression::new(6))
}

/// A line of the index as a page; `None` for what nobody begins with.
fn page(line: &str) -> Option<serde_json::Value> {
    let (head, fields) = line.split_once(" {")?;
    let timestamp = head.rsplit(' ').next()?;
    let fields: serde_json::Value = serde_json::from_str(&format!("{{{fields}")).ok()?;
    let is = |name: &str, want: &[&str]| {
        let value = fields.get(name).and_then(serde_json::Value::as_str);
        value.map_or(want.is_empty(), |value| want.contains(&value))
    };
    let is_html = is("mime", &["text/html", "application/xhtml+xml"]);
    let is_answer = fields.get("status").is_none() || is("status", &["200"]);
    let url = fields.get("url")?.as_str()?;
    if !is_html || !is_answer || !url.starts_with("http") {
        return None;
    }
    let id = &sha256_hex(format!("{timestamp} {url}").as_bytes())[..20];
    Some(json!({"id": id, "url": url, "ts": moment(timestamp)?.to_string(), "title": url}))
}

/// 14 digits as a moment.
fn moment(digits: &str) -> Option<Timestamp> {
    let part = |from: usize, to: usize| digits.get(from..to);
    let text = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    );
    text.parse().ok()
}

/// The lines of an archive's index, to be gone through in order.
///
/// # Errors
///
/// [`WaczError::Read`] where a file cannot be opened or read, [`WaczError::Write`] where lines
/// cannot be put aside. What is damaged goes to `damaged`, and the rest goes on.
pub fn index_archive(
    files: &[PathBuf],
    scratch: &Path,
    limits: Limits,
    mut damaged: impl FnMut(&Path, ReadError),
) -> Result<Sorter, WaczError> {
    let mut sorter = Sorter::new(scratch);
    for path in files {
        for line in index_file(path, limits)? {
            match line {
                Ok(line) => sorter.push(CdxLine::to_line(&line))?,
                Err(error) if error.is_io() => return Err(error.into()),
                Err(error) => damaged(path, error),
            }
        }
    }
    Ok(sorter)
}
