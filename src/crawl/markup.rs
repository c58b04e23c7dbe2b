//! How much a page says, and what its scripts and head are.
//!
//! In: a page as text. Out: [`Shape`]. Pure, linear, and stops once a page has plainly something to say: all that is asked of
//! it is whether a page consists of a refusal, or of a redirect. Tolerant, and no reader of pages; that is `parse`.

use memchr::{memchr, memchr2, memchr3, memmem};

/// A page with more text than this outside links is a page, whatever words it has.
pub(super) const LONG_CHARS: usize = 600;

/// How much markup is looked at. A page whose text has not begun by then is left for a reader of pages.
const MAX_BYTES: usize = 1024 * 1024;

/// Text beyond this is no link's, even if its end was forgotten.
const LINK_BYTES: usize = 600;

/// Longest title kept, in characters.
const TITLE_CHARS: usize = 200;

/// Most scripts and meta elements kept.
const MAX_PARTS: usize = 64;

/// Whether an element does not break a line.
const fn is_inline(name: &[u8]) -> bool {
    matches!(
        name,
        b"a" | b"b"
            | b"em"
            | b"font"
            | b"i"
            | b"label"
            | b"s"
            | b"small"
            | b"span"
            | b"strong"
            | b"sup"
            | b"u"
    )
}

/// A page as far as its refusal or redirect could be told from it.
#[derive(Debug, Default)]
pub(super) struct Shape<'a> {
    /// Text of the first `<title>`, folded; empty where there is none.
    pub(super) title: String,
    /// Text outside links, scripts, styles and `<noscript>`, folded, lines apart.
    pub(super) text: String,
    /// Characters of it, blanks left out.
    pub(super) chars: usize,
    /// Links among it.
    pub(super) links: usize,
    /// Whether there is more text than was looked at, or more markup.
    pub(super) is_long: bool,
    /// Text for browsers without scripts, folded.
    pub(super) noscript: String,
    /// What stands in scripts.
    pub(super) scripts: Vec<&'a str>,
    /// What stands in `<meta …>` outside of scripts and `<noscript>`, without the brackets.
    pub(super) metas: Vec<&'a str>,
    /// The markup that was looked at.
    pub(super) markup: &'a str,
}

impl<'a> Shape<'a> {
    /// The shape of a page.
    pub(super) fn of(page: &'a str) -> Self {
        let mut shape = Self {
            markup: head(page, MAX_BYTES),
            ..Self::default()
        };
        shape.is_long = shape.markup.len() < page.len();
        let mut rest = shape.markup;
        // How much more of the text belongs to a link.
        let mut link = 0_usize;
        while !rest.is_empty() {
            let at = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            if link > 0 {
                link = link.saturating_sub(at);
            } else {
                shape.chars += fold(&rest[..at], &mut shape.text);
                if shape.chars > LONG_CHARS {
                    shape.is_long = true;
                    break;
                }
            }
            rest = &rest[at..];
            if let [b'<', b'!', b'-', b'-', ..] = rest.as_bytes() {
                let after = &rest[4..];
                rest = memmem::find(after.as_bytes(), b"-->").map_or("", |end| &after[end + 3..]);
                continue;
            }
            let Some((tag, after)) = tag(rest) else {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            };
            rest = after;
            let closes = tag.starts_with('/');
            let name = Name::of(tag.trim_start_matches('/'));
            let name = name.as_bytes();
            if !is_inline(name) && shape.text.as_bytes().last() != Some(&b'\n') {
                shape.text.push('\n');
            }
            match name {
                b"a" if !closes && attribute(tag, "href").is_some() => {
                    link = LINK_BYTES;
                    shape.links += 1;
                }
                b"option" if !closes => link = LINK_BYTES,
                b"a" | b"option" | b"select" | b"body" | b"p" | b"tr" | b"table" => link = 0,
                b"meta" if !closes && shape.metas.len() < MAX_PARTS => shape.metas.push(tag),
                b"script" | b"style" | b"title" | b"noscript" | b"textarea" | b"template"
                | b"iframe" | b"xmp"
                    if !closes =>
                {
                    let (inside, after) = up_to_close(rest, name);
                    rest = after;
                    shape.keep(name, inside);
                }
                _ => {}
            }
        }
        shape
    }

