//! Addresses in their one form.
//!
//! In: a page's address and a reference in it. Out: the address it means, canonical: resolved as browsers do,
//! without fragment (but that of a column of gkmlpt), default port, dot segments, session ids and marks of who shared it; percent signs in one way of
//! writing. Never changes what an address means: the order of parameters, `/` at the end and percent-encoded GBK stay.

use std::borrow::Cow;

use url::Url;

use crate::decode::encode_query;

/// Longer addresses are traps or errors, in bytes.
const LENGTH: usize = 2000;

/// Parameters that name a visit, never a page, in small letters.
const VISITS: [&str; 6] = [
    "jsessionid",
    "phpsessid",
    "sessionid",
    "session_id",
    "aspsessionid",
    "asp.net_sessionid",
];

/// Parameters that say who sent the reader, in small letters.
const SENDERS: [&str; 12] = [
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "spm",
    "isappinstalled",
    "nsukey",
    "bsh_bid",
    "share_token",
    "tdsourcetag",
    "hmsr",
];

/// A `sid` is a visit only if it looks like one: Guangdong's sites have numbers for names.
const SID_LENGTH: usize = 20;

/// What references in a page are resolved against.
#[derive(Debug, Clone)]
pub struct Base {
    page: Url,
    against: Url,
    charset: &'static str,
}

impl Base {
    /// Of a page at an address, with what its `<base href>` says, read in a charset (`Decoded::charset`).
    pub fn new(page: &Url, href: Option<&str>, charset: &'static str) -> Self {
        let named = href.and_then(|href| page.join(href.trim()).ok());
        let named = named.filter(|base| matches!(base.scheme(), "http" | "https"));
        Self {
            against: named.unwrap_or_else(|| page.clone()),
            page: page.clone(),
            charset,
        }
    }

    /// The page's own address.
    pub fn page(&self) -> &Url {
        &self.page
    }
}

impl From<&Url> for Base {
    /// Of a page in UTF-8 without `<base>`.
    fn from(page: &Url) -> Self {
        Self::new(page, None, "UTF-8")
    }
}

/// The address that a reference in a page means; `None` for what is no page: scripts, mail, other schemes,
/// addresses that are too long. Chinese in a query is in the page's charset, as browsers send it.
pub fn resolve(base: &Base, reference: &str) -> Option<Url> {
    let reference = reference.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if reference.is_empty() || reference.starts_with('#') || reference.len() > LENGTH * 2 {
        return None;
    }
    canonical(
        base.against
            .join(&in_charset(reference, base.charset))
            .ok()?,
    )
}

/// A reference with its query in the page's charset. A scheme's own query is none: nothing but web addresses is kept.
fn in_charset<'r>(reference: &'r str, charset: &str) -> Cow<'r, str> {
    if reference.is_ascii() {
        return Cow::Borrowed(reference);
    }
    let end = reference.find('#').unwrap_or(reference.len());
    let Some(start) = reference[..end].find('?') else {
        return Cow::Borrowed(reference);
    };
    match encode_query(&reference[start..end], charset) {
        Cow::Borrowed(_) => Cow::Borrowed(reference),
        Cow::Owned(query) => Cow::Owned([&reference[..start], &query, &reference[end..]].concat()),
    }
}

/// An address in its one form; `None` as for [`resolve`].
pub fn canonical(mut url: Url) -> Option<Url> {
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    // Guangdong's platform shows another column by the fragment.
    let is_column = url.path().contains("/gkmlpt/")
        && url
            .fragment()
            .is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()));
    if !is_column {
        url.set_fragment(None);
    }
    let path = without_session(url.path());
    let path = normal(path.as_deref().unwrap_or(url.path())).or(path);
    if let Some(path) = path {
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query.split('&').filter(|part| !is_visit(part)).collect();
        let kept = kept.join("&");
        let kept = normal(&kept).unwrap_or(kept);
        if kept != query || kept.is_empty() {
            url.set_query((!kept.is_empty()).then_some(&kept));
        }
    }
    (url.as_str().len() <= LENGTH).then_some(url)
}

/// A path without `;jsessionid=…`; `None` where there is none.
fn without_session(path: &str) -> Option<String> {
    let mut kept = String::with_capacity(path.len());
    let mut changed = false;
    for (number, segment) in path.split('/').enumerate() {
        if number > 0 {
            kept.push('/');
        }
        for (number, part) in segment.split(';').enumerate() {
            if number > 0 && is_visit(part) {
                changed = true;
                continue;
            }
            if number > 0 {
                kept.push(';');
            }
            kept.push_str(part);
        }
    }
    changed.then_some(kept)
}

/// Whether a parameter names a visit or who sent the reader.
fn is_visit(part: &str) -> bool {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    let name = name.to_ascii_lowercase();
    if name == "sid" {
        let is_token = value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let mixed = value.bytes().any(|byte| byte.is_ascii_alphabetic())
            && value.bytes().any(|byte| byte.is_ascii_digit());
        return value.len() >= SID_LENGTH && is_token && mixed;
    }
    VISITS.contains(&name.as_str())
        || name.starts_with("aspsessionid")
        || SENDERS.contains(&name.as_str())
}

/// Percent signs in one way of writing (RFC 3986, 6.2.2): capital digits, unreserved characters as they are; `None`
/// where nothing changes.
fn normal(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    memchr::memchr(b'%', bytes)?;
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let value = pair.and_then(|pair| {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()
        });
        match value {
            // A dot would make a segment of dots that it was not.
            Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') => {
                out.push(char::from(byte));
                at += 3;
            }
            Some(_) => {
                out.push_str(&text[at..at + 3].to_ascii_uppercase());
                at += 3;
            }
            None => {
                let next = text[at..].chars().next()?;
                out.push(next);
                at += next.len_utf8();
            }
        }
    }
    (out != text).then_some(out)
}

