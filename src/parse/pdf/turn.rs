//! Pages turned so that their text runs to the right; colours and marks so far as they tell what is no text.
//!
//! In: ink as the page file has it, operands. Out: the same ink turned; whether a colour is white, whether marked
//! content is page furniture. Never reads a glyph's text.

use super::content::{Lexer, Operand};
use super::ink::{Area, Ink};
use super::matrix::Matrix;

/// Turns all ink by quarters, and leaves out what then runs aslant: stamps and watermarks.
pub(super) fn turn_page(ink: &mut Ink, turn: u8) {
    let (width, height) = (ink.width, ink.height);
    let point = |x: f32, y: f32| match turn {
        1 => (y, width - x),
        2 => (width - x, height - y),
        3 => (height - y, x),
        _ => (x, y),
    };
    if turn % 2 == 1 {
        (ink.width, ink.height) = (height, width);
    }
    ink.glyphs.retain_mut(|glyph| {
        if glyph.way == 4 {
            return false;
        }
        // Both ends of the baseline, in source order of x or y.
        let (start, end) = match glyph.way {
            1 | 3 => ((glyph.x0, glyph.y), (glyph.x0, glyph.x1)),
            _ => ((glyph.x0, glyph.y), (glyph.x1, glyph.y)),
        };
        let (start, end) = (point(start.0, start.1), point(end.0, end.1));
        if glyph.way % 2 == turn % 2 {
            (glyph.x0, glyph.x1) = (start.0.min(end.0), start.0.max(end.0));
            glyph.y = start.1;
        } else {
            // Across: a box around it, its order by the place along its own run.
            let middle = (f32::midpoint(start.0, end.0), f32::midpoint(start.1, end.1));
            (glyph.x0, glyph.x1) = (middle.0 - glyph.size / 2.0, middle.0 + glyph.size / 2.0);
            glyph.y = middle.1 + 0.3 * glyph.size;
        }
        true
    });
    if turn == 0 {
        return;
    }
    for rule in &mut ink.rules {
        let ends = if rule.horizontal {
            [(rule.from, rule.at), (rule.to, rule.at)]
        } else {
            [(rule.at, rule.from), (rule.at, rule.to)]
        };
        let [(x0, y0), (x1, y1)] = ends.map(|(x, y)| point(x, y));
        rule.horizontal ^= turn % 2 == 1;
        (rule.at, rule.from, rule.to) = if rule.horizontal {
            (y0, x0.min(x1), x0.max(x1))
        } else {
            (x0, y0.min(y1), y0.max(y1))
        };
    }
    for area in &mut ink.pictures {
        let (x0, y0) = point(area.x0, area.y0);
        let (x1, y1) = point(area.x1, area.y1);
        *area = Area {
            x0: x0.min(x1),
            y0: y0.min(y1),
            x1: x0.max(x1),
            y1: y0.max(y1),
        };
    }
}

/// White in grey, RGB or CMYK, by how many numbers there are.
pub(super) fn is_white(lexer: &Lexer<'_>) -> bool {
    let mut numbers = lexer.operands.iter().map(|operand| match operand {
        Operand::Number(number) => Some(*number),
        _ => None,
    });
    match lexer.operands.len() {
        1 | 3 => numbers.all(|number| number.is_some_and(|number| number > 0.99)),
        4 => numbers.all(|number| number.is_some_and(|number| number < 0.01)),
        _ => false,
    }
}

/// Running heads, page numbers: what the program that wrote the file marks as such (14.8.2.2).
pub(super) fn is_pagination(lexer: &Lexer<'_>) -> bool {
    let artifact = lexer.name() == Some(b"Artifact");
    artifact
        && lexer.operands.iter().any(|operand| {
            matches!(operand, Operand::Dict(dict) if memchr::memmem::find(dict, b"/Pagination").is_some())
        })
}

/// Which way a glyph runs.
pub(super) fn way(right: f32, down: f32) -> u8 {
    if down.abs() <= 0.1 * right.abs() {
        if right >= 0.0 { 0 } else { 2 }
    } else if right.abs() <= 0.1 * down.abs() {
        if down > 0.0 { 1 } else { 3 }
    } else {
        4
    }
}

/// Where the unit square lies.
pub(super) fn square(ctm: &Matrix) -> Area {
    let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| ctm.apply(x, y));
    let mut area = Area {
        x0: f32::MAX,
        y0: f32::MAX,
        x1: f32::MIN,
        y1: f32::MIN,
    };
    for (x, y) in corners {
        area.x0 = area.x0.min(x);
        area.x1 = area.x1.max(x);
        area.y0 = area.y0.min(y);
        area.y1 = area.y1.max(y);
    }
    area
}
