//! The element names that mean something to the parser.
//!
//! In: a tag name as written. Out: a [`Tag`] and what class of element it is (HTML 13.2.4.2 and
//! 13.2.6). Names not listed are inline: their tags have no effect on blocks, cells or containers.

use super::scan::word;

/// What a tag does to the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Nothing.
    Inline,
    /// A block boundary and a container; closes an open paragraph.
    Block,
    /// A block boundary without being a container.
    Line,
    /// `<h1>` to `<h6>`.
    Heading,
    /// `<p>`.
    Paragraph,
    /// `<li>`, `<dd>`, `<dt>`: a container that closes its open sibling.
    Item,
    /// Inline; its text is not on a line with that around it: raised, lowered, struck out.
    Apart,
    /// Inline, but the end tags within do not reach beyond it.
    Barrier,
    /// Table, caption, row group, row, cell, column.
    Table,
    /// Content that is text or nothing up to the end tag, whatever it looks like.
    Raw,
    /// `html`, `head`, `body`: at most one each, tags elsewhere ignored.
    Page,
    /// No end tag and no text of its own, but something to note.
    Void,
    /// `<form>`, `<template>`, `<a>`, `<plaintext>`, each with rules of its own.
    Own,
}

/// A name of up to eight letters as a number.
const fn pack(name: &[u8]) -> u64 {
    let mut key = 0;
    let mut at = 0;
    while at < name.len() && at < 8 {
        key = (key << 8) | name[at].to_ascii_lowercase() as u64;
        at += 1;
    }
    key
}

/// The same for the first `length` of eight bytes, 1 to 8, the first the lowest.
const fn pack_word(bytes: u64, length: usize) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let key = bytes.swap_bytes() >> (64 - 8 * length);
    let low = key & (ONES * 0x7F);
    let from_a = low + ONES * (0x80 - b'A') as u64;
    let past_z = low + ONES * (0x7F - b'Z') as u64;
    let capitals = (from_a ^ past_z) & !key & (ONES << 7);
    key | (capitals >> 2)
}

const SLOTS: usize = 256;

/// Where the search for a name starts.
const fn slot(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize
}

/// Names by their hash; a name whose place is taken stands behind it.
const fn hashed(names: &[(u64, Tag)]) -> [(u64, Tag); SLOTS] {
    let mut table = [(0, Tag::Other); SLOTS];
    let mut at = 0;
    while at < names.len() {
        let mut place = slot(names[at].0);
        while table[place].0 != 0 {
            place = (place + 1) % SLOTS;
        }
        table[place] = names[at];
        at += 1;
    }
    table
}

static NAMES: [(u64, Tag); SLOTS] = hashed(Tag::SHORT);

macro_rules! tags {
    ($($name:ident $text:literal $class:ident,)* ; $($long:ident $long_text:literal $long_class:ident,)*) => {
        /// An element by name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Tag {
            /// The document itself; no tag has this name.
            Root,
            /// Any element without meaning here.
            Other,
            $(#[doc = $text] $name,)*
            $(#[doc = $long_text] $long,)*
        }

        impl Tag {
            /// The names of up to eight letters.
            const SHORT: &[(u64, Self)] = &[$((pack($text.as_bytes()), Self::$name),)*];

            /// The element whose name, in any case, stands at `start..end` of the page.
            pub(super) fn of(page: &[u8], start: usize, end: usize) -> Self {
                let name = &page[start..end];
                if name.len() > 8 {
                    $(if name.eq_ignore_ascii_case($long_text.as_bytes()) {
                        return Self::$long;
                    })*
                    return Self::Other;
                }
                let key = match word::at(page, start) {
                    Some(bytes) if start < end => pack_word(bytes, name.len()),
                    _ => pack(name),
                };
                let mut place = slot(key);
                loop {
                    let (known, tag) = NAMES[place];
                    // An empty place is that of no name.
                    if known == key || known == 0 {
                        return tag;
                    }
                    place = (place + 1) % SLOTS;
                }
            }

            /// The name in lower case; empty for the document and for elements without meaning.
            pub(super) const fn name(self) -> &'static str {
                match self {
                    Self::Root | Self::Other => "",
                    $(Self::$name => $text,)*
                    $(Self::$long => $long_text,)*
                }
            }

            /// What its tags do.
            #[inline]
            pub(super) const fn class(self) -> Class {
                match self {
                    Self::Root | Self::Other => Class::Inline,
                    $(Self::$name => Class::$class,)*
                    $(Self::$long => Class::$long_class,)*
                }
            }
        }
    };
}

