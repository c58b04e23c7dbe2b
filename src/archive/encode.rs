//! A draft as the bytes of its gzip member. Pure.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use super::digest::sha1_label;
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

/// The whole member: header, block, end of record.
pub(super) fn member(draft: &Draft, identity: &Identity<'_>) -> Result<Vec<u8>, WriteError> {
    let header = header(draft, identity)?;
    compress(&header, &draft.block).map_err(|source| WriteError::Compress { source })
}

fn compress(header: &str, block: &[u8]) -> io::Result<Vec<u8>> {
    // Level 6: what other writers use. The time in the gzip header stays 0: same input, same bytes.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(header.as_bytes())?;
    encoder.write_all(block)?;
    encoder.write_all(b"\r\n\r\n")?;
    encoder.finish()
}

fn header(draft: &Draft, identity: &Identity<'_>) -> Result<String, WriteError> {
    let mut fields = Headers::default();
    fields.push("WARC-Type", draft.kind.as_str());
    fields.push("WARC-Record-ID", identity.id);
    // Seconds: several readers in use refuse the fractions that 1.1 allows.
    fields.push(
        "WARC-Date",
        identity.date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    );
    match &draft.target {
        Some(uri) if is_uri(uri) => fields.push("WARC-Target-URI", uri),
        None if draft.kind == Kind::Warcinfo => {}
        target => {
            return Err(WriteError::Target {
                uri: target.clone().unwrap_or_default(),
            });
        }
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
    fields.push("WARC-Block-Digest", sha1_label(&draft.block));
    if let Some(digest) = payload_digest(draft) {
        fields.push("WARC-Payload-Digest", digest);
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

/// The payload's digest where the kind has one; a revisit brings that of the original.
fn payload_digest(draft: &Draft) -> Option<String> {
    match draft.kind {
        Kind::Resource | Kind::Conversion => Some(sha1_label(&draft.block)),
        Kind::Response => {
            let response = HttpResponse::split(&draft.block).ok()?;
            Some(sha1_label(&response.transfer_decoded().bytes))
        }
        _ => None,
    }
}

/// The header with its empty line. A value with a line end would be another field: refused.
fn spell(fields: &Headers) -> Result<String, WriteError> {
    let mut header = String::from("WARC/1.1\r\n");
    for (name, value) in fields.iter() {
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !is_name || value.chars().any(char::is_control) {
            return Err(WriteError::Field {
                name: name.into(),
                value: value.into(),
            });
        }
        for part in [name, ": ", value, "\r\n"] {
            header.push_str(part);
        }
    }
    header.push_str("\r\n");
    Ok(header)
}
