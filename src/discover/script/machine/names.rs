//! Names: what they stand for, what is given to them, and what stands behind them.

use std::collections::HashMap;

use super::values::{is_location, joined, shown};
use super::{At, Effect, Lost, Machine, Read, Value};

impl Machine<'_, '_, '_> {
    /// `name.name.name`, called, changed or read.
    pub(super) fn path(&mut self, at: &mut At<'_, '_>, step: Option<&str>) -> Read<Value> {
        let mut path = vec![at.name().ok_or(Lost)?];
        at.at += 1;
        while (at.is(".") || at.is("?."))
            && let Some(name) = at.code.name(at.at + 1)
        {
            path.push(name);
            at.at += 2;
        }
        if at.is("(") {
            // A method of a known value: `n.toString()`.
            if path.len() > 1
                && let (&[ref of @ .., _], Some(name)) = (path.as_slice(), path.last())
                && let value = self.lookup(of)
                && !matches!(value, Value::Unknown)
            {
                return self.method(at, value, name);
            }
            return self.calls(at, &path);
        }
        let sign = ["=", "+=", "-=", "++", "--"]
            .into_iter()
            .find(|sign| at.take(sign))
            .or(step);
        let Some(sign) = sign else {
            return Ok(self.lookup(&path));
        };
        let value = match sign {
            "=" => self.value(at)?,
            "++" => joined("+", &self.lookup(&path), &Value::Number(1)),
            "--" => joined("-", &self.lookup(&path), &Value::Number(1)),
            _ => {
                let more = self.value(at)?;
                joined(&sign[..1], &self.lookup(&path), &more)
            }
        };
        self.assign(&path, value)
    }

    fn assign(&mut self, path: &[&str], value: Value) -> Read<Value> {
        if is_location(path) {
            return self.opens(value);
        }
        let value = if self.maybe > 0 {
            Value::Unknown
        } else {
            value
        };
        match path {
            [name] => {
                if self.dry > 0 {
                    self.touched = true;
                } else if let Some(frame) = self.frames.last_mut()
                    && frame.contains_key(*name)
                {
                    frame.insert((*name).to_owned(), value.clone());
                } else {
                    self.globals.insert((*name).to_owned(), value.clone());
                }
            }
            [.., name, "value"] => self.set_field(name, &value),
            _ => {}
        }
        Ok(value)
    }

    pub(super) fn set_field(&mut self, name: &str, value: &Value) {
        if self.dry > 0 {
            self.touched = true;
        } else if let Some(text) = shown(value).filter(|_| self.maybe == 0) {
            self.fields.push((name.to_owned(), text));
        } else {
            // A form with it cannot be told.
            self.fields.push((name.to_owned(), "\0".to_owned()));
        }
    }

    fn lookup(&mut self, path: &[&str]) -> Value {
        let url = self.place.url;
        match path {
            ["true"] => return Value::Truth(true),
            ["false"] => return Value::Truth(false),
            ["window", rest @ ..] if !rest.is_empty() => return self.lookup(rest),
            ["document", "location", rest @ ..] => {
                return self.lookup(&[&["location"], rest].concat());
            }
            ["location", "pathname"] => return Value::Text(url.path().to_owned()),
            ["location", "href"] | ["document", "URL"] => return Value::Text(url.to_string()),
            ["location", "search"] => {
                return Value::Text(
                    url.query()
                        .map(|query| format!("?{query}"))
                        .unwrap_or_default(),
                );
            }
            ["location", "host" | "hostname"] => {
                return Value::Text(url.host_str().unwrap_or_default().to_owned());
            }
            ["this", name] => {
                let name = name.replace('_', "");
                let found = self
                    .this
                    .iter()
                    .find(|(own, _)| own.eq_ignore_ascii_case(&name));
                return found.map_or(Value::Unknown, |(_, value)| value.clone());
            }
            ["document", _, name, "value"] => return self.field(name),
            _ => {}
        }
        let Some((name, rest)) = path.split_first() else {
            return Value::Unknown;
        };
        let local = self
            .frames
            .last()
            .and_then(|frame| frame.get(*name))
            .cloned();
        let mut value = match local.or_else(|| self.globals.get(*name).cloned()) {
            Some(value) => value,
            None => self.global(name),
        };
        for name in rest {
            value = match value {
                Value::Fields(fields) => fields
                    .into_iter()
                    .find_map(|(own, value)| (own == *name).then_some(value))
                    .unwrap_or(Value::Unknown),
                Value::Text(text) if *name == "length" => {
                    i64::try_from(text.chars().count()).map_or(Value::Unknown, Value::Number)
                }
                Value::Element(element) if *name == "value" => self.field(&element),
                _ => return Value::Unknown,
            };
        }
        value
    }

    /// The one value that the page's scripts give a name.
    fn global(&mut self, name: &str) -> Value {
        let Some(Some(start)) = self.program.globals.get(name).copied() else {
            return Value::Unknown;
        };
        let code = &self.program.code;
        let mut at = At {
            code,
            at: start,
            end: code.pieces.len(),
        };
        let frames = std::mem::replace(&mut self.frames, vec![HashMap::new()]);
        self.dry += 1;
        let touched = self.touched;
        let value = self.deeper(|machine| machine.value(&mut at));
        self.touched = touched;
        self.dry -= 1;
        self.frames = frames;
        let value = value.unwrap_or(Value::Unknown);
        self.globals.insert(name.to_owned(), value.clone());
        value
    }

    /// What stands behind a value: `.name`, `.name(…)`, `[…]`.
    pub(super) fn behind(&mut self, at: &mut At<'_, '_>, mut value: Value) -> Read<Value> {
        loop {
            self.step()?;
            if (at.is(".") || at.is("?."))
                && let Some(name) = at.code.name(at.at + 1)
            {
                at.at += 2;
                if at.is("(") {
                    value = self.method(at, value, name)?;
                } else if at.take("=") {
                    let new = self.value(at)?;
                    match (value, name) {
                        (Value::Element(id), "value") => self.set_field(&id, &new),
                        // `document.forms[0].page.value`, `document.forms[0].action`: not followed.
                        (_, "value" | "action") => {
                            self.fields.push((String::new(), "\0".to_owned()));
                        }
                        (_, "href") => return self.act(Effect::Hidden),
                        _ => {}
                    }
                    return Ok(Value::Unknown);
                } else {
                    value = match value {
                        Value::Element(id) if name == "value" => self.field(&id),
                        Value::Element(id) => Value::Element(id),
                        _ => Value::Unknown,
                    };
                }
            } else if at.is("[") || at.is("(") {
                let end = at.close();
                if end >= at.end {
                    return Err(Lost);
                }
                at.at = end + 1;
                value = Value::Unknown;
            } else if at.is("++") || at.is("--") {
                at.at += 1;
            } else {
                return Ok(value);
            }
        }
    }
}
