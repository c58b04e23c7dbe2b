//! Selectors of list pages: a part of CSS, read from profiles.
//!
//! In: `ul.list > li:not(.more) a[href$=".html"], dd a`. Out: [`Css`], which `discover` matches against a page's
//! tree. Supported: element, `*`, `#id`, `.class`, `[name]`, `[name=value]` with `^=` `$=` `*=` `~=`,
//! `:nth-child(…)`, `:not(…)` of one compound; descendant, child `>` and next sibling `+`; lists by comma. Names of
//! elements, ids and classes are compared without regard to case, values of attributes with it. Anything else is
//! refused with its place.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A selector has at most so many compounds; matching keeps a bit for each.
const PARTS: usize = 32;
/// A selector is no longer, in bytes.
const LENGTH: usize = 2000;

/// A list of selectors; an element matches if it matches one of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Css {
    alternatives: Vec<Complex>,
}

/// Compounds with what stands between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complex {
    /// Left to right; the combinator is the one before the compound, and means nothing for the first.
    pub parts: Vec<(Combinator, Compound)>,
}

/// What stands between two compounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combinator {
    /// White space: anywhere within.
    Descendant,
    /// `>`: directly within.
    Child,
    /// `+`: directly behind, among the elements of one parent.
    Next,
}

/// What one element must have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compound {
    /// Name in lower case; `None` for any.
    pub tag: Option<String>,
    /// Ids in lower case; more than one matches nothing.
    pub ids: Vec<String>,
    /// Classes in lower case.
    pub classes: Vec<String>,
    /// Tests of attributes.
    pub attributes: Vec<AttributeTest>,
    /// Places among the element's siblings.
    pub places: Vec<Nth>,
    /// What it must not be.
    pub not: Vec<Self>,
}

/// `[name op value]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeTest {
    /// Name in lower case.
    pub name: String,
    /// How the value is compared.
    pub operator: Operator,
    /// What with; empty for [`Operator::Exists`].
    pub value: String,
}

/// How the value of an attribute is compared. All but [`Self::Exists`] and [`Self::Equals`] match nothing for an
/// empty value, as in CSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `[name]`.
    Exists,
    /// `=`.
    Equals,
    /// `^=`.
    Starts,
    /// `$=`.
    Ends,
    /// `*=`.
    Contains,
    /// `~=`: one of the words.
    Word,
}

/// `:nth-child(an+b)`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nth {
    /// Step.
    pub step: i32,
    /// Offset.
    pub offset: i32,
}

impl Nth {
    /// Whether the place (from 1) is one of them.
    pub const fn has(self, place: i32) -> bool {
        let behind = place - self.offset;
        if self.step == 0 {
            behind == 0
        } else {
            behind % self.step == 0 && behind / self.step >= 0
        }
    }
}

impl AttributeTest {
    /// Whether an attribute's value passes; `None` where the element does not have it.
    pub fn passes(&self, value: Option<&str>) -> bool {
        let (Some(value), wanted) = (value, self.value.as_str()) else {
            return false;
        };
        match self.operator {
            Operator::Exists => true,
            Operator::Equals => value == wanted,
            _ if wanted.is_empty() => false,
            Operator::Starts => value.starts_with(wanted),
            Operator::Ends => value.ends_with(wanted),
            Operator::Contains => value.contains(wanted),
            Operator::Word => value.split_ascii_whitespace().any(|word| word == wanted),
        }
    }
}

/// Why a selector is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("selector {text:?}, character {at}: {reason}")]
pub struct CssError {
    /// As written.
    pub text: String,
    /// Which character, from 1.
    pub at: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

impl Css {
    /// The selectors of the list.
    pub fn alternatives(&self) -> &[Complex] {
        &self.alternatives
    }

    /// The selectors of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let alternatives = [self.alternatives.as_slice(), &other.alternatives].concat();
        Self { alternatives }
    }

    /// Whether there is none, so that nothing matches.
    pub const fn is_empty(&self) -> bool {
        self.alternatives.is_empty()
    }
}

impl FromStr for Css {
    type Err = CssError;

    fn from_str(text: &str) -> Result<Self, CssError> {
        let mut reader = Reader {
            text,
            characters: text.chars().collect(),
            at: 0,
        };
        if text.len() > LENGTH {
            return Err(reader.error("the selector is too long"));
        }
        reader.list()
    }
}

impl<'de> Deserialize<'de> for Css {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One(Css);

