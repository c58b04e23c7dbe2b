//! Widths of text on a terminal, and text made safe for one. Pure.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns `text` takes on a terminal: two for a Chinese character.
pub fn display_width(text: &str) -> usize {
    text.width()
}

/// `text` on one line, with nothing in it that a terminal acts upon: white space becomes a
/// space, control characters and those that turn the direction of writing become `�`.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
            '\u{061c}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            character if character.is_control() => '\u{fffd}',
            character => character,
        })
        .collect()
}

/// `text` cut to `width` columns, with `…` where something was cut off.
pub fn shorten(text: &str, width: usize) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut left = width.saturating_sub(1);
    for character in text.chars() {
        let taken = character.width().unwrap_or(0);
        if taken > left {
            break;
        }
        left -= taken;
        short.push(character);
    }
    if width > 0 {
        short.push('…');
    }
    short
}

/// `text` with spaces behind it up to `width` columns.
pub(super) fn left(text: &str, width: usize) -> String {
    format!("{text}{}", gap(text, width))
}

/// `text` with spaces before it up to `width` columns.
pub(super) fn right(text: &str, width: usize) -> String {
    format!("{}{text}", gap(text, width))
}

/// `text` in the middle of `width` columns, an odd space behind it.
pub(super) fn centre(text: &str, width: usize) -> String {
    let space = width.saturating_sub(display_width(text));
    let before = space / 2;
    format!("{}{text}{}", " ".repeat(before), " ".repeat(space - before))
}

fn gap(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(display_width(text)))
}

/// Every line without the spaces at its end, and one line end at the end of all.
pub(super) fn trimmed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_counts_double() {
        assert_eq!(display_width("年报 1"), 6);
        assert_eq!(left("年", 4), "年  ");
        assert_eq!(right("年", 4), "  年");
        assert_eq!(centre("年", 5), " 年  ");
        for (width, want) in [(6, "年报12"), (5, "年报…"), (4, "年…"), (1, "…"), (0, "")]
        {
            assert_eq!(shorten("年报12", width), want);
        }
    }

    #[test]
    fn page_text_cannot_drive_the_terminal() {
        assert_eq!(
            visible("a\x1b[2Jb\r\nc\u{202e}d"),
            "a\u{fffd}[2Jb  c\u{fffd}d"
        );
    }
}
