//! Blocks cut into tokens: one a cell, broken labels joined, rows on one line taken apart.

use std::collections::VecDeque;

use crate::model::{ByteRange, CellStatus};
use crate::normalize::label::{fold, is_space};
use crate::normalize::{CellText, Label, read_cell};
use crate::parse::{Block, Document};

use crate::extract::headings;
use crate::extract::lexicon::{Lexicon, Sense};

/// Longer blocks are prose.
const LABEL_BYTES: usize = 240;
/// Words in a number cell are few (`详见附件`, `约3790余条`).
const CELL_CHARACTERS: usize = 16;
/// A label is broken over at most this many blocks.
const PIECES: usize = 4;

/// One cell's worth of flattened text.
#[derive(Debug, Clone)]
pub struct Token {
    /// As published.
    pub text: String,
    /// Folded; empty for prose.
    pub label: Label,
    /// What the label exactly means.
    pub senses: &'static [Sense],
    /// Read as a value.
    pub value: CellText,
    /// Empty lines before it.
    pub gap: u16,
    /// Number of its first block on the page.
    pub line: u32,
    /// Numbers of its blocks.
    pub blocks: Vec<u32>,
    /// Where it stands.
    pub bytes: ByteRange,
    /// It is surely a cell of its own: taken from a row on one line.
    pub cell: bool,
}

impl Token {
    /// Whether it can be the content of a number cell.
    pub fn is_value(&self) -> bool {
        self.cell || matches!(self.value.status, CellStatus::Number | CellStatus::Mark)
    }

    /// Whether it can stand in a cell, words included: short, no label, no heading.
    pub fn may_be_cell(&self) -> bool {
        self.is_value()
            || (self.senses.is_empty()
                && self.text.chars().count() <= CELL_CHARACTERS
                && !self.text.contains('。')
                && headings::read(&self.text, false).is_none())
    }
}

/// Cuts blocks into tokens.
pub fn tokenize(document: &Document<'_>, blocks: &[u32]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(blocks.len());
    for number in blocks {
        let block = &document.blocks[*number as usize];
        let text = document.block_text(block);
        if !split_row(*number, block, text, &mut tokens) {
            tokens.push(token(*number, block, text));
        }
    }
    join_labels(tokens)
}

fn token(number: u32, block: &Block, text: &str) -> Token {
    let label = if text.len() <= LABEL_BYTES {
        Label::new(text)
    } else {
        Label::default()
    };
    let value = read_cell(text);
    Token {
        senses: if value.status == CellStatus::Text {
            Lexicon::get().senses(&label)
        } else {
            &[]
        },
        value,
        label,
        text: text.to_owned(),
        gap: block.empties_before,
        line: number,
        blocks: vec![number],
        bytes: block.bytes,
        cell: false,
    }
}

/// `规章 0 0 0` or tab-separated cells: one block, several cells. Only where the first words are a label of a
/// form and all that follows are values. Byte places are then exact only if the block is plain text of
/// the same length in the archive; else each cell gets the block's.
fn split_row(number: u32, block: &Block, text: &str, tokens: &mut Vec<Token>) -> bool {
    if text.len() > LABEL_BYTES * 2 || !text.contains(is_space) {
        return false;
    }
    let parts: Vec<(usize, &str)> = pieces(text);
    let values = parts
        .iter()
        .rev()
        .take_while(|(_, part)| {
            matches!(
                read_cell(part).status,
                CellStatus::Number | CellStatus::Mark | CellStatus::Blank
            )
        })
        .count();
    let labels = parts.len() - values;
    if values == 0 || labels == 0 {
        return false;
    }
    let label_end = parts[labels - 1].0 + parts[labels - 1].1.len();
    if Lexicon::get()
        .senses(&Label::new(&text[..label_end]))
        .is_empty()
    {
        return false;
    }
    let plain = (block.bytes.end - block.bytes.start) as usize == text.len();
    let mut push = |start: usize, part: &str, cell: bool| {
        let mut piece = token(number, block, part);
        piece.cell = cell;
        if plain {
            let at = |offset: usize| block.bytes.start + u32::try_from(offset).unwrap_or(0);
            piece.bytes = ByteRange::new(at(start), at(start + part.len()));
        }
        piece.gap = if start == 0 { block.empties_before } else { 0 };
        tokens.push(piece);
    };
    push(0, &text[..label_end], false);
    for (start, part) in &parts[labels..] {
        push(*start, part, true);
    }
    true
}

/// Cells of a line: between tabs where there are any (empty ones are blanks), else between spaces.
fn pieces(text: &str) -> Vec<(usize, &str)> {
    let tabbed = text.contains('\t');
    let mut parts = Vec::new();
    let mut start = 0;
    for part in text.split(|c: char| if tabbed { c == '\t' } else { is_space(c) }) {
        let trimmed = part.trim_matches(is_space);
        let lead = part.len() - part.trim_start_matches(is_space).len();
        if tabbed || !trimmed.is_empty() {
            parts.push((start + lead, trimmed));
        }
        start += part.len()
            + text[start + part.len()..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
    }
    parts
}

/// Joins neighbours that only together are a label (`本年新` / `制作数量`).
fn join_labels(tokens: Vec<Token>) -> Vec<Token> {
    let lexicon = Lexicon::get();
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = VecDeque::from(tokens);
    while let Some(mut first) = rest.pop_front() {
        for _ in 0..pieces_of_label(lexicon, &first, &rest) {
            let Some(next) = rest.pop_front() else { break };
            first.text.push('\n');
            first.text.push_str(&next.text);
            first.blocks.extend(next.blocks);
            first.bytes = first.bytes.cover(next.bytes);
            first.label = Label::new(&first.text);
            first.senses = lexicon.senses(&first.label);
        }
        joined.push(first);
    }
    joined
}

/// How many of the following tokens make a label together with this one; 0 where it is one already.
fn pieces_of_label(lexicon: &Lexicon, first: &Token, rest: &VecDeque<Token>) -> usize {
    let wordy = |token: &Token| !token.cell && token.value.status == CellStatus::Text;
    if !wordy(first) || !first.senses.is_empty() || first.label.core.is_empty() {
        return 0;
    }
    let mut core = first.label.core.clone();
    let mut pieces = 0;
    for (number, token) in rest.iter().take(PIECES - 1).enumerate() {
        if !wordy(token) || token.label.core.is_empty() {
            break;
        }
        core.push_str(&fold(&token.text));
        if !lexicon.senses_of(&core).is_empty() {
            pieces = number + 1;
        }
    }
    pieces
}
