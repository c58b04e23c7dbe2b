//! The HTTP response inside a `response` record.
//!
//! In: the block, as a server sent it. Out: status, fields, and the body after transfer and
//! content decoding, capped. Pure. Tolerant where captures are odd (a body already decoded
//! under a header that says chunked), and says so in a [`PayloadNote`].

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use memchr::memchr;

/// Why a response or its body could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The block does not begin with `HTTP/`.
    #[error("no HTTP status line")]
    NoStatusLine,
    /// The status line has no number of three digits.
    #[error("no status code in {line:?}")]
    NoStatus {
        /// The line as far as it is text.
        line: String,
    },
    /// A content coding this program does not know.
    #[error("unknown content coding {coding:?}")]
    UnknownCoding {
        /// As the header has it.
        coding: String,
    },
    /// The body does not decode.
    #[error("the body is no {coding}")]
    BadCoding {
        /// As the header has it.
        coding: String,
        /// What the decoder says.
        source: io::Error,
    },
    /// The decoded body would exceed the cap.
    #[error("the body decodes to more than {cap} bytes")]
    TooLarge {
        /// The cap, in bytes.
        cap: u64,
    },
}

/// What is odd about how a body was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayloadNote {
    /// The header says `Transfer-Encoding: chunked`, the body is not; it was taken as it is.
    NotChunked,
    /// The last chunk is missing or cut; what came was taken.
    ChunksCut,
    /// The header names a content coding, the body is not in it; it was taken as it is.
    NotEncoded,
    /// The body ends inside its content coding; what came was taken ([`HttpResponse::cut`]).
    CodingCut,
}

/// A body and what was odd about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload<'a> {
    /// The bytes.
    pub bytes: Cow<'a, [u8]>,
    /// What was odd.
    pub notes: Vec<PayloadNote>,
}

/// A response cut into its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse<'a> {
    /// Status code.
    pub status: u16,
    /// Fields as sent; values are bytes because servers send GBK. Lines without a colon are left out.
    pub fields: Vec<(&'a [u8], &'a [u8])>,
    /// Everything behind the empty line, as sent.
    pub body: &'a [u8],
}

impl<'a> HttpResponse<'a> {
    /// Cuts a block into status, fields and body. Line ends may be bare; a header that never
    /// ends leaves an empty body.
    ///
    /// # Errors
    ///
    /// [`HttpError::NoStatusLine`], [`HttpError::NoStatus`].
    pub fn split(block: &'a [u8]) -> Result<Self, HttpError> {
        if !block.starts_with(b"HTTP/") {
            return Err(HttpError::NoStatusLine);
        }
        let (line, mut rest) = cut_line(block);
        let status = line
            .split(|byte| *byte == b' ')
            .find(|word| !word.is_empty() && !word.starts_with(b"HTTP/"))
            .filter(|word| word.len() == 3)
            .and_then(|word| std::str::from_utf8(word).ok()?.parse().ok())
            .ok_or_else(|| HttpError::NoStatus {
                line: String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned(),
            })?;
        let mut fields = Vec::new();
        while !rest.is_empty() {
            let (line, after) = cut_line(rest);
            rest = after;
            if line.is_empty() {
                break;
            }
            if let Some(colon) = memchr(b':', line) {
                fields.push((line[..colon].trim_ascii(), line[colon + 1..].trim_ascii()));
            }
        }
        Ok(Self {
            status,
            fields,
            body: rest,
        })
    }

