//! Character references.
//!
//! In: a page's text and the place of an `&`. Out: the characters it stands for and where it ends, or
//! `None` where the `&` is just an `&` (HTML 13.2.5.72 to 13.2.5.80). The names are `htmlize`'s table.

use std::borrow::Cow;

/// Characters, in UTF-8, and where the reference ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference {
    /// UTF-8 of at most two characters, then zeros.
    buffer: [u8; 8],
    length: u8,
    /// Behind its last byte.
    pub(super) end: usize,
}

/// Where a reference stands; in attributes, more of them are literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In text.
    Text,
    /// In an attribute value.
    Attribute,
}

impl Reference {
    fn new(text: &str, end: usize) -> Option<Self> {
        let mut buffer = [0; 8];
        buffer
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        let length = u8::try_from(text.len()).ok()?;
        Some(Self {
            buffer,
            length,
            end,
        })
    }

    /// The characters.
    pub(super) fn text(&self) -> &str {
        // Always valid: `new` copied a whole `str`.
        std::str::from_utf8(&self.buffer[..usize::from(self.length)]).unwrap_or_default()
    }
}

/// The longest name without a semicolon (`&frac12`, `&otilde`, …) has six letters.
const LONGEST_BARE_NAME: usize = 6;

/// The longest name (`&CounterClockwiseContourIntegral;`) with its semicolon.
const LONGEST_NAME: usize = 32;

/// The reference that the `&` at `at` starts.
pub(super) fn reference(page: &[u8], at: usize, place: Place) -> Option<Reference> {
    let rest = &page[at + 1..];
    match rest.first()? {
        b'#' => numeric(rest, at),
        first if first.is_ascii_alphanumeric() => named(page, at, place),
        _ => None,
    }
}

fn named(page: &[u8], at: usize, place: Place) -> Option<Reference> {
    let rest = &page[at + 1..];
    let letters = rest
        .iter()
        .take(LONGEST_NAME)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let lookup = |end: usize| {
        let text = htmlize::ENTITIES.get(&page[at..end])?;
        Reference::new(std::str::from_utf8(text).ok()?, end)
    };
    if rest.get(letters) == Some(&b';')
        && let Some(found) = lookup(at + letters + 2)
    {
        return Some(found);
    }
    let found = (2..=letters.min(LONGEST_BARE_NAME))
        .rev()
        .find_map(|length| lookup(at + 1 + length))?;
    let next = page.get(found.end);
    let literal = place == Place::Attribute
        && next.is_some_and(|byte| *byte == b'=' || byte.is_ascii_alphanumeric());
    (!literal).then_some(found)
}

fn numeric(rest: &[u8], at: usize) -> Option<Reference> {
    let hex = matches!(rest.get(1), Some(b'x' | b'X'));
    let (radix, skip) = if hex { (16, 2) } else { (10, 1) };
    let digits = rest[skip..]
        .iter()
        .take_while(|byte| char::from(**byte).is_digit(radix))
        .count();
    if digits == 0 {
        return None;
    }
    let code = rest[skip..skip + digits].iter().fold(0_u32, |code, byte| {
        let digit = char::from(*byte).to_digit(radix).unwrap_or_default();
        code.saturating_mul(radix).saturating_add(digit)
    });
    let mut end = skip + digits;
    if rest.get(end) == Some(&b';') {
        end += 1;
    }
    let character = match code {
        0 => char::REPLACEMENT_CHARACTER,
        0x80..=0x9F => WINDOWS_1252[code as usize - 0x80],
        _ => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    Reference::new(character.encode_utf8(&mut [0; 4]), at + 1 + end)
}

/// What references to C1 controls mean (HTML 13.2.5.80), from U+0080 on.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// An attribute value with its references resolved.
pub(super) fn attribute_text(value: &str) -> Cow<'_, str> {
    let bytes = value.as_bytes();
    if memchr::memchr2(b'&', 0, bytes).is_none() {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len());
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'&', 0, &bytes[at..]) {
        text.push_str(&value[at..at + found]);
        at += found;
        if bytes[at] == 0 {
            text.push(char::REPLACEMENT_CHARACTER);
            at += 1;
        } else if let Some(found) = reference(bytes, at, Place::Attribute) {
            text.push_str(found.text());
            at = found.end;
        } else {
            text.push('&');
            at += 1;
        }
    }
    text.push_str(&value[at..]);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_as_in_browsers() {
        let cases = [
            ("&amp;x", "&", "x"),
            ("&ampx", "&", "x"),
            ("&nbsp;", "\u{a0}", ""),
            ("&nbspa", "\u{a0}", "a"),
            ("&notin;", "∉", ""),
            ("&notit;", "¬", "it;"),
            ("&frac12x", "½", "x"),
            ("&NotEqualTilde;", "≂\u{338}", ""),
            ("&CounterClockwiseContourIntegral;x", "∳", "x"),
            ("&#48;x", "0", "x"),
            ("&#48x", "0", "x"),
            ("&#x4E2D;", "中", ""),
            ("&#X4e2d", "中", ""),
            ("&#0;", "\u{fffd}", ""),
            ("&#xD800;", "\u{fffd}", ""),
            ("&#99999999999;", "\u{fffd}", ""),
            ("&#150;", "–", ""),
            ("&#x81;", "\u{81}", ""),
        ];
        for (page, want, rest) in cases {
            let found = reference(page.as_bytes(), 0, Place::Text).expect(page);
            assert_eq!(found.text(), want, "{page}");
            assert_eq!(&page[found.end..], rest, "{page}");
        }
        for page in [
            "&", "&;", "&x;", "& ", "&#;", "&#x;", "&#xg", "&hellip", "&中",
        ] {
            assert_eq!(reference(page.as_bytes(), 0, Place::Text), None, "{page}");
        }
    }

    #[test]
    fn attributes_keep_query_strings() {
        let cases = [
            ("?a=1&copy=2&lt=3", "?a=1&copy=2&lt=3"),
            ("?a=1&amp;b=2&copy", "?a=1&b=2©"),
            ("a\0b", "a\u{fffd}b"),
        ];
        for (value, want) in cases {
            assert_eq!(attribute_text(value), want);
        }
    }

    #[test]
    fn longest_names_are_as_long_as_stated() {
        let bare = |name: &&&[u8]| !name.ends_with(b";");
        let longest = htmlize::ENTITIES
            .keys()
            .filter(bare)
            .map(|name| name.len())
            .max();
        assert_eq!(longest, Some(LONGEST_BARE_NAME + 1));
        let longest = htmlize::ENTITIES.keys().map(|name| name.len()).max();
        assert_eq!(longest, Some(LONGEST_NAME + 1));
    }
}
