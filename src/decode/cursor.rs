//! Positions in the text → positions in the archived bytes.
//!
//! In: a text, the payload it was decoded from, the encoding. Out: for a position in the text the
//! position in the payload where that character starts. Walks both forward together, so a pass over a
//! page costs one walk; an earlier position starts over.

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, GBK, UTF_16BE, UTF_16LE};

/// A walker over a text and the payload it came from.
#[derive(Debug)]
pub struct Cursor<'d> {
    text: &'d [u8],
    bytes: &'d [u8],
    /// Where the payload's text starts: the length of its byte order mark.
    mark: usize,
    way: Way,
    /// Where the walk is: a character of the text and of the payload.
    at: Place,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    text: usize,
    byte: usize,
}

/// How characters of the text correspond to bytes.
enum Way {
    /// Byte by byte: valid UTF-8, or ASCII only.
    Same,
    /// gb18030: one, two or four bytes a character.
    Gb,
    /// A byte a character.
    Single,
    /// Two or four bytes a character.
    Wide,
    /// Whatever a decoder does.
    Step(Box<Stepper>),
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Same => "Same",
            Self::Gb => "Gb",
            Self::Single => "Single",
            Self::Wide => "Wide",
            Self::Step(_) => "Step",
        })
    }
}

impl<'d> Cursor<'d> {
    pub(super) fn new(
        text: &'d str,
        bytes: &'d [u8],
        mark: usize,
        encoding: &'static Encoding,
    ) -> Self {
        // Text as long as the payload and of one charset's bytes was borrowed from it.
        let borrowed = std::ptr::eq(text.as_ptr(), bytes[mark..].as_ptr());
        let way = if borrowed {
            Way::Same
        } else if encoding == GB18030 || encoding == GBK {
            Way::Gb
        } else if encoding == UTF_16LE || encoding == UTF_16BE {
            Way::Wide
        } else if encoding.is_single_byte() {
            Way::Single
        } else {
            Way::Step(Box::new(Stepper::new(encoding, mark)))
        };
        let at = Place {
            text: 0,
            byte: mark,
        };
        Self {
            text: text.as_bytes(),
            bytes,
            mark,
            way,
            at,
        }
    }

    /// Where the character at `text_pos` starts in the archived bytes; their end for the end of the
    /// text. A position inside a character counts as its start.
    pub fn byte(&mut self, text_pos: usize) -> u32 {
        let target = text_pos.min(self.text.len());
        if let Way::Same = self.way {
            return narrow(self.mark + target);
        }
        if target < self.at.text {
            self.at = Place {
                text: 0,
                byte: self.mark,
            };
            if let Way::Step(stepper) = &mut self.way {
                **stepper = Stepper::new(stepper.encoding, self.mark);
            }
        }
        if target == self.text.len() {
            // The walk could stop short of bytes that made no text.
            return narrow(self.bytes.len());
        }
        match &mut self.way {
            Way::Same => {}
            Way::Gb => walk_gb(self.text, self.bytes, &mut self.at, target),
            Way::Single => walk(self.text, &mut self.at, target, |_, _| 1),
            Way::Wide => {
                let end = self.bytes.len();
                walk(self.text, &mut self.at, target, |byte, lead| {
                    let unit = if lead >= 0xF0 { 4 } else { 2 };
                    unit.min(end - byte)
                });
            }
            Way::Step(stepper) => stepper.walk(self.bytes, &mut self.at, target),
        }
        narrow(self.at.byte)
    }
}

