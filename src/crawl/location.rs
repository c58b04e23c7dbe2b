//! Where an answer sends its reader.
//!
//! In: the bytes of a `Location`, or a page's text, and the address they came from. Out: an address, or `None`. Pure. Resolves
//! as browsers do (WHATWG URL), and runs nothing: a script is followed only where it plainly does one thing.

use url::Url;

use super::markup::{Shape, attribute};

/// Longest address looked at, in bytes.
const MAX_BYTES: usize = 8192;

/// A page that says more than this, in characters, is no mere signpost, whatever its scripts do.
const SIGNPOST_CHARS: usize = 200;

/// Longest script that can be simple.
const SCRIPT_BYTES: usize = 8192;

/// A page that waits longer before it sends its reader on, in seconds, is meant to be read, or renews itself.
const MAX_WAIT_S: u32 = 30;

/// The address that a `Location` names; `None` where it is empty, too long, none, or neither http nor https.
///
/// Bytes that are no UTF-8 (GBK, mostly) stay the bytes they are, percent-encoded. Without fragment, user and password.
pub fn resolve(raw: &[u8], base: &Url) -> Option<Url> {
    let raw = raw.trim_ascii();
    if raw.is_empty() || raw.len() > MAX_BYTES {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(raw) {
        return join(text, base);
    }
    let mut text = String::with_capacity(raw.len() * 2);
    for byte in raw {
        if byte.is_ascii() {
            text.push(char::from(*byte));
        } else {
            text.push('%');
            text.push_str(&data_encoding::HEXUPPER.encode(&[*byte]));
        }
    }
    join(&text, base)
}

fn join(text: &str, base: &Url) -> Option<Url> {
    let mut url = base.join(text).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    url.set_fragment(None);
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url)
}

/// The address that a page sends its reader to by itself: meta refresh, or a simple script on a page that says hardly
/// anything; `None` where it stays, or leads to itself.
///
/// A script is simple where it sets `location` to one string outside of any block or condition. One that sets cookies is
/// a check for browsers and no redirect.
pub fn page_redirect(html: &str, base: &Url) -> Option<Url> {
    of_shape(&Shape::of(html), base)
}

/// [`page_redirect`] of a page whose shape is known.
pub(super) fn of_shape(shape: &Shape<'_>, base: &Url) -> Option<Url> {
    let is_signpost = !shape.is_long && shape.chars <= SIGNPOST_CHARS;
    let by_meta = shape.metas.iter().find_map(|tag| refresh(tag));
    let by_script = || {
        let mut scripts = shape.scripts.iter();
        scripts.find_map(|script| set_location(script).or_else(|| set_location(delayed(script)?)))
    };
    let target = match by_meta {
        Some(target) if !shape.is_long => Some(target),
        _ if is_signpost => by_script(),
        _ => None,
    }?;
    let mut here = base.clone();
    here.set_fragment(None);
    let trimmed = target.trim_matches(|c: char| c.is_ascii_whitespace());
    resolve(trimmed.as_bytes(), base).filter(|url| *url != here)
}

/// The target of `<meta http-equiv=refresh content="3; url=…">`, by the standard's "shared declarative refresh steps".
fn refresh(tag: &str) -> Option<String> {
    if !attribute(tag, "http-equiv")?
        .trim()
        .eq_ignore_ascii_case("refresh")
    {
        return None;
    }
    let content = attribute(tag, "content")?.trim_start();
    let digits = content
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(content.len());
    let wait = &content[..digits];
    let rest = &content[digits..];
    if wait.is_empty() && !rest.starts_with('.') || wait.parse().unwrap_or(0) > MAX_WAIT_S {
        return None;
    }
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, ';' | ','));
    let target = match rest.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("url") => {
            let after = rest[3..].trim_start();
            after.strip_prefix('=').map_or(rest, str::trim_start)
        }
        _ => rest,
    };
    let target = match target.chars().next() {
        Some(quote @ ('"' | '\'')) => target[1..].split(quote).next().unwrap_or_default(),
        _ => target,
    };
    (!target.is_empty()).then(|| target.replace("&amp;", "&"))
}

