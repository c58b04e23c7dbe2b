//! Addresses that a click opens by a script.
//!
//! In: a link's `href` and `onclick`. Out: the one address the script plainly opens: a string without anything added to it.

use std::borrow::Cow;

use super::tree::Ref;

/// What stands before the address.
const OPENS: [&str; 6] = [
    "window.open",
    "location.href",
    "location.replace",
    "location.assign",
    "location",
    "openUrl",
];

/// Longer scripts do more than open a page, in bytes.
const SCRIPT: usize = 600;

/// The address that a link without one of its own opens: of `javascript:window.open('…')` or `onclick`; `None` where it
/// has one, or its script decides something.
pub(super) fn opened(href: Option<&str>, onclick: Option<&str>) -> Option<String> {
    let href = href.unwrap_or_default().trim();
    let script = href
        .get(..11)
        .filter(|scheme| scheme.eq_ignore_ascii_case("javascript:"))
        .map(|_| &href[11..]);
    if script.is_none() && !href.is_empty() && !href.starts_with('#') {
        return None;
    }
    [script, onclick].into_iter().flatten().find_map(address)
}

/// The script of an element that has no address of its own: behind `javascript:`, else of `onclick`; `None` where it has
/// neither, or the script does nothing.
pub(super) fn click<'p>(node: Ref<'_, 'p>) -> Option<Cow<'p, str>> {
    let href = node.attribute("href").unwrap_or_default();
    let is_script = href
        .get(..11)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("javascript:"));
    let does = |script: &str| {
        let script = script.trim_matches(|c: char| c.is_whitespace() || c == ';');
        !script.is_empty() && !script.starts_with("void") && script.len() <= SCRIPT
    };
    if is_script && does(&href[11..]) {
        return Some(Cow::Owned(href[11..].to_owned()));
    }
    let is_empty = is_script || href.is_empty() || href.starts_with('#');
    node.attribute("onclick")
        .filter(|script| is_empty && does(script))
}

/// The address in the script of a link to the next page: the one string in it that is the name of a page.
pub(super) fn paged(href: &str, onclick: Option<&str>) -> Option<String> {
    if let Some(address) = opened(Some(href), onclick) {
        return Some(address);
    }
    let is_script = href.is_empty()
        || href.starts_with('#')
        || href
            .get(..11)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("javascript:"));
    let scripts = [Some(href), onclick].into_iter().flatten();
    let script = scripts
        .filter(|_| is_script)
        .find(|script| script.contains('\''))?;
    if script.len() > SCRIPT || script.contains('+') {
        return None;
    }
    let mut strings = script.split('\'').skip(1).step_by(2).filter(|text| {
        let path = text.split('?').next().unwrap_or_default();
        let is_page = [".html", ".shtml", ".htm", ".jhtml", ".jsp", ".aspx"]
            .iter()
            .any(|ending| path.ends_with(ending));
        is_page && !text.contains(char::is_whitespace)
    });
    let only = strings.next()?;
    strings.next().is_none().then(|| only.to_owned())
}

fn address(script: &str) -> Option<String> {
    if script.len() > SCRIPT {
        return None;
    }
    OPENS.iter().find_map(|open| {
        let at = script.find(open)?;
        let rest = script[at + open.len()..].trim_start();
        let rest = rest.strip_prefix(['=', '('])?.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (target, behind) = rest[1..].split_once(quote)?;
        let ends = behind.trim_start().chars().next();
        let alone = ends.is_none_or(|c| matches!(c, ')' | ',' | ';' | '}'));
        let is_address = !target.is_empty() && !target.contains(['\\', '\'', '"', '<', '{']);
        (alone && is_address).then(|| target.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::{opened, paged};

    #[test]
    fn only_a_plain_string_is_an_address() {
        let cases = [
            (
                Some("javascript:void(0)"),
                Some("window.open('/nb/1.html')"),
                Some("/nb/1.html"),
            ),
            (
                Some("#"),
                Some("window.open(\"a.jsp?id=1\", '_blank');return false"),
                Some("a.jsp?id=1"),
            ),
            (
                None,
                Some("window.location.href = './2.html'"),
                Some("./2.html"),
            ),
            (
                Some("JavaScript:window.open('v.asp?id=3');void(0);"),
                None,
                Some("v.asp?id=3"),
            ),
            (Some("/nb/1.html"), Some("window.open('/ad.html')"), None),
            (
                Some("javascript:;"),
                Some("window.open('/show?id=' + id)"),
                None,
            ),
            (Some("javascript:;"), Some("window.open(url)"), None),
            (Some("javascript:goPage(2)"), None, None),
            (None, None, None),
        ];
        for (href, onclick, want) in cases {
            assert_eq!(
                opened(href, onclick).as_deref(),
                want,
                "{href:?} {onclick:?}"
            );
        }
        let pagers = [
            (
                "",
                Some("query(this,'/nb/list_2.html')"),
                Some("/nb/list_2.html"),
            ),
            (
                "javascript:go('list_2.html?a=1')",
                None,
                Some("list_2.html?a=1"),
            ),
            ("javascript:go('list_' + 2 + '.html')", None, None),
            ("javascript:__doPostBack('Grid','Page$2')", None, None),
            ("/nb/2.html", Some("log('/x.html')"), None),
        ];
        for (href, onclick, want) in pagers {
            assert_eq!(
                paged(href, onclick).as_deref(),
                want,
                "{href:?} {onclick:?}"
            );
        }
    }
}
