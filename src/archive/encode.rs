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
        let sha256 = super::digest::sha256_hex;
        if let (Kind::Response, Some(known)) = (draft.kind, &draft.payload) {
            let block = known.block.clone();
            return Self {
                block: block.unwrap_or_else(|| sha1_label(&draft.block)),
                payload: Some(known.sha1.clone()),
                sha256: known.sha256.clone(),
            };
        }
        let block = sha1_label(&draft.block);
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

/// Bytes above which a record is compressed as a stream.
const LARGE: usize = 1 << 20;

/// Compressors that are used again for each member, because setting one up costs as much as a small record.
///
/// Most records go through libdeflate, whose quickest level packs pages as small as zlib's usual one in 40 % of the time. It
/// wants all of its input and room for all of its output at once, so large records go through zlib instead.
pub(super) struct Encoder {
    level: u32,
    whole: libdeflater::Compressor,
    /// Set up for the first large record.
    stream: Option<Compress>,
    input: Vec<u8>,
    output: Vec<u8>,
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Encoder")
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

/// No name, no time, nothing known of the system: the same input gives the same bytes.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

impl Encoder {
    pub(super) fn new(level: u32) -> Self {
        let level = level.min(9);
        let whole = i32::try_from(level).map(libdeflater::CompressionLvl::new);
        let whole = match whole {
            Ok(Ok(level)) => level,
            _ => libdeflater::CompressionLvl::default(),
        };
        Self {
            level,
            whole: libdeflater::Compressor::new(whole),
            stream: None,
            input: Vec::new(),
            output: Vec::new(),
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
        let parts = [header.as_bytes(), &draft.block, b"\r\n\r\n"];
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if length > LARGE {
            self.compress_large(&parts, length)
        } else {
            self.compress(&parts)
        }
    }

    fn compress(&mut self, parts: &[&[u8]]) -> Result<Vec<u8>, WriteError> {
        self.input.clear();
        for part in parts {
            self.input.extend_from_slice(part);
        }
        let bound = self.whole.deflate_compress_bound(self.input.len());
        if self.output.len() < bound {
            self.output.resize(bound, 0);
        }
        let packed = self
            .whole
            .deflate_compress(&self.input, &mut self.output)
            .map_err(|source| WriteError::Compress {
                source: std::io::Error::other(source),
            })?;
        let mut crc = libdeflater::Crc::new();
        crc.update(&self.input);
        let mut member = Vec::with_capacity(GZIP_HEADER.len() + packed + 8);
        member.extend_from_slice(&GZIP_HEADER);
        member.extend_from_slice(&self.output[..packed]);
        member.extend_from_slice(&crc.sum().to_le_bytes());
        // Less than LARGE.
        let length = u32::try_from(self.input.len()).unwrap_or(u32::MAX);
        member.extend_from_slice(&length.to_le_bytes());
        Ok(member)
    }

    fn compress_large(&mut self, parts: &[&[u8]], length: usize) -> Result<Vec<u8>, WriteError> {
        let level = Compression::new(self.level.max(3));
        let deflate = self
            .stream
            .get_or_insert_with(|| Compress::new(level, false));
        // Room for all at once: growing would hold it twice, and room never written to costs nothing.
        let mut member = Vec::with_capacity(length + length / 1000 + 512);
        member.extend_from_slice(&GZIP_HEADER);
        deflate.reset();
        let mut crc = Crc::new();
        for (index, part) in parts.iter().enumerate() {
            crc.update(part);
            let flush = if index + 1 == parts.len() {
                FlushCompress::Finish
            } else {
                FlushCompress::None
            };
            feed(deflate, part, flush, &mut member)?;
        }
        member.extend_from_slice(&crc.sum().to_le_bytes());
        member.extend_from_slice(&crc.amount().to_le_bytes());
        Ok(member)
    }
}

/// Compresses one part of a member.
fn feed(
    deflate: &mut Compress,
    part: &[u8],
    flush: FlushCompress,
    out: &mut Vec<u8>,
) -> Result<(), WriteError> {
    let start = deflate.total_in();
    loop {
        let done = usize::try_from(deflate.total_in() - start).unwrap_or(part.len());
        let rest = &part[done..];
        if out.capacity() - out.len() < 64 {
            out.reserve(rest.len() / 3 + 4096);
        }
        let status =
            deflate
                .compress_vec(rest, out, flush)
                .map_err(|source| WriteError::Compress {
                    source: source.into(),
                })?;
        let taken = deflate.total_in() - start == part.len() as u64;
        match flush {
            FlushCompress::Finish if status == Status::StreamEnd => return Ok(()),
            FlushCompress::None if taken => return Ok(()),
            _ => {}
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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn members_of_all_levels_and_sizes_are_read_as_they_were() {
        // Bytes that do not pack, so that no room is too small.
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(2 * LARGE)
        .collect();
        for level in 0..=9 {
            let mut encoder = Encoder::new(level);
            for length in [0, 1, 1000, LARGE - 600, LARGE + 1, 2 * LARGE, 1] {
                let draft = Draft::metadata("http://a.example/", &[]);
                let draft = Draft {
                    block: noise[..length].to_vec(),
                    ..draft
                };
                let identity = Identity {
                    id: "<urn:uuid:0>",
                    date: Timestamp::UNIX_EPOCH,
                    warcinfo: None,
                    linked: None,
                };
                let member = encoder
                    .member(&draft, &Digests::of(&draft), &identity)
                    .unwrap();
                let mut read = Vec::new();
                flate2::read::GzDecoder::new(&*member)
                    .read_to_end(&mut read)
                    .unwrap();
                assert!(read.ends_with(b"\r\n\r\n"), "{level} {length}");
                let block = &read[..read.len() - 4];
                assert!(block.ends_with(&draft.block), "{level} {length}");
            }
        }
    }
}
