//! The key under which an address stands in a CDXJ index: host backwards, no scheme, no session.
//!
//! In: an address as archived. Out: the key that Wayback-like programs look it up by, after the
//! canonicalization they share (lower case, `www.` off, default port off, parameters in order,
//! escapes undone and done again alike). Pure. A key is for finding, not for fetching.

use url::{Host, Url};

/// The key of an address; the address itself where none can be made.
pub fn surt(address: &str) -> String {
    key(address.trim().as_bytes())
        .and_then(|key| String::from_utf8(key).ok())
        .unwrap_or_else(|| address.to_owned())
}

fn key(address: &[u8]) -> Option<Vec<u8>> {
    let mut address: Vec<u8> = address.to_vec();
    address.retain(|byte| !b"\n\r\t".contains(byte));
    if address.is_empty() {
        return Some(b"-".to_vec());
    }
    if scheme_end(&address).is_none() {
        address.splice(..0, *b"http://");
    }
    let address = without_repeated_scheme(&address);
    let colon = scheme_end(address)?;
    let (scheme, rest) = (&address[..colon], &address[colon + 1..]);
    let rest = cut(rest, b'#').0;
    let (rest, query) = cut(rest, b'?');
    let (authority, mut path) = match rest.strip_prefix(b"//") {
        Some(rest) => {
            let end = rest.iter().position(|byte| *byte == b'/');
            let (authority, path) = rest.split_at(end.unwrap_or(rest.len()));
            (authority, path.to_vec())
        }
        None => (&b""[..], rest.to_vec()),
    };
    let (mut host, port) = host_and_port(authority)?;
    if host.is_empty() && scheme.starts_with(b"http") {
        let start = path.iter().position(|byte| *byte != b'/');
        let whole = path.split_off(start.unwrap_or(path.len()));
        let (first, after) = cut(&whole, b'/');
        host = first.to_vec();
        path = [b"/", after.unwrap_or_default()].concat();
    }
    let mut key = Vec::with_capacity(address.len());
    path = unescape(&path);
    if host.is_empty() {
        key.extend_from_slice(scheme);
        key.push(b':');
    } else {
        path = normal_path(&path);
        let host = normal_host(&host, scheme);
        let parts: Vec<_> = host.split(|byte| *byte == b'.').rev().collect();
        key.extend(parts.join(&b','));
        if let Some(port) = port.filter(|port| Some(*port) != default_port(scheme)) {
            key.extend(format!(":{port}").into_bytes());
        }
        key.push(b')');
    }
    let mut path = without_session_folder(&escape(&path).to_ascii_lowercase());
    if path.len() > 1 && path.ends_with(b"/") {
        path.pop();
    }
    let query = query.filter(|query| !query.is_empty()).map(normal_query);
    match query.filter(|query| !query.is_empty()) {
        Some(query) => {
            if path.is_empty() {
                path.push(b'/');
            }
            key.extend(path);
            key.push(b'?');
            key.extend(query);
        }
        None => key.extend(path),
    }
    Some(key)
}

/// Where the colon behind a scheme is.
fn scheme_end(address: &[u8]) -> Option<usize> {
    let colon = address.iter().position(|byte| *byte == b':')?;
    let scheme = &address[..colon];
    let is_scheme = scheme.first()?.is_ascii_alphabetic()
        && scheme
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    is_scheme.then_some(colon)
}

/// `http://https://host` is what people paste.
fn without_repeated_scheme(address: &[u8]) -> &[u8] {
    let next = |address: &[u8]| {
        let schemes: [&[u8]; 2] = [b"http://", b"https://"];
        let found = schemes
            .into_iter()
            .find(|scheme| address.starts_with(scheme));
        found.map(<[u8]>::len)
    };
    let mut address = address;
    while let Some(length) = next(address) {
        if next(&address[length..]).is_none() {
            break;
        }
        address = &address[length..];
    }
    address
}

fn cut(bytes: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match bytes.iter().position(|byte| *byte == at) {
        Some(place) => (&bytes[..place], Some(&bytes[place + 1..])),
        None => (bytes, None),
    }
}

