//! What scripts ask servers for.
//!
//! In: the scripts of a page in pieces. Out: [`Request`]s: `$.post('/list.do', …)`, `$.ajax({url: …, type: 'post'})`,
//! `fetch(…)`, `axios.get(…)`, `x.open('POST', …)`.

use super::data::fields;
use super::lex::{Code, Piece};

/// Requests of a page that are looked at.
const REQUESTS: usize = 60;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::discover) struct Request {
    /// Where to, as written; `None` where it does not stand there.
    pub address: Option<String>,
    /// Whether the address alone makes it: by GET, without further data.
    pub is_get: bool,
}

pub(super) fn requests(code: &Code<'_>) -> Vec<Request> {
    let mut found = Vec::new();
    for at in 0..code.pieces.len() {
        if found.len() == REQUESTS {
            break;
        }
        let Some(name) = code.name(at) else { continue };
        if !code.is(at + 1, "(") || at > 0 && code.name(at - 1) == Some("function") {
            continue;
        }
        let object = if at > 1 && code.is(at - 1, ".") {
            code.name(at - 2)
        } else {
            None
        };
        let of_library = matches!(
            object,
            Some("$" | "jQuery" | "axios" | "http" | "$http" | "request" | "layui")
        );
        let first = at + 2;
        match name {
            "post" if of_library => found.push(Request {
                address: plain(code, first),
                is_get: false,
            }),
            "get" | "getJSON" if of_library => {
                let address = plain(code, first);
                let is_get = address.is_some() && !has_data(code, first);
                found.push(Request { address, is_get });
            }
            "ajax" | "axios" | "request" | "fetch" => {
                let request = if code.is(first, "{") {
                    by_options(code, first, None)
                } else if code.is(first + 1, ",") && code.is(first + 2, "{") {
                    by_options(code, first + 2, plain(code, first))
                } else {
                    let address = plain(code, first);
                    Request {
                        is_get: address.is_some(),
                        address,
                    }
                };
                found.push(request);
            }
            "open" if matches!(code.get(first), Some(Piece::Text(way)) if is_way(way)) => {
                let address = plain(code, first + 2);
                let is_get = matches!(code.get(first), Some(Piece::Text(way)) if way.eq_ignore_ascii_case("get"));
                found.push(Request {
                    is_get: is_get && address.is_some(),
                    address,
                });
            }
            "dataproxy" | "jpage" => {
                let open = if code.is(first, "{") {
                    Some(first)
                } else {
                    None
                };
                let address = open.and_then(|open| option(code, open, "proxyUrl"));
                found.push(Request {
                    address: address.and_then(|at| plain(code, at)),
                    is_get: false,
                });
            }
            _ => {}
        }
    }
    found
}

fn is_way(text: &str) -> bool {
    ["get", "post"]
        .iter()
        .any(|way| text.eq_ignore_ascii_case(way))
}

/// A string that is all of an argument or a value.
fn plain(code: &Code<'_>, at: usize) -> Option<String> {
    let ends = [",", ")", "}"].iter().any(|sign| code.is(at + 1, sign));
    match code.get(at) {
        Some(Piece::Text(text)) if ends && !text.is_empty() => Some(text.clone().into_owned()),
        _ => None,
    }
}

/// Whether an object of parameters follows an address: `$.get('/list', {page: 1}, …)`.
fn has_data(code: &Code<'_>, address: usize) -> bool {
    code.is(address + 1, ",") && code.is(address + 2, "{")
}

fn option(code: &Code<'_>, open: usize, name: &str) -> Option<usize> {
    fields(code, open)
        .into_iter()
        .find(|(own, ..)| own.eq_ignore_ascii_case(name))
        .map(|(_, start, _)| start)
}

fn by_options(code: &Code<'_>, open: usize, address: Option<String>) -> Request {
    let value = |name| option(code, open, name).and_then(|at| plain(code, at));
    let way = value("type").or_else(|| value("method"));
    let has_data = ["data", "params", "body"]
        .iter()
        .any(|name| option(code, open, name).is_some());
    let address = address.or_else(|| value("url"));
    let is_get =
        address.is_some() && !has_data && way.is_none_or(|way| way.eq_ignore_ascii_case("get"));
    Request { address, is_get }
}
