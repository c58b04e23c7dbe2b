//! Documents that a page hands out or shows in a frame: where the report, or its tables, may be.
//!
//! In: a page and the blocks of its body. Out: addresses as written. Nothing is fetched, and a frame that shows no
//! document (a map, a player, a counter) is none.

use std::ops::Range;

use crate::parse::Document;

use super::title::{self, TitleKind};

/// Kinds of files that reports are published as.
const EXTENSIONS: [&str; 9] = [
    "pdf", "docx", "doc", "wps", "ofd", "xlsx", "xls", "zip", "rar",
];
/// So many are named.
const MOST: usize = 8;

/// Addresses of documents linked or framed in the body, framed ones first; where there are none, of those on the rest
/// of the page whose link reads as a report's title.
pub fn documents(document: &Document<'_>, body: &Range<u32>) -> Vec<String> {
    let mut found: Vec<(bool, String)> = Vec::new();
    let mut elsewhere: Vec<(bool, String)> = Vec::new();
    for link in &document.links {
        if !names_document(link.raw_target) {
            continue;
        }
        let into = if (body.start..=body.end).contains(&link.block) {
            &mut found
        } else if is_title(document, &link.text) {
            &mut elsewhere
        } else {
            continue;
        };
        let target = (!link.is_embedded, link.target());
        if into.len() < MOST && !into.contains(&target) {
            into.push(target);
        }
    }
    let mut found = if found.is_empty() { elsewhere } else { found };
    found.sort_by_key(|(linked, _)| *linked);
    found.into_iter().map(|(_, target)| target).collect()
}

/// Whether an address has the ending of a document anywhere: viewers take it as a parameter.
pub fn names_document(target: &str) -> bool {
    let target = target.to_ascii_lowercase();
    EXTENSIONS
        .iter()
        .any(|extension| has_ending(&target, extension))
}

/// Whether an address in small letters has an ending (without its dot) anywhere.
pub fn has_ending(target: &str, ending: &str) -> bool {
    target.match_indices(ending).any(|(at, _)| {
        let next = target[at + ending.len()..].chars().next();
        target[..at].ends_with('.')
            && next.is_none_or(|next| !next.is_ascii_alphanumeric() && next != '.' && next != '/')
    })
}

fn is_title(document: &Document<'_>, text: &Range<u32>) -> bool {
    let text = document.text.get(text.start as usize..text.end as usize);
    text.is_some_and(|text| matches!(title::read(text), TitleKind::Report(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_told_by_their_endings() {
        let cases = [
            ("P020210131.pdf", true),
            ("/a/年报.DOCX?download=1", true),
            ("viewer.html?file=%2Fa%2Fb.pdf#page=1", true),
            ("download.jsp?name=a.doc&id=3", true),
            ("/a.docs/x.html", false),
            ("/a.doc/x.html", false),
            ("https://www.doc.example/", false),
            ("map.html", false),
        ];
        for (target, want) in cases {
            assert_eq!(names_document(target), want, "{target}");
        }
    }
}
