//! Tokens of HTML, by position.
//!
//! In: a page's text as bytes and a place in it. Out: where the markup that starts there ends and what
//! it is (HTML 13.2.5). Never builds a tree; the attributes of the few tags whose attributes matter are kept
//! in [`Attributes`] on the way.

use memchr::{memchr, memchr2};

/// What starts at a `<`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// A start tag whose name ends here; it starts behind the `<`. [`tag_end`] reads on.
    Start(usize),
    /// An end tag.
    End {
        /// End of the name; it starts behind the `</`.
        name_end: usize,
        /// Behind the `>`.
        end: usize,
    },
    /// A comment, doctype, processing instruction or bogus comment, which ends here.
    Comment(usize),
    /// No markup: the `<` is text.
    Text,
    /// The page ends within the tag, which is dropped.
    Cut,
}

/// What markup the `<` at `at` starts.
pub(super) fn markup(page: &[u8], at: usize) -> Markup {
    let bogus = |from: usize| {
        let end = memchr(b'>', &page[from..]).map_or(page.len(), |found| from + found + 1);
        Markup::Comment(end)
    };
    match page.get(at + 1) {
        Some(first) if first.is_ascii_alphabetic() => Markup::Start(name_end(page, at + 2)),
        Some(b'/') => match page.get(at + 2) {
            Some(first) if first.is_ascii_alphabetic() => {
                let name_end = name_end(page, at + 3);
                match tag_end(page, name_end, None) {
                    Some(end) => Markup::End { name_end, end },
                    None => Markup::Cut,
                }
            }
            Some(_) => bogus(at + 2),
            None => Markup::Text,
        },
        Some(b'!') => {
            if page[at + 2..].starts_with(b"--") {
                Markup::Comment(comment_end(page, at + 4))
            } else {
                bogus(at + 2)
            }
        }
        Some(b'?') => bogus(at + 2),
        _ => Markup::Text,
    }
}

/// The end of the comment whose content starts at `content`, behind the `<!--`.
fn comment_end(page: &[u8], content: usize) -> usize {
    if page[content..].starts_with(b">") {
        return content + 1;
    }
    if page[content..].starts_with(b"->") {
        return content + 2;
    }
    let mut at = content;
    while let Some(found) = memchr(b'>', &page[at..]) {
        let body = &page[content..at + found];
        at += found + 1;
        if body.ends_with(b"--") || body.ends_with(b"--!") {
            return at;
        }
    }
    page.len()
}

/// White space of HTML.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

/// For every byte whether it ends a name: white space, `/`, `>`, and for attributes `=`.
const ENDS_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let ends = b"\t\n\x0c\r />=";
    let mut at = 0;
    while at < ends.len() {
        table[ends[at] as usize] = true;
        at += 1;
    }
    table
};

/// Eight bytes at once. The lowest flag of an answer is right; those above it may be flags too many.
pub(super) mod word {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH_BITS: u64 = ONES << 7;

    /// The eight bytes at `at`, the first the lowest; `None` near the end.
    #[inline]
    pub(in crate::parse) fn at(page: &[u8], at: usize) -> Option<u64> {
        let chunk = page.get(at..)?.first_chunk::<8>()?;
        Some(u64::from_le_bytes(*chunk))
    }

    /// Flags the bytes below `limit`, which is at most 0x80.
    #[inline]
    pub(in crate::parse) const fn below(word: u64, limit: u8) -> u64 {
        word.wrapping_sub(ONES * limit as u64) & !word & HIGH_BITS
    }

    /// Flags the bytes that are `byte`.
    #[inline]
    pub(in crate::parse) const fn equal(word: u64, byte: u8) -> u64 {
        below(word ^ (ONES * byte as u64), 1)
    }

    /// The number of the first byte with a flag; 8 where none has one.
    #[inline]
    pub(in crate::parse) const fn first(flags: u64) -> usize {
        flags.trailing_zeros() as usize / 8
    }
}

/// The end of a tag name; `=` is a part of it.
#[inline]
fn name_end(page: &[u8], from: usize) -> usize {
    let mut at = from;
    if let Some(bytes) = word::at(page, at) {
        let ends = word::below(bytes, 0x21) | word::equal(bytes, b'>') | word::equal(bytes, b'/');
        at += word::first(ends);
    }
    while let Some(&byte) = page.get(at)
        && (!ENDS_NAME[usize::from(byte)] || byte == b'=')
    {
        at += 1;
    }
    at
}

/// How far the quotation mark that ends a value is from its start; most are short.
#[inline]
fn value_len(page: &[u8], from: usize, quote: u8) -> Option<usize> {
    let mut at = from;
    while at < from + 32
        && let Some(bytes) = word::at(page, at)
    {
        let quotes = word::equal(bytes, quote);
        if quotes != 0 {
            return Some(at + word::first(quotes) - from);
        }
        at += 8;
    }
    memchr(quote, &page[at..]).map(|found| at + found - from)
}

