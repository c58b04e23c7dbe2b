//! Blocks cut into tokens: one a cell, broken labels joined, rows on one line taken apart.

use std::collections::VecDeque;

use crate::model::{ByteRange, CellStatus, Unit};
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

/// Several cells on one line: `规章\t0\t\t3`, `| 规章 | 0 | 0 |`, `自然人 法人或其他组织 总计`, `0 0 0 0`.
///
/// Cut at tabs or bars where there are any, and then empty cells behind a row's label are blanks; else at
/// spaces, if every piece is a label of the forms or a value. Byte places are exact if the line is plain
/// text of the same length in the archive; else each cell gets the line's.
fn split_row(number: u32, block: &Block, text: &str, tokens: &mut Vec<Token>) -> bool {
    if text.len() > LABEL_BYTES * 2 {
        return false;
    }
    let lexicon = Lexicon::get();
    let bar = ['\t', '|', '｜']
        .into_iter()
        .find(|bar| text.contains(*bar));
    let parts = pieces(text, bar);
    let is_value = |part: &str| {
        matches!(
            read_cell(part).status,
            CellStatus::Number | CellStatus::Mark | CellStatus::Blank
        )
    };
    let is_row = |part: &str| {
        lexicon
            .senses(&Label::new(part))
            .iter()
            .any(|sense| matches!(sense, Sense::RequestRow(_) | Sense::Article20Row(_)))
            || lexicon
                .lists
                .iter()
                .any(|list| list.rows.contains_key(&Label::new(part).core))
    };
    let is_unit = |part: &str| part.parse::<Unit>().is_ok();
    let is_list_head = |part: &str| {
        let core = Label::new(part).core;
        lexicon.lists.iter().any(|list| {
            [
                &list.label_heads,
                &list.unit_heads,
                &list.code_heads,
                &list.value_heads,
            ]
            .iter()
            .any(|heads| heads.contains(&core))
        })
    };
    // Heads of a list are words of any page; three of them beside each other are its heads.
    let heads = parts.len() > 2 && parts.iter().all(|(_, part)| is_list_head(part));
    let is_label =
        |part: &str| heads || is_row(part) || !lexicon.senses(&Label::new(part)).is_empty();
    if parts.len() < 2 {
        return false;
    }
    let known = parts
        .iter()
        .any(|(_, part)| !part.is_empty() && !is_value(part) && is_label(part));
    let all_values = parts.iter().all(|(_, part)| is_value(part));
    let fits = match bar {
        Some(_) => known || all_values,
        None => {
            parts
                .iter()
                .all(|(_, part)| is_value(part) || is_label(part) || is_unit(part))
                && (known || (all_values && parts.len() > 2))
        }
    };
    if !fits {
        return false;
    }
    // Behind a row's label every piece is a cell; in a line of values alone likewise; of heads only the words.
    let label = parts
        .iter()
        .rposition(|(_, part)| !is_value(part) && is_row(part));
    let plain = (block.bytes.end - block.bytes.start) as usize == text.len();
    let mut first = true;
    for (at, (start, part)) in parts.iter().enumerate() {
        let cell = all_values || label.is_some_and(|label| at > label);
        if part.is_empty() && !cell {
            continue;
        }
        let mut piece = token(number, block, part);
        piece.cell = cell && (bar.is_some() || is_value(part));
        if plain {
            let place = |offset: usize| block.bytes.start + u32::try_from(offset).unwrap_or(0);
            piece.bytes =
                ByteRange::new(place(*start), place(start + part.len())).of_part(block.bytes.part);
        }
        piece.gap = if first { block.empties_before } else { 0 };
        first = false;
        tokens.push(piece);
    }
    true
}

/// The pieces of a line with their places: between bars (those at both ends of the line left out), or between
/// spaces.
fn pieces(text: &str, bar: Option<char>) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let mut start = 0;
    for part in text.split(|c: char| bar.map_or_else(|| is_space(c), |bar| c == bar)) {
        let trimmed = part.trim_matches(is_space);
        let lead = part.len() - part.trim_start_matches(is_space).len();
        if bar.is_some() || !trimmed.is_empty() {
            parts.push((start + lead, trimmed));
        }
        let separator = text[start + part.len()..].chars().next();
        start += part.len() + separator.map_or(0, char::len_utf8);
    }
    if bar.is_some_and(|bar| bar != '\t') {
        if text.trim_start().starts_with(['|', '｜']) && !parts.is_empty() {
            parts.remove(0);
        }
        if text.trim_end().ends_with(['|', '｜']) {
            parts.pop();
        }
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
