//! One page: its lines, tables and pictures from top to bottom.
//!
//! In: the page's ink. Out: [`Item`]s. A glyph belongs to the innermost table that holds its middle, else to a line
//! of text. A number broken over two lines of a narrow cell is one number only where the first line is full.

use super::ink::{Area, Glyph, Ink};
use super::lines::{self, Line, is_wide};
use super::ruled::{self, Grid};
use crate::model::ByteRange;

/// What a cell's text may leave free on both sides together, in points.
const PADDING: f32 = 12.0;
/// Smaller pictures are marks and bullets.
const PICTURE: f32 = 40.0;

/// A piece of a page.
#[derive(Debug)]
pub(super) enum Item {
    Line(Line),
    Table(PageTable),
    Picture(Area),
}

impl Item {
    /// Where it begins, from the top.
    pub(super) fn top(&self) -> f32 {
        match self {
            Self::Line(line) => line.y - line.size,
            Self::Table(table) => table.y0,
            Self::Picture(area) => area.y0,
        }
    }
}

/// A table as far as it stands on one page.
#[derive(Debug, Clone, Default)]
pub(super) struct PageTable {
    pub(super) x0: f32,
    pub(super) x1: f32,
    pub(super) y0: f32,
    pub(super) rows: usize,
    pub(super) cells: Vec<PageCell>,
    pub(super) is_broken: bool,
    /// Without a rule at the top, at the bottom.
    pub(super) is_open: (bool, bool),
    /// Rows at page breaks of which it cannot be told whether they are halves of one.
    pub(super) doubtful: Vec<usize>,
}

/// A cell of it.
#[derive(Debug, Clone, Default)]
pub(super) struct PageCell {
    pub(super) row: usize,
    pub(super) rows: usize,
    pub(super) x0: f32,
    pub(super) x1: f32,
    /// Its text, a paragraph each.
    pub(super) paragraphs: Vec<(String, ByteRange)>,
    /// Its last line leaves no room for another character.
    pub(super) is_full: bool,
    pub(super) has_picture: bool,
    /// Where it lies in the content, for cells without text.
    pub(super) place: ByteRange,
}

/// A page put in order.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) items: Vec<Item>,
    pub(super) height: f32,
    /// Its lines of text were too many to be tables.
    pub(super) is_drawing: bool,
}

/// Reads one page.
pub(super) fn sheet(ink: &Ink) -> Sheet {
    let (mut grids, is_drawing) = match ruled::grids(&ink.rules) {
        Some(grids) => (grids, false),
        None => (Vec::new(), true),
    };
    // The innermost first.
    let area = |grid: &Grid| {
        let (x0, y0, x1, y1) = grid.bounds();
        (x1 - x0) * (y1 - y0)
    };
    grids.sort_by(|one, other| area(one).total_cmp(&area(other)));
    let mut inside: Vec<Vec<Vec<Glyph>>> = grids
        .iter()
        .map(|grid| vec![Vec::new(); grid.cells.len()])
        .collect();
    let mut outside = Vec::new();
    for glyph in &ink.glyphs {
        let (x, y) = glyph.middle();
        match find(&grids, x, y) {
            Some((grid, cell)) => inside[grid][cell].push(*glyph),
            None => outside.push(*glyph),
        }
    }
    let mut items: Vec<Item> = lines::lines(ink, outside)
        .into_iter()
        .map(Item::Line)
        .collect();
    let mut pictures: Vec<Vec<bool>> = grids
        .iter()
        .map(|grid| vec![false; grid.cells.len()])
        .collect();
    for picture in &ink.pictures {
        let (width, height) = (picture.x1 - picture.x0, picture.y1 - picture.y0);
        let all = ink.width * ink.height;
        // A ground under the whole page is no picture of a table.
        let ground = width * height > 0.8 * all && ink.glyphs.len() > 100;
        if width < PICTURE || height < PICTURE / 2.0 || ground {
            continue;
        }
        let middle = (
            f32::midpoint(picture.x0, picture.x1),
            f32::midpoint(picture.y0, picture.y1),
        );
        match find(&grids, middle.0, middle.1) {
            Some((grid, cell)) => pictures[grid][cell] = true,
            None => items.push(Item::Picture(*picture)),
        }
    }
    for ((grid, glyphs), pictures) in grids.iter().zip(inside).zip(pictures) {
        items.extend(table(ink, grid, glyphs, &pictures));
    }
    items.sort_by(|one, other| one.top().total_cmp(&other.top()));
    Sheet {
        items,
        height: ink.height,
        is_drawing,
    }
}

fn find(grids: &[Grid], x: f32, y: f32) -> Option<(usize, usize)> {
    grids
        .iter()
        .enumerate()
        .find_map(|(number, grid)| Some((number, grid.at(x, y)?)))
}

