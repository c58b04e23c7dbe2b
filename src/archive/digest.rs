//! Digests of blocks and payloads, and record ids derived from them. Pure.

use std::fmt::Write as _;

use data_encoding::{BASE32, HEXLOWER};
use jiff::Timestamp;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// SHA-1 as WARC tools label it: `sha1:` and 32 base32 characters.
pub fn sha1_label(bytes: &[u8]) -> String {
    format!("sha1:{}", BASE32.encode(&Sha1::digest(bytes)))
}

/// SHA-256 in lower-case hexadecimal, the name of a capture everywhere in this program.
pub fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Length and digests of bytes that come in pieces: each byte is looked at once for each, and none is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digested {
    /// Bytes of all pieces.
    pub length: usize,
    /// As [`sha1_label`].
    pub sha1: String,
    /// SHA-256, bare.
    pub sha256: [u8; 32],
}

impl Digested {
    /// Of such pieces.
    pub fn of<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let (mut length, mut sha1, mut sha256) = (0, Sha1::new(), Sha256::new());
        for piece in pieces {
            for part in piece.chunks(BLOCK) {
                sha1.update(part);
                sha256.update(part);
            }
            length += piece.len();
        }
        Self {
            length,
            sha1: sha1_spelt(sha1),
            sha256: sha256.finalize().into(),
        }
    }

    /// The same of a payload in one piece that is all of `block` from `start` on, and the block's [`sha1_label`] with it.
    pub fn within(block: &[u8], start: usize) -> (Self, String) {
        let (header, payload) = block.split_at(start.min(block.len()));
        let (mut sha1, mut sha256, mut whole) = (Sha1::new(), Sha256::new(), Sha1::new());
        whole.update(header);
        // Each from its own start, so that none has a block in two parts.
        let lead = (BLOCK - header.len() % BLOCK) % BLOCK;
        let (lead, behind) = payload.split_at(lead.min(payload.len()));
        whole.update(lead);
        let mut others = behind.chunks(BLOCK);
        for part in payload.chunks(BLOCK) {
            sha1.update(part);
            sha256.update(part);
            if let Some(other) = others.next() {
                whole.update(other);
            }
        }
        let digested = Self {
            length: payload.len(),
            sha1: sha1_spelt(sha1),
            sha256: sha256.finalize().into(),
        };
        (digested, sha1_spelt(whole))
    }
}

/// What both algorithms take at once. A digest waits for itself at every step, so two or three of them, taken in turn a block
/// each, take little longer than the slowest.
const BLOCK: usize = 64;

fn sha1_spelt(digest: Sha1) -> String {
    format!("sha1:{}", BASE32.encode(&digest.finalize()))
}

/// Whether `label` (`sha1:…`, `sha256:…`, in base32 or hexadecimal, any case) is the digest
/// of these pieces joined; `None` where the algorithm or the spelling is not known here.
pub(super) fn matches<'p>(label: &str, pieces: impl IntoIterator<Item = &'p [u8]>) -> Option<bool> {
    fn digest<'p, D: Digest>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Vec<u8> {
        let mut digest = D::new();
        pieces.into_iter().for_each(|piece| digest.update(piece));
        digest.finalize().to_vec()
    }
    let (algorithm, value) = label.split_once(':')?;
    match algorithm.to_ascii_lowercase().as_str() {
        "sha1" | "sha-1" => is_spelt(value, &digest::<Sha1>(pieces)),
        "sha256" | "sha-256" => is_spelt(value, &digest::<Sha256>(pieces)),
        _ => None,
    }
}

/// [`matches`] of two labels, each with its bytes, taken in turn a [`BLOCK`] each.
pub(super) fn both_match(one: (&str, &[u8]), other: (&str, &[u8])) -> [Option<bool>; 2] {
    let sha1 = |label: &'_ str| {
        let (algorithm, _) = label.split_once(':')?;
        algorithm.eq_ignore_ascii_case("sha1").then_some(())
    };
    if sha1(one.0).is_none() || sha1(other.0).is_none() {
        return [matches(one.0, [one.1]), matches(other.0, [other.1])];
    }
    let (mut first, mut second) = (Sha1::new(), Sha1::new());
    let length = one.1.len().min(other.1.len()) / BLOCK * BLOCK;
    let (shared_one, rest_one) = one.1.split_at(length);
    let (shared_other, rest_other) = other.1.split_at(length);
    let blocks = shared_one
        .chunks_exact(BLOCK)
        .zip(shared_other.chunks_exact(BLOCK));
    for (block, opposite) in blocks {
        first.update(block);
        second.update(opposite);
    }
    first.update(rest_one);
    second.update(rest_other);
    let value = |label: &str| {
        label
            .split_once(':')
            .map_or("", |(_, value)| value)
            .to_owned()
    };
    [
        is_spelt(&value(one.0), &first.finalize()),
        is_spelt(&value(other.0), &second.finalize()),
    ]
}

