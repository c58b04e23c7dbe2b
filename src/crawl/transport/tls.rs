//! Encryption, and what is known of it.
//!
//! rustls speaks TLS 1.2 and 1.3 with forward secrecy only; a server that knows less is a
//! [`FetchError::Tls`](super::FetchError::Tls), or with the feature `legacy-tls` is asked in its own way.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{SetupError, TlsFacts};

/// What is done about a certificate that is not in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Certificates {
    /// It is taken, and what is wrong with it is recorded. Many public bodies let theirs expire; their reports
    /// are no secret, and a page lost is lost.
    #[default]
    Record,
    /// No connection is made.
    Require,
}

/// What all encrypted connections share.
#[derive(Debug)]
pub(super) struct Tls {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
    certificates: Certificates,
    #[cfg(feature = "legacy-tls")]
    older: super::legacy::Legacy,
    /// Hosts with their ports that were found to know only older encryption, since this was made.
    #[cfg(feature = "legacy-tls")]
    outdated: Mutex<std::collections::BTreeSet<String>>,
}

impl Tls {
    /// With the authorities browsers trust and `roots` (DER) besides.
    pub(super) fn new(certificates: Certificates, roots: &[Vec<u8>]) -> Result<Self, SetupError> {
        let mut store = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        for root in roots {
            store
                .add(CertificateDer::from(root.as_slice()))
                .map_err(|source| SetupError::Root { source })?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider))
                .build()
                .map_err(|source| SetupError::Verifier { source })?;
        Ok(Self {
            provider,
            verifier,
            certificates,
            #[cfg(feature = "legacy-tls")]
            older: super::legacy::Legacy::new().map_err(|source| SetupError::Legacy { source })?,
            #[cfg(feature = "legacy-tls")]
            outdated: Mutex::default(),
        })
    }

    /// Puts encryption on a connection.
    pub(super) async fn wrap(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> std::io::Result<(TlsStream<TcpStream>, TlsFacts)> {
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
            .map_err(std::io::Error::other)?;
        let recorder = Arc::new(Recorder {
            inner: Arc::clone(&self.verifier),
            certificates: self.certificates,
            problems: Mutex::new(Vec::new()),
        });
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(std::io::Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&recorder) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A resumed session shows no certificate, and there would be nothing to record.
        config.resumption = rustls::client::Resumption::disabled();
        let stream = TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await?;
        let facts = facts(&stream, &recorder);
        Ok((stream, facts))
    }
}

#[cfg(feature = "legacy-tls")]
impl Tls {
    /// Puts encryption of an older age on a connection, and remembers that the host needs it.
    pub(super) async fn wrap_legacy(
        &self,
        host: &str,
        port: u16,
        stream: TcpStream,
    ) -> std::io::Result<(tokio_openssl::SslStream<TcpStream>, TlsFacts)> {
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
            .map_err(std::io::Error::other)?;
        let (stream, chain) = self.older.wrap(host, stream).await?;
        let mut problems = Vec::new();
        let Some((first, others)) = chain.split_first() else {
            return Err(std::io::Error::other("no certificate was shown"));
        };
        let now = UnixTime::now();
        let checked = self
            .verifier
            .verify_server_cert(first, others, &name, &[], now);
        match checked {
            Err(error) if self.certificates == Certificates::Record => {
                problems.push(error.to_string());
            }
            other => {
                other.map_err(std::io::Error::other)?;
            }
        }
        let facts = super::legacy::facts(stream.ssl(), &chain, problems);
        let mut outdated = self.outdated.lock().unwrap_or_else(PoisonError::into_inner);
        outdated.insert(format!("{host}:{port}"));
        Ok((stream, facts))
    }

    /// Whether a host was found to know only older encryption.
    pub(super) fn is_known_outdated(&self, host: &str, port: u16) -> bool {
        let outdated = self.outdated.lock().unwrap_or_else(PoisonError::into_inner);
        outdated.contains(&format!("{host}:{port}"))
    }
}

/// Whether a handshake failed as it does where the host knows only encryption that rustls does not: it says so, it picks what was
/// not offered, or it hangs up without a word. A bad certificate is no such thing, nor is an answer without encryption.
pub(super) fn is_outdated(error: &std::io::Error) -> bool {
    let inner = error.get_ref();
    match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error) => matches!(
            error,
            rustls::Error::AlertReceived(_)
                | rustls::Error::PeerIncompatible(_)
                | rustls::Error::PeerMisbehaved(_)
        ),
        None => matches!(
            error.kind(),
            std::io::ErrorKind::UnexpectedEof
                | std::io::ErrorKind::ConnectionReset
                | std::io::ErrorKind::ConnectionAborted
                | std::io::ErrorKind::BrokenPipe
        ),
    }
}

fn facts(stream: &TlsStream<TcpStream>, recorder: &Recorder) -> TlsFacts {
    let session = stream.get_ref().1;
    let shown = |value: Option<String>| value.unwrap_or_default();
    let chain = session.peer_certificates().unwrap_or_default();
    TlsFacts {
        version: shown(
            session
                .protocol_version()
                .map(|version| format!("{version:?}")),
        ),
        cipher: shown(
            session
                .negotiated_cipher_suite()
                .map(|suite| format!("{:?}", suite.suite())),
        ),
        certificates_sha256: chain
            .iter()
            .map(|certificate| crate::archive::sha256_hex(certificate))
            .collect(),
        problems: recorder
            .problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone(),
        legacy: false,
    }
}

/// Asks the usual verifier, and writes down what it says against a certificate.
#[derive(Debug)]
struct Recorder {
    inner: Arc<WebPkiServerVerifier>,
    certificates: Certificates,
    problems: Mutex<Vec<String>>,
}

impl Recorder {
    fn settle<T>(&self, checked: Result<T, rustls::Error>, taken: T) -> Result<T, rustls::Error> {
        match checked {
            Err(error) if self.certificates == Certificates::Record => {
                let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
                problems.push(error.to_string());
                Ok(taken)
            }
            settled => settled,
        }
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let checked = self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        self.settle(checked, ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let checked = self.inner.verify_tls12_signature(message, cert, signed);
        self.settle(checked, HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let checked = self.inner.verify_tls13_signature(message, cert, signed);
        self.settle(checked, HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.inner.supported_verify_schemes();
        if self.certificates == Certificates::Record {
            // Old servers know nothing else; that it proves nothing is recorded.
            schemes.extend([
                SignatureScheme::RSA_PKCS1_SHA1,
                SignatureScheme::ECDSA_SHA1_Legacy,
            ]);
        }
        schemes
    }
}
