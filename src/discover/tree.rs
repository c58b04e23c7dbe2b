//! A list page as a light tree.
//!
//! In: decoded HTML. Out: [`Tree`]: elements in the order of the page, each with its parent, and the text between them.
//! Broken markup is normal: `<li>`, `<td>`, `<p>`, `<a>` left open end where browsers end them; stray end tags do
//! nothing. What is never shown is not in it (`<template>`, comments), but scripts are kept apart for their pagers.
//! One pass; depth and size are bounded, what lies beyond is left out.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Deref;

use super::kinds::{Kind, closes_paragraph, ends, kind, stops};
use super::script::Program;
use crate::parse::{Piece, Text, attribute_value, tokens};

/// Elements deeper than this are put into the one at this depth.
const DEPTH: usize = 120;
/// A title stands within this, in bytes of the page.
const HEAD: usize = 20_000;
/// A page has no more elements.
const NODES: usize = 60_000;

/// An element's place in its tree, in the order of the page.
pub(super) type NodeId = usize;

/// A page.
#[derive(Debug)]
pub(super) struct Tree<'p> {
    nodes: Vec<Node<'p>>,
    /// Names and values of all nodes' attributes, one node's behind the other's.
    attributes: Vec<(&'p str, &'p str)>,
    /// Links: the elements `<a>`.
    anchors: Vec<NodeId>,
    /// Elements with an id or a class.
    named: Vec<NodeId>,
    texts: Vec<Text<'p>>,
    /// What stands in `<script>` elements, as written.
    pub scripts: Vec<&'p str>,
    /// `<base href>`, references resolved; `None` where there is none.
    pub base: Option<String>,
    page: &'p str,
    program: OnceCell<Program<'p>>,
}

/// An element.
#[derive(Debug)]
pub(super) struct Node<'p> {
    /// In lower case.
    pub name: Cow<'p, str>,
    /// Its attributes are those from here, up to those of the next.
    attributes: u32,
    /// `None` for elements in nothing.
    pub parent: Option<NodeId>,
    /// The element before it in the same parent.
    pub previous: Option<NodeId>,
    /// Which of its parent's elements it is, from 1.
    pub place: i32,
    /// Behind its last descendant.
    pub end: NodeId,
    /// Its texts are those from here …
    text_start: usize,
    /// … up to here.
    text_end: usize,
}

/// An element of a tree, with its attributes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ref<'t, 'p> {
    node: &'t Node<'p>,
    attributes: &'t [(&'p str, &'p str)],
}

impl<'p> Deref for Ref<'_, 'p> {
    type Target = Node<'p>;

    fn deref(&self) -> &Node<'p> {
        self.node
    }
}

impl<'t, 'p> Ref<'t, 'p> {
    /// An attribute's value, references resolved; `None` where the element does not have it. The first of several.
    pub fn attribute(&self, name: &str) -> Option<Cow<'p, str>> {
        self.raw_attribute(name).map(attribute_value)
    }

    /// The same as written.
    pub fn raw_attribute(&self, name: &str) -> Option<&'p str> {
        let found = self
            .attributes
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }

    /// All attributes, as written.
    pub const fn attributes(&self) -> &'t [(&'p str, &'p str)] {
        self.attributes
    }
}

/// All elements of a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nodes<'t, 'p>(&'t Tree<'p>);

impl<'t, 'p> Nodes<'t, 'p> {
    /// How many there are.
    pub const fn len(self) -> usize {
        self.0.nodes.len()
    }

    /// In the order of the page.
    pub fn iter(self) -> impl Iterator<Item = Ref<'t, 'p>> {
        (0..self.len()).map(move |id| self.0.node(id))
    }
}

/// What an open element means for the tags that follow.
struct Open {
    node: NodeId,
    kind: Kind,
    children: i32,
    last: Option<NodeId>,
}

struct Builder<'p> {
    tree: Tree<'p>,
    open: Vec<Open>,
    roots: i32,
    last_root: Option<NodeId>,
}

