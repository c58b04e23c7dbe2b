//! What a page shows: glyphs, ruling lines, pictures.
//!
//! In: pages with their resources. Out: [`Ink`] in points, x to the right and y downwards as the page is seen,
//! each glyph with its bytes. Never asks what the ink means; colours count only so far that white rules are none.

use std::collections::HashMap;

use hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use hayro_syntax::page::{Page, Resources, Rotation};

use super::content::{Lexer, Operand};
use super::font::Font;
use super::matrix::Matrix;
use super::path::{Path, rule_of};
use super::stream::{self, Failure};
use super::turn::{is_pagination, is_white, square, turn_page, way};
use super::{PartBytes, PdfError};
use crate::model::ByteRange;

/// Most characters of a file; the longest reports have 60,000.
const MAX_GLYPHS: usize = 400_000;
/// Most operators of a file.
const MAX_OPERATORS: usize = 5_000_000;
/// Most rules of a file.
const MAX_RULES: usize = 200_000;
/// Most bytes of decoded content of a file.
const MAX_CONTENT: usize = 64 << 20;
/// Forms within forms.
const MAX_FORMS: usize = 8;
/// Saved graphics states.
const MAX_STATES: usize = 256;
/// Thinner than this is a rule, not an area.
pub(super) const THIN: f32 = 3.2;

/// A character on the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    /// Its text in [`Ink::text`].
    pub(super) text: (u32, u32),
    /// Left edge.
    pub(super) x0: f32,
    /// Right edge, without letter spacing.
    pub(super) x1: f32,
    /// Baseline.
    pub(super) y: f32,
    /// Height of an em.
    pub(super) size: f32,
    /// Letter spacing to the right of it.
    pub(super) spacing: f32,
    /// Which way it runs: 0 right, 1 down, 2 left, 3 up, 4 aslant.
    pub(super) way: u8,
    /// Where its code is written.
    pub(super) bytes: ByteRange,
}

impl Glyph {
    /// The middle of its ink, by which it belongs to a cell or to none.
    pub(super) fn middle(&self) -> (f32, f32) {
        (f32::midpoint(self.x0, self.x1), self.y - 0.32 * self.size)
    }
}

/// A straight line along an axis.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) horizontal: bool,
    /// Its place across.
    pub(super) at: f32,
    pub(super) from: f32,
    pub(super) to: f32,
}

/// An area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) x0: f32,
    pub(super) y0: f32,
    pub(super) x1: f32,
    pub(super) y1: f32,
}

/// All that one page shows.
#[derive(Debug, Default)]
pub(super) struct Ink {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) text: String,
    pub(super) glyphs: Vec<Glyph>,
    pub(super) rules: Vec<Rule>,
    pub(super) pictures: Vec<Area>,
    /// Characters that are not shown: the text layer of a scan.
    pub(super) hidden: usize,
    /// Characters whose text nothing tells.
    pub(super) unmapped: usize,
    /// Its content could not be decoded.
    pub(super) damaged: bool,
}

impl Ink {
    pub(super) fn text_of(&self, glyph: &Glyph) -> &str {
        let range = glyph.text.0 as usize..glyph.text.1 as usize;
        self.text.get(range).unwrap_or_default()
    }
}

#[derive(Debug, Clone)]
struct State {
    ctm: Matrix,
    font: Option<usize>,
    size: f32,
    spacing: f32,
    word_spacing: f32,
    scale: f32,
    leading: f32,
    rise: f32,
    hidden: bool,
    white_fill: bool,
    white_stroke: bool,
}

/// Reads pages one after the other; keeps fonts and forms between them.
#[derive(Debug, Default)]
pub(super) struct Press {
    pub(super) parts: Vec<PartBytes>,
    fonts: Vec<Font>,
    known_fonts: HashMap<(u32, i32), usize>,
    known_forms: HashMap<(u32, i32), u16>,
    glyphs: usize,
    operators: usize,
    rules: usize,
    content: usize,
}

