//! How a text is written: pinyin in brackets, traditional characters strewn in, letters of other alphabets.

use std::collections::BTreeSet;

use super::lexicon::Lexicon;
use super::signal::{Sign, Signal, Weight};
use super::title::is_han;

/// Different words with pinyin. A rare name has one, a list of names two.
const PINYIN_WORDS: usize = 3;
/// Characters looked at behind an opening bracket.
const PINYIN_CHARACTERS: usize = 24;
/// Traditional characters, and how many different ones: quotations and shop signs have fewer.
const TRADITIONAL: usize = 8;
const TRADITIONAL_KINDS: usize = 5;
/// One in so many characters at most: a text in traditional script has one in four, and is honest.
const TRADITIONAL_SPARSE: usize = 7;
/// Latin words with a Cyrillic letter inside.
const LOOK_ALIKES: usize = 2;
/// Evidence lists so many.
const LISTED: usize = 5;

#[derive(Default)]
struct Seen {
    han: usize,
    traditional: usize,
    kinds: BTreeSet<char>,
    pinyin: BTreeSet<String>,
    look_alikes: Vec<String>,
}

pub(super) fn look(texts: &[&str], signals: &mut Vec<Signal>) {
    let mut seen = Seen::default();
    for text in texts {
        for line in text.lines() {
            seen.line(line);
        }
    }
    if seen.pinyin.len() >= PINYIN_WORDS {
        let words: Vec<&str> = seen
            .pinyin
            .iter()
            .take(LISTED)
            .map(String::as_str)
            .collect();
        let evidence = format!(
            "{} words with pinyin in brackets: {}",
            seen.pinyin.len(),
            words.join(", ")
        );
        signals.push(Signal::new(Sign::BracketedPinyin, Weight::Sign, evidence));
    }
    let strewn = seen.traditional >= TRADITIONAL
        && seen.kinds.len() >= TRADITIONAL_KINDS
        && seen.traditional * TRADITIONAL_SPARSE <= seen.han;
    let mut mixed = Vec::new();
    if strewn {
        let some: String = seen.kinds.iter().take(2 * LISTED).collect();
        mixed.push(format!(
            "{} traditional characters among {}: {some}",
            seen.traditional, seen.han
        ));
    }
    if seen.look_alikes.len() >= LOOK_ALIKES {
        let words = &seen.look_alikes[..seen.look_alikes.len().min(LISTED)];
        mixed.push(format!(
            "Latin words with Cyrillic letters: {}",
            words.join(", ")
        ));
    }
    if !mixed.is_empty() {
        signals.push(Signal::new(
            Sign::MixedScripts,
            Weight::Sign,
            mixed.join("; "),
        ));
    }
}

impl Seen {
    fn line(&mut self, line: &str) {
        let lexicon = Lexicon::get();
        let mut quotes = 0_u32;
        let mut last = '\n';
        for (at, character) in line.char_indices() {
            if is_han(character) {
                self.han += 1;
                // What is quoted is as somebody else wrote it.
                if quotes == 0 && lexicon.is_traditional(character) {
                    self.traditional += 1;
                    self.kinds.insert(character);
                }
            } else {
                match character {
                    '“' | '「' | '『' | '《' => quotes += 1,
                    '”' | '」' | '』' | '》' => quotes = quotes.saturating_sub(1),
                    '（' | '(' if is_han(last) => {
                        self.bracket(&line[at + character.len_utf8()..], last);
                    }
                    _ => {}
                }
            }
            last = character;
        }
        // Lead bytes of U+0400 to U+04FF. Few texts have any.
        if line.bytes().any(|byte| (0xD0..=0xD3).contains(&byte)) {
            for word in line.split(|c| !is_letter(c)) {
                self.word(word);
            }
        }
    }

    /// What stands behind an opening bracket.
    fn bracket(&mut self, behind: &str, before: char) {
        let inside: String = behind
            .chars()
            .take(PINYIN_CHARACTERS + 1)
            .take_while(|c| !matches!(c, '）' | ')'))
            .collect();
        let closed = behind[inside.len()..].starts_with(['）', ')']);
        if closed && self.pinyin.len() < 1000 && is_pinyin(&inside) {
            self.pinyin.insert(format!("{before}（{inside}）"));
        }
    }

