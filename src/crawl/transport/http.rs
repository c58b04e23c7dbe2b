//! The transport that goes over the network.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::AsyncWriteExt;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::connect::{Way, origin};
use super::pool::{Connection, Origin, Pool};
use super::receive::{Deadlines, Received, Rooms, receive};
use super::tls::{Certificates, Tls};
use super::{Ask, Exchange, FetchError, Phase, Room, Transport, request};
use crate::archive::HttpResponse;
use crate::crawl::address::AddressPolicy;

/// Why there is no transport.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// An authority given besides is no certificate.
    #[error("a root certificate is not readable")]
    Root {
        /// As the library says.
        source: rustls::Error,
    },
    /// No verifier of certificates.
    #[error("no verifier of certificates")]
    Verifier {
        /// As the library says.
        source: rustls::server::VerifierBuilderError,
    },
    /// No encryption of an older age.
    #[cfg(feature = "legacy-tls")]
    #[error("OpenSSL cannot be set up")]
    Legacy {
        /// As the library says.
        source: openssl::error::ErrorStack,
    },
}

/// How the network is gone over.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// `User-Agent`, with the operator's contact.
    pub user_agent: String,
    /// Which addresses are connected to.
    pub policy: AddressPolicy,
    /// Host, or host and port → address to connect to instead, as `curl --resolve` does. The policy holds for it.
    pub overrides: BTreeMap<String, SocketAddr>,
    /// What is done about a bad certificate.
    pub certificates: Certificates,
    /// Authorities trusted besides those of browsers, each a certificate in DER.
    pub roots: Vec<Vec<u8>>,
    /// How long a connection is kept for the next request to its host; zero for never (`Connection: close`).
    pub keep_alive: Duration,
    /// How many answers may be larger than 512 KiB at once. One more waits, with what it has so far.
    pub large_answers: usize,
    /// How many of these may be larger than 8 MiB.
    pub huge_answers: usize,
}

impl Default for HttpOptions {
    /// No address besides, certificates recorded, connections kept for 15 s; eight large answers at once, one of
    /// them huge: 64 MiB for each kind.
    fn default() -> Self {
        Self {
            user_agent: concat!("nianbao/", env!("CARGO_PKG_VERSION")).into(),
            policy: AddressPolicy::default(),
            overrides: BTreeMap::new(),
            certificates: Certificates::default(),
            roots: Vec::new(),
            keep_alive: Duration::from_secs(15),
            large_answers: 8,
            huge_answers: 1,
        }
    }
}

/// HTTP/1.1 over TCP and TLS. No proxy, no cookie, no HTTP/2.
#[derive(Debug)]
pub struct Http {
    user_agent: String,
    policy: AddressPolicy,
    overrides: BTreeMap<String, SocketAddr>,
    tls: Tls,
    pool: Pool,
    rooms: Rooms,
}

/// What came over one connection.
struct Answer {
    connection: Connection,
    got: Received,
}

impl Http {
    /// A transport.
    ///
    /// # Errors
    ///
    /// [`SetupError`] for an authority that is no certificate.
    pub fn new(options: HttpOptions) -> Result<Self, SetupError> {
        let overrides = options.overrides.into_iter();
        Ok(Self {
            tls: Tls::new(options.certificates, &options.roots)?,
            user_agent: options.user_agent,
            policy: options.policy,
            overrides: overrides
                .map(|(host, address)| (as_in_addresses(&host), address))
                .collect(),
            pool: Pool::new(options.keep_alive),
            rooms: Rooms::new(options.large_answers, options.huge_answers),
        })
    }

    async fn exchange(&self, ask: &Ask<'_>) -> Result<Exchange, FetchError> {
        let started_at = Timestamp::now();
        let started = Instant::now();
        let Some(origin) = origin(ask.url) else {
            return Err(FetchError::Unsupported {
                url: ask.url.to_string(),
            });
        };
        let (request, left_out) = request::write(ask, &self.user_agent, self.pool.keeps());
        let total = started + ask.limits.total;
        let answer = self.answer(ask, &origin, &request, total).await?;
        let Answer { connection, got } = answer;
        let Connection { address, tls, .. } = &connection;
        let (address, tls) = (*address, tls.clone());
        if got.framing.is_unbegun(&got.bytes) {
            return Err(if got.silent {
                FetchError::Timeout {
                    host: origin.host,
                    phase: Phase::Header,
                    address: Some(address),
                }
            } else {
                let reason = got.failure.map(|error| error.to_string());
                FetchError::Connect {
                    host: origin.host,
                    address,
                    reason: reason.unwrap_or_else(|| "closed without an answer".into()),
                }
            });
        }
        let reusable = got.framing.reusable && got.truncated.is_none();
        let truncated = got.truncated;
        let Cut {
            before,
            response,
            room,
            mut notes,
        } = Cut::of(got);
        let unsent = left_out
            .iter()
            .map(|name| format!("not sent, since no header can hold it: {name}"));
        notes.extend(unsent);
        let exchange = Exchange {
            request,
            status: HttpResponse::split(&response)
                .ok()
                .map(|response| response.status),
            response,
            before,
            address,
            started_at,
            took: started.elapsed(),
            truncated,
            tls,
            notes,
            room: Room(room),
        };
        if !exchange.response.starts_with(b"HTTP/") {
            return Err(FetchError::Protocol {
                got: Box::new(exchange),
            });
        }
        if reusable {
            self.pool.put(origin, connection);
        }
        Ok(exchange)
    }