    /// The first field of that name (without case), as UTF-8 with replacements.
    pub fn header(&self, name: &str) -> Option<Cow<'a, str>> {
        self.all(name).next()
    }

    fn all<'b>(&'b self, name: &'b str) -> impl Iterator<Item = Cow<'a, str>> + 'b {
        self.fields
            .iter()
            .filter(move |(field, _)| field.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| String::from_utf8_lossy(value))
    }

    /// Whether the header says the body is chunked.
    pub fn says_chunked(&self) -> bool {
        self.all("Transfer-Encoding").any(|value| {
            value
                .split(',')
                .any(|coding| coding.trim().eq_ignore_ascii_case("chunked"))
        })
    }

    /// Whether `body`, without its chunks, begins as the content coding of the header says. True
    /// where there is none, and where its beginning does not tell (brotli).
    pub fn is_as_encoded(&self, body: &[u8]) -> bool {
        let codings = self.all("Content-Encoding").last();
        let outer = codings.as_deref().and_then(|codings| {
            let last = codings.rsplit(',').next()?;
            Some(last.trim().to_ascii_lowercase())
        });
        match outer.as_deref() {
            _ if body.is_empty() => true,
            Some("gzip" | "x-gzip") => body.starts_with(b"\x1f\x8b"),
            Some("deflate") => is_zlib(body) || !body.trim_ascii_start().starts_with(b"<"),
            _ => true,
        }
    }

    /// The body without its chunks; never larger than as sent, and not copied where it came in one piece.
    pub fn transfer_decoded(&self) -> Payload<'a> {
        let mut pieces = self.pieces();
        let first = pieces.next().unwrap_or_default();
        let bytes = match pieces.next() {
            None => Cow::Borrowed(first),
            Some(second) => {
                let mut joined = Vec::with_capacity(self.body.len());
                joined.extend_from_slice(first);
                joined.extend_from_slice(second);
                pieces
                    .by_ref()
                    .for_each(|piece| joined.extend_from_slice(piece));
                Cow::Owned(joined)
            }
        };
        Payload {
            bytes,
            notes: pieces.note.into_iter().collect(),
        }
    }

    /// The body without its chunk lines, piece by piece, for whoever need not hold it twice.
    pub fn pieces(&self) -> Pieces<'a> {
        Pieces {
            rest: self.body,
            chunked: self.says_chunked() && !self.body.is_empty(),
            begun: false,
            note: None,
        }
    }

    /// The body as its reader sees it: without chunks and content codings (gzip, deflate, brotli).
    ///
    /// # Errors
    ///
    /// [`HttpError::UnknownCoding`] (zstd, …), [`HttpError::BadCoding`], and
    /// [`HttpError::TooLarge`] above `cap` bytes.
    pub fn decoded(&self, cap: u64) -> Result<Payload<'a>, HttpError> {
        if self.codings().is_empty() {
            let payload = self.transfer_decoded();
            if payload.bytes.len() as u64 > cap {
                return Err(HttpError::TooLarge { cap });
            }
            return Ok(payload);
        }
        let beginning = self.beginning(usize::MAX, cap)?;
        Ok(Payload {
            bytes: Cow::Owned(beginning.bytes),
            notes: beginning.notes,
        })
    }

    /// As [`Self::decoded`], of which only the first `keep` bytes are held; all of it is decoded.
    ///
    /// # Errors
    ///
    /// As [`Self::decoded`].
    pub fn beginning(&self, keep: usize, cap: u64) -> Result<Beginning, HttpError> {
        self.read(keep, cap, false)
    }

    /// As [`Self::beginning`], of a body that is known to be cut: what its codings hold up to there.
    ///
    /// # Errors
    ///
    /// As [`Self::decoded`].
    pub fn cut(&self, keep: usize, cap: u64) -> Result<Beginning, HttpError> {
        self.read(keep, cap, true)
    }

    fn read(&self, keep: usize, cap: u64, is_cut: bool) -> Result<Beginning, HttpError> {
        let mut notes = Vec::new();
        let note = Cell::new(None);
        let mut body: Box<dyn BufRead + '_> = Box::new(PieceReader {
            piece: &[],
            pieces: self.pieces(),
            note: &note,
        });
        for coding in self.codings().iter().rev() {
            match undo(coding, body, cap)? {
                (within, true) => body = within,
                (as_is, false) => {
                    body = as_is;
                    notes.push(PayloadNote::NotEncoded);
                }
            }
        }
        let mut bytes = Vec::new();
        let mut length = 0;
        loop {
            let piece = match body.fill_buf().map_err(HttpError::from_within) {
                Ok(piece) => piece,
                Err(error) if is_cut && error.is_end() => {
                    notes.push(PayloadNote::CodingCut);
                    break;
                }
                Err(error) => return Err(error),
            };
            if piece.is_empty() {
                break;
            }
            let wanted = piece.len().min(keep - bytes.len());
            bytes.extend_from_slice(&piece[..wanted]);
            let taken = piece.len();
            body.consume(taken);
            length += taken as u64;
            if length > cap {
                return Err(HttpError::TooLarge { cap });
            }
        }
        drop(body);
        notes.splice(0..0, note.get());
        Ok(Beginning {
            bytes,
            length,
            notes,
        })
    }

    /// Content codings in the order they were applied.
    fn codings(&self) -> Vec<String> {
        self.all("Content-Encoding")
            .flat_map(|value| {
                let codings: Vec<_> = value.split(',').map(|c| c.trim().to_owned()).collect();
                codings
            })
            .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
            .collect()
    }
}