impl<'p> Builder<'p> {
    fn pop_to(&mut self, depth: usize) {
        for open in self.open.drain(depth..) {
            let node = &mut self.tree.nodes[open.node];
            node.text_end = self.tree.texts.len();
        }
        // Ends of descendants: everything made so far lies before.
    }

    fn close(&mut self, depth: usize) {
        let end = self.tree.nodes.len();
        for open in &self.open[depth..] {
            self.tree.nodes[open.node].end = end;
        }
        self.pop_to(depth);
    }

    fn start(&mut self, name: &'p str, attributes: impl Iterator<Item = (&'p str, &'p str)>) {
        let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        };
        let kind = kind(&name);
        if matches!(&*name, "html" | "body" | "head")
            && self.tree.nodes.iter().take(8).any(|n| n.name == name)
        {
            return;
        }
        if closes_paragraph(kind) {
            let found = self.open.iter().rposition(|open| {
                open.kind == Kind::Paragraph || matches!(open.kind, Kind::Cell | Kind::Table)
            });
            if let Some(at) = found
                && self.open[at].kind == Kind::Paragraph
            {
                self.close(at);
            }
        }
        let mut ended = None;
        for (at, open) in self.open.iter().enumerate().rev() {
            if ends(kind, open.kind) {
                ended = Some(at);
                if !matches!(kind, Kind::Row | Kind::RowGroup) {
                    break;
                }
            } else if stops(kind, open.kind) {
                break;
            }
        }
        if let Some(at) = ended {
            self.close(at);
        }
        let id = self.tree.nodes.len();
        let from = self.tree.attributes.len();
        self.tree.attributes.extend(attributes);
        let mut own = self.tree.attributes[from..].iter();
        if name == "base" && self.tree.base.is_none() {
            let href = own
                .clone()
                .find(|(own, _)| own.eq_ignore_ascii_case("href"));
            self.tree.base = href.map(|(_, value)| attribute_value(value).into_owned());
        }
        if own.any(|(own, _)| own.eq_ignore_ascii_case("id") || own.eq_ignore_ascii_case("class")) {
            self.tree.named.push(id);
        }
        if kind == Kind::Anchor {
            self.tree.anchors.push(id);
        }
        let (parent, place, previous) = if let Some(open) = self.open.last_mut() {
            open.children += 1;
            (Some(open.node), open.children, open.last.replace(id))
        } else {
            self.roots += 1;
            (None, self.roots, self.last_root.replace(id))
        };
        let text = self.tree.texts.len();
        self.tree.nodes.push(Node {
            name,
            attributes: u32::try_from(from).unwrap_or(u32::MAX),
            parent,
            previous,
            place,
            end: id + 1,
            text_start: text,
            text_end: text,
        });
        if kind != Kind::Void && self.open.len() < DEPTH {
            self.open.push(Open {
                node: id,
                kind,
                children: 0,
                last: None,
            });
        }
    }

    fn end(&mut self, name: &str) {
        let kind = kind(name);
        if matches!(kind, Kind::Void)
            || name.eq_ignore_ascii_case("body")
            || name.eq_ignore_ascii_case("html")
        {
            return;
        }
        for at in (0..self.open.len()).rev() {
            let open = &self.open[at];
            if self.tree.nodes[open.node].name.eq_ignore_ascii_case(name) {
                self.close(at);
                return;
            }
            // An inline element's end tag ends nothing beyond the block it stands in; a block's does not leave its cell.
            let beyond = match kind {
                Kind::Inline | Kind::Anchor | Kind::Paragraph => {
                    !matches!(open.kind, Kind::Inline | Kind::Anchor)
                }
                Kind::Cell | Kind::Row | Kind::RowGroup => open.kind == Kind::Table,
                Kind::Table => false,
                Kind::Item | Kind::Term => {
                    matches!(open.kind, Kind::List | Kind::Cell | Kind::Table)
                }
                _ => matches!(open.kind, Kind::Cell | Kind::Table),
            };
            if beyond {
                return;
            }
        }
    }
}