impl Press {
    /// Reads one page.
    pub(super) fn page(&mut self, number: usize, page: &Page<'_>) -> Result<Ink, PdfError> {
        let crop = page.intersected_crop_box();
        let crop = if crop.width() > 1.0 && crop.height() > 1.0 {
            crop
        } else {
            page.media_box()
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "places on a page, in points"
        )]
        let [x0, y0, x1, y1] = [crop.x0, crop.y0, crop.x1, crop.y1].map(|place| place as f32);
        let (ctm, turned) = match page.rotation() {
            Rotation::None => (Matrix::from([1.0, 0.0, 0.0, -1.0, -x0, y1]), false),
            Rotation::Horizontal => (Matrix::from([0.0, 1.0, 1.0, 0.0, -y0, -x0]), true),
            Rotation::Flipped => (Matrix::from([-1.0, 0.0, 0.0, 1.0, x1, -y0]), false),
            Rotation::FlippedHorizontal => (Matrix::from([0.0, -1.0, -1.0, 0.0, y1, x1]), true),
        };
        let (width, height) = if turned {
            (y1 - y0, x1 - x0)
        } else {
            (x1 - x0, y1 - y0)
        };
        let mut ink = Ink {
            width,
            height,
            ..Ink::default()
        };
        let content = match self.contents(page) {
            Ok(content) => content,
            Err(Failure::TooLarge) => return Err(PdfError::TooMuch("content")),
            Err(Failure::Damaged) => {
                ink.damaged = true;
                Vec::new()
            }
        };
        let part = self.add_part(format!("page {}", number + 1), content)?;
        let state = State {
            ctm,
            font: None,
            size: 0.0,
            spacing: 0.0,
            word_spacing: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            hidden: false,
            white_fill: false,
            white_stroke: false,
        };
        self.run(part, page.resources(), state, 0, &mut ink)?;
        Ok(ink)
    }

    fn add_part(&mut self, name: String, bytes: Vec<u8>) -> Result<u16, PdfError> {
        self.content = self.content.saturating_add(bytes.len());
        if self.content > MAX_CONTENT {
            return Err(PdfError::TooMuch("content"));
        }
        let number = u16::try_from(self.parts.len()).map_err(|_| PdfError::TooMuch("parts"))?;
        self.parts.push(PartBytes { name, bytes });
        Ok(number)
    }

    /// The content streams of a page, a space between two of them (7.8.2).
    fn contents(&self, page: &Page<'_>) -> Result<Vec<u8>, Failure> {
        let most = MAX_CONTENT.saturating_sub(self.content);
        match page.raw().get::<Object<'_>>("Contents") {
            Some(Object::Stream(one)) => Ok(stream::decoded(&one, most)?.into_owned()),
            Some(Object::Array(several)) => {
                let mut all = Vec::new();
                let mut damaged = false;
                for one in several.iter::<Stream<'_>>() {
                    match stream::decoded(&one, most.saturating_sub(all.len())) {
                        Ok(bytes) => all.extend_from_slice(&bytes),
                        Err(Failure::TooLarge) => return Err(Failure::TooLarge),
                        Err(Failure::Damaged) => damaged = true,
                    }
                    all.push(b' ');
                }
                if damaged {
                    Err(Failure::Damaged)
                } else {
                    Ok(all)
                }
            }
            _ => Ok(Vec::new()),
        }
    }

    fn run(
        &mut self,
        part: u16,
        resources: &Resources<'_>,
        state: State,
        depth: usize,
        ink: &mut Ink,
    ) -> Result<(), PdfError> {
        // Taken out for the time of reading, so that strings can be borrowed from it.
        let content = std::mem::take(&mut self.parts[usize::from(part)].bytes);
        let done = self.operators(&content, part, resources, state, depth, ink);
        self.parts[usize::from(part)].bytes = content;
        done
    }

    #[expect(clippy::too_many_lines, reason = "one arm an operator")]
    fn operators(
        &mut self,
        content: &[u8],
        part: u16,
        resources: &Resources<'_>,
        mut state: State,
        depth: usize,
        ink: &mut Ink,
    ) -> Result<(), PdfError> {
        let mut lexer = Lexer::new(content);
        let mut saved: Vec<State> = Vec::new();
        let mut own_fonts: HashMap<Vec<u8>, Option<usize>> = HashMap::new();
        let (mut text, mut line) = (Matrix::ONE, Matrix::ONE);
        let mut path = Path::default();
        // Marked content, and how much of what is open is no part of the page's own text.
        let mut marks: Vec<bool> = Vec::new();
        while let Some(operator) = lexer.next() {
            self.operators += 1;
            if self.operators > MAX_OPERATORS {
                return Err(PdfError::TooMuch("operators"));
            }
            match operator {
                b"q" if saved.len() < MAX_STATES => saved.push(state.clone()),
                b"Q" => {
                    if let Some(before) = saved.pop() {
                        state = before;
                    }
                }
                b"cm" => state.ctm = Matrix::from(lexer.numbers()).then(&state.ctm),
                b"m" => {
                    let [x, y] = lexer.numbers();
                    path.move_to(state.ctm.apply(x, y));
                }
                b"l" => {
                    let [x, y] = lexer.numbers();
                    path.line_to(state.ctm.apply(x, y));
                }
                b"c" | b"v" | b"y" => {
                    let numbers: [f32; 6] = lexer.numbers();
                    let end = if operator == b"c" { 4 } else { 2 };
                    path.curve_to(state.ctm.apply(numbers[end], numbers[end + 1]));
                }
                b"h" => path.close(),
                b"re" => {
                    let [x, y, w, h] = lexer.numbers();
                    path.rectangle(
                        [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
                            .map(|(x, y)| state.ctm.apply(x, y)),
                    );
                }
                b"S" | b"s" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"n" => {
                    if matches!(operator, b"s" | b"b" | b"b*") {
                        path.close();
                    }
                    if matches!(operator, b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*")
                        && !state.white_stroke
                    {
                        path.strokes(&mut ink.rules);
                    }
                    if !matches!(operator, b"S" | b"s" | b"n") && !state.white_fill {
                        path.fills(&mut ink.rules);
                    }
                    path.clear();
                    if self.rules.saturating_add(ink.rules.len()) > MAX_RULES {
                        return Err(PdfError::TooMuch("rules"));
                    }
                }
                b"g" | b"rg" | b"k" | b"sc" | b"scn" => state.white_fill = is_white(&lexer),
                b"G" | b"RG" | b"K" | b"SC" | b"SCN" => state.white_stroke = is_white(&lexer),
                b"cs" => state.white_fill = false,
                b"CS" => state.white_stroke = false,
                b"BT" => (text, line) = (Matrix::ONE, Matrix::ONE),
                b"Tf" => {
                    let [size] = lexer.numbers();
                    state.size = size;
                    if let Some(name) = lexer.name() {
                        state.font = self.font(name, resources, &mut own_fonts);
                    }
                }
                b"Tc" => [state.spacing] = lexer.numbers(),
                b"Tw" => [state.word_spacing] = lexer.numbers(),
                b"Tz" => {
                    let [percent] = lexer.numbers();
                    state.scale = percent / 100.0;
                }
                b"TL" => [state.leading] = lexer.numbers(),
                b"Ts" => [state.rise] = lexer.numbers(),
                b"Tr" => {
                    let [mode] = lexer.numbers();
                    state.hidden = mode > 2.5 && mode < 3.5 || mode > 6.5;
                }
                b"Td" | b"TD" => {
                    let [x, y] = lexer.numbers();
                    if operator == b"TD" {
                        state.leading = -y;
                    }
                    line = Matrix::shift(x, y).then(&line);
                    text = line;
                }
                b"Tm" => {
                    line = Matrix::from(lexer.numbers());
                    text = line;
                }
                b"T*" | b"'" | b"\"" => {
                    if operator == b"\"" {
                        [state.word_spacing, state.spacing] = lexer.numbers();
                    }
                    line = Matrix::shift(0.0, -state.leading).then(&line);
                    text = line;
                    if operator != b"T*" {
                        self.show(&lexer, part, &state, &mut text, marks.contains(&true), ink)?;
                    }
                }
                b"Tj" | b"TJ" => {
                    self.show(&lexer, part, &state, &mut text, marks.contains(&true), ink)?;
                }
                b"BMC" | b"BDC" if marks.len() < MAX_STATES => marks.push(is_pagination(&lexer)),
                b"EMC" => {
                    marks.pop();
                }
                b"Do" => {
                    if let Some(name) = lexer.name() {
                        self.external(name, resources, &state, depth, ink)?;
                    }
                }
                b"BI" => ink.pictures.push(square(&state.ctm)),
                _ => {}
            }
        }
        Ok(())
    }

    fn font(
        &mut self,
        name: &[u8],
        resources: &Resources<'_>,
        own: &mut HashMap<Vec<u8>, Option<usize>>,
    ) -> Option<usize> {
        if let Some(known) = own.get(name) {
            return *known;
        }
        let key = resources
            .fonts
            .get_ref(name)
            .map(|place| (place.obj_number, place.gen_number));
        let known = key.and_then(|key| self.known_fonts.get(&key).copied());
        let number = known.or_else(|| {
            let dict = resources.fonts.get::<Dict<'_>>(name)?;
            self.fonts.push(Font::new(&dict));
            let number = self.fonts.len() - 1;
            if let Some(key) = key {
                self.known_fonts.insert(key, number);
            }
            Some(number)
        });
        own.insert(name.to_vec(), number);
        number
    }

    /// Shows the strings among the operands.
    fn show(
        &mut self,
        lexer: &Lexer<'_>,
        part: u16,
        state: &State,
        text: &mut Matrix,
        is_furniture: bool,
        ink: &mut Ink,
    ) -> Result<(), PdfError> {
        let Some(font) = state.font.and_then(|font| self.fonts.get_mut(font)) else {
            return Ok(());
        };
        for operand in &lexer.operands {
            let string = match operand {
                Operand::Number(thousandths) => {
                    let back = -thousandths * 0.001 * state.size * state.scale;
                    *text = Matrix::shift(back, 0.0).then(text);
                    continue;
                }
                Operand::Text(string) => string.clone(),
                _ => continue,
            };
            let mut at = string.start;
            while let Some(code) = font.first(&lexer.bytes[at..string.end]) {
                let until = at + code.bytes.max(1);
                let places = &lexer.places[at..until.min(string.end)];
                let is_space = code.bytes == 1 && lexer.bytes[at] == b' ';
                at = until;
                let width = font.width(code) * state.size * state.scale;
                let extra = state.spacing + if is_space { state.word_spacing } else { 0.0 };
                let extra = extra * state.scale;
                let place = text.then(&state.ctm);
                *text = Matrix::shift(width + extra, 0.0).then(text);
                if is_furniture {
                    continue;
                }
                if state.hidden {
                    ink.hidden += 1;
                    continue;
                }
                self.glyphs += 1;
                if self.glyphs > MAX_GLYPHS {
                    return Err(PdfError::TooMuch("characters"));
                }
                let start = ink.text.len();
                if let Some(known) = font.text(code) {
                    ink.text.push_str(known);
                } else {
                    ink.unmapped += 1;
                    ink.text.push('\u{fffd}');
                }
                let bytes = match places {
                    [first, .., last] => ByteRange::new(first.0, last.1),
                    [only] => ByteRange::new(only.0, only.1),
                    [] => ByteRange::new(0, 0),
                };
                let (x0, y0) = place.apply(0.0, state.rise);
                let (x1, y1) = place.apply(width, state.rise);
                let (right, down) = place.turn(1.0, 0.0);
                let size = state.size.abs() * place.height();
                let usable = [x0, y0, x1, y1, size]
                    .iter()
                    .all(|number| number.is_finite());
                if !usable || size < 0.5 {
                    ink.text.truncate(start);
                    continue;
                }
                let way = way(right, down);
                let spacing = extra * place.length(1.0, 0.0);
                let text = (to_u32(start), to_u32(ink.text.len()));
                let (left, right) = (x0.min(x1), x0.max(x1));
                let glyph = Glyph {
                    text,
                    x0: left,
                    x1: right,
                    y: y0,
                    size,
                    spacing,
                    way,
                    bytes: bytes.of_part(part),
                };
                ink.glyphs.push(match way {
                    // Kept as its run of ink; the page is turned later.
                    1 | 3 => Glyph {
                        x0,
                        x1: y1,
                        ..glyph
                    },
                    _ => glyph,
                });
            }
        }
        Ok(())
    }

    /// An image or a form.
    fn external(
        &mut self,
        name: &[u8],
        resources: &Resources<'_>,
        state: &State,
        depth: usize,
        ink: &mut Ink,
    ) -> Result<(), PdfError> {
        let Some(object) = resources.x_objects.get::<Stream<'_>>(name) else {
            return Ok(());
        };
        let dict = object.dict();
        match dict.get::<Name<'_>>("Subtype").as_deref() {
            Some(b"Image") => {
                let area = square(&state.ctm);
                let (width, height) = (area.x1 - area.x0, area.y1 - area.y0);
                // A line drawn as a picture.
                if width.min(height) <= THIN {
                    ink.rules.extend(rule_of(&area));
                } else {
                    ink.pictures.push(area);
                }
                Ok(())
            }
            Some(b"Form") if depth < MAX_FORMS => {
                let key = resources
                    .x_objects
                    .get_ref(name)
                    .map(|place| (place.obj_number, place.gen_number));
                let known = key.and_then(|key| self.known_forms.get(&key).copied());
                let part = if let Some(known) = known {
                    known
                } else {
                    let most = MAX_CONTENT.saturating_sub(self.content);
                    let content = match stream::decoded(&object, most) {
                        Ok(content) => content.into_owned(),
                        Err(Failure::TooLarge) => return Err(PdfError::TooMuch("content")),
                        Err(Failure::Damaged) => {
                            ink.damaged = true;
                            return Ok(());
                        }
                    };
                    let shown = String::from_utf8_lossy(name).into_owned();
                    let part = self.add_part(format!("form {shown}"), content)?;
                    if let Some(key) = key {
                        self.known_forms.insert(key, part);
                    }
                    part
                };
                let mut inner = state.clone();
                if let Some(matrix) = dict.get::<Array<'_>>("Matrix") {
                    let mut numbers = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
                    for (slot, number) in numbers.iter_mut().zip(matrix.iter::<f32>()) {
                        *slot = number;
                    }
                    inner.ctm = Matrix::from(numbers).then(&inner.ctm);
                }
                // A form that is open already has its content taken out: nothing is read twice.
                match dict.get::<Dict<'_>>("Resources") {
                    Some(own) => self.run(part, &Resources::new(own), inner, depth + 1, ink),
                    None => self.run(part, resources, inner, depth + 1, ink),
                }
            }
            _ => Ok(()),
        }
    }

    /// Counts what a page had, and turns it so that most of its text runs to the right.
    pub(super) fn finish(&mut self, mut ink: Ink) -> Ink {
        self.rules += ink.rules.len();
        let mut ways = [0_usize; 5];
        for glyph in &ink.glyphs {
            ways[usize::from(glyph.way)] += 1;
        }
        let most = (0_u8..4).max_by_key(|way| (ways[usize::from(*way)], 4 - way));
        let turn = most.unwrap_or(0);
        turn_page(&mut ink, turn);
        ink
    }
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
