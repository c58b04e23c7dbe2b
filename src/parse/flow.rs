//! Runs of text.
//!
//! In: pieces of a page's text in order. Out: one run at a time, white space collapsed and trimmed, with the
//! places of its first and last visible character. Knows references, not tags; never looks at where
//! in the tree it is.

use super::reference::{Place, reference};
use super::scan::{is_space, word};

/// What ends a piece of text and how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Ordinary text, up to the next `<`; references resolved.
    Data,
    /// `<textarea>`, `<title>`: a `<` is text; references resolved.
    Rcdata,
    /// `<xmp>`, `<plaintext>`, text files: all as it stands.
    Raw,
}

/// What happens to white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// Collapsed to single spaces.
    Collapse,
    /// Kept; a line break ends the run.
    Keep,
}

/// Why reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// At a `<` or the end of the piece.
    Piece,
    /// Behind a line break ([`Space::Keep`]).
    Line,
}

/// The run being read. Its text is appended to `text`, which holds that of earlier runs.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// The text of all runs.
    pub(super) text: String,
    /// Where the run starts in `text`.
    pub(super) start: usize,
    /// Behind its last visible character in `text`; `start` where there is none yet.
    pub(super) end: usize,
    /// Its first visible character in the page.
    pub(super) first: usize,
    /// Behind its last visible character in the page.
    pub(super) last: usize,
    /// Collapsed white space is due before the next character.
    space: bool,
}

/// For every byte whether it interrupts plain text: white space, `<`, `&`, NUL.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let special = b"\0\t\n\x0c\r <&";
    let mut at = 0;
    while at < special.len() {
        table[special[at] as usize] = true;
        at += 1;
    }
    table
};

/// Where plain text that starts at `at` ends: at a byte of [`SPECIAL`] or the end.
#[inline]
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = word::at(bytes, at) {
        let flags = word::below(chunk, 0x21) | word::equal(chunk, b'<') | word::equal(chunk, b'&');
        let passed = word::first(flags);
        at += passed;
        if passed < 8 {
            if SPECIAL[usize::from(bytes[at])] {
                return at;
            }
            // Another control character.
            at += 1;
        }
    }
    while let Some(&byte) = bytes.get(at)
        && !SPECIAL[usize::from(byte)]
    {
        at += 1;
    }
    at
}

impl Flow {
    /// Whether the run has something visible.
    pub(super) fn is_visible(&self) -> bool {
        self.end > self.start
    }

    /// Starts the next run; what is invisible behind the last one is forgotten.
    pub(super) fn next_run(&mut self) {
        self.text.truncate(self.end);
        self.start = self.end;
        self.space = false;
    }

    /// Reads `page[from..until]` and says where and why it stopped.
    pub(super) fn read(
        &mut self,
        page: &str,
        from: usize,
        until: usize,
        reading: Reading,
        space: Space,
    ) -> (usize, Stop) {
        let bytes = &page.as_bytes()[..until];
        let mut at = from;
        loop {
            let piece = at;
            at = plain_end(bytes, at);
            if at > piece {
                self.push(&page[piece..at], piece, at);
            }
            let Some(&byte) = bytes.get(at) else {
                return (at, Stop::Piece);
            };
            match byte {
                b'<' if reading == Reading::Data => return (at, Stop::Piece),
                b'&' if reading != Reading::Raw => {
                    at = self.push_reference(bytes, at, space);
                }
                // A NUL is no text in HTML (13.2.6.4.7).
                0 => at += 1,
                _ if !is_space(byte) => {
                    self.push(&page[at..=at], at, at + 1);
                    at += 1;
                }
                b'\n' | b'\r' if space == Space::Keep => {
                    let pair = byte == b'\r' && bytes.get(at + 1) == Some(&b'\n');
                    return (at + 1 + usize::from(pair), Stop::Line);
                }
                _ if space == Space::Collapse => {
                    self.space = true;
                    at += 1;
                    while bytes.get(at).is_some_and(|byte| is_space(*byte)) {
                        at += 1;
                    }
                }
                _ => {
                    self.push_space(byte, space);
                    at += 1;
                }
            }
        }
    }

