//! What must hold of any input at all: one function a fuzz target, each with more to say than "it does not panic".
//!
//! In: bytes of anything; the first one chooses how the rest is taken ([`Input`]). Panics where something does not
//! hold. Included by path by `fuzz/fuzz_targets/` (millions of inputs) and by `tests/fuzz.rs` (some, on every test run).

#![allow(
    dead_code,
    unused_imports,
    reason = "every target that includes this uses one of them"
)]

mod page;
mod web;

use std::fmt::Write as _;

use nianbao::decode::{Decoded, decode, decode_in};
use nianbao::model::{ByteRange, CellStatus};
use nianbao::normalize::label::fold;
use nianbao::normalize::{CellText, Label, find_dates, read_cell};

pub use page::{extract, facsimile, grid};
pub use web::{answer, warc};

/// The headers that pages come with.
const CONTENT_TYPES: [Option<&str>; 8] = [
    None,
    Some("text/html; charset=utf-8"),
    Some("text/html; charset=gbk"),
    Some("text/html; charset=utf-16le"),
    Some("text/html; charset=windows-1252"),
    Some("text/plain; charset=gb18030"),
    Some("text/html; charset=big5"),
    Some("text/plain"),
];

/// An input taken apart.
#[derive(Debug, Clone, Copy)]
pub struct Input<'i> {
    /// The declared media type.
    pub content_type: Option<&'static str>,
    /// A number the input chose, for picking one of several things.
    pub pick: usize,
    /// The payload.
    pub bytes: &'i [u8],
}

impl<'i> Input<'i> {
    /// The first byte chooses; `None` for no bytes.
    pub fn new(data: &'i [u8]) -> Option<Self> {
        let (first, bytes) = data.split_first()?;
        Some(Self {
            content_type: CONTENT_TYPES[usize::from(first % 8)],
            pick: usize::from(first / 8) * 7,
            bytes,
        })
    }
}

/// About how many characters of a text are decoded anew one by one.
const CHECKED: usize = 2048;

/// Charsets that keep no state between characters and give one character for each sequence.
fn is_plain(charset: &str) -> bool {
    matches!(
        charset,
        "UTF-8" | "gb18030" | "UTF-16LE" | "UTF-16BE" | "windows-1252"
    )
}

/// Text and payload correspond: positions go forward together, and the bytes of a character are its own.
pub fn decode_body(data: &[u8]) {
    let Some(input) = Input::new(data) else {
        return;
    };
    let decoded = decode(input.bytes, input.content_type);
    let text = &*decoded.text;
    assert!(
        text.len() <= 3 * input.bytes.len() + 3,
        "more text than bytes can give"
    );
    let replaced = text.matches('\u{fffd}').count();
    assert!(decoded.replacements as usize <= replaced);
    let mut cursor = decoded.cursor();
    let mut before = cursor.byte(0);
    let mut chosen = None;
    // Of a long text a part is decoded anew, another one for another input.
    let stride = 1 + text.len() / CHECKED;
    for (number, (at, character)) in text.char_indices().enumerate() {
        let start = cursor.byte(at);
        let end = cursor.byte(at + character.len_utf8());
        assert!(
            before <= start && start <= end,
            "{at}: {before} {start} {end}"
        );
        assert!(end as usize <= input.bytes.len());
        before = end;
        let range = ByteRange::new(start, end);
        if is_plain(decoded.charset) && !matches!(character, '\u{fffd}' | '\u{feff}') {
            if number % stride == input.pick % stride {
                check_character(&decoded, input.bytes, range, character);
            }
            if number <= input.pick {
                chosen = Some((at..at + character.len_utf8(), range));
            }
        }
    }
    assert_eq!(cursor.byte(text.len()) as usize, input.bytes.len());
    // Back again, and by the way from bytes to text.
    if let Some((place, range)) = chosen {
        assert_eq!(cursor.byte(place.start), range.start, "a walk back");
        let back = decoded.text_range(range);
        assert_eq!(back, Some(place), "from bytes to text");
    }
    let outside = ByteRange::new(before, before + 1);
    assert!(before as usize != input.bytes.len() || decoded.text_range(outside).is_none());
}

fn check_character(decoded: &Decoded<'_>, bytes: &[u8], range: ByteRange, character: char) {
    let slice = range.slice(bytes).expect("inside");
    // The text may be valid UTF-8 that is named as what was declared: ASCII, the same in both.
    let again = decode_in(slice, decoded.charset).expect("a charset of ours");
    let mut buffer = [0; 4];
    assert_eq!(
        &*again.text,
        character.encode_utf8(&mut buffer),
        "{} at {range:?}: {slice:x?}",
        decoded.charset
    );
}

