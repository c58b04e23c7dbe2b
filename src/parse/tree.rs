//! HTML → [`Document`], by the tree rules that matter for text, cells and containers (HTML 13.2.6).
//!
//! In: a decoded page. Out: its document, in one pass without a tree and without recursion. Formatting
//! elements are not kept, so the adoption agency has nothing to do; text misplaced in a table stays
//! where it stood instead of moving before the table. Never drops text but that of scripts,
//! styles, templates, `<noscript>`, `<iframe>`, `<noembed>`, `<noframes>` and `<title>`.

use std::sync::LazyLock;

use memchr::memchr;
use memchr::memmem::Finder;

use super::builder::{Builder, FormPointer, capped, has_attributes};
use super::document::{BlockKind, Document};
use super::flow::{Reading, Space, Stop};
use super::pager::find_call;
use super::scan::{Markup, markup, raw_text_end, script_end, tag_end};
use super::tag::{Class, Tag};
use crate::decode::Decoded;
use crate::model::Code;

/// Most open elements, inline ones not counted. Browsers stop at 512.
const MAX_DEPTH: usize = 512;

/// Reads an HTML page.
pub fn parse_html<'s>(decoded: &'s Decoded<'_>) -> Document<'s> {
    let text = &*decoded.text;
    let page = capped(text);
    let mut reader = Reader {
        builder: Builder::new(page, decoded.cursor()),
        templates: 0,
        too_deep: 0,
    };
    let complete = reader.read() && page.len() == text.len();
    if !complete {
        let message = "the rest of the page was not read";
        reader.builder.find_once(Code::PageTruncated, message);
    }
    reader.builder.finish()
}

/// Goes through the tokens of a page.
struct Reader<'s> {
    builder: Builder<'s>,
    /// How many `<template>` are open; their contents are skipped.
    templates: usize,
    /// How many elements with an end tag of their own were opened beyond the cap.
    too_deep: usize,
}