/// The folder of an address: its path up to the last `/`.
pub(super) fn folder(url: &Url) -> &str {
    let path = url.path();
    &path[..path.rfind('/').map_or(0, |at| at + 1)]
}

/// The last piece of an address' path.
pub(super) fn file(url: &Url) -> &str {
    let path = url.path();
    &path[path.rfind('/').map_or(0, |at| at + 1)..]
}

/// A parameter's value, as written.
pub(super) fn parameter<'u>(url: &'u Url, name: &str) -> Option<&'u str> {
    url.query()?.split('&').find_map(|part| {
        let (own, value) = part.split_once('=')?;
        own.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// The address with a parameter's value changed, or the parameter added; all else stays.
pub(super) fn with_parameter(url: &Url, name: &str, value: &str) -> Url {
    let mut found = false;
    let query = url.query().unwrap_or_default();
    let mut parts: Vec<String> = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let own = part.split('=').next().unwrap_or(part);
        if !own.eq_ignore_ascii_case(name) {
            parts.push(part.to_owned());
        } else if !found {
            found = true;
            parts.push(format!("{own}={value}"));
        }
    }
    if !found {
        parts.push(format!("{name}={value}"));
    }
    let mut changed = url.clone();
    changed.set_query(Some(&parts.join("&")));
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(reference: &str) -> Option<String> {
        let base = Url::parse("http://www.qingling.example/zwgk/nb/index.html?a=1").unwrap();
        resolve(&Base::from(&base), reference).map(|url| url.to_string())
    }

    #[test]
    fn addresses_have_one_form() {
        let root = "http://www.qingling.example";
        let cases = [
            ("./202401/t1.html#x", "/zwgk/nb/202401/t1.html"),
            ("../a/../b/./c.html", "/zwgk/b/c.html"),
            ("HTTP://WWW.Qingling.EXAMPLE:80/A", "/A"),
            ("//www.qingling.example/a?b=2&a=1", "/a?b=2&a=1"),
            (" \n/a.jsp;jsessionid=AB12?x=1 ", "/a.jsp?x=1"),
            ("/a;v=1/b;JSESSIONID=1", "/a;v=1/b"),
            ("/a?PHPSESSID=9&id=1&utm_source=x", "/a?id=1"),
            ("/a?PHPSESSID=9", "/a"),
            ("/a?page=1&sid=755001", "/a?page=1&sid=755001"),
            ("/a?sid=0a1b2c3d4e5f60718293&page=1", "/a?page=1"),
            ("/%7ea/%e5%b9%b4%2f", "/~a/%E5%B9%B4%2F"),
            ("/年报.html", "/%E5%B9%B4%E6%8A%A5.html"),
            ("/s?name=%c4%ea%b1%a8", "/s?name=%C4%EA%B1%A8"),
            ("/s?a=%25E5&b=%", "/s?a=%25E5&b=%"),
            ("\\zwgk\\t.html", "/zwgk/t.html"),
            ("?page=2", "/zwgk/nb/index.html?page=2"),
            ("/a?", "/a"),
            ("/a/%2e%2e/b", "/b"),
            ("/gkmlpt/annualreport#4711", "/gkmlpt/annualreport#4711"),
            ("/gkmlpt/annualreport#top", "/gkmlpt/annualreport"),
        ];
        for (reference, want) in cases {
            assert_eq!(
                resolved(reference),
                Some(format!("{root}{want}")),
                "{reference}"
            );
        }
    }

    #[test]
    fn chinese_in_a_query_is_in_the_pages_charset() {
        let page = Url::parse("http://www.qingling.example/zwgk/").unwrap();
        let cases = [
            (
                "gb18030",
                "/s?name=年报&id=1#年",
                "/s?name=%C4%EA%B1%A8&id=1",
            ),
            ("gb18030", "/年报?x=1", "/%E5%B9%B4%E6%8A%A5?x=1"),
            // The second byte of the first character is `@`.
            ("gb18030", "?q=丂 \"年\"", "/zwgk/?q=%81@%20%22%C4%EA%22"),
            ("Big5", "?q=年", "/zwgk/?q=%A6~"),
            ("Big5", "?q=报", "/zwgk/?q=%26%2325253%3B"),
            ("UTF-8", "?q=年", "/zwgk/?q=%E5%B9%B4"),
            ("UTF-16LE", "?q=年", "/zwgk/?q=%E5%B9%B4"),
        ];
        for (charset, reference, want) in cases {
            let base = Base::new(&page, None, charset);
            let got = resolve(&base, reference).unwrap();
            assert_eq!(&got.as_str()["http://www.qingling.example".len()..], want);
            assert_eq!(resolve(&base, got.as_str()), Some(got), "{reference}");
        }
    }

    #[test]
    fn canonical_addresses_stay_as_they_are() {
        for reference in [
            "/a;x?b=%2F",
            "/年 报?q=年",
            "/a?b&c=&&d",
            "http://[::1]:8080/x",
        ] {
            let first = resolved(reference).unwrap();
            assert_eq!(resolved(&first).unwrap(), first);
        }
    }

    #[test]
    fn what_is_no_page_has_no_address() {
        let long = format!("/{}", "a".repeat(2100));
        for reference in [
            "",
            "#top",
            "javascript:;",
            "mailto:a@b.example",
            "ftp://a/",
            "http://",
            "tel:12345",
            &long,
        ] {
            assert_eq!(resolved(reference), None, "{reference}");
        }
    }
}