    /// A run of Latin and Cyrillic letters.
    fn word(&mut self, word: &str) {
        if word.is_ascii() || self.look_alikes.len() >= 1000 {
            return;
        }
        let latin = word.chars().any(|c| c.is_ascii_alphabetic());
        if latin && word.chars().any(is_cyrillic) {
            self.look_alikes.push(super::signal::short(word));
        }
    }
}

fn is_cyrillic(character: char) -> bool {
    matches!(character, '\u{400}'..='\u{4FF}')
}

fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic() || is_cyrillic(character)
}

/// Whether a text is syllables of pinyin: lower case, with or without tones. English words that read as one or two
/// syllables without tones (`online`, `can`) are not believed.
fn is_pinyin(text: &str) -> bool {
    let mut tones = 0;
    let mut plain = String::new();
    for character in text.chars() {
        match toneless(character) {
            Some(letter) => {
                tones += 1;
                plain.push(letter);
            }
            None if character.is_ascii_lowercase()
                || matches!(character, 'ü' | ' ' | '\'' | '’') =>
            {
                plain.push(character);
            }
            None => return false,
        }
    }
    let mut count = 0;
    for word in plain
        .split([' ', '\'', '’'])
        .filter(|word| !word.is_empty())
    {
        match syllables(word) {
            Some(number) => count += number,
            None => return false,
        }
    }
    count > 0 && (tones > 0 || count >= 2)
}

/// The letter under a tone mark.
fn toneless(character: char) -> Option<char> {
    Some(match character {
        'ā' | 'á' | 'ǎ' | 'à' => 'a',
        'ē' | 'é' | 'ě' | 'è' => 'e',
        'ī' | 'í' | 'ǐ' | 'ì' => 'i',
        'ō' | 'ó' | 'ǒ' | 'ò' => 'o',
        'ū' | 'ú' | 'ǔ' | 'ù' => 'u',
        'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => 'ü',
        _ => return None,
    })
}

/// How many syllables a word splits into, the fewest; `None` where it does not.
fn syllables(word: &str) -> Option<usize> {
    const INITIALS: [&str; 24] = [
        "", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh",
        "r", "z", "c", "s", "y", "w",
    ];
    const FINALS: [&str; 35] = [
        "a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er", "i", "ia", "ie",
        "iao", "iu", "ian", "in", "iang", "ing", "iong", "u", "ua", "uo", "uai", "ui", "uan", "un",
        "uang", "ong", "ue", "v", "ü", "üe",
    ];
    let mut fewest: Vec<Option<usize>> = vec![None; word.len() + 1];
    fewest[0] = Some(0);
    for at in 0..word.len() {
        let Some(before) = fewest[at] else {
            continue;
        };
        for initial in INITIALS {
            let Some(rest) = word.get(at..).and_then(|rest| rest.strip_prefix(initial)) else {
                continue;
            };
            for last in FINALS.iter().filter(|last| rest.starts_with(**last)) {
                let slot = &mut fewest[at + initial.len() + last.len()];
                *slot = Some(slot.map_or(before + 1, |known| known.min(before + 1)));
            }
        }
    }
    fewest[word.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinyin_is_told_from_abbreviations() {
        for text in ["yáo", "zhèng fǔ", "zhengfu", "xìn xī", "gōngkāi", "nüe lü"] {
            assert!(is_pinyin(text), "{text}");
        }
        for text in [
            "", "GDP", "app", "www", "PM2.5", "can", "he", "km", "12345", "一", "Zhang", "é t x",
        ] {
            assert!(!is_pinyin(text), "{text}");
        }
    }

    #[test]
    fn cyrillic_counts_inside_latin_words_only() {
        let count = |text: &str| {
            let mut seen = Seen::default();
            seen.line(text);
            seen.look_alikes.len()
        };
        assert_eq!(count("аpp和wеb"), 2);
        assert_eq!(count("俄文Москва，PM2.5为35μg/m³，α粒子"), 0);
    }
}