impl<'p> Tree<'p> {
    /// Reads a page.
    pub fn parse(page: &'p str) -> Self {
        let mut builder = Builder {
            tree: Self {
                // As most pages have them.
                nodes: Vec::with_capacity(page.len() / 96),
                attributes: Vec::with_capacity(page.len() / 64),
                anchors: Vec::new(),
                named: Vec::new(),
                texts: Vec::with_capacity(page.len() / 96),
                scripts: Vec::new(),
                base: None,
                page,
                program: OnceCell::new(),
            },
            open: Vec::new(),
            roots: 0,
            last_root: None,
        };
        let mut script = None;
        let mut tokens = tokens(page);
        while let Some(piece) = tokens.piece() {
            match piece {
                Piece::Text(text) => builder.tree.texts.push(text),
                Piece::Start { name, at } => {
                    if builder.tree.nodes.len() == NODES {
                        break;
                    }
                    script = name.eq_ignore_ascii_case("script").then_some(at.end);
                    builder.start(name, tokens.attributes());
                }
                Piece::End { name, at } => {
                    if let Some(start) = script.take()
                        && name.eq_ignore_ascii_case("script")
                        && let Some(text) = page.get(start..at.start)
                        && !text.trim().is_empty()
                    {
                        builder.tree.scripts.push(text);
                    }
                    builder.end(name);
                }
            }
        }
        builder.close(0);
        builder.tree
    }

    /// What stands between the first `<title>` and its end, as written; empty where there is none near the page's start.
    pub fn title(&self) -> &'p str {
        let mut start = self.page.len().min(HEAD);
        while !self.page.is_char_boundary(start) {
            start -= 1;
        }
        let head = self.page[..start].to_ascii_lowercase();
        let title = head.find("<title").and_then(|at| {
            let open = at + head[at..].find('>')? + 1;
            Some(open..open + head[open..].find("</title")?)
        });
        title.map_or("", |place| &self.page[place])
    }

    /// The page's scripts, read when first asked for.
    pub fn program(&self) -> &Program<'p> {
        self.program.get_or_init(|| Program::of(&self.scripts))
    }

    /// The elements, in the order of the page.
    pub const fn nodes(&self) -> Nodes<'_, 'p> {
        Nodes(self)
    }

    /// An element.
    pub fn node(&self, id: NodeId) -> Ref<'_, 'p> {
        let node = &self.nodes[id];
        let next = self.nodes.get(id + 1);
        let until = next.map_or(self.attributes.len(), |next| next.attributes as usize);
        let own = self.attributes.get(node.attributes as usize..until);
        Ref {
            node,
            attributes: own.unwrap_or_default(),
        }
    }

    /// The elements `<a>`.
    pub fn anchors(&self) -> &[NodeId] {
        &self.anchors
    }

    /// The elements with an id or a class.
    pub fn named(&self) -> &[NodeId] {
        &self.named
    }

    /// The element's parent, its parent, and so on.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.nodes[id].parent, |id| self.nodes[*id].parent)
    }

    /// Whether the second lies in the first, or is it.
    pub fn contains(&self, outer: NodeId, inner: NodeId) -> bool {
        outer <= inner && inner < self.nodes[outer].end
    }

    /// Which texts are the element's: their numbers.
    pub fn text_range(&self, id: NodeId) -> std::ops::Range<usize> {
        self.nodes[id].text_start..self.nodes[id].text_end
    }

    /// From the start of the element's first text to the end of its last, in bytes of the page.
    pub fn span(&self, id: NodeId) -> usize {
        match &self.texts[self.text_range(id)] {
            [] => 0,
            [first, ..] => {
                let last = &self.texts[self.text_range(id).end - 1];
                last.at.end.saturating_sub(first.at.start)
            }
        }
    }

    /// How many runs of text there are.
    pub const fn runs(&self) -> usize {
        self.texts.len()
    }

    /// A run of text, references resolved.
    pub fn text_run(&self, number: usize) -> Cow<'_, str> {
        self.texts
            .get(number)
            .map_or(Cow::Borrowed(""), |text| text.between(0, self.page.len()))
    }

    /// The element's text, tidied; see [`tidy`].
    pub fn text(&self, id: NodeId) -> String {
        self.text_between(self.text_range(id))
    }

    /// The same with a space between runs, for what stands in elements of its own.
    pub fn text_spaced(&self, id: NodeId) -> String {
        let runs: Vec<_> = self
            .text_range(id)
            .map(|number| self.text_run(number))
            .collect();
        tidy(&runs.join(" "))
    }

    /// The text of some runs, tidied.
    pub fn text_between(&self, runs: std::ops::Range<usize>) -> String {
        let mut raw = String::new();
        for number in runs {
            raw.push_str(&self.text_run(number));
        }
        tidy(&raw)
    }
}

