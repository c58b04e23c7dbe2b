//! Target URIs. In: an address as given. Out: one that may stand in a WARC header. Pure.

use std::fmt::Write as _;

/// `address` with every character a URI cannot hold (RFC 3986, 2) percent-encoded as UTF-8:
/// Chinese, spaces, controls, quotes, brackets of the wrong kind.
///
/// Surrounding space is dropped. A `%` stays as it is, so what was encoded is not encoded
/// twice and the address is the one that was asked for.
pub fn target_uri(address: &str) -> String {
    let mut uri = String::with_capacity(address.len());
    for byte in address.trim().bytes() {
        if allowed(byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// The target URI of a capture whose address is not known: its own digest.
pub fn content_urn(sha256: &str) -> String {
    format!("urn:sha256:{sha256}")
}

/// Whether `uri` holds nothing but what a URI may hold, and has a scheme.
pub(super) fn is_uri(uri: &str) -> bool {
    let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && uri.bytes().all(allowed)
}

fn allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_uri_cannot_hold_is_encoded() {
        let cases = [
            ("http://a.gov.cn/b?c=1#d", "http://a.gov.cn/b?c=1#d"),
            (
                "http://a.gov.cn/年报 1.html",
                "http://a.gov.cn/%E5%B9%B4%E6%8A%A5%201.html",
            ),
            ("http://a.gov.cn/%E5%B9%B4", "http://a.gov.cn/%E5%B9%B4"),
            (" http://a.gov.cn/\r\nX: 1 ", "http://a.gov.cn/%0D%0AX:%201"),
        ];
        for (address, want) in cases {
            assert_eq!(target_uri(address), want);
            assert!(is_uri(want), "{want}");
        }
        for bad in ["", "no-scheme", "1a:b", "http://a/ b", "http://a/年"] {
            assert!(!is_uri(bad), "{bad:?}");
        }
    }
}
