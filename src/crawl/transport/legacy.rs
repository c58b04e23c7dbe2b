//! Encryption of an older age, with OpenSSL built along: for hosts that rustls found no common ground with.
//!
//! TLS 1.0 and later, key exchange without forward secrecy, short keys, renegotiation of the old kind. Nobody who listens is
//! kept from reading or changing such a page; that it came so is recorded with it. Certificates are looked at by
//! the same verifier as everywhere.

use std::net::IpAddr;
use std::pin::Pin;

use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslContext, SslMethod, SslOptions, SslRef, SslVerifyMode, SslVersion};
use rustls::pki_types::CertificateDer;
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

use super::TlsFacts;

/// All that has a certificate and a cipher, whatever its strength.
const CIPHERS: &str = "ALL:!aNULL:!eNULL:@SECLEVEL=0";

/// What legacy connections share.
pub(super) struct Legacy(SslContext);

impl std::fmt::Debug for Legacy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Legacy")
    }
}

impl Legacy {
    pub(super) fn new() -> Result<Self, ErrorStack> {
        let mut context = SslContext::builder(SslMethod::tls_client())?;
        // The chain is verified by who asked, as with rustls.
        context.set_verify(SslVerifyMode::NONE);
        context.set_security_level(0);
        context.set_cipher_list(CIPHERS)?;
        context.set_min_proto_version(Some(SslVersion::TLS1))?;
        context.set_options(SslOptions::ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
        context.set_alpn_protos(b"\x08http/1.1")?;
        Ok(Self(context.build()))
    }

    /// Puts encryption on a connection; the certificates as sent, the host's first. Nothing is verified yet.
    pub(super) async fn wrap(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> std::io::Result<(SslStream<TcpStream>, Vec<CertificateDer<'static>>)> {
        let mut ssl = Ssl::new(&self.0)?;
        let host = host.trim_matches(['[', ']']);
        // An address has no name to ask for.
        if host.parse::<IpAddr>().is_err() {
            ssl.set_hostname(host)?;
        }
        let mut stream = SslStream::new(ssl, stream)?;
        Pin::new(&mut stream)
            .connect()
            .await
            .map_err(std::io::Error::other)?;
        let chain = chain(stream.ssl())?;
        Ok((stream, chain))
    }
}

fn chain(session: &SslRef) -> Result<Vec<CertificateDer<'static>>, ErrorStack> {
    let sent = session.peer_cert_chain().into_iter().flatten();
    sent.map(|certificate| certificate.to_der().map(CertificateDer::from))
        .collect()
}

/// What is known of such a connection.
pub(super) fn facts(
    session: &SslRef,
    chain: &[CertificateDer<'_>],
    problems: Vec<String>,
) -> TlsFacts {
    // In the spelling of rustls.
    let version = match session.version_str() {
        "TLSv1" => "TLSv1_0".to_owned(),
        other => other.replace('.', "_"),
    };
    let cipher = session.current_cipher();
    let name = cipher.map(|cipher| cipher.standard_name().unwrap_or(cipher.name()));
    TlsFacts {
        version,
        cipher: name.unwrap_or_default().to_owned(),
        certificates_sha256: chain
            .iter()
            .map(|certificate| crate::archive::sha256_hex(certificate))
            .collect(),
        problems,
        legacy: true,
    }
}

/// OpenSSL's error for a connection that ends without farewell, as the error it is with rustls.
pub(super) fn plainer(error: std::io::Error) -> std::io::Error {
    if error.kind() == std::io::ErrorKind::Other && error.to_string().contains("unexpected eof") {
        return std::io::Error::new(std::io::ErrorKind::UnexpectedEof, error);
    }
    error
}
