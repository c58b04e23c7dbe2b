//! The page written anew.
//!
//! In: the tokens of a page, the place to be marked. Out: markup made of [`allow`]'s elements and of
//! escaped text, nothing else. Each tag is written from a word of that list, so no text of the page can
//! become markup.

use std::ops::Range;

use super::Highlight;
use super::allow;
use crate::parse::{Text, Token, attribute_value, is_invisible, tokens};

/// The anchor of what is marked.
pub(super) const ANCHOR: &str = "nianbao-proof";

/// How much of a link's target or a picture's source is shown, in characters.
const SHOWN: usize = 300;

/// Elements that show something else than their own text: what is said of them, and where their source stands.
const PLACEHOLDERS: [(&str, &str, &[&str]); 10] = [
    ("audio", "audio", &["src"]),
    ("embed", "embedded file", &["src"]),
    ("frame", "frame", &["src"]),
    ("iframe", "frame", &["src"]),
    ("image", "picture", &["src"]),
    ("img", "picture", &["src", "data-src", "data-original"]),
    ("input", "input field", &["value"]),
    ("object", "embedded file", &["data"]),
    ("svg", "drawing", &[]),
    ("video", "film", &["src"]),
];

/// A page being written.
#[derive(Debug)]
pub(super) struct Body {
    out: String,
    /// What is to be marked, in the text.
    place: Option<Range<usize>>,
    /// The text that was marked.
    marked: String,
    /// Where in `out` the place begins, once it does.
    begins: Option<usize>,
    /// Whether the file opens at the mark by itself.
    opens: bool,
}

impl Body {
    /// `opens`: the file opens at the mark. Browsers forbid that in frames, and say so.
    pub(super) fn new(place: Option<Range<usize>>, size: usize, opens: bool) -> Self {
        Self {
            out: String::with_capacity(size),
            place,
            marked: String::new(),
            begins: None,
            opens,
        }
    }

    /// Writes an HTML page.
    pub(super) fn html(mut self, page: &str) -> (String, Highlight) {
        for token in tokens(page) {
            match token {
                Token::Text(text) => self.text(&text),
                Token::Start {
                    name,
                    attributes,
                    at,
                } => {
                    self.reach(at.start);
                    self.start(name, &attributes);
                    self.reach(at.end);
                }
                Token::End { name, at } => {
                    self.reach(at.start);
                    if let Some(element) = allow::element(name)
                        && !allow::is_void(element)
                    {
                        self.tag(&["</", element, ">"]);
                    }
                }
            }
        }
        self.reach(page.len());
        self.finish()
    }

    /// Writes a plain-text page.
    pub(super) fn plain(mut self, page: &str) -> (String, Highlight) {
        // The first line break of `<pre>` does not count.
        self.out.push_str("<pre>\n");
        self.text(&Text::literal(page));
        self.out.push_str("</pre>\n");
        self.finish()
    }

    /// Notes where the place begins, at the last chance before the page goes on at `at`.
    fn reach(&mut self, at: usize) {
        if let Some(place) = &self.place
            && self.begins.is_none()
            && at >= place.start
        {
            self.begins = Some(self.out.len());
        }
    }

    fn tag(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.out.push_str(piece);
        }
    }

    fn text(&mut self, text: &Text<'_>) {
        let Some(place) = self.place.clone() else {
            escape(&mut self.out, &text.between(text.at.start, text.at.end));
            return;
        };
        escape(&mut self.out, &text.between(text.at.start, place.start));
        self.reach(text.at.end);
        let marked = text.between(place.start, place.end);
        if marked.chars().all(is_invisible) {
            escape(&mut self.out, &marked);
        } else {
            self.mark(&marked);
        }
        escape(
            &mut self.out,
            &text.between(place.end.max(text.at.start), text.at.end),
        );
    }

    /// Marks a piece of text; the first one is where the page opens.
    fn mark(&mut self, text: &str) {
        if self.marked.is_empty() {
            let opens = if self.opens { " autofocus" } else { "" };
            self.tag(&["<mark id=\"", ANCHOR, "\" tabindex=\"-1\"", opens, ">"]);
        } else {
            self.out.push_str("<mark>");
        }
        self.marked.push_str(text);
        escape(&mut self.out, text);
        self.out.push_str("</mark>");
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let value = |wanted: &str| {
            attributes
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| attribute_value(value))
                .filter(|value| !value.trim().is_empty())
        };
        let placeholder = PLACEHOLDERS
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(name));
        if let Some((_, what, sources)) = placeholder {
            self.out.push_str("<span class=\"nb-left-out\">[");
            self.out.push_str(what);
            let source = sources.iter().find_map(|name| value(name));
            for more in [value("alt"), source].into_iter().flatten() {
                self.out.push_str(" | ");
                escape(&mut self.out, &shortened(&more));
            }
            self.out.push_str("]</span>");
            return;
        }
        let Some(element) = allow::element(name) else {
            return;
        };
        self.tag(&["<", element]);
        if name.eq_ignore_ascii_case("a")
            && let Some(target) = value("href")
        {
            self.out.push_str(" class=\"nb-link\" title=\"");
            escape(&mut self.out, &shortened(&target));
            self.out.push('"');
        } else {
            self.attributes(element, attributes);
        }
        self.out.push('>');
    }

    /// Of several attributes of one name the first counts, as in browsers.
    fn attributes(&mut self, element: &str, attributes: &[(&str, &str)]) {
        let mut written: Vec<&str> = Vec::new();
        let mut width = None;
        for (name, value) in attributes {
            if written.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                continue;
            }
            let value = attribute_value(value);
            if name.eq_ignore_ascii_case("style") {
                width = allow::styled_width(element, &value);
            }
            let Some((known, value)) = allow::attribute(element, name, &value) else {
                continue;
            };
            if written.contains(&known) {
                continue;
            }
            written.push(known);
            self.tag(&[" ", known, "=\""]);
            escape(&mut self.out, &value);
            self.out.push('"');
        }
        if let Some(width) = width
            && !written.contains(&"width")
        {
            self.tag(&[" width=\"", &width, "\""]);
        }
    }

    /// Where nothing was marked, puts a box at the place.
    fn finish(mut self) -> (String, Highlight) {
        if !self.marked.is_empty() {
            return (self.out, Highlight::Text(self.marked));
        }
        let Some(begins) = self.begins else {
            return (self.out, Highlight::Nothing);
        };
        let opens = if self.opens { " autofocus" } else { "" };
        let empty =
            format!("<mark id=\"{ANCHOR}\" class=\"nb-blank\" tabindex=\"-1\"{opens}></mark>");
        self.out.insert_str(begins, &empty);
        (self.out, Highlight::Blank)
    }
}

/// The first characters of a text, without white space around it.
fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Appends text so that it is nothing but text, in content and in quoted attributes.
pub(super) fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(found) = rest.find(['<', '>', '&', '"', '\'', '\0']) {
        out.push_str(&rest[..found]);
        out.push_str(match rest.as_bytes()[found] {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => "",
        });
        rest = &rest[found + 1..];
    }
    out.push_str(rest);
}
