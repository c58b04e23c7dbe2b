//! Pages → one flow: page furniture left out, paragraphs and tables put together over line and page ends.
//!
//! In: the sheets in order. Out: paragraphs, headings, tables and pictures in reading order. A paragraph ends where
//! its last line leaves room for what follows, where the next line is indented, or where the size changes.

use super::across;
use super::lines::{Line, goes_on, join};
use super::sheet::{Item, PageTable, Sheet};
use crate::model::ByteRange;

/// A running head or foot stands within this share of the page's height from its end.
const MARGIN: f32 = 0.12;
/// A line this much larger than the text is a title.
const TITLE: f32 = 1.15;
/// So many lines with gaps between columns are a table without rules.
const UNRULED: usize = 4;

/// A piece of the flow.
#[derive(Debug)]
pub(super) enum Piece {
    Paragraph {
        text: String,
        bytes: ByteRange,
        is_title: bool,
    },
    Table(PageTable),
    /// A picture, or a page that is one.
    Picture(String),
}

/// All pages as one.
#[derive(Debug, Default)]
pub(super) struct Flow {
    pub(super) pieces: Vec<Piece>,
    /// Pages (from 1) on which columns of numbers stand without rules.
    pub(super) unruled: Vec<usize>,
}

/// What the lines of a file have in common.
#[derive(Debug, Clone, Copy)]
struct Measure {
    /// Size of most of the text.
    size: f32,
    left: f32,
    right: f32,
    /// Distance of most lines.
    leading: f32,
}

/// Puts the pages together.
pub(super) fn flow(mut sheets: Vec<Sheet>) -> Flow {
    drop_furniture(&mut sheets);
    let measure = measure(&sheets);
    let mut flow = Flow::default();
    let mut open: Option<(Line, usize)> = None;
    for (page, sheet) in sheets.into_iter().enumerate() {
        let mut columns = 0;
        let mut first = true;
        for item in sheet.items {
            let at_top = std::mem::take(&mut first);
            match item {
                Item::Line(line) => {
                    columns = if line.gaps >= 2 { columns + 1 } else { 0 };
                    if columns == UNRULED {
                        flow.unruled.push(page + 1);
                    }
                    let joined = open.as_ref().is_some_and(|(before, on)| {
                        let below = (*on == page).then_some(line.y - before.y);
                        is_one_paragraph(before, &line, below, measure)
                    });
                    match flow.pieces.last_mut() {
                        Some(Piece::Paragraph { text, bytes, .. }) if joined => {
                            join(text, &line.text, true);
                            *bytes = bytes.cover(line.bytes);
                        }
                        _ => flow.pieces.push(Piece::Paragraph {
                            text: line.text.clone(),
                            bytes: line.bytes,
                            is_title: page == 0 && line.size > TITLE * measure.size,
                        }),
                    }
                    open = Some((line, page));
                }
                Item::Table(table) => {
                    open = None;
                    let rest = match flow.pieces.last_mut() {
                        Some(Piece::Table(before)) if at_top && page > 0 => {
                            let mut rest = across::append(before, table);
                            if let Some(other) = &mut rest {
                                across::doubt_between(before, other);
                            }
                            rest
                        }
                        _ => Some(table),
                    };
                    flow.pieces.extend(rest.map(Piece::Table));
                }
                Item::Picture(_) => {
                    open = None;
                    let name = format!("picture on page {}", page + 1);
                    flow.pieces.push(Piece::Picture(name));
                }
            }
        }
    }
    flow
}

/// Whether the next line goes on with the same paragraph. `below` is how far down it stands, on one page.
fn is_one_paragraph(line: &Line, next: &Line, below: Option<f32>, measure: Measure) -> bool {
    let size = line.size.max(next.size);
    if (line.size - next.size).abs() > 0.12 * size || line.gaps >= 2 || next.gaps >= 2 {
        return false;
    }
    if below.is_some_and(|below| below > 1.35 * measure.leading.max(1.2 * size) || below <= 0.0) {
        return false;
    }
    // A title that its width broke.
    let wide = measure.right - measure.left - size;
    if line.size > TITLE * measure.size && goes_on(line, next, wide) {
        return true;
    }
    // Indented, or set apart to the right or in the middle.
    if next.x0 - measure.left > 1.2 * size {
        return false;
    }
    if line.text.ends_with(['。', '；', '：', '！', '”', '）']) && is_numbered(&next.text) {
        return false;
    }
    // Punctuation may have pulled one character down to the next line.
    let slack = (0.6 * size).max(next.first_word.min(size));
    let left = line.x0.max(measure.left);
    goes_on(line, next, measure.right - left - slack)
}

/// Whether a line begins with a Chinese numeral of its own: `一、`, `（二）`.
fn is_numbered(text: &str) -> bool {
    let rest = text.strip_prefix(['（', '(']).unwrap_or(text);
    let after = rest.trim_start_matches(|c: char| "一二三四五六七八九十".contains(c));
    after.len() < rest.len() && after.starts_with(['、', '）', ')', '．', '.'])
}

