//! Which of many texts a page holds, in one pass over it.
//!
//! In: the texts that tell of platforms. Out: of a page, which of them stand in it. Pure.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use aho_corasick::Span;
use aho_corasick::packed::{Config, MatchKind, Searcher};
use memchr::memmem;

/// Places looked into. A page with more is searched for the rest text by text, so that none takes long.
const PLACES: usize = 2000;

/// Texts that are looked for.
#[derive(Debug, Default)]
pub struct Texts {
    numbers: HashMap<String, usize>,
    /// `None` where there are too many of them, or none.
    all: Option<Searcher>,
}

/// Which texts a page holds.
#[derive(Debug)]
pub struct Held<'t> {
    texts: &'t Texts,
    page: &'t [u8],
    /// By their numbers; `None` where it was not found out for all at once.
    found: Option<Vec<bool>>,
}

impl Texts {
    /// These texts, each once.
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        for word in words.filter(|word| !word.is_empty()) {
            // A word that several platforms name keeps its first number.
            let next = numbers.len();
            if let Entry::Vacant(free) = numbers.entry(word.to_owned()) {
                free.insert(next);
                builder.add(word);
            }
        }
        let all = builder.build();
        Self { numbers, all }
    }

    /// Looks for all of them.
    pub fn held<'t>(&'t self, page: &'t str) -> Held<'t> {
        let page = page.as_bytes();
        Held {
            texts: self,
            page,
            found: self.all.as_ref().map(|all| self.look(all, page)),
        }
    }

    fn look(&self, all: &Searcher, page: &[u8]) -> Vec<bool> {
        let mut held = vec![false; self.numbers.len()];
        let mut missing: Vec<(&[u8], usize)> = self
            .numbers
            .iter()
            .map(|(word, number)| (word.as_bytes(), *number))
            .collect();
        let mut from = 0;
        for _ in 0..PLACES {
            let span = Span::from(from..page.len());
            let Some(found) = all.find_in(page, span) else {
                return held;
            };
            // Others may begin there too, or within.
            missing.retain(|(word, number)| {
                held[*number] = page[found.start()..].starts_with(word);
                !held[*number]
            });
            if missing.is_empty() {
                return held;
            }
            from = found.start() + 1;
        }
        for (word, number) in missing {
            held[number] = memmem::find(&page[from..], word).is_some();
        }
        held
    }
}

impl Held<'_> {
    /// Whether the page holds this text.
    pub fn has(&self, word: &str) -> bool {
        let known = self.texts.numbers.get(word);
        match (known, &self.found) {
            (Some(number), Some(found)) => found.get(*number).copied().unwrap_or_default(),
            _ => memmem::find(self.page, word.as_bytes()).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_at_once_is_as_one_by_one() {
        let words = [
            "createPage(",
            "createPage('",
            "Page('a",
            "ucap",
            "ap",
            "pager=",
            "/col/",
            "<data>",
            "ucap",
            "",
        ];
        let texts = Texts::of(words.into_iter());
        let none = Texts::of([].into_iter());
        let padding = "页".repeat(50);
        let mut pages: Vec<String> = vec![String::new(), "ucap".repeat(PLACES + 10)];
        for one in words {
            pages.push(format!("{}{one}", "ucap/col".repeat(PLACES)));
            for other in words {
                pages.push(format!("{one}{other}"));
                pages.push(format!("{padding}{one}{padding}{other}{padding}"));
                pages.push(format!("{}{one}", &other[..other.len() / 2]));
            }
        }
        pages.push(format!("{padding}createPage('a{padding}"));
        for page in pages {
            let held = texts.held(&page);
            for word in words {
                assert_eq!(held.has(word), page.contains(word), "{word} in {page:.200}");
            }
            assert_eq!(held.has("col/"), page.contains("col/"));
            assert_eq!(none.held(&page).has("ucap"), page.contains("ucap"));
        }
    }
}