impl Reader<'_> {
    /// Reads all of the page; `false` if it stopped at the cap on things kept.
    fn read(&mut self) -> bool {
        let page = self.builder.page;
        let mut at = 0;
        while at < page.len() {
            if !self.builder.within_budget() {
                return false;
            }
            if page.as_bytes()[at] != b'<' {
                at = self.text(at);
            }
            if at < page.len() {
                at = self.markup(at);
            }
        }
        true
    }

    /// Reads text up to the next `<`.
    fn text(&mut self, from: usize) -> usize {
        let page = self.builder.page;
        if self.templates > 0 {
            let rest = &page.as_bytes()[from..];
            return memchr(b'<', rest).map_or(page.len(), |found| from + found);
        }
        let space = self.builder.space();
        let mut at = from;
        loop {
            let flow = &mut self.builder.flow;
            let (next, stop) = flow.read(page, at, page.len(), Reading::Data, space);
            if stop == Stop::Piece {
                return next;
            }
            self.builder.end_line(None);
            at = next;
        }
    }

    /// Reads the markup at a `<` and says where to go on.
    fn markup(&mut self, at: usize) -> usize {
        let page = self.builder.page.as_bytes();
        match markup(page, at) {
            Markup::Start(name_end) => {
                let tag = Tag::of(page, at + 1, name_end);
                let kept = has_attributes(tag).then_some(&mut self.builder.attributes);
                let Some(end) = tag_end(page, name_end, kept) else {
                    return page.len();
                };
                self.builder.token = (at, end);
                let next = if tag == Tag::Other {
                    end
                } else {
                    self.start(tag, end)
                };
                let inline = tag == Tag::Other || tag.class() == Class::Apart;
                if (inline || tag.is_cell())
                    && self.templates == 0
                    && self.builder.is_in_cell()
                    && (tag.class() == Class::Apart || is_hidden(&page[name_end..end]))
                {
                    self.builder.mark_apart();
                }
                next
            }
            Markup::End { name_end, end } => {
                let tag = Tag::of(page, at + 2, name_end);
                if tag != Tag::Other {
                    self.builder.token = (at, end);
                    self.end(tag);
                }
                end
            }
            Markup::Comment(end) => end,
            Markup::Text => {
                if self.templates == 0 {
                    let space = self.builder.space();
                    let flow = &mut self.builder.flow;
                    flow.read(self.builder.page, at, at + 1, Reading::Raw, space);
                }
                at + 1
            }
            Markup::Cut => page.len(),
        }
    }

    /// A start tag; says where to go on, mostly behind it.
    fn start(&mut self, tag: Tag, end: usize) -> usize {
        let class = tag.class();
        if class == Class::Raw {
            return self.raw(tag, end);
        }
        if self.templates > 0 {
            self.templates += usize::from(tag == Tag::Template);
            return if tag == Tag::Plaintext {
                self.builder.page.len()
            } else {
                end
            };
        }
        match class {
            Class::Apart => {}
            Class::Void => self.void(tag),
            Class::Line => self.line(tag),
            Class::Own if tag == Tag::A => self.builder.start_link(),
            Class::Own if tag == Tag::Template => self.templates = 1,
            Class::Own if tag == Tag::Plaintext => {
                self.builder.flush();
                self.builder.close_paragraph();
                return self.lines(end, self.builder.page.len());
            }
            Class::Page => {
                if tag == Tag::Body && self.builder.frames.len() == 1 && !self.has_begun() {
                    self.builder.open(tag);
                }
            }
            _ if self.is_too_deep(tag) => {}
            Class::Table if tag == Tag::Table => self.builder.start_table(),
            Class::Table => self.builder.start_table_part(tag),
            Class::Barrier => self.start_barrier(tag),
            Class::Own => self.start_form(),
            _ => return self.start_block(tag, end),
        }
        end
    }

    /// Whether there was content before, which makes a `<body>` tag meaningless.
    fn has_begun(&self) -> bool {
        self.builder.flow.is_visible() || self.builder.document.containers.len() > 1
    }

    /// Whether the cap on open elements keeps an element from being opened.
    fn is_too_deep(&mut self, tag: Tag) -> bool {
        if self.too_deep == 0 && self.builder.frames.len() < MAX_DEPTH {
            return false;
        }
        let message = "more than 512 open elements";
        self.builder.find_once(Code::NestingTooDeep, message);
        self.builder.flush();
        self.too_deep += usize::from(is_counted(tag));
        true
    }

    fn start_block(&mut self, tag: Tag, end: usize) -> usize {
        let builder = &mut self.builder;
        builder.flush();
        if tag.class() == Class::Item {
            close_item(builder, tag);
        }
        builder.close_paragraph();
        if tag.class() == Class::Heading && builder.top().tag.class() == Class::Heading {
            let top = builder.frames.len() - 1;
            builder.close(top);
        }
        builder.open(tag);
        // The first line break of `<pre>` does not count.
        if matches!(tag, Tag::Pre | Tag::Listing) {
            let rest = &builder.page[end..];
            return match rest.as_bytes() {
                [b'\r', b'\n', ..] => end + 2,
                [b'\n' | b'\r', ..] => end + 1,
                _ => end,
            };
        }
        end
    }

    fn start_barrier(&mut self, tag: Tag) {
        let builder = &mut self.builder;
        match tag {
            Tag::Button | Tag::Select => {
                let open = builder.in_scope(|open| open == tag, &[]);
                if let Some(found) = open {
                    builder.close(found);
                    if tag == Tag::Select {
                        return;
                    }
                }
            }
            Tag::Object => builder.embedded(tag),
            _ => {}
        }
        if matches!(tag, Tag::Select | Tag::Marquee) {
            builder.flush();
        }
        builder.open(tag);
    }

    fn start_form(&mut self) {
        let builder = &mut self.builder;
        if builder.form != FormPointer::None {
            return;
        }
        builder.flush();
        let (_, mode) = builder.table_context();
        if mode == Tag::Table || mode == Tag::Tr || mode.is_row_group() {
            // Directly in a table a form is closed at once, but goes on as the current one.
            builder.form = FormPointer::Closed;
            return;
        }
        builder.close_paragraph();
        builder.form = FormPointer::Open(builder.frames.len());
        builder.open(Tag::Form);
    }

    fn void(&mut self, tag: Tag) {
        let builder = &mut self.builder;
        match tag {
            Tag::Img | Tag::Image => builder.image(),
            Tag::Meta => builder.meta(),
            Tag::Embed | Tag::Frame => builder.embedded(tag),
            _ => {
                if let Some(found) = builder.in_scope(|open| open == Tag::Select, &[]) {
                    builder.close(found);
                }
                if tag == Tag::Input {
                    builder.unknown_text();
                }
                builder.show_object();
            }
        }
    }

    fn line(&mut self, tag: Tag) {
        match tag {
            Tag::Br => self.builder.end_line(None),
            Tag::Hr => {
                self.builder.flush();
                self.builder.close_paragraph();
                self.close_in_select();
                self.builder.mark_filled();
            }
            Tag::Choice | Tag::Optgroup => {
                self.builder.flush();
                self.close_in_select();
            }
            _ => self.builder.flush(),
        }
    }

    /// Within `<select>`, options and rules end what has an implied end tag.
    fn close_in_select(&mut self) {
        if let Some(select) = self.builder.in_scope(|open| open == Tag::Select, &[]) {
            close_implied(&mut self.builder, select + 1);
        }
    }

    /// Skips or reads the text of a raw element; goes on at its end tag.
    fn raw(&mut self, tag: Tag, from: usize) -> usize {
        let page = self.builder.page;
        let until = if tag == Tag::Script {
            script_end(page.as_bytes(), from)
        } else {
            raw_text_end(page.as_bytes(), from, tag.name())
        };
        if self.templates > 0 {
            return until;
        }
        match tag {
            Tag::Title => self.builder.title(from, until),
            Tag::Script => {
                self.builder.unknown_text();
                if self.builder.document.pager.is_none() {
                    self.builder.document.pager = find_call(&page[from..until]);
                }
            }
            Tag::Textarea => {
                self.builder.flush();
                let flow = &mut self.builder.flow;
                flow.read(page, from, until, Reading::Rcdata, Space::Collapse);
                self.builder.flush();
            }
            Tag::Xmp => {
                self.builder.flush();
                self.builder.close_paragraph();
                self.lines(from, until);
            }
            Tag::Iframe => self.builder.embedded(tag),
            _ => {}
        }
        until
    }

    /// Text without markup, a block a line.
    fn lines(&mut self, from: usize, until: usize) -> usize {
        let page = self.builder.page;
        let mut at = from;
        loop {
            let flow = &mut self.builder.flow;
            let (next, stop) = flow.read(page, at, until, Reading::Raw, Space::Keep);
            if stop == Stop::Piece {
                self.builder.flush_as(BlockKind::Line);
                return until;
            }
            self.builder.end_line(Some(BlockKind::Line));
            at = next;
        }
    }

    fn end(&mut self, tag: Tag) {
        if self.templates > 0 {
            self.templates -= usize::from(tag == Tag::Template);
            return;
        }
        if self.too_deep > 0 && !matches!(tag.class(), Class::Own | Class::Raw | Class::Page) {
            self.too_deep -= usize::from(is_counted(tag));
            self.builder.flush();
            return;
        }
        let builder = &mut self.builder;
        let found = match tag.class() {
            Class::Table => return builder.end_table_part(tag),
            Class::Line if tag == Tag::Br => return self.line(tag),
            Class::Line if tag == Tag::Hr => None,
            Class::Line => return builder.flush(),
            Class::Own if tag == Tag::A => return builder.end_link(),
            Class::Own if tag == Tag::Form => return end_form(builder),
            Class::Paragraph => {
                builder.flush();
                builder.in_scope(|open| open == tag, &[Tag::Button])
            }
            Class::Item if tag == Tag::Li => {
                builder.in_scope(|open| open == tag, &[Tag::Ol, Tag::Ul])
            }
            Class::Block | Class::Item | Class::Barrier => {
                builder.in_scope(|open| open == tag, &[])
            }
            Class::Heading => builder.in_scope(|open| open.class() == Class::Heading, &[]),
            Class::Inline | Class::Apart | Class::Raw | Class::Page | Class::Void | Class::Own => {
                None
            }
        };
        if let Some(found) = found {
            builder.close(found);
        }
    }
}

