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
    tags: Vec<String>,
    ids: Vec<String>,
    classes: Vec<String>,
    others: Vec<Selector>,
}

impl From<Vec<Selector>> for SelectorSet {
    fn from(selectors: Vec<Selector>) -> Self {
        let mut set = Self::default();
        for selector in selectors {
            match (&selector.tag, &selector.id, selector.classes.as_slice()) {
                (Some(tag), None, []) => set.tags.push(tag.clone()),
                (None, Some(id), []) => set.ids.push(id.clone()),
                (None, None, [class]) => set.classes.push(class.clone()),
                _ => set.others.push(selector),
            }
        }
        for list in [&mut set.tags, &mut set.ids, &mut set.classes] {
            list.sort_by_key(String::len);
        }
        set
    }
}

/// Whether a list sorted by length holds a name; ASCII case does not count. Most names differ in length, so few
/// letters are looked at.
fn holds(list: &[String], name: &str) -> bool {
    let start = list.partition_point(|known| known.len() < name.len());
    list[start..]
        .iter()
        .take_while(|known| known.len() == name.len())
        .any(|known| known.eq_ignore_ascii_case(name))
}

impl<'de> Deserialize<'de> for SelectorSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Selector>::deserialize(deserializer)?.into())
    }
}

impl SelectorSet {
    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.tags.is_empty()
            && self.ids.is_empty()
            && self.classes.is_empty()
            && self.others.is_empty()
    }

    /// Adds another's selectors.
    pub fn extend(&mut self, other: &Self) {
        self.tags.extend_from_slice(&other.tags);
        self.ids.extend_from_slice(&other.ids);
        self.classes.extend_from_slice(&other.classes);
        self.others.extend_from_slice(&other.others);
        for list in [&mut self.tags, &mut self.ids, &mut self.classes] {
            list.sort_by_key(String::len);
        }
    }

    /// Whether any of the selectors matches; see [`Selector::matches`].
    pub fn matches(&self, tag: &str, id: Option<&str>, class: Option<&str>) -> bool {
        if holds(&self.tags, tag) {
            return true;
        }
        if id.is_none() && class.is_none() {
            return false;
        }
        id.is_some_and(|id| holds(&self.ids, id.trim()))
            || class.is_some_and(|class| {
                class
                    .split_ascii_whitespace()
                    .any(|name| holds(&self.classes, name))
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