    fn keep(&mut self, name: &[u8], inside: &'a str) {
        match name {
            b"script" if self.scripts.len() < MAX_PARTS => self.scripts.push(inside),
            b"title" if self.title.is_empty() => {
                fold(cut(inside, TITLE_CHARS), &mut self.title);
                self.title.truncate(self.title.trim_end().len());
            }
            b"noscript" => {
                let mut rest = cut(inside, LONG_CHARS);
                while !rest.is_empty() {
                    let at = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
                    fold(&rest[..at], &mut self.noscript);
                    rest = tag(&rest[at..]).map_or("", |(_, after)| after);
                }
            }
            _ => {}
        }
    }
}

/// The first characters of a text.
fn cut(text: &str, chars: usize) -> &str {
    text.char_indices()
        .nth(chars)
        .map_or(text, |(at, _)| &text[..at])
}

/// The first bytes of a text, whole characters.
fn head(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The inside of the tag that `text` begins with, and what follows it; `None` where it begins with none.
fn tag(text: &str) -> Option<(&str, &str)> {
    let first = match text.as_bytes() {
        [b'<', b'/', first, ..] | [b'<', first, ..] => *first,
        _ => return None,
    };
    if !first.is_ascii_alphabetic() && !matches!(first, b'!' | b'?') {
        return None;
    }
    let inside = &text[1..];
    let bytes = inside.as_bytes();
    let mut at = 0;
    loop {
        let Some(mark) = memchr3(b'>', b'"', b'\'', &bytes[at..]) else {
            return Some((inside, ""));
        };
        at += mark;
        if bytes[at] == b'>' {
            return Some((&inside[..at], &inside[at + 1..]));
        }
        // A quote begins a value only behind `=`; elsewhere it is a slip of the pen.
        if bytes[..at].trim_ascii_end().last() == Some(&b'=') {
            match memchr(bytes[at], &bytes[at + 1..]) {
                Some(end) => at += end + 2,
                None => return Some((inside, "")),
            }
        } else {
            at += 1;
        }
    }
}

/// The name that the inside of a tag begins with, in small letters; the first letters of one longer than any that matters.
struct Name {
    letters: [u8; 10],
    length: usize,
}

impl Name {
    fn of(tag: &str) -> Self {
        let mut letters = [0; 10];
        let name = tag.bytes().take_while(u8::is_ascii_alphanumeric);
        let mut length = 0;
        for (place, letter) in letters.iter_mut().zip(name) {
            *place = letter.to_ascii_lowercase();
            length += 1;
        }
        Self { letters, length }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.letters[..self.length]
    }
}

/// What stands before `</name`, and what follows that tag.
fn up_to_close<'a>(text: &'a str, name: &[u8]) -> (&'a str, &'a str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = memchr(b'<', &bytes[from..]) {
        let at = from + at;
        let end = at + 2 + name.len();
        let is_it = bytes.get(at + 1) == Some(&b'/')
            && bytes
                .get(at + 2..end)
                .is_some_and(|word| word.eq_ignore_ascii_case(name));
        if is_it {
            let close = memchr(b'>', &bytes[end..]);
            return (
                &text[..at],
                close.map_or("", |close| &text[end + close + 1..]),
            );
        }
        from = at + 1;
    }
    (text, "")
}

/// Adds text as it is compared: small letters, blanks between Latin words only, the common references as characters.
/// Returns how many characters that are no blank were added.
fn fold(text: &str, into: &mut String) -> usize {
    let mut count = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let at = memchr2(b'&', b'\0', rest.as_bytes()).unwrap_or(rest.len());
        for c in rest[..at].chars() {
            count += push(c, into);
        }
        rest = &rest[at..];
        if let Some((c, length)) = reference(rest) {
            count += push(c, into);
            rest = &rest[length..];
        } else if let Some(c) = rest.chars().next() {
            count += push(c, into);
            rest = &rest[c.len_utf8()..];
        }
    }
    count
}

fn push(c: char, into: &mut String) -> usize {
    if c.is_whitespace() || c.is_control() || c == '\u{200b}' || c == '\u{feff}' {
        if into.ends_with(|last: char| last.is_ascii_graphic()) {
            into.push(' ');
        }
        return 0;
    }
    if !c.is_ascii() && into.ends_with(' ') {
        into.pop();
    }
    into.push(c.to_ascii_lowercase());
    1
}

