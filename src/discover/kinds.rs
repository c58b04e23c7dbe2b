//! What elements are to the tree of a page, by their names.
//!
//! In: a tag's name. Out: its [`Kind`], and which kinds end which where their end tags are left out. Pure.

/// What an element means for the tags that follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Void,
    Inline,
    Anchor,
    Paragraph,
    Heading,
    Item,
    Term,
    Cell,
    Row,
    RowGroup,
    Table,
    List,
    Block,
    OptionItem,
}

/// The elements that are not inline.
const KINDS: &[(Kind, &[&str])] = &[
    (
        Kind::Void,
        &[
            "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
            "source", "track", "wbr", "frame", "bgsound", "keygen",
        ],
    ),
    (Kind::Anchor, &["a"]),
    (Kind::Paragraph, &["p"]),
    (Kind::Heading, &["h1", "h2", "h3", "h4", "h5", "h6"]),
    (Kind::Item, &["li"]),
    (Kind::Term, &["dt", "dd"]),
    (Kind::Cell, &["td", "th", "caption"]),
    (Kind::Row, &["tr"]),
    (Kind::RowGroup, &["tbody", "thead", "tfoot"]),
    (Kind::Table, &["table"]),
    (Kind::List, &["ul", "ol", "dl", "menu", "dir"]),
    (Kind::OptionItem, &["option", "optgroup"]),
    (
        Kind::Block,
        &[
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "center",
            "details",
            "dialog",
            "div",
            "fieldset",
            "figure",
            "figcaption",
            "footer",
            "form",
            "header",
            "html",
            "head",
            "main",
            "nav",
            "pre",
            "section",
            "select",
            "script",
            "style",
            "summary",
            "title",
        ],
    ),
];

/// A name of up to ten letters, in small letters, as a number, so that all of it is compared at once; 0 for longer ones.
const fn packed(name: &[u8]) -> u128 {
    let (mut key, mut at) = (0, 0);
    while at < name.len() && name.len() <= 10 {
        key = (key << 8) | name[at].to_ascii_lowercase() as u128;
        at += 1;
    }
    key
}

const SLOTS: usize = 256;

/// Where the search for a name starts.
#[expect(clippy::cast_possible_truncation, reason = "both halves are mixed in")]
const fn slot(key: u128) -> usize {
    let mixed = (key as u64 ^ (key >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 56) as usize
}

/// [`KINDS`] by their names' hashes; a name whose place is taken stands behind it.
static BY_NAME: [(u128, Kind); SLOTS] = {
    let mut table = [(0, Kind::Inline); SLOTS];
    let mut kind = 0;
    while kind < KINDS.len() {
        let (own, names) = KINDS[kind];
        let mut at = 0;
        while at < names.len() {
            let key = packed(names[at].as_bytes());
            let mut place = slot(key);
            while table[place].0 != 0 {
                place = (place + 1) % SLOTS;
            }
            table[place] = (key, own);
            at += 1;
        }
        kind += 1;
    }
    table
};

/// What the element of a name is, in any case.
pub(super) fn kind(name: &str) -> Kind {
    let key = packed(name.as_bytes());
    let mut place = slot(key);
    loop {
        let (known, kind) = BY_NAME[place];
        // An empty place is that of no name.
        if known == key || known == 0 {
            return kind;
        }
        place = (place + 1) % SLOTS;
    }
}

/// Whether a start tag of the first kind ends an open element of the second, looked for up to [`stops`].
pub(super) fn ends(new: Kind, open: Kind) -> bool {
    match new {
        Kind::Anchor => open == Kind::Anchor,
        Kind::Item => open == Kind::Item,
        Kind::Term => open == Kind::Term,
        Kind::Cell => open == Kind::Cell,
        Kind::Row => matches!(open, Kind::Cell | Kind::Row),
        Kind::RowGroup => matches!(open, Kind::Cell | Kind::Row | Kind::RowGroup),
        Kind::OptionItem => open == Kind::OptionItem,
        _ => false,
    }
}

/// Whether the search for an element to end does not go beyond an open element.
pub(super) fn stops(new: Kind, open: Kind) -> bool {
    match new {
        Kind::Item | Kind::Term => matches!(open, Kind::List | Kind::Cell | Kind::Table),
        Kind::Cell | Kind::Row | Kind::RowGroup => open == Kind::Table,
        Kind::Anchor => matches!(open, Kind::Cell | Kind::Table),
        _ => matches!(
            open,
            Kind::List | Kind::Cell | Kind::Table | Kind::Item | Kind::Block
        ),
    }
}

/// Whether a start tag of this kind ends an open paragraph.
pub(super) const fn closes_paragraph(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Paragraph
            | Kind::Heading
            | Kind::Item
            | Kind::Term
            | Kind::Table
            | Kind::List
            | Kind::Block
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_only_whole() {
        for (own, names) in KINDS {
            for name in *names {
                assert_eq!(kind(name), *own, "{name}");
                assert_eq!(kind(&name.to_ascii_uppercase()), *own, "{name}");
                assert_ne!(packed(name.as_bytes()), 0, "{name}");
            }
        }
        let others = [
            "",
            "span",
            "tdx",
            "o:p",
            "blockquotes",
            "figcaptionfigcaption",
            "\u{e9}",
            "aé",
        ];
        for name in others {
            assert_eq!(kind(name), Kind::Inline, "{name}");
        }
    }
}