        impl<'de> Deserialize<'de> for One {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map(One).map_err(D::Error::custom)
            }
        }

        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Css;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a selector or a list of selectors")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Css, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Css, A::Error> {
                let mut css = Css::default();
                while let Some(One(one)) = list.next_element()? {
                    css.alternatives.extend(one.alternatives);
                }
                Ok(css)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

struct Reader<'t> {
    text: &'t str,
    characters: Vec<char>,
    at: usize,
}

impl Reader<'_> {
    fn error(&self, reason: &'static str) -> CssError {
        CssError {
            text: self.text.into(),
            at: self.at + 1,
            reason,
        }
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn skip_space(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_whitespace()) {
            self.at += 1;
        }
        self.at > start
    }

    fn list(&mut self) -> Result<Css, CssError> {
        let mut alternatives = Vec::new();
        loop {
            alternatives.push(self.complex()?);
            if !self.take(',') {
                break;
            }
        }
        match self.peek() {
            None => Ok(Css { alternatives }),
            Some(_) => Err(self.error("not part of the grammar (see docs/profiles.md)")),
        }
    }

    fn complex(&mut self) -> Result<Complex, CssError> {
        self.skip_space();
        let mut parts = vec![(Combinator::Descendant, self.compound()?)];
        loop {
            let spaced = self.skip_space();
            let combinator = match self.peek() {
                None | Some(',') => return Ok(Complex { parts }),
                Some('>') => Combinator::Child,
                Some('+') => Combinator::Next,
                Some(_) if spaced => Combinator::Descendant,
                Some(_) => return Err(self.error("not part of the grammar (see docs/profiles.md)")),
            };
            if combinator != Combinator::Descendant {
                self.at += 1;
                self.skip_space();
            }
            if parts.len() == PARTS {
                return Err(self.error("too many parts"));
            }
            parts.push((combinator, self.compound()?));
        }
    }

    fn name(&mut self, reason: &'static str) -> Result<String, CssError> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii())
        {
            self.at += 1;
        }
        if start == self.at {
            return Err(self.error(reason));
        }
        let name: String = self.characters[start..self.at].iter().collect();
        Ok(name.to_lowercase())
    }

    fn compound(&mut self) -> Result<Compound, CssError> {
        let mut compound = Compound::default();
        let start = self.at;
        if !self.take('*') && self.peek().is_some_and(char::is_alphabetic) {
            compound.tag = Some(self.name("the name of an element is missing")?);
        }
        loop {
            match self.peek() {
                Some('#') => {
                    self.at += 1;
                    compound.ids.push(self.name("an id is missing")?);
                }
                Some('.') => {
                    self.at += 1;
                    compound.classes.push(self.name("a class is missing")?);
                }
                Some('[') => {
                    self.at += 1;
                    compound.attributes.push(self.attribute()?);
                }
                Some(':') => {
                    self.at += 1;
                    self.pseudo(&mut compound)?;
                }
                _ => break,
            }
        }
        if self.at == start {
            return Err(self.error("an element, #id, .class or [attribute] is missing"));
        }
        Ok(compound)
    }

    fn attribute(&mut self) -> Result<AttributeTest, CssError> {
        self.skip_space();
        let name = self.name("the name of an attribute is missing")?;
        self.skip_space();
        let operator = match self.peek() {
            Some(']') => Operator::Exists,
            Some('=') => Operator::Equals,
            Some('^') => Operator::Starts,
            Some('$') => Operator::Ends,
            Some('*') => Operator::Contains,
            Some('~') => Operator::Word,
            _ => return Err(self.error("=, ^=, $=, *=, ~= or ] is missing")),
        };
        if operator != Operator::Exists {
            self.at += usize::from(operator != Operator::Equals);
            if !self.take('=') {
                return Err(self.error("= is missing"));
            }
        }
        self.skip_space();
        let value = match (operator, self.peek()) {
            (Operator::Exists, _) => String::new(),
            (_, Some(quote @ ('"' | '\''))) => {
                self.at += 1;
                let start = self.at;
                while self.peek().is_some_and(|c| c != quote) {
                    self.at += 1;
                }
                let value = self.characters[start..self.at].iter().collect();
                if !self.take(quote) {
                    return Err(self.error("the quotation mark at the end is missing"));
                }
                value
            }
            _ => {
                let start = self.at;
                self.name("a value is missing; put it into quotation marks")?;
                self.characters[start..self.at].iter().collect()
            }
        };
        self.skip_space();
        if !self.take(']') {
            return Err(self.error("] is missing"));
        }
        Ok(AttributeTest {
            name,
            operator,
            value,
        })
    }

    fn pseudo(&mut self, compound: &mut Compound) -> Result<(), CssError> {
        let start = self.at;
        let name = self.name("not, nth-child, first-child is missing")?;
        if name == "first-child" {
            let first = Nth { step: 0, offset: 1 };
            compound.places.push(first);
            return Ok(());
        }
        if !matches!(name.as_str(), "not" | "nth-child") {
            self.at = start;
            return Err(self.error("only :not(), :nth-child() and :first-child"));
        }
        if !self.take('(') {
            return Err(self.error("( is missing"));
        }
        self.skip_space();
        if name == "not" {
            let inner = self.compound()?;
            if !inner.not.is_empty() {
                return Err(self.error(":not() within :not()"));
            }
            compound.not.push(inner);
        } else {
            compound.places.push(self.nth()?);
        }
        self.skip_space();
        if !self.take(')') {
            return Err(self.error(") is missing; :not() takes one element, without spaces"));
        }
        Ok(())
    }

    fn nth(&mut self) -> Result<Nth, CssError> {
        let start = self.at;
        while self.peek().is_some_and(|c| c != ')') {
            self.at += 1;
        }
        let text: String = self.characters[start..self.at]
            .iter()
            .filter(|c| !c.is_ascii_whitespace())
            .map(char::to_ascii_lowercase)
            .collect();
        let number = |text: &str| text.parse::<i32>().ok().filter(|n| n.abs() < 10_000);
        let found = match text.as_str() {
            "odd" => Some((2, 1)),
            "even" => Some((2, 0)),
            _ => match text.split_once('n') {
                None => number(&text).map(|offset| (0, offset)),
                Some((step, offset)) => {
                    let step = match step {
                        "" | "+" => Some(1),
                        "-" => Some(-1),
                        _ => number(step),
                    };
                    let offset = if offset.is_empty() {
                        Some(0)
                    } else {
                        number(offset)
                    };
                    step.zip(offset)
                }
            },
        };
        let Some((step, offset)) = found else {
            self.at = start;
            return Err(self.error("a number, odd, even or 2n+1 is missing"));
        };
        Ok(Nth { step, offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_read() {
        let css: Css =
            "ul.List > li:not(.more):nth-child(2n+1) + li a[href$='.html'][title], *#x.y"
                .parse()
                .unwrap();
        let [first, second] = css.alternatives() else {
            panic!("{css:?}");
        };
        let combinators: Vec<_> = first.parts.iter().map(|(c, _)| *c).collect();
        assert_eq!(
            combinators[1..],
            [Combinator::Child, Combinator::Next, Combinator::Descendant]
        );
        assert_eq!(first.parts[0].1.classes, ["list"]);
        assert_eq!(first.parts[1].1.places, [Nth { step: 2, offset: 1 }]);
        assert_eq!(first.parts[1].1.not[0].classes, ["more"]);
        assert_eq!(first.parts[3].1.attributes.len(), 2);
        assert_eq!(second.parts[0].1.ids, ["x"]);
    }

    #[test]
    fn what_is_not_in_the_grammar_is_refused_with_its_place() {
        let cases = [
            ("", 1),
            ("a,", 3),
            ("a >", 4),
            ("a ~ b", 3),
            ("a:hover", 3),
            ("a[href", 7),
            ("a[href='x]", 11),
            ("a[href=]", 8),
            ("li:not(a b)", 10),
            ("li:not(a:not(b))", 16),
            ("li:nth-child(x)", 14),
            ("..a", 2),
            ("列表 > ！", 6),
        ];
        for (text, at) in cases {
            let error = text.parse::<Css>().unwrap_err();
            assert_eq!(error.at, at, "{error}");
        }
    }

    #[test]
    fn places_among_siblings() {
        let places = |step, offset| {
            let nth = Nth { step, offset };
            (1..8).filter(|place| nth.has(*place)).collect::<Vec<_>>()
        };
        assert_eq!(places(0, 3), [3]);
        assert_eq!(places(2, 1), [1, 3, 5, 7]);
        assert_eq!(places(2, 0), [2, 4, 6]);
        assert_eq!(places(-1, 2), [1, 2]);
        assert_eq!(places(3, -1), [2, 5]);
    }
}