/// The character reference that `text` begins with, as far as it matters here, and its length.
fn reference(text: &str) -> Option<(char, usize)> {
    let inside = text.strip_prefix('&')?;
    let end = inside.bytes().take(10).position(|byte| byte == b';')?;
    let c = match &inside[..end] {
        "nbsp" | "ensp" | "emsp" => ' ',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, end + 2))
}

/// The value of an attribute in the inside of a tag, as written; the first of its name.
pub(super) fn attribute<'a>(tag: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = tag.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let skip = usize::from(rest.starts_with('='));
        let end = rest[skip..]
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/'))
            .map_or(rest.len(), |end| end + skip);
        let name = &rest[..end];
        let after = rest[end..].trim_start();
        let Some(value) = after.strip_prefix('=') else {
            if end == 0 {
                return None;
            }
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = if let Some(quote) = quote {
            let inside = &value[1..];
            inside.split_once(quote).unwrap_or((inside, ""))
        } else {
            let blank = value.find(|c: char| c.is_ascii_whitespace());
            value.split_at(blank.unwrap_or(value.len()))
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_told_from_what_is_not() {
        let shape = Shape::of(
            "<!DOCTYPE html><!-- <p>不见 --><html><head><TITLE> 找不到\n 页面 </TITLE>\
             <meta charset='utf-8'><style>p{content:'x'}</style><script>var a = '<p>不见';</script ></head>\
             <body><p title=\"a>b\">您访问的<b>页面</b>&#x4E0D;&#23384;在&nbsp;</p><a href=x>首页</a>\
             <noscript>请 启用<br>JavaScript</noscript>Not   Found",
        );
        assert_eq!(shape.title, "找不到页面");
        assert_eq!(shape.text.trim(), "您访问的页面不存在\nnot found");
        assert_eq!(shape.chars, 17);
        assert_eq!(shape.noscript, "请启用javascript");
        assert_eq!(shape.scripts, ["var a = '<p>不见';"]);
        assert_eq!(shape.metas, ["meta charset='utf-8'"]);
        assert!(!shape.is_long);
    }

    #[test]
    fn a_page_with_something_to_say_is_long() {
        let text = "公".repeat(LONG_CHARS);
        assert!(!Shape::of(&text).is_long);
        assert!(Shape::of(&format!("{text}开")).is_long);
        assert!(!Shape::of(&format!("{text}<a href=x>开</a><script>开</script>")).is_long);
        assert!(Shape::of(&format!("<script>{}</script>", "x".repeat(MAX_BYTES))).is_long);
    }

    #[test]
    fn nothing_is_too_odd() {
        for odd in [
            "",
            "<",
            "</",
            "<!",
            "<!--",
            "<a",
            "<a href=\"",
            "<title>",
            "<title>x</titl",
            "&",
            "&#;",
            "&#x110000;x",
            "a<b",
            "<p =\"x\">",
            "<script></scrip></script",
            "<1>",
            "<é>é<",
            "\0",
            "<noscript><é",
        ] {
            let shape = Shape::of(odd);
            assert!(!shape.is_long, "{odd:?}");
        }
        let nested = "<a href='".repeat(100_000);
        // Each would take minutes if a byte were looked at again and again.
        Shape::of(&nested);
        Shape::of(&"</".repeat(400_000));
        Shape::of(&format!("<script>{}", "</x".repeat(300_000)));
        Shape::of(&"<title>".repeat(100_000));
        Shape::of(&"&#".repeat(400_000));
        Shape::of(&format!("<p {}", "= ".repeat(400_000)));
        Shape::of(&format!("<p {}", "\" ".repeat(400_000)));
    }

    #[test]
    fn attributes_are_read_as_browsers_do() {
        let tag = r#"meta HTTP-EQUIV = "Refresh" content='0; url="x y"' a=b/c d e= f"#;
        assert_eq!(attribute(tag, "http-equiv"), Some("Refresh"));
        assert_eq!(attribute(tag, "content"), Some(r#"0; url="x y""#));
        assert_eq!(attribute(tag, "a"), Some("b/c"));
        assert_eq!(attribute(tag, "e"), Some("f"));
        assert_eq!(attribute(tag, "d"), None);
        for odd in [
            "meta",
            "meta =",
            "meta ==",
            "meta a=\"",
            "meta /",
            "meta \u{a0}é=",
            "meta a='x",
        ] {
            attribute(odd, "content");
        }
    }
}
