//! Where an answer ends.
//!
//! In: the bytes that came so far. Out: whether more belong to the answer. Pure, and looks at each byte of a header once.
//! Tolerant as browsers are: what contradicts itself is read until the connection closes, and said in a note.

use memchr::memchr;

use crate::archive::HttpResponse;

/// Longest line with a chunk's size, as the archive's reader takes it.
const CHUNK_LINE_BYTES: usize = 1024;

/// Interim answers before the one asked for; a server that sends more is not believed to come to an end.
const MAX_INTERIM: usize = 16;

/// What a reader has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Read on; the end of the connection now would be too early.
    More,
    /// Read until the connection ends.
    Close,
    /// Nothing; the answer is whole and ends here.
    Done {
        /// Position behind its last byte.
        end: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Header { line: usize, seen: usize },
    Until { end: usize },
    ChunkSize { line: usize, first: bool },
    ChunkEnd { at: usize },
    Trailer { line: usize, seen: usize },
    Close,
    NoHttp,
    Done { end: usize },
}

/// Follows an answer.
#[derive(Debug)]
pub(super) struct Framing {
    state: State,
    /// Where the answer begins: behind blank lines and interim answers.
    pub(super) start: usize,
    /// Where its body begins; `None` while its header has not ended.
    pub(super) body: Option<usize>,
    /// Whether the connection may serve another request after it.
    pub(super) reusable: bool,
    /// Length announced; `None` where none is, or none that can be believed.
    pub(super) announced: Option<u64>,
    /// What is odd, a line each.
    pub(super) notes: Vec<String>,
    interim: usize,
}

