//! What is sent for a request: bytes and pauses, in order.

use std::sync::Arc;
use std::time::Duration;

/// Answers that never end by themselves are ended after this time, so that no test hangs on them.
pub const LONGEST: Duration = Duration::from_mins(2);

/// One step of an answer.
#[derive(Debug, Clone)]
pub enum Step {
    /// Bytes, as fast as they go.
    Send(Vec<u8>),
    /// Nothing for so long, or until the client goes away.
    Wait(Duration),
    /// The same bytes with a pause after each, so many times at most, and never for longer than [`LONGEST`].
    Repeat(Vec<u8>, Duration, u64),
    /// The connection is reset: the client sees an error instead of an end.
    Reset,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// For the log; `None` where what is sent has no status.
    pub status: Option<u16>,
    /// What is done.
    pub steps: Vec<Step>,
    /// Whether another request may come on the connection.
    pub keep_alive: bool,
}

impl Answer {
    /// A well-formed answer: status line, the given header lines (without line ends), Content-Length and body.
    pub fn full(status: u16, headers: &[&str], body: &[u8]) -> Self {
        let mut bytes = head(status, headers);
        bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        bytes.extend_from_slice(body);
        Self {
            status: Some(status),
            steps: vec![Step::Send(bytes)],
            keep_alive: true,
        }
    }

    /// A page in UTF-8.
    pub fn html(status: u16, body: &str) -> Self {
        Self::full(
            status,
            &["Content-Type: text/html; charset=utf-8"],
            body.as_bytes(),
        )
    }

    /// A redirect; `location` as it stands on the wire, in any charset.
    pub fn redirect(status: u16, location: &[u8]) -> Self {
        let mut bytes = head(status, &["Content-Length: 0"]);
        bytes.extend_from_slice(b"Location: ");
        bytes.extend_from_slice(location);
        bytes.extend_from_slice(b"\r\n\r\n");
        Self {
            status: Some(status),
            steps: vec![Step::Send(bytes)],
            keep_alive: true,
        }
    }

    /// Steps of any kind, after which the connection is closed.
    pub fn raw(status: Option<u16>, steps: Vec<Step>) -> Self {
        Self {
            status,
            steps,
            keep_alive: false,
        }
    }
}

/// Status line and header lines, each ended; the header itself is not.
pub fn head(status: u16, headers: &[&str]) -> Vec<u8> {
    let mut text = format!(
        "HTTP/1.1 {status} {}\r\nServer: nginx\r\nDate: Mon, 24 Mar 2025 02:00:00 GMT\r\n",
        reason(status)
    );
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Moved Temporarily",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        412 => "Precondition Failed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "",
    }
}

/// Writes a page: edition (what the report says) and chrome (what stands around it) in, bytes out.
type Write = dyn Fn(u32, u32) -> Vec<u8> + Send + Sync;

/// A page that answers as a good server does: validators, 304.
#[derive(Clone)]
pub struct Page {
    content_type: String,
    write: Arc<Write>,
    validators: bool,
}

impl Page {
    /// A page that is always the same.
    pub fn new(content_type: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes: Arc<[u8]> = bytes.into();
        Self::written(content_type, move |_, _| bytes.to_vec())
    }

    /// HTML in UTF-8.
    pub fn html(text: &str) -> Self {
        Self::new("text/html; charset=utf-8", text.as_bytes().to_vec())
    }

    /// A page written anew for each request from its edition and chrome, which the test counts up.
    pub fn written(
        content_type: &str,
        write: impl Fn(u32, u32) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self {
            content_type: content_type.to_owned(),
            write: Arc::new(write),
            validators: true,
        }
    }

    /// Without `ETag` and `Last-Modified`: never a 304.
    #[must_use]
    pub fn without_validators(mut self) -> Self {
        self.validators = false;
        self
    }

    /// The bytes of an edition.
    pub fn bytes(&self, edition: u32, chrome: u32) -> Vec<u8> {
        (self.write)(edition, chrome)
    }

    /// The answer, 304 where a validator of the request fits.
    pub fn answer(&self, edition: u32, chrome: u32, request: &super::Request) -> Answer {
        let body = self.bytes(edition, chrome);
        let kind = format!("Content-Type: {}", self.content_type);
        if !self.validators {
            return Answer::full(200, &[&kind], &body);
        }
        let tag = format!("\"{:016x}\"", fingerprint(&body));
        // A minute for each change: later editions have later dates.
        let changed = format!(
            "Mon, 03 Mar 2025 {:02}:{:02}:00 GMT",
            8 + (edition / 30) % 12,
            (edition % 30) * 2 + chrome % 2
        );
        let etag = format!("ETag: {tag}");
        let modified = format!("Last-Modified: {changed}");
        // RFC 9110, 13.1.3: If-Modified-Since is ignored where If-None-Match stands.
        let same = match request.header("if-none-match") {
            Some(known) => known.contains(&tag),
            None => request.header("if-modified-since") == Some(changed.as_str()),
        };
        if same {
            let mut bytes = head(304, &[&etag, &modified]);
            bytes.extend_from_slice(b"\r\n");
            return Answer {
                status: Some(304),
                steps: vec![Step::Send(bytes)],
                keep_alive: true,
            };
        }
        Answer::full(200, &[&kind, &etag, &modified], &body)
    }
}

/// FNV-1a, eight bytes at a time: a tag of the content, nothing secret.
fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x0100_0000_01b3);
        hash ^= hash >> 29;
    }
    hash
}
