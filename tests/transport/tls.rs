//! Encryption: good certificates, bad ones, and what is no encryption.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use nianbao::crawl::{Ask, Certificates, Exchange, FetchError, Http, HttpOptions, Transport};
use nianbao::model::Outcome;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

use crate::server::{Server, Step};
use crate::{limits, options, runtime};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Answers one connection under TLS; waits for it a few seconds at most.
fn serve(config: ServerConfig, answer: &'static [u8]) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        listener.set_nonblocking(true).unwrap();
        let serving = async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            let mut request = [0; 4096];
            if stream.read(&mut request).await.is_ok_and(|count| count > 0) {
                stream.write_all(answer).await.ok();
                stream.flush().await.ok();
            }
        };
        let bounded = async { tokio::time::timeout(Duration::from_secs(5), serving).await };
        runtime().block_on(bounded).ok();
    });
    (address, thread)
}

fn config(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap()
}

fn self_signed(name: &str) -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    config(vec![certificate.der().clone()], &key)
}

fn ask(options: HttpOptions, address: SocketAddr, host: &str) -> Result<Exchange, FetchError> {
    let http = Http::new(HttpOptions {
        overrides: [("www.a.example".to_owned(), address)].into(),
        ..options
    })
    .unwrap();
    let url = Url::parse(&format!("https://{host}/")).unwrap();
    let ask = Ask {
        limits: limits(),
        ..Ask::new(&url)
    };
    runtime().block_on(http.fetch(&ask))
}

#[test]
fn a_certificate_of_nobody_is_recorded_or_refused() {
    let (address, server) = serve(self_signed("www.a.example"), OK);
    let got = ask(options(), address, "www.a.example").unwrap();
    server.join().unwrap();
    let tls = got.tls.unwrap();
    assert_eq!(got.response, OK);
    assert_eq!(tls.version, "TLSv1_3");
    assert!(tls.cipher.starts_with("TLS13_"), "{}", tls.cipher);
    assert_eq!(tls.certificates_sha256.len(), 1);
    assert_eq!(tls.certificates_sha256[0].len(), 64);
    assert_eq!(tls.problems.len(), 1, "{:?}", tls.problems);

    let (address, server) = serve(self_signed("www.a.example"), OK);
    let strict = HttpOptions {
        certificates: Certificates::Require,
        ..options()
    };
    let error = ask(strict, address, "www.a.example").unwrap_err();
    server.join().unwrap();
    assert_eq!(error.outcome(), Outcome::Tls, "{error}");
}

#[test]
fn a_chain_to_a_known_authority_is_good() {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let host = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        config(vec![certificate.der().clone()], &key)
    };
    let trusting = |certificates| HttpOptions {
        certificates,
        roots: vec![authority.der().to_vec()],
        ..options()
    };
    let (address, server) = serve(host("www.a.example"), OK);
    let got = ask(trusting(Certificates::Require), address, "www.a.example").unwrap();
    server.join().unwrap();
    assert!(got.tls.unwrap().problems.is_empty());

    // The right authority, another host's name.
    let (address, server) = serve(host("www.b.example"), OK);
    let got = ask(trusting(Certificates::Record), address, "www.a.example").unwrap();
    server.join().unwrap();
    let problems = got.tls.unwrap().problems;
    assert!(
        problems.concat().contains("not valid for name"),
        "{problems:?}"
    );

    // An address has no name to ask for.
    let (address, server) = serve(host("127.0.0.1"), OK);
    let got = ask(
        trusting(Certificates::Require),
        address,
        &address.to_string(),
    )
    .unwrap();
    server.join().unwrap();
    assert_eq!(got.response, OK);
}

#[test]
fn an_end_without_farewell_is_noted() {
    let (address, server) = serve(self_signed("www.a.example"), b"HTTP/1.1 200 OK\r\n\r\nok");
    let got = ask(options(), address, "www.a.example").unwrap();
    server.join().unwrap();
    assert_eq!(got.truncated, None);
    assert!(
        got.notes.concat().contains("close_notify"),
        "{:?}",
        got.notes
    );
}

#[test]
fn what_is_no_encryption_is_a_failure() {
    let server = Server::new(vec![vec![Step::Send(OK.to_vec())]]);
    let error = ask(options(), server.address, "www.a.example").unwrap_err();
    assert_eq!(error.outcome(), Outcome::Tls, "{error}");
}

#[test]
fn roots_that_are_no_certificates_are_refused() {
    let options = HttpOptions {
        roots: vec![b"nonsense".to_vec()],
        ..options()
    };
    assert!(Http::new(options).is_err());
}
