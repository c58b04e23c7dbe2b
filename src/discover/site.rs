//! Addresses: compared, told apart by what they end in.
//!
//! In: addresses. Out: whether one is a file's, an article's, or of the same site.

use url::{Host, Url};

/// Whether two addresses are of one site: the same host but for `www.`, or hosts of one registered domain.
pub(super) fn is_same_site(one: &Url, other: &Url) -> bool {
    match (one.host(), other.host()) {
        (Some(Host::Domain(one)), Some(Host::Domain(other))) => {
            one == other || registered(one) == registered(other)
        }
        (one_host, other_host) => one_host == other_host && one.port() == other.port(),
    }
}

/// The part of a host's name that was registered: `yunxi.gov.cn` of `xxgk.yunxi.gov.cn`.
fn registered(host: &str) -> &str {
    const SECOND: [&str; 8] = ["gov", "com", "org", "net", "edu", "ac", "mil", "zj"];
    let host = host.trim_end_matches('.');
    let labels: Vec<&str> = host.rsplit('.').take(3).collect();
    let count = match labels.as_slice() {
        ["cn", second, _] if SECOND.contains(second) => 3,
        _ => 2,
    };
    let mut at = host.len();
    for _ in 0..count {
        match host[..at].rfind('.') {
            Some(dot) => at = dot,
            None => return host,
        }
    }
    &host[at + 1..]
}

/// The last segment of the path, in small letters.
pub(super) fn last_segment(url: &Url) -> String {
    url.path()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// Whether an address is a file's, not a page's.
pub(super) fn is_file(url: &Url) -> bool {
    const FILES: [&str; 24] = [
        ".pdf", ".doc", ".docx", ".wps", ".ofd", ".xls", ".xlsx", ".ppt", ".pptx", ".zip", ".rar",
        ".7z", ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".mp4", ".mp3", ".swf", ".apk", ".exe",
        ".css", ".js",
    ];
    let name = last_segment(url);
    FILES.iter().any(|ending| name.ends_with(ending))
}

/// Whether an address has the form that publishing systems give articles: `t20210131_4711.html`, `art_17_4711.html`,
/// `content_4711.htm`, `post_4711.html`, `/info/1017/4711.htm`.
pub(super) fn is_article(url: &Url) -> bool {
    let name = last_segment(url);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = |prefix: &str| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| digits(rest) > 0)
    };
    let dated = name
        .strip_prefix('t')
        .is_some_and(|rest| digits(rest) == 8 && rest[8..].starts_with('_'));
    let in_info = url.path().contains("/info/") && digits(&name) > 0;
    dated
        || in_info
        || ["art_", "content_", "post_", "show-"]
            .iter()
            .any(|prefix| numbered(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_told_by_what_was_registered() {
        let cases = [
            (
                "http://www.yunxi.gov.cn/",
                "https://xxgk.yunxi.gov.cn/a",
                true,
            ),
            (
                "http://www.yunxi.gov.cn/",
                "http://www.qingling.gov.cn/",
                false,
            ),
            ("http://www.mof.gov.cn/", "http://www.gov.cn/", false),
            (
                "http://www.yunxi.com.cn/",
                "http://www.bailu.com.cn/",
                false,
            ),
            ("http://10.0.0.1:81/", "http://10.0.0.1:81/a", true),
            ("http://10.0.0.1:81/", "http://10.0.0.1:82/", false),
            ("http://10.0.0.1/", "http://11.0.0.1/", false),
            ("http://yunxi.example/", "http://www.yunxi.example/", true),
        ];
        for (one, other, want) in cases {
            let (one, other) = (Url::parse(one).unwrap(), Url::parse(other).unwrap());
            assert_eq!(is_same_site(&one, &other), want, "{one} {other}");
        }
    }

    #[test]
    fn articles_are_told_by_their_names() {
        let cases = [
            ("http://a.example/xxgknb/202101/t20210131_4711.html", true),
            ("http://a.example/art/2021/1/31/art_17_4711.html", true),
            ("http://a.example/info/1017/4711.htm", true),
            ("http://a.example/content/post_4711.html", true),
            ("http://a.example/content_4711.htm", true),
            ("http://a.example/xxgknb/", false),
            ("http://a.example/col/col17/index.html", false),
            ("http://a.example/xxgknb/index_1.html", false),
            ("http://a.example/xxgk/zfxxgknb.htm", false),
            ("http://a.example/tsg/t2021.html", false),
        ];
        for (url, want) in cases {
            assert_eq!(is_article(&Url::parse(url).unwrap()), want, "{url}");
        }
    }
}
