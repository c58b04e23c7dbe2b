//! Records: what is to be written ([`Draft`]) and what was read ([`Record`]). Pure.

use jiff::Timestamp;

use super::http::{HttpError, HttpResponse};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        /// What a record is (WARC 1.1, section 6).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
            /// A type this program does not know; the header field has it.
            Other,
        }

        impl Kind {
            /// The word in `WARC-Type`; `other` for [`Self::Other`], which is never written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* Self::Other => "other" }
            }

            /// The kind a `WARC-Type` names.
            pub fn named(word: &str) -> Self {
                match word.to_ascii_lowercase().as_str() { $($word => Self::$name,)* _ => Self::Other }
            }
        }
    };
}

kinds! {
    /// Who wrote the file, first in it.
    Warcinfo = "warcinfo",
    /// A file without a protocol around it: what `import` keeps.
    Resource = "resource",
    /// What is known of another record.
    Metadata = "metadata",
    /// An HTTP request as sent.
    Request = "request",
    /// An HTTP response as received, header included.
    Response = "response",
    /// A response whose payload an earlier record has.
    Revisit = "revisit",
    /// Another record's content in another format.
    Conversion = "conversion",
    /// A later part of a record cut in pieces.
    Continuation = "continuation",
}

/// Named fields in the order they stand. Names compare without case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Adds a field at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// The first field of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Every field of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter()
            .filter(move |(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Every field: name, value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Continues the last field, as folded lines do.
    pub(super) fn fold(&mut self, more: &str) -> Option<()> {
        let (_, value) = self.0.last_mut()?;
        value.push(' ');
        value.push_str(more);
        Some(())
    }
}

/// How a record refers to an earlier one of the same group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// `WARC-Concurrent-To`: made in the same act, as a request is with its response.
    ConcurrentTo(usize),
    /// `WARC-Refers-To`: says something about it.
    RefersTo(usize),
}

/// A record to be written. Id, digests, length and file belong to the writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is.
    pub kind: Kind,
    /// `WARC-Target-URI`, encoded ([`super::target_uri`]); `None` only for warcinfo.
    pub target: Option<String>,
    /// Media type of the block as declared; `None` where nothing was declared.
    pub content_type: Option<String>,
    /// When the content was captured; `None` for the writer's present.
    pub date: Option<Timestamp>,
    /// The record of its group it belongs to, counted from 0; must be an earlier one.
    pub link: Option<Link>,
    /// Further fields (`WARC-Truncated`, `WARC-IP-Address`, …).
    pub extra: Headers,
    /// The content block.
    pub block: Vec<u8>,
    /// Digests of a response's payload where they are known already; `None`: the writer makes them. They must be of
    /// this block's payload ([`Record::payload`]).
    pub payload: Option<PayloadDigests>,
}

/// What is known of a payload, so that no byte is digested twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadDigests {
    /// SHA-1 of all of the block, as WARC has it; `None` where it is not known.
    pub block: Option<String>,
    /// SHA-1 as WARC has it: `sha1:…`.
    pub sha1: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
}

impl Draft {
    /// A record of `block`, everything else unset.
    pub fn new(kind: Kind, block: Vec<u8>) -> Self {
        Self {
            kind,
            target: None,
            content_type: None,
            date: None,
            link: None,
            extra: Headers::default(),
            block,
            payload: None,
        }
    }
}

/// A record as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where its gzip member (or, uncompressed, its first line) begins in the file, in bytes.
    pub offset: u64,
    /// How many bytes of the file it takes.
    pub length: u64,
    /// Version line: `WARC/1.1`, `WARC/1.0`, or of a draft of it `WARC/0.18`, `WARC/0.17`.
    pub version: String,
    /// Named fields.
    pub headers: Headers,
    /// Content block, all of `Content-Length`.
    pub block: Vec<u8>,
}

impl Record {
    /// What it is; [`Kind::Other`] where the field is missing.
    pub fn kind(&self) -> Kind {
        Kind::named(self.headers.get("WARC-Type").unwrap_or_default())
    }

    /// `WARC-Record-ID` as it stands, with its angle brackets.
    pub fn id(&self) -> Option<&str> {
        self.headers.get("WARC-Record-ID")
    }

    /// `WARC-Target-URI`, without the angle brackets some writers put around it.
    pub fn target_uri(&self) -> Option<&str> {
        let uri = self.headers.get("WARC-Target-URI")?;
        Some(
            uri.strip_prefix('<')
                .and_then(|uri| uri.strip_suffix('>'))
                .unwrap_or(uri),
        )
    }

    /// `WARC-Date`; `None` where missing or no date.
    pub fn date(&self) -> Option<Timestamp> {
        self.headers.get("WARC-Date")?.parse().ok()
    }

    /// Media type of what the record is about: its own `Content-Type`, but the one inside
    /// the HTTP header for a response.
    pub fn content_type(&self) -> Option<String> {
        match self.kind() {
            Kind::Response => {
                let response = HttpResponse::split(&self.block).ok()?;
                response.header("Content-Type").map(Into::into)
            }
            _ => self.headers.get("Content-Type").map(Into::into),
        }
    }

    /// The archived payload, the bytes that SHA-256 digests and byte ranges are about: the
    /// block, but for a response its body after transfer decoding, content encoding kept.
    ///
    /// # Errors
    ///
    /// [`HttpError`] if a response has no readable HTTP header.
    pub fn payload(&self) -> Result<std::borrow::Cow<'_, [u8]>, HttpError> {
        match self.kind() {
            Kind::Response => Ok(HttpResponse::split(&self.block)?.transfer_decoded().bytes),
            _ => Ok(std::borrow::Cow::Borrowed(&self.block)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_without_case_and_in_order() {
        let mut headers = Headers::default();
        headers.push("WARC-Type", "resource");
        headers.push("warc-type", "metadata");
        assert_eq!(headers.get("Warc-Type"), Some("resource"));
        assert_eq!(headers.all("WARC-TYPE").count(), 2);
        assert_eq!(headers.get("WARC-Date"), None);
        assert_eq!(Kind::named("Resource"), Kind::Resource);
        assert_eq!(Kind::named("nonsense"), Kind::Other);
    }
}
