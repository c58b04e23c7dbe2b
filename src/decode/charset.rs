//! Which charset reads a payload.
//!
//! In: bytes and `Content-Type`. Out: [`Decoded`]. UTF-8 validity comes first because it is both cheap and
//! telling: text of several multi-byte sequences that is valid UTF-8 is UTF-8, whatever was declared,
//! while the same bytes often pass for gb18030.

use std::borrow::Cow;
use std::fmt::Write as _;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{Decoded, declared};
use crate::model::{CharsetEvidence, Code, Finding};

/// From how many multi-byte sequences on valid UTF-8 overrules another declaration. Two Chinese
/// characters of gb18030 can be valid UTF-8 by chance (联通 is the classic); three almost never.
const TELLING_SEQUENCES: usize = 3;

/// From how many multi-byte sequences before the first error on a page is damaged UTF-8 rather than
/// something else. gb18030 text breaks UTF-8 within its first characters.
const TELLING_PREFIX: usize = 8;

/// How many bytes chardetng sees: it reads 24 MB/s, which is 5 ms for a whole page.
const DETECT_BYTES: usize = 8192;

/// A reading of the payload in one charset.
struct Reading<'a> {
    encoding: &'static Encoding,
    text: Cow<'a, str>,
    replacements: u32,
}

pub(super) fn decide<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    let (mark, declared) = declaration(bytes, content_type);
    let body = &bytes[mark..];
    let named = declared.map(|(encoding, _)| encoding);
    let valid = simdutf8::compat::from_utf8(body);

    // 1. Valid UTF-8 that is declared so, undeclared, plain ASCII, or too telling to be chance.
    if let Ok(text) = valid {
        let as_utf_8 = match named {
            None => true,
            Some(encoding) if encoding == UTF_8 => true,
            Some(_) => sequences(body, TELLING_SEQUENCES) >= TELLING_SEQUENCES,
        };
        let same_bytes = named.is_some_and(Encoding::is_ascii_compatible) && body.is_ascii();
        if as_utf_8 || same_bytes {
            let encoding = if same_bytes {
                named.unwrap_or(UTF_8)
            } else {
                UTF_8
            };
            let reading = Reading {
                encoding,
                text: Cow::Borrowed(text),
                replacements: 0,
            };
            return finish(bytes, mark, declared, reading);
        }
    }
    let prefix = valid.map_or_else(|error| error.valid_up_to(), str::len);
    let damaged_utf_8 = sequences(&body[..prefix], TELLING_PREFIX) >= TELLING_PREFIX;

    // 2. What is declared, then gb18030, if clean.
    let mut readings: Vec<Reading<'a>> = Vec::new();
    let mut candidates: Vec<&'static Encoding> = Vec::new();
    match named {
        // Every byte is some Western letter: that it decodes says nothing, the words do.
        Some(encoding) if encoding == WINDOWS_1252 && speaks_chinese(body) => {
            candidates.push(GB18030);
        }
        Some(encoding) => candidates.push(encoding),
        None => candidates.extend(declared::utf_16_by_nul(body)),
    }
    if named.is_none() {
        candidates.push(guess(body));
    }
    candidates.extend([UTF_8, GB18030]);
    for encoding in candidates {
        if readings.iter().any(|reading| reading.encoding == encoding) {
            continue;
        }
        // Known not to be clean: only worth reading where nothing else is.
        if encoding == UTF_8 && valid.is_err() {
            continue;
        }
        let reading = read(body, encoding);
        let passes_by_chance = damaged_utf_8 && encoding != UTF_8;
        if reading.replacements == 0 && !passes_by_chance {
            return finish(bytes, mark, declared, reading);
        }
        readings.push(reading);
    }

    // 3. The fewest replacements; the first, the declared one, where equal.
    if valid.is_err() {
        let place = if named == Some(UTF_8) {
            0
        } else {
            readings.len().min(1)
        };
        readings.insert(place, read(body, UTF_8));
    }
    let best = readings
        .into_iter()
        .filter(|reading| !damaged_utf_8 || reading.encoding == UTF_8)
        .min_by_key(|reading| reading.replacements)
        .unwrap_or_else(|| read(body, UTF_8));
    finish(bytes, mark, declared, best)
}

/// The payload in one charset, whatever is declared.
pub(super) fn decode_in<'a>(bytes: &'a [u8], charset: &str) -> Option<Decoded<'a>> {
    let encoding = Encoding::for_label(charset.as_bytes())?;
    let mark = match Encoding::for_bom(bytes) {
        Some((marked, mark)) if marked == encoding => mark,
        _ => 0,
    };
    let reading = read(&bytes[mark..], encoding);
    Some(finish(bytes, mark, None, reading))
}

