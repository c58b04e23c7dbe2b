//! Archived bytes → text, with the way back.
//!
//! In: a payload as archived and its `Content-Type`. Out: [`Decoded`], the text with the charset it was
//! read in and why, and a [`Cursor`] from text positions to positions in the payload; [`media()`] says
//! what kind of file a payload is. Never guesses silently (a declaration that loses is a finding), never
//! copies a valid UTF-8 page, never reads markup beyond the charset declaration.

mod charset;
mod cursor;
mod declared;
mod media;

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::Encoding;

use crate::model::{ByteRange, CharsetEvidence, Finding};

pub use cursor::Cursor;
pub use media::{Media, media};

/// A payload as text.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// The text, without a byte order mark. Borrowed where the payload is valid UTF-8.
    pub text: Cow<'a, str>,
    /// WHATWG name of the charset it was read in: `UTF-8`, `gb18030`.
    pub charset: &'static str,
    /// How the charset was decided.
    pub evidence: CharsetEvidence,
    /// How many U+FFFD the decoding made; 0 for a clean page.
    pub replacements: u32,
    /// A declaration that lost, replacements made.
    pub findings: Vec<Finding>,
    /// The payload.
    bytes: &'a [u8],
    /// Length of the byte order mark, in bytes.
    mark: usize,
    /// The encoding of `charset`.
    encoding: &'static Encoding,
}

impl Decoded<'_> {
    /// A way from positions in [`Self::text`] to positions in the payload.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor::new(&self.text, self.bytes, self.mark, self.encoding)
    }

    /// The characters of [`Self::text`] that start within a range of the payload, as a range of the text; `None`
    /// where the range lies outside. One walk over the text.
    pub fn text_range(&self, bytes: ByteRange) -> Option<Range<usize>> {
        bytes.slice(self.bytes)?;
        let mut cursor = self.cursor();
        let mut start = None;
        for (place, _) in self.text.char_indices().chain([(self.text.len(), ' ')]) {
            let at = cursor.byte(place);
            if start.is_none() && at >= bytes.start {
                start = Some(place);
            }
            if let Some(start) = start
                && at >= bytes.end
            {
                return Some(start..place);
            }
        }
        None
    }
}

/// Reads a payload as text: byte order mark, then `Content-Type`, then `<meta>`, then the bytes themselves.
///
/// `gb2312`, `gbk` and their aliases are read as gb18030. A declared charset that does not decode the
/// page cleanly loses to one that does; if none does, the one with the fewest replacements is taken.
/// Anything decodes to something; what was lost is counted.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    charset::decide(bytes, content_type)
}

/// Reads a payload in the charset it was read in before, by its name in [`Decoded::charset`]; `None` for an
/// unknown name. Nothing is decided, so the evidence says nothing.
pub fn decode_in<'a>(bytes: &'a [u8], charset: &str) -> Option<Decoded<'a>> {
    charset::decode_in(bytes, charset)
}

/// Writes the query of a reference in a page as browsers send it: what is not ASCII in the page's charset and
/// percent-encoded (URL Standard, "percent-encode after encoding"). `charset` is a name of [`Decoded::charset`]. A
/// character that the charset lacks becomes its number, `%26%23…%3B`. ASCII stays as it is; so does everything where
/// the charset is UTF-8, UTF-16 or unknown, for then an address has UTF-8 anyway.
pub fn encode_query<'q>(query: &'q str, charset: &str) -> Cow<'q, str> {
    charset::encode_query(query, charset)
}