/// Payloads are capped far below 4 GiB by `archive`; beyond, positions saturate.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Bytes of a UTF-8 character by its first byte.
fn utf_8_len(lead: u8) -> usize {
    match lead {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// Walks to the character that holds `target`; `width` gives the bytes of a character by its place in the payload
/// and its UTF-8 lead byte.
fn walk(text: &[u8], at: &mut Place, target: usize, mut width: impl FnMut(usize, u8) -> usize) {
    while at.text < target {
        let lead = text[at.text];
        let next = at.text + utf_8_len(lead);
        if next > target {
            break;
        }
        at.byte += width(at.byte, lead);
        at.text = next;
    }
}

fn walk_gb(text: &[u8], bytes: &[u8], at: &mut Place, target: usize) {
    while at.text < target {
        let ascii = ascii_run(bytes, at.byte, target - at.text);
        if ascii > 0 {
            at.byte += ascii;
            at.text += ascii;
            continue;
        }
        // Two bytes of which neither is ASCII are one character, even if it came out as U+FFFD.
        while let Some([0x81..=0xFE, 0x80..=0xFF]) =
            bytes.get(at.byte..).and_then(<[u8]>::first_chunk)
            && at.text < target
        {
            let next = at.text + utf_8_len(text[at.text]);
            if next > target {
                return;
            }
            at.byte += 2;
            at.text = next;
        }
        if at.text >= target {
            break;
        }
        if bytes.get(at.byte).is_some_and(u8::is_ascii) {
            continue;
        }
        let lead = text[at.text];
        let next = at.text + utf_8_len(lead);
        if next > target {
            break;
        }
        let replaced = text[at.text..next] == *"\u{fffd}".as_bytes();
        at.byte += gb_len(bytes, at.byte, replaced);
        at.text = next;
    }
}

/// How many bytes from `at` on are ASCII, up to `most`; in steps, so perhaps only the first of more.
fn ascii_run(bytes: &[u8], at: usize, most: usize) -> usize {
    const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
    let Some(rest) = bytes.get(at..) else {
        return 0;
    };
    if let Some(chunk) = rest.first_chunk::<32>()
        && most >= 32
        && chunk.is_ascii()
    {
        return 32;
    }
    if let Some(chunk) = rest.first_chunk::<8>() {
        let high = u64::from_le_bytes(*chunk) & HIGH_BITS;
        return most.min(high.trailing_zeros() as usize / 8);
    }
    usize::from(rest.first().is_some_and(u8::is_ascii))
}

/// Bytes of one character, by the gb18030 decoder of the Encoding Standard (10.2.1); `replaced`
/// where it came out as U+FFFD.
fn gb_len(bytes: &[u8], at: usize, replaced: bool) -> usize {
    let rest = &bytes[at.min(bytes.len())..];
    match *rest {
        [] => 0,
        [0..=0x80 | 0xFF, ..] | [_] => 1,
        [_, b'0'..=b'9', ref tail @ ..] => match *tail {
            // Four bytes, in range or not.
            [0x81..=0xFE, b'0'..=b'9', ..] => 4,
            // Cut off by the end: one replacement for all of it.
            [] | [0x81..=0xFE] => rest.len(),
            // Only the lead is malformed; the decoder goes back behind it.
            _ => 1,
        },
        // An ASCII byte that makes no character is read again.
        [_, 0..=0x7F, ..] if replaced => 1,
        [_, _, ..] => 2,
    }
}

/// Follows a decoder byte by byte. Slow; for charsets that these pages hardly use.
struct Stepper {
    encoding: &'static Encoding,
    decoder: Decoder,
    /// Bytes fed so far, and where the characters not yet counted start.
    fed: usize,
    start: usize,
    /// Position in the text behind what the decoder put out.
    out: usize,
}

impl Stepper {
    fn new(encoding: &'static Encoding, mark: usize) -> Self {
        Self {
            encoding,
            decoder: encoding.new_decoder_without_bom_handling(),
            fed: mark,
            start: mark,
            out: 0,
        }
    }

    /// Goes on until the character at `target` has come out, and leaves its start in `at`.
    fn walk(&mut self, bytes: &[u8], at: &mut Place, target: usize) {
        while self.out <= target {
            let last = self.fed >= bytes.len();
            let input = bytes.get(self.fed..=self.fed).unwrap_or_default();
            let mut buffer = [0; 32];
            let (result, read, written) =
                self.decoder
                    .decode_to_utf8_without_replacement(input, &mut buffer, last);
            self.fed += read;
            if written > 0 {
                self.put(at, written, self.fed);
            }
            if let DecoderResult::Malformed(_, behind) = result {
                let end = self.fed.saturating_sub(usize::from(behind));
                self.put(at, "\u{fffd}".len(), end);
            } else if last {
                break;
            }
        }
    }

    /// Notes that `len` bytes of text came out for the bytes up to `end`.
    fn put(&mut self, at: &mut Place, len: usize, end: usize) {
        *at = Place {
            text: self.out,
            byte: self.start,
        };
        self.out += len;
        self.start = end;
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, EUC_KR, SHIFT_JIS, UTF_8, WINDOWS_1252};
    use proptest::prelude::*;

    use super::*;
    use crate::decode::decode;

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ -~\n]{0,40}",
            "[一-龥]{0,12}",
            "[·×“”，。０-９\u{3000}]{0,4}",
            "[㐀-㐚𠀀-𠀰😀é\u{e5e5}]{0,3}",
        ]
    }

    fn encode(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        let units = || text.encode_utf16();
        if encoding == UTF_16LE {
            return units().flat_map(u16::to_le_bytes).collect();
        }
        if encoding == UTF_16BE {
            return units().flat_map(u16::to_be_bytes).collect();
        }
        // Numeric references stand in for characters that the charset lacks.
        encoding.encode(text).0.into_owned()
    }

    /// From every character on, the payload decodes to the text from there on. These charsets keep no
    /// state between characters, so that is proof.
    fn check(bytes: &[u8], encoding: &'static Encoding) {
        let text = encoding.decode_without_bom_handling(bytes).0;
        let mut cursor = Cursor::new(&text, bytes, 0, encoding);
        for (position, _) in text.char_indices() {
            let at = cursor.byte(position) as usize;
            let behind = encoding.decode_without_bom_handling(&bytes[at..]).0;
            assert_eq!(
                &*behind,
                &text[position..],
                "{} at {position} of {text:?} from {bytes:x?}",
                encoding.name()
            );
        }
        assert_eq!(cursor.byte(text.len()) as usize, bytes.len());
        // Back again.
        let middle = text.char_indices().nth(text.chars().count() / 2);
        if let Some((middle, _)) = middle {
            let again = cursor.byte(middle);
            assert_eq!(again, Cursor::new(&text, bytes, 0, encoding).byte(middle));
        }
    }

    proptest! {
        #[test]
        fn every_character_is_found_in_clean_text(pieces in prop::collection::vec(piece(), 0..8)) {
            let text = pieces.concat();
            for encoding in [UTF_8, GB18030, UTF_16LE, UTF_16BE, BIG5, EUC_KR, SHIFT_JIS] {
                check(&encode(&text, encoding), encoding);
            }
            // And end to end: the bytes between two characters decode to the text between them.
            let bytes = encode(&text, GB18030);
            let decoded = decode(&bytes, Some("text/html; charset=gbk"));
            if decoded.charset == "gb18030" {
                let mut cursor = decoded.cursor();
                for (position, character) in decoded.text.char_indices() {
                    let start = cursor.byte(position) as usize;
                    let end = cursor.byte(position + character.len_utf8()) as usize;
                    let back = GB18030.decode_without_bom_handling(&bytes[start..end]).0;
                    prop_assert_eq!(back, character.to_string());
                }
            }
        }

        #[test]
        fn every_character_is_found_in_damaged_text(
            pieces in prop::collection::vec(piece(), 0..8),
            noise in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        ) {
            let text = pieces.concat();
            for encoding in [UTF_8, GB18030, UTF_16LE, UTF_16BE, WINDOWS_1252] {
                let mut bytes = encode(&text, encoding);
                for (place, byte) in &noise {
                    let at = place.index(bytes.len() + 1);
                    bytes.insert(at, *byte);
                }
                check(&bytes, encoding);
            }
        }

        #[test]
        fn every_character_is_found_in_noise(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0x30_u8..0x3A, 0x81_u8..0xFF], 0..60),
        ) {
            for encoding in [UTF_8, GB18030, UTF_16LE, UTF_16BE] {
                check(&bytes, encoding);
            }
        }
    }
}