/// A piece of a script, as far as it matters here.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    /// Names joined by dots, without blanks: `window.location.href`.
    Name(String),
    /// A string without expressions; `None` where it has escapes that are not read here.
    Text(Option<String>),
    /// Any other character that is no blank.
    Mark(u8),
    /// The end of a line.
    Line,
}

/// What a script that does nothing but wait does then: the block of its one `setTimeout(function () { … }, 100)`.
fn delayed(script: &str) -> Option<&str> {
    if script.contains("cookie") {
        return None;
    }
    let rest = script
        .trim()
        .strip_prefix("window.")
        .unwrap_or(script.trim());
    let rest = rest.strip_prefix("setTimeout(")?.trim_start();
    let rest = rest.strip_prefix("function")?.trim_start();
    let rest = rest
        .strip_prefix('(')?
        .trim_start()
        .strip_prefix(')')?
        .trim_start();
    let (block, behind) = rest.strip_prefix('{')?.split_once('}')?;
    let wait = behind.trim_start().strip_prefix(',')?.trim_start();
    let digits = wait.bytes().take_while(u8::is_ascii_digit).count();
    let milliseconds: u32 = wait[..digits].parse().ok()?;
    let ends = wait[digits..].trim_start().strip_prefix(')')?;
    let alone = ends
        .trim_matches(|c: char| c.is_whitespace() || c == ';')
        .is_empty();
    (alone && milliseconds <= MAX_WAIT_S * 1000 && !block.contains('{')).then_some(block)
}

/// The string that a script sets `location` to, outside of any block or condition.
fn set_location(script: &str) -> Option<String> {
    // A cookie first and then the page again: a check, not a way.
    if script.len() > SCRIPT_BYTES || script.contains("cookie") {
        return None;
    }
    let pieces = pieces(script)?;
    let mut depth = 0_u32;
    let mut begins = true;
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        if depth == 0
            && begins
            && let Piece::Name(name) = piece
            && let Some(target) = target(name, &pieces[at + 1..])
        {
            return Some(target);
        }
        match piece {
            Piece::Mark(b'{' | b'(' | b'[') => depth += 1,
            Piece::Mark(b'}' | b')' | b']') => depth = depth.checked_sub(1)?,
            _ => {}
        }
        begins = match piece {
            Piece::Mark(b';' | b'}') => true,
            // `if (x)` goes on over the end of its line.
            Piece::Line => begins,
            _ => false,
        };
        at += 1;
    }
    None
}

/// The string that a statement beginning with `name` sets `location` to.
fn target(name: &str, rest: &[Piece]) -> Option<String> {
    let own = ["window.", "self.", "top.", "parent.", "document.", "this."];
    let mut name = name;
    while let Some(shorter) = own.iter().find_map(|prefix| name.strip_prefix(prefix)) {
        name = shorter;
    }
    let (text, after) = match rest {
        [Piece::Mark(b'='), Piece::Text(text), after @ ..]
            if matches!(name, "location" | "location.href") =>
        {
            (text, after)
        }
        [
            Piece::Mark(b'('),
            Piece::Text(text),
            Piece::Mark(b')'),
            after @ ..,
        ] if matches!(name, "location.replace" | "location.assign") => (text, after),
        _ => return None,
    };
    let ends = matches!(
        after.first(),
        None | Some(Piece::Line | Piece::Mark(b';' | b'}'))
    );
    if ends { text.clone() } else { None }
}

