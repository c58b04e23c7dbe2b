//! Digests of a report: of what the agency published, and of all that was read.
//!
//! The first is 16 bytes of a SHA-256: it tells versions apart, for whoever looks. The second, which only says whether this program
//! read a capture as it did before, is an XXH3 of 128 bits, a tenth of the work.

use std::hash::{Hash as _, Hasher};

use sha2::{Digest as _, Sha256};
use twox_hash::XxHash3_128;

use crate::model::{Catalog, DateSource, Report};

/// A truncated SHA-256, or an XXH3.
pub(super) type Digest = [u8; 16];

/// Of the published content: title, publication day, sections, every observation's status,
/// value, text and unit, and the lists' rows as printed. Provenance, findings, mentions and places are not part of it.
///
/// Of texts the white space is no part ([`Text::words`]). The publication day is the one that is printed or declared; one that only
/// the address gives is the site's, and the same page often lies at two addresses. `order` has the numbers of the observations
/// in the catalog's order. `room` is emptied and used.
pub(super) fn content(report: &Report, order: &[usize], room: &mut Vec<u8>) -> Digest {
    room.clear();
    let mut hash = Text(room);
    hash.words(report.title.as_deref());
    let printed = report
        .dates
        .iter()
        .any(|date| Some(date.value) == report.published && date.source != DateSource::Url);
    let published = report.published.filter(|_| printed);
    hash.text(published.map(|day| day.to_string()).as_deref());
    hash.number(report.sections.len() as u64);
    for section in &report.sections {
        hash.text(Some(section.kind.as_str()));
        hash.words(section.heading.as_deref());
        hash.words(Some(&section.text));
    }
    let catalog = Catalog::get();
    for number in order {
        let observation = &report.observations[*number];
        let indicator = catalog.indicator(observation.indicator);
        hash.text(Some(indicator.form.as_str()));
        hash.text(Some(&indicator.cell));
        hash.text(Some(observation.status.as_str()));
        if let Some(value) = observation.value {
            hash.number(value.mantissa().cast_unsigned());
            hash.number(u64::from(value.scale()));
        }
        hash.words(Some(&observation.raw));
        hash.text(observation.unit.map(crate::model::Unit::as_str));
    }
    for row in &report.statistics {
        hash.text(row.id.as_deref());
        hash.words(row.group.as_deref());
        hash.words(Some(&row.label));
        hash.text(row.code.as_deref());
        hash.text(row.unit.as_deref());
        for cell in &row.cells {
            hash.words(cell.head.as_deref());
            hash.text(Some(cell.status.as_str()));
            hash.words(Some(&cell.raw));
        }
    }
    shorten(room)
}

/// Of all that was read, provenance included. For one machine and program: elsewhere it may be another, and the page is
/// then written again as it was. Cells count by their numbers in the catalog; where those change the store asks for all again.
/// `room` is emptied and used.
pub(super) fn reading(report: &Report, room: &mut Vec<u8>) -> Digest {
    room.clear();
    report.hash(&mut Bytes(room));
    XxHash3_128::oneshot(room).to_be_bytes()
}

/// What a value hands to a hasher, in one piece. Lengths and ends are among it, so different values differ.
struct Bytes<'r>(&'r mut Vec<u8>);

impl Hasher for Bytes<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// No hash: what was handed over is digested.
    fn finish(&self) -> u64 {
        0
    }
}

fn shorten(bytes: &[u8]) -> Digest {
    let full: [u8; 32] = Sha256::digest(bytes).into();
    let mut short = [0; 16];
    short.copy_from_slice(&full[..16]);
    short
}

/// What is digested, in one piece: hashing a thousand small ones takes several times as long.
struct Text<'r>(&'r mut Vec<u8>);

impl Text<'_> {
    fn number(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    /// As [`Self::text`], without the white space: a page reflowed is the same page. A space stays where it parts
    /// two digits or Latin letters, a tab and the end of its line always: they part the cells of a table.
    fn words(&mut self, text: Option<&str>) {
        let Some(text) = text else {
            return self.text(None);
        };
        if text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return self.text(Some(text));
        }
        // Its length is known at the end.
        let at = self.0.len();
        self.number(0);
        let words = &mut *self.0;
        let (mut behind_word, mut parted) = (false, false);
        for line in text.split('\n') {
            let is_row = line.contains('\t');
            let mut rest = line;
            while let Some(c) = rest.chars().next() {
                let (piece, behind) = rest.split_at(plain_len(rest).max(c.len_utf8()));
                rest = behind;
                if c == '\t' {
                    words.push(b'\t');
                    (behind_word, parted) = (false, false);
                } else if c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}') {
                    parted = true;
                } else {
                    if parted && behind_word && c.is_ascii_alphanumeric() {
                        words.push(b' ');
                    }
                    words.extend_from_slice(piece.as_bytes());
                    behind_word = piece.ends_with(|c: char| c.is_ascii_alphanumeric());
                    parted = false;
                }
            }
            parted = true;
            if is_row {
                words.push(b'\n');
                behind_word = false;
            }
        }
        let length = (self.0.len() - at - 8) as u64;
        self.0[at..at + 8].copy_from_slice(&length.to_le_bytes());
    }

    /// Length first, so that neighbours cannot run together; absence is its own length.
    fn text(&mut self, text: Option<&str>) {
        self.number(text.map_or(u64::MAX, |text| text.len() as u64));
        self.0
            .extend_from_slice(text.unwrap_or_default().as_bytes());
    }
}

/// How much of the text's start has neither white space nor characters without width: up to the first byte that one may
/// begin with. Always whole characters.
fn plain_len(text: &str) -> usize {
    let is_plain = |byte: &u8| matches!(byte, b'!'..=b'~' | 0x80..=0xC1 | 0xC3..=0xE0 | 0xE4..=0xEE | 0xF0..=0xFF);
    text.bytes()
        .position(|byte| !is_plain(&byte))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn plain_text_is_taken_as_it_is(text in "[ -~\u{80}-\u{ff}一-丁\u{2000}-\u{2070}\u{3000}-\u{3002}，。\u{feff}\u{1f600}]{0,20}") {
            let plain = &text[..plain_len(&text)];
            let has_none = !plain.contains(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}'));
            prop_assert!(has_none);
            // Where it ends a character does that may be white space.
            let next = text[plain.len()..].chars().next();
            let has_all = next.is_none_or(|c| !matches!(c, '!'..='~' | '一'..='龥'));
            prop_assert!(has_all);
        }
    }

    #[test]
    fn white_space_is_no_content_unless_it_parts_numbers_or_cells() {
        let words = |text: &str| {
            let mut room = Vec::new();
            Text(&mut room).words(Some(text));
            room
        };
        for (one, other, same) in [
            ("本 机关\n共公开", "本机关共公开", true),
            ("共\u{3000}12 件", "共12件", true),
            ("1 2", "12", false),
            ("1\n2", "1 2", true),
            ("甲\t1\t\n", "甲\t\t1\n", false),
            ("甲\t1\n乙\t2", "甲\t1乙\n\t2", false),
            ("", " ", true),
        ] {
            assert_eq!(words(one) == words(other), same, "{one:?} {other:?}");
        }
    }
}
