//! Addresses, names, connections kept.

use std::time::{Duration, Instant};

use nianbao::crawl::{
    AddressClass, AddressPolicy, Ask, FetchError, Http, HttpOptions, Limits, Transport,
};
use nianbao::model::Outcome;
use url::Url;

use crate::server::{Server, Step, answer};
use crate::{fetch, limits, options, runtime, url};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn what_is_sent_is_what_is_kept() {
    let server = Server::new(vec![answer(OK)]);
    let got = fetch(&url(server.address), limits()).unwrap();
    assert_eq!(got.address, server.address);
    assert!(got.tls.is_none() && got.took > Duration::ZERO);
    assert_eq!(server.requests(), [got.request]);
}

#[test]
fn the_loopback_is_not_connected_to_unless_allowed() {
    let server = Server::new(vec![answer(OK)]);
    let port = server.address.port();
    let strict = HttpOptions {
        policy: AddressPolicy::default(),
        overrides: [("www.a.example".to_owned(), server.address)].into(),
        ..options()
    };
    let http = Http::new(strict).unwrap();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0x7f.1",
        "www.a.example",
    ] {
        let url = Url::parse(&format!("http://{host}:{port}/")).unwrap();
        let error = runtime().block_on(http.fetch(&Ask::new(&url))).unwrap_err();
        assert_eq!(error.outcome(), Outcome::AddressRefused, "{host}");
        let FetchError::AddressRefused { refused, .. } = error else {
            panic!("{host}: {error}");
        };
        assert!(
            refused
                .iter()
                .all(|one| one.class == AddressClass::Loopback),
            "{host}"
        );
    }
    // The one script is still there: nobody has connected.
    assert!(fetch(&url(server.address), limits()).is_ok());
}

#[test]
fn names_lead_where_the_configuration_says() {
    let server = Server::new(vec![answer(OK), answer(OK), answer(OK)]);
    let http = Http::new(HttpOptions {
        overrides: [
            ("WWW.A.example".to_owned(), server.address),
            ("b.example:8080".to_owned(), server.address),
            ("年报.example".to_owned(), server.address),
        ]
        .into(),
        ..options()
    })
    .unwrap();
    for address in [
        "http://www.a.example/",
        "http://b.example:8080/",
        "http://年报.example:99/",
    ] {
        let url = Url::parse(address).unwrap();
        let got = runtime().block_on(http.fetch(&Ask::new(&url))).unwrap();
        assert_eq!(got.status, Some(200), "{address}");
    }
    let requests = server.requests();
    let host = |at: usize| {
        String::from_utf8_lossy(&requests[at])
            .lines()
            .nth(1)
            .unwrap()
            .to_owned()
    };
    assert_eq!(host(0), "Host: www.a.example");
    assert_eq!(host(1), "Host: b.example:8080");
    assert_eq!(host(2), "Host: xn--hwt46g.example:99");
}

#[test]
fn failures_have_their_words() {
    let limits = Limits {
        connect: Duration::from_secs(2),
        ..limits()
    };
    let gone = Server::new(vec![answer(OK)]);
    let closed = url(gone.address);
    fetch(&closed, limits).unwrap();
    gone.requests();
    assert_eq!(
        fetch(&closed, limits).unwrap_err().outcome(),
        Outcome::Connect
    );

    let nowhere = Url::parse("http://no-such-name.invalid/").unwrap();
    let outcome = fetch(&nowhere, limits).unwrap_err().outcome();
    assert!(
        matches!(outcome, Outcome::Dns | Outcome::Timeout),
        "{outcome:?}"
    );

    for other in [
        "ftp://a.example/",
        "file:///etc/hostname",
        "data:,x",
        "mailto:a@a.example",
    ] {
        let other = Url::parse(other).unwrap();
        let error = fetch(&other, limits).unwrap_err();
        assert!(matches!(error, FetchError::Unsupported { .. }), "{error}");
    }
}

