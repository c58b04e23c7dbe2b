//! Fields of forms, each with its label.

use maud::{Markup, html};

/// A choice: value and what is read.
pub type Choice = (String, String);

/// A field to choose one of several; what is chosen and not in the list stays chosen.
pub fn select(id: &str, name: &str, label: &str, choices: &[Choice], chosen: &str) -> Markup {
    let is_known = choices.iter().any(|(value, _)| value == chosen);
    html! {
        p.field {
            label for=(id) { (label) }
            select id=(id) name=(name) {
                @for (value, text) in choices {
                    option value=(value) selected[value == chosen] { (text) }
                }
                @if !is_known { option value=(chosen) selected { (chosen) } }
            }
        }
    }
}

/// A field for a year.
pub fn year(id: &str, label: &str, year: Option<i16>) -> Markup {
    html! {
        p.field {
            label for=(id) { (label) }
            input id=(id) name=(id) type="number" min="1949" max="2999" step="1" value=[year];
        }
    }
}

/// A choice from words known when the program was made.
pub fn choice(value: &str, text: impl Into<String>) -> Choice {
    (value.to_owned(), text.into())
}

/// Divisions by code, with their names, and indented below their provinces.
pub fn divisions(codes: &[String], all: &str) -> Vec<Choice> {
    let mut choices = vec![choice("", all)];
    choices.extend(codes.iter().map(|code| {
        let name = crate::agency::Divisions::get().name(code);
        let name = name.unwrap_or_else(|| code.clone());
        let indent = if code.ends_with("0000") || code == "xpcc" {
            ""
        } else {
            "\u{3000}"
        };
        (code.clone(), format!("{indent}{name}"))
    }));
    choices
}

/// The year of a parameter; `None` where it is not given.
///
/// # Errors
///
/// [`super::ViewerError::Bad`] for what is no year between 1949 and 2999.
pub fn year_of(address: &super::Address, name: &str) -> Result<Option<i16>, super::ViewerError> {
    let Some(text) = address.get(name) else {
        return Ok(None);
    };
    match text.trim().parse() {
        Ok(year) if (1949..=2999).contains(&year) => Ok(Some(year)),
        _ => Err(super::ViewerError::Bad(format!(
            "{name}={text}: no year between 1949 and 2999 · 不是年份"
        ))),
    }
}