/// Whether an element beyond the depth cap is waited for by its end tag.
fn is_counted(tag: Tag) -> bool {
    tag.class() == Class::Block || tag == Tag::Table
}

/// `<li>` ends an open `<li>`, `<dd>` and `<dt>` end each other, unless another element stands between.
fn close_item(builder: &mut Builder<'_>, tag: Tag) {
    for number in (1..builder.frames.len()).rev() {
        let frame = &builder.frames[number];
        let open = frame.tag;
        let sibling = match tag {
            Tag::Li => open == Tag::Li,
            _ => matches!(open, Tag::Dd | Tag::Dt),
        };
        if sibling {
            return builder.close(number);
        }
        if !frame.ghost && !matches!(open, Tag::Address | Tag::Div | Tag::P) {
            return;
        }
    }
}

/// `</form>` takes the form off the stack without closing what was opened after it.
fn end_form(builder: &mut Builder<'_>) {
    let pointer = std::mem::replace(&mut builder.form, FormPointer::None);
    let FormPointer::Open(form) = pointer else {
        return;
    };
    let behind = &builder.frames[form + 1..];
    if behind.iter().any(|frame| frame.tag.is_scope()) {
        return;
    }
    builder.flush();
    close_implied(builder, form + 1);
    if builder.frames.len() == form + 1 {
        builder.close(form);
    } else {
        builder.frames[form].ghost = true;
    }
}

/// Closes what may go without its end tag, from the innermost element on, and keeps `keep` elements.
fn close_implied(builder: &mut Builder<'_>, keep: usize) {
    while builder.frames.len() > keep
        && matches!(builder.top().tag.class(), Class::Paragraph | Class::Item)
    {
        let top = builder.frames.len() - 1;
        builder.close(top);
    }
}

static DISPLAY: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("display"));
static HIDE: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("mso-hide:all"));

/// Whether a tag's style hides what it holds: `display:none`, or Word's `mso-hide:all`.
fn is_hidden(attributes: &[u8]) -> bool {
    // Most tags are shorter than `style=display:none`.
    if attributes.len() < 18 {
        return false;
    }
    HIDE.find(attributes).is_some()
        || DISPLAY.find(attributes).is_some_and(|at| {
            let value = attributes[at + 7..]
                .iter()
                .filter(|byte| !byte.is_ascii_whitespace());
            value.take(5).eq(b":none")
        })
}
