//! A file that comes from a disk and not from the network, as records. Pure.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::digest::sha256_hex;
use super::record::{Draft, Kind, Link};
use super::uri::{content_urn, target_uri};

/// A file to be archived with what is known of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Imported<'a> {
    /// Its bytes, unchanged.
    pub bytes: &'a [u8],
    /// Where it was published, as given; `None` makes the target its digest.
    pub url: Option<&'a str>,
    /// Media type as declared.
    pub content_type: Option<&'a str>,
    /// Name it was kept under; not a path.
    pub file_name: Option<&'a str>,
    /// When it was fetched; `None` for now.
    pub date: Option<Timestamp>,
}

impl Imported<'_> {
    /// A `resource` record, and a `metadata` record for what its header has no place for.
    pub fn drafts(&self) -> Vec<Draft> {
        let sha256 = sha256_hex(self.bytes);
        let target = self.url.map_or_else(|| content_urn(&sha256), target_uri);
        let mut resource = Draft::new(Kind::Resource, self.bytes.to_vec());
        resource.target = Some(target.clone());
        resource.content_type = self.content_type.map(Into::into);
        resource.date = self.date;

        let given = self.url.filter(|url| *url != target);
        let known = [
            ("originalFileName", self.file_name),
            ("declaredUrl", given),
            ("declaredContentType", self.content_type),
        ];
        let mut block = String::new();
        for (name, value) in known {
            let Some(value) = value else { continue };
            // Writing to a String cannot fail.
            let _ = write!(block, "{name}: {}\r\n", one_line(value));
        }
        if block.is_empty() {
            return vec![resource];
        }
        // Writing to a String cannot fail.
        let _ = write!(block, "sha256: {sha256}\r\n");
        let mut metadata = Draft::new(Kind::Metadata, block.into_bytes());
        metadata.target = Some(target);
        metadata.content_type = Some("application/warc-fields".into());
        metadata.date = self.date;
        metadata.link = Some(Link::RefersTo(0));
        vec![resource, metadata]
    }
}

/// Control characters percent-encoded, so that a value stays one field.
pub(super) fn one_line(value: &str) -> String {
    let mut line = String::with_capacity(value.len());
    for character in value.chars() {
        if character.is_control() {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                let _ = write!(line, "%{byte:02X}");
            }
        } else {
            line.push(character);
        }
    }
    line
}
