//! Calls and methods that are known, fields and forms.

use super::super::{Effect, data, form};
use super::values::{is_location, shown, whole};
use super::{At, Machine, Read, Value};

impl Machine<'_, '_, '_> {
    pub(super) fn calls(&mut self, at: &mut At<'_, '_>, path: &[&str]) -> Read<Value> {
        let name = path.last().copied().unwrap_or_default();
        let (mut values, start) = self.values(at)?;
        let first = || values.first().cloned().unwrap_or(Value::Unknown);
        match path {
            ["__doPostBack" | "WebForm_DoPostBackWithOptions"] => return self.act(Effect::Posts),
            ["parseInt" | "Number"] | ["Math", "floor"] => {
                return Ok(whole(&first()).map_or(Value::Unknown, Value::Number));
            }
            ["Math", "ceil"] => {
                return Ok(match first() {
                    Value::Ratio(a, b) => Value::Number(a.div_euclid(b).saturating_add(1)),
                    value => whole(&value).map_or(Value::Unknown, Value::Number),
                });
            }
            [
                "String" | "encodeURI" | "encodeURIComponent" | "escape" | "decodeURI"
                | "decodeURIComponent",
            ] => {
                // What would change is left out.
                let text =
                    shown(&first()).filter(|text| text.is_ascii() && !text.contains(['%', ' ']));
                return Ok(text.map_or(Value::Unknown, Value::Text));
            }
            ["isNaN"] => {
                let known = !matches!(first(), Value::Unknown);
                let is_number = whole(&first()).is_some();
                return Ok(if known {
                    Value::Truth(!is_number)
                } else {
                    Value::Unknown
                });
            }
            ["alert"] => return Ok(Value::Unknown),
            ["$" | "jQuery"] | ["document", "getElementById" | "querySelector"] => {
                let Value::Text(text) = first() else {
                    return Ok(Value::Unknown);
                };
                let is_bare = path.len() > 1 && path[1] == "getElementById";
                let id = if is_bare {
                    Some(text.as_str())
                } else {
                    text.strip_prefix('#')
                };
                let id = id.filter(|id| !id.contains([' ', '.', '>', '[']));
                return Ok(id.map_or(Value::Unknown, |id| Value::Element(id.to_owned())));
            }
            [.., "open"] if matches!(path, ["open"] | ["window" | "self" | "top", "open"]) => {
                let address = first();
                return self.opens(address);
            }
            [.., "replace" | "assign"] if is_location(&path[..path.len() - 1]) => {
                let address = first();
                return self.opens(address);
            }
            ["$" | "jQuery" | "axios", "get" | "getJSON"] | ["fetch"] => {
                let is_plain = values
                    .get(1)
                    .is_none_or(|_| !at.code.is(data::behind(at.code, start, at.at) + 1, "{"));
                return match first() {
                    Value::Text(text) if is_plain => self.act(Effect::Loads(text)),
                    _ => self.act(Effect::Asks),
                };
            }
            ["$" | "jQuery" | "axios", ..] => return self.asks(at, path, start),
            _ => {}
        }
        if name == "submit" {
            let form = path.len().checked_sub(2).map(|of| path[of]);
            return self.submit(form.filter(|form| *form != "form"));
        }
        if let Some(function) = self.program.functions.get(name).cloned() {
            if self.dry > 0 {
                self.touched = true;
                return Ok(Value::Unknown);
            }
            values.truncate(20);
            return self.call(&function, values);
        }
        if path.len() == 1 {
            // What it does stands elsewhere; what this page's own lines do counts all the same.
            self.hidden |= self.dry == 0;
            self.touched |= self.dry > 0;
        }
        Ok(Value::Unknown)
    }

    /// `$.ajax({url: …, type: 'get'})`, and the like.
    fn asks(&mut self, at: &At<'_, '_>, path: &[&str], start: usize) -> Read<Value> {
        if !matches!(path, [_, "ajax" | "post" | "request"] | ["axios"]) {
            return Ok(Value::Unknown);
        }
        if path.last() != Some(&"post") && at.code.is(start, "{") {
            let options = data::fields(at.code, start);
            let mut option = |name: &str| {
                let (_, start, end) = options
                    .iter()
                    .find(|(own, ..)| own.eq_ignore_ascii_case(name))?;
                let mut one = At {
                    code: at.code,
                    at: *start,
                    end: *end,
                };
                let value = self.value(&mut one).ok()?;
                Some(if one.at == *end {
                    value
                } else {
                    Value::Unknown
                })
            };
            let way = option("type").or_else(|| option("method"));
            let is_get = match way {
                None => true,
                Some(Value::Text(way)) => way.eq_ignore_ascii_case("get"),
                Some(_) => false,
            };
            if is_get
                && option("data").is_none()
                && let Some(Value::Text(url)) = option("url")
            {
                return self.act(Effect::Loads(url));
            }
        }
        self.act(Effect::Asks)
    }

    pub(super) fn method(&mut self, at: &mut At<'_, '_>, value: Value, name: &str) -> Read<Value> {
        let (values, _) = self.values(at)?;
        match (&value, name) {
            (Value::Element(id), "val") => match values.first() {
                None => Ok(self.field(id)),
                Some(new) => {
                    self.set_field(id, new);
                    Ok(value)
                }
            },
            (Value::Element(_), "load") => match values.into_iter().next() {
                // `list.html #id`: a piece of it.
                Some(Value::Text(text)) => {
                    let address = text.split(' ').next().unwrap_or_default().to_owned();
                    self.act(Effect::Loads(address))
                }
                _ => Ok(Value::Unknown),
            },
            (Value::Element(id), "submit") => {
                let id = id.clone();
                self.submit(Some(&id))
            }
            (_, "submit") => self.submit(None),
            (Value::Text(text), "toString" | "trim") => Ok(Value::Text(text.trim().to_owned())),
            (Value::Number(number), "toString") => Ok(Value::Text(number.to_string())),
            // A widget's own object in place of the number.
            (Value::Number(_), "getCurrent") => Ok(value),
            (Value::Text(text), "indexOf") => Ok(match values.first() {
                Some(Value::Text(part)) => {
                    let at = text
                        .find(part.as_str())
                        .and_then(|at| i64::try_from(at).ok());
                    Value::Number(at.unwrap_or(-1))
                }
                _ => Value::Unknown,
            }),
            (Value::Text(text), "replace") => Ok(match values.as_slice() {
                [Value::Text(old), new] if !old.is_empty() => match shown(new) {
                    Some(new) => Value::Text(text.replacen(old.as_str(), &new, 1)),
                    None => Value::Unknown,
                },
                _ => Value::Unknown,
            }),
            _ => Ok(Value::Unknown),
        }
    }

    /// A field's value as it stands in the page, or as given since.
    pub(super) fn field(&self, name: &str) -> Value {
        if let Some((_, value)) = self.fields.iter().rev().find(|(own, _)| own == name) {
            return if value == "\0" {
                Value::Unknown
            } else {
                Value::Text(value.clone())
            };
        }
        let tree = self.place.tree;
        let input = tree.nodes().iter().find(|node| {
            node.name == "input"
                && ["id", "name"]
                    .iter()
                    .any(|key| node.raw_attribute(key) == Some(name))
        });
        let value = input.map(|node| node.attribute("value").unwrap_or_default().into_owned());
        value.map_or(Value::Unknown, Value::Text)
    }

    pub(super) fn submit(&mut self, form: Option<&str>) -> Read<Value> {
        let asked = form::address(self.place.tree, form, &self.fields);
        match asked {
            Some(address) => self.act(Effect::Opens(address)),
            None => self.act(Effect::Posts),
        }
    }
}
