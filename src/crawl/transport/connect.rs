//! From a host to a connection: names, addresses that may be connected to, encryption.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout, timeout_at};
use url::{Host, Url};

use super::pool::{Connection, Origin};
use super::tls::{Tls, is_outdated};
use super::wire::Wire;
use super::{FetchError, Limits, Phase};
use crate::crawl::address::{AddressPolicy, Refused};

/// How many addresses of a name are tried.
const MAX_ADDRESSES: usize = 6;

/// Ports no page is fetched from: <https://fetch.spec.whatwg.org/#port-blocking>.
const BAD_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
];

/// What to do about a host that knows only what rustls does not.
#[cfg(not(feature = "legacy-tls"))]
const ELSEWISE: &str = "if it knows only old encryption, a program built with `--features legacy-tls` reads it (docs/crawl.md)";

/// Where a connection is to lead.
pub(super) struct Way<'a> {
    pub(super) policy: &'a AddressPolicy,
    /// Host, or host and port, in lower case → address.
    pub(super) overrides: &'a BTreeMap<String, SocketAddr>,
    pub(super) tls: &'a Tls,
    pub(super) limits: &'a Limits,
    /// For everything together.
    pub(super) total: Instant,
}

/// The addresses that may be tried, and the others.
fn sort(policy: &AddressPolicy, addresses: Vec<SocketAddr>) -> (Vec<SocketAddr>, Vec<Refused>) {
    let mut allowed = Vec::new();
    let mut refused = Vec::new();
    for address in addresses {
        match policy.check(address.ip()) {
            Ok(()) if allowed.len() < MAX_ADDRESSES => allowed.push(address),
            Ok(()) => {}
            Err(why) => refused.push(why),
        }
    }
    (allowed, refused)
}

/// Scheme, host and port of an address; `None` where it is neither http nor https, or
/// leads to a port of another protocol, which a hostile link would have us write to.
pub(super) fn origin(url: &Url) -> Option<Origin> {
    let encrypted = match url.scheme() {
        "http" => false,
        "https" => true,
        _ => return None,
    };
    let port = url.port_or_known_default()?;
    if BAD_PORTS.binary_search(&port).is_ok() {
        return None;
    }
    Some(Origin {
        encrypted,
        host: url.host_str().filter(|host| !host.is_empty())?.to_owned(),
        port,
    })
}

