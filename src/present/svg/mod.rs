//! Charts as SVG files. Pure.
//!
//! In: the values of a series or a comparison, each a number or the sign of what is there instead. Out: one SVG document, the same bytes for the
//! same input. A missing number is a gap with its sign below the axis, never a point and never 0; where what is counted changes, the line is
//! broken and a double rule says between which forms. No meaning is in a colour alone. Texts of pages are hostile and escaped; the document
//! has no script, style sheet, link or foreign resource. Coordinates are integers, in tenths of a pixel.

mod axis;
mod bars;
mod lines;
mod overlay;
mod slope;
mod words;

use std::fmt::Write as _;

pub use bars::BarChart;
pub use lines::LineChart;
pub use overlay::{MOST_OVERLAID, OverlayChart};
pub use slope::{Slope, SlopeChart};

use super::plot::Plot;
use super::sign::Sign;
use super::width::{display_width, visible};
use crate::model::Language;

/// What stands around a chart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// Of the words around names and numbers.
    pub language: Language,
    /// In large letters.
    pub title: String,
    /// Below it: unit, scope, years. Empty for none.
    pub subtitle: String,
    /// Footnotes: quality, caveat, what is left out.
    pub notes: Vec<String>,
    /// The whole in words, for those who cannot see it. The values are added.
    pub description: String,
}

/// Tenths of a pixel.
type Tenths = i64;

/// Size of ordinary letters, in pixels.
const LETTER: i64 = 12;
/// Between the edge and everything else.
const MARGIN: Tenths = 200;
/// From one line of text to the next.
const LINE: Tenths = 180;
const INK: &str = "#1a1a1a";
const FAINT: &str = "#767676";
const RULE: &str = "#d0d0d0";
const MAIN: &str = "#1f4e79";
const CHANGE: &str = "#9c2f12";

/// Where text stands at its place.
#[derive(Debug, Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

/// A document in the making.
#[derive(Debug, Default)]
struct Canvas {
    language: Language,
    body: String,
    /// What the picture says, in words, a line a sentence.
    words: String,
    signs: Vec<Sign>,
}

/// The sign in a picture, where a dot would be overlooked or taken for a point.
pub fn glyph(sign: Sign, language: Language) -> &'static str {
    match language {
        Language::En => sign.letter,
        Language::Zh if sign == Sign::NO_REPORT => "未",
        Language::Zh => sign.sign,
    }
}

/// A coordinate in pixels: `12.5`.
fn pixels(tenths: Tenths) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let value = tenths.unsigned_abs();
    match value % 10 {
        0 => format!("{sign}{}", value / 10),
        rest => format!("{sign}{}.{rest}", value / 10),
    }
}

/// Text for XML: what a parser or a terminal would act upon is made visible or escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in visible(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // No characters of XML.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// Roughly how wide a text is in letters of `size` pixels.
fn width_of(text: &str, size: i64) -> Tenths {
    i64::try_from(display_width(&visible(text))).unwrap_or(0) * size * 10 * 11 / 20
}

