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

#[cfg(test)]
mod tests {
    use super::*;

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