/// The beginning of a decoded body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// Its first bytes.
    pub bytes: Vec<u8>,
    /// Bytes of all of it.
    pub length: u64,
    /// What was odd.
    pub notes: Vec<PayloadNote>,
}

/// A body without its chunk lines. [`Self::note`] holds once it has ended.
#[derive(Debug, Clone)]
pub struct Pieces<'a> {
    rest: &'a [u8],
    chunked: bool,
    begun: bool,
    /// What was odd; `None` before the end.
    pub note: Option<PayloadNote>,
}

impl<'a> Pieces<'a> {
    /// All that is left, as it is.
    fn last(&mut self, note: Option<PayloadNote>) -> Option<&'a [u8]> {
        self.chunked = false;
        self.note = note;
        let rest = std::mem::take(&mut self.rest);
        (!rest.is_empty()).then_some(rest)
    }

    fn end(&mut self, note: Option<PayloadNote>) -> Option<&'a [u8]> {
        self.rest = &[];
        self.last(note)
    }

    /// Bytes of the next chunk and what is behind its line; `None` where no size stands there.
    fn size(&self) -> Option<(usize, &'a [u8])> {
        let end = memchr(b'\n', &self.rest[..self.rest.len().min(1025)])?;
        let digits = self.rest[..end].split(|byte| *byte == b';').next()?;
        let digits = std::str::from_utf8(digits.trim_ascii()).ok()?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let size = usize::from_str_radix(digits, 16).ok()?;
        Some((size, &self.rest[end + 1..]))
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if !self.chunked {
            let note = self.note;
            return self.last(note);
        }
        let Some((size, after)) = self.size() else {
            return if self.begun {
                self.end(Some(PayloadNote::ChunksCut))
            } else {
                self.last(Some(PayloadNote::NotChunked))
            };
        };
        self.begun = true;
        self.rest = after;
        if size == 0 {
            return self.end(None);
        }
        let Some((chunk, behind)) = after.split_at_checked(size) else {
            return self.last(Some(PayloadNote::ChunksCut));
        };
        self.rest = behind
            .strip_prefix(b"\r\n")
            .or_else(|| behind.strip_prefix(b"\n"))
            .unwrap_or(behind);
        Some(chunk)
    }
}

/// Pieces, one after the other.
struct PieceReader<'a, 'n> {
    piece: &'a [u8],
    pieces: Pieces<'a>,
    note: &'n Cell<Option<PayloadNote>>,
}

impl BufRead for PieceReader<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.piece.is_empty() {
            match self.pieces.next() {
                Some(piece) => self.piece = piece,
                None => break,
            }
            self.note.set(self.pieces.note);
        }
        self.note.set(self.pieces.note);
        Ok(self.piece)
    }

    fn consume(&mut self, amount: usize) {
        self.piece = &self.piece[amount..];
    }
}

impl Read for PieceReader<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut piece = self.fill_buf()?;
        let count = piece.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

fn cut_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = match memchr(b'\n', bytes) {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &bytes[bytes.len()..]),
    };
    (line.strip_suffix(b"\r").unwrap_or(line), rest)
}

