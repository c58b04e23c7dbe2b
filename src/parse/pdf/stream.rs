//! Streams decoded within bounds.
//!
//! In: a stream of the file. Out: its bytes, at most so many. The library decodes without a limit, so deflate,
//! which can grow a thousandfold, is done here, and what the library inflates by itself (object streams) is
//! measured before the file is given to it.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::{DeflateDecoder, ZlibDecoder};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};

/// Most bytes that the file's object and cross-reference streams may inflate to.
const MAX_OBJECTS: usize = 48 << 20;
/// Streams with other filters than deflate are decoded up to this length.
const MAX_OTHER: usize = 1 << 20;

/// Why a stream gives no bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// More than asked for.
    TooLarge,
    /// Its filters cannot be undone.
    Damaged,
}

/// The bytes of a stream, at most `most`.
pub(super) fn decoded<'a>(stream: &Stream<'a>, most: usize) -> Result<Cow<'a, [u8]>, Failure> {
    let filters = filters(stream.dict());
    let raw = stream.raw_data();
    let data = match filters.as_slice() {
        [] => raw,
        [true] if !is_predicted(stream.dict()) => Cow::Owned(inflate(&raw, most)?),
        _ if raw.len() > MAX_OTHER.min(most) => return Err(Failure::TooLarge),
        _ => {
            // Two rounds of deflate multiply; nobody writes them.
            if filters.iter().filter(|is_flate| **is_flate).count() > 1 {
                return Err(Failure::Damaged);
            }
            stream.decoded_data().map_err(|_| Failure::Damaged)?
        }
    };
    if data.len() > most {
        return Err(Failure::TooLarge);
    }
    Ok(data)
}

/// The filters of a stream: of each, whether it is deflate.
fn filters(dict: &Dict<'_>) -> Vec<bool> {
    let is_flate = |name: &Name<'_>| matches!(name.as_ref(), b"FlateDecode" | b"Fl");
    match dict.get::<Object<'_>>("Filter").or_else(|| dict.get("F")) {
        Some(Object::Name(name)) => vec![is_flate(&name)],
        Some(Object::Array(list)) => list
            .iter::<Name<'_>>()
            .map(|name| is_flate(&name))
            .collect(),
        _ => Vec::new(),
    }
}

fn is_predicted(dict: &Dict<'_>) -> bool {
    ["DecodeParms", "DP"].iter().any(|key| {
        let plain = |parameters: &Dict<'_>| parameters.get::<i32>("Predictor").unwrap_or(1) <= 1;
        match dict.get::<Object<'_>>(*key) {
            None | Some(Object::Null(_)) => false,
            Some(Object::Dict(parameters)) => !plain(&parameters),
            Some(Object::Array(list)) => !Array::iter::<Dict<'_>>(&list).all(|one| plain(&one)),
            Some(_) => true,
        }
    })
}

/// Inflates; what came out before damage counts, as in all readers.
fn inflate(raw: &[u8], most: usize) -> Result<Vec<u8>, Failure> {
    let limit = most as u64 + 1;
    let mut data = Vec::new();
    let mut damaged = ZlibDecoder::new(raw)
        .take(limit)
        .read_to_end(&mut data)
        .is_err();
    if damaged && data.is_empty() {
        damaged = DeflateDecoder::new(raw)
            .take(limit)
            .read_to_end(&mut data)
            .is_err();
    }
    if data.len() > most {
        return Err(Failure::TooLarge);
    }
    if damaged && data.is_empty() {
        return Err(Failure::Damaged);
    }
    Ok(data)
}

/// Whether the streams that the library inflates by itself stay within bounds.
pub(super) fn objects_are_bounded(file: &[u8]) -> bool {
    let mut left = MAX_OBJECTS;
    for at in memchr::memmem::find_iter(file, b"stream") {
        if file[..at].ends_with(b"end") {
            continue;
        }
        let head = &file[at.saturating_sub(1024)..at];
        let head = memchr::memmem::rfind(head, b"obj").map_or(head, |obj| &head[obj..]);
        let known = |name: &[u8]| memchr::memmem::find(head, name).is_some();
        // A name can be written with escapes.
        let hidden = memchr::memchr(b'#', head).is_some();
        if !(known(b"ObjStm") || known(b"XRef") || hidden) {
            continue;
        }
        let mut data = &file[at + b"stream".len()..];
        while let [b'\r' | b'\n', rest @ ..] = data {
            data = rest;
        }
        let mut sink = [0; 16 * 1024];
        let mut decoder = ZlibDecoder::new(data);
        while let Ok(read) = decoder.read(&mut sink)
            && read > 0
        {
            let Some(less) = left.checked_sub(read) else {
                return false;
            };
            left = less;
        }
    }
    true
}
