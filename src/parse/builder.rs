//! The open elements and what is built under them.
//!
//! In: decisions of [`super::tree`] and [`super::tables`]: open this, close up to there; blocks are
//! [`super::blocks`]'. Out: the
//! [`Document`], its ranges closed and its positions those of the archived bytes. Never reads a tag.

use std::mem::take;

use super::document::{BlockKind, CellRef, Container, Document};
use super::flow::{Flow, Space};
use super::grid::Placer;
use super::scan::Attributes;
use super::tag::{Class, Tag};
use crate::decode::Cursor;
use crate::model::{ByteRange, Code, Finding};

/// Most blocks, containers, tables, cells, links, images and metas of a page together; the largest
/// real pages have 20,000. Keeps a hostile page of 100 MB under 1 GB.
const MAX_ITEMS: usize = 2_000_000;

/// Most text of a page that is read, in bytes of UTF-8. Positions are 32 bits.
const MAX_TEXT: usize = 256 << 20;

/// What of a text is read.
pub(super) fn capped(text: &str) -> &str {
    cut(text, MAX_TEXT)
}

/// The first `most` bytes of a text, or a few less to end with a character.
pub(super) fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let fits = (0..=most).rev().find_map(|end| text.get(..end));
    fits.unwrap_or_default()
}

/// An open element. Inline elements are not kept.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts about an element"
)]
pub(super) struct Frame {
    pub(super) tag: Tag,
    /// It showed a line, a block or an image.
    pub(super) filled: bool,
    /// Taken off the stack of HTML out of order (`</form>`); goes when what is above it has gone.
    pub(super) ghost: bool,
    pub(super) kind: BlockKind,
    space: Space,
    /// The innermost container, itself included.
    pub(super) container: u32,
    owns_container: bool,
    /// The innermost cell, itself included.
    pub(super) cell: Option<CellRef>,
    owns_cell: bool,
    /// The innermost table, caption, row group, row or cell, itself included; 0 where there is none.
    pub(super) context: usize,
    /// What a cell or caption interrupts.
    outer: Interrupted,
}

#[derive(Debug, Default)]
struct Interrupted {
    empties: u16,
    link: Option<OpenLink>,
}

/// An `<a href>` being read.
#[derive(Debug, Clone)]
pub(super) struct OpenLink {
    /// Number in [`Document::links`].
    pub(super) number: usize,
    /// From where on in the text it has not been counted.
    pub(super) from: usize,
    /// It has text in a block.
    pub(super) has_text: bool,
    /// Opened outside the current cell, so an `</a>` inside does not end it.
    pub(super) inherited: bool,
}

/// The form element pointer of HTML 13.2.4.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormPointer {
    None,
    /// An open element.
    Open(usize),
    /// An element that was closed by others, or a form directly in a table.
    Closed,
}

#[derive(Debug)]
pub(super) struct OpenTable {
    pub(super) number: usize,
    pub(super) placer: Placer,
}

/// A document under construction.
pub(super) struct Builder<'s> {
    pub(super) page: &'s str,
    cursor: Cursor<'s>,
    pub(super) document: Document<'s>,
    pub(super) flow: Flow,
    /// The open elements, the document first.
    pub(super) frames: Vec<Frame>,
    pub(super) tables: Vec<OpenTable>,
    pub(super) form: FormPointer,
    /// How many of the open elements are paragraphs.
    paragraphs: usize,
    /// Empty lines since the last block of the current cell.
    pub(super) empties: u16,
    pub(super) link: Option<OpenLink>,
    /// Characters of the current run that stand in links.
    pub(super) link_chars: u32,
    /// The current line holds something visible that is no text.
    pub(super) line_filled: bool,
    /// The current tag, from `<` to behind `>`.
    pub(super) token: (usize, usize),
    /// The attributes of the current start tag, if they are read for it.
    pub(super) attributes: Attributes,
    /// The current tag is the end tag of the table being closed.
    pub(super) ends_table: bool,
    items: usize,
}