tags! {
    A "a" Own,
    Address "address" Block,
    Applet "applet" Barrier,
    Article "article" Block,
    Aside "aside" Block,
    Body "body" Page,
    Br "br" Line,
    Button "button" Barrier,
    Caption "caption" Table,
    Center "center" Block,
    Col "col" Table,
    Colgroup "colgroup" Table,
    Dd "dd" Item,
    Del "del" Apart,
    Details "details" Block,
    Dialog "dialog" Block,
    Dir "dir" Block,
    Div "div" Block,
    Dl "dl" Block,
    Dt "dt" Item,
    Embed "embed" Void,
    Fieldset "fieldset" Block,
    Figure "figure" Block,
    Footer "footer" Block,
    Form "form" Own,
    Frame "frame" Void,
    H1 "h1" Heading,
    H2 "h2" Heading,
    H3 "h3" Heading,
    H4 "h4" Heading,
    H5 "h5" Heading,
    H6 "h6" Heading,
    Head "head" Page,
    Header "header" Block,
    Hgroup "hgroup" Block,
    Hr "hr" Line,
    Html "html" Page,
    Iframe "iframe" Raw,
    Image "image" Void,
    Img "img" Void,
    Input "input" Void,
    Legend "legend" Line,
    Li "li" Item,
    Listing "listing" Block,
    Main "main" Block,
    Marquee "marquee" Barrier,
    Menu "menu" Block,
    Meta "meta" Void,
    Nav "nav" Block,
    Noembed "noembed" Raw,
    Noframes "noframes" Raw,
    Noscript "noscript" Raw,
    Object "object" Barrier,
    Ol "ol" Block,
    Optgroup "optgroup" Line,
    Choice "option" Line,
    P "p" Paragraph,
    Pre "pre" Block,
    Rt "rt" Apart,
    S "s" Apart,
    Script "script" Raw,
    Search "search" Block,
    Section "section" Block,
    Select "select" Barrier,
    Strike "strike" Apart,
    Style "style" Raw,
    Sub "sub" Apart,
    Summary "summary" Block,
    Sup "sup" Apart,
    Table "table" Table,
    Tbody "tbody" Table,
    Td "td" Table,
    Template "template" Own,
    Textarea "textarea" Raw,
    Tfoot "tfoot" Table,
    Th "th" Table,
    Thead "thead" Table,
    Title "title" Raw,
    Tr "tr" Table,
    Ul "ul" Block,
    Xmp "xmp" Raw,
    ;
    Blockquote "blockquote" Block,
    Figcaption "figcaption" Block,
    Plaintext "plaintext" Own,
}

impl Tag {
    /// End tags inside do not reach elements outside ("has an element in scope").
    pub(super) const fn is_scope(self) -> bool {
        matches!(
            self,
            Self::Root
                | Self::Applet
                | Self::Caption
                | Self::Marquee
                | Self::Object
                | Self::Select
                | Self::Table
                | Self::Td
                | Self::Th
        )
    }

    /// `<td>` or `<th>`.
    pub(super) const fn is_cell(self) -> bool {
        matches!(self, Self::Td | Self::Th)
    }

    /// `<thead>`, `<tbody>`, `<tfoot>`.
    pub(super) const fn is_row_group(self) -> bool {
        matches!(self, Self::Thead | Self::Tbody | Self::Tfoot)
    }

    /// Shows as a line of its own even where empty.
    pub(super) const fn is_line_when_empty(self) -> bool {
        matches!(
            self.class(),
            Class::Paragraph | Class::Heading | Class::Item
        ) || matches!(self, Self::Div)
    }

    /// 1 to 6 for headings.
    pub(super) const fn heading_level(self) -> Option<u8> {
        match self {
            Self::H1 => Some(1),
            Self::H2 => Some(2),
            Self::H3 => Some(3),
            Self::H4 => Some(4),
            Self::H5 => Some(5),
            Self::H6 => Some(6),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_packed_alike() {
        for byte in 1..=u8::MAX {
            for length in 1..=8 {
                let name = [b'Z', b'a', byte, byte, b'@', b'[', b'A', byte];
                let word = u64::from_le_bytes(name);
                assert_eq!(pack_word(word, length), pack(&name[..length]), "{name:?}");
            }
        }
    }

    #[test]
    fn names_are_found_in_any_case() {
        let cases: [(&[u8], Tag); 9] = [
            (b"td", Tag::Td),
            (b"TABLE", Tag::Table),
            (b"BlockQuote", Tag::Blockquote),
            (b"o:p", Tag::Other),
            (b"span", Tag::Other),
            (b"h6", Tag::H6),
            (b"colgroup", Tag::Colgroup),
            (b"colgroupx", Tag::Other),
            (b"", Tag::Other),
        ];
        for (name, want) in cases {
            let shown = String::from_utf8_lossy(name);
            assert_eq!(Tag::of(name, 0, name.len()), want, "{shown}");
            let page = [b"<", name, b"> and more"].concat();
            assert_eq!(Tag::of(&page, 1, 1 + name.len()), want, "{shown}");
        }
    }
}
