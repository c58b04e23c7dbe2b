//! A draft as the bytes of its gzip member. Pure.

use data_encoding::HEXLOWER;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use jiff::Timestamp;

use super::digest::{Digested, sha1_label};
use super::failure::WriteError;
use super::http::HttpResponse;
use super::record::{Draft, Headers, Kind, Link};
use super::uri::is_uri;

/// What the writer knows of a record beside its draft.
pub(super) struct Identity<'a> {
    pub(super) id: &'a str,
    pub(super) date: Timestamp,
    /// The file's warcinfo record; `None` for that record itself.
    pub(super) warcinfo: Option<&'a str>,
    /// Id of the record that [`Draft::link`] names.
    pub(super) linked: Option<&'a str>,
}

/// Digests of a draft, each byte looked at once for each algorithm.
pub(super) struct Digests {
    /// Of the block, labelled.
    pub(super) block: String,
    /// Of the payload, labelled; `None` for kinds without one. A revisit brings the original's.
    pub(super) payload: Option<String>,
    /// SHA-256 of the payload, of the block where there is none.
    pub(super) sha256: String,
}

impl Digests {
    pub(super) fn of(draft: &Draft) -> Self {
        let block = sha1_label(&draft.block);
        let sha256 = super::digest::sha256_hex;
        if let (Kind::Response, Some(known)) = (draft.kind, &draft.payload) {
            return Self {
                block,
                payload: Some(known.sha1.clone()),
                sha256: known.sha256.clone(),
            };
        }
        match draft.kind {
            Kind::Resource | Kind::Conversion => Self {
                payload: Some(block.clone()),
                block,
                sha256: sha256(&draft.block),
            },
            Kind::Response => match HttpResponse::split(&draft.block) {
                Ok(response) => {
                    let payload = Digested::of(response.pieces());
                    Self {
                        block,
                        payload: Some(payload.sha1),
                        sha256: HEXLOWER.encode(&payload.sha256),
                    }
                }
                Err(_) => Self {
                    block,
                    payload: None,
                    sha256: sha256(&draft.block),
                },
            },
            _ => Self {
                block,
                payload: None,
                sha256: sha256(&draft.block),
            },
        }
    }
}

/// Bytes above which a block is large.
const LARGE: usize = 1 << 20;

/// A compressor that is used again for each member, because setting one up costs as much as a small record.
#[derive(Debug)]
pub(super) struct Encoder {
    deflate: Compress,
}

/// No name, no time, nothing known of the system: the same input gives the same bytes.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

impl Encoder {
    pub(super) fn new(level: u32) -> Self {
        Self {
            deflate: Compress::new(Compression::new(level.min(9)), false),
        }
    }

    /// The whole member: header, block, end of record.
    pub(super) fn member(
        &mut self,
        draft: &Draft,
        digests: &Digests,
        identity: &Identity<'_>,
    ) -> Result<Vec<u8>, WriteError> {
        let header = header(draft, digests, identity)?;
        self.compress(&[header.as_bytes(), &draft.block, b"\r\n\r\n"])
    }

    fn compress(&mut self, parts: &[&[u8]]) -> Result<Vec<u8>, WriteError> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        // Of a large one, room for all at once: growing would hold it twice, and room never written to costs nothing.
        let likely = if length > LARGE {
            length + length / 1000
        } else {
            length / 3
        };
        let mut member = Vec::with_capacity(likely + 512);
        member.extend_from_slice(&GZIP_HEADER);
        self.deflate.reset();
        let mut crc = Crc::new();
        for (index, part) in parts.iter().enumerate() {
            crc.update(part);
            let flush = if index + 1 == parts.len() {
                FlushCompress::Finish
            } else {
                FlushCompress::None
            };
            self.part(part, flush, &mut member)?;
        }
        member.extend_from_slice(&crc.sum().to_le_bytes());
        member.extend_from_slice(&crc.amount().to_le_bytes());
        Ok(member)
    }

    fn part(
        &mut self,
        part: &[u8],
        flush: FlushCompress,
        out: &mut Vec<u8>,
    ) -> Result<(), WriteError> {
        let start = self.deflate.total_in();
        loop {
            let done = usize::try_from(self.deflate.total_in() - start).unwrap_or(part.len());
            let rest = &part[done..];
            if out.capacity() - out.len() < 64 {
                out.reserve(rest.len() / 3 + 4096);
            }
            let status = self
                .deflate
                .compress_vec(rest, out, flush)
                .map_err(|source| WriteError::Compress {
                    source: source.into(),
                })?;
            let taken = self.deflate.total_in() - start == part.len() as u64;
            match flush {
                FlushCompress::Finish if status == Status::StreamEnd => return Ok(()),
                FlushCompress::None if taken => return Ok(()),
                _ => {}
            }
        }
    }
}

/// Whether a draft can be written: its target is a URI, its fields are fields.
pub(super) fn check(draft: &Draft) -> Result<(), WriteError> {
    target(draft)?;
    draft
        .extra
        .iter()
        .chain(
            draft
                .content_type
                .as_deref()
                .map(|value| ("Content-Type", value)),
        )
        .try_for_each(|(name, value)| check_field(name, value))
}

fn target(draft: &Draft) -> Result<Option<&str>, WriteError> {
    match &draft.target {
        Some(uri) if is_uri(uri) => Ok(Some(uri)),
        None if draft.kind == Kind::Warcinfo => Ok(None),
        target => Err(WriteError::Target {
            uri: target.clone().unwrap_or_default(),
        }),
    }
}

fn header(draft: &Draft, digests: &Digests, identity: &Identity<'_>) -> Result<String, WriteError> {
    let mut fields = Headers::default();
    fields.push("WARC-Type", draft.kind.as_str());
    fields.push("WARC-Record-ID", identity.id);
    fields.push("WARC-Date", warc_date(identity.date));
    if let Some(uri) = target(draft)? {
        fields.push("WARC-Target-URI", uri);
    }
    if let Some(warcinfo) = identity.warcinfo {
        fields.push("WARC-Warcinfo-ID", warcinfo);
    }
    if let (Some(link), Some(id)) = (draft.link, identity.linked) {
        let name = match link {
            Link::ConcurrentTo(_) => "WARC-Concurrent-To",
            Link::RefersTo(_) => "WARC-Refers-To",
        };
        fields.push(name, id);
    }
    fields.push("WARC-Block-Digest", digests.block.as_str());
    if let Some(digest) = &digests.payload {
        fields.push("WARC-Payload-Digest", digest.as_str());
    }
    for (name, value) in draft.extra.iter() {
        fields.push(name, value);
    }
    if let Some(content_type) = &draft.content_type {
        fields.push("Content-Type", content_type);
    }
    fields.push("Content-Length", draft.block.len().to_string());
    spell(&fields)
}

/// A date as headers have it. Seconds: several readers in use refuse the fractions that 1.1 allows.
pub(super) fn warc_date(date: Timestamp) -> String {
    date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The header with its empty line.
fn spell(fields: &Headers) -> Result<String, WriteError> {
    let mut header = String::with_capacity(768);
    header.push_str("WARC/1.1\r\n");
    for (name, value) in fields.iter() {
        check_field(name, value)?;
        for part in [name, ": ", value, "\r\n"] {
            header.push_str(part);
        }
    }
    header.push_str("\r\n");
    Ok(header)
}

/// A value with a line end would be another field: refused.
fn check_field(name: &str, value: &str) -> Result<(), WriteError> {
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_name && !value.chars().any(char::is_control) {
        return Ok(());
    }
    Err(WriteError::Field {
        name: name.into(),
        value: value.into(),
    })
}