/// `body` without one coding, and `true`; as it is where it plainly is not in it, or empty.
fn undo<'b>(
    coding: &str,
    mut body: Box<dyn BufRead + 'b>,
    cap: u64,
) -> Result<(Box<dyn BufRead + 'b>, bool), HttpError> {
    let mut first = [0; 2];
    let mut known = 0;
    while known < first.len() {
        match body.read(&mut first[known..]) {
            Ok(0) => break,
            Ok(count) => known += count,
            Err(error) => return Err(HttpError::from_within(error)),
        }
    }
    let begins = io::Cursor::new(first[..known].to_vec());
    let body = begins.chain(body);
    let name = coding.to_ascii_lowercase();
    let decoder: Box<dyn Read + 'b> = match name.as_str() {
        _ if known == 0 => return Ok((Box::new(body), true)),
        "gzip" | "x-gzip" if first != *b"\x1f\x8b" => return Ok((Box::new(body), false)),
        "gzip" | "x-gzip" => Box::new(MultiGzDecoder::new(body)),
        // The name means zlib (RFC 9110, 8.4.1.2); some servers send the bare stream.
        "deflate" if is_zlib(&first[..known]) => Box::new(ZlibDecoder::new(body)),
        "deflate" => Box::new(DeflateDecoder::new(body)),
        "br" => Box::new(brotli_decompressor::Decompressor::new(body, 16 << 10)),
        _ => {
            return Err(HttpError::UnknownCoding {
                coding: coding.into(),
            });
        }
    };
    let stage = Stage {
        coding: coding.to_owned(),
        decoder,
        left: cap,
        cap,
    };
    Ok((Box::new(BufReader::with_capacity(64 << 10, stage)), true))
}

/// A coding being undone, up to a cap. Its errors are [`HttpError`]s within.
struct Stage<'b> {
    coding: String,
    decoder: Box<dyn Read + 'b>,
    left: u64,
    cap: u64,
}

impl Read for Stage<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(buffer).map_err(|source| {
            // That of a coding within this one.
            if source
                .get_ref()
                .is_some_and(<dyn std::error::Error + Send + Sync>::is::<HttpError>)
            {
                return source;
            }
            io::Error::other(HttpError::BadCoding {
                coding: self.coding.clone(),
                source,
            })
        })?;
        match self.left.checked_sub(count as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(HttpError::TooLarge { cap: self.cap })),
        }
        Ok(count)
    }
}

impl HttpError {
    /// Whether a coding found nothing wrong but that the body ends inside it.
    fn is_end(&self) -> bool {
        matches!(self, Self::BadCoding { source, .. } if source.kind() == io::ErrorKind::UnexpectedEof)
    }

    /// The error that a [`Stage`] put into one of reading.
    fn from_within(error: io::Error) -> Self {
        error.downcast().unwrap_or_else(|source| Self::BadCoding {
            coding: "body".into(),
            source,
        })
    }
}

fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [method, flags, ..]
        if method & 0x0f == 8 && (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn chunks_are_joined() {
        let cases: [(&[u8], &[u8], &[PayloadNote]); 6] = [
            (b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", b"abcde", &[]),
            (b"3\nabc\n0\n\n", b"abc", &[]),
            (b"3\r\nabc\r\n5\r\nde", b"abcde", &[PayloadNote::ChunksCut]),
            (b"3\r\nabc\r\n", b"abc", &[PayloadNote::ChunksCut]),
            (b"<html>\n", b"<html>\n", &[PayloadNote::NotChunked]),
            (b"", b"", &[]),
        ];
        for (body, want, notes) in cases {
            let mut block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n".to_vec();
            block.extend_from_slice(body);
            let payload = HttpResponse::split(&block).unwrap().transfer_decoded();
            assert_eq!(&payload.bytes[..], want);
            assert_eq!(payload.notes, notes);
        }
    }

    #[test]
    fn headers_that_firewalls_send_are_split() {
        let block = b"HTTP/1.1  403 \xbd\xfb\xd6\xb9\nno colon here\nServer : \xb7\xfe\nX:\n\nbody";
        let response = HttpResponse::split(block).unwrap();
        assert_eq!(response.status, 403);
        assert_eq!(response.fields.len(), 2);
        assert!(response.header("server").is_some());
        assert_eq!(response.body, b"body");
        assert!(matches!(
            HttpResponse::split(b"<html>"),
            Err(HttpError::NoStatusLine)
        ));
        assert!(matches!(
            HttpResponse::split(b"HTTP/1.1 OK\r\n\r\n"),
            Err(HttpError::NoStatus { .. })
        ));
    }

    #[test]
    fn content_codings_are_undone_within_the_cap() {
        let page = vec![b'a'; 100_000];
        let mut block = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
        block.extend(gzip(&page));
        let response = HttpResponse::split(&block).unwrap();
        assert_eq!(&response.decoded(100_000).unwrap().bytes[..], page);
        assert!(matches!(
            response.decoded(99_999),
            Err(HttpError::TooLarge { cap: 99_999 })
        ));

        let plain = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n<html>";
        let payload = HttpResponse::split(plain).unwrap().decoded(100).unwrap();
        assert_eq!(&payload.bytes[..], b"<html>");
        assert_eq!(payload.notes, [PayloadNote::NotEncoded]);

        let zstd = b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\nxx";
        assert!(matches!(
            HttpResponse::split(zstd).unwrap().decoded(100),
            Err(HttpError::UnknownCoding { .. })
        ));
    }

    #[test]
    fn a_cut_coding_gives_what_came_only_where_that_is_asked_for() {
        let page: Vec<u8> = (0..40_000_u32)
            .flat_map(|n| format!("<td>{}</td>", n * n).into_bytes())
            .collect();
        let packed = gzip(&page);
        let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
        let block = [&head[..], &packed[..packed.len() / 2]].concat();
        let response = HttpResponse::split(&block).unwrap();
        assert!(matches!(
            response.beginning(1 << 20, 1 << 20),
            Err(HttpError::BadCoding { .. })
        ));
        let cut = response.cut(1 << 20, 1 << 20).unwrap();
        assert!(cut.bytes.len() > 50_000 && page.starts_with(&cut.bytes));
        assert_eq!(cut.notes, [PayloadNote::CodingCut]);
        // What is wrong otherwise stays wrong.
        let mut broken = block.clone();
        // The first block's kind: there is none of that number (RFC 1951, 3.2.3).
        broken[head.len() + 10] |= 0b110;
        let response = HttpResponse::split(&broken).unwrap();
        assert!(response.cut(1 << 20, 1 << 20).is_err());
        assert!(matches!(
            HttpResponse::split(&block).unwrap().cut(10, 100),
            Err(HttpError::TooLarge { cap: 100 })
        ));
    }

    #[test]
    fn brotli_is_undone_within_the_cap() {
        let block =
            |body: &[u8]| [b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n", body].concat();
        // An uncompressed meta-block of four bytes and the end (RFC 7932, 9).
        let page = block(b"\x8b\x01\x80page\x03");
        let response = HttpResponse::split(&page).unwrap();
        assert_eq!(&response.decoded(4).unwrap().bytes[..], b"page");
        assert!(matches!(
            response.decoded(3),
            Err(HttpError::TooLarge { cap: 3 })
        ));
        let broken = block(b"\xff\xff\xff\xff");
        assert!(matches!(
            HttpResponse::split(&broken).unwrap().decoded(100),
            Err(HttpError::BadCoding { .. })
        ));
    }

    #[test]
    fn deflate_means_zlib_or_bare() {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(b"page").unwrap();
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        bare.write_all(b"page").unwrap();
        for body in [zlib.finish().unwrap(), bare.finish().unwrap()] {
            let mut block = b"HTTP/1.0 200 OK\r\nContent-Encoding: deflate\r\n\r\n".to_vec();
            block.extend(body);
            let payload = HttpResponse::split(&block).unwrap().decoded(10).unwrap();
            assert_eq!(&payload.bytes[..], b"page");
        }
    }
}
