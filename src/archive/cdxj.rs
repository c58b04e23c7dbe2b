//! CDXJ: where in the archive an address' captures lie, sorted for searching.
//!
//! In: WARC files. Out: lines `key timestamp {"url": …}` as `cdxj-indexer` writes them and Wayback
//! programs read them: a line for each response, revisit and resource, and for metadata that
//! is not about a record. Sorted by bytes with bounded memory: runs are put aside in files of
//! their own and merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::damage::ReadError;
use super::digest::{Digested, sha1_label};
use super::http::HttpResponse;
use super::reader::{Limits, Reader};
use super::record::{Kind, Record};
use super::surt::surt;

/// A capture's line in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CdxLine {
    /// The key of its address ([`surt`]).
    pub key: String,
    /// When it was captured: 14 digits, `YYYYMMDDhhmmss`.
    pub timestamp: String,
    /// Its address.
    pub url: String,
    /// Media type without parameters, `warc/revisit` for revisits; `None` where not declared.
    pub mime: Option<String>,
    /// HTTP status; `None` for what is no HTTP response.
    pub status: Option<u16>,
    /// Digest of the payload, labelled.
    pub digest: Option<String>,
    /// Bytes that the record takes in its file.
    pub length: u64,
    /// Where it begins there.
    pub offset: u64,
    /// Name of the file.
    pub filename: String,
}

impl CdxLine {
    /// The line of a record; `None` for records that are not looked up by their address, and
    /// for those without an address or a date.
    pub fn of(record: &Record, filename: &str) -> Option<Self> {
        let kind = record.kind();
        let declared = record.headers.get("Content-Type");
        let is_about_others = declared == Some("application/warc-fields");
        match kind {
            Kind::Response | Kind::Revisit => {}
            Kind::Resource | Kind::Metadata if !is_about_others => {}
            _ => return None,
        }
        let url = record.target_uri()?;
        let digits = |text: &str| {
            text.bytes()
                .filter(u8::is_ascii_digit)
                .map(char::from)
                .collect()
        };
        let mut timestamp: String = digits(record.headers.get("WARC-Date")?.split('.').next()?);
        if timestamp.len() < 4 || timestamp.len() > 14 {
            return None;
        }
        // Dates may end early; the first moment of what they name counts.
        timestamp.push_str(&"00000101000000"[timestamp.len()..]);
        let http = match kind {
            Kind::Response | Kind::Revisit => HttpResponse::split(&record.block).ok(),
            _ => None,
        };
        let mime = match kind {
            Kind::Revisit => Some("warc/revisit".to_owned()),
            Kind::Response => http.as_ref().and_then(|http| {
                let value = http.header("Content-Type")?;
                media_type(&value)
            }),
            _ => declared.and_then(media_type),
        };
        let digest = record.headers.get("WARC-Payload-Digest").map(Into::into);
        let digest = digest.or_else(|| match (kind, &http) {
            (Kind::Revisit, _) => None,
            (_, Some(http)) => Some(Digested::of(http.pieces()).sha1),
            (_, None) => Some(sha1_label(&record.block)),
        });
        Some(Self {
            key: surt(url),
            timestamp,
            url: url.to_owned(),
            mime,
            status: http.map(|http| http.status),
            digest,
            length: record.length,
            offset: record.offset,
            filename: filename.to_owned(),
        })
    }

    /// The line without its end.
    pub fn to_line(&self) -> String {
        let status = self.status.map(|status| status.to_string());
        let (length, offset) = (self.length.to_string(), self.offset.to_string());
        let fields = [
            ("url", Some(self.url.as_str())),
            ("mime", self.mime.as_deref()),
            ("status", status.as_deref()),
            ("digest", self.digest.as_deref()),
            ("length", Some(length.as_str())),
            ("offset", Some(offset.as_str())),
            ("filename", Some(self.filename.as_str())),
        ];
        let mut line = format!("{} {} {{", self.key.replace(' ', "%20"), self.timestamp);
        for (name, value) in fields {
            let Some(value) = value else { continue };
            let comma = if line.ends_with('{') { "" } else { ", " };
            // Writing to a String cannot fail.
            let _ = write!(line, "{comma}\"{name}\": ");
            quote(value, &mut line);
        }
        line.push('}');
        line
    }
}

/// The type without parameters; `None` where nothing is left.
fn media_type(declared: &str) -> Option<String> {
    let end = declared.find(|c: char| c == ';' || c.is_whitespace());
    let media = declared[..end.unwrap_or(declared.len())].trim();
    (!media.is_empty()).then(|| media.to_owned())
}

/// A JSON string in ASCII, so that a line sorts and reads the same everywhere.
fn quote(text: &str, line: &mut String) {
    line.push('"');
    for unit in text.encode_utf16() {
        match char::from_u32(u32::from(unit)) {
            Some(c @ ('"' | '\\')) => line.extend(['\\', c]),
            Some(c @ ' '..='~') => line.push(c),
            _ => {
                let _ = write!(line, "\\u{unit:04x}");
            }
        }
    }
    line.push('"');
}

