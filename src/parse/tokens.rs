//! A page as a run of tokens, for who writes it anew.
//!
//! In: a decoded page. Out: its text and tags in order, each with its place, cut by the same rules as
//! [`parse_html`](super::parse_html) and so by those of browsers (HTML 13.2.5). What that drops is dropped
//! here: comments, scripts, styles, templates, `<noscript>`, `<iframe>`, `<title>` and what else is never shown.
//! Never builds a tree.

use std::borrow::Cow;
use std::ops::Range;

use super::reference::{Place, attribute_text, reference};
use super::scan::{Attributes, Markup, markup, raw_text_end, script_end, tag_end};
use super::tag::{Class, Tag};

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token<'p> {
    /// Text that is shown.
    Text(Text<'p>),
    /// A start tag.
    Start {
        /// Its name, as written.
        name: &'p str,
        /// Names and values of its attributes, as written, duplicates included.
        attributes: Vec<(&'p str, &'p str)>,
        /// From `<` to behind `>`.
        at: Range<usize>,
    },
    /// An end tag.
    End {
        /// Its name, as written.
        name: &'p str,
        /// From `<` to behind `>`.
        at: Range<usize>,
    },
}

/// A run of text between two tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'p> {
    page: &'p str,
    /// Where it stands in the page.
    pub at: Range<usize>,
    /// Character references in it are text (`<xmp>`, `<plaintext>`).
    is_literal: bool,
}

impl<'p> Text<'p> {
    /// All of a text file.
    pub const fn literal(page: &'p str) -> Self {
        Self {
            page,
            at: 0..page.len(),
            is_literal: true,
        }
    }

    /// The characters between two places of the page, as far as they belong to the run: references resolved, NULs gone.
    pub fn between(&self, from: usize, until: usize) -> Cow<'_, str> {
        let from = from.clamp(self.at.start, self.at.end);
        let until = until.clamp(from, self.at.end);
        let Some(raw) = self.page.get(from..until) else {
            return Cow::Borrowed("");
        };
        if self.is_literal {
            return Cow::Borrowed(raw);
        }
        resolved(raw)
    }
}

/// Ordinary text with its references resolved.
fn resolved(raw: &str) -> Cow<'_, str> {
    let bytes = raw.as_bytes();
    if memchr::memchr2(b'&', 0, bytes).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'&', 0, &bytes[at..]) {
        text.push_str(&raw[at..at + found]);
        at += found;
        if bytes[at] == 0 {
            at += 1;
        } else if let Some(found) = reference(bytes, at, Place::Text) {
            text.push_str(found.text());
            at = found.end;
        } else {
            text.push('&');
            at += 1;
        }
    }
    text.push_str(&raw[at..]);
    Cow::Owned(text)
}

/// A [`Token`] whose attributes are still to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'p> {
    /// See [`Token::Text`].
    Text(Text<'p>),
    /// See [`Token::Start`].
    Start {
        /// Its name, as written.
        name: &'p str,
        /// From `<` to behind `>`.
        at: Range<usize>,
    },
    /// See [`Token::End`].
    End {
        /// Its name, as written.
        name: &'p str,
        /// From `<` to behind `>`.
        at: Range<usize>,
    },
}

/// The value of an attribute as written in [`Token::Start`], its references resolved.
pub fn attribute_value(raw: &str) -> Cow<'_, str> {
    attribute_text(raw)
}

/// The tokens of a page.
pub fn tokens(page: &str) -> Tokens<'_> {
    Tokens {
        page,
        at: 0,
        raw: None,
        templates: 0,
        attributes: Attributes::default(),
    }
}

/// See [`tokens`].
#[derive(Debug)]
pub struct Tokens<'p> {
    page: &'p str,
    at: usize,
    /// The raw element whose start tag was the last token.
    raw: Option<Tag>,
    /// How many `<template>` are open.
    templates: usize,
    attributes: Attributes,
}

impl<'p> Iterator for Tokens<'p> {
    type Item = Token<'p>;

    fn next(&mut self) -> Option<Token<'p>> {
        Some(match self.piece()? {
            Piece::Text(text) => Token::Text(text),
            Piece::Start { name, at } => Token::Start {
                name,
                attributes: self.attributes().collect(),
                at,
            },
            Piece::End { name, at } => Token::End { name, at },
        })
    }
}

