//! Scripts in pieces.
//!
//! In: a script's text. Out: [`Code`]: names, strings, whole numbers and signs, each bracket with its other half.
//! Comments are left out. One pass, bounded; what is no script ends in some pieces or other.

use std::borrow::Cow;

/// Pieces of a page's scripts that are looked at.
const PIECES: usize = 200_000;

/// A piece.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece<'p> {
    Name(&'p str),
    /// Without its marks, escapes resolved.
    Text(Cow<'p, str>),
    /// What stands between two backquotes, as written.
    Template(&'p str),
    Number(i64),
    Sign(&'static str),
    /// A regular expression, a number that is not whole, a character that is none of these.
    Other,
}

/// Signs, longer ones first.
const SIGNS: [&str; 42] = [
    "===", "!==", "...", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "++",
    "--", "<<", ">>", "??", "?.", "(", ")", "[", "]", "{", "}", ";", ",", ":", ".", "=", "+", "-",
    "*", "/", "%", "<", ">", "!", "?", "&", "|",
];

/// A script in pieces.
#[derive(Debug, Default)]
pub(super) struct Code<'p> {
    pub pieces: Vec<Piece<'p>>,
    /// For each opening bracket where it closes, for the rest its own place; the end where it does not close.
    pub closes: Vec<usize>,
}

impl<'p> Code<'p> {
    /// Cuts scripts into pieces, one behind the other.
    pub fn of<'t>(scripts: impl IntoIterator<Item = &'p str> + 't) -> Self {
        let mut pieces = Vec::new();
        for script in scripts {
            lex(script, &mut pieces);
            pieces.push(Piece::Sign(";"));
        }
        let closes = closes(&pieces);
        Self { pieces, closes }
    }

    /// The piece at a place; `None` behind the end.
    pub fn get(&self, at: usize) -> Option<&Piece<'p>> {
        self.pieces.get(at)
    }

    /// Whether a sign stands at a place.
    pub fn is(&self, at: usize, sign: &str) -> bool {
        matches!(self.pieces.get(at), Some(Piece::Sign(own)) if *own == sign)
    }

    /// The name at a place.
    pub fn name(&self, at: usize) -> Option<&'p str> {
        match self.pieces.get(at) {
            Some(Piece::Name(name)) => Some(name),
            _ => None,
        }
    }
}

fn closes(pieces: &[Piece<'_>]) -> Vec<usize> {
    let mut closes: Vec<usize> = (0..pieces.len()).collect();
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Sign(sign) = piece else { continue };
        match *sign {
            "(" | "[" | "{" => {
                closes[at] = pieces.len();
                open.push((at, sign));
            }
            ")" | "]" | "}" => {
                let fits = |own: &str| matches!((own, *sign), ("(", ")") | ("[", "]") | ("{", "}"));
                if let Some((start, own)) = open.last()
                    && fits(own)
                {
                    closes[*start] = at;
                    open.pop();
                }
            }
            _ => {}
        }
    }
    closes
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

fn lex<'p>(source: &'p str, pieces: &mut Vec<Piece<'p>>) {
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if pieces.len() >= PIECES {
            return;
        }
        if c.is_whitespace() || c == '\u{feff}' {
            rest = &rest[c.len_utf8()..];
        } else if rest.starts_with("//") || rest.starts_with("<!--") || rest.starts_with("-->") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
        } else if c == '"' || c == '\'' {
            let (text, behind) = text(&rest[1..], c);
            pieces.push(text.map_or(Piece::Other, Piece::Text));
            rest = behind;
        } else if c == '`' {
            let inner = &rest[1..];
            let end = inner.find('`').unwrap_or(inner.len());
            pieces.push(Piece::Template(&inner[..end]));
            rest = inner.get(end + 1..).unwrap_or_default();
        } else if c.is_ascii_digit() {
            let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
            let is_whole = !(rest[end..].starts_with('.')
                && rest[end + 1..].starts_with(|c: char| c.is_ascii_digit()));
            let number = rest[..end].parse().ok().filter(|_| is_whole);
            pieces.push(number.map_or(Piece::Other, Piece::Number));
            rest = &rest[end..];
            if !is_whole {
                let digits = |c: char| !c.is_ascii_digit();
                let behind = &rest[1..];
                rest = &behind[behind.find(digits).unwrap_or(behind.len())..];
            }
        } else if is_part(c) {
            let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
            pieces.push(Piece::Name(&rest[..end]));
            rest = &rest[end..];
        } else if c == '/' && begins_value(pieces.last()) {
            rest = behind_expression(&rest[1..]);
            pieces.push(Piece::Other);
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            pieces.push(Piece::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            pieces.push(Piece::Other);
            rest = &rest[c.len_utf8()..];
        }
    }
}

