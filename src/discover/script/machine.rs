//! A click followed through the functions of a page.
//!
//! In: a script in pieces. Out: what it does. Kinds of lines that are read: values given to names, strings put together,
//! whole numbers, choices between two ways, calls of other functions of the page, fields and forms of the page. A loop, or
//! a choice that hangs on something unknown and makes a difference, ends the reading. Steps, depth and length are bounded.

mod calls;
mod choices;
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

#[expect(
    clippy::struct_excessive_bools,
    reason = "what was seen while reading without doing, each by itself"
)]
pub(super) struct Machine<'m, 'p, 't> {
    program: &'m Program<'p>,
    place: Place<'m, 't>,
    steps: u32,
    depth: u32,
    /// Reads without doing.
    dry: u32,
    /// Something would have been done while reading so.
    touched: bool,
    /// A guard (`return false`) would have ended the function while reading so.
    guarded: bool,
    /// The function may have ended at a guard: what it returns further on cannot be told.
    may_have_ended: bool,
    /// Reads what is done only if something unknown holds: `unknown && go(2)`.
    maybe: u32,
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
            guarded: false,
            may_have_ended: false,
            maybe: 0,
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
        // Where it hangs on something unknown, nobody says that this is what a click does.
        self.effect = Some(if self.maybe > 0 {
            Effect::Hidden
        } else {
            effect
        });
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
                if self.dry == 0 {
                    return Ok(Flow::Return(value));
                }
                match value {
                    // `return;` and `return false;` end what is not to go on; the rest is what a click does else.
                    _ if is_bare => {}
                    Value::Truth(_) => self.guarded = true,
                    _ => self.touched = true,
                }
                Ok(Flow::On)
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
            let is_given = at.take("=");
            let value = if is_given {
                self.value(at)?
            } else {
                Value::Unknown
            };
            // A name that stands for something else already: which of the two, cannot be told.
            self.touched |= self.dry > 0 && is_given && self.stands(name);
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
            machine.maybe += u32::from(truth.is_none());
            let ways = machine.ways(at, truth);
            machine.maybe -= u32::from(truth.is_none());
            let (first, second) = ways?;
            Ok(match truth {
                Some(true) => first,
                Some(false) => second,
                None => Value::Unknown,
            })
        })
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
            let hangs = matches!((sign, truth(&left)), ("||" | "??" | "&&", None));
            self.dry += u32::from(skips);
            self.maybe += u32::from(hangs);
            let right = self.deeper(|machine| machine.binary(at, rank));
            self.maybe -= u32::from(hangs);
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
        let outside = std::mem::replace(&mut self.may_have_ended, false);
        let flow = self.deeper(|machine| machine.lines(&mut at));
        let may_have_ended = std::mem::replace(&mut self.may_have_ended, outside);
        self.frames.pop();
        match flow? {
            Flow::Return(value) if !may_have_ended => Ok(value),
            Flow::Return(_) | Flow::On => Ok(Value::Unknown),
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
