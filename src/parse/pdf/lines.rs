//! Glyphs → lines of text.
//!
//! In: glyphs of a page or of one cell. Out: lines from top to bottom, each with its text and its bytes. A glyph
//! painted twice (filled and stroked, shifted for bold) is read once; spaces are those that are written, and gaps
//! too wide to be none.

use super::ink::{Glyph, Ink};
use crate::model::ByteRange;

/// Glyphs whose baselines differ by less, in ems, stand in one line.
const SAME_LINE: f32 = 0.4;
/// Between Latin letters and digits a gap of this many ems is a space.
const WORD_GAP: f32 = 0.22;
/// Next to a Chinese character it takes more: there is a hair of space between Chinese and Latin.
const WIDE_GAP: f32 = 0.9;
/// A gap of so many ems stands between columns.
pub(super) const COLUMN_GAP: f32 = 2.0;

/// A line of text.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    /// From its first to its last byte; of a line in several parts the first one's.
    pub(super) bytes: ByteRange,
    pub(super) x0: f32,
    pub(super) x1: f32,
    /// Baseline.
    pub(super) y: f32,
    /// Size of most of it.
    pub(super) size: f32,
    /// How far the first word reaches: what must fit for the line before to have room for it.
    pub(super) first_word: f32,
    /// How many gaps between columns it has.
    pub(super) gaps: usize,
}

/// Whether a character is written without spaces around it.
pub(super) const fn is_wide(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff01}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}'
        | '“' | '”' | '‘' | '’' | '—' | '…' | '·')
}

/// Puts glyphs into lines.
pub(super) fn lines(ink: &Ink, mut glyphs: Vec<Glyph>) -> Vec<Line> {
    glyphs.sort_by(|one, other| one.y.total_cmp(&other.y).then(one.x0.total_cmp(&other.x0)));
    let mut lines = Vec::new();
    let mut rest = glyphs.as_mut_slice();
    while let [first, ..] = rest {
        let mut size = first.size;
        let mut y = first.y;
        let mut end = 1;
        while let Some(next) = rest.get(end)
            && next.y - y <= SAME_LINE * size.min(next.size).max(0.6 * size.max(next.size))
        {
            // The largest glyph's baseline is the line's.
            if next.size > size {
                size = next.size;
                y = next.y;
            }
            end += 1;
        }
        let (line, behind) = std::mem::take(&mut rest).split_at_mut(end);
        line.sort_by(|one, other| one.x0.total_cmp(&other.x0));
        lines.extend(line_of(ink, line));
        rest = behind;
    }
    lines
}

fn line_of(ink: &Ink, glyphs: &[Glyph]) -> Option<Line> {
    let mut line: Option<Line> = None;
    let mut last: Option<&Glyph> = None;
    let mut weights: [(f32, usize); 4] = [(0.0, 0); 4];
    for glyph in glyphs {
        let text = ink.text_of(glyph);
        let is_blank = text.chars().all(char::is_whitespace);
        if let Some(before) = last
            && is_again(ink, before, glyph)
        {
            continue;
        }
        if !is_blank {
            let slot = weights
                .iter_mut()
                .find(|(size, count)| *count == 0 || (size - glyph.size).abs() < 0.5);
            if let Some((size, count)) = slot {
                *size = glyph.size;
                *count += 1;
            }
        }
        let Some(line) = &mut line else {
            if !is_blank {
                line = Some(Line {
                    text: text.to_owned(),
                    bytes: glyph.bytes,
                    x0: glyph.x0,
                    x1: glyph.x1,
                    y: glyph.y,
                    size: glyph.size,
                    first_word: 0.0,
                    gaps: 0,
                });
                last = Some(glyph);
            }
            continue;
        };
        if is_blank {
            // Spaces at the end are the trim's; one written between two words is kept.
            if !line.text.ends_with([' ', '\u{3000}']) {
                line.text
                    .push_str(if text == "\u{3000}" { text } else { " " });
            }
            if line.first_word == 0.0 {
                line.first_word = line.x1 - line.x0;
            }
            continue;
        }
        if let Some(before) = last {
            let gap = glyph.x0 - before.x1 - before.spacing.max(0.0);
            let size = before.size.min(glyph.size);
            let ends = [line.text.chars().next_back(), text.chars().next()];
            let wide = ends.iter().flatten().any(|character| is_wide(*character));
            let spaced = line.text.ends_with([' ', '\u{3000}']);
            if gap > COLUMN_GAP * size {
                line.gaps += 1;
            }
            if gap > size * if wide { WIDE_GAP } else { WORD_GAP } && !spaced {
                line.text.push(' ');
            }
            let breaks = wide || gap > size * WORD_GAP || spaced;
            if breaks && line.first_word == 0.0 {
                line.first_word = before.x1 - line.x0;
            }
        }
        line.text.push_str(text);
        line.x1 = line.x1.max(glyph.x1);
        line.bytes = line.bytes.cover(glyph.bytes);
        last = Some(glyph);
    }
    let mut line = line?;
    line.size = weights
        .iter()
        .max_by_key(|(_, count)| *count)
        .map_or(line.size, |(size, _)| *size);
    if line.first_word == 0.0 {
        line.first_word = line.x1 - line.x0;
    }
    line.text.truncate(line.text.trim_end().len());
    (!line.text.is_empty()).then_some(line)
}

/// Whether a glyph is the one before it, painted again.
fn is_again(ink: &Ink, before: &Glyph, glyph: &Glyph) -> bool {
    let width = (before.x1 - before.x0).max(0.2 * before.size);
    (glyph.x0 - before.x0).abs() < 0.3 * width
        && (glyph.y - before.y).abs() < 0.12 * before.size
        && (glyph.size - before.size).abs() < 0.1 * before.size
        && ink.text_of(before) == ink.text_of(glyph)
}

/// Whether a line goes on in the next one: the next one's first word had no room left of `right`.
pub(super) fn goes_on(line: &Line, next: &Line, room: f32) -> bool {
    (line.x1 - line.x0) + next.first_word > room
}

/// Two lines of one paragraph as one: nothing between them but what was written.
pub(super) fn join(text: &mut String, next: &str, spaced: bool) {
    let letters = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphabetic());
    if spaced && letters(text.chars().next_back()) && letters(next.chars().next()) {
        text.push(' ');
    }
    text.push_str(next);
}