/// Whether a digest is spelt so; `None` where that is no spelling of one.
fn is_spelt(value: &str, expected: &[u8]) -> Option<bool> {
    let value = value.trim().to_ascii_uppercase();
    let spelt = if value.len() == expected.len() * 2 {
        data_encoding::HEXUPPER.decode(value.as_bytes()).ok()
    } else {
        let unpadded = value.trim_end_matches('=');
        data_encoding::BASE32_NOPAD.decode(unpadded.as_bytes()).ok()
    };
    spelt.map(|spelt| spelt == expected)
}

/// A record id: a UUID of version 8 (RFC 9562, 5.8) over file name, place, date and content.
///
/// The place is where the call's first record begins and the record's number in the call, so that
/// ids are known before anything is compressed. No two records of one home agree in file name and
/// place, so the id is unique there; the date to the nanosecond and the content set it apart
/// from other homes.
pub(super) fn record_id(
    file: &str,
    (start, number): (u64, usize),
    date: Timestamp,
    block_digest: &str,
) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"nianbao record id 2\0");
    hasher.update(file.as_bytes());
    hasher.update([0]);
    hasher.update(start.to_be_bytes());
    hasher.update((number as u64).to_be_bytes());
    hasher.update(date.as_nanosecond().to_be_bytes());
    hasher.update(block_digest.as_bytes());
    let hash = hasher.finalize();
    let mut id = String::with_capacity(47);
    id.push_str("<urn:uuid:");
    for (index, byte) in hash.iter().take(16).copied().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        let byte = match index {
            6 => 0x80 | (byte & 0x0f),
            8 => 0x80 | (byte & 0x3f),
            _ => byte,
        };
        // Writing to a String cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id.push('>');
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_spelt_as_other_tools_spell_them() {
        assert_eq!(sha1_label(b""), "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
        assert!(sha256_hex(b"").starts_with("e3b0c44298fc1c14"));
    }

    #[test]
    fn a_digest_is_recognised_in_each_spelling() {
        let cases = [
            ("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", Some(true)),
            ("sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709", Some(true)),
            ("SHA1:3i42h3s6nnfq2msvx7xzkyayscx5qbyj", Some(true)),
            ("sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", Some(false)),
            ("md5:d41d8cd98f00b204e9800998ecf8427e", None),
            ("sha1", None),
        ];
        for (label, want) in cases {
            assert_eq!(matches(label, []), want, "{label}");
        }
    }

    #[test]
    fn two_digests_at_once_are_those_of_each_alone() {
        let bytes: Vec<u8> = (0..300_u16).map(|n| n.to_le_bytes()[0]).collect();
        for (start, end) in [(0, 300), (1, 300), (0, 0), (64, 128), (299, 300), (10, 75)] {
            let part = &bytes[start..end];
            let (all, some) = (sha1_label(&bytes), sha1_label(part));
            let sha256 = format!("sha256:{}", sha256_hex(part));
            for (label, want) in [(&*some, Some(true)), (&sha256, Some(true)), ("md5:0", None)] {
                let found = both_match((&all, &bytes), (label, part));
                assert_eq!(found, [Some(true), want], "{label}");
                assert_eq!(
                    both_match((label, part), (&all, &bytes)),
                    [want, Some(true)]
                );
            }
            let wrong = both_match((&some, &bytes), (&all, part));
            assert_eq!(wrong, [Some(part == bytes); 2]);
        }
    }

    #[test]
    fn three_digests_at_once_are_those_of_each_alone() {
        let bytes: Vec<u8> = (0..500_u16).map(|n| n.to_le_bytes()[0]).collect();
        for length in [0, 1, 63, 64, 65, 127, 128, 129, 400, 500] {
            let block = &bytes[..length];
            for start in [0, 1, 63, 64, 65, 100, 128, 399, 400, 499, 500, 600] {
                let payload = &block[start.min(length)..];
                let (digested, whole) = Digested::within(block, start);
                assert_eq!(whole, sha1_label(block), "{length} {start}");
                assert_eq!(digested, Digested::of([payload]), "{length} {start}");
                assert_eq!(digested.sha1, sha1_label(payload));
                assert_eq!(HEXLOWER.encode(&digested.sha256), sha256_hex(payload));
                assert_eq!(digested.length, payload.len());
                let (one, two) = payload.split_at(payload.len() / 3);
                assert_eq!(digested, Digested::of([one, two]), "{length} {start}");
            }
        }
    }

    #[test]
    fn ids_are_version_8_and_depend_on_every_part() {
        let at = Timestamp::UNIX_EPOCH;
        let later = Timestamp::new(0, 1).unwrap();
        let id = record_id("a", (0, 0), at, "x");
        assert_eq!(id.len(), 47);
        assert_eq!(&id[24..25], "8");
        assert_eq!(id, record_id("a", (0, 0), at, "x"));
        for other in [
            record_id("b", (0, 0), at, "x"),
            record_id("a", (1, 0), at, "x"),
            record_id("a", (0, 1), at, "x"),
            record_id("a", (0, 0), later, "x"),
            record_id("a", (0, 0), at, "y"),
        ] {
            assert_ne!(id, other);
        }
    }
}
