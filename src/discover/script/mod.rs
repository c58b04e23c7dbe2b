//! What a page's scripts say as they stand.
//!
//! In: scripts, and the words of a click (`goPage(2)`). Out: what the click does: the address it opens, or that it sends a
//! form, asks for something, or does not show ([`Effect`]). Scripts are not run: functions are followed line by line where
//! every line is of a few plain kinds (strings put together, numbers, a choice between two ways), without loops, within
//! bounds; where one is not, nothing is said. Records that stand in scripts are in [`data`].

pub(super) mod data;
mod form;
mod lex;
mod machine;
mod words;

use std::collections::HashMap;

use url::Url;

use super::tree::Tree;
use lex::{Code, Piece};
use machine::Machine;
pub(super) use machine::Value;

/// What a click does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    /// Shows the page at this address, as written.
    Opens(String),
    /// Loads what is at this address into the page.
    Loads(String),
    /// Sends a form of the page.
    Posts,
    /// Asks for something that is no address alone.
    Asks,
    /// It cannot be told.
    Hidden,
    /// Nothing that leads anywhere.
    Nothing,
}

/// Parameters and body of a function: places in the program.
#[derive(Debug, Clone)]
struct Function<'p> {
    parameters: Vec<&'p str>,
    start: usize,
    end: usize,
}

/// The scripts of a page.
#[derive(Debug, Default)]
pub(super) struct Program<'p> {
    code: Code<'p>,
    functions: HashMap<&'p str, Function<'p>>,
    /// Where the one value of a name begins; `None` where it has several.
    globals: HashMap<&'p str, Option<usize>>,
}

/// Where a click happens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'s, 't> {
    /// The page's address.
    pub url: &'s Url,
    /// Its elements, for fields and forms.
    pub tree: &'s Tree<'t>,
}

/// A piece of an answer of a function to its caller.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// What the function did.
    pub effect: Effect,
    /// What it returned; `None` where nothing, or nothing that can be told.
    pub returned: Option<String>,
}

/// Parts of a call that pages by a widget: `laypage.render({…})`.
#[derive(Debug)]
pub(super) struct Widget<'p> {
    /// The function's name.
    pub name: &'p str,
    /// The number in front of the options: `pagination(45, {…})`.
    pub first: Option<i64>,
    /// Names, in small letters without `_`, and where their values begin and end.
    options: Vec<(String, usize, usize)>,
}

/// Widgets of a page that are looked at.
const WIDGETS: usize = 40;