impl<'s> Builder<'s> {
    pub(super) fn new(page: &'s str, cursor: Cursor<'s>) -> Self {
        let mut builder = Self {
            page,
            cursor,
            document: Document::default(),
            flow: Flow::default(),
            frames: Vec::with_capacity(64),
            tables: Vec::new(),
            form: FormPointer::None,
            paragraphs: 0,
            empties: 0,
            link: None,
            link_chars: 0,
            line_filled: false,
            token: (0, 0),
            attributes: Attributes::default(),
            ends_table: false,
            items: 0,
        };
        // As most pages have them; hostile ones grow.
        let kilobytes = page.len().div_ceil(1024).min(1024);
        builder.flow.text.reserve(page.len() / 3);
        builder.document.blocks.reserve(kilobytes * 8);
        builder.document.containers.reserve(kilobytes * 6);
        builder.document.links.reserve(kilobytes * 4);
        builder.document.containers.push(Container {
            tag: Tag::Root.name(),
            id: None,
            class: None,
            parent: 0,
            blocks: 0..0,
            inner: ByteRange::default(),
        });
        builder.frames.push(Frame {
            tag: Tag::Root,
            filled: true,
            ghost: false,
            kind: BlockKind::Paragraph,
            space: Space::Collapse,
            container: 0,
            owns_container: true,
            cell: None,
            owns_cell: false,
            context: 0,
            outer: Interrupted::default(),
        });
        builder
    }

