//! One exchange over the network, kept as it went over the wire.
//!
//! In: an [`Ask`]. Out: an [`Exchange`] with the bytes sent and received, or a [`FetchError`]. Follows no redirect, decodes
//! nothing, sends no cookie, and never drops what came: where a limit or the other side ends an answer early, what there
//! is is returned with the reason.
//!
//! The answer is read by a small reader of our own rather than by an HTTP library: servers and firewalls send headers that
//! libraries refuse (no reason phrase, bare line feeds, blanks in names, contradicting lengths), and those are the
//! answers that most need keeping.

mod connect;
mod framing;
mod http;
#[cfg(feature = "legacy-tls")]
mod legacy;
mod pool;
mod receive;
mod request;
mod tls;
mod wire;

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, watch};
use url::Url;

use super::address::Refused;
use crate::model::Outcome;

pub use http::{Http, HttpOptions, SetupError};
pub use tls::Certificates;

/// What is asked for: by `GET`, or by `POST` where there is a body.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// The address; its fragment, user and password are not sent.
    pub url: &'a Url,
    /// Fields besides those that are always sent, in this order and spelling: `If-None-Match`. One named like
    /// a field that is always sent takes its place.
    pub headers: Vec<(String, String)>,
    /// What is posted; `None` for pages, which are never posted to.
    pub body: Option<Vec<u8>>,
    /// How long and how much.
    pub limits: Limits,
    /// Becomes `true` when no more is wanted than has come: the exchange ends there, [`Truncated::Stopped`]. `None`
    /// where nobody will say so.
    pub cut: Option<watch::Receiver<bool>>,
}

impl<'a> Ask<'a> {
    /// An address within the usual limits.
    pub fn new(url: &'a Url) -> Self {
        Self {
            url,
            headers: Vec::new(),
            body: None,
            limits: Limits::default(),
            cut: None,
        }
    }
}

/// How long an exchange may take and how much it may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For looking up the name; again for connecting; again for the TLS handshake.
    pub connect: Duration,
    /// From the request to the end of the answer's header.
    pub header: Duration,
    /// Without a byte.
    pub idle: Duration,
    /// For everything together, waiting for room for a large body left out.
    pub total: Duration,
    /// Status line and fields, interim answers included.
    pub max_header_bytes: u64,
    /// The body as sent.
    pub max_body_bytes: u64,
}

impl Default for Limits {
    /// 15 s, 30 s, 30 s, 5 min; 256 KiB and 64 MiB.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            header: Duration::from_secs(30),
            idle: Duration::from_secs(30),
            total: Duration::from_mins(5),
            max_header_bytes: 256 * 1024,
            max_body_bytes: 64 * 1024 * 1024,
        }
    }
}

/// Why an answer is not whole (`WARC-Truncated`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truncated {
    /// It is longer than the limit for header or body.
    Length,
    /// It did not end in time.
    Time,
    /// The connection ended first.
    Disconnect,
    /// Whoever asked was stopped before it ended: nothing is known against the server.
    Stopped,
}

impl Truncated {
    /// The word of WARC 1.1, 5.13.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            // Of the words of the standard the one that fits: it did not end in the time that was left.
            Self::Time | Self::Stopped => "time",
            Self::Disconnect => "disconnect",
        }
    }
}

/// What is known of an encrypted connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFacts {
    /// `TLSv1_3`; empty where the library does not say.
    pub version: String,
    /// `TLS13_AES_256_GCM_SHA384`; empty where the library does not say.
    pub cipher: String,
    /// SHA-256 of each certificate as sent, the host's first, in hexadecimal.
    pub certificates_sha256: Vec<String>,
    /// What is wrong with the certificate, a line each; empty where it is good. With
    /// [`Certificates::Require`] always empty, since there is no exchange then.
    pub problems: Vec<String>,
    /// Whether the host knows only encryption that is held to be broken, and the feature `legacy-tls` read it.
    pub legacy: bool,
}

/// Room for a large body, given back when dropped: with its bytes, not before. Small ones have none.
#[derive(Debug, Default)]
pub struct Room(Vec<OwnedSemaphorePermit>);