/// `None` where the port is none.
fn host_and_port(authority: &[u8]) -> Option<(Vec<u8>, Option<u16>)> {
    let user_end = authority.iter().rposition(|byte| *byte == b'@');
    let place = &authority[user_end.map_or(0, |end| end + 1)..];
    let (host, port) = match place.strip_prefix(b"[") {
        Some(place) => {
            let (host, rest) = cut(place, b']');
            (host, cut(rest.unwrap_or_default(), b':').1)
        }
        None => cut(place, b':'),
    };
    let port = match port.filter(|port| !port.is_empty()) {
        None => None,
        Some(port) => Some(std::str::from_utf8(port).ok()?.parse().ok()?),
    };
    Some((host.to_ascii_lowercase(), port))
}

fn default_port(scheme: &[u8]) -> Option<u16> {
    match scheme.to_ascii_lowercase().as_slice() {
        b"http" => Some(80),
        b"https" => Some(443),
        _ => None,
    }
}

fn normal_host(host: &[u8], scheme: &[u8]) -> Vec<u8> {
    let mut host = unescape(host);
    if !host.is_ascii() {
        let text = String::from_utf8_lossy(&host);
        let url = Url::parse(&format!("http://{text}/")).ok();
        if let Some(ascii) = url.as_ref().and_then(Url::host_str) {
            host = ascii.as_bytes().to_vec();
        }
    }
    let mut undotted = Vec::with_capacity(host.len());
    let mut bytes = host.iter().peekable();
    while let Some(byte) = bytes.next() {
        undotted.push(*byte);
        if *byte == b'.' {
            let _ = bytes.next_if_eq(&&b'.');
        }
    }
    let dots = |byte: &u8| *byte == b'.';
    let start = undotted.iter().position(|byte| !dots(byte));
    let end = undotted.iter().rposition(|byte| !dots(byte));
    let host = match (start, end) {
        (Some(start), Some(end)) => &undotted[start..=end],
        _ => &[],
    };
    let is_number = host.first().is_some_and(u8::is_ascii_digit)
        && host
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'.');
    if is_number
        && let Ok(text) = std::str::from_utf8(host)
        && let Ok(Host::Ipv4(address)) = Host::parse(text)
    {
        return address.to_string().into_bytes();
    }
    let host = escape(host).to_ascii_lowercase();
    if scheme == b"dns" {
        return host;
    }
    without_www(&host).to_vec()
}

fn without_www(host: &[u8]) -> &[u8] {
    let Some(rest) = host.strip_prefix(b"www") else {
        return host;
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    rest[digits..].strip_prefix(b".").unwrap_or(host)
}

/// Without `.`, `..` and empty folders.
fn normal_path(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b"/".to_vec();
    }
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/').skip(1) {
        match part {
            b"." => {}
            b".." if kept.pop().is_some() => {}
            part => kept.push(part),
        }
    }
    let mut path = b"/".to_vec();
    if let Some((last, folders)) = kept.split_last() {
        for folder in folders.iter().filter(|folder| !folder.is_empty()) {
            path.extend_from_slice(folder);
            path.push(b'/');
        }
        path.extend_from_slice(last);
    }
    path
}

/// Without the folder `(24 characters)` or `(a(24 characters)…)` that ASP.NET puts before a page.
fn without_session_folder(path: &[u8]) -> Vec<u8> {
    let is_id = |id: &[u8]| id.len() == 24 && id.iter().all(u8::is_ascii_alphanumeric);
    let is_session = |folder: &[u8]| {
        let Some(inner) = folder.strip_prefix(b"(").and_then(|f| f.strip_suffix(b")")) else {
            return false;
        };
        // Pieces of 27: a letter, and an id in brackets.
        let is_piece = |piece: &[u8]| matches!(piece, [letter, b'(', id @ .., b')'] if letter.is_ascii_alphabetic() && is_id(id));
        is_id(inner) || (!inner.is_empty() && inner.chunks(27).all(is_piece))
    };
    let is_page = |rest: &[u8]| {
        let page = cut(rest, b'?').0;
        page.windows(5).skip(1).any(|part| part == b".aspx")
    };
    let mut end = path.len();
    while let Some(slash) = path[..end].iter().rposition(|byte| *byte == b'/') {
        let (folder, rest) = cut(&path[slash + 1..], b'/');
        if is_session(folder) && rest.is_some_and(is_page) {
            return [&path[..=slash], rest.unwrap_or_default()].concat();
        }
        end = slash;
    }
    path.to_vec()
}