    /// Closes everything at the end of the page.
    pub(super) fn finish(mut self) -> Document<'s> {
        self.token = (self.page.len(), self.page.len());
        self.flush();
        self.close(0);
        self.document.text = self.flow.text;
        self.document
    }

    /// Counts one more thing kept; `false` once there are too many.
    pub(super) fn within_budget(&self) -> bool {
        self.items <= MAX_ITEMS
    }

    pub(super) fn count_item(&mut self) {
        self.items += 1;
    }

    /// The innermost open element. There always is one.
    pub(super) fn top(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// How white space is read here.
    pub(super) fn space(&mut self) -> Space {
        self.top().space
    }

    /// A position in the text as one in the archived bytes.
    pub(super) fn place(&mut self, position: usize) -> u32 {
        self.cursor.byte(position)
    }

    /// How many blocks there are; the number of the next.
    pub(super) fn block_count(&self) -> u32 {
        count(self.document.blocks.len())
    }

    /// Opens the element of the current start tag, or one without a tag and not a container.
    pub(super) fn open(&mut self, tag: Tag) {
        let attributes = if is_container(tag) {
            self.attributes.pick(self.page, ["id", "class"])
        } else {
            [None; 2]
        };
        self.open_with(tag, attributes);
    }

    /// Opens an element with these `id` and `class`.
    pub(super) fn open_with(&mut self, tag: Tag, [id, class]: [Option<&'s str>; 2]) {
        let outer = self.top();
        let inline = tag.class() == Class::Barrier;
        outer.filled |= !inline;
        let mut frame = Frame {
            tag,
            filled: false,
            ghost: false,
            kind: outer.kind,
            space: outer.space,
            container: outer.container,
            owns_container: false,
            cell: outer.cell,
            owns_cell: false,
            context: outer.context,
            outer: Interrupted::default(),
        };
        if let Some(level) = tag.heading_level() {
            frame.kind = BlockKind::Heading(level);
        }
        if matches!(tag, Tag::Pre | Tag::Listing) {
            frame.kind = BlockKind::Line;
            frame.space = Space::Keep;
        }
        if tag.class() == Class::Table {
            frame.context = self.frames.len();
            frame.kind = BlockKind::Paragraph;
            frame.space = Space::Collapse;
        }
        if is_container(tag) {
            let blocks = self.block_count();
            let number = count(self.document.containers.len());
            let inside = if has_place(tag) {
                self.place(self.token.1)
            } else {
                0
            };
            self.document.containers.push(Container {
                tag: tag.name(),
                id,
                class,
                parent: frame.container,
                blocks: blocks..blocks,
                inner: ByteRange::new(inside, inside),
            });
            self.count_item();
            frame.container = number;
            frame.owns_container = true;
        }
        if tag.is_cell() || tag == Tag::Caption {
            frame.outer.empties = take(&mut self.empties);
            frame.outer.link.clone_from(&self.link);
            if let Some(link) = &mut self.link {
                link.inherited = true;
            }
        }
        self.paragraphs += usize::from(tag == Tag::P);
        self.frames.push(frame);
    }

    /// Makes the innermost element the given cell.
    pub(super) fn own_cell(&mut self, cell: CellRef) {
        let frame = self.top();
        frame.cell = Some(cell);
        frame.owns_cell = true;
    }

    /// Closes open elements until only `keep` are left, at the current tag.
    pub(super) fn close(&mut self, keep: usize) {
        let inline = |frame: &Frame| {
            matches!(frame.tag, Tag::Button | Tag::Object | Tag::Applet) || frame.ghost
        };
        if !self.frames[keep..].iter().all(inline) {
            self.flush();
        }
        while self.frames.len() > keep || self.frames.last().is_some_and(|frame| frame.ghost) {
            let Some(frame) = self.frames.pop() else {
                break;
            };
            self.closed(frame);
        }
    }

    fn closed(&mut self, frame: Frame) {
        let blocks = self.block_count();
        if frame.owns_container {
            let end = has_place(frame.tag).then(|| self.place(self.token.0));
            let container = &mut self.document.containers[frame.container as usize];
            container.blocks.end = blocks;
            if let Some(end) = end {
                container.inner.end = end;
            }
        }
        if frame.tag.is_line_when_empty() && !frame.filled {
            self.empties = self.empties.saturating_add(1);
        }
        if self.form == FormPointer::Open(self.frames.len()) {
            self.form = FormPointer::Closed;
        }
        match frame.tag {
            Tag::P => self.paragraphs -= 1,
            Tag::Td | Tag::Th | Tag::Caption => {
                self.empties = frame.outer.empties;
                self.link = frame.outer.link;
                if let (true, Some(cell)) = (frame.owns_cell, frame.cell) {
                    let end = self.place(self.token.0);
                    let cell =
                        &mut self.document.tables[cell.table as usize].cells[cell.cell as usize];
                    cell.blocks.end = blocks;
                    cell.inner.end = end;
                }
            }
            Tag::Thead | Tag::Tbody | Tag::Tfoot => {
                if let Some(open) = self.tables.last_mut() {
                    let cells = &mut self.document.tables[open.number].cells;
                    open.placer.close_group(cells);
                }
            }
            Tag::Table => {
                if let Some(open) = self.tables.pop() {
                    let (start, end) = self.token;
                    let end = self.place(if self.ends_table { end } else { start });
                    let table = &mut self.document.tables[open.number];
                    table.blocks.end = blocks;
                    table.bytes.end = end;
                    let findings = &mut self.document.findings;
                    open.placer.finish(table, open.number, findings);
                }
            }
            _ => {}
        }
    }

    /// The innermost open element that `wanted` names, if none of `barriers` or the usual ones stands before it.
    pub(super) fn in_scope(&self, wanted: impl Fn(Tag) -> bool, barriers: &[Tag]) -> Option<usize> {
        for (number, frame) in self.frames.iter().enumerate().rev() {
            if wanted(frame.tag) && !frame.ghost {
                return Some(number);
            }
            if frame.tag.is_scope() || barriers.contains(&frame.tag) {
                break;
            }
        }
        None
    }

    /// Closes the open paragraph ("close a p element"), if one is in scope.
    pub(super) fn close_paragraph(&mut self) {
        if self.paragraphs > 0
            && let Some(found) = self.in_scope(|tag| tag == Tag::P, &[Tag::Button])
        {
            self.close(found);
        }
    }

    /// Notes a finding about the whole page, once a code.
    pub(super) fn find_once(&mut self, code: Code, message: &str) {
        let findings = &mut self.document.findings;
        if findings.iter().all(|finding| finding.code != code) {
            findings.push(Finding::new(code, "", message));
        }
    }
}

/// Whether the attributes of an element's start tag are read.
pub(super) fn has_attributes(tag: Tag) -> bool {
    is_container(tag)
        || tag.class() == Class::Void
        || matches!(tag, Tag::A | Tag::Object | Tag::Iframe)
}

/// Whether an element becomes a [`Container`].
fn is_container(tag: Tag) -> bool {
    match tag.class() {
        Class::Block | Class::Item => true,
        Class::Table => matches!(tag, Tag::Table | Tag::Caption | Tag::Td | Tag::Th),
        _ => matches!(tag, Tag::Form | Tag::Body | Tag::Select),
    }
}

/// Whether a container's place is kept: of those that can be cells without `<td>`.
fn has_place(tag: Tag) -> bool {
    matches!(tag.class(), Class::Block | Class::Item)
}

/// Numbers and positions fit: a page is capped below 4 GiB.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
