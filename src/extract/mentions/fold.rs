//! A sentence folded for reading: half-width digits and signs, one form of each mark, no spaces but between digits.

use crate::normalize::label::is_space;

/// Folded text with the way back.
#[derive(Debug, Default)]
pub struct Folded {
    /// The text to read.
    pub text: String,
    /// For every byte of `text` the byte of the original it comes from, and one past the end.
    origin: Vec<u32>,
}

impl Folded {
    /// Folds `original`.
    pub fn new(original: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(original.len()),
            origin: Vec::with_capacity(original.len() + 1),
        };
        let mut space_at = None;
        let mut last_digit = false;
        for (at, character) in original.char_indices() {
            if is_space(character) || matches!(character, '\u{200b}' | '\u{feff}') {
                space_at = space_at.or(Some(at));
                continue;
            }
            let mut plain = half_width(character);
            let digit = plain.is_ascii_digit();
            if let Some(space) = space_at.take()
                && digit
                && last_digit
            {
                folded.push(' ', space);
            }
            if plain == ','
                && !(last_digit
                    && original[at + character.len_utf8()..]
                        .starts_with(|next: char| half_width(next).is_ascii_digit()))
            {
                plain = '，';
            }
            folded.push(plain, at);
            last_digit = digit;
        }
        folded
            .origin
            .push(u32::try_from(original.len()).unwrap_or(u32::MAX));
        folded
    }

    fn push(&mut self, character: char, at: usize) {
        self.text.push(character);
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        self.origin.resize(self.text.len(), at);
    }

    /// The byte of the original that byte `at` of the folded text comes from.
    pub fn origin(&self, at: usize) -> usize {
        self.origin.get(at).map_or(0, |at| *at as usize)
    }
}

fn half_width(character: char) -> char {
    match character {
        '０'..='９' | '．' | '％' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            char::from_u32(character as u32 - 0xFEE0).unwrap_or(character)
        }
        '(' => '（',
        ')' => '）',
        ';' => '；',
        '!' => '！',
        '?' => '？',
        '﹪' => '%',
        other => other,
    }
}