/// Digits as they are printed, ASCII, without the zeros in front and at the end that scaling may add or take.
pub fn digits(text: &str) -> String {
    let digits: String = text
        .chars()
        .filter_map(|character| match character {
            '0'..='9' => Some(character),
            '０'..='９' => char::from_u32(character as u32 - '０' as u32 + '0' as u32),
            _ => None,
        })
        .collect();
    digits.trim_matches('0').to_owned()
}

/// A value is what is printed, and comes from nothing else.
pub fn check_value(text: &str, read: CellText) {
    assert_eq!(
        read.value.is_some(),
        read.status == CellStatus::Number,
        "{text:?}"
    );
    let Some(value) = read.value else {
        return;
    };
    assert_eq!(
        digits(&value.to_string()),
        digits(text),
        "{text:?} as {value}"
    );
    let printed = text
        .chars()
        .any(|c| c.is_ascii_digit() || ('０'..='９').contains(&c));
    let zero = text.contains(['零', '〇']) && value.mantissa() == 0;
    assert!(printed || zero, "a value from no digit: {text:?}");
    let minus = text.contains(['-', '－', '−', '﹣']);
    assert!(
        minus || value.mantissa() >= 0,
        "a sign from nothing: {text:?}"
    );
}

/// One cell's text: status and value agree, digits are those printed, spellings of one number are one number.
pub fn number_body(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let text = &*text;
    let read = read_cell(text);
    check_value(text, read);
    let is_nothing =
        |c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}');
    if text.chars().all(is_nothing) {
        assert_eq!(read.value, None, "a value from a blank");
    }
    assert!(
        matches!(
            read.status,
            CellStatus::Number | CellStatus::Blank | CellStatus::Mark | CellStatus::Text
        ),
        "{text:?}"
    );
    assert_eq!(
        read_cell(&format!(" \u{3000}{text}\u{a0}\n")),
        read,
        "space around {text:?}"
    );
    let wide: String = text
        .chars()
        .map(|c| match c {
            '0'..='9' => char::from_u32(c as u32 - '0' as u32 + '０' as u32).unwrap_or(c),
            c => c,
        })
        .collect();
    assert_eq!(read_cell(&wide), read, "{text:?} in full-width digits");
    if let Some(value) = read.value {
        let again = read_cell(&value.to_string());
        assert_eq!(again.value, Some(value), "{text:?} printed anew");
    }
    // The grammars around it end, and their places are places of the text.
    let label = Label::new(text);
    let folded = fold(&label.core);
    assert_eq!(fold(&folded), folded, "folding {text:?}");
    let mut behind = 0;
    for found in find_dates(text) {
        assert!(behind <= found.place.start && text.get(found.place.clone()).is_some());
        behind = found.place.end;
    }
}

/// A dictionary for libFuzzer: every label of the forms, and the markup around them.
pub fn dictionary() -> String {
    let mut out = String::from("# Written by `cargo test --test fuzz -- --ignored`.\n");
    for word in words() {
        out.push('"');
        for byte in word.bytes() {
            if byte.is_ascii_alphanumeric() || b" <>/=&;:-_".contains(&byte) {
                out.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\x{byte:02X}");
            }
        }
        out.push_str("\"\n");
    }
    out
}

/// Words that pages are made of.
pub fn words() -> Vec<String> {
    let catalog = nianbao::model::Catalog::get();
    let labels = catalog.indicators.iter().flat_map(|one| one.path.clone());
    let mut words: Vec<String> = labels.collect();
    words.extend(
        [
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "</td>",
            "<th>",
            "<td rowspan=2>",
            "<td colspan=7>",
            "<p>",
            "<br>",
            "<div>",
            "</div>",
            "<span>",
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "&nbsp;",
            "&#48;",
            "<textarea>",
            "<xmp>",
            "<pre>",
            "<template>",
            "<form>",
            "<select>",
            "<mark>",
            "<a href=",
            "一、总体情况",
            "二、主动公开政府信息情况",
            "三、收到和处理政府信息公开申请情况",
            "2020年政府信息公开工作年度报告",
            "万元",
            "件",
            "——",
            "１２",
            "1,234",
            "零",
            "余",
            "\u{3000}",
            "\u{feff}",
        ]
        .map(str::to_owned),
    );
    words.sort();
    words.dedup();
    words
}