fn normal_query(query: &[u8]) -> Vec<u8> {
    let mut query = escape(&unescape(query));
    for name in [&b"jsessionid="[..], b"phpsessid=", b"sid="] {
        query = without_session(&query, name, |rest| {
            let id = rest.get(..32)?;
            id.iter().all(u8::is_ascii_alphanumeric).then_some(32)
        });
    }
    query = without_session(&query, b"aspsessionid", |rest| {
        let [name, value] = [rest.get(..8)?, rest.get(9..33)?];
        let letters = |part: &[u8]| part.iter().all(u8::is_ascii_alphabetic);
        (letters(name) && rest[8] == b'=' && letters(value)).then_some(33)
    });
    query = without_session(&query, b"cfid=", |rest| {
        let (id, after) = cut(rest, b'&');
        let (name, after) = after?.split_at_checked(b"cftoken=".len())?;
        let token = cut(after, b'&').0;
        if !name.eq_ignore_ascii_case(b"cftoken=") {
            return None;
        }
        let full = !id.is_empty() && !token.is_empty();
        full.then_some(id.len() + 1 + b"cftoken=".len() + token.len())
    });
    let query = query.to_ascii_lowercase();
    if query.len() <= 1 {
        return query;
    }
    let mut parameters: Vec<_> = query
        .split(|byte| *byte == b'&')
        .map(|p| cut(p, b'='))
        .collect();
    parameters.sort_unstable();
    let join = |(name, value): (&[u8], Option<&[u8]>)| match value {
        Some(value) => [name, b"=", value].concat(),
        None => name.to_vec(),
    };
    let ordered: Vec<_> = parameters.into_iter().map(join).collect();
    ordered.join(&b'&')
}

/// Without the last parameter of that name, case aside, whose value `length` accepts up to an `&` or the end.
fn without_session(query: &[u8], name: &[u8], length: impl Fn(&[u8]) -> Option<usize>) -> Vec<u8> {
    for start in (0..query.len().saturating_sub(name.len())).rev() {
        let (head, rest) = query[start..].split_at(name.len());
        if !head.eq_ignore_ascii_case(name) {
            continue;
        }
        let Some(after) = length(rest).and_then(|length| rest.get(length..)) else {
            continue;
        };
        match after {
            [] => return query[..start].to_vec(),
            [b'&', after @ ..] => return [&query[..start], after].concat(),
            _ => {}
        }
    }
    query.to_vec()
}

/// Undoes percent escapes until none is left.
fn unescape(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    // Each round shortens by two thirds of its escapes; `%252525…` takes one a layer. Hostile layers
    // are left alone after a bound, so that time stays linear.
    for _ in 0..64 {
        let mut plain = Vec::with_capacity(bytes.len());
        let mut rest = &bytes[..];
        while let [first, after @ ..] = rest {
            let digits = after.get(..2).filter(|_| *first == b'%');
            let value = digits.and_then(|digits| {
                let digits = std::str::from_utf8(digits).ok()?;
                let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                hex.then(|| u8::from_str_radix(digits, 16).ok())?
            });
            plain.push(value.unwrap_or(*first));
            rest = if value.is_some() { &after[2..] } else { after };
        }
        if plain.len() == bytes.len() {
            break;
        }
        bytes = plain;
    }
    bytes
}

/// Escapes what is not printable ASCII, and `%`, `#` and the space.
fn escape(bytes: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_graphic() && !b"%#".contains(byte) {
            escaped.push(*byte);
        } else {
            escaped.extend(format!("%{byte:02X}").into_bytes());
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys as the Python package `surt` 0.3.1 makes them.
    #[test]
    fn keys_are_those_other_programs_make() {
        let cases = include_str!("surt_cases.tsv");
        let mut count = 0;
        for line in cases.lines() {
            let (address, want) = line.split_once('\t').unwrap();
            assert_eq!(surt(address), want, "{address}");
            count += 1;
        }
        assert!(count > 60);
    }

    #[test]
    fn layers_of_escapes_cost_little() {
        let address = format!("http://a/%{}41", "25".repeat(100_000));
        assert!(surt(&address).starts_with("a)/"));
    }
}
