//! What the pipeline hands to the store beside the report: where the bytes lie, and refusals.

use data_encoding::{BASE32_NOPAD, HEXUPPER};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// One archived exchange as the store needs it.
///
/// Identity is digest, address and time: the same three again are the same capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureInfo {
    /// SHA-256 of the payload.
    pub sha256: [u8; 32],
    /// The address it was fetched from; `None` for an import without one.
    pub url: Option<String>,
    /// When it was fetched. Kept to the microsecond.
    pub fetched_at: Timestamp,
    /// The declared media type; `None` where none was declared.
    pub content_type: Option<String>,
    /// Where it lies in the archive; `None` for bytes that are in none.
    pub warc: Option<WarcPlace>,
    /// Payload bytes.
    pub size_bytes: u64,
}

/// A record of a WARC file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarcPlace {
    /// The file, relative to the archive.
    pub file: String,
    /// Where the record starts, in bytes of the file as it lies there.
    pub offset: u64,
    /// How many bytes it takes there; `None` where not known.
    pub length: Option<u64>,
}

/// What else is known of a capture's record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// Why the payload is not whole, one word: `length`, `time`, `disconnect`; `None` where nothing says so.
    pub truncated: Option<String>,
    /// Key of its record id ([`key_of`]), by which revisits name it; `None` for a revisit's own.
    pub record: Option<[u8; 16]>,
    /// Key of the payload digest that its record gives, as [`key_of_digest`] makes it.
    pub payload: Option<[u8; 16]>,
    /// The capture whose record has the payload, for a page that was seen again; `None` where its own has.
    pub revisit_of: Option<i64>,
}

/// A short key of an id, without its angle brackets: the first half of its SHA-256.
pub fn key_of(id: &str) -> [u8; 16] {
    let id = id.trim();
    let bare = id.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
    let full: [u8; 32] = Sha256::digest(bare.unwrap_or(id).as_bytes()).into();
    let mut key = [0; 16];
    key.copy_from_slice(&full[..16]);
    key
}

/// A short key of a labelled digest, the same for every spelling of it.
pub fn key_of_digest(label: &str) -> [u8; 16] {
    let (algorithm, value) = label.split_once(':').unwrap_or(("", label));
    let algorithm = algorithm.trim().to_ascii_lowercase().replace('-', "");
    let value = value.trim().to_ascii_uppercase();
    let value = value.trim_end_matches('=');
    // 20 bytes are 32 letters of base32 and 40 hexadecimal digits, 32 bytes are 52 and 64.
    let bytes = match value.len() {
        40 | 64 => HEXUPPER.decode(value.as_bytes()).ok(),
        _ => BASE32_NOPAD.decode(value.as_bytes()).ok(),
    };
    key_of(&match bytes {
        Some(bytes) => format!("{algorithm}:{}", HEXUPPER.encode(&bytes)),
        None => format!("{algorithm}:{value}"),
    })
}

/// Why a capture is no report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// One word: `not_html`, `no_report`. Never empty.
    pub reason: String,
    /// In words, with the values concerned.
    pub detail: String,
}

/// What a [`super::Writer::put`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// A report the store did not know.
    New,
    /// A new version: the agency published something else than before.
    Changed,
    /// A page that was cut off, with a content of its own beside what the agency published.
    Truncated,
    /// A suspected copy with a content of its own, beside what the agency published.
    Copied,
    /// The content of a known version, in another capture.
    SeenAgain,
    /// A known capture, read differently: by another program or profile. No new version of its own.
    Reread,
    /// Nothing to do: the same capture, read the same.
    Unchanged,
    /// The capture is no report; written down, or already so.
    Refused,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_digest_has_one_key() {
        let one = key_of_digest("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
        for same in [
            "SHA-1:3i42h3s6nnfq2msvx7xzkyayscx5qbyj",
            "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ] {
            assert_eq!(key_of_digest(same), one, "{same}");
        }
        assert_ne!(
            key_of_digest("sha256:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"),
            one
        );
        assert_eq!(key_of("<urn:uuid:1>"), key_of("urn:uuid:1"));
    }
}