    fn push_reference(&mut self, bytes: &[u8], at: usize, space: Space) -> usize {
        let Some(found) = reference(bytes, at, Place::Text) else {
            self.push("&", at, at + 1);
            return at + 1;
        };
        match found.text().as_bytes() {
            [byte] if is_space(*byte) => self.push_space(*byte, space),
            _ => self.push(found.text(), at, found.end),
        }
        found.end
    }

    fn push_space(&mut self, byte: u8, space: Space) {
        if space == Space::Collapse {
            self.space = true;
        } else if self.is_visible() {
            self.text.push(char::from(byte));
        }
    }

    /// Appends a piece without HTML white space that stands at `from..until` of the page: character by
    /// character, or as one reference.
    fn push(&mut self, piece: &str, from: usize, until: usize) {
        let verbatim = piece.len() == until - from;
        let mut kept = piece;
        if self.is_visible() {
            if self.space {
                self.text.push(' ');
            }
        } else {
            kept = piece.trim_start_matches(is_invisible);
            if kept.is_empty() {
                return;
            }
            let skipped = piece.len() - kept.len();
            self.first = if verbatim { from + skipped } else { from };
        }
        self.space = false;
        self.text.push_str(kept);
        let visible = if kept.as_bytes().last().is_some_and(u8::is_ascii_graphic) {
            kept.len()
        } else {
            kept.trim_end_matches(is_invisible).len()
        };
        if visible > 0 {
            let behind = kept.len() - visible;
            self.end = self.text.len() - behind;
            self.last = if verbatim { until - behind } else { until };
        }
    }
}

/// Space of any kind, controls, zero-width and direction marks, BOMs: nothing to see.
pub fn is_invisible(character: char) -> bool {
    match character {
        '!'..='~' => false,
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}' => true,
        _ => character.is_whitespace() || character.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_collapse_and_trim() {
        // Page, text, what its range covers.
        let cases = [
            ("a", "a", "a"),
            (" \n a \t b \r\n", "a b", "a \t b"),
            (
                "\u{a0}\u{3000}a\u{a0} b\u{200b}\u{feff}",
                "a\u{a0} b",
                "a\u{a0} b",
            ),
            ("&nbsp;&#48;&nbsp;", "0", "&#48;"),
            ("1&nbsp;2", "1\u{a0}2", "1&nbsp;2"),
            ("a&#32;&#10;b", "a b", "a&#32;&#10;b"),
            ("a & b &x", "a & b &x", "a & b &x"),
            ("\0a\0b\0", "ab", "a\0b"),
            ("&lt;p&gt", "<p>", "&lt;p&gt"),
            ("&nbsp;&emsp;\u{200b}", "", ""),
            ("政府　信息", "政府　信息", "政府　信息"),
        ];
        for (page, text, covered) in cases {
            let mut flow = Flow::default();
            let until = page.len();
            let stopped = flow.read(page, 0, until, Reading::Data, Space::Collapse);
            assert_eq!(stopped, (until, Stop::Piece));
            assert_eq!(&flow.text[flow.start..flow.end], text, "{page:?}");
            if flow.is_visible() {
                assert_eq!(&page[flow.first..flow.last], covered, "{page:?}");
            } else {
                assert_eq!(covered, "");
            }
        }
    }

    #[test]
    fn lines_keep_their_tabs() {
        let mut flow = Flow::default();
        let page = "\t1\t\t2 <\r\n3";
        let (at, stop) = flow.read(page, 0, page.len(), Reading::Raw, Space::Keep);
        assert_eq!((&flow.text[..flow.end], stop), ("1\t\t2 <", Stop::Line));
        flow.next_run();
        flow.read(page, at, page.len(), Reading::Raw, Space::Keep);
        assert_eq!(&flow.text[flow.start..flow.end], "3");
    }
}
