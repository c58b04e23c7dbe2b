//! A click followed through the functions of a page.
//!
//! In: a script in pieces. Out: what it does. Kinds of lines that are read: values given to names, strings put together,
//! whole numbers, choices between two ways, calls of other functions of the page, fields and forms of the page. A loop, or
//! a choice that hangs on something unknown and makes a difference, ends the reading. Steps, depth and length are bounded.

mod calls;
mod names;
mod values;

use std::collections::HashMap;

use super::lex::{Code, Piece};
use super::{Answer, Effect, Function, Place, Program};
use values::{joined, shown, truth, whole};

/// Steps of one click.
const STEPS: u32 = 4000;
/// Calls within calls, brackets within brackets.
const DEPTH: u32 = 24;
/// A text is no longer, in bytes.
const LENGTH: usize = 2000;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::discover) enum Value {
    Text(String),
    Number(i64),
    /// A number that is not whole: one divided by another.
    Ratio(i64, i64),
    Truth(bool),
    /// An object of which these fields are known.
    Fields(Vec<(String, Value)>),
    /// An element of the page, by its id or name.
    Element(String),
    /// It cannot be told.
    Unknown,
}

/// The reading ends.
struct Lost;

type Read<T> = Result<T, Lost>;

enum Flow {
    On,
    Return(Value),
}

pub(super) struct Machine<'m, 'p, 't> {
    program: &'m Program<'p>,
    place: Place<'m, 't>,
    steps: u32,
    depth: u32,
    /// Reads without doing.
    dry: u32,
    /// Something would have been done while reading so.
    touched: bool,
    frames: Vec<HashMap<String, Value>>,
    globals: HashMap<String, Value>,
    this: Vec<(String, Value)>,
    /// Values given to fields of the page.
    fields: Vec<(String, String)>,
    effect: Option<Effect>,
    /// A function that stands elsewhere was called.
    hidden: bool,
}

/// A place in a script up to an end.
#[expect(clippy::struct_field_names, reason = "a place has a place")]
struct At<'c, 'p> {
    code: &'c Code<'p>,
    /// The next piece's.
    at: usize,
    end: usize,
}

impl<'p> At<'_, 'p> {
    fn is(&self, sign: &str) -> bool {
        self.at < self.end && self.code.is(self.at, sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn name(&self) -> Option<&'p str> {
        self.code.name(self.at).filter(|_| self.at < self.end)
    }

    fn close(&self) -> usize {
        self.code.closes.get(self.at).copied().unwrap_or(self.end)
    }
}

impl<'m, 'p, 't> Machine<'m, 'p, 't> {
    pub fn new(program: &'m Program<'p>, place: Place<'m, 't>) -> Self {
        Self {
            program,
            place,
            steps: 0,
            depth: 0,
            dry: 0,
            touched: false,
            frames: vec![HashMap::new()],
            globals: HashMap::new(),
            this: Vec::new(),
            fields: Vec::new(),
            effect: None,
            hidden: false,
        }
    }

    pub fn set_this(&mut self, fields: Vec<(String, Value)>) {
        self.this = fields;
    }

    /// What a script does.
    pub fn effect_of(&mut self, code: &Code<'_>) -> Effect {
        let mut at = At {
            code,
            at: 0,
            end: code.pieces.len(),
        };
        match self.lines(&mut at) {
            Ok(_) => self.effect.take().unwrap_or(if self.hidden {
                Effect::Hidden
            } else {
                Effect::Nothing
            }),
            Err(Lost) => self.effect.take().unwrap_or(Effect::Hidden),
        }
    }

    /// What a function does with these values.
    pub fn answer_of(&mut self, function: &Function<'_>, values: Vec<Value>) -> Answer {
        let (lost, returned) = match self.call(function, values) {
            Ok(Value::Text(text)) => (false, Some(text)),
            Ok(_) => (false, None),
            Err(Lost) => (true, None),
        };
        let other = if lost || self.hidden {
            Effect::Hidden
        } else {
            Effect::Nothing
        };
        Answer {
            effect: self.effect.take().unwrap_or(other),
            returned,
        }
    }