impl Framing {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Start,
            start: 0,
            body: None,
            reusable: false,
            announced: None,
            notes: Vec::new(),
            interim: 0,
        }
    }

    /// Whether what came is no HTTP.
    pub(super) fn is_no_http(&self) -> bool {
        self.state == State::NoHttp
    }

    /// Whether no byte of an answer has come.
    pub(super) fn is_unbegun(&self, bytes: &[u8]) -> bool {
        self.state == State::Start && self.start == bytes.len()
    }

    /// Goes on with all bytes that came so far.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Need {
        loop {
            let next = match self.state {
                State::Start => self.begin(bytes),
                State::Header { line, seen } => self.header(bytes, line, seen),
                State::Until { end } => (bytes.len() >= end).then_some(State::Done { end }),
                State::ChunkSize { line, first } => self.chunk_size(bytes, line, first),
                State::ChunkEnd { at } => chunk_end(bytes, at),
                State::Trailer { line, seen } => self.trailer(bytes, line, seen),
                State::Close | State::NoHttp => return Need::Close,
                State::Done { end } => return Need::Done { end },
            };
            match next {
                Some(next) => self.state = next,
                None => return Need::More,
            }
        }
    }

    fn begin(&mut self, bytes: &[u8]) -> Option<State> {
        let rest = &bytes[self.start..];
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        self.start += blank.count();
        let rest = &bytes[self.start..];
        let known = rest.len().min(5);
        if rest[..known] != b"HTTP/"[..known] {
            return Some(State::NoHttp);
        }
        (known == 5).then_some(State::Header {
            line: self.start,
            seen: self.start,
        })
    }

    fn header(&mut self, bytes: &[u8], line: usize, seen: usize) -> Option<State> {
        let Some(end) = memchr(b'\n', &bytes[seen..]) else {
            self.state = State::Header {
                line,
                seen: bytes.len(),
            };
            return None;
        };
        let next = seen + end + 1;
        if !matches!(&bytes[line..next], b"\n" | b"\r\n") {
            return Some(State::Header {
                line: next,
                seen: next,
            });
        }
        let header = &bytes[self.start..next];
        let response = HttpResponse::split(header).ok();
        let status = response.as_ref().map(|response| response.status);
        if let Some(status @ (100 | 102..=199)) = status
            && self.interim < MAX_INTERIM
        {
            self.interim += 1;
            self.notes.push(format!("interim answer {status}"));
            self.start = next;
            return Some(State::Start);
        }
        self.body = Some(next);
        Some(self.frame(header, response.as_ref(), next))
    }

    /// RFC 9112, 6.3, for an answer to GET.
    fn frame(&mut self, header: &[u8], response: Option<&HttpResponse<'_>>, body: usize) -> State {
        let Some(response) = response else {
            self.notes.push("no status in the status line".into());
            return State::Close;
        };
        if matches!(response.status, 101 | 204 | 304) {
            self.reusable = response.status != 101 && keeps_open(header, response);
            return State::Done { end: body };
        }
        let lengths = field_values(response, b"Content-Length");
        if response.says_chunked() {
            if !lengths.is_empty() {
                self.notes
                    .push("both Content-Length and chunks; read as chunks".into());
            }
            self.reusable = lengths.is_empty() && keeps_open(header, response);
            return State::ChunkSize {
                line: body,
                first: true,
            };
        }
        let mut sizes: Vec<&[u8]> = lengths
            .iter()
            .flat_map(|value| value.split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .collect();
        sizes.dedup();
        let size = match sizes.as_slice() {
            [] => return State::Close,
            [one] => number(one),
            _ => None,
        };
        let Some(end) = size.and_then(|size| body.checked_add(usize::try_from(size).ok()?)) else {
            let shown: Vec<_> = lengths
                .iter()
                .map(|value| value.escape_ascii().to_string())
                .collect();
            self.notes.push(format!(
                "Content-Length is no length ({}); read until the end of the connection",
                cut(&shown.join(" and "))
            ));
            return State::Close;
        };
        self.announced = size;
        self.reusable = lengths.len() == 1 && keeps_open(header, response);
        State::Until { end }
    }

    /// Fields behind the chunks, up to an empty line.
    fn trailer(&mut self, bytes: &[u8], line: usize, seen: usize) -> Option<State> {
        let Some(end) = memchr(b'\n', &bytes[seen..]) else {
            self.state = State::Trailer {
                line,
                seen: bytes.len(),
            };
            return None;
        };
        let next = seen + end + 1;
        Some(if matches!(&bytes[line..next], b"\n" | b"\r\n") {
            State::Done { end: next }
        } else {
            State::Trailer {
                line: next,
                seen: next,
            }
        })
    }

    fn chunk_size(&mut self, bytes: &[u8], line: usize, first: bool) -> Option<State> {
        let rest = &bytes[line..];
        let end = memchr(b'\n', &rest[..rest.len().min(CHUNK_LINE_BYTES + 1)]);
        if end.is_none() && rest.len() <= CHUNK_LINE_BYTES {
            return None;
        }
        let size = end.and_then(|end| {
            let digits = rest[..end].split(|byte| *byte == b';').next()?.trim_ascii();
            let digits = std::str::from_utf8(digits).ok()?;
            let hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            hex.then(|| usize::from_str_radix(digits, 16).unwrap_or(usize::MAX))
        });
        let (Some(end), Some(size)) = (end, size) else {
            let what = if first {
                "says chunked and is not"
            } else {
                "a chunk without its size"
            };
            self.notes
                .push(format!("{what}; read until the end of the connection"));
            self.reusable = false;
            return Some(State::Close);
        };
        let data = line + end + 1;
        Some(if size == 0 {
            State::Trailer {
                line: data,
                seen: data,
            }
        } else {
            State::ChunkEnd {
                at: data.saturating_add(size),
            }
        })
    }
}

/// The line end behind a chunk's data; missing ones are forgiven, as the archive's reader does.
fn chunk_end(bytes: &[u8], at: usize) -> Option<State> {
    let line = match bytes.get(at..)? {
        [] | [b'\r'] => return None,
        [b'\r', b'\n', ..] => at + 2,
        [b'\n', ..] => at + 1,
        _ => at,
    };
    Some(State::ChunkSize { line, first: false })
}