impl<'p> Tokens<'p> {
    /// The next token, for who goes through many and keeps few of their attributes.
    pub fn piece(&mut self) -> Option<Piece<'p>> {
        loop {
            let piece = match self.raw.take() {
                Some(tag) => self.raw_text(tag),
                None if self.at >= self.page.len() => return None,
                None if self.page.as_bytes()[self.at] == b'<' => self.markup(),
                None => {
                    let rest = &self.page.as_bytes()[self.at..];
                    let length = memchr::memchr(b'<', rest).unwrap_or(rest.len());
                    Some(self.text(self.at + length, false))
                }
            };
            if piece.is_some() && (self.templates == 0) {
                return piece;
            }
        }
    }

    /// Names and values of the attributes of the start tag that came last, as written, duplicates included.
    pub fn attributes(&self) -> impl Iterator<Item = (&'p str, &'p str)> {
        self.attributes.all(self.page)
    }

    /// Text up to `until`.
    fn text(&mut self, until: usize, is_literal: bool) -> Piece<'p> {
        let at = self.at..until;
        self.at = until;
        Piece::Text(Text {
            page: self.page,
            at,
            is_literal,
        })
    }

    /// The text of a raw element; `None` where it is not shown.
    fn raw_text(&mut self, tag: Tag) -> Option<Piece<'p>> {
        let page = self.page.as_bytes();
        let until = match tag {
            Tag::Plaintext => page.len(),
            Tag::Script => script_end(page, self.at),
            _ => raw_text_end(page, self.at, tag.name()),
        };
        match tag {
            Tag::Textarea => Some(self.text(until, false)),
            Tag::Xmp | Tag::Plaintext => Some(self.text(until, true)),
            _ => {
                self.at = until;
                None
            }
        }
    }

    fn markup(&mut self) -> Option<Piece<'p>> {
        let (page, at) = (self.page, self.at);
        let bytes = page.as_bytes();
        match markup(bytes, at) {
            Markup::Start(name_end) => {
                let Some(end) = tag_end(bytes, name_end, Some(&mut self.attributes)) else {
                    self.at = page.len();
                    return None;
                };
                self.at = end;
                let tag = Tag::of(bytes, at + 1, name_end);
                if tag.class() == Class::Raw || tag == Tag::Plaintext {
                    self.raw = Some(tag);
                }
                if tag == Tag::Template {
                    self.templates += 1;
                }
                let name = page.get(at + 1..name_end)?;
                let at = at..end;
                Some(Piece::Start { name, at })
            }
            Markup::End { name_end, end } => {
                self.at = end;
                if Tag::of(bytes, at + 2, name_end) == Tag::Template && self.templates > 0 {
                    self.templates -= 1;
                    return None;
                }
                let name = page.get(at + 2..name_end)?;
                let at = at..end;
                Some(Piece::End { name, at })
            }
            Markup::Comment(end) => {
                self.at = end;
                None
            }
            Markup::Text => Some(self.text(at + 1, true)),
            Markup::Cut => {
                self.at = page.len();
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens in short: text in quotation marks, tags as they are.
    fn short(page: &str) -> Vec<String> {
        tokens(page)
            .map(|token| match token {
                Token::Text(text) => format!("{:?}", text.between(0, page.len())),
                Token::Start {
                    name, attributes, ..
                } => format!("<{name} {attributes:?}>"),
                Token::End { name, .. } => format!("</{name}>"),
            })
            .collect()
    }

    #[test]
    fn tokens_are_those_of_browsers() {
        let cases: [(&str, &[&str]); 12] = [
            ("a<b>&lt;1</b>", &["\"a\"", "<b []>", "\"<1\"", "</b>"]),
            (
                "<td x=1 Y='a>b' x=2>",
                &[r#"<td [("x", "1"), ("Y", "a>b"), ("x", "2")]>"#],
            ),
            (
                "1<!-- <b> -->2<!-->3<?x?>4</ >5<!x>6",
                &["\"1\"", "\"2\"", "\"3\"", "\"4\"", "\"5\"", "\"6\""],
            ),
            (
                "<script><!--<script></script>--></script>x",
                &["<script []>", "</script>", "\"x\""],
            ),
            ("<title><b></title>x", &["<title []>", "</title>", "\"x\""]),
            (
                "<textarea><b>&amp;</textarea>",
                &["<textarea []>", "\"<b>&\"", "</textarea>"],
            ),
            (
                "<xmp><b>&amp;</xmp>",
                &["<xmp []>", "\"<b>&amp;\"", "</xmp>"],
            ),
            (
                "<plaintext></plaintext>&amp;",
                &["<plaintext []>", "\"</plaintext>&amp;\""],
            ),
            ("<template><template>x</template>y</template>z", &["\"z\""]),
            (
                "1 < 2 &am<!---->p;\0",
                &["\"1 \"", "\"<\"", "\" 2 &am\"", "\"p;\""],
            ),
            ("x<b title=\"", &["\"x\""]),
            ("</template>x", &["</template>", "\"x\""]),
        ];
        for (page, want) in cases {
            assert_eq!(short(page), want, "{page}");
        }
    }

    #[test]
    fn text_is_cut_at_places_of_the_page() {
        let page = "<p>&#49;2件<p>";
        let text = tokens(page).find_map(|token| match token {
            Token::Text(text) => Some(text),
            _ => None,
        });
        let text = text.unwrap();
        assert_eq!(text.between(0, 8), "1");
        assert_eq!(text.between(8, 100), "2件");
        // Inside of a character: nothing rather than a panic.
        assert_eq!(text.between(8, 10), "");
        assert_eq!(text.between(20, 3), "");
    }
}
