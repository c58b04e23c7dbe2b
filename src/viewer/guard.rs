//! Who is let in, and what a page may do.
//!
//! A page of another site can make a browser ask the loopback. So each request must name a host that is this server's
//! (against DNS rebinding), and each decision must bring a token that only our own pages hold (against forged requests).

use std::net::SocketAddr;

use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

/// What our own pages may load: styles, pictures and frames of this server, no scripts but its files.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src 'self'; \
connect-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A password, kept as a digest.
#[derive(Clone)]
pub struct Password([u8; 32]);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// From its text; `None` for an empty one.
    pub fn new(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(Sha256::digest(text).into()))
    }

    /// Whether a text is the password. Digests are compared, so the time says nothing of how much was right.
    fn is(&self, text: &[u8]) -> bool {
        let other: [u8; 32] = Sha256::digest(text).into();
        let difference = self
            .0
            .iter()
            .zip(other)
            .fold(0, |all, (a, b)| all | (a ^ b));
        difference == 0
    }
}

/// Who may ask for what.
#[derive(Debug)]
pub(super) struct Guard {
    hosts: Vec<String>,
    password: Option<Password>,
    token: String,
}

/// Why a request is not heeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The host it names is not ours.
    Host,
    /// It has no password, or a wrong one.
    Password,
    /// It does not come from one of our pages.
    Forged,
}

impl Guard {
    /// For a server at `address`, which is also known by the names `hosts`, each with or without a port.
    pub fn new(address: SocketAddr, hosts: &[String], password: Option<Password>) -> Self {
        let port = address.port();
        let mut known = vec![address.to_string(), format!("localhost:{port}")];
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            known.extend([format!("127.0.0.1:{port}"), format!("[::1]:{port}")]);
        }
        known.extend(hosts.iter().flat_map(|host| {
            let host = host.to_ascii_lowercase();
            [format!("{host}:{port}"), host]
        }));
        if port == 80 {
            let bare: Vec<String> = known
                .iter()
                .filter_map(|host| Some(host.strip_suffix(":80")?.to_owned()))
                .collect();
            known.extend(bare);
        }
        Self {
            hosts: known,
            password,
            token: token(),
        }
    }

    /// What forms must send back.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Whether a request may be answered.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn admit(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let host = text(headers, header::HOST).ok_or(Refused::Host)?;
        if !self.hosts.contains(&host.to_ascii_lowercase()) {
            return Err(Refused::Host);
        }
        let Some(password) = &self.password else {
            return Ok(());
        };
        let given = text(headers, header::AUTHORIZATION)
            .and_then(|value| value.strip_prefix("Basic "))
            .and_then(|value| BASE64.decode(value.trim().as_bytes()).ok());
        // RFC 7617: user, colon, password; any user.
        let given = given.as_deref().and_then(|pair| {
            let at = pair.iter().position(|byte| *byte == b':')?;
            Some(&pair[at + 1..])
        });
        match given {
            Some(given) if password.is(given) => Ok(()),
            _ => Err(Refused::Password),
        }
    }

    /// Whether a request that changes something comes from one of our own pages.
    ///
    /// # Errors
    ///
    /// [`Refused::Forged`].
    pub fn admit_change(&self, headers: &HeaderMap, token: Option<&str>) -> Result<(), Refused> {
        let is_ours = match text(headers, header::ORIGIN) {
            Some(origin) => origin
                .split_once("://")
                .is_some_and(|(_, host)| self.hosts.contains(&host.to_ascii_lowercase())),
            // Older browsers send none with a form of the same site.
            None => true,
        };
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        let is_same = site.is_none_or(|site| site == b"same-origin");
        let is_token = token.is_some_and(|token| {
            let digests = [token, self.token.as_str()].map(Sha256::digest);
            digests[0] == digests[1]
        });
        if is_ours && is_same && is_token {
            Ok(())
        } else {
            Err(Refused::Forged)
        }
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// 256 bits that nobody can guess.
fn token() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    // Each state has keys from the system's random numbers.
    let mut digest = Sha256::new();
    for turn in 0..4_u8 {
        digest.update(RandomState::new().hash_one(turn).to_be_bytes());
    }
    HEXLOWER.encode(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let guard = Guard::new(
            "127.0.0.1:8080".parse().unwrap(),
            &["Reports.example".into()],
            None,
        );
        for (host, want) in [
            ("127.0.0.1:8080", Ok(())),
            ("localhost:8080", Ok(())),
            ("[::1]:8080", Ok(())),
            ("reports.example", Ok(())),
            ("reports.example:8080", Ok(())),
            ("127.0.0.1", Err(Refused::Host)),
            ("evil.example:8080", Err(Refused::Host)),
            ("localhost:8080.evil.example", Err(Refused::Host)),
        ] {
            assert_eq!(guard.admit(&headers(&[("host", host)])), want, "{host}");
        }
        assert_eq!(guard.admit(&HeaderMap::new()), Err(Refused::Host));
    }

    #[test]
    fn a_password_is_asked_for() {
        let guard = Guard::new(
            "192.0.2.1:80".parse().unwrap(),
            &[],
            Password::new("秘密:x"),
        );
        let with = |pair: &str| {
            let value = format!("Basic {}", BASE64.encode(pair.as_bytes()));
            guard.admit(&headers(&[
                ("host", "192.0.2.1"),
                ("authorization", &value),
            ]))
        };
        assert_eq!(with("any:秘密:x"), Ok(()));
        assert_eq!(with("any:秘密"), Err(Refused::Password));
        assert_eq!(with("秘密:x"), Err(Refused::Password));
        assert_eq!(
            guard.admit(&headers(&[("host", "192.0.2.1")])),
            Err(Refused::Password)
        );
        assert!(Password::new("").is_none());
    }

    #[test]
    fn a_change_needs_our_token_and_our_page() {
        let guard = Guard::new("127.0.0.1:8080".parse().unwrap(), &[], None);
        let token = guard.token().to_owned();
        let ours = ("origin", "http://127.0.0.1:8080");
        let forged = Err(Refused::Forged);
        assert_eq!(guard.admit_change(&headers(&[ours]), Some(&token)), Ok(()));
        assert_eq!(guard.admit_change(&headers(&[]), Some(&token)), Ok(()));
        assert_eq!(guard.admit_change(&headers(&[ours]), None), forged);
        assert_eq!(guard.admit_change(&headers(&[ours]), Some("0")), forged);
        let evil = [("origin", "http://evil.example")];
        assert_eq!(guard.admit_change(&headers(&evil), Some(&token)), forged);
        assert_eq!(
            guard.admit_change(&headers(&[("origin", "null")]), Some(&token)),
            forged
        );
        let cross = [("sec-fetch-site", "cross-site")];
        assert_eq!(guard.admit_change(&headers(&cross), Some(&token)), forged);
        assert_ne!(
            Guard::new("127.0.0.1:1".parse().unwrap(), &[], None).token(),
            token
        );
    }
}