/// A script in pieces; `None` where a string or comment does not end.
fn pieces(script: &str) -> Option<Vec<Piece>> {
    let bytes = script.as_bytes();
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = &script[at..];
        match byte {
            b'\n' => {
                pieces.push(Piece::Line);
                at += 1;
            }
            _ if byte.is_ascii_whitespace() => at += 1,
            b'/' if rest.starts_with("/*") => at += 2 + rest[2..].find("*/")? + 2,
            b'/' if rest.starts_with("//") => at += rest.find('\n').unwrap_or(rest.len()),
            // How pages hid scripts from browsers of the last century.
            b'<' if rest.starts_with("<!--") => at += rest.find('\n').unwrap_or(rest.len()),
            b'"' | b'\'' => {
                let (text, length) = text(rest)?;
                pieces.push(Piece::Text(text));
                at += length;
            }
            b'`' => return None,
            _ if is_part(byte) => {
                let end = rest
                    .bytes()
                    .position(|byte| !is_part(byte))
                    .unwrap_or(rest.len());
                let word = &rest[..end];
                at += end;
                match pieces.last_mut() {
                    // `window . location` is one name.
                    Some(Piece::Name(name)) if name.ends_with('.') || word.starts_with('.') => {
                        name.push_str(word);
                    }
                    _ => pieces.push(Piece::Name(word.to_owned())),
                }
            }
            _ => {
                pieces.push(Piece::Mark(byte));
                at += 1;
                while !script.is_char_boundary(at) {
                    at += 1;
                }
            }
        }
    }
    Some(pieces)
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$')
}