fn measure(sheets: &[Sheet]) -> Measure {
    let lines = || {
        sheets.iter().flat_map(|sheet| {
            sheet.items.iter().filter_map(|item| match item {
                Item::Line(line) => Some(line),
                _ => None,
            })
        })
    };
    // What is most common, weighed by characters, in steps of half a point.
    let size = most(lines().map(|line| (line.size, line.text.chars().count())));
    let body = || lines().filter(|line| (line.size - size).abs() < 0.12 * size);
    let long = body().filter(|line| line.text.chars().count() > 15);
    let left = most(
        long.clone()
            .map(|line| (line.x0, line.text.chars().count())),
    );
    // Nearly the furthest: what hangs out of a table without rules is no measure.
    let mut ends: Vec<f32> = long.clone().map(|line| line.x1).collect();
    ends.sort_by(f32::total_cmp);
    let right = ends.get(ends.len() * 9 / 10).copied().unwrap_or_default();
    let mut steps = Vec::new();
    for sheet in sheets {
        for pair in sheet.items.windows(2) {
            if let [Item::Line(one), Item::Line(other)] = pair {
                steps.push((other.y - one.y, 1));
            }
        }
    }
    Measure {
        size,
        left,
        right,
        leading: most(steps.into_iter()),
    }
}

/// The most common of some lengths, to half a point.
fn most(lengths: impl Iterator<Item = (f32, usize)>) -> f32 {
    let mut counts: Vec<(f32, usize)> = Vec::new();
    for (length, weight) in lengths {
        let is_full = counts.len() >= 64;
        // A file has few sizes and margins; what comes late and is rare does not count.
        match counts
            .iter_mut()
            .find(|(known, _)| (known - length).abs() <= 0.75)
        {
            Some((_, count)) => *count += weight,
            None if is_full => {}
            None => counts.push((length, weight)),
        }
    }
    let largest = counts.iter().max_by_key(|(_, count)| *count);
    largest.map_or(0.0, |(length, _)| *length)
}

/// Leaves out page numbers, and lines that stand on most pages at the same end.
fn drop_furniture(sheets: &mut [Sheet]) {
    let pages = sheets.len();
    let mut seen: Vec<(String, bool, usize)> = Vec::new();
    let ends: Vec<Vec<(usize, bool)>> = sheets.iter().map(ends).collect();
    for (sheet, ends) in sheets.iter().zip(&ends) {
        for (number, top) in ends {
            if let Item::Line(line) = &sheet.items[*number] {
                let key = masked(&line.text);
                let is_full = seen.len() >= 1000;
                match seen
                    .iter_mut()
                    .find(|(known, at, _)| *known == key && at == top)
                {
                    Some((_, _, count)) => *count += 1,
                    None if is_full => {}
                    None => seen.push((key, *top, 1)),
                }
            }
        }
    }
    for (sheet, ends) in sheets.iter_mut().zip(&ends) {
        let mut gone: Vec<usize> = Vec::new();
        for (number, top) in ends {
            let Item::Line(line) = &sheet.items[*number] else {
                continue;
            };
            let key = masked(&line.text);
            let repeated = seen.iter().any(|(known, at, count)| {
                *known == key && at == top && *count >= 2 && *count * 2 > pages
            });
            if is_page_number(&line.text) || repeated {
                gone.push(*number);
            }
        }
        let mut number = 0;
        sheet.items.retain(|_| {
            number += 1;
            !gone.contains(&(number - 1))
        });
    }
}

/// The lines in the margins at both ends of a page: their numbers, and whether at the top.
fn ends(sheet: &Sheet) -> Vec<(usize, bool)> {
    let mut ends = Vec::new();
    for (number, item) in sheet.items.iter().enumerate() {
        if let Item::Line(line) = item {
            if line.y < MARGIN * sheet.height {
                ends.push((number, true));
            } else if line.y > (1.0 - MARGIN) * sheet.height {
                ends.push((number, false));
            }
        }
    }
    ends
}

/// A line with its numbers made alike.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    for character in text.chars().filter(|c| !c.is_whitespace()) {
        let character = if character.is_ascii_digit() {
            '0'
        } else {
            character
        };
        if character != '0' || !masked.ends_with('0') {
            masked.push(character);
        }
    }
    masked
}

/// `3`, `- 3 -`, `—3—`, `第 3 页`, `第3页 共6页`, `3 / 6`, `Page 3 of 6`.
fn is_page_number(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits == 0 || digits > 8 {
        return false;
    }
    let known = |c: char| {
        c.is_ascii_digit()
            || matches!(
                c,
                '-' | '－'
                    | '—'
                    | '–'
                    | '―'
                    | '─'
                    | '·'
                    | '/'
                    | '|'
                    | '~'
                    | '第'
                    | '页'
                    | '共'
                    | '，'
                    | ','
            )
    };
    text.chars().all(known) || text.to_ascii_lowercase().starts_with("page")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_begin_paragraphs() {
        let numbered = ["一、总体情况", "（二）依申请公开", "十一．其他"];
        assert!(numbered.iter().all(|text| is_numbered(text)));
        assert!(
            !["一般情况", "2023年", "（见表）"]
                .iter()
                .any(|text| is_numbered(text))
        );
    }

    #[test]
    fn page_numbers_are_told_from_text() {
        for (text, want) in [
            ("- 3 -", true),
            ("—12—", true),
            ("3", true),
            ("第 3 页 共 6 页", true),
            ("3/6", true),
            ("Page 3 of 6", true),
            ("2024年", false),
            ("共公开3条", false),
            ("一、总体情况", false),
        ] {
            assert_eq!(is_page_number(text), want, "{text}");
        }
        assert_eq!(masked("第 12 页"), masked("第3页"));
    }
}