/// The lines of a file, unsorted; a [`ReadError`] for what could not be read. Reading goes on
/// where the reader can.
///
/// # Errors
///
/// [`ReadError::Open`].
pub fn index_file(
    path: &Path,
    limits: Limits,
) -> Result<impl Iterator<Item = Result<CdxLine, ReadError>>, ReadError> {
    let reader = Reader::open(path, limits)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.into_owned();
    Ok(reader.filter_map(move |record| match record {
        Ok(record) => CdxLine::of(&record, &name).map(Ok),
        Err(error) => Some(Err(error)),
    }))
}

/// Bytes of lines that are sorted in memory.
const RUN: usize = 32 << 20;

/// Sorts lines with bounded memory.
#[derive(Debug)]
pub struct Sorter {
    scratch: PathBuf,
    lines: Vec<String>,
    bytes: usize,
    runs: Vec<Run>,
    run_bytes: usize,
}

/// Sorted lines in a file that goes away with it.
#[derive(Debug)]
struct Run(PathBuf);

impl Drop for Run {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Sorter {
    /// Keeps what does not fit into memory in files beside `scratch`, with names made from its own.
    pub fn new(scratch: &Path) -> Self {
        Self {
            scratch: scratch.into(),
            lines: Vec::new(),
            bytes: 0,
            runs: Vec::new(),
            run_bytes: RUN,
        }
    }

    /// Takes in a line without its end.
    ///
    /// # Errors
    ///
    /// Where a run cannot be put aside.
    pub fn push(&mut self, line: String) -> io::Result<()> {
        self.bytes += line.len() + size_of::<String>();
        self.lines.push(line);
        if self.bytes >= self.run_bytes {
            self.put_aside()?;
        }
        Ok(())
    }

    fn put_aside(&mut self) -> io::Result<()> {
        self.lines.sort_unstable();
        let mut name = self.scratch.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.{}.run", std::process::id(), self.runs.len()));
        let path = self.scratch.with_file_name(name);
        let mut file = BufWriter::new(File::create_new(&path)?);
        self.runs.push(Run(path));
        for line in self.lines.drain(..) {
            file.write_all(line.as_bytes())?;
            file.write_all(b"\n")?;
        }
        self.bytes = 0;
        file.flush()
    }

    /// Goes through all lines in order, each of equal ones once. May be called again.
    ///
    /// # Errors
    ///
    /// Where a run cannot be read, and what `each` returns.
    pub fn each(&mut self, mut each: impl FnMut(&str) -> io::Result<()>) -> io::Result<()> {
        self.lines.sort_unstable();
        let mut sources: Vec<Box<dyn Iterator<Item = io::Result<String>> + '_>> =
            vec![Box::new(self.lines.iter().cloned().map(Ok))];
        for Run(path) in &self.runs {
            sources.push(Box::new(BufReader::new(File::open(path)?).lines()));
        }
        let mut heads = BinaryHeap::new();
        for (number, source) in sources.iter_mut().enumerate() {
            if let Some(line) = source.next() {
                heads.push(Reverse((line?, number)));
            }
        }
        let mut last: Option<String> = None;
        while let Some(Reverse((line, number))) = heads.pop() {
            if let Some(next) = sources[number].next() {
                heads.push(Reverse((next?, number)));
            }
            if last.as_ref() != Some(&line) {
                each(&line)?;
                last = Some(line);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_sorted_over_runs_and_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut sorter = Sorter::new(&folder.path().join("index"));
        sorter.run_bytes = 200;
        let lines: Vec<_> = (0..100).map(|n| format!("{}", n * 7919 % 50)).collect();
        for line in &lines {
            sorter.push(line.clone()).unwrap();
        }
        assert!(sorter.runs.len() > 5);
        let mut want = lines;
        want.sort_unstable();
        want.dedup();
        for _ in 0..2 {
            let mut found = Vec::new();
            sorter
                .each(|line| {
                    found.push(line.to_owned());
                    Ok(())
                })
                .unwrap();
            assert_eq!(found, want);
        }
        drop(sorter);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_line_is_as_other_programs_write_it() {
        let line = CdxLine {
            key: "cn,gov,a)/".into(),
            timestamp: "20260101000000".into(),
            url: "http://a.gov.cn/年\"\\😀".into(),
            mime: None,
            status: Some(200),
            digest: Some("sha1:X".into()),
            length: 1,
            offset: 2,
            filename: "a.warc.gz".into(),
        };
        assert_eq!(
            line.to_line(),
            "cn,gov,a)/ 20260101000000 {\"url\": \"http://a.gov.cn/\\u5e74\\\"\\\\\\ud83d\\ude00\", \
             \"status\": \"200\", \"digest\": \"sha1:X\", \"length\": \"1\", \"offset\": \"2\", \
             \"filename\": \"a.warc.gz\"}"
        );
    }
}