/// The query of a reference, as [`super::encode_query`] has it.
pub(super) fn encode_query<'q>(query: &'q str, charset: &str) -> Cow<'q, str> {
    let encoding = Encoding::for_label(charset.as_bytes()).map(Encoding::output_encoding);
    let Some(encoding) = encoding.filter(|encoding| *encoding != UTF_8) else {
        return Cow::Borrowed(query);
    };
    if query.is_ascii() {
        return Cow::Borrowed(query);
    }
    let mut out = String::with_capacity(query.len() * 2);
    let mut buffer = [0; 4];
    for character in query.chars() {
        if character.is_ascii() {
            out.push(character);
            continue;
        }
        let (bytes, _, lost) = encoding.encode(character.encode_utf8(&mut buffer));
        // Writing to a String cannot fail.
        if lost {
            let _ = write!(out, "%26%23{}%3B", u32::from(character));
            continue;
        }
        for byte in bytes.iter().copied() {
            // The second byte of a character may be a letter, which is sent as it is.
            if byte.is_ascii_graphic() && !b"\"#<>'".contains(&byte) {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    Cow::Owned(out)
}

/// The length of the byte order mark, and the strongest declaration.
fn declaration(
    bytes: &[u8],
    content_type: Option<&str>,
) -> (usize, Option<(&'static Encoding, CharsetEvidence)>) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return (mark, Some((encoding, CharsetEvidence::Bom)));
    }
    let http = content_type
        .and_then(declared::http)
        .map(|encoding| (encoding, CharsetEvidence::Http));
    let found =
        http.or_else(|| declared::meta(bytes).map(|encoding| (encoding, CharsetEvidence::Meta)));
    (0, found)
}

fn read<'a>(body: &'a [u8], encoding: &'static Encoding) -> Reading<'a> {
    let (text, damaged) = encoding.decode_without_bom_handling(body);
    let replacements = if damaged {
        let count = memchr::memmem::find_iter(text.as_bytes(), "\u{fffd}".as_bytes()).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    } else {
        0
    };
    Reading {
        encoding,
        text,
        replacements,
    }
}

fn finish<'a>(
    bytes: &'a [u8],
    mark: usize,
    declared: Option<(&'static Encoding, CharsetEvidence)>,
    reading: Reading<'a>,
) -> Decoded<'a> {
    let mut findings = Vec::new();
    let charset = reading.encoding.name();
    let evidence = match declared {
        Some((encoding, evidence)) if encoding == reading.encoding => evidence,
        Some((encoding, evidence)) => {
            findings.push(Finding::new(
                Code::CharsetConflict,
                "",
                format!(
                    "{} ({}) is declared, {charset} was used",
                    encoding.name(),
                    evidence.as_str()
                ),
            ));
            CharsetEvidence::Detected
        }
        None => CharsetEvidence::Detected,
    };
    if reading.replacements > 0 {
        findings.push(Finding::new(
            Code::ReplacementCharacters,
            "",
            format!("{} replaced, read as {charset}", reading.replacements),
        ));
    }
    Decoded {
        text: reading.text,
        charset,
        evidence,
        replacements: reading.replacements,
        findings,
        bytes,
        mark,
        encoding: reading.encoding,
    }
}

/// 政府, 信息, 公开, 工作 in gb18030: two of them by chance in another charset is out of the question, and
/// looking for them costs a hundredth of what chardetng does.
const TELLING_WORDS: [&[u8]; 4] = [
    b"\xD5\xFE\xB8\xAE",
    b"\xD0\xC5\xCF\xA2",
    b"\xB9\xAB\xBF\xAA",
    b"\xB9\xA4\xD7\xF7",
];

/// Two of the telling words stand in the page.
fn speaks_chinese(body: &[u8]) -> bool {
    let words = TELLING_WORDS
        .iter()
        .filter(|word| memchr::memmem::find(body, word).is_some());
    words.take(2).count() == 2
}

/// gb18030 if its words are there; else chardetng's guess from the first bytes that are not ASCII, each with a
/// little before it.
fn guess(body: &[u8]) -> &'static Encoding {
    if speaks_chinese(body) {
        return GB18030;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut left = DETECT_BYTES;
    let mut at = 0;
    while left > 0 {
        let Some(first) = body[at..].iter().position(|byte| !byte.is_ascii()) else {
            break;
        };
        // ASCII before it tells letters of words from stray signs.
        let start = at + first.saturating_sub(8);
        let end = body.len().min(at + first + left.min(512));
        detector.feed(&body[start..end], end == body.len());
        left = left.saturating_sub(end - start);
        at = end;
    }
    let guess = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    let unusable = guess == GBK || guess == UTF_16LE || guess == UTF_16BE;
    if unusable { GB18030 } else { guess }
}

/// How many multi-byte UTF-8 sequences start in `bytes`, counted up to about `enough`.
fn sequences(bytes: &[u8], enough: usize) -> usize {
    let mut count = 0;
    for chunk in bytes.chunks(1024) {
        if !chunk.is_ascii() {
            count += chunk.iter().filter(|byte| **byte >= 0xC0).count();
            if count >= enough {
                break;
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    const HTML: &str = "<html><p>政府信息公开工作年度报告，共受理12件</p></html>";

    fn gbk(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    fn with_meta(charset: &str) -> String {
        format!("<meta charset={charset}>{HTML}")
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn a_declaration_that_holds_is_followed() {
        use CharsetEvidence::{Bom, Detected, Http, Meta};
        let marked = format!("\u{feff}{HTML}");
        let http = |charset: &str| Some(format!("text/html; charset={charset}"));
        let utf_8 = HTML.as_bytes().to_vec();
        let cases = [
            (utf_8.clone(), None, "UTF-8", Detected),
            (utf_8, http("utf-8"), "UTF-8", Http),
            (with_meta("utf-8").into_bytes(), None, "UTF-8", Meta),
            (gbk(&with_meta("gb2312")), None, "gb18030", Meta),
            (gbk(&with_meta("utf-8")), http("gbk"), "gb18030", Http),
            (gbk(HTML), None, "gb18030", Detected),
            (marked.clone().into_bytes(), http("gbk"), "UTF-8", Bom),
            (wide(&marked), None, "UTF-16LE", Bom),
            (wide(HTML), None, "UTF-16LE", Detected),
            (b"<p>12".to_vec(), http("gbk"), "gb18030", Http),
            (Vec::new(), None, "UTF-8", Detected),
        ];
        for (number, (bytes, content_type, charset, evidence)) in cases.iter().enumerate() {
            let decoded = decode(bytes, content_type.as_deref());
            assert_eq!(decoded.charset, *charset, "case {number}");
            assert_eq!(decoded.evidence, *evidence, "case {number}");
            assert_eq!(decoded.findings, [], "case {number}");
            assert!(
                bytes.len() < 10 || decoded.text.ends_with(HTML),
                "case {number}"
            );
        }
    }

    #[test]
    fn a_declaration_that_fails_is_found() {
        type Case<'c> = (Vec<u8>, &'c str, CharsetEvidence, &'c [Code], u32);
        use CharsetEvidence::{Detected, Meta};
        use Code::{CharsetConflict, ReplacementCharacters};
        let cut_off = [with_meta("utf-8").as_bytes(), b"\xE4\xB8"].concat();
        let cut_off_as_gb = [with_meta("gbk").as_bytes(), b"\xE4\xB8"].concat();
        let noisy = [&gbk(&with_meta("gbk"))[..], b"\xFF<\xFF"].concat();
        let cases: [Case<'_>; 5] = [
            (
                with_meta("gbk").into_bytes(),
                "UTF-8",
                Detected,
                &[CharsetConflict],
                0,
            ),
            (
                gbk(&with_meta("utf-8")),
                "gb18030",
                Detected,
                &[CharsetConflict],
                0,
            ),
            (cut_off, "UTF-8", Meta, &[ReplacementCharacters], 1),
            (
                cut_off_as_gb,
                "UTF-8",
                Detected,
                &[CharsetConflict, ReplacementCharacters],
                1,
            ),
            (noisy, "gb18030", Meta, &[ReplacementCharacters], 2),
        ];
        for (number, (bytes, charset, evidence, codes, replacements)) in cases.iter().enumerate() {
            let decoded = decode(bytes, None);
            let found: Vec<_> = decoded
                .findings
                .iter()
                .map(|finding| finding.code)
                .collect();
            assert_eq!(decoded.charset, *charset, "case {number}");
            assert_eq!(decoded.evidence, *evidence, "case {number}");
            assert_eq!(found, *codes, "case {number}");
            assert_eq!(decoded.replacements, *replacements, "case {number}");
        }
    }

    #[test]
    fn utf_8_is_borrowed() {
        assert!(matches!(
            decode(HTML.as_bytes(), None).text,
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn nul_and_noise_decode() {
        for bytes in [&[0_u8; 5000][..], &[0xFF; 5000], b"\x81", b"\xEF\xBB\xBF"] {
            for content_type in [None, Some("x; charset=gbk"), Some("x; charset=utf-16")] {
                let decoded = decode(bytes, content_type);
                let mut cursor = decoded.cursor();
                assert_eq!(cursor.byte(decoded.text.len()) as usize, bytes.len());
            }
        }
    }
}
