//! Compound selectors: element, `#id` and `.class` together, nothing else.
//!
//! The report path keeps containers, not a tree, so combinators have nothing to walk. List pages,
//! which are parsed into a tree, get full CSS.

use std::str::FromStr;

use serde::Deserialize;

/// `div.article#text`: all parts must match, without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Selector {
    tag: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
}

/// Why a selector is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("selector {text:?}: only element, #id and .class, joined without spaces")]
pub struct SelectorError {
    /// As written.
    pub text: String,
}

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        let error = || SelectorError { text: text.into() };
        let legal = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '#');
        if text.is_empty() || !text.chars().all(legal) {
            return Err(error());
        }
        let mut selector = Self {
            tag: None,
            id: None,
            classes: Vec::new(),
        };
        let mut rest = text;
        while !rest.is_empty() {
            let kind = rest.chars().next().filter(|c| matches!(c, '.' | '#'));
            let body = &rest[kind.map_or(0, char::len_utf8)..];
            let end = body.find(['.', '#']).unwrap_or(body.len());
            let name = body[..end].to_lowercase();
            if name.is_empty() {
                return Err(error());
            }
            match kind {
                Some('#') if selector.id.is_none() => selector.id = Some(name),
                Some('.') => selector.classes.push(name),
                None => selector.tag = Some(name),
                Some(_) => return Err(error()),
            }
            rest = &body[end..];
        }
        Ok(selector)
    }
}

impl TryFrom<String> for Selector {
    type Error = SelectorError;

    fn try_from(text: String) -> Result<Self, SelectorError> {
        text.parse()
    }
}

impl Selector {
    /// Whether an element has all the selector asks for. `class` is the attribute as written.
    pub fn matches(&self, tag: &str, id: Option<&str>, class: Option<&str>) -> bool {
        self.tag
            .as_ref()
            .is_none_or(|want| want.eq_ignore_ascii_case(tag))
            && self
                .id
                .as_ref()
                .is_none_or(|want| id.is_some_and(|id| want.eq_ignore_ascii_case(id.trim())))
            && self.classes.iter().all(|want| {
                class.is_some_and(|class| {
                    class
                        .split_ascii_whitespace()
                        .any(|name| want.eq_ignore_ascii_case(name))
                })
            })
    }
}

/// Many selectors at once: looked up by what an element has instead of tried one by one.
#[derive(Debug, Clone, Default)]
pub struct SelectorSet {
    tags: Names,
    ids: Names,
    classes: Names,
    others: Vec<Selector>,
}

/// Names by length; ASCII case does not count.
#[derive(Debug, Clone, Default)]
struct Names {
    list: Vec<String>,
    /// For each length (the last for all beyond) the first letters that names of it have, a bit each.
    letters: [u32; 32],
}

impl Names {
    /// Where `letters` says whether such a name may be there. The case of a letter is not in its last five bits.
    fn place(name: &str) -> (usize, u32) {
        let first = name.bytes().next().unwrap_or(0);
        (name.len().min(31), 1 << (first & 31))
    }

    fn add(&mut self, name: &str) {
        let (length, letter) = Self::place(name);
        self.letters[length] |= letter;
        let at = self.list.partition_point(|known| known.len() <= name.len());
        self.list.insert(at, name.to_owned());
    }

    fn extend(&mut self, other: &Self) {
        for name in &other.list {
            self.add(name);
        }
    }

    /// Most names are none of the list's by length and first letter; of the others few letters are looked at.
    fn has(&self, name: &str) -> bool {
        let (length, letter) = Self::place(name);
        if self.letters[length] & letter == 0 {
            return false;
        }
        let start = self.list.partition_point(|known| known.len() < name.len());
        self.list[start..]
            .iter()
            .take_while(|known| known.len() == name.len())
            .any(|known| known.eq_ignore_ascii_case(name))
    }
}

impl From<Vec<Selector>> for SelectorSet {
    fn from(selectors: Vec<Selector>) -> Self {
        let mut set = Self::default();
        for selector in selectors {
            match (&selector.tag, &selector.id, selector.classes.as_slice()) {
                (Some(tag), None, []) => set.tags.add(tag),
                (None, Some(id), []) => set.ids.add(id),
                (None, None, [class]) => set.classes.add(class),
                _ => set.others.push(selector),
            }
        }
        set
    }
}

impl<'de> Deserialize<'de> for SelectorSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Selector>::deserialize(deserializer)?.into())
    }
}

impl SelectorSet {
    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.tags.list.is_empty()
            && self.ids.list.is_empty()
            && self.classes.list.is_empty()
            && self.others.is_empty()
    }

    /// Adds another's selectors.
    pub fn extend(&mut self, other: &Self) {
        self.tags.extend(&other.tags);
        self.ids.extend(&other.ids);
        self.classes.extend(&other.classes);
        self.others.extend_from_slice(&other.others);
    }

    /// Whether any of the selectors matches; see [`Selector::matches`].
    pub fn matches(&self, tag: &str, id: Option<&str>, class: Option<&str>) -> bool {
        if self.tags.has(tag) {
            return true;
        }
        if id.is_none() && class.is_none() {
            return false;
        }
        id.is_some_and(|id| self.ids.has(id.trim()))
            || class.is_some_and(|class| {
                class
                    .split_ascii_whitespace()
                    .any(|name| self.classes.has(name))
            })
            || self
                .others
                .iter()
                .any(|selector| selector.matches(tag, id, class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_matches_what_its_selectors_match() {
        let texts = ["nav", ".foot", "#zoom", "div.a.b"];
        let all: Vec<Selector> = texts.iter().map(|text| text.parse().unwrap()).collect();
        let set = SelectorSet::from(all.clone());
        for (tag, id, class) in [
            ("nav", None, None),
            ("div", Some("ZOOM"), None),
            ("div", None, Some("x Foot")),
            ("div", None, Some("b a")),
            ("p", None, Some("a b")),
            ("p", Some("foot"), Some("zoom")),
        ] {
            let want = all.iter().any(|selector| selector.matches(tag, id, class));
            assert_eq!(set.matches(tag, id, class), want, "{tag} {id:?} {class:?}");
        }
    }

    #[test]
    fn compounds_match_all_their_parts() {
        let selector: Selector = "div.A#b".parse().unwrap();
        assert!(selector.matches("div", Some("B"), Some("x a")));
        assert!(!selector.matches("p", Some("b"), Some("a")));
        assert!(!selector.matches("div", None, Some("a")));
        assert!(!selector.matches("div", Some("b"), Some("ab")));
        for text in ["", "div > p", "a[href]", ".", "#a#b", "p:first"] {
            assert!(text.parse::<Selector>().is_err(), "{text:?}");
        }
    }
}
