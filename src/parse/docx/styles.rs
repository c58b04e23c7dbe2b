//! Paragraph styles, so far as they number or mark headings.
//!
//! In: `styles.xml`. Out: for a style its outline level and its list. A damaged member gives none.

use std::collections::HashMap;

use super::xml::{Event, Events};

/// Styles based on styles.
const MAX_CHAIN: usize = 12;
/// Most styles.
const MAX_STYLES: usize = 10_000;

/// A paragraph's place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct InList {
    /// Number of the list; 0 takes the paragraph out of any.
    pub(super) list: Option<u32>,
    /// Its level, from 0.
    pub(super) level: Option<usize>,
}

#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    outline: Option<u8>,
    in_list: InList,
}

/// The styles of a document by id.
#[derive(Debug, Default)]
pub(super) struct Styles(HashMap<String, Style>);

impl Styles {
    pub(super) fn read(member: &[u8]) -> Self {
        let mut styles = Self::default();
        let mut events = Events::new(member);
        let mut open: Option<(String, Style)> = None;
        while let Ok(Some(event)) = events.next() {
            match event {
                Event::Open(element) => {
                    if element.name == "style" {
                        let id = element.attribute("styleId").unwrap_or_default();
                        open = Some((id, Style::default()));
                        continue;
                    }
                    let Some((_, style)) = &mut open else {
                        continue;
                    };
                    let value = || element.value();
                    match element.name.as_str() {
                        "name"
                            if value().is_some_and(|name| name.eq_ignore_ascii_case("title")) =>
                        {
                            style.outline = Some(0);
                        }
                        "basedOn" => style.based_on = value(),
                        "outlineLvl" => {
                            style.outline = value().and_then(|level| level.parse().ok());
                        }
                        "numId" => style.in_list.list = value().and_then(|list| list.parse().ok()),
                        "ilvl" => {
                            style.in_list.level = value().and_then(|level| level.parse().ok());
                        }
                        _ => {}
                    }
                }
                Event::Close(name, _) if name == "style" => {
                    if let Some((id, style)) = open.take()
                        && styles.0.len() < MAX_STYLES
                    {
                        styles.0.insert(id, style);
                    }
                }
                _ => {}
            }
        }
        styles
    }

    /// Outline level and list of a style, its own or inherited.
    pub(super) fn of(&self, id: &str) -> (Option<u8>, InList) {
        let (mut outline, mut in_list) = (None, InList::default());
        let mut next = Some(id);
        for _ in 0..MAX_CHAIN {
            let Some(style) = next.and_then(|id| self.0.get(id)) else {
                break;
            };
            outline = outline.or(style.outline);
            in_list.list = in_list.list.or(style.in_list.list);
            in_list.level = in_list.level.or(style.in_list.level);
            next = style.based_on.as_deref();
        }
        (outline, in_list)
    }
}