impl Way<'_> {
    /// A new connection. The policy is asked about the addresses themselves, so a name that
    /// changes its mind between question and connection gains nothing.
    pub(super) async fn open(&self, url: &Url, origin: &Origin) -> Result<Connection, FetchError> {
        let host = &origin.host;
        let addresses = self.addresses(url, origin).await?;
        let (allowed, refused) = sort(self.policy, addresses);
        if allowed.is_empty() {
            return Err(FetchError::AddressRefused {
                host: host.clone(),
                refused,
            });
        }
        let (stream, address) = self.connect(host, &allowed).await?;
        // Requests are one write each; waiting to join them only delays.
        stream.set_nodelay(true).ok();
        if !origin.encrypted {
            return Ok(Connection {
                wire: Wire::Plain(stream),
                address,
                tls: None,
            });
        }
        #[cfg(feature = "legacy-tls")]
        if self.tls.is_known_outdated(host, origin.port) {
            return self.open_legacy(origin, stream, address).await;
        }
        match self.shaken(self.tls.wrap(host, stream)).await {
            Some(Ok((stream, facts))) => Ok(Connection {
                wire: Wire::Tls(Box::new(stream)),
                address,
                tls: Some(facts),
            }),
            #[cfg(feature = "legacy-tls")]
            Some(Err(error)) if is_outdated(&error) => {
                let (stream, address) = self.connect(host, &[address]).await?;
                stream.set_nodelay(true).ok();
                let older = self.open_legacy(origin, stream, address).await;
                older.map_err(|failed| match failed {
                    FetchError::Tls { reason, .. } => FetchError::Tls {
                        host: host.clone(),
                        address,
                        reason: format!("{error}; with older encryption: {reason}"),
                    },
                    other => other,
                })
            }
            #[cfg(not(feature = "legacy-tls"))]
            Some(Err(error)) if is_outdated(&error) => Err(FetchError::Tls {
                host: host.clone(),
                address,
                reason: format!("{error}; {ELSEWISE}"),
            }),
            Some(Err(error)) => Err(FetchError::Tls {
                host: host.clone(),
                address,
                reason: error.to_string(),
            }),
            None => Err(too_slow(host, address)),
        }
    }

    /// A handshake within its time; `None` where it takes longer.
    async fn shaken<T>(&self, handshake: impl Future<Output = T>) -> Option<T> {
        let until = self.total.min(Instant::now() + self.limits.connect);
        timeout_at(until, handshake).await.ok()
    }

    /// A connection to a host that knows only encryption of an older age.
    #[cfg(feature = "legacy-tls")]
    async fn open_legacy(
        &self,
        origin: &Origin,
        stream: TcpStream,
        address: SocketAddr,
    ) -> Result<Connection, FetchError> {
        let host = &origin.host;
        let handshake = self.tls.wrap_legacy(host, origin.port, stream);
        match self.shaken(handshake).await {
            Some(Ok((stream, facts))) => Ok(Connection {
                wire: Wire::Legacy(Box::new(stream)),
                address,
                tls: Some(facts),
            }),
            Some(Err(error)) => Err(FetchError::Tls {
                host: host.clone(),
                address,
                reason: error.to_string(),
            }),
            None => Err(too_slow(host, address)),
        }
    }

    /// The first address that would be connected to.
    pub(super) async fn address(&self, url: &Url, origin: &Origin) -> Option<IpAddr> {
        let found = self.addresses(url, origin).await.ok()?;
        let mut allowed = found.iter().map(SocketAddr::ip);
        allowed.find(|ip| self.policy.check(*ip).is_ok())
    }

    async fn addresses(&self, url: &Url, origin: &Origin) -> Result<Vec<SocketAddr>, FetchError> {
        let Origin { host, port, .. } = origin;
        let given = self.overrides.get(&format!("{host}:{port}"));
        if let Some(address) = given.or_else(|| self.overrides.get(host)) {
            return Ok(vec![*address]);
        }
        match url.host() {
            Some(Host::Ipv4(ip)) => return Ok(vec![SocketAddr::new(IpAddr::V4(ip), *port)]),
            Some(Host::Ipv6(ip)) => return Ok(vec![SocketAddr::new(IpAddr::V6(ip), *port)]),
            _ => {}
        }
        let limit = self.limits.connect.min(self.total - Instant::now());
        let failed = |reason: String| FetchError::Dns {
            host: host.clone(),
            reason,
        };
        match timeout(limit, lookup_host((host.as_str(), *port))).await {
            Ok(Ok(found)) => {
                let mut addresses: Vec<SocketAddr> = found.collect();
                addresses.dedup();
                if addresses.is_empty() {
                    return Err(failed("the name has none".into()));
                }
                Ok(addresses)
            }
            Ok(Err(error)) => Err(failed(error.to_string())),
            Err(_) => Err(FetchError::Timeout {
                host: host.clone(),
                phase: Phase::Dns,
                address: None,
            }),
        }
    }

    /// The first address that takes the connection; each gets its share of the time.
    async fn connect(
        &self,
        host: &str,
        addresses: &[SocketAddr],
    ) -> Result<(TcpStream, SocketAddr), FetchError> {
        let until = self.total.min(Instant::now() + self.limits.connect);
        let mut last = None;
        for (tried, address) in addresses.iter().enumerate() {
            let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
            let share = until.saturating_duration_since(Instant::now()) / left;
            match timeout(share, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok((stream, *address)),
                Ok(Err(error)) => {
                    last = Some(FetchError::Connect {
                        host: host.to_owned(),
                        address: *address,
                        reason: error.to_string(),
                    });
                }
                Err(_) => {
                    last = Some(FetchError::Timeout {
                        host: host.to_owned(),
                        phase: Phase::Connect,
                        address: Some(*address),
                    });
                }
            }
        }
        Err(last.unwrap_or_else(|| FetchError::Dns {
            host: host.to_owned(),
            reason: "the name has none".into(),
        }))
    }
}

fn too_slow(host: &str, address: SocketAddr) -> FetchError {
    FetchError::Timeout {
        host: host.to_owned(),
        phase: Phase::Tls,
        address: Some(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_tried_at_its_public_addresses_only() {
        let addresses = |list: &[&str]| -> Vec<SocketAddr> {
            list.iter().map(|text| text.parse().unwrap()).collect()
        };
        let mixed = addresses(&[
            "10.0.0.1:80",
            "59.252.1.1:80",
            "[::1]:80",
            "[240e::1]:80",
            "169.254.169.254:80",
        ]);
        let (allowed, refused) = sort(&AddressPolicy::default(), mixed);
        assert_eq!(allowed, addresses(&["59.252.1.1:80", "[240e::1]:80"]));
        assert_eq!(refused.len(), 3);
        let many = (1..100)
            .map(|last| SocketAddr::from(([59, 252, 1, last], 80)))
            .collect();
        assert_eq!(sort(&AddressPolicy::default(), many).0.len(), MAX_ADDRESSES);
    }

    #[test]
    fn only_ports_of_the_web_are_connected_to() {
        assert!(BAD_PORTS.is_sorted());
        let is_taken = |url: &str| origin(&Url::parse(url).unwrap()).is_some();
        assert!(is_taken("http://a.example/") && is_taken("https://a.example:8443/"));
        for url in [
            "http://a.example:25/",
            "https://a.example:22/",
            "http://a.example:6667/",
            "ftp://a.example/",
        ] {
            assert!(!is_taken(url), "{url}");
        }
    }
}