impl<'p> Program<'p> {
    /// Of the scripts of a page.
    pub fn of(scripts: &[&'p str]) -> Self {
        let code = Code::of(scripts.iter().copied());
        let mut program = Self {
            functions: functions(&code),
            ..Self::default()
        };
        program.globals = globals(&code, &program.functions);
        program.code = code;
        program
    }

    /// Whether a click calls a function of this page.
    pub fn knows(&self, click: &str) -> bool {
        let click = plain(click);
        let end = click
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')))
            .unwrap_or(click.len());
        click[end..].trim_start().starts_with('(') && self.functions.contains_key(&click[..end])
    }

    /// What a click does. `this` is the value of the field it happens in.
    pub fn click(&self, place: Place<'_, '_>, click: &str, this: Option<&str>) -> Effect {
        let code = Code::of([plain(click)]);
        self.run(place, &code, this)
    }

    fn run(&self, place: Place<'_, '_>, code: &Code<'_>, this: Option<&str>) -> Effect {
        let mut machine = Machine::new(self, place);
        if let Some(this) = this {
            machine.set_this(vec![("value".to_owned(), Value::Text(this.to_owned()))]);
        }
        machine.effect_of(code)
    }

    /// The numbers in a click, by place.
    pub fn numbers(click: &str) -> Vec<(usize, i64)> {
        let code = Code::of([plain(click)]);
        let numbered = code.pieces.iter().enumerate().take(200);
        numbered
            .filter_map(|(at, piece)| Some((at, number(piece)?)))
            .collect()
    }

    /// What a click does with another number at a place.
    pub fn click_with(&self, place: Place<'_, '_>, click: &str, at: usize, number: i64) -> Effect {
        let mut code = Code::of([plain(click)]);
        match code.pieces.get_mut(at) {
            Some(piece @ Piece::Text(_)) => *piece = Piece::Text(number.to_string().into()),
            Some(piece) => *piece = Piece::Number(number),
            None => {}
        }
        self.run(place, &code, None)
    }

    /// The one place at which two clicks differ, where both have a number there: place and both numbers.
    pub fn apart(one: &str, other: &str) -> Option<(usize, i64, i64)> {
        let (one, other) = (Code::of([plain(one)]), Code::of([plain(other)]));
        if one.pieces.len() != other.pieces.len() || one.pieces.len() > 400 {
            return None;
        }
        let mut places = (0..one.pieces.len()).filter(|at| one.pieces[*at] != other.pieces[*at]);
        let at = places.next()?;
        let both = (number(&one.pieces[at])?, number(&other.pieces[at])?);
        places.next().is_none().then_some((at, both.0, both.1))
    }

    /// Calls with options of functions of these names.
    pub fn widgets(&self, names: &[&str]) -> Vec<Widget<'p>> {
        let mut found = Vec::new();
        for at in 0..self.code.pieces.len() {
            let Some(name) = self.code.name(at).filter(|name| names.contains(name)) else {
                continue;
            };
            let is_definition = at > 0 && self.code.name(at - 1) == Some("function");
            if !self.code.is(at + 1, "(") || is_definition {
                continue;
            }
            let end = self.code.closes[at + 1];
            // The number or the element's name in front of the options.
            let second = data::behind(&self.code, at + 2, end);
            let open = if self.code.is(at + 2, "{") {
                at + 2
            } else {
                second + 1
            };
            if !self.code.is(open, "{") || self.code.closes[open] >= self.code.pieces.len() {
                continue;
            }
            let options = data::fields(&self.code, open)
                .into_iter()
                .take(60)
                .map(|(name, start, end)| (name.replace('_', "").to_ascii_lowercase(), start, end))
                .collect();
            let first = self
                .code
                .get(at + 2)
                .and_then(number)
                .filter(|_| open == second + 1);
            found.push(Widget {
                name,
                first,
                options,
            });
            if found.len() == WIDGETS {
                break;
            }
        }
        found
    }

    /// The whole number that the first of these options has; `None` where it cannot be told.
    pub fn number_of(
        &self,
        place: Place<'_, '_>,
        widget: &Widget<'_>,
        names: &[&str],
    ) -> Option<i64> {
        names.iter().find_map(|name| {
            let (_, start, end) = widget.options.iter().find(|(own, ..)| own == name)?;
            match Machine::new(self, place).value_at(*start, *end)? {
                Value::Number(number) => Some(number),
                Value::Text(text) => text.trim().parse().ok(),
                _ => None,
            }
        })
    }

    /// The text of an option.
    pub fn text_of(&self, place: Place<'_, '_>, widget: &Widget<'_>, name: &str) -> Option<String> {
        let (_, start, end) = widget.options.iter().find(|(own, ..)| own == name)?;
        match Machine::new(self, place).value_at(*start, *end)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What the function of an option does with these values; `None` where there is no such option.
    pub fn callback(
        &self,
        place: Place<'_, '_>,
        widget: &Widget<'_>,
        name: &str,
        values: Vec<Value>,
    ) -> Option<Answer> {
        let (_, start, end) = widget.options.iter().find(|(own, ..)| own == name)?;
        let function = self.function_at(*start).or_else(|| {
            let named = self.code.name(*start).filter(|_| start + 1 == *end)?;
            self.functions.get(named).cloned()
        });
        let Some(function) = function else {
            return Some(Answer {
                effect: Effect::Hidden,
                returned: None,
            });
        };
        let mut machine = Machine::new(self, place);
        let mut own = Vec::new();
        for (name, start, end) in widget.options.iter().take(40) {
            if self.function_at(*start).is_none()
                && let Some(value) = Machine::new(self, place).value_at(*start, *end)
            {
                own.push((name.clone(), value));
            }
        }
        machine.set_this(own);
        Some(machine.answer_of(&function, values))
    }

    /// The function written at a place: `function(n){…}`, `(n){…}` of an object, `n => {…}`.
    fn function_at(&self, at: usize) -> Option<Function<'p>> {
        function_at(&self.code, at)
    }

