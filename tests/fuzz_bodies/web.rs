//! What must hold of anything a server may send, and of anything a WARC file may hold.

use std::collections::HashSet;
use std::io::Cursor;

use nianbao::archive::{Limits, Reader};
use nianbao::crawl::robots::Robots;
use nianbao::crawl::{classify, page_redirect, resolve};
use nianbao::decode::decode;
use nianbao::discover::{Page, discover};
use nianbao::model::{Outcome, Role};
use nianbao::profile::Sites;
use url::Url;

use super::Input;

const ROLES: [Role; 4] = [Role::List, Role::Root, Role::Item, Role::Sitemap];

fn base() -> Url {
    Url::parse("http://www.yunxi.example/zwgk/zfxxgknb/index.html?page=2").unwrap()
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// An answer: as a page of a site, as a `Location`, as a robots.txt.
pub fn answer(data: &[u8]) {
    let Some(input) = Input::new(data) else {
        return;
    };
    let base = base();
    if let Some(url) = resolve(input.bytes, &base) {
        assert!(is_web(&url), "{url}");
    }
    let decoded = decode(input.bytes, input.content_type);
    if let Some(url) = page_redirect(&decoded.text, &base) {
        assert!(is_web(&url), "{url}");
    }
    let head: &[u8] = match input.pick % 3 {
        0 => b"HTTP/1.1 200 OK\r\n\r\n",
        1 => b"HTTP/1.1 302 Found\r\nLocation: ",
        _ => b"",
    };
    let wire = [head, input.bytes].concat();
    let verdict = classify(&base, &wire, Some(&decoded.text));
    assert_eq!(
        verdict.redirect.is_some(),
        verdict.outcome == Outcome::Redirect,
        "{verdict:?}"
    );
    let robots = Robots::parse(input.bytes);
    let decision = robots.verdict("nianbao", &base);
    assert!(decision.allowed || decision.rule.is_some(), "{decision:?}");
    page(&input, &base);
}

/// What a page leads to: addresses of the web, each once, in bounds, with years that reports can have.
fn page(input: &Input<'_>, base: &Url) {
    let page = Page {
        url: base,
        role: ROLES[input.pick % ROLES.len()],
        bytes: input.bytes,
        content_type: input.content_type,
        title_of_link: None,
    };
    let found = discover(&page, Sites::compiled());
    let mut seen = HashSet::new();
    for lead in &found.leads {
        assert!(is_web(&lead.url), "{lead:?}");
        assert!(lead.url.as_str().len() <= 2000, "{lead:?}");
        assert!(seen.insert(lead.url.as_str()), "twice: {lead:?}");
        assert!(
            lead.year.is_none_or(|year| (1990..2100).contains(&year)),
            "{lead:?}"
        );
    }
}

/// A WARC file: records lie one behind the other within it, and reading on after damage goes forward and ends.
pub fn warc(data: &[u8]) {
    let limits = Limits {
        max_block: 1 << 20,
        max_header: 1 << 14,
        max_skip: 1 << 22,
    };
    let Ok(mut reader) = Reader::new(Cursor::new(data), 0, limits) else {
        return;
    };
    let mut at = 0;
    for _ in 0..data.len() + 2 {
        match reader.next() {
            None => return,
            Some(Ok(record)) => {
                assert!(record.offset >= at && record.length > 0, "{record:?}");
                at = record.offset + record.length;
                assert!(at <= data.len() as u64, "{record:?}");
                if let Ok(payload) = record.payload() {
                    assert!(payload.len() <= record.block.len());
                }
            }
            Some(Err(_)) if reader.is_stopped() => match reader.resync(at).unwrap() {
                None => return,
                Some(start) => {
                    assert!(start > at);
                    at = start;
                }
            },
            Some(Err(_)) => at = at.max(reader.position()),
        }
    }
    panic!("more steps than bytes");
}
