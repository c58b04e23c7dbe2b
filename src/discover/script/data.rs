//! Values as they stand in a script: `[{url: './1.html', title: '…',},]`.
//!
//! In: a script in pieces. Out: the same as JSON. Keys without marks, single ones, commas too many, strings put
//! together are read; what is no value as it stands (a name, a call) is `null`. Nothing is worked out; depth and size are
//! bounded.

use serde_json::{Map, Value};

use super::lex::{Code, Piece};

/// Values deeper than this are left out.
const DEPTH: usize = 12;
/// Values of one array, fields of one object.
const VALUES: usize = 5000;

/// The arrays of objects in a script, in their order: written as such, or put together by `push`. Empty ones are none.
pub(in crate::discover) fn arrays(scripts: &[&str]) -> Vec<Vec<Value>> {
    let code = Code::of(scripts.iter().copied());
    let mut found = Vec::new();
    let mut pushed = Vec::new();
    let mut at = 0;
    while at < code.pieces.len() {
        let opens = code.is(at, "[") || code.is(at, "(");
        let is_array = code.is(at, "[") || at > 0 && code.name(at - 1) == Some("Array");
        let is_push = at > 0 && matches!(code.name(at - 1), Some("push" | "add"));
        if opens
            && code.is(at + 1, "{")
            && (is_array || is_push)
            && code.closes[at] < code.pieces.len()
        {
            let list = list(&code, at, DEPTH);
            let objects: Vec<Value> = list.into_iter().filter(Value::is_object).collect();
            if is_array && !objects.is_empty() {
                found.push(objects);
            } else if pushed.len() < VALUES {
                pushed.extend(objects);
            }
            at = code.closes[at];
        }
        at += 1;
    }
    if !pushed.is_empty() {
        found.push(pushed);
    }
    found
}

/// The first object or array of a text that is an answer rather than a page; `None` where there is none.
pub(in crate::discover) fn answer(text: &str) -> Option<Value> {
    let code = Code::of([text]);
    let starts = (0..code.pieces.len()).take(20);
    let at = starts
        .into_iter()
        .find(|at| code.is(*at, "{") || code.is(*at, "["))?;
    (code.closes[at] < code.pieces.len()).then(|| value(&code, at, DEPTH))
}

/// What stands between the brackets at a place, by commas.
fn list(code: &Code<'_>, open: usize, depth: usize) -> Vec<Value> {
    let end = code.closes[open];
    let mut values = Vec::new();
    let mut at = open + 1;
    while at < end && values.len() < VALUES {
        if !code.is(at, ",") {
            values.push(value(code, at, depth - 1));
        }
        at = behind(code, at, end) + 1;
    }
    values
}

/// The comma behind what begins at a place, or the end.
pub(super) fn behind(code: &Code<'_>, mut at: usize, end: usize) -> usize {
    while at < end && !code.is(at, ",") {
        at = code.closes[at] + 1;
    }
    at.min(end)
}

/// The fields of the object at a place: name, and where the value begins and ends.
pub(super) fn fields<'c>(code: &'c Code<'_>, open: usize) -> Vec<(&'c str, usize, usize)> {
    let end = code.closes[open].min(code.pieces.len());
    let mut fields = Vec::new();
    let mut at = open + 1;
    while at < end && fields.len() < VALUES {
        let next = behind(code, at, end);
        let name = match code.get(at) {
            Some(Piece::Name(name)) => Some(*name),
            Some(Piece::Text(name)) => Some(name.as_ref()),
            _ => None,
        };
        if let Some(name) = name {
            // `a: 1`, `a(x) {…}`, `a`.
            let start = if code.is(at + 1, ":") {
                at + 2
            } else if code.is(at + 1, "(") {
                at + 1
            } else {
                at
            };
            fields.push((name, start, next));
        }
        at = next + 1;
    }
    fields
}

fn value(code: &Code<'_>, at: usize, depth: usize) -> Value {
    if depth == 0 {
        return Value::Null;
    }
    let ends =
        |at: usize| code.is(at, ",") || code.is(at, "}") || code.is(at, "]") || code.is(at, ")");
    match code.get(at) {
        Some(Piece::Sign("{")) => {
            let named = fields(code, at).into_iter();
            let map: Map<String, Value> = named
                .map(|(name, start, _)| (name.to_owned(), value(code, start, depth - 1)))
                .collect();
            Value::Object(map)
        }
        Some(Piece::Sign("[")) => Value::Array(list(code, at, depth)),
        Some(Piece::Number(number)) if ends(at + 1) => Value::from(*number),
        Some(Piece::Name("true")) => Value::Bool(true),
        Some(Piece::Name("false")) => Value::Bool(false),
        Some(Piece::Text(first)) => {
            let mut text = first.clone().into_owned();
            let mut at = at + 1;
            while code.is(at, "+")
                && let Some(Piece::Text(more)) = code.get(at + 1)
            {
                text.push_str(more);
                at += 2;
            }
            if ends(at) || code.is(at, ";") {
                Value::String(text)
            } else {
                Value::Null
            }
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_stand() {
        let script = "var a=[{u:'1'+'.html',\"t\":\"x\",n:2,d:new Date(1,2),f(x){return [{u:1}]},e:['y',],},,{u:b+'1'}];\
            c.push({u:'2'})";
        let shown = serde_json::to_string(&arrays(&[script])).unwrap();
        let want = r#"[[{"d":null,"e":["y"],"f":null,"n":2,"t":"x","u":"1.html"},{"u":null}],[{"u":"2"}]]"#;
        let (shown, want): (Value, Value) = (
            serde_json::from_str(&shown).unwrap(),
            serde_json::from_str(want).unwrap(),
        );
        assert_eq!(shown, want);
        let deep = format!("x({}", "[{a:".repeat(100_000));
        assert!(answer(&deep).is_none());
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(answer(&deep).is_some());
    }
}