/// `text` in lines at most so wide. Chinese breaks anywhere, other words at spaces where they can.
fn wrapped(text: &str, size: i64, width: Tenths) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for character in visible(text).chars() {
        line.push(character);
        if width_of(&line, size) <= width {
            continue;
        }
        let at = line.rfind(' ').filter(|at| *at > line.len() / 2);
        let at = at.map_or(line.len() - character.len_utf8(), |at| at + 1);
        // One character at least, however narrow it is.
        let at = if at == 0 { line.len() } else { at };
        let rest = line.split_off(at);
        lines.push(line.trim_end().to_owned());
        line = rest;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

impl Canvas {
    /// An empty one, with words of this frame's language.
    fn of(frame: &Frame) -> Self {
        Self {
            language: frame.language,
            ..Self::default()
        }
    }

    fn text(&mut self, at: (Tenths, Tenths), anchor: Anchor, size: i64, fill: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let (x, y) = (pixels(at.0), pixels(at.1));
        let text = escaped(text);
        // Writing to a String cannot fail.
        let _ = writeln!(
            self.body,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\"{anchor}>{text}</text>"
        );
    }

    fn line(&mut self, from: (Tenths, Tenths), to: (Tenths, Tenths), stroke: &str, more: &str) {
        let _ = writeln!(
            self.body,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{stroke}\"{more}/>",
            pixels(from.0),
            pixels(from.1),
            pixels(to.0),
            pixels(to.1)
        );
    }

    fn polyline(&mut self, points: &[(Tenths, Tenths)]) {
        if points.len() < 2 {
            return;
        }
        let points: Vec<_> = points
            .iter()
            .map(|(x, y)| format!("{},{}", pixels(*x), pixels(*y)))
            .collect();
        let points = points.join(" ");
        let _ = writeln!(
            self.body,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{MAIN}\" stroke-width=\"2\"/>"
        );
    }

    fn dot(&mut self, at: (Tenths, Tenths), title: &str) {
        let _ = writeln!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"3.5\" fill=\"{MAIN}\"><title>{}</title></circle>",
            pixels(at.0),
            pixels(at.1),
            escaped(title)
        );
    }

    fn rectangle(&mut self, at: (Tenths, Tenths), size: (Tenths, Tenths), title: &str) {
        let _ = writeln!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{MAIN}\"><title>{}</title></rect>",
            pixels(at.0),
            pixels(at.1),
            pixels(size.0),
            pixels(size.1),
            escaped(title)
        );
    }

    /// The sign of what has no number, in the lane below the axis.
    fn sign(&mut self, at: (Tenths, Tenths), sign: Sign) {
        let glyph = glyph(sign, self.language);
        self.text(at, Anchor::Middle, LETTER, CHANGE, glyph);
        self.explain(sign);
    }

    /// Has the sign explained at the foot.
    fn explain(&mut self, sign: Sign) {
        if !self.signs.contains(&sign) {
            self.signs.push(sign);
        }
    }

    /// A sentence of the description.
    fn say(&mut self, sentence: &str) {
        self.words.push_str(sentence);
        self.words.push('\n');
    }

    /// The document: title above, the body shifted below it, signs and notes at the foot. `size` is the body's.
    fn document(mut self, frame: &Frame, size: (Tenths, Tenths)) -> String {
        let body = std::mem::take(&mut self.body);
        let width = size.0 + 2 * MARGIN;
        let mut y = MARGIN + 140;
        for line in wrapped(&frame.title, 17, size.0) {
            self.text((MARGIN, y), Anchor::Start, 17, INK, &line);
            y += 240;
        }
        for line in wrapped(&frame.subtitle, 13, size.0) {
            self.text((MARGIN, y), Anchor::Start, 13, FAINT, &line);
            y += LINE + 20;
        }
        let _ = write!(
            self.body,
            "<g transform=\"translate({},{})\">\n{body}</g>\n",
            pixels(MARGIN),
            pixels(y)
        );
        y += size.1 + LINE + LINE / 2;
        let mut foot = Vec::new();
        if !self.signs.is_empty() {
            let signs = std::mem::take(&mut self.signs);
            let signs: Vec<_> = signs
                .iter()
                .map(|sign| {
                    let meaning = sign.meaning(frame.language);
                    format!("{} {meaning}", glyph(*sign, frame.language))
                })
                .collect();
            foot.push(words::no_number(frame.language, &signs));
        }
        foot.extend(frame.notes.iter().cloned());
        for line in foot.iter().flat_map(|note| wrapped(note, LETTER, size.0)) {
            self.text((MARGIN, y), Anchor::Start, LETTER, INK, &line);
            y += LINE;
        }
        let height = y + MARGIN / 2;
        let (w, h) = (pixels(width), pixels(height));
        let language = frame.language.of("zh-CN", "en");
        let mut said = frame.description.clone();
        said.push('\n');
        said.push_str(&self.words);
        for line in &foot {
            said.push_str(line);
            said.push('\n');
        }
        let said: Vec<_> = said
            .lines()
            .filter(|line| !line.is_empty())
            .map(escaped)
            .collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
             aria-labelledby=\"title desc\" xml:lang=\"{language}\" \
             font-family=\"'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Micro Hei',sans-serif\">\n\
             <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n\
             <rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            escaped(&frame.title),
            said.join("\n"),
            self.body
        )
    }
}

/// A chart of nothing still says so.
fn empty(frame: &Frame) -> String {
    let mut canvas = Canvas::of(frame);
    let words = words::no_reports(frame.language);
    canvas.text((0, 300), Anchor::Start, 14, INK, words);
    canvas.say(words);
    canvas.document(frame, (6_000, 600))
}

/// A picture of ours as an element within a page: its ids begin with `prefix`, so that several stand in one page.
pub fn inline(picture: &str, prefix: &str) -> String {
    let element = picture.find("<svg").map_or(picture, |at| &picture[at..]);
    // The head is ours; texts of pages come behind it, with their quotation marks escaped.
    element
        .replacen(
            "aria-labelledby=\"title desc\"",
            &format!("aria-labelledby=\"{prefix}-title {prefix}-desc\""),
            1,
        )
        .replacen("xml:lang=", "lang=", 1)
        .replacen(
            "<title id=\"title\">",
            &format!("<title id=\"{prefix}-title\">"),
            1,
        )
        .replacen(
            "<desc id=\"desc\">",
            &format!("<desc id=\"{prefix}-desc\">"),
            1,
        )
}

/// A number with its unit.
fn with_unit(value: &str, plot: &Plot) -> String {
    format!("{value}{}", plot.unit)
}

#[cfg(test)]
mod tests;
