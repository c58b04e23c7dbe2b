//! The charset a payload declares.
//!
//! In: `Content-Type` and the first bytes. Out: the encoding they name, if any. Never looks at how the
//! bytes decode.

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED};

/// How much of a page is searched for a `<meta>` declaration. The WHATWG prescan reads 1,024 bytes;
/// pages of these sites have had longer licence comments above it.
const PRESCAN_BYTES: usize = 4096;

/// The encoding of a `charset` parameter of a `Content-Type` value.
pub(super) fn http(content_type: &str) -> Option<&'static Encoding> {
    label(charset_value(content_type.as_bytes())?)
}

/// The encoding that the first `<meta>` with a known charset names, comments left out.
pub(super) fn meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(PRESCAN_BYTES)];
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &head[at..]) {
        at += found + 1;
        let rest = &head[at..];
        if rest.starts_with(b"!--") {
            // From the dashes that open it, so that `<!-->` is a whole comment.
            let end = memchr::memmem::find(&rest[1..], b"-->")?;
            at += 1 + end + 3;
        } else if starts_with_name(rest, b"meta") {
            let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
            // HTML 13.2.3.2: a page that could be prescanned byte by byte is not UTF-16.
            match charset_value(&rest[..end]).and_then(label) {
                Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {
                    return Some(UTF_8);
                }
                Some(encoding) if encoding == X_USER_DEFINED => {
                    return Some(encoding_rs::WINDOWS_1252);
                }
                Some(encoding) => return Some(encoding),
                None => at += end,
            }
        }
    }
    None
}

/// UTF-16 without a byte order mark: a page that starts with `<` in two bytes.
pub(super) fn utf_16_by_nul(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [b'<', 0, second, 0, ..] if *second != 0 => Some(UTF_16LE),
        [0, b'<', 0, second, ..] if *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// WHATWG label to encoding. GBK and all its aliases are read as gb18030, its superset.
fn label(value: &[u8]) -> Option<&'static Encoding> {
    let lower = value.to_ascii_lowercase();
    let encoding = match lower.as_slice() {
        b"gb_2312" | b"gb-2312" | b"gb_18030" | b"gb-18030" | b"cp936" | b"ms936" => GB18030,
        b"utf_8" | b"utf8mb4" => UTF_8,
        _ => Encoding::for_label(&lower)?,
    };
    Some(if encoding == GBK { GB18030 } else { encoding })
}

/// What follows `charset`, white space, `=`: quoted or up to a delimiter.
fn charset_value(text: &[u8]) -> Option<&[u8]> {
    const WORD: &[u8] = b"charset";
    let mut at = 0;
    while at + WORD.len() < text.len() {
        let found = text[at..]
            .windows(WORD.len())
            .position(|window| window.eq_ignore_ascii_case(WORD))?;
        at += found + WORD.len();
        let Some(rest) = text[at..].trim_ascii_start().strip_prefix(b"=") else {
            continue;
        };
        let rest = rest.trim_ascii_start();
        let rest = match rest {
            [b'"' | b'\'', inner @ ..] => inner,
            _ => rest,
        };
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\'' | b';' | b',' | b'>' | b'/'))
            .unwrap_or(rest.len());
        let value = rest[..end].trim_ascii();
        let value = value
            .split(u8::is_ascii_whitespace)
            .next()
            .unwrap_or_default();
        if !value.is_empty() {
            return Some(value);
        }
    }
    None
}

fn starts_with_name(rest: &[u8], name: &[u8]) -> bool {
    rest.len() > name.len()
        && rest[..name.len()].eq_ignore_ascii_case(name)
        && matches!(
            rest[name.len()],
            b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' | b'/'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_type_names_a_charset() {
        let cases = [
            ("text/html; charset=gb2312", Some(GB18030)),
            ("text/html;charset=\"UTF-8\"", Some(UTF_8)),
            ("text/html; Charset = gbk ; x=y", Some(GB18030)),
            ("text/html; charset=gb_2312-80", Some(GB18030)),
            ("text/html; charset=x-gbk", Some(GB18030)),
            ("text/html; charset=", None),
            ("text/html", None),
            ("text/html; charset=nonsense", None),
        ];
        for (value, want) in cases {
            assert_eq!(http(value), want, "{value}");
        }
    }

    #[test]
    fn meta_names_a_charset() {
        let cases: [(&[u8], _); 9] = [
            (b"<meta charset=utf-8>", Some(UTF_8)),
            (b"<META CharSet = 'GBK' />", Some(GB18030)),
            (
                b"<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">",
                Some(GB18030),
            ),
            (b"<meta\ncharset=\"utf-16\">", Some(UTF_8)),
            (
                b"<!-- <meta charset=gbk> --><meta charset=utf-8>",
                Some(UTF_8),
            ),
            (b"<!--><meta charset=gbk>", Some(GB18030)),
            (b"<metax charset=gbk>", None),
            (
                b"<meta name=a content=b><meta charset=big5>",
                Some(encoding_rs::BIG5),
            ),
            (b"<meta charset=foo><meta charset=utf-8>", Some(UTF_8)),
        ];
        for (page, want) in cases {
            assert_eq!(meta(page), want, "{}", String::from_utf8_lossy(page));
        }
    }
}