/// Whether a value may begin behind a piece: there a slash begins a regular expression.
fn begins_value(last: Option<&Piece<'_>>) -> bool {
    match last {
        None => true,
        Some(Piece::Sign(sign)) => !matches!(*sign, ")" | "]" | "}"),
        Some(Piece::Name(name)) => *name == "return",
        Some(_) => false,
    }
}

/// What stands behind a regular expression, which ends in its line.
fn behind_expression(source: &str) -> &str {
    let (mut escaped, mut within) = (false, false);
    for (at, c) in source.char_indices() {
        match c {
            '\n' => return &source[at..],
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => within = true,
            ']' => within = false,
            '/' if !within => {
                let flags = &source[at + 1..];
                return flags.trim_start_matches(|c: char| c.is_ascii_lowercase());
            }
            _ => {}
        }
    }
    ""
}

/// A string up to its mark, and what stands behind; `None` for one that does not end in its line.
fn text(source: &str, mark: char) -> (Option<Cow<'_, str>>, &str) {
    let mut owned: Option<String> = None;
    let mut start = 0;
    let mut chars = source.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == mark {
            let tail = &source[start..at];
            let text = match owned {
                Some(text) => Cow::Owned(text + tail),
                None => Cow::Borrowed(tail),
            };
            return (Some(text), &source[at + 1..]);
        }
        if c == '\n' {
            return (None, &source[at..]);
        }
        if c != '\\' {
            continue;
        }
        let text = owned.get_or_insert_default();
        text.push_str(&source[start..at]);
        let Some((at, escape)) = chars.next() else {
            break;
        };
        let digits = match escape {
            'u' => 4,
            'x' => 2,
            _ => 0,
        };
        let code = source
            .get(at + 1..at + 1 + digits)
            .filter(|_| digits > 0)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match escape {
            'n' | 'r' | 't' | 'b' | 'f' | 'v' => text.push(' '),
            '\n' | '\r' => {}
            _ => match code.and_then(char::from_u32) {
                Some(found) => {
                    text.push(found);
                    for _ in 0..digits {
                        chars.next();
                    }
                }
                None => text.push(escape),
            },
        }
        start = chars.clone().next().map_or(source.len(), |(at, _)| at);
    }
    (None, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_fall_into_pieces() {
        let code =
            Code::of(["a += 'x\\/\\u0041\"' // b\n/* c */ + `t${n}` / 2 ; r = /a[/]'/g; 1.5 (["]);
        let shown: Vec<String> = code
            .pieces
            .iter()
            .map(|piece| format!("{piece:?}"))
            .collect();
        let want = [
            "Name(\"a\")",
            "Sign(\"+=\")",
            "Text(\"x/A\\\"\")",
            "Sign(\"+\")",
            "Template(\"t${n}\")",
            "Sign(\"/\")",
            "Number(2)",
            "Sign(\";\")",
            "Name(\"r\")",
            "Sign(\"=\")",
            "Other",
            "Sign(\";\")",
            "Other",
            "Sign(\"(\")",
            "Sign(\"[\")",
            "Sign(\";\")",
        ];
        assert_eq!(shown, want);
        assert_eq!(code.closes[13], code.pieces.len());
        let code = Code::of(["f({a:[1]})"]);
        assert_eq!(code.closes[1], code.pieces.len() - 2);
    }
}
