//! What is noted beside the text: links, images, metas, the title.
//!
//! In: the start tags that carry them. Out: entries of the [`Document`](super::Document). Never
//! resolves an address.

use super::builder::{Builder, OpenLink, cut};
use super::document::{CellRef, Image, Link, Meta};
use super::flow::{Flow, Reading, Space};
use super::reference::attribute_text;
use super::tag::Tag;

/// How much of a `data:` URL is kept: enough to see what it is.
const DATA_URL_BYTES: usize = 64;

impl<'s> Builder<'s> {
    /// `<a>`: ends an open link, and begins one if it has an `href`.
    pub(super) fn start_link(&mut self) {
        self.end_link();
        let [href, title] = self.attributes.pick(self.page, ["href", "title"]);
        let Some(href) = href else {
            return;
        };
        let number = self.document.links.len();
        self.push_link(href, title, false);
        self.link = Some(OpenLink {
            number,
            from: self.flow.text.len(),
            has_text: false,
            inherited: false,
        });
    }

    /// `</a>`.
    pub(super) fn end_link(&mut self) {
        self.count_link_text();
        if self.link.as_ref().is_some_and(|link| !link.inherited) {
            self.link = None;
        }
    }

    fn push_link(&mut self, target: &'s str, title: Option<&'s str>, is_embedded: bool) {
        let block = self.block_count();
        let container = self.top().container;
        self.count_item();
        self.document.links.push(Link {
            raw_target: target,
            text: 0..0,
            raw_title: title,
            container,
            block,
            is_embedded,
        });
    }

    /// An element that shows or names another document.
    pub(super) fn embedded(&mut self, tag: Tag) {
        let source = if tag == Tag::Object { "data" } else { "src" };
        let [source, title] = self.attributes.pick(self.page, [source, "title"]);
        if let Some(source) = source {
            self.push_link(source, title, true);
        }
        self.show_object();
    }

    /// `<img>`.
    pub(super) fn image(&mut self) {
        let [source] = self.attributes.pick(self.page, ["src"]);
        let source = source.unwrap_or_default().trim();
        let is_data = source
            .get(..5)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
        let source = if is_data {
            cut(source, DATA_URL_BYTES).to_owned()
        } else {
            attribute_text(source).trim().to_owned()
        };
        let block = self.block_count();
        let frame = self.top();
        let (container, cell) = (frame.container, frame.cell);
        self.mark_object(cell);
        self.count_item();
        self.document.images.push(Image {
            source,
            container,
            cell,
            block,
        });
        self.show_object();
    }

    /// The cells around hold something that is shown and no text.
    fn mark_object(&mut self, cell: Option<CellRef>) {
        let mut around = cell;
        while let Some(inner) = around {
            let table = &mut self.document.tables[inner.table as usize];
            table.cells[inner.cell as usize].has_image = true;
            around = table.parent;
        }
    }

    /// `<input>`, or a script that may write into the page: what it shows is not known.
    pub(super) fn unknown_text(&mut self) {
        let cell = self.top().cell;
        self.mark_object(cell);
    }

    /// Whether a table cell is open.
    pub(super) fn is_in_cell(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.cell.is_some())
    }

    /// Text of the current cell is set apart from the rest of it.
    pub(super) fn mark_apart(&mut self) {
        if let Some(inner) = self.top().cell {
            let table = &mut self.document.tables[inner.table as usize];
            table.cells[inner.cell as usize].is_apart = true;
        }
    }

    /// Something without text stands in the line.
    pub(super) fn show_object(&mut self) {
        self.line_filled = true;
        self.mark_filled();
    }

    /// `<meta>`.
    pub(super) fn meta(&mut self) {
        let names = ["name", "property", "http-equiv", "content"];
        let [name, property, http_equiv, content] = self.attributes.pick(self.page, names);
        let (Some(name), Some(content)) = (name.or(property).or(http_equiv), content) else {
            return;
        };
        self.count_item();
        self.document.metas.push(Meta {
            name: attribute_text(name).trim().to_lowercase(),
            content: attribute_text(content).trim().to_owned(),
        });
    }

    /// The text of a `<title>`.
    pub(super) fn title(&mut self, from: usize, until: usize) {
        if self.document.title.is_none() {
            let mut flow = Flow::default();
            flow.read(self.page, from, until, Reading::Rcdata, Space::Collapse);
            flow.next_run();
            self.document.title = Some(flow.text);
        }
    }
}
