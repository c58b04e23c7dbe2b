//! A folded sentence → its numbers, times, words and marks in order. What is none of these is [`Kind::Unknown`].

use std::ops::Range;

use super::words::{Lexicon, Word};
use crate::normalize::quantity::{self, Lexed, Quantity};

/// One piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the folded sentence.
    pub place: Range<usize>,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Number(Quantity),
    /// `2023年`.
    Year(i16),
    /// A month or a day of one.
    Month(u32, Option<u32>),
    /// Digits that are no number.
    Digits,
    /// A word of the lexicon.
    Word(Word),
    /// A mark: `，、：（）`.
    Mark(char),
    /// Anything else.
    Unknown,
}

/// Quotes of more bytes than this are text like other text.
const QUOTE_BYTES: usize = 54;
/// The same for titles in 《》.
const TITLE_BYTES: usize = 360;

/// Cuts a folded sentence. `agency` is the folded name of the agency, empty where unknown.
pub fn cut(text: &str, agency: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 8);
    let Some(lexicon) = Lexicon::get() else {
        return tokens;
    };
    let mut words = lexicon.find(text).peekable();
    let mut names = text
        .match_indices(if agency.is_empty() { "\u{0}" } else { agency })
        .map(|(at, name)| at..at + name.len())
        .peekable();
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        while words.peek().is_some_and(|(start, _, _)| *start < at) {
            words.next();
        }
        while names.peek().is_some_and(|name| name.start < at) {
            names.next();
        }
        let next = at + character.len_utf8();
        if let Some(name) = names.next_if(|name| name.start == at) {
            at = push(&mut tokens, Kind::Word(Word::Own), name);
            continue;
        }
        if let Some(end) = quoted(text, at, character) {
            at = push(&mut tokens, Kind::Unknown, at..end);
            continue;
        }
        let word = words.next_if(|(start, _, _)| *start == at);
        // A word that begins with a numeral (一季度) is longer than the number in it.
        if quantity::begins(character)
            && let Some(lexed) = lex(text, at, character)
            && word.is_none_or(|(_, end, _)| end_of(&lexed) > end)
        {
            let end = end_of(&lexed);
            let (kind, place) = match lexed {
                Lexed::Number(quantity) => {
                    let place = quantity.place.clone();
                    (Kind::Number(quantity), place)
                }
                Lexed::Year { year, .. } => (Kind::Year(year), at..end),
                Lexed::Month { month, day, .. } => (Kind::Month(month, day), at..end),
                // `1-6月`.
                Lexed::Other { .. } if text[end..].starts_with('月') => {
                    (Kind::Month(0, None), at..end)
                }
                Lexed::Other { .. } => (Kind::Digits, at..end),
            };
            at = push(&mut tokens, kind, place.start.max(at)..end);
            continue;
        }
        if let Some((_, end, class)) = word {
            at = push(&mut tokens, Kind::Word(class), at..end);
            continue;
        }
        if matches!(
            character,
            '，' | '、' | '：' | '；' | '。' | '（' | '）' | '！' | '？' | ',' | ':' | '\n'
        ) {
            let mark = match character {
                ',' => '，',
                ':' => '：',
                other => other,
            };
            at = push(&mut tokens, Kind::Mark(mark), at..next);
            continue;
        }
        match tokens.last_mut() {
            Some(last) if last.kind == Kind::Unknown && last.place.end == at => {
                last.place.end = next;
            }
            _ => tokens.push(Token {
                kind: Kind::Unknown,
                place: at..next,
            }),
        }
        at = next;
    }
    tokens
}

fn push(tokens: &mut Vec<Token>, kind: Kind, place: Range<usize>) -> usize {
    let end = place.end;
    tokens.push(Token { kind, place });
    end
}

/// A number, unless a numeral stands right before it, which makes it the tail of something longer.
fn lex(text: &str, at: usize, character: char) -> Option<Lexed> {
    let before = text[..at].chars().next_back();
    let torn = before.is_some_and(|before| {
        quantity::begins(before) && before.is_ascii() == character.is_ascii()
    });
    if torn {
        return None;
    }
    quantity::lex(text, at)
}

fn end_of(lexed: &Lexed) -> usize {
    match lexed {
        Lexed::Number(quantity) => quantity.place.end,
        Lexed::Year { end, .. } | Lexed::Month { end, .. } | Lexed::Other { end } => *end,
    }
}

/// The end of a title or of a short quotation that opens at `at`: numbers in names count nothing.
fn quoted(text: &str, at: usize, open: char) -> Option<usize> {
    let (close, cap) = match open {
        '《' => ('》', TITLE_BYTES),
        '〈' => ('〉', TITLE_BYTES),
        '“' => ('”', QUOTE_BYTES),
        '‘' => ('’', QUOTE_BYTES),
        '「' => ('」', QUOTE_BYTES),
        '〔' => ('〕', QUOTE_BYTES),
        '"' => ('"', QUOTE_BYTES),
        _ => return None,
    };
    let inside = at + open.len_utf8();
    let mut cap = (inside + cap).min(text.len());
    while !text.is_char_boundary(cap) {
        cap -= 1;
    }
    text[inside..cap]
        .find(close)
        .map(|end| inside + end + close.len_utf8())
}
