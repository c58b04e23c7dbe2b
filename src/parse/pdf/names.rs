//! What the codes of simple fonts stand for, and which characters stand for others.
//!
//! In: a font dictionary's encoding; a character. Out: characters. Only what reports use: digits, letters,
//! punctuation.

use hayro_syntax::object::{Array, Dict, Name, Object};
use unicode_normalization::UnicodeNormalization as _;

/// Names that are not the character itself.
const NAMES: [(&str, char); 57] = [
    ("space", ' '),
    ("nbspace", '\u{a0}'),
    ("exclam", '!'),
    ("quotedbl", '"'),
    ("numbersign", '#'),
    ("dollar", '$'),
    ("percent", '%'),
    ("ampersand", '&'),
    ("quotesingle", '\''),
    ("parenleft", '('),
    ("parenright", ')'),
    ("asterisk", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("minus", '−'),
    ("period", '.'),
    ("slash", '/'),
    ("zero", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("colon", ':'),
    ("semicolon", ';'),
    ("less", '<'),
    ("equal", '='),
    ("greater", '>'),
    ("question", '?'),
    ("at", '@'),
    ("bracketleft", '['),
    ("backslash", '\\'),
    ("bracketright", ']'),
    ("asciicircum", '^'),
    ("underscore", '_'),
    ("grave", '`'),
    ("braceleft", '{'),
    ("bar", '|'),
    ("braceright", '}'),
    ("asciitilde", '~'),
    ("quoteleft", '‘'),
    ("quoteright", '’'),
    ("quotedblleft", '“'),
    ("quotedblright", '”'),
    ("endash", '–'),
    ("emdash", '—'),
    ("bullet", '•'),
    ("ellipsis", '…'),
    ("middot", '·'),
    ("periodcentered", '·'),
    ("multiply", '×'),
    ("degree", '°'),
];

/// Windows-1252 where it is neither ASCII nor Latin-1 and reports use it.
const WINDOWS: [(u8, char); 9] = [
    (0x85, '…'),
    (0x91, '‘'),
    (0x92, '’'),
    (0x93, '“'),
    (0x94, '”'),
    (0x95, '•'),
    (0x96, '–'),
    (0x97, '—'),
    (0x80, '€'),
];

/// What each code of a simple font stands for.
pub(super) fn encoding(dict: &Dict<'_>) -> [Option<char>; 256] {
    let mut table = [None; 256];
    let encoding = dict.get::<Object<'_>>("Encoding");
    let descriptor = dict.get::<Dict<'_>>("FontDescriptor");
    let symbolic = descriptor
        .as_ref()
        .and_then(|descriptor| descriptor.get::<u32>("Flags"))
        .is_some_and(|flags| flags & 4 != 0);
    let embedded = descriptor.is_some_and(|descriptor| {
        ["FontFile", "FontFile2", "FontFile3"]
            .iter()
            .any(|key| descriptor.contains_key(key))
    });
    let type3 = dict.get::<Name<'_>>("Subtype").as_deref() == Some(b"Type3");
    // The codes of a subset without an encoding are the font's own.
    let own_codes = encoding.is_none() && (symbolic && embedded) || type3;
    if !own_codes {
        for (code, slot) in (0_u8..=255).zip(&mut table) {
            *slot = match code {
                0x20..=0x7E | 0xA0..=0xFF => Some(char::from(code)),
                _ => None,
            };
        }
        for (code, character) in WINDOWS {
            table[usize::from(code)] = Some(character);
        }
    }
    let differences = match encoding {
        Some(Object::Dict(encoding)) => encoding.get::<Array<'_>>("Differences"),
        _ => None,
    };
    if let Some(differences) = differences {
        let mut code = 0_usize;
        for object in differences.iter::<Object<'_>>() {
            match object {
                Object::Number(number) => code = usize::try_from(number.as_i64()).unwrap_or(256),
                Object::Name(name) => {
                    if let Some(slot) = table.get_mut(code) {
                        *slot = named(name.as_str());
                    }
                    code = code.saturating_add(1);
                }
                _ => {}
            }
        }
    }
    table
}

fn named(name: &str) -> Option<char> {
    let name = name.split('.').next().unwrap_or(name);
    let mut characters = name.chars();
    if let (Some(only), None) = (characters.next(), characters.next()) {
        return Some(only);
    }
    if let Some((_, character)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*character);
    }
    let digits = name
        .strip_prefix("uni")
        .or_else(|| name.strip_prefix('u'))?;
    let digits = digits.get(..digits.len().min(6))?;
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// Radicals and compatibility forms that fonts share with the ordinary character: programs that write PDF
/// often name the wrong one of the two.
pub(super) fn plain(character: char) -> char {
    match character {
        '\u{2f00}'..='\u{2fd5}' | '\u{f900}'..='\u{faff}' | '\u{2e9f}' | '\u{2ef3}' => {
            let mut folded = std::iter::once(character).nfkc();
            folded.next().unwrap_or(character)
        }
        '\u{2e80}'..='\u{2ef2}' => RADICALS
            .iter()
            .find(|(radical, _)| *radical == character)
            .map_or(character, |(_, ordinary)| *ordinary),
        _ => character,
    }
}

/// Radicals that have no compatibility mapping and look like an ordinary character.
const RADICALS: [(char, char); 30] = [
    ('⺁', '厂'),
    ('⺠', '民'),
    ('⺢', '氺'),
    ('⺫', '罒'),
    ('⺮', '竹'),
    ('⻁', '虎'),
    ('⻄', '西'),
    ('⻅', '见'),
    ('⻆', '角'),
    ('⻉', '贝'),
    ('⻋', '车'),
    ('⻑', '長'),
    ('⻓', '长'),
    ('⻔', '门'),
    ('⻘', '青'),
    ('⻙', '韦'),
    ('⻚', '页'),
    ('⻛', '风'),
    ('⻜', '飞'),
    ('⻝', '食'),
    ('⻢', '马'),
    ('⻣', '骨'),
    ('⻤', '鬼'),
    ('⻥', '鱼'),
    ('⻦', '鸟'),
    ('⻨', '麦'),
    ('⻩', '黄'),
    ('⻬', '齐'),
    ('⻮', '齿'),
    ('⻰', '龙'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radicals_are_read_as_characters() {
        for (radical, ordinary) in [
            ('⼀', '一'),
            ('⽂', '文'),
            ('⻓', '长'),
            ('⽉', '月'),
            ('一', '一'),
        ] {
            assert_eq!(plain(radical), ordinary);
        }
    }

    #[test]
    fn glyph_names_are_characters() {
        for (name, want) in [
            ("seven", Some('7')),
            ("A", Some('A')),
            ("uni4E00", Some('一')),
            ("one.tnum", Some('1')),
            ("g12", None),
        ] {
            assert_eq!(named(name), want, "{name}");
        }
    }
}
