//! Answers that no library of HTTP likes.

use std::time::{Duration, Instant};

use nianbao::crawl::{FetchError, Phase, Truncated};

use crate::server::{Server, Step, answer};
use crate::{fetch, limits, url};

/// What must come of a script.
enum Want {
    /// An exchange: status, why not whole, and a part of a note (none: no notes at all).
    Whole(Option<u16>, Option<Truncated>, Option<&'static str>),
    /// An exchange that begins like what was sent: status, why not whole.
    Begun(Option<u16>, Truncated),
    /// No HTTP, with the bytes.
    NoHttp,
    /// No connection.
    Connect,
    /// Nothing in time.
    Silent,
}

use Want::{Begun, Connect, NoHttp, Silent, Whole};

const PAUSE: Duration = Duration::from_millis(5);
const STALL: Duration = Duration::from_secs(3);

fn sent(script: &[Step]) -> Vec<u8> {
    let bytes = script.iter().flat_map(|step| match step {
        Step::Send(bytes) | Step::Drip(bytes, _) | Step::Forever(bytes) => bytes.as_slice(),
        Step::Ask | Step::Wait(_) | Step::Reset => &[],
    });
    bytes.copied().collect()
}

fn then(bytes: &[u8], step: Step) -> Vec<Step> {
    vec![Step::Ask, Step::Send(bytes.to_vec()), step]
}

/// `HTTP/1.1 200 OK` with fields and a body.
fn ok(rest: &str) -> Vec<Step> {
    answer(format!("HTTP/1.1 200 OK\r\n{rest}"))
}

fn well_framed() -> Vec<(&'static str, Vec<Step>, Want)> {
    let whole = |status| Whole(Some(status), None, None);
    let noted = |status, note| Whole(Some(status), None, Some(note));
    vec![
        ("length", ok("Content-Length: 5\r\n\r\nhello"), whole(200)),
        ("until the end", ok("Server: x\r\n\r\nhello"), whole(200)),
        ("no fields", ok("\r\nhello"), whole(200)),
        ("no body", ok("Content-Length: 0\r\n\r\n"), whole(200)),
        (
            "chunks",
            ok("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
            whole(200),
        ),
        (
            "chunks with extension, zeros and trailer",
            ok("transfer-encoding: CHUNKED\r\n\r\n005;x=y\r\nhello\r\n00\r\nX: y\r\nZ: w\r\n\r\n"),
            whole(200),
        ),
        (
            "chunks with bare line feeds",
            ok("Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n"),
            whole(200),
        ),
        (
            "byte by byte",
            vec![
                Step::Ask,
                Step::Drip(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".to_vec(),
                    PAUSE,
                ),
            ],
            whole(200),
        ),
        (
            "HTTP/1.0",
            answer("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nhello"),
            whole(200),
        ),
        (
            "no content",
            answer("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n"),
            whole(204),
        ),
        (
            "not modified",
            answer("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
            whole(304),
        ),
        (
            "gzip not asked for",
            answer(
                [
                    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\n"
                        .to_vec(),
                    b"\x1f\x8b\x08\x00\xff\xff\xff\xff".to_vec(),
                ]
                .concat(),
            ),
            whole(200),
        ),
        (
            "interim answers",
            answer(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n\
                 HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            ),
            noted(200, "interim answer 103"),
        ),
        (
            "blank lines first",
            answer("\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
            noted(200, "blank lines"),
        ),
        (
            "switching protocols",
            answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
            whole(101),
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn malformed_headers() -> Vec<(&'static str, Vec<Step>, Want)> {
    let whole = |status| Whole(Some(status), None, None);
    let noted = |status, note| Whole(Some(status), None, Some(note));
    vec![
        (
            "no reason",
            answer("HTTP/1.1 403\r\nContent-Length: 2\r\n\r\nno"),
            whole(403),
        ),
        (
            "reason in GBK",
            answer(*b"HTTP/1.1 403 \xbd\xfb\xd6\xb9\r\nContent-Length: 2\r\n\r\nno"),
            whole(403),
        ),
        (
            "two blanks",
            answer("HTTP/1.1  403  No\r\nContent-Length: 2\r\n\r\nno"),
            whole(403),
        ),
        (
            "unknown version",
            answer("HTTP/7.3 200 OK\r\nContent-Length: 2\r\n\r\nno"),
            whole(200),
        ),
        (
            "bare line feeds",
            answer("HTTP/1.1 200 OK\nContent-Length: 2\n\nno"),
            whole(200),
        ),
        (
            "mixed line ends",
            answer("HTTP/1.1 200 OK\r\nContent-Length: 2\n\r\nno"),
            whole(200),
        ),
        (
            "blank in a name",
            ok("X Cache: y\r\nContent-Length: 2\r\n\r\nno"),
            whole(200),
        ),
        (
            "blank before the colon",
            ok("Content-Length : 2\r\n\r\nno"),
            whole(200),
        ),
        (
            "no colon",
            ok("nonsense\r\nContent-Length: 2\r\n\r\nno"),
            whole(200),
        ),
        (
            "no name",
            ok(": x\r\nContent-Length: 2\r\n\r\nno"),
            whole(200),
        ),
        (
            "a folded line",
            ok("X: a\r\n  b\r\nContent-Length: 2\r\n\r\nno"),
            whole(200),
        ),
        (
            "control characters",
            answer(*b"HTTP/1.1 200 OK\r\nX\x00\x01: \x02\x7f\r\nContent-Length: 2\r\n\r\nno"),
            whole(200),
        ),
        (
            "value in GBK",
            answer(*b"HTTP/1.1 200 OK\r\nX: \xc4\xea\xb1\xa8\r\nContent-Length: 2\r\n\r\nno"),
            whole(200),
        ),
        (
            "one length twice",
            ok("Content-Length: 2\r\nContent-Length: 2\r\n\r\nno"),
            whole(200),
        ),
        (
            "one length, listed twice",
            ok("Content-Length: 2, 2\r\n\r\nno"),
            whole(200),
        ),
        (
            "two lengths",
            ok("Content-Length: 2\r\nContent-Length: 3\r\n\r\nno"),
            noted(200, "no length (2 and 3)"),
        ),
        (
            "negative length",
            ok("Content-Length: -1\r\n\r\nno"),
            noted(200, "no length (-1)"),
        ),
        (
            "signed length",
            ok("Content-Length: +2\r\n\r\nno"),
            noted(200, "no length (+2)"),
        ),
        (
            "garbage length",
            ok("Content-Length: two\r\n\r\nno"),
            noted(200, "no length (two)"),
        ),
        (
            "empty length",
            ok("Content-Length: \r\n\r\nno"),
            noted(200, "no length ()"),
        ),
        (
            "huge length",
            ok("Content-Length: 99999999999999999999\r\n\r\nno"),
            noted(200, "no length"),
        ),
        (
            "length and chunks",
            ok("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"),
            noted(200, "both"),
        ),
        (
            "no status",
            answer("HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nno"),
            Whole(None, None, Some("no status")),
        ),
        (
            "status of four",
            answer("HTTP/1.1 2000 OK\r\n\r\nno"),
            Whole(None, None, Some("no status")),
        ),
        (
            "only a status line",
            answer("HTTP/1.1 403 No\r\n"),
            Whole(Some(403), Some(Truncated::Disconnect), Some("header")),
        ),
        (
            "half a status line",
            answer("HTTP/1.1 4"),
            Whole(None, Some(Truncated::Disconnect), Some("header")),
        ),
        ("HTTP/0.9", answer("<html>no</html>"), NoHttp),
        ("no slash", answer("HTTP 200 OK\r\n\r\nno"), NoHttp),
        ("lower case", answer("http/1.1 200 OK\r\n\r\nno"), NoHttp),
        ("another protocol", answer("SSH-2.0-x\r\n"), NoHttp),
        ("two letters", answer("HT"), NoHttp),
        (
            "alert of TLS",
            answer(*b"\x15\x03\x01\x00\x02\x02\x46"),
            NoHttp,
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn broken_bodies() -> Vec<(&'static str, Vec<Step>, Want)> {
    let noted = |status, note| Whole(Some(status), None, Some(note));
    let cut = |why| Whole(Some(200), Some(why), None);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    vec![
        (
            "length too long",
            ok("Content-Length: 9\r\n\r\nhello"),
            cut(Truncated::Disconnect),
        ),
        (
            "length too short",
            ok("Content-Length: 3\r\n\r\nhello"),
            noted(200, "2 bytes behind"),
        ),
        (
            "length too short, the rest later",
            vec![
                Step::Ask,
                Step::Send(
                    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nhel"
                        .to_vec(),
                ),
                Step::Wait(Duration::from_millis(30)),
                Step::Send(b"lo".to_vec()),
            ],
            noted(200, "2 bytes behind"),
        ),
        (
            "body where there is none",
            answer("HTTP/1.1 304 x\r\n\r\nhello"),
            noted(304, "5 bytes behind"),
        ),
        (
            "said chunked",
            ok("Transfer-Encoding: chunked\r\n\r\n<html>\r\n"),
            noted(200, "says chunked"),
        ),
        (
            "chunk of no size",
            answer(format!("{chunked}2\r\nno\r\nx\r\nno")),
            noted(200, "without its size"),
        ),
        (
            "chunk cut",
            answer(format!("{chunked}9\r\nno")),
            cut(Truncated::Disconnect),
        ),
        (
            "chunks without end",
            answer(format!("{chunked}2\r\nno\r\n")),
            cut(Truncated::Disconnect),
        ),
        (
            "trailer without end",
            answer(format!("{chunked}0\r\nX: y\r\n")),
            cut(Truncated::Disconnect),
        ),
        (
            "chunk larger than numbers",
            answer(format!("{chunked}fffffffffffffffffffff\r\nno")),
            cut(Truncated::Disconnect),
        ),
        (
            "reset in the body",
            vec![
                Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nno".to_vec()),
                Step::Wait(Duration::from_millis(100)),
                Step::Reset,
            ],
            Whole(
                Some(200),
                Some(Truncated::Disconnect),
                Some("the connection ended"),
            ),
        ),
        (
            "stall in the header",
            then(b"HTTP/1.1 200 OK\r\nX: y", Step::Wait(STALL)),
            Whole(Some(200), Some(Truncated::Time), Some("header")),
        ),
        (
            "stall in the body",
            then(b"HTTP/1.1 200 OK\r\n\r\nno", Step::Wait(STALL)),
            cut(Truncated::Time),
        ),
        (
            "stall in no HTTP",
            then(b"nothing", Step::Wait(STALL)),
            NoHttp,
        ),
        (
            "drip without end",
            then(
                b"HTTP/1.1 200 OK\r\n\r\n",
                Step::Drip(vec![b'x'; 100], Duration::from_millis(50)),
            ),
            Begun(Some(200), Truncated::Time),
        ),
        (
            "drip in the header",
            then(
                b"HTTP/1.1 200 OK\r\n",
                Step::Drip(vec![b'x'; 100], Duration::from_millis(50)),
            ),
            Begun(Some(200), Truncated::Time),
        ),
        (
            "endless body",
            then(b"HTTP/1.1 200 OK\r\n\r\n", Step::Forever(vec![b'x'; 65536])),
            Begun(Some(200), Truncated::Length),
        ),
        (
            "endless chunks",
            then(
                chunked.as_bytes(),
                Step::Forever(b"2\r\nno\r\n".repeat(10_000)),
            ),
            Begun(Some(200), Truncated::Length),
        ),
        (
            "endless header",
            then(
                b"HTTP/1.1 200 OK\r\n",
                Step::Forever(b"X: y\r\n".repeat(10_000)),
            ),
            Begun(Some(200), Truncated::Length),
        ),
        (
            "endless line",
            then(b"HTTP/1.1 200 ", Step::Forever(vec![b'x'; 65536])),
            Begun(Some(200), Truncated::Length),
        ),
        (
            "endless interim answers",
            vec![
                Step::Ask,
                Step::Forever(b"HTTP/1.1 100 x\r\n\r\n".repeat(1000)),
            ],
            Begun(Some(100), Truncated::Length),
        ),
        (
            "endless chunk line",
            then(chunked.as_bytes(), Step::Forever(vec![b'0'; 65536])),
            Begun(Some(200), Truncated::Length),
        ),
        (
            "endless trailer",
            then(
                format!("{chunked}0\r\n").as_bytes(),
                Step::Forever(b"X: y\r\n".repeat(10_000)),
            ),
            Begun(Some(200), Truncated::Length),
        ),
        ("closed", vec![Step::Ask], Connect),
        ("reset", vec![Step::Reset], Connect),
        ("blank lines and nothing", answer("\r\n\r\n"), Connect),
        ("silence", vec![Step::Ask, Step::Wait(STALL)], Silent),
    ]
}

#[test]
fn well_framed_answers_are_whole() {
    well_framed().into_iter().for_each(check);
}

#[test]
fn malformed_headers_are_kept() {
    malformed_headers().into_iter().for_each(check);
}

#[test]
fn broken_bodies_are_kept_with_the_reason() {
    // Most of these wait for a limit; side by side they wait together.
    let cases: Vec<_> = broken_bodies()
        .into_iter()
        .map(|case| std::thread::spawn(move || check(case)))
        .collect();
    for case in cases {
        case.join().unwrap();
    }
}

fn check((name, script, want): (&'static str, Vec<Step>, Want)) {
    let sent = sent(&script);
    let server = Server::new(vec![script]);
    let started = Instant::now();
    let answer = fetch(&url(server.address), limits());
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{name}: too long"
    );
    match (want, answer) {
        (Whole(status, truncated, note), Ok(got)) => {
            let kept = [got.before.as_slice(), &got.response].concat();
            assert_eq!(
                kept.escape_ascii().to_string(),
                sent.escape_ascii().to_string(),
                "{name}"
            );
            assert!(got.response.starts_with(b"HTTP/"), "{name}");
            assert_eq!(
                (got.status, got.truncated),
                (status, truncated),
                "{name}: {:?}",
                got.notes
            );
            match note {
                Some(note) => assert!(got.notes.concat().contains(note), "{name}: {:?}", got.notes),
                None => assert!(got.notes.is_empty(), "{name}: {:?}", got.notes),
            }
        }
        (Begun(status, truncated), Ok(got)) => {
            assert_eq!(
                (got.status, got.truncated),
                (status, Some(truncated)),
                "{name}: {:?}",
                got.notes
            );
            let kept = [got.before.as_slice(), &got.response].concat();
            let most = limits().max_body_bytes + limits().max_header_bytes;
            assert!(kept.len() as u64 <= most, "{name}: {}", kept.len());
            // What is sent forever begins again where it ends.
            let unit = kept.len().min(sent.len());
            assert_eq!(kept[..unit], sent[..unit], "{name}");
            assert!(kept.len() > 18, "{name}");
        }
        (NoHttp, Err(FetchError::Protocol { got })) => {
            assert_eq!(got.response, sent, "{name}");
            assert_eq!(got.status, None, "{name}");
        }
        (Connect, Err(FetchError::Connect { .. }))
        | (
            Silent,
            Err(FetchError::Timeout {
                phase: Phase::Header,
                ..
            }),
        ) => {}
        (_, answer) => panic!("{name}: {answer:?}"),
    }
}

#[test]
fn a_body_as_long_as_allowed_is_whole() {
    for (more, truncated) in [(0, None), (1, Some(Truncated::Length))] {
        for announced in [true, false] {
            let size = usize::try_from(limits().max_body_bytes).unwrap() + more;
            let mut bytes = b"HTTP/1.1 200 OK\r\n".to_vec();
            if announced {
                bytes.extend(format!("Content-Length: {size}\r\n").bytes());
            }
            bytes.extend_from_slice(b"\r\n");
            bytes.resize(bytes.len() + size, b'x');
            let server = Server::new(vec![answer(bytes.clone())]);
            let got = fetch(&url(server.address), limits()).unwrap();
            assert_eq!(got.truncated, truncated, "{more} {announced}");
            assert_eq!(got.response.len(), bytes.len() - more);
        }
    }
}