/// The string literal that `script` begins with, and its length; the string is `None` where an escape is not read here.
fn text(script: &str) -> Option<(Option<String>, usize)> {
    let quote = script.chars().next()?;
    let mut text = Some(String::new());
    let mut chars = script.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        let plain = match c {
            _ if c == quote => return Some((text, at + 1)),
            '\n' => return None,
            '\\' => match chars.next()?.1 {
                c @ ('/' | '\\' | '"' | '\'') => Some(c),
                kind @ ('x' | 'u') => {
                    let digits = if kind == 'x' { 2 } else { 4 };
                    let code: String = chars.by_ref().take(digits).map(|(_, c)| c).collect();
                    let code = u32::from_str_radix(&code, 16).ok();
                    code.and_then(char::from_u32)
                }
                _ => None,
            },
            c => Some(c),
        };
        match (plain, text.as_mut()) {
            (Some(c), Some(text)) => text.push(c),
            _ => text = None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("http://www.a.example/zwgk/nb/index.html?p=1").unwrap()
    }

    #[test]
    fn locations_are_resolved_as_browsers_do() {
        let cases: [(&[u8], Option<&str>); 22] = [
            (b"/x", Some("http://www.a.example/x")),
            (b"x.html#part", Some("http://www.a.example/zwgk/nb/x.html")),
            (b"../x", Some("http://www.a.example/zwgk/x")),
            (b"?p=2", Some("http://www.a.example/zwgk/nb/index.html?p=2")),
            (b"//b.example/x", Some("http://b.example/x")),
            (
                b"https://b.example:8443/x",
                Some("https://b.example:8443/x"),
            ),
            (b"HTTP:\\\\b.example\\x", Some("http://b.example/x")),
            (b" \t/x y ", Some("http://www.a.example/x%20y")),
            (
                b"/\xc4\xea\xb1\xa8/?a=\xc4\xea",
                Some("http://www.a.example/%C4%EA%B1%A8/?a=%C4%EA"),
            ),
            (
                "/年报".as_bytes(),
                Some("http://www.a.example/%E5%B9%B4%E6%8A%A5"),
            ),
            (
                "http://年报.example/".as_bytes(),
                Some("http://xn--hwt46g.example/"),
            ),
            (b"/%C4%EA", Some("http://www.a.example/%C4%EA")),
            (b"/a%zz", Some("http://www.a.example/a%zz")),
            (b"http://u:p@b.example/", Some("http://b.example/")),
            (b"http://127.1/", Some("http://127.0.0.1/")),
            (b"#top", Some("http://www.a.example/zwgk/nb/index.html?p=1")),
            (b"", None),
            (b"http://", None),
            (b"http://\xc4\xea.example/", None),
            (b"javascript:void(0)", None),
            (b"ftp://b.example/", None),
            (b"mailto:a@b.example", None),
        ];
        for (raw, want) in cases {
            let got = resolve(raw, &base());
            let shown = raw.escape_ascii();
            assert_eq!(got.as_ref().map(Url::as_str), want, "{shown}");
        }
        assert_eq!(resolve(&[b'a'; MAX_BYTES + 1], &base()), None);
    }

    #[test]
    fn refreshes_lead_on() {
        let cases = [
            (
                r#"<meta http-equiv="refresh" content="0;url=/x">"#,
                Some("/x"),
            ),
            (
                r#"<META HTTP-EQUIV=Refresh CONTENT="3; URL='/x?a=1&amp;b=2'">"#,
                Some("/x?a=1&b=2"),
            ),
            ("<meta content='0, /x' http-equiv='refresh'/>", Some("/x")),
            (
                r#"<meta http-equiv="refresh" content="0.5;url = /x">"#,
                Some("/x"),
            ),
            (
                r#"<meta http-equiv="refresh" content="0;URL=/年报">"#,
                Some("/%E5%B9%B4%E6%8A%A5"),
            ),
            (r#"<meta http-equiv="refresh" content="300;url=/x">"#, None),
            (r#"<meta http-equiv="refresh" content="5">"#, None),
            (r#"<meta http-equiv="refresh" content="url=/x">"#, None),
            (
                r#"<meta http-equiv="refresh" content="0;url=index.html?p=1#x">"#,
                None,
            ),
            (
                r#"<!-- <meta http-equiv="refresh" content="0;url=/x"> -->"#,
                None,
            ),
            (
                r#"<noscript><meta http-equiv="refresh" content="0;url=/x"></noscript>"#,
                None,
            ),
            (r#"<meta name="refresh" content="0;url=/x">"#, None),
        ];
        for (page, want) in cases {
            let want = want.map(|path| format!("http://www.a.example{path}"));
            let got = page_redirect(page, &base());
            assert_eq!(got.as_ref().map(Url::as_str), want.as_deref(), "{page}");
        }
    }

    #[test]
    fn simple_scripts_lead_on() {
        let yes = [
            "location.href='/x'",
            "location = \"/x\";",
            "window.location.href = '/x';",
            "window.location.replace(\"/x\");",
            "self.location='/x'",
            "top.location='/x'",
            "parent.window.location.assign('/x')",
            "document.location.href='\\/x'",
            "<!--\nlocation='/x'\n//-->",
            "/* weg */ window . location = '\\u002fx' // da",
            "var a = 1; location.href='/x'",
            "if (mobile) { location.href='/m' }\nlocation.href='/x'",
        ];
        let no = [
            "if (mobile) location.href='/x'",
            "if (mobile)\n  location.href='/x'",
            "if (mobile) { location.href='/x' }",
            "else location.href='/x'",
            "function go() { location.href='/x' }",
            "a && (location.href='/x')",
            "a ? b : location.href='/x'",
            "location.href='/x' + id",
            "location.href='/x'.concat(id)",
            "location.href=x",
            "location.href=='/x'",
            "location.replace('/x' , id)",
            "location.reload()",
            "mylocation.href='/x'",
            "a.location='/x'",
            "// location.href='/x'",
            "/* location.href='/x' */",
            "\"location.href='/x'\"",
            "setTimeout(\"location.href='/x'\", 3000)",
            "document.cookie='a=b';location.href='/x'",
            "location.href='javascript:void(0)'",
            "location.href='index.html?p=1'",
            "location.href=`/x`",
            "location.href='/\\101'",
            "location.href='/x",
            "} location.href='/x'",
        ];
        let page = |script: &str| format!("<html><script>{script}</script><p>正在转到</p></html>");
        for script in yes {
            let got = page_redirect(&page(script), &base());
            assert_eq!(got.as_ref().map(Url::path), Some("/x"), "{script}");
        }
        for script in no {
            assert_eq!(page_redirect(&page(script), &base()), None, "{script}");
        }
    }

    #[test]
    fn a_page_with_something_to_say_stays() {
        let text = "本年度共收到政府信息公开申请若干件。".repeat(12);
        let script = format!("<script>location.href='/x'</script><p>{text}</p>");
        assert_eq!(page_redirect(&script, &base()), None);
        let text = text.repeat(4);
        let meta = format!("<meta http-equiv=refresh content='0;url=/x'><p>{text}</p>");
        assert_eq!(page_redirect(&meta, &base()), None);
    }
}
