//! A list of words looked for all at once.

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};
use serde::Deserialize;

/// Words in order of preference, with an automaton that finds any of them in one pass.
#[derive(Debug, Clone)]
pub struct Words {
    automaton: AhoCorasick,
    list: Vec<String>,
}

impl Words {
    /// Words in order of preference. `None` for a list too large to compile.
    pub fn new(list: Vec<String>) -> Option<Self> {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Both)
            .build(&list)
            .ok()?;
        Some(Self { automaton, list })
    }

    /// The words.
    pub fn list(&self) -> &[String] {
        &self.list
    }

    /// Whether any of them stands in `text`.
    pub fn occur_in(&self, text: &str) -> bool {
        self.automaton.is_match(text)
    }

    /// Whether `text` begins with one of them.
    pub fn begin(&self, text: &str) -> bool {
        self.automaton
            .find(Input::new(text).anchored(Anchored::Yes))
            .is_some()
    }

    /// Every word in `text`, left to right, longest first: its rank in the list and what follows it.
    pub fn find_all<'t>(&self, text: &'t str) -> impl Iterator<Item = (usize, &'t str)> {
        self.automaton
            .find_iter(text)
            .map(move |found| (found.pattern().as_usize(), &text[found.end()..]))
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<String>::deserialize(deserializer)?;
        Self::new(list).ok_or_else(|| serde::de::Error::custom("too many words"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_is_found_with_its_rank() {
        let words = Words::new(vec!["日期".into(), "发布日期".into()]).unwrap();
        let found: Vec<_> = words.find_all("发布日期：1 日期：2").collect();
        assert_eq!(found, [(1, "：1 日期：2"), (0, "：2")]);
        assert!(words.begin("日期：") && !words.begin(" 日期"));
    }
}