/// One step through the attributes of a tag.
enum Step {
    /// An attribute: its name and value, and where to go on.
    Attribute {
        name: (usize, usize),
        value: (usize, usize),
        next: usize,
    },
    /// The tag ends behind this place.
    End(usize),
    /// The page ends first.
    Cut,
}

/// The attribute at or behind `at`, which is outside of any attribute (HTML 13.2.5.32 to 13.2.5.40).
#[inline]
fn step(page: &[u8], mut at: usize) -> Step {
    loop {
        match page.get(at) {
            None => return Step::Cut,
            Some(b'>') => return Step::End(at + 1),
            Some(&byte) if byte == b'/' || is_space(byte) => at += 1,
            Some(_) => break,
        }
    }
    let start = at;
    // The first character belongs to the name even if it is `=`.
    at += 1;
    while let Some(&byte) = page.get(at)
        && !ENDS_NAME[usize::from(byte)]
    {
        at += 1;
    }
    let name = (start, at);
    while let Some(&byte) = page.get(at)
        && is_space(byte)
    {
        at += 1;
    }
    if page.get(at) != Some(&b'=') {
        return Step::Attribute {
            name,
            value: (at, at),
            next: at,
        };
    }
    at += 1;
    while let Some(&byte) = page.get(at)
        && is_space(byte)
    {
        at += 1;
    }
    match page.get(at) {
        None => Step::Cut,
        Some(&quote @ (b'"' | b'\'')) => match value_len(page, at + 1, quote) {
            Some(length) => Step::Attribute {
                name,
                value: (at + 1, at + 1 + length),
                next: at + length + 2,
            },
            None => Step::Cut,
        },
        Some(_) => {
            let start = at;
            while let Some(&byte) = page.get(at)
                && byte != b'>'
                && !is_space(byte)
            {
                at += 1;
            }
            Step::Attribute {
                name,
                value: (start, at),
                next: at,
            }
        }
    }
}

/// Behind the `>` of the tag whose name ends at `from`; `None` where the page ends first. Keeps the places of the
/// attributes in `kept`.
#[inline]
pub(super) fn tag_end(
    page: &[u8],
    from: usize,
    mut kept: Option<&mut Attributes>,
) -> Option<usize> {
    if let Some(kept) = &mut kept {
        kept.places.clear();
    }
    if page.get(from) == Some(&b'>') {
        return Some(from + 1);
    }
    let mut at = from;
    loop {
        match step(page, at) {
            Step::Attribute { name, value, next } => {
                if let Some(kept) = &mut kept {
                    kept.places.push((name, value));
                }
                at = next;
            }
            Step::End(end) => return Some(end),
            Step::Cut => return None,
        }
    }
}

/// The places of the attributes of one tag, duplicates included: names and values.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    places: Vec<((usize, usize), (usize, usize))>,
}

impl Attributes {
    /// All names and values, as written.
    pub(super) fn all<'p>(&self, page: &'p str) -> impl Iterator<Item = (&'p str, &'p str)> {
        self.places.iter().filter_map(move |&(name, value)| {
            Some((page.get(name.0..name.1)?, page.get(value.0..value.1)?))
        })
    }

    /// The first attribute of each name, in the order asked for.
    #[inline]
    pub(super) fn pick<'p, const N: usize>(
        &self,
        page: &'p str,
        names: [&str; N],
    ) -> [Option<&'p str>; N] {
        let mut found = [None; N];
        for &(name, value) in &self.places {
            let name = &page.as_bytes()[name.0..name.1];
            for (slot, wanted) in found.iter_mut().zip(names) {
                if slot.is_none() && name.eq_ignore_ascii_case(wanted.as_bytes()) {
                    *slot = page.get(value.0..value.1);
                }
            }
        }
        found
    }
}

/// Where the text of a raw element ends that starts at `from`: the `<` of its end tag, or the end of the page.
pub(super) fn raw_text_end(page: &[u8], from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(found) = memchr(b'<', &page[at..]) {
        at += found;
        if is_end_tag(page, at, name) {
            return at;
        }
        at += 1;
    }
    page.len()
}

/// The same for `<script>`, whose text may hide an end tag in `<!-- <script> … -->` (HTML 13.2.5.15
/// to 13.2.5.31).
pub(super) fn script_end(page: &[u8], from: usize) -> usize {
    #[derive(PartialEq)]
    enum State {
        Plain,
        Escaped,
        Double,
    }
    let mut state = State::Plain;
    // Dashes before this place do not count towards a `-->`.
    let mut dashes_from = from;
    let mut at = from;
    while let Some(found) = memchr2(b'<', b'>', &page[at..]) {
        at += found;
        if page[at] == b'>' {
            if state != State::Plain && page[dashes_from.min(at)..at].ends_with(b"--") {
                state = State::Plain;
            }
        } else if state != State::Double && is_end_tag(page, at, "script") {
            return at;
        } else if state == State::Plain && page[at..].starts_with(b"<!--") {
            state = State::Escaped;
            dashes_from = at + 2;
        } else if state == State::Escaped && is_name(page, at + 1, "script") {
            state = State::Double;
        } else if state == State::Double && is_end_tag(page, at, "script") {
            state = State::Escaped;
        }
        at += 1;
    }
    page.len()
}