/// Text as people see it: white space run together and cut off at the ends; a line break between two Chinese
/// characters goes.
pub(super) fn tidy(raw: &str) -> String {
    let mut tidy = String::with_capacity(raw.len());
    let (mut gap, mut broken) = (false, false);
    for c in raw.chars() {
        if c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}') {
            gap |= c.is_whitespace();
            broken |= c == '\n';
            continue;
        }
        if gap && !tidy.is_empty() {
            let is_wide = |c: char| c as u32 >= 0x2E80;
            let joined = broken && is_wide(c) && tidy.chars().next_back().is_some_and(is_wide);
            if !joined {
                tidy.push(' ');
            }
        }
        (gap, broken) = (false, false);
        tidy.push(c);
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree in short: names with their depth, and texts of leaves.
    fn short(page: &str) -> String {
        let tree = Tree::parse(page);
        let parts: Vec<String> = (0..tree.nodes().len())
            .map(|id| format!("{}{}", tree.node(id).name, tree.ancestors(id).count()))
            .collect();
        parts.join(" ")
    }

    #[test]
    fn open_elements_end_where_browsers_end_them() {
        let cases = [
            ("<ul><li>1<li>2</ul><p>", "ul0 li1 li1 p0"),
            (
                "<ul><li><ul><li>1<li>2</ul><li>3</ul>",
                "ul0 li1 ul2 li3 li3 li1",
            ),
            (
                "<ul><li><a href=1>x<li><a href=2>y</ul>",
                "ul0 li1 a2 li1 a2",
            ),
            (
                "<table><tr><td><a>1<td>2<tr><td>3</table><b>",
                "table0 tr1 td2 a3 td2 tr1 td2 b0",
            ),
            (
                "<table><tbody><tr><td><table><tr><td></table><td></table>",
                "table0 tbody1 tr2 td3 table4 tr5 td6 td3",
            ),
            ("<p>1<p>2<div>3</div>", "p0 p0 div0"),
            ("<dl><dt>1<dd>2<dt>3</dl>", "dl0 dt1 dd1 dt1"),
            ("<div><span>1</div><i></i>", "div0 span1 i0"),
            ("<ul><li>1</span></div><li>2</ul>", "ul0 li1 li1"),
            ("<table><tr><td></div><i></table>", "table0 tr1 td2 i3"),
            ("<a>1<a>2</a>", "a0 a0"),
            ("<br><img><B></B>", "br0 img0 b0"),
        ];
        for (page, want) in cases {
            assert_eq!(short(page), want, "{page}");
        }
    }

    #[test]
    fn texts_and_scripts_are_told_apart() {
        let page = "<div>a&amp;<b>b\n c</b><script>var d='<li>';</script><template><a>e</a></template> f</div>g";
        let tree = Tree::parse(page);
        assert_eq!(tree.text(0), "a&b cf".replace("cf", "c f"));
        assert_eq!(tree.text(1), "b c");
        assert_eq!(tree.scripts, ["var d='<li>';"]);
        assert_eq!(tidy(" 年度\n 报告 \u{3000}a "), "年度报告 a");
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = "<div>".repeat(300_000);
        let tree = Tree::parse(&deep);
        assert_eq!(tree.nodes().len(), NODES);
        assert_eq!(tree.ancestors(NODES - 1).count(), DEPTH);
        let many = "<ul><li><a href=x>".repeat(30_000);
        assert_eq!(Tree::parse(&many).nodes().len(), NODES);
    }
}