    /// The names called in the scripts with what stands behind: `($.post, '/list.do')`.
    pub fn requests(&self) -> Vec<words::Request> {
        words::requests(&self.code)
    }
}

/// A click without its scheme.
fn plain(click: &str) -> &str {
    let click = click.trim();
    let scheme = click.get(..11);
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("javascript:")) {
        click[11..].trim_start()
    } else {
        click
    }
}

fn number(piece: &Piece<'_>) -> Option<i64> {
    match piece {
        Piece::Number(number) => Some(*number),
        Piece::Text(text) if text.len() < 10 => text.trim().parse().ok(),
        // `Page$2`
        _ => None,
    }
}

fn parameters<'p>(code: &Code<'p>, open: usize) -> Vec<&'p str> {
    let end = code.closes[open];
    (open + 1..end.min(open + 40))
        .filter_map(|at| code.name(at))
        .collect()
}

fn function_at<'p>(code: &Code<'p>, mut at: usize) -> Option<Function<'p>> {
    if code.name(at) == Some("async") {
        at += 1;
    }
    let (parameters, open) = match code.name(at) {
        Some("function") => {
            let open = if code.is(at + 1, "(") { at + 1 } else { at + 2 };
            (
                code.is(open, "(").then(|| parameters(code, open))?,
                code.closes[open] + 1,
            )
        }
        Some(name) if code.is(at + 1, "=>") => (vec![name], at + 2),
        None if code.is(at, "(") => {
            let behind = code.closes[at] + 1;
            let open = if code.is(behind, "=>") {
                behind + 1
            } else {
                behind
            };
            (parameters(code, at), open)
        }
        _ => return None,
    };
    let is_whole = code.is(open, "{") && code.closes[open] < code.pieces.len();
    is_whole.then(|| Function {
        parameters,
        start: open + 1,
        end: code.closes[open],
    })
}

fn functions<'p>(code: &Code<'p>) -> HashMap<&'p str, Function<'p>> {
    let mut found = HashMap::new();
    for at in 0..code.pieces.len() {
        let Some(name) = code.name(at) else { continue };
        let function = if name == "function" {
            code.name(at + 1)
                .and_then(|own| Some((own, function_at(code, at)?)))
        } else if code.is(at + 1, "=") || code.is(at + 1, ":") {
            function_at(code, at + 2).map(|function| (name, function))
        } else {
            None
        };
        if let Some((name, function)) = function {
            found.insert(name, function);
        }
    }
    found
}

/// Names that get a value outside of functions with names.
fn globals<'p>(
    code: &Code<'p>,
    functions: &HashMap<&'p str, Function<'p>>,
) -> HashMap<&'p str, Option<usize>> {
    let bodies: HashMap<usize, usize> = functions
        .values()
        .map(|function| (function.start, function.end))
        .collect();
    let mut found: HashMap<&'p str, Option<usize>> = HashMap::new();
    let mut at = 0;
    while at < code.pieces.len() {
        if let Some(end) = bodies.get(&at) {
            at = *end;
        }
        if let Some(name) = code.name(at)
            && (at == 0 || !code.is(at - 1, "."))
        {
            let changes = ["+=", "-=", "*=", "/=", "++", "--"]
                .iter()
                .any(|sign| code.is(at + 1, sign));
            if code.is(at + 1, "=") {
                let known = found.contains_key(name);
                found.insert(name, (!known).then_some(at + 2));
            } else if changes {
                found.insert(name, None);
            }
        }
        at += 1;
    }
    found
}