fn is_end_tag(page: &[u8], at: usize, name: &str) -> bool {
    page.get(at + 1) == Some(&b'/') && is_name(page, at + 2, name)
}

fn is_name(page: &[u8], at: usize, name: &str) -> bool {
    let end = at + name.len();
    page.get(at..end)
        .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        && page
            .get(end)
            .is_some_and(|byte| is_space(*byte) || matches!(byte, b'/' | b'>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_ends_where_the_standard_says() {
        // The markup at the start of each page, and what is left behind it.
        let cases = [
            ("<p>x", "x"),
            ("<p a='>' b=\">\">x", "x"),
            ("<p a=b'>'>x", "'>x"),
            ("<p \"a>b\">x", "b\">x"),
            ("<p =\"a>b\">x", "b\">x"),
            ("<p a = \n '>'/>x", "x"),
            ("<p a=>x", "x"),
            ("<p/a/>x", "x"),
            ("<p a='1'b='>'>x", "x"),
            ("</p a='>'>x", "x"),
            ("<!-->x", "x"),
            ("<!--->x", "x"),
            ("<!---->x", "x"),
            ("<!--a--!>x", "x"),
            ("<!--!>-->x", "x"),
            ("<!---!>-->x", "x"),
            ("<!--a->b-->x", "x"),
            ("<!-- <!-- -->x", "x"),
            ("<!--a", ""),
            ("<!doctype a '>' >x", "' >x"),
            ("<![if !x]>x", "x"),
            ("<?xml a='>'>x", "'>x"),
            ("</>x", "x"),
            ("</ p>x", "x"),
        ];
        for (page, rest) in cases {
            let end = match markup(page.as_bytes(), 0) {
                Markup::Start(name_end) => tag_end(page.as_bytes(), name_end, None)
                    .unwrap_or_else(|| panic!("{page}: cut")),
                Markup::End { end, .. } | Markup::Comment(end) => end,
                other => panic!("{page}: {other:?}"),
            };
            assert_eq!(&page[end..], rest, "{page}");
        }
        for page in ["<", "<3", "< p>", "</"] {
            assert_eq!(markup(page.as_bytes(), 0), Markup::Text, "{page}");
        }
        for page in ["<p", "<p a", "<p a='>", "<p a="] {
            assert_eq!(markup(page.as_bytes(), 0), Markup::Start(2), "{page}");
            assert_eq!(tag_end(page.as_bytes(), 2, None), None, "{page}");
        }
        assert_eq!(markup(b"</p", 0), Markup::Cut);
    }

    #[test]
    fn attributes_in_all_quoting_states() {
        let page = "<td a=1 B='2' c = \"3\" d e= f/g =h a=9 i=\"x'y\">";
        let mut attributes = Attributes::default();
        let end = tag_end(page.as_bytes(), 3, Some(&mut attributes));
        assert_eq!(end, Some(page.len()));
        let place = |(start, end): (usize, usize)| &page[start..end];
        let found: Vec<_> = attributes
            .places
            .iter()
            .map(|(name, value)| (place(*name), place(*value)))
            .collect();
        let want = [
            ("a", "1"),
            ("B", "2"),
            ("c", "3"),
            ("d", ""),
            ("e", "f/g"),
            ("=h", ""),
            ("a", "9"),
            ("i", "x'y"),
        ];
        assert_eq!(found, want);
        let [a, b, z] = attributes.pick(page, ["a", "b", "z"]);
        assert_eq!((a, b, z), (Some("1"), Some("2"), None));
    }

    #[test]
    fn raw_text_ends_at_its_own_end_tag() {
        let cases = [
            ("a</b></style>x", "</style>x"),
            ("a</STYLE\n>x", "</STYLE\n>x"),
            ("a</stylex></style/>x", "</style/>x"),
            ("a", ""),
        ];
        for (page, rest) in cases {
            let end = raw_text_end(page.as_bytes(), 0, "style");
            assert_eq!(&page[end..], rest, "{page}");
        }
        let scripts = [
            ("a<!--b</script>x", "</script>x"),
            ("<!--<script>a</script>b</script>x", "</script>x"),
            ("<!--<script>a--></script>x", "</script>x"),
            ("<!--><script></script>x", "</script>x"),
            ("<script></script>x", "</script>x"),
            ("<!--<scripty></script>x", "</script>x"),
            ("<!--<script></script><script>", ""),
        ];
        for (page, rest) in scripts {
            let end = script_end(page.as_bytes(), 0);
            assert_eq!(&page[end..], rest, "{page}");
        }
    }
}
