//! Operators of a content stream, with the place of every byte of their strings.
//!
//! In: the decoded content of a page or form. Out: one operator after the other with its operands (ISO
//! 32000-1, 7.8.2). What is no operator is skipped; never fails, never recurses.

use std::borrow::Cow;
use std::ops::Range;

/// Most operands of one operator; a line of text has a few hundred.
const MAX_OPERANDS: usize = 65_536;

/// An operand. Arrays are flattened: what they hold stands between their marks.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand<'c> {
    /// A number.
    Number(f32),
    /// A string: its bytes in [`Lexer::bytes`].
    Text(Range<usize>),
    /// A name, without its `/`.
    Name(Cow<'c, [u8]>),
    /// A dictionary, as written between `<<` and `>>`.
    Dict(&'c [u8]),
}

/// Reads one stream.
#[derive(Debug)]
pub(super) struct Lexer<'c> {
    content: &'c [u8],
    at: usize,
    /// The operands of the operator that [`Self::next`] gave last.
    pub(super) operands: Vec<Operand<'c>>,
    /// The bytes of their strings, one after the other.
    pub(super) bytes: Vec<u8>,
    /// Where each of those bytes is written: first byte and one past the last.
    pub(super) places: Vec<(u32, u32)>,
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b'\x0c' | 0)
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'c> Lexer<'c> {
    pub(super) fn new(content: &'c [u8]) -> Self {
        Self {
            content,
            at: 0,
            operands: Vec::new(),
            bytes: Vec::new(),
            places: Vec::new(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.content.get(self.at).copied()
    }

    /// The next operator, its operands left in `self`; `None` at the end.
    pub(super) fn next(&mut self) -> Option<&'c [u8]> {
        self.operands.clear();
        self.bytes.clear();
        self.places.clear();
        loop {
            let byte = self.peek()?;
            match byte {
                _ if is_space(byte) => self.at += 1,
                b'%' => self.skip_comment(),
                b'[' | b']' | b'{' | b'}' | b')' | b'>' => self.at += 1,
                b'(' => self.literal(),
                b'<' if self.content.get(self.at + 1) == Some(&b'<') => self.dictionary(),
                b'<' => self.hexadecimal(),
                b'/' => {
                    self.at += 1;
                    let name = unescape(self.regular());
                    self.push(Operand::Name(name));
                }
                b'0'..=b'9' | b'+' | b'-' | b'.' => {
                    let number = number(self.regular());
                    self.push(Operand::Number(number));
                }
                _ => {
                    let operator = self.regular();
                    match operator {
                        b"BI" => self.skip_image(),
                        b"true" | b"false" | b"null" => {}
                        _ => return Some(operator),
                    }
                    if operator == b"BI" {
                        return Some(operator);
                    }
                }
            }
        }
    }

    /// The numbers among the operands, in order; missing ones are 0.
    pub(super) fn numbers<const N: usize>(&self) -> [f32; N] {
        let mut numbers = [0.0; N];
        let all = self.operands.iter().filter_map(|operand| match operand {
            Operand::Number(number) => Some(*number),
            _ => None,
        });
        for (slot, number) in numbers.iter_mut().zip(all) {
            *slot = number;
        }
        numbers
    }

    /// The first name among the operands.
    pub(super) fn name(&self) -> Option<&[u8]> {
        self.operands.iter().find_map(|operand| match operand {
            Operand::Name(name) => Some(&**name),
            _ => None,
        })
    }

    fn push(&mut self, operand: Operand<'c>) {
        if self.operands.len() < MAX_OPERANDS {
            self.operands.push(operand);
        }
    }

    fn skip_comment(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| !matches!(byte, b'\n' | b'\r'))
        {
            self.at += 1;
        }
    }

    fn regular(&mut self) -> &'c [u8] {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| !is_space(byte) && !is_delimiter(byte))
        {
            self.at += 1;
        }
        &self.content[start..self.at]
    }

    fn push_byte(&mut self, byte: u8, from: usize) {
        self.bytes.push(byte);
        self.places.push((place(from), place(self.at)));
    }

    fn literal(&mut self) {
        let start = self.bytes.len();
        self.at += 1;
        let mut depth = 1_u32;
        while let Some(byte) = self.peek() {
            let from = self.at;
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\\' => {
                    if let Some(byte) = self.escape() {
                        self.push_byte(byte, from);
                    }
                    continue;
                }
                // An end of line of any kind is a line feed.
                b'\r' => {
                    if self.peek() == Some(b'\n') {
                        self.at += 1;
                    }
                    self.push_byte(b'\n', from);
                    continue;
                }
                _ => {}
            }
            self.push_byte(byte, from);
        }
        let end = self.bytes.len();
        self.push(Operand::Text(start..end));
    }

    fn escape(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
                return None;
            }
            b'\n' => return None,
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                code.to_le_bytes()[0]
            }
            other => other,
        })
    }

    fn hexadecimal(&mut self) {
        let start = self.bytes.len();
        self.at += 1;
        let mut high: Option<(u8, usize)> = None;
        while let Some(byte) = self.peek() {
            let from = self.at;
            self.at += 1;
            if byte == b'>' {
                break;
            }
            let Some(digit) = hex(byte) else { continue };
            match high.take() {
                None => high = Some((digit, from)),
                Some((first, from)) => self.push_byte(first << 4 | digit, from),
            }
        }
        if let Some((digit, from)) = high {
            self.push_byte(digit << 4, from);
        }
        let end = self.bytes.len();
        self.push(Operand::Text(start..end));
    }

    fn dictionary(&mut self) {
        let start = self.at + 2;
        let mut depth = 0_u32;
        while self.at < self.content.len() {
            let rest = &self.content[self.at..];
            if rest.starts_with(b"<<") {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with(b">>") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    break;
                }
            } else if rest[0] == b'(' {
                // Strings of a property list are of no use.
                let (operands, bytes) = (self.operands.len(), self.bytes.len());
                self.literal();
                self.operands.truncate(operands);
                self.bytes.truncate(bytes);
                self.places.truncate(bytes);
            } else {
                self.at += 1;
            }
        }
        let end = self.at.saturating_sub(2).max(start);
        let content = self.content;
        self.push(Operand::Dict(content.get(start..end).unwrap_or_default()));
    }

    /// From behind `BI` to behind `EI`.
    fn skip_image(&mut self) {
        let content = self.content;
        let Some(data) = memchr::memmem::find(&content[self.at..], b"ID") else {
            self.at = content.len();
            return;
        };
        let mut from = self.at + data + 2;
        loop {
            let Some(found) = memchr::memmem::find(&content[from..], b"EI") else {
                self.at = content.len();
                return;
            };
            let at = from + found;
            let before = content
                .get(at.wrapping_sub(1))
                .is_some_and(|byte| is_space(*byte));
            let after = content.get(at + 2).is_none_or(|byte| is_space(*byte));
            if before && after {
                self.at = at + 2;
                return;
            }
            from = at + 2;
        }
    }
}

const fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn unescape(name: &[u8]) -> Cow<'_, [u8]> {
    if !name.contains(&b'#') {
        return Cow::Borrowed(name);
    }
    let mut plain = Vec::with_capacity(name.len());
    let mut at = 0;
    while at < name.len() {
        let pair = || Some((hex(*name.get(at + 1)?)?, hex(*name.get(at + 2)?)?));
        match (name[at], pair()) {
            (b'#', Some((high, low))) => {
                plain.push(high << 4 | low);
                at += 3;
            }
            (byte, _) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(plain)
}

/// As PDF readers do: a number with anything odd in it counts as far as it goes.
fn number(text: &[u8]) -> f32 {
    let mut value = 0.0_f64;
    let mut scale = 0.0_f64;
    let mut negative = false;
    for byte in text {
        match byte {
            b'-' if value == 0.0 => negative = true,
            b'0'..=b'9' => {
                value = value * 10.0 + f64::from(byte - b'0');
                scale *= 10.0;
            }
            b'.' if scale == 0.0 => scale = 1.0,
            b'+' => {}
            _ => break,
        }
    }
    if scale > 1.0 {
        value /= scale;
    }
    let value = if negative { -value } else { value };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a place on a page, in points"
    )]
    let value = value as f32;
    if value.is_finite() { value } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_come_with_operands_and_places() {
        let content = b"q 1 0 0 -1.5 .25 -.5 cm/F#31 12 Tf[(a\\)\\101)-20<4 1 42>]TJ % x\n\
            /Span<</MCID 0/A(>>)>>BDC BI /W 1 ID \x00EI\x01 EI Q";
        let mut lexer = Lexer::new(content);
        assert_eq!(lexer.next(), Some(&b"q"[..]));
        assert_eq!(lexer.next(), Some(&b"cm"[..]));
        let twice = lexer
            .numbers::<6>()
            .map(|number| format!("{}", number * 4.0));
        assert_eq!(twice, ["4", "0", "0", "-6", "1", "-2"]);
        assert_eq!(lexer.next(), Some(&b"Tf"[..]));
        assert_eq!(lexer.name(), Some(&b"F1"[..]));
        assert_eq!(lexer.next(), Some(&b"TJ"[..]));
        assert_eq!(lexer.bytes, b"a)AAB");
        let cut: Vec<&[u8]> = lexer
            .places
            .iter()
            .map(|(start, end)| &content[*start as usize..*end as usize])
            .collect();
        assert_eq!(cut, [&b"a"[..], b"\\)", b"\\101", b"4 1", b"42"]);
        assert_eq!(lexer.next(), Some(&b"BDC"[..]));
        assert_eq!(lexer.operands[1], Operand::Dict(b"/MCID 0/A(>>)"));
        assert_eq!(lexer.next(), Some(&b"BI"[..]));
        assert_eq!(lexer.next(), Some(&b"Q"[..]));
        assert_eq!(lexer.next(), None);
    }

    #[test]
    fn unfinished_streams_end() {
        for content in [
            "(abc",
            "<41",
            "<<",
            "BI",
            "BI ID ",
            "[",
            "/",
            "((()",
            "1 2 m <</A <<",
        ] {
            let mut lexer = Lexer::new(content.as_bytes());
            let mut operators = 0;
            while lexer.next().is_some() {
                operators += 1;
            }
            assert!(operators < 3, "{content}");
        }
    }
}
