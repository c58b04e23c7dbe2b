//! Servers that know only the encryption of an older age. Compiled with the feature `legacy-tls` only.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nianbao::crawl::{Ask, Certificates, Exchange, FetchError, Http, HttpOptions, Transport};
use nianbao::model::Outcome;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::ssl::{Ssl, SslContext, SslMethod, SslStream, SslVersion};
use openssl::x509::{X509, X509NameBuilder};
use url::Url;

use crate::{limits, options, runtime};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A server that knows this only.
#[derive(Clone, Copy)]
struct Old {
    least: SslVersion,
    most: SslVersion,
    ciphers: &'static str,
}

impl Old {
    fn context(self) -> SslContext {
        let key = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", "www.a.example").unwrap();
        let name = name.build();
        let mut certificate = X509::builder().unwrap();
        certificate.set_version(2).unwrap();
        let number = BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap();
        certificate.set_serial_number(&number).unwrap();
        certificate.set_subject_name(&name).unwrap();
        certificate.set_issuer_name(&name).unwrap();
        certificate.set_pubkey(&key).unwrap();
        certificate
            .set_not_before(&Asn1Time::days_from_now(0).unwrap())
            .unwrap();
        certificate
            .set_not_after(&Asn1Time::days_from_now(9).unwrap())
            .unwrap();
        certificate.sign(&key, MessageDigest::sha1()).unwrap();
        let mut context = SslContext::builder(SslMethod::tls_server()).unwrap();
        context.set_security_level(0);
        context.set_min_proto_version(Some(self.least)).unwrap();
        context.set_max_proto_version(Some(self.most)).unwrap();
        context.set_cipher_list(self.ciphers).unwrap();
        context.set_private_key(&key).unwrap();
        context.set_certificate(&certificate.build()).unwrap();
        context.build()
    }

    /// Answers so many connections, whole handshakes or not; waits a few seconds at most for each. Counts those it had.
    fn serve(
        self,
        connections: usize,
        answer: &'static [u8],
    ) -> (SocketAddr, Arc<AtomicUsize>, JoinHandle<()>) {
        let context = self.context();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let thread = std::thread::spawn(move || {
            listener.set_nonblocking(true).unwrap();
            let until = Instant::now() + Duration::from_secs(8);
            while counted.load(Ordering::SeqCst) < connections && Instant::now() < until {
                let Ok((stream, _)) = listener.accept() else {
                    std::thread::sleep(Duration::from_millis(2));
                    continue;
                };
                counted.fetch_add(1, Ordering::SeqCst);
                stream.set_nonblocking(false).unwrap();
                stream
                    .set_read_timeout(Some(Duration::from_secs(5)))
                    .unwrap();
                let ssl = Ssl::new(&context).unwrap();
                let mut stream = SslStream::new(ssl, stream).unwrap();
                if stream.accept().is_err() {
                    continue;
                }
                let mut request = [0; 4096];
                if stream.read(&mut request).is_ok_and(|count| count > 0) {
                    stream.write_all(answer).unwrap();
                }
            }
        });
        (address, count, thread)
    }
}

fn http(address: SocketAddr, certificates: Certificates) -> Http {
    Http::new(HttpOptions {
        overrides: [("www.a.example".to_owned(), address)].into(),
        certificates,
        keep_alive: Duration::ZERO,
        ..options()
    })
    .unwrap()
}

fn ask(http: &Http) -> Result<Exchange, FetchError> {
    let url = Url::parse("https://www.a.example/").unwrap();
    let ask = Ask {
        limits: limits(),
        ..Ask::new(&url)
    };
    runtime().block_on(http.fetch(&ask))
}

#[test]
fn servers_of_an_older_age_are_fetched_and_that_is_recorded() {
    let (old, newer) = (SslVersion::TLS1, SslVersion::TLS1_2);
    for (server, version, cipher) in [
        (
            Old {
                least: old,
                most: old,
                ciphers: "ALL:@SECLEVEL=0",
            },
            "TLSv1_0",
            "TLS_",
        ),
        (
            Old {
                least: SslVersion::TLS1_1,
                most: SslVersion::TLS1_1,
                ciphers: "ALL:@SECLEVEL=0",
            },
            "TLSv1_1",
            "TLS_",
        ),
        (
            Old {
                least: newer,
                most: newer,
                ciphers: "AES128-SHA:@SECLEVEL=0",
            },
            "TLSv1_2",
            "TLS_RSA_WITH_AES_128_CBC_SHA",
        ),
        (
            Old {
                least: newer,
                most: newer,
                ciphers: "AES128-GCM-SHA256:@SECLEVEL=0",
            },
            "TLSv1_2",
            "TLS_RSA_WITH_AES_128_GCM_SHA256",
        ),
    ] {
        let (address, count, thread) = server.serve(3, OK);
        let http = http(address, Certificates::Record);
        for connections in [2, 3] {
            let got = ask(&http).unwrap();
            let tls = got.tls.unwrap();
            assert_eq!(got.response, OK);
            assert!(tls.legacy);
            assert_eq!(tls.version, version);
            assert!(tls.cipher.starts_with(cipher), "{}", tls.cipher);
            assert_eq!(tls.certificates_sha256.len(), 1);
            assert_eq!(tls.problems.len(), 1, "{:?}", tls.problems);
            // The second time nobody tries the newer way first.
            assert_eq!(count.load(Ordering::SeqCst), connections, "{version}");
        }
        thread.join().unwrap();
    }
}

#[test]
fn a_certificate_of_nobody_is_refused_there_too() {
    let server = Old {
        least: SslVersion::TLS1,
        most: SslVersion::TLS1,
        ciphers: "ALL:@SECLEVEL=0",
    };
    let (address, _, thread) = server.serve(2, OK);
    let error = ask(&http(address, Certificates::Require)).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Tls, "{error}");
    thread.join().unwrap();
}

#[test]
fn an_end_without_farewell_loses_nothing_there_either() {
    const OPEN: &[u8] = b"HTTP/1.1 200 OK\r\n\r\nok";
    let server = Old {
        least: SslVersion::TLS1,
        most: SslVersion::TLS1,
        ciphers: "ALL:@SECLEVEL=0",
    };
    let (address, _, thread) = server.serve(2, OPEN);
    let got = ask(&http(address, Certificates::Record)).unwrap();
    thread.join().unwrap();
    assert_eq!((got.response.as_slice(), got.truncated), (OPEN, None));
}
