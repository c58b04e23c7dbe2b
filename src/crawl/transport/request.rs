//! The bytes of a request.

use url::{Position, Url};

use super::Ask;

/// What is accepted: pages first, since some servers choose by it.
const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A request, and the names of fields that were left out because no header can hold their value.
pub(super) fn write(ask: &Ask<'_>, user_agent: &str, keep_alive: bool) -> (Vec<u8>, Vec<String>) {
    let connection = if keep_alive { "keep-alive" } else { "close" };
    let host = host_field(ask.url);
    // `identity`: the archive keeps what came, and what came shall be readable without a decoder.
    let always = [
        ("Host", host.as_str()),
        ("User-Agent", user_agent),
        ("Accept", ACCEPT),
        ("Accept-Encoding", "identity"),
        ("Connection", connection),
    ];
    let mut bytes = Vec::with_capacity(512);
    let mut left_out = Vec::new();
    bytes.extend_from_slice(if ask.body.is_some() {
        b"POST ".as_slice()
    } else {
        b"GET "
    });
    bytes.extend_from_slice(ask.url[Position::BeforePath..Position::AfterQuery].as_bytes());
    bytes.extend_from_slice(b" HTTP/1.1\r\n");
    let named = |name: &str| {
        let given = ask.headers.iter();
        given
            .clone()
            .any(|(given, value)| given.eq_ignore_ascii_case(name) && fits(given, value))
    };
    let fixed = always.into_iter().filter(|(name, _)| !named(name));
    let given = ask.headers.iter().map(|(name, value)| (&**name, &**value));
    for (name, value) in fixed.chain(given) {
        if !fits(name, value) {
            left_out.push(name.to_owned());
            continue;
        }
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.trim_matches([' ', '\t']).as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    if let Some(body) = &ask.body {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        bytes.extend_from_slice(body);
        return (bytes, left_out);
    }
    bytes.extend_from_slice(b"\r\n");
    (bytes, left_out)
}

/// A value from elsewhere (an `ETag` of a hostile server) must not end its line.
fn fits(name: &str, value: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty()
        && name.bytes().all(token)
        && value
            .bytes()
            .all(|byte| byte >= b' ' && byte != 0x7f || byte == b'\t')
}

/// Host and, where it is not the scheme's own, port.
fn host_field(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str, headers: &[(&str, &str)]) -> String {
        let url = Url::parse(url).unwrap();
        let mut ask = Ask::new(&url);
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        ask.headers = headers.iter().map(owned).collect();
        String::from_utf8(write(&ask, "nianbao (+contact)", false).0).unwrap()
    }

    #[test]
    fn a_request_is_the_same_bytes_every_time() {
        assert_eq!(
            request(
                "http://u:p@www.a.example:8080/年报/?页=2#上",
                &[("If-None-Match", "\"x\"")]
            ),
            "GET /%E5%B9%B4%E6%8A%A5/?%E9%A1%B5=2 HTTP/1.1\r\n\
             Host: www.a.example:8080\r\n\
             User-Agent: nianbao (+contact)\r\n\
             Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
             Accept-Encoding: identity\r\n\
             Connection: close\r\n\
             If-None-Match: \"x\"\r\n\r\n"
        );
    }

    #[test]
    fn hosts_are_written_as_the_name_system_knows_them() {
        assert!(request("http://年报.例子/", &[]).contains("\r\nHost: xn--hwt46g.xn--fsqu00a\r\n"));
        assert!(
            request("http://[2001:DB8::1]:81/", &[]).contains("\r\nHost: [2001:db8::1]:81\r\n")
        );
        assert!(request("https://a.example:443/", &[]).contains("\r\nHost: a.example\r\n"));
    }

    #[test]
    fn a_field_cannot_end_its_line() {
        let url = Url::parse("http://a.example/").unwrap();
        let mut ask = Ask::new(&url);
        ask.headers = vec![
            ("If-None-Match".into(), "\"x\"\r\nX: y".into()),
            ("X Y".into(), "z".into()),
            ("accept".into(), "*/*".into()),
        ];
        let (bytes, left_out) = write(&ask, "n", true);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(left_out, ["If-None-Match", "X Y"]);
        assert!(
            !text.contains("X:") && text.contains("\r\naccept: */*\r\n"),
            "{text}"
        );
        assert!(!text.contains("Accept:"), "{text}");
    }
}