impl Room {
    /// Whether it is that of a small body.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}

/// A request and the answer to it.
#[derive(Debug)]
pub struct Exchange {
    /// The request as sent.
    pub request: Vec<u8>,
    /// The answer as received: header, body and, where a server sends more than it announced, that too. Begins with `HTTP/`.
    pub response: Vec<u8>,
    /// What came on the connection before the answer and is no part of it: interim answers (100, 103), blank lines.
    pub before: Vec<u8>,
    /// Status code; `None` where the status line has no number of three digits.
    pub status: Option<u16>,
    /// Where it came from.
    pub address: SocketAddr,
    /// When asking began.
    pub started_at: Timestamp,
    /// Until the last byte.
    pub took: Duration,
    /// Why the answer is not whole; `None` where it is.
    pub truncated: Option<Truncated>,
    /// Of the encryption; `None` for plain HTTP.
    pub tls: Option<TlsFacts>,
    /// What is odd about the answer, a line each for people.
    pub notes: Vec<String>,
    /// Held while the exchange lives.
    pub room: Room,
}

/// What was being waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The host's address.
    Dns,
    /// The connection.
    Connect,
    /// The encryption.
    Tls,
    /// The first byte of the answer.
    Header,
}

impl Phase {
    /// The word for messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "name lookup",
            Self::Connect => "connection",
            Self::Tls => "TLS handshake",
            Self::Header => "answer",
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Neither http nor https, no host, or a port of another protocol (mail, SSH).
    #[error("{url}: no address of the web")]
    Unsupported {
        /// The address.
        url: String,
    },
    /// The name has no address, or nobody could be asked.
    #[error("{host}: no address: {reason}")]
    Dns {
        /// The name.
        host: String,
        /// As the system says.
        reason: String,
    },
    /// All addresses are of kinds that are not connected to.
    #[error("{host}: {}", refused.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    AddressRefused {
        /// The name.
        host: String,
        /// Each address with what it is.
        refused: Vec<Refused>,
    },
    /// No connection, or one that closed before a byte of an answer.
    #[error("{host} ({address}): {reason}")]
    Connect {
        /// The name.
        host: String,
        /// The last one tried.
        address: SocketAddr,
        /// As the system says.
        reason: String,
    },
    /// No common encryption, or a certificate that is not taken.
    #[error("{host} ({address}): {reason}")]
    Tls {
        /// The name.
        host: String,
        /// Where it was tried.
        address: SocketAddr,
        /// As the library says.
        reason: String,
    },
    /// Nothing came in time.
    #[error("{host}: no {} in time", phase.as_str())]
    Timeout {
        /// The name.
        host: String,
        /// What was waited for.
        phase: Phase,
        /// Where; `None` before it was known.
        address: Option<SocketAddr>,
    },
    /// What came is no HTTP.
    #[error("no HTTP from {}", got.address)]
    Protocol {
        /// What came, without a status.
        got: Box<Exchange>,
    },
}

impl FetchError {
    /// The word for the ledger.
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Unsupported { .. } => Outcome::OutOfScope,
            Self::Dns { .. } => Outcome::Dns,
            Self::AddressRefused { .. } => Outcome::AddressRefused,
            Self::Connect { .. } => Outcome::Connect,
            Self::Tls { .. } => Outcome::Tls,
            Self::Timeout { .. } => Outcome::Timeout,
            Self::Protocol { .. } => Outcome::Protocol,
        }
    }

    /// Where it was tried; `None` where it came to no address.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Connect { address, .. } | Self::Tls { address, .. } => Some(*address),
            Self::Timeout { address, .. } => *address,
            Self::Protocol { got } => Some(got.address),
            Self::Unsupported { .. } | Self::Dns { .. } | Self::AddressRefused { .. } => None,
        }
    }

    /// The bytes that came; `None` where none did.
    pub fn received(&self) -> Option<&Exchange> {
        match self {
            Self::Protocol { got } => Some(got),
            _ => None,
        }
    }
}

/// What fetches. The crawl knows this; tests put something else in its place.
pub trait Transport: Send + Sync {
    /// One exchange.
    ///
    /// Dropping the future closes the connection.
    fn fetch(&self, ask: &Ask<'_>) -> impl Future<Output = Result<Exchange, FetchError>> + Send;

    /// The address that a host's name leads to, to know whose turn it is before asking; `None` where it leads nowhere.
    fn resolve(&self, url: &Url, limits: &Limits) -> impl Future<Output = Option<IpAddr>> + Send {
        let _ = (url, limits);
        std::future::ready(None)
    }
}
