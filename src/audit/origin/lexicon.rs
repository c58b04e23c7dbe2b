//! Words and characters of `data/lexicon.toml`, ready to be looked for.

use std::collections::HashSet;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Match};
use serde::Deserialize;

/// What a word tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A betting site, anywhere.
    BettingName,
    /// Betting, in a title or keywords.
    BettingTopic,
    /// A pornographic site, anywhere.
    AdultName,
    /// Pornography, in a title or keywords.
    AdultTopic,
    /// Advertising, in a title.
    TitleSpam,
    /// What honest titles say.
    TitlePlain,
    /// A lost `+`.
    PlusLost,
}

/// A word found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit<'t> {
    pub(super) kind: Kind,
    /// As the text has it.
    pub(super) text: &'t str,
    /// Where it starts, in bytes.
    pub(super) start: usize,
}

/// The lexicon.
#[derive(Debug)]
pub struct Lexicon {
    /// Of titles and keywords: every word.
    heads: Finder,
    /// Of the report's text: names and lost signs only.
    texts: Finder,
    against: AhoCorasick,
    /// A bit for each character from U+4E00 to U+9FFF.
    traditional: Vec<u64>,
}

#[derive(Debug)]
struct Finder {
    automaton: AhoCorasick,
    kinds: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    betting: Theme,
    adult: Theme,
    title: Title,
    clause: Clause,
    plus: Plus,
    script: Script,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Theme {
    names: Vec<String>,
    topics: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    spam: Vec<String>,
    plain: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    against: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plus {
    lost: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    traditional: String,
}

const FIRST: u32 = 0x4E00;
const LAST: u32 = 0x9FFF;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::parse(include_str!("../../../data/lexicon.toml"))
        .unwrap_or_else(|error| panic!("compiled-in data/lexicon.toml: {error}"))
});

impl Lexicon {
    /// The compiled-in lexicon.
    pub fn get() -> &'static Self {
        &LEXICON
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut heads = Vec::new();
        let mut add = |words: Vec<String>, kind| {
            heads.extend(words.into_iter().map(|word| (word, kind)));
        };
        add(file.betting.names, Kind::BettingName);
        add(file.betting.topics, Kind::BettingTopic);
        add(file.adult.names, Kind::AdultName);
        add(file.adult.topics, Kind::AdultTopic);
        add(file.title.spam, Kind::TitleSpam);
        add(file.title.plain, Kind::TitlePlain);
        // The blanks that stand where a sign was lost.
        for blank in [" ", "\u{a0}", "\u{3000}"] {
            let lost = file.plus.lost.iter();
            add(
                lost.map(|word| word.replace('_', blank)).collect(),
                Kind::PlusLost,
            );
        }
        let mut known = HashSet::new();
        for (word, _) in &heads {
            if word.trim().is_empty() || !known.insert(word.to_lowercase()) {
                return Err(format!("{word:?} is empty or stands twice"));
            }
        }
        let texts = heads
            .iter()
            .filter(|(_, kind)| {
                matches!(kind, Kind::BettingName | Kind::AdultName | Kind::PlusLost)
            })
            .cloned()
            .collect();
        let mut traditional = vec![0_u64; ((LAST - FIRST) / 64 + 1) as usize];
        for character in file
            .script
            .traditional
            .chars()
            .filter(|c| !c.is_whitespace())
        {
            let (at, bit) =
                place(character).ok_or_else(|| format!("{character:?}: no character"))?;
            if traditional[at] & bit != 0 {
                return Err(format!("{character:?} stands twice"));
            }
            traditional[at] |= bit;
        }
        Ok(Self {
            heads: Finder::new(heads)?,
            texts: Finder::new(texts)?,
            against: AhoCorasick::new(file.clause.against).map_err(|error| error.to_string())?,
            traditional,
        })
    }

    /// Every word in a title or keywords, those that overlap others too.
    pub(super) fn in_head<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Hit<'t>> {
        let found = self.heads.automaton.find_overlapping_iter(text);
        found.filter_map(move |found| self.heads.hit(text, found))
    }

    /// Names and lost signs in the report's text, one after the other.
    pub(super) fn in_text<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Hit<'t>> {
        let found = self.texts.automaton.find_iter(text);
        found.filter_map(move |found| self.texts.hit(text, found))
    }

    /// Whether a clause speaks about crime or its prevention.
    pub(super) fn is_against(&self, clause: &str) -> bool {
        self.against.is_match(clause)
    }

    /// Whether only the traditional script has this character.
    pub(super) fn is_traditional(&self, character: char) -> bool {
        place(character).is_some_and(|(at, bit)| self.traditional[at] & bit != 0)
    }
}

fn place(character: char) -> Option<(usize, u64)> {
    let number = u32::from(character);
    (FIRST..=LAST)
        .contains(&number)
        .then(|| ((number - FIRST) as usize / 64, 1 << ((number - FIRST) % 64)))
}

impl Finder {
    fn new(words: Vec<(String, Kind)>) -> Result<Self, String> {
        let (words, kinds): (Vec<String>, Vec<Kind>) = words.into_iter().unzip();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            // A few thousand states: the quicker automaton is worth its memory.
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words)
            .map_err(|error| error.to_string())?;
        Ok(Self { automaton, kinds })
    }

    /// A match, if it is a word of its own.
    fn hit<'t>(&self, text: &'t str, found: Match) -> Option<Hit<'t>> {
        let (start, end) = (found.start(), found.end());
        is_word(text, start, end).then(|| Hit {
            kind: self.kinds[found.pattern().as_usize()],
            text: &text[start..end],
            start,
        })
    }
}

/// Whether a Latin letter or digit at either end of a match ends a word there: `ob体育` is not in `job体育`.
fn is_word(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let joined = |before: Option<&u8>, after: Option<&u8>| {
        before.is_some_and(u8::is_ascii_alphanumeric)
            && after.is_some_and(u8::is_ascii_alphanumeric)
    };
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    !joined(before, bytes.get(start))
        && !joined(
            end.checked_sub(1).and_then(|at| bytes.get(at)),
            bytes.get(end),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_strictly() {
        let text = include_str!("../../../data/lexicon.toml");
        for wrong in [
            text.replace("[plus]", "[plus]\nfound = []"),
            text.replacen("\"bet365\"", "\"\"", 1),
            text.replacen("\"bet365\"", "\"1xBet\"", 1),
            text.replacen("們", "们a", 1),
        ] {
            assert_ne!(wrong, text);
            assert!(Lexicon::parse(&wrong).is_err());
        }
    }

    #[test]
    fn latin_ends_are_word_ends() {
        let found = |text: &str| {
            let hits = Lexicon::get().in_text(text);
            hits.map(|hit| hit.text.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("OB体育"), ["OB体育"]);
        assert_eq!(found("job体育，bet3650，xbwin必赢"), Vec::<String>::new());
        assert_eq!(found("上bet365下"), ["bet365"]);
    }

    #[test]
    fn no_character_of_the_simplified_script_is_called_traditional() {
        // Of the statutory form, of names of places, and those that both scripts share.
        let simplified = "信息公开申请行政复议诉讼规范性文件规章本年制发现行有效处罚强制收费总计自然人法人其他组织商业企业科研机构社会公益法律服务\
            著名乾坤藉瞭望徵余於后里范制复干面谷系云台发表松向才丑冲出斗几家价借据困帘漓胜咸折征致准鍾沈";
        for character in simplified.chars().filter(|c| !c.is_whitespace()) {
            assert!(!Lexicon::get().is_traditional(character), "{character}");
        }
        assert!(Lexicon::get().is_traditional('國'));
    }
}