fn table(ink: &Ink, grid: &Grid, glyphs: Vec<Vec<Glyph>>, pictures: &[bool]) -> Option<Item> {
    // Without any text it is a frame or a drawing.
    if glyphs.iter().all(Vec::is_empty) && !pictures.contains(&true) {
        return None;
    }
    let (x0, y0, x1, _) = grid.bounds();
    let mut all: Vec<Vec<Line>> = glyphs
        .into_iter()
        .map(|glyphs| lines::lines(ink, glyphs))
        .collect();
    let stacked = stacked_rows(grid, &all);
    let mut cells = Vec::with_capacity(grid.cells.len());
    let mut place = all
        .iter()
        .flatten()
        .map(|line| line.bytes)
        .min_by_key(|bytes| (bytes.part, bytes.start))
        .map_or(ByteRange::default(), |first| ByteRange {
            end: first.start,
            ..first
        });
    for ((slot, lines), has_picture) in grid.cells.iter().zip(&mut all).zip(pictures) {
        let (left, right) = (grid.xs[slot.column], grid.xs[slot.column + slot.columns]);
        let lines = std::mem::take(lines);
        if let Some(last) = lines.last() {
            place = ByteRange {
                start: last.bytes.end,
                ..last.bytes
            };
        }
        let room = Room { left, right };
        let is_full = lines
            .last()
            .is_some_and(|last| room.is_short_of(last, last.size));
        cells.push(PageCell {
            row: slot.row,
            rows: slot.rows,
            x0: left,
            x1: right,
            paragraphs: paragraphs(lines, room, stacked.contains(&slot.row)),
            is_full,
            has_picture: *has_picture,
            place,
        });
    }
    cells.sort_by(|one, other| one.row.cmp(&other.row).then(one.x0.total_cmp(&other.x0)));
    Some(Item::Table(PageTable {
        x0,
        x1,
        y0,
        rows: grid.ys.len() - 1,
        cells,
        is_broken: grid.is_broken,
        is_open: grid.is_open,
        doubtful: Vec::new(),
    }))
}

/// The sides of a cell.
#[derive(Debug, Clone, Copy)]
struct Room {
    left: f32,
    right: f32,
}

impl Room {
    /// Whether a line has no room for so much more: it fills the cell, or from an indent on reaches its end.
    fn is_short_of(self, line: &Line, more: f32) -> bool {
        let fills = line.x1 - line.x0 + more > self.right - self.left - PADDING;
        let reaches = line.x1 + more > self.right - PADDING / 2.0;
        fills || reaches && line.x0 - self.left < self.right - line.x1 + 2.5 * line.size
    }

    /// Whether a line begins where lines of this cell begin.
    fn begins(self, line: &Line) -> bool {
        line.x0 - self.left < PADDING / 2.0 + 0.5
    }
}

/// Rows in which several cells have numbers one over the other: rows whose rules are missing. There two
/// lines are two numbers.
fn stacked_rows(grid: &Grid, lines: &[Vec<Line>]) -> Vec<usize> {
    let mut counts = vec![0_usize; grid.ys.len()];
    for (slot, lines) in grid.cells.iter().zip(lines) {
        let numbers = lines.iter().filter(|line| is_digits(&line.text)).count();
        if numbers >= 2 && numbers == lines.len() {
            counts[slot.row] += 1;
        }
    }
    (0..counts.len()).filter(|row| counts[*row] >= 3).collect()
}

fn is_digits(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
}

/// A cell's lines as paragraphs: lines that only the width of the cell parted are put together.
fn paragraphs(lines: Vec<Line>, room: Room, is_stacked: bool) -> Vec<(String, ByteRange)> {
    let mut paragraphs: Vec<(String, ByteRange)> = Vec::new();
    let mut last: Option<Line> = None;
    for line in lines {
        let ends = |before: &Line| {
            let one = before.text.chars().next_back();
            let other = line.text.chars().next();
            one.zip(other)
        };
        let joined = last.as_ref().is_some_and(|before| match ends(before) {
            Some((one, other))
                if one.is_ascii_digit() && (other.is_ascii_digit() || other == '.')
                    || one == '.' && other.is_ascii_digit() =>
            {
                // A number is broken only where another digit had no room.
                !is_stacked
                    && is_digits(&before.text)
                    && is_digits(&line.text)
                    && room.is_short_of(before, 0.5 * before.size)
                    && (line.x1 - line.x0 <= before.x1 - before.x0 + 1.0 || room.begins(&line))
            }
            Some((one, other)) if is_wide(one) || is_wide(other) => {
                room.is_short_of(before, line.first_word)
            }
            _ => false,
        });
        match paragraphs.last_mut() {
            Some((text, bytes)) if joined => {
                lines::join(text, &line.text, false);
                *bytes = bytes.cover(line.bytes);
            }
            _ => paragraphs.push((line.text.clone(), line.bytes)),
        }
        last = Some(line);
    }
    paragraphs
}