#[test]
fn a_connection_serves_again_until_it_is_closed() {
    let two = vec![
        Step::Ask,
        Step::Send(OK.to_vec()),
        Step::Ask,
        Step::Send(OK.to_vec()),
    ];
    let server = Server::new(vec![two, answer(OK)]);
    let http = Http::new(options()).unwrap();
    let url = url(server.address);
    let ask = Ask {
        limits: limits(),
        ..Ask::new(&url)
    };
    runtime().block_on(async {
        for _ in 0..3 {
            assert_eq!(http.fetch(&ask).await.unwrap().status, Some(200));
            // Time for the server to close, so that the third finds it closed.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_connection_closed_upon_asking_is_asked_once_more_over_a_new_one() {
    // Reads the second request and closes without a word: as if the time to keep it were just over.
    let closes = vec![Step::Ask, Step::Send(OK.to_vec()), Step::Ask];
    let server = Server::new(vec![closes.clone(), closes, vec![Step::Ask]]);
    let http = Http::new(options()).unwrap();
    let url = url(server.address);
    let ask = Ask {
        limits: limits(),
        ..Ask::new(&url)
    };
    runtime().block_on(async {
        http.fetch(&ask).await.unwrap();
        http.fetch(&ask).await.unwrap();
        // The third goes over the second connection, then over a third, and that is all.
        let error = http.fetch(&ask).await.unwrap_err();
        assert!(matches!(error, FetchError::Connect { .. }), "{error}");
    });
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn a_connection_with_bytes_left_over_is_not_used_again() {
    let surplus = [OK, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake"].concat();
    let server = Server::new(vec![answer(surplus.clone()), answer(OK)]);
    let http = Http::new(options()).unwrap();
    let url = url(server.address);
    let ask = Ask {
        limits: limits(),
        ..Ask::new(&url)
    };
    runtime().block_on(async {
        assert_eq!(http.fetch(&ask).await.unwrap().response, surplus);
        assert_eq!(http.fetch(&ask).await.unwrap().response, OK);
    });
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn large_answers_wait_for_each_other() {
    let body = 700 * 1024;
    let mut bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {body}\r\n\r\n").into_bytes();
    bytes.resize(bytes.len() + body, b'x');
    let servers: Vec<_> = (0..3)
        .map(|_| Server::new(vec![answer(bytes.clone())]))
        .collect();
    let http = Http::new(HttpOptions {
        large_answers: 1,
        ..options()
    })
    .unwrap();
    let urls: Vec<_> = servers.iter().map(|server| url(server.address)).collect();
    let asks: Vec<_> = urls
        .iter()
        .map(|url| Ask {
            limits: limits(),
            ..Ask::new(url)
        })
        .collect();
    runtime().block_on(async {
        let first = http.fetch(&asks[0]).await.unwrap();
        assert_eq!(first.response.len(), bytes.len());
        // While the first lives there is no room, and in the end what came so far is returned.
        let started = Instant::now();
        let second = http.fetch(&asks[1]).await.unwrap();
        assert!(started.elapsed() >= limits().total);
        assert!(second.truncated.is_some() && second.response.len() < bytes.len());
        assert!(
            second.notes.concat().contains("no room"),
            "{:?}",
            second.notes
        );
        drop(first);
        let third = http.fetch(&asks[2]).await.unwrap();
        assert_eq!((third.response.len(), third.truncated), (bytes.len(), None));
    });
}

/// Figures for people: `cargo test --release --test transport speed -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn speed() {
    const PAGES: usize = 4000;
    let mut page = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_vec();
    page.resize(page.len() + 100_000, b'x');
    for keep in [true, false] {
        let script: Vec<Step> = if keep {
            (0..PAGES).flat_map(|_| answer(page.clone())).collect()
        } else {
            answer(page.clone())
        };
        let server = Server::new(vec![script; if keep { 1 } else { PAGES }]);
        let http = Http::new(HttpOptions {
            keep_alive: Duration::from_secs(if keep { 15 } else { 0 }),
            ..options()
        })
        .unwrap();
        let url = url(server.address);
        let started = Instant::now();
        runtime().block_on(async {
            for _ in 0..PAGES {
                http.fetch(&Ask::new(&url)).await.unwrap();
            }
        });
        let rate = PAGES as u128 * 1000 / started.elapsed().as_millis().max(1);
        println!("kept {keep}: {rate} pages of 100 kB a second, one at a time");
    }
}

/// Figures for people, as above: two hundred endless answers at once.
#[test]
#[ignore = "a measurement"]
fn memory() {
    let script = vec![
        Step::Ask,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        Step::Forever(vec![b'x'; 65536]),
    ];
    let servers: Vec<_> = (0..200)
        .map(|_| Server::new(vec![script.clone()]))
        .collect();
    let http = Http::new(options()).unwrap();
    let urls: Vec<_> = servers.iter().map(|server| url(server.address)).collect();
    let limits = Limits {
        max_body_bytes: 64 * 1024 * 1024,
        total: Duration::from_secs(3),
        idle: Duration::from_secs(3),
        header: Duration::from_secs(3),
        ..limits()
    };
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM"));
        line.unwrap_or("VmHWM unknown").to_owned()
    };
    println!("before: {}", peak());
    runtime().block_on(async {
        let fetches = urls.iter().map(|url| async {
            let ask = Ask {
                limits,
                ..Ask::new(url)
            };
            http.fetch(&ask).await.map(|got| got.response.len())
        });
        let mut waiting: Vec<_> = fetches.map(Box::pin).collect();
        let mut sizes = Vec::new();
        std::future::poll_fn(|context| {
            waiting.retain_mut(|fetch| match fetch.as_mut().poll(context) {
                std::task::Poll::Ready(size) => {
                    sizes.push(size.unwrap_or(0));
                    false
                }
                std::task::Poll::Pending => true,
            });
            if waiting.is_empty() {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        let large = sizes.iter().filter(|size| **size > 600_000).count();
        println!(
            "{} answers, {large} over 600 kB, {} bytes",
            sizes.len(),
            sizes.iter().sum::<usize>()
        );
    });
    println!("after: {}", peak());
}

/// Figures for people, as above: what it costs to judge a page of 90 kB.
#[test]
#[ignore = "a measurement"]
fn judging() {
    let menu = "<li><a href=\"/x/y.html\" target=_blank>政务公开</a></li>\n".repeat(400);
    let text = "<p>本机关全年收到政府信息公开申请若干件，均在期限内答复。</p>\n".repeat(700);
    let page = format!("<html><head><title>年报</title></head><body>{menu}{text}</body></html>");
    let wire = format!("HTTP/1.1 200 OK\r\n\r\n{page}");
    let base = Url::parse("http://www.a.example/").unwrap();
    for text in [page.as_str(), &page[..menu.len()]] {
        let started = Instant::now();
        for _ in 0..1000 {
            nianbao::crawl::classify(&base, wire.as_bytes(), Some(text));
        }
        println!(
            "{} bytes: {:?} a page",
            text.len(),
            started.elapsed() / 1000
        );
    }
}