    /// Asks over an open connection, and once more over a new one where the open one turns out to have been closed.
    async fn answer(
        &self,
        ask: &Ask<'_>,
        origin: &Origin,
        request: &[u8],
        total: Instant,
    ) -> Result<Answer, FetchError> {
        if let Some(connection) = self.pool.take(origin).await {
            let answer = self.ask_over(connection, ask, request, total).await;
            let closed = answer.got.bytes.is_empty() && !answer.got.silent;
            if !closed {
                return Ok(answer);
            }
        }
        let way = Way {
            policy: &self.policy,
            overrides: &self.overrides,
            tls: &self.tls,
            limits: &ask.limits,
            total,
        };
        let connection = way.open(ask.url, origin).await?;
        Ok(self.ask_over(connection, ask, request, total).await)
    }

    async fn ask_over(
        &self,
        mut connection: Connection,
        ask: &Ask<'_>,
        request: &[u8],
        total: Instant,
    ) -> Answer {
        let limits = &ask.limits;
        let header = Instant::now() + limits.header;
        let wire = &mut connection.wire;
        let sent = timeout_at(total.min(header), async {
            wire.write_all(request).await?;
            wire.flush().await
        })
        .await;
        let deadlines = Deadlines {
            header,
            total,
            cut: ask.cut.clone(),
        };
        // A server may answer and close before it has read the request: what it said is waiting to be read.
        let mut got = receive(wire, limits, deadlines, &self.rooms).await;
        if let Ok(Err(error)) = sent
            && got.failure.is_none()
            && got.bytes.is_empty()
        {
            got.failure = Some(io::Error::new(error.kind(), error));
            got.silent = false;
        }
        Answer { connection, got }
    }
}

impl Transport for Http {
    async fn fetch(&self, ask: &Ask<'_>) -> Result<Exchange, FetchError> {
        self.exchange(ask).await
    }

    async fn resolve(&self, url: &url::Url, limits: &super::Limits) -> Option<IpAddr> {
        let origin = origin(url)?;
        let way = Way {
            policy: &self.policy,
            overrides: &self.overrides,
            tls: &self.tls,
            limits,
            total: Instant::now() + limits.total,
        };
        way.address(url, &origin).await
    }
}

/// Host, or host and port, as an address has them: lower case, punycode. Left as it is where it is neither.
fn as_in_addresses(text: &str) -> String {
    let Ok(url) = Url::parse(&format!("http://{}/", text.trim())) else {
        return text.to_owned();
    };
    let host = url.host_str().unwrap_or_default();
    // Not of the address: it leaves out the port 80 that is asked for here.
    match text.trim().rsplit_once(':') {
        Some((_, port)) if !port.ends_with(']') => format!("{host}:{port}"),
        _ => host.to_owned(),
    }
}

/// What came, cut into the answer and what stood before it.
struct Cut {
    before: Vec<u8>,
    response: Vec<u8>,
    notes: Vec<String>,
    room: Vec<OwnedSemaphorePermit>,
}

impl Cut {
    fn of(got: Received) -> Self {
        let mut before = got.bytes;
        let mut notes = got.framing.notes;
        let no_http = !before[got.framing.start..].starts_with(b"HTTP/");
        // Without HTTP nothing is told apart.
        let response = if no_http || got.framing.start == 0 {
            std::mem::take(&mut before)
        } else {
            before.split_off(got.framing.start)
        };
        if !before.is_empty() && before.iter().all(u8::is_ascii_whitespace) {
            notes.push("blank lines before the status line".into());
        }
        if got.truncated.is_some() && got.framing.body.is_none() && !no_http {
            notes.push("the header does not end".into());
        }
        Self {
            before,
            response,
            notes,
            room: got.room,
        }
    }
}