    /// The value at a place of the program.
    pub fn value_at(&mut self, start: usize, end: usize) -> Option<Value> {
        let program = self.program;
        let mut at = At {
            code: &program.code,
            at: start,
            end,
        };
        let value = self.value(&mut at).ok()?;
        (at.at == end && self.effect.is_none()).then_some(value)
    }

    fn step(&mut self) -> Read<()> {
        self.steps += 1;
        if self.steps > STEPS {
            Err(Lost)
        } else {
            Ok(())
        }
    }

    fn act(&mut self, effect: Effect) -> Read<Value> {
        if self.dry > 0 {
            self.touched = true;
            return Ok(Value::Unknown);
        }
        self.effect = Some(effect);
        // Nothing behind it counts.
        Err(Lost)
    }

    fn opens(&mut self, value: Value) -> Read<Value> {
        match value {
            Value::Text(text) if !text.is_empty() => self.act(Effect::Opens(text)),
            _ => self.act(Effect::Hidden),
        }
    }

    fn lines(&mut self, at: &mut At<'_, '_>) -> Read<Flow> {
        while at.at < at.end {
            if let Flow::Return(value) = self.line(at)? {
                return Ok(Flow::Return(value));
            }
        }
        Ok(Flow::On)
    }

    fn line(&mut self, at: &mut At<'_, '_>) -> Read<Flow> {
        self.step()?;
        if at.take(";") {
            return Ok(Flow::On);
        }
        if at.is("{") {
            let end = at.close().min(at.end);
            let mut inner = At {
                code: at.code,
                at: at.at + 1,
                end,
            };
            let flow = self.deeper(|machine| machine.lines(&mut inner));
            at.at = end + 1;
            return flow;
        }
        match at.name() {
            Some("var" | "let" | "const") => {
                at.at += 1;
                self.names(at)?;
                Ok(Flow::On)
            }
            Some("if") => self.deeper(|machine| machine.choice(at)),
            Some("return") => {
                at.at += 1;
                let is_bare = at.at >= at.end || at.is(";") || at.is("}");
                let value = if is_bare {
                    Value::Unknown
                } else {
                    self.value(at)?
                };
                if self.dry > 0 {
                    Ok(Flow::On)
                } else {
                    Ok(Flow::Return(value))
                }
            }
            Some("function") if at.code.name(at.at + 1).is_some() => {
                at.at += 2;
                at.at = at.close() + 1;
                at.at = at.close() + 1;
                Ok(Flow::On)
            }
            Some("for" | "while" | "do" | "switch" | "with" | "throw" | "try") => Err(Lost),
            _ => {
                self.value(at)?;
                Ok(Flow::On)
            }
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Lost);
        }
        let found = read(self);
        self.depth -= 1;
        found
    }

    fn names(&mut self, at: &mut At<'_, '_>) -> Read<()> {
        loop {
            let Some(name) = at.name() else {
                return Err(Lost);
            };
            at.at += 1;
            let value = if at.take("=") {
                self.value(at)?
            } else {
                Value::Unknown
            };
            if self.dry == 0
                && let Some(frame) = self.frames.last_mut()
            {
                frame.insert(name.to_owned(), value);
            }
            if !at.take(",") {
                return Ok(());
            }
        }
    }

    fn choice(&mut self, at: &mut At<'_, '_>) -> Read<Flow> {
        at.at += 1;
        if !at.is("(") {
            return Err(Lost);
        }
        let end = at.close().min(at.end);
        let mut inner = At {
            code: at.code,
            at: at.at + 1,
            end,
        };
        let condition = truth(&self.value(&mut inner)?);
        at.at = end + 1;
        let mut flow = self.way(at, condition)?;
        if at.name() == Some("else") {
            at.at += 1;
            let other = self.way(at, condition.map(|truth| !truth))?;
            if matches!(flow, Flow::On) {
                flow = other;
            }
        }
        Ok(flow)
    }

    /// One way of a choice, which is taken, is not, or may be.
    fn way(&mut self, at: &mut At<'_, '_>, taken: Option<bool>) -> Read<Flow> {
        if taken == Some(true) {
            return self.line(at);
        }
        self.dry += 1;
        let before = std::mem::replace(&mut self.touched, false);
        let read = self.line(at);
        self.dry -= 1;
        let makes_difference = std::mem::replace(&mut self.touched, before) && taken.is_none();
        read?;
        if makes_difference {
            Err(Lost)
        } else {
            Ok(Flow::On)
        }
    }

    fn value(&mut self, at: &mut At<'_, '_>) -> Read<Value> {
        self.deeper(|machine| {
            machine.step()?;
            let left = machine.binary(at, 0)?;
            if at.is("=") || at.is("+=") || at.is("-=") {
                return machine.assign_unknown(at);
            }
            if !at.take("?") {
                return Ok(left);
            }
            let truth = truth(&left);
            let first = machine.branch(at, truth != Some(false))?;
            if !at.take(":") {
                return Err(Lost);
            }
            let second = machine.branch(at, truth != Some(true))?;
            Ok(match truth {
                Some(true) => first,
                Some(false) => second,
                None => Value::Unknown,
            })
        })
    }

    fn branch(&mut self, at: &mut At<'_, '_>, is_live: bool) -> Read<Value> {
        self.dry += u32::from(!is_live);
        let found = self.value(at);
        self.dry -= u32::from(!is_live);
        found
    }

    /// A value given to something that is not followed.
    fn assign_unknown(&mut self, at: &mut At<'_, '_>) -> Read<Value> {
        at.at += 1;
        self.value(at)
    }

    fn binary(&mut self, at: &mut At<'_, '_>, least: u8) -> Read<Value> {
        let mut left = self.single(at)?;
        loop {
            self.step()?;
            let Some(Piece::Sign(sign)) = at.code.get(at.at).filter(|_| at.at < at.end) else {
                return Ok(left);
            };
            let sign: &'static str = sign;
            let rank = match sign {
                "||" | "??" => 1,
                "&&" => 2,
                "==" | "===" | "!=" | "!==" => 3,
                "<" | ">" | "<=" | ">=" => 4,
                "+" | "-" => 5,
                "*" | "/" | "%" => 6,
                _ => return Ok(left),
            };
            if rank <= least {
                return Ok(left);
            }
            at.at += 1;
            let skips = matches!(
                (sign, truth(&left)),
                ("||" | "??", Some(true)) | ("&&", Some(false))
            );
            self.dry += u32::from(skips);
            let right = self.deeper(|machine| machine.binary(at, rank));
            self.dry -= u32::from(skips);
            left = joined(sign, &left, &right?);
        }
    }

    fn single(&mut self, at: &mut At<'_, '_>) -> Read<Value> {
        self.step()?;
        if at.take("!") {
            let value = self.deeper(|machine| machine.single(at))?;
            return Ok(truth(&value).map_or(Value::Unknown, |truth| Value::Truth(!truth)));
        }
        if at.take("-") {
            let value = self.deeper(|machine| machine.single(at))?;
            return Ok(joined("-", &Value::Number(0), &value));
        }
        if at.take("+") {
            let value = self.deeper(|machine| machine.single(at))?;
            return Ok(whole(&value).map_or(Value::Unknown, Value::Number));
        }
        let step = ["++", "--"].into_iter().find(|sign| at.take(sign));
        let value = self.primary(at, step)?;
        self.behind(at, value)
    }

    /// A value's first part: a name with its points, a string, a number, brackets.
    fn primary(&mut self, at: &mut At<'_, '_>, step: Option<&str>) -> Read<Value> {
        if at.at >= at.end {
            return Err(Lost);
        }
        match at.code.get(at.at) {
            Some(Piece::Text(text)) => {
                at.at += 1;
                Ok(Value::Text(text.clone().into_owned()))
            }
            Some(Piece::Template(text)) => {
                at.at += 1;
                self.template(text)
            }
            Some(Piece::Number(number)) => {
                at.at += 1;
                Ok(Value::Number(*number))
            }
            Some(Piece::Other) => {
                at.at += 1;
                Ok(Value::Unknown)
            }
            Some(Piece::Sign("(")) => {
                let end = at.close();
                if end >= at.end {
                    return Err(Lost);
                }
                if at.code.is(end + 1, "=>") {
                    return Self::skip_function(at, end + 2);
                }
                let mut inner = At {
                    code: at.code,
                    at: at.at + 1,
                    end,
                };
                let value = self.value(&mut inner)?;
                at.at = end + 1;
                Ok(if inner.at == end {
                    value
                } else {
                    Value::Unknown
                })
            }
            Some(Piece::Sign("{" | "[")) => {
                let end = at.close();
                if end >= at.end {
                    return Err(Lost);
                }
                at.at = end + 1;
                Ok(Value::Unknown)
            }
            Some(Piece::Name("function")) => {
                let open = if at.code.is(at.at + 1, "(") {
                    at.at + 1
                } else {
                    at.at + 2
                };
                let behind = at.code.closes.get(open).copied().unwrap_or(at.end) + 1;
                Self::skip_function(at, behind)
            }
            Some(Piece::Name(name)) if at.code.is(at.at + 1, "=>") => {
                let _ = name;
                let behind = at.at + 2;
                Self::skip_function(at, behind)
            }
            Some(Piece::Name("new" | "typeof" | "void" | "delete" | "await")) => {
                at.at += 1;
                self.dry += 1;
                let read = self.deeper(|machine| machine.single(at));
                self.dry -= 1;
                read?;
                Ok(Value::Unknown)
            }
            Some(Piece::Name(_)) => self.path(at, step),
            _ => Err(Lost),
        }
    }

    fn skip_function(at: &mut At<'_, '_>, body: usize) -> Read<Value> {
        let end = at.code.closes.get(body).copied().unwrap_or(at.end);
        if !at.code.is(body, "{") || end >= at.end {
            return Err(Lost);
        }
        at.at = end + 1;
        Ok(Value::Unknown)
    }

    fn call(&mut self, function: &Function<'_>, values: Vec<Value>) -> Read<Value> {
        if self.frames.len() > 12 {
            return Err(Lost);
        }
        let mut values = values.into_iter();
        let frame = function
            .parameters
            .iter()
            .map(|name| ((*name).to_owned(), values.next().unwrap_or(Value::Unknown)))
            .collect();
        self.frames.push(frame);
        let program = self.program;
        let mut at = At {
            code: &program.code,
            at: function.start,
            end: function.end,
        };
        let flow = self.deeper(|machine| machine.lines(&mut at));
        self.frames.pop();
        match flow? {
            Flow::Return(value) => Ok(value),
            Flow::On => Ok(Value::Unknown),
        }
    }

    /// The values in a call's brackets, and where they begin.
    fn values(&mut self, at: &mut At<'_, '_>) -> Read<(Vec<Value>, usize)> {
        let (start, end) = (at.at + 1, at.close());
        if end >= at.end {
            return Err(Lost);
        }
        let mut values = Vec::new();
        let mut inner = At {
            code: at.code,
            at: start,
            end,
        };
        while inner.at < end {
            let next = super::data::behind(at.code, inner.at, end);
            let mut one = At {
                code: at.code,
                at: inner.at,
                end: next,
            };
            let value = self.value(&mut one)?;
            values.push(if one.at == next {
                value
            } else {
                Value::Unknown
            });
            inner.at = next + 1;
        }
        at.at = end + 1;
        Ok((values, start))
    }

    fn template(&mut self, text: &str) -> Read<Value> {
        let mut whole = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            whole.push_str(&rest[..start]);
            let Some(length) = rest[start..].find('}') else {
                return Ok(Value::Unknown);
            };
            let code = Code::of([&rest[start + 2..start + length]]);
            let end = code.pieces.len().saturating_sub(1);
            let mut at = At {
                code: &code,
                at: 0,
                end,
            };
            let value = self.value(&mut at)?;
            let Some(piece) = shown(&value).filter(|_| at.at == end) else {
                return Ok(Value::Unknown);
            };
            whole.push_str(&piece);
            if whole.len() > LENGTH {
                return Err(Lost);
            }
            rest = &rest[start + length + 1..];
        }
        whole.push_str(rest);
        Ok(if whole.len() > LENGTH {
            Value::Unknown
        } else {
            Value::Text(whole)
        })
    }
}