fn field_values<'a>(response: &HttpResponse<'a>, name: &[u8]) -> Vec<&'a [u8]> {
    let fields = response.fields.iter();
    fields
        .filter(|(field, _)| field.eq_ignore_ascii_case(name))
        .map(|(_, value)| *value)
        .collect()
}

/// HTTP/1.1 that does not say `close`. HTTP/1.0 is closed whatever it says: proxies copied its `keep-alive` blindly.
fn keeps_open(header: &[u8], response: &HttpResponse<'_>) -> bool {
    let says_close = field_values(response, b"Connection").iter().any(|value| {
        let mut options = value.split(|byte| *byte == b',');
        options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
    });
    header.starts_with(b"HTTP/1.1") && !says_close
}

fn number(digits: &[u8]) -> Option<u64> {
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    plain.then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
}

/// A line for people, not a page.
fn cut(text: &str) -> &str {
    text.get(..80).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(bytes: &[u8]) -> (Need, Framing) {
        let mut framing = Framing::new();
        (framing.advance(bytes), framing)
    }

    fn in_pieces(bytes: &[u8], step: usize) -> (Need, Framing) {
        let mut framing = Framing::new();
        let mut need = Need::More;
        for end in (0..bytes.len()).step_by(step).chain([bytes.len()]) {
            need = framing.advance(&bytes[..end]);
        }
        (need, framing)
    }

    /// Pieces of answers, put together at random.
    fn answer() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop::sample::select(vec![
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.0 200 OK\n",
            "HTTP/1.1 100 x\r\n\r\n",
            "HTTP/1.1 304 x\r\n",
            "HTTP/",
            "\r\n",
            "\n",
            "\r",
            "Content-Length: 5\r\n",
            "Content-Length: -1\r\n",
            "Content-Length: 5, 5\n",
            "Transfer-Encoding: chunked\r\n",
            "Connection: close\r\n",
            "5\r\nhello\r\n",
            "0\r\n\r\n",
            "0\r\nX: y\r\n",
            "ffffffffffffffffffff\r\n",
            "hello",
            ":",
            "x y: z\r\n",
            "\0",
        ]);
        let first = prop_oneof![3 => Just("HTTP/1.1 200 OK\r\n"), 1 => Just("")];
        (first, prop::collection::vec(piece, 0..12))
            .prop_map(|(first, rest)| [first, &rest.concat()].concat().into_bytes())
    }

    proptest! {
        #[test]
        fn how_it_comes_makes_no_difference(bytes in answer(), step in 1_usize..9) {
            let (need, one) = whole(&bytes);
            let (stepwise, other) = in_pieces(&bytes, step);
            prop_assert_eq!(need, stepwise);
            prop_assert_eq!((one.start, one.body, one.reusable), (other.start, other.body, other.reusable));
            prop_assert_eq!(&one.notes, &other.notes);
            if let Need::Done { end } = need {
                prop_assert!(one.start <= one.body.unwrap_or(usize::MAX) && end <= bytes.len());
            }
        }

        #[test]
        fn any_bytes_come_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            whole(&bytes);
            whole(&[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", bytes.as_slice()].concat());
        }
    }

    #[test]
    fn what_the_reader_of_the_archive_joins_ends_here() {
        for body in [
            "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            "3\nabc\n0\n\n",
            "3\r\nabc0\r\n\r\n",
        ] {
            let bytes = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
            let (need, framing) = whole(bytes.as_bytes());
            assert_eq!(need, Need::Done { end: bytes.len() }, "{body:?}");
            assert!(framing.reusable);
            let payload = HttpResponse::split(bytes.as_bytes())
                .unwrap()
                .transfer_decoded();
            assert!(
                payload.notes.is_empty() && payload.bytes.starts_with(b"abc"),
                "{body:?}"
            );
        }
    }
}
